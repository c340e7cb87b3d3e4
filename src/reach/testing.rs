//! Small worlds for tests, made of AWS's own calls.

use crate::{Place, Question, Walk, walk};
use hopwise_cloud::ec2::Image;
use hopwise_cloud::{Act, Call, Cloud, Credentials, Genesis, Id, Region, Value, Via, json};

#[derive(Clone)]
pub(crate) struct Lab {
    pub(crate) cloud: Cloud,
    credentials: Credentials,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let cloud = Cloud::new(Genesis {
            seed: 7,
            default_vpc: false,
        });
        let account = cloud.account(hopwise_cloud::ACCOUNT).unwrap();
        let key = &account.iam.root_key;
        let credentials = Credentials {
            access_key_id: key.id.clone(),
            secret_access_key: key.secret.clone(),
        };
        Lab { cloud, credentials }
    }

    /// Calls an operation of EC2, which must succeed. `params` is `Name=value` in words; a value
    /// that begins with `[` or `{`, a number or a truth value is JSON, any other a text.
    pub(crate) fn call(&mut self, operation: &str, params: &str) -> Value {
        let members: Vec<String> = params
            .split_whitespace()
            .map(|word| {
                let (name, value) = word.split_once('=').unwrap();
                let is_json = value.starts_with(['[', '{'])
                    || value.parse::<i64>().is_ok()
                    || ["true", "false"].contains(&value);
                let is_text = !is_json || name == "Protocol";
                let quote = if is_text { "\"" } else { "" };
                format!("\"{name}\":{quote}{value}{quote}")
            })
            .collect();
        let text = format!("{{{}}}", members.join(","));
        let Ok(Value::Map(params)) = json::parse(&text) else {
            panic!("no JSON: {text}");
        };
        let act = Act::Call(Call {
            credentials: self.credentials.clone(),
            region: "us-east-1".to_owned(),
            via: Via::default(),
            service: "ec2".to_owned(),
            operation: operation.to_owned(),
            params,
        });
        let answer = self.cloud.apply(&act);
        let answer = answer.unwrap_or_else(|fault| panic!("{operation} {text}: {fault}"));
        answer.value
    }

    /// The same, and gives what stands at `path`, e.g. `Vpc.VpcId`.
    pub(crate) fn make(&mut self, operation: &str, params: &str, path: &str) -> String {
        let value = self.call(operation, params);
        let mut here = &value;
        for step in path.split('.') {
            here = match step.parse::<usize>() {
                Ok(place) => &here.as_list().unwrap()[place],
                Err(_) => here
                    .get(step)
                    .unwrap_or_else(|| panic!("no {step}: {here:?}")),
            };
        }
        match here {
            Value::Str(text) => text.clone(),
            other => json::compact(other),
        }
    }

    pub(crate) fn settle(&mut self) {
        while let Some(due) = self.cloud.due().first().cloned() {
            let inside = Vec::new();
            self.cloud.apply(&Act::Finish { due, inside }).unwrap();
        }
    }

    pub(crate) fn vpc(&mut self, block: &str) -> String {
        self.make("CreateVpc", &format!("CidrBlock={block}"), "Vpc.VpcId")
    }

    pub(crate) fn subnet(&mut self, vpc: &str, block: &str) -> String {
        let params = format!("VpcId={vpc} CidrBlock={block}");
        self.make("CreateSubnet", &params, "Subnet.SubnetId")
    }

    /// An internet gateway, attached.
    pub(crate) fn gateway(&mut self, vpc: &str) -> String {
        let id = self.make(
            "CreateInternetGateway",
            "",
            "InternetGateway.InternetGatewayId",
        );
        self.call(
            "AttachInternetGateway",
            &format!("VpcId={vpc} InternetGatewayId={id}"),
        );
        id
    }

    /// A route table of its own for a subnet.
    pub(crate) fn table(&mut self, vpc: &str, subnet: &str) -> String {
        let id = self.make(
            "CreateRouteTable",
            &format!("VpcId={vpc}"),
            "RouteTable.RouteTableId",
        );
        self.call(
            "AssociateRouteTable",
            &format!("RouteTableId={id} SubnetId={subnet}"),
        );
        id
    }

    /// `target` is a gateway or an interface.
    pub(crate) fn route(&mut self, table: &str, destination: &str, target: &str) {
        let member = match target.split_once('-') {
            Some(("igw", _)) => "GatewayId",
            _ => "NetworkInterfaceId",
        };
        self.call(
            "CreateRoute",
            &format!("RouteTableId={table} DestinationCidrBlock={destination} {member}={target}"),
        );
    }

    /// A network ACL of its own for a subnet, with rules as `in 100 allow tcp 80 0.0.0.0/0`,
    /// a line each; the protocol `all` has no ports, `icmp` has `type/code`.
    pub(crate) fn acl(&mut self, vpc: &str, subnet: &str, rules: &str) -> String {
        let id = self.make(
            "CreateNetworkAcl",
            &format!("VpcId={vpc}"),
            "NetworkAcl.NetworkAclId",
        );
        self.entries(&id, rules);
        let old = self.cloud.places().find_map(|(_, _, ec2)| {
            let acl = ec2.network_acl_of(&Id::new(subnet))?;
            let mut all = acl.associations.iter();
            let found = all.find(|it| it.subnet.as_str() == subnet)?;
            Some(found.id.clone())
        });
        self.call(
            "ReplaceNetworkAclAssociation",
            &format!("AssociationId={} NetworkAclId={id}", old.unwrap()),
        );
        id
    }

    pub(crate) fn entries(&mut self, acl: &str, rules: &str) {
        for rule in rules.lines().filter(|line| !line.trim().is_empty()) {
            let words: Vec<&str> = rule.split_whitespace().collect();
            let [way, number, action, protocol, rest @ .., block] = words.as_slice() else {
                panic!("no rule: {rule}");
            };
            let ports = match (*protocol, rest) {
                ("icmp", [both]) => {
                    let (kind, code) = both.split_once('/').unwrap();
                    format!("IcmpTypeCode={{\"Type\":{kind},\"Code\":{code}}}")
                }
                (_, [range]) => {
                    let (first, last) = range.split_once('-').unwrap_or((range, range));
                    format!("PortRange={{\"From\":{first},\"To\":{last}}}")
                }
                _ => String::new(),
            };
            let number_of = match *protocol {
                "tcp" => "6",
                "udp" => "17",
                "icmp" => "1",
                _ => "-1",
            };
            self.call(
                "CreateNetworkAclEntry",
                &format!(
                    "NetworkAclId={acl} Egress={} RuleNumber={number} RuleAction={action} \
                     Protocol={number_of} CidrBlock={block} {ports}",
                    *way == "out"
                ),
            );
        }
    }

    /// A security group without rules, then with these: `in tcp 22 0.0.0.0/0`, a line each.
    pub(crate) fn group(&mut self, vpc: &str, name: &str, rules: &str) -> String {
        let id = self.make(
            "CreateSecurityGroup",
            &format!("GroupName={name} Description=d VpcId={vpc}"),
            "GroupId",
        );
        self.rules("Revoke", &id, "out all 0.0.0.0/0");
        self.rules("Authorize", &id, rules);
        id
    }

    /// `act` is `Authorize` or `Revoke`.
    pub(crate) fn rules(&mut self, act: &str, group: &str, rules: &str) {
        for rule in rules.lines().filter(|line| !line.trim().is_empty()) {
            let words: Vec<&str> = rule.split_whitespace().collect();
            let [way, protocol, rest @ .., peer] = words.as_slice() else {
                panic!("no rule: {rule}");
            };
            let ports = match rest {
                [range] => {
                    let both = range.split_once('/').or(range.split_once('-'));
                    let (first, last) = both.unwrap_or((range, range));
                    format!(",\"FromPort\":{first},\"ToPort\":{last}")
                }
                _ => String::new(),
            };
            let protocol = if *protocol == "all" { "-1" } else { protocol };
            let peer = if peer.starts_with("sg-") {
                format!("\"UserIdGroupPairs\":[{{\"GroupId\":\"{peer}\"}}]")
            } else {
                format!("\"IpRanges\":[{{\"CidrIp\":\"{peer}\"}}]")
            };
            let way = if *way == "in" { "Ingress" } else { "Egress" };
            self.call(
                &format!("{act}SecurityGroup{way}"),
                &format!(
                    "GroupId={group} IpPermissions=[{{\"IpProtocol\":\"{protocol}\"{ports},{peer}}}]"
                ),
            );
        }
    }

    /// A running instance from the web image, which listens on 22 and 80.
    pub(crate) fn instance(&mut self, subnet: &str, groups: &[&str], public: bool) -> String {
        let region = Region::find("us-east-1").unwrap();
        let mut images = Image::words(region);
        let (_, image) = images.find(|(word, _)| *word == "web_image").unwrap();
        let groups: Vec<String> = groups.iter().map(|id| format!("\"{id}\"")).collect();
        let groups = groups.join(",");
        let id = self.make(
            "RunInstances",
            &format!(
                "ImageId={image} MinCount=1 MaxCount=1 InstanceType=t3.micro NetworkInterfaces=\
                 [{{\"DeviceIndex\":0,\"SubnetId\":\"{subnet}\",\"Groups\":[{groups}],\
                 \"AssociatePublicIpAddress\":{public}}}]"
            ),
            "Instances.0.InstanceId",
        );
        self.settle();
        id
    }

    /// Another interface for an instance, at device index 1.
    pub(crate) fn second(&mut self, subnet: &str, group: &str, instance: &str) -> String {
        let id = self.make(
            "CreateNetworkInterface",
            &format!("SubnetId={subnet} Groups=[\"{group}\"]"),
            "NetworkInterface.NetworkInterfaceId",
        );
        self.call(
            "AttachNetworkInterface",
            &format!("NetworkInterfaceId={id} InstanceId={instance} DeviceIndex=1"),
        );
        id
    }

    /// The primary interface of an instance.
    pub(crate) fn interface(&self, instance: &str) -> String {
        let mut places = self.cloud.places();
        let found = places.find_map(|(_, _, ec2)| {
            let interface = ec2.primary_interface(&Id::new(instance))?;
            Some(interface.id.to_string())
        });
        found.unwrap()
    }

    pub(crate) fn check_off(&mut self, interface: &str) {
        self.call(
            "ModifyNetworkInterfaceAttribute",
            &format!("NetworkInterfaceId={interface} SourceDestCheck={{\"Value\":false}}"),
        );
    }

    pub(crate) fn private(&self, instance: &str) -> String {
        self.address(instance, false)
    }

    pub(crate) fn public(&self, instance: &str) -> String {
        self.address(instance, true)
    }

    fn address(&self, instance: &str, public: bool) -> String {
        let mut places = self.cloud.places();
        let found = places.find_map(|(_, _, ec2)| {
            let interface = ec2.primary_interface(&Id::new(instance))?;
            let private = interface.primary_address()?;
            if public {
                ec2.public_of(&interface.id, private)
            } else {
                Some(private)
            }
        });
        found.unwrap().to_string()
    }

    pub(crate) fn walk(&self, question: &Question) -> Walk {
        walk(&self.cloud, question).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// TCP from one place to another.
    pub(crate) fn tcp(&self, from: &str, to: &str, port: u16) -> Walk {
        self.walk(&tcp(from, to, port))
    }

    pub(crate) fn ping(&self, from: &str, to: &str) -> Walk {
        self.walk(&Question::ping(place(from), place(to)))
    }
}

pub(crate) fn place(text: &str) -> Place {
    text.parse().unwrap()
}

pub(crate) fn tcp(from: &str, to: &str, port: u16) -> Question {
    Question::tcp(place(from), place(to), port)
}

/// The outcome in a word: what the client sees, or where and why it was lost.
pub(crate) fn outcome(walk: &Walk) -> String {
    let code = |way: &crate::Way| way.code.map_or("", |code| code.0);
    match &walk.back {
        None => format!("there {}", code(&walk.forward)),
        Some(back) if !back.delivered => format!("back {}", code(back)),
        Some(_) => walk.client.to_string(),
    }
}

/// The kinds of the components on the way there and back, e.g. `network-acl`.
pub(crate) fn kinds(way: &crate::Way) -> Vec<&'static str> {
    way.hops.iter().map(|hop| hop.step.component.kind).collect()
}

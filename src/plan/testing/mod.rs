//! What gestures come to: each plan is carried out, and must make what its trial made.

mod access;
mod copies;
mod tables;

use crate::{
    Control, Desk, Draft, Intent, Kind, Place, Plan, Power, Refusal, RuleTable, Values, blocks,
    create_form, join_form, joins, notes, plan, remark, rules, settings,
};
use expect_test::{Expect, expect};
use hopwise_cloud::{ACCOUNT, Act, Cloud, Credentials, Genesis};

/// A cloud and its root user at a desk.
struct Lab {
    cloud: Cloud,
    credentials: Credentials,
}

impl Lab {
    fn new() -> Self {
        let cloud = Cloud::new(Genesis {
            seed: 7,
            default_vpc: false,
        });
        let key = cloud.account(ACCOUNT).unwrap().iam.root_key.clone();
        Lab {
            cloud,
            credentials: Credentials {
                access_key_id: key.id,
                secret_access_key: key.secret,
            },
        }
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            cloud: &self.cloud,
            credentials: &self.credentials,
            region: "us-east-1",
            via: hopwise_cloud::Via::default(),
            manual_clock: false,
        }
    }

    fn plan(&self, intent: &Intent) -> Result<Plan, Refusal> {
        plan(&self.desk(), intent)
    }

    fn refusal(&self, intent: &Intent) -> Refusal {
        self.plan(intent).unwrap_err()
    }

    /// Carries an intent out; gives what it made.
    fn run(&mut self, intent: &Intent) -> Plan {
        let plan = self.plan(intent).unwrap_or_else(|it| panic!("{it:?}"));
        let mut minted = Vec::new();
        for act in &plan.acts {
            let answer = self.cloud.apply(act).unwrap();
            minted.extend(answer.minted.into_iter().map(|it| it.id));
            while let Some(due) = self.cloud.due().into_iter().next() {
                let inside = Vec::new();
                self.cloud.apply(&Act::Finish { due, inside }).unwrap();
            }
        }
        for id in &plan.made {
            let there = id.starts_with("arn:") && self.desk().node(id).is_some();
            assert!(there || minted.contains(id), "{id} isn't among {minted:?}");
        }
        plan
    }

    /// What `remark` says of the field `key` with this value in the settings of `id`.
    fn remarked(&self, id: &str, key: &str, value: &str) -> Option<String> {
        let form = settings(&self.desk(), id).unwrap();
        let field = form.fields.iter().find(|it| it.key == key).unwrap();
        remark(field, value).map(|said| said.unwrap_or_else(|it| it))
    }

    fn make(&mut self, kind: Kind, on: &str, values: &[(&str, &str)]) -> String {
        let place = Place {
            on: (!on.is_empty()).then(|| on.to_owned()),
            zone: None,
        };
        let values = pairs(values);
        let intent = Intent::Create {
            kind,
            place,
            values,
        };
        self.run(&intent).made.remove(0)
    }

    fn join(&mut self, from: &str, to: &str) -> Plan {
        self.run(&joined(from, to, &[]))
    }

    fn check(&self, intent: &Intent, expected: Expect) {
        let text = match self.plan(intent) {
            Ok(plan) => {
                let mut lines = vec![plan.label];
                lines.extend(plan.commands);
                lines.extend(plan.notes.into_iter().map(|it| format!("note: {it}")));
                lines.extend(plan.gone.into_iter().map(|it| {
                    let name = it.name.unwrap_or_default();
                    format!("gone: {} {name}", it.kind)
                }));
                lines.join("\n")
            }
            Err(refusal) => {
                let mut lines = vec![match refusal.code {
                    Some(code) => format!("{code}: {}", refusal.text),
                    None => refusal.text,
                }];
                lines.extend(
                    refusal
                        .offers
                        .into_iter()
                        .map(|it| format!("offer: {}", it.label)),
                );
                lines.join("\n")
            }
        };
        expected.assert_eq(&self.readable(&text));
    }

    /// The text with names for ids, so that one can read it.
    fn readable(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let ec2 = self
            .cloud
            .account(ACCOUNT)
            .unwrap()
            .ec2("us-east-1")
            .unwrap();
        macro_rules! replace {
            ($($table:ident),*) => {
                $(for (number, it) in ec2.$table.by_birth().into_iter().enumerate() {
                    let id = it.id.as_str();
                    let (prefix, _) = id.split_once('-').unwrap();
                    text = text.replace(id, &format!("{prefix}-{}", number + 1));
                })*
            };
        }
        replace!(
            vpcs,
            subnets,
            route_tables,
            internet_gateways,
            addresses,
            network_acls,
            security_groups,
            network_interfaces,
            instances
        );
        for group in ec2.security_groups.iter() {
            for rule in &group.rules {
                text = text.replace(rule.id.as_str(), "sgr-…");
            }
        }
        for table in ec2.route_tables.iter() {
            for it in &table.associations {
                text = text.replace(it.id.as_str(), "rtbassoc-…");
            }
        }
        for acl in ec2.network_acls.iter() {
            for it in &acl.associations {
                text = text.replace(it.id.as_str(), "aclassoc-…");
            }
        }
        // What a trial made isn't there yet.
        let parts: Vec<&str> = text.split("-0").collect();
        let mut short = String::new();
        for (number, part) in parts.into_iter().enumerate() {
            let hex = part.chars().take_while(char::is_ascii_hexdigit).count();
            match (number, hex) {
                (0, _) => short.push_str(part),
                (_, 16) => {
                    let rest: String = part.chars().skip(16).collect();
                    short.push_str(&format!("-…{rest}"));
                }
                _ => short.push_str(&format!("-0{part}")),
            }
        }
        short
    }
}

fn pairs(values: &[(&str, &str)]) -> Values {
    values
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn created(kind: Kind, on: &str, values: &[(&str, &str)]) -> Intent {
    Intent::Create {
        kind,
        place: Place::on(on),
        values: pairs(values),
    }
}

fn joined(from: &str, to: &str, values: &[(&str, &str)]) -> Intent {
    Intent::Join {
        from: from.to_owned(),
        to: to.to_owned(),
        values: pairs(values),
    }
}

fn changed(id: &str, values: &[(&str, &str)]) -> Intent {
    Intent::Change {
        id: id.to_owned(),
        values: pairs(values),
    }
}

fn deleted(ids: &[&str]) -> Intent {
    Intent::Delete {
        ids: ids.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn drafts(rows: &[&[&str]]) -> Vec<Draft> {
    rows.iter()
        .map(|row| Draft {
            key: row
                .first()
                .filter(|key| !key.is_empty())
                .map(|it| (*it).to_owned()),
            cells: row.iter().skip(1).map(|it| (*it).to_owned()).collect(),
        })
        .collect()
}

/// A VPC with a subnet and an instance.
fn small() -> (Lab, String, String, String) {
    let mut lab = Lab::new();
    let vpc = lab.make(Kind::Vpc, "", &[("name", "shop")]);
    let subnet = lab.make(Kind::Subnet, &vpc, &[("name", "front")]);
    let web = lab.make(Kind::Instance, &subnet, &[("name", "web")]);
    (lab, vpc, subnet, web)
}

#[test]
fn a_new_thing_is_proposed_whole() {
    let (lab, vpc, subnet, _) = small();
    let block = |kind, place: &Place| {
        let form = create_form(&lab.desk(), kind, place).unwrap();
        form.values().remove("cidr").unwrap()
    };
    assert_eq!(block(Kind::Vpc, &Place::default()), "10.1.0.0/16");
    assert_eq!(block(Kind::Subnet, &Place::on(&vpc)), "10.0.1.0/24");
    lab.check(
        &created(Kind::Instance, &subnet, &[("public", "yes")]),
        expect![[r#"
            New instance
            aws ec2 run-instances --image-id ami-… --instance-type t3.micro --network-interfaces DeviceIndex=0,AssociatePublicIpAddress=true,SubnetId=subnet-1,Groups=sg-1"#]],
    );
}

#[test]
fn what_is_dropped_onto_something_is_joined_with_it() {
    let (lab, vpc, subnet, web) = small();
    lab.check(
        &created(Kind::InternetGateway, &subnet, &[]),
        expect![[r#"
        New internet gateway
        aws ec2 create-internet-gateway
        aws ec2 attach-internet-gateway --internet-gateway-id igw-… --vpc-id vpc-1"#]],
    );
    lab.check(
        &created(Kind::RouteTable, &subnet, &[]),
        expect![[r#"
        New route table
        aws ec2 create-route-table --vpc-id vpc-1
        aws ec2 associate-route-table --route-table-id rtb-… --subnet-id subnet-1"#]],
    );
    lab.check(
        &created(Kind::ElasticIp, &web, &[]),
        expect!["Gateway.NotAttached: Network vpc-1 is not attached to any internet gateway"],
    );
    lab.check(&created(Kind::SecurityGroup, &web, &[]), expect![[r#"
        New security group group-1
        aws ec2 create-security-group --group-name group-1 --description 'made on the map' --vpc-id vpc-1
        aws ec2 modify-network-interface-attribute --network-interface-id eni-1 --groups sg-1 sg-…
        note: web keeps default too: what any of its groups allows is allowed. Its settings take a group off."#]]);
    lab.check(
        &created(Kind::NetworkAcl, &vpc, &[]),
        expect![[r#"
        New network ACL
        aws ec2 create-network-acl --vpc-id vpc-1"#]],
    );
}

#[test]
fn a_thing_without_a_place_is_offered_places() {
    let (lab, vpc, _, _) = small();
    lab.check(
        &created(Kind::Instance, &vpc, &[]),
        expect![[r#"
        An instance is in a subnet: put it onto one.
        offer: Make it in front"#]],
    );
    lab.check(
        &created(Kind::Subnet, "internet", &[]),
        expect![[r#"
        A subnet is in a VPC: put it onto one.
        offer: Make it in shop"#]],
    );
    let empty = Lab::new();
    empty.check(
        &created(Kind::Instance, "", &[]),
        expect![[r#"
        An instance is in a VPC, and there is none yet.
        offer: Make a VPC"#]],
    );
}

#[test]
fn refusals_are_in_the_words_of_aws() {
    let (lab, vpc, _, _) = small();
    lab.check(
        &created(Kind::Subnet, &vpc, &[("cidr", "10.0.0.0/25")]),
        expect!["InvalidSubnet.Conflict: The CIDR '10.0.0.0/25' conflicts with another subnet"],
    );
    lab.check(
        &created(Kind::Subnet, &vpc, &[("cidr", "10.9.0.0/24")]),
        expect!["InvalidSubnet.Range: The CIDR '10.9.0.0/24' is invalid."],
    );
    lab.check(
        &created(Kind::Vpc, "", &[("cidr", "10.0.0.0/8")]),
        expect!["InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."],
    );
}

#[test]
fn things_are_joined_both_ways() {
    let (mut lab, vpc, subnet, web) = small();
    let gateway = lab.make(Kind::InternetGateway, "", &[]);
    lab.check(
        &joined(&web, &gateway, &[]),
        expect![[r#"
        An instance has no routes: the route table of its subnet leads to the gateway.
        offer: Route from front to the gateway"#]],
    );
    // Drawn from the subnet to a gateway that isn't attached yet.
    lab.check(&joined(&subnet, &gateway, &[]), expect![[r#"
        front to igw-1
        aws ec2 attach-internet-gateway --internet-gateway-id igw-1 --vpc-id vpc-1
        aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1
        note: This is the VPC's main route table: every subnet without a table of its own gets the route."#]]);
    lab.join(&gateway, &vpc);
    let table = lab.make(Kind::RouteTable, &vpc, &[]);
    lab.join(&subnet, &table);
    lab.check(&joined(&table, &gateway, &[]), expect![[r#"
        rtb-2 to igw-1
        aws ec2 create-route --route-table-id rtb-2 --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"#]]);
    lab.join(&gateway, &table);
    let address = lab.make(Kind::ElasticIp, "", &[]);
    lab.check(
        &joined(&address, &web, &[]),
        expect![[r#"
        eipalloc-1 to web
        aws ec2 associate-address --allocation-id eipalloc-1 --instance-id i-1"#]],
    );
    let refused = lab.refusal(&joined(&table, &subnet, &[]));
    assert_eq!(refused.text, "That is so already.");
    let targets: Vec<String> = joins(&lab.desk(), &table)
        .into_iter()
        .map(|(_, label)| label)
        .collect();
    expect![[r#"
        associate with front
        route to eni-1
        route to web
        route to igw-1"#]]
    .assert_eq(&lab.readable(&targets.join("\n")));
}

#[test]
fn what_has_a_group_is_let_in_by_a_rule() {
    let (mut lab, _, subnet, web) = small();
    let door = lab.make(Kind::SecurityGroup, &web, &[("group-name", "door")]);
    let app = lab.make(Kind::Instance, &subnet, &[("name", "app")]);
    let form = join_form(&lab.desk(), "internet", &door).unwrap();
    assert_eq!(form.title, "Let everybody into door");
    lab.check(
        &joined("internet", &door, &[("ports", "443")]),
        expect![[r#"
            Let everybody into door
            aws ec2 authorize-security-group-ingress --protocol tcp --port 443 --cidr 0.0.0.0/0 --group-id sg-2"#]],
    );
    lab.check(&joined("laptop", &door, &[("ports", "22")]), expect![[r#"
        Let your laptop into door
        aws ec2 authorize-security-group-ingress --protocol tcp --port 22 --cidr 203.0.113.10/32 --group-id sg-2"#]]);
    lab.check(
        &joined(&app, &web, &[("ports", "8000-8080"), ("into", &door)]),
        expect![[r#"
            Let app into web
            aws ec2 authorize-security-group-ingress --protocol tcp --port 8000-8080 --source-group sg-1 --group-id sg-2"#]],
    );
    lab.check(
        &joined(&app, &web, &[("ports", "9-1")]),
        expect!["`9-1` is no port: write 443, a range like 1024-65535, or all."],
    );
}

#[test]
fn what_aws_does_not_move_is_copied_instead() {
    let (mut lab, vpc, _, web) = small();
    let back = lab.make(Kind::Subnet, &vpc, &[("name", "back")]);
    let move_it = joined(&web, &back, &[]);
    lab.check(&move_it, expect![[r#"
        An instance stays in the subnet it was launched in: its primary network interface can't leave it.
        offer: Launch a copy in back"#]]);
    let offer = lab.refusal(&move_it).offers.remove(0).intent;
    lab.check(&offer, expect![[r#"
        Copy web
        aws ec2 run-instances --image-id ami-… --instance-type t3.micro --security-group-ids sg-1 --subnet-id subnet-2 --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web-2}]'"#]]);
    lab.run(&offer);
}

#[test]
fn a_delete_takes_along_what_cannot_stay() {
    let (mut lab, vpc, subnet, web) = small();
    let gateway = lab.make(Kind::InternetGateway, &vpc, &[]);
    let table = lab.make(Kind::RouteTable, &subnet, &[]);
    lab.join(&table, &gateway);
    let acl = lab.make(Kind::NetworkAcl, &subnet, &[]);
    let one = lab.make(Kind::SecurityGroup, &web, &[("group-name", "one")]);
    let two = lab.make(Kind::SecurityGroup, &vpc, &[("group-name", "two")]);
    lab.join(&one, &two);
    lab.join(&two, &one);
    lab.check(
        &deleted(&[&one]),
        expect!["DependencyViolation: resource sg-2 has a dependent object It is used by web."],
    );
    lab.check(
        &deleted(&[&two]),
        expect![[r#"
        Delete two
        aws ec2 revoke-security-group-ingress --group-id sg-2 --security-group-rule-ids sgr-…
        aws ec2 delete-security-group --group-id sg-3
        note: one loses the rules that refer to it.
        gone: security-group two"#]],
    );
    lab.check(
        &deleted(&[&acl]),
        expect![[r#"
        Delete acl-2
        aws ec2 replace-network-acl-association --association-id aclassoc-… --network-acl-id acl-1
        aws ec2 delete-network-acl --network-acl-id acl-2
        note: Its subnets fall back to the VPC's default network ACL.
        gone: network-acl "#]],
    );
    lab.check(
        &deleted(&[&table]),
        expect![[r#"
        Delete rtb-2
        aws ec2 disassociate-route-table --association-id rtbassoc-…
        aws ec2 delete-route-table --route-table-id rtb-2
        note: Its subnets fall back to the VPC's main route table.
        gone: route-table "#]],
    );
    lab.check(
        &deleted(&[&gateway]),
        expect![[r#"
        Delete igw-1
        aws ec2 detach-internet-gateway --internet-gateway-id igw-1 --vpc-id vpc-1
        aws ec2 delete-internet-gateway --internet-gateway-id igw-1
        note: Routes to it stay, as blackholes: what they match is dropped.
        gone: internet-gateway "#]],
    );
    lab.check(
        &deleted(&[&vpc, &subnet, &web]),
        expect![[r#"
            Delete 3 things
            aws ec2 terminate-instances --instance-ids i-1
            aws ec2 wait instance-terminated --instance-ids i-1
            aws ec2 delete-subnet --subnet-id subnet-1
            aws ec2 detach-internet-gateway --internet-gateway-id igw-1 --vpc-id vpc-1
            aws ec2 delete-internet-gateway --internet-gateway-id igw-1
            aws ec2 delete-route-table --route-table-id rtb-2
            aws ec2 delete-network-acl --network-acl-id acl-2
            aws ec2 revoke-security-group-ingress --group-id sg-3 --security-group-rule-ids sgr-…
            aws ec2 delete-security-group --group-id sg-2
            aws ec2 delete-security-group --group-id sg-3
            aws ec2 delete-vpc --vpc-id vpc-1
            gone: instance web
            gone: subnet front
            gone: internet-gateway 
            gone: route-table 
            gone: network-acl 
            gone: security-group one
            gone: security-group two
            gone: vpc shop"#]],
    );
    lab.run(&deleted(&[&vpc]));
    let ec2 = lab
        .cloud
        .account(ACCOUNT)
        .unwrap()
        .ec2("us-east-1")
        .unwrap();
    assert!(ec2.vpcs.is_empty() && ec2.internet_gateways.is_empty());
}

#[test]
fn a_gateway_with_mapped_addresses_stays() {
    let (mut lab, vpc, subnet, web) = small();
    let gateway = lab.make(Kind::InternetGateway, &vpc, &[]);
    lab.join(&gateway, &subnet);
    lab.make(Kind::ElasticIp, &web, &[]);
    lab.check(&deleted(&[&gateway]), expect![[r#"
        DependencyViolation: Network vpc-1 has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.
        offer: Delete what has the public addresses first"#]]);
    let offer = lab.refusal(&deleted(&[&gateway])).offers.remove(0).intent;
    lab.run(&offer);
    lab.run(&deleted(&[&gateway]));
}

#[test]
fn only_settings_that_differ_are_changed() {
    let (mut lab, vpc, subnet, web) = small();
    lab.check(
        &changed(&vpc, &[("name", "shop"), ("dns-hostnames", "yes")]),
        expect![[r#"
            Change shop
            aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames"#]],
    );
    lab.check(
        &changed(&subnet, &[("public-ip", "yes")]),
        expect![[r#"
        Change front
        aws ec2 modify-subnet-attribute --subnet-id subnet-1 --map-public-ip-on-launch"#]],
    );
    let table = lab.make(Kind::RouteTable, &vpc, &[]);
    lab.run(&changed(&subnet, &[("route-table", &table)]));
    lab.check(
        &changed(&subnet, &[("route-table", "")]),
        expect![[r#"
        Change front
        aws ec2 disassociate-route-table --association-id rtbassoc-…"#]],
    );
    lab.check(
        &changed(&web, &[("type", "t3.small")]),
        expect!["IncorrectInstanceState: The instance 'i-1' is not in the 'stopped' state."],
    );
    lab.run(&Intent::Power {
        ids: vec![web.clone()],
        power: Power::Stop,
    });
    lab.check(
        &changed(&web, &[("type", "t3.small"), ("name", "")]),
        expect![[r#"
            Change web
            aws ec2 delete-tags --resources i-1 --tags Key=Name
            aws ec2 modify-instance-attribute --instance-id i-1 --instance-type Value=t3.small"#]],
    );
    let same = settings(&lab.desk(), &web).unwrap().values();
    let refused = lab.refusal(&Intent::Change {
        id: web,
        values: same,
    });
    assert_eq!(refused.text, "That is so already.");
}

#[test]
fn a_stop_says_what_it_costs() {
    let (mut lab, _, subnet, _) = small();
    let app = lab.make(
        Kind::Instance,
        &subnet,
        &[("name", "app"), ("public", "yes")],
    );
    let stop = Intent::Power {
        ids: vec![app],
        power: Power::Stop,
    };
    let notes = lab.plan(&stop).unwrap().notes;
    assert!(
        notes
            .iter()
            .any(|it| it.starts_with("app loses its public address"))
    );
}

#[test]
fn an_interface_of_an_instance_elsewhere_goes_before_its_subnet() {
    let (mut lab, vpc, _, web) = small();
    let back = lab.make(Kind::Subnet, &vpc, &[]);
    let second = lab.make(Kind::NetworkInterface, &back, &[]);
    lab.join(&second, &web);
    // As its attachment says, it would go with the instance; but that one stays.
    let desk = lab.desk();
    let attachment = desk.interface(&second).unwrap().attachment.clone().unwrap();
    let mut params = hopwise_cloud::Map::new();
    let mut change = hopwise_cloud::Map::new();
    change.insert("AttachmentId", attachment.id.to_string().into());
    change.insert("DeleteOnTermination", true.into());
    params.insert("NetworkInterfaceId", second.as_str().into());
    params.insert("Attachment", hopwise_cloud::Value::Map(change));
    let call = Act::Call(hopwise_cloud::Call {
        credentials: lab.credentials.clone(),
        region: "us-east-1".to_owned(),
        via: hopwise_cloud::Via::default(),
        service: "ec2".to_owned(),
        operation: "ModifyNetworkInterfaceAttribute".to_owned(),
        params,
    });
    lab.cloud.apply(&call).unwrap();
    lab.check(
        &deleted(&[&back]),
        expect![[r#"
        Delete subnet-2
        aws ec2 detach-network-interface --attachment-id eni-attach-…
        aws ec2 wait network-interface-available --network-interface-ids eni-2
        aws ec2 delete-network-interface --network-interface-id eni-2
        aws ec2 delete-subnet --subnet-id subnet-2
        gone: network-interface 
        gone: subnet "#]],
    );
    lab.run(&deleted(&[&back]));
    assert!(lab.desk().instance(&web).unwrap().state.is_alive());
}

#[test]
fn blocks_are_found_and_remarked() {
    let (mut lab, vpc, _, _) = small();
    lab.make(Kind::Subnet, &vpc, &[("cidr", "10.0.2.0/23")]);
    let pieces: Vec<String> = blocks::pieces(&lab.desk(), &vpc)
        .into_iter()
        .map(|it| format!("{} {} {}", it.first, it.size, it.subnet.is_some()))
        .collect();
    assert_eq!(
        pieces,
        [
            "10.0.0.0 256 true",
            "10.0.1.0 256 false",
            "10.0.2.0 512 true",
            "10.0.4.0 64512 false"
        ]
    );
    let free = |length| blocks::free_block(&lab.desk(), &vpc, length).map(|it| it.to_string());
    assert_eq!(free(24).as_deref(), Some("10.0.1.0/24"));
    assert_eq!(free(23).as_deref(), Some("10.0.4.0/23"));
    assert_eq!(free(17).as_deref(), Some("10.0.128.0/17"));
    assert_eq!(free(16), None);
    let remark = |text| blocks::remark(&lab.desk(), &vpc, text).unwrap_or_else(|it| it);
    expect![[r#"
        256 addresses, 10.0.1.0 to 10.0.1.255; AWS keeps 5, so 251 are yours.
        The address has bits beyond the length; the block is 10.0.1.0/24.
        It overlaps subnet-0925d24b613a6a5c6, which has 10.0.2.0/23.
        It lies outside of the VPC, 10.0.0.0/16.
        A subnet is a /28 at the least and a /16 at the most.
        A CIDR block is an address, a slash and a length: 10.0.1.0/24."#]]
    .assert_eq(
        &[
            "10.0.1.0/24",
            "10.0.1.1/24",
            "10.0.2.0/24",
            "10.9.0.0/24",
            "10.0.0.0/29",
            "x",
        ]
        .map(remark)
        .join("\n"),
    );
    let reserved = blocks::reserved("10.0.1.0/24".parse().unwrap());
    let addresses: Vec<String> = reserved.iter().map(|(it, _)| it.to_string()).collect();
    assert_eq!(
        addresses,
        ["10.0.1.0", "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.255"]
    );
}

/// A denial is AWS's answer too: the canvas has the rights of whoever sits before it.
#[test]
fn who_may_not_is_refused() {
    let mut lab = Lab::new();
    lab.credentials.secret_access_key.push('x');
    let refusal = lab.refusal(&created(Kind::Vpc, "", &[]));
    assert_eq!(refusal.code.as_deref(), Some("AuthFailure"));
}

//! The numbered facts of networking that are about making and changing things, each with a twin
//! in which one changed setting flips the answer.

use super::Ec2;
use crate::testing::Lab;
use crate::{ACCOUNT, Id, Region};
use hopwise_net::{Prefix, Protocol};
use std::net::Ipv4Addr;

/// A VPC 10.0.0.0/16 with a subnet 10.0.1.0/24 and an internet gateway attached.
struct Net {
    lab: Lab,
    vpc: String,
    subnet: String,
    gateway: String,
}

impl Net {
    fn new() -> Self {
        let mut lab = Lab::empty();
        let vpc = lab.make("CreateVpc", r#"{"CidrBlock":"10.0.0.0/16"}"#, "Vpc.VpcId");
        let subnet = subnet(&mut lab, &vpc, "10.0.1.0/24");
        let gateway = lab.make(
            "CreateInternetGateway",
            "{}",
            "InternetGateway.InternetGatewayId",
        );
        let both = format!(r#"{{"VpcId":"{vpc}","InternetGatewayId":"{gateway}"}}"#);
        lab.call("AttachInternetGateway", &both).unwrap();
        Net {
            lab,
            vpc,
            subnet,
            gateway,
        }
    }

    fn ec2(&self) -> &Ec2 {
        ec2(&self.lab)
    }

    fn group(&mut self, name: &str) -> String {
        let vpc = &self.vpc;
        let params = format!(r#"{{"GroupName":"{name}","Description":"d","VpcId":"{vpc}"}}"#);
        self.lab.make("CreateSecurityGroup", &params, "GroupId")
    }

    fn interface(&mut self, subnet: &str) -> String {
        self.lab.make(
            "CreateNetworkInterface",
            &format!(r#"{{"SubnetId":"{subnet}"}}"#),
            "NetworkInterface.NetworkInterfaceId",
        )
    }

    fn attach(&mut self, interface: &str, instance: &str, device: u32) -> Result<(), String> {
        let params = format!(
            r#"{{"NetworkInterfaceId":"{interface}","InstanceId":"{instance}","DeviceIndex":{device}}}"#
        );
        self.lab.call("AttachNetworkInterface", &params).map(drop)
    }

    /// A running instance in the subnet.
    fn instance(&mut self, public: bool) -> String {
        let image = image();
        let subnet = &self.subnet;
        let id = self.lab.make(
            "RunInstances",
            &format!(
                r#"{{"ImageId":"{image}","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","NetworkInterfaces":[{{"DeviceIndex":0,"SubnetId":"{subnet}","AssociatePublicIpAddress":{public}}}]}}"#
            ),
            "Instances.0.InstanceId",
        );
        self.lab.settle();
        id
    }

    fn stop_and_start(&mut self, instance: &str) {
        for operation in ["StopInstances", "StartInstances"] {
            let params = format!(r#"{{"InstanceIds":["{instance}"]}}"#);
            self.lab.call(operation, &params).unwrap();
            self.lab.settle();
        }
    }

    fn public(&self, instance: &str) -> Option<Ipv4Addr> {
        let interface = self.ec2().primary_interface(&Id::new(instance))?;
        self.ec2()
            .public_of(&interface.id, interface.primary_address()?)
    }

    fn elastic(&mut self, instance: &str) -> String {
        let allocation = self.lab.make("AllocateAddress", "{}", "AllocationId");
        self.lab.make(
            "AssociateAddress",
            &format!(r#"{{"AllocationId":"{allocation}","InstanceId":"{instance}"}}"#),
            "AssociationId",
        )
    }

    /// The id of the route table that the subnet uses.
    fn table_of_subnet(&self) -> String {
        let subnet = self.ec2().subnets.get(&self.subnet).unwrap();
        self.ec2().route_table_of(subnet).unwrap().id.to_string()
    }

    fn new_table(&mut self) -> String {
        let params = format!(r#"{{"VpcId":"{}"}}"#, self.vpc);
        self.lab
            .make("CreateRouteTable", &params, "RouteTable.RouteTableId")
    }
}

fn ec2(lab: &Lab) -> &Ec2 {
    lab.cloud
        .account(ACCOUNT)
        .unwrap()
        .ec2("us-east-1")
        .unwrap()
}

fn image() -> String {
    let region = Region::find("us-east-1").unwrap();
    super::Image::words(region).next().unwrap().1
}

fn subnet(lab: &mut Lab, vpc: &str, block: &str) -> String {
    let params = format!(r#"{{"VpcId":"{vpc}","CidrBlock":"{block}"}}"#);
    lab.make("CreateSubnet", &params, "Subnet.SubnetId")
}

/// The code of a refusal, before its text.
fn code(refusal: &str) -> &str {
    let end = |c: char| !c.is_ascii_alphanumeric() && c != '.';
    let found = refusal
        .split(end)
        .find(|word| word.len() > 7 && word.contains(char::is_uppercase));
    found.unwrap_or(refusal)
}

#[test]
fn net_01_blocks_are_from_16_to_28_and_subnets_do_not_overlap() {
    let mut lab = Lab::empty();
    for (block, made) in [
        ("10.0.0.0/15", false),
        ("10.0.0.0/16", true),
        ("10.0.0.0/28", true),
        ("10.0.0.0/29", false),
    ] {
        let answer = lab.call("CreateVpc", &format!(r#"{{"CidrBlock":"{block}"}}"#));
        assert_eq!(answer.is_ok(), made, "{block} {answer:?}");
    }
    let mut net = Net::new();
    for (block, refusal) in [
        ("10.0.1.128/25", Some("InvalidSubnet.Conflict")),
        ("10.0.0.0/22", Some("InvalidSubnet.Conflict")),
        ("10.0.2.0/29", Some("InvalidSubnet.Range")),
        ("10.1.0.0/24", Some("InvalidSubnet.Range")),
        ("10.0.2.0/28", None),
    ] {
        let params = format!(r#"{{"VpcId":"{}","CidrBlock":"{block}"}}"#, net.vpc);
        let answer = net.lab.call("CreateSubnet", &params);
        assert_eq!(answer.is_ok(), refusal.is_none(), "{block}");
        if let (Err(text), Some(expected)) = (&answer, refusal) {
            assert!(text.contains(expected), "{block}: {text}");
        }
    }
}

#[test]
fn net_02_five_addresses_of_a_subnet_are_kept() {
    let mut net = Net::new();
    let vpc = net.vpc.clone();
    let small = subnet(&mut net.lab, &vpc, "10.0.2.0/28");
    let free = |net: &Net| {
        let one = net.ec2().subnets.get(&small).unwrap();
        net.ec2().free_addresses(one)
    };
    assert_eq!(free(&net), 11);
    for (address, made) in [
        ("10.0.2.0", false),
        ("10.0.2.1", false),
        ("10.0.2.2", false),
        ("10.0.2.3", false),
        ("10.0.2.4", true),
        ("10.0.2.4", false),
        ("10.0.2.14", true),
        ("10.0.2.15", false),
        ("10.0.2.16", false),
    ] {
        let params = format!(r#"{{"SubnetId":"{small}","PrivateIpAddress":"{address}"}}"#);
        let answer = net.lab.call("CreateNetworkInterface", &params);
        assert_eq!(answer.is_ok(), made, "{address}");
    }
    for _ in 0..9 {
        net.interface(&small);
    }
    assert_eq!(free(&net), 0);
    let full = net.lab.refused(
        "CreateNetworkInterface",
        &format!(r#"{{"SubnetId":"{small}"}}"#),
    );
    assert!(full.contains("InsufficientFreeAddressesInSubnet"), "{full}");
}

#[test]
fn net_05_host_bits_are_cleared() {
    let mut net = Net::new();
    let table = net.new_table();
    let (gateway, block) = (net.gateway.clone(), "100.68.0.18/18");
    net.lab
        .call(
            "CreateRoute",
            &format!(
                r#"{{"RouteTableId":"{table}","DestinationCidrBlock":"{block}","GatewayId":"{gateway}"}}"#
            ),
        )
        .unwrap();
    let clear: Prefix = "100.68.0.0/18".parse().unwrap();
    assert!(
        net.ec2()
            .route_tables
            .get(&table)
            .unwrap()
            .route(&clear.into())
            .is_some()
    );
    let params = format!(r#"{{"VpcId":"{}"}}"#, net.vpc);
    let acl = net
        .lab
        .make("CreateNetworkAcl", &params, "NetworkAcl.NetworkAclId");
    net.lab
        .call(
            "CreateNetworkAclEntry",
            &format!(
                r#"{{"NetworkAclId":"{acl}","Egress":false,"RuleNumber":1,"RuleAction":"allow","Protocol":"-1","CidrBlock":"{block}"}}"#
            ),
        )
        .unwrap();
    let entry = net.ec2().network_acls.get(&acl).unwrap().entries[0].clone();
    assert_eq!(entry.block, clear);
}

#[test]
fn net_06_the_default_vpc_is_ready_for_the_internet_and_others_are_not() {
    let lab = Lab::new(true);
    let it = ec2(&lab);
    let vpc = it.vpcs.iter().next().unwrap();
    assert_eq!(vpc.primary().unwrap().to_string(), "172.31.0.0/16");
    assert!(it.internet_gateway_of(&vpc.id).is_some());
    let zones = Region::find("us-east-1").unwrap().zones.len();
    assert_eq!(it.subnets.len(), zones);
    for subnet in it.subnets.iter() {
        assert!(subnet.map_public_ip && subnet.default_for_az);
        assert_eq!(subnet.block.length(), 20);
        let table = it.route_table_of(subnet).unwrap();
        assert!(table.route(&Prefix::ANY_V4.into()).is_some());
    }
    let net = Net::new();
    let subnet = net.ec2().subnets.get(&net.subnet).unwrap();
    assert!(!subnet.map_public_ip && !subnet.default_for_az);
    assert!(
        net.ec2()
            .route_table_of(subnet)
            .unwrap()
            .route(&Prefix::ANY_V4.into())
            .is_none()
    );
}

#[test]
fn net_07_an_assigned_public_address_goes_with_a_stop_and_an_elastic_one_stays() {
    let mut net = Net::new();
    let private = net.instance(false);
    assert_eq!(net.public(&private), None);
    net.stop_and_start(&private);
    assert_eq!(net.public(&private), None);

    let web = net.instance(true);
    let first = net.public(&web).unwrap();
    let stop = format!(r#"{{"InstanceIds":["{web}"]}}"#);
    net.lab.call("StopInstances", &stop).unwrap();
    net.lab.settle();
    assert_eq!(net.public(&web), None);
    net.lab.call("StartInstances", &stop).unwrap();
    net.lab.settle();
    let second = net.public(&web).unwrap();
    assert_ne!(first, second);
    // A reboot keeps it.
    net.lab.call("RebootInstances", &stop).unwrap();
    assert_eq!(net.public(&web), Some(second));

    // An Elastic IP address takes its place, and stays through a stop.
    let association = net.elastic(&web);
    let elastic = net.public(&web).unwrap();
    assert_ne!(elastic, second);
    net.stop_and_start(&web);
    assert_eq!(net.public(&web), Some(elastic));
    let params = format!(r#"{{"AssociationId":"{association}"}}"#);
    net.lab.call("DisassociateAddress", &params).unwrap();
    assert_ne!(net.public(&web), Some(elastic));
    assert_eq!(net.ec2().addresses.len(), 1);
}

#[test]
fn net_07_with_a_second_interface_a_start_assigns_none() {
    let mut net = Net::new();
    let (web, subnet) = (net.instance(true), net.subnet.clone());
    let second = net.interface(&subnet);
    net.attach(&second, &web, 1).unwrap();
    assert!(net.public(&web).is_some());
    net.stop_and_start(&web);
    assert_eq!(net.public(&web), None);
    let attachment = net.ec2().network_interfaces.get(&second).unwrap();
    let attachment = attachment.attachment.clone().unwrap().id;
    let params = format!(r#"{{"AttachmentId":"{attachment}"}}"#);
    net.lab.call("DetachNetworkInterface", &params).unwrap();
    net.stop_and_start(&web);
    assert!(net.public(&web).is_some());
}

#[test]
fn net_08_an_instance_has_interfaces_in_several_subnets_of_one_zone() {
    let mut net = Net::new();
    let (web, vpc) = (net.instance(false), net.vpc.clone());
    let near = subnet(&mut net.lab, &vpc, "10.0.2.0/24");
    let far = net.lab.make(
        "CreateSubnet",
        &format!(
            r#"{{"VpcId":"{vpc}","CidrBlock":"10.0.3.0/24","AvailabilityZone":"us-east-1b"}}"#
        ),
        "Subnet.SubnetId",
    );
    let (second, other) = (net.interface(&near), net.interface(&far));
    assert!(net.attach(&other, &web, 1).is_err());
    net.attach(&second, &web, 1).unwrap();
    let all = net.ec2().interfaces_of(&Id::new(&web));
    let subnets: Vec<&str> = all.iter().map(|it| it.subnet.as_str()).collect();
    assert_eq!(subnets, [net.subnet.as_str(), near.as_str()]);
    // The primary one can't be taken off, the other can.
    let ids: Vec<Id> = all
        .iter()
        .map(|it| it.attachment.clone().unwrap().id)
        .collect();
    let detach = |id: &Id| format!(r#"{{"AttachmentId":"{id}"}}"#);
    let refusal = net.lab.refused("DetachNetworkInterface", &detach(&ids[0]));
    assert!(refusal.contains("OperationNotPermitted"), "{refusal}");
    net.lab
        .call("DetachNetworkInterface", &detach(&ids[1]))
        .unwrap();
}

#[test]
fn net_14_within_the_vpc_a_route_is_for_exactly_a_subnet_and_leads_to_an_interface() {
    let mut net = Net::new();
    let (table, subnet) = (net.new_table(), net.subnet.clone());
    let (gateway, interface) = (net.gateway.clone(), net.interface(&subnet));
    let route = |destination: &str, member: &str, target: &str| {
        format!(
            r#"{{"RouteTableId":"{table}","DestinationCidrBlock":"{destination}","{member}":"{target}"}}"#
        )
    };
    for refused in [
        route("10.0.1.0/25", "NetworkInterfaceId", &interface),
        route("10.0.9.0/24", "NetworkInterfaceId", &interface),
        route("10.0.1.0/24", "GatewayId", &gateway),
    ] {
        net.lab.refused("CreateRoute", &refused);
    }
    for taken in [
        route("10.0.1.0/24", "NetworkInterfaceId", &interface),
        route("10.0.0.0/8", "NetworkInterfaceId", &interface),
    ] {
        net.lab.call("CreateRoute", &taken).unwrap();
    }
}

#[test]
fn net_15_the_local_route_stays_though_it_may_lead_to_an_interface() {
    let mut net = Net::new();
    let (table, subnet) = (net.new_table(), net.subnet.clone());
    let interface = net.interface(&subnet);
    let local = format!(r#""RouteTableId":"{table}","DestinationCidrBlock":"10.0.0.0/16""#);
    net.lab.refused("DeleteRoute", &format!("{{{local}}}"));
    let replace = format!(r#"{{{local},"NetworkInterfaceId":"{interface}"}}"#);
    net.lab.call("ReplaceRoute", &replace).unwrap();
    net.lab.refused("DeleteRoute", &format!("{{{local}}}"));
    net.lab
        .call(
            "ReplaceRoute",
            &format!(r#"{{{local},"LocalTarget":true}}"#),
        )
        .unwrap();
    let gateway = net.gateway.clone();
    net.lab.refused(
        "ReplaceRoute",
        &format!(r#"{{{local},"GatewayId":"{gateway}"}}"#),
    );
}

#[test]
fn net_16_a_subnet_has_one_table_by_name_or_else_the_main_one() {
    let mut net = Net::new();
    let main = net.table_of_subnet();
    let (own, other) = (net.new_table(), net.new_table());
    let with = |table: &str, subnet: &str| {
        format!(r#"{{"RouteTableId":"{table}","SubnetId":"{subnet}"}}"#)
    };
    let subnet = net.subnet.clone();
    let association = net
        .lab
        .make("AssociateRouteTable", &with(&own, &subnet), "AssociationId");
    assert_eq!(net.table_of_subnet(), own);
    let refusal = net
        .lab
        .refused("AssociateRouteTable", &with(&other, &subnet));
    assert_eq!(code(&refusal), "Resource.AlreadyAssociated");

    // Changing the main table moves only the subnets that have none by name.
    let main_association = net.ec2().route_tables.get(&main).unwrap().associations[0]
        .id
        .clone();
    let replace = format!(r#"{{"AssociationId":"{main_association}","RouteTableId":"{other}"}}"#);
    net.lab
        .call("ReplaceRouteTableAssociation", &replace)
        .unwrap();
    assert_eq!(net.table_of_subnet(), own);
    let params = format!(r#"{{"AssociationId":"{association}"}}"#);
    net.lab.call("DisassociateRouteTable", &params).unwrap();
    assert_eq!(net.table_of_subnet(), other);
    // What was the main table can be deleted; what is can't.
    net.lab.refused(
        "DeleteRouteTable",
        &format!(r#"{{"RouteTableId":"{other}"}}"#),
    );
    net.lab
        .call(
            "DeleteRouteTable",
            &format!(r#"{{"RouteTableId":"{main}"}}"#),
        )
        .unwrap();
}

#[test]
fn net_26_a_vpc_has_one_gateway_and_a_gateway_one_vpc() {
    let mut net = Net::new();
    let (vpc, gateway) = (net.vpc.clone(), net.gateway.clone());
    let second = net.lab.make(
        "CreateInternetGateway",
        "{}",
        "InternetGateway.InternetGatewayId",
    );
    let other = net
        .lab
        .make("CreateVpc", r#"{"CidrBlock":"10.1.0.0/16"}"#, "Vpc.VpcId");
    let both = |vpc: &str, gateway: &str| {
        format!(r#"{{"VpcId":"{vpc}","InternetGatewayId":"{gateway}"}}"#)
    };
    net.lab
        .refused("AttachInternetGateway", &both(&vpc, &second));
    net.lab
        .refused("AttachInternetGateway", &both(&other, &gateway));
    net.lab
        .call("AttachInternetGateway", &both(&other, &second))
        .unwrap();

    // While a public address is in use it can't be detached.
    let web = net.instance(true);
    let refusal = net
        .lab
        .refused("DetachInternetGateway", &both(&vpc, &gateway));
    assert_eq!(code(&refusal), "DependencyViolation");
    let stop = format!(r#"{{"InstanceIds":["{web}"]}}"#);
    net.lab.call("TerminateInstances", &stop).unwrap();
    net.lab.settle();
    net.lab
        .call("DetachInternetGateway", &both(&vpc, &gateway))
        .unwrap();
}

#[test]
fn net_44_a_subnet_has_exactly_one_acl_and_a_new_one_denies_all() {
    let mut net = Net::new();
    let default = net
        .ec2()
        .network_acl_of(&Id::new(&net.subnet))
        .unwrap()
        .clone();
    assert!(default.is_default);
    for egress in [false, true] {
        let rules: Vec<String> = default.rules(egress).map(ToString::to_string).collect();
        assert_eq!(rules, ["100 allow all 0.0.0.0/0"]);
    }
    let params = format!(r#"{{"VpcId":"{}"}}"#, net.vpc);
    let new = net
        .lab
        .make("CreateNetworkAcl", &params, "NetworkAcl.NetworkAclId");
    assert!(net.ec2().network_acls.get(&new).unwrap().entries.is_empty());
    let association = default.associations[0].id.clone();
    net.lab
        .call(
            "ReplaceNetworkAclAssociation",
            &format!(r#"{{"AssociationId":"{association}","NetworkAclId":"{new}"}}"#),
        )
        .unwrap();
    let subnet = Id::new(&net.subnet);
    let having = net.ec2().network_acls.iter().filter(|acl| {
        let mut all = acl.associations.iter();
        all.any(|it| it.subnet == subnet)
    });
    assert_eq!(
        having.map(|acl| acl.id.as_str()).collect::<Vec<_>>(),
        [new.as_str()]
    );
    let delete = format!(r#"{{"NetworkAclId":"{new}"}}"#);
    assert_eq!(
        code(&net.lab.refused("DeleteNetworkAcl", &delete)),
        "DependencyViolation"
    );
}

#[test]
fn net_49_what_an_entry_may_say() {
    let mut net = Net::new();
    let params = format!(r#"{{"VpcId":"{}"}}"#, net.vpc);
    let acl = net
        .lab
        .make("CreateNetworkAcl", &params, "NetworkAcl.NetworkAclId");
    let entry = |number: u32, rest: &str| {
        format!(
            r#"{{"NetworkAclId":"{acl}","Egress":false,"RuleNumber":{number},"RuleAction":"allow",{rest}}}"#
        )
    };
    let any = r#""CidrBlock":"0.0.0.0/0""#;
    for refused in [
        entry(0, &format!(r#""Protocol":"-1",{any}"#)),
        entry(32_767, &format!(r#""Protocol":"-1",{any}"#)),
        entry(10, &format!(r#""Protocol":"6",{any}"#)),
        entry(
            10,
            &format!(r#""Protocol":"6","PortRange":{{"From":90,"To":80}},{any}"#),
        ),
        entry(10, &format!(r#""Protocol":"1",{any}"#)),
        entry(10, r#""Protocol":"-1""#),
    ] {
        net.lab.refused("CreateNetworkAclEntry", &refused);
    }
    for taken in [
        entry(1, &format!(r#""Protocol":"-1",{any}"#)),
        entry(
            32_766,
            &format!(r#""Protocol":"6","PortRange":{{"From":0,"To":65535}},{any}"#),
        ),
        entry(
            10,
            &format!(r#""Protocol":"1","IcmpTypeCode":{{"Type":-1,"Code":-1}},{any}"#),
        ),
        // Ports mean nothing for all protocols, and are not kept.
        entry(
            20,
            &format!(r#""Protocol":"-1","PortRange":{{"From":80,"To":80}},{any}"#),
        ),
    ] {
        net.lab.call("CreateNetworkAclEntry", &taken).unwrap();
    }
    let entries = &net.ec2().network_acls.get(&acl).unwrap().entries;
    let written: Vec<String> = entries.iter().map(ToString::to_string).collect();
    assert_eq!(
        written,
        [
            "1 allow all 0.0.0.0/0",
            "10 allow icmp 0.0.0.0/0",
            "20 allow all 0.0.0.0/0",
            "32766 allow tcp 0-65535 0.0.0.0/0"
        ]
    );
    assert_eq!(entries[1].protocol, Some(Protocol::ICMP));
}

#[test]
fn net_51_an_acl_has_twenty_rules_a_direction() {
    let mut net = Net::new();
    let params = format!(r#"{{"VpcId":"{}"}}"#, net.vpc);
    let acl = net
        .lab
        .make("CreateNetworkAcl", &params, "NetworkAcl.NetworkAclId");
    let entry = |number: u32, egress: bool| {
        format!(
            r#"{{"NetworkAclId":"{acl}","Egress":{egress},"RuleNumber":{number},"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}}"#
        )
    };
    for number in 1..=20 {
        net.lab
            .call("CreateNetworkAclEntry", &entry(number, false))
            .unwrap();
    }
    let refusal = net.lab.refused("CreateNetworkAclEntry", &entry(21, false));
    assert_eq!(code(&refusal), "NetworkAclEntryLimitExceeded");
    net.lab
        .call("CreateNetworkAclEntry", &entry(21, true))
        .unwrap();
}

#[test]
fn net_55_a_new_group_lets_all_out_and_the_default_one_its_members_in() {
    let mut net = Net::new();
    let new = net.group("new");
    let rules = |net: &Net, id: &str, egress: bool| -> Vec<String> {
        let group = net.ec2().security_groups.get(id).unwrap();
        group.rules(egress).map(ToString::to_string).collect()
    };
    assert!(rules(&net, &new, false).is_empty());
    assert_eq!(rules(&net, &new, true), ["allow all 0.0.0.0/0"]);
    let default = net
        .ec2()
        .default_group(&Id::new(&net.vpc))
        .unwrap()
        .to_string();
    assert_eq!(
        rules(&net, &default, false),
        [format!("allow all {default}")]
    );
    assert_eq!(rules(&net, &default, true), ["allow all 0.0.0.0/0"]);
    let delete = |id: &str| format!(r#"{{"GroupId":"{id}"}}"#);
    assert_eq!(
        code(&net.lab.refused("DeleteSecurityGroup", &delete(&default))),
        "CannotDelete"
    );
    net.lab.call("DeleteSecurityGroup", &delete(&new)).unwrap();
}

fn permission(protocol: &str, from: i64, to: i64, peer: &str) -> String {
    let peer = if peer.starts_with("sg-") {
        format!(r#""UserIdGroupPairs":[{{"GroupId":"{peer}"}}]"#)
    } else {
        format!(r#""IpRanges":[{{"CidrIp":"{peer}"}}]"#)
    };
    format!(r#"{{"IpProtocol":"{protocol}","FromPort":{from},"ToPort":{to},{peer}}}"#)
}

fn authorize(group: &str, permissions: &[String]) -> String {
    let permissions = permissions.join(",");
    format!(r#"{{"GroupId":"{group}","IpPermissions":[{permissions}]}}"#)
}

#[test]
fn net_59_a_group_may_refer_to_itself_and_still_be_deleted() {
    let mut net = Net::new();
    let (itself, other) = (net.group("itself"), net.group("other"));
    let rule = permission("tcp", 22, 22, &itself);
    for group in [&itself, &other] {
        let params = authorize(group, std::slice::from_ref(&rule));
        net.lab
            .call("AuthorizeSecurityGroupIngress", &params)
            .unwrap();
    }
    // Another group's reference holds it; its own does not.
    let delete = |id: &str| format!(r#"{{"GroupId":"{id}"}}"#);
    assert_eq!(
        code(&net.lab.refused("DeleteSecurityGroup", &delete(&itself))),
        "DependencyViolation"
    );
    net.lab
        .call("DeleteSecurityGroup", &delete(&other))
        .unwrap();
    net.lab
        .call("DeleteSecurityGroup", &delete(&itself))
        .unwrap();
}

#[test]
fn net_60_a_group_of_another_network_cannot_be_referred_to() {
    let mut net = Net::new();
    let (own, near) = (net.group("own"), net.group("near"));
    net.vpc = net
        .lab
        .make("CreateVpc", r#"{"CidrBlock":"10.1.0.0/16"}"#, "Vpc.VpcId");
    let foreign = net.group("foreign");
    let params = |peer: &str| authorize(&own, &[permission("tcp", 22, 22, peer)]);
    net.lab
        .refused("AuthorizeSecurityGroupIngress", &params(&foreign));
    net.lab
        .call("AuthorizeSecurityGroupIngress", &params(&near))
        .unwrap();
}

#[test]
fn net_64_sixty_rules_a_direction_and_five_groups_an_interface() {
    let mut net = Net::new();
    let group = net.group("many");
    let rules = |ports: std::ops::Range<i64>| -> Vec<String> {
        ports
            .map(|port| permission("tcp", port, port, "10.0.0.0/8"))
            .collect()
    };
    let params = authorize(&group, &rules(1..61));
    net.lab
        .call("AuthorizeSecurityGroupIngress", &params)
        .unwrap();
    let params = authorize(&group, &rules(61..62));
    let refusal = net.lab.refused("AuthorizeSecurityGroupIngress", &params);
    assert_eq!(code(&refusal), "RulesPerSecurityGroupLimitExceeded");
    // The other direction has room, though one rule of it is there from the beginning.
    let params = authorize(&group, &rules(1..60));
    net.lab
        .call("AuthorizeSecurityGroupEgress", &params)
        .unwrap();
    let params = authorize(&group, &rules(60..61));
    net.lab.refused("AuthorizeSecurityGroupEgress", &params);

    let subnet = net.subnet.clone();
    let interface = net.interface(&subnet);
    let groups: Vec<String> = (0..6)
        .map(|place| net.group(&format!("g{place}")))
        .collect();
    let wear = |groups: &[String]| {
        let groups: Vec<String> = groups.iter().map(|id| format!("\"{id}\"")).collect();
        let groups = groups.join(",");
        format!(r#"{{"NetworkInterfaceId":"{interface}","Groups":[{groups}]}}"#)
    };
    let refusal = net
        .lab
        .refused("ModifyNetworkInterfaceAttribute", &wear(&groups));
    assert_eq!(code(&refusal), "SecurityGroupsPerInterfaceLimitExceeded");
    net.lab
        .call("ModifyNetworkInterfaceAttribute", &wear(&groups[..5]))
        .unwrap();
}

#[test]
fn net_66_a_code_needs_a_type() {
    let mut net = Net::new();
    let group = net.group("icmp");
    for (kind, code, taken) in [(-1, -1, true), (8, -1, true), (8, 0, true), (-1, 0, false)] {
        let params = authorize(&group, &[permission("icmp", kind, code, "0.0.0.0/0")]);
        let answer = net.lab.call("AuthorizeSecurityGroupIngress", &params);
        assert_eq!(answer.is_ok(), taken, "{kind} {code}");
    }
}

#[test]
fn as_many_instances_start_as_there_is_room_for() {
    for (min, started) in [(1, Some(11)), (11, Some(11)), (12, None)] {
        let mut net = Net::new();
        let small = subnet(&mut net.lab, &net.vpc, "10.0.2.0/28");
        let image = image();
        let run = format!(
            r#"{{"ImageId":"{image}","MinCount":{min},"MaxCount":14,"InstanceType":"t3.nano","SubnetId":"{small}"}}"#
        );
        match started {
            Some(count) => {
                net.lab.call("RunInstances", &run).unwrap();
                assert_eq!(net.ec2().instances.len(), count, "{min}");
            }
            None => {
                let full = net.lab.refused("RunInstances", &run);
                assert_eq!(code(&full), "InsufficientFreeAddressesInSubnet");
                assert_eq!(net.ec2().instances.len(), 0);
            }
        }
    }
}

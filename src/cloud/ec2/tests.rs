//! What the operations refuse, each beside the call that differs in one thing and is taken.

use crate::testing::Lab;
use crate::{Act, Region, Value};

/// A VPC `10.0.0.0/16` with an attached internet gateway, a subnet with an instance that has a
/// public address, a second VPC, and one of everything else; `@name` in parameters stands for
/// what is kept under the name.
struct World {
    lab: Lab,
    names: Vec<(String, String)>,
}

impl World {
    fn new() -> Self {
        let mut world = World {
            lab: Lab::empty(),
            names: Vec::new(),
        };
        let image = crate::ec2::Image::words(Region::find("us-east-1").unwrap())
            .next()
            .unwrap()
            .1;
        world.names.push(("image".to_owned(), image));
        for (name, operation, params, path) in [
            (
                "vpc",
                "CreateVpc",
                r#"{"CidrBlock":"10.0.0.0/16"}"#,
                "Vpc.VpcId",
            ),
            (
                "vpc2",
                "CreateVpc",
                r#"{"CidrBlock":"10.1.0.0/16"}"#,
                "Vpc.VpcId",
            ),
            (
                "subnet",
                "CreateSubnet",
                r#"{"VpcId":"@vpc","CidrBlock":"10.0.1.0/24"}"#,
                "Subnet.SubnetId",
            ),
            (
                "empty",
                "CreateSubnet",
                r#"{"VpcId":"@vpc","CidrBlock":"10.0.2.0/24"}"#,
                "Subnet.SubnetId",
            ),
            (
                "far",
                "CreateSubnet",
                r#"{"VpcId":"@vpc","CidrBlock":"10.0.3.0/24","AvailabilityZone":"us-east-1b"}"#,
                "Subnet.SubnetId",
            ),
            (
                "subnet2",
                "CreateSubnet",
                r#"{"VpcId":"@vpc2","CidrBlock":"10.1.1.0/24"}"#,
                "Subnet.SubnetId",
            ),
            (
                "igw",
                "CreateInternetGateway",
                "{}",
                "InternetGateway.InternetGatewayId",
            ),
            (
                "",
                "AttachInternetGateway",
                r#"{"VpcId":"@vpc","InternetGatewayId":"@igw"}"#,
                "",
            ),
            (
                "free",
                "CreateInternetGateway",
                "{}",
                "InternetGateway.InternetGatewayId",
            ),
            (
                "rtb",
                "CreateRouteTable",
                r#"{"VpcId":"@vpc"}"#,
                "RouteTable.RouteTableId",
            ),
            (
                "rtb2",
                "CreateRouteTable",
                r#"{"VpcId":"@vpc2"}"#,
                "RouteTable.RouteTableId",
            ),
            (
                "assoc",
                "AssociateRouteTable",
                r#"{"RouteTableId":"@rtb","SubnetId":"@subnet"}"#,
                "AssociationId",
            ),
            (
                "spare",
                "CreateRouteTable",
                r#"{"VpcId":"@vpc"}"#,
                "RouteTable.RouteTableId",
            ),
            (
                "acl",
                "CreateNetworkAcl",
                r#"{"VpcId":"@vpc"}"#,
                "NetworkAcl.NetworkAclId",
            ),
            (
                "acl2",
                "CreateNetworkAcl",
                r#"{"VpcId":"@vpc2"}"#,
                "NetworkAcl.NetworkAclId",
            ),
            (
                "",
                "CreateNetworkAclEntry",
                r#"{"NetworkAclId":"@acl","RuleNumber":100,"Egress":false,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}"#,
                "",
            ),
            (
                "default-acl",
                "DescribeNetworkAcls",
                r#"{"Filters":[{"Name":"vpc-id","Values":["@vpc"]},{"Name":"default","Values":["true"]}]}"#,
                "NetworkAcls.0.NetworkAclId",
            ),
            (
                "acl-assoc",
                "DescribeNetworkAcls",
                r#"{"NetworkAclIds":["@default-acl"]}"#,
                "NetworkAcls.0.Associations.0.NetworkAclAssociationId",
            ),
            (
                "main",
                "DescribeRouteTables",
                r#"{"Filters":[{"Name":"vpc-id","Values":["@vpc"]},{"Name":"association.main","Values":["true"]}]}"#,
                "RouteTables.0.RouteTableId",
            ),
            (
                "main-assoc",
                "DescribeRouteTables",
                r#"{"RouteTableIds":["@main"]}"#,
                "RouteTables.0.Associations.0.RouteTableAssociationId",
            ),
            (
                "sg",
                "CreateSecurityGroup",
                r#"{"GroupName":"web","Description":"d","VpcId":"@vpc"}"#,
                "GroupId",
            ),
            (
                "sg2",
                "CreateSecurityGroup",
                r#"{"GroupName":"web","Description":"d","VpcId":"@vpc2"}"#,
                "GroupId",
            ),
            (
                "unused",
                "CreateSecurityGroup",
                r#"{"GroupName":"unused","Description":"d","VpcId":"@vpc"}"#,
                "GroupId",
            ),
            (
                "default-sg",
                "DescribeSecurityGroups",
                r#"{"Filters":[{"Name":"vpc-id","Values":["@vpc"]},{"Name":"group-name","Values":["default"]}]}"#,
                "SecurityGroups.0.GroupId",
            ),
            (
                "sgr",
                "AuthorizeSecurityGroupIngress",
                r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}"#,
                "SecurityGroupRules.0.SecurityGroupRuleId",
            ),
            ("key", "CreateKeyPair", r#"{"KeyName":"k"}"#, "KeyPairId"),
            (
                "i",
                "RunInstances",
                r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","NetworkInterfaces":[{"DeviceIndex":0,"SubnetId":"@subnet","Groups":["@sg"],"AssociatePublicIpAddress":true}]}"#,
                "Instances.0.InstanceId",
            ),
            (
                "off",
                "RunInstances",
                r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","SubnetId":"@subnet"}"#,
                "Instances.0.InstanceId",
            ),
        ] {
            world.keep(name, operation, params, path);
        }
        world.lab.settle();
        world.call("StopInstances", r#"{"InstanceIds":["@off"]}"#);
        world.lab.settle();
        for (name, operation, params, path) in [
            (
                "eni",
                "DescribeInstances",
                r#"{"InstanceIds":["@i"]}"#,
                "Reservations.0.Instances.0.NetworkInterfaces.0.NetworkInterfaceId",
            ),
            (
                "attachment",
                "DescribeNetworkInterfaces",
                r#"{"NetworkInterfaceIds":["@eni"]}"#,
                "NetworkInterfaces.0.Attachment.AttachmentId",
            ),
            (
                "loose",
                "CreateNetworkInterface",
                r#"{"SubnetId":"@subnet"}"#,
                "NetworkInterface.NetworkInterfaceId",
            ),
            (
                "far-eni",
                "CreateNetworkInterface",
                r#"{"SubnetId":"@far"}"#,
                "NetworkInterface.NetworkInterfaceId",
            ),
            ("eip", "AllocateAddress", "{}", "AllocationId"),
            (
                "eip-assoc",
                "AssociateAddress",
                r#"{"AllocationId":"@eip","InstanceId":"@off"}"#,
                "AssociationId",
            ),
            ("eip2", "AllocateAddress", "{}", "AllocationId"),
            (
                "ana",
                "CreateUser",
                r#"{"UserName":"ana"}"#,
                "User.UserName",
            ),
            (
                "ana-key",
                "CreateAccessKey",
                r#"{"UserName":"ana"}"#,
                "AccessKey.AccessKeyId",
            ),
            (
                "bob",
                "CreateUser",
                r#"{"UserName":"bob"}"#,
                "User.UserName",
            ),
            (
                "",
                "PutUserPolicy",
                r#"{"UserName":"ana","PolicyName":"p","PolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}"#,
                "",
            ),
        ] {
            world.keep(name, operation, params, path);
        }
        world
    }

    /// Writes ids for `@names`, longer names first.
    fn fill(&self, text: &str) -> String {
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("@{name}"), id)
        })
    }

    fn call(&mut self, operation: &str, params: &str) -> Value {
        let params = self.fill(params);
        self.lab
            .call(operation, &params)
            .unwrap_or_else(|fault| panic!("{operation} {params}: {fault}"))
    }

    fn keep(&mut self, name: &str, operation: &str, params: &str, path: &str) {
        let value = self.call(operation, params);
        if !name.is_empty() {
            let id = self.lab.at(&value, path);
            self.names.push((name.to_owned(), id));
        }
    }

    /// The public address of the instance `i`.
    fn public(&mut self) -> Option<String> {
        let value = self.call("DescribeInstances", r#"{"InstanceIds":["@i"]}"#);
        let instance = value.get("Reservations")?.as_list()?[0]
            .get("Instances")?
            .as_list()?[0]
            .clone();
        Some(instance.get("PublicIpAddress")?.as_str()?.to_owned())
    }
}

#[test]
fn a_disassociated_elastic_address_gives_way_to_a_new_public_one() {
    let mut world = World::new();
    let first = world.public().unwrap();
    world.call(
        "AssociateAddress",
        r#"{"AllocationId":"@eip2","InstanceId":"@i"}"#,
    );
    let elastic = world.public().unwrap();
    world.call(
        "AssociateAddress",
        r#"{"AllocationId":"@eip2","InstanceId":"@off"}"#,
    );
    let second = world.public().unwrap();
    assert!(first != elastic && elastic != second && first != second);
    // It took the place of the other Elastic IP address, which stays allocated.
    let value = world.call("DescribeAddresses", r#"{"AllocationIds":["@eip"]}"#);
    assert!(
        value.get("Addresses").unwrap().as_list().unwrap()[0]
            .get("AssociationId")
            .is_none()
    );
    // With a second interface AWS assigns none.
    world.call(
        "AssociateAddress",
        r#"{"AllocationId":"@eip2","InstanceId":"@i"}"#,
    );
    world.call(
        "AttachNetworkInterface",
        r#"{"NetworkInterfaceId":"@loose","InstanceId":"@i","DeviceIndex":1}"#,
    );
    let value = world.call("DescribeAddresses", r#"{"AllocationIds":["@eip2"]}"#);
    let association = world.lab.at(&value, "Addresses.0.AssociationId");
    world.call(
        "DisassociateAddress",
        &format!(r#"{{"AssociationId":"{association}"}}"#),
    );
    assert_eq!(world.public(), None);
}

#[test]
fn a_public_address_that_was_switched_on_or_off_stays_so_over_a_stop() {
    for wanted in [true, false] {
        let mut world = World::new();
        world.call(
            "ModifyNetworkInterfaceAttribute",
            &format!(r#"{{"NetworkInterfaceId":"@eni","AssociatePublicIpAddress":{wanted}}}"#),
        );
        assert_eq!(world.public().is_some(), wanted);
        world.call("StopInstances", r#"{"InstanceIds":["@i"]}"#);
        world.lab.settle();
        assert_eq!(world.public(), None);
        world.call("StartInstances", r#"{"InstanceIds":["@i"]}"#);
        assert_eq!(world.public().is_some(), wanted);
    }
}

#[test]
fn time_that_passes_at_once_does_what_it_does_bit_by_bit() {
    let after = |passes: &[u64]| {
        let mut world = World::new();
        world.call("TerminateInstances", r#"{"InstanceIds":["@i"]}"#);
        for seconds in passes {
            world
                .lab
                .cloud
                .apply(&Act::Pass { seconds: *seconds })
                .unwrap();
        }
        let value = world.call("DescribeInstances", "{}");
        value.get("Reservations").unwrap().as_list().unwrap().len()
    };
    assert_eq!(after(&[31, 3_000]), 2);
    assert_eq!(after(&[31, 3_600]), 1);
    assert_eq!(after(&[3_631]), 1);
}

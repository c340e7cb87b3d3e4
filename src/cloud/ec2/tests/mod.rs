//! What the operations refuse, each beside the call that differs in one thing and is taken.

mod endpoints;
mod gateways;

use crate::testing::Lab;
use crate::{Act, Region, Value};

/// A VPC `10.0.0.0/16` with an attached internet gateway, a subnet with an instance that has a
/// public address, a second VPC, and one of everything else; `@name` in parameters stands for
/// what is kept under the name.
#[derive(Clone)]
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
        world.call(
            "ModifyInstanceAttribute",
            r#"{"InstanceId":"@off","DisableApiTermination":{"Value":true}}"#,
        );
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

/// An operation, parameters that are refused, with what, and the twin that is taken.
type Row = (&'static str, &'static str, &'static str, &'static str);

const REFUSED: &[Row] = &[
    // Networks.
    (
        "CreateVpc",
        r#"{"CidrBlock":"10.0.0.0/15"}"#,
        "InvalidVpc.Range: The CIDR '10.0.0.0/15' is invalid.",
        r#"{"CidrBlock":"10.2.0.0/16"}"#,
    ),
    (
        "CreateVpc",
        r#"{"CidrBlock":"10.0.0.0"}"#,
        "InvalidParameterValue: Value (10.0.0.0) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
        r#"{"CidrBlock":"10.2.0.0/28"}"#,
    ),
    (
        "CreateVpc",
        r#"{"CidrBlock":"10.2.0.0/16","InstanceTenancy":"host"}"#,
        "InvalidParameterValue: Value (host) for parameter instanceTenancy is invalid.",
        r#"{"CidrBlock":"10.2.0.0/16","InstanceTenancy":"dedicated"}"#,
    ),
    (
        "CreateVpc",
        r#"{"CidrBlock":"10.2.0.0/16","TagSpecifications":[{"ResourceType":"subnet","Tags":[{"Key":"a","Value":"b"}]}]}"#,
        "InvalidParameterValue: 'subnet' is not a valid taggable resource type for this operation.",
        r#"{"CidrBlock":"10.2.0.0/16","TagSpecifications":[{"ResourceType":"vpc","Tags":[{"Key":"a","Value":"b"}]}]}"#,
    ),
    (
        "DeleteVpc",
        r#"{"VpcId":"@vpc"}"#,
        "DependencyViolation: The vpc '@vpc' has dependencies and cannot be deleted.",
        "",
    ),
    (
        "DeleteVpc",
        r#"{"VpcId":"vpc-1"}"#,
        "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
        "",
    ),
    (
        "DeleteVpc",
        r#"{"VpcId":"x"}"#,
        "InvalidVpcID.Malformed: Invalid id: \"x\" (expecting \"vpc-...\")",
        "",
    ),
    (
        "ModifyVpcAttribute",
        r#"{"VpcId":"@vpc","EnableDnsSupport":{"Value":true},"EnableDnsHostnames":{"Value":true}}"#,
        "InvalidParameterCombination: Fields for multiple attribute types specified",
        r#"{"VpcId":"@vpc","EnableDnsHostnames":{"Value":true}}"#,
    ),
    (
        "CreateSubnet",
        r#"{"VpcId":"@vpc","CidrBlock":"10.0.1.128/25"}"#,
        "InvalidSubnet.Conflict: The CIDR '10.0.1.128/25' conflicts with another subnet",
        r#"{"VpcId":"@vpc","CidrBlock":"10.0.4.128/25"}"#,
    ),
    (
        "CreateSubnet",
        r#"{"VpcId":"@vpc","CidrBlock":"10.0.4.0/29"}"#,
        "InvalidSubnet.Range: The CIDR '10.0.4.0/29' is invalid.",
        r#"{"VpcId":"@vpc","CidrBlock":"10.0.4.0/28"}"#,
    ),
    (
        "CreateSubnet",
        r#"{"VpcId":"@vpc","CidrBlock":"10.1.4.0/24"}"#,
        "InvalidSubnet.Range: The CIDR '10.1.4.0/24' is invalid.",
        r#"{"VpcId":"@vpc2","CidrBlock":"10.1.4.0/24"}"#,
    ),
    (
        "CreateSubnet",
        r#"{"VpcId":"@vpc","CidrBlock":"10.0.4.0/24","AvailabilityZone":"us-east-1z"}"#,
        "InvalidParameterValue: Value (us-east-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1e, us-east-1f.",
        r#"{"VpcId":"@vpc","CidrBlock":"10.0.4.0/24","AvailabilityZone":"us-east-1c"}"#,
    ),
    (
        "DeleteSubnet",
        r#"{"SubnetId":"@subnet"}"#,
        "DependencyViolation: The subnet '@subnet' has dependencies and cannot be deleted.",
        r#"{"SubnetId":"@empty"}"#,
    ),
    (
        "ModifySubnetAttribute",
        r#"{"SubnetId":"subnet-1","MapPublicIpOnLaunch":{"Value":true}}"#,
        "InvalidSubnetID.NotFound: The subnet ID 'subnet-1' does not exist",
        r#"{"SubnetId":"@subnet","MapPublicIpOnLaunch":{"Value":true}}"#,
    ),
    (
        "CreateRouteTable",
        r#"{"VpcId":"vpc-1"}"#,
        "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
        r#"{"VpcId":"@vpc"}"#,
    ),
    (
        "CreateNetworkAcl",
        r#"{"VpcId":"vpc-1"}"#,
        "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
        r#"{"VpcId":"@vpc"}"#,
    ),
    (
        "CreateVpc",
        r#"{"CidrBlock":"169.254.0.0/20"}"#,
        "InvalidVpc.Range: The CIDR '169.254.0.0/20' is invalid.",
        r#"{"CidrBlock":"169.253.0.0/20"}"#,
    ),
    (
        "DescribeInstances",
        r#"{"MaxResults":0}"#,
        "InvalidParameterValue: Value ( 0 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
        r#"{"MaxResults":5}"#,
    ),
    // Internet gateways.
    (
        "AttachInternetGateway",
        r#"{"VpcId":"@vpc","InternetGatewayId":"@free"}"#,
        "InvalidParameterValue: Network @vpc already has an internet gateway attached",
        r#"{"VpcId":"@vpc2","InternetGatewayId":"@free"}"#,
    ),
    (
        "AttachInternetGateway",
        r#"{"VpcId":"@vpc2","InternetGatewayId":"@igw"}"#,
        "Resource.AlreadyAssociated: resource @igw is already attached to network @vpc",
        r#"{"VpcId":"@vpc2","InternetGatewayId":"@free"}"#,
    ),
    (
        "DetachInternetGateway",
        r#"{"VpcId":"@vpc","InternetGatewayId":"@igw"}"#,
        "DependencyViolation: Network @vpc has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
        "",
    ),
    (
        "DetachInternetGateway",
        r#"{"VpcId":"@vpc2","InternetGatewayId":"@igw"}"#,
        "Gateway.NotAttached: resource @igw is not attached to network @vpc2",
        "",
    ),
    (
        "DeleteInternetGateway",
        r#"{"InternetGatewayId":"@igw"}"#,
        "DependencyViolation: The internetGateway '@igw' has dependencies and cannot be deleted.",
        r#"{"InternetGatewayId":"@free"}"#,
    ),
    // Route tables.
    (
        "DeleteRouteTable",
        r#"{"RouteTableId":"@rtb"}"#,
        "DependencyViolation: The routeTable '@rtb' has dependencies and cannot be deleted.",
        r#"{"RouteTableId":"@spare"}"#,
    ),
    (
        "DeleteRouteTable",
        r#"{"RouteTableId":"@main"}"#,
        "DependencyViolation: The routeTable '@main' has dependencies and cannot be deleted.",
        r#"{"RouteTableId":"@spare"}"#,
    ),
    (
        "AssociateRouteTable",
        r#"{"RouteTableId":"@spare","SubnetId":"@subnet"}"#,
        "Resource.AlreadyAssociated: the specified association for route table @spare conflicts with an existing association",
        r#"{"RouteTableId":"@spare","SubnetId":"@empty"}"#,
    ),
    (
        "AssociateRouteTable",
        r#"{"RouteTableId":"@rtb2","SubnetId":"@empty"}"#,
        "InvalidParameterValue: route table @rtb2 and subnet @empty belong to different networks",
        r#"{"RouteTableId":"@rtb2","SubnetId":"@subnet2"}"#,
    ),
    (
        "DisassociateRouteTable",
        r#"{"AssociationId":"@main-assoc"}"#,
        "InvalidParameterValue: cannot disassociate the main route table association @main-assoc",
        r#"{"AssociationId":"@assoc"}"#,
    ),
    (
        "DisassociateRouteTable",
        r#"{"AssociationId":"rtbassoc-1"}"#,
        "InvalidAssociationID.NotFound: The association ID 'rtbassoc-1' does not exist",
        r#"{"AssociationId":"@assoc"}"#,
    ),
    (
        "ReplaceRouteTableAssociation",
        r#"{"AssociationId":"@main-assoc","RouteTableId":"@rtb2"}"#,
        "InvalidParameterValue: route table @rtb2 and route table @main belong to different networks",
        r#"{"AssociationId":"@main-assoc","RouteTableId":"@spare"}"#,
    ),
    // Further blocks.
    (
        "AssociateVpcCidrBlock",
        r#"{"VpcId":"@vpc","CidrBlock":"192.168.0.0/16"}"#,
        "InvalidVpc.Range: The CIDR '192.168.0.0/16' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/AmazonVPC/latest/UserGuide/VPC_Subnets.html",
        r#"{"VpcId":"@vpc","CidrBlock":"10.2.0.0/16"}"#,
    ),
    (
        "AssociateVpcCidrBlock",
        r#"{"VpcId":"@vpc","CidrBlock":"10.0.0.0/20"}"#,
        "CidrConflict: The CIDR '10.0.0.0/20' conflicts with another CIDR '10.0.0.0/16' associated with the vpc",
        r#"{"VpcId":"@vpc","CidrBlock":"100.64.0.0/20"}"#,
    ),
    (
        "DisassociateVpcCidrBlock",
        r#"{"AssociationId":"vpc-cidr-assoc-1"}"#,
        "InvalidVpcCidrBlockAssociationID.NotFound: The vpc CIDR block association ID 'vpc-cidr-assoc-1' does not exist",
        "",
    ),
    (
        "AssociateSubnetCidrBlock",
        r#"{"SubnetId":"@subnet","Ipv6CidrBlock":"2600:1f18::/64"}"#,
        "InvalidSubnet.Range: The CIDR '2600:1f18::/64' is invalid.",
        "",
    ),
    (
        "DisassociateSubnetCidrBlock",
        r#"{"AssociationId":"subnet-cidr-assoc-1"}"#,
        "InvalidSubnetCidrBlockAssociationID.NotFound: The subnet CIDR block association ID 'subnet-cidr-assoc-1' does not exist",
        "",
    ),
    (
        "EnableVgwRoutePropagation",
        r#"{"RouteTableId":"@rtb","GatewayId":"vgw-1"}"#,
        "InvalidVpnGatewayID.NotFound: The vpnGateway ID 'vgw-1' does not exist",
        "",
    ),
    (
        "DisableVgwRoutePropagation",
        r#"{"RouteTableId":"rtb-1","GatewayId":"vgw-1"}"#,
        "InvalidRouteTableID.NotFound: The routeTable ID 'rtb-1' does not exist",
        r#"{"RouteTableId":"@rtb","GatewayId":"vgw-1"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"0.0.0.0/0","GatewayId":"@free"}"#,
        "InvalidParameterValue: route table @rtb and network gateway @free belong to different networks",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"0.0.0.0/0","GatewayId":"@igw"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.0.0/16","GatewayId":"@igw"}"#,
        "RouteAlreadyExists: The route identified by 10.0.0.0/16 already exists.",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.0.0/15","GatewayId":"@igw"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.2.0/24","GatewayId":"@igw"}"#,
        "InvalidParameterValue: Route target is not supported. This route only supports interface and instance targets.",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.2.0/24","NetworkInterfaceId":"@eni"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.2.0/25","NetworkInterfaceId":"@eni"}"#,
        "InvalidParameterValue: The destination CIDR block 10.0.2.0/25 is more specific than one of this VPC's CIDR blocks and is not the CIDR block of one of its subnets.",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.2.0/24","InstanceId":"@i"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"169.254.169.0/24","GatewayId":"@igw"}"#,
        "InvalidParameterValue: The destination CIDR block 169.254.169.0/24 is reserved for AWS services.",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"169.254.172.0/24","GatewayId":"@igw"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"192.0.2.0/24","GatewayId":"local"}"#,
        "InvalidParameterValue: Value (local) for parameter gatewayId is invalid. Local routes are made with the route table, one for each CIDR block of the VPC.",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"192.0.2.0/24","GatewayId":"@igw"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"192.0.2.0/24","GatewayId":"@igw","InstanceId":"@i"}"#,
        "InvalidParameterCombination: The request contains more than one route target",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"192.0.2.0/24","InstanceId":"@i"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"192.0.2.0/24","NatGatewayId":"nat-1"}"#,
        "InvalidNatGatewayID.NotFound: The natGateway ID 'nat-1' does not exist",
        "",
    ),
    (
        "ReplaceRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"0.0.0.0/0","GatewayId":"@igw"}"#,
        "InvalidParameterValue: There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.0.0/16","NetworkInterfaceId":"@eni"}"#,
    ),
    (
        "DeleteRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.0.0/16"}"#,
        "InvalidParameterValue: cannot remove local route 10.0.0.0/16 in route table @rtb",
        "",
    ),
    (
        "DeleteRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"0.0.0.0/0"}"#,
        "InvalidRoute.NotFound: no route with destination-cidr-block 0.0.0.0/0 in route table @rtb",
        "",
    ),
    // Network ACLs.
    (
        "CreateNetworkAclEntry",
        r#"{"NetworkAclId":"@acl","RuleNumber":100,"Egress":false,"RuleAction":"deny","Protocol":"-1","CidrBlock":"0.0.0.0/0"}"#,
        "NetworkAclEntryAlreadyExists: The network acl entry identified by 100 already exists.",
        r#"{"NetworkAclId":"@acl","RuleNumber":100,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"0.0.0.0/0"}"#,
    ),
    (
        "CreateNetworkAclEntry",
        r#"{"NetworkAclId":"@acl","RuleNumber":110,"Egress":false,"RuleAction":"deny","Protocol":"6","CidrBlock":"0.0.0.0/0"}"#,
        "MissingParameter: The request must contain the parameter portRange.from",
        r#"{"NetworkAclId":"@acl","RuleNumber":110,"Egress":false,"RuleAction":"deny","Protocol":"6","PortRange":{"From":0,"To":65535},"CidrBlock":"0.0.0.0/0"}"#,
    ),
    (
        "ReplaceNetworkAclEntry",
        r#"{"NetworkAclId":"@acl","RuleNumber":110,"Egress":false,"RuleAction":"deny","Protocol":"-1","CidrBlock":"0.0.0.0/0"}"#,
        "InvalidNetworkAclEntry.NotFound: The network acl entry identified by 110 does not exist",
        r#"{"NetworkAclId":"@acl","RuleNumber":100,"Egress":false,"RuleAction":"deny","Protocol":"-1","CidrBlock":"0.0.0.0/0"}"#,
    ),
    (
        "DeleteNetworkAclEntry",
        r#"{"NetworkAclId":"@acl","RuleNumber":100,"Egress":true}"#,
        "InvalidNetworkAclEntry.NotFound: The network acl entry identified by 100 does not exist",
        r#"{"NetworkAclId":"@acl","RuleNumber":100,"Egress":false}"#,
    ),
    (
        "DeleteNetworkAcl",
        r#"{"NetworkAclId":"@default-acl"}"#,
        "InvalidParameterValue: cannot delete default network ACL @default-acl",
        r#"{"NetworkAclId":"@acl"}"#,
    ),
    (
        "ReplaceNetworkAclAssociation",
        r#"{"AssociationId":"@acl-assoc","NetworkAclId":"@acl2"}"#,
        "InvalidParameterValue: network ACL @acl2 and subnet @subnet belong to different networks",
        r#"{"AssociationId":"@acl-assoc","NetworkAclId":"@acl"}"#,
    ),
    // Security groups.
    (
        "CreateSecurityGroup",
        r#"{"GroupName":"web","Description":"d","VpcId":"@vpc"}"#,
        "InvalidGroup.Duplicate: The security group 'web' already exists for VPC '@vpc'",
        r#"{"GroupName":"Web","Description":"d","VpcId":"@vpc"}"#,
    ),
    (
        "CreateSecurityGroup",
        r#"{"GroupName":"default","Description":"d","VpcId":"@vpc"}"#,
        "InvalidParameterValue: Cannot use reserved security group name: default",
        r#"{"GroupName":"defaults","Description":"d","VpcId":"@vpc"}"#,
    ),
    (
        "CreateSecurityGroup",
        r#"{"GroupName":"sg-x","Description":"d","VpcId":"@vpc"}"#,
        "InvalidParameterValue: Value (sg-x) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
        r#"{"GroupName":"x-sg","Description":"d","VpcId":"@vpc"}"#,
    ),
    (
        "CreateSecurityGroup",
        r#"{"GroupName":"x","Description":"it's","VpcId":"@vpc"}"#,
        "InvalidParameterValue: Invalid security group description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
        r#"{"GroupName":"x","Description":"its","VpcId":"@vpc"}"#,
    ),
    (
        "CreateSecurityGroup",
        r#"{"GroupName":"x","Description":"d"}"#,
        "VPCIdNotSpecified: No default VPC for this user",
        r#"{"GroupName":"x","Description":"d","VpcId":"@vpc"}"#,
    ),
    (
        "DeleteSecurityGroup",
        r#"{"GroupId":"@sg"}"#,
        "DependencyViolation: resource @sg has a dependent object",
        r#"{"GroupId":"@unused"}"#,
    ),
    (
        "DeleteSecurityGroup",
        r#"{"GroupId":"@default-sg"}"#,
        "CannotDelete: the specified group: \"@default-sg\" name: \"default\" cannot be deleted by a user",
        r#"{"GroupId":"@unused"}"#,
    ),
    (
        "DeleteSecurityGroup",
        r#"{"GroupId":"x"}"#,
        "InvalidGroupId.Malformed: Invalid id: \"x\" (expecting \"sg-...\")",
        r#"{"GroupId":"@unused"}"#,
    ),
    (
        "AuthorizeSecurityGroupIngress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}"#,
        "InvalidPermission.Duplicate: the specified rule \"peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW\" already exists",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":81,"ToPort":81,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}"#,
    ),
    (
        "AuthorizeSecurityGroupIngress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"udp","FromPort":53,"ToPort":53,"IpRanges":[{"CidrIp":"10.0.0.0/8"},{"CidrIp":"10.0.0.1/8"}]}]}"#,
        "InvalidParameterValue: The same permission must not appear multiple times",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"udp","FromPort":53,"ToPort":53,"IpRanges":[{"CidrIp":"10.0.0.0/8"},{"CidrIp":"10.0.0.0/9"}]}]}"#,
    ),
    (
        "AuthorizeSecurityGroupIngress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"10.0.0.0/8","Description":"Ana's"}]}]}"#,
        "InvalidParameterValue: Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"10.0.0.0/8","Description":"Ana"}]}]}"#,
    ),
    (
        "AuthorizeSecurityGroupIngress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]}"#,
        "InvalidParameterValue: Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"47","IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]}"#,
    ),
    (
        "AuthorizeSecurityGroupIngress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"@sg2"}]}]}"#,
        "InvalidGroup.NotFound: You have specified two resources that belong to different networks.",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"@unused"}]}]}"#,
    ),
    (
        "AuthorizeSecurityGroupEgress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}"#,
        "InvalidPermission.Duplicate: the specified rule \"peer: 0.0.0.0/0, ALL, ALLOW\" already exists",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]}"#,
    ),
    (
        "RevokeSecurityGroupIngress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":81,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}"#,
        "InvalidPermission.NotFound: The specified rule does not exist in this security group.",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}"#,
    ),
    (
        "RevokeSecurityGroupEgress",
        r#"{"GroupId":"@sg","SecurityGroupRuleIds":["@sgr"]}"#,
        "InvalidSecurityGroupRuleId.NotFound: The security group rule ID '@sgr' does not exist",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}"#,
    ),
    (
        "ModifySecurityGroupRules",
        r#"{"GroupId":"@sg","SecurityGroupRules":[{"SecurityGroupRuleId":"@sgr","SecurityGroupRule":{"IpProtocol":"-1","ReferencedGroupId":"@sg2"}}]}"#,
        "InvalidGroup.NotFound: You have specified two resources that belong to different networks.",
        r#"{"GroupId":"@sg","SecurityGroupRules":[{"SecurityGroupRuleId":"@sgr","SecurityGroupRule":{"IpProtocol":"-1","ReferencedGroupId":"@unused"}}]}"#,
    ),
    // Network interfaces and addresses.
    (
        "CreateNetworkInterface",
        r#"{"SubnetId":"@subnet","PrivateIpAddress":"10.0.1.4"}"#,
        "InvalidIPAddress.InUse: Address 10.0.1.4 is in use.",
        r#"{"SubnetId":"@subnet","PrivateIpAddress":"10.0.1.99"}"#,
    ),
    (
        "CreateNetworkInterface",
        r#"{"SubnetId":"@subnet","PrivateIpAddress":"10.0.1.3"}"#,
        "InvalidParameterValue: Address is in subnet's reserved address range",
        r#"{"SubnetId":"@empty","PrivateIpAddress":"10.0.2.4"}"#,
    ),
    (
        "CreateNetworkInterface",
        r#"{"SubnetId":"@subnet","PrivateIpAddress":"10.0.2.9"}"#,
        "InvalidParameterValue: Address does not fall within the subnet's address range",
        r#"{"SubnetId":"@empty","PrivateIpAddress":"10.0.2.9"}"#,
    ),
    (
        "CreateNetworkInterface",
        r#"{"SubnetId":"@subnet","Groups":["@sg2"]}"#,
        "InvalidParameterValue: Security group @sg2 and subnet belong to different networks.",
        r#"{"SubnetId":"@subnet","Groups":["@sg"]}"#,
    ),
    (
        "DeleteNetworkInterface",
        r#"{"NetworkInterfaceId":"@eni"}"#,
        "InvalidParameterValue: Network interface '@eni' is currently in use.",
        r#"{"NetworkInterfaceId":"@loose"}"#,
    ),
    (
        "AttachNetworkInterface",
        r#"{"NetworkInterfaceId":"@far-eni","InstanceId":"@i","DeviceIndex":1}"#,
        "InvalidParameterCombination: You may not attach a network interface to an instance if they are not in the same availability zone",
        r#"{"NetworkInterfaceId":"@loose","InstanceId":"@i","DeviceIndex":1}"#,
    ),
    (
        "AttachNetworkInterface",
        r#"{"NetworkInterfaceId":"@loose","InstanceId":"@i","DeviceIndex":0}"#,
        "InvalidParameterValue: Instance '@i' already has an interface attached at device index '0'.",
        r#"{"NetworkInterfaceId":"@loose","InstanceId":"@off","DeviceIndex":1}"#,
    ),
    (
        "AttachNetworkInterface",
        r#"{"NetworkInterfaceId":"@loose","InstanceId":"@i","DeviceIndex":-1}"#,
        "InvalidParameterValue: Value (-1) for parameter deviceIndex is invalid.",
        r#"{"NetworkInterfaceId":"@loose","InstanceId":"@i","DeviceIndex":2}"#,
    ),
    (
        "DetachNetworkInterface",
        r#"{"AttachmentId":"@attachment"}"#,
        "OperationNotPermitted: The network interface at device index 0 and networkCard index 0 cannot be detached.",
        "",
    ),
    (
        "ModifyNetworkInterfaceAttribute",
        r#"{"NetworkInterfaceId":"@loose","AssociatePublicIpAddress":true}"#,
        "InvalidParameterValue: You can change the public address only of the primary network interface.",
        r#"{"NetworkInterfaceId":"@loose","SourceDestCheck":{"Value":false}}"#,
    ),
    (
        "AssociateAddress",
        r#"{"AllocationId":"@eip","InstanceId":"@i","AllowReassociation":false}"#,
        "Resource.AlreadyAssociated: resource @eip is already associated with associate-id @eip-assoc",
        r#"{"AllocationId":"@eip","InstanceId":"@i"}"#,
    ),
    (
        "AssociateAddress",
        r#"{"AllocationId":"@eip2","InstanceId":"@i","NetworkInterfaceId":"@eni"}"#,
        "InvalidParameterCombination: You may specify either a network interface or an instance, but not both",
        r#"{"AllocationId":"@eip2","NetworkInterfaceId":"@eni"}"#,
    ),
    (
        "AssociateAddress",
        r#"{"AllocationId":"@eip2","NetworkInterfaceId":"@eni","PrivateIpAddress":"10.0.1.77"}"#,
        "InvalidParameterValue: The private IP address is not assigned to the network interface @eni",
        r#"{"AllocationId":"@eip2","NetworkInterfaceId":"@eni","PrivateIpAddress":"10.0.1.4"}"#,
    ),
    (
        "DisassociateAddress",
        r#"{"AssociationId":"eipassoc-1"}"#,
        "InvalidAssociationID.NotFound: The association ID 'eipassoc-1' does not exist",
        r#"{"AssociationId":"@eip-assoc"}"#,
    ),
    (
        "ReleaseAddress",
        r#"{"AllocationId":"eipalloc-1"}"#,
        "InvalidAllocationID.NotFound: The allocation ID 'eipalloc-1' does not exist",
        r#"{"AllocationId":"@eip2"}"#,
    ),
    // Instances and key pairs.
    (
        "RunInstances",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.gigantic","SubnetId":"@subnet"}"#,
        "InvalidParameterValue: Invalid value 't3.gigantic' for InstanceType.",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.nano","SubnetId":"@subnet"}"#,
    ),
    (
        "RunInstances",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":16,"InstanceType":"t3.micro","SubnetId":"@subnet"}"#,
        "VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":15,"InstanceType":"t3.micro","SubnetId":"@subnet"}"#,
    ),
    (
        "RunInstances",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":9223372036854775807,"InstanceType":"t3.micro","SubnetId":"@subnet"}"#,
        "VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
        "",
    ),
    (
        "RunInstances",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro"}"#,
        "VPCIdNotSpecified: No default VPC for this user",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","SubnetId":"@subnet"}"#,
    ),
    (
        "RunInstances",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","SubnetId":"@subnet","KeyName":"other"}"#,
        "InvalidKeyPair.NotFound: The key pair 'other' does not exist",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","SubnetId":"@subnet","KeyName":"k"}"#,
    ),
    (
        "RunInstances",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","NetworkInterfaces":[{"DeviceIndex":0,"NetworkInterfaceId":"@eni"}]}"#,
        "InvalidNetworkInterface.InUse: Interface: [@eni] in use.",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","NetworkInterfaces":[{"DeviceIndex":0,"NetworkInterfaceId":"@loose"}]}"#,
    ),
    (
        "RunInstances",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","SubnetId":"@subnet","TagSpecifications":[{"ResourceType":"vpc","Tags":[{"Key":"a","Value":"b"}]}]}"#,
        "InvalidParameterValue: 'vpc' is not a valid taggable resource type for this operation.",
        r#"{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","SubnetId":"@subnet","TagSpecifications":[{"ResourceType":"volume","Tags":[{"Key":"a","Value":"b"}]}]}"#,
    ),
    (
        "StartInstances",
        r#"{"InstanceIds":["i-bad"]}"#,
        "InvalidInstanceID.Malformed: Invalid id: \"i-bad\"",
        r#"{"InstanceIds":["@off"]}"#,
    ),
    (
        "StopInstances",
        r#"{"InstanceIds":["i-0123456789abcdef0"]}"#,
        "InvalidInstanceID.NotFound: The instance ID 'i-0123456789abcdef0' does not exist",
        r#"{"InstanceIds":["@i"]}"#,
    ),
    (
        "RebootInstances",
        r#"{"InstanceIds":["@off"]}"#,
        "IncorrectInstanceState: The instance '@off' is not in a state from which it can be rebooted.",
        r#"{"InstanceIds":["@i"]}"#,
    ),
    (
        "ModifyInstanceAttribute",
        r#"{"InstanceId":"@i","InstanceType":{"Value":"t3.small"}}"#,
        "IncorrectInstanceState: The instance '@i' is not in the 'stopped' state.",
        r#"{"InstanceId":"@off","InstanceType":{"Value":"t3.small"}}"#,
    ),
    (
        "CreateKeyPair",
        r#"{"KeyName":"k"}"#,
        "InvalidKeyPair.Duplicate: The keypair already exists",
        r#"{"KeyName":"K"}"#,
    ),
    (
        "ImportKeyPair",
        r#"{"KeyName":"mine","PublicKeyMaterial":"bm8ga2V5"}"#,
        "InvalidKey.Format: Key is not in valid OpenSSH public key format",
        r#"{"KeyName":"mine","PublicKeyMaterial":"c3NoLWVkMjU1MTkgQUFBQQ=="}"#,
    ),
    (
        "DeleteKeyPair",
        r#"{"KeyPairId":"key-1"}"#,
        "InvalidKeyPair.NotFound: The key pair ID 'key-1' does not exist",
        r#"{"KeyPairId":"@key"}"#,
    ),
    (
        "TerminateInstances",
        r#"{"InstanceIds":["@i","@off"]}"#,
        "OperationNotPermitted: The instance '@off' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
        r#"{"InstanceIds":["@i"]}"#,
    ),
    // Tags.
    (
        "CreateTags",
        r#"{"Resources":["@vpc","vpc-1"],"Tags":[{"Key":"a","Value":"b"}]}"#,
        "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
        r#"{"Resources":["@vpc","@sgr"],"Tags":[{"Key":"a","Value":"b"}]}"#,
    ),
    (
        "CreateTags",
        r#"{"Resources":["@vpc"],"Tags":[{"Key":"a","Value":"b"},{"Key":"a","Value":"c"}]}"#,
        "InvalidParameterValue: Duplicate tag key 'a' specified.",
        r#"{"Resources":["@vpc"],"Tags":[{"Key":"a","Value":"b"},{"Key":"A","Value":"c"}]}"#,
    ),
    (
        "CreateTags",
        r#"{"Resources":["@vpc"],"Tags":[{"Key":"aws:x","Value":"b"}]}"#,
        "InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use",
        r#"{"Resources":["@vpc"],"Tags":[{"Key":"x:aws:","Value":"b"}]}"#,
    ),
    (
        "DeleteTags",
        r#"{"Resources":["nothing"]}"#,
        "InvalidID: The ID 'nothing' is not valid",
        r#"{"Resources":["@vpc"]}"#,
    ),
    // IAM.
    (
        "CreateUser",
        r#"{"UserName":"Ana"}"#,
        "EntityAlreadyExists: User with name Ana already exists.",
        r#"{"UserName":"Anna"}"#,
    ),
    (
        "CreateUser",
        r#"{"UserName":"a b"}"#,
        "ValidationError: 1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
        r#"{"UserName":"a_b"}"#,
    ),
    (
        "DeleteUser",
        r#"{"UserName":"ana"}"#,
        "DeleteConflict: Cannot delete entity, must delete policies first.",
        r#"{"UserName":"bob"}"#,
    ),
    (
        "DeleteUser",
        r#"{"UserName":"eve"}"#,
        "NoSuchEntity: The user with name eve cannot be found.",
        r#"{"UserName":"bob"}"#,
    ),
    (
        "PutUserPolicy",
        r#"{"UserName":"ana","PolicyName":"q","PolicyDocument":"{}"}"#,
        "MalformedPolicyDocument: Syntax errors in policy.",
        r#"{"UserName":"ana","PolicyName":"q","PolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}"}"#,
    ),
    (
        "DeleteUserPolicy",
        r#"{"UserName":"ana","PolicyName":"q"}"#,
        "NoSuchEntity: The user policy with name q cannot be found.",
        r#"{"UserName":"ana","PolicyName":"p"}"#,
    ),
    (
        "CreateAccessKey",
        "{}",
        "ValidationError: Must specify userName when calling with non-User credentials",
        r#"{"UserName":"ana"}"#,
    ),
    (
        "DeleteAccessKey",
        r#"{"UserName":"bob","AccessKeyId":"@ana-key"}"#,
        "NoSuchEntity: The Access Key with id @ana-key cannot be found.",
        r#"{"UserName":"ana","AccessKeyId":"@ana-key"}"#,
    ),
    (
        "UpdateAccessKey",
        r#"{"UserName":"bob","AccessKeyId":"@ana-key","Status":"Active"}"#,
        "NoSuchEntity: The Access Key with id @ana-key cannot be found.",
        r#"{"UserName":"ana","AccessKeyId":"@ana-key","Status":"Inactive"}"#,
    ),
];

#[test]
fn what_is_refused_is_refused_in_awss_words_and_its_twin_is_taken() {
    let starts = [
        (World::new(), REFUSED),
        (gateways::world(), gateways::REFUSED),
        (endpoints::world(), endpoints::REFUSED),
    ];
    let rows = (starts.iter()).flat_map(|(start, rows)| rows.iter().map(move |row| (start, row)));
    let mut wrong = Vec::new();
    for (start, (operation, params, expected, twin)) in rows {
        let mut world = start.clone();
        let params = world.fill(params);
        let before = world.lab.cloud.clone();
        let said = match world.lab.call(operation, &params) {
            Ok(_) => "taken".to_owned(),
            Err(fault) => fault,
        };
        let expected = world.fill(expected);
        if said != expected {
            wrong.push(format!(
                "{operation} {params}\n  said     {said}\n  expected {expected}"
            ));
        }
        if world.lab.cloud != before {
            wrong.push(format!("{operation} {params}\n  changed something"));
        }
        if !twin.is_empty() {
            let twin = world.fill(twin);
            if let Err(fault) = world.lab.call(operation, &twin) {
                wrong.push(format!(
                    "{operation} {twin}\n  the twin was refused: {fault}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_that_changes_something_has_a_refusal_here() {
    // These take whatever their shape takes, or are refused only where something else is full.
    const NEVER: &[&str] = &[
        "AllocateAddress",
        "CreateDefaultVpc",
        "CreateInternetGateway",
        "DeleteBucketPolicy",
        "DeleteBucketTagging",
        "DeletePublicAccessBlock",
        "PutPublicAccessBlock",
    ];
    let rows = (crate::ec2::OPERATIONS.iter())
        .chain(crate::directconnect::OPERATIONS)
        .chain(crate::elbv2::OPERATIONS)
        .chain(crate::iam::OPERATIONS)
        .chain(crate::s3::OPERATIONS);
    let elsewhere = (crate::iam::tests::REFUSED.iter())
        .chain(crate::s3::tests::REFUSED)
        .chain(crate::directconnect::tests::REFUSED)
        .chain(crate::elbv2::tests::REFUSED)
        .chain(crate::ec2::transit_gateway::tests::REFUSED)
        .chain(crate::ec2::vpn::tests::REFUSED)
        .chain(gateways::REFUSED)
        .chain(endpoints::REFUSED);
    let elsewhere: Vec<&str> = elsewhere.map(|row| row.0).collect();
    let missing: Vec<&str> = rows
        .filter(|row| row.writes)
        .map(|row| row.name)
        .filter(|name| !NEVER.contains(name))
        .filter(|name| !REFUSED.iter().any(|row| row.0 == *name) && !elsewhere.contains(name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn an_instance_has_as_many_interfaces_as_its_type_allows() {
    let mut world = World::new();
    world.keep(
        "second",
        "CreateNetworkInterface",
        r#"{"SubnetId":"@subnet"}"#,
        "NetworkInterface.NetworkInterfaceId",
    );
    world.call(
        "AttachNetworkInterface",
        r#"{"NetworkInterfaceId":"@loose","InstanceId":"@i","DeviceIndex":1}"#,
    );
    let more = r#"{"NetworkInterfaceId":"@second","InstanceId":"@i","DeviceIndex":2}"#;
    let more = world.fill(more);
    assert_eq!(
        world.lab.refused("AttachNetworkInterface", &more),
        "AttachmentLimitExceeded: Interface count 3 exceeds the limit for t3.micro"
    );
    let there = more.replace(&world.fill("@i\""), &world.fill("@off\""));
    world.lab.call("AttachNetworkInterface", &there).unwrap();
}

#[test]
fn tags_of_rules_are_told_with_the_others() {
    let mut world = World::new();
    world.call(
        "CreateTags",
        r#"{"Resources":["@sgr"],"Tags":[{"Key":"a","Value":"b"}]}"#,
    );
    let value = world.call("DescribeTags", "{}");
    assert_eq!(
        world.lab.at(&value, "Tags.0.ResourceType"),
        "security-group-rule"
    );
}

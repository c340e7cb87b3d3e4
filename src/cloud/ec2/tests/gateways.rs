//! What is refused of gateways, peering connections and further addresses; and what they do.

use super::World;
use crate::Value;

/// The world of the other refusals with a NAT gateway in `subnet`, a private one in `far`, and
/// peering connections: one that waits, one that is active.
pub(super) fn world() -> World {
    let mut world = World::new();
    for (name, operation, params, path) in [
        (
            "nat",
            "CreateNatGateway",
            r#"{"SubnetId":"@subnet","AllocationId":"@eip2"}"#,
            "NatGateway.NatGatewayId",
        ),
        (
            "inner",
            "CreateNatGateway",
            r#"{"SubnetId":"@far","ConnectivityType":"private"}"#,
            "NatGateway.NatGatewayId",
        ),
        (
            "nat-eni",
            "DescribeNatGateways",
            r#"{"NatGatewayIds":["@nat"]}"#,
            "NatGateways.0.NatGatewayAddresses.0.NetworkInterfaceId",
        ),
        (
            "nat-assoc",
            "DescribeNatGateways",
            r#"{"NatGatewayIds":["@nat"]}"#,
            "NatGateways.0.NatGatewayAddresses.0.AssociationId",
        ),
        ("eip3", "AllocateAddress", "{}", "AllocationId"),
        (
            "vpc3",
            "CreateVpc",
            r#"{"CidrBlock":"10.2.0.0/16"}"#,
            "Vpc.VpcId",
        ),
        (
            "waiting",
            "CreateVpcPeeringConnection",
            r#"{"VpcId":"@vpc","PeerVpcId":"@vpc2"}"#,
            "VpcPeeringConnection.VpcPeeringConnectionId",
        ),
        (
            "pcx",
            "CreateVpcPeeringConnection",
            r#"{"VpcId":"@vpc","PeerVpcId":"@vpc3"}"#,
            "VpcPeeringConnection.VpcPeeringConnectionId",
        ),
        (
            "",
            "AcceptVpcPeeringConnection",
            r#"{"VpcPeeringConnectionId":"@pcx"}"#,
            "",
        ),
        (
            "pl",
            "CreateManagedPrefixList",
            r#"{"PrefixListName":"offices","MaxEntries":3,"AddressFamily":"IPv4","Entries":[{"Cidr":"192.0.2.0/25"},{"Cidr":"198.51.100.0/24"}]}"#,
            "PrefixList.PrefixListId",
        ),
        (
            "used",
            "CreateManagedPrefixList",
            r#"{"PrefixListName":"used","MaxEntries":1,"AddressFamily":"IPv4"}"#,
            "PrefixList.PrefixListId",
        ),
        (
            "",
            "CreateRoute",
            r#"{"RouteTableId":"@main","DestinationPrefixListId":"@used","GatewayId":"@igw"}"#,
            "",
        ),
        (
            "set",
            "CreateDhcpOptions",
            r#"{"DhcpConfigurations":[{"Key":"domain-name-servers","Values":["10.0.1.9"]}]}"#,
            "DhcpOptions.DhcpOptionsId",
        ),
        (
            "spared",
            "CreateVpcBlockPublicAccessExclusion",
            r#"{"SubnetId":"@subnet","InternetGatewayExclusionMode":"allow-egress"}"#,
            "VpcBlockPublicAccessExclusion.ExclusionId",
        ),
        (
            "eigw",
            "CreateEgressOnlyInternetGateway",
            r#"{"VpcId":"@vpc"}"#,
            "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId",
        ),
    ] {
        world.keep(name, operation, params, path);
    }
    world.lab.settle();
    world
}

/// Operation, parameters, what is said, and parameters that are taken.
pub(super) const REFUSED: &[(&str, &str, &str, &str)] = &[
    (
        "CreateNatGateway",
        r#"{"SubnetId":"@subnet"}"#,
        "MissingParameter: The request must contain the parameter allocationId",
        r#"{"SubnetId":"@subnet","ConnectivityType":"private"}"#,
    ),
    (
        "CreateNatGateway",
        r#"{"SubnetId":"@subnet","AllocationId":"eipalloc-0"}"#,
        "InvalidAllocationID.NotFound: The allocation ID 'eipalloc-0' does not exist",
        r#"{"SubnetId":"@subnet","AllocationId":"@eip3"}"#,
    ),
    (
        "DeleteNatGateway",
        r#"{"NatGatewayId":"nat-0"}"#,
        "NatGatewayNotFound: The Nat Gateway nat-0 was not found",
        r#"{"NatGatewayId":"@nat"}"#,
    ),
    (
        "AssociateNatGatewayAddress",
        r#"{"NatGatewayId":"@nat","AllocationIds":["@eip2"]}"#,
        "Resource.AlreadyAssociated: resource @eip2 is already associated with associate-id @nat-assoc",
        r#"{"NatGatewayId":"@nat","AllocationIds":["@eip3"]}"#,
    ),
    (
        "DisassociateNatGatewayAddress",
        r#"{"NatGatewayId":"@nat","AssociationIds":["@nat-assoc"]}"#,
        "InvalidParameterValue: The primary address of a NAT gateway cannot be taken from it.",
        "",
    ),
    (
        "AssignPrivateNatGatewayAddress",
        r#"{"NatGatewayId":"@nat","PrivateIpAddressCount":1}"#,
        "UnsupportedOperation: This operation is for private NAT gateways.",
        r#"{"NatGatewayId":"@inner","PrivateIpAddressCount":1}"#,
    ),
    (
        "UnassignPrivateNatGatewayAddress",
        r#"{"NatGatewayId":"@inner","PrivateIpAddresses":["10.0.3.200"]}"#,
        "InvalidParameterValue: The private IP address 10.0.3.200 is not assigned to the NAT gateway @inner",
        "",
    ),
    // What a service of AWS holds nobody else changes.
    (
        "ModifyNetworkInterfaceAttribute",
        r#"{"NetworkInterfaceId":"@nat-eni","Groups":["@sg"]}"#,
        "AuthFailure: You do not have permission to access the specified resource.",
        r#"{"NetworkInterfaceId":"@loose","Groups":["@sg"]}"#,
    ),
    (
        "DeleteNetworkInterface",
        r#"{"NetworkInterfaceId":"@nat-eni"}"#,
        "InvalidParameterValue: Network interface '@nat-eni' is currently in use.",
        r#"{"NetworkInterfaceId":"@loose"}"#,
    ),
    (
        "DisassociateAddress",
        r#"{"AssociationId":"@nat-assoc"}"#,
        "AuthFailure: You do not have permission to access the specified resource.",
        r#"{"AssociationId":"@eip-assoc"}"#,
    ),
    (
        "CreateVpcPeeringConnection",
        r#"{"VpcId":"@vpc","PeerVpcId":"@vpc2"}"#,
        "VpcPeeringConnectionAlreadyExists: A VPC peering connection between the VPCs already exists: @waiting",
        r#"{"VpcId":"@vpc2","PeerVpcId":"@vpc3"}"#,
    ),
    (
        "AcceptVpcPeeringConnection",
        r#"{"VpcPeeringConnectionId":"@pcx"}"#,
        "InvalidStateTransition: Invalid state transition for @pcx, attempted to transition from active to active",
        r#"{"VpcPeeringConnectionId":"@waiting"}"#,
    ),
    (
        "RejectVpcPeeringConnection",
        r#"{"VpcPeeringConnectionId":"@pcx"}"#,
        "InvalidStateTransition: Invalid state transition for @pcx, attempted to transition from active to rejected",
        r#"{"VpcPeeringConnectionId":"@waiting"}"#,
    ),
    (
        "DeleteVpcPeeringConnection",
        r#"{"VpcPeeringConnectionId":"pcx-0"}"#,
        "InvalidVpcPeeringConnectionID.NotFound: The vpcPeeringConnection ID 'pcx-0' does not exist",
        r#"{"VpcPeeringConnectionId":"@pcx"}"#,
    ),
    (
        "ModifyVpcPeeringConnectionOptions",
        r#"{"VpcPeeringConnectionId":"@waiting","RequesterPeeringConnectionOptions":{"AllowDnsResolutionFromRemoteVpc":true}}"#,
        "OperationNotPermitted: Peering pcx @waiting is not active. Peering options can be added only to active peerings.",
        r#"{"VpcPeeringConnectionId":"@pcx","RequesterPeeringConnectionOptions":{"AllowDnsResolutionFromRemoteVpc":true}}"#,
    ),
    (
        "CreateEgressOnlyInternetGateway",
        r#"{"VpcId":"vpc-0"}"#,
        "InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist",
        r#"{"VpcId":"@vpc2"}"#,
    ),
    (
        "DeleteEgressOnlyInternetGateway",
        r#"{"EgressOnlyInternetGatewayId":"eigw-0"}"#,
        "InvalidGatewayID.NotFound: The egressOnlyInternetGateway ID 'eigw-0' does not exist",
        r#"{"EgressOnlyInternetGatewayId":"@eigw"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"0.0.0.0/0","EgressOnlyInternetGatewayId":"@eigw"}"#,
        "InvalidParameterValue: Route target is not supported. An egress-only internet gateway routes IPv6 only.",
        r#"{"RouteTableId":"@rtb","DestinationIpv6CidrBlock":"::/0","EgressOnlyInternetGatewayId":"@eigw"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb2","DestinationCidrBlock":"10.2.0.0/16","VpcPeeringConnectionId":"@pcx"}"#,
        "InvalidParameterValue: route table @rtb2 and VPC peering connection @pcx belong to different networks",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.2.0.0/16","VpcPeeringConnectionId":"@pcx"}"#,
    ),
    (
        "AssociateRouteTable",
        r#"{"RouteTableId":"@rtb","GatewayId":"@igw"}"#,
        "InvalidParameterValue: route table @rtb is associated with @subnet: a table is for subnets or for gateways",
        r#"{"RouteTableId":"@spare","GatewayId":"@igw"}"#,
    ),
    (
        "AssignPrivateIpAddresses",
        r#"{"NetworkInterfaceId":"@eni","SecondaryPrivateIpAddressCount":2}"#,
        "PrivateIpAddressLimitExceeded: Number of private addresses will exceed limit of 2 for interface @eni",
        r#"{"NetworkInterfaceId":"@eni","SecondaryPrivateIpAddressCount":1}"#,
    ),
    (
        "UnassignPrivateIpAddresses",
        r#"{"NetworkInterfaceId":"@eni","PrivateIpAddresses":["10.0.1.200"]}"#,
        "InvalidParameterValue: Some of the specified addresses are not assigned to interface @eni",
        "",
    ),
    (
        "AssignIpv6Addresses",
        r#"{"NetworkInterfaceId":"@eni","Ipv6AddressCount":1}"#,
        "InvalidParameterCombination: The subnet '@subnet' has no IPv6 CIDR block",
        "",
    ),
    (
        "UnassignIpv6Addresses",
        r#"{"NetworkInterfaceId":"@eni","Ipv6Addresses":["2600::1"]}"#,
        "InvalidParameterValue: Some of the specified addresses are not assigned to interface @eni",
        "",
    ),
    (
        "CreateManagedPrefixList",
        r#"{"PrefixListName":"a","MaxEntries":1,"AddressFamily":"IPv4","Entries":[{"Cidr":"10.0.0.0/8"},{"Cidr":"192.0.2.0/24"}]}"#,
        "PrefixListMaxEntriesExceeded: You've reached the maximum number of entries for the prefix list. The prefix list has a maximum of 1 entries.",
        r#"{"PrefixListName":"a","MaxEntries":2,"AddressFamily":"IPv4","Entries":[{"Cidr":"10.0.0.0/8"},{"Cidr":"192.0.2.0/24"}]}"#,
    ),
    (
        "ModifyManagedPrefixList",
        r#"{"PrefixListId":"@pl","CurrentVersion":2,"AddEntries":[{"Cidr":"10.0.0.0/8"}]}"#,
        "PrefixListVersionMismatch: The prefix list has the incorrect version number",
        r#"{"PrefixListId":"@pl","CurrentVersion":1,"AddEntries":[{"Cidr":"10.0.0.0/8"}]}"#,
    ),
    (
        "RestoreManagedPrefixListVersion",
        r#"{"PrefixListId":"@pl","CurrentVersion":1,"PreviousVersion":1}"#,
        "InvalidParameterValue: The prefix list has no version 1 before its current one.",
        "",
    ),
    (
        "DeleteManagedPrefixList",
        r#"{"PrefixListId":"@used"}"#,
        "DependencyViolation: The prefix list '@used' has dependencies and cannot be deleted.",
        r#"{"PrefixListId":"@pl"}"#,
    ),
    (
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationPrefixListId":"pl-0","GatewayId":"@igw"}"#,
        "InvalidPrefixListID.NotFound: The prefix list ID 'pl-0' does not exist",
        r#"{"RouteTableId":"@rtb","DestinationPrefixListId":"@pl","GatewayId":"@igw"}"#,
    ),
    (
        "AuthorizeSecurityGroupIngress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"UserIdGroupPairs":[{"GroupId":"@sg2"}]}]}"#,
        "InvalidGroup.NotFound: You have specified two resources that belong to different networks.",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"UserIdGroupPairs":[{"GroupId":"@unused"}]}]}"#,
    ),
    (
        "AssociateSecurityGroupVpc",
        r#"{"GroupId":"@default-sg","VpcId":"@vpc2"}"#,
        "OperationNotPermitted: The default security group @default-sg cannot be associated with another VPC.",
        r#"{"GroupId":"@unused","VpcId":"@vpc2"}"#,
    ),
    (
        "DisassociateSecurityGroupVpc",
        r#"{"GroupId":"@unused","VpcId":"@vpc2"}"#,
        "InvalidParameterValue: The security group @unused is not associated with the VPC @vpc2.",
        "",
    ),
    (
        "UpdateSecurityGroupRuleDescriptionsIngress",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":81,"ToPort":81,"IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"x"}]}]}"#,
        "InvalidPermission.NotFound: The specified rule does not exist in this security group.",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"x"}]}]}"#,
    ),
    (
        "UpdateSecurityGroupRuleDescriptionsEgress",
        r#"{"GroupId":"@sg"}"#,
        "MissingParameter: The request must contain the parameter ipPermissions",
        r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"x"}]}]}"#,
    ),
    (
        "ModifyVpcBlockPublicAccessOptions",
        r#"{"InternetGatewayBlockMode":"on"}"#,
        "InvalidParameterValue: Value (on) for parameter internetGatewayBlockMode is invalid. Valid values are off, block-bidirectional and block-ingress.",
        r#"{"InternetGatewayBlockMode":"block-ingress"}"#,
    ),
    (
        "CreateVpcBlockPublicAccessExclusion",
        r#"{"SubnetId":"@subnet","InternetGatewayExclusionMode":"allow-egress"}"#,
        "InvalidParameterValue: The resource @subnet already has the exclusion @spared.",
        r#"{"SubnetId":"@empty","InternetGatewayExclusionMode":"allow-egress"}"#,
    ),
    (
        "ModifyVpcBlockPublicAccessExclusion",
        r#"{"ExclusionId":"vpcbpa-exclude-0","InternetGatewayExclusionMode":"allow-egress"}"#,
        "InvalidVpcBlockPublicAccessExclusionId.NotFound: The vpcBlockPublicAccessExclusion ID 'vpcbpa-exclude-0' does not exist",
        r#"{"ExclusionId":"@spared","InternetGatewayExclusionMode":"allow-bidirectional"}"#,
    ),
    (
        "DeleteVpcBlockPublicAccessExclusion",
        r#"{"ExclusionId":"vpcbpa-exclude-0"}"#,
        "InvalidVpcBlockPublicAccessExclusionId.NotFound: The vpcBlockPublicAccessExclusion ID 'vpcbpa-exclude-0' does not exist",
        r#"{"ExclusionId":"@spared"}"#,
    ),
    (
        "CreateDhcpOptions",
        r#"{"DhcpConfigurations":[{"Key":"dns","Values":["10.0.1.9"]}]}"#,
        "InvalidParameterValue: Value (dns) for parameter name is invalid. Unknown DHCP option",
        r#"{"DhcpConfigurations":[{"Key":"domain-name","Values":["example.com"]}]}"#,
    ),
    (
        "AssociateDhcpOptions",
        r#"{"DhcpOptionsId":"dopt-0","VpcId":"@vpc"}"#,
        "InvalidDhcpOptionID.NotFound: The dhcpOptions ID 'dopt-0' does not exist",
        r#"{"DhcpOptionsId":"@set","VpcId":"@vpc"}"#,
    ),
    (
        "DeleteDhcpOptions",
        r#"{"DhcpOptionsId":"dopt-0"}"#,
        "InvalidDhcpOptionID.NotFound: The dhcpOptions ID 'dopt-0' does not exist",
        r#"{"DhcpOptionsId":"@set"}"#,
    ),
];

fn text(world: &World, value: &Value, path: &str) -> String {
    world.lab.at(value, path)
}

fn nat(world: &mut World, id: &str) -> Value {
    let all = format!(r#"{{"NatGatewayIds":["{id}"]}}"#);
    world.call("DescribeNatGateways", &all)
}

#[test]
fn net_31_a_public_nat_gateway_holds_an_interface_and_an_elastic_address() {
    let mut world = world();
    let value = nat(&mut world, "@nat");
    assert_eq!(text(&world, &value, "NatGateways.0.State"), "available");
    let value = world.call(
        "DescribeNetworkInterfaces",
        r#"{"NetworkInterfaceIds":["@nat-eni"]}"#,
    );
    let of = |path: &str| text(&world, &value, &format!("NetworkInterfaces.0.{path}"));
    assert_eq!(of("InterfaceType"), "nat_gateway");
    assert_eq!(of("RequesterManaged"), "true");
    assert_eq!(of("Groups"), "[]");
    assert_eq!(of("Association.AllocationId"), world.fill("@eip2"));
    assert_eq!(of("Status"), "in-use");
}

#[test]
fn net_32_without_an_internet_gateway_a_public_nat_gateway_fails() {
    let mut world = world();
    world.keep(
        "failing",
        "CreateNatGateway",
        r#"{"SubnetId":"@subnet2","AllocationId":"@eip3"}"#,
        "NatGateway.NatGatewayId",
    );
    let value = nat(&mut world, "@failing");
    assert_eq!(text(&world, &value, "NatGateways.0.State"), "pending");
    world.lab.settle();
    let value = nat(&mut world, "@failing");
    assert_eq!(text(&world, &value, "NatGateways.0.State"), "failed");
    assert_eq!(
        text(&world, &value, "NatGateways.0.FailureMessage"),
        world.fill("Network @vpc2 has no Internet gateway attached")
    );
    // The address is free, and with a gateway the same call goes well.
    world.call(
        "AttachInternetGateway",
        r#"{"VpcId":"@vpc2","InternetGatewayId":"@free"}"#,
    );
    world.keep(
        "good",
        "CreateNatGateway",
        r#"{"SubnetId":"@subnet2","AllocationId":"@eip3"}"#,
        "NatGateway.NatGatewayId",
    );
    world.lab.settle();
    let value = nat(&mut world, "@good");
    assert_eq!(text(&world, &value, "NatGateways.0.State"), "available");
}

#[test]
fn net_17_a_route_to_a_deleted_nat_gateway_is_a_blackhole() {
    let mut world = world();
    world.call(
        "CreateRoute",
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"@nat"}"#,
    );
    let state = |world: &mut World| {
        let value = world.call("DescribeRouteTables", r#"{"RouteTableIds":["@rtb"]}"#);
        text(world, &value, "RouteTables.0.Routes.1.State")
    };
    assert_eq!(state(&mut world), "active");
    let subnet = world.fill(r#"{"SubnetId":"@subnet"}"#);
    world.call("DeleteNatGateway", r#"{"NatGatewayId":"@nat"}"#);
    assert_eq!(state(&mut world), "blackhole");
    world.lab.settle();
    assert_eq!(state(&mut world), "blackhole");
    // The interface is gone and its address is free again.
    let value = world.call("DescribeAddresses", r#"{"AllocationIds":["@eip2"]}"#);
    let address = &value.get("Addresses").unwrap().as_list().unwrap()[0];
    assert!(address.get("AssociationId").is_none());
    let fault = world.lab.refused("DeleteSubnet", &subnet);
    assert!(fault.starts_with("DependencyViolation"), "{fault}");
}

#[test]
fn net_39_a_regional_nat_gateway_needs_no_subnet_and_has_a_table_of_its_own() {
    let mut world = world();
    world.keep(
        "regional",
        "CreateNatGateway",
        r#"{"VpcId":"@vpc","AvailabilityMode":"regional"}"#,
        "NatGateway.NatGatewayId",
    );
    world.lab.settle();
    let value = nat(&mut world, "@regional");
    assert_eq!(
        text(&world, &value, "NatGateways.0.AvailabilityMode"),
        "regional"
    );
    let zone = |place: usize| {
        let path = format!("NatGateways.0.NatGatewayAddresses.{place}.AvailabilityZone");
        text(&world, &value, &path)
    };
    assert_eq!(
        (zone(0), zone(1)),
        ("us-east-1a".into(), "us-east-1b".into())
    );
    let table = text(&world, &value, "NatGateways.0.RouteTableId");
    let table = format!(r#"{{"RouteTableIds":["{table}"]}}"#);
    let value = world.call("DescribeRouteTables", &table);
    assert_eq!(
        text(&world, &value, "RouteTables.0.Routes.1.GatewayId"),
        world.fill("@igw")
    );
    // A private one can't be regional.
    let params = world
        .fill(r#"{"VpcId":"@vpc","AvailabilityMode":"regional","ConnectivityType":"private"}"#);
    assert_eq!(
        world.lab.refused("CreateNatGateway", &params),
        "InvalidParameterCombination: A regional NAT gateway can't be private."
    );
}

fn status(world: &mut World, id: &str) -> String {
    let params = format!(r#"{{"VpcPeeringConnectionIds":["{id}"]}}"#);
    let value = world.call("DescribeVpcPeeringConnections", &params);
    text(world, &value, "VpcPeeringConnections.0.Status.Code")
}

#[test]
fn net_73_peering_of_overlapping_vpcs_fails() {
    let mut world = world();
    world.keep(
        "same",
        "CreateVpc",
        r#"{"CidrBlock":"10.0.128.0/17"}"#,
        "Vpc.VpcId",
    );
    world.keep(
        "bad",
        "CreateVpcPeeringConnection",
        r#"{"VpcId":"@vpc","PeerVpcId":"@same"}"#,
        "VpcPeeringConnection.VpcPeeringConnectionId",
    );
    assert_eq!(status(&mut world, "@bad"), "failed");
    assert_eq!(status(&mut world, "@pcx"), "active");
    // Two VPCs that overlap one another may both be peered with a third.
    world.keep(
        "third",
        "CreateVpcPeeringConnection",
        r#"{"VpcId":"@vpc2","PeerVpcId":"@same"}"#,
        "VpcPeeringConnection.VpcPeeringConnectionId",
    );
    assert_eq!(status(&mut world, "@third"), "pending-acceptance");
}

#[test]
fn net_78_a_route_over_a_connection_that_is_not_active_is_a_blackhole() {
    let mut world = world();
    let route = r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.1.0.0/16","VpcPeeringConnectionId":"@waiting"}"#;
    world.call("CreateRoute", route);
    let state = |world: &mut World| {
        let value = world.call("DescribeRouteTables", r#"{"RouteTableIds":["@rtb"]}"#);
        text(world, &value, "RouteTables.0.Routes.1.State")
    };
    assert_eq!(state(&mut world), "blackhole");
    world.call(
        "AcceptVpcPeeringConnection",
        r#"{"VpcPeeringConnectionId":"@waiting"}"#,
    );
    world.lab.settle();
    assert_eq!(state(&mut world), "active");
    world.call(
        "DeleteVpcPeeringConnection",
        r#"{"VpcPeeringConnectionId":"@waiting"}"#,
    );
    assert_eq!(state(&mut world), "blackhole");
}

#[test]
fn net_79_a_connection_to_another_region_is_accepted_there() {
    let mut world = world();
    world.lab.region = "us-west-2";
    world.keep(
        "west",
        "CreateVpc",
        r#"{"CidrBlock":"10.9.0.0/16"}"#,
        "Vpc.VpcId",
    );
    world.lab.region = "us-east-1";
    world.keep(
        "far-pcx",
        "CreateVpcPeeringConnection",
        r#"{"VpcId":"@vpc","PeerVpcId":"@west","PeerRegion":"us-west-2"}"#,
        "VpcPeeringConnection.VpcPeeringConnectionId",
    );
    let accept = world.fill(r#"{"VpcPeeringConnectionId":"@far-pcx"}"#);
    let fault = world.lab.refused("AcceptVpcPeeringConnection", &accept);
    assert!(
        fault.contains("must be accepted in region us-west-2"),
        "{fault}"
    );
    world.lab.region = "us-west-2";
    world.call("AcceptVpcPeeringConnection", &accept);
    world.lab.settle();
    assert_eq!(status(&mut world, "@far-pcx"), "active");
    world.lab.region = "us-east-1";
    assert_eq!(status(&mut world, "@far-pcx"), "active");
}

#[test]
fn net_03_each_further_block_gets_its_local_route_and_takes_it_along() {
    let mut world = world();
    world.keep(
        "more",
        "AssociateVpcCidrBlock",
        r#"{"VpcId":"@vpc","CidrBlock":"10.7.0.0/16"}"#,
        "CidrBlockAssociation.AssociationId",
    );
    let routes = |world: &mut World| {
        let value = world.call("DescribeRouteTables", r#"{"RouteTableIds":["@rtb"]}"#);
        let table = &value.get("RouteTables").unwrap().as_list().unwrap()[0];
        table.get("Routes").unwrap().as_list().unwrap().len()
    };
    assert_eq!(routes(&mut world), 2);
    // The peer of an active connection must not overlap with it.
    let params = world.fill(r#"{"VpcId":"@vpc","CidrBlock":"10.2.128.0/20"}"#);
    let fault = world.lab.refused("AssociateVpcCidrBlock", &params);
    assert!(fault.starts_with("InvalidVpc.Range"), "{fault}");
    world.call("DisassociateVpcCidrBlock", r#"{"AssociationId":"@more"}"#);
    assert_eq!(routes(&mut world), 1);
}

#[test]
fn net_04_ipv6_is_amazons_and_a_subnet_has_a_slash_64_of_it() {
    let mut world = world();
    world.keep(
        "v6",
        "AssociateVpcCidrBlock",
        r#"{"VpcId":"@vpc","AmazonProvidedIpv6CidrBlock":true}"#,
        "Ipv6CidrBlockAssociation.Ipv6CidrBlock",
    );
    let block = world.fill("@v6");
    assert!(block.ends_with("/56"), "{block}");
    let first = block.replace("::/56", "::/64");
    let params = format!(r#"{{"SubnetId":"@subnet","Ipv6CidrBlock":"{first}"}}"#);
    world.call("AssociateSubnetCidrBlock", &params);
    let wide = world.fill(&format!(
        r#"{{"SubnetId":"@empty","Ipv6CidrBlock":"{}"}}"#,
        block.replace("::/56", "::/62")
    ));
    let fault = world.lab.refused("AssociateSubnetCidrBlock", &wide);
    assert!(fault.starts_with("InvalidSubnet.Range"), "{fault}");
    world.call(
        "ModifySubnetAttribute",
        r#"{"SubnetId":"@subnet","AssignIpv6AddressOnCreation":{"Value":true}}"#,
    );
    let value = world.call("CreateNetworkInterface", r#"{"SubnetId":"@subnet"}"#);
    let address = text(
        &world,
        &value,
        "NetworkInterface.Ipv6Addresses.0.Ipv6Address",
    );
    assert!(
        address.starts_with(first.trim_end_matches("::/64")),
        "{address}"
    );
}

#[test]
fn net_08_an_interface_has_further_addresses_and_each_may_have_an_elastic_one() {
    let mut world = world();
    let value = world.call(
        "AssignPrivateIpAddresses",
        r#"{"NetworkInterfaceId":"@eni","PrivateIpAddresses":["10.0.1.77"]}"#,
    );
    assert_eq!(
        text(
            &world,
            &value,
            "AssignedPrivateIpAddresses.0.PrivateIpAddress"
        ),
        "10.0.1.77"
    );
    world.call(
        "AssociateAddress",
        r#"{"AllocationId":"@eip3","NetworkInterfaceId":"@eni","PrivateIpAddress":"10.0.1.77"}"#,
    );
    let value = world.call("DescribeAddresses", r#"{"AllocationIds":["@eip3"]}"#);
    assert_eq!(
        text(&world, &value, "Addresses.0.PrivateIpAddress"),
        "10.0.1.77"
    );
    world.call(
        "UnassignPrivateIpAddresses",
        r#"{"NetworkInterfaceId":"@eni","PrivateIpAddresses":["10.0.1.77"]}"#,
    );
    let value = world.call("DescribeAddresses", r#"{"AllocationIds":["@eip3"]}"#);
    let address = &value.get("Addresses").unwrap().as_list().unwrap()[0];
    assert!(address.get("AssociationId").is_none());
}

#[test]
fn net_08_an_instance_starts_with_several_interfaces_of_one_zone() {
    let mut world = world();
    let run = |second: &str| {
        format!(
            r#"{{"ImageId":"@image","MinCount":1,"MaxCount":1,"InstanceType":"t3.small","NetworkInterfaces":[{{"DeviceIndex":0,"SubnetId":"@subnet"}},{{"DeviceIndex":1,"SubnetId":"{second}"}}]}}"#
        )
    };
    let value = world.call("RunInstances", &run("@empty"));
    let interfaces = value.get("Instances").unwrap().as_list().unwrap()[0]
        .get("NetworkInterfaces")
        .unwrap()
        .as_list()
        .unwrap()
        .len();
    assert_eq!(interfaces, 2);
    let far = world.fill(&run("@far"));
    let fault = world.lab.refused("RunInstances", &far);
    assert!(fault.contains("same availability zone"), "{fault}");
}

#[test]
fn net_60_a_group_of_a_peer_may_be_named_while_the_connection_stands() {
    let mut world = world();
    world.keep(
        "sg3",
        "CreateSecurityGroup",
        r#"{"GroupName":"app","Description":"d","VpcId":"@vpc3"}"#,
        "GroupId",
    );
    let rule = r#"{"GroupId":"@sg","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"UserIdGroupPairs":[{"GroupId":"@sg3"}]}]}"#;
    world.call("AuthorizeSecurityGroupIngress", rule);
    let stale = |world: &mut World| {
        let value = world.call("DescribeStaleSecurityGroups", r#"{"VpcId":"@vpc"}"#);
        let set = value.get("StaleSecurityGroupSet").unwrap();
        set.as_list().unwrap().len()
    };
    assert_eq!(stale(&mut world), 0);
    let value = world.call("DescribeSecurityGroupReferences", r#"{"GroupId":["@sg3"]}"#);
    assert_eq!(
        text(
            &world,
            &value,
            "SecurityGroupReferenceSet.0.ReferencingVpcId"
        ),
        world.fill("@vpc")
    );
    world.call(
        "DeleteVpcPeeringConnection",
        r#"{"VpcPeeringConnectionId":"@pcx"}"#,
    );
    assert_eq!(stale(&mut world), 1);
}

#[test]
fn net_63_a_prefix_list_counts_for_as_many_rules_as_it_may_hold() {
    let mut world = world();
    let list = |world: &mut World, name: &str, most: u32| {
        let params =
            format!(r#"{{"PrefixListName":"{name}","MaxEntries":{most},"AddressFamily":"IPv4"}}"#);
        world.keep(
            name,
            "CreateManagedPrefixList",
            &params,
            "PrefixList.PrefixListId",
        );
    };
    list(&mut world, "wide", 60);
    list(&mut world, "fits", 59);
    let rule = |list: &str| {
        format!(
            r#"{{"GroupId":"@sg","IpPermissions":[{{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"PrefixListIds":[{{"PrefixListId":"@{list}"}}]}}]}}"#
        )
    };
    // One rule is there already.
    let wide = world.fill(&rule("wide"));
    let fault = world.lab.refused("AuthorizeSecurityGroupIngress", &wide);
    assert!(
        fault.starts_with("RulesPerSecurityGroupLimitExceeded"),
        "{fault}"
    );
    world.call("AuthorizeSecurityGroupIngress", &rule("fits"));
}

#[test]
fn net_65_a_group_is_shared_with_another_vpc_of_the_region() {
    let mut world = world();
    let interface = r#"{"SubnetId":"@subnet2","Groups":["@unused"]}"#;
    let filled = world.fill(interface);
    let fault = world.lab.refused("CreateNetworkInterface", &filled);
    assert!(fault.contains("belong to different networks"), "{fault}");
    world.call(
        "AssociateSecurityGroupVpc",
        r#"{"GroupId":"@unused","VpcId":"@vpc2"}"#,
    );
    world.call("CreateNetworkInterface", interface);
    let back = world.fill(r#"{"GroupId":"@unused","VpcId":"@vpc2"}"#);
    let fault = world.lab.refused("DisassociateSecurityGroupVpc", &back);
    assert!(fault.starts_with("DependencyViolation"), "{fault}");
}

#[test]
fn net_19_what_comes_in_by_a_gateway_is_led_to_subnets_and_interfaces_only() {
    let mut world = world();
    world.call(
        "AssociateRouteTable",
        r#"{"RouteTableId":"@spare","GatewayId":"@igw"}"#,
    );
    let route = |destination: &str, target: &str| {
        format!(r#"{{"RouteTableId":"@spare","DestinationCidrBlock":"{destination}",{target}}}"#)
    };
    for (destination, target) in [
        ("10.0.1.0/25", r#""NetworkInterfaceId":"@eni""#),
        ("192.0.2.0/24", r#""NetworkInterfaceId":"@eni""#),
        ("10.0.1.0/24", r#""NatGatewayId":"@nat""#),
    ] {
        let params = world.fill(&route(destination, target));
        let fault = world.lab.refused("CreateRoute", &params);
        assert!(fault.contains("is not supported"), "{fault}");
    }
    world.call(
        "CreateRoute",
        &route("10.0.1.0/24", r#""NetworkInterfaceId":"@eni""#),
    );
}

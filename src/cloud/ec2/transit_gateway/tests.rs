//! Transit gateways: the numbered facts that are about resources, and what is refused.

use super::{KnownRoute, RouteSource, TransitRouteTable};
use crate::ACCOUNT;
use crate::Act;
use crate::ec2::Ec2;
use crate::ec2::route_table::RouteState;
use crate::testing::{Named, Refusal};

/// Three VPCs (the third overlaps the first), a subnet in two zones of each, and a transit gateway
/// with the first two attached.
fn world() -> Named {
    let mut world = Named::new();
    for (name, block) in [
        ("a", "10.0.0.0/16"),
        ("b", "10.1.0.0/16"),
        ("c", "10.0.0.0/17"),
    ] {
        let params = format!(r#"{{"CidrBlock":"{block}"}}"#);
        world.keep(name, "CreateVpc", &params, "Vpc.VpcId");
        for zone in ["a", "b"] {
            let third = if zone == "a" { 1 } else { 2 };
            let part = block.replace("0.0/16", &format!("{third}.0/24"));
            let part = part.replace("0.0/17", &format!("{third}.0/24"));
            world.keep(
                &format!("{name}-{zone}"),
                "CreateSubnet",
                &format!(
                    r#"{{"VpcId":"@{name}","CidrBlock":"{part}","AvailabilityZone":"us-east-1{zone}"}}"#
                ),
                "Subnet.SubnetId",
            );
        }
    }
    world.keep(
        "a-2",
        "CreateSubnet",
        r#"{"VpcId":"@a","CidrBlock":"10.0.9.0/24","AvailabilityZone":"us-east-1a"}"#,
        "Subnet.SubnetId",
    );
    world.keep(
        "tgw",
        "CreateTransitGateway",
        "{}",
        "TransitGateway.TransitGatewayId",
    );
    world.keep(
        "table",
        "DescribeTransitGateways",
        "{}",
        "TransitGateways.0.Options.AssociationDefaultRouteTableId",
    );
    world.lab.settle();
    for name in ["a", "b"] {
        attach(&mut world, name);
    }
    world.lab.settle();
    world
}

fn attach(world: &mut Named, name: &str) {
    world.keep(
        &format!("at-{name}"),
        "CreateTransitGatewayVpcAttachment",
        &format!(r#"{{"TransitGatewayId":"@tgw","VpcId":"@{name}","SubnetIds":["@{name}-a"]}}"#),
        "TransitGatewayVpcAttachment.TransitGatewayAttachmentId",
    );
}

fn ec2(world: &Named) -> &Ec2 {
    let account = world.lab.cloud.account(ACCOUNT).unwrap();
    account.ec2(world.lab.region).unwrap()
}

fn table<'a>(world: &'a Named, name: &str) -> &'a TransitRouteTable {
    let id = world.fill(&format!("@{name}"));
    ec2(world).transit_route_tables.get(&id).unwrap()
}

/// What a table knows: destination, source, where to, does it work.
fn routes(world: &Named, name: &str) -> Vec<String> {
    let line = |it: &KnownRoute| {
        let to: Vec<&str> = it.attachments.iter().map(|it| it.as_str()).collect();
        let works = if it.active { "" } else { " blackhole" };
        let line = format!("{} {:?} {}{works}", it.destination, it.source, to.join("+"));
        world.unfill(&line)
    };
    ec2(world)
        .transit_routes(table(world, name))
        .iter()
        .map(line)
        .collect()
}

#[test]
fn a_transit_gateway_is_pending_first_and_has_its_default_table() {
    let mut world = Named::new();
    world.keep(
        "tgw",
        "CreateTransitGateway",
        "{}",
        "TransitGateway.TransitGatewayId",
    );
    let state = |world: &mut Named| {
        let path = "TransitGateways.0.State";
        world.at("DescribeTransitGateways", "{}", path)
    };
    assert_eq!(state(&mut world), "pending");
    assert_eq!(
        world.refused(
            "CreateTransitGatewayRouteTable",
            r#"{"TransitGatewayId":"@tgw"}"#
        ),
        "IncorrectState: @tgw is in invalid state"
    );
    world.lab.settle();
    assert_eq!(state(&mut world), "available");
    let tables = world.call("DescribeTransitGatewayRouteTables", "{}");
    assert_eq!(
        world.lab.at(
            &tables,
            "TransitGatewayRouteTables.0.DefaultAssociationRouteTable"
        ),
        "true"
    );
    // Twin: switched off, there is none.
    let mut world = Named::new();
    let off = r#"{"Options":{"DefaultRouteTableAssociation":"disable","DefaultRouteTablePropagation":"disable"}}"#;
    world.call("CreateTransitGateway", off);
    let tables = world.at(
        "DescribeTransitGatewayRouteTables",
        "{}",
        "TransitGatewayRouteTables",
    );
    assert_eq!(tables, "[]");
}

#[test]
fn a_gateway_shows_every_key_that_aws_shows() {
    let mut world = world();
    let value = world.call("DescribeTransitGateways", "{}");
    let text = crate::json::compact(&value);
    for key in [
        "TransitGatewayArn",
        "OwnerId",
        "Description",
        "CreationTime",
        "AmazonSideAsn",
        "AutoAcceptSharedAttachments",
        "DefaultRouteTableAssociation",
        "PropagationDefaultRouteTableId",
        "VpnEcmpSupport",
        "DnsSupport",
        "SecurityGroupReferencingSupport",
        "MulticastSupport",
        "Tags",
    ] {
        assert!(text.contains(&format!("\"{key}\"")), "{key}: {text}");
    }
    let value = world.call("DescribeTransitGatewayVpcAttachments", "{}");
    let text = crate::json::compact(&value);
    for key in [
        "VpcOwnerId",
        "SubnetIds",
        "ApplianceModeSupport",
        "Ipv6Support",
        "Tags",
    ] {
        assert!(text.contains(&format!("\"{key}\"")), "{key}: {text}");
    }
}

/// <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>
#[test]
fn net_81_an_association_is_for_what_comes_and_a_propagation_for_where_it_goes() {
    let mut world = world();
    // New attachments have both by themselves.
    assert_eq!(
        routes(&world, "table"),
        ["10.0.0.0/16 Vpc @at-a", "10.1.0.0/16 Vpc @at-b"]
    );
    let own = |world: &mut Named| {
        let id = r#"{"TransitGatewayAttachmentIds":["@at-a"]}"#;
        let path = "TransitGatewayAttachments.0.Association.TransitGatewayRouteTableId";
        world.at("DescribeTransitGatewayAttachments", id, path)
    };
    assert_eq!(own(&mut world), "@table");
    // One association at most, any number of propagations.
    world.keep(
        "other",
        "CreateTransitGatewayRouteTable",
        r#"{"TransitGatewayId":"@tgw"}"#,
        "TransitGatewayRouteTable.TransitGatewayRouteTableId",
    );
    world.lab.settle();
    let pair = |table: &str| {
        format!(
            r#"{{"TransitGatewayRouteTableId":"@{table}","TransitGatewayAttachmentId":"@at-a"}}"#
        )
    };
    assert_eq!(
        world.refused("AssociateTransitGatewayRouteTable", &pair("other")),
        "Resource.AlreadyAssociated: Transit Gateway Attachment @at-a is already associated to a route table."
    );
    world.call("DisassociateTransitGatewayRouteTable", &pair("table"));
    world.call("AssociateTransitGatewayRouteTable", &pair("other"));
    assert_eq!(own(&mut world), "@other");
    // Where it goes is untouched by that: the other table knows nothing yet.
    assert_eq!(routes(&world, "other"), Vec::<String>::new());
    assert_eq!(routes(&world, "table").len(), 2);
    world.call("EnableTransitGatewayRouteTablePropagation", &pair("other"));
    assert_eq!(routes(&world, "other"), ["10.0.0.0/16 Vpc @at-a"]);
    world.call("DisableTransitGatewayRouteTablePropagation", &pair("table"));
    assert_eq!(routes(&world, "table"), ["10.1.0.0/16 Vpc @at-b"]);
    let both = world.call(
        "GetTransitGatewayAttachmentPropagations",
        r#"{"TransitGatewayAttachmentId":"@at-a"}"#,
    );
    let path = "TransitGatewayAttachmentPropagations.0.TransitGatewayRouteTableId";
    assert_eq!(world.unfill(&world.lab.at(&both, path)), "@other");
}

/// <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview>
#[test]
fn net_82_a_static_route_counts_before_one_that_is_learned() {
    let mut world = world();
    let to_b = r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.0.0.0/16","TransitGatewayAttachmentId":"@at-b"}"#;
    world.call("CreateTransitGatewayRoute", to_b);
    let search = |world: &mut Named, filter: &str, value: &str| {
        let params = format!(
            r#"{{"TransitGatewayRouteTableId":"@table","Filters":[{{"Name":"{filter}","Values":["{value}"]}}]}}"#
        );
        let found = world.call("SearchTransitGatewayRoutes", &params);
        world.unfill(&crate::json::compact(found.get("Routes").unwrap()))
    };
    // Both are known, one is in force.
    assert_eq!(
        routes(&world, "table"),
        [
            "10.0.0.0/16 Static @at-b",
            "10.0.0.0/16 Vpc @at-a",
            "10.1.0.0/16 Vpc @at-b"
        ]
    );
    assert_eq!(
        search(&mut world, "route-search.exact-match", "10.0.0.0/16"),
        r#"[{"DestinationCidrBlock":"10.0.0.0/16","TransitGatewayAttachments":[{"ResourceId":"@b","TransitGatewayAttachmentId":"@at-b","ResourceType":"vpc"}],"Type":"static","State":"active"}]"#
    );
    // Twin: a more specific one that is learned counts before a static one.
    let wide = r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.0.0.0/8","Blackhole":true}"#;
    world.call("CreateTransitGatewayRoute", wide);
    assert!(
        search(&mut world, "route-search.longest-prefix-match", "10.1.2.3")
            .contains(r#""DestinationCidrBlock":"10.1.0.0/16""#)
    );
    assert_eq!(
        search(&mut world, "state", "blackhole"),
        r#"[{"DestinationCidrBlock":"10.0.0.0/8","Type":"static","State":"blackhole"}]"#
    );
    assert!(RouteSource::Static < RouteSource::Vpc);
    assert!(RouteSource::Vpc < RouteSource::DirectConnect);
    assert!(RouteSource::DirectConnect < RouteSource::Vpn);
}

/// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>
#[test]
fn net_83_an_attachment_stands_in_one_subnet_a_zone_with_an_interface_in_each() {
    let mut world = world();
    let twice = r#"{"TransitGatewayAttachmentId":"@at-a","AddSubnetIds":["@a-2"]}"#;
    assert_eq!(
        world.refused("ModifyTransitGatewayVpcAttachment", twice),
        "DuplicateSubnetsInSameZone: Duplicate Subnets for same AZ"
    );
    let in_subnets = |world: &Named| {
        let id = world.fill("@at-a");
        let all = ec2(world).network_interfaces.by_birth().into_iter();
        let own = all.filter(|it| it.managed.as_ref().is_some_and(|it| it.by.as_str() == id));
        own.map(|it| world.unfill(it.subnet.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(in_subnets(&world), ["@a-a"]);
    let more = r#"{"TransitGatewayAttachmentId":"@at-a","AddSubnetIds":["@a-b"]}"#;
    world.call("ModifyTransitGatewayVpcAttachment", more);
    assert_eq!(in_subnets(&world), ["@a-a", "@a-b"]);
    world.lab.settle();
    let fewer = r#"{"TransitGatewayAttachmentId":"@at-a","RemoveSubnetIds":["@a-a"],"AddSubnetIds":["@a-2"]}"#;
    world.call("ModifyTransitGatewayVpcAttachment", fewer);
    assert_eq!(in_subnets(&world), ["@a-b", "@a-2"]);
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayVpcAttachment.html>
#[test]
fn net_84_an_overlapping_block_of_a_later_vpc_is_not_learned() {
    let mut world = world();
    attach(&mut world, "c");
    world.lab.settle();
    assert_eq!(
        routes(&world, "table"),
        ["10.0.0.0/16 Vpc @at-a", "10.1.0.0/16 Vpc @at-b"]
    );
    // Twin: with the first one gone it is.
    world.call(
        "DeleteTransitGatewayVpcAttachment",
        r#"{"TransitGatewayAttachmentId":"@at-a"}"#,
    );
    world.lab.settle();
    assert_eq!(
        routes(&world, "table"),
        ["10.0.0.0/17 Vpc @at-c", "10.1.0.0/16 Vpc @at-b"]
    );
}

#[test]
fn net_86_appliance_mode_is_an_option_of_the_attachment() {
    let mut world = world();
    let mode = |world: &mut Named| {
        let path = "TransitGatewayVpcAttachments.0.Options.ApplianceModeSupport";
        world.at("DescribeTransitGatewayVpcAttachments", "{}", path)
    };
    assert_eq!(mode(&mut world), "disable");
    let on =
        r#"{"TransitGatewayAttachmentId":"@at-a","Options":{"ApplianceModeSupport":"enable"}}"#;
    world.call("ModifyTransitGatewayVpcAttachment", on);
    assert_eq!(mode(&mut world), "enable");
}

#[test]
fn routes_to_an_attachment_that_goes_become_blackholes() {
    let mut world = world();
    let route = r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"0.0.0.0/0","TransitGatewayAttachmentId":"@at-a"}"#;
    world.call("CreateTransitGatewayRoute", route);
    world.keep(
        "rtb",
        "CreateRouteTable",
        r#"{"VpcId":"@a"}"#,
        "RouteTable.RouteTableId",
    );
    let out =
        r#"{"RouteTableId":"@rtb","DestinationCidrBlock":"10.0.0.0/8","TransitGatewayId":"@tgw"}"#;
    world.call("CreateRoute", out);
    let state = |world: &Named| {
        let rtb = ec2(world).route_tables.get(&world.fill("@rtb")).unwrap();
        let route = rtb.routes.last().unwrap();
        ec2(world).route_state(&rtb.vpc, route)
    };
    assert_eq!(state(&world), RouteState::Active);
    let vpc = r#"{"VpcId":"@a"}"#;
    let delete = r#"{"TransitGatewayAttachmentId":"@at-a"}"#;
    world.call("DeleteTransitGatewayVpcAttachment", delete);
    // While it goes, its subnet and its VPC stay.
    assert_eq!(
        world.refused("DeleteSubnet", r#"{"SubnetId":"@a-a"}"#),
        "DependencyViolation: The subnet '@a-a' has dependencies and cannot be deleted."
    );
    world.lab.settle();
    assert_eq!(
        routes(&world, "table"),
        ["10.1.0.0/16 Vpc @at-b", "0.0.0.0/0 Static @at-a blackhole"]
    );
    assert_eq!(state(&world), RouteState::Blackhole);
    for subnet in ["a-a", "a-b", "a-2"] {
        world.call("DeleteSubnet", &format!(r#"{{"SubnetId":"@{subnet}"}}"#));
    }
    world.call("DeleteRouteTable", r#"{"RouteTableId":"@rtb"}"#);
    world.call("DeleteVpc", vpc);
    // What is gone is told for an hour, and is no attachment for anything else.
    let state = |world: &mut Named| {
        let path = "TransitGatewayVpcAttachments.0.State";
        world.at("DescribeTransitGatewayVpcAttachments", "{}", path)
    };
    assert_eq!(state(&mut world), "deleted");
    let search = r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"1.0.0.0/8","TransitGatewayAttachmentId":"@at-a"}"#;
    assert_eq!(
        world.refused("CreateTransitGatewayRoute", search),
        "InvalidTransitGatewayAttachmentID.NotFound: Transit Gateway Attachment @at-a was deleted or does not exist."
    );
    world
        .lab
        .cloud
        .apply(&Act::Pass { seconds: 4_000 })
        .unwrap();
    let all = world.call("DescribeTransitGatewayVpcAttachments", "{}");
    assert_eq!(
        all.get("TransitGatewayVpcAttachments")
            .unwrap()
            .as_list()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_gateway_goes_when_nothing_is_attached() {
    let mut world = world();
    let gateway = r#"{"TransitGatewayId":"@tgw"}"#;
    assert_eq!(
        world.refused("DeleteTransitGateway", gateway),
        "IncorrectState: @tgw has non-deleted VPC Attachments: @at-a, @at-b."
    );
    for name in ["a", "b"] {
        world.call(
            "DeleteTransitGatewayVpcAttachment",
            &format!(r#"{{"TransitGatewayAttachmentId":"@at-{name}"}}"#),
        );
    }
    world.lab.settle();
    world.call("DeleteTransitGateway", gateway);
    world.lab.settle();
    assert_eq!(
        world.refused("DeleteTransitGateway", gateway),
        "InvalidTransitGatewayID.NotFound: Transit Gateway @tgw was deleted or does not exist."
    );
}

/// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html>
#[test]
fn a_peering_waits_for_the_other_side_and_is_static_only() {
    let mut world = world();
    world.lab.region = "eu-west-1";
    world.keep(
        "far",
        "CreateTransitGateway",
        "{}",
        "TransitGateway.TransitGatewayId",
    );
    world.lab.settle();
    world.lab.region = "us-east-1";
    let ask = format!(
        r#"{{"TransitGatewayId":"@tgw","PeerTransitGatewayId":"@far","PeerAccountId":"{ACCOUNT}","PeerRegion":"eu-west-1"}}"#
    );
    let wrong = ask.replace("eu-west-1", "eu-west-2");
    assert_eq!(
        world.refused("CreateTransitGatewayPeeringAttachment", &wrong),
        "InvalidTransitGatewayID.NotFound: Transit Gateway @far was deleted or does not exist."
    );
    let path = "TransitGatewayPeeringAttachment.TransitGatewayAttachmentId";
    world.keep(
        "peering",
        "CreateTransitGatewayPeeringAttachment",
        &ask,
        path,
    );
    let state = |world: &mut Named, region| {
        world.lab.region = region;
        let path = "TransitGatewayPeeringAttachments.0.State";
        world.at("DescribeTransitGatewayPeeringAttachments", "{}", path)
    };
    assert_eq!(state(&mut world, "us-east-1"), "pendingAcceptance");
    let id = r#"{"TransitGatewayAttachmentId":"@peering"}"#;
    assert_eq!(
        world.refused("AcceptTransitGatewayPeeringAttachment", id),
        "IncorrectState: @peering is in invalid state"
    );
    assert_eq!(state(&mut world, "eu-west-1"), "pendingAcceptance");
    world.call("AcceptTransitGatewayPeeringAttachment", id);
    world.lab.settle();
    assert_eq!(state(&mut world, "us-east-1"), "available");
    let propagate =
        r#"{"TransitGatewayRouteTableId":"@table","TransitGatewayAttachmentId":"@peering"}"#;
    assert_eq!(
        world.refused("EnableTransitGatewayRouteTablePropagation", propagate),
        "InvalidParameterValue: Propagation is not supported for peering attachment @peering."
    );
    assert_eq!(routes(&world, "table").len(), 2);
    let route = r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.9.0.0/16","TransitGatewayAttachmentId":"@peering"}"#;
    world.call("CreateTransitGatewayRoute", route);
    assert_eq!(routes(&world, "table")[2], "10.9.0.0/16 Static @peering");
    // Either side may end it, and both see it.
    world.lab.region = "eu-west-1";
    world.call("DeleteTransitGatewayPeeringAttachment", id);
    world.lab.settle();
    assert_eq!(state(&mut world, "us-east-1"), "deleted");
    assert_eq!(
        routes(&world, "table")[2],
        "10.9.0.0/16 Static @peering blackhole"
    );
}

#[test]
fn a_peering_within_a_region_has_an_attachment_on_each_side() {
    let mut world = world();
    world.keep(
        "near",
        "CreateTransitGateway",
        "{}",
        "TransitGateway.TransitGatewayId",
    );
    world.lab.settle();
    let ask = format!(
        r#"{{"TransitGatewayId":"@tgw","PeerTransitGatewayId":"@near","PeerAccountId":"{ACCOUNT}","PeerRegion":"us-east-1"}}"#
    );
    let path = "TransitGatewayPeeringAttachment.AccepterTransitGatewayAttachmentId";
    world.keep("mate", "CreateTransitGatewayPeeringAttachment", &ask, path);
    let mate = r#"{"TransitGatewayAttachmentId":"@mate"}"#;
    world.call("RejectTransitGatewayPeeringAttachment", mate);
    world.lab.settle();
    let all = world.call("DescribeTransitGatewayPeeringAttachments", "{}");
    for place in 0..2 {
        let path = format!("TransitGatewayPeeringAttachments.{place}.State");
        assert_eq!(world.lab.at(&all, &path), "rejected");
    }
}

#[test]
fn quotas_of_transit_gateways() {
    let mut world = Named::new();
    for _ in 0..5 {
        world.call("CreateTransitGateway", "{}");
    }
    assert_eq!(
        world.refused("CreateTransitGateway", "{}"),
        "TransitGatewayLimitExceeded: The maximum number of transit gateways has been reached."
    );
    let mut world = self::world();
    for _ in 0..19 {
        world.call(
            "CreateTransitGatewayRouteTable",
            r#"{"TransitGatewayId":"@tgw"}"#,
        );
    }
    assert_eq!(
        world.refused(
            "CreateTransitGatewayRouteTable",
            r#"{"TransitGatewayId":"@tgw"}"#
        ),
        "TransitGatewayRouteTableLimitExceeded: The maximum number of transit gateway route tables has been reached."
    );
}

/// With a second table, a route, a gateway to peer with and one that has asked.
fn refusals() -> Named {
    let mut world = world();
    for name in ["other", "default"] {
        world.keep(
            name,
            "CreateTransitGatewayRouteTable",
            r#"{"TransitGatewayId":"@tgw"}"#,
            "TransitGatewayRouteTable.TransitGatewayRouteTableId",
        );
    }
    world.keep(
        "near",
        "CreateTransitGateway",
        "{}",
        "TransitGateway.TransitGatewayId",
    );
    world.keep(
        "last",
        "CreateTransitGateway",
        "{}",
        "TransitGateway.TransitGatewayId",
    );
    world.lab.settle();
    world.call(
        "CreateTransitGatewayRoute",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.7.0.0/16","TransitGatewayAttachmentId":"@at-a"}"#,
    );
    let ask = format!(
        r#"{{"TransitGatewayId":"@tgw","PeerTransitGatewayId":"@near","PeerAccountId":"{ACCOUNT}","PeerRegion":"us-east-1"}}"#
    );
    let answer = world.call("CreateTransitGatewayPeeringAttachment", &ask);
    for (name, path) in [
        (
            "asked",
            "TransitGatewayPeeringAttachment.TransitGatewayAttachmentId",
        ),
        (
            "mate",
            "TransitGatewayPeeringAttachment.AccepterTransitGatewayAttachmentId",
        ),
    ] {
        let id = world.lab.at(&answer, path);
        world.names.push((name.to_owned(), id));
    }
    world
}

pub(crate) const REFUSED: &[Refusal] = &[
    (
        "CreateTransitGateway",
        r#"{"Options":{"AmazonSideAsn":64000}}"#,
        "InvalidParameterValue: Value (64000) for parameter amazonSideAsn is invalid. Private ASNs are 64512 to 65534 and 4200000000 to 4294967294.",
        r#"{"Options":{"AmazonSideAsn":64600}}"#,
    ),
    (
        "CreateTransitGateway",
        r#"{"Options":{"MulticastSupport":"enable"}}"#,
        "UnsupportedOperation: Multicast is not in this sandbox.",
        r#"{"Options":{"MulticastSupport":"disable"}}"#,
    ),
    (
        "ModifyTransitGateway",
        r#"{"TransitGatewayId":"@tgw","Options":{"DnsSupport":"on"}}"#,
        "InvalidParameterValue: Value (on) for parameter DnsSupport is invalid. Valid values are enable and disable.",
        r#"{"TransitGatewayId":"@tgw","Options":{"DnsSupport":"disable"}}"#,
    ),
    (
        "DeleteTransitGateway",
        r#"{"TransitGatewayId":"@tgw"}"#,
        "IncorrectState: @tgw has non-deleted VPC Attachments: @at-a, @at-b.",
        r#"{"TransitGatewayId":"@last"}"#,
    ),
    (
        "CreateTransitGatewayVpcAttachment",
        r#"{"TransitGatewayId":"@tgw","VpcId":"@a","SubnetIds":["@a-b"]}"#,
        "DuplicateTransitGatewayAttachment: @tgw has non-deleted Transit Gateway Attachments with same VPC ID.",
        r#"{"TransitGatewayId":"@near","VpcId":"@a","SubnetIds":["@a-b"]}"#,
    ),
    (
        "CreateTransitGatewayVpcAttachment",
        r#"{"TransitGatewayId":"@tgw","VpcId":"@c","SubnetIds":["subnet-1"]}"#,
        "InvalidSubnetID.NotFound: Subnet subnet-1 was deleted or does not exist.",
        r#"{"TransitGatewayId":"@tgw","VpcId":"@c","SubnetIds":["@c-a","@c-b"]}"#,
    ),
    (
        "CreateTransitGatewayVpcAttachment",
        r#"{"TransitGatewayId":"@near","VpcId":"@a","SubnetIds":["@a-a","@a-2"]}"#,
        "DuplicateSubnetsInSameZone: Duplicate Subnets for same AZ",
        r#"{"TransitGatewayId":"@near","VpcId":"@a","SubnetIds":["@a-a","@a-b"]}"#,
    ),
    (
        "CreateTransitGatewayVpcAttachment",
        r#"{"TransitGatewayId":"@near","VpcId":"@a","SubnetIds":["@b-a"]}"#,
        "InvalidParameterValue: Subnet @b-a does not belong to VPC @a.",
        r#"{"TransitGatewayId":"@near","VpcId":"@b","SubnetIds":["@b-a"]}"#,
    ),
    (
        "ModifyTransitGatewayVpcAttachment",
        r#"{"TransitGatewayAttachmentId":"@at-a","RemoveSubnetIds":["@a-a"]}"#,
        "InvalidParameterValue: The attachment @at-a needs at least one subnet.",
        r#"{"TransitGatewayAttachmentId":"@at-a","RemoveSubnetIds":["@a-a"],"AddSubnetIds":["@a-b"]}"#,
    ),
    (
        "DeleteTransitGatewayVpcAttachment",
        r#"{"TransitGatewayAttachmentId":"@asked"}"#,
        "InvalidTransitGatewayAttachmentID.NotFound: Transit Gateway VPC Attachment @asked was deleted or does not exist.",
        r#"{"TransitGatewayAttachmentId":"@at-b"}"#,
    ),
    // Within an account nothing waits for acceptance, so these have no twin.
    (
        "AcceptTransitGatewayVpcAttachment",
        r#"{"TransitGatewayAttachmentId":"@at-a"}"#,
        "IncorrectState: @at-a is in invalid state",
        "",
    ),
    (
        "RejectTransitGatewayVpcAttachment",
        r#"{"TransitGatewayAttachmentId":"@at-a"}"#,
        "IncorrectState: @at-a is in invalid state",
        "",
    ),
    (
        "CreateTransitGatewayRouteTable",
        r#"{"TransitGatewayId":"tgw-1"}"#,
        "InvalidTransitGatewayID.NotFound: Transit Gateway tgw-1 was deleted or does not exist.",
        r#"{"TransitGatewayId":"@tgw"}"#,
    ),
    (
        "DeleteTransitGatewayRouteTable",
        r#"{"TransitGatewayRouteTableId":"@table"}"#,
        "IncorrectState: @table has non-deleted associations: @at-a, @at-b.",
        r#"{"TransitGatewayRouteTableId":"@other"}"#,
    ),
    (
        "AssociateTransitGatewayRouteTable",
        r#"{"TransitGatewayRouteTableId":"@other","TransitGatewayAttachmentId":"@at-a"}"#,
        "Resource.AlreadyAssociated: Transit Gateway Attachment @at-a is already associated to a route table.",
        "",
    ),
    (
        "DisassociateTransitGatewayRouteTable",
        r#"{"TransitGatewayRouteTableId":"@other","TransitGatewayAttachmentId":"@at-a"}"#,
        "InvalidAssociation.NotFound: Association @at-a does not exist in Transit Gateway Route Table @other.",
        r#"{"TransitGatewayRouteTableId":"@table","TransitGatewayAttachmentId":"@at-a"}"#,
    ),
    (
        "EnableTransitGatewayRouteTablePropagation",
        r#"{"TransitGatewayRouteTableId":"@table","TransitGatewayAttachmentId":"@at-a"}"#,
        "TransitGatewayRouteTablePropagation.Duplicate: Propagation @at-a already exists in Transit Gateway Route Table @table.",
        r#"{"TransitGatewayRouteTableId":"@other","TransitGatewayAttachmentId":"@at-a"}"#,
    ),
    (
        "DisableTransitGatewayRouteTablePropagation",
        r#"{"TransitGatewayRouteTableId":"@other","TransitGatewayAttachmentId":"@at-a"}"#,
        "TransitGatewayRouteTablePropagation.NotFound: Propagation @at-a does not exist in Transit Gateway Route Table @other.",
        r#"{"TransitGatewayRouteTableId":"@table","TransitGatewayAttachmentId":"@at-a"}"#,
    ),
    (
        "CreateTransitGatewayRoute",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.7.0.0/16","Blackhole":true}"#,
        "RouteAlreadyExists: Route 10.7.0.0/16 already exists in Transit Gateway Route Table @table.",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.8.0.0/16","Blackhole":true}"#,
    ),
    (
        "CreateTransitGatewayRoute",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.8.0.0/16"}"#,
        "MissingParameter: The request must contain the parameter TransitGatewayAttachmentId",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.8.0.0/16","TransitGatewayAttachmentId":"@at-b"}"#,
    ),
    (
        "ReplaceTransitGatewayRoute",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.8.0.0/16","Blackhole":true}"#,
        "InvalidRoute.NotFound: Route 10.8.0.0/16 does not exist in Transit Gateway Route Table @table.",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.7.0.0/16","Blackhole":true}"#,
    ),
    (
        "DeleteTransitGatewayRoute",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.0.0.0/16"}"#,
        "InvalidRoute.NotFound: Route 10.0.0.0/16 does not exist in Transit Gateway Route Table @table.",
        r#"{"TransitGatewayRouteTableId":"@table","DestinationCidrBlock":"10.7.0.0/16"}"#,
    ),
    (
        "CreateTransitGatewayPeeringAttachment",
        r#"{"TransitGatewayId":"@tgw","PeerTransitGatewayId":"@near","PeerAccountId":"123456789012","PeerRegion":"us-east-1"}"#,
        "DuplicateTransitGatewayAttachment: @tgw has non-deleted Transit Gateway Attachments with same peer @near.",
        r#"{"TransitGatewayId":"@tgw","PeerTransitGatewayId":"@last","PeerAccountId":"123456789012","PeerRegion":"us-east-1"}"#,
    ),
    (
        "AcceptTransitGatewayPeeringAttachment",
        r#"{"TransitGatewayAttachmentId":"@asked"}"#,
        "IncorrectState: @asked is in invalid state",
        r#"{"TransitGatewayAttachmentId":"@mate"}"#,
    ),
    (
        "RejectTransitGatewayPeeringAttachment",
        r#"{"TransitGatewayAttachmentId":"@asked"}"#,
        "IncorrectState: @asked is in invalid state",
        r#"{"TransitGatewayAttachmentId":"@mate"}"#,
    ),
    (
        "DeleteTransitGatewayPeeringAttachment",
        r#"{"TransitGatewayAttachmentId":"@at-a"}"#,
        "InvalidTransitGatewayAttachmentID.NotFound: Transit Gateway Peering Attachment @at-a was deleted or does not exist.",
        r#"{"TransitGatewayAttachmentId":"@asked"}"#,
    ),
];

#[test]
fn what_is_refused_is_refused_and_its_twin_is_taken() {
    refusals().check_refusals(REFUSED);
}

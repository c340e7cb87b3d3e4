//! VPN: the numbered facts that are about resources, and what is refused.

use crate::ACCOUNT;
use crate::ec2::Ec2;
use crate::on_premises::Change;
use crate::testing::{Named, Refusal};

/// A VPC with a virtual private gateway attached, a customer gateway and a connection between them;
/// a second VPC, a second gateway that is loose, a second customer gateway.
pub(crate) fn world(static_routes: bool) -> Named {
    let mut world = Named::new();
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
            "rtb",
            "CreateRouteTable",
            r#"{"VpcId":"@vpc"}"#,
            "RouteTable.RouteTableId",
        ),
        (
            "vgw",
            "CreateVpnGateway",
            r#"{"Type":"ipsec.1"}"#,
            "VpnGateway.VpnGatewayId",
        ),
        (
            "loose",
            "CreateVpnGateway",
            r#"{"Type":"ipsec.1"}"#,
            "VpnGateway.VpnGatewayId",
        ),
        (
            "cgw",
            "CreateCustomerGateway",
            r#"{"Type":"ipsec.1","IpAddress":"203.0.113.50","BgpAsn":65010}"#,
            "CustomerGateway.CustomerGatewayId",
        ),
        (
            "cgw2",
            "CreateCustomerGateway",
            r#"{"Type":"ipsec.1","IpAddress":"203.0.113.60"}"#,
            "CustomerGateway.CustomerGatewayId",
        ),
    ] {
        world.keep(name, operation, params, path);
    }
    world.call(
        "AttachVpnGateway",
        r#"{"VpcId":"@vpc","VpnGatewayId":"@vgw"}"#,
    );
    let params = format!(
        r#"{{"Type":"ipsec.1","CustomerGatewayId":"@cgw","VpnGatewayId":"@vgw","Options":{{"StaticRoutesOnly":{static_routes}}}}}"#
    );
    world.keep(
        "vpn",
        "CreateVpnConnection",
        &params,
        "VpnConnection.VpnConnectionId",
    );
    world.lab.settle();
    world
}

pub(crate) fn office(world: &mut Named) {
    world.outside(Change::Add {
        name: "office".to_owned(),
        address: "203.0.113.50".parse().unwrap(),
        blocks: vec!["192.168.0.0/16".parse().unwrap()],
    });
}

fn ec2(world: &Named) -> &Ec2 {
    world
        .lab
        .cloud
        .account(ACCOUNT)
        .unwrap()
        .ec2(world.lab.region)
        .unwrap()
}

/// What the table learns by propagation.
fn learned(world: &Named) -> Vec<String> {
    let table = ec2(world).route_tables.get(&world.fill("@rtb")).unwrap();
    let routes = ec2(world)
        .routes_of(table)
        .into_iter()
        .skip(table.routes.len());
    routes
        .map(|it| world.unfill(&format!("{} {}", it.destination, it.target)))
        .collect()
}

fn telemetry(world: &mut Named) -> Vec<String> {
    let value = world.call("DescribeVpnConnections", "{}");
    (0..2)
        .map(|place| {
            let path = format!("VpnConnections.0.VgwTelemetry.{place}.Status");
            world.lab.at(&value, &path)
        })
        .collect()
}

/// <https://docs.aws.amazon.com/vpn/latest/s2svpn/SetUpVPNConnections.html>
#[test]
fn net_88_a_table_learns_only_when_it_is_told_to() {
    let propagate = r#"{"RouteTableId":"@rtb","GatewayId":"@vgw"}"#;
    // By BGP: what the router announces, while a tunnel is up.
    let mut world = world(false);
    office(&mut world);
    assert_eq!(telemetry(&mut world), ["UP", "UP"]);
    assert_eq!(learned(&world), Vec::<String>::new());
    world.call("EnableVgwRoutePropagation", propagate);
    assert_eq!(learned(&world), ["192.168.0.0/16 @vgw"]);
    world.call("DisableVgwRoutePropagation", propagate);
    assert_eq!(learned(&world), Vec::<String>::new());
    // Twin: static routes are what was written, and not what the router would announce.
    let mut world = self::world(true);
    office(&mut world);
    world.call("EnableVgwRoutePropagation", propagate);
    assert_eq!(learned(&world), Vec::<String>::new());
    let route = r#"{"VpnConnectionId":"@vpn","DestinationCidrBlock":"192.168.7.0/24"}"#;
    world.call("CreateVpnConnectionRoute", route);
    assert_eq!(learned(&world), ["192.168.7.0/24 @vgw"]);
    world.call("DeleteVpnConnectionRoute", route);
    assert_eq!(learned(&world), Vec::<String>::new());
}

#[test]
fn a_tunnel_is_up_while_a_router_stands_at_the_other_end() {
    let mut world = world(false);
    world.call(
        "EnableVgwRoutePropagation",
        r#"{"RouteTableId":"@rtb","GatewayId":"@vgw"}"#,
    );
    assert_eq!(telemetry(&mut world), ["DOWN", "DOWN"]);
    office(&mut world);
    let tunnel = |world: &mut Named, tunnel, up| {
        let connection = crate::Id::new(&world.fill("@vpn"));
        world.outside(Change::Tunnel {
            connection,
            tunnel,
            up,
        });
    };
    // The other tunnel goes on.
    tunnel(&mut world, 0, false);
    assert_eq!(telemetry(&mut world), ["DOWN", "UP"]);
    assert_eq!(learned(&world).len(), 1);
    tunnel(&mut world, 1, false);
    assert_eq!(telemetry(&mut world), ["DOWN", "DOWN"]);
    assert_eq!(learned(&world).len(), 0);
    tunnel(&mut world, 0, true);
    assert_eq!(telemetry(&mut world), ["UP", "DOWN"]);
    world.outside(Change::Announce {
        name: "office".to_owned(),
        block: "0.0.0.0/0".parse().unwrap(),
        on: true,
    });
    assert_eq!(learned(&world), ["192.168.0.0/16 @vgw", "0.0.0.0/0 @vgw"]);
    world.outside(Change::Remove {
        name: "office".to_owned(),
    });
    assert_eq!(telemetry(&mut world), ["DOWN", "DOWN"]);
}

#[test]
fn a_connection_shows_its_tunnels_and_what_to_tell_the_device() {
    let mut world = world(false);
    let value = world.call("DescribeVpnConnections", "{}");
    let at = |path: &str| world.lab.at(&value, &format!("VpnConnections.0.{path}"));
    let inside = at("Options.TunnelOptions.0.TunnelInsideCidr");
    assert!(
        inside.starts_with("169.254.") && inside.ends_with("/30"),
        "{inside}"
    );
    assert_ne!(inside, at("Options.TunnelOptions.1.TunnelInsideCidr"));
    let key = at("Options.TunnelOptions.0.PreSharedKey");
    let told = at("CustomerGatewayConfiguration");
    assert!(
        told.contains(&key) && told.contains("<asn>65010</asn>"),
        "{told}"
    );
    assert_eq!(at("Category"), "VPN");
    assert_eq!(at("State"), "available");
    assert_eq!(at("Options.StaticRoutesOnly"), "false");
}

#[test]
fn the_same_customer_gateway_again_is_the_same() {
    let mut world = world(false);
    let again = r#"{"Type":"ipsec.1","IpAddress":"203.0.113.50","BgpAsn":65010}"#;
    let path = "CustomerGateway.CustomerGatewayId";
    assert_eq!(world.at("CreateCustomerGateway", again, path), "@cgw");
    let named = r#"{"Type":"ipsec.1","IpAddress":"203.0.113.50","BgpAsn":65010,"DeviceName":"b"}"#;
    assert_ne!(world.at("CreateCustomerGateway", named, path), "@cgw");
}

#[test]
fn a_gateway_that_was_detached_stays_and_can_be_attached_again() {
    let mut world = world(false);
    world.call(
        "EnableVgwRoutePropagation",
        r#"{"RouteTableId":"@rtb","GatewayId":"@vgw"}"#,
    );
    office(&mut world);
    let both = r#"{"VpcId":"@vpc","VpnGatewayId":"@vgw"}"#;
    assert_eq!(
        world.refused("DeleteVpc", r#"{"VpcId":"@vpc2x"}"#),
        "InvalidVpcID.NotFound: The vpc ID '@vpc2x' does not exist"
    );
    world.call("DetachVpnGateway", both);
    assert_eq!(learned(&world).len(), 0);
    world.lab.settle();
    world
        .lab
        .cloud
        .apply(&crate::Act::Pass { seconds: 9_000 })
        .unwrap();
    let path = "VpnGateways.0.VpcAttachments.0.State";
    let id = r#"{"VpnGatewayIds":["@vgw"]}"#;
    assert_eq!(world.at("DescribeVpnGateways", id, path), "detached");
    world.call("AttachVpnGateway", both);
    world.lab.settle();
    assert_eq!(world.at("DescribeVpnGateways", id, path), "attached");
}

#[test]
fn a_vpc_with_a_virtual_private_gateway_is_not_deleted() {
    let mut world = world(false);
    world.call("DeleteRouteTable", r#"{"RouteTableId":"@rtb"}"#);
    assert_eq!(
        world.refused("DeleteVpc", r#"{"VpcId":"@vpc"}"#),
        "DependencyViolation: The vpc '@vpc' has dependencies and cannot be deleted."
    );
    world.call(
        "DetachVpnGateway",
        r#"{"VpcId":"@vpc","VpnGatewayId":"@vgw"}"#,
    );
    world.lab.settle();
    world.call("DeleteVpc", r#"{"VpcId":"@vpc"}"#);
}

#[test]
fn a_connection_to_a_transit_gateway_is_an_attachment_that_learns() {
    let mut world = world(false);
    world.keep(
        "tgw",
        "CreateTransitGateway",
        "{}",
        "TransitGateway.TransitGatewayId",
    );
    world.lab.settle();
    office(&mut world);
    let known = |world: &mut Named| {
        let table = world.lab.make(
            "DescribeTransitGateways",
            "{}",
            "TransitGateways.0.Options.AssociationDefaultRouteTableId",
        );
        let search = format!(
            r#"{{"TransitGatewayRouteTableId":"{table}","Filters":[{{"Name":"type","Values":["propagated"]}}]}}"#
        );
        let found = world.call("SearchTransitGatewayRoutes", &search);
        found.get("Routes").unwrap().as_list().unwrap().len()
    };
    assert_eq!(known(&mut world), 0);
    // The connection moves from one gateway to the other, with its tunnels.
    world.call(
        "ModifyVpnConnection",
        r#"{"VpnConnectionId":"@vpn","TransitGatewayId":"@tgw"}"#,
    );
    world.lab.settle();
    let kind = "TransitGatewayAttachments.0.ResourceType";
    assert_eq!(
        world.at("DescribeTransitGatewayAttachments", "{}", kind),
        "vpn"
    );
    assert_eq!(known(&mut world), 1);
    assert!(
        world
            .refused("DeleteTransitGateway", r#"{"TransitGatewayId":"@tgw"}"#)
            .starts_with("IncorrectState: @tgw has non-deleted VPN Attachments: ")
    );
    world.call("DeleteVpnConnection", r#"{"VpnConnectionId":"@vpn"}"#);
    assert_eq!(known(&mut world), 0);
    world.lab.settle();
    world.call("DeleteTransitGateway", r#"{"TransitGatewayId":"@tgw"}"#);
}

pub(crate) const REFUSED: &[Refusal] = &[
    (
        "CreateVpnGateway",
        r#"{"Type":"ipsec.1","AmazonSideAsn":7}"#,
        "InvalidParameterValue: Value (7) for parameter amazonSideAsn is invalid. Private ASNs are 64512 to 65534 and 4200000000 to 4294967294.",
        r#"{"Type":"ipsec.1","AmazonSideAsn":65000}"#,
    ),
    (
        "AttachVpnGateway",
        r#"{"VpcId":"@vpc2","VpnGatewayId":"@vgw"}"#,
        "VpnGatewayAttachmentLimitExceeded: The maximum number of VPC attachments of the virtual private gateway @vgw has been reached.",
        r#"{"VpcId":"@vpc2","VpnGatewayId":"@loose"}"#,
    ),
    (
        "AttachVpnGateway",
        r#"{"VpcId":"@vpc","VpnGatewayId":"@loose"}"#,
        "InvalidVpcState: The VPC @vpc already has a virtual private gateway attached to it.",
        r#"{"VpcId":"@vpc2","VpnGatewayId":"@loose"}"#,
    ),
    (
        "DetachVpnGateway",
        r#"{"VpcId":"@vpc2","VpnGatewayId":"@vgw"}"#,
        "InvalidVpnGatewayAttachment.NotFound: The attachment with vpn gateway ID '@vgw' and vpc ID '@vpc2' does not exist",
        r#"{"VpcId":"@vpc","VpnGatewayId":"@vgw"}"#,
    ),
    (
        "DeleteVpnGateway",
        r#"{"VpnGatewayId":"@vgw"}"#,
        "IncorrectState: The VPN gateway is in use.",
        r#"{"VpnGatewayId":"@loose"}"#,
    ),
    (
        "CreateCustomerGateway",
        r#"{"Type":"ipsec.1","IpAddress":"nowhere"}"#,
        "InvalidParameterValue: Value (nowhere) for parameter ipAddress is invalid.",
        r#"{"Type":"ipsec.1","IpAddress":"203.0.113.70"}"#,
    ),
    (
        "CreateCustomerGateway",
        r#"{"Type":"ipsec.1"}"#,
        "MissingParameter: The request must contain the parameter ipAddress",
        r#"{"Type":"ipsec.1","PublicIp":"203.0.113.70","BgpAsn":65000}"#,
    ),
    (
        "DeleteCustomerGateway",
        r#"{"CustomerGatewayId":"@cgw"}"#,
        "IncorrectState: The customer gateway is in use.",
        r#"{"CustomerGatewayId":"@cgw2"}"#,
    ),
    (
        "CreateVpnConnection",
        r#"{"Type":"ipsec.1","CustomerGatewayId":"@cgw2"}"#,
        "MissingParameter: The request must contain the parameter VpnGatewayId or TransitGatewayId",
        r#"{"Type":"ipsec.1","CustomerGatewayId":"@cgw2","VpnGatewayId":"@vgw"}"#,
    ),
    (
        "CreateVpnConnection",
        r#"{"Type":"ipsec.1","CustomerGatewayId":"@cgw2","VpnGatewayId":"@vgw","Options":{"TunnelOptions":[{"TunnelInsideCidr":"169.254.5.0/30"}]}}"#,
        "InvalidParameterValue: Value (169.254.5.0/30) for parameter TunnelInsideCidr is invalid. This CIDR block is reserved.",
        r#"{"Type":"ipsec.1","CustomerGatewayId":"@cgw2","VpnGatewayId":"@vgw","Options":{"TunnelOptions":[{"TunnelInsideCidr":"169.254.6.0/30","PreSharedKey":"abcdefgh"}]}}"#,
    ),
    (
        "CreateVpnConnection",
        r#"{"Type":"ipsec.1","CustomerGatewayId":"@cgw2","VpnGatewayId":"@vgw","Options":{"EnableAcceleration":true}}"#,
        "UnsupportedOperation: An accelerated VPN is not in this sandbox.",
        r#"{"Type":"ipsec.1","CustomerGatewayId":"@cgw2","VpnGatewayId":"@vgw","Options":{"EnableAcceleration":false}}"#,
    ),
    (
        "ModifyVpnConnection",
        r#"{"VpnConnectionId":"@vpn"}"#,
        "MissingParameter: The request must contain the parameter VpnGatewayId, TransitGatewayId or CustomerGatewayId",
        r#"{"VpnConnectionId":"@vpn","CustomerGatewayId":"@cgw2"}"#,
    ),
    (
        "DeleteVpnConnection",
        r#"{"VpnConnectionId":"vpn-1"}"#,
        "InvalidVpnConnectionID.NotFound: The vpnConnection ID 'vpn-1' does not exist",
        r#"{"VpnConnectionId":"@vpn"}"#,
    ),
    (
        "CreateVpnConnectionRoute",
        r#"{"VpnConnectionId":"@bgp","DestinationCidrBlock":"192.168.0.0/16"}"#,
        "InvalidVpnConnection.InvalidType: The specified VPN connection @bgp does not support static routes.",
        r#"{"VpnConnectionId":"@vpn","DestinationCidrBlock":"192.168.0.0/16"}"#,
    ),
    (
        "DeleteVpnConnectionRoute",
        r#"{"VpnConnectionId":"@vpn","DestinationCidrBlock":"192.168.1.0/24"}"#,
        "InvalidRoute.NotFound: no route with destination-cidr-block 192.168.1.0/24 in VPN connection @vpn",
        r#"{"VpnConnectionId":"@vpn","DestinationCidrBlock":"192.168.9.0/24"}"#,
    ),
];

#[test]
fn what_is_refused_is_refused_and_its_twin_is_taken() {
    let mut world = world(true);
    world.keep(
        "bgp",
        "CreateVpnConnection",
        r#"{"Type":"ipsec.1","CustomerGatewayId":"@cgw","VpnGatewayId":"@vgw"}"#,
        "VpnConnection.VpnConnectionId",
    );
    world.call(
        "CreateVpnConnectionRoute",
        r#"{"VpnConnectionId":"@vpn","DestinationCidrBlock":"192.168.9.0/24"}"#,
    );
    world.lab.settle();
    world.check_refusals(REFUSED);
}

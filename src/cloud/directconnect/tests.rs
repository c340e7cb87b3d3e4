//! Direct Connect: what is made, what follows, what is refused.

use crate::ec2::vpn::tests::office;
use crate::on_premises::Change;
use crate::testing::{Named, Refusal};
use crate::{ACCOUNT, Id};

/// A VPC with a virtual private gateway attached, a connection with the office plugged in, a Direct
/// Connect gateway, a transit gateway.
fn world() -> Named {
    let mut world = Named::new();
    for (name, operation, params, path) in [
        (
            "vpc",
            "CreateVpc",
            r#"{"CidrBlock":"10.0.0.0/16"}"#,
            "Vpc.VpcId",
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
            "con",
            "CreateConnection",
            r#"{"location":"EqDC2","bandwidth":"1Gbps","connectionName":"main"}"#,
            "connectionId",
        ),
        (
            "spare",
            "CreateConnection",
            r#"{"location":"EqDC2","bandwidth":"1Gbps","connectionName":"spare"}"#,
            "connectionId",
        ),
        (
            "dxgw",
            "CreateDirectConnectGateway",
            r#"{"directConnectGatewayName":"all","amazonSideAsn":64513}"#,
            "directConnectGateway.directConnectGatewayId",
        ),
        (
            "free",
            "CreateDirectConnectGateway",
            r#"{"directConnectGatewayName":"free","amazonSideAsn":64514}"#,
            "directConnectGateway.directConnectGatewayId",
        ),
        (
            "tgw",
            "CreateTransitGateway",
            "{}",
            "TransitGateway.TransitGatewayId",
        ),
    ] {
        world.keep(name, operation, params, path);
    }
    world.call(
        "AttachVpnGateway",
        r#"{"VpcId":"@vpc","VpnGatewayId":"@vgw"}"#,
    );
    world.lab.settle();
    office(&mut world);
    plug(&mut world, true);
    world
}

fn plug(world: &mut Named, on: bool) {
    let connection = Id::new(&world.fill("@con"));
    world.outside(Change::Plug {
        name: "office".to_owned(),
        connection,
        on,
    });
}

fn known(world: &Named) -> Vec<String> {
    let ec2 = world
        .lab
        .cloud
        .account(ACCOUNT)
        .unwrap()
        .ec2("us-east-1")
        .unwrap();
    let all = ec2.learned_by(&Id::new(&world.fill("@vgw")));
    all.iter().map(ToString::to_string).collect()
}

fn interface(world: &mut Named, kind: &str, to: &str) {
    let params = format!(
        r#"{{"connectionId":"@con","new{kind}VirtualInterface":{{"virtualInterfaceName":"v","vlan":101,"asn":65010,{to}}}}}"#
    );
    let path = match kind {
        "Transit" => "virtualInterface.virtualInterfaceId",
        _ => "virtualInterfaceId",
    };
    let operation = format!("Create{kind}VirtualInterface");
    world.keep("vif", &operation, &params, path);
    world.lab.settle();
}

#[test]
fn a_connection_is_down_until_a_router_is_plugged_in() {
    let mut world = world();
    let state = |world: &mut Named| {
        let one = r#"{"connectionId":"@con"}"#;
        world.at("DescribeConnections", one, "connections.0.connectionState")
    };
    assert_eq!(state(&mut world), "available");
    plug(&mut world, false);
    assert_eq!(state(&mut world), "down");
}

#[test]
fn a_private_virtual_interface_brings_what_the_router_announces() {
    let mut world = world();
    interface(&mut world, "Private", r#""virtualGatewayId":"@vgw""#);
    assert_eq!(known(&world), ["192.168.0.0/16"]);
    let state = |world: &mut Named| {
        let value = world.call("DescribeVirtualInterfaces", "{}");
        let at = |path: &str| world.lab.at(&value, &format!("virtualInterfaces.0.{path}"));
        (at("virtualInterfaceState"), at("bgpPeers.0.bgpStatus"))
    };
    assert_eq!(state(&mut world), ("available".to_owned(), "up".to_owned()));
    let interface = Id::new(&world.fill("@vif"));
    world.outside(Change::Interface {
        interface,
        up: false,
    });
    assert_eq!(state(&mut world), ("down".to_owned(), "down".to_owned()));
    assert_eq!(known(&world), Vec::<String>::new());
}

#[test]
fn a_direct_connect_gateway_reaches_every_region() {
    let mut world = world();
    interface(&mut world, "Private", r#""directConnectGatewayId":"@dxgw""#);
    assert_eq!(known(&world), Vec::<String>::new());
    let associate = r#"{"directConnectGatewayId":"@dxgw","gatewayId":"@vgw"}"#;
    world.call("CreateDirectConnectGatewayAssociation", associate);
    let state = |world: &mut Named| {
        let one = r#"{"directConnectGatewayId":"@dxgw"}"#;
        let path = "directConnectGatewayAssociations.0.associationState";
        world.at("DescribeDirectConnectGatewayAssociations", one, path)
    };
    assert_eq!(state(&mut world), "associating");
    assert_eq!(known(&world), Vec::<String>::new());
    world.lab.settle();
    assert_eq!(state(&mut world), "associated");
    assert_eq!(known(&world), ["192.168.0.0/16"]);
    // It is found from another Region, and a gateway there learns the same.
    world.lab.region = "eu-west-1";
    for (name, operation, params, path) in [
        (
            "far",
            "CreateVpc",
            r#"{"CidrBlock":"10.5.0.0/16"}"#,
            "Vpc.VpcId",
        ),
        (
            "far-gw",
            "CreateVpnGateway",
            r#"{"Type":"ipsec.1"}"#,
            "VpnGateway.VpnGatewayId",
        ),
    ] {
        world.keep(name, operation, params, path);
    }
    world.call(
        "AttachVpnGateway",
        r#"{"VpcId":"@far","VpnGatewayId":"@far-gw"}"#,
    );
    world.lab.settle();
    let associate = r#"{"directConnectGatewayId":"@dxgw","gatewayId":"@far-gw","addAllowedPrefixesToDirectConnectGateway":[{"cidr":"10.6.0.0/16"}]}"#;
    world.call("CreateDirectConnectGatewayAssociation", associate);
    world.lab.settle();
    let ec2 = world
        .lab
        .cloud
        .account(ACCOUNT)
        .unwrap()
        .ec2("eu-west-1")
        .unwrap();
    let gateway = Id::new(&world.fill("@far-gw"));
    assert_eq!(ec2.learned_by(&gateway).len(), 1);
    // The prefixes say what the router hears: the VPC of the first gateway, not that of the second.
    let office = world.lab.cloud.network("office").unwrap();
    let heard = |cloud: &crate::Cloud| {
        let all = cloud.routes_of_network(office).into_iter();
        all.map(|it| it.destination.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(heard(&world.lab.cloud), ["10.0.0.0/16"]);
}

#[test]
fn a_transit_virtual_interface_leads_to_transit_gateways() {
    let mut world = world();
    interface(&mut world, "Transit", r#""directConnectGatewayId":"@dxgw""#);
    let associate = r#"{"directConnectGatewayId":"@dxgw","gatewayId":"@tgw","addAllowedPrefixesToDirectConnectGateway":[{"cidr":"10.0.0.0/8"}]}"#;
    world.call("CreateDirectConnectGatewayAssociation", associate);
    world.lab.settle();
    let ec2 = world
        .lab
        .cloud
        .account(ACCOUNT)
        .unwrap()
        .ec2("us-east-1")
        .unwrap();
    let table = ec2.transit_route_tables.by_birth()[0];
    let routes = ec2.transit_routes(table);
    assert_eq!(routes[0].destination.to_string(), "192.168.0.0/16");
    let office = world.lab.cloud.network("office").unwrap();
    let heard = world.lab.cloud.routes_of_network(office);
    assert_eq!(heard[0].destination.to_string(), "10.0.0.0/8");
    // The association's attachment keeps the transit gateway.
    assert!(
        world
            .refused("DeleteTransitGateway", r#"{"TransitGatewayId":"@tgw"}"#)
            .starts_with(
                "IncorrectState: @tgw has non-deleted DirectConnect Gateway Attachments: "
            )
    );
    let path = "directConnectGatewayAssociations.0.associationId";
    let one = r#"{"directConnectGatewayId":"@dxgw"}"#;
    world.keep(
        "assoc",
        "DescribeDirectConnectGatewayAssociations",
        one,
        path,
    );
    world.call(
        "DeleteDirectConnectGatewayAssociation",
        r#"{"associationId":"@assoc"}"#,
    );
    world.lab.settle();
    world.call("DeleteTransitGateway", r#"{"TransitGatewayId":"@tgw"}"#);
}

#[test]
fn a_user_needs_permission_on_the_connection() {
    let mut world = world();
    let user = world.lab.user("ana");
    let policy = crate::testing::document(
        r#"{"Effect":"Allow","Action":"directconnect:Describe*","Resource":"*"}"#,
    );
    let put = format!(r#"{{"UserName":"ana","PolicyName":"p","PolicyDocument":{policy}}}"#);
    world.call("PutUserPolicy", &put);
    world.lab.sign(user);
    world.call("DescribeConnections", "{}");
    assert_eq!(
        world.refused("DeleteConnection", r#"{"connectionId":"@spare"}"#),
        "AccessDeniedException: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: directconnect:DeleteConnection on resource: arn:aws:directconnect:us-east-1:123456789012:dxcon/@spare because no identity-based policy allows the directconnect:DeleteConnection action"
    );
}

pub(crate) const REFUSED: &[Refusal] = &[
    (
        "CreateConnection",
        r#"{"location":"Moon","bandwidth":"1Gbps","connectionName":"m"}"#,
        "DirectConnectClientException: Location Moon is not valid in us-east-1. `aws directconnect describe-locations` lists those that are.",
        r#"{"location":"EqDC2","bandwidth":"1Gbps","connectionName":"m"}"#,
    ),
    (
        "CreateConnection",
        r#"{"location":"EqDC2","bandwidth":"2Gbps","connectionName":"m"}"#,
        "DirectConnectClientException: Bandwidth 2Gbps is not supported at EqDC2.",
        r#"{"location":"EqDC2","bandwidth":"10Gbps","connectionName":"m"}"#,
    ),
    (
        "DeleteConnection",
        r#"{"connectionId":"@con"}"#,
        "DirectConnectClientException: Connection @con has virtual interfaces and cannot be deleted.",
        r#"{"connectionId":"@spare"}"#,
    ),
    (
        "CreatePrivateVirtualInterface",
        r#"{"connectionId":"@con","newPrivateVirtualInterface":{"virtualInterfaceName":"w","vlan":101,"asn":65010,"virtualGatewayId":"@vgw"}}"#,
        "DirectConnectClientException: VLAN 101 is already in use on connection @con.",
        r#"{"connectionId":"@con","newPrivateVirtualInterface":{"virtualInterfaceName":"w","vlan":102,"asn":65010,"virtualGatewayId":"@vgw"}}"#,
    ),
    (
        "CreatePrivateVirtualInterface",
        r#"{"connectionId":"@con","newPrivateVirtualInterface":{"virtualInterfaceName":"w","vlan":102,"asn":65010}}"#,
        "DirectConnectClientException: Either a virtual gateway or a Direct Connect gateway must be specified.",
        r#"{"connectionId":"@con","newPrivateVirtualInterface":{"virtualInterfaceName":"w","vlan":102,"asn":65010,"directConnectGatewayId":"@free"}}"#,
    ),
    (
        "CreateTransitVirtualInterface",
        r#"{"connectionId":"@con","newTransitVirtualInterface":{"virtualInterfaceName":"w","vlan":102,"asn":65010,"directConnectGatewayId":"@dxgw"}}"#,
        "DirectConnectClientException: Direct Connect gateway @dxgw is associated with virtual private gateways: it takes private virtual interfaces only.",
        r#"{"connectionId":"@con","newTransitVirtualInterface":{"virtualInterfaceName":"w","vlan":102,"asn":65010,"directConnectGatewayId":"@free"}}"#,
    ),
    (
        "DeleteVirtualInterface",
        r#"{"virtualInterfaceId":"dxvif-1"}"#,
        "DirectConnectClientException: Virtual interface dxvif-1 does not exist.",
        r#"{"virtualInterfaceId":"@vif"}"#,
    ),
    (
        "CreateDirectConnectGateway",
        r#"{"directConnectGatewayName":"g","amazonSideAsn":5}"#,
        "DirectConnectClientException: Value (5) for parameter amazonSideAsn is invalid. Private ASNs are 64512 to 65534 and 4200000000 to 4294967294.",
        r#"{"directConnectGatewayName":"g"}"#,
    ),
    (
        "DeleteDirectConnectGateway",
        r#"{"directConnectGatewayId":"@dxgw"}"#,
        "DirectConnectClientException: Direct Connect Gateway @dxgw has virtual interfaces or associations and cannot be deleted.",
        r#"{"directConnectGatewayId":"@free"}"#,
    ),
    (
        "CreateDirectConnectGatewayAssociation",
        r#"{"directConnectGatewayId":"@dxgw","gatewayId":"@tgw"}"#,
        "DirectConnectClientException: Direct Connect Gateway @dxgw is associated with gateways of the other type.",
        r#"{"directConnectGatewayId":"@free","gatewayId":"@tgw"}"#,
    ),
    (
        "CreateDirectConnectGatewayAssociation",
        r#"{"directConnectGatewayId":"@free","gatewayId":"@loose"}"#,
        "DirectConnectClientException: Virtual Gateway @loose is not attached to a VPC.",
        r#"{"directConnectGatewayId":"@free","gatewayId":"@vgw"}"#,
    ),
    (
        "UpdateDirectConnectGatewayAssociation",
        r#"{"associationId":"@assoc","addAllowedPrefixesToDirectConnectGateway":[{"cidr":"ten"}]}"#,
        "DirectConnectClientException: Prefix ten is not valid.",
        r#"{"associationId":"@assoc","addAllowedPrefixesToDirectConnectGateway":[{"cidr":"10.0.0.0/8"}]}"#,
    ),
    (
        "DeleteDirectConnectGatewayAssociation",
        r#"{"associationId":"none"}"#,
        "DirectConnectClientException: Direct Connect Gateway Association does not exist.",
        r#"{"associationId":"@assoc"}"#,
    ),
];

#[test]
fn what_is_refused_is_refused_and_its_twin_is_taken() {
    let mut world = world();
    interface(&mut world, "Private", r#""directConnectGatewayId":"@dxgw""#);
    world.keep(
        "assoc",
        "CreateDirectConnectGatewayAssociation",
        r#"{"directConnectGatewayId":"@dxgw","gatewayId":"@vgw"}"#,
        "directConnectGatewayAssociation.associationId",
    );
    world.lab.settle();
    world.check_refusals(REFUSED);
}

use crate::Space;
use crate::raw::{WORKS, block, born};
use crate::testing::{Lab, outcome, place};
use hopwise_cloud::Act;
use hopwise_cloud::ec2::transit_gateway::TransitEnd;
use hopwise_cloud::ec2::vpn::{Tunnel, VpnEnd};
use hopwise_cloud::ec2::{
    CustomerGateway, TransitAttachment, TransitGateway, TransitRouteTable, VpnConnection,
    VpnGateway,
};
use hopwise_cloud::on_premises::Change;
use hopwise_cloud::{Id, Time};
use std::net::Ipv4Addr;

const HOST: &str = "192.168.1.10";

/// An office 192.168.0.0/16 with a host, and a VPC with a machine, joined by a VPN connection.
struct Office {
    lab: Lab,
    vpc: String,
    subnet: String,
    table: String,
    machine: String,
}

impl Office {
    fn new() -> Self {
        let mut lab = Lab::new();
        let vpc = lab.vpc("10.0.0.0/16");
        let subnet = lab.subnet(&vpc, "10.0.1.0/24");
        let table = lab.table(&vpc, &subnet);
        let group = lab.group(&vpc, "all", "in all 0.0.0.0/0\nout all 0.0.0.0/0");
        let machine = lab.instance(&subnet, &[&group], false);
        let address = Ipv4Addr::new(192, 0, 2, 7);
        for change in [
            Change::Add {
                name: "office".to_owned(),
                address,
                blocks: vec![block("192.168.0.0/16")],
            },
            Change::Host {
                name: "office".to_owned(),
                host: "desk".to_owned(),
                address: Some(HOST.parse().unwrap()),
            },
        ] {
            lab.cloud.apply(&Act::OnPremises(change)).unwrap();
        }
        let own = Id::new(&vpc);
        let ec2 = lab.ec2();
        ec2.customer_gateways.insert(CustomerGateway {
            id: Id::new("cgw-1"),
            born: born(),
            tags: Default::default(),
            address,
            asn: 65_000,
            device: None,
            phase: WORKS,
        });
        ec2.vpn_gateways.insert(VpnGateway {
            id: Id::new("vgw-1"),
            born: born(),
            tags: Default::default(),
            vpc: Some(own),
            asn: 64_512,
            phase: WORKS,
            attachment: WORKS,
            direct: Vec::new(),
        });
        let mut office = Office {
            lab,
            vpc,
            subnet,
            table,
            machine,
        };
        office.line("vpn-1", VpnEnd::VpnGateway(Id::new("vgw-1")));
        let table = office.table.clone();
        office.table(&table).propagating = vec![Id::new("vgw-1")].into();
        office
    }

    fn table(&mut self, id: &str) -> &mut hopwise_cloud::ec2::RouteTable {
        self.lab.ec2().route_tables.get_mut(id).unwrap()
    }

    fn line(&mut self, id: &str, gateway: VpnEnd) {
        self.lab.ec2().vpn_connections.insert(VpnConnection {
            id: Id::new(id),
            born: born(),
            tags: Default::default(),
            customer_gateway: Id::new("cgw-1"),
            gateway,
            static_routes: true,
            routes: vec![block("192.168.0.0/16")],
            learned: Vec::new(),
            tunnels: vec![Tunnel {
                outside: Ipv4Addr::new(54, 208, 0, 1),
                inside: block("169.254.10.0/30"),
                key: String::new(),
                up: true,
                failed: false,
                changed: Time::EPOCH,
            }],
            phase: WORKS,
        });
    }

    fn up(&mut self, id: &str, up: bool) {
        let line = self.lab.ec2().vpn_connections.get_mut(id).unwrap();
        line.tunnels.iter_mut().for_each(|it| it.up = up);
    }

    /// What the walk says, which the space must say too.
    fn ask(&self, from: &str, to: &str) -> String {
        let walk = self.lab.tcp(from, to, 80);
        let mut space = Space::of(&self.lab.cloud);
        let verdict = space.between(&place(from), &place(to)).unwrap();
        assert_eq!(
            super::random::holds(&space, &verdict, &walk),
            walk.reaches()
        );
        outcome(&walk)
    }

    fn both(&self) -> (String, String) {
        (self.ask(&self.machine, HOST), self.ask(HOST, &self.machine))
    }
}

fn texts(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

#[test]
fn net_88_propagation_is_switched_on_by_table() {
    let mut office = Office::new();
    assert_eq!(office.both(), texts("connected", "connected"));
    let table = office.table.clone();
    office.table(&table).propagating = Vec::new().into();
    assert_eq!(
        office.both(),
        texts(
            "there NO_ROUTE_TO_DESTINATION",
            "back NO_ROUTE_TO_DESTINATION"
        )
    );
    // A static route does as well.
    office.lab.raw_route(&table, "192.168.0.0/16", "vgw-1");
    assert_eq!(office.both(), texts("connected", "connected"));
    // A line that is down leads nowhere, either way.
    office.up("vpn-1", false);
    assert_eq!(
        office.both(),
        texts("there BAD_STATE_VPN", "there NO_ROUTE_TO_DESTINATION")
    );
}

#[test]
fn net_37_what_comes_by_vpn_uses_no_gateway_of_the_vpc() {
    let mut office = Office::new();
    let (vpc, subnet, table) = (
        office.vpc.clone(),
        office.subnet.clone(),
        office.table.clone(),
    );
    let gateway = office.lab.gateway(&vpc);
    office.lab.raw_route(&table, "0.0.0.0/0", &gateway);
    office.lab.nat(&subnet, true);
    // The router outside is told of the VPC's block and of nothing else.
    assert_eq!(
        office.ask(HOST, "10.1.0.1"),
        "there NO_ROUTE_TO_DESTINATION"
    );
    assert_eq!(office.ask(HOST, &office.machine), "connected");
    assert_eq!(
        office.ask(HOST, "10.0.1.99"),
        "there VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    );
}

#[test]
fn what_an_appliance_passes_on_for_others_the_private_gateway_drops() {
    let mut office = Office::new();
    let (vpc, table) = (office.vpc.clone(), office.table.clone());
    let (far, other) = (office.lab.vpc("10.9.0.0/16"), office.lab.peer(&vpc, &vpc));
    let subnet = office.lab.subnet(&far, "10.9.1.0/24");
    let far_table = office.lab.table(&far, &subnet);
    let group = office
        .lab
        .group(&far, "all", "in all 0.0.0.0/0\nout all 0.0.0.0/0");
    let asker = office.lab.instance(&subnet, &[&group], false);
    let pcx = office.lab.peer(&far, &vpc);
    assert_ne!(pcx, other);
    office.lab.raw_route(&far_table, "192.168.0.0/16", &pcx);
    office.lab.raw_route(&far_table, "10.0.0.0/16", &pcx);
    office.lab.raw_route(&table, "10.9.0.0/16", &pcx);
    // Over the peering connection only the VPC's own addresses are reached.
    assert_eq!(
        office.ask(&asker, HOST),
        "there PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
    );
    assert_eq!(office.ask(&asker, &office.machine), "connected");
}

#[test]
fn net_81_a_vpn_connection_of_a_transit_gateway() {
    let mut office = Office::new();
    office.lab.ec2().vpn_connections.remove("vpn-1");
    office.line("vpn-2", VpnEnd::TransitGateway(Id::new("tgw-1")));
    let (vpc, subnet) = (Id::new(&office.vpc), Id::new(&office.subnet));
    let ec2 = office.lab.ec2();
    ec2.transit_gateways.insert(TransitGateway {
        id: Id::new("tgw-1"),
        created: Time::EPOCH,
        born: born(),
        tags: Default::default(),
        description: String::new(),
        asn: 64_512,
        default_association: None,
        default_propagation: None,
        auto_accept: false,
        ecmp: true,
        dns: true,
        group_references: false,
        phase: WORKS,
    });
    ec2.transit_route_tables.insert(TransitRouteTable {
        id: Id::new("tgw-rtb-1"),
        created: Time::EPOCH,
        born: born(),
        tags: Default::default(),
        gateway: Id::new("tgw-1"),
        routes: Vec::new(),
        propagations: vec![Id::new("tgw-attach-v"), Id::new("tgw-attach-o")],
        phase: WORKS,
    });
    let connection = Id::new("vpn-2");
    for (id, end) in [
        ("tgw-attach-o", TransitEnd::Vpn { connection }),
        (
            "tgw-attach-v",
            TransitEnd::Vpc {
                vpc,
                subnets: vec![subnet],
                appliance_mode: false,
                dns: true,
                ipv6: false,
                group_references: false,
            },
        ),
    ] {
        ec2.transit_attachments.insert(TransitAttachment {
            id: Id::new(id),
            created: Time::EPOCH,
            born: born(),
            tags: Default::default(),
            gateway: Id::new("tgw-1"),
            end,
            association: Some(Id::new("tgw-rtb-1")),
            phase: WORKS,
        });
    }
    let table = office.table.clone();
    office.lab.raw_route(&table, "192.168.0.0/16", "tgw-1");
    assert_eq!(office.both(), texts("connected", "connected"));
    office.up("vpn-2", false);
    assert_eq!(
        office.both(),
        texts(
            "there TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
            "there NO_ROUTE_TO_DESTINATION"
        )
    );
    // A static route leads to the broken line.
    let table = office.lab.ec2().transit_route_tables.get_mut("tgw-rtb-1");
    table.unwrap().routes = vec![hopwise_cloud::ec2::transit_gateway::TransitRoute {
        destination: block("192.168.0.0/16"),
        attachment: Some(Id::new("tgw-attach-o")),
    }];
    assert_eq!(office.both().0, "there TGW_BAD_STATE_VPN");
}

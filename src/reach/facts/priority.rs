use super::Two;
use crate::testing::{Lab, outcome};
use hopwise_cloud::ec2::phase::{Phase, State};
use hopwise_cloud::ec2::vpn::VpnEnd;
use hopwise_cloud::ec2::{RouteTable, VpnConnection, VpnGateway};
use hopwise_cloud::{Id, OUTSIDE_ADDRESS};
use hopwise_explain::Miss;
use std::net::Ipv4Addr;

/// `Two` with a gateway that has learned these blocks, propagated to the private table.
fn learned(blocks: &[&str]) -> Two {
    let mut two = Two::with("in all 0.0.0.0/0", "out all 0.0.0.0/0");
    let vpc = Id::new(&two.vpc);
    let table = two.private_table.clone();
    let ec2 = two.lab.ec2();
    ec2.vpn_gateways.insert(VpnGateway {
        id: Id::new("vgw-1"),
        born: crate::raw::born(),
        tags: Default::default(),
        vpc: Some(vpc),
        asn: 64512,
        phase: crate::raw::WORKS,
        attachment: crate::raw::WORKS,
        direct: Vec::new(),
    });
    ec2.vpn_connections.insert(VpnConnection {
        id: Id::new("vpn-1"),
        born: crate::raw::born(),
        tags: Default::default(),
        customer_gateway: Id::new("cgw-1"),
        gateway: VpnEnd::VpnGateway(Id::new("vgw-1")),
        static_routes: true,
        routes: blocks.iter().map(|it| crate::raw::block(it)).collect(),
        learned: Vec::new(),
        tunnels: vec![hopwise_cloud::ec2::vpn::Tunnel {
            outside: Ipv4Addr::new(203, 0, 113, 1),
            inside: crate::raw::block("169.254.10.0/30"),
            key: String::new(),
            up: true,
            failed: false,
            changed: hopwise_cloud::Time::EPOCH,
        }],
        phase: Phase::lasting(State::Available),
    });
    let table: &mut RouteTable = ec2.route_tables.get_mut(&table).unwrap();
    table.propagating = vec![Id::new("vgw-1")].into();
    two
}

/// The rule that leads `app` to an address, and what is said of the others.
fn led(two: &Two, to: &str) -> (String, Vec<Miss>) {
    let walk = two.lab.tcp(&two.app, to, 443);
    let step = walk.forward.step_of(&two.private_table).unwrap();
    let rule = step.rule.as_ref().map(|it| it.text.clone());
    (rule.unwrap_or_default(), step.tried.clone())
}

fn why(tried: &[Miss], rule: &str) -> String {
    let found = tried.iter().find(|it| it.rule.text == rule);
    found
        .unwrap_or_else(|| panic!("{rule}: {tried:?}"))
        .why
        .to_string()
}

fn far() -> String {
    OUTSIDE_ADDRESS.to_string()
}

#[test]
fn net_10_a_static_route_counts_before_a_learned_one() {
    let mut two = learned(&["198.51.100.0/24"]);
    assert_eq!(led(&two, &far()).0, "198.51.100.0/24 → vgw-1");
    let (table, gateway) = (two.private_table.clone(), two.gateway.clone());
    two.lab.raw_route(&table, "198.51.100.0/24", &gateway);
    assert_eq!(led(&two, &far()).0, format!("198.51.100.0/24 → {gateway}"));
    // A longer one that was learned counts all the same.
    let mut two = learned(&["198.51.100.16/28"]);
    two.lab.raw_route(&table, "198.51.100.0/24", &gateway);
    let (table, gateway) = (two.private_table.clone(), two.gateway.clone());
    two.lab.raw_route(&table, "198.51.100.0/24", &gateway);
    assert_eq!(led(&two, &far()).0, "198.51.100.16/28 → vgw-1");
}

#[test]
fn net_11_no_learned_route_beats_the_local_one() {
    let mut two = learned(&["10.0.1.0/24"]);
    let (rule, tried) = led(&two, "10.0.1.4");
    assert_eq!(rule, "10.0.0.0/16 → local");
    let said = why(&tried, "10.0.1.0/24 → vgw-1");
    assert!(
        said.contains("a local route counts before every learned one"),
        "{said}"
    );
    // A static one for the subnet does.
    let interface = two.lab.interface(&two.web);
    let table = two.private_table.clone();
    two.lab.raw_route(&table, "10.0.1.0/24", &interface);
    assert_eq!(
        led(&two, "10.0.1.4").0,
        format!("10.0.1.0/24 → {interface}")
    );
}

#[test]
fn net_12_a_block_counts_before_a_list_and_a_list_before_what_is_learned() {
    let mut two = learned(&["198.51.100.0/24"]);
    let (table, gateway) = (two.private_table.clone(), two.gateway.clone());
    two.lab.list("pl-1", &["198.51.100.0/24", "192.0.2.0/24"]);
    two.lab.raw_route(&table, "pl-1", &gateway);
    let (rule, tried) = led(&two, &far());
    assert_eq!(rule, format!("pl-1 → {gateway}"));
    assert!(why(&tried, "198.51.100.0/24 → vgw-1").contains("it is learned"));
    let interface = two.lab.interface(&two.web);
    two.lab.raw_route(&table, "198.51.100.0/24", &interface);
    let (rule, tried) = led(&two, &far());
    assert_eq!(rule, format!("198.51.100.0/24 → {interface}"));
    assert!(why(&tried, &format!("pl-1 → {gateway}")).contains("by a prefix list"));
    // An entry that is longer wins as any route does.
    two.lab.list("pl-1", &["198.51.100.20/32"]);
    assert_eq!(led(&two, &far()).0, format!("pl-1 → {gateway}"));
    // Of two lists with the same entry one stands for both.
    two.lab.no_route(&table, "198.51.100.0/24");
    two.lab.list("pl-2", &["198.51.100.20/32"]);
    two.lab.raw_route(&table, "pl-2", &interface);
    let (_, tried) = led(&two, &far());
    assert!(why(&tried, &format!("pl-2 → {interface}")).contains("AWS says not which"));
}

#[test]
fn a_rule_may_name_a_prefix_list() {
    let mut two = Two::with("in tcp 80 203.0.113.0/24", "");
    let group = two.web_group.clone();
    let ask = |lab: &Lab, from: &str| outcome(&lab.tcp(from, &two.web, 80));
    assert_eq!(ask(&two.lab, "internet"), "there ENI_SG_RULES_MISMATCH");
    two.lab.list("pl-1", &["198.51.100.0/24"]);
    let rules = &mut two.lab.ec2().security_groups.get_mut(&group).unwrap().rules;
    rules[0].peer = hopwise_cloud::ec2::security_group::Peer::List(Id::new("pl-1"));
    assert_eq!(ask(&two.lab, "internet"), "connected");
    assert_eq!(ask(&two.lab, "laptop"), "there ENI_SG_RULES_MISMATCH");
}

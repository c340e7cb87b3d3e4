use crate::raw::block;
use crate::testing::{Lab, outcome, place};
use crate::{Space, Walk};
use hopwise_cloud::Id;
use hopwise_cloud::ec2::phase::{Phase, State};
use hopwise_cloud::ec2::security_group::{ForeignGroup, Peer};

/// A VPC with one subnet, whose one machine has a public address.
struct Side {
    vpc: String,
    subnet: String,
    table: String,
    group: String,
    machine: String,
}

fn side(lab: &mut Lab, net: &str) -> Side {
    let vpc = lab.vpc(&format!("{net}.0.0/16"));
    let subnet = lab.subnet(&vpc, &format!("{net}.1.0/24"));
    let table = lab.table(&vpc, &subnet);
    let group = lab.group(&vpc, "all", "in all 0.0.0.0/0\nout all 0.0.0.0/0");
    let machine = lab.instance(&subnet, &[&group], true);
    Side {
        vpc,
        subnet,
        table,
        group,
        machine,
    }
}

/// Two VPCs with a peering connection and routes to each other.
struct Pair {
    lab: Lab,
    a: Side,
    b: Side,
    pcx: String,
}

impl Pair {
    fn new() -> Self {
        let mut lab = Lab::new();
        let (a, b) = (side(&mut lab, "10.1"), side(&mut lab, "10.2"));
        let pcx = lab.peer(&a.vpc, &b.vpc);
        lab.raw_route(&a.table, "10.2.0.0/16", &pcx);
        lab.raw_route(&b.table, "10.1.0.0/16", &pcx);
        Pair { lab, a, b, pcx }
    }

    fn ask(&self) -> Walk {
        self.lab.tcp(&self.a.machine, &self.b.machine, 80)
    }
}

#[test]
fn net_76_both_sides_need_a_route() {
    let mut pair = Pair::new();
    let walk = pair.ask();
    assert_eq!(outcome(&walk), "connected");
    assert_eq!(walk.packet.destination.to_string(), "10.2.1.4");
    assert!(walk.forward.step_of(&pair.pcx).is_some());
    let table = pair.b.table.clone();
    pair.lab.no_route(&table, "10.1.0.0/16");
    assert_eq!(outcome(&pair.ask()), "back NO_ROUTE_TO_DESTINATION");
    // Without a route of one's own a person would mean the public address.
    let mut pair = Pair::new();
    let table = pair.a.table.clone();
    pair.lab.no_route(&table, "10.2.0.0/16");
    let walk = pair.lab.tcp(&pair.a.machine, "10.2.1.4", 80);
    assert_eq!(outcome(&walk), "there NO_ROUTE_TO_DESTINATION");
}

#[test]
fn net_78_a_connection_that_is_not_active_is_a_blackhole() {
    for state in [State::AwaitsAcceptance, State::Deleted, State::Rejected] {
        let mut pair = Pair::new();
        let pcx = pair.pcx.clone();
        pair.lab.ec2().peerings.get_mut(&pcx).unwrap().phase = Phase::lasting(state);
        assert_eq!(outcome(&pair.ask()), "there BAD_STATE_ROUTE", "{state:?}");
        pair.lab.ec2().peerings.get_mut(&pcx).unwrap().phase = crate::raw::WORKS;
        assert_eq!(outcome(&pair.ask()), "connected");
    }
}

#[test]
fn net_74_peering_is_not_transitive() {
    let mut pair = Pair::new();
    let c = side(&mut pair.lab, "10.3");
    let pcx = pair.lab.peer(&pair.b.vpc, &c.vpc);
    let (a, b) = (pair.a.table.clone(), pair.b.table.clone());
    let first = pair.pcx.clone();
    pair.lab.raw_route(&a, "10.3.0.0/16", &first);
    pair.lab.raw_route(&b, "10.3.0.0/16", &pcx);
    pair.lab.raw_route(&c.table, "10.0.0.0/8", &pcx);
    let ask = |pair: &Pair, from: &str| outcome(&pair.lab.tcp(from, &c.machine, 80));
    let (a, b) = (pair.a.machine.clone(), pair.b.machine.clone());
    assert_eq!(ask(&pair, &b), "connected");
    assert_eq!(ask(&pair, &a), "there PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
    // A connection of its own is what it needs.
    let own = pair.lab.peer(&pair.a.vpc.clone(), &c.vpc);
    let table = pair.a.table.clone();
    pair.lab.raw_route(&table, "10.3.0.0/16", &own);
    pair.lab.raw_route(&c.table, "10.1.0.0/16", &own);
    assert_eq!(ask(&pair, &a), "connected");
}

#[test]
fn net_75_nothing_goes_from_edge_to_edge() {
    let mut pair = Pair::new();
    let (a, b) = (pair.a.table.clone(), pair.b.table.clone());
    let vpc = pair.b.vpc.clone();
    let gateway = pair.lab.gateway(&vpc);
    pair.lab.raw_route(&b, "0.0.0.0/0", &gateway);
    let pcx = pair.pcx.clone();
    pair.lab.raw_route(&a, "0.0.0.0/0", &pcx);
    let ask = |pair: &Pair, from: &str| outcome(&pair.lab.tcp(from, "internet", 443));
    let (near, far) = (pair.b.machine.clone(), pair.a.machine.clone());
    assert_eq!(ask(&pair, &near), "connected");
    assert_eq!(ask(&pair, &far), "there PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
}

#[test]
fn net_37_a_peers_nat_gateway_cannot_be_used() {
    let mut pair = Pair::new();
    let (a, b) = (pair.a.table.clone(), pair.b.table.clone());
    let (vpc, subnet) = (pair.b.vpc.clone(), pair.b.subnet.clone());
    let gateway = pair.lab.gateway(&vpc);
    pair.lab.raw_route(&b, "0.0.0.0/0", &gateway);
    pair.lab.nat(&subnet, true);
    let own = pair.lab.subnet(&vpc, "10.2.2.0/24");
    let table = pair.lab.table(&vpc, &own);
    pair.lab.raw_route(&table, "0.0.0.0/0", "nat-0");
    let group = pair.b.group.clone();
    let inside = pair.lab.instance(&own, &[&group], false);
    let pcx = pair.pcx.clone();
    pair.lab.raw_route(&a, "0.0.0.0/0", &pcx);
    assert_eq!(
        outcome(&pair.lab.tcp(&inside, "internet", 443)),
        "connected"
    );
    assert_eq!(
        outcome(&pair.lab.tcp(&pair.a.machine, "internet", 443)),
        "there PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
    );
}

#[test]
fn net_77_the_answer_to_one_of_two_alike_goes_astray() {
    // A has connections to B and C, which have the same block: the doc's own example.
    let mut lab = Lab::new();
    let a = side(&mut lab, "10.1");
    let (b, c) = (side(&mut lab, "10.2"), side(&mut lab, "10.2"));
    let (ab, ac) = (lab.peer(&a.vpc, &b.vpc), lab.peer(&a.vpc, &c.vpc));
    lab.raw_route(&b.table, "10.1.0.0/16", &ab);
    lab.raw_route(&c.table, "10.1.0.0/16", &ac);
    lab.raw_route(&a.table, "10.2.0.0/16", &ab);
    assert_eq!(outcome(&lab.tcp(&b.machine, &a.machine, 80)), "connected");
    let walk = lab.tcp(&c.machine, &a.machine, 80);
    assert_eq!(outcome(&walk), "back NO_POSSIBLE_DESTINATION");
    assert_eq!(walk.back.unwrap().at, b.machine);
    let mut space = Space::of(&lab.cloud);
    let reaching = space
        .reaching(&Id::new(&lab.interface(&a.machine)))
        .unwrap();
    let of = |machine: &str| {
        let own = lab.interface(machine);
        let found = reaching.iter().find(|it| it.interface == *own.as_str());
        !found.unwrap().verdict.works.is_none()
    };
    assert!(of(&b.machine) && !of(&c.machine));
    // What A sends to C arrives at B's machine, which has the address there.
    let walk = lab.tcp(&a.machine, &c.machine, 80);
    assert_eq!(outcome(&walk), "there NO_POSSIBLE_DESTINATION");
    // The more specific route for the one machine mends it.
    lab.raw_route(&a.table, "10.2.1.4/32", &ac);
    assert_eq!(outcome(&lab.tcp(&c.machine, &a.machine, 80)), "connected");
    assert_eq!(
        outcome(&lab.tcp(&b.machine, &a.machine, 80)),
        "back NO_POSSIBLE_DESTINATION"
    );
}

/// Lets into B's machine only what comes from A's group.
fn by_reference(pair: &mut Pair, connection: Option<&str>) {
    let foreign = ForeignGroup {
        group: Id::new(&pair.a.group),
        account: hopwise_cloud::ACCOUNT.to_owned(),
        vpc: Id::new(&pair.a.vpc),
        connection: connection.map(Id::new),
    };
    let group = pair.b.group.clone();
    let group = pair.lab.ec2().security_groups.get_mut(&group).unwrap();
    for rule in &mut group.rules {
        if !rule.egress {
            rule.peer = Peer::Foreign(foreign.clone());
        }
    }
}

#[test]
fn net_60_a_group_may_be_named_over_an_active_connection() {
    let mut pair = Pair::new();
    let pcx = pair.pcx.clone();
    by_reference(&mut pair, Some(&pcx));
    assert_eq!(outcome(&pair.ask()), "connected");
    let mut space = Space::of(&pair.lab.cloud);
    let (from, to) = (place(&pair.a.machine), place(&pair.b.machine));
    assert!(!space.between(&from, &to).unwrap().works.is_none());
    // Who has not the group does not get in.
    let (vpc, subnet) = (pair.a.vpc.clone(), pair.a.subnet.clone());
    let other = pair.lab.group(&vpc, "other", "out all 0.0.0.0/0");
    let other = pair.lab.instance(&subnet, &[&other], false);
    let walk = pair.lab.tcp(&other, &pair.b.machine, 80);
    assert_eq!(outcome(&walk), "there ENI_SG_RULES_MISMATCH");
    // A group that is gone leaves a stale rule.
    let group = pair.a.group.clone();
    let kept = pair.lab.ec2().security_groups.remove(&group).unwrap();
    let walk = pair.lab.tcp(&other, &pair.b.machine, 80);
    let why = walk.forward.stop().unwrap().tried[0].why.to_string();
    assert!(why.contains("stale"), "{why}");
    pair.lab.ec2().security_groups.insert(kept.as_ref().clone());
    assert_eq!(outcome(&pair.ask()), "connected");
}

#[test]
fn trap_04_a_third_vpc_with_the_same_addresses_is_none_of_the_group() {
    let mut pair = Pair::new();
    let pcx = pair.pcx.clone();
    by_reference(&mut pair, Some(&pcx));
    // C is as A is, address for address, and B leads its answers there.
    let c = side(&mut pair.lab, "10.1");
    let other = pair.lab.peer(&pair.b.vpc.clone(), &c.vpc);
    pair.lab.raw_route(&c.table, "10.2.0.0/16", &other);
    let table = pair.b.table.clone();
    pair.lab.raw_route(&table, "10.1.1.4/32", &other);
    let ask = |pair: &Pair| outcome(&pair.lab.tcp(&c.machine, &pair.b.machine, 80));
    assert_eq!(ask(&pair), "there ENI_SG_RULES_MISMATCH");
    let mut space = Space::of(&pair.lab.cloud);
    let works = space
        .between(&place(&c.machine), &place(&pair.b.machine))
        .unwrap();
    assert!(works.works.is_none());
    // By its address it would get in.
    let group = pair.b.group.clone();
    let group = pair.lab.ec2().security_groups.get_mut(&group).unwrap();
    for rule in &mut group.rules {
        rule.peer = Peer::Block(block("10.1.1.4/32"));
    }
    assert_eq!(ask(&pair), "connected");
}

#[test]
fn net_79_no_group_is_named_across_regions() {
    let mut pair = Pair::new();
    let pcx = pair.pcx.clone();
    by_reference(&mut pair, Some(&pcx));
    assert_eq!(outcome(&pair.ask()), "connected");
    let peering = pair.lab.ec2().peerings.get_mut(&pcx).unwrap();
    // The VPC stays where it is; only the connection says that it leads to another Region.
    peering.requester.region = "us-west-2".to_owned();
    assert_ne!(outcome(&pair.ask()), "connected");
}

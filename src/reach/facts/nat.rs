use super::Two;
use crate::raw::block;
use crate::testing::{Lab, outcome, place, tcp};
use crate::{Question, Space, Walk, Way};
use hopwise_cloud::ec2::phase::{Phase, State};
use hopwise_net::Protocol;

/// `Two`, whose private subnet goes out by a NAT gateway in the public one.
pub(super) struct Natted {
    pub(super) two: Two,
}

impl Natted {
    pub(super) fn new() -> Self {
        Natted::with("out all 0.0.0.0/0")
    }

    fn with(app: &str) -> Self {
        let mut two = Two::with("in tcp 80 0.0.0.0/0\nout all 0.0.0.0/0", app);
        let public = two.public.clone();
        let nat = two.lab.nat(&public, true);
        let table = two.private_table.clone();
        two.lab.raw_route(&table, "0.0.0.0/0", &nat);
        Natted { two }
    }

    /// With rules that open everything to everybody.
    pub(super) fn open() -> Self {
        Natted::with("in all 0.0.0.0/0\nout all 0.0.0.0/0")
    }

    /// With IPv6 in both subnets, and everything open to it.
    pub(super) fn six() -> Self {
        let mut natted = Natted::new();
        let lab = &mut natted.two.lab;
        for (number, subnet) in [(1, &natted.two.public), (2, &natted.two.private)] {
            lab.v6(subnet, number);
        }
        allow_v6(lab);
        let all =
            "IpPermissions=[{\"IpProtocol\":\"-1\",\"Ipv6Ranges\":[{\"CidrIpv6\":\"::/0\"}]}]";
        let group = format!("GroupId={} {all}", natted.two.app_group);
        lab.call("AuthorizeSecurityGroupEgress", &group);
        natted
    }

    pub(super) fn out(&self) -> Walk {
        self.two.lab.tcp(&self.two.app, "internet", 443)
    }
}

/// What a component made of the packet on a way.
fn headers(way: &Way, component: &str) -> (String, String) {
    let change = way.step_of(component).unwrap().change.unwrap();
    (change.before.to_string(), change.after.to_string())
}

#[test]
fn net_31_a_public_nat_gateway_translates_and_the_internet_gateway_again() {
    let mut natted = Natted::new();
    let walk = natted.out();
    assert_eq!(outcome(&walk), "connected");
    let elastic = natted
        .two
        .lab
        .ec2()
        .nat_gateways
        .get("nat-0")
        .unwrap()
        .addresses[0]
        .clone();
    let (own, public) = (elastic.private.unwrap(), elastic.public.unwrap());
    assert_eq!(
        headers(&walk.forward, "nat-0"),
        (
            "tcp 10.0.2.4:40000 → 198.51.100.20:443".to_owned(),
            format!("tcp {own}:40000 → 198.51.100.20:443")
        )
    );
    let gateway = natted.two.gateway.clone();
    assert_eq!(
        headers(&walk.forward, &gateway).1,
        format!("tcp {public}:40000 → 198.51.100.20:443")
    );
    assert_eq!(
        headers(walk.back.as_ref().unwrap(), "nat-0"),
        (
            format!("tcp 198.51.100.20:443 → {own}:40000"),
            "tcp 198.51.100.20:443 → 10.0.2.4:40000".to_owned()
        )
    );
    // Without the route to it there is no way out.
    let table = natted.two.private_table.clone();
    natted.two.lab.no_route(&table, "0.0.0.0/0");
    assert_eq!(outcome(&natted.out()), "there NO_ROUTE_TO_DESTINATION");
}

#[test]
fn net_32_a_nat_gateway_in_a_private_subnet_leads_nowhere() {
    let mut two = Two::with("", "out all 0.0.0.0/0");
    let (subnet, vpc) = (two.private.clone(), two.vpc.clone());
    let nat = two.lab.nat(&subnet, true);
    let table = two.private_table.clone();
    two.lab.raw_route(&table, "0.0.0.0/0", &nat);
    // Its own subnet leads to itself.
    let out = |two: &Two| outcome(&two.lab.tcp(&two.app, "internet", 443));
    assert_eq!(out(&two), "there LOOP");
    // In a subnet of its own that leads nowhere.
    let own = two.lab.subnet(&vpc, "10.0.3.0/24");
    let own_table = two.lab.table(&vpc, &own);
    let nat = two.lab.nat(&own, true);
    two.lab.raw_route(&table, "0.0.0.0/0", &nat);
    assert_eq!(out(&two), "there NO_ROUTE_TO_DESTINATION");
    let gateway = two.gateway.clone();
    two.lab.raw_route(&own_table, "0.0.0.0/0", &gateway);
    assert_eq!(out(&two), "connected");
}

#[test]
fn net_33_what_a_private_nat_gateway_sends_the_internet_gateway_drops() {
    let out = |public: bool| {
        let mut two = Two::with("", "out all 0.0.0.0/0");
        let subnet = two.public.clone();
        let nat = two.lab.nat(&subnet, public);
        let table = two.private_table.clone();
        two.lab.raw_route(&table, "0.0.0.0/0", &nat);
        outcome(&two.lab.tcp(&two.app, "internet", 443))
    };
    assert_eq!(out(false), "there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
    assert_eq!(out(true), "connected");
}

#[test]
fn net_34_it_sends_from_the_high_ports() {
    let natted = Natted::new();
    for (port, sent) in [(40_000, 40_000), (1024, 1024), (1023, 2047), (0, 1024)] {
        let question = Question {
            source_port: Some(port),
            ..tcp(&natted.two.app, "internet", 443)
        };
        let walk = natted.two.lab.walk(&question);
        assert_eq!(outcome(&walk), "connected");
        let change = walk.forward.step_of("nat-0").unwrap().change.unwrap();
        assert_eq!(change.after.source_port(), Some(sent));
    }
    for protocol in [Protocol::UDP, Protocol::ICMP] {
        let question = Question {
            protocol,
            port: (protocol == Protocol::UDP).then_some(53),
            ..tcp(&natted.two.app, "internet", 0)
        };
        assert_eq!(outcome(&natted.two.lab.walk(&question)), "connected");
    }
    // Nothing but those three.
    let mut space = Space::of(&natted.two.lab.cloud);
    let (app, out) = (place(&natted.two.app), place("internet"));
    let verdict = space.between(&app, &out).unwrap();
    assert_eq!(
        space.traffics().show(verdict.works).to_string(),
        "tcp; udp; icmp"
    );
}

#[test]
fn net_35_it_has_no_group_and_its_subnets_acl_is_asked() {
    let rules = |sent: &str| {
        let mut natted = Natted::new();
        let (vpc, public) = (natted.two.vpc.clone(), natted.two.public.clone());
        natted.two.lab.acl(&vpc, &public, sent);
        outcome(&natted.out())
    };
    let all = "in 100 allow all 0.0.0.0/0\nout 100 allow all 0.0.0.0/0";
    assert_eq!(rules(all), "connected");
    let stopped = "there SUBNET_ACL_RESTRICTION";
    assert_eq!(
        rules(&format!("in 90 deny tcp 443 10.0.2.0/24\n{all}")),
        stopped
    );
    assert_eq!(
        rules(&format!("out 90 deny tcp 443 198.51.100.0/24\n{all}")),
        stopped
    );
    let stopped = "back SUBNET_ACL_RESTRICTION";
    assert_eq!(
        rules(&format!("in 90 deny tcp 40000 198.51.100.0/24\n{all}")),
        stopped
    );
    assert_eq!(
        rules(&format!("out 90 deny tcp 40000 10.0.2.0/24\n{all}")),
        stopped
    );
    assert_eq!(
        rules(&format!("in 90 deny tcp 80 0.0.0.0/0\n{all}")),
        "connected"
    );
}

#[test]
fn net_36_what_nobody_asked_for_is_dropped() {
    let mut natted = Natted::new();
    let nat = natted.two.lab.ec2().nat_gateways.get("nat-0").unwrap();
    let public = nat.addresses[0].public.unwrap().to_string();
    let ask = |natted: &Natted| {
        let lab = &natted.two.lab;
        (
            outcome(&lab.tcp("laptop", &public, 80)),
            outcome(&lab.ping("laptop", &public)),
        )
    };
    let dropped = "there NO_POSSIBLE_DESTINATION".to_owned();
    assert_eq!(ask(&natted), (dropped.clone(), dropped));
    // The same address at a machine is answered.
    let web = natted.two.lab.interface(&natted.two.web);
    let address = natted
        .two
        .lab
        .ec2()
        .addresses
        .iter()
        .next()
        .unwrap()
        .id
        .clone();
    let address = natted
        .two
        .lab
        .ec2()
        .addresses
        .get_mut(address.as_str())
        .unwrap();
    let association = address.association.as_mut().unwrap();
    association.interface = hopwise_cloud::Id::new(&web);
    association.private = "10.0.1.4".parse().unwrap();
    let nat = natted.two.lab.ec2().nat_gateways.get_mut("nat-0").unwrap();
    nat.addresses[0].public = None;
    assert_eq!(ask(&natted).0, "connected");
}

#[test]
fn net_39_a_regional_nat_gateway_has_a_table_and_no_subnet() {
    let mut two = Two::with("", "out all 0.0.0.0/0");
    let (vpc, gateway) = (two.vpc.clone(), two.gateway.clone());
    let own = two.lab.make(
        "CreateRouteTable",
        &format!("VpcId={vpc}"),
        "RouteTable.RouteTableId",
    );
    let private = two.private.clone();
    let zone = two.lab.ec2().subnets.get(&private).unwrap().zone.clone();
    let nat = two.lab.regional_nat(&vpc, &own, &[&zone]);
    let table = two.private_table.clone();
    two.lab.raw_route(&table, "0.0.0.0/0", &nat);
    let out = |two: &Two| outcome(&two.lab.tcp(&two.app, "internet", 443));
    assert_eq!(out(&two), "there NO_ROUTE_TO_DESTINATION");
    two.lab.raw_route(&own, "0.0.0.0/0", &gateway);
    assert_eq!(out(&two), "connected");
    let mut space = Space::of(&two.lab.cloud);
    let verdict = space.between(&place(&two.app), &place("internet")).unwrap();
    assert_eq!(
        space.traffics().show(verdict.works).to_string(),
        "tcp; udp; icmp"
    );
    let subnet = two.lab.ec2().subnets.get_mut(&private).unwrap();
    subnet.zone = "us-east-1f".to_owned();
    assert_eq!(out(&two), "there REGIONAL_NGW_ROUTE_AZ_RESTRICTION");
}

#[test]
fn net_40_nat64_makes_ipv4_of_it() {
    let mut two = Two::with("", "out all 0.0.0.0/0");
    let (public, private, app_group) = (
        two.public.clone(),
        two.private.clone(),
        two.app_group.clone(),
    );
    let nat = two.lab.nat(&public, true);
    two.lab.v6(&private, 2);
    two.lab.v6(&public, 1);
    let table = two.private_table.clone();
    two.lab.raw_route(&table, "64:ff9b::/96", &nat);
    let (from, to) = (two.app.clone(), "64:ff9b::198.51.100.20");
    assert_eq!(
        outcome(&two.lab.tcp(&from, to, 443)),
        "there ENI_SG_RULES_MISMATCH"
    );
    let all = "IpPermissions=[{\"IpProtocol\":\"-1\",\"Ipv6Ranges\":[{\"CidrIpv6\":\"::/0\"}]}]";
    two.lab.call(
        "AuthorizeSecurityGroupEgress",
        &format!("GroupId={app_group} {all}"),
    );
    // The default ACL has no rule for IPv6 before the VPC has a block.
    let walk = two.lab.tcp(&from, to, 443);
    assert_eq!(outcome(&walk), "there SUBNET_ACL_RESTRICTION");
    allow_v6(&mut two.lab);
    let walk = two.lab.tcp(&from, to, 443);
    assert_eq!(outcome(&walk), "connected");
    let change = walk.forward.step_of(&nat).unwrap().change.unwrap();
    assert!(change.before.source.is_ipv6());
    assert_eq!(change.after.destination.to_string(), "198.51.100.20");
    assert_eq!(outcome(&two.lab.ping(&from, to)), "connected");
    assert_eq!(
        outcome(&two.lab.tcp(&from, "2001:db8:ffff::1", 443)),
        "there NO_ROUTE_TO_DESTINATION"
    );
    two.lab.raw_route(&table, "::/0", &nat);
    assert_eq!(
        outcome(&two.lab.tcp(&from, "2001:db8:ffff::1", 443)),
        "there PROTOCOL_RESTRICTION"
    );
}

/// Lets all IPv6 through every ACL.
pub(super) fn allow_v6(lab: &mut Lab) {
    let ec2 = lab.ec2();
    let acls: Vec<_> = ec2.network_acls.iter().map(|it| it.id.clone()).collect();
    for acl in acls {
        let acl = ec2.network_acls.get_mut(acl.as_str()).unwrap();
        let mut entry = acl.entries[0].clone();
        for egress in [false, true] {
            entry.egress = egress;
            entry.number = 101;
            entry.block = block("::/0");
            acl.entries.push(entry.clone());
        }
    }
}

#[test]
fn net_41_a_nat_instance_needs_its_check_off() {
    let mut two = Two::with("in all 10.0.0.0/16\nout all 0.0.0.0/0", "out all 0.0.0.0/0");
    let interface = two.lab.interface(&two.web);
    let table = two.private_table.clone();
    two.lab.route(&table, "0.0.0.0/0", &interface);
    let out = |two: &Two| outcome(&two.lab.tcp(&two.app, "internet", 443));
    assert_eq!(out(&two), "there ENI_SOURCE_DEST_CHECK_RESTRICTION");
    // It passes on; what it does not do by itself is translate.
    two.lab.check_off(&interface);
    assert_eq!(out(&two), "there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
}

#[test]
fn net_17_a_nat_gateway_that_does_not_work_is_a_blackhole() {
    let mut natted = Natted::new();
    let nat = natted.two.lab.ec2().nat_gateways.get_mut("nat-0").unwrap();
    nat.phase = Phase::lasting(State::Deleted);
    let walk = natted.out();
    assert_eq!(outcome(&walk), "there BAD_STATE_ROUTE");
    let said = walk.forward.stop().unwrap().sentence.to_string();
    assert!(said.ends_with("a blackhole: nat-0 is deleted."), "{said}");
}

#[test]
fn trap_06_answers_come_to_the_gateways_ports_and_then_to_the_clients() {
    let ports = |nat: &str, app: &str| {
        let mut natted = Natted::new();
        let (vpc, public, private) = (
            natted.two.vpc.clone(),
            natted.two.public.clone(),
            natted.two.private.clone(),
        );
        let rules = |range: &str| {
            format!(
                "in 90 allow tcp 443 10.0.0.0/16\nin 100 allow tcp {range} 0.0.0.0/0\nout 100 allow all 0.0.0.0/0"
            )
        };
        natted.two.lab.acl(&vpc, &public, &rules(nat));
        natted.two.lab.acl(&vpc, &private, &rules(app));
        let mut space = Space::of(&natted.two.lab.cloud);
        let from = place(&natted.two.app);
        let verdict = space.between(&from, &place("internet")).unwrap();
        let traffics = space.traffics();
        (
            outcome(&natted.out()),
            verdict.source_ports(traffics, Protocol::TCP).to_string(),
            verdict.relayed(traffics, Protocol::TCP),
            verdict.clients(traffics, Protocol::TCP, crate::LINUX_PORTS),
        )
    };
    use crate::Share;
    let all = ports("1024-65535", "32768-60999");
    assert_eq!(
        all,
        (
            "connected".to_owned(),
            "32768-60999".to_owned(),
            Share::All,
            Share::All
        )
    );
    // The client's own range at the gateway is too little.
    let some = ports("32768-60999", "32768-60999");
    assert_eq!(
        (some.0.as_str(), some.2, some.3),
        ("connected", Share::Some, Share::All)
    );
    let none = ports("1024-65535", "1024-2000");
    assert_eq!(
        (none.0.as_str(), none.2, none.3),
        ("back SUBNET_ACL_RESTRICTION", Share::All, Share::None)
    );
}

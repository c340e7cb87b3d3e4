//! Random worlds of many components: a machine in a public subnet, one in a private subnet, an
//! appliance, a NAT gateway, a second VPC over a peering connection or a transit gateway. The
//! walk, the space, and a plain interpreter that shares no code with either agree.

use super::random::{Block, Entry, Header, Match, Side, acl_allows, matches, question, side};
use crate::raw::{WORKS, born};
use crate::testing::{Lab, place};
use crate::{Place, Space, Verdict};
use hopwise_cloud::Id;
use hopwise_cloud::ec2::phase::{Phase, State};
use hopwise_cloud::ec2::transit_gateway::TransitEnd;
use hopwise_cloud::ec2::{TransitAttachment, TransitGateway, TransitRouteTable};
use hopwise_net::Transport;
use proptest::prelude::*;
use std::net::Ipv4Addr;

const WEB: u32 = 0x0a00_0104;
const NAT: u32 = 0x0a00_0105;
const APP: u32 = 0x0a00_0204;
const MID: u32 = 0x0a00_0304;
const DB: u32 = 0x0a02_0104;
const FAR: u32 = 0xc633_6414;
/// In the order of the sides: web, app, mid, db.
const HOSTS: [u32; 4] = [WEB, APP, MID, DB];

/// Where a default route leads, or the one to the other VPC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Nowhere,
    Internet,
    Nat,
    Mid,
    Peer,
    Transit,
}

#[derive(Clone, Debug)]
pub(super) struct Plan {
    sides: [Side; 4],
    /// The ACL of the subnet of the NAT gateway is web's.
    web_default: Way,
    app_default: Way,
    mid_default: Way,
    /// From A to B and back.
    over: Way,
    back: Way,
    /// From the appliance on, where A's other machines send by it.
    mid_over: Way,
    peered: bool,
    attached: (bool, bool),
    propagated: (bool, bool),
    mid_checks: bool,
    web_public: bool,
}

fn ways(all: &'static [Way]) -> impl Strategy<Value = Way> {
    proptest::sample::select(all)
}

pub(super) fn plan() -> impl Strategy<Value = Plan> {
    use Way::*;
    let sides = [side(), side(), side(), side()];
    let mostly = || prop::bool::weighted(0.85);
    let defaults = (
        ways(&[Internet, Internet, Internet, Nowhere]),
        ways(&[Nat, Nat, Mid, Mid, Internet, Nowhere]),
        ways(&[Nat, Nat, Internet, Nowhere]),
    );
    let over = (
        ways(&[Peer, Peer, Transit, Transit, Mid, Mid, Nowhere]),
        ways(&[Peer, Transit]),
    );
    let back = ways(&[Peer, Peer, Transit, Transit, Nowhere]);
    let flags = (
        mostly(),
        (mostly(), mostly()),
        (mostly(), mostly()),
        prop::bool::weighted(0.3),
        mostly(),
    );
    (
        sides,
        defaults,
        over,
        back,
        flags,
        prop::bool::weighted(0.6),
    )
        .prop_map(
            |(
                mut sides,
                (web_default, app_default, mid_default),
                (over, mid_over),
                back,
                flags,
                open,
            )| {
                for (place, side) in sides.iter_mut().enumerate() {
                    // Some are open, or nothing would get through so many of them.
                    if open || place == 2 {
                        for rules in [&mut side.group_in, &mut side.group_out] {
                            rules.push(anything());
                            rules.dedup();
                        }
                    }
                    if place == 3 {
                        // A group of another VPC is another test's.
                        for rules in [&mut side.group_in, &mut side.group_out] {
                            rules.retain(|it| !matches!(it.block, Block::Group(_)));
                        }
                    }
                    for rules in [&mut side.group_in, &mut side.group_out] {
                        rules.sort();
                        rules.dedup();
                    }
                }
                let (peered, attached, propagated, mid_checks, web_public) = flags;
                Plan {
                    sides,
                    web_default,
                    app_default,
                    mid_default,
                    over,
                    back,
                    mid_over,
                    peered,
                    attached,
                    propagated,
                    mid_checks,
                    web_public,
                }
            },
        )
}

fn anything() -> Match {
    Match {
        protocol: "all",
        range: (0, 0),
        block: Block::Cidr(0, 0),
    }
}

/// The plain interpreter.
struct Plain<'p> {
    plan: &'p Plan,
    public: u32,
    elastic: u32,
    /// What left through whose groups: host, outward, header.
    flows: Vec<(usize, bool, Header)>,
    nat: Vec<(Header, Header)>,
}

fn subnet(address: u32) -> u32 {
    address >> 8
}

fn in_a(address: u32) -> bool {
    address >> 16 == 0x0a00
}

fn in_b(address: u32) -> bool {
    address >> 16 == 0x0a02
}

fn is_private(address: u32) -> bool {
    address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8
}

/// Ports apart, of whom is it the answer?
fn same(one: Header, other: Header) -> bool {
    (one.protocol, one.source, one.destination, one.numbers)
        == (
            other.protocol,
            other.source,
            other.destination,
            other.numbers,
        )
}

impl Plain<'_> {
    fn host(address: u32) -> Option<usize> {
        HOSTS.iter().position(|it| *it == address)
    }

    fn acl(&self, at: u32, header: Header, outward: bool) -> bool {
        let owner = HOSTS.iter().position(|it| subnet(*it) == at);
        // Where no machine is planned the default ACL lets everything through.
        let Some(owner) = owner else { return true };
        let side = &self.plan.sides[owner];
        let entries: &[Entry] = if outward { &side.acl_out } else { &side.acl_in };
        let other = if outward {
            header.destination
        } else {
            header.source
        };
        acl_allows(entries, header, other)
    }

    fn groups(&mut self, host: usize, header: Header, outward: bool, lost: bool) -> bool {
        let known = |(at, way, sent): &(usize, bool, Header)| {
            *at == host && *way != outward && same(sent.reply(), header)
        };
        if self.flows.iter().any(known) {
            return true;
        }
        let side = &self.plan.sides[host];
        let rules = if outward {
            &side.group_out
        } else {
            &side.group_in
        };
        let other = if outward {
            header.destination
        } else {
            header.source
        };
        let members = |group: &str| match (group, lost && !outward) {
            (_, true) => 0,
            ("app", _) => APP,
            _ => WEB,
        };
        let passes = rules
            .iter()
            .any(|rule| matches(rule, header, other, members));
        if passes {
            self.flows.push((host, outward, header));
        }
        passes
    }

    /// From one machine or from outside to whoever gets it.
    fn send(&mut self, start: Option<usize>, header: Header) -> Option<(Option<usize>, Header)> {
        // A machine, the NAT gateway, or outside, about to send.
        #[derive(Clone, Copy)]
        enum By {
            Host(usize),
            Nat,
            Outside,
        }
        let mut by = start.map_or(By::Outside, By::Host);
        let mut header = header;
        let mut lost = start.is_none();
        for _ in 0..24 {
            // Out of where it is, to the next one that takes it.
            let from = match by {
                By::Host(host) => {
                    let checks = host != 2 || self.plan.mid_checks;
                    if checks && header.source != HOSTS[host] {
                        return None;
                    }
                    if !self.groups(host, header, true, lost) {
                        return None;
                    }
                    Some(subnet(HOSTS[host]))
                }
                By::Nat => Some(subnet(NAT)),
                By::Outside => None,
            };
            let next = match from {
                Some(from) if subnet(header.destination) == from => {
                    Some((header.destination, false))
                }
                Some(from) => self.route(from, &mut header, &mut lost)?,
                None => None,
            };
            let (address, entering) = match next {
                Some(next) => next,
                None => {
                    // In the internet.
                    if header.destination == self.public && self.plan.web_public {
                        header.destination = WEB;
                    } else if header.destination == self.elastic {
                        header.destination = NAT;
                    } else if is_private(header.destination) {
                        return None;
                    } else if header.destination >> 19 == 0x36d0_0000 >> 19 {
                        // AWS's, and nobody's.
                        return None;
                    } else {
                        return Some((None, header));
                    }
                    if is_private(header.source) {
                        return None;
                    }
                    (header.destination, true)
                }
            };
            if entering && !self.acl(subnet(address), header, false) {
                return None;
            }
            if address == NAT {
                if header.destination == NAT {
                    let found = self.nat.iter().find(|(_, sent)| same(sent.reply(), header));
                    header = found?.0.reply();
                } else {
                    let mut sent = header;
                    sent.source = NAT;
                    if sent.protocol != "icmp" && sent.numbers.0 < 1024 {
                        sent.numbers.0 += 1024;
                    }
                    self.nat.push((header, sent));
                    header = sent;
                    lost = true;
                }
                by = By::Nat;
                continue;
            }
            let host = Self::host(address)?;
            if !self.groups(host, header, false, lost) {
                return None;
            }
            if header.destination == address {
                return Some((Some(host), header));
            }
            if host != 2 || self.plan.mid_checks {
                return None;
            }
            lost = true;
            by = By::Host(host);
        }
        None
    }

    /// `None` where it is dropped, `Some(None)` where it comes to the internet.
    #[expect(clippy::option_option, reason = "three ends, and it is a test")]
    fn route(
        &self,
        from: u32,
        header: &mut Header,
        lost: &mut bool,
    ) -> Option<Option<(u32, bool)>> {
        let to = header.destination;
        let plan = self.plan;
        let way = if from >> 8 == 0x0a02 {
            if in_b(to) {
                return self.leave(from, *header).then_some(Some((to, true)));
            }
            if !in_a(to) {
                return None;
            }
            plan.back
        } else if in_a(to) {
            return self.leave(from, *header).then_some(Some((to, true)));
        } else if in_b(to) {
            match plan.over {
                // No route of its own: the default one.
                Way::Nowhere => self.default(from),
                Way::Mid if from == subnet(MID) => plan.mid_over,
                way => way,
            }
        } else {
            self.default(from)
        };
        let near = match way {
            Way::Nat => from == subnet(NAT),
            Way::Mid => from == subnet(MID),
            _ => false,
        };
        if !near && !self.leave(from, *header) {
            return None;
        }
        match way {
            Way::Nowhere => None,
            Way::Nat => Some(Some((NAT, !near))),
            Way::Mid => Some(Some((MID, !near))),
            Way::Internet => {
                if is_private(to) {
                    return None;
                }
                header.source = match header.source {
                    WEB if plan.web_public => self.public,
                    NAT => self.elastic,
                    _ => return None,
                };
                *lost = true;
                Some(None)
            }
            Way::Peer => {
                let right = if in_a(to) {
                    in_b(header.source)
                } else {
                    in_a(header.source)
                };
                (plan.peered && right).then_some(Some((to, true)))
            }
            Way::Transit => {
                let (near, far, known) = if in_b(to) {
                    (plan.attached.0, plan.attached.1, plan.propagated.1)
                } else {
                    (plan.attached.1, plan.attached.0, plan.propagated.0)
                };
                *lost = true;
                (near && far && known).then_some(Some((to, true)))
            }
        }
    }

    fn leave(&self, from: u32, header: Header) -> bool {
        self.acl(from, header, true)
    }

    fn default(&self, from: u32) -> Way {
        match from {
            _ if from == subnet(WEB) => self.plan.web_default,
            _ if from == subnet(APP) => self.plan.app_default,
            _ => self.plan.mid_default,
        }
    }

    /// There and back again.
    fn works(&mut self, start: Option<usize>, target: Option<usize>, header: Header) -> bool {
        let Some((arrived, at_end)) = self.send(start, header) else {
            return false;
        };
        if arrived != target {
            return false;
        }
        let back = self.send(arrived, at_end.reply());
        back.is_some_and(|(end, _)| end == start)
    }
}

pub(super) struct World {
    pub(super) lab: Lab,
    pub(super) machines: [String; 4],
    public: u32,
    elastic: u32,
}

fn text(rule: &Match, groups: &[String; 4]) -> String {
    let (first, last) = rule.range;
    let numbers = match rule.protocol {
        "all" => String::new(),
        "icmp" => format!(" {first}/{last}"),
        _ => format!(" {first}-{last}"),
    };
    let block = match &rule.block {
        Block::Cidr(first, length) => format!("{}/{length}", Ipv4Addr::from(*first)),
        Block::Group("app") => groups[1].clone(),
        Block::Group(_) => groups[0].clone(),
    };
    format!("{}{numbers} {block}", rule.protocol)
}

pub(super) fn build(plan: &Plan) -> World {
    let mut lab = Lab::new();
    let (a, b) = (lab.vpc("10.0.0.0/16"), lab.vpc("10.2.0.0/16"));
    let vpcs = [&a, &a, &a, &b];
    let blocks = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24", "10.2.1.0/24"];
    let subnets = [0, 1, 2, 3].map(|it| lab.subnet(vpcs[it], blocks[it]));
    let tables = [0, 1, 2, 3].map(|it| lab.table(vpcs[it], &subnets[it]));
    let gateway = lab.gateway(&a);
    let groups = [0, 1, 2, 3].map(|it| lab.group(vpcs[it], &format!("g{it}"), ""));
    for place in 0..4 {
        let side = &plan.sides[place];
        for (way, rules) in [("in", &side.group_in), ("out", &side.group_out)] {
            for rule in rules {
                let rule = format!("{way} {}", text(rule, &groups));
                lab.rules("Authorize", &groups[place], &rule);
            }
        }
        let acl = lab.acl(vpcs[place], &subnets[place], "");
        for (way, entries) in [("in", &side.acl_in), ("out", &side.acl_out)] {
            for entry in entries {
                let action = if entry.allow { "allow" } else { "deny" };
                let rule = format!(
                    "{way} {} {action} {}",
                    entry.number,
                    text(&entry.rule, &groups)
                );
                lab.entries(&acl, &rule);
            }
        }
    }
    let machines = [0, 1, 2, 3].map(|it| {
        let public = it == 0 && plan.web_public;
        lab.instance(&subnets[it], &[&groups[it]], public)
    });
    let nat = lab.nat(&subnets[0], true);
    let interface = lab.interface(&machines[2]);
    if !plan.mid_checks {
        lab.check_off(&interface);
    }
    let pcx = lab.peer(&a, &b);
    if !plan.peered {
        lab.ec2().peerings.get_mut(&pcx).unwrap().phase = Phase::lasting(State::Deleted);
    }
    transit(&mut lab, plan, [&a, &b]);
    let target = |way| match way {
        Way::Nowhere => None,
        Way::Internet => Some(gateway.clone()),
        Way::Nat => Some(nat.clone()),
        Way::Mid => Some(interface.clone()),
        Way::Peer => Some(pcx.clone()),
        Way::Transit => Some("tgw-1".to_owned()),
    };
    let defaults = [plan.web_default, plan.app_default, plan.mid_default];
    for (place, way) in defaults.into_iter().enumerate() {
        if let Some(target) = target(way) {
            lab.raw_route(&tables[place], "0.0.0.0/0", &target);
        }
        let over = if place == 2 && plan.over == Way::Mid {
            plan.mid_over
        } else {
            plan.over
        };
        if let Some(target) = target(over) {
            lab.raw_route(&tables[place], "10.2.0.0/16", &target);
        }
    }
    if let Some(target) = target(plan.back) {
        lab.raw_route(&tables[3], "10.0.0.0/16", &target);
    }
    let number = |text: String| u32::from(text.parse::<Ipv4Addr>().unwrap());
    let public = match plan.web_public {
        true => number(lab.public(&machines[0])),
        false => 0,
    };
    let nat = lab.ec2().nat_gateways.get(&nat).unwrap();
    assert_eq!(nat.addresses[0].private, Some(NAT.into()));
    let elastic = nat.addresses[0].public.unwrap().into();
    World {
        lab,
        machines,
        public,
        elastic,
    }
}

/// A transit gateway with a table, the attachments in subnets of their own.
fn transit(lab: &mut Lab, plan: &Plan, vpcs: [&String; 2]) {
    let all = [
        (plan.attached.0, plan.propagated.0, "10.0.9.0/24"),
        (plan.attached.1, plan.propagated.1, "10.2.9.0/24"),
    ];
    let mut propagations = Vec::new();
    for ((attached, propagated, block), vpc) in all.into_iter().zip(vpcs) {
        let subnet = lab.subnet(vpc, block);
        let id = Id::new(&format!("tgw-attach-{vpc}"));
        if propagated {
            propagations.push(id.clone());
        }
        let phase = match attached {
            true => WORKS,
            false => Phase::lasting(State::Deleted),
        };
        lab.ec2().transit_attachments.insert(TransitAttachment {
            created: hopwise_cloud::Time::EPOCH,
            id,
            born: born(),
            tags: Default::default(),
            gateway: Id::new("tgw-1"),
            end: TransitEnd::Vpc {
                vpc: Id::new(vpc),
                subnets: vec![Id::new(&subnet)],
                appliance_mode: false,
                dns: true,
                ipv6: false,
                group_references: false,
            },
            association: Some(Id::new("tgw-rtb-1")),
            phase,
        });
    }
    lab.ec2().transit_gateways.insert(TransitGateway {
        created: hopwise_cloud::Time::EPOCH,
        id: Id::new("tgw-1"),
        born: born(),
        tags: Default::default(),
        description: String::new(),
        asn: 64512,
        default_association: None,
        default_propagation: None,
        auto_accept: false,
        ecmp: true,
        dns: true,
        group_references: false,
        phase: WORKS,
    });
    lab.ec2().transit_route_tables.insert(TransitRouteTable {
        created: hopwise_cloud::Time::EPOCH,
        id: Id::new("tgw-rtb-1"),
        born: born(),
        tags: Default::default(),
        gateway: Id::new("tgw-1"),
        routes: Vec::new(),
        propagations,
        phase: WORKS,
    });
}

/// Every corner of a verdict, and its neighbours.
fn corners(space: &Space, verdict: &Verdict) -> Vec<(&'static str, i64, i64)> {
    let mut all = vec![("icmp", 8, 0)];
    let shown = |id| space.traffics().show(id);
    let (there, back) = (shown(verdict.forward), shown(verdict.reply));
    for (name, there, back) in [("tcp", there.tcp, back.tcp), ("udp", there.udp, back.udp)] {
        let edges = |set: hopwise_net::PortSet, usual: &[i64]| -> Vec<i64> {
            let ranges = set.ranges().take(4);
            let edges = ranges.flat_map(|it| {
                let (first, last) = (i64::from(it.first), i64::from(it.last));
                [first - 1, first, last, last + 1]
            });
            let mut all: Vec<i64> = edges.chain(usual.iter().copied()).collect();
            all.retain(|it| (0..=65_535).contains(it));
            all.sort_unstable();
            all.dedup();
            all
        };
        let ports = edges(there, &[22, 80]);
        for source in edges(back, &[40_000, 100]) {
            all.extend(ports.iter().map(|port| (name, source, *port)));
        }
    }
    all
}

/// Does a verdict hold it, with the port that a NAT gateway chooses?
fn holds(space: &Space, verdict: &Verdict, (protocol, source, port): (&str, i64, i64)) -> bool {
    let traffics = space.traffics();
    let port_of = |number: i64| u16::try_from(number).unwrap();
    let both = |source: i64, destination: i64| {
        let (source, destination) = (port_of(source), port_of(destination));
        match protocol {
            "icmp" => Transport::Icmp { kind: 8, code: 0 },
            "tcp" => Transport::Tcp {
                source,
                destination,
            },
            _ => Transport::Udp {
                source,
                destination,
            },
        }
    };
    let answer = |port: i64| match protocol {
        "icmp" => Transport::Icmp { kind: 0, code: 0 },
        _ => both(0, port),
    };
    let chosen = if source < 1024 { source + 1024 } else { source };
    traffics.contains(verdict.forward, both(source, port))
        && traffics.contains(verdict.reply, answer(source))
        && traffics.contains(verdict.relays, answer(chosen))
}

#[test]
fn the_three_engines_agree_in_worlds_of_many_components() {
    agree(100, 20);
}

/// `cargo test --release -p hopwise-reach -- --ignored million`
#[test]
#[ignore = "a million packets take a minute"]
fn the_three_engines_agree_on_a_million_packets() {
    agree(300, 170);
}

/// In so many worlds, on the corners of each verdict and on so many other packets.
fn agree(worlds: usize, others: usize) {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = plan().boxed();
    let (mut packets, mut through) = (0u32, 0u32);
    let mut by_way = [0u32; 4];
    for _ in 0..worlds {
        let tree = strategy.new_tree(&mut runner).unwrap();
        let plan = proptest::strategy::ValueTree::current(&tree);
        let world = build(&plan);
        let mut space = Space::of(&world.lab.cloud);
        let places: Vec<Place> = world.machines.iter().map(|it| place(it)).collect();
        let far = place("internet");
        for from in [Some(0), Some(1), Some(2), Some(3), None] {
            for to in [Some(0), Some(1), Some(2), Some(3), None] {
                if from == to {
                    continue;
                }
                let end = |it: Option<usize>| it.map_or(&far, |it| &places[it]);
                let verdict = space.between(end(from), end(to)).unwrap();
                let (asked, aimed) = addresses(&plan, &world, from, to);
                let all = corners(&space, &verdict).into_iter();
                let all = all.chain(random(&mut runner, others));
                for (place, numbers) in all.enumerate() {
                    let (protocol, source, port) = numbers;
                    let header = Header {
                        protocol,
                        source: asked,
                        destination: aimed.unwrap_or(0),
                        numbers: (source, port),
                    };
                    let mut plain = Plain {
                        plan: &plan,
                        public: world.public,
                        elastic: world.elastic,
                        flows: Vec::new(),
                        nat: Vec::new(),
                    };
                    let naive = aimed.is_some() && plain.works(from, to, header);
                    let told = || format!("{from:?} → {to:?} {numbers:?} {plan:#?}");
                    assert_eq!(holds(&space, &verdict, numbers), naive, "{}", told());
                    packets += 1;
                    through += u32::from(naive);
                    let crossed =
                        (from == Some(3)) != (to == Some(3)) && from.is_some() && to.is_some();
                    let middle = from != Some(2) && to != Some(2);
                    let seen = [
                        !plain.nat.is_empty(),
                        crossed && plan.over == Way::Peer,
                        crossed && plan.over == Way::Transit,
                        middle && plain.flows.iter().any(|(host, ..)| *host == 2),
                    ];
                    for (count, seen) in by_way.iter_mut().zip(seen) {
                        *count += u32::from(naive && seen);
                    }
                    if place % 16 == 0 {
                        let text =
                            |it: Option<usize>| it.map_or("internet", |it| &world.machines[it]);
                        let walk = world.lab.walk(&question(text(from), text(to), numbers));
                        assert_eq!(walk.reaches(), naive, "{} {}", told(), walk.answer());
                    }
                }
            }
        }
    }
    println!(
        "{through} of {packets} packets were let through; by NAT, peering, transit, appliance: {by_way:?}"
    );
    assert!(through > packets / 50 && through < packets / 2);
    assert!(by_way.iter().all(|it| *it > 50), "{by_way:?}");
}

fn random(
    runner: &mut proptest::test_runner::TestRunner,
    count: usize,
) -> Vec<(&'static str, i64, i64)> {
    let strategy = super::random::numbers().boxed();
    let one = |_| {
        let tree = strategy.new_tree(runner).unwrap();
        proptest::strategy::ValueTree::current(&tree)
    };
    (0..count).map(one).collect()
}

/// The address that is sent from, and the one that is meant.
fn addresses(
    plan: &Plan,
    world: &World,
    from: Option<usize>,
    to: Option<usize>,
) -> (u32, Option<u32>) {
    let own = from.map_or(FAR, |it| HOSTS[it]);
    let aimed = match (from, to) {
        (_, None) => Some(FAR),
        (Some(from), Some(to)) if (from == 3) == (to == 3) => Some(HOSTS[to]),
        (from, Some(to)) => {
            let way = match from {
                Some(3) => plan.back,
                Some(2) if plan.over == Way::Mid => plan.mid_over,
                Some(_) => plan.over,
                None => Way::Nowhere,
            };
            match way {
                Way::Peer | Way::Transit | Way::Mid => Some(HOSTS[to]),
                _ => (to == 0 && plan.web_public).then_some(world.public),
            }
        }
    };
    (own, aimed)
}

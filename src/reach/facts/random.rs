//! Random worlds against an interpreter of the rules that is as plain as the facts: no sets, no
//! shared code, every rule read again for every packet.

use crate::testing::{Lab, place, tcp};
use crate::{
    Network, Place, Question, Reached, Space, Stretch, Verdict, Walk, gateway, public_sources, walk,
};
use hopwise_cloud::Id;
use hopwise_net::Protocol;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// A packet as numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) protocol: &'static str,
    pub(super) source: u32,
    pub(super) destination: u32,
    /// Source and destination port; for ICMP type and code.
    pub(super) numbers: (i64, i64),
}

impl Header {
    pub(super) fn reply(self) -> Header {
        let (first, second) = self.numbers;
        Header {
            source: self.destination,
            destination: self.source,
            numbers: if self.protocol == "icmp" {
                (0, 0)
            } else {
                (second, first)
            },
            ..self
        }
    }
}

/// What both kinds of rules say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    pub(super) protocol: &'static str,
    /// Ports, or ICMP type and code with −1 for all.
    pub(super) range: (i64, i64),
    pub(super) block: Block,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Block {
    Cidr(u32, u32),
    /// The group of `app` or `web`.
    Group(&'static str),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) number: u32,
    pub(super) allow: bool,
    pub(super) rule: Match,
}

pub(super) fn matches(
    rule: &Match,
    header: Header,
    other: u32,
    members: impl Fn(&str) -> u32,
) -> bool {
    let protocol = match rule.protocol {
        "all" => true,
        "icmp" if header.protocol == "icmp" => {
            let ((kind, code), (has_kind, has_code)) = (rule.range, header.numbers);
            (kind == -1 || kind == has_kind) && (kind == -1 || code == -1 || code == has_code)
        }
        protocol => {
            protocol == header.protocol
                && rule.range.0 <= header.numbers.1
                && header.numbers.1 <= rule.range.1
        }
    };
    let address = match &rule.block {
        Block::Cidr(first, length) => {
            let free = 32 - length;
            (u64::from(*first) >> free) == (u64::from(other) >> free)
        }
        Block::Group(group) => members(group) == other,
    };
    protocol && address
}

/// One side: its group's rules and its subnet's.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) group_in: Vec<Match>,
    pub(super) group_out: Vec<Match>,
    pub(super) acl_in: Vec<Entry>,
    pub(super) acl_out: Vec<Entry>,
}

pub(super) fn acl_allows(entries: &[Entry], header: Header, other: u32) -> bool {
    let mut left: Vec<&Entry> = entries.iter().collect();
    left.sort_by_key(|entry| entry.number);
    for entry in left {
        if matches(&entry.rule, header, other, |_| 0) {
            return entry.allow;
        }
    }
    false
}

const APP: u32 = 0x0a00_0204;
const WEB: u32 = 0x0a00_0104;

fn group_allows(rules: &[Match], header: Header, other: u32) -> bool {
    let members = |group: &str| if group == "app" { APP } else { WEB };
    rules
        .iter()
        .any(|rule| matches(rule, header, other, members))
}

/// Does `app` reach `web` and hear the answer? Groups are stateful, ACLs are not.
fn naive(app: &Side, web: &Side, there: Header) -> bool {
    let back = there.reply();
    group_allows(&app.group_out, there, WEB)
        && acl_allows(&app.acl_out, there, WEB)
        && acl_allows(&web.acl_in, there, APP)
        && group_allows(&web.group_in, there, APP)
        && acl_allows(&web.acl_out, back, APP)
        && acl_allows(&app.acl_in, back, WEB)
}

/// Does one from outside reach `web` and hear the answer?
fn naive_outside(web: &Side, there: Header) -> bool {
    acl_allows(&web.acl_in, there, there.source)
        && group_allows(&web.group_in, there, there.source)
        && acl_allows(&web.acl_out, there.reply(), there.source)
}

fn cidr(text: &str) -> Block {
    let (address, length) = text.split_once('/').unwrap();
    Block::Cidr(
        u32::from(address.parse::<Ipv4Addr>().unwrap()),
        length.parse().unwrap(),
    )
}

/// Mostly blocks that hold one of the two machines, so that much is allowed; some of others.
fn block() -> impl Strategy<Value = Block> {
    prop_oneof![
        4 => Just(cidr("0.0.0.0/0")),
        1 => Just(cidr("10.0.0.0/16")),
        1 => Just(cidr("10.0.1.0/24")),
        1 => Just(cidr("10.0.2.4/32")),
        1 => Just(cidr("10.0.1.4/31")),
        1 => Just(cidr("128.0.0.0/1")),
        1 => Just(cidr("8.8.0.0/16")),
        1 => Just(cidr("8.8.8.8/32")),
        1 => Just(cidr("198.51.100.16/28")),
    ]
}

fn head() -> impl Strategy<Value = (&'static str, (i64, i64))> {
    let port = || {
        prop_oneof![
            Just(0),
            Just(22),
            Just(80),
            Just(40_000),
            Just(65_535),
            0i64..65_536
        ]
    };
    let ports = (port(), port()).prop_map(|(one, other)| (one.min(other), one.max(other)));
    let kind = prop_oneof![Just(-1), Just(0), Just(8)];
    let icmp = (kind, prop_oneof![Just(-1i64), Just(0)]);
    // A code without a type is none.
    let icmp = icmp.prop_map(|(kind, code)| ("icmp", (kind, if kind == -1 { -1 } else { code })));
    prop_oneof![
        2 => Just(("all", (0, 0))),
        1 => Just(("tcp", (0, 65_535))),
        4 => ports.clone().prop_map(|ports| ("tcp", ports)),
        2 => ports.prop_map(|ports| ("udp", ports)),
        2 => icmp,
    ]
}

fn group_rules() -> impl Strategy<Value = Vec<Match>> {
    let peer = prop_oneof![
        4 => block(),
        1 => Just(Block::Group("app")),
        1 => Just(Block::Group("web")),
    ];
    let rule = (head(), peer).prop_map(|((protocol, range), block)| Match {
        protocol,
        range,
        block,
    });
    // AWS takes no rule twice.
    proptest::collection::btree_set(rule, 0..5).prop_map(|rules| rules.into_iter().collect())
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let entry = (1u32..60, prop::bool::weighted(0.75), head(), block());
    let some = proptest::collection::vec(entry, 0..6).prop_map(|entries| {
        let mut used = BTreeSet::new();
        let entries = entries.into_iter().filter(|entry| used.insert(entry.0));
        let made = entries.map(|(number, allow, (protocol, range), block)| Entry {
            number,
            allow,
            rule: Match {
                protocol,
                range,
                block,
            },
        });
        made.collect()
    });
    // Often all is allowed in the end, or nothing would ever get through all six.
    (some, prop::bool::weighted(0.7)).prop_map(|(mut entries, open): (Vec<Entry>, bool)| {
        entries.extend(open.then(|| Entry {
            number: 100,
            allow: true,
            rule: Match {
                protocol: "all",
                range: (0, 0),
                block: cidr("0.0.0.0/0"),
            },
        }));
        entries
    })
}

pub(super) fn side() -> impl Strategy<Value = Side> {
    (group_rules(), group_rules(), entries(), entries()).prop_map(
        |(group_in, group_out, acl_in, acl_out)| Side {
            group_in,
            group_out,
            acl_in,
            acl_out,
        },
    )
}

pub(super) fn numbers() -> impl Strategy<Value = (&'static str, i64, i64)> {
    let port = || prop_oneof![Just(22i64), Just(80), Just(0), Just(65_535), 0i64..65_536];
    let source = prop_oneof![3 => Just(40_000i64), 1 => 0i64..65_536];
    prop_oneof![
        4 => (source.clone(), port()).prop_map(|(source, port)| ("tcp", source, port)),
        1 => (source, port()).prop_map(|(source, port)| ("udp", source, port)),
        1 => Just(("icmp", 8, 0)),
    ]
}

struct World {
    lab: Lab,
    app: String,
    web: String,
}

fn world(app: &Side, web: &Side) -> World {
    let mut lab = Lab::new();
    let vpc = lab.vpc("10.0.0.0/16");
    let public = lab.subnet(&vpc, "10.0.1.0/24");
    let private = lab.subnet(&vpc, "10.0.2.0/24");
    let gateway = lab.gateway(&vpc);
    let table = lab.table(&vpc, &public);
    lab.route(&table, "0.0.0.0/0", &gateway);
    let groups = (lab.group(&vpc, "app", ""), lab.group(&vpc, "web", ""));
    let text = |rule: &Match| {
        let (first, last) = rule.range;
        let numbers = match rule.protocol {
            "all" => String::new(),
            "icmp" => format!(" {first}/{last}"),
            _ => format!(" {first}-{last}"),
        };
        let block = match &rule.block {
            Block::Cidr(first, length) => format!("{}/{length}", Ipv4Addr::from(*first)),
            Block::Group("app") => groups.0.clone(),
            Block::Group(_) => groups.1.clone(),
        };
        format!("{}{numbers} {block}", rule.protocol)
    };
    for (side, group, subnet) in [(app, &groups.0, &private), (web, &groups.1, &public)] {
        for (way, rules) in [("in", &side.group_in), ("out", &side.group_out)] {
            for rule in rules {
                lab.rules("Authorize", group, &format!("{way} {}", text(rule)));
            }
        }
        let acl = lab.acl(&vpc, subnet, "");
        for (way, entries) in [("in", &side.acl_in), ("out", &side.acl_out)] {
            for entry in entries {
                let action = if entry.allow { "allow" } else { "deny" };
                let rule = format!("{way} {} {action} {}", entry.number, text(&entry.rule));
                lab.entries(&acl, &rule);
            }
        }
    }
    let app = lab.instance(&private, &[&groups.0], false);
    let web = lab.instance(&public, &[&groups.1], true);
    World { lab, app, web }
}

pub(super) fn question(
    from: &str,
    to: &str,
    (protocol, source, port): (&str, i64, i64),
) -> Question {
    if protocol == "icmp" {
        return Question::ping(place(from), place(to));
    }
    Question {
        protocol: Protocol::parse(protocol).unwrap(),
        source_port: u16::try_from(source).ok(),
        ..tcp(from, to, u16::try_from(port).unwrap())
    }
}

/// Does the verdict hold the packet of a walk, and its answer?
pub(super) fn holds(space: &Space, verdict: &Verdict, walk: &Walk) -> bool {
    let traffics = space.traffics();
    let holds = traffics.contains(verdict.forward, walk.packet.transport)
        && traffics.contains(verdict.reply, walk.packet.reply().transport);
    if holds {
        assert!(traffics.contains(verdict.works, walk.packet.transport));
    }
    holds
}

fn at(outside: &[(Stretch, Verdict)], address: Ipv4Addr) -> Verdict {
    let number = u128::from(u32::from(address));
    let mut all = outside.iter();
    all.find(|(stretch, _)| stretch.holds(number)).unwrap().1
}

proptest! {
    // Failures kept in a file would stand among the crates and break the workspace.
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_walk_agrees_with_the_plain_reading_of_the_rules(
        app in side(),
        web in side(),
        numbers in numbers(),
    ) {
        let world = world(&app, &web);
        let (protocol, first, second) = numbers;
        let header = Header { protocol, source: APP, destination: WEB, numbers: (first, second) };
        let walk = world.lab.walk(&question(&world.app, &world.web, numbers));
        prop_assert_eq!(walk.reaches(), naive(&app, &web, header), "{}", walk.answer());
        let mut space = Space::of(&world.lab.cloud);
        let verdict = space.between(&place(&world.app), &place(&world.web)).unwrap();
        prop_assert_eq!(walk.reaches(), holds(&space, &verdict, &walk), "{}", walk.answer());
        let web = Id::new(&world.lab.interface(&world.web));
        let app = Id::new(&world.lab.interface(&world.app));
        let found = |all: Option<Vec<Reached>>, id: &Id| {
            all.unwrap().into_iter().find(|it| it.interface == *id).unwrap().verdict
        };
        prop_assert_eq!(found(space.reaching(&web), &app), verdict);
        prop_assert_eq!(found(space.reached_from(&app), &web), verdict);
        let mut paired = None;
        space.pairs(|from, to, it| {
            if *from == app && *to == web {
                paired = Some(it);
            }
        });
        prop_assert_eq!(paired, Some(verdict));
        // Whoever is stopped is told why, and by a rule of AWS.
        prop_assert_eq!(walk.reaches(), walk.stop().is_none());
        prop_assert!(walk.stop().is_none_or(|step| step.code.is_some() && step.page.is_some()));
    }

    #[test]
    fn all_public_sources_are_decided_as_each_of_them_is(
        app in side(),
        web in side(),
        numbers in numbers(),
        others in proptest::collection::vec(any::<u32>(), 8),
    ) {
        let world = world(&app, &web);
        let (protocol, first, second) = numbers;
        let asked = question("internet", &world.web, numbers);
        let cloud = &world.lab.cloud;
        let sources = public_sources(cloud, &asked, Walk::reaches).unwrap();
        let network = Network::of(cloud);
        let mut space = Space::of(cloud);
        let interface = Id::new(&world.lab.interface(&world.web));
        let outside = space.outside(&interface, false).unwrap();
        let naive = |address: Ipv4Addr| {
            let header = Header {
                protocol,
                source: address.into(),
                destination: WEB,
                numbers: (first, second),
            };
            naive_outside(&web, header)
        };
        if let Some(address) = sources.can {
            prop_assert!(naive(address));
        }
        if let Some(address) = sources.cannot {
            prop_assert!(!naive(address));
        }
        let near = ["8.8.8.8", "8.8.8.9", "8.8.255.255", "8.9.0.0", "127.0.0.1", "128.0.0.0",
            "198.51.100.16", "198.51.100.32", "223.255.255.255", "1.0.0.0", "203.0.113.10"];
        let near = near.iter().map(|text| text.parse::<Ipv4Addr>().unwrap());
        for address in near.chain(others.iter().copied().map(Ipv4Addr::from)) {
            let first = address.octets()[0];
            let is_public = !matches!(first, 0 | 10 | 127 | 224..)
                && !address.is_link_local()
                && gateway::Private::of(address.into()).is_none()
                && network.public(address.into()).0.is_none();
            if !is_public {
                continue;
            }
            let from = Question { from: Place::Address(address.into()), ..asked.clone() };
            let reaches = walk(cloud, &from).unwrap().reaches();
            prop_assert_eq!(reaches, naive(address), "{}", address);
            let verdict = at(&outside, address);
            let packet = walk(cloud, &from).unwrap();
            prop_assert_eq!(reaches, holds(&space, &verdict, &packet), "{}", address);
            prop_assert!(if reaches { sources.can } else { sources.cannot }.is_some(), "{}", address);
        }
    }
}

/// A property that is never or always true proves nothing.
#[test]
fn the_random_worlds_let_some_through_and_some_not() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut through = 0;
    for _ in 0..2_000 {
        let mut one = |strategy: &BoxedStrategy<Side>| {
            let tree = strategy.new_tree(&mut runner).unwrap();
            proptest::strategy::ValueTree::current(&tree)
        };
        let (app, web) = (one(&side().boxed()), one(&side().boxed()));
        let header = Header {
            protocol: "tcp",
            source: APP,
            destination: WEB,
            numbers: (40_000, 80),
        };
        through += usize::from(naive(&app, &web, header));
    }
    assert!((40..1_000).contains(&through), "{through} of 2000");
}

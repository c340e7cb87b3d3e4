//! What must hold whatever the world: laws of what a change may do, and that every way to ask
//! gives the same answer.

use super::worlds::{World, build, plan};
use crate::{Reached, Space, Verdict};
use hopwise_cloud::Id;
use hopwise_cloud::ec2::network_acl::AclEntry;
use hopwise_cloud::ec2::network_interface::InterfaceAddress;
use hopwise_cloud::ec2::security_group::Peer;
use hopwise_net::{Prefix, Protocol};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

type Pairs = BTreeMap<(Id, Id), Verdict>;

fn pairs(space: &mut Space) -> Pairs {
    let mut all = Pairs::new();
    space.pairs(|from, to, verdict| {
        assert!(all.insert((from.clone(), to.clone()), verdict).is_none());
    });
    all
}

/// Three more machines beside each, with other addresses and groups.
fn crowd(world: &mut World, places: &[u8]) {
    let machines = world.machines.clone();
    let mut places = places.iter().copied().cycle();
    for machine in &machines {
        let interface = world.lab.interface(machine);
        let ec2 = world.lab.ec2();
        let instance = ec2.instances.get(machine).unwrap().as_ref().clone();
        let interface = ec2
            .network_interfaces
            .get(&interface)
            .unwrap()
            .as_ref()
            .clone();
        let groups: Vec<Id> = (ec2.security_groups.iter())
            .filter(|it| it.vpc == interface.vpc)
            .map(|it| it.id.clone())
            .collect();
        for number in 0..3u8 {
            let place = places.next().unwrap();
            let mut other = instance.clone();
            other.id = Id::new(&format!("{machine}-{number}"));
            other.born.ordinal = 100 + u32::from(number);
            let mut own = interface.clone();
            own.id = Id::new(&format!("{}-{number}", interface.id));
            own.born = other.born;
            own.attachment.as_mut().unwrap().instance = other.id.clone();
            let base = u32::from(interface.primary_address().unwrap()) & !0xff;
            // Near the blocks that rules name, one third each of the subnet.
            let address = base + 6 + u32::from(number) * 80 + u32::from(place % 80);
            own.addresses = vec![InterfaceAddress {
                private: Ipv4Addr::from(address),
                auto_public: None,
            }];
            // The first is as the machine but for its address.
            if number > 0 {
                let some = groups.iter().skip(usize::from(place % 3)).take(2);
                own.groups = some.cloned().collect();
            }
            ec2.instances.insert(other);
            ec2.network_interfaces.insert(own);
        }
    }
}

/// Does what works include all that worked?
fn includes(space: &Space, larger: &Verdict, (old, verdict): (&Space, &Verdict)) -> bool {
    let (was, is) = (
        old.traffics().show(verdict.works),
        space.traffics().show(larger.works),
    );
    let within = |one: &[(u16, u16)], other: &[(u16, u16)]| {
        one.iter().all(|(first, last)| {
            let mut other = other.iter();
            other.any(|(from, to)| from <= first && last <= to)
        })
    };
    is.tcp.covers(&was.tcp)
        && is.udp.covers(&was.udp)
        && within(&was.icmp, &is.icmp)
        && within(&was.other, &is.other)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_way_to_ask_gives_the_same_answer(
        plan in plan(),
        places in proptest::collection::vec(any::<u8>(), 12),
    ) {
        let mut world = build(&plan);
        crowd(&mut world, &places);
        let mut space = Space::of(&world.lab.cloud);
        let all = pairs(&mut space);
        prop_assert_eq!(all.len(), 16 * 15);
        for ((from, to), verdict) in &all {
            let place = |id: &Id| crate::Place::Interface(id.clone());
            let single = space.between(&place(from), &place(to)).unwrap();
            prop_assert_eq!(single, *verdict, "{} {}", from, to);
        }
        let (first, _) = all.keys().next().unwrap().clone();
        let found = |reached: Vec<Reached>| -> BTreeMap<Id, Verdict> {
            reached.into_iter().map(|it| (it.interface, it.verdict)).collect()
        };
        let into = found(space.reaching(&first).unwrap());
        let out = found(space.reached_from(&first).unwrap());
        for ((from, to), verdict) in &all {
            if *to == first {
                prop_assert_eq!(into[from], *verdict);
            }
            if *from == first {
                prop_assert_eq!(out[to], *verdict);
            }
        }
    }

    #[test]
    fn a_change_of_rules_does_what_it_may_and_is_seen_at_once(
        plan in plan(),
        port in 0u16..100,
        which in 0usize..4,
    ) {
        let world = build(&plan);
        let mut cloud = world.lab.cloud.clone();
        let mut before = Space::of(&cloud);
        let old = pairs(&mut before);
        let mut space = before.clone();
        let interface = world.lab.interface(&world.machines[which]);
        // One more rule of a group takes nothing away.
        let ec2 = cloud.raw(hopwise_cloud::ACCOUNT, "us-east-1").unwrap();
        let group = ec2.network_interfaces.get(&interface).unwrap().groups[0].clone();
        let rules = &mut ec2.security_groups.get_mut(group.as_str()).unwrap().rules;
        if let Some(mut rule) = rules.first().cloned() {
            rule.protocol = Some(Protocol::TCP);
            (rule.from, rule.to) = (Some(port.into()), Some(i32::from(port) + 10));
            rule.peer = Peer::Block(Prefix::ANY_V4);
            rules.push(rule);
        }
        space.update(&cloud);
        let new = pairs(&mut space);
        for (pair, verdict) in &old {
            prop_assert!(includes(&space, &new[pair], (&before, verdict)));
        }
        // The same as if it had been looked at for the first time.
        let mut fresh = Space::of(&cloud);
        for (pair, verdict) in pairs(&mut fresh) {
            let (one, other) = (fresh.traffics().show(verdict.works), space.traffics().show(new[&pair].works));
            prop_assert_eq!(one, other);
        }
        // One more rule of an ACL that denies adds nothing.
        let wide = space.clone();
        let ec2 = cloud.raw(hopwise_cloud::ACCOUNT, "us-east-1").unwrap();
        let subnet = ec2.network_interfaces.get(&interface).unwrap().subnet.clone();
        let acl = ec2.network_acl_of(&subnet).unwrap().id.clone();
        let entries = &mut ec2.network_acls.get_mut(acl.as_str()).unwrap().entries;
        for egress in [false, true] {
            entries.insert(0, AclEntry {
                number: 0,
                egress,
                allow: false,
                protocol: Some(Protocol::TCP),
                block: Prefix::ANY_V4,
                ports: hopwise_net::PortRange::new(port, port + 10),
                icmp: None,
            });
        }
        space.update(&cloud);
        let narrow = pairs(&mut space);
        for (pair, verdict) in &narrow {
            prop_assert!(includes(&wide, &new[pair], (&space, verdict)));
        }
        let mut fresh = Space::of(&cloud);
        for (pair, verdict) in pairs(&mut fresh) {
            let (one, other) = (fresh.traffics().show(verdict.works), space.traffics().show(narrow[&pair].works));
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn a_block_in_two_halves_is_the_same_block(plan in plan()) {
        let world = build(&plan);
        let mut cloud = world.lab.cloud.clone();
        let mut space = Space::of(&cloud);
        let old = pairs(&mut space);
        let ec2 = cloud.raw(hopwise_cloud::ACCOUNT, "us-east-1").unwrap();
        let groups: Vec<Id> = ec2.security_groups.iter().map(|it| it.id.clone()).collect();
        for group in groups {
            let group = ec2.security_groups.get_mut(group.as_str()).unwrap();
            let halves = |block: Prefix| -> Vec<Prefix> {
                let first = Prefix::new(block.first(), block.length() + 1);
                let last = Prefix::new(block.last(), block.length() + 1);
                first.into_iter().chain(last).collect()
            };
            let split = std::mem::take(&mut group.rules).into_iter().flat_map(|rule| {
                match rule.peer {
                    Peer::Block(block) if block.length() < 32 => halves(block)
                        .into_iter()
                        .map(|half| {
                            let mut rule = rule.clone();
                            rule.peer = Peer::Block(half);
                            rule
                        })
                        .collect(),
                    _ => vec![rule],
                }
            });
            group.rules = split.collect();
        }
        space.update(&cloud);
        prop_assert_eq!(pairs(&mut space), old);
    }
}

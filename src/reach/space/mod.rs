//! All traffic at once: what works between two places, who reaches a place, what a place
//! reaches, everybody and everybody.
//!
//! Filters of AWS look at the protocol, the other side's address and the destination port (or
//! type and code), so between two addresses what works is a set of destination ports and, by
//! itself, a set of source ports to which answers come back. Both are exact.

mod classes;
mod compiled;
mod passage;
mod verdict;
mod wave;

pub use classes::{Class, Matrix};
pub use verdict::{LINUX_PORTS, RELAY_PORTS, Share, Verdict, WINDOWS_PORTS};

use crate::Place;
use crate::network::{Change, Index, InterfaceNode, Network, SetNode, VpcNode};
use crate::place::is_unicast;
use crate::question::{Question, Refusal};
use crate::resolver::{self, Start};
use crate::stretch::{self, Stretch};
use crate::traffic::{TrafficId, Traffics};
use classes::Kinds;
use compiled::Compiled;
use hopwise_cloud::{Cloud, Id};
use passage::{Asker, Passage, between_addresses, lives, passage};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use wave::{Seen, Whose};

/// The network of a cloud with its filters compiled, to ask about all traffic at once. Keep it,
/// and bring it up to date with [`Space::update`].
#[derive(Clone, Debug)]
pub struct Space {
    network: Network,
    compiled: Compiled,
    kinds: Option<Kinds>,
}

/// An interface and what works between it and the one that was asked about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    /// The interface.
    pub interface: Id,
    /// What works.
    pub verdict: Verdict,
}

impl Space {
    /// Compiles the network of a cloud. Filters are compiled when they are first asked.
    pub fn of(cloud: &Cloud) -> Self {
        Space {
            network: Network::of(cloud),
            compiled: Compiled::default(),
            kinds: None,
        }
    }

    /// Brings everything up to date. Where only rules of groups and ACLs have changed, only
    /// theirs are compiled again.
    pub fn update(&mut self, cloud: &Cloud) {
        let compiled = &mut self.compiled;
        let (mut groups, mut acls) = (Vec::new(), Vec::new());
        let change = self
            .network
            .update(cloud, |group| groups.push(group), |acl| acls.push(acl));
        match change {
            Change::Everything => {
                compiled.clear();
                self.kinds = None;
            }
            Change::Rules => {
                let rely = self.kinds.as_ref().is_some_and(Kinds::rely_on_groups);
                if !acls.is_empty() || (rely && !groups.is_empty()) {
                    self.kinds = None;
                }
                groups.into_iter().for_each(|it| compiled.forget_group(it));
                acls.into_iter().for_each(|it| compiled.forget_acl(it));
            }
        }
    }

    /// The compiled network, for single walks.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The sets that verdicts name.
    pub fn traffics(&self) -> &Traffics {
        &self.compiled.traffics
    }

    /// What works between two places, each direction routed by itself. Which address is meant is
    /// chosen as for [`crate::walk()`].
    ///
    /// # Errors
    /// As [`crate::walk()`].
    pub fn between(&mut self, from: &Place, to: &Place) -> Result<Verdict, Refusal> {
        let question = Question::tcp(from.clone(), to.clone(), 0);
        question.check()?;
        let network = &self.network;
        let ends = resolver::resolve(network, &question)?;
        if ends.stop.is_some() {
            return Ok(Verdict::NOTHING);
        }
        let asker = match ends.start {
            Start::Interface(interface) if !lives(network, interface) => {
                return Ok(Verdict::NOTHING);
            }
            Start::Interface(interface) => Asker::Interface(interface),
            Start::Laptop | Start::Outside => Asker::Outside(ends.source),
            Start::Host(outside) => Asker::Host(outside, ends.source),
        };
        if let Asker::Interface(from) = asker {
            let vpc = network.vpcs.get(from.vpc);
            let owner = vpc.and_then(|vpc| network.having(vpc, ends.destination).0);
            if owner.is_some_and(|it| it.user == from.user) {
                return Ok(Verdict::EVERYTHING);
            }
        }
        let found = between_addresses(
            network,
            &mut self.compiled,
            asker,
            ends.source,
            ends.target,
            ends.destination,
        );
        let out = match asker {
            Asker::Interface(from) => self.out(from.groups, ends.destination).0,
            Asker::Outside(_) | Asker::Host(..) => TrafficId::ALL,
        };
        Ok(self.verdict(&found, out, TrafficId::ALL))
    }

    /// Who reaches an interface by IPv4, of all interfaces of running instances, in the order of
    /// subnets and addresses; those that don't are among them, with nothing. `None` where there
    /// is no such interface.
    pub fn reaching(&mut self, interface: &Id) -> Option<Vec<Reached>> {
        let target = self.network.interface(interface)?.index;
        let mut all = Vec::new();
        self.each_reaching(target, |network, index, verdict| {
            if let Some(it) = network.interfaces.get(index) {
                let interface = it.state.id.clone();
                all.push(Reached { interface, verdict });
            }
        });
        Some(all)
    }

    fn each_reaching(
        &mut self,
        target: Index<InterfaceNode>,
        mut each: impl FnMut(&Network, Index<InterfaceNode>, Verdict),
    ) -> Option<()> {
        let kinds = self.take_kinds();
        let target = self.network.interfaces.get(target)?.clone();
        let mut out = SetCache::new();
        for kind in kinds.all() {
            let found = self.kind_passage(&kind.members, &target, true);
            let mut shown = Last::default();
            for member in &kind.members {
                let Some((groups, address)) = self.end(*member) else {
                    continue;
                };
                let verdict = if self.same_machine(*member, &target) {
                    Verdict::EVERYTHING
                } else if let Some(found) = found.filter(|it| !it.forward.is_none()) {
                    let allowed = self.shown(target.groups, found.seen, address, &mut shown);
                    let asked = Asked {
                        egress: true,
                        origin: None,
                        address: found.aim,
                    };
                    let sent = out.get(self, asked, groups);
                    self.verdict(&found, sent, allowed)
                } else {
                    Verdict::NOTHING
                };
                each(&self.network, *member, verdict);
            }
        }
        self.kinds = Some(kinds);
        Some(())
    }

    /// What an interface reaches by IPv4, of all interfaces of running instances, likewise.
    pub fn reached_from(&mut self, interface: &Id) -> Option<Vec<Reached>> {
        let source = self.network.interface(interface)?.clone();
        let kinds = self.take_kinds();
        let mut all = Vec::new();
        let mut shown = SetCache::new();
        for kind in kinds.all() {
            let found = match lives(&self.network, &source) {
                true => self.kind_passage(&kind.members, &source, false),
                false => None,
            };
            let mut sent = Last::default();
            for member in &kind.members {
                let Some((groups, address)) = self.end(*member) else {
                    continue;
                };
                let verdict = if self.same_machine(*member, &source) {
                    Verdict::EVERYTHING
                } else if let Some(found) = found.filter(|it| !it.forward.is_none()) {
                    let aim = if kind.members.len() == 1 {
                        found.aim
                    } else {
                        address
                    };
                    let out = sent.get(aim, || self.out(source.groups, aim));
                    let allowed = match found.seen {
                        Some(seen) => {
                            let asked = Asked {
                                egress: false,
                                origin: seen.origin,
                                address: seen.address,
                            };
                            shown.get(self, asked, groups)
                        }
                        None => TrafficId::ALL,
                    };
                    self.verdict(&found, out, allowed)
                } else {
                    Verdict::NOTHING
                };
                if let Some(it) = self.network.interfaces.get(*member) {
                    let interface = it.state.id.clone();
                    all.push(Reached { interface, verdict });
                }
            }
        }
        self.kinds = Some(kinds);
        Some(all)
    }

    /// What machines in the internet reach an interface with: every address of single machines
    /// that nothing in this cloud has, in stretches, those with nothing too.
    pub fn outside(&mut self, interface: &Id, v6: bool) -> Option<Vec<(Stretch, Verdict)>> {
        let target = self.network.interface(interface)?.clone();
        let zero = match v6 {
            false => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            true => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let last = Stretch::all(zero).last;
        let mut all: Vec<(Stretch, Verdict)> = Vec::new();
        let mut next = Some(0);
        while let Some(first) = next.filter(|first| *first <= last) {
            let address = stretch::address(first, zero);
            let mut reach = unicast_stretch(address);
            let (owner, own) = self.network.public(address);
            reach = reach.meet(own);
            if is_unicast(address) && owner.is_none() {
                let asker = Asker::Outside(address);
                let found = passage(&self.network, &mut self.compiled, asker, &target, v6);
                let verdict = match found {
                    Some(found) => {
                        reach = reach.meet(found.asker);
                        let (allowed, shown) = self.shown_at(target.groups, found.seen, address);
                        reach = reach.meet(shown);
                        self.verdict(&found, TrafficId::ALL, allowed)
                    }
                    None => Verdict::NOTHING,
                };
                match all.last_mut() {
                    Some((before, same))
                        if *same == verdict && before.last.checked_add(1) == Some(first) =>
                    {
                        before.last = reach.last;
                    }
                    _ => all.push((
                        Stretch {
                            first,
                            last: reach.last,
                        },
                        verdict,
                    )),
                }
            }
            next = reach.last.checked_add(1);
        }
        Some(all)
    }

    /// What a passage comes to, with what the groups at both ends let through.
    fn verdict(&mut self, found: &Passage, out: TrafficId, allowed: TrafficId) -> Verdict {
        let traffics = &mut self.compiled.traffics;
        let ends = traffics.intersection(out, allowed);
        let forward = traffics.intersection(found.forward, ends);
        if forward.is_none() {
            return Verdict::NOTHING;
        }
        Verdict {
            forward,
            reply: found.reply,
            relays: found.relays,
            works: traffics.works(forward, found.reply),
        }
    }

    /// What the groups of a set let out to an address.
    fn out(&mut self, set: Index<SetNode>, address: IpAddr) -> (TrafficId, Stretch) {
        match self.network.sets.get(set) {
            Some(set) => self.compiled.set(&self.network, set, true, None, address),
            None => (TrafficId::NONE, Stretch::only(address)),
        }
    }

    /// What the groups of a set let in of what they see, if that is `address` where it is the
    /// asker's own.
    fn shown(
        &mut self,
        set: Index<SetNode>,
        seen: Option<Seen>,
        address: IpAddr,
        last: &mut Last,
    ) -> TrafficId {
        let own = seen.is_some_and(|it| it.whose == Whose::Asker);
        let key = if own {
            address
        } else {
            seen.map_or(address, |it| it.address)
        };
        last.get(key, || self.shown_at(set, seen, address))
    }

    fn shown_at(
        &mut self,
        set: Index<SetNode>,
        seen: Option<Seen>,
        address: IpAddr,
    ) -> (TrafficId, Stretch) {
        let Some(seen) = seen else {
            return (TrafficId::ALL, Stretch::all(address));
        };
        let Some(set) = self.network.sets.get(set) else {
            return (TrafficId::NONE, Stretch::all(address));
        };
        let own = seen.whose == Whose::Asker;
        let looked = if own { address } else { seen.address };
        let (allowed, stretch) = self
            .compiled
            .set(&self.network, set, false, seen.origin, looked);
        let all = Stretch::all(address);
        (allowed, if own { stretch } else { all })
    }

    /// The passage of a kind to or from an interface; by one that is not of the same machine.
    fn kind_passage(
        &mut self,
        members: &[Index<InterfaceNode>],
        other: &InterfaceNode,
        into: bool,
    ) -> Option<Passage> {
        let mut all = members.iter();
        let rep = *all.find(|it| !self.same_machine(**it, other))?;
        let rep = self.network.interfaces.get(rep)?;
        let other = self.network.interfaces.get(other.index)?;
        let (from, to) = if into { (rep, other) } else { (other, rep) };
        passage(
            &self.network,
            &mut self.compiled,
            Asker::Interface(from),
            to,
            false,
        )
    }

    fn same_machine(&self, one: Index<InterfaceNode>, other: &InterfaceNode) -> bool {
        let one = self.network.interfaces.get(one);
        let machine = one.and_then(|it| self.network.instance_of(it));
        let own = self.network.instance_of(other);
        machine.is_some_and(|it| own.is_some_and(|own| own.index == it.index))
    }

    /// The groups and the primary address of an interface.
    fn end(&self, index: Index<InterfaceNode>) -> Option<(Index<SetNode>, IpAddr)> {
        let interface = self.network.interfaces.get(index)?;
        Some((interface.groups, interface.state.primary_address()?.into()))
    }

    fn take_kinds(&mut self) -> Kinds {
        match self.kinds.take() {
            Some(kinds) => kinds,
            None => Kinds::of(&self.network, &mut self.compiled),
        }
    }
}

/// The stretch around an address that is unicast, or not, as a whole.
fn unicast_stretch(address: IpAddr) -> Stretch {
    let mut reach = Stretch::all(address);
    let odd = match address {
        IpAddr::V4(_) => [("0.0.0.0", 8), ("127.0.0.0", 8), ("224.0.0.0", 3)],
        IpAddr::V6(_) => [("::", 128), ("::1", 128), ("ff00::", 8)],
    };
    for (first, length) in odd {
        let block = first.parse().ok();
        let block = block.and_then(|first: IpAddr| hopwise_net::Prefix::new(first, length));
        if let Some(block) = block {
            reach = reach.meet(Stretch::within(block, address).1);
        }
    }
    reach
}

/// What was found last, and for which stretch it holds.
#[derive(Default)]
struct Last(Option<(TrafficId, Stretch)>);

impl Last {
    fn get(&mut self, address: IpAddr, find: impl FnOnce() -> (TrafficId, Stretch)) -> TrafficId {
        let number = stretch::number(address);
        match self.0 {
            Some((known, stretch)) if stretch.holds(number) => known,
            _ => self.0.insert(find()).0,
        }
    }
}

/// What is asked of groups.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Asked {
    egress: bool,
    origin: Option<Index<VpcNode>>,
    address: IpAddr,
}

/// What groups, and sets of them, let through, for a few questions.
struct SetCache {
    known: Vec<(Asked, Answers)>,
}

/// By groups, and by sets.
struct Answers {
    groups: Vec<Option<TrafficId>>,
    sets: Vec<Option<TrafficId>>,
}

impl SetCache {
    fn new() -> Self {
        SetCache { known: Vec::new() }
    }

    /// What the groups of a set let through.
    fn get(&mut self, space: &mut Space, asked: Asked, set: Index<SetNode>) -> TrafficId {
        let Space {
            network, compiled, ..
        } = space;
        let place = match self.known.iter().rposition(|(it, _)| *it == asked) {
            Some(place) => place,
            None => {
                let answers = Answers {
                    groups: vec![None; network.groups.len()],
                    sets: vec![None; network.sets.len()],
                };
                self.known.push((asked, answers));
                self.known.len() - 1
            }
        };
        let (Some((_, answers)), Some(node)) = (self.known.get_mut(place), network.sets.get(set))
        else {
            return TrafficId::NONE;
        };
        let Some(slot) = answers.sets.get_mut(set.place()) else {
            return TrafficId::NONE;
        };
        if let Some(known) = slot {
            return *known;
        }
        let mut all = TrafficId::NONE;
        for index in &node.groups {
            let (Some(group), Some(slot)) = (
                network.groups.get(*index),
                answers.groups.get_mut(index.place()),
            ) else {
                continue;
            };
            let one = *slot.get_or_insert_with(|| {
                let Asked {
                    egress,
                    origin,
                    address,
                } = asked;
                compiled.group(network, group, egress, origin, address).0
            });
            all = compiled.traffics.union(all, one);
        }
        *slot = Some(all);
        all
    }
}

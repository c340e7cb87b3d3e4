//! Interfaces that fare alike.

use super::compiled::Compiled;
use super::passage::{Asker, Passage, lives, passage};
use super::{Space, Verdict};
use crate::network::{GroupNode, Index, InterfaceNode, Network, SetNode, Toward, VpcNode};
use crate::traffic::{QuickMap, TrafficId, pair};
use hopwise_cloud::Id;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Interfaces of running instances for which, whatever their groups say, the network does the
/// same: of one subnet, and of one stretch of addresses within which no ACL and no route table
/// can tell them apart.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    /// By address.
    pub(super) members: Vec<Index<InterfaceNode>>,
}

#[derive(Clone, Debug)]
pub(super) struct Kinds {
    all: Vec<Kind>,
    appliances: bool,
}

impl Kinds {
    pub(super) fn all(&self) -> &[Kind] {
        &self.all
    }

    /// Does what the groups of appliances say tell kinds apart?
    pub(super) fn rely_on_groups(&self) -> bool {
        self.appliances
    }

    pub(super) fn of(network: &Network, compiled: &mut Compiled) -> Self {
        let appliances = appliances(network);
        let mut members: Vec<Vec<(u32, Index<InterfaceNode>)>> =
            vec![Vec::new(); network.subnets.len()];
        let mut vpcs = BTreeSet::new();
        for interface in network.interfaces.iter() {
            let address = interface.state.primary_address();
            if let (true, Some(address)) = (lives(network, interface), address) {
                vpcs.insert(interface.vpc);
                if let Some(members) = members.get_mut(interface.subnet.place()) {
                    members.push((address.into(), interface.index));
                }
            }
        }
        let mut all = Vec::new();
        for mut members in members {
            members.sort_unstable();
            let (Some((first, _)), Some((last, _))) = (members.first(), members.last()) else {
                continue;
            };
            let cuts = cuts(network, compiled, &appliances, *first, *last);
            let mut kind: Vec<Index<InterfaceNode>> = Vec::new();
            let mut cuts = cuts.into_iter().peekable();
            for (address, index) in members {
                if cuts.peek().is_some_and(|cut| *cut <= address) {
                    while cuts.next_if(|cut| *cut <= address).is_some() {}
                    if !kind.is_empty() {
                        let members = std::mem::take(&mut kind);
                        all.push(Kind { members });
                    }
                }
                let interface = network.interfaces.get(index);
                // What leaves by its own public address fares as no other does. Within a VPC
                // nothing goes by those.
                let own = interface.is_some_and(|it| {
                    appliances.contains(&index) || (vpcs.len() > 1 && !it.publics.is_empty())
                });
                if own {
                    all.push(Kind {
                        members: vec![index],
                    });
                } else {
                    kind.push(index);
                }
            }
            if !kind.is_empty() {
                all.push(Kind { members: kind });
            }
        }
        Kinds {
            all,
            appliances: !appliances.is_empty(),
        }
    }
}

/// The interfaces of machines that routes lead to.
fn appliances(network: &Network) -> BTreeSet<Index<InterfaceNode>> {
    let mut all = BTreeSet::new();
    for table in network.tables.iter() {
        for route in &table.routes {
            let Toward::Interface(index) = route.toward else {
                continue;
            };
            let interface = network.interfaces.get(index);
            match interface.and_then(|it| network.instance_of(it)) {
                Some(instance) => all.extend(instance.interfaces.iter().copied()),
                None => {
                    all.insert(index);
                }
            }
        }
    }
    all
}

/// Where between two addresses something on the way may tell one from the next.
fn cuts(
    network: &Network,
    compiled: &mut Compiled,
    appliances: &BTreeSet<Index<InterfaceNode>>,
    first: u32,
    last: u32,
) -> BTreeSet<u32> {
    let mut all = BTreeSet::new();
    for acl in network.acls.iter() {
        for egress in [false, true] {
            if let Some(filter) = compiled.acl_filter(acl, egress) {
                all.extend(filter.cuts(first, last));
            }
        }
    }
    for table in network.tables.iter() {
        all.extend(table.cuts(first, last));
    }
    for table in network.transit_tables.iter() {
        all.extend(table.cuts(first, last));
    }
    for vpc in network.vpcs.iter() {
        for block in vpc.state.all_blocks() {
            if let (IpAddr::V4(begin), IpAddr::V4(end)) = (block.first(), block.last()) {
                let bounds = [Some(u32::from(begin)), u32::from(end).checked_add(1)];
                let bounds = bounds.into_iter().flatten();
                all.extend(bounds.filter(|it| first < *it && *it <= last));
            }
        }
    }
    for index in appliances {
        let interface = network.interfaces.get(*index);
        let set = interface.and_then(|it| network.sets.get(it.groups));
        for group in set.map(|it| it.groups.as_slice()).unwrap_or_default() {
            let Some(group) = network.groups.get(*group) else {
                continue;
            };
            for (egress, origin) in origins(network) {
                let filter = compiled.group_filter(network, group, egress, origin);
                all.extend(filter.into_iter().flat_map(|it| it.cuts(first, last)));
            }
        }
    }
    all
}

/// Every way in which a group can be asked.
fn origins(network: &Network) -> Vec<(bool, Option<Index<VpcNode>>)> {
    let from = network.vpcs.iter().map(|vpc| (false, Some(vpc.index)));
    let lost = [(true, None), (false, None)];
    lost.into_iter().chain(from).collect()
}

/// Interfaces of one subnet with the same groups that everything treats alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Class {
    /// The subnet.
    pub subnet: Id,
    /// The groups.
    pub groups: Vec<Id>,
    /// The interfaces, by address.
    pub interfaces: Vec<Id>,
}

/// What works between each class and each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matrix {
    /// The classes.
    pub classes: Vec<Class>,
    verdicts: Vec<Verdict>,
}

impl Matrix {
    /// What works from one class to another (or to other interfaces of the same class), by
    /// their places. (An interface reaches itself, whatever this says.)
    pub fn verdict(&self, from: usize, to: usize) -> Verdict {
        let place = from * self.classes.len() + to;
        self.verdicts
            .get(place)
            .copied()
            .unwrap_or(Verdict::NOTHING)
    }
}

struct Grouped {
    kind: usize,
    set: Index<SetNode>,
    address: IpAddr,
    members: Vec<Index<InterfaceNode>>,
}

impl Space {
    /// What works by IPv4 between all interfaces of running instances, by classes of such as
    /// fare alike.
    pub fn matrix(&mut self) -> Matrix {
        let (grouped, verdicts) = self.class_verdicts();
        let network = &self.network;
        let id = |index: &Index<InterfaceNode>| {
            let interface = network.interfaces.get(*index);
            interface.map(|it| it.state.id.clone())
        };
        let class = |group: Grouped| {
            let first = group.members.first();
            let first = first.and_then(|it| network.interfaces.get(*it));
            Class {
                subnet: first.map_or(Id::new(""), |it| it.state.subnet.clone()),
                groups: first.map_or(Vec::new(), |it| it.state.groups.clone()),
                interfaces: group.members.iter().filter_map(id).collect(),
            }
        };
        Matrix {
            classes: grouped.into_iter().map(class).collect(),
            verdicts,
        }
    }

    /// What works by IPv4 from each interface of a running instance to each other one.
    pub fn pairs(&mut self, mut each: impl FnMut(&Id, &Id, Verdict)) {
        let (grouped, verdicts) = self.class_verdicts();
        let network = &self.network;
        let get = |it: &Index<InterfaceNode>| network.interfaces.get(*it);
        for (place, from) in grouped.iter().enumerate() {
            let row = verdicts.get(place * grouped.len()..).unwrap_or_default();
            for source in from.members.iter().filter_map(get) {
                for (to, verdict) in grouped.iter().zip(row) {
                    for target in to.members.iter().filter_map(get) {
                        if target.user == source.user {
                            continue;
                        }
                        each(&source.state.id, &target.state.id, *verdict);
                    }
                }
            }
        }
    }

    fn class_verdicts(&mut self) -> (Vec<Grouped>, Vec<Verdict>) {
        let kinds = self.take_kinds();
        let grouped = self.grouped(&kinds);
        let mut passages: Vec<Option<Passage>> = Vec::new();
        for from in &kinds.all {
            for to in &kinds.all {
                passages.push(self.between_kinds(from, to));
            }
        }
        let mut values = Values::default();
        let addresses: Vec<IpAddr> = grouped.iter().map(|it| it.address).collect();
        let mut verdicts = Vec::with_capacity(grouped.len() * grouped.len());
        let mut outs = Vec::new();
        for (row, from) in grouped.iter().enumerate() {
            let mut ins = RowCache::default();
            outs.clear();
            outs.resize(grouped.len(), TrafficId::NONE);
            for group in self.groups_of(from.set) {
                let all = values.get(self, &addresses, true, None, group);
                let traffics = &mut self.compiled.traffics;
                for (sum, one) in outs.iter_mut().zip(all) {
                    *sum = traffics.union(*sum, *one);
                }
            }
            for (to, out) in grouped.iter().zip(&outs) {
                let place = from.kind * kinds.all.len() + to.kind;
                let found = passages.get(place).copied().flatten();
                let Some(found) = found.filter(|it| !it.forward.is_none()) else {
                    verdicts.push(Verdict::NOTHING);
                    continue;
                };
                // A public address is of one only, which is a kind of its own.
                let alone = kinds
                    .all
                    .get(to.kind)
                    .is_some_and(|it| it.members.len() == 1);
                let out = match alone && found.aim != to.address {
                    true => self.out(from.set, found.aim).0,
                    false => *out,
                };
                let allowed = match found.seen {
                    Some(seen) if seen.whose == super::Whose::Asker => {
                        ins.get(self, &mut values, &addresses, row, seen.origin, to.set)
                    }
                    seen => self.shown_at(to.set, seen, from.address).0,
                };
                verdicts.push(self.verdict(&found, out, allowed));
            }
        }
        self.kinds = Some(kinds);
        (grouped, verdicts)
    }

    fn groups_of(&self, set: Index<SetNode>) -> Vec<Index<GroupNode>> {
        let set = self.network.sets.get(set);
        set.map(|it| it.groups.clone()).unwrap_or_default()
    }

    /// The passage from one kind to another, by two that are not of one machine.
    fn between_kinds(&mut self, from: &Kind, to: &Kind) -> Option<Passage> {
        let mut askers = from.members.iter();
        askers.find_map(|asker| {
            let asker = self.network.interfaces.get(*asker)?;
            let mut targets = to.members.iter();
            let target = targets.find_map(|target| {
                let target = self.network.interfaces.get(*target)?;
                (target.user != asker.user).then_some(target)
            })?;
            let compiled = &mut self.compiled;
            passage(
                &self.network,
                compiled,
                Asker::Interface(asker),
                target,
                false,
            )
        })
    }

    /// Splits the kinds by groups, and by what any group says of the addresses.
    fn grouped(&mut self, kinds: &Kinds) -> Vec<Grouped> {
        // By address: to which class it belongs so far.
        let mut members: Vec<(IpAddr, u32, Index<InterfaceNode>)> = Vec::new();
        let mut first: BTreeMap<(usize, Index<SetNode>), u32> = BTreeMap::new();
        let mut known: Vec<(usize, Index<SetNode>)> = Vec::new();
        for (kind, of) in kinds.all.iter().enumerate() {
            for index in &of.members {
                let Some((set, address)) = self.end(*index) else {
                    continue;
                };
                let next = u32::try_from(first.len()).unwrap_or(u32::MAX);
                let class = *first.entry((kind, set)).or_insert_with(|| {
                    known.push((kind, set));
                    next
                });
                members.push((address, class, *index));
            }
        }
        members.sort_unstable();
        let network = &self.network;
        let mut count = known.len();
        for group in network.groups.iter() {
            for (egress, origin) in origins(network) {
                let Some(filter) = self.compiled.group_filter(network, group, egress, origin)
                else {
                    continue;
                };
                let mut values = Vec::with_capacity(members.len());
                let mut last = super::Last::default();
                for (address, ..) in &members {
                    values.push(last.get(*address, || {
                        let none = (TrafficId::NONE, crate::Stretch::only(*address));
                        filter.at(*address).unwrap_or(none)
                    }));
                }
                if values.first() == values.last()
                    && values.windows(2).all(|two| two.first() == two.last())
                {
                    continue;
                }
                let mut split: QuickMap<u64, u32> = QuickMap::default();
                let mut used = vec![false; count];
                for ((_, class, _), value) in members.iter_mut().zip(values) {
                    let key = pair(*class, value.number());
                    *class = match split.get(&key) {
                        Some(known) => *known,
                        None => {
                            // The first value of a class keeps its number.
                            let fresh = match used.get_mut(*class as usize) {
                                Some(used) if !*used => {
                                    *used = true;
                                    *class
                                }
                                _ => {
                                    let fresh = u32::try_from(count).unwrap_or(u32::MAX);
                                    known.extend(known.get(*class as usize).copied());
                                    count += 1;
                                    fresh
                                }
                            };
                            split.insert(key, fresh);
                            fresh
                        }
                    };
                }
            }
        }
        let mut all: Vec<Option<Grouped>> = (0..count).map(|_| None).collect();
        for (address, class, index) in members {
            let (Some(slot), Some((kind, set))) =
                (all.get_mut(class as usize), known.get(class as usize))
            else {
                continue;
            };
            let grouped = slot.get_or_insert_with(|| Grouped {
                kind: *kind,
                set: *set,
                address,
                members: Vec::new(),
            });
            grouped.members.push(index);
        }
        let mut all: Vec<Grouped> = all.into_iter().flatten().collect();
        all.sort_by_key(|it| (it.kind, it.address));
        all
    }
}

/// What each group says of each class, worked out when it is first asked for.
#[derive(Default)]
struct Values {
    known: Vec<(Way, Vec<Vec<TrafficId>>)>,
}

/// A direction, and where traffic counts as coming from.
type Way = (bool, Option<Index<VpcNode>>);

impl Values {
    fn get(
        &mut self,
        space: &mut Space,
        addresses: &[IpAddr],
        egress: bool,
        origin: Option<Index<VpcNode>>,
        group: Index<GroupNode>,
    ) -> &[TrafficId] {
        let way = (egress, origin);
        let place = match self.known.iter().position(|(it, _)| *it == way) {
            Some(place) => place,
            None => {
                let none = vec![Vec::new(); space.network.groups.len()];
                self.known.push((way, none));
                self.known.len() - 1
            }
        };
        let slot = self.known.get_mut(place);
        let Some(slot) = slot.and_then(|(_, all)| all.get_mut(group.place())) else {
            return &[];
        };
        if slot.is_empty()
            && let Some(node) = space.network.groups.get(group)
        {
            let (network, compiled) = (&space.network, &mut space.compiled);
            let mut last = super::Last::default();
            let one = |address: &IpAddr| {
                last.get(*address, || {
                    compiled.group(network, node, egress, origin, *address)
                })
            };
            *slot = addresses.iter().map(one).collect();
        }
        slot
    }
}

/// What sets let in of one class, by where it counts as coming from.
#[derive(Default)]
struct RowCache {
    known: Vec<(Option<Index<VpcNode>>, Row)>,
}

type Row = Vec<Option<TrafficId>>;

impl RowCache {
    fn get(
        &mut self,
        space: &mut Space,
        values: &mut Values,
        addresses: &[IpAddr],
        row: usize,
        origin: Option<Index<VpcNode>>,
        set: Index<SetNode>,
    ) -> TrafficId {
        let place = match self.known.iter().position(|(it, _)| *it == origin) {
            Some(place) => place,
            None => {
                self.known
                    .push((origin, vec![None; space.network.sets.len()]));
                self.known.len() - 1
            }
        };
        let slot = self.known.get_mut(place);
        let Some(slot) = slot.and_then(|(_, all)| all.get_mut(set.place())) else {
            return TrafficId::NONE;
        };
        if let Some(known) = slot {
            return *known;
        }
        let mut sum = TrafficId::NONE;
        for group in space.groups_of(set) {
            let all = values.get(space, addresses, false, origin, group);
            let one = all.get(row).copied().unwrap_or(TrafficId::NONE);
            sum = space.compiled.traffics.union(sum, one);
        }
        *slot = Some(sum);
        sum
    }
}

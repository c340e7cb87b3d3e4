//! Filters, compiled: for each stretch of addresses what they let through.

use crate::filters::network_acl;
use crate::filters::security_group;
use crate::network::{AclNode, Foreign, GroupNode, Index, Network, SetNode, VpcNode};
use crate::stretch::{Map, Stretch};
use crate::traffic::{TrafficId, Traffics};
use hopwise_cloud::ec2::prefix_list;
use hopwise_cloud::ec2::security_group::Peer;
use hopwise_net::Prefix;
use std::net::IpAddr;

type Filter = Map<TrafficId>;

/// Every filter that has been asked, and the sets they let through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compiled {
    pub(crate) traffics: Traffics,
    acls: Vec<AclMaps>,
    groups: Vec<GroupMaps>,
}

#[derive(Clone, Debug, Default)]
struct AclMaps {
    inbound: Option<Filter>,
    outbound: Option<Filter>,
}

/// What a group lets through depends on where the traffic counts as coming from.
#[derive(Clone, Debug, Default)]
struct GroupMaps {
    outbound: Option<Filter>,
    /// From its own VPC.
    own: Option<Filter>,
    /// From nowhere that has groups.
    lost: Option<Filter>,
    /// From other VPCs.
    foreign: Vec<(Index<VpcNode>, Filter)>,
}

impl Compiled {
    /// Forgets everything about indices, and keeps the sets.
    pub(crate) fn clear(&mut self) {
        self.acls.clear();
        self.groups.clear();
    }

    pub(crate) fn forget_acl(&mut self, acl: usize) {
        if let Some(maps) = self.acls.get_mut(acl) {
            *maps = AclMaps::default();
        }
    }

    pub(crate) fn forget_group(&mut self, group: usize) {
        if let Some(maps) = self.groups.get_mut(group) {
            *maps = GroupMaps::default();
        }
    }

    /// What a network ACL lets through to or from an address.
    pub(crate) fn acl(
        &mut self,
        node: &AclNode,
        egress: bool,
        address: IpAddr,
    ) -> (TrafficId, Stretch) {
        let filter = self.acl_filter(node, egress);
        let at = filter.and_then(|filter| filter.at(address));
        at.unwrap_or((TrafficId::NONE, Stretch::only(address)))
    }

    /// The filter of a network ACL.
    pub(crate) fn acl_filter(&mut self, node: &AclNode, egress: bool) -> Option<&Filter> {
        let place = node.index.place();
        if self.acls.len() <= place {
            self.acls.resize_with(place + 1, AclMaps::default);
        }
        let maps = self.acls.get_mut(place)?;
        let slot = if egress {
            &mut maps.outbound
        } else {
            &mut maps.inbound
        };
        let traffics = &mut self.traffics;
        Some(slot.get_or_insert_with(|| compile_acl(traffics, node, egress)))
    }

    /// What the groups of a set let through to or from an address.
    pub(crate) fn set(
        &mut self,
        network: &Network,
        set: &SetNode,
        egress: bool,
        origin: Option<Index<VpcNode>>,
        address: IpAddr,
    ) -> (TrafficId, Stretch) {
        let mut all = (TrafficId::NONE, Stretch::all(address));
        for group in &set.groups {
            let Some(group) = network.groups.get(*group) else {
                continue;
            };
            let (one, stretch) = self.group(network, group, egress, origin, address);
            all = (self.traffics.union(all.0, one), all.1.meet(stretch));
            if all.0 == TrafficId::ALL {
                break;
            }
        }
        all
    }

    pub(crate) fn group(
        &mut self,
        network: &Network,
        node: &GroupNode,
        egress: bool,
        origin: Option<Index<VpcNode>>,
        address: IpAddr,
    ) -> (TrafficId, Stretch) {
        let filter = self.group_filter(network, node, egress, origin);
        let at = filter.and_then(|filter| filter.at(address));
        at.unwrap_or((TrafficId::NONE, Stretch::only(address)))
    }

    /// The filter of a security group.
    pub(crate) fn group_filter(
        &mut self,
        network: &Network,
        node: &GroupNode,
        egress: bool,
        origin: Option<Index<VpcNode>>,
    ) -> Option<&Filter> {
        let place = node.index.place();
        if self.groups.len() <= place {
            self.groups.resize_with(place + 1, GroupMaps::default);
        }
        let maps = self.groups.get_mut(place)?;
        let traffics = &mut self.traffics;
        let mut make = || compile_group(traffics, network, node, egress, origin);
        let slot = match origin {
            _ if egress => &mut maps.outbound,
            None => &mut maps.lost,
            Some(vpc) if vpc == node.vpc => &mut maps.own,
            Some(vpc) => {
                let found = maps.foreign.iter().position(|(it, _)| *it == vpc);
                let found = found.unwrap_or_else(|| {
                    maps.foreign.push((vpc, make()));
                    maps.foreign.len() - 1
                });
                return maps.foreign.get(found).map(|(_, filter)| filter);
            }
        };
        Some(slot.get_or_insert_with(make))
    }
}

/// The first rule that matches decides, so what an earlier one matches a later one can't change.
fn compile_acl(traffics: &mut Traffics, node: &AclNode, egress: bool) -> Filter {
    let entries: Vec<(Prefix, bool, TrafficId)> = (node.state.rules(egress))
        .map(|entry| {
            let head = traffics.head(network_acl::head(entry), entry.block.is_v4());
            (entry.block, entry.allow, head)
        })
        .collect();
    let blocks = entries.iter().map(|(block, ..)| *block);
    Map::new(blocks, |address| {
        let (mut open, mut allowed) = (TrafficId::ALL, TrafficId::NONE);
        for (block, allow, head) in &entries {
            if !block.contains(address) {
                continue;
            }
            if *allow {
                let taken = traffics.intersection(*head, open);
                allowed = traffics.union(allowed, taken);
            }
            open = traffics.difference(open, *head);
        }
        allowed
    })
}

/// Rules only allow: what any of them lets through.
fn compile_group(
    traffics: &mut Traffics,
    network: &Network,
    node: &GroupNode,
    egress: bool,
    origin: Option<Index<VpcNode>>,
) -> Filter {
    let mut layers: Vec<(Prefix, TrafficId)> = Vec::new();
    for rule in node.state.rules(egress) {
        let members = |vpc: Index<VpcNode>, id| {
            // Where it comes from can be lost on the way; where it goes to can't.
            let counts = egress || origin == Some(vpc);
            let group = network.group(vpc, id).filter(|_| counts);
            let all = group.map(|it| it.members.as_slice()).unwrap_or_default();
            all.iter().map(|it| Prefix::host(*it)).collect()
        };
        let blocks: Vec<Prefix> = match &rule.peer {
            Peer::Block(block) => vec![*block],
            Peer::Group(id) => members(node.vpc, id),
            Peer::Foreign(foreign) => match network.foreign(node.vpc, foreign, egress) {
                Foreign::Of(vpc) => members(vpc.index, &foreign.group),
                Foreign::Unsupported | Foreign::Stale => Vec::new(),
            },
            Peer::List(id) => {
                let place = network.places.get(node.place);
                let blocks =
                    place.and_then(|it| prefix_list::blocks(&it.ec2, it.region, id.as_str()));
                blocks.unwrap_or_default()
            }
        };
        let head = security_group::head(rule);
        let heads = (traffics.head(head, true), traffics.head(head, false));
        layers.extend(blocks.into_iter().map(|block| {
            let head = if block.is_v4() { heads.0 } else { heads.1 };
            (block, head)
        }));
    }
    Map::layers(layers.into_iter(), |active| {
        let all = active.iter();
        all.fold(TrafficId::NONE, |sum, one| traffics.union(sum, *one))
    })
}

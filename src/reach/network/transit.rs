//! Transit gateways: what is attached to them, and their tables.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>

use super::{Index, Network, SubnetNode, VpcNode};
use crate::stretch::{Map, Stretch};
use hopwise_cloud::Id;
use hopwise_cloud::ec2::transit_gateway::TransitEnd;
use hopwise_cloud::ec2::{TransitAttachment, TransitGateway, TransitRouteTable};
use hopwise_net::Prefix;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;

/// A transit gateway.
#[derive(Clone, Debug)]
pub(crate) struct TransitNode {
    pub(crate) state: Rc<TransitGateway>,
}

/// Something attached to a transit gateway.
#[derive(Clone, Debug)]
pub(crate) struct AttachmentNode {
    pub(crate) index: Index<AttachmentNode>,
    pub(crate) state: Rc<TransitAttachment>,
    /// Its gateway.
    pub(crate) gateway: Option<Index<TransitNode>>,
    /// The VPC, of the attachment of one.
    pub(crate) vpc: Option<Index<VpcNode>>,
    /// Its subnets there.
    pub(crate) subnets: Vec<Index<SubnetNode>>,
    /// The table for what comes from it.
    pub(crate) table: Option<Index<TransitTableNode>>,
    /// The same attachment as the gateway on the other side keeps it.
    pub(crate) peer: Option<Index<AttachmentNode>>,
}

/// A route table of a transit gateway.
#[derive(Clone, Debug)]
pub(crate) struct TransitTableNode {
    pub(crate) state: Rc<TransitRouteTable>,
    pub(crate) routes: Vec<TransitRouteNode>,
    compiled: OnceCell<Map<Option<u16>>>,
}

/// A route of a transit gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TransitRouteNode {
    pub(crate) destination: Prefix,
    /// `None` drops.
    pub(crate) attachment: Option<Index<AttachmentNode>>,
    /// Of two with the same destination the one of the higher rank counts.
    rank: u8,
}

const STATIC: u8 = 4;

/// Of what is learned: a VPC's blocks count before Direct Connect's, and those before a VPN's.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview>
fn rank(end: &TransitEnd) -> u8 {
    match end {
        TransitEnd::Vpc { .. } => 3,
        TransitEnd::DirectConnect { .. } => 2,
        TransitEnd::Vpn { .. } => 1,
        TransitEnd::Peering { .. } => 0,
    }
}

impl AttachmentNode {
    pub(crate) fn works(&self) -> bool {
        self.state.phase.works()
    }

    /// May groups be named over it?
    pub(crate) fn carries_groups(&self) -> bool {
        let on = |end: &TransitEnd| match end {
            TransitEnd::Vpc {
                group_references, ..
            } => *group_references,
            _ => false,
        };
        on(&self.state.end)
    }
}

impl TransitTableNode {
    fn winner(&self, address: IpAddr) -> Option<usize> {
        let all = self.routes.iter().enumerate();
        all.filter(|(_, it)| it.destination.contains(address))
            .max_by_key(|(place, it)| (it.destination.length(), it.rank, Reverse(*place)))
            .map(|(place, _)| place)
    }

    /// The route that leads an address, and the stretch around it that it leads.
    pub(crate) fn lead(&self, address: IpAddr) -> (Option<&TransitRouteNode>, Stretch) {
        let found = self.map().at(address);
        let (place, stretch) = found.unwrap_or((None, Stretch::only(address)));
        let route = place.and_then(|place| self.routes.get(usize::from(place)));
        (route, stretch)
    }

    fn map(&self) -> &Map<Option<u16>> {
        self.compiled.get_or_init(|| {
            let blocks = self.routes.iter().map(|it| it.destination);
            Map::new(blocks, |address| {
                self.winner(address).and_then(|it| u16::try_from(it).ok())
            })
        })
    }

    /// Where between two addresses the route changes.
    pub(crate) fn cuts(&self, first: u32, last: u32) -> Vec<u32> {
        self.map().cuts(first, last).collect()
    }
}

impl Network {
    /// The attachment of a VPC to a transit gateway.
    pub(crate) fn attachment_of(
        &self,
        vpc: Index<VpcNode>,
        gateway: Index<TransitNode>,
    ) -> Option<&AttachmentNode> {
        let mut all = self.attachments.iter();
        all.find(|it| it.vpc == Some(vpc) && it.gateway == Some(gateway) && it.works())
    }

    /// Are two VPCs attached to one transit gateway, and may one name the other's groups?
    pub(crate) fn over_transit(&self, one: Index<VpcNode>, other: Index<VpcNode>) -> Option<bool> {
        let of = |vpc| {
            let all = self.attachments.iter();
            all.filter(move |it| it.vpc == Some(vpc) && it.works())
        };
        let both = of(one).flat_map(|it| of(other).map(move |other| (it, other)));
        both.filter(|(it, other)| it.gateway.is_some() && it.gateway == other.gateway)
            .map(|(it, other)| {
                let gateway = it.gateway.and_then(|it| self.transits.get(it));
                gateway.is_some_and(|it| it.state.group_references)
                    && it.carries_groups()
                    && other.carries_groups()
            })
            .max()
    }

    /// Finds transit gateways and what is attached to them, in any account.
    pub(super) fn connect_transit(&mut self) {
        let mut gateways: BTreeMap<Id, Index<TransitNode>> = BTreeMap::new();
        let mut tables: BTreeMap<Id, Index<TransitTableNode>> = BTreeMap::new();
        let mut subnets: BTreeMap<Id, Index<SubnetNode>> = BTreeMap::new();
        let mut vpcs: BTreeMap<Id, Index<VpcNode>> = BTreeMap::new();
        if self
            .places
            .iter()
            .all(|it| it.ec2.transit_gateways.is_empty())
        {
            return;
        }
        vpcs.extend(self.vpcs.iter().map(|it| (it.state.id.clone(), it.index)));
        subnets.extend(
            self.subnets
                .iter()
                .map(|it| (it.state.id.clone(), it.index)),
        );
        for place in &self.places {
            for state in place.ec2.transit_gateways.by_birth() {
                let index = self.transits.add(|_| TransitNode {
                    state: Rc::clone(state),
                });
                gateways.insert(state.id.clone(), index);
            }
            for state in place.ec2.transit_route_tables.by_birth() {
                let index = self.transit_tables.add(|_| TransitTableNode {
                    state: Rc::clone(state),
                    routes: Vec::new(),
                    compiled: OnceCell::new(),
                });
                tables.insert(state.id.clone(), index);
            }
        }
        let mut attachments: BTreeMap<(Id, Id), Index<AttachmentNode>> = BTreeMap::new();
        for place in &self.places {
            for state in place.ec2.transit_attachments.by_birth() {
                let key = (state.gateway.clone(), state.id.clone());
                if attachments.contains_key(&key) {
                    continue;
                }
                let (vpc, own) = match &state.end {
                    TransitEnd::Vpc { vpc, subnets, .. } => (Some(vpc), subnets.as_slice()),
                    _ => (None, [].as_slice()),
                };
                let index = self.attachments.add(|index| AttachmentNode {
                    index,
                    state: Rc::clone(state),
                    gateway: gateways.get(&state.gateway).copied(),
                    vpc: vpc.and_then(|it| vpcs.get(it).copied()),
                    subnets: own
                        .iter()
                        .filter_map(|it| subnets.get(it).copied())
                        .collect(),
                    table: state
                        .association
                        .as_ref()
                        .and_then(|it| tables.get(it).copied()),
                    peer: None,
                });
                attachments.insert(key, index);
            }
        }
        for attachment in self.attachments.iter_mut() {
            if let TransitEnd::Peering { peer, mate, .. } = &attachment.state.end {
                let key = (peer.clone(), mate.clone());
                attachment.peer = attachments.get(&key).copied();
            }
        }
        self.transit_routes(&attachments);
    }

    fn transit_routes(&mut self, attachments: &BTreeMap<(Id, Id), Index<AttachmentNode>>) {
        for table in self.transit_tables.iter_mut() {
            let find = |id: &Id| {
                let key = (table.state.gateway.clone(), id.clone());
                attachments.get(&key).copied()
            };
            let mut routes = Vec::new();
            for route in &table.state.routes {
                routes.push(TransitRouteNode {
                    destination: route.destination,
                    attachment: route.attachment.as_ref().and_then(find),
                    rank: STATIC,
                });
            }
            for id in &table.state.propagations {
                let Some(node) = find(id).and_then(|it| self.attachments.get(it)) else {
                    continue;
                };
                let vpc = node.vpc.and_then(|it| self.vpcs.get(it));
                let blocks: Vec<Prefix> = match (&node.state.end, vpc) {
                    (TransitEnd::Vpc { .. }, Some(vpc)) => vpc.state.all_blocks().collect(),
                    (TransitEnd::Vpn { connection }, _) => (self.places.iter())
                        .find_map(|it| it.ec2.vpn_connections.get(connection.as_str()))
                        .map(|it| it.leads_to().to_vec())
                        .unwrap_or_default(),
                    (TransitEnd::DirectConnect { learned, .. }, _) => learned.clone(),
                    _ => Vec::new(),
                };
                if !node.works() {
                    continue;
                }
                routes.extend(blocks.into_iter().map(|destination| TransitRouteNode {
                    destination,
                    attachment: Some(node.index),
                    rank: rank(&node.state.end),
                }));
            }
            table.routes = routes;
        }
    }
}

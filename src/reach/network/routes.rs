//! Routes: the longest prefix that covers the destination wins, even if it leads nowhere.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>

use super::{
    EgressNode, EndpointNode, GatewayNode, Index, InterfaceNode, NatNode, PeeringNode, PrivateNode,
    TableNode, TransitNode,
};
use crate::stretch::{Map, Stretch};
use hopwise_cloud::ec2::route_table::{Destination, Origin, Route, Target};
use hopwise_net::Prefix;
use std::cmp::Reverse;
use std::net::IpAddr;

/// A route, with what it is for and where it leads looked up.
#[derive(Clone, Debug)]
pub(crate) struct RouteNode {
    pub(crate) route: Route,
    /// Its block, or the blocks of its prefix list.
    pub(crate) blocks: Vec<Prefix>,
    /// Does it work, or is it a blackhole?
    pub(crate) works: bool,
    pub(crate) toward: Toward,
}

/// Where a route leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Toward {
    Local,
    Gateway(Index<GatewayNode>),
    Interface(Index<InterfaceNode>),
    EgressOnly(Index<EgressNode>),
    Nat(Index<NatNode>),
    Peering(Index<PeeringNode>),
    Endpoint(Index<EndpointNode>),
    Transit(Index<TransitNode>),
    Private(Index<PrivateNode>),
    /// To something that is not known here.
    Other,
    /// To something that is gone.
    Gone,
}

/// What a route table made of a destination.
#[derive(Clone, Debug)]
pub(crate) struct Choice<'n> {
    /// The route that won.
    pub(crate) route: Option<&'n RouteNode>,
    /// The others, and why each lost.
    pub(crate) lost: Vec<(&'n RouteNode, Lost)>,
}

/// Why a route was not chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lost {
    /// It is for the other family of addresses.
    Family,
    /// It does not cover the destination.
    Other,
    /// It covers the destination, and a longer prefix does too.
    Shorter,
    /// It is as long, and the other is static.
    Learned,
    /// It is as long, and the other names the block itself.
    List,
    /// It is as long and of the same kind: which one counts is not defined.
    Tie,
    /// It is learned, and a local route covers the destination.
    BehindLocal,
}

impl RouteNode {
    /// The longest of its blocks that covers an address.
    fn cover(&self, address: IpAddr) -> Option<Prefix> {
        let covering = self.blocks.iter().filter(|it| it.contains(address));
        covering.copied().max_by_key(|it| it.length())
    }

    pub(crate) fn length(&self, address: IpAddr) -> u8 {
        self.cover(address).map_or(0, Prefix::length)
    }

    /// Of two routes with the same prefix the one of the higher rank counts.
    fn rank(&self) -> u8 {
        match (&self.route.origin, &self.route.destination) {
            (Origin::EnableVgwRoutePropagation, _) => 0,
            (_, Destination::List(_)) => 1,
            (_, Destination::Block(_)) => 2,
        }
    }

    fn is_learned(&self) -> bool {
        self.route.origin == Origin::EnableVgwRoutePropagation
    }
}

impl TableNode {
    /// Which route leads an address; whether it works is not asked: a blackhole still wins.
    fn winner(&self, address: IpAddr) -> Option<usize> {
        let covering = || {
            let all = self.routes.iter().enumerate();
            all.filter_map(|(place, it)| Some((place, it, it.cover(address)?)))
        };
        // A local route is beaten by no route that was learned, however specific.
        let local = covering().any(|(_, it, _)| it.route.target == Target::Local);
        covering()
            .filter(|(_, it, _)| !(local && it.is_learned()))
            .max_by_key(|(place, it, block)| (block.length(), it.rank(), Reverse(*place)))
            .map(|(place, ..)| place)
    }

    /// Where between two addresses the route changes.
    pub(crate) fn cuts(&self, first: u32, last: u32) -> Vec<u32> {
        self.map().cuts(first, last).collect()
    }

    fn map(&self) -> &Map<Option<u16>> {
        self.compiled.get_or_init(|| {
            let blocks = self.routes.iter().flat_map(|it| it.blocks.iter().copied());
            Map::new(blocks, |address| {
                self.winner(address).and_then(|it| u16::try_from(it).ok())
            })
        })
    }

    /// The route that leads an address, and the stretch around it that it leads.
    pub(crate) fn lead(&self, address: IpAddr) -> (Option<&RouteNode>, Stretch) {
        let (place, stretch) = self
            .map()
            .at(address)
            .unwrap_or((None, Stretch::only(address)));
        let route = place.and_then(|place| self.routes.get(usize::from(place)));
        (route, stretch)
    }

    /// The same, with why each other route was not chosen.
    pub(crate) fn choose(&self, address: IpAddr) -> Choice<'_> {
        let winner = self.winner(address);
        let route = winner.and_then(|place| self.routes.get(place));
        let others = self.routes.iter().enumerate();
        let others = others.filter(|(place, _)| Some(*place) != winner);
        let lost = others
            .map(|(_, it)| (it, Self::why(it, route, address)))
            .collect();
        Choice { route, lost }
    }

    fn why(loser: &RouteNode, winner: Option<&RouteNode>, address: IpAddr) -> Lost {
        if !loser.blocks.is_empty()
            && loser
                .blocks
                .iter()
                .all(|it| it.is_v4() != address.is_ipv4())
        {
            return Lost::Family;
        }
        let (Some(own), Some(winner)) = (loser.cover(address), winner) else {
            return Lost::Other;
        };
        let other = winner.length(address);
        if own.length() > other {
            Lost::BehindLocal
        } else if own.length() < other {
            Lost::Shorter
        } else if loser.rank() == winner.rank() {
            Lost::Tie
        } else if loser.is_learned() {
            Lost::Learned
        } else {
            Lost::List
        }
    }
}

//! Route tables.

mod association;
mod describe;
mod routes;

pub(crate) use association::{
    associate, create, delete, disable_propagation, disassociate, enable_propagation,
    replace_association,
};
pub(super) use describe::FILTERS;
pub(crate) use describe::describe;
pub(crate) use routes::{create_route, delete_route, replace_route};

use super::transit_gateway::TransitEnd;
use super::{Ec2, instance};
use crate::cloud::Mint;
use crate::id::{Born, Id};
use crate::later::Later;
use crate::table::{Tags, resource};
use hopwise_net::Prefix;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A route table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RouteTable {
    /// `rtb-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is of.
    pub vpc: Id,
    /// Its routes that are stored; the local ones first, else as they were made. What a virtual
    /// private gateway propagates is not among them: see [`Ec2::routes_of`].
    pub routes: Vec<Route>,
    /// What uses it.
    pub associations: Vec<Association>,
    /// The virtual private gateways whose routes it learns.
    pub propagating: Later<1, Vec<Id>>,
}

/// A route.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Route {
    /// What it is for.
    pub destination: Destination,
    /// Where it leads.
    pub target: Target,
    /// How it came about.
    pub origin: Origin,
}

impl Route {
    /// Did it come with the table, whatever it leads to now?
    pub fn is_made_with_table(&self) -> bool {
        self.origin == Origin::CreateRouteTable
    }

    /// The route that each table has for each block of its VPC.
    pub(crate) fn local(block: Prefix) -> Self {
        Route {
            destination: block.into(),
            target: Target::Local,
            origin: Origin::CreateRouteTable,
        }
    }
}

/// What a route is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Destination {
    /// A CIDR block.
    Block(Prefix),
    /// Each entry of a prefix list.
    List(Id),
}

impl Destination {
    /// The block, if it is one.
    pub fn block(&self) -> Option<Prefix> {
        match self {
            Destination::Block(block) => Some(*block),
            Destination::List(_) => None,
        }
    }

    /// Is it this block?
    pub fn is(&self, block: Prefix) -> bool {
        self.block() == Some(block)
    }
}

impl std::str::FromStr for Destination {
    type Err = hopwise_net::ParsePrefixError;

    /// A CIDR block, or the id of a prefix list.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("pl-") {
            return Ok(Destination::List(Id::new(text)));
        }
        text.parse().map(Destination::Block)
    }
}

// As digests were before there were prefix lists and other origins: see `Later`.
impl Hash for Destination {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Destination::Block(block) => block.hash(state),
            Destination::List(id) => id.hash(state),
        }
    }
}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.destination.hash(state);
        self.target.hash(state);
        if (self.origin == Origin::CreateRouteTable) != (self.target == Target::Local) {
            self.origin.hash(state);
        }
    }
}

impl From<Prefix> for Destination {
    fn from(block: Prefix) -> Self {
        Destination::Block(block)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Destination::Block(block) => block.fmt(f),
            Destination::List(id) => id.fmt(f),
        }
    }
}

/// How a route came about. Of two for the same destination the static one counts.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Origin {
    /// With the table: the local routes.
    CreateRouteTable,
    /// By a call: a static route.
    CreateRoute,
    /// Learned from a virtual private gateway.
    EnableVgwRoutePropagation,
}

impl Origin {
    /// AWS's word.
    pub fn word(self) -> &'static str {
        match self {
            Origin::CreateRouteTable => "CreateRouteTable",
            Origin::CreateRoute => "CreateRoute",
            Origin::EnableVgwRoutePropagation => "EnableVgwRoutePropagation",
        }
    }
}

/// Where a route leads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// To the VPC itself.
    Local,
    /// To an internet gateway.
    InternetGateway(Id),
    /// To a network interface.
    NetworkInterface(Id),
    /// To an egress-only internet gateway.
    EgressOnlyInternetGateway(Id),
    /// To a NAT gateway.
    NatGateway(Id),
    /// Over a VPC peering connection.
    PeeringConnection(Id),
    /// To a transit gateway.
    TransitGateway(Id),
    /// To a virtual private gateway.
    VpnGateway(Id),
    /// To a gateway endpoint.
    Endpoint(Id),
}

impl Target {
    /// What an id is a target as, by its prefix; `local` too.
    pub fn of(id: &str) -> Option<Self> {
        let make = match id.split_once('-').map_or(id, |(prefix, _)| prefix) {
            "local" => return Some(Target::Local),
            "igw" => Target::InternetGateway,
            "eni" => Target::NetworkInterface,
            "eigw" => Target::EgressOnlyInternetGateway,
            "nat" => Target::NatGateway,
            "pcx" => Target::PeeringConnection,
            "tgw" => Target::TransitGateway,
            "vgw" => Target::VpnGateway,
            "vpce" => Target::Endpoint,
            _ => return None,
        };
        Some(make(Id::new(id)))
    }

    /// The id of what it leads to; none for `local`.
    pub fn id(&self) -> Option<&Id> {
        match self {
            Target::Local => None,
            Target::InternetGateway(id)
            | Target::NetworkInterface(id)
            | Target::EgressOnlyInternetGateway(id)
            | Target::NatGateway(id)
            | Target::PeeringConnection(id)
            | Target::TransitGateway(id)
            | Target::VpnGateway(id)
            | Target::Endpoint(id) => Some(id),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id() {
            None => f.write_str("local"),
            Some(id) => id.fmt(f),
        }
    }
}

/// That something uses a table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Association {
    /// `rtbassoc-…`
    pub id: Id,
    /// What uses it.
    pub with: Associated,
}

/// What uses a route table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Associated {
    /// The VPC, for its subnets that name no other: the main association.
    Main,
    /// A subnet.
    Subnet(Id),
    /// An internet gateway or a virtual private gateway, for what comes in by it.
    Gateway(Id),
}

impl Association {
    /// The subnet that uses it by name.
    pub fn subnet(&self) -> Option<&Id> {
        match &self.with {
            Associated::Subnet(id) => Some(id),
            Associated::Main | Associated::Gateway(_) => None,
        }
    }

    /// Is it the main association?
    pub fn is_main(&self) -> bool {
        self.with == Associated::Main
    }
}

/// Does a route work?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RouteState {
    /// It does.
    Active,
    /// Its target is gone, detached or stopped: packets that match it are dropped.
    Blackhole,
}

resource!(
    RouteTable,
    "route-table",
    "rtb",
    "routeTable",
    "InvalidRouteTableID"
);

impl RouteTable {
    /// A table with the local route of each block.
    fn new(vpc: &Id, blocks: impl Iterator<Item = Prefix>, mint: &mut Mint) -> Self {
        let (id, born) = mint.id("rtb");
        RouteTable {
            id,
            born,
            tags: Tags::default(),
            vpc: vpc.clone(),
            routes: blocks.map(Route::local).collect(),
            associations: Vec::new(),
            propagating: Later::default(),
        }
    }

    /// The table of a regional NAT gateway, which is its own from the beginning.
    pub(crate) fn of_gateway(
        vpc: &Id,
        blocks: impl Iterator<Item = Prefix>,
        gateway: &Id,
        mint: &mut Mint,
    ) -> Self {
        let mut table = RouteTable::new(vpc, blocks, mint);
        table.associations.push(Association {
            id: mint.id("rtbassoc").0,
            with: Associated::Gateway(gateway.clone()),
        });
        table
    }

    /// The main table of a new VPC.
    pub(crate) fn main(vpc: &Id, block: Prefix, mint: &mut Mint) -> Self {
        let mut table = RouteTable::new(vpc, std::iter::once(block), mint);
        table.associations.push(Association {
            id: mint.id("rtbassoc").0,
            with: Associated::Main,
        });
        table
    }

    pub(crate) fn add_default_route(&mut self, gateway: &Id) {
        self.routes.push(Route {
            destination: Prefix::ANY_V4.into(),
            target: Target::InternetGateway(gateway.clone()),
            origin: Origin::CreateRoute,
        });
    }

    /// Is it its VPC's main table?
    pub fn is_main(&self) -> bool {
        self.associations.iter().any(Association::is_main)
    }

    /// The subnets that are associated with it by name, not by being main.
    pub fn subnets(&self) -> impl Iterator<Item = &Id> {
        self.associations.iter().filter_map(Association::subnet)
    }

    /// The gateways that are associated with it: what comes in by them follows it.
    pub fn gateways(&self) -> impl Iterator<Item = &Id> {
        self.associations.iter().filter_map(|it| match &it.with {
            Associated::Gateway(id) => Some(id),
            Associated::Main | Associated::Subnet(_) => None,
        })
    }

    /// The stored route to just this destination.
    pub fn route(&self, destination: &Destination) -> Option<&Route> {
        self.routes
            .iter()
            .find(|route| route.destination == *destination)
    }
}

impl Ec2 {
    /// All routes of a table: those that are stored, then those that virtual private gateways
    /// propagate. A static route to the same destination counts before one that is learned.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>
    pub fn routes_of(&self, table: &RouteTable) -> Vec<Route> {
        let mut routes = table.routes.clone();
        for gateway in table.propagating.iter() {
            for block in self.learned_by(gateway) {
                let destination = Destination::Block(block);
                if !routes.iter().any(|it| it.destination == destination) {
                    routes.push(Route {
                        destination,
                        target: Target::VpnGateway(gateway.clone()),
                        origin: Origin::EnableVgwRoutePropagation,
                    });
                }
            }
        }
        routes
    }

    /// The route table of an internet gateway or a virtual private gateway.
    pub fn edge_table_of(&self, gateway: &Id) -> Option<&RouteTable> {
        let mut all = self.route_tables.iter();
        all.find(|table| table.gateways().any(|it| it == gateway))
            .map(AsRef::as_ref)
    }

    /// Does a route of a table of `vpc` work?
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>
    pub fn route_state(&self, vpc: &Id, route: &Route) -> RouteState {
        let works = match &route.target {
            Target::Local => true,
            Target::InternetGateway(id) => self
                .internet_gateways
                .get(id.as_str())
                .is_some_and(|gateway| gateway.vpc.as_ref() == Some(vpc)),
            Target::NetworkInterface(id) => self
                .network_interfaces
                .get(id.as_str())
                .and_then(|interface| interface.attachment.as_ref())
                .and_then(|attachment| self.instances.get(attachment.instance.as_str()))
                .is_some_and(|instance| instance.state == instance::State::Running),
            Target::EgressOnlyInternetGateway(id) => self
                .egress_only_gateways
                .get(id.as_str())
                .is_some_and(|gateway| gateway.vpc == *vpc),
            Target::NatGateway(id) => self
                .nat_gateways
                .get(id.as_str())
                .is_some_and(|gateway| gateway.vpc == *vpc && gateway.phase.works()),
            Target::PeeringConnection(id) => self
                .peerings
                .get(id.as_str())
                .is_some_and(|it| it.phase.works() && it.sides(vpc).is_some()),
            Target::TransitGateway(id) => self.transit_attachments.iter().any(|it| {
                let here = matches!(&it.end, TransitEnd::Vpc { vpc: own, .. } if own == vpc);
                here && it.gateway == *id && it.phase.works()
            }),
            Target::VpnGateway(id) => self
                .vpn_gateways
                .get(id.as_str())
                .is_some_and(|it| it.vpc.as_ref() == Some(vpc) && it.attachment.works()),
            Target::Endpoint(id) => self
                .endpoints
                .get(id.as_str())
                .is_some_and(|it| it.vpc == *vpc && it.phase.works()),
        };
        if works {
            RouteState::Active
        } else {
            RouteState::Blackhole
        }
    }
}

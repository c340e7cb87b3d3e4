//! Route tables.

use super::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use super::transit_gateway::TransitEnd;
use super::{Ec2, instance};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    associate_route_table, associate_route_table_result, create_route, create_route_result,
    create_route_table, create_route_table_result, delete_route, delete_route_table,
    describe_route_tables, describe_route_tables_result, disassociate_route_table, replace_route,
    replace_route_table_association, replace_route_table_association_result, route, route_table,
    route_table_association, route_table_association_state,
};
use crate::id::{Born, Id};
use crate::later::Later;
use crate::table::{Resource, Tags, resource};
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
    fn new(vpc: &Id, block: Prefix, mint: &mut Mint) -> Self {
        let (id, born) = mint.id("rtb");
        RouteTable {
            id,
            born,
            tags: Tags::default(),
            vpc: vpc.clone(),
            routes: vec![Route {
                destination: block.into(),
                target: Target::Local,
                origin: Origin::CreateRouteTable,
            }],
            associations: Vec::new(),
            propagating: Later::default(),
        }
    }

    /// The main table of a new VPC.
    pub(crate) fn main(vpc: &Id, block: Prefix, mint: &mut Mint) -> Self {
        let mut table = RouteTable::new(vpc, block, mint);
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

    /// The stored route to just this destination.
    pub fn route(&self, destination: &Destination) -> Option<&Route> {
        self.routes
            .iter()
            .find(|route| route.destination == *destination)
    }
}

impl Ec2 {
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

pub(super) const FILTERS: &[FilterRow<RouteTable>] = &[
    ("route-table-id", |_, it| vec![it.id.to_string()]),
    ("vpc-id", |_, it| vec![it.vpc.to_string()]),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("association.main", |_, it| {
        it.associations
            .iter()
            .map(|it| it.is_main().to_string())
            .collect()
    }),
    ("association.route-table-association-id", |_, it| {
        it.associations.iter().map(|it| it.id.to_string()).collect()
    }),
    ("association.route-table-id", |_, it| {
        it.associations.iter().map(|_| it.id.to_string()).collect()
    }),
    ("association.subnet-id", |_, it| {
        it.subnets().map(Id::to_string).collect()
    }),
    ("route.destination-cidr-block", |_, it| {
        it.routes
            .iter()
            .map(|it| it.destination.to_string())
            .collect()
    }),
    ("route.gateway-id", |_, it| {
        it.routes
            .iter()
            .filter(|it| {
                matches!(
                    it.target,
                    Target::Local
                        | Target::InternetGateway(_)
                        | Target::VpnGateway(_)
                        | Target::Endpoint(_)
                )
            })
            .map(|it| it.target.to_string())
            .collect()
    }),
    ("route.instance-id", |scope, it| {
        it.routes
            .iter()
            .filter_map(|route| match &route.target {
                Target::NetworkInterface(id) => scope.ec2.instance_of(id).map(Id::to_string),
                _ => None,
            })
            .collect()
    }),
    ("route.origin", |_, it| {
        it.routes
            .iter()
            .map(|it| it.origin.word().to_owned())
            .collect()
    }),
    ("route.state", |scope, it| {
        it.routes
            .iter()
            .map(|route| state_word(scope.ec2.route_state(&it.vpc, route)).to_owned())
            .collect()
    }),
];

fn state_word(state: RouteState) -> &'static str {
    match state {
        RouteState::Active => "active",
        RouteState::Blackhole => "blackhole",
    }
}

/// `CreateRouteTable`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateRouteTableRequest>,
) -> Result<Doc<CreateRouteTableResult>, Fault> {
    let vpc = find(
        &context.ec2().vpcs,
        request.get(create_route_table::VPC_ID).unwrap_or_default(),
    )?;
    let (vpc, blocks) = (vpc.id.clone(), vpc.blocks.clone());
    let tags = new_tags(
        request.items(create_route_table::TAG_SPECIFICATIONS),
        "route-table",
    )?;
    let tables = context.ec2().route_tables.iter();
    if tables.filter(|it| it.vpc == vpc).count() >= 200 {
        return Err(Fault::new(
            "RouteTableLimitExceeded",
            "The maximum number of route tables has been reached.",
        ));
    }
    let (ec2, mint) = context.parts();
    let block = blocks.first().map_or(Prefix::ANY_V4, |block| block.block);
    let mut made = RouteTable::new(&vpc, block, mint);
    made.tags = tags;
    ec2.route_tables.insert(made.clone());
    let answer = describe_one(context, &made);
    Ok(Doc::new().with(create_route_table_result::ROUTE_TABLE, answer))
}

fn describe_one(context: &Context<'_>, one: &RouteTable) -> Doc<shape::RouteTable> {
    let ec2 = context.ec2();
    let associations: Vec<_> = one
        .associations
        .iter()
        .map(|it| {
            Doc::new()
                .with(route_table_association::MAIN, it.is_main())
                .with(route_table_association::ROUTE_TABLE_ASSOCIATION_ID, &it.id)
                .with(route_table_association::ROUTE_TABLE_ID, &one.id)
                .with_some(route_table_association::SUBNET_ID, it.subnet())
                .with(
                    route_table_association::ASSOCIATION_STATE,
                    Doc::new().with(route_table_association_state::STATE, "associated"),
                )
        })
        .collect();
    let routes: Vec<_> = one
        .routes
        .iter()
        .map(|it| {
            let mut doc = Doc::new()
                .with(route::ORIGIN, it.origin.word())
                .with(route::STATE, state_word(ec2.route_state(&one.vpc, it)));
            match &it.destination {
                Destination::Block(block) if block.is_v4() => {
                    doc.put(route::DESTINATION_CIDR_BLOCK, block.to_string());
                }
                Destination::Block(block) => {
                    doc.put(route::DESTINATION_IPV6_CIDR_BLOCK, block.to_string());
                }
                Destination::List(id) => doc.put(route::DESTINATION_PREFIX_LIST_ID, id),
            }
            match &it.target {
                Target::Local => doc.put(route::GATEWAY_ID, "local"),
                Target::InternetGateway(id) | Target::VpnGateway(id) | Target::Endpoint(id) => {
                    doc.put(route::GATEWAY_ID, id);
                }
                Target::EgressOnlyInternetGateway(id) => {
                    doc.put(route::EGRESS_ONLY_INTERNET_GATEWAY_ID, id);
                }
                Target::NatGateway(id) => doc.put(route::NAT_GATEWAY_ID, id),
                Target::PeeringConnection(id) => doc.put(route::VPC_PEERING_CONNECTION_ID, id),
                Target::TransitGateway(id) => doc.put(route::TRANSIT_GATEWAY_ID, id),
                Target::NetworkInterface(id) => {
                    doc.put(route::NETWORK_INTERFACE_ID, id);
                    if let Some(instance) = ec2.instance_of(id) {
                        doc.put(route::INSTANCE_ID, instance);
                        doc.put(route::INSTANCE_OWNER_ID, context.account());
                    }
                }
            }
            doc
        })
        .collect();
    Doc::new()
        .with(route_table::ASSOCIATIONS, associations)
        .with(route_table::PROPAGATING_VGWS, vec![])
        .with(route_table::ROUTE_TABLE_ID, &one.id)
        .with(route_table::ROUTES, routes)
        .with(route_table::TAGS, tag_list(&one.tags))
        .with(route_table::VPC_ID, &one.vpc)
        .with(route_table::OWNER_ID, context.account())
}

/// `DescribeRouteTables`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeRouteTablesRequest>,
) -> Result<Doc<DescribeRouteTablesResult>, Fault> {
    let found = select(
        context,
        &context.ec2().route_tables,
        request.items(describe_route_tables::ROUTE_TABLE_IDS),
        request.items(describe_route_tables::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(context, it)).collect();
    Ok(Doc::new().with(describe_route_tables_result::ROUTE_TABLES, list))
}

/// `DeleteRouteTable`: refused for a main table and while a subnet uses it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteRouteTableRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2_mut();
    let table = find(
        &ec2.route_tables,
        request
            .get(delete_route_table::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    if !table.associations.is_empty() {
        return Err(Fault::in_use(RouteTable::NOUN.word, &table.id));
    }
    let id = table.id.clone();
    ec2.route_tables.remove(id.as_str());
    Ok(())
}

/// `AssociateRouteTable` for a subnet. A subnet has one table at most by name.
pub(crate) fn associate(
    context: &mut Context<'_>,
    request: View<'_, AssociateRouteTableRequest>,
) -> Result<Doc<AssociateRouteTableResult>, Fault> {
    let ec2 = context.ec2();
    let table = find(
        &ec2.route_tables,
        request
            .get(associate_route_table::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let Some(subnet) = request.get(associate_route_table::SUBNET_ID) else {
        return Err(match request.get(associate_route_table::GATEWAY_ID) {
            Some(_) => Fault::new(
                "UnsupportedOperation",
                "Gateway route tables are not in this sandbox yet.",
            ),
            None => Fault::missing("subnetId"),
        });
    };
    let subnet = find(&ec2.subnets, subnet)?;
    if subnet.vpc != table.vpc {
        return Err(different_networks(&table.id, "subnet", &subnet.id));
    }
    if let Some(other) = ec2
        .route_tables
        .iter()
        .find(|other| other.subnets().any(|it| *it == subnet.id))
    {
        if other.id == table.id {
            // AWS answers with the association that is there.
            let old = table
                .associations
                .iter()
                .find(|it| it.subnet() == Some(&subnet.id));
            if let Some(old) = old {
                return Ok(associated(&old.id));
            }
        }
        return Err(Fault::new(
            "Resource.AlreadyAssociated",
            format!(
                "the specified association for route table {} conflicts with an existing association",
                table.id
            ),
        ));
    }
    let (table, subnet) = (table.id.clone(), subnet.id.clone());
    let (ec2, mint) = context.parts();
    let (id, _) = mint.id("rtbassoc");
    find_mut(&mut ec2.route_tables, table.as_str())?
        .associations
        .push(Association {
            id: id.clone(),
            with: Associated::Subnet(subnet),
        });
    Ok(associated(&id))
}

fn associated(id: &Id) -> Doc<AssociateRouteTableResult> {
    Doc::new()
        .with(associate_route_table_result::ASSOCIATION_ID, id)
        .with(
            associate_route_table_result::ASSOCIATION_STATE,
            Doc::new().with(route_table_association_state::STATE, "associated"),
        )
}

fn different_networks(table: &Id, word: &str, other: &Id) -> Fault {
    Fault::value(format!(
        "route table {table} and {word} {other} belong to different networks"
    ))
}

/// The table that has this association.
fn table_with(ec2: &Ec2, association: &str) -> Result<(Id, Association), Fault> {
    ec2.route_tables
        .iter()
        .find_map(|table| {
            let found = table
                .associations
                .iter()
                .find(|it| it.id.as_str() == association)?;
            Some((table.id.clone(), found.clone()))
        })
        .ok_or_else(|| {
            Fault::new(
                "InvalidAssociationID.NotFound",
                format!("The association ID '{association}' does not exist"),
            )
        })
}

/// `DisassociateRouteTable`: the subnet falls back to the main table.
pub(crate) fn disassociate(
    context: &mut Context<'_>,
    request: View<'_, DisassociateRouteTableRequest>,
) -> Result<(), Fault> {
    let wanted = request
        .get(disassociate_route_table::ASSOCIATION_ID)
        .unwrap_or_default();
    let ec2 = context.ec2_mut();
    let (table, association) = table_with(ec2, wanted)?;
    if association.is_main() {
        return Err(Fault::value(format!(
            "cannot disassociate the main route table association {wanted}"
        )));
    }
    find_mut(&mut ec2.route_tables, table.as_str())?
        .associations
        .retain(|it| it.id != association.id);
    Ok(())
}

/// `ReplaceRouteTableAssociation`: gives a subnet another table, or a VPC another main table.
pub(crate) fn replace_association(
    context: &mut Context<'_>,
    request: View<'_, ReplaceRouteTableAssociationRequest>,
) -> Result<Doc<ReplaceRouteTableAssociationResult>, Fault> {
    let wanted = request
        .get(replace_route_table_association::ASSOCIATION_ID)
        .unwrap_or_default();
    let ec2 = context.ec2();
    let (old, association) = table_with(ec2, wanted)?;
    let new = find(
        &ec2.route_tables,
        request
            .get(replace_route_table_association::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let vpc = ec2.route_tables.get(old.as_str()).map(|it| it.vpc.clone());
    if vpc.as_ref() != Some(&new.vpc) {
        return Err(different_networks(&new.id, "route table", &old));
    }
    let new = new.id.clone();
    let (ec2, mint) = context.parts();
    let (id, _) = mint.id("rtbassoc");
    find_mut(&mut ec2.route_tables, old.as_str())?
        .associations
        .retain(|it| it.id != association.id);
    find_mut(&mut ec2.route_tables, new.as_str())?
        .associations
        .push(Association {
            id: id.clone(),
            with: association.with,
        });
    Ok(Doc::new()
        .with(
            replace_route_table_association_result::NEW_ASSOCIATION_ID,
            &id,
        )
        .with(
            replace_route_table_association_result::ASSOCIATION_STATE,
            Doc::new().with(route_table_association_state::STATE, "associated"),
        ))
}

/// The destination of a route that a request names.
fn destination(v4: Option<&str>, v6: Option<&str>, list: Option<&str>) -> Result<Prefix, Fault> {
    if list.is_some() {
        return Err(Fault::new(
            "UnsupportedOperation",
            "Routes to prefix lists are not in this sandbox yet.",
        ));
    }
    let (text, parameter, wants_v4) = match (v4, v6) {
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "The parameters destinationCidrBlock and destinationIpv6CidrBlock cannot be \
                 used together",
            ));
        }
        (Some(text), None) => (text, "destinationCidrBlock", true),
        (None, Some(text)) => (text, "destinationIpv6CidrBlock", false),
        (None, None) => return Err(Fault::missing("destinationCidrBlock")),
    };
    match text.parse::<Prefix>() {
        Ok(prefix) if prefix.is_v4() == wants_v4 => Ok(prefix),
        _ => Err(Fault::value(format!(
            "Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block."
        ))),
    }
}

/// The members of a request that can name a target.
struct Targets<'a> {
    gateway: Option<&'a str>,
    instance: Option<&'a str>,
    interface: Option<&'a str>,
    nat: Option<&'a str>,
    other: bool,
    local: bool,
}

/// The target of a route that a request names, if the table may lead there.
fn target(ec2: &Ec2, table: &RouteTable, wanted: &Targets<'_>) -> Result<Target, Fault> {
    let named = [
        wanted.gateway,
        wanted.instance,
        wanted.interface,
        wanted.nat,
    ];
    let count = named.iter().flatten().count() + usize::from(wanted.other || wanted.local);
    if count > 1 {
        return Err(Fault::combination(
            "The request contains more than one route target",
        ));
    }
    if wanted.local {
        return Ok(Target::Local);
    }
    if let Some(id) = wanted.gateway {
        if id == "local" {
            return Ok(Target::Local);
        }
        if id.starts_with("vgw-") {
            return Err(Fault::new(
                "InvalidVpnGatewayID.NotFound",
                format!("The vpnGateway ID '{id}' does not exist"),
            ));
        }
        let gateway = ec2.internet_gateways.get(id).ok_or_else(|| {
            Fault::new(
                "InvalidGatewayID.NotFound",
                format!("The gateway ID '{id}' does not exist"),
            )
        })?;
        if gateway.vpc.as_ref() != Some(&table.vpc) {
            return Err(different_networks(
                &table.id,
                "network gateway",
                &gateway.id,
            ));
        }
        return Ok(Target::InternetGateway(gateway.id.clone()));
    }
    if let Some(id) = wanted.nat {
        return Err(Fault::new(
            "InvalidNatGatewayID.NotFound",
            format!("The nat-gateway ID '{id}' does not exist"),
        ));
    }
    let interface = if let Some(id) = wanted.instance {
        let instance = find(&ec2.instances, id)?;
        let mut interfaces = ec2.interfaces_of(&instance.id).into_iter();
        match (interfaces.next(), interfaces.next()) {
            (Some(interface), None) => interface,
            (None, _) => {
                return Err(Fault::new(
                    "InvalidInstanceID",
                    format!(
                        "There are no interfaces attached to instance '{id}'. Please attach a network interface to the instance and try again."
                    ),
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Fault::new(
                    "InvalidInstanceID",
                    format!(
                        "There are multiple interfaces attached to instance '{id}'. Please specify an interface ID for the operation instead."
                    ),
                ));
            }
        }
    } else if let Some(id) = wanted.interface {
        find(&ec2.network_interfaces, id)?
    } else {
        return Err(if wanted.other {
            Fault::new(
                "UnsupportedOperation",
                "This kind of route target is not in this sandbox yet.",
            )
        } else {
            Fault::missing("gatewayId")
        });
    };
    if interface.vpc != table.vpc {
        return Err(different_networks(&table.id, "interface", &interface.id));
    }
    Ok(Target::NetworkInterface(interface.id.clone()))
}

/// `CreateRoute`
pub(crate) fn create_route(
    context: &mut Context<'_>,
    request: View<'_, CreateRouteRequest>,
) -> Result<Doc<CreateRouteResult>, Fault> {
    let ec2 = context.ec2();
    let table = find(
        &ec2.route_tables,
        request
            .get(create_route::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let destination = destination(
        request.get(create_route::DESTINATION_CIDR_BLOCK),
        request.get(create_route::DESTINATION_IPV6_CIDR_BLOCK),
        request.get(create_route::DESTINATION_PREFIX_LIST_ID),
    )?;
    let target = target(
        ec2,
        table,
        &Targets {
            gateway: request.get(create_route::GATEWAY_ID),
            instance: request.get(create_route::INSTANCE_ID),
            interface: request.get(create_route::NETWORK_INTERFACE_ID),
            nat: request.get(create_route::NAT_GATEWAY_ID),
            other: request.has(create_route::VPC_PEERING_CONNECTION_ID)
                || request.has(create_route::TRANSIT_GATEWAY_ID)
                || request.has(create_route::EGRESS_ONLY_INTERNET_GATEWAY_ID)
                || request.has(create_route::VPC_ENDPOINT_ID),
            local: false,
        },
    )?;
    if table.route(&destination.into()).is_some() {
        return Err(Fault::new(
            "RouteAlreadyExists",
            format!("The route identified by {destination} already exists."),
        ));
    }
    if target == Target::Local {
        return Err(Fault::value(
            "Value (local) for parameter gatewayId is invalid. Local routes are made with the \
             route table, one for each CIDR block of the VPC.",
        ));
    }
    check_within_vpc(ec2, table, destination, &target)?;
    check_not_reserved(destination)?;
    // 50 a family, beside the local ones: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    let own = table.routes.iter().filter(|route| {
        let block = route.destination.block();
        route.target != Target::Local && block.is_some_and(|it| it.is_v4() == destination.is_v4())
    });
    if own.count() >= 50 {
        return Err(Fault::new(
            "RouteLimitExceeded",
            "The maximum number of routes has been reached.",
        ));
    }
    let id = table.id.clone();
    find_mut(&mut context.ec2_mut().route_tables, id.as_str())?
        .routes
        .push(Route {
            destination: destination.into(),
            target,
            origin: Origin::CreateRoute,
        });
    Ok(Doc::new().with(create_route_result::RETURN, true))
}

/// A route as specific as or more specific than the VPC's own range must be for exactly the
/// block of a subnet, and lead to an appliance.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html>
fn check_within_vpc(
    ec2: &Ec2,
    table: &RouteTable,
    destination: Prefix,
    target: &Target,
) -> Result<(), Fault> {
    let within = ec2
        .vpcs
        .get(table.vpc.as_str())
        .is_some_and(|vpc| vpc.covers(destination));
    if !within {
        return Ok(());
    }
    if !matches!(target, Target::NetworkInterface(_)) {
        return Err(Fault::value(format!(
            "The destination CIDR block {destination} is equal to or more specific than one of \
             this VPC's CIDR blocks. This route can target only an interface or an instance."
        )));
    }
    let is_subnet = ec2
        .subnets
        .iter()
        .any(|subnet| subnet.vpc == table.vpc && subnet.block == destination);
    if !is_subnet {
        return Err(Fault::value(format!(
            "The destination CIDR block {destination} is more specific than one of this VPC's CIDR \
             blocks and is not the CIDR block of one of its subnets."
        )));
    }
    Ok(())
}

/// No route of one's own leads into what AWS keeps for its services in every VPC.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>
fn check_not_reserved(destination: Prefix) -> Result<(), Fault> {
    let reserved = ["169.254.168.0/22", "fd00:ec2::/32"]
        .iter()
        .filter_map(|text| text.parse::<Prefix>().ok())
        .any(|reserved| reserved.covers(destination));
    if reserved {
        return Err(Fault::value(format!(
            "The destination CIDR block {destination} is reserved for AWS services."
        )));
    }
    Ok(())
}

/// `ReplaceRoute`
pub(crate) fn replace_route(
    context: &mut Context<'_>,
    request: View<'_, ReplaceRouteRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let table = find(
        &ec2.route_tables,
        request
            .get(replace_route::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let destination = destination(
        request.get(replace_route::DESTINATION_CIDR_BLOCK),
        request.get(replace_route::DESTINATION_IPV6_CIDR_BLOCK),
        request.get(replace_route::DESTINATION_PREFIX_LIST_ID),
    )?;
    let target = target(
        ec2,
        table,
        &Targets {
            gateway: request.get(replace_route::GATEWAY_ID),
            instance: request.get(replace_route::INSTANCE_ID),
            interface: request.get(replace_route::NETWORK_INTERFACE_ID),
            nat: request.get(replace_route::NAT_GATEWAY_ID),
            other: request.has(replace_route::VPC_PEERING_CONNECTION_ID)
                || request.has(replace_route::TRANSIT_GATEWAY_ID)
                || request.has(replace_route::EGRESS_ONLY_INTERNET_GATEWAY_ID)
                || request.has(replace_route::VPC_ENDPOINT_ID),
            local: request.get(replace_route::LOCAL_TARGET) == Some(true),
        },
    )?;
    let Some(old) = table.route(&destination.into()) else {
        return Err(Fault::value(format!(
            "There is no route defined for '{destination}' in the route table. Use CreateRoute \
             instead."
        )));
    };
    let is_local_range = ec2
        .vpcs
        .get(table.vpc.as_str())
        .is_some_and(|vpc| vpc.blocks.iter().any(|block| block.block == destination));
    if is_local_range && matches!(target, Target::InternetGateway(_)) {
        return Err(Fault::value(format!(
            "cannot replace the target of the local route {destination} in route table {} with \
             an internet gateway",
            table.id
        )));
    }
    if !is_local_range && target == Target::Local && old.target != Target::Local {
        return Err(Fault::value(format!(
            "route {destination} cannot have the target local"
        )));
    }
    if !is_local_range && target != Target::Local {
        check_within_vpc(ec2, table, destination, &target)?;
    }
    let id = table.id.clone();
    let table = find_mut(&mut context.ec2_mut().route_tables, id.as_str())?;
    if let Some(route) = table
        .routes
        .iter_mut()
        .find(|route| route.destination.is(destination))
    {
        route.target = target;
    }
    Ok(())
}

fn no_route(destination: Prefix, table: &Id) -> Fault {
    Fault::new(
        "InvalidRoute.NotFound",
        format!("no route with destination-cidr-block {destination} in route table {table}"),
    )
}

/// `DeleteRoute`: never the local route.
pub(crate) fn delete_route(
    context: &mut Context<'_>,
    request: View<'_, DeleteRouteRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let table = find(
        &ec2.route_tables,
        request
            .get(delete_route::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let destination = destination(
        request.get(delete_route::DESTINATION_CIDR_BLOCK),
        request.get(delete_route::DESTINATION_IPV6_CIDR_BLOCK),
        request.get(delete_route::DESTINATION_PREFIX_LIST_ID),
    )?;
    if table.route(&destination.into()).is_none() {
        return Err(no_route(destination, &table.id));
    }
    let is_local_range = ec2
        .vpcs
        .get(table.vpc.as_str())
        .is_some_and(|vpc| vpc.blocks.iter().any(|block| block.block == destination));
    if is_local_range {
        return Err(Fault::value(format!(
            "cannot remove local route {destination} in route table {}",
            table.id
        )));
    }
    let id = table.id.clone();
    find_mut(&mut context.ec2_mut().route_tables, id.as_str())?
        .routes
        .retain(|route| !route.destination.is(destination));
    Ok(())
}

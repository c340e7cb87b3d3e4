//! Routes of transit gateways: what is written down, and what is learned.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview>

use super::table::{check_filter, passes};
use super::{
    TransitAttachment, TransitEnd, TransitRoute, TransitRouteTable, find_attachment, find_table,
    wrong_state,
};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::select::find_mut;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    create_transit_gateway_route, create_transit_gateway_route_result,
    delete_transit_gateway_route, delete_transit_gateway_route_result, filter,
    replace_transit_gateway_route, replace_transit_gateway_route_result,
    search_transit_gateway_routes, search_transit_gateway_routes_result, transit_gateway_route,
    transit_gateway_route_attachment,
};
use crate::id::Id;
use hopwise_net::Prefix;

/// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html>
const MOST_ROUTES: usize = 10_000;
/// How many routes a search answers unless it is asked for fewer.
const MOST_FOUND: usize = 1_000;

/// How a transit gateway knows a route: of several for one destination the first kind counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RouteSource {
    /// It is written down.
    Static,
    /// It is a block of an attached VPC.
    Vpc,
    /// A Direct Connect gateway has learned it.
    DirectConnect,
    /// A VPN connection has learned it.
    Vpn,
}

impl RouteSource {
    /// `static` or `propagated`.
    pub fn word(self) -> &'static str {
        match self {
            RouteSource::Static => "static",
            _ => "propagated",
        }
    }
}

/// A route that a transit gateway knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownRoute {
    /// What it is for.
    pub destination: Prefix,
    /// How it is known.
    pub source: RouteSource,
    /// Where it leads: one attachment, or several VPN connections that share the load. None at all
    /// drops.
    pub attachments: Vec<Id>,
    /// Does it work? A static route to an attachment that is gone still counts, and drops.
    pub active: bool,
}

impl Ec2 {
    /// All that a route table of a transit gateway knows, the most specific first; for one
    /// destination those that count more come first, so that the first is in force:
    /// static, VPC, Direct Connect, VPN. What a peering would lead to is static only.
    ///
    /// A VPC's block that overlaps one of a VPC that was attached before is not learned.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayVpcAttachment.html>
    pub fn transit_routes(&self, table: &TransitRouteTable) -> Vec<KnownRoute> {
        let mut known: Vec<KnownRoute> = Vec::new();
        for route in &table.routes {
            let leads = route.attachment.as_ref();
            let works = leads.is_some_and(|id| {
                let found = self.transit_attachments.get(id.as_str());
                found.is_some_and(|it| it.phase.works())
            });
            known.push(KnownRoute {
                destination: route.destination,
                source: RouteSource::Static,
                attachments: leads.cloned().into_iter().collect(),
                active: works,
            });
        }
        let mut learning: Vec<&TransitAttachment> = (table.propagations.iter())
            .filter_map(|id| self.transit_attachments.get(id.as_str()))
            .map(AsRef::as_ref)
            .collect();
        learning.sort_by_key(|it| it.born);
        let ecmp = self.transit_gateways.get(table.gateway.as_str());
        let ecmp = ecmp.is_some_and(|it| it.ecmp);
        let mut of_vpcs: Vec<Prefix> = Vec::new();
        for one in learning {
            if !one.phase.works() {
                continue;
            }
            let (source, blocks) = self.leads_to(one);
            let blocks: Vec<Prefix> = match source {
                RouteSource::Vpc => {
                    let free = |it: &Prefix| !of_vpcs.iter().any(|other| other.overlaps(*it));
                    let blocks: Vec<Prefix> = blocks.into_iter().filter(free).collect();
                    of_vpcs.extend(blocks.iter().copied());
                    blocks
                }
                _ => blocks,
            };
            for destination in blocks {
                let same =
                    |it: &&mut KnownRoute| it.destination == destination && it.source == source;
                match known.iter_mut().find(same) {
                    Some(there) if source == RouteSource::Vpn && ecmp => {
                        there.attachments.push(one.id.clone());
                    }
                    Some(_) => {}
                    None => known.push(KnownRoute {
                        destination,
                        source,
                        attachments: vec![one.id.clone()],
                        active: true,
                    }),
                }
            }
        }
        known.sort_by_key(|it| {
            let length = std::cmp::Reverse(it.destination.length());
            (
                !it.destination.is_v4(),
                length,
                it.destination.first(),
                it.source,
            )
        });
        known
    }

    /// What lies behind an attachment that works.
    fn leads_to(&self, one: &TransitAttachment) -> (RouteSource, Vec<Prefix>) {
        match &one.end {
            TransitEnd::Vpc { vpc, ipv6, .. } => {
                let blocks = self.vpcs.get(vpc.as_str()).map(|vpc| {
                    let blocks = vpc.all_blocks().filter(|it| it.is_v4() || *ipv6);
                    blocks.collect()
                });
                (RouteSource::Vpc, blocks.unwrap_or_default())
            }
            TransitEnd::Vpn { connection } => {
                let connection = self.vpn_connections.get(connection.as_str());
                let blocks = connection.map(|it| it.leads_to().to_vec());
                (RouteSource::Vpn, blocks.unwrap_or_default())
            }
            TransitEnd::DirectConnect { learned, .. } => {
                (RouteSource::DirectConnect, learned.clone())
            }
            TransitEnd::Peering { .. } => (RouteSource::Static, Vec::new()),
        }
    }
}

/// The block that a request names.
fn destination(text: Option<&str>) -> Result<Prefix, Fault> {
    let text = text.unwrap_or_default();
    text.parse().map_err(|_| {
        Fault::value(format!(
            "Value ({text}) for parameter destinationCidrBlock is invalid. This is not a valid \
             CIDR block."
        ))
    })
}

/// Where a route is to lead: to an attachment of the same gateway, or nowhere.
fn target(
    ec2: &Ec2,
    table: &TransitRouteTable,
    attachment: Option<&str>,
    blackhole: Option<bool>,
) -> Result<Option<Id>, Fault> {
    match (attachment, blackhole.unwrap_or(false)) {
        (None, true) => Ok(None),
        (Some(_), true) => Err(Fault::combination(
            "TransitGatewayAttachmentId and Blackhole can't be specified together",
        )),
        (None, false) => Err(Fault::missing("TransitGatewayAttachmentId")),
        (Some(id), false) => {
            let found = find_attachment(ec2, id)?;
            if found.gateway != table.gateway {
                return Err(Fault::value(format!(
                    "{} and {} do not belong to the same transit gateway.",
                    found.id, table.id
                )));
            }
            if !found.phase.works() {
                return Err(wrong_state(&found.id));
            }
            Ok(Some(found.id.clone()))
        }
    }
}

fn answer(ec2: &Ec2, route: &KnownRoute, state: Option<&str>) -> Doc<TransitGatewayRoute> {
    let attachments: Vec<_> = (route.attachments.iter())
        .filter_map(|id| ec2.transit_attachments.get(id.as_str()))
        .map(|it| {
            Doc::new()
                .with(
                    transit_gateway_route_attachment::RESOURCE_ID,
                    it.end.resource(),
                )
                .with(
                    transit_gateway_route_attachment::TRANSIT_GATEWAY_ATTACHMENT_ID,
                    &it.id,
                )
                .with(
                    transit_gateway_route_attachment::RESOURCE_TYPE,
                    it.end.kind(),
                )
        })
        .collect();
    let now = if route.active { "active" } else { "blackhole" };
    Doc::new()
        .with(
            transit_gateway_route::DESTINATION_CIDR_BLOCK,
            route.destination.to_string(),
        )
        .with_some(
            transit_gateway_route::TRANSIT_GATEWAY_ATTACHMENTS,
            (!attachments.is_empty()).then_some(attachments),
        )
        .with(transit_gateway_route::TYPE, route.source.word())
        .with(transit_gateway_route::STATE, state.unwrap_or(now))
}

/// A static route as it is answered.
fn written(ec2: &Ec2, route: &TransitRoute, state: Option<&str>) -> Doc<TransitGatewayRoute> {
    let known = KnownRoute {
        destination: route.destination,
        source: RouteSource::Static,
        attachments: route.attachment.iter().cloned().collect(),
        active: route.attachment.is_some(),
    };
    answer(ec2, &known, state)
}

/// The table that is to be changed, the route that a request is for, and where it is in the table.
fn change(
    ec2: &Ec2,
    table: Option<&str>,
    block: Option<&str>,
) -> Result<(TransitRouteTable, Prefix, Option<usize>), Fault> {
    let table = find_table(ec2, table.unwrap_or_default())?;
    if !table.phase.works() {
        return Err(wrong_state(&table.id));
    }
    let block = destination(block)?;
    let place = table.routes.iter().position(|it| it.destination == block);
    Ok((TransitRouteTable::clone(table), block, place))
}

fn no_route(block: Prefix, table: &Id) -> Fault {
    Fault::new(
        "InvalidRoute.NotFound",
        format!("Route {block} does not exist in Transit Gateway Route Table {table}."),
    )
}

/// `CreateTransitGatewayRoute`: a static route, one for each destination.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateTransitGatewayRouteRequest>,
) -> Result<Doc<CreateTransitGatewayRouteResult>, Fault> {
    use create_transit_gateway_route as of;
    let ec2 = context.ec2();
    let (mut table, block, place) = change(
        ec2,
        request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID),
        request.get(of::DESTINATION_CIDR_BLOCK),
    )?;
    let attachment = target(
        ec2,
        &table,
        request.get(of::TRANSIT_GATEWAY_ATTACHMENT_ID),
        request.get(of::BLACKHOLE),
    )?;
    if place.is_some() {
        return Err(Fault::new(
            "RouteAlreadyExists",
            format!(
                "Route {block} already exists in Transit Gateway Route Table {}.",
                table.id
            ),
        ));
    }
    if table.routes.len() >= MOST_ROUTES {
        return Err(Fault::new(
            "RouteLimitExceeded",
            "The maximum number of routes has been reached.",
        ));
    }
    let route = TransitRoute {
        destination: block,
        attachment,
    };
    table.routes.push(route.clone());
    context.ec2_mut().transit_route_tables.insert(table);
    let answer = written(context.ec2(), &route, None);
    Ok(Doc::new().with(create_transit_gateway_route_result::ROUTE, answer))
}

/// `ReplaceTransitGatewayRoute`
pub(crate) fn replace(
    context: &mut Context<'_>,
    request: View<'_, ReplaceTransitGatewayRouteRequest>,
) -> Result<Doc<ReplaceTransitGatewayRouteResult>, Fault> {
    use replace_transit_gateway_route as of;
    let ec2 = context.ec2();
    let (mut table, block, place) = change(
        ec2,
        request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID),
        request.get(of::DESTINATION_CIDR_BLOCK),
    )?;
    let attachment = target(
        ec2,
        &table,
        request.get(of::TRANSIT_GATEWAY_ATTACHMENT_ID),
        request.get(of::BLACKHOLE),
    )?;
    let Some(route) = place.and_then(|place| table.routes.get_mut(place)) else {
        return Err(no_route(block, &table.id));
    };
    route.attachment = attachment;
    let route = route.clone();
    context.ec2_mut().transit_route_tables.insert(table);
    let answer = written(context.ec2(), &route, None);
    Ok(Doc::new().with(replace_transit_gateway_route_result::ROUTE, answer))
}

/// `DeleteTransitGatewayRoute`: of static routes only; what is learned goes with its propagation.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteTransitGatewayRouteRequest>,
) -> Result<Doc<DeleteTransitGatewayRouteResult>, Fault> {
    use delete_transit_gateway_route as of;
    let (table, block, place) = change(
        context.ec2(),
        request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID),
        request.get(of::DESTINATION_CIDR_BLOCK),
    )?;
    let Some(route) = place.and_then(|place| table.routes.get(place)) else {
        return Err(no_route(block, &table.id));
    };
    let answer = written(context.ec2(), route, Some("deleted"));
    find_mut(
        &mut context.ec2_mut().transit_route_tables,
        table.id.as_str(),
    )?
    .routes
    .retain(|it| it.destination != block);
    Ok(Doc::new().with(delete_transit_gateway_route_result::ROUTE, answer))
}

/// `SearchTransitGatewayRoutes`: the routes in force.
pub(crate) fn search(
    context: &mut Context<'_>,
    request: View<'_, SearchTransitGatewayRoutesRequest>,
) -> Result<Doc<SearchTransitGatewayRoutesResult>, Fault> {
    use search_transit_gateway_routes as of;
    const KNOWN: [&str; 9] = [
        "attachment.transit-gateway-attachment-id",
        "attachment.resource-id",
        "attachment.resource-type",
        "prefix-list-id",
        "route-search.exact-match",
        "route-search.longest-prefix-match",
        "route-search.subnet-of-match",
        "route-search.supernet-of-match",
        "state",
    ];
    let ec2 = context.ec2();
    let wanted = request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID);
    let table = find_table(ec2, wanted.unwrap_or_default())?;
    let mut routes = ec2.transit_routes(table);
    // The first of each destination is in force.
    routes.dedup_by_key(|it| it.destination);
    for one in request.items(of::FILTERS) {
        let name = one.get(filter::NAME).unwrap_or_default();
        if name == "type" {
            routes.retain(|it| passes(one, &[it.source.word()]));
            continue;
        }
        check_filter(one, &KNOWN)?;
        if let Some(how) = name.strip_prefix("route-search.") {
            let blocks: Vec<Prefix> = one
                .items(filter::VALUES)
                .map(|text| block_or_host(text).map_or_else(|| destination(Some(text)), Ok))
                .collect::<Result<_, _>>()?;
            if how == "longest-prefix-match" {
                routes = longest(&routes, &blocks);
                continue;
            }
            routes.retain(|it| {
                blocks.iter().any(|block| match how {
                    "exact-match" => it.destination == *block,
                    "subnet-of-match" => block.covers(it.destination),
                    _ => it.destination.covers(*block),
                })
            });
            continue;
        }
        routes.retain(|it| {
            let attached =
                (it.attachments.iter()).filter_map(|id| ec2.transit_attachments.get(id.as_str()));
            let have: Vec<&str> = match name {
                "attachment.transit-gateway-attachment-id" => {
                    it.attachments.iter().map(Id::as_str).collect()
                }
                "attachment.resource-id" => attached.map(|it| it.end.resource()).collect(),
                "attachment.resource-type" => attached.map(|it| it.end.kind()).collect(),
                "state" => vec![if it.active { "active" } else { "blackhole" }],
                _ => Vec::new(),
            };
            passes(one, &have)
        });
    }
    let most = request
        .get(of::MAX_RESULTS)
        .and_then(|it| usize::try_from(it).ok());
    let most = most.unwrap_or(MOST_FOUND).min(MOST_FOUND);
    let list: Vec<_> = routes
        .iter()
        .take(most)
        .map(|it| answer(ec2, it, None))
        .collect();
    Ok(Doc::new()
        .with(search_transit_gateway_routes_result::ROUTES, list)
        .with(
            search_transit_gateway_routes_result::ADDITIONAL_ROUTES_AVAILABLE,
            routes.len() > most,
        ))
}

/// A block, or a single address.
fn block_or_host(text: &str) -> Option<Prefix> {
    let block = text.parse().ok();
    block.or_else(|| text.parse().ok().map(Prefix::host))
}

/// For each block the most specific route that covers it.
fn longest(routes: &[KnownRoute], blocks: &[Prefix]) -> Vec<KnownRoute> {
    let best = |block: &Prefix| {
        let covering = routes.iter().filter(|it| it.destination.covers(*block));
        covering.max_by_key(|it| it.destination.length())
    };
    let mut found: Vec<KnownRoute> = Vec::new();
    for route in blocks.iter().filter_map(best) {
        if !found.contains(route) {
            found.push(route.clone());
        }
    }
    found
}

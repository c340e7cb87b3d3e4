//! How route tables are shown.

use super::{Associated, Destination, RouteState, RouteTable, Target};
use crate::door::Context;
use crate::ec2::select::{FilterRow, select, tag_list};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    describe_route_tables, describe_route_tables_result, propagating_vgw, route, route_table,
    route_table_association, route_table_association_state,
};
use crate::id::Id;

pub(in crate::ec2) const FILTERS: &[FilterRow<RouteTable>] = &[
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

pub(super) fn describe_one(context: &Context<'_>, one: &RouteTable) -> Doc<shape::RouteTable> {
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
                .with_some(
                    route_table_association::GATEWAY_ID,
                    match &it.with {
                        Associated::Gateway(id) => Some(id),
                        Associated::Main | Associated::Subnet(_) => None,
                    },
                )
                .with(
                    route_table_association::ASSOCIATION_STATE,
                    Doc::new().with(route_table_association_state::STATE, "associated"),
                )
        })
        .collect();
    let propagating: Vec<_> = (one.propagating.iter())
        .map(|id| Doc::new().with(propagating_vgw::GATEWAY_ID, id))
        .collect();
    let routes: Vec<_> = ec2
        .routes_of(one)
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
        .with(route_table::PROPAGATING_VGWS, propagating)
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

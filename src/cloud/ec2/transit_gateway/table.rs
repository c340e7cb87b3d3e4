//! Route tables of transit gateways: associations (what comes from an attachment follows the table)
//! and propagations (the table learns what lies behind an attachment).
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html>

use super::attachment::{associating, propagating};
use super::{
    CHANGE_SECONDS, TransitAttachment, TransitEnd, TransitRouteTable, find_attachment, find_table,
    find_working, state_word, wrong_state,
};
use crate::cloud::Mint;
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find_mut, new_tags, select, tag_list, wildcard};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    associate_transit_gateway_route_table, associate_transit_gateway_route_table_result,
    create_transit_gateway_route_table, create_transit_gateway_route_table_result,
    delete_transit_gateway_route_table, delete_transit_gateway_route_table_result,
    describe_transit_gateway_route_tables, describe_transit_gateway_route_tables_result,
    disable_transit_gateway_route_table_propagation,
    disable_transit_gateway_route_table_propagation_result,
    disassociate_transit_gateway_route_table, disassociate_transit_gateway_route_table_result,
    enable_transit_gateway_route_table_propagation,
    enable_transit_gateway_route_table_propagation_result, filter,
    get_transit_gateway_route_table_associations,
    get_transit_gateway_route_table_associations_result,
    get_transit_gateway_route_table_propagations,
    get_transit_gateway_route_table_propagations_result, transit_gateway_association,
    transit_gateway_propagation, transit_gateway_route_table,
    transit_gateway_route_table_association, transit_gateway_route_table_propagation,
};
use crate::id::Id;
use crate::table::Tags;
use crate::time::Time;

/// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html>
const MOST_TABLES: usize = 20;

pub(in crate::ec2) const FILTERS: &[FilterRow<TransitRouteTable>] = &[
    ("transit-gateway-route-table-id", |_, it| {
        vec![it.id.to_string()]
    }),
    ("transit-gateway-id", |_, it| vec![it.gateway.to_string()]),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
    ("default-association-route-table", |scope, it| {
        vec![defaults(scope.ec2, it).0.to_string()]
    }),
    ("default-propagation-route-table", |scope, it| {
        vec![defaults(scope.ec2, it).1.to_string()]
    }),
];

/// Is it the table of new associations, and of new propagations?
fn defaults(ec2: &Ec2, table: &TransitRouteTable) -> (bool, bool) {
    let gateway = ec2.transit_gateways.get(table.gateway.as_str());
    let is = |id: Option<&Id>| id == Some(&table.id);
    gateway.map_or((false, false), |it| {
        (
            is(it.default_association.as_ref()),
            is(it.default_propagation.as_ref()),
        )
    })
}

/// Makes a route table.
pub(super) fn make(
    ec2: &mut Ec2,
    mint: &mut Mint,
    gateway: &Id,
    now: Time,
    tags: Tags,
    phase: Phase,
) -> Id {
    let (id, born) = mint.id("tgw-rtb");
    ec2.transit_route_tables.insert(TransitRouteTable {
        id: id.clone(),
        born,
        tags,
        created: now,
        gateway: gateway.clone(),
        routes: Vec::new(),
        propagations: Vec::new(),
        phase,
    });
    id
}

fn describe_one(context: &Context<'_>, one: &TransitRouteTable) -> Doc<TransitGatewayRouteTable> {
    let (association, propagation) = defaults(context.ec2(), one);
    Doc::new()
        .with(
            transit_gateway_route_table::TRANSIT_GATEWAY_ROUTE_TABLE_ID,
            &one.id,
        )
        .with(
            transit_gateway_route_table::TRANSIT_GATEWAY_ID,
            &one.gateway,
        )
        .with(transit_gateway_route_table::STATE, state_word(one.phase))
        .with(
            transit_gateway_route_table::DEFAULT_ASSOCIATION_ROUTE_TABLE,
            association,
        )
        .with(
            transit_gateway_route_table::DEFAULT_PROPAGATION_ROUTE_TABLE,
            propagation,
        )
        .with(transit_gateway_route_table::CREATION_TIME, one.created)
        .with(transit_gateway_route_table::TAGS, tag_list(&one.tags))
}

/// `CreateTransitGatewayRouteTable`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateTransitGatewayRouteTableRequest>,
) -> Result<Doc<CreateTransitGatewayRouteTableResult>, Fault> {
    let tags = new_tags(
        request.items(create_transit_gateway_route_table::TAG_SPECIFICATIONS),
        "transit-gateway-route-table",
    )?;
    let wanted = request.get(create_transit_gateway_route_table::TRANSIT_GATEWAY_ID);
    let gateway = find_working(context.ec2(), wanted.unwrap_or_default())?
        .id
        .clone();
    let all = context.ec2().transit_route_tables.iter();
    if all
        .filter(|it| it.gateway == gateway && it.phase.is_alive())
        .count()
        >= MOST_TABLES
    {
        return Err(Fault::new(
            "TransitGatewayRouteTableLimitExceeded",
            "The maximum number of transit gateway route tables has been reached.",
        ));
    }
    let now = context.now();
    let (ec2, mint) = context.parts();
    let until = now.after(CHANGE_SECONDS);
    let phase = Phase::until(State::Pending, until, State::Available);
    let id = make(ec2, mint, &gateway, now, tags, phase);
    let made = find_table(context.ec2(), id.as_str())?.clone();
    let answer = describe_one(context, &made);
    Ok(Doc::new().with(
        create_transit_gateway_route_table_result::TRANSIT_GATEWAY_ROUTE_TABLE,
        answer,
    ))
}

/// `DescribeTransitGatewayRouteTables`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTransitGatewayRouteTablesRequest>,
) -> Result<Doc<DescribeTransitGatewayRouteTablesResult>, Fault> {
    use describe_transit_gateway_route_tables as of;
    let found = select(
        context,
        &context.ec2().transit_route_tables,
        request.items(of::TRANSIT_GATEWAY_ROUTE_TABLE_IDS),
        request.items(of::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(context, it)).collect();
    Ok(Doc::new().with(
        describe_transit_gateway_route_tables_result::TRANSIT_GATEWAY_ROUTE_TABLES,
        list,
    ))
}

/// `DeleteTransitGatewayRouteTable`: refused while attachments are associated with it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteTransitGatewayRouteTableRequest>,
) -> Result<Doc<DeleteTransitGatewayRouteTableResult>, Fault> {
    let wanted = request.get(delete_transit_gateway_route_table::TRANSIT_GATEWAY_ROUTE_TABLE_ID);
    let ec2 = context.ec2();
    let one = find_table(ec2, wanted.unwrap_or_default())?;
    if !one.phase.works() {
        return Err(wrong_state(&one.id));
    }
    let associated: Vec<&str> = (ec2.transit_attachments.by_birth().into_iter())
        .filter(|it| it.association.as_ref() == Some(&one.id))
        .map(|it| it.id.as_str())
        .collect();
    if !associated.is_empty() {
        return Err(Fault::new(
            "IncorrectState",
            format!(
                "{} has non-deleted associations: {}.",
                one.id,
                associated.join(", ")
            ),
        ));
    }
    if defaults(ec2, one) != (false, false) {
        return Err(Fault::new(
            "IncorrectState",
            format!(
                "{} is the default association or propagation route table of {}.",
                one.id, one.gateway
            ),
        ));
    }
    let (id, until) = (one.id.clone(), context.now().after(CHANGE_SECONDS));
    let one = find_mut(&mut context.ec2_mut().transit_route_tables, id.as_str())?;
    one.phase = Phase::until(State::Deleting, until, State::Deleted);
    one.propagations.clear();
    let one = one.clone();
    let answer = describe_one(context, &one);
    Ok(Doc::new().with(
        delete_transit_gateway_route_table_result::TRANSIT_GATEWAY_ROUTE_TABLE,
        answer,
    ))
}

/// The table and the attachment that a request names; both are of one gateway.
fn pair<'a>(
    ec2: &'a Ec2,
    table: Option<&str>,
    attachment: Option<&str>,
) -> Result<(&'a TransitRouteTable, &'a TransitAttachment), Fault> {
    let table = find_table(ec2, table.unwrap_or_default())?;
    let attachment = attachment.ok_or_else(|| Fault::missing("TransitGatewayAttachmentId"))?;
    let attachment = find_attachment(ec2, attachment)?;
    if attachment.gateway != table.gateway {
        return Err(Fault::value(format!(
            "{} and {} do not belong to the same transit gateway.",
            attachment.id, table.id
        )));
    }
    Ok((table, attachment))
}

/// The same, for a change: both must work.
fn working_pair(
    ec2: &Ec2,
    table: Option<&str>,
    attachment: Option<&str>,
) -> Result<(Id, TransitAttachment), Fault> {
    let (table, attachment) = pair(ec2, table, attachment)?;
    if !table.phase.works() {
        return Err(wrong_state(&table.id));
    }
    if !attachment.phase.works() {
        return Err(wrong_state(&attachment.id));
    }
    Ok((table.id.clone(), attachment.clone()))
}

fn association(
    table: &Id,
    one: &TransitAttachment,
    state: &str,
) -> Doc<shape::TransitGatewayAssociation> {
    Doc::new()
        .with(
            transit_gateway_association::TRANSIT_GATEWAY_ROUTE_TABLE_ID,
            table,
        )
        .with(
            transit_gateway_association::TRANSIT_GATEWAY_ATTACHMENT_ID,
            &one.id,
        )
        .with(transit_gateway_association::RESOURCE_ID, one.end.resource())
        .with(transit_gateway_association::RESOURCE_TYPE, one.end.kind())
        .with(transit_gateway_association::STATE, state)
}

/// `AssociateTransitGatewayRouteTable`: an attachment has one association at most.
pub(crate) fn associate(
    context: &mut Context<'_>,
    request: View<'_, AssociateTransitGatewayRouteTableRequest>,
) -> Result<Doc<AssociateTransitGatewayRouteTableResult>, Fault> {
    use associate_transit_gateway_route_table as of;
    let (table, one) = working_pair(
        context.ec2(),
        request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID),
        request.get(of::TRANSIT_GATEWAY_ATTACHMENT_ID),
    )?;
    if one.association.is_some() {
        return Err(Fault::new(
            "Resource.AlreadyAssociated",
            format!(
                "Transit Gateway Attachment {} is already associated to a route table.",
                one.id
            ),
        ));
    }
    let attachments = &mut context.ec2_mut().transit_attachments;
    find_mut(attachments, one.id.as_str())?.association = Some(table.clone());
    let answer = association(&table, &one, "associating");
    Ok(Doc::new().with(
        associate_transit_gateway_route_table_result::ASSOCIATION,
        answer,
    ))
}

/// `DisassociateTransitGatewayRouteTable`: what comes from the attachment is then dropped.
pub(crate) fn disassociate(
    context: &mut Context<'_>,
    request: View<'_, DisassociateTransitGatewayRouteTableRequest>,
) -> Result<Doc<DisassociateTransitGatewayRouteTableResult>, Fault> {
    use disassociate_transit_gateway_route_table as of;
    let (table, one) = working_pair(
        context.ec2(),
        request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID),
        request.get(of::TRANSIT_GATEWAY_ATTACHMENT_ID),
    )?;
    if one.association.as_ref() != Some(&table) {
        return Err(Fault::new(
            "InvalidAssociation.NotFound",
            format!(
                "Association {} does not exist in Transit Gateway Route Table {table}.",
                one.id
            ),
        ));
    }
    let attachments = &mut context.ec2_mut().transit_attachments;
    find_mut(attachments, one.id.as_str())?.association = None;
    let answer = association(&table, &one, "disassociating");
    Ok(Doc::new().with(
        disassociate_transit_gateway_route_table_result::ASSOCIATION,
        answer,
    ))
}

fn propagation(
    table: &Id,
    one: &TransitAttachment,
    state: &str,
) -> Doc<shape::TransitGatewayPropagation> {
    Doc::new()
        .with(
            transit_gateway_propagation::TRANSIT_GATEWAY_ATTACHMENT_ID,
            &one.id,
        )
        .with(transit_gateway_propagation::RESOURCE_ID, one.end.resource())
        .with(transit_gateway_propagation::RESOURCE_TYPE, one.end.kind())
        .with(
            transit_gateway_propagation::TRANSIT_GATEWAY_ROUTE_TABLE_ID,
            table,
        )
        .with(transit_gateway_propagation::STATE, state)
}

/// `EnableTransitGatewayRouteTablePropagation`: not for a peering, whose routes are static.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html>
pub(crate) fn enable_propagation(
    context: &mut Context<'_>,
    request: View<'_, EnableTransitGatewayRouteTablePropagationRequest>,
) -> Result<Doc<EnableTransitGatewayRouteTablePropagationResult>, Fault> {
    use enable_transit_gateway_route_table_propagation as of;
    let (table, one) = working_pair(
        context.ec2(),
        request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID),
        request.get(of::TRANSIT_GATEWAY_ATTACHMENT_ID),
    )?;
    if matches!(one.end, TransitEnd::Peering { .. }) {
        return Err(Fault::value(format!(
            "Propagation is not supported for peering attachment {}.",
            one.id
        )));
    }
    let routes = &mut find_mut(&mut context.ec2_mut().transit_route_tables, table.as_str())?;
    if routes.propagations.contains(&one.id) {
        return Err(Fault::new(
            "TransitGatewayRouteTablePropagation.Duplicate",
            format!(
                "Propagation {} already exists in Transit Gateway Route Table {table}.",
                one.id
            ),
        ));
    }
    routes.propagations.push(one.id.clone());
    Ok(Doc::new().with(
        enable_transit_gateway_route_table_propagation_result::PROPAGATION,
        propagation(&table, &one, "enabled"),
    ))
}

/// `DisableTransitGatewayRouteTablePropagation`
pub(crate) fn disable_propagation(
    context: &mut Context<'_>,
    request: View<'_, DisableTransitGatewayRouteTablePropagationRequest>,
) -> Result<Doc<DisableTransitGatewayRouteTablePropagationResult>, Fault> {
    use disable_transit_gateway_route_table_propagation as of;
    let (table, one) = pair(
        context.ec2(),
        request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID),
        request.get(of::TRANSIT_GATEWAY_ATTACHMENT_ID),
    )?;
    let (table, one) = (table.id.clone(), one.clone());
    let routes = &mut find_mut(&mut context.ec2_mut().transit_route_tables, table.as_str())?;
    if !routes.propagations.contains(&one.id) {
        return Err(Fault::new(
            "TransitGatewayRouteTablePropagation.NotFound",
            format!(
                "Propagation {} does not exist in Transit Gateway Route Table {table}.",
                one.id
            ),
        ));
    }
    routes.propagations.retain(|it| *it != one.id);
    Ok(Doc::new().with(
        disable_transit_gateway_route_table_propagation_result::PROPAGATION,
        propagation(&table, &one, "disabled"),
    ))
}

/// Is it a filter that there is?
pub(super) fn check_filter(one: View<'_, Filter>, known: &[&str]) -> Result<(), Fault> {
    let name = one.get(filter::NAME).unwrap_or_default();
    if known.contains(&name) {
        return Ok(());
    }
    Err(Fault::value(format!("The filter '{name}' is invalid")))
}

/// Does one of these values match one of the filter's?
pub(super) fn passes(one: View<'_, Filter>, have: &[&str]) -> bool {
    let mut wanted = one.items(filter::VALUES);
    wanted.any(|wanted| have.iter().any(|have| wildcard(wanted, have)))
}

/// The attachments that pass filters by what they lead to.
fn filtered<'a>(
    mut all: Vec<&'a TransitAttachment>,
    filters: crate::ec2::select::Filters<'_>,
) -> Result<Vec<&'a TransitAttachment>, Fault> {
    const KNOWN: [&str; 3] = [
        "resource-id",
        "resource-type",
        "transit-gateway-attachment-id",
    ];
    for one in filters {
        check_filter(one, &KNOWN)?;
        let name = one.get(filter::NAME);
        all.retain(|it| {
            let have = match name {
                Some("resource-id") => it.end.resource(),
                Some("resource-type") => it.end.kind(),
                _ => it.id.as_str(),
            };
            passes(one, &[have])
        });
    }
    Ok(all)
}

/// `GetTransitGatewayRouteTableAssociations`
pub(crate) fn associations(
    context: &mut Context<'_>,
    request: View<'_, GetTransitGatewayRouteTableAssociationsRequest>,
) -> Result<Doc<GetTransitGatewayRouteTableAssociationsResult>, Fault> {
    use get_transit_gateway_route_table_associations as of;
    let ec2 = context.ec2();
    let wanted = request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID);
    let table = find_table(ec2, wanted.unwrap_or_default())?;
    let all = (ec2.transit_attachments.by_birth().into_iter())
        .filter(|it| it.association.as_ref() == Some(&table.id))
        .map(AsRef::as_ref);
    let list: Vec<_> = filtered(all.collect(), request.items(of::FILTERS))?
        .into_iter()
        .map(|it| {
            Doc::new()
                .with(
                    transit_gateway_route_table_association::TRANSIT_GATEWAY_ATTACHMENT_ID,
                    &it.id,
                )
                .with(
                    transit_gateway_route_table_association::RESOURCE_ID,
                    it.end.resource(),
                )
                .with(
                    transit_gateway_route_table_association::RESOURCE_TYPE,
                    it.end.kind(),
                )
                .with(
                    transit_gateway_route_table_association::STATE,
                    associating(it),
                )
        })
        .collect();
    Ok(Doc::new().with(
        get_transit_gateway_route_table_associations_result::ASSOCIATIONS,
        list,
    ))
}

/// `GetTransitGatewayRouteTablePropagations`
pub(crate) fn propagations(
    context: &mut Context<'_>,
    request: View<'_, GetTransitGatewayRouteTablePropagationsRequest>,
) -> Result<Doc<GetTransitGatewayRouteTablePropagationsResult>, Fault> {
    use get_transit_gateway_route_table_propagations as of;
    let ec2 = context.ec2();
    let wanted = request.get(of::TRANSIT_GATEWAY_ROUTE_TABLE_ID);
    let table = find_table(ec2, wanted.unwrap_or_default())?;
    let all = (table.propagations.iter())
        .filter_map(|id| ec2.transit_attachments.get(id.as_str()))
        .map(AsRef::as_ref);
    let list: Vec<_> = filtered(all.collect(), request.items(of::FILTERS))?
        .into_iter()
        .map(|it| {
            Doc::new()
                .with(
                    transit_gateway_route_table_propagation::TRANSIT_GATEWAY_ATTACHMENT_ID,
                    &it.id,
                )
                .with(
                    transit_gateway_route_table_propagation::RESOURCE_ID,
                    it.end.resource(),
                )
                .with(
                    transit_gateway_route_table_propagation::RESOURCE_TYPE,
                    it.end.kind(),
                )
                .with(
                    transit_gateway_route_table_propagation::STATE,
                    propagating(it),
                )
        })
        .collect();
    Ok(Doc::new().with(
        get_transit_gateway_route_table_propagations_result::TRANSIT_GATEWAY_ROUTE_TABLE_PROPAGATIONS,
        list,
    ))
}

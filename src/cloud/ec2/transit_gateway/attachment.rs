//! What attachments of all kinds have in common.

use super::{ATTACHMENT_SECONDS, TransitAttachment, TransitEnd, find_attachment, state_word};
use crate::cloud::Mint;
use crate::door::Context;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, check_ids, select, tag_list};
use crate::ec2::{Ec2, network_interface};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    describe_transit_gateway_attachments, describe_transit_gateway_attachments_result,
    get_transit_gateway_attachment_propagations,
    get_transit_gateway_attachment_propagations_result, transit_gateway_attachment,
    transit_gateway_attachment_association, transit_gateway_attachment_propagation,
};
use crate::id::Id;
use crate::table::Tags;
use crate::time::Time;

pub(in crate::ec2) const FILTERS: &[FilterRow<TransitAttachment>] = &[
    ("transit-gateway-attachment-id", |_, it| {
        vec![it.id.to_string()]
    }),
    ("transit-gateway-id", |_, it| vec![it.gateway.to_string()]),
    ("transit-gateway-owner-id", |scope, _| {
        vec![scope.account.to_owned()]
    }),
    ("resource-id", |_, it| vec![it.end.resource().to_owned()]),
    ("resource-owner-id", |scope, it| {
        vec![owner(&it.end, scope.account).to_owned()]
    }),
    ("resource-type", |_, it| vec![it.end.kind().to_owned()]),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
    ("association.state", |_, it| {
        it.association
            .iter()
            .map(|_| associating(it).to_owned())
            .collect()
    }),
    ("association.transit-gateway-route-table-id", |_, it| {
        it.association.iter().map(Id::to_string).collect()
    }),
];

/// The account of what is attached.
fn owner<'a>(end: &'a TransitEnd, own: &'a str) -> &'a str {
    match end {
        TransitEnd::Peering { account, .. } => account,
        _ => own,
    }
}

/// How far the association of an attachment is.
pub(super) fn associating(one: &TransitAttachment) -> &'static str {
    match one.phase.state {
        State::Pending | State::AwaitsAcceptance => "associating",
        _ => "associated",
    }
}

/// How far a propagation from an attachment is.
pub(super) fn propagating(one: &TransitAttachment) -> &'static str {
    match one.phase.state {
        State::Pending | State::AwaitsAcceptance => "enabling",
        _ => "enabled",
    }
}

/// Attaches something to a transit gateway, with the association and the propagation that the
/// gateway gives by itself; peerings get the association only, since nothing is learned from them.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html>
pub(crate) fn attach(
    ec2: &mut Ec2,
    mint: &mut Mint,
    now: Time,
    gateway: &Id,
    end: TransitEnd,
    tags: Tags,
) -> Id {
    let (id, born) = mint.id("tgw-attach");
    let until = now.after(ATTACHMENT_SECONDS);
    let mut made = TransitAttachment {
        id: id.clone(),
        born,
        tags,
        created: now,
        gateway: gateway.clone(),
        end,
        association: None,
        phase: Phase::until(State::Pending, until, State::Available),
    };
    give_defaults(ec2, &mut made);
    ec2.transit_attachments.insert(made);
    id
}

/// The association and propagation that a transit gateway gives by itself.
pub(super) fn give_defaults(ec2: &mut Ec2, made: &mut TransitAttachment) {
    let Some(gateway) = ec2.transit_gateways.get(made.gateway.as_str()) else {
        return;
    };
    let propagation = gateway.default_propagation.clone();
    made.association = gateway.default_association.clone();
    if super::gateway::is_peering(&made.end) {
        return;
    }
    if let Some(table) = propagation.and_then(|id| ec2.transit_route_tables.get_mut(id.as_str())) {
        table.propagations.push(made.id.clone());
    }
}

/// Lets an attachment go: routes to it become blackholes, nothing is learned from it, and its
/// network interfaces are gone at once.
pub(crate) fn remove(ec2: &mut Ec2, now: Time, id: &Id) {
    let tables: Vec<Id> = (ec2.transit_route_tables.iter())
        .filter(|it| it.propagations.contains(id))
        .map(|it| it.id.clone())
        .collect();
    for table in tables {
        if let Some(table) = ec2.transit_route_tables.get_mut(table.as_str()) {
            table.propagations.retain(|it| it != id);
        }
    }
    let interfaces: Vec<Id> = (ec2.network_interfaces.iter())
        .filter(|it| it.managed.as_ref().is_some_and(|it| it.by == *id))
        .map(|it| it.id.clone())
        .collect();
    for interface in interfaces {
        network_interface::remove(ec2, &interface);
    }
    if let Some(one) = ec2.transit_attachments.get_mut(id.as_str()) {
        one.association = None;
        let until = now.after(ATTACHMENT_SECONDS);
        one.phase = Phase::until(State::Deleting, until, State::Deleted);
    }
}

fn describe_one(
    context: &Context<'_>,
    one: &TransitAttachment,
) -> Doc<shape::TransitGatewayAttachment> {
    let association = one.association.as_ref().map(|table| {
        Doc::new()
            .with(
                transit_gateway_attachment_association::TRANSIT_GATEWAY_ROUTE_TABLE_ID,
                table,
            )
            .with(
                transit_gateway_attachment_association::STATE,
                associating(one),
            )
    });
    let own = context.account();
    Doc::new()
        .with(
            transit_gateway_attachment::TRANSIT_GATEWAY_ATTACHMENT_ID,
            &one.id,
        )
        .with(transit_gateway_attachment::TRANSIT_GATEWAY_ID, &one.gateway)
        .with(transit_gateway_attachment::TRANSIT_GATEWAY_OWNER_ID, own)
        .with(
            transit_gateway_attachment::RESOURCE_OWNER_ID,
            owner(&one.end, own),
        )
        .with(transit_gateway_attachment::RESOURCE_TYPE, one.end.kind())
        .with(transit_gateway_attachment::RESOURCE_ID, one.end.resource())
        .with(transit_gateway_attachment::STATE, state_word(one.phase))
        .with_some(transit_gateway_attachment::ASSOCIATION, association)
        .with(transit_gateway_attachment::CREATION_TIME, one.created)
        .with(transit_gateway_attachment::TAGS, tag_list(&one.tags))
}

/// `DescribeTransitGatewayAttachments`: of all kinds.
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTransitGatewayAttachmentsRequest>,
) -> Result<Doc<DescribeTransitGatewayAttachmentsResult>, Fault> {
    use describe_transit_gateway_attachments as of;
    let found = select(
        context,
        &context.ec2().transit_attachments,
        request.items(of::TRANSIT_GATEWAY_ATTACHMENT_IDS),
        request.items(of::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(context, it)).collect();
    Ok(Doc::new().with(
        describe_transit_gateway_attachments_result::TRANSIT_GATEWAY_ATTACHMENTS,
        list,
    ))
}

/// Are all ids those of attachments of this kind?
pub(super) fn check_kind(
    ec2: &Ec2,
    ids: crate::ec2::select::Ids<'_>,
    kind: &str,
    what: &str,
) -> Result<(), Fault> {
    for id in ids {
        find_kind(ec2, id, kind, what, |_| false)?;
    }
    Ok(())
}

/// The attachment with this id, of this kind.
pub(super) fn find_kind<'a>(
    ec2: &'a Ec2,
    id: &str,
    kind: &str,
    what: &str,
    gone: impl Fn(Phase) -> bool,
) -> Result<&'a TransitAttachment, Fault> {
    check_ids_form(ec2, id)?;
    super::find_as(&ec2.transit_attachments, id, what, |it| {
        it.end.kind() != kind || gone(it.phase)
    })
    .map(AsRef::as_ref)
}

fn check_ids_form(ec2: &Ec2, id: &str) -> Result<(), Fault> {
    match check_ids(&ec2.transit_attachments, &[id]) {
        Err(fault) if fault.code.ends_with(".Malformed") => Err(fault),
        _ => Ok(()),
    }
}

/// `GetTransitGatewayAttachmentPropagations`: the tables that learn from an attachment.
pub(crate) fn propagations(
    context: &mut Context<'_>,
    request: View<'_, GetTransitGatewayAttachmentPropagationsRequest>,
) -> Result<Doc<GetTransitGatewayAttachmentPropagationsResult>, Fault> {
    use get_transit_gateway_attachment_propagations as of;
    let wanted = request.get(of::TRANSIT_GATEWAY_ATTACHMENT_ID);
    let ec2 = context.ec2();
    let one = find_attachment(ec2, wanted.unwrap_or_default())?;
    let mut tables = ec2.transit_route_tables.by_birth();
    tables.retain(|it| it.propagations.contains(&one.id));
    for filter in request.items(of::FILTERS) {
        super::table::check_filter(filter, &["transit-gateway-route-table-id"])?;
        tables.retain(|it| super::table::passes(filter, &[it.id.as_str()]));
    }
    let list: Vec<_> = tables
        .into_iter()
        .map(|it| {
            Doc::new()
                .with(
                    transit_gateway_attachment_propagation::TRANSIT_GATEWAY_ROUTE_TABLE_ID,
                    &it.id,
                )
                .with(
                    transit_gateway_attachment_propagation::STATE,
                    propagating(one),
                )
        })
        .collect();
    Ok(Doc::new().with(
        get_transit_gateway_attachment_propagations_result::TRANSIT_GATEWAY_ATTACHMENT_PROPAGATIONS,
        list,
    ))
}

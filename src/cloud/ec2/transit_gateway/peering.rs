//! Peering between transit gateways: static routes only, and never further than the next one.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html>

use super::attachment::{attach, check_kind, find_kind, give_defaults, remove};
use super::{
    ATTACHMENT_SECONDS, TransitAttachment, TransitEnd, find_working, gone, state_word, wrong_state,
};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find, new_tags, select, tag_list};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    accept_transit_gateway_peering_attachment, accept_transit_gateway_peering_attachment_result,
    create_transit_gateway_peering_attachment,
    create_transit_gateway_peering_attachment_request_options,
    create_transit_gateway_peering_attachment_result, delete_transit_gateway_peering_attachment,
    delete_transit_gateway_peering_attachment_result, describe_transit_gateway_peering_attachments,
    describe_transit_gateway_peering_attachments_result, peering_attachment_status,
    peering_tgw_info, reject_transit_gateway_peering_attachment,
    reject_transit_gateway_peering_attachment_result, transit_gateway_peering_attachment,
    transit_gateway_peering_attachment_options,
};
use crate::id::Id;
use crate::region::Region;
use crate::table::Tags;

/// AWS's word for such an attachment in sentences.
const WHAT: &str = "Transit Gateway Peering Attachment";

const FILTERS: &[FilterRow<TransitAttachment>] = &[
    ("transit-gateway-attachment-id", |_, it| {
        vec![it.id.to_string()]
    }),
    ("local-owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("remote-owner-id", |_, it| match &it.end {
        TransitEnd::Peering { account, .. } => vec![account.clone()],
        _ => Vec::new(),
    }),
    ("transit-gateway-id", |_, it| vec![it.gateway.to_string()]),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
];

/// Where the other side of an attachment is kept: account, Region, id.
fn other_side(one: &TransitAttachment) -> Option<(String, String, Id)> {
    match &one.end {
        TransitEnd::Peering {
            account,
            region,
            mate,
            ..
        } => Some((account.clone(), region.clone(), mate.clone())),
        _ => None,
    }
}

/// Does the same to both sides.
fn on_both(context: &mut Context<'_>, one: &TransitAttachment, change: impl Fn(&mut Ec2, &Id)) {
    change(context.ec2_mut(), &one.id);
    if let Some((account, region, id)) = other_side(one)
        && let Some(ec2) = context.cloud.ec2_mut(&account, &region)
    {
        change(ec2, &id);
    }
}

/// `CreateTransitGatewayPeeringAttachment`: the other side has to say yes, even if it is one's own.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateTransitGatewayPeeringAttachmentRequest>,
) -> Result<Doc<CreateTransitGatewayPeeringAttachmentResult>, Fault> {
    use create_transit_gateway_peering_attachment as of;
    use create_transit_gateway_peering_attachment_request_options as option;
    let tags = new_tags(
        request.items(of::TAG_SPECIFICATIONS),
        "transit-gateway-attachment",
    )?;
    let wanted = request.get(of::TRANSIT_GATEWAY_ID).unwrap_or_default();
    let gateway = find_working(context.ec2(), wanted)?.id.clone();
    let dynamic = request.get(of::OPTIONS);
    let dynamic = dynamic.and_then(|it| it.get(option::DYNAMIC_ROUTING));
    if dynamic == Some("enable") {
        return Err(Fault::new(
            "UnsupportedOperation",
            "Dynamic routing needs AWS Cloud WAN, which is not in this sandbox.",
        ));
    }
    let account = request.get(of::PEER_ACCOUNT_ID).unwrap_or_default();
    let name = request.get(of::PEER_REGION).unwrap_or_default();
    let region = Region::find(name).ok_or_else(|| {
        Fault::value(format!(
            "Value ({name}) for parameter peerRegion is invalid."
        ))
    })?;
    let peer = request.get(of::PEER_TRANSIT_GATEWAY_ID).unwrap_or_default();
    let there = context
        .cloud
        .account(account)
        .and_then(|it| it.ec2(region.name));
    let missing = || {
        Fault::new(
            "InvalidTransitGatewayID.NotFound",
            format!("Transit Gateway {peer} was deleted or does not exist."),
        )
    };
    let peer = find_working(there.ok_or_else(missing)?, peer)?.id.clone();
    if peer == gateway {
        return Err(Fault::value(
            "A transit gateway can't be peered with itself.",
        ));
    }
    let (own_account, own_region) = (context.account().to_owned(), context.region.name);
    let here = own_account == account && own_region == region.name;
    let twice = context.ec2().transit_attachments.iter().any(|it| {
        let same = matches!(&it.end, TransitEnd::Peering { peer: other, .. } if *other == peer);
        same && it.gateway == gateway && it.phase.is_alive()
    });
    if twice {
        return Err(Fault::new(
            "DuplicateTransitGatewayAttachment",
            format!("{gateway} has non-deleted Transit Gateway Attachments with same peer {peer}."),
        ));
    }
    let now = context.now();
    let (ec2, mint) = context.parts();
    let end = TransitEnd::Peering {
        peer: peer.clone(),
        account: account.to_owned(),
        region: region.name.to_owned(),
        mate: gateway.clone(),
        asked: true,
    };
    let id = attach(ec2, mint, now, &gateway, end, tags);
    let mate = if here {
        mint.id("tgw-attach")
    } else {
        let born = ec2.transit_attachments.get(id.as_str()).map(|it| it.born);
        (id.clone(), born.unwrap_or_else(|| mint.born()))
    };
    let awaits = Phase::lasting(State::AwaitsAcceptance);
    let Some(one) = ec2.transit_attachments.get_mut(id.as_str()) else {
        return Err(missing());
    };
    one.phase = awaits;
    one.association = None;
    if let TransitEnd::Peering { mate: other, .. } = &mut one.end {
        *other = mate.0.clone();
    }
    let other = TransitAttachment {
        id: mate.0,
        born: mate.1,
        tags: Tags::default(),
        created: now,
        gateway: peer,
        end: TransitEnd::Peering {
            peer: gateway,
            account: own_account,
            region: own_region.to_owned(),
            mate: id.clone(),
            asked: false,
        },
        association: None,
        phase: awaits,
    };
    if let Some(ec2) = context.cloud.ec2_mut(account, region.name) {
        ec2.transit_attachments.insert(other);
    }
    let mut answer = describe_id(context, &id)?;
    answer.put(
        transit_gateway_peering_attachment::STATE,
        "initiatingRequest",
    );
    Ok(Doc::new().with(
        create_transit_gateway_peering_attachment_result::TRANSIT_GATEWAY_PEERING_ATTACHMENT,
        answer,
    ))
}

fn side(gateway: &Id, account: &str, region: &str) -> Doc<PeeringTgwInfo> {
    Doc::new()
        .with(peering_tgw_info::TRANSIT_GATEWAY_ID, gateway)
        .with(peering_tgw_info::OWNER_ID, account)
        .with(peering_tgw_info::REGION, region)
}

fn describe_id(
    context: &Context<'_>,
    id: &Id,
) -> Result<Doc<shape::TransitGatewayPeeringAttachment>, Fault> {
    let one = find(&context.ec2().transit_attachments, id.as_str())?;
    Ok(describe_one(context, one))
}

fn describe_one(
    context: &Context<'_>,
    one: &TransitAttachment,
) -> Doc<shape::TransitGatewayPeeringAttachment> {
    use transit_gateway_peering_attachment as of;
    let answer = Doc::new()
        .with(of::TRANSIT_GATEWAY_ATTACHMENT_ID, &one.id)
        .with(of::STATE, state_word(one.phase))
        .with(of::CREATION_TIME, one.created)
        .with(of::TAGS, tag_list(&one.tags));
    let TransitEnd::Peering {
        peer,
        account,
        region,
        mate,
        asked,
    } = &one.end
    else {
        return answer;
    };
    let own = side(&one.gateway, context.account(), context.region.name);
    let other = side(peer, account, region);
    let (requester, accepter) = if *asked { (own, other) } else { (other, own) };
    let options = Doc::new().with(
        transit_gateway_peering_attachment_options::DYNAMIC_ROUTING,
        "disable",
    );
    let status = match one.phase.state {
        State::AwaitsAcceptance => Some("Pending Acceptance"),
        State::Available => Some("Available"),
        _ => None,
    };
    let status = status.map(|message| {
        Doc::new()
            .with(peering_attachment_status::CODE, state_word(one.phase))
            .with(peering_attachment_status::MESSAGE, message)
    });
    answer
        .with_some(
            of::ACCEPTER_TRANSIT_GATEWAY_ATTACHMENT_ID,
            (*mate != one.id).then_some(if *asked { mate } else { &one.id }),
        )
        .with(of::REQUESTER_TGW_INFO, requester)
        .with(of::ACCEPTER_TGW_INFO, accepter)
        .with(of::OPTIONS, options)
        .with_some(of::STATUS, status)
}

/// `DescribeTransitGatewayPeeringAttachments`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTransitGatewayPeeringAttachmentsRequest>,
) -> Result<Doc<DescribeTransitGatewayPeeringAttachmentsResult>, Fault> {
    use describe_transit_gateway_peering_attachments as of;
    let ids = request.items(of::TRANSIT_GATEWAY_ATTACHMENT_IDS);
    check_kind(context.ec2(), ids.clone(), "peering", WHAT)?;
    let found = select(
        context,
        &context.ec2().transit_attachments,
        ids,
        request.items(of::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found
        .iter()
        .filter(|it| it.end.kind() == "peering")
        .map(|it| describe_one(context, it))
        .collect();
    Ok(Doc::new().with(
        describe_transit_gateway_peering_attachments_result::TRANSIT_GATEWAY_PEERING_ATTACHMENTS,
        list,
    ))
}

/// The attachment that this side was asked for.
fn asked_for(context: &Context<'_>, wanted: Option<&str>) -> Result<TransitAttachment, Fault> {
    let ec2 = context.ec2();
    let one = find_kind(ec2, wanted.unwrap_or_default(), "peering", WHAT, gone)?;
    let asked = matches!(one.end, TransitEnd::Peering { asked: true, .. });
    if asked || one.phase.state != State::AwaitsAcceptance {
        return Err(wrong_state(&one.id));
    }
    Ok(one.clone())
}

/// `AcceptTransitGatewayPeeringAttachment`: each side then gets the association that its gateway
/// gives by itself.
pub(crate) fn accept(
    context: &mut Context<'_>,
    request: View<'_, AcceptTransitGatewayPeeringAttachmentRequest>,
) -> Result<Doc<AcceptTransitGatewayPeeringAttachmentResult>, Fault> {
    let wanted =
        request.get(accept_transit_gateway_peering_attachment::TRANSIT_GATEWAY_ATTACHMENT_ID);
    let one = asked_for(context, wanted)?;
    let until = context.now().after(ATTACHMENT_SECONDS);
    on_both(context, &one, |ec2, id| {
        let found = ec2.transit_attachments.get(id.as_str());
        let Some(mut one) = found.map(|it| TransitAttachment::clone(it)) else {
            return;
        };
        one.phase = Phase::until(State::Pending, until, State::Available);
        give_defaults(ec2, &mut one);
        ec2.transit_attachments.insert(one);
    });
    Ok(Doc::new().with(
        accept_transit_gateway_peering_attachment_result::TRANSIT_GATEWAY_PEERING_ATTACHMENT,
        describe_id(context, &one.id)?,
    ))
}

/// `RejectTransitGatewayPeeringAttachment`
pub(crate) fn reject(
    context: &mut Context<'_>,
    request: View<'_, RejectTransitGatewayPeeringAttachmentRequest>,
) -> Result<Doc<RejectTransitGatewayPeeringAttachmentResult>, Fault> {
    let wanted =
        request.get(reject_transit_gateway_peering_attachment::TRANSIT_GATEWAY_ATTACHMENT_ID);
    let one = asked_for(context, wanted)?;
    let until = context.now().after(1);
    on_both(context, &one, |ec2, id| {
        if let Some(one) = ec2.transit_attachments.get_mut(id.as_str()) {
            one.phase = Phase::until(State::Deleting, until, State::Rejected);
        }
    });
    let mut answer = describe_id(context, &one.id)?;
    answer.put(transit_gateway_peering_attachment::STATE, "rejecting");
    Ok(Doc::new().with(
        reject_transit_gateway_peering_attachment_result::TRANSIT_GATEWAY_PEERING_ATTACHMENT,
        answer,
    ))
}

/// `DeleteTransitGatewayPeeringAttachment`: by either side.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteTransitGatewayPeeringAttachmentRequest>,
) -> Result<Doc<DeleteTransitGatewayPeeringAttachmentResult>, Fault> {
    let wanted =
        request.get(delete_transit_gateway_peering_attachment::TRANSIT_GATEWAY_ATTACHMENT_ID);
    let ec2 = context.ec2();
    let one = find_kind(ec2, wanted.unwrap_or_default(), "peering", WHAT, gone)?.clone();
    if one.phase.state == State::Deleting {
        return Err(wrong_state(&one.id));
    }
    let now = context.now();
    on_both(context, &one, |ec2, id| remove(ec2, now, id));
    Ok(Doc::new().with(
        delete_transit_gateway_peering_attachment_result::TRANSIT_GATEWAY_PEERING_ATTACHMENT,
        describe_id(context, &one.id)?,
    ))
}

//! Attachments of VPCs to transit gateways.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>

use super::attachment::{attach, check_kind, find_kind, remove};
use super::{
    CHANGE_SECONDS, TransitAttachment, TransitEnd, find_working, gone, state_word, switch,
    switched, wrong_state,
};
use crate::cloud::Mint;
use crate::door::Context;
use crate::ec2::network_interface::{self, Managed, ManagedKind, NewInterface};
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use crate::ec2::{Ec2, Subnet};
use crate::fault::Fault;
use crate::field::{Doc, Field, Str, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    accept_transit_gateway_vpc_attachment, accept_transit_gateway_vpc_attachment_result,
    create_transit_gateway_vpc_attachment, create_transit_gateway_vpc_attachment_request_options,
    create_transit_gateway_vpc_attachment_result, delete_transit_gateway_vpc_attachment,
    delete_transit_gateway_vpc_attachment_result, describe_transit_gateway_vpc_attachments,
    describe_transit_gateway_vpc_attachments_result, modify_transit_gateway_vpc_attachment,
    modify_transit_gateway_vpc_attachment_request_options,
    modify_transit_gateway_vpc_attachment_result, reject_transit_gateway_vpc_attachment,
    reject_transit_gateway_vpc_attachment_result, transit_gateway_vpc_attachment,
    transit_gateway_vpc_attachment_options,
};
use crate::id::Id;
use crate::table::{Resource, Tags};
use std::rc::Rc;

/// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html>
const MOST_GATEWAYS_OF_A_VPC: usize = 5;
/// AWS's word for such an attachment in sentences.
const WHAT: &str = "Transit Gateway VPC Attachment";

pub(in crate::ec2) const FILTERS: &[FilterRow<TransitAttachment>] = &[
    ("transit-gateway-attachment-id", |_, it| {
        vec![it.id.to_string()]
    }),
    ("transit-gateway-id", |_, it| vec![it.gateway.to_string()]),
    ("vpc-id", |_, it| vec![it.end.resource().to_owned()]),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
];

/// The subnets that a request names, which are all of the VPC.
fn subnets<'a>(
    ec2: &'a Ec2,
    vpc: &Id,
    ids: impl Iterator<Item = &'a str>,
) -> Result<Vec<&'a Rc<Subnet>>, Fault> {
    let mut found: Vec<&Rc<Subnet>> = Vec::new();
    for id in ids {
        let subnet = super::find_as(&ec2.subnets, id, "Subnet", |_| false)?;
        if subnet.vpc != *vpc {
            return Err(Fault::value(format!(
                "Subnet {} does not belong to VPC {vpc}.",
                subnet.id
            )));
        }
        found.push(subnet);
    }
    Ok(found)
}

/// One subnet a zone at most.
fn check_zones(ec2: &Ec2, subnets: &[Id]) -> Result<(), Fault> {
    let mut zones: Vec<&str> = subnets
        .iter()
        .filter_map(|id| ec2.subnets.get(id.as_str()))
        .map(|it| it.zone.as_str())
        .collect();
    zones.sort_unstable();
    let all = zones.len();
    zones.dedup();
    if zones.len() < all {
        return Err(Fault::new(
            "DuplicateSubnetsInSameZone",
            "Duplicate Subnets for same AZ",
        ));
    }
    Ok(())
}

/// IPv6 over an attachment needs it in all its subnets.
fn check_ipv6(ec2: &Ec2, subnets: &[Id]) -> Result<(), Fault> {
    let without = subnets
        .iter()
        .filter_map(|id| ec2.subnets.get(id.as_str()))
        .find(|it| it.ipv6_blocks.is_empty());
    match without {
        Some(subnet) => Err(Fault::value(format!(
            "Ipv6Support needs an IPv6 CIDR block in each subnet, and {} has none.",
            subnet.id
        ))),
        None => Ok(()),
    }
}

/// The interface that the gateway has in a subnet. No security group guards it.
fn plug(ec2: &mut Ec2, mint: &mut Mint, attachment: &Id, subnet: &Id) -> Result<(), Fault> {
    network_interface::make(
        ec2,
        mint,
        NewInterface {
            subnet: subnet.as_str(),
            private: None,
            groups: Vec::new(),
            description: &format!("Network Interface for Transit Gateway Attachment {attachment}"),
            tags: Tags::default(),
            managed: Some(Managed {
                by: attachment.clone(),
                kind: ManagedKind::TransitGateway,
            }),
        },
    )?;
    Ok(())
}

fn unplug(ec2: &mut Ec2, attachment: &Id, subnet: &Id) {
    let interface = ec2.network_interfaces.iter().find(|it| {
        it.subnet == *subnet && it.managed.as_ref().is_some_and(|it| it.by == *attachment)
    });
    if let Some(interface) = interface.map(|it| it.id.clone()) {
        network_interface::remove(ec2, &interface);
    }
}

/// `CreateTransitGatewayVpcAttachment`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateTransitGatewayVpcAttachmentRequest>,
) -> Result<Doc<CreateTransitGatewayVpcAttachmentResult>, Fault> {
    use create_transit_gateway_vpc_attachment as of;
    use create_transit_gateway_vpc_attachment_request_options as option;
    let tags = new_tags(
        request.items(of::TAG_SPECIFICATIONS),
        "transit-gateway-attachment",
    )?;
    let ec2 = context.ec2();
    let gateway = find_working(ec2, request.get(of::TRANSIT_GATEWAY_ID).unwrap_or_default())?;
    let vpc = find(&ec2.vpcs, request.get(of::VPC_ID).unwrap_or_default())?
        .id
        .clone();
    if ec2.transit_attachment_of(&vpc, &gateway.id).is_some() {
        return Err(Fault::new(
            "DuplicateTransitGatewayAttachment",
            format!(
                "{} has non-deleted Transit Gateway Attachments with same VPC ID.",
                gateway.id
            ),
        ));
    }
    let subnets: Vec<Id> = subnets(ec2, &vpc, request.items(of::SUBNET_IDS))?
        .into_iter()
        .map(|it| it.id.clone())
        .collect();
    if subnets.is_empty() {
        return Err(Fault::missing("SubnetIds"));
    }
    check_zones(ec2, &subnets)?;
    let options = request.get(of::OPTIONS);
    let on = |field: Field<CreateTransitGatewayVpcAttachmentRequestOptions, Str>, default| {
        let word = options.and_then(|it| it.get(field));
        switched(word, field.name(), default)
    };
    let end = TransitEnd::Vpc {
        vpc: vpc.clone(),
        subnets: subnets.clone(),
        appliance_mode: on(option::APPLIANCE_MODE_SUPPORT, false)?,
        dns: on(option::DNS_SUPPORT, true)?,
        ipv6: on(option::IPV6_SUPPORT, false)?,
        group_references: on(option::SECURITY_GROUP_REFERENCING_SUPPORT, true)?,
    };
    if matches!(end, TransitEnd::Vpc { ipv6: true, .. }) {
        check_ipv6(ec2, &subnets)?;
    }
    let attached = ec2.transit_attachments.iter().filter(|it| {
        let here = matches!(&it.end, TransitEnd::Vpc { vpc: own, .. } if *own == vpc);
        here && it.phase.is_alive()
    });
    if attached.count() >= MOST_GATEWAYS_OF_A_VPC {
        return Err(Fault::new(
            "TransitGatewayAttachmentLimitExceeded",
            "The maximum number of transit gateway attachments of a VPC has been reached.",
        ));
    }
    let gateway = gateway.id.clone();
    let now = context.now();
    let (ec2, mint) = context.parts();
    let id = attach(ec2, mint, now, &gateway, end, tags);
    for subnet in &subnets {
        plug(ec2, mint, &id, subnet)?;
    }
    Ok(Doc::new().with(
        create_transit_gateway_vpc_attachment_result::TRANSIT_GATEWAY_VPC_ATTACHMENT,
        describe_id(context, &id)?,
    ))
}

fn describe_id(
    context: &Context<'_>,
    id: &Id,
) -> Result<Doc<shape::TransitGatewayVpcAttachment>, Fault> {
    let one = find(&context.ec2().transit_attachments, id.as_str())?;
    Ok(describe_one(context, one))
}

fn describe_one(
    context: &Context<'_>,
    one: &TransitAttachment,
) -> Doc<shape::TransitGatewayVpcAttachment> {
    use transit_gateway_vpc_attachment as of;
    use transit_gateway_vpc_attachment_options as option;
    let answer = Doc::new()
        .with(of::TRANSIT_GATEWAY_ATTACHMENT_ID, &one.id)
        .with(of::TRANSIT_GATEWAY_ID, &one.gateway)
        .with(of::VPC_ID, one.end.resource())
        .with(of::VPC_OWNER_ID, context.account())
        .with(of::STATE, state_word(one.phase))
        .with(of::CREATION_TIME, one.created)
        .with(of::TAGS, tag_list(&one.tags));
    let TransitEnd::Vpc {
        subnets,
        appliance_mode,
        dns,
        ipv6,
        group_references,
        ..
    } = &one.end
    else {
        return answer;
    };
    let options = Doc::new()
        .with(option::DNS_SUPPORT, switch(*dns))
        .with(
            option::SECURITY_GROUP_REFERENCING_SUPPORT,
            switch(*group_references),
        )
        .with(option::IPV6_SUPPORT, switch(*ipv6))
        .with(option::APPLIANCE_MODE_SUPPORT, switch(*appliance_mode));
    let subnets: Vec<String> = subnets.iter().map(String::from).collect();
    answer
        .with(of::SUBNET_IDS, subnets)
        .with(of::OPTIONS, options)
}

/// `DescribeTransitGatewayVpcAttachments`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTransitGatewayVpcAttachmentsRequest>,
) -> Result<Doc<DescribeTransitGatewayVpcAttachmentsResult>, Fault> {
    use describe_transit_gateway_vpc_attachments as of;
    let ids = request.items(of::TRANSIT_GATEWAY_ATTACHMENT_IDS);
    check_kind(context.ec2(), ids.clone(), "vpc", WHAT)?;
    let found = select(
        context,
        &context.ec2().transit_attachments,
        ids,
        request.items(of::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found
        .iter()
        .filter(|it| it.end.kind() == "vpc")
        .map(|it| describe_one(context, it))
        .collect();
    Ok(Doc::new().with(
        describe_transit_gateway_vpc_attachments_result::TRANSIT_GATEWAY_VPC_ATTACHMENTS,
        list,
    ))
}

/// `ModifyTransitGatewayVpcAttachment`: other subnets, other options.
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyTransitGatewayVpcAttachmentRequest>,
) -> Result<Doc<ModifyTransitGatewayVpcAttachmentResult>, Fault> {
    use modify_transit_gateway_vpc_attachment as of;
    use modify_transit_gateway_vpc_attachment_request_options as option;
    let ec2 = context.ec2();
    let id = request
        .get(of::TRANSIT_GATEWAY_ATTACHMENT_ID)
        .unwrap_or_default();
    let mut one = find_kind(ec2, id, "vpc", WHAT, gone)?.clone();
    if !one.phase.works() {
        return Err(wrong_state(&one.id));
    }
    let TransitEnd::Vpc {
        vpc,
        subnets: own,
        appliance_mode,
        dns,
        ipv6,
        group_references,
    } = &mut one.end
    else {
        return Err(wrong_state(&one.id));
    };
    let more: Vec<Id> = subnets(ec2, vpc, request.items(of::ADD_SUBNET_IDS))?
        .into_iter()
        .map(|it| it.id.clone())
        .collect();
    let fewer: Vec<Id> = subnets(ec2, vpc, request.items(of::REMOVE_SUBNET_IDS))?
        .into_iter()
        .map(|it| it.id.clone())
        .collect();
    if let Some(stray) = fewer.iter().find(|it| !own.contains(it)) {
        return Err(Fault::value(format!(
            "Subnet {stray} is not in the attachment {}.",
            one.id
        )));
    }
    own.retain(|it| !fewer.contains(it));
    let more: Vec<Id> = more.into_iter().filter(|it| !own.contains(it)).collect();
    own.extend(more.iter().cloned());
    if own.is_empty() {
        return Err(Fault::value(format!(
            "The attachment {} needs at least one subnet.",
            one.id
        )));
    }
    check_zones(ec2, own)?;
    let options = request.get(of::OPTIONS);
    let on = |field: Field<ModifyTransitGatewayVpcAttachmentRequestOptions, Str>, now| {
        let word = options.and_then(|it| it.get(field));
        switched(word, field.name(), now)
    };
    *appliance_mode = on(option::APPLIANCE_MODE_SUPPORT, *appliance_mode)?;
    *dns = on(option::DNS_SUPPORT, *dns)?;
    *ipv6 = on(option::IPV6_SUPPORT, *ipv6)?;
    *group_references = on(
        option::SECURITY_GROUP_REFERENCING_SUPPORT,
        *group_references,
    )?;
    if *ipv6 {
        check_ipv6(ec2, own)?;
    }
    let until = context.now().after(CHANGE_SECONDS);
    one.phase = Phase::until(State::Modifying, until, State::Available);
    let id = one.id.clone();
    let (ec2, mint) = context.parts();
    ec2.transit_attachments.insert(one);
    for subnet in &fewer {
        unplug(ec2, &id, subnet);
    }
    for subnet in &more {
        plug(ec2, mint, &id, subnet)?;
    }
    Ok(Doc::new().with(
        modify_transit_gateway_vpc_attachment_result::TRANSIT_GATEWAY_VPC_ATTACHMENT,
        describe_id(context, &id)?,
    ))
}

/// `DeleteTransitGatewayVpcAttachment`: routes that lead to it stay, as blackholes.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteTransitGatewayVpcAttachmentRequest>,
) -> Result<Doc<DeleteTransitGatewayVpcAttachmentResult>, Fault> {
    let wanted = request.get(delete_transit_gateway_vpc_attachment::TRANSIT_GATEWAY_ATTACHMENT_ID);
    let one = find_kind(context.ec2(), wanted.unwrap_or_default(), "vpc", WHAT, gone)?;
    if !one.phase.works() && one.phase.state != State::AwaitsAcceptance {
        return Err(wrong_state(&one.id));
    }
    let (id, now) = (one.id.clone(), context.now());
    remove(context.ec2_mut(), now, &id);
    Ok(Doc::new().with(
        delete_transit_gateway_vpc_attachment_result::TRANSIT_GATEWAY_VPC_ATTACHMENT,
        describe_id(context, &id)?,
    ))
}

/// An attachment that waits for a yes. Only those of other accounts do, and no account here shares
/// a transit gateway (AWS RAM is not in this sandbox).
fn awaited(context: &Context<'_>, wanted: Option<&str>) -> Result<Id, Fault> {
    let one = find_kind(context.ec2(), wanted.unwrap_or_default(), "vpc", WHAT, gone)?;
    if one.phase.state == State::AwaitsAcceptance {
        Ok(one.id().clone())
    } else {
        Err(wrong_state(&one.id))
    }
}

/// `AcceptTransitGatewayVpcAttachment`
pub(crate) fn accept(
    context: &mut Context<'_>,
    request: View<'_, AcceptTransitGatewayVpcAttachmentRequest>,
) -> Result<Doc<AcceptTransitGatewayVpcAttachmentResult>, Fault> {
    let wanted = request.get(accept_transit_gateway_vpc_attachment::TRANSIT_GATEWAY_ATTACHMENT_ID);
    let id = awaited(context, wanted)?;
    let until = context.now().after(super::ATTACHMENT_SECONDS);
    find_mut(&mut context.ec2_mut().transit_attachments, id.as_str())?.phase =
        Phase::until(State::Pending, until, State::Available);
    Ok(Doc::new().with(
        accept_transit_gateway_vpc_attachment_result::TRANSIT_GATEWAY_VPC_ATTACHMENT,
        describe_id(context, &id)?,
    ))
}

/// `RejectTransitGatewayVpcAttachment`
pub(crate) fn reject(
    context: &mut Context<'_>,
    request: View<'_, RejectTransitGatewayVpcAttachmentRequest>,
) -> Result<Doc<RejectTransitGatewayVpcAttachmentResult>, Fault> {
    let wanted = request.get(reject_transit_gateway_vpc_attachment::TRANSIT_GATEWAY_ATTACHMENT_ID);
    let id = awaited(context, wanted)?;
    let now = context.now();
    remove(context.ec2_mut(), now, &id);
    find_mut(&mut context.ec2_mut().transit_attachments, id.as_str())?.phase =
        Phase::until(State::Deleting, now, State::Rejected);
    Ok(Doc::new().with(
        reject_transit_gateway_vpc_attachment_result::TRANSIT_GATEWAY_VPC_ATTACHMENT,
        describe_id(context, &id)?,
    ))
}

//! Virtual private gateways.

use super::{TYPE, VpnEnd, VpnGateway, check_type, state_word};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use crate::ec2::transit_gateway::check_asn;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    attach_vpn_gateway, attach_vpn_gateway_result, create_vpn_gateway, create_vpn_gateway_result,
    delete_vpn_gateway, describe_vpn_gateways, describe_vpn_gateways_result, detach_vpn_gateway,
    vpc_attachment, vpn_gateway,
};
use crate::id::Id;

/// <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html>
const MOST_GATEWAYS: usize = 5;
/// How long attaching and detaching take, in seconds.
const ATTACH_SECONDS: u64 = 20;
/// The number that Amazon's side of BGP has unless it is given another.
const DEFAULT_ASN: i64 = 64_512;

pub(in crate::ec2) const FILTERS: &[FilterRow<VpnGateway>] = &[
    ("vpn-gateway-id", |_, it| vec![it.id.to_string()]),
    ("amazon-side-asn", |_, it| vec![it.asn.to_string()]),
    ("attachment.vpc-id", |_, it| {
        it.vpc.iter().map(Id::to_string).collect()
    }),
    ("attachment.state", |_, it| {
        it.vpc
            .iter()
            .map(|_| attachment_word(it.attachment).to_owned())
            .collect()
    }),
    ("availability-zone", |_, _| Vec::new()),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
    ("type", |_, _| vec![TYPE.to_owned()]),
];

fn attachment_word(phase: Phase) -> &'static str {
    match phase.state {
        State::Pending | State::AwaitsAcceptance => "attaching",
        State::Available | State::Modifying => "attached",
        State::Deleting => "detaching",
        _ => "detached",
    }
}

fn not_found(id: &str) -> Fault {
    Fault::new(
        "InvalidVpnGatewayID.NotFound",
        format!("The vpnGateway ID '{id}' does not exist"),
    )
}

/// The gateway with this id, unless it is gone.
pub(super) fn find_gateway<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a VpnGateway, Fault> {
    let found = find(&ec2.vpn_gateways, id)?;
    if found.phase.state == State::Deleted {
        return Err(not_found(id));
    }
    Ok(found)
}

/// `CreateVpnGateway`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateVpnGatewayRequest>,
) -> Result<Doc<CreateVpnGatewayResult>, Fault> {
    use create_vpn_gateway as of;
    check_type(request.get(of::TYPE))?;
    let tags = new_tags(request.items(of::TAG_SPECIFICATIONS), "vpn-gateway")?;
    let asn = check_asn(
        request.get(of::AMAZON_SIDE_ASN).unwrap_or(DEFAULT_ASN),
        "amazonSideAsn",
    )?;
    let all = context.ec2().vpn_gateways.iter();
    if all.filter(|it| it.phase.is_alive()).count() >= MOST_GATEWAYS {
        return Err(Fault::new(
            "VpnGatewayLimitExceeded",
            "The maximum number of virtual private gateways has been reached.",
        ));
    }
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("vgw");
    let made = VpnGateway {
        id,
        born,
        tags,
        vpc: None,
        asn,
        phase: Phase::lasting(State::Available),
        attachment: Phase::lasting(State::Deleted),
        direct: Vec::new(),
    };
    ec2.vpn_gateways.insert(made.clone());
    Ok(Doc::new().with(create_vpn_gateway_result::VPN_GATEWAY, describe_one(&made)))
}

fn attachments(one: &VpnGateway) -> Vec<Doc<shape::VpcAttachment>> {
    one.vpc
        .iter()
        .map(|vpc| {
            Doc::new()
                .with(vpc_attachment::VPC_ID, vpc)
                .with(vpc_attachment::STATE, attachment_word(one.attachment))
        })
        .collect()
}

fn describe_one(one: &VpnGateway) -> Doc<shape::VpnGateway> {
    Doc::new()
        .with(
            vpn_gateway::AMAZON_SIDE_ASN,
            i64::try_from(one.asn).unwrap_or_default(),
        )
        .with(vpn_gateway::TAGS, tag_list(&one.tags))
        .with(vpn_gateway::VPN_GATEWAY_ID, &one.id)
        .with(vpn_gateway::STATE, state_word(one.phase))
        .with(vpn_gateway::TYPE, TYPE)
        .with(vpn_gateway::VPC_ATTACHMENTS, attachments(one))
}

/// `DescribeVpnGateways`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeVpnGatewaysRequest>,
) -> Result<Doc<DescribeVpnGatewaysResult>, Fault> {
    let found = select(
        context,
        &context.ec2().vpn_gateways,
        request.items(describe_vpn_gateways::VPN_GATEWAY_IDS),
        request.items(describe_vpn_gateways::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(it)).collect();
    Ok(Doc::new().with(describe_vpn_gateways_result::VPN_GATEWAYS, list))
}

/// `AttachVpnGateway`: a VPC has one at most, and a gateway one VPC.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
pub(crate) fn attach(
    context: &mut Context<'_>,
    request: View<'_, AttachVpnGatewayRequest>,
) -> Result<Doc<AttachVpnGatewayResult>, Fault> {
    let ec2 = context.ec2();
    let wanted = request.get(attach_vpn_gateway::VPN_GATEWAY_ID);
    let gateway = find_gateway(ec2, wanted.unwrap_or_default())?;
    let vpc = find(
        &ec2.vpcs,
        request.get(attach_vpn_gateway::VPC_ID).unwrap_or_default(),
    )?;
    if !gateway.phase.works() {
        return Err(Fault::new(
            "InvalidVpnGatewayState",
            format!(
                "The virtual private gateway {} is not available.",
                gateway.id
            ),
        ));
    }
    if gateway.is_attached() {
        return Err(Fault::new(
            "VpnGatewayAttachmentLimitExceeded",
            format!(
                "The maximum number of VPC attachments of the virtual private gateway {} has been \
                 reached.",
                gateway.id
            ),
        ));
    }
    if ec2.vpn_gateway_of(&vpc.id).is_some() {
        return Err(Fault::new(
            "InvalidVpcState",
            format!(
                "The VPC {} already has a virtual private gateway attached to it.",
                vpc.id
            ),
        ));
    }
    let (gateway, vpc) = (gateway.id.clone(), vpc.id.clone());
    let until = context.now().after(ATTACH_SECONDS);
    let one = find_mut(&mut context.ec2_mut().vpn_gateways, gateway.as_str())?;
    one.vpc = Some(vpc);
    one.attachment = Phase::until(State::Pending, until, State::Available);
    let answer = attachments(one).into_iter().next();
    Ok(Doc::new().with_some(attach_vpn_gateway_result::VPC_ATTACHMENT, answer))
}

/// `DetachVpnGateway`: routes that lead to it become blackholes, and tables learn from it no more.
pub(crate) fn detach(
    context: &mut Context<'_>,
    request: View<'_, DetachVpnGatewayRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let wanted = request.get(detach_vpn_gateway::VPN_GATEWAY_ID);
    let gateway = find_gateway(ec2, wanted.unwrap_or_default())?;
    let vpc = request.get(detach_vpn_gateway::VPC_ID).unwrap_or_default();
    let there = gateway.vpc.as_ref().is_some_and(|it| it.as_str() == vpc);
    if !there || !gateway.attachment.is_alive() {
        return Err(Fault::new(
            "InvalidVpnGatewayAttachment.NotFound",
            format!(
                "The attachment with vpn gateway ID '{}' and vpc ID '{vpc}' does not exist",
                gateway.id
            ),
        ));
    }
    let id = gateway.id.clone();
    if ec2.edge_table_of(&id).is_some() {
        return Err(Fault::in_use("vpnGateway", &id));
    }
    let until = context.now().after(ATTACH_SECONDS);
    let ec2 = context.ec2_mut();
    let learning: Vec<Id> = (ec2.route_tables.iter())
        .filter(|it| it.propagating.contains(&id))
        .map(|it| it.id.clone())
        .collect();
    for table in learning {
        if let Some(table) = ec2.route_tables.get_mut(table.as_str()) {
            table.propagating.retain(|it| *it != id);
        }
    }
    find_mut(&mut ec2.vpn_gateways, id.as_str())?.attachment =
        Phase::until(State::Deleting, until, State::Deleted);
    Ok(())
}

/// Does something still need the gateway? A VPC, a VPN connection, Direct Connect.
fn is_used(context: &Context<'_>, gateway: &VpnGateway) -> bool {
    let end = VpnEnd::VpnGateway(gateway.id.clone());
    let mut connections = context.ec2().vpn_connections.iter();
    let direct = || {
        context.cloud.places().any(|(_, _, ec2)| {
            let direct = &ec2.direct_connect;
            direct.interfaces.iter().any(|it| it.leads_to(&gateway.id))
                || direct
                    .gateways
                    .iter()
                    .any(|it| it.is_associated(&gateway.id))
        })
    };
    gateway.is_attached()
        || connections.any(|it| it.gateway == end && it.phase.state != State::Deleted)
        || direct()
}

/// `DeleteVpnGateway`
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteVpnGatewayRequest>,
) -> Result<(), Fault> {
    let wanted = request.get(delete_vpn_gateway::VPN_GATEWAY_ID);
    let gateway = find_gateway(context.ec2(), wanted.unwrap_or_default())?;
    if is_used(context, gateway) {
        return Err(Fault::new("IncorrectState", "The VPN gateway is in use."));
    }
    let (id, until) = (gateway.id.clone(), context.now().after(ATTACH_SECONDS));
    find_mut(&mut context.ec2_mut().vpn_gateways, id.as_str())?.phase =
        Phase::until(State::Deleting, until, State::Deleted);
    Ok(())
}

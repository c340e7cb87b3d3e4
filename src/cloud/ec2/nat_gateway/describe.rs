//! How NAT gateways are shown.

use super::{NatGateway, Scope};
use crate::door::Context;
use crate::ec2::phase::State;
use crate::ec2::select::{FilterRow, select, tag_list};
use crate::ec2::subnet::zone_id;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    describe_nat_gateways, describe_nat_gateways_result, nat_gateway, nat_gateway_address,
};
use crate::id::Id;

pub(in crate::ec2) const FILTERS: &[FilterRow<NatGateway>] = &[
    ("nat-gateway-id", |_, it| vec![it.id.to_string()]),
    ("state", |_, it| vec![state_word(it.phase.state).to_owned()]),
    ("subnet-id", |_, it| {
        it.subnet().map(Id::to_string).into_iter().collect()
    }),
    ("vpc-id", |_, it| vec![it.vpc.to_string()]),
];

/// AWS's word for the state.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html>
pub(super) fn state_word(state: State) -> &'static str {
    match state {
        State::Pending | State::AwaitsAcceptance => "pending",
        State::Available | State::Modifying => "available",
        State::Failed | State::Rejected | State::Expired => "failed",
        State::Deleting => "deleting",
        State::Deleted => "deleted",
    }
}

/// The addresses of a gateway as they are shown.
pub(super) fn addresses(one: &NatGateway) -> Vec<Doc<shape::NatGatewayAddress>> {
    let status = match one.phase.state {
        State::Pending => "associating",
        State::Failed => "failed",
        State::Deleting | State::Deleted => "disassociating",
        _ => "succeeded",
    };
    let show = |(place, it): (usize, &super::NatAddress)| {
        Doc::new()
            .with_some(nat_gateway_address::ALLOCATION_ID, it.allocation.as_ref())
            .with_some(nat_gateway_address::NETWORK_INTERFACE_ID, one.interface())
            .with_some(
                nat_gateway_address::PRIVATE_IP,
                it.private.map(|it| it.to_string()),
            )
            .with_some(
                nat_gateway_address::PUBLIC_IP,
                it.public.map(|it| it.to_string()),
            )
            .with_some(nat_gateway_address::ASSOCIATION_ID, it.association.as_ref())
            .with(nat_gateway_address::IS_PRIMARY, place == 0)
            .with(nat_gateway_address::STATUS, status)
            .with_some(nat_gateway_address::AVAILABILITY_ZONE, it.zone.as_deref())
            .with_some(
                nat_gateway_address::AVAILABILITY_ZONE_ID,
                it.zone.as_deref().and_then(zone_id),
            )
    };
    one.addresses.iter().enumerate().map(show).collect()
}

pub(super) fn describe_one(one: &NatGateway) -> Doc<shape::NatGateway> {
    let failure = one.failure.as_ref();
    let failure = failure.filter(|_| one.phase.state == State::Failed);
    let mut doc = Doc::new()
        .with(nat_gateway::CREATE_TIME, one.created)
        .with_some(nat_gateway::DELETE_TIME, one.deleted)
        .with_some(
            nat_gateway::FAILURE_CODE,
            failure.map(|(code, _)| code.as_str()),
        )
        .with_some(
            nat_gateway::FAILURE_MESSAGE,
            failure.map(|(_, message)| message.as_str()),
        )
        .with(nat_gateway::NAT_GATEWAY_ADDRESSES, addresses(one))
        .with(nat_gateway::NAT_GATEWAY_ID, &one.id)
        .with(nat_gateway::STATE, state_word(one.phase.state))
        .with_some(nat_gateway::SUBNET_ID, one.subnet())
        .with(nat_gateway::VPC_ID, &one.vpc)
        .with(nat_gateway::TAGS, tag_list(&one.tags))
        .with(
            nat_gateway::CONNECTIVITY_TYPE,
            if one.public { "public" } else { "private" },
        );
    match &one.scope {
        Scope::Zonal { .. } => doc.put(nat_gateway::AVAILABILITY_MODE, "zonal"),
        Scope::Regional {
            table, automatic, ..
        } => {
            let switch = if *automatic { "enabled" } else { "disabled" };
            doc.put(nat_gateway::AVAILABILITY_MODE, "regional");
            doc.put(nat_gateway::AUTO_SCALING_IPS, switch);
            doc.put(nat_gateway::AUTO_PROVISION_ZONES, switch);
            doc.put(nat_gateway::ROUTE_TABLE_ID, table);
        }
    }
    doc
}

/// `DescribeNatGateways`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeNatGatewaysRequest>,
) -> Result<Doc<DescribeNatGatewaysResult>, Fault> {
    let ids = request.items(describe_nat_gateways::NAT_GATEWAY_IDS);
    for id in request.items(describe_nat_gateways::NAT_GATEWAY_IDS) {
        super::operations::found(context.ec2(), id)?;
    }
    let found = select(
        context,
        &context.ec2().nat_gateways,
        ids,
        request.items(describe_nat_gateways::FILTER),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(it)).collect();
    Ok(Doc::new().with(describe_nat_gateways_result::NAT_GATEWAYS, list))
}

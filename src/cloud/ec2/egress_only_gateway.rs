//! Egress-only internet gateways: IPv6 out, and the answers back in.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>

use super::select::{FilterRow, find, new_tags, select, tag_list};
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    create_egress_only_internet_gateway, create_egress_only_internet_gateway_result,
    delete_egress_only_internet_gateway, delete_egress_only_internet_gateway_result,
    describe_egress_only_internet_gateways, describe_egress_only_internet_gateways_result,
    egress_only_internet_gateway, internet_gateway_attachment,
};
use crate::id::{Born, Id};
use crate::table::{Tags, resource};

/// How many a Region has at most: as many as VPCs.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const MOST: usize = 5;

/// An egress-only internet gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EgressOnlyInternetGateway {
    /// `eigw-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is attached to, from its birth on.
    pub vpc: Id,
}

resource!(
    EgressOnlyInternetGateway,
    "egress-only-internet-gateway",
    "eigw",
    "egressOnlyInternetGateway",
    "InvalidGatewayID"
);

pub(super) const FILTERS: &[FilterRow<EgressOnlyInternetGateway>] = &[];

fn describe_one(one: &EgressOnlyInternetGateway) -> Doc<shape::EgressOnlyInternetGateway> {
    let attachment = Doc::new()
        .with(internet_gateway_attachment::STATE, "attached")
        .with(internet_gateway_attachment::VPC_ID, &one.vpc);
    Doc::new()
        .with(egress_only_internet_gateway::ATTACHMENTS, vec![attachment])
        .with(
            egress_only_internet_gateway::EGRESS_ONLY_INTERNET_GATEWAY_ID,
            &one.id,
        )
        .with(egress_only_internet_gateway::TAGS, tag_list(&one.tags))
}

/// `CreateEgressOnlyInternetGateway`: attached to its VPC at once.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateEgressOnlyInternetGatewayRequest>,
) -> Result<Doc<CreateEgressOnlyInternetGatewayResult>, Fault> {
    let tags = new_tags(
        request.items(create_egress_only_internet_gateway::TAG_SPECIFICATIONS),
        "egress-only-internet-gateway",
    )?;
    let vpc = request
        .get(create_egress_only_internet_gateway::VPC_ID)
        .unwrap_or_default();
    let vpc = find(&context.ec2().vpcs, vpc)?.id.clone();
    if context.ec2().egress_only_gateways.len() >= MOST {
        return Err(Fault::new(
            "EgressOnlyInternetGatewayLimitExceeded",
            "The maximum number of egress-only internet gateways has been reached.",
        ));
    }
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("eigw");
    let made = EgressOnlyInternetGateway {
        id,
        born,
        tags,
        vpc,
    };
    ec2.egress_only_gateways.insert(made.clone());
    Ok(Doc::new()
        .with_some(
            create_egress_only_internet_gateway_result::CLIENT_TOKEN,
            request.get(create_egress_only_internet_gateway::CLIENT_TOKEN),
        )
        .with(
            create_egress_only_internet_gateway_result::EGRESS_ONLY_INTERNET_GATEWAY,
            describe_one(&made),
        ))
}

/// `DescribeEgressOnlyInternetGateways`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeEgressOnlyInternetGatewaysRequest>,
) -> Result<Doc<DescribeEgressOnlyInternetGatewaysResult>, Fault> {
    let found = select(
        context,
        &context.ec2().egress_only_gateways,
        request.items(describe_egress_only_internet_gateways::EGRESS_ONLY_INTERNET_GATEWAY_IDS),
        request.items(describe_egress_only_internet_gateways::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(it)).collect();
    Ok(Doc::new().with(
        describe_egress_only_internet_gateways_result::EGRESS_ONLY_INTERNET_GATEWAYS,
        list,
    ))
}

/// `DeleteEgressOnlyInternetGateway`: routes to it become blackholes.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteEgressOnlyInternetGatewayRequest>,
) -> Result<Doc<DeleteEgressOnlyInternetGatewayResult>, Fault> {
    let id = request
        .get(delete_egress_only_internet_gateway::EGRESS_ONLY_INTERNET_GATEWAY_ID)
        .unwrap_or_default();
    let ec2 = context.ec2_mut();
    let id = find(&ec2.egress_only_gateways, id)?.id.clone();
    ec2.egress_only_gateways.remove(id.as_str());
    Ok(Doc::new().with(
        delete_egress_only_internet_gateway_result::RETURN_CODE,
        true,
    ))
}

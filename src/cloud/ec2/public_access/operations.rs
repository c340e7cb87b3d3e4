//! Switching Block Public Access, and sparing VPCs and subnets.

use super::{BlockMode, Exclusion};
use crate::door::Context;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    create_vpc_block_public_access_exclusion, create_vpc_block_public_access_exclusion_result,
    delete_vpc_block_public_access_exclusion, delete_vpc_block_public_access_exclusion_result,
    describe_vpc_block_public_access_exclusions,
    describe_vpc_block_public_access_exclusions_result,
    describe_vpc_block_public_access_options_result, modify_vpc_block_public_access_exclusion,
    modify_vpc_block_public_access_exclusion_result, modify_vpc_block_public_access_options,
    modify_vpc_block_public_access_options_result, vpc_block_public_access_exclusion,
    vpc_block_public_access_options,
};
use crate::id::Id;

/// How long a change takes, in seconds.
const CHANGE_SECONDS: u64 = 10;
/// How many exclusions a Region has at most.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html>
const MOST: usize = 50;

pub(in crate::ec2) const FILTERS: &[FilterRow<Exclusion>] = &[
    ("resource-arn", |_, it| vec![it.resource.to_string()]),
    ("internet-gateway-exclusion-mode", |_, it| {
        vec![mode_word(it.bidirectional).to_owned()]
    }),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
];

fn mode_word(bidirectional: bool) -> &'static str {
    if bidirectional {
        "allow-bidirectional"
    } else {
        "allow-egress"
    }
}

fn mode(text: &str) -> Result<bool, Fault> {
    match text {
        "allow-bidirectional" => Ok(true),
        "allow-egress" => Ok(false),
        other => Err(Fault::value(format!(
            "Value ({other}) for parameter internetGatewayExclusionMode is invalid. Valid values are allow-bidirectional and allow-egress."
        ))),
    }
}

fn state_word(phase: Phase) -> &'static str {
    match phase.state {
        State::Pending => "create-in-progress",
        State::Modifying => "update-in-progress",
        State::Deleting => "delete-in-progress",
        State::Deleted => "delete-complete",
        _ => "create-complete",
    }
}

fn options(context: &Context<'_>, state: &str) -> Doc<VpcBlockPublicAccessOptions> {
    let mode = match *context.ec2().block_public_access {
        BlockMode::Off => "off",
        BlockMode::Bidirectional => "block-bidirectional",
        BlockMode::Ingress => "block-ingress",
    };
    Doc::new()
        .with(
            vpc_block_public_access_options::AWS_ACCOUNT_ID,
            context.account(),
        )
        .with(
            vpc_block_public_access_options::AWS_REGION,
            context.region.name,
        )
        .with(vpc_block_public_access_options::STATE, state)
        .with(
            vpc_block_public_access_options::INTERNET_GATEWAY_BLOCK_MODE,
            mode,
        )
        .with(vpc_block_public_access_options::MANAGED_BY, "account")
        .with(
            vpc_block_public_access_options::EXCLUSIONS_ALLOWED,
            "allowed",
        )
}

/// `DescribeVpcBlockPublicAccessOptions`
pub(crate) fn describe_options(
    context: &mut Context<'_>,
    _: View<'_, DescribeVpcBlockPublicAccessOptionsRequest>,
) -> Result<Doc<DescribeVpcBlockPublicAccessOptionsResult>, Fault> {
    let state = match *context.ec2().block_public_access {
        BlockMode::Off => "default-state",
        _ => "update-complete",
    };
    Ok(Doc::new().with(
        describe_vpc_block_public_access_options_result::VPC_BLOCK_PUBLIC_ACCESS_OPTIONS,
        options(context, state),
    ))
}

/// `ModifyVpcBlockPublicAccessOptions`: for the whole Region.
pub(crate) fn modify_options(
    context: &mut Context<'_>,
    request: View<'_, ModifyVpcBlockPublicAccessOptionsRequest>,
) -> Result<Doc<ModifyVpcBlockPublicAccessOptionsResult>, Fault> {
    let mode = request
        .get(modify_vpc_block_public_access_options::INTERNET_GATEWAY_BLOCK_MODE)
        .unwrap_or_default();
    let mode = match mode {
        "off" => BlockMode::Off,
        "block-bidirectional" => BlockMode::Bidirectional,
        "block-ingress" => BlockMode::Ingress,
        other => {
            return Err(Fault::value(format!(
                "Value ({other}) for parameter internetGatewayBlockMode is invalid. Valid values are off, block-bidirectional and block-ingress."
            )));
        }
    };
    *context.ec2_mut().block_public_access = mode;
    Ok(Doc::new().with(
        modify_vpc_block_public_access_options_result::VPC_BLOCK_PUBLIC_ACCESS_OPTIONS,
        options(context, "update-in-progress"),
    ))
}

fn show(context: &Context<'_>, one: &Exclusion) -> Doc<shape::VpcBlockPublicAccessExclusion> {
    let kind = one.resource.as_str().split('-').next().unwrap_or("vpc");
    Doc::new()
        .with(vpc_block_public_access_exclusion::EXCLUSION_ID, &one.id)
        .with(
            vpc_block_public_access_exclusion::INTERNET_GATEWAY_EXCLUSION_MODE,
            mode_word(one.bidirectional),
        )
        .with(
            vpc_block_public_access_exclusion::RESOURCE_ARN,
            context.arn(kind, &one.resource),
        )
        .with(
            vpc_block_public_access_exclusion::STATE,
            state_word(one.phase),
        )
        .with(
            vpc_block_public_access_exclusion::CREATION_TIMESTAMP,
            one.created,
        )
        .with(vpc_block_public_access_exclusion::TAGS, tag_list(&one.tags))
}

/// `CreateVpcBlockPublicAccessExclusion`: for a VPC or a subnet.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateVpcBlockPublicAccessExclusionRequest>,
) -> Result<Doc<CreateVpcBlockPublicAccessExclusionResult>, Fault> {
    use create_vpc_block_public_access_exclusion as input;
    let now = context.now();
    let bidirectional = mode(
        request
            .get(input::INTERNET_GATEWAY_EXCLUSION_MODE)
            .unwrap_or_default(),
    )?;
    let ec2 = context.ec2();
    let resource: Id = match (request.get(input::VPC_ID), request.get(input::SUBNET_ID)) {
        (Some(id), None) => find(&ec2.vpcs, id)?.id.clone(),
        (None, Some(id)) => find(&ec2.subnets, id)?.id.clone(),
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "Either a VPC ID or a subnet ID may be specified, but not both.",
            ));
        }
        (None, None) => return Err(Fault::missing("VpcId")),
    };
    let taken = |it: &Exclusion| it.resource == resource && it.phase.is_alive();
    if let Some(other) = ec2.exclusions.iter().find(|it| taken(it)) {
        return Err(Fault::value(format!(
            "The resource {resource} already has the exclusion {}.",
            other.id
        )));
    }
    if ec2.exclusions.len() >= MOST {
        return Err(Fault::new(
            "VpcBlockPublicAccessExclusionLimitExceeded",
            "The maximum number of exclusions has been reached.",
        ));
    }
    let tags = new_tags(
        request.items(input::TAG_SPECIFICATIONS),
        "vpc-block-public-access-exclusion",
    )?;
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("vpcbpa-exclude");
    let made = Exclusion {
        id,
        born,
        tags,
        resource,
        bidirectional,
        phase: Phase::until(State::Pending, now.after(CHANGE_SECONDS), State::Available),
        created: now,
    };
    ec2.exclusions.insert(made.clone());
    let answer = show(context, &made);
    Ok(Doc::new().with(
        create_vpc_block_public_access_exclusion_result::VPC_BLOCK_PUBLIC_ACCESS_EXCLUSION,
        answer,
    ))
}

/// `ModifyVpcBlockPublicAccessExclusion`
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyVpcBlockPublicAccessExclusionRequest>,
) -> Result<Doc<ModifyVpcBlockPublicAccessExclusionResult>, Fault> {
    use modify_vpc_block_public_access_exclusion as input;
    let now = context.now();
    let bidirectional = mode(
        request
            .get(input::INTERNET_GATEWAY_EXCLUSION_MODE)
            .unwrap_or_default(),
    )?;
    let id = request.get(input::EXCLUSION_ID).unwrap_or_default();
    let one = find_mut(&mut context.ec2_mut().exclusions, id)?;
    one.bidirectional = bidirectional;
    one.phase = Phase::until(
        State::Modifying,
        now.after(CHANGE_SECONDS),
        State::Available,
    );
    let one = find(&context.ec2().exclusions, id)?;
    Ok(Doc::new().with(
        modify_vpc_block_public_access_exclusion_result::VPC_BLOCK_PUBLIC_ACCESS_EXCLUSION,
        show(context, one),
    ))
}

/// `DeleteVpcBlockPublicAccessExclusion`
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteVpcBlockPublicAccessExclusionRequest>,
) -> Result<Doc<DeleteVpcBlockPublicAccessExclusionResult>, Fault> {
    let now = context.now();
    let id = request
        .get(delete_vpc_block_public_access_exclusion::EXCLUSION_ID)
        .unwrap_or_default();
    let one = find_mut(&mut context.ec2_mut().exclusions, id)?;
    one.phase = Phase::until(State::Deleting, now.after(CHANGE_SECONDS), State::Deleted);
    let one = find(&context.ec2().exclusions, id)?;
    Ok(Doc::new().with(
        delete_vpc_block_public_access_exclusion_result::VPC_BLOCK_PUBLIC_ACCESS_EXCLUSION,
        show(context, one),
    ))
}

/// `DescribeVpcBlockPublicAccessExclusions`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeVpcBlockPublicAccessExclusionsRequest>,
) -> Result<Doc<DescribeVpcBlockPublicAccessExclusionsResult>, Fault> {
    let found = select(
        context,
        &context.ec2().exclusions,
        request.items(describe_vpc_block_public_access_exclusions::EXCLUSION_IDS),
        request.items(describe_vpc_block_public_access_exclusions::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| show(context, it)).collect();
    Ok(Doc::new().with(
        describe_vpc_block_public_access_exclusions_result::VPC_BLOCK_PUBLIC_ACCESS_EXCLUSIONS,
        list,
    ))
}

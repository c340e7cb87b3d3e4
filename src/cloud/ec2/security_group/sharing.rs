//! Security groups that other VPCs of the Region may use too.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html>

use super::{SecurityGroup, find_group};
use crate::door::Context;
use crate::ec2::NetworkInterface;
use crate::ec2::select::{find, find_mut, some_tags};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    associate_security_group_vpc, associate_security_group_vpc_result,
    describe_security_group_vpc_associations_result, disassociate_security_group_vpc,
    disassociate_security_group_vpc_result, get_security_groups_for_vpc,
    get_security_groups_for_vpc_result, security_group_for_vpc, security_group_vpc_association,
};
use crate::id::Id;

/// `AssociateSecurityGroupVpc`: neither a default group nor a default VPC.
pub(crate) fn associate_vpc(
    context: &mut Context<'_>,
    request: View<'_, AssociateSecurityGroupVpcRequest>,
) -> Result<Doc<AssociateSecurityGroupVpcResult>, Fault> {
    let ec2 = context.ec2();
    let group = request
        .get(associate_security_group_vpc::GROUP_ID)
        .unwrap_or_default();
    let group = find_group(ec2, group)?;
    let vpc = request
        .get(associate_security_group_vpc::VPC_ID)
        .unwrap_or_default();
    let vpc = find(&ec2.vpcs, vpc)?;
    let home = ec2.vpcs.get(group.vpc.as_str());
    if group.is_default() {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!(
                "The default security group {} cannot be associated with another VPC.",
                group.id
            ),
        ));
    }
    if vpc.is_default || home.is_some_and(|it| it.is_default) {
        return Err(Fault::new(
            "OperationNotPermitted",
            "A security group cannot be associated with or shared from a default VPC.",
        ));
    }
    if group.vpc == vpc.id || group.vpcs.contains(&vpc.id) {
        return Err(Fault::value(format!(
            "The security group {} is already associated with the VPC {}.",
            group.id, vpc.id
        )));
    }
    let (group, vpc) = (group.id.clone(), vpc.id.clone());
    find_mut(&mut context.ec2_mut().security_groups, group.as_str())?
        .vpcs
        .push(vpc);
    Ok(Doc::new().with(associate_security_group_vpc_result::STATE, "associating"))
}

/// `DisassociateSecurityGroupVpc`: refused while an interface of that VPC has the group.
pub(crate) fn disassociate_vpc(
    context: &mut Context<'_>,
    request: View<'_, DisassociateSecurityGroupVpcRequest>,
) -> Result<Doc<DisassociateSecurityGroupVpcResult>, Fault> {
    let ec2 = context.ec2();
    let group = request
        .get(disassociate_security_group_vpc::GROUP_ID)
        .unwrap_or_default();
    let group = find_group(ec2, group)?;
    let vpc = request
        .get(disassociate_security_group_vpc::VPC_ID)
        .unwrap_or_default();
    let vpc = Id::new(vpc);
    if !group.vpcs.contains(&vpc) {
        return Err(Fault::value(format!(
            "The security group {} is not associated with the VPC {vpc}.",
            group.id
        )));
    }
    let has = |it: &NetworkInterface| it.vpc == vpc && it.groups.contains(&group.id);
    if ec2.network_interfaces.iter().any(|it| has(it)) {
        return Err(Fault::new(
            "DependencyViolation",
            format!("resource {} has a dependent object", group.id),
        ));
    }
    let group = group.id.clone();
    find_mut(&mut context.ec2_mut().security_groups, group.as_str())?
        .vpcs
        .retain(|it| *it != vpc);
    Ok(Doc::new().with(
        disassociate_security_group_vpc_result::STATE,
        "disassociating",
    ))
}

/// `DescribeSecurityGroupVpcAssociations`
pub(crate) fn describe_associations(
    context: &mut Context<'_>,
    _: View<'_, DescribeSecurityGroupVpcAssociationsRequest>,
) -> Result<Doc<DescribeSecurityGroupVpcAssociationsResult>, Fault> {
    let mut list = Vec::new();
    for group in context.ec2().security_groups.by_birth() {
        for vpc in group.vpcs.iter() {
            list.push(
                Doc::new()
                    .with(security_group_vpc_association::GROUP_ID, &group.id)
                    .with(security_group_vpc_association::VPC_ID, vpc)
                    .with(
                        security_group_vpc_association::VPC_OWNER_ID,
                        context.account(),
                    )
                    .with(security_group_vpc_association::STATE, "associated")
                    .with(
                        security_group_vpc_association::GROUP_OWNER_ID,
                        context.account(),
                    ),
            );
        }
    }
    Ok(Doc::new().with(
        describe_security_group_vpc_associations_result::SECURITY_GROUP_VPC_ASSOCIATIONS,
        list,
    ))
}

/// `GetSecurityGroupsForVpc`: the VPC's own and those that are shared with it.
pub(crate) fn for_vpc(
    context: &mut Context<'_>,
    request: View<'_, GetSecurityGroupsForVpcRequest>,
) -> Result<Doc<GetSecurityGroupsForVpcResult>, Fault> {
    let ec2 = context.ec2();
    let vpc = request
        .get(get_security_groups_for_vpc::VPC_ID)
        .unwrap_or_default();
    let vpc = find(&ec2.vpcs, vpc)?.id.clone();
    let show = |group: &SecurityGroup| {
        Doc::new()
            .with(
                security_group_for_vpc::DESCRIPTION,
                group.description.as_str(),
            )
            .with(security_group_for_vpc::GROUP_NAME, group.name.as_str())
            .with(security_group_for_vpc::OWNER_ID, context.account())
            .with(security_group_for_vpc::GROUP_ID, &group.id)
            .with_some(security_group_for_vpc::TAGS, some_tags(&group.tags))
            .with(security_group_for_vpc::PRIMARY_VPC_ID, &group.vpc)
    };
    let all = ec2.security_groups.by_birth().into_iter();
    let list: Vec<_> = all
        .filter(|it| it.vpc == vpc || it.vpcs.contains(&vpc))
        .map(|it| show(it))
        .collect();
    Ok(Doc::new().with(
        get_security_groups_for_vpc_result::SECURITY_GROUP_FOR_VPCS,
        list,
    ))
}

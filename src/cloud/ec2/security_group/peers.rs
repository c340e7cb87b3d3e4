//! The other side of a rule where it is a security group: of this VPC, or of another one.
//!
//! <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html>

use super::describe::word;
use super::{ForeignGroup, GroupRule, Peer, SecurityGroup, find_group};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::select::find;
use crate::ec2::transit_gateway::TransitEnd;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    describe_security_group_references, describe_security_group_references_result,
    describe_stale_security_groups, describe_stale_security_groups_result,
    security_group_reference, stale_ip_permission, stale_security_group, user_id_group_pair,
};
use crate::id::Id;

/// What joins two VPCs so that a group of one may be named in the other.
enum Bridge {
    Peering(Id),
    TransitGateway,
}

/// How `vpc` and another VPC of the Region are joined for groups: by an active peering connection,
/// or by a transit gateway that supports it on both attachments.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>
fn bridge(ec2: &Ec2, vpc: &Id, other: &Id) -> Option<Bridge> {
    let peering = ec2.peerings.iter().find(|it| {
        let joins = it.sides(vpc).is_some_and(|(_, there)| there.vpc == *other);
        joins && it.phase.works() && it.is_regional()
    });
    if let Some(peering) = peering {
        return Some(Bridge::Peering(peering.id.clone()));
    }
    let supports = |gateway: &Id, wanted: &Id| {
        ec2.transit_attachments.iter().any(|it| {
            let end = matches!(
                &it.end,
                TransitEnd::Vpc { vpc, group_references: true, .. } if vpc == wanted
            );
            end && it.gateway == *gateway && it.phase.works()
        })
    };
    let through = ec2.transit_gateways.iter().any(|it| {
        it.group_references && it.phase.works() && supports(&it.id, vpc) && supports(&it.id, other)
    });
    through.then_some(Bridge::TransitGateway)
}

/// The group that a rule in `vpc` names, if it may: of the same VPC, shared with it, or of one that
/// is joined with it.
pub(super) fn peer_of(
    context: &Context<'_>,
    vpc: &Id,
    id: &str,
    account: Option<&str>,
) -> Result<Peer, Fault> {
    let ec2 = context.ec2();
    // An id may be written with its account: `123456789012/sg-…`.
    let (account, id) = match id.split_once('/') {
        Some((account, id)) => (Some(account), id),
        None => (account, id),
    };
    let account = account.unwrap_or(context.account());
    let group = if account == context.account() {
        SecurityGroup::clone(find_group(ec2, id)?)
    } else {
        let there = context.cloud.account(account);
        let there = there.and_then(|it| it.ec2(context.region.name));
        let found = there.and_then(|it| it.security_groups.get(id));
        found.map(|it| SecurityGroup::clone(it)).ok_or_else(|| {
            Fault::new(
                "InvalidGroup.NotFound",
                format!("The security group '{id}' does not exist"),
            )
        })?
    };
    let own = account == context.account();
    if own && (group.vpc == *vpc || group.vpcs.contains(vpc)) {
        return Ok(Peer::Group(group.id));
    }
    let connection = match bridge(ec2, vpc, &group.vpc) {
        Some(Bridge::Peering(id)) => Some(id),
        Some(Bridge::TransitGateway) => None,
        None => {
            return Err(Fault::new(
                "InvalidGroup.NotFound",
                "You have specified two resources that belong to different networks.",
            ));
        }
    };
    Ok(Peer::Foreign(ForeignGroup {
        group: group.id,
        account: account.to_owned(),
        vpc: group.vpc,
        connection,
    }))
}

impl Ec2 {
    /// Is the rule stale: is the connection it stands on gone, or the group it names?
    pub fn is_stale(&self, rule: &GroupRule) -> bool {
        let Peer::Foreign(foreign) = &rule.peer else {
            return false;
        };
        let Some(connection) = &foreign.connection else {
            return false;
        };
        let joined = self.peerings.get(connection.as_str());
        let joined = joined.is_some_and(|it| it.phase.works());
        // Of a group of another account one only knows by the connection.
        let gone = self.vpcs.contains(foreign.vpc.as_str())
            && !self.security_groups.contains(foreign.group.as_str());
        !joined || gone
    }
}

/// `DescribeStaleSecurityGroups`: the groups of a VPC with rules that name what is gone.
pub(crate) fn describe_stale(
    context: &mut Context<'_>,
    request: View<'_, DescribeStaleSecurityGroupsRequest>,
) -> Result<Doc<DescribeStaleSecurityGroupsResult>, Fault> {
    let ec2 = context.ec2();
    let vpc = request
        .get(describe_stale_security_groups::VPC_ID)
        .unwrap_or_default();
    let vpc = find(&ec2.vpcs, vpc)?.id.clone();
    let stale = |group: &SecurityGroup, egress: bool| -> Vec<Doc<StaleIpPermission>> {
        group
            .rules(egress)
            .filter(|rule| ec2.is_stale(rule))
            .filter_map(|rule| match &rule.peer {
                Peer::Foreign(foreign) => Some(permission(ec2, rule, foreign)),
                _ => None,
            })
            .collect()
    };
    let mut list = Vec::new();
    for group in ec2.security_groups.by_birth() {
        let (inbound, outbound) = (stale(group, false), stale(group, true));
        if group.vpc != vpc || (inbound.is_empty() && outbound.is_empty()) {
            continue;
        }
        list.push(
            Doc::new()
                .with(
                    stale_security_group::DESCRIPTION,
                    group.description.as_str(),
                )
                .with(stale_security_group::GROUP_ID, &group.id)
                .with(stale_security_group::GROUP_NAME, group.name.as_str())
                .with(stale_security_group::STALE_IP_PERMISSIONS, inbound)
                .with(stale_security_group::STALE_IP_PERMISSIONS_EGRESS, outbound)
                .with(stale_security_group::VPC_ID, &group.vpc),
        );
    }
    Ok(Doc::new().with(
        describe_stale_security_groups_result::STALE_SECURITY_GROUP_SET,
        list,
    ))
}

fn permission(ec2: &Ec2, rule: &GroupRule, foreign: &ForeignGroup) -> Doc<StaleIpPermission> {
    let connection = foreign.connection.as_ref();
    let active = connection
        .and_then(|id| ec2.peerings.get(id.as_str()))
        .is_some_and(|it| it.phase.works());
    let pair = Doc::new()
        .with_some(user_id_group_pair::DESCRIPTION, rule.description.as_deref())
        .with(user_id_group_pair::USER_ID, foreign.account.as_str())
        .with(user_id_group_pair::VPC_ID, &foreign.vpc)
        .with_some(user_id_group_pair::VPC_PEERING_CONNECTION_ID, connection)
        .with(
            user_id_group_pair::PEERING_STATUS,
            if active { "active" } else { "deleted" },
        )
        .with(user_id_group_pair::GROUP_ID, &foreign.group);
    Doc::new()
        .with_some(stale_ip_permission::FROM_PORT, rule.from)
        .with(stale_ip_permission::IP_PROTOCOL, word(rule.protocol))
        .with(stale_ip_permission::IP_RANGES, vec![])
        .with(stale_ip_permission::PREFIX_LIST_IDS, vec![])
        .with_some(stale_ip_permission::TO_PORT, rule.to)
        .with(stale_ip_permission::USER_ID_GROUP_PAIRS, vec![pair])
}

/// `DescribeSecurityGroupReferences`: which other VPCs name these groups in their rules.
pub(crate) fn describe_references(
    context: &mut Context<'_>,
    request: View<'_, DescribeSecurityGroupReferencesRequest>,
) -> Result<Doc<DescribeSecurityGroupReferencesResult>, Fault> {
    let mut list = Vec::new();
    for id in request.items(describe_security_group_references::GROUP_ID) {
        let wanted = find_group(context.ec2(), id)?.id.clone();
        let mut seen: Vec<(Id, Option<Id>)> = Vec::new();
        for (_, region, ec2) in context.cloud.places() {
            if region.name != context.region.name {
                continue;
            }
            for group in ec2.security_groups.by_birth() {
                for rule in &group.rules {
                    let Peer::Foreign(foreign) = &rule.peer else {
                        continue;
                    };
                    let one = (group.vpc.clone(), foreign.connection.clone());
                    if foreign.group == wanted && !seen.contains(&one) {
                        seen.push(one);
                    }
                }
            }
        }
        list.extend(seen.into_iter().map(|(vpc, connection)| {
            Doc::new()
                .with(security_group_reference::GROUP_ID, &wanted)
                .with(security_group_reference::REFERENCING_VPC_ID, vpc)
                .with_some(
                    security_group_reference::VPC_PEERING_CONNECTION_ID,
                    connection,
                )
        }));
    }
    Ok(Doc::new().with(
        describe_security_group_references_result::SECURITY_GROUP_REFERENCE_SET,
        list,
    ))
}

//! How security groups and their rules are shown.

use super::rules::Head;
use super::{GroupRule, Peer, SecurityGroup, by_name, find_group};
use crate::door::Context;
use crate::ec2::select::{FilterRow, select, some_tags, tag_list};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    describe_security_group_rules, describe_security_group_rules_result, describe_security_groups,
    describe_security_groups_result, ip_permission, ip_range, ipv6_range, prefix_list_id,
    referenced_security_group, security_group, security_group_rule, user_id_group_pair,
};
use hopwise_net::Protocol;

pub(super) fn word(protocol: Option<Protocol>) -> String {
    protocol.map_or("-1".to_owned(), |protocol| protocol.to_string())
}

fn each(
    group: &SecurityGroup,
    egress: bool,
    value: fn(&GroupRule) -> Option<String>,
) -> Vec<String> {
    group.rules(egress).filter_map(value).collect()
}

pub(in crate::ec2) const FILTERS: &[FilterRow<SecurityGroup>] = &[
    ("group-id", |_, it| vec![it.id.to_string()]),
    ("group-name", |_, it| vec![it.name.clone()]),
    ("description", |_, it| vec![it.description.clone()]),
    ("vpc-id", |_, it| vec![it.vpc.to_string()]),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("ip-permission.cidr", |_, it| each(it, false, block)),
    ("ip-permission.group-id", |_, it| {
        each(it, false, group_peer)
    }),
    ("ip-permission.protocol", |_, it| {
        each(it, false, |rule| Some(word(rule.protocol)))
    }),
    ("ip-permission.from-port", |_, it| {
        each(it, false, |rule| rule.from.map(|it| it.to_string()))
    }),
    ("ip-permission.to-port", |_, it| {
        each(it, false, |rule| rule.to.map(|it| it.to_string()))
    }),
    ("egress.ip-permission.cidr", |_, it| each(it, true, block)),
    ("egress.ip-permission.group-id", |_, it| {
        each(it, true, group_peer)
    }),
    ("egress.ip-permission.protocol", |_, it| {
        each(it, true, |rule| Some(word(rule.protocol)))
    }),
    ("egress.ip-permission.from-port", |_, it| {
        each(it, true, |rule| rule.from.map(|it| it.to_string()))
    }),
    ("egress.ip-permission.to-port", |_, it| {
        each(it, true, |rule| rule.to.map(|it| it.to_string()))
    }),
];

fn block(rule: &GroupRule) -> Option<String> {
    match &rule.peer {
        Peer::Block(block) => Some(block.to_string()),
        Peer::Group(_) | Peer::Foreign(_) | Peer::List(_) => None,
    }
}

fn group_peer(rule: &GroupRule) -> Option<String> {
    match &rule.peer {
        Peer::Group(id) => Some(id.to_string()),
        Peer::Foreign(foreign) => Some(foreign.group.to_string()),
        Peer::Block(_) | Peer::List(_) => None,
    }
}

/// Rules of the same protocol and ports stand together in an `IpPermission`.
pub(super) fn permissions(
    context: &Context<'_>,
    group: &SecurityGroup,
    egress: bool,
) -> Vec<Doc<IpPermission>> {
    let mut heads: Vec<Head> = Vec::new();
    for rule in group.rules(egress) {
        let head = (rule.protocol, rule.from, rule.to);
        if !heads.contains(&head) {
            heads.push(head);
        }
    }
    heads
        .into_iter()
        .map(|head| {
            let of = || {
                group
                    .rules(egress)
                    .filter(|rule| (rule.protocol, rule.from, rule.to) == head)
            };
            let mut groups = Vec::new();
            let mut v4 = Vec::new();
            let mut v6 = Vec::new();
            let mut lists = Vec::new();
            for rule in of() {
                let said = rule.description.as_deref();
                match &rule.peer {
                    Peer::Group(id) => groups.push(
                        Doc::new()
                            .with_some(user_id_group_pair::DESCRIPTION, said)
                            .with(user_id_group_pair::USER_ID, context.account())
                            .with(user_id_group_pair::GROUP_ID, id),
                    ),
                    Peer::Block(block) if block.is_v4() => v4.push(
                        Doc::new()
                            .with_some(ip_range::DESCRIPTION, said)
                            .with(ip_range::CIDR_IP, block.to_string()),
                    ),
                    Peer::Foreign(foreign) => groups.push(
                        Doc::new()
                            .with_some(user_id_group_pair::DESCRIPTION, said)
                            .with(user_id_group_pair::USER_ID, foreign.account.as_str())
                            .with(user_id_group_pair::GROUP_ID, &foreign.group)
                            .with(user_id_group_pair::VPC_ID, &foreign.vpc)
                            .with_some(
                                user_id_group_pair::VPC_PEERING_CONNECTION_ID,
                                foreign.connection.as_ref(),
                            ),
                    ),
                    Peer::List(id) => lists.push(
                        Doc::new()
                            .with_some(prefix_list_id::DESCRIPTION, said)
                            .with(prefix_list_id::PREFIX_LIST_ID, id),
                    ),
                    Peer::Block(block) => v6.push(
                        Doc::new()
                            .with_some(ipv6_range::DESCRIPTION, said)
                            .with(ipv6_range::CIDR_IPV6, block.to_string()),
                    ),
                }
            }
            Doc::new()
                .with(ip_permission::IP_PROTOCOL, word(head.0))
                .with_some(ip_permission::FROM_PORT, head.1)
                .with_some(ip_permission::TO_PORT, head.2)
                .with(ip_permission::USER_ID_GROUP_PAIRS, groups)
                .with(ip_permission::IP_RANGES, v4)
                .with(ip_permission::IPV6_RANGES, v6)
                .with(ip_permission::PREFIX_LIST_IDS, lists)
        })
        .collect()
}

/// `DescribeSecurityGroups`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeSecurityGroupsRequest>,
) -> Result<Doc<DescribeSecurityGroupsResult>, Fault> {
    let names: Vec<&str> = request
        .items(describe_security_groups::GROUP_NAMES)
        .collect();
    let mut wanted = Vec::new();
    for name in names {
        wanted.push(by_name(context.ec2(), name)?.id.clone());
    }
    for id in request.items(describe_security_groups::GROUP_IDS) {
        find_group(context.ec2(), id)?;
    }
    let found = select(
        context,
        &context.ec2().security_groups,
        request.items(describe_security_groups::GROUP_IDS),
        request.items(describe_security_groups::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found
        .iter()
        .filter(|it| wanted.is_empty() || wanted.contains(&it.id))
        .map(|it| {
            Doc::new()
                .with(security_group::GROUP_ID, &it.id)
                .with(
                    security_group::IP_PERMISSIONS_EGRESS,
                    permissions(context, it, true),
                )
                .with_some(security_group::TAGS, some_tags(&it.tags))
                .with(security_group::VPC_ID, &it.vpc)
                .with(
                    security_group::SECURITY_GROUP_ARN,
                    context.arn("security-group", &it.id),
                )
                .with(security_group::OWNER_ID, context.account())
                .with(security_group::GROUP_NAME, it.name.as_str())
                .with(security_group::DESCRIPTION, it.description.as_str())
                .with(
                    security_group::IP_PERMISSIONS,
                    permissions(context, it, false),
                )
        })
        .collect();
    Ok(Doc::new().with(describe_security_groups_result::SECURITY_GROUPS, list))
}

pub(super) fn describe_rule(
    context: &Context<'_>,
    group: &SecurityGroup,
    rule: &GroupRule,
) -> Doc<SecurityGroupRule> {
    let mut doc = Doc::new()
        .with(security_group_rule::SECURITY_GROUP_RULE_ID, &rule.id)
        .with(security_group_rule::GROUP_ID, &group.id)
        .with(security_group_rule::GROUP_OWNER_ID, context.account())
        .with(security_group_rule::IS_EGRESS, rule.egress)
        .with(security_group_rule::IP_PROTOCOL, word(rule.protocol))
        .with(security_group_rule::FROM_PORT, rule.from.unwrap_or(-1))
        .with(security_group_rule::TO_PORT, rule.to.unwrap_or(-1))
        .with_some(
            security_group_rule::DESCRIPTION,
            rule.description.as_deref(),
        )
        .with(security_group_rule::TAGS, tag_list(&rule.tags))
        .with(
            security_group_rule::SECURITY_GROUP_RULE_ARN,
            context.arn("security-group-rule", &rule.id),
        );
    match &rule.peer {
        Peer::Block(block) if block.is_v4() => {
            doc.put(security_group_rule::CIDR_IPV4, block.to_string())
        }
        Peer::Block(block) => doc.put(security_group_rule::CIDR_IPV6, block.to_string()),
        Peer::Group(id) => doc.put(
            security_group_rule::REFERENCED_GROUP_INFO,
            Doc::new()
                .with(referenced_security_group::GROUP_ID, id)
                .with(referenced_security_group::USER_ID, context.account()),
        ),
        Peer::Foreign(foreign) => doc.put(
            security_group_rule::REFERENCED_GROUP_INFO,
            Doc::new()
                .with(referenced_security_group::GROUP_ID, &foreign.group)
                .with(referenced_security_group::USER_ID, foreign.account.as_str())
                .with(referenced_security_group::VPC_ID, &foreign.vpc)
                .with_some(
                    referenced_security_group::VPC_PEERING_CONNECTION_ID,
                    foreign.connection.as_ref(),
                ),
        ),
        Peer::List(id) => doc.put(security_group_rule::PREFIX_LIST_ID, id),
    }
    doc
}

/// `DescribeSecurityGroupRules`
pub(crate) fn describe_rules(
    context: &mut Context<'_>,
    request: View<'_, DescribeSecurityGroupRulesRequest>,
) -> Result<Doc<DescribeSecurityGroupRulesResult>, Fault> {
    let ids: Vec<&str> = request
        .items(describe_security_group_rules::SECURITY_GROUP_RULE_IDS)
        .collect();
    // A table of the rules alone, so that ids and filters work as for everything else.
    let mut table = crate::table::Table::default();
    for group in context.ec2().security_groups.iter() {
        for rule in &group.rules {
            table.insert(rule.clone());
        }
    }
    let found = select(
        context,
        &table,
        request.items(describe_security_group_rules::SECURITY_GROUP_RULE_IDS),
        request.items(describe_security_group_rules::FILTERS),
        &[
            ("group-id", |scope, rule: &GroupRule| {
                scope
                    .ec2
                    .security_groups
                    .iter()
                    .filter(|group| group.rules.iter().any(|it| it.id == rule.id))
                    .map(|group| group.id.to_string())
                    .collect()
            }),
            ("security-group-rule-id", |_, rule| {
                vec![rule.id.to_string()]
            }),
        ],
    )?;
    let mut list = Vec::new();
    for group in context.ec2().security_groups.by_birth() {
        for rule in &group.rules {
            let wanted = ids.is_empty() || ids.contains(&rule.id.as_str());
            if wanted && found.iter().any(|it| it.id == rule.id) {
                list.push(describe_rule(context, group, rule));
            }
        }
    }
    Ok(Doc::new().with(
        describe_security_group_rules_result::SECURITY_GROUP_RULES,
        list,
    ))
}

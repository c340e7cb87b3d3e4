//! Adding, changing and taking away rules.

use super::describe::{describe_rule, word};
use super::peers::peer_of;
use super::{GroupRule, Peer, SecurityGroup, by_name, check_description, find_group, named};
use crate::door::Context;
use crate::ec2::prefix_list;
use crate::ec2::select::{find_mut, new_tags};
use crate::fault::Fault;
use crate::field::{Doc, Items, Struct, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    authorize_security_group_egress, authorize_security_group_egress_result,
    authorize_security_group_ingress, authorize_security_group_ingress_result, ip_permission,
    ip_range, ipv6_range, modify_security_group_rules, modify_security_group_rules_result,
    prefix_list_id, revoke_security_group_egress, revoke_security_group_egress_result,
    revoke_security_group_ingress, revoke_security_group_ingress_result,
    revoked_security_group_rule, security_group_rule_description, security_group_rule_request,
    security_group_rule_update, update_security_group_rule_descriptions_egress,
    update_security_group_rule_descriptions_egress_result,
    update_security_group_rule_descriptions_ingress,
    update_security_group_rule_descriptions_ingress_result, user_id_group_pair,
};
use crate::id::Id;
use crate::table::Tags;
use hopwise_net::{Prefix, Protocol};

/// The flat form of a permission, as older scripts and `--protocol --port --cidr` have it.
struct Flat<'a> {
    protocol: Option<&'a str>,
    from: Option<i64>,
    to: Option<i64>,
    cidr: Option<&'a str>,
    source: Option<&'a str>,
}

/// A rule that a request describes, before it has an id.
type Draft = (
    Option<Protocol>,
    Option<i32>,
    Option<i32>,
    Peer,
    Option<String>,
);

fn drafts(
    context: &Context<'_>,
    vpc: &Id,
    flat: &Flat<'_>,
    list: Items<'_, Struct<IpPermission>>,
) -> Result<Vec<Draft>, Fault> {
    let ec2 = context.ec2();
    let mut drafts = Vec::new();
    if flat.protocol.is_some() && !list.is_empty() {
        return Err(Fault::combination(
            "The parameter 'ipPermissions' may not be used in combination with 'ipProtocol'",
        ));
    }
    if let Some(protocol) = flat.protocol {
        let (protocol, from, to) = head(protocol, flat.from, flat.to)?;
        let peer = match (flat.cidr, flat.source) {
            (Some(cidr), _) => Peer::Block(rule_block(cidr, true)?),
            (None, Some(source)) => {
                let group = by_name(ec2, source)?;
                peer_of(context, vpc, group.id.as_str(), None)?
            }
            (None, None) => return Err(Fault::missing("cidrIp")),
        };
        drafts.push((protocol, from, to, peer, None));
    }
    for permission in list {
        let protocol = permission
            .get(ip_permission::IP_PROTOCOL)
            .ok_or_else(|| Fault::missing("ipProtocol"))?;
        let (protocol, from, to) = head(
            protocol,
            permission.get(ip_permission::FROM_PORT),
            permission.get(ip_permission::TO_PORT),
        )?;
        let before = drafts.len();
        let mut add = |peer, said: Option<&str>| {
            drafts.push((protocol, from, to, peer, said.map(str::to_owned)));
        };
        for range in permission.items(ip_permission::IP_RANGES) {
            let cidr = range.get(ip_range::CIDR_IP).unwrap_or_default();
            add(
                Peer::Block(rule_block(cidr, true)?),
                range.get(ip_range::DESCRIPTION),
            );
        }
        for range in permission.items(ip_permission::IPV6_RANGES) {
            let cidr = range.get(ipv6_range::CIDR_IPV6).unwrap_or_default();
            add(
                Peer::Block(rule_block(cidr, false)?),
                range.get(ipv6_range::DESCRIPTION),
            );
        }
        for pair in permission.items(ip_permission::USER_ID_GROUP_PAIRS) {
            let group = match (
                pair.get(user_id_group_pair::GROUP_ID),
                pair.get(user_id_group_pair::GROUP_NAME),
            ) {
                (Some(id), _) => Id::new(id),
                (None, Some(name)) => by_name(ec2, name)?.id.clone(),
                (None, None) => return Err(Fault::missing("groupId")),
            };
            let account = pair.get(user_id_group_pair::USER_ID);
            add(
                peer_of(context, vpc, group.as_str(), account)?,
                pair.get(user_id_group_pair::DESCRIPTION),
            );
        }
        for list in permission.items(ip_permission::PREFIX_LIST_IDS) {
            let id = list.get(prefix_list_id::PREFIX_LIST_ID).unwrap_or_default();
            prefix_list::check_exists(ec2, context.region, id)?;
            add(
                Peer::List(Id::new(id)),
                list.get(prefix_list_id::DESCRIPTION),
            );
        }
        if drafts.len() == before {
            return Err(Fault::missing("ipRanges"));
        }
    }
    if drafts.is_empty() {
        return Err(Fault::new(
            "MissingParameter",
            "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.",
        ));
    }
    for (place, draft) in drafts.iter().enumerate() {
        check_description(draft.4.as_deref())?;
        let same = |other: &&Draft| {
            (other.0, other.1, other.2, &other.3) == (draft.0, draft.1, draft.2, &draft.3)
        };
        if drafts.iter().take(place).find(same).is_some() {
            return Err(Fault::value(
                "The same permission must not appear multiple times",
            ));
        }
    }
    Ok(drafts)
}

fn rule_block(text: &str, v4: bool) -> Result<Prefix, Fault> {
    match text.parse::<Prefix>() {
        Ok(block) if block.is_v4() == v4 => Ok(block),
        _ => Err(Fault::value(format!("CIDR block {text} is malformed"))),
    }
}

/// Protocol, first and last port (or ICMP type and code) of a rule.
pub(super) type Head = (Option<Protocol>, Option<i32>, Option<i32>);

/// Protocol and ports of a rule. For TCP and UDP the ports count; for ICMP they are type and
/// code, −1 for all; every other protocol means all of it.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-rules-reference.html>
fn head(text: &str, from: Option<i64>, to: Option<i64>) -> Result<Head, Fault> {
    if text == "-1" || text == "all" {
        return Ok((None, None, None));
    }
    let protocol = Protocol::parse(text).ok_or_else(|| {
        Fault::value(format!(
            "Invalid value '{text}' for IP protocol. Unknown protocol."
        ))
    })?;
    if protocol.has_ports() {
        let port = |number: Option<i64>, name: &str| {
            let number = number.ok_or_else(|| {
                Fault::value(format!(
                    "Invalid value 'Must specify both from and to ports with TCP/UDP.' for {name}."
                ))
            })?;
            u16::try_from(number).map(i32::from).map_err(|_| {
                Fault::value(format!(
                    "Invalid value '{number}' for portRange. Must be between 0 and 65535."
                ))
            })
        };
        let (from, to) = match (from, to) {
            // The console's "all TCP": AWS takes -1 for all ports here.
            (Some(-1), Some(-1) | None) => (0, 65_535),
            _ => (port(from, "portRange")?, port(to, "portRange")?),
        };
        if from > to {
            return Err(Fault::value(format!(
                "Invalid value '{from}-{to}' for portRange. The first port must not be greater than the last."
            )));
        }
        return Ok((Some(protocol), Some(from), Some(to)));
    }
    if protocol.is_icmp() {
        let number = |number: Option<i64>| -> Result<i32, Fault> {
            match number.unwrap_or(-1) {
                number @ -1..=255 => Ok(number as i32),
                other => Err(Fault::value(format!(
                    "Invalid value '{other}' for ICMP type or code. Must be between -1 and 255."
                ))),
            }
        };
        let (kind, code) = (number(from)?, number(to)?);
        if kind == -1 && code != -1 {
            return Err(Fault::value(
                "ICMP code requires an ICMP type: the type can't be -1 (all) here.",
            ));
        }
        return Ok((Some(protocol), Some(kind), Some(code)));
    }
    Ok((Some(protocol), None, None))
}

/// How AWS names a rule that is there already.
fn duplicate(draft: &Draft) -> Fault {
    let (protocol, from, to, peer, _) = draft;
    let ports = match (from, to) {
        (Some(from), Some(to)) => format!("from port: {from}, to port: {to}, "),
        _ => String::new(),
    };
    let protocol = match protocol {
        None => "ALL".to_owned(),
        Some(protocol) => protocol.to_string().to_uppercase(),
    };
    Fault::new(
        "InvalidPermission.Duplicate",
        format!("the specified rule \"peer: {peer}, {protocol}, {ports}ALLOW\" already exists"),
    )
}

/// How many rules of a direction and family a group has at most.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const MOST_RULES: u32 = 60;

/// Are there at most 60 rules a direction and family? A rule that refers to a group counts in
/// both, one that refers to a prefix list for as many entries as that may hold.
fn check_count(context: &Context<'_>, group: &SecurityGroup, egress: bool) -> Result<(), Fault> {
    let weigh = |rule: &GroupRule, v4: bool| match &rule.peer {
        Peer::Block(block) => u32::from(block.is_v4() == v4),
        Peer::Group(_) | Peer::Foreign(_) => 1,
        Peer::List(id) => {
            let (family, weight) = prefix_list::weight(context.ec2(), context.region, id);
            if family == v4 { weight } else { 0 }
        }
    };
    let count = |v4| -> u32 { group.rules(egress).map(|rule| weigh(rule, v4)).sum() };
    if count(true).max(count(false)) > MOST_RULES {
        return Err(Fault::new(
            "RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached.",
        ));
    }
    Ok(())
}

/// Adds the rules of a request to a group: all of them or none.
fn authorize(
    context: &mut Context<'_>,
    group: &Id,
    egress: bool,
    drafts: Vec<Draft>,
    tags: &Tags,
) -> Result<Vec<Doc<SecurityGroupRule>>, Fault> {
    let (ec2, mint) = context.parts();
    let found = find_mut(&mut ec2.security_groups, group.as_str())?;
    let mut new = Vec::new();
    for draft in drafts {
        let (id, born) = mint.id("sgr");
        let rule = GroupRule {
            id,
            born,
            tags: tags.clone(),
            egress,
            protocol: draft.0,
            from: draft.1,
            to: draft.2,
            peer: draft.3.clone(),
            description: draft.4.clone(),
        };
        if found.rules.iter().any(|old| old.same_as(&rule)) {
            return Err(duplicate(&draft));
        }
        found.rules.push(rule.clone());
        new.push(rule);
    }
    let group = found.clone();
    check_count(context, &group, egress)?;
    Ok(new
        .iter()
        .map(|rule| describe_rule(context, &group, rule))
        .collect())
}

/// `AuthorizeSecurityGroupIngress`
pub(crate) fn authorize_ingress(
    context: &mut Context<'_>,
    request: View<'_, AuthorizeSecurityGroupIngressRequest>,
) -> Result<Doc<AuthorizeSecurityGroupIngressResult>, Fault> {
    let ec2 = context.ec2();
    let group = named(
        ec2,
        request.get(authorize_security_group_ingress::GROUP_ID),
        request.get(authorize_security_group_ingress::GROUP_NAME),
    )?;
    let drafts = drafts(
        context,
        &group.vpc,
        &Flat {
            protocol: request.get(authorize_security_group_ingress::IP_PROTOCOL),
            from: request.get(authorize_security_group_ingress::FROM_PORT),
            to: request.get(authorize_security_group_ingress::TO_PORT),
            cidr: request.get(authorize_security_group_ingress::CIDR_IP),
            source: request.get(authorize_security_group_ingress::SOURCE_SECURITY_GROUP_NAME),
        },
        request.items(authorize_security_group_ingress::IP_PERMISSIONS),
    )?;
    let tags = new_tags(
        request.items(authorize_security_group_ingress::TAG_SPECIFICATIONS),
        "security-group-rule",
    )?;
    let id = group.id.clone();
    let rules = authorize(context, &id, false, drafts, &tags)?;
    Ok(Doc::new()
        .with(authorize_security_group_ingress_result::RETURN, true)
        .with(
            authorize_security_group_ingress_result::SECURITY_GROUP_RULES,
            rules,
        ))
}

/// `AuthorizeSecurityGroupEgress`
pub(crate) fn authorize_egress(
    context: &mut Context<'_>,
    request: View<'_, AuthorizeSecurityGroupEgressRequest>,
) -> Result<Doc<AuthorizeSecurityGroupEgressResult>, Fault> {
    let ec2 = context.ec2();
    let group = named(
        ec2,
        request.get(authorize_security_group_egress::GROUP_ID),
        None,
    )?;
    let drafts = drafts(
        context,
        &group.vpc,
        &Flat {
            protocol: request.get(authorize_security_group_egress::IP_PROTOCOL),
            from: request.get(authorize_security_group_egress::FROM_PORT),
            to: request.get(authorize_security_group_egress::TO_PORT),
            cidr: request.get(authorize_security_group_egress::CIDR_IP),
            source: request.get(authorize_security_group_egress::SOURCE_SECURITY_GROUP_NAME),
        },
        request.items(authorize_security_group_egress::IP_PERMISSIONS),
    )?;
    let tags = new_tags(
        request.items(authorize_security_group_egress::TAG_SPECIFICATIONS),
        "security-group-rule",
    )?;
    let id = group.id.clone();
    let rules = authorize(context, &id, true, drafts, &tags)?;
    Ok(Doc::new()
        .with(authorize_security_group_egress_result::RETURN, true)
        .with(
            authorize_security_group_egress_result::SECURITY_GROUP_RULES,
            rules,
        ))
}

fn revoke(
    context: &mut Context<'_>,
    group: &Id,
    egress: bool,
    ids: &[&str],
    drafts: Vec<Draft>,
) -> Result<Vec<Doc<RevokedSecurityGroupRule>>, Fault> {
    let found = find_mut(&mut context.ec2_mut().security_groups, group.as_str())?;
    let mut gone = Vec::new();
    for id in ids {
        let place = found
            .rules
            .iter()
            .position(|rule| rule.id.as_str() == *id && rule.egress == egress)
            .ok_or_else(|| {
                Fault::new(
                    "InvalidSecurityGroupRuleId.NotFound",
                    format!("The security group rule ID '{id}' does not exist"),
                )
            })?;
        gone.push(found.rules.remove(place));
    }
    for (protocol, from, to, peer, _) in drafts {
        let place = found.rules.iter().position(|rule| {
            rule.egress == egress
                && rule.protocol == protocol
                && rule.from == from
                && rule.to == to
                && rule.peer == peer
        });
        let place = place.ok_or_else(|| {
            Fault::new(
                "InvalidPermission.NotFound",
                "The specified rule does not exist in this security group.",
            )
        })?;
        gone.push(found.rules.remove(place));
    }
    Ok(gone
        .iter()
        .map(|rule| {
            let mut doc = Doc::new()
                .with(
                    revoked_security_group_rule::SECURITY_GROUP_RULE_ID,
                    &rule.id,
                )
                .with(revoked_security_group_rule::GROUP_ID, group)
                .with(revoked_security_group_rule::IS_EGRESS, rule.egress)
                .with(
                    revoked_security_group_rule::IP_PROTOCOL,
                    word(rule.protocol),
                )
                .with(
                    revoked_security_group_rule::FROM_PORT,
                    rule.from.unwrap_or(-1),
                )
                .with(revoked_security_group_rule::TO_PORT, rule.to.unwrap_or(-1))
                .with_some(
                    revoked_security_group_rule::DESCRIPTION,
                    rule.description.as_deref(),
                );
            match &rule.peer {
                Peer::Block(block) if block.is_v4() => {
                    doc.put(revoked_security_group_rule::CIDR_IPV4, block.to_string());
                }
                Peer::Block(block) => {
                    doc.put(revoked_security_group_rule::CIDR_IPV6, block.to_string())
                }
                Peer::Group(id) => doc.put(revoked_security_group_rule::REFERENCED_GROUP_ID, id),
                Peer::Foreign(foreign) => doc.put(
                    revoked_security_group_rule::REFERENCED_GROUP_ID,
                    &foreign.group,
                ),
                Peer::List(id) => doc.put(revoked_security_group_rule::PREFIX_LIST_ID, id),
            }
            doc
        })
        .collect())
}

/// `RevokeSecurityGroupIngress`
pub(crate) fn revoke_ingress(
    context: &mut Context<'_>,
    request: View<'_, RevokeSecurityGroupIngressRequest>,
) -> Result<Doc<RevokeSecurityGroupIngressResult>, Fault> {
    let ec2 = context.ec2();
    let group = named(
        ec2,
        request.get(revoke_security_group_ingress::GROUP_ID),
        request.get(revoke_security_group_ingress::GROUP_NAME),
    )?;
    let ids: Vec<&str> = request
        .items(revoke_security_group_ingress::SECURITY_GROUP_RULE_IDS)
        .collect();
    let flat = Flat {
        protocol: request.get(revoke_security_group_ingress::IP_PROTOCOL),
        from: request.get(revoke_security_group_ingress::FROM_PORT),
        to: request.get(revoke_security_group_ingress::TO_PORT),
        cidr: request.get(revoke_security_group_ingress::CIDR_IP),
        source: request.get(revoke_security_group_ingress::SOURCE_SECURITY_GROUP_NAME),
    };
    let list = request.items(revoke_security_group_ingress::IP_PERMISSIONS);
    let drafts = if ids.is_empty() {
        drafts(context, &group.vpc, &flat, list)?
    } else {
        Vec::new()
    };
    let id = group.id.clone();
    let gone = revoke(context, &id, false, &ids, drafts)?;
    Ok(Doc::new()
        .with(revoke_security_group_ingress_result::RETURN, true)
        .with(
            revoke_security_group_ingress_result::REVOKED_SECURITY_GROUP_RULES,
            gone,
        ))
}

/// `RevokeSecurityGroupEgress`
pub(crate) fn revoke_egress(
    context: &mut Context<'_>,
    request: View<'_, RevokeSecurityGroupEgressRequest>,
) -> Result<Doc<RevokeSecurityGroupEgressResult>, Fault> {
    let ec2 = context.ec2();
    let group = named(
        ec2,
        request.get(revoke_security_group_egress::GROUP_ID),
        None,
    )?;
    let ids: Vec<&str> = request
        .items(revoke_security_group_egress::SECURITY_GROUP_RULE_IDS)
        .collect();
    let flat = Flat {
        protocol: request.get(revoke_security_group_egress::IP_PROTOCOL),
        from: request.get(revoke_security_group_egress::FROM_PORT),
        to: request.get(revoke_security_group_egress::TO_PORT),
        cidr: request.get(revoke_security_group_egress::CIDR_IP),
        source: request.get(revoke_security_group_egress::SOURCE_SECURITY_GROUP_NAME),
    };
    let list = request.items(revoke_security_group_egress::IP_PERMISSIONS);
    let drafts = if ids.is_empty() {
        drafts(context, &group.vpc, &flat, list)?
    } else {
        Vec::new()
    };
    let id = group.id.clone();
    let gone = revoke(context, &id, true, &ids, drafts)?;
    Ok(Doc::new()
        .with(revoke_security_group_egress_result::RETURN, true)
        .with(
            revoke_security_group_egress_result::REVOKED_SECURITY_GROUP_RULES,
            gone,
        ))
}

/// `ModifySecurityGroupRules`: gives rules new contents, under their old ids.
pub(crate) fn modify_rules(
    context: &mut Context<'_>,
    request: View<'_, ModifySecurityGroupRulesRequest>,
) -> Result<Doc<ModifySecurityGroupRulesResult>, Fault> {
    let ec2 = context.ec2();
    let group = find_group(
        ec2,
        request
            .get(modify_security_group_rules::GROUP_ID)
            .unwrap_or_default(),
    )?;
    let mut changed = SecurityGroup::clone(group);
    for update in request.items(modify_security_group_rules::SECURITY_GROUP_RULES) {
        let id = update
            .get(security_group_rule_update::SECURITY_GROUP_RULE_ID)
            .unwrap_or_default();
        let wanted = update
            .get(security_group_rule_update::SECURITY_GROUP_RULE)
            .ok_or_else(|| Fault::missing("SecurityGroupRule"))?;
        let (protocol, from, to) = head(
            wanted
                .get(security_group_rule_request::IP_PROTOCOL)
                .ok_or_else(|| Fault::missing("IpProtocol"))?,
            wanted.get(security_group_rule_request::FROM_PORT),
            wanted.get(security_group_rule_request::TO_PORT),
        )?;
        let peer = match (
            wanted.get(security_group_rule_request::CIDR_IPV4),
            wanted.get(security_group_rule_request::CIDR_IPV6),
            wanted.get(security_group_rule_request::REFERENCED_GROUP_ID),
            wanted.get(security_group_rule_request::PREFIX_LIST_ID),
        ) {
            (Some(cidr), None, None, None) => Peer::Block(rule_block(cidr, true)?),
            (None, Some(cidr), None, None) => Peer::Block(rule_block(cidr, false)?),
            (None, None, Some(id), None) => peer_of(context, &group.vpc, id, None)?,
            (None, None, None, Some(id)) => {
                prefix_list::check_exists(ec2, context.region, id)?;
                Peer::List(Id::new(id))
            }
            _ => return Err(Fault::missing("CidrIpv4")),
        };
        check_description(wanted.get(security_group_rule_request::DESCRIPTION))?;
        let rule = changed
            .rules
            .iter_mut()
            .find(|rule| rule.id.as_str() == id)
            .ok_or_else(|| {
                Fault::new(
                    "InvalidSecurityGroupRuleId.NotFound",
                    format!("The security group rule ID '{id}' does not exist"),
                )
            })?;
        rule.protocol = protocol;
        rule.from = from;
        rule.to = to;
        rule.peer = peer;
        rule.description = wanted
            .get(security_group_rule_request::DESCRIPTION)
            .map(str::to_owned);
        let rule = rule.clone();
        if changed
            .rules
            .iter()
            .any(|other| other.id != rule.id && other.same_as(&rule))
        {
            let draft = (rule.protocol, rule.from, rule.to, rule.peer, None);
            return Err(duplicate(&draft));
        }
    }
    check_count(context, &changed, true)?;
    check_count(context, &changed, false)?;
    context.ec2_mut().security_groups.insert(changed);
    Ok(Doc::new().with(modify_security_group_rules_result::RETURN, true))
}

/// Gives rules of a group other descriptions: those that a request names by id, and those that
/// it describes.
fn describe_anew(
    context: &mut Context<'_>,
    group: &Id,
    egress: bool,
    by_id: Items<'_, Struct<SecurityGroupRuleDescription>>,
    list: Items<'_, Struct<IpPermission>>,
) -> Result<(), Fault> {
    let found = find_group(context.ec2(), group.as_str())?;
    let mut wishes: Vec<(Id, Option<String>)> = Vec::new();
    for one in by_id {
        let id = one
            .get(security_group_rule_description::SECURITY_GROUP_RULE_ID)
            .unwrap_or_default();
        let rule = found.rules(egress).find(|it| it.id.as_str() == id);
        let rule = rule.ok_or_else(|| {
            Fault::new(
                "InvalidSecurityGroupRuleId.NotFound",
                format!("The security group rule ID '{id}' does not exist"),
            )
        })?;
        let said = one.get(security_group_rule_description::DESCRIPTION);
        check_description(said)?;
        wishes.push((rule.id.clone(), said.map(str::to_owned)));
    }
    if !list.is_empty() {
        let flat = Flat {
            protocol: None,
            from: None,
            to: None,
            cidr: None,
            source: None,
        };
        for (protocol, from, to, peer, said) in drafts(context, &found.vpc, &flat, list)? {
            let mut rules = found.rules(egress);
            let rule = rules
                .find(|it| (it.protocol, it.from, it.to, &it.peer) == (protocol, from, to, &peer));
            let rule = rule.ok_or_else(|| {
                Fault::new(
                    "InvalidPermission.NotFound",
                    "The specified rule does not exist in this security group.",
                )
            })?;
            wishes.push((rule.id.clone(), said));
        }
    }
    if wishes.is_empty() {
        return Err(Fault::missing("ipPermissions"));
    }
    let found = find_mut(&mut context.ec2_mut().security_groups, group.as_str())?;
    for (id, said) in wishes {
        if let Some(rule) = found.rules.iter_mut().find(|it| it.id == id) {
            rule.description = said;
        }
    }
    Ok(())
}

/// `UpdateSecurityGroupRuleDescriptionsIngress`
pub(crate) fn update_descriptions_ingress(
    context: &mut Context<'_>,
    request: View<'_, UpdateSecurityGroupRuleDescriptionsIngressRequest>,
) -> Result<Doc<UpdateSecurityGroupRuleDescriptionsIngressResult>, Fault> {
    use update_security_group_rule_descriptions_ingress as input;
    let group = named(
        context.ec2(),
        request.get(input::GROUP_ID),
        request.get(input::GROUP_NAME),
    )?;
    let id = group.id.clone();
    let by_id = request.items(input::SECURITY_GROUP_RULE_DESCRIPTIONS);
    describe_anew(
        context,
        &id,
        false,
        by_id,
        request.items(input::IP_PERMISSIONS),
    )?;
    Ok(Doc::new().with(
        update_security_group_rule_descriptions_ingress_result::RETURN,
        true,
    ))
}

/// `UpdateSecurityGroupRuleDescriptionsEgress`
pub(crate) fn update_descriptions_egress(
    context: &mut Context<'_>,
    request: View<'_, UpdateSecurityGroupRuleDescriptionsEgressRequest>,
) -> Result<Doc<UpdateSecurityGroupRuleDescriptionsEgressResult>, Fault> {
    use update_security_group_rule_descriptions_egress as input;
    let group = named(
        context.ec2(),
        request.get(input::GROUP_ID),
        request.get(input::GROUP_NAME),
    )?;
    let id = group.id.clone();
    let by_id = request.items(input::SECURITY_GROUP_RULE_DESCRIPTIONS);
    describe_anew(
        context,
        &id,
        true,
        by_id,
        request.items(input::IP_PERMISSIONS),
    )?;
    Ok(Doc::new().with(
        update_security_group_rule_descriptions_egress_result::RETURN,
        true,
    ))
}

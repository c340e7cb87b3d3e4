//! From a draft of a rule table to the fewest calls that make it so.
//!
//! What comes is made before what goes, and a rule of a group that changes keeps its id, so what
//! both tables allow is allowed in between too. Two cases have no such order: entries of a network
//! ACL are replaced number by number, so two that exchange their numbers are for a moment the same;
//! and a full table takes nothing new before something went, which the plan's notes say.

use crate::desk::Desk;
use crate::intent::{Kind, Plan, Refusal};
use crate::join;
use crate::rules::{Draft, Row, RuleTable, rules};
use crate::trial::Trial;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::ec2::{
    authorize_security_group_egress as authorize_egress,
    authorize_security_group_ingress as authorize_ingress, create_network_acl_entry,
    delete_network_acl_entry, delete_route, icmp_type_code, modify_security_group_rules,
    port_range, replace_network_acl_entry, revoke_security_group_egress as revoke_egress,
    revoke_security_group_ingress as revoke_ingress, security_group_rule_request as rule_request,
    security_group_rule_update as rule_update,
};
use hopwise_net::Prefix;
use std::collections::BTreeMap;

pub(crate) fn apply(
    desk: &Desk<'_>,
    id: &str,
    table: RuleTable,
    rows: &[Draft],
) -> Result<Plan, Refusal> {
    let label = format!("{} of {}", table.title(), desk.called(id));
    let mut trial = Trial::new(desk, label);
    onto(&mut trial, id, table, rows)?;
    trial.done()
}

/// Brings a rule table to what the rows say, on a trial.
pub(crate) fn onto(
    trial: &mut Trial<'_>,
    id: &str,
    table: RuleTable,
    rows: &[Draft],
) -> Result<(), Refusal> {
    if table == RuleTable::Tags {
        return crate::tags::onto(trial, id, rows);
    }
    let sheet = rules(&trial.desk(), id, table).ok_or_else(|| Refusal::gone(id))?;
    let is_fixed = |key: &str| {
        let mut rows = sheet.rows.iter();
        rows.any(|row| row.key == key && row.fixed.is_some())
    };
    let wished: Vec<&Draft> = rows
        .iter()
        .filter(|row| !row.key.as_deref().is_some_and(is_fixed))
        .collect();
    let before: Vec<&Row> = sheet
        .rows
        .iter()
        .filter(|row| row.fixed.is_none())
        .collect();
    match Kind::of_id(id) {
        Some(Kind::RouteTable) => onto_routes(trial, id, &before, &wished),
        Some(Kind::NetworkAcl) => onto_entries(trial, id, table.egress(), &before, &wished),
        _ => onto_group(trial, id, table.egress(), &before, &wished),
    }
}

/// Rows by what AWS knows them by; two of the same are a mistake.
fn by_first<'a>(rows: &[&'a Draft], what: &str) -> Result<BTreeMap<String, &'a Draft>, Refusal> {
    let mut found = BTreeMap::new();
    for row in rows {
        let first = row.cell(0).to_owned();
        if found.insert(first.clone(), *row).is_some() {
            return Err(Refusal::own(format!("There are two {what} {first}.")));
        }
    }
    Ok(found)
}

fn onto_routes(
    trial: &mut Trial<'_>,
    id: &str,
    before: &[&Row],
    wished: &[&Draft],
) -> Result<(), Refusal> {
    let wished = by_first(wished, "routes for")?;
    for (destination, row) in &wished {
        let target = row.cell(1);
        let old = before.iter().find(|old| old.key == *destination);
        let led = old.and_then(|old| old.cells.get(1));
        if led.is_none_or(|led| led != target) {
            join::set_route(trial, id, destination, target, old.is_some())?;
        }
    }
    for old in before.iter().filter(|old| !wished.contains_key(&old.key)) {
        let request = Doc::new().with(delete_route::ROUTE_TABLE_ID, id);
        let destination = old.key.as_str();
        let request = match join::is_v6(destination) {
            true => request.with(delete_route::DESTINATION_IPV6_CIDR_BLOCK, destination),
            false => request.with(delete_route::DESTINATION_CIDR_BLOCK, destination),
        };
        trial.ec2("DeleteRoute", request)?;
    }
    Ok(())
}

fn onto_entries(
    trial: &mut Trial<'_>,
    id: &str,
    egress: bool,
    before: &[&Row],
    wished: &[&Draft],
) -> Result<(), Refusal> {
    let wished = by_first(wished, "rules with the number")?;
    // In the order of their numbers, as one would type them.
    let mut order: Vec<(i64, &Draft)> = Vec::new();
    for (number, row) in &wished {
        let number = number
            .parse()
            .map_err(|_| Refusal::own(format!("`{number}` is no rule number: 1 to 32766.")))?;
        order.push((number, *row));
    }
    order.sort_by_key(|(number, _)| *number);
    let mut gone: Vec<&Row> = before
        .iter()
        .copied()
        .filter(|old| !wished.contains_key(&old.key))
        .collect();
    for (number, row) in order {
        let old = before.iter().find(|old| old.key == row.cell(0));
        if old.is_some_and(|old| old.cells == row.cells) {
            continue;
        }
        match set_entry(trial, id, egress, number, row, old.is_some()) {
            Err(refusal) if is_full(&refusal) && !gone.is_empty() => {
                trial.note(FULL);
                delete_entries(trial, id, egress, &std::mem::take(&mut gone))?;
                set_entry(trial, id, egress, number, row, old.is_some())?;
            }
            done => done?,
        }
    }
    delete_entries(trial, id, egress, &gone)
}

/// What is said where a full table turns the order around.
const FULL: &str = "The table is full, so what goes is taken away first: for a moment neither the \
                    old rules nor the new ones hold.";

/// Does AWS take no more rules?
fn is_full(refusal: &Refusal) -> bool {
    matches!(
        refusal.code.as_deref(),
        Some("NetworkAclEntryLimitExceeded" | "RulesPerSecurityGroupLimitExceeded")
    )
}

fn set_entry(
    trial: &mut Trial<'_>,
    id: &str,
    egress: bool,
    number: i64,
    row: &Draft,
    replaces: bool,
) -> Result<(), Refusal> {
    let (protocol, range) = join::ports(row.cell(2), row.cell(3))?;
    let icmp = protocol.starts_with("icmp");
    let ports = range.filter(|_| !icmp).map(|(first, last)| {
        Doc::new()
            .with(port_range::FROM, first)
            .with(port_range::TO, last)
    });
    let kinds = range.filter(|_| icmp).map(|(kind, code)| {
        Doc::new()
            .with(icmp_type_code::TYPE, kind)
            .with(icmp_type_code::CODE, code)
    });
    let block = row.cell(4);
    let (v4, v6) = match join::is_v6(block) {
        true => (None, Some(block)),
        false => (Some(block), None),
    };
    if replaces {
        let request = Doc::new()
            .with(replace_network_acl_entry::NETWORK_ACL_ID, id)
            .with(replace_network_acl_entry::RULE_NUMBER, number)
            .with(replace_network_acl_entry::PROTOCOL, protocol)
            .with(replace_network_acl_entry::RULE_ACTION, row.cell(1))
            .with(replace_network_acl_entry::EGRESS, egress)
            .with_some(replace_network_acl_entry::CIDR_BLOCK, v4)
            .with_some(replace_network_acl_entry::IPV6_CIDR_BLOCK, v6)
            .with_some(replace_network_acl_entry::ICMP_TYPE_CODE, kinds)
            .with_some(replace_network_acl_entry::PORT_RANGE, ports);
        return trial.ec2("ReplaceNetworkAclEntry", request).map(drop);
    }
    let request = Doc::new()
        .with(create_network_acl_entry::NETWORK_ACL_ID, id)
        .with(create_network_acl_entry::RULE_NUMBER, number)
        .with(create_network_acl_entry::PROTOCOL, protocol)
        .with(create_network_acl_entry::RULE_ACTION, row.cell(1))
        .with(create_network_acl_entry::EGRESS, egress)
        .with_some(create_network_acl_entry::CIDR_BLOCK, v4)
        .with_some(create_network_acl_entry::IPV6_CIDR_BLOCK, v6)
        .with_some(create_network_acl_entry::ICMP_TYPE_CODE, kinds)
        .with_some(create_network_acl_entry::PORT_RANGE, ports);
    trial.ec2("CreateNetworkAclEntry", request).map(drop)
}

fn delete_entries(
    trial: &mut Trial<'_>,
    id: &str,
    egress: bool,
    gone: &[&Row],
) -> Result<(), Refusal> {
    for old in gone {
        let number: i64 = old.key.parse().unwrap_or_default();
        let request = Doc::new()
            .with(delete_network_acl_entry::NETWORK_ACL_ID, id)
            .with(delete_network_acl_entry::RULE_NUMBER, number)
            .with(delete_network_acl_entry::EGRESS, egress);
        trial.ec2("DeleteNetworkAclEntry", request)?;
    }
    Ok(())
}

/// What AWS takes two rules of a group for the same by: protocol, ports and peer. The description
/// is no part of it.
type Content = (String, Option<(i64, i64)>, String);

fn content(cells: &[String]) -> Result<Content, Refusal> {
    let cell = |place: usize| cells.get(place).map_or("", |cell| cell.trim());
    let (protocol, range) = join::ports(cell(0), cell(1))?;
    let peer = cell(2);
    // AWS drops the bits beyond the length.
    let peer = peer
        .parse::<Prefix>()
        .map_or(peer.to_owned(), |block| block.to_string());
    Ok((protocol, range, peer))
}

/// How the rules of a group come to be what the rows say.
#[derive(Default)]
struct Change<'a> {
    /// Rules that get other contents under their old ids.
    modified: Vec<(&'a str, &'a Draft)>,
    added: Vec<&'a Draft>,
    gone: Vec<String>,
}

impl<'a> Change<'a> {
    /// No rule's new content is what another rule had before, so the order of the calls is free.
    fn new(before: &[&'a Row], wished: &[&'a Draft]) -> Result<Self, Refusal> {
        let mut left: Vec<(&Row, Content)> = Vec::new();
        for old in before {
            left.push((old, content(&old.cells)?));
        }
        let mut change = Change::default();
        let mut open = Vec::new();
        // A row that says what a rule there says is that rule, whichever row it was: so the
        // contents of two rules can be exchanged.
        for row in wished {
            let wish = content(&row.cells)?;
            match left.iter().position(|(_, old)| *old == wish) {
                Some(place) => {
                    let (old, _) = left.remove(place);
                    if old
                        .cells
                        .get(3)
                        .is_some_and(|said| said.trim() != row.cell(3))
                    {
                        change.modified.push((&old.key, *row));
                    }
                }
                None => open.push(*row),
            }
        }
        // The others keep their id; if another row has it now, that of another row that was edited.
        let mut homeless = Vec::new();
        for row in open {
            let mine = |(old, _): &(&Row, Content)| row.key.as_ref() == Some(&old.key);
            match left.iter().position(mine) {
                Some(place) if same_type(left.get(place), row) => {
                    change.modified.push((&left.remove(place).0.key, row));
                }
                _ => homeless.push(row),
            }
        }
        let edited: Vec<&str> = wished.iter().filter_map(|row| row.key.as_deref()).collect();
        for row in homeless {
            let free = left.iter().position(|it| {
                let was_edited = row.key.is_some() && edited.contains(&it.0.key.as_str());
                was_edited && row.key.as_ref() != Some(&it.0.key) && same_type(Some(it), row)
            });
            match free {
                Some(place) => change.modified.push((&left.remove(place).0.key, row)),
                None => change.added.push(row),
            }
        }
        change.gone = left.into_iter().map(|(old, _)| old.key.clone()).collect();
        Ok(change)
    }
}

/// A rule stays one for IPv4 addresses, for IPv6 addresses, or for a group.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html>
fn same_type(old: Option<&(&Row, Content)>, row: &Draft) -> bool {
    let of = |peer: &str| (is_group(peer), join::is_v6(peer));
    old.is_some_and(|(_, (.., peer))| of(peer) == of(row.cell(2)))
}

fn is_group(peer: &str) -> bool {
    Kind::of_id(peer) == Some(Kind::SecurityGroup)
}

fn onto_group(
    trial: &mut Trial<'_>,
    id: &str,
    egress: bool,
    before: &[&Row],
    wished: &[&Draft],
) -> Result<(), Refusal> {
    let change = Change::new(before, wished)?;
    let mut gone = change.gone;
    if !change.added.is_empty() {
        match authorize(trial, id, egress, &change.added) {
            Err(refusal) if is_full(&refusal) && !gone.is_empty() => {
                trial.note(FULL);
                revoke(trial, id, egress, std::mem::take(&mut gone))?;
                authorize(trial, id, egress, &change.added)?;
            }
            done => done?,
        }
    }
    if !change.modified.is_empty() {
        modify(trial, id, &change.modified)?;
    }
    match gone.is_empty() {
        true => Ok(()),
        false => revoke(trial, id, egress, gone),
    }
}

fn authorize(
    trial: &mut Trial<'_>,
    id: &str,
    egress: bool,
    added: &[&Draft],
) -> Result<(), Refusal> {
    let permissions = added
        .iter()
        .map(|row| {
            let description = Some(row.cell(3)).filter(|text| !text.is_empty());
            join::permission(row.cell(0), row.cell(1), row.cell(2), description)
        })
        .collect::<Result<Vec<_>, _>>()?;
    if egress {
        let request = Doc::new()
            .with(authorize_egress::GROUP_ID, id)
            .with(authorize_egress::IP_PERMISSIONS, permissions);
        return trial.ec2("AuthorizeSecurityGroupEgress", request).map(drop);
    }
    let request = Doc::new()
        .with(authorize_ingress::GROUP_ID, id)
        .with(authorize_ingress::IP_PERMISSIONS, permissions);
    trial
        .ec2("AuthorizeSecurityGroupIngress", request)
        .map(drop)
}

fn modify(trial: &mut Trial<'_>, id: &str, modified: &[(&str, &Draft)]) -> Result<(), Refusal> {
    let updates = modified
        .iter()
        .map(|(key, row)| {
            let (protocol, range) = join::ports(row.cell(0), row.cell(1))?;
            let request = Doc::new()
                .with(rule_request::IP_PROTOCOL, protocol)
                .with(rule_request::FROM_PORT, range.map_or(-1, |it| it.0))
                .with(rule_request::TO_PORT, range.map_or(-1, |it| it.1));
            let peer = row.cell(2);
            let request = match (is_group(peer), join::is_v6(peer)) {
                (true, _) => request.with(rule_request::REFERENCED_GROUP_ID, peer),
                (false, true) => request.with(rule_request::CIDR_IPV6, peer),
                (false, false) => request.with(rule_request::CIDR_IPV4, peer),
            };
            let description = Some(row.cell(3)).filter(|text| !text.is_empty());
            let request = request.with_some(rule_request::DESCRIPTION, description);
            Ok(Doc::new()
                .with(rule_update::SECURITY_GROUP_RULE_ID, *key)
                .with(rule_update::SECURITY_GROUP_RULE, request))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let request = Doc::new()
        .with(modify_security_group_rules::GROUP_ID, id)
        .with(modify_security_group_rules::SECURITY_GROUP_RULES, updates);
    trial.ec2("ModifySecurityGroupRules", request).map(drop)
}

fn revoke(trial: &mut Trial<'_>, id: &str, egress: bool, gone: Vec<String>) -> Result<(), Refusal> {
    if egress {
        let request = Doc::new()
            .with(revoke_egress::GROUP_ID, id)
            .with(revoke_egress::SECURITY_GROUP_RULE_IDS, gone);
        return trial.ec2("RevokeSecurityGroupEgress", request).map(drop);
    }
    let request = Doc::new()
        .with(revoke_ingress::GROUP_ID, id)
        .with(revoke_ingress::SECURITY_GROUP_RULE_IDS, gone);
    trial.ec2("RevokeSecurityGroupIngress", request).map(drop)
}

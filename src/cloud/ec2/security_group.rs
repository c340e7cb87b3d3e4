//! Security groups and their rules.

use super::Ec2;
use super::select::{FilterRow, find, find_mut, new_tags, select, some_tags, tag_list};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, Items, Struct, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    authorize_security_group_egress, authorize_security_group_egress_result,
    authorize_security_group_ingress, authorize_security_group_ingress_result,
    create_security_group, create_security_group_result, delete_security_group,
    delete_security_group_result, describe_security_group_rules,
    describe_security_group_rules_result, describe_security_groups,
    describe_security_groups_result, ip_permission, ip_range, ipv6_range,
    modify_security_group_rules, modify_security_group_rules_result, prefix_list_id,
    referenced_security_group, revoke_security_group_egress, revoke_security_group_egress_result,
    revoke_security_group_ingress, revoke_security_group_ingress_result,
    revoked_security_group_rule, security_group, security_group_rule, security_group_rule_request,
    security_group_rule_update, user_id_group_pair,
};
use crate::id::{Born, Id};
use crate::later::Later;
use crate::table::{Tags, resource};
use hopwise_net::{Prefix, Protocol};
use std::fmt;
use std::rc::Rc;

/// A security group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SecurityGroup {
    /// `sg-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is of.
    pub vpc: Id,
    /// Its name, once in a VPC.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its rules of both directions, as they were made.
    pub rules: Vec<GroupRule>,
    /// The other VPCs of the Region that may use it.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html>
    pub vpcs: Later<1, Vec<Id>>,
}

/// A rule of a security group: it allows; there are none that deny.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GroupRule {
    /// `sgr-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Is it for what leaves the interface?
    pub egress: bool,
    /// The protocol; `None` for all protocols and ports.
    pub protocol: Option<Protocol>,
    /// The first port, or the ICMP type; −1 for all types. `None` for all ports of a protocol
    /// without ports.
    pub from: Option<i32>,
    /// The last port, or the ICMP code; −1 for all codes.
    pub to: Option<i32>,
    /// The other side.
    pub peer: Peer,
    /// What it is for.
    pub description: Option<String>,
}

/// The other side of a rule.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Peer {
    /// Addresses.
    Block(Prefix),
    /// The private addresses of the network interfaces that have this security group.
    Group(Id),
    /// The same, of a group that another VPC has, over a peering connection or a transit gateway.
    Foreign(ForeignGroup),
    /// The entries of a prefix list.
    List(Id),
}

/// A security group of another VPC, as a rule names it. It goes on naming it when the group or
/// the peering connection is gone: the rule is stale then.
/// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html>
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ForeignGroup {
    /// The group.
    pub group: Id,
    /// The account that has it.
    pub account: String,
    /// Its VPC.
    pub vpc: Id,
    /// The peering connection, where it is by one.
    pub connection: Option<Id>,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Block(block) => block.fmt(f),
            Peer::Group(id) | Peer::List(id) => id.fmt(f),
            Peer::Foreign(foreign) => write!(f, "{}/{}", foreign.account, foreign.group),
        }
    }
}

resource!(
    SecurityGroup,
    "security-group",
    "sg",
    "securityGroup",
    "InvalidGroup"
);
resource!(
    GroupRule,
    "security-group-rule",
    "sgr",
    "securityGroupRule",
    "InvalidSecurityGroupRuleId"
);

impl fmt::Display for GroupRule {
    /// `allow tcp 80 0.0.0.0/0`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("allow ")?;
        match (self.protocol, self.from, self.to) {
            (None, ..) => f.write_str("all")?,
            (Some(protocol), Some(kind), code) if protocol.is_icmp() => {
                write!(f, "{protocol}")?;
                if kind >= 0 {
                    write!(f, " type {kind}")?;
                }
                if let Some(code) = code.filter(|code| *code >= 0) {
                    write!(f, " code {code}")?;
                }
            }
            (Some(protocol), Some(from), Some(to)) if from == to => write!(f, "{protocol} {from}")?,
            (Some(protocol), Some(from), Some(to)) => write!(f, "{protocol} {from}-{to}")?,
            (Some(protocol), ..) => write!(f, "{protocol}")?,
        }
        write!(f, " {}", self.peer)
    }
}

impl GroupRule {
    /// Do both say the same, whatever their descriptions and ids?
    fn same_as(&self, other: &GroupRule) -> bool {
        self.egress == other.egress
            && self.protocol == other.protocol
            && self.from == other.from
            && self.to == other.to
            && self.peer == other.peer
    }
}

impl SecurityGroup {
    /// The default group of a new VPC: inbound from itself, outbound all.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>
    pub(crate) fn default_of(vpc: &Id, mint: &mut Mint) -> Self {
        let mut group = SecurityGroup::new(vpc, "default", "default VPC security group", mint);
        let itself = Peer::Group(group.id.clone());
        group.rules.insert(0, all_traffic(false, itself, mint));
        group
    }

    /// A new group: no inbound, outbound all.
    fn new(vpc: &Id, name: &str, description: &str, mint: &mut Mint) -> Self {
        let (id, born) = mint.id("sg");
        SecurityGroup {
            id,
            born,
            tags: Tags::default(),
            vpc: vpc.clone(),
            name: name.to_owned(),
            description: description.to_owned(),
            rules: vec![all_traffic(true, Peer::Block(Prefix::ANY_V4), mint)],
            vpcs: Later::default(),
        }
    }

    /// Is it its VPC's default group?
    pub fn is_default(&self) -> bool {
        self.name == "default"
    }

    /// The rules of one direction.
    pub fn rules(&self, egress: bool) -> impl Iterator<Item = &GroupRule> {
        self.rules.iter().filter(move |rule| rule.egress == egress)
    }
}

fn all_traffic(egress: bool, peer: Peer, mint: &mut Mint) -> GroupRule {
    let (id, born) = mint.id("sgr");
    GroupRule {
        id,
        born,
        tags: Tags::default(),
        egress,
        protocol: None,
        from: None,
        to: None,
        peer,
        description: None,
    }
}

impl Ec2 {
    /// The default security group of a VPC.
    pub(crate) fn default_group(&self, vpc: &Id) -> Option<Id> {
        self.security_groups
            .iter()
            .find(|group| group.vpc == *vpc && group.is_default())
            .map(|group| group.id.clone())
    }
}

fn word(protocol: Option<Protocol>) -> String {
    protocol.map_or("-1".to_owned(), |protocol| protocol.to_string())
}

fn each(
    group: &SecurityGroup,
    egress: bool,
    value: fn(&GroupRule) -> Option<String>,
) -> Vec<String> {
    group.rules(egress).filter_map(value).collect()
}

pub(super) const FILTERS: &[FilterRow<SecurityGroup>] = &[
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

/// `CreateSecurityGroup`: a name is used once in a VPC, in the default VPC if none is named.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateSecurityGroupRequest>,
) -> Result<Doc<CreateSecurityGroupResult>, Fault> {
    let name = request
        .get(create_security_group::GROUP_NAME)
        .unwrap_or_default();
    let description = request
        .get(create_security_group::DESCRIPTION)
        .unwrap_or_default();
    let vpc = match request.get(create_security_group::VPC_ID) {
        Some(id) => find(&context.ec2().vpcs, id)?.id.clone(),
        None => default_vpc(context.ec2())?,
    };
    for (text, parameter) in [(name, "GroupName"), (description, "GroupDescription")] {
        if text.is_empty() {
            return Err(Fault::missing(parameter));
        }
        if !text.is_ascii() {
            return Err(Fault::value(format!(
                "Value ({text}) for parameter {parameter} is invalid. Character sets beyond ASCII \
                 are not supported."
            )));
        }
        let word = match parameter {
            "GroupName" => ("group name", "names"),
            _ => ("group description", "descriptions"),
        };
        check_text(text, &format!("security {}", word.0), word.1)?;
    }
    if name == "default" {
        return Err(Fault::value(
            "Cannot use reserved security group name: default",
        ));
    }
    if name.starts_with("sg-") {
        return Err(Fault::value(format!(
            "Value ({name}) for parameter GroupName is invalid. Group names may not be in the \
             format sg-*."
        )));
    }
    let ec2 = context.ec2();
    if ec2
        .security_groups
        .iter()
        .any(|it| it.vpc == vpc && it.name == name)
    {
        return Err(Fault::new(
            "InvalidGroup.Duplicate",
            format!("The security group '{name}' already exists for VPC '{vpc}'"),
        ));
    }
    // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    if ec2.security_groups.len() >= 2_500 {
        return Err(Fault::new(
            "SecurityGroupLimitExceeded",
            "The maximum number of security groups has been reached.",
        ));
    }
    let tags = new_tags(
        request.items(create_security_group::TAG_SPECIFICATIONS),
        "security-group",
    )?;
    let (ec2, mint) = context.parts();
    let mut made = SecurityGroup::new(&vpc, name, description, mint);
    made.tags = tags;
    ec2.security_groups.insert(made.clone());
    Ok(Doc::new()
        .with(create_security_group_result::GROUP_ID, &made.id)
        .with_some(create_security_group_result::TAGS, some_tags(&made.tags))
        .with(
            create_security_group_result::SECURITY_GROUP_ARN,
            context.arn("security-group", &made.id),
        ))
}

/// Has a text only the characters that security groups take?
fn check_text(text: &str, what: &str, plural: &str) -> Result<(), Fault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    if text.len() < 256 && text.chars().all(allowed) {
        return Ok(());
    }
    Err(Fault::value(format!(
        "Invalid {what}. Valid {plural} are strings less than 256 characters from the following \
         set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*"
    )))
}

fn check_description(text: Option<&str>) -> Result<(), Fault> {
    text.map_or(Ok(()), |text| {
        check_text(text, "rule description", "descriptions")
    })
}

/// The group that a rule in `vpc` refers to must be of the same VPC.
fn check_same_network(group: &SecurityGroup, vpc: &Id) -> Result<(), Fault> {
    if group.vpc == *vpc {
        return Ok(());
    }
    Err(Fault::new(
        "InvalidGroup.NotFound",
        "You have specified two resources that belong to different networks.",
    ))
}

/// The default VPC, for requests that name none.
pub(crate) fn default_vpc(ec2: &Ec2) -> Result<Id, Fault> {
    ec2.vpcs
        .iter()
        .find(|vpc| vpc.is_default)
        .map(|vpc| vpc.id.clone())
        .ok_or_else(|| Fault::new("VPCIdNotSpecified", "No default VPC for this user"))
}

/// The group that a request names by id, or by name in the default VPC.
fn named<'a>(
    ec2: &'a Ec2,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<&'a Rc<SecurityGroup>, Fault> {
    match (id, name) {
        (Some(id), _) => find_group(ec2, id),
        (None, Some(name)) => by_name(ec2, name),
        (None, None) => Err(Fault::new(
            "MissingParameter",
            "The request must contain the parameter groupName or groupId",
        )),
    }
}

fn by_name<'a>(ec2: &'a Ec2, name: &str) -> Result<&'a Rc<SecurityGroup>, Fault> {
    let vpc = default_vpc(ec2)?;
    ec2.security_groups
        .iter()
        .find(|it| it.vpc == vpc && it.name == name)
        .ok_or_else(|| {
            Fault::new(
                "InvalidGroup.NotFound",
                format!("The security group '{name}' does not exist in default VPC '{vpc}'"),
            )
        })
}

/// A group by its id. The code of a malformed id is spelled otherwise than that of a missing one.
pub(crate) fn find_group<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Rc<SecurityGroup>, Fault> {
    find(&ec2.security_groups, id).map_err(|fault| match fault.code.as_str() {
        "InvalidGroup.Malformed" => Fault::new("InvalidGroupId.Malformed", fault.message),
        _ => fault,
    })
}

/// `DeleteSecurityGroup`: never a default one, nor one that an interface or a rule uses.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteSecurityGroupRequest>,
) -> Result<Doc<DeleteSecurityGroupResult>, Fault> {
    let ec2 = context.ec2();
    let group = named(
        ec2,
        request.get(delete_security_group::GROUP_ID),
        request.get(delete_security_group::GROUP_NAME),
    )?;
    let id = group.id.clone();
    if group.is_default() {
        return Err(Fault::new(
            "CannotDelete",
            format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user"),
        ));
    }
    let worn = ec2
        .network_interfaces
        .iter()
        .any(|it| it.groups.contains(&id));
    let named = ec2
        .security_groups
        .iter()
        .filter(|it| it.id != id)
        .flat_map(|it| &it.rules)
        .any(|rule| rule.peer == Peer::Group(id.clone()));
    if worn || named {
        return Err(Fault::new(
            "DependencyViolation",
            format!("resource {id} has a dependent object"),
        ));
    }
    context.ec2_mut().security_groups.remove(id.as_str());
    Ok(Doc::new()
        .with(delete_security_group_result::RETURN, true)
        .with(delete_security_group_result::GROUP_ID, id))
}

/// Rules of the same protocol and ports stand together in an `IpPermission`.
fn permissions(
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

fn describe_rule(
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
    ec2: &Ec2,
    vpc: &Id,
    flat: &Flat<'_>,
    list: Items<'_, Struct<IpPermission>>,
) -> Result<Vec<Draft>, Fault> {
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
                check_same_network(group, vpc)?;
                Peer::Group(group.id.clone())
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
                (Some(id), _) => find_group(ec2, id)?,
                (None, Some(name)) => by_name(ec2, name)?,
                (None, None) => return Err(Fault::missing("groupId")),
            };
            check_same_network(group, vpc)?;
            add(
                Peer::Group(group.id.clone()),
                pair.get(user_id_group_pair::DESCRIPTION),
            );
        }
        if !permission.items(ip_permission::PREFIX_LIST_IDS).is_empty() {
            return Err(Fault::new(
                "UnsupportedOperation",
                "Prefix lists in rules are not in this sandbox yet.",
            ));
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
type Head = (Option<Protocol>, Option<i32>, Option<i32>);

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

/// Are there at most 60 rules a direction and family? A rule that refers to a group counts in both.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
fn check_count(group: &SecurityGroup, egress: bool) -> Result<(), Fault> {
    for v6 in [false, true] {
        let count = group
            .rules(egress)
            .filter(|rule| !matches!(&rule.peer, Peer::Block(block) if block.is_v4() == v6))
            .count();
        if count > 60 {
            return Err(Fault::new(
                "RulesPerSecurityGroupLimitExceeded",
                "The maximum number of rules per security group has been reached.",
            ));
        }
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
    check_count(found, egress)?;
    let group = found.clone();
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
        ec2,
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
        ec2,
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
        drafts(ec2, &group.vpc, &flat, list)?
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
        drafts(ec2, &group.vpc, &flat, list)?
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
        ) {
            (Some(cidr), None, None) => Peer::Block(rule_block(cidr, true)?),
            (None, Some(cidr), None) => Peer::Block(rule_block(cidr, false)?),
            (None, None, Some(id)) => {
                let peer = find_group(ec2, id)?;
                check_same_network(peer, &group.vpc)?;
                Peer::Group(peer.id.clone())
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
    check_count(&changed, true)?;
    check_count(&changed, false)?;
    context.ec2_mut().security_groups.insert(changed);
    Ok(Doc::new().with(modify_security_group_rules_result::RETURN, true))
}

//! Security groups and their rules.

mod describe;
mod peers;
mod rules;
mod sharing;

pub(super) use describe::FILTERS;
pub(crate) use describe::{describe, describe_rules};
pub(crate) use peers::{describe_references, describe_stale};
pub(crate) use rules::{
    authorize_egress, authorize_ingress, modify_rules, revoke_egress, revoke_ingress,
    update_descriptions_egress, update_descriptions_ingress,
};
pub(crate) use sharing::{associate_vpc, describe_associations, disassociate_vpc, for_vpc};

use super::Ec2;
use super::select::{find, new_tags, some_tags};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    create_security_group, create_security_group_result, delete_security_group,
    delete_security_group_result,
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

//! Network ACLs.

use super::Ec2;
use super::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    create_network_acl, create_network_acl_entry, create_network_acl_result, delete_network_acl,
    delete_network_acl_entry, describe_network_acls, describe_network_acls_result, icmp_type_code,
    network_acl, network_acl_association, network_acl_entry, port_range,
    replace_network_acl_association, replace_network_acl_association_result,
    replace_network_acl_entry,
};
use crate::id::{Born, Id};
use crate::table::{Resource, Tags, resource};
use hopwise_net::{PortRange, Prefix, Protocol};
use std::fmt;

/// The number that `describe` shows for the last rule, `*`, of IPv4: deny what no rule matched.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>
pub const LAST_RULE: u32 = 32_767;
/// The highest number that a rule of one's own can have.
const HIGHEST_RULE: i64 = 32_766;

/// A network ACL.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NetworkAcl {
    /// `acl-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is of.
    pub vpc: Id,
    /// Is it the one that new subnets get?
    pub is_default: bool,
    /// Its rules of both directions in ascending order of number, without the last one.
    pub entries: Vec<AclEntry>,
    /// The subnets that it filters.
    pub associations: Vec<AclAssociation>,
}

/// A rule of a network ACL.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AclEntry {
    /// Its number: lower ones are tried first, and the first match decides.
    pub number: u32,
    /// Is it for what leaves the subnet?
    pub egress: bool,
    /// Does it allow, or deny?
    pub allow: bool,
    /// The protocol; `None` for all.
    pub protocol: Option<Protocol>,
    /// The other side's addresses.
    pub block: Prefix,
    /// The destination ports, for TCP and UDP.
    pub ports: Option<PortRange>,
    /// Type and code, for ICMP; `None` within for all.
    pub icmp: Option<(Option<u8>, Option<u8>)>,
}

impl fmt::Display for AclEntry {
    /// `100 allow tcp 80 0.0.0.0/0`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.allow { "allow" } else { "deny" };
        write!(f, "{} {word} ", self.number)?;
        match (self.protocol, self.ports, self.icmp) {
            (None, ..) => f.write_str("all")?,
            (Some(protocol), Some(ports), _) => write!(f, "{protocol} {ports}")?,
            (Some(protocol), None, Some((Some(kind), code))) => {
                write!(f, "{protocol} type {kind}")?;
                if let Some(code) = code {
                    write!(f, " code {code}")?;
                }
            }
            (Some(protocol), ..) => write!(f, "{protocol}")?,
        }
        write!(f, " {}", self.block)
    }
}

/// That a network ACL filters a subnet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AclAssociation {
    /// `aclassoc-…`
    pub id: Id,
    /// The subnet.
    pub subnet: Id,
}

resource!(
    NetworkAcl,
    "network-acl",
    "acl",
    "networkAcl",
    "InvalidNetworkAclID"
);

impl NetworkAcl {
    /// The one a VPC is born with: rule 100 allows all, in both directions.
    pub(crate) fn default_of(vpc: &Id, mint: &mut Mint) -> Self {
        let (id, born) = mint.id("acl");
        let all = |egress| AclEntry {
            number: 100,
            egress,
            allow: true,
            protocol: None,
            block: Prefix::ANY_V4,
            ports: None,
            icmp: None,
        };
        NetworkAcl {
            id,
            born,
            tags: Tags::default(),
            vpc: vpc.clone(),
            is_default: true,
            entries: vec![all(true), all(false)],
            associations: Vec::new(),
        }
    }

    /// The rules of one direction in the order they are tried, without the last one.
    pub fn rules(&self, egress: bool) -> impl Iterator<Item = &AclEntry> {
        self.entries.iter().filter(move |it| it.egress == egress)
    }
}

/// Gives a new subnet its VPC's default network ACL.
pub(crate) fn associate_with_default(ec2: &mut Ec2, vpc: &Id, subnet: &Id, mint: &mut Mint) {
    let default = ec2
        .network_acls
        .iter()
        .find(|acl| acl.vpc == *vpc && acl.is_default)
        .map(|acl| acl.id.clone());
    if let Some(acl) = default.and_then(|id| ec2.network_acls.get_mut(id.as_str())) {
        acl.associations.push(AclAssociation {
            id: mint.id("aclassoc").0,
            subnet: subnet.clone(),
        });
    }
}

fn protocol_number(entry: &AclEntry) -> String {
    entry
        .protocol
        .map_or("-1".to_owned(), |protocol| protocol.0.to_string())
}

fn action(entry: &AclEntry) -> &'static str {
    if entry.allow { "allow" } else { "deny" }
}

pub(super) const FILTERS: &[FilterRow<NetworkAcl>] = &[
    ("network-acl-id", |_, it| vec![it.id.to_string()]),
    ("vpc-id", |_, it| vec![it.vpc.to_string()]),
    ("default", |_, it| vec![it.is_default.to_string()]),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("association.association-id", |_, it| {
        it.associations.iter().map(|it| it.id.to_string()).collect()
    }),
    ("association.network-acl-id", |_, it| {
        it.associations.iter().map(|_| it.id.to_string()).collect()
    }),
    ("association.subnet-id", |_, it| {
        it.associations
            .iter()
            .map(|it| it.subnet.to_string())
            .collect()
    }),
    ("entry.cidr", |_, it| {
        it.entries.iter().map(|it| it.block.to_string()).collect()
    }),
    ("entry.egress", |_, it| {
        it.entries.iter().map(|it| it.egress.to_string()).collect()
    }),
    ("entry.protocol", |_, it| {
        it.entries.iter().map(protocol_number).collect()
    }),
    ("entry.rule-action", |_, it| {
        it.entries.iter().map(|it| action(it).to_owned()).collect()
    }),
    ("entry.rule-number", |_, it| {
        it.entries.iter().map(|it| it.number.to_string()).collect()
    }),
    ("entry.port-range.from", |_, it| {
        it.entries
            .iter()
            .filter_map(|it| it.ports)
            .map(|ports| ports.first.to_string())
            .collect()
    }),
    ("entry.port-range.to", |_, it| {
        it.entries
            .iter()
            .filter_map(|it| it.ports)
            .map(|ports| ports.last.to_string())
            .collect()
    }),
];

/// `CreateNetworkAcl`: a new one has no rules, so it denies all.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateNetworkAclRequest>,
) -> Result<Doc<CreateNetworkAclResult>, Fault> {
    let vpc = find(
        &context.ec2().vpcs,
        request.get(create_network_acl::VPC_ID).unwrap_or_default(),
    )?
    .id
    .clone();
    let tags = new_tags(
        request.items(create_network_acl::TAG_SPECIFICATIONS),
        "network-acl",
    )?;
    let count = context.ec2().network_acls.iter();
    if count.filter(|it| it.vpc == vpc).count() >= 200 {
        return Err(Fault::new(
            "NetworkAclLimitExceeded",
            "The maximum number of network ACLs has been reached.",
        ));
    }
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("acl");
    let made = NetworkAcl {
        id,
        born,
        tags,
        vpc,
        is_default: false,
        entries: Vec::new(),
        associations: Vec::new(),
    };
    ec2.network_acls.insert(made.clone());
    let answer = describe_one(context, &made);
    Ok(Doc::new().with(create_network_acl_result::NETWORK_ACL, answer))
}

fn describe_one(context: &Context<'_>, one: &NetworkAcl) -> Doc<shape::NetworkAcl> {
    let associations: Vec<_> = one
        .associations
        .iter()
        .map(|it| {
            Doc::new()
                .with(network_acl_association::NETWORK_ACL_ASSOCIATION_ID, &it.id)
                .with(network_acl_association::NETWORK_ACL_ID, &one.id)
                .with(network_acl_association::SUBNET_ID, &it.subnet)
        })
        .collect();
    let mut entries = Vec::new();
    for egress in [true, false] {
        entries.extend(one.rules(egress).map(describe_entry));
        entries.push(
            Doc::new()
                .with(network_acl_entry::CIDR_BLOCK, "0.0.0.0/0")
                .with(network_acl_entry::EGRESS, egress)
                .with(network_acl_entry::PROTOCOL, "-1")
                .with(network_acl_entry::RULE_ACTION, "deny")
                .with(network_acl_entry::RULE_NUMBER, i64::from(LAST_RULE)),
        );
    }
    Doc::new()
        .with(network_acl::ASSOCIATIONS, associations)
        .with(network_acl::ENTRIES, entries)
        .with(network_acl::IS_DEFAULT, one.is_default)
        .with(network_acl::NETWORK_ACL_ID, &one.id)
        .with(network_acl::TAGS, tag_list(&one.tags))
        .with(network_acl::VPC_ID, &one.vpc)
        .with(network_acl::OWNER_ID, context.account())
}

fn describe_entry(entry: &AclEntry) -> Doc<shape::NetworkAclEntry> {
    let mut doc = Doc::new()
        .with(network_acl_entry::EGRESS, entry.egress)
        .with(network_acl_entry::PROTOCOL, protocol_number(entry))
        .with(network_acl_entry::RULE_ACTION, action(entry))
        .with(network_acl_entry::RULE_NUMBER, i64::from(entry.number));
    if entry.block.is_v4() {
        doc.put(network_acl_entry::CIDR_BLOCK, entry.block.to_string());
    } else {
        doc.put(network_acl_entry::IPV6_CIDR_BLOCK, entry.block.to_string());
    }
    if let Some(ports) = entry.ports {
        doc.put(
            network_acl_entry::PORT_RANGE,
            Doc::new()
                .with(port_range::FROM, i64::from(ports.first))
                .with(port_range::TO, i64::from(ports.last)),
        );
    }
    if let Some((kind, code)) = entry.icmp {
        let number = |it: Option<u8>| it.map_or(-1, i64::from);
        doc.put(
            network_acl_entry::ICMP_TYPE_CODE,
            Doc::new()
                .with(icmp_type_code::CODE, number(code))
                .with(icmp_type_code::TYPE, number(kind)),
        );
    }
    doc
}

/// `DescribeNetworkAcls`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeNetworkAclsRequest>,
) -> Result<Doc<DescribeNetworkAclsResult>, Fault> {
    let found = select(
        context,
        &context.ec2().network_acls,
        request.items(describe_network_acls::NETWORK_ACL_IDS),
        request.items(describe_network_acls::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(context, it)).collect();
    Ok(Doc::new().with(describe_network_acls_result::NETWORK_ACLS, list))
}

/// `DeleteNetworkAcl`: never the default one, nor one that a subnet uses.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteNetworkAclRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2_mut();
    let acl = find(
        &ec2.network_acls,
        request
            .get(delete_network_acl::NETWORK_ACL_ID)
            .unwrap_or_default(),
    )?;
    if acl.is_default {
        return Err(Fault::value(format!(
            "cannot delete default network ACL {}",
            acl.id
        )));
    }
    if !acl.associations.is_empty() {
        return Err(Fault::in_use(NetworkAcl::NOUN.word, &acl.id));
    }
    let id = acl.id.clone();
    ec2.network_acls.remove(id.as_str());
    Ok(())
}

/// What `CreateNetworkAclEntry` and `ReplaceNetworkAclEntry` say of an entry.
struct Wanted<'a> {
    number: i64,
    egress: bool,
    action: &'a str,
    protocol: &'a str,
    v4: Option<&'a str>,
    v6: Option<&'a str>,
    ports: Option<View<'a, shape::PortRange>>,
    icmp: Option<View<'a, IcmpTypeCode>>,
}

/// The entry that a request describes.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html>
fn entry(wanted: &Wanted<'_>) -> Result<AclEntry, Fault> {
    let number = match u32::try_from(wanted.number) {
        Ok(number) if (1..=HIGHEST_RULE).contains(&wanted.number) => number,
        _ => {
            return Err(Fault::value(format!(
                "Value ({}) for parameter ruleNumber is invalid. The rule number must be between \
                 1 and 32766.",
                wanted.number
            )));
        }
    };
    let allow = match wanted.action {
        "allow" => true,
        "deny" => false,
        other => {
            return Err(Fault::value(format!(
                "Value ({other}) for parameter ruleAction is invalid. It must be either allow or \
                 deny."
            )));
        }
    };
    let protocol = match wanted.protocol {
        "-1" | "all" => None,
        text => Some(Protocol::parse(text).ok_or_else(|| {
            Fault::value(format!(
                "Value ({text}) for parameter protocol is invalid. Unknown protocol."
            ))
        })?),
    };
    let (text, parameter, wants_v4) = match (wanted.v4, wanted.v6) {
        (Some(text), None) => (text, "cidrBlock", true),
        (None, Some(text)) => (text, "ipv6CidrBlock", false),
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "Only one of cidrBlock or ipv6CidrBlock can be provided.",
            ));
        }
        (None, None) => return Err(Fault::missing("cidrBlock")),
    };
    let block = match text.parse::<Prefix>() {
        Ok(block) if block.is_v4() == wants_v4 => block,
        _ => {
            return Err(Fault::value(format!(
                "Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR \
                 block."
            )));
        }
    };
    let mut ports = None;
    let mut icmp = None;
    match protocol {
        Some(protocol) if protocol.has_ports() => {
            let range = wanted
                .ports
                .ok_or_else(|| Fault::missing("portRange.from"))?;
            let from = range.get(port_range::FROM).unwrap_or(-1);
            let to = range.get(port_range::TO).unwrap_or(from);
            ports = match (u16::try_from(from), u16::try_from(to)) {
                (Ok(first), Ok(last)) => PortRange::new(first, last),
                _ => None,
            };
            if ports.is_none() {
                return Err(Fault::value(format!(
                    "Value ({from}-{to}) for parameter portRange is invalid. Ports must be \
                     between 0 and 65535, the lower one first."
                )));
            }
        }
        Some(protocol) if protocol.is_icmp() => {
            let range = wanted
                .icmp
                .ok_or_else(|| Fault::missing("icmpTypeCode.type"))?;
            let part = |number: Option<i64>| match number {
                None | Some(-1) => Ok(None),
                Some(number) => u8::try_from(number).map(Some).map_err(|_| {
                    Fault::value(format!(
                        "Value ({number}) for parameter icmpTypeCode is invalid."
                    ))
                }),
            };
            icmp = Some((
                part(range.get(icmp_type_code::TYPE))?,
                part(range.get(icmp_type_code::CODE))?,
            ));
        }
        _ => {}
    }
    Ok(AclEntry {
        number,
        egress: wanted.egress,
        allow,
        protocol,
        block,
        ports,
        icmp,
    })
}

/// `CreateNetworkAclEntry`: a number is used once a direction.
pub(crate) fn create_entry(
    context: &mut Context<'_>,
    request: View<'_, CreateNetworkAclEntryRequest>,
) -> Result<(), Fault> {
    let new = entry(&Wanted {
        number: request
            .get(create_network_acl_entry::RULE_NUMBER)
            .unwrap_or(0),
        egress: request
            .get(create_network_acl_entry::EGRESS)
            .unwrap_or(false),
        action: request
            .get(create_network_acl_entry::RULE_ACTION)
            .unwrap_or_default(),
        protocol: request
            .get(create_network_acl_entry::PROTOCOL)
            .unwrap_or_default(),
        v4: request.get(create_network_acl_entry::CIDR_BLOCK),
        v6: request.get(create_network_acl_entry::IPV6_CIDR_BLOCK),
        ports: request.get(create_network_acl_entry::PORT_RANGE),
        icmp: request.get(create_network_acl_entry::ICMP_TYPE_CODE),
    });
    let acl = find_mut(
        &mut context.ec2_mut().network_acls,
        request
            .get(create_network_acl_entry::NETWORK_ACL_ID)
            .unwrap_or_default(),
    )?;
    let new = new?;
    if acl
        .rules(new.egress)
        .any(|entry| entry.number == new.number)
    {
        return Err(Fault::new(
            "NetworkAclEntryAlreadyExists",
            format!(
                "The network acl entry identified by {} already exists.",
                new.number
            ),
        ));
    }
    // 20 a direction and family: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    if acl
        .rules(new.egress)
        .filter(|entry| entry.block.is_v4() == new.block.is_v4())
        .count()
        >= 20
    {
        return Err(Fault::new(
            "NetworkAclEntryLimitExceeded",
            "The maximum number of network acl entries has been reached.",
        ));
    }
    acl.entries.push(new);
    acl.entries.sort_by_key(|entry| entry.number);
    Ok(())
}

fn no_entry(number: i64) -> Fault {
    Fault::new(
        "InvalidNetworkAclEntry.NotFound",
        format!("The network acl entry identified by {number} does not exist"),
    )
}

/// `ReplaceNetworkAclEntry`: the entry with this number and direction.
pub(crate) fn replace_entry(
    context: &mut Context<'_>,
    request: View<'_, ReplaceNetworkAclEntryRequest>,
) -> Result<(), Fault> {
    let new = entry(&Wanted {
        number: request
            .get(replace_network_acl_entry::RULE_NUMBER)
            .unwrap_or(0),
        egress: request
            .get(replace_network_acl_entry::EGRESS)
            .unwrap_or(false),
        action: request
            .get(replace_network_acl_entry::RULE_ACTION)
            .unwrap_or_default(),
        protocol: request
            .get(replace_network_acl_entry::PROTOCOL)
            .unwrap_or_default(),
        v4: request.get(replace_network_acl_entry::CIDR_BLOCK),
        v6: request.get(replace_network_acl_entry::IPV6_CIDR_BLOCK),
        ports: request.get(replace_network_acl_entry::PORT_RANGE),
        icmp: request.get(replace_network_acl_entry::ICMP_TYPE_CODE),
    });
    let acl = find_mut(
        &mut context.ec2_mut().network_acls,
        request
            .get(replace_network_acl_entry::NETWORK_ACL_ID)
            .unwrap_or_default(),
    )?;
    let new = new?;
    let old = acl
        .entries
        .iter_mut()
        .find(|entry| entry.egress == new.egress && entry.number == new.number)
        .ok_or_else(|| no_entry(i64::from(new.number)))?;
    *old = new;
    Ok(())
}

/// `DeleteNetworkAclEntry`
pub(crate) fn delete_entry(
    context: &mut Context<'_>,
    request: View<'_, DeleteNetworkAclEntryRequest>,
) -> Result<(), Fault> {
    let acl = find_mut(
        &mut context.ec2_mut().network_acls,
        request
            .get(delete_network_acl_entry::NETWORK_ACL_ID)
            .unwrap_or_default(),
    )?;
    let number = request
        .get(delete_network_acl_entry::RULE_NUMBER)
        .unwrap_or(0);
    let egress = request
        .get(delete_network_acl_entry::EGRESS)
        .unwrap_or(false);
    let place = acl
        .entries
        .iter()
        .position(|entry| entry.egress == egress && i64::from(entry.number) == number)
        .ok_or_else(|| no_entry(number))?;
    acl.entries.remove(place);
    Ok(())
}

/// `ReplaceNetworkAclAssociation`: gives a subnet another network ACL of its VPC.
pub(crate) fn replace_association(
    context: &mut Context<'_>,
    request: View<'_, ReplaceNetworkAclAssociationRequest>,
) -> Result<Doc<ReplaceNetworkAclAssociationResult>, Fault> {
    let wanted = request
        .get(replace_network_acl_association::ASSOCIATION_ID)
        .unwrap_or_default();
    let ec2 = context.ec2();
    let (old, subnet) = ec2
        .network_acls
        .iter()
        .find_map(|acl| {
            let found = acl
                .associations
                .iter()
                .find(|it| it.id.as_str() == wanted)?;
            Some((acl.clone(), found.subnet.clone()))
        })
        .ok_or_else(|| {
            Fault::new(
                "InvalidAssociationID.NotFound",
                format!("The association ID '{wanted}' does not exist"),
            )
        })?;
    let new = find(
        &ec2.network_acls,
        request
            .get(replace_network_acl_association::NETWORK_ACL_ID)
            .unwrap_or_default(),
    )?;
    if new.vpc != old.vpc {
        return Err(Fault::value(format!(
            "network ACL {} and subnet {subnet} belong to different networks",
            new.id
        )));
    }
    let (old, new) = (old.id.clone(), new.id.clone());
    let (ec2, mint) = context.parts();
    let (id, _) = mint.id("aclassoc");
    find_mut(&mut ec2.network_acls, old.as_str())?
        .associations
        .retain(|it| it.subnet != subnet);
    find_mut(&mut ec2.network_acls, new.as_str())?
        .associations
        .push(AclAssociation {
            id: id.clone(),
            subnet,
        });
    Ok(Doc::new().with(
        replace_network_acl_association_result::NEW_ASSOCIATION_ID,
        id,
    ))
}

//! Virtual private clouds.

use super::cidr::{add_ipv6, association, ipv6_association};
use super::phase::State;
use super::select::{FilterRow, find, find_mut, new_tags, select, some_tags};
use super::{Ec2, InternetGateway, NetworkAcl, RouteTable, SecurityGroup, Subnet};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    attribute_boolean_value, create_default_vpc_result, create_vpc, create_vpc_result, delete_vpc,
    describe_vpc_attribute, describe_vpc_attribute_result, describe_vpcs, describe_vpcs_result,
    modify_vpc_attribute, vpc,
};
use crate::id::{Born, Id};
use crate::later::Later;
use crate::region::Region;
use crate::table::{Tags, resource};
use hopwise_net::Prefix;

/// A virtual private cloud.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Vpc {
    /// `vpc-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its IPv4 CIDR blocks, the primary one first.
    pub blocks: Vec<CidrBlock>,
    /// Is it the Region's default VPC?
    pub is_default: bool,
    /// `dedicated` or `default`.
    pub tenancy: String,
    /// Does the resolver at the base address plus two answer?
    pub dns_support: bool,
    /// Do instances with public addresses get public names?
    pub dns_hostnames: bool,
    /// Its DHCP option set.
    pub dhcp_options: Id,
    /// Its IPv6 CIDR blocks.
    pub ipv6_blocks: Later<1, Vec<CidrBlock>>,
}

/// A CIDR block of a VPC or a subnet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CidrBlock {
    /// `vpc-cidr-assoc-…` or `subnet-cidr-assoc-…`
    pub association: Id,
    /// The block.
    pub block: Prefix,
}

resource!(Vpc, "vpc", "vpc", "vpc", "InvalidVpcID");

impl Vpc {
    /// The primary CIDR block.
    pub fn primary(&self) -> Option<Prefix> {
        self.blocks.first().map(|block| block.block)
    }

    /// Does one of its blocks cover `block`?
    pub fn covers(&self, block: Prefix) -> bool {
        self.all_blocks().any(|own| own.covers(block))
    }

    /// Its blocks of both families.
    pub fn all_blocks(&self) -> impl Iterator<Item = Prefix> {
        let all = self.blocks.iter().chain(self.ipv6_blocks.iter());
        all.map(|own| own.block)
    }
}

pub(super) const FILTERS: &[FilterRow<Vpc>] = &[
    ("vpc-id", |_, vpc| vec![vpc.id.to_string()]),
    ("cidr", |_, vpc| {
        vpc.primary()
            .map(|block| block.to_string())
            .into_iter()
            .collect()
    }),
    ("cidr-block", |_, vpc| {
        vpc.primary()
            .map(|block| block.to_string())
            .into_iter()
            .collect()
    }),
    ("cidrBlock", |_, vpc| {
        vpc.primary()
            .map(|block| block.to_string())
            .into_iter()
            .collect()
    }),
    ("cidr-block-association.cidr-block", |_, vpc| {
        vpc.blocks
            .iter()
            .map(|block| block.block.to_string())
            .collect()
    }),
    ("cidr-block-association.association-id", |_, vpc| {
        vpc.blocks
            .iter()
            .map(|block| block.association.to_string())
            .collect()
    }),
    ("cidr-block-association.state", |_, vpc| {
        vpc.blocks.iter().map(|_| "associated".to_owned()).collect()
    }),
    ("dhcp-options-id", |_, vpc| {
        vec![vpc.dhcp_options.to_string()]
    }),
    ("is-default", |_, vpc| vec![vpc.is_default.to_string()]),
    ("isDefault", |_, vpc| vec![vpc.is_default.to_string()]),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("state", |_, _| vec!["available".to_owned()]),
];

/// A CIDR block that a person wrote, or EC2's refusal.
///
/// EC2 clears host bits: `10.0.0.5/16` is taken as `10.0.0.0/16`.
pub(crate) fn parse_block(text: &str, parameter: &str) -> Result<Prefix, Fault> {
    match text.parse::<Prefix>() {
        Ok(block) if block.is_v4() => Ok(block),
        _ => Err(Fault::value(format!(
            "Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block."
        ))),
    }
}

/// Ranges that are for no network of one's own: this host, loopback, link-local, multicast and
/// what lies beyond. <https://www.iana.org/assignments/iana-ipv4-special-registry>
const RESERVED: [&str; 4] = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

/// `CreateVpc`. A block has a mask from /16 to /28.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateVpcRequest>,
) -> Result<Doc<CreateVpcResult>, Fault> {
    let Some(text) = request.get(create_vpc::CIDR_BLOCK) else {
        return Err(Fault::missing("cidrBlock"));
    };
    let block = parse_block(text, "cidrBlock")?;
    let reserved = RESERVED
        .iter()
        .filter_map(|text| text.parse::<Prefix>().ok())
        .any(|reserved| reserved.overlaps(block));
    if !(16..=28).contains(&block.length()) || reserved {
        return Err(Fault::new(
            "InvalidVpc.Range",
            format!("The CIDR '{block}' is invalid."),
        ));
    }
    let tenancy = request
        .get(create_vpc::INSTANCE_TENANCY)
        .unwrap_or("default");
    if !matches!(tenancy, "default" | "dedicated") {
        return Err(Fault::value(format!(
            "Value ({tenancy}) for parameter instanceTenancy is invalid."
        )));
    }
    let tags = new_tags(request.items(create_vpc::TAG_SPECIFICATIONS), "vpc")?;
    // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    if context.ec2().vpcs.len() >= 5 {
        return Err(Fault::new(
            "VpcLimitExceeded",
            "The maximum number of VPCs has been reached.",
        ));
    }
    if request.has(create_vpc::IPV6_POOL) || request.has(create_vpc::IPV6_CIDR_BLOCK) {
        return Err(Fault::new(
            "UnsupportedOperation",
            "Address pools of one's own (BYOIP) are not in this sandbox: Amazon provides the IPv6 \
             block (--amazon-provided-ipv6-cidr-block).",
        ));
    }
    let tenancy = tenancy.to_owned();
    let region = context.region;
    let wants_ipv6 = request.get(create_vpc::AMAZON_PROVIDED_IPV6_CIDR_BLOCK) == Some(true);
    let (ec2, mint) = context.parts();
    let id = make(ec2, block, false, mint);
    if wants_ipv6 {
        add_ipv6(ec2, &id, region, mint)?;
    }
    let made = find_mut(&mut context.ec2_mut().vpcs, id.as_str())?;
    made.tags = tags;
    made.tenancy = tenancy;
    let made = made.clone();
    let answer = describe_one(context.account(), region, &made, Some("pending"));
    Ok(Doc::new().with(create_vpc_result::VPC, answer))
}

/// A VPC with what every VPC has from its birth: a main route table with a local route, a
/// default network ACL that allows all, and a default security group.
fn make(ec2: &mut Ec2, block: Prefix, is_default: bool, mint: &mut Mint) -> Id {
    let (id, born) = mint.id("vpc");
    let (association, _) = mint.id("vpc-cidr-assoc");
    let dhcp_options = match ec2.vpcs.iter().next() {
        Some(other) => other.dhcp_options.clone(),
        None => mint.id("dopt").0,
    };
    ec2.vpcs.insert(Vpc {
        id: id.clone(),
        born,
        tags: Tags::default(),
        blocks: vec![CidrBlock { association, block }],
        is_default,
        tenancy: "default".to_owned(),
        dns_support: true,
        dns_hostnames: is_default,
        dhcp_options,
        ipv6_blocks: Later::default(),
    });
    ec2.route_tables.insert(RouteTable::main(&id, block, mint));
    ec2.network_acls.insert(NetworkAcl::default_of(&id, mint));
    ec2.security_groups
        .insert(SecurityGroup::default_of(&id, mint));
    id
}

/// The default VPC of a Region: `172.31.0.0/16`, a /20 default subnet in each zone with
/// auto-assigned public addresses, an internet gateway and a route to it.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html>
pub(crate) fn make_default(ec2: &mut Ec2, region: &Region, mint: &mut Mint) -> Option<Id> {
    let whole: Prefix = "172.31.0.0/16".parse().ok()?;
    let id = make(ec2, whole, true, mint);
    let gateway = InternetGateway::attached_to(&id, mint);
    let table = ec2
        .route_tables
        .iter()
        .find(|table| table.vpc == id)
        .map(|table| table.id.clone())?;
    ec2.route_tables
        .get_mut(table.as_str())?
        .add_default_route(&gateway.id);
    ec2.internet_gateways.insert(gateway);
    for ((zone, _), number) in region.zone_names().zip(0u128..) {
        let first = whole.nth(number << 12)?;
        let block = Prefix::new(first, 20)?;
        let subnet = Subnet::new_in(&id, block, zone, true, mint);
        let subnet_id = subnet.id.clone();
        ec2.subnets.insert(subnet);
        super::network_acl::associate_with_default(ec2, &id, &subnet_id, mint);
    }
    Some(id)
}

/// `CreateDefaultVpc`
pub(crate) fn create_default(
    context: &mut Context<'_>,
    _: View<'_, CreateDefaultVpcRequest>,
) -> Result<Doc<CreateDefaultVpcResult>, Fault> {
    if let Some(vpc) = context.ec2().vpcs.iter().find(|vpc| vpc.is_default) {
        return Err(Fault::new(
            "DefaultVpcAlreadyExists",
            format!(
                "A Default VPC already exists for this account in this region: {}",
                vpc.id
            ),
        ));
    }
    let region = context.region;
    let (ec2, mint) = context.parts();
    let id = make_default(ec2, region, mint);
    let vpc = id
        .as_ref()
        .and_then(|id| context.ec2().vpcs.get(id.as_str()))
        .ok_or_else(|| Fault::new("InternalError", "An internal error has occurred"))?;
    let answer = describe_one(context.account(), region, vpc, Some("pending"));
    Ok(Doc::new().with(create_default_vpc_result::VPC, answer))
}

fn describe_one(
    account: &str,
    region: &'static Region,
    one: &Vpc,
    state: Option<&str>,
) -> Doc<shape::Vpc> {
    let blocks: Vec<_> = one
        .blocks
        .iter()
        .map(|block| association(block, "associated"))
        .collect();
    let ipv6_blocks: Vec<_> = one
        .ipv6_blocks
        .iter()
        .map(|block| ipv6_association(block, region, "associated"))
        .collect();
    Doc::new()
        .with(vpc::OWNER_ID, account)
        .with(vpc::INSTANCE_TENANCY, one.tenancy.as_str())
        .with(vpc::IPV6_CIDR_BLOCK_ASSOCIATION_SET, ipv6_blocks)
        .with(vpc::CIDR_BLOCK_ASSOCIATION_SET, blocks)
        .with(vpc::IS_DEFAULT, one.is_default)
        .with_some(vpc::TAGS, some_tags(&one.tags))
        .with(vpc::VPC_ID, &one.id)
        .with(vpc::STATE, state.unwrap_or("available"))
        .with_some(
            vpc::CIDR_BLOCK,
            one.primary().map(|block| block.to_string()),
        )
        .with(vpc::DHCP_OPTIONS_ID, &one.dhcp_options)
}

/// `DescribeVpcs`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeVpcsRequest>,
) -> Result<Doc<DescribeVpcsResult>, Fault> {
    let found = select(
        context,
        &context.ec2().vpcs,
        request.items(describe_vpcs::VPC_IDS),
        request.items(describe_vpcs::FILTERS),
        FILTERS,
    )?;
    let account = context.account();
    let list: Vec<_> = found
        .iter()
        .map(|vpc| describe_one(account, context.region, vpc, None))
        .collect();
    Ok(Doc::new().with(describe_vpcs_result::VPCS, list))
}

/// `DeleteVpc`: refused while anything is in it besides what it was born with.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteVpcRequest>,
) -> Result<(), Fault> {
    let id = request.get(delete_vpc::VPC_ID).unwrap_or_default();
    let ec2 = context.ec2();
    let id = find(&ec2.vpcs, id)?.id.clone();
    let used = ec2.subnets.iter().any(|it| it.vpc == id)
        || ec2.network_interfaces.iter().any(|it| it.vpc == id)
        || ec2
            .internet_gateways
            .iter()
            .any(|it| it.vpc.as_ref() == Some(&id))
        || ec2.egress_only_gateways.iter().any(|it| it.vpc == id)
        || ec2.endpoints.iter().any(|it| it.vpc == id)
        || ec2
            .peerings
            .iter()
            .any(|it| it.phase.works() && it.sides(&id).is_some())
        || (ec2.nat_gateways.iter()).any(|it| {
            it.vpc == id && it.phase.state != State::Deleted && it.phase.state != State::Failed
        })
        || ec2
            .route_tables
            .iter()
            .any(|it| it.vpc == id && !it.is_main())
        || ec2.vpn_gateway_of(&id).is_some()
        || ec2.has_transit_attachment(&id)
        || ec2
            .network_acls
            .iter()
            .any(|it| it.vpc == id && !it.is_default)
        || ec2
            .security_groups
            .iter()
            .any(|it| it.vpc == id && !it.is_default());
    if used {
        return Err(Fault::in_use("vpc", &id));
    }
    let ec2 = context.ec2_mut();
    let tables: Vec<Id> = ec2
        .route_tables
        .iter()
        .filter(|it| it.vpc == id)
        .map(|it| it.id.clone())
        .collect();
    let acls: Vec<Id> = ec2
        .network_acls
        .iter()
        .filter(|it| it.vpc == id)
        .map(|it| it.id.clone())
        .collect();
    let groups: Vec<Id> = ec2
        .security_groups
        .iter()
        .filter(|it| it.vpc == id)
        .map(|it| it.id.clone())
        .collect();
    for table in tables {
        ec2.route_tables.remove(table.as_str());
    }
    for acl in acls {
        ec2.network_acls.remove(acl.as_str());
    }
    for group in groups {
        ec2.security_groups.remove(group.as_str());
    }
    ec2.vpcs.remove(id.as_str());
    Ok(())
}

/// `DescribeVpcAttribute`
pub(crate) fn describe_attribute(
    context: &mut Context<'_>,
    request: View<'_, DescribeVpcAttributeRequest>,
) -> Result<Doc<DescribeVpcAttributeResult>, Fault> {
    let id = request
        .get(describe_vpc_attribute::VPC_ID)
        .unwrap_or_default();
    let vpc = find(&context.ec2().vpcs, id)?;
    let value = |on| Doc::new().with(attribute_boolean_value::VALUE, on);
    let answer = Doc::new().with(describe_vpc_attribute_result::VPC_ID, &vpc.id);
    let attribute = request
        .get(describe_vpc_attribute::ATTRIBUTE)
        .unwrap_or_default();
    match attribute {
        "enableDnsSupport" => Ok(answer.with(
            describe_vpc_attribute_result::ENABLE_DNS_SUPPORT,
            value(vpc.dns_support),
        )),
        "enableDnsHostnames" => Ok(answer.with(
            describe_vpc_attribute_result::ENABLE_DNS_HOSTNAMES,
            value(vpc.dns_hostnames),
        )),
        "enableNetworkAddressUsageMetrics" => Ok(answer.with(
            describe_vpc_attribute_result::ENABLE_NETWORK_ADDRESS_USAGE_METRICS,
            value(false),
        )),
        other => Err(Fault::value(format!(
            "Value ({other}) for parameter attribute is invalid. Unknown attribute."
        ))),
    }
}

/// `ModifyVpcAttribute`: one attribute at a time.
pub(crate) fn modify_attribute(
    context: &mut Context<'_>,
    request: View<'_, ModifyVpcAttributeRequest>,
) -> Result<(), Fault> {
    let id = request
        .get(modify_vpc_attribute::VPC_ID)
        .unwrap_or_default();
    let vpc = find_mut(&mut context.ec2_mut().vpcs, id)?;
    let value = |field| {
        request
            .get(field)
            .and_then(|value: View<'_, AttributeBooleanValue>| {
                value.get(attribute_boolean_value::VALUE)
            })
    };
    let support = value(modify_vpc_attribute::ENABLE_DNS_SUPPORT);
    let hostnames = value(modify_vpc_attribute::ENABLE_DNS_HOSTNAMES);
    match (support, hostnames) {
        (Some(on), None) => vpc.dns_support = on,
        (None, Some(on)) => vpc.dns_hostnames = on,
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "Fields for multiple attribute types specified",
            ));
        }
        (None, None) => return Err(Fault::missing("attribute")),
    }
    Ok(())
}

//! Subnets.

use super::cidr::{subnet_association, subnet_ipv6};
use super::network_acl::associate_with_default;
use super::select::{FilterRow, find, find_mut, new_tags, select, some_tags};
use super::vpc::{CidrBlock, parse_block};
use super::{Ec2, NetworkAcl, RouteTable};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, Field, Struct, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    attribute_boolean_value, create_subnet, create_subnet_result, delete_subnet, describe_subnets,
    describe_subnets_result, modify_subnet_attribute, private_dns_name_options_on_launch, subnet,
};
use crate::id::{Born, Id};
use crate::later::Later;
use crate::region::Region;
use crate::table::{Tags, resource};
use hopwise_net::Prefix;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// A subnet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Subnet {
    /// `subnet-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is in.
    pub vpc: Id,
    /// Its Availability Zone, e.g. `us-east-1a`.
    pub zone: String,
    /// Its IPv4 CIDR block.
    pub block: Prefix,
    /// Do instances launched here get a public address by themselves?
    pub map_public_ip: bool,
    /// Is it the default subnet of its zone?
    pub default_for_az: bool,
    /// Its IPv6 CIDR blocks.
    pub ipv6_blocks: Later<1, Vec<CidrBlock>>,
    /// Do interfaces made here get an IPv6 address by themselves?
    pub assign_ipv6: Later<2, bool>,
    /// Does the resolver make addresses of 64:ff9b::/96 for names that have no IPv6 address?
    pub dns64: Later<3, bool>,
}

resource!(Subnet, "subnet", "subnet", "subnet", "InvalidSubnetID");

impl Subnet {
    pub(crate) fn new_in(
        vpc: &Id,
        block: Prefix,
        zone: String,
        default: bool,
        mint: &mut Mint,
    ) -> Self {
        let (id, born) = mint.id("subnet");
        Subnet {
            id,
            born,
            tags: Tags::default(),
            vpc: vpc.clone(),
            zone,
            block,
            map_public_ip: default,
            default_for_az: default,
            ipv6_blocks: Later::default(),
            assign_ipv6: Later::default(),
            dns64: Later::default(),
        }
    }

    /// Its blocks of both families.
    pub fn all_blocks(&self) -> impl Iterator<Item = Prefix> {
        let v6 = self.ipv6_blocks.iter().map(|it| it.block);
        std::iter::once(self.block).chain(v6)
    }

    /// Does one of its blocks hold the address?
    pub fn holds(&self, address: std::net::IpAddr) -> bool {
        self.block.contains(address) || self.ipv6_blocks.iter().any(|it| it.block.contains(address))
    }

    /// Is the address one of the five that AWS keeps in every subnet: the first four and the
    /// last? <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
    pub fn reserves(&self, address: Ipv4Addr) -> bool {
        (0..4).any(|offset| self.block.nth(offset) == Some(address.into()))
            || self.block.last() == address
    }
}

impl Ec2 {
    /// The route table that a subnet uses: its own association, else its VPC's main table.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>
    pub fn route_table_of(&self, subnet: &Subnet) -> Option<&Rc<RouteTable>> {
        self.route_tables
            .iter()
            .find(|table| table.subnets().any(|id| *id == subnet.id))
            .or_else(|| self.main_route_table(&subnet.vpc))
    }

    /// The main route table of a VPC.
    pub fn main_route_table(&self, vpc: &Id) -> Option<&Rc<RouteTable>> {
        self.route_tables
            .iter()
            .find(|table| table.vpc == *vpc && table.is_main())
    }

    /// The network ACL of a subnet: there is always exactly one.
    pub fn network_acl_of(&self, subnet: &Id) -> Option<&Rc<NetworkAcl>> {
        self.network_acls
            .iter()
            .find(|acl| acl.associations.iter().any(|it| it.subnet == *subnet))
    }

    /// The private addresses in use in a subnet.
    pub(crate) fn used_addresses(&self, subnet: &Id) -> BTreeSet<Ipv4Addr> {
        self.network_interfaces
            .iter()
            .filter(|interface| interface.subnet == *subnet)
            .flat_map(|interface| interface.addresses.iter().map(|it| it.private))
            .collect()
    }

    /// How many addresses of a subnet are free: all but the five that AWS keeps and those in use.
    pub fn free_addresses(&self, subnet: &Subnet) -> u128 {
        let used = self.used_addresses(&subnet.id).len() as u128;
        subnet.block.size().saturating_sub(5 + used)
    }

    /// The lowest free private address of a subnet.
    pub(crate) fn lowest_free_address(&self, subnet: &Subnet) -> Option<Ipv4Addr> {
        let used = self.used_addresses(&subnet.id);
        (4..subnet.block.size())
            .filter_map(|offset| match subnet.block.nth(offset)? {
                std::net::IpAddr::V4(address) => Some(address),
                std::net::IpAddr::V6(_) => None,
            })
            .find(|address| !subnet.reserves(*address) && !used.contains(address))
    }
}

pub(super) const FILTERS: &[FilterRow<Subnet>] = &[
    ("subnet-id", |_, it| vec![it.id.to_string()]),
    ("vpc-id", |_, it| vec![it.vpc.to_string()]),
    ("availability-zone", |_, it| vec![it.zone.clone()]),
    ("availabilityZone", |_, it| vec![it.zone.clone()]),
    ("availability-zone-id", |_, it| {
        zone_id(&it.zone).into_iter().collect()
    }),
    ("available-ip-address-count", |scope, it| {
        vec![scope.ec2.free_addresses(it).to_string()]
    }),
    ("cidr", |_, it| vec![it.block.to_string()]),
    ("cidr-block", |_, it| vec![it.block.to_string()]),
    ("cidrBlock", |_, it| vec![it.block.to_string()]),
    ("default-for-az", |_, it| {
        vec![it.default_for_az.to_string()]
    }),
    ("defaultForAz", |_, it| vec![it.default_for_az.to_string()]),
    ("map-public-ip-on-launch", |_, it| {
        vec![it.map_public_ip.to_string()]
    }),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("state", |_, _| vec!["available".to_owned()]),
];

/// The id of a zone by its name.
pub(crate) fn zone_id(zone: &str) -> Option<String> {
    let region = zone.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    Region::find(region)?.zone_id(zone)
}

/// `CreateSubnet`: a block from /16 to /28 within the VPC that no other subnet overlaps.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateSubnetRequest>,
) -> Result<Doc<CreateSubnetResult>, Fault> {
    let region = context.region;
    let vpc = find(
        &context.ec2().vpcs,
        request.get(create_subnet::VPC_ID).unwrap_or_default(),
    )?;
    let Some(text) = request.get(create_subnet::CIDR_BLOCK) else {
        return Err(Fault::missing("cidrBlock"));
    };
    let block = parse_block(text, "cidrBlock")?;
    if !(16..=28).contains(&block.length()) || !vpc.covers(block) {
        return Err(Fault::new(
            "InvalidSubnet.Range",
            format!("The CIDR '{block}' is invalid."),
        ));
    }
    let vpc = vpc.id.clone();
    let siblings = || context.ec2().subnets.iter().filter(|it| it.vpc == vpc);
    if siblings().any(|it| it.block.overlaps(block)) {
        return Err(Fault::new(
            "InvalidSubnet.Conflict",
            format!("The CIDR '{block}' conflicts with another subnet"),
        ));
    }
    if siblings().count() >= 200 {
        return Err(Fault::new(
            "SubnetLimitExceeded",
            "The maximum number of subnets has been reached.",
        ));
    }
    let wanted = request
        .get(create_subnet::AVAILABILITY_ZONE)
        .or(request.get(create_subnet::AVAILABILITY_ZONE_ID));
    let zone = match wanted {
        Some(wanted) => region.zone(wanted).ok_or_else(|| {
            let zones: Vec<_> = region.zone_names().map(|(name, _)| name).collect();
            Fault::value(format!(
                "Value ({wanted}) for parameter availabilityZone is invalid. Subnets can \
                 currently only be created in the following availability zones: {}.",
                zones.join(", ")
            ))
        })?,
        // AWS picks a zone; which, it doesn't say. Here it is always the first.
        None => region
            .zone_names()
            .next()
            .map(|(name, _)| name)
            .unwrap_or_default(),
    };
    let tags = new_tags(request.items(create_subnet::TAG_SPECIFICATIONS), "subnet")?;
    let ipv6 = match request.get(create_subnet::IPV6_CIDR_BLOCK) {
        Some(text) => {
            let ec2 = context.ec2();
            Some(subnet_ipv6(ec2, find(&ec2.vpcs, vpc.as_str())?, text)?)
        }
        None => None,
    };
    let (ec2, mint) = context.parts();
    let mut made = Subnet::new_in(&vpc, block, zone, false, mint);
    made.tags = tags;
    if let Some(block) = ipv6 {
        let (association, _) = mint.id("subnet-cidr-assoc");
        made.ipv6_blocks.push(CidrBlock { association, block });
    }
    ec2.subnets.insert(made.clone());
    associate_with_default(ec2, &vpc, &made.id, mint);
    let answer = describe_one(context, &made);
    Ok(Doc::new().with(create_subnet_result::SUBNET, answer))
}

fn describe_one(context: &Context<'_>, one: &Subnet) -> Doc<shape::Subnet> {
    let names = Doc::new()
        .with(private_dns_name_options_on_launch::HOSTNAME_TYPE, "ip-name")
        .with(
            private_dns_name_options_on_launch::ENABLE_RESOURCE_NAME_DNS_A_RECORD,
            false,
        )
        .with(
            private_dns_name_options_on_launch::ENABLE_RESOURCE_NAME_DNS_AAAA_RECORD,
            false,
        );
    let free = context.ec2().free_addresses(one);
    let ipv6_blocks: Vec<_> = (one.ipv6_blocks.iter())
        .map(|it| subnet_association(it, "associated"))
        .collect();
    Doc::new()
        .with_some(subnet::AVAILABILITY_ZONE_ID, zone_id(&one.zone))
        .with(subnet::MAP_CUSTOMER_OWNED_IP_ON_LAUNCH, false)
        .with(subnet::OWNER_ID, context.account())
        .with(subnet::ASSIGN_IPV6_ADDRESS_ON_CREATION, *one.assign_ipv6)
        .with(subnet::IPV6_CIDR_BLOCK_ASSOCIATION_SET, ipv6_blocks)
        .with_some(subnet::TAGS, some_tags(&one.tags))
        .with(subnet::SUBNET_ARN, context.arn("subnet", &one.id))
        .with(subnet::ENABLE_DNS64, *one.dns64)
        .with(subnet::IPV6_NATIVE, false)
        .with(subnet::PRIVATE_DNS_NAME_OPTIONS_ON_LAUNCH, names)
        .with(subnet::SUBNET_ID, &one.id)
        .with(subnet::STATE, "available")
        .with(subnet::VPC_ID, &one.vpc)
        .with(subnet::CIDR_BLOCK, one.block.to_string())
        .with(
            subnet::AVAILABLE_IP_ADDRESS_COUNT,
            i64::try_from(free).unwrap_or(i64::MAX),
        )
        .with(subnet::AVAILABILITY_ZONE, one.zone.as_str())
        .with(subnet::DEFAULT_FOR_AZ, one.default_for_az)
        .with(subnet::MAP_PUBLIC_IP_ON_LAUNCH, one.map_public_ip)
}

/// `DescribeSubnets`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeSubnetsRequest>,
) -> Result<Doc<DescribeSubnetsResult>, Fault> {
    let found = select(
        context,
        &context.ec2().subnets,
        request.items(describe_subnets::SUBNET_IDS),
        request.items(describe_subnets::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(context, it)).collect();
    Ok(Doc::new().with(describe_subnets_result::SUBNETS, list))
}

/// `DeleteSubnet`: refused while a network interface is in it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteSubnetRequest>,
) -> Result<(), Fault> {
    let id = request.get(delete_subnet::SUBNET_ID).unwrap_or_default();
    let ec2 = context.ec2_mut();
    let id = find(&ec2.subnets, id)?.id.clone();
    let used =
        ec2.network_interfaces.iter().any(|it| it.subnet == id) || ec2.is_transit_subnet(&id);
    if used {
        return Err(Fault::in_use("subnet", &id));
    }
    ec2.subnets.remove(id.as_str());
    let tables: Vec<Id> = ec2.route_tables.iter().map(|it| it.id.clone()).collect();
    for table in tables {
        if let Some(table) = ec2.route_tables.get_mut(table.as_str()) {
            table.associations.retain(|it| it.subnet() != Some(&id));
        }
    }
    let acls: Vec<Id> = ec2.network_acls.iter().map(|it| it.id.clone()).collect();
    for acl in acls {
        if let Some(acl) = ec2.network_acls.get_mut(acl.as_str()) {
            acl.associations.retain(|it| it.subnet != id);
        }
    }
    Ok(())
}

/// `ModifySubnetAttribute`: one attribute at a time.
pub(crate) fn modify_attribute(
    context: &mut Context<'_>,
    request: View<'_, ModifySubnetAttributeRequest>,
) -> Result<(), Fault> {
    let id = request
        .get(modify_subnet_attribute::SUBNET_ID)
        .unwrap_or_default();
    let one = find_mut(&mut context.ec2_mut().subnets, id)?;
    let value = |field: Field<ModifySubnetAttributeRequest, Struct<AttributeBooleanValue>>| {
        request
            .get(field)
            .and_then(|value| value.get(attribute_boolean_value::VALUE))
    };
    if let Some(on) = value(modify_subnet_attribute::MAP_PUBLIC_IP_ON_LAUNCH) {
        one.map_public_ip = on;
        return Ok(());
    }
    let has_ipv6 = !one.ipv6_blocks.is_empty();
    for (field, name, place) in [
        (
            modify_subnet_attribute::ASSIGN_IPV6_ADDRESS_ON_CREATION,
            "assignIpv6AddressOnCreation",
            &mut *one.assign_ipv6,
        ),
        (
            modify_subnet_attribute::ENABLE_DNS64,
            "enableDns64",
            &mut *one.dns64,
        ),
    ] {
        if let Some(on) = value(field) {
            if on && !has_ipv6 {
                return Err(Fault::value(format!(
                    "Invalid value for parameter {name}: the subnet has no IPv6 CIDR block"
                )));
            }
            *place = on;
            return Ok(());
        }
    }
    Err(Fault::missing("MapPublicIpOnLaunch"))
}

//! Further CIDR blocks of VPCs, and IPv6 blocks of VPCs and subnets.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>

use super::Ec2;
use super::route_table::Route;
use super::select::{find, find_mut};
use super::vpc::{CidrBlock, Vpc, parse_block};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    associate_subnet_cidr_block, associate_subnet_cidr_block_result, associate_vpc_cidr_block,
    associate_vpc_cidr_block_result, disassociate_subnet_cidr_block,
    disassociate_subnet_cidr_block_result, disassociate_vpc_cidr_block,
    disassociate_vpc_cidr_block_result, subnet_cidr_block_state,
    subnet_ipv6_cidr_block_association, vpc_cidr_block_association, vpc_cidr_block_state,
    vpc_ipv6_cidr_block_association,
};
use crate::id::Id;
use crate::region::Region;
use hopwise_net::Prefix;
use std::net::Ipv6Addr;

/// How many blocks of a family a VPC has at most.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const MOST_BLOCKS: usize = 5;

/// The kinds of IPv4 ranges that the restrictions tell apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Range {
    Ten,
    OneSevenTwo,
    OneNineTwo,
    Benchmark,
    /// Publicly routable, or `100.64.0.0/10`.
    Other,
}

fn range(block: Prefix) -> Range {
    let within = |text: &str| {
        let range: Option<Prefix> = text.parse().ok();
        range.is_some_and(|range| range.overlaps(block))
    };
    if within("10.0.0.0/8") {
        Range::Ten
    } else if within("172.16.0.0/12") {
        Range::OneSevenTwo
    } else if within("192.168.0.0/16") {
        Range::OneNineTwo
    } else if within("198.19.0.0/16") {
        Range::Benchmark
    } else {
        Range::Other
    }
}

/// May a VPC with these blocks have this one too? The first block decides on the range.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions>
fn is_restricted(own: &[CidrBlock], block: Prefix) -> bool {
    let Some(primary) = own.first() else {
        return false;
    };
    let covers = |outer: &str, inner: Prefix| {
        let outer: Option<Prefix> = outer.parse().ok();
        outer.is_some_and(|outer| outer.covers(inner))
    };
    match (range(primary.block), range(block)) {
        (_, Range::Other) => false,
        (Range::Ten, Range::Ten) => {
            covers("10.0.0.0/16", block) && own.iter().any(|it| covers("10.0.0.0/15", it.block))
        }
        (Range::OneSevenTwo, Range::OneSevenTwo) => covers("172.31.0.0/16", block),
        (Range::OneNineTwo, Range::OneNineTwo) => false,
        (Range::Ten | Range::OneSevenTwo | Range::OneNineTwo | Range::Benchmark, _)
        | (Range::Other, _) => true,
    }
}

/// Is the block as large as, or larger than, the destination of a route of the VPC, which would
/// then lose to nothing less specific?
fn swallows_route(ec2: &Ec2, vpc: &Id, block: Prefix) -> Option<(Id, Prefix)> {
    ec2.route_tables
        .iter()
        .filter(|table| table.vpc == *vpc)
        .find_map(|table| {
            let mut routes = table.routes.iter().filter_map(|it| it.destination.block());
            let route = routes.find(|route| block.covers(*route) && route.is_v4())?;
            Some((table.id.clone(), route))
        })
}

/// `AssociateVpcCidrBlock`: an IPv4 block, or an IPv6 block that Amazon provides.
pub(crate) fn associate_vpc(
    context: &mut Context<'_>,
    request: View<'_, AssociateVpcCidrBlockRequest>,
) -> Result<Doc<AssociateVpcCidrBlockResult>, Fault> {
    let region = context.region;
    let id = request
        .get(associate_vpc_cidr_block::VPC_ID)
        .unwrap_or_default();
    let vpc = find(&context.ec2().vpcs, id)?.clone();
    let wants_ipv6 =
        request.get(associate_vpc_cidr_block::AMAZON_PROVIDED_IPV6_CIDR_BLOCK) == Some(true);
    if request.has(associate_vpc_cidr_block::IPV6_POOL)
        || request.has(associate_vpc_cidr_block::IPV6_CIDR_BLOCK)
        || request.has(associate_vpc_cidr_block::IPV4_IPAM_POOL_ID)
        || request.has(associate_vpc_cidr_block::IPV6_IPAM_POOL_ID)
    {
        return Err(no_pools());
    }
    let answer = Doc::new().with(associate_vpc_cidr_block_result::VPC_ID, &vpc.id);
    let block = request.get(associate_vpc_cidr_block::CIDR_BLOCK);
    let answer = match (block, wants_ipv6) {
        (Some(_), true) => {
            return Err(Fault::combination(
                "The parameters cidrBlock and amazonProvidedIpv6CidrBlock cannot be used together",
            ));
        }
        (None, false) => return Err(Fault::missing("cidrBlock")),
        (None, true) => {
            let (ec2, mint) = context.parts();
            let made = add_ipv6(ec2, &vpc.id, region, mint)?;
            answer.with(
                associate_vpc_cidr_block_result::IPV6_CIDR_BLOCK_ASSOCIATION,
                ipv6_association(&made, region, "associating"),
            )
        }
        (Some(text), false) => {
            let made = add_ipv4(context, &vpc, text)?;
            answer.with(
                associate_vpc_cidr_block_result::CIDR_BLOCK_ASSOCIATION,
                association(&made, "associating"),
            )
        }
    };
    super::peering::refresh(context, &vpc.id);
    Ok(answer)
}

fn no_pools() -> Fault {
    Fault::new(
        "UnsupportedOperation",
        "Address pools of one's own (BYOIP, IPAM) are not in this sandbox: Amazon provides the \
         IPv6 block (--amazon-provided-ipv6-cidr-block).",
    )
}

fn add_ipv4(context: &mut Context<'_>, vpc: &Vpc, text: &str) -> Result<CidrBlock, Fault> {
    let block = parse_block(text, "cidrBlock")?;
    let link_local: Option<Prefix> = "169.254.0.0/16".parse().ok();
    if !(16..=28).contains(&block.length()) || link_local.is_some_and(|it| it.overlaps(block)) {
        return Err(Fault::new(
            "InvalidVpc.Range",
            format!("The CIDR '{block}' is invalid."),
        ));
    }
    if vpc.blocks.len() >= MOST_BLOCKS {
        return Err(Fault::new(
            "CidrLimitExceeded",
            format!(
                "This network '{}' has met its maximum number of allowed CIDRs: {MOST_BLOCKS}",
                vpc.id
            ),
        ));
    }
    if let Some(own) = vpc.blocks.iter().find(|own| own.block.overlaps(block)) {
        return Err(Fault::new(
            "CidrConflict",
            format!(
                "The CIDR '{block}' conflicts with another CIDR '{}' associated with the vpc",
                own.block
            ),
        ));
    }
    if is_restricted(&vpc.blocks, block) {
        return Err(Fault::new(
            "InvalidVpc.Range",
            format!(
                "The CIDR '{block}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/AmazonVPC/latest/UserGuide/VPC_Subnets.html"
            ),
        ));
    }
    if let Some((table, route)) = swallows_route(context.ec2(), &vpc.id, block) {
        return Err(Fault::new(
            "InvalidVpc.Range",
            format!(
                "The CIDR '{block}' is the same as or larger than the destination {route} of a route in route table {table}"
            ),
        ));
    }
    if let Some(peering) = context.ec2().peered_overlap(&vpc.id, block) {
        return Err(Fault::new(
            "InvalidVpc.Range",
            format!("The CIDR '{block}' overlaps with the CIDR block of the peer VPC of {peering}"),
        ));
    }
    let (ec2, mint) = context.parts();
    let (association, _) = mint.id("vpc-cidr-assoc");
    let made = CidrBlock { association, block };
    find_mut(&mut ec2.vpcs, vpc.id.as_str())?
        .blocks
        .push(made.clone());
    add_local_routes(ec2, &vpc.id, block);
    Ok(made)
}

/// Gives a VPC a /56 of Amazon's addresses, and its tables the local route to it.
pub(crate) fn add_ipv6(
    ec2: &mut Ec2,
    vpc: &Id,
    region: &'static Region,
    mint: &mut Mint,
) -> Result<CidrBlock, Fault> {
    let one = find(&ec2.vpcs, vpc.as_str())?;
    if one.ipv6_blocks.len() >= MOST_BLOCKS {
        return Err(Fault::new(
            "CidrLimitExceeded",
            format!(
                "This network '{vpc}' has met its maximum number of allowed CIDRs: {MOST_BLOCKS}"
            ),
        ));
    }
    let (association, _) = mint.id("vpc-cidr-assoc");
    let block = amazons_block(region, mint)
        .ok_or_else(|| Fault::new("InternalError", "An internal error has occurred"))?;
    let made = CidrBlock { association, block };
    find_mut(&mut ec2.vpcs, vpc.as_str())?
        .ipv6_blocks
        .push(made.clone());
    add_local_routes(ec2, vpc, block);
    Ok(made)
}

/// A /56 of 2600:1f00::/24, of which each Region has a part: Amazon's IPv6 addresses.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html>
fn amazons_block(region: &Region, mint: &mut Mint) -> Option<Prefix> {
    let place = crate::region::REGIONS.iter().position(|it| it == region)?;
    let part = 0x10 + u128::try_from(place).ok()?;
    let bits = u128::from(mint.bits() & 0xff_ffff);
    let first = (0x2600_1f00_u128 + part) << 96 | bits << 72;
    Prefix::new(Ipv6Addr::from(first).into(), 56)
}

fn add_local_routes(ec2: &mut Ec2, vpc: &Id, block: Prefix) {
    for table in tables_of(ec2, vpc) {
        if let Some(table) = ec2.route_tables.get_mut(table.as_str()) {
            let local = table.routes.iter().filter(|it| it.is_made_with_table());
            let behind = local.count();
            table.routes.insert(behind, Route::local(block));
        }
    }
}

fn tables_of(ec2: &Ec2, vpc: &Id) -> Vec<Id> {
    let all = ec2.route_tables.iter();
    all.filter(|it| it.vpc == *vpc)
        .map(|it| it.id.clone())
        .collect()
}

/// `DisassociateVpcCidrBlock`: never the primary block, nor one that a subnet is in.
pub(crate) fn disassociate_vpc(
    context: &mut Context<'_>,
    request: View<'_, DisassociateVpcCidrBlockRequest>,
) -> Result<Doc<DisassociateVpcCidrBlockResult>, Fault> {
    let region = context.region;
    let wanted = request
        .get(disassociate_vpc_cidr_block::ASSOCIATION_ID)
        .unwrap_or_default();
    let ec2 = context.ec2();
    let found = ec2.vpcs.iter().find_map(|vpc| {
        let mut all = vpc.blocks.iter().chain(vpc.ipv6_blocks.iter());
        let block = all.find(|it| it.association.as_str() == wanted)?;
        Some((vpc, block))
    });
    let Some((vpc, block)) = found else {
        return Err(Fault::new(
            "InvalidVpcCidrBlockAssociationID.NotFound",
            format!("The vpc CIDR block association ID '{wanted}' does not exist"),
        ));
    };
    if vpc.primary() == Some(block.block) {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!(
                "The vpc CIDR block with association ID {wanted} may not be disassociated. It is the primary IPv4 CIDR block of the VPC"
            ),
        ));
    }
    let inside = ec2.subnets.iter().find(|subnet| {
        let mut blocks = subnet.all_blocks();
        subnet.vpc == vpc.id && blocks.any(|own| block.block.covers(own))
    });
    if let Some(subnet) = inside {
        return Err(Fault::new(
            "CidrConflict",
            format!(
                "The vpc CIDR block '{}' has dependencies and cannot be disassociated: {}",
                block.block, subnet.id
            ),
        ));
    }
    let (vpc, block) = (vpc.id.clone(), block.clone());
    let ec2 = context.ec2_mut();
    let one = find_mut(&mut ec2.vpcs, vpc.as_str())?;
    one.blocks.retain(|it| it.association != block.association);
    one.ipv6_blocks
        .retain(|it| it.association != block.association);
    for table in tables_of(ec2, &vpc) {
        if let Some(table) = ec2.route_tables.get_mut(table.as_str()) {
            table.routes.retain(|it| !it.destination.is(block.block));
        }
    }
    super::peering::refresh(context, &vpc);
    let answer = Doc::new().with(disassociate_vpc_cidr_block_result::VPC_ID, &vpc);
    Ok(if block.block.is_v4() {
        answer.with(
            disassociate_vpc_cidr_block_result::CIDR_BLOCK_ASSOCIATION,
            association(&block, "disassociating"),
        )
    } else {
        answer.with(
            disassociate_vpc_cidr_block_result::IPV6_CIDR_BLOCK_ASSOCIATION,
            ipv6_association(&block, region, "disassociating"),
        )
    })
}

/// How an IPv4 block of a VPC is shown.
pub(crate) fn association(block: &CidrBlock, state: &str) -> Doc<VpcCidrBlockAssociation> {
    Doc::new()
        .with(
            vpc_cidr_block_association::ASSOCIATION_ID,
            &block.association,
        )
        .with(
            vpc_cidr_block_association::CIDR_BLOCK,
            block.block.to_string(),
        )
        .with(
            vpc_cidr_block_association::CIDR_BLOCK_STATE,
            Doc::new().with(vpc_cidr_block_state::STATE, state),
        )
}

/// How an IPv6 block of a VPC is shown.
pub(crate) fn ipv6_association(
    block: &CidrBlock,
    region: &Region,
    state: &str,
) -> Doc<VpcIpv6CidrBlockAssociation> {
    Doc::new()
        .with(
            vpc_ipv6_cidr_block_association::ASSOCIATION_ID,
            &block.association,
        )
        .with(
            vpc_ipv6_cidr_block_association::IPV6_CIDR_BLOCK,
            block.block.to_string(),
        )
        .with(
            vpc_ipv6_cidr_block_association::IPV6_CIDR_BLOCK_STATE,
            Doc::new().with(vpc_cidr_block_state::STATE, state),
        )
        .with(
            vpc_ipv6_cidr_block_association::NETWORK_BORDER_GROUP,
            region.name,
        )
        .with(vpc_ipv6_cidr_block_association::IPV6_POOL, "Amazon")
        .with(
            vpc_ipv6_cidr_block_association::IPV6_ADDRESS_ATTRIBUTE,
            "public",
        )
        .with(vpc_ipv6_cidr_block_association::IP_SOURCE, "amazon")
}

/// An IPv6 block for a subnet of this VPC, or AWS's refusal: a /64 within the VPC's.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
pub(crate) fn subnet_ipv6(ec2: &Ec2, vpc: &Vpc, text: &str) -> Result<Prefix, Fault> {
    let block = match text.parse::<Prefix>() {
        Ok(block) if !block.is_v4() => block,
        _ => {
            return Err(Fault::value(format!(
                "Value ({text}) for parameter ipv6CidrBlock is invalid. This is not a valid CIDR block."
            )));
        }
    };
    let within = vpc.ipv6_blocks.iter().any(|it| it.block.covers(block));
    if !within || !(44..=64).contains(&block.length()) || block.length() % 4 != 0 {
        return Err(Fault::new(
            "InvalidSubnet.Range",
            format!("The CIDR '{block}' is invalid."),
        ));
    }
    let siblings = ec2.subnets.iter().filter(|it| it.vpc == vpc.id);
    let taken = siblings
        .flat_map(|it| it.ipv6_blocks.iter().map(|it| it.block))
        .any(|other| other.overlaps(block));
    if taken {
        return Err(Fault::new(
            "InvalidSubnet.Conflict",
            format!("The CIDR '{block}' conflicts with another subnet"),
        ));
    }
    Ok(block)
}

/// `AssociateSubnetCidrBlock`: an IPv6 block for a subnet; it has one at most.
pub(crate) fn associate_subnet(
    context: &mut Context<'_>,
    request: View<'_, AssociateSubnetCidrBlockRequest>,
) -> Result<Doc<AssociateSubnetCidrBlockResult>, Fault> {
    let ec2 = context.ec2();
    let id = request
        .get(associate_subnet_cidr_block::SUBNET_ID)
        .unwrap_or_default();
    let subnet = find(&ec2.subnets, id)?;
    if request.has(associate_subnet_cidr_block::IPV6_IPAM_POOL_ID) {
        return Err(no_pools());
    }
    let Some(text) = request.get(associate_subnet_cidr_block::IPV6_CIDR_BLOCK) else {
        return Err(Fault::missing("ipv6CidrBlock"));
    };
    let block = subnet_ipv6(ec2, find(&ec2.vpcs, subnet.vpc.as_str())?, text)?;
    if !subnet.ipv6_blocks.is_empty() {
        return Err(Fault::new(
            "SubnetIpv6CidrBlockLimitExceeded",
            format!("The subnet '{}' has an IPv6 CIDR block already", subnet.id),
        ));
    }
    let id = subnet.id.clone();
    let (ec2, mint) = context.parts();
    let (association, _) = mint.id("subnet-cidr-assoc");
    let made = CidrBlock { association, block };
    find_mut(&mut ec2.subnets, id.as_str())?
        .ipv6_blocks
        .push(made.clone());
    Ok(Doc::new()
        .with(
            associate_subnet_cidr_block_result::IPV6_CIDR_BLOCK_ASSOCIATION,
            subnet_association(&made, "associating"),
        )
        .with(associate_subnet_cidr_block_result::SUBNET_ID, &id))
}

/// How an IPv6 block of a subnet is shown.
pub(crate) fn subnet_association(
    block: &CidrBlock,
    state: &str,
) -> Doc<SubnetIpv6CidrBlockAssociation> {
    Doc::new()
        .with(
            subnet_ipv6_cidr_block_association::ASSOCIATION_ID,
            &block.association,
        )
        .with(
            subnet_ipv6_cidr_block_association::IPV6_CIDR_BLOCK,
            block.block.to_string(),
        )
        .with(
            subnet_ipv6_cidr_block_association::IPV6_CIDR_BLOCK_STATE,
            Doc::new().with(subnet_cidr_block_state::STATE, state),
        )
        .with(
            subnet_ipv6_cidr_block_association::IPV6_ADDRESS_ATTRIBUTE,
            "public",
        )
        .with(subnet_ipv6_cidr_block_association::IP_SOURCE, "amazon")
}

/// `DisassociateSubnetCidrBlock`: refused while an interface has an address of it.
pub(crate) fn disassociate_subnet(
    context: &mut Context<'_>,
    request: View<'_, DisassociateSubnetCidrBlockRequest>,
) -> Result<Doc<DisassociateSubnetCidrBlockResult>, Fault> {
    let wanted = request
        .get(disassociate_subnet_cidr_block::ASSOCIATION_ID)
        .unwrap_or_default();
    let ec2 = context.ec2();
    let found = ec2.subnets.iter().find_map(|subnet| {
        let mut all = subnet.ipv6_blocks.iter();
        let block = all.find(|it| it.association.as_str() == wanted)?;
        Some((subnet.id.clone(), block.clone()))
    });
    let Some((subnet, block)) = found else {
        return Err(Fault::new(
            "InvalidSubnetCidrBlockAssociationID.NotFound",
            format!("The subnet CIDR block association ID '{wanted}' does not exist"),
        ));
    };
    let used = ec2.network_interfaces.iter().any(|it| {
        let mut own = it.ipv6.iter();
        it.subnet == subnet && own.any(|own| block.block.contains((*own).into()))
    });
    if used {
        return Err(Fault::new(
            "InvalidCidr.InUse",
            format!("The subnet CIDR block '{}' is in use", block.block),
        ));
    }
    let one = find_mut(&mut context.ec2_mut().subnets, subnet.as_str())?;
    one.ipv6_blocks
        .retain(|it| it.association != block.association);
    if one.ipv6_blocks.is_empty() {
        *one.assign_ipv6 = false;
    }
    Ok(Doc::new()
        .with(
            disassociate_subnet_cidr_block_result::IPV6_CIDR_BLOCK_ASSOCIATION,
            subnet_association(&block, "disassociating"),
        )
        .with(disassociate_subnet_cidr_block_result::SUBNET_ID, &subnet))
}

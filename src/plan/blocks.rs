//! CIDR blocks: what is free in a VPC, which addresses a subnet reserves, what to propose.

use crate::desk::Desk;
use hopwise_net::Prefix;
use std::net::{IpAddr, Ipv4Addr};

/// The longest and the shortest block that AWS takes for a VPC or a subnet.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
const LENGTHS: (u8, u8) = (16, 28);
/// What a subnet is proposed with, where it fits.
const SUBNET: u8 = 24;

/// A piece of a VPC's range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Its first address.
    pub first: IpAddr,
    /// How many addresses it has.
    pub size: u128,
    /// The subnet that has it; none where it is free.
    pub subnet: Option<String>,
}

/// How a VPC's blocks are taken, in order of address.
pub fn pieces(desk: &Desk<'_>, vpc: &str) -> Vec<Piece> {
    let (Some(ec2), Some(vpc)) = (desk.ec2(), desk.vpc(vpc)) else {
        return Vec::new();
    };
    let mut subnets: Vec<(Prefix, String)> = ec2
        .subnets
        .iter()
        .filter(|subnet| subnet.vpc == vpc.id)
        .map(|subnet| (subnet.block, subnet.id.to_string()))
        .collect();
    subnets.sort_by_key(|(block, _)| block.first());
    let mut pieces = Vec::new();
    for block in &vpc.blocks {
        let block = block.block;
        let mut at = 0;
        for (subnet, id) in subnets.iter().filter(|(subnet, _)| block.covers(*subnet)) {
            let from = offset(block, subnet.first());
            pieces.extend(free(block, at, from));
            pieces.push(Piece {
                first: subnet.first(),
                size: subnet.size(),
                subnet: Some(id.clone()),
            });
            at = from + subnet.size();
        }
        pieces.extend(free(block, at, block.size()));
    }
    pieces
}

fn free(block: Prefix, from: u128, to: u128) -> Option<Piece> {
    let size = to.checked_sub(from).filter(|size| *size > 0)?;
    Some(Piece {
        first: block.nth(from)?,
        size,
        subnet: None,
    })
}

fn offset(block: Prefix, address: IpAddr) -> u128 {
    number(address).saturating_sub(number(block.first()))
}

/// An address as a number.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The free block of this length with the lowest address in a VPC.
pub fn free_block(desk: &Desk<'_>, vpc: &str, length: u8) -> Option<Prefix> {
    let (ec2, vpc) = (desk.ec2()?, desk.vpc(vpc)?);
    let taken: Vec<Prefix> = ec2
        .subnets
        .iter()
        .filter(|subnet| subnet.vpc == vpc.id)
        .map(|subnet| subnet.block)
        .collect();
    vpc.blocks.iter().find_map(|block| {
        let block = block.block;
        let mut from = block.first();
        loop {
            let candidate = Prefix::new(from, length).filter(|it| block.covers(*it))?;
            match taken.iter().find(|it| it.overlaps(candidate)) {
                None => return Some(candidate),
                // Behind whichever of the two reaches further.
                Some(other) => {
                    let last = number(other.last()).max(number(candidate.last()));
                    let next = u32::try_from(last + 1).ok()?;
                    from = IpAddr::V4(Ipv4Addr::from(next));
                    // Blocks begin at multiples of their size.
                    let size = u32::try_from(candidate.size()).ok()?;
                    let up = next.checked_next_multiple_of(size)?;
                    from = match from {
                        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(up)),
                        IpAddr::V6(_) => from,
                    };
                }
            }
        }
    })
}

/// What to propose for a new subnet: a /24, or the largest smaller block that is free.
pub fn subnet_proposal(desk: &Desk<'_>, vpc: &str) -> Option<Prefix> {
    (SUBNET..=LENGTHS.1).find_map(|length| free_block(desk, vpc, length))
}

/// What to propose for a new VPC: the first 10.n.0.0/16 that no other VPC of the Region overlaps.
pub fn vpc_proposal(desk: &Desk<'_>) -> Option<Prefix> {
    let taken: Vec<Prefix> = desk
        .ec2()
        .map(|ec2| {
            let vpcs = ec2.vpcs.iter();
            vpcs.flat_map(|vpc| vpc.blocks.iter().map(|block| block.block))
                .collect()
        })
        .unwrap_or_default();
    (0..=255).find_map(|second| {
        let block = Prefix::new(IpAddr::V4(Ipv4Addr::new(10, second, 0, 0)), LENGTHS.0)?;
        (!taken.iter().any(|it| it.overlaps(block))).then_some(block)
    })
}

/// The five addresses of a subnet that AWS keeps, with what for.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
pub fn reserved(block: Prefix) -> Vec<(IpAddr, &'static str)> {
    let words = [
        "the network address",
        "the VPC router",
        "the DNS server",
        "kept by AWS for future use",
    ];
    let mut reserved: Vec<(IpAddr, &'static str)> = words
        .into_iter()
        .zip(0..)
        .filter_map(|(word, offset)| Some((block.nth(offset)?, word)))
        .collect();
    reserved.push((
        block.last(),
        "the broadcast address, which a VPC doesn't have",
    ));
    reserved
}

/// What is said about a block that is typed for a subnet of a VPC, while it is typed: how many
/// addresses it has, and what is in its way.
pub fn remark(desk: &Desk<'_>, vpc: &str, text: &str) -> Result<String, String> {
    let block: Prefix = text
        .trim()
        .parse()
        .map_err(|_| "A CIDR block is an address, a slash and a length: 10.0.1.0/24.".to_owned())?;
    if text.trim() != block.to_string() {
        return Err(format!(
            "The address has bits beyond the length; the block is {block}."
        ));
    }
    if !(LENGTHS.0..=LENGTHS.1).contains(&block.length()) {
        return Err("A subnet is a /28 at the least and a /16 at the most.".to_owned());
    }
    let (Some(ec2), Some(vpc)) = (desk.ec2(), desk.vpc(vpc)) else {
        return Ok(String::new());
    };
    if !vpc.covers(block) {
        let blocks: Vec<String> = vpc.blocks.iter().map(|it| it.block.to_string()).collect();
        return Err(format!(
            "It lies outside of the VPC, {}.",
            blocks.join(", ")
        ));
    }
    let mut subnets = ec2.subnets.iter();
    if let Some(other) = subnets.find(|it| it.vpc == vpc.id && it.block.overlaps(block)) {
        return Err(format!(
            "It overlaps {}, which has {}.",
            desk.called(other.id.as_str()),
            other.block
        ));
    }
    Ok(format!(
        "{} addresses, {} to {}; AWS keeps 5, so {} are yours.",
        block.size(),
        block.first(),
        block.last(),
        block.size().saturating_sub(5)
    ))
}

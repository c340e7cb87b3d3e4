//! Further addresses of network interfaces: private and IPv6 ones.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html>

use super::network_interface::{InterfaceAddress, NetworkInterface, check_own, free_address};
use super::select::{find, find_mut};
use super::{Ec2, Subnet, image};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    assign_ipv6_addresses, assign_ipv6_addresses_result, assign_private_ip_addresses,
    assign_private_ip_addresses_result, assigned_private_ip_address, unassign_ipv6_addresses,
    unassign_ipv6_addresses_result, unassign_private_ip_addresses,
};
use crate::id::Id;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many addresses of a family an interface may have: as its instance's type says.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html>
fn most(ec2: &Ec2, one: &NetworkInterface) -> usize {
    let instance = one.attachment.as_ref();
    let instance = instance.and_then(|it| ec2.instances.get(it.instance.as_str()));
    let kind = instance.and_then(|it| image::instance_type(&it.kind));
    kind.map_or(50, |kind| kind.addresses)
}

fn too_many(one: &NetworkInterface, most: usize) -> Fault {
    Fault::new(
        "PrivateIpAddressLimitExceeded",
        format!(
            "Number of private addresses will exceed limit of {most} for interface {}",
            one.id
        ),
    )
}

fn no_prefixes() -> Fault {
    Fault::new(
        "UnsupportedOperation",
        "Delegating whole prefixes to an interface is not in this sandbox; assign addresses.",
    )
}

/// The interface that a request may change.
fn own<'a>(ec2: &'a Ec2, id: &str) -> Result<(&'a NetworkInterface, &'a Subnet), Fault> {
    let one = find(&ec2.network_interfaces, id)?;
    check_own(one)?;
    Ok((one, find(&ec2.subnets, one.subnet.as_str())?))
}

/// `AssignPrivateIpAddresses`: the wanted ones, or as many of the lowest free ones.
pub(crate) fn assign(
    context: &mut Context<'_>,
    request: View<'_, AssignPrivateIpAddressesRequest>,
) -> Result<Doc<AssignPrivateIpAddressesResult>, Fault> {
    if request.has(assign_private_ip_addresses::IPV4_PREFIXES)
        || request.has(assign_private_ip_addresses::IPV4_PREFIX_COUNT)
    {
        return Err(no_prefixes());
    }
    let id = request
        .get(assign_private_ip_addresses::NETWORK_INTERFACE_ID)
        .unwrap_or_default();
    let wanted: Vec<&str> = request
        .items(assign_private_ip_addresses::PRIVATE_IP_ADDRESSES)
        .collect();
    let count = request
        .get(assign_private_ip_addresses::SECONDARY_PRIVATE_IP_ADDRESS_COUNT)
        .unwrap_or(0);
    if wanted.is_empty() == (count <= 0) {
        return Err(Fault::combination(
            "Either privateIpAddress or secondaryPrivateIpAddressCount must be specified",
        ));
    }
    let may_move = request.get(assign_private_ip_addresses::ALLOW_REASSIGNMENT) == Some(true);
    let (one, _) = own(context.ec2(), id)?;
    let id = one.id.clone();
    let more = wanted.len().max(usize::try_from(count).unwrap_or(0));
    let given = add_private(context.ec2_mut(), &id, &wanted, more, may_move)?;
    let list: Vec<_> = given
        .iter()
        .map(|it| {
            Doc::new().with(
                assigned_private_ip_address::PRIVATE_IP_ADDRESS,
                it.to_string(),
            )
        })
        .collect();
    Ok(Doc::new()
        .with(
            assign_private_ip_addresses_result::NETWORK_INTERFACE_ID,
            &id,
        )
        .with(
            assign_private_ip_addresses_result::ASSIGNED_PRIVATE_IP_ADDRESSES,
            list,
        ))
}

/// Gives an interface `count` more private addresses, of which the first are wanted ones.
pub(crate) fn add_private(
    ec2: &mut Ec2,
    id: &Id,
    wanted: &[&str],
    count: usize,
    may_move: bool,
) -> Result<Vec<Ipv4Addr>, Fault> {
    let (one, subnet) = own(ec2, id.as_str())?;
    let most = most(ec2, one);
    if one.addresses.len().saturating_add(count) > most {
        return Err(too_many(one, most));
    }
    let subnet = subnet.clone();
    let mut given = Vec::new();
    for place in 0..count {
        let wish = wanted.get(place).copied();
        if may_move && let Some(address) = wish.and_then(|it| it.parse::<Ipv4Addr>().ok()) {
            give_up(ec2, &subnet.id, id, address);
        }
        let private = free_address(ec2, &subnet, wish)?;
        find_mut(&mut ec2.network_interfaces, id.as_str())?
            .addresses
            .push(InterfaceAddress {
                private,
                auto_public: None,
            });
        given.push(private);
    }
    Ok(given)
}

/// Takes a further address from another interface of the subnet, which lets it go.
fn give_up(ec2: &mut Ec2, subnet: &Id, not: &Id, address: Ipv4Addr) {
    let has = |it: &NetworkInterface| {
        let mut further = it.addresses.iter().skip(1);
        it.subnet == *subnet && it.id != *not && further.any(|it| it.private == address)
    };
    let holder = ec2.network_interfaces.iter().find(|it| has(it));
    let Some(holder) = holder.map(|it| it.id.clone()) else {
        return;
    };
    if let Some(one) = ec2.network_interfaces.get_mut(holder.as_str()) {
        one.addresses.retain(|it| it.private != address);
    }
    free_elastic(ec2, &holder, address);
}

/// An Elastic IP address of a private address that is gone is associated no more.
fn free_elastic(ec2: &mut Ec2, interface: &Id, private: Ipv4Addr) {
    let elastic = ec2.elastic_of(interface, private).map(|it| it.id.clone());
    if let Some(one) = elastic.and_then(|id| ec2.addresses.get_mut(id.as_str())) {
        one.association = None;
    }
}

/// `UnassignPrivateIpAddresses`: never the primary one. Elastic IP addresses stay allocated.
pub(crate) fn unassign(
    context: &mut Context<'_>,
    request: View<'_, UnassignPrivateIpAddressesRequest>,
) -> Result<(), Fault> {
    if request.has(unassign_private_ip_addresses::IPV4_PREFIXES) {
        return Err(no_prefixes());
    }
    let id = request
        .get(unassign_private_ip_addresses::NETWORK_INTERFACE_ID)
        .unwrap_or_default();
    let (one, _) = own(context.ec2(), id)?;
    let mut goes = Vec::new();
    for text in request.items(unassign_private_ip_addresses::PRIVATE_IP_ADDRESSES) {
        let further = one.addresses.iter().skip(1).map(|it| it.private);
        match further.into_iter().find(|it| it.to_string() == text) {
            Some(address) => goes.push(address),
            None => {
                return Err(Fault::value(format!(
                    "Some of the specified addresses are not assigned to interface {}",
                    one.id
                )));
            }
        }
    }
    let id = one.id.clone();
    let ec2 = context.ec2_mut();
    for address in &goes {
        free_elastic(ec2, &id, *address);
    }
    find_mut(&mut ec2.network_interfaces, id.as_str())?
        .addresses
        .retain(|it| !goes.contains(&it.private));
    Ok(())
}

/// The IPv6 addresses that a subnet's interfaces have.
fn used(ec2: &Ec2, subnet: &Id) -> Vec<Ipv6Addr> {
    let own = ec2.network_interfaces.iter();
    own.filter(|it| it.subnet == *subnet)
        .flat_map(|it| it.ipv6.iter().copied())
        .collect()
}

/// Gives an interface `count` more IPv6 addresses, of which the first are wanted ones; AWS picks
/// the others anywhere in the subnet's block.
pub(crate) fn add_ipv6(
    ec2: &mut Ec2,
    mint: &mut Mint,
    id: &Id,
    wanted: &[&str],
    count: usize,
) -> Result<Vec<Ipv6Addr>, Fault> {
    // Who asks for this has been asked whether the interface is his: a load balancer's is AWS's.
    let one = find(&ec2.network_interfaces, id.as_str())?;
    let subnet = find(&ec2.subnets, one.subnet.as_str())?;
    let Some(block) = subnet.ipv6_blocks.first().map(|it| it.block) else {
        return Err(Fault::new(
            "InvalidParameterCombination",
            format!("The subnet '{}' has no IPv6 CIDR block", subnet.id),
        ));
    };
    let most = most(ec2, one);
    if one.ipv6.len().saturating_add(count) > most {
        return Err(too_many(one, most));
    }
    let subnet = subnet.id.clone();
    let mut given = Vec::new();
    for place in 0..count {
        let taken = used(ec2, &subnet);
        let address = match wanted.get(place) {
            Some(text) => {
                let address: Ipv6Addr = text.parse().map_err(|_| {
                    Fault::value(format!("invalid value for parameter ipv6Addresses: {text}"))
                })?;
                if !block.contains(address.into()) {
                    return Err(Fault::value(format!(
                        "Address {address} does not fall within the subnet's address range {block}"
                    )));
                }
                if taken.contains(&address) {
                    return Err(Fault::new(
                        "InvalidIPAddress.InUse",
                        format!("Address {address} is in use."),
                    ));
                }
                address
            }
            None => loop {
                let bits = u128::from(mint.bits());
                let last = 4 + bits % block.size().saturating_sub(8).max(1);
                if let Some(IpAddr::V6(address)) = block.nth(last)
                    && !taken.contains(&address)
                {
                    break address;
                }
            },
        };
        find_mut(&mut ec2.network_interfaces, id.as_str())?
            .ipv6
            .push(address);
        given.push(address);
    }
    Ok(given)
}

/// `AssignIpv6Addresses`
pub(crate) fn assign_ipv6(
    context: &mut Context<'_>,
    request: View<'_, AssignIpv6AddressesRequest>,
) -> Result<Doc<AssignIpv6AddressesResult>, Fault> {
    if request.has(assign_ipv6_addresses::IPV6_PREFIXES)
        || request.has(assign_ipv6_addresses::IPV6_PREFIX_COUNT)
    {
        return Err(no_prefixes());
    }
    let id = request
        .get(assign_ipv6_addresses::NETWORK_INTERFACE_ID)
        .unwrap_or_default();
    let id = own(context.ec2(), id)?.0.id.clone();
    let wanted: Vec<&str> = request
        .items(assign_ipv6_addresses::IPV6_ADDRESSES)
        .collect();
    let count = request
        .get(assign_ipv6_addresses::IPV6_ADDRESS_COUNT)
        .unwrap_or(0);
    if wanted.is_empty() == (count <= 0) {
        return Err(Fault::combination(
            "Either ipv6Addresses or ipv6AddressCount must be specified",
        ));
    }
    let count = wanted.len().max(usize::try_from(count).unwrap_or(0));
    let (ec2, mint) = context.parts();
    let given = add_ipv6(ec2, mint, &id, &wanted, count)?;
    let given: Vec<String> = given.iter().map(Ipv6Addr::to_string).collect();
    Ok(Doc::new()
        .with(assign_ipv6_addresses_result::ASSIGNED_IPV6_ADDRESSES, given)
        .with(assign_ipv6_addresses_result::NETWORK_INTERFACE_ID, &id))
}

/// `UnassignIpv6Addresses`
pub(crate) fn unassign_ipv6(
    context: &mut Context<'_>,
    request: View<'_, UnassignIpv6AddressesRequest>,
) -> Result<Doc<UnassignIpv6AddressesResult>, Fault> {
    if request.has(unassign_ipv6_addresses::IPV6_PREFIXES) {
        return Err(no_prefixes());
    }
    let id = request
        .get(unassign_ipv6_addresses::NETWORK_INTERFACE_ID)
        .unwrap_or_default();
    let (one, _) = own(context.ec2(), id)?;
    let mut goes = Vec::new();
    for text in request.items(unassign_ipv6_addresses::IPV6_ADDRESSES) {
        let address = text.parse::<Ipv6Addr>().ok();
        match address.filter(|it| one.ipv6.contains(it)) {
            Some(address) => goes.push(address),
            None => {
                return Err(Fault::value(format!(
                    "Some of the specified addresses are not assigned to interface {}",
                    one.id
                )));
            }
        }
    }
    let id = one.id.clone();
    find_mut(&mut context.ec2_mut().network_interfaces, id.as_str())?
        .ipv6
        .retain(|it| !goes.contains(it));
    let goes: Vec<String> = goes.iter().map(Ipv6Addr::to_string).collect();
    Ok(Doc::new()
        .with(unassign_ipv6_addresses_result::NETWORK_INTERFACE_ID, &id)
        .with(
            unassign_ipv6_addresses_result::UNASSIGNED_IPV6_ADDRESSES,
            goes,
        ))
}

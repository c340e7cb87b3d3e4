//! All public addresses at once.

use crate::question::Refusal;
use crate::walk::Walk;
use crate::{Network, Place, Question, gateway, place};
use hopwise_cloud::ec2::route_table::Destination;
use hopwise_cloud::ec2::security_group::Peer;
use hopwise_cloud::ec2::{Ec2, prefix_list};
use hopwise_cloud::{Cloud, Id, OUTSIDE_ADDRESS, Region};
use hopwise_net::Prefix;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// Which public sources get there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sources {
    /// One that does; `None` means that no public source does.
    pub can: Option<Ipv4Addr>,
    /// One that doesn't; `None` means that every public source does.
    pub cannot: Option<Ipv4Addr>,
}

/// Asks `question` from every public IPv4 address (its `from` is not looked at), and names one
/// source whose walk is as `wanted`, e.g. [`Walk::reaches`], and one whose isn't. (The walks that
/// `wanted` sees don't name the rules that were tried and did not decide.)
///
/// It is exact: what is on the way compares the address of an outside source with CIDR blocks
/// and with addresses of interfaces and with nothing else, so between two bounds of those all
/// sources fare alike and one stands for them. 198.51.100.20 is named where it can be. Public
/// are all addresses of single machines but those of RFC 1918 and RFC 6598, the link-local ones,
/// and those that interfaces of this cloud have.
///
/// # Errors
/// As [`crate::walk()`].
pub fn public_sources(
    cloud: &Cloud,
    question: &Question,
    wanted: impl Fn(&Walk) -> bool,
) -> Result<Sources, Refusal> {
    let network = Network::of(cloud);
    let mut sources = Sources::default();
    for address in addresses(&network) {
        let asked = Question {
            from: Place::Address(address.into()),
            ..question.clone()
        };
        let side = if wanted(&network.walk_briefly(&asked)?) {
            &mut sources.can
        } else {
            &mut sources.cannot
        };
        side.get_or_insert(address);
        if sources.can.is_some() && sources.cannot.is_some() {
            break;
        }
    }
    Ok(sources)
}

/// Public IPv4 addresses that stand for all others: one of each stretch within which nothing in
/// the cloud can tell one from another, 198.51.100.20 first. See [`public_sources`].
pub fn public_addresses(cloud: &Cloud) -> impl Iterator<Item = Ipv4Addr> {
    let all: Vec<Ipv4Addr> = addresses(&Network::of(cloud)).collect();
    all.into_iter()
}

fn addresses(network: &Network) -> impl Iterator<Item = Ipv4Addr> {
    let bounds = bounds(&network.cloud);
    let ends: Vec<u64> = bounds
        .iter()
        .skip(1)
        .copied()
        .chain([u64::from(u32::MAX) + 1])
        .collect();
    let second = bounds.into_iter().zip(ends).filter_map(|(first, end)| {
        // The second address looks more like a machine's than the first.
        u32::try_from((first + 1).min(end - 1)).ok()
    });
    std::iter::once(u32::from(OUTSIDE_ADDRESS))
        .chain(second)
        .map(Ipv4Addr::from)
        .filter(|address| is_public(*address) && network.public((*address).into()).0.is_none())
}

fn is_public(address: Ipv4Addr) -> bool {
    place::is_unicast(address.into())
        && gateway::Private::of(address.into()).is_none()
        && !address.is_link_local()
}

/// Where the verdict may change: the first address of each block, and the first behind it.
fn bounds(cloud: &Cloud) -> BTreeSet<u64> {
    let mut bounds = BTreeSet::from([0]);
    let mut add = |prefix: Prefix| {
        if let (IpAddr::V4(first), IpAddr::V4(last)) = (prefix.first(), prefix.last()) {
            bounds.insert(u64::from(u32::from(first)));
            bounds.insert(u64::from(u32::from(last)) + 1);
        }
    };
    // What is public at all.
    for (network, length) in [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 168, 0, 0], 16),
        ([224, 0, 0, 0], 3),
    ] {
        Prefix::new(Ipv4Addr::from(network).into(), length).map(&mut add);
    }
    for (_, region, ec2) in cloud.places() {
        blocks(ec2, region, &mut add);
    }
    bounds.remove(&(u64::from(u32::MAX) + 1));
    bounds
}

/// Every block and address of a Region that a packet's address is compared with.
fn blocks(ec2: &Ec2, region: &Region, add: &mut impl FnMut(Prefix)) {
    let list = |id: &Id| prefix_list::blocks(ec2, region, id.as_str()).unwrap_or_default();
    let vpcs = ec2
        .vpcs
        .iter()
        .flat_map(|it| it.blocks.iter().map(|it| it.block));
    let subnets = ec2.subnets.iter().map(|it| it.block);
    let routes = ec2
        .route_tables
        .iter()
        .flat_map(|it| ec2.routes_of(it))
        .flat_map(|it| match it.destination {
            Destination::Block(block) => vec![block],
            Destination::List(id) => list(&id),
        });
    let entries = ec2
        .network_acls
        .iter()
        .flat_map(|it| it.entries.iter().map(|it| it.block));
    let rules = ec2.security_groups.iter().flat_map(|it| &it.rules);
    let peers = rules.flat_map(|rule| match &rule.peer {
        Peer::Block(block) => vec![*block],
        Peer::List(id) => list(id),
        Peer::Group(_) | Peer::Foreign(_) => Vec::new(),
    });
    let own = ec2.network_interfaces.iter().flat_map(|interface| {
        interface.addresses.iter().flat_map(|it| {
            [Some(it.private), ec2.public_of(&interface.id, it.private)]
                .into_iter()
                .flatten()
        })
    });
    let own = own.map(|address| Prefix::host(address.into()));
    vpcs.chain(subnets)
        .chain(routes)
        .chain(entries)
        .chain(peers)
        .chain(own)
        .for_each(add);
}

//! What the router of a network knows of AWS, and over which line.
//!
//! With BGP it is announced to it; without it the router is taken to be set up as AWS's sample
//! configurations say, with routes to the same blocks.

use super::OnPremises;
use crate::cloud::Cloud;
use crate::directconnect::{Association, VirtualEnd};
use crate::ec2::Ec2;
use crate::ec2::transit_gateway::TransitEnd;
use crate::ec2::vpn::VpnEnd;
use crate::id::Id;
use hopwise_net::Prefix;

/// A route of the router of a network outside of AWS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RouterRoute {
    /// What it is for.
    pub destination: Prefix,
    /// The account of the line.
    pub account: String,
    /// The Region in which the traffic enters AWS.
    pub region: &'static str,
    /// Over which line.
    pub over: Over,
    /// The gateway of AWS where it arrives: `vgw-…` or `tgw-…`.
    pub gateway: Id,
}

/// A line between a network and AWS. Where both know a block, Direct Connect counts first.
/// <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Over {
    /// A virtual interface.
    DirectConnect(Id),
    /// A tunnel of a VPN connection.
    Vpn(Id, usize),
}

impl Cloud {
    /// What the router of a network knows of AWS: the most specific first, and of one block the
    /// line that is taken first.
    pub fn routes_of_network(&self, network: &OnPremises) -> Vec<RouterRoute> {
        let mut found = Vec::new();
        for (account, region, ec2) in self.places() {
            for one in ec2.vpn_connections.by_birth() {
                let customer = ec2.customer_gateways.get(one.customer_gateway.as_str());
                let here = customer.is_some_and(|it| it.address == network.address);
                let tunnel = one.tunnels.iter().position(|it| it.up);
                let (true, Some(tunnel)) = (here, tunnel) else {
                    continue;
                };
                let (gateway, blocks) = match &one.gateway {
                    VpnEnd::VpnGateway(id) => {
                        let mut blocks = vpc_blocks(ec2, id);
                        // One network hears of another over the same gateway (AWS VPN CloudHub).
                        blocks.extend(ec2.learned_by(id));
                        (id, blocks)
                    }
                    VpnEnd::TransitGateway(id) => {
                        let own = |end: &TransitEnd| matches!(end, TransitEnd::Vpn { connection } if *connection == one.id);
                        (id, transit_blocks(ec2, id, own))
                    }
                };
                for destination in blocks {
                    found.push(RouterRoute {
                        destination,
                        account: account.id.clone(),
                        region: region.name,
                        over: Over::Vpn(one.id.clone(), tunnel),
                        gateway: gateway.clone(),
                    });
                }
            }
            for one in ec2.direct_connect.interfaces.by_birth() {
                if !one.up || !network.connections.contains(&one.connection) {
                    continue;
                }
                let mut tell = |region: &'static str, gateway: &Id, blocks: Vec<Prefix>| {
                    found.extend(blocks.into_iter().map(|destination| RouterRoute {
                        destination,
                        account: account.id.clone(),
                        region,
                        over: Over::DirectConnect(one.id.clone()),
                        gateway: gateway.clone(),
                    }));
                };
                match &one.end {
                    VirtualEnd::VpnGateway(id) => tell(region.name, id, vpc_blocks(ec2, id)),
                    VirtualEnd::Private(id) | VirtualEnd::Transit(id) => {
                        let associations = account.regions().find_map(|(_, ec2)| {
                            Some(&ec2.direct_connect.gateways.get(id.as_str())?.associations)
                        });
                        for it in associations.into_iter().flatten() {
                            let there = account.regions().find(|(name, _)| *name == it.region);
                            if let Some((name, ec2)) = there.filter(|_| it.phase.works()) {
                                tell(name, &it.gateway, announced(ec2, it));
                            }
                        }
                    }
                }
            }
        }
        // What is its own it does not look for in AWS.
        found.retain(|it| !network.announced.contains(&it.destination));
        found.sort_by(|a, b| {
            let key = |it: &RouterRoute| {
                (
                    std::cmp::Reverse(it.destination.length()),
                    it.destination.first(),
                )
            };
            key(a).cmp(&key(b)).then_with(|| rank(a).cmp(&rank(b)))
        });
        found.dedup();
        found
    }
}

/// Direct Connect counts before VPN; of several lines the oldest stays first.
fn rank(route: &RouterRoute) -> bool {
    matches!(route.over, Over::Vpn(..))
}

/// The blocks of the VPC of a virtual private gateway.
fn vpc_blocks(ec2: &Ec2, gateway: &Id) -> Vec<Prefix> {
    let gateway = ec2.vpn_gateways.get(gateway.as_str());
    let gateway = gateway.filter(|it| it.attachment.works());
    let vpc = gateway.and_then(|it| ec2.vpcs.get(it.attached_to()?.as_str()));
    vpc.map(|it| it.blocks.iter().map(|it| it.block).collect())
        .unwrap_or_default()
}

/// What a transit gateway announces over an attachment: what the attachment's table leads to, except
/// what it has from there.
fn transit_blocks(ec2: &Ec2, gateway: &Id, own: impl Fn(&TransitEnd) -> bool) -> Vec<Prefix> {
    let attachment = ec2
        .transit_attachments
        .iter()
        .find(|it| it.gateway == *gateway && it.phase.works() && own(&it.end));
    let table = attachment.and_then(|it| {
        let table = it.association.as_ref()?;
        Some((it, ec2.transit_route_tables.get(table.as_str())?))
    });
    let Some((attachment, table)) = table else {
        return Vec::new();
    };
    let mut routes = ec2.transit_routes(table);
    routes.dedup_by_key(|it| it.destination);
    routes
        .into_iter()
        .filter(|it| it.active && !it.attachments.contains(&attachment.id))
        .map(|it| it.destination)
        .collect()
}

/// What is announced for an association of a Direct Connect gateway.
/// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html>
fn announced(ec2: &Ec2, one: &Association) -> Vec<Prefix> {
    if one.is_transit() {
        return one.allowed.clone();
    }
    let mut blocks = vpc_blocks(ec2, &one.gateway);
    blocks.retain(|it| one.allowed.is_empty() || one.allowed.iter().any(|own| own.covers(*it)));
    blocks
}

//! Virtual private gateways, customer gateways and Site-to-Site VPN connections.
//!
//! <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html>

mod connection;
mod customer;
mod gateway;
#[cfg(test)]
pub(crate) mod tests;

pub(super) use connection::FILTERS as CONNECTION_FILTERS;
pub(crate) use connection::{
    create as create_connection, create_route, delete as delete_connection, delete_route,
    describe as describe_connections, modify as modify_connection,
};
pub(super) use customer::FILTERS as CUSTOMER_FILTERS;
pub(crate) use customer::{
    create as create_customer, delete as delete_customer, describe as describe_customers,
};
pub(super) use gateway::FILTERS;
pub(crate) use gateway::{attach, create, delete, describe, detach};

use super::Ec2;
use super::phase::{Phase, State, phased};
use crate::id::{Born, Id};
use crate::table::{Tags, resource};
use crate::time::Time;
use hopwise_net::Prefix;
use std::net::Ipv4Addr;

/// A virtual private gateway: the VPC's side of VPN and Direct Connect.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VpnGateway {
    /// `vgw-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is attached to.
    pub vpc: Option<Id>,
    /// Its number on Amazon's side of BGP.
    pub asn: u64,
    /// How far it is.
    pub phase: Phase,
    /// How far the attachment is.
    pub attachment: Phase,
    /// What it has learned over Direct Connect, of whatever Region.
    pub direct: Vec<Prefix>,
}

resource!(
    VpnGateway,
    "vpn-gateway",
    "vgw",
    "vpnGateway",
    "InvalidVpnGatewayID"
);
phased!(VpnGateway, phase, attachment);

/// A customer gateway: what AWS knows of the device on the other side.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CustomerGateway {
    /// `cgw-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The public address of the device.
    pub address: Ipv4Addr,
    /// The device's number in BGP.
    pub asn: u64,
    /// What the device is called.
    pub device: Option<String>,
    /// How far it is.
    pub phase: Phase,
}

resource!(
    CustomerGateway,
    "customer-gateway",
    "cgw",
    "customerGateway",
    "InvalidCustomerGatewayID"
);
phased!(CustomerGateway, phase);

/// A Site-to-Site VPN connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VpnConnection {
    /// `vpn-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The device on the other side.
    pub customer_gateway: Id,
    /// The side of AWS.
    pub gateway: VpnEnd,
    /// Are its routes written down, not learned by BGP?
    pub static_routes: bool,
    /// The routes to the other side that are written down.
    pub routes: Vec<Prefix>,
    /// What the other side has announced by BGP.
    pub learned: Vec<Prefix>,
    /// Its two tunnels.
    pub tunnels: Vec<Tunnel>,
    /// How far it is.
    pub phase: Phase,
}

/// The side of AWS of a VPN connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum VpnEnd {
    /// A virtual private gateway.
    VpnGateway(Id),
    /// A transit gateway.
    TransitGateway(Id),
}

/// A tunnel of a VPN connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tunnel {
    /// The address of AWS's end.
    pub outside: Ipv4Addr,
    /// The block of the addresses inside the tunnel, a /30 of 169.254.0.0/16.
    pub inside: Prefix,
    /// The key that both ends know.
    pub key: String,
    /// Is it up? That follows from the rest: there is a router at the other end, and nothing failed.
    pub up: bool,
    /// Has somebody let it fail?
    pub failed: bool,
    /// Since when it is up or down.
    pub changed: Time,
}

resource!(
    VpnConnection,
    "vpn-connection",
    "vpn",
    "vpnConnection",
    "InvalidVpnConnectionID"
);
phased!(VpnConnection, phase);

impl VpnConnection {
    /// Where it leads while a tunnel is up: what is written down, or what was announced.
    pub fn leads_to(&self) -> &[Prefix] {
        if !self.phase.works() || !self.tunnels.iter().any(|tunnel| tunnel.up) {
            &[]
        } else if self.static_routes {
            &self.routes
        } else {
            &self.learned
        }
    }
}

impl Ec2 {
    /// What a virtual private gateway knows of the networks behind it, each once: from Direct
    /// Connect, then from the static routes of VPN connections, then from BGP over them.
    /// <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>
    pub fn learned_by(&self, gateway: &Id) -> Vec<Prefix> {
        let direct = self.vpn_gateways.get(gateway.as_str());
        let direct = direct.map(|it| it.direct.clone()).unwrap_or_default();
        let own =
            |it: &&std::rc::Rc<VpnConnection>| it.gateway == VpnEnd::VpnGateway(gateway.clone());
        let mut connections = self.vpn_connections.by_birth();
        connections.retain(own);
        connections.sort_by_key(|it| !it.static_routes);
        let vpn = connections
            .into_iter()
            .flat_map(|it| it.leads_to().to_vec());
        let mut known: Vec<Prefix> = Vec::new();
        for block in direct.into_iter().chain(vpn) {
            if !known.contains(&block) {
                known.push(block);
            }
        }
        known
    }

    /// The virtual private gateway of a VPC: there is one at most.
    pub fn vpn_gateway_of(&self, vpc: &Id) -> Option<&VpnGateway> {
        let mut all = self.vpn_gateways.iter();
        all.find(|it| it.vpc.as_ref() == Some(vpc) && it.is_attached())
            .map(AsRef::as_ref)
    }
}

impl VpnGateway {
    /// The VPC it is attached to, and not on its way from.
    pub fn attached_to(&self) -> Option<&Id> {
        self.vpc.as_ref().filter(|_| self.attachment.is_alive())
    }

    /// Is it attached, or on its way to or from a VPC?
    pub(crate) fn is_attached(&self) -> bool {
        self.attachment.is_alive() || self.attachment.state == State::Deleting
    }
}

/// AWS's word for a state of what belongs to a VPN.
pub(crate) fn state_word(phase: Phase) -> &'static str {
    match phase.state {
        State::AwaitsAcceptance | State::Pending => "pending",
        State::Available => "available",
        State::Modifying => "modifying",
        State::Deleting => "deleting",
        State::Failed | State::Rejected | State::Expired | State::Deleted => "deleted",
    }
}

/// `ipsec.1`, the only type there is.
const TYPE: &str = "ipsec.1";

fn check_type(kind: Option<&str>) -> Result<(), crate::Fault> {
    match kind {
        Some(TYPE) => Ok(()),
        other => Err(crate::Fault::value(format!(
            "Value ({}) for parameter type is invalid. Valid values are {TYPE}.",
            other.unwrap_or_default()
        ))),
    }
}

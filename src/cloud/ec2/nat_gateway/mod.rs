//! NAT gateways: public, private and regional ones.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>

mod describe;
mod operations;

pub(super) use describe::FILTERS;
pub(crate) use describe::describe;
pub(crate) use operations::{
    assign_private, associate, create, delete, disassociate, unassign_private,
};

use super::Ec2;
use super::network_interface;
use super::phase::{Phase, State, phased};
use crate::id::{Born, Id};
use crate::table::{Tags, resource};
use crate::time::Time;
use std::net::Ipv4Addr;

/// A NAT gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NatGateway {
    /// `nat-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is in.
    pub vpc: Id,
    /// Where it stands.
    pub scope: Scope,
    /// Does it give what passes it a public address? A private one doesn't.
    pub public: bool,
    /// Its addresses, the primary one first.
    pub addresses: Vec<NatAddress>,
    /// How far it is.
    pub phase: Phase,
    /// Why it failed: a code and a sentence.
    pub failure: Option<(String, String)>,
    /// When it was made.
    pub created: Time,
    /// When its end began.
    pub deleted: Option<Time>,
}

/// Where a NAT gateway stands.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// In a subnet, with a network interface there.
    Zonal {
        /// The subnet.
        subnet: Id,
        /// Its interface, which is AWS's.
        interface: Id,
    },
    /// In the VPC as a whole, in each zone that it has grown to.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html>
    Regional {
        /// Its own route table.
        table: Id,
        /// The zones it serves, by name.
        zones: Vec<String>,
        /// Does AWS choose zones and addresses?
        automatic: bool,
    },
}

/// An address of a NAT gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NatAddress {
    /// `eipassoc-…`
    pub association: Option<Id>,
    /// The Elastic IP address; `None` for a private gateway.
    pub allocation: Option<Id>,
    /// The private address; `None` for a regional gateway.
    pub private: Option<Ipv4Addr>,
    /// The public address.
    pub public: Option<Ipv4Addr>,
    /// The zone it is for, of a regional gateway.
    pub zone: Option<String>,
}

resource!(
    NatGateway,
    "natgateway",
    "nat",
    "natGateway",
    "InvalidNatGatewayID"
);
phased!(NatGateway, phase);

impl NatGateway {
    /// The subnet of a zonal gateway.
    pub fn subnet(&self) -> Option<&Id> {
        match &self.scope {
            Scope::Zonal { subnet, .. } => Some(subnet),
            Scope::Regional { .. } => None,
        }
    }

    /// The network interface of a zonal gateway.
    pub fn interface(&self) -> Option<&Id> {
        match &self.scope {
            Scope::Zonal { interface, .. } => Some(interface),
            Scope::Regional { .. } => None,
        }
    }
}

/// Takes away what gateways held that are gone now: their interfaces, and with them the
/// associations of their Elastic IP addresses.
pub(super) fn clear(ec2: &mut Ec2) {
    let gone: Vec<(Id, Id)> = ec2
        .nat_gateways
        .iter()
        .filter(|it| matches!(it.phase.state, State::Deleted | State::Failed))
        .filter_map(|it| {
            let interface = it.interface()?;
            let there = ec2.network_interfaces.contains(interface.as_str());
            there.then(|| (it.id.clone(), interface.clone()))
        })
        .collect();
    for (_, interface) in gone {
        network_interface::remove(ec2, &interface);
    }
    let tables: Vec<Id> = ec2
        .nat_gateways
        .iter()
        .filter(|it| it.phase.state == State::Deleted)
        .filter_map(|it| match &it.scope {
            Scope::Regional { table, .. } => Some(table.clone()),
            Scope::Zonal { .. } => None,
        })
        .collect();
    for table in tables {
        ec2.route_tables.remove(table.as_str());
    }
}

//! AWS Direct Connect: connections, private virtual interfaces, Direct Connect gateways.
//!
//! <https://docs.aws.amazon.com/directconnect/latest/UserGuide/Welcome.html>

use crate::ec2::phase::{Phase, phased};
use crate::id::{Born, Id};
use crate::table::{Table, Tags, resource};
use hopwise_net::Prefix;

/// What an account has of Direct Connect in one Region. (A Direct Connect gateway is in no Region;
/// it is kept in the one it was made from, and found from all.)
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct DirectConnect {
    /// Connections.
    pub connections: Table<Connection>,
    /// Private and transit virtual interfaces.
    pub interfaces: Table<VirtualInterface>,
    /// Direct Connect gateways.
    pub gateways: Table<DirectConnectGateway>,
}

/// A port at a Direct Connect location.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Connection {
    /// `dxcon-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: String,
    /// The location's code.
    pub location: String,
    /// `1Gbps`, …
    pub bandwidth: String,
    /// How far it is.
    pub phase: Phase,
}

resource!(
    Connection,
    "dxcon",
    "dxcon",
    "connection",
    "DirectConnectClientException"
);
phased!(Connection, phase);

/// A virtual interface on a connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VirtualInterface {
    /// `dxvif-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: String,
    /// The connection.
    pub connection: Id,
    /// Where it leads.
    pub end: VirtualEnd,
    /// Its VLAN.
    pub vlan: u16,
    /// The customer's number in BGP.
    pub asn: u64,
    /// How far it is.
    pub phase: Phase,
    /// Is its BGP session up? A student may let it fail.
    pub up: bool,
    /// What the other side has announced.
    pub learned: Vec<Prefix>,
}

/// Where a virtual interface leads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum VirtualEnd {
    /// Private, to one virtual private gateway.
    VpnGateway(Id),
    /// Private, to a Direct Connect gateway.
    Private(Id),
    /// Transit, to a Direct Connect gateway.
    Transit(Id),
}

resource!(
    VirtualInterface,
    "dxvif",
    "dxvif",
    "virtualInterface",
    "DirectConnectClientException"
);
phased!(VirtualInterface, phase);

/// A Direct Connect gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DirectConnectGateway {
    /// Its id: a UUID.
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: String,
    /// Its number on Amazon's side of BGP.
    pub asn: u64,
    /// What it is associated with: virtual private gateways or transit gateways, each with the
    /// prefixes that are announced to the other side.
    pub associations: Vec<(Id, Vec<Prefix>)>,
    /// How far it is.
    pub phase: Phase,
}

resource!(
    DirectConnectGateway,
    "dx-gateway",
    "dx-gateway",
    "directConnectGateway",
    "DirectConnectClientException"
);
phased!(DirectConnectGateway, phase);

impl DirectConnect {
    /// What a virtual private gateway learns of the networks behind its virtual interfaces.
    pub fn learned_by(&self, gateway: &Id) -> Vec<Prefix> {
        let leads = |it: &VirtualInterface| match &it.end {
            VirtualEnd::VpnGateway(id) => id == gateway,
            VirtualEnd::Private(id) => self
                .gateways
                .get(id.as_str())
                .is_some_and(|it| it.associations.iter().any(|(other, _)| other == gateway)),
            VirtualEnd::Transit(_) => false,
        };
        let all = self.interfaces.by_birth().into_iter();
        all.filter(|it| it.up && it.phase.works() && leads(it))
            .flat_map(|it| it.learned.clone())
            .collect()
    }
}

//! AWS Direct Connect: connections, private and transit virtual interfaces, Direct Connect gateways.
//!
//! <https://docs.aws.amazon.com/directconnect/latest/UserGuide/Welcome.html>

pub(crate) mod connection;
mod gateway;
pub(crate) mod interface;
#[cfg(test)]
pub(crate) mod tests;

use crate::door::{Need::*, operations};
use crate::ec2::phase::{Phase, Phased, State, phased};
use crate::fault::Fault;
use crate::field::{Doc, Items, Struct};
use crate::fields::directconnect::{shape, tag};
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
    /// Is the router of a network plugged in? That follows from the networks outside of AWS.
    pub up: bool,
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
    /// The addresses of Amazon's and of the customer's end, and how long their prefix is.
    pub addresses: (std::net::Ipv4Addr, std::net::Ipv4Addr, u8),
    /// The key of the BGP session.
    pub key: String,
    /// How large a packet may be.
    pub mtu: u16,
    /// How far it is.
    pub phase: Phase,
    /// Is its BGP session up? That follows from the rest: a router is plugged in, nothing failed.
    pub up: bool,
    /// Has somebody let it fail?
    pub failed: bool,
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

impl VirtualInterface {
    /// Does it lead straight to this gateway?
    pub(crate) fn leads_to(&self, gateway: &Id) -> bool {
        let (VirtualEnd::VpnGateway(id) | VirtualEnd::Private(id) | VirtualEnd::Transit(id)) =
            &self.end;
        id == gateway && self.phase.state != State::Deleted
    }
}

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
    /// What it is associated with.
    pub associations: Vec<Association>,
    /// How far it is.
    pub phase: Phase,
}

/// That a Direct Connect gateway is associated with a virtual private gateway or a transit gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Association {
    /// Its id: a UUID.
    pub id: Id,
    /// The other gateway: `vgw-…` or `tgw-…`.
    pub gateway: Id,
    /// The Region of that gateway.
    pub region: String,
    /// What is announced to the other side: of a virtual private gateway only what these cover
    /// (everything, if there are none), of a transit gateway just these.
    /// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/allowed-to-prefixes.html>
    pub allowed: Vec<Prefix>,
    /// How far it is.
    pub phase: Phase,
}

impl Association {
    /// Is it with a transit gateway?
    pub fn is_transit(&self) -> bool {
        self.gateway.as_str().starts_with("tgw-")
    }
}

resource!(
    DirectConnectGateway,
    "dx-gateway",
    "dx-gateway",
    "directConnectGateway",
    "DirectConnectClientException"
);

impl Phased for DirectConnectGateway {
    fn phases(&mut self) -> impl Iterator<Item = &mut Phase> {
        let associations = self.associations.iter_mut().map(|it| &mut it.phase);
        std::iter::once(&mut self.phase).chain(associations)
    }

    fn phases_now(&self) -> impl Iterator<Item = Phase> {
        let associations = self.associations.iter().map(|it| it.phase);
        std::iter::once(self.phase).chain(associations)
    }
}

impl DirectConnectGateway {
    /// Is it associated with this gateway, or still on its way out of that?
    pub(crate) fn is_associated(&self, gateway: &Id) -> bool {
        let mut all = self.associations.iter();
        all.any(|it| it.gateway == *gateway && it.phase.state != State::Deleted)
    }
}

operations! {
    write "CreateConnection" [New("dxcon")] connection::create;
    write "CreateDirectConnectGateway" [Any] gateway::create;
    write "CreateDirectConnectGatewayAssociation" [On("dx-gateway", "directConnectGatewayId")] gateway::associate;
    write "CreatePrivateVirtualInterface" [On("dxcon", "connectionId")] interface::create_private;
    write "CreateTransitVirtualInterface" [On("dxcon", "connectionId")] interface::create_transit;
    write "DeleteConnection" [On("dxcon", "connectionId")] connection::delete;
    write "DeleteDirectConnectGateway" [On("dx-gateway", "directConnectGatewayId")] gateway::delete;
    write "DeleteDirectConnectGatewayAssociation" [On("dx-gateway", "directConnectGatewayId")] gateway::disassociate;
    write "DeleteVirtualInterface" [On("dxvif", "virtualInterfaceId")] interface::delete;
    read "DescribeConnections" [Any] connection::describe;
    read "DescribeDirectConnectGatewayAssociations" [Any] gateway::describe_associations;
    read "DescribeDirectConnectGatewayAttachments" [Any] gateway::describe_attachments;
    read "DescribeDirectConnectGateways" [Any] gateway::describe;
    read "DescribeLocations" [Any] connection::describe_locations;
    read "DescribeVirtualGateways" [Any] gateway::describe_virtual_gateways;
    read "DescribeVirtualInterfaces" [Any] interface::describe;
    write "UpdateDirectConnectGatewayAssociation" [Any] gateway::update;
}

/// What Direct Connect says of whatever is wrong with a request.
fn refused(message: impl Into<String>) -> Fault {
    Fault::new("DirectConnectClientException", message)
}

/// What is known to the service and not to this sandbox.
fn not_here(what: &str) -> Fault {
    refused(format!("{what} is not in this sandbox."))
}

/// The tags that a request gives to something new.
fn new_tags(items: Items<'_, Struct<shape::Tag>>) -> Tags {
    let mut tags = Tags::default();
    for one in items {
        let key = one.get(tag::KEY).unwrap_or_default();
        tags.set(key, one.get(tag::VALUE).unwrap_or_default());
    }
    tags
}

fn tag_list(tags: &Tags) -> Vec<Doc<shape::Tag>> {
    tags.iter()
        .map(|(key, value)| Doc::new().with(tag::KEY, key).with(tag::VALUE, value))
        .collect()
}

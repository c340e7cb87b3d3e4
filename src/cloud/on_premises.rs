//! Networks that are not AWS's: an office, a data centre. The far end of VPN and Direct Connect.

use hopwise_net::Prefix;
use std::net::Ipv4Addr;

/// A network of one's own outside of AWS, with a router that has one public address.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OnPremises {
    /// Its name, unique in the world.
    pub name: String,
    /// The public address of its router, which a customer gateway names.
    pub address: Ipv4Addr,
    /// Its blocks, which it announces by BGP.
    pub blocks: Vec<Prefix>,
    /// Its hosts: a name and an address. Each answers on every port.
    pub hosts: Vec<(String, Ipv4Addr)>,
}

impl OnPremises {
    /// Does one of its blocks hold the address?
    pub fn holds(&self, address: std::net::IpAddr) -> bool {
        self.blocks.iter().any(|block| block.contains(address))
    }
}

//! What internet gateways know of addresses: which ones the internet does not route, and whose
//! the public ones are.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>

use hopwise_net::Prefix;
use std::net::{IpAddr, Ipv4Addr};

/// The addresses that the internet does not route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Private {
    /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`.
    Rfc1918,
    /// `100.64.0.0/10`.
    Rfc6598,
}

/// A block that is made when it is looked at.
type Block = fn() -> Option<Prefix>;

/// The blocks of those addresses.
pub(crate) const PRIVATE: [(Block, Private); 4] = [
    (|| block([10, 0, 0, 0], 8), Private::Rfc1918),
    (|| block([172, 16, 0, 0], 12), Private::Rfc1918),
    (|| block([192, 168, 0, 0], 16), Private::Rfc1918),
    (|| block([100, 64, 0, 0], 10), Private::Rfc6598),
];

fn block(first: [u8; 4], length: u8) -> Option<Prefix> {
    Prefix::new(Ipv4Addr::from(first).into(), length)
}

impl Private {
    /// Which of the two the address is of, if one.
    pub fn of(address: IpAddr) -> Option<Self> {
        let mut all = PRIVATE.iter();
        let found = all.find(|(block, _)| block().is_some_and(|it| it.contains(address)));
        found.map(|(_, private)| *private)
    }

    /// The standard that sets the addresses apart.
    pub fn standard(self) -> &'static str {
        match self {
            Private::Rfc1918 => "RFC 1918",
            Private::Rfc6598 => "RFC 6598",
        }
    }
}

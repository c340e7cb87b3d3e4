//! The header of one packet.

use crate::Protocol;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// What a packet carries behind its addresses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Transport {
    /// TCP with its ports.
    Tcp {
        /// Source port.
        source: u16,
        /// Destination port.
        destination: u16,
    },
    /// UDP with its ports.
    Udp {
        /// Source port.
        source: u16,
        /// Destination port.
        destination: u16,
    },
    /// ICMP (for IPv4 or IPv6, as the addresses say) with type and code.
    Icmp {
        /// The type, e.g. 8 for an echo request.
        kind: u8,
        /// The code within the type.
        code: u8,
    },
    /// Any other protocol: no filter looks further than the number.
    Other(Protocol),
}

/// The header of one packet, as a hop sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Packet {
    /// Who sent it, at this hop.
    pub source: IpAddr,
    /// Where it goes, at this hop.
    pub destination: IpAddr,
    /// Protocol with ports, or type and code.
    pub transport: Transport,
}

impl Packet {
    /// The protocol number that filters compare.
    pub fn protocol(&self) -> Protocol {
        match self.transport {
            Transport::Tcp { .. } => Protocol::TCP,
            Transport::Udp { .. } => Protocol::UDP,
            Transport::Icmp { .. } if self.source.is_ipv4() => Protocol::ICMP,
            Transport::Icmp { .. } => Protocol::ICMPV6,
            Transport::Other(protocol) => protocol,
        }
    }

    /// The destination port, where the protocol has ports.
    pub fn destination_port(&self) -> Option<u16> {
        match self.transport {
            Transport::Tcp { destination, .. } | Transport::Udp { destination, .. } => {
                Some(destination)
            }
            Transport::Icmp { .. } | Transport::Other(_) => None,
        }
    }

    /// The source port, where the protocol has ports.
    pub fn source_port(&self) -> Option<u16> {
        match self.transport {
            Transport::Tcp { source, .. } | Transport::Udp { source, .. } => Some(source),
            Transport::Icmp { .. } | Transport::Other(_) => None,
        }
    }

    /// The packet that answers this one: addresses and ports swapped,
    /// an echo request answered by an echo reply.
    pub fn reply(&self) -> Packet {
        let transport = match self.transport {
            Transport::Tcp {
                source,
                destination,
            } => Transport::Tcp {
                source: destination,
                destination: source,
            },
            Transport::Udp {
                source,
                destination,
            } => Transport::Udp {
                source: destination,
                destination: source,
            },
            Transport::Icmp { kind: 8, .. } if self.source.is_ipv4() => {
                Transport::Icmp { kind: 0, code: 0 }
            }
            Transport::Icmp { kind: 128, .. } if self.source.is_ipv6() => {
                Transport::Icmp { kind: 129, code: 0 }
            }
            other => other,
        };
        Packet {
            source: self.destination,
            destination: self.source,
            transport,
        }
    }
}

impl fmt::Display for Packet {
    /// `tcp 203.0.113.10:40000 → 10.0.1.4:80`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = self.protocol();
        match self.transport {
            Transport::Tcp {
                source,
                destination,
            }
            | Transport::Udp {
                source,
                destination,
            } => write!(
                f,
                "{protocol} {} → {}",
                SocketAddr::new(self.source, source),
                SocketAddr::new(self.destination, destination)
            ),
            Transport::Icmp { kind, code } => write!(
                f,
                "{protocol} type {kind} code {code} {} → {}",
                self.source, self.destination
            ),
            Transport::Other(_) => {
                write!(
                    f,
                    "protocol {protocol} {} → {}",
                    self.source, self.destination
                )
            }
        }
    }
}

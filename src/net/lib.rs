//! Addresses, prefixes, port sets and packets: the algebra everything else stands on.
//!
//! - [`Prefix`]: an IPv4 or IPv6 CIDR block, always canonical (host bits are zero).
//! - [`PortRange`], [`Protocol`]: what an AWS filter matches on.
//! - [`AddressSet`], [`PortSet`]: sets of them, closed under union, intersection and complement.
//! - [`Packet`]: the header of one packet, as a hop sees it.
//!
//! Nothing here knows AWS, a clock, or a browser.

mod address_set;
mod interval;
mod packet;
mod port_set;
mod prefix;
mod protocol;

pub use address_set::AddressSet;
pub use packet::{Packet, Transport};
pub use port_set::PortSet;
pub use prefix::{ParsePrefixError, Prefix};
pub use protocol::{PortRange, Protocol};

//! Addresses, prefixes, port sets and packets: the algebra everything else stands on.
//!
//! - [`Prefix`]: an IPv4 or IPv6 CIDR block, always canonical (host bits are zero).
//! - [`PortRange`], [`Protocol`]: what an AWS filter matches on.
//! - [`Packet`]: the header of one packet, as a hop sees it.
//!
//! Nothing here knows AWS, a clock, or a browser.

mod packet;
mod prefix;
mod protocol;

pub use packet::{Packet, Transport};
pub use prefix::{ParsePrefixError, Prefix};
pub use protocol::{PortRange, Protocol};

//! CIDR blocks.

use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

/// A CIDR block with its host bits cleared, e.g. `10.0.0.0/16`.
///
/// AWS clears host bits on input too: `100.68.0.18/18` becomes `100.68.0.0/18`.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix(IpNet);

/// Why a text is no CIDR block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParsePrefixError {
    /// There is no `/`.
    NoMask,
    /// The part before `/` is no IPv4 or IPv6 address.
    Address,
    /// The part after `/` is no length from 0 to 32 (IPv4) or 128 (IPv6).
    Length,
}

impl fmt::Display for ParsePrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMask => "a CIDR block needs a mask, as in `10.0.0.0/16`",
            Self::Address => "the part before `/` is not an IP address",
            Self::Length => "the part after `/` is not a prefix length",
        })
    }
}

impl std::error::Error for ParsePrefixError {}

impl Prefix {
    /// `0.0.0.0/0`: every IPv4 address.
    pub const ANY_V4: Prefix = Prefix(IpNet::V4(ipnet::Ipv4Net::new_assert(
        Ipv4Addr::UNSPECIFIED,
        0,
    )));
    /// `::/0`: every IPv6 address.
    pub const ANY_V6: Prefix = Prefix(IpNet::V6(ipnet::Ipv6Net::new_assert(
        std::net::Ipv6Addr::UNSPECIFIED,
        0,
    )));

    /// The block of `length` bits around `address`; `None` if `length` is too large for the family.
    pub fn new(address: IpAddr, length: u8) -> Option<Self> {
        IpNet::new(address, length)
            .ok()
            .map(|block| Prefix(block.trunc()))
    }

    /// The block that holds `address` alone: a /32, or a /128 for IPv6.
    pub fn host(address: IpAddr) -> Self {
        Prefix(IpNet::from(address))
    }

    /// The first address of the block.
    pub fn first(self) -> IpAddr {
        self.0.network()
    }

    /// The last address of the block.
    pub fn last(self) -> IpAddr {
        self.0.broadcast()
    }

    /// The length of the mask in bits.
    pub fn length(self) -> u8 {
        self.0.prefix_len()
    }

    /// Is this an IPv4 block?
    pub fn is_v4(self) -> bool {
        matches!(self.0, IpNet::V4(_))
    }

    /// Does the block hold `address`? Never across families.
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }

    /// Does the block hold every address of `other`?
    pub fn covers(self, other: Prefix) -> bool {
        self.0.contains(&other.0)
    }

    /// Do the two blocks share an address?
    pub fn overlaps(self, other: Prefix) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// How many addresses the block holds, as far as a `u128` can count
    /// (`::/0` counts as `u128::MAX`).
    pub fn size(self) -> u128 {
        let width = if self.is_v4() { 32 } else { 128 };
        1u128
            .checked_shl(u32::from(width - self.length()))
            .unwrap_or(u128::MAX)
    }

    /// The address `offset` places after the first; `None` outside the block.
    pub fn nth(self, offset: u128) -> Option<IpAddr> {
        if offset >= self.size() {
            return None;
        }
        match self.first() {
            IpAddr::V4(first) => {
                let sum = u32::from(first).checked_add(u32::try_from(offset).ok()?)?;
                Some(IpAddr::V4(sum.into()))
            }
            IpAddr::V6(first) => Some(IpAddr::V6(u128::from(first).checked_add(offset)?.into())),
        }
    }
}

impl FromStr for Prefix {
    type Err = ParsePrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, length) = text.split_once('/').ok_or(ParsePrefixError::NoMask)?;
        let address: IpAddr = address.parse().map_err(|_| ParsePrefixError::Address)?;
        // `+8` and `08` are numbers to Rust and no masks to AWS.
        if length.len() > 1 && length.starts_with(['0', '+']) {
            return Err(ParsePrefixError::Length);
        }
        let length: u8 = length.parse().map_err(|_| ParsePrefixError::Length)?;
        Prefix::new(address, length).ok_or(ParsePrefixError::Length)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl serde::Serialize for Prefix {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

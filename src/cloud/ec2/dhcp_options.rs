//! DHCP option sets: which resolver, domain and time servers instances are told.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html>

use crate::id::{Born, Id};
use crate::table::{Tags, resource};

/// A DHCP option set of one's own; the one that each Region begins with is not stored.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DhcpOptions {
    /// `dopt-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its options and their values, as they were given.
    pub options: Vec<(String, Vec<String>)>,
}

resource!(
    DhcpOptions,
    "dhcp-options",
    "dopt",
    "dhcpOptions",
    "InvalidDhcpOptionID"
);

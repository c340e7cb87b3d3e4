//! Prefix lists: AWS's own and the customer's.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html>

use super::phase::{Phase, phased};
use crate::id::{Born, Id};
use crate::table::{Tags, resource};
use hopwise_net::Prefix;

/// A customer-managed prefix list.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PrefixList {
    /// `pl-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: String,
    /// Is it of IPv4 blocks?
    pub v4: bool,
    /// How many entries it may hold: so many it counts for in a table or a group.
    pub max_entries: u32,
    /// The version of its entries.
    pub version: u32,
    /// Its entries now.
    pub entries: Vec<ListEntry>,
    /// The entries of the versions before, the first one first.
    pub earlier: Vec<Vec<ListEntry>>,
    /// How far it is.
    pub phase: Phase,
}

/// An entry of a prefix list.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListEntry {
    /// The block.
    pub block: Prefix,
    /// What it is for.
    pub description: Option<String>,
}

resource!(
    PrefixList,
    "prefix-list",
    "pl",
    "prefixList",
    "InvalidPrefixListID"
);
phased!(PrefixList, phase);

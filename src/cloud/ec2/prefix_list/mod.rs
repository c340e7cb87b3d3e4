//! Prefix lists: AWS's own and the customer's.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html>

mod aws;
mod operations;

pub use aws::aws_lists;
pub(super) use operations::FILTERS;
pub(crate) use operations::{
    associations, create, delete, describe, describe_services, entries, modify, restore,
};

use super::Ec2;
use super::phase::{Phase, phased};
use super::route_table::Destination;
use crate::fault::Fault;
use crate::id::{Born, Id};
use crate::region::Region;
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

/// A prefix list of AWS's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AwsList {
    /// `pl-…`, which another Region may use for something else.
    pub id: &'static str,
    /// The service, as in `com.amazonaws.us-east-1.s3`.
    pub service: &'static str,
    /// Its blocks.
    pub blocks: &'static [&'static str],
    /// For how many rules or routes it counts.
    pub weight: u32,
}

impl AwsList {
    /// Its name: `com.amazonaws.us-east-1.s3`.
    pub fn name(&self, region: &Region) -> String {
        if self.service.starts_with("cloudfront") {
            return format!("com.amazonaws.global.{}", self.service);
        }
        format!("com.amazonaws.{}.{}", region.name, self.service)
    }

    fn prefixes(&self) -> Vec<Prefix> {
        let all = self.blocks.iter();
        all.filter_map(|text| text.parse().ok()).collect()
    }
}

/// The blocks of a prefix list, AWS's or one's own; `None` where there is none.
pub fn blocks(ec2: &Ec2, region: &Region, id: &str) -> Option<Vec<Prefix>> {
    if let Some(own) = ec2.prefix_lists.get(id) {
        return Some(own.entries.iter().map(|it| it.block).collect());
    }
    let found = aws_lists(region).iter().find(|it| it.id == id)?;
    Some(found.prefixes())
}

/// The blocks of a destination.
pub(crate) fn blocks_of(ec2: &Ec2, region: &Region, destination: &Destination) -> Vec<Prefix> {
    match destination {
        Destination::Block(block) => vec![*block],
        Destination::List(id) => blocks(ec2, region, id.as_str()).unwrap_or_default(),
    }
}

/// Of which family a prefix list is (IPv4?), and for how many routes or rules it counts.
pub(crate) fn weight(ec2: &Ec2, region: &Region, id: &Id) -> (bool, u32) {
    if let Some(own) = ec2.prefix_lists.get(id.as_str()) {
        return (own.v4, own.max_entries);
    }
    let mut all = aws_lists(region).iter();
    all.find(|it| it.id == id.as_str())
        .map_or((true, 1), |it| (true, it.weight))
}

/// Refuses a prefix list that does not exist.
pub(crate) fn check_exists(ec2: &Ec2, region: &Region, id: &str) -> Result<(), Fault> {
    if blocks(ec2, region, id).is_some() {
        return Ok(());
    }
    Err(Fault::new(
        "InvalidPrefixListID.NotFound",
        format!("The prefix list ID '{id}' does not exist"),
    ))
}

//! VPC peering connections.
//!
//! <https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html>

mod operations;

pub(super) use operations::FILTERS;
pub(crate) use operations::{accept, create, delete, describe, modify_options, refresh, reject};

use super::Ec2;
use super::phase::{Phase, phased};
use crate::id::{Born, Id};
use crate::table::{Tags, resource};
use crate::time::Time;
use hopwise_net::Prefix;

/// A VPC peering connection.
///
/// **Invariant:** both sides keep the same value under the same id, the requester's account and
/// Region and the accepter's; each side has its own tags and its own view of nothing else.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PeeringConnection {
    /// `pcx-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// The tags of the side that keeps this value.
    pub tags: Tags,
    /// Who asked.
    pub requester: PeeringSide,
    /// Who was asked.
    pub accepter: PeeringSide,
    /// How far it is.
    pub phase: Phase,
    /// Why it is so, as `Status.Message` says it, where that is not the word's own sentence.
    pub message: Option<String>,
    /// Until when it may be accepted.
    pub expires: Time,
}

/// One side of a peering connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PeeringSide {
    /// The account.
    pub account: String,
    /// The Region.
    pub region: String,
    /// The VPC.
    pub vpc: Id,
    /// Its blocks of both families when the connection became active.
    pub blocks: Vec<Prefix>,
    /// May the other side resolve this side's public names to private addresses?
    pub dns: bool,
}

resource!(
    PeeringConnection,
    "vpc-peering-connection",
    "pcx",
    "vpcPeeringConnection",
    "InvalidVpcPeeringConnectionID"
);
phased!(PeeringConnection, phase);

impl PeeringConnection {
    /// The side of this VPC, and the other one.
    pub fn sides(&self, vpc: &Id) -> Option<(&PeeringSide, &PeeringSide)> {
        if self.requester.vpc == *vpc {
            Some((&self.requester, &self.accepter))
        } else if self.accepter.vpc == *vpc {
            Some((&self.accepter, &self.requester))
        } else {
            None
        }
    }

    /// Do both sides lie in one Region?
    pub fn is_regional(&self) -> bool {
        self.requester.region == self.accepter.region
    }
}

impl Ec2 {
    /// The active peering connection of a VPC whose other side has a block that overlaps `block`.
    pub(crate) fn peered_overlap(&self, vpc: &Id, block: Prefix) -> Option<&Id> {
        let mut all = self.peerings.iter().filter(|it| it.phase.works());
        all.find(|it| {
            let other = it.sides(vpc).map(|(_, other)| other);
            other.is_some_and(|it| it.blocks.iter().any(|own| own.overlaps(block)))
        })
        .map(|it| &it.id)
    }
}

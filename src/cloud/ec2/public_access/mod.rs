//! VPC Block Public Access, and what is excluded from it.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>

mod operations;

pub(super) use operations::FILTERS;
pub(crate) use operations::{create, delete, describe, describe_options, modify, modify_options};

use super::Ec2;
use super::phase::{Phase, phased};
use crate::id::{Born, Id};
use crate::table::{Tags, resource};
use crate::time::Time;

/// What VPC Block Public Access blocks in a Region.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum BlockMode {
    /// Nothing.
    #[default]
    Off,
    /// All traffic through internet gateways and egress-only internet gateways.
    Bidirectional,
    /// What begins outside; NAT gateways and egress-only internet gateways go on.
    Ingress,
}

/// A VPC or subnet that Block Public Access spares.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Exclusion {
    /// `vpcbpa-exclude-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC or subnet.
    pub resource: Id,
    /// Is what begins outside spared too, or only what goes out?
    pub bidirectional: bool,
    /// How far it is.
    pub phase: Phase,
    /// When it was made.
    pub created: Time,
}

resource!(
    Exclusion,
    "vpc-block-public-access-exclusion",
    "vpcbpa-exclude",
    "vpcBlockPublicAccessExclusion",
    "InvalidVpcBlockPublicAccessExclusionId"
);
phased!(Exclusion, phase);

impl Ec2 {
    /// The exclusion that spares a subnet: its own, else its VPC's.
    pub fn exclusion_of(&self, vpc: &Id, subnet: Option<&Id>) -> Option<&Exclusion> {
        let of = |resource: &Id| {
            let mut all = self.exclusions.iter();
            all.find(|it| it.resource == *resource && it.phase.works())
                .map(AsRef::as_ref)
        };
        subnet.and_then(of).or_else(|| of(vpc))
    }
}

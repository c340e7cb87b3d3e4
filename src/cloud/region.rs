//! Regions and their Availability Zones.
//!
//! <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>

/// A Region.
#[derive(PartialEq, Eq, Debug)]
pub struct Region {
    /// Its name, e.g. `us-east-1`.
    pub name: &'static str,
    /// How its zone ids begin, e.g. `use1`.
    pub short: &'static str,
    /// The letters of its Availability Zones.
    pub zones: &'static [char],
}

const ABC: &[char] = &['a', 'b', 'c'];

/// The Regions that every account has switched on.
pub static REGIONS: &[Region] = &[
    region("ap-south-1", "aps1", ABC),
    region("eu-north-1", "eun1", ABC),
    region("eu-west-3", "euw3", ABC),
    region("eu-west-2", "euw2", ABC),
    region("eu-west-1", "euw1", ABC),
    region("ap-northeast-3", "apne3", ABC),
    region("ap-northeast-2", "apne2", &['a', 'b', 'c', 'd']),
    region("ap-northeast-1", "apne1", &['a', 'c', 'd']),
    region("ca-central-1", "cac1", &['a', 'b', 'd']),
    region("sa-east-1", "sae1", ABC),
    region("ap-southeast-1", "apse1", ABC),
    region("ap-southeast-2", "apse2", ABC),
    region("eu-central-1", "euc1", ABC),
    region("us-east-1", "use1", &['a', 'b', 'c', 'd', 'e', 'f']),
    region("us-east-2", "use2", ABC),
    region("us-west-1", "usw1", &['a', 'c']),
    region("us-west-2", "usw2", &['a', 'b', 'c', 'd']),
];

const fn region(name: &'static str, short: &'static str, zones: &'static [char]) -> Region {
    Region { name, short, zones }
}

impl Region {
    /// The Region called `name`.
    pub fn find(name: &str) -> Option<&'static Region> {
        REGIONS.iter().find(|region| region.name == name)
    }

    /// Its zones in order: name and id, e.g. `us-east-1a` and `use1-az1`.
    ///
    /// Which letter is which zone id differs from account to account; in this account the
    /// letters are in the order of the ids.
    pub fn zone_names(&self) -> impl Iterator<Item = (String, String)> {
        self.zones.iter().zip(1..).map(move |(letter, number)| {
            (
                format!("{}{letter}", self.name),
                format!("{}-az{number}", self.short),
            )
        })
    }

    /// The name of the zone that `text` names or is the id of.
    pub fn zone(&self, text: &str) -> Option<String> {
        self.zone_names()
            .find(|(name, id)| name == text || id == text)
            .map(|(name, _)| name)
    }

    /// The id of the zone called `name`.
    pub fn zone_id(&self, name: &str) -> Option<String> {
        self.zone_names()
            .find(|(zone, _)| zone == name)
            .map(|(_, id)| id)
    }

    /// The domain of private DNS names.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>
    pub fn private_domain(&self) -> String {
        if self.name == "us-east-1" {
            "ec2.internal".to_owned()
        } else {
            format!("{}.compute.internal", self.name)
        }
    }

    /// The domain of public DNS names.
    pub fn public_domain(&self) -> String {
        if self.name == "us-east-1" {
            "compute-1.amazonaws.com".to_owned()
        } else {
            format!("{}.compute.amazonaws.com", self.name)
        }
    }
}

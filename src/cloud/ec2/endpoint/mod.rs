//! VPC endpoints: gateway endpoints (S3, DynamoDB) and interface endpoints (AWS PrivateLink).
//!
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html>

mod operations;
mod services;

pub(super) use operations::{FILTERS, clear};
pub(crate) use operations::{create, delete, describe, describe_services, modify};
pub use services::{Service, service, services};

use super::phase::{Phase, phased};
use crate::id::{Born, Id};
use crate::region::Region;
use crate::table::{Tags, resource};
use crate::time::Time;

/// A VPC endpoint.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Endpoint {
    /// `vpce-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is in.
    pub vpc: Id,
    /// The service, e.g. `com.amazonaws.us-east-1.s3`.
    pub service: String,
    /// How it is reached.
    pub kind: EndpointKind,
    /// Its policy as it was written; `None` allows everything.
    pub policy: Option<String>,
    /// How far it is.
    pub phase: Phase,
    /// When it was made.
    pub created: Time,
}

/// How an endpoint is reached.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum EndpointKind {
    /// By a route to the service's prefix list in these tables.
    Gateway {
        /// The route tables.
        tables: Vec<Id>,
    },
    /// By network interfaces with addresses of the VPC.
    Interface {
        /// Its subnets, one a zone.
        subnets: Vec<Id>,
        /// Its interfaces, which are AWS's, in the order of the subnets.
        interfaces: Vec<Id>,
        /// Its security groups.
        groups: Vec<Id>,
        /// Do the service's public names resolve to it?
        private_dns: bool,
    },
}

resource!(
    Endpoint,
    "vpc-endpoint",
    "vpce",
    "vpcEndpoint",
    "InvalidVpcEndpointId"
);
phased!(Endpoint, phase);

impl Endpoint {
    /// Is it reached by a route?
    pub fn is_gateway(&self) -> bool {
        matches!(self.kind, EndpointKind::Gateway { .. })
    }

    /// AWS's word for its kind.
    pub fn kind_word(&self) -> &'static str {
        if self.is_gateway() {
            "Gateway"
        } else {
            "Interface"
        }
    }

    /// The name of an interface endpoint's own: `vpce-…-….ssm.us-east-1.vpce.amazonaws.com`.
    pub fn dns_name(&self, region: &Region) -> String {
        let short = self.service.rsplit(&format!("{}.", region.name)).next();
        let short = short.unwrap_or_default();
        let last: String = self.id.as_str().chars().rev().take(8).collect();
        format!(
            "{}-{last}.{short}.{}.vpce.amazonaws.com",
            self.id, region.name
        )
    }
}

/// A service of one's own behind a Network Load Balancer, for other VPCs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EndpointService {
    /// `vpce-svc-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The ARNs of its Network Load Balancers.
    pub balancers: Vec<String>,
    /// Must each endpoint be accepted?
    pub acceptance: bool,
    /// The ARNs of principals that may make endpoints.
    pub allowed: Vec<String>,
    /// How far it is.
    pub phase: Phase,
}

resource!(
    EndpointService,
    "vpc-endpoint-service",
    "vpce-svc",
    "vpcEndpointService",
    "InvalidVpcEndpointServiceId"
);
phased!(EndpointService, phase);

//! Egress-only internet gateways: IPv6 out, and the answers back in.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>

use crate::id::{Born, Id};
use crate::table::{Tags, resource};

/// An egress-only internet gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EgressOnlyInternetGateway {
    /// `eigw-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is attached to, from its birth on.
    pub vpc: Id,
}

resource!(
    EgressOnlyInternetGateway,
    "egress-only-internet-gateway",
    "eigw",
    "egressOnlyInternetGateway",
    "InvalidEgressOnlyInternetGatewayId"
);

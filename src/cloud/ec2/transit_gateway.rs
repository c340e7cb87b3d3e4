//! Transit gateways, their attachments and their route tables.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>

use super::Ec2;
use super::phase::{Phase, phased};
use crate::id::{Born, Id};
use crate::table::{Tags, resource};
use hopwise_net::Prefix;

/// A transit gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TransitGateway {
    /// `tgw-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// What it is for.
    pub description: String,
    /// Its number on Amazon's side of BGP.
    pub asn: u64,
    /// The table that new attachments are associated with by themselves.
    pub default_association: Option<Id>,
    /// The table that new attachments propagate to by themselves.
    pub default_propagation: Option<Id>,
    /// Are attachments of other accounts accepted by themselves?
    pub auto_accept: bool,
    /// Do VPN connections share the load?
    pub ecmp: bool,
    /// Do names of one VPC resolve in another?
    pub dns: bool,
    /// May a group of one VPC name a group of another?
    pub group_references: bool,
    /// How far it is.
    pub phase: Phase,
}

resource!(
    TransitGateway,
    "transit-gateway",
    "tgw",
    "transitGateway",
    "InvalidTransitGatewayID"
);
phased!(TransitGateway, phase);

/// Something attached to a transit gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TransitAttachment {
    /// `tgw-attach-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The transit gateway.
    pub gateway: Id,
    /// What is attached.
    pub end: TransitEnd,
    /// The route table for what comes from it: one at most.
    pub association: Option<Id>,
    /// How far it is.
    pub phase: Phase,
}

/// What is attached to a transit gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TransitEnd {
    /// A VPC, by a subnet in each zone it is to work in.
    Vpc {
        /// The VPC.
        vpc: Id,
        /// Its subnets, one a zone.
        subnets: Vec<Id>,
        /// Is a flow kept in one zone, both ways?
        appliance_mode: bool,
        /// Do names resolve over it?
        dns: bool,
        /// Does it carry IPv6?
        ipv6: bool,
        /// May groups be named over it?
        group_references: bool,
    },
    /// A Site-to-Site VPN connection.
    Vpn {
        /// The connection.
        connection: Id,
    },
    /// A Direct Connect gateway.
    DirectConnect {
        /// The gateway.
        gateway: String,
    },
    /// Another transit gateway. Both sides keep the attachment under the same id.
    Peering {
        /// The other gateway.
        peer: Id,
        /// Its account.
        account: String,
        /// Its Region.
        region: String,
        /// Did this side ask?
        asked: bool,
    },
}

resource!(
    TransitAttachment,
    "transit-gateway-attachment",
    "tgw-attach",
    "transitGatewayAttachment",
    "InvalidTransitGatewayAttachmentID"
);
phased!(TransitAttachment, phase);

/// A route table of a transit gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TransitRouteTable {
    /// `tgw-rtb-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The transit gateway.
    pub gateway: Id,
    /// The routes that are written down.
    pub routes: Vec<TransitRoute>,
    /// The attachments whose routes are learned.
    pub propagations: Vec<Id>,
    /// How far it is.
    pub phase: Phase,
}

/// A route of a transit gateway that is written down.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TransitRoute {
    /// What it is for.
    pub destination: Prefix,
    /// Where it leads; `None` drops.
    pub attachment: Option<Id>,
}

resource!(
    TransitRouteTable,
    "transit-gateway-route-table",
    "tgw-rtb",
    "transitGatewayRouteTable",
    "InvalidRouteTableID"
);
phased!(TransitRouteTable, phase);

impl Ec2 {
    /// The attachment of a VPC to a transit gateway: there is one at most.
    pub fn transit_attachment_of(&self, vpc: &Id, gateway: &Id) -> Option<&TransitAttachment> {
        let mut all = self.transit_attachments.iter();
        all.find(|it| {
            let here = matches!(&it.end, TransitEnd::Vpc { vpc: own, .. } if own == vpc);
            here && it.gateway == *gateway && it.phase.is_alive()
        })
        .map(AsRef::as_ref)
    }
}

//! Transit gateways, their attachments and their route tables.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>

mod attachment;
mod gateway;
mod peering;
mod routes;
mod table;
#[cfg(test)]
pub(crate) mod tests;
mod vpc;

pub(super) use attachment::FILTERS as ATTACHMENT_FILTERS;
pub(crate) use attachment::{attach, describe as describe_attachments, propagations, remove};
pub(super) use gateway::FILTERS;
pub(crate) use gateway::{check_asn, create, delete, describe, modify};
pub(crate) use peering::{
    accept as accept_peering, create as create_peering, delete as delete_peering,
    describe as describe_peerings, reject as reject_peering,
};
pub use routes::{KnownRoute, RouteSource};
pub(crate) use routes::{
    create as create_route, delete as delete_route, replace as replace_route, search,
};
pub(super) use table::FILTERS as TABLE_FILTERS;
pub(crate) use table::{
    associate, associations, create as create_table, delete as delete_table,
    describe as describe_tables, disable_propagation, disassociate, enable_propagation,
    propagations as table_propagations,
};
pub(super) use vpc::FILTERS as VPC_FILTERS;
pub(crate) use vpc::{
    accept as accept_vpc, create as create_vpc_attachment, delete as delete_vpc_attachment,
    describe as describe_vpc_attachments, modify as modify_vpc_attachment, reject as reject_vpc,
};

use super::Ec2;
use super::phase::{Phase, State, phased};
use super::select::find;
use crate::fault::Fault;
use crate::id::{Born, Id};
use crate::table::{Resource, Table, Tags, resource};
use crate::time::Time;
use hopwise_net::Prefix;
use std::rc::Rc;

/// How long a transit gateway takes to be made or to go, in seconds.
const GATEWAY_SECONDS: u64 = 120;
/// How long an attachment takes, likewise.
const ATTACHMENT_SECONDS: u64 = 60;
/// How long a route table or a change takes, likewise.
const CHANGE_SECONDS: u64 = 20;

/// A transit gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TransitGateway {
    /// `tgw-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// When it was made, as it is told.
    pub created: Time,
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
    /// When it was made, as it is told.
    pub created: Time,
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
    /// A VPC, by a subnet in each zone it is to work in. In each of them stands a network interface
    /// that is AWS's ([`super::network_interface::Managed`] by the attachment).
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
        /// The gateway, a UUID.
        gateway: String,
        /// What it has learned over its transit virtual interfaces, of whatever Region.
        learned: Vec<Prefix>,
    },
    /// Another transit gateway. Both sides keep the attachment.
    Peering {
        /// The other gateway.
        peer: Id,
        /// Its account.
        account: String,
        /// Its Region.
        region: String,
        /// The other side's attachment: under the same id, except within one Region.
        mate: Id,
        /// Did this side ask?
        asked: bool,
    },
}

impl TransitEnd {
    /// AWS's word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            TransitEnd::Vpc { .. } => "vpc",
            TransitEnd::Vpn { .. } => "vpn",
            TransitEnd::DirectConnect { .. } => "direct-connect-gateway",
            TransitEnd::Peering { .. } => "peering",
        }
    }

    /// The id of what is attached.
    pub fn resource(&self) -> &str {
        match self {
            TransitEnd::Vpc { vpc, .. } => vpc.as_str(),
            TransitEnd::Vpn { connection } => connection.as_str(),
            TransitEnd::DirectConnect { gateway, .. } => gateway,
            TransitEnd::Peering { peer, .. } => peer.as_str(),
        }
    }
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
    /// When it was made, as it is told.
    pub created: Time,
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

    /// Is a VPC attached to a transit gateway, or still on its way out of one?
    pub(crate) fn has_transit_attachment(&self, vpc: &Id) -> bool {
        self.transit_attachments.iter().any(|it| {
            let here = matches!(&it.end, TransitEnd::Vpc { vpc: own, .. } if own == vpc);
            here && (it.phase.is_alive() || it.phase.state == State::Deleting)
        })
    }
}

impl Ec2 {
    /// Does an attachment that is there, or still on its way out, stand in the subnet?
    pub(crate) fn is_transit_subnet(&self, subnet: &Id) -> bool {
        self.transit_attachments.iter().any(|it| {
            let here =
                matches!(&it.end, TransitEnd::Vpc { subnets, .. } if subnets.contains(subnet));
            here && (it.phase.is_alive() || it.phase.state == State::Deleting)
        })
    }
}

/// AWS's word for a state of a transit gateway or of what belongs to one.
pub(crate) fn state_word(phase: Phase) -> &'static str {
    match phase.state {
        State::AwaitsAcceptance => "pendingAcceptance",
        State::Pending => "pending",
        State::Available => "available",
        State::Modifying => "modifying",
        State::Failed | State::Expired => "failed",
        State::Rejected => "rejected",
        State::Deleting => "deleting",
        State::Deleted => "deleted",
    }
}

/// `enable` or `disable`.
fn switch(on: bool) -> &'static str {
    if on { "enable" } else { "disable" }
}

/// What `enable` and `disable` say; `default` where nothing is said.
fn switched(word: Option<&str>, name: &str, default: bool) -> Result<bool, Fault> {
    match word {
        None => Ok(default),
        Some("enable") => Ok(true),
        Some("disable") => Ok(false),
        Some(other) => Err(Fault::value(format!(
            "Value ({other}) for parameter {name} is invalid. Valid values are enable and disable."
        ))),
    }
}

/// The thing with this id, unless it is gone. `what` is AWS's word for it in sentences.
fn find_as<'a, T: Resource>(
    table: &'a Table<T>,
    id: &str,
    what: &str,
    gone: impl Fn(&T) -> bool,
) -> Result<&'a Rc<T>, Fault> {
    let gone_fault = || {
        Fault::new(
            format!("{}.NotFound", T::NOUN.code),
            format!("{what} {id} was deleted or does not exist."),
        )
    };
    match find(table, id) {
        Ok(found) if gone(found) => Err(gone_fault()),
        Err(fault) if fault.code.ends_with(".NotFound") => Err(gone_fault()),
        other => other,
    }
}

fn gone(phase: Phase) -> bool {
    matches!(
        phase.state,
        State::Deleted | State::Failed | State::Rejected | State::Expired
    )
}

/// The transit gateway with this id.
pub(crate) fn find_gateway<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Rc<TransitGateway>, Fault> {
    find_as(&ec2.transit_gateways, id, "Transit Gateway", |it| {
        gone(it.phase)
    })
}

/// The same; it must work.
pub(crate) fn find_working<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Rc<TransitGateway>, Fault> {
    let found = find_gateway(ec2, id)?;
    if found.phase.works() {
        Ok(found)
    } else {
        Err(wrong_state(&found.id))
    }
}

/// The attachment with this id, of whatever kind.
fn find_attachment<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Rc<TransitAttachment>, Fault> {
    find_as(
        &ec2.transit_attachments,
        id,
        "Transit Gateway Attachment",
        |it| gone(it.phase),
    )
}

/// The route table with this id.
fn find_table<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Rc<TransitRouteTable>, Fault> {
    find_as(
        &ec2.transit_route_tables,
        id,
        "Transit Gateway Route Table",
        |it| gone(it.phase),
    )
}

/// The thing is not in a state in which this may be done.
fn wrong_state(id: &Id) -> Fault {
    Fault::new("IncorrectState", format!("{id} is in invalid state"))
}

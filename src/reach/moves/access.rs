//! VPC Block Public Access: what it lets pass between a VPC and the internet.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>

use super::gateway::dropped;
use super::{Carrier, Machine};
use crate::Spot;
use crate::network::{InterfaceNode, SubnetNode, User, VpcNode};
use hopwise_cloud::ec2::BlockMode;
use hopwise_explain::Arg;
use hopwise_explain::Component;
use hopwise_explain::messages::reach as say;

/// What is spared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    Nothing,
    /// Gateways that let only answers in.
    Egress,
    Everything,
}

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    fn open(&self, vpc: &VpcNode, subnet: Option<&SubnetNode>) -> Open {
        let Some(ec2) = self.network.ec2(vpc.place) else {
            return Open::Nothing;
        };
        let mode = match *ec2.block_public_access {
            BlockMode::Off => return Open::Everything,
            BlockMode::Bidirectional => Open::Nothing,
            BlockMode::Ingress => Open::Egress,
        };
        let subnet = subnet.map(|it| &it.state.id);
        match ec2.exclusion_of(&vpc.state.id, subnet) {
            Some(exclusion) if exclusion.bidirectional => Open::Everything,
            Some(_) => Open::Egress,
            None => mode,
        }
    }

    /// May traffic of an interface pass an internet gateway?
    pub(super) fn may_pass(
        &mut self,
        vpc: &'n VpcNode,
        interface: Option<&'n InterfaceNode>,
        at: impl FnOnce() -> (Component, Spot),
    ) -> Option<()> {
        let subnet = interface.and_then(|it| self.network.subnets.get(it.subnet));
        let nat = interface.is_some_and(|it| matches!(it.user, User::Nat(_)));
        let needed = if nat { Open::Egress } else { Open::Everything };
        self.pass_access(vpc, subnet, needed, at)
    }

    /// May traffic of a gateway pass that lets only answers in?
    pub(super) fn may_begin(
        &mut self,
        vpc: &'n VpcNode,
        subnet: Option<&'n SubnetNode>,
        at: impl FnOnce() -> (Component, Spot),
    ) -> Option<()> {
        self.pass_access(vpc, subnet, Open::Egress, at)
    }

    fn pass_access(
        &mut self,
        vpc: &'n VpcNode,
        subnet: Option<&'n SubnetNode>,
        needed: Open,
        at: impl FnOnce() -> (Component, Spot),
    ) -> Option<()> {
        if self.open(vpc, subnet) >= needed {
            return Some(());
        }
        self.carrier.stop(|_| {
            let place = subnet.map_or(&vpc.state.id, |it| &it.state.id);
            let at = at();
            let said = say::reach_blocked_public(Arg::id(&at.0.id), Arg::id(place));
            dropped(at, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", said)
        })
    }
}

//! VPC peering connections: from one VPC into the other, and no further.
//!
//! <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>

use super::gateway::at_gateway;
use super::{At, Carrier, Machine, Side, passed, stopped};
use crate::network::{PeeringNode, VpcNode};
use crate::pages;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code};

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// Over a peering connection from `vpc` to the other side.
    pub(super) fn peering(&mut self, vpc: &'n VpcNode, peering: &'n PeeringNode) -> Option<At<'n>> {
        let at = || at_gateway(peering.state.as_ref());
        let id = || Arg::id(&peering.state.id);
        let other = match peering.vpcs {
            (Some(here), other) if here == vpc.index => other,
            (other, _) => other,
        };
        let Some(other) = other.and_then(|it| self.network.vpcs.get(it)) else {
            return self.carrier.stop(|_| {
                let (at, spot) = at();
                let said = say::reach_peering_unknown(id());
                stopped(at, spot, Code("UNKNOWN_RESOURCE"), Some(pages::CODES), said)
            });
        };
        for (side, end) in [(Side::Source, vpc), (Side::Destination, other)] {
            if !self.within_any(side, end.state.all_blocks()) {
                return self.carrier.stop(|packet| {
                    let (at, spot) = at();
                    let address = match side {
                        Side::Source => packet.source,
                        Side::Destination => packet.destination,
                    };
                    let said = say::reach_peering_foreign(
                        id(),
                        Arg::code(address),
                        Arg::id(&end.state.id),
                    );
                    let code = Code("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
                    stopped(at, spot, code, Some(pages::PEERING), said)
                });
            }
        }
        if !peering.state.is_regional() {
            self.carrier.lose_origin();
        }
        self.carrier.hop(|_| {
            let (at, spot) = at();
            let said = say::reach_peering(id(), Arg::id(&other.state.id));
            passed(at, spot, Some(pages::PEERING), said)
        });
        self.local(other)
    }
}

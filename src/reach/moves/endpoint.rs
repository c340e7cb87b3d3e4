//! VPC endpoints: gateway endpoints by a route, interface endpoints by an address of the VPC.
//!
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html>

use super::gateway::{at_gateway, dropped};
use super::{Accepts, Arrival, At, Carrier, IcmpAccepts, Machine, Side, passed, stopped};
use crate::network::{InterfaceNode, VpcNode};
use crate::resolver::component;
use crate::{Hop, Spot, pages};
use hopwise_cloud::ec2::Endpoint;
use hopwise_cloud::ec2::endpoint::EndpointKind;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code};

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// To the service behind a gateway endpoint, which takes what the VPC itself sends by TCP,
    /// and pings.
    pub(super) fn gateway_endpoint(
        &mut self,
        vpc: &'n VpcNode,
        endpoint: &'n Endpoint,
    ) -> Option<At<'n>> {
        let at = || at_gateway(endpoint);
        let id = || Arg::id(&endpoint.id);
        if !matches!(endpoint.kind, EndpointKind::Gateway { .. }) {
            return self.unsupported(at);
        }
        if !self.within_any(Side::Source, vpc.state.all_blocks()) {
            return self.carrier.stop(|packet| {
                let vpc = Arg::id(&vpc.state.id);
                let said = say::reach_endpoint_foreign(id(), Arg::code(packet.source), vpc);
                let (at, spot) = at();
                stopped(
                    at,
                    spot,
                    Code("NO_PATH"),
                    Some(pages::GATEWAY_ENDPOINT),
                    said,
                )
            });
        }
        let accepts = Accepts {
            udp: None,
            icmp: IcmpAccepts::Echo,
            ..Accepts::TRANSPORTS
        };
        self.carrier.only(accepts, |packet| {
            let said = say::reach_endpoint_protocol(id(), Arg::code(packet.protocol()));
            dropped(at(), "VPCE_GATEWAY_PROTOCOL_RESTRICTION", said)
        })?;
        self.carrier.hop(|_| {
            let (at, spot) = at();
            let said = say::reach_endpoint(id(), Arg::code(&endpoint.service));
            passed(at, spot, Some(pages::GATEWAY_ENDPOINT), said)
        });
        Some(At::Arrived(Arrival::Endpoint { vpc, endpoint }))
    }

    /// At an interface that a service of AWS answers from.
    pub(super) fn at_service(&mut self, interface: &'n InterfaceNode) -> Option<At<'n>> {
        self.carrier.groups(interface, false)?;
        self.carrier.is_tracked();
        self.carrier.hop(|_| {
            let at = component(interface.state.as_ref());
            let by = interface
                .state
                .managed
                .as_ref()
                .map_or("", |it| it.by.as_str());
            let said = say::reach_endpoint_interface(Arg::id(&at.id), Arg::id(by));
            let spot = Spot::Interface(interface.state.id.clone());
            passed(at, spot, Some(pages::INTERFACE_ENDPOINT), said)
        });
        Some(At::Arrived(Arrival::Managed(interface)))
    }
}

/// A service of AWS that is asked to begin something.
pub(crate) fn begins_nothing(interface: &InterfaceNode) -> Hop {
    let at = component(interface.state.as_ref());
    let by = interface
        .state
        .managed
        .as_ref()
        .map_or("", |it| it.by.as_str());
    let said = say::reach_endpoint_begins(Arg::id(by));
    let spot = Spot::Interface(interface.state.id.clone());
    let code = Code("VPCE_INTRA_VPC_TRAFFIC");
    stopped(at, spot, code, Some(pages::CODES), said)
}

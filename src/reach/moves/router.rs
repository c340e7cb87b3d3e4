//! At the router of a VPC: what the route table of a subnet says.

use super::interface::{is_reserved, within_subnet};
use super::{At, Carrier, Machine, Road, Side, stopped};
use crate::network::{InterfaceNode, SubnetNode, Toward, VpcNode};
use crate::resolver::component;
use crate::{Hop, Spot, pages};
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Component};
use hopwise_net::Packet;

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// Out of a subnet, as its route table says; from an interface there, or from a transit
    /// gateway.
    pub(super) fn route(
        &mut self,
        vpc: &'n VpcNode,
        subnet: &'n SubnetNode,
        from: Option<&'n InterfaceNode>,
    ) -> Option<At<'n>> {
        let network = self.network;
        let road = Road {
            table: network.tables.get(subnet.table?)?,
            vpc,
            by_main: subnet.by_main,
        };
        let route = self.carrier.choose(road.table);
        let next = route.filter(|it| it.works).and_then(|it| match it.toward {
            Toward::Interface(next) => network.interfaces.get(next),
            Toward::Nat(nat) => {
                let nat = network.nats.get(nat)?;
                network.interfaces.get(nat.interface?)
            }
            _ => None,
        });
        if next.is_some_and(|next| next.subnet == subnet.index) {
            self.carrier.hop(|_| {
                let sentence = say::reach_next_within_subnet(Arg::id(&subnet.state.id));
                within_subnet(subnet, sentence)
            });
        } else {
            self.carrier.acl(subnet, true)?;
        }
        self.carrier.routed(road, route)?;
        match (route?.toward, next) {
            (Toward::Local, _) => self.local(vpc),
            (Toward::Interface(_) | Toward::Nat(_), Some(next)) => Some(At::Comes {
                interface: next,
                entering: next.subnet != subnet.index,
            }),
            (Toward::Nat(nat), None) => {
                let nat = network.nats.get(nat)?;
                self.regional_nat(nat, subnet)
            }
            (Toward::Gateway(gateway), _) => {
                let gateway = network.gateways.get(gateway)?;
                self.gateway_out(vpc, gateway, from)
            }
            (Toward::EgressOnly(gateway), _) => {
                let gateway = network.egress_gateways.get(gateway)?;
                self.egress_only(vpc, subnet, gateway)
            }
            (Toward::Peering(peering), _) => {
                let peering = network.peerings.get(peering)?;
                self.peering(vpc, peering)
            }
            (Toward::Endpoint(endpoint), _) => {
                let endpoint = network.endpoints.get(endpoint)?;
                self.gateway_endpoint(vpc, endpoint.state.as_ref())
            }
            (Toward::Transit(gateway), _) => self.transit(vpc, subnet, gateway),
            (Toward::Private(gateway), _) => {
                let gateway = network.privates.get(gateway)?;
                self.private_out(vpc, gateway)
            }
            (Toward::Other | Toward::Gone | Toward::Interface(_), _) => {
                let id = route?.route.target.id();
                self.unsupported(|| {
                    let id = id.map_or("", |id| id.as_str());
                    let at = Component::new("route-target", id);
                    (at, Spot::Router(vpc.state.id.clone()))
                })
            }
        }
    }

    /// To whoever in the VPC has the destination.
    pub(super) fn local(&mut self, vpc: &'n VpcNode) -> Option<At<'n>> {
        if let Some(interface) = self.owner(vpc, Side::Destination) {
            return Some(At::Comes {
                interface,
                entering: true,
            });
        }
        let network = self.network;
        self.carrier.stop(|packet| {
            let subnet = network.subnet_holding(vpc, packet.destination);
            let spot = Spot::Router(vpc.state.id.clone());
            nobody_in(component(vpc.state.as_ref()), spot, subnet, packet)
        })
    }
}

/// Nobody has the destination.
pub(super) fn nobody_in(
    at: Component,
    spot: Spot,
    subnet: Option<&SubnetNode>,
    packet: &Packet,
) -> Hop {
    let address = Arg::code(packet.destination);
    let (sentence, page) = match subnet.filter(|it| is_reserved(it, packet)) {
        Some(subnet) => (
            say::reach_reserved(address, Arg::id(&subnet.state.id)),
            pages::SIZING,
        ),
        None => {
            let place = subnet.map_or_else(|| Arg::id(&at.id), |it| Arg::id(&it.state.id));
            (say::reach_nobody(address, place), pages::CODES)
        }
    };
    let code = Code("NO_POSSIBLE_DESTINATION");
    stopped(at, spot, code, Some(page), sentence)
}

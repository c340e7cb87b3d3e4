//! Virtual private gateways, and the networks behind them: in a VPC by VPN or Direct Connect,
//! and out.
//!
//! <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html>

use super::gateway::{at_gateway, dropped};
use super::{Arrival, At, Carrier, Machine, Side, passed, stopped};
use crate::network::{Enters, Line, OutsideNode, PrivateNode, User, VpcNode};
use crate::{Spot, pages};
use hopwise_cloud::Id;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Component};
use std::net::IpAddr;

/// A network outside, as a component.
pub(crate) fn outside_component(outside: &OutsideNode) -> Component {
    Component::new("network", outside.state.name.as_str())
}

pub(crate) fn outside_spot(outside: &OutsideNode) -> Spot {
    Spot::Gateway(Id::new(&outside.state.name))
}

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// Out of a VPC by its virtual private gateway.
    pub(super) fn private_out(
        &mut self,
        vpc: &'n VpcNode,
        gateway: &'n PrivateNode,
    ) -> Option<At<'n>> {
        let at = || at_gateway(gateway.state.as_ref());
        let owner = self.owner(vpc, Side::Source);
        if owner.is_none_or(|it| it.user == User::Nobody) {
            return self.carrier.stop(|packet| {
                let id = Arg::id(&gateway.state.id);
                let said = say::reach_private_source(id, Arg::code(packet.source));
                dropped(at(), "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS", said)
            });
        }
        self.by_line(&gateway.lines, at, "BAD_STATE_VPN")
    }

    /// Over the line that leads to the destination: of those that are up the longest prefix, and
    /// of equal ones the first.
    pub(super) fn by_line(
        &mut self,
        lines: &[Line],
        at: impl Fn() -> (Component, Spot),
        down: &'static str,
    ) -> Option<At<'n>> {
        let mut all: Vec<(u8, usize)> = Vec::new();
        for (place, line) in lines.iter().enumerate() {
            for block in &line.blocks {
                if self.within(Side::Destination, *block) {
                    all.push((block.length(), place));
                }
            }
        }
        all.sort_by_key(|(length, place)| (std::cmp::Reverse(*length), *place));
        let mut leading = all.iter().filter_map(|(_, place)| lines.get(*place));
        let Some(line) = leading.clone().find(|it| it.up) else {
            let broken = leading.next().map(|it| it.id.clone());
            return self.carrier.stop(|packet| {
                let (at, spot) = at();
                match broken {
                    Some(id) => {
                        let said = say::reach_line_down(Arg::id(id));
                        dropped((at, spot), down, said)
                    }
                    None => {
                        let id = Arg::id(&at.id);
                        let said = say::reach_line_none(id, Arg::code(packet.destination));
                        let code = Code("NO_ROUTE_TO_DESTINATION");
                        stopped(at, spot, code, Some(pages::VPN), said)
                    }
                }
            });
        };
        self.carrier.is_tracked();
        let id = &line.id;
        let Some(to) = line.to.and_then(|it| self.network.outsides.get(it)) else {
            return self.carrier.stop(|_| {
                let (at, spot) = at();
                let said = say::reach_line_unknown(Arg::id(id));
                stopped(at, spot, Code("UNKNOWN_RESOURCE"), Some(pages::VPN), said)
            });
        };
        self.carrier.hop(|_| {
            let (at, spot) = at();
            let said = say::reach_line(Arg::id(id), to.state.name.as_str());
            passed(at, spot, Some(pages::VPN), said)
        });
        for (_, address) in &to.state.hosts {
            if self.is(Side::Destination, IpAddr::V4(*address)) {
                let arrival = Arrival::Host(to);
                self.arrives(&arrival);
                return Some(At::Arrived(arrival));
            }
        }
        self.carrier.stop(|packet| {
            let destination = Arg::code(packet.destination);
            let said = say::reach_outside_nobody(to.state.name.as_str(), destination);
            let code = Code("NO_POSSIBLE_DESTINATION");
            let (at, spot) = (outside_component(to), outside_spot(to));
            stopped(at, spot, code, Some(pages::VPN), said)
        })
    }

    /// A host outside sends: its router leads it to AWS.
    pub(super) fn leaves_outside(&mut self, outside: &'n OutsideNode) -> Option<At<'n>> {
        let network = self.network;
        let mut found = None;
        for (block, enters) in &outside.routes {
            if self.within(Side::Destination, *block) {
                found = Some((block, *enters));
                break;
            }
        }
        let at = || (outside_component(outside), outside_spot(outside));
        let Some((block, enters)) = found else {
            return self.carrier.stop(|packet| {
                let (at, spot) = at();
                let name = outside.state.name.as_str();
                let said = say::reach_outside_no_route(name, Arg::code(packet.destination));
                let code = Code("NO_ROUTE_TO_DESTINATION");
                stopped(at, spot, code, Some(pages::VPN), said)
            });
        };
        self.carrier.is_tracked();
        self.carrier.hop(|packet| {
            let (at, spot) = at();
            let name = outside.state.name.as_str();
            let destination = Arg::code(packet.destination);
            let said = say::reach_outside_route(name, destination, Arg::code(block));
            passed(at, spot, Some(pages::VPN), said)
        });
        match enters {
            Enters::Private(index) => self.private_in(network.privates.get(index)?),
            Enters::Transit(index) => {
                let attachment = network.attachments.get(index)?;
                self.through(attachment, None)
            }
        }
    }

    fn private_in(&mut self, gateway: &'n PrivateNode) -> Option<At<'n>> {
        let network = self.network;
        let at = || at_gateway(gateway.state.as_ref());
        let vpc = network.vpcs.get(gateway.vpc?)?;
        let owner = self.owner(vpc, Side::Destination);
        let Some(owner) = owner.filter(|it| it.user != User::Nobody) else {
            return self.carrier.stop(|packet| {
                let id = Arg::id(&gateway.state.id);
                let said = say::reach_private_nobody(id, Arg::code(packet.destination));
                dropped(at(), "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", said)
            });
        };
        self.carrier.hop(|_| {
            let (at, spot) = at();
            let id = Arg::id(&gateway.state.id);
            let said = say::reach_private_in(id, Arg::id(&vpc.state.id));
            passed(at, spot, Some(pages::VPN), said)
        });
        let edge = gateway.edge.and_then(|it| network.tables.get(it));
        match edge {
            Some(table) => self.by_edge(vpc, table, owner),
            None => Some(At::Comes {
                interface: owner,
                entering: true,
            }),
        }
    }
}

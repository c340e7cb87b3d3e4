//! Internet gateways and egress-only internet gateways, and the internet between them.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>

use super::{Arrival, At, Carrier, Machine, Session, Side, passed, stopped};
use crate::gateway::{PRIVATE, Private};
use crate::network::{
    EgressNode, GatewayNode, InterfaceNode, PublicNode, PublicOwner, SubnetNode, TableNode, Toward,
    User, VpcNode,
};
use crate::resolver::component;
use crate::{Hop, Spot, pages};
use hopwise_cloud::ec2::address::is_assigned_by_aws;
use hopwise_cloud::{LAPTOP_ADDRESS, Resource};
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Component, Message, Page, Step, Verdict};
use std::net::IpAddr;

/// A hop at a gateway.
pub(super) fn at_gateway<T: Resource>(gateway: &T) -> (Component, Spot) {
    (component(gateway), Spot::Gateway(gateway.id().clone()))
}

pub(super) fn rewritten((at, spot): (Component, Spot), page: Page, sentence: Message) -> Hop {
    let mut step = Step::new(at, Verdict::Rewrite, sentence);
    step.page = Some(page);
    Hop { step, spot }
}

fn internet_component() -> Component {
    Component::new("internet", "internet")
}

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// Is the address one that the internet does not route?
    pub(super) fn private(&mut self, side: Side) -> Option<Private> {
        if self.address(side).is_ipv6() {
            return None;
        }
        let mut all = PRIVATE.iter();
        let found = all.find(|(block, _)| block().is_some_and(|it| self.within(side, it)));
        found.map(|(_, private)| *private)
    }

    /// Out of a VPC by its internet gateway. Whose the packet is counts, not which interface it
    /// comes from; but what is led to an appliance on its way in has to come back by it.
    pub(super) fn gateway_out(
        &mut self,
        vpc: &'n VpcNode,
        gateway: &'n GatewayNode,
        from: Option<&'n InterfaceNode>,
    ) -> Option<At<'n>> {
        let at = || at_gateway(gateway.state.as_ref());
        let id = || Arg::id(&gateway.state.id);
        self.may_pass(vpc, from, at)?;
        if let Some(private) = self.private(Side::Destination) {
            return self.carrier.stop(|packet| {
                let code = match private {
                    Private::Rfc1918 => "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
                    Private::Rfc6598 => "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
                };
                let destination = Arg::code(packet.destination);
                let said = say::reach_gateway_destination(id(), destination, private.standard());
                dropped(at(), code, said)
            });
        }
        let owner = self.owner(vpc, Side::Source);
        let owner = owner.filter(|it| it.user != User::Nobody);
        let public = match (self.address(Side::Source), owner) {
            (_, None) => None,
            (IpAddr::V6(own), Some(_)) => Some(IpAddr::V6(own)),
            (IpAddr::V4(own), Some(owner)) => {
                let mut all = owner.publics.iter();
                let found = all.find(|(private, _)| *private == own);
                found.map(|(_, public)| IpAddr::V4(*public))
            }
        };
        let Some(public) = public else {
            return self.carrier.stop(|packet| {
                let said = say::reach_gateway_no_public(id(), Arg::code(packet.source));
                dropped(at(), "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", said)
            });
        };
        self.not_redirected(gateway, from)?;
        if public.is_ipv6() {
            self.carrier.hop(|packet| {
                let (at, spot) = at();
                let said = say::reach_gateway_v6(id(), Arg::code(packet.source));
                passed(at, spot, Some(pages::GATEWAY), said)
            });
        } else {
            self.carrier.lose_origin();
            self.carrier
                .readdress(Side::Source, public, |before, after| {
                    let (private, public) = (Arg::code(before.source), Arg::code(after.source));
                    let said = say::reach_gateway_out(id(), private, public);
                    rewritten(at(), pages::GATEWAY, said)
                });
        }
        Some(At::Internet { from: Some(vpc) })
    }

    /// Where the gateway's own route table leads a subnet to an appliance, what comes from that
    /// subnet may leave by the appliance only.
    /// <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
    fn not_redirected(
        &mut self,
        gateway: &'n GatewayNode,
        from: Option<&'n InterfaceNode>,
    ) -> Option<()> {
        let Some(table) = gateway.edge.and_then(|it| self.network.tables.get(it)) else {
            return Some(());
        };
        let (route, stretch) = table.lead(self.address(Side::Source));
        self.carrier.seen(Side::Source, stretch);
        match route.map(|it| it.toward) {
            Some(Toward::Interface(next)) if from.is_none_or(|from| from.index != next) => {
                self.carrier.stop(|packet| {
                    let said = say::reach_gateway_redirected(
                        Arg::id(&gateway.state.id),
                        Arg::code(packet.source),
                        Arg::id(&table.state.id),
                    );
                    let at = at_gateway(gateway.state.as_ref());
                    dropped(at, "INGRESS_RTB_TRAFFIC_REDIRECTION", said)
                })
            }
            _ => Some(()),
        }
    }

    /// Out by an egress-only internet gateway, which lets only answers in.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>
    pub(super) fn egress_only(
        &mut self,
        vpc: &'n VpcNode,
        subnet: &'n SubnetNode,
        gateway: &'n EgressNode,
    ) -> Option<At<'n>> {
        let at = || at_gateway(gateway.state.as_ref());
        self.may_begin(vpc, Some(subnet), at)?;
        if self.carrier.answers() {
            return self.carrier.stop(|_| {
                let (at, spot) = at();
                let said = say::reach_egress_answer(Arg::id(&gateway.state.id));
                stopped(at, spot, Code("NO_PATH"), Some(pages::EGRESS_ONLY), said)
            });
        }
        let session = Session::EgressOnly(gateway.index.number());
        let header = self.carrier.header();
        self.carrier.translate(session, header, |_, _| {
            let (at, spot) = at();
            let said = say::reach_egress_out(Arg::id(&gateway.state.id));
            passed(at, spot, Some(pages::EGRESS_ONLY), said)
        });
        Some(At::Internet { from: Some(vpc) })
    }

    /// In the internet.
    pub(super) fn internet(&mut self, from: Option<&'n VpcNode>) -> Option<At<'n>> {
        let network = self.network;
        if self.carrier.is_asker_outside() {
            return Some(self.outside());
        }
        let stop = |code: &'static str, page: Page, said: Message| {
            stopped(
                internet_component(),
                Spot::Internet,
                Code(code),
                Some(page),
                said,
            )
        };
        if self.private(Side::Destination).is_some() {
            return self.carrier.stop(|packet| {
                let said = say::reach_internet_private(Arg::code(packet.destination));
                stop("NO_ROUTE_TO_DESTINATION", pages::PRIVATE, said)
            });
        }
        let v4 = self.address(Side::Destination).is_ipv4();
        if v4 && self.is(Side::Destination, LAPTOP_ADDRESS.into()) {
            self.carry();
            self.arrives(&Arrival::Laptop);
            return Some(At::Arrived(Arrival::Laptop));
        }
        let (owner, stretch) = network.public(self.address(Side::Destination));
        self.carrier.seen(Side::Destination, stretch);
        let Some(PublicNode { of, private }) = owner else {
            if let IpAddr::V4(address) = self.address(Side::Destination)
                && is_assigned_by_aws(address)
            {
                return self.carrier.stop(|packet| {
                    let said = say::reach_public_unknown(Arg::code(packet.destination));
                    stop("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", pages::CODES, said)
                });
            }
            return Some(self.outside());
        };
        let (interface, vpc) = match of {
            PublicOwner::Interface(index) => {
                let interface = network.interfaces.get(index)?;
                (Some(interface), network.vpcs.get(interface.vpc)?)
            }
            PublicOwner::Nat(nat) => (None, network.vpcs.get(network.nats.get(nat)?.vpc?)?),
        };
        if !v4 && let Some(end) = self.back_by_egress_only(vpc, interface?) {
            return end;
        }
        let Some(gateway) = vpc.gateway.and_then(|it| network.gateways.get(it)) else {
            return self.carrier.stop(|packet| {
                let destination = Arg::code(packet.destination);
                let said = say::reach_no_gateway(Arg::id(&vpc.state.id), destination);
                stop("NO_PATH", pages::GATEWAY, said)
            });
        };
        if from.is_some_and(|from| from.index == vpc.index) {
            self.carrier.hop(|packet| {
                let destination = Arg::code(packet.destination);
                let said = say::reach_internet_turn(destination, Arg::id(&vpc.state.id));
                let page = Some(pages::GROUP_RULES);
                passed(internet_component(), Spot::Internet, page, said)
            });
        } else {
            self.carry();
        }
        match (of, interface) {
            (PublicOwner::Nat(nat), _) => {
                let nat = network.nats.get(nat)?;
                self.regional_nat_in(vpc, gateway, nat)
            }
            (_, Some(interface)) => self.gateway_in(vpc, gateway, interface, private),
            (_, None) => None,
        }
    }

    /// An answer to what went out by an egress-only gateway; `None` where it is none.
    fn back_by_egress_only(
        &mut self,
        vpc: &'n VpcNode,
        interface: &'n InterfaceNode,
    ) -> Option<Option<At<'n>>> {
        let mut all = self.network.egress_gateways.iter();
        let gateway = all.find(|it| {
            it.state.vpc == vpc.state.id
                && self
                    .carrier
                    .is_known(Session::EgressOnly(it.index.number()))
        })?;
        self.carry();
        let session = Session::EgressOnly(gateway.index.number());
        let restored = self.carrier.restore(session, |_, _| {
            let (at, spot) = at_gateway(gateway.state.as_ref());
            let said = say::reach_egress_in(Arg::id(&gateway.state.id));
            passed(at, spot, Some(pages::EGRESS_ONLY), said)
        });
        Some(restored.map(|()| At::Comes {
            interface,
            entering: true,
        }))
    }

    /// Into a VPC by its internet gateway.
    fn gateway_in(
        &mut self,
        vpc: &'n VpcNode,
        gateway: &'n GatewayNode,
        interface: &'n InterfaceNode,
        private: IpAddr,
    ) -> Option<At<'n>> {
        let at = || at_gateway(gateway.state.as_ref());
        let id = || Arg::id(&gateway.state.id);
        if interface.user == User::Nobody {
            return self.carrier.stop(|packet| {
                let destination = Arg::code(packet.destination);
                let said =
                    say::reach_gateway_unattached(id(), destination, Arg::id(&interface.state.id));
                dropped(at(), "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", said)
            });
        }
        self.may_pass(vpc, Some(interface), at)?;
        if let Some(standard) = self.private(Side::Source) {
            return self.carrier.stop(|packet| {
                let code = match standard {
                    Private::Rfc1918 => "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
                    Private::Rfc6598 => "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS",
                };
                let source = Arg::code(packet.source);
                let said = say::reach_gateway_source(id(), source, standard.standard());
                dropped(at(), code, said)
            });
        }
        if private.is_ipv6() {
            self.carrier.hop(|packet| {
                let (at, spot) = at();
                let said = say::reach_gateway_v6_in(id(), Arg::code(packet.destination));
                passed(at, spot, Some(pages::GATEWAY), said)
            });
        } else {
            self.carrier
                .readdress(Side::Destination, private, |before, after| {
                    let (public, private) = (before.destination, after.destination);
                    let said = say::reach_gateway_in(id(), Arg::code(public), Arg::code(private));
                    rewritten(at(), pages::GATEWAY, said)
                });
        }
        self.edge(vpc, gateway, interface)
    }

    /// What the gateway's own route table makes of what comes in.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html>
    fn edge(
        &mut self,
        vpc: &'n VpcNode,
        gateway: &'n GatewayNode,
        interface: &'n InterfaceNode,
    ) -> Option<At<'n>> {
        let network = self.network;
        let direct = At::Comes {
            interface,
            entering: true,
        };
        let Some(table) = gateway.edge.and_then(|it| network.tables.get(it)) else {
            return Some(direct);
        };
        let at = self.by_edge(vpc, table, interface)?;
        let At::Comes {
            interface: next, ..
        } = at
        else {
            return Some(at);
        };
        if next.index != interface.index && next.publics.is_empty() {
            return self.carrier.stop(|_| {
                let said =
                    say::reach_edge_no_public(Arg::id(&gateway.state.id), Arg::id(&next.state.id));
                let at = at_gateway(gateway.state.as_ref());
                dropped(at, "INGRESS_RTB_NO_PUBLIC_IP", said)
            });
        }
        Some(at)
    }

    /// To the interface, or to the appliance that a gateway's own table names.
    pub(super) fn by_edge(
        &mut self,
        vpc: &'n VpcNode,
        table: &'n TableNode,
        interface: &'n InterfaceNode,
    ) -> Option<At<'n>> {
        let route = self.carrier.choose(table);
        let road = super::Road {
            table,
            vpc,
            by_main: false,
        };
        self.carrier.routed(road, route)?;
        let interface = match route?.toward {
            Toward::Interface(next) => self.network.interfaces.get(next)?,
            _ => interface,
        };
        Some(At::Comes {
            interface,
            entering: true,
        })
    }

    pub(super) fn carry(&mut self) {
        self.carrier.hop(|packet| {
            let said = say::reach_internet(Arg::code(packet.destination));
            passed(internet_component(), Spot::Internet, None, said)
        });
    }

    fn outside(&mut self) -> At<'n> {
        self.arrives(&Arrival::Outside);
        At::Arrived(Arrival::Outside)
    }
}

pub(super) fn dropped((at, spot): (Component, Spot), code: &'static str, said: Message) -> Hop {
    stopped(at, spot, Code(code), Some(pages::CODES), said)
}

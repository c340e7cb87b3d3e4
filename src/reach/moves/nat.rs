//! NAT gateways: zonal ones with an interface in a subnet, regional ones in the VPC as a whole.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>

use super::gateway::{at_gateway, dropped, rewritten};
use super::{Accepts, At, Carrier, Header, Machine, Road, Session, Side, stopped};
use crate::network::{GatewayNode, InterfaceNode, NatNode, SubnetNode, Toward, VpcNode};
use crate::pages;
use hopwise_cloud::ec2::nat_gateway::{NatAddress, Scope};
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code};
use hopwise_net::Prefix;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What DNS64 makes IPv6 addresses of IPv4 ones with.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html>
fn nat64() -> Option<Prefix> {
    Prefix::new(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0).into(), 96)
}

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// Traffic comes to the interface of a NAT gateway: from inside it is given the gateway's
    /// address, from outside only answers find their way in.
    pub(super) fn at_nat(
        &mut self,
        nat: &'n NatNode,
        interface: &'n InterfaceNode,
    ) -> Option<At<'n>> {
        let vpc = self.network.vpcs.get(interface.vpc)?;
        let to_it = self.owner(vpc, Side::Destination);
        if to_it.is_some_and(|it| it.index == interface.index) {
            self.restore_nat(nat)?;
            return self.forward(interface);
        }
        let own = interface.state.primary_address();
        self.translate_nat(nat, own?)?;
        self.forward(interface)
    }

    fn restore_nat(&mut self, nat: &'n NatNode) -> Option<()> {
        let at = || at_gateway(nat.state.as_ref());
        let id = || Arg::id(&nat.state.id);
        let session = Session::Nat(nat.index.number());
        if !self.carrier.is_known(session) {
            return self.carrier.stop(|packet| {
                let (at, spot) = at();
                let said = say::reach_nat_unasked(id(), Arg::code(packet.source));
                let code = Code("NO_POSSIBLE_DESTINATION");
                stopped(at, spot, code, Some(pages::NAT), said)
            });
        }
        self.carrier.restore(session, |before, after| {
            let (own, old) = (Arg::code(before.destination), Arg::code(after.destination));
            rewritten(at(), pages::NAT, say::reach_nat_in(id(), own, old))
        })
    }

    fn translate_nat(&mut self, nat: &'n NatNode, own: Ipv4Addr) -> Option<()> {
        let at = || at_gateway(nat.state.as_ref());
        let id = || Arg::id(&nat.state.id);
        self.carrier.only(Accepts::TRANSPORTS, |packet| {
            let said = say::reach_nat_protocol(id(), Arg::code(packet.protocol()));
            dropped(at(), "PROTOCOL_RESTRICTION", said)
        })?;
        let destination = match self.address(Side::Destination) {
            IpAddr::V4(_) => self.address(Side::Destination),
            IpAddr::V6(address) => {
                if !nat64().is_some_and(|it| self.within(Side::Destination, it)) {
                    return self.carrier.stop(|packet| {
                        let said = say::reach_nat_v6(id(), Arg::code(packet.destination));
                        dropped(at(), "PROTOCOL_RESTRICTION", said)
                    });
                }
                let [.., a, b, c, d] = address.octets();
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            }
        };
        let header = Header {
            source: own.into(),
            destination,
        };
        self.carrier.lose_origin();
        let session = Session::Nat(nat.index.number());
        self.carrier.translate(session, header, |before, after| {
            let (old, new) = (Arg::code(before.source), Arg::code(after.source));
            let said = if before.source.is_ipv6() {
                say::reach_nat64(id(), old, new, Arg::code(after.destination))
            } else {
                say::reach_nat_out(id(), old, new)
            };
            rewritten(at(), pages::NAT, said)
        });
        Some(())
    }

    /// Out by a regional NAT gateway, which has no interface and a route table of its own.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html>
    pub(super) fn regional_nat(
        &mut self,
        nat: &'n NatNode,
        subnet: &'n SubnetNode,
    ) -> Option<At<'n>> {
        let network = self.network;
        let at = || at_gateway(nat.state.as_ref());
        let Scope::Regional { zones, .. } = &nat.state.scope else {
            return self.unsupported(at);
        };
        if !zones.contains(&subnet.state.zone) {
            return self.carrier.stop(|_| {
                let zone = Arg::code(&subnet.state.zone);
                let said = say::reach_nat_zone(Arg::id(&nat.state.id), zone);
                dropped(at(), "REGIONAL_NGW_ROUTE_AZ_RESTRICTION", said)
            });
        }
        let here = |it: &&NatAddress| it.zone.as_ref() == Some(&subnet.state.zone);
        let all = &nat.state.addresses;
        let own = all.iter().find(here).or(all.first());
        let Some(public) = own.and_then(|it| it.public) else {
            return self.unsupported(at);
        };
        self.translate_nat(nat, public)?;
        let vpc = network.vpcs.get(nat.vpc?)?;
        let road = Road {
            table: network.tables.get(nat.table?)?,
            vpc,
            by_main: false,
        };
        let route = self.carrier.choose(road.table);
        self.carrier.routed(road, route)?;
        match route?.toward {
            Toward::Gateway(gateway) => {
                let gateway = network.gateways.get(gateway)?;
                self.may_begin(vpc, None, || at_gateway(gateway.state.as_ref()))?;
                if let Some(private) = self.private(Side::Destination) {
                    return self.carrier.stop(|packet| {
                        let said = say::reach_gateway_destination(
                            Arg::id(&gateway.state.id),
                            Arg::code(packet.destination),
                            private.standard(),
                        );
                        let at = at_gateway(gateway.state.as_ref());
                        dropped(at, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", said)
                    });
                }
                Some(At::Internet { from: Some(vpc) })
            }
            Toward::Local => self.local(vpc),
            _ => self.unsupported(at),
        }
    }

    /// Something comes from the internet to an address of a regional NAT gateway.
    pub(super) fn regional_nat_in(
        &mut self,
        vpc: &'n VpcNode,
        gateway: &'n GatewayNode,
        nat: &'n NatNode,
    ) -> Option<At<'n>> {
        self.may_begin(vpc, None, || at_gateway(gateway.state.as_ref()))?;
        self.restore_nat(nat)?;
        self.local(vpc)
    }
}

//! What answers beside the network: the resolver, the metadata service, the time.

use super::{Accepts, Arrival, At, Carrier, Machine, Side, passed, stopped};
use crate::network::VpcNode;
use crate::{Spot, pages};
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Component, Page};
use hopwise_net::{Prefix, Protocol};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A service beside the network.
struct Service {
    v4: Ipv4Addr,
    v6: Ipv6Addr,
    name: &'static str,
    port: u16,
    protocols: &'static [Protocol],
    page: Page,
    resolver: bool,
}

const fn v6(last: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, last)
}

/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>
const SERVICES: &[Service] = &[
    Service {
        v4: Ipv4Addr::new(169, 254, 169, 253),
        v6: v6(0x253),
        name: "the Route 53 Resolver of the VPC",
        port: 53,
        protocols: &[Protocol::TCP, Protocol::UDP],
        page: pages::DNS,
        resolver: true,
    },
    Service {
        v4: Ipv4Addr::new(169, 254, 169, 254),
        v6: v6(0x254),
        name: "the instance metadata service",
        port: 80,
        protocols: &[Protocol::TCP],
        page: pages::METADATA,
        resolver: false,
    },
    Service {
        v4: Ipv4Addr::new(169, 254, 169, 123),
        v6: v6(0x123),
        name: "the Amazon Time Sync Service",
        port: 123,
        protocols: &[Protocol::UDP],
        page: pages::TIME,
        resolver: false,
    },
];

/// What is never routed: link-local addresses, and the block that AWS keeps of IPv6.
fn kept(address: IpAddr) -> Option<Prefix> {
    match address {
        IpAddr::V4(_) => Prefix::new(Ipv4Addr::new(169, 254, 0, 0).into(), 16),
        IpAddr::V6(_) => Prefix::new(v6(0).into(), 32),
    }
}

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// `None` where the destination is none of it.
    pub(super) fn service(&mut self, vpc: &'n VpcNode) -> Option<Option<At<'n>>> {
        let side = Side::Destination;
        let block = kept(self.address(side))?;
        let inside = self.within(side, block);
        let base = vpc.state.primary().and_then(|block| block.nth(2));
        let is_base = !inside && base.is_some_and(|base| self.is(side, base));
        if !inside && !is_base {
            return None;
        }
        let spot = || Spot::Router(vpc.state.id.clone());
        let code = Code("NO_POSSIBLE_DESTINATION");
        let found = SERVICES.iter().find(|service| {
            let own = match self.address(side) {
                IpAddr::V4(_) => IpAddr::V4(service.v4),
                IpAddr::V6(_) => IpAddr::V6(service.v6),
            };
            (is_base && service.resolver) || self.is(side, own)
        });
        let Some(service) = found else {
            return Some(self.carrier.stop(|packet| {
                let address = packet.destination;
                let at = Component::new("link-local", address.to_string());
                let sentence = say::reach_link_local(Arg::code(address));
                stopped(at, spot(), code, Some(pages::ROUTES), sentence)
            }));
        };
        let at = |address: IpAddr| {
            Component::new("service", address.to_string()).named(Some(service.name.to_owned()))
        };
        if service.resolver && !vpc.state.dns_support {
            return Some(self.carrier.stop(|packet| {
                let address = packet.destination;
                let sentence = say::reach_service_off(Arg::code(address), Arg::id(&vpc.state.id));
                stopped(at(address), spot(), code, Some(service.page), sentence)
            }));
        }
        let accepts = Accepts::port(service.port, service.protocols);
        let taken = self.carrier.only(accepts, |packet| {
            let address = packet.destination;
            let port = Arg::code(service.port);
            let sentence = say::reach_service_other(service.name, Arg::code(address), port);
            stopped(at(address), spot(), code, Some(service.page), sentence)
        });
        if taken.is_none() {
            return Some(None);
        }
        self.carrier.hop(|packet| {
            let address = packet.destination;
            let sentence = say::reach_service(service.name, Arg::code(address));
            passed(at(address), spot(), Some(service.page), sentence)
        });
        Some(Some(At::Arrived(Arrival::Service(vpc))))
    }
}

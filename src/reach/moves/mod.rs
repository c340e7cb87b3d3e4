//! How traffic moves: one state machine for everything that asks.
//!
//! What happens to the traffic at a filter, and what is said of it, is a [`Carrier`]'s: the walk
//! carries one packet and says everything; the space carries sets of packets and says nothing.
//! The machine looks at no address itself but through [`Machine::within`], [`Machine::owner`] and
//! [`Carrier::choose`], so that a carrier knows for which other addresses all would go the same.

mod access;
mod carrier;
mod endpoint;
mod gateway;
mod interface;
mod nat;
mod outside;
mod peering;
mod router;
mod service;
mod transit;

pub(crate) use carrier::{Accepts, Been, Carrier, Header, IcmpAccepts, Road, Session, Side};

pub(crate) use endpoint::begins_nothing;
pub(crate) use interface::{alone, alone_sentence, not_running};
pub(crate) use outside::outside_spot;

use crate::network::{InstanceNode, InterfaceNode, Network, OutsideNode, VpcNode};
use crate::resolver::{component, internet_component, laptop_component};
use crate::stretch::Stretch;
use crate::{Hop, Spot};
use hopwise_cloud::LAPTOP;
use hopwise_cloud::ec2::Endpoint;
use hopwise_explain::{Code, Component, Message, Page, Step, Verdict};
use hopwise_net::{Packet, Prefix, Transport};
use std::net::IpAddr;

/// Where traffic arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrival<'n> {
    Instance {
        interface: &'n InterfaceNode,
        instance: &'n InstanceNode,
    },
    Laptop,
    Outside,
    /// Beside the network of this VPC.
    Service(&'n VpcNode),
    /// A service behind a gateway endpoint.
    Endpoint {
        vpc: &'n VpcNode,
        endpoint: &'n Endpoint,
    },
    /// A service at an interface of its own.
    Managed(&'n InterfaceNode),
    /// A host of a network outside.
    Host(&'n OutsideNode),
}

/// Where traffic is between two hops.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'n> {
    /// An instance sends it out of an interface.
    Leaves(&'n InterfaceNode),
    /// It comes to an interface, from within the subnet or from outside of it.
    Comes {
        interface: &'n InterfaceNode,
        entering: bool,
    },
    /// It is in the internet; `from` is the VPC it left.
    Internet {
        from: Option<&'n VpcNode>,
    },
    /// A host of a network outside sends it.
    Outside(&'n OutsideNode),
    Arrived(Arrival<'n>),
}

/// Traffic on its way.
pub(crate) struct Machine<'n, 'c, C> {
    pub(crate) network: &'n Network,
    pub(crate) carrier: &'c mut C,
}

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// Follows the traffic until it arrives; `None` where it is stopped.
    pub(crate) fn run(&mut self, mut at: At<'n>) -> Option<Arrival<'n>> {
        loop {
            at = match at {
                At::Leaves(interface) => self.leaves(interface)?,
                At::Comes {
                    interface,
                    entering,
                } => self.comes(interface, entering)?,
                At::Internet { from } => self.internet(from)?,
                At::Outside(outside) => self.leaves_outside(outside)?,
                At::Arrived(arrival) => return Some(arrival),
            }
        }
    }

    /// An answer on its way back from where the traffic arrived: out of the interface that has
    /// the answer's source.
    pub(crate) fn answer(&mut self, arrival: &Arrival<'n>) -> Option<Arrival<'n>> {
        match arrival {
            // What answers beside the network answers there.
            Arrival::Service(_) => Some(*arrival),
            Arrival::Instance {
                interface,
                instance,
            } => {
                let vpc = self.network.vpcs.get(interface.vpc)?;
                if self.is_own(vpc, instance) {
                    return Some(*arrival);
                }
                let own = self.owner(vpc, Side::Source);
                let own = own.filter(|it| instance.interfaces.contains(&it.index));
                self.run(At::Leaves(own.unwrap_or(interface)))
            }
            Arrival::Laptop | Arrival::Outside => self.run(At::Internet { from: None }),
            Arrival::Endpoint { vpc, .. } => {
                let at = self.local(vpc)?;
                self.run(at)
            }
            Arrival::Managed(interface) => self.run(At::Leaves(interface)),
            Arrival::Host(outside) => self.run(At::Outside(outside)),
        }
    }

    fn address(&self, side: Side) -> IpAddr {
        self.carrier.header().of(side)
    }

    /// Is an address of the traffic in this block?
    pub(crate) fn within(&mut self, side: Side, block: Prefix) -> bool {
        let (found, stretch) = Stretch::within(block, self.address(side));
        self.carrier.seen(side, stretch);
        found
    }

    fn within_any(&mut self, side: Side, mut blocks: impl Iterator<Item = Prefix>) -> bool {
        blocks.any(|block| self.within(side, block))
    }

    fn is(&mut self, side: Side, address: IpAddr) -> bool {
        self.within(side, Prefix::host(address))
    }

    /// Who in a VPC has an address of the traffic.
    pub(crate) fn owner(&mut self, vpc: &VpcNode, side: Side) -> Option<&'n InterfaceNode> {
        if let Some(end) = self.carrier.end(side)
            && end.vpc == vpc.index
        {
            return Some(end);
        }
        let (found, stretch) = self.network.having(vpc, self.address(side));
        self.carrier.seen(side, stretch);
        found
    }

    /// Is an address of the traffic one of the interface's own?
    fn has(&mut self, interface: &InterfaceNode, side: Side) -> bool {
        let vpc = self.network.vpcs.get(interface.vpc);
        let owner = vpc.and_then(|vpc| self.owner(vpc, side));
        owner.is_some_and(|owner| owner.index == interface.index)
    }

    /// Is the destination an address of the instance itself?
    pub(crate) fn is_own(&mut self, vpc: &VpcNode, instance: &InstanceNode) -> bool {
        let owner = self.owner(vpc, Side::Destination);
        owner.is_some_and(|owner| instance.interfaces.contains(&owner.index))
    }

    /// What is there, but not known here.
    fn unsupported<T>(&mut self, at: impl FnOnce() -> (Component, Spot)) -> Option<T> {
        self.carrier.stop(|_| {
            let (at, spot) = at();
            let sentence = hopwise_explain::messages::reach::reach_unsupported(
                hopwise_explain::Arg::id(&at.id),
            );
            let code = Code("UNSUPPORTED_COMPONENT");
            stopped(at, spot, code, Some(crate::pages::CODES), sentence)
        })
    }
}

/// Does something at the end of the way listen for the packet?
pub(crate) fn listens(network: &Network, arrival: &Arrival<'_>, packet: &Packet) -> bool {
    let id = match arrival {
        Arrival::Instance { instance, .. } => instance.state.id.as_str(),
        Arrival::Laptop => LAPTOP,
        Arrival::Outside
        | Arrival::Service(_)
        | Arrival::Endpoint { .. }
        | Arrival::Managed(_)
        | Arrival::Host(_) => return true,
    };
    let (udp, port) = match packet.transport {
        Transport::Tcp { destination, .. } => (false, destination),
        Transport::Udp { destination, .. } => (true, destination),
        Transport::Icmp { .. } | Transport::Other(_) => return true,
    };
    let machine = network.cloud.machine(id);
    machine.is_some_and(|machine| machine.listens(udp, port))
}

impl<'n> Arrival<'n> {
    /// The interface that it arrived at, if at one.
    pub(crate) fn interface(&self) -> Option<&'n InterfaceNode> {
        match self {
            Arrival::Instance { interface, .. } | Arrival::Managed(interface) => Some(interface),
            Arrival::Laptop
            | Arrival::Outside
            | Arrival::Service(_)
            | Arrival::Endpoint { .. }
            | Arrival::Host(_) => None,
        }
    }
}

/// A host of a network outside, by its name.
pub(crate) fn host_component(outside: &OutsideNode, address: IpAddr) -> Component {
    let mut hosts = outside.state.hosts.iter();
    let host = hosts.find(|(_, own)| IpAddr::V4(*own) == address);
    let name = host.map(|(name, _)| name.clone());
    Component::new("address", address.to_string()).named(name)
}

/// What stands at the end of a way.
pub(crate) fn component_of(arrival: &Arrival<'_>, address: IpAddr) -> Component {
    match arrival {
        Arrival::Instance { instance, .. } => component(instance.state.as_ref()),
        Arrival::Laptop => laptop_component(),
        Arrival::Outside => internet_component(address),
        Arrival::Service(_) => Component::new("service", address.to_string()),
        Arrival::Endpoint { endpoint, .. } => component(*endpoint),
        Arrival::Managed(interface) => component(interface.state.as_ref()),
        Arrival::Host(outside) => host_component(outside, address),
    }
}

pub(crate) fn spot_of(arrival: &Arrival<'_>) -> Spot {
    match arrival {
        Arrival::Instance { instance, .. } => Spot::Instance(instance.state.id.clone()),
        Arrival::Laptop => Spot::Laptop,
        Arrival::Service(vpc) => Spot::Router(vpc.state.id.clone()),
        Arrival::Outside => Spot::Internet,
        Arrival::Endpoint { endpoint, .. } => Spot::Gateway(endpoint.id.clone()),
        Arrival::Managed(interface) => Spot::Interface(interface.state.id.clone()),
        Arrival::Host(outside) => outside_spot(outside),
    }
}

/// A hop that decides nothing, or lets the traffic through.
pub(crate) fn passed(at: Component, spot: Spot, page: Option<Page>, sentence: Message) -> Hop {
    noted(at, spot, Verdict::Pass, page, sentence)
}

pub(crate) fn noted(
    at: Component,
    spot: Spot,
    verdict: Verdict,
    page: Option<Page>,
    sentence: Message,
) -> Hop {
    let mut step = Step::new(at, verdict, sentence);
    step.page = page;
    Hop { step, spot }
}

/// The hop at which a way ends.
pub(crate) fn stopped(
    at: Component,
    spot: Spot,
    code: Code,
    page: Option<Page>,
    sentence: Message,
) -> Hop {
    let mut step = Step::new(at, Verdict::Stop, sentence);
    step.code = Some(code);
    step.page = page;
    Hop { step, spot }
}

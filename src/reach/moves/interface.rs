//! At a network interface: out of an instance, into an instance, through an appliance.

use super::{Arrival, At, Been, Carrier, Machine, Side, component_of, listens, passed, stopped};
use crate::network::{InstanceNode, InterfaceNode, SubnetNode, User, VpcNode};
use crate::resolver::{called, component};
use crate::{Spot, pages};
use hopwise_cloud::ec2::instance::State;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Message, Verdict};
use hopwise_net::{Packet, Prefix};

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// An instance sends out of one of its interfaces.
    pub(super) fn leaves(&mut self, interface: &'n InterfaceNode) -> Option<At<'n>> {
        if interface.state.source_dest_check && !self.has(interface, Side::Source) {
            return self.carrier.stop(|packet| {
                let id = Arg::id(&interface.state.id);
                let sentence = say::reach_check_out(id, Arg::code(packet.source));
                checked(interface, sentence)
            });
        }
        let vpc = self.network.vpcs.get(interface.vpc)?;
        if let Some(end) = self.service(vpc) {
            return end;
        }
        self.carrier.groups(interface, true)?;
        self.forward(interface)
    }

    /// On from an interface: to a neighbour, or to the router of the VPC.
    pub(super) fn forward(&mut self, interface: &'n InterfaceNode) -> Option<At<'n>> {
        if self.carrier.been(Been::Interface(interface.index)) {
            // No code of AWS's: its analyzer follows no packet in circles.
            return self.carrier.stop(|_| {
                let sentence = say::reach_loop(Arg::id(&interface.state.id));
                let at = component(interface.state.as_ref());
                let spot = Spot::Interface(interface.state.id.clone());
                stopped(at, spot, Code("LOOP"), Some(pages::ROUTES), sentence)
            });
        }
        let subnet = self.network.subnets.get(interface.subnet)?;
        let vpc = self.network.vpcs.get(interface.vpc)?;
        self.on_from(vpc, subnet, Some(interface))
    }

    /// On from a subnet; from an interface there, or from a transit gateway.
    pub(super) fn on_from(
        &mut self,
        vpc: &'n VpcNode,
        subnet: &'n SubnetNode,
        from: Option<&'n InterfaceNode>,
    ) -> Option<At<'n>> {
        if !self.in_subnet(subnet) {
            return self.route(vpc, subnet, from);
        }
        self.carrier.hop(|_| {
            let said = say::reach_within_subnet(Arg::id(&subnet.state.id));
            within_subnet(subnet, said)
        });
        let Some(neighbour) = self.owner(vpc, Side::Destination) else {
            return self.carrier.stop(|packet| {
                let at = component(subnet.state.as_ref());
                let spot = Spot::Subnet(subnet.state.id.clone());
                super::router::nobody_in(at, spot, Some(subnet), packet)
            });
        };
        Some(At::Comes {
            interface: neighbour,
            entering: false,
        })
    }

    /// Does the destination lie in a subnet?
    fn in_subnet(&mut self, subnet: &SubnetNode) -> bool {
        let v6 = self.address(Side::Destination).is_ipv6();
        let mut all = subnet.state.all_blocks();
        all.any(|block| block.is_v4() != v6 && self.within(Side::Destination, block))
    }

    /// Traffic comes to an interface.
    pub(super) fn comes(&mut self, interface: &'n InterfaceNode, entering: bool) -> Option<At<'n>> {
        if entering {
            let subnet = self.network.subnets.get(interface.subnet)?;
            self.carrier.acl(subnet, false)?;
        }
        let at = || {
            let spot = Spot::Interface(interface.state.id.clone());
            (component(interface.state.as_ref()), spot)
        };
        match interface.user {
            User::Nat(nat) => {
                let nat = self.network.nats.get(nat)?;
                return self.at_nat(nat, interface);
            }
            User::Service => return self.at_service(interface),
            User::Other => return self.unsupported(at),
            User::Nobody | User::Instance(_) => {}
        }
        self.carrier.groups(interface, false)?;
        if interface.state.source_dest_check && !self.has(interface, Side::Destination) {
            return self.carrier.stop(|packet| {
                let id = Arg::id(&interface.state.id);
                let sentence = say::reach_check_in(id, Arg::code(packet.destination));
                checked(interface, sentence)
            });
        }
        let Some(instance) = self.network.instance_of(interface) else {
            return self.carrier.stop(|_| alone(interface));
        };
        self.running(instance)?;
        let vpc = self.network.vpcs.get(interface.vpc)?;
        if self.is_own(vpc, instance) {
            let arrival = Arrival::Instance {
                interface,
                instance,
            };
            self.arrives(&arrival);
            return Some(At::Arrived(arrival));
        }
        self.carrier.lose_origin();
        self.carrier.hop(|_| {
            let (id, by) = (Arg::id(&instance.state.id), Arg::id(&interface.state.id));
            let spot = Spot::Instance(instance.state.id.clone());
            let sentence = say::reach_forwards(id, by);
            passed(
                component(instance.state.as_ref()),
                spot,
                Some(pages::INTERFACE),
                sentence,
            )
        });
        self.outgoing(instance).map(At::Leaves)
    }

    /// The interface by which an instance sends to the destination.
    fn outgoing(&mut self, instance: &'n InstanceNode) -> Option<&'n InterfaceNode> {
        let network = self.network;
        let mut all = instance.interfaces.iter();
        let first = all.next().and_then(|it| network.interfaces.get(*it))?;
        if instance.interfaces.len() == 1 {
            return Some(first);
        }
        for index in &instance.interfaces {
            let interface = network.interfaces.get(*index)?;
            let subnet = network.subnets.get(interface.subnet)?;
            if self.in_subnet(subnet) {
                return Some(interface);
            }
        }
        Some(first)
    }

    /// Only what runs sends and answers.
    pub(crate) fn running(&mut self, instance: &InstanceNode) -> Option<()> {
        if instance.state.state == State::Running {
            return Some(());
        }
        self.carrier.stop(|_| {
            let at = component(instance.state.as_ref());
            let spot = Spot::Instance(instance.state.id.clone());
            let page = Some(pages::LIFECYCLE);
            stopped(at, spot, Code("BAD_STATE"), page, not_running(instance))
        })
    }

    pub(super) fn arrives(&mut self, arrival: &Arrival<'n>) {
        let (network, answers) = (self.network, self.carrier.answers());
        self.carrier.hop(|packet| {
            let at = component_of(arrival, packet.destination);
            let to = called(&at);
            let sentence = match (packet.destination_port(), arrival) {
                // An answer comes to a port that the client has open.
                _ if answers => say::reach_arrives_there(to),
                (Some(port), Arrival::Instance { .. } | Arrival::Laptop) => {
                    let port = Arg::code(format_args!("{} {port}", packet.protocol()));
                    if listens(network, arrival, packet) {
                        say::reach_arrives(to, port)
                    } else {
                        say::reach_arrives_closed(to, port)
                    }
                }
                _ => say::reach_arrives_there(to),
            };
            passed(at, super::spot_of(arrival), Some(pages::TROUBLE), sentence)
        });
    }
}

pub(super) fn within_subnet(subnet: &SubnetNode, sentence: Message) -> crate::Hop {
    let at = component(subnet.state.as_ref());
    let spot = Spot::Subnet(subnet.state.id.clone());
    super::noted(at, spot, Verdict::NoImpact, Some(pages::ACL), sentence)
}

fn checked(interface: &InterfaceNode, sentence: Message) -> crate::Hop {
    stopped(
        component(interface.state.as_ref()),
        Spot::Interface(interface.state.id.clone()),
        Code("ENI_SOURCE_DEST_CHECK_RESTRICTION"),
        Some(pages::INTERFACE),
        sentence,
    )
}

/// An interface without an instance.
pub(crate) fn alone(interface: &InterfaceNode) -> crate::Hop {
    stopped(
        component(interface.state.as_ref()),
        Spot::Interface(interface.state.id.clone()),
        Code("UNASSOCIATED_COMPONENT"),
        Some(pages::INTERFACE),
        alone_sentence(interface),
    )
}

pub(crate) fn alone_sentence(interface: &InterfaceNode) -> Message {
    say::reach_interface_alone(Arg::id(&interface.state.id))
}

pub(crate) fn not_running(instance: &InstanceNode) -> Message {
    let state = Arg::code(instance.state.state.code().1);
    say::reach_not_running(Arg::id(&instance.state.id), state)
}

/// Is it one of the addresses that AWS keeps in a subnet?
pub(super) fn is_reserved(subnet: &SubnetNode, packet: &Packet) -> bool {
    match packet.destination {
        std::net::IpAddr::V4(address) => subnet.state.reserves(address),
        std::net::IpAddr::V6(address) => {
            let holds = |block: &Prefix| block.contains(address.into());
            let blocks = subnet.state.ipv6_blocks.iter().map(|it| it.block);
            blocks.filter(holds).any(|block| {
                let first = (0..4).any(|it| block.nth(it) == Some(address.into()));
                first || block.last() == address
            })
        }
    }
}

//! What moves one packet from hop to hop.

use super::hops;
use crate::filters::{network_acl, security_group};
use crate::gateway::{self, Drop, Private};
use crate::resolver::{Ends, Site, Start, called, component, internet_component, laptop_component};
use crate::{Hop, Spot, pages, routing};
use hopwise_cloud::ec2::instance::State;
use hopwise_cloud::ec2::route_table::{Route, RouteState, Target};
use hopwise_cloud::ec2::{Ec2, Instance, RouteTable, SecurityGroup, Subnet, Vpc};
use hopwise_cloud::{Cloud, Id, LAPTOP, LAPTOP_ADDRESS};
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Change, Code, Component, Message, Page, Step, Verdict};
use hopwise_net::{Packet, Transport};
use std::net::{IpAddr, Ipv4Addr};

/// What the security groups of an interface let through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Flow {
    interface: Id,
    egress: bool,
    packet: Packet,
    tracked: bool,
}

impl Flow {
    /// Is `packet`, on its way in the other direction, an answer to this? Also an ICMP message
    /// that says the packet could not be delivered.
    fn is_answered_by(&self, packet: &Packet) -> bool {
        let reply = self.packet.reply();
        (reply.source, reply.destination) == (packet.source, packet.destination)
            && (reply.transport == packet.transport
                || matches!(packet.transport, Transport::Icmp { kind: 3, .. }))
    }
}

/// What the security groups know of the connection before the packet comes.
#[derive(Clone, Debug)]
pub(crate) enum Memory {
    /// The packet is the first.
    Nothing,
    /// Every group on the way tracks it.
    AllTracked,
    /// These flows.
    Known(Vec<Flow>),
}

/// Where a packet arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrival<'a> {
    Instance {
        site: Site<'a>,
        instance: &'a Instance,
    },
    Laptop,
    Outside,
    /// Beside the network of this VPC.
    Service(&'a Id),
}

/// Where a packet is between two hops.
enum Next<'a> {
    /// An instance sends it out of an interface.
    Leaves(Site<'a>),
    /// It comes to an interface, from within the subnet or from outside of it.
    Comes {
        site: Site<'a>,
        entering: bool,
    },
    /// It is in the internet; `from` is the VPC it left.
    Internet {
        from: Option<&'a Id>,
    },
    Arrived(Arrival<'a>),
}

/// One packet on its way, and the hops it has passed.
pub(crate) struct Mover<'a> {
    cloud: &'a Cloud,
    pub(crate) packet: Packet,
    pub(crate) flows: Vec<Flow>,
    memory: Memory,
    hops: Vec<Hop>,
    /// The address of the machine outside that asks: nobody else out there has it.
    outside: Option<Ipv4Addr>,
    /// Does the packet still count as coming from the groups of its source?
    preserved: bool,
    seen: Vec<(Id, Packet)>,
    /// Is the packet the answer?
    answering: bool,
    /// Do filters name the rules that did not decide? It is most of the work.
    detailed: bool,
}

struct Members<'a> {
    ec2: &'a Ec2,
    preserved: bool,
}

impl security_group::Members for Members<'_> {
    fn has(&self, group: &Id, address: IpAddr) -> bool {
        let IpAddr::V4(address) = address else {
            return false;
        };
        let mut all = self.ec2.network_interfaces.iter();
        all.any(|it| it.groups.contains(group) && it.has(address))
    }

    fn preserved(&self) -> bool {
        self.preserved
    }
}

impl<'a> Mover<'a> {
    pub(crate) fn new(
        cloud: &'a Cloud,
        ends: &Ends<'a>,
        packet: Packet,
        memory: Memory,
        detailed: bool,
    ) -> Self {
        Mover {
            cloud,
            packet,
            flows: Vec::new(),
            memory,
            hops: Vec::new(),
            outside: matches!(ends.start, Start::Outside).then_some(ends.source),
            preserved: true,
            seen: Vec::new(),
            answering: false,
            detailed,
        }
    }

    pub(crate) fn take_hops(&mut self) -> Vec<Hop> {
        std::mem::take(&mut self.hops)
    }

    /// The way there.
    pub(crate) fn there(&mut self, ends: &Ends<'a>) -> Option<Arrival<'a>> {
        let (sentence, page) = ends.intro.clone();
        let start = self.start_spot(ends.start);
        if let Some(code) = ends.stop {
            return self.stop(ends.from.clone(), start, code, page, sentence);
        }
        let site = match ends.start {
            Start::Interface(site) => site,
            Start::Laptop | Start::Outside => {
                self.pass(ends.from.clone(), start, page, sentence);
                return self.run(Next::Internet { from: None });
            }
        };
        let Some(instance) = site.instance() else {
            let sentence = say::reach_interface_alone(Arg::id(&site.interface.id));
            let at = component(site.interface);
            return self.stop(
                at,
                start,
                Code("UNASSOCIATED_COMPONENT"),
                Some(pages::INTERFACE),
                sentence,
            );
        };
        self.running(instance)?;
        if self.is_own(site.ec2, instance) {
            let sentence = say::reach_itself(Arg::id(&instance.id));
            self.pass(component(instance), start, None, sentence);
            return Some(Arrival::Instance { site, instance });
        }
        self.pass(ends.from.clone(), start, page, sentence);
        self.run(Next::Leaves(site))
    }

    /// The way of an answer, from where the packet arrived to where it came from.
    pub(crate) fn back(&mut self, arrival: &Arrival<'a>, answer: Packet, ends: &Ends<'a>) -> bool {
        self.packet = answer;
        self.answering = true;
        self.preserved = true;
        self.seen.clear();
        let at = self.component_of(arrival, answer.source);
        let sentence = say::reach_replies(called(&at), Arg::code(answer.destination));
        self.pass(at, spot_of(arrival), None, sentence);
        let end = match arrival {
            // What answers beside the network answers there.
            Arrival::Service(_) => return true,
            Arrival::Instance { site, instance } => {
                if self.is_own(site.ec2, instance) {
                    return true;
                }
                // An answer leaves through the interface that has its source address.
                let all = site.ec2.interfaces_of(&instance.id);
                let own = all.into_iter().find(|it| has(it, answer.source));
                let site = own.map_or(*site, |interface| Site {
                    ec2: site.ec2,
                    interface,
                });
                self.run(Next::Leaves(site))
            }
            Arrival::Laptop | Arrival::Outside => self.run(Next::Internet { from: None }),
        };
        let Some(end) = end else {
            return false;
        };
        let right = match (&end, ends.start) {
            (Arrival::Instance { instance, .. }, Start::Interface(site)) => {
                site.instance().is_some_and(|own| own.id == instance.id)
            }
            (Arrival::Laptop, Start::Laptop) | (Arrival::Outside, Start::Outside) => true,
            _ => false,
        };
        if !right {
            let other = self.component_of(&end, answer.destination);
            let sentence = say::reach_elsewhere(
                called(&other),
                Arg::code(self.packet.destination),
                called(&ends.from),
            );
            let code = Code("NO_POSSIBLE_DESTINATION");
            self.stop::<()>(other, spot_of(&end), code, Some(pages::CODES), sentence);
        }
        right
    }

    /// Does something there listen for the packet?
    pub(crate) fn listens(&self, arrival: &Arrival<'_>) -> bool {
        let id = match arrival {
            Arrival::Instance { instance, .. } => instance.id.as_str(),
            Arrival::Laptop => LAPTOP,
            Arrival::Outside | Arrival::Service(_) => return true,
        };
        let (udp, port) = match self.packet.transport {
            Transport::Tcp { destination, .. } => (false, destination),
            Transport::Udp { destination, .. } => (true, destination),
            Transport::Icmp { .. } | Transport::Other(_) => return true,
        };
        let machine = self.cloud.machine(id);
        machine.is_some_and(|machine| machine.listens(udp, port))
    }

    fn run(&mut self, mut next: Next<'a>) -> Option<Arrival<'a>> {
        loop {
            next = match next {
                Next::Leaves(site) => self.leaves(site)?,
                Next::Comes { site, entering } => self.comes(site, entering)?,
                Next::Internet { from } => self.internet(from)?,
                Next::Arrived(arrival) => return Some(arrival),
            }
        }
    }

    fn leaves(&mut self, site: Site<'a>) -> Option<Next<'a>> {
        let Site { ec2, interface } = site;
        let spot = Spot::Interface(interface.id.clone());
        let state = (interface.id.clone(), self.packet);
        if self.seen.contains(&state) {
            // No code of AWS's: its analyzer follows no packet in circles.
            let sentence = say::reach_loop(Arg::id(&interface.id));
            let at = component(interface);
            return self.stop(at, spot, Code("LOOP"), Some(pages::ROUTES), sentence);
        }
        self.seen.push(state);
        if interface.source_dest_check && !has(interface, self.packet.source) {
            let sentence =
                say::reach_check_out(Arg::id(&interface.id), Arg::code(self.packet.source));
            return self.stop(
                component(interface),
                spot,
                Code("ENI_SOURCE_DEST_CHECK_RESTRICTION"),
                Some(pages::INTERFACE),
                sentence,
            );
        }
        let vpc = ec2.vpcs.get(interface.vpc.as_str())?;
        if let Some(end) = self.service(vpc) {
            return end;
        }
        self.groups(site, true)?;
        let subnet = ec2.subnets.get(interface.subnet.as_str())?;
        if subnet.block.contains(self.packet.destination) {
            let sentence = say::reach_within_subnet(Arg::id(&subnet.id));
            let at = Spot::Subnet(subnet.id.clone());
            self.note(
                component(subnet.as_ref()),
                at,
                Verdict::NoImpact,
                Some(pages::ACL),
                sentence,
            );
            let site = self.neighbour(ec2, &interface.vpc, subnet)?;
            return Some(Next::Comes {
                site,
                entering: false,
            });
        }
        self.route(site, subnet, vpc)
    }

    /// Out of the subnet, as the route table says.
    fn route(&mut self, site: Site<'a>, subnet: &'a Subnet, vpc: &'a Vpc) -> Option<Next<'a>> {
        let ec2 = site.ec2;
        let table = ec2.route_table_of(subnet)?;
        let choice = routing::choose(table, self.packet.destination);
        let works = |route: &&Route| ec2.route_state(&table.vpc, route) == RouteState::Active;
        let appliance = choice.route.filter(works).and_then(|route| {
            let Target::NetworkInterface(id) = &route.target else {
                return None;
            };
            ec2.network_interfaces.get(id.as_str())
        });
        if appliance.is_some_and(|it| it.subnet == subnet.id) {
            let sentence = say::reach_next_within_subnet(Arg::id(&subnet.id));
            let at = Spot::Subnet(subnet.id.clone());
            self.note(
                component(subnet),
                at,
                Verdict::NoImpact,
                Some(pages::ACL),
                sentence,
            );
        } else {
            self.acl(ec2, subnet, true)?;
        }
        let hole = (choice.route)
            .filter(|route| !works(route))
            .and_then(|route| self.hole(ec2, table, route));
        let is_main = !table.subnets().any(|id| *id == subnet.id);
        let mut step = hops::route(table, is_main, &self.packet, &choice, hole);
        step.page = Some(if choice.route.is_some() {
            pages::ROUTE_PRIORITY
        } else {
            pages::ROUTES
        });
        let stopped = step.verdict == Verdict::Stop;
        self.push(step, Spot::Router(vpc.id.clone()));
        if stopped {
            return None;
        }
        match &choice.route?.target {
            Target::Local => {
                let found = ec2
                    .network_interfaces
                    .iter()
                    .find(|it| it.vpc == vpc.id && has(it, self.packet.destination));
                let Some(interface) = found else {
                    return self.nobody(ec2, vpc);
                };
                let site = Site { ec2, interface };
                Some(Next::Comes {
                    site,
                    entering: true,
                })
            }
            Target::NetworkInterface(_) => {
                let interface = appliance?;
                let site = Site { ec2, interface };
                Some(Next::Comes {
                    site,
                    entering: interface.subnet != subnet.id,
                })
            }
            Target::InternetGateway(id) => self.gateway_out(ec2, &vpc.id, id),
            Target::EgressOnlyInternetGateway(_)
            | Target::NatGateway(_)
            | Target::PeeringConnection(_)
            | Target::TransitGateway(_)
            | Target::VpnGateway(_)
            | Target::Endpoint(_) => None,
        }
    }

    /// Why a route does not work.
    fn hole(&self, ec2: &Ec2, table: &RouteTable, route: &Route) -> Option<Message> {
        match &route.target {
            Target::Local => None,
            Target::InternetGateway(id) if ec2.internet_gateways.contains(id.as_str()) => {
                Some(say::reach_hole_gateway(Arg::id(id), Arg::id(&table.vpc)))
            }
            Target::InternetGateway(id)
            | Target::EgressOnlyInternetGateway(id)
            | Target::NatGateway(id)
            | Target::PeeringConnection(id)
            | Target::TransitGateway(id)
            | Target::VpnGateway(id)
            | Target::Endpoint(id) => Some(say::reach_hole_gone(Arg::id(id))),
            Target::NetworkInterface(id) => {
                let Some(interface) = ec2.network_interfaces.get(id.as_str()) else {
                    return Some(say::reach_hole_gone(Arg::id(id)));
                };
                match (Site { ec2, interface }).instance() {
                    Some(instance) => Some(not_running(instance)),
                    None => Some(say::reach_interface_alone(Arg::id(id))),
                }
            }
        }
    }

    /// The interface with the destination within the subnet.
    fn neighbour(&mut self, ec2: &'a Ec2, vpc: &Id, subnet: &'a Subnet) -> Option<Site<'a>> {
        let mut all = ec2.network_interfaces.iter();
        let found = all.find(|it| it.vpc == *vpc && has(it, self.packet.destination));
        match found {
            Some(interface) => Some(Site { ec2, interface }),
            None => {
                let spot = Spot::Subnet(subnet.id.clone());
                self.nobody_in(component(subnet), spot, Some(subnet))
            }
        }
    }

    /// Nobody in the VPC has the destination.
    fn nobody<T>(&mut self, ec2: &'a Ec2, vpc: &Vpc) -> Option<T> {
        let mut all = ec2.subnets.iter();
        let subnet = all.find(|it| it.vpc == vpc.id && it.block.contains(self.packet.destination));
        let spot = Spot::Router(vpc.id.clone());
        self.nobody_in(component(vpc), spot, subnet.map(AsRef::as_ref))
    }

    fn nobody_in<T>(&mut self, at: Component, spot: Spot, subnet: Option<&Subnet>) -> Option<T> {
        let address = Arg::code(self.packet.destination);
        let reserved = subnet.filter(|subnet| match self.packet.destination {
            IpAddr::V4(address) => subnet.reserves(address),
            IpAddr::V6(_) => false,
        });
        let (sentence, page) = match reserved {
            Some(subnet) => (
                say::reach_reserved(address, Arg::id(&subnet.id)),
                pages::SIZING,
            ),
            None => {
                let place = subnet.map_or_else(|| Arg::id(&at.id), |subnet| Arg::id(&subnet.id));
                (say::reach_nobody(address, place), pages::CODES)
            }
        };
        self.stop(
            at,
            spot,
            Code("NO_POSSIBLE_DESTINATION"),
            Some(page),
            sentence,
        )
    }

    /// What answers beside the network: the resolver, the metadata service, the time.
    /// `None` where the destination is none of it.
    fn service(&mut self, vpc: &'a Vpc) -> Option<Option<Next<'a>>> {
        let IpAddr::V4(address) = self.packet.destination else {
            return None;
        };
        let resolver = vpc.primary().and_then(|block| block.nth(2));
        let is_resolver = address == Ipv4Addr::new(169, 254, 169, 253)
            || resolver == Some(self.packet.destination);
        let spot = Spot::Router(vpc.id.clone());
        let code = Code("NO_POSSIBLE_DESTINATION");
        let (service, port, protocols, page) = if is_resolver {
            (
                "the Route 53 Resolver of the VPC",
                53,
                &[6, 17][..],
                pages::DNS,
            )
        } else if address == Ipv4Addr::new(169, 254, 169, 254) {
            (
                "the instance metadata service",
                80,
                &[6][..],
                pages::METADATA,
            )
        } else if address == Ipv4Addr::new(169, 254, 169, 123) {
            ("the Amazon Time Sync Service", 123, &[17][..], pages::TIME)
        } else if address.is_link_local() {
            let at = Component::new("link-local", address.to_string());
            let sentence = say::reach_link_local(Arg::code(address));
            return Some(self.stop(at, spot, code, Some(pages::ROUTES), sentence));
        } else {
            return None;
        };
        let at = Component::new("service", address.to_string()).named(Some(service.to_owned()));
        if is_resolver && !vpc.dns_support {
            let sentence = say::reach_service_off(Arg::code(address), Arg::id(&vpc.id));
            return Some(self.stop(at, spot, code, Some(page), sentence));
        }
        let asked = self.packet.destination_port() == Some(port)
            && protocols.contains(&self.packet.protocol().0);
        if !asked {
            let sentence = say::reach_service_other(service, Arg::code(address), Arg::code(port));
            return Some(self.stop(at, spot, code, Some(page), sentence));
        }
        let sentence = say::reach_service(service, Arg::code(address));
        self.pass(at, spot, Some(page), sentence);
        Some(Some(Next::Arrived(Arrival::Service(&vpc.id))))
    }

    fn gateway_out(&mut self, ec2: &'a Ec2, vpc: &'a Id, gateway: &Id) -> Option<Next<'a>> {
        let found = ec2.internet_gateways.get(gateway.as_str())?;
        let at = component(found.as_ref());
        let spot = Spot::Gateway(gateway.clone());
        let before = self.packet;
        match gateway::out(ec2, vpc, &before) {
            Ok(after) => {
                let sentence = say::reach_gateway_out(
                    Arg::id(gateway),
                    Arg::code(before.source),
                    Arg::code(after.source),
                );
                self.rewrite(at, spot, after, sentence);
                Some(Next::Internet { from: Some(vpc) })
            }
            Err(drop) => self.dropped(at, spot, drop),
        }
    }

    fn dropped<T>(&mut self, at: Component, spot: Spot, drop: Drop) -> Option<T> {
        let gateway = Arg::id(&at.id);
        let (source, destination) = (self.packet.source, self.packet.destination);
        let (code, sentence) = match drop {
            Drop::NoPublicAddress => (
                "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
                say::reach_gateway_no_public(gateway, Arg::code(source)),
            ),
            Drop::PrivateDestination(private) => (
                match private {
                    Private::Rfc1918 => "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
                    Private::Rfc6598 => "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
                },
                say::reach_gateway_destination(gateway, Arg::code(destination), private.standard()),
            ),
            Drop::PrivateSource(private) => (
                match private {
                    Private::Rfc1918 => "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
                    Private::Rfc6598 => "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS",
                },
                say::reach_gateway_source(gateway, Arg::code(source), private.standard()),
            ),
        };
        self.stop(at, spot, Code(code), Some(pages::CODES), sentence)
    }

    fn internet(&mut self, from: Option<&'a Id>) -> Option<Next<'a>> {
        let IpAddr::V4(destination) = self.packet.destination else {
            return None;
        };
        let at = Component::new("internet", "internet");
        if self.outside == Some(destination) {
            return Some(self.outside(destination));
        }
        if Private::of(destination.into()).is_some() {
            let sentence = say::reach_internet_private(Arg::code(destination));
            let code = Code("NO_ROUTE_TO_DESTINATION");
            return self.stop(at, Spot::Internet, code, Some(pages::PRIVATE), sentence);
        }
        if destination == LAPTOP_ADDRESS {
            self.carry(at, destination);
            let laptop = laptop_component();
            self.arrives(laptop, Spot::Laptop, &Arrival::Laptop);
            return Some(Next::Arrived(Arrival::Laptop));
        }
        let Some(owner) = gateway::owner(self.cloud, destination.into()) else {
            if hopwise_cloud::ec2::address::is_assigned_by_aws(destination) {
                let sentence = say::reach_public_unknown(Arg::code(destination));
                let code = Code("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS");
                return self.stop(at, Spot::Internet, code, Some(pages::CODES), sentence);
            }
            return Some(self.outside(destination));
        };
        let vpc = &owner.interface.vpc;
        let Some(gateway) = owner.ec2.internet_gateway_of(vpc) else {
            let sentence = say::reach_no_gateway(Arg::id(vpc), Arg::code(destination));
            let code = Code("NO_PATH");
            return self.stop(at, Spot::Internet, code, Some(pages::GATEWAY), sentence);
        };
        if from == Some(vpc) {
            let sentence = say::reach_internet_turn(Arg::code(destination), Arg::id(vpc));
            self.pass(at, Spot::Internet, Some(pages::GROUP_RULES), sentence);
        } else {
            self.carry(at, destination);
        }
        let (at, spot) = (component(gateway), Spot::Gateway(gateway.id.clone()));
        if owner.interface.attachment.is_none() {
            let sentence = say::reach_gateway_unattached(
                Arg::id(&gateway.id),
                Arg::code(destination),
                Arg::id(&owner.interface.id),
            );
            let code = Code("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS");
            return self.stop(at, spot, code, Some(pages::CODES), sentence);
        }
        match gateway::into(owner.private, &self.packet) {
            Ok(after) => {
                let sentence = say::reach_gateway_in(
                    Arg::id(&gateway.id),
                    Arg::code(destination),
                    Arg::code(owner.private),
                );
                self.rewrite(at, spot, after, sentence);
                let site = Site {
                    ec2: owner.ec2,
                    interface: owner.interface,
                };
                Some(Next::Comes {
                    site,
                    entering: true,
                })
            }
            Err(drop) => self.dropped(at, spot, drop),
        }
    }

    fn carry(&mut self, at: Component, destination: Ipv4Addr) {
        let sentence = say::reach_internet(Arg::code(destination));
        self.pass(at, Spot::Internet, None, sentence);
    }

    fn outside(&mut self, destination: Ipv4Addr) -> Next<'a> {
        let at = internet_component(destination);
        self.arrives(at, Spot::Internet, &Arrival::Outside);
        Next::Arrived(Arrival::Outside)
    }

    fn comes(&mut self, site: Site<'a>, entering: bool) -> Option<Next<'a>> {
        let Site { ec2, interface } = site;
        if entering {
            let subnet = ec2.subnets.get(interface.subnet.as_str())?;
            self.acl(ec2, subnet, false)?;
        }
        self.groups(site, false)?;
        let spot = Spot::Interface(interface.id.clone());
        let destination = self.packet.destination;
        if interface.source_dest_check && !has(interface, destination) {
            let sentence = say::reach_check_in(Arg::id(&interface.id), Arg::code(destination));
            return self.stop(
                component(interface),
                spot,
                Code("ENI_SOURCE_DEST_CHECK_RESTRICTION"),
                Some(pages::INTERFACE),
                sentence,
            );
        }
        let Some(instance) = site.instance() else {
            let sentence = say::reach_interface_alone(Arg::id(&interface.id));
            return self.stop(
                component(interface),
                spot,
                Code("UNASSOCIATED_COMPONENT"),
                Some(pages::INTERFACE),
                sentence,
            );
        };
        self.running(instance)?;
        let spot = Spot::Instance(instance.id.clone());
        if self.is_own(ec2, instance) {
            let arrival = Arrival::Instance { site, instance };
            self.arrives(component(instance), spot, &arrival);
            return Some(Next::Arrived(arrival));
        }
        self.preserved = false;
        let sentence = say::reach_forwards(Arg::id(&instance.id), Arg::id(&interface.id));
        self.pass(component(instance), spot, Some(pages::INTERFACE), sentence);
        let IpAddr::V4(destination) = destination else {
            return None;
        };
        Site::outgoing(ec2, &instance.id, destination).map(Next::Leaves)
    }

    /// Is the destination an address of the instance itself?
    fn is_own(&self, ec2: &Ec2, instance: &Instance) -> bool {
        let mut all = ec2.interfaces_of(&instance.id).into_iter();
        all.any(|it| has(it, self.packet.destination))
    }

    fn arrives(&mut self, at: Component, spot: Spot, arrival: &Arrival<'_>) {
        let to = called(&at);
        let listens = self.listens(arrival);
        let sentence = match (self.packet.destination_port(), arrival) {
            // An answer comes to a port that the client has open.
            _ if self.answering => say::reach_arrives_there(to),
            (None, _) | (_, Arrival::Outside | Arrival::Service(_)) => say::reach_arrives_there(to),
            (Some(port), Arrival::Instance { .. } | Arrival::Laptop) => {
                let port = Arg::code(format_args!("{} {port}", self.packet.protocol()));
                if listens {
                    say::reach_arrives(to, port)
                } else {
                    say::reach_arrives_closed(to, port)
                }
            }
        };
        self.pass(at, spot, Some(pages::TROUBLE), sentence);
    }

    fn running(&mut self, instance: &Instance) -> Option<()> {
        if instance.state == State::Running {
            return Some(());
        }
        self.stop(
            component(instance),
            Spot::Instance(instance.id.clone()),
            Code("BAD_STATE"),
            Some(pages::LIFECYCLE),
            not_running(instance),
        )
    }

    fn acl(&mut self, ec2: &Ec2, subnet: &Subnet, egress: bool) -> Option<()> {
        let acl = ec2.network_acl_of(&subnet.id)?;
        let decision = network_acl::decide(acl, egress, &self.packet);
        let mut step = hops::acl(acl, egress, &self.packet, &decision, self.detailed);
        step.page = Some(pages::ACL);
        self.push(step, Spot::Subnet(subnet.id.clone()));
        decision.allow.then_some(())
    }

    fn groups(&mut self, site: Site<'_>, egress: bool) -> Option<()> {
        let Site { ec2, interface } = site;
        let groups: Vec<&SecurityGroup> = (interface.groups.iter())
            .filter_map(|id| Some(ec2.security_groups.get(id.as_str())?.as_ref()))
            .collect();
        let members = Members {
            ec2,
            preserved: self.preserved,
        };
        let packet = self.packet;
        let decision = security_group::decide(&groups, egress, &packet, &members);
        let mut step = hops::groups(&groups, egress, &packet, &decision, self.detailed)?;
        step.page = Some(pages::GROUPS);
        let answered = self.flows.iter().find(|flow| {
            flow.interface == interface.id && flow.egress != egress && flow.is_answered_by(&packet)
        });
        let remembered = match &self.memory {
            Memory::Nothing => None,
            Memory::AllTracked => Some(true),
            Memory::Known(flows) => flows
                .iter()
                .find(|it| {
                    it.interface == interface.id && it.egress == egress && it.packet == packet
                })
                .map(|it| it.tracked),
        };
        let tracked =
            remembered.unwrap_or_else(|| !security_group::is_untracked(&groups, egress, &packet));
        let names = hops::names(&groups);
        let way = hops::direction(egress);
        let mut passes = decision.rule.is_some();
        match (answered.map(|flow| flow.tracked), decision.rule) {
            (Some(true), _) => {
                step.sentence = say::reach_group_answer(names, way);
                step.page = Some(pages::TRACKING);
                step.rule = None;
                step.tried.clear();
                passes = true;
            }
            (Some(false), Some((group, rule))) => {
                step.sentence =
                    say::reach_group_answer_untracked(Arg::id(&group.id), way, Arg::id(&rule.id));
                step.page = Some(pages::TRACKING);
            }
            (None, Some((group, rule))) if !tracked => {
                step.sentence =
                    say::reach_group_allows_untracked(Arg::id(&group.id), way, Arg::id(&rule.id));
                step.page = Some(pages::TRACKING);
            }
            (None, None) if remembered == Some(true) => {
                step.sentence = say::reach_group_established(names, way);
                step.page = Some(pages::TRACKING);
                passes = true;
            }
            _ => {}
        }
        if passes {
            step.verdict = Verdict::Pass;
            step.code = None;
        }
        if passes && answered.is_none() {
            self.flows.push(Flow {
                interface: interface.id.clone(),
                egress,
                packet,
                tracked,
            });
        }
        self.push(step, Spot::Interface(interface.id.clone()));
        passes.then_some(())
    }

    fn start_spot(&self, start: Start<'_>) -> Spot {
        match start {
            Start::Interface(site) => match site.instance() {
                Some(instance) => Spot::Instance(instance.id.clone()),
                None => Spot::Interface(site.interface.id.clone()),
            },
            Start::Laptop => Spot::Laptop,
            Start::Outside => Spot::Internet,
        }
    }

    fn component_of(&self, arrival: &Arrival<'_>, address: IpAddr) -> Component {
        match (arrival, address) {
            (Arrival::Instance { instance, .. }, _) => component(*instance),
            (Arrival::Laptop, _) => laptop_component(),
            (Arrival::Outside, IpAddr::V4(address)) => internet_component(address),
            (Arrival::Outside | Arrival::Service(_), address) => {
                Component::new("service", address.to_string())
            }
        }
    }

    fn push(&mut self, mut step: Step, spot: Spot) {
        let same = Change {
            before: self.packet,
            after: self.packet,
        };
        step.change.get_or_insert(same);
        self.hops.push(Hop { step, spot });
    }

    fn note(
        &mut self,
        at: Component,
        spot: Spot,
        verdict: Verdict,
        page: Option<Page>,
        said: Message,
    ) {
        let mut step = Step::new(at, verdict, said);
        step.page = page;
        self.push(step, spot);
    }

    fn pass(&mut self, at: Component, spot: Spot, page: Option<Page>, sentence: Message) {
        self.note(at, spot, Verdict::Pass, page, sentence);
    }

    fn rewrite(&mut self, at: Component, spot: Spot, after: Packet, sentence: Message) {
        let mut step = Step::new(at, Verdict::Rewrite, sentence);
        step.change = Some(Change {
            before: self.packet,
            after,
        });
        step.page = Some(pages::GATEWAY);
        self.push(step, spot);
        self.packet = after;
    }

    /// The end of the way; always `None`.
    fn stop<T>(
        &mut self,
        at: Component,
        spot: Spot,
        code: Code,
        page: Option<Page>,
        sentence: Message,
    ) -> Option<T> {
        let mut step = Step::new(at, Verdict::Stop, sentence);
        step.code = Some(code);
        step.page = page;
        self.push(step, spot);
        None
    }
}

fn has(interface: &hopwise_cloud::ec2::NetworkInterface, address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if interface.has(address))
}

fn not_running(instance: &Instance) -> Message {
    say::reach_not_running(Arg::id(&instance.id), Arg::code(instance.state.code().1))
}

fn spot_of(arrival: &Arrival<'_>) -> Spot {
    match arrival {
        Arrival::Instance { instance, .. } => Spot::Instance(instance.id.clone()),
        Arrival::Laptop => Spot::Laptop,
        Arrival::Service(vpc) => Spot::Router((*vpc).clone()),
        Arrival::Outside => Spot::Internet,
    }
}

//! One packet on its way, and all that is said of it.

use super::hops;
use crate::filters::security_group::{self, Members, Membership};
use crate::filters::{Mismatch, network_acl};
use crate::moves::{Accepts, Been, Carrier, Header, Road, Session, Side};
use crate::network::{
    Foreign, Index, InterfaceNode, Network, RouteNode, SubnetNode, TableNode, VpcNode,
};
use crate::stretch::Stretch;
use crate::{Hop, Spot, pages};
use hopwise_cloud::Id;
use hopwise_cloud::ec2::SecurityGroup;
use hopwise_cloud::ec2::prefix_list;
use hopwise_cloud::ec2::security_group::Peer;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Change, Verdict};
use hopwise_net::{Packet, Transport};
use std::net::IpAddr;

/// What the security groups of an interface let through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Flow {
    interface: Id,
    egress: bool,
    packet: Packet,
    tracked: bool,
}

impl Flow {
    /// Is `packet`, on its way in the other direction, an answer to this?
    fn is_answered_by(&self, packet: &Packet) -> bool {
        answers(&self.packet, packet)
    }
}

/// Is `packet` the answer to `asked`? Also an ICMP message that says it could not be delivered.
fn answers(asked: &Packet, packet: &Packet) -> bool {
    let reply = asked.reply();
    (reply.source, reply.destination) == (packet.source, packet.destination)
        && (reply.transport == packet.transport
            || matches!(packet.transport, Transport::Icmp { kind: 3, .. }))
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

/// One packet, and the hops it has passed.
pub(crate) struct Told<'n> {
    network: &'n Network,
    pub(crate) packet: Packet,
    pub(crate) flows: Vec<Flow>,
    memory: Memory,
    hops: Vec<Hop>,
    /// The address of the machine outside that asks: nobody else out there has it.
    outside: Option<IpAddr>,
    /// The VPC that it counts as coming from; an appliance on the way takes that away.
    origin: Option<Index<VpcNode>>,
    seen: Vec<(Been, Packet)>,
    sessions: Vec<(Session, Packet, Packet)>,
    answering: bool,
    tracked: bool,
    /// Do filters name the rules that did not decide? It is most of the work.
    detailed: bool,
}

impl<'n> Told<'n> {
    pub(crate) fn new(
        network: &'n Network,
        packet: Packet,
        outside: Option<IpAddr>,
        origin: Option<Index<VpcNode>>,
        memory: Memory,
        detailed: bool,
    ) -> Self {
        Told {
            network,
            packet,
            flows: Vec::new(),
            memory,
            hops: Vec::new(),
            outside,
            origin,
            seen: Vec::new(),
            sessions: Vec::new(),
            answering: false,
            tracked: false,
            detailed,
        }
    }

    pub(crate) fn take_hops(&mut self) -> Vec<Hop> {
        std::mem::take(&mut self.hops)
    }

    /// From now on it is this answer that is on its way.
    pub(crate) fn turn(&mut self, answer: Packet, origin: Option<Index<VpcNode>>) {
        self.packet = answer;
        self.answering = true;
        self.origin = origin;
        self.seen.clear();
    }

    fn push(&mut self, mut hop: Hop, before: Packet) {
        hop.step.change = Some(Change {
            before,
            after: self.packet,
        });
        self.hops.push(hop);
    }
}

/// What the groups of an interface can know of the other side.
struct Known<'n> {
    network: &'n Network,
    interface: &'n InterfaceNode,
    origin: Option<Index<VpcNode>>,
}

impl Known<'_> {
    /// Has an interface of the VPC that has the address the group?
    fn has(&self, vpc: &VpcNode, group: &Id, address: IpAddr) -> bool {
        let found = self.network.having(vpc, address).0;
        found.is_some_and(|it| it.state.groups.contains(group))
    }

    /// Only where it comes from can be lost on the way; on the way out nothing is yet.
    fn member(&self, egress: bool, vpc: &VpcNode, group: &Id, address: IpAddr) -> Membership {
        if !self.has(vpc, group, address) {
            Membership::No(Mismatch::Member(group.into()))
        } else if egress || self.origin == Some(vpc.index) {
            Membership::Yes
        } else if self.origin.is_some() {
            Membership::No(Mismatch::Member(group.into()))
        } else {
            Membership::No(Mismatch::NotPreserved(group.into()))
        }
    }
}

impl Members for Known<'_> {
    fn of(&self, egress: bool, peer: &Peer, address: IpAddr) -> Membership {
        let network = self.network;
        match peer {
            Peer::Block(block) if block.contains(address) => Membership::Yes,
            Peer::Block(block) => Membership::No(Mismatch::Address(*block)),
            Peer::Group(group) => match network.vpcs.get(self.interface.vpc) {
                Some(vpc) => self.member(egress, vpc, group, address),
                None => Membership::No(Mismatch::Member(group.into())),
            },
            Peer::Foreign(foreign) => {
                let group = || (&foreign.group).into();
                match network.foreign(self.interface.vpc, foreign, egress) {
                    Foreign::Of(vpc) => self.member(egress, vpc, &foreign.group, address),
                    Foreign::Unsupported => Membership::No(Mismatch::Unsupported(group())),
                    Foreign::Stale => Membership::No(Mismatch::Stale(group())),
                }
            }
            Peer::List(list) => {
                let place = network.places.get(self.interface.place);
                let blocks =
                    place.and_then(|it| prefix_list::blocks(&it.ec2, it.region, list.as_str()));
                let mut blocks = blocks.into_iter().flatten();
                if blocks.any(|block| block.contains(address)) {
                    Membership::Yes
                } else {
                    Membership::No(Mismatch::List(list.into()))
                }
            }
        }
    }
}

impl<'n> Carrier<'n> for Told<'n> {
    fn header(&self) -> Header {
        Header {
            source: self.packet.source,
            destination: self.packet.destination,
        }
    }

    fn seen(&mut self, _: Side, _: Stretch) {}

    fn end(&self, _: Side) -> Option<&'n InterfaceNode> {
        None
    }

    fn is_asker_outside(&self) -> bool {
        self.outside == Some(self.packet.destination)
    }

    fn answers(&self) -> bool {
        self.answering
    }

    fn choose(&mut self, table: &'n TableNode) -> Option<&'n RouteNode> {
        table.choose(self.packet.destination).route
    }

    fn routed(&mut self, road: Road<'n>, _: Option<&'n RouteNode>) -> Option<()> {
        let choice = road.table.choose(self.packet.destination);
        let hole = (choice.route)
            .filter(|route| !route.works)
            .map(|route| hops::hole(self.network, road.vpc, route));
        let mut step = hops::route(&road, &self.packet, &choice, hole);
        step.page = Some(if choice.route.is_some() {
            pages::ROUTE_PRIORITY
        } else {
            pages::ROUTES
        });
        let stopped = step.verdict == Verdict::Stop;
        let spot = Spot::Router(road.vpc.state.id.clone());
        let before = self.packet;
        self.push(Hop { step, spot }, before);
        (!stopped).then_some(())
    }

    fn acl(&mut self, subnet: &'n SubnetNode, egress: bool) -> Option<()> {
        let acl = self.network.acls.get(subnet.acl?)?.state.as_ref();
        let decision = network_acl::decide(acl, egress, &self.packet);
        let mut step = hops::acl(acl, egress, &self.packet, &decision, self.detailed);
        step.page = Some(pages::ACL);
        let spot = Spot::Subnet(subnet.state.id.clone());
        let before = self.packet;
        self.push(Hop { step, spot }, before);
        decision.allow.then_some(())
    }

    fn groups(&mut self, interface: &'n InterfaceNode, egress: bool) -> Option<()> {
        let set = self.network.sets.get(interface.groups)?;
        let groups = set.groups.iter();
        let groups: Vec<&SecurityGroup> = groups
            .filter_map(|index| Some(self.network.groups.get(*index)?.state.as_ref()))
            .collect();
        let members = Known {
            network: self.network,
            interface,
            origin: self.origin,
        };
        let packet = self.packet;
        let id = &interface.state.id;
        let decision = security_group::decide(&groups, egress, &packet, &members);
        let mut step = hops::groups(&groups, egress, &packet, &decision, self.detailed)?;
        step.page = Some(pages::GROUPS);
        let answered = self.flows.iter().find(|flow| {
            flow.interface == *id && flow.egress != egress && flow.is_answered_by(&packet)
        });
        let remembered = match &self.memory {
            Memory::Nothing => None,
            Memory::AllTracked => Some(true),
            Memory::Known(flows) => flows
                .iter()
                .find(|it| it.interface == *id && it.egress == egress && it.packet == packet)
                .map(|it| it.tracked),
        };
        let tracked = self.tracked
            || remembered
                .unwrap_or_else(|| !security_group::is_untracked(&groups, egress, &packet));
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
                interface: id.clone(),
                egress,
                packet,
                tracked,
            });
        }
        let spot = Spot::Interface(id.clone());
        self.push(Hop { step, spot }, packet);
        passes.then_some(())
    }

    fn only(&mut self, accepts: Accepts, stop: impl FnOnce(&Packet) -> Hop) -> Option<()> {
        if accepts.takes(self.packet.transport) {
            return Some(());
        }
        self.stop(stop)
    }

    fn readdress(
        &mut self,
        side: Side,
        address: IpAddr,
        hop: impl FnOnce(&Packet, &Packet) -> Hop,
    ) {
        let before = self.packet;
        match side {
            Side::Source => self.packet.source = address,
            Side::Destination => self.packet.destination = address,
        }
        let hop = hop(&before, &self.packet);
        self.push(hop, before);
    }

    fn translate(
        &mut self,
        session: Session,
        header: Header,
        hop: impl FnOnce(&Packet, &Packet) -> Hop,
    ) {
        let before = self.packet;
        let transport = match session {
            Session::Nat(_) => remapped(before),
            Session::EgressOnly(_) => before.transport,
        };
        self.packet = Packet {
            source: header.source,
            destination: header.destination,
            transport,
        };
        self.sessions.push((session, before, self.packet));
        self.is_tracked();
        let hop = hop(&before, &self.packet);
        self.push(hop, before);
    }

    fn restore(
        &mut self,
        session: Session,
        hop: impl FnOnce(&Packet, &Packet) -> Hop,
    ) -> Option<()> {
        let before = self.packet;
        let mut all = self.sessions.iter().rev();
        let (_, asked, _) = all.find(|(by, _, sent)| *by == session && answers(sent, &before))?;
        let mut answer = asked.reply();
        if matches!(before.transport, Transport::Icmp { kind: 3, .. }) {
            answer.transport = before.transport;
        }
        self.packet = answer;
        let hop = hop(&before, &self.packet);
        self.push(hop, before);
        Some(())
    }

    fn is_known(&self, session: Session) -> bool {
        let mut all = self.sessions.iter();
        all.any(|(by, _, sent)| *by == session && answers(sent, &self.packet))
    }

    fn lose_origin(&mut self) {
        self.origin = None;
    }

    fn is_tracked(&mut self) {
        self.tracked = true;
        self.flows.iter_mut().for_each(|flow| flow.tracked = true);
    }

    fn been(&mut self, at: Been) -> bool {
        let state = (at, self.packet);
        let been = self.seen.contains(&state);
        self.seen.push(state);
        been
    }

    fn hop(&mut self, hop: impl FnOnce(&Packet) -> Hop) {
        let packet = self.packet;
        self.push(hop(&packet), packet);
    }

    fn stop<T>(&mut self, hop: impl FnOnce(&Packet) -> Hop) -> Option<T> {
        let packet = self.packet;
        self.push(hop(&packet), packet);
        None
    }
}

/// The port that a NAT gateway sends from: 1024–65535, and here the client's own where it is one
/// of those. Between the families a ping changes its type.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>
fn remapped(packet: Packet) -> Transport {
    let port = |source: u16| if source < 1024 { source + 1024 } else { source };
    match packet.transport {
        Transport::Tcp {
            source,
            destination,
        } => Transport::Tcp {
            source: port(source),
            destination,
        },
        Transport::Udp {
            source,
            destination,
        } => Transport::Udp {
            source: port(source),
            destination,
        },
        Transport::Icmp { kind: 128, code } => Transport::Icmp { kind: 8, code },
        other => other,
    }
}

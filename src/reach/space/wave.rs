//! All traffic between two addresses at once.

use super::compiled::Compiled;
use crate::Hop;
use crate::moves::{Accepts, Been, Carrier, Header, Road, Session, Side};
use crate::network::{Index, InterfaceNode, Network, RouteNode, SubnetNode, TableNode, VpcNode};
use crate::stretch::Stretch;
use crate::traffic::TrafficId;
use hopwise_net::Packet;
use std::net::IpAddr;

/// Where an address comes from: of those that were asked about, or from somewhere on the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Whose {
    /// The asker's own: it could be any of its stretch.
    Asker,
    /// The target's own, likewise.
    Target,
    /// Just this one.
    Fixed,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) header: Header,
    pub(super) source: Whose,
    pub(super) destination: Whose,
}

impl Ends {
    fn reply(self) -> Self {
        Ends {
            header: Header {
                source: self.header.destination,
                destination: self.header.source,
            },
            source: self.destination,
            destination: self.source,
        }
    }
}

/// What the groups of the target have to look at, which are left to whoever asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seen {
    pub(super) address: IpAddr,
    pub(super) whose: Whose,
    pub(super) origin: Option<Index<VpcNode>>,
}

/// A set of traffic on its way.
pub(super) struct Wave<'n, 's> {
    pub(super) network: &'n Network,
    pub(super) compiled: &'s mut Compiled,
    pub(super) ends: Ends,
    pub(super) traffic: TrafficId,
    /// For which addresses of asker and target everything would have gone the same way.
    pub(super) asker_stretch: Stretch,
    pub(super) target_stretch: Stretch,
    pub(super) asker: Option<&'n InterfaceNode>,
    pub(super) target: Option<&'n InterfaceNode>,
    pub(super) origin: Option<Index<VpcNode>>,
    /// Does what was found hold for the asker alone, whatever its address?
    pub(super) alone: bool,
    /// What the target's groups were shown.
    pub(super) seen: Option<Seen>,
    /// Ports that what translated on the way may have chosen and whose answer passes.
    pub(super) relays: Option<TrafficId>,
    began: bool,
    answering: bool,
    flows: Vec<(Index<InterfaceNode>, bool, Header)>,
    sessions: Vec<(Session, Ends, Ends)>,
    been: Vec<(Been, Header)>,
}

impl<'n, 's> Wave<'n, 's> {
    pub(super) fn new(
        network: &'n Network,
        compiled: &'s mut Compiled,
        ends: Ends,
        asker: Option<&'n InterfaceNode>,
        target: Option<&'n InterfaceNode>,
    ) -> Self {
        Wave {
            network,
            compiled,
            ends,
            traffic: TrafficId::ALL,
            asker_stretch: Stretch::all(ends.header.source),
            target_stretch: Stretch::all(ends.header.destination),
            asker,
            target,
            origin: asker.map(|it| it.vpc),
            alone: false,
            seen: None,
            relays: None,
            began: false,
            answering: false,
            flows: Vec::new(),
            sessions: Vec::new(),
            been: Vec::new(),
        }
    }

    /// From now on it is the answers that are on their way.
    pub(super) fn turn(&mut self, origin: Option<Index<VpcNode>>) {
        self.ends = self.ends.reply();
        self.traffic = TrafficId::ALL;
        self.answering = true;
        self.origin = origin;
        self.been.clear();
    }

    fn whose(&self, side: Side) -> Whose {
        match side {
            Side::Source => self.ends.source,
            Side::Destination => self.ends.destination,
        }
    }

    fn pass(&mut self, filter: TrafficId) -> Option<()> {
        self.traffic = self.compiled.traffics.intersection(self.traffic, filter);
        (!self.traffic.is_none()).then_some(())
    }

    fn known(&self, session: Session) -> Option<&(Session, Ends, Ends)> {
        let reply = self.ends.reply().header;
        let mut all = self.sessions.iter().rev();
        all.find(|(by, _, sent)| *by == session && sent.header == reply)
    }
}

fn remote(egress: bool) -> Side {
    if egress {
        Side::Destination
    } else {
        Side::Source
    }
}

impl<'n> Carrier<'n> for Wave<'n, '_> {
    fn header(&self) -> Header {
        self.ends.header
    }

    fn seen(&mut self, side: Side, stretch: Stretch) {
        match self.whose(side) {
            Whose::Asker => self.asker_stretch = self.asker_stretch.meet(stretch),
            Whose::Target => self.target_stretch = self.target_stretch.meet(stretch),
            Whose::Fixed => {}
        }
    }

    fn end(&self, side: Side) -> Option<&'n InterfaceNode> {
        match self.whose(side) {
            Whose::Asker => self.asker,
            Whose::Target => self.target,
            Whose::Fixed => None,
        }
    }

    fn is_asker_outside(&self) -> bool {
        self.asker.is_none() && self.ends.destination == Whose::Asker
    }

    fn answers(&self) -> bool {
        self.answering
    }

    fn choose(&mut self, table: &'n TableNode) -> Option<&'n RouteNode> {
        let (route, stretch) = table.lead(self.ends.header.destination);
        self.seen(Side::Destination, stretch);
        route
    }

    fn routed(&mut self, _: Road<'n>, route: Option<&'n RouteNode>) -> Option<()> {
        route.filter(|route| route.works).map(|_| ())
    }

    fn acl(&mut self, subnet: &'n SubnetNode, egress: bool) -> Option<()> {
        let acl = self.network.acls.get(subnet.acl?)?;
        let side = remote(egress);
        let (filter, stretch) = self.compiled.acl(acl, egress, self.ends.header.of(side));
        self.seen(side, stretch);
        self.pass(filter)
    }

    fn groups(&mut self, interface: &'n InterfaceNode, egress: bool) -> Option<()> {
        let header = self.ends.header;
        let reply = self.ends.reply().header;
        let answered = self
            .flows
            .iter()
            .any(|(at, way, sent)| *at == interface.index && *way != egress && *sent == reply);
        if answered {
            return Some(());
        }
        self.flows.push((interface.index, egress, header));
        let is = |end: Option<&InterfaceNode>| end.is_some_and(|it| it.index == interface.index);
        let side = remote(egress);
        // The groups at both ends are asked by whoever puts the question, for each end its own.
        if egress && !self.answering && !self.began && is(self.asker) {
            self.began = true;
            return Some(());
        }
        if !egress && !self.answering && self.seen.is_none() && is(self.target) {
            self.seen = Some(Seen {
                address: header.source,
                whose: self.ends.source,
                origin: self.origin,
            });
            return Some(());
        }
        let set = self.network.sets.get(interface.groups)?;
        let origin = self.origin;
        let address = header.of(side);
        let (filter, stretch) = self
            .compiled
            .set(self.network, set, egress, origin, address);
        self.seen(side, stretch);
        self.pass(filter)
    }

    fn only(&mut self, accepts: Accepts, _: impl FnOnce(&Packet) -> Hop) -> Option<()> {
        let accepted = self.compiled.traffics.accepted(accepts);
        self.pass(accepted)
    }

    fn readdress(&mut self, side: Side, address: IpAddr, _: impl FnOnce(&Packet, &Packet) -> Hop) {
        self.alone |= self.whose(side) != Whose::Fixed;
        match side {
            Side::Source => {
                self.ends.header.source = address;
                self.ends.source = Whose::Fixed;
            }
            Side::Destination => {
                self.ends.header.destination = address;
                self.ends.destination = Whose::Fixed;
            }
        }
    }

    fn translate(
        &mut self,
        session: Session,
        header: Header,
        _: impl FnOnce(&Packet, &Packet) -> Hop,
    ) {
        let before = self.ends;
        if header.source != before.header.source {
            self.ends.source = Whose::Fixed;
        }
        if header.destination != before.header.destination {
            self.ends.destination = Whose::Fixed;
        }
        if header.source.is_ipv4() && before.header.source.is_ipv6() {
            let traffics = &mut self.compiled.traffics;
            self.traffic = traffics.echoed(self.traffic, 128 << 8, 8 << 8);
        }
        self.ends.header = header;
        self.sessions.push((session, before, self.ends));
    }

    fn restore(&mut self, session: Session, _: impl FnOnce(&Packet, &Packet) -> Hop) -> Option<()> {
        let (_, asked, sent) = self.known(session)?;
        let (asked, sent) = (asked.reply(), *sent);
        self.ends = asked;
        if matches!(session, Session::EgressOnly(_)) {
            return Some(());
        }
        let traffics = &mut self.compiled.traffics;
        let ports = match self.relays {
            Some(relays) => traffics.intersection(relays, self.traffic),
            None => self.traffic,
        };
        self.relays = Some(ports);
        self.traffic = traffics.released(self.traffic);
        if asked.header.source.is_ipv6() && sent.header.source.is_ipv4() {
            self.traffic = traffics.echoed(self.traffic, 0, 129 << 8);
        }
        Some(())
    }

    fn is_known(&self, session: Session) -> bool {
        self.known(session).is_some()
    }

    fn lose_origin(&mut self) {
        self.origin = None;
    }

    fn been(&mut self, at: Been) -> bool {
        let state = (at, self.ends.header);
        let been = self.been.contains(&state);
        self.been.push(state);
        been
    }

    fn hop(&mut self, _: impl FnOnce(&Packet) -> Hop) {}

    fn stop<T>(&mut self, _: impl FnOnce(&Packet) -> Hop) -> Option<T> {
        None
    }
}

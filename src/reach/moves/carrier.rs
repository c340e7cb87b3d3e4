//! What carries traffic through the machine.

use crate::Hop;
use crate::network::{
    AttachmentNode, Index, InterfaceNode, RouteNode, SubnetNode, TableNode, VpcNode,
};
use crate::stretch::Stretch;
use hopwise_net::{Packet, PortRange, Protocol, Transport};
use std::net::IpAddr;

/// Which of the two addresses of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Source,
    Destination,
}

/// The addresses of traffic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
}

impl Header {
    pub(crate) fn of(self, side: Side) -> IpAddr {
        match side {
            Side::Source => self.source,
            Side::Destination => self.destination,
        }
    }
}

/// Whose memory of connections it is that translates, or lets only answers in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Session {
    Nat(u32),
    EgressOnly(u32),
}

/// Where traffic may come round to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Been {
    Interface(Index<InterfaceNode>),
    Attachment(Index<AttachmentNode>),
}

/// What a component takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Accepts {
    pub(crate) tcp: Option<PortRange>,
    pub(crate) udp: Option<PortRange>,
    pub(crate) icmp: IcmpAccepts,
}

/// What a component takes of ICMP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum IcmpAccepts {
    Nothing,
    /// A ping and its answer.
    Echo,
    All,
}

impl Accepts {
    /// TCP, UDP and ICMP with everything in them.
    pub(crate) const TRANSPORTS: Accepts = Accepts {
        tcp: Some(PortRange::ALL),
        udp: Some(PortRange::ALL),
        icmp: IcmpAccepts::All,
    };

    pub(crate) fn takes(self, transport: Transport) -> bool {
        let holds = |range: Option<PortRange>, port| range.is_some_and(|it| it.contains(port));
        match transport {
            Transport::Tcp { destination, .. } => holds(self.tcp, destination),
            Transport::Udp { destination, .. } => holds(self.udp, destination),
            Transport::Icmp { kind, .. } => match self.icmp {
                IcmpAccepts::Nothing => false,
                IcmpAccepts::Echo => matches!(kind, 0 | 8 | 128 | 129),
                IcmpAccepts::All => true,
            },
            Transport::Other(_) => false,
        }
    }

    /// One port, of these protocols.
    pub(crate) fn port(port: u16, protocols: &[Protocol]) -> Self {
        let of = |protocol| protocols.contains(&protocol).then(|| PortRange::only(port));
        Accepts {
            tcp: of(Protocol::TCP),
            udp: of(Protocol::UDP),
            icmp: IcmpAccepts::Nothing,
        }
    }
}

/// A route table that is asked, and by whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Road<'n> {
    pub(crate) table: &'n TableNode,
    pub(crate) vpc: &'n VpcNode,
    /// Is it the main table of a subnet that names none?
    pub(crate) by_main: bool,
}

/// What happens to traffic at a component, and what is said of it. Everything that is said is
/// built only by those who say it.
pub(crate) trait Carrier<'n> {
    /// The addresses, as they are now.
    fn header(&self) -> Header;

    /// The machine has looked at an address, and would have gone the same way for each of these.
    fn seen(&mut self, side: Side, stretch: Stretch);

    /// The interface at whose own address this side is by what was asked, whichever that is.
    fn end(&self, side: Side) -> Option<&'n InterfaceNode>;

    /// Is the destination the machine outside that asks?
    fn is_asker_outside(&self) -> bool;

    /// Is it the answer that is on its way?
    fn answers(&self) -> bool;

    /// The route that a table has for the destination.
    fn choose(&mut self, table: &'n TableNode) -> Option<&'n RouteNode>;

    /// Says what was chosen; `None` where that leads nowhere.
    fn routed(&mut self, road: Road<'n>, route: Option<&'n RouteNode>) -> Option<()>;

    /// A network ACL at the edge of a subnet.
    fn acl(&mut self, subnet: &'n SubnetNode, egress: bool) -> Option<()>;

    /// The security groups of an interface.
    fn groups(&mut self, interface: &'n InterfaceNode, egress: bool) -> Option<()>;

    /// A component takes only this.
    fn only(&mut self, accepts: Accepts, stop: impl FnOnce(&Packet) -> Hop) -> Option<()>;

    /// An address is replaced, for both directions alike.
    fn readdress(&mut self, side: Side, address: IpAddr, hop: impl FnOnce(&Packet, &Packet) -> Hop);

    /// Addresses are replaced, and it is remembered for the answer. Does the source port change
    /// too?
    fn translate(
        &mut self,
        session: Session,
        header: Header,
        hop: impl FnOnce(&Packet, &Packet) -> Hop,
    );

    /// The reverse, for an answer; `None` where this answers nothing.
    fn restore(
        &mut self,
        session: Session,
        hop: impl FnOnce(&Packet, &Packet) -> Hop,
    ) -> Option<()>;

    /// Does the traffic answer what this remembers?
    fn is_known(&self, session: Session) -> bool;

    /// It no longer counts as coming from the interface that sent it.
    fn lose_origin(&mut self);

    /// It passes something that makes every group on the way track the connection.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html#automatic-tracking>
    fn is_tracked(&mut self) {}

    /// It has been here before, just as it is now.
    fn been(&mut self, at: Been) -> bool;

    /// A hop that lets it through.
    fn hop(&mut self, hop: impl FnOnce(&Packet) -> Hop);

    /// The end of the way; always `None`.
    fn stop<T>(&mut self, hop: impl FnOnce(&Packet) -> Hop) -> Option<T>;
}

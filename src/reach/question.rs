//! What is asked, and why it may not be answered.

use crate::Place;
use crate::place::is_unicast;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Message};
use hopwise_net::{Protocol, Transport};
use std::fmt;

/// The source port of a walk that names none: one that Linux gives a client
/// (32768–60999 by default).
/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>
pub const EPHEMERAL_PORT: u16 = 40_000;

/// Does a packet get from here to there, and the answer back?
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Question {
    /// Where the packet starts.
    pub from: Place,
    /// Where it is to go.
    pub to: Place,
    /// TCP, UDP, or ICMP, which is an echo request (ping).
    pub protocol: Protocol,
    /// The destination port; `None` for ICMP.
    pub port: Option<u16>,
    /// The source port; [`EPHEMERAL_PORT`] if `None`.
    pub source_port: Option<u16>,
    /// Is it a packet of a connection that was made before, while every security group allowed
    /// and tracked it? [`crate::walk_since`] asks the same of an earlier cloud.
    pub established: bool,
}

impl Question {
    /// A new TCP connection.
    pub fn tcp(from: Place, to: Place, port: u16) -> Self {
        Question {
            from,
            to,
            protocol: Protocol::TCP,
            port: Some(port),
            source_port: None,
            established: false,
        }
    }

    /// A ping.
    pub fn ping(from: Place, to: Place) -> Self {
        Question {
            protocol: Protocol::ICMP,
            port: None,
            ..Question::tcp(from, to, 0)
        }
    }

    /// What the packet carries; of a ping between IPv4 addresses.
    pub(crate) fn transport(&self) -> Result<Transport, Refusal> {
        let source = self.source_port.unwrap_or(EPHEMERAL_PORT);
        match (self.protocol, self.port) {
            (Protocol::TCP, Some(destination)) => Ok(Transport::Tcp {
                source,
                destination,
            }),
            (Protocol::UDP, Some(destination)) => Ok(Transport::Udp {
                source,
                destination,
            }),
            (Protocol::TCP | Protocol::UDP, None) => Err(Refusal::new(say::reach_refuse_no_port(
                Arg::code(self.protocol),
            ))),
            (Protocol::ICMP | Protocol::ICMPV6, None) => Ok(Transport::Icmp { kind: 8, code: 0 }),
            (Protocol::ICMP | Protocol::ICMPV6, Some(_)) => Err(Refusal::new(
                say::reach_refuse_port(Arg::code(self.protocol)),
            )),
            (other, _) => Err(Refusal::new(say::reach_refuse_protocol(Arg::code(other)))),
        }
    }

    /// Refuses what no single machine can have.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        for place in [&self.from, &self.to] {
            if let Place::Address(address) = place
                && !is_unicast(*address)
            {
                return Err(Refusal::new(say::reach_refuse_not_unicast(Arg::code(
                    address,
                ))));
            }
        }
        Ok(())
    }
}

/// Why a question can't be answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Refusal {
    /// The reason in one sentence.
    pub sentence: Message,
}

impl Refusal {
    pub(crate) fn new(sentence: Message) -> Self {
        Refusal { sentence }
    }
}

impl fmt::Display for Refusal {
    /// The sentence in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence.fmt(f)
    }
}

impl std::error::Error for Refusal {}

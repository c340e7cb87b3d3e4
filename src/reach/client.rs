//! What the one who asked sees.

use hopwise_net::Transport;
use std::fmt;

/// What the client sees. What AWS drops it drops silently, so the client waits and sees a
/// timeout; a machine that is reached and does not listen says so.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/TroubleshootingInstancesConnecting.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Client {
    /// An answer.
    Connected,
    /// "Connection refused": the machine is reached and nothing listens on the port.
    Refused,
    /// Nothing, until it gives up.
    Timeout,
    /// "Connection reset by peer": the connection was there, and nothing listens any more.
    Reset,
}

impl fmt::Display for Client {
    /// `connected`, `refused`, `timeout`, `reset`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Client::Connected => "connected",
            Client::Refused => "refused",
            Client::Timeout => "timeout",
            Client::Reset => "reset",
        })
    }
}

/// What a machine that nothing listens on answers with.
pub(crate) enum Refuses {
    /// An RST on the way that an answer would take.
    Reset,
    /// An ICMP message of its own: type 3, code 3, port unreachable.
    Unreachable,
}

/// How a machine refuses, by protocol. A ping is never refused.
pub(crate) fn refuses(transport: Transport) -> Option<Refuses> {
    match transport {
        Transport::Tcp { .. } => Some(Refuses::Reset),
        Transport::Udp { .. } => Some(Refuses::Unreachable),
        Transport::Icmp { .. } | Transport::Other(_) => None,
    }
}

/// What the client sees of a packet that arrived and whose answer, or refusal, came back.
pub(crate) fn answered(transport: Transport, listens: bool, established: bool) -> Client {
    match refuses(transport) {
        Some(Refuses::Reset) if !listens && established => Client::Reset,
        Some(_) if !listens => Client::Refused,
        _ => Client::Connected,
    }
}

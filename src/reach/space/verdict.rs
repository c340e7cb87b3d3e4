//! What works between two places.

use crate::traffic::{TrafficId, Traffics};
use hopwise_net::{PortRange, PortSet, Protocol};

/// The ports that Linux gives clients.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>
pub const LINUX_PORTS: PortRange = PortRange {
    first: 32_768,
    last: 60_999,
};

/// The ports that Windows gives clients.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>
pub const WINDOWS_PORTS: PortRange = PortRange {
    first: 49_152,
    last: 65_535,
};

/// The ports that NAT gateways and load balancers send from.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html>
pub const RELAY_PORTS: PortRange = PortRange {
    first: 1024,
    last: 65_535,
};

/// What works between two places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// What gets there, by destination port, or type and code.
    pub forward: TrafficId,
    /// What gets back of answers, by the port that they go to: the port the client chose.
    pub reply: TrafficId,
    /// What gets back of answers to a NAT gateway on the way, by the port that it chose;
    /// everything where there is none.
    pub relays: TrafficId,
    /// What of `forward` can have its answer at all.
    pub works: TrafficId,
}

/// How much of a range of ports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Share {
    /// All of it.
    All,
    /// Some of it.
    Some,
    /// None of it.
    None,
}

impl Verdict {
    /// Nothing works.
    pub const NOTHING: Verdict = Verdict {
        forward: TrafficId::NONE,
        reply: TrafficId::NONE,
        relays: TrafficId::ALL,
        works: TrafficId::NONE,
    };

    /// Everything works.
    pub const EVERYTHING: Verdict = Verdict {
        forward: TrafficId::ALL,
        reply: TrafficId::ALL,
        relays: TrafficId::ALL,
        works: TrafficId::ALL,
    };

    /// The source ports of a client to which the answer comes back.
    pub fn source_ports(&self, traffics: &Traffics, protocol: Protocol) -> PortSet {
        ports(traffics, self.reply, protocol)
    }

    /// For how many of the ports that the client's system chooses from does the answer come
    /// back: [`LINUX_PORTS`] or [`WINDOWS_PORTS`]?
    pub fn clients(&self, traffics: &Traffics, protocol: Protocol, range: PortRange) -> Share {
        share(&self.source_ports(traffics, protocol), range)
    }

    /// For how many of the ports that a NAT gateway on the way chooses from does it come back?
    pub fn relayed(&self, traffics: &Traffics, protocol: Protocol) -> Share {
        share(&ports(traffics, self.relays, protocol), RELAY_PORTS)
    }
}

fn ports(traffics: &Traffics, id: TrafficId, protocol: Protocol) -> PortSet {
    let shown = traffics.show(id);
    match protocol {
        Protocol::TCP => shown.tcp,
        Protocol::UDP => shown.udp,
        _ => PortSet::none(),
    }
}

fn share(ports: &PortSet, range: PortRange) -> Share {
    let range = PortSet::from(range);
    if ports.covers(&range) {
        Share::All
    } else if ports.intersection(&range).is_empty() {
        Share::None
    } else {
        Share::Some
    }
}

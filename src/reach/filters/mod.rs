//! What lets a packet into or out of a subnet or an interface: rules and a packet in, a decision
//! out.

pub(crate) mod network_acl;
pub(crate) mod security_group;

use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Message};
use hopwise_net::{Packet, PortRange, Prefix, Protocol, Transport};

/// One way in which a rule fails to match a packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Mismatch {
    /// It is for another protocol.
    Protocol {
        /// The rule's.
        rule: Protocol,
        /// The packet's.
        packet: Protocol,
    },
    /// It is for other ports.
    Port {
        /// The rule's.
        rule: PortRange,
        /// The packet's destination port.
        packet: u16,
    },
    /// It is for other ICMP messages.
    Icmp {
        /// Type and code of the rule.
        rule: (u8, Option<u8>),
        /// Type and code of the packet.
        packet: (u8, u8),
    },
    /// It is for other addresses.
    Address(Prefix),
    /// The other side has not the security group.
    Member(String),
    /// The other side has the security group, but an appliance stands between.
    NotPreserved(String),
    /// The prefix list does not hold it.
    List(String),
    /// The security group is of another VPC, and no connection leads there.
    Stale(String),
    /// The security group is of another VPC, and the transit gateway between carries no groups.
    Unsupported(String),
}

/// What a rule says of protocol and ports, as both kinds of filters say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// `None` for all.
    pub(crate) protocol: Option<Protocol>,
    /// `None` for all.
    pub(crate) ports: Option<PortRange>,
    /// Type and code; `None` for all.
    pub(crate) icmp: (Option<u8>, Option<u8>),
}

impl Head {
    /// Why the packet is none of those the head is for.
    pub(crate) fn mismatch(self, packet: &Packet) -> Option<Mismatch> {
        let rule = self.protocol?;
        if rule != packet.protocol() {
            return Some(Mismatch::Protocol {
                rule,
                packet: packet.protocol(),
            });
        }
        match packet.transport {
            Transport::Tcp { destination, .. } | Transport::Udp { destination, .. } => self
                .ports
                .filter(|ports| !ports.contains(destination))
                .map(|rule| Mismatch::Port {
                    rule,
                    packet: destination,
                }),
            Transport::Icmp { kind, code } => {
                let (wanted, wanted_code) = self.icmp;
                let wanted = wanted?;
                let same = wanted == kind && wanted_code.is_none_or(|wanted| wanted == code);
                (!same).then_some(Mismatch::Icmp {
                    rule: (wanted, wanted_code),
                    packet: (kind, code),
                })
            }
            Transport::Other(_) => None,
        }
    }
}

/// Which of the rules that did not match came closest: one that fails in the fewest ways, and
/// among those the first.
pub(crate) fn nearest<'a>(mismatches: impl Iterator<Item = Option<&'a Vec<Mismatch>>>) -> usize {
    mismatches
        .enumerate()
        .filter_map(|(place, ways)| Some((ways?.len(), place)))
        .min()
        .map_or(usize::MAX, |(_, place)| place)
}

/// Says in which ways a rule fails to match.
pub(crate) fn why(ways: &[Mismatch], packet: &Packet, egress: bool) -> Option<Message> {
    let remote = remote(packet, egress);
    ways.iter()
        .map(|way| match way {
            Mismatch::Protocol { rule, packet } => {
                say::reach_miss_protocol(Arg::code(rule), Arg::code(packet))
            }
            Mismatch::Port { rule, packet } => {
                say::reach_miss_port(Arg::code(rule), Arg::code(packet))
            }
            Mismatch::Icmp { rule, packet } => {
                say::reach_miss_icmp(icmp(rule.0, rule.1), icmp(packet.0, Some(packet.1)))
            }
            Mismatch::Address(block) if block.is_v4() != remote.is_ipv4() => match block.is_v4() {
                true => say::reach_miss_family_v4(Arg::code(block)),
                false => say::reach_miss_family(Arg::code(block)),
            },
            Mismatch::List(list) => say::reach_miss_list(Arg::id(list), Arg::code(remote)),
            Mismatch::Unsupported(group) => say::reach_miss_unsupported(Arg::id(group)),
            Mismatch::Stale(group) => say::reach_miss_stale(Arg::id(group)),
            Mismatch::Address(block) if egress => {
                say::reach_miss_destination(Arg::code(block), Arg::code(remote))
            }
            Mismatch::Address(block) => say::reach_miss_source(Arg::code(block), Arg::code(remote)),
            Mismatch::Member(group) => say::reach_miss_member(Arg::id(group), Arg::code(remote)),
            Mismatch::NotPreserved(group) => {
                say::reach_miss_not_preserved(Arg::id(group), Arg::code(remote))
            }
        })
        .reduce(say::reach_miss_both)
}

fn icmp(kind: u8, code: Option<u8>) -> Arg {
    match code {
        Some(code) => Arg::code(format_args!("icmp type {kind} code {code}")),
        None => Arg::code(format_args!("icmp type {kind}")),
    }
}

/// The address that a rule looks at: where it goes on the way out, where it comes from on the
/// way in. No filter of AWS looks at its own side's address, or at the source port.
pub(crate) fn remote(packet: &Packet, egress: bool) -> std::net::IpAddr {
    if egress {
        packet.destination
    } else {
        packet.source
    }
}

//! Security groups: rules that only allow, of all groups of an interface together; what they
//! let through they remember.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>

use super::{Head, Mismatch, remote};
use hopwise_cloud::ec2::SecurityGroup;
use hopwise_cloud::ec2::security_group::{GroupRule, Peer};
use hopwise_net::{Packet, PortRange, Prefix};
use std::net::IpAddr;

/// What the security groups of an interface made of a packet.
#[derive(Clone, Debug)]
pub(crate) struct Decision<'a> {
    /// The rule that lets it through, and its group.
    pub(crate) rule: Option<(&'a SecurityGroup, &'a GroupRule)>,
    /// The rules that don't, and in which ways each does not match.
    pub(crate) tried: Vec<(&'a SecurityGroup, &'a GroupRule, Vec<Mismatch>)>,
}

/// What the groups can know of the other side of a packet.
pub(crate) trait Members {
    /// Is the address one that `peer` means?
    fn of(&self, egress: bool, peer: &Peer, address: IpAddr) -> Membership;
}

/// Is an address meant?
pub(crate) enum Membership {
    /// It is.
    Yes,
    /// It is not.
    No(Mismatch),
}

/// Looks for a rule of one direction, of any of the groups, that lets the packet through.
pub(crate) fn decide<'a>(
    groups: &[&'a SecurityGroup],
    egress: bool,
    packet: &Packet,
    members: &impl Members,
) -> Decision<'a> {
    let mut tried = Vec::new();
    for group in groups {
        for rule in group.rules(egress) {
            let ways = mismatches(rule, packet, members);
            if ways.is_empty() {
                return Decision {
                    rule: Some((group, rule)),
                    tried,
                };
            }
            tried.push((*group, rule, ways));
        }
    }
    Decision { rule: None, tried }
}

/// Does this flow go untracked? It does where the rules open TCP or UDP to everybody in this
/// direction, and all ports to everybody in the other.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html>
pub(crate) fn is_untracked(groups: &[&SecurityGroup], egress: bool, packet: &Packet) -> bool {
    let everybody = Peer::Block(match packet.source {
        IpAddr::V4(_) => Prefix::ANY_V4,
        IpAddr::V6(_) => Prefix::ANY_V6,
    });
    let rules = |egress| {
        let rules = groups.iter().flat_map(move |group| group.rules(egress));
        rules.filter(|rule| rule.peer == everybody)
    };
    packet.protocol().has_ports()
        && rules(egress).any(|rule| head(rule).mismatch(packet).is_none())
        && rules(!egress).any(|rule| {
            rule.protocol.is_none()
                || (rule.protocol == Some(packet.protocol())
                    && head(rule).ports == Some(PortRange::ALL))
        })
}

/// In which ways the rule does not match; none if it does.
fn mismatches(rule: &GroupRule, packet: &Packet, members: &impl Members) -> Vec<Mismatch> {
    let address = remote(packet, rule.egress);
    let peer = match members.of(rule.egress, &rule.peer, address) {
        Membership::Yes => None,
        Membership::No(mismatch) => Some(mismatch),
    };
    head(rule)
        .mismatch(packet)
        .into_iter()
        .chain(peer)
        .collect()
}

pub(crate) fn head(rule: &GroupRule) -> Head {
    let byte = |number: Option<i32>| u8::try_from(number?).ok();
    let port = |number: Option<i32>| u16::try_from(number?).ok();
    Head {
        protocol: rule.protocol,
        ports: port(rule.from)
            .zip(port(rule.to))
            .and_then(|(first, last)| PortRange::new(first, last)),
        icmp: (byte(rule.from), byte(rule.to)),
    }
}

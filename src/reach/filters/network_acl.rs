//! Network ACLs: numbered rules, the first match decides, nothing is remembered.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html>

use super::{Head, Mismatch, remote};
use hopwise_cloud::ec2::NetworkAcl;
use hopwise_cloud::ec2::network_acl::AclEntry;
use hopwise_net::Packet;

/// What a network ACL made of a packet.
#[derive(Clone, Debug)]
pub(crate) struct Decision<'a> {
    /// Does it let the packet through?
    pub(crate) allow: bool,
    /// The rule that decided; `None` is the last one, `*`, which denies.
    pub(crate) entry: Option<&'a AclEntry>,
    /// The rules before it, and in which ways each does not match.
    pub(crate) tried: Vec<(&'a AclEntry, Vec<Mismatch>)>,
}

/// Tries the rules of one direction in ascending order.
pub(crate) fn decide<'a>(acl: &'a NetworkAcl, egress: bool, packet: &Packet) -> Decision<'a> {
    let mut tried = Vec::new();
    for entry in acl.rules(egress) {
        let ways = mismatches(entry, packet);
        if ways.is_empty() {
            return Decision {
                allow: entry.allow,
                entry: Some(entry),
                tried,
            };
        }
        tried.push((entry, ways));
    }
    Decision {
        allow: false,
        entry: None,
        tried,
    }
}

/// In which ways the rule does not match; none if it does.
fn mismatches(entry: &AclEntry, packet: &Packet) -> Vec<Mismatch> {
    let head = head(entry);
    let address = remote(packet, entry.egress);
    let block = (!entry.block.contains(address)).then_some(Mismatch::Address(entry.block));
    head.mismatch(packet).into_iter().chain(block).collect()
}

pub(crate) fn head(entry: &AclEntry) -> Head {
    Head {
        protocol: entry.protocol,
        ports: entry.ports,
        icmp: entry.icmp.unwrap_or_default(),
    }
}

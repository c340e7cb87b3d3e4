//! What gets from one place to another and back, whatever the groups of the two say.

use super::compiled::Compiled;
use super::wave::{Ends, Seen, Wave, Whose};
use crate::moves::{Arrival, At, Header, Machine};
use crate::network::{InterfaceNode, Network, OutsideNode, User};
use crate::resolver::leads_inside;
use crate::stretch::Stretch;
use crate::traffic::TrafficId;
use hopwise_cloud::ec2::instance::State;
use std::net::IpAddr;

/// What the network between two places lets through.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passage {
    /// What gets there.
    pub(super) forward: TrafficId,
    /// Of which the answers come back.
    pub(super) reply: TrafficId,
    /// The ports that what translates on the way may choose.
    pub(super) relays: TrafficId,
    /// What the groups of the target see of the asker.
    pub(super) seen: Option<Seen>,
    /// The address that the asker sends to.
    pub(super) aim: IpAddr,
    /// The asker's addresses for which all of this is the same.
    pub(super) asker: Stretch,
    /// The target's addresses for which all of this is the same.
    pub(super) target: Stretch,
    /// Is it so for the asker and the target only?
    pub(super) alone: bool,
}

/// Who asks.
#[derive(Clone, Copy)]
pub(super) enum Asker<'n> {
    Interface(&'n InterfaceNode),
    /// A machine in the internet.
    Outside(IpAddr),
    /// A host of a network outside.
    Host(&'n OutsideNode, IpAddr),
}

/// Does a running machine use the interface?
pub(super) fn lives(network: &Network, interface: &InterfaceNode) -> bool {
    match interface.user {
        User::Instance(index) => {
            let instance = network.instances.get(index);
            instance.is_some_and(|it| it.state.state == State::Running)
        }
        User::Nobody | User::Nat(_) | User::Service | User::Other => false,
    }
}

/// The address by which `asker` sends to `target`, as the walk chooses it.
fn aim(
    network: &Network,
    asker: Asker<'_>,
    target: &InterfaceNode,
    v6: bool,
) -> Option<(IpAddr, Whose)> {
    if v6 {
        return Some((IpAddr::V6(*target.state.ipv6.first()?), Whose::Target));
    }
    let private = IpAddr::V4(target.state.primary_address()?);
    let inside = match asker {
        Asker::Interface(from) => from.vpc == target.vpc || leads_inside(network, from, private),
        Asker::Outside(_) => false,
        Asker::Host(..) => true,
    };
    if inside {
        return Some((private, Whose::Target));
    }
    let (_, public) = target.publics.first()?;
    Some((IpAddr::V4(*public), Whose::Fixed))
}

/// What gets from an asker to a target and back; `None` where nothing does.
pub(super) fn passage<'n>(
    network: &'n Network,
    compiled: &mut Compiled,
    asker: Asker<'n>,
    target: &'n InterfaceNode,
    v6: bool,
) -> Option<Passage> {
    let source = match asker {
        Asker::Interface(from) if v6 => IpAddr::V6(*from.state.ipv6.first()?),
        Asker::Interface(from) => IpAddr::V4(from.state.primary_address()?),
        Asker::Outside(address) | Asker::Host(_, address) => address,
    };
    let (destination, whose) = aim(network, asker, target, source.is_ipv6())?;
    let aimed = Aimed {
        target: Some(target),
        meant: Some(target),
        destination,
        whose,
    };
    Some(between(network, compiled, asker, source, aimed))
}

/// The same between two addresses that someone chose: at `meant` if it is to arrive there, else
/// wherever. The groups of the target are asked on the way.
pub(super) fn between_addresses<'n>(
    network: &'n Network,
    compiled: &mut Compiled,
    asker: Asker<'n>,
    source: IpAddr,
    meant: Option<&'n InterfaceNode>,
    destination: IpAddr,
) -> Passage {
    let aimed = Aimed {
        target: None,
        meant,
        destination,
        whose: Whose::Fixed,
    };
    between(network, compiled, asker, source, aimed)
}

/// Where to.
struct Aimed<'n> {
    /// The interface whose groups are not asked.
    target: Option<&'n InterfaceNode>,
    /// Where it has to arrive.
    meant: Option<&'n InterfaceNode>,
    destination: IpAddr,
    whose: Whose,
}

fn between<'n>(
    network: &'n Network,
    compiled: &mut Compiled,
    asker: Asker<'n>,
    source: IpAddr,
    aimed: Aimed<'n>,
) -> Passage {
    let Aimed {
        target,
        meant,
        destination,
        whose,
    } = aimed;
    let ends = Ends {
        header: Header {
            source,
            destination,
        },
        source: Whose::Asker,
        destination: whose,
    };
    let from = match asker {
        Asker::Interface(from) => Some(from),
        Asker::Outside(_) | Asker::Host(..) => None,
    };
    let mut wave = Wave::new(network, compiled, ends, from, target);
    let mut machine = Machine {
        network,
        carrier: &mut wave,
    };
    let mut passage = Passage {
        forward: TrafficId::NONE,
        reply: TrafficId::NONE,
        relays: TrafficId::ALL,
        seen: None,
        aim: destination,
        asker: Stretch::all(source),
        target: Stretch::all(destination),
        alone: false,
    };
    let start = match asker {
        Asker::Interface(from) => At::Leaves(from),
        Asker::Outside(_) => At::Internet { from: None },
        Asker::Host(outside, _) => At::Outside(outside),
    };
    let arrival = machine.run(start);
    let arrival = arrival.filter(|arrival| {
        meant.is_none_or(|meant| {
            let at = arrival.interface();
            at.is_some_and(|at| network.is_same(at, meant))
        })
    });
    if let Some(arrival) = arrival {
        passage.forward = machine.carrier.traffic;
        let origin = arrival.interface().map(|it| it.vpc);
        machine.carrier.turn(origin);
        let end = machine.answer(&arrival);
        let right = match (end, from) {
            (Some(Arrival::Instance { instance, .. }), Some(from)) => {
                from.user == User::Instance(instance.index)
            }
            (Some(Arrival::Outside | Arrival::Laptop), None) | (Some(Arrival::Service(_)), _) => {
                true
            }
            (Some(Arrival::Host(_)), None) => matches!(asker, Asker::Host(..)),
            _ => false,
        };
        if right {
            passage.reply = machine.carrier.traffic;
        }
    }
    passage.relays = wave.relays.unwrap_or(TrafficId::ALL);
    passage.seen = wave.seen;
    passage.asker = wave.asker_stretch;
    passage.target = wave.target_stretch;
    passage.alone = wave.alone;
    passage
}

//! The walk of one packet, there and back.

use crate::client::{self, Refuses};
use crate::moves::{self, Arrival, At, Machine, component_of, listens, passed, spot_of, stopped};
use crate::network::{Network, User};
use crate::question::Refusal;
use crate::resolver::{self, Ends, Start, called, component};
use crate::way::{Hop, Point, Way};
use crate::{Client, Question, Spot, pages};
use hopwise_cloud::Cloud;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Component, Explanation, Leg, Message, Step, Verdict};
use hopwise_net::{Packet, Transport};
use told::{Flow, Memory, Told};

mod hops;
mod told;

/// The answer to a [`Question`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walk {
    /// Who sends.
    pub from: Component,
    /// To whom.
    pub to: Component,
    /// The packet as it is sent.
    pub packet: Packet,
    /// The way there.
    pub forward: Way,
    /// The way of the answer; `None` if there is none because the packet did not arrive.
    pub back: Option<Way>,
    /// What the sender sees.
    pub client: Client,
    /// Does something at the destination listen? `None` if the packet did not arrive.
    pub listens: Option<bool>,
    flows: Vec<Flow>,
}

impl Walk {
    /// Does the network let the packet there and the answer back? Whether anything listens does
    /// not count: "connection refused" is an answer.
    pub fn reaches(&self) -> bool {
        self.forward.delivered && self.back.as_ref().is_some_and(|back| back.delivered)
    }

    /// Does the sender get the answer it wants?
    pub fn connects(&self) -> bool {
        self.client == Client::Connected
    }

    /// Both ways with the way they are of: `false` there, `true` back.
    fn ways(&self) -> impl Iterator<Item = (bool, &Way)> {
        let back = self.back.as_ref().map(|back| (true, back));
        std::iter::once((false, &self.forward)).chain(back)
    }

    /// Where the packet is, there and back, each station once in a row.
    pub fn path(&self) -> Vec<Point> {
        let mut points: Vec<Point> = Vec::new();
        for (back, way) in self.ways() {
            for (hop, Hop { spot, .. }) in way.hops.iter().enumerate() {
                let same = |last: &&Point| last.back == back && last.spot == *spot;
                if points.last().filter(same).is_none() {
                    points.push(Point {
                        spot: spot.clone(),
                        back,
                        hop,
                    });
                }
            }
        }
        points
    }

    /// The step that stopped it, on the way there or back.
    pub fn stop(&self) -> Option<&Step> {
        self.ways().find_map(|(_, way)| way.stop())
    }

    /// The answer in one sentence.
    pub fn answer(&self) -> Message {
        let (from, to) = (called(&self.from), called(&self.to));
        let port = match self.packet.destination_port() {
            Some(port) => Arg::code(format_args!("{} {port}", self.packet.protocol())),
            None => Arg::code(self.packet.protocol()),
        };
        let is_ping = matches!(self.packet.transport, Transport::Icmp { .. });
        let there = self.forward.stop().map(|stop| stop.sentence.clone());
        let back = self.back.as_ref().and_then(Way::stop);
        match (self.client, there, back) {
            (Client::Connected, ..) if is_ping => say::reach_echoes(from, to),
            (Client::Connected, ..) => say::reach_connects(from, to),
            (Client::Refused, ..) => say::reach_refused(from, to, port),
            (Client::Reset, ..) => say::reach_reset(from, to, port),
            (Client::Timeout, Some(reason), _) => say::reach_lost_there(from, reason),
            (Client::Timeout, None, Some(stop)) => {
                say::reach_lost_back(from, to, stop.sentence.clone())
            }
            (Client::Timeout, None, None) => say::reach_unanswered(from, to, port),
        }
    }

    /// Everything that led to the answer, for the view that shows every explanation. The
    /// verdict is [`Verdict::Pass`] only if the sender gets the answer it wants.
    pub fn explanation(&self) -> Explanation {
        let verdict = |passes| {
            if passes { Verdict::Pass } else { Verdict::Stop }
        };
        let legs = self.ways().map(|(back, way)| Leg {
            title: if back {
                say::reach_back()
            } else {
                say::reach_there()
            },
            verdict: verdict(way.delivered),
            steps: way.hops.iter().map(|hop| hop.step.clone()).collect(),
        });
        Explanation {
            question: say::reach_question(
                Arg::code(self.packet),
                called(&self.from),
                called(&self.to),
            ),
            answer: self.answer(),
            verdict: verdict(self.connects()),
            legs: legs.collect(),
        }
    }
}

/// Walks one packet there and its answer back.
///
/// # Errors
/// When the question names what does not exist or what no walk is for: see [`Refusal`].
pub fn walk(cloud: &Cloud, question: &Question) -> Result<Walk, Refusal> {
    Network::of(cloud).walk(question)
}

impl Network {
    /// Walks one packet there and its answer back.
    ///
    /// # Errors
    /// As [`walk()`].
    pub fn walk(&self, question: &Question) -> Result<Walk, Refusal> {
        walk_with(self, question, memory_of(question), true)
    }

    /// The same walk without the rules that were tried and did not decide.
    pub(crate) fn walk_briefly(&self, question: &Question) -> Result<Walk, Refusal> {
        walk_with(self, question, memory_of(question), false)
    }
}

fn memory_of(question: &Question) -> Memory {
    if question.established {
        Memory::AllTracked
    } else {
        Memory::Nothing
    }
}

/// Walks a packet of a connection that was made in an earlier cloud: what the security groups
/// tracked then goes on even where the rules no longer allow it, and what they did not track
/// stops at once. If it could not be made then, this is the walk of a new one.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html>
///
/// # Errors
/// As [`walk()`], for either cloud.
pub fn walk_since(earlier: &Cloud, now: &Cloud, question: &Question) -> Result<Walk, Refusal> {
    let made = walk_with(&Network::of(earlier), question, Memory::Nothing, false)?;
    let memory = if made.reaches() {
        Memory::Known(made.flows)
    } else {
        Memory::Nothing
    };
    walk_with(&Network::of(now), question, memory, true)
}

fn walk_with(
    network: &Network,
    question: &Question,
    memory: Memory,
    detailed: bool,
) -> Result<Walk, Refusal> {
    question.check()?;
    let mut transport = question.transport()?;
    let ends: Ends<'_> = resolver::resolve(network, question)?;
    if let (Transport::Icmp { code, .. }, true) = (transport, ends.source.is_ipv6()) {
        transport = Transport::Icmp { kind: 128, code };
    }
    let packet = Packet {
        source: ends.source,
        destination: ends.destination,
        transport,
    };
    let established = !matches!(memory, Memory::Nothing);
    let outside = matches!(ends.start, Start::Outside).then_some(ends.source);
    let origin = match ends.start {
        Start::Interface(site) => Some(site.vpc),
        Start::Laptop | Start::Outside | Start::Host(_) => None,
    };
    let mut told = Told::new(network, packet, outside, origin, memory, detailed);
    let arrival = there(network, &mut told, &ends);
    let arrival = arrival.and_then(|it| meant(network, &mut told, &ends, it));
    let forward = Way::new(told.take_hops(), arrival.is_some());
    let mut walk = Walk {
        from: ends.from.clone(),
        to: ends.to.clone(),
        packet,
        forward,
        back: None,
        client: Client::Timeout,
        listens: None,
        flows: Vec::new(),
    };
    if let Some(arrival) = arrival {
        let listens = listens(network, &arrival, &told.packet);
        walk.listens = Some(listens);
        let at_arrival = told.packet;
        let delivered = back(network, &mut told, &arrival, at_arrival.reply(), &ends);
        walk.back = Some(Way::new(told.take_hops(), delivered));
        let refusal = client::refuses(transport).filter(|_| !listens);
        let heard = match refusal {
            Some(Refuses::Unreachable) => {
                let unreachable = Packet {
                    transport: Transport::Icmp { kind: 3, code: 3 },
                    ..at_arrival.reply()
                };
                let heard = back(network, &mut told, &arrival, unreachable, &ends);
                told.take_hops();
                heard
            }
            Some(Refuses::Reset) | None => delivered,
        };
        if heard {
            walk.client = client::answered(transport, listens, established);
        }
    }
    walk.flows = told.flows;
    Ok(walk)
}

/// The way there.
fn there<'n>(network: &'n Network, told: &mut Told<'n>, ends: &Ends<'n>) -> Option<Arrival<'n>> {
    use crate::moves::Carrier;
    let (sentence, page) = ends.intro.clone();
    let from = ends.from.clone();
    let spot = match ends.start {
        Start::Interface(site) => match network.instance_of(site) {
            Some(instance) => Spot::Instance(instance.state.id.clone()),
            None => Spot::Interface(site.state.id.clone()),
        },
        Start::Laptop => Spot::Laptop,
        Start::Outside => Spot::Internet,
        Start::Host(outside) => moves::outside_spot(outside),
    };
    if let Some(code) = ends.stop {
        return told.stop(|_| stopped(from, spot, code, page, sentence));
    }
    let mut machine = Machine {
        network,
        carrier: told,
    };
    let site = match ends.start {
        Start::Interface(site) => site,
        Start::Host(outside) => {
            machine.carrier.hop(|_| passed(from, spot, page, sentence));
            return machine.run(At::Outside(outside));
        }
        Start::Laptop | Start::Outside => {
            machine.carrier.hop(|_| passed(from, spot, page, sentence));
            return machine.run(At::Internet { from: None });
        }
    };
    let Some(instance) = network.instance_of(site) else {
        return machine.carrier.stop(|_| match site.user {
            User::Service => moves::begins_nothing(site),
            _ => moves::alone(site),
        });
    };
    machine.running(instance)?;
    let vpc = network.vpcs.get(site.vpc)?;
    if machine.is_own(vpc, instance) {
        machine.carrier.hop(|_| {
            let said = say::reach_itself(Arg::id(&instance.state.id));
            passed(component(instance.state.as_ref()), spot, None, said)
        });
        return Some(Arrival::Instance {
            interface: site,
            instance,
        });
    }
    machine.carrier.hop(|_| passed(from, spot, page, sentence));
    machine.run(At::Leaves(site))
}

/// Is it there that it was to arrive? Another VPC may have a machine with the same address.
fn meant<'n>(
    network: &Network,
    told: &mut Told<'n>,
    ends: &Ends<'n>,
    arrival: Arrival<'n>,
) -> Option<Arrival<'n>> {
    use crate::moves::Carrier;
    let right = ends.target.is_none_or(|target| {
        let at = arrival.interface();
        at.is_some_and(|at| network.is_same(at, target))
    });
    if right {
        return Some(arrival);
    }
    told.stop(|packet| {
        let other = component_of(&arrival, packet.destination);
        let destination = Arg::code(packet.destination);
        let said = say::reach_arrives_elsewhere(called(&other), destination, called(&ends.to));
        let code = Code("NO_POSSIBLE_DESTINATION");
        stopped(other, spot_of(&arrival), code, Some(pages::CODES), said)
    })
}

/// The way of an answer, from where the packet arrived to where it came from.
fn back<'n>(
    network: &'n Network,
    told: &mut Told<'n>,
    arrival: &Arrival<'n>,
    answer: Packet,
    ends: &Ends<'n>,
) -> bool {
    use crate::moves::Carrier;
    let origin = match arrival {
        Arrival::Endpoint { .. } => None,
        _ => arrival.interface().map(|it| it.vpc),
    };
    told.turn(answer, origin);
    let at = component_of(arrival, answer.source);
    told.hop(|_| {
        let said = say::reach_replies(called(&at), Arg::code(answer.destination));
        passed(at, spot_of(arrival), None, said)
    });
    let mut machine = Machine {
        network,
        carrier: told,
    };
    let Some(end) = machine.answer(arrival) else {
        return false;
    };
    let right = match (&end, ends.start) {
        (Arrival::Instance { instance, .. }, Start::Interface(site)) => network
            .instance_of(site)
            .is_some_and(|own| own.index == instance.index),
        (Arrival::Laptop, Start::Laptop)
        | (Arrival::Outside, Start::Outside)
        | (Arrival::Host(_), Start::Host(_)) => true,
        (Arrival::Service(_), _) => true,
        _ => false,
    };
    if !right {
        let other = component_of(&end, answer.destination);
        told.stop::<()>(|packet| {
            let destination = Arg::code(packet.destination);
            let said = say::reach_elsewhere(called(&other), destination, called(&ends.from));
            let code = Code("NO_POSSIBLE_DESTINATION");
            stopped(other, spot_of(&end), code, Some(pages::CODES), said)
        });
    }
    right
}

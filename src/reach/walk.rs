//! The walk of one packet, there and back.

use crate::client::{self, Refuses};
use crate::question::Refusal;
use crate::resolver::{self, Ends, called};
use crate::way::{Hop, Point, Way};
use crate::{Client, Question};
use hopwise_cloud::Cloud;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Component, Explanation, Leg, Message, Step, Verdict};
use hopwise_net::{Packet, Transport};
use mover::{Flow, Memory, Mover};

mod hops;
mod mover;

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
    walk_with(cloud, question, memory_of(question), true)
}

/// The same walk without the rules that were tried and did not decide.
pub(crate) fn walk_briefly(cloud: &Cloud, question: &Question) -> Result<Walk, Refusal> {
    walk_with(cloud, question, memory_of(question), false)
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
    let made = walk_with(earlier, question, Memory::Nothing, false)?;
    let memory = if made.reaches() {
        Memory::Known(made.flows)
    } else {
        Memory::Nothing
    };
    walk_with(now, question, memory, true)
}

fn walk_with(
    cloud: &Cloud,
    question: &Question,
    memory: Memory,
    detailed: bool,
) -> Result<Walk, Refusal> {
    question.check()?;
    let transport = question.transport()?;
    let ends: Ends<'_> = resolver::resolve(cloud, question)?;
    let packet = Packet {
        source: ends.source.into(),
        destination: ends.destination.into(),
        transport,
    };
    let established = !matches!(memory, Memory::Nothing);
    let mut mover = Mover::new(cloud, &ends, packet, memory, detailed);
    let arrival = mover.there(&ends);
    let forward = Way::new(mover.take_hops(), arrival.is_some());
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
        let listens = mover.listens(&arrival);
        walk.listens = Some(listens);
        let at_arrival = mover.packet;
        let delivered = mover.back(&arrival, at_arrival.reply(), &ends);
        walk.back = Some(Way::new(mover.take_hops(), delivered));
        let refusal = client::refuses(transport).filter(|_| !listens);
        let heard = match refusal {
            Some(Refuses::Unreachable) => {
                let unreachable = Packet {
                    transport: Transport::Icmp { kind: 3, code: 3 },
                    ..at_arrival.reply()
                };
                let heard = mover.back(&arrival, unreachable, &ends);
                mover.take_hops();
                heard
            }
            Some(Refuses::Reset) | None => delivered,
        };
        if heard {
            walk.client = client::answered(transport, listens, established);
        }
    }
    walk.flows = mover.flows;
    Ok(walk)
}

//! Sets of transports: TCP ports, UDP ports, types and codes of ICMP, other protocols. Each set
//! is kept once.

mod quick;
mod sets;

pub(crate) use quick::{QuickMap, pair};

use crate::filters::Head;
use crate::moves::{Accepts, IcmpAccepts};
use hopwise_net::{PortRange, PortSet, Protocol, Transport};
use sets::{SetId, Sets};
use std::fmt;

/// A set of transports by its id: equal sets of one [`Traffics`] have equal ids. What ICMP is
/// (for IPv4 or for IPv6) the addresses say that it goes with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TrafficId(u32);

impl TrafficId {
    /// Nothing.
    pub const NONE: TrafficId = TrafficId(0);
    /// Everything.
    pub const ALL: TrafficId = TrafficId(1);

    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// Is it nothing?
    pub fn is_none(self) -> bool {
        self == TrafficId::NONE
    }
}

/// One set, taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Parts {
    tcp: SetId,
    udp: SetId,
    /// Type times 256 plus code.
    icmp: SetId,
    /// Protocol numbers, without those that have a set of their own.
    other: SetId,
}

impl Parts {
    const NONE: Parts = Parts {
        tcp: SetId::NONE,
        udp: SetId::NONE,
        icmp: SetId::NONE,
        other: SetId::NONE,
    };
}

/// All sets that were met so far.
#[derive(Clone, Debug)]
pub struct Traffics {
    sets: Sets,
    all: Vec<Parts>,
    ids: QuickMap<Parts, TrafficId>,
    intersections: QuickMap<u64, TrafficId>,
    unions: QuickMap<u64, TrafficId>,
    works: QuickMap<u64, TrafficId>,
    released: QuickMap<u64, TrafficId>,
    /// 1024–65535.
    high: SetId,
}

const ECHO: [(u16, u16); 2] = [(8 << 8, 0), (128 << 8, 129 << 8)];

impl Default for Traffics {
    fn default() -> Self {
        let mut sets = Sets::new();
        let high = sets.intern(vec![(1024, u16::MAX)]);
        let special = [
            Protocol::ICMP,
            Protocol::TCP,
            Protocol::UDP,
            Protocol::ICMPV6,
        ];
        let others = (0..=u8::MAX).filter(|number| !special.contains(&Protocol(*number)));
        let others = others.map(|number| (u16::from(number), u16::from(number)));
        let other = sets.intern(others.collect());
        let mut traffics = Traffics {
            sets,
            all: Vec::new(),
            ids: QuickMap::default(),
            intersections: QuickMap::default(),
            unions: QuickMap::default(),
            works: QuickMap::default(),
            released: QuickMap::default(),
            high,
        };
        traffics.intern(Parts::NONE);
        traffics.intern(Parts {
            tcp: SetId::ALL,
            udp: SetId::ALL,
            icmp: SetId::ALL,
            other,
        });
        traffics
    }
}

impl Traffics {
    fn parts(&self, id: TrafficId) -> Parts {
        self.all.get(id.0 as usize).copied().unwrap_or(Parts::NONE)
    }

    fn intern(&mut self, parts: Parts) -> TrafficId {
        if let Some(known) = self.ids.get(&parts) {
            return *known;
        }
        let id = TrafficId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(parts);
        self.ids.insert(parts, id);
        id
    }

    fn each(
        &mut self,
        a: TrafficId,
        b: TrafficId,
        mut work: impl FnMut(&mut Sets, SetId, SetId) -> SetId,
    ) -> TrafficId {
        let (a, b) = (self.parts(a), self.parts(b));
        let parts = Parts {
            tcp: work(&mut self.sets, a.tcp, b.tcp),
            udp: work(&mut self.sets, a.udp, b.udp),
            icmp: work(&mut self.sets, a.icmp, b.icmp),
            other: work(&mut self.sets, a.other, b.other),
        };
        self.intern(parts)
    }

    /// What is in both.
    pub fn intersection(&mut self, a: TrafficId, b: TrafficId) -> TrafficId {
        let (a, b) = (a.min(b), a.max(b));
        if a == b || a == TrafficId::NONE {
            return a;
        }
        if a == TrafficId::ALL {
            return b;
        }
        let key = pair(a.0, b.0);
        if let Some(known) = self.intersections.get(&key) {
            return *known;
        }
        let id = self.each(a, b, Sets::intersection);
        self.intersections.insert(key, id);
        id
    }

    /// What is in one of the two.
    pub fn union(&mut self, a: TrafficId, b: TrafficId) -> TrafficId {
        let (a, b) = (a.min(b), a.max(b));
        if a == b || a == TrafficId::NONE {
            return b;
        }
        if a == TrafficId::ALL {
            return a;
        }
        let key = pair(a.0, b.0);
        if let Some(known) = self.unions.get(&key) {
            return *known;
        }
        let id = self.each(a, b, Sets::union);
        self.unions.insert(key, id);
        id
    }

    /// What is in `a` and not in `b`.
    pub fn difference(&mut self, a: TrafficId, b: TrafficId) -> TrafficId {
        self.each(a, b, Sets::difference)
    }

    /// What of `forward` gets its answer: with ports where the client may choose a port that
    /// `reply` holds, a ping where `reply` holds the echo, anything else where it holds the same.
    pub fn works(&mut self, forward: TrafficId, reply: TrafficId) -> TrafficId {
        if reply == TrafficId::ALL || forward == TrafficId::NONE {
            return forward;
        }
        let key = pair(forward.0, reply.0);
        if let Some(known) = self.works.get(&key) {
            return *known;
        }
        let (there, back) = (self.parts(forward), self.parts(reply));
        let with = |set: SetId, other: SetId| match other {
            SetId::NONE => SetId::NONE,
            _ => set,
        };
        let mut icmp = self.sets.intersection(there.icmp, back.icmp);
        for (asked, answer) in ECHO {
            let echo = self.sets.intern(vec![(asked, asked)]);
            icmp = self.sets.difference(icmp, echo);
            if self.sets.contains(there.icmp, asked) && self.sets.contains(back.icmp, answer) {
                icmp = self.sets.union(icmp, echo);
            }
        }
        let parts = Parts {
            tcp: with(there.tcp, back.tcp),
            udp: with(there.udp, back.udp),
            icmp,
            other: self.sets.intersection(there.other, back.other),
        };
        let id = self.intern(parts);
        self.works.insert(key, id);
        id
    }

    /// What a component takes.
    pub(crate) fn accepted(&mut self, accepts: Accepts) -> TrafficId {
        let mut ports = |range: Option<PortRange>| match range {
            Some(range) => self.sets.intern(vec![(range.first, range.last)]),
            None => SetId::NONE,
        };
        let parts = Parts {
            tcp: ports(accepts.tcp),
            udp: ports(accepts.udp),
            icmp: match accepts.icmp {
                IcmpAccepts::All => SetId::ALL,
                IcmpAccepts::Nothing => SetId::NONE,
                IcmpAccepts::Echo => self.sets.intern(vec![
                    (0, 0xff),
                    (8 << 8, 8 << 8 | 0xff),
                    (128 << 8, 129 << 8 | 0xff),
                ]),
            },
            other: SetId::NONE,
        };
        self.intern(parts)
    }

    /// What the head of a rule is for, between addresses of one family.
    pub(crate) fn head(&mut self, head: Head, v4: bool) -> TrafficId {
        let Some(protocol) = head.protocol else {
            return TrafficId::ALL;
        };
        let mut parts = Parts::NONE;
        let ports = head.ports.map_or((0, u16::MAX), |it| (it.first, it.last));
        match (protocol, v4) {
            (Protocol::TCP, _) => parts.tcp = self.sets.intern(vec![ports]),
            (Protocol::UDP, _) => parts.udp = self.sets.intern(vec![ports]),
            (Protocol::ICMP, true) | (Protocol::ICMPV6, false) => {
                let range = match head.icmp {
                    (None, _) => (0, u16::MAX),
                    (Some(kind), None) => (u16::from(kind) << 8, u16::from(kind) << 8 | 0xff),
                    (Some(kind), Some(code)) => {
                        let both = u16::from(kind) << 8 | u16::from(code);
                        (both, both)
                    }
                };
                parts.icmp = self.sets.intern(vec![range]);
            }
            (Protocol::ICMP | Protocol::ICMPV6, _) => {}
            (Protocol(number), _) => {
                parts.other = self.sets.intern(vec![(number.into(), number.into())]);
            }
        }
        self.intern(parts)
    }

    /// What of an answer's ports a client may have, once the one in between that chose the port
    /// (of 1024–65535) has put the client's own in its place.
    pub(crate) fn released(&mut self, reply: TrafficId) -> TrafficId {
        if let Some(known) = self.released.get(&u64::from(reply.0)) {
            return *known;
        }
        let parts = self.parts(reply);
        let mut free = |set| match self.sets.intersection(set, self.high) {
            SetId::NONE => SetId::NONE,
            _ => SetId::ALL,
        };
        let parts = Parts {
            tcp: free(parts.tcp),
            udp: free(parts.udp),
            ..parts
        };
        let id = self.intern(parts);
        self.released.insert(u64::from(reply.0), id);
        id
    }

    /// Between the families only the echo is translated: this type and code become those.
    pub(crate) fn echoed(&mut self, id: TrafficId, from: u16, to: u16) -> TrafficId {
        let parts = self.parts(id);
        let icmp = match self.sets.contains(parts.icmp, from) {
            true => self.sets.intern(vec![(to, to)]),
            false => SetId::NONE,
        };
        self.intern(Parts { icmp, ..parts })
    }

    /// Does the set hold what a packet carries, by its destination port, or type and code?
    pub fn contains(&self, id: TrafficId, transport: Transport) -> bool {
        let parts = self.parts(id);
        match transport {
            Transport::Tcp { destination, .. } => self.sets.contains(parts.tcp, destination),
            Transport::Udp { destination, .. } => self.sets.contains(parts.udp, destination),
            Transport::Icmp { kind, code } => {
                let number = u16::from(kind) << 8 | u16::from(code);
                self.sets.contains(parts.icmp, number)
            }
            Transport::Other(Protocol(number)) => self.sets.contains(parts.other, number.into()),
        }
    }

    /// The set, to look at.
    pub fn show(&self, id: TrafficId) -> Traffic {
        let parts = self.parts(id);
        let ports = |id| -> PortSet {
            let all = self.sets.ranges(id).iter();
            all.filter_map(|(first, last)| PortRange::new(*first, *last))
                .collect()
        };
        Traffic {
            tcp: ports(parts.tcp),
            udp: ports(parts.udp),
            icmp: self.sets.ranges(parts.icmp).to_vec(),
            other: self.sets.ranges(parts.other).to_vec(),
            everything: id == TrafficId::ALL,
        }
    }

    /// How many sets there are, to see what a world costs.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Is there none? There always is.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// A set of transports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Traffic {
    /// TCP ports.
    pub tcp: PortSet,
    /// UDP ports.
    pub udp: PortSet,
    /// Ranges of ICMP messages: type times 256 plus code.
    pub icmp: Vec<(u16, u16)>,
    /// Ranges of other protocol numbers.
    pub other: Vec<(u16, u16)>,
    everything: bool,
}

impl fmt::Display for Traffic {
    /// `tcp 22, 80; udp 53; icmp 8/0`; `all`, `none`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.everything {
            return f.write_str("all");
        }
        let mut words = Vec::new();
        for (name, ports) in [("tcp", &self.tcp), ("udp", &self.udp)] {
            if *ports == PortSet::all() {
                words.push(name.to_owned());
            } else if !ports.is_empty() {
                words.push(format!("{name} {ports}"));
            }
        }
        if self.icmp == [(0, u16::MAX)] {
            words.push("icmp".to_owned());
        } else if !self.icmp.is_empty() {
            let one = |number: &u16| format!("{}/{}", number >> 8, number & 0xff);
            let all = self.icmp.iter().map(|(first, last)| match first == last {
                true => one(first),
                false if first & 0xff == 0 && *last == first | 0xff => {
                    format!("{}", first >> 8)
                }
                false if first & 0xff == 0 && last & 0xff == 0xff => {
                    format!("{}-{}", first >> 8, last >> 8)
                }
                false => format!("{}-{}", one(first), one(last)),
            });
            words.push(format!("icmp {}", all.collect::<Vec<_>>().join(", ")));
        }
        if !self.other.is_empty() {
            let all = self.other.iter().map(|(first, last)| match first == last {
                true => first.to_string(),
                false => format!("{first}-{last}"),
            });
            words.push(format!("protocol {}", all.collect::<Vec<_>>().join(", ")));
        }
        match words.is_empty() {
            true => f.write_str("none"),
            false => f.write_str(&words.join("; ")),
        }
    }
}

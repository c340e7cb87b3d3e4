//! One way of a walk: its hops in order.

use hopwise_cloud::{Id, LAPTOP};
use hopwise_explain::{Code, Step, Verdict};

/// Where on the map a packet is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Spot {
    /// In an instance.
    Instance(Id),
    /// At a network interface, where its security groups stand.
    Interface(Id),
    /// At the edge of a subnet, where its network ACL stands.
    Subnet(Id),
    /// At the router of a VPC.
    Router(Id),
    /// At an internet gateway.
    Gateway(Id),
    /// Out in the internet.
    Internet,
    /// In the laptop.
    Laptop,
}

impl Spot {
    /// The id of what stands there; `internet` and `laptop` for those.
    pub fn id(&self) -> &str {
        match self {
            Spot::Instance(id)
            | Spot::Interface(id)
            | Spot::Subnet(id)
            | Spot::Router(id)
            | Spot::Gateway(id) => id.as_str(),
            Spot::Internet => "internet",
            Spot::Laptop => LAPTOP,
        }
    }
}

/// A step and where on the map it happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hop {
    /// Who decided what, and why.
    pub step: Step,
    /// Where the packet is meanwhile.
    pub spot: Spot,
}

/// The way there, or the way back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Way {
    /// Did the packet get where it was to go?
    pub delivered: bool,
    /// The id of the component where the way ended.
    pub at: String,
    /// The code of the reason, where it was not delivered.
    pub code: Option<Code>,
    /// What it passed, in order.
    pub hops: Vec<Hop>,
}

impl Way {
    pub(crate) fn new(hops: Vec<Hop>, delivered: bool) -> Self {
        let last = hops.last();
        Way {
            delivered,
            at: last.map_or_else(String::new, |hop| hop.step.component.id.clone()),
            code: last.and_then(|hop| hop.step.code),
            hops,
        }
    }

    /// The step that stopped it.
    pub fn stop(&self) -> Option<&Step> {
        let last = &self.hops.last()?.step;
        (last.verdict == Verdict::Stop).then_some(last)
    }

    /// What this component decided on this way: the same hop on the way back, for a page that
    /// shows both.
    pub fn step_of(&self, component: &str) -> Option<&Step> {
        let mut steps = self.hops.iter().map(|hop| &hop.step);
        steps.find(|step| step.component.id == component)
    }
}

/// A station of the path that a page shows the packet move along.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Point {
    /// Where.
    pub spot: Spot,
    /// On the way back?
    pub back: bool,
    /// The place among the way's hops of the first step here.
    pub hop: usize,
}

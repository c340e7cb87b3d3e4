//! States that turn into others by themselves, as time passes.

use super::Ec2;
use crate::elbv2;
use crate::id::Id;
use crate::table::{Resource, Table};
use crate::time::Time;

/// The state of a resource that takes time. Each kind of resource has its own word for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum State {
    /// The other side has to say yes.
    AwaitsAcceptance,
    /// It is being made.
    Pending,
    /// It works (`available`, `active`).
    Available,
    /// It is being changed; what it did before it still does.
    Modifying,
    /// It could not be made.
    Failed,
    /// The other side said no.
    Rejected,
    /// The other side never answered.
    Expired,
    /// It is going.
    Deleting,
    /// It is gone, and shown for a while.
    Deleted,
}

/// A state, and what comes next by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Phase {
    /// The state now.
    pub state: State,
    /// When it ends, and in which state; `None` there when the resource is then shown no more.
    pub next: Option<(Time, Option<State>)>,
}

impl Phase {
    /// A state that lasts.
    pub const fn lasting(state: State) -> Self {
        Phase { state, next: None }
    }

    /// A state that ends at `until` in another one.
    pub const fn until(state: State, until: Time, then: State) -> Self {
        Phase {
            state,
            next: Some((until, Some(then))),
        }
    }

    /// Does it work? What is being changed goes on working.
    pub const fn works(self) -> bool {
        matches!(self.state, State::Available | State::Modifying)
    }

    /// Is it neither gone nor going, nor refused?
    pub const fn is_alive(self) -> bool {
        matches!(
            self.state,
            State::AwaitsAcceptance | State::Pending | State::Available | State::Modifying
        )
    }

    /// Does it change by `now`?
    fn is_due(self, now: Time) -> bool {
        self.next.is_some_and(|(at, _)| at <= now)
    }

    /// When something happens by itself that the driver does not wait for in vain: the end of a
    /// state that only waits for time, except how long what is gone is still shown.
    pub fn ready_at(self) -> Option<Time> {
        match self.next {
            Some((at, Some(_))) if self.state != State::AwaitsAcceptance => Some(at),
            _ => None,
        }
    }
}

/// A resource with a [`Phase`].
pub(crate) trait Phased: Resource {
    /// Its phases: most have one.
    fn phases(&mut self) -> impl Iterator<Item = &mut Phase>;
    /// The same, to look at.
    fn phases_now(&self) -> impl Iterator<Item = Phase>;
}

/// Implements [`Phased`] for a resource with these fields.
macro_rules! phased {
    ($type:ty, $($field:ident),+) => {
        impl $crate::ec2::phase::Phased for $type {
            fn phases(&mut self) -> impl Iterator<Item = &mut $crate::ec2::phase::Phase> {
                [$(&mut self.$field),+].into_iter()
            }
            fn phases_now(&self) -> impl Iterator<Item = $crate::ec2::phase::Phase> {
                [$(self.$field),+].into_iter()
            }
        }
    };
}
pub(crate) use phased;

/// When the next of them changes by itself, as far as anybody waits for it.
fn next<T: Phased>(table: &Table<T>) -> Option<Time> {
    let all = table.iter().flat_map(|it| it.phases_now());
    all.filter_map(Phase::ready_at).min()
}

fn is_due<T: Phased>(table: &Table<T>, now: Time) -> bool {
    let mut all = table.iter().flat_map(|it| it.phases_now());
    all.any(|phase| phase.is_due(now))
}

/// Lets everything happen that waited for time: what changed, and what is shown no more.
fn settle<T: Phased>(table: &mut Table<T>, now: Time) {
    let waiting: Vec<Id> = (table.iter())
        .filter(|it| it.phases_now().any(|phase| phase.is_due(now)))
        .map(|it| it.id().clone())
        .collect();
    for id in waiting {
        let mut gone = false;
        if let Some(one) = table.get_mut(id.as_str()) {
            for (place, phase) in one.phases().enumerate() {
                match phase.next {
                    Some((at, Some(state))) if at <= now => {
                        // What is gone is shown for an hour.
                        let next = matches!(
                            state,
                            State::Deleted | State::Rejected | State::Expired | State::Failed
                        )
                        .then(|| (at.after(SHOWN_SECONDS), None));
                        *phase = Phase { state, next };
                    }
                    // Only its first phase is its own; of an attachment that is gone the rest stays.
                    Some((at, None)) if at <= now => {
                        phase.next = None;
                        gone |= place == 0;
                    }
                    _ => {}
                }
            }
        }
        if gone {
            table.remove(id.as_str());
        }
    }
}

/// How long what is gone is still shown, in seconds: about an hour.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html>
const SHOWN_SECONDS: u64 = 3_600;

/// When the next resource of a Region changes by itself, as far as anybody waits for it.
pub(crate) fn next_change(ec2: &Ec2) -> Option<Time> {
    [
        next(&ec2.nat_gateways),
        next(&ec2.prefix_lists),
        next(&ec2.peerings),
        next(&ec2.endpoints),
        next(&ec2.endpoint_services),
        next(&ec2.transit_gateways),
        next(&ec2.transit_attachments),
        next(&ec2.transit_route_tables),
        next(&ec2.vpn_gateways),
        next(&ec2.customer_gateways),
        next(&ec2.vpn_connections),
        next(&ec2.exclusions),
        next(&ec2.elbv2.balancers),
        elbv2::next_drained(ec2),
        next(&ec2.direct_connect.connections),
        next(&ec2.direct_connect.interfaces),
        next(&ec2.direct_connect.gateways),
    ]
    .into_iter()
    .flatten()
    .min()
}

/// Does anything of a Region change by `now`?
pub(crate) fn waits(ec2: &Ec2, now: Time) -> bool {
    [
        is_due(&ec2.nat_gateways, now),
        is_due(&ec2.prefix_lists, now),
        is_due(&ec2.peerings, now),
        is_due(&ec2.endpoints, now),
        is_due(&ec2.endpoint_services, now),
        is_due(&ec2.transit_gateways, now),
        is_due(&ec2.transit_attachments, now),
        is_due(&ec2.transit_route_tables, now),
        is_due(&ec2.vpn_gateways, now),
        is_due(&ec2.customer_gateways, now),
        is_due(&ec2.vpn_connections, now),
        is_due(&ec2.exclusions, now),
        is_due(&ec2.elbv2.balancers, now),
        elbv2::next_drained(ec2).is_some_and(|at| at <= now),
        is_due(&ec2.direct_connect.connections, now),
        is_due(&ec2.direct_connect.interfaces, now),
        is_due(&ec2.direct_connect.gateways, now),
    ]
    .contains(&true)
}

/// Lets everything of a Region happen that waited for time.
pub(crate) fn settle_all(ec2: &mut Ec2, now: Time) {
    settle(&mut ec2.nat_gateways, now);
    super::nat_gateway::clear(ec2);
    settle(&mut ec2.prefix_lists, now);
    settle(&mut ec2.peerings, now);
    settle(&mut ec2.endpoints, now);
    super::endpoint::clear(ec2);
    settle(&mut ec2.endpoint_services, now);
    settle(&mut ec2.transit_gateways, now);
    settle(&mut ec2.transit_attachments, now);
    settle(&mut ec2.transit_route_tables, now);
    settle(&mut ec2.vpn_gateways, now);
    settle(&mut ec2.customer_gateways, now);
    settle(&mut ec2.vpn_connections, now);
    settle(&mut ec2.exclusions, now);
    settle(&mut ec2.elbv2.balancers, now);
    elbv2::clear(ec2);
    elbv2::drain(ec2, now);
    settle(&mut ec2.direct_connect.connections, now);
    settle(&mut ec2.direct_connect.interfaces, now);
    settle(&mut ec2.direct_connect.gateways, now);
}

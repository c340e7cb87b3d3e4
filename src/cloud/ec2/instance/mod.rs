//! Instances: launch, boot, stop, start, terminate.

mod attribute;
mod describe;
mod lifecycle;
mod run;

pub(crate) use attribute::{describe_attribute, modify_attribute};
pub(super) use describe::FILTERS;
pub(crate) use describe::{console_output, describe, describe_status};
pub(crate) use lifecycle::{reboot, start, stop, terminate};
pub(crate) use run::run;

use crate::ec2::{Ec2, image, network_interface};
use crate::fault::Fault;
use crate::id::{Born, Id};
use crate::table::{Tags, resource};
use crate::time::Time;

/// How long a launch or a start takes, in seconds.
const BOOT_SECONDS: u64 = 20;
/// How long a stop or a termination takes, in seconds.
const HALT_SECONDS: u64 = 30;
/// How long a terminated instance is still shown, in seconds: about an hour, says AWS.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html>
const SHOWN_SECONDS: u64 = 3_600;
/// The most bytes of user data before base64.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html>
const LONGEST_USER_DATA: usize = 16_384;

/// How many vCPUs may run at once: what AWS gives an account that asked for no more.
/// <https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html>
const MOST_VCPUS: i64 = 32;

/// An instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Instance {
    /// `i-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The image it was launched from.
    pub image: String,
    /// Its type, e.g. `t3.micro`.
    pub kind: String,
    /// The state it is in.
    pub state: State,
    /// The key pair that may sign in.
    pub key_name: Option<String>,
    /// When it was launched or started last.
    pub launched: Time,
    /// The subnet of its primary interface.
    pub subnet: Id,
    /// The VPC of that subnet.
    pub vpc: Id,
    /// What it was given to run at its first boot.
    pub user_data: Option<String>,
    /// Its place in the reservation.
    pub launch_index: i64,
    /// The launch it belongs to.
    pub reservation: Id,
    /// Does it get a public address by itself whenever it starts?
    pub auto_public: bool,
    /// May it not be terminated?
    pub protected: bool,
    /// Why it stopped or was terminated, as `StateTransitionReason` says it.
    pub reason: String,
    volume: Id,
    token: String,
    script: Script,
}

/// How far the script of the first boot is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Script {
    /// It waits for the first boot.
    Waiting,
    /// The machine is up and the driver is to run it.
    Due,
    /// It ran, or there is none.
    Done,
}

/// The state of an instance.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// It boots.
    Pending {
        /// When it runs.
        until: Time,
    },
    /// It runs.
    Running,
    /// It shuts down to be started again.
    Stopping {
        /// When it is stopped.
        until: Time,
    },
    /// It is off.
    Stopped,
    /// It shuts down for good.
    ShuttingDown {
        /// When it is terminated.
        until: Time,
    },
    /// It is gone, and shown for a while.
    Terminated {
        /// Since when.
        since: Time,
    },
}

impl State {
    /// The code and name that EC2 shows.
    pub fn code(self) -> (i64, &'static str) {
        match self {
            State::Pending { .. } => (0, "pending"),
            State::Running => (16, "running"),
            State::ShuttingDown { .. } => (32, "shutting-down"),
            State::Terminated { .. } => (48, "terminated"),
            State::Stopping { .. } => (64, "stopping"),
            State::Stopped => (80, "stopped"),
        }
    }

    /// Is it neither terminated nor on the way to it?
    pub fn is_alive(self) -> bool {
        !matches!(self, State::ShuttingDown { .. } | State::Terminated { .. })
    }

    /// When a state that only waits for time is over.
    pub fn ready_at(self) -> Option<Time> {
        match self {
            State::Pending { until }
            | State::Stopping { until }
            | State::ShuttingDown { until } => Some(until),
            State::Running | State::Stopped | State::Terminated { .. } => None,
        }
    }
}

resource!(Instance, "instance", "i", "instance", "InvalidInstanceID");

impl Instance {
    /// The user data that the driver is to run now.
    pub(crate) fn due_script(&self) -> Option<&str> {
        match self.script {
            Script::Due => self.user_data.as_deref(),
            Script::Waiting | Script::Done => None,
        }
    }

    pub(crate) fn boot_script_done(&mut self) {
        self.script = Script::Done;
    }

    /// Does anything happen to it by `now`?
    pub(crate) fn waits(&self, now: Time) -> bool {
        match self.state {
            State::Terminated { since } => since.after(SHOWN_SECONDS) <= now,
            state => state.ready_at().is_some_and(|at| at <= now),
        }
    }
}

/// May so many more vCPUs run?
fn check_vcpus(ec2: &Ec2, more: i64) -> Result<(), Fault> {
    let running: i64 = ec2
        .instances
        .iter()
        .filter(|it| matches!(it.state, State::Pending { .. } | State::Running))
        .filter_map(|it| image::instance_type(&it.kind))
        .map(|kind| kind.vcpus)
        .sum();
    if running.saturating_add(more) > MOST_VCPUS {
        return Err(Fault::new(
            "VcpuLimitExceeded",
            format!(
                "You have requested more vCPU capacity than your current vCPU limit of \
                 {MOST_VCPUS} allows for the instance bucket that the specified instance type \
                 belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request \
                 an adjustment to this limit."
            ),
        ));
    }
    Ok(())
}

/// Lets everything happen to the instances that waited for time: who booted, who is gone.
pub(crate) fn settle(ec2: &mut Ec2, now: Time, booted: &mut Vec<Id>, gone: &mut Vec<Id>) {
    let waiting: Vec<Id> = ec2
        .instances
        .by_birth()
        .into_iter()
        .filter(|it| it.waits(now))
        .map(|it| it.id.clone())
        .collect();
    for id in waiting {
        let Some(one) = ec2.instances.get_mut(id.as_str()) else {
            continue;
        };
        match one.state {
            State::Pending { .. } => {
                one.state = State::Running;
                if one.script == Script::Waiting {
                    one.script = Script::Due;
                }
                booted.push(id);
            }
            State::Stopping { .. } => one.state = State::Stopped,
            State::ShuttingDown { until } => {
                one.state = State::Terminated { since: until };
                let interfaces: Vec<(Id, bool)> = ec2
                    .interfaces_of(&id)
                    .iter()
                    .map(|it| {
                        let goes = it
                            .attachment
                            .as_ref()
                            .is_some_and(|it| it.delete_on_termination);
                        (it.id.clone(), goes)
                    })
                    .collect();
                for (interface, goes) in interfaces {
                    if goes {
                        network_interface::remove(ec2, &interface);
                    } else if let Some(it) = ec2.network_interfaces.get_mut(interface.as_str()) {
                        it.attachment = None;
                    }
                }
                gone.push(id);
            }
            State::Terminated { .. } => {
                ec2.instances.remove(id.as_str());
            }
            State::Running | State::Stopped => {}
        }
    }
}

//! Carrying lines out, and what AWS and the machines do by themselves.

use hopwise_cloud::{
    Act, Answer, Cloud, Due, Fault, Id, LAPTOP, LAPTOP_ADDRESS, Minted, Value, Via, api,
};
use hopwise_shell::{Host, Session, Terminal};
use std::net::IpAddr;

/// Nothing that is due takes more rounds than this: a world that never settles is a bug, and
/// must not hang the tab.
const MOST_ROUNDS: usize = 10_000;

/// An act that was done: what stands in the log, and how a person would have typed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The act.
    pub act: Act,
    /// The ids it made.
    pub minted: Vec<Minted>,
    /// The `aws` command it is, for a call.
    pub command: Option<String>,
}

/// The world behind a terminal while a line runs.
pub(crate) struct Driver<'a> {
    pub(crate) cloud: &'a mut Cloud,
    pub(crate) done: Vec<Done>,
    /// Does time pass only when somebody says so?
    pub(crate) manual_clock: bool,
}

impl Driver<'_> {
    /// Does an act and notes it if it belongs into the log. The answer shows AWS's first state;
    /// then everything settles at once, so that a replay, which knows acts and no commands,
    /// comes to the same state.
    pub(crate) fn note(&mut self, act: Act) -> Result<Answer, Fault> {
        let answer = self.cloud.apply(&act)?;
        if answer.logged {
            let command = match &act {
                Act::Call(call) => Some(api::line(
                    &call.service,
                    &call.operation,
                    &Value::Map(call.params.clone()),
                )),
                _ => None,
            };
            self.done.push(Done {
                act,
                minted: answer.minted.clone(),
                command,
            });
            settle(self.cloud, self.manual_clock);
        }
        Ok(answer)
    }
}

impl Host for Driver<'_> {
    fn cloud(&self) -> &Cloud {
        self.cloud
    }

    fn apply(&mut self, act: Act) -> Result<Answer, Fault> {
        self.note(act)
    }

    fn settle(&mut self) {
        settle(self.cloud, self.manual_clock);
    }

    fn via(&self, machine: &str) -> Via {
        via(machine)
    }
}

/// How a call leaves a machine: the laptop has one public address; an instance's calls are told
/// by the network, which knows of no instance role yet.
pub(crate) fn via(machine: &str) -> Via {
    let source: IpAddr = LAPTOP_ADDRESS.into();
    Via {
        source: (machine == LAPTOP).then_some(source),
    }
}

/// Finishes what is due: boot scripts, and what only waits for time (unless the clock is manual).
pub(crate) fn settle(cloud: &mut Cloud, manual_clock: bool) {
    for _ in 0..MOST_ROUNDS {
        let due = cloud
            .due()
            .into_iter()
            .find(|due| !manual_clock || due.boot().is_some());
        let Some(due) = due else {
            return;
        };
        let inside = carry_out(cloud, &due);
        let act = Act::Finish { due, inside };
        if cloud.apply(&act).is_err() {
            return;
        }
    }
}

/// What the due thing does inside the machine it concerns.
fn carry_out(cloud: &Cloud, due: &Due) -> Vec<hopwise_machine::Act> {
    let Some((instance, script)) = due.boot() else {
        return Vec::new();
    };
    let mut boot = Boot {
        cloud: cloud.clone(),
        instance,
        acts: Vec::new(),
    };
    let mut session = Session::new(instance.as_str(), "root", "/root");
    if let Some(frame) = session.frames.last_mut() {
        frame.folder = "/".to_owned();
    }
    let output = hopwise_shell::run(script, &mut session, &mut boot, &Terminal::default());
    let log: String = output
        .pieces
        .iter()
        .map(|(_, text)| text.as_str())
        .collect();
    // A disk that is full loses the log and nothing else.
    let _ = boot.apply(Act::Machine {
        machine: instance.clone(),
        act: hopwise_machine::Act::Write {
            user: "root".to_owned(),
            path: "/var/log/cloud-init-output.log".to_owned(),
            bytes: log.into_bytes(),
            mode: None,
        },
    });
    boot.acts
}

/// The world as a boot script sees it: a copy, of which only what it does inside its own machine
/// is kept.
struct Boot<'a> {
    cloud: Cloud,
    instance: &'a Id,
    acts: Vec<hopwise_machine::Act>,
}

impl Host for Boot<'_> {
    fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    fn apply(&mut self, act: Act) -> Result<Answer, Fault> {
        match &act {
            Act::Machine {
                machine,
                act: inside,
            } if machine == self.instance => {
                let answer = self.cloud.apply(&act)?;
                self.acts.push(inside.clone());
                Ok(answer)
            }
            Act::Pass { .. } => Ok(Answer::default()),
            // Instances have no role of their own yet, so nothing signs a call.
            _ => Err(Fault::new(
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
            )),
        }
    }

    fn settle(&mut self) {}

    fn via(&self, machine: &str) -> Via {
        via(machine)
    }
}

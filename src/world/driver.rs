//! Carrying lines out, and what AWS and the machines do by themselves.

use hopwise_cloud::{
    Act, Cloud, Credentials, Due, Id, LAPTOP, LAPTOP_ADDRESS, Minted, Time, Value, Via, api,
};
use hopwise_machine::{Machine, MachineError};
use hopwise_shell::{AwsCall, Fault, Host, Session, Terminal};
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
    /// Does an act and notes it if it belongs into the log.
    pub(crate) fn apply(&mut self, act: Act) -> Result<Value, hopwise_cloud::Fault> {
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
                minted: answer.minted,
                command,
            });
        }
        Ok(answer.value)
    }
}

impl Host for Driver<'_> {
    fn cloud(&self) -> &Cloud {
        self.cloud
    }

    fn machine(&self, id: &str) -> Option<&Machine> {
        self.cloud.machine(id)
    }

    fn change(&mut self, machine: &str, act: hopwise_machine::Act) -> Result<(), MachineError> {
        // The door's fault is a text; the shell wants the machine's own error, so it is asked first.
        if let Some(inside) = self.cloud.machine(machine) {
            inside.clone().apply(&act)?;
        }
        let act = Act::Machine {
            machine: Id::new(machine),
            act,
        };
        // A machine that is gone is found out by the session before its next command.
        let _ = self.apply(act);
        Ok(())
    }

    fn call(&mut self, call: AwsCall) -> Result<Value, Fault> {
        let source: IpAddr = LAPTOP_ADDRESS.into();
        let credentials = call.credentials.map(|it| Credentials {
            access_key_id: it.access_key,
            secret_access_key: it.secret_key,
        });
        let Value::Map(params) = call.params else {
            return Err(Fault {
                code: "ValidationError".to_owned(),
                message: "The parameters of a call are a structure.".to_owned(),
            });
        };
        let act = Act::Call(hopwise_cloud::Call {
            credentials: credentials.unwrap_or_default(),
            region: call.region,
            via: Via {
                source: (call.machine == LAPTOP).then_some(source),
            },
            service: call.service.to_owned(),
            operation: call.operation.to_owned(),
            params,
        });
        self.apply(act).map_err(|fault| Fault {
            code: fault.code,
            message: fault.message,
        })
    }

    fn settle(&mut self) {
        settle(self.cloud, self.manual_clock);
    }

    fn pass(&mut self, seconds: u64) {
        // Letting time pass is never refused.
        let _ = self.apply(Act::Pass { seconds });
    }

    fn now(&self) -> Time {
        self.cloud.now()
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
    let Some(machine) = cloud.machine(instance.as_str()) else {
        return Vec::new();
    };
    let mut boot = Boot {
        cloud,
        instance,
        machine: machine.clone(),
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
    let _ = boot.change(
        instance.as_str(),
        hopwise_machine::Act::Write {
            user: "root".to_owned(),
            path: "/var/log/cloud-init-output.log".to_owned(),
            bytes: log.into_bytes(),
            mode: None,
        },
    );
    boot.acts
}

/// The world as a boot script sees it: its own machine, and a network it may ask.
struct Boot<'a> {
    cloud: &'a Cloud,
    instance: &'a Id,
    machine: Machine,
    acts: Vec<hopwise_machine::Act>,
}

impl Host for Boot<'_> {
    fn cloud(&self) -> &Cloud {
        self.cloud
    }

    fn machine(&self, id: &str) -> Option<&Machine> {
        (id == self.instance.as_str()).then_some(&self.machine)
    }

    fn change(&mut self, _: &str, act: hopwise_machine::Act) -> Result<(), MachineError> {
        self.machine.apply(&act)?;
        self.acts.push(act);
        Ok(())
    }

    fn call(&mut self, _: AwsCall) -> Result<Value, Fault> {
        // Instances have no role of their own yet, so nothing signs a call.
        Err(Fault {
            code: "NoCredentials".to_owned(),
            message: "Unable to locate credentials. You can configure credentials by running \
                      \"aws login\"."
                .to_owned(),
        })
    }

    fn settle(&mut self) {}

    fn pass(&mut self, _: u64) {}

    fn now(&self) -> Time {
        self.cloud.now()
    }
}

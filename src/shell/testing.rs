//! A small world for tests: a laptop, and an AWS that answers as the test says.

use hopwise_cloud::{Time, Value};
use hopwise_machine::{Act, Machine, MachineError, Os};

use crate::host::{Call, Fault, Host};
use crate::{Output, Session, Terminal, run};

/// What the AWS of a test answers.
pub(crate) type Answer = fn(&Call) -> Result<Value, Fault>;

pub(crate) struct World {
    pub(crate) laptop: Machine,
    pub(crate) now: Time,
    pub(crate) answer: Answer,
    pub(crate) calls: Vec<Call>,
}

impl World {
    pub(crate) fn new() -> Self {
        World {
            laptop: Machine::new("laptop", Os::Laptop),
            now: Time(1_795_174_245),
            answer: |_| {
                Err(Fault {
                    code: "Nothing".to_owned(),
                    message: "This test has no AWS.".to_owned(),
                })
            },
            calls: Vec::new(),
        }
    }
}

impl Host for World {
    fn machine(&self, id: &str) -> Option<&Machine> {
        (id == "laptop").then_some(&self.laptop)
    }

    fn change(&mut self, _: &str, act: Act) -> Result<(), MachineError> {
        self.laptop.apply(&act)
    }

    fn call(&mut self, call: Call) -> Result<Value, Fault> {
        let answer = (self.answer)(&call);
        self.calls.push(call);
        answer
    }

    fn settle(&mut self) {}

    fn pass(&mut self, seconds: u64) {
        self.now = self.now.after(seconds);
    }

    fn now(&self) -> Time {
        self.now
    }
}

pub(crate) fn session() -> Session {
    Session::new("laptop", "student", "/home/student")
}

/// Runs lines one after the other in one session.
pub(crate) fn lines(world: &mut World, lines: &[&str]) -> Vec<Output> {
    let mut session = session();
    lines
        .iter()
        .map(|line| run(line, &mut session, world, &Terminal::default()))
        .collect()
}

/// What lines print, as one sees it: output, errors, and the last exit status where it isn't 0.
pub(crate) fn shown(script: &str) -> String {
    let mut world = World::new();
    let output = lines(&mut world, &[script]).pop().unwrap();
    let mut text: String = output.pieces.into_iter().map(|(_, text)| text).collect();
    if output.exit != 0 {
        text.push_str(&format!("[{}]\n", output.exit));
    }
    text
}

//! A small world for tests: a cloud that settles at once, or one that answers as the test says.

use hopwise_cloud::{
    ACCOUNT, Act, Answer, Call, Cloud, Credentials, Fault, Genesis, Id, LAPTOP, Value,
};

use crate::host::Host;
use crate::{Output, Session, Terminal, run};

/// What the AWS of a test answers.
pub(crate) type Reply = fn(&Call) -> Result<Value, Fault>;

pub(crate) struct World {
    pub(crate) cloud: Cloud,
    /// Answers in the cloud's place.
    pub(crate) reply: Option<Reply>,
    pub(crate) calls: Vec<Call>,
}

impl World {
    pub(crate) fn new() -> Self {
        World {
            cloud: Cloud::new(Genesis::default()),
            reply: None,
            calls: Vec::new(),
        }
    }

    /// The root user's access key.
    pub(crate) fn root(&self) -> Credentials {
        let key = &self.cloud.account(ACCOUNT).unwrap().iam.root_key;
        Credentials {
            access_key_id: key.id.clone(),
            secret_access_key: key.secret.clone(),
        }
    }

    pub(crate) fn write(&mut self, name: &str, text: &str) {
        let act = hopwise_machine::Act::Write {
            user: "student".to_owned(),
            path: format!("/home/student/{name}"),
            bytes: text.into(),
            mode: None,
        };
        let machine = Id::new(LAPTOP);
        self.cloud.apply(&Act::Machine { machine, act }).unwrap();
    }

    /// A terminal with the root user's key and a Region in its environment.
    pub(crate) fn signed_in(&self) -> Session {
        let mut session = session();
        let key = self.root();
        let frame = session.frames.last_mut().unwrap();
        frame.export("AWS_ACCESS_KEY_ID", key.access_key_id);
        frame.export("AWS_SECRET_ACCESS_KEY", key.secret_access_key);
        frame.export("AWS_DEFAULT_REGION", "us-east-1");
        session
    }
}

impl Host for World {
    fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    fn apply(&mut self, act: Act) -> Result<Answer, Fault> {
        if let Act::Call(call) = &act {
            self.calls.push(call.clone());
            if let Some(reply) = self.reply {
                return reply(call).map(|value| Answer {
                    value,
                    logged: true,
                    ..Answer::default()
                });
            }
        }
        self.cloud.apply(&act)
    }

    fn settle(&mut self) {
        for _ in 0..1_000 {
            let Some(due) = self.cloud.due().into_iter().next() else {
                return;
            };
            let inside = Vec::new();
            self.cloud.apply(&Act::Finish { due, inside }).unwrap();
        }
    }
}

pub(crate) fn session() -> Session {
    Session::new(LAPTOP, "student", "/home/student")
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

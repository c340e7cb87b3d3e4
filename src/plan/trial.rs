//! Trying requests on a copy of the cloud, one after the other.

use crate::desk::Desk;
use crate::intent::{Plan, Refusal};
use crate::waits::Waits;
use hopwise_cloud::field::Doc;
use hopwise_cloud::view::Node;
use hopwise_cloud::{Act, Call, Cloud, Map, Value, api};

/// Nothing that is due takes more rounds than this.
const MOST_ROUNDS: usize = 10_000;

/// A copy of the cloud on which a plan comes about.
pub(crate) struct Trial<'a> {
    desk: &'a Desk<'a>,
    cloud: Cloud,
    plan: Plan,
    waits: Waits,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(desk: &'a Desk<'a>, label: impl Into<String>) -> Self {
        Trial {
            desk,
            cloud: desk.cloud.clone(),
            plan: Plan {
                label: label.into(),
                acts: Vec::new(),
                commands: Vec::new(),
                made: Vec::new(),
                gone: Vec::new(),
                notes: Vec::new(),
            },
            waits: Waits::default(),
        }
    }

    /// The cloud as it would be now.
    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk {
            cloud: &self.cloud,
            ..*self.desk
        }
    }

    /// A call of EC2.
    pub(crate) fn ec2<S>(&mut self, operation: &str, request: Doc<S>) -> Result<Value, Refusal> {
        self.call("ec2", operation, request)
    }

    /// A call; what it answers.
    pub(crate) fn call<S>(
        &mut self,
        service: &str,
        operation: &str,
        request: Doc<S>,
    ) -> Result<Value, Refusal> {
        let params = match request.into_value() {
            Value::Map(map) => map,
            _ => Map::new(),
        };
        let command = api::line(service, operation, &Value::Map(params.clone()));
        let act = Act::Call(Call {
            credentials: self.desk.credentials.clone(),
            region: self.desk.region.to_owned(),
            via: self.desk.via,
            service: service.to_owned(),
            operation: operation.to_owned(),
            params,
        });
        let answer = self.cloud.apply(&act)?;
        if answer.logged {
            self.plan.commands.extend(self.waits.before(&act));
            self.plan.commands.push(command);
            self.plan.acts.push(act);
            self.settle();
        }
        Ok(answer.value)
    }

    /// What only waits for time happens, as it will when the plan is carried out. What a boot
    /// script would do inside its machine changes no answer of AWS.
    fn settle(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let manual = self.desk.manual_clock;
            let due = self.cloud.due().into_iter();
            let Some(due) = due.into_iter().find(|due| !manual || due.boot().is_some()) else {
                return;
            };
            let act = Act::Finish {
                due,
                inside: Vec::new(),
            };
            if self.cloud.apply(&act).is_err() {
                return;
            }
        }
    }

    pub(crate) fn made(&mut self, id: &str) {
        self.plan.made.push(id.to_owned());
    }

    pub(crate) fn gone(&mut self, node: Node) {
        self.plan.gone.push(node);
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.plan.notes.push(note.into());
    }

    /// Does something without its notes.
    pub(crate) fn silently<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.plan.notes.len();
        let done = act(self);
        self.plan.notes.truncate(before);
        done
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.plan.acts.is_empty()
    }

    /// The plan as it came about; a refusal where it comes to nothing.
    pub(crate) fn done(self) -> Result<Plan, Refusal> {
        if self.is_empty() {
            return Err(Refusal::own("That is so already."));
        }
        Ok(self.plan)
    }
}

/// The id that stands at `path` of an answer.
pub(crate) fn id_at(answer: &Value, path: &[&str]) -> String {
    path.iter()
        .try_fold(answer, |value, step| match step.parse::<usize>() {
            Ok(place) => value.as_list()?.get(place),
            Err(_) => value.get(step),
        })
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

//! The explanation type.

use crate::Message;
use hopwise_net::Packet;
use std::fmt;

/// What a step, a leg or a whole walk came to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// It lets the packet or the request through unchanged.
    Pass,
    /// It lets it through and changes it (address translation).
    Rewrite,
    /// It stops it.
    Stop,
    /// It was looked at and has no say here.
    NoImpact,
    /// It can't be told, and the sentence says why.
    Unknown,
}

/// A machine-readable reason: AWS's own code, e.g. `SUBNET_ACL_RESTRICTION` of Reachability
/// Analyzer or `EXPLICIT_DENY` of IAM.
/// <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The address of the public page that states the rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Page(pub &'static str);

/// A thing of the world that took part.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Component {
    /// What it is, in AWS's words with hyphens: `route-table`, `security-group`, `internet`.
    pub kind: &'static str,
    /// Its id; for things without one (`internet`, the laptop) a fixed word.
    pub id: String,
    /// Its `Name` tag or user name, where it has one.
    pub name: Option<String>,
}

impl Component {
    /// A component without a name.
    pub fn new(kind: &'static str, id: impl Into<String>) -> Self {
        Component {
            kind,
            id: id.into(),
            name: None,
        }
    }

    /// The same with its name.
    #[must_use]
    pub fn named(mut self, name: Option<String>) -> Self {
        self.name = name;
        self
    }

    /// The name if it has one, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Where a rule stands within its component.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// A rule number (network ACL).
    Number(u32),
    /// A rule id, e.g. `sgr-0…`.
    Id(String),
    /// A destination (route table).
    Destination(String),
    /// A statement of a policy document, counted from 0, at a line and column counted from 1.
    Statement {
        /// Which policy.
        policy: String,
        /// Which statement of it.
        index: usize,
        /// Its `Sid`, where it has one.
        sid: Option<String>,
        /// Line of its first character.
        line: u32,
        /// Column of its first character.
        column: u32,
    },
}

/// A rule that decided, or that nearly did.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Rule {
    /// Where it stands.
    pub place: Place,
    /// The rule as AWS writes it, e.g. `100 allow tcp 80 0.0.0.0/0`: the same in every language.
    pub text: String,
}

/// A rule that was tried and did not match.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Miss {
    /// The rule.
    pub rule: Rule,
    /// Why it does not apply.
    pub why: Message,
    /// Is it the one that came closest?
    pub nearest: bool,
}

/// What a step changed in the packet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Change {
    /// The header as it came in.
    pub before: Packet,
    /// The header as it goes out.
    pub after: Packet,
}

/// One step of a walk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Step {
    /// Who decided.
    pub component: Component,
    /// What it decided.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub sentence: Message,
    /// AWS's code where the verdict is negative.
    pub code: Option<Code>,
    /// The rule that decided.
    pub rule: Option<Rule>,
    /// The rules that were tried and did not decide.
    pub tried: Vec<Miss>,
    /// The packet before and after; equal where nothing changed. `None` for an access step.
    pub change: Option<Change>,
    /// The page that states the rule.
    pub page: Option<Page>,
}

impl Step {
    /// A step that only says who, what and why.
    pub fn new(component: Component, verdict: Verdict, sentence: Message) -> Self {
        Step {
            component,
            verdict,
            sentence,
            code: None,
            rule: None,
            tried: Vec::new(),
            change: None,
            page: None,
        }
    }
}

/// A stretch of a walk: the way there, the way back, a layer of policies.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Leg {
    /// What this stretch is.
    pub title: Message,
    /// What it came to.
    pub verdict: Verdict,
    /// Its steps in order.
    pub steps: Vec<Step>,
}

/// The answer to a question, with everything that led to it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Explanation {
    /// What was asked.
    pub question: Message,
    /// The answer in one sentence.
    pub answer: Message,
    /// The answer in one word.
    pub verdict: Verdict,
    /// How it came about.
    pub legs: Vec<Leg>,
}

impl Explanation {
    /// The step that stopped it, if one did: the first of the first leg that failed.
    pub fn stopped_at(&self) -> Option<&Step> {
        self.legs
            .iter()
            .flat_map(|leg| &leg.steps)
            .find(|step| step.verdict == Verdict::Stop)
    }
}

//! Asking a world whether a check holds, and why not.

use crate::access;
use crate::check::{Check, Predicate};
use crate::resources;
use crate::sentence::Hole;
use crate::traffic;
use hopwise_cloud::Cloud;
use hopwise_explain::Explanation;
use std::collections::BTreeMap;

/// What is asked: a cloud, and what the lesson's names stand for.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The cloud.
    pub cloud: &'a Cloud,
    /// The Region in which kinds are looked for.
    pub region: &'a str,
    /// What `$names` stand for.
    pub names: &'a BTreeMap<String, String>,
}

/// Why a check can't be asked at all: a mistake of the lesson, not of the student.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unanswerable(pub String);

/// The answer to a check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Does it hold?
    pub holds: bool,
    /// The check's sentence with its holes filled, while it doesn't hold.
    pub sentence: String,
    /// What the holes are filled with.
    pub values: BTreeMap<Hole, String>,
    /// How the network or the policies came to it, for `reach`, `connects`, `allow` and `deny`.
    pub explanation: Option<Explanation>,
}

/// What a predicate found out.
pub(crate) struct Finding {
    pub(crate) holds: bool,
    pub(crate) values: BTreeMap<Hole, String>,
    pub(crate) explanation: Option<Explanation>,
}

impl<'a> Scene<'a> {
    /// The id a name stands for.
    pub(crate) fn id(&self, name: &str) -> Result<&'a str, Unanswerable> {
        self.names
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| Unanswerable(format!("`${name}` stands for nothing")))
    }

    /// A value as a check writes it: itself, or what a `$name` stands for.
    pub(crate) fn value(&self, text: &str) -> Result<String, Unanswerable> {
        match text.strip_prefix('$') {
            Some(name) => self.id(name).map(str::to_owned),
            None => Ok(text.to_owned()),
        }
    }
}

/// Asks a check.
///
/// # Errors
/// The check asks for what this world can't tell: a name that stands for nothing, a kind that
/// this version lacks.
pub fn evaluate(check: &Check, scene: &Scene<'_>) -> Result<Verdict, Unanswerable> {
    let finding = match &check.predicate {
        Predicate::Reach(query) => traffic::reach(scene, query)?,
        Predicate::NotReach(query) => traffic::not_reach(scene, query)?,
        Predicate::Connects(query) => traffic::connects(scene, query)?,
        Predicate::Allow(access) => access::may(scene, access, true)?,
        Predicate::Deny(access) => access::may(scene, access, false)?,
        Predicate::Exists(filter) => Finding {
            holds: resources::count(scene, filter)? > 0,
            values: BTreeMap::new(),
            explanation: None,
        },
        Predicate::Count(filter, comparison, number) => {
            let count = resources::count(scene, filter)?;
            Finding {
                holds: comparison.holds(count, *number as usize),
                values: BTreeMap::from([(Hole::Count, count.to_string())]),
                explanation: None,
            }
        }
        Predicate::Routes(of, destination, target) => {
            let found = resources::routes(scene, of, *destination, target)?;
            Finding {
                holds: found.holds,
                values: found.values,
                explanation: None,
            }
        }
    };
    let sentence = if finding.holds {
        String::new()
    } else {
        check
            .sentence
            .fill(&finding.values)
            .map_err(|hole| Unanswerable(format!("nothing fills `{{{}}}`", hole.name())))?
    };
    Ok(Verdict {
        holds: finding.holds,
        sentence,
        values: finding.values,
        explanation: finding.explanation,
    })
}

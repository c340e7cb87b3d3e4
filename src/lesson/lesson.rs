//! A lesson: front matter, story, steps, mistakes, questions.

use crate::check::Check;
use crate::command::Command;
use crate::diagnostic::{Notes, Position};
use crate::front::Front;
use crate::prose::{Block, Inline};
use crate::quiz::Question;
use crate::sentence::Hole;
use crate::text::nearest;
use std::collections::BTreeSet;

/// A lesson.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lesson {
    /// What its front matter says.
    pub front: Front,
    /// The story before the first step.
    pub intro: Vec<Block>,
    /// The lesson whose end this one begins with, and where it says so.
    pub continues: Option<(String, Position)>,
    /// What is there before the student comes.
    pub setup: Vec<Command>,
    /// What must hold at the start, always, and at the end.
    pub keeps: Vec<Check>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// The classic mistakes.
    pub wrongs: Vec<Wrong>,
    /// What is said after the last step.
    pub closing: Vec<Block>,
    /// The questions at the end.
    pub quiz: Vec<Question>,
}

/// A step.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Step {
    /// Its id within the lesson.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many points it gives.
    pub points: u32,
    /// The steps that must pass before it.
    pub needs: Vec<String>,
    /// What is said.
    pub prose: Vec<Block>,
    /// What must hold for it to pass.
    pub checks: Vec<Check>,
    /// Hints, from the faintest to the plainest.
    pub hints: Vec<Vec<Inline>>,
    /// One way to do it.
    pub solution: Vec<Command>,
    /// Where it begins.
    pub position: Position,
}

/// A classic mistake: done in place of a step's solution, it fails one check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// The step it stands in for.
    pub step: String,
    /// Its name.
    pub name: String,
    /// What is done.
    pub commands: Vec<Command>,
    /// The one check of the step, or the keep, that fails.
    pub check: String,
    /// What the failing sentence must say.
    pub expects: Vec<Expectation>,
    /// Where it stands.
    pub position: Position,
}

/// What a mistake must earn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expectation {
    /// The filled sentence holds these words.
    Says(String),
    /// The hole is filled with just this; a `$name` stands for its id.
    Is(Hole, String),
}

/// The names a sandbox gives: images by what they hold.
pub(crate) const GIVEN: &[&str] = &["al2023", "db_image", "ubuntu", "web_image"];

impl Lesson {
    /// The step of that id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The points of all steps together.
    pub fn points(&self) -> u32 {
        self.steps.iter().map(|step| step.points).sum()
    }

    /// All commands of the model solution, in order.
    pub fn solution(&self) -> impl Iterator<Item = &Command> {
        self.steps.iter().flat_map(|step| &step.solution)
    }

    /// The names that the set-up leaves to the student, `known` being there before it.
    pub fn names_after_setup(&self, known: &BTreeSet<String>) -> BTreeSet<String> {
        let made = self.setup.iter().flat_map(Command::defines);
        let given = GIVEN.iter().copied();
        known
            .iter()
            .map(String::as_str)
            .chain(made)
            .chain(given)
            .map(str::to_owned)
            .collect()
    }

    /// Every `$name` that nobody made; `known` being those of the lesson this one continues.
    pub(crate) fn unknown_names(&self, known: &BTreeSet<String>, notes: &mut Notes) {
        let mut names = known.clone();
        names.extend(GIVEN.iter().map(|name| (*name).to_owned()));
        follow(&self.setup, &mut names, notes);
        let after_setup = names.clone();
        let all = self
            .keeps
            .iter()
            .chain(self.steps.iter().flat_map(|step| &step.checks));
        let later: BTreeSet<&str> = self.solution().flat_map(Command::defines).collect();
        for check in all {
            for name in check.predicate.names() {
                if after_setup.contains(name) {
                    continue;
                }
                let help = if later.contains(name) {
                    "a student may do it in another way, under other names: a check speaks only \
                     of what the set-up made, and of kinds"
                        .to_owned()
                } else {
                    unknown_help(name, &after_setup)
                };
                notes.error(
                    check.position,
                    format!(
                        "the check `{}` speaks of `${name}`, which the set-up doesn't make",
                        check.name
                    ),
                    help,
                );
            }
        }
        for step in &self.steps {
            for wrong in self.wrongs.iter().filter(|wrong| wrong.step == step.id) {
                follow(&wrong.commands, &mut names.clone(), notes);
            }
            follow(&step.solution, &mut names, notes);
        }
    }
}

fn unknown_help(name: &str, names: &BTreeSet<String>) -> String {
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `${near}`?"),
        None => "keep an id with `# => $name` at the end of the line that makes it".to_owned(),
    }
}

/// Follows commands in order, saying which `$names` have no value where they are used.
fn follow(commands: &[Command], names: &mut BTreeSet<String>, notes: &mut Notes) {
    for command in commands {
        let own = command.defines();
        for (name, at) in command.uses() {
            // Capitals are the environment's.
            let environment = !name.contains(|c: char| c.is_ascii_lowercase());
            let in_line = own.contains(&name) && command.keeps.as_deref() != Some(name);
            if !environment && !in_line && !names.contains(name) {
                notes.error(
                    at,
                    format!("`${name}` has no value here"),
                    unknown_help(name, names),
                );
            }
        }
        names.extend(own.into_iter().map(str::to_owned));
    }
}

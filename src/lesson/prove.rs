//! Proving a lesson: what an author must be able to rely on, tried on a world.

use crate::check::{Check, Predicate};
use crate::command::Command;
use crate::diagnostic::{Diagnostic, Position};
use crate::evaluate::{Scene, Unanswerable, Verdict, evaluate};
use crate::lesson::{Expectation, Lesson, Wrong};
use crate::pack::Pack;
use crate::prose::Inline;
use crate::resources;
use crate::run::{states, step_states};
use crate::stage::{Stage, failed, perform};
use hopwise_world::World;
use std::collections::BTreeSet;

/// Something a lesson must fulfil.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obligation {
    /// Its number, e.g. `P3`.
    pub id: &'static str,
    /// What it asks.
    pub title: &'static str,
    /// Was it fulfilled? Not if it couldn't be tried because an earlier one failed.
    pub holds: bool,
    /// Where it was not, and why.
    pub failures: Vec<Diagnostic>,
}

/// Every obligation there is, with its title.
pub const OBLIGATIONS: &[(&str, &str)] = &[
    ("P1", "names, kinds and lessons it speaks of are there"),
    ("P2", "the set-up runs without error"),
    ("P3", "at the start every check of every step fails"),
    (
        "P4",
        "at the start and after every line of the solution, what must be kept is kept",
    ),
    (
        "P5",
        "after each step's solution exactly the steps so far pass",
    ),
    ("P6", "no part of the solution passes the lesson"),
    ("P7", "no line of the solution can be left out"),
    (
        "P8",
        "every wrong answer fails exactly the check it names, with the sentence it names",
    ),
    (
        "P10",
        "hints don't give the solution away before the last one",
    ),
    ("P11", "undo and reset lead back to the start"),
];

/// Proves a lesson that was read without errors, as a part of `pack`.
pub fn prove(lesson: &Lesson, pack: &Pack) -> Vec<Obligation> {
    let mut proof = Proof {
        lesson,
        failures: Vec::new(),
        tried: vec!["P1", "P2", "P10"],
    };
    proof.names(pack);
    proof.hints();
    match Stage::set(lesson, pack) {
        Err(failure) => proof.fail("P2", failure),
        Ok(stage) => {
            // With checks that can't be asked nothing below means anything.
            if proof.askable(&stage) {
                proof.start(&stage);
                proof.solution(&stage);
                proof.leave_one_out(&stage);
                proof.wrongs(&stage);
                proof.undo(&stage);
                proof
                    .tried
                    .extend(["P3", "P4", "P5", "P6", "P7", "P8", "P11"]);
            }
        }
    }
    OBLIGATIONS
        .iter()
        .map(|(id, title)| {
            let failures: Vec<Diagnostic> = proof
                .failures
                .iter()
                .filter(|(of, _)| of == id)
                .map(|(_, failure)| failure.clone())
                .collect();
            Obligation {
                id,
                title,
                holds: failures.is_empty() && proof.tried.contains(id),
                failures,
            }
        })
        .collect()
}

/// What a student hears who makes one of the classic mistakes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Earned {
    /// The mistake's name.
    pub wrong: String,
    /// The check of its step, or the keep, that fails.
    pub check: String,
    /// The sentence, filled.
    pub sentence: String,
}

/// Makes each of a lesson's mistakes and listens, so that an author can read what students will.
/// Empty if the lesson's set-up fails.
pub fn earned(lesson: &Lesson, pack: &Pack) -> Vec<Earned> {
    let Ok(mut stage) = Stage::set(lesson, pack) else {
        return Vec::new();
    };
    let mut earned = Vec::new();
    for step in &lesson.steps {
        for wrong in lesson.wrongs.iter().filter(|wrong| wrong.step == step.id) {
            let mut stage = stage.clone();
            for command in &wrong.commands {
                // That a mistake's commands run is asked by P8.
                let _ = perform(&mut stage.world, World::TERMINAL, command);
            }
            for check in step.checks.iter().chain(&lesson.keeps) {
                if let Ok(verdict) = evaluate(check, &stage.scene())
                    && !verdict.holds
                {
                    earned.push(Earned {
                        wrong: wrong.name.clone(),
                        check: check.name.clone(),
                        sentence: verdict.sentence,
                    });
                }
            }
        }
        for command in &step.solution {
            let _ = perform(&mut stage.world, World::TERMINAL, command);
        }
    }
    earned
}

struct Proof<'a> {
    lesson: &'a Lesson,
    failures: Vec<(&'static str, Diagnostic)>,
    tried: Vec<&'static str>,
}

impl<'a> Proof<'a> {
    fn fail(&mut self, id: &'static str, failure: Diagnostic) {
        self.failures.push((id, failure));
    }

    fn error(&mut self, id: &'static str, at: Position, sentence: String, help: &str) {
        self.fail(id, Diagnostic::error(at, sentence, help));
    }

    fn checks(&self) -> impl Iterator<Item = &'a Check> + use<'a> {
        let lesson = self.lesson;
        let steps = lesson.steps.iter().flat_map(|step| &step.checks);
        lesson.keeps.iter().chain(steps)
    }

    /// P1
    fn names(&mut self, pack: &Pack) {
        for diagnostic in pack.check(self.lesson) {
            self.fail("P1", diagnostic);
        }
        for check in self.checks() {
            let kinds = match &check.predicate {
                Predicate::Exists(filter) | Predicate::Count(filter, ..) => vec![filter.kind],
                Predicate::Routes(of, _, target) => {
                    let of = match of {
                        crate::RoutesOf::Kind(kind) => Some(*kind),
                        crate::RoutesOf::Name(_) => None,
                    };
                    let target = match target {
                        crate::RouteTarget::Kind(kind) => Some(*kind),
                        crate::RouteTarget::Name(_) | crate::RouteTarget::Local => None,
                    };
                    of.into_iter().chain(target).collect()
                }
                Predicate::Reach(_)
                | Predicate::NotReach(_)
                | Predicate::Connects(_)
                | Predicate::Allow(_)
                | Predicate::Deny(_) => Vec::new(),
            };
            for kind in kinds.into_iter().filter(|kind| !resources::is_known(*kind)) {
                self.error(
                    "P1",
                    check.position,
                    format!("this version's cloud has no {}", kind.word()),
                    "leave the lesson out of the pack until it has",
                );
            }
        }
    }

    /// P10: the hints before the last one.
    fn hints(&mut self) {
        for step in &self.lesson.steps {
            let early = step.hints.len().saturating_sub(1);
            for (place, hint) in step.hints.iter().take(early).enumerate() {
                let said = squeeze(&plain(hint));
                let given = step
                    .solution
                    .iter()
                    .find(|command| said.contains(&squeeze(&command.text)));
                if let Some(command) = given {
                    self.error(
                        "P10",
                        step.position,
                        format!(
                            "hint {} of step `{}` is the solution already: `{}`",
                            place + 1,
                            step.id,
                            command.text
                        ),
                        "only the last hint may be the command itself",
                    );
                }
            }
        }
    }

    /// Can every check be asked? If not, P1 fails with what it says.
    fn askable(&mut self, stage: &Stage) -> bool {
        let before = self.failures.len();
        for check in self.checks() {
            if let Err(Unanswerable(why)) = evaluate(check, &stage.scene()) {
                self.error(
                    "P1",
                    check.position,
                    format!("the check `{}` can't be asked: {why}", check.name),
                    "",
                );
            }
        }
        before == self.failures.len()
    }

    fn ask(&mut self, check: &Check, scene: &Scene<'_>) -> Option<Verdict> {
        match evaluate(check, scene) {
            Ok(verdict) => Some(verdict),
            Err(Unanswerable(why)) => {
                self.error(
                    "P1",
                    check.position,
                    format!("the check `{}` can't be asked any more: {why}", check.name),
                    "",
                );
                None
            }
        }
    }

    /// P3
    fn start(&mut self, stage: &Stage) {
        for step in &self.lesson.steps {
            for check in &step.checks {
                if self
                    .ask(check, &stage.scene())
                    .is_some_and(|verdict| verdict.holds)
                {
                    self.error(
                        "P3",
                        check.position,
                        format!("the check `{}` holds at the start already", check.name),
                        "make the set-up lack it, or move it to `keep`",
                    );
                }
            }
        }
    }

    /// P4 at one moment.
    fn kept(&mut self, stage: &Stage, when: &str) {
        for keep in &self.lesson.keeps {
            if let Some(verdict) = self.ask(keep, &stage.scene())
                && !verdict.holds
            {
                self.error(
                    "P4",
                    keep.position,
                    format!("`{}` is not kept {when}: {}", keep.name, verdict.sentence),
                    "",
                );
            }
        }
    }

    /// P4, P5 and P6 along the solution.
    fn solution(&mut self, stage: &Stage) {
        let mut stage = stage.clone();
        self.kept(&stage, "at the start");
        let last = self.lesson.solution().count();
        let mut done = 0;
        let mut told = BTreeSet::new();
        for (place, step) in self.lesson.steps.iter().enumerate() {
            for command in &step.solution {
                if let Err(why) = perform(&mut stage.world, World::TERMINAL, command) {
                    self.fail("P5", failed(command, &why));
                    return;
                }
                done += 1;
                self.kept(&stage, &format!("after line {}", command.position.line));
                if done < last && passes(self.lesson, &stage) {
                    self.error(
                        "P6",
                        command.position,
                        "the lesson passes after this line, and the solution goes on".to_owned(),
                        "take the rest away, or add the check it is for",
                    );
                }
            }
            let states = step_states(self.lesson, &stage.scene());
            for (other, (state, checked)) in states.iter().zip(&self.lesson.steps).enumerate() {
                let should = other <= place;
                // A step that waits for another is told of once, at that other; and each once.
                let waits = should && !state.open;
                if state.passes == should || waits || told.contains(&state.id) {
                    continue;
                }
                told.insert(state.id.clone());
                let failing = state.checks.iter().find(|check| !check.holds);
                let sentence = match failing {
                    Some(check) => format!(
                        "after the solution of step `{}` the step `{}` doesn't pass: {}: {}",
                        step.id, state.id, check.name, check.sentence
                    ),
                    None => format!(
                        "after the solution of step `{}` the step `{}` passes already",
                        step.id, state.id
                    ),
                };
                self.error("P5", checked.position, sentence, "");
            }
        }
    }

    /// P7
    fn leave_one_out(&mut self, stage: &Stage) {
        let lines: Vec<&Command> = self.lesson.solution().collect();
        for left_out in &lines {
            let mut stage = stage.clone();
            for command in lines.iter().filter(|command| *command != left_out) {
                // What builds on the missing line may fail; that is the point.
                let _ = perform(&mut stage.world, World::TERMINAL, command);
            }
            if passes(self.lesson, &stage) {
                self.error(
                    "P7",
                    left_out.position,
                    format!("without `{}` the lesson passes as well", left_out.text),
                    "take the line away, or add the check it is for",
                );
            }
        }
    }

    /// P8
    fn wrongs(&mut self, stage: &Stage) {
        let mut stage = stage.clone();
        for step in &self.lesson.steps {
            for wrong in self
                .lesson
                .wrongs
                .iter()
                .filter(|wrong| wrong.step == step.id)
            {
                self.wrong(wrong, stage.clone());
            }
            for command in &step.solution {
                // That the solution runs is said under P5.
                let _ = perform(&mut stage.world, World::TERMINAL, command);
            }
        }
    }

    fn wrong(&mut self, wrong: &Wrong, mut stage: Stage) {
        for command in &wrong.commands {
            if let Err(why) = perform(&mut stage.world, World::TERMINAL, command) {
                self.fail("P8", failed(command, &why));
                return;
            }
        }
        let Some(step) = self.lesson.step(&wrong.step) else {
            return;
        };
        for check in step.checks.iter().chain(&self.lesson.keeps) {
            let Some(verdict) = self.ask(check, &stage.scene()) else {
                continue;
            };
            let named = check.name == wrong.check;
            if verdict.holds == named {
                let sentence = if named {
                    format!("`{}` doesn't fail the check `{}`", wrong.name, check.name)
                } else {
                    format!(
                        "`{}` fails the check `{}` as well: {}",
                        wrong.name, check.name, verdict.sentence
                    )
                };
                let help = "a wrong answer fails just the one check that it names";
                self.error("P8", wrong.position, sentence, help);
            }
            if !verdict.holds && named {
                self.expected(wrong, &verdict, &stage);
            }
        }
        if passes(self.lesson, &stage) {
            self.error(
                "P8",
                wrong.position,
                format!("`{}` passes the lesson", wrong.name),
                "then it isn't wrong",
            );
        }
    }

    fn expected(&mut self, wrong: &Wrong, verdict: &Verdict, stage: &Stage) {
        for expectation in &wrong.expects {
            let fault = match expectation {
                Expectation::Says(part) => (!verdict.sentence.contains(part))
                    .then(|| format!("the sentence is: {}", verdict.sentence)),
                Expectation::Is(hole, wanted) => {
                    let value = verdict.values.get(hole).map_or("nothing", String::as_str);
                    (!means(stage, value, wanted))
                        .then(|| format!("{{{}}} is {value}", hole.name()))
                }
            };
            if let Some(fault) = fault {
                self.error(
                    "P8",
                    wrong.position,
                    format!("`{}` fails for another reason: {fault}", wrong.name),
                    "",
                );
            }
        }
    }

    /// P11
    fn undo(&mut self, stage: &Stage) {
        let start = stage.world.state_hash();
        let mut world = stage.world.clone();
        for command in self.lesson.solution() {
            let _ = perform(&mut world, World::TERMINAL, command);
        }
        let mut reset = world.clone();
        reset.reset();
        while world.undo() {}
        for (world, how) in [(&world, "undo"), (&reset, "reset")] {
            if world.state_hash() != start {
                self.error(
                    "P11",
                    Position::START,
                    format!("after the solution, {how} doesn't lead back to the start"),
                    "this is a fault of Hopwise and not of the lesson; please report it",
                );
            }
        }
    }
}

/// Does the value say `wanted`, which may be a `$name` for an id shown by its name?
fn means(stage: &Stage, value: &str, wanted: &str) -> bool {
    let Some(name) = wanted.strip_prefix('$') else {
        return value == wanted;
    };
    // The solution may have kept names that the set-up doesn't know.
    let names = stage.world.names(World::TERMINAL);
    names.get(name).is_some_and(|id| {
        value == id
            || stage
                .world
                .cloud()
                .name_of(id)
                .is_some_and(|name| name == value)
    })
}

fn passes(lesson: &Lesson, stage: &Stage) -> bool {
    let scene = stage.scene();
    states(&lesson.keeps, &scene)
        .iter()
        .all(|check| check.holds)
        && step_states(lesson, &scene).iter().all(|step| step.passes)
}

/// The words of a hint.
fn plain(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) => text.clone(),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Link { text: inner, .. } => {
                plain(inner)
            }
            Inline::Break => " ".to_owned(),
        })
        .collect()
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

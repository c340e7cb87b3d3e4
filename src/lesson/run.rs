//! A lesson while a student works on it.

use crate::check::Check;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Scene, evaluate};
use crate::lesson::Lesson;
use crate::pack::Pack;
use crate::prose::Inline;
use crate::stage::Stage;
use hopwise_explain::Explanation;
use hopwise_world::World;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How a check stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckState {
    /// Its name.
    pub name: String,
    /// Does it hold?
    pub holds: bool,
    /// What to tell the student while it doesn't.
    pub sentence: String,
    /// The walk behind it.
    pub explanation: Option<Explanation>,
}

/// How a step stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepState {
    /// Its id.
    pub id: String,
    /// Have the steps it needs passed?
    pub open: bool,
    /// Is it done: open, and all its checks hold?
    pub passes: bool,
    /// Its checks.
    pub checks: Vec<CheckState>,
}

/// A check that the last act turned over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turned {
    /// The step it belongs to; `None` for what must be kept.
    pub step: Option<String>,
    /// Its name.
    pub check: String,
    /// Does it hold now?
    pub holds: bool,
    /// What to tell the student if it doesn't.
    pub sentence: String,
}

/// What asking for a hint gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hint {
    /// The next one.
    Shown(Vec<Inline>),
    /// There is another one after the student has tried something, that is, changed the world.
    TryFirst,
    /// All were shown.
    NoMore,
}

/// How an answer of the quiz was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grade {
    /// Just the right answers were chosen.
    pub right: bool,
}

#[derive(Clone, Debug, Default)]
struct Hints {
    shown: usize,
    /// Could the student work at the step before?
    opened: bool,
    /// How many attempts there had been when the step opened, or when one was shown since that
    /// was not free.
    at: u32,
}

/// A lesson that runs. The page keeps it beside the world and calls [`Run::look`] after every act.
#[derive(Clone, Debug)]
pub struct Run {
    lesson: Rc<Lesson>,
    names: BTreeMap<String, String>,
    region: String,
    keeps: Vec<CheckState>,
    steps: Vec<StepState>,
    hints: Vec<Hints>,
    answers: Vec<Option<Vec<usize>>>,
    attempts: u32,
    seen: u64,
}

impl Run {
    /// Begins a lesson: its world, and the run beside it.
    ///
    /// # Errors
    /// What is wrong with its set-up.
    pub fn begin(lesson: Rc<Lesson>, pack: &Pack) -> Result<(World, Run), Diagnostic> {
        let stage = Stage::set(&lesson, pack)?;
        let mut run = Run {
            hints: vec![Hints::default(); lesson.steps.len()],
            answers: vec![None; lesson.quiz.len()],
            names: stage.names,
            region: stage.region,
            keeps: Vec::new(),
            steps: Vec::new(),
            attempts: 0,
            seen: stage.world.cloud().state_hash(),
            lesson,
        };
        run.ask(&stage.world);
        Ok((stage.world, run))
    }

    /// The lesson.
    pub fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// What the lesson's names stand for.
    pub fn names(&self) -> &BTreeMap<String, String> {
        &self.names
    }

    /// Looks at the world after an act, and says which checks that act turned over.
    pub fn look(&mut self, world: &World) -> Vec<Turned> {
        let hash = world.cloud().state_hash();
        if hash == self.seen {
            return Vec::new();
        }
        self.seen = hash;
        self.attempts = self.attempts.saturating_add(1);
        let before: Vec<bool> = self.all().map(|(_, check)| check.holds).collect();
        self.ask(world);
        self.all()
            .zip(before)
            .filter(|((_, check), before)| check.holds != *before)
            .map(|((step, check), _)| Turned {
                step: step.map(str::to_owned),
                check: check.name.clone(),
                holds: check.holds,
                sentence: check.sentence.clone(),
            })
            .collect()
    }

    fn all(&self) -> impl Iterator<Item = (Option<&str>, &CheckState)> {
        let steps = self.steps.iter().flat_map(|step| {
            step.checks
                .iter()
                .map(|check| (Some(step.id.as_str()), check))
        });
        self.keeps.iter().map(|check| (None, check)).chain(steps)
    }

    fn ask(&mut self, world: &World) {
        let scene = Scene {
            cloud: world.cloud(),
            region: &self.region,
            names: &self.names,
        };
        self.keeps = states(&self.lesson.keeps, &scene);
        self.steps = step_states(&self.lesson, &scene);
        for (hints, step) in self.hints.iter_mut().zip(&self.steps) {
            if step.open && !hints.opened {
                hints.opened = true;
                hints.at = self.attempts;
            }
        }
    }

    /// How the steps stand.
    pub fn steps(&self) -> &[StepState] {
        &self.steps
    }

    /// How stands what must be kept.
    pub fn keeps(&self) -> &[CheckState] {
        &self.keeps
    }

    /// Is the lesson done: every step passes, and everything that must be kept is kept?
    pub fn passes(&self) -> bool {
        self.keeps.iter().all(|check| check.holds) && self.steps.iter().all(|step| step.passes)
    }

    /// The points of the steps that pass.
    pub fn points(&self) -> u32 {
        self.lesson
            .steps
            .iter()
            .zip(&self.steps)
            .filter(|(_, state)| state.passes)
            .map(|(step, _)| step.points)
            .sum()
    }

    /// The hints of a step that were shown.
    pub fn hints(&self, step: &str) -> &[Vec<Inline>] {
        let Some((index, step)) = self.step(step) else {
            return &[];
        };
        let shown = self.hints.get(index).map_or(0, |hints| hints.shown);
        step.hints.get(..shown).unwrap_or_default()
    }

    /// Asks for the next hint of a step. The first is free; each further one comes after an
    /// attempt at the step that changed the world, so that hints follow trying and not the clock.
    /// What was tried before the first hint counts.
    pub fn hint(&mut self, step: &str) -> Hint {
        let attempts = self.attempts;
        let Some((index, step)) = self.step(step) else {
            return Hint::NoMore;
        };
        let all = step.hints.clone();
        let Some(hints) = self.hints.get_mut(index) else {
            return Hint::NoMore;
        };
        let Some(next) = all.into_iter().nth(hints.shown) else {
            return Hint::NoMore;
        };
        if hints.shown > 0 {
            if hints.at == attempts {
                return Hint::TryFirst;
            }
            hints.at = attempts;
        }
        hints.shown += 1;
        Hint::Shown(next)
    }

    fn step(&self, id: &str) -> Option<(usize, &crate::Step)> {
        self.lesson
            .steps
            .iter()
            .enumerate()
            .find(|(_, step)| step.id == id)
    }

    /// Answers a question of the quiz by the places of the chosen answers, counted from 0.
    /// `None` if there is no such question or answer.
    pub fn answer(&mut self, question: usize, chosen: &[usize]) -> Option<Grade> {
        let asked = self.lesson.quiz.get(question)?;
        let mut chosen: Vec<usize> = chosen.to_vec();
        chosen.sort_unstable();
        chosen.dedup();
        if chosen.iter().any(|place| *place >= asked.answers.len()) {
            return None;
        }
        let grade = grade(asked, &chosen);
        *self.answers.get_mut(question)? = Some(chosen);
        Some(grade)
    }

    /// How many hints of each step were shown, by the step's id; those without are left out.
    pub fn shown(&self) -> BTreeMap<String, usize> {
        let steps = self.lesson.steps.iter().zip(&self.hints);
        steps
            .filter(|(_, hints)| hints.shown > 0)
            .map(|(step, hints)| (step.id.clone(), hints.shown))
            .collect()
    }

    /// Shows so many hints of a step again, as they were when the lesson was left.
    pub fn show(&mut self, step: &str, hints: usize) {
        let attempts = self.attempts;
        if let Some((index, step)) = self.step(step) {
            let shown = hints.min(step.hints.len());
            if let Some(hints) = self.hints.get_mut(index) {
                hints.shown = shown;
                hints.at = attempts;
            }
        }
    }

    /// What was answered to a question, and how it was.
    pub fn answered(&self, question: usize) -> Option<(&[usize], Grade)> {
        let chosen = self.answers.get(question)?.as_deref()?;
        let asked = self.lesson.quiz.get(question)?;
        Some((chosen, grade(asked, chosen)))
    }
}

/// `chosen` is sorted.
fn grade(question: &crate::Question, chosen: &[usize]) -> Grade {
    let right = question
        .answers
        .iter()
        .enumerate()
        .filter(|(_, answer)| answer.right)
        .map(|(place, _)| place);
    Grade {
        right: right.eq(chosen.iter().copied()),
    }
}

/// How checks stand. One that can't be asked doesn't hold, and says why.
pub(crate) fn states(checks: &[Check], scene: &Scene<'_>) -> Vec<CheckState> {
    checks
        .iter()
        .map(|check| match evaluate(check, scene) {
            Ok(verdict) => CheckState {
                name: check.name.clone(),
                holds: verdict.holds,
                sentence: verdict.sentence,
                explanation: verdict.explanation,
            },
            Err(why) => CheckState {
                name: check.name.clone(),
                holds: false,
                sentence: why.0,
                explanation: None,
            },
        })
        .collect()
}

/// How steps stand.
pub(crate) fn step_states(lesson: &Lesson, scene: &Scene<'_>) -> Vec<StepState> {
    let mut states_so_far: Vec<StepState> = Vec::new();
    for step in &lesson.steps {
        let checks = states(&step.checks, scene);
        let open = step.needs.iter().all(|needed| {
            states_so_far
                .iter()
                .any(|state| state.id == *needed && state.passes)
        });
        states_so_far.push(StepState {
            id: step.id.clone(),
            open,
            passes: open && checks.iter().all(|check| check.holds),
            checks,
        });
    }
    states_so_far
}

//! A lesson while a student works on it, as the store keeps it.

use hopwise_lesson::{Diagnostic, Hint, Index, Lesson, Pack, Run, Turned};
use hopwise_world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A file of lessons that can't be used, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The file.
    pub file: String,
    /// Why it can't be read at all.
    pub lost: Option<String>,
    /// What is wrong in it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Broken {
    /// A file that is not there.
    pub fn lost(file: &str, why: String) -> Self {
        Broken {
            file: file.to_owned(),
            lost: Some(why),
            diagnostics: Vec::new(),
        }
    }

    /// A file with errors.
    pub fn faulty(file: &str, diagnostics: Vec<Diagnostic>) -> Self {
        Broken {
            file: file.to_owned(),
            lost: None,
            diagnostics,
        }
    }
}

/// What the side panel shows.
#[derive(Clone, Default)]
pub enum Guide {
    /// The lessons to choose from are on their way.
    #[default]
    Waiting,
    /// The lessons to choose from.
    Menu(Rc<Index>),
    /// A lesson is on its way.
    Loading(String),
    /// It can't be used.
    Broken(Rc<Broken>),
    /// It runs.
    Running(Rc<Session>),
}

impl PartialEq for Guide {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Guide::Waiting, Guide::Waiting) => true,
            (Guide::Menu(a), Guide::Menu(b)) => Rc::ptr_eq(a, b),
            (Guide::Loading(a), Guide::Loading(b)) => a == b,
            (Guide::Broken(a), Guide::Broken(b)) => Rc::ptr_eq(a, b),
            (Guide::Running(a), Guide::Running(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// A lesson that runs.
#[derive(Clone)]
pub struct Session {
    pub lesson: Rc<Lesson>,
    pub run: Run,
    /// The checks that the last act turned over.
    pub turned: Vec<Turned>,
    /// How many acts turned something over.
    pub turns: usize,
    /// The steps whose next hint wants an attempt first.
    pub waits: BTreeSet<String>,
    /// What is ticked in the quiz, by question.
    pub picks: BTreeMap<usize, BTreeSet<usize>>,
}

impl Session {
    /// Begins the first of `lessons`; the others are those that it stands on.
    ///
    /// # Errors
    /// What is wrong with its set-up.
    pub fn begin(file: &str, lessons: Vec<Lesson>) -> Result<(World, Session), Broken> {
        let Some(lesson) = lessons.first().cloned().map(Rc::new) else {
            return Err(Broken::lost(file, "There is no lesson in it.".to_owned()));
        };
        let pack = Pack::new(lessons);
        let (world, run) = Run::begin(lesson.clone(), &pack)
            .map_err(|diagnostic| Broken::faulty(file, vec![diagnostic]))?;
        let session = Session {
            lesson,
            run,
            turned: Vec::new(),
            turns: 0,
            waits: BTreeSet::new(),
            picks: BTreeMap::new(),
        };
        Ok((world, session))
    }

    /// Looks at the world after an act; gives what to say, and nothing if nothing turned.
    pub fn look(&mut self, world: &World) -> Option<String> {
        let done = self.run.passes();
        let turned = self.run.look(world);
        if turned.is_empty() {
            return None;
        }
        let mut said: Vec<String> = turned
            .iter()
            .map(|it| match it.holds {
                true => format!("{}: now passes", it.check),
                false => format!("{}: no longer passes. {}", it.check, it.sentence),
            })
            .collect();
        if !done && self.run.passes() {
            said.push("The lesson is done".to_owned());
        }
        self.turned = turned;
        self.turns += 1;
        Some(said.join(". "))
    }

    /// Asks for a step's next hint.
    pub fn hint(&mut self, step: &str) {
        match self.run.hint(step) {
            Hint::Shown(_) | Hint::NoMore => {
                self.waits.remove(step);
            }
            Hint::TryFirst => {
                self.waits.insert(step.to_owned());
            }
        }
    }

    /// Ticks an answer, or takes the tick away.
    pub fn pick(&mut self, question: usize, answer: usize, ticked: bool) {
        let several = self
            .lesson
            .quiz
            .get(question)
            .is_some_and(hopwise_lesson::Question::takes_several);
        let picks = self.picks.entry(question).or_default();
        if !several {
            picks.clear();
        }
        if ticked {
            picks.insert(answer);
        } else {
            picks.remove(&answer);
        }
    }

    /// Grades a question.
    pub fn answer(&mut self, question: usize) {
        let picks = self.picks.get(&question).into_iter().flatten();
        let chosen: Vec<usize> = picks.copied().collect();
        // A question that is not there has no button.
        let _ = self.run.answer(question, &chosen);
    }

    /// How many steps are done, of how many.
    pub fn progress(&self) -> (usize, usize) {
        let steps = self.run.steps();
        (steps.iter().filter(|step| step.passes).count(), steps.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESSON: &str = include_str!("../../../lessons/vpc/18-public-subnet.md");

    fn begin() -> (World, Session) {
        let (lesson, diagnostics) = hopwise_lesson::parse(LESSON);
        assert_eq!(diagnostics, []);
        Session::begin("18-public-subnet.md", vec![lesson]).unwrap()
    }

    #[test]
    fn what_turns_over_is_said() {
        let (mut world, mut session) = begin();
        assert_eq!(session.look(&world), None);
        for line in [
            "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
            "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
            "aws ec2 create-route --route-table-id $public_rt --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
        ] {
            assert_eq!(session.progress(), (0, 3));
            let output = world.run_line(World::TERMINAL, line);
            assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
            let said = session.look(&world);
            let last = line.contains("create-route");
            assert_eq!(
                said.as_deref(),
                last.then_some("admin: now passes"),
                "{line}"
            );
        }
        assert_eq!(session.progress(), (1, 3));
        world.undo();
        let said = session.look(&world).unwrap();
        assert!(
            said.starts_with("admin: no longer passes. A packet for admin"),
            "{said}"
        );
    }

    #[test]
    fn a_hint_waits_for_an_attempt() {
        let (_, mut session) = begin();
        let step = session.lesson.steps[0].id.clone();
        session.hint(&step);
        assert_eq!(session.run.hints(&step).len(), 1);
        session.hint(&step);
        assert_eq!(session.run.hints(&step).len(), 1);
        assert!(session.waits.contains(&step));
    }

    #[test]
    fn one_answer_takes_the_tick_of_another() {
        let (_, mut session) = begin();
        session.pick(0, 1, true);
        session.pick(0, 0, true);
        session.answer(0);
        let (chosen, grade) = session.run.answered(0).unwrap();
        assert_eq!((chosen, grade.right), (&[0][..], true));
        session.pick(3, 0, true);
        session.pick(3, 4, true);
        session.answer(3);
        assert!(!session.run.answered(3).unwrap().1.right);
    }

    #[test]
    fn an_empty_pack_is_broken() {
        assert!(Session::begin("none.md", Vec::new()).is_err());
    }
}

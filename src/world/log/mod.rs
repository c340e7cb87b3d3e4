//! The log as text: what is saved, shared and replayed.
//!
//! ```text
//! {"hopwise": 3, "seed": "1", "default_vpc": false, "steps": [
//!   {"label": "vpc=$(aws ec2 create-vpc …)", "terminal": "terminal", "acts": [
//!     {"call": ["ec2", "CreateVpc", "us-east-1", "@{0.0}", {"CidrBlock": "10.0.0.0/16"}, true]}],
//!    "after": {"set": {"vpc": "@{1.0}"}}}]}
//! ```
//!
//! An id or a secret is written as `@{act.ordinal}`: the act that made it, counted from 1 (0 is the
//! genesis), and its ordinal among those of that act. So a log holds neither, and an `@` of one's own is
//! written `@@`.
//!
//! The log of a lesson has `lesson` in place of the genesis and holds the student's steps only: it is
//! replayed on the lesson's own set-up ([`names`] tells how the ids are written then), and `start` is
//! the digest of the cloud it was begun from.
//!
//! What the versions brought: 2 `places`, where things stand on the map. 3 the terminal, as what a
//! step and what stands between steps changed in it (`before`, `after`, and `terminal` after the last
//! step; [`terminal`] tells how), `lines` (what was typed), `lesson`, and `page` (what only the page
//! knows: a name, hints); names that every terminal has are no longer written. The act `network`
//! (what is outside of AWS) came later and without a version: a program that does not know it calls
//! the step damaged, and misreads nothing.

mod acts;
mod names;
mod places;
mod terminal;

use crate::driver::{Driver, settle};
use crate::world::{Places, World};
use acts::{read_act, write_act};
use hopwise_cloud::{Genesis, Map, Value, json};
use hopwise_shell::Session;
use names::Names;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// The version that this program writes. It reads all versions up to it.
pub const VERSION: i64 = 3;
/// What `clock` says, of a step and of the whole, where time passed only by acts. Where it says
/// nothing, time passed by itself until all was settled.
const MANUAL: &str = "manual";
/// The longest log that is written and read, in bytes.
pub const LONGEST: usize = json::LONGEST;
/// The most acts that are written and replayed.
pub const MOST_ACTS: usize = 20_000;
/// So many of the lines that were typed last are kept, none of them longer than this, in bytes.
const LINES: (usize, usize) = (200, 2_000);

/// Why a text is no log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// It is longer than a log may be.
    TooLong,
    /// It is not JSON; with the place.
    Syntax(String),
    /// It was written by a newer Hopwise.
    Newer(i64),
    /// It lacks something or has something else in its place; with the place.
    Shape(String),
    /// It is a student's work on this lesson, and was to be opened without the lesson.
    Lesson(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::TooLong => write!(
                f,
                "this saved world is larger than {} MB, more than Hopwise reads",
                LONGEST >> 20
            ),
            LoadError::Syntax(said) => write!(f, "this is not a saved world: {said}"),
            LoadError::Newer(version) => write!(
                f,
                "this world was saved by a newer Hopwise (format {version}, this one reads up to \
                 {VERSION}): reload the page to get the newest"
            ),
            LoadError::Shape(place) => write!(f, "this saved world is damaged at {place}"),
            LoadError::Lesson(lesson) => write!(f, "this is work on the lesson `{lesson}`"),
        }
    }
}

impl std::error::Error for LoadError {}

/// A step that could not be replayed: the world stands as it was before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Which step, counted from 1.
    pub step: usize,
    /// What it was.
    pub label: String,
    /// Why AWS refused it.
    pub reason: String,
    /// The labels of this and the steps after it, kept as text.
    pub rest: Vec<String>,
}

/// What is written of a world beside its steps.
#[derive(Clone, Debug, Default)]
pub struct Writing {
    /// The lesson that the world was begun from: then only the student's steps are written.
    pub lesson: Option<String>,
    /// Are the lines written that were typed? They needn't have changed anything.
    pub lines: bool,
    /// What only the page knows.
    pub page: Map,
}

impl World {
    /// The log as text, from the start to where the history stands now.
    pub fn save(&self) -> String {
        self.write(&Writing::default())
    }

    /// The log as text, with what `writing` asks for.
    pub fn write(&self, writing: &Writing) -> String {
        let mut names = Names::default();
        names.learn(0, &self.genesis_ids);
        let mut number = 0;
        let history = self.history();
        let (set_up, written) = match writing.lesson {
            Some(_) => history.split_at_checked(self.set_up()).unwrap_or_default(),
            None => (Default::default(), history),
        };
        for done in set_up.iter().flat_map(|entry| &entry.done) {
            number += 1;
            names.learn(number, &done.minted);
        }
        let before = match writing.lesson {
            Some(_) => self.sessions_at_start(),
            None => &self.start.sessions,
        };
        let given = given(before);
        if writing.lesson.is_some() {
            names.begin(number, &given);
        }
        let mut places: Rc<Places> = match set_up.last() {
            Some(entry) => entry.places.clone(),
            None => self.start.places.clone(),
        };
        let mut frames = frames(before);
        let steps: Vec<Value> = written
            .iter()
            .map(|entry| {
                let mut step = Map::new();
                step.insert("label", Value::Null);
                if let Some(terminal) = &entry.terminal {
                    step.insert("terminal", Value::from(terminal.as_str()));
                }
                if entry.manual_clock {
                    step.insert("clock", Value::from(MANUAL));
                }
                if let Some(set) = terminal::write(frames, self::frames(&entry.before), &names) {
                    step.insert("before", set);
                }
                let acts: Vec<Value> = entry
                    .done
                    .iter()
                    .map(|done| {
                        let written = write_act(&done.act, &names);
                        number += 1;
                        names.learn(number, &done.minted);
                        written
                    })
                    .collect();
                step.insert("label", Value::Str(names.write(&entry.label)));
                step.insert("acts", Value::List(acts));
                let after = self::frames(&entry.sessions);
                if let Some(set) = terminal::write(self::frames(&entry.before), after, &names) {
                    step.insert("after", set);
                }
                frames = after;
                if let Some(moved) = places::write(&places, &entry.places, &names) {
                    step.insert("places", moved);
                }
                places = entry.places.clone();
                Value::Map(step)
            })
            .collect();
        let mut whole = Map::new();
        whole.insert("hopwise", Value::Int(VERSION));
        match &writing.lesson {
            Some(lesson) => {
                whole.insert("lesson", Value::from(lesson.as_str()));
                let start = format!("{:016x}", self.cloud_at_start().state_hash());
                whole.insert("start", Value::Str(start));
            }
            None => {
                // A seed has 64 bits and a number of JSON 53 that everyone agrees on.
                whole.insert("seed", Value::Str(self.genesis.seed.to_string()));
                whole.insert("default_vpc", Value::Bool(self.genesis.default_vpc));
            }
        }
        if self.manual_clock() {
            whole.insert("clock", Value::from(MANUAL));
        }
        let mut kept = Map::new();
        for (name, value) in self.names(World::TERMINAL) {
            if given.get(&name) != Some(&value) {
                kept.insert(name, Value::Str(names.write(&value)));
            }
        }
        if !kept.is_empty() {
            whole.insert("names", Value::Map(kept));
        }
        whole.insert("steps", Value::List(steps));
        let now = &self.state().sessions;
        if let Some(set) = terminal::write(frames, self::frames(now), &names) {
            whole.insert("terminal", set);
        }
        if writing.lines
            && let Some(session) = now.get(World::TERMINAL)
        {
            let lines = session.history.iter().filter(|line| line.len() <= LINES.1);
            let mut lines: Vec<Value> = lines
                .rev()
                .take(LINES.0)
                .map(|line| Value::Str(names.write(line)))
                .collect();
            lines.reverse();
            whole.insert("lines", Value::List(lines));
        }
        if !writing.page.is_empty() {
            whole.insert("page", Value::Map(writing.page.clone()));
        }
        json::compact(&Value::Map(whole))
    }

    /// The world that a log makes. A step that AWS refuses on replay ends it there, and what was
    /// not replayed is told.
    ///
    /// # Errors
    ///
    /// A text that is no log, one of a newer version, or one of a lesson.
    pub fn load(text: &str) -> Result<(World, Option<Stopped>), LoadError> {
        Document::parse(text)?.open(&mut || true)
    }
}

/// The names that a world's terminal begins with.
fn given(sessions: &BTreeMap<String, Session>) -> BTreeMap<String, String> {
    let session = sessions.get(World::TERMINAL);
    session.map_or_else(BTreeMap::new, |it| it.names.clone())
}

/// The logins of a world's terminal.
fn frames(sessions: &BTreeMap<String, Session>) -> &[hopwise_shell::Frame] {
    let session = sessions.get(World::TERMINAL);
    session.map_or(&[], |it| it.frames.as_slice())
}

fn shape(place: &str) -> LoadError {
    LoadError::Shape(place.to_owned())
}

/// A log that was read and not yet replayed.
#[derive(Clone, Debug)]
pub struct Document {
    whole: Value,
}

impl Document {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// A text that is no log, or one of a newer version.
    pub fn parse(text: &str) -> Result<Document, LoadError> {
        if text.len() > LONGEST {
            return Err(LoadError::TooLong);
        }
        let whole = json::parse(text).map_err(|error| LoadError::Syntax(error.to_string()))?;
        let version = whole
            .get("hopwise")
            .and_then(Value::as_int)
            .ok_or_else(|| shape("`hopwise`"))?;
        if version > VERSION {
            return Err(LoadError::Newer(version));
        }
        if version < 1 {
            return Err(shape("`hopwise`"));
        }
        if whole.get("steps").and_then(Value::as_list).is_none() {
            return Err(shape("`steps`"));
        }
        if (whole.get("lesson")).is_some_and(|lesson| lesson.as_str().is_none()) {
            return Err(shape("`lesson`"));
        }
        Ok(Document { whole })
    }

    /// The lesson it is the work on, if it is one's.
    pub fn lesson(&self) -> Option<&str> {
        self.whole.get("lesson")?.as_str()
    }

    /// Is the world the one that the log of a lesson was begun from?
    pub fn begins_at(&self, world: &World) -> bool {
        let start = self.whole.get("start").and_then(Value::as_str);
        start == Some(format!("{:016x}", world.cloud_at_start().state_hash()).as_str())
    }

    /// How many steps it has.
    pub fn steps(&self) -> usize {
        self.list("steps").len()
    }

    /// What only the page knows.
    pub fn page(&self, name: &str) -> Option<&Value> {
        self.whole.get("page")?.get(name)
    }

    /// The world that it makes. `go_on` is asked before each step and may end the replay, as a
    /// refused step does: a log that anyone may have written must not hold up the page.
    ///
    /// # Errors
    ///
    /// A log that is damaged, or one of a lesson.
    pub fn open(
        &self,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(World, Option<Stopped>), LoadError> {
        if let Some(lesson) = self.lesson() {
            return Err(LoadError::Lesson(lesson.to_owned()));
        }
        let genesis = Genesis {
            seed: self
                .whole
                .get("seed")
                .and_then(Value::as_str)
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| shape("`seed`"))?,
            default_vpc: self
                .whole
                .get("default_vpc")
                .and_then(Value::as_bool)
                .ok_or_else(|| shape("`default_vpc`"))?,
        };
        let mut names = Names::default();
        let world = World::new(genesis);
        names.learn(0, &world.genesis_ids);
        self.replay(world, names, 0, go_on)
    }

    /// The student's work on top of a lesson's world as it begins. `go_on` as for
    /// [`Document::open`].
    ///
    /// # Errors
    ///
    /// A log that is damaged, or no lesson's.
    pub fn resume(
        &self,
        world: World,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(World, Option<Stopped>), LoadError> {
        if self.lesson().is_none() {
            return Err(shape("`lesson`"));
        }
        let mut names = Names::default();
        names.learn(0, &world.genesis_ids);
        let mut number = 0;
        for done in world.history().iter().flat_map(|entry| &entry.done) {
            number += 1;
            names.learn(number, &done.minted);
        }
        names.begin(number, &given(world.sessions_at_start()));
        self.replay(world, names, number, go_on)
    }

    fn list(&self, name: &str) -> &[Value] {
        let list = self.whole.get(name).and_then(Value::as_list);
        list.unwrap_or_default()
    }

    fn replay(
        &self,
        mut world: World,
        mut names: Names,
        mut number: u32,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(World, Option<Stopped>), LoadError> {
        let steps = self.list("steps");
        let mut stopped = None;
        for (place, step) in steps.iter().enumerate() {
            let here = || shape(&format!("step {}", place + 1));
            let label = step
                .get("label")
                .and_then(Value::as_str)
                .ok_or_else(here)?
                .to_owned();
            let terminal = step.get("terminal").and_then(Value::as_str);
            let acts = step.get("acts").and_then(Value::as_list).ok_or_else(here)?;
            if number as usize + acts.len() > MOST_ACTS {
                return Err(shape(&format!(
                    "step {}: more than {MOST_ACTS} acts",
                    place + 1
                )));
            }
            let mut refused = None;
            if !go_on() {
                refused = Some("It would take too long to replay it.".to_owned());
            }
            let mut cloud = world.cloud().clone();
            let manual_clock = is_manual(step);
            settle(&mut cloud, manual_clock);
            let mut driver = Driver {
                cloud: &mut cloud,
                done: Vec::new(),
                manual_clock,
            };
            let acts = if refused.is_none() { acts } else { &[] };
            let old = world.sessions_without_history();
            set_terminal(&mut world, step.get("before"), &names).ok_or_else(here)?;
            let before = world.sessions_without_history();
            for (number_in_step, written) in acts.iter().enumerate() {
                // Asked before the first act already.
                if number_in_step > 0 && !go_on() {
                    refused = Some("It would take too long to replay it.".to_owned());
                    break;
                }
                let act = read_act(written, &names, driver.cloud).ok_or_else(here)?;
                if let Err(fault) = driver.note(act) {
                    refused = Some(fault.message);
                    break;
                }
                number += 1;
                if let Some(done) = driver.done.last() {
                    names.learn(number, &done.minted);
                }
            }
            if let Some(reason) = refused {
                world.set_sessions(old);
                let rest = steps.iter().skip(place);
                stopped = Some(Stopped {
                    step: place + 1,
                    label: names.read(&label),
                    reason,
                    rest: rest
                        .filter_map(|step| step.get("label")?.as_str())
                        .map(|label| names.read(label))
                        .collect(),
                });
                break;
            }
            let places = match step.get("places") {
                Some(moved) => places::read(world.places(), moved, &names).ok_or_else(here)?,
                None => world.places().clone(),
            };
            set_terminal(&mut world, step.get("after"), &names).ok_or_else(here)?;
            world.replayed(&names.read(&label), terminal, driver, places, before);
        }
        world.set_manual_clock(is_manual(&self.whole));
        let kept = self.whole.get("names").and_then(Value::as_map);
        for (name, value) in kept.into_iter().flat_map(Map::iter) {
            if let Some(value) = value.as_str() {
                world.set_name(World::TERMINAL, name, &names.read(value));
            }
        }
        if stopped.is_none() {
            set_terminal(&mut world, self.whole.get("terminal"), &names)
                .ok_or_else(|| shape("`terminal`"))?;
        }
        let lines = self.list("lines").iter().take(LINES.0);
        let lines = lines.filter_map(|line| Some(names.read(line.as_str()?)));
        world.set_lines(World::TERMINAL, lines.collect());
        world.follow_region();
        Ok((world, stopped))
    }
}

fn set_terminal(world: &mut World, written: Option<&Value>, names: &Names) -> Option<()> {
    let Some(written) = written else {
        return Some(());
    };
    let mut sessions = world.state().sessions.clone();
    let session = sessions.get_mut(World::TERMINAL)?;
    terminal::read(&mut session.frames, written, names)?;
    world.set_sessions(sessions);
    Some(())
}

/// Did time pass only by acts?
fn is_manual(step: &Value) -> bool {
    step.get("clock").and_then(Value::as_str) == Some(MANUAL)
}

#[cfg(test)]
mod tests;

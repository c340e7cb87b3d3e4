//! Reading a lesson from its file.

use crate::bounds;
use crate::check::checks;
use crate::command::{Tagged, commands};
use crate::diagnostic::{Diagnostic, Notes, Position};
use crate::front::{Front, LESSON_KEYS, Matter};
use crate::lesson::{Expectation, Lesson, Step, Wrong};
use crate::prose::{Block, blocks, inline};
use crate::quiz::questions;
use crate::section::{RawBlock, Section, cut};
use crate::sentence::Hole;
use crate::text::{Line, TokenKind, clean, count, is_slug, lines, nearest, suggest, tokens};
use std::collections::BTreeSet;

/// Reads a lesson from the bytes of its file.
pub fn parse_bytes(bytes: &[u8]) -> (Lesson, Vec<Diagnostic>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let before = String::from_utf8_lossy(good);
            let line = before.split('\n').count();
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            let position = Position::new(count(line), count(column));
            let diagnostic = Diagnostic::error(
                position,
                "the file is not UTF-8 from here on",
                "save it as UTF-8 text",
            );
            (Lesson::default(), vec![diagnostic])
        }
    }
}

/// Reads a lesson. Whatever is wrong comes back in one run, in the order of the file; with an
/// error among it the lesson is as much as could be read.
pub fn parse(text: &str) -> (Lesson, Vec<Diagnostic>) {
    let mut notes = Notes::default();
    let lesson = clean(text, &mut notes)
        .map(|text| read(&text, &mut notes))
        .unwrap_or_default();
    (lesson, notes.finish())
}

fn read(text: &str, notes: &mut Notes) -> Lesson {
    let lines = lines(text, notes);
    let matter = Matter::read(&lines, LESSON_KEYS, notes);
    // The words of a later format may mean anything.
    if !matter.format(notes) {
        return Lesson::default();
    }
    let mut reader = Reader {
        text,
        lesson: Lesson {
            front: Front::read(&matter, notes),
            ..Lesson::default()
        },
        solutions: Vec::new(),
        closing: false,
        full: false,
        notes,
    };
    let body = lines.get(matter.lines..).unwrap_or_default();
    for section in cut(body, reader.notes) {
        match section {
            Section::Prose(lines) => reader.prose(lines),
            Section::Heading { text, at } => reader.heading(text, at),
            Section::Block(block) => reader.block(&block),
        }
    }
    reader.finish()
}

struct Reader<'a> {
    text: &'a str,
    lesson: Lesson,
    /// The solution's lines, each with the step it stands in.
    solutions: Vec<(Option<String>, Tagged)>,
    /// Has the part after the last step begun?
    closing: bool,
    /// Is there no room for the step that was just begun?
    full: bool,
    notes: &'a mut Notes,
}

impl Reader<'_> {
    fn prose(&mut self, lines: &[Line<'_>]) {
        let blocks = blocks(self.text, lines, self.notes);
        let place = if self.closing {
            &mut self.lesson.closing
        } else if let Some(step) = self.lesson.steps.last_mut() {
            &mut step.prose
        } else {
            &mut self.lesson.intro
        };
        place.extend(blocks);
    }

    fn heading(&mut self, text: &str, at: Position) {
        let (title, braces) = match text
            .strip_suffix('}')
            .and_then(|text| text.rsplit_once('{'))
        {
            Some((title, inside)) => (title.trim(), Some(inside)),
            None => (text, None),
        };
        let (first, words) = title.split_once(' ').unwrap_or((title, ""));
        let number = first
            .chars()
            .all(|c| c.is_ascii_digit())
            .then(|| first.parse::<usize>().ok())
            .flatten();
        let words = if number.is_some() { words } else { title };
        if self.full {
            return;
        }
        let next = self.lesson.steps.len() + 1;
        let help = format!("a step is `## {next} Title {{#id points=2}}`");
        let (number, braces) = match (number, braces) {
            (Some(number), Some(braces)) => (number, braces),
            (None, None) => {
                self.closing = true;
                let heading = Block::Heading(3, inline(text, at, self.notes));
                self.lesson.closing.push(heading);
                if self.lesson.steps.is_empty() {
                    self.notes
                        .error(at, "the closing words come before the first step", help);
                }
                return;
            }
            (Some(number), None) => {
                self.notes.error(at, "the step has no id", help.clone());
                (number, "")
            }
            (None, Some(braces)) => {
                self.notes.error(at, "the step has no number", help.clone());
                (next, braces)
            }
        };
        if self.closing {
            self.notes.error(
                at,
                "a step comes after the closing words",
                "move it before the first heading without a number",
            );
            self.closing = false;
        }
        if number != next {
            self.notes.error(
                at,
                format!("this step is numbered {number} and is number {next}"),
                "steps are numbered 1, 2, 3, …",
            );
        }
        if !self
            .notes
            .room(self.lesson.steps.len(), bounds::STEPS, "steps", at)
        {
            self.full = true;
            return;
        }
        let title = words.trim();
        if title.is_empty() || title.chars().count() > bounds::TITLE {
            self.notes.error(
                at,
                "the step has no title, or one too long",
                format!(
                    "say in {} characters at most what it is about",
                    bounds::TITLE
                ),
            );
        }
        let mut step = Step {
            title: title.to_owned(),
            points: 1,
            position: at,
            ..Step::default()
        };
        for word in braces.split_whitespace() {
            self.attribute(word, &mut step, at);
        }
        if step.id.is_empty() && !braces.is_empty() {
            self.notes.error(at, "the step has no id", help);
        }
        if step.id.is_empty() {
            step.id = format!("step-{next}");
        } else if self.lesson.step(&step.id).is_some() {
            self.notes.error(
                at,
                format!("there are two steps `{}`", step.id),
                "give each its own id",
            );
        }
        self.lesson.steps.push(step);
    }

    fn attribute(&mut self, word: &str, step: &mut Step, at: Position) {
        if let Some(id) = word.strip_prefix('#') {
            if is_slug(id) {
                step.id = id.to_owned();
            } else {
                self.notes.error(
                    at,
                    format!("`{id}` can't be a step's id"),
                    "use small letters, digits and hyphens",
                );
            }
            return;
        }
        match word.split_once('=') {
            Some(("points", number)) => match number.parse::<u32>() {
                Ok(points) if (1..=100).contains(&points) => step.points = points,
                _ => self.notes.error(
                    at,
                    format!("`{number}` is no number of points"),
                    "give a whole number from 1 to 100",
                ),
            },
            Some(("needs", ids)) => {
                for id in ids.split(',') {
                    if self.lesson.step(id).is_some() {
                        step.needs.push(id.to_owned());
                    } else {
                        let known: Vec<&str> = self
                            .lesson
                            .steps
                            .iter()
                            .map(|step| step.id.as_str())
                            .collect();
                        self.notes.error(
                            at,
                            format!("no earlier step is called `{id}`"),
                            if known.is_empty() {
                                "the first step needs none".to_owned()
                            } else {
                                suggest(id, &known)
                            },
                        );
                    }
                }
            }
            _ => self.notes.error(
                at,
                format!("`{word}` says nothing about a step"),
                suggest(
                    word.split('=').next().unwrap_or(""),
                    &["#id", "points=N", "needs=a,b"],
                ),
            ),
        }
    }

    /// The step a block stands in; said if there is none.
    fn current(&mut self, block: &RawBlock<'_>) -> Option<&mut Step> {
        if self.full {
            return None;
        }
        if self.closing || self.lesson.steps.is_empty() {
            self.notes.error(
                block.at(),
                format!("this `{}` block stands in no step", block.name),
                "put it below the heading of its step, `## 1 Title {#id points=2}`",
            );
            return None;
        }
        self.lesson.steps.last_mut()
    }

    fn block(&mut self, block: &RawBlock<'_>) {
        if block.name != "wrong" && !block.info.is_empty() {
            self.notes.error(
                block.at(),
                format!("`{}` stands behind `{}`", block.info, block.name),
                "only `wrong` blocks say more on their first line",
            );
        }
        let once = match block.name {
            "setup" => !self.lesson.setup.is_empty() || self.lesson.continues.is_some(),
            "keep" => !self.lesson.keeps.is_empty(),
            _ => false,
        };
        if once {
            self.notes.error(
                block.at(),
                format!("there are two `{}` blocks", block.name),
                "put them together, before the first step",
            );
        }
        if matches!(block.name, "setup" | "keep") && !self.lesson.steps.is_empty() {
            self.notes.error(
                block.at(),
                format!("the `{}` block comes after the first step", block.name),
                "what holds from the start stands before the first step",
            );
        }
        match block.name {
            "setup" => self.setup(block),
            "keep" => {
                let keeps = checks(block.lines, self.notes);
                self.empty(block, keeps.is_empty());
                self.lesson.keeps.extend(keeps);
            }
            "checks" => {
                let found = checks(block.lines, self.notes);
                self.empty(block, found.is_empty());
                if let Some(step) = self.current(block) {
                    step.checks.extend(found);
                }
            }
            "hints" => self.hints(block),
            "solution" => {
                let found = commands(block.lines, self.notes);
                self.empty(block, found.is_empty());
                let here = self.lesson.steps.last().map(|step| step.id.clone());
                self.solutions
                    .extend(found.into_iter().map(|tagged| (here.clone(), tagged)));
            }
            "wrong" => self.wrong(block),
            _ => {
                let found = questions(block.lines, block.at(), self.notes);
                let room = bounds::QUESTIONS.saturating_sub(self.lesson.quiz.len());
                if found.len() > room {
                    self.notes.room(
                        bounds::QUESTIONS,
                        bounds::QUESTIONS,
                        "questions",
                        block.at(),
                    );
                }
                self.lesson.quiz.extend(found.into_iter().take(room));
            }
        }
    }

    /// Says that a block is empty, unless its lines already gave cause for complaint.
    fn empty(&mut self, block: &RawBlock<'_>, nothing: bool) {
        let blank = block.lines.iter().all(|line| {
            let text = line.text.trim();
            text.is_empty() || text.starts_with("# ")
        });
        if nothing && blank {
            self.notes.error(
                block.at(),
                format!("the `{}` block is empty", block.name),
                "fill it or delete it",
            );
        }
    }

    fn setup(&mut self, block: &RawBlock<'_>) {
        let found = commands(block.lines, self.notes);
        self.empty(block, found.is_empty());
        for (index, tagged) in found.into_iter().enumerate() {
            self.no_tag(&tagged, "setup");
            let command = tagged.command;
            let Some(rest) = command.text.strip_prefix("use ") else {
                self.lesson.setup.push(command);
                continue;
            };
            let rest = rest.split('#').next().unwrap_or("").trim();
            match rest.strip_suffix(".end").filter(|id| is_slug(id)) {
                _ if index > 0 => self.notes.error(
                    command.position,
                    "`use` comes after other commands",
                    "a set-up begins with `use`, or does without",
                ),
                Some(id) => {
                    self.lesson.continues = Some((id.to_owned(), command.position));
                }
                None => self.notes.error(
                    command.position,
                    format!("`use {rest}` names no lesson's end"),
                    "write `use vpc-18-public-subnet.end`",
                ),
            }
        }
    }

    fn no_tag(&mut self, tagged: &Tagged, block: &str) {
        if let Some((tag, at)) = &tagged.tag {
            self.notes.error(
                *at,
                format!("`#{tag}` names a step, and a `{block}` block belongs to none"),
                "only the lines of a solution name their step; a comment has a blank behind `#`",
            );
        }
    }

    fn hints(&mut self, block: &RawBlock<'_>) {
        let mut hints = Vec::new();
        for line in block.lines {
            let text = line.text.trim();
            if text.is_empty() {
                continue;
            }
            if !self.notes.room(
                hints.len(),
                bounds::HINTS,
                "hints in this step",
                line.start(),
            ) {
                break;
            }
            hints.push(inline(text, line.start(), self.notes));
        }
        self.empty(block, hints.is_empty());
        if let Some(step) = self.current(block) {
            step.hints.extend(hints);
        }
    }

    fn wrong(&mut self, block: &RawBlock<'_>) {
        let help = "write `wrong #step name => check \"part of its sentence\"`";
        let at = block.at();
        let (tag, rest) = match block.info.split_once(char::is_whitespace) {
            Some((tag, rest)) => (tag, rest),
            None => (block.info, ""),
        };
        let Some(step) = tag.strip_prefix('#').filter(|id| is_slug(id)) else {
            self.notes.error(at, "a `wrong` block names no step", help);
            return;
        };
        let before = block.line.text.chars().count() - rest.chars().count();
        let tokens = tokens(rest, block.line.at(count(before) + 1));
        let mut tokens = tokens.iter();
        let mut word = || tokens.next().filter(|token| token.kind == TokenKind::Word);
        let (Some(name), Some(arrow), Some(check)) = (word(), word(), word()) else {
            self.notes
                .error(at, "a `wrong` block names no check that fails", help);
            return;
        };
        if arrow.text != "=>" || !is_slug(&name.text) || !is_slug(&check.text) {
            self.notes
                .error(name.position, "this is no `name => check`", help);
            return;
        }
        let mut expects = Vec::new();
        for token in tokens {
            match token.kind {
                TokenKind::Quoted => {
                    expects.push(expectation(&token.text, token.position, self.notes))
                }
                TokenKind::Unclosed => {
                    self.notes
                        .error(token.position, "this quote is never closed", help);
                }
                TokenKind::Word => self.notes.error(
                    token.position,
                    format!("`{}` stands behind the check", token.text),
                    help,
                ),
            }
        }
        let found = commands(block.lines, self.notes);
        for tagged in &found {
            self.no_tag(tagged, "wrong");
        }
        self.empty(block, found.is_empty());
        if !self.notes.room(
            self.lesson.wrongs.len(),
            bounds::WRONGS,
            "wrong answers",
            at,
        ) {
            return;
        }
        self.lesson.wrongs.push(Wrong {
            step: step.to_owned(),
            name: name.text.clone(),
            check: check.text.clone(),
            expects: expects.into_iter().flatten().collect(),
            commands: found.into_iter().map(|tagged| tagged.command).collect(),
            position: at,
        });
    }

    /// What can only be said when the whole file was read.
    fn finish(mut self) -> Lesson {
        self.place_solutions();
        let lesson = &self.lesson;
        let notes = &mut *self.notes;
        if lesson.steps.is_empty() {
            notes.error(
                Position::START,
                "the lesson has no step",
                "a step is `## 1 Title {#id points=2}`, then prose, `checks`, `hints` and `solution`",
            );
        }
        let mut names = BTreeSet::new();
        let all = lesson.steps.iter().flat_map(|step| &step.checks);
        for check in lesson.keeps.iter().chain(all) {
            if !names.insert(&check.name) {
                notes.error(
                    check.position,
                    format!("there are two checks `{}`", check.name),
                    "give each its own name",
                );
            }
        }
        for step in &lesson.steps {
            let lacks = [
                (
                    step.checks.is_empty(),
                    "checks",
                    "nothing says when it is done",
                ),
                (
                    step.solution.is_empty(),
                    "solution",
                    "nothing proves that it can be done",
                ),
            ];
            for (_, block, why) in lacks.into_iter().filter(|(lacks, ..)| *lacks) {
                notes.error(
                    step.position,
                    format!("the step `{}` has no `{block}`: {why}", step.id),
                    format!("add a `{block}` block below its heading"),
                );
            }
            if step.hints.is_empty() {
                notes.warning(
                    step.position,
                    format!("the step `{}` has no hints", step.id),
                    "add a `hints` block, from the faintest to the plainest",
                );
            }
        }
        let mut seen = BTreeSet::new();
        for wrong in &lesson.wrongs {
            if !seen.insert(&wrong.name) {
                notes.error(
                    wrong.position,
                    format!("there are two wrong answers `{}`", wrong.name),
                    "give each its own name",
                );
            }
            let Some(step) = lesson.step(&wrong.step) else {
                let known: Vec<&str> = lesson.steps.iter().map(|step| step.id.as_str()).collect();
                notes.error(
                    wrong.position,
                    format!("there is no step `{}`", wrong.step),
                    suggest(&wrong.step, &known),
                );
                continue;
            };
            let may = step.checks.iter().chain(&lesson.keeps);
            let known: Vec<&str> = may.map(|check| check.name.as_str()).collect();
            if !known.contains(&wrong.check.as_str()) {
                notes.error(
                    wrong.position,
                    format!(
                        "neither the step `{}` nor `keep` has a check `{}`",
                        step.id, wrong.check
                    ),
                    suggest(&wrong.check, &known),
                );
                continue;
            }
            // A hole that the check's sentence can't fill would never be compared.
            let check = step
                .checks
                .iter()
                .chain(&lesson.keeps)
                .find(|check| check.name == wrong.check);
            for expect in &wrong.expects {
                let (Expectation::Is(hole, _), Some(check)) = (expect, check) else {
                    continue;
                };
                let fills = check.predicate.holes();
                if !fills.contains(hole) {
                    let names: Vec<&str> = fills.iter().map(|hole| hole.name()).collect();
                    notes.error(
                        wrong.position,
                        format!(
                            "the check `{}` fills no hole `{{{}}}`",
                            check.name,
                            hole.name()
                        ),
                        if names.is_empty() {
                            "it fills none".to_owned()
                        } else {
                            suggest(hole.name(), &names)
                        },
                    );
                }
            }
        }
        if lesson.continues.is_none() {
            lesson.unknown_names(&BTreeSet::new(), notes);
        }
        self.lesson
    }

    /// Gives each line of the solutions to its step.
    fn place_solutions(&mut self) {
        let known: Vec<String> = self
            .lesson
            .steps
            .iter()
            .map(|step| step.id.clone())
            .collect();
        let mut furthest = 0;
        for (here, tagged) in std::mem::take(&mut self.solutions) {
            let at = tagged
                .tag
                .as_ref()
                .map_or(tagged.command.position, |(_, at)| *at);
            let tag = tagged.tag.as_ref().map(|(tag, _)| tag.clone()).or(here);
            let Some(tag) = tag else {
                self.notes.error(
                    at,
                    "this line of the solution names no step",
                    "begin it with its step, as in `#nat aws …`",
                );
                continue;
            };
            let Some(index) = known.iter().position(|id| *id == tag) else {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                self.notes.error(
                    at,
                    format!("there is no step `{tag}`"),
                    match nearest(&tag, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "a comment has a blank behind `#`".to_owned(),
                    },
                );
                continue;
            };
            if index < furthest {
                self.notes.error(
                    at,
                    format!("this line of step `{tag}` comes after a later step's"),
                    "put the solution in the order in which it is done",
                );
            }
            furthest = furthest.max(index);
            if let Some(step) = self.lesson.steps.get_mut(index) {
                step.solution.push(tagged.command);
            }
        }
    }
}

/// `{reason} is NO_ROUTE_TO_DESTINATION`, or words of the sentence.
fn expectation(text: &str, at: Position, notes: &mut Notes) -> Option<Expectation> {
    let Some((hole, value)) = text
        .strip_prefix('{')
        .and_then(|rest| rest.split_once("} is "))
    else {
        if text.trim().is_empty() {
            notes.error(
                at,
                "an empty sentence is no expectation",
                "say a part of the sentence",
            );
            return None;
        }
        return Some(Expectation::Says(text.to_owned()));
    };
    match Hole::parse(hole) {
        Some(hole) => Some(Expectation::Is(hole, value.trim().to_owned())),
        None => {
            let names: Vec<&str> = Hole::ALL.iter().map(|hole| hole.name()).collect();
            notes.error(
                at,
                format!("there is no hole `{{{hole}}}`"),
                suggest(hole, &names),
            );
            None
        }
    }
}

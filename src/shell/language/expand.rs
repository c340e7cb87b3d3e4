//! Words to fields: variables, substitutions, splitting and files.

use hopwise_machine::normalize;

use super::arithmetic::{self, Names};
use super::pattern::{self, Sign};
use super::syntax::{Operation, Piece, Word};
use crate::session::{Frame, Session};
use crate::shell::{Io, Shell, Stop};

/// The most fields one command gets.
const MOST_FIELDS: usize = 20_000;

/// The parts of a word before it is split.
enum Part {
    /// Text that is neither split nor matched.
    Quoted(String),
    /// Text from the word itself: matched against files but not split.
    Bare(String),
    /// Text from an expansion outside quotes: split and matched.
    Loose(String),
}

struct Variables<'s> {
    session: &'s mut Session,
}

impl Names for Variables<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.session
            .frames
            .last()
            .and_then(|frame| frame.get(name))
            .or(self.session.names.get(name).map(String::as_str))
            .map(str::to_owned)
    }

    fn set(&mut self, name: &str, value: i64) {
        if let Some(frame) = self.session.frames.last_mut() {
            frame.set(name, value.to_string());
        }
    }
}

impl Shell<'_> {
    /// The fields that words become: expanded, split and matched against files.
    pub(crate) fn fields(&mut self, words: &[Word], io: Io) -> Result<Vec<String>, Stop> {
        let mut fields = Vec::new();
        for word in words {
            let parts = self.parts(word, io)?;
            for field in split(parts) {
                self.step()?;
                match self.files(&field)? {
                    Some(files) => fields.extend(files),
                    None => fields.push(field.iter().map(|sign| sign.c).collect()),
                }
                if fields.len() > MOST_FIELDS {
                    return Err(Stop::Fuel("the command has too many arguments".to_owned()));
                }
            }
        }
        Ok(fields)
    }

    /// The one text that a word becomes, neither split nor matched.
    pub(crate) fn text(&mut self, word: &Word, io: Io) -> Result<String, Stop> {
        let mut text = String::new();
        for part in self.parts(word, io)? {
            match part {
                Part::Quoted(part) | Part::Bare(part) | Part::Loose(part) => text.push_str(&part),
            }
        }
        Ok(text)
    }

    /// The pattern that a word becomes: quoted parts stand for themselves.
    pub(crate) fn pattern(&mut self, word: &Word, io: Io) -> Result<Vec<Sign>, Stop> {
        let mut signs = Vec::new();
        for part in self.parts(word, io)? {
            let (text, quoted) = match part {
                Part::Quoted(text) => (text, true),
                Part::Bare(text) | Part::Loose(text) => (text, false),
            };
            signs.extend(text.chars().map(|c| Sign { c, quoted }));
        }
        Ok(signs)
    }

    /// The value of an arithmetic expression.
    pub(crate) fn arithmetic(&mut self, word: &Word, io: Io) -> Result<i64, Stop> {
        let text = self.text(word, io)?;
        let mut names = Variables {
            session: &mut *self.session,
        };
        arithmetic::evaluate(text.trim(), &mut names).map_err(Stop::Bad)
    }

    fn parts(&mut self, word: &Word, io: Io) -> Result<Vec<Part>, Stop> {
        let mut parts = Vec::new();
        for piece in &word.pieces {
            self.step()?;
            match piece {
                Piece::Bare(text) => parts.push(Part::Bare(text.clone())),
                Piece::Quoted(text) => parts.push(Part::Quoted(text.clone())),
                Piece::Home => {
                    let home = self.variable("HOME").unwrap_or_default();
                    parts.push(Part::Quoted(home));
                }
                Piece::Variable {
                    name,
                    operation,
                    quoted,
                } => {
                    let text = self.parameter(name, operation, io)?;
                    self.spend(text.len())?;
                    parts.push(part(text, *quoted));
                }
                Piece::Command { script, quoted } => {
                    let text = self.substitute(script, io)?;
                    parts.push(part(text, *quoted));
                }
                Piece::Arithmetic { word, quoted } => {
                    let value = self.arithmetic(word, io)?;
                    parts.push(part(value.to_string(), *quoted));
                }
            }
        }
        Ok(parts)
    }

    /// The value of a variable, the lesson's names among them; the special ones too.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        match name {
            "?" => return Some(self.session.status.to_string()),
            "#" => return Some("0".to_owned()),
            "$" => return Some("4711".to_owned()),
            "0" => return Some("bash".to_owned()),
            "-" => return Some("himBH".to_owned()),
            "@" | "*" | "!" => return Some(String::new()),
            _ => {}
        }
        self.frame()
            .get(name)
            .or(self.session.names.get(name).map(String::as_str))
            .map(str::to_owned)
    }

    fn parameter(&mut self, name: &str, operation: &Operation, io: Io) -> Result<String, Stop> {
        let value = self.variable(name);
        if let Operation::Missing { sign, colon, word } = operation {
            let missing = match &value {
                None => true,
                Some(value) => *colon && value.is_empty(),
            };
            return match (sign, missing) {
                ('+', true) => Ok(String::new()),
                ('+', false) | ('-', true) => self.text(word, io),
                ('=', true) => {
                    let text = self.text(word, io)?;
                    self.frame_mut().set(name, text.clone());
                    Ok(text)
                }
                ('?', true) => {
                    let words = self.text(word, io)?;
                    let words = if words.is_empty() {
                        "parameter null or not set".to_owned()
                    } else {
                        words
                    };
                    Err(Stop::Bad(format!("{name}: {words}")))
                }
                _ => Ok(value.unwrap_or_default()),
            };
        }
        if value.is_none() && self.frame().options.nounset {
            return Err(Stop::Bad(format!("{name}: unbound variable")));
        }
        let value = value.unwrap_or_default();
        Ok(match operation {
            Operation::Plain | Operation::Missing { .. } => value,
            Operation::Length => value.chars().count().to_string(),
            Operation::Case { upper: true } => value.to_uppercase(),
            Operation::Case { upper: false } => value.to_lowercase(),
            Operation::Trim {
                suffix,
                longest,
                pattern,
            } => {
                let pattern = self.pattern(pattern, io)?;
                let chars: Vec<char> = value.chars().collect();
                self.spend(chars.len() * (pattern.len() + 1))?;
                trim(&chars, &pattern, *suffix, *longest)
            }
            Operation::Replace { all, pattern, with } => {
                let pattern = self.pattern(pattern, io)?;
                let with = self.text(with, io)?;
                let chars: Vec<char> = value.chars().take(4096).collect();
                self.spend(chars.len() * (chars.len() / 8 + 1))?;
                replace(&chars, &pattern, &with, *all)
            }
            Operation::Part { offset, length } => {
                let offset = self.arithmetic(offset, io)?;
                let length = match length {
                    Some(length) => Some(self.arithmetic(length, io)?),
                    None => None,
                };
                let count = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
                let from = if offset < 0 { count + offset } else { offset }.clamp(0, count);
                let to = match length {
                    Some(length) if length < 0 => count.saturating_add(length),
                    Some(length) => from.saturating_add(length),
                    None => count,
                }
                .clamp(from, count);
                let skip = usize::try_from(from).unwrap_or(0);
                let take = usize::try_from(to - from).unwrap_or(0);
                value.chars().skip(skip).take(take).collect()
            }
        })
    }

    /// The files that a field with `*`, `?` or `[…]` stands for; none where it has none of them
    /// or matches nothing, so that it stays as it is.
    fn files(&mut self, field: &[Sign]) -> Result<Option<Vec<String>>, Stop> {
        if !pattern::is_pattern(field) {
            return Ok(None);
        }
        let mut found = vec![String::new()];
        if field.first().is_some_and(|sign| sign.c == '/') {
            found = vec!["/".to_owned()];
        }
        let parts: Vec<&[Sign]> = field
            .split(|sign| sign.c == '/')
            .filter(|part| !part.is_empty())
            .collect();
        for part in parts {
            let mut next = Vec::new();
            for base in &found {
                self.step()?;
                if !pattern::is_pattern(part) {
                    let name: String = part.iter().map(|sign| sign.c).collect();
                    let path = join(base, &name);
                    if self.node(&path).is_some() {
                        next.push(path);
                    }
                    continue;
                }
                let frame: &Frame = self.frame();
                let folder = normalize(&frame.folder, base);
                let entries = self
                    .machine()
                    .and_then(|machine| machine.list(&frame.user, &folder).ok())
                    .unwrap_or_default();
                for entry in entries {
                    self.step()?;
                    let hidden = entry.name.starts_with('.')
                        && part.first().is_some_and(|sign| sign.c != '.');
                    let name: Vec<char> = entry.name.chars().collect();
                    if !hidden && pattern::matches(part, &name) {
                        next.push(join(base, &entry.name));
                    }
                }
            }
            found = next;
        }
        found.sort();
        Ok((!found.is_empty()).then_some(found))
    }
}

fn join(base: &str, name: &str) -> String {
    if base.is_empty() || base.ends_with('/') {
        format!("{base}{name}")
    } else {
        format!("{base}/{name}")
    }
}

fn part(text: String, quoted: bool) -> Part {
    if quoted {
        Part::Quoted(text)
    } else {
        Part::Loose(text)
    }
}

/// Parts to fields. A quoted part makes a field even where it is empty.
fn split(parts: Vec<Part>) -> Vec<Vec<Sign>> {
    let mut fields = Vec::new();
    let mut field: Option<Vec<Sign>> = None;
    for part in parts {
        match part {
            Part::Quoted(text) => {
                let signs = text.chars().map(|c| Sign { c, quoted: true });
                field.get_or_insert_default().extend(signs);
            }
            Part::Bare(text) => {
                let signs = text.chars().map(|c| Sign { c, quoted: false });
                field.get_or_insert_default().extend(signs);
            }
            Part::Loose(text) => {
                for c in text.chars() {
                    if matches!(c, ' ' | '\t' | '\n') {
                        fields.extend(field.take());
                    } else {
                        field
                            .get_or_insert_default()
                            .push(Sign { c, quoted: false });
                    }
                }
            }
        }
    }
    fields.extend(field);
    fields
}

fn trim(chars: &[char], pattern: &[Sign], suffix: bool, longest: bool) -> String {
    let length = chars.len();
    let cuts: Vec<usize> = if suffix == longest {
        (0..=length).collect()
    } else {
        (0..=length).rev().collect()
    };
    for cut in cuts {
        let (head, tail) = chars.split_at_checked(cut).unwrap_or((chars, &[]));
        let (kept, gone) = if suffix { (head, tail) } else { (tail, head) };
        if pattern::matches(pattern, gone) {
            return kept.iter().collect();
        }
    }
    chars.iter().collect()
}

fn replace(chars: &[char], pattern: &[Sign], with: &str, all: bool) -> String {
    let mut out = String::new();
    let mut at = 0;
    let mut done = false;
    while at < chars.len() {
        let longest = if done && !all {
            None
        } else {
            (at + 1..=chars.len())
                .rev()
                .find(|&end| pattern::matches(pattern, chars.get(at..end).unwrap_or_default()))
        };
        match longest {
            Some(end) => {
                out.push_str(with);
                at = end;
                done = true;
            }
            None => {
                out.extend(chars.get(at));
                at += 1;
            }
        }
    }
    out
}

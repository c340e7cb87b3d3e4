//! Front matter: flat `key: value` lines between two `---`.

use crate::bounds;
use crate::diagnostic::{Notes, Position};
use crate::objectives;
use crate::text::{Line, count, is_slug, nearest, suggest};

/// The format this version reads and writes.
pub(crate) const FORMAT: u32 = 1;

/// Whether the account begins with AWS's default VPCs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StartWorld {
    /// No VPC at all, as after deleting the default ones: the lesson builds every part.
    #[default]
    Empty,
    /// A default VPC in each Region, as in a new account.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html>
    Default,
}

/// The front matter of a lesson.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Front {
    /// The lesson's id: track, number and slug, e.g. `vpc-18-public-subnet`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The track it belongs to.
    pub track: String,
    /// About how long it takes.
    pub minutes: u32,
    /// The lessons that should come before, with where each is named.
    pub requires: Vec<(String, Position)>,
    /// Task statements of exams, e.g. `SAA-C03/1.2`.
    pub objectives: Vec<String>,
    /// The public pages that its facts come from.
    pub sources: Vec<String>,
    /// What the account holds before the set-up.
    pub world: StartWorld,
    /// Where the id stands.
    pub id_position: Position,
}

/// One `key: value`.
#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    key: &'static str,
    value: &'a str,
    key_at: Position,
    value_at: Position,
}

/// Flat front matter, before anyone asked what its keys mean.
#[derive(Debug)]
pub(crate) struct Matter<'a> {
    entries: Vec<Entry<'a>>,
    /// How many lines it takes, its fences among them.
    pub(crate) lines: usize,
    /// Was there any?
    pub(crate) found: bool,
}

impl<'a> Matter<'a> {
    /// Reads the front matter at the beginning of `lines`, whose keys may be `keys`.
    pub(crate) fn read(lines: &[Line<'a>], keys: &[&'static str], notes: &mut Notes) -> Matter<'a> {
        let mut matter = Matter {
            entries: Vec::new(),
            lines: 0,
            found: false,
        };
        if lines.first().is_none_or(|line| line.text != "---") {
            notes.error(
                Position::START,
                "the file doesn't begin with front matter",
                "the first line is `---`, then `key: value` lines, then `---` again",
            );
            return matter;
        }
        matter.found = true;
        for (index, line) in lines.iter().enumerate().skip(1) {
            if line.text == "---" {
                matter.lines = index + 1;
                return matter;
            }
            // A heading or a fence is prose already: the closing line was forgotten.
            if line.text.starts_with("```") || line.text.starts_with("## ") {
                break;
            }
            matter.lines = index + 1;
            matter.line(line, keys, notes);
        }
        notes.error(
            Position::START,
            "the front matter is never closed",
            "put a line `---` after its last key",
        );
        matter
    }

    fn line(&mut self, line: &Line<'a>, keys: &[&'static str], notes: &mut Notes) {
        if line.text.trim().is_empty() || line.text.starts_with('#') {
            return;
        }
        let Some((key, value)) = line.text.split_once(':') else {
            notes.error(
                line.start(),
                "this is no `key: value` line",
                "front matter is flat: one `key: value` a line, lists between commas",
            );
            return;
        };
        let key_at = line.start();
        let blanks = value.chars().take_while(|c| c.is_whitespace()).count();
        let value_at = line.at(count(key.chars().count() + 1 + blanks) + 1);
        if key.starts_with(char::is_whitespace) || key.trim() == "-" {
            notes.error(
                key_at,
                "front matter isn't nested",
                "write every key at the beginning of its line",
            );
            return;
        }
        let (key, value) = (key.trim(), value.trim());
        if !keys.contains(&key) {
            let meant = nearest(key, keys.iter().copied());
            notes.error(
                key_at,
                format!("there is no key `{key}`"),
                suggest(key, keys),
            );
            // Taken for what was meant, so that it isn't reported missing as well.
            let Some(meant) = meant.and_then(|meant| keys.iter().find(|key| **key == meant)) else {
                return;
            };
            self.known(meant, value, key_at, value_at, notes);
            return;
        }
        let known = keys.iter().find(|known| **known == key);
        if let Some(known) = known {
            self.known(known, value, key_at, value_at, notes);
        }
    }

    fn known(
        &mut self,
        key: &'static str,
        value: &'a str,
        key_at: Position,
        value_at: Position,
        notes: &mut Notes,
    ) {
        if let Some(first) = self.entries.iter().find(|entry| entry.key == key) {
            notes.error(
                key_at,
                format!("`{key}` is given twice"),
                format!("it stands in line {} already", first.key_at.line),
            );
            return;
        }
        if value.starts_with(['"', '\'', '[', '{', '|', '>']) {
            notes.error(
                value_at,
                format!("the value of `{key}` begins with `{}`", first_of(value)),
                "values are written plainly, without quotes or brackets; lists are `a, b, c`",
            );
        } else if value.contains(": ") {
            notes.warning(
                value_at,
                format!("the value of `{key}` holds a colon and a blank"),
                "it works here, and GitHub's table of the front matter breaks",
            );
        }
        self.entries.push(Entry {
            key,
            value,
            key_at,
            value_at,
        });
    }

    fn entry(&self, key: &str) -> Option<Entry<'a>> {
        self.entries.iter().find(|entry| entry.key == key).copied()
    }

    /// The value of a key, and where it stands; said when a required one is missing.
    pub(crate) fn text(
        &self,
        key: &str,
        required: bool,
        notes: &mut Notes,
    ) -> Option<(&'a str, Position)> {
        let entry = self.entry(key);
        match entry {
            Some(entry) if entry.value.is_empty() => {
                notes.error(
                    entry.key_at,
                    format!("`{key}` has no value"),
                    format!("write `{key}: …`, or leave the line out where it is optional"),
                );
                None
            }
            Some(entry) => Some((entry.value, entry.value_at)),
            None => {
                if required && self.found {
                    notes.error(
                        Position::START,
                        format!("the front matter lacks `{key}`"),
                        format!("add a line `{key}: …`"),
                    );
                }
                None
            }
        }
    }

    /// A required id.
    pub(crate) fn slug(&self, key: &str, notes: &mut Notes) -> Option<(&'a str, Position)> {
        let (text, at) = self.text(key, true, notes)?;
        if is_slug(text) {
            return Some((text, at));
        }
        notes.error(
            at,
            format!("`{text}` can't be the value of `{key}`"),
            "use small letters, digits and single hyphens between them, 80 at most",
        );
        None
    }

    /// A required line of text for people.
    pub(crate) fn title(&self, key: &str, notes: &mut Notes) -> String {
        let Some((text, at)) = self.text(key, true, notes) else {
            return String::new();
        };
        if text.chars().count() > bounds::TITLE {
            notes.error(
                at,
                format!("`{key}` is longer than {} characters", bounds::TITLE),
                "say it shorter",
            );
            return String::new();
        }
        text.to_owned()
    }

    /// A whole number within bounds.
    pub(crate) fn number(
        &self,
        key: &str,
        least: u32,
        most: u32,
        notes: &mut Notes,
    ) -> Option<u32> {
        let (text, at) = self.text(key, true, notes)?;
        let digits = text.chars().all(|c| c.is_ascii_digit());
        match text.parse::<u32>().ok().filter(|_| digits) {
            Some(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                notes.error(
                    at,
                    format!("`{text}` is no value of `{key}`"),
                    format!("give a whole number from {least} to {most}"),
                );
                None
            }
        }
    }

    /// The entries of an optional list between commas.
    pub(crate) fn list(&self, key: &str, notes: &mut Notes) -> Vec<(&'a str, Position)> {
        let Some((text, at)) = self.text(key, false, notes) else {
            return Vec::new();
        };
        let mut list: Vec<(&str, Position)> = Vec::new();
        let mut column = at.column;
        for part in text.split(',') {
            let blanks = part.chars().take_while(|c| c.is_whitespace()).count();
            let here = Position::new(at.line, column + count(blanks));
            column += count(part.chars().count()) + 1;
            let part = part.trim();
            if part.is_empty() {
                notes.error(
                    here,
                    format!("an entry of `{key}` is empty"),
                    "take one comma away",
                );
            } else if list.iter().any(|(other, _)| *other == part) {
                notes.error(here, format!("`{part}` is named twice"), "once is enough");
            } else if notes.room(list.len(), bounds::ENTRIES, "entries", here) {
                list.push((part, here));
            } else {
                break;
            }
        }
        list
    }

    /// Is the file written in the format this version reads? Says so if not.
    pub(crate) fn format(&self, notes: &mut Notes) -> bool {
        let Some((text, at)) = self.text("format", true, notes) else {
            return true;
        };
        let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        match text.parse::<u32>().ok().filter(|_| digits) {
            Some(FORMAT) => true,
            Some(other) if other > FORMAT => {
                notes.error(
                    at,
                    format!("this file is written in format {other}; this version of Hopwise reads format {FORMAT}"),
                    "open it with a newer Hopwise",
                );
                false
            }
            _ => {
                notes.error(
                    at,
                    format!("`{text}` is no format"),
                    format!("write `format: {FORMAT}`"),
                );
                true
            }
        }
    }
}

fn first_of(text: &str) -> char {
    text.chars().next().unwrap_or(' ')
}

/// The keys of a lesson.
pub(crate) const LESSON_KEYS: &[&str] = &[
    "format",
    "id",
    "title",
    "track",
    "minutes",
    "requires",
    "objectives",
    "sources",
    "world",
];

impl Front {
    /// What a lesson's front matter says.
    pub(crate) fn read(matter: &Matter<'_>, notes: &mut Notes) -> Front {
        let id = matter.slug("id", notes);
        let track = matter.slug("track", notes);
        let mut front = Front {
            id: id.map(|(id, _)| id.to_owned()).unwrap_or_default(),
            id_position: id.map_or(Position::START, |(_, at)| at),
            title: matter.title("title", notes),
            track: track.map(|(track, _)| track.to_owned()).unwrap_or_default(),
            minutes: matter.number("minutes", 1, 240, notes).unwrap_or_default(),
            ..Front::default()
        };
        if let (Some((id, at)), Some((track, _))) = (id, track) {
            let numbered = id
                .strip_prefix(track)
                .and_then(|rest| rest.strip_prefix('-'))
                .and_then(|rest| rest.split_once('-'))
                .is_some_and(|(number, slug)| {
                    number.len() == 2
                        && number.chars().all(|c| c.is_ascii_digit())
                        && !slug.is_empty()
                });
            if !numbered {
                notes.error(
                    at,
                    format!("the id `{id}` doesn't begin with its track and a number"),
                    format!("an id is track, two digits and a few words: `{track}-07-some-words`"),
                );
            }
        }
        for (text, at) in matter.list("requires", notes) {
            if is_slug(text) {
                front.requires.push((text.to_owned(), at));
            } else {
                notes.error(
                    at,
                    format!("`{text}` is no lesson's id"),
                    "write ids between commas",
                );
            }
        }
        for (text, at) in matter.list("objectives", notes) {
            match objectives::fault(text) {
                None => front.objectives.push(text.to_owned()),
                Some((sentence, help)) => notes.error(at, sentence, help),
            }
        }
        for (text, at) in matter.list("sources", notes) {
            if text.starts_with("https://") && !text.contains(char::is_whitespace) {
                front.sources.push(text.to_owned());
            } else {
                notes.error(
                    at,
                    format!("`{text}` is no public page"),
                    "a source is an address that begins with `https://`",
                );
            }
        }
        front.world = match matter.text("world", false, notes) {
            None | Some(("empty", _)) => StartWorld::Empty,
            Some(("default", _)) => StartWorld::Default,
            Some((other, at)) => {
                notes.error(
                    at,
                    format!("there is no world `{other}`"),
                    suggest(other, &["empty", "default"]),
                );
                StartWorld::Empty
            }
        };
        front
    }
}

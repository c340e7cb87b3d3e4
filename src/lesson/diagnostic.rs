//! What is wrong with a lesson, and where.

use crate::bounds;
use std::fmt::Write as _;

/// A place in a file: line and column, both counted from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Default for Position {
    fn default() -> Self {
        Position::START
    }
}

impl Position {
    /// The first character of the file.
    pub const START: Position = Position { line: 1, column: 1 };

    /// The place at `line` and `column`.
    pub fn new(line: u32, column: u32) -> Self {
        Position { line, column }
    }
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The lesson can't be used as it stands.
    Error,
    /// It works, and yet the author will want to know.
    Warning,
}

/// One thing that is wrong with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Where.
    pub position: Position,
    /// How bad.
    pub severity: Severity,
    /// What, in one sentence.
    pub sentence: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(position: Position, sentence: impl Into<String>, help: impl Into<String>) -> Self {
        Diagnostic {
            position,
            severity: Severity::Error,
            sentence: sentence.into(),
            help: Some(help.into()).filter(|help| !help.is_empty()),
        }
    }

    /// A warning.
    pub fn warning(
        position: Position,
        sentence: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(position, sentence, help)
        }
    }

    /// `file:line:column: sentence`, and the help on a line of its own.
    pub fn render(&self, file: &str) -> String {
        let Position { line, column } = self.position;
        let severity = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        let mut text = format!("{file}:{line}:{column}: {severity}{}", self.sentence);
        if let Some(help) = &self.help {
            // Writing to a String can't fail.
            let _ = write!(text, "\n  help: {help}");
        }
        text
    }
}

/// Collects the diagnostics of one file, as many as anyone will read.
#[derive(Default, Debug)]
pub(crate) struct Notes {
    list: Vec<Diagnostic>,
    dropped: usize,
}

impl Notes {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() < bounds::DIAGNOSTICS {
            self.list.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    pub(crate) fn error(
        &mut self,
        position: Position,
        sentence: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Diagnostic::error(position, sentence, help));
    }

    pub(crate) fn warning(
        &mut self,
        position: Position,
        sentence: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Diagnostic::warning(position, sentence, help));
    }

    /// Says once that there is too much of something; true while there is room.
    pub(crate) fn room(&mut self, have: usize, most: usize, what: &str, at: Position) -> bool {
        if have == most {
            self.error(
                at,
                format!("there are more than {most} {what}"),
                "split the lesson in two",
            );
        }
        have < most
    }

    /// All of them in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| diagnostic.position);
        if self.dropped > 0 {
            let last = self
                .list
                .last()
                .map_or(Position::START, |diagnostic| diagnostic.position);
            self.list.push(Diagnostic::error(
                last,
                format!("there are {} more like these", self.dropped),
                "mend these first",
            ));
        }
        self.list
    }
}

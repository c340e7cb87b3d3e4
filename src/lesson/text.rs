//! Lines, words, and what to make of a misspelt one.

use crate::bounds;
use crate::diagnostic::{Notes, Position};

/// A line of the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: u32,
    /// Where it begins in the file, in bytes.
    pub(crate) offset: usize,
    /// Without its end.
    pub(crate) text: &'a str,
}

impl Line<'_> {
    /// The place `column` (from 1) of this line.
    pub(crate) fn at(&self, column: u32) -> Position {
        Position::new(self.number, column)
    }

    /// The place of the first character that is no blank.
    pub(crate) fn start(&self) -> Position {
        let blanks = self.text.chars().take_while(|c| c.is_whitespace()).count();
        self.at(count(blanks) + 1)
    }
}

/// A length as a column.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The file as text that is safe to read on: of bounded size, without a byte order mark, without
/// characters that hide others. Offsets, lines and columns are those of the file.
/// `None` when it is too large to be looked at.
pub(crate) fn clean(text: &str, notes: &mut Notes) -> Option<String> {
    if text.len() > bounds::BYTES {
        notes.error(
            Position::START,
            format!(
                "the file is {} bytes long and may be {} at most",
                text.len(),
                bounds::BYTES
            ),
            "split it in two",
        );
        return None;
    }
    let mut safe = String::with_capacity(text.len());
    let (mut line, mut column) = (1u32, 1u32);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let position = Position::new(line, column);
        match c {
            '\n' => {
                safe.push('\n');
                (line, column) = (line.saturating_add(1), 1);
                continue;
            }
            '\r' if characters.peek() == Some(&'\n') => safe.push(' '),
            '\t' => safe.push('\t'),
            '\u{feff}' if position == Position::START => safe.push('\u{200b}'),
            c if hides(c) => {
                notes.error(
                    position,
                    format!("the character U+{:04X} can't be seen", u32::from(c)),
                    "delete it",
                );
                // As many bytes as it had, so that every offset stays.
                safe.extend(std::iter::repeat_n(' ', c.len_utf8()));
                column = column.saturating_add(count(c.len_utf8()).saturating_sub(1));
            }
            c => safe.push(c),
        }
        column = column.saturating_add(1);
    }
    Some(safe)
}

/// Control characters, and those that turn or hide what stands around them.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The lines of a clean text.
pub(crate) fn lines<'a>(text: &'a str, notes: &mut Notes) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut offset = 0;
    for (index, full) in text.split_inclusive('\n').enumerate() {
        let trimmed = full.trim_end();
        // A byte order mark became a blank of the same length; it is no part of the line.
        let shown = trimmed.strip_prefix('\u{200b}').unwrap_or(trimmed);
        let line = Line {
            number: count(index) + 1,
            offset: offset + (trimmed.len() - shown.len()),
            text: shown,
        };
        if shown.len() > bounds::LINE {
            notes.error(
                line.at(1),
                format!(
                    "the line is {} bytes long and may be {} at most",
                    shown.len(),
                    bounds::LINE
                ),
                "break it",
            );
        }
        lines.push(line);
        offset += full.len();
    }
    lines
}

/// A word or a quoted text of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) position: Position,
    pub(crate) kind: TokenKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TokenKind {
    Word,
    /// Between double quotes; `\"` and `\\` stand for the character itself.
    Quoted,
    /// As before, and the line ended first.
    Unclosed,
}

/// The words of `text`, whose first character stands at `start`.
/// A `#` that begins a word begins a comment.
pub(crate) fn tokens(text: &str, start: Position) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut column = start.column;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let position = Position::new(start.line, column);
        column += 1;
        if c.is_whitespace() {
            continue;
        }
        if c == '#' {
            break;
        }
        let mut token = Token {
            text: String::new(),
            position,
            kind: TokenKind::Word,
        };
        if c == '"' {
            token.kind = TokenKind::Unclosed;
            while let Some(c) = characters.next() {
                column += 1;
                match c {
                    '"' => {
                        token.kind = TokenKind::Quoted;
                        break;
                    }
                    '\\' if matches!(characters.peek(), Some('"' | '\\')) => {
                        token.text.extend(characters.next());
                        column += 1;
                    }
                    c => token.text.push(c),
                }
            }
        } else {
            token.text.push(c);
            while let Some(&c) = characters.peek() {
                if c.is_whitespace() || c == '"' {
                    break;
                }
                token.text.push(c);
                characters.next();
                column += 1;
            }
        }
        tokens.push(token);
    }
    tokens
}

/// The candidate that `word` was probably meant to be.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > 60 {
        return None;
    }
    let word = word.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or else the list of what there is.
pub(crate) fn suggest(word: &str, candidates: &[&str]) -> String {
    match nearest(word, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("there are: {}", candidates.join(", ")),
    }
}

/// Is it a name of small letters, digits and inner hyphens?
pub(crate) fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The name of a shell variable at the beginning of `text`.
pub(crate) fn leading_name(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    if !(first.is_ascii_alphabetic() || first == '_') {
        return None;
    }
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    text.get(..end)
}

/// The name that `$name` holds, if `text` is just that.
pub(crate) fn dollar_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    (leading_name(name) == Some(name)).then_some(name)
}

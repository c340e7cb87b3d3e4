//! A file cut into prose, headings of steps, and blocks.

use crate::diagnostic::{Notes, Position};
use crate::text::{Line, nearest};

/// The blocks that mean something here; any other fence is code to look at.
pub(crate) const BLOCKS: &[&str] = &[
    "setup", "keep", "checks", "hints", "solution", "wrong", "quiz",
];

/// Languages of code; a word that is near a block's name and none of these is a slip.
const LANGUAGES: &[&str] = &[
    "sh",
    "bash",
    "shell",
    "console",
    "text",
    "txt",
    "json",
    "yaml",
    "html",
    "css",
    "python",
    "http",
    "diff",
    "dockerfile",
    "ini",
    "toml",
    "sql",
];

/// A piece of the file.
#[derive(Debug)]
pub(crate) enum Section<'a> {
    /// Lines of Markdown, code that is only looked at among them.
    Prose(&'a [Line<'a>]),
    /// A line `## …`; the text behind the marks.
    Heading { text: &'a str, at: Position },
    /// A block.
    Block(RawBlock<'a>),
}

/// A block before it is read.
#[derive(Debug)]
pub(crate) struct RawBlock<'a> {
    pub(crate) name: &'static str,
    /// The opening line, for its position.
    pub(crate) line: Line<'a>,
    /// The rest of the opening line.
    pub(crate) info: &'a str,
    pub(crate) lines: &'a [Line<'a>],
}

impl RawBlock<'_> {
    pub(crate) fn at(&self) -> Position {
        self.line.at(1)
    }
}

/// An opening fence: its character, how often, and what stands behind.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = line.trim_start_matches(mark);
    let length = line.len() - info.len();
    // A backtick fence has no backtick behind it, else it's code within a line.
    (length >= 3 && !(mark == '`' && info.contains('`'))).then_some((mark, length, info.trim()))
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    let rest = line.trim_start_matches(mark);
    line.len() - rest.len() >= length && rest.trim().is_empty()
}

/// Cuts `lines`.
pub(crate) fn cut<'a>(lines: &'a [Line<'a>], notes: &mut Notes) -> Vec<Section<'a>> {
    let mut sections = Vec::new();
    let mut prose = 0;
    let mut index = 0;
    let part = |from: usize, to: usize| lines.get(from..to).unwrap_or_default();
    while let Some(line) = lines.get(index) {
        if let Some((mark, length, info)) = fence(line.text) {
            let word = info.split_whitespace().next().unwrap_or("");
            let block = BLOCKS.iter().find(|name| **name == word).copied();
            // A block of ours that was left open ends where the next one or a step begins, so
            // that one forgotten fence is one mistake. Other code runs to the end, as in Markdown.
            let inside = part(index + 1, lines.len());
            let stop = inside.iter().position(|line| {
                closes(line.text, mark, length) || (block.is_some() && opens_other(line))
            });
            let end = stop.map_or(lines.len(), |stop| index + 1 + stop);
            let closed = lines
                .get(end)
                .is_some_and(|line| closes(line.text, mark, length));
            if !closed {
                notes.error(
                    line.at(1),
                    "this block is never closed",
                    "end it with a line of the same marks and nothing else",
                );
            }
            let next = if closed { end + 1 } else { end };
            if let Some(name) = block {
                sections.push(Section::Prose(part(prose, index)));
                sections.push(Section::Block(RawBlock {
                    name,
                    line: *line,
                    info: info.strip_prefix(name).unwrap_or_default().trim(),
                    lines: part(index + 1, end),
                }));
                prose = next;
            } else if !LANGUAGES.contains(&word)
                && let Some(meant) = nearest(word, BLOCKS.iter().copied())
            {
                notes.error(
                    line.at(crate::text::count(length) + 1),
                    format!("there is no block `{word}`"),
                    format!("did you mean `{meant}`?"),
                );
                sections.push(Section::Prose(part(prose, index)));
                prose = next;
            }
            index = next;
            continue;
        }
        if let Some(text) = line.text.strip_prefix("## ") {
            sections.push(Section::Prose(part(prose, index)));
            sections.push(Section::Heading {
                text: text.trim(),
                at: line.at(1),
            });
            prose = index + 1;
        }
        index += 1;
    }
    sections.push(Section::Prose(part(prose, lines.len())));
    sections
}

/// Does a step or a block of ours begin here?
fn opens_other(line: &Line<'_>) -> bool {
    line.text.starts_with("## ")
        || fence(line.text).is_some_and(|(_, _, info)| {
            let word = info.split_whitespace().next().unwrap_or("");
            BLOCKS.contains(&word)
        })
}

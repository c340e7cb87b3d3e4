//! The commands of `setup`, `solution` and `wrong`: the lines a student would type.

use crate::bounds;
use crate::diagnostic::{Notes, Position};
use crate::text::{Line, count, dollar_name, leading_name};

/// One command, as it would be typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// The line; lines joined by `\` are one.
    pub text: String,
    /// The `$name` that keeps the id the command made, without the `$`.
    pub keeps: Option<String>,
    /// Where it begins.
    pub position: Position,
}

/// A command with the tag of its step, `#nat`, as a solution has it.
#[derive(Debug)]
pub(crate) struct Tagged {
    pub(crate) tag: Option<(String, Position)>,
    pub(crate) command: Command,
}

/// The commands of a block.
pub(crate) fn commands(lines: &[Line<'_>], notes: &mut Notes) -> Vec<Tagged> {
    let mut commands = Vec::new();
    let mut lines = lines.iter();
    while let Some(line) = lines.next() {
        let trimmed = line.text.trim_start();
        let (tag, rest) = tag(trimmed);
        let is_comment = tag.is_none() && trimmed.starts_with('#') && !trimmed.starts_with("# =>");
        if trimmed.is_empty() || is_comment {
            continue;
        }
        let start = line.start();
        if !notes.room(
            commands.len(),
            bounds::COMMANDS,
            "commands in this block",
            start,
        ) {
            break;
        }
        let position = Position::new(
            line.number,
            start.column + count(trimmed.chars().count() - rest.chars().count()),
        );
        let mut text = rest.to_owned();
        while let Some(open) = text.strip_suffix('\\') {
            let Some(next) = lines.next() else {
                notes.error(
                    line.start(),
                    "the command goes on after `\\`, and the block ends",
                    "delete the last `\\`",
                );
                text = open.trim_end().to_owned();
                break;
            };
            text = format!("{} {}", open.trim_end(), next.text.trim());
            if text.len() > 4 * bounds::LINE {
                notes.error(position, "the command is too long", "break it into several");
                break;
            }
        }
        let (text, keeps) = keep(&text, position, notes);
        if text.is_empty() {
            notes.error(
                position,
                "there is no command here",
                "write the command before `# => $name`",
            );
            continue;
        }
        commands.push(Tagged {
            tag: tag.map(|tag| (tag.to_owned(), start)),
            command: Command {
                text,
                keeps,
                position,
            },
        });
    }
    commands
}

/// `#nat aws …` is the tag `nat` and the rest; `# words` is a comment.
fn tag(line: &str) -> (Option<&str>, &str) {
    let Some(rest) = line.strip_prefix('#') else {
        return (None, line);
    };
    let word = rest.split_whitespace().next().unwrap_or("");
    if rest.starts_with(char::is_whitespace) || !crate::text::is_slug(word) {
        return (None, line);
    }
    let command = rest.strip_prefix(word).unwrap_or_default().trim_start();
    (Some(word), command)
}

/// Takes `# => $name` off the end.
fn keep(text: &str, position: Position, notes: &mut Notes) -> (String, Option<String>) {
    let Some((command, name)) = text.rsplit_once("# =>") else {
        return (text.trim_end().to_owned(), None);
    };
    let command = command.trim_end();
    match dollar_name(name.trim()) {
        Some(name) => (command.to_owned(), Some(name.to_owned())),
        None => {
            let column = position.column + count(text.chars().count() - name.chars().count());
            notes.error(
                Position::new(position.line, column),
                format!("`{}` can't keep an id", name.trim()),
                "after `# =>` comes one `$name` of letters, digits and `_`",
            );
            (command.to_owned(), None)
        }
    }
}

impl Command {
    /// The names this command gives a value: `# => $name`, `name=…`, `for name in`, `read name`.
    pub fn defines(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.keeps.as_deref().into_iter().collect();
        let mut previous = "";
        for word in self.text.split_whitespace() {
            let bare = word.trim_start_matches(['(', '{', ';', '&', '|']);
            if let Some(name) = leading_name(bare) {
                let assigned = bare
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('='));
                if assigned || matches!(previous, "for" | "read") {
                    names.push(name);
                }
            }
            previous = word;
        }
        names
    }

    /// The `$names` it uses, with their places; what stands in single quotes is none.
    pub fn uses(&self) -> Vec<(&str, Position)> {
        let mut names = Vec::new();
        let mut quoted = false;
        let mut double = false;
        let mut column = self.position.column;
        let mut rest = self.text.as_str();
        while let Some(c) = rest.chars().next() {
            let tail = rest.get(c.len_utf8()..).unwrap_or_default();
            match c {
                '\\' if !quoted => {
                    let skip = tail.chars().next().map_or(0, char::len_utf8);
                    rest = tail.get(skip..).unwrap_or_default();
                    column += 2;
                    continue;
                }
                '"' if !quoted => double = !double,
                '\'' if !double => quoted = !quoted,
                '$' if !quoted => {
                    let inner = tail.strip_prefix('{').unwrap_or(tail);
                    if let Some(name) = leading_name(inner) {
                        names.push((name, Position::new(self.position.line, column)));
                    }
                }
                _ => {}
            }
            column += 1;
            rest = tail;
        }
        names
    }
}

//! The format and the proofs, tested with files: `tests/lessons/` holds lessons with what is said
//! of each beside it, and the lessons of `lessons/` prove themselves.

mod access;
mod format;
mod guide;
mod proofs;
mod running;

use crate::{Lesson, Obligation, parse};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn sound(path: &str, text: &str) -> Lesson {
    let (lesson, diagnostics) = parse(text);
    let said: Vec<String> = diagnostics.iter().map(|it| it.render(path)).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    lesson
}

/// What is not proven, a line for each.
fn unproven(path: &str, obligations: &[Obligation]) -> String {
    obligations
        .iter()
        .filter(|obligation| !obligation.holds)
        .flat_map(|obligation| {
            let said = obligation
                .failures
                .iter()
                .map(|failure| failure.render(path));
            let mut lines: Vec<String> = said
                .map(|said| format!("{} {said}\n", obligation.id))
                .collect();
            if lines.is_empty() {
                lines.push(format!("{} was not tried\n", obligation.id));
            }
            lines
        })
        .collect()
}

/// Ids are hashes; what they are of is enough here.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("-0") {
        masked.push_str(before);
        let digits = after.chars().take_while(char::is_ascii_hexdigit).count();
        if digits == 16 {
            masked.push_str("-…");
            rest = after.get(16..).unwrap();
        } else {
            masked.push_str("-0");
            rest = after;
        }
    }
    masked + rest
}

//! Small helpers for building JSON answers.

use hopwise_cloud::{Map, Value};
use std::fmt;
use std::io::Write;

/// Why a command could not do what it was asked: bad input, with the way out. Exit status 2.
#[derive(Debug)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// A JSON object of these members.
pub fn object<const N: usize>(members: [(&'static str, Value); N]) -> Value {
    let mut map = Map::new();
    for (key, value) in members {
        map.insert(key, value);
    }
    Value::Map(map)
}

/// A string, or `null`.
pub fn text_or_null(text: Option<impl Into<String>>) -> Value {
    text.map_or(Value::Null, |text| Value::Str(text.into()))
}

/// Reads a file that a person named.
///
/// # Errors
///
/// Says which file could not be read, and why.
pub fn read(path: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure(format!("cannot read {path}: {error}")))
}

/// Prints a text to standard output. Where nobody reads on (`| head`), the command ends quietly.
pub fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}

/// The same with the end of a line.
pub fn say_line(text: &str) {
    say(&format!("{text}\n"));
}

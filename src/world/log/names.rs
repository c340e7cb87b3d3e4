//! Ids and secrets, written by what made them.

use hopwise_cloud::{Map, Minted, Value, json};
use std::collections::BTreeMap;

/// How long the secret of an access key is.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html>
const SHORTEST_SECRET: usize = 40;

/// Ids by what made them, and back.
///
/// What made an id is told as `act.ordinal`, where acts are counted from 1 and 0 is the genesis.
/// In the log of a lesson what the set-up made is `$name`, where it has a name, and the student's
/// acts are counted from the end of the set-up, `+act.ordinal`: so the log stands on the lesson's
/// names rather than on how its set-up is written.
#[derive(Default)]
pub(super) struct Names {
    by_id: BTreeMap<String, String>,
    secrets: Vec<(String, String)>,
    by_label: BTreeMap<String, String>,
    /// How many acts the set-up of a lesson has.
    base: Option<u32>,
}

impl Names {
    /// From here on acts are the student's; `given` are the names that the lesson gives.
    pub(super) fn begin(&mut self, base: u32, given: &BTreeMap<String, String>) {
        self.base = Some(base);
        for (name, id) in given.iter().rev() {
            if let Some(label) = self.by_id.get_mut(id) {
                *label = format!("${name}");
                self.by_label.insert(label.clone(), id.clone());
            }
        }
    }

    pub(super) fn learn(&mut self, act: u32, minted: &[Minted]) {
        for it in minted {
            let label = match self.base {
                Some(base) if act > base => format!("+{}.{}", act - base, it.ordinal),
                _ => format!("{act}.{}", it.ordinal),
            };
            if it.secret {
                self.secrets.push((it.id.clone(), label.clone()));
            } else {
                self.by_id.insert(it.id.clone(), label.clone());
            }
            self.by_label.insert(label, it.id.clone());
        }
    }

    /// The text with ids and secrets written by what made them.
    pub(super) fn write(&self, text: &str) -> String {
        // No secret is shorter: most texts need no search.
        if text.len() < SHORTEST_SECRET {
            return self.write_ids(text);
        }
        let mut found: Vec<(usize, &str, &str)> = self
            .secrets
            .iter()
            .flat_map(|(secret, label)| {
                let hits = text.match_indices(secret.as_str());
                hits.map(move |(start, hit)| (start, hit, label.as_str()))
            })
            .collect();
        found.sort_unstable();
        let mut out = String::new();
        let mut done = 0;
        for (start, hit, label) in found {
            // One that overlaps the last is not to be found in `done..start`.
            if let Some(between) = text.get(done..start) {
                out.push_str(&self.write_ids(between));
                out.push_str(&format!("@{{{label}}}"));
                done = start + hit.len();
            }
        }
        out.push_str(&self.write_ids(text.get(done..).unwrap_or_default()));
        out
    }

    fn write_ids(&self, text: &str) -> String {
        let mut out = String::new();
        let mut word = String::new();
        let flush = |word: &mut String, out: &mut String| {
            match self.by_id.get(word.as_str()) {
                Some(label) => out.push_str(&format!("@{{{label}}}")),
                None => out.push_str(word),
            }
            word.clear();
        };
        for letter in text.chars() {
            if letter.is_ascii_alphanumeric() || letter == '-' {
                word.push(letter);
                continue;
            }
            flush(&mut word, &mut out);
            if letter == '@' {
                out.push('@');
            }
            out.push(letter);
        }
        flush(&mut word, &mut out);
        out
    }

    /// The text with ids written out again. A label that made no id stays as it is written.
    pub(super) fn read(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('@') {
            out.push_str(before);
            if let Some(tail) = after.strip_prefix('@') {
                out.push('@');
                rest = tail;
                continue;
            }
            let found = after.strip_prefix('{').and_then(|tail| {
                let (label, tail) = tail.split_once('}')?;
                Some((self.by_label.get(label)?, tail))
            });
            match found {
                Some((id, tail)) => {
                    out.push_str(id);
                    rest = tail;
                }
                None => {
                    out.push('@');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }

    pub(super) fn write_value(&self, value: &Value) -> Value {
        match value {
            Value::Str(text) => Value::Str(self.write(text)),
            Value::Bytes(bytes) => {
                let mut map = Map::new();
                // What is text stays readable, and its ids and secrets are written by place.
                match std::str::from_utf8(bytes) {
                    Ok(text) => map.insert("@text", Value::Str(self.write(text))),
                    Err(_) => map.insert("@bytes", Value::Str(json::base64(bytes))),
                };
                Value::Map(map)
            }
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.write_value(item)).collect())
            }
            Value::Map(map) => Value::Map(
                map.iter()
                    .map(|(key, value)| (key.to_owned().into(), self.write_value(value)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    pub(super) fn read_value(&self, value: &Value) -> Option<Value> {
        Some(match value {
            Value::Str(text) => Value::Str(self.read(text)),
            Value::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.read_value(item))
                    .collect::<Option<_>>()?,
            ),
            Value::Map(map) => match (map.get("@bytes"), map.get("@text")) {
                (Some(bytes), _) => Value::Bytes(json::from_base64(bytes.as_str()?)?),
                (None, Some(text)) => Value::Bytes(self.read(text.as_str()?).into_bytes()),
                (None, None) => Value::Map(
                    map.iter()
                        .map(|(key, value)| Some((key.to_owned().into(), self.read_value(value)?)))
                        .collect::<Option<_>>()?,
                ),
            },
            other => other.clone(),
        })
    }
}

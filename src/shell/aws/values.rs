//! The words of an option as a parameter's value, by its shape.

use hopwise_cloud::api::{Kind, Shape};
use hopwise_cloud::{Map, Value, json};
use hopwise_machine::FileError;

use super::errors::Failure;
use super::shorthand::{self, Fault};
use crate::python;
use crate::shell::Shell;

/// What stands behind an option.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Words {
    One(String),
    Many(Vec<String>),
}

/// The content of `file://…` or `fileb://…`; none where a value names no file. Inside, the CLI's
/// words for why it cannot be read.
pub(super) fn file(shell: &Shell<'_>, value: &str) -> Option<Result<Value, String>> {
    let (path, binary) = match value.strip_prefix("fileb://") {
        Some(path) => (path, true),
        None => (value.strip_prefix("file://")?, false),
    };
    let path = expanded(shell, path);
    let failed = |reason: String| Err(format!("Unable to load paramfile {value}: {reason}"));
    Some(match shell.read_file(&path) {
        Ok(bytes) if binary => Ok(Value::Bytes(bytes.to_vec())),
        Ok(bytes) => match String::from_utf8(bytes.to_vec()) {
            Ok(text) => Ok(Value::Str(text)),
            Err(_) => Err(format!(
                "Unable to load paramfile ({path}), text contents could not be decoded.  If this is a binary file, please use the fileb:// prefix instead of the file:// prefix."
            )),
        },
        Err(error) => {
            let number = match error {
                FileError::NotFound => 2,
                FileError::Denied => 13,
                FileError::IsFolder => 21,
                FileError::NotFolder => 20,
                _ => 5,
            };
            failed(format!(
                "[Errno {number}] {error}: {}",
                python::quoted(&path)
            ))
        }
    })
}

/// `~` and `$NAME` in a path.
pub(super) fn expanded(shell: &Shell<'_>, path: &str) -> String {
    let home = shell.variable("HOME").unwrap_or_default();
    let mut rest = match path.strip_prefix('~') {
        Some(tail) if tail.is_empty() || tail.starts_with('/') => format!("{home}{tail}"),
        _ => path.to_owned(),
    };
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('$') {
        let bare = after.strip_prefix('{').unwrap_or(after);
        let end = bare
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(bare.len());
        let (name, tail) = bare.split_at_checked(end).unwrap_or((bare, ""));
        let tail = if bare.len() == after.len() {
            Some(tail)
        } else {
            tail.strip_prefix('}')
        };
        out.push_str(before);
        match (shell.frame().environment(name), tail) {
            (Some(value), Some(tail)) => {
                out.push_str(value);
                rest = tail.to_owned();
            }
            _ => {
                out.push('$');
                rest = after.to_owned();
            }
        }
    }
    out + &rest
}

fn is_complex(shape: Shape) -> bool {
    matches!(
        shape.kind(),
        Kind::Structure | Kind::List { .. } | Kind::Map { .. }
    )
}

fn takes_shorthand(shape: Shape) -> bool {
    match shape.kind() {
        Kind::List { item, .. } => is_complex(item),
        _ => is_complex(shape),
    }
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['[', '{'])
}

/// The value that the words of `--option` give a parameter of this shape.
pub(super) fn unpack(
    shell: &Shell<'_>,
    shape: Shape,
    option: &str,
    words: Words,
) -> Result<Value, Failure> {
    let param =
        |text: String| Failure::Param(format!("Error parsing parameter '--{option}': {text}"));
    // A file stands for one word.
    let words = match &words {
        Words::One(word) => match file(shell, word) {
            Some(Ok(Value::Str(text))) => {
                if matches!(shape.kind(), Kind::Blob) {
                    return blob(&text).map_err(param);
                }
                Words::One(text)
            }
            Some(Ok(value)) => return Ok(value),
            Some(Err(text)) => return Err(param(text)),
            None => words,
        },
        Words::Many(many) => match many.as_slice() {
            [word] => match file(shell, word) {
                Some(Ok(Value::Str(text))) => Words::Many(vec![text]),
                Some(Ok(value)) => return Ok(Value::List(vec![value])),
                Some(Err(text)) => return Err(param(text)),
                None => words,
            },
            _ => words,
        },
    };
    let first = match &words {
        Words::One(word) => Some(word.as_str()),
        Words::Many(many) => many.first().map(String::as_str),
    };
    if takes_shorthand(shape) && first.is_some_and(|first| !looks_like_json(first)) {
        return from_shorthand(shell, shape, words).map_err(|fault| match fault {
            Fault::Syntax(text) | Fault::File(text) => param(text),
            Fault::Bare(text) => Failure::Bare(text),
        });
    }
    let json = |text: &str| {
        json::parse(text)
            .map_err(|error| param(format!("Invalid JSON: {error}\nJSON received: {text}")))
    };
    let value = match (shape.kind(), words) {
        (Kind::List { item, .. }, Words::Many(many)) => {
            if let [only] = many.as_slice()
                && only.trim_start().starts_with('[')
            {
                json(only)?
            } else {
                let mut items = Vec::new();
                for word in many {
                    items.push(if is_complex(item) {
                        json(&word)?
                    } else {
                        scalar(item, &word).map_err(|fault| match fault {
                            Fault::Bare(_) => param(word.clone()),
                            Fault::Syntax(text) | Fault::File(text) => param(text),
                        })?
                    });
                }
                Value::List(items)
            }
        }
        (Kind::Structure | Kind::Map { .. }, Words::One(text)) => {
            if !text.trim_start().starts_with('{') {
                return Err(param(format!("Invalid JSON:\n{text}")));
            }
            json(&text)?
        }
        (_, Words::One(text)) => scalar(shape, &text).map_err(|fault| match fault {
            Fault::Bare(text) => Failure::Bare(text),
            Fault::Syntax(text) | Fault::File(text) => param(text),
        })?,
        (_, Words::Many(many)) => Value::from(many),
    };
    Ok(blobs(shape, value))
}

fn from_shorthand(shell: &Shell<'_>, shape: Shape, words: Words) -> Result<Value, Fault> {
    let load = |value: &str| file(shell, value);
    match words {
        Words::One(text) => {
            let mut members = shape.members();
            if let (Kind::Structure, Some(member), None) =
                (shape.kind(), members.next(), members.next())
                && member.name == "Value"
                && matches!(member.shape.kind(), Kind::String { .. })
                && !text.contains('=')
            {
                return Ok(Value::Map(Map::from_iter([(
                    "Value".into(),
                    Value::Str(text),
                )])));
            }
            shorthand::coerce(shape, shorthand::parse(&text, &load)?)
        }
        Words::Many(many) => {
            let items = many
                .iter()
                .map(|text| shorthand::parse(text, &load))
                .collect::<Result<Vec<_>, _>>()?;
            shorthand::coerce(shape, Value::List(items))
        }
    }
}

fn scalar(shape: Shape, text: &str) -> Result<Value, Fault> {
    match shape.kind() {
        Kind::Integer { .. } | Kind::Float => shorthand::coerce(shape, Value::from(text)),
        Kind::Boolean => Ok(Value::Bool(
            !text.is_empty() && text.to_lowercase() != "false",
        )),
        Kind::Blob => blob(text).map_err(Fault::Syntax),
        _ => Ok(Value::from(text)),
    }
}

/// Bytes in base64, as version 2 wants them.
fn blob(text: &str) -> Result<Value, String> {
    json::from_base64(text)
        .map(Value::Bytes)
        .ok_or_else(|| format!("Invalid base64: \"{}\"", text.trim_end()))
}

/// Texts in base64 where the shape has bytes.
pub(super) fn blobs(shape: Shape, value: Value) -> Value {
    match (shape.kind(), value) {
        (Kind::Blob, Value::Str(text)) => match json::from_base64(&text) {
            Some(bytes) => Value::Bytes(bytes),
            None => Value::Str(text),
        },
        (Kind::Structure, Value::Map(map)) => Value::Map(
            map.into_iter()
                .map(|(key, inner)| match shape.member(&key) {
                    Some(member) => {
                        let inner = blobs(member.shape, inner);
                        (key, inner)
                    }
                    None => (key, inner),
                })
                .collect(),
        ),
        (Kind::Map { value: inner, .. }, Value::Map(map)) => Value::Map(
            map.into_iter()
                .map(|(key, item)| (key, blobs(inner, item)))
                .collect(),
        ),
        (Kind::List { item, .. }, Value::List(items)) => {
            Value::List(items.into_iter().map(|inner| blobs(item, inner)).collect())
        }
        (_, value) => value,
    }
}

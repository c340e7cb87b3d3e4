//! Checking a request against its shape, and putting an answer in the order of its shape.

use super::{Kind, Shape};
use crate::{Map, Value};
use std::fmt;

/// What is wrong with a parameter, in botocore's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamError(pub String);

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that is wrong with `params` by `shape`, in the order of botocore, which the CLI
/// prints below `Parameter validation failed:`. Enumerations are not checked, as there.
pub fn validate(shape: Option<Shape>, params: &Value) -> Vec<ParamError> {
    let mut errors = Vec::new();
    match shape {
        Some(shape) => visit(shape, params, "", &mut errors),
        None => {
            for (key, _) in params.as_map().into_iter().flat_map(Map::iter) {
                errors.push(ParamError(format!(
                    "Unknown parameter in input: \"{key}\", must be one of: "
                )));
            }
        }
    }
    errors
}

fn visit(shape: Shape, value: &Value, path: &str, errors: &mut Vec<ParamError>) {
    let wrong_type = |valid: &str| {
        let name = if path.is_empty() { "input" } else { path };
        ParamError(format!(
            "Invalid type for parameter {name}, value: {}, type: {}, valid types: {valid}",
            python_text(value),
            python_type(value),
        ))
    };
    let bad_length = |length: usize, min: u64| {
        ParamError(format!(
            "Invalid length for parameter {path}, value: {length}, valid min length: {min}"
        ))
    };
    match (shape.kind(), value) {
        (Kind::Structure, Value::Map(map)) => {
            let here = if path.is_empty() { "input" } else { path };
            for member in shape.members() {
                if member.required && !map.contains_key(member.name) {
                    errors.push(ParamError(format!(
                        "Missing required parameter in {here}: \"{}\"",
                        member.name
                    )));
                }
            }
            for (key, _) in map.iter() {
                if shape.member(key).is_none() {
                    let names: Vec<_> = shape.members().map(|member| member.name).collect();
                    errors.push(ParamError(format!(
                        "Unknown parameter in {here}: \"{key}\", must be one of: {}",
                        names.join(", ")
                    )));
                }
            }
            for member in shape.members() {
                if let Some(inner) = map.get(member.name) {
                    let path = if path.is_empty() {
                        member.name.to_owned()
                    } else {
                        format!("{path}.{}", member.name)
                    };
                    visit(member.shape, inner, &path, errors);
                }
            }
        }
        (Kind::Structure, _) => errors.push(wrong_type("<class 'dict'>")),
        (Kind::List { item, min, .. }, Value::List(items)) => {
            if let Some(min) = min.filter(|min| (items.len() as u64) < *min) {
                errors.push(bad_length(items.len(), min));
            }
            for (place, inner) in items.iter().enumerate() {
                visit(item, inner, &format!("{path}[{place}]"), errors);
            }
        }
        (Kind::List { .. }, _) => errors.push(wrong_type("<class 'list'>, <class 'tuple'>")),
        (Kind::Map { value, .. }, Value::Map(map)) => {
            for (key, inner) in map.iter() {
                visit(value, inner, &format!("{path}.{key}"), errors);
            }
        }
        (Kind::Map { .. }, _) => errors.push(wrong_type("<class 'dict'>")),
        (Kind::String { min, .. }, Value::Str(text)) => {
            let length = text.chars().count();
            if let Some(min) = min.filter(|min| (length as u64) < *min) {
                errors.push(bad_length(length, min));
            }
        }
        (Kind::String { .. }, _) => errors.push(wrong_type("<class 'str'>")),
        (Kind::Integer { min, .. }, Value::Int(number)) => {
            if let Some(min) = min.filter(|min| i128::from(*number) < i128::from(*min)) {
                errors.push(ParamError(format!(
                    "Invalid value for parameter {path}, value: {number}, valid min value: {min}"
                )));
            }
        }
        (Kind::Integer { .. }, _) => errors.push(wrong_type("<class 'int'>")),
        (Kind::Float, Value::Int(_) | Value::Float(_)) => {}
        (Kind::Float, _) => errors.push(wrong_type(
            "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
        )),
        (Kind::Boolean, Value::Bool(_)) => {}
        (Kind::Boolean, _) => errors.push(wrong_type("<class 'bool'>")),
        (Kind::Timestamp, Value::Str(_) | Value::Int(_)) => {}
        (Kind::Timestamp, _) => errors.push(wrong_type("<class 'datetime.datetime'>")),
        (Kind::Blob, Value::Bytes(_) | Value::Str(_)) => {}
        (Kind::Blob, _) => errors.push(wrong_type(
            "<class 'bytes'>, <class 'bytearray'>, file-like object",
        )),
    }
}

/// The name that Python gives to the type of a parsed JSON value.
fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<class 'NoneType'>",
        Value::Bool(_) => "<class 'bool'>",
        Value::Int(_) => "<class 'int'>",
        Value::Float(_) => "<class 'float'>",
        Value::Str(_) => "<class 'str'>",
        Value::Bytes(_) => "<class 'bytes'>",
        Value::List(_) => "<class 'list'>",
        Value::Map(_) => "<class 'dict'>",
    }
}

/// What Python's `str()` makes of a parsed JSON value.
fn python_text(value: &Value) -> String {
    fn repr(value: &Value) -> String {
        match value {
            Value::Str(text) if text.contains('\'') && !text.contains('"') => format!("\"{text}\""),
            Value::Str(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            other => python_text(other),
        }
    }
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Str(text) => text.clone(),
        Value::Bytes(bytes) => format!("b'{}'", String::from_utf8_lossy(bytes)),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(repr).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let items: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("'{key}': {}", repr(value)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

/// Puts the members of `answer` in the order of `shape`.
///
/// Gives back the paths of members that the shape doesn't know or whose type it doesn't have:
/// in the tests of an operation there must be none.
pub fn arrange(shape: Option<Shape>, answer: &mut Value) -> Vec<String> {
    let mut strays = Vec::new();
    match shape {
        Some(shape) => order(shape, answer, "", &mut strays),
        None => {
            if answer.as_map().is_none_or(|map| !map.is_empty()) {
                strays.push("(an answer where AWS gives none)".to_owned());
            }
        }
    }
    strays
}

fn order(shape: Shape, value: &mut Value, path: &str, strays: &mut Vec<String>) {
    match (shape.kind(), value) {
        (Kind::Structure, Value::Map(map)) => {
            map.sort_by_place(|key| {
                shape
                    .members()
                    .position(|member| member.name == key)
                    .unwrap_or(usize::MAX)
            });
            for (key, inner) in map.iter_mut() {
                let path = format!("{path}.{key}");
                match shape.member(key) {
                    Some(member) => order(member.shape, inner, &path, strays),
                    None => strays.push(path),
                }
            }
        }
        (Kind::List { item, .. }, Value::List(items)) => {
            for inner in items {
                order(item, inner, &format!("{path}[]"), strays);
            }
        }
        (Kind::Map { value, .. }, Value::Map(map)) => {
            for (key, inner) in map.iter_mut() {
                order(value, inner, &format!("{path}.{key}"), strays);
            }
        }
        // Of a bucket in us-east-1 there is no location to tell.
        (Kind::String { .. }, Value::Null) if shape.name() == "BucketLocationConstraint" => {}
        // A policy document travels as text, and the CLI shows it as the JSON it is.
        (Kind::String { .. }, Value::Map(_)) if shape.name() == "policyDocumentType" => {}
        (Kind::String { .. } | Kind::Timestamp, Value::Str(_))
        | (Kind::Integer { .. }, Value::Int(_))
        | (Kind::Float, Value::Int(_) | Value::Float(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Blob, Value::Bytes(_)) => {}
        _ => strays.push(format!("{path} (type)")),
    }
}

//! The functions of the JMESPath specification, with the Python library's checks of arguments.

use std::borrow::Cow;
use std::cmp::Ordering;

use hopwise_cloud::{Map, Value, json};

use super::Error;
use super::interpreter::{Search, equal, number, order};
use super::parser::Node;
use crate::python;

/// A function: its name, the types each argument may have (none = any), and whether the last
/// may be repeated.
struct Signature {
    name: &'static str,
    types: &'static [&'static [&'static str]],
    variadic: bool,
}

const NUMBERS: &[&str] = &["array-number"];
const STRING: &[&str] = &["string"];

const fn fixed(name: &'static str, types: &'static [&'static [&'static str]]) -> Signature {
    Signature {
        name,
        types,
        variadic: false,
    }
}

const fn variadic(name: &'static str, types: &'static [&'static [&'static str]]) -> Signature {
    Signature {
        name,
        types,
        variadic: true,
    }
}

const SIGNATURES: &[Signature] = &[
    fixed("abs", &[&["number"]]),
    fixed("avg", &[NUMBERS]),
    fixed("ceil", &[&["number"]]),
    fixed("contains", &[&["array", "string"], &[]]),
    fixed("ends_with", &[STRING, STRING]),
    fixed("floor", &[&["number"]]),
    fixed("join", &[STRING, &["array-string"]]),
    fixed("keys", &[&["object"]]),
    fixed("length", &[&["string", "array", "object"]]),
    fixed("map", &[&["expref"], &["array"]]),
    fixed("max", &[&["array-number", "array-string"]]),
    fixed("max_by", &[&["array"], &["expref"]]),
    variadic("merge", &[&["object"]]),
    fixed("min", &[&["array-number", "array-string"]]),
    fixed("min_by", &[&["array"], &["expref"]]),
    variadic("not_null", &[&[]]),
    fixed("reverse", &[&["array", "string"]]),
    fixed("sort", &[&["array-string", "array-number"]]),
    fixed("sort_by", &[&["array"], &["expref"]]),
    fixed("starts_with", &[STRING, STRING]),
    fixed("sum", &[NUMBERS]),
    fixed("to_array", &[&[]]),
    fixed("to_number", &[&[]]),
    fixed("to_string", &[&[]]),
    fixed("type", &[&[]]),
    fixed("values", &[&["object"]]),
];

/// An argument: a value, or an expression to apply.
enum Argument<'n, 'v> {
    Value(Cow<'v, Value>),
    Expression(&'n Node),
}

impl Argument<'_, '_> {
    fn value(&self) -> &Value {
        match self {
            Argument::Value(value) => value,
            Argument::Expression(_) => &Value::Null,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Argument::Value(value) => kind(value),
            Argument::Expression(_) => "expref",
        }
    }

    fn show(&self) -> String {
        match self {
            Argument::Value(value) => python::str(value),
            Argument::Expression(_) => "&expression".to_owned(),
        }
    }
}

/// JMESPath's name of a value's type.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Float(_) => "number",
        Value::Str(_) | Value::Bytes(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

fn mismatch(function: &str, shown: &str, types: &[&str], received: &str) -> Error {
    let expected: Vec<String> = types.iter().map(|name| format!("'{name}'")).collect();
    Error::new(format!(
        "In function {function}(), invalid type for value: {shown}, expected one of: [{}], received: \"{received}\"",
        expected.join(", ")
    ))
}

fn check(function: &str, argument: &Argument<'_, '_>, types: &[&str]) -> Result<(), Error> {
    if types.is_empty() {
        return Ok(());
    }
    let base = |name: &str| name.split('-').next().unwrap_or_default().to_owned();
    if !types.iter().any(|name| base(name) == argument.kind()) {
        return Err(mismatch(function, &argument.show(), types, argument.kind()));
    }
    let inner: Vec<&str> = types
        .iter()
        .filter_map(|name| name.split_once('-').map(|(_, inner)| inner))
        .collect();
    let Some(items) = argument.value().as_list() else {
        return Ok(());
    };
    let Some(first) = items.first().filter(|_| !inner.is_empty()) else {
        return Ok(());
    };
    let allowed = if inner.len() == 1 {
        inner.first().copied().unwrap_or_default()
    } else {
        kind(first)
    };
    for item in items {
        if kind(item) != allowed || !inner.contains(&kind(item)) {
            // Python names its own type here.
            let received = python::type_name(item);
            return Err(mismatch(function, &python::str(item), types, received));
        }
    }
    Ok(())
}

pub(super) fn call(
    search: &mut Search,
    name: &str,
    nodes: &[Node],
    current: &Value,
) -> Result<Value, Error> {
    let mut arguments = Vec::new();
    for node in nodes {
        arguments.push(match node {
            Node::Expref(inner) => Argument::Expression(inner),
            node => Argument::Value(search.visit(node, Cow::Borrowed(current))?),
        });
    }
    let signature = SIGNATURES
        .iter()
        .find(|signature| signature.name == name)
        .ok_or_else(|| Error::new(format!("Unknown function: {name}()")))?;
    let (wanted, given) = (signature.types.len(), arguments.len());
    let plural = if wanted == 1 { "" } else { "s" };
    if signature.variadic {
        if given < wanted {
            return Err(Error::new(format!(
                "Expected at least {wanted} argument{plural} for function {name}(), received {given}"
            )));
        }
    } else if given != wanted {
        return Err(Error::new(format!(
            "Expected {wanted} argument{plural} for function {name}(), received {given}"
        )));
    }
    for (argument, types) in arguments.iter().zip(signature.types) {
        check(name, argument, types)?;
    }
    let null = Argument::Value(Cow::Owned(Value::Null));
    let first = arguments.first().unwrap_or(&null);
    let second = arguments.get(1).unwrap_or(&null);
    let items = || first.value().as_list().unwrap_or_default();
    let text =
        |argument: &Argument<'_, '_>| argument.value().as_str().unwrap_or_default().to_owned();
    Ok(match name {
        "abs" => match first.value() {
            Value::Int(number) => Value::Int(number.saturating_abs()),
            other => Value::Float(number(other).unwrap_or_default().abs()),
        },
        "ceil" => rounded(first.value(), f64::ceil),
        "floor" => rounded(first.value(), f64::floor),
        "avg" if items().is_empty() => Value::Null,
        "avg" => {
            let sum = number(&sum(items())).unwrap_or_default();
            Value::Float(sum / items().len() as f64)
        }
        "sum" => sum(items()),
        "contains" => match first.value() {
            Value::Str(subject) => match second.value() {
                Value::Str(part) => Value::Bool(subject.contains(part.as_str())),
                other => {
                    return Err(Error::new(format!(
                        "'in <string>' requires string as left operand, not {}",
                        python::type_name(other)
                    )));
                }
            },
            _ => Value::Bool(items().iter().any(|item| equal(item, second.value()))),
        },
        "ends_with" => Value::Bool(text(first).ends_with(&text(second))),
        "starts_with" => Value::Bool(text(first).starts_with(&text(second))),
        "join" => {
            let parts: Vec<&str> = second
                .value()
                .as_list()
                .unwrap_or_default()
                .iter()
                .filter_map(Value::as_str)
                .collect();
            search.spend(parts.len())?;
            Value::Str(parts.join(&text(first)))
        }
        "keys" => Value::List(
            first
                .value()
                .as_map()
                .map(|map| map.iter().map(|(key, _)| Value::from(key)).collect())
                .unwrap_or_default(),
        ),
        "values" => {
            let map = first.value().as_map().cloned().unwrap_or_default();
            Value::List(map.into_iter().map(|(_, item)| item).collect())
        }
        "length" => {
            let length = match first.value() {
                Value::Str(text) => text.chars().count(),
                Value::Map(map) => map.len(),
                _ => items().len(),
            };
            Value::Int(i64::try_from(length).unwrap_or(i64::MAX))
        }
        "map" => {
            let mut mapped = Vec::new();
            for item in second.value().as_list().unwrap_or_default() {
                mapped.push(apply(search, first, item)?);
            }
            Value::List(mapped)
        }
        "max" => extreme(items(), Ordering::is_gt),
        "min" => extreme(items(), Ordering::is_lt),
        "max_by" => extreme_by(search, name, items(), second, Ordering::is_gt)?,
        "min_by" => extreme_by(search, name, items(), second, Ordering::is_lt)?,
        "merge" => {
            let mut merged = Map::new();
            for argument in &arguments {
                if argument.value().as_map().is_none() {
                    // Only the first is checked; Python stumbles over the others.
                    return Err(Error::new(format!(
                        "'{}' object is not iterable",
                        python::type_name(argument.value())
                    )));
                }
                for (key, item) in argument.value().as_map().cloned().unwrap_or_default() {
                    search.spend(1)?;
                    merged.insert(key, item);
                }
            }
            Value::Map(merged)
        }
        "not_null" => arguments
            .iter()
            .map(Argument::value)
            .find(|value| **value != Value::Null)
            .cloned()
            .unwrap_or_default(),
        "reverse" => match first.value() {
            Value::Str(text) => Value::Str(text.chars().rev().collect()),
            _ => Value::List(items().iter().rev().cloned().collect()),
        },
        "sort" => {
            let mut sorted = items().to_vec();
            search.spend(sorted.len())?;
            sorted.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
            Value::List(sorted)
        }
        "sort_by" => sort_by(search, items(), second)?,
        "to_array" => match first.value() {
            Value::List(items) => Value::List(items.clone()),
            other => Value::List(vec![other.clone()]),
        },
        "to_number" => match first.value() {
            Value::Int(_) | Value::Float(_) => first.value().clone(),
            Value::Str(text) => python::int(text)
                .map(Value::Int)
                .or_else(|| python::float(text).map(Value::Float))
                .unwrap_or_default(),
            _ => Value::Null,
        },
        "to_string" => match first.value() {
            Value::Str(text) => Value::Str(text.clone()),
            other => Value::Str(json::compact_ascii(other)),
        },
        _ => Value::from(first.kind()),
    })
}

fn apply(search: &mut Search, expression: &Argument<'_, '_>, item: &Value) -> Result<Value, Error> {
    match expression {
        Argument::Expression(node) => {
            let found = search.visit(node, Cow::Borrowed(item))?;
            search.own(found)
        }
        Argument::Value(_) => Ok(Value::Null),
    }
}

fn rounded(value: &Value, round: fn(f64) -> f64) -> Value {
    match value {
        Value::Int(number) => Value::Int(*number),
        other => {
            let whole = round(number(other).unwrap_or_default());
            if whole.abs() < 9e15 {
                Value::Int(whole as i64)
            } else {
                Value::Float(whole)
            }
        }
    }
}

fn sum(items: &[Value]) -> Value {
    let whole = items.iter().try_fold(0i64, |sum, item| match item {
        Value::Int(number) => sum.checked_add(*number),
        _ => None,
    });
    whole.map_or_else(
        || Value::Float(items.iter().filter_map(number).sum()),
        Value::Int,
    )
}

/// The first of the items that no other beats.
fn extreme(items: &[Value], beats: fn(Ordering) -> bool) -> Value {
    let mut best: Option<&Value> = None;
    for item in items {
        if best.is_none_or(|best| order(item, best).is_some_and(beats)) {
            best = Some(item);
        }
    }
    best.cloned().unwrap_or_default()
}

fn extreme_by(
    search: &mut Search,
    name: &str,
    items: &[Value],
    expression: &Argument<'_, '_>,
    beats: fn(Ordering) -> bool,
) -> Result<Value, Error> {
    let mut best: Option<(Value, &Value)> = None;
    for item in items {
        let key = apply(search, expression, item)?;
        if !matches!(kind(&key), "number" | "string") {
            return Err(mismatch(
                name,
                &python::str(&key),
                &["number", "string"],
                kind(&key),
            ));
        }
        if best
            .as_ref()
            .is_none_or(|(best, _)| order(&key, best).is_some_and(beats))
        {
            best = Some((key, item));
        }
    }
    Ok(best.map(|(_, item)| item.clone()).unwrap_or_default())
}

fn sort_by(
    search: &mut Search,
    items: &[Value],
    expression: &Argument<'_, '_>,
) -> Result<Value, Error> {
    let mut keyed: Vec<(Value, &Value)> = Vec::new();
    for item in items {
        let key = apply(search, expression, item)?;
        let kind = kind(&key);
        match keyed.first() {
            None if !matches!(kind, "number" | "string") => {
                return Err(mismatch(
                    "sort_by",
                    &python::str(item),
                    &["string", "number"],
                    kind,
                ));
            }
            Some((first, _)) if self::kind(first) != kind => {
                let wanted = [self::kind(first)];
                return Err(mismatch("sort_by", &python::str(&key), &wanted, kind));
            }
            _ => keyed.push((key, item)),
        }
    }
    search.spend(keyed.len())?;
    keyed.sort_by(|(a, _), (b, _)| order(a, b).unwrap_or(Ordering::Equal));
    let mut sorted = Vec::new();
    for (_, item) in keyed {
        sorted.push(search.own(Cow::Borrowed(item))?);
    }
    Ok(Value::List(sorted))
}

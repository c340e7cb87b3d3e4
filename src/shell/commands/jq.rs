//! `jq`, the common part: paths, `[]`, `|`, `keys`, `length`, and `-r`.

use hopwise_cloud::{Value, json};

use super::{Call, fail};
use crate::shell::{Shell, Stop};

/// The most values one filter gives.
const MOST: usize = 20_000;

enum Step {
    Field(String),
    Index(i64),
    Each,
    Keys,
    Length,
}

pub(super) fn jq(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (mut raw, mut compact) = (false, false);
    let mut operands = Vec::new();
    for arg in call.args {
        match arg.as_str() {
            "-r" | "--raw-output" => raw = true,
            "-c" | "--compact-output" => compact = true,
            "-rc" | "-cr" => (raw, compact) = (true, true),
            "-M" | "-S" => {}
            flag if flag.starts_with('-') && flag.len() > 1 => {
                return fail(
                    shell,
                    call,
                    &format!("error: {flag} is not part of this sandbox's jq"),
                );
            }
            operand => operands.push(operand),
        }
    }
    let filter = operands.first().copied().unwrap_or(".");
    let Some(steps) = parse(filter) else {
        let words = format!(
            "error: this sandbox's jq knows paths like .a.b[0].c, [], |, keys and length, not `{filter}`"
        );
        shell.complain(call.io, &format!("jq: {words}"))?;
        return Ok(3);
    };
    let mut text = String::new();
    match operands.get(1..) {
        None | Some([]) => text = String::from_utf8_lossy(&shell.read_all(call.io)?).into_owned(),
        Some(paths) => {
            for path in paths {
                match shell.read_file(path) {
                    Ok(bytes) => text.push_str(&String::from_utf8_lossy(&bytes)),
                    Err(error) => {
                        shell.complain(
                            call.io,
                            &format!("jq: error: Could not open {path}: {error}"),
                        )?;
                        return Ok(2);
                    }
                }
            }
        }
    }
    if text.trim().is_empty() {
        return Ok(0);
    }
    let value = match json::parse(&text) {
        Ok(value) => value,
        Err(error) => {
            shell.complain(call.io, &format!("jq: parse error: {error}"))?;
            return Ok(2);
        }
    };
    shell.spend(text.len())?;
    let mut values = vec![value];
    for step in steps {
        let mut next = Vec::new();
        for value in values {
            if let Err(words) = apply(&step, value, &mut next) {
                shell.complain(call.io, &format!("jq: error (at <stdin>:1): {words}"))?;
                return Ok(5);
            }
            if next.len() > MOST {
                return Err(Stop::Fuel(
                    "jq makes more values than the sandbox allows".to_owned(),
                ));
            }
        }
        values = next;
    }
    for value in values {
        let line = match &value {
            Value::Str(text) if raw => text.clone(),
            value if compact => json::compact(value),
            value => json::pretty(value, 2),
        };
        shell.say(call.io, &format!("{line}\n"))?;
    }
    Ok(0)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Float(_) => "number",
        Value::Str(_) | Value::Bytes(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

fn apply(step: &Step, value: Value, out: &mut Vec<Value>) -> Result<(), String> {
    match (step, value) {
        (Step::Field(_) | Step::Index(_), Value::Null) => out.push(Value::Null),
        (Step::Field(name), Value::Map(mut map)) => out.push(map.remove(name).unwrap_or_default()),
        (Step::Field(name), other) => {
            return Err(format!("Cannot index {} with \"{name}\"", kind(&other)));
        }
        (Step::Index(index), Value::List(mut items)) => {
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let at = if *index < 0 { index + length } else { *index };
            let at = usize::try_from(at).ok().filter(|at| *at < items.len());
            out.push(at.map(|at| items.swap_remove(at)).unwrap_or_default());
        }
        (Step::Index(_), other) => {
            return Err(format!("Cannot index {} with number", kind(&other)));
        }
        (Step::Each, Value::List(items)) => out.extend(items),
        (Step::Each, Value::Map(map)) => out.extend(map.into_iter().map(|(_, item)| item)),
        (Step::Each, other) => {
            return Err(format!("Cannot iterate over {}", kind(&other)));
        }
        (Step::Keys, Value::Map(map)) => {
            let mut keys: Vec<&str> = map.iter().map(|(key, _)| key).collect();
            keys.sort_unstable();
            out.push(Value::from(keys));
        }
        (Step::Keys, other) => return Err(format!("{} has no keys", kind(&other))),
        (Step::Length, value) => {
            let length = match &value {
                Value::Null => 0,
                Value::Str(text) => text.chars().count(),
                Value::List(items) => items.len(),
                Value::Map(map) => map.len(),
                other => return Err(format!("{} has no length", kind(other))),
            };
            out.push(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)));
        }
    }
    Ok(())
}

fn parse(filter: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in filter.split('|') {
        let part = part.trim();
        match part {
            "." => continue,
            "keys" => {
                steps.push(Step::Keys);
                continue;
            }
            "length" => {
                steps.push(Step::Length);
                continue;
            }
            _ => {}
        }
        let mut rest = part.strip_prefix('.')?;
        let mut first = true;
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix('[') {
                let (inner, tail) = tail.split_once(']')?;
                steps.push(match inner.trim() {
                    "" => Step::Each,
                    quoted if quoted.starts_with('"') => {
                        Step::Field(json::parse(quoted).ok()?.as_str()?.to_owned())
                    }
                    number => Step::Index(number.parse().ok()?),
                });
                rest = tail;
            } else if !first && rest.starts_with('.') {
                rest = rest.strip_prefix('.')?;
                if rest.starts_with('[') {
                    continue;
                }
                first = true;
                if rest.is_empty() {
                    return None;
                }
                continue;
            } else if !first {
                return None;
            } else if let Some(tail) = rest.strip_prefix('"') {
                let (name, tail) = tail.split_once('"')?;
                steps.push(Step::Field(name.to_owned()));
                rest = tail;
            } else {
                let end = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .unwrap_or(rest.len());
                let (name, tail) = rest.split_at_checked(end)?;
                if name.is_empty() {
                    return None;
                }
                steps.push(Step::Field(name.to_owned()));
                rest = tail;
            }
            first = false;
        }
    }
    Some(steps)
}

//! YAML: written with sorted keys as the CLI does; read as far as documents of
//! `--cli-input-yaml` need it.

use super::scalar as text;
use hopwise_cloud::{Map, Value, json};

/// The deepest nesting read.
const DEEPEST: usize = 64;

/// Writes a value; `sorted` orders members by name, else they keep their order.
pub(in crate::aws) fn write(value: &Value, sorted: bool) -> String {
    match value {
        Value::Map(map) if !map.is_empty() => {
            let mut out = String::new();
            structure(map, 0, sorted, &mut out);
            out
        }
        Value::List(items) if !items.is_empty() => {
            let mut out = String::new();
            list(items, 0, sorted, &mut out);
            out
        }
        // A scalar alone is written as JSON.
        scalar => json::compact(scalar) + "\n",
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn structure(map: &Map, indent: usize, sorted: bool, out: &mut String) {
    let mut entries: Vec<(&str, &Value)> = map.iter().collect();
    if sorted {
        entries.sort_by_key(|(key, _)| *key);
    }
    for (at, (key, value)) in entries.into_iter().enumerate() {
        if at > 0 {
            pad(indent, out);
        }
        out.push_str(&text::write(key, indent, indent, true));
        out.push(':');
        match value {
            Value::Map(inner) if !inner.is_empty() => {
                out.push('\n');
                pad(indent + 2, out);
                structure(inner, indent + 2, sorted, out);
            }
            // Lists stand as far left as their key.
            Value::List(items) if !items.is_empty() => {
                out.push('\n');
                pad(indent, out);
                list(items, indent, sorted, out);
            }
            other => {
                out.push(' ');
                out.push_str(&scalar(other, out, indent + 2));
                out.push('\n');
            }
        }
    }
}

fn list(items: &[Value], indent: usize, sorted: bool, out: &mut String) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            pad(indent, out);
        }
        out.push_str("- ");
        match item {
            Value::Map(inner) if !inner.is_empty() => structure(inner, indent + 2, sorted, out),
            Value::List(inner) if !inner.is_empty() => list(inner, indent + 2, sorted, out),
            other => {
                out.push_str(&scalar(other, out, indent + 2));
                out.push('\n');
            }
        }
    }
}

/// A scalar behind what is written; where it is folded it goes on at `indent`.
fn scalar(value: &Value, before: &str, indent: usize) -> String {
    match value {
        Value::Str(words) => {
            let line = before.rsplit('\n').next().unwrap_or_default();
            text::write(words, line.chars().count(), indent, false)
        }
        Value::Null => "null".to_owned(),
        Value::Map(_) => "{}".to_owned(),
        Value::List(_) => "[]".to_owned(),
        other => json::compact(other),
    }
}

/// What YAML 1.1 reads a plain text as.
fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "on" | "On" => return Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "off" | "Off" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts = digits.starts_with(|c: char| c.is_ascii_digit());
    if starts && let Ok(number) = text.parse::<i64>() {
        return Value::Int(number);
    }
    if starts
        && digits.contains('.')
        && let Ok(number) = text.parse::<f64>()
    {
        return Value::Float(number);
    }
    // A date would be a time.
    let dated = text.len() >= 10
        && text.char_indices().take(10).all(|(at, c)| {
            if at == 4 || at == 7 {
                c == '-'
            } else {
                c.is_ascii_digit()
            }
        });
    if dated {
        Value::Null
    } else {
        Value::from(text)
    }
}

struct Line {
    indent: usize,
    text: String,
}

/// Reads a document; JSON is YAML too.
pub(in crate::aws) fn parse(text: &str) -> Option<Value> {
    if text.trim_start().starts_with(['{', '[']) {
        return json::parse(text).ok();
    }
    let mut lines = Vec::new();
    for raw in text.lines().take(10_000) {
        let content = uncommented(raw);
        let trimmed = content.trim_end();
        if trimmed.trim().is_empty() || trimmed == "---" {
            continue;
        }
        let indent = trimmed.len() - trimmed.trim_start_matches(' ').len();
        lines.push(Line {
            indent,
            text: trimmed.trim_start_matches(' ').to_owned(),
        });
    }
    let mut place = 0;
    let value = block(&mut lines, &mut place, 0, 0)?;
    (place == lines.len()).then_some(value)
}

/// The line without a comment.
fn uncommented(line: &str) -> String {
    let mut quote = None;
    let mut before = ' ';
    let mut out = String::new();
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '#' && before == ' ' => break,
            _ => {}
        }
        out.push(c);
        before = c;
    }
    out
}

fn block(lines: &mut Vec<Line>, place: &mut usize, indent: usize, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let Some(first) = lines.get(*place) else {
        return Some(Value::Map(Map::new()));
    };
    let own = first.indent;
    if own < indent {
        return Some(Value::Null);
    }
    if first.text == "-" || first.text.starts_with("- ") {
        let mut items = Vec::new();
        while let Some(line) = lines.get_mut(*place) {
            if line.indent != own || !(line.text == "-" || line.text.starts_with("- ")) {
                break;
            }
            let rest = line.text.strip_prefix('-').unwrap_or_default();
            let inner = rest.trim_start();
            if inner.is_empty() {
                *place += 1;
                items.push(block(lines, place, own + 1, depth + 1)?);
            } else if pair(inner).is_some() {
                // The map begins on the line of the mark.
                let shift = 1 + rest.len() - inner.len();
                let inner = inner.to_owned();
                line.indent = own + shift;
                line.text = inner;
                items.push(block(lines, place, own + shift, depth + 1)?);
            } else {
                items.push(inline(inner)?);
                *place += 1;
            }
        }
        return Some(Value::List(items));
    }
    let mut map = Map::new();
    while let Some(line) = lines.get(*place) {
        if line.indent != own {
            break;
        }
        let Some((key, rest)) = pair(&line.text) else {
            if map.is_empty() && depth == 0 && lines.len() == 1 {
                let value = inline(&line.text.clone());
                *place += 1;
                return value;
            }
            return None;
        };
        *place += 1;
        let value = if rest.is_empty() {
            let next = lines.get(*place);
            let listed = next.is_some_and(|next| next.indent == own && next.text.starts_with('-'));
            let deeper = next.is_some_and(|next| next.indent > own);
            if listed || deeper {
                block(lines, place, own, depth + 1)?
            } else {
                Value::Null
            }
        } else {
            inline(&rest)?
        };
        map.insert(key, value);
        if map.len() > 2_000 {
            return None;
        }
    }
    Some(Value::Map(map))
}

/// `key: rest`, where a line is one.
fn pair(text: &str) -> Option<(String, String)> {
    if let Some(open) = text.chars().next().filter(|c| *c == '"' || *c == '\'') {
        let (key, rest) = text.strip_prefix(open)?.split_once(open)?;
        let rest = rest.trim_start().strip_prefix(':')?;
        return Some((key.to_owned(), rest.trim().to_owned()));
    }
    if let Some(key) = text.strip_suffix(':') {
        return Some((key.to_owned(), String::new()));
    }
    let (key, rest) = text.split_once(": ")?;
    Some((key.to_owned(), rest.trim().to_owned()))
}

fn inline(text: &str) -> Option<Value> {
    if text.starts_with(['{', '[']) {
        return json::parse(text).ok();
    }
    if let Some(inner) = text
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return Some(Value::Str(inner.replace("''", "'")));
    }
    if text.starts_with('"') {
        return json::parse(text).ok();
    }
    if text.starts_with(['|', '>', '&', '*', '!']) {
        return None;
    }
    Some(match resolve(text) {
        Value::Null if !matches!(text, "~" | "null" | "Null" | "NULL") => Value::from(text),
        value => value,
    })
}

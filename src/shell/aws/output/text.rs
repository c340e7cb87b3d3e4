//! Text: tabs between values, a key in capitals before what is nested.

use hopwise_cloud::{Map, Value};

use crate::python;

pub(super) fn write(value: &Value) -> String {
    let mut out = String::new();
    item(value, None, None, &mut out);
    out
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

fn item(value: &Value, name: Option<&str>, keys: Option<&[&str]>, out: &mut String) {
    match value {
        Value::Map(map) => structure(map, name, keys, out),
        Value::List(items) => list(items, name, out),
        scalar => {
            out.push_str(&python::str(scalar));
            out.push('\n');
        }
    }
}

fn list(items: &[Value], name: Option<&str>, out: &mut String) {
    if items.is_empty() {
        return;
    }
    if items.iter().any(|inner| inner.as_map().is_some()) {
        // All rows get the columns of all.
        let mut keys: Vec<&str> = items
            .iter()
            .filter_map(Value::as_map)
            .flat_map(Map::iter)
            .filter(|(_, value)| is_scalar(value))
            .map(|(key, _)| key)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        for inner in items {
            item(inner, name, Some(&keys), out);
        }
    } else if items.iter().any(|inner| inner.as_list().is_some()) {
        let (scalars, others): (Vec<&Value>, Vec<&Value>) =
            items.iter().partition(|inner| is_scalar(inner));
        row(&scalars, name, out);
        for inner in others {
            item(inner, name, None, out);
        }
    } else {
        row(&items.iter().collect::<Vec<_>>(), name, out);
    }
}

fn row(items: &[&Value], name: Option<&str>, out: &mut String) {
    if items.is_empty() {
        return;
    }
    match name {
        Some(name) => {
            for inner in items {
                out.push_str(&format!(
                    "{}\t{}\n",
                    name.to_uppercase(),
                    python::str(inner)
                ));
            }
        }
        None => {
            let cells: Vec<String> = items.iter().map(|inner| python::str(inner)).collect();
            out.push_str(&cells.join("\t"));
            out.push('\n');
        }
    }
}

fn structure(map: &Map, name: Option<&str>, keys: Option<&[&str]>, out: &mut String) {
    let mut sorted: Vec<(&str, &Value)> = map.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    let mut cells: Vec<String> = match keys {
        Some(keys) => keys
            .iter()
            .map(|key| map.get(key).map(python::str).unwrap_or_default())
            .collect(),
        None => sorted
            .iter()
            .filter(|(_, value)| is_scalar(value))
            .map(|(_, value)| python::str(value))
            .collect(),
    };
    if !cells.is_empty() {
        if let Some(name) = name {
            cells.insert(0, name.to_uppercase());
        }
        out.push_str(&cells.join("\t"));
        out.push('\n');
    }
    for (key, value) in sorted {
        let shown = match keys {
            Some(keys) => keys.contains(&key),
            None => is_scalar(value),
        };
        if !shown {
            item(value, Some(key), None, out);
        }
    }
}

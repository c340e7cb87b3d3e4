//! Packs the API tables (`<service>.json`) for the program, and writes the field handles.
//!
//! `api.bin`: all strings once, then each service's shapes, operations and waiters as varints;
//! [`table.rs`] reads it. `core.bin`: the same of the operations in `core.txt`, without what else a
//! service has. `fields.rs`: a marker type for each structure and a typed constant for
//! each member, so that a wrong name or type in an operation's body does not compile.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// The primitive words of the tables, in the order of their numbers in `api.bin`.
const PRIMITIVES: [&str; 8] = [
    "string",
    "integer",
    "long",
    "boolean",
    "float",
    "double",
    "timestamp",
    "blob",
];

fn main() -> Fallible<()> {
    let tables = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("api");
    let out = env::var("OUT_DIR")?;
    println!("cargo::rerun-if-changed={}", tables.display());

    let mut paths: Vec<_> = fs::read_dir(&tables)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .collect();
    paths.sort();
    let core = fs::read_to_string(tables.join("core.txt"))?;
    let mut whole = Packer::default();
    let mut first = Packer::default();
    let mut fields = String::new();
    varint(&mut whole.body, paths.len() as u64);
    varint(&mut first.body, paths.len() as u64);
    for path in &paths {
        let table: Value = serde_json::from_slice(&fs::read(path)?)?;
        whole.service(&table)?;
        first.service(&cut(&table, &listed(&core, text(&table, "service")?))?)?;
        write_fields(&mut fields, &table)?;
    }
    fs::write(Path::new(&out).join("api.bin"), whole.finish())?;
    fs::write(Path::new(&out).join("core.bin"), first.finish())?;
    fs::write(Path::new(&out).join("fields.rs"), fields)?;
    Ok(())
}

/// The operations of a service in a list like `operations.txt`.
fn listed<'a>(list: &'a str, service: &str) -> Vec<&'a str> {
    let lines = list
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""));
    let section = format!("[{service}]");
    lines
        .map(str::trim)
        .skip_while(|line| *line != section)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty())
        .collect()
}

/// A service's table with these operations, the shapes they need, and nothing else.
fn cut(table: &Value, names: &[&str]) -> Fallible<Value> {
    let shapes = object(table, "shapes")?;
    let mut operations = Map::new();
    let mut open = Vec::new();
    for name in names {
        let row = object(table, "operations")?.get(*name);
        let row = row.ok_or_else(|| format!("core.txt: there is no operation {name}"))?;
        open.extend(row.get("input"));
        open.extend(row.get("output"));
        operations.insert((*name).to_owned(), row.clone());
    }
    let mut needed = BTreeSet::new();
    while let Some(word) = open.pop() {
        let word = word.as_str().ok_or("a shape is named by a string")?;
        // A primitive has no row.
        let Some(row) = shapes.get(word) else {
            continue;
        };
        if needed.insert(word) {
            let members = row.get("members").and_then(Value::as_object);
            open.extend(members.into_iter().flat_map(Map::values));
            open.extend(row.get("list"));
            let pair = row.get("map").and_then(Value::as_array);
            open.extend(pair.into_iter().flatten());
        }
    }
    let shapes: Map<String, Value> = shapes
        .iter()
        .filter(|(name, _)| needed.contains(name.as_str()))
        .map(|(name, row)| (name.clone(), row.clone()))
        .collect();
    Ok(serde_json::json!({
        "service": text(table, "service")?,
        "version": text(table, "version")?,
        "operations": operations,
        "waiters": {},
        "others": [],
        "shapes": shapes,
    }))
}

fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[derive(Default)]
struct Packer {
    strings: BTreeMap<String, u64>,
    order: Vec<String>,
    body: Vec<u8>,
}

impl Packer {
    fn number(&mut self, number: u64) {
        varint(&mut self.body, number);
    }

    fn string(&mut self, text: &str) {
        let next = self.strings.len() as u64;
        let place = *self.strings.entry(text.to_owned()).or_insert_with(|| {
            self.order.push(text.to_owned());
            next
        });
        varint(&mut self.body, place);
    }

    fn strings(&mut self, list: Option<&Value>) {
        let list: Vec<&str> = match list {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => vec![text],
            _ => Vec::new(),
        };
        self.number(list.len() as u64);
        for text in list {
            self.string(text);
        }
    }

    /// An optional bound: 0 for none, else the bound plus one.
    fn bound(&mut self, row: &Map<String, Value>, key: &str) {
        // Two models bound a number below zero; such a bound is not worth a sign bit.
        let bound = row.get(key).and_then(Value::as_u64);
        self.number(bound.map_or(0, |bound| bound + 1));
    }

    fn service(&mut self, table: &Value) -> Fallible<()> {
        let shapes = object(table, "shapes")?;
        let places: BTreeMap<&str, u64> = PRIMITIVES
            .iter()
            .copied()
            .chain(shapes.keys().map(String::as_str))
            .zip(0..)
            .collect();
        let place = |word: &Value| -> Fallible<u64> {
            let word = word.as_str().ok_or("a shape is named by a string")?;
            Ok(*places.get(word).ok_or_else(|| format!("no shape {word}"))?)
        };
        self.string(text(table, "service")?);
        self.string(text(table, "version")?);

        self.number(shapes.len() as u64);
        for (name, row) in shapes {
            let row = row.as_object().ok_or("a shape is an object")?;
            self.string(name);
            if let Some(Value::Object(members)) = row.get("members") {
                self.number(8);
                let listed = |key: &str, name: &str| {
                    row.get(key)
                        .and_then(Value::as_array)
                        .is_some_and(|list| list.iter().any(|item| item == name))
                };
                self.number(members.len() as u64);
                for (name, shape) in members {
                    let flags = u64::from(listed("required", name))
                        | u64::from(listed("idempotency", name)) << 1
                        | u64::from(listed("streaming", name)) << 2;
                    self.string(name);
                    self.number(place(shape)?);
                    self.number(flags);
                }
            } else if let Some(item) = row.get("list") {
                self.number(9);
                self.number(place(item)?);
                self.bound(row, "min");
                self.bound(row, "max");
            } else if let Some(Value::Array(pair)) = row.get("map") {
                self.number(10);
                for word in pair {
                    self.number(place(word)?);
                }
            } else {
                let (kind, extra) = row.iter().next().ok_or("a shape has a type")?;
                let extra = extra.as_object().ok_or("bounds are an object")?;
                let kind = PRIMITIVES
                    .iter()
                    .position(|word| word == kind)
                    .ok_or_else(|| format!("no type {kind}"))?;
                self.number(kind as u64);
                self.bound(extra, "min");
                self.bound(extra, "max");
                self.strings(extra.get("enum"));
            }
        }

        let operations = object(table, "operations")?;
        self.number(operations.len() as u64);
        for (name, row) in operations {
            self.string(name);
            for side in ["input", "output"] {
                match row.get(side) {
                    Some(shape) => {
                        let place = place(shape)?;
                        self.number(place + 1);
                    }
                    None => self.number(0),
                }
            }
            let page = row.get("page");
            let of = |key: &str| page.and_then(|page| page.get(key));
            for key in [
                "input_token",
                "output_token",
                "result_key",
                "limit_key",
                "more_results",
                "non_aggregate_keys",
            ] {
                self.strings(of(key));
            }
        }

        let waiters = object(table, "waiters")?;
        self.number(waiters.len() as u64);
        for (name, row) in waiters {
            self.string(name);
            self.string(text(row, "operation")?);
            for key in ["delay", "maxAttempts"] {
                let number = row.get(key).and_then(Value::as_u64);
                self.number(number.ok_or("a waiter has a number")?);
            }
            let acceptors = row.get("acceptors").and_then(Value::as_array);
            let acceptors = acceptors.ok_or("a waiter has acceptors")?;
            self.number(acceptors.len() as u64);
            for acceptor in acceptors {
                self.string(text(acceptor, "matcher")?);
                self.string(
                    acceptor
                        .get("argument")
                        .and_then(Value::as_str)
                        .unwrap_or(""),
                );
                match acceptor.get("expected") {
                    Some(Value::String(text)) => self.string(text),
                    Some(other) => self.string(&other.to_string()),
                    None => self.string(""),
                }
                self.string(text(acceptor, "state")?);
            }
        }
        self.strings(table.get("others"));
        Ok(())
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        varint(&mut bytes, self.order.len() as u64);
        for text in &self.order {
            varint(&mut bytes, text.len() as u64);
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend(self.body);
        bytes
    }
}

fn object<'a>(table: &'a Value, key: &str) -> Fallible<&'a Map<String, Value>> {
    Ok(table
        .get(key)
        .and_then(Value::as_object)
        .ok_or_else(|| format!("no object {key}"))?)
}

fn text<'a>(table: &'a Value, key: &str) -> Fallible<&'a str> {
    Ok(table
        .get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("no string {key}"))?)
}

/// `CidrBlock` → `cidr_block`; `DBName` → `db_name`; `Ipv6Native` → `ipv6_native`.
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut out = String::new();
    for (place, letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        let after = letters.get(place + 1);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if starts_word {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    let out = out.replace("mi_b", "mib");
    match out.as_str() {
        "type" | "match" | "move" | "ref" | "use" | "in" | "static" => out + "_",
        _ => out,
    }
}

fn write_fields(out: &mut String, table: &Value) -> Fallible<()> {
    let shapes = object(table, "shapes")?;
    let operations = object(table, "operations")?;
    let kind = |word: &Value| -> String {
        fn kind(shapes: &Map<String, Value>, word: &str) -> String {
            let row = shapes.get(word).and_then(Value::as_object);
            let Some(row) = row else {
                return primitive(word).to_owned();
            };
            if row.contains_key("members") {
                format!("Struct<super::shape::{word}>")
            } else if let Some(item) = row.get("list").and_then(Value::as_str) {
                format!("List<{}>", kind(shapes, item))
            } else if row.contains_key("map") {
                "AnyMap".to_owned()
            } else {
                primitive(row.keys().next().map_or("", String::as_str)).to_owned()
            }
        }
        kind(shapes, word.as_str().unwrap_or(""))
    };
    let service = text(table, "service")?;
    writeln!(
        out,
        "/// Handles of the shapes of `{service}`.\npub mod {service} {{"
    )?;
    writeln!(out, "/// A marker for each structure.\npub mod shape {{")?;
    for (name, row) in shapes {
        if row.get("members").is_some() {
            writeln!(out, "#[derive(Debug, Clone, Copy)] pub enum {name} {{}}")?;
        }
    }
    writeln!(out, "}}")?;
    let inputs: BTreeMap<&str, &str> = operations
        .iter()
        .filter_map(|(name, row)| Some((row.get("input")?.as_str()?, name.as_str())))
        .collect();
    for (name, row) in shapes {
        let Some(Value::Object(members)) = row.get("members") else {
            continue;
        };
        if members.is_empty() {
            continue;
        }
        // The members of an input are found under the operation's name.
        let module = snake(inputs.get(name.as_str()).copied().unwrap_or(name));
        writeln!(out, "pub mod {module} {{ use crate::field::*;")?;
        for (member, word) in members {
            writeln!(
                out,
                "pub const {}: Field<super::shape::{name}, {}> = Field::new({member:?});",
                snake(member).trim_end_matches('_').to_uppercase(),
                kind(word)
            )?;
        }
        writeln!(out, "}}")?;
    }
    writeln!(out, "}}")?;
    Ok(())
}

fn primitive(word: &str) -> &'static str {
    match word {
        "integer" | "long" => "Int",
        "boolean" => "Bool",
        "float" | "double" => "Float",
        "timestamp" => "Timestamp",
        "blob" => "Blob",
        _ => "Str",
    }
}

//! Tables: sections with a title, columns scaled to one width; what is wider than the screen is
//! turned into rows of key and value.

use hopwise_cloud::{Map, Value};

use crate::python;

/// What a column has besides its text.
const PADDING: usize = 4;

#[derive(Debug, Default)]
struct Section {
    title: String,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    indent: usize,
    widths: Vec<usize>,
}

/// How wide the CLI takes a text to be: East Asian characters take two places, and so do those
/// that are wide in East Asian fonts only (`é`, `°`, `…`).
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match c as u32 {
            0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0xa1
            | 0xa4
            | 0xa7..=0xa8
            | 0xaa
            | 0xad..=0xae
            | 0xb0..=0xb4
            | 0xb6..=0xba
            | 0xbc..=0xbf
            | 0xc6
            | 0xd0
            | 0xd7..=0xd8
            | 0xde..=0xe1
            | 0xe6
            | 0xe8..=0xea
            | 0xec..=0xed
            | 0xf0
            | 0xf2..=0xf3
            | 0xf7..=0xfa
            | 0xfc
            | 0xfe
            | 0x391..=0x3a9
            | 0x3b1..=0x3c9
            | 0x401
            | 0x410..=0x451
            | 0x2010
            | 0x2013..=0x2016
            | 0x2018..=0x2019
            | 0x201c..=0x201d
            | 0x2020..=0x2022
            | 0x2024..=0x2027
            | 0x20ac
            | 0x2190..=0x2199 => 2,
            _ => 1,
        })
        .sum()
}

impl Section {
    fn grow(&mut self, row: &[String]) {
        if self.widths.is_empty() {
            self.widths = row.iter().map(|cell| width(cell)).collect();
        } else {
            for (widest, cell) in self.widths.iter_mut().zip(row) {
                *widest = (*widest).max(width(cell));
            }
        }
    }

    fn header(&mut self, headers: &[String]) {
        self.grow(headers);
        self.headers = headers.to_vec();
    }

    fn row(&mut self, row: Vec<String>) {
        self.grow(&row);
        self.rows.push(row);
    }

    fn total(&self) -> usize {
        let columns: usize = self.widths.iter().map(|width| width + PADDING).sum();
        (columns + 2 + 2 * self.indent).max(width(&self.title) + 2 + 2 * self.indent)
    }

    /// The widths of the columns, scaled so that they fill `whole`.
    fn scaled(&self, whole: usize) -> Vec<usize> {
        let unscaled: Vec<usize> = self.widths.iter().map(|width| width + PADDING).collect();
        let sum: usize = unscaled.iter().sum();
        if sum == 0 {
            return unscaled;
        }
        let factor = whole as f64 / sum as f64;
        let mut scaled: Vec<usize> = unscaled
            .iter()
            .map(|width| (factor * *width as f64).round_ties_even() as usize)
            .collect();
        loop {
            let off: usize = scaled.iter().sum();
            if off > whole {
                let over = off - whole;
                for width in scaled.iter_mut().take(over) {
                    *width = width.saturating_sub(1);
                }
            } else if off < whole {
                let under = whole - off;
                for width in scaled.iter_mut().rev().take(under) {
                    *width += 1;
                }
            } else {
                return scaled;
            }
        }
    }

    /// One row of key and value for each column, where there is one row only.
    fn turned(self) -> Section {
        let [row] = self.rows.as_slice() else {
            return self;
        };
        if self.headers.is_empty() {
            return self;
        }
        let mut turned = Section {
            title: self.title.clone(),
            indent: self.indent,
            ..Section::default()
        };
        for (header, cell) in self.headers.iter().zip(row) {
            turned.row(vec![header.clone(), cell.clone()]);
        }
        turned
    }
}

struct Table {
    sections: Vec<Section>,
}

pub(super) fn write(title: &str, value: &Value, screen: usize) -> String {
    let mut table = Table {
        sections: Vec::new(),
    };
    if !table.build(Some(title), value, 0) {
        return String::new();
    }
    let widest = |sections: &[Section]| sections.iter().map(Section::total).max().unwrap_or(0);
    let mut whole = widest(&table.sections);
    if whole > screen {
        table.sections = table.sections.into_iter().map(Section::turned).collect();
        whole = widest(&table.sections);
    }
    let mut out = format!("{}\n", "-".repeat(whole));
    for section in &table.sections {
        render(section, whole - 2 * section.indent, &mut out);
    }
    out
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

/// Python's truth: a table of nothing is not made.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) | Value::Int(0) => true,
        Value::Float(number) => *number == 0.0,
        Value::Str(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// The keys of scalars and of the rest, each sorted.
fn keys<'v>(maps: impl Iterator<Item = &'v Map>) -> (Vec<&'v str>, Vec<&'v str>) {
    let (mut scalars, mut others) = (Vec::new(), Vec::new());
    for (key, value) in maps.flat_map(Map::iter) {
        if is_scalar(value) {
            scalars.push(key);
        } else {
            others.push(key);
        }
    }
    for keys in [&mut scalars, &mut others] {
        keys.sort_unstable();
        keys.dedup();
    }
    (scalars, others)
}

impl Table {
    fn section(&mut self, title: &str, indent: usize) {
        self.sections.push(Section {
            title: title.to_owned(),
            indent,
            ..Section::default()
        });
    }

    fn header(&mut self, headers: &[&str]) {
        let headers: Vec<String> = headers.iter().map(|key| (*key).to_owned()).collect();
        if let Some(section) = self.sections.last_mut() {
            section.header(&headers);
        }
    }

    fn row(&mut self, row: Vec<String>) {
        if let Some(section) = self.sections.last_mut() {
            section.row(row);
        }
    }

    fn build(&mut self, title: Option<&str>, value: &Value, indent: usize) -> bool {
        if is_nothing(value) {
            return false;
        }
        if let Some(title) = title {
            self.section(title, indent);
        }
        match value {
            Value::List(items) => {
                if items.first().is_some_and(|first| first.as_map().is_some()) {
                    self.build_rows(items, indent, title.unwrap_or_default());
                } else {
                    for item in items {
                        match item {
                            Value::List(cells) if cells.iter().all(is_scalar) => {
                                self.row(cells.iter().map(python::str).collect());
                            }
                            Value::List(_) | Value::Map(_) => {
                                self.build(None, item, 0);
                            }
                            scalar => self.row(vec![python::str(scalar)]),
                        }
                    }
                }
            }
            Value::Map(map) => self.build_map(map, indent),
            _ => {}
        }
        true
    }

    fn build_map(&mut self, map: &Map, indent: usize) {
        let (headers, more) = keys(std::iter::once(map));
        let cell = |key: &&str| map.get(key).map(python::str).unwrap_or_default();
        match headers.as_slice() {
            [] => {}
            [only] => self.row(vec![(*only).to_owned(), cell(only)]),
            headers => {
                self.header(headers);
                self.row(headers.iter().map(cell).collect());
            }
        }
        for key in more {
            if let Some(inner) = map.get(key) {
                self.build(Some(key), inner, indent + 1);
            }
        }
    }

    fn build_rows(&mut self, items: &[Value], indent: usize, title: &str) {
        let (headers, more) = keys(items.iter().filter_map(Value::as_map));
        self.header(&headers);
        for (at, item) in items.iter().enumerate() {
            if at > 0 && !more.is_empty() {
                self.section(title, indent);
                self.header(&headers);
            }
            let cell = |key: &&str| item.get(key).map(python::str).unwrap_or_default();
            self.row(headers.iter().map(cell).collect());
            for key in &more {
                if let Some(inner) = item.get(key) {
                    self.build(Some(key), inner, indent + 1);
                }
            }
        }
    }
}

fn line(indent: usize, text: &str, out: &mut String) {
    let bars = "|".repeat(indent);
    out.push_str(&format!("{bars}{text}{bars}\n"));
}

fn rule(widths: &[usize]) -> String {
    let mut out = String::new();
    for (at, width) in widths.iter().enumerate() {
        if at == 0 {
            out.push_str(&format!("+{}+", "-".repeat(width.saturating_sub(2))));
        } else {
            out.push_str(&format!("{}+", "-".repeat(width.saturating_sub(1))));
        }
    }
    out
}

fn centred(text: &str, length: usize, left: &str) -> String {
    let before = (length / 2).saturating_sub(width(text) / 2 + 1);
    let used = left.len() + before + width(text);
    let after = length.saturating_sub(1 + used);
    format!("{left}{}{text}{}|", " ".repeat(before), " ".repeat(after))
}

fn aligned(text: &str, length: usize, left: &str) -> String {
    let padding = if length > width(text) + 2 + left.len() {
        2
    } else {
        0
    };
    let used = left.len() + padding + width(text);
    let after = length.saturating_sub(used + 1);
    format!("{left}{}{text}{}|", " ".repeat(padding), " ".repeat(after))
}

fn render(section: &Section, whole: usize, out: &mut String) {
    let indent = section.indent;
    if !section.title.is_empty() {
        line(indent, &centred(&section.title, whole, "|"), out);
        if section.headers.is_empty() && section.rows.is_empty() {
            line(
                indent,
                &format!("+{}+", "-".repeat(whole.saturating_sub(2))),
                out,
            );
        }
    }
    let widths = section.scaled(whole);
    let cells = |row: &[String], cell: fn(&str, usize, &str) -> String| {
        let mut text = String::new();
        for (at, (length, content)) in widths.iter().zip(row).enumerate() {
            text.push_str(&cell(content, *length, if at == 0 { "|" } else { "" }));
        }
        text
    };
    if !section.headers.is_empty() {
        line(indent, &rule(&widths), out);
        line(indent, &cells(&section.headers, centred), out);
    }
    if !section.rows.is_empty() && !widths.is_empty() {
        line(indent, &rule(&widths), out);
        for row in &section.rows {
            line(indent, &cells(row, aligned), out);
        }
        line(indent, &rule(&widths), out);
    }
}

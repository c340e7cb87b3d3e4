//! What a start of the page passes: recorded in a browser, kept in a file, read by the build.

use crate::module::{Module, rewritten, unread};
use crate::outline::is_point;
use crate::process::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, EntityType, ImportSection, Instruction, TypeSection, ValType};
use wasmparser::{FunctionBody, Operator};

/// The points that were passed in each function. A function is known by its name and by a sum of
/// its operators, so that a recording of other code isn't taken for one of this.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Recording {
    functions: BTreeMap<String, BTreeMap<u32, Vec<bool>>>,
}

/// What a recording says about a function.
#[derive(Debug, PartialEq, Eq)]
pub enum Known {
    /// It wasn't entered.
    No,
    /// A function of this name was entered, but its code has changed since.
    Changed,
    /// The points that were passed; the first is the entry.
    Passed(Vec<bool>),
}

const HEAD: &str = "\
# What a start of the page passes in the functions of its program, from their names to bits for the
# points in their code: the build puts it into the first part (src/xtask/split.rs).
# Written by `cargo xtask generate first-load`.
";

impl Recording {
    /// Reads a recording's file.
    pub fn parse(text: &str) -> Outcome<Self> {
        let mut recording = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.splitn(3, ' ');
            let mut cell = || {
                cells
                    .next()
                    .ok_or_else(|| format!("`{line}` is no line of a recording"))
            };
            let (sum, bits, name) = (cell()?, cell()?, cell()?);
            let sum = u32::from_str_radix(sum, 16).map_err(|error| format!("`{line}`: {error}"))?;
            let digits = bits.chars().map(|digit| digit.to_digit(16));
            let digits: Option<Vec<u32>> = digits.collect();
            let digits =
                digits.ok_or_else(|| format!("`{line}`: the points are no hexadecimal"))?;
            let points = digits
                .iter()
                .flat_map(|digit| [8, 4, 2, 1].map(|bit| digit & bit != 0));
            recording.add(name, sum, points.collect());
        }
        Ok(recording)
    }

    /// Makes a recording of the numbers that the instrumented module told.
    pub fn of(bytes: &[u8], told: &BTreeSet<u32>) -> Outcome<Self> {
        let module = Module::read(bytes)?;
        let mut recording = Self::default();
        let mut next = 0;
        for (function, body) in module.defined() {
            let (sum, points) = look(body)?;
            let passed: Vec<bool> = (next..next + points).map(|it| told.contains(&it)).collect();
            next += points;
            if passed.contains(&true) {
                recording.add(&plain(module.name(function)), sum, passed);
            }
        }
        Ok(recording)
    }

    /// Instances that can't be told apart share their points.
    fn add(&mut self, name: &str, sum: u32, points: Vec<bool>) {
        let sums = self.functions.entry(name.to_owned()).or_default();
        let known = sums.entry(sum).or_default();
        known.resize(known.len().max(points.len()), false);
        for (known, passed) in known.iter_mut().zip(points) {
            *known |= passed;
        }
    }

    /// What it knows of a function.
    pub fn of_function(&self, name: &str, body: &FunctionBody) -> Outcome<Known> {
        let Some(sums) = self.functions.get(&plain(name)) else {
            return Ok(Known::No);
        };
        let (sum, points) = look(body)?;
        let Some(passed) = sums.get(&sum) else {
            return Ok(Known::Changed);
        };
        // The file rounds up to whole digits.
        let points = usize::try_from(points).map_err(unread)?;
        let passed = passed.iter().copied().chain(std::iter::repeat(false));
        Ok(Known::Passed(passed.take(points).collect()))
    }

    /// The text of its file.
    pub fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (name, sums) in &self.functions {
            for (sum, points) in sums {
                let digits: String = points
                    .chunks(4)
                    .map(|four| {
                        let bits = four.iter().zip([8, 4, 2, 1]);
                        let digit = bits.filter(|(bit, _)| **bit).map(|(_, worth)| worth).sum();
                        char::from_digit(digit, 16).unwrap_or('0')
                    })
                    .collect();
                // Writing to a text can't fail.
                let _ = writeln!(text, "{sum:08x} {digits} {name}");
            }
        }
        text
    }
}

/// A function's name without what changes from build to build: hashes and numbers of crates and
/// copies.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once(']') {
            Some((inner, after)) if is_hash(inner) => rest = after,
            _ => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    let copy = plain.rsplit_once('.');
    if let Some((original, number)) = copy
        && number.chars().all(|digit| digit.is_ascii_digit())
    {
        plain.truncate(original.len());
    }
    // wasm-bindgen's shims carry hashes between underscores.
    let words = plain
        .split('_')
        .filter(|word| word.len() < 14 || !is_hash(word));
    words.collect::<Vec<_>>().join("_")
}

fn is_hash(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|digit| matches!(digit, '0'..='9' | 'a'..='f'))
}

/// A sum over a body's operators, without their arguments, and how many points it has.
fn look(body: &FunctionBody) -> Outcome<(u32, u32)> {
    // FNV-1a.
    let mut sum: u32 = 0x811c_9dc5;
    let mut points = 1;
    let mut operators = body.get_operators_reader().map_err(unread)?;
    while !operators.eof() {
        let operator = operators.read().map_err(unread)?;
        points += u32::from(is_point(&operator) && !operators.eof());
        let name = format!("{operator:?}");
        let name = name.split([' ', '{', '(']).next().unwrap_or_default();
        for byte in name.bytes() {
            sum = (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    Ok((sum, points))
}

/// The module, where each point tells its number to the import `record.pass` as it is passed.
pub fn instrument(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let module = Module::read(bytes)?;
    let mut instrument = Instrument {
        import: u32::try_from(module.imports.len()).map_err(unread)?,
        kind: u32::try_from(module.types.len()).map_err(unread)?,
        next: 0,
    };
    rewritten(&mut instrument, bytes)
}

struct Instrument {
    /// The number of the import, behind which all functions move up by one.
    import: u32,
    kind: u32,
    /// The number of the next point.
    next: i32,
}

impl Instrument {
    fn point(&mut self, function: &mut wasm_encoder::Function) {
        function.instruction(&Instruction::I32Const(self.next));
        function.instruction(&Instruction::Call(self.import));
        self.next += 1;
    }
}

impl Reencode for Instrument {
    type Error = String;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<String>> {
        Ok(function + u32::from(function >= self.import))
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([ValType::I32], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        utils::parse_import_section(self, imports, section)?;
        imports.import("record", "pass", EntityType::Function(self.kind));
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<String>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        self.point(&mut function);
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let operator: Operator = operators.read()?;
            let point = is_point(&operator) && !operators.eof();
            function.instruction(&self.instruction(operator)?);
            if point {
                self.point(&mut function);
            }
        }
        code.function(&function);
        Ok(())
    }

    /// The names would be those of other numbers.
    fn parse_custom_section(
        &mut self,
        _: &mut wasm_encoder::Module,
        _: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        Ok(())
    }
}

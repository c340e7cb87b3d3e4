//! The data of the two parts.

use crate::addresses::Show;
use crate::linked::{Linked, address, end};
use crate::module::{Module, section, unread};
use crate::process::Outcome;
use std::collections::BTreeSet;
use wasm_encoder::{ConstExpr, DataSection};
use wasmparser::{BinaryReader, DataSectionReader, FunctionBody, Operator};

/// A gap in the data of the first part is filled with zeros up to this length: after brotli they
/// weigh less than the head of another segment (5 KB in all).
const EMPTY_GAP: usize = 2048;
/// The rest has true data in its gaps, which weigh more.
const FULL_GAP: usize = 16;
/// What moved, where it is to be seen that it isn't there.
const POISON: u8 = 0xAA;

/// What stands in memory at first, and what moved of it.
pub struct Data<'a> {
    /// Address, bytes, and for each byte whether it moved.
    segments: Vec<(u32, &'a [u8], Vec<bool>)>,
}

impl<'a> Data<'a> {
    /// Parts a module's data: what the kept functions can't reach moves.
    pub fn part(module: &Module<'a>, linked: &Linked, kept: &BTreeSet<u32>) -> Outcome<Self> {
        let mut named = BTreeSet::new();
        for (function, body) in module.defined() {
            if kept.contains(&function) {
                add_named(module, kept, body, &mut named)?;
            }
        }
        let needed = linked.needed(&named);
        let mut segments = Vec::new();
        if let Some(data) = module.raw.get(&section::DATA) {
            for segment in DataSectionReader::new(BinaryReader::new(data, 0)).map_err(unread)? {
                let segment = segment.map_err(unread)?;
                let begin = address(&segment.kind)?;
                let range = begin..end(begin, segment.data.len())?;
                let moved = |it: u32| linked.constant.contains(&it) && !needed.contains(&it);
                segments.push((begin, segment.data, range.map(moved).collect()));
            }
        }
        Ok(Self { segments })
    }

    /// The data of the first part.
    pub fn first(&self, poison: bool) -> Outcome<DataSection> {
        let mut section = DataSection::new();
        for (begin, bytes, moved) in &self.segments {
            let fill = if poison { POISON } else { 0 };
            let bytes = bytes.iter().zip(moved);
            let bytes = bytes.map(|(byte, moved)| if *moved { fill } else { *byte });
            let bytes: Vec<u8> = bytes.collect();
            let here: Vec<bool> = moved.iter().map(|moved| poison || !moved).collect();
            write(&mut section, *begin, &bytes, &here, EMPTY_GAP)?;
        }
        Ok(section)
    }

    /// The data of the rest. In its gaps stands what the first part has there: constants, so that
    /// it is the same for ever.
    pub fn rest(&self) -> Outcome<DataSection> {
        let mut section = DataSection::new();
        for (begin, bytes, moved) in &self.segments {
            write(&mut section, *begin, bytes, moved, FULL_GAP)?;
        }
        Ok(section)
    }
}

/// Adds the addresses that a kept function names. One that it only hands to a function that moved,
/// as the place of a panic, isn't read before the rest has come, and so doesn't count.
fn add_named(
    module: &Module,
    kept: &BTreeSet<u32>,
    body: &FunctionBody,
    named: &mut BTreeSet<u32>,
) -> Outcome<()> {
    let show = Show(&module.addresses);
    let moved = |function: u32| module.is_defined(function) && !kept.contains(&function);
    // The values that the last operators have put on the stack, and the addresses among them.
    let mut values: Vec<Option<u32>> = Vec::new();
    let mut operators = body.get_operators_reader().map_err(unread)?;
    while !operators.eof() {
        match operators.read().map_err(unread)? {
            Operator::GlobalGet { global_index } => values.push(show.address(global_index)),
            Operator::LocalGet { .. }
            | Operator::I32Const { .. }
            | Operator::I64Const { .. }
            | Operator::F32Const { .. }
            | Operator::F64Const { .. } => values.push(None),
            Operator::Call { function_index } if moved(function_index) => {
                let taken = module.parameters(module.kind(function_index)?)?;
                let taken = usize::try_from(taken).map_err(unread)?;
                values.truncate(values.len().saturating_sub(taken));
                named.extend(values.drain(..).flatten());
            }
            _ => named.extend(values.drain(..).flatten()),
        }
    }
    named.extend(values.into_iter().flatten());
    Ok(())
}

/// Writes the bytes that are `here`, and what is between them where that is shorter than `gap`.
fn write(
    section: &mut DataSection,
    begin: u32,
    bytes: &[u8],
    here: &[bool],
    gap: usize,
) -> Outcome<()> {
    let mut at = 0;
    while let Some(skip) = here.iter().skip(at).position(|here| *here) {
        let from = at + skip;
        let mut to = from;
        // The end of the last byte that is here before a gap.
        for (place, here) in here.iter().enumerate().skip(from) {
            match here {
                true => to = place + 1,
                false if place - to >= gap => break,
                false => {}
            }
        }
        let run = bytes.get(from..to).ok_or("a segment has no data")?;
        let offset = end(begin, from)?.cast_signed();
        section.active(0, &ConstExpr::i32_const(offset), run.iter().copied());
        at = to;
    }
    Ok(())
}

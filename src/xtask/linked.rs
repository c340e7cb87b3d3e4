//! What the linker knows of the program's data: which symbols they consist of, and which code and
//! which data name which symbol. It tells when it is called with `--emit-relocs`.
//! <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>

use crate::module::{memory_argument, unread};
use crate::process::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wasmparser::{
    BinaryReader, DataKind, KnownCustom, Linking, Operator, Parser, Payload, RelocSectionReader,
    RelocationEntry, RelocationType, SymbolInfo,
};

/// The data of a linked program, whose addresses are those of the page's memory.
#[derive(Debug, Default)]
pub struct Linked {
    /// What the memory holds at first: addresses and bytes.
    pub image: Vec<(u32, Vec<u8>)>,
    /// The addresses of what is never written.
    pub constant: Range<u32>,
    /// The addresses of each symbol.
    pub symbols: Vec<Range<u32>>,
    /// Numbers in the code that are addresses, and the symbols meant: one number may be the end
    /// of one symbol and the begin of the next.
    pub named: BTreeMap<u32, BTreeSet<usize>>,
    /// Numbers in the code that look like addresses of constants and are none.
    pub plain: BTreeSet<u32>,
    /// The places in the data that hold an address, and the symbol meant.
    pub pointers: BTreeMap<u32, usize>,
}

/// The name of the linker's segment of constants.
const CONSTANT: &str = ".rodata";

fn unlinked(what: &str) -> String {
    format!("the linker's file can't be used: {what}")
}

/// What is gathered of the file before it is put together.
#[derive(Default)]
struct Parts<'a> {
    /// The begins of the sections of code and of data, by their numbers among all sections.
    sections: BTreeMap<u32, usize>,
    code: Option<u32>,
    data: Option<u32>,
    /// Address and place in the file of each segment.
    segments: Vec<(u32, Range<usize>)>,
    segment_names: Vec<&'a str>,
    /// The symbols of all kinds; those of data by segment, offset and size.
    symbols: Vec<Option<(u32, u32, u32)>>,
    entries: Vec<(u32, RelocationEntry)>,
    bodies: Vec<wasmparser::FunctionBody<'a>>,
}

impl Linked {
    /// Reads the linker's file.
    pub fn read(bytes: &[u8]) -> Outcome<Self> {
        let mut parts = Parts::default();
        for payload in Parser::new(0).parse_all(bytes) {
            parts.add(payload.map_err(unread)?)?;
        }
        parts.put_together(bytes)
    }

    /// The addresses of constants that are there for whoever names these numbers: the symbols
    /// meant, what they lead to, and what the data that are written lead to.
    pub fn needed(&self, named: &BTreeSet<u32>) -> BTreeSet<u32> {
        let mut needed: BTreeSet<u32> = self.constant.clone().collect();
        for symbol in &self.symbols {
            symbol.clone().for_each(|address| {
                needed.remove(&address);
            });
        }
        // Data of no symbol stay, whoever they belong to.
        let roots = self
            .pointers
            .iter()
            .filter(|(place, _)| !self.constant.contains(place) || needed.contains(place));
        let mut open: Vec<usize> = roots.map(|(_, symbol)| *symbol).collect();
        let meant = named.iter().filter_map(|number| self.named.get(number));
        open.extend(meant.flatten());
        let mut seen = BTreeSet::new();
        while let Some(symbol) = open.pop() {
            if !seen.insert(symbol) {
                continue;
            }
            let range = self.symbols.get(symbol).cloned().unwrap_or_default();
            open.extend(self.pointers.range(range.clone()).map(|(_, to)| *to));
            needed.extend(range.filter(|address| self.constant.contains(address)));
        }
        needed
    }

    /// Whether a number of the code is the address of a constant.
    pub fn names_constant(&self, number: u32) -> bool {
        let constant = |symbol: &usize| {
            let symbol = self.symbols.get(*symbol);
            symbol.is_some_and(|it| self.constant.contains(&it.start))
        };
        let symbols = self.named.get(&number);
        symbols.is_some_and(|symbols| symbols.iter().any(constant))
    }

    /// The addresses of constants that the code names.
    pub fn constants_named(&self) -> Vec<u32> {
        let named = self.named.keys().copied();
        named.filter(|it| self.names_constant(*it)).collect()
    }
}

impl<'a> Parts<'a> {
    fn add(&mut self, payload: Payload<'a>) -> Outcome<()> {
        if let Some((_, range)) = payload.as_section() {
            let number = u32::try_from(self.sections.len()).map_err(unread)?;
            match payload {
                Payload::CodeSectionStart { .. } => self.code = Some(number),
                Payload::DataSection(_) => self.data = Some(number),
                _ => {}
            }
            self.sections.insert(number, range.start);
        }
        match payload {
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::DataSection(segments) => {
                for segment in segments {
                    let segment = segment.map_err(unread)?;
                    let begin = segment.range.end - segment.data.len();
                    let address = address(&segment.kind)?;
                    self.segments.push((address, begin..segment.range.end));
                }
            }
            Payload::CustomSection(custom) => match custom.as_known() {
                KnownCustom::Linking(parts) => {
                    for part in parts.subsections() {
                        self.add_linking(part.map_err(unread)?)?;
                    }
                }
                KnownCustom::Reloc(relocations) => self.add_relocations(&relocations)?,
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn add_linking(&mut self, part: Linking<'a>) -> Outcome<()> {
        match part {
            Linking::SegmentInfo(segments) => {
                for segment in segments {
                    self.segment_names.push(segment.map_err(unread)?.name);
                }
            }
            Linking::SymbolTable(symbols) => {
                for symbol in symbols {
                    self.symbols.push(match symbol.map_err(unread)? {
                        SymbolInfo::Data { symbol, .. } => {
                            symbol.map(|it| (it.index, it.offset, it.size))
                        }
                        _ => None,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn add_relocations(&mut self, relocations: &RelocSectionReader<'a>) -> Outcome<()> {
        for entry in relocations.entries() {
            self.entries
                .push((relocations.section_index(), entry.map_err(unread)?));
        }
        Ok(())
    }

    fn put_together(self, bytes: &[u8]) -> Outcome<Linked> {
        let mut linked = Linked::default();
        for (at, (address, range)) in self.segments.iter().enumerate() {
            let data = bytes.get(range.clone()).ok_or("a segment has no data")?;
            let end = end(*address, data.len())?;
            if self.segment_names.get(at) == Some(&CONSTANT) {
                linked.constant = *address..end;
            }
            linked.image.push((*address, data.to_vec()));
        }
        if linked.constant.is_empty() {
            return Err(unlinked("it names no segment of constants"));
        }
        // By the number among all symbols; the others have no addresses.
        for symbol in &self.symbols {
            linked.symbols.push(match symbol {
                Some((segment, offset, size)) => self.range(*segment, *offset, *size)?,
                None => 0..0,
            });
        }
        let mut in_code = BTreeSet::new();
        for (section, entry) in &self.entries {
            let begin = self.sections.get(section).copied();
            let begin = begin.ok_or_else(|| unlinked("a relocation of no section"))?;
            let place = entry.relocation_range();
            let place = begin + place.start..begin + place.end;
            let field = bytes.get(place.clone()).ok_or("a relocation of no bytes")?;
            let symbol = usize::try_from(entry.index).map_err(unread)?;
            let mut reader = BinaryReader::new(field, 0);
            let found = match (entry.ty, Some(*section)) {
                // Functions, types, globals and tables: no data.
                (
                    RelocationType::FunctionIndexLeb
                    | RelocationType::TableIndexSleb
                    | RelocationType::TypeIndexLeb
                    | RelocationType::GlobalIndexLeb
                    | RelocationType::TableNumberLeb,
                    it,
                ) if it == self.code => continue,
                (RelocationType::TableIndexI32, it) if it == self.data => continue,
                (RelocationType::MemoryAddrLeb, it) if it == self.code => reader.read_var_u32(),
                (RelocationType::MemoryAddrSleb, it) if it == self.code => {
                    reader.read_var_i32().map(i32::cast_unsigned)
                }
                (RelocationType::MemoryAddrI32, it) if it == self.data => reader.read_u32(),
                (other, _) => return Err(unlinked(&format!("a relocation {other:?}"))),
            };
            let found = found.map_err(unread)?;
            let defined = self.symbols.get(symbol).copied().flatten();
            let range = linked.symbols.get(symbol).cloned().unwrap_or_default();
            let addend = i32::try_from(entry.addend).map_err(unread)?;
            // Were it read wrongly, or of another program, nothing would fit.
            if defined.is_none() || range.start.wrapping_add_signed(addend) != found {
                return Err(unlinked("a relocation and its place differ"));
            }
            if Some(*section) == self.code {
                in_code.insert(place.start);
                linked.named.entry(found).or_default().insert(symbol);
            } else {
                linked.pointers.insert(self.address(&place)?, symbol);
            }
        }
        if in_code.is_empty() {
            return Err(unlinked("it has no relocations (-Clink-arg=--emit-relocs)"));
        }
        for body in &self.bodies {
            plain(body, &in_code, &mut linked)?;
        }
        Ok(linked)
    }

    fn range(&self, segment: u32, offset: u32, size: u32) -> Outcome<Range<u32>> {
        let segment = usize::try_from(segment).map_err(unread)?;
        let segment = self.segments.get(segment);
        let (address, _) = segment.ok_or_else(|| unlinked("a symbol of no segment"))?;
        let begin = address.checked_add(offset);
        let range = begin.and_then(|begin| Some(begin..begin.checked_add(size)?));
        range.ok_or_else(|| unlinked("a symbol behind the memory's end"))
    }

    /// The address of a place in the file.
    fn address(&self, place: &Range<usize>) -> Outcome<u32> {
        let found = self.segments.iter().find_map(|(address, range)| {
            let inside = range.contains(&place.start) && place.end <= range.end;
            let offset = inside.then(|| place.start - range.start)?;
            end(*address, offset).ok()
        });
        found.ok_or_else(|| unlinked("a pointer in no segment"))
    }
}

/// Where a segment is put.
pub fn address(kind: &DataKind) -> Outcome<u32> {
    let fixed = match kind {
        DataKind::Active {
            memory_index: 0,
            offset_expr,
        } => offset_expr.get_operators_reader().read().ok(),
        _ => None,
    };
    match fixed {
        Some(Operator::I32Const { value }) => Ok(value.cast_unsigned()),
        _ => Err("the module can't be split: its data have no fixed address".to_owned()),
    }
}

/// The address behind `length` bytes.
pub fn end(address: u32, length: usize) -> Outcome<u32> {
    let length = u32::try_from(length).map_err(unread)?;
    address
        .checked_add(length)
        .ok_or_else(|| "data stand behind the memory's end".to_owned())
}

/// Notes the numbers of a body that look like addresses of constants, where the linker put none.
fn plain(
    body: &wasmparser::FunctionBody,
    in_code: &BTreeSet<usize>,
    linked: &mut Linked,
) -> Outcome<()> {
    let mut operators = body.get_operators_reader().map_err(unread)?;
    while !operators.eof() {
        let position = operators.original_position();
        let mut operator = operators.read().map_err(unread)?;
        let behind = operators.original_position();
        let number = match &mut operator {
            Operator::I32Const { value } => Some(value.cast_unsigned()),
            other => memory_argument(other)
                .map(|(argument, _)| u32::try_from(argument.offset))
                .transpose()
                .map_err(unread)?,
        };
        let linked_here = in_code.range(position..behind).next().is_some();
        linked
            .plain
            .extend(number.filter(|it| linked.constant.contains(it) && !linked_here));
    }
    Ok(())
}

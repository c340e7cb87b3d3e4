//! A module of WebAssembly as wasm-bindgen leaves it, taken apart as far as a split needs it.

use crate::addresses::{Show, imported};
use crate::process::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, Instruction};
use wasmparser::{
    DataKind, ElementItems, ElementKind, Export, FuncType, FunctionBody, GlobalType, Import,
    KnownCustom, MemArg, MemoryType, Name, Operator, Parser, Payload, TableType, TypeRef,
};

/// A module; its functions are numbered as in the file, the imported ones first.
pub struct Module<'a> {
    /// The types of functions.
    pub types: Vec<FuncType>,
    /// The imported functions.
    pub imports: Vec<Import<'a>>,
    /// The imported globals, which stand for addresses of data.
    pub addresses: Vec<u32>,
    /// The type of each function.
    pub kinds: Vec<u32>,
    /// Its tables; the first is the one of function pointers.
    pub tables: Vec<TableType>,
    /// Its only memory.
    pub memory: MemoryType,
    /// Its own globals, whose numbers come behind those of the addresses.
    pub globals: Vec<GlobalType>,
    /// Its exports.
    pub exports: Vec<Export<'a>>,
    /// The function that runs first.
    pub start: Option<u32>,
    /// Slots of the first table and the functions they hold.
    pub slots: BTreeMap<u32, u32>,
    /// The code of the functions that aren't imported.
    pub bodies: Vec<FunctionBody<'a>>,
    /// The names of functions, as the name section has them.
    names: BTreeMap<u32, &'a str>,
    /// Sections that are taken over as they are, by the number of their kind.
    pub raw: BTreeMap<u8, &'a [u8]>,
}

/// The sections that a split copies.
pub mod section {
    /// The memory.
    pub const MEMORY: u8 = 5;
    /// The globals with what they hold at first.
    pub const GLOBALS: u8 = 6;
    /// What the memory holds at first.
    pub const DATA: u8 = 11;
}

/// The module once more, with what `changes` makes of it.
pub fn rewritten(changes: &mut impl Reencode<Error = String>, bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut written = wasm_encoder::Module::new();
    changes
        .parse_core_module(&mut written, Parser::new(0), bytes)
        .map_err(unread)?;
    Ok(written.finish())
}

/// An error of the reader or the writer as a sentence.
pub fn unread(error: impl Display) -> String {
    format!("the module of WebAssembly can't be read: {error}")
}

fn foreign(what: &str) -> String {
    format!("the module can't be split: it has {what}, which the split doesn't know")
}

/// The types of a module's functions.
pub fn kinds(bytes: &[u8]) -> Outcome<Vec<FuncType>> {
    Module::read(bytes).map(|module| module.types)
}

impl<'a> Module<'a> {
    /// Reads a module. What wasm-bindgen doesn't make is an error, not a guess.
    pub fn read(bytes: &'a [u8]) -> Outcome<Self> {
        let mut module = Self {
            types: Vec::new(),
            imports: Vec::new(),
            addresses: Vec::new(),
            kinds: Vec::new(),
            tables: Vec::new(),
            memory: MemoryType {
                memory64: false,
                shared: false,
                initial: 0,
                maximum: None,
                page_size_log2: None,
            },
            globals: Vec::new(),
            exports: Vec::new(),
            start: None,
            slots: BTreeMap::new(),
            bodies: Vec::new(),
            names: BTreeMap::new(),
            raw: BTreeMap::new(),
        };
        for payload in Parser::new(0).parse_all(bytes) {
            module.add(bytes, payload.map_err(unread)?)?;
        }
        match module.raw.contains_key(&section::MEMORY) {
            true => Ok(module),
            false => Err(foreign("no memory of its own")),
        }
    }

    fn add(&mut self, bytes: &'a [u8], payload: Payload<'a>) -> Outcome<()> {
        if let Some((kind, range)) = payload.as_section() {
            self.raw.extend(bytes.get(range).map(|bytes| (kind, bytes)));
        }
        match payload {
            Payload::TypeSection(types) => {
                for kind in types.into_iter_err_on_gc_types() {
                    self.types.push(kind.map_err(unread)?);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.map_err(unread)?;
                    if let Some(address) = imported(&import) {
                        self.addresses.push(address);
                        continue;
                    }
                    let TypeRef::Func(kind) = import.ty else {
                        return Err(foreign("an import that is no function"));
                    };
                    self.imports.push(import);
                    self.kinds.push(kind);
                }
            }
            Payload::FunctionSection(kinds) => {
                for kind in kinds {
                    self.kinds.push(kind.map_err(unread)?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    self.tables.push(table.map_err(unread)?.ty);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    self.memory = memory.map_err(unread)?;
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let global = global.map_err(unread)?;
                    for operator in global.init_expr.get_operators_reader() {
                        match operator.map_err(unread)? {
                            Operator::RefFunc { .. } => {
                                return Err(foreign("a function in a global"));
                            }
                            Operator::GlobalGet { .. } => {
                                return Err(foreign("a global in a global"));
                            }
                            _ => {}
                        }
                    }
                    self.globals.push(global.ty);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    self.exports.push(export.map_err(unread)?);
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(segments) => {
                for segment in segments {
                    let segment = segment.map_err(unread)?;
                    self.fill(&segment.kind, segment.items)?;
                }
            }
            Payload::DataSection(pieces) => {
                for piece in pieces {
                    if let DataKind::Passive = piece.map_err(unread)?.kind {
                        return Err(foreign("data that the code copies"));
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(custom) => {
                if let KnownCustom::Name(names) = custom.as_known() {
                    self.read_names(names)?;
                }
            }
            Payload::TagSection(_) => return Err(foreign("exceptions")),
            _ => {}
        }
        Ok(())
    }

    /// Notes what a segment puts into the table.
    fn fill(&mut self, kind: &ElementKind, items: ElementItems) -> Outcome<()> {
        let (
            ElementKind::Active {
                table_index: None | Some(0),
                offset_expr,
            },
            ElementItems::Functions(functions),
        ) = (kind, items)
        else {
            return Err(foreign("a segment of another kind"));
        };
        let mut offset = offset_expr.get_operators_reader();
        let Ok(Operator::I32Const { value }) = offset.read() else {
            return Err(foreign("a segment at a place that isn't fixed"));
        };
        let begin = u32::try_from(value).map_err(unread)?;
        for (slot, function) in (begin..).zip(functions) {
            self.slots.insert(slot, function.map_err(unread)?);
        }
        Ok(())
    }

    fn read_names(&mut self, names: wasmparser::NameSectionReader<'a>) -> Outcome<()> {
        for part in names {
            if let Name::Function(functions) = part.map_err(unread)? {
                for name in functions {
                    let name = name.map_err(unread)?;
                    self.names.insert(name.index, name.name);
                }
            }
        }
        Ok(())
    }

    /// The functions with code, by number.
    pub fn defined(&self) -> impl Iterator<Item = (u32, &FunctionBody<'a>)> {
        let imported = u32::try_from(self.imports.len()).unwrap_or(u32::MAX);
        (imported..).zip(&self.bodies)
    }

    /// Whether a function has code here.
    pub fn is_defined(&self, function: u32) -> bool {
        usize::try_from(function).is_ok_and(|it| it >= self.imports.len())
    }

    /// The name of a function; wasm-bindgen gives none to its own.
    pub fn name(&self, function: u32) -> &'a str {
        self.names.get(&function).copied().unwrap_or("?")
    }

    /// The number of the type of a function.
    pub fn kind(&self, function: u32) -> Outcome<u32> {
        let at = usize::try_from(function).map_err(unread)?;
        let kind = self.kinds.get(at).copied();
        kind.ok_or_else(|| format!("there is no function {function}"))
    }

    /// How many parameters a type has.
    pub fn parameters(&self, kind: u32) -> Outcome<u32> {
        let at = usize::try_from(kind).map_err(unread)?;
        let kind = self.types.get(at).ok_or("a function has no type")?;
        u32::try_from(kind.params().len()).map_err(unread)
    }
}

/// The functions that a body names.
pub fn uses(body: &FunctionBody) -> Outcome<BTreeSet<u32>> {
    struct Uses(BTreeSet<u32>);
    impl Reencode for Uses {
        type Error = String;
        fn function_index(&mut self, function: u32) -> Result<u32, Error<String>> {
            self.0.insert(function);
            Ok(function)
        }
        fn data_index(&mut self, _: u32) -> Result<u32, Error<String>> {
            // The split numbers the segments anew.
            Err(Error::UserError(foreign("data that the code copies")))
        }
        fn instruction<'a>(&mut self, it: Operator<'a>) -> Result<Instruction<'a>, Error<String>> {
            match it {
                // The other half would have to declare it.
                Operator::RefFunc { .. } => Err(Error::UserError(foreign("a function as a value"))),
                _ => wasm_encoder::reencode::utils::instruction(self, it),
            }
        }
    }
    let mut uses = Uses(BTreeSet::new());
    uses.parse_function_body(&mut CodeSection::new(), body.clone())
        .map_err(unread)?;
    Ok(uses.0)
}

/// Writes bodies with other numbers for the functions, and with numbers for addresses.
pub struct Renumber<'a> {
    /// From the numbers of the whole.
    pub functions: &'a BTreeMap<u32, u32>,
    /// The addresses.
    pub show: Show<'a>,
}

impl Reencode for Renumber<'_> {
    type Error = String;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<String>> {
        let unknown = || Error::UserError(format!("function {function} was forgotten"));
        self.functions.get(&function).copied().ok_or_else(unknown)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error<String>> {
        self.show.global_index(global)
    }

    fn instruction<'a>(&mut self, it: Operator<'a>) -> Result<Instruction<'a>, Error<String>> {
        match self.show.number(&it) {
            Some(number) => Ok(number),
            None => wasm_encoder::reencode::utils::instruction(self, it),
        }
    }
}

/// Where an operator reads or writes the memory, and whether it only reads. What copies and fills
/// takes its addresses from the stack.
pub fn memory_argument<'a>(operator: &'a mut Operator) -> Option<(&'a mut MemArg, bool)> {
    match operator {
        Operator::I32Load { memarg }
        | Operator::I64Load { memarg }
        | Operator::F32Load { memarg }
        | Operator::F64Load { memarg }
        | Operator::I32Load8S { memarg }
        | Operator::I32Load8U { memarg }
        | Operator::I32Load16S { memarg }
        | Operator::I32Load16U { memarg }
        | Operator::I64Load8S { memarg }
        | Operator::I64Load8U { memarg }
        | Operator::I64Load16S { memarg }
        | Operator::I64Load16U { memarg }
        | Operator::I64Load32S { memarg }
        | Operator::I64Load32U { memarg } => Some((memarg, true)),
        Operator::I32Store { memarg }
        | Operator::I64Store { memarg }
        | Operator::F32Store { memarg }
        | Operator::F64Store { memarg }
        | Operator::I32Store8 { memarg }
        | Operator::I32Store16 { memarg }
        | Operator::I64Store8 { memarg }
        | Operator::I64Store16 { memarg }
        | Operator::I64Store32 { memarg } => Some((memarg, false)),
        _ => None,
    }
}

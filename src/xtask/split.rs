//! Splits the page's one module of WebAssembly: the *first* part holds what a recorded start
//! entered, the *rest* is fetched while the student reads.
//!
//! The first part keeps memory, tables, globals and every import's and export's name. A function
//! that moved away leaves a stub, which makes sure that the rest is there and then calls slot N of
//! the table, which the rest fills as it is instantiated. Constants that only moved code can reach
//! come with it, to the addresses they have in the whole, so that nothing happens by its coming but
//! that. Which function stands where is never a matter of right and wrong: a function that the
//! recording doesn't know goes to the rest.

use crate::addresses::Show;
use crate::data::Data;
use crate::linked::Linked;
use crate::module::{Module, Renumber, section, unread, uses};
use crate::outline::outline;
use crate::process::Outcome;
use crate::record::{Known, Recording};
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction, RawSection, StartSection, TableSection, TypeSection, ValType,
};
use wasmparser::{FunctionBody, Operator};

/// The module in two.
#[derive(Debug)]
pub struct Halves {
    /// What the page starts with.
    pub first: Vec<u8>,
    /// What it fetches afterwards.
    pub rest: Vec<u8>,
}

/// The import of the first part that brings the rest at once: `rest.load`.
pub const LOAD: (&str, &str) = ("rest", "load");
/// Where the rest imports the first part's exports from.
pub const FIRST: &str = "first";

/// Splits a module after a recording of its start. `linked` tells whose data are whose; with
/// `poison` what moved is 0xAA in the first part, so that whoever misses it sees it.
pub fn split(
    bytes: &[u8],
    linked: &Linked,
    recording: &Recording,
    poison: bool,
) -> Outcome<Halves> {
    let whole = Module::read(bytes)?;
    let mut stays = BTreeMap::new();
    for (function, body) in whole.defined() {
        match recording.of_function(whole.name(function), body)? {
            Known::No => {}
            Known::Changed => {
                stays.insert(function, None);
            }
            Known::Passed(points) => {
                stays.insert(function, Some(points));
            }
        }
    }
    let outlined = outline(bytes, |function| stays.get(&function).cloned().flatten())?;
    let module = Module::read(&outlined)?;
    let plan = Plan::new(&module, |function| stays.contains_key(&function))?;
    let data = Data::part(&module, linked, &plan.kept)?;
    Ok(Halves {
        first: plan.first(&data.first(poison)?)?,
        rest: plan.rest(&data.rest()?)?,
    })
}

/// What stands where.
struct Plan<'a> {
    module: &'a Module<'a>,
    /// The functions with code in the first part.
    kept: BTreeSet<u32>,
    /// The functions that the kept ones and the first part's exports and table name.
    named_by_first: BTreeSet<u32>,
    /// The functions that moved and have a number in the first part all the same.
    stubs: BTreeSet<u32>,
    /// The functions that the moved ones name.
    named_by_rest: BTreeSet<u32>,
    /// Functions that moved, and the slots of the table that lead to them.
    slots: BTreeMap<u32, Vec<u32>>,
    /// Slots of the table in all.
    table: u64,
}

/// What the first part exports for the rest, by short names that wasm-bindgen doesn't use.
fn export_name(number: usize) -> String {
    format!("{number:x}")
}

impl<'a> Plan<'a> {
    fn new(module: &'a Module<'a>, stays: impl Fn(u32) -> bool) -> Outcome<Self> {
        let mut plan = Self {
            module,
            kept: BTreeSet::new(),
            named_by_first: BTreeSet::new(),
            stubs: BTreeSet::new(),
            named_by_rest: BTreeSet::new(),
            slots: BTreeMap::new(),
            table: module
                .tables
                .first()
                .ok_or("the module has no table")?
                .initial,
        };
        let mut moved = BTreeSet::new();
        for (function, body) in module.defined() {
            if module.start == Some(function) || stays(function) {
                plan.kept.insert(function);
                plan.named_by_first.append(&mut uses(body)?);
            } else {
                moved.insert(function);
                plan.named_by_rest.append(&mut uses(body)?);
            }
        }
        for export in &module.exports {
            if export.kind == wasmparser::ExternalKind::Func {
                plan.stubs.insert(export.index);
            }
        }
        for (slot, function) in &module.slots {
            plan.stubs.insert(*function);
            if moved.contains(function) {
                plan.slots.entry(*function).or_default().push(*slot);
            }
        }
        plan.named_by_first.extend(&plan.stubs);
        plan.stubs.retain(|function| moved.contains(function));
        // What is called directly only gets a slot of its own, behind all others.
        for function in plan.named_by_first.intersection(&moved) {
            if !plan.slots.contains_key(function) {
                let slot = u32::try_from(plan.table).map_err(unread)?;
                plan.slots.insert(*function, vec![slot]);
                plan.table += 1;
            }
        }
        Ok(plan)
    }

    /// The imports that one part needs.
    fn imports(&self, named: &BTreeSet<u32>) -> Vec<(u32, wasmparser::Import<'a>)> {
        (0..)
            .zip(self.module.imports.iter().copied())
            .filter(|(function, _)| named.contains(function))
            .collect()
    }

    /// The kept functions with their code, those of one type together, and of these those that begin
    /// alike: brotli finds more that is alike (3 KB).
    fn in_order(&self) -> Outcome<Vec<(u32, &FunctionBody<'a>)>> {
        let mut order = Vec::new();
        for (function, body) in self.module.defined() {
            if self.kept.contains(&function) {
                order.push((self.module.kind(function)?, body.as_bytes(), function, body));
            }
        }
        order.sort_unstable_by_key(|(kind, bytes, function, _)| (*kind, *bytes, *function));
        let order = order.into_iter();
        Ok(order
            .map(|(_, _, function, body)| (function, body))
            .collect())
    }

    /// The kept functions that the rest calls, in the order of their exports.
    fn shared(&self) -> impl Iterator<Item = u32> {
        self.kept.intersection(&self.named_by_rest).copied()
    }

    /// A section that stands in both parts as it stood in the whole.
    fn raw(&self, kind: u8) -> RawSection<'a> {
        // An absent section is one with nothing in it.
        let data = self.module.raw.get(&kind).copied().unwrap_or(&[0]);
        RawSection { id: kind, data }
    }

    /// The types of the whole and, behind them, that of `load`: nothing in, nothing out.
    fn types(&self) -> Outcome<(TypeSection, u32)> {
        let mut types = TypeSection::new();
        for kind in &self.module.types {
            let kind = RoundtripReencoder.func_type(kind.clone()).map_err(unread)?;
            types.ty().func_type(&kind);
        }
        let load = types.len();
        types.ty().function([], []);
        Ok((types, load))
    }

    /// The tables; the first has the slots for what moved.
    fn tables(&self) -> Outcome<Vec<wasm_encoder::TableType>> {
        let mut tables = Vec::new();
        for table in &self.module.tables {
            let mut table = RoundtripReencoder.table_type(*table).map_err(unread)?;
            if tables.is_empty() {
                let more = self.table - table.minimum;
                table.minimum += more;
                table.maximum = table.maximum.map(|most| most + more);
            }
            tables.push(table);
        }
        Ok(tables)
    }

    /// The number of the global that tells whether the rest is there.
    fn is_here(&self) -> Outcome<u32> {
        u32::try_from(self.module.globals.len()).map_err(unread)
    }

    /// How the functions of a part are written.
    fn renumber<'b>(&'b self, functions: &'b BTreeMap<u32, u32>) -> Renumber<'b> {
        Renumber {
            functions,
            show: Show(&self.module.addresses),
        }
    }

    fn first(&self, data: &DataSection) -> Outcome<Vec<u8>> {
        let (types, load_type) = self.types()?;
        let is_here = self.is_here()?;
        // Numbers: imports, `load`, the kept functions, `ensure`, the stubs.
        let mut numbers = BTreeMap::new();
        let mut next = 0..;
        let mut imports = ImportSection::new();
        let mut functions = FunctionSection::new();
        for (function, import) in self.imports(&self.named_by_first) {
            numbers.extend([function].into_iter().zip(&mut next));
            let kind = EntityType::Function(self.module.kind(function)?);
            imports.import(import.module, import.name, kind);
        }
        let load = next.next().unwrap_or_default();
        imports.import(LOAD.0, LOAD.1, EntityType::Function(load_type));
        let order = self.in_order()?;
        for (function, _) in &order {
            numbers.extend([*function].into_iter().zip(&mut next));
            functions.function(self.module.kind(*function)?);
        }
        let ensure = next.next().unwrap_or_default();
        functions.function(load_type);
        for function in &self.stubs {
            numbers.extend([*function].into_iter().zip(&mut next));
            functions.function(self.module.kind(*function)?);
        }

        let mut code = CodeSection::new();
        let mut kept = Kept {
            plan: self,
            numbers: self.renumber(&numbers),
            ensure,
        };
        for (_, body) in order {
            kept.parse_function_body(&mut code, body.clone())
                .map_err(unread)?;
        }
        code.function(&ensure_body(is_here, load));
        for function in &self.stubs {
            code.function(&self.stub(*function, ensure)?);
        }

        let mut globals = GlobalSection::new();
        let section = wasmparser::GlobalSectionReader::new(wasmparser::BinaryReader::new(
            self.raw(section::GLOBALS).data,
            0,
        ));
        RoundtripReencoder
            .parse_global_section(&mut globals, section.map_err(unread)?)
            .map_err(unread)?;
        globals.global(FLAG, &ConstExpr::i32_const(0));

        let mut tables = TableSection::new();
        for table in self.tables()? {
            tables.table(table);
        }
        let mut elements = ElementSection::new();
        fill(&mut elements, &self.module.slots, &numbers)?;

        let mut module = wasm_encoder::Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&tables)
            .section(&self.raw(section::MEMORY))
            .section(&globals)
            .section(&self.exports(&numbers)?);
        if let Some(start) = self.module.start {
            module.section(&StartSection {
                function_index: number(&numbers, start)?,
            });
        }
        module.section(&elements);
        module.section(&code).section(data);
        Ok(module.finish())
    }

    /// The exports of the whole, and those for the rest.
    fn exports(&self, numbers: &BTreeMap<u32, u32>) -> Outcome<ExportSection> {
        let mut exports = ExportSection::new();
        for export in &self.module.exports {
            let kind = RoundtripReencoder
                .export_kind(export.kind)
                .map_err(unread)?;
            let index = match kind {
                ExportKind::Func => number(numbers, export.index)?,
                ExportKind::Global => Show(&self.module.addresses)
                    .global_index(export.index)
                    .map_err(unread)?,
                _ => export.index,
            };
            exports.export(export.name, kind, index);
        }
        let tables = (0..self.module.tables.len()).map(|_| ExportKind::Table);
        let globals = (0..=self.module.globals.len()).map(|_| ExportKind::Global);
        let things = [ExportKind::Memory]
            .into_iter()
            .zip(0..)
            .chain(tables.zip(0..))
            .chain(globals.zip(0..));
        let mut all: Vec<(ExportKind, u32)> = things.collect();
        for function in self.shared() {
            all.push((ExportKind::Func, number(numbers, function)?));
        }
        for (at, (kind, index)) in all.into_iter().enumerate() {
            let name = export_name(at);
            if self.module.exports.iter().any(|it| it.name == name) {
                return Err(format!(
                    "the module exports `{name}`, a name of the split's"
                ));
            }
            exports.export(&name, kind, index);
        }
        Ok(exports)
    }

    /// Whether the first part reaches a function through the table only.
    fn is_far(&self, function: u32) -> bool {
        self.slots.contains_key(&function) && !self.stubs.contains(&function)
    }

    /// What stands for a function that moved and is exported or pointed to.
    fn stub(&self, function: u32, ensure: u32) -> Outcome<Function> {
        let mut stub = Function::new([]);
        for parameter in 0..self.module.parameters(self.module.kind(function)?)? {
            stub.instructions().local_get(parameter);
        }
        self.far_call(&mut stub, function, ensure)?;
        stub.instructions().end();
        Ok(stub)
    }

    /// Calls a function that moved, whose arguments are on the stack: makes sure that the rest is
    /// there, then calls through the table.
    fn far_call(&self, caller: &mut Function, function: u32, ensure: u32) -> Outcome<()> {
        let slot = self.slots.get(&function).and_then(|slots| slots.first());
        let slot = slot.ok_or("a function that moved has no slot")?;
        caller
            .instructions()
            .call(ensure)
            .i32_const(i32::try_from(*slot).map_err(unread)?)
            .call_indirect(0, self.module.kind(function)?);
        Ok(())
    }

    fn rest(&self, data: &DataSection) -> Outcome<Vec<u8>> {
        let (types, plain) = self.types()?;
        let mut imports = ImportSection::new();
        let mut names = (0..).map(export_name);
        let mut import = |kind: EntityType| {
            imports.import(FIRST, &names.next().unwrap_or_default(), kind);
        };
        import(EntityType::Memory(
            RoundtripReencoder
                .memory_type(self.module.memory)
                .map_err(unread)?,
        ));
        for table in self.tables()? {
            import(EntityType::Table(table));
        }
        for global in &self.module.globals {
            import(EntityType::Global(
                RoundtripReencoder.global_type(*global).map_err(unread)?,
            ));
        }
        import(EntityType::Global(FLAG));

        // Numbers: the first part's functions, the imports, the functions that moved, the start.
        let mut numbers = BTreeMap::new();
        let mut next = 0..;
        for function in self.shared() {
            numbers.extend([function].into_iter().zip(&mut next));
            import(EntityType::Function(self.module.kind(function)?));
        }
        for (function, import) in self.imports(&self.named_by_rest) {
            numbers.extend([function].into_iter().zip(&mut next));
            let kind = EntityType::Function(self.module.kind(function)?);
            imports.import(import.module, import.name, kind);
        }
        let mut functions = FunctionSection::new();
        let moved = |function: &u32| !self.kept.contains(function);
        for (function, _) in self.module.defined().filter(|(it, _)| moved(it)) {
            numbers.extend([function].into_iter().zip(&mut next));
            functions.function(self.module.kind(function)?);
        }
        let start = next.next().unwrap_or_default();
        functions.function(plain);

        let mut code = CodeSection::new();
        for (_, body) in self.module.defined().filter(|(it, _)| moved(it)) {
            self.renumber(&numbers)
                .parse_function_body(&mut code, body.clone())
                .map_err(unread)?;
        }
        let mut tell = Function::new([]);
        tell.instructions()
            .i32_const(1)
            .global_set(self.is_here()?)
            .end();
        code.function(&tell);

        let mut slots = BTreeMap::new();
        for (function, places) in &self.slots {
            slots.extend(places.iter().map(|slot| (*slot, *function)));
        }
        let mut elements = ElementSection::new();
        fill(&mut elements, &slots, &numbers)?;

        let mut module = wasm_encoder::Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&StartSection {
                function_index: start,
            })
            .section(&elements)
            .section(&code)
            .section(data);
        Ok(module.finish())
    }
}

/// Writes the bodies of the first part.
struct Kept<'a> {
    plan: &'a Plan<'a>,
    numbers: Renumber<'a>,
    ensure: u32,
}

impl Reencode for Kept<'_> {
    type Error = String;

    fn instruction<'a>(&mut self, it: Operator<'a>) -> Result<Instruction<'a>, Error<String>> {
        self.numbers.instruction(it)
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<String>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            match operators.read()? {
                Operator::Call { function_index } if self.plan.is_far(function_index) => self
                    .plan
                    .far_call(&mut function, function_index, self.ensure)
                    .map_err(Error::UserError)?,
                other => {
                    function.instruction(&self.instruction(other)?);
                }
            }
        }
        code.function(&function);
        Ok(())
    }
}

/// The global that tells whether the rest is there.
const FLAG: GlobalType = GlobalType {
    val_type: ValType::I32,
    mutable: true,
    shared: false,
};

/// Returns when the rest is there; calls `load` before, where it isn't.
fn ensure_body(is_here: u32, load: u32) -> Function {
    let mut ensure = Function::new([]);
    ensure
        .instructions()
        .global_get(is_here)
        .br_if(0)
        .call(load)
        .global_get(is_here)
        .br_if(0)
        // A stub whose slot still holds itself would call itself for ever.
        .unreachable()
        .end();
    ensure
}

fn number(numbers: &BTreeMap<u32, u32>, function: u32) -> Outcome<u32> {
    let number = numbers.get(&function).copied();
    number.ok_or_else(|| format!("function {function} was forgotten"))
}

/// Writes the segments that fill these slots, one for each run of neighbours.
fn fill(
    elements: &mut ElementSection,
    slots: &BTreeMap<u32, u32>,
    numbers: &BTreeMap<u32, u32>,
) -> Outcome<()> {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (slot, function) in slots {
        let function = number(numbers, *function)?;
        match runs.last_mut() {
            Some((begin, run)) if Some(*slot) == neighbour(*begin, run) => run.push(function),
            _ => runs.push((*slot, vec![function])),
        }
    }
    for (begin, run) in runs {
        let begin = i32::try_from(begin).map_err(unread)?;
        let offset = ConstExpr::i32_const(begin);
        elements.active(None, &offset, Elements::Functions(run.into()));
    }
    Ok(())
}

/// The slot behind a run.
fn neighbour(begin: u32, run: &[u32]) -> Option<u32> {
    u32::try_from(run.len()).ok()?.checked_add(begin)
}

//! Keeps the addresses of constants apart from other numbers while wasm-opt works on the program.
//!
//! Before, each such number becomes a global that is imported and whose value nobody knows: wasm-opt
//! may inline, merge and reorder code as it likes, but it can't fold a global into a number. What
//! remains after it says of each piece of code which data it names. Behind the split the globals
//! become numbers again.

use crate::linked::{Linked, address};
use crate::module::{Module, memory_argument, rewritten, unread};
use crate::process::Outcome;
use std::collections::BTreeMap;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, EntityType, GlobalType, ImportSection, Instruction, ValType};
use wasmparser::{FunctionBody, Operator, Parser, Payload, TypeRef};

/// Where the addresses are imported from, each under its number.
pub const MODULE: &str = "address";

/// The import of an address, if it is one.
pub fn imported(import: &wasmparser::Import) -> Option<u32> {
    match import.ty {
        TypeRef::Global(kind) if !kind.mutable && import.module == MODULE => {
            import.name.parse().ok()
        }
        _ => None,
    }
}

/// The module as wasm-bindgen made it, with each address of a constant as a global. Anything that
/// the linker's file can't explain is an error.
pub fn hide(bytes: &[u8], linked: &Linked) -> Outcome<Vec<u8>> {
    same_data(bytes, linked)?;
    let numbers = linked.constants_named();
    let mut hide = Hide {
        linked,
        globals: numbers.iter().copied().zip(0..).collect(),
        numbers,
        imported: false,
    };
    let hidden = rewritten(&mut hide, bytes)?;
    match hide.imported {
        true => Ok(hidden),
        false => Err("the module has no imports, which wasm-bindgen's have".to_owned()),
    }
}

/// Both files are of one program: the memory holds the same at first.
fn same_data(bytes: &[u8], linked: &Linked) -> Outcome<()> {
    let mut image = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::DataSection(segments) = payload.map_err(unread)? {
            for segment in segments {
                let segment = segment.map_err(unread)?;
                image.push((address(&segment.kind)?, segment.data.to_vec()));
            }
        }
    }
    match image == linked.image {
        true => Ok(()),
        false => Err("the linker's file and wasm-bindgen's are not of one program".to_owned()),
    }
}

struct Hide<'a> {
    linked: &'a Linked,
    /// The numbers that are addresses, and the globals that stand for them.
    numbers: Vec<u32>,
    globals: BTreeMap<u32, u32>,
    imported: bool,
}

impl Hide<'_> {
    /// The global for a number, if it is an address.
    fn global(&self, number: u32) -> Result<Option<u32>, Error<String>> {
        let global = self.globals.get(&number).copied();
        // What is written may begin where the constants end, and be counted from below itself.
        let known = !self.linked.constant.contains(&number)
            || self.linked.plain.contains(&number)
            || self.linked.named.contains_key(&number);
        match global.is_some() || known {
            true => Ok(global),
            false => Err(Error::UserError(format!(
                "{number} may be an address of data, and the linker doesn't know it"
            ))),
        }
    }
}

impl Reencode for Hide<'_> {
    type Error = String;

    fn global_index(&mut self, global: u32) -> Result<u32, Error<String>> {
        let more = u32::try_from(self.numbers.len());
        Ok(global + more.map_err(|error| Error::UserError(error.to_string()))?)
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        self.imported = true;
        utils::parse_import_section(self, imports, section)?;
        let kind = GlobalType {
            val_type: ValType::I32,
            mutable: false,
            shared: false,
        };
        for number in &self.numbers {
            imports.import(MODULE, &number.to_string(), EntityType::Global(kind));
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<String>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let mut operator = operators.read()?;
            if let Operator::I32Const { value } = operator
                && let Some(global) = self.global(value.cast_unsigned())?
            {
                function.instruction(&Instruction::GlobalGet(global));
                continue;
            }
            if let Some((argument, loads)) = memory_argument(&mut operator)
                && let Ok(offset) = u32::try_from(argument.offset)
                && let Some(global) = self.global(offset)?
            {
                // The linker's is a sum that never wraps, so that this means the same.
                if !loads {
                    let message = format!("a constant is written, at {offset}");
                    return Err(Error::UserError(message));
                }
                argument.offset = 0;
                function.instructions().global_get(global).i32_add();
            }
            function.instruction(&self.instruction(operator)?);
        }
        code.function(&function);
        Ok(())
    }

    /// Only the names of functions are of use later.
    fn parse_custom_section(
        &mut self,
        module: &mut wasm_encoder::Module,
        section: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        match section.name() {
            "name" => utils::parse_custom_section(self, module, section),
            _ => Ok(()),
        }
    }
}

/// The module with numbers in the place of the globals again.
pub fn show(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let numbers = Module::read(bytes)?.addresses;
    rewritten(&mut Show(&numbers), bytes)
}

/// Writes bodies with numbers for the globals that are addresses; these are the first globals.
pub struct Show<'a>(pub &'a [u32]);

impl Show<'_> {
    /// The address that a global stands for.
    pub fn address(&self, global: u32) -> Option<u32> {
        let at = usize::try_from(global).ok()?;
        self.0.get(at).copied()
    }

    /// What an operator is, if it names an address.
    pub fn number<'a>(&self, operator: &Operator) -> Option<Instruction<'a>> {
        let Operator::GlobalGet { global_index } = operator else {
            return None;
        };
        let number = self.address(*global_index)?;
        Some(Instruction::I32Const(number.cast_signed()))
    }
}

impl Reencode for Show<'_> {
    type Error = String;

    fn global_index(&mut self, global: u32) -> Result<u32, Error<String>> {
        let ours = u32::try_from(self.0.len()).ok();
        let left = ours.and_then(|ours| global.checked_sub(ours));
        left.ok_or_else(|| Error::UserError("an address stands outside of the code".to_owned()))
    }

    fn instruction<'a>(&mut self, it: Operator<'a>) -> Result<Instruction<'a>, Error<String>> {
        match self.number(&it) {
            Some(number) => Ok(number),
            None => utils::instruction(self, it),
        }
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        for import in section.into_imports() {
            let import = import?;
            if imported(&import).is_none() {
                utils::parse_import(self, imports, import)?;
            }
        }
        Ok(())
    }

    /// The names of globals would be those of others.
    fn parse_custom_section(
        &mut self,
        _: &mut wasm_encoder::Module,
        _: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        Ok(())
    }
}

//! Moves what a recorded start never passed out of functions that it did enter: the path of an
//! error, the arm of a `match` for another command. Each such piece becomes a function of its own,
//! which nothing keeps in the first part. The module means the same before and after, whatever the
//! recording says.
//!
//! A piece is the tail of a block, from a point that was not passed to the block's end: what stands
//! behind such a point in its block can only be reached by passing it. It is given the operands and
//! locals that it reads, and gives back the values that it leaves, the locals that it may have
//! changed, and how it was left: by a branch, by a return, or at its end.

use crate::module::{kinds, rewritten, unread};
use crate::process::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder, utils};
use wasm_encoder::{CodeSection, Function, FunctionSection, Instruction, TypeSection, ValType};
use wasmparser::{
    BlockType, FrameKind, FuncType, FuncValidator, FuncValidatorAllocations, FunctionBody,
    Operator, Parser, ValidPayload, Validator, ValidatorResources,
};

/// Whether a new point of a recording begins behind an operator.
pub fn is_point(operator: &Operator) -> bool {
    matches!(
        operator,
        Operator::If { .. }
            | Operator::Else
            | Operator::BrIf { .. }
            | Operator::End
            | Operator::Loop { .. }
    )
}

/// The module with its pieces as functions behind all others. `passed` gives the points that the
/// start passed in a function of this number, the first of which is its entry; `None` leaves the
/// function as it is.
pub fn outline(bytes: &[u8], passed: impl Fn(u32) -> Option<Vec<bool>>) -> Outcome<Vec<u8>> {
    let types = kinds(bytes)?;
    let mut outline = Outline {
        functions: Vec::new(),
        types: types.len(),
        more: Vec::new(),
    };
    let mut validator = Validator::new();
    let mut allocations = FuncValidatorAllocations::default();
    let mut behind = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(unread)?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(unread)? {
            let number = function.index;
            let parameters = function_type(&types, function.ty)?.params().len();
            let parameters = u32::try_from(parameters).map_err(unread)?;
            behind = number + 1;
            let mut find = Find {
                validator: function.into_validator(allocations),
                types: &types,
                operators: Vec::new(),
                pieces: Vec::new(),
            };
            let pieces = match passed(number) {
                Some(passed) => find.pieces(&body, &passed)?,
                None => Vec::new(),
            };
            allocations = find.validator.into_allocations();
            outline.functions.push((parameters, pieces));
        }
    }
    let pieces = outline.functions.iter_mut().flat_map(|(_, pieces)| pieces);
    for (number, piece) in (behind..).zip(pieces) {
        piece.number = number;
        let kind = (piece.takes(), piece.leaves());
        let known = outline.more.iter().position(|it| *it == kind);
        let at = known.unwrap_or(outline.more.len());
        if known.is_none() {
            outline.more.push(kind);
        }
        piece.kind = u32::try_from(outline.types + at).map_err(unread)?;
    }
    rewritten(&mut outline, bytes)
}

/// A part of a function that becomes a function.
struct Piece {
    /// Its operators among those of the function.
    begin: usize,
    end: usize,
    /// Where it begins in the file.
    position: usize,
    /// The blocks open around it, the function's own among them.
    depth: u32,
    in_loop: bool,
    /// What can't be moved is found out on the way.
    sound: bool,
    /// The values on the stack as it begins.
    operands: Vec<ValType>,
    /// The values it leaves at its end; `None` when it never gets there.
    gives: Option<Vec<ValType>>,
    /// The values of its returns; `None` when there are none.
    returns: Option<Vec<ValType>>,
    /// The blocks around it that it branches to, counted from the inmost.
    labels: Vec<u32>,
    /// The locals it is given, and those it gives back.
    given: BTreeMap<u32, ValType>,
    back: BTreeMap<u32, ValType>,
    /// Its number and type as a function.
    number: u32,
    kind: u32,
}

impl Piece {
    /// How many ways out it has; with several it tells which one it took.
    fn ways(&self) -> usize {
        self.labels.len() + usize::from(self.gives.is_some()) + usize::from(self.returns.is_some())
    }

    /// The numbers of its ways: a branch has its place among the labels.
    fn return_way(&self) -> i32 {
        i32::try_from(self.labels.len()).unwrap_or(i32::MAX)
    }

    fn takes(&self) -> Vec<ValType> {
        let locals = self.given.values();
        self.operands.iter().chain(locals).copied().collect()
    }

    fn leaves(&self) -> Vec<ValType> {
        let way = (self.ways() > 1).then_some(ValType::I32);
        let values = self.gives.iter().chain(&self.returns).flatten();
        values
            .chain(self.back.values())
            .copied()
            .chain(way)
            .collect()
    }

    /// The bytes that stand for it in the function, roughly.
    fn cost(&self) -> usize {
        14 + 2 * (self.given.len() + self.back.len()) + 7 * self.ways()
    }

    /// Writes what stands for it in its function, whose local `way` is free.
    fn call(&self, function: &mut Function, way: u32) {
        let mut write = function.instructions();
        for local in self.given.keys() {
            write.local_get(*local);
        }
        write.call(self.number);
        let several = self.ways() > 1;
        if several {
            write.local_set(way);
        }
        for local in self.back.keys().rev() {
            write.local_set(*local);
        }
        match &self.returns {
            Some(_) if !several => {
                write.return_();
            }
            Some(values) => {
                let number = self.return_way();
                write.local_get(way).i32_const(number).i32_eq();
                write.br_if(self.depth - 1);
                for _ in values {
                    write.drop();
                }
            }
            None => {}
        }
        let last = self.labels.len().wrapping_sub(1);
        for (at, label) in self.labels.iter().enumerate() {
            if at == last && self.gives.is_none() {
                write.br(*label);
            } else {
                let number = i32::try_from(at).unwrap_or(i32::MAX);
                write.local_get(way).i32_const(number).i32_eq();
                write.br_if(*label);
            }
        }
        if self.gives.is_none() && self.labels.is_empty() && (self.returns.is_none() || several) {
            write.unreachable();
        }
    }

    /// Writes it as a function.
    fn function(&self, operators: &[Operator]) -> Result<Function, Error<String>> {
        // Locals: the operands, the given, then the values it leaves and the way it took.
        let operands = count(self.operands.len())?;
        let first_value = operands + count(self.given.len())?;
        let gives = self.gives.as_deref().unwrap_or_default();
        let returns = self.returns.as_deref().unwrap_or_default();
        let first_return = first_value + count(gives.len())?;
        let way = first_return + count(returns.len())?;
        let locals: BTreeMap<u32, u32> = self.given.keys().copied().zip(operands..).collect();
        let own = gives.iter().chain(returns).chain(&[ValType::I32]);
        let mut function = Function::new_with_locals_types(own.copied());
        let done = count(self.labels.len())?;
        for _ in 0..=done {
            let block = Instruction::Block(wasm_encoder::BlockType::Empty);
            function.instruction(&block);
        }
        for operand in 0..operands {
            function.instruction(&Instruction::LocalGet(operand));
        }
        let leave = |function: &mut Function, first: u32, values: &[ValType], number: i32| {
            for (value, _) in (first..).zip(values).collect::<Vec<_>>().into_iter().rev() {
                function.instruction(&Instruction::LocalSet(value));
            }
            function.instruction(&Instruction::I32Const(number));
            function.instruction(&Instruction::LocalSet(way));
        };
        let mut depth = 0;
        // Where a branch leads, which may lead out; `None` for a return.
        let target = |label: u32, depth: u32| -> Option<u32> {
            let Some(outer) = label.checked_sub(depth) else {
                return Some(label);
            };
            let at = self.labels.iter().position(|it| *it == outer)?;
            u32::try_from(at).ok().map(|at| depth + at)
        };
        let lost = || Error::UserError("a branch out of a piece leads nowhere".to_owned());
        for operator in operators.get(self.begin..self.end).unwrap_or_default() {
            let local = |index: &u32| locals.get(index).copied().ok_or_else(lost);
            let mut leaves = false;
            let instruction = match operator {
                Operator::LocalGet { local_index } => Instruction::LocalGet(local(local_index)?),
                Operator::LocalSet { local_index } => Instruction::LocalSet(local(local_index)?),
                Operator::LocalTee { local_index } => Instruction::LocalTee(local(local_index)?),
                Operator::Br { relative_depth } => match target(*relative_depth, depth) {
                    Some(label) => Instruction::Br(label),
                    None => {
                        leaves = true;
                        Instruction::Br(depth + done)
                    }
                },
                Operator::Return => {
                    leaves = true;
                    Instruction::Br(depth + done)
                }
                Operator::BrIf { relative_depth } => {
                    Instruction::BrIf(target(*relative_depth, depth).ok_or_else(lost)?)
                }
                Operator::BrTable { targets } => {
                    let mut labels = Vec::new();
                    for label in targets.targets() {
                        labels.push(target(label?, depth).ok_or_else(lost)?);
                    }
                    let default = target(targets.default(), depth).ok_or_else(lost)?;
                    Instruction::BrTable(labels.into(), default)
                }
                other => {
                    match other {
                        Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                            depth += 1;
                        }
                        Operator::End => depth -= 1,
                        _ => {}
                    }
                    RoundtripReencoder
                        .instruction(other.clone())
                        .map_err(|error| Error::UserError(error.to_string()))?
                }
            };
            if leaves {
                leave(&mut function, first_return, returns, self.return_way());
            }
            function.instruction(&instruction);
        }
        if self.gives.is_some() {
            leave(&mut function, first_value, gives, self.return_way() + 1);
            function.instruction(&Instruction::Br(done));
        }
        for at in 0..done {
            function.instruction(&Instruction::End);
            let number = i32::try_from(at).unwrap_or(i32::MAX);
            leave(&mut function, 0, &[], number);
            function.instruction(&Instruction::Br(done - 1 - at));
        }
        function.instruction(&Instruction::End);
        if self.ways() == 0 {
            function.instruction(&Instruction::Unreachable);
        }
        for value in first_value..way {
            function.instruction(&Instruction::LocalGet(value));
        }
        for local in self.back.keys() {
            let local = locals.get(local).copied().ok_or_else(lost)?;
            function.instruction(&Instruction::LocalGet(local));
        }
        if self.ways() > 1 {
            function.instruction(&Instruction::LocalGet(way));
        }
        function.instruction(&Instruction::End);
        Ok(function)
    }
}

fn count(number: usize) -> Result<u32, Error<String>> {
    u32::try_from(number).map_err(|error| Error::UserError(error.to_string()))
}

/// The search for the pieces of one function.
struct Find<'a> {
    validator: FuncValidator<ValidatorResources>,
    types: &'a [FuncType],
    operators: Vec<Operator<'a>>,
    pieces: Vec<Piece>,
}

impl<'a> Find<'a> {
    fn pieces(&mut self, body: &FunctionBody<'a>, passed: &[bool]) -> Outcome<Vec<Piece>> {
        self.validator
            .read_locals(&mut body.get_binary_reader())
            .map_err(unread)?;
        // The first point is the entry.
        let mut points = passed.iter().copied().skip(1);
        let mut open: Option<Piece> = None;
        let mut operators = body.get_operators_reader().map_err(unread)?;
        while !operators.eof() {
            let position = operators.original_position();
            let operator = operators.read().map_err(unread)?;
            if let Some(mut piece) = open.take() {
                let inside = self.validator.control_stack_height() - piece.depth;
                if inside == 0 && matches!(operator, Operator::End | Operator::Else) {
                    self.close(piece, position)?;
                } else {
                    self.leave(&mut piece, &operator, inside)?;
                    open = Some(piece);
                }
            }
            self.validator.op(position, &operator).map_err(unread)?;
            let point = is_point(&operator) && !operators.eof();
            self.operators.push(operator);
            if point && !points.next().unwrap_or(true) && open.is_none() {
                open = self.begin(operators.original_position());
            }
        }
        let mut pieces = std::mem::take(&mut self.pieces);
        for piece in &mut pieces {
            locals(piece, &self.operators, &self.validator)?;
        }
        pieces.retain(|piece| piece.sound && piece.position > piece.cost());
        Ok(pieces)
    }

    /// A piece that begins here, unless nothing comes here.
    fn begin(&self, position: usize) -> Option<Piece> {
        let frame = self.validator.get_control_frame(0)?;
        if frame.unreachable {
            return None;
        }
        let height = usize::try_from(self.validator.operand_stack_height()).ok()?;
        let mut operands = Vec::new();
        for depth in (0..height.checked_sub(frame.height)?).rev() {
            operands.push(value(self.validator.get_operand_type(depth)??).ok()?);
        }
        let depth = self.validator.control_stack_height();
        let frames =
            (0..usize::try_from(depth).ok()?).filter_map(|at| self.validator.get_control_frame(at));
        Some(Piece {
            begin: self.operators.len(),
            end: 0,
            position,
            depth,
            in_loop: frames.into_iter().any(|it| it.kind == FrameKind::Loop),
            sound: true,
            operands,
            gives: None,
            returns: None,
            labels: Vec::new(),
            given: BTreeMap::new(),
            back: BTreeMap::new(),
            number: 0,
            kind: 0,
        })
    }

    /// Ends a piece before the operator that ends its block. `position` becomes its length.
    fn close(&mut self, mut piece: Piece, position: usize) -> Outcome<()> {
        let frame = self.validator.get_control_frame(0);
        let frame = frame.ok_or("a block has no frame")?;
        if !frame.unreachable {
            piece.gives = Some(results(self.types, frame.block_type)?);
        }
        piece.end = self.operators.len();
        piece.position = position - piece.position;
        self.pieces.push(piece);
        Ok(())
    }

    /// Notes where an operator leads out of a piece, `inside` blocks deep in it.
    fn leave(&self, piece: &mut Piece, operator: &Operator, inside: u32) -> Outcome<()> {
        let mut labels = Vec::new();
        match operator {
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                labels.push(*relative_depth);
            }
            Operator::BrTable { targets } => {
                for label in targets.targets() {
                    labels.push(label.map_err(unread)?);
                }
                labels.push(targets.default());
            }
            Operator::Return => labels.push(self.validator.control_stack_height() - 1),
            // Known not to lead anywhere; what isn't known stays where it is.
            _ if is_plain(operator) => {}
            _ => piece.sound = false,
        }
        for label in labels {
            let Some(outer) = label.checked_sub(inside) else {
                continue;
            };
            let frame = usize::try_from(label).map_err(unread)?;
            let frame = self.validator.get_control_frame(frame);
            let frame = frame.ok_or("a branch leads out of its function")?;
            let values = match frame.kind {
                FrameKind::Loop => parameters(self.types, frame.block_type)?,
                _ => results(self.types, frame.block_type)?,
            };
            let to_function = outer + 1 == piece.depth;
            let always = matches!(operator, Operator::Br { .. } | Operator::Return);
            if matches!(operator, Operator::Return) || to_function && always && !values.is_empty() {
                piece.returns = Some(values);
            } else if !values.is_empty() {
                piece.sound = false;
            } else if !piece.labels.contains(&outer) {
                piece.labels.push(outer);
            }
        }
        Ok(())
    }
}

/// Operators after which only the next one comes. Branches of later versions of WebAssembly, tail
/// calls and exceptions aren't among them.
fn is_plain(operator: &Operator) -> bool {
    let name = format!("{operator:?}");
    ![
        "Br", "Return", "Try", "Throw", "Catch", "Delegate", "Rethrow", "Resume", "Suspend",
        "Switch",
    ]
    .iter()
    .any(|begin| name.starts_with(begin))
}

/// Finds the locals that a piece is given and gives back.
fn locals(
    piece: &mut Piece,
    operators: &[Operator],
    validator: &FuncValidator<ValidatorResources>,
) -> Outcome<()> {
    let (mut read, mut written, mut outside) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (at, operator) in operators.iter().enumerate() {
        let inside = (piece.begin..piece.end).contains(&at);
        match operator {
            Operator::LocalGet { local_index } if inside => read.insert(*local_index),
            Operator::LocalGet { local_index } => outside.insert(*local_index),
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } if inside => {
                written.insert(*local_index)
            }
            _ => false,
        };
    }
    let kind = |local: u32| {
        let kind = validator
            .get_local_type(local)
            .ok_or("a local has no type")?;
        value(kind)
    };
    for local in read.union(&written) {
        piece.given.insert(*local, kind(*local)?);
        // Its own next turn in a loop may read what it wrote.
        let read_later = outside.contains(local) || piece.in_loop && read.contains(local);
        if written.contains(local) && read_later && piece.ways() > 0 {
            piece.back.insert(*local, kind(*local)?);
        }
    }
    Ok(())
}

fn value(kind: wasmparser::ValType) -> Outcome<ValType> {
    RoundtripReencoder.val_type(kind).map_err(unread)
}

fn values(kinds: &[wasmparser::ValType]) -> Outcome<Vec<ValType>> {
    kinds.iter().map(|kind| value(*kind)).collect()
}

fn function_type(types: &[FuncType], at: u32) -> Outcome<&FuncType> {
    let at = usize::try_from(at).map_err(unread)?;
    types
        .get(at)
        .ok_or_else(|| format!("there is no type {at}"))
}

fn results(types: &[FuncType], block: BlockType) -> Outcome<Vec<ValType>> {
    match block {
        BlockType::Empty => Ok(Vec::new()),
        BlockType::Type(kind) => Ok(vec![value(kind)?]),
        BlockType::FuncType(at) => values(function_type(types, at)?.results()),
    }
}

fn parameters(types: &[FuncType], block: BlockType) -> Outcome<Vec<ValType>> {
    match block {
        BlockType::FuncType(at) => values(function_type(types, at)?.params()),
        _ => Ok(Vec::new()),
    }
}

/// The writer of the outlined module.
struct Outline {
    /// How many parameters each function with code has, and its pieces.
    functions: Vec<(u32, Vec<Piece>)>,
    /// How many types there were, and those of the pieces behind them.
    types: usize,
    more: Vec<(Vec<ValType>, Vec<ValType>)>,
}

impl Reencode for Outline {
    type Error = String;

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        utils::parse_type_section(self, types, section)?;
        for (takes, leaves) in &self.more {
            types
                .ty()
                .function(takes.iter().copied(), leaves.iter().copied());
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        utils::parse_function_section(self, functions, section)?;
        for piece in self.functions.iter().flat_map(|(_, pieces)| pieces) {
            functions.function(piece.kind);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Result<(), Error<String>> {
        let mut moved = Vec::new();
        for (body, (parameters, pieces)) in section.into_iter().zip(&self.functions) {
            let body = body?;
            if pieces.is_empty() {
                utils::parse_function_body(&mut RoundtripReencoder, code, body)
                    .map_err(|error| Error::UserError(error.to_string()))?;
                continue;
            }
            let mut operators = Vec::new();
            let mut reader = body.get_operators_reader()?;
            while !reader.eof() {
                operators.push(reader.read()?);
            }
            code.function(&remainder(*parameters, &body, &operators, pieces)?);
            for piece in pieces {
                moved.push(piece.function(&operators)?);
            }
        }
        moved.iter().for_each(|function| {
            code.function(function);
        });
        Ok(())
    }
}

/// A function without its pieces; `parameters` is how many of its locals are those.
fn remainder(
    parameters: u32,
    body: &FunctionBody,
    operators: &[Operator],
    pieces: &[Piece],
) -> Result<Function, Error<String>> {
    let plain = |error: Error<std::convert::Infallible>| Error::UserError(error.to_string());
    let mut locals = Vec::new();
    let mut way = parameters;
    for group in body.get_locals_reader()? {
        let (number, kind) = group?;
        locals.push((number, RoundtripReencoder.val_type(kind).map_err(plain)?));
        way += number;
    }
    if pieces.iter().any(|piece| piece.ways() > 1) {
        locals.push((1, ValType::I32));
    }
    let mut function = Function::new(locals);
    let mut pieces = pieces.iter().peekable();
    let mut skip = 0;
    for (at, operator) in operators.iter().enumerate() {
        if let Some(piece) = pieces.next_if(|piece| piece.begin == at) {
            piece.call(&mut function, way);
            skip = piece.end;
        }
        if at >= skip {
            let instruction = RoundtripReencoder.instruction(operator.clone());
            function.instruction(&instruction.map_err(plain)?);
        }
    }
    Ok(function)
}

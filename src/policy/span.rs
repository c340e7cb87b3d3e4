//! Where a thing stands in a policy's text.

/// A place in a text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Position {
    /// Bytes before it.
    pub offset: usize,
    /// Its line, counted from 1.
    pub line: u32,
    /// Its column in characters, counted from 1.
    pub column: u32,
}

impl Position {
    /// The start of every text.
    pub const START: Position = Position {
        offset: 0,
        line: 1,
        column: 1,
    };
}

/// A stretch of a text, its end excluded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// Just behind its last character.
    pub end: Position,
}

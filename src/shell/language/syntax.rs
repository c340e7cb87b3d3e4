//! The tree of a parsed line.

/// Commands one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    pub(crate) steps: Vec<Step>,
}

/// `a && b || c`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) first: Pipeline,
    pub(crate) rest: Vec<(Joint, Pipeline)>,
}

/// What joins two pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joint {
    And,
    Or,
}

/// `! a | b`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pipeline {
    pub(crate) negated: bool,
    pub(crate) commands: Vec<Command>,
}

/// One command with its redirections.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Command {
    pub(crate) body: Body,
    pub(crate) redirects: Vec<Redirect>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    Simple {
        assignments: Vec<(String, Word)>,
        words: Vec<Word>,
    },
    Group(Script),
    Subshell(Script),
    If {
        arms: Vec<(Script, Script)>,
        otherwise: Option<Script>,
    },
    For {
        name: String,
        words: Vec<Word>,
        body: Script,
    },
    While {
        until: bool,
        condition: Script,
        body: Script,
    },
    Case {
        subject: Word,
        arms: Vec<(Vec<Word>, Script)>,
    },
    /// `[[ … ]]`, whose words are not split.
    Test(Vec<Word>),
    /// `(( … ))`.
    Arithmetic(Word),
}

/// `2>file` and its kin.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Redirect {
    pub(crate) number: Option<u8>,
    pub(crate) kind: RedirectKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RedirectKind {
    /// `<`
    Read(Word),
    /// `>`
    Write(Word),
    /// `>>`
    Append(Word),
    /// `&>` and `&>>`
    Both { word: Word, append: bool },
    /// `>&1`
    Copy(u8),
    /// `<<` with its body, and `<<<`
    Text(Word),
}

/// A word: pieces that become one or more fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// Text outside quotes, whose `*` and `?` match files.
    Bare(String),
    /// Text in quotes or after a backslash.
    Quoted(String),
    /// `~` at the beginning of a word.
    Home,
    /// `$NAME`, `${NAME…}`.
    Variable {
        name: String,
        operation: Operation,
        quoted: bool,
    },
    /// `$(…)` and backticks.
    Command { script: Script, quoted: bool },
    /// `$((…))`.
    Arithmetic { word: Word, quoted: bool },
}

/// What `${NAME…}` does with the value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operation {
    Plain,
    Length,
    /// `-`, `=`, `+` or `?`; `colon` counts an empty value as unset.
    Missing {
        sign: char,
        colon: bool,
        word: Word,
    },
    /// `#`, `##`, `%` or `%%` and a pattern.
    Trim {
        suffix: bool,
        longest: bool,
        pattern: Word,
    },
    /// `/a/b` and `//a/b`.
    Replace {
        all: bool,
        pattern: Word,
        with: Word,
    },
    /// `:offset:length`
    Part {
        offset: Word,
        length: Option<Word>,
    },
    /// `^^` and `,,`
    Case {
        upper: bool,
    },
}

impl Word {
    /// The text, where the word is made of text alone and no part of it is quoted.
    pub(crate) fn bare(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Bare(text)] => Some(text),
            _ => None,
        }
    }

    /// A word of literal text.
    pub(crate) fn literal(text: impl Into<String>) -> Self {
        Word {
            pieces: vec![Piece::Quoted(text.into())],
        }
    }
}

//! A reader of JSON that remembers where everything stands and keeps what a map would lose:
//! members of the same name.

use crate::{Diagnostic, Position, Span};
use hopwise_explain::{Arg, Message, messages::access as say};

/// How deep arrays and objects may nest. A policy needs six.
pub(crate) const DEPTH: usize = 64;

/// A value and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Json {
    pub span: Span,
    pub kind: Kind,
}

/// What a value is. A number is kept as it is written.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Member {
    pub name: String,
    pub name_span: Span,
    pub value: Json,
}

impl Kind {
    /// What a person calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}

/// Reads one value that is the whole text. Forgotten and superfluous commas are reported and
/// passed over; after any other mistake there is no value.
pub(crate) fn read(text: &str) -> (Option<Json>, Vec<Diagnostic>) {
    let mut reader = Reader {
        rest: text,
        at: Position::START,
        diagnostics: Vec::new(),
    };
    let mut value = reader.value(0);
    if value.is_some() {
        reader.space();
        if reader.peek().is_some() {
            let span = reader.next_character();
            reader.report(
                span,
                say::policy_json_after_end(),
                say::policy_json_after_end_help(),
            );
            value = None;
        }
    }
    (value, reader.diagnostics)
}

struct Reader<'a> {
    rest: &'a str,
    at: Position,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next()?;
        self.rest = characters.as_str();
        self.at.offset += character.len_utf8();
        if character == '\n' {
            self.at.line = self.at.line.saturating_add(1);
            self.at.column = 1;
        } else {
            self.at.column = self.at.column.saturating_add(1);
        }
        Some(character)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.bump();
        }
        found
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.bump();
        }
    }

    fn since(&self, start: Position) -> Span {
        Span {
            start,
            end: self.at,
        }
    }

    /// The span of the character that comes next.
    fn next_character(&self) -> Span {
        let mut end = self.at;
        if let Some(character) = self.peek() {
            end.offset += character.len_utf8();
            end.column = end.column.saturating_add(1);
        }
        Span {
            start: self.at,
            end,
        }
    }

    fn report(&mut self, span: Span, sentence: Message, help: Message) {
        self.diagnostics.push(Diagnostic {
            span,
            sentence,
            help,
            aws: None,
        });
    }

    /// Reports that something else was expected here.
    fn expected(&mut self, expected: &str) {
        let span = self.next_character();
        let (sentence, help) = match self.peek() {
            None => (say::policy_json_end(expected), say::policy_json_end_help()),
            Some(quote @ ('\'' | '“' | '”' | '„' | '‘' | '’' | '`')) => (
                say::policy_json_quote(Arg::code(quote)),
                say::policy_json_quote_help(),
            ),
            Some(other) => (
                say::policy_json_expected(expected, Arg::code(other)),
                say::policy_json_expected_help(),
            ),
        };
        self.report(span, sentence, help);
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        self.space();
        let start = self.at;
        let kind = match self.peek() {
            Some('{' | '[') if depth >= DEPTH => {
                let span = self.next_character();
                self.report(
                    span,
                    say::policy_json_deep(Arg::code(DEPTH)),
                    say::policy_json_deep_help(),
                );
                return None;
            }
            Some('{') => Kind::Object(self.object(depth)?),
            Some('[') => Kind::Array(self.array(depth)?),
            Some('"') => Kind::String(self.string()?),
            Some('-' | '0'..='9') => Kind::Number(self.number()?),
            Some('a'..='z' | 'A'..='Z') => self.word()?,
            _ => {
                self.expected("a value");
                return None;
            }
        };
        Some(Json {
            span: self.since(start),
            kind,
        })
    }

    /// Passes the comma between two members, or tells whether `close` ends them. Reports a comma
    /// too few or too many. `None` if neither can be.
    fn next_member(&mut self, close: char, first: bool) -> Option<bool> {
        self.space();
        if first {
            return Some(!self.eat(close));
        }
        let comma = self.next_character();
        if self.eat(',') {
            self.space();
            if self.eat(close) {
                self.report(
                    comma,
                    say::policy_json_comma_last(Arg::code(close)),
                    say::policy_json_comma_last_help(),
                );
                return Some(false);
            }
            return Some(true);
        }
        if self.eat(close) {
            return Some(false);
        }
        let value_follows = match close {
            '}' => self.peek() == Some('"'),
            _ => matches!(self.peek(), Some('"' | '{' | '[')),
        };
        if value_follows {
            self.report(
                comma,
                say::policy_json_comma_missing(),
                say::policy_json_comma_missing_help(),
            );
            return Some(true);
        }
        self.expected(if close == '}' {
            "`,` or `}`"
        } else {
            "`,` or `]`"
        });
        None
    }

    fn object(&mut self, depth: usize) -> Option<Vec<Member>> {
        self.bump();
        let mut members = Vec::new();
        while self.next_member('}', members.is_empty())? {
            self.space();
            let start = self.at;
            if self.peek() != Some('"') {
                self.expected("a name in double quotes");
                return None;
            }
            let name = self.string()?;
            let name_span = self.since(start);
            self.space();
            if !self.eat(':') {
                self.expected("`:`");
                return None;
            }
            let value = self.value(depth + 1)?;
            members.push(Member {
                name,
                name_span,
                value,
            });
        }
        Some(members)
    }

    fn array(&mut self, depth: usize) -> Option<Vec<Json>> {
        self.bump();
        let mut values = Vec::new();
        while self.next_member(']', values.is_empty())? {
            values.push(self.value(depth + 1)?);
        }
        Some(values)
    }

    fn word(&mut self) -> Option<Kind> {
        for (word, kind) in [
            ("true", Kind::Bool(true)),
            ("false", Kind::Bool(false)),
            ("null", Kind::Null),
        ] {
            let ends = self
                .rest
                .strip_prefix(word)
                .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()));
            if ends {
                for _ in word.chars() {
                    self.bump();
                }
                return Some(kind);
            }
        }
        self.expected("a value");
        None
    }

    fn digits(&mut self, text: &mut String) -> bool {
        let before = text.len();
        while let Some(digit @ '0'..='9') = self.peek() {
            text.push(digit);
            self.bump();
        }
        text.len() > before
    }

    fn number(&mut self) -> Option<String> {
        let mut text = String::new();
        if self.eat('-') {
            text.push('-');
        }
        let zero = self.peek() == Some('0');
        let whole = text.len();
        if !self.digits(&mut text) || (zero && text.len() > whole + 1) {
            self.expected("a digit");
            return None;
        }
        if self.eat('.') {
            text.push('.');
            if !self.digits(&mut text) {
                self.expected("a digit");
                return None;
            }
        }
        if let Some(exponent @ ('e' | 'E')) = self.peek() {
            text.push(exponent);
            self.bump();
            if let Some(sign @ ('+' | '-')) = self.peek() {
                text.push(sign);
                self.bump();
            }
            if !self.digits(&mut text) {
                self.expected("a digit");
                return None;
            }
        }
        Some(text)
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.bump();
        let mut text = String::new();
        loop {
            let span = self.next_character();
            match self.peek() {
                None | Some('\n') => {
                    let span = self.since(start);
                    self.report(
                        span,
                        say::policy_json_string_open(),
                        say::policy_json_string_open_help(),
                    );
                    return None;
                }
                Some('"') => {
                    self.bump();
                    return Some(text);
                }
                Some('\\') => {
                    self.bump();
                    match self.escape() {
                        Some(character) => text.push(character),
                        None => {
                            let span = self.since(span.start);
                            self.report(
                                span,
                                say::policy_json_escape(),
                                say::policy_json_escape_help(),
                            );
                            return None;
                        }
                    }
                }
                Some(control) if control < ' ' => {
                    self.report(
                        span,
                        say::policy_json_control(Arg::code(format!(
                            "U+{:04X}",
                            u32::from(control)
                        ))),
                        say::policy_json_control_help(),
                    );
                    return None;
                }
                Some(character) => {
                    text.push(character);
                    self.bump();
                }
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.bump()? {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.hex()?;
                if (0xD800..0xDC00).contains(&unit) {
                    if !(self.eat('\\') && self.eat('u')) {
                        return None;
                    }
                    let low = self.hex()?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
                    char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + low)?
                } else {
                    char::from_u32(unit)?
                }
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + self.peek()?.to_digit(16)?;
            self.bump();
        }
        Some(unit)
    }
}

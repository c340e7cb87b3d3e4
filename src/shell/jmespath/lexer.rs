//! Text to tokens.

use hopwise_cloud::{Value, json};

use super::Error;

/// The longest expression, in characters.
const LONGEST: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Eof,
    Identifier,
    Quoted,
    Literal,
    RightBracket,
    RightParen,
    Comma,
    RightBrace,
    Number,
    Current,
    Expref,
    Colon,
    Pipe,
    Or,
    And,
    Eq,
    Gt,
    Lt,
    Gte,
    Lte,
    Ne,
    Flatten,
    Star,
    Filter,
    Dot,
    Not,
    LeftBrace,
    LeftBracket,
    LeftParen,
}

impl Kind {
    /// The name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Eof => "eof",
            Kind::Identifier => "unquoted_identifier",
            Kind::Quoted => "quoted_identifier",
            Kind::Literal => "literal",
            Kind::RightBracket => "rbracket",
            Kind::RightParen => "rparen",
            Kind::Comma => "comma",
            Kind::RightBrace => "rbrace",
            Kind::Number => "number",
            Kind::Current => "current",
            Kind::Expref => "expref",
            Kind::Colon => "colon",
            Kind::Pipe => "pipe",
            Kind::Or => "or",
            Kind::And => "and",
            Kind::Eq => "eq",
            Kind::Gt => "gt",
            Kind::Lt => "lt",
            Kind::Gte => "gte",
            Kind::Lte => "lte",
            Kind::Ne => "ne",
            Kind::Flatten => "flatten",
            Kind::Star => "star",
            Kind::Filter => "filter",
            Kind::Dot => "dot",
            Kind::Not => "not",
            Kind::LeftBrace => "lbrace",
            Kind::LeftBracket => "lbracket",
            Kind::LeftParen => "lparen",
        }
    }

    /// How strongly an operator binds to what stands left of it.
    pub(crate) fn power(self) -> u8 {
        match self {
            Kind::Pipe => 1,
            Kind::Or => 2,
            Kind::And => 3,
            Kind::Eq | Kind::Gt | Kind::Lt | Kind::Gte | Kind::Lte | Kind::Ne => 5,
            Kind::Flatten => 9,
            Kind::Star => 20,
            Kind::Filter => 21,
            Kind::Dot => 40,
            Kind::Not => 45,
            Kind::LeftBrace => 50,
            Kind::LeftBracket => 55,
            Kind::LeftParen => 60,
            _ => 0,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// A string for names and operators, a number for numbers, anything for literals.
    pub(crate) value: Value,
    pub(crate) start: usize,
}

struct Lexer<'a> {
    text: &'a str,
    chars: &'a [char],
    place: usize,
}

pub(crate) fn tokenize(text: &str) -> Result<Vec<Token>, Error> {
    let chars: Vec<char> = text.chars().take(LONGEST + 1).collect();
    if chars.is_empty() {
        return Err(Error::new("Invalid JMESPath expression: cannot be empty."));
    }
    if chars.len() > LONGEST {
        return Err(Error::new("The query is too long for this sandbox."));
    }
    let mut lexer = Lexer {
        text,
        chars: &chars,
        place: 0,
    };
    let mut tokens = Vec::new();
    while let Some(c) = lexer.peek() {
        if let Some(token) = lexer.token(c)? {
            tokens.push(token);
        }
    }
    tokens.push(Token {
        kind: Kind::Eof,
        value: Value::from(""),
        start: chars.len(),
    });
    Ok(tokens)
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.place).copied()
    }

    fn slice(&self, from: usize, to: usize) -> String {
        self.chars
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    fn bad(&self, message: &str, place: usize) -> Error {
        let underline = " ".repeat(place) + "^";
        Error::new(format!(
            "Bad jmespath expression: {message}:\n{}\n{underline}",
            self.text
        ))
    }

    fn token(&mut self, c: char) -> Result<Option<Token>, Error> {
        let start = self.place;
        let simple = match c {
            '.' => Some(Kind::Dot),
            '*' => Some(Kind::Star),
            ']' => Some(Kind::RightBracket),
            ',' => Some(Kind::Comma),
            ':' => Some(Kind::Colon),
            '@' => Some(Kind::Current),
            '(' => Some(Kind::LeftParen),
            ')' => Some(Kind::RightParen),
            '{' => Some(Kind::LeftBrace),
            '}' => Some(Kind::RightBrace),
            _ => None,
        };
        let token = |kind, value: Value| Ok(Some(Token { kind, value, start }));
        if let Some(kind) = simple {
            self.place += 1;
            return token(kind, Value::Str(c.to_string()));
        }
        match c {
            ' ' | '\t' | '\n' | '\r' => {
                self.place += 1;
                Ok(None)
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                while matches!(self.peek(), Some('a'..='z' | 'A'..='Z' | '0'..='9' | '_')) {
                    self.place += 1;
                }
                token(Kind::Identifier, Value::Str(self.slice(start, self.place)))
            }
            '0'..='9' | '-' => {
                self.place += 1;
                while matches!(self.peek(), Some('0'..='9')) {
                    self.place += 1;
                }
                let digits = self.slice(start, self.place);
                if digits == "-" {
                    return Err(self.bad("Unknown token '-'", start));
                }
                let number = digits
                    .parse()
                    .unwrap_or(if c == '-' { i64::MIN } else { i64::MAX });
                token(Kind::Number, Value::Int(number))
            }
            '[' => {
                let (kind, length) = match self.chars.get(start + 1) {
                    Some(']') => (Kind::Flatten, 2),
                    Some('?') => (Kind::Filter, 2),
                    _ => (Kind::LeftBracket, 1),
                };
                self.place += length;
                token(kind, Value::Str(self.slice(start, self.place)))
            }
            '|' => Ok(Some(self.pair('|', Kind::Or, Kind::Pipe))),
            '&' => Ok(Some(self.pair('&', Kind::And, Kind::Expref))),
            '<' => Ok(Some(self.pair('=', Kind::Lte, Kind::Lt))),
            '>' => Ok(Some(self.pair('=', Kind::Gte, Kind::Gt))),
            '!' => Ok(Some(self.pair('=', Kind::Ne, Kind::Not))),
            '=' => {
                if self.chars.get(start + 1) == Some(&'=') {
                    self.place += 2;
                    token(Kind::Eq, Value::from("=="))
                } else {
                    Err(self.bad("Unknown token '='", start))
                }
            }
            '\'' => {
                let text = self.until('\'')?.replace("\\'", "'");
                token(Kind::Literal, Value::Str(text))
            }
            '`' => {
                let text = self.until('`')?.replace("\\`", "`");
                let value = json::parse(&text)
                    .or_else(|_| json::parse(&format!("\"{}\"", text.trim_start())))
                    .map_err(|_| self.bad(&format!("Bad token {text}"), start))?;
                token(Kind::Literal, value)
            }
            '"' => {
                let text = format!("\"{}\"", self.until('"')?);
                let value = json::parse(&text).map_err(|error| self.bad(&error.what, start))?;
                token(Kind::Quoted, value)
            }
            c => Err(self.bad(&format!("Unknown token {c}"), start)),
        }
    }

    fn pair(&mut self, second: char, both: Kind, alone: Kind) -> Token {
        let start = self.place;
        let kind = if self.chars.get(start + 1) == Some(&second) {
            self.place += 2;
            both
        } else {
            self.place += 1;
            alone
        };
        Token {
            kind,
            value: Value::Str(self.slice(start, self.place)),
            start,
        }
    }

    /// What stands up to the closing `delimiter`; a backslash keeps the next character.
    fn until(&mut self, delimiter: char) -> Result<String, Error> {
        let start = self.place;
        self.place += 1;
        let mut text = String::new();
        loop {
            let mut next = self.peek();
            if next == Some(delimiter) {
                self.place += 1;
                return Ok(text);
            }
            if next == Some('\\') {
                text.push('\\');
                self.place += 1;
                next = self.peek();
            }
            match next {
                Some(c) => text.push(c),
                None => return Err(self.bad(&format!("Unclosed {delimiter} delimiter"), start)),
            }
            self.place += 1;
        }
    }
}

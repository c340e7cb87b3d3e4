//! JSON text and [`Value`]: read and written as the AWS CLI's Python does, because the CLI shows
//! Python's own words for a broken document and its layout for an answer.
//!
//! **Invariant:** reading is bounded in size, depth and the members of one object, so a pasted
//! document can be refused but cannot hang or overflow the page.

use std::fmt;

use crate::{Map, Value};

/// The longest document read, in characters.
pub const LONGEST: usize = 4 << 20;
/// The deepest nesting read.
pub const DEEPEST: usize = 64;
/// The most members of one object.
pub const MOST_MEMBERS: usize = 10_000;

/// Why a text is not JSON; its [`Display`](fmt::Display) is Python's sentence with the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What was expected, in the words of Python's `json` module.
    pub what: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// Place in the whole text, from 0, in characters.
    pub place: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}: line {} column {} (char {})",
            self.what, self.line, self.column, self.place
        )
    }
}

impl std::error::Error for Error {}

/// Reads a JSON document. A number that is no `i64` becomes a float; of two members with one
/// name the last one counts. `NaN` and `Infinity`, which Python takes, are refused.
pub fn parse(text: &str) -> Result<Value, Error> {
    let chars: Vec<char> = text.chars().take(LONGEST + 1).collect();
    let mut reader = Reader {
        chars: &chars,
        place: 0,
    };
    if chars.len() > LONGEST {
        return Err(reader.error("Document too large", LONGEST));
    }
    if chars.first() == Some(&'\u{feff}') {
        return Err(reader.error("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
    }
    reader.skip_blanks();
    let value = reader.value(0)?;
    reader.skip_blanks();
    if reader.place < chars.len() {
        return Err(reader.error("Extra data", reader.place));
    }
    Ok(value)
}

struct Reader<'a> {
    chars: &'a [char],
    place: usize,
}

impl Reader<'_> {
    fn error(&self, what: &str, place: usize) -> Error {
        let before = self.chars.get(..place).unwrap_or(self.chars);
        let line = before.iter().filter(|&&c| c == '\n').count() + 1;
        let column = match before.iter().rposition(|&c| c == '\n') {
            Some(newline) => place - newline,
            None => place + 1,
        };
        Error {
            what: what.to_owned(),
            line,
            column,
            place,
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.place).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.place += 1;
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let fits = word
            .chars()
            .enumerate()
            .all(|(at, c)| self.chars.get(self.place + at) == Some(&c));
        if fits {
            self.place += word.len();
        }
        fits
    }

    fn value(&mut self, depth: usize) -> Result<Value, Error> {
        if depth > DEEPEST {
            return Err(self.error("Nested too deeply", self.place));
        }
        match self.peek() {
            Some('"') => self.string().map(Value::Str),
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('n') if self.word("null") => Ok(Value::Null),
            Some('t') if self.word("true") => Ok(Value::Bool(true)),
            Some('f') if self.word("false") => Ok(Value::Bool(false)),
            Some('-' | '0'..='9') => self.number(),
            _ => Err(self.error("Expecting value", self.place)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Error> {
        self.place += 1;
        let mut map = Map::new();
        self.skip_blanks();
        if self.peek() == Some('}') {
            self.place += 1;
            return Ok(Value::Map(map));
        }
        loop {
            if self.peek() != Some('"') {
                return Err(self.error(
                    "Expecting property name enclosed in double quotes",
                    self.place,
                ));
            }
            let name = self.string()?;
            self.skip_blanks();
            if self.peek() != Some(':') {
                return Err(self.error("Expecting ':' delimiter", self.place));
            }
            self.place += 1;
            self.skip_blanks();
            let value = self.value(depth + 1)?;
            map.insert(name, value);
            if map.len() > MOST_MEMBERS {
                return Err(self.error("Too many members", self.place));
            }
            self.skip_blanks();
            match self.peek() {
                Some('}') => {
                    self.place += 1;
                    return Ok(Value::Map(map));
                }
                Some(',') => self.place += 1,
                _ => return Err(self.error("Expecting ',' delimiter", self.place)),
            }
            self.skip_blanks();
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Error> {
        self.place += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(']') {
            self.place += 1;
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_blanks();
            match self.peek() {
                Some(']') => {
                    self.place += 1;
                    return Ok(Value::List(items));
                }
                Some(',') => self.place += 1,
                _ => return Err(self.error("Expecting ',' delimiter", self.place)),
            }
            self.skip_blanks();
        }
    }

    fn number(&mut self) -> Result<Value, Error> {
        let start = self.place;
        let mut at = start + usize::from(self.peek() == Some('-'));
        let digit = |at: usize| matches!(self.chars.get(at), Some('0'..='9'));
        if !digit(at) {
            return Err(self.error("Expecting value", start));
        }
        if self.chars.get(at) == Some(&'0') {
            at += 1;
        } else {
            while digit(at) {
                at += 1;
            }
        }
        let mut whole = true;
        if self.chars.get(at) == Some(&'.') && digit(at + 1) {
            whole = false;
            at += 1;
            while digit(at) {
                at += 1;
            }
        }
        if matches!(self.chars.get(at), Some('e' | 'E')) {
            let signed = matches!(self.chars.get(at + 1), Some('+' | '-'));
            let first = at + 1 + usize::from(signed);
            if digit(first) {
                whole = false;
                at = first;
                while digit(at) {
                    at += 1;
                }
            }
        }
        let text: String = self
            .chars
            .get(start..at)
            .unwrap_or_default()
            .iter()
            .collect();
        self.place = at;
        if whole && let Ok(number) = text.parse() {
            return Ok(Value::Int(number));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            _ => Err(self.error("Number out of range", start)),
        }
    }

    fn string(&mut self) -> Result<String, Error> {
        let begin = self.place;
        let unterminated = |reader: &Self| reader.error("Unterminated string starting at", begin);
        self.place += 1;
        let mut text = String::new();
        loop {
            let at = self.place;
            let c = self.peek().ok_or_else(|| unterminated(self))?;
            self.place += 1;
            match c {
                '"' => return Ok(text),
                '\\' => {
                    let escape = self.peek().ok_or_else(|| unterminated(self))?;
                    self.place += 1;
                    text.push(match escape {
                        '"' | '\\' | '/' => escape,
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => self.unicode()?,
                        _ => return Err(self.error("Invalid \\escape", at)),
                    });
                }
                c if (c as u32) < 0x20 => {
                    return Err(self.error("Invalid control character at", at));
                }
                c => text.push(c),
            }
        }
    }

    /// After `\u`: four hexadecimal digits, and a second escape where they are half of a pair.
    /// A half alone becomes U+FFFD, as no Rust string can hold it.
    fn unicode(&mut self) -> Result<char, Error> {
        let first = self.four_digits()?;
        if (0xd800..0xdc00).contains(&first) && self.word("\\u") {
            let back = self.place;
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.place = back - 2;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four_digits(&mut self) -> Result<u32, Error> {
        let mut code = 0;
        for at in self.place..self.place + 4 {
            let digit = self.chars.get(at).and_then(|c| c.to_digit(16));
            match digit {
                Some(digit) => code = code * 16 + digit,
                None => return Err(self.error("Invalid \\uXXXX escape", self.place - 1)),
            }
        }
        self.place += 4;
        Ok(code)
    }
}

/// Writes a value without blanks, non-ASCII characters as they are.
pub fn compact(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, None, false, &mut out);
    out
}

/// Writes a value without blanks and with every non-ASCII character escaped, as Python's
/// `json.dumps` does and with it JMESPath's `to_string`.
pub fn compact_ascii(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, None, true, &mut out);
    out
}

/// Writes a value on one line with a blank after each colon and comma, as Python's `json.dumps`
/// does where it is told nothing.
pub fn pretty_line(value: &Value) -> String {
    let mut out = String::new();
    spaced(value, &mut out);
    out
}

fn spaced(value: &Value, out: &mut String) {
    match value {
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                spaced(item, out);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (at, (name, item)) in map.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_string(name, true, out);
                out.push_str(": ");
                spaced(item, out);
            }
            out.push('}');
        }
        scalar => write_value(scalar, None, true, out),
    }
}

/// Writes a value with `indent` blanks a level; the AWS CLI uses 4. No newline at the end.
pub fn pretty(value: &Value, indent: usize) -> String {
    let mut out = String::new();
    write_value(value, Some((indent, 0)), false, &mut out);
    out
}

fn write_value(value: &Value, layout: Option<(usize, usize)>, ascii: bool, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&float(*number)),
        Value::Str(text) => write_string(text, ascii, out),
        Value::Bytes(bytes) => write_string(&base64(bytes), ascii, out),
        Value::List(items) => write_items(
            ('[', ']'),
            items.iter().map(|item| (None, item)),
            layout,
            ascii,
            out,
        ),
        Value::Map(map) => write_items(
            ('{', '}'),
            map.iter().map(|(name, item)| (Some(name), item)),
            layout,
            ascii,
            out,
        ),
    }
}

fn write_items<'a>(
    (open, close): (char, char),
    items: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Value)>,
    layout: Option<(usize, usize)>,
    ascii: bool,
    out: &mut String,
) {
    out.push(open);
    if items.len() == 0 {
        out.push(close);
        return;
    }
    let inner = layout.map(|(indent, level)| (indent, level + 1));
    let line = |layout: Option<(usize, usize)>, out: &mut String| {
        if let Some((indent, level)) = layout {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent * level));
        }
    };
    for (at, (name, item)) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        line(inner, out);
        if let Some(name) = name {
            write_string(name, ascii, out);
            out.push(':');
            if layout.is_some() {
                out.push(' ');
            }
        }
        write_value(item, inner, ascii, out);
    }
    line(layout, out);
    out.push(close);
}

/// A string between quotes.
fn write_string(text: &str, ascii: bool, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 || (ascii && !c.is_ascii()) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A float as Python's `repr` writes it: the shortest digits that read back, an exponent below
/// 1e-4 and from 1e16 on, and always a point or an exponent.
pub fn float(number: f64) -> String {
    if !number.is_finite() {
        return if number.is_nan() {
            "NaN".to_owned()
        } else if number > 0.0 {
            "Infinity".to_owned()
        } else {
            "-Infinity".to_owned()
        };
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific
        .split_once('e')
        .unwrap_or((scientific.as_str(), "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') {
            plain
        } else {
            plain + ".0"
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes in base64 with padding (RFC 4648 §4).
pub fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = 0u32;
        for at in 0..3 {
            group = (group << 8) | u32::from(chunk.get(at).copied().unwrap_or(0));
        }
        for at in 0..4 {
            let six = (group >> (18 - 6 * at)) & 63;
            let letter = ALPHABET.get(six as usize).copied().unwrap_or(b'=');
            out.push(if at <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    out
}

/// Bytes from base64 (RFC 4648 §4); newlines and blanks are skipped. `None` for a character
/// outside the alphabet, a wrong length or wrong padding.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut group, mut held, mut padding) = (0u32, 0, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let six = if byte == b'=' {
            padding += 1;
            0
        } else if padding > 0 {
            return None;
        } else {
            ALPHABET.iter().position(|&letter| letter == byte)?
        };
        group = (group << 6) | u32::try_from(six).ok()?;
        held += 1;
        if held == 4 {
            let bytes = group.to_be_bytes();
            out.extend(bytes.get(1..4 - padding.min(3))?);
            if padding > 2 {
                return None;
            }
            (group, held) = (0, 0);
        }
    }
    (held == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: Expect) {
        let answer = match parse(text) {
            Ok(value) => compact(&value),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&answer);
    }

    #[test]
    fn values_are_read_and_written() {
        check(
            r#" {"a" : [1, -2.50, 1e400x] }"#,
            expect!["Number out of range: line 1 column 20 (char 19)"],
        );
        check(
            r#"{"b":1,"a":[true,false,null,{}],"b":2}"#,
            expect![[r#"{"b":2,"a":[true,false,null,{}]}"#]],
        );
        check(
            r#""\u00e9\ud83d\ude00\n\/ü\ud800""#,
            expect![[r#""é😀\n/ü�""#]],
        );
        check(
            "[1.0,1e16,0.00001,123456789012345680000,-0.5,1E2]",
            expect!["[1.0,1e+16,1e-05,1.2345678901234568e+20,-0.5,100.0]"],
        );
    }

    #[test]
    fn errors_are_pythons() {
        check(
            "{bad",
            expect!["Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"],
        );
        check(
            r#"[{"Key": "a""#,
            expect!["Expecting ',' delimiter: line 1 column 13 (char 12)"],
        );
        check("", expect!["Expecting value: line 1 column 1 (char 0)"]);
        check(
            "{\n \"a\": }",
            expect!["Expecting value: line 2 column 7 (char 8)"],
        );
        check("{} x", expect!["Extra data: line 1 column 4 (char 3)"]);
        check(
            "\"abc",
            expect!["Unterminated string starting at: line 1 column 1 (char 0)"],
        );
        check(
            "\"a\nb\"",
            expect!["Invalid control character at: line 1 column 3 (char 2)"],
        );
        check(
            r#""\q""#,
            expect!["Invalid \\escape: line 1 column 2 (char 1)"],
        );
        check(
            r#""\u12g4""#,
            expect!["Invalid \\uXXXX escape: line 1 column 3 (char 2)"],
        );
        check(
            r#"{"a" 1}"#,
            expect!["Expecting ':' delimiter: line 1 column 6 (char 5)"],
        );
        check("[1,]", expect!["Expecting value: line 1 column 4 (char 3)"]);
        check("01", expect!["Extra data: line 1 column 2 (char 1)"]);
        check("NaN", expect!["Expecting value: line 1 column 1 (char 0)"]);
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(parse(&("[".repeat(60) + &"]".repeat(60))).is_ok());
        assert!(parse(&("[".repeat(90) + &"]".repeat(90))).is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn layout_is_the_clis() {
        let value = parse(r#"{"A":[],"B":{},"C":[{"d":"é"}]}"#).unwrap();
        expect![[r#"
            {
                "A": [],
                "B": {},
                "C": [
                    {
                        "d": "é"
                    }
                ]
            }"#]]
        .assert_eq(&pretty(&value, 4));
        assert_eq!(
            compact_ascii(&value),
            r#"{"A":[],"B":{},"C":[{"d":"\u00e9"}]}"#
        );
    }

    #[test]
    fn base64_goes_both_ways() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
            assert_eq!(from_base64(coded).as_deref(), Some(plain.as_bytes()));
        }
        for wrong in ["Zg", "Z===", "=Zg=", "Zg=a", "Z!=="] {
            assert_eq!(from_base64(wrong), None, "{wrong}");
        }
    }
}

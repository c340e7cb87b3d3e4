//! The shorthand of structures: `Key=Name,Value=web`, `IpRanges=[{CidrIp=10.0.0.0/8}]`.
//!
//! Read without the shape, then put right by it ([`coerce`]), as the CLI does: whether `a,b` is
//! a list or a text is only known from the shape.

use hopwise_cloud::api::{Kind, Shape};
use hopwise_cloud::{Map, Value};

use crate::python;

/// The deepest nesting of brackets.
const DEEPEST: usize = 64;

/// Why a value cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fault {
    /// An error in the shorthand, in the CLI's words.
    Syntax(String),
    /// A file that a value names cannot be read.
    File(String),
    /// An error of Python's own, e.g. of `int`.
    Bare(String),
}

/// Reads the file of a `key@=file://…`; none where the value names no file.
pub(super) type Load<'l> = &'l dyn Fn(&str) -> Option<Result<Value, String>>;

/// Reads one value.
pub(super) fn parse(text: &str, load: Load<'_>) -> Result<Value, Fault> {
    let mut reader = Reader {
        chars: text.chars().collect(),
        text,
        place: 0,
        depth: 0,
        files: false,
        load,
    };
    reader.parameter()
}

struct Reader<'a> {
    chars: Vec<char>,
    text: &'a str,
    place: usize,
    depth: usize,
    files: bool,
    load: Load<'a>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.place).copied()
    }

    fn location(&self, place: usize) -> String {
        let before = self.chars.get(..place).unwrap_or(&self.chars);
        let spaces = match before.iter().rposition(|c| *c == '\n') {
            Some(newline) => place - newline - 1,
            None => place,
        };
        let rest = self.chars.get(place..).unwrap_or_default();
        let (consumed, remaining): (String, String) = match rest.iter().position(|c| *c == '\n') {
            Some(at) => (
                self.chars.iter().take(place + at).collect(),
                self.chars.iter().skip(place + at).collect(),
            ),
            None => (self.text.to_owned(), String::new()),
        };
        format!("{consumed}\n{}^{remaining}", " ".repeat(spaces))
    }

    fn wrong(&self, expected: &str, received: &str) -> Fault {
        let location = self.location(self.place);
        // Version 2 sets one blank before the value and none before the mark.
        Fault::Syntax(format!(
            "Expected: '{expected}', received: '{received}' for input:\n {location}"
        ))
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.place += 1;
        }
    }

    fn expect(&mut self, wanted: char, around: bool) -> Result<(), Fault> {
        if around {
            self.blanks();
        }
        match self.peek() {
            Some(c) if c == wanted => self.place += 1,
            Some(c) => return Err(self.wrong(&wanted.to_string(), &c.to_string())),
            None => return Err(self.wrong(&wanted.to_string(), "EOF")),
        }
        if around {
            self.blanks();
        }
        Ok(())
    }

    fn parameter(&mut self) -> Result<Value, Fault> {
        let mut map = Map::new();
        let (key, value) = self.pair()?;
        map.insert(key, value);
        let mut last = self.place;
        while self.place < self.chars.len() {
            self.expect(',', true)?;
            let (key, value) = self.pair()?;
            if map.contains_key(&key) {
                return Err(Fault::Syntax(format!(
                    "Second instance of key \"{key}\" encountered for input:\n{}\nThis is often because there is a preceding \",\" instead of a space.",
                    self.location(last + 1)
                )));
            }
            map.insert(key, value);
            last = self.place;
        }
        Ok(Value::Map(map))
    }

    /// `key=` or `key@=`, whose value may name a file.
    fn head(&mut self) -> Result<String, Fault> {
        let mut key = String::new();
        while let Some(c) = self
            .peek()
            .filter(|c| c.is_ascii_alphanumeric() || "-_.#/:".contains(*c))
        {
            key.push(c);
            self.place += 1;
        }
        self.blanks();
        self.files = self.peek() == Some('@');
        if self.files {
            self.expect('@', true)?;
        }
        self.expect('=', true)?;
        Ok(key)
    }

    fn pair(&mut self) -> Result<(String, Value), Fault> {
        let key = self.head()?;
        let value = match self.peek() {
            None => Value::from(""),
            Some('[') => self.list()?,
            Some('{') => self.hash()?,
            Some(_) => self.words()?,
        };
        Ok((key, value))
    }

    /// `a` or `a,b`; ends by going back to the last comma before the next `key=`.
    fn words(&mut self) -> Result<Value, Fault> {
        let first = self.first()?;
        self.blanks();
        if self.peek() != Some(',') {
            return Ok(first);
        }
        let mut comma = self.place;
        self.expect(',', true)?;
        let mut items = vec![first];
        loop {
            let attempt = self.second();
            self.blanks();
            match attempt {
                Some(item) if self.peek().is_none() => {
                    items.push(item?);
                    break;
                }
                Some(item) if self.peek() == Some(',') => {
                    items.push(item?);
                    comma = self.place;
                    self.expect(',', true)?;
                }
                _ if self.peek().is_none() => return Err(self.wrong("<second>", "<none>")),
                _ => {
                    self.place = comma;
                    break;
                }
            }
        }
        if items.len() == 1 {
            return Ok(items.pop().unwrap_or_default());
        }
        Ok(Value::List(items))
    }

    fn list(&mut self) -> Result<Value, Fault> {
        self.deeper()?;
        self.expect('[', true)?;
        let mut items = Vec::new();
        while self.peek() != Some(']') {
            items.push(self.inner()?);
            self.blanks();
            if self.peek() != Some(']') {
                self.expect(',', false)?;
                self.blanks();
            }
        }
        self.expect(']', false)?;
        self.depth -= 1;
        Ok(Value::List(items))
    }

    fn hash(&mut self) -> Result<Value, Fault> {
        self.deeper()?;
        self.expect('{', true)?;
        let mut map = Map::new();
        while self.peek() != Some('}') {
            let key = self.head()?;
            let value = self.inner()?;
            self.blanks();
            if self.peek() != Some('}') {
                self.expect(',', false)?;
                self.blanks();
            }
            map.insert(key, value);
        }
        self.expect('}', false)?;
        self.depth -= 1;
        Ok(Value::Map(map))
    }

    fn deeper(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::Bare("maximum recursion depth exceeded".to_owned()));
        }
        Ok(())
    }

    fn inner(&mut self) -> Result<Value, Fault> {
        match self.peek() {
            Some('[') => self.list(),
            Some('{') => self.hash(),
            _ => self.first(),
        }
    }

    /// A value after `=`: quoted, or up to a character that ends it; maybe empty.
    fn first(&mut self) -> Result<Value, Fault> {
        match self.peek() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => {
                let text = self.run(begins, |c| !"\"',]}".contains(c));
                self.scalar(&text.unwrap_or_default())
            }
        }
    }

    /// A value after a comma: no `=` in it, or it is the next key.
    fn second(&mut self) -> Option<Result<Value, Fault>> {
        match self.peek() {
            Some(quote @ ('\'' | '"')) => Some(self.quoted(quote)),
            _ => {
                let text = self.run(begins, |c| !"\"',=".contains(c))?;
                Some(self.scalar(&text))
            }
        }
    }

    /// Takes a first character and those that follow; `\,` is a comma in both.
    fn run(
        &mut self,
        start: impl Fn(char) -> bool,
        follow: impl Fn(char) -> bool,
    ) -> Option<String> {
        let mut text = String::new();
        loop {
            let c = self.peek();
            if c == Some('\\') && self.chars.get(self.place + 1) == Some(&',') {
                text.push(',');
                self.place += 2;
                continue;
            }
            match c {
                Some(c) if text.is_empty() && start(c) || !text.is_empty() && follow(c) => {
                    text.push(c);
                    self.place += 1;
                }
                _ => break,
            }
        }
        (!text.is_empty()).then(|| text.trim_end().to_owned())
    }

    fn quoted(&mut self, quote: char) -> Result<Value, Fault> {
        let begin = self.place;
        let mut text = String::new();
        self.place += 1;
        loop {
            match self.peek() {
                Some(c) if c == quote => {
                    self.place += 1;
                    return self.scalar(&text.replace("\\\\", "\\"));
                }
                Some('\\') if self.chars.get(self.place + 1) == Some(&quote) => {
                    text.push(quote);
                    self.place += 2;
                }
                Some(c) => {
                    text.push(c);
                    self.place += 1;
                }
                None => {
                    self.place = begin;
                    let name = if quote == '"' {
                        "<double quoted>"
                    } else {
                        "<singled quoted>"
                    };
                    return Err(self.wrong(name, "<none>"));
                }
            }
        }
    }

    fn scalar(&self, text: &str) -> Result<Value, Fault> {
        if self.files
            && let Some(loaded) = (self.load)(text)
        {
            return loaded.map_err(Fault::File);
        }
        Ok(Value::from(text))
    }
}

/// May a value without quotes begin so?
fn begins(c: char) -> bool {
    !c.is_whitespace() && !"\"',=[{".contains(c)
}

/// Puts a value read from shorthand right by its shape: a text where a list must be becomes a
/// list of one, and texts become numbers and booleans.
pub(super) fn coerce(shape: Shape, value: Value) -> Result<Value, Fault> {
    match (shape.kind(), value) {
        (Kind::Structure, Value::Map(map)) => {
            let mut out = Map::new();
            for (key, inner) in map {
                let inner = match shape.member(&key) {
                    Some(member) => coerce(member.shape, inner)?,
                    None => inner,
                };
                out.insert(key, inner);
            }
            Ok(Value::Map(out))
        }
        (Kind::Map { value: inner, .. }, Value::Map(map)) => {
            let mut out = Map::new();
            for (key, item) in map {
                out.insert(key, coerce(inner, item)?);
            }
            Ok(Value::Map(out))
        }
        (Kind::List { item, .. }, Value::List(items)) => items
            .into_iter()
            .map(|inner| coerce(item, inner))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::List),
        // The CLI leaves the only item of such a list as the text it is.
        (Kind::List { .. }, other) => Ok(Value::List(vec![other])),
        (Kind::Integer { .. }, Value::Str(text)) => match python::int(&text) {
            Some(number) => Ok(Value::Int(number)),
            None => Err(Fault::Bare(format!(
                "invalid literal for int() with base 10: {}",
                python::quoted(&text)
            ))),
        },
        (Kind::Float, Value::Str(text)) => match python::float(&text) {
            Some(number) => Ok(Value::Float(number)),
            None => Err(Fault::Bare(format!(
                "could not convert string to float: {}",
                python::quoted(&text)
            ))),
        },
        (Kind::Boolean, Value::Str(text)) => Ok(match text.to_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::Str(text),
        }),
        (_, value) => Ok(value),
    }
}

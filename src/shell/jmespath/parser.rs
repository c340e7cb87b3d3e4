//! Tokens to a tree, by operator precedence.

use hopwise_cloud::Value;

use super::Error;
use super::lexer::{Kind, Token, tokenize};
use crate::python;

/// The deepest nesting of an expression.
const DEEPEST: usize = 64;
/// Operators of less power end a projection.
const PROJECTION_STOP: u8 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Current,
    Field(String),
    Literal(Value),
    Index(i64),
    Slice(Option<i64>, Option<i64>, Option<i64>),
    /// Each on the result of the one before: `a.b[0] | c`.
    Chain(Vec<Node>),
    Flatten(Box<Node>),
    Projection(Box<Node>, Box<Node>),
    ValueProjection(Box<Node>, Box<Node>),
    Filter {
        base: Box<Node>,
        condition: Box<Node>,
        right: Box<Node>,
    },
    Compare(Comparator, Box<Node>, Box<Node>),
    Or(Vec<Node>),
    And(Vec<Node>),
    Not(Box<Node>),
    List(Vec<Node>),
    Hash(Vec<(String, Node)>),
    Call(String, Vec<Node>),
    Expref(Box<Node>),
}

pub(crate) fn parse(text: &str) -> Result<Node, Error> {
    let tokens = tokenize(text)?;
    let mut parser = Parser {
        text,
        tokens: &tokens,
        place: 0,
        depth: 0,
    };
    let root = parser.expression(0)?;
    let token = parser.token();
    if token.kind != Kind::Eof {
        let message = format!("Unexpected token: {}", python::str(&token.value));
        return Err(parser.at(&token, &message));
    }
    Ok(root)
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    place: usize,
    depth: usize,
}

impl Parser<'_> {
    fn look(&self, ahead: usize) -> Token {
        // INVARIANT: the last token is always the end, so there is one.
        self.tokens
            .get(self.place + ahead)
            .or(self.tokens.last())
            .cloned()
            .unwrap_or(Token {
                kind: Kind::Eof,
                value: Value::from(""),
                start: 0,
            })
    }

    fn token(&self) -> Token {
        self.look(0)
    }

    fn kind(&self) -> Kind {
        self.tokens
            .get(self.place)
            .map_or(Kind::Eof, |token| token.kind)
    }

    fn at(&self, token: &Token, message: &str) -> Error {
        Error::new(format!(
            "{message}: Parse error at column {}, token \"{}\" ({}), for expression:\n\"{}\"\n{}^",
            token.start,
            python::str(&token.value),
            token.kind.name().to_uppercase(),
            self.text,
            " ".repeat(token.start + 1),
        ))
    }

    fn incomplete(&self) -> Error {
        Error::new(format!(
            "Invalid jmespath expression: Incomplete expression:\n\"{}\"\n{}^",
            self.text,
            " ".repeat(self.text.chars().count() + 1),
        ))
    }

    fn expect(&mut self, kind: Kind) -> Result<(), Error> {
        if self.kind() == kind {
            self.place += 1;
            return Ok(());
        }
        self.unexpected(kind.name())
    }

    fn unexpected<T>(&self, expected: &str) -> Result<T, Error> {
        let token = self.token();
        if token.kind == Kind::Eof {
            return Err(self.incomplete());
        }
        let message = format!("Expecting: {expected}, got: {}", token.kind.name());
        Err(self.at(&token, &message))
    }

    fn expression(&mut self, power: u8) -> Result<Node, Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::new(
                "The query is nested too deeply for this sandbox.",
            ));
        }
        let token = self.token();
        self.place += 1;
        let mut left = self.prefix(&token)?;
        let mut links = 0;
        while power < self.kind().power() {
            let token = self.token();
            self.place += 1;
            left = self.infix(left, &token)?;
            links += 1;
            // A long chain leans to the left: as deep for the interpreter as brackets are here.
            if links > 4 * DEEPEST {
                return Err(Error::new("The query is too long for this sandbox."));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self, token: &Token) -> Result<Node, Error> {
        match token.kind {
            Kind::Literal => Ok(Node::Literal(token.value.clone())),
            Kind::Identifier => Ok(Node::Field(python::str(&token.value))),
            Kind::Quoted => {
                if self.kind() == Kind::LeftParen {
                    let mut next = self.token();
                    next.start = 0;
                    return Err(self.at(&next, "Quoted identifier not allowed for function names."));
                }
                Ok(Node::Field(python::str(&token.value)))
            }
            Kind::Star => {
                let right = if self.kind() == Kind::RightBracket {
                    Node::Current
                } else {
                    self.projected(Kind::Star.power())?
                };
                Ok(Node::ValueProjection(
                    Box::new(Node::Current),
                    Box::new(right),
                ))
            }
            Kind::Filter => self.filter(Node::Current),
            Kind::LeftBrace => self.hash(),
            Kind::LeftParen => {
                let inner = self.expression(0)?;
                self.expect(Kind::RightParen)?;
                Ok(inner)
            }
            Kind::Flatten => self.flatten(Node::Current),
            Kind::Not => Ok(Node::Not(Box::new(self.expression(Kind::Not.power())?))),
            Kind::LeftBracket => {
                if matches!(self.kind(), Kind::Number | Kind::Colon) {
                    self.index(Node::Current)
                } else if self.kind() == Kind::Star && self.look(1).kind == Kind::RightBracket {
                    self.place += 2;
                    let right = self.projected(Kind::Star.power())?;
                    Ok(Node::Projection(Box::new(Node::Current), Box::new(right)))
                } else {
                    self.list()
                }
            }
            Kind::Current => Ok(Node::Current),
            Kind::Expref => Ok(Node::Expref(Box::new(
                self.expression(Kind::Expref.power())?,
            ))),
            Kind::Eof => Err(self.incomplete()),
            _ => Err(self.at(token, "invalid token")),
        }
    }

    fn infix(&mut self, left: Node, token: &Token) -> Result<Node, Error> {
        let comparator = match token.kind {
            Kind::Eq => Some(Comparator::Eq),
            Kind::Ne => Some(Comparator::Ne),
            Kind::Lt => Some(Comparator::Lt),
            Kind::Lte => Some(Comparator::Lte),
            Kind::Gt => Some(Comparator::Gt),
            Kind::Gte => Some(Comparator::Gte),
            _ => None,
        };
        if let Some(comparator) = comparator {
            let right = self.expression(token.kind.power())?;
            return Ok(Node::Compare(comparator, Box::new(left), Box::new(right)));
        }
        match token.kind {
            Kind::Dot => {
                if self.kind() == Kind::Star {
                    self.place += 1;
                    let right = self.projected(Kind::Dot.power())?;
                    return Ok(Node::ValueProjection(Box::new(left), Box::new(right)));
                }
                let right = self.after_dot(Kind::Dot.power())?;
                Ok(chain(left, right))
            }
            Kind::Pipe => {
                let right = self.expression(Kind::Pipe.power())?;
                Ok(chain(left, right))
            }
            Kind::Or => {
                let right = self.expression(Kind::Or.power())?;
                Ok(match left {
                    Node::Or(mut nodes) => {
                        nodes.push(right);
                        Node::Or(nodes)
                    }
                    left => Node::Or(vec![left, right]),
                })
            }
            Kind::And => {
                let right = self.expression(Kind::And.power())?;
                Ok(match left {
                    Node::And(mut nodes) => {
                        nodes.push(right);
                        Node::And(nodes)
                    }
                    left => Node::And(vec![left, right]),
                })
            }
            Kind::LeftParen => self.call(left),
            Kind::Filter => self.filter(left),
            Kind::Flatten => self.flatten(left),
            Kind::LeftBracket => {
                if matches!(self.kind(), Kind::Number | Kind::Colon) {
                    return self.index(left);
                }
                self.expect(Kind::Star)?;
                self.expect(Kind::RightBracket)?;
                let right = self.projected(Kind::Star.power())?;
                Ok(Node::Projection(Box::new(left), Box::new(right)))
            }
            _ => Err(self.at(token, "invalid token")),
        }
    }

    fn call(&mut self, left: Node) -> Result<Node, Error> {
        let Node::Field(name) = left else {
            let before = self
                .place
                .checked_sub(2)
                .and_then(|place| self.tokens.get(place))
                .cloned()
                .unwrap_or_else(|| self.token());
            let message = format!("Invalid function name '{}'", python::str(&before.value));
            return Err(self.at(&before, &message));
        };
        let mut arguments = Vec::new();
        while self.kind() != Kind::RightParen {
            let argument = self.expression(0)?;
            if self.kind() == Kind::Comma {
                self.place += 1;
            }
            arguments.push(argument);
        }
        self.place += 1;
        Ok(Node::Call(name, arguments))
    }

    fn filter(&mut self, base: Node) -> Result<Node, Error> {
        let condition = self.expression(0)?;
        self.expect(Kind::RightBracket)?;
        let right = if self.kind() == Kind::Flatten {
            Node::Current
        } else {
            self.projected(Kind::Filter.power())?
        };
        Ok(Node::Filter {
            base: Box::new(base),
            condition: Box::new(condition),
            right: Box::new(right),
        })
    }

    fn flatten(&mut self, base: Node) -> Result<Node, Error> {
        let right = self.projected(Kind::Flatten.power())?;
        Ok(Node::Projection(
            Box::new(Node::Flatten(Box::new(base))),
            Box::new(right),
        ))
    }

    /// After `[`: a number or a slice, which projects.
    fn index(&mut self, left: Node) -> Result<Node, Error> {
        if self.kind() != Kind::Colon && self.look(1).kind != Kind::Colon {
            let index = self.token().value.as_int().unwrap_or(0);
            self.place += 1;
            self.expect(Kind::RightBracket)?;
            return Ok(chain(left, Node::Index(index)));
        }
        let mut parts = [None, None, None];
        let mut at = 0;
        while self.kind() != Kind::RightBracket && at < 3 {
            let token = self.token();
            match token.kind {
                Kind::Colon => {
                    at += 1;
                    if at == 3 {
                        return Err(self.at(&token, "syntax error"));
                    }
                }
                Kind::Number => {
                    if let Some(part) = parts.get_mut(at) {
                        *part = token.value.as_int();
                    }
                }
                _ => return Err(self.at(&token, "syntax error")),
            }
            self.place += 1;
        }
        self.expect(Kind::RightBracket)?;
        let [start, stop, step] = parts;
        // Directly behind an index the Python library takes a slice without projecting it.
        let behind_index = match &left {
            Node::Index(_) => true,
            Node::Chain(nodes) => {
                matches!(nodes.last(), Some(Node::Index(_) | Node::Slice(..)))
            }
            _ => false,
        };
        if behind_index {
            return Ok(chain(left, Node::Slice(start, stop, step)));
        }
        let right = self.projected(Kind::Star.power())?;
        Ok(Node::Projection(
            Box::new(chain(left, Node::Slice(start, stop, step))),
            Box::new(right),
        ))
    }

    fn list(&mut self) -> Result<Node, Error> {
        let mut items = Vec::new();
        loop {
            items.push(self.expression(0)?);
            if self.kind() == Kind::RightBracket {
                self.place += 1;
                return Ok(Node::List(items));
            }
            self.expect(Kind::Comma)?;
        }
    }

    fn hash(&mut self) -> Result<Node, Error> {
        let mut pairs = Vec::new();
        loop {
            let key = self.token();
            if !matches!(key.kind, Kind::Quoted | Kind::Identifier) {
                return self.unexpected("['quoted_identifier', 'unquoted_identifier']");
            }
            self.place += 1;
            self.expect(Kind::Colon)?;
            let value = self.expression(0)?;
            pairs.push((python::str(&key.value), value));
            match self.kind() {
                Kind::Comma => self.place += 1,
                Kind::RightBrace => {
                    self.place += 1;
                    return Ok(Node::Hash(pairs));
                }
                _ => {}
            }
        }
    }

    /// What a projection applies to each of its items.
    fn projected(&mut self, power: u8) -> Result<Node, Error> {
        let kind = self.kind();
        if kind.power() < PROJECTION_STOP {
            return Ok(Node::Current);
        }
        match kind {
            Kind::LeftBracket | Kind::Filter => self.expression(power),
            Kind::Dot => {
                self.place += 1;
                self.after_dot(power)
            }
            _ => Err(self.at(&self.token(), "syntax error")),
        }
    }

    fn after_dot(&mut self, power: u8) -> Result<Node, Error> {
        match self.kind() {
            Kind::Quoted | Kind::Identifier | Kind::Star => self.expression(power),
            Kind::LeftBracket => {
                self.place += 1;
                self.list()
            }
            Kind::LeftBrace => {
                self.place += 1;
                self.hash()
            }
            kind => {
                let message = format!(
                    "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: {}",
                    kind.name()
                );
                Err(self.at(&self.token(), &message))
            }
        }
    }
}

fn chain(left: Node, right: Node) -> Node {
    match left {
        Node::Current => right,
        Node::Chain(mut nodes) => {
            nodes.push(right);
            Node::Chain(nodes)
        }
        left => Node::Chain(vec![left, right]),
    }
}

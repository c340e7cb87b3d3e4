//! Texts with wildcards and policy variables.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use crate::Context;
use crate::glob::{self, Case, Token};

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Token(Token),
    Variable {
        key: String,
        default: Option<String>,
    },
}

/// A text in which `*` and `?` may be wildcards and `${…}` may be variables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Template(Vec<Piece>);

impl Template {
    /// Reads `text`; `variables` only in policies of version 2012-10-17 and only where the
    /// grammar allows them: elsewhere `${` is two characters.
    pub(crate) fn new(text: &str, variables: bool) -> Self {
        if !variables {
            return Template(glob::tokens(text).into_iter().map(Piece::Token).collect());
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((inside, tail)) = after.split_once('}') else {
                break;
            };
            pieces.extend(glob::tokens(before).into_iter().map(Piece::Token));
            pieces.push(variable(inside));
            rest = tail;
        }
        pieces.extend(glob::tokens(rest).into_iter().map(Piece::Token));
        Template(pieces)
    }

    /// The pattern with its variables filled in; `None` if one has no value. What comes out of a
    /// variable is never a wildcard.
    pub(crate) fn resolve(&self, context: &Context) -> Option<Vec<Token>> {
        let mut tokens = Vec::with_capacity(self.0.len());
        for piece in &self.0 {
            match piece {
                Piece::Token(token) => tokens.push(*token),
                Piece::Variable { key, default } => {
                    let value = match context.get(key) {
                        Some(_) => context.one(key)?,
                        None => default.as_deref()?,
                    };
                    tokens.extend(value.chars().map(Token::Literal));
                }
            }
        }
        Some(tokens)
    }

    /// The text with its variables filled in, for comparisons that know no wildcards.
    pub(crate) fn resolve_text(&self, context: &Context) -> Option<String> {
        let tokens = self.resolve(context)?;
        Some(
            tokens
                .into_iter()
                .map(|token| match token {
                    Token::Literal(character) => character,
                    Token::One => '?',
                    Token::Many => '*',
                })
                .collect(),
        )
    }

    /// Does `text` match? Never where a variable has no value.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> bool {
        self.resolve(context)
            .is_some_and(|tokens| glob::matches(&tokens, text, Case::Sensitive))
    }

    /// The keys of variables that have neither a value nor a default.
    pub(crate) fn unresolved<'a>(&'a self, context: &Context) -> Vec<&'a str> {
        self.0
            .iter()
            .filter_map(|piece| match piece {
                Piece::Variable { key, default: None } if context.get(key).is_none() => {
                    Some(key.as_str())
                }
                _ => None,
            })
            .collect()
    }
}

/// What stands between `${` and `}`.
fn variable(inside: &str) -> Piece {
    match inside {
        "*" => return Piece::Token(Token::Literal('*')),
        "?" => return Piece::Token(Token::Literal('?')),
        "$" => return Piece::Token(Token::Literal('$')),
        _ => {}
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => {
            let default = default
                .trim()
                .strip_prefix('\'')
                .and_then(|text| text.strip_suffix('\''));
            (key, default.map(str::to_owned))
        }
        None => (inside, None),
    };
    Piece::Variable {
        key: key.trim().to_owned(),
        default,
    }
}

/// A pattern for ARNs: six components, each matched by itself, so that no `*` reaches over the
/// first five colons. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ArnPattern {
    /// The lone `*`.
    Any,
    /// The components; those that a short pattern leaves out match anything.
    Parts(Vec<Template>),
}

impl ArnPattern {
    pub(crate) fn new(text: &str, variables: bool) -> Self {
        if text == "*" {
            return ArnPattern::Any;
        }
        // A `${aws:…}` before the fifth colon is no variable, and its colon is a colon.
        let mut parts: Vec<Template> = text
            .splitn(6, ':')
            .enumerate()
            .map(|(index, part)| Template::new(part, variables && index == 5))
            .collect();
        while parts.len() < 6 {
            parts.push(Template::new("*", false));
        }
        ArnPattern::Parts(parts)
    }

    pub(crate) fn matches(&self, arn: &str, context: &Context) -> bool {
        match self {
            ArnPattern::Any => true,
            ArnPattern::Parts(parts) => {
                let components: Vec<&str> = arn.splitn(6, ':').collect();
                components.len() == parts.len()
                    && parts
                        .iter()
                        .zip(components)
                        .all(|(part, component)| part.matches(component, context))
            }
        }
    }

    pub(crate) fn unresolved<'a>(&'a self, context: &Context) -> Vec<&'a str> {
        match self {
            ArnPattern::Any => Vec::new(),
            ArnPattern::Parts(parts) => parts
                .iter()
                .flat_map(|part| part.unresolved(context))
                .collect(),
        }
    }
}

//! Sentences with holes, which the witness of a predicate fills.

use crate::bounds;
use crate::diagnostic::{Notes, Position};
use crate::text::{count, suggest};
use std::collections::BTreeMap;

/// What a sentence can leave open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Hole {
    /// The component at which the packet stops.
    Hop,
    /// AWS's code for why, e.g. `NO_ROUTE_TO_DESTINATION` or `IMPLICIT_DENY`.
    Reason,
    /// Why, in one sentence of the tracer or of the policy engine.
    Why,
    /// The address the packet came from.
    Source,
    /// The address the packet went to.
    Destination,
    /// Protocol and port, e.g. `tcp/80`.
    Port,
    /// The subnet in question.
    Subnet,
    /// The route table in question.
    Table,
    /// What the route points at now, or `nothing`.
    Target,
    /// How many there are.
    Count,
    /// Who asks, as the lesson calls them.
    Principal,
    /// The action that was asked for.
    Action,
    /// The ARN it was asked for.
    Resource,
    /// The policy that decided, or came nearest.
    Policy,
}

impl Hole {
    /// Every hole there is.
    pub const ALL: [Hole; 14] = [
        Hole::Hop,
        Hole::Reason,
        Hole::Why,
        Hole::Source,
        Hole::Destination,
        Hole::Port,
        Hole::Subnet,
        Hole::Table,
        Hole::Target,
        Hole::Count,
        Hole::Principal,
        Hole::Action,
        Hole::Resource,
        Hole::Policy,
    ];

    /// How it is written between the braces.
    pub fn name(self) -> &'static str {
        match self {
            Hole::Hop => "hop",
            Hole::Reason => "reason",
            Hole::Why => "why",
            Hole::Source => "source",
            Hole::Destination => "destination",
            Hole::Port => "port",
            Hole::Subnet => "subnet",
            Hole::Table => "table",
            Hole::Target => "target",
            Hole::Count => "count",
            Hole::Principal => "principal",
            Hole::Action => "action",
            Hole::Resource => "resource",
            Hole::Policy => "policy",
        }
    }

    /// The hole of that name.
    pub fn parse(name: &str) -> Option<Hole> {
        Hole::ALL.into_iter().find(|hole| hole.name() == name)
    }
}

/// A piece of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Words.
    Text(String),
    /// A hole.
    Hole(Hole),
}

/// What a student reads when a check fails.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sentence {
    /// Words and holes in order.
    pub pieces: Vec<Piece>,
}

impl Sentence {
    /// Reads a sentence that may leave open only what its predicate fills, `allowed`.
    pub(crate) fn parse(
        text: &str,
        position: Position,
        allowed: &[Hole],
        notes: &mut Notes,
    ) -> Sentence {
        let length = text.chars().count();
        if length > bounds::SENTENCE {
            notes.error(
                position,
                format!(
                    "the sentence has {length} characters and may have {} at most",
                    bounds::SENTENCE
                ),
                "say it shorter; the prose has room for the rest",
            );
            return Sentence::default();
        }
        if text.trim().is_empty() {
            notes.error(
                position,
                "the sentence is empty",
                "say what is missing, as a person would",
            );
        }
        let names: Vec<&str> = allowed.iter().map(|hole| hole.name()).collect();
        let mut pieces = Vec::new();
        let mut rest = text;
        let mut column = position.column + 1;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            column += count(before.chars().count());
            let at = Position::new(position.line, column);
            let Some((name, tail)) = after.split_once('}') else {
                notes.error(
                    at,
                    "this `{` is never closed",
                    "holes are written `{hop}`; a sentence holds no other brace",
                );
                return Sentence { pieces };
            };
            match Hole::parse(name).filter(|hole| allowed.contains(hole)) {
                Some(hole) => pieces.push(Piece::Hole(hole)),
                None if names.is_empty() => notes.error(
                    at,
                    format!("`{{{name}}}` is a hole, and this predicate fills none"),
                    "write the sentence without holes",
                ),
                None => notes.error(
                    at,
                    format!("this predicate fills no hole `{{{name}}}`"),
                    suggest(name, &names),
                ),
            }
            column += count(name.chars().count()) + 2;
            rest = tail;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Sentence { pieces }
    }

    /// The holes it leaves open.
    pub fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(*hole),
            Piece::Text(_) => None,
        })
    }

    /// The sentence with its holes filled; the holes that `values` lacks are given back.
    ///
    /// # Errors
    /// The first hole without a value.
    pub fn fill(&self, values: &BTreeMap<Hole, String>) -> Result<String, Hole> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Hole(hole) => text.push_str(values.get(hole).ok_or(*hole)?),
            }
        }
        Ok(text)
    }
}

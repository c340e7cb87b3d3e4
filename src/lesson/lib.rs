//! Lessons: files that teach, and that prove themselves.
//!
//! A lesson is a Markdown file with flat front matter and eight kinds of fenced block
//! (`setup`, `keep`, `checks`, `hints`, `solution`, `wrong`, `quiz`, and ordinary code), written
//! down in `docs/lessons.md`. Everything here takes text and gives data with diagnostics:
//! it reads no file and no clock, and whatever a stranger wrote is bounded in size, depth and
//! count before anything else looks at it.
//!
//! - [`parse`] reads a lesson, [`parse_track`] a track, [`parse_index`] the index of a pack;
//!   all errors of a file come in one run, each with line and column.
//! - [`Pack`] holds lessons that know each other.
//! - [`Run`] is a lesson while a student works on it; [`prove`] tries everything an author must be
//!   able to rely on.
//! - [`Block`] and [`Inline`] are the prose as nodes; [`to_html`] is its first paint.

mod access;
pub mod bounds;
mod check;
mod command;
mod diagnostic;
mod evaluate;
mod front;
mod html;
mod lesson;
mod objectives;
mod pack;
mod prose;
mod prove;
mod quiz;
mod read;
mod resources;
mod run;
mod section;
mod sentence;
mod stage;
#[cfg(test)]
mod testing;
mod text;
mod traffic;
mod words;

pub use check::{
    Access, Check, Comparison, Filter, Flow, Kind, Place, Predicate, Query, RouteTarget, RoutesOf,
    Target, Who, kinds,
};
pub use command::Command;
pub use diagnostic::{Diagnostic, Position, Severity};
pub use evaluate::{Scene, Unanswerable, Verdict, evaluate};
pub use front::{Front, StartWorld};
pub use html::to_html;
pub use lesson::{Expectation, Lesson, Step, Wrong};
pub use pack::{Index, IndexLesson, IndexTrack, Pack, Track, parse_index, parse_track};
pub use prose::{Alignment, Block, Inline};
pub use prove::{Earned, OBLIGATIONS, Obligation, earned, prove};
pub use quiz::{Answer, Question};
pub use read::{parse, parse_bytes};
pub use run::{CheckState, Grade, Hint, Run, StepState, Turned};
pub use sentence::{Hole, Piece, Sentence};
pub use stage::Stage;

//! The terminal: the shell's language, its commands, and a faithful `aws`.
//!
//! [`run`] carries a line out against a [`Host`]; what the line changes is the [`Session`] and
//! what the host lets it change. Nothing here calls a page: [`Effect`]s say what the page should
//! do.
//!
//! **Invariant:** every line is bounded by fuel (steps, output, nesting), so a line that a
//! stranger wrote ends.

mod aws;
mod commands;
mod complete;
mod host;
pub mod jmespath;
mod language;
mod python;
mod session;
mod shell;
#[cfg(test)]
mod testing;

pub use aws::identity;
pub use commands::{Call, Command, Function, commands, walk_as_text};
pub use complete::{Candidate, Completions, complete};
pub use host::Host;
pub use session::{Frame, Options, Session, Variable};
pub use shell::{Effect, Io, Output, Shell, Stop, Stream, Terminal, incomplete, run};

//! The `hopwise` command: prove lessons, run a shell, trace, decide, bench.
//!
//! **Invariant:** nothing about AWS is decided here; each command asks the crates below and
//! prints what they answer.

pub mod bench;
pub mod decide;
pub mod lesson;
pub mod output;
pub mod shell;
pub mod trace;

//! The terminal: the shell's language, its commands, and a faithful `aws`.

pub mod jmespath;
mod python;

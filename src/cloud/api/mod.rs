//! The shapes of AWS's API: which operations there are, and what goes in and out.
//!
//! They are data, cut from botocore into `<service>.json` and packed by `build.rs`; from them
//! follow option names, validation, skeletons, the order of answers and completion, for every
//! operation at once. Bodies of operations stand in their resources' files.

mod check;
mod line;
mod names;
mod table;

pub use check::{ParamError, arrange, validate};
pub use line::{line, quoted};
pub use names::{command, kebab, negative, option};
pub use table::{
    Acceptor, Kind, Member, Operation, Page, Service, Shape, Waiter, service, services,
};

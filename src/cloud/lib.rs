//! The simulated AWS: accounts, Regions, every resource, and the one door to change them.

pub mod api;
pub mod field;
pub mod time;
pub mod value;

/// Field handles on every structure of the API tables, generated from them by the build.
#[expect(missing_docs, reason = "generated: the names are AWS's own")]
pub mod fields {
    include!(concat!(env!("OUT_DIR"), "/fields.rs"));
}

pub use time::Time;
pub use value::{Map, Value};

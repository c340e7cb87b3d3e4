//! The simulated AWS: accounts, Regions, every resource, and the one door to change them.

pub mod value;

pub use value::{Map, Value};

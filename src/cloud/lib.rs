//! The simulated AWS: accounts, Regions, every resource, and the one door to change them.
//!
//! - [`Cloud`] is everything at one moment; [`Cloud::apply`] is the only way to change it.
//! - [`api`] holds the shapes of AWS's operations as data; [`field`] the typed handles on them.
//! - A folder is an AWS service, a file in it a resource: its state, its operations' bodies and
//!   its errors.
//!
//! **Invariant:** no clock, no randomness, no IO, no browser: time and seed are passed in.

pub mod api;
mod authorize;
mod cloud;
mod digest;
pub mod directconnect;
pub mod door;
pub mod ec2;
pub mod elbv2;
mod fault;
pub mod field;
pub mod iam;
mod id;
pub mod json;
mod later;
pub mod on_premises;
mod region;
pub mod s3;
mod sts;
mod table;
#[cfg(test)]
mod testing;
mod time;
mod value;
pub mod view;

/// Field handles on every structure of the API tables, generated from them by the build.
#[expect(missing_docs, reason = "generated: the names are AWS's own")]
pub mod fields {
    include!(concat!(env!("OUT_DIR"), "/fields.rs"));
}

pub use authorize::{Principal, Question, actions};
pub use cloud::{
    ACCOUNT, Account, Cloud, Genesis, LAPTOP, LAPTOP_ADDRESS, Minted, OUTSIDE_ADDRESS,
};
pub use digest::Digest;
pub use door::{Act, Answer, Call, Caller, Credentials, Denial, Due, Via};
pub use fault::Fault;
pub use id::{Born, Id};
pub use later::Later;
pub use on_premises::OnPremises;
pub use region::{REGIONS, Region};
pub use table::{Noun, Resource, Table, Tags};
pub use time::Time;
pub use value::{Key, Map, Value};

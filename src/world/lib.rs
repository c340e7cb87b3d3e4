//! One student's world: the cloud, the terminals' sessions, and the history that undo walks.
//!
//! The world is the driver of the cloud: it carries lines out through the shell, finishes what
//! AWS and the machines do by themselves, keeps the log, and replays it.
//!
//! **Invariant:** no rule of AWS is here. Every change is an act that goes through
//! [`hopwise_cloud::Cloud::apply`], and a world is nothing but its genesis and its log.

mod driver;
mod link;
mod log;
mod world;

pub use driver::Done;
pub use link::{Link, LinkError};
pub use log::{Document, LONGEST, LoadError, MOST_ACTS, Stopped, VERSION, Writing};
pub use world::{Entry, Identity, Places, State, World};

pub use hopwise_cloud::Genesis;
pub use hopwise_shell::{Candidate, Completions, Effect, Output, Session, Terminal};

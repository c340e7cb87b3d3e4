//! How traffic moves: the walk of one packet, there and back, over what exists.
//!
//! - [`walk()`] answers a [`Question`] with a [`Walk`]: every hop with the rule that decided, the
//!   rules that were tried before it, what changed in the packet, and what the client sees.
//! - [`public_sources`] decides for all public addresses at once whether they get there.
//! - [`Network`] is a cloud's network compiled once: keep it to ask many questions.
//! - [`Space`] answers for all traffic at once: between two places, into one, out of one, all
//!   pairs, classes.
//!
//! **Invariant:** nothing here changes the cloud, and every walk ends: a packet that comes to
//! the same interface twice is in a loop.

mod client;
mod filters;
pub mod gateway;
mod moves;
mod network;
mod pages;
mod place;
mod question;
mod resolver;
mod sources;
mod space;
mod stretch;
#[cfg(test)]
mod testing;
mod traffic;
mod walk;
mod way;

#[cfg(test)]
mod facts;

pub use client::Client;
pub use network::Network;
pub use place::Place;
pub use question::{EPHEMERAL_PORT, Question, Refusal};
pub use sources::{Sources, public_addresses, public_sources};
pub use space::{
    Class, LINUX_PORTS, Matrix, RELAY_PORTS, Reached, Share, Space, Verdict, WINDOWS_PORTS,
};
pub use stretch::Stretch;
pub use traffic::{Traffic, TrafficId, Traffics};
pub use walk::{Walk, walk, walk_since};
pub use way::{Hop, Point, Spot, Way};

//! Sending a packet and reading what happened to it, there and back.

mod cards;
mod form;
mod motion;
mod plate;
mod question;
mod road;

pub use cards::reasons;
pub use form::TracePanel;
pub use motion::Player;
pub use question::{Asked, Field, Trace};
pub use road::{Road, Stage};

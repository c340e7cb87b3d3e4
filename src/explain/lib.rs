//! The one explanation type, and its rendering in a language.
//!
//! Every question (does this packet arrive? may Ana read this object?) is answered by an
//! [`Explanation`]: legs (the way there and back; the layers of an access decision) made of
//! [`Step`]s, each with the component, the verdict, the rule that decided, the nearest miss,
//! what changed, AWS's own code and the public page that says so.
//!
//! **Invariant:** an explanation never holds a sentence of a language, only a [`Message`]:
//! an id with arguments. [`english`] renders it; a second language is a second table.

mod explanation;
mod message;
pub mod messages;

pub use explanation::{
    Change, Code, Component, Explanation, Leg, Miss, Page, Place, Rule, Step, Verdict,
};
pub use message::{Arg, Language, Message, Span, render, render_named, render_text};

//! What the packet tracer says.

use crate::message::messages;

messages! {
    /// The question of a walk.
    reach_question { packet, from, to } => "Does {packet} get from {from} to {to}?";
}

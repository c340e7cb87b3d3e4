//! What the policy engine says.

use crate::message::messages;

messages! {
    /// The question of an access decision.
    access_question { principal, action, resource } => "May {principal} call {action} on {resource}?";
}

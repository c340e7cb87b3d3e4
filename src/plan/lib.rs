//! What a gesture means: intents to requests, as the fewest calls, or why not.
//!
//! - [`plan()`] turns an [`Intent`] into a [`Plan`]: acts for the door, with the `aws` commands
//!   they are. It tries them on a copy, so a refusal is AWS's own ([`Refusal`]), and it says what
//!   is possible instead ([`Offer`]).
//! - [`create_form`], [`join_form`] and [`settings`] list what a gesture asks for, with a
//!   proposal for each field; [`rules`] is a rule table to edit.
//! - [`remark`] says what is wrong with a policy document while it is typed.
//! - [`blocks`] helps with CIDR blocks: what is free, what a subnet reserves.
//!
//! **Invariant:** nothing here changes the cloud; a plan's acts, done on the same cloud, make the
//! same ids as they made in the trial.

mod access;
mod apply;
pub mod blocks;
mod change;
mod copy;
mod create;
mod delete;
mod desk;
mod form;
mod intent;
mod join;
mod rules;
mod tags;
mod trial;
mod waits;

#[cfg(test)]
mod testing;

pub use access::remark;
pub use change::settings;
pub use create::{capital, create_form};
pub use desk::Desk;
pub use form::{Choice, Control, Field, Form, Values};
pub use intent::{Intent, Kind, Offer, Place, Plan, Power, Refusal};
pub use join::{join_form, joins};
pub use rules::{Column, Draft, Row, RuleTable, Sheet, notes, rules};
pub use waits::Waits;

/// What an intent comes to: the acts in order, or why it can't be.
///
/// # Errors
///
/// AWS's own refusal where AWS has one; else a sentence of ours, with what is possible instead.
pub fn plan(desk: &Desk<'_>, intent: &Intent) -> Result<Plan, Refusal> {
    match intent {
        Intent::Create {
            kind,
            place,
            values,
        } => create::create(desk, *kind, place, values),
        Intent::Change { id, values } => change::change(desk, id, values),
        Intent::Join { from, to, values } => join::join(desk, from, to, values),
        Intent::Delete { ids } => delete::delete(desk, ids),
        Intent::Copy { ids, into } => copy::copy(desk, ids, into.as_deref()),
        Intent::Rules { id, table, rows } => apply::apply(desk, id, *table, rows),
        Intent::Power { ids, power } => change::power(desk, ids, *power),
    }
}

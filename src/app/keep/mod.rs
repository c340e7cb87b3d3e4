//! What is kept: worlds in the browser's storage, as files and as links, and what the page says of it.
//!
//! The address says what is open: `#world=…`, `#lesson=…`, a link `#s=…` or `#l=…`, or `#sandbox` for
//! the world that was open last. [`go::follow`] opens it; [`Keeper`] keeps what becomes of it.

mod deeds;
mod file;
pub mod go;
mod keeper;
mod locks;
mod notices;
mod starter;
mod store;
#[cfg(test)]
mod tests;
mod wait;
mod who;
mod worlds;

pub use deeds::Deed;
pub use go::{Arrival, Rest, tidy_name};
pub use keeper::{Keeper, Snapshot, learn_done, lessons_done, token};
pub use notices::Notices;
pub use store::{About, Failure};
pub use who::{Who, WhoIs};
pub use worlds::{Worlds, WorldsProps};

use yew::AttrValue;

/// What is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// A world of the sandbox, by its id.
    World(String),
    /// The student's work on a lesson.
    Lesson(String),
    /// Work on a lesson that is kept beside the student's own, as a world with this id.
    Beside { id: String, lesson: String },
    /// A world that is not kept until something is done in it: from a link, of a lesson or not.
    Loose(Option<String>),
}

impl Place {
    /// Under which key it is kept.
    pub fn key(&self) -> Option<String> {
        match self {
            Place::World(id) | Place::Beside { id, .. } => Some(format!("{WORLD}{id}")),
            Place::Lesson(id) => Some(format!("{LESSON}{id}")),
            Place::Loose(_) => None,
        }
    }

    /// The lesson it belongs to.
    pub fn lesson(&self) -> Option<&str> {
        match self {
            Place::World(_) => None,
            Place::Lesson(id) | Place::Beside { lesson: id, .. } => Some(id),
            Place::Loose(lesson) => lesson.as_deref(),
        }
    }

    /// Where a world that belonged to nothing stands once something was done in it, and what it is
    /// called then: nothing that one did is lost by going elsewhere.
    pub fn of_its_own(&self, name: &str, list: &[About], id: String) -> Option<(Place, String)> {
        let Place::Loose(lesson) = self else {
            return None;
        };
        let place = match lesson.clone() {
            Some(lesson) => Place::Beside { id, lesson },
            None => Place::World(id),
        };
        Some((place, deeds::free_name(name, list)))
    }
}

/// How the keys of worlds begin, and those of lessons.
const WORLD: &str = "world-";
const LESSON: &str = "lesson-";

/// Is what one did safe?
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It is being fetched: what one does waits.
    Opening,
    /// All of it.
    Saved,
    /// Not yet.
    Saving,
    /// No, and why.
    Failed(Failure),
    /// It is a link's, and nothing was done in it.
    Loose,
    /// Another tab writes this world; had it been ours before?
    Elsewhere { lost: bool },
}

impl Kept {
    /// The word beside the world's name.
    pub fn word(&self) -> &'static str {
        match self {
            Kept::Opening => "Opening…",
            Kept::Saved => "Saved",
            Kept::Saving => "Saving…",
            Kept::Failed(_) => "Not saved",
            Kept::Loose => "Not kept",
            Kept::Elsewhere { .. } => "Read only",
        }
    }

    /// Must nothing be changed here?
    pub fn holds_off(&self) -> bool {
        matches!(self, Kept::Elsewhere { .. })
    }
}

/// What the page has to say, until it is put away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Saying {
    /// Something that happened.
    Told(AttrValue),
    /// Something that could not be done, and why.
    Failed(AttrValue),
    /// A world was deleted; it can be brought back.
    Deleted(AttrValue),
}

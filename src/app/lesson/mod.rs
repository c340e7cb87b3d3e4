//! The lesson: its text, its steps with their checks, hints and questions.

pub mod fetch;
mod menu;
mod prose;
mod quiz;
mod session;
mod steps;

pub use menu::LessonPanel;
pub use session::{Broken, Guide, Session};
pub use steps::turned;

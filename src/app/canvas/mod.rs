//! The map: what the world looks like, drawn, walked by keyboard, moved and zoomed.

mod arrange;
pub mod camera;
mod edges;
mod glyphs;
pub mod layout;
#[cfg(test)]
mod layout_tests;
mod map;
mod scene;
mod view;

pub use edges::{path, to_internet};
pub use glyphs::{Glyphs, glyph_of_kind, icon};
pub use scene::element_id;
pub use view::{Canvas, Lens};

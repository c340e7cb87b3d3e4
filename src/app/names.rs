//! What people, screen readers and tests call the parts of the page.
//!
//! The browser tests read this file: a constant is one line, `pub const NAME: &str = "words";`.

pub const NETWORK: &str = "Network";
pub const MAP: &str = "Map";
pub const TERMINAL: &str = "Terminal";
pub const TERMINAL_OUTPUT: &str = "Terminal output";
pub const TRACE: &str = "Trace";
pub const HISTORY: &str = "History";
pub const SEND_PACKET: &str = "Send packet";
pub const LESSON: &str = "Lesson";
pub const INSPECTOR: &str = "Inspector";
pub const DOCK: &str = "Dock";
pub const UNDO: &str = "Undo";
pub const REDO: &str = "Redo";
pub const THEME: &str = "Theme";
pub const FIT: &str = "Fit the map";
pub const ZOOM_IN: &str = "Zoom in";
pub const ZOOM_OUT: &str = "Zoom out";
pub const PUT_IN_TERMINAL: &str = "Put it in the terminal";
pub const FROM: &str = "From";
pub const TO: &str = "To";
pub const PROTOCOL: &str = "Protocol";
pub const PORT: &str = "Port";
pub const ESTABLISHED: &str = "already connected";
pub const NAMES: &str = "Names in this lesson";
pub const SUGGESTIONS: &str = "Suggestions";
pub const STOP: &str = "Stop";
pub const HINT: &str = "Show a hint";
pub const NEWS: &str = "News";
pub const PALETTE: &str = "New things";
pub const STRIP: &str = "Commands of the last act";
pub const REFUSAL: &str = "Why not";

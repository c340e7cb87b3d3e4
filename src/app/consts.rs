//! Every number of the page that has a meaning, with its unit.

/// Free space around the map.
pub const MARGIN: i32 = 24;
/// A host's card.
pub const HOST: (i32, i32) = (152, 44);
/// The middle of its glyph.
pub const GLYPH: (i32, i32) = (18, 22);
/// A route table's chip and a gateway's.
pub const CHIP: (i32, i32) = (152, 32);
/// Between neighbours of the same kind.
pub const GAP: i32 = 12;
/// Between two Availability Zones; relations run here.
pub const GUTTER: i32 = 24;
/// Between a container's border and what it holds.
pub const PADDING: i32 = 12;
/// A VPC's or a Region's title line.
pub const TITLE: i32 = 32;
/// A subnet's two title lines and the bar of its use.
pub const SUBNET_TITLE: i32 = 52;
/// An Availability Zone's title line.
pub const ZONE_TITLE: i32 = 28;
/// The badge on a subnet's lower edge: its height.
pub const BADGE: i32 = 16;
/// What an empty subnet has below its title.
pub const EMPTY: i32 = 28;
/// From the internet down to the Region: the gateways' lines run here.
pub const SKY: i32 = 56;
/// VPCs stand beside each other up to this width, and two of them always do.
pub const ROW: i32 = 1_280;
/// Hosts of a subnet stand in so many columns at most.
pub const MOST_COLUMNS: usize = 4;
/// The radius of an edge's corners.
pub const CORNER: i32 = 6;

/// About how wide a character is: of a name (13 px, bold), of a code (12 px, monospaced).
pub const NAME_WIDTH: i32 = 8;
pub const CODE_WIDTH: i32 = 7;

/// How far the camera goes out and in.
pub const ZOOM: (f64, f64) = (0.2, 4.0);
/// A fitted map goes out further, so that the whole of it is there to be seen.
pub const FIT_LEAST: f64 = 0.05;
/// What a press of a zoom button or key does.
pub const ZOOM_STEP: f64 = 1.25;
/// How much of a pixel of the wheel counts, as a power of e.
pub const WHEEL_ZOOM: f64 = 0.0025;
/// A small map is not blown up further than this when it is fitted.
pub const FIT_ZOOM: f64 = 1.25;
/// The share of the view that a fitted map takes.
pub const FIT_SHARE: f64 = 0.95;
/// The legend and the buttons take so much of the view's lower edge, in pixels.
pub const FIT_FOOT: f64 = 44.0;
/// Texts are left out below this zoom (tldraw's `textShadowLod`).
pub const TEXT_ZOOM: f64 = 0.35;
/// A pointer has to move this far before it drags, in pixels (tldraw's `dragDistanceSquared`).
pub const DRAG_AFTER: f64 = 4.0;
/// An arrow key with Ctrl moves the view by this, in pixels.
pub const PAN_STEP: f64 = 60.0;

/// The terminal keeps so many lines that were run.
pub const MOST_BLOCKS: usize = 300;
/// A paste of more lines than this is cut.
pub const MOST_PASTED: usize = 2_000;
/// So many lines of a paste run before the page is drawn again: at first, and then each time.
pub const AT_ONCE: usize = 20;
pub const AT_A_TIME: usize = 5;
/// The search of the history shows so many lines.
pub const MOST_MATCHES: usize = 100;
/// A terminal never believes to be narrower than this, in characters.
pub const LEAST_COLUMNS: usize = 40;

/// How long the packet takes for a hop at speed 1, in milliseconds.
pub const HOP_MS: f64 = 600.0;
/// The way back runs this far beside the way there, in pixels.
pub const BESIDE: i32 = 6;
/// The speeds of the packet.
pub const SPEEDS: [(f64, &str); 5] = [
    (0.25, "¼×"),
    (0.5, "½×"),
    (1.0, "1×"),
    (2.0, "2×"),
    (4.0, "4×"),
];

/// The dock's height: least, most, at first (as the style sheet has it), a key's step, in pixels.
pub const DOCK: (i32, i32, i32, i32) = (120, 640, 304, 24);

/// The same for a finger.
pub const DRAG_AFTER_TOUCH: f64 = 6.0;
/// A handle is taken from so far, in pixels of the view.
pub const HANDLE: f64 = 10.0;
/// A finger that rests so long asks for the menu, in milliseconds.
pub const LONG_PRESS: f64 = 500.0;
/// A second click within this is a double click, in milliseconds.
pub const TWICE: f64 = 450.0;
/// What is told beside the pointer is so wide at most and so far from it, in pixels; the style sheet
/// has the width too.
pub const TIP: (f64, f64) = (320.0, 16.0);
/// How near to the edge a held thing moves the view, and by how much a frame, in pixels.
pub const AUTO_PAN: (f64, f64) = (8.0, 15.0);

//! What of the editor is seen beside the map: palette, menu, dialog, notice, strip.

mod dialog;
mod menu;
mod notice;
mod palette;

pub use dialog::DialogView;
pub use menu::MenuView;
pub use notice::{NoticeView, StripView, WaitingView, words};
pub use palette::Palette;

use hopwise_plan::Kind;
use yew::{Html, html};

/// The glyph of a kind.
fn glyph(kind: Kind) -> &'static str {
    crate::canvas::glyph_of_kind(kind.word())
}

/// Commands, each to be copied, and all of them.
pub fn commands(lines: &[String]) -> Html {
    html! {
        <ol class="commands" aria-label="Commands">
            { for lines.iter().enumerate().map(|(place, line)| html! {
                <li key={place}><code>{ line }</code></li>
            }) }
        </ol>
    }
}

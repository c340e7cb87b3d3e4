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

/// A command whose lines break between its words: an option or an id in two pieces can't be read.
pub fn command(line: &str) -> Html {
    let words = line.split(' ').enumerate();
    html! {
        <>
            { for words.map(|(place, word)| html! {
                <>{ if place > 0 { " " } else { "" } }<span class="word">{ word }</span></>
            }) }
        </>
    }
}

/// Commands, each to be copied, and all of them.
pub fn commands(lines: &[String]) -> Html {
    html! {
        <ol class="commands" aria-label="Commands">
            { for lines.iter().enumerate().map(|(place, line)| html! {
                <li key={place}><code>{ command(line) }</code></li>
            }) }
        </ol>
    }
}

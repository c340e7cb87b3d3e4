//! The frame of the page: top bar and panels.

use yew::{Html, component, html};

/// The top bar, the lesson, the canvas and the dock.
///
/// `index.html` holds the same elements, so that they stand before the wasm has arrived; what
/// is changed here is changed there.
#[component]
pub fn Shell() -> Html {
    html! {
        <div class="shell" data-ready="true">
            <header class="topbar">
                <h1 class="topbar-name">{ "Hopwise" }</h1>
            </header>
            <main class="panels">
                <section class="panel panel-side" aria-label="Lesson">
                    <h2 class="panel-title">{ "Lesson" }</h2>
                </section>
                <section class="panel panel-canvas" aria-label="Map">
                    <h2 class="panel-title">{ "Map" }</h2>
                </section>
                <section class="panel panel-dock" aria-label="Terminal">
                    <h2 class="panel-title">{ "Terminal" }</h2>
                </section>
            </main>
        </div>
    }
}

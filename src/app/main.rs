//! The page: it mounts over the static shell of `index.html`.

mod shell;

use shell::Shell;

fn main() {
    console_error_panic_hook::set_once();
    let place = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("app"));
    // Without its place (a page of someone else's) the application stays away.
    if let Some(place) = place {
        yew::Renderer::<Shell>::with_root(place).render();
    }
}

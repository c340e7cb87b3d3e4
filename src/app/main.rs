//! The page: it mounts over the static shell of `index.html`.

mod app;
mod browser;
mod canvas;
mod consts;
mod dock;
mod editor;
mod form;
mod history;
mod inspector;
mod keep;
mod lesson;
mod names;
mod outline;
mod sentence;
mod state;
mod terminal;
mod text;
mod top_bar;
mod trace;

fn main() {
    // boot.js shows the panel of a crash; this tells the console where it was.
    console_error_panic_hook::set_once();
    let place = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("app"));
    // Without its place (a page of someone else's) the application stays away.
    if let Some(place) = place {
        yew::Renderer::<app::App>::with_root(place).render();
    }
}

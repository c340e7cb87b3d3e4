//! What the page needs of the browser, in small pieces.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, FocusOptions, HtmlElement, ResizeObserver};

/// Calls back when the element changes its size, until what it gives is dropped.
pub struct Resize {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Drop for Resize {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Watches an element; the result ends it.
pub fn on_resize(element: Option<Element>, callback: impl FnMut() + 'static) -> impl FnOnce() {
    let closure: Closure<dyn FnMut()> = Closure::new(callback);
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok();
    let resize = observer.zip(element).map(|(observer, element)| {
        observer.observe(&element);
        Resize {
            observer,
            _callback: closure,
        }
    });
    move || drop(resize)
}

/// The element with this id, be it of HTML or of SVG.
pub fn element(id: &str) -> Option<Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

/// All elements that a selector finds.
pub fn all(selector: &str) -> Vec<Element> {
    let found = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector_all(selector).ok());
    let Some(found) = found else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|place| found.get(place)?.dyn_into().ok())
        .collect()
}

/// The element with this id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    web_sys::window()?
        .document()?
        .get_element_by_id(id)?
        .dyn_into()
        .ok()
}

/// Sets the focus on the element with this id, if it is there.
pub fn focus(id: &str) {
    if let Some(element) = by_id(id) {
        // An element that takes no focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Scrolls the element with this id into sight.
pub fn reveal(id: &str) {
    if let Some(element) = element(id) {
        element.scroll_into_view();
    }
}

/// Scrolls no more than is needed to see the element with this id.
pub fn reveal_near(id: &str) {
    if let Some(element) = element(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Is the focus on it or in it?
pub fn holds_focus(element: &Element) -> bool {
    let active = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.active_element());
    active.is_some_and(|active| element.contains(Some(&active)))
}

/// Sets the focus and scrolls nothing.
pub fn focus_still(element: &Element) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // An element of SVG has the same method, and the type only lacks it.
    let element: &HtmlElement = element.unchecked_ref();
    let _ = element.focus_with_options(&options);
}

/// A setting that was kept.
pub fn kept(key: &str) -> Option<String> {
    web_sys::window()?
        .local_storage()
        .ok()??
        .get_item(key)
        .ok()?
}

/// Keeps a setting. Where the browser forbids it, the page works without.
pub fn keep(key: &str, value: &str) {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    if let Some(storage) = storage {
        let _ = storage.set_item(key, value);
    }
}

/// Sets or removes an attribute of the document's root.
pub fn mark_root(name: &str, value: Option<&str>) {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    if let Some(root) = root {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// What stands behind the `#` of the address.
pub fn hash() -> String {
    web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .map(|hash| hash.trim_start_matches('#').to_owned())
        .unwrap_or_default()
}

/// Puts this behind the `#` of the address, and follows it nowhere.
pub fn rewrite_hash(hash: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        let null = wasm_bindgen::JsValue::NULL;
        // Where it is refused the address is the old one, and the world is kept all the same.
        let _ = history.replace_state_with_url(&null, "", Some(&format!("#{hash}")));
    }
}

/// Listens at the window, until what it gives is dropped.
pub fn on_window(
    event: &'static str,
    callback: impl FnMut(&web_sys::Event) + 'static,
) -> Option<EventListener> {
    let window = web_sys::window()?;
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(
        &window, event, options, callback,
    ))
}

/// Copies a text to the clipboard; says then whether the browser let it.
pub fn copy(text: &str, said: impl FnOnce(bool) + 'static) {
    if let Some(window) = web_sys::window() {
        let promise = window.navigator().clipboard().write_text(text);
        wasm_bindgen_futures::spawn_local(async move {
            said(JsFuture::from(promise).await.is_ok());
        });
    }
}

/// Writes an attribute on an element for so many milliseconds.
pub fn mark_for(element: &Element, name: &'static str, value: &str, milliseconds: u32) {
    let _ = element.set_attribute(name, value);
    let element = element.clone();
    let end = move || {
        let _ = element.remove_attribute(name);
    };
    gloo_timers::callback::Timeout::new(milliseconds, end).forget();
}

/// Does the student want less motion?
pub fn calm() -> bool {
    web_sys::window()
        .and_then(|window| {
            window
                .match_media("(prefers-reduced-motion: reduce)")
                .ok()?
        })
        .is_some_and(|query| query.matches())
}

/// The text of a file of the site.
///
/// # Errors
/// A sentence for the student.
pub async fn fetch(path: &str) -> Result<String, String> {
    let lost = |_| format!("{path} can't be read: there is no connection to the site.");
    let window = web_sys::window().ok_or_else(String::new)?;
    let answer = JsFuture::from(window.fetch_with_str(path))
        .await
        .map_err(lost)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(lost)?;
    if !answer.ok() {
        return Err(format!("{path} is not there (status {}).", answer.status()));
    }
    let text = JsFuture::from(answer.text().map_err(lost)?)
        .await
        .map_err(lost)?;
    text.as_string()
        .ok_or_else(|| format!("{path} is not a text."))
}

/// The time of events, in milliseconds.
pub fn now() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// Has the element with this id the focus?
pub fn is_focused(id: &str) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document
        .and_then(|document| document.active_element())
        .is_some_and(|element| element.id() == id)
}

/// The middle of what has the focus, in pixels of the window.
pub fn focused_place() -> Option<(f64, f64)> {
    let rect = web_sys::window()?
        .document()?
        .active_element()?
        .get_bounding_client_rect();
    Some((
        rect.left() + rect.width().min(160.0) / 2.0,
        rect.top() + rect.height().min(60.0) / 2.0,
    ))
}

/// The size of the window.
pub fn room() -> Option<(f64, f64)> {
    let window = web_sys::window()?;
    let number = |value: Result<wasm_bindgen::JsValue, _>| value.ok()?.as_f64();
    Some((
        number(window.inner_width())?,
        number(window.inner_height())?,
    ))
}

/// Where one worked before a menu or a dialog took the focus.
const HAND: &str = "data-hand";

/// Remembers where one works: on the map or in the outline.
pub fn remember_hand() {
    let document = web_sys::window().and_then(|window| window.document());
    let active = document.and_then(|document| document.active_element());
    let id = active.map(|element| element.id()).unwrap_or_default();
    // Between a menu and the dialog that it opened nothing is remembered anew.
    if id.starts_with("tree-") {
        mark_root(HAND, Some("outline"));
    } else if id.starts_with("node-") || id.starts_with("new-") {
        mark_root(HAND, None);
    }
}

/// Did one work in the outline?
pub fn hand_in_outline() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document
        .and_then(|document| document.document_element())
        .is_some_and(|root| root.has_attribute(HAND))
}

//! Waiting.

use js_sys::Promise;
use wasm_bindgen_futures::JsFuture;

/// A promise that is kept after so many milliseconds.
pub fn promise(milliseconds: i32) -> Promise {
    Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        }
    })
}

/// Waits so many milliseconds.
pub async fn wait(milliseconds: i32) {
    let _ = JsFuture::from(promise(milliseconds)).await;
}

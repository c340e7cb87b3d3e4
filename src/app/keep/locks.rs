//! One tab at a time writes a world: Web Locks say whether another one does, and end with their
//! tab. <https://w3c.github.io/web-locks/>
//!
//! web-sys has them behind a flag for what is unstable, so the one call is declared here.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type Locks;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &Locks,
        name: &str,
        options: &JsValue,
        callback: &JsValue,
    ) -> Result<Promise, JsValue>;
}

/// A lock that is held until it is dropped.
pub struct Lock {
    release: Option<Function>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Takes the lock of this name; `None` where another tab holds it. With `steal` it is taken from
/// that one, whose `lost` is called. A browser without locks gives one that holds nobody off.
pub async fn take(name: &str, steal: bool, lost: impl FnOnce() + 'static) -> Option<Lock> {
    let free = Some(Lock { release: None });
    let locks = web_sys::window()
        .and_then(|window| Reflect::get(&window.navigator(), &"locks".into()).ok())
        .filter(JsValue::is_object);
    let Some(locks) = locks else {
        return free;
    };
    let locks: Locks = locks.unchecked_into();
    let options = Object::new();
    let how = if steal { "steal" } else { "ifAvailable" };
    let _ = Reflect::set(&options, &how.into(), &true.into());
    // The callback gets the lock, and holds it until the promise that it gives is kept.
    let mut request = None;
    let told = Promise::new(&mut |tell, _| {
        let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            if lock.is_null() {
                let _ = tell.call1(&JsValue::NULL, &JsValue::NULL);
                return JsValue::UNDEFINED;
            }
            let held = Promise::new(&mut |release, _| {
                let _ = tell.call1(&JsValue::NULL, &release);
            });
            held.into()
        });
        request = locks.request(name, &options, &callback).ok();
    });
    let Some(request) = request else {
        return free;
    };
    let release: Option<Function> = JsFuture::from(told).await.ok()?.dyn_into().ok();
    let watched = release.is_some();
    wasm_bindgen_futures::spawn_local(async move {
        // It is broken when the lock is taken away.
        if JsFuture::from(request).await.is_err() && watched {
            lost();
        }
    });
    release.map(|release| Lock {
        release: Some(release),
    })
}

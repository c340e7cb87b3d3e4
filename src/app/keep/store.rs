//! Where worlds are kept: IndexedDB, or this tab's memory where the browser forbids it.
//!
//! `worlds` holds the texts, `list` what is told about each. Both are written in one transaction,
//! so a tab that is killed leaves the one before or the new one, and never half of it.

use crate::keep::wait;
use hopwise_cloud::{Map, Value, json};
use js_sys::{Array, Promise, Reflect};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbRequest, IdbTransaction, IdbTransactionMode};

const NAME: &str = "hopwise";
const WORLDS: &str = "worlds";
const LIST: &str = "list";
/// A storage that hasn't opened after this is taken for one that never will, in milliseconds.
const PATIENCE: i32 = 3_000;

/// What is told about a kept world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About {
    /// Its key: `world-…` or `lesson-…`.
    pub key: String,
    /// What the student calls it.
    pub name: String,
    /// How many steps it has.
    pub steps: usize,
}

/// Why something was not kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The browser forbids to keep anything.
    Denied,
    /// There is no room.
    Full,
    /// Another tab writes this world.
    Taken,
    /// It is more than would be read again.
    TooLarge,
    /// The browser's own words.
    Other(String),
}

impl Failure {
    fn of(error: &JsValue) -> Failure {
        let Some(error) = error.dyn_ref::<DomException>() else {
            return Failure::Other(format!("{error:?}"));
        };
        match error.name().as_str() {
            "QuotaExceededError" => Failure::Full,
            "SecurityError" | "InvalidStateError" => Failure::Denied,
            name => Failure::Other(format!("{name}: {}", error.message())),
        }
    }
}

/// The place where worlds are kept.
pub enum Store {
    Base(IdbDatabase),
    Memory(RefCell<BTreeMap<String, (About, String)>>),
}

fn asked(request: &IdbRequest) -> JsFuture {
    let promise = Promise::new(&mut |resolve, reject| {
        let request_done = request.clone();
        let done = Closure::once_into_js(move || {
            let result = request_done.result().unwrap_or(JsValue::UNDEFINED);
            let _ = resolve.call1(&JsValue::NULL, &result);
        });
        let request_failed = request.clone();
        let failed = Closure::once_into_js(move || {
            let error = request_failed.error().ok().flatten();
            let _ = reject.call1(&JsValue::NULL, &JsValue::from(error));
        });
        request.set_onsuccess(Some(done.unchecked_ref()));
        request.set_onerror(Some(failed.unchecked_ref()));
    });
    JsFuture::from(promise)
}

/// Waits until everything of a transaction is written.
async fn finished(transaction: &IdbTransaction) -> Result<(), Failure> {
    let promise = Promise::new(&mut |resolve, reject| {
        let done = Closure::once_into_js(move || {
            let _ = resolve.call0(&JsValue::NULL);
        });
        let ended = transaction.clone();
        let failed = Closure::once_into_js(move || {
            let _ = reject.call1(&JsValue::NULL, &JsValue::from(ended.error()));
        });
        transaction.set_oncomplete(Some(done.unchecked_ref()));
        transaction.set_onabort(Some(failed.unchecked_ref()));
    });
    let ended = JsFuture::from(promise).await;
    ended.map(|_| ()).map_err(|error| Failure::of(&error))
}

impl Store {
    /// Opens the browser's storage.
    ///
    /// # Errors
    /// Why it can't be.
    pub async fn open() -> Result<Store, Failure> {
        let window = web_sys::window().ok_or(Failure::Denied)?;
        let factory = window.indexed_db().ok().flatten().ok_or(Failure::Denied)?;
        let request = factory
            .open_with_u32(NAME, 1)
            .map_err(|error| Failure::of(&error))?;
        let made = request.clone();
        let upgrade = Closure::once_into_js(move || {
            if let Ok(base) = made.result() {
                let base: IdbDatabase = base.unchecked_into();
                // Where one can't be made, the first transaction says so.
                let _ = base.create_object_store(WORLDS);
                let _ = base.create_object_store(LIST);
            }
        });
        request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
        let opened = Promise::race(&Array::of2(
            &asked_promise(&request),
            &wait::promise(PATIENCE),
        ));
        let base = JsFuture::from(opened)
            .await
            .map_err(|error| Failure::of(&error))?;
        let base: IdbDatabase = base.dyn_into().map_err(|_| Failure::Denied)?;
        Ok(Store::Base(base))
    }

    /// A storage that ends with the tab.
    pub fn memory() -> Store {
        Store::Memory(RefCell::default())
    }

    fn begin(&self, write: bool) -> Result<Option<IdbTransaction>, Failure> {
        let Store::Base(base) = self else {
            return Ok(None);
        };
        let both = Array::of2(&WORLDS.into(), &LIST.into());
        let mode = match write {
            true => IdbTransactionMode::Readwrite,
            false => IdbTransactionMode::Readonly,
        };
        base.transaction_with_str_sequence_and_mode(&both, mode)
            .map(Some)
            .map_err(|error| Failure::of(&error))
    }

    /// The text of a world; none where there is none.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn read(&self, key: &str) -> Result<Option<String>, Failure> {
        let told = |error: JsValue| Failure::of(&error);
        match (self, self.begin(false)?) {
            (Store::Memory(all), _) => Ok(all.borrow().get(key).map(|(_, text)| text.clone())),
            (_, Some(transaction)) => {
                let store = transaction.object_store(WORLDS).map_err(told)?;
                let request = store.get(&key.into()).map_err(told)?;
                Ok(asked(&request).await.map_err(told)?.as_string())
            }
            _ => Ok(None),
        }
    }

    /// What is told about all worlds, by key.
    ///
    /// # Errors
    /// Why it can't be read.
    pub async fn list(&self) -> Result<Vec<About>, Failure> {
        let told = |error: JsValue| Failure::of(&error);
        match (self, self.begin(false)?) {
            (Store::Memory(all), _) => Ok(all
                .borrow()
                .values()
                .map(|(about, _)| about.clone())
                .collect()),
            (_, Some(transaction)) => {
                let store = transaction.object_store(LIST).map_err(told)?;
                let keys = store.get_all_keys().map_err(told)?;
                let records = store.get_all().map_err(told)?;
                let keys: Array = asked(&keys).await.map_err(told)?.unchecked_into();
                let records: Array = asked(&records).await.map_err(told)?.unchecked_into();
                let all = keys.iter().zip(records.iter());
                let all = all.filter_map(|(key, record)| {
                    Some(about(&key.as_string()?, &record.as_string()?))
                });
                Ok(all.collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Keeps a world, unless another tab has become its writer. `writer` is this tab's own word;
    /// with `take` it becomes the writer.
    ///
    /// # Errors
    /// Why it is not kept: then what was kept before is untouched.
    pub async fn write(
        &self,
        it: &About,
        text: Option<&str>,
        writer: &str,
        take: bool,
    ) -> Result<(), Failure> {
        let told = |error: JsValue| Failure::of(&error);
        let transaction = match (self, self.begin(true)?) {
            (Store::Memory(all), _) => {
                if let Some(text) = text {
                    let record = (it.clone(), text.to_owned());
                    all.borrow_mut().insert(it.key.clone(), record);
                }
                return Ok(());
            }
            (_, Some(transaction)) => transaction,
            _ => return Ok(()),
        };
        let list = transaction.object_store(LIST).map_err(told)?;
        let key = JsValue::from(it.key.as_str());
        let before = asked(&list.get(&key).map_err(told)?).await.map_err(told)?;
        let before = before.as_string();
        let theirs = before.as_deref().and_then(writer_of);
        if !take && theirs.is_some_and(|theirs| theirs != writer) {
            let _ = transaction.abort();
            return Err(Failure::Taken);
        }
        if take && before.is_none() && text.is_none() {
            // Nothing is kept of it as yet: the first act will.
            return finished(&transaction).await;
        }
        let mut record = Map::new();
        record.insert("name", Value::from(it.name.as_str()));
        let steps = i64::try_from(it.steps).unwrap_or(i64::MAX);
        record.insert("steps", Value::Int(steps));
        record.insert("writer", Value::from(writer));
        let record = json::compact(&Value::Map(record));
        let put = || {
            if let Some(text) = text {
                let worlds = transaction.object_store(WORLDS)?;
                worlds.put_with_key(&text.into(), &key)?;
            }
            list.put_with_key(&record.into(), &key)
        };
        if let Err(error) = put() {
            // Or the half of it that did go would be kept.
            let _ = transaction.abort();
            return Err(told(error));
        }
        finished(&transaction).await
    }

    /// Forgets a world.
    ///
    /// # Errors
    /// Why it is still there.
    pub async fn remove(&self, key: &str) -> Result<(), Failure> {
        let told = |error: JsValue| Failure::of(&error);
        match (self, self.begin(true)?) {
            (Store::Memory(all), _) => {
                all.borrow_mut().remove(key);
                Ok(())
            }
            (_, Some(transaction)) => {
                for name in [WORLDS, LIST] {
                    let store = transaction.object_store(name).map_err(told)?;
                    store.delete(&key.into()).map_err(told)?;
                }
                finished(&transaction).await
            }
            _ => Ok(()),
        }
    }
}

fn asked_promise(request: &IdbRequest) -> JsValue {
    let request = request.clone();
    wasm_bindgen_futures::future_to_promise(async move { asked(&request).await }).into()
}

fn writer_of(record: &str) -> Option<String> {
    let record = json::parse(record).ok()?;
    Some(record.get("writer")?.as_str()?.to_owned())
}

fn about(key: &str, record: &str) -> About {
    let record = json::parse(record).unwrap_or(Value::Null);
    let steps = record.get("steps").and_then(Value::as_int).unwrap_or(0);
    About {
        key: key.to_owned(),
        name: (record.get("name").and_then(Value::as_str))
            .unwrap_or("Unnamed")
            .to_owned(),
        steps: usize::try_from(steps).unwrap_or(0),
    }
}

/// Asks the browser not to clear the storage by itself when the disk fills up.
pub fn persist() {
    let storage = web_sys::window().map(|window| window.navigator().storage());
    // An old browser has none, and one that refuses keeps as it always did.
    let there = storage.filter(|it| Reflect::has(it, &"persist".into()).unwrap_or(false));
    if let Some(Ok(promise)) = there.map(|it| it.persist()) {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

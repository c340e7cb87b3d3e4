//! Keeps the open world after each act, in the order of the acts and one at a time.

use super::deeds::free_name;
use super::locks::{self, Lock};
use super::store::{About, Failure, Store, persist};
use super::wait::wait;
use super::{Kept, Place};
use crate::browser;
use crate::state::{Action, Dispatch};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use hopwise_cloud::Map;
use hopwise_world::{LONGEST, MOST_ACTS, World, Writing};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// After an act its event ends before the world is written, in milliseconds.
const AFTER: u32 = 4;
/// The other tab is asked to let go, and looked after so often, so many milliseconds apart; then
/// the world is taken from it, since a tab that is frozen answers nothing.
const ASKED: (usize, i32) = (30, 50);
/// What the tabs talk about.
const CHANNEL: &str = "hopwise";
/// The word by which a tab is asked to let a world go.
const YIELD: &str = "yield ";
/// Which lessons are done, with commas between them.
const DONE: &str = "hopwise.done";
/// The world that was open last.
const LAST: &str = "hopwise.world";
/// The world that is being replayed.
const REPLAYING: &str = "hopwise.replaying";

/// What is written beside the world itself.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Where it belongs.
    pub place: Place,
    /// What the student calls it.
    pub name: String,
    /// What only the page knows.
    pub page: Map,
}

struct Job {
    about: About,
    text: String,
}

struct Inner {
    world: Rc<RefCell<World>>,
    dispatch: RefCell<Option<Dispatch>>,
    store: RefCell<Option<Rc<Store>>>,
    /// Why only this tab's memory keeps the worlds.
    denied: RefCell<Option<Failure>>,
    lock: RefCell<Option<(String, Lock)>>,
    channel: Option<BroadcastChannel>,
    /// The word for this tab.
    tab: String,
    dirty: RefCell<Option<Snapshot>>,
    queue: RefCell<VecDeque<Job>>,
    pumping: Cell<bool>,
    /// What was kept last, by key.
    last: RefCell<(String, String)>,
    /// What could not be kept, by key: this tab still has it.
    unkept: RefCell<BTreeMap<String, (About, String)>>,
    trash: RefCell<Option<(About, String)>>,
    turn: Cell<usize>,
    persisted: Cell<bool>,
    /// Does only the tab's memory hold what was done?
    fleeting: Cell<bool>,
    /// Is there a draft that is not applied?
    drafting: Cell<bool>,
    /// What listens for the end of the page.
    guards: RefCell<Option<(EventListener, EventListener)>>,
}

/// The keeper of this tab.
#[derive(Clone)]
pub struct Keeper(Rc<Inner>);

impl PartialEq for Keeper {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A word that no other tab and no other world has.
pub fn token() -> String {
    let number = js_sys::Math::random() * 1e12;
    let mut number = number as u64;
    let mut word = String::new();
    while word.len() < 8 {
        word.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
    }
    word
}

impl Keeper {
    /// The keeper of this world.
    pub fn new(world: Rc<RefCell<World>>) -> Keeper {
        Keeper(Rc::new(Inner {
            world,
            dispatch: RefCell::new(None),
            store: RefCell::new(None),
            denied: RefCell::new(None),
            lock: RefCell::new(None),
            channel: BroadcastChannel::new(CHANNEL).ok(),
            tab: token(),
            dirty: RefCell::new(None),
            queue: RefCell::default(),
            pumping: Cell::new(false),
            last: RefCell::default(),
            unkept: RefCell::default(),
            trash: RefCell::default(),
            turn: Cell::new(0),
            persisted: Cell::new(false),
            fleeting: Cell::new(false),
            drafting: Cell::new(false),
            guards: RefCell::new(None),
        }))
    }

    /// Begins: it tells `dispatch` how things stand, and answers other tabs.
    pub fn begin(&self, dispatch: Dispatch) -> impl FnOnce() + use<> {
        self.0.dispatch.replace(Some(dispatch));
        let keeper = self.clone();
        let heard: Closure<dyn FnMut(MessageEvent)> = Closure::new(move |event: MessageEvent| {
            let said = event.data().as_string().unwrap_or_default();
            if let Some(key) = said.strip_prefix(YIELD) {
                keeper.let_go(key.to_owned());
            }
        });
        if let Some(channel) = &self.0.channel {
            channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        }
        move || drop(heard)
    }

    /// From the first act on the page is not left before it is written. Not earlier: a page that
    /// is left can't fetch the rest of the program, which this may need.
    fn guard(&self) {
        if self.0.guards.borrow().is_some() {
            return;
        }
        let keeper = self.clone();
        let hide = browser::on_window("pagehide", move |_| keeper.collect());
        let keeper = self.clone();
        let unload = browser::on_window("beforeunload", move |event| {
            keeper.collect();
            if keeper.would_lose() {
                event.prevent_default();
            }
        });
        self.0.guards.replace(hide.zip(unload));
    }

    /// Is there a draft that is not applied? It is in the tab's memory only.
    pub fn drafting(&self, drafting: bool) {
        self.0.drafting.set(drafting);
        if drafting {
            self.guard();
        }
    }

    fn would_lose(&self) -> bool {
        let denied = self.0.denied.borrow().is_some();
        let done = || self.0.fleeting.get() || self.0.world.borrow().can_undo();
        denied && done() || self.0.drafting.get() || !self.0.unkept.borrow().is_empty()
    }

    /// The world as a log.
    pub(super) fn write(&self, writing: &Writing) -> String {
        self.0.world.borrow().write(writing)
    }

    pub(super) fn dispatch(&self) -> Option<Dispatch> {
        self.0.dispatch.borrow().clone()
    }

    /// Tells it when what runs now is over.
    pub(super) fn soon(&self, action: Action) {
        let keeper = self.clone();
        wasm_bindgen_futures::spawn_local(async move { keeper.tell(action) });
    }

    pub(super) fn tell(&self, action: Action) {
        if let Some(dispatch) = &*self.0.dispatch.borrow() {
            dispatch.dispatch(action);
        }
    }

    /// The next number of what is opened: what comes for an earlier one is too late.
    pub(super) fn next_turn(&self) -> usize {
        self.0.turn.set(self.0.turn.get() + 1);
        self.0.turn.get()
    }

    pub(super) fn is_turn(&self, turn: usize) -> bool {
        self.0.turn.get() == turn
    }

    /// Why nothing is kept beyond this tab.
    pub(super) fn denied(&self) -> Option<Failure> {
        self.0.denied.borrow().clone()
    }

    /// The storage, which is opened when it is needed first.
    pub(super) async fn store(&self) -> Rc<Store> {
        if let Some(store) = &*self.0.store.borrow() {
            return store.clone();
        }
        let store = Rc::new(match Store::open().await {
            Ok(store) => store,
            Err(why) => {
                self.0.denied.replace(Some(why));
                Store::memory()
            }
        });
        let mut kept = self.0.store.borrow_mut();
        kept.get_or_insert(store).clone()
    }

    /// Something may have changed: it will be written when the event is over.
    pub fn note(&self, snapshot: Snapshot) {
        self.guard();
        let waits = self.0.dirty.replace(Some(snapshot)).is_some();
        if !waits {
            let keeper = self.clone();
            Timeout::new(AFTER, move || keeper.collect()).forget();
        }
    }

    /// Writes what `note` said was changed, now. The next line may put another world in its place.
    pub fn collect(&self) {
        let Some(snapshot) = self.0.dirty.take() else {
            return;
        };
        let Some(key) = snapshot.place.key() else {
            return;
        };
        let (text, about) = self.text(&snapshot);
        let about = About { key, ..about };
        let acts = || {
            let world = self.0.world.borrow();
            let done = world.history().iter().map(|entry| entry.done.len());
            done.sum::<usize>()
        };
        if text.len() > LONGEST || acts() > MOST_ACTS {
            let mut unkept = self.0.unkept.borrow_mut();
            unkept.insert(about.key.clone(), (about, text));
            drop(unkept);
            self.soon(Action::Kept(Kept::Failed(Failure::TooLarge)));
            return;
        }
        let same = *self.0.last.borrow() == (about.key.clone(), text.clone());
        let mut queue = self.0.queue.borrow_mut();
        queue.retain(|job| job.about.key != about.key);
        if !same {
            queue.push_back(Job { about, text });
        }
        drop(queue);
        self.pump();
    }

    /// What is kept of the open world, and what is told about it.
    pub(super) fn text(&self, snapshot: &Snapshot) -> (String, About) {
        let world = self.0.world.borrow();
        let mut page = snapshot.page.clone();
        page.insert("name", snapshot.name.as_str().into());
        let text = world.write(&Writing {
            lesson: snapshot.place.lesson().map(str::to_owned),
            lines: true,
            page,
        });
        let about = About {
            key: String::new(),
            name: snapshot.name.clone(),
            steps: world.history().len().saturating_sub(world.set_up()),
        };
        (text, about)
    }

    fn pump(&self) {
        if !self.0.pumping.replace(true) {
            let keeper = self.clone();
            wasm_bindgen_futures::spawn_local(async move { keeper.drain().await });
        }
    }

    async fn drain(&self) {
        let mut kept = match self.denied() {
            Some(why) => Kept::Failed(why),
            None => Kept::Saved,
        };
        loop {
            let job = self.0.queue.borrow_mut().pop_front();
            let Some(Job { about, text }) = job else {
                break;
            };
            let store = self.store().await;
            let written = store.write(&about, Some(&text), &self.0.tab, false).await;
            let key = about.key.clone();
            match written {
                Ok(()) => {
                    self.0.unkept.borrow_mut().remove(&key);
                    self.0.last.replace((key, text));
                    if about.steps > 0 && self.denied().is_some() {
                        self.0.fleeting.set(true);
                    }
                    if about.steps > 0 && !self.0.persisted.replace(true) {
                        persist();
                    }
                }
                Err(Failure::Taken) => {
                    kept = Kept::Elsewhere { lost: true };
                    self.rescue(&about, &text).await;
                }
                Err(why) => {
                    kept = Kept::Failed(why);
                    self.0.unkept.borrow_mut().insert(key, (about, text));
                }
            }
        }
        self.0.pumping.set(false);
        if self.0.dirty.borrow().is_none() {
            self.tell(Action::Kept(kept));
        }
    }

    /// What was done here and came too late to be written, since another tab had taken over, is
    /// kept as a world of its own.
    async fn rescue(&self, about: &About, text: &str) {
        let name = free_name(&about.name, &self.list().await);
        match self.create(&name, about.steps, text).await {
            Ok(_) => self.say(Ok(format!(
                "Another tab took over before your last step here was saved. What stands here is kept as “{name}”."
            ))),
            Err(why) => {
                let mut unkept = self.0.unkept.borrow_mut();
                let key = format!("{}{}", super::WORLD, token());
                let about = About { key: key.clone(), name, ..about.clone() };
                unkept.insert(key, (about, text.to_owned()));
                drop(unkept);
                self.say(Err(why.sentence()));
            }
        }
    }

    /// A world that belonged to nothing becomes one of its own: the address names it from now on,
    /// without being followed, and no other tab writes it.
    pub fn adopt(&self, id: &str, name: &str) {
        learn_last(id);
        browser::rewrite_hash(&format!("world={id}"));
        let about = About {
            key: format!("{}{id}", super::WORLD),
            name: name.to_owned(),
            steps: 0,
        };
        let keeper = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            keeper.lock(&about, false).await;
        });
    }

    /// Waits until all that was collected is written.
    pub(super) async fn settled(&self) {
        self.collect();
        while self.0.pumping.get() {
            wait(5).await;
        }
    }

    /// What is kept under a key.
    pub(super) async fn read(&self, key: &str) -> Result<Option<String>, Failure> {
        if let Some((_, text)) = self.0.unkept.borrow().get(key) {
            return Ok(Some(text.clone()));
        }
        self.store().await.read(key).await
    }

    /// All that is kept.
    pub(super) async fn list(&self) -> Vec<About> {
        // A list that can't be read is one of nothing: the page says already that nothing is kept.
        let mut all = self.store().await.list().await.unwrap_or_default();
        for (about, _) in self.0.unkept.borrow().values() {
            if !all.iter().any(|it| it.key == about.key) {
                all.push(about.clone());
            }
        }
        all.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        all
    }

    /// Lets the lock go: this tab writes nothing until it takes one.
    pub(super) fn release(&self) {
        self.0.lock.replace(None);
    }

    /// Becomes the writer of a world; `false` where another tab is. With `take` that tab is asked
    /// to let go, and if it doesn't answer the world is taken from it.
    pub(super) async fn lock(&self, about: &About, take: bool) -> bool {
        let key = &about.key;
        let name = format!("{CHANNEL}-{key}");
        let lost = || {
            let (keeper, key) = (self.clone(), key.clone());
            move || keeper.lost(&key)
        };
        let mut lock = locks::take(&name, false, lost()).await;
        if lock.is_none() && take {
            if let Some(channel) = &self.0.channel {
                let _ = channel.post_message(&JsValue::from(format!("{YIELD}{key}")));
            }
            for _ in 0..ASKED.0 {
                wait(ASKED.1).await;
                lock = locks::take(&name, false, lost()).await;
                if lock.is_some() {
                    break;
                }
            }
            if lock.is_none() {
                lock = locks::take(&name, true, lost()).await;
            }
        }
        let Some(lock) = lock else {
            return false;
        };
        self.0.lock.replace(Some((key.clone(), lock)));
        let store = self.store().await;
        let _ = store.write(about, None, &self.0.tab, true).await;
        true
    }

    /// The lock was taken away.
    fn lost(&self, key: &str) {
        let ours = self
            .0
            .lock
            .borrow()
            .as_ref()
            .is_some_and(|(it, _)| it == key);
        if ours {
            self.release();
            self.tell(Action::Kept(Kept::Elsewhere { lost: true }));
        }
    }

    /// Another tab wants the world: it is written to the last act, then let go.
    fn let_go(&self, key: String) {
        let ours = self
            .0
            .lock
            .borrow()
            .as_ref()
            .is_some_and(|(it, _)| *it == key);
        if ours {
            self.tell(Action::Kept(Kept::Elsewhere { lost: true }));
            let keeper = self.clone();
            wasm_bindgen_futures::spawn_local(async move {
                keeper.settled().await;
                keeper.release();
                keeper.tell(Action::Kept(Kept::Elsewhere { lost: true }));
            });
        }
    }

    /// Keeps a text as a new world; gives the world's id.
    pub(super) async fn create(
        &self,
        name: &str,
        steps: usize,
        text: &str,
    ) -> Result<String, Failure> {
        let id = token();
        let about = About {
            key: format!("{}{id}", super::WORLD),
            name: name.to_owned(),
            steps,
        };
        let store = self.store().await;
        store.write(&about, Some(text), &self.0.tab, true).await?;
        Ok(id)
    }

    /// Keeps a text under a key, in the place of what was there.
    pub(super) async fn put(&self, about: &About, text: &str) -> Result<(), Failure> {
        self.0.unkept.borrow_mut().remove(&about.key);
        let store = self.store().await;
        store.write(about, Some(text), &self.0.tab, true).await
    }

    /// Forgets a world, and remembers it for [`Keeper::restore`]. `false` where another tab has it
    /// open.
    pub(super) async fn delete(&self, about: &About) -> Result<bool, Failure> {
        let ours = self
            .0
            .lock
            .borrow()
            .as_ref()
            .is_some_and(|(it, _)| *it == about.key);
        if !ours && !self.lock_once(&about.key).await {
            return Ok(false);
        }
        self.settled().await;
        let text = self.read(&about.key).await?;
        self.store().await.remove(&about.key).await?;
        self.0.unkept.borrow_mut().remove(&about.key);
        self.0.last.replace(Default::default());
        self.0.trash.replace(text.map(|text| (about.clone(), text)));
        Ok(true)
    }

    async fn lock_once(&self, key: &str) -> bool {
        locks::take(&format!("{CHANNEL}-{key}"), false, || {})
            .await
            .is_some()
    }

    /// Brings back what was deleted last; gives its key.
    pub(super) async fn restore(&self) -> Result<Option<String>, Failure> {
        let Some((about, text)) = self.0.trash.take() else {
            return Ok(None);
        };
        self.put(&about, &text).await?;
        Ok(Some(about.key))
    }
}

/// The lessons that were done once.
pub fn lessons_done() -> Vec<String> {
    let done = browser::kept(DONE).unwrap_or_default();
    let done = done.split(',').filter(|id| !id.is_empty());
    done.map(str::to_owned).collect()
}

/// This lesson is done.
pub fn learn_done(lesson: &str) {
    let mut done = lessons_done();
    if !done.iter().any(|it| it == lesson) {
        done.push(lesson.to_owned());
        browser::keep(DONE, &done.join(","));
    }
}

/// The storage that ends with the tab.
fn tab() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// The id of the world that was open last: in this tab, else in any.
pub(super) fn last_world() -> Option<String> {
    let here = tab().and_then(|tab| tab.get_item(LAST).ok().flatten());
    here.or_else(|| browser::kept(LAST))
}

/// This world is open.
pub(super) fn learn_last(id: &str) {
    browser::keep(LAST, id);
    if let Some(tab) = tab() {
        let _ = tab.set_item(LAST, id);
    }
}

/// A world is about to be replayed, or was (`None`); gives the one that was about to be before. One
/// that ended the program must not do so at every start.
pub(super) fn replaying(key: Option<&str>) -> Option<String> {
    let tab = tab()?;
    let before = tab.get_item(REPLAYING).ok().flatten();
    let _ = match key {
        Some(key) => tab.set_item(REPLAYING, key),
        None => tab.remove_item(REPLAYING),
    };
    before
}

//! The frame of the page: top bar, panels, and the keys that work everywhere.
//!
//! `index.html` holds the same frame, so that it stands before the wasm has arrived; what is
//! changed here is changed there.

use crate::browser;
use crate::canvas::{Canvas, Glyphs};
use crate::dock::Dock;
use crate::editor::Msg;
use crate::editor::keys::{self, Chord};
use crate::editor::parts::{DialogView, MenuView, NoticeView, StripView, WaitingView};
use crate::inspector::Inspector;
use crate::keep::go::follow;
use crate::keep::{Deed, Kept, Notices, WorldsProps};
use crate::lesson::{Guide, LessonPanel, turned};
use crate::names;
use crate::outline::Outline;
use crate::state::{Action, AppState, Dispatch, Tab, Theme};
use crate::top_bar::TopBar;
use crate::trace::{Player, Stage};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, HtmlTextAreaElement, KeyboardEvent, MouseEvent};
use yew::{
    AttrValue, Callback, Html, classes, component, html, use_effect_with, use_memo, use_reducer,
};

/// The key under which the browser keeps the theme; boot.js reads it too.
const THEME_KEY: &str = "hopwise.theme";

/// A button says so long that it has copied, in milliseconds.
const COPIED: u32 = 1_600;

/// Does this element hold text that is being typed?
fn holds_text(target: Option<web_sys::EventTarget>) -> bool {
    let Some(target) = target else {
        return false;
    };
    match target.dyn_into::<HtmlTextAreaElement>() {
        Ok(area) => !area.value().is_empty(),
        Err(target) => target
            .dyn_into::<web_sys::HtmlInputElement>()
            .is_ok_and(|input| matches!(input.type_().as_str(), "text" | "number")),
    }
}

/// The keys that work everywhere but in a text, where they are the text's.
fn shortcut(event: &KeyboardEvent) -> Option<Action> {
    let key = event.key();
    let key = if key.chars().count() == 1 {
        key.to_lowercase()
    } else {
        key
    };
    let chord = Chord {
        key: &key,
        command: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
    };
    let found = keys::meaning(chord).filter(|it| it.everywhere && !event.alt_key())?;
    // A plain sign is typed; undo within an empty line is the page's.
    let typed = !chord.command && takes_text(event.target());
    (!typed && !holds_text(event.target())).then_some(Action::Edit(Msg::Do(found.does)))
}

/// Is this element one that text is typed into?
fn takes_text(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|it| it.dyn_into::<Element>().ok());
    element.is_some_and(|it| matches!(it.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// A tab of the panel at the side.
fn side_tab(tab: Tab, open: Tab, dispatch: &Dispatch) -> Html {
    let show = {
        let dispatch = dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::Show(tab)))
    };
    // The other one is an arrow away.
    let onkeydown = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight") {
                let other = match tab {
                    Tab::Lesson => Tab::Outline,
                    _ => Tab::Lesson,
                };
                event.prevent_default();
                dispatch.dispatch(Action::Show(other));
                browser::focus(&format!("tab-{}", other.word()));
            }
        })
    };
    let is = tab == open;
    html! {
        <button key={tab.word()} id={format!("tab-{}", tab.word())} type="button" role="tab" class="tab"
            aria-selected={is.to_string()} aria-controls={format!("panel-{}", tab.word())}
            tabindex={if is { "0" } else { "-1" }} onclick={show} {onkeydown}>{ tab.name() }</button>
    }
}

/// The page.
#[component]
pub fn App() -> Html {
    let state = use_reducer(|| {
        AppState::new(browser::kept(THEME_KEY).map_or(Theme::System, |word| Theme::parse(&word)))
    });
    let dispatch = state.dispatcher();
    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            let keys = browser::on_window("keydown", move |event| {
                let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
                    return;
                };
                if let Some(action) = shortcut(key) {
                    event.prevent_default();
                    dispatch.dispatch(action);
                }
            });
            move || drop(keys)
        });
    }
    {
        let dispatch = dispatch.clone();
        let keeper = state.keeper.clone();
        use_effect_with((), move |()| {
            let end = keeper.begin(dispatch.clone());
            follow(&keeper, &dispatch, false);
            let hash = browser::on_window("hashchange", move |_| follow(&keeper, &dispatch, false));
            move || {
                drop(hash);
                end();
            }
        });
    }
    {
        // A file may be dropped anywhere; the browser would open it in place of the page.
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            let over = browser::on_window("dragover", |event| event.prevent_default());
            let drop_ = browser::on_window("drop", move |event| {
                event.prevent_default();
                let files = event
                    .dyn_ref::<DragEvent>()
                    .and_then(|it| it.data_transfer()?.files());
                if let Some(file) = files.and_then(|files| files.get(0)) {
                    dispatch.dispatch(Action::World(Deed::Import(file)));
                }
            });
            move || drop((over, drop_))
        });
    }
    let player = use_memo((), |()| Player::default());
    {
        let (player, dispatch) = (player.clone(), dispatch.clone());
        use_effect_with((), move |()| {
            player.tell(Callback::from(move |playing| {
                dispatch.dispatch(Action::Playing(playing))
            }));
        });
    }
    let stage = Stage {
        road: state.road.clone(),
    };
    {
        let player = player.clone();
        use_effect_with(stage.clone(), move |stage| player.take(stage.road.clone()));
    }
    use_effect_with(state.theme, |theme| {
        browser::mark_root("data-theme", theme.word());
        browser::keep(THEME_KEY, theme.name());
    });
    // Ids in sentences and examples in prose are told by their data, wherever they stand.
    let onclick = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: MouseEvent| {
            let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
            let Some(target) = target else {
                return;
            };
            let near = |name: &str| {
                let found = target.closest(&format!("[{name}]")).ok().flatten()?;
                found.get_attribute(name)
            };
            if let Some(id) = near("data-select") {
                dispatch.dispatch(Action::Select(Some(AttrValue::from(id))));
            } else if let Some(text) = near("data-insert") {
                dispatch.dispatch(Action::InsertIntoPrompt(text));
            } else if let Some(text) = near("data-put") {
                dispatch.dispatch(Action::Put(AttrValue::from(text)));
            } else if let Some(text) = near("data-copy") {
                let (dispatch, button) = (
                    dispatch.clone(),
                    target.closest("[data-copy]").ok().flatten(),
                );
                browser::copy(&text, move |copied| {
                    let word = if copied { "Copied" } else { "Not copied" };
                    dispatch.dispatch(Action::News(word.into()));
                    if let Some(button) = button {
                        browser::mark_for(&button, "data-copied", word, COPIED);
                    }
                });
            }
        })
    };
    let tabs = [
        Tab::Lesson,
        Tab::Outline,
        Tab::Map,
        Tab::Terminal,
        Tab::Trace,
        Tab::History,
    ];
    let lesson = match &state.guide {
        Guide::Running(session) => {
            let (done, all) = session.progress();
            Some((session.lesson.front.title.clone(), format!("{done}/{all}")))
        }
        _ => None,
    };
    let inspected = state.details.is_some().then_some("panels-inspected");
    let ready = (state.kept != Kept::Opening).then_some("true");
    let worlds = WorldsProps {
        place: state.home.clone(),
        name: state.name.clone(),
        kept: state.kept.clone(),
        list: state.list.clone(),
        who: state.who.clone(),
        shared: state.shared.clone(),
        dispatch: dispatch.clone(),
    };
    html! {
        <div class="shell" data-ready={ready} data-tab={state.tab.word()} {onclick}>
            <Glyphs />
            <TopBar can_undo={state.can_undo} can_redo={state.can_redo} theme={state.theme} {lesson} {worlds} dispatch={dispatch.clone()} />
            <Notices place={state.home.clone()} kept={state.kept.clone()} rest={state.rest.clone()} saying={state.saying.clone()} list={state.list.clone()} dispatch={dispatch.clone()} />
            <nav class="tabs" aria-label="Panels">
                { for tabs.into_iter().map(|tab| {
                    let dispatch = dispatch.clone();
                    let onclick = Callback::from(move |_| dispatch.dispatch(Action::Show(tab)));
                    let current = (state.tab == tab).then_some("page");
                    html! {
                        <button key={tab.word()} type="button" class="tab" aria-current={current} {onclick}>{ tab.name() }</button>
                    }
                }) }
            </nav>
            <main class={classes!("panels", inspected)}>
                <section class="panel panel-side" aria-label={names::SIDE}>
                    <div class="side-tabs" role="tablist" aria-label={names::SIDE}>
                        { for [Tab::Lesson, Tab::Outline].into_iter().map(|tab| side_tab(tab, state.side, &dispatch)) }
                    </div>
                    <div key="lesson" class="side-panel" id="panel-lesson" role="tabpanel" aria-label={names::LESSON} hidden={state.side != Tab::Lesson}>
                        <LessonPanel guide={state.guide.clone()} done={state.done.clone()} labels={state.labels.clone()} dispatch={dispatch.clone()} />
                    </div>
                    <div key="outline" class="side-panel" id="panel-outline" role="tabpanel" aria-labelledby="tab-outline" hidden={state.side != Tab::Outline}>
                        <Outline picture={state.picture.clone()} editor={state.editor.clone()} dispatch={dispatch.clone()} />
                    </div>
                </section>
                <section class="panel panel-canvas" aria-label={names::MAP}>
                    <Canvas scene={state.scene.clone()} editor={state.editor.clone()} see={state.see} focus={state.focus_map} {stage} dispatch={dispatch.clone()} />
                </section>
                if let Some(details) = &state.details {
                    <Inspector key="inspector" details={details.clone()} focus={state.inspect} bench={state.editor.bench.clone()} rename={state.rename} labels={state.labels.clone()}
                        told={state.editor.strip.as_ref().and_then(|strip| strip.told(&details.node.id))} dispatch={dispatch.clone()} />
                }
                <Dock key="dock" open={state.dock} console={state.console.clone()} completer={state.completer()} rows={state.rows.clone()}
                    trace={state.trace.clone()} scene={state.scene.clone()} labels={state.labels.clone()}
                    playing={state.playing} player={(*player).clone()} dispatch={dispatch.clone()} />
                // A place of its own: it covers nothing of the map, and nothing of the inspector.
                if state.editor.strip.is_some() || !state.editor.waiting.is_empty() {
                    <div key="foot" class="foot">
                        if !state.editor.waiting.is_empty() {
                            <WaitingView key="waiting" waiting={state.editor.waiting.clone()} />
                        }
                        if let Some(strip) = &state.editor.strip {
                            <StripView key="strip" strip={strip.clone()} dispatch={dispatch.clone()} />
                        }
                    </div>
                }
                if let Some(notice) = &state.editor.notice {
                    <NoticeView key="notice" notice={notice.clone()} dispatch={dispatch.clone()} />
                }
                if let Some(menu) = &state.editor.menu {
                    <MenuView key="menu" menu={menu.clone()} dispatch={dispatch.clone()} />
                }
                if let Some(dialog) = &state.editor.dialog {
                    <DialogView key="dialog" dialog={dialog.clone()} dispatch={dispatch.clone()} />
                }
            </main>
            // On a phone the lesson is out of sight; those who don't see this hear the news.
            if let Guide::Running(session) = &state.guide {
                if !session.turned.is_empty() {
                    <p key={session.turns} class="toast" aria-hidden="true">{ turned(session) }</p>
                }
            }
            <p key="news" class="unseen" aria-live="polite" aria-label={names::NEWS} role="status">{ &state.news }</p>
        </div>
    }
}

//! The menu of worlds, and the link to share.

use super::deeds::Deed;
use super::starter::STARTERS;
use super::{About, Kept, Place, WORLD, Who, WhoIs};
use crate::browser;
use crate::names;
use crate::state::{Action, Dispatch};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};
use yew::{Callback, Event, Html, Properties, component, html, use_effect_with, use_state_eq};

#[derive(Properties, Clone, PartialEq)]
pub struct WorldsProps {
    pub place: Place,
    pub name: String,
    pub kept: Kept,
    pub list: Rc<Vec<About>>,
    pub who: WhoIs,
    /// The link that was asked for, or why there is none.
    pub shared: Option<Result<String, String>>,
    pub dispatch: Dispatch,
}

/// What is more than this many characters long is cut by some programs that carry links.
const LONG_LINK: usize = 2_000;

/// The button with the menu, the word of safety, and the button for the link.
#[component]
pub fn Worlds(props: &WorldsProps) -> Html {
    let open = use_state_eq(|| false);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    {
        // Another world, another Region: the menu has done its part.
        let open = open.clone();
        use_effect_with((props.place.clone(), props.who.clone()), move |_| {
            open.set(false)
        });
    }
    {
        // Whatever lies beside it closes it.
        let open = open.clone();
        use_effect_with(*open, move |is| {
            if *is {
                browser::focus("worlds-menu");
            }
            let listener = is.then(|| {
                browser::on_window("pointerdown", move |event| {
                    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
                    let within = |it: Element| it.closest(".worlds").ok().flatten().is_some();
                    if !target.is_some_and(within) {
                        open.set(false);
                    }
                })
            });
            move || drop(listener)
        });
    }
    let onkeydown = {
        let (open, dispatch) = (open.clone(), props.dispatch.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                event.stop_propagation();
                open.set(false);
                dispatch.dispatch(Action::Shared(None));
                browser::focus("worlds-button");
            }
        })
    };
    let share = deed(&props.dispatch, Deed::Share);
    let class = match props.kept {
        Kept::Failed(_) => "kept kept-loud kept-bad",
        Kept::Elsewhere { .. } | Kept::Loose => "kept kept-loud",
        Kept::Opening | Kept::Saved | Kept::Saving => "kept",
    };
    let title = match props.place {
        Place::World(_) | Place::Beside { .. } | Place::Loose(None) => props.name.clone(),
        Place::Lesson(_) | Place::Loose(Some(_)) => "Worlds".to_owned(),
    };
    html! {
        <div class="worlds" {onkeydown}>
            <button id="worlds-button" type="button" class="button-bar worlds-button" aria-expanded={open.to_string()} aria-haspopup="dialog"
                title="Worlds: new, switch, rename, export" onclick={toggle}>
                <span class="worlds-name"><span class="unseen">{ "World: " }</span>{ title }</span><span aria-hidden="true">{ "▾" }</span>
            </button>
            <span {class}><span class="unseen">{ "State: " }</span>{ props.kept.word() }</span>
            <div key="share" class="worlds-share">
                <button type="button" class="button-bar" title="A link to this world" onclick={share}>
                    <span aria-hidden="true">{ "↗" }</span><span class="word">{ names::SHARE }</span>
                </button>
                if let Some(shared) = &props.shared {
                    { link(shared, &props.dispatch) }
                }
            </div>
            if *open {
                <Menu place={props.place.clone()} name={props.name.clone()} list={props.list.clone()} who={props.who.clone()} dispatch={props.dispatch.clone()} />
            }
        </div>
    }
}

fn deed(dispatch: &Dispatch, deed: Deed) -> Callback<web_sys::MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_| dispatch.dispatch(Action::World(deed.clone())))
}

#[derive(Properties, PartialEq)]
struct MenuProps {
    place: Place,
    name: String,
    list: Rc<Vec<About>>,
    who: WhoIs,
    dispatch: Dispatch,
}

#[component]
fn Menu(props: &MenuProps) -> Html {
    let rename = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input {
                dispatch.dispatch(Action::Rename(input.value()));
            }
        })
    };
    let import = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            let file = input.as_ref().and_then(|it| it.files()?.get(0));
            if let (Some(file), Some(input)) = (file, input) {
                dispatch.dispatch(Action::World(Deed::Import(file)));
                // The same file may be chosen again.
                input.set_value("");
            }
        })
    };
    let worlds = props
        .list
        .iter()
        .filter_map(|it| Some((it.key.strip_prefix(WORLD)?, it)));
    let here = props.place.key();
    let is_world = matches!(props.place, Place::World(_) | Place::Beside { .. });
    html! {
        <div id="worlds-menu" class="worlds-menu" role="dialog" aria-label={names::WORLDS} tabindex="-1">
            <div class="worlds-who"><Who who={props.who.clone()} id="region-menu" dispatch={props.dispatch.clone()} /></div>
            if is_world {
                <label class="worlds-rename">
                    <span>{ names::WORLD_NAME }</span>
                    <input type="text" maxlength="60" value={props.name.clone()} onchange={rename} />
                </label>
            }
            <ul class="worlds-list" aria-label="Worlds in this browser">
                { for worlds.map(|(id, it)| {
                    let current = (here.as_ref() == Some(&it.key)).then_some("page");
                    html! {
                        <li key={id.to_owned()}>
                            <a class="worlds-link" href={format!("#world={id}")} aria-current={current}>
                                <span class="worlds-link-name">{ &it.name }</span>
                                <span class="worlds-steps">{ steps(it.steps) }</span>
                            </a>
                            <button type="button" class="button-icon" aria-label={format!("Delete {}", it.name)} title="Delete"
                                onclick={deed(&props.dispatch, Deed::Delete(it.clone()))}>{ "×" }</button>
                        </li>
                    }
                }) }
            </ul>
            <h2>{ "New world" }</h2>
            <ul class="worlds-new">
                { for STARTERS.iter().enumerate().map(|(place, starter)| html! {
                    <li key={place}>
                        <button type="button" class="pick" onclick={deed(&props.dispatch, Deed::New(place))}>
                            <b>{ starter.name }</b><span class="worlds-steps">{ starter.said }</span>
                        </button>
                    </li>
                }) }
            </ul>
            <div class="worlds-files">
                if is_world {
                    <button key="copy" type="button" class="button" onclick={deed(&props.dispatch, Deed::Copy)}>{ names::DUPLICATE }</button>
                }
                <button key="export" type="button" class="button" onclick={deed(&props.dispatch, Deed::Export)}>{ names::EXPORT }</button>
                <label key="import" class="button worlds-import">
                    { names::IMPORT }
                    <input type="file" class="unseen" accept=".json,application/json" onchange={import} />
                </label>
            </div>
            <p class="worlds-said">{ "Worlds are kept in this browser only. Some browsers clear what a site keeps after a week without a visit: export what you want to have for long. A file can also be dropped anywhere on the page." }</p>
        </div>
    }
}

fn steps(steps: usize) -> String {
    match steps {
        0 => "nothing done".to_owned(),
        1 => "1 step".to_owned(),
        many => format!("{many} steps"),
    }
}

fn link(shared: &Result<String, String>, dispatch: &Dispatch) -> Html {
    let close = {
        let dispatch = dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::Shared(None)))
    };
    html! {
        <div class="worlds-menu worlds-link-box" role="dialog" aria-label={names::SHARE}>
            <div class="worlds-row"><h2>{ "A link to this world" }</h2>
                <button type="button" class="button-icon" aria-label="Close" title="Close (Esc)" onclick={close}>{ "×" }</button>
            </div>
            { match shared {
                Err(why) => html! { <p role="status">{ why }</p> },
                Ok(link) => html! {
                    <>
                        <div class="worlds-row">
                            <input type="text" readonly=true aria-label={names::LINK} value={link.clone()} />
                            <button type="button" class="button button-main" data-copy={link.clone()}>{ "Copy" }</button>
                        </div>
                        <p class="worlds-said" role="status">{ match link.len() {
                            long if long > LONG_LINK => format!("The link has {long} characters, and some programs cut links that long: send the exported file instead if it arrives broken."),
                            short => format!("The link has {short} characters. It holds the whole world; nothing is sent to a server. Whoever opens it gets a copy."),
                        } }</p>
                    </>
                },
            } }
        </div>
    }
}

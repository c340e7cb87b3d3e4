//! The context menu.

use crate::browser;
use crate::editor::Msg;
use crate::editor::keys::SHORTCUTS;
use crate::editor::menu::{Choice, Menu};
use crate::state::{Action, Dispatch};
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::{Callback, Html, Properties, component, html, use_effect_with, use_node_ref};

#[derive(Properties, PartialEq)]
pub struct MenuProps {
    pub menu: Menu,
    pub dispatch: Dispatch,
}

fn item_id(place: usize) -> String {
    format!("menu-{place}")
}

/// The menu, where it was asked for.
#[component]
pub fn MenuView(props: &MenuProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(
            (props.menu.at, props.menu.at_focus),
            move |(at, at_focus)| {
                let at = match (at_focus, browser::focused_place()) {
                    (true, Some(place)) => place,
                    _ => (f64::from(at.0), f64::from(at.1)),
                };
                if let (Some(menu), Some(room)) = (node.cast::<HtmlElement>(), browser::room()) {
                    let within = |at: f64, size: i32, room: f64| {
                        at.min(room - f64::from(size) - 8.0).max(8.0)
                    };
                    let x = within(at.0, menu.offset_width(), room.0);
                    let y = within(at.1, menu.offset_height(), room.1);
                    // Where the style sheet puts it, it is seen too.
                    let _ = menu.style().set_property("left", &format!("{x:.0}px"));
                    let _ = menu.style().set_property("top", &format!("{y:.0}px"));
                }
                browser::focus(&item_id(0));
            },
        );
    }
    let count: usize = props.menu.parts.iter().map(Vec::len).sum();
    let onkeydown = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            let at = (0..count).find(|place| browser::is_focused(&item_id(*place)));
            let at = at.unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowDown" => (at + 1) % count.max(1),
                "ArrowUp" => (at + count.max(1) - 1) % count.max(1),
                "Home" => 0,
                "End" => count.saturating_sub(1),
                "Escape" | "Tab" => {
                    event.prevent_default();
                    event.stop_propagation();
                    dispatch.dispatch(Action::Edit(Msg::Close));
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            browser::focus(&item_id(to));
        })
    };
    // The focus that leaves the menu closes it.
    let onfocusout = {
        let (dispatch, node) = (props.dispatch.clone(), node.clone());
        Callback::from(move |event: web_sys::FocusEvent| {
            let to = event.related_target();
            let to = to.and_then(|it| wasm_bindgen::JsCast::dyn_into::<Element>(it).ok());
            let inside = node
                .cast::<Element>()
                .is_some_and(|menu| to.as_ref().is_some_and(|to| menu.contains(Some(to))));
            if !inside && to.is_some() {
                dispatch.dispatch(Action::Edit(Msg::Close));
            }
        })
    };
    let mut place = 0;
    html! {
        <div class="menu" ref={node} role="menu" aria-label={props.menu.title.clone()} {onkeydown} {onfocusout}>
            <p class="menu-title" role="presentation">{ &props.menu.title }</p>
            { for props.menu.parts.iter().enumerate().map(|(number, part)| html! {
                <div key={number} class="menu-part" role="group">
                    { for part.iter().map(|entry| {
                        let onclick = {
                            let (dispatch, choice) = (props.dispatch.clone(), entry.choice);
                            Callback::from(move |_| dispatch.dispatch(Action::Edit(Msg::Choose(choice))))
                        };
                        let id = item_id(place);
                        place += 1;
                        html! {
                            <button key={entry.label.clone()} {id} type="button" role="menuitem" tabindex="-1" class="menu-item" {onclick}>
                                <span>{ &entry.label }</span>
                                if let Some(keys) = chord(entry.choice) {
                                    <kbd aria-hidden="true">{ keys }</kbd>
                                }
                            </button>
                        }
                    }) }
                </div>
            }) }
        </div>
    }
}

/// The keys that do the same.
fn chord(choice: Choice) -> Option<String> {
    let Choice::Command(command) = choice else {
        return None;
    };
    let row = SHORTCUTS.iter().find(|row| row.does == command)?;
    Some(row.chord.words())
}

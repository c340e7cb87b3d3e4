//! The outline: a tree of everything there is, with the powers of the map.

pub mod rows;

use crate::browser;
use crate::canvas::{glyph_of_kind, icon};
use crate::editor::keys::{self, Chord, Command};
use crate::editor::{Editor, Msg};
use crate::names;
use crate::state::{Action, Dispatch};
use hopwise_cloud::view::Picture;
use hopwise_plan::Kind;
use rows::{Row, label, rows, shown};
use std::collections::BTreeSet;
use std::rc::Rc;
use web_sys::{KeyboardEvent, MouseEvent};
use yew::{Callback, Html, Properties, component, html, use_memo, use_state_eq};

#[derive(Properties)]
pub struct OutlineProps {
    pub picture: Rc<Picture>,
    pub editor: Rc<Editor>,
    pub dispatch: Dispatch,
}

impl PartialEq for OutlineProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.picture, &other.picture) && self.editor.selection == other.editor.selection
    }
}

/// The id that a row has in the document.
pub fn item_id(id: &str) -> String {
    format!("tree-{}", crate::text::token(id))
}

/// The tree.
#[component]
pub fn Outline(props: &OutlineProps) -> Html {
    // Rows that are folded or unfolded, unlike how they begin.
    let turned = use_state_eq(BTreeSet::<String>::new);
    let all = use_memo(props.picture.clone(), |picture| rows(picture));
    let seen = shown(&all, &turned);
    let selected = props.editor.selected();
    // One tab stop: what is selected, else the first row.
    let stop = seen
        .iter()
        .find(|row| Some(row.id.as_str()) == selected)
        .or(seen.first())
        .map(|row| row.id.clone());
    let edit = {
        let dispatch = props.dispatch.clone();
        move |msg: Msg| dispatch.dispatch(Action::Edit(msg))
    };
    let fold = {
        let turned = turned.clone();
        move |row: &Row| {
            let mut next = (*turned).clone();
            if !next.remove(&row.id) {
                next.insert(row.id.clone());
            }
            turned.set(next);
        }
    };
    let onkeydown = {
        let (edit, fold, turned, all) = (edit.clone(), fold.clone(), turned.clone(), all.clone());
        Callback::from(move |event: KeyboardEvent| {
            let seen = shown(&all, &turned);
            let place = seen
                .iter()
                .position(|row| browser::is_focused(&item_id(&row.id)));
            let Some((place, row)) = place.and_then(|at| Some((at, *seen.get(at)?))) else {
                return;
            };
            let open = row.holds && !row.is_folded(&turned);
            let key = event.key();
            let held = event.ctrl_key() || event.meta_key() || event.alt_key();
            let to: Option<&Row> = match key.as_str() {
                _ if held => None,
                "ArrowDown" => seen.get(place + 1).copied(),
                "ArrowUp" => place.checked_sub(1).and_then(|at| seen.get(at)).copied(),
                "Home" => seen.first().copied(),
                "End" => seen.last().copied(),
                "ArrowRight" if row.holds && !open => {
                    fold(row);
                    None
                }
                "ArrowRight" if open => seen.get(place + 1).copied(),
                "ArrowLeft" if open => {
                    fold(row);
                    None
                }
                "ArrowLeft" => seen
                    .iter()
                    .find(|it| Some(&it.id) == row.parent.as_ref())
                    .copied(),
                _ => None,
            };
            let arrows = matches!(
                key.as_str(),
                "ArrowDown" | "ArrowUp" | "ArrowLeft" | "ArrowRight" | "Home" | "End"
            );
            if arrows && !held {
                event.prevent_default();
                if let Some(to) = to {
                    if to.selectable {
                        edit(Msg::Click {
                            id: Some(to.id.clone()),
                            add: false,
                        });
                    }
                    browser::focus(&item_id(&to.id));
                }
                return;
            }
            if key == " " && row.selectable {
                event.prevent_default();
                edit(Msg::Click {
                    id: Some(row.id.clone()),
                    add: true,
                });
                return;
            }
            let lower = match key.chars().count() {
                1 => key.to_lowercase(),
                _ => key,
            };
            let chord = Chord {
                key: &lower,
                command: event.ctrl_key() || event.meta_key(),
                shift: event.shift_key(),
            };
            let found = keys::meaning(chord).filter(|it| !it.everywhere && !event.alt_key());
            let Some(found) = found else {
                return;
            };
            event.prevent_default();
            event.stop_propagation();
            if let (Command::New | Command::Open, Some(kind)) = (found.does, row.makes) {
                edit(make(kind));
                return;
            }
            if row.selectable && found.does != Command::Close && found.does != Command::SelectAll {
                edit(Msg::Focus(row.id.clone()));
            }
            edit(Msg::Do(found.does));
        })
    };
    // Not in what is selected: there the menu and the key N make something.
    let fresh = {
        let edit = edit.clone();
        Callback::from(move |_: MouseEvent| {
            edit(Msg::Click {
                id: None,
                add: false,
            });
            edit(Msg::Do(Command::New));
        })
    };
    html! {
        <div class="outline">
            if all.is_empty() {
                <p class="outline-none">{ "What you make is listed here." }</p>
                <button type="button" class="button" onclick={fresh}>{ icon("#g-vpc") }{ "Make something" }</button>
            } else {
                <button type="button" class="button-small outline-new" aria-haspopup="dialog" onclick={fresh}>{ names::NEW }</button>
                <ul class="tree" role="tree" aria-label={names::OUTLINE} aria-multiselectable="true" {onkeydown}>
                    { for seen.iter().map(|row| {
                        let is = props.editor.is_selected(&row.id);
                        let stops = stop.as_deref() == Some(row.id.as_str());
                        let waits = props.editor.waiting.iter().any(|(id, _)| *id == row.id);
                        item(row, is, waits, stops, row.is_folded(&turned), &edit, &fold)
                    }) }
                </ul>
            }
        </div>
    }
}

/// A new one, in nothing.
fn make(kind: Kind) -> Msg {
    Msg::Placed {
        kind,
        on: None,
        zone: None,
    }
}

fn item(
    row: &Row,
    selected: bool,
    waits: bool,
    stops: bool,
    folded: bool,
    edit: &(impl Fn(Msg) + Clone + 'static),
    fold: &(impl Fn(&Row) + Clone + 'static),
) -> Html {
    let onclick = {
        let (edit, id, selectable) = (edit.clone(), row.id.clone(), row.selectable);
        Callback::from(move |event: MouseEvent| {
            if selectable {
                let add = event.ctrl_key() || event.meta_key() || event.shift_key();
                edit(Msg::Click {
                    id: Some(id.clone()),
                    add,
                });
            }
        })
    };
    let ondblclick = {
        let (edit, id, selectable) = (edit.clone(), row.id.clone(), row.selectable);
        Callback::from(move |_: MouseEvent| {
            if selectable {
                edit(Msg::Open(id.clone()));
            }
        })
    };
    let oncontextmenu = {
        let (edit, id, selectable) = (edit.clone(), row.id.clone(), row.selectable);
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            if selectable {
                edit(Msg::Menu {
                    at: (event.client_x(), event.client_y()),
                    id: Some(id.clone()),
                });
            }
        })
    };
    let more = row.makes.map(|kind| {
        let edit = edit.clone();
        let onclick = Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            edit(make(kind));
        });
        // By keys it is N on the heading.
        html! { <span class="tree-more" aria-hidden="true" title={format!("New {} (N)", kind.bare())} {onclick}>{ "+" }</span> }
    });
    let turn = {
        let (fold, row) = (fold.clone(), row.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            fold(&row);
        })
    };
    let expanded = row.holds.then(|| (!folded).to_string());
    html! {
        <li key={row.id.clone()} id={item_id(&row.id)} role="treeitem" class={format!("tree-item tree-{}", row.level.min(6))}
            aria-level={row.level.to_string()} aria-selected={row.selectable.then(|| selected.to_string())}
            aria-expanded={expanded} aria-label={if waits { format!("{}, {}", label(row), names::WAITING.to_lowercase()) } else { label(row) }} tabindex={if stops { "0" } else { "-1" }}
            {onclick} {ondblclick} {oncontextmenu}>
            <span class="tree-fold" aria-hidden="true" onclick={turn}>
                { if !row.holds { "" } else if folded { "▸" } else { "▾" } }
            </span>
            { icon(glyph_of_kind(row.kind)) }
            <span class={if row.named { "tree-title" } else { "tree-title tree-code" }}>{ &row.title }</span>{ " " }
            <span class="tree-detail">{ &row.detail }</span>
            if waits {
                <span class="tree-waits" title={names::WAITING}>{ "●" }</span>
            }
            { for more }
        </li>
    }
}

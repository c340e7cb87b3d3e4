//! What can be put onto the map: dragged there, or clicked and then clicked there.

use super::glyph;
use crate::canvas::{Lens, icon};
use crate::editor::{Msg, Tool, menu_word};
use crate::names;
use crate::state::{Action, Dispatch};
use hopwise_plan::{Kind, Place};
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};
use yew::{AttrValue, Callback, Html, Properties, component, html};

#[derive(Properties, PartialEq)]
pub struct PaletteProps {
    pub tool: Tool,
    pub selected: Option<AttrValue>,
    pub lens: Lens,
    pub dispatch: Dispatch,
}

/// The word below a glyph, which is a part of the whole name.
fn short(kind: Kind) -> &'static str {
    match kind {
        Kind::Vpc => "VPC",
        Kind::Subnet => "Subnet",
        Kind::Instance => "Instance",
        Kind::InternetGateway => "Gateway",
        Kind::RouteTable => "Route table",
        Kind::SecurityGroup => "Group",
        Kind::NetworkAcl => "ACL",
        Kind::ElasticIp => "Address",
        Kind::NetworkInterface => "Interface",
        _ => "Bucket",
    }
}

/// The palette: one tab stop, arrows within.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let dispatch = props.dispatch.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let kinds = Kind::palette();
        let by = match event.key().as_str() {
            "ArrowDown" | "ArrowRight" => 1,
            "ArrowUp" | "ArrowLeft" => kinds.len() - 1,
            "Escape" => {
                dispatch.dispatch(Action::Edit(Msg::Close));
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let at = kinds
            .iter()
            .position(|kind| crate::browser::is_focused(&id(*kind)));
        let next = at.map(|at| (at + by) % kinds.len());
        if let Some(kind) = next.and_then(|next| kinds.get(next)) {
            crate::browser::focus(&id(*kind));
        }
    });
    let held = match &props.tool {
        Tool::Place(kind) => Some(*kind),
        _ => None,
    };
    html! {
        <div class="palette" role="toolbar" aria-label={names::PALETTE} aria-orientation="vertical" {onkeydown}>
            { for Kind::palette().iter().copied().enumerate().map(|(place, kind)| {
                let onpointerdown = {
                    let lens = props.lens.clone();
                    Callback::from(move |event: PointerEvent| lens.carry(kind, &event))
                };
                // Only keys and screen readers click without a pointer: it is made at once, in
                // what is selected.
                let onclick = {
                    let (dispatch, on) = (props.dispatch.clone(), props.selected.clone());
                    Callback::from(move |event: MouseEvent| {
                        if event.detail() == 0 {
                            let on = on.as_deref().map(str::to_owned);
                            let place = Place { on, zone: None };
                            dispatch.dispatch(Action::Edit(Msg::Placed { kind, on: place.on, zone: None }));
                        }
                    })
                };
                let label = format!("New {}", kind.bare());
                let hint = format!("{}: drag it onto the map, or click and then click there", menu_word(kind));
                let held = held == Some(kind);
                html! {
                    <button key={kind.word()} id={id(kind)} type="button" class="palette-item" aria-label={label} title={hint}
                        aria-pressed={held.to_string()} tabindex={if place == 0 { "0" } else { "-1" }} {onpointerdown} {onclick}>
                        { icon(glyph(kind)) }<span>{ short(kind) }</span>
                    </button>
                }
            }) }
        </div>
    }
}

fn id(kind: Kind) -> String {
    format!("new-{}", kind.word())
}

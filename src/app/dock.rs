//! The dock below the map: terminal, trace, history.

use crate::browser;
use crate::canvas::layout::Scene;
use crate::consts::DOCK;
use crate::history::History;
use crate::names;
use crate::sentence::Labels;
use crate::state::{Action, Completer, Dispatch, Row, Tab};
use crate::terminal::{Console, TerminalPanel};
use crate::trace::{Player, Trace, TracePanel};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};
use yew::{
    Callback, Html, Properties, component, html, use_effect_with, use_mut_ref, use_node_ref,
};

/// Where the browser keeps the height.
const HEIGHT_KEY: &str = "hopwise.dock";

/// The handle that changes it.
const HANDLE: &str = "dock-handle";

/// Sets the height of the dock; the grid reads it from the root.
fn set_height(height: i32) -> i32 {
    let height = height.clamp(DOCK.0, DOCK.1);
    if let Some(app) = browser::by_id("app") {
        // Without it the dock has the height of the style sheet.
        let _ = app.style().set_property("--dock", &format!("{height}px"));
    }
    if let Some(handle) = browser::element(HANDLE) {
        let _ = handle.set_attribute("aria-valuenow", &height.to_string());
    }
    browser::keep(HEIGHT_KEY, &height.to_string());
    height
}

#[derive(Properties)]
pub struct DockProps {
    pub open: Tab,
    pub console: Rc<Console>,
    pub completer: Completer,
    pub rows: Rc<Vec<Row>>,
    pub trace: Rc<Trace>,
    pub scene: Rc<Scene>,
    pub labels: Rc<Labels>,
    pub playing: bool,
    pub player: Player,
    pub dispatch: Dispatch,
}

impl PartialEq for DockProps {
    fn eq(&self, other: &Self) -> bool {
        self.open == other.open
            && self.playing == other.playing
            && Rc::ptr_eq(&self.console, &other.console)
            && Rc::ptr_eq(&self.rows, &other.rows)
            && Rc::ptr_eq(&self.trace, &other.trace)
            && Rc::ptr_eq(&self.scene, &other.scene)
    }
}

const TABS: [Tab; 3] = [Tab::Terminal, Tab::Trace, Tab::History];

/// The dock.
#[component]
pub fn Dock(props: &DockProps) -> Html {
    let dock = use_node_ref();
    let drag = use_mut_ref(|| None::<(i32, i32)>);
    use_effect_with((), |()| {
        if let Some(height) = browser::kept(HEIGHT_KEY).and_then(|text| text.parse().ok()) {
            set_height(height);
        }
    });
    let height = {
        let dock = dock.clone();
        move || {
            dock.cast::<HtmlElement>()
                .map_or(DOCK.0, |dock| dock.offset_height())
        }
    };
    let onpointerdown = {
        let (drag, height) = (drag.clone(), height.clone());
        Callback::from(move |event: PointerEvent| {
            *drag.borrow_mut() = Some((event.client_y(), height()));
            let target = event.target();
            let handle = target.and_then(|it| it.dyn_into::<web_sys::Element>().ok());
            if let Some(handle) = handle {
                // Without the capture the drag ends at the handle's edge.
                let _ = handle.set_pointer_capture(event.pointer_id());
            }
        })
    };
    let onpointermove = {
        let drag = drag.clone();
        Callback::from(move |event: PointerEvent| {
            if let Some((start, height)) = *drag.borrow() {
                set_height(height + start - event.client_y());
            }
        })
    };
    let onpointerup = Callback::from(move |_: PointerEvent| {
        drag.borrow_mut().take();
    });
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowUp" => DOCK.3,
            "ArrowDown" => -DOCK.3,
            _ => return,
        };
        event.prevent_default();
        set_height(height() + step);
    });
    let switch = {
        let (dispatch, open) = (props.dispatch.clone(), props.open);
        Callback::from(move |event: KeyboardEvent| {
            let by = match event.key().as_str() {
                "ArrowRight" => 1,
                "ArrowLeft" => TABS.len() - 1,
                _ => return,
            };
            event.prevent_default();
            let place = TABS.iter().position(|tab| *tab == open).unwrap_or(0);
            if let Some(tab) = TABS.get((place + by) % TABS.len()) {
                dispatch.dispatch(Action::Show(*tab));
                browser::focus(&format!("tab-{}", tab.word()));
            }
        })
    };
    let tab = |tab: Tab| {
        let dispatch = props.dispatch.clone();
        let onclick = Callback::from(move |_| dispatch.dispatch(Action::Show(tab)));
        let open = props.open == tab;
        html! {
            <button key={tab.word()} id={format!("tab-{}", tab.word())} class="tab" type="button" role="tab"
                aria-selected={open.to_string()} aria-controls={format!("panel-{}", tab.word())}
                tabindex={if open { "0" } else { "-1" }} {onclick}>{ tab.name() }</button>
        }
    };
    let panel = |tab: Tab, inside: Html| {
        html! {
            <div key={tab.word()} id={format!("panel-{}", tab.word())} class="dock-panel" role="tabpanel"
                aria-labelledby={format!("tab-{}", tab.word())} hidden={props.open != tab}>{ inside }</div>
        }
    };
    html! {
        <section class="panel panel-dock" aria-label={names::DOCK} ref={dock}>
            <div class="dock-handle" role="separator" aria-orientation="horizontal" aria-label="Height of the dock" id={HANDLE}
                aria-valuemin={DOCK.0.to_string()} aria-valuemax={DOCK.1.to_string()} aria-valuenow={DOCK.2.to_string()}
                tabindex="0" {onpointerdown} {onpointermove} {onpointerup} {onkeydown} />
            <div class="dock-tabs" role="tablist" aria-label="Dock" onkeydown={switch}>
                { for TABS.into_iter().map(tab) }
            </div>
            { panel(Tab::Terminal, html! { <TerminalPanel console={props.console.clone()} completer={props.completer.clone()} dispatch={props.dispatch.clone()} /> }) }
            { panel(Tab::Trace, html! { <TracePanel trace={props.trace.clone()} scene={props.scene.clone()} labels={props.labels.clone()}
                playing={props.playing} player={props.player.clone()} dispatch={props.dispatch.clone()} /> }) }
            { panel(Tab::History, html! { <History rows={props.rows.clone()} open={props.open == Tab::History} /> }) }
        </section>
    }
}

//! The map's element: pointer, wheel and keys. The camera moves without a rendering.

use super::camera::Camera;
use super::layout::Scene;
use super::scene::{Drawing, element_id};
use crate::browser;
use crate::canvas::icon;
use crate::consts::*;
use crate::names;
use crate::state::{Action, Dispatch};
use crate::trace::Stage;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent, WheelEvent};
use yew::{
    AttrValue, Callback, Html, NodeRef, Properties, component, html, use_effect_with, use_mut_ref,
    use_node_ref,
};

/// What the hand does meanwhile.
#[derive(Debug, Default)]
struct Hand {
    camera: Camera,
    /// Has the student moved the camera? Then it stays where it is put.
    own: bool,
    /// Fingers and pointers that are down.
    pointers: Vec<(i32, (f64, f64))>,
    /// Where the first one went down.
    start: (f64, f64),
    dragged: bool,
    settle: Option<Timeout>,
}

/// The moving parts of the map.
#[derive(Clone)]
struct Lens {
    view: NodeRef,
    plane: NodeRef,
    hand: Rc<RefCell<Hand>>,
}

impl Lens {
    fn size(&self) -> Option<(f64, f64)> {
        let view = self.view.cast::<Element>()?;
        let size = (
            f64::from(view.client_width()),
            f64::from(view.client_height()),
        );
        // Hidden behind another tab of a phone it has none.
        (size.0 > 0.0 && size.1 > 0.0).then_some(size)
    }

    /// How much of it the inspector leaves free, where it lies over the map.
    fn free(&self) -> Option<(f64, f64)> {
        let size = self.size()?;
        let view = self.view.cast::<Element>()?.get_bounding_client_rect();
        let Some(over) = browser::element("inspector").map(|it| it.get_bounding_client_rect())
        else {
            return Some(size);
        };
        let beside = over.left() - view.left();
        let above = over.top() - view.top();
        Some(match (beside > 0.0, above > 0.0) {
            (true, _) => (size.0.min(beside), size.1),
            (false, true) => (size.0, size.1.min(above)),
            (false, false) => size,
        })
    }

    /// Moves the camera. `glides` for what the page does, not for a hand that drags.
    fn set(&self, camera: Camera, glides: bool) {
        let Some(plane) = self.plane.cast::<HtmlElement>() else {
            return;
        };
        let list = plane.class_list();
        // A class that can't be set costs the glide only.
        let _ = list.toggle_with_force("glides", glides);
        let _ = list.toggle_with_force("moving", !glides);
        let _ = list.toggle_with_force("far", camera.zoom < TEXT_ZOOM);
        let _ = plane.style().set_property("transform", &camera.css());
        let mut hand = self.hand.borrow_mut();
        hand.camera = camera;
        let still = plane.clone();
        hand.settle = Some(Timeout::new(150, move || {
            let _ = still.class_list().remove_1("moving");
        }));
    }

    fn camera(&self) -> Camera {
        self.hand.borrow().camera
    }

    fn fit(&self, scene: &Scene, glides: bool) {
        self.hand.borrow_mut().own = false;
        if let Some(size) = self.size() {
            let map = (f64::from(scene.width), f64::from(scene.height));
            self.set(Camera::fitted((size.0, size.1 - FIT_FOOT), map), glides);
        }
    }

    fn zoom(&self, factor: f64, at: Option<(f64, f64)>, glides: bool) {
        let Some(size) = self.size() else {
            return;
        };
        self.hand.borrow_mut().own = true;
        let at = at.unwrap_or((size.0 / 2.0, size.1 / 2.0));
        self.set(self.camera().zoomed(factor, at), glides);
    }

    fn pan(&self, x: f64, y: f64) {
        self.hand.borrow_mut().own = true;
        self.set(self.camera().moved(x, y), false);
    }

    /// A place of the window as a place of the view.
    fn local(&self, x: i32, y: i32) -> (f64, f64) {
        let corner = self.view.cast::<Element>().map_or((0.0, 0.0), |view| {
            let rect = view.get_bounding_client_rect();
            (rect.left(), rect.top())
        });
        (f64::from(x) - corner.0, f64::from(y) - corner.1)
    }

    fn down(&self, event: &PointerEvent) {
        let mut hand = self.hand.borrow_mut();
        let at = (f64::from(event.client_x()), f64::from(event.client_y()));
        if hand.pointers.is_empty() {
            hand.start = at;
            hand.dragged = false;
        }
        hand.pointers.retain(|(id, _)| *id != event.pointer_id());
        hand.pointers.push((event.pointer_id(), at));
    }

    fn moves(&self, event: &PointerEvent) {
        let at = (f64::from(event.client_x()), f64::from(event.client_y()));
        let (before, pinched) = {
            let mut hand = self.hand.borrow_mut();
            let start = hand.start;
            let Some(place) = hand
                .pointers
                .iter()
                .position(|(id, _)| *id == event.pointer_id())
            else {
                return;
            };
            let away = (at.0 - start.0).hypot(at.1 - start.1);
            if !hand.dragged && away < DRAG_AFTER {
                return;
            }
            if !hand.dragged {
                hand.dragged = true;
                if let Some(view) = self.view.cast::<Element>() {
                    // Without the capture a drag ends at the view's edge, and no more.
                    let _ = view.set_pointer_capture(event.pointer_id());
                }
            }
            let other = hand
                .pointers
                .iter()
                .find(|(id, _)| *id != event.pointer_id())
                .map(|(_, at)| *at);
            let Some((_, held)) = hand.pointers.get_mut(place) else {
                return;
            };
            let before = *held;
            *held = at;
            (before, other)
        };
        match pinched {
            Some(other) => {
                let apart = |it: (f64, f64)| (it.0 - other.0).hypot(it.1 - other.1).max(1.0);
                let middle = self.local(
                    ((at.0 + other.0) / 2.0) as i32,
                    ((at.1 + other.1) / 2.0) as i32,
                );
                self.pan((at.0 - before.0) / 2.0, (at.1 - before.1) / 2.0);
                self.zoom(apart(at) / apart(before), Some(middle), false);
            }
            None => self.pan(at.0 - before.0, at.1 - before.1),
        }
    }

    /// Was it a click?
    fn up(&self, event: &PointerEvent) -> bool {
        let mut hand = self.hand.borrow_mut();
        let known = hand
            .pointers
            .iter()
            .any(|(id, _)| *id == event.pointer_id());
        hand.pointers.retain(|(id, _)| *id != event.pointer_id());
        known && !hand.dragged && hand.pointers.is_empty()
    }
}

/// What a key on the map means.
fn walk(scene: &Scene, selected: Option<&str>, key: &str) -> Option<AttrValue> {
    let Some(at) = selected.filter(|id| scene.find(id).is_some()) else {
        // The first thing of one's own, else what is outside.
        let outer = scene.children(None);
        let vpc = outer.iter().find(|item| item.parent.is_some());
        return vpc.or(outer.first()).map(|item| item.id.clone().into());
    };
    let container = scene.container(at).map(|item| item.id.as_str());
    let siblings = scene.children(container);
    let place = siblings.iter().position(|item| item.id == at)?;
    let item = match key {
        "ArrowUp" => return container.map(|id| id.to_owned().into()),
        "ArrowDown" => scene.children(Some(at)).first().copied(),
        "ArrowLeft" => place
            .checked_sub(1)
            .and_then(|place| siblings.get(place))
            .copied(),
        "ArrowRight" => siblings.get(place + 1).copied(),
        "Home" => siblings.first().copied(),
        "End" => siblings.last().copied(),
        _ => None,
    };
    item.map(|item| item.id.clone().into())
}

#[derive(Properties, PartialEq)]
pub struct CanvasProps {
    pub scene: Rc<Scene>,
    pub selected: Option<AttrValue>,
    pub stage: Stage,
    pub dispatch: Dispatch,
}

/// The map with its buttons.
#[component]
pub fn Canvas(props: &CanvasProps) -> Html {
    let (view, plane) = (use_node_ref(), use_node_ref());
    let lens = Lens {
        view: view.clone(),
        plane: plane.clone(),
        hand: use_mut_ref(Hand::default),
    };
    let scene = &props.scene;

    // A new map is fitted as long as nobody moved the camera, and when the view changes its size.
    {
        let lens = lens.clone();
        use_effect_with(scene.clone(), move |scene| {
            let own = lens.hand.borrow().own;
            if !own {
                lens.fit(scene, false);
            }
            let watched = lens.view.cast::<Element>();
            let scene = scene.clone();
            browser::on_resize(watched, move || {
                let own = lens.hand.borrow().own;
                if !own {
                    lens.fit(&scene, false);
                }
            })
        });
    }
    // What was selected comes into view, and has the focus if the map had it.
    {
        let lens = lens.clone();
        let scene = scene.clone();
        use_effect_with(props.selected.clone(), move |selected| {
            let item = selected.as_deref().and_then(|id| scene.find(id));
            if let Some(view) = lens.view.cast::<Element>().filter(browser::holds_focus) {
                let node = item.and_then(|item| browser::element(&element_id(&item.id)));
                browser::focus_still(&node.unwrap_or(view));
            }
            if let (Some(item), Some(size)) = (item, lens.free()) {
                let camera = lens.camera();
                let shown = camera.showing(item.rect, size);
                if shown != camera {
                    lens.set(shown, true);
                }
            }
        });
    }

    let onpointerdown = {
        let lens = lens.clone();
        Callback::from(move |event: PointerEvent| lens.down(&event))
    };
    let onpointermove = {
        let lens = lens.clone();
        Callback::from(move |event: PointerEvent| lens.moves(&event))
    };
    let onpointerup = {
        let (lens, dispatch) = (lens.clone(), props.dispatch.clone());
        Callback::from(move |event: PointerEvent| {
            if lens.up(&event) && event.button() == 0 {
                let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
                let node = target.and_then(|it| it.closest("[data-node]").ok().flatten());
                let id = node.and_then(|node| node.get_attribute("data-node"));
                dispatch.dispatch(Action::Select(id.map(AttrValue::from)));
            }
        })
    };
    let onpointercancel = {
        let lens = lens.clone();
        Callback::from(move |event: PointerEvent| {
            lens.up(&event);
        })
    };
    let onwheel = {
        let lens = lens.clone();
        Callback::from(move |event: WheelEvent| {
            event.prevent_default();
            let at = lens.local(event.client_x(), event.client_y());
            // A wheel that counts lines moves by less than one that counts pixels.
            let unit = if event.delta_mode() == 1 { 16.0 } else { 1.0 };
            if event.ctrl_key() || event.meta_key() {
                // A pinch on a touchpad arrives so too, in small steps.
                let factor = (-event.delta_y() * unit * WHEEL_ZOOM).exp();
                lens.zoom(factor, Some(at), false);
            } else if event.shift_key() && event.delta_x() == 0.0 {
                lens.pan(-event.delta_y() * unit, 0.0);
            } else {
                lens.pan(-event.delta_x() * unit, -event.delta_y() * unit);
            }
        })
    };
    let onkeydown = {
        let (lens, dispatch) = (lens.clone(), props.dispatch.clone());
        let (scene, selected) = (scene.clone(), props.selected.clone());
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            let command = event.ctrl_key() || event.meta_key();
            match key.as_str() {
                "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" if command => {
                    let (x, y) = match key.as_str() {
                        "ArrowUp" => (0.0, PAN_STEP),
                        "ArrowDown" => (0.0, -PAN_STEP),
                        "ArrowLeft" => (PAN_STEP, 0.0),
                        _ => (-PAN_STEP, 0.0),
                    };
                    lens.pan(x, y);
                }
                "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
                    if let Some(id) = walk(&scene, selected.as_deref(), &key) {
                        dispatch.dispatch(Action::Select(Some(id)));
                    }
                }
                "Enter" if selected.is_some() => dispatch.dispatch(Action::OpenInspector),
                "Escape" => dispatch.dispatch(Action::Select(None)),
                "+" | "=" => lens.zoom(ZOOM_STEP, None, true),
                "-" => lens.zoom(1.0 / ZOOM_STEP, None, true),
                _ if event.shift_key() && event.code() == "Digit1" => lens.fit(&scene, true),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let button = |name: &'static str, sign: &'static str, act: fn(&Lens, &Scene)| {
        let (lens, scene) = (lens.clone(), scene.clone());
        let onclick = Callback::from(move |_| act(&lens, &scene));
        html! {
            <button class="button-icon" type="button" aria-label={name} title={name} {onclick}>{ sign }</button>
        }
    };
    // One tab stop: the selected thing, else the map.
    let selected = props.selected.as_deref();
    let on_map = selected.is_some_and(|id| scene.find(id).is_some());
    html! {
        <div class={if scene.is_empty() { "map map-none" } else { "map" }}>
            <div class="map-view" ref={view} role="graphics-document" aria-roledescription="map"
                aria-label={names::NETWORK} tabindex={if on_map { "-1" } else { "0" }} aria-describedby="map-help"
                {onpointerdown} {onpointermove} {onpointerup} {onpointercancel} {onwheel} {onkeydown}>
                <div class="map-plane" ref={plane}>
                    <svg class="map-drawing" width={scene.width.to_string()} height={scene.height.to_string()}>
                        <Drawing scene={scene.clone()} selected={props.selected.clone()} stage={props.stage.clone()} />
                        { props.stage.packet() }
                    </svg>
                </div>
            </div>
            <p id="map-help" class="unseen">
                { "Arrow keys go from thing to thing: up to the container, down to the first thing inside, left and right to the neighbours. Enter shows the details." }
            </p>
            <div class="map-tools" role="group" aria-label="View">
                { button(names::ZOOM_OUT, "−", |lens, _| lens.zoom(1.0 / ZOOM_STEP, None, true)) }
                { button(names::ZOOM_IN, "+", |lens, _| lens.zoom(ZOOM_STEP, None, true)) }
                { button(names::FIT, "⤢", |lens, scene| lens.fit(scene, true)) }
            </div>
            <ul class="map-legend" aria-label="Legend">
                <li><span class="swatch swatch-public" />{ "public subnet" }</li>
                <li><span class="swatch swatch-private" />{ "private subnet" }</li>
                <li><svg width="28" height="8" aria-hidden="true"><path class="edge edge-traffic" d="M0 4H28" /></svg>{ "traffic" }</li>
                <li><svg width="28" height="8" aria-hidden="true"><path class="edge edge-relation edge-forward" d="M0 4H28" /></svg>{ "relation" }</li>
            </ul>
            if scene.is_empty() {
                <div class="map-empty">
                    <p>{ "Nothing here yet. A network begins with a VPC, a range of addresses of your own:" }</p>
                    <code>{ EXAMPLE }</code>
                    <button class="button" type="button" data-put={EXAMPLE}>
                        { icon("#g-vpc") }{ names::PUT_IN_TERMINAL }
                    </button>
                </div>
            }
        </div>
    }
}

/// The living example of an empty world.
const EXAMPLE: &str = "aws ec2 create-vpc --cidr-block 10.0.0.0/16";

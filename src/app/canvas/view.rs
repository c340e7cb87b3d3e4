//! The map's element: pointer, wheel and keys become events of the hand, and what it strokes is
//! painted without a rendering.

use super::camera::Camera;
use super::edges::{elbow, path};
use super::layout::{Rect, Scene};
use super::scene::{Drawing, edge_id, element_id};
use crate::browser;
use crate::canvas::icon;
use crate::consts::*;
use crate::editor::hand::{Button, Event, Hand, Pointer, Stroke, Work};
use crate::editor::keys::{self, Chord, Command};
use crate::editor::parts::{Palette, command};
use crate::editor::target::Guide;
use crate::editor::{Editor, Look, Msg, Tool};
use crate::names;
use crate::state::{Action, Dispatch};
use crate::trace::Stage;
use gloo_timers::callback::{Interval, Timeout};
use hopwise_plan::Kind;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent, WheelEvent};
use yew::{
    AttrValue, Callback, Html, NodeRef, Properties, component, html, use_effect_with, use_mut_ref,
    use_node_ref,
};

/// What is drawn over the map while something is held.
const BAND: &str = "map-band";
const WIRE: &str = "map-wire";
/// The card that is dragged, once more above all others.
const HELD: &str = "map-held";
const GUIDES: &str = "map-guides";
/// What would come of letting go, beside the pointer.
const VERDICT: &str = "map-verdict";

/// A part of the window: its corner and its size.
#[derive(Clone, Copy)]
struct Frame {
    corner: (f64, f64),
    size: (f64, f64),
}

/// What does not hang on a rendering.
#[derive(Default)]
struct Beside {
    hand: RefCell<Hand>,
    space: Cell<bool>,
    settle: RefCell<Option<Timeout>>,
    /// Where the view stands in the window. Asking the browser in the midst of a gesture makes it
    /// lay out what was just painted.
    frame: Cell<Option<Frame>>,
    beat: RefCell<Option<Interval>>,
    /// How often the focus was wished onto the map so far.
    focused: Cell<usize>,
    /// The thing onto which something was put last.
    touched: RefCell<Option<String>>,
    /// What the last rendering knew.
    scene: RefCell<Rc<Scene>>,
    editor: RefCell<Rc<Editor>>,
}

/// The moving parts of the map.
#[derive(Clone)]
pub struct Lens {
    view: NodeRef,
    plane: NodeRef,
    beside: Rc<RefCell<Beside>>,
    dispatch: Dispatch,
}

impl PartialEq for Lens {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.beside, &other.beside)
    }
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

impl Lens {
    fn frame(&self) -> Option<Frame> {
        let beside = self.beside.borrow();
        if let Some(frame) = beside.frame.get() {
            return Some(frame);
        }
        let rect = self.view.cast::<Element>()?.get_bounding_client_rect();
        let frame = Frame {
            corner: (rect.left(), rect.top()),
            size: (rect.width(), rect.height()),
        };
        beside.frame.set(Some(frame));
        Some(frame)
    }

    /// The page may stand otherwise now: the next question goes to the browser.
    fn reframe(&self) {
        self.beside.borrow().frame.set(None);
    }

    fn size(&self) -> Option<(f64, f64)> {
        let size = self.frame()?.size;
        // Hidden behind another tab of a phone it has none.
        (size.0 > 0.0 && size.1 > 0.0).then_some(size)
    }

    /// How much of it the inspector and a dialog leave free, where they lie over the map.
    fn free(&self) -> Option<(f64, f64)> {
        self.reframe();
        let (size, corner) = (self.size()?, self.frame()?.corner);
        // What one did, the legend and the buttons take the foot.
        let size = (size.0, size.1 - FIT_FOOT);
        let covers = browser::all("#inspector, .ask");
        let rects = covers.into_iter().map(|it| it.get_bounding_client_rect());
        // What stands beside the map covers nothing of it.
        let rects = rects.filter(|over| {
            let (left, top) = (over.left() - corner.0, over.top() - corner.1);
            let (right, bottom) = (over.right() - corner.0, over.bottom() - corner.1);
            left < size.0 && right > 0.0 && top < size.1 && bottom > 0.0
        });
        Some(rects.fold(size, |size, over| {
            let beside = over.left() - corner.0;
            let above = over.top() - corner.1;
            match (beside > size.0 / 4.0, above > 0.0) {
                (true, _) => (size.0.min(beside), size.1),
                (false, true) => (size.0, size.1.min(above)),
                (false, false) => size,
            }
        }))
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
        let beside = self.beside.borrow();
        beside.hand.borrow_mut().camera = camera;
        let still = plane.clone();
        let lens = self.clone();
        *beside.settle.borrow_mut() = Some(Timeout::new(150, move || {
            lens.reframe();
            let _ = still.class_list().remove_1("moving");
        }));
    }

    fn camera(&self) -> Camera {
        self.beside.borrow().hand.borrow().camera
    }

    fn owned(&self) -> bool {
        self.beside.borrow().hand.borrow().own
    }

    fn own(&self, own: bool) {
        self.beside.borrow().hand.borrow_mut().own = own;
    }

    fn fit(&self, rect: Rect, glides: bool) {
        if let Some(size) = self.size() {
            let camera = Camera::fitted(
                (size.0, size.1 - FIT_FOOT),
                (f64::from(rect.w), f64::from(rect.h)),
            );
            let shift = (
                f64::from(rect.x) * camera.zoom,
                f64::from(rect.y) * camera.zoom,
            );
            self.set(camera.moved(-shift.0, -shift.1), glides);
        }
    }

    fn fit_all(&self, scene: &Scene, glides: bool) {
        self.own(false);
        self.fit(
            Rect {
                x: 0,
                y: 0,
                w: scene.width,
                h: scene.height,
            },
            glides,
        );
    }

    /// Brings a thing to where nothing covers it, unless it is in a hand.
    fn show(&self, scene: &Scene, id: Option<&str>) {
        // What has no box of its own was put onto what has one.
        let touched = self.beside.borrow().touched.borrow().clone();
        let item = id.or(touched.as_deref()).and_then(|id| scene.find(id));
        let item = item.or_else(|| scene.find(touched.as_deref()?));
        // What is dragged stays under the pointer.
        let held = self.beside.borrow().hand.borrow().is_busy();
        if let (Some(item), Some(size), false) = (item, self.free(), held) {
            let camera = self.camera();
            let shown = camera.showing(item.rect, size);
            if shown != camera {
                self.set(shown, true);
            }
        }
    }

    /// Fits the map as long as nobody moved the camera, with what is selected in sight.
    fn refit(&self, scene: &Scene, glides: bool) {
        self.reframe();
        let held = self.beside.borrow().hand.borrow().is_busy();
        if self.owned() || held {
            return;
        }
        self.fit_all(scene, glides);
        let editor = self.beside.borrow().editor.borrow().clone();
        self.show(scene, editor.selected());
    }

    fn zoom(&self, factor: f64, at: Option<(f64, f64)>, glides: bool) {
        let Some(size) = self.size() else {
            return;
        };
        self.own(true);
        let at = at.unwrap_or((size.0 / 2.0, size.1 / 2.0));
        self.set(self.camera().zoomed(factor, at), glides);
    }

    fn pan(&self, x: f64, y: f64) {
        self.own(true);
        self.set(self.camera().moved(x, y), false);
    }

    fn see(&self, scene: &Scene, selection: &[String], look: Look) {
        match look {
            Look::Everything => self.fit_all(scene, true),
            Look::Selection => {
                let rects = selection.iter().filter_map(|id| scene.find(id));
                let all = rects.map(|item| item.rect).reduce(|one, other| {
                    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
                    Rect {
                        x,
                        y,
                        w: one.right().max(other.right()) - x,
                        h: one.bottom().max(other.bottom()) - y,
                    }
                });
                match all {
                    Some(rect) => {
                        self.own(true);
                        let roomy = Rect {
                            x: rect.x - MARGIN,
                            y: rect.y - MARGIN,
                            w: rect.w + 2 * MARGIN,
                            h: rect.h + 2 * MARGIN,
                        };
                        self.fit(roomy, true);
                    }
                    None => self.fit_all(scene, true),
                }
            }
            Look::Closer => self.zoom(ZOOM_STEP, None, true),
            Look::Further => self.zoom(1.0 / ZOOM_STEP, None, true),
            Look::TrueSize => self.zoom(1.0 / self.camera().zoom, None, true),
            Look::Pan(x, y) => {
                let step = |it: i32| f64::from(it.signum()) * PAN_STEP;
                self.pan(step(x), step(y));
            }
        }
    }

    /// A place of the window as a place of the view.
    fn local(&self, x: i32, y: i32) -> (f64, f64) {
        let corner = self.frame().map_or((0.0, 0.0), |frame| frame.corner);
        (f64::from(x) - corner.0, f64::from(y) - corner.1)
    }

    /// A place of the view as a place of the window.
    fn in_window(&self, at: (i32, i32)) -> (i32, i32) {
        let (x, y) = self.local(0, 0);
        (at.0 - x as i32, at.1 - y as i32)
    }

    fn pointer(&self, event: &PointerEvent) -> Pointer {
        Pointer {
            id: event.pointer_id(),
            at: self.local(event.client_x(), event.client_y()),
            button: match event.button() {
                1 => Button::Middle,
                2 => Button::Second,
                _ => Button::Main,
            },
            adds: event.shift_key() || event.ctrl_key() || event.meta_key(),
            names: event.alt_key(),
            pans: self.beside.borrow().space.get(),
            touch: event.pointer_type() == "touch",
            time: event.time_stamp(),
        }
    }

    /// The hand takes an event; what comes of it is painted and told.
    fn feed(&self, event: Event) {
        let work = {
            let beside = self.beside.borrow();
            let (scene, editor) = (
                beside.scene.borrow().clone(),
                beside.editor.borrow().clone(),
            );
            let mut hand = beside.hand.borrow_mut();
            hand.size = self.size().unwrap_or_default();
            hand.take(&scene, &editor.selection, &editor.tool, event)
        };
        self.work(work);
        self.keep_time();
    }

    fn work(&self, work: Work) {
        for stroke in work.strokes {
            self.paint(stroke);
        }
        for message in work.messages {
            if let Msg::Placed { on, .. } | Msg::Dropped { on, .. } | Msg::Wired { to: on, .. } =
                &message
            {
                self.beside.borrow().touched.replace(on.clone());
            }
            let message = match message {
                Msg::Menu { at, id } => Msg::Menu {
                    at: self.in_window(at),
                    id,
                },
                message => message,
            };
            self.dispatch.dispatch(Action::Edit(message));
        }
    }

    /// While something is held, time counts: for the long press, and for panning at the edge.
    fn keep_time(&self) {
        let beside = self.beside.borrow();
        let busy = beside.hand.borrow().waits();
        let mut beat = beside.beat.borrow_mut();
        if busy && beat.is_none() {
            let lens = self.clone();
            *beat = Some(Interval::new(16, move || {
                lens.feed(Event::Tick(browser::now()));
            }));
        } else if !busy {
            // It may be this very beat that ends it: then it is dropped after it has run.
            if let Some(beat) = beat.take() {
                Timeout::new(0, move || drop(beat)).forget();
            }
        }
    }

    fn paint(&self, stroke: Stroke) {
        let write = |id: &str, name: &str, value: &str| {
            if let Some(element) = browser::element(id) {
                // What can't be painted is missing for a moment, and no more.
                let _ = element.set_attribute(name, value);
            }
        };
        match stroke {
            Stroke::Camera(camera) => self.set(camera, false),
            Stroke::Shift(ids, by) => self.shift(&ids, by),
            Stroke::Band(rect) => {
                let rect = rect.unwrap_or_default();
                write(BAND, "x", &rect.x.to_string());
                write(BAND, "y", &rect.y.to_string());
                write(BAND, "width", &rect.w.to_string());
                write(BAND, "height", &rect.h.to_string());
            }
            Stroke::Wire(ends) => {
                let d = ends.map_or(String::new(), |((x, y), (to_x, to_y))| {
                    let bend = ((to_x - x).abs() / 2.0).max(24.0);
                    format!(
                        "M{} {}C{} {} {} {} {} {}",
                        number(x),
                        number(y),
                        number(x + bend),
                        number(y),
                        number(to_x - bend),
                        number(to_y),
                        number(to_x),
                        number(to_y)
                    )
                });
                write(WIRE, "d", &d);
            }
            Stroke::Guides(guides) => {
                let scene = self.beside.borrow().scene.borrow().clone();
                let d: String = guides
                    .into_iter()
                    .map(|guide| match guide {
                        Guide::Upright(x) => format!("M{x} 0V{}", scene.height),
                        Guide::Level(y) => format!("M0 {y}H{}", scene.width),
                    })
                    .collect();
                write(GUIDES, "d", &d);
            }
            Stroke::Follow(at) => {
                let Some(tip) = browser::by_id(VERDICT) else {
                    return;
                };
                let (x, y) = at.unwrap_or((0.0, 0.0));
                let wide = self.size().unwrap_or_default().0;
                // Beside the pointer, where there is room for it; else as far left as it takes.
                let flipped = x + TIP.0 + TIP.1 > wide && x > TIP.0 + TIP.1;
                let left = match flipped {
                    true => x - TIP.1,
                    false => (x + TIP.1).min(wide - TIP.0 - 8.0).max(8.0),
                };
                let y = y + TIP.1;
                let _ = tip.class_list().toggle_with_force("flipped", flipped);
                let _ = tip
                    .style()
                    .set_property("left", &format!("{}px", number(left)));
                let _ = tip.style().set_property("top", &format!("{}px", number(y)));
            }
        }
    }

    /// Boxes stand beside their places, and their lines with them.
    fn shift(&self, ids: &[String], by: (i32, i32)) {
        let scene = self.beside.borrow().scene.borrow().clone();
        let moved = |rect: Rect| Rect {
            x: rect.x + by.0,
            y: rect.y + by.1,
            ..rect
        };
        for item in ids.iter().filter_map(|id| scene.find(id)) {
            if let Some(element) = browser::element(&element_id(&item.id)) {
                let at = moved(item.rect);
                let _ =
                    element.set_attribute("transform", &format!("translate({} {})", at.x, at.y));
            }
        }
        // What holds others would cover them; it stays where it is in the stack.
        let held = match ids {
            [id] if by != (0, 0) => scene.find(id).filter(|item| !item.shape.holds()),
            _ => None,
        };
        if let Some(twin) = browser::element(HELD) {
            let href = held.map(|item| format!("#{}", element_id(&item.id)));
            let _ = match href {
                Some(href) => twin.set_attribute("href", &href),
                None => twin.remove_attribute("href"),
            };
        }
        for (place, edge) in scene.edges.iter().enumerate() {
            let (from, to) = (ids.contains(&edge.from), ids.contains(&edge.to));
            if !from && !to {
                continue;
            }
            let Some(element) = browser::element(&edge_id(place)) else {
                continue;
            };
            let rect = |id: &str, shifts: bool| {
                let rect = scene.find(id).map(|item| item.rect)?;
                Some(if shifts { moved(rect) } else { rect })
            };
            let d = match (rect(&edge.from, from), rect(&edge.to, to)) {
                (Some(from), Some(to)) if by != (0, 0) => path(&elbow(from, to)),
                _ => path(&edge.points),
            };
            let _ = element.set_attribute("d", &d);
        }
    }

    /// A kind is dragged out of the palette, or only clicked there.
    pub fn carry(&self, kind: Kind, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        self.reframe();
        if let Some(view) = self.view.cast::<Element>() {
            // Without the capture the palette's click still takes the tool.
            let _ = view.set_pointer_capture(event.pointer_id());
        }
        self.beside.borrow().hand.borrow_mut().carry(kind);
        self.feed(Event::Down(self.pointer(event)));
    }
}

#[derive(Properties, PartialEq)]
pub struct CanvasProps {
    pub scene: Rc<Scene>,
    pub editor: Rc<Editor>,
    pub stage: Stage,
    /// Grows with each wish to move the camera.
    pub see: (usize, Option<Look>),
    /// Grows with each wish to have the focus on the map.
    pub focus: usize,
    pub dispatch: Dispatch,
}

/// The map with its buttons.
#[component]
pub fn Canvas(props: &CanvasProps) -> Html {
    let (view, plane) = (use_node_ref(), use_node_ref());
    let lens = Lens {
        view: view.clone(),
        plane: plane.clone(),
        beside: use_mut_ref(Beside::default),
        dispatch: props.dispatch.clone(),
    };
    let (scene, editor) = (&props.scene, &props.editor);
    {
        let beside = lens.beside.borrow();
        *beside.scene.borrow_mut() = scene.clone();
        *beside.editor.borrow_mut() = editor.clone();
    }
    let selected: Option<AttrValue> = editor.selected().map(|id| id.to_owned().into());

    // A new map is fitted as long as nobody moved the camera, and when the view changes its size.
    {
        let lens = lens.clone();
        use_effect_with(scene.clone(), move |scene| {
            lens.refit(scene, false);
            let watched = lens.view.cast::<Element>();
            let scene = scene.clone();
            browser::on_resize(watched, move || lens.refit(&scene, false))
        });
    }
    {
        let (lens, scene, editor) = (lens.clone(), scene.clone(), editor.clone());
        use_effect_with(props.see, move |(_, look)| {
            if let Some(look) = look {
                lens.see(&scene, &editor.selection, *look);
            }
        });
    }
    // What was selected comes into view, as what was moved does, and has the focus if the map had it.
    {
        let lens = lens.clone();
        let scene = scene.clone();
        let at = selected.as_deref().and_then(|id| scene.find(id));
        let at = at.map(|item| item.rect);
        use_effect_with(
            (selected.clone(), at, props.focus),
            move |(selected, _, focus)| {
                let item = selected.as_deref().and_then(|id| scene.find(id));
                let view = lens.view.cast::<Element>();
                let wanted = *focus > lens.beside.borrow().focused.replace(*focus);
                if let Some(id) = selected
                    .as_deref()
                    .filter(|_| wanted && browser::hand_in_outline())
                {
                    browser::focus(&crate::outline::item_id(id));
                } else if let Some(view) = view.filter(|view| wanted || browser::holds_focus(view))
                {
                    let node = item.and_then(|item| browser::element(&element_id(&item.id)));
                    browser::focus_still(&node.unwrap_or(view));
                }
                match selected {
                    Some(id) => lens.show(&scene, Some(id)),
                    // What covered the map is gone.
                    None => lens.refit(&scene, true),
                }
            },
        );
    }
    // A dialog leaves in sight what it is about.
    {
        let (lens, scene) = (lens.clone(), scene.clone());
        use_effect_with(editor.dialog.is_some(), move |open| {
            if *open {
                lens.show(&scene, None);
            }
        });
    }
    // With the tool goes what it drew.
    {
        let lens = lens.clone();
        use_effect_with(editor.tool.clone(), move |tool| {
            if *tool == Tool::Select {
                lens.paint(Stroke::Wire(None));
            }
        });
    }

    let onpointerdown = {
        let lens = lens.clone();
        Callback::from(move |event: PointerEvent| {
            lens.reframe();
            if let Some(view) = lens.view.cast::<Element>() {
                // Without the capture a drag ends at the view's edge, and no more.
                let _ = view.set_pointer_capture(event.pointer_id());
                if !browser::holds_focus(&view) {
                    browser::focus_still(&view);
                }
            }
            lens.feed(Event::Down(lens.pointer(&event)));
        })
    };
    let onpointermove = {
        let lens = lens.clone();
        Callback::from(move |event: PointerEvent| lens.feed(Event::Move(lens.pointer(&event))))
    };
    let onpointerup = {
        let lens = lens.clone();
        Callback::from(move |event: PointerEvent| lens.feed(Event::Up(lens.pointer(&event))))
    };
    let onpointercancel = {
        let lens = lens.clone();
        Callback::from(move |_: PointerEvent| lens.feed(Event::Cancel))
    };
    // The click that a browser makes of a tap would land in the dialog that the tap has opened.
    let ontouchend = Callback::from(|event: web_sys::TouchEvent| event.prevent_default());
    let oncontextmenu = Callback::from(|event: web_sys::MouseEvent| event.prevent_default());
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
        let lens = lens.clone();
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            if key == " " {
                lens.beside.borrow().space.set(true);
                event.prevent_default();
                return;
            }
            if event.alt_key() {
                return;
            }
            let lower = match key.chars().count() {
                1 => key.to_lowercase(),
                _ => key,
            };
            // A digit with Shift is another sign on each keyboard: its place counts.
            let digit = event.code();
            let digit = digit.strip_prefix("Digit").filter(|_| event.shift_key());
            let chord = Chord {
                key: digit.unwrap_or(&lower),
                command: event.ctrl_key() || event.meta_key(),
                shift: event.shift_key(),
            };
            let Some(found) = keys::meaning(chord).filter(|it| !it.everywhere) else {
                return;
            };
            event.prevent_default();
            event.stop_propagation();
            if found.does == Command::Close && lens.beside.borrow().hand.borrow().is_busy() {
                lens.feed(Event::Cancel);
                return;
            }
            lens.dispatch.dispatch(Action::Edit(Msg::Do(found.does)));
        })
    };
    let onkeyup = {
        let lens = lens.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == " " {
                lens.beside.borrow().space.set(false);
            }
        })
    };
    let button = |name: &'static str, sign: &'static str, look: Look| {
        let dispatch = props.dispatch.clone();
        let onclick = Callback::from(move |_| {
            dispatch.dispatch(Action::Edit(Msg::Do(Command::Look(look))));
        });
        html! {
            <button class="button-icon" type="button" aria-label={name} title={name} {onclick}>{ sign }</button>
        }
    };
    // One tab stop: the selected thing, else the map.
    let on_map = selected
        .as_deref()
        .is_some_and(|id| scene.find(id).is_some());
    let tool = match &editor.tool {
        Tool::Select => "select",
        Tool::Place(_) => "place",
        Tool::Wire(_) => "wire",
    };
    let armed = match &editor.tool {
        Tool::Select => None,
        Tool::Place(kind) => Some(format!("Choose where the new {} goes.", kind.bare())),
        Tool::Wire(_) => Some("Choose what to connect it to.".to_owned()),
    };
    let disarm = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::Edit(Msg::Close)))
    };
    let verdict = editor.verdict.as_ref();
    let tip = match verdict {
        Some(it) if it.ok => "tip tip-yes",
        Some(_) => "tip tip-no",
        None => "tip",
    };
    let over = verdict.map(|it| (it.on.clone(), it.ok));
    let empty = scene.is_empty();
    html! {
        <div class={if empty { "map map-none" } else { "map" }} data-tool={tool}>
            <Palette tool={editor.tool.clone()} selected={selected.clone()} lens={lens.clone()} dispatch={props.dispatch.clone()} />
            <div class="map-view" ref={view} role="graphics-document" aria-roledescription="map"
                aria-label={names::NETWORK} tabindex={if on_map { "-1" } else { "0" }} aria-describedby="map-help"
                {onpointerdown} {onpointermove} {onpointerup} {onpointercancel} {ontouchend} {oncontextmenu} {onwheel} {onkeydown} {onkeyup}>
                <div class="map-plane" ref={plane}>
                    <svg class="map-drawing" width={scene.width.to_string()} height={scene.height.to_string()}>
                        <Drawing scene={scene.clone()} selection={editor.selection.clone()} {over} stage={props.stage.clone()} />
                        <use key="held" id={HELD} aria-hidden="true" />
                        <path key="guides" id={GUIDES} class="map-guides" d="" />
                        <path key="wire" id={WIRE} class="map-wire" d="" />
                        <rect key="band" id={BAND} class="map-band" width="0" height="0" />
                        <g key="packet">{ props.stage.packet() }</g>
                    </svg>
                </div>
                <p id={VERDICT} class={tip} aria-hidden="true">
                    if let Some(verdict) = verdict {
                        <span class="tip-sign">{ if verdict.ok { "✓" } else { "✕" } }</span>
                        { &verdict.text }
                    }
                </p>
            </div>
            if let Some(armed) = armed {
                <p key="armed" class="map-armed">
                    <span>{ armed }</span>
                    <button class="button-small" type="button" title="Cancel (Esc)" onclick={disarm}>{ "Cancel" }<kbd class="by-mouse">{ "Esc" }</kbd></button>
                </p>
            }
            <p id="map-help" class="unseen">
                { "Arrow keys go from thing to thing: up to the container, down to the first thing inside, left and right to the neighbours. Enter shows the details, N makes something new, C connects, Shift+F10 opens the menu, and ? lists all keys." }
            </p>
            <div class="map-tools" role="group" aria-label="View">
                { button(names::ZOOM_OUT, "−", Look::Further) }
                { button(names::ZOOM_IN, "+", Look::Closer) }
                { button(names::FIT, "⤢", Look::Everything) }
            </div>
            <ul class="map-legend" aria-label="Legend">
                <li><span class="swatch swatch-public" />{ "public subnet" }</li>
                <li><span class="swatch swatch-private" />{ "private subnet" }</li>
                <li><svg width="28" height="8" aria-hidden="true"><path class="edge edge-traffic" d="M0 4H28" /></svg>{ "traffic" }</li>
                <li><svg width="28" height="8" aria-hidden="true"><path class="edge edge-relation edge-forward" d="M0 4H28" /></svg>{ "relation" }</li>
            </ul>
            if empty {
                <div key="empty" class="map-empty">
                    <p>
                        { "Nothing here yet. A network begins with a VPC, a range of addresses of your own: drag one " }
                        <span class="when-wide">{ "from the left" }</span><span class="when-narrow">{ "from above" }</span>
                        { ", or type" }
                    </p>
                    <code>{ command(EXAMPLE) }</code>
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

//! Gestures: what pointers do, as messages for the editor and strokes for the canvas.

use super::target::{self, Guide};
use super::{Holds, Msg, Tool};
use crate::canvas::camera::Camera;
use crate::canvas::layout::{Rect, Scene};
use crate::consts::{AUTO_PAN, DRAG_AFTER, DRAG_AFTER_TOUCH, HANDLE, LONG_PRESS, TWICE};
use hopwise_plan::Kind;

/// A pointer at a moment, in pixels of the view.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pointer {
    pub id: i32,
    pub at: (f64, f64),
    pub button: Button,
    /// Shift, Ctrl or Cmd is held: what is selected stays selected.
    pub adds: bool,
    /// Alt is held: a click names the thing in the terminal.
    pub names: bool,
    /// The space bar is held: the hand pans.
    pub pans: bool,
    pub touch: bool,
    /// When, in milliseconds.
    pub time: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Button {
    #[default]
    Main,
    Middle,
    Second,
}

/// What a pointer does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Event {
    Down(Pointer),
    Move(Pointer),
    Up(Pointer),
    Cancel,
    /// Time passed with the pointer held still.
    Tick(f64),
}

/// What the canvas is to draw, outside of any rendering.
#[derive(Clone, PartialEq, Debug)]
pub enum Stroke {
    Camera(Camera),
    /// These boxes stand so far beside their places.
    Shift(Vec<String>, (i32, i32)),
    Band(Option<Rect>),
    /// A connection that is being drawn, in pixels of the map.
    Wire(Option<((f64, f64), (f64, f64))>),
    Guides(Vec<Guide>),
    /// What is held follows the pointer, in pixels of the view.
    Follow(Option<(f64, f64)>),
}

#[derive(Clone, PartialEq, Debug, Default)]
enum Doing {
    #[default]
    Nothing,
    /// Down, and not yet far enough to drag.
    Pressed {
        start: Pointer,
        what: Press,
    },
    Pan,
    Band {
        from: (f64, f64),
        adds: bool,
    },
    Drag {
        from: (f64, f64),
        id: String,
        /// What is dragged, without what stands in it.
        tops: Vec<String>,
        all: Vec<String>,
        by: (i32, i32),
    },
    Wire {
        from: String,
    },
    /// A new thing is dragged out of the palette.
    Carry {
        kind: Kind,
        /// Where the pointer went down.
        start: Option<(f64, f64)>,
        /// Was it over the map already? Until then the edge that it comes in over pushes nothing.
        entered: bool,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Press {
    Empty,
    Thing(String),
    Handle(String),
}

/// The hand: the camera, and what the pointers are doing.
#[derive(Debug, Default)]
pub struct Hand {
    pub camera: Camera,
    /// Has the student moved the camera? Then it stays where it is put.
    pub own: bool,
    pointers: Vec<(i32, (f64, f64))>,
    doing: Doing,
    over: Option<(Option<String>, Option<String>)>,
    /// The last click, for the second one.
    last: Option<(f64, String)>,
    /// The view's size, for panning at its edge.
    pub size: (f64, f64),
}

/// What a hand's work comes to.
#[derive(Debug, Default, PartialEq)]
pub struct Work {
    pub strokes: Vec<Stroke>,
    pub messages: Vec<Msg>,
}

impl Work {
    fn stroke(&mut self, stroke: Stroke) {
        self.strokes.push(stroke);
    }

    fn say(&mut self, message: Msg) {
        self.messages.push(message);
    }
}

impl Hand {
    /// A place of the view as a place of the map.
    pub fn on_map(&self, at: (f64, f64)) -> (f64, f64) {
        let camera = self.camera;
        (
            (at.0 - camera.x) / camera.zoom,
            (at.1 - camera.y) / camera.zoom,
        )
    }

    /// Is something held?
    pub fn is_busy(&self) -> bool {
        !matches!(self.doing, Doing::Nothing)
    }

    /// Does something come of it when time passes? Not while it only pans.
    pub fn waits(&self) -> bool {
        !matches!(self.doing, Doing::Nothing | Doing::Pan)
    }

    /// A new thing is dragged out of the palette.
    pub fn carry(&mut self, kind: Kind) {
        self.doing = Doing::Carry {
            kind,
            start: None,
            entered: false,
        };
        self.over = None;
    }

    /// Takes an event; `selection` is dragged as a whole.
    pub fn take(&mut self, scene: &Scene, selection: &[String], tool: &Tool, event: Event) -> Work {
        let mut work = Work::default();
        match event {
            Event::Down(pointer) => self.down(scene, tool, pointer),
            Event::Move(pointer) => self.moves(scene, selection, tool, pointer, &mut work),
            Event::Up(pointer) => self.up(scene, tool, pointer, &mut work),
            Event::Cancel => {
                self.pointers.clear();
                self.drop_all(&mut work);
            }
            Event::Tick(time) => self.tick(scene, tool, time, &mut work),
        }
        work
    }

    fn down(&mut self, scene: &Scene, tool: &Tool, pointer: Pointer) {
        self.pointers.retain(|(id, _)| *id != pointer.id);
        self.pointers.push((pointer.id, pointer.at));
        if let Doing::Carry { start, .. } = &mut self.doing {
            *start = Some(pointer.at);
            return;
        }
        if self.pointers.len() > 1 || pointer.pans || pointer.button == Button::Middle {
            self.doing = Doing::Pan;
            return;
        }
        let at = self.on_map(pointer.at);
        let reach = HANDLE / self.camera.zoom;
        let handled = scene.items.iter().rev().find(|item| {
            target::handle(item).is_some_and(|it| (it.0 - at.0).hypot(it.1 - at.1) < reach)
        });
        let what = match (handled, target::grabbed(scene, at)) {
            (Some(item), _) if *tool == Tool::Select && pointer.button == Button::Main => {
                Press::Handle(item.id.clone())
            }
            (_, Some(item)) => Press::Thing(item.id.clone()),
            _ => Press::Empty,
        };
        self.doing = Doing::Pressed {
            start: pointer,
            what,
        };
    }

    fn moves(
        &mut self,
        scene: &Scene,
        selection: &[String],
        tool: &Tool,
        pointer: Pointer,
        work: &mut Work,
    ) {
        let other = self
            .pointers
            .iter()
            .find(|(id, _)| *id != pointer.id)
            .map(|(_, at)| *at);
        let held = self.pointers.iter_mut().find(|(id, _)| *id == pointer.id);
        let before = match held {
            Some((_, held)) => std::mem::replace(held, pointer.at),
            None => {
                // Nothing is down; a tool follows the pointer.
                self.hover(scene, tool, pointer.at, work);
                return;
            }
        };
        if let Doing::Pressed { start, what } = &self.doing {
            let after = if pointer.touch {
                DRAG_AFTER_TOUCH
            } else {
                DRAG_AFTER
            };
            let away = (pointer.at.0 - start.at.0).hypot(pointer.at.1 - start.at.1);
            if away < after {
                return;
            }
            let (start, what) = (*start, what.clone());
            self.begin(scene, selection, tool, start, what);
        }
        match &self.doing {
            Doing::Pan => self.pan(before, pointer.at, other, work),
            Doing::Nothing | Doing::Pressed { .. } => {}
            _ => self.hold(scene, pointer.at, work),
        }
    }

    /// A press becomes a drag.
    fn begin(
        &mut self,
        scene: &Scene,
        selection: &[String],
        tool: &Tool,
        start: Pointer,
        what: Press,
    ) {
        let from = self.on_map(start.at);
        self.doing = match what {
            _ if *tool != Tool::Select => Doing::Pan,
            Press::Handle(id) => Doing::Wire { from: id },
            Press::Thing(id) => {
                let movable = scene.find(&id).is_some_and(|item| target::moves(item));
                if !movable {
                    // What stands still by itself is drawn from.
                    Doing::Wire { from: id }
                } else {
                    let mut ids = vec![id.clone()];
                    if selection.contains(&id) {
                        ids = selection.to_vec();
                        ids.retain(|it| scene.find(it).is_some_and(|it| target::moves(it)));
                    }
                    Doing::Drag {
                        from,
                        id,
                        all: target::with_insides(scene, &ids),
                        tops: ids,
                        by: (0, 0),
                    }
                }
            }
            Press::Empty if start.touch || start.button == Button::Second => Doing::Pan,
            Press::Empty => Doing::Band {
                from,
                adds: start.adds,
            },
        };
    }

    fn pan(
        &mut self,
        before: (f64, f64),
        at: (f64, f64),
        other: Option<(f64, f64)>,
        work: &mut Work,
    ) {
        self.own = true;
        self.camera = match other {
            Some(other) => {
                let apart = |it: (f64, f64)| (it.0 - other.0).hypot(it.1 - other.1).max(1.0);
                let middle = ((at.0 + other.0) / 2.0, (at.1 + other.1) / 2.0);
                self.camera
                    .moved((at.0 - before.0) / 2.0, (at.1 - before.1) / 2.0)
                    .zoomed(apart(at) / apart(before), middle)
            }
            None => self.camera.moved(at.0 - before.0, at.1 - before.1),
        };
        work.stroke(Stroke::Camera(self.camera));
    }

    /// Something is held at this place of the view.
    fn hold(&mut self, scene: &Scene, at: (f64, f64), work: &mut Work) {
        let here = self.on_map(at);
        let (width, height) = self.size;
        let edge = AUTO_PAN.0;
        let mut over = None;
        match &mut self.doing {
            Doing::Band { from, .. } => work.stroke(Stroke::Band(Some(spanned(*from, here)))),
            Doing::Drag {
                from, id, all, by, ..
            } => {
                let moved = ((here.0 - from.0) as i32, (here.1 - from.1) as i32);
                let mut taker = None;
                if let Some(kind) = Kind::of_id(id) {
                    let (on, zone) = target::under(scene, here, kind, all);
                    let on = on.filter(|on| !holds_already(scene, id, &on.id));
                    let is_new = on.is_some();
                    taker = on;
                    over = Some((
                        Holds::Thing(id.clone()),
                        on.map(|on| on.id.clone()),
                        zone.filter(|_| is_new),
                    ));
                }
                let (to, guides) = match scene.find(id) {
                    // What stands on an edge stays on it, unless another thing would take it.
                    Some(item) if taker.is_none() => target::snapped(scene, item, moved),
                    _ => (moved, Vec::new()),
                };
                *by = to;
                work.stroke(Stroke::Shift(all.clone(), to));
                work.stroke(Stroke::Guides(guides));
            }
            Doing::Wire { from } => {
                let start = scene.find(from).and_then(|item| target::handle(item));
                let start = start.unwrap_or(here);
                work.stroke(Stroke::Wire(Some((start, here))));
                let on = target::clicked(scene, here).filter(|on| on.id != *from);
                over = Some((Holds::Wire(from.clone()), on.map(|on| on.id.clone()), None));
            }
            Doing::Carry { kind, entered, .. } => {
                *entered |=
                    (edge..width - edge).contains(&at.0) && (edge..height - edge).contains(&at.1);
                let (on, zone) = target::under(scene, here, *kind, &[]);
                let on = on.map(|on| on.id.clone());
                over = Some((Holds::New(*kind), on, zone));
            }
            _ => {}
        }
        if let Some((holds, on, zone)) = over {
            work.stroke(Stroke::Follow(Some(at)));
            self.tell(holds, on, zone, work);
        }
    }

    /// Tells the editor only what changes.
    fn tell(&mut self, holds: Holds, on: Option<String>, zone: Option<String>, work: &mut Work) {
        let now = Some((on.clone(), zone.clone()));
        if self.over != now {
            self.over = now;
            // Over the thing's own place nothing would happen but a move.
            match (&holds, &on) {
                (Holds::Thing(_), None) => work.say(Msg::Let),
                _ => work.say(Msg::Over { holds, on, zone }),
            }
        }
    }

    /// A tool is in the hand, and no button is down.
    fn hover(&mut self, scene: &Scene, tool: &Tool, at: (f64, f64), work: &mut Work) {
        let here = self.on_map(at);
        match tool {
            Tool::Select => {}
            Tool::Place(kind) => {
                let (on, zone) = target::under(scene, here, *kind, &[]);
                let on = on.map(|on| on.id.clone());
                work.stroke(Stroke::Follow(Some(at)));
                self.tell(Holds::New(*kind), on, zone, work);
            }
            Tool::Wire(from) => {
                let start = scene.find(from).and_then(|item| target::handle(item));
                work.stroke(Stroke::Wire(start.map(|start| (start, here))));
                work.stroke(Stroke::Follow(Some(at)));
                let on = target::clicked(scene, here).filter(|on| on.id != *from);
                let on = on.map(|on| on.id.clone());
                self.tell(Holds::Wire(from.clone()), on, None, work);
            }
        }
    }

    fn up(&mut self, scene: &Scene, tool: &Tool, pointer: Pointer, work: &mut Work) {
        let known = self.pointers.iter().any(|(id, _)| *id == pointer.id);
        self.pointers.retain(|(id, _)| *id != pointer.id);
        if !known {
            return;
        }
        let here = self.on_map(pointer.at);
        match std::mem::take(&mut self.doing) {
            Doing::Pressed { .. } => self.click(scene, tool, pointer, work),
            Doing::Band { from, adds } => {
                let band = spanned(from, here);
                work.say(Msg::Band {
                    ids: caught(scene, from, band),
                    add: adds,
                });
            }
            Doing::Drag {
                id, tops, all, by, ..
            } => {
                let on = self.over.clone().and_then(|(on, _)| on);
                let tops: Vec<String> = match on {
                    Some(_) => Vec::new(),
                    None => tops,
                };
                work.say(Msg::Dropped {
                    id,
                    on,
                    places: match by {
                        (0, 0) => Default::default(),
                        _ => target::nudged(scene, &tops, by),
                    },
                });
                work.stroke(Stroke::Shift(all, (0, 0)));
            }
            Doing::Wire { from } => {
                let to = target::clicked(scene, here).filter(|on| on.id != from);
                let to = to.map(|on| on.id.clone());
                work.say(Msg::Wired { from, to });
            }
            Doing::Carry {
                kind,
                start: Some(start),
                ..
            } if (pointer.at.0 - start.0).hypot(pointer.at.1 - start.1) < DRAG_AFTER => {
                work.say(Msg::Take(Tool::Place(kind)));
            }
            Doing::Carry { kind, .. } => {
                let within = (0.0..self.size.0).contains(&pointer.at.0)
                    && (0.0..self.size.1).contains(&pointer.at.1);
                if within {
                    let (on, zone) = target::under(scene, here, kind, &[]);
                    let on = on.map(|on| on.id.clone());
                    work.say(Msg::Placed { kind, on, zone });
                } else {
                    work.say(Msg::Let);
                }
            }
            Doing::Pan if !self.pointers.is_empty() => self.doing = Doing::Pan,
            Doing::Pan | Doing::Nothing => {}
        }
        self.clear(work);
    }

    fn clear(&mut self, work: &mut Work) {
        self.over = None;
        work.stroke(Stroke::Band(None));
        work.stroke(Stroke::Wire(None));
        work.stroke(Stroke::Guides(Vec::new()));
        work.stroke(Stroke::Follow(None));
    }

    /// Escape, or the browser takes the pointer away: everything is as it was.
    fn drop_all(&mut self, work: &mut Work) {
        if let Doing::Drag { all, .. } = std::mem::take(&mut self.doing) {
            work.stroke(Stroke::Shift(all, (0, 0)));
        }
        work.say(Msg::Let);
        self.clear(work);
    }

    fn click(&mut self, scene: &Scene, tool: &Tool, pointer: Pointer, work: &mut Work) {
        let here = self.on_map(pointer.at);
        let id = target::clicked(scene, here).map(|item| item.id.clone());
        if pointer.button == Button::Second {
            work.say(Msg::Menu {
                at: (pointer.at.0 as i32, pointer.at.1 as i32),
                id,
            });
            return;
        }
        if let Some(id) = id.clone().filter(|_| pointer.names) {
            work.say(Msg::Name(id));
            return;
        }
        if let Tool::Place(kind) = tool {
            let (on, zone) = target::under(scene, here, *kind, &[]);
            let on = on.map(|on| on.id.clone());
            work.say(Msg::Placed {
                kind: *kind,
                on,
                zone,
            });
            return;
        }
        let again = self.last.take().is_some_and(|(time, last)| {
            pointer.time - time < TWICE && id.as_deref() == Some(last.as_str())
        });
        match id {
            Some(id) if again && *tool == Tool::Select => work.say(Msg::Open(id)),
            id => {
                self.last = id.clone().map(|id| (pointer.time, id));
                work.say(Msg::Click {
                    id,
                    add: pointer.adds,
                });
            }
        }
    }

    /// A long press is a second button; what is held at the edge moves the view.
    fn tick(&mut self, scene: &Scene, tool: &Tool, time: f64, work: &mut Work) {
        if let Doing::Pressed { start, .. } = &self.doing {
            if start.touch && time - start.time >= LONG_PRESS {
                let start = *start;
                self.doing = Doing::Nothing;
                self.pointers.clear();
                self.click(
                    scene,
                    tool,
                    Pointer {
                        button: Button::Second,
                        ..start
                    },
                    work,
                );
            }
            return;
        }
        let held = matches!(
            self.doing,
            Doing::Drag { .. }
                | Doing::Wire { .. }
                | Doing::Carry { entered: true, .. }
                | Doing::Band { .. }
        );
        let Some((_, at)) = self.pointers.first().copied().filter(|_| held) else {
            return;
        };
        let (edge, speed) = AUTO_PAN;
        let push = |at: f64, size: f64| {
            if at < edge {
                speed
            } else if at > size - edge {
                -speed
            } else {
                0.0
            }
        };
        let (x, y) = (push(at.0, self.size.0), push(at.1, self.size.1));
        if x != 0.0 || y != 0.0 {
            self.own = true;
            self.camera = self.camera.moved(x, y);
            work.stroke(Stroke::Camera(self.camera));
            self.hold(scene, at, work);
        }
    }
}

/// Is the thing in this container already, directly or within its zone?
fn holds_already(scene: &Scene, id: &str, on: &str) -> bool {
    let mut parent = scene.find(id).and_then(|item| item.parent.clone());
    while let Some(here) = parent {
        if here == on {
            return true;
        }
        // A subnet's VPC holds its hosts too, and dropping one there changes nothing.
        parent = scene.find(&here).and_then(|item| item.parent.clone());
    }
    false
}

fn spanned(from: (f64, f64), to: (f64, f64)) -> Rect {
    let (left, right) = (from.0.min(to.0), from.0.max(to.0));
    let (top, bottom) = (from.1.min(to.1), from.1.max(to.1));
    Rect {
        x: left as i32,
        y: top as i32,
        w: (right - left) as i32,
        h: (bottom - top) as i32,
    }
}

/// What a band touches: things of the container that it began in.
fn caught(scene: &Scene, from: (f64, f64), band: Rect) -> Vec<String> {
    let start = target::hit(scene, from).filter(|item| item.shape.holds());
    let inside = |id: &str| match start {
        None => true,
        Some(start) => {
            let mut at = scene.find(id).and_then(|item| item.parent.clone());
            while let Some(here) = at {
                if here == start.id {
                    return true;
                }
                at = scene.find(&here).and_then(|item| item.parent.clone());
            }
            false
        }
    };
    let whole = |rect: Rect| {
        band.x <= rect.x
            && band.y <= rect.y
            && band.right() >= rect.right()
            && band.bottom() >= rect.bottom()
    };
    scene
        .items
        .iter()
        .filter(|item| item.selectable && item.parent.is_some())
        .filter(|item| match item.shape.holds() {
            // A container is caught as a whole, so that a band within it catches its insides.
            true => whole(item.rect),
            false => band.meets(item.rect),
        })
        .filter(|item| inside(&item.id))
        .map(|item| item.id.clone())
        .collect()
}

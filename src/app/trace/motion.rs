//! The packet's motion, frame by frame and beside the virtual DOM.

use super::Road;
use super::plate::{leader, place, plate};
use crate::browser;
use crate::canvas::element_id;
use crate::canvas::layout::Point;
use crate::consts::HOP_MS;
use gloo_render::{AnimationFrame, request_animation_frame};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::Callback;

#[derive(Default)]
struct Inner {
    road: Option<Rc<Road>>,
    /// In stations; fractions are on the way.
    position: f64,
    speed: f64,
    playing: bool,
    before: Option<f64>,
    frame: Option<AnimationFrame>,
    lit: Option<usize>,
    /// Where the plate stands, from the packet on.
    plate: Option<Point>,
    told: Option<Callback<bool>>,
}

/// Moves the packet of the road it was given.
#[derive(Clone, Default)]
pub struct Player(Rc<RefCell<Inner>>);

impl PartialEq for Player {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Slow at both ends.
fn ease(part: f64) -> f64 {
    part * part * (3.0 - 2.0 * part)
}

impl Player {
    /// Tells whether it plays, whenever that changes.
    pub fn tell(&self, told: Callback<bool>) {
        self.0.borrow_mut().told = Some(told);
    }

    /// Takes a road. A new packet starts at once; the same one stays where it is.
    pub fn take(&self, road: Option<Rc<Road>>) {
        let new = {
            let mut inner = self.0.borrow_mut();
            let number = |road: &Option<Rc<Road>>| road.as_ref().map(|road| road.number);
            let new = number(&inner.road) != number(&road);
            inner.road = road;
            if new {
                inner.position = 0.0;
                inner.lit = None;
                inner.plate = None;
            }
            new
        };
        if self.0.borrow().road.is_none() {
            unlight();
        }
        if new {
            self.play(true);
        }
        self.show();
    }

    /// How fast, 1 being a hop in [`HOP_MS`].
    pub fn speed(&self, speed: f64) {
        self.0.borrow_mut().speed = speed;
    }

    /// Plays or pauses. At the end it plays from the start.
    pub fn play(&self, playing: bool) {
        let told = {
            let mut inner = self.0.borrow_mut();
            inner.playing = playing && inner.road.is_some();
            inner.before = None;
            if inner.playing && inner.position >= inner.last() {
                inner.position = 0.0;
                inner.lit = None;
            }
            inner.told.clone().map(|told| (told, inner.playing))
        };
        if let Some((told, playing)) = told {
            told.emit(playing);
        }
        self.schedule();
    }

    /// One station on or back.
    pub fn step(&self, by: f64) {
        self.play(false);
        {
            let mut inner = self.0.borrow_mut();
            let last = inner.last();
            inner.position = (inner.position.floor() + by).clamp(0.0, last);
        }
        self.show();
    }

    fn schedule(&self) {
        if !self.0.borrow().playing {
            self.0.borrow_mut().frame = None;
            return;
        }
        let player = self.clone();
        let frame = request_animation_frame(move |now| player.tick(now));
        self.0.borrow_mut().frame = Some(frame);
    }

    fn tick(&self, now: f64) {
        let ended = {
            let mut inner = self.0.borrow_mut();
            let passed = inner.before.map_or(0.0, |before| now - before);
            inner.before = Some(now);
            let speed = if inner.speed > 0.0 { inner.speed } else { 1.0 };
            // A tab that slept does not make the packet jump.
            inner.position += passed.min(100.0) / HOP_MS * speed;
            let last = inner.last();
            inner.position = inner.position.min(last);
            inner.position >= last
        };
        self.show();
        if ended {
            let told = {
                let mut inner = self.0.borrow_mut();
                inner.playing = false;
                inner.told.clone()
            };
            if let Some(told) = told {
                told.emit(false);
            }
        } else {
            self.schedule();
        }
    }

    /// Brings the packet to where it is.
    fn show(&self) {
        let (road, position, reached, arrived) = {
            let mut inner = self.0.borrow_mut();
            let Some(road) = inner.road.clone() else {
                return;
            };
            let whole = inner.position.floor();
            let part = if browser::calm() {
                0.0
            } else {
                ease(inner.position - whole)
            };
            let place = whole as usize;
            let reached = (inner.lit != Some(place)).then_some(place);
            inner.lit = Some(place);
            (road, whole + part, reached, inner.position >= inner.last())
        };
        let Some(packet) = browser::element("packet") else {
            return;
        };
        let stopped = road.stopped.as_deref().filter(|_| arrived);
        // What can't be written leaves the packet as it was.
        let _ = packet
            .class_list()
            .toggle_with_force("packet-stopped", stopped.is_some());
        if let Some(at) = road.at(position) {
            let _ = packet.set_attribute("transform", &format!("translate({} {})", at.x, at.y));
            self.write(&road, at, stopped);
        }
        if let Some(place) = reached {
            light(&road, place);
        }
        for node in browser::all(".node-lit") {
            let _ = node
                .class_list()
                .toggle_with_force("node-stops", stopped.is_some());
        }
    }
}

impl Player {
    /// Brings the plate with the packet's words to where it hides nothing.
    fn write(&self, road: &Road, at: Point, stopped: Option<&str>) {
        let (text, size) = plate(&road.label, stopped);
        let before = self.0.borrow().plate;
        let corner = place(at, size, &road.words, before);
        let line = leader(at, corner, size, &road.words);
        let corner = Point {
            x: corner.x - at.x,
            y: corner.y - at.y,
        };
        self.0.borrow_mut().plate = Some(corner);
        if let Some(label) = browser::element("packet-label")
            && label.text_content().as_deref() != Some(&text)
        {
            label.set_text_content(Some(&text));
        }
        if let Some(plate) = browser::element("packet-plate") {
            let _ = plate.set_attribute(
                "transform",
                &format!("translate({} {})", corner.x, corner.y),
            );
            if let Some(rect) = plate.first_element_child() {
                let _ = rect.set_attribute("width", &size.0.to_string());
                let _ = rect.set_attribute("height", &size.1.to_string());
            }
        }
        if let Some(leader) = browser::element("packet-leader") {
            let _ = leader.set_attribute("d", &line);
        }
    }
}

impl Inner {
    fn last(&self) -> f64 {
        self.road
            .as_ref()
            .map_or(0.0, |road| road.stops.len().saturating_sub(1) as f64)
    }
}

/// Nothing of the map and of the cards is lit any more.
fn unlight() {
    for old in browser::all(".node-lit, .hop-now") {
        let list = old.class_list();
        let _ = list.remove_3("node-lit", "node-stops", "hop-now");
    }
}

/// Lights the station's box and the cards of its hops.
fn light(road: &Road, place: usize) {
    unlight();
    let Some(stop) = road.stops.get(place) else {
        return;
    };
    if let Some(node) = browser::element(&element_id(&stop.node)) {
        let _ = node.class_list().add_1("node-lit");
    }
    let next = road
        .stops
        .get(place + 1)
        .filter(|next| next.back == stop.back);
    let end = next.map_or(usize::MAX, |next| next.hop.max(stop.hop + 1));
    for hop in stop.hop..end {
        let Some(card) = browser::element(&hop_id(stop.back, hop)) else {
            break;
        };
        let _ = card.class_list().add_1("hop-now");
        if hop == stop.hop {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            card.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }
}

/// The id of a hop's card in the document.
pub fn hop_id(back: bool, hop: usize) -> String {
    format!("hop-{}-{hop}", if back { "back" } else { "there" })
}

//! What lies under the pointer, and what can be dropped there.

use crate::canvas::layout::{Item, Rect, Scene, Shape, gateway_room};
use hopwise_plan::Kind;
use hopwise_world::Places;
use std::collections::BTreeSet;

/// How far beside a thing still hits it, in pixels of the map.
const SLACK: i32 = 8;
/// The grid of what one moves, in pixels of the map.
pub const GRID: i32 = 10;
/// A side of a sibling this near draws what one moves.
const SNAP: i32 = 8;

/// What is hit: the innermost thing first, then with some slack.
pub fn hit(scene: &Scene, at: (f64, f64)) -> Option<&Item> {
    let straight = scene
        .items
        .iter()
        .rev()
        .find(|item| item.rect.holds(at.0, at.1));
    let near = || {
        let cards = scene.items.iter().rev().filter(|item| !item.shape.holds());
        cards
            .into_iter()
            .find(|item| grown(item.rect, SLACK).holds(at.0, at.1))
    };
    match straight {
        Some(item) if !item.shape.holds() => Some(item),
        other => near().or(other).map(AsRef::as_ref),
    }
}

fn grown(rect: Rect, by: i32) -> Rect {
    Rect {
        x: rect.x - by,
        y: rect.y - by,
        w: rect.w + 2 * by,
        h: rect.h + 2 * by,
    }
}

/// The thing that a click at this place means; none for the empty map.
pub fn clicked(scene: &Scene, at: (f64, f64)) -> Option<&Item> {
    let mut item = hit(scene, at)?;
    while !item.selectable {
        item = scene.find(item.parent.as_deref()?)?;
    }
    Some(item)
}

/// How much of a container's upper edge drags it; below, a drag draws a band.
fn title(shape: Shape) -> i32 {
    match shape {
        Shape::Vpc => crate::consts::TITLE,
        Shape::PublicSubnet | Shape::PrivateSubnet => crate::consts::SUBNET_TITLE,
        _ => 0,
    }
}

/// The thing that a drag from this place moves.
pub fn grabbed(scene: &Scene, at: (f64, f64)) -> Option<&Item> {
    let item = hit(scene, at).filter(|item| item.selectable)?;
    let strip = Rect {
        h: title(item.shape),
        ..item.rect
    };
    (!item.shape.holds() || strip.holds(at.0, at.1)).then_some(item)
}

/// Where the handle stands that draws a connection: in the middle of the right side.
pub fn handle(item: &Item) -> Option<(f64, f64)> {
    let has = item.selectable && item.shape != Shape::Vpc;
    let rect = item.rect;
    let down = match item.shape.holds() {
        true => title(item.shape) / 2,
        false => rect.h / 2,
    };
    has.then(|| (f64::from(rect.right()), f64::from(rect.y + down)))
}

/// May a thing of one kind be dropped onto one of the other? What is in between is looked through.
fn takes(kind: Kind, on: &Item) -> bool {
    let host = on.shape == Shape::Host;
    let subnet = matches!(on.shape, Shape::PublicSubnet | Shape::PrivateSubnet);
    let vpc = on.shape == Shape::Vpc;
    match kind {
        Kind::Vpc => false,
        Kind::Subnet => vpc,
        Kind::InternetGateway => vpc,
        Kind::RouteTable | Kind::NetworkAcl => vpc || subnet,
        Kind::SecurityGroup => vpc || subnet || host,
        Kind::Instance => subnet || vpc,
        Kind::NetworkInterface => subnet || vpc || host,
        Kind::ElasticIp => host,
        _ => false,
    }
}

/// What a thing of this kind would be dropped onto here, and the zone.
pub fn under<'a>(
    scene: &'a Scene,
    at: (f64, f64),
    kind: Kind,
    without: &[String],
) -> (Option<&'a Item>, Option<String>) {
    let mut here = scene
        .items
        .iter()
        .rev()
        .filter(|item| item.rect.holds(at.0, at.1) && !without.contains(&item.id));
    let zone = here
        .clone()
        .find(|item| item.shape == Shape::Zone)
        .map(|item| item.title.clone());
    let on = here.find(|item| takes(kind, item));
    (on.map(AsRef::as_ref), zone)
}

/// A thing with all that stands in it.
pub fn with_insides(scene: &Scene, ids: &[String]) -> Vec<String> {
    let mut all: Vec<String> = ids.to_vec();
    // Containers come before what they hold.
    for item in &scene.items {
        let inside = item.parent.as_ref().is_some_and(|it| all.contains(it));
        if inside && !all.contains(&item.id) {
            all.push(item.id.clone());
        }
    }
    all
}

/// Can it be moved on the map? The world outside stands on top.
pub fn moves(item: &Item) -> bool {
    item.selectable && item.parent.is_some()
}

/// The VPC on whose edge a gateway stands, and along which it moves.
fn rail<'a>(scene: &'a Scene, item: &Item) -> Option<&'a Item> {
    let parent = scene.find(item.parent.as_deref()?)?;
    (item.shape == Shape::Gateway && parent.shape == Shape::Vpc).then_some(parent)
}

/// A step to the grid, or to the side of a sibling that is near.
pub fn snapped(scene: &Scene, item: &Item, by: (i32, i32)) -> ((i32, i32), Vec<Guide>) {
    let round = |value: i32| (value + GRID / 2).div_euclid(GRID) * GRID;
    let rect = Rect {
        x: item.rect.x + by.0,
        y: item.rect.y + by.1,
        ..item.rect
    };
    let mut guides = Vec::new();
    let (mut x, mut y) = (round(by.0), round(by.1));
    if let Some(vpc) = rail(scene, item) {
        let (from, to) = gateway_room(vpc.rect.w);
        let x = (rect.x - vpc.rect.x).clamp(from, to);
        return ((vpc.rect.x + x - item.rect.x, 0), guides);
    }
    let siblings = scene
        .items
        .iter()
        .filter(|other| other.parent == item.parent && other.id != item.id);
    let (mut near_x, mut near_y) = (SNAP + 1, SNAP + 1);
    for other in siblings {
        let off = other.rect.x - rect.x;
        if off.abs() < near_x {
            near_x = off.abs();
            x = by.0 + off;
            guides.retain(|guide| !matches!(guide, Guide::Upright(_)));
            guides.push(Guide::Upright(other.rect.x));
        }
        let off = other.rect.y - rect.y;
        if off.abs() < near_y {
            near_y = off.abs();
            y = by.1 + off;
            guides.retain(|guide| !matches!(guide, Guide::Level(_)));
            guides.push(Guide::Level(other.rect.y));
        }
    }
    ((x, y), guides)
}

/// A line that shows what something lines up with, in pixels of the map.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guide {
    Upright(i32),
    Level(i32),
}

/// Where these things stand after a step, from the corners of what they are in.
pub fn nudged(scene: &Scene, ids: &[String], by: (i32, i32)) -> Places {
    let moved: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    ids.iter()
        .filter_map(|id| {
            let item = scene.find(id).filter(|item| moves(item))?;
            // What moves with its container isn't moved twice.
            let mut around = item.parent.as_deref();
            while let Some(outer) = around {
                if moved.contains(outer) {
                    return None;
                }
                around = scene.find(outer).and_then(|it| it.parent.as_deref());
            }
            let outer = scene.find(item.parent.as_deref()?)?.rect;
            let rect = item.rect;
            Some((
                id.clone(),
                (rect.x - outer.x + by.0, rect.y - outer.y + by.1),
            ))
        })
        .collect()
}

//! What the map consists of: boxes in boxes, and lines between them.

use std::rc::Rc;

/// The id of what is outside.
pub const INTERNET: &str = "internet";

/// A point of the map, in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

/// A box of the map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

impl Rect {
    pub fn right(self) -> i32 {
        self.x + self.w
    }

    pub fn bottom(self) -> i32 {
        self.y + self.h
    }

    /// The same, counted from the corner of what `outer` is counted from.
    pub fn from(self, outer: Rect) -> Rect {
        Rect {
            x: self.x + outer.x,
            y: self.y + outer.y,
            ..self
        }
    }

    /// Does it hold this point?
    pub fn holds(self, x: f64, y: f64) -> bool {
        x >= f64::from(self.x)
            && x < f64::from(self.right())
            && y >= f64::from(self.y)
            && y < f64::from(self.bottom())
    }

    /// Do they meet?
    pub fn meets(self, other: Rect) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    pub fn centre(self) -> Point {
        Point {
            x: self.x + self.w / 2,
            y: self.y + self.h / 2,
        }
    }
}

/// How a box is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Region,
    Vpc,
    Zone,
    PublicSubnet,
    PrivateSubnet,
    Host,
    RouteTable,
    Group,
    Acl,
    Gateway,
    Address,
    Bucket,
    Internet,
    Laptop,
    /// Something else in a subnet, drawn by its kind.
    Device(&'static str),
    /// Something else that stands in a row of chips.
    Other(&'static str),
}

impl Shape {
    /// Does it hold other boxes?
    pub fn holds(self) -> bool {
        matches!(
            self,
            Shape::Region | Shape::Vpc | Shape::Zone | Shape::PublicSubnet | Shape::PrivateSubnet
        )
    }
}

/// A box with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// The id in AWS; `internet`, `laptop`, or a made-up one for a Region and a zone.
    pub id: String,
    pub shape: Shape,
    pub rect: Rect,
    /// The id of the box it stands in.
    pub parent: Option<String>,
    /// Can it be selected? A Region and a zone can't.
    pub selectable: bool,
    /// The first line, made to fit.
    pub title: String,
    /// Is that its name? Else it is its id.
    pub named: bool,
    /// The second line.
    pub detail: String,
    /// A word at the end of the first line.
    pub badge: String,
    /// The network ACL of a subnet.
    pub filter: Option<Filter>,
    /// Was it born with its VPC, and is it no more than that?
    pub born: bool,
    /// Has it a public address?
    pub public: bool,
    /// Does it stand still? (A stopped instance.)
    pub still: bool,
    /// How much of it is used, in thousandths.
    pub used: Option<u32>,
    /// What a screen reader says.
    pub label: String,
}

/// The network ACL that stands on a subnet's edge, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Made to fit.
    pub text: String,
    /// Is it the one that the VPC was born with?
    pub is_default: bool,
}

/// What a line means, as in the resource map of the VPC console.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line {
    /// A relation: solid.
    Relation,
    /// Traffic to a connection: dotted.
    Traffic,
}

/// A line between two boxes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub line: Line,
    /// Is it there even when neither end is selected?
    pub always: bool,
    /// Its corners, first and last at the two boxes.
    pub points: Vec<Point>,
}

/// The whole map.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scene {
    pub width: i32,
    pub height: i32,
    /// Containers before what they hold.
    pub items: Vec<Rc<Item>>,
    /// Their places, by id: a gesture asks for boxes at each of its steps.
    by_id: Vec<usize>,
    pub edges: Vec<Rc<Edge>>,
    /// What belongs together without a line.
    pub kinships: Vec<(String, String)>,
}

impl Scene {
    /// Boxes without lines.
    pub fn of(items: Vec<Item>, width: i32, height: i32) -> Scene {
        let items: Vec<Rc<Item>> = items.into_iter().map(Rc::new).collect();
        let mut by_id: Vec<usize> = (0..items.len()).collect();
        by_id.sort_by_key(|place| items.get(*place).map(|item| item.id.as_str()));
        Scene {
            width,
            height,
            items,
            by_id,
            ..Scene::default()
        }
    }

    pub fn find(&self, id: &str) -> Option<&Rc<Item>> {
        let at = |place: &usize| self.items.get(*place);
        let found = self
            .by_id
            .binary_search_by(|place| at(place).map(|item| item.id.as_str()).cmp(&Some(id)))
            .ok()?;
        at(self.by_id.get(found)?)
    }

    /// What belongs to this thing without a line.
    pub fn kin(&self, id: &str) -> Vec<&str> {
        self.kinships
            .iter()
            .filter_map(|(one, other)| match (one == id, other == id) {
                (true, _) => Some(other.as_str()),
                (_, true) => Some(one.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The nearest container that can be selected.
    pub fn container(&self, id: &str) -> Option<&Rc<Item>> {
        let mut item = self.find(id)?;
        while let Some(parent) = &item.parent {
            item = self.find(parent)?;
            if item.selectable {
                return Some(item);
            }
        }
        None
    }

    /// What stands directly in it and can be selected; `None` asks for the outermost.
    pub fn children(&self, id: Option<&str>) -> Vec<&Rc<Item>> {
        self.items
            .iter()
            .filter(|item| item.selectable)
            .filter(|item| self.container(&item.id).map(|it| it.id.as_str()) == id)
            .collect()
    }

    /// Is there anything that a student made?
    pub fn is_empty(&self) -> bool {
        !self
            .items
            .iter()
            .any(|item| item.shape != Shape::Region && item.parent.is_some())
    }
}

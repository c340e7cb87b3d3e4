//! Where everything stands on the map: a pure function from the picture to boxes and edges.
//!
//! The internet and the laptop stand outside, above the Region; in it VPCs, their internet
//! gateway on the edge, their route tables in a row, Availability Zones as columns, subnets in
//! them, hosts in these. Containers grow with what they hold. The order is the picture's, so
//! nothing that is there already changes places when something new comes.

use super::edges;
use crate::consts::*;
use crate::text::{cut, shorten};
use hopwise_cloud::view::{HostView, Node, Picture, SubnetView, VpcView, kind_word};
use hopwise_cloud::{LAPTOP, LAPTOP_ADDRESS};
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
    Gateway,
    Address,
    Internet,
    Laptop,
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
    /// Has it a public address?
    pub public: bool,
    /// Does it stand still? (A stopped instance.)
    pub still: bool,
    /// How much of it is used, in thousandths.
    pub used: Option<u32>,
    /// What a screen reader says.
    pub label: String,
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
    pub edges: Vec<Rc<Edge>>,
}

impl Scene {
    pub fn find(&self, id: &str) -> Option<&Rc<Item>> {
        self.items.iter().find(|item| item.id == id)
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

/// The name, else the id; made to fit into so many pixels.
fn caption(node: &Node, room: i32) -> String {
    let most = |each: i32| usize::try_from(room / each).unwrap_or(0);
    match &node.name {
        Some(name) => cut(name, most(NAME_WIDTH)),
        None => shorten(&node.id, most(CODE_WIDTH)),
    }
}

/// What a person calls it: kind and name.
fn spoken(node: &Node) -> String {
    let name = node.name.as_deref().unwrap_or(&node.id);
    format!("{} {name}", kind_word(node.kind))
}

fn item(node: &Node, shape: Shape, rect: Rect) -> Item {
    let mut label = spoken(node);
    if !node.detail.is_empty() {
        label.push_str(", ");
        label.push_str(&node.detail);
    }
    Item {
        id: node.id.clone(),
        shape,
        rect,
        parent: None,
        selectable: true,
        // Glyph and padding take their part.
        title: caption(node, rect.w - 38),
        named: node.name.is_some(),
        detail: node.detail.clone(),
        badge: String::new(),
        public: false,
        still: false,
        used: None,
        label,
    }
}

/// How many columns so many hosts take.
fn columns(hosts: usize) -> usize {
    match hosts {
        0..=3 => 1,
        4..=8 => 2,
        9..=18 => 3,
        _ => MOST_COLUMNS,
    }
}

/// `count` times `each` with gaps between.
fn run(count: usize, each: i32) -> i32 {
    let count = i32::try_from(count).unwrap_or(0);
    count * each + (count - 1).max(0) * GAP
}

fn subnet_size(subnet: &SubnetView) -> (i32, i32) {
    let hosts = subnet.hosts.len();
    let columns = columns(hosts);
    let inside = match hosts {
        0 => EMPTY,
        _ => run(hosts.div_ceil(columns), HOST.1) + PADDING,
    };
    (run(columns, HOST.0) + 2 * PADDING, SUBNET_TITLE + inside)
}

/// Puts things at their places, containers first.
#[derive(Default)]
struct Placer {
    items: Vec<Item>,
}

impl Placer {
    fn put(&mut self, item: Item) {
        self.items.push(item);
    }

    fn host(&mut self, host: &HostView, subnet: &SubnetView, rect: Rect) {
        let node = &host.node;
        let running = matches!(host.state, "running" | "available" | "in-use");
        let mut label = spoken(node);
        label.push_str(&format!(", {}", node.detail));
        match &host.public {
            Some(address) => label.push_str(&format!(", public {address}")),
            None => label.push_str(", no public address"),
        }
        label.push_str(&format!(", {}", host.state));
        if host.groups.len() > 1 {
            label.push_str(&format!(", {} security groups", host.groups.len()));
        }
        let name = subnet.node.name.as_ref().unwrap_or(&subnet.node.id);
        label.push_str(&format!(", in subnet {name}"));
        self.put(Item {
            parent: Some(subnet.node.id.clone()),
            title: caption(node, HOST.0 - 60),
            detail: match running {
                true => node.detail.clone(),
                false => host.state.to_owned(),
            },
            badge: match host.groups.len() {
                0 => String::new(),
                count => count.to_string(),
            },
            public: host.public.is_some(),
            still: !running,
            label,
            ..item(node, Shape::Host, rect)
        });
    }

    fn subnet(&mut self, subnet: &SubnetView, zone: &str, rect: Rect) {
        let (shape, word) = match subnet.public {
            true => (Shape::PublicSubnet, "public"),
            false => (Shape::PrivateSubnet, "private"),
        };
        let hosts = subnet.hosts.len();
        let node = &subnet.node;
        let room = rect.w - 2 * PADDING - 56;
        self.put(Item {
            parent: Some(zone.to_owned()),
            title: caption(node, room),
            badge: word.to_owned(),
            used: Some(subnet.used),
            label: format!("{}, {word}, {}, {hosts} inside", spoken(node), node.detail),
            ..item(node, shape, rect)
        });
        // The grid is as wide as the column, which another subnet may have made wider.
        let wide = usize::try_from((rect.w - 2 * PADDING + GAP) / (HOST.0 + GAP)).unwrap_or(1);
        let columns = columns(hosts).max(1).min(wide.max(1));
        for (place, host) in subnet.hosts.iter().enumerate() {
            let column = i32::try_from(place % columns).unwrap_or(0);
            let row = i32::try_from(place / columns).unwrap_or(0);
            let at = Rect {
                x: rect.x + PADDING + column * (HOST.0 + GAP),
                y: rect.y + SUBNET_TITLE + row * (HOST.1 + GAP),
                w: HOST.0,
                h: HOST.1,
            };
            self.host(host, subnet, at);
        }
    }

    /// A VPC with all it holds, at `x`, `y`; gives its box.
    fn vpc(&mut self, vpc: &VpcView, region: &str, x: i32, y: i32) -> Rect {
        let sizes: Vec<Vec<(i32, i32)>> = vpc
            .zones
            .iter()
            .map(|zone| zone.subnets.iter().map(subnet_size).collect())
            .collect();
        let widths: Vec<i32> = sizes
            .iter()
            .map(|column| {
                let widest = column.iter().map(|size| size.0).max().unwrap_or(0);
                widest + 2 * PADDING
            })
            .collect();
        let zones: i32 = widths.iter().map(|width| width + GUTTER).sum();
        let tables = vpc.route_tables.len();
        let least = 2 * CHIP.0 + GAP + 2 * GUTTER;
        let width = (zones + GUTTER).max(least);
        let mut down = y + TITLE;
        // The row of route tables, with a lane above it and one below.
        let fit = usize::try_from((width - 2 * GUTTER + GAP) / (CHIP.0 + GAP)).unwrap_or(1);
        let fit = fit.max(1);
        let tables_at = down + GAP;
        if tables > 0 {
            down = tables_at + run(tables.div_ceil(fit), CHIP.1) + GAP;
        }
        let zones_at = down + GAP / 2;
        let tall = |column: &Vec<(i32, i32)>| -> i32 {
            let subnets: i32 = column.iter().map(|size| size.1 + GAP).sum();
            ZONE_TITLE + subnets
        };
        let highest = sizes.iter().map(tall).max().unwrap_or(0);
        let height = zones_at + highest + GUTTER - GAP - y;
        let rect = Rect {
            x,
            y,
            w: width,
            h: if highest == 0 {
                height + GAP / 2
            } else {
                height
            },
        };
        let node = &vpc.node;
        let default = if vpc.is_default { "default" } else { "" };
        let subnets: usize = vpc.zones.iter().map(|zone| zone.subnets.len()).sum();
        self.put(Item {
            parent: Some(region.to_owned()),
            title: caption(node, CHIP.0 - 12),
            badge: default.to_owned(),
            used: Some(vpc.used),
            label: format!("{}, {}, {subnets} subnets", spoken(node), node.detail),
            ..item(node, Shape::Vpc, rect)
        });
        if let Some(gateway) = &vpc.gateway {
            let at = Rect {
                x: rect.right() - GUTTER - CHIP.0,
                y: y - CHIP.1 / 2,
                w: CHIP.0,
                h: CHIP.1,
            };
            self.put(Item {
                parent: Some(node.id.clone()),
                label: format!("{}, attached to {}", spoken(gateway), spoken(node)),
                ..item(gateway, Shape::Gateway, at)
            });
        }
        for (place, table) in vpc.route_tables.iter().enumerate() {
            let column = i32::try_from(place % fit).unwrap_or(0);
            let row = i32::try_from(place / fit).unwrap_or(0);
            let at = Rect {
                x: x + GUTTER + column * (CHIP.0 + GAP),
                y: tables_at + row * (CHIP.1 + GAP),
                w: CHIP.0,
                h: CHIP.1,
            };
            let blackhole = table.routes.iter().any(|(_, _, works)| !works);
            let (said, badge, room) = match (blackhole, table.main) {
                (true, _) => (", with a blackhole", "blackhole", CHIP.0 - 104),
                (false, true) => (", main", "main", CHIP.0 - 74),
                (false, false) => ("", "", CHIP.0 - 38),
            };
            let routes = table.routes.len();
            self.put(Item {
                parent: Some(node.id.clone()),
                title: caption(&table.node, room),
                badge: badge.to_owned(),
                label: format!("{}{said}, {routes} routes", spoken(&table.node)),
                ..item(&table.node, Shape::RouteTable, at)
            });
        }
        let mut across = x + GUTTER;
        for ((zone, column), width) in vpc.zones.iter().zip(&sizes).zip(&widths) {
            let id = format!("{}/{}", node.id, zone.name);
            let at = Rect {
                x: across,
                y: zones_at,
                w: *width,
                h: highest,
            };
            let named = Node {
                id: id.clone(),
                kind: "zone",
                name: Some(zone.name.clone()),
                detail: String::new(),
            };
            self.put(Item {
                parent: Some(node.id.clone()),
                selectable: false,
                label: format!("Availability Zone {}", zone.name),
                ..item(&named, Shape::Zone, at)
            });
            let mut top = zones_at + ZONE_TITLE;
            for (subnet, (_, h)) in zone.subnets.iter().zip(column) {
                let at = Rect {
                    x: across + PADDING,
                    y: top,
                    w: width - 2 * PADDING,
                    h: *h,
                };
                self.subnet(subnet, &id, at);
                top += h + GAP;
            }
            across += width + GUTTER;
        }
        rect
    }
}

/// The map of a picture.
pub fn layout(picture: &Picture) -> Scene {
    let mut placer = Placer::default();
    let outside_y = MARGIN;
    let region_y = outside_y + HOST.1 + SKY;
    let region_id = format!("region/{}", picture.region);
    let mut region = Rect {
        x: MARGIN,
        y: region_y,
        w: 0,
        h: 0,
    };
    let inside_x = region.x + GUTTER;
    // The gateway stands half above its VPC.
    let first_y = region_y + TITLE + CHIP.1 / 2;
    let (mut x, mut y, mut lowest, mut widest) = (inside_x, first_y, first_y, inside_x);
    for vpc in &picture.vpcs {
        let before = placer.items.len();
        let mut rect = placer.vpc(vpc, &region_id, x, y);
        if rect.right() > region.x + ROW && x > inside_x {
            // It does not fit beside the others: a new row.
            placer.items.truncate(before);
            (x, y) = (inside_x, lowest + GUTTER + CHIP.1 / 2);
            rect = placer.vpc(vpc, &region_id, x, y);
        }
        x = rect.right() + GUTTER;
        lowest = lowest.max(rect.bottom());
        widest = widest.max(rect.right());
    }
    let loose: Vec<(&Node, Shape)> = picture
        .loose_gateways
        .iter()
        .map(|node| (node, Shape::Gateway))
        .chain(
            picture
                .loose_addresses
                .iter()
                .map(|node| (node, Shape::Address)),
        )
        .collect();
    let mut across = inside_x;
    if !loose.is_empty() {
        let mut top = match picture.vpcs.is_empty() {
            true => region_y + TITLE,
            false => lowest + GUTTER,
        };
        let edge = widest.max(inside_x + run(4, CHIP.0));
        for (node, shape) in loose {
            if across + CHIP.0 > edge {
                across = inside_x;
                top += CHIP.1 + GAP;
            }
            let at = Rect {
                x: across,
                y: top,
                w: CHIP.0,
                h: CHIP.1,
            };
            across += CHIP.0 + GAP;
            lowest = lowest.max(at.bottom());
            widest = widest.max(at.right());
            placer.put(Item {
                parent: Some(region_id.clone()),
                ..item(node, shape, at)
            });
        }
    }
    region.w = (widest + GUTTER - region.x).max(2 * HOST.0 + 2 * GUTTER);
    region.h = (lowest + GUTTER - region.y).max(TITLE + 3 * GUTTER);

    // The internet stands above the first gateway, so that its line is straight.
    let gateway = placer
        .items
        .iter()
        .find(|item| item.shape == Shape::Gateway && item.rect.y < first_y);
    let middle = gateway.map_or(region.centre().x + HOST.0, |item| item.rect.centre().x);
    let outside = |x: i32| Rect {
        x,
        y: outside_y,
        w: HOST.0,
        h: HOST.1,
    };
    let internet = outside(middle - HOST.0 / 2);
    let laptop = outside((internet.x - HOST.0 - 2 * GUTTER).max(MARGIN));
    let mut items = vec![
        outsider(
            "laptop",
            LAPTOP,
            "Your laptop",
            &LAPTOP_ADDRESS.to_string(),
            Shape::Laptop,
            laptop,
        ),
        outsider(
            "internet",
            INTERNET,
            "Internet",
            "everyone else",
            Shape::Internet,
            internet,
        ),
        Item {
            selectable: false,
            title: picture.region.clone(),
            label: format!("Region {}", picture.region),
            ..outsider("region", &region_id, "", "", Shape::Region, region)
        },
    ];
    items.append(&mut placer.items);
    let width = region.right().max(internet.right()) + MARGIN;
    let height = region.bottom() + MARGIN;
    let items: Vec<Rc<Item>> = items.into_iter().map(Rc::new).collect();
    let mut scene = Scene {
        width,
        height,
        items,
        edges: Vec::new(),
    };
    scene.edges = edges::edges(picture, &scene, region)
        .into_iter()
        .map(Rc::new)
        .collect();
    scene
}

fn outsider(
    kind: &'static str,
    id: &str,
    name: &str,
    detail: &str,
    shape: Shape,
    rect: Rect,
) -> Item {
    let node = Node {
        id: id.to_owned(),
        kind,
        name: Some(name.to_owned()),
        detail: detail.to_owned(),
    };
    Item {
        label: format!("{name}, {detail}"),
        ..item(&node, shape, rect)
    }
}

/// What changed from one map to the next, in one sentence for those who don't see it.
pub fn news(before: &Scene, after: &Scene) -> String {
    let name = |item: &Item| item.label.clone();
    let added: Vec<String> = after
        .items
        .iter()
        .filter(|item| item.selectable && before.find(&item.id).is_none())
        .map(|item| name(item))
        .collect();
    let gone: Vec<String> = before
        .items
        .iter()
        .filter(|item| item.selectable && after.find(&item.id).is_none())
        .map(|item| name(item))
        .collect();
    let changed: Vec<String> = after
        .items
        .iter()
        .filter(|item| {
            let old = before.find(&item.id);
            item.selectable && old.is_some_and(|old| old.label != item.label)
        })
        .map(|item| name(item))
        .collect();
    let say = |word: &str, list: &[String]| match list {
        [] => String::new(),
        [one] => format!("{word}: {one}. "),
        many => format!("{word}: {} things. ", many.len()),
    };
    let mut said = say("New on the map", &added);
    said.push_str(&say("Gone from the map", &gone));
    said.push_str(&say("Changed", &changed));
    said.trim_end().to_owned()
}

//! The lines of the map, orthogonal, along lanes that no box stands on.

use super::map::{Edge, INTERNET, Line, Point, Rect, Scene, Shape};
use crate::consts::*;
use hopwise_cloud::LAPTOP;
use hopwise_cloud::view::{Picture, VpcView};
use std::fmt::Write as _;

fn point(x: i32, y: i32) -> Point {
    Point { x, y }
}

/// Every line of the map.
pub fn edges(picture: &Picture, scene: &Scene, region: Rect) -> Vec<Edge> {
    let mut edges = Vec::new();
    let rect = |id: &str| scene.find(id).map(|item| item.rect);
    let (Some(internet), Some(laptop)) = (rect(INTERNET), rect(LAPTOP)) else {
        return edges;
    };
    edges.push(Edge {
        from: LAPTOP.to_owned(),
        to: INTERNET.to_owned(),
        line: Line::Traffic,
        always: true,
        points: vec![
            point(laptop.right(), laptop.centre().y),
            point(internet.x, internet.centre().y),
        ],
    });
    let top = picture
        .vpcs
        .iter()
        .filter_map(|vpc| rect(&vpc.node.id))
        .map(|it| it.y)
        .min();
    for vpc in &picture.vpcs {
        let Some(here) = rect(&vpc.node.id) else {
            continue;
        };
        if let Some((node, at)) = vpc
            .gateway
            .as_ref()
            .and_then(|node| Some((node, rect(&node.id)?)))
        {
            edges.push(Edge {
                from: node.id.clone(),
                to: INTERNET.to_owned(),
                line: Line::Traffic,
                always: true,
                points: to_internet(at, internet, region, Some(here.y) == top),
            });
        }
        within(vpc, scene, here, &mut edges);
    }
    edges
}

/// From a gateway up to the internet; from a lower row by the Region's left margin.
pub fn to_internet(gateway: Rect, internet: Rect, region: Rect, first_row: bool) -> Vec<Point> {
    let from = gateway.centre().x;
    let to = internet.centre().x;
    let lane = region.y - SKY / 2;
    let mut points = vec![point(from, gateway.y)];
    if !first_row {
        let aisle = region.x + GUTTER / 2;
        let row = gateway.y - GUTTER / 2;
        points.push(point(from, row));
        points.push(point(aisle, row));
        points.push(point(aisle, lane));
        points.push(point(to, lane));
    } else if from != to {
        points.push(point(from, lane));
        points.push(point(to, lane));
    }
    points.push(point(to, internet.bottom()));
    points
}

/// Subnets to their route tables, route tables to the gateway.
fn within(vpc: &VpcView, scene: &Scene, here: Rect, edges: &mut Vec<Edge>) {
    let rect = |id: &str| scene.find(id).map(|item| item.rect);
    for table in &vpc.route_tables {
        let Some(chip) = rect(&table.node.id) else {
            continue;
        };
        for (_, target, works) in &table.routes {
            let gateway = scene
                .find(target)
                .filter(|item| item.shape == Shape::Gateway && *works);
            let Some(gateway) = gateway.map(|item| item.rect) else {
                continue;
            };
            let lane = here.y + TITLE;
            let side = chip.x - GAP / 2;
            let x = gateway.centre().x;
            let first_row = chip.y <= lane + GAP;
            let points = if first_row {
                vec![
                    point(chip.centre().x, chip.y),
                    point(chip.centre().x, lane),
                    point(x, lane),
                    point(x, gateway.bottom()),
                ]
            } else {
                vec![
                    point(chip.x, chip.centre().y),
                    point(side, chip.centre().y),
                    point(side, lane),
                    point(x, lane),
                    point(x, gateway.bottom()),
                ]
            };
            edges.push(Edge {
                from: table.node.id.clone(),
                to: target.clone(),
                line: Line::Traffic,
                always: true,
                points,
            });
        }
    }
    for group in &vpc.security_groups {
        for from in &group.admits {
            let (Some(one), Some(other)) = (rect(from), rect(&group.node.id)) else {
                continue;
            };
            edges.push(Edge {
                from: from.clone(),
                to: group.node.id.clone(),
                line: Line::Relation,
                always: false,
                points: between_chips(one, other),
            });
        }
    }
    for subnet in vpc.zones.iter().flat_map(|zone| &zone.subnets) {
        let (Some(from), Some(chip)) = (rect(&subnet.node.id), rect(&subnet.route_table)) else {
            continue;
        };
        // Below all chips, beside the zone, and between the columns of the chips.
        let zone = scene
            .find(&subnet.node.id)
            .and_then(|it| rect(it.parent.as_deref()?));
        let lane = zone.map_or(here.y + TITLE, |zone| zone.y - GAP);
        let aisle = from.x - PADDING - GUTTER / 2;
        let side = chip.x - GAP / 2;
        let y = from.y + SUBNET_TITLE / 2;
        edges.push(Edge {
            from: subnet.node.id.clone(),
            to: subnet.route_table.clone(),
            line: Line::Relation,
            always: false,
            points: vec![
                point(from.x, y),
                point(aisle, y),
                point(aisle, lane),
                point(side, lane),
                point(side, chip.centre().y),
                point(chip.x, chip.centre().y),
            ],
        });
    }
}

/// From chip to chip through the gaps between their rows and columns.
fn between_chips(from: Rect, to: Rect) -> Vec<Point> {
    let lane = from.bottom() + GAP / 2;
    let start = [
        point(from.centre().x, from.bottom()),
        point(from.centre().x, lane),
    ];
    let end = if from.y == to.y {
        vec![
            point(to.centre().x, lane),
            point(to.centre().x, to.bottom()),
        ]
    } else {
        let side = to.x - GAP / 2;
        vec![
            point(side, lane),
            point(side, to.centre().y),
            point(to.x, to.centre().y),
        ]
    };
    start.into_iter().chain(end).collect()
}

/// What belongs together without a line: a security group and what has it, a network ACL and the
/// subnets that it filters.
pub fn kinships(picture: &Picture) -> Vec<(String, String)> {
    let mut kin = Vec::new();
    for vpc in &picture.vpcs {
        for acl in &vpc.network_acls {
            let subnets = acl.subnets.iter();
            kin.extend(subnets.map(|subnet| (acl.node.id.clone(), subnet.clone())));
        }
        for host in vpc
            .zones
            .iter()
            .flat_map(|zone| &zone.subnets)
            .flat_map(|subnet| &subnet.hosts)
        {
            let groups = host.groups.iter();
            kin.extend(groups.map(|group| (group.id.clone(), host.node.id.clone())));
        }
    }
    kin
}

/// The shortest way between two boxes with right angles: down or up where one is above the
/// other, else sideways.
pub fn elbow(from: Rect, to: Rect) -> Vec<Point> {
    let (a, b) = (from.centre(), to.centre());
    if from.bottom() <= to.y || to.bottom() <= from.y {
        let (start, end) = match from.bottom() <= to.y {
            true => (from.bottom(), to.y),
            false => (from.y, to.bottom()),
        };
        let lane = start + (end - start) / 2;
        return vec![
            point(a.x, start),
            point(a.x, lane),
            point(b.x, lane),
            point(b.x, end),
        ];
    }
    let (start, end) = match from.right() <= to.x {
        true => (from.right(), to.x),
        false => (from.x, to.right()),
    };
    let lane = start + (end - start) / 2;
    vec![
        point(start, a.y),
        point(lane, a.y),
        point(lane, b.y),
        point(end, b.y),
    ]
}

/// The path of a line through `points`, its corners rounded.
pub fn path(points: &[Point]) -> String {
    let mut d = String::new();
    let Some(first) = points.first() else {
        return d;
    };
    // Writing to a String can't fail.
    let _ = write!(d, "M{} {}", first.x, first.y);
    for corner in points.windows(3) {
        let [before, at, after] = corner else {
            continue;
        };
        let enter = towards(*at, *before);
        let leave = towards(*at, *after);
        let _ = write!(
            d,
            "L{} {}Q{} {} {} {}",
            enter.x, enter.y, at.x, at.y, leave.x, leave.y
        );
    }
    if let Some(last) = points.last().filter(|_| points.len() > 1) {
        let _ = write!(d, "L{} {}", last.x, last.y);
    }
    d
}

/// From `at` a corner's radius towards `other`, or half of the way if that is less.
fn towards(at: Point, other: Point) -> Point {
    let step = |from: i32, to: i32| {
        let way = to - from;
        way.signum() * (way.abs() / 2).min(CORNER)
    };
    point(at.x + step(at.x, other.x), at.y + step(at.y, other.y))
}

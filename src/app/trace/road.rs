//! The way of a packet on the map: from station to station along orthogonal lines.

use super::plate::words_of;
use crate::canvas::layout::{INTERNET, Point, Rect, Scene, Shape};
use crate::canvas::path;
use crate::consts::{BESIDE, GAP, GLYPH, GUTTER, SUBNET_TITLE, TITLE};
use hopwise_cloud::LAPTOP;
use std::rc::Rc;
use yew::{Html, html};

/// A place of the map where the packet is for some hops.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Station {
    pub place: Place,
    pub back: bool,
    /// The first of its hops, counted from 0 within its way.
    pub hop: usize,
}

/// Where that is, by the ids of the map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    Host(String),
    /// At the door of a host, where its security groups stand.
    Door(String),
    Subnet(String),
    Router(String),
    Gateway(String),
    Internet,
    Laptop,
}

impl Place {
    /// The box of the map that lights.
    fn node(&self) -> &str {
        match self {
            Place::Host(id)
            | Place::Door(id)
            | Place::Subnet(id)
            | Place::Router(id)
            | Place::Gateway(id) => id,
            Place::Internet => INTERNET,
            Place::Laptop => LAPTOP,
        }
    }

    /// Its point; none for what is not on the map.
    fn point(&self, scene: &Scene) -> Option<Point> {
        let rect = scene.find(self.node())?.rect;
        let centre = rect.centre();
        let point = |x: i32, y: i32| Point { x, y };
        Some(match self {
            // Where its glyph is, so that its words stay to be read.
            Place::Host(_) => point(rect.x + GLYPH.0, rect.y + GLYPH.1),
            Place::Gateway(_) => point(centre.x, rect.y),
            Place::Internet | Place::Laptop => point(centre.x, rect.bottom()),
            Place::Door(_) => point(centre.x, rect.y),
            Place::Subnet(_) => point(rect.x, rect.y + SUBNET_TITLE / 2),
            Place::Router(id) => {
                // Below the gateway if the VPC has one, in the free lane under the title.
                let gateway = scene
                    .items
                    .iter()
                    .find(|item| item.shape == Shape::Gateway && item.parent.as_ref() == Some(id));
                Point {
                    x: gateway.map_or(rect.centre().x, |item| item.rect.centre().x),
                    y: rect.y + TITLE,
                }
            }
        })
    }
}

/// A station on the map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stop {
    pub node: String,
    pub back: bool,
    pub hop: usize,
    /// The line from the station before; one point for the first.
    pub line: Vec<Point>,
}

/// The whole way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Road {
    /// Which packet it is: a new one starts anew.
    pub number: usize,
    /// What the packet is called: `tcp 443`.
    pub label: String,
    pub stops: Vec<Stop>,
    /// The rule's or the reason's words, where it is stopped.
    pub stopped: Option<String>,
    /// Where the map has words, which the packet's own must not hide; the whole map first.
    pub words: Vec<Rect>,
}

/// Between a VPC's router or gateway and a subnet: along the lane below the route tables and down the aisle
/// beside the zone, where no box stands. From the router to the subnet.
fn lane(router: Point, subnet: Point, id: &str, scene: &Scene) -> Option<Vec<Point>> {
    let zone = scene.find(scene.find(id)?.parent.as_deref()?)?.rect;
    let (y, x) = (zone.y - GAP / 4, zone.x - GUTTER / 2);
    let point = |x: i32, y: i32| Point { x, y };
    Some(vec![
        router,
        point(router.x, y),
        point(x, y),
        point(x, subnet.y),
        subnet,
    ])
}

/// From one place to the next.
fn connect(from: (&Place, Point), to: (&Place, Point), scene: &Scene) -> Vec<Point> {
    let by_lane = match (from, to) {
        ((Place::Router(_) | Place::Gateway(_), router), (Place::Subnet(id), subnet)) => {
            lane(router, subnet, id, scene)
        }
        ((Place::Subnet(id), subnet), (Place::Router(_) | Place::Gateway(_), router)) => {
            lane(router, subnet, id, scene).map(|mut line| {
                line.reverse();
                line
            })
        }
        _ => None,
    };
    by_lane.unwrap_or_else(|| elbow(from.1, to.1))
}

/// From `a` to `b` with right angles.
fn elbow(a: Point, b: Point) -> Vec<Point> {
    if a.x == b.x || a.y == b.y {
        return vec![a, b];
    }
    // Into a box from above: down at the end, over just before it.
    let y = match a.y < b.y {
        true => (b.y - GAP / 2).max(a.y),
        false => (a.y - GAP / 2).max(b.y),
    };
    let (first, second) = (Point { x: a.x, y }, Point { x: b.x, y });
    let mut line = vec![a];
    for point in [first, second, b] {
        if line.last() != Some(&point) {
            line.push(point);
        }
    }
    line
}

/// The way along these stations; the stations that are not on the map are passed over.
pub fn road(
    stations: &[Station],
    scene: &Scene,
    number: usize,
    label: String,
    stopped: Option<String>,
) -> Road {
    let mut stops: Vec<Stop> = Vec::new();
    let mut before: Option<(&Place, Point)> = None;
    for station in stations {
        let Some(point) = station.place.point(scene) else {
            continue;
        };
        let mut line = match before {
            Some(from) => connect(from, (&station.place, point), scene),
            None => vec![point],
        };
        before = Some((&station.place, point));
        if station.back {
            // The way back runs beside the way there.
            for point in &mut line {
                point.x += BESIDE;
                point.y += BESIDE;
            }
        }
        stops.push(Stop {
            node: station.place.node().to_owned(),
            back: station.back,
            hop: station.hop,
            line,
        });
    }
    Road {
        number,
        label,
        stops,
        stopped,
        words: words_of(scene),
    }
}

impl Road {
    /// All the line of one way.
    fn line(&self, back: bool) -> Vec<Point> {
        let mut line: Vec<Point> = Vec::new();
        for stop in self.stops.iter().filter(|stop| stop.back == back) {
            for point in &stop.line {
                if line.last() != Some(point) {
                    line.push(*point);
                }
            }
        }
        line
    }

    /// Where the packet is after so many stations, fractions being on the way to the next.
    pub fn at(&self, position: f64) -> Option<Point> {
        let whole = position.floor().max(0.0);
        let place = whole as usize;
        let here = self.stops.get(place).or(self.stops.last())?;
        let part = position - whole;
        match self.stops.get(place + 1) {
            Some(next) if part > 0.0 => along(&next.line, part),
            _ => here.line.last().copied(),
        }
    }
}

/// The point at this share of a line's length.
fn along(line: &[Point], share: f64) -> Option<Point> {
    let length = |pair: &[Point]| match pair {
        [a, b] => f64::from((a.x - b.x).abs() + (a.y - b.y).abs()),
        _ => 0.0,
    };
    let mut left = line.windows(2).map(length).sum::<f64>() * share;
    for pair in line.windows(2) {
        let ([a, b], long) = (pair, length(pair)) else {
            continue;
        };
        if left <= long && long > 0.0 {
            let between = |a: i32, b: i32| (f64::from(a) + f64::from(b - a) * left / long) as i32;
            return Some(Point {
                x: between(a.x, b.x),
                y: between(a.y, b.y),
            });
        }
        left -= long;
    }
    line.last().copied()
}

/// What the map shows of the trace.
#[derive(Clone, Default)]
pub struct Stage {
    pub road: Option<Rc<Road>>,
}

impl PartialEq for Stage {
    fn eq(&self, other: &Self) -> bool {
        match (&self.road, &other.road) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Stage {
    /// The road, which lies below the cards.
    pub fn road(&self) -> Html {
        let Some(road) = &self.road else {
            return html! {};
        };
        html! {
            <>
                <path class="road" d={path(&road.line(false))} />
                <path class="road road-back" d={path(&road.line(true))} />
            </>
        }
    }

    /// The packet, which [`super::Player`] moves.
    pub fn packet(&self) -> Html {
        let Some(road) = &self.road else {
            return html! {};
        };
        let start = road.at(0.0).unwrap_or_default();
        html! {
            <g key={road.number} id="packet" class="packet" aria-hidden="true"
                transform={format!("translate({} {})", start.x, start.y)}>
                <path id="packet-leader" class="packet-leader" />
                <circle class="packet-dot" r="6" />
                <path class="packet-cross" d="M-3 -3L3 3M3 -3L-3 3" />
                <g id="packet-plate">
                    <rect class="packet-plate" rx="4" />
                    <text id="packet-label" x="7" y="14">{ &road.label }</text>
                </g>
            </g>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::layout::layout;
    use hopwise_cloud::view::Picture;

    fn point(x: i32, y: i32) -> Point {
        Point { x, y }
    }

    #[test]
    fn corners_are_right() {
        for (a, b) in [
            (point(0, 0), point(50, 90)),
            (point(50, 90), point(0, 0)),
            (point(0, 0), point(0, 9)),
            (point(4, 0), point(90, 2)),
        ] {
            let line = elbow(a, b);
            assert_eq!((line.first(), line.last()), (Some(&a), Some(&b)));
            for pair in line.windows(2) {
                assert!(pair[0].x == pair[1].x || pair[0].y == pair[1].y, "{line:?}");
            }
        }
    }

    #[test]
    fn a_packet_moves_along_its_road() {
        let scene = layout(&Picture::default(), &hopwise_world::Places::new());
        let station = |place, back, hop| Station { place, back, hop };
        let road = road(
            &[
                station(Place::Laptop, false, 0),
                station(Place::Subnet("subnet-of-nobody".to_owned()), false, 1),
                station(Place::Internet, false, 2),
                station(Place::Laptop, true, 0),
            ],
            &scene,
            1,
            "tcp 80".to_owned(),
            None,
        );
        assert_eq!(road.stops.len(), 3, "what is not on the map is passed over");
        let foot = |id: &str| {
            let rect = scene.find(id).unwrap().rect;
            point(rect.centre().x, rect.bottom())
        };
        let (laptop, internet) = (foot(LAPTOP), foot(INTERNET));
        assert_eq!(road.at(0.0), Some(laptop));
        assert_eq!(road.at(1.0), Some(internet));
        let half = road.at(0.5).unwrap();
        assert_eq!(half.x, (laptop.x + internet.x) / 2);
        let end = point(laptop.x + BESIDE, laptop.y + BESIDE);
        assert_eq!(road.at(2.0), Some(end));
        assert_eq!(road.at(99.0), Some(end));
    }
}

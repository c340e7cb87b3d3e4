//! The way of a packet on the map: from station to station along orthogonal lines.

use super::plate::words_of;
use crate::canvas::layout::{INTERNET, Point, Rect, Scene, Shape};
use crate::canvas::{path, to_internet};
use crate::consts::{BESIDE, CHIP, GAP, GLYPH, GUTTER, PADDING, SUBNET_TITLE, TITLE};
use hopwise_cloud::LAPTOP;
use std::rc::Rc;
use yew::{Html, html};

/// How far above a row of boxes the way runs, so that the way back has its place in the gap too.
const ABOVE: i32 = GAP * 3 / 4;

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

/// A line without what stands twice.
fn line(points: impl IntoIterator<Item = Point>) -> Vec<Point> {
    let mut line: Vec<Point> = Vec::new();
    for point in points {
        if line.last() != Some(&point) {
            line.push(point);
        }
    }
    line
}

/// Between a VPC's router or gateway and a subnet: along the lane under the title, down beside the
/// chips or between their columns, along the lane below them and down the aisle beside the zone.
/// From the router to the subnet, by each of the columns.
fn lanes(router: Point, subnet: Point, id: &str, scene: &Scene) -> Vec<Vec<Point>> {
    let outer = |id: &str| scene.find(scene.find(id)?.parent.as_deref()?);
    let Some((zone, vpc)) = outer(id).and_then(|zone| Some((zone.rect, outer(&zone.id)?.rect)))
    else {
        return Vec::new();
    };
    let (high, low) = (vpc.y + TITLE, zone.y - ABOVE);
    let aisle = zone.x - GUTTER / 2;
    let point = |x: i32, y: i32| Point { x, y };
    let by = |column: i32| {
        line([
            router,
            point(router.x, high),
            point(column, high),
            point(column, low),
            point(aisle, low),
            point(aisle, subnet.y),
            subnet,
        ])
    };
    let step = usize::try_from(CHIP.0 + GAP).unwrap_or(1);
    let first = vpc.x + GUTTER + CHIP.0 + GAP / 2;
    let columns = (first..vpc.right() - GUTTER).step_by(step);
    let sides = [router.x, vpc.x + GUTTER / 2, vpc.right() - GUTTER / 2];
    sides.into_iter().chain(columns).map(by).collect()
}

/// The ways that a packet could be drawn from one place to the next, of the same worth.
fn ways(from: (&Place, Point), to: (&Place, Point), scene: &Scene) -> Vec<Vec<Point>> {
    match (from, to) {
        ((Place::Router(_) | Place::Gateway(_), router), (Place::Subnet(id), subnet)) => {
            lanes(router, subnet, id, scene)
        }
        ((Place::Internet, _), (Place::Gateway(id), _)) => {
            let rect = |id: &str| scene.find(id).map(|item| item.rect);
            let region = scene.items.iter().find(|item| item.shape == Shape::Region);
            match (rect(id), rect(INTERNET), region) {
                (Some(gateway), Some(internet), Some(region)) => [true, false]
                    .map(|first| {
                        let mut line = to_internet(gateway, internet, region.rect, first);
                        line.reverse();
                        line
                    })
                    .into(),
                _ => Vec::new(),
            }
        }
        // Down beside the hosts, and over in the gap above their row.
        ((Place::Subnet(_), a), (Place::Door(_) | Place::Host(_), b)) => {
            let (x, y) = (a.x + PADDING / 4, b.y - ABOVE);
            let point = |x: i32, y: i32| Point { x, y };
            vec![line([a, point(x, a.y), point(x, y), point(b.x, y), b])]
        }
        _ => Vec::new(),
    }
}

/// How many boxes a line lies behind that it does not go to.
fn crossed(line: &[Point], ends: [&Place; 2], scene: &Scene) -> usize {
    let solid = scene.items.iter().filter(|item| {
        let subnet = matches!(item.shape, Shape::PublicSubnet | Shape::PrivateSubnet);
        let own = ends.iter().any(|end| {
            let inside = scene.find(end.node()).and_then(|it| it.parent.as_ref());
            end.node() == item.id || inside == Some(&item.id)
        });
        (subnet || !item.shape.holds()) && !own
    });
    let along: Vec<Rect> = line
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some(Rect {
                x: a.x.min(b.x),
                y: a.y.min(b.y),
                w: (a.x - b.x).abs().max(1),
                h: (a.y - b.y).abs().max(1),
            }),
            _ => None,
        })
        .collect();
    solid
        .filter(|item| along.iter().any(|piece| piece.meets(item.rect)))
        .count()
}

fn length(line: &[Point]) -> i32 {
    line.windows(2)
        .map(|pair| match pair {
            [a, b] => (a.x - b.x).abs() + (a.y - b.y).abs(),
            _ => 0,
        })
        .sum()
}

/// From one place to the next: behind as few boxes as can be, and then the shortest.
fn connect(from: (&Place, Point), to: (&Place, Point), scene: &Scene) -> Vec<Point> {
    let mut lines = ways(from, to, scene);
    lines.extend(ways(to, from, scene).into_iter().map(|mut line| {
        line.reverse();
        line
    }));
    lines.push(elbow(from.1, to.1));
    lines
        .into_iter()
        .min_by_key(|line| (crossed(line, [from.0, to.0], scene), length(line)))
        .unwrap_or_default()
}

/// From `a` to `b` with right angles.
fn elbow(a: Point, b: Point) -> Vec<Point> {
    if a.x == b.x || a.y == b.y {
        return vec![a, b];
    }
    // Into a box from above: down at the end, over just before it.
    let y = match a.y < b.y {
        true => (b.y - ABOVE).max(a.y),
        false => (a.y - ABOVE).max(b.y),
    };
    line([a, Point { x: a.x, y }, Point { x: b.x, y }, b])
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
        let stops = self.stops.iter().filter(|stop| stop.back == back);
        line(stops.flat_map(|stop| stop.line.iter().copied()))
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
    let mut left = f64::from(length(line)) * share;
    for pair in line.windows(2) {
        let ([a, b], long) = (pair, f64::from(length(pair))) else {
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

    const TWO_VPCS: &[&str] = &[
        "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
        "a=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 --availability-zone us-east-1a --query Subnet.SubnetId --output text)",
        "b=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.2.0/24 --availability-zone us-east-1b --query Subnet.SubnetId --output text)",
        "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
        "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
        "rtb=$(aws ec2 describe-route-tables --filters Name=vpc-id,Values=$vpc --query 'RouteTables[0].RouteTableId' --output text)",
        "aws ec2 create-route --route-table-id $rtb --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
        "aws ec2 create-route-table --vpc-id $vpc",
        "for n in 1 2 3; do aws ec2 create-security-group --group-name g$n --description g --vpc-id $vpc; done",
        "aws ec2 run-instances --image-id $al2023 --subnet-id $a --instance-type t3.micro --count 8 --associate-public-ip-address",
        "aws ec2 run-instances --image-id $al2023 --subnet-id $b --instance-type t3.micro --count 2 --associate-public-ip-address",
    ];

    #[test]
    fn the_road_runs_behind_no_box_that_it_does_not_visit() {
        let mut world = hopwise_world::World::new(hopwise_world::Genesis {
            seed: 3,
            default_vpc: true,
        });
        for line in TWO_VPCS {
            let output = world.run_line(hopwise_world::World::TERMINAL, line);
            assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
        }
        let scene = layout(&world.picture(), world.places());
        let hosts = scene.items.iter().filter(|item| item.shape == Shape::Host);
        let hosts: Vec<&str> = hosts.map(|item| item.id.as_str()).collect();
        assert_eq!(hosts.len(), 10);
        let mut number = 0;
        for to in &hosts {
            for from in ["internet", LAPTOP, hosts[0], hosts[9]] {
                if from == *to {
                    continue;
                }
                number += 1;
                let mut trace = super::super::Trace::default();
                for (field, value) in [
                    (super::super::Field::From, from),
                    (super::super::Field::To, to),
                    (super::super::Field::Port, "22"),
                ] {
                    trace.asked.set(field, value.to_owned());
                }
                trace.send(&world);
                let road = trace.answer.unwrap().road(&scene);
                assert!(road.stops.len() > 3, "{from} to {to}");
                for pair in road.stops.windows(2) {
                    let visited = [&pair[0].node, &pair[1].node];
                    for ends in pair[1].line.windows(2) {
                        let (a, b) = (ends[0], ends[1]);
                        assert!(a.x == b.x || a.y == b.y, "{:?}", pair[1].line);
                        let piece = Rect {
                            x: a.x.min(b.x),
                            y: a.y.min(b.y),
                            w: (a.x - b.x).abs().max(1),
                            h: (a.y - b.y).abs().max(1),
                        };
                        for item in scene.items.iter().filter(|item| !item.shape.holds()) {
                            assert!(
                                visited.contains(&&item.id) || !piece.meets(item.rect),
                                "{from} to {to}: the line to {} lies behind {}",
                                pair[1].node,
                                item.label
                            );
                        }
                    }
                }
            }
        }
        assert!(number > 30);
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

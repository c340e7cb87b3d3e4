//! Where everything stands on the map: a pure function from the picture to boxes and edges.
//!
//! The internet and the laptop stand outside, above the Region; in it VPCs, their internet
//! gateway on the edge, their route tables, security groups and network ACLs in rows, Availability
//! Zones as columns, subnets in them, hosts in these. Containers grow with what they hold. The
//! order is the picture's, so nothing that is there already changes places when something new
//! comes; what somebody put somewhere ([`Places`]) stays there, and the rest flows around it.

use super::arrange::{self, Sized};
use super::edges;
pub use super::map::*;
use crate::consts::*;
use crate::text::{cut, shorten};
use hopwise_cloud::view::{
    AclView, HostView, Node, Picture, SubnetView, VpcView, ZoneView, kind_word,
};
use hopwise_cloud::{LAPTOP, LAPTOP_ADDRESS};
use hopwise_world::Places;
use std::rc::Rc;

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
        filter: None,
        born: false,
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

/// A network ACL as the edge of a subnet so wide shows it.
fn filter(acl: &AclView, width: i32) -> Filter {
    let most = usize::try_from((width - 2 * PADDING) / CODE_WIDTH).unwrap_or(0);
    let name = match (&acl.node.name, acl.is_default) {
        (Some(name), _) => name,
        (None, true) => "default",
        (None, false) => &shorten(&acl.node.id, 14),
    };
    Filter {
        text: cut(&format!("ACL {name}"), most),
        is_default: acl.is_default,
    }
}

/// A subnet's hosts from its corner, and the size it needs.
struct SubnetPlan {
    hosts: Vec<Rect>,
    size: (i32, i32),
}

fn subnet_plan(subnet: &SubnetView, places: &Places) -> SubnetPlan {
    let ids: Vec<&str> = subnet.hosts.iter().map(|it| it.node.id.as_str()).collect();
    let corner = (PADDING, SUBNET_TITLE);
    let hosts = arrange::grid(&ids, HOST, columns(ids.len()), corner, places);
    let (right, bottom) = arrange::reach(&hosts);
    let least = SUBNET_TITLE + EMPTY;
    SubnetPlan {
        size: (
            right.max(PADDING + HOST.0) + PADDING,
            (bottom + PADDING).max(least),
        ),
        hosts,
    }
}

/// `1 subnet`, `2 subnets`.
fn many(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// A zone's subnets from its corner, and the size it needs.
struct ZonePlan {
    subnets: Vec<(SubnetPlan, Rect)>,
    size: (i32, i32),
}

fn zone_plan(zone: &ZoneView, places: &Places) -> ZonePlan {
    let plans: Vec<SubnetPlan> = zone
        .subnets
        .iter()
        .map(|subnet| subnet_plan(subnet, places))
        .collect();
    // Those that flow are as wide as the widest of them.
    let flows = |id: &str| !places.contains_key(id);
    let widest = zone.subnets.iter().zip(&plans);
    let widest = widest
        .filter(|(subnet, _)| flows(&subnet.node.id))
        .map(|(_, plan)| plan.size.0)
        .max()
        .unwrap_or(0);
    let boxes: Vec<Sized<'_>> = zone
        .subnets
        .iter()
        .zip(&plans)
        .map(|(subnet, plan)| {
            let id = subnet.node.id.as_str();
            let wide = if flows(id) { widest } else { plan.size.0 };
            (id, (wide, plan.size.1))
        })
        .collect();
    let rects = arrange::stack(&boxes, (PADDING, ZONE_TITLE), places);
    let (right, bottom) = arrange::reach(&rects);
    ZonePlan {
        subnets: plans.into_iter().zip(rects).collect(),
        size: (right + PADDING, bottom + GAP),
    }
}

/// Puts things at their places, containers first.
struct Placer<'a> {
    places: &'a Places,
    items: Vec<Item>,
}

/// From where to where a gateway may stand on the upper edge of a VPC so wide: beside its title.
pub fn gateway_room(width: i32) -> (i32, i32) {
    let to = width - GUTTER - CHIP.0;
    ((GUTTER + CHIP.0 + GAP).min(to), to)
}

/// The chips of a VPC that stand in rows below its title: all its tables, groups and ACLs, those
/// that it was born with too, whether something uses them or not.
fn chips(vpc: &VpcView) -> Vec<(&Node, Shape, &'static str, String)> {
    let tables = vpc.route_tables.iter().map(|table| {
        let blackhole = table.routes.iter().any(|(_, _, works)| !works);
        let (said, badge) = match (blackhole, table.main) {
            (true, _) => (", with a blackhole", "blackhole"),
            (false, true) => (", main", "main"),
            (false, false) => ("", ""),
        };
        let routes = table.routes.len();
        let routes = many(routes, "route");
        let label = format!("{}{said}, {routes}", spoken(&table.node));
        (&table.node, Shape::RouteTable, badge, label)
    });
    let groups = vpc.security_groups.iter().map(|group| {
        let rules = many(group.inbound, "inbound rule");
        let label = format!("{}, {rules}", spoken(&group.node));
        // AWS calls the group itself `default`.
        let badge = if group.is_default { "group" } else { "" };
        (&group.node, Shape::Group, badge, label)
    });
    let acls = vpc.network_acls.iter().map(|acl| {
        let (said, badge) = match (acl.is_default, &acl.node.name) {
            (true, None) => (", default", "ACL"),
            (true, Some(_)) => (", default", "default"),
            (false, _) => ("", ""),
        };
        let subnets = many(acl.subnets.len(), "subnet");
        let label = format!("{}{said}, {subnets}", spoken(&acl.node));
        (&acl.node, Shape::Acl, badge, label)
    });
    let others = vpc.others.iter().map(|node| {
        let label = match node.detail.as_str() {
            "" => spoken(node),
            detail => format!("{}, {detail}", spoken(node)),
        };
        (node, Shape::Other(node.kind), "", label)
    });
    tables.chain(groups).chain(acls).chain(others).collect()
}

impl Placer<'_> {
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
            ..item(
                node,
                match node.kind {
                    "instance" | "network-interface" => Shape::Host,
                    kind => Shape::Device(kind),
                },
                rect,
            )
        });
    }

    fn subnet(
        &mut self,
        subnet: &SubnetView,
        vpc: &VpcView,
        zone: &str,
        plan: &SubnetPlan,
        rect: Rect,
    ) {
        let (shape, word) = match subnet.public {
            true => (Shape::PublicSubnet, "public"),
            false => (Shape::PrivateSubnet, "private"),
        };
        let hosts = subnet.hosts.len();
        let node = &subnet.node;
        let room = rect.w - 2 * PADDING - 56;
        let acls = &vpc.network_acls;
        let acl = acls.iter().find(|acl| acl.node.id == subnet.network_acl);
        let filter = acl.map(|acl| filter(acl, rect.w));
        let by = acl.map_or(String::new(), |acl| match acl.is_default {
            true => ", default network ACL".to_owned(),
            false => format!(", {}", spoken(&acl.node)),
        });
        self.put(Item {
            filter,
            parent: Some(zone.to_owned()),
            title: caption(node, room),
            badge: word.to_owned(),
            used: Some(subnet.used),
            label: format!(
                "{}, {word}, {}, {hosts} inside{by}",
                spoken(node),
                node.detail
            ),
            ..item(node, shape, rect)
        });
        for (host, at) in subnet.hosts.iter().zip(&plan.hosts) {
            self.host(host, subnet, at.from(rect));
        }
    }

    /// A VPC with all it holds, at `x`, `y`; gives its box.
    fn vpc(&mut self, vpc: &VpcView, region: &str, x: i32, y: i32) -> Rect {
        let zones: Vec<ZonePlan> = vpc
            .zones
            .iter()
            .map(|zone| zone_plan(zone, self.places))
            .collect();
        let across: i32 = zones.iter().map(|zone| zone.size.0 + GUTTER).sum();
        // Room for what it was born with, side by side.
        let least = 3 * CHIP.0 + 2 * GAP + 2 * GUTTER;
        let flowing = (across + GUTTER).max(least);
        // The rows of chips, with a lane above them and one below.
        let chips = chips(vpc);
        let ids: Vec<&str> = chips.iter().map(|(node, ..)| node.id.as_str()).collect();
        let fit = usize::try_from((flowing - 2 * GUTTER + GAP) / (CHIP.0 + GAP)).unwrap_or(1);
        let corner = (GUTTER, TITLE + GAP);
        let rows = arrange::grid(&ids, CHIP, fit, corner, self.places);
        let flow: Vec<Rect> = ids
            .iter()
            .zip(&rows)
            .filter(|(id, _)| !self.places.contains_key(**id))
            .map(|(_, rect)| *rect)
            .collect();
        let under = match flow.is_empty() {
            true => TITLE,
            false => arrange::reach(&flow).1 + GAP,
        };
        let zones_at = under + GAP / 2;
        let highest = zones.iter().map(|zone| zone.size.1).max().unwrap_or(0);
        let (right, bottom) = arrange::reach(&rows);
        let rect = Rect {
            x,
            y,
            w: flowing.max(right + GUTTER),
            h: match highest {
                0 => zones_at + GUTTER - GAP / 2,
                _ => zones_at + highest + GUTTER - GAP,
            }
            .max(bottom + GUTTER),
        };
        let node = &vpc.node;
        let default = if vpc.is_default { "default" } else { "" };
        let subnets: usize = vpc.zones.iter().map(|zone| zone.subnets.len()).sum();
        self.put(Item {
            parent: Some(region.to_owned()),
            title: caption(node, CHIP.0 - 12),
            badge: default.to_owned(),
            used: Some(vpc.used),
            label: format!(
                "{}, {}, {}",
                spoken(node),
                node.detail,
                many(subnets, "subnet")
            ),
            ..item(node, Shape::Vpc, rect)
        });
        if let Some(gateway) = &vpc.gateway {
            // Somebody may have put it elsewhere along the edge.
            let (from, to) = gateway_room(rect.w);
            let along = self.places.get(&gateway.id).map_or(to, |(x, _)| *x);
            let at = Rect {
                x: x + along.clamp(from, to),
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
        for ((node, shape, badge, label), at) in chips.into_iter().zip(rows) {
            let words = i32::try_from(badge.len()).unwrap_or(0);
            let room = CHIP.0 - 38 - if words > 0 { 8 + words * CODE_WIDTH } else { 0 };
            self.put(Item {
                parent: Some(vpc.node.id.clone()),
                // Its id would only say what it is not known by.
                title: match badge {
                    "ACL" => "default".to_owned(),
                    _ => caption(node, room),
                },
                named: node.name.is_some() || badge == "ACL",
                badge: badge.to_owned(),
                born: matches!(badge, "default" | "group" | "ACL"),
                label,
                ..item(node, shape, at.from(rect))
            });
        }
        let mut left = GUTTER;
        for (zone, plan) in vpc.zones.iter().zip(&zones) {
            let id = format!("{}/{}", node.id, zone.name);
            let at = Rect {
                x: x + left,
                y: y + zones_at,
                w: plan.size.0,
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
            for (subnet, (inside, rect)) in zone.subnets.iter().zip(&plan.subnets) {
                self.subnet(subnet, vpc, &id, inside, rect.from(at));
            }
            left += plan.size.0 + GUTTER;
        }
        rect
    }
}

/// The map of a picture.
pub fn layout(picture: &Picture, places: &Places) -> Scene {
    let mut placer = Placer {
        places,
        items: Vec::new(),
    };
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
    let corner = (GUTTER, TITLE + CHIP.1 / 2);
    // First what was put somewhere, so that the rest finds its way around it.
    let mut held: Vec<Rect> = Vec::new();
    for vpc in &picture.vpcs {
        let at = arrange::pinned(places, (&vpc.node.id, (0, 0)), corner);
        if let Some(at) = at.map(|at| at.from(region)) {
            let rect = placer.vpc(vpc, &region_id, at.x, at.y);
            lowest = lowest.max(rect.bottom());
            widest = widest.max(rect.right());
            held.push(rect);
        }
    }
    let free = |rect: Rect| {
        let roomy = Rect {
            x: rect.x - GUTTER,
            y: rect.y - GUTTER,
            w: rect.w + 2 * GUTTER,
            h: rect.h + 2 * GUTTER,
        };
        held.iter().find(|other| other.meets(roomy)).copied()
    };
    // A screen is wider than high, so two stand beside each other however wide they are.
    let before = placer.items.len();
    let widths = picture.vpcs.iter().map(|vpc| {
        let rect = placer.vpc(vpc, &region_id, inside_x, first_y);
        placer.items.truncate(before);
        rect.w
    });
    let widest_vpc = widths.max().unwrap_or(0);
    let row = ROW.max(2 * widest_vpc + 2 * GUTTER);
    for vpc in &picture.vpcs {
        if places.contains_key(&vpc.node.id) {
            continue;
        }
        let before = placer.items.len();
        let mut rect = placer.vpc(vpc, &region_id, x, y);
        loop {
            let wraps = rect.right() > region.x + row && x > inside_x;
            // Beside what is in the way, else it does not fit beside the others: a new row.
            (x, y) = match free(rect) {
                _ if wraps => (inside_x, lowest + GUTTER + CHIP.1 / 2),
                Some(other) => (other.right() + GUTTER, y),
                None => break,
            };
            placer.items.truncate(before);
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
        .chain((picture.others.iter()).map(|node| (node, Shape::Other(node.kind))))
        .chain((picture.buckets.iter()).map(|bucket| (&bucket.node, Shape::Bucket)))
        .collect();
    if !loose.is_empty() {
        let top = match picture.vpcs.is_empty() {
            true => region_y + TITLE,
            false => lowest + GUTTER,
        };
        let room = widest.max(inside_x + 4 * (CHIP.0 + GAP) - GAP) - inside_x;
        let fit = usize::try_from((room + GAP) / (CHIP.0 + GAP)).unwrap_or(1);
        let ids: Vec<&str> = loose.iter().map(|(node, _)| node.id.as_str()).collect();
        let corner = (GUTTER, top - region_y);
        // What was put somewhere is kept from the title only.
        let within: Places = ids
            .iter()
            .filter_map(|id| Some(((*id).to_owned(), *places.get(*id)?)))
            .collect();
        let flowing: Vec<&str> = ids
            .iter()
            .filter(|id| !within.contains_key(**id))
            .copied()
            .collect();
        let mut rows = arrange::grid(&flowing, CHIP, fit, corner, &Places::new()).into_iter();
        for (node, shape) in loose {
            let at = arrange::pinned(&within, (&node.id, CHIP), (GUTTER, TITLE));
            let at = at.or_else(|| rows.next()).unwrap_or_default().from(region);
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
    let mut scene = Scene::of(items, width, height);
    scene.kinships = edges::kinships(picture);
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
    // What comes and goes with its VPC is no news of its own.
    let told = |item: &&Rc<Item>| item.selectable && !item.born;
    let added: Vec<String> = after
        .items
        .iter()
        .filter(|item| told(item) && before.find(&item.id).is_none())
        .map(|item| name(item))
        .collect();
    let gone: Vec<String> = before
        .items
        .iter()
        .filter(|item| told(item) && after.find(&item.id).is_none())
        .map(|item| name(item))
        .collect();
    let changed: Vec<String> = after
        .items
        .iter()
        .filter(|item| {
            let old = before.find(&item.id);
            told(item) && old.is_some_and(|old| old.label != item.label)
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

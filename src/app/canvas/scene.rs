//! The map as SVG: at most six elements for a node, each its own small component.

use super::edges::path;
use super::glyphs::glyph;
use super::layout::{Edge, Filter, Item, Line, Rect, Scene, Shape};
use crate::consts::{BADGE, CODE_WIDTH, PADDING};
use crate::editor::target::handle;
use crate::trace::Stage;
use std::rc::Rc;
use yew::{Html, Properties, classes, component, html};

/// The id that a box has in the document.
pub fn element_id(id: &str) -> String {
    format!("node-{}", crate::text::token(id))
}

/// The id that a line has in the document.
pub fn edge_id(place: usize) -> String {
    format!("edge-{place}")
}

#[derive(Properties, PartialEq)]
pub struct NodeProps {
    pub item: Rc<Item>,
    pub selected: bool,
    /// Is it the one that the inspector shows? Then the tab key stops here.
    pub leads: bool,
    /// Does it belong to what is selected?
    pub kin: bool,
    /// Would something be dropped here, and could it?
    pub over: Option<bool>,
}

/// A box.
#[component]
pub fn Node(props: &NodeProps) -> Html {
    let item = &props.item;
    let rect = item.rect;
    let kind = match item.shape {
        Shape::Region => "node-region",
        Shape::Vpc => "node-vpc",
        Shape::Zone => "node-zone",
        Shape::PublicSubnet => "node-public",
        Shape::PrivateSubnet => "node-private",
        Shape::Host | Shape::Device(_) => "node-host",
        Shape::RouteTable
        | Shape::Group
        | Shape::Acl
        | Shape::Gateway
        | Shape::Address
        | Shape::Bucket
        | Shape::Other(_) => "node-chip",
        Shape::Internet | Shape::Laptop => "node-outside",
    };
    let inside = match item.shape {
        Shape::Region | Shape::Vpc | Shape::Zone => container(item),
        Shape::PublicSubnet | Shape::PrivateSubnet => subnet(item),
        Shape::Host | Shape::Device(_) | Shape::Internet | Shape::Laptop => card(item),
        Shape::RouteTable
        | Shape::Group
        | Shape::Acl
        | Shape::Gateway
        | Shape::Address
        | Shape::Bucket
        | Shape::Other(_) => chip(item),
    };
    let class = classes!(
        "node",
        kind,
        props.selected.then_some("node-selected"),
        props.kin.then_some("node-kin"),
        props
            .over
            .map(|ok| if ok { "node-takes" } else { "node-refuses" }),
        item.still.then_some("node-still"),
        item.born.then_some("node-born"),
    );
    let radius = if item.selectable { "6" } else { "10" };
    html! {
        <g {class} id={element_id(&item.id)} role="graphics-symbol" aria-label={item.label.clone()}
            data-node={item.selectable.then(|| item.id.clone())}
            tabindex={item.selectable.then_some(if props.leads { "0" } else { "-1" })}
            transform={format!("translate({} {})", rect.x, rect.y)}>
            <rect class="node-box" width={rect.w.to_string()} height={rect.h.to_string()} rx={radius} />
            { inside }
            if let Some((x, y)) = handle(item) {
                <circle class="node-handle" cx={(x as i32 - rect.x).to_string()} cy={(y as i32 - rect.y).to_string()} r="5" />
            }
        </g>
    }
}

fn words(class: &'static str, x: i32, y: i32, text: &str) -> Html {
    html! { <text {class} x={x.to_string()} y={y.to_string()}>{ text }</text> }
}

/// A bar of how much is used, along `width`.
fn bar(x: i32, y: i32, width: i32, used: u32) -> Html {
    let part = i64::from(width) * i64::from(used.min(1_000)) / 1_000;
    let line = |class: &'static str, long: i64| {
        html! { <path {class} d={format!("M{x} {y}h{}", long.max(1))} /> }
    };
    html! {
        <>
            { line("node-track", width.into()) }
            { line("node-bar", part) }
        </>
    }
}

/// The first line: a name, or an id as a code.
fn heading(item: &Item, x: i32, y: i32) -> Html {
    let class = if item.named {
        "node-title"
    } else {
        "node-title node-unnamed"
    };
    words(class, x, y, &item.title)
}

fn container(item: &Item) -> Html {
    let width = item.rect.w;
    let title = match (item.shape, item.badge.as_str()) {
        (Shape::Vpc, "") => item.title.clone(),
        (Shape::Vpc, badge) => format!("{} ({badge})", item.title),
        _ => item.title.clone(),
    };
    let vpc = item.shape == Shape::Vpc;
    html! {
        <>
            if vpc {
                <use class="node-glyph" href={glyph(item.shape)} x="8" y="7" width="18" height="18" />
            }
            <text class={if item.named { "node-title" } else { "node-title node-unnamed" }} x={if vpc { "32" } else { "12" }} y="20">
                { title }
                if vpc {
                    <tspan class="node-code" dx="8">{ &item.detail }</tspan>
                }
            </text>
            if let Some(used) = item.used {
                { bar(32, 27, width.min(280) - 120, used) }
            }
        </>
    }
}

fn subnet(item: &Item) -> Html {
    let width = item.rect.w;
    html! {
        <>
            { heading(item, 12, 20) }
            { words("node-word", width - 12, 20, &item.badge) }
            { words("node-code", 12, 37, &item.detail) }
            { bar(12, 45, width - 24, item.used.unwrap_or(0)) }
            if let Some(filter) = &item.filter {
                { badge(filter, item.rect) }
            }
        </>
    }
}

/// The network ACL, on the edge that it guards.
fn badge(filter: &Filter, on: Rect) -> Html {
    let letters = i32::try_from(filter.text.chars().count()).unwrap_or(0);
    let width = letters * CODE_WIDTH + PADDING;
    let (x, y) = (on.w - PADDING - width, on.h - BADGE / 2);
    let own = (!filter.is_default).then_some("badge-own");
    html! {
        <g class={classes!("badge", own)}>
            <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height={BADGE.to_string()} rx="8" />
            { words("badge-word", x + width / 2, y + 12, &filter.text) }
        </g>
    }
}

fn card(item: &Item) -> Html {
    let detail = match item.shape {
        Shape::Internet => "node-said",
        _ if item.still => "node-said",
        _ => "node-code",
    };
    html! {
        <>
            <use class="node-glyph" href={glyph(item.shape)} x="8" y="12" width="20" height="20" />
            { heading(item, 36, 19) }
            { words(detail, 36, 35, &item.detail) }
            if item.public {
                <use class="node-public-mark" href="#g-internet" x={(item.rect.w - 22).to_string()} y="6" width="14" height="14" />
            }
            if !item.badge.is_empty() {
                <text class="node-word" x={(item.rect.w - 8).to_string()} y="36">
                    { format!("{}\u{202f}SG", item.badge) }
                </text>
            }
        </>
    }
}

fn chip(item: &Item) -> Html {
    html! {
        <>
            <use class="node-glyph" href={glyph(item.shape)} x="8" y="8" width="16" height="16" />
            { heading(item, 30, 20) }
            if !item.badge.is_empty() {
                { words("node-word", item.rect.w - 8, 20, &item.badge) }
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct EdgeProps {
    pub edge: Rc<Edge>,
    pub place: usize,
    /// Does it belong to what is selected?
    pub forward: bool,
    /// Is something else selected?
    pub back: bool,
}

/// A line.
#[component]
pub fn Connection(props: &EdgeProps) -> Html {
    let class = classes!(
        "edge",
        match props.edge.line {
            Line::Relation => "edge-relation",
            Line::Traffic => "edge-traffic",
        },
        props.forward.then_some("edge-forward"),
        props.back.then_some("edge-back"),
    );
    html! { <path {class} id={edge_id(props.place)} d={path(&props.edge.points)} /> }
}

#[derive(Properties, PartialEq)]
pub struct SceneProps {
    pub scene: Rc<Scene>,
    /// What is selected, the last leading. No more of the editor, so that a menu or a draft draws
    /// nothing anew.
    pub selection: Vec<String>,
    /// The thing that something is held over, and whether it could be dropped there.
    pub over: Option<(String, bool)>,
    pub stage: Stage,
}

/// Does this line belong to the selected thing? A host's is its subnet's.
fn concerns(edge: &Edge, scene: &Scene, selected: &str) -> bool {
    let subnet = scene
        .find(selected)
        .filter(|item| item.shape == Shape::Host)
        .and_then(|item| item.parent.as_deref());
    [&edge.from, &edge.to]
        .into_iter()
        .any(|end| end == selected || Some(end.as_str()) == subnet)
}

/// All boxes and lines.
#[component]
pub fn Drawing(props: &SceneProps) -> Html {
    let scene = &props.scene;
    let selected = props.selection.last().map(String::as_str);
    let selected = selected.filter(|id| scene.find(id).is_some());
    let kin = selected.map_or_else(Vec::new, |id| scene.kin(id));
    let node = |item: &Rc<Item>| {
        let is = props.selection.contains(&item.id);
        let leads = selected == Some(item.id.as_str());
        let kin = kin.contains(&item.id.as_str());
        let over = props.over.as_ref().filter(|(on, _)| *on == item.id);
        let over = over.map(|(_, ok)| *ok);
        html! {
            <Node key={item.id.as_str()} item={item.clone()} selected={is} {leads} {kin} {over} />
        }
    };
    let lines = scene.edges.iter().enumerate().filter_map(|(place, edge)| {
        let forward = selected.is_some_and(|id| concerns(edge, scene, id));
        (edge.always || forward).then(|| {
            let back = selected.is_some() && !forward;
            html! {
                <Connection key={format!("{}>{}", edge.from, edge.to)} edge={edge.clone()} {place} {forward} {back} />
            }
        })
    });
    let is_card = |item: &&Rc<Item>| !item.shape.holds();
    html! {
        <>
            <g key="areas">{ for scene.items.iter().filter(|item| !is_card(item)).map(node) }</g>
            <g key="lines" aria-hidden="true">{ for lines }</g>
            <g key="road" aria-hidden="true">{ props.stage.road() }</g>
            <g key="cards">{ for scene.items.iter().filter(is_card).map(node) }</g>
        </>
    }
}

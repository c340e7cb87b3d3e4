//! The answer as cards: two legs, a card for each hop.

use super::motion::hop_id;
use super::road::{Place, Road, Station, road};
use crate::canvas::layout::Scene;
use crate::canvas::{glyph_of_kind, icon};
use crate::names;
use crate::sentence::{Labels, id_button, sentence};
use crate::text::{is_id, page_title};
use hopwise_cloud::view::kind_word;
use hopwise_explain::{Change, Component, Explanation, Leg, Miss, Step, Verdict};
use hopwise_net::Packet;
use hopwise_reach::{Client, Spot, Walk};
use hopwise_world::World;
use std::rc::Rc;
use yew::{Html, Properties, classes, component, html};

/// What came of a packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    number: usize,
    pub explanation: Explanation,
    pub client: Client,
    label: String,
    stations: Vec<Station>,
}

impl Answer {
    /// The answer of a walk. The world says whose an interface is.
    pub fn new(walk: &Walk, world: &World, number: usize) -> Self {
        let host = |id: &str| {
            let details = world.details(id);
            let wearer = details.and_then(|details| {
                let found = details.relations.into_iter();
                let mut found = found.filter(|(how, _)| *how == "attached to");
                found.next().map(|(_, node)| node.id)
            });
            wearer.unwrap_or_else(|| id.to_owned())
        };
        let stations = walk.path().into_iter().map(|point| Station {
            place: match &point.spot {
                Spot::Instance(id) => Place::Host(id.to_string()),
                Spot::Interface(id) => Place::Door(host(id.as_str())),
                Spot::Subnet(id) => Place::Subnet(id.to_string()),
                Spot::Router(id) => Place::Router(id.to_string()),
                Spot::Gateway(id) => Place::Gateway(id.to_string()),
                Spot::Internet => Place::Internet,
                Spot::Laptop => Place::Laptop,
            },
            back: point.back,
            hop: point.hop,
        });
        let protocol = walk.packet.protocol();
        Answer {
            number,
            explanation: walk.explanation(),
            client: walk.client,
            label: match walk.packet.destination_port() {
                Some(port) => format!("{protocol} {port}"),
                None => protocol.to_string(),
            },
            stations: stations.collect(),
        }
    }

    /// Its way on this map.
    pub fn road(&self, scene: &Scene) -> Road {
        let stopped = self.explanation.stopped_at().map(|step| {
            let code = step.code.map(|code| code.0.to_owned());
            let rule = step.rule.as_ref().map(|rule| rule.text.clone());
            rule.or(code).unwrap_or_else(|| "stopped".to_owned())
        });
        road(
            &self.stations,
            scene,
            self.number,
            self.label.clone(),
            stopped,
        )
    }
}

/// A verdict's shape, word and class.
fn verdict(verdict: Verdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        Verdict::Pass => ("✓", "passes", "verdict-pass"),
        Verdict::Stop => ("✕", "stops", "verdict-stop"),
        Verdict::Rewrite => ("⇄", "rewrites", "verdict-rewrite"),
        Verdict::NoImpact => ("–", "not asked", "verdict-none"),
        Verdict::Unknown => ("?", "unknown", "verdict-none"),
    }
}

/// A verdict: shape and word.
pub fn verdict_mark(of: Verdict) -> Html {
    let (shape, word, class) = verdict(of);
    html! {
        <span class={classes!("verdict", class)}><span aria-hidden="true">{ shape }</span>{ word }</span>
    }
}

fn component(of: &Component, labels: &Labels) -> Html {
    let name = of
        .name
        .as_deref()
        .or_else(|| labels.get(&of.id).map(String::as_str));
    let kind = kind_word(of.kind);
    html! {
        <>
            { icon(glyph_of_kind(of.kind)) }
            <span class="hop-kind">{ kind }</span>
            if is_id(&of.id) || name.is_some() {
                { id_button(&of.id, name) }
            } else if !matches!(of.kind, "internet" | "laptop") {
                // An inline policy is known by its name alone.
                <code>{ &of.id }</code>
            }
        </>
    }
}

/// The parts of a packet's header: protocol, source, destination.
fn parts(packet: &Packet) -> [String; 3] {
    let end = |address: std::net::IpAddr, port: Option<u16>| match port {
        Some(port) => format!("{address}:{port}"),
        None => address.to_string(),
    };
    [
        packet.protocol().to_string(),
        end(packet.source, packet.source_port()),
        end(packet.destination, packet.destination_port()),
    ]
}

fn header(change: &Change) -> Html {
    let (before, after) = (parts(&change.before), parts(&change.after));
    let write = |shown: &[String; 3], other: &[String; 3]| {
        let [protocol, source, destination] = shown;
        let [_, other_source, other_destination] = other;
        let part = |text: &String, other: &String| match text == other {
            true => html! { text },
            false => html! { <mark>{ text }</mark> },
        };
        html! {
            <code>{ protocol }{ " " }{ part(source, other_source) }{ " → " }{ part(destination, other_destination) }</code>
        }
    };
    if before == after {
        return html! { <p class="hop-header">{ write(&before, &after) }</p> };
    }
    html! {
        <p class="hop-header hop-changed">
            <span>{ "in" }</span>{ write(&before, &after) }
            <span>{ "out" }</span>{ write(&after, &before) }
        </p>
    }
}

fn missed(miss: &Miss, labels: &Labels) -> Html {
    html! {
        <li>
            <code>{ &miss.rule.text }</code>
            if miss.nearest {
                <span class="nearest">{ "nearest" }</span>
            }
            <span class="miss-why">{ sentence(&miss.why, labels) }</span>
        </li>
    }
}

/// A step; the tracer's have ids, by which the packet finds them. One without shows all it tried.
fn card(step: &Step, id: Option<String>, place: usize, labels: &Labels) -> Html {
    let (_, _, class) = verdict(step.verdict);
    let rules = match step.tried.len() {
        1 => "1 rule was tried and did not match".to_owned(),
        many => format!("{many} rules were tried and did not match"),
    };
    html! {
        <li key={place} id={id.clone()} class={classes!("hop", class)}>
            <p class="hop-head">
                { verdict_mark(step.verdict) }
                { component(&step.component, labels) }
                if let Some(code) = step.code {
                    <code class="hop-code">{ code.0 }</code>
                }
            </p>
            <p class="hop-sentence">{ sentence(&step.sentence, labels) }</p>
            if let Some(change) = &step.change {
                { header(change) }
            }
            if let Some(rule) = &step.rule {
                <p class="hop-rule"><span>{ "rule" }</span><code>{ &rule.text }</code></p>
            }
            if !step.tried.is_empty() {
                <details class="hop-tried" open={id.is_none()}>
                    <summary>{ rules }</summary>
                    <ul>{ for step.tried.iter().map(|miss| missed(miss, labels)) }</ul>
                </details>
            }
            if let Some(page) = step.page {
                <a class="hop-page" href={page.0} target="_blank" rel="noopener noreferrer">
                    { page_title(page.0) }
                </a>
            }
        </li>
    }
}

fn leg(leg: &Leg, back: bool, labels: &Labels) -> Html {
    html! {
        <li key={back.to_string()} class="leg">
            <h2 class="leg-title">
                { if back { "The way back" } else { "The way there" } }
                { verdict_mark(leg.verdict) }
            </h2>
            <ol class="hops">
                { for leg.steps.iter().enumerate().map(|(place, step)| card(step, Some(hop_id(back, place)), place, labels)) }
            </ol>
        </li>
    }
}

/// An explanation that is no packet's: the answer, then each requirement with its steps.
pub fn reasons(explanation: &Explanation, labels: &Labels) -> Html {
    // The answer itself begins with yes or no.
    let (shape, _, class) = verdict(explanation.verdict);
    html! {
        <>
            <div class={classes!("headline", class)}>
                <p role="status">
                    <strong aria-hidden="true">{ shape }{ " " }</strong>
                    <span>{ sentence(&explanation.answer, labels) }</span>
                </p>
            </div>
            <ol class="legs legs-narrow">
                { for explanation.legs.iter().enumerate().map(|(place, leg)| html! {
                    <li key={place} class="leg">
                        <h4 class="leg-title">{ sentence(&leg.title, labels) }{ verdict_mark(leg.verdict) }</h4>
                        <ol class="hops">
                            { for leg.steps.iter().enumerate().map(|(place, step)| card(step, None, place, labels)) }
                        </ol>
                    </li>
                }) }
            </ol>
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct CardsProps {
    pub answer: Rc<Answer>,
    pub labels: Rc<Labels>,
}

/// The verdict in a line, with what else stands there.
pub fn headline(answer: &Answer, labels: &Labels, beside: Html) -> Html {
    let explanation = &answer.explanation;
    let (shape, _, class) = verdict(explanation.verdict);
    let client = match answer.client {
        Client::Connected => "connected",
        Client::Refused => "connection refused",
        Client::Timeout => "timeout",
        Client::Reset => "connection reset",
    };
    html! {
        <div class={classes!("headline", class)}>
            <p role="status">
                <strong class="headline-client"><span aria-hidden="true">{ shape }{ " " }</span>{ client }</strong>
                <span>{ sentence(&explanation.answer, labels) }</span>
            </p>
            { beside }
        </div>
    }
}

/// Both legs.
#[component]
pub fn Cards(props: &CardsProps) -> Html {
    let legs = &props.answer.explanation.legs;
    html! {
        <ol class="legs" aria-label={names::TRACE}>
            { for legs.iter().enumerate().map(|(place, it)| leg(it, place > 0, &props.labels)) }
        </ol>
    }
}

//! The panel: what to send, and what came of it.

use super::cards::{Cards, headline};
use super::motion::Player;
use super::question::{Field, Trace, YES};
use crate::canvas::icon;
use crate::canvas::layout::{Scene, Shape};
use crate::consts::SPEEDS;
use crate::names;
use crate::sentence::{Labels, sentence};
use crate::state::{Action, Dispatch};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, KeyboardEvent};
use yew::{Callback, Html, Properties, component, html};

#[derive(Properties)]
pub struct TraceProps {
    pub trace: Rc<Trace>,
    pub scene: Rc<Scene>,
    pub labels: Rc<Labels>,
    pub playing: bool,
    pub player: Player,
    pub dispatch: Dispatch,
}

impl PartialEq for TraceProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.trace, &other.trace)
            && Rc::ptr_eq(&self.scene, &other.scene)
            && self.playing == other.playing
    }
}

/// The value of an input or a select; of a box whether it is ticked.
fn value(event: &yew::Event) -> String {
    let target = event.target();
    let input = target
        .clone()
        .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let select = target.and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
    input
        .map(|it| match it.type_().as_str() {
            "checkbox" if it.checked() => YES.to_owned(),
            "checkbox" => String::new(),
            _ => it.value(),
        })
        .or(select.map(|it| it.value()))
        .unwrap_or_default()
}

/// The panel.
#[component]
pub fn TracePanel(props: &TraceProps) -> Html {
    let trace = &props.trace;
    let asked = &trace.asked;
    let set = |field: Field| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: yew::Event| {
            dispatch.dispatch(Action::Ask(field, value(&event)))
        })
    };
    let send = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: web_sys::MouseEvent| dispatch.dispatch(Action::Send))
    };
    let hosts: Vec<(&str, String)> = props
        .scene
        .items
        .iter()
        .filter(|item| item.shape == Shape::Host)
        .map(|item| {
            let name = props.labels.get(&item.id).unwrap_or(&item.title);
            (item.id.as_str(), format!("{name} ({})", item.detail))
        })
        .collect();
    let place = |name: &'static str, field: Field, chosen: &str| {
        let known = matches!(chosen, "internet" | "laptop" | "address")
            || hosts.iter().any(|(id, _)| *id == chosen);
        html! {
            <span key={name} class="field">
                <label for={name}>{ name }</label>
                <select id={name} onchange={set(field)}>
                    if !known {
                        <option value="" selected=true>{ "choose…" }</option>
                    }
                    <option value="internet" selected={chosen == "internet"}>{ "Internet" }</option>
                    <option value="laptop" selected={chosen == "laptop"}>{ "Your laptop" }</option>
                    { for hosts.iter().map(|(id, name)| html! {
                        <option key={*id} value={(*id).to_owned()} selected={*id == chosen}>{ name }</option>
                    }) }
                    <option value="address" selected={chosen == "address"}>{ "an address…" }</option>
                </select>
            </span>
        }
    };
    let address = |name: &'static str, field: Field, text: &str| {
        html! {
            <span key={name} class="field">
                <label for={name}>{ name }</label>
                <input id={name} class="address" type="text" inputmode="decimal" placeholder="10.0.1.4" value={text.to_owned()} onchange={set(field)} />
            </span>
        }
    };
    let enter = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            let typed = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            if event.key() == "Enter" && typed.is_some() {
                // The change is told after this key, so the packet waits for it.
                let dispatch = dispatch.clone();
                gloo_timers::callback::Timeout::new(0, move || dispatch.dispatch(Action::Send))
                    .forget();
            }
        })
    };
    html! {
        <div class="trace">
            <div class="trace-form" role="group" aria-label="The packet" onkeydown={enter}>
                { place(names::FROM, Field::From, &asked.from) }
                if asked.from == "address" {
                    { address("From the address", Field::FromAddress, &asked.from_address) }
                }
                { place(names::TO, Field::To, &asked.to) }
                if asked.to == "address" {
                    { address("To the address", Field::ToAddress, &asked.to_address) }
                }
                <span key={names::PROTOCOL} class="field">
                    <label class="label-protocol" for={names::PROTOCOL}>{ names::PROTOCOL }</label>
                    <select id={names::PROTOCOL} onchange={set(Field::Protocol)}>
                        { for ["tcp", "udp", "icmp"].into_iter().map(|word| html! {
                            <option key={word} value={word} selected={asked.protocol == word}>{ word }</option>
                        }) }
                    </select>
                </span>
                if asked.protocol != "icmp" {
                    <span key={names::PORT} class="field">
                        <label for={names::PORT}>{ names::PORT }</label>
                        <input id={names::PORT} class="port" type="number" min="0" max="65535" value={asked.port.clone()} onchange={set(Field::Port)} />
                    </span>
                }
                <label key="established" class="field" title="A packet of a connection that every security group allowed and tracks">
                    <input type="checkbox" checked={asked.established} onchange={set(Field::Established)} />
                    { names::ESTABLISHED }
                </label>
                if asked.established {
                    <span key="established-said" class="trace-said">{ "Both ends know this connection: security groups let it pass without looking at a rule; network ACLs look at every packet." }</span>
                }
                <button key="send" class="button button-main" type="button" onclick={send}>{ names::SEND_PACKET }</button>
            </div>
            { verdict(props) }
            <div class="trace-answer">{ result(props) }</div>
        </div>
    }
}

/// Pause, steps and speed.
fn controls(props: &TraceProps) -> Html {
    let act = |act: fn(&Player)| {
        let player = props.player.clone();
        Callback::from(move |_: web_sys::MouseEvent| act(&player))
    };
    let end = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::EndTrace))
    };
    let speed = {
        let player = props.player.clone();
        Callback::from(move |event: yew::Event| {
            player.speed(value(&event).parse().unwrap_or(1.0));
        })
    };
    let (sign, name) = match props.playing {
        true => ("#g-pause", "Pause"),
        false => ("#g-play", "Play"),
    };
    let toggle = match props.playing {
        true => act(|player| player.play(false)),
        false => act(|player| player.play(true)),
    };
    html! {
        <div key="player" class="player" role="group" aria-label="Motion of the packet">
            <button class="button-icon" type="button" aria-label="Step back" title="Step back" onclick={act(|player| player.step(-1.0))}>{ "‹" }</button>
            <button class="button-icon" type="button" aria-label={name} title={name} onclick={toggle}>{ icon(sign) }</button>
            <button class="button-icon" type="button" aria-label="Step forward" title="Step forward" onclick={act(|player| player.step(1.0))}>{ "›" }</button>
            <select aria-label="Speed" title="Speed" onchange={speed}>
                { for SPEEDS.into_iter().map(|(times, word)| html! {
                    <option key={word} value={times.to_string()} selected={word == "1×"}>{ word }</option>
                }) }
            </select>
            <button class="button-icon" type="button" aria-label={names::END_TRACE} title={names::END_TRACE} onclick={end}>{ "×" }</button>
        </div>
    }
}

/// What came of it in a line that stays in sight, and what moves the packet.
fn verdict(props: &TraceProps) -> Html {
    let trace = &props.trace;
    if let Some(missing) = &trace.missing {
        return html! { <p class="headline verdict-none" role="status">{ missing }</p> };
    }
    if let Some(refusal) = &trace.refusal {
        return html! {
            <p class="headline verdict-none" role="status">{ sentence(refusal, &props.labels) }</p>
        };
    }
    match &trace.answer {
        None => html! {},
        Some(answer) => headline(answer, &props.labels, controls(props)),
    }
}

fn result(props: &TraceProps) -> Html {
    let trace = &props.trace;
    match &trace.answer {
        None if trace.missing.is_some() || trace.refusal.is_some() => html! {},
        None => html! {
            <div class="empty">
                <p>{ "Send a packet and read, hop by hop, which rule let it through or stopped it, on the way there and on the way back." }</p>
            </div>
        },
        Some(answer) => html! {
            <>
                if trace.stale {
                    <p class="stale">{ "The network has changed since this packet was sent. Send it again to see what holds now." }</p>
                }
                <Cards answer={answer.clone()} labels={props.labels.clone()} />
            </>
        },
    }
}

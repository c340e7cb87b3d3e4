//! Why something can't be, and the commands of what was done.

use super::commands;
use crate::editor::{Msg, Notice, Strip};
use crate::names;
use crate::state::{Action, Dispatch};
use yew::{Callback, Html, Properties, component, html};

#[derive(Properties, PartialEq)]
pub struct NoticeProps {
    pub notice: Notice,
    pub dispatch: Dispatch,
}

/// What a refusal says: AWS's code, the text, the page that says so.
pub fn words(notice: &Notice) -> Html {
    html! {
        <>
            <p class="notice-text">
                <span class="notice-sign" aria-hidden="true">{ "✕" }</span>
                if let Some(code) = &notice.code {
                    <code>{ code }</code>{ " " }
                }
                { &notice.text }
                if let Some(page) = notice.page {
                    { " " }<a href={page} target="_blank" rel="noreferrer">{ "What AWS says" }</a>
                }
            </p>
        </>
    }
}

/// A refusal with its offers, at the foot of the map.
#[component]
pub fn NoticeView(props: &NoticeProps) -> Html {
    let close = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::Edit(Msg::Close)))
    };
    html! {
        <section class="map-notice" aria-label={names::REFUSAL}>
            { words(&props.notice) }
            if !props.notice.offers.is_empty() {
                <div class="notice-offers">
                    { for props.notice.offers.iter().take(6).enumerate().map(|(place, offer)| {
                        let dispatch = props.dispatch.clone();
                        let onclick = Callback::from(move |_| dispatch.dispatch(Action::Edit(Msg::Accept(place))));
                        html! { <button key={place} type="button" class="button" {onclick}>{ &offer.label }</button> }
                    }) }
                </div>
            }
            <button type="button" class="button-icon notice-close" aria-label="Close" title="Close (Esc)" onclick={close}>{ "×" }</button>
        </section>
    }
}

#[derive(Properties, PartialEq)]
pub struct StripProps {
    pub strip: Strip,
    pub dispatch: Dispatch,
}

/// The commands of what was done last.
#[component]
pub fn StripView(props: &StripProps) -> Html {
    let strip = &props.strip;
    let hush = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::Edit(Msg::Hush)))
    };
    let undo = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| {
            dispatch.dispatch(Action::Undo);
            dispatch.dispatch(Action::Edit(Msg::Hush));
        })
    };
    let first = strip.commands.first().cloned().unwrap_or_default();
    let more = strip.commands.len().saturating_sub(1);
    html! {
        <section class="deed" aria-label={names::STRIP}>
            <details class="deed-more">
                <summary title="Show the commands">
                    <span class="deed-label">{ &strip.label }</span>
                    { match strip.notes.first() {
                        Some(note) => html! { <span class="deed-first">{ note }</span> },
                        None => html! { <code class="deed-first">{ first }</code> },
                    } }
                    if more > 0 {
                        <span class="deed-count">{ format!("and {more} more") }</span>
                    }
                </summary>
                <div class="deed-whole">
                    { for strip.notes.iter().map(|note| html! { <p key={note.clone()} class="deed-note">{ note }</p> }) }
                    { commands(&strip.commands) }
                </div>
            </details>
            <button type="button" class="button-small" data-copy={strip.commands.join("\n")}>{ "Copy" }</button>
            if strip.is_last {
                <button type="button" class="button-small" onclick={undo}>{ names::UNDO }</button>
            }
            <button type="button" class="button-icon deed-close" aria-label="Put away" title="Put away" onclick={hush}>{ "×" }</button>
        </section>
    }
}

#[derive(Properties, PartialEq)]
pub struct WaitingProps {
    /// Ids and names.
    pub waiting: Vec<(String, String)>,
}

/// The things whose drafts are not applied: a click shows the draft.
#[component]
pub fn WaitingView(props: &WaitingProps) -> Html {
    html! {
        <section class="waiting" aria-label={names::WAITING}>
            <span>{ names::WAITING }</span>
            { for props.waiting.iter().map(|(id, name)| html! {
                <button key={id.clone()} type="button" class="id" data-select={id.clone()}>{ name }</button>
            }) }
        </section>
    }
}

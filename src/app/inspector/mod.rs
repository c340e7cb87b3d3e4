//! Everything about what is selected, to read.

mod edit;
mod may;
mod range;

use crate::browser;
use crate::canvas::{glyph_of_kind, icon};
use crate::editor::Msg;
use crate::editor::bench::Bench;
use crate::editor::keys::Command;
use crate::editor::menu::makes;
use crate::names;
use crate::sentence::{Labels, id_button};
use crate::state::{Action, Dispatch};
use hopwise_cloud::view::{Details, Node, Sheet, Value, kind_word};
use hopwise_plan::{Kind, RuleTable};
use std::rc::Rc;
use yew::{Callback, Html, Properties, component, html, use_effect_with};

#[derive(Properties, PartialEq)]
pub struct InspectorProps {
    pub details: Rc<Details>,
    /// Grows with each wish to have the focus here.
    pub focus: usize,
    /// What can be edited.
    pub bench: Option<Bench>,
    /// Grows with each wish to rename.
    pub rename: usize,
    pub labels: Rc<Labels>,
    /// What is told only now: a sentence, and what to copy.
    pub told: Option<(String, String)>,
    pub dispatch: Dispatch,
}

fn value(value: &Value) -> Html {
    match value {
        Value::Text(text) => html! { text },
        Value::Code(code) => html! { <code>{ code }</code> },
        Value::Link(id) => id_button(id, None),
    }
}

fn sheet(sheet: &Sheet) -> Html {
    html! {
        <div class="sheet" role="group" aria-label={sheet.title} tabindex="0">
            <table>
                <caption>{ sheet.title }</caption>
                <thead>
                    <tr>{ for sheet.columns.iter().map(|name| html! { <th scope="col">{ *name }</th> }) }</tr>
                </thead>
                <tbody>
                    { for sheet.rows.iter().map(|row| html! {
                        <tr>{ for row.iter().map(|cell| html! { <td>{ value(cell) }</td> }) }</tr>
                    }) }
                </tbody>
            </table>
            if sheet.rows.is_empty() {
                <p class="sheet-none">{ "none" }</p>
            }
        </div>
    }
}

fn relation((how, node): &(&'static str, Node)) -> Html {
    html! {
        <li key={format!("{how} {}", node.id)}>
            <span class="relation-how">{ *how }</span>
            { icon(glyph_of_kind(node.kind)) }
            <span class="unseen">{ kind_word(node.kind) }</span>
            { id_button(&node.id, node.name.as_deref()) }
            if !node.detail.is_empty() {
                <span class="relation-detail">{ &node.detail }</span>
            }
        </li>
    }
}

/// What can be done with a thing that isn't on the map: the buttons of its menu.
fn deeds(id: &str, dispatch: &Dispatch) -> Html {
    let Some(kind) = Kind::of_id(id).filter(|kind| kind.is_access()) else {
        return Html::default();
    };
    let button = |label: String, msg: Msg| {
        let dispatch = dispatch.clone();
        let onclick = Callback::from(move |_| dispatch.dispatch(Action::Edit(msg.clone())));
        html! { <button key={label.clone()} type="button" class="button-small" {onclick}>{ label }</button> }
    };
    let joins = matches!(kind, Kind::User | Kind::UserGroup | Kind::Policy);
    html! {
        <div class="deeds" role="group" aria-label="What to do with it">
            { for makes(Some(id)).iter().map(|kind| {
                let msg = Msg::Placed { kind: *kind, on: Some(id.to_owned()), zone: None };
                button(format!("New {}", kind.bare()), msg)
            }) }
            if joins {
                { button("Connect to …".to_owned(), Msg::Do(Command::Connect)) }
            }
            { button("Delete".to_owned(), Msg::Do(Command::Delete)) }
        </div>
    }
}

/// Is this table what a field of the settings shows already?
fn is_edited(title: &str, bench: Option<&Bench>) -> bool {
    let key = match title {
        "Document" => "document",
        "Bucket policy" => "policy",
        "Content" => "content",
        _ => "",
    };
    // A table that is edited is shown once.
    bench.is_some_and(|bench| {
        bench.tables.iter().any(|it| it.table != RuleTable::Tags)
            || bench.form.fields.iter().any(|field| field.key == key)
    })
}

/// The panel.
#[component]
pub fn Inspector(props: &InspectorProps) -> Html {
    use_effect_with(props.focus, |focus| {
        if *focus > 0 {
            browser::focus("inspector");
        }
    });
    let details = &props.details;
    let node = &details.node;
    let close = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::Select(None)))
    };
    let onkeydown = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: web_sys::KeyboardEvent| {
            if event.key() == "Escape" {
                dispatch.dispatch(Action::Select(None));
            }
        })
    };
    let probe = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::Edit(Msg::Probe)))
    };
    let title = node.name.as_deref().unwrap_or(&node.id);
    let is_resource = !matches!(node.kind, "internet" | "laptop");
    html! {
        <section class="panel panel-inspector" id="inspector" aria-label={names::INSPECTOR} tabindex="-1" {onkeydown}>
            <header class="inspector-head">
                { icon(glyph_of_kind(node.kind)) }
                <div>
                    <p class="inspector-kind">{ kind_word(node.kind) }</p>
                    <h2 class="inspector-title">{ title }</h2>
                    // An inline policy has no ARN of its own.
                    if is_resource && node.kind != "inline-policy" {
                        <p class="inspector-id">
                            <code>{ &node.id }</code>
                            <button type="button" class="button-small" data-copy={node.id.clone()}>{ "Copy" }</button>
                        </p>
                    }
                </div>
                <button type="button" class="button-icon" aria-label="Close" title="Close (Esc)" onclick={close}>{ "×" }</button>
            </header>
            if let Some((text, secret)) = &props.told {
                <p class="told">{ text }<code>{ secret }</code><button type="button" class="button-small" data-copy={secret.clone()}>{ "Copy" }</button></p>
            }
            if !details.facts.is_empty() {
                <dl class="facts">
                    { for details.facts.iter().map(|(name, it)| html! {
                        <div><dt>{ *name }</dt><dd>{ value(it) }</dd></div>
                    }) }
                </dl>
            }
            { deeds(&node.id, &props.dispatch) }
            if let Some(bench) = props.bench.as_ref().filter(|bench| !bench.powers.is_empty()) {
                <div class="deeds" role="group" aria-label={names::POWER}>
                    { for bench.powers.iter().map(|power| edit::power(*power, power.word(), &props.dispatch)) }
                </div>
            }
            if let Some(bench) = &props.bench {
                if bench.probe.is_some() {
                    <button type="button" class="button inspector-probe" onclick={probe}>{ names::TRY_PACKET }</button>
                }
                { range::addresses(bench) }
                <edit::BenchView bench={bench.clone()} rename={props.rename} dispatch={props.dispatch.clone()} />
            }
            { for details.tables.iter().filter(|it| !is_edited(it.title, props.bench.as_ref())).map(sheet) }
            if !details.relations.is_empty() {
                <h3 class="inspector-part">{ "Relations" }</h3>
                <ul class="relations">{ for details.relations.iter().map(relation) }</ul>
            }
            if let Some(may) = props.bench.as_ref().and_then(|bench| bench.may.as_ref()) {
                { may::question(may, &props.labels, &props.dispatch) }
            }
        </section>
    }
}

//! Everything about what is selected, to read.

mod edit;
mod range;

use crate::browser;
use crate::canvas::{glyph_of_kind, icon};
use crate::editor::Msg;
use crate::editor::bench::Bench;
use crate::names;
use crate::sentence::id_button;
use crate::state::{Action, Dispatch};
use hopwise_cloud::view::{Details, Node, Sheet, Value, kind_word};
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
                    if is_resource {
                        <p class="inspector-id">
                            <code>{ &node.id }</code>
                            <button type="button" class="button-small" data-copy={node.id.clone()}>{ "Copy" }</button>
                        </p>
                    }
                </div>
                <button type="button" class="button-icon" aria-label="Close" title="Close (Esc)" onclick={close}>{ "×" }</button>
            </header>
            if !details.facts.is_empty() {
                <dl class="facts">
                    { for details.facts.iter().map(|(name, it)| html! {
                        <div><dt>{ *name }</dt><dd>{ value(it) }</dd></div>
                    }) }
                </dl>
            }
            if let Some(bench) = &props.bench {
                if bench.probe.is_some() {
                    <button type="button" class="button inspector-probe" onclick={probe}>{ names::TRY_PACKET }</button>
                }
                { range::addresses(bench) }
                <edit::BenchView bench={bench.clone()} rename={props.rename} dispatch={props.dispatch.clone()} />
            }
            // A table that is edited is shown once.
            { for details.tables.iter().filter(|_| props.bench.as_ref().is_none_or(|it| it.tables.len() < 2)).map(sheet) }
            if !details.relations.is_empty() {
                <h3 class="inspector-part">{ "Relations" }</h3>
                <ul class="relations">{ for details.relations.iter().map(relation) }</ul>
            }
        </section>
    }
}

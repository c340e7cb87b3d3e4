//! Settings and rule tables as drafts, each with the commands that it comes to.

use crate::browser;
use crate::editor::Msg;
use crate::editor::bench::{Bench, Edit, Outcome, TableDraft};
use crate::editor::parts::{commands, words};
use crate::form::{Fields, control};
use crate::names;
use crate::state::{Action, Dispatch};
use hopwise_plan::{Kind, Power, RuleTable};
use yew::{Callback, Html, Properties, component, html, use_effect_with};

#[derive(Properties, PartialEq)]
pub struct BenchProps {
    pub bench: Bench,
    /// Grows with each wish to rename.
    pub rename: usize,
    pub dispatch: Dispatch,
}

fn tell(dispatch: &Dispatch, edit: Edit) {
    dispatch.dispatch(Action::Edit(Msg::Bench(edit)));
}

/// A button that tells the instance something.
pub fn power(power: Power, label: &'static str, dispatch: &Dispatch) -> Html {
    let dispatch = dispatch.clone();
    let onclick = Callback::from(move |_| dispatch.dispatch(Action::Edit(Msg::Power(power))));
    html! { <button key={label} type="button" class="button-small" {onclick}>{ label }</button> }
}

/// Everything of a thing that can be edited.
#[component]
pub fn BenchView(props: &BenchProps) -> Html {
    use_effect_with(props.rename, |rename| {
        if *rename > 0 {
            browser::focus("set-name");
        }
    });
    let bench = &props.bench;
    let filled = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |(key, value)| tell(&dispatch, Edit::Set { key, value }))
    };
    let keys = bench.form.fields.iter().map(|field| field.key);
    let locked: Vec<&'static str> = keys.filter(|key| bench.is_locked(key)).collect();
    let locks = !locked.is_empty();
    html! {
        <>
            { for bench.tables.iter().filter(|it| it.table != RuleTable::Tags).map(|draft| table(bench, draft, &props.dispatch)) }
            if !bench.peers.is_empty() {
                <datalist id={PEERS}>
                    { for bench.peers.iter().map(|(value, said)| html! { <option key={value.clone()} value={value.clone()} label={said.clone()} /> }) }
                </datalist>
            }
            if !bench.form.fields.is_empty() {
            <section class="bench" aria-label={names::SETTINGS}>
                <h3 class="inspector-part">{ names::SETTINGS }</h3>
                <Fields name="set" fields={bench.form.fields.clone()} values={bench.values.clone()} {locked} {filled} />
                if locks {
                    { power(Power::Stop, names::STOP_FIRST, &props.dispatch) }
                }
                if bench.is_set() {
                    { apply(bench, &bench.settings, None, names::SETTINGS, &props.dispatch) }
                }
            </section>
            }
            { for bench.tables.iter().filter(|it| it.table == RuleTable::Tags).map(|draft| html! {
                <details key="tags" class="bench" open={draft.is_changed()}>
                    <summary>{ format!("Tags ({})", draft.sheet.rows.len()) }</summary>
                    { table(bench, draft, &props.dispatch) }
                </details>
            }) }
        </>
    }
}

/// The list of what a rule may name.
const PEERS: &str = "peers";

/// Does this column say whom a rule is about?
fn is_peer(label: &str) -> bool {
    matches!(label, "Source" | "Destination")
}

/// What a draft comes to, and the two buttons.
fn apply(
    bench: &Bench,
    outcome: &Outcome,
    table: Option<RuleTable>,
    what: &str,
    dispatch: &Dispatch,
) -> Html {
    let failed = bench.failed.as_ref();
    let failed = failed.and_then(|(which, why)| (*which == table).then_some(why));
    let button = |edit: Edit| {
        let dispatch = dispatch.clone();
        Callback::from(move |_| tell(&dispatch, edit.clone()))
    };
    html! {
        <div class="bench-apply" role="group" aria-label={format!("Draft of {what}")}>
            if let Some(refusal) = failed.or(outcome.refusal.as_ref()) {
                <div class="ask-refusal" role="status">{ words(refusal) }</div>
            }
            if table.is_none() && !bench.overtaken.is_empty() {
                <p class="deed-note">{ format!("Changed by something else since you began: {}. Apply replaces that.", bench.overtaken.join(", ")) }</p>
            }
            if !outcome.commands.is_empty() {
                { commands(&outcome.commands) }
            }
            { for outcome.notes.iter().map(|note| html! { <p key={note.clone()} class="deed-note">{ note }</p> }) }
            <div class="bench-buttons">
                <button type="button" class="button" onclick={button(Edit::Discard(table))}>{ names::DISCARD }</button>
                <button type="button" class="button button-main" aria-disabled={outcome.commands.is_empty().to_string()}
                    onclick={button(Edit::Apply(table))}>{ names::APPLY }</button>
            </div>
        </div>
    }
}

fn table(bench: &Bench, draft: &TableDraft, dispatch: &Dispatch) -> Html {
    let which = draft.table;
    let add = {
        let dispatch = dispatch.clone();
        Callback::from(move |_| tell(&dispatch, Edit::Add(which)))
    };
    let title = which.title();
    let peer = draft.sheet.columns.iter().find(|it| is_peer(it.label));
    html! {
        <section key={title} class="bench" aria-label={title}>
            <div class={format!("sheet sheet-edit sheet-{}", draft.sheet.columns.len())}>
                <table>
                    <caption>{ title }</caption>
                    <thead>
                        <tr>
                            { for draft.sheet.columns.iter().map(|column| html! {
                                <th key={column.label} scope="col">{ column.label }</th>
                            }) }
                            <th scope="col"><span class="unseen">{ "Remove" }</span></th>
                        </tr>
                    </thead>
                    <tbody>{ for draft.rows.iter().enumerate().map(|(place, _)| row(bench, draft, place, dispatch)) }</tbody>
                </table>
            </div>
            <button type="button" class="button-small" onclick={add}>{ names::ADD_RULE }</button>
            if let (Some(head), Some(Kind::SecurityGroup)) = (peer, Kind::of_id(&bench.id)) {
                <p class="setting-help">{ format!("{}: an address block, or a security group by its id.", head.label) }</p>
            }
            if draft.is_changed() {
                { apply(bench, &draft.outcome, Some(which), title, dispatch) }
            }
        </section>
    }
}

fn row(bench: &Bench, draft: &TableDraft, place: usize, dispatch: &Dispatch) -> Html {
    let Some(row) = draft.rows.get(place) else {
        return Html::default();
    };
    let which = draft.table;
    let fixed = draft.fixed(row);
    let note = draft.notes.get(place).cloned().flatten();
    // A group is written by its id; its name is what one knows it by.
    let group = bench.peers.iter().find(|(id, _)| {
        Kind::of_id(id) == Some(Kind::SecurityGroup)
            && row.cells.iter().any(|cell| cell.trim() == id)
    });
    let cells = draft.sheet.columns.iter().zip(&row.cells).enumerate();
    let cells = cells.map(|(column, (head, value))| {
        if let Some(why) = fixed {
            return html! { <td key={column} title={why}><code>{ value }</code></td> };
        }
        let filled = {
            let dispatch = dispatch.clone();
            Callback::from(move |(_, value): (String, String)| {
                tell(
                    &dispatch,
                    Edit::Cell {
                        table: which,
                        row: place,
                        column,
                        value,
                    },
                );
            })
        };
        let id = format!("{}-{place}-{column}", which.title().replace(' ', "-"));
        html! {
            <td key={column}>
                <label class="unseen" for={id.clone()}>{ format!("{} {}", head.label, place + 1) }</label>
                { control(&id, "", "cell", &head.control, value, false, is_peer(head.label).then_some(PEERS), &filled) }
            </td>
        }
    });
    let remove = {
        let dispatch = dispatch.clone();
        Callback::from(move |_| tell(&dispatch, Edit::Remove(which, place)))
    };
    let columns = (draft.sheet.columns.len() + 1).to_string();
    html! {
        <>
            <tr key={place} class={if row.key.is_none() { "row-new" } else { "" }}>
                { for cells }
                <td>
                    if fixed.is_none() {
                        <button type="button" class="button-icon row-remove" aria-label={format!("Remove {}", row.cells.join(" "))}
                            title="Remove" onclick={remove}>{ "×" }</button>
                    }
                </td>
            </tr>
            if let Some((_, said)) = group {
                <tr key={format!("{place}-group")} class="row-said"><td colspan={columns.clone()}>{ said }</td></tr>
            }
            if let Some(note) = note {
                <tr key={format!("{place}-note")} class="row-note"><td colspan={columns}>{ note }</td></tr>
            }
        </>
    }
}

//! The dialog beside the map: a form, a list, a preview, the sheet of keys.

use super::commands;
use super::notice::words;
use crate::browser;
use crate::canvas::{glyph_of_kind, icon};
use crate::editor::Msg;
use crate::editor::dialog::{Ask, Dialog};
use crate::editor::keys::SHORTCUTS;
use crate::form::Fields;
use crate::state::{Action, Dispatch};
use hopwise_cloud::view::kind_word;
use hopwise_plan::{Control, Field, Kind};
use web_sys::{KeyboardEvent, SubmitEvent};
use yew::{Callback, Html, Properties, component, html, use_effect_with};

#[derive(Properties, PartialEq)]
pub struct DialogProps {
    pub dialog: Dialog,
    pub dispatch: Dispatch,
}

/// The element that has the focus when a dialog opens.
fn first(dialog: &Dialog) -> String {
    // The first that one types into: there Enter is the main button.
    let fields = &dialog.form.fields;
    let typed = |field: &&Field| matches!(field.control, Control::Text | Control::Code);
    let field = fields.iter().find(typed).or(fields.first());
    match (field, dialog.list.first()) {
        (Some(field), _) => format!("ask-{}", field.key),
        (None, Some(_)) => "pick-0".to_owned(),
        (None, None) => match dialog.button() {
            Some(_) => "ask-button".to_owned(),
            None => "ask-body".to_owned(),
        },
    }
}

/// The dialog.
#[component]
pub fn DialogView(props: &DialogProps) -> Html {
    let dialog = &props.dialog;
    {
        let first = first(dialog);
        use_effect_with(dialog.title.clone(), move |_| {
            browser::remember_hand();
            browser::focus(&first);
        });
    }
    let tell = |msg: fn() -> Msg| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::Edit(msg())))
    };
    let onsubmit = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.dispatch(Action::Edit(Msg::Confirm));
        })
    };
    let count = dialog.list.len();
    let onkeydown = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "Escape" => {
                    event.prevent_default();
                    event.stop_propagation();
                    dispatch.dispatch(Action::Edit(Msg::Close));
                    return;
                }
                "ArrowDown" => 1,
                "ArrowUp" => count.saturating_sub(1),
                _ => return,
            };
            let at = (0..count).find(|place| browser::is_focused(&format!("pick-{place}")));
            if let Some(at) = at {
                event.prevent_default();
                browser::focus(&format!("pick-{}", (at + to) % count));
            }
        })
    };
    let filled = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |(key, value)| {
            dispatch.dispatch(Action::Edit(Msg::Fill { key, value }))
        })
    };
    let deletes = matches!(dialog.ask, Ask::Preview(_));
    // What is only read is scrolled by keys too.
    let reads = deletes || dialog.ask == Ask::Help;
    html! {
        <div class="ask" role="dialog" aria-label={dialog.title.clone()} {onkeydown}>
        <form class="ask-form" {onsubmit}>
            <header class="ask-head">
                if let Ask::Create { kind, .. } = &dialog.ask {
                    { icon(super::glyph(*kind)) }
                }
                <h2>{ &dialog.title }</h2>
                <button type="button" class="button-icon" aria-label="Close" title="Close (Esc)" onclick={tell(|| Msg::Close)}>{ "×" }</button>
            </header>
            <div class="ask-body" id="ask-body" tabindex={reads.then_some("0")}>
                <Fields name="ask" fields={dialog.form.fields.clone()} values={dialog.values.clone()}
                    remarks={dialog.remarks.clone()} {filled} />
                { list(dialog, &props.dispatch) }
                if !dialog.gone.is_empty() {
                    <p>{ gone_words(dialog.gone.len()) }</p>
                    <ul class="gone">
                        { for dialog.gone.iter().map(|node| html! {
                            <li key={node.id.clone()}>
                                { icon(glyph_of_kind(node.kind)) }
                                <span class="gone-kind">{ kind_word(node.kind) }</span>
                                { node.name.as_ref().unwrap_or(&node.id) }
                            </li>
                        }) }
                    </ul>
                }
                if let Ask::Help = dialog.ask {
                    { sheet() }
                }
                { for dialog.notes.iter().map(|note| html! { <p key={note.clone()} class="deed-note">{ note }</p> }) }
                if let Some(refusal) = &dialog.refusal {
                    <div class="ask-refusal" role="status">{ words(refusal) }</div>
                }
                if !dialog.commands.is_empty() {
                    { commands(&dialog.commands) }
                }
            </div>
            if let Some(button) = dialog.button() {
                <footer class="ask-foot">
                    <button type="button" class="button" onclick={tell(|| Msg::Close)}>{ "Cancel" }</button>
                    <button type="submit" id="ask-button" class={if deletes { "button button-danger" } else { "button button-main" }}
                        aria-disabled={dialog.refusal.is_some().to_string()}>{ button }</button>
                </footer>
            }
        </form>
        </div>
    }
}

fn gone_words(count: usize) -> String {
    match count {
        1 => "This goes:".to_owned(),
        many => format!("These {many} things go:"),
    }
}

fn list(dialog: &Dialog, dispatch: &Dispatch) -> Html {
    let lists = matches!(
        dialog.ask,
        Ask::Target { .. } | Ask::Move { .. } | Ask::Kind { .. }
    );
    if !lists {
        return Html::default();
    }
    if dialog.list.is_empty() {
        return html! { <p>{ "There is nothing here that AWS would join it with." }</p> };
    }
    html! {
        <ul class="picks">
            { for dialog.list.iter().enumerate().map(|(place, (id, kind, label))| {
                let onclick = {
                    let (dispatch, id) = (dispatch.clone(), id.clone());
                    Callback::from(move |_| dispatch.dispatch(Action::Edit(Msg::Pick(id.clone()))))
                };
                let glyph = Kind::of_id(id).or(Kind::of_word(id)).map_or("#g-region", super::glyph);
                html! {
                    <li key={id.clone()}>
                        <button id={format!("pick-{place}")} type="button" class="pick" {onclick}>
                            { icon(glyph) }<span>{ label }</span>
                            if !kind.is_empty() {
                                <span class="pick-kind">{ kind }</span>
                            }
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}

/// The shortcuts, from the table that the keyboard obeys.
fn sheet() -> Html {
    let mut groups: Vec<&str> = SHORTCUTS.iter().map(|row| row.group).collect();
    groups.dedup();
    html! {
        <div class="keys">
            { for groups.into_iter().map(|group| html! {
                <section key={group}>
                    <h3>{ group }</h3>
                    <dl>
                        { for SHORTCUTS.iter().filter(|row| row.group == group && !row.words.is_empty()).map(|row| html! {
                            <div key={row.chord.words()}>
                                <dt><kbd>{ row.chord.words() }</kbd></dt>
                                <dd>{ row.words }</dd>
                            </div>
                        }) }
                    </dl>
                </section>
            }) }
            <section key="hand">
                <h3>{ "Hand" }</h3>
                <dl>
                    <div><dt>{ "Space and drag, middle button" }</dt><dd>{ "Pan" }</dd></div>
                    <div><dt>{ "Ctrl and wheel, pinch" }</dt><dd>{ "Zoom at the pointer" }</dd></div>
                    <div><dt>{ "Drag on the empty map" }</dt><dd>{ "Select with a band" }</dd></div>
                    <div><dt>{ "Shift or Ctrl and click" }</dt><dd>{ "Select one more" }</dd></div>
                    <div><dt>{ "Drag the dot at a thing's side" }</dt><dd>{ "Connect" }</dd></div>
                    <div><dt>{ "Alt and click" }</dt><dd>{ "Put the id into the terminal" }</dd></div>
                </dl>
            </section>
        </div>
    }
}

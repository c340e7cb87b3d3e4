//! A form of `plan`, for dialogs and the inspector.

use crate::editor::dialog::toggled;
use crate::names;
use hopwise_plan::{Choice, Control, Field, Values, remark};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::{Callback, Event, Html, InputEvent, Properties, component, html};

/// What a field was filled with: key and value.
pub type Filled = Callback<(String, String)>;

#[derive(Properties, PartialEq)]
pub struct FieldsProps {
    /// Keeps the ids of two forms on a page apart.
    pub name: &'static str,
    pub fields: Vec<Field>,
    pub values: Values,
    /// Remarks by key: a hint, or what is wrong.
    #[prop_or_default]
    pub remarks: Vec<(&'static str, Result<String, String>)>,
    /// Keys of fields that can't be changed now; their help says why.
    #[prop_or_default]
    pub locked: Vec<&'static str>,
    pub filled: Filled,
}

/// The fields of a form.
#[component]
pub fn Fields(props: &FieldsProps) -> Html {
    html! {
        <>
            { for props.fields.iter().map(|field| {
                let value = props.values.get(field.key).unwrap_or(&field.value);
                let given = props.remarks.iter().find(|(key, _)| *key == field.key);
                let remark = given.map(|(_, it)| it.clone()).or_else(|| remark(field, value));
                let locked = props.locked.contains(&field.key);
                row(props.name, field, value, locked, remark.as_ref(), &props.filled)
            }) }
        </>
    }
}

fn row(
    form: &str,
    field: &Field,
    value: &str,
    locked: bool,
    remark: Option<&Result<String, String>>,
    filled: &Filled,
) -> Html {
    let id = format!("{form}-{}", field.key);
    let help = format!("{id}-help");
    let wrong = matches!(remark, Some(Err(_)));
    let said = match remark {
        Some(Ok(text) | Err(text)) if !text.is_empty() => text.clone(),
        _ => field.help.clone(),
    };
    let below = html! {
        <p id={help.clone()} class={if wrong { "setting-help setting-wrong" } else { "setting-help" }}>{ said }</p>
    };
    if let Control::Many(choices) = &field.control {
        return html! {
            <fieldset key={field.key} class="setting setting-many" aria-describedby={help}>
                <legend>{ field.label }</legend>
                if choices.is_empty() {
                    <p class="setting-none">{ "There is none yet." }</p>
                }
                { for choices.iter().map(|choice| tick(&id, field.key, choice, value, filled)) }
                { below }
            </fieldset>
        };
    }
    html! {
        <div key={field.key} class="setting">
            <label for={id.clone()}>{ field.label }</label>
            <fieldset class="bare" disabled={locked}>
                { control(&id, &help, field.key, &field.control, value, wrong, None, filled) }
            </fieldset>
            { below }
            { example(field, value, filled) }
        </div>
    }
}

/// A document to begin with, where there is none yet.
fn example(field: &Field, value: &str, filled: &Filled) -> Html {
    let Control::Document { start, .. } = &field.control else {
        return Html::default();
    };
    if start.is_empty() || !value.trim().is_empty() {
        return Html::default();
    }
    let onclick = {
        let (filled, key, start) = (filled.clone(), field.key, start.clone());
        Callback::from(move |_| filled.emit((key.to_owned(), start.clone())))
    };
    html! { <button type="button" class="button-small" {onclick}>{ names::EXAMPLE }</button> }
}

fn tick(id: &str, key: &'static str, choice: &Choice, value: &str, filled: &Filled) -> Html {
    let on = value.split(',').any(|it| it == choice.value);
    let onchange = {
        let (filled, value, choice) = (filled.clone(), value.to_owned(), choice.value.clone());
        Callback::from(move |_: Event| {
            filled.emit((key.to_owned(), toggled(&value, &choice, !on)));
        })
    };
    let id = format!("{id}-{}", choice.value);
    html! {
        <label key={choice.value.clone()} class="tick" for={id.clone()}>
            <input type="checkbox" {id} checked={on} {onchange} />{ &choice.label }
        </label>
    }
}

/// A control by itself; rule tables use it too. `list` is the id of a list of proposals.
#[expect(
    clippy::too_many_arguments,
    reason = "what a control is made of, each of another type or meaning"
)]
pub fn control(
    id: &str,
    help: &str,
    key: &'static str,
    control: &Control,
    value: &str,
    wrong: bool,
    list: Option<&'static str>,
    filled: &Filled,
) -> Html {
    let tell = {
        let filled = filled.clone();
        move |value: String| filled.emit((key.to_owned(), value))
    };
    let invalid = wrong.then_some("true");
    let (id, help) = (id.to_owned(), help.to_owned());
    match control {
        Control::Text | Control::Code => {
            let class = match control {
                Control::Code => "input input-code",
                _ => "input",
            };
            let oninput = Callback::from(move |event: InputEvent| {
                if let Some(input) = target::<HtmlInputElement>(&event) {
                    tell(input.value());
                }
            });
            html! {
                <input {id} {class} type="text" value={value.to_owned()} autocomplete="off" spellcheck="false"
                    aria-describedby={help} aria-invalid={invalid} {list} {oninput} />
            }
        }
        Control::Lines | Control::Document { .. } => {
            // A document is seen whole, within reason.
            let (class, rows) = match control {
                Control::Lines => ("input input-code", 4),
                _ => (
                    "input input-code input-document",
                    value.lines().count().clamp(4, 24),
                ),
            };
            let rows = rows.to_string();
            let oninput = Callback::from(move |event: InputEvent| {
                if let Some(input) = target::<HtmlTextAreaElement>(&event) {
                    tell(input.value());
                }
            });
            html! {
                <textarea {id} {class} {rows} value={value.to_owned()} spellcheck="false"
                    aria-describedby={help} aria-invalid={invalid} {oninput} />
            }
        }
        Control::One(choices) => {
            let onchange = Callback::from(move |event: Event| {
                if let Some(input) = target::<HtmlSelectElement>(&event) {
                    tell(input.value());
                }
            });
            html! {
                <select {id} class="input" aria-describedby={help} {onchange}>
                    { for choices.iter().map(|choice| html! {
                        <option key={choice.value.clone()} value={choice.value.clone()} selected={choice.value == value}>{ &choice.label }</option>
                    }) }
                </select>
            }
        }
        Control::Switch => {
            let on = value == "yes";
            let onchange = Callback::from(move |_: Event| {
                tell(if on { "no" } else { "yes" }.to_owned());
            });
            html! { <input {id} type="checkbox" role="switch" checked={on} aria-describedby={help} {onchange} /> }
        }
        Control::Many(_) => Html::default(),
    }
}

fn target<T: JsCast>(event: &web_sys::Event) -> Option<T> {
    event.target()?.dyn_into::<T>().ok()
}

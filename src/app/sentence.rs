//! Sentences of explanations as elements: ids are buttons that select, codes are monospaced.

use crate::text::{is_id, shorten};
use hopwise_explain::{Language, Message, Span, render};
use yew::{AttrValue, Html, html};

/// The longest id that is shown whole.
const ID: usize = 14;

/// An id as a button that selects the thing; shown by its name if it has one.
pub fn id_button(id: &str, name: Option<&str>) -> Html {
    let shown = name.map_or_else(|| shorten(id, ID), str::to_owned);
    let id = AttrValue::from(id.to_owned());
    html! {
        <button type="button" class="id" title={id.clone()} data-select={id}>{ shown }</button>
    }
}

/// A sentence.
pub fn sentence(message: &Message) -> Html {
    let spans = render(message, Language::English);
    spans
        .iter()
        .map(|span| match span {
            Span::Text(text) => html! { text },
            Span::Id(id) if is_id(id) => id_button(id, None),
            Span::Id(id) => html! { id },
            Span::Code(code) => html! { <code>{ code }</code> },
        })
        .collect()
}

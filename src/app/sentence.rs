//! Sentences as elements: ids are buttons that select the thing, codes are monospaced.

use crate::text::{is_id, shorten};
use hopwise_explain::{Language, Message, Span, render};
use std::collections::BTreeMap;
use yew::{AttrValue, Html, html};

/// What a person calls the things: names by id.
pub type Labels = BTreeMap<String, String>;

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

/// A sentence of an explanation.
pub fn sentence(message: &Message, labels: &Labels) -> Html {
    let spans = render(message, Language::English);
    spans
        .iter()
        .map(|span| match span {
            Span::Text(text) => html! { text },
            Span::Id(id) if is_id(id) || labels.contains_key(id) => {
                id_button(id, labels.get(id).map(String::as_str))
            }
            Span::Id(id) if id == "internet" => html! { "the internet" },
            Span::Id(id) if id == hopwise_cloud::LAPTOP => html! { "your laptop" },
            Span::Id(id) => html! { id },
            Span::Code(code) => html! { <code>{ code }</code> },
        })
        .collect()
}

/// A text cut into what is an id and what is not.
pub fn words(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut plain = 0;
    let mut start = 0;
    let within = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let ends = text
        .char_indices()
        .filter(|(_, c)| !within(*c))
        .map(|(at, c)| (at, at + c.len_utf8()));
    for (end, next) in ends.chain([(text.len(), text.len())]) {
        if text.get(start..end).is_some_and(is_id) {
            parts.push((false, text.get(plain..start).unwrap_or_default()));
            parts.push((true, text.get(start..end).unwrap_or_default()));
            plain = end;
        }
        start = next;
    }
    parts.push((false, text.get(plain..).unwrap_or_default()));
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

/// A plain text whose ids are buttons.
pub fn linked(text: &str, labels: &Labels) -> Html {
    words(text)
        .into_iter()
        .map(|(is_id, part)| match is_id {
            true => id_button(part, labels.get(part).map(String::as_str)),
            false => html! { part },
        })
        .collect()
}

/// A clause with a lesson's `$names`, cut into what is a name, without its sign, and what is not.
pub fn dollars(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        let within = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = after.find(|c| !within(c)).unwrap_or(after.len());
        let (name, next) = after.split_at(end);
        parts.push((false, before));
        parts.push((true, name));
        rest = next;
    }
    parts.push((false, rest));
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

/// A clause whose `$names` are read as what they stand for: a thing as a button with its name.
pub fn named(text: &str, names: &BTreeMap<String, String>, labels: &Labels) -> Html {
    dollars(text)
        .into_iter()
        .map(
            |(is_name, part)| match names.get(part).filter(|_| is_name) {
                Some(id) if is_id(id) || labels.contains_key(id) => {
                    id_button(id, labels.get(id).map(String::as_str))
                }
                Some(value) => html! { <code>{ value }</code> },
                // What it stands for is not there yet.
                None => html! { part },
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{dollars, words};

    #[test]
    fn names_of_a_lesson_are_found_in_a_clause() {
        assert_eq!(
            dollars("everyone reaches $web_sg on tcp/80"),
            [
                (false, "everyone reaches "),
                (true, "web_sg"),
                (false, " on tcp/80")
            ]
        );
        assert_eq!(
            dollars("$ana may s3:Get on $reports/*"),
            [
                (true, "ana"),
                (false, " may s3:Get on "),
                (true, "reports"),
                (false, "/*")
            ]
        );
        assert_eq!(dollars("plain"), [(false, "plain")]);
        assert_eq!(dollars(""), []);
    }

    #[test]
    fn ids_are_found_in_a_text() {
        let id = "vpc-0123456789abcdef0";
        let text = format!("„{id}“: {id}, us-east-1");
        assert_eq!(
            words(&text),
            [
                (false, "„"),
                (true, id),
                (false, "“: "),
                (true, id),
                (false, ", us-east-1")
            ]
        );
        assert_eq!(words(id), [(true, id)]);
        assert_eq!(words(""), []);
    }
}

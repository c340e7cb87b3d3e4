//! Messages: an id with arguments, and how a language says it.

use std::fmt;

/// An argument of a [`Message`], kept typed so that a page can make an id a link and an
/// address a monospaced word.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Arg {
    /// A word of a person: a name, a part of a sentence that is the same in every language.
    Text(String),
    /// A thing of the world by its id, e.g. `rtb-0…`.
    Id(String),
    /// A code, address, CIDR block, port or command: shown in monospace.
    Code(String),
    /// A message within a message.
    Message(Box<Message>),
}

impl Arg {
    /// A thing of the world by its id.
    pub fn id(id: impl fmt::Display) -> Self {
        Arg::Id(id.to_string())
    }

    /// A code, address, CIDR block, port or command.
    pub fn code(code: impl fmt::Display) -> Self {
        Arg::Code(code.to_string())
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Arg::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Arg::Text(text)
    }
}

impl From<Message> for Arg {
    fn from(message: Message) -> Self {
        Arg::Message(Box::new(message))
    }
}

/// One sentence in no language: its id and its arguments by name.
///
/// Made by the functions of [`crate::messages`] only, so that each id has its template.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Message {
    pub(crate) id: &'static str,
    pub(crate) english: &'static str,
    pub(crate) args: Vec<(&'static str, Arg)>,
}

impl Message {
    /// The stable id, e.g. `reach_no_route`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The arguments by name, in the order of the table.
    pub fn args(&self) -> &[(&'static str, Arg)] {
        &self.args
    }

    /// The argument called `name`.
    pub fn arg(&self, name: &str) -> Option<&Arg> {
        self.args
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, arg)| arg)
    }
}

/// A language that messages can be rendered in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    /// The language the messages are written in.
    #[default]
    English,
}

/// A piece of a rendered sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Span {
    /// Plain words.
    Text(String),
    /// The id of a thing of the world.
    Id(String),
    /// A code, address, CIDR block, port or command.
    Code(String),
}

impl Span {
    /// The characters of the piece.
    pub fn as_str(&self) -> &str {
        match self {
            Span::Text(text) | Span::Id(text) | Span::Code(text) => text,
        }
    }
}

/// The sentence of `message` in `language`, in pieces.
pub fn render(message: &Message, language: Language) -> Vec<Span> {
    let mut spans = Vec::new();
    render_into(message, language, &mut spans);
    spans
}

/// The sentence of `message` in `language`, as plain text.
pub fn render_text(message: &Message, language: Language) -> String {
    render(message, language).iter().map(Span::as_str).collect()
}

/// The sentence of `message` in `language`, as plain text, with things called by the name that
/// `name` knows for their id.
pub fn render_named(
    message: &Message,
    language: Language,
    name: &dyn Fn(&str) -> Option<String>,
) -> String {
    render(message, language)
        .into_iter()
        .map(|span| match span {
            Span::Id(id) => name(&id).unwrap_or(id),
            Span::Text(text) | Span::Code(text) => text,
        })
        .collect()
}

fn render_into(message: &Message, language: Language, spans: &mut Vec<Span>) {
    let template = match language {
        Language::English => message.english,
    };
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        push_text(spans, before);
        let Some((name, tail)) = after.split_once('}') else {
            push_text(spans, after);
            return;
        };
        match message.arg(name) {
            Some(Arg::Text(text)) => push_text(spans, text),
            Some(Arg::Id(id)) => spans.push(Span::Id(id.clone())),
            Some(Arg::Code(code)) => spans.push(Span::Code(code.clone())),
            Some(Arg::Message(inner)) => render_into(inner, language, spans),
            // The tables are tested against their templates, so this shows only a broken table.
            None => push_text(spans, name),
        }
        rest = tail;
    }
    push_text(spans, rest);
}

fn push_text(spans: &mut Vec<Span>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Span::Text(last)) = spans.last_mut() {
        last.push_str(text);
    } else {
        spans.push(Span::Text(text.to_owned()));
    }
}

impl fmt::Display for Message {
    /// The English sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render_text(self, Language::English))
    }
}

/// Declares messages: a function for each, and the table of all of them for tests.
///
/// ```text
/// messages! {
///     /// No route of the table matches.
///     reach_no_route { destination, table } => "{table} has no route to {destination}.";
/// }
/// ```
macro_rules! messages {
    ($($(#[$doc:meta])* $id:ident { $($arg:ident),* $(,)? } => $english:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $id($($arg: impl Into<$crate::Arg>),*) -> $crate::Message {
                $crate::Message {
                    id: stringify!($id),
                    english: $english,
                    args: vec![$((stringify!($arg), $arg.into())),*],
                }
            }
        )*

        /// Every message of this table: id, English template, names of the arguments.
        pub const TABLE: &[(&str, &str, &[&str])] = &[
            $((stringify!($id), $english, &[$(stringify!($arg)),*])),*
        ];
    };
}
pub(crate) use messages;

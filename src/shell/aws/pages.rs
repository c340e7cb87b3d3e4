//! Answers in pages: gathered by default, cut by `--max-items`.

use hopwise_cloud::api::Operation;
use hopwise_cloud::{Map, Value, json};

use super::errors::Failure;
use super::profile::Profile;
use super::values::Words;
use super::{Answer, Request, send};
use crate::shell::Shell;
use crate::{jmespath, python};

/// How many pages one command fetches.
const MOST_PAGES: usize = 1_000;

/// Do the operation's answers come in pages?
pub(super) fn has(operation: Operation) -> bool {
    !operation.page().input_token.is_empty()
}

/// Calls for every page, as far as the options say.
pub(super) fn all(
    shell: &mut Shell<'_>,
    profile: &Profile,
    request: &Request,
) -> Result<Answer, Failure> {
    let operation = request.operation;
    let page = operation.page();
    let word = |name: &str| match request.given.get(name) {
        Some(Words::One(word)) => Some(word.as_str()),
        _ => None,
    };
    let number = |name: &str| {
        word(name)
            .and_then(python::int)
            .and_then(|number| usize::try_from(number).ok())
    };
    let manual = page
        .input_token
        .iter()
        .chain(&page.limit_key)
        .any(|name| request.params.contains_key(name));
    if !has(operation) || manual {
        return send(shell, profile, operation, request.params.clone());
    }
    let mut params = request.params.clone();
    if let (Some(size), [limit]) = (number("page-size"), page.limit_key.as_slice()) {
        params.insert(*limit, Value::Int(i64::try_from(size).unwrap_or(i64::MAX)));
    }
    let most = number("max-items");
    let mut skip = 0;
    if let Some(text) = word("starting-token") {
        let wrong = || Failure::Bare(format!("Bad starting token: {text}"));
        let token = json::from_base64(text)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| json::parse(&text).ok());
        match token {
            Some(Value::Map(token)) => {
                for name in &page.input_token {
                    if let Some(value @ Value::Str(_)) = token.get(name) {
                        params.insert(*name, value.clone());
                    }
                }
                let cut = token
                    .get("boto_truncate_amount")
                    .and_then(Value::as_int)
                    .unwrap_or(0);
                skip = usize::try_from(cut).map_err(|_| wrong())?;
            }
            _ => {
                // A token of AWS's own.
                if let [name] = page.input_token.as_slice() {
                    params.insert(*name, Value::from(text));
                }
            }
        }
    }
    let mut whole = Map::new();
    let mut taken = 0;
    let primary = page.result_key.first().copied().unwrap_or_default();
    for fetched in 0..MOST_PAGES {
        shell.step()?;
        let mut answer = send(shell, profile, operation, params.clone())?.value;
        let mut dropped = 0;
        if skip > 0
            && let Value::Map(map) = &mut answer
            && let Some(Value::List(items)) = map.get_mut(primary)
        {
            dropped = skip.min(items.len());
            items.drain(..dropped);
            skip = 0;
        }
        let mut cut = None;
        if let (Some(most), Value::Map(map)) = (most, &mut answer)
            && let Some(Value::List(items)) = map.get_mut(primary)
        {
            let room = most.saturating_sub(taken);
            if items.len() > room {
                items.truncate(room);
                cut = Some(dropped + room);
            }
            taken += items.len();
        }
        let next: Vec<Option<String>> = page
            .output_token
            .iter()
            .map(|path| match jmespath::compile(path).ok()?.search(&answer) {
                Ok(Value::Str(token)) => Some(token),
                _ => None,
            })
            .collect();
        let more = match page.more_results.first() {
            Some(name) => answer.get(name) == Some(&Value::Bool(true)),
            None => next
                .iter()
                .any(|token| token.as_ref().is_some_and(|token| !token.is_empty())),
        };
        gather(&mut whole, answer, operation, fetched == 0);
        let full = most.is_some_and(|most| taken >= most);
        if cut.is_some() || (full && more) {
            // Where to go on: the token of this page and how much of it was shown, or the next.
            let mut token = Map::new();
            for (at, name) in page.input_token.iter().enumerate() {
                let value = match cut {
                    Some(_) => params.get(name).cloned().unwrap_or_default(),
                    None => next
                        .get(at)
                        .cloned()
                        .flatten()
                        .map(Value::Str)
                        .unwrap_or_default(),
                };
                token.insert(*name, value);
            }
            if let Some(cut) = cut {
                token.insert(
                    "boto_truncate_amount",
                    Value::Int(i64::try_from(cut).unwrap_or(i64::MAX)),
                );
            }
            let text = json::pretty_line(&Value::Map(token));
            let token = json::base64(text.as_bytes());
            whole.insert("NextToken", Value::Str(token.clone()));
            return Ok(Answer {
                value: Value::Map(whole),
                token: Some(token),
            });
        }
        if !more {
            break;
        }
        for (name, token) in page.input_token.iter().zip(next) {
            match token {
                Some(token) => params.insert(*name, Value::Str(token)),
                None => params.remove(name),
            };
        }
    }
    Ok(Answer {
        value: Value::Map(whole),
        token: None,
    })
}

/// Adds a page to what was gathered: lists grow; what isn't paged comes from the first page;
/// tokens are left out.
fn gather(whole: &mut Map, answer: Value, operation: Operation, first: bool) {
    let page = operation.page();
    let Value::Map(answer) = answer else {
        return;
    };
    // The first keys of dotted paths such as `Volume.Attachments` count.
    let listed = |key: &str, names: &[&'static str]| {
        names.iter().any(|name| name.split('.').next() == Some(key))
    };
    let mut rest = Map::new();
    for (key, value) in answer {
        if listed(&key, &page.result_key) {
            match (whole.get_mut(&key), value) {
                (Some(Value::List(items)), Value::List(more)) => items.extend(more),
                (_, value) => {
                    whole.insert(key, value);
                }
            }
        } else {
            rest.insert(key, value);
        }
    }
    // What isn't there is told as nothing.
    for name in page.non_aggregate_keys.iter().filter(|_| first) {
        let key = name.split('.').next().unwrap_or_default();
        whole.insert(key.to_owned(), rest.get(key).cloned().unwrap_or_default());
    }
}

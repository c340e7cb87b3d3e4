//! Transcripts of real `aws` sessions.
//!
//! What is compared here is coarse and cheap: the exit status, and of an error its code and the
//! operation. A finer comparison of every answer is made outside of the project.

use crate::{cases, judge};
use hopwise_cli::shell::JsonShell;
use hopwise_cloud::{Map, Value, json};
use std::collections::BTreeMap;

/// Sessions of the services that this cloud has.
const SESSIONS: &[&str] = &[
    "bash",
    "cli-input",
    "configure",
    "eni",
    "fresh-account",
    "iam-policies",
    "iam-users",
    "igw-routes",
    "instances",
    "keypairs",
    "nacl",
    "output-formats",
    "param-validation",
    "query",
    "s3-basic",
    "s3api-objects",
    "security-groups",
    "shorthand",
    "sts",
    "subnets",
    "unauthorized",
    "usage-errors",
    "vpc-basic",
    "vpc-teardown",
];

/// The value at a path such as `Vpc.VpcId` or `Reservations[0].Instances[0]`.
fn pick(path: &str, value: &Value) -> Option<String> {
    let mut here = value;
    for step in path
        .replace('[', ".[")
        .split('.')
        .filter(|step| !step.is_empty())
    {
        here = match step
            .strip_prefix('[')
            .and_then(|step| step.strip_suffix(']'))
        {
            Some(place) => {
                let items = here.as_list()?;
                let place: isize = place.parse().ok()?;
                let place = if place < 0 {
                    place + items.len() as isize
                } else {
                    place
                };
                items.get(usize::try_from(place).ok()?)?
            }
            None => here.get(step)?,
        };
    }
    match here {
        Value::Str(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(json::compact(other)),
    }
}

fn capture(path: &str, stdout: &str) -> Option<String> {
    if path == "@text" {
        return Some(stdout.trim().to_owned());
    }
    if path.starts_with("@re:") {
        // Two sessions capture by a regular expression; what follows them is compared loosely.
        return stdout.split_whitespace().last().map(str::to_owned);
    }
    pick(path, &json::parse(stdout).ok()?)
}

/// Code and operation of an API error.
fn error_of(stderr: &str) -> Option<(String, String)> {
    let (_, rest) = stderr.split_once("An error occurred (")?;
    let (code, rest) = rest.split_once(')')?;
    let operation = rest
        .split_once(" when calling the ")
        .and_then(|(_, rest)| rest.split_once(" operation"))
        .map(|(operation, _)| operation.to_owned());
    Some((code.to_owned(), operation.unwrap_or_default()))
}

fn passes(step: &Value, answer: &Value) -> bool {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let real = step.get("real");
    let exit = real.and_then(|real| real.get("exit")).or(step.get("exit"));
    if answer.get("exit") != exit {
        return false;
    }
    let wanted = error_of(&text(step.get("stderr")));
    let code = real
        .and_then(|real| real.get("code"))
        .and_then(Value::as_str)
        .map(str::to_owned)
        .or(wanted.as_ref().map(|(code, _)| code.clone()));
    match (code, error_of(&text(answer.get("stderr")))) {
        (Some(codes), Some((code, operation))) => {
            codes.split('|').any(|it| it == code)
                && wanted.is_none_or(|(_, it)| it.is_empty() || it == operation)
        }
        (None, None) => true,
        _ => false,
    }
}

#[test]
fn recorded_sessions() {
    let Some(folder) = cases() else { return };
    let index = std::fs::read_to_string(folder.join("cli/index.json")).unwrap();
    let index = json::parse(&index).unwrap();
    let (mut passed, mut of) = (0, 0);
    for session in SESSIONS {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("cli/sessions/{session}.json")))
        else {
            println!("skipped: there is no session {session}");
            continue;
        };
        let steps = json::parse(&text).unwrap();
        let mut shell = JsonShell::default();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let fill = |names: &BTreeMap<String, String>, text: &str| {
            names.iter().fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("${{{name}}}"), value)
            })
        };
        let noenv = index.get(session).and_then(|row| row.get("noenv"));
        for (place, step) in steps.as_list().unwrap().iter().enumerate() {
            let mut request = Map::new();
            let line = step.get("cmd").and_then(Value::as_str).unwrap();
            request.insert("cmd", Value::Str(fill(&names, line)));
            if let Some(files) = step.get("files").and_then(Value::as_map) {
                let files: Map = files
                    .iter()
                    .map(|(name, text)| {
                        let text = fill(&names, text.as_str().unwrap_or_default());
                        (name.to_owned().into(), Value::Str(text))
                    })
                    .collect();
                request.insert("files", Value::Map(files));
            }
            if place == 0 && noenv.is_some_and(|it| *it == Value::Bool(true)) {
                request.insert("noenv", Value::Bool(true));
            }
            let answer = shell.answer(&json::compact(&Value::Map(request)));
            let stdout = answer
                .get("stdout")
                .and_then(Value::as_str)
                .unwrap_or_default();
            for (name, path) in step
                .get("capture")
                .and_then(Value::as_map)
                .into_iter()
                .flat_map(Map::iter)
            {
                let value = capture(path.as_str().unwrap_or_default(), stdout);
                names.insert(name.to_owned(), value.unwrap_or_else(|| "none".to_owned()));
            }
            if step.get("cmp").and_then(Value::as_str) == Some("skip") {
                continue;
            }
            of += 1;
            if passes(step, &answer) {
                passed += 1;
            }
        }
    }
    judge("sessions", passed, of);
}

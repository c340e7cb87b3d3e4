//! `aws … wait`: asks again and again while simulated time passes.

use hopwise_cloud::api::{self, Service, Waiter};
use hopwise_cloud::{Value, json};

use super::arguments::Globals;
use super::errors::{self, Failure};
use super::profile::Profile;
use super::{request, send, validate};
use crate::commands::Call;
use crate::jmespath;
use crate::python;
use crate::shell::Shell;

pub(super) fn wait(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    globals: &Globals,
    service: &'static Service,
    args: &[String],
) -> Result<i32, Failure> {
    let Some((name, rest)) = args.split_first() else {
        return Err(Failure::Param(format!(
            "usage: aws [options] {} wait <subcommand> [parameters]\naws: [ERROR]: too few arguments",
            api::command(service.name)
        )));
    };
    let names: Vec<String> = service
        .waiters()
        .iter()
        .map(|waiter| api::kebab(waiter.name))
        .collect();
    let found = service
        .waiters()
        .iter()
        .find(|waiter| api::kebab(waiter.name) == *name);
    let Some((waiter, operation)) =
        found.and_then(|waiter| Some((waiter, service.operation(waiter.operation)?)))
    else {
        return Err(Failure::Choice {
            argument: "subcommand",
            given: name.clone(),
            near: errors::near(name, names.iter().map(String::as_str)),
        });
    };
    let _ = call;
    let profile = Profile::load(shell, globals)?;
    let asked = request(shell, operation, rest)?;
    validate(operation, &asked.params)?;
    let failed = |reason: &str| Failure::Bare(format!("Waiter {} failed: {reason}", waiter.name));
    for attempt in 1..=waiter.max_attempts {
        shell.step()?;
        let answer = send(shell, &profile, operation, asked.params.clone());
        let outcome = match &answer {
            Ok(answer) => Ok(&answer.value),
            Err(Failure::Api { fault, .. }) => Err(fault.code.as_str()),
            Err(other) => return Err(other.clone()),
        };
        match state(waiter, outcome) {
            Some("success") => return Ok(0),
            Some("failure") => {
                return Err(failed("Waiter encountered a terminal failure state"));
            }
            Some(_) => {}
            None => {
                if let Err(failure) = answer {
                    let Failure::Api { operation, fault } = &failure else {
                        return Err(failure);
                    };
                    return Err(failed(&format!(
                        "An error occurred ({}) when calling the {operation} operation: {}",
                        fault.code, fault.message
                    )));
                }
            }
        }
        if attempt < waiter.max_attempts {
            shell.pass(waiter.delay);
        }
    }
    Err(failed("Max attempts exceeded"))
}

/// What the first acceptor that fits says.
fn state(waiter: &Waiter, outcome: Result<&Value, &str>) -> Option<&'static str> {
    waiter
        .acceptors
        .iter()
        .find(|acceptor| match (acceptor.matcher, outcome) {
            ("error", Err(code)) => acceptor.expected == code,
            ("status", Ok(_)) => acceptor.expected == "200",
            ("path" | "pathAll" | "pathAny", Ok(answer)) => {
                let found = jmespath::compile(acceptor.argument)
                    .and_then(|expression| expression.search(answer))
                    .unwrap_or_default();
                let fits = |value: &Value| {
                    value.as_str().map_or_else(
                        || {
                            json::compact(value) == acceptor.expected
                                || python::str(value) == acceptor.expected
                        },
                        |text| text == acceptor.expected,
                    )
                };
                match (acceptor.matcher, &found) {
                    ("pathAll", Value::List(items)) => !items.is_empty() && items.iter().all(fits),
                    ("pathAny", Value::List(items)) => items.iter().any(fits),
                    ("path", value) => fits(value),
                    _ => false,
                }
            }
            _ => false,
        })
        .map(|acceptor| acceptor.state)
}

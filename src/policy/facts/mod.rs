//! The facts of IAM that the engine stands on, by the numbers of the project's checklist, and the
//! properties that must hold whatever the policies are.

mod conditions;
mod conformance;
mod documents;
mod explanations;
mod layers;
mod properties;
mod statements;

use crate::{Attached, Caller, Context, Decision, Layers, Outcome, Policy, PolicyKind, Request};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER: &str = "222222222222";
pub(crate) const ANY: &str = "Allow * on *";

pub(crate) fn ana() -> Caller {
    Caller::User {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/ana"),
        account: ACCOUNT.to_owned(),
    }
}

pub(crate) fn session() -> Caller {
    Caller::RoleSession {
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/web/i-1"),
        role_arn: format!("arn:aws:iam::{ACCOUNT}:role/web"),
        account: ACCOUNT.to_owned(),
    }
}

pub(crate) fn federated() -> Caller {
    Caller::FederatedUser {
        arn: format!("arn:aws:sts::{ACCOUNT}:federated-user/guest"),
        user_arn: format!("arn:aws:iam::{ACCOUNT}:user/ana"),
        account: ACCOUNT.to_owned(),
    }
}

pub(crate) fn request(caller: Caller, action: &str, resource: &str) -> Request {
    Request {
        caller,
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: Some(ACCOUNT.to_owned()),
        context: Context::new(),
    }
}

/// A policy of these statements, each a JSON object or a short form: `Allow s3:Get* on *`,
/// `Allow arn:… to s3:Get* on *` with the AWS principal first.
pub(crate) fn document(statements: &[&str]) -> String {
    let statements: Vec<String> = statements.iter().map(|text| statement(text)).collect();
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

fn statement(text: &str) -> String {
    if text.starts_with('{') {
        return text.to_owned();
    }
    let (effect, rest) = text.split_once(' ').unwrap();
    let (principal, rest) = match rest.split_once(" to ") {
        Some((principal, rest)) => (format!(r#""Principal":{{"AWS":"{principal}"}},"#), rest),
        None => (String::new(), rest),
    };
    let (action, resource) = match rest.split_once(" on ") {
        Some((action, resource)) => (action, format!(r#","Resource":"{resource}""#)),
        None => (rest, String::new()),
    };
    format!(r#"{{"Effect":"{effect}",{principal}"Action":"{action}"{resource}}}"#)
}

pub(crate) fn policy(kind: PolicyKind, statements: &[&str]) -> Policy {
    read(&document(statements), kind)
}

pub(crate) fn read(text: &str, kind: PolicyKind) -> Policy {
    let (policy, mistakes) = crate::parse(text, kind);
    assert!(mistakes.is_empty(), "{text}: {mistakes:?}");
    policy.unwrap()
}

pub(crate) fn named<'a>(name: &'a str, policy: &'a Policy) -> Attached<'a> {
    Attached { name, policy }
}

pub(crate) fn decide(request: &Request, layers: &Layers<'_>) -> Decision {
    crate::decide(request, layers).unwrap()
}

/// The answer of one identity-based policy.
pub(crate) fn identity(request: &Request, statements: &[&str]) -> Outcome {
    let policy = policy(PolicyKind::Identity, statements);
    let layers = Layers {
        identity: vec![named("Identity", &policy)],
        ..Layers::default()
    };
    decide(request, &layers).outcome
}

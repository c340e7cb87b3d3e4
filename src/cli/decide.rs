//! `hopwise decide`: access cases in the format `iam-neutral-cases/1`.

use crate::output::{Failure, object, read, say_line, text_or_null};
use hopwise_cloud::{Map, Value, json};
use hopwise_explain::{Place, Verdict};
use hopwise_policy::{
    Attached, Caller, Context, Decision, Layer, Layers, Level, Outcome, Policy, PolicyKind,
    Request, decide, parse,
};
use std::process::ExitCode;

/// Decides every case of a file; one JSON line each.
///
/// # Errors
///
/// A file that can't be read or holds no cases.
pub fn file(path: &str) -> Result<ExitCode, Failure> {
    let whole = json::parse(&read(path)?)
        .map_err(|error| Failure(format!("{path} is no JSON: {error}")))?;
    let cases = whole
        .get("authz")
        .unwrap_or(&whole)
        .as_list()
        .ok_or_else(|| Failure(format!("{path} holds no list of cases (`authz`)")))?;
    for one in cases {
        say_line(&json::compact(&case(one)));
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer to one case: `{"id", "decision", "blockedBy", "explanation"}`, or
/// `{"id", "unsupported": reason}`.
pub fn case(case: &Value) -> Value {
    let id = case.get("id").cloned().unwrap_or(Value::Null);
    match decided(case) {
        Ok(decision) => object([
            ("id", id),
            (
                "decision",
                Value::from(match decision.outcome {
                    Outcome::Allow => "Allow",
                    Outcome::ExplicitDeny => "ExplicitDeny",
                    Outcome::ImplicitDeny => "ImplicitDeny",
                }),
            ),
            (
                "blockedBy",
                Value::List(
                    decision
                        .failing()
                        .map(|check| Value::from(layer_word(check.layer)))
                        .collect(),
                ),
            ),
            ("explanation", explanation(&decision)),
        ]),
        Err(reason) => object([("id", id), ("unsupported", Value::Str(reason))]),
    }
}

/// The word of the neutral format for a layer.
pub fn layer_word(layer: Layer) -> &'static str {
    match layer {
        Layer::ResourceControl => "rcp",
        Layer::ServiceControl => "scp",
        Layer::VpcEndpoint => "vpcEndpoint",
        Layer::PublicAccess => "s3",
        Layer::Resource => "resource",
        Layer::Principal => "identity",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
    }
}

/// The decision of one case.
///
/// # Errors
///
/// What the engine or this format does not know.
pub fn decided(case: &Value) -> Result<Decision, String> {
    let request = request(case)?;
    let trust = request
        .action
        .to_ascii_lowercase()
        .starts_with("sts:assume");
    let resource_kind = if trust {
        PolicyKind::Trust
    } else {
        PolicyKind::Resource
    };
    let identity = many(case, "identityPolicies", PolicyKind::Identity)?;
    let session = many(case, "sessionPolicies", PolicyKind::Identity)?;
    let boundary = one(case, "permissionsBoundary", PolicyKind::Identity)?;
    let resource = one(case, "resourcePolicy", resource_kind)?;
    let endpoint = one(case, "vpcEndpointPolicy", PolicyKind::VpcEndpoint)?;
    let service_control = levels(case, "scps", PolicyKind::ServiceControl)?;
    let resource_control = levels(case, "rcps", PolicyKind::ResourceControl)?;
    let restrict = case.get("s3").and_then(|s3| {
        s3.get("blockPublicAccess")?
            .get("RestrictPublicBuckets")?
            .as_bool()
    });
    let layers = Layers {
        identity: attach("identity", &identity),
        resource: resource.as_ref().map(|policy| Attached {
            name: "resource",
            policy,
        }),
        boundary: boundary.as_ref().map(|policy| Attached {
            name: "boundary",
            policy,
        }),
        session: attach("session", &session),
        service_control: service_control.as_ref().map(|it| organization(it)),
        resource_control: resource_control.as_ref().map(|it| organization(it)),
        vpc_endpoint: endpoint.as_ref().map(|policy| Attached {
            name: "endpoint",
            policy,
        }),
        restrict_public_buckets: restrict.unwrap_or(false),
    };
    decide(&request, &layers).map_err(|reason| reason.to_string())
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn request(case: &Value) -> Result<Request, String> {
    let principal = case.get("principal").ok_or("the case has no principal")?;
    let account = text(principal.get("account"));
    let arn = text(principal.get("arn"));
    let caller = match text(principal.get("kind")).as_str() {
        "user" => Caller::User { arn, account },
        "role-session" => Caller::RoleSession {
            arn,
            role_arn: text(principal.get("roleArn")),
            account,
        },
        "federated-user" => Caller::FederatedUser {
            arn,
            user_arn: text(principal.get("userArn")),
            account,
        },
        "root" => Caller::Root { account },
        "service" => Caller::Service {
            name: text(principal.get("service")),
        },
        "anonymous" => Caller::Anonymous,
        other => return Err(format!("no principal of kind `{other}` is known")),
    };
    let mut context = Context::new();
    let keys = case.get("context").and_then(Value::as_map);
    for (key, value) in keys.into_iter().flat_map(Map::iter) {
        match value {
            Value::List(values) => {
                context.set_many(key, values.iter().map(|value| text(Some(value))).collect());
            }
            value => context.set(key, text(Some(value))),
        }
    }
    Ok(Request {
        caller,
        action: text(case.get("action")),
        resource: text(case.get("resource")),
        resource_account: case
            .get("resourceAccount")
            .and_then(Value::as_str)
            .map(str::to_owned),
        context,
    })
}

fn policy(document: &Value, kind: PolicyKind) -> Result<Policy, String> {
    let (policy, mistakes) = parse(&json::compact(document), kind);
    policy.ok_or_else(|| {
        let said = mistakes.first().map(|mistake| mistake.sentence.to_string());
        format!("a policy is malformed: {}", said.unwrap_or_default())
    })
}

fn many(case: &Value, field: &str, kind: PolicyKind) -> Result<Vec<Policy>, String> {
    let list = case.get(field).and_then(Value::as_list).unwrap_or_default();
    list.iter().map(|document| policy(document, kind)).collect()
}

fn one(case: &Value, field: &str, kind: PolicyKind) -> Result<Option<Policy>, String> {
    match case.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(document) => policy(document, kind).map(Some),
    }
}

fn levels(case: &Value, field: &str, kind: PolicyKind) -> Result<Option<Vec<Vec<Policy>>>, String> {
    let Some(list) = case.get(field).and_then(Value::as_list) else {
        return Ok(None);
    };
    list.iter()
        .map(|level| {
            let documents = level.as_list().unwrap_or_default();
            documents.iter().map(|it| policy(it, kind)).collect()
        })
        .collect::<Result<_, _>>()
        .map(Some)
}

fn attach<'a>(name: &'a str, policies: &'a [Policy]) -> Vec<Attached<'a>> {
    policies
        .iter()
        .map(|policy| Attached { name, policy })
        .collect()
}

/// The levels from the organization's root down to the account, as a case lists them.
fn organization(levels: &[Vec<Policy>]) -> Vec<Level<'_>> {
    levels
        .iter()
        .enumerate()
        .map(|(place, policies)| Level {
            target: match place {
                _ if place + 1 == levels.len() => "the account",
                0 => "the organization's root",
                1 => "the organizational unit",
                _ => "the organizational unit below",
            },
            policies: attach("control", policies),
        })
        .collect()
}

/// The explanation as data: sentences in English, and where each deciding statement stands.
fn explanation(decision: &Decision) -> Value {
    let said = decision.explanation();
    let legs = said
        .legs
        .iter()
        .map(|leg| {
            let steps = leg
                .steps
                .iter()
                .map(|step| {
                    let rule = step.rule.as_ref().map(|rule| match &rule.place {
                        Place::Statement {
                            policy,
                            index,
                            sid,
                            line,
                            column,
                        } => object([
                            ("policy", Value::from(policy.as_str())),
                            ("statement", Value::Int(i64::try_from(*index).unwrap_or(0))),
                            ("sid", text_or_null(sid.as_deref())),
                            ("line", Value::Int((*line).into())),
                            ("column", Value::Int((*column).into())),
                            ("text", Value::from(rule.text.as_str())),
                        ]),
                        _ => object([("text", Value::from(rule.text.as_str()))]),
                    });
                    object([
                        ("component", Value::from(step.component.kind)),
                        ("id", Value::from(step.component.id.as_str())),
                        ("verdict", Value::from(verdict_word(step.verdict))),
                        ("code", text_or_null(step.code.map(|code| code.0))),
                        ("sentence", Value::Str(step.sentence.to_string())),
                        ("rule", rule.unwrap_or(Value::Null)),
                        (
                            "nearest",
                            text_or_null(
                                step.tried
                                    .iter()
                                    .find(|miss| miss.nearest)
                                    .map(|miss| miss.why.to_string()),
                            ),
                        ),
                        ("page", text_or_null(step.page.map(|page| page.0))),
                    ])
                })
                .collect();
            object([
                ("title", Value::Str(leg.title.to_string())),
                ("verdict", Value::from(verdict_word(leg.verdict))),
                ("steps", Value::List(steps)),
            ])
        })
        .collect();
    object([
        ("question", Value::Str(said.question.to_string())),
        ("answer", Value::Str(said.answer.to_string())),
        ("legs", Value::List(legs)),
    ])
}

/// The word of a verdict in JSON.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Rewrite => "rewrite",
        Verdict::Stop => "drop",
        Verdict::NoImpact => "no-impact",
        Verdict::Unknown => "unknown",
    }
}

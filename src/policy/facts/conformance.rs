//! The recorded cases. They live outside of the repository: the folder is HOPWISE_CASES, by
//! default ../shared/cases beside the workspace, and without it these tests only say so.

use crate::{
    Attached, Caller, CheckEffect, Context, Decision, Layer, Layers, Level, Outcome, Policy,
    PolicyKind, Request, aws_error, decide, parse,
};
use serde_json::Value;
use std::path::PathBuf;

fn cases(file: &str) -> Option<Value> {
    let folder = std::env::var_os("HOPWISE_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases"),
        PathBuf::from,
    );
    let path = folder.join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            println!("skipped: there is no {}", path.display());
            None
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list<'a>(case: &'a Value, field: &str) -> Option<&'a Vec<Value>> {
    case[field].as_array()
}

/// Every document of a case, parsed once, so that the layers can borrow them.
fn policy(document: &Value, kind: PolicyKind) -> Policy {
    let (policy, mistakes) = parse(&document.to_string(), kind);
    policy.unwrap_or_else(|| panic!("{document}: {mistakes:?}"))
}

fn request(case: &Value) -> Request {
    let principal = &case["principal"];
    let account = text(&principal["account"]);
    let arn = text(&principal["arn"]);
    let caller = match principal["kind"].as_str().unwrap() {
        "user" => Caller::User { arn, account },
        "role-session" => Caller::RoleSession {
            arn,
            role_arn: text(&principal["roleArn"]),
            account,
        },
        "federated-user" => Caller::FederatedUser {
            arn,
            user_arn: text(&principal["userArn"]),
            account,
        },
        "root" => Caller::Root { account },
        "service" => Caller::Service {
            name: text(&principal["service"]),
        },
        "anonymous" => Caller::Anonymous,
        other => panic!("{other}"),
    };
    let mut context = Context::new();
    for (key, value) in case["context"].as_object().unwrap() {
        match value {
            Value::Array(values) => context.set_many(key, values.iter().map(text).collect()),
            value => context.set(key, text(value)),
        }
    }
    Request {
        caller,
        action: text(&case["action"]),
        resource: text(&case["resource"]),
        resource_account: case["resourceAccount"].as_str().map(str::to_owned),
        context,
    }
}

fn answer(case: &Value) -> Result<Decision, String> {
    let many = |field: &str, kind| -> Vec<Policy> {
        (list(case, field).into_iter().flatten())
            .map(|document| policy(document, kind))
            .collect()
    };
    let one = |field: &str, kind| -> Option<Policy> {
        (!case[field].is_null()).then(|| policy(&case[field], kind))
    };
    let levels = |field: &str, kind| -> Option<Vec<Vec<Policy>>> {
        list(case, field).map(|levels| {
            (levels.iter())
                .map(|level| {
                    (level.as_array().unwrap().iter())
                        .map(|document| policy(document, kind))
                        .collect()
                })
                .collect()
        })
    };
    let request = request(case);
    let resource_kind = match request.action.starts_with("sts:Assume") {
        true => PolicyKind::Trust,
        false => PolicyKind::Resource,
    };
    let identity = many("identityPolicies", PolicyKind::Identity);
    let session = many("sessionPolicies", PolicyKind::Identity);
    let boundary = one("permissionsBoundary", PolicyKind::Identity);
    let resource = one("resourcePolicy", resource_kind);
    let endpoint = one("vpcEndpointPolicy", PolicyKind::VpcEndpoint);
    let scps = levels("scps", PolicyKind::ServiceControl);
    let rcps = levels("rcps", PolicyKind::ResourceControl);
    let attached = |policy| Attached { name: "p", policy };
    let layers = Layers {
        identity: identity.iter().map(attached).collect(),
        resource: resource.as_ref().map(attached),
        boundary: boundary.as_ref().map(attached),
        session: session.iter().map(attached).collect(),
        service_control: scps.as_ref().map(|levels| organization(levels)),
        resource_control: rcps.as_ref().map(|levels| organization(levels)),
        vpc_endpoint: endpoint.as_ref().map(attached),
        restrict_public_buckets: case["s3"]["blockPublicAccess"]["RestrictPublicBuckets"] == true,
    };
    decide(&request, &layers).map_err(|reason| reason.to_string())
}

fn organization(levels: &[Vec<Policy>]) -> Vec<Level<'_>> {
    (levels.iter())
        .map(|policies| Level {
            target: "level",
            policies: (policies.iter())
                .map(|policy| Attached { name: "p", policy })
                .collect(),
        })
        .collect()
}

fn outcome(case: &Value) -> Outcome {
    match case["expected"]["decision"].as_str().unwrap() {
        "Allow" => Outcome::Allow,
        "ExplicitDeny" => Outcome::ExplicitDeny,
        "ImplicitDeny" => Outcome::ImplicitDeny,
        other => panic!("{other}"),
    }
}

/// The layer that the decision hangs on, in the cases' words.
fn deciding(decision: &Decision) -> &'static str {
    let layer = match decision.deciding() {
        Some(check) => check.layer,
        None => {
            let allows = |layer| {
                (decision.checks.iter())
                    .any(|check| check.layer == layer && check.effect == CheckEffect::Allow)
            };
            match allows(Layer::Principal) {
                true => Layer::Principal,
                false => Layer::Resource,
            }
        }
    };
    match layer {
        Layer::ResourceControl => "rcp",
        Layer::ServiceControl => "scp",
        Layer::VpcEndpoint => "vpce",
        Layer::PublicAccess => "s3-bpa",
        Layer::Resource => "resource",
        Layer::Principal => "identity",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
    }
}

/// Compares, and returns what differs and how many cases are out of the engine's reach.
fn differences(file: &Value) -> (Vec<String>, usize) {
    let mut differing = Vec::new();
    let mut unsupported = 0;
    for case in list(file, "authz").unwrap() {
        let id = text(&case["id"]);
        match answer(case) {
            Err(reason) => {
                unsupported += 1;
                println!("{id} unsupported: {reason}");
            }
            Ok(decision) if decision.outcome != outcome(case) => differing.push(format!(
                "{id}: {:?}, expected {:?}",
                decision.outcome,
                outcome(case)
            )),
            Ok(decision) => {
                if let Some(expected) = case["expected"]["deciding"].as_str()
                    && deciding(&decision) != expected
                {
                    differing.push(format!(
                        "{id}: decided by {}, expected {expected}",
                        deciding(&decision)
                    ));
                }
            }
        }
    }
    (differing, unsupported)
}

#[test]
fn documented_decisions() {
    let Some(file) = cases("access/documented.json") else {
        return;
    };
    let (differing, unsupported) = differences(&file);
    println!("{unsupported} unsupported");
    assert!(differing.is_empty(), "{differing:#?}");
}

/// Another engine's answers, where it does not depart from AWS's pages.
#[test]
fn random_decisions() {
    let Some(file) = cases("access/random-500.json") else {
        return;
    };
    let (differing, unsupported) = differences(&file);
    println!("{unsupported} unsupported");
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn documented_validations() {
    let Some(file) = cases("access/documented.json") else {
        return;
    };
    let mut differing = Vec::new();
    for case in list(&file, "validate").unwrap() {
        let kind = match case["policyKind"].as_str().unwrap() {
            "identity" => PolicyKind::Identity,
            "trust" => PolicyKind::Trust,
            "bucket" => PolicyKind::Bucket,
            "scp" => PolicyKind::ServiceControl,
            other => panic!("{other}"),
        };
        let (_, mistakes) = parse(&text(&case["raw"]), kind);
        let message = aws_error(&mistakes).map(|error| error.text.as_str());
        let valid = case["expected"]["valid"] == true;
        let expected = case["expected"]["message"].as_str();
        if mistakes.is_empty() != valid || (expected.is_some() && message != expected) {
            differing.push(format!("{}: {message:?} {mistakes:?}", case["id"]));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn malformed_policies() {
    let Some(file) = cases("access/malformed-policies.json") else {
        return;
    };
    let mut differing = Vec::new();
    for case in list(&file, "invalid").unwrap() {
        let document = match &case["document"] {
            Value::String(raw) => raw.clone(),
            document => document.to_string(),
        };
        let (_, mistakes) = parse(&document, PolicyKind::Identity);
        let message = aws_error(&mistakes).map(|error| error.text.as_str());
        if message != case["error_message"].as_str() {
            differing.push(format!(
                "{document}\n  {message:?}, expected {}",
                case["error_message"]
            ));
        }
    }
    for document in list(&file, "valid").unwrap() {
        // Two documents of the list have an underscore in a `Sid`. IAM's page says letters and
        // digits only, and a mock that lets them pass is no proof of the contrary:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
        let sid = document["Statement"][0]["Sid"].as_str();
        if sid.is_some_and(|sid| sid.contains('_')) {
            continue;
        }
        let (policy, mistakes) = parse(&document.to_string(), PolicyKind::Identity);
        if policy.is_none() || !mistakes.is_empty() {
            differing.push(format!("{document}\n  {mistakes:?}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn documented_public_policies() {
    let Some(file) = cases("access/documented.json") else {
        return;
    };
    for case in list(&file, "s3PublicPolicy").unwrap() {
        let policy = policy(&case["policy"], PolicyKind::Bucket);
        assert_eq!(case["expected"]["public"], policy.is_public(), "{case}");
    }
}

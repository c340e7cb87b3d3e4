use super::*;
use crate::Outcome::{Allow, ExplicitDeny, ImplicitDeny};

fn get(resource: &str) -> Request {
    request(ana(), "s3:GetObject", resource)
}

#[test]
fn acc_01_the_default_is_deny_except_for_the_root_user() {
    assert_eq!(
        identity(&get("arn:aws:s3:::b/k"), &["Allow ec2:* on *"]),
        ImplicitDeny
    );
    let mut root = get("arn:aws:s3:::b/k");
    root.caller = Caller::Root {
        account: ACCOUNT.to_owned(),
    };
    assert_eq!(decide(&root, &Layers::default()).outcome, Allow);
    root.resource_account = Some(OTHER.to_owned());
    assert_eq!(decide(&root, &Layers::default()).outcome, ImplicitDeny);
}

#[test]
fn acc_02_an_explicit_deny_wins() {
    let request = get("arn:aws:s3:::b/k");
    assert_eq!(identity(&request, &[ANY]), Allow);
    assert_eq!(identity(&request, &[ANY, "Deny s3:* on *"]), ExplicitDeny);
    assert_eq!(identity(&request, &[ANY, "Deny ec2:* on *"]), Allow);
}

#[test]
fn acc_14_actions_match_without_case_and_with_wildcards() {
    let request = get("arn:aws:s3:::b/k");
    for (pattern, expected) in [
        ("S3:getobject", Allow),
        ("s3:Get*", Allow),
        ("s3:?etObject", Allow),
        ("*", Allow),
        ("*:*", Allow),
        ("s3:GetObjec", ImplicitDeny),
        ("s3:GetObject?", ImplicitDeny),
        ("s3-object-lambda:*", ImplicitDeny),
    ] {
        let statement = format!("Allow {pattern} on *");
        assert_eq!(identity(&request, &[&statement]), expected, "{pattern}");
    }
}

#[test]
fn acc_15_resources_match_component_by_component() {
    for (pattern, resource, expected) in [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y", Allow),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", ImplicitDeny),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/x", ImplicitDeny),
        ("arn:aws:s3:::B/x", "arn:aws:s3:::b/x", ImplicitDeny),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/é", Allow),
        ("arn:aws:s3:::*", "*", ImplicitDeny),
        ("*", "*", Allow),
        (
            "arn:aws:sqs:*:1:q",
            "arn:aws:sqs:eu-west-1:2:1:q",
            ImplicitDeny,
        ),
        (
            "arn:aws:logs:*:*:log-group:a*",
            "arn:aws:logs:eu-west-1:2:log-group:ab:s",
            Allow,
        ),
    ] {
        let statement = format!("Allow s3:GetObject on {pattern}");
        assert_eq!(
            identity(&get(resource), &[&statement]),
            expected,
            "{pattern} {resource}"
        );
    }
}

fn resource_policy(request: &Request, statement: &str) -> Outcome {
    let policy = policy(PolicyKind::Resource, &[statement]);
    let layers = Layers {
        resource: Some(named("Resource", &policy)),
        ..Layers::default()
    };
    decide(request, &layers).outcome
}

#[test]
fn acc_16_principals_are_exact_and_a_statement_without_one_is_for_no_one() {
    let request = get("arn:aws:s3:::b/k");
    for (principal, expected) in [
        ("arn:aws:iam::111122223333:user/ana", Allow),
        ("arn:aws:iam::111122223333:user/Ana", ImplicitDeny),
        ("arn:aws:iam::111122223333:user/ben", ImplicitDeny),
        ("*", Allow),
    ] {
        let statement = format!("Allow {principal} to s3:* on *");
        assert_eq!(
            resource_policy(&request, &statement),
            expected,
            "{principal}"
        );
    }
    let (policy, mistakes) = crate::parse(&document(&["Allow s3:* on *"]), PolicyKind::Resource);
    assert_eq!((policy, mistakes.len()), (None, 1));
    let wildcard = document(&["Allow arn:aws:iam::111122223333:user/* to s3:* on *"]);
    let (_, mistakes) = crate::parse(&wildcard, PolicyKind::Bucket);
    assert_eq!(
        crate::aws_error(&mistakes).unwrap().text,
        "Invalid principal in policy"
    );
}

#[test]
fn acc_13_a_saved_principal_is_a_unique_id() {
    let mut request = get("arn:aws:s3:::b/k");
    let statement = "Allow AIDAEXAMPLEEXAMPLE01 to s3:* on *";
    request.context.set("aws:userid", "AIDAEXAMPLEEXAMPLE01");
    assert_eq!(resource_policy(&request, statement), Allow);
    // The user was deleted and made again under the same name.
    request.context.set("aws:userid", "AIDAEXAMPLEEXAMPLE02");
    assert_eq!(resource_policy(&request, statement), ImplicitDeny);
}

#[test]
fn acc_17_an_action_without_resources_needs_the_star() {
    let describe = request(ana(), "ec2:DescribeVpcs", "*");
    assert_eq!(identity(&describe, &["Allow ec2:* on *"]), Allow);
    let limited = "Allow ec2:* on arn:aws:ec2:*:*:vpc/*";
    assert_eq!(identity(&describe, &[limited]), ImplicitDeny);
}

#[test]
fn acc_18_not_action_and_not_resource_are_complements() {
    let deny_but_iam = r#"{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}"#;
    let read = get("arn:aws:s3:::b/k");
    let list = request(ana(), "iam:ListUsers", "*");
    assert_eq!(identity(&read, &[ANY, deny_but_iam]), ExplicitDeny);
    assert_eq!(identity(&list, &[ANY, deny_but_iam]), Allow);
    assert_eq!(identity(&list, &[deny_but_iam]), ImplicitDeny);
    let allow_but = r#"{"Effect":"Allow","NotAction":"s3:Delete*","Resource":"arn:aws:s3:::*"}"#;
    assert_eq!(identity(&read, &[allow_but]), Allow);
    let delete = request(ana(), "s3:DeleteObject", "arn:aws:s3:::b/k");
    assert_eq!(identity(&delete, &[allow_but]), ImplicitDeny);
    let elsewhere =
        r#"{"Effect":"Deny","Action":"s3:*","NotResource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}"#;
    assert_eq!(identity(&read, &[ANY, elsewhere]), Allow);
    assert_eq!(
        identity(&get("arn:aws:s3:::c/k"), &[ANY, elsewhere]),
        ExplicitDeny
    );
}

#[test]
fn acc_27_variables_stand_for_what_the_request_has() {
    let home = "Allow s3:* on arn:aws:s3:::b/${aws:username}/*";
    let ask = |resource: &str, name: Option<&str>| {
        let mut request = get(resource);
        if let Some(name) = name {
            request.context.set("aws:username", name);
        }
        identity(&request, &[home])
    };
    assert_eq!(ask("arn:aws:s3:::b/ana/x", Some("ana")), Allow);
    assert_eq!(ask("arn:aws:s3:::b/ben/x", Some("ana")), ImplicitDeny);
    // A value is never a wildcard.
    assert_eq!(ask("arn:aws:s3:::b/ben/x", Some("*")), ImplicitDeny);
    assert_eq!(ask("arn:aws:s3:::b//x", None), ImplicitDeny);
    // What is not there matches nothing in NotResource either, so that the Deny applies.
    let guard =
        r#"{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::b/${aws:username}/*"}"#;
    let mut request = get("arn:aws:s3:::b/ana/x");
    assert_eq!(identity(&request, &[ANY, guard]), ExplicitDeny);
    request.context.set("aws:username", "ana");
    assert_eq!(identity(&request, &[ANY, guard]), Allow);
}

#[test]
fn acc_27_variables_are_text_in_the_version_of_2008() {
    let decide_with = |version: &str| {
        let text = format!(
            r#"{{"Version":"{version}","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${{aws:username}}"}}}}"#
        );
        let (policy, _) = crate::parse(&text, PolicyKind::Identity);
        let policy = policy.unwrap();
        let layers = Layers {
            identity: vec![named("Identity", &policy)],
            ..Layers::default()
        };
        let mut request = get("arn:aws:s3:::b/ana");
        request.context.set("aws:username", "ana");
        decide(&request, &layers).outcome
    };
    assert_eq!(decide_with("2012-10-17"), Allow);
    assert_eq!(decide_with("2008-10-17"), ImplicitDeny);
}

#[test]
fn acc_27_defaults_and_literals() {
    for (pattern, resource, tag, expected) in [
        ("b-${aws:PrincipalTag/team, 'all'}", "b-all", None, Allow),
        (
            "b-${aws:PrincipalTag/team, 'all'}",
            "b-all",
            Some("red"),
            ImplicitDeny,
        ),
        (
            "b-${aws:PrincipalTag/team, 'all'}",
            "b-red",
            Some("red"),
            Allow,
        ),
        ("b-${aws:PrincipalTag/team}", "b-red", Some("red"), Allow),
        ("b-${aws:PrincipalTag/team}", "b-", None, ImplicitDeny),
        ("a${*}b", "a*b", None, Allow),
        ("a${*}b", "axb", None, ImplicitDeny),
        ("a${?}b", "axb", None, ImplicitDeny),
        ("a${$}{b}", "a${b}", None, Allow),
    ] {
        let mut request = get(&format!("arn:aws:s3:::{resource}"));
        if let Some(tag) = tag {
            request.context.set("aws:PrincipalTag/Team", tag);
        }
        let statement = format!("Allow s3:* on arn:aws:s3:::{pattern}");
        assert_eq!(
            identity(&request, &[&statement]),
            expected,
            "{pattern} {resource}"
        );
    }
}

#[test]
fn acc_27_variables_stand_only_after_the_fifth_colon() {
    for (pattern, resource, expected) in [
        (
            "arn:aws:sqs:::${aws:PrincipalAccount}",
            "arn:aws:sqs:::1",
            Allow,
        ),
        (
            "arn:aws:sqs::${aws:PrincipalAccount}:q",
            "arn:aws:sqs::1:q",
            ImplicitDeny,
        ),
        ("arn:aws:sqs:::${*}", "arn:aws:sqs:::*", Allow),
        ("arn:aws:sqs:${*}::q", "arn:aws:sqs:*::q", ImplicitDeny),
    ] {
        let mut request = get(resource);
        request.context.set("aws:PrincipalAccount", "1");
        let statement = format!("Allow s3:* on {pattern}");
        assert_eq!(identity(&request, &[&statement]), expected, "{pattern}");
    }
}

use super::*;
use expect_test::{Expect, expect};

/// An explanation as a person reads it.
fn told(decision: &Decision) -> String {
    let explanation = decision.explanation();
    let mut told = format!("{}\n{}\n", explanation.question, explanation.answer);
    for leg in &explanation.legs {
        told += &format!("{} [{:?}]\n", leg.title, leg.verdict);
        for step in &leg.steps {
            let code = step.code.map(|code| format!(" {code}")).unwrap_or_default();
            told += &format!("  {}{code}\n", step.sentence);
            if let Some(rule) = &step.rule {
                told += &format!("    {:?}\n    {}\n", rule.place, rule.text);
            }
            for miss in &step.tried {
                let mark = if miss.nearest { "nearest" } else { "missed" };
                told += &format!("    {mark}: {}\n      {}\n", miss.rule.text, miss.why);
            }
        }
    }
    told
}

fn check(request: &Request, statements: &str, expected: &Expect) {
    let policy = read(statements, PolicyKind::Identity);
    let layers = Layers {
        identity: vec![named("Photos", &policy)],
        ..Layers::default()
    };
    expected.assert_eq(&told(&decide(request, &layers)));
}

#[test]
fn the_nearest_miss_is_the_bucket_for_the_object() {
    check(
        &request(ana(), "s3:GetObject", "arn:aws:s3:::photos/cat.jpg"),
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::photos"},
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"},
                   "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
  ]
}"#,
        &expect![[r#"
            May arn:aws:iam::111122223333:user/ana call s3:GetObject on arn:aws:s3:::photos/cat.jpg?
            No. s3:GetObject is not allowed by: identity-based policies.
            identity-based policies [Stop]
              No statement here allows s3:GetObject. IMPLICIT_DENY
                missed: Allow s3:ListBucket on arn:aws:s3:::photos
                  Its Action is s3:ListBucket, which does not cover this action. Its Resource is arn:aws:s3:::photos, which does not cover this resource; arn:aws:s3:::photos/* would.
                nearest: Allow s3:GetObject on arn:aws:s3:::photos
                  Its Resource is arn:aws:s3:::photos, which does not cover this resource; arn:aws:s3:::photos/* would.
                missed: Allow s3:GetObject on * if Bool aws:MultiFactorAuthPresent = true and IpAddress aws:SourceIp = 203.0.113.0/24
                  Its condition Bool on aws:MultiFactorAuthPresent with true does not hold: this request has no such key. Its condition IpAddress on aws:SourceIp with 203.0.113.0/24 does not hold: this request has no such key.
        "#]],
    );
}

#[test]
fn a_deny_is_told_with_its_place() {
    let mut request = request(ana(), "s3:GetObject", "arn:aws:s3:::photos/cat.jpg");
    request.context.set("aws:SecureTransport", "false");
    check(
        &request,
        r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
  {"Sid": "Tls", "Effect": "Deny", "Action": "*", "Resource": "*",
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#,
        &expect![[r#"
            May arn:aws:iam::111122223333:user/ana call s3:GetObject on arn:aws:s3:::photos/cat.jpg?
            No. s3:GetObject is explicitly denied by: identity-based policies.
            identity-based policies [Stop]
              Statement Tls of Photos denies s3:GetObject. EXPLICIT_DENY
                Statement { policy: "Photos", index: 1, sid: Some("Tls"), line: 3, column: 3 }
                Deny * on * if Bool aws:SecureTransport = false
        "#]],
    );
    request.context.set("aws:SecureTransport", "true");
    check(
        &request,
        r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#,
        &expect![[r#"
            May arn:aws:iam::111122223333:user/ana call s3:GetObject on arn:aws:s3:::photos/cat.jpg?
            Yes. s3:GetObject is allowed, and nothing denies it.
            identity-based policies [Pass]
              Statement 1 of Photos allows s3:GetObject.
                Statement { policy: "Photos", index: 0, sid: None, line: 2, column: 3 }
                Allow s3:* on *
        "#]],
    );
}

#[test]
fn keys_that_the_request_lacks_are_listed() {
    let policy = policy(
        PolicyKind::Identity,
        &[
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}}"#,
        ],
    );
    let layers = Layers {
        identity: vec![named("Abac", &policy)],
        ..Layers::default()
    };
    let decision = decide(&request(ana(), "s3:GetObject", "*"), &layers);
    assert!(told(&decision).contains("this request has no such key"));
    assert_eq!(
        decision.missing_keys(),
        ["aws:ResourceTag/team", "aws:PrincipalTag/team"]
    );
}

#[test]
fn acc_31_denials_in_the_words_of_aws() {
    let silent = policy(PolicyKind::Identity, &["Allow s3:* on *"]);
    let deny = policy(PolicyKind::Identity, &[ANY, "Deny ec2:* on *"]);
    let open = policy(PolicyKind::Identity, &[ANY]);
    let describe = request(ana(), "ec2:DescribeVpcs", "*");
    let with = |identity, boundary| {
        let layers = Layers {
            identity: vec![named("p", identity)],
            boundary: Some(named("b", boundary)),
            ..Layers::default()
        };
        decide(&describe, &layers).denial_message()
    };
    let said =
        "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: ec2:DescribeVpcs";
    for (identity, boundary, reason) in [
        (
            &silent,
            &open,
            "because no identity-based policy allows the ec2:DescribeVpcs action",
        ),
        (
            &deny,
            &open,
            "with an explicit deny in an identity-based policy",
        ),
        (
            &open,
            &silent,
            "because no permissions boundary allows the ec2:DescribeVpcs action",
        ),
        (
            &open,
            &deny,
            "with an explicit deny in a permissions boundary",
        ),
        (
            &silent,
            &deny,
            "with an explicit deny in a permissions boundary",
        ),
    ] {
        assert_eq!(with(identity, boundary), Some(format!("{said} {reason}")));
    }
    assert_eq!(with(&open, &open), None);
    let get = request(ana(), "s3:GetObject", "arn:aws:s3:::b/k");
    assert_eq!(
        decide(&get, &Layers::default()).denial_message().unwrap(),
        "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on \
         resource: arn:aws:s3:::b/k because no identity-based policy allows the s3:GetObject action"
    );
    let assume = request(
        ana(),
        "sts:AssumeRole",
        "arn:aws:iam::111122223333:role/web",
    );
    assert_eq!(
        decide(
            &assume,
            &Layers {
                identity: vec![named("p", &open)],
                ..Layers::default()
            }
        )
        .denial_reason()
        .unwrap(),
        "because no role trust policy allows the sts:AssumeRole action"
    );
}

use super::*;
use crate::{aws_error, counted_characters, parse};
use expect_test::{Expect, expect};

/// Every mistake of a document, one in a line: place, sentence, help, AWS's text.
fn check(kind: PolicyKind, text: &str, expected: &Expect) {
    let (policy, mistakes) = parse(text, kind);
    let mut shown = String::new();
    for mistake in &mistakes {
        let at = mistake.span.start;
        shown += &format!(
            "{}:{} {} {}\n",
            at.line, at.column, mistake.sentence, mistake.help
        );
        if let Some(aws) = &mistake.aws {
            shown += &format!("    {}: {}\n", aws.code, aws.text);
        }
    }
    if policy.is_some() {
        shown += "readable\n";
    }
    expected.assert_eq(&shown);
}

#[test]
fn acc_28_every_mistake_is_reported_at_once() {
    check(
        PolicyKind::Identity,
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "allow", "Actions": "s3:*", "Resource": "*"},
    {"Effect": "Allow", "Effect": "Deny", "Action": "GetObject", "Resource": "photos"},
    {"Effect": "Allow", "Action": "s3:*", "NotAction": "iam:*", "Principal": "*", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
     "Condition": {"StringEqual": {"aws:username": "x"}, "DateLessThan": {"aws:CurrentTime": "soon"}}}
  ]
}"#,
        &expect![[r#"
            4:5 The element Action is missing. Add Action.
                MalformedPolicyDocument: Policy statement must contain actions.
            4:16 allow is not an effect. Write Allow or Deny, with a capital letter.
                MalformedPolicyDocument: The policy failed legacy parsing
            4:25 There is no element Actions here. Did you mean Action?
                MalformedPolicyDocument: Syntax errors in policy.
            5:25 Effect stands here a second time; the first is in line 5. Keep one of them. Several values go into one list; two statements are two objects.
                MalformedPolicyDocument: Syntax errors in policy.
            5:53 The action GetObject does not say of which service. Write the service before it, e.g. s3:ListBucket.
                MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.
            5:78 The resource photos is neither an ARN nor *. An ARN is arn:partition:service:region:account:resource; a bucket is arn:aws:s3:::bucket.
                MalformedPolicyDocument: Resource photos must be in ARN format or "*".
            6:43 Action and NotAction can't stand in one statement. Make two statements of them, or keep one.
                MalformedPolicyDocument: Syntax errors in policy.
            6:65 Principal does not belong in such a policy (identity-based policy). Take it away: the policy is for whomever it is attached to.
                MalformedPolicyDocument: Policy document should not specify a principal.
            8:20 There is no condition operator StringEqual. Did you mean StringEquals?
                MalformedPolicyDocument: Syntax errors in policy.
            8:94 soon is not a date. Write it as 2026-11-20T12:00:00Z, or as seconds since 1970.
                MalformedPolicyDocument: The policy failed legacy parsing
        "#]],
    );
}

#[test]
fn acc_28_what_each_kind_of_policy_has() {
    check(
        PolicyKind::Trust,
        &document(&["Allow 111122223333 to sts:AssumeRole"]),
        &expect![[r#"
            readable
        "#]],
    );
    check(
        PolicyKind::Trust,
        &document(&["Allow 111122223333 to s3:GetObject on *"]),
        &expect![[r#"
            1:100 s3:GetObject is no action of sts, and such a policy (role trust policy) knows no others. Keep to actions of sts.
                MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.
            1:115 Resource does not belong in such a policy (role trust policy). Take it away: the resource is the role itself.
                MalformedPolicyDocument: Has prohibited field Resource.
        "#]],
    );
    check(
        PolicyKind::Bucket,
        &document(&["Allow s3:GetObject on *"]),
        &expect![[r#"
            1:38 The element Principal is missing. Add Principal.
                MalformedPolicy: Missing required field Principal
            1:91 A bucket policy can't be about *. Name the bucket (arn:aws:s3:::bucket) for actions on it, its objects (arn:aws:s3:::bucket/*) for actions on them.
                MalformedPolicy: Policy has invalid resource
        "#]],
    );
    check(
        PolicyKind::Bucket,
        &document(&["Allow * to s3:GetObject on arn:aws:s3:::b/*"]),
        &expect![[r#"
            readable
        "#]],
    );
}

#[test]
fn acc_28_sids_are_words_and_used_once() {
    check(
        PolicyKind::Identity,
        &document(&[
            r#"{"Sid":"One","Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
            r#"{"Sid":"One","Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
            r#"{"Sid":"a b","Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
        ]),
        &expect![[r#"
            1:107 The Sid One is already taken in line 1. Give each statement a Sid of its own, or none.
                MalformedPolicyDocument: Statement IDs (SID) in a single policy must be unique.
            1:169 The Sid a b has characters other than letters and digits. Write it in one word, e.g. AllowListBucket.
                MalformedPolicyDocument: Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*
            readable
        "#]],
    );
}

#[test]
fn acc_28_versions() {
    let old =
        r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    check(
        PolicyKind::Identity,
        old,
        &expect![[r#"
        1:12 This is the language of 2008, in which variables are plain text. Write "Version": "2012-10-17". It is the version of the language, not a date of yours.
            MalformedPolicyDocument: Policy document must be version 2012-10-17 or greater.
        readable
    "#]],
    );
    check(
        PolicyKind::ServiceControl,
        old,
        &expect![[r#"
        readable
    "#]],
    );
    check(
        PolicyKind::Identity,
        &old.replace("2008", "2026"),
        &expect![[r#"
            1:12 2026-10-17 is not a version of the policy language. Write "Version": "2012-10-17". It is the version of the language, not a date of yours.
                MalformedPolicyDocument: Syntax errors in policy.
        "#]],
    );
}

#[test]
fn acc_29_aws_answers_for_the_first_of_its_checks() {
    for (document, text) in [
        (r#"{"Version":"2012-10-17"}"#, "Syntax errors in policy."),
        (
            r#"{"Statement":{"Effect":"Deny","Action":"x","Resource":"y"}}"#,
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"x","Resource":"y"}}"#,
            r#"Resource y must be in ARN format or "*"."#,
        ),
        (
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"x:y:z","Resource":"*"}}"#,
            "Actions/Condition can contain only one colon.",
        ),
        (
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}"#,
            "Policy statement must contain actions.",
        ),
        (
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}}"#,
            "Policy statement must contain resources.",
        ),
        (
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:iam::1:x"}}"#,
            "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, \
             group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, \
             saml-provider/, oidc-provider/, report/, access-report/.",
        ),
    ] {
        let (_, mistakes) = parse(document, PolicyKind::Identity);
        assert_eq!(aws_error(&mistakes).unwrap().text, text, "{document}");
    }
}

#[test]
fn acc_30_s3_answers_in_its_own_words() {
    for (document, text) in [
        (
            "Version: 2012",
            "Policies must be valid JSON and the first byte must be '{'",
        ),
        (
            r#"{"Version":"2012-10-17"}"#,
            "Missing required field Statement",
        ),
        (
            r#"{"Version":"2012-10-17","Statement":[]}"#,
            "Could not parse the policy: Statement is empty!",
        ),
        (
            r#"{"Version":"2026-10-17","Statement":[]}"#,
            "The policy must contain a valid version string",
        ),
        (
            &document(&["Allow * to ec2:* on arn:aws:s3:::b"]),
            "Policy has invalid action",
        ),
        (
            &document(&["Allow * to s3:* on *"]),
            "Policy has invalid resource",
        ),
        (
            &document(&["Allow nobody to s3:* on arn:aws:s3:::b"]),
            "Invalid principal in policy",
        ),
    ] {
        let (_, mistakes) = parse(document, PolicyKind::Bucket);
        let error = aws_error(&mistakes).unwrap();
        assert_eq!(
            (error.code, error.text.as_str()),
            ("MalformedPolicy", text),
            "{document}"
        );
    }
}

#[test]
fn json_mistakes() {
    check(
        PolicyKind::Identity,
        "",
        &expect![[r#"
        1:1 The text ends where a value should stand. Check that every bracket and quote that is opened is closed again.
            MalformedPolicyDocument: Syntax errors in policy.
    "#]],
    );
    check(
        PolicyKind::Identity,
        "{“Version”: 1}",
        &expect![[r#"
        1:2 “ is not a quote of JSON. Write straight double quotes. Word processors and chat programs like to replace them.
            MalformedPolicyDocument: Syntax errors in policy.
    "#]],
    );
    check(
        PolicyKind::Identity,
        r#"{"Version" "2012-10-17"}"#,
        &expect![[r#"
            1:12 Here stands " where `:` should. A policy is JSON: names and texts in double quotes, objects in braces, lists in brackets.
                MalformedPolicyDocument: Syntax errors in policy.
        "#]],
    );
    check(
        PolicyKind::Identity,
        "{\"Version\": \"2012-10-17\n}",
        &expect![[r#"
            1:13 The text that begins here is not closed on its line. End it with a double quote.
                MalformedPolicyDocument: Syntax errors in policy.
        "#]],
    );
    check(
        PolicyKind::Identity,
        r#"{"Id": "\x"}"#,
        &expect![[r#"
        1:9 JSON does not know this escape. A backslash is written twice; letters by number need \u and four digits.
            MalformedPolicyDocument: Syntax errors in policy.
    "#]],
    );
    check(
        PolicyKind::Identity,
        "[1] 2",
        &expect![[r#"
        1:5 There is more text after the end of the document. A policy is one object. Check whether a bracket closes too early.
            MalformedPolicyDocument: Syntax errors in policy.
    "#]],
    );
    check(
        PolicyKind::Identity,
        "{\n \"Version\": \"2012-10-17\"\n \"Statement\": {\"Effect\": \"Allow\", \"Action\": [\"s3:*\",], \"Resource\": \"*\",}}",
        &expect![[r#"
            3:2 A comma is missing before this. Put a comma after the member before.
                MalformedPolicyDocument: Syntax errors in policy.
            3:52 There is a comma before ]. Take the comma away: JSON has commas only between members.
                MalformedPolicyDocument: Syntax errors in policy.
            3:71 There is a comma before }. Take the comma away: JSON has commas only between members.
                MalformedPolicyDocument: Syntax errors in policy.
        "#]],
    );
    check(
        PolicyKind::Identity,
        &"[".repeat(1_000_000),
        &expect![[r#"
        1:1 The document has 1000000 bytes; AWS takes 131072. Wildcards often say the same in fewer words.
    "#]],
    );
    check(
        PolicyKind::Identity,
        &"[".repeat(1_000),
        &expect![[r#"
        1:65 Objects and lists are nested more than 64 deep. A policy needs no more than six levels.
            MalformedPolicyDocument: Syntax errors in policy.
    "#]],
    );
}

#[test]
fn acc_32_white_space_does_not_count() {
    assert_eq!(counted_characters("{ \"a\":\n\t1 }"), 7);
}

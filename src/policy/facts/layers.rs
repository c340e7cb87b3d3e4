use super::*;
use crate::Outcome::{Allow, ExplicitDeny, ImplicitDeny};
use crate::{CheckEffect, Layer, Level, Note};

/// The layers of a case, each as statements in short form.
#[derive(Clone, Default)]
struct Case<'a> {
    identity: &'a [&'a str],
    resource: &'a [&'a str],
    boundary: &'a [&'a str],
    session: &'a [&'a str],
    scps: &'a [&'a [&'a str]],
    rcps: &'a [&'a [&'a str]],
    endpoint: &'a [&'a str],
    restricted: bool,
}

impl Case<'_> {
    fn ask(&self, request: &Request) -> Decision {
        let some =
            |statements: &[&str], kind| (!statements.is_empty()).then(|| policy(kind, statements));
        let kind = match request.action.starts_with("sts:Assume") {
            true => PolicyKind::Trust,
            false => PolicyKind::Resource,
        };
        let identity = some(self.identity, PolicyKind::Identity);
        let resource = some(self.resource, kind);
        let boundary = some(self.boundary, PolicyKind::Identity);
        let session = some(self.session, PolicyKind::Identity);
        let endpoint = some(self.endpoint, PolicyKind::VpcEndpoint);
        let all = |levels: &[&[&str]], kind| -> Vec<Policy> {
            levels.iter().map(|level| policy(kind, level)).collect()
        };
        let scps = all(self.scps, PolicyKind::ServiceControl);
        let rcps = all(self.rcps, PolicyKind::ResourceControl);
        let layers = Layers {
            identity: identity.iter().map(|p| named("identity", p)).collect(),
            resource: resource.as_ref().map(|p| named("resource", p)),
            boundary: boundary.as_ref().map(|p| named("boundary", p)),
            session: session.iter().map(|p| named("session", p)).collect(),
            service_control: (!scps.is_empty()).then(|| levels(&scps)),
            resource_control: (!rcps.is_empty()).then(|| levels(&rcps)),
            vpc_endpoint: endpoint.as_ref().map(|p| named("endpoint", p)),
            restrict_public_buckets: self.restricted,
        };
        decide(request, &layers)
    }

    fn check(&self, request: &Request, expected: Outcome) {
        let decision = self.ask(request);
        assert_eq!(decision.outcome, expected, "{decision:#?}");
    }
}

fn levels(policies: &[Policy]) -> Vec<Level<'_>> {
    policies
        .iter()
        .map(|policy| Level {
            target: "level",
            policies: vec![named("control", policy)],
        })
        .collect()
}

fn get(caller: Caller) -> Request {
    request(caller, "s3:GetObject", "arn:aws:s3:::b/k")
}

const USER: &str = "Allow arn:aws:iam::111122223333:user/ana to s3:* on *";
const ROLE: &str = "Allow arn:aws:iam::111122223333:role/web to s3:* on *";
const SESSION: &str = "Allow arn:aws:sts::111122223333:assumed-role/web/i-1 to s3:* on *";
const GUEST: &str = "Allow arn:aws:sts::111122223333:federated-user/guest to s3:* on *";
const ROOT: &str = "Allow arn:aws:iam::111122223333:root to s3:* on *";
const EVERYONE: &str = "Allow * to s3:* on *";
const SILENT: &[&str] = &["Allow ec2:* on *"];

#[test]
fn acc_03_every_level_of_the_organization_must_allow() {
    let open: &[&str] = &[ANY];
    let whole: &[&[&str]] = &[open, open];
    let mut case = Case {
        identity: &[ANY],
        scps: whole,
        ..Case::default()
    };
    case.check(&get(ana()), Allow);
    let half: &[&[&str]] = &[open, SILENT];
    case.scps = half;
    case.check(&get(ana()), ImplicitDeny);
    // The root user of a member account is bound too; a service-linked role is not.
    let root = Caller::Root {
        account: ACCOUNT.to_owned(),
    };
    case.check(&get(root), ImplicitDeny);
    let linked = Caller::RoleSession {
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/s"),
        role_arn: format!(
            "arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
        ),
        account: ACCOUNT.to_owned(),
    };
    case.check(&get(linked), Allow);
}

#[test]
fn acc_03_resource_control_policies_only_deny() {
    let mut case = Case {
        identity: &[ANY],
        rcps: &[&["Deny * to s3:* on *"]],
        ..Case::default()
    };
    case.check(&get(ana()), ExplicitDeny);
    case.rcps = &[&["Deny * to sqs:* on *"]];
    case.check(&get(ana()), Allow);
}

#[test]
fn acc_05_an_endpoint_policy_must_allow_and_grants_nothing() {
    let mut case = Case {
        identity: &[ANY],
        endpoint: &["Allow * to s3:* on arn:aws:s3:::other/*"],
        ..Case::default()
    };
    case.check(&get(ana()), ImplicitDeny);
    case.endpoint = &[EVERYONE];
    case.check(&get(ana()), Allow);
    case.identity = &[];
    case.check(&get(ana()), ImplicitDeny);
}

#[test]
fn acc_06_within_an_account_one_of_two_policies_is_enough() {
    for (identity, resource, expected) in [
        (&[ANY][..], &[][..], Allow),
        (&[], &[USER], Allow),
        (&[ANY], &[SESSION], Allow),
        (&[], &[], ImplicitDeny),
    ] {
        Case {
            identity,
            resource,
            ..Case::default()
        }
        .check(&get(ana()), expected);
    }
}

#[test]
fn acc_06_roles_and_keys_are_opened_by_their_own_policy_only() {
    let assume = request(
        ana(),
        "sts:AssumeRole",
        "arn:aws:iam::111122223333:role/web",
    );
    let mut case = Case {
        identity: &[ANY],
        ..Case::default()
    };
    case.check(&assume, ImplicitDeny);
    case.resource = &["Allow 111122223333 to sts:AssumeRole"];
    case.check(&assume, Allow);
    case.identity = &[];
    case.check(&assume, ImplicitDeny);
    case.resource = &["Allow arn:aws:iam::111122223333:user/ana to sts:AssumeRole"];
    case.check(&assume, Allow);

    let decrypt = request(
        ana(),
        "kms:Decrypt",
        "arn:aws:kms:eu-west-1:111122223333:key/1",
    );
    let mut case = Case {
        identity: &[ANY],
        ..Case::default()
    };
    case.check(&decrypt, ImplicitDeny);
    case.resource = &["Allow 111122223333 to kms:* on *"];
    case.check(&decrypt, Allow);
}

/// The table: who is named, and whether silence of the identity-based policy, of the boundary
/// and of the session policy still limits.
#[test]
fn acc_07_who_is_named_decides_which_silence_matters() {
    for (caller, named, by_identity, by_boundary, by_session) in [
        (ana(), USER, false, false, false),
        (session(), ROLE, false, true, true),
        (session(), SESSION, false, false, false),
        (federated(), GUEST, false, false, false),
        (federated(), USER, false, true, true),
        (ana(), EVERYONE, false, false, false),
        (session(), EVERYONE, false, false, false),
        (ana(), ROOT, true, true, false),
        (session(), ROOT, true, true, true),
    ] {
        let is_user = matches!(caller, Caller::User { .. });
        let request = get(caller);
        let resource = &[named];
        let session: &[&str] = if is_user { &[] } else { &[ANY] };
        let verdict = |limits| if limits { ImplicitDeny } else { Allow };
        let full = Case {
            identity: &[ANY],
            resource,
            boundary: &[ANY],
            session,
            ..Case::default()
        };
        full.check(&request, Allow);
        let case = Case {
            identity: SILENT,
            ..full.clone()
        };
        case.check(&request, verdict(by_identity));
        let case = Case {
            boundary: SILENT,
            ..full.clone()
        };
        case.check(&request, verdict(by_boundary));
        if !is_user {
            let case = Case {
                session: SILENT,
                ..full
            };
            case.check(&request, verdict(by_session));
        }
    }
}

#[test]
fn acc_08_a_boundary_limits_and_never_grants() {
    let mut case = Case {
        identity: &[ANY],
        boundary: SILENT,
        ..Case::default()
    };
    case.check(&get(ana()), ImplicitDeny);
    case.boundary = &[ANY];
    case.check(&get(ana()), Allow);
    case.identity = &[];
    case.check(&get(ana()), ImplicitDeny);
}

#[test]
fn acc_08_deny_with_not_principal_hits_whoever_has_a_boundary() {
    let spare = r#"{"Effect":"Deny","Action":"s3:*","Resource":"*","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/ana","111122223333"]}}"#;
    let mut case = Case {
        identity: &[ANY],
        resource: &[spare],
        ..Case::default()
    };
    case.check(&get(ana()), Allow);
    case.boundary = &[ANY];
    case.check(&get(ana()), ExplicitDeny);
    let ben = Caller::User {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/ben"),
        account: ACCOUNT.to_owned(),
    };
    case.boundary = &[];
    case.check(&get(ben), ExplicitDeny);
}

#[test]
fn acc_09_a_session_policy_limits() {
    let mut case = Case {
        identity: &[ANY],
        session: SILENT,
        ..Case::default()
    };
    case.check(&get(session()), ImplicitDeny);
    case.session = &[ANY];
    case.check(&get(session()), Allow);
    // None was passed: a role's session keeps all, a federated user's session nothing.
    case.session = &[];
    case.check(&get(session()), Allow);
    case.check(&get(federated()), ImplicitDeny);
}

#[test]
fn acc_10_across_accounts_both_must_allow() {
    let mut request = get(ana());
    request.resource_account = Some(OTHER.to_owned());
    for (identity, resource, expected) in [
        (&[ANY][..], &[USER][..], Allow),
        (&[ANY], &[ROOT], Allow),
        (&[ANY], &[EVERYONE], Allow),
        (&[], &[USER], ImplicitDeny),
        (&[], &[EVERYONE], ImplicitDeny),
        (&[ANY], &[], ImplicitDeny),
    ] {
        Case {
            identity,
            resource,
            ..Case::default()
        }
        .check(&request, expected);
    }
}

#[test]
fn acc_11_the_anonymous_and_services_have_only_the_resource_policy() {
    let service = Caller::Service {
        name: "cloudtrail.amazonaws.com".to_owned(),
    };
    let named_service = r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:*","Resource":"*"}"#;
    for (caller, resource, expected) in [
        (Caller::Anonymous, EVERYONE, Allow),
        (Caller::Anonymous, ROOT, ImplicitDeny),
        (Caller::Anonymous, named_service, ImplicitDeny),
        (service.clone(), named_service, Allow),
        (service, USER, ImplicitDeny),
    ] {
        let case = Case {
            resource: &[resource],
            // The organization of an account binds no one outside it.
            scps: &[SILENT],
            ..Case::default()
        };
        case.check(&get(caller), expected);
    }
}

#[test]
fn acc_12_what_no_policy_can_take_away() {
    let case = Case {
        identity: &["Deny * on *"],
        resource: &["Deny * to s3:* on *"],
        ..Case::default()
    };
    case.check(&request(ana(), "sts:GetCallerIdentity", "*"), Allow);
    case.check(&request(ana(), "sts:GetSessionToken", "*"), ExplicitDeny);
    let root = Caller::Root {
        account: ACCOUNT.to_owned(),
    };
    let put = |caller| request(caller, "s3:PutBucketPolicy", "arn:aws:s3:::b");
    case.check(&put(root.clone()), Allow);
    case.check(&put(ana()), ExplicitDeny);
    case.check(&get(root.clone()), ExplicitDeny);
    let case = Case {
        scps: &[&["Deny * on *"]],
        ..case
    };
    case.check(&put(root), ExplicitDeny);
}

#[test]
fn all_failing_layers_are_named_at_once() {
    let case = Case {
        identity: &["Allow s3:PutObject on *"],
        resource: &["Deny * to s3:GetObject on *"],
        boundary: SILENT,
        session: SILENT,
        scps: &[&[ANY], SILENT],
        ..Case::default()
    };
    let decision = case.ask(&get(session()));
    let checks: Vec<_> = (decision.checks.iter())
        .map(|check| (check.layer, check.effect))
        .collect();
    assert_eq!(
        checks,
        [
            (Layer::ServiceControl, CheckEffect::Allow),
            (Layer::ServiceControl, CheckEffect::ImplicitDeny),
            (Layer::Resource, CheckEffect::ExplicitDeny),
            (Layer::Principal, CheckEffect::ImplicitDeny),
            (Layer::Boundary, CheckEffect::ImplicitDeny),
            (Layer::Session, CheckEffect::ImplicitDeny),
        ]
    );
    assert_eq!(decision.failing().count(), 5);
    assert_eq!(decision.deciding().unwrap().layer, Layer::Resource);
}

#[test]
fn a_silent_layer_that_does_not_matter_says_why() {
    let case = Case {
        resource: &[USER],
        boundary: SILENT,
        ..Case::default()
    };
    let decision = case.ask(&get(ana()));
    let boundary = decision.checks.last().unwrap();
    assert_eq!(boundary.effect, CheckEffect::NoImpact);
    assert_eq!(boundary.note, Some(Note::NamedByResource));
}

#[test]
fn acc_46_a_restricted_public_policy_lets_in_no_one_from_outside() {
    let outsider = || {
        let mut request = get(ana());
        request.resource_account = Some(OTHER.to_owned());
        request
    };
    let mut case = Case {
        identity: &[ANY],
        resource: &[USER, "Allow * to s3:GetObject on arn:aws:s3:::b/public/*"],
        restricted: true,
        ..Case::default()
    };
    // Not even by the statement that names the outsider.
    case.check(&outsider(), ExplicitDeny);
    case.check(&get(ana()), Allow);
    case.restricted = false;
    case.check(&outsider(), Allow);
    case.restricted = true;
    case.resource = &[USER];
    case.check(&outsider(), Allow);
}

#[test]
fn acc_46_what_is_public() {
    let public = |principal: &str, condition: &str| {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}}}"#
        );
        policy(PolicyKind::Bucket, &[&statement]).is_public()
    };
    for (principal, condition, expected) in [
        (r#""*""#, "{}", true),
        (r#"{"AWS":"*"}"#, "{}", true),
        (r#"{"AWS":"222222222222"}"#, "{}", false),
        (r#"{"Service":"cloudtrail.amazonaws.com"}"#, "{}", false),
        (
            r#""*""#,
            r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"StringLike":{"aws:SourceVpce":"vpce-*"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"StringLike":{"aws:SourceVpce":["vpce-1","vpce-*"]}}"#,
            true,
        ),
        (r#""*""#, r#"{"StringEquals":{"aws:UserAgent":"me"}}"#, true),
        (
            r#""*""#,
            r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/1"]}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"IpAddress":{"aws:SourceIp":"2001::/31"}}"#,
            true,
        ),
        (
            r#""*""#,
            r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:eu-west-1:1:accesspoint/*"}}"#,
            false,
        ),
        (
            r#""*""#,
            r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:eu-west-1:*:accesspoint/*"}}"#,
            true,
        ),
    ] {
        assert_eq!(
            public(principal, condition),
            expected,
            "{principal} {condition}"
        );
    }
}

#[test]
fn acc_04_service_control_policies_know_all_elements() {
    let region = r#"{"Effect":"Deny","NotAction":["iam:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}"#;
    let level: &[&str] = &[
        r#"{"Effect":"Allow","NotAction":"s3:Delete*","NotResource":"arn:aws:s3:::secret/*"}"#,
        region,
    ];
    let case = Case {
        identity: &[ANY],
        scps: &[level],
        ..Case::default()
    };
    let mut request = get(ana());
    case.check(&request, ExplicitDeny);
    request.context.set("aws:RequestedRegion", "eu-west-1");
    case.check(&request, Allow);
    request.resource = "arn:aws:s3:::secret/k".to_owned();
    case.check(&request, ImplicitDeny);
    request.resource = "arn:aws:s3:::b/k".to_owned();
    request.action = "s3:DeleteObject".to_owned();
    case.check(&request, ImplicitDeny);
}

#[test]
fn acc_33_a_service_assumes_a_role_by_its_trust_policy_alone() {
    let service = |name: &str| Caller::Service {
        name: name.to_owned(),
    };
    let assume = |caller| {
        request(
            caller,
            "sts:AssumeRole",
            "arn:aws:iam::111122223333:role/web",
        )
    };
    let case = Case {
        resource: &[
            r#"{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}"#,
        ],
        ..Case::default()
    };
    case.check(&assume(service("ec2.amazonaws.com")), Allow);
    case.check(&assume(service("s3.amazonaws.com")), ImplicitDeny);
    case.check(&assume(ana()), ImplicitDeny);
}

#[test]
fn acc_34_the_confused_deputy_is_stopped_by_the_source_account() {
    let case = Case {
        resource: &[
            r#"{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"},"ArnLike":{"aws:SourceArn":"arn:aws:s3:::photos"}}}"#,
        ],
        ..Case::default()
    };
    let service = Caller::Service {
        name: "s3.amazonaws.com".to_owned(),
    };
    let topic = "arn:aws:sns:eu-west-1:111122223333:uploads";
    let mut publish = request(service, "sns:Publish", topic);
    publish.context.set("aws:SourceArn", "arn:aws:s3:::photos");
    publish.context.set("aws:SourceAccount", ACCOUNT);
    case.check(&publish, Allow);
    publish.context.set("aws:SourceAccount", OTHER);
    case.check(&publish, ImplicitDeny);
}

#[test]
fn acc_16_not_principal_spares_a_session_only_with_its_role() {
    let spare = |listed: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":"s3:*","Resource":"*","NotPrincipal":{{"AWS":[{listed}]}}}}"#
        )
    };
    let role = r#""arn:aws:iam::111122223333:role/web""#;
    let own = r#""arn:aws:sts::111122223333:assumed-role/web/i-1""#;
    for (listed, expected) in [
        (format!("{role},{own},\"111122223333\""), Allow),
        (format!("{role},\"111122223333\""), ExplicitDeny),
        (format!("{own},\"111122223333\""), ExplicitDeny),
    ] {
        let statement = spare(&listed);
        let case = Case {
            identity: &[ANY],
            resource: &[&statement],
            ..Case::default()
        };
        case.check(&get(session()), expected);
    }
}

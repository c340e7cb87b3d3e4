//! What must hold whatever the policies are.

use super::*;
use crate::{CheckEffect, Layer, parse};
use proptest::prelude::*;

/// A statement over few names, so that it often matters; with a principal for resources.
fn statement(principal: bool) -> impl Strategy<Value = String> {
    let condition = prop_oneof![
        3 => Just(String::new()),
        1 => (
            prop_oneof![
                Just("StringEquals"), Just("StringNotEquals"), Just("StringEqualsIfExists"),
                Just("StringNotLike"), Just("ForAllValues:StringLike"), Just("ForAnyValue:StringEquals"),
            ],
            "[ab]",
            "[xy*]",
        )
            .prop_map(|(operator, key, value)| {
                format!(r#","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#)
            }),
    ];
    let principals = prop_oneof![
        Just(r#""Principal":"*","#),
        Just(r#""Principal":{"AWS":"111122223333"},"#),
        Just(r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/web"},"#),
        Just(r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/web/i-1"},"#),
        Just(r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/ana"},"#),
    ];
    (
        prop_oneof![2 => Just("Allow"), 1 => Just("Deny")],
        prop_oneof![4 => Just("Action"), 1 => Just("NotAction")],
        prop_oneof![Just("s3:*"), Just("s3:Get*"), Just("s3:PutObject"), Just("*")],
        prop_oneof![4 => Just("Resource"), 1 => Just("NotResource")],
        prop_oneof![Just("*"), Just("arn:aws:s3:::b/*"), Just("arn:aws:s3:::b"), Just("arn:aws:s3:::b/${a}")],
        condition,
        principals,
    )
        .prop_map(move |(effect, act, action, res, resource, condition, who)| {
            let who = if principal { who } else { "" };
            format!(r#"{{"Effect":"{effect}",{who}"{act}":"{action}","{res}":"{resource}"{condition}}}"#)
        })
}

fn statements(principal: bool) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(statement(principal), 1..4)
}

/// A document for each layer, some of them absent.
#[derive(Clone, Debug)]
struct World {
    identity: Vec<String>,
    resource: Option<Vec<String>>,
    boundary: Option<Vec<String>>,
    session: Option<Vec<String>>,
    control: Option<Vec<String>>,
    request: Request,
}

fn world() -> impl Strategy<Value = World> {
    let some = |principal| proptest::option::of(statements(principal));
    let request = (
        prop_oneof![
            Just(ana()),
            Just(session()),
            Just(federated()),
            Just(Caller::Anonymous)
        ],
        prop_oneof![Just("s3:GetObject"), Just("s3:PutObject")],
        prop_oneof![Just("arn:aws:s3:::b/x"), Just("arn:aws:s3:::b")],
        proptest::option::of("[xy]"),
        proptest::bool::ANY,
    )
        .prop_map(|(caller, action, resource, value, same)| {
            let mut request = request(caller, action, resource);
            if let Some(value) = value {
                request.context.set("a", value);
            }
            if !same {
                request.resource_account = Some(OTHER.to_owned());
            }
            request
        });
    (
        statements(false),
        some(true),
        some(false),
        some(false),
        some(false),
        request,
    )
        .prop_map(
            |(identity, resource, boundary, session, control, request)| World {
                identity,
                resource,
                boundary,
                session,
                control,
                request,
            },
        )
}

fn made(statements: &[String], kind: PolicyKind) -> Policy {
    let texts: Vec<&str> = statements.iter().map(String::as_str).collect();
    policy(kind, &texts)
}

impl World {
    fn ask(&self) -> Decision {
        self.ask_opened(&[])
    }

    /// The answer with some layers replaced by such as allow everything.
    fn ask_opened(&self, opened: &[Layer]) -> Decision {
        let open_identity = open(PolicyKind::Identity);
        let open_control = open(PolicyKind::ServiceControl);
        // A resource's policy that names everyone would also lift other layers' silence.
        let open_resource = match self.request.caller {
            Caller::Anonymous => open(PolicyKind::Resource),
            _ => policy(PolicyKind::Resource, &["Allow 111122223333 to * on *"]),
        };
        let identity = made(&self.identity, PolicyKind::Identity);
        let some = |statements: &Option<Vec<String>>, kind| {
            statements.as_ref().map(|statements| made(statements, kind))
        };
        let resource = some(&self.resource, PolicyKind::Resource);
        let boundary = some(&self.boundary, PolicyKind::Identity);
        let session = some(&self.session, PolicyKind::Identity);
        let control = some(&self.control, PolicyKind::ServiceControl);
        let mut layers = Layers {
            identity: vec![named("identity", &identity)],
            resource: resource.as_ref().map(|policy| named("resource", policy)),
            boundary: boundary.as_ref().map(|policy| named("boundary", policy)),
            session: session
                .iter()
                .map(|policy| named("session", policy))
                .collect(),
            service_control: control.as_ref().map(|policy| {
                vec![crate::Level {
                    target: "root",
                    policies: vec![named("control", policy)],
                }]
            }),
            ..Layers::default()
        };
        for layer in opened {
            match layer {
                Layer::ServiceControl => {
                    for level in layers.service_control.iter_mut().flatten() {
                        level.policies = vec![named("open", &open_control)];
                    }
                }
                Layer::Resource => layers.resource = Some(named("open", &open_resource)),
                Layer::Principal => layers.identity = vec![named("open", &open_identity)],
                Layer::Boundary => layers.boundary = Some(named("open", &open_identity)),
                Layer::Session => layers.session = vec![named("open", &open_identity)],
                Layer::ResourceControl | Layer::VpcEndpoint | Layer::PublicAccess => {}
            }
        }
        decide(&self.request, &layers)
    }
}

fn open(kind: PolicyKind) -> Policy {
    match kind.has_principal() {
        true => policy(kind, &["Allow * to * on *"]),
        false => policy(kind, &[ANY]),
    }
}

proptest! {
    // Failures kept in a file would stand among the crates and break the workspace.
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_a_deny_never_allows(mut world in world(), deny in statement(false)) {
        let before = world.ask();
        world.identity.push(deny.replace(r#""Effect":"Allow""#, r#""Effect":"Deny""#));
        prop_assert!(before.is_allowed() || !world.ask().is_allowed());
    }

    #[test]
    fn adding_an_allow_never_denies(mut world in world(), allow in statement(true)) {
        let before = world.ask();
        let allow = allow.replace(r#""Effect":"Deny""#, r#""Effect":"Allow""#);
        world.resource.get_or_insert_default().push(allow);
        prop_assert!(!before.is_allowed() || world.ask().is_allowed());
    }

    #[test]
    fn order_is_irrelevant(mut world in world()) {
        let before = world.ask().outcome;
        world.identity.reverse();
        if let Some(statements) = &mut world.resource {
            statements.reverse();
        }
        prop_assert_eq!(before, world.ask().outcome);
    }

    #[test]
    fn an_open_boundary_is_none(mut world in world()) {
        world.boundary = None;
        let without = world.ask().outcome;
        world.boundary = Some(vec![r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned()]);
        prop_assert_eq!(without, world.ask().outcome);
    }

    #[test]
    fn one_account_is_never_stricter_than_two(mut world in world()) {
        world.request.resource_account = Some(OTHER.to_owned());
        let across = world.ask();
        world.request.resource_account = Some(ACCOUNT.to_owned());
        prop_assert!(!across.is_allowed() || world.ask().is_allowed());
    }

    #[test]
    fn the_case_of_keys_is_irrelevant(mut world in world()) {
        let before = world.ask().outcome;
        for statement in &mut world.identity {
            *statement = statement.replace(r#"{"a":"#, r#"{"A":"#);
        }
        prop_assert_eq!(before, world.ask().outcome);
    }

    /// Opening exactly the layers that are reported to fail lets the request through, and
    /// leaving one of them as it is does not.
    #[test]
    fn the_failing_layers_are_all_of_them(world in world()) {
        let decision = world.ask();
        let failing: Vec<Layer> = decision.failing().map(|check| check.layer).collect();
        let effects: Vec<CheckEffect> = decision.checks.iter().map(|check| check.effect).collect();
        match decision.outcome {
            Outcome::Allow => prop_assert!(failing.is_empty()),
            Outcome::ExplicitDeny => prop_assert!(effects.contains(&CheckEffect::ExplicitDeny)),
            Outcome::ImplicitDeny => prop_assert!(
                effects.contains(&CheckEffect::ImplicitDeny)
                    && !effects.contains(&CheckEffect::ExplicitDeny)
            ),
        }
        // An allow that the opened resource's policy gave directly no longer lifts anything.
        let replaced = failing.contains(&Layer::Resource)
            && world.request.resource_account.as_deref() == Some(ACCOUNT);
        if !replaced || world.request.caller == Caller::Anonymous {
            prop_assert!(world.ask_opened(&failing).is_allowed());
        }
        for kept in &failing {
            let others: Vec<Layer> = failing.iter().copied().filter(|one| one != kept).collect();
            prop_assert!(!world.ask_opened(&others).is_allowed());
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        for kind in [PolicyKind::Identity, PolicyKind::Trust, PolicyKind::Bucket] {
            let (policy, mistakes) = parse(&text, kind);
            prop_assert!(policy.is_some() || !mistakes.is_empty());
        }
    }

    #[test]
    fn any_json_is_read_without_a_panic(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\""),
                Just("\"Version\""), Just("\"2012-10-17\""), Just("\"Statement\""), Just("\"Effect\""),
                Just("\"Allow\""), Just("\"Action\""), Just("\"Resource\""), Just("\"Condition\""),
                Just("\"*\""), Just("null"), Just("true"), Just("-1.5e3"), Just("\"\\ud83d\\ude00\""),
                Just("\"\\ud83d\""), Just("\n"), Just("\"s3:*\""), Just("\"arn:aws:s3:::${\""),
            ],
            0..40,
        )
    ) {
        let text: String = pieces.concat();
        for kind in [PolicyKind::Identity, PolicyKind::Bucket] {
            let (policy, mistakes) = parse(&text, kind);
            prop_assert!(policy.is_some() || !mistakes.is_empty());
            for mistake in mistakes {
                prop_assert!(mistake.span.start.offset <= mistake.span.end.offset);
                prop_assert!(text.get(mistake.span.start.offset..mistake.span.end.offset).is_some());
            }
        }
    }

    /// Whatever a policy says, cutting it anywhere is reported and never read as less.
    #[test]
    fn a_document_that_is_cut_off_is_refused(world in world(), at in 0usize..2_000) {
        let texts: Vec<&str> = world.identity.iter().map(String::as_str).collect();
        let text = document(&texts);
        if let Some(cut) = text.get(..at.min(text.len().saturating_sub(1))) {
            let (policy, mistakes) = parse(cut, PolicyKind::Identity);
            prop_assert!(policy.is_none() && !mistakes.is_empty());
        }
    }
}

//! `allow` and `deny`, asked of a small world.

use super::sound;
use crate::{Scene, evaluate};
use hopwise_world::{Genesis, World};
use std::collections::BTreeMap;

/// Bucket `b-1` with an object; `ana` may do what the statements say.
fn world(statements: &str) -> World {
    let mut world = World::new(Genesis::default());
    let policy = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    for line in [
        "aws s3 mb s3://b-1".to_owned(),
        "echo x | aws s3 cp - s3://b-1/in/k".to_owned(),
        "aws iam create-user --user-name ana".to_owned(),
        format!(
            "aws iam put-user-policy --user-name ana --policy-name p --policy-document '{policy}'"
        ),
    ] {
        let output = world.run_line(World::TERMINAL, &line);
        assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
    }
    world
}

/// The sentence of a check, or `holds`.
fn ask(world: &World, question: &str) -> String {
    let text = format!(
        "---\nformat: 1\nid: iam-90-x\ntitle: X\ntrack: iam\nminutes: 1\n---\n\n\
         ```setup\naws iam create-user --user-name ana   # => $ana\n\
         aws s3api create-bucket --bucket b-1   # => $b\n```\n\n\
         ## 1 X {{#x}}\n\n```checks\nx   {question}   \
         \"{{principal}} {{action}} {{resource}}: {{reason}} {{policy}} {{why}}\"\n```\n\n\
         ```hints\nLook.\n```\n\n```solution\naws sts get-caller-identity\n```\n"
    );
    let lesson = sound("x.md", &text);
    let names = BTreeMap::from([
        ("ana".to_owned(), "ana".to_owned()),
        ("b".to_owned(), "b-1".to_owned()),
    ]);
    let scene = Scene {
        cloud: world.cloud(),
        region: world.region(),
        names: &names,
    };
    let verdict = evaluate(&lesson.steps[0].checks[0], &scene).unwrap();
    if verdict.holds {
        "holds".to_owned()
    } else {
        verdict.sentence
    }
}

fn statement(effect: &str, action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"arn:aws:s3:::{resource}"}}"#)
}

#[test]
fn a_check_asks_the_door_and_says_what_came_nearest() {
    let check = |statements: &str, question: &str, expected: &str| {
        assert_eq!(ask(&world(statements), question), expected, "{question}");
    };
    let list = statement("Allow", "s3:ListBucket", "b-1");
    let slip = statement("Allow", "s3:ListBucket", "b-1/*");
    check(&list, "allow $ana s3:ListBucket $b", "holds");
    check(
        &slip,
        "allow $ana s3:ListBucket $b",
        "ana s3:ListBucket arn:aws:s3:::b-1: IMPLICIT_DENY p Its Resource is arn:aws:s3:::b-1/*, \
         which does not cover this resource; arn:aws:s3:::b-1 would.",
    );
    check(&slip, "deny $ana s3:ListBucket $b", "holds");
    check(
        &list,
        "deny $ana s3:ListBucket $b",
        "ana s3:ListBucket arn:aws:s3:::b-1: ALLOW p Statement 1 of p allows s3:ListBucket.",
    );
    let shut = format!("{list},{}", statement("Deny", "s3:*", "b-1"));
    check(
        &shut,
        "allow $ana s3:ListBucket $b",
        "ana s3:ListBucket arn:aws:s3:::b-1: EXPLICIT_DENY p Statement 2 of p denies \
         s3:ListBucket.",
    );
    check(&shut, "allow root s3:ListBucket $b", "holds");
    check(
        &shut,
        "deny anonymous s3:ListBucket arn:aws:s3:::b-1",
        "holds",
    );
    check(&list, "deny $ana ec2:DescribeVpcs *", "holds");
}

#[test]
fn a_star_means_every_object_there_is_and_one_of_any_name() {
    let check = |resource: &str, allow: bool, deny: bool| {
        let world = world(&statement("Allow", "s3:GetObject", resource));
        let holds = |question: &str| ask(&world, question) == "holds";
        assert_eq!(holds("allow $ana s3:GetObject $b/*"), allow, "{resource}");
        assert_eq!(holds("deny $ana s3:GetObject $b/*"), deny, "{resource}");
    };
    check("b-1/*", true, false);
    check("b-1/in/k", false, false);
    check("b-2/*", false, true);
    // One object is enough for neither.
    let one = world(&statement("Allow", "s3:GetObject", "b-1/in/k"));
    assert_eq!(ask(&one, "allow $ana s3:GetObject $b/in/k"), "holds");
    assert!(ask(&one, "allow $ana s3:GetObject $b/*").contains("b-1/hopwise/"));
    assert!(ask(&one, "deny $ana s3:GetObject $b/*").contains("b-1/in/k"));
}

#[test]
fn who_and_what_is_gone_is_told_so() {
    let mut world = world(&statement("Allow", "s3:*", "*"));
    world.run_line(World::TERMINAL, "aws s3 rb s3://b-1 --force");
    assert_eq!(
        ask(&world, "allow $ana s3:ListBucket $b"),
        "ana s3:ListBucket arn:aws:s3:::b-1: UNKNOWN_RESOURCE no policy There is no bucket b-1."
    );
    assert_eq!(ask(&world, "deny $ana s3:ListBucket $b"), "holds");
    world.run_line(
        World::TERMINAL,
        "aws s3 mb s3://b-1; aws iam delete-user-policy --user-name ana --policy-name p; \
         aws iam delete-user --user-name ana",
    );
    assert!(ask(&world, "allow $ana s3:ListBucket $b").contains("ana cannot be found"));
    assert_eq!(ask(&world, "deny $ana s3:ListBucket $b"), "holds");
}

//! Access decisions, in the format `iam-neutral-cases/1`.

use crate::{judge, read};
use hopwise_cli::decide;
use hopwise_cloud::Value;

fn decisions(file: &str, name: &str) {
    let Some(whole) = read(file) else { return };
    let cases = whole.get("authz").and_then(Value::as_list).unwrap();
    let mut passed = 0;
    for case in cases {
        let answer = decide::case(case);
        let wanted = case.get("expected").and_then(|it| it.get("decision"));
        if answer.get("decision") == wanted {
            passed += 1;
        } else {
            println!(
                "{:?}: {:?} instead of {wanted:?}",
                case.get("id"),
                answer.get("decision")
            );
        }
    }
    judge(name, passed, cases.len());
}

#[test]
fn documented_decisions() {
    decisions("access/documented.json", "documented");
}

#[test]
fn random_decisions() {
    decisions("access/random-500.json", "random-500");
}

#[test]
fn a_blocked_case_names_every_layer_that_stops_it() {
    let Some(whole) = read("access/documented.json") else {
        return;
    };
    for case in whole.get("authz").and_then(Value::as_list).unwrap() {
        let Some(Value::List(wanted)) = case.get("expected").and_then(|it| it.get("blockedBy"))
        else {
            continue;
        };
        let answer = decide::case(case);
        let Some(Value::List(named)) = answer.get("blockedBy") else {
            panic!("{:?} is not decided", case.get("id"));
        };
        for layer in wanted {
            assert!(
                named.contains(layer),
                "{:?} lacks {layer:?}: {named:?}",
                case.get("id")
            );
        }
    }
}

#[test]
fn bucket_names() {
    let Some(whole) = read("access/documented.json") else {
        return;
    };
    let cases = whole.get("bucketNames").and_then(Value::as_list).unwrap();
    for case in cases {
        let name = case.get("name").and_then(Value::as_str).unwrap();
        let valid = case.get("valid").and_then(Value::as_bool).unwrap();
        assert_eq!(hopwise_cloud::s3::is_bucket_name(name), valid, "{name}");
    }
}

//! The lessons of this repository prove themselves; lesson 18 with one fault doesn't.

use super::{masked, read, root, sound, unproven};
use crate::{Pack, earned, parse_index, parse_track, prove};
use expect_test::{Expect, expect};
use std::path::Path;

#[test]
fn every_lesson_of_the_pack_is_proven() {
    let (index, diagnostics) = parse_index(&read("lessons/pack.md"));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let mut lessons = Vec::new();
    for track in &index.tracks {
        let (parsed, diagnostics) = parse_track(&read(&format!("lessons/{}", track.path)));
        assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", track.path);
        assert_eq!(parsed.title, track.title);
        assert_eq!(Some(parsed.id.as_str()), track.path.split('/').next());
        for lesson in &track.lessons {
            let path = format!("lessons/{}", lesson.path);
            lessons.push(sound(&path, &read(&path)));
        }
    }
    let files = |folder: &Path| {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path())
    };
    let listed = index
        .tracks
        .iter()
        .map(|track| track.lessons.len() + 1)
        .sum::<usize>();
    let there = files(&root().join("lessons"))
        .filter(|path| path.is_dir())
        .map(|folder| files(&folder).count())
        .sum::<usize>();
    assert_eq!(listed, there, "every file of lessons/ is listed in pack.md");
    let pack = Pack::new(lessons);
    let diagnostics = pack.check_index(&index);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    for lesson in pack.lessons() {
        let obligations = prove(lesson, &pack);
        assert_eq!(unproven(&lesson.front.id, &obligations), "");
    }
}

#[test]
fn each_mistake_of_lesson_18_earns_its_own_sentence() {
    let path = "lessons/vpc/18-public-subnet.md";
    let lesson = sound(path, &read(path));
    let pack = Pack::new([lesson.clone()]);
    let heard: String = earned(&lesson, &pack)
        .into_iter()
        .map(|it| format!("{} → {}: {}\n", it.wrong, it.check, it.sentence))
        .collect();
    expect![[r#"
        not-attached → admin: A packet for admin, or its answer, stops at internet: NO_PATH. 54.213.217.124 belongs to a machine in shop, and shop has no internet gateway attached.
        main-table-only → admin: A packet for admin, or its answer, stops at public-routes: NO_ROUTE_TO_DESTINATION. public-routes has no route to 198.51.100.20: its only route is 10.0.0.0/16 → local.
        auto-assign-too-late → out: A packet from web to the internet stops at igw-…: IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS. igw-… drops it: 10.0.1.4 has no public IPv4 address.
        address-in-reserve → out: A packet from web to the internet stops at igw-…: IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS. igw-… drops it: 10.0.1.4 has no public IPv4 address.
        only-me → page: A packet from 198.51.100.20 to web stops at web-door: ENI_SG_RULES_MISMATCH. No inbound rule of web-door matches it. The nearest is allow tcp 80 203.0.113.10/32. It is for 203.0.113.10/32, and this comes from 198.51.100.20.
        other-port → page: A packet from 198.51.100.20 to web stops at web-door: ENI_SG_RULES_MISMATCH. No inbound rule of web-door matches it. The nearest is allow tcp 8080 0.0.0.0/0. It is for port 8080, and this goes to port 80.
        everything → no-ssh: Only the page should be open, and now 198.51.100.20 reaches web on tcp/22 as well.
    "#]].assert_eq(&masked(&heard));
}

/// A lesson made by changing lesson 18 in one place, and what is then not proven.
fn check(changes: &[(&str, &str)], expected: Expect) {
    let path = "lessons/vpc/18-public-subnet.md";
    let mut text = read(path);
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let lesson = sound(path, &text);
    let pack = Pack::new([lesson.clone()]);
    expected.assert_eq(&masked(&unproven("x", &prove(&lesson, &pack))));
}

#[test]
fn p1_lessons_and_names_must_be_there() {
    check(
        &[("objectives:", "requires: vpc-17-x\nobjectives:")],
        expect![[r#"
            P1 x:7:11: the pack has no lesson `vpc-17-x`
              help: add it to the pack
        "#]],
    );
    check(
        &[("reach internet -> $admin", "reach internet -> $vpc")],
        expect![[r#"
            P1 x:65:1: the check `admin` can't be asked: `$vpc` is `vpc-…`; packets go between instances, network interfaces and addresses
            P3 was not tried
            P4 was not tried
            P5 was not tried
            P6 was not tried
            P7 was not tried
            P8 was not tried
            P11 was not tried
        "#]],
    );
}

#[test]
fn p2_the_set_up_must_run() {
    check(
        &[(
            "create-vpc --cidr-block 10.0.0.0/16",
            "create-vpc --cidr-block 10.0.0.0/8",
        )],
        expect![[r#"
            P2 x:21:1: this command fails: aws: [ERROR]: An error occurred (InvalidVpc.Range) when calling the CreateVpc operation: The CIDR '10.0.0.0/8' is invalid.
              help: run it in the terminal and mend it
            P3 was not tried
            P4 was not tried
            P5 was not tried
            P6 was not tried
            P7 was not tried
            P8 was not tried
            P11 was not tried
        "#]],
    );
}

#[test]
fn p3_nothing_is_done_at_the_start() {
    check(
        &[(
            "admin   reach internet",
            "there   exists subnet in $vpc  \"No subnet.\"\nadmin   reach internet",
        )],
        expect![[r#"
            P3 x:65:1: the check `there` holds at the start already
              help: make the set-up lack it, or move it to `keep`
        "#]],
    );
}

#[test]
fn p4_what_must_be_kept_is_kept() {
    check(
        &[(
            "not reach internet -> $web tcp/22",
            "not reach internet -> $web tcp/80",
        )],
        expect![[r#"
            P4 x:33:1: `no-ssh` is not kept after line 147: Only the page should be open, and now 198.51.100.20 reaches web on tcp/80 as well.
            P8 x:150:1: `only-me` fails the check `no-ssh` as well: Only the page should be open, and now 203.0.113.10 reaches web on tcp/80 as well.
              help: a wrong answer fails just the one check that it names
            P8 x:159:1: `everything` fails for another reason: the sentence is: Only the page should be open, and now 198.51.100.20 reaches web on tcp/80 as well.
        "#]],
    );
}

#[test]
fn p5_each_solution_passes_its_step_and_no_other() {
    check(
        &[(
            "--protocol tcp --port 80 --cidr 0.0.0.0/0\n```\n\n```wrong",
            "--protocol tcp --port 81 --cidr 0.0.0.0/0\n```\n\n```wrong",
        )],
        expect![[r#"
            P5 x:128:1: after the solution of step `door` the step `door` doesn't pass: page: A packet from 198.51.100.20 to web stops at web-door: ENI_SG_RULES_MISMATCH. No inbound rule of web-door matches it. The nearest is allow tcp 81 0.0.0.0/0. It is for port 81, and this goes to port 80.
        "#]],
    );
}

#[test]
fn p6_p7_no_line_is_in_vain() {
    check(
        &[(
            "```solution\naws ec2 authorize",
            "```solution\naws ec2 create-key-pair --key-name x\naws ec2 authorize",
        )],
        expect![[r#"
            P7 x:147:1: without `aws ec2 create-key-pair --key-name x` the lesson passes as well
              help: take the line away, or add the check it is for
        "#]],
    );
    check(
        &[(
            "--port 80 --cidr 0.0.0.0/0\n```\n\n```wrong",
            "--port 80 --cidr 0.0.0.0/0\naws ec2 create-key-pair --key-name x\n```\n\n```wrong",
        )],
        expect![[r#"
            P6 x:147:1: the lesson passes after this line, and the solution goes on
              help: take the rest away, or add the check it is for
            P7 x:148:1: without `aws ec2 create-key-pair --key-name x` the lesson passes as well
              help: take the line away, or add the check it is for
        "#]],
    );
}

#[test]
fn p8_a_wrong_answer_fails_what_it_names_and_why() {
    check(
        &[
            ("--port 8080", "--port 80"),
            (
                "wrong #door only-me => page \"{hop} is $web_sg\" \"{source} is 198.51.100.20\"",
                "wrong #door only-me => page \"{source} is 198.51.100.21\" \"never said\"",
            ),
        ],
        expect![[r#"
            P8 x:150:1: `only-me` fails for another reason: {source} is 198.51.100.20
            P8 x:150:1: `only-me` fails for another reason: the sentence is: A packet from 198.51.100.20 to web stops at web-door: ENI_SG_RULES_MISMATCH. No inbound rule of web-door matches it. The nearest is allow tcp 80 203.0.113.10/32. It is for 203.0.113.10/32, and this comes from 198.51.100.20.
            P8 x:155:1: `other-port` doesn't fail the check `page`
              help: a wrong answer fails just the one check that it names
            P8 x:155:1: `other-port` passes the lesson
              help: then it isn't wrong
        "#]],
    );
    check(
        &[("everything => no-ssh \"tcp/22\"", "everything => page")],
        expect![[r#"
            P8 x:159:1: `everything` doesn't fail the check `page`
              help: a wrong answer fails just the one check that it names
            P8 x:159:1: `everything` fails the check `no-ssh` as well: Only the page should be open, and now 198.51.100.20 reaches web on tcp/22 as well.
              help: a wrong answer fails just the one check that it names
        "#]],
    );
    check(
        &[("--map-public-ip-on-launch", "--no-such-option")],
        expect![[r#"
            P8 x:120:1: this command fails: aws: [ERROR]: Unknown options: --no-such-option
              help: run it in the terminal and mend it
        "#]],
    );
}

#[test]
fn p10_early_hints_keep_the_solution() {
    check(
        &[(
            "`web` has the security group `web-door`.",
            "`aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port 80 --cidr 0.0.0.0/0`",
        )],
        expect![[r#"
            P10 x:128:1: hint 2 of step `door` is the solution already: `aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port 80 --cidr 0.0.0.0/0`
              help: only the last hint may be the command itself
        "#]],
    );
}

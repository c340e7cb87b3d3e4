//! The lessons of this repository prove themselves; lessons with one fault each don't.

use crate::check::{Check, Filter, Predicate};
use crate::stage::{Stage, perform};
use crate::{
    Hint, Kind, Lesson, Obligation, Pack, Run, Scene, earned, evaluate, kinds, parse, parse_index,
    parse_track, prove,
};
use expect_test::{Expect, expect};
use hopwise_world::{Genesis, World};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn sound(path: &str, text: &str) -> Lesson {
    let (lesson, diagnostics) = parse(text);
    let said: Vec<String> = diagnostics.iter().map(|it| it.render(path)).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    lesson
}

/// What is not proven, a line for each.
fn unproven(path: &str, obligations: &[Obligation]) -> String {
    obligations
        .iter()
        .filter(|obligation| !obligation.holds)
        .flat_map(|obligation| {
            let said = obligation
                .failures
                .iter()
                .map(|failure| failure.render(path));
            let mut lines: Vec<String> = said
                .map(|said| format!("{} {said}\n", obligation.id))
                .collect();
            if lines.is_empty() {
                lines.push(format!("{} was not tried\n", obligation.id));
            }
            lines
        })
        .collect()
}

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
        not-attached → admin: A packet for admin, or its answer, stops at internet: NO_PATH. 54.212.224.234 belongs to a machine in vpc-…, and vpc-… has no internet gateway attached.
        main-table-only → admin: A packet for admin, or its answer, stops at public-routes: NO_ROUTE_TO_DESTINATION. rtb-… has no route to 198.51.100.20: its only route is 10.0.0.0/16 → local.
        auto-assign-too-late → out: A packet from web to the internet stops at igw-…: IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS. igw-… drops it: 10.0.1.4 has no public IPv4 address.
        address-in-reserve → out: A packet from web to the internet stops at igw-…: IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS. igw-… drops it: 10.0.1.4 has no public IPv4 address.
        only-me → page: A packet from 198.51.100.20 to web stops at web-door: ENI_SG_RULES_MISMATCH. No inbound rule of sg-… matches it.
        other-port → page: A packet from 198.51.100.20 to web stops at web-door: ENI_SG_RULES_MISMATCH. No inbound rule of sg-… matches it.
        everything → no-ssh: Only the page should be open, and now 198.51.100.20 reaches web on tcp/22 as well.
    "#]].assert_eq(&masked(&heard));
}

/// Ids are hashes; what they are of is enough here.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("-0") {
        masked.push_str(before);
        let digits = after.chars().take_while(char::is_ascii_hexdigit).count();
        if digits == 16 {
            masked.push_str("-…");
            rest = &after[16..];
        } else {
            masked.push_str("-0");
            rest = after;
        }
    }
    masked + rest
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
            P5 x:128:1: after the solution of step `door` the step `door` doesn't pass: page: A packet from 198.51.100.20 to web stops at web-door: ENI_SG_RULES_MISMATCH. No inbound rule of sg-… matches it.
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
            P8 x:150:1: `only-me` fails for another reason: the sentence is: A packet from 198.51.100.20 to web stops at web-door: ENI_SG_RULES_MISMATCH. No inbound rule of sg-… matches it.
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

/// Checks of the state predicates: asked at the start and at the end of lesson 18.
#[test]
fn state_predicates_and_what_their_holes_say() {
    let path = "lessons/vpc/18-public-subnet.md";
    let lesson = sound(path, &read(path));
    let pack = Pack::new([lesson.clone()]);
    let mut stage = Stage::set(&lesson, &pack).unwrap();
    let igw = |stage: &mut Stage| {
        for command in lesson.solution() {
            perform(&mut stage.world, World::TERMINAL, command).unwrap();
        }
        let names = stage.world.names(World::TERMINAL);
        stage.names.insert("igw".to_owned(), names["igw"].clone());
    };
    let at_start = stage.clone();
    igw(&mut stage);
    let check = |check: &str, at: &Stage| {
        let text = read(path).replace(
            "```checks\nadmin   reach internet -> $admin tcp/22",
            &format!("```checks\nasked   {check}  \"It is {{}}.\"\nadmin   reach internet -> $admin tcp/22"),
        );
        let holes = if check.starts_with("count") {
            "{count}"
        } else if check.starts_with("routes") {
            "{subnet}, {table}, {target}"
        } else {
            "not there"
        };
        // `$igw` is the solution's, so the parser complains of it; here it stands for something.
        let (lesson, _) = parse(&text.replace("{}", holes));
        let asked = lesson.steps[0]
            .checks
            .iter()
            .find(|check| check.name == "asked");
        match evaluate(asked.unwrap_or_else(|| panic!("{check}")), &at.scene()) {
            Ok(verdict) if verdict.holds => "holds".to_owned(),
            Ok(verdict) => masked(&verdict.sentence),
            Err(why) => masked(&format!("can't be asked: {}", why.0)),
        }
    };
    let table = [
        ("exists internet-gateway", "It is not there.", "holds"),
        (
            "exists internet-gateway in $vpc",
            "It is not there.",
            "holds",
        ),
        (
            "exists internet-gateway in $public",
            "can't be asked: `$public` is `subnet-…`, and no internet-gateway is in one",
            "=",
        ),
        (
            "exists instance in $vpc with tag:Name=web",
            "holds",
            "holds",
        ),
        (
            "exists instance in $vpc with tag:Name=wep",
            "It is not there.",
            "=",
        ),
        ("exists elastic-ip in $web", "It is not there.", "holds"),
        ("exists network-interface in $web_sg", "holds", "holds"),
        ("exists route-table in $public", "holds", "holds"),
        (
            "exists nat-gateway",
            "can't be asked: this version's cloud has no NAT gateways",
            "=",
        ),
        ("count instance in $public = 2", "holds", "holds"),
        ("count instance in $public < 2", "It is 2.", "="),
        ("count route-table in $vpc >= 2", "holds", "holds"),
        ("count route-table in $vpc > 2", "It is 2.", "="),
        (
            "count subnet with cidr-block=10.0.1.0/24 <= 0",
            "It is 1.",
            "=",
        ),
        ("count vpc = 1", "holds", "holds"),
        (
            "routes $public 0.0.0.0/0 -> internet-gateway",
            "It is public, public-routes, nothing.",
            "holds",
        ),
        (
            "routes $web 0.0.0.0/0 -> internet-gateway",
            "It is public, public-routes, nothing.",
            "holds",
        ),
        (
            "routes $public_rt 0.0.0.0/0 -> instance",
            "It is any subnet, public-routes, nothing.",
            "It is any subnet, public-routes, igw-….",
        ),
        (
            "routes instance 0.0.0.0/0 -> internet-gateway",
            "It is public, public-routes, nothing.",
            "holds",
        ),
        (
            "routes nat-gateway 0.0.0.0/0 -> internet-gateway",
            "can't be asked: this version's cloud has no NAT gateways",
            "=",
        ),
        ("routes $public 10.0.0.0/16 -> local", "holds", "holds"),
        (
            "routes $public 0.0.0.0/0 -> $igw",
            "can't be asked: `$igw` stands for nothing",
            "holds",
        ),
    ];
    for (question, start, end) in table {
        assert_eq!(
            check(question, &at_start),
            start,
            "{question}, at the start"
        );
        let end = if end == "=" { start } else { end };
        assert_eq!(check(question, &stage), end, "{question}, at the end");
    }
}

#[test]
fn every_filter_of_every_kind_can_be_asked() {
    for kind in kinds().filter(|kind| *kind != Kind::NatGateway) {
        for key in kind.filters() {
            let names = BTreeMap::new();
            let world = World::new(Genesis::default());
            let scene = Scene {
                cloud: world.cloud(),
                region: world.region(),
                names: &names,
            };
            let filter = Filter {
                kind,
                within: None,
                with: vec![(key, "x".to_owned())],
            };
            let check = Check {
                name: "x".to_owned(),
                predicate: Predicate::Exists(filter),
                sentence: crate::Sentence::default(),
                position: crate::Position::START,
            };
            let verdict = evaluate(&check, &scene);
            assert!(verdict.is_ok_and(|it| !it.holds), "{} {key}", kind.word());
        }
    }
}

fn begin() -> (World, Run) {
    let path = "lessons/vpc/18-public-subnet.md";
    let lesson = sound(path, &read(path));
    let pack = Pack::new([lesson.clone()]);
    Run::begin(Rc::new(lesson), &pack).unwrap()
}

#[test]
fn a_run_says_what_each_act_turned_over() {
    let (mut world, mut run) = begin();
    let lesson = run.lesson().clone();
    let mut told = String::new();
    let tell = |run: &mut Run, world: &World, did: &str| {
        let turned = run.look(world);
        let turned = turned.iter().map(|it| {
            let step = it.step.as_deref().unwrap_or("keep");
            format!(
                " {step}/{} {}",
                it.check,
                if it.holds { "holds" } else { "fails" }
            )
        });
        let turned: String = turned.collect();
        format!("{did}:{turned} ({} points)\n", run.points())
    };
    for command in lesson.solution() {
        perform(&mut world, World::TERMINAL, command).unwrap();
        let did = command.text.split_whitespace().nth(2).unwrap();
        told += &tell(&mut run, &world, did);
    }
    assert!(run.passes());
    world.run_line(World::TERMINAL, "aws ec2 describe-vpcs");
    told += &tell(&mut run, &world, "describe-vpcs");
    world.run_line(
        World::TERMINAL,
        "aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol -1 --cidr 0.0.0.0/0",
    );
    told += &tell(&mut run, &world, "authorize everything");
    assert!(!run.passes());
    while world.undo() {}
    told += &tell(&mut run, &world, "undo all");
    world.run_line(
        World::TERMINAL,
        "aws ec2 terminate-instances --instance-ids $web $admin",
    );
    told += &tell(&mut run, &world, "terminate");
    expect![[r#"
        create-internet-gateway: (0 points)
        attach-internet-gateway: (0 points)
        create-route: way/admin holds (3 points)
        allocate-address: (3 points)
        associate-address: address/out holds (5 points)
        authorize-security-group-ingress: door/page holds (7 points)
        describe-vpcs: (7 points)
        authorize everything: keep/no-ssh fails (7 points)
        undo all: keep/no-ssh holds way/admin fails address/out fails door/page fails (0 points)
        terminate: (0 points)
    "#]].assert_eq(&told);
    let sentence = &run.steps()[2].checks[0].sentence;
    assert!(sentence.ends_with("is no longer there."), "{sentence}");
}

#[test]
fn a_hint_follows_an_attempt() {
    let (mut world, mut run) = begin();
    assert!(matches!(run.hint("way"), Hint::Shown(_)));
    assert_eq!(run.hint("way"), Hint::TryFirst);
    world.run_line(World::TERMINAL, "aws ec2 describe-vpcs");
    run.look(&world);
    assert_eq!(run.hint("way"), Hint::TryFirst, "a question is no attempt");
    for _ in 0..3 {
        world.run_line(World::TERMINAL, "aws ec2 create-internet-gateway");
        run.look(&world);
        assert!(matches!(run.hint("way"), Hint::Shown(_)));
    }
    world.undo();
    run.look(&world);
    assert_eq!(run.hint("way"), Hint::NoMore);
    assert_eq!(run.hints("way").len(), 4);
    assert!(run.hints("door").is_empty());
    assert_eq!(run.hint("nowhere"), Hint::NoMore);
}

#[test]
fn a_quiz_wants_just_the_right_answers() {
    let (_, mut run) = begin();
    let check = |run: &mut Run, question, chosen: &[usize], right: Option<bool>| {
        assert_eq!(run.answer(question, chosen).map(|it| it.right), right);
    };
    check(&mut run, 0, &[1], Some(false));
    check(&mut run, 0, &[0], Some(true));
    check(&mut run, 0, &[0, 1], Some(false));
    check(&mut run, 3, &[3, 2, 1, 0, 0], Some(true));
    check(&mut run, 3, &[0, 1, 2], Some(false));
    check(&mut run, 3, &[0, 9], None);
    check(&mut run, 9, &[0], None);
    assert_eq!(run.answered(0).unwrap().0, [0, 1]);
    assert!(run.answered(1).is_none());
}

/// What is set up is the root's business; the student gets names and files.
#[test]
fn names_and_files_pass_from_the_set_up() {
    let path = "lessons/vpc/18-public-subnet.md";
    let text = read(path).replacen(
        "```setup\n",
        "```setup\ncd /tmp; own=1; OTHER=2; echo hi > note.txt\n",
        1,
    );
    let lesson = sound(path, &text);
    let (mut world, run) = Run::begin(Rc::new(lesson.clone()), &Pack::new([lesson])).unwrap();
    let shown = world.run_line(
        World::TERMINAL,
        "pwd; echo $own-$OTHER-$web; cat /tmp/note.txt",
    );
    assert_eq!(
        shown.stdout,
        format!("/home/student\n1--{}\nhi\n", run.names()["web"])
    );
    assert!(!world.can_undo());
    assert!(run.names()["web"].starts_with("i-"));
}

/// A lesson may begin where another ends.
#[test]
fn a_lesson_continues_another() {
    let path = "lessons/vpc/18-public-subnet.md";
    let first = sound(path, &read(path));
    let next = sound(
        "next",
        "---\nformat: 1\nid: vpc-19-next\ntitle: Next\ntrack: vpc\nminutes: 5\n\
         requires: vpc-18-public-subnet\n---\n\n```setup\nuse vpc-18-public-subnet.end\n\
         aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.2.0/24   # => $private\n```\n\n\
         ```keep\nopen  reach internet -> $web tcp/80  \"Closed.\"\n```\n\n\
         ## 1 Join {#join}\n\n```checks\nroad  routes $private 0.0.0.0/0 -> $igw  \"{table} points at {target}.\"\n```\n\n\
         ```hints\nWhich table?\n```\n\n```solution\n\
         aws ec2 associate-route-table --route-table-id $public_rt --subnet-id $private\n```\n",
    );
    let pack = Pack::new([first, next.clone()]);
    assert_eq!(unproven("next", &prove(&next, &pack)), "");
}

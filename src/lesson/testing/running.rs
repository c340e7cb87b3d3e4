//! What checks say of a world, and a lesson while a student works on it.

use super::{masked, read, sound, unproven};
use crate::check::{Check, Filter, Predicate};
use crate::stage::{Stage, perform};
use crate::{Hint, Kind, Pack, Run, Scene, evaluate, kinds, parse, prove};
use expect_test::expect;
use hopwise_world::{Genesis, World};
use std::collections::BTreeMap;
use std::rc::Rc;

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
    "#]]
    .assert_eq(&told);
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

/// What was tried before the first hint counts, what was tried at another step does not.
#[test]
fn a_hint_counts_what_was_tried_before_the_first() {
    let (mut world, mut run) = begin();
    let act = |world: &mut World, run: &mut Run, line: &str| {
        assert_eq!(world.run_line(World::TERMINAL, line).exit, 0, "{line}");
        run.look(world);
    };
    act(&mut world, &mut run, "aws ec2 create-internet-gateway");
    assert!(matches!(run.hint("way"), Hint::Shown(_)));
    assert!(matches!(run.hint("way"), Hint::Shown(_)));
    assert_eq!(run.hint("way"), Hint::TryFirst);
    for line in [
        "igw=$(aws ec2 describe-internet-gateways --query InternetGateways[0].InternetGatewayId --output text)",
        "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
        "aws ec2 create-route --route-table-id $public_rt --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
    ] {
        act(&mut world, &mut run, line);
    }
    assert!(run.steps()[1].open);
    assert!(matches!(run.hint("address"), Hint::Shown(_)));
    assert_eq!(run.hint("address"), Hint::TryFirst);
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

/// What the traffic predicates say at the end of lesson 18, after further commands.
#[test]
fn traffic_predicates_are_exact_and_name_their_witness() {
    let path = "lessons/vpc/18-public-subnet.md";
    let lesson = sound(path, &read(path));
    let mut end = Stage::set(&lesson, &Pack::new([lesson.clone()])).unwrap();
    for command in lesson.solution() {
        perform(&mut end.world, World::TERMINAL, command).unwrap();
    }
    let public = end.world.run_line(
        World::TERMINAL,
        "aws ec2 describe-addresses --query Addresses[0].PublicIp --output text",
    );
    let public = public.stdout.trim().to_owned();
    assert!(public.parse::<std::net::Ipv4Addr>().is_ok(), "{public}");
    let check = |commands: &[&str], table: &[(&str, &str)]| {
        let mut stage = end.clone();
        for command in commands {
            let output = stage.world.run_line(World::TERMINAL, command);
            assert_eq!(output.exit, 0, "{command}: {}", output.stderr);
        }
        for (question, expected) in table {
            let holes = if question.starts_with("not") {
                "{source} {destination}"
            } else {
                "{source} {destination} {hop} {reason}"
            };
            let line = format!("```keep\nasked   {question} \"{holes}\"\n");
            let (lesson, _) = parse(&read(path).replace("```keep\n", &line));
            let said = match evaluate(&lesson.keeps[0], &stage.scene()) {
                Ok(verdict) if verdict.holds => "holds".to_owned(),
                Ok(verdict) => masked(&verdict.sentence).replace(&public, "WEB"),
                Err(why) => why.0,
            };
            assert_eq!(said, *expected, "{question} after {commands:?}");
        }
    };
    let open = |port: &str, from: &str| {
        format!(
            "aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port {port} --cidr {from}"
        )
    };
    let acl = |egress: &str, block: &str, action: &str| {
        format!(
            "aws ec2 create-network-acl-entry --network-acl-id $(aws ec2 describe-network-acls \
             --filters Name=vpc-id,Values=$vpc --query NetworkAcls[0].NetworkAclId --output text) \
             --rule-number 50 --protocol -1 --cidr-block {block} --rule-action {action} {egress}"
        )
    };
    check(
        &[],
        &[
            ("reach internet -> $web tcp/80", "holds"),
            ("connects internet -> $web tcp/80", "holds"),
            ("not reach internet -> $web tcp/80", "198.51.100.20 WEB"),
            ("not reach internet -> $web tcp/22", "holds"),
            (
                "reach internet -> $web tcp/22",
                "198.51.100.20 WEB web-door ENI_SG_RULES_MISMATCH",
            ),
            (
                "reach internet -> $web icmp",
                "198.51.100.20 WEB web-door ENI_SG_RULES_MISMATCH",
            ),
            ("reach $web -> internet icmp", "holds"),
            ("reach $web -> $admin tcp/22", "holds"),
            ("not reach $admin -> $web tcp/80", "10.0.1.5 10.0.1.4"),
            ("reach 203.0.113.10 -> $web tcp/80", "holds"),
            (
                "not reach $web -> internet tcp/443",
                "10.0.1.4 198.51.100.20",
            ),
        ],
    );
    // One address of all is let in, or kept out: the verdict is still exact.
    check(
        &[
            &open("22", "5.6.7.8/32"),
            &acl("--ingress", "9.8.7.6/32", "deny"),
        ],
        &[
            ("not reach internet -> $web tcp/22", "5.6.7.8 WEB"),
            (
                "reach internet -> $web tcp/80",
                "9.8.7.6 WEB acl-… SUBNET_ACL_RESTRICTION",
            ),
            ("not reach 9.8.7.6 -> $web tcp/80", "holds"),
        ],
    );
    // A rule for private addresses lets nobody in from the internet.
    check(
        &[&open("22", "10.0.0.0/8")],
        &[("not reach internet -> $web tcp/22", "holds")],
    );
    // Nothing listens on 8080, and the network lets it through all the same.
    check(
        &[&open("8080", "0.0.0.0/0")],
        &[
            ("reach internet -> $web tcp/8080", "holds"),
            ("not reach internet -> $web tcp/8080", "198.51.100.20 WEB"),
            (
                "connects internet -> $web tcp/8080",
                "198.51.100.20 WEB web refused",
            ),
        ],
    );
    // Out of the subnet only one address is allowed.
    check(
        &[&acl("--egress", "0.0.0.0/0", "deny")],
        &[("not reach $web -> internet tcp/443", "holds")],
    );
    check(
        &[
            &acl("--egress", "0.0.0.0/0", "deny"),
            &acl("--egress", "5.6.7.8/32", "allow").replace("number 50", "number 40"),
        ],
        &[
            ("not reach $web -> internet tcp/443", "10.0.1.4 5.6.7.8"),
            (
                "reach $web -> internet tcp/443",
                "10.0.1.4 198.51.100.20 acl-… SUBNET_ACL_RESTRICTION",
            ),
        ],
    );
    // A stopped machine is reached by nobody; one that is gone neither.
    check(
        &["aws ec2 terminate-instances --instance-ids $web"],
        &[
            ("not reach internet -> $web tcp/80", "holds"),
            (
                "reach $web -> internet tcp/80",
                "i-… internet i-… UNKNOWN_RESOURCE",
            ),
        ],
    );
}

//! The same log gives the same world, bit for bit, natively and in WebAssembly: this file runs
//! under both, and the digests are written here. Its fixtures are never rewritten: what an old
//! version saved or shared must open for ever.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use hopwise_world::{Document, Genesis, Link, World, Writing};

/// A log as the first version wrote it.
const VERSION_1: &str = include_str!("log-v1.json");
/// The second version also says where things stand on the map.
const VERSION_2: &str = include_str!("log-v2.json");
/// The third also keeps the terminal.
const VERSION_3: &str = include_str!("log-v3.json");
/// And the student's work on a lesson by itself.
const LESSON_3: &str = include_str!("lesson-v3.json");
/// Links of the first packing: of version 3's log, and of the lesson's.
const LINKS_1: &str = include_str!("links-v1.txt");

const HASH: &str = "1881f4e457b88f0d";
/// There the terminal also made a folder and a file.
const HASH_3: &str = "2ed8baf6a15a31fc";
const LESSON_HASH: &str = "9aaa90b680d9fcd2";

/// What the names were that each terminal has, which version 3 writes no longer.
fn without_names(log: &str) -> String {
    let parts = log.split_once("\"names\":{").and_then(|(before, rest)| {
        let (_, after) = rest.split_once("},")?;
        Some(format!("{before}{after}"))
    });
    parts.unwrap_or_default().trim().to_owned()
}

#[test]
fn a_log_of_version_1_gives_the_same_world_everywhere() {
    let (world, stopped) = World::load(VERSION_1).expect("the fixture is a log");
    assert_eq!(stopped, None);
    assert_eq!(format!("{:016x}", world.cloud().state_hash()), HASH);
    let now = without_names(VERSION_1).replacen("\"hopwise\":1", "\"hopwise\":3", 1);
    assert_eq!(world.save(), now);
}

#[test]
fn a_log_of_version_2_gives_the_same_world_everywhere() {
    let (world, stopped) = World::load(VERSION_2).expect("the fixture is a log");
    assert_eq!(stopped, None);
    assert_eq!(format!("{:016x}", world.cloud().state_hash()), HASH);
    assert_eq!(world.places().values().collect::<Vec<_>>(), [&(40, -10)]);
    let now = without_names(VERSION_2).replacen("\"hopwise\":2", "\"hopwise\":3", 1);
    assert_eq!(world.save(), now);
}

#[test]
fn a_log_of_version_3_gives_the_same_world_everywhere() {
    let (mut world, stopped) = World::load(VERSION_3).expect("the fixture is a log");
    assert_eq!(stopped, None);
    assert_eq!(format!("{:016x}", world.cloud().state_hash()), HASH_3);
    let writing = Writing {
        lines: true,
        ..Writing::default()
    };
    assert_eq!(world.write(&writing), VERSION_3.trim());
    assert_eq!(world.session(World::TERMINAL).unwrap().history.len(), 5);
    let said = world.run_line(World::TERMINAL, "echo $later $vpc; pwd");
    let vpc = world.picture().vpcs.last().unwrap().node.id.clone();
    assert_eq!(said.stdout, format!("yes {vpc}\n/home/student/lab\n"));
}

/// The world that the lesson of the fixture begins from.
fn lesson() -> World {
    let mut world = World::new(Genesis {
        seed: 5,
        default_vpc: false,
    });
    for line in [
        "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
        "aws ec2 create-internet-gateway",
    ] {
        world.run_line("setup", line);
    }
    let vpc = world.run_line("setup", "echo $vpc").stdout;
    world.set_name(World::TERMINAL, "vpc", vpc.trim());
    world.close("setup");
    world.begin_here();
    world
}

#[test]
fn a_lessons_log_of_version_3_gives_the_same_world_everywhere() {
    let document = Document::parse(LESSON_3).expect("the fixture is a log");
    assert_eq!(document.lesson(), Some("vpc-1"));
    assert!(document.begins_at(&lesson()));
    let (world, stopped) = document.resume(lesson(), &mut || true).unwrap();
    assert_eq!(stopped, None);
    assert_eq!(format!("{:016x}", world.cloud().state_hash()), LESSON_HASH);
    let writing = Writing {
        lesson: Some("vpc-1".to_owned()),
        ..Writing::default()
    };
    assert_eq!(world.write(&writing), LESSON_3.trim());
}

#[test]
fn links_of_the_first_packing_open_everywhere() {
    let logs: Vec<Link> = LINKS_1
        .lines()
        .map(|line| Link::unpack(line).expect("a link").expect("a whole one"))
        .collect();
    assert_eq!(logs[0].log, VERSION_3.trim());
    assert_eq!(logs[1].log, LESSON_3.trim());
    assert_eq!(logs[1].lesson.as_deref(), Some("vpc-1"));
}

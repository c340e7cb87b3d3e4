//! Lessons as they are kept and shared.

use super::go::resume;
use super::{About, Place};
use crate::lesson::Session;
use hopwise_lesson::parse;
use hopwise_world::{Link, World, Writing};

const LESSON: &str = include_str!("../../../lessons/vpc/18-public-subnet.md");
/// A link to the lesson's end as the first packing made it.
const LINK_1: &str = include_str!("lesson-18-link-v1.txt");

fn begin() -> (World, Session) {
    let (lesson, _) = parse(LESSON);
    Session::begin("18-public-subnet.md", vec![lesson]).unwrap()
}

/// The lesson as a student ends it who types what its hints say.
fn solved() -> (World, Session) {
    let (mut world, mut session) = begin();
    for line in [
        "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
        "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
        "aws ec2 create-route --route-table-id $public_rt --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
        "eip=$(aws ec2 allocate-address --domain vpc --query AllocationId --output text)",
        "aws ec2 associate-address --instance-id $web --allocation-id $eip",
        "aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port 80 --cidr 0.0.0.0/0",
    ] {
        let output = world.run_line(World::TERMINAL, line);
        assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
        let _ = session.look(&world);
    }
    assert!(session.run.passes());
    (world, session)
}

#[test]
fn what_is_done_in_a_world_of_a_link_makes_it_one_of_its_own() {
    let about = |key: &str, name: &str| About {
        key: key.to_owned(),
        name: name.to_owned(),
        steps: 1,
    };
    let list = [about("world-1", "Shop"), about("lesson-vpc-18", "Public")];
    let own = |place: Place, name: &str| place.of_its_own(name, &list, "k3".to_owned());
    let (place, name) = own(Place::Loose(None), "Shop").unwrap();
    assert_eq!(
        (place.key().as_deref(), name.as_str()),
        (Some("world-k3"), "Shop 2")
    );
    assert_eq!(place.lesson(), None);
    // Work on a lesson is work on that lesson still, and stands beside one's own.
    let (place, name) = own(Place::Loose(Some("vpc-18".to_owned())), "Public").unwrap();
    assert_eq!(
        (place.key().as_deref(), name.as_str()),
        (Some("world-k3"), "Public 2")
    );
    assert_eq!(place.lesson(), Some("vpc-18"));
    // What is one's own already stays what it is.
    assert_eq!(own(Place::World("1".to_owned()), "Shop"), None);
    assert_eq!(own(Place::Lesson("vpc-18".to_owned()), "Public"), None);
}

#[test]
fn the_link_to_a_lessons_end_is_short() {
    let (world, session) = solved();
    let log = world.write(&Writing {
        lesson: Some(session.lesson.front.id.clone()),
        ..Writing::default()
    });
    let link = Link::pack(&log).unwrap();
    // `cargo test -- --nocapture` prints it.
    println!(
        "lesson 18 solved: {} bytes, a link of {} characters",
        log.len(),
        link.len()
    );
    assert!(link.len() <= 2_000, "{}", link.len());
}

/// The lines of a lesson's solution, as its author wrote them.
fn solution(text: &str) -> impl Iterator<Item = &str> {
    let blocks = text.split("```solution\n").skip(1);
    blocks.flat_map(|block| block.split("\n```").next().unwrap_or_default().lines())
}

#[test]
fn a_link_to_a_lessons_end_opens_the_equal_world() {
    for (file, text) in [
        ("21", include_str!("../../../lessons/vpc/21-stateless.md")),
        (
            "06",
            include_str!("../../../lessons/iam/06-bucket-and-star.md"),
        ),
    ] {
        let begin = || {
            let (lesson, _) = parse(text);
            Session::begin(file, vec![lesson]).unwrap()
        };
        let (mut world, mut session) = begin();
        for line in solution(text) {
            let output = world.run_line(World::TERMINAL, line);
            assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
            let _ = session.look(&world);
        }
        assert!(session.run.passes(), "{file}");
        let log = world.write(&Writing {
            lesson: Some(session.lesson.front.id.clone()),
            ..Writing::default()
        });
        let link = Link::pack(&log).unwrap();
        let link = Link::unpack(&link).unwrap().unwrap();
        assert_eq!(link.lesson.as_ref(), Some(&session.lesson.front.id));
        let (fresh, mut again) = begin();
        let (fresh, rest) = resume(&link.log, fresh, &mut again, &mut || true).unwrap();
        assert_eq!(rest, None, "{file}");
        assert!(again.run.passes(), "{file}");
        assert_eq!(fresh.state_hash(), world.state_hash(), "{file}");
    }
}

#[test]
fn a_link_of_the_first_packing_opens_the_lessons_end() {
    let link = Link::unpack(LINK_1.trim()).unwrap().unwrap();
    assert_eq!(link.lesson.as_deref(), Some("vpc-18-public-subnet"));
    let (world, mut session) = begin();
    let (world, rest) = resume(&link.log, world, &mut session, &mut || true).unwrap();
    assert_eq!(rest, None);
    assert!(session.run.passes());
    assert_eq!(world.state_hash(), solved().0.state_hash());
}

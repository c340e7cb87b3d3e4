//! Links: they open the same world, are short, and take no harm from strangers.

use hopwise_cloud::Genesis;
use hopwise_world::{Link, LinkError, World, Writing};

fn built() -> World {
    let mut world = World::new(Genesis {
        seed: 7,
        default_vpc: false,
    });
    for line in [
        "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
        "subnet=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 --query Subnet.SubnetId --output text)",
    ] {
        assert_eq!(world.run_line(World::TERMINAL, line).exit, 0, "{line}");
    }
    world
}

#[test]
fn a_link_opens_the_same_world() {
    let world = built();
    let link = Link::pack(&world.save()).unwrap();
    assert!(link.starts_with("s=1"), "{link}");
    assert!(
        link.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_=".contains(letter))
    );
    let opened = Link::unpack(&link).unwrap().unwrap();
    assert_eq!(opened.lesson, None);
    let (loaded, stopped) = World::load(&opened.log).unwrap();
    assert_eq!(stopped, None);
    assert_eq!(loaded.state_hash(), world.state_hash());
}

#[test]
fn the_address_of_something_else_is_no_link() {
    for address in ["", "sandbox", "lesson=vpc-18", "world=1", "x=1abc"] {
        assert_eq!(Link::unpack(address), None, "{address}");
    }
}

#[test]
fn what_is_no_link_is_told_so() {
    let whole = Link::pack(&built().save()).unwrap();
    let check = |link: &str, said: &str| {
        let error = Link::unpack(link).unwrap().unwrap_err().to_string();
        assert!(error.contains(said), "{link}: {error}");
    };
    check("s=", "not whole");
    check("l=vpc-18", "not whole");
    check("s=9abc", "newer Hopwise");
    check("s=1ab%20c", "`%` at character 6");
    check(whole.split_at(whole.len() / 2).0, "its end is missing");
    check(&format!("l=vpc-18.{}", whole.split_at(2).1), "not whole");
    check(
        &format!("s=1{}", "A".repeat(100_000)),
        "more than a link may",
    );
    // 2 MB of one letter unfold from two thousand bytes, and are not unfolded.
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b' '; 2 << 20], 9);
    assert!(bomb.len() < 3_000);
    let bomb = hopwise_cloud::json::base64(&bomb);
    let bomb = bomb
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    check(&format!("s=1{bomb}"), "more than a link may");
    let other = miniz_oxide::deflate::compress_to_vec(b"[]", 9);
    let other = hopwise_cloud::json::base64(&other);
    let other = other
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    check(&format!("s=1{other}"), "damaged at `hopwise`");
}

#[test]
fn a_link_with_a_changed_letter_never_panics() {
    let whole = Link::pack(&built().save()).unwrap();
    for place in 3..whole.len() {
        let mut letters: Vec<char> = whole.chars().collect();
        letters[place] = if letters[place] == 'A' { 'B' } else { 'A' };
        let changed: String = letters.into_iter().collect();
        if let Some(Ok(link)) = Link::unpack(&changed) {
            let _ = World::load(&link.log);
        }
    }
}

#[test]
fn a_world_that_is_too_large_for_a_link_says_so() {
    let mut world = built();
    let mut written = 0;
    let mut random = 1u64;
    while written < 1_200_000 {
        let text: String = (0..50_000)
            .map(|_| {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1);
                char::from(b'a' + (random >> 60) as u8)
            })
            .collect();
        world.write_file("notes.txt", &text).unwrap();
        written += text.len();
    }
    let log = world.write(&Writing::default());
    assert_eq!(Link::pack(&log), Err(LinkError::TooLong));
}

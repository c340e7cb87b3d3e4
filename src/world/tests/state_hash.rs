//! The same log gives the same world, bit for bit, natively and in WebAssembly: this file runs
//! under both, and the digest is written here.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use hopwise_world::World;

/// A log as the first version wrote it. It is never rewritten: old links must open for ever.
const VERSION_1: &str = include_str!("log-v1.json");

/// The second version also says where things stand on the map.
const VERSION_2: &str = include_str!("log-v2.json");

const HASH: &str = "1881f4e457b88f0d";

#[test]
fn a_log_of_version_1_gives_the_same_world_everywhere() {
    let (world, stopped) = World::load(VERSION_1).expect("the fixture is a log");
    assert_eq!(stopped, None);
    assert_eq!(format!("{:016x}", world.cloud().state_hash()), HASH);
    let now = VERSION_1.replacen("\"hopwise\":1", "\"hopwise\":2", 1);
    assert_eq!(world.save(), now.trim());
}

#[test]
fn a_log_of_version_2_gives_the_same_world_everywhere() {
    let (world, stopped) = World::load(VERSION_2).expect("the fixture is a log");
    assert_eq!(stopped, None);
    assert_eq!(format!("{:016x}", world.cloud().state_hash()), HASH);
    assert_eq!(world.places().values().collect::<Vec<_>>(), [&(40, -10)]);
    assert_eq!(world.save(), VERSION_2.trim());
}

//! The recorded cases, run against the project as a user meets it.
//!
//! They live outside of the repository: the folder is HOPWISE_CASES, by default `../shared/cases`
//! beside the workspace. Where it is missing each test says that it was skipped.
//!
//! A test prints how many cases pass and fails where fewer pass than `floors.txt` says: that file
//! is raised, in the same commit, by whoever makes more of them pass.

#![cfg(test)]

mod access;
mod sessions;

use hopwise_cloud::{Value, json};
use std::path::PathBuf;

/// The folder of the recorded cases, if it is there.
fn cases() -> Option<PathBuf> {
    let folder = std::env::var_os("HOPWISE_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no folder of recorded cases (HOPWISE_CASES)");
    None
}

/// A JSON file of the recorded cases.
fn read(name: &str) -> Option<Value> {
    let path = cases()?.join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: there is no {name} among the recorded cases");
        return None;
    };
    Some(json::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// Says how many of the cases `name` pass, and fails below the floor.
fn judge(name: &str, passed: usize, of: usize) {
    let floor: usize = include_str!("floors.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(row, _)| *row == name)
        .map(|(_, number)| number.trim().parse().unwrap())
        .unwrap_or_else(|| panic!("floors.txt has no row for {name}"));
    println!("{name}: {passed} of {of} pass, {floor} have to");
    assert!(
        passed >= floor,
        "{name}: {passed} of {of} pass, {floor} did before"
    );
}

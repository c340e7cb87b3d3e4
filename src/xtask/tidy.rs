//! Habits that no lint knows, checked over the files that people write.

use crate::process::{Place, files_under, web_name};

/// The most lines of a file that one reads rather than searches.
const LINES: usize = 1200;

/// Words that no file may hold. Each is put together here, so that this file passes too.
fn banned() -> Vec<String> {
    [
        ["todo", "!("],
        ["#[allow", "("],
        ["#![allow", "("],
        ["/wo", "rk/"],
        ["/root", "/.cargo"],
        ["/root", "/.cache"],
        ["shared", "/spec"],
        ["shared", "/notes"],
        ["shared", "/design"],
        ["resolved\": \"", "http"],
    ]
    .map(|parts| parts.concat())
    .to_vec()
}

/// What is wrong with a file of this name and text.
fn faults(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    // Tables cut by a script and recordings are data, however long.
    let data = name.starts_with("src/cloud/api/") || name == "src/app/first-load.txt";
    let written = name.starts_with("src/") && !data;
    let lines = text.lines().count();
    if written && lines > LINES {
        faults.push(format!(
            "{name} has {lines} lines; {LINES} are the most, so split it"
        ));
    }
    // A student's folder may be called anything.
    let text = text
        .replace("/home/student/", "~")
        .replace("\\/home\\/student\\/", "~");
    for word in banned() {
        if let Some(at) = text.lines().position(|line| line.contains(&word)) {
            faults.push(format!("{name}:{} holds `{word}`", at + 1));
        }
    }
    faults
}

#[test]
fn files_are_tidy() {
    let place = Place::find().unwrap();
    let folders = [
        "src", "static", "tests", "deploy", "lessons", ".ci", ".cargo",
    ];
    let top = std::fs::read_dir(&place.root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file());
    let files: Vec<_> = folders
        .iter()
        .flat_map(|folder| files_under(&place.root.join(folder)))
        .chain(top)
        .collect();
    let mut found = Vec::new();
    let mut read = 0;
    for file in files {
        // A picture is no text.
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        // A worktree's `.git` is a file that names folders of this machine.
        let name = web_name(&place.root, &file);
        if name != ".git" {
            found.extend(faults(&name, &text));
            read += 1;
        }
    }
    assert!(read > 20, "only {read} files were looked at");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_fault_is_seen() {
    assert!(faults("src/a.rs", "fn a() {}\n").is_empty());
    for word in banned() {
        assert_eq!(
            faults("src/a.rs", &format!("x\n{word}y")).len(),
            1,
            "{word}"
        );
    }
    let long = "\n".repeat(LINES + 1);
    assert_eq!(faults("src/a.rs", &long).len(), 1);
    assert!(faults("src/cloud/api/ec2.json", &long).is_empty());
    assert!(faults("Cargo.lock", &long).is_empty());
}

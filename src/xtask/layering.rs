//! The walls between the crates, as ARCHITECTURE.md draws them.

use crate::process::{Place, read};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The floor of each crate; imports go strictly downwards.
const FLOORS: &[(&str, u8)] = &[
    ("net", 0),
    ("explain", 0),
    ("policy", 1),
    ("machine", 1),
    ("cloud", 2),
    ("plan", 3),
    ("reach", 3),
    ("shell", 4),
    ("exchange", 4),
    ("world", 5),
    ("lesson", 6),
    ("app", 7),
    ("cli", 7),
];

/// From this floor on a crate may know the browser.
const BROWSER_FLOOR: u8 = 6;
const BROWSER: &[&str] = &["web-sys", "js-sys", "wasm-bindgen", "gloo", "yew"];

/// What is wrong with a crate's manifest.
fn faults(folder: &str, manifest: &Table) -> Vec<String> {
    let mut faults = Vec::new();
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let apart = folder == "xtask";
    let floor = floors.get(folder).copied();
    if floor.is_none() && !apart {
        faults.push(format!(
            "src/{folder} has no floor; give it one in src/xtask/layering.rs"
        ));
    }
    let text = |path: &[&str]| -> Option<&Value> {
        path.iter()
            .try_fold(None, |table: Option<&Value>, key| {
                let next = match table {
                    None => manifest.get(*key),
                    Some(table) => table.get(key),
                };
                next.map(Some)
            })
            .flatten()
    };
    let name = text(&["package", "name"]).and_then(Value::as_str);
    if name != Some(&format!("hopwise-{folder}")) {
        faults.push(format!(
            "src/{folder} should be the package hopwise-{folder}"
        ));
    }
    if text(&["lints", "workspace"]).and_then(Value::as_bool) != Some(true) {
        faults.push(format!("src/{folder} needs `[lints] workspace = true`"));
    }
    let path = text(&["lib", "path"]).and_then(Value::as_str);
    let program = manifest.get("bin").is_some() && (apart || floor == Some(7));
    if path != Some("lib.rs") && !(path.is_none() && program) {
        faults.push(format!("src/{folder} needs `[lib] path = \"lib.rs\"`"));
    }
    for import in imports(manifest) {
        if let Some(below) = import.strip_prefix("hopwise-") {
            let lower = match (floors.get(below), floor) {
                (Some(below), Some(floor)) => *below < floor,
                _ => false,
            };
            if !lower && (folder, below) != ("explain", "net") {
                faults.push(format!(
                    "src/{folder} may not use src/{below}: it isn't below it"
                ));
            }
        }
        let browser = BROWSER.iter().any(|name| {
            // Whole families: gloo-timers, wasm-bindgen-futures. The test runner is no knowledge.
            let family = import
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
            family && import != "wasm-bindgen-test"
        });
        if browser && floor.is_some_and(|floor| floor < BROWSER_FLOOR) {
            faults.push(format!("src/{folder} may not know the browser: {import}"));
        }
    }
    faults
}

/// The names in all dependency tables, those of single targets too.
fn imports(manifest: &Table) -> Vec<String> {
    let tables = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(|targets| targets.values().filter_map(Value::as_table))
        .chain([manifest]);
    let mut names = Vec::new();
    for table in tables {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = table.get(kind).and_then(Value::as_table);
            for (name, value) in entries.into_iter().flatten() {
                let package = value.get("package").and_then(Value::as_str);
                names.push(package.unwrap_or(name).to_owned());
            }
        }
    }
    names
}

#[test]
fn crates_keep_to_their_floors() {
    let place = Place::find().unwrap();
    let mut faults_found = Vec::new();
    let mut crates = 0;
    for entry in std::fs::read_dir(place.root.join("src")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let manifest: Table = read(&folder.join("Cargo.toml")).unwrap().parse().unwrap();
        faults_found.extend(faults(name, &manifest));
        crates += 1;
    }
    assert!(crates > 5, "only {crates} crates were looked at");
    assert!(faults_found.is_empty(), "{}", faults_found.join("\n"));
}

#[test]
fn every_fault_is_seen() {
    let check = |folder: &str, change: (&str, &str), expected: &str| {
        let sound = format!(
            "[package]\nname = \"hopwise-{folder}\"\n[lib]\npath = \"lib.rs\"\n[lints]\nworkspace = true\n\
             [dependencies]\nserde.workspace = true\n"
        );
        let broken = sound.replace(change.0, change.1);
        assert_eq!(
            broken == sound,
            expected.is_empty(),
            "{change:?} changes something"
        );
        let found = faults(folder, &broken.parse().unwrap()).join("; ");
        assert_eq!(found.is_empty(), expected.is_empty(), "{found}");
        assert!(found.contains(expected), "{found}");
    };
    check("reach", ("", ""), "");
    check("reach", ("hopwise-reach", "reach"), "should be the package");
    check("reach", ("lib.rs", "src/lib.rs"), "[lib] path");
    check("reach", ("[lints]\nworkspace = true\n", ""), "[lints]");
    check("reach", ("serde.", "hopwise-plan."), "isn't below");
    check("reach", ("serde.", "hopwise-world."), "isn't below");
    check("net", ("serde.", "hopwise-explain."), "isn't below");
    check("world", ("serde.", "gloo-timers."), "the browser");
    check(
        "world",
        (
            "[dep",
            "[target.'cfg(unix)'.dependencies]\nyew = \"1\"\n[dep",
        ),
        "the browser",
    );
    check(
        "world",
        (
            "[dep",
            "[dev-dependencies]\nx = { package = \"web-sys\" }\n[dep",
        ),
        "the browser",
    );
    check("garden", ("serde.", "rand."), "no floor");
}

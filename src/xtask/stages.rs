//! `cargo xtask test`: every check, one after the other, and a line for each at the end.

use crate::process::{Command, Count, Outcome, Place};
use crate::sizes::Sizes;
use crate::{server, tools, web};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// One named check.
struct Stage {
    name: &'static str,
    about: &'static str,
    run: fn(&Place) -> Verdict,
}

/// How a stage ended.
enum Verdict {
    /// It ran; the count is zero when it counts no tests of its own.
    Ran(Count, Outcome<()>),
    /// It has nothing to check yet, and why.
    Skipped(String),
}

impl From<Outcome<()>> for Verdict {
    fn from(result: Outcome<()>) -> Self {
        Self::Ran(Count::default(), result)
    }
}

impl From<(Count, Outcome<()>)> for Verdict {
    fn from((count, result): (Count, Outcome<()>)) -> Self {
        let result = match (result, count == Count::default()) {
            // Silence of a program that runs tests is no success.
            (Ok(()), true) => Err("it ran no test".to_owned()),
            (result, _) => result,
        };
        Self::Ran(count, result)
    }
}

/// In the order of what fails soonest and costs least.
const STAGES: &[Stage] = &[
    Stage {
        name: "fmt",
        about: "the code is formatted",
        run: fmt,
    },
    Stage {
        name: "layers",
        about: "the build's own tests, the walls between the crates, the tidiness of the files",
        run: layers,
    },
    Stage {
        name: "clippy",
        about: "no lint speaks, for the machine",
        run: clippy,
    },
    Stage {
        name: "clippy-wasm",
        about: "no lint speaks, for the browser",
        run: clippy_wasm,
    },
    Stage {
        name: "unit",
        about: "the tests of every crate",
        run: unit,
    },
    Stage {
        name: "lessons",
        about: "every lesson proves itself",
        run: lessons,
    },
    Stage {
        name: "hash",
        about: "the same log gives the same world, natively and in wasm",
        run: hash,
    },
    Stage {
        name: "build",
        about: "the released site",
        run: build,
    },
    Stage {
        name: "size",
        about: "the weight of the first load",
        run: size,
    },
    Stage {
        name: "browser",
        about: "the site in Chromium, under its real headers",
        run: browser,
    },
];

/// Runs the stages, or those named; `Ok(false)` when something failed.
pub fn run(place: &Place, only: &[String]) -> Outcome<bool> {
    let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
    if let Some(name) = only.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(format!(
            "there is no stage `{name}`; there are: {}",
            names.join(", ")
        ));
    }
    let chosen: Vec<&Stage> = STAGES
        .iter()
        .filter(|stage| only.is_empty() || only.iter().any(|name| name == stage.name))
        .collect();
    let start = Instant::now();
    let mut lines = Vec::new();
    let mut sum = Count::default();
    for (at, stage) in chosen.iter().enumerate() {
        println!(
            "\n== {} ({}/{}): {}",
            stage.name,
            at + 1,
            chosen.len(),
            stage.about
        );
        let begun = Instant::now();
        let verdict = (stage.run)(place);
        let (line, count) = report(stage.name, begun.elapsed(), verdict);
        println!("{line}");
        sum.passed += count.passed;
        sum.failed += count.failed;
        lines.push(line);
    }
    println!("\n== {:.0} s in all", start.elapsed().as_secs_f32());
    for line in lines {
        println!("{line}");
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    Ok(sum.failed == 0)
}

/// A stage's line and what it adds to the sum: its tests, or itself when it counts none.
fn report(name: &str, time: Duration, verdict: Verdict) -> (String, Count) {
    let (count, word) = match verdict {
        Verdict::Skipped(reason) => (Count::default(), format!("skipped: {reason}")),
        Verdict::Ran(count, Err(message)) => {
            let failed = count.failed.max(1);
            (Count { failed, ..count }, format!("FAILED: {message}"))
        }
        Verdict::Ran(count, Ok(())) if count.failed > 0 => {
            (count, format!("FAILED: {} tests failed", count.failed))
        }
        Verdict::Ran(count, Ok(())) if count.passed > 0 => {
            (count, format!("ok ({} tests)", count.passed))
        }
        Verdict::Ran(count, Ok(())) => (Count { passed: 1, ..count }, "ok".to_owned()),
    };
    let line = format!("{name:<12} {:>7.1} s  {word}", time.as_secs_f32());
    (line, count)
}

fn fmt(place: &Place) -> Verdict {
    Command::new(place, "cargo")
        .args(["fmt", "--all", "--check"])
        .run()
        .into()
}

fn layers(place: &Place) -> Verdict {
    Command::new(place, "cargo")
        .args(["test", "--locked", "--package", "hopwise-xtask"])
        .run_counting()
        .into()
}

fn clippy(place: &Place) -> Verdict {
    Command::new(place, "cargo")
        .args(["clippy", "--locked", "--workspace", "--all-targets"])
        .args(["--", "-D", "warnings"])
        .run()
        .into()
}

fn clippy_wasm(place: &Place) -> Verdict {
    let check = |()| {
        Command::new(place, "cargo")
            .args(["clippy", "--locked", "--package", "hopwise-app"])
            .args(["--target", "wasm32-unknown-unknown", "--", "-D", "warnings"])
            .run()
    };
    tools::wasm_target(place).and_then(check).into()
}

fn unit(place: &Place) -> Verdict {
    Command::new(place, "cargo")
        .args(["test", "--locked", "--workspace", "--no-fail-fast"])
        .args(["--exclude", "hopwise-xtask"])
        .run_counting()
        .into()
}

fn lessons(place: &Place) -> Verdict {
    if !place.has_crate("cli") {
        return Verdict::Skipped("src/cli, which proves them, is not there".to_owned());
    }
    Command::new(place, "cargo")
        .args(["run", "--locked", "--release", "--package", "hopwise-cli"])
        .args(["--bin", "hopwise", "--", "lesson", "check", "lessons"])
        .run()
        .into()
}

/// The test `state_hash` of the world holds the expected hashes; passing on both sides with the
/// same ones is what "bit for bit" means.
fn hash(place: &Place) -> Verdict {
    if !place.has_crate("world") {
        return Verdict::Skipped("src/world, whose state is hashed, is not there".to_owned());
    }
    let native = || {
        Command::new(place, "cargo")
            .args(["test", "--locked", "--package", "hopwise-world"])
            .args(["--test", "state_hash"])
            .run_counting()
    };
    let wasm = || {
        // wasm-bindgen's runner takes Node unless a test asks for a browser.
        Command::new(place, "cargo")
            .args(["test", "--locked", "--package", "hopwise-world"])
            .args(["--test", "state_hash", "--target", "wasm32-unknown-unknown"])
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                "wasm-bindgen-test-runner",
            )
            .run_counting()
    };
    if let Err(message) = tools::wasm_target(place).and_then(|()| tools::cargo_tools(place)) {
        return Err(message).into();
    }
    let (first, first_result) = native();
    let (second, second_result) = wasm();
    let count = Count {
        passed: first.passed + second.passed,
        failed: first.failed + second.failed,
    };
    (count, first_result.and(second_result)).into()
}

/// The released site and its weight, built once a run: an older one would prove nothing.
fn site(place: &Place) -> Outcome<&'static Sizes> {
    static BUILT: OnceLock<Outcome<Sizes>> = OnceLock::new();
    let built = BUILT.get_or_init(|| web::release(place));
    built
        .as_ref()
        .map_err(|error| format!("no site was built: {error}"))
}

fn build(place: &Place) -> Verdict {
    site(place).map(|table| println!("{table}")).into()
}

fn size(place: &Place) -> Verdict {
    site(place)
        .and_then(|table| table.judge(place))
        .map(|sentence| println!("{sentence}"))
        .into()
}

fn browser(place: &Place) -> Verdict {
    let ready = site(place)
        .and_then(|_| tools::chromium())
        .and_then(|chromium| Ok((chromium, server::spawn(place, &place.dist(), 0)?)));
    let (chromium, url) = match ready {
        Ok(ready) => ready,
        Err(message) => return Err(message).into(),
    };
    let folder = place.root.join("tests/browser");
    let files = crate::process::files_under(&folder)
        .into_iter()
        .filter(|file| file.to_string_lossy().ends_with(".test.mjs"));
    Command::new(place, "node")
        .args(["--test", "--test-concurrency=1"])
        .args(files)
        .env("HOPWISE_URL", url)
        .env("CHROMIUM", chromium)
        .run_counting()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(verdict: impl Into<Verdict>, passed: usize, failed: usize, word: &str) {
        let (line, count) = report("name", Duration::from_secs(1), verdict.into());
        assert_eq!(count, Count { passed, failed }, "{line}");
        assert!(line.ends_with(word), "{line}");
    }

    #[test]
    fn what_a_stage_adds_to_the_sum() {
        let count = |passed, failed| Count { passed, failed };
        check(Ok(()), 1, 0, "ok");
        check(Err("no".to_owned()), 0, 1, "FAILED: no");
        check((count(0, 0), Ok(())), 0, 1, "FAILED: it ran no test");
        check((count(7, 0), Ok(())), 7, 0, "ok (7 tests)");
        check((count(7, 2), Err("no".to_owned())), 7, 2, "FAILED: no");
        check((count(7, 0), Err("no".to_owned())), 7, 1, "FAILED: no");
        check((count(7, 2), Ok(())), 7, 2, "FAILED: 2 tests failed");
        check(Verdict::Skipped("why".to_owned()), 0, 0, "skipped: why");
    }

    #[test]
    fn stages_have_names_of_their_own() {
        let mut names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STAGES.len());
    }
}

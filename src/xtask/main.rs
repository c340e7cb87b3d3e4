//! `cargo xtask`: build, serve, test and generate, on a machine with git, rustup and Node.

mod addresses;
mod data;
mod first_load;
mod headers;
mod linked;
mod module;
mod outline;
mod process;
mod record;
mod server;
mod sizes;
mod split;
mod stages;
mod tools;
mod web;

#[cfg(test)]
mod data_tests;
#[cfg(test)]
mod layering;
#[cfg(test)]
mod split_tests;
#[cfg(test)]
mod tidy;

use process::{Command, Outcome, Place};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask serve [--port N]      build, serve on http://localhost:8080, build anew on change
cargo xtask build [--accept-size] build the site into dist/ and print its size
cargo xtask test [--only STAGE]…  every check there is; STAGE is one of its stages
cargo xtask bench [ARGUMENT]…     run the benchmarks: hopwise bench ARGUMENT…
cargo xtask bench canvas [ROUNDS] frames of the map with 300 boxes, beside React Flow's
cargo xtask shots [NAME]…         photograph the page's states into target/shots/
cargo xtask generate              cut the API tables in src/cloud/api/ anew
cargo xtask generate first-load   record anew what the first load of the page needs

Each installs what it misses, at pinned versions. CHROMIUM=path names a browser to test with.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = match arguments.split_first() {
        Some((name, rest)) => (name.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    match run(name, rest) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one command; `Ok(false)` when it has already said what failed.
fn run(name: &str, rest: &[String]) -> Outcome<bool> {
    if matches!(name, "help" | "--help" | "-h") {
        println!("{HELP}");
        return Ok(true);
    }
    let place = Place::find()?;
    match name {
        "serve" => web::serve(&place, port(rest)?).map(|()| true),
        "build" => build(&place, rest).map(|()| true),
        "test" => stages::run(&place, &only(rest)?),
        "bench" => bench(&place, rest).map(|()| true),
        "shots" => shots(&place, rest).map(|()| true),
        "generate" => match rest {
            [] => generate(&place).map(|()| true),
            [what] if what == "first-load" => first_load::generate(&place).map(|()| true),
            _ => Err("generate takes nothing, or `first-load`".to_owned()),
        },
        other => Err(format!("there is no command `{other}`\n\n{HELP}")),
    }
}

fn port(rest: &[String]) -> Outcome<u16> {
    match rest {
        [] => Ok(8080),
        [flag, number] if flag == "--port" => number
            .parse()
            .map_err(|_| format!("`{number}` is not a port; give a number up to 65535")),
        _ => Err("serve takes only `--port N`".to_owned()),
    }
}

fn only(rest: &[String]) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), words.next()) {
            ("--only", Some(name)) => names.push(name.clone()),
            _ => return Err("test takes only `--only STAGE`, as often as you like".to_owned()),
        }
    }
    Ok(names)
}

fn build(place: &Place, rest: &[String]) -> Outcome<()> {
    let accept = match rest {
        [] => false,
        [flag] if flag == "--accept-size" => true,
        _ => return Err("build takes only `--accept-size`".to_owned()),
    };
    let table = web::release(place)?;
    println!("{table}");
    if accept {
        table.accept(place)?;
    }
    match table.judge(place) {
        Ok(sentence) => println!("{sentence}"),
        // A build is a build: only `test` refuses a size.
        Err(sentence) => println!("note: {sentence}"),
    }
    println!("The site stands in {}", place.dist().display());
    Ok(())
}

fn bench(place: &Place, rest: &[String]) -> Outcome<()> {
    if let Some((_, rounds)) = rest.split_first().filter(|(first, _)| *first == "canvas") {
        return canvas(place, rounds);
    }
    if !place.has_crate("cli") {
        println!("No benchmarks: they are run by the hopwise command, and src/cli is not there.");
        return Ok(());
    }
    Command::new(place, "cargo")
        .args(["run", "--release", "--package", "hopwise-cli"])
        .args(["--bin", "hopwise", "--", "bench"])
        .args(rest)
        .run()
}

/// The released page and React Flow with the same scene, in the same run.
fn canvas(place: &Place, rounds: &[String]) -> Outcome<()> {
    if rounds.len() > 1 || rounds.iter().any(|it| !matches!(it.parse(), Ok(1..=100u8))) {
        return Err("bench canvas takes only a number of rounds from 1 to 100".to_owned());
    }
    tools::npm(place)?;
    let chromium = tools::chromium()?;
    web::release(place)?;
    let url = server::spawn(place, &place.dist(), 0)?;
    Command::new(place, "node")
        .arg("tests/bench/canvas.mjs")
        .args(rounds)
        .env("HOPWISE_URL", &url)
        .env("CHROMIUM", chromium)
        .env(
            "HOPWISE_BENCH",
            place.target().join("bench").join("canvas.json"),
        )
        .run()
}

fn shots(place: &Place, rest: &[String]) -> Outcome<()> {
    tools::npm(place)?;
    let chromium = tools::chromium()?;
    web::release(place)?;
    let url = server::spawn(place, &place.dist(), 0)?;
    Command::new(place, "node")
        .arg("tests/browser/shoot.mjs")
        .args(rest)
        .env("HOPWISE_URL", &url)
        .env("CHROMIUM", chromium)
        .env("HOPWISE_SHOTS", place.target().join("shots"))
        .run()
}

fn generate(place: &Place) -> Outcome<()> {
    let script = place.root.join("src/cloud/api/cut.py");
    if !script.is_file() {
        return Err(format!("{} is missing", script.display()));
    }
    let python = tools::botocore(place)?;
    let data = Command::new(place, &python)
        .args([
            "-c",
            "import botocore, pathlib; print(pathlib.Path(botocore.__file__).parent / 'data')",
        ])
        .read()?;
    Command::new(place, &python)
        .arg(&script)
        .arg(data.trim())
        .arg(place.root.join("src/cloud/api"))
        .run()
}

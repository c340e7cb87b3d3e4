//! `hopwise COMMAND …`

use hopwise_cli::output::{Failure, say};
use hopwise_cli::{bench, decide, lesson, shell, trace};
use std::process::ExitCode;

const USAGE: &str = "\
usage: hopwise COMMAND

  shell [--json]            the terminal of a fresh account, on stdin
  decide FILE               decide the access cases of a file (iam-neutral-cases/1)
  trace --script FILE --from X --to Y [--protocol tcp|udp|icmp] [--port N]
        [--source-port N] [--json]
                            one packet in the world that the script makes; X and Y are
                            ids, $names, addresses, `internet` or `laptop`
  lesson check PATH… [--json] [--earned]
                            prove lessons; --earned shows what each wrong answer hears
  lesson opening FOLDER     the opening of a pack's first lesson, as HTML
  bench [NAME…] [--json]    measure; says generator and seed
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match words.as_slice() {
        ["shell"] => shell::lines(),
        ["shell", "--json"] => shell::json(),
        ["decide", path] => decide::file(path),
        ["lesson", "check", rest @ ..] => lesson::check(rest),
        ["lesson", "opening", folder] => lesson::opening(folder),
        ["trace", rest @ ..] => trace::command(rest),
        ["bench", rest @ ..] => bench::command(rest),
        [] | ["--help" | "-h" | "help"] => {
            say(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        ["shell", option, ..] => Err(Failure(format!(
            "shell takes --json and nothing else, not `{option}`"
        ))),
        ["decide", ..] => Err(Failure("decide takes one file of cases".to_owned())),
        ["lesson", ..] => Err(Failure(
            "lesson takes `check PATH…` or `opening FOLDER`".to_owned(),
        )),
        ["--version" | "-V"] => {
            say(concat!("hopwise ", env!("CARGO_PKG_VERSION"), "\n"));
            Ok(ExitCode::SUCCESS)
        }
        [other, ..] => Err(Failure(format!("there is no command `{other}`\n\n{USAGE}"))),
    };
    answer.unwrap_or_else(|failure| {
        eprintln!("hopwise: {failure}");
        ExitCode::from(2)
    })
}

//! `hopwise shell`: the terminal on stdin.

use crate::output::{Failure, object, say, say_line};
use hopwise_cloud::{Map, Value, json};
use hopwise_world::{Genesis, World};
use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

fn broken(error: io::Error) -> Failure {
    Failure(format!("the terminal broke off: {error}"))
}

/// Lines as a person types them, answered as a terminal answers.
///
/// # Errors
///
/// When stdin or stdout break off.
pub fn lines() -> Result<ExitCode, Failure> {
    let mut world = World::new(Genesis::default());
    let prompts = io::stdin().is_terminal();
    let mut input = io::stdin().lock().lines();
    let mut pending = String::new();
    let mut last = 0;
    loop {
        if prompts {
            let prompt = if pending.is_empty() {
                world.prompt(World::TERMINAL)
            } else {
                "> ".to_owned()
            };
            say(&prompt);
            io::stdout().flush().map_err(broken)?;
        }
        let Some(line) = input.next().transpose().map_err(broken)? else {
            break;
        };
        pending.push_str(&line);
        if hopwise_shell::incomplete(&pending) {
            pending.push('\n');
            continue;
        }
        let output = world.run_line(World::TERMINAL, &pending);
        pending.clear();
        say(&output.stdout);
        eprint!("{}", output.stderr);
        io::stdout().flush().map_err(broken)?;
        last = output.exit;
        if world
            .session(World::TERMINAL)
            .is_none_or(|it| it.frames.is_empty())
        {
            break;
        }
    }
    Ok(ExitCode::from(u8::try_from(last & 0xff).unwrap_or(1)))
}

/// One request a line, one answer a line.
///
/// A request is `{"cmd", "files"?: {name: text}, "noenv"?: true}`; other keys are ignored. An
/// answer is `{"stdout", "stderr", "exit"}`. One process is one fresh account.
///
/// # Errors
///
/// When stdin or stdout break off.
pub fn json() -> Result<ExitCode, Failure> {
    let mut shell = JsonShell::default();
    for line in io::stdin().lock().lines() {
        let line = line.map_err(broken)?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = shell.answer(&line);
        say_line(&json::compact(&answer));
        io::stdout().flush().map_err(broken)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A terminal that is asked in JSON.
#[derive(Debug)]
pub struct JsonShell {
    world: World,
}

impl Default for JsonShell {
    fn default() -> Self {
        JsonShell {
            world: World::new(Genesis::default()),
        }
    }
}

impl JsonShell {
    /// Answers one request.
    pub fn answer(&mut self, request: &str) -> Value {
        let request = match json::parse(request) {
            Ok(request) => request,
            Err(error) => return self.refuse(&format!("hopwise: no JSON request: {error}\n")),
        };
        let Some(line) = request.get("cmd").and_then(Value::as_str) else {
            return self.refuse("hopwise: a request needs \"cmd\"\n");
        };
        if request.get("noenv") == Some(&Value::Bool(true)) {
            self.world.forget_credentials(World::TERMINAL);
        }
        let files = request.get("files").and_then(Value::as_map);
        for (name, text) in files.into_iter().flat_map(Map::iter) {
            let text = text.as_str().unwrap_or_default();
            if let Err(said) = self.world.write_file(name, text) {
                return self.refuse(&format!("hopwise: cannot write {name}: {said}\n"));
            }
        }
        let output = self.world.run_line(World::TERMINAL, line);
        object([
            ("stdout", Value::Str(output.stdout)),
            ("stderr", Value::Str(output.stderr)),
            ("exit", Value::Int(output.exit.into())),
        ])
    }

    fn refuse(&self, said: &str) -> Value {
        object([
            ("stdout", Value::from("")),
            ("stderr", Value::from(said)),
            ("exit", Value::Int(2)),
        ])
    }
}

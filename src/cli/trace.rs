//! `hopwise trace`: one walk in the world that a script makes.

use crate::decide::verdict_word;
use crate::output::{Failure, object, read, say, say_line, text_or_null};
use hopwise_cloud::{Value, json};
use hopwise_explain::{Rule, Step};
use hopwise_net::{Packet, Protocol};
use hopwise_reach::{Place, Question, Walk, Way, walk};
use hopwise_world::{Genesis, World};
use std::process::ExitCode;

/// What `hopwise trace` was asked.
#[derive(Default)]
struct Asked<'a> {
    script: Option<&'a str>,
    from: Option<&'a str>,
    to: Option<&'a str>,
    protocol: Option<&'a str>,
    port: Option<&'a str>,
    source_port: Option<&'a str>,
    json: bool,
}

fn asked<'a>(words: &[&'a str]) -> Result<Asked<'a>, Failure> {
    let mut asked = Asked::default();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        if word == "--json" {
            asked.json = true;
            continue;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let place = match name {
            "--script" => &mut asked.script,
            "--from" => &mut asked.from,
            "--to" => &mut asked.to,
            "--protocol" => &mut asked.protocol,
            "--port" => &mut asked.port,
            "--source-port" => &mut asked.source_port,
            other => return Err(Failure(format!("trace has no option {other}"))),
        };
        let value = value.or_else(|| words.next());
        *place = Some(value.ok_or_else(|| Failure(format!("{name} needs a value")))?);
    }
    Ok(asked)
}

/// Walks once; exit status 0 where the client is connected, 1 where not.
///
/// # Errors
///
/// A script that can't be read or fails, and a question that names what isn't there.
pub fn command(words: &[&str]) -> Result<ExitCode, Failure> {
    let asked = asked(words)?;
    let needed = |value: Option<&str>, name: &str| {
        value
            .map(str::to_owned)
            .ok_or_else(|| Failure(format!("trace needs {name}")))
    };
    let path = needed(asked.script, "--script FILE")?;
    let world = world_of(&path)?;
    let place = |text: &str| -> Result<Place, Failure> {
        let text = match text.strip_prefix('$') {
            Some(name) => value_of(&world, name)
                .ok_or_else(|| Failure(format!("the script sets no ${name}")))?,
            None => text.to_owned(),
        };
        text.parse::<Place>()
            .map_err(|refusal| Failure(refusal.to_string()))
    };
    let number = |text: Option<&str>, name: &str| -> Result<Option<u16>, Failure> {
        text.map(|text| {
            text.parse().map_err(|_| {
                Failure(format!(
                    "{name} takes a number from 0 to 65535, not `{text}`"
                ))
            })
        })
        .transpose()
    };
    let protocol = asked.protocol.unwrap_or("tcp");
    let question = Question {
        from: place(&needed(asked.from, "--from PLACE")?)?,
        to: place(&needed(asked.to, "--to PLACE")?)?,
        protocol: Protocol::parse(protocol).ok_or_else(|| {
            Failure(format!(
                "--protocol takes tcp, udp or icmp, not `{protocol}`"
            ))
        })?,
        port: number(asked.port, "--port")?,
        source_port: number(asked.source_port, "--source-port")?,
        established: false,
    };
    let walked = walk(world.cloud(), &question).map_err(|refusal| Failure(refusal.to_string()))?;
    if asked.json {
        say_line(&json::compact(&as_json(&walked)));
    } else {
        say(&hopwise_shell::walk_as_text(world.cloud(), &walked));
    }
    Ok(ExitCode::from(u8::from(!walked.connects())))
}

/// The world that a script's lines make, in a fresh account and in one terminal.
fn world_of(path: &str) -> Result<World, Failure> {
    let script = read(path)?;
    let mut world = World::new(Genesis::default());
    let mut pending = String::new();
    for (number, line) in script.lines().enumerate() {
        pending.push_str(line);
        if hopwise_shell::incomplete(&pending) {
            pending.push('\n');
            continue;
        }
        let output = world.run_line(World::TERMINAL, &pending);
        if output.exit != 0 {
            let said = output.stderr.trim();
            return Err(Failure(format!("{path}:{}: {said}", number + 1)));
        }
        pending.clear();
    }
    if !pending.is_empty() {
        return Err(Failure(format!(
            "{path} ends within a line: a quote or a block is open"
        )));
    }
    Ok(world)
}

/// The value of a variable or name of the script's terminal.
fn value_of(world: &World, name: &str) -> Option<String> {
    let session = world.session(World::TERMINAL)?;
    session
        .frames
        .last()
        .and_then(|frame| frame.get(name))
        .map(str::to_owned)
        .or_else(|| session.names.get(name).cloned())
}

/// `{"client", "forward": W, "return": W or null}`
pub fn as_json(walked: &Walk) -> Value {
    object([
        ("client", Value::Str(walked.client.to_string())),
        ("forward", way(&walked.forward)),
        ("return", walked.back.as_ref().map_or(Value::Null, way)),
    ])
}

fn way(way: &Way) -> Value {
    object([
        (
            "verdict",
            Value::from(if way.delivered {
                "delivered"
            } else {
                "dropped"
            }),
        ),
        ("at", Value::from(way.at.as_str())),
        ("code", text_or_null(way.code.map(|code| code.0))),
        (
            "hops",
            Value::List(way.hops.iter().map(|hop| step(&hop.step)).collect()),
        ),
    ])
}

fn step(step: &Step) -> Value {
    object([
        ("id", Value::from(step.component.id.as_str())),
        ("kind", Value::from(step.component.kind)),
        ("verdict", Value::from(verdict_word(step.verdict))),
        ("code", text_or_null(step.code.map(|code| code.0))),
        (
            "rule",
            text_or_null(step.rule.as_ref().map(|rule: &Rule| rule.text.as_str())),
        ),
        (
            "in",
            step.change
                .map_or(Value::Null, |change| header(&change.before)),
        ),
        (
            "out",
            step.change
                .map_or(Value::Null, |change| header(&change.after)),
        ),
        ("sentence", Value::Str(step.sentence.to_string())),
    ])
}

fn header(packet: &Packet) -> Value {
    let port = |port: Option<u16>| port.map_or(Value::Null, |port| Value::Int(port.into()));
    object([
        ("source", Value::Str(packet.source.to_string())),
        ("destination", Value::Str(packet.destination.to_string())),
        ("protocol", Value::Str(packet.protocol().to_string())),
        ("source_port", port(packet.source_port())),
        ("destination_port", port(packet.destination_port())),
    ])
}

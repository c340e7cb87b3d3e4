//! The log as text: what is saved, shared and replayed.
//!
//! ```text
//! {"hopwise": 1, "seed": 1, "default_vpc": false, "steps": [
//!   {"label": "aws ec2 create-vpc …", "terminal": "terminal", "acts": [
//!     {"call": ["ec2", "CreateVpc", "us-east-1", "@{0.0}", {"CidrBlock": "10.0.0.0/16"}]}]}]}
//! ```
//!
//! An id or a secret is written as `@{act.ordinal}`: the act that made it, counted from 1 (0 is the
//! genesis), and its ordinal among those of that act. So a log holds neither, and an `@` of one's own is
//! written `@@`.

use crate::driver::{Driver, settle};
use crate::world::{Places, World};
use hopwise_cloud::{
    ACCOUNT, Act, Call, Cloud, Credentials, Genesis, Id, LAPTOP_ADDRESS, Map, Minted, Value, Via,
    json,
};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// The version that this program writes. It reads all versions up to it.
pub const VERSION: i64 = 2;
/// What `clock` says, of a step and of the whole, where time passed only by acts. Where it says
/// nothing, time passed by itself until all was settled.
const MANUAL: &str = "manual";
/// How long the secret of an access key is.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html>
const SHORTEST_SECRET: usize = 40;
/// The longest log that is read, in bytes.
const LONGEST: usize = 8 << 20;
/// The most acts that are replayed.
const MOST_ACTS: usize = 20_000;

/// Why a text is no log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// It is longer than a log may be.
    TooLong,
    /// It is not JSON; with the place.
    Syntax(String),
    /// It was written by a newer Hopwise.
    Newer(i64),
    /// It lacks something or has something else in its place; with the place.
    Shape(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::TooLong => f.write_str("this saved world is larger than 8 MB"),
            LoadError::Syntax(said) => write!(f, "this is not a saved world: {said}"),
            LoadError::Newer(version) => write!(
                f,
                "this world was saved by a newer Hopwise (format {version}, this one reads up to \
                 {VERSION}): reload the page to get the newest"
            ),
            LoadError::Shape(place) => write!(f, "this saved world is damaged at {place}"),
        }
    }
}

impl std::error::Error for LoadError {}

/// A step that could not be replayed: the world stands as it was before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Which step, counted from 1.
    pub step: usize,
    /// What it was.
    pub label: String,
    /// Why AWS refused it.
    pub reason: String,
    /// The labels of this and the steps after it, kept as text.
    pub rest: Vec<String>,
}

impl World {
    /// The log as text, from the start to where the history stands now.
    pub fn save(&self) -> String {
        let mut names = Names::default();
        names.learn(0, &self.genesis_ids);
        let mut number = 0;
        let mut places: Rc<Places> = Rc::default();
        let steps: Vec<Value> = self
            .history()
            .iter()
            .map(|entry| {
                let acts: Vec<Value> = entry
                    .done
                    .iter()
                    .map(|done| {
                        let written = write_act(&done.act, &names);
                        number += 1;
                        names.learn(number, &done.minted);
                        written
                    })
                    .collect();
                let mut step = Map::new();
                step.insert("label", Value::Str(names.write(&entry.label)));
                if let Some(terminal) = &entry.terminal {
                    step.insert("terminal", Value::from(terminal.as_str()));
                }
                if entry.manual_clock {
                    step.insert("clock", Value::from(MANUAL));
                }
                step.insert("acts", Value::List(acts));
                if let Some(moved) = write_places(&places, &entry.places, &names) {
                    step.insert("places", moved);
                }
                places = entry.places.clone();
                Value::Map(step)
            })
            .collect();
        let mut whole = Map::new();
        whole.insert("hopwise", Value::Int(VERSION));
        // A seed has 64 bits and a number of JSON 53 that everyone agrees on.
        whole.insert("seed", Value::Str(self.genesis.seed.to_string()));
        whole.insert("default_vpc", Value::Bool(self.genesis.default_vpc));
        if self.manual_clock() {
            whole.insert("clock", Value::from(MANUAL));
        }
        let mut kept = Map::new();
        for (name, value) in self.names(World::TERMINAL) {
            kept.insert(name, Value::Str(names.write(&value)));
        }
        whole.insert("names", Value::Map(kept));
        whole.insert("steps", Value::List(steps));
        json::compact(&Value::Map(whole))
    }

    /// The world that a log makes. A step that AWS refuses on replay ends it there, and what was
    /// not replayed is told.
    ///
    /// # Errors
    ///
    /// A text that is no log, or one of a newer version.
    pub fn load(text: &str) -> Result<(World, Option<Stopped>), LoadError> {
        if text.len() > LONGEST {
            return Err(LoadError::TooLong);
        }
        let whole = json::parse(text).map_err(|error| LoadError::Syntax(error.to_string()))?;
        let shape = |place: &str| LoadError::Shape(place.to_owned());
        let version = whole
            .get("hopwise")
            .and_then(Value::as_int)
            .ok_or_else(|| shape("`hopwise`"))?;
        if version > VERSION {
            return Err(LoadError::Newer(version));
        }
        if version < 1 {
            return Err(shape("`hopwise`"));
        }
        let genesis = Genesis {
            seed: whole
                .get("seed")
                .and_then(Value::as_str)
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| shape("`seed`"))?,
            default_vpc: whole
                .get("default_vpc")
                .and_then(Value::as_bool)
                .ok_or_else(|| shape("`default_vpc`"))?,
        };
        let steps = whole
            .get("steps")
            .and_then(Value::as_list)
            .ok_or_else(|| shape("`steps`"))?;
        let mut world = World::new(genesis);
        let mut names = Names::default();
        names.learn(0, &world.genesis_ids);
        let mut number = 0u32;
        let mut stopped = None;
        for (place, step) in steps.iter().enumerate() {
            let here = || shape(&format!("step {}", place + 1));
            let label = step
                .get("label")
                .and_then(Value::as_str)
                .ok_or_else(here)?
                .to_owned();
            let terminal = step.get("terminal").and_then(Value::as_str);
            let acts = step.get("acts").and_then(Value::as_list).ok_or_else(here)?;
            if number as usize + acts.len() > MOST_ACTS {
                return Err(shape(&format!(
                    "step {}: more than {MOST_ACTS} acts",
                    place + 1
                )));
            }
            let mut cloud = world.cloud().clone();
            let manual_clock = is_manual(step);
            settle(&mut cloud, manual_clock);
            let mut driver = Driver {
                cloud: &mut cloud,
                done: Vec::new(),
                manual_clock,
            };
            let mut refused = None;
            for written in acts {
                let act = read_act(written, &names, driver.cloud).ok_or_else(here)?;
                if let Err(fault) = driver.note(act) {
                    refused = Some(fault.message);
                    break;
                }
                number += 1;
                if let Some(done) = driver.done.last() {
                    names.learn(number, &done.minted);
                }
            }
            if let Some(reason) = refused {
                let rest = steps.iter().skip(place);
                stopped = Some(Stopped {
                    step: place + 1,
                    label: names.read(&label),
                    reason,
                    rest: rest
                        .filter_map(|step| step.get("label")?.as_str())
                        .map(|label| names.read(label))
                        .collect(),
                });
                break;
            }
            let places = match step.get("places") {
                Some(moved) => read_places(world.places(), moved, &names).ok_or_else(here)?,
                None => world.places().clone(),
            };
            world.replayed(&names.read(&label), terminal, driver, places);
        }
        world.set_manual_clock(is_manual(&whole));
        let kept = whole.get("names").and_then(Value::as_map);
        for (name, value) in kept.into_iter().flat_map(Map::iter) {
            if let Some(value) = value.as_str() {
                world.set_name(World::TERMINAL, name, &names.read(value));
            }
        }
        Ok((world, stopped))
    }
}

/// What changed between two maps: a place for what was put somewhere, `null` for what no longer is.
fn write_places(before: &Places, after: &Places, names: &Names) -> Option<Value> {
    let mut moved = Map::new();
    for (id, (x, y)) in after {
        if before.get(id) != Some(&(*x, *y)) {
            let at = [x, y].map(|it| Value::Int(i64::from(*it)));
            moved.insert(names.write(id), Value::List(at.into()));
        }
    }
    for id in before.keys().filter(|id| !after.contains_key(*id)) {
        moved.insert(names.write(id), Value::Null);
    }
    (!moved.is_empty()).then_some(Value::Map(moved))
}

/// Nothing stands further away than this: a log may have been written by anyone.
const FARTHEST: i64 = 100_000;

fn read_places(before: &Places, moved: &Value, names: &Names) -> Option<Rc<Places>> {
    let mut places = before.clone();
    for (id, at) in moved.as_map()?.iter() {
        let id = names.read(id);
        if *at == Value::Null {
            places.remove(&id);
            continue;
        }
        let number = |place: usize| {
            let number = at.as_list()?.get(place)?.as_int()?;
            i32::try_from(number.clamp(-FARTHEST, FARTHEST)).ok()
        };
        places.insert(id, (number(0)?, number(1)?));
    }
    Some(Rc::new(places))
}

/// Did time pass only by acts?
fn is_manual(step: &Value) -> bool {
    step.get("clock").and_then(Value::as_str) == Some(MANUAL)
}

/// Ids by the act and ordinal that made them, and back.
#[derive(Default)]
struct Names {
    by_id: BTreeMap<String, (u32, u32)>,
    secrets: Vec<(String, (u32, u32))>,
    by_place: BTreeMap<(u32, u32), String>,
}

impl Names {
    fn learn(&mut self, act: u32, minted: &[Minted]) {
        for it in minted {
            let place = (act, it.ordinal);
            if it.secret {
                self.secrets.push((it.id.clone(), place));
            } else {
                self.by_id.insert(it.id.clone(), place);
            }
            self.by_place.insert(place, it.id.clone());
        }
    }

    /// The text with ids and secrets written by place.
    fn write(&self, text: &str) -> String {
        // No secret is shorter: most texts need no search.
        if text.len() < SHORTEST_SECRET {
            return self.write_ids(text);
        }
        let mut found: Vec<(usize, &str, &(u32, u32))> = self
            .secrets
            .iter()
            .flat_map(|(secret, place)| {
                let hits = text.match_indices(secret.as_str());
                hits.map(move |(start, hit)| (start, hit, place))
            })
            .collect();
        found.sort_unstable();
        let mut out = String::new();
        let mut done = 0;
        for (start, hit, (act, ordinal)) in found {
            // One that overlaps the last is not to be found in `done..start`.
            if let Some(between) = text.get(done..start) {
                out.push_str(&self.write_ids(between));
                out.push_str(&format!("@{{{act}.{ordinal}}}"));
                done = start + hit.len();
            }
        }
        out.push_str(&self.write_ids(text.get(done..).unwrap_or_default()));
        out
    }

    fn write_ids(&self, text: &str) -> String {
        let mut out = String::new();
        let mut word = String::new();
        let flush = |word: &mut String, out: &mut String| {
            match self.by_id.get(word.as_str()) {
                Some((act, ordinal)) => out.push_str(&format!("@{{{act}.{ordinal}}}")),
                None => out.push_str(word),
            }
            word.clear();
        };
        for letter in text.chars() {
            if letter.is_ascii_alphanumeric() || letter == '-' {
                word.push(letter);
                continue;
            }
            flush(&mut word, &mut out);
            if letter == '@' {
                out.push('@');
            }
            out.push(letter);
        }
        flush(&mut word, &mut out);
        out
    }

    /// The text with ids written out again. A place that made no id stays as it is written.
    fn read(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('@') {
            out.push_str(before);
            if let Some(tail) = after.strip_prefix('@') {
                out.push('@');
                rest = tail;
                continue;
            }
            let place = after.strip_prefix('{').and_then(|tail| {
                let (inside, tail) = tail.split_once('}')?;
                let (act, ordinal) = inside.split_once('.')?;
                let id = self
                    .by_place
                    .get(&(act.parse().ok()?, ordinal.parse().ok()?))?;
                Some((id, tail))
            });
            match place {
                Some((id, tail)) => {
                    out.push_str(id);
                    rest = tail;
                }
                None => {
                    out.push('@');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }

    fn write_value(&self, value: &Value) -> Value {
        match value {
            Value::Str(text) => Value::Str(self.write(text)),
            Value::Bytes(bytes) => {
                let mut map = Map::new();
                // What is text stays readable, and its ids and secrets are written by place.
                match std::str::from_utf8(bytes) {
                    Ok(text) => map.insert("@text", Value::Str(self.write(text))),
                    Err(_) => map.insert("@bytes", Value::Str(json::base64(bytes))),
                };
                Value::Map(map)
            }
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.write_value(item)).collect())
            }
            Value::Map(map) => Value::Map(
                map.iter()
                    .map(|(key, value)| (key.to_owned().into(), self.write_value(value)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    fn read_value(&self, value: &Value) -> Option<Value> {
        Some(match value {
            Value::Str(text) => Value::Str(self.read(text)),
            Value::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.read_value(item))
                    .collect::<Option<_>>()?,
            ),
            Value::Map(map) => match (map.get("@bytes"), map.get("@text")) {
                (Some(bytes), _) => Value::Bytes(json::from_base64(bytes.as_str()?)?),
                (None, Some(text)) => Value::Bytes(self.read(text.as_str()?).into_bytes()),
                (None, None) => Value::Map(
                    map.iter()
                        .map(|(key, value)| Some((key.to_owned().into(), self.read_value(value)?)))
                        .collect::<Option<_>>()?,
                ),
            },
            other => other.clone(),
        })
    }
}

fn row(items: Vec<Value>, kind: &'static str) -> Value {
    let mut map = Map::new();
    map.insert(kind, Value::List(items));
    Value::Map(map)
}

fn write_act(act: &Act, names: &Names) -> Value {
    let text = |text: &str| Value::Str(names.write(text));
    match act {
        Act::Call(call) => row(
            vec![
                Value::from(call.service.as_str()),
                Value::from(call.operation.as_str()),
                Value::from(call.region.as_str()),
                text(&call.credentials.access_key_id),
                names.write_value(&Value::Map(call.params.clone())),
                Value::Bool(call.via.source.is_some()),
            ],
            "call",
        ),
        Act::Machine { machine, act } => {
            let mut items = vec![text(machine.as_str())];
            items.extend(write_machine_act(act, names));
            row(items, "machine")
        }
        Act::Pass { seconds } => row(
            vec![Value::Int(i64::try_from(*seconds).unwrap_or(i64::MAX))],
            "pass",
        ),
        // Never in the log: it is recomputed on replay.
        Act::Finish { .. } => Value::Null,
    }
}

fn write_machine_act(act: &hopwise_machine::Act, names: &Names) -> Vec<Value> {
    use hopwise_machine::Act::*;
    let text = |text: &str| Value::Str(names.write(text));
    let flag = |flag: Option<bool>| flag.map_or(Value::Null, Value::Bool);
    match act {
        Write {
            user,
            path,
            bytes,
            mode,
        } => {
            // Text stays readable in the log; only what is no text becomes base64.
            let body = match std::str::from_utf8(bytes) {
                Ok(body) => text(body),
                Err(_) => names.write_value(&Value::Bytes(bytes.clone())),
            };
            let mode = mode.map_or(Value::Null, |mode| Value::Int(mode.into()));
            vec!["write".into(), text(user), text(path), body, mode]
        }
        MakeFolder {
            user,
            path,
            parents,
        } => vec![
            "mkdir".into(),
            text(user),
            text(path),
            Value::Bool(*parents),
        ],
        Remove {
            user,
            path,
            recursive,
        } => vec!["rm".into(), text(user), text(path), Value::Bool(*recursive)],
        Rename { user, from, to } => vec!["mv".into(), text(user), text(from), text(to)],
        ChangeMode { user, path, mode } => {
            vec![
                "chmod".into(),
                text(user),
                text(path),
                Value::Int((*mode).into()),
            ]
        }
        ChangeOwner { user, path, owner } => {
            vec!["chown".into(), text(user), text(path), text(owner)]
        }
        Install { package } => vec!["install".into(), text(package)],
        Uninstall { package } => vec!["uninstall".into(), text(package)],
        Service {
            name,
            running,
            enabled,
        } => vec!["service".into(), text(name), flag(*running), flag(*enabled)],
        Boot => vec!["boot".into()],
    }
}

fn read_act(written: &Value, names: &Names, cloud: &Cloud) -> Option<Act> {
    let text = |value: &Value| Some(names.read(value.as_str()?));
    let (kind, items) = written.as_map()?.iter().next()?;
    match (kind, items.as_list()?) {
        ("call", [service, operation, region, key, params, from_laptop]) => {
            let access_key_id = text(key)?;
            let iam = &cloud.account(ACCOUNT)?.iam;
            // The log names the key; its secret is the world's to know.
            let secret = std::iter::once(&iam.root_key)
                .chain(iam.users.values().flat_map(|user| &user.keys))
                .find(|it| it.id == access_key_id)
                .map(|it| it.secret.clone())
                .unwrap_or_default();
            let Value::Map(params) = names.read_value(params)? else {
                return None;
            };
            Some(Act::Call(Call {
                credentials: Credentials {
                    access_key_id,
                    secret_access_key: secret,
                },
                region: region.as_str()?.to_owned(),
                via: Via {
                    source: from_laptop.as_bool()?.then_some(LAPTOP_ADDRESS.into()),
                },
                service: service.as_str()?.to_owned(),
                operation: operation.as_str()?.to_owned(),
                params,
            }))
        }
        ("machine", [machine, rest @ ..]) => Some(Act::Machine {
            machine: Id::new(&text(machine)?),
            act: read_machine_act(rest, names)?,
        }),
        ("pass", [seconds]) => Some(Act::Pass {
            seconds: u64::try_from(seconds.as_int()?).ok()?,
        }),
        _ => None,
    }
}

fn read_machine_act(items: &[Value], names: &Names) -> Option<hopwise_machine::Act> {
    use hopwise_machine::Act::*;
    let text = |value: &Value| Some(names.read(value.as_str()?));
    let mode = |value: &Value| u16::try_from(value.as_int()?).ok();
    Some(match items {
        [kind, user, path, body, bits] if kind.as_str() == Some("write") => Write {
            user: text(user)?,
            path: text(path)?,
            bytes: match names.read_value(body)? {
                Value::Str(text) => text.into_bytes(),
                Value::Bytes(bytes) => bytes,
                _ => return None,
            },
            mode: match bits {
                Value::Null => None,
                bits => Some(mode(bits)?),
            },
        },
        [kind, a, b, c] => match kind.as_str()? {
            "mkdir" => MakeFolder {
                user: text(a)?,
                path: text(b)?,
                parents: c.as_bool()?,
            },
            "rm" => Remove {
                user: text(a)?,
                path: text(b)?,
                recursive: c.as_bool()?,
            },
            "mv" => Rename {
                user: text(a)?,
                from: text(b)?,
                to: text(c)?,
            },
            "chmod" => ChangeMode {
                user: text(a)?,
                path: text(b)?,
                mode: mode(c)?,
            },
            "chown" => ChangeOwner {
                user: text(a)?,
                path: text(b)?,
                owner: text(c)?,
            },
            "service" => Service {
                name: text(a)?,
                running: b.as_bool(),
                enabled: c.as_bool(),
            },
            _ => return None,
        },
        [kind, a] => match kind.as_str()? {
            "install" => Install { package: text(a)? },
            "uninstall" => Uninstall { package: text(a)? },
            _ => return None,
        },
        [kind] if kind.as_str() == Some("boot") => Boot,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hopwise_cloud::LAPTOP;

    fn built() -> World {
        let mut world = World::new(Genesis {
            seed: 42,
            default_vpc: false,
        });
        for line in [
            "VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
            "aws ec2 create-tags --resources $VPC --tags Key=mail,Value=ana@example.com",
            "SUBNET=$(aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.0.1.0/24 --query Subnet.SubnetId --output text)",
            "printf '#!/bin/bash\\necho up\\n' > boot.sh; chmod 600 boot.sh",
            "aws ec2 run-instances --image-id $al2023 --subnet-id $SUBNET --instance-type t3.micro --user-data file://boot.sh",
            "sleep 60",
            "aws iam create-user --user-name ana && aws iam create-access-key --user-name ana > key.json",
            "aws configure set aws_secret_access_key $(jq -r .AccessKey.SecretAccessKey key.json)",
            "aws s3 mb s3://lab-keys && aws s3 cp key.json s3://lab-keys/",
            "printf '\\xff\\xfe' > raw; aws s3 cp raw s3://lab-keys/ --content-type x/y",
            "aws ec2 create-key-pair --key-name k > pair.json; jq -r .KeyMaterial pair.json > k.pem",
        ] {
            let output = world.run_line(World::TERMINAL, line);
            assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
        }
        world
    }

    #[test]
    fn a_saved_world_loads_as_the_same_world() {
        let world = built();
        let saved = world.save();
        let (loaded, stopped) = World::load(&saved).unwrap();
        assert_eq!(stopped, None);
        assert_eq!(loaded.cloud().state_hash(), world.cloud().state_hash());
        assert_eq!(loaded.history().len(), world.history().len());
        assert_eq!(loaded.save(), saved);
    }

    #[test]
    fn a_log_holds_no_ids_and_no_secrets() {
        let world = built();
        let saved = world.save();
        let iam = &world.cloud().account(ACCOUNT).unwrap().iam;
        let key = &iam.user("ana").unwrap().keys[0];
        let pem = world.cloud().machine(LAPTOP).unwrap();
        let pem = pem.read("student", "/home/student/k.pem").unwrap();
        let pem = String::from_utf8(pem.to_vec()).unwrap();
        let mut secrets = vec![
            "vpc-0",
            "subnet-0",
            "AKIA",
            &iam.root_key.secret,
            &key.secret,
        ];
        secrets.extend(pem.lines().filter(|line| !line.starts_with('-')));
        assert_eq!(secrets.len(), 30);
        for secret in secrets {
            assert!(!saved.contains(secret), "{secret} in {saved}");
        }
        // Typed by hand they don't stay in the label either.
        let mut world = world.clone();
        let line = format!("AWS_SECRET_ACCESS_KEY={} ; echo x > x", key.secret);
        world.run_line(World::TERMINAL, &line);
        assert!(!world.save().contains(&key.secret));
        assert!(saved.contains("ana@@example.com"));
    }

    #[test]
    fn a_step_that_is_refused_on_replay_stops_there_and_is_told() {
        let world = built();
        let saved = world.save().replace("10.0.1.0/24", "10.9.1.0/24");
        let (loaded, stopped) = World::load(&saved).unwrap();
        let stopped = stopped.unwrap();
        assert_eq!(stopped.step, 3);
        assert_eq!(stopped.reason, "The CIDR '10.9.1.0/24' is invalid.");
        assert_eq!(stopped.rest.len(), 9);
        assert_eq!(loaded.history().len(), 2);
    }

    #[test]
    fn what_is_no_log_is_told_so() {
        let check = |text: &str, said: &str| {
            let error = World::load(text).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        };
        check("", "not a saved world");
        check("[]", "damaged at `hopwise`");
        check(r#"{"hopwise": 99}"#, "newer Hopwise (format 99");
        check(
            r#"{"hopwise": 1, "seed": "1", "default_vpc": false, "steps": [{}]}"#,
            "step 1",
        );
        let forged = r#"{"hopwise":1,"seed":"1","default_vpc":false,"steps":[{"label":"x","acts":[{"finish":[]}]}]}"#;
        check(forged, "step 1");
        check(&"[".repeat(100_000), "not a saved world");
    }
}

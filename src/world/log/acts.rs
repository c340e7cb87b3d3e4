//! Acts as they stand in a log.

use super::names::Names;
use hopwise_cloud::on_premises::Change;
use hopwise_cloud::{ACCOUNT, Act, Call, Cloud, Credentials, Id, LAPTOP_ADDRESS, Map, Value, Via};

fn row(items: Vec<Value>, kind: &'static str) -> Value {
    let mut map = Map::new();
    map.insert(kind, Value::List(items));
    Value::Map(map)
}

pub(super) fn write_act(act: &Act, names: &Names) -> Value {
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
        Act::OnPremises(change) => row(write_change(change, names), "network"),
        // Never in the log: it is recomputed on replay.
        Act::Finish { .. } => Value::Null,
    }
}

fn write_change(change: &Change, names: &Names) -> Vec<Value> {
    let text = |text: &str| Value::Str(names.write(text));
    let number = |number: usize| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
    match change {
        Change::Add {
            name,
            address,
            blocks,
        } => {
            let blocks = blocks.iter().map(|it| it.to_string().into()).collect();
            vec![
                "add".into(),
                text(name),
                address.to_string().into(),
                Value::List(blocks),
            ]
        }
        Change::Remove { name } => vec!["remove".into(), text(name)],
        Change::Host {
            name,
            host,
            address,
        } => {
            let address = address.map_or(Value::Null, |it| it.to_string().into());
            vec!["host".into(), text(name), text(host), address]
        }
        Change::Announce { name, block, on } => vec![
            "announce".into(),
            text(name),
            block.to_string().into(),
            Value::Bool(*on),
        ],
        Change::Plug {
            name,
            connection,
            on,
        } => vec![
            "plug".into(),
            text(name),
            text(connection.as_str()),
            Value::Bool(*on),
        ],
        Change::Tunnel {
            connection,
            tunnel,
            up,
        } => vec![
            "tunnel".into(),
            text(connection.as_str()),
            number(*tunnel),
            Value::Bool(*up),
        ],
        Change::Interface { interface, up } => vec![
            "interface".into(),
            text(interface.as_str()),
            Value::Bool(*up),
        ],
    }
}

fn read_change(items: &[Value], names: &Names) -> Option<Change> {
    let text = |value: &Value| Some(names.read(value.as_str()?));
    let id = |value: &Value| Some(Id::new(&text(value)?));
    let (kind, rest) = items.split_first()?;
    Some(match (kind.as_str()?, rest) {
        ("add", [name, address, blocks]) => Change::Add {
            name: text(name)?,
            address: address.as_str()?.parse().ok()?,
            blocks: (blocks.as_list()?.iter())
                .map(|it| it.as_str()?.parse().ok())
                .collect::<Option<_>>()?,
        },
        ("remove", [name]) => Change::Remove { name: text(name)? },
        ("host", [name, host, address]) => Change::Host {
            name: text(name)?,
            host: text(host)?,
            address: match address {
                Value::Null => None,
                address => Some(address.as_str()?.parse().ok()?),
            },
        },
        ("announce", [name, block, on]) => Change::Announce {
            name: text(name)?,
            block: block.as_str()?.parse().ok()?,
            on: on.as_bool()?,
        },
        ("plug", [name, connection, on]) => Change::Plug {
            name: text(name)?,
            connection: id(connection)?,
            on: on.as_bool()?,
        },
        ("tunnel", [connection, tunnel, up]) => Change::Tunnel {
            connection: id(connection)?,
            tunnel: usize::try_from(tunnel.as_int()?).ok()?,
            up: up.as_bool()?,
        },
        ("interface", [interface, up]) => Change::Interface {
            interface: id(interface)?,
            up: up.as_bool()?,
        },
        _ => return None,
    })
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

pub(super) fn read_act(written: &Value, names: &Names, cloud: &Cloud) -> Option<Act> {
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
        ("network", items) => Some(Act::OnPremises(read_change(items, names)?)),
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

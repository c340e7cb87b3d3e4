//! What a terminal holds besides its names and its lines: where one is logged in, the folder, the
//! variables, the options. Written as what changed, since most steps change a variable at most.

use super::names::Names;
use hopwise_cloud::{Map, Value};
use hopwise_shell::{Frame, Options, Variable};

/// A value that is longer, in bytes, is not kept: a log holds what somebody did, not what a program
/// printed.
const LONGEST_VALUE: usize = 16 << 10;
/// More variables of one login are not kept.
const MOST_VARIABLES: usize = 1_000;
/// The most logins above each other that are read.
const MOST_FRAMES: usize = 16;

/// What is to be done to the logins `before` for `after`; nothing where they are the same.
pub(super) fn write(before: &[Frame], after: &[Frame], names: &Names) -> Option<Value> {
    if before == after {
        return None;
    }
    let mut map = Map::new();
    match (before.split_last(), after.split_last()) {
        (Some((old, below)), Some((new, same)))
            if below == same && old.machine == new.machine && old.user == new.user =>
        {
            write_frame(old, new, names, &mut map);
        }
        _ => {
            let frames = after.iter().map(|frame| {
                let mut map = Map::new();
                map.insert("machine", Value::Str(names.write(&frame.machine)));
                map.insert("user", Value::Str(names.write(&frame.user)));
                let bare = bare(&frame.machine, &frame.user);
                write_frame(&bare, frame, names, &mut map);
                Value::Map(map)
            });
            map.insert("logins", Value::List(frames.collect()));
        }
    }
    (!map.is_empty()).then_some(Value::Map(map))
}

fn bare(machine: &str, user: &str) -> Frame {
    Frame {
        variables: Default::default(),
        folder: String::new(),
        ..Frame::new(machine, user, "/")
    }
}

fn write_frame(old: &Frame, new: &Frame, names: &Names, map: &mut Map) {
    if old.folder != new.folder {
        map.insert("folder", Value::Str(names.write(&new.folder)));
    }
    if old.options != new.options {
        map.insert("options", Value::from(letters(new.options).as_str()));
    }
    let mut set = Map::new();
    let kept = |variable: &Variable| variable.value.len() <= LONGEST_VALUE;
    for (name, variable) in new.variables.iter().filter(|(_, it)| kept(it)) {
        if old.variables.get(name) != Some(variable) && set.len() < MOST_VARIABLES {
            let value = Value::Str(names.write(&variable.value));
            let value = match variable.exported {
                true => Value::List(vec![value]),
                false => value,
            };
            set.insert(name.clone(), value);
        }
    }
    let gone = |name: &String| !new.variables.get(name).is_some_and(kept);
    for name in old.variables.keys().filter(|name| gone(name)) {
        set.insert(name.clone(), Value::Null);
    }
    if !set.is_empty() {
        map.insert("set", Value::Map(set));
    }
}

/// Does to the logins what [`write`] wrote; `None` where it is something else.
pub(super) fn read(frames: &mut Vec<Frame>, written: &Value, names: &Names) -> Option<()> {
    match written.get("logins") {
        None => read_frame(frames.last_mut()?, written, names),
        Some(logins) => {
            let logins = logins.as_list()?;
            if logins.is_empty() || logins.len() > MOST_FRAMES {
                return None;
            }
            let read = logins.iter().map(|login| {
                let text = |name: &str| Some(names.read(login.get(name)?.as_str()?));
                let mut frame = bare(&text("machine")?, &text("user")?);
                read_frame(&mut frame, login, names)?;
                Some(frame)
            });
            *frames = read.collect::<Option<_>>()?;
            Some(())
        }
    }
}

fn read_frame(frame: &mut Frame, written: &Value, names: &Names) -> Option<()> {
    if let Some(folder) = written.get("folder") {
        frame.folder = names.read(folder.as_str()?);
    }
    if let Some(options) = written.get("options") {
        let options = options.as_str()?;
        frame.options = Options {
            errexit: options.contains('e'),
            nounset: options.contains('u'),
            xtrace: options.contains('x'),
            pipefail: options.contains('p'),
        };
    }
    let Some(set) = written.get("set") else {
        return Some(());
    };
    for (name, value) in set.as_map()?.iter() {
        let (value, exported) = match value {
            Value::Null => {
                frame.variables.remove(name);
                continue;
            }
            Value::List(items) => (items.first()?.as_str()?, true),
            value => (value.as_str()?, false),
        };
        let value = names.read(value);
        let variable = Variable { value, exported };
        frame.variables.insert(name.to_owned(), variable);
    }
    Some(())
}

fn letters(options: Options) -> String {
    [
        ('e', options.errexit),
        ('u', options.nounset),
        ('x', options.xtrace),
        ('p', options.pipefail),
    ]
    .into_iter()
    .filter_map(|(letter, on)| on.then_some(letter))
    .collect()
}

//! A terminal's state: plain data, cloned with the world and undone with it.

use std::collections::BTreeMap;

/// The most lines of history kept.
const MOST_HISTORY: usize = 1000;

/// One terminal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Where one is: the laptop at the bottom, above it each `ssh`.
    pub frames: Vec<Frame>,
    /// The exit status of the last command, `$?`.
    pub status: i32,
    /// The lines so far.
    pub history: Vec<String>,
    /// Names that the lesson gives, seen as variables where there is none of the same name.
    pub names: BTreeMap<String, String>,
}

/// One login on one machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The machine's id, as the host knows it.
    pub machine: String,
    /// The user.
    pub user: String,
    /// The folder one is in.
    pub folder: String,
    /// Variables by name.
    pub variables: BTreeMap<String, Variable>,
    /// What `set` switched on.
    pub options: Options,
}

/// A shell variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variable {
    /// Its value.
    pub value: String,
    /// Do commands see it?
    pub exported: bool,
}

/// The options of `set`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// `-e`: stop at the first failure.
    pub errexit: bool,
    /// `-u`: an unset variable is an error.
    pub nounset: bool,
    /// `-x`: show each command before it runs.
    pub xtrace: bool,
    /// `-o pipefail`: a pipeline fails with any of its commands.
    pub pipefail: bool,
}

impl Frame {
    /// A login of `user` in their home folder.
    pub fn new(machine: impl Into<String>, user: impl Into<String>, home: &str) -> Self {
        let user = user.into();
        let mut frame = Frame {
            machine: machine.into(),
            user: user.clone(),
            folder: home.to_owned(),
            variables: BTreeMap::new(),
            options: Options::default(),
        };
        for (name, value) in [
            ("HOME", home),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("PWD", home),
            ("SHELL", "/bin/bash"),
            ("USER", &user),
        ] {
            frame.export(name, value);
        }
        frame
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(|variable| variable.value.as_str())
    }

    /// Sets a variable; one that is exported stays so.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let exported = self
            .variables
            .get(name)
            .is_some_and(|variable| variable.exported);
        let value = value.into();
        self.variables
            .insert(name.to_owned(), Variable { value, exported });
    }

    /// Sets a variable that commands see.
    pub fn export(&mut self, name: &str, value: impl Into<String>) {
        let variable = Variable {
            value: value.into(),
            exported: true,
        };
        self.variables.insert(name.to_owned(), variable);
    }

    /// The value of a variable that commands see.
    pub fn environment(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .filter(|variable| variable.exported)
            .map(|variable| variable.value.as_str())
    }
}

impl Session {
    /// A terminal on `machine`, signed in as `user` whose home is `home`.
    pub fn new(machine: &str, user: &str, home: &str) -> Self {
        Session {
            frames: vec![Frame::new(machine, user, home)],
            status: 0,
            history: Vec::new(),
            names: BTreeMap::new(),
        }
    }

    /// The prompt to show: `student@laptop:~$ `.
    pub fn prompt(&self, hostname: &str) -> String {
        let Some(frame) = self.frames.last() else {
            return "$ ".to_owned();
        };
        let home = frame.get("HOME").unwrap_or_default();
        let folder = match frame.folder.strip_prefix(home) {
            Some(rest) if !home.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
                format!("~{rest}")
            }
            _ => frame.folder.clone(),
        };
        let sign = if frame.user == "root" { '#' } else { '$' };
        format!("{}@{hostname}:{folder}{sign} ", frame.user)
    }

    pub(crate) fn remember(&mut self, line: &str) {
        let line = line.trim_end();
        if line.is_empty() || self.history.last().is_some_and(|last| last == line) {
            return;
        }
        self.history.push(line.to_owned());
        if self.history.len() > MOST_HISTORY {
            self.history.remove(0);
        }
    }
}

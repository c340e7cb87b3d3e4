//! Carrying out a parsed line: pipelines, redirections, loops, and what commands may use.

use std::rc::Rc;

use hopwise_cloud::Id;
use hopwise_machine::{Act, FileError, Machine, Node, normalize};

use crate::commands::{self, Call};
use crate::host::Host;
use crate::language::parser::{self, Fault};
use crate::language::pattern;
use crate::language::syntax::{
    Body, Command, Joint, Piece, Pipeline, Redirect, RedirectKind, Script, Word,
};
use crate::session::{Frame, Session};

/// How many steps (commands, expansions, lines handled) one line may take.
const STEPS: usize = 200_000;
/// How many bytes one line may move: printed, piped, substituted or written.
const BYTES: usize = 8 << 20;
/// The deepest nesting while running.
const DEEPEST: usize = 100;
/// What a writer into a pipe writes before the pipe counts as full and closed.
pub(crate) const PIPE: usize = 64 << 10;

/// Something the page should do after a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Clear the terminal.
    Clear,
    /// Undo the last act.
    Undo,
    /// Redo what was undone.
    Redo,
    /// A word for the lesson, e.g. `check` or `hint`.
    Lesson(String),
}

/// Where something was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// What a line did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// All that was printed to standard output.
    pub stdout: String,
    /// All that was printed to standard error.
    pub stderr: String,
    /// Both in the order they were printed, since the screen was cleared last.
    pub pieces: Vec<(Stream, String)>,
    /// The exit status.
    pub exit: i32,
    /// What the page should do, in order.
    pub effects: Vec<Effect>,
    /// A command waits for a line from the keyboard: run the line again from the snapshot, with
    /// one more line in [`Terminal::typed`].
    pub waits: bool,
}

/// The keyboard and screen at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// What was typed while the line ran.
    pub typed: String,
    /// Will nothing more be typed? Then reading ends instead of waiting.
    pub closed: bool,
    /// How wide the screen is, in characters.
    pub width: usize,
}

impl Default for Terminal {
    /// No keyboard, 80 characters wide.
    fn default() -> Self {
        Terminal {
            typed: String::new(),
            closed: true,
            width: 80,
        }
    }
}

/// Where a command reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Terminal,
    Empty,
    Held(usize),
}

/// Where a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    Out,
    Err,
    Null,
    Held(usize),
}

/// A command's input, output and error output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Io {
    pub(crate) input: Source,
    pub(crate) out: Sink,
    pub(crate) err: Sink,
    /// Does `out` lead into a pipe?
    pub(crate) piped: bool,
}

/// Why a line stops before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It used up what one line may use; with a sentence.
    Fuel(String),
    /// A command waits for the keyboard.
    Waits,
    /// `exit`.
    Exit(i32),
    /// `break` out of so many loops.
    Break(usize),
    /// `continue` with the so-manieth loop.
    Continue(usize),
    /// An expansion failed; with bash's words.
    Bad(String),
}

/// Bytes on their way: a pipe, a file being written, a here-document.
#[derive(Debug, Default)]
struct Held {
    bytes: Vec<u8>,
    place: usize,
}

/// A running line: what commands read, print and change.
pub struct Shell<'a> {
    pub(crate) host: &'a mut dyn Host,
    pub(crate) session: &'a mut Session,
    pub(crate) terminal: &'a Terminal,
    pub(crate) effects: Vec<Effect>,
    typed: usize,
    held: Vec<Held>,
    printed: Vec<(Stream, Vec<u8>)>,
    /// How many of these stood there when the screen was cleared last.
    cleared: usize,
    steps: usize,
    bytes: usize,
    depth: usize,
    /// In a condition, where a failure does not end the line under `set -e`.
    forgiving: usize,
    spare: Frame,
}

impl std::fmt::Debug for Shell<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Shell").finish_non_exhaustive()
    }
}

/// Does the text need more lines before it can run (an open quote, here-document or loop)?
pub fn incomplete(text: &str) -> bool {
    matches!(parser::parse(text), Err(Fault::Incomplete(_)))
}

/// Runs a line (or several) in `session` against `host`.
///
/// An incomplete text is answered as bash answers a script that ends there; a terminal asks
/// [`incomplete`] first.
pub fn run(text: &str, session: &mut Session, host: &mut dyn Host, terminal: &Terminal) -> Output {
    if session.frames.is_empty() {
        return Output {
            exit: 1,
            ..Output::default()
        };
    }
    session.remember(text);
    let mut shell = Shell::at(session, host, terminal);
    let io = Io {
        input: Source::Terminal,
        out: Sink::Out,
        err: Sink::Err,
        piped: false,
    };
    let mut waits = false;
    let exit = match parser::parse(text) {
        Ok(script) => match shell.script(&script, io) {
            Ok(status) => status,
            Err(Stop::Waits) => {
                waits = true;
                0
            }
            Err(stop) => shell.ended(stop),
        },
        Err(Fault::Incomplete(words) | Fault::Syntax(words)) => {
            shell.print(Stream::Err, format!("bash: {words}\n").as_bytes());
            2
        }
        Err(Fault::Refused(sentence)) => {
            shell.print(Stream::Err, format!("bash: {sentence}\n").as_bytes());
            2
        }
    };
    shell.session.status = exit;
    let mut output = Output {
        exit,
        waits,
        effects: shell.effects,
        ..Output::default()
    };
    for (place, (stream, bytes)) in shell.printed.into_iter().enumerate() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match stream {
            Stream::Out => output.stdout.push_str(&text),
            Stream::Err => output.stderr.push_str(&text),
        }
        if place >= shell.cleared {
            output.pieces.push((stream, text));
        }
    }
    output
}

impl<'a> Shell<'a> {
    /// A shell that has run nothing yet.
    pub(crate) fn at(
        session: &'a mut Session,
        host: &'a mut dyn Host,
        terminal: &'a Terminal,
    ) -> Self {
        Shell {
            host,
            session,
            terminal,
            effects: Vec::new(),
            typed: 0,
            held: Vec::new(),
            printed: Vec::new(),
            cleared: 0,
            steps: STEPS,
            bytes: BYTES,
            depth: 0,
            forgiving: 0,
            spare: Frame::new("", "nobody", "/"),
        }
    }
}

impl Shell<'_> {
    fn ended(&mut self, stop: Stop) -> i32 {
        match stop {
            Stop::Exit(status) => status,
            Stop::Fuel(sentence) => {
                self.print(
                    Stream::Err,
                    format!("bash: stopped: {sentence}\n").as_bytes(),
                );
                137
            }
            Stop::Bad(words) => {
                self.print(Stream::Err, format!("bash: {words}\n").as_bytes());
                1
            }
            Stop::Waits | Stop::Break(_) | Stop::Continue(_) => 0,
        }
    }

    // What commands use.

    /// The login one is in.
    pub fn frame(&self) -> &Frame {
        // INVARIANT: `run` starts with a frame and no command removes the last one; the spare one
        // only satisfies the types.
        self.session.frames.last().unwrap_or(&self.spare)
    }

    /// The login one is in, to change it.
    pub fn frame_mut(&mut self) -> &mut Frame {
        self.session.frames.last_mut().unwrap_or(&mut self.spare)
    }

    /// The machine one is on, if it is still there.
    pub fn machine(&self) -> Option<&Machine> {
        self.host.cloud().machine(&self.frame().machine)
    }

    /// The world.
    pub fn host(&mut self) -> &mut dyn Host {
        self.host
    }

    /// The absolute path that a path means here.
    pub fn path(&self, path: &str) -> String {
        normalize(&self.frame().folder, path)
    }

    /// The file or folder at a path.
    pub fn node(&self, path: &str) -> Option<&Node> {
        self.machine()?.node(&self.path(path))
    }

    /// What a file holds.
    pub fn read_file(&self, path: &str) -> Result<Rc<[u8]>, FileError> {
        if path == "/dev/null" {
            return Ok(Rc::from([]));
        }
        let machine = self.machine().ok_or(FileError::NotFound)?;
        machine.read(&self.frame().user, &self.path(path))
    }

    /// Makes or replaces a file.
    pub fn write_file(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), String> {
        if path == "/dev/null" {
            return Ok(());
        }
        let act = Act::Write {
            user: self.frame().user.clone(),
            path: self.path(path),
            bytes,
            mode: None,
        };
        self.change(act)
    }

    /// Changes the machine one is on; inside, its operating system's words for why it can't.
    pub fn change(&mut self, act: Act) -> Result<(), String> {
        let machine = Id::new(&self.frame().machine);
        match self
            .host
            .apply(hopwise_cloud::Act::Machine { machine, act })
        {
            Ok(_) => Ok(()),
            Err(fault) => Err(fault.message),
        }
    }

    /// Passes simulated time and lets AWS finish what it does meanwhile.
    pub fn pass(&mut self, seconds: u64) {
        // Passing time is never refused.
        let _ = self.host.apply(hopwise_cloud::Act::Pass { seconds });
        self.host.settle();
    }

    /// Takes one step of fuel.
    pub fn step(&mut self) -> Result<(), Stop> {
        self.steps = self.steps.checked_sub(1).ok_or_else(|| {
            Stop::Fuel(
                "this line takes more steps than the sandbox allows (an endless loop?)".to_owned(),
            )
        })?;
        Ok(())
    }

    /// Takes fuel for bytes that are moved.
    pub(crate) fn spend(&mut self, bytes: usize) -> Result<(), Stop> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(|| {
            Stop::Fuel("this line makes more output than the sandbox allows".to_owned())
        })?;
        Ok(())
    }

    /// Clears the screen: what was printed so far is not seen any more.
    pub(crate) fn clear(&mut self) {
        self.cleared = self.printed.len();
        self.effects.push(Effect::Clear);
    }

    fn print(&mut self, stream: Stream, bytes: &[u8]) {
        let seen = self.printed.len() > self.cleared;
        match self.printed.last_mut() {
            Some((last, text)) if seen && *last == stream => text.extend_from_slice(bytes),
            _ => self.printed.push((stream, bytes.to_vec())),
        }
    }

    fn put(&mut self, sink: Sink, bytes: &[u8]) -> Result<(), Stop> {
        self.spend(bytes.len())?;
        match sink {
            Sink::Out => self.print(Stream::Out, bytes),
            Sink::Err => self.print(Stream::Err, bytes),
            Sink::Null => {}
            Sink::Held(slot) => {
                if let Some(held) = self.held.get_mut(slot) {
                    held.bytes.extend_from_slice(bytes);
                }
            }
        }
        Ok(())
    }

    /// Prints text to standard output.
    pub fn say(&mut self, io: Io, text: &str) -> Result<(), Stop> {
        self.put(io.out, text.as_bytes())
    }

    /// Prints bytes to standard output.
    pub fn say_bytes(&mut self, io: Io, bytes: &[u8]) -> Result<(), Stop> {
        self.put(io.out, bytes)
    }

    /// Prints a line to standard error.
    pub fn complain(&mut self, io: Io, text: &str) -> Result<(), Stop> {
        self.put(io.err, format!("{text}\n").as_bytes())
    }

    /// Prints text to standard error as it is.
    pub(crate) fn complain_plain(&mut self, io: Io, text: &str) -> Result<(), Stop> {
        self.put(io.err, text.as_bytes())
    }

    /// All that is left to read.
    pub fn read_all(&mut self, io: Io) -> Result<Vec<u8>, Stop> {
        match io.input {
            Source::Empty => Ok(Vec::new()),
            Source::Held(slot) => Ok(self
                .held
                .get_mut(slot)
                .map(|held| {
                    let rest = held.bytes.get(held.place..).unwrap_or_default().to_vec();
                    held.place = held.bytes.len();
                    rest
                })
                .unwrap_or_default()),
            Source::Terminal if self.terminal.closed => {
                let rest = self
                    .terminal
                    .typed
                    .as_bytes()
                    .get(self.typed..)
                    .unwrap_or_default()
                    .to_vec();
                self.typed = self.terminal.typed.len();
                Ok(rest)
            }
            Source::Terminal => Err(Stop::Waits),
        }
    }

    /// The next line without its newline, and whether it had one; none at the end.
    pub fn read_line(&mut self, io: Io) -> Result<Option<(String, bool)>, Stop> {
        let (bytes, place): (&[u8], &mut usize) = match io.input {
            Source::Empty => return Ok(None),
            Source::Held(slot) => match self.held.get_mut(slot) {
                Some(Held { bytes, place }) => (bytes, place),
                None => return Ok(None),
            },
            Source::Terminal => (self.terminal.typed.as_bytes(), &mut self.typed),
        };
        let rest = bytes.get(*place..).unwrap_or_default();
        let newline = rest.iter().position(|&byte| byte == b'\n');
        if newline.is_none() && io.input == Source::Terminal && !self.terminal.closed {
            return Err(Stop::Waits);
        }
        if rest.is_empty() {
            return Ok(None);
        }
        let line = rest.get(..newline.unwrap_or(rest.len())).unwrap_or(rest);
        *place += line.len() + usize::from(newline.is_some());
        let line = String::from_utf8_lossy(line).into_owned();
        self.spend(line.len())?;
        Ok(Some((line, newline.is_some())))
    }

    fn hold(&mut self, bytes: Vec<u8>) -> Result<usize, Stop> {
        self.spend(bytes.len())?;
        self.held.push(Held { bytes, place: 0 });
        Ok(self.held.len() - 1)
    }

    /// An input that holds `bytes`.
    pub(crate) fn source(&mut self, bytes: Vec<u8>) -> Result<Source, Stop> {
        self.hold(bytes).map(Source::Held)
    }

    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        if self.depth >= DEEPEST {
            return Err(Stop::Fuel(
                "this line is nested too deeply for the sandbox".to_owned(),
            ));
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    // The language.

    pub(crate) fn script(&mut self, script: &Script, io: Io) -> Result<i32, Stop> {
        self.deeper(|shell| {
            let mut status = 0;
            for step in &script.steps {
                let last = step.rest.len();
                shell.forgiving += usize::from(last > 0);
                let first = shell.pipeline(&step.first, io);
                shell.forgiving -= usize::from(last > 0);
                status = first?;
                let mut ran_last = last == 0;
                for (at, (joint, pipeline)) in step.rest.iter().enumerate() {
                    if (*joint == Joint::And) == (status == 0) {
                        let forgive = at + 1 < last;
                        shell.forgiving += usize::from(forgive);
                        let result = shell.pipeline(pipeline, io);
                        shell.forgiving -= usize::from(forgive);
                        status = result?;
                        ran_last = !forgive;
                    }
                }
                let negated = step
                    .rest
                    .last()
                    .map_or(&step.first, |(_, last)| last)
                    .negated;
                if status != 0
                    && shell.frame().options.errexit
                    && shell.forgiving == 0
                    && ran_last
                    && !negated
                {
                    return Err(Stop::Exit(status));
                }
            }
            Ok(status)
        })
    }

    fn pipeline(&mut self, pipeline: &Pipeline, io: Io) -> Result<i32, Stop> {
        let mut status = 0;
        if let [command] = pipeline.commands.as_slice() {
            status = self.command(command, io)?;
        } else {
            let last = pipeline.commands.len().saturating_sub(1);
            let mut input = io.input;
            let mut failed = 0;
            for (at, command) in pipeline.commands.iter().enumerate() {
                let mut stage = Io { input, ..io };
                if at < last {
                    let slot = self.hold(Vec::new())?;
                    stage.out = Sink::Held(slot);
                    stage.piped = true;
                    input = Source::Held(slot);
                }
                // Each command of a pipeline runs in a shell of its own.
                status = self.apart(|shell| shell.command(command, stage))?;
                if status != 0 {
                    failed = status;
                }
            }
            if self.frame().options.pipefail && failed != 0 {
                status = failed;
            }
        }
        if pipeline.negated {
            status = i32::from(status == 0);
        }
        self.session.status = status;
        Ok(status)
    }

    /// Runs something in a copy of the shell: what it sets is forgotten, `exit` ends only it.
    fn apart(&mut self, run: impl FnOnce(&mut Self) -> Result<i32, Stop>) -> Result<i32, Stop> {
        let before = self.frame().clone();
        let frames = self.session.frames.len();
        let result = self.deeper(run);
        if self.session.frames.len() == frames {
            *self.frame_mut() = before;
        }
        match result {
            Err(Stop::Exit(status)) => Ok(status),
            Err(Stop::Bad(words)) => {
                self.print(Stream::Err, format!("bash: {words}\n").as_bytes());
                Ok(1)
            }
            other => other,
        }
    }

    /// What a script prints, without the newlines at the end.
    pub(crate) fn substitute(&mut self, script: &Script, io: Io) -> Result<String, Stop> {
        let slot = self.hold(Vec::new())?;
        let inner = Io {
            out: Sink::Held(slot),
            piped: false,
            ..io
        };
        let status = self.apart(|shell| shell.script(script, inner))?;
        self.session.status = status;
        let bytes = self
            .held
            .get_mut(slot)
            .map(|held| std::mem::take(&mut held.bytes))
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).replace('\0', "");
        Ok(text.trim_end_matches('\n').to_owned())
    }

    fn command(&mut self, command: &Command, io: Io) -> Result<i32, Stop> {
        self.step()?;
        let mut io = io;
        let mut files = Vec::new();
        for redirect in &command.redirects {
            if let Err(words) = self.redirect(redirect, &mut io, &mut files)? {
                self.complain(io, &format!("bash: {words}"))?;
                return Ok(1);
            }
        }
        let result = self.body(&command.body, io);
        for (slot, path, append) in files {
            let mut bytes = Vec::new();
            if append && let Ok(before) = self.read_file(&path) {
                bytes.extend_from_slice(&before);
            }
            if let Some(held) = self.held.get_mut(slot) {
                bytes.append(&mut held.bytes);
            }
            if let Err(error) = self.write_file(&path, bytes) {
                self.complain(io, &format!("bash: {path}: {error}"))?;
                return Ok(1);
            }
        }
        result
    }

    /// Opens what a redirection names; inside, bash's words for why it can't.
    fn redirect(
        &mut self,
        redirect: &Redirect,
        io: &mut Io,
        files: &mut Vec<(usize, String, bool)>,
    ) -> Result<Result<(), String>, Stop> {
        let number = redirect.number;
        match &redirect.kind {
            RedirectKind::Text(word) => {
                let text = self.text(word, *io)?;
                io.input = self.source(text.into_bytes())?;
            }
            RedirectKind::Copy(target) => {
                let sink = if *target == 2 { io.err } else { io.out };
                if number == Some(2) {
                    io.err = sink;
                } else {
                    io.out = sink;
                }
            }
            RedirectKind::Read(word) => {
                let path = self.text(word, *io)?;
                match self.read_file(&path) {
                    Ok(bytes) => io.input = self.source(bytes.to_vec())?,
                    Err(error) => return Ok(Err(format!("{path}: {error}"))),
                }
            }
            RedirectKind::Write(word)
            | RedirectKind::Append(word)
            | RedirectKind::Both { word, .. } => {
                let append = match &redirect.kind {
                    RedirectKind::Append(_) => true,
                    RedirectKind::Both { append, .. } => *append,
                    _ => false,
                };
                let path = self.text(word, *io)?;
                let sink = if path == "/dev/null" {
                    Sink::Null
                } else if path == "/dev/stdout" {
                    io.out
                } else if path == "/dev/stderr" {
                    io.err
                } else {
                    let present = if append {
                        self.read_file(&path)
                    } else {
                        Err(FileError::NotFound)
                    };
                    let opened = match present {
                        // Writing back what is there shows whether one may write.
                        Ok(bytes) => self.write_file(&path, bytes.to_vec()),
                        Err(_) if path.is_empty() => Err(FileError::NotFound.to_string()),
                        Err(_) => self.write_file(&path, Vec::new()),
                    };
                    if let Err(error) = opened {
                        return Ok(Err(format!("{path}: {error}")));
                    }
                    let slot = self.hold(Vec::new())?;
                    files.push((slot, self.path(&path), append));
                    Sink::Held(slot)
                };
                match (&redirect.kind, number) {
                    (RedirectKind::Both { .. }, _) => {
                        io.out = sink;
                        io.err = sink;
                    }
                    (_, Some(2)) => io.err = sink,
                    (_, None | Some(1)) => io.out = sink,
                    _ => {
                        return Ok(Err(
                            "only 0, 1 and 2 can be redirected in this shell".to_owned()
                        ));
                    }
                }
                io.piped &= io.out != sink;
            }
        }
        Ok(Ok(()))
    }

    fn condition(&mut self, script: &Script, io: Io) -> Result<i32, Stop> {
        self.forgiving += 1;
        let result = self.script(script, io);
        self.forgiving -= 1;
        result
    }

    fn body(&mut self, body: &Body, io: Io) -> Result<i32, Stop> {
        match body {
            Body::Simple { assignments, words } => self.simple(assignments, words, io),
            Body::Group(script) => self.script(script, io),
            Body::Subshell(script) => self.apart(|shell| shell.script(script, io)),
            Body::If { arms, otherwise } => {
                for (condition, body) in arms {
                    if self.condition(condition, io)? == 0 {
                        return self.script(body, io);
                    }
                }
                match otherwise {
                    Some(body) => self.script(body, io),
                    None => Ok(0),
                }
            }
            Body::For { name, words, body } => {
                let mut status = 0;
                for field in self.fields(words, io)? {
                    self.frame_mut().set(name, field);
                    match self.script(body, io) {
                        Ok(ended) => status = ended,
                        Err(stop) => {
                            if let Some(ended) = looped(stop)? {
                                return Ok(ended);
                            }
                        }
                    }
                }
                Ok(status)
            }
            Body::While {
                until,
                condition,
                body,
            } => {
                let mut status = 0;
                while (self.condition(condition, io)? == 0) != *until {
                    self.step()?;
                    match self.script(body, io) {
                        Ok(ended) => status = ended,
                        Err(stop) => {
                            if let Some(ended) = looped(stop)? {
                                return Ok(ended);
                            }
                        }
                    }
                }
                Ok(status)
            }
            Body::Case { subject, arms } => {
                let subject: Vec<char> = self.text(subject, io)?.chars().collect();
                for (patterns, body) in arms {
                    for word in patterns {
                        let pattern = self.pattern(word, io)?;
                        if pattern::matches(&pattern, &subject) {
                            return self.script(body, io);
                        }
                    }
                }
                Ok(0)
            }
            Body::Test(words) => commands::test::double(self, words, io),
            Body::Arithmetic(word) => match self.arithmetic(word, io) {
                Ok(value) => Ok(i32::from(value == 0)),
                Err(Stop::Bad(words)) => {
                    self.complain(io, &format!("bash: ((: {words}"))?;
                    Ok(1)
                }
                Err(stop) => Err(stop),
            },
        }
    }

    fn simple(
        &mut self,
        assignments: &[(String, Word)],
        words: &[Word],
        io: Io,
    ) -> Result<i32, Stop> {
        let before = self.session.status;
        let fields = self.fields(words, io)?;
        if fields.is_empty() {
            // Only a substitution in the values sets the status.
            let mut status = 0;
            for (name, word) in assignments {
                self.session.status = before;
                let value = self.text(word, io)?;
                if word
                    .pieces
                    .iter()
                    .any(|piece| matches!(piece, Piece::Command { .. }))
                {
                    status = self.session.status;
                }
                self.trace(&[format!("{name}={value}")], io)?;
                self.assign(name, value);
            }
            return Ok(status);
        }
        let mut set = Vec::new();
        for (name, word) in assignments {
            set.push((name.clone(), self.text(word, io)?));
        }
        self.trace(&fields, io)?;
        let saved: Vec<_> = set
            .iter()
            .map(|(name, _)| (name.clone(), self.frame().variables.get(name).cloned()))
            .collect();
        let frames = self.session.frames.len();
        for (name, value) in set {
            self.frame_mut().export(&name, value);
        }
        self.session.status = before;
        let result = self.execute(&fields, io);
        if self.session.frames.len() == frames {
            for (name, variable) in saved {
                let variables = &mut self.frame_mut().variables;
                match variable {
                    Some(variable) => variables.insert(name, variable),
                    None => variables.remove(&name),
                };
            }
        }
        result
    }

    /// Runs the lines of a script here.
    pub(crate) fn lines(&mut self, text: &str, io: Io) -> Result<i32, Stop> {
        match parser::parse(text) {
            Ok(script) => self.script(&script, io),
            Err(Fault::Incomplete(words) | Fault::Syntax(words) | Fault::Refused(words)) => {
                self.complain(io, &format!("bash: {words}"))?;
                Ok(2)
            }
        }
    }

    /// Runs the lines of a script in a shell of their own.
    pub(crate) fn own_lines(&mut self, text: &str, io: Io) -> Result<i32, Stop> {
        self.apart(|shell| shell.lines(text, io))
    }

    pub(crate) fn assign(&mut self, name: &str, value: String) {
        self.frame_mut().set(name, value);
    }

    fn trace(&mut self, fields: &[String], io: Io) -> Result<(), Stop> {
        if !self.frame().options.xtrace {
            return Ok(());
        }
        let shown: Vec<String> = fields
            .iter()
            .map(|field| commands::shell_quoted(field))
            .collect();
        self.complain(io, &format!("+ {}", shown.join(" ")))
    }

    /// Runs a command by its fields.
    pub(crate) fn execute(&mut self, fields: &[String], io: Io) -> Result<i32, Stop> {
        self.step()?;
        let Some((name, args)) = fields.split_first() else {
            return Ok(0);
        };
        let call = Call { name, args, io };
        match commands::find(name) {
            Some(command) => self.deeper(|shell| (command.run)(shell, &call)),
            None => {
                let words = commands::unknown(self, name);
                self.complain(io, &words)?;
                Ok(if self.node(name).is_some() && name.contains('/') {
                    126
                } else {
                    127
                })
            }
        }
    }
}

/// A loop's body stopped: `break` and `continue` end here, one level of each.
fn looped(stop: Stop) -> Result<Option<i32>, Stop> {
    match stop {
        Stop::Break(1) => Ok(Some(0)),
        Stop::Break(levels) => Err(Stop::Break(levels - 1)),
        Stop::Continue(1) => Ok(None),
        Stop::Continue(levels) => Err(Stop::Continue(levels - 1)),
        stop => Err(stop),
    }
}

//! What a line that is being typed may go on with.
//!
//! [`complete`] reads the line up to the cursor, finds out what stands there (a command, an
//! operation, an option, a value, a variable, a file), and offers what the tables and the world
//! have for it. It changes nothing: what exists is asked through the same door as any `describe`,
//! with the rights of who asks, on a copy.

#[cfg(test)]
mod tests;
mod words;

use hopwise_cloud::{Act, Answer, Cloud, Fault};
use hopwise_machine::{Node, Os, packages};

use crate::commands::{COMMANDS, offers, shell_quoted};
use crate::host::Host;
use crate::session::Session;
use crate::shell::{Shell, Terminal};
pub(crate) use words::Begun;

/// A longer line is not looked at, in bytes.
const LONGEST: usize = 20_000;
/// No more than this is offered at once.
const MOST: usize = 200;

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What takes the place of the part that was begun.
    pub text: String,
    /// What it is, in one line; may be empty.
    pub description: String,
    /// Does the word go on after it (`Name=`, a folder)? Else a space follows.
    pub goes_on: bool,
}

impl Candidate {
    pub(crate) fn new(text: impl Into<String>, description: impl Into<String>) -> Self {
        Candidate {
            text: text.into(),
            description: description.into(),
            goes_on: false,
        }
    }

    pub(crate) fn on(text: impl Into<String>, description: impl Into<String>) -> Self {
        Candidate {
            goes_on: true,
            ..Candidate::new(text, description)
        }
    }
}

/// All ways to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Where the part begins that a candidate takes the place of, in bytes of the line.
    pub start: usize,
    /// Where it ends: at the cursor.
    pub end: usize,
    /// The candidates, best first.
    pub candidates: Vec<Candidate>,
    /// How many more there are.
    pub more: usize,
}

impl Completions {
    /// What all candidates begin with, if that is more than what is typed already. Where nothing is
    /// typed and there is a choice, the choice comes first.
    pub fn common(&self, line: &str) -> Option<String> {
        let (first, rest) = self.candidates.split_first()?;
        if self.start == self.end && !rest.is_empty() {
            return None;
        }
        let mut common = first.text.as_str();
        for other in rest {
            let same = common.char_indices().zip(other.text.chars());
            let differs = same.clone().find(|((_, a), b)| a != b);
            let end = differs.map_or(common.len().min(other.text.len()), |((at, _), _)| at);
            common = common.get(..end)?;
        }
        let typed = line.get(self.start..self.end)?;
        (common.len() > typed.len() && common.starts_with(typed)).then(|| common.to_owned())
    }
}

/// What is offered for the part of a word from its so-manieth letter on.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    /// The letters before it stay.
    pub(crate) from: usize,
    pub(crate) candidates: Vec<Candidate>,
    /// Are they what the cloud has? Then a `Name` leads to its id.
    pub(crate) things: bool,
}

impl Offer {
    pub(crate) fn new(from: usize, candidates: Vec<Candidate>) -> Self {
        Offer {
            from,
            candidates,
            things: false,
        }
    }

    pub(crate) fn things(from: usize, candidates: Vec<Candidate>) -> Self {
        Offer {
            things: true,
            ..Offer::new(from, candidates)
        }
    }
}

/// The world as completion sees it: a copy, so that looking changes nothing.
struct Looker(Cloud);

impl Host for Looker {
    fn cloud(&self) -> &Cloud {
        &self.0
    }

    fn apply(&mut self, act: Act) -> Result<Answer, Fault> {
        self.0.apply(&act)
    }

    fn settle(&mut self) {}
}

/// What `line` may go on with at `cursor`, a place in bytes.
pub fn complete(cloud: &Cloud, session: &Session, line: &str, cursor: usize) -> Completions {
    let nothing = Completions::default();
    let Some(before) = line.get(..cursor.min(line.len())) else {
        return nothing;
    };
    if before.len() > LONGEST || session.frames.is_empty() {
        return nothing;
    }
    let Some(begun) = words::begun(before) else {
        return nothing;
    };
    let mut looker = Looker(cloud.clone());
    let mut session = session.clone();
    let terminal = Terminal::default();
    let mut shell = Shell::at(&mut session, &mut looker, &terminal);
    if let Some(start) = begun.variable {
        return variables(&mut shell, &begun, before, start);
    }
    let offer = offer(&mut shell, &begun);
    let typed: String = begun.text().chars().skip(offer.from).collect();
    let start = begun.place(offer.from, before.len());
    let mut completions = choose(offer, &typed, start, before.len());
    for candidate in &mut completions.candidates {
        if begun.quote.is_none() && needs_quotes(&candidate.text) {
            candidate.text = shell_quoted(&candidate.text);
        }
    }
    completions
}

/// Would a shell read it as more than a word? What completion itself writes (`Name=`, `a{`) is
/// none of it.
fn needs_quotes(text: &str) -> bool {
    text.contains([
        ' ', '\'', '"', '$', '&', '|', ';', '<', '>', '(', ')', '*', '?', '`', '\\',
    ])
}

/// Keeps what begins as was typed; if nothing does, what holds it.
fn choose(offer: Offer, typed: &str, start: usize, end: usize) -> Completions {
    let small = typed.to_lowercase();
    let begins = |it: &Candidate| {
        it.text.starts_with(typed)
            || offer.things && it.description.to_lowercase().starts_with(&small)
    };
    let holds = |it: &Candidate| {
        it.text.to_lowercase().contains(&small)
            || offer.things && it.description.to_lowercase().contains(&small)
    };
    let mut found: Vec<Candidate> = offer
        .candidates
        .iter()
        .filter(|it| begins(it))
        .cloned()
        .collect();
    if found.is_empty() && small.len() > 1 {
        found = offer
            .candidates
            .iter()
            .filter(|it| holds(it))
            .cloned()
            .collect();
    }
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    Completions {
        start,
        end,
        candidates: found,
        more,
    }
}

fn offer(shell: &mut Shell<'_>, begun: &Begun) -> Offer {
    let text = begun.text();
    if begun.redirect {
        return files(shell, &text, 0, false);
    }
    let Some((command, args)) = begun.words.split_first() else {
        if text.contains('/') || text.starts_with(['.', '~']) {
            return files(shell, &text, 0, false);
        }
        return Offer::new(0, commands());
    };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match (command.as_str(), args.as_slice()) {
        ("aws", _) => crate::aws::complete(shell, &args, &text),
        ("help" | "type" | "which", _) => Offer::new(0, commands()),
        ("systemctl", []) => plain(&["start", "stop", "restart", "enable", "disable", "status"]),
        ("service", [_]) => plain(&["start", "stop", "restart", "status"]),
        ("systemctl", [..]) | ("service", []) => services(shell),
        ("dnf" | "yum", []) => plain(&["install", "remove", "update"]),
        ("apt" | "apt-get", []) => plain(&["install", "remove", "update"]),
        ("dnf" | "yum" | "apt" | "apt-get", ["install" | "remove", ..]) => {
            let os = match command.starts_with("apt") {
                true => Os::Ubuntu,
                false => Os::AmazonLinux2023,
            };
            let all = packages().iter().filter(|it| offers(os, it.name));
            Offer::new(
                0,
                all.map(|it| Candidate::new(it.name, it.version)).collect(),
            )
        }
        ("unset" | "export", _) => {
            let all = names(shell).into_iter();
            Offer::new(
                0,
                all.map(|(name, value)| Candidate::new(name, value))
                    .collect(),
            )
        }
        ("hopwise", []) => plain(&["bgp", "may", "network", "trace", "tunnel"]),
        ("hopwise", ["bgp" | "network" | "tunnel", ..]) => outside(shell, &args),
        ("hopwise", ["trace", rest @ ..]) => trace(shell, rest, &text),
        ("ping" | "curl" | "nc", _) if !text.starts_with(['-', '/', '@']) => {
            Offer::things(0, crate::aws::addresses(shell))
        }
        ("cd" | "rmdir", _) => files(shell, &text, 0, true),
        _ => files(shell, &text, 0, false),
    }
}

fn commands() -> Vec<Candidate> {
    let named = COMMANDS
        .iter()
        .filter(|it| it.name.starts_with(|c: char| c.is_ascii_alphabetic()));
    named.map(|it| Candidate::new(it.name, it.help)).collect()
}

fn plain(words: &[&str]) -> Offer {
    Offer::new(
        0,
        words.iter().map(|word| Candidate::new(*word, "")).collect(),
    )
}

fn services(shell: &Shell<'_>) -> Offer {
    let machine = shell.machine();
    let all = machine.into_iter().flat_map(|machine| machine.services());
    let state = |running| if running { "active" } else { "inactive" };
    Offer::new(
        0,
        all.map(|(name, it)| Candidate::new(name, state(it.running)))
            .collect(),
    )
}

/// `hopwise trace FROM TO --port N`.
fn trace(shell: &mut Shell<'_>, args: &[&str], text: &str) -> Offer {
    if args.last() == Some(&"--protocol") {
        return plain(&["tcp", "udp", "icmp"]);
    }
    let places = args.iter().filter(|arg| !arg.starts_with('-')).count();
    if text.starts_with('-') || places > 1 {
        return plain(&["--port", "--protocol", "--source-port"]);
    }
    let mut all = vec![
        Candidate::new("internet", "everyone else"),
        Candidate::new("laptop", "this laptop"),
    ];
    all.extend(crate::aws::named(shell, "ec2", "InstanceId"));
    Offer::things(0, all)
}

/// `hopwise network …`, `hopwise tunnel …`, `hopwise bgp …`.
fn outside(shell: &mut Shell<'_>, args: &[&str]) -> Offer {
    let networks = |shell: &mut Shell<'_>| {
        let all = shell.host().cloud().on_premises().iter();
        let all = all.map(|it| Candidate::new(it.name.as_str(), it.address.to_string()));
        Offer::new(0, all.collect())
    };
    match args {
        ["network"] => plain(crate::commands::outside::VERBS),
        ["network", "add", _, ..] => plain(&["--address", "--cidr"]),
        [
            "network",
            "announce" | "host" | "plug" | "remove" | "unplug" | "withdraw",
        ] => networks(shell),
        ["network", "host", _, _] => plain(&["--remove"]),
        ["network", "plug" | "unplug", _] => {
            Offer::things(0, crate::aws::named(shell, "directconnect", "connectionId"))
        }
        ["network", "withdraw", name] => {
            let found = shell.host().cloud().network(name);
            let all = found.into_iter().flat_map(|it| &it.announced);
            Offer::new(
                0,
                all.map(|it| Candidate::new(it.to_string(), "")).collect(),
            )
        }
        ["bgp" | "tunnel"] => plain(&["down", "up"]),
        ["tunnel", _] => Offer::things(0, crate::aws::named(shell, "ec2", "VpnConnectionId")),
        ["tunnel", _, _] => plain(&["1", "2"]),
        ["bgp", _] => Offer::things(
            0,
            crate::aws::named(shell, "directconnect", "virtualInterfaceId"),
        ),
        _ => plain(&[]),
    }
}

/// Every variable and every name of the lesson, with its value.
fn names(shell: &Shell<'_>) -> Vec<(String, String)> {
    let mut all = shell.session.names.clone();
    for (name, variable) in &shell.frame().variables {
        all.insert(name.clone(), variable.value.clone());
    }
    let mut all: Vec<(String, String)> = all.into_iter().collect();
    // The names of the shell itself are in capitals, and come last.
    all.sort_by_key(|(name, _)| !name.contains(|c: char| c.is_ascii_lowercase()));
    all
}

/// The variables that begin so; first those whose value fits where they stand.
fn variables(shell: &mut Shell<'_>, begun: &Begun, before: &str, start: usize) -> Completions {
    let rest = before.get(start + 1..).unwrap_or_default();
    let (brace, typed) = match rest.strip_prefix('{') {
        Some(typed) => ("{", typed),
        None => ("", rest),
    };
    // What would stand there if it were no variable.
    let mut bare = begun.clone();
    bare.word.retain(|(place, _)| *place < start);
    let fits = offer(shell, &bare);
    let place = |value: &str| {
        let found = fits.candidates.iter().position(|it| it.text == value);
        found.filter(|_| fits.things)
    };
    let mut all: Vec<(bool, Candidate)> = names(shell)
        .into_iter()
        .filter(|(name, _)| name.starts_with(typed))
        .map(|(name, value)| {
            let place = place(&value);
            let said = place
                .and_then(|at| fits.candidates.get(at))
                .map(|it| it.description.as_str())
                .filter(|said| !said.is_empty());
            let end = if brace.is_empty() { "" } else { "}" };
            let description = match said {
                Some(said) => format!("{value}  {said}"),
                None if name.contains("SECRET") => "a secret".to_owned(),
                None => value.lines().next().unwrap_or_default().to_owned(),
            };
            (
                place.is_none(),
                Candidate::new(format!("${brace}{name}{end}"), description),
            )
        })
        .collect();
    all.sort_by_key(|(other, _)| *other);
    let candidates: Vec<Candidate> = all.into_iter().map(|(_, it)| it).collect();
    let more = candidates.len().saturating_sub(MOST);
    Completions {
        start,
        end: before.len(),
        candidates: candidates.into_iter().take(MOST).collect(),
        more,
    }
}

/// The files and folders that a path may go on with, from the word's so-manieth letter on.
pub(crate) fn files(shell: &Shell<'_>, word: &str, from: usize, folders: bool) -> Offer {
    let path: String = word.chars().skip(from).collect();
    let (folder, name) = match path.rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), path.as_str()),
    };
    let from = from + folder.chars().count();
    let home = shell.variable("HOME").unwrap_or_default();
    let there = match folder.strip_prefix("~/") {
        Some(rest) => format!("{home}/{rest}"),
        None => folder.clone(),
    };
    let listed = shell.machine().map(|machine| {
        let folder = shell.path(if there.is_empty() { "." } else { &there });
        machine
            .list(&shell.frame().user, &folder)
            .unwrap_or_default()
    });
    let hidden = name.starts_with('.');
    let entries = listed.into_iter().flatten();
    let entries = entries.filter(|it| hidden || !it.name.starts_with('.'));
    let candidates = entries.filter_map(|it| match it.node {
        Node::Folder { .. } => Some(Candidate::on(format!("{}/", it.name), "folder")),
        _ if folders => None,
        _ => Some(Candidate::new(it.name, "")),
    });
    Offer::new(from, candidates.collect())
}

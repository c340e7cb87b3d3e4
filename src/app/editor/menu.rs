//! The context menu: what can be done with what is selected.

use super::keys::Command;
use super::name;
use hopwise_cloud::view::Value;
use hopwise_plan::{Kind, Power};
use hopwise_world::World;

/// A menu that is open.
#[derive(Clone, PartialEq, Debug)]
pub struct Menu {
    /// What it is about.
    pub title: String,
    /// Where, in pixels of the window.
    pub at: (i32, i32),
    /// Rather where the focus is.
    pub at_focus: bool,
    /// Parts with a line between.
    pub parts: Vec<Vec<Entry>>,
}

/// An entry.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub label: String,
    pub choice: Choice,
}

/// What an entry does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    Command(Command),
    New(Kind),
    Power(Power),
    /// The id goes into the terminal's line.
    Insert,
    /// The tracer asks about it.
    Trace,
}

fn entry(label: impl Into<String>, choice: Choice) -> Entry {
    Entry {
        label: label.into(),
        choice,
    }
}

/// What can be made in or on a thing.
pub fn makes(id: Option<&str>) -> &'static [Kind] {
    match id.map(Kind::of_id) {
        None => &[
            Kind::Vpc,
            Kind::InternetGateway,
            Kind::ElasticIp,
            Kind::Bucket,
            Kind::User,
            Kind::UserGroup,
            Kind::Policy,
        ],
        Some(Some(Kind::Vpc)) => &[
            Kind::Subnet,
            Kind::InternetGateway,
            Kind::RouteTable,
            Kind::SecurityGroup,
            Kind::NetworkAcl,
        ],
        Some(Some(Kind::Subnet)) => &[
            Kind::Instance,
            Kind::NetworkInterface,
            Kind::RouteTable,
            Kind::NetworkAcl,
        ],
        Some(Some(Kind::Instance)) => {
            &[Kind::ElasticIp, Kind::SecurityGroup, Kind::NetworkInterface]
        }
        Some(Some(Kind::Bucket)) => &[Kind::Object],
        Some(Some(Kind::User)) => &[Kind::InlinePolicy, Kind::AccessKey, Kind::Policy],
        Some(Some(Kind::UserGroup)) => &[Kind::InlinePolicy, Kind::User, Kind::Policy],
        Some(Some(Kind::NetworkInterface)) => &[Kind::ElasticIp, Kind::SecurityGroup],
        _ => &[],
    }
}

/// What instances can be told as they are; nothing where something else is among them.
pub fn powers(world: &World, ids: &[String]) -> Vec<Power> {
    let states: Option<Vec<String>> = ids.iter().map(|id| state(world, id)).collect();
    let states = states.unwrap_or_default();
    let any = |word: &str| states.iter().any(|state| state == word);
    let mut powers = Vec::new();
    if any("stopped") {
        powers.push(Power::Start);
    }
    if any("running") {
        powers.extend([Power::Stop, Power::Reboot]);
    }
    powers
}

/// The state of an instance, in AWS's word.
fn state(world: &World, id: &str) -> Option<String> {
    if Kind::of_id(id) != Some(Kind::Instance) {
        return None;
    }
    let facts = world.details(id)?.facts;
    facts.into_iter().find_map(|(name, value)| match value {
        Value::Text(state) if name == "State" => Some(state),
        _ => None,
    })
}

/// The menu of a selection.
pub fn menu(world: &World, selection: &[String], copied: bool, at: (i32, i32)) -> Menu {
    let (first, one) = match selection {
        [] => (None, false),
        [id] => (Some(id.as_str()), true),
        [.., last] => (Some(last.as_str()), false),
    };
    let command = |label: &str, command| entry(label, Choice::Command(command));
    let mut parts = Vec::new();
    if selection.len() < 2 {
        parts.push(
            makes(first)
                .iter()
                .map(|kind| entry(format!("New {}", kind.bare()), Choice::New(*kind)))
                .collect(),
        );
    }
    if one {
        let mut part = vec![command("Connect to …", Command::Connect)];
        let kind = first.and_then(Kind::of_id);
        let hosts = [Some(Kind::Instance), Some(Kind::NetworkInterface)];
        if hosts.contains(&kind) {
            part.push(command("Move to …", Command::MoveTo));
            part.push(entry("Try a packet to it", Choice::Trace));
        }
        part.push(command("Details", Command::Open));
        // What has no tag Name keeps the name it was made with.
        if kind.is_some_and(|kind| !kind.is_access()) {
            part.push(command("Rename", Command::Rename));
        }
        if kind.is_some() {
            part.push(entry("Put the id into the terminal", Choice::Insert));
        }
        parts.push(part);
    }
    let powers = powers(world, selection).into_iter();
    parts.push(
        powers
            .map(|power| entry(power.word(), Choice::Power(power)))
            .collect(),
    );
    let mut part = Vec::new();
    let own = |id: &String| Kind::of_id(id).is_some();
    if selection.iter().any(own) {
        part.push(command("Copy", Command::Copy));
        part.push(command("Duplicate", Command::Duplicate));
    }
    if copied {
        part.push(command("Paste", Command::Paste));
    }
    if selection.iter().any(own) {
        part.push(command("Delete", Command::Delete));
    }
    if selection.is_empty() {
        part.push(command("Select all", Command::SelectAll));
        part.push(command("Tidy up", Command::Tidy));
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    Menu {
        title: match (first, selection.len()) {
            (None, _) => "The map".to_owned(),
            (Some(id), 1) => name(world, id),
            (_, many) => format!("{many} things"),
        },
        at,
        at_focus: false,
        parts,
    }
}

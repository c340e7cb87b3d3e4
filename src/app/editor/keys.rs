//! The shortcuts: one table, which the keyboard obeys and the sheet behind `?` shows.

use super::Look;
use crate::canvas::layout::Scene;

/// What a key or a button of the map does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Command {
    Undo,
    Redo,
    Delete,
    SelectAll,
    Copy,
    Paste,
    Duplicate,
    /// Moves what is selected by so many pixels of the map.
    Nudge(i32, i32),
    Walk(Step),
    Connect,
    MoveTo,
    New,
    Menu,
    Open,
    Rename,
    Help,
    Tidy,
    Look(Look),
    Close,
}

/// From thing to thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Out,
    In,
    Before,
    After,
    First,
    Last,
}

/// A key as the browser names it, with what is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chord<'a> {
    /// `KeyboardEvent.key`, a letter in lower case.
    pub key: &'a str,
    /// Ctrl, or Cmd on a Mac.
    pub command: bool,
    pub shift: bool,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Shortcut {
    pub chord: Chord<'static>,
    pub does: Command,
    /// What the sheet says; nothing for a second chord of the same.
    pub words: &'static str,
    /// Part of the sheet.
    pub group: &'static str,
    /// Does it work wherever the focus is, but in a text?
    pub everywhere: bool,
}

const fn row(
    group: &'static str,
    held: &'static str,
    key: &'static str,
    does: Command,
    words: &'static str,
) -> Shortcut {
    let held = held.as_bytes();
    let (mut command, mut shift, mut everywhere) = (false, false, false);
    let mut place = 0;
    while place < held.len() {
        #[expect(clippy::indexing_slicing, reason = "a constant: within its own length")]
        match held[place] {
            b'C' => command = true,
            b'S' => shift = true,
            _ => everywhere = true,
        }
        place += 1;
    }
    Shortcut {
        chord: Chord {
            key,
            command,
            shift,
        },
        does,
        words,
        group,
        everywhere,
    }
}

const EDIT: &str = "Edit";
const GO: &str = "Go";
const BUILD: &str = "Build";
const VIEW: &str = "View";
const STEP: i32 = super::target::GRID;
const FAR: i32 = 5 * STEP;

/// All of them. `C` is Ctrl or Cmd, `S` is Shift, `*` works everywhere.
pub const SHORTCUTS: &[Shortcut] = &[
    row(BUILD, "", "n", Command::New, "New, in what is selected"),
    row(BUILD, "", "c", Command::Connect, "Connect to …"),
    row(BUILD, "", "m", Command::MoveTo, "Move to …"),
    row(BUILD, "", "F2", Command::Rename, "Rename"),
    row(
        BUILD,
        "",
        "Delete",
        Command::Delete,
        "Delete, with what can't stay",
    ),
    row(BUILD, "", "Backspace", Command::Delete, ""),
    row(BUILD, "S", "F10", Command::Menu, "Menu"),
    row(BUILD, "", "ContextMenu", Command::Menu, ""),
    row(EDIT, "C*", "z", Command::Undo, "Undo"),
    row(EDIT, "C*", "y", Command::Redo, "Redo"),
    row(EDIT, "CS*", "z", Command::Redo, "Redo"),
    row(EDIT, "C", "c", Command::Copy, "Copy"),
    row(
        EDIT,
        "C",
        "v",
        Command::Paste,
        "Paste into what is selected",
    ),
    row(EDIT, "C", "d", Command::Duplicate, "Duplicate"),
    row(EDIT, "C", "a", Command::SelectAll, "Select all"),
    row(EDIT, "C", "ArrowLeft", Command::Nudge(-STEP, 0), "Nudge"),
    row(EDIT, "C", "ArrowRight", Command::Nudge(STEP, 0), ""),
    row(EDIT, "C", "ArrowUp", Command::Nudge(0, -STEP), ""),
    row(EDIT, "C", "ArrowDown", Command::Nudge(0, STEP), ""),
    row(
        EDIT,
        "CS",
        "ArrowLeft",
        Command::Nudge(-FAR, 0),
        "Nudge far",
    ),
    row(EDIT, "CS", "ArrowRight", Command::Nudge(FAR, 0), ""),
    row(EDIT, "CS", "ArrowUp", Command::Nudge(0, -FAR), ""),
    row(EDIT, "CS", "ArrowDown", Command::Nudge(0, FAR), ""),
    row(
        GO,
        "",
        "ArrowUp",
        Command::Walk(Step::Out),
        "To the container",
    ),
    row(
        GO,
        "",
        "ArrowDown",
        Command::Walk(Step::In),
        "To the first thing inside",
    ),
    row(
        GO,
        "",
        "ArrowLeft",
        Command::Walk(Step::Before),
        "To the neighbour before",
    ),
    row(
        GO,
        "",
        "ArrowRight",
        Command::Walk(Step::After),
        "To the neighbour after",
    ),
    row(
        GO,
        "",
        "Home",
        Command::Walk(Step::First),
        "To the first neighbour",
    ),
    row(
        GO,
        "",
        "End",
        Command::Walk(Step::Last),
        "To the last neighbour",
    ),
    row(GO, "", "Enter", Command::Open, "To the details"),
    row(
        GO,
        "",
        "Escape",
        Command::Close,
        "Close, let go, select nothing",
    ),
    row(VIEW, "", "+", Command::Look(Look::Closer), "Zoom in"),
    row(VIEW, "S", "+", Command::Look(Look::Closer), ""),
    row(VIEW, "", "=", Command::Look(Look::Closer), ""),
    row(VIEW, "", "-", Command::Look(Look::Further), "Zoom out"),
    row(VIEW, "C", "0", Command::Look(Look::TrueSize), "True size"),
    row(
        VIEW,
        "S",
        "1",
        Command::Look(Look::Everything),
        "Fit the map",
    ),
    row(
        VIEW,
        "S",
        "2",
        Command::Look(Look::Selection),
        "Fit what is selected",
    ),
    row(VIEW, "", "t", Command::Tidy, "Tidy up"),
    row(VIEW, "S*", "?", Command::Help, "This sheet"),
    row(VIEW, "*", "?", Command::Help, ""),
];

/// What a chord means on the map.
pub fn meaning(chord: Chord<'_>) -> Option<Shortcut> {
    SHORTCUTS.iter().find(|it| it.chord == chord).copied()
}

impl Chord<'_> {
    /// As a person writes it.
    pub fn words(&self) -> String {
        let mut text = String::new();
        if self.command {
            text.push_str("Ctrl+");
        }
        if self.shift && self.key != "?" {
            text.push_str("Shift+");
        }
        let key = match self.key {
            "ArrowUp" => "↑",
            "ArrowDown" => "↓",
            "ArrowLeft" => "←",
            "ArrowRight" => "→",
            key => key,
        };
        match key.len() {
            1 => text.push_str(&key.to_uppercase()),
            _ => text.push_str(key),
        }
        text
    }
}

/// From thing to thing; the first thing of one's own where nothing is selected.
pub fn walk(scene: &Scene, selected: Option<&str>, step: Step) -> Option<String> {
    let Some(at) = selected.filter(|id| scene.find(id).is_some()) else {
        let outer = scene.children(None);
        let vpc = outer.iter().find(|item| item.parent.is_some());
        return vpc.or(outer.first()).map(|item| item.id.clone());
    };
    let container = scene.container(at).map(|item| item.id.as_str());
    let siblings = scene.children(container);
    let place = siblings.iter().position(|item| item.id == at);
    let next = match step {
        Step::Out => container.map(str::to_owned),
        Step::In => scene.children(Some(at)).first().map(|it| it.id.clone()),
        _ => {
            let to = match (step, place) {
                (Step::First, _) => Some(0),
                (Step::Last, _) => siblings.len().checked_sub(1),
                (Step::Before, Some(place)) => place.checked_sub(1),
                (_, Some(place)) => Some(place + 1),
                _ => None,
            };
            to.and_then(|to| siblings.get(to)).map(|it| it.id.clone())
        }
    };
    // At the end one stays where one is.
    next.or_else(|| Some(at.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_chord_means_two_things() {
        for (place, one) in SHORTCUTS.iter().enumerate() {
            let others = SHORTCUTS.iter().skip(place + 1);
            assert!(
                others.into_iter().all(|other| other.chord != one.chord),
                "{one:?}"
            );
        }
        let redo = |key, shift| {
            let chord = Chord {
                key,
                command: true,
                shift,
            };
            meaning(chord).map(|it| it.does)
        };
        assert_eq!(redo("y", false), Some(Command::Redo));
        assert_eq!(redo("z", true), Some(Command::Redo));
    }
}

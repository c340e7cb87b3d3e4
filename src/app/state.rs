//! The page's one store: the world and what is shown of it, changed by actions only.

use crate::canvas::layout::{self, INTERNET, Scene};
use crate::names;
use crate::terminal::Console;
use hopwise_cloud::view::{Details, Node, Picture, Value};
use hopwise_cloud::{LAPTOP, LAPTOP_ADDRESS, OUTSIDE_ADDRESS};
use hopwise_shell::Effect;
use hopwise_world::{Entry, Genesis, World};
use std::cell::RefCell;
use std::rc::Rc;
use yew::{AttrValue, Reducible, UseReducerDispatcher};

/// How components ask for a change.
pub type Dispatch = UseReducerDispatcher<AppState>;

/// A panel of the dock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tab {
    Lesson,
    Map,
    Terminal,
    Trace,
    History,
}

impl Tab {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Tab::Lesson => names::LESSON,
            Tab::Map => names::MAP,
            Tab::Terminal => names::TERMINAL,
            Tab::Trace => names::TRACE,
            Tab::History => names::HISTORY,
        }
    }

    /// The word for it in the document.
    pub fn word(self) -> &'static str {
        match self {
            Tab::Lesson => "lesson",
            Tab::Map => "map",
            Tab::Terminal => "terminal",
            Tab::Trace => "trace",
            Tab::History => "history",
        }
    }
}

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The theme that was kept under this word.
    pub fn parse(word: &str) -> Theme {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// The word for it in the document; none for the system's.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        self.word().unwrap_or("system")
    }

    /// The one that the button comes to next.
    pub fn next(self) -> Theme {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }
}

/// A step of the history as it is listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub label: String,
    pub commands: Vec<String>,
    pub undone: bool,
}

/// What can be asked of the store.
pub enum Action {
    /// Lines for the terminal, run one after the other; the last part stays in the input.
    Enter {
        text: String,
        columns: usize,
    },
    /// Ctrl+C with what stood in the input.
    Interrupt(String),
    /// Ctrl+D.
    EndOfInput {
        columns: usize,
    },
    /// Ctrl+L.
    Clear,
    /// Text for the terminal's input.
    Put(AttrValue),
    Undo,
    Redo,
    Select(Option<AttrValue>),
    OpenInspector,
    Show(Tab),
    Paint(Theme),
}

/// The store. What is in an `Rc` is compared by where it is.
#[derive(Clone)]
pub struct AppState {
    /// Borrowed in `reduce` only, and never while anything else is called.
    world: Rc<RefCell<World>>,
    picture: Rc<Picture>,
    pub scene: Rc<Scene>,
    pub selected: Option<AttrValue>,
    pub details: Option<Rc<Details>>,
    pub console: Rc<Console>,
    pub rows: Rc<Vec<Row>>,
    pub can_undo: bool,
    pub can_redo: bool,
    /// The dock's open panel.
    pub dock: Tab,
    /// The open panel of a narrow page.
    pub tab: Tab,
    pub theme: Theme,
    /// What is told to those who don't see it.
    pub news: AttrValue,
    /// Grows with each wish to have the focus in the inspector.
    pub inspect: usize,
}

impl AppState {
    /// The sandbox: an account without a VPC.
    pub fn new(theme: Theme) -> Self {
        let world = World::new(Genesis {
            seed: 1,
            default_vpc: false,
        });
        let picture = world.picture();
        AppState {
            scene: Rc::new(layout::layout(&picture)),
            picture: Rc::new(picture),
            selected: None,
            details: None,
            console: Rc::new(Console::new(&world)),
            rows: Rc::default(),
            can_undo: false,
            can_redo: false,
            dock: Tab::Terminal,
            tab: Tab::Map,
            theme,
            news: AttrValue::default(),
            inspect: 0,
            world: Rc::new(RefCell::new(world)),
        }
    }

    fn run(&mut self, text: &str, columns: usize) {
        let mut lines: Vec<&str> = text.split('\n').collect();
        // A paste ends in what was not entered yet; one line is entered as it is.
        let rest = if lines.len() > 1 { lines.pop() } else { None };
        let mut effects = Vec::new();
        {
            let mut world = self.world.borrow_mut();
            let console = Rc::make_mut(&mut self.console);
            for line in lines.into_iter().take(crate::consts::MOST_PASTED) {
                effects.extend(console.enter(&mut world, line.trim_end_matches('\r'), columns));
            }
            if let Some(rest) = rest {
                console.put(rest);
            }
        }
        self.obey(&effects);
        self.look();
    }

    /// What the shell asks of the page; undo, redo and clear are done already.
    fn obey(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Clear | Effect::Undo | Effect::Redo => {}
                Effect::OpenEditor { path, .. } => {
                    self.news = format!("{path} can't be opened in an editor here.").into();
                }
                Effect::Lesson(_) => {}
            }
        }
    }

    /// Brings everything that is shown up to date with the world.
    fn look(&mut self) {
        let world = self.world.borrow();
        let picture = world.picture();
        if picture != *self.picture {
            let scene = layout::layout(&picture);
            let news = layout::news(&self.scene, &scene);
            if !news.is_empty() {
                self.news = news.into();
            }
            self.picture = Rc::new(picture);
            self.scene = Rc::new(scene);
        }
        Rc::make_mut(&mut self.console).look(&world);
        self.can_undo = world.can_undo();
        self.can_redo = world.can_redo();
        let row = |undone: bool| {
            move |entry: &Entry| Row {
                label: entry.label.clone(),
                commands: entry.commands().map(str::to_owned).collect(),
                undone,
            }
        };
        let rows: Vec<Row> = world
            .history()
            .iter()
            .map(row(false))
            .chain(world.undone().iter().map(row(true)))
            .collect();
        if rows != *self.rows {
            self.rows = Rc::new(rows);
        }
        drop(world);
        self.inspect_selected();
    }

    /// The details of what is selected; the selection ends with the thing.
    fn inspect_selected(&mut self) {
        let details = self.selected.as_deref().and_then(|id| {
            let world = self.world.borrow();
            world.details(id).or_else(|| outside(id))
        });
        match details {
            None => {
                self.selected = None;
                self.details = None;
            }
            Some(details) if self.details.as_deref() == Some(&details) => {}
            Some(details) => self.details = Some(Rc::new(details)),
        }
    }

    fn step(&mut self, undo: bool) -> bool {
        let moved = {
            let mut world = self.world.borrow_mut();
            let label = match undo {
                true => world.history().last().map(|entry| entry.label.clone()),
                false => world.undone().first().map(|entry| entry.label.clone()),
            };
            let moved = if undo { world.undo() } else { world.redo() };
            label.filter(|_| moved)
        };
        let Some(label) = moved else {
            return false;
        };
        self.look();
        let word = if undo { "Undone" } else { "Redone" };
        self.news = format!("{word}: {label}").into();
        true
    }
}

/// What is known of the two places that are no resource.
fn outside(id: &str) -> Option<Details> {
    let (kind, name, address, said) = match id {
        LAPTOP => (
            "laptop",
            "Your laptop",
            LAPTOP_ADDRESS.to_string(),
            "The terminal runs here. To AWS it is one more address of the internet.",
        ),
        INTERNET => (
            "internet",
            "Internet",
            OUTSIDE_ADDRESS.to_string(),
            "Everyone else. The address stands for a stranger's computer.",
        ),
        _ => return None,
    };
    Some(Details {
        node: Node {
            id: id.to_owned(),
            kind,
            name: Some(name.to_owned()),
            detail: address.clone(),
        },
        facts: vec![
            ("Public address", Value::Code(address)),
            ("What it is", Value::Text(said.to_owned())),
        ],
        ..Details::default()
    })
}

impl Reducible for AppState {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        let changed = match action {
            Action::Enter { text, columns } => {
                next.run(&text, columns);
                true
            }
            Action::Interrupt(line) => {
                let world = next.world.borrow();
                Rc::make_mut(&mut next.console).interrupt(&world, &line);
                drop(world);
                true
            }
            Action::EndOfInput { columns } => {
                let effects = {
                    let mut world = next.world.borrow_mut();
                    Rc::make_mut(&mut next.console).end(&mut world, columns)
                };
                next.obey(&effects);
                next.look();
                true
            }
            Action::Clear => {
                Rc::make_mut(&mut next.console).clear();
                true
            }
            Action::Put(text) => {
                Rc::make_mut(&mut next.console).put(&text);
                next.dock = Tab::Terminal;
                next.tab = Tab::Terminal;
                true
            }
            Action::Undo => next.step(true),
            Action::Redo => next.step(false),
            Action::Select(id) => {
                let changed = next.selected != id;
                next.selected = id;
                next.inspect_selected();
                changed
            }
            Action::OpenInspector => {
                next.inspect += 1;
                true
            }
            Action::Show(tab) => {
                if !matches!(tab, Tab::Lesson | Tab::Map) {
                    next.dock = tab;
                }
                next.tab = tab;
                next.dock != self.dock || next.tab != self.tab
            }
            Action::Paint(theme) => {
                next.theme = theme;
                theme != self.theme
            }
        };
        if changed { Rc::new(next) } else { self }
    }
}

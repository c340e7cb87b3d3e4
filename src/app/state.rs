//! The page's one store: the world and what is shown of it, changed by actions only.

use crate::canvas::layout::{self, INTERNET, Scene, Shape};
use crate::consts::{AT_A_TIME, AT_ONCE, LEAST_COLUMNS};
use crate::editor::bench::Bench;
use crate::editor::{Editor, Effect as Wish, Look, Msg};
use crate::keep::{
    About, Arrival, Deed, Keeper, Kept, Place as Home, Rest, Saying, Snapshot, WhoIs, learn_done,
    lessons_done, tidy_name, token,
};
use crate::lesson::{Broken, Guide, Session};
use crate::names;
use crate::sentence::Labels;
use crate::terminal::Console;
use crate::trace::{Asked, Field, Road, Trace};
use hopwise_cloud::view::{Details, Node, Picture, Value};
use hopwise_cloud::{LAPTOP, LAPTOP_ADDRESS, Map, OUTSIDE_ADDRESS, Value as Json};
use hopwise_lesson::{Flow, Index, Place, Predicate, Query};
use hopwise_shell::Effect;
use hopwise_world::{Completions, Entry, Genesis, Places, World};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::{AttrValue, Reducible, UseReducerDispatcher};

/// How components ask for a change.
pub type Dispatch = UseReducerDispatcher<AppState>;

/// A panel of the dock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tab {
    Lesson,
    Outline,
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
            Tab::Outline => names::OUTLINE,
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
            Tab::Outline => "outline",
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

/// Completes lines of the terminal in the store's world.
#[derive(Clone)]
pub struct Completer(Rc<RefCell<World>>);

impl PartialEq for Completer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Completer {
    /// What the line may go on with at the cursor, a place in bytes.
    pub fn complete(&self, line: &str, cursor: usize) -> Completions {
        let world = self.0.borrow();
        world.complete(World::TERMINAL, line, cursor)
    }
}

/// A step of the history as it is listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub label: String,
    pub commands: Vec<String>,
    pub undone: bool,
    /// Was it done by the lesson, before the student began?
    pub set_up: bool,
}

/// What can be asked of the store.
pub enum Action {
    /// Lines for the terminal, run one after the other; the last part stays in the input.
    Enter {
        text: String,
        columns: usize,
    },
    /// The next lines of a long paste.
    RunQueued {
        columns: usize,
    },
    /// The rest of a long paste is not wanted.
    StopPaste,
    /// Ctrl+C with what stood in the input.
    Interrupt(String),
    /// Ctrl+D.
    EndOfInput {
        columns: usize,
    },
    /// Ctrl+L.
    Clear,
    /// Text for the terminal's input, in place of what stands there.
    Put(AttrValue),
    /// A word for the terminal's input, where its cursor is: an id or a name from elsewhere.
    InsertIntoPrompt(String),
    Undo,
    Redo,
    Select(Option<AttrValue>),
    /// What the map's hand, keys, menus and dialogs say.
    Edit(Msg),
    Show(Tab),
    Paint(Theme),
    /// A field of the tracer's form.
    Ask(Field, String),
    /// Sends the packet.
    Send,
    /// Sends the packet that a check of the lesson asks about.
    TraceCheck(AttrValue),
    /// The answer, and the packet on the map, are put away.
    EndTrace,
    /// Does the packet move?
    Playing(bool),
    /// The address changed: to a lesson, or to the sandbox.
    Leave(Option<String>),
    /// The list of lessons has come.
    Menu(Result<Index, Broken>),
    /// What the address names has come.
    Arrive(Box<Arrival>),
    /// How safe is what one did?
    Kept(Kept),
    /// What can be done with worlds.
    World(Deed),
    /// What is kept in this browser.
    List(Rc<Vec<About>>),
    /// The open world is called this.
    Rename(String),
    /// Says something about worlds, or puts it away.
    Say(Option<Saying>),
    /// What could not be replayed is not wanted.
    ForgetRest,
    /// The link that was asked for, or why there is none.
    Shared(Option<Result<String, String>>),
    /// A line that makes the laptop look at another Region.
    LookAt(String),
    /// For those who don't see it.
    News(AttrValue),
    /// The next hint of a step.
    Hint(AttrValue),
    /// A tick in the quiz: question, answer, whether it is set.
    Pick(usize, usize, bool),
    /// Grades a question.
    Answer(usize),
    /// Back to the start of the lesson.
    Reset,
}

/// Drafts of the inspector, by the ids of what they are of.
type Drafts = BTreeMap<String, Bench>;

/// The store. What is in an `Rc` is compared by where it is.
#[derive(Clone)]
pub struct AppState {
    /// Borrowed in `reduce` and by a [`Completer`], and never while anything else is called.
    world: Rc<RefCell<World>>,
    pub picture: Rc<Picture>,
    /// Where somebody put things on the map, as the scene knows it.
    places: Rc<Places>,
    pub scene: Rc<Scene>,
    /// What the inspector shows: the last of what the editor has selected.
    pub selected: Option<AttrValue>,
    pub editor: Rc<Editor>,
    /// Grows with each wish to move the camera.
    pub see: (usize, Option<Look>),
    /// Grows with each wish to have the focus on the map.
    pub focus_map: usize,
    /// Grows with each wish to have the focus in the inspector's name.
    pub rename: usize,
    pub details: Option<Rc<Details>>,
    pub console: Rc<Console>,
    pub rows: Rc<Vec<Row>>,
    pub can_undo: bool,
    pub can_redo: bool,
    /// The dock's open panel.
    pub dock: Tab,
    /// The open panel of a narrow page.
    pub tab: Tab,
    /// What the panel at the side shows: the lesson or the outline.
    pub side: Tab,
    pub theme: Theme,
    /// What is told to those who don't see it.
    pub news: AttrValue,
    /// Grows with each wish to have the focus in the inspector.
    pub inspect: usize,
    /// Names by id.
    pub labels: Rc<Labels>,
    pub trace: Rc<Trace>,
    pub road: Option<Rc<Road>>,
    pub playing: bool,
    pub guide: Guide,
    pub keeper: Keeper,
    pub home: Home,
    /// What the student calls the open world.
    pub name: String,
    pub kept: Kept,
    pub rest: Option<Rc<Rest>>,
    pub saying: Option<Saying>,
    pub list: Rc<Vec<About>>,
    pub shared: Option<Result<String, String>>,
    pub who: WhoIs,
    /// The lessons that were done once.
    pub done: Rc<Vec<String>>,
    /// Is there something to keep that wasn't?
    touched: bool,
    /// Was something done since the world came?
    worked: bool,
    /// Drafts of the inspector in other worlds, by their keys.
    shelf: Rc<BTreeMap<String, Drafts>>,
    /// What was done while the world was on its way.
    early: Rc<RefCell<Vec<Action>>>,
}

/// What a tab says that can only look at a world.
const LOOK_ONLY: &str =
    "Nothing was done: this world is open in another tab. Take over, or open a copy.";

/// What a gesture hears that comes before the world.
const STILL_OPENING: &str =
    "Nothing was done: the world is still being opened. Do it again in a moment.";

impl Action {
    /// Does it change the world, or need to be done to the right one?
    fn acts(&self) -> bool {
        matches!(
            self,
            Action::Enter { .. }
                | Action::RunQueued { .. }
                | Action::EndOfInput { .. }
                | Action::Undo
                | Action::Redo
                | Action::Reset
                | Action::LookAt(_)
        )
    }
}

impl AppState {
    /// The sandbox: an account without a VPC.
    fn sandbox() -> World {
        World::new(Genesis {
            seed: 1,
            default_vpc: false,
        })
    }

    /// The page as it begins.
    pub fn new(theme: Theme) -> Self {
        let world = AppState::sandbox();
        let picture = world.picture();
        let who = WhoIs::of(&world);
        let console = Console::new(&world);
        let (scene, places) = (
            layout::layout(&picture, world.places()),
            world.places().clone(),
        );
        let world = Rc::new(RefCell::new(world));
        AppState {
            scene: Rc::new(scene),
            picture: Rc::new(picture),
            places,
            selected: None,
            editor: Rc::default(),
            see: (0, None),
            focus_map: 0,
            rename: 0,
            details: None,
            console: Rc::new(console),
            rows: Rc::default(),
            can_undo: false,
            can_redo: false,
            dock: Tab::Terminal,
            tab: Tab::Lesson,
            side: Tab::Lesson,
            theme,
            news: AttrValue::default(),
            inspect: 0,
            labels: Rc::default(),
            trace: Rc::default(),
            road: None,
            playing: false,
            guide: Guide::Waiting,
            keeper: Keeper::new(world.clone()),
            home: Home::Loose(None),
            name: String::new(),
            kept: Kept::Opening,
            rest: None,
            saying: None,
            list: Rc::default(),
            shared: None,
            who,
            done: Rc::new(lessons_done()),
            touched: false,
            worked: false,
            shelf: Rc::default(),
            early: Rc::default(),
            world,
        }
    }

    fn run(&mut self, text: &str, columns: usize) {
        let mut lines: Vec<&str> = text.split('\n').collect();
        // A paste ends in what was not entered yet; one line is entered as it is.
        let rest = if lines.len() > 1 { lines.pop() } else { None };
        let console = Rc::make_mut(&mut self.console);
        let lines = lines
            .into_iter()
            .map(|line| line.trim_end_matches('\r').to_owned());
        console.take(lines);
        if let Some(rest) = rest {
            console.put(rest);
        }
        self.run_queued(AT_ONCE, columns);
    }

    /// Runs the next lines of those that wait.
    fn run_queued(&mut self, most: usize, columns: usize) {
        let mut effects = Vec::new();
        {
            let mut world = self.world.borrow_mut();
            let console = Rc::make_mut(&mut self.console);
            for _ in 0..most {
                let Some(line) = console.queue.pop_front() else {
                    break;
                };
                effects.extend(console.enter(&mut world, &line, columns));
            }
        }
        self.obey(&effects);
        self.look();
    }

    /// What completes a line in this world.
    pub fn completer(&self) -> Completer {
        Completer(self.world.clone())
    }

    /// What the shell asks of the page; undo, redo and clear are done already.
    fn obey(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Clear | Effect::Undo | Effect::Redo => {}
                Effect::Lesson(word) if word == "hint" => {
                    if let Guide::Running(session) = &self.guide {
                        let open = session
                            .run
                            .steps()
                            .iter()
                            .find(|step| step.open && !step.passes);
                        if let Some(id) = open.map(|step| step.id.clone()) {
                            self.with_session(|session| session.hint(&id));
                        }
                    }
                }
                Effect::Lesson(_) => {}
            }
        }
    }

    /// Brings everything that is shown up to date with the world.
    fn look(&mut self) {
        let world = self.world.borrow();
        let picture = world.picture();
        if picture != *self.picture || !Rc::ptr_eq(world.places(), &self.places) {
            self.places = world.places().clone();
            let scene = layout::layout(&picture, world.places());
            let news = layout::news(&self.scene, &scene);
            if !news.is_empty() {
                self.news = news.into();
            }
            suggest(Rc::make_mut(&mut self.trace), &self.scene, &scene);
            self.labels = Rc::new(labels(&picture));
            self.picture = Rc::new(picture);
            self.scene = Rc::new(scene);
        }
        let stale = self.trace.is_stale(&world);
        if stale != self.trace.stale {
            Rc::make_mut(&mut self.trace).stale = stale;
        }
        // A road that was true before the last change would be a falsehood on the map.
        self.road = match &self.trace.answer {
            Some(answer) if !self.trace.stale => {
                let road = answer.road(&self.scene);
                match &self.road {
                    Some(old) if **old == road => Some(old.clone()),
                    _ => Some(Rc::new(road)),
                }
            }
            _ => None,
        };
        if let Guide::Running(session) = &mut self.guide
            && let Some(said) = Rc::make_mut(session).look(&world)
        {
            self.news = said.into();
        }
        if let Guide::Running(session) = &self.guide
            && session.run.passes()
            && !self.done.contains(&session.lesson.front.id)
        {
            Rc::make_mut(&mut self.done).push(session.lesson.front.id.clone());
            learn_done(&session.lesson.front.id);
        }
        self.touched = true;
        let who = WhoIs::of(&world);
        if who != self.who {
            self.who = who;
        }
        Rc::make_mut(&mut self.console).look(&world);
        self.can_undo = world.can_undo();
        self.can_redo = world.can_redo();
        let row = |(place, entry): (usize, &Entry), undone: bool| Row {
            label: entry.label.clone(),
            commands: entry.commands().collect(),
            undone,
            set_up: place < world.set_up(),
        };
        let done = world.history().iter().enumerate();
        let later = world.undone().iter().zip(world.set_up()..);
        let rows: Vec<Row> = done
            .map(|it| row(it, false))
            .chain(later.map(|(entry, place)| row((place, entry), true)))
            .collect();
        if rows != *self.rows {
            self.rows = Rc::new(rows);
            self.worked = true;
        }
        let steps = world.history().len();
        if self
            .editor
            .strip
            .as_ref()
            .is_some_and(|strip| strip.is_last != (strip.step == steps))
        {
            Rc::make_mut(&mut self.editor).outlive(steps);
        }
        drop(world);
        self.inspect_selected(true);
    }

    /// What the hand, a key, a menu or a dialog says. `false` where nothing came of it.
    fn edit(&mut self, msg: Msg) -> bool {
        let before = self.editor.clone();
        let wishes = {
            let world = self.world.borrow();
            Rc::make_mut(&mut self.editor).take(&world, &self.scene, msg)
        };
        let idle = wishes.is_empty() && *before == *self.editor;
        for wish in wishes {
            self.grant(wish);
        }
        if !idle {
            self.inspect_selected(false);
        }
        !idle
    }

    fn grant(&mut self, wish: Wish) {
        let acts = matches!(
            wish,
            Wish::CarryOut(_) | Wish::Move { .. } | Wish::Tidy | Wish::Undo | Wish::Redo
        );
        if acts && (self.kept.holds_off() || self.kept == Kept::Opening) {
            let said = match self.kept {
                Kept::Opening => STILL_OPENING,
                _ => LOOK_ONLY,
            };
            Rc::make_mut(&mut self.editor).failed(said.to_owned());
            return;
        }
        match wish {
            Wish::CarryOut(plan) => {
                let done = self.world.borrow_mut().carry_out(&plan);
                let step = self.world.borrow().history().len();
                let editor = Rc::make_mut(&mut self.editor);
                match done {
                    Ok(()) => editor.done(&plan, step),
                    Err(text) => editor.failed(text),
                }
                self.look();
            }
            Wish::Move { label, places } => {
                self.world.borrow_mut().place(&label, &places);
                self.look();
            }
            Wish::Tidy => {
                self.world.borrow_mut().tidy("Tidy up");
                self.look();
            }
            Wish::Undo => {
                self.step(true);
            }
            Wish::Redo => {
                self.step(false);
            }
            Wish::Inspect => self.inspect += 1,
            Wish::Rename => self.rename += 1,
            Wish::Say(text) => self.news = text.into(),
            Wish::See(look) => self.see = (self.see.0 + 1, Some(look)),
            Wish::Insert(word) => {
                Rc::make_mut(&mut self.console).insert(&word);
                self.dock = Tab::Terminal;
                self.tab = Tab::Terminal;
            }
            Wish::Trace(to) => {
                let trace = Rc::make_mut(&mut self.trace);
                trace.chosen = true;
                trace.asked.set(Field::To, to);
                self.dock = Tab::Trace;
                self.tab = Tab::Trace;
            }
            Wish::Focus => {
                if self.editor.dialog.is_none() {
                    self.focus_map += 1;
                }
            }
        }
    }

    /// The details of what is selected; the selection ends with the thing. Where the world has not
    /// `changed`, only another selection shows anything else.
    fn inspect_selected(&mut self, changed: bool) {
        if !changed && self.selected.as_deref() == self.editor.selected() {
            return;
        }
        {
            let world = self.world.borrow();
            let scene = self.scene.clone();
            let there = |id: &str| scene.find(id).is_some() || world.details(id).is_some();
            if !self.editor.selection.iter().all(|id| there(id)) {
                Rc::make_mut(&mut self.editor).forget(there);
            }
        }
        let followed = {
            let mut editor = (*self.editor).clone();
            editor.follow(&self.world.borrow(), changed);
            editor
        };
        if followed != *self.editor {
            self.editor = Rc::new(followed);
        }
        self.selected = self.editor.selected().map(|id| id.to_owned().into());
        let details = self.selected.as_deref().and_then(|id| {
            let world = self.world.borrow();
            world.details(id).or_else(|| outside(id))
        });
        match details {
            None => self.details = None,
            Some(details) if self.details.as_deref() == Some(&details) => {}
            Some(details) => self.details = Some(Rc::new(details)),
        }
    }

    fn with_session(&mut self, change: impl FnOnce(&mut Session)) {
        if let Guide::Running(session) = &mut self.guide {
            change(Rc::make_mut(session));
        }
    }

    /// Sends the packet of the form, and shows what comes of it.
    fn send(&mut self) {
        let trace = Rc::make_mut(&mut self.trace);
        trace.send(&self.world.borrow());
        self.dock = Tab::Trace;
        self.tab = Tab::Trace;
        self.look();
    }

    /// Fills the form with what a check asks about.
    fn ask_as(&mut self, check: &str) -> bool {
        let Guide::Running(session) = &self.guide else {
            return false;
        };
        let lesson = &session.lesson;
        let mut checks = lesson
            .keeps
            .iter()
            .chain(lesson.steps.iter().flat_map(|step| &step.checks));
        let Some(check) = checks.find(|it| it.name == check) else {
            return false;
        };
        let (Predicate::Reach(query) | Predicate::NotReach(query) | Predicate::Connects(query)) =
            &check.predicate
        else {
            return false;
        };
        let Query { from, to, flow } = query;
        let names = session.run.names();
        let end = |place: &Place| match place {
            Place::Name(name) => (names.get(name).cloned().unwrap_or_default(), String::new()),
            Place::Address(address) => ("address".to_owned(), address.to_string()),
            Place::Internet => ("internet".to_owned(), String::new()),
        };
        let ((from, from_address), (to, to_address)) = (end(from), end(to));
        let Flow { protocol, port } = flow;
        let trace = Rc::make_mut(&mut self.trace);
        trace.chosen = true;
        trace.asked = Asked {
            from,
            from_address,
            to,
            to_address,
            protocol: protocol.to_string(),
            port: port.map_or_else(|| trace.asked.port.clone(), |port| port.to_string()),
            established: false,
        };
        true
    }

    /// Another world takes the place of this one.
    fn enter(&mut self, world: World, drafts: Drafts) {
        self.world.replace(world);
        self.console = Rc::new(Console::new(&self.world.borrow()));
        self.trace = Rc::new(Trace {
            sent: self.trace.sent,
            ..Trace::default()
        });
        self.editor = Rc::new(Editor::with(drafts));
        self.look();
        self.touched = false;
        self.worked = false;
        self.news = AttrValue::default();
    }

    /// The address changed: what it names is on its way.
    fn leave(&mut self, lesson: Option<String>) {
        self.kept = Kept::Opening;
        self.shared = None;
        if !matches!(self.saying, Some(Saying::Deleted(_))) {
            self.saying = None;
        }
        self.guide = match lesson {
            Some(id) => Guide::Loading(id),
            None => Guide::Waiting,
        };
    }

    fn arrive(&mut self, came: Arrival) {
        // What is drafted waits for its world.
        let mut editor = (*self.editor).clone();
        editor.selection.clear();
        editor.follow(&self.world.borrow(), false);
        let shelf = Rc::make_mut(&mut self.shelf);
        if let Some(key) = self.home.key().filter(|_| !editor.drafts.is_empty()) {
            shelf.insert(key, editor.drafts);
        }
        let drafts = came.place.key().and_then(|key| shelf.remove(&key));
        self.home = came.place;
        self.name = came.name;
        self.kept = came.kept;
        self.rest = came.rest.map(Rc::new);
        self.list = came.list;
        if came.saying.is_some() {
            self.saying = came.saying;
        }
        match (came.session, came.broken) {
            (Some(session), _) => {
                self.guide = Guide::Running(Rc::new(session));
                self.tab = Tab::Lesson;
            }
            (None, Some(broken)) => self.guide = Guide::Broken(Rc::new(broken)),
            (None, None) => {}
        }
        self.enter(came.world, drafts.unwrap_or_default());
    }

    /// What is kept beside the world itself.
    fn snapshot(&self) -> Snapshot {
        let mut page = Map::new();
        if let Guide::Running(session) = &self.guide {
            let number = |number: usize| Json::Int(i64::try_from(number).unwrap_or(i64::MAX));
            let mut hints = Map::new();
            for (step, shown) in session.run.shown() {
                hints.insert(step, number(shown));
            }
            let answers = (0..session.lesson.quiz.len()).map(|question| {
                let chosen = session.run.answered(question).map(|(chosen, _)| chosen);
                Json::List(
                    chosen
                        .unwrap_or_default()
                        .iter()
                        .map(|it| number(*it))
                        .collect(),
                )
            });
            let answers: Vec<Json> = answers.collect();
            if !hints.is_empty() {
                page.insert("hints", Json::Map(hints));
            }
            if answers
                .iter()
                .any(|it| it.as_list().is_some_and(|it| !it.is_empty()))
            {
                page.insert("answers", Json::List(answers));
            }
        }
        if let Some(rest) = &self.rest {
            page.insert("rest", rest.write());
        }
        Snapshot {
            place: self.home.clone(),
            name: self.name.clone(),
            page,
        }
    }

    /// Has what was touched kept.
    fn keep(&mut self) {
        if !std::mem::take(&mut self.touched) {
            return;
        }
        if self.kept == Kept::Loose && self.worked {
            self.own();
        }
        if self.home.key().is_none() {
            return;
        }
        match self.kept {
            Kept::Opening | Kept::Loose | Kept::Elsewhere { .. } => return,
            // It is still so until the next attempt says otherwise.
            Kept::Failed(_) => {}
            Kept::Saved | Kept::Saving => self.kept = Kept::Saving,
        }
        self.keeper.note(self.snapshot());
    }

    /// A world that belonged to nothing is one's own from the first act on.
    fn own(&mut self) {
        let id = token();
        let own = self.home.of_its_own(&self.name, &self.list, id.clone());
        if let Some((place, name)) = own {
            self.home = place;
            self.kept = Kept::Saving;
            let said: AttrValue =
                format!("From your first change on this is a world of its own: “{name}”.").into();
            self.news = said.clone();
            self.saying = Some(Saying::Told(said));
            self.name = name;
            self.keeper.adopt(&id, &self.name);
        }
    }

    /// How safe things are now, and with it what is told about the open world.
    fn learn(&mut self, kept: Kept) -> bool {
        let fits = match self.kept {
            Kept::Opening | Kept::Loose | Kept::Elsewhere { .. } => false,
            Kept::Saved | Kept::Saving | Kept::Failed(_) => self.kept != kept,
        };
        if !fits {
            return false;
        }
        if let Kept::Failed(why) = &kept {
            self.news = format!("Not saved. {}", why.sentence()).into();
        }
        self.kept = kept;
        if let (Kept::Saved, Some(key)) = (&self.kept, self.home.key()) {
            let world = self.world.borrow();
            let about = About {
                key,
                name: self.name.clone(),
                steps: world.history().len().saturating_sub(world.set_up()),
            };
            let list = Rc::make_mut(&mut self.list);
            match list.iter_mut().find(|it| it.key == about.key) {
                Some(it) => *it = about,
                None => list.push(about),
            }
        }
        true
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

/// Names by id, of all that is on the map, of the security groups and of who may do what.
fn labels(picture: &Picture) -> Labels {
    let mut labels = Labels::new();
    let mut note = |node: &Node| {
        if let Some(name) = &node.name {
            labels.insert(node.id.clone(), name.clone());
        }
    };
    for vpc in &picture.vpcs {
        note(&vpc.node);
        vpc.gateway.iter().for_each(&mut note);
        vpc.route_tables.iter().for_each(|table| note(&table.node));
        for subnet in vpc.zones.iter().flat_map(|zone| &zone.subnets) {
            note(&subnet.node);
            for host in &subnet.hosts {
                note(&host.node);
                host.groups.iter().for_each(&mut note);
            }
        }
    }
    picture.loose_gateways.iter().for_each(&mut note);
    picture.loose_addresses.iter().for_each(&mut note);
    (picture.buckets.iter()).for_each(|bucket| note(&bucket.node));
    let identities = &picture.identities;
    identities.users.iter().for_each(&mut note);
    identities.groups.iter().for_each(&mut note);
    identities.policies.iter().for_each(&mut note);
    labels
}

/// The newest instance is where the next packet goes, until the student chooses.
fn suggest(trace: &mut Trace, before: &Scene, after: &Scene) {
    let hosts = |scene: &Scene| -> Vec<String> {
        let hosts = scene.items.iter().filter(|item| item.shape == Shape::Host);
        hosts.map(|item| item.id.clone()).collect()
    };
    let (old, new) = (hosts(before), hosts(after));
    let gone = !trace.asked.to.is_empty()
        && old.contains(&trace.asked.to)
        && !new.contains(&trace.asked.to);
    if trace.chosen && !gone {
        return;
    }
    if let Some(newest) = new.iter().rev().find(|id| !old.contains(id)) {
        trace.asked.to.clone_from(newest);
    } else if gone {
        trace.asked.to = new.last().cloned().unwrap_or_default();
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
        if action.acts() && self.kept == Kept::Opening {
            self.early.borrow_mut().push(action);
            return self;
        }
        let mut next = (*self).clone();
        if action.acts() && self.kept.holds_off() {
            if let Action::Enter { text, .. } = &action {
                Rc::make_mut(&mut next.console).put(text);
            }
            next.news = LOOK_ONLY.into();
            return Rc::new(next);
        }
        let changed = match action {
            Action::Enter { text, columns } => {
                next.run(&text, columns);
                true
            }
            Action::RunQueued { columns } => {
                next.run_queued(AT_A_TIME, columns);
                true
            }
            Action::StopPaste => {
                Rc::make_mut(&mut next.console).stop();
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
            Action::InsertIntoPrompt(word) => {
                Rc::make_mut(&mut next.console).insert(&word);
                next.dock = Tab::Terminal;
                next.tab = Tab::Terminal;
                true
            }
            Action::Undo => next.step(true),
            Action::Redo => next.step(false),
            Action::Select(id) => {
                let changed = next.selected != id;
                let editor = Rc::make_mut(&mut next.editor);
                editor.selection = id.into_iter().map(|id| id.to_string()).collect();
                next.inspect_selected(false);
                changed
            }
            Action::Edit(msg) => next.edit(msg),
            Action::Show(tab) => {
                match tab {
                    Tab::Lesson | Tab::Outline => next.side = tab,
                    Tab::Map => {}
                    _ => next.dock = tab,
                }
                next.tab = tab;
                (next.dock, next.tab, next.side) != (self.dock, self.tab, self.side)
            }
            Action::Ask(field, value) => {
                let trace = Rc::make_mut(&mut next.trace);
                trace.chosen |= field == Field::To;
                trace.asked.set(field, value);
                true
            }
            Action::Send => {
                next.send();
                true
            }
            Action::TraceCheck(check) => {
                let known = next.ask_as(&check);
                if known {
                    next.send();
                }
                known
            }
            Action::EndTrace => {
                Rc::make_mut(&mut next.trace).end();
                next.road = None;
                true
            }
            Action::Playing(playing) => {
                next.playing = playing;
                playing != self.playing
            }
            Action::Leave(lesson) => {
                next.leave(lesson);
                true
            }
            Action::Menu(came) => {
                // Another address was followed since.
                if !matches!(self.guide, Guide::Waiting | Guide::Menu(_)) {
                    return self;
                }
                next.guide = match came {
                    Ok(index) => Guide::Menu(Rc::new(index)),
                    Err(broken) => Guide::Broken(Rc::new(broken)),
                };
                true
            }
            Action::Arrive(came) => {
                next.arrive(*came);
                let early = next.early.take();
                let next: Rc<Self> = Rc::new(next);
                return early
                    .into_iter()
                    .fold(next, |state, action| state.reduce(action));
            }
            Action::Kept(kept) => next.learn(kept),
            Action::World(deed) => {
                next.keeper.carry_out(deed, next.snapshot());
                false
            }
            Action::List(list) => {
                next.list = list;
                true
            }
            Action::Rename(name) => {
                next.name = tidy_name(&name);
                next.touched = true;
                true
            }
            Action::Say(saying) => {
                if let Some(Saying::Told(text) | Saying::Failed(text)) = &saying {
                    next.news = text.clone();
                }
                next.saying = saying;
                true
            }
            Action::ForgetRest => {
                next.rest = None;
                next.touched = true;
                true
            }
            Action::Shared(shared) => {
                next.shared = shared;
                next.shared != self.shared
            }
            Action::LookAt(line) => {
                if next.console.is_within() {
                    next.news = "Finish the command in the terminal first.".into();
                } else {
                    next.run(&line, LEAST_COLUMNS);
                    next.dock = Tab::Terminal;
                }
                true
            }
            Action::News(text) => {
                next.news = text;
                true
            }
            Action::Hint(step) => {
                next.with_session(|session| session.hint(&step));
                next.touched = true;
                next.worked = true;
                true
            }
            Action::Pick(question, answer, ticked) => {
                next.with_session(|session| session.pick(question, answer, ticked));
                true
            }
            Action::Answer(question) => {
                next.with_session(|session| session.answer(question));
                next.touched = true;
                next.worked = true;
                true
            }
            Action::Reset => {
                next.world.borrow_mut().reset();
                next.look();
                next.news = "Back at the start; Redo brings it back".into();
                true
            }
            Action::Paint(theme) => {
                next.theme = theme;
                theme != self.theme
            }
        };
        next.keep();
        next.keeper
            .drafting(next.editor.drafts_anything() || !next.shelf.is_empty());
        if changed { Rc::new(next) } else { self }
    }
}

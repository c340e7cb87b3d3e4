//! The map as an editor: what the hand, the keys and the menus mean. Plain data and functions; the
//! canvas turns the browser's events into messages, and paints what comes back.
//!
//! - [`hand`] makes gestures of pointers: click, drag, band, wire, place, pan, pinch.
//! - [`keys`] is the one table of shortcuts; the sheet behind `?` is the same table.
//! - [`Editor`] holds selection, tool, menu and dialog, asks `plan` what a gesture comes to, and
//!   gives the page [`Effect`]s to carry out.
//!
//! **Invariant:** nothing here decides about AWS; a verdict is a plan tried on a copy.

pub mod bench;
pub mod dialog;
pub mod hand;
pub mod keys;
pub mod may;
pub mod menu;
pub mod parts;
pub mod target;
#[cfg(test)]
mod tests;

use crate::canvas::layout::Scene;
use bench::{Bench, Edit};
use dialog::{Ask, Dialog};
use hopwise_cloud::LAPTOP;
use hopwise_plan::{Intent, Kind, Offer, Place, Plan, Power, Refusal, RuleTable, Values};
use hopwise_world::{Places, World};
use keys::Command;
use menu::{Choice, Menu};
use std::collections::BTreeMap;

/// What a click on the map does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Tool {
    /// Selects.
    #[default]
    Select,
    /// Puts a new thing there.
    Place(Kind),
    /// Draws a connection from this thing to there.
    Wire(String),
}

/// What would come of a drop here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The thing under the pointer.
    pub on: String,
    /// Can it be?
    pub ok: bool,
    /// What it means, or why it can't be.
    pub text: String,
}

/// What was done last, as `aws` commands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Strip {
    /// What the history calls it.
    pub label: String,
    /// The commands.
    pub commands: Vec<String>,
    /// What else it means.
    pub notes: Vec<String>,
    /// The thing it made.
    pub made: Option<String>,
    /// The step of the history that it is, counted from 1.
    pub step: usize,
    /// Is it the last that was done? Only then undo undoes it.
    pub is_last: bool,
}

impl Strip {
    /// What AWS tells only now of an access key that was just made: the sentence, and the secret.
    pub fn told(&self, id: &str) -> Option<(String, String)> {
        let key = Kind::of_id(id) == Some(Kind::AccessKey) && self.made.as_deref() == Some(id);
        let (text, secret) = self.notes.first().filter(|_| key)?.rsplit_once(' ')?;
        Some((text.to_owned(), secret.to_owned()))
    }
}

/// Why something can't be, and what can.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// AWS's code.
    pub code: Option<String>,
    /// The text.
    pub text: String,
    /// The page that says so.
    pub page: Option<&'static str>,
    /// What is possible.
    pub offers: Vec<Offer>,
}

impl From<Refusal> for Notice {
    fn from(refusal: Refusal) -> Self {
        Notice {
            code: refusal.code,
            text: refusal.text,
            page: refusal.page,
            offers: refusal.offers,
        }
    }
}

/// What the hand, the keys and the menus say.
#[derive(Clone, PartialEq, Debug)]
pub enum Msg {
    /// A click on a thing, or on the empty map; `add` keeps what is selected.
    Click { id: Option<String>, add: bool },
    /// What a rubber band caught.
    Band { ids: Vec<String>, add: bool },
    /// A double click.
    Open(String),
    /// The context menu, at a place of the window.
    Menu { at: (i32, i32), id: Option<String> },
    /// Something is held over this thing and zone.
    Over {
        holds: Holds,
        on: Option<String>,
        zone: Option<String>,
    },
    /// Nothing is held any more.
    Let,
    /// What was dragged is dropped.
    Dropped {
        id: String,
        on: Option<String>,
        /// Where things stand then, where they only moved.
        places: Places,
    },
    /// A new thing is put here.
    Placed {
        kind: Kind,
        on: Option<String>,
        zone: Option<String>,
    },
    /// A connection is drawn.
    Wired { from: String, to: Option<String> },
    /// A tool is taken, or put back with the one it is.
    Take(Tool),
    /// A key or a button.
    Do(Command),
    /// A choice of the menu.
    Choose(Choice),
    /// A field of the dialog.
    Fill { key: String, value: String },
    /// The dialog's main button.
    Confirm,
    /// A row of the dialog's list.
    Pick(String),
    /// An offer of the notice.
    Accept(usize),
    /// Escape, or a click beside: the innermost thing that is open closes.
    Close,
    /// The strip is put away.
    Hush,
    /// A draft of the inspector.
    Bench(Edit),
    /// A packet to the thing that is selected, or to one that it concerns.
    Probe,
    /// The instance that the inspector shows starts, stops or reboots.
    Power(Power),
    /// The id of this thing goes into the terminal's line.
    Name(String),
    /// A key is pressed on this thing: it belongs to what is selected, else it is selected.
    Focus(String),
}

/// What is held over the map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Holds {
    /// A thing that is there.
    Thing(String),
    /// A new one.
    New(Kind),
    /// The end of a connection.
    Wire(String),
}

/// What the page is to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// A plan is to be carried out.
    CarryOut(Box<Plan>),
    /// Things stand elsewhere now.
    Move {
        label: String,
        places: Places,
    },
    /// The layout puts everything where it would.
    Tidy,
    Undo,
    Redo,
    /// The inspector is to have the focus.
    Inspect,
    /// The inspector's Name is to have the focus.
    Rename,
    /// For those who don't see it.
    Say(String),
    /// The camera.
    See(Look),
    /// A word for the terminal's line.
    Insert(String),
    /// The tracer asks about a packet to this thing.
    Trace(String),
    /// The map is to have the focus again, unless a dialog is open.
    Focus,
}

/// What the camera is to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    Everything,
    Selection,
    Closer,
    Further,
    TrueSize,
    /// By a step to a side.
    Pan(i32, i32),
}

/// The editor's own state. The world is not in it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Editor {
    /// What is selected; the last is what the inspector shows.
    pub selection: Vec<String>,
    pub tool: Tool,
    pub verdict: Option<Verdict>,
    pub menu: Option<Menu>,
    pub dialog: Option<Dialog>,
    pub strip: Option<Strip>,
    pub notice: Option<Notice>,
    /// What was copied.
    pub clipboard: Vec<String>,
    /// The drafts of what the inspector shows.
    pub bench: Option<Bench>,
    /// The drafts of what it showed before, which are not applied yet.
    pub drafts: BTreeMap<String, Bench>,
    /// Those of them whose thing is there now: id and name.
    pub waiting: Vec<(String, String)>,
    /// The draft that is being applied: whose, and which.
    applying: Option<(String, Option<RuleTable>)>,
}

impl Editor {
    /// An editor in which nothing is done yet but these drafts.
    pub fn with(drafts: BTreeMap<String, Bench>) -> Self {
        Editor {
            drafts,
            ..Editor::default()
        }
    }

    /// The thing that the inspector shows.
    pub fn selected(&self) -> Option<&str> {
        self.selection.last().map(String::as_str)
    }

    pub fn is_selected(&self, id: &str) -> bool {
        self.selection.iter().any(|it| it == id)
    }

    /// Takes a message; gives what the page is to do.
    pub fn take(&mut self, world: &World, scene: &Scene, msg: Msg) -> Vec<Effect> {
        let closes = matches!(
            msg,
            Msg::Pick(_) | Msg::Choose(_) | Msg::Confirm | Msg::Accept(_)
        );
        let mut effects = self.obey(world, scene, msg);
        // What had the focus is closed: it goes back to where one works, unless it has a new place.
        let placed = effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Inspect | Effect::Rename | Effect::Insert(_) | Effect::Trace(_)
            )
        });
        let acts = effects.iter().any(|it| matches!(it, Effect::CarryOut(_)));
        if closes && !placed && (acts || self.dialog.is_none()) && self.menu.is_none() {
            effects.push(Effect::Focus);
        }
        effects
    }

    fn obey(&mut self, world: &World, scene: &Scene, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Click { id, add } => return self.click(world, id, add),
            Msg::Band { ids, add } => {
                if !add {
                    self.selection.clear();
                }
                for id in ids {
                    if !self.is_selected(&id) {
                        self.selection.push(id);
                    }
                }
                return vec![Effect::Say(format!("{} selected", self.selection.len()))];
            }
            Msg::Open(id) => {
                self.selection = vec![id];
                return vec![Effect::Inspect];
            }
            Msg::Menu { at, id } => self.open_menu(world, at, id),
            Msg::Over { holds, on, zone } => {
                self.verdict = verdict(world, &holds, on, zone);
                let said = self.verdict.iter().map(|it| it.text.clone());
                return said.map(Effect::Say).collect();
            }
            Msg::Let => self.verdict = None,
            Msg::Dropped { id, on, places } => {
                self.verdict = None;
                // Not before: the inspector that opens would move the map under the hand.
                if !self.is_selected(&id) {
                    self.selection = vec![id.clone()];
                }
                return match on {
                    Some(on) => self.join(world, &id, &on),
                    None if places.is_empty() => Vec::new(),
                    None => {
                        let label = match places.len() {
                            1 => format!("Move {}", name(world, &id)),
                            many => format!("Move {many} things"),
                        };
                        vec![Effect::Move { label, places }]
                    }
                };
            }
            Msg::Placed { kind, on, zone } => {
                self.verdict = None;
                self.tool = Tool::Select;
                return self.create(world, kind, Place { on, zone });
            }
            Msg::Wired { from, to } => {
                self.verdict = None;
                self.tool = Tool::Select;
                return match to {
                    Some(to) => self.join(world, &from, &to),
                    None => Vec::new(),
                };
            }
            Msg::Take(tool) => return self.take_tool(world, tool),
            Msg::Do(command) => return self.command(world, scene, command),
            Msg::Choose(choice) => return self.choose(world, scene, choice),
            Msg::Fill { key, value } => {
                if let Some(dialog) = &mut self.dialog {
                    dialog.fill(world, key, value);
                }
            }
            Msg::Confirm => return self.confirm(world),
            Msg::Pick(id) => return self.pick(world, &id),
            Msg::Accept(place) => {
                let offer = self.notice.take().and_then(|mut notice| {
                    (place < notice.offers.len()).then(|| notice.offers.remove(place))
                });
                return match offer {
                    Some(Offer {
                        intent: Intent::Create { kind, place, .. },
                        ..
                    }) => self.create(world, kind, place),
                    Some(offer) => self.wish(world, offer.intent),
                    None => Vec::new(),
                };
            }
            Msg::Close => return self.close(),
            Msg::Hush => self.strip = None,
            Msg::Bench(edit) => {
                let Some(bench) = &mut self.bench else {
                    return Vec::new();
                };
                let which = match edit {
                    Edit::Apply(which) => which,
                    _ => None,
                };
                let plan = bench.edit(world, edit);
                self.applying = plan.as_ref().map(|_| (bench.id.clone(), which));
                return plan
                    .map(|plan| Effect::CarryOut(Box::new(plan)))
                    .into_iter()
                    .collect();
            }
            Msg::Power(power) => {
                let ids = self.selected().map(str::to_owned).into_iter().collect();
                return self.wish(world, Intent::Power { ids, power });
            }
            Msg::Name(id) => return vec![Effect::Insert(id)],
            Msg::Focus(id) => {
                if !self.is_selected(&id) {
                    self.selection = vec![id];
                }
            }
            Msg::Probe => {
                let to = self.bench.as_ref().and_then(|bench| bench.probe.clone());
                return to.map(Effect::Trace).into_iter().collect();
            }
        }
        Vec::new()
    }

    /// What was done, as this step of the history, is shown, and what it made is selected. Only here
    /// a dialog or a draft has done its part: what failed is still there to be mended.
    pub fn done(&mut self, plan: &Plan, step: usize) {
        self.notice = None;
        if let (Some((id, which)), Some(bench)) = (self.applying.take(), &mut self.bench)
            && bench.id == id
        {
            bench.applied(which);
        }
        self.strip = Some(Strip {
            label: plan.label.clone(),
            commands: plan.commands.clone(),
            notes: plan.notes.clone(),
            made: plan.made.first().cloned(),
            step,
            is_last: true,
        });
        let gone = |id: &String| plan.gone.iter().any(|node| node.id == *id);
        self.selection.retain(|id| !gone(id));
        self.dialog = None;
        // A rule that was made has no box of its own.
        if let Some(made) = plan.made.first().filter(|id| !id.starts_with("sgr-")) {
            self.selection = vec![made.clone()];
        }
    }

    /// Something of the plan did not come about.
    pub fn failed(&mut self, text: String) {
        let notice = Notice {
            code: None,
            text,
            page: None,
            offers: Vec::new(),
        };
        match (self.applying.take(), &mut self.bench, &mut self.dialog) {
            (Some((id, which)), Some(bench), _) if bench.id == id => {
                bench.failed = Some((which, notice));
            }
            (_, _, Some(dialog)) => dialog.refusal = Some(notice),
            _ => self.notice = Some(notice),
        }
    }

    /// So many steps are done now: what the strip shows is the last of them, or it isn't, or it is
    /// undone.
    pub fn outlive(&mut self, steps: usize) {
        self.strip = self.strip.take().filter(|strip| strip.step <= steps);
        if let Some(strip) = &mut self.strip {
            strip.is_last = strip.step == steps;
        }
    }

    /// The drafts follow the selection, and the world where it has `changed`. What is not applied
    /// waits until its thing is selected again.
    pub fn follow(&mut self, world: &World, changed: bool) {
        let selected = self.selected().map(str::to_owned);
        let same = self.bench.as_ref().map(|bench| &bench.id) == selected.as_ref();
        if same && !changed {
            return;
        }
        let mut bench = self.bench.take();
        if !same {
            self.put_by(bench.take());
            bench = selected.as_ref().and_then(|id| self.drafts.remove(id));
        }
        self.bench = match (bench, selected) {
            (Some(bench), Some(_)) => {
                let fresh = bench.refreshed(world);
                if fresh.is_none() {
                    self.put_by(Some(bench));
                }
                fresh
            }
            (None, Some(id)) => Bench::of(world, &id),
            (_, None) => None,
        };
        let there = self
            .drafts
            .keys()
            .filter(|id| Bench::of(world, id).is_some());
        self.waiting = there.map(|id| (id.clone(), name(world, id))).collect();
    }

    fn put_by(&mut self, bench: Option<Bench>) {
        if let Some(bench) = bench.filter(Bench::is_changed) {
            self.drafts.insert(bench.id.clone(), bench);
        }
    }

    /// Is there a draft that is not applied?
    pub fn drafts_anything(&self) -> bool {
        !self.drafts.is_empty() || self.bench.as_ref().is_some_and(Bench::is_changed)
    }

    /// What isn't there any more is not selected any more.
    pub fn forget(&mut self, is_there: impl Fn(&str) -> bool) {
        self.selection.retain(|id| is_there(id));
        self.clipboard.retain(|id| is_there(id));
    }

    fn click(&mut self, world: &World, id: Option<String>, add: bool) -> Vec<Effect> {
        self.menu = None;
        match (&self.tool, id) {
            (Tool::Wire(from), Some(to)) => {
                let from = from.clone();
                self.take_wire(world, from, to)
            }
            (_, Some(id)) if add => {
                match self.selection.iter().position(|it| *it == id) {
                    Some(place) => {
                        self.selection.remove(place);
                    }
                    None => self.selection.push(id),
                }
                Vec::new()
            }
            (_, Some(id)) => {
                self.selection = vec![id];
                Vec::new()
            }
            (_, None) if add => Vec::new(),
            (_, None) => {
                self.selection.clear();
                if self.tool != Tool::Select {
                    self.tool = Tool::Select;
                    self.dialog = None;
                    self.verdict = None;
                }
                Vec::new()
            }
        }
    }

    fn take_wire(&mut self, world: &World, from: String, to: String) -> Vec<Effect> {
        self.tool = Tool::Select;
        self.dialog = None;
        self.verdict = None;
        self.join(world, &from, &to)
    }

    fn take_tool(&mut self, world: &World, tool: Tool) -> Vec<Effect> {
        self.menu = None;
        self.verdict = None;
        let same = self.tool == tool;
        self.tool = if same { Tool::Select } else { tool };
        let said = match &self.tool {
            Tool::Select => "Select".to_owned(),
            Tool::Place(kind) => format!("Choose where to put {}", kind.noun()),
            Tool::Wire(from) => format!("Choose what to connect {} to", name(world, from)),
        };
        vec![Effect::Say(said)]
    }

    /// A new thing: what has to be chosen is asked, the rest is done at once.
    pub fn create(&mut self, world: &World, kind: Kind, place: Place) -> Vec<Effect> {
        let intent = Intent::Create {
            kind,
            place: place.clone(),
            values: Values::new(),
        };
        // An address and a key are known by what AWS gives them.
        if matches!(kind, Kind::ElasticIp | Kind::AccessKey) {
            return self.wish(world, intent);
        }
        // What is asked for no more than its name can't be mended in the form.
        if matches!(
            kind,
            Kind::InternetGateway | Kind::RouteTable | Kind::NetworkAcl
        ) && let Err(refusal) = world.plan(&intent)
        {
            return self.refused(refusal);
        }
        match dialog::create(world, kind, &place) {
            Ok(form) => {
                self.notice = None;
                self.dialog = Some(form);
                Vec::new()
            }
            Err(refusal) => self.refused(refusal),
        }
    }

    /// One thing onto another.
    pub fn join(&mut self, world: &World, from: &str, to: &str) -> Vec<Effect> {
        match dialog::join(world, from, to) {
            Some(form) => {
                self.notice = None;
                self.dialog = Some(form);
                Vec::new()
            }
            None => self.wish(
                world,
                Intent::Join {
                    from: from.to_owned(),
                    to: to.to_owned(),
                    values: Values::new(),
                },
            ),
        }
    }

    /// An intent that needs nothing more.
    pub fn wish(&mut self, world: &World, intent: Intent) -> Vec<Effect> {
        match world.plan(&intent) {
            Ok(plan) => vec![Effect::CarryOut(Box::new(plan))],
            Err(refusal) => self.refused(refusal),
        }
    }

    fn refused(&mut self, refusal: Refusal) -> Vec<Effect> {
        let said = refusal.text.clone();
        self.notice = Some(refusal.into());
        vec![Effect::Say(said)]
    }

    fn delete(&mut self, world: &World, ids: Vec<String>) -> Vec<Effect> {
        if ids.is_empty() {
            return Vec::new();
        }
        let intent = Intent::Delete { ids };
        match world.plan(&intent) {
            // A single thing that takes nothing along goes at once: undo brings it back.
            Ok(plan) if plan.gone.len() == 1 && plan.acts.len() <= 2 => {
                vec![Effect::CarryOut(Box::new(plan))]
            }
            Ok(plan) => {
                self.dialog = Some(Dialog::preview(plan));
                Vec::new()
            }
            Err(refusal) => self.refused(refusal),
        }
    }

    fn confirm(&mut self, world: &World) -> Vec<Effect> {
        let Some(dialog) = &mut self.dialog else {
            return Vec::new();
        };
        match dialog.outcome(world) {
            Ok(Some(plan)) => vec![Effect::CarryOut(Box::new(plan))],
            Ok(None) => Vec::new(),
            Err(refusal) => {
                let said = refusal.text.clone();
                dialog.refusal = Some(refusal.into());
                vec![Effect::Say(said)]
            }
        }
    }

    /// A row of the list that is open: what to connect to, what to make.
    fn pick(&mut self, world: &World, id: &str) -> Vec<Effect> {
        let Some(Dialog { ask, .. }) = self.dialog.take() else {
            return Vec::new();
        };
        self.tool = Tool::Select;
        match ask {
            Ask::Target { from } => self.join(world, &from, id),
            Ask::Move { from } => self.move_to(world, &from, id),
            Ask::Kind { on } => match Kind::of_word(id) {
                Some(kind) => self.create(world, kind, Place { on, zone: None }),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// To where AWS lets it; else a copy is offered.
    fn move_to(&mut self, world: &World, from: &str, to: &str) -> Vec<Effect> {
        self.wish(
            world,
            Intent::Join {
                from: from.to_owned(),
                to: to.to_owned(),
                values: Values::new(),
            },
        )
    }

    fn close(&mut self) -> Vec<Effect> {
        if self.menu.take().is_some() || self.dialog.take().is_some() {
            self.tool = Tool::Select;
            self.verdict = None;
            return vec![Effect::Focus];
        }
        if self.verdict.take().is_some() || self.tool != Tool::Select {
            self.tool = Tool::Select;
        } else if self.notice.take().is_none() {
            self.selection.clear();
        }
        Vec::new()
    }

    fn open_menu(&mut self, world: &World, at: (i32, i32), id: Option<String>) {
        if let Some(id) = &id
            && !self.is_selected(id)
        {
            self.selection = vec![id.clone()];
        }
        if id.is_none() {
            self.selection.clear();
        }
        self.menu = Some(menu::menu(
            world,
            &self.selection,
            !self.clipboard.is_empty(),
            at,
        ));
    }

    fn choose(&mut self, world: &World, scene: &Scene, choice: Choice) -> Vec<Effect> {
        self.menu = None;
        match choice {
            Choice::Command(command) => self.command(world, scene, command),
            Choice::New(kind) => {
                let on = self.selected().map(str::to_owned);
                self.create(world, kind, Place { on, zone: None })
            }
            Choice::Power(power) => {
                // Of several those that it means something to.
                let mut ids = self.instances();
                ids.retain(|id| menu::powers(world, std::slice::from_ref(id)).contains(&power));
                self.wish(world, Intent::Power { ids, power })
            }
            Choice::Insert => match self.selected() {
                Some(id) => vec![Effect::Insert(id.to_owned())],
                None => Vec::new(),
            },
            Choice::Trace => match self.selected() {
                Some(id) => vec![Effect::Trace(id.to_owned())],
                None => Vec::new(),
            },
        }
    }

    fn instances(&self) -> Vec<String> {
        let of = |id: &&String| Kind::of_id(id) == Some(Kind::Instance);
        self.selection.iter().filter(of).cloned().collect()
    }

    /// What of the selection can be deleted and copied.
    fn things(&self) -> Vec<String> {
        let own = |id: &&String| Kind::of_id(id).is_some() && id.as_str() != LAPTOP;
        self.selection.iter().filter(own).cloned().collect()
    }

    fn command(&mut self, world: &World, scene: &Scene, command: Command) -> Vec<Effect> {
        match command {
            Command::Undo => vec![Effect::Undo],
            Command::Redo => vec![Effect::Redo],
            Command::Delete => {
                let things = self.things();
                self.delete(world, things)
            }
            Command::SelectAll => {
                let all = scene.items.iter().filter(|item| item.selectable);
                self.selection = all
                    .map(|item| item.id.clone())
                    .filter(|id| Kind::of_id(id).is_some())
                    .collect();
                vec![Effect::Say(format!("{} selected", self.selection.len()))]
            }
            Command::Copy => {
                self.clipboard = self.things();
                let count = self.clipboard.len();
                vec![Effect::Say(format!("{count} copied"))]
            }
            Command::Paste | Command::Duplicate => {
                let duplicates = command == Command::Duplicate;
                let ids = match duplicates {
                    true => self.things(),
                    false => self.clipboard.clone(),
                };
                if ids.is_empty() {
                    return vec![Effect::Say("Nothing is copied yet".to_owned())];
                }
                let into = self
                    .selected()
                    .filter(|id| !duplicates && !ids.iter().any(|it| it == id));
                let into = into.map(str::to_owned);
                self.wish(world, Intent::Copy { ids, into })
            }
            Command::Nudge(x, y) => {
                let places = target::nudged(scene, &self.selection, (x, y));
                match places.is_empty() {
                    true => vec![Effect::See(Look::Pan(-x, -y))],
                    false => vec![Effect::Move {
                        label: "Move".to_owned(),
                        places,
                    }],
                }
            }
            Command::Walk(step) => {
                let next = keys::walk(scene, self.selected(), step);
                self.selection = next.into_iter().collect();
                Vec::new()
            }
            Command::Connect => match self.selected() {
                // From the list, or by a click on the map.
                Some(from) => {
                    let from = from.to_owned();
                    self.dialog = Some(dialog::targets(world, &from));
                    self.tool = Tool::Wire(from);
                    Vec::new()
                }
                None => vec![Effect::Say("Select what to connect first".to_owned())],
            },
            Command::MoveTo => match self.selected() {
                Some(from) => {
                    self.dialog = Some(dialog::containers(world, scene, from));
                    Vec::new()
                }
                None => vec![Effect::Say("Select what to move first".to_owned())],
            },
            Command::New => {
                let on = self.selected().map(str::to_owned);
                self.dialog = Some(dialog::kinds(world, on));
                Vec::new()
            }
            Command::Menu => {
                self.menu = Some(Menu {
                    at_focus: true,
                    ..menu::menu(world, &self.selection, !self.clipboard.is_empty(), (0, 0))
                });
                Vec::new()
            }
            Command::Open => vec![Effect::Inspect],
            Command::Rename => vec![Effect::Rename],
            Command::Help => {
                self.dialog = Some(Dialog::help());
                Vec::new()
            }
            Command::Tidy => vec![Effect::Tidy],
            Command::Look(look) => vec![Effect::See(look)],
            Command::Close => self.close(),
        }
    }
}

/// What a person calls a thing.
pub fn name(world: &World, id: &str) -> String {
    match id {
        "internet" => "the internet".to_owned(),
        LAPTOP => "your laptop".to_owned(),
        _ => world
            .details(id)
            .and_then(|details| details.node.name)
            .unwrap_or_else(|| crate::text::shorten(id, 14)),
    }
}

/// What would come of letting go here.
fn verdict(
    world: &World,
    holds: &Holds,
    on: Option<String>,
    zone: Option<String>,
) -> Option<Verdict> {
    let (intent, what) = match holds {
        Holds::New(kind) => (
            Intent::Create {
                kind: *kind,
                place: Place {
                    on: on.clone(),
                    zone,
                },
                values: Values::new(),
            },
            format!("New {}", kind.bare()),
        ),
        Holds::Thing(from) | Holds::Wire(from) => {
            let to = on.clone()?;
            let what = format!("{} to {}", name(world, from), name(world, &to));
            (
                Intent::Join {
                    from: from.clone(),
                    to,
                    values: Values::new(),
                },
                what,
            )
        }
    };
    let tried = world.plan(&intent);
    let on = on.unwrap_or_default();
    Some(match tried {
        Ok(plan) => {
            let where_to = match (&intent, on.is_empty()) {
                (Intent::Create { .. }, false) => format!("{what} in {}", name(world, &on)),
                (Intent::Create { .. }, true) => what,
                _ => plan.label,
            };
            Verdict {
                on,
                ok: true,
                text: where_to,
            }
        }
        Err(refusal) => Verdict {
            on,
            ok: false,
            text: match refusal.code {
                Some(code) => format!("{code}: {}", refusal.text),
                None => refusal.text,
            },
        },
    })
}

/// A kind as a list shows it: with a capital.
fn menu_word(kind: Kind) -> String {
    hopwise_plan::capital(kind.bare())
}

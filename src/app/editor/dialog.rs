//! What a gesture asks before it is done, and what a delete would take along.

use super::{Notice, name};
use crate::canvas::layout::Scene;
use hopwise_cloud::view::{Node, kind_word};
use hopwise_plan::{
    Form, Intent, Kind, Place, Plan, Refusal, Values, blocks, create_form, join_form, joins,
};
use hopwise_world::World;

/// A dialog that is open.
#[derive(Clone, PartialEq, Debug)]
pub struct Dialog {
    pub title: String,
    pub ask: Ask,
    pub form: Form,
    pub values: Values,
    /// What it would do now, as commands.
    pub commands: Vec<String>,
    /// What else it would mean.
    pub notes: Vec<String>,
    /// Why it can't be as it is filled in.
    pub refusal: Option<Notice>,
    /// Remarks below fields, by key.
    pub remarks: Vec<(&'static str, Result<String, String>)>,
    /// What would go.
    pub gone: Vec<Node>,
    /// A list to pick from: id, what it is, its name.
    pub list: Vec<(String, String, String)>,
}

/// What it is for.
#[derive(Clone, PartialEq, Debug)]
pub enum Ask {
    Create {
        kind: Kind,
        place: Place,
    },
    Join {
        from: String,
        to: String,
    },
    /// What to connect a thing to.
    Target {
        from: String,
    },
    /// Where to move a thing.
    Move {
        from: String,
    },
    /// What to make.
    Kind {
        on: Option<String>,
    },
    /// A plan that is to be seen first.
    Preview(Box<Plan>),
    /// The shortcuts.
    Help,
}

impl Dialog {
    fn new(title: impl Into<String>, ask: Ask) -> Self {
        Dialog {
            title: title.into(),
            ask,
            form: Form::default(),
            values: Values::new(),
            commands: Vec::new(),
            notes: Vec::new(),
            refusal: None,
            remarks: Vec::new(),
            gone: Vec::new(),
            list: Vec::new(),
        }
    }

    /// A plan that is to be seen before it is done.
    pub fn preview(plan: Plan) -> Self {
        let mut dialog = Dialog::new(plan.label.clone(), Ask::Preview(Box::new(plan.clone())));
        dialog.commands = plan.commands;
        dialog.notes = plan.notes;
        dialog.gone = plan.gone;
        dialog
    }

    /// The sheet of shortcuts.
    pub fn help() -> Self {
        Dialog::new("Shortcuts", Ask::Help)
    }

    /// What the main button says; nothing where there is none.
    pub fn button(&self) -> Option<&'static str> {
        match &self.ask {
            Ask::Create { .. } => Some("Create"),
            Ask::Join { .. } => Some("Connect"),
            Ask::Preview(_) => Some("Delete"),
            _ => None,
        }
    }

    fn intent(&self) -> Option<Intent> {
        match &self.ask {
            Ask::Create { kind, place } => Some(Intent::Create {
                kind: *kind,
                place: place.clone(),
                values: self.values.clone(),
            }),
            Ask::Join { from, to } => Some(Intent::Join {
                from: from.clone(),
                to: to.clone(),
                values: self.values.clone(),
            }),
            _ => None,
        }
    }

    /// Fills a field in, and says what comes of it.
    pub fn fill(&mut self, world: &World, key: String, value: String) {
        self.values.insert(key, value);
        self.look(world);
    }

    /// Tries what is filled in.
    fn look(&mut self, world: &World) {
        let Some(intent) = self.intent() else {
            return;
        };
        match world.plan(&intent) {
            Ok(plan) => {
                self.commands = plan.commands;
                self.notes = plan.notes;
                self.refusal = None;
            }
            Err(refusal) => {
                self.commands.clear();
                self.notes.clear();
                self.refusal = Some(refusal.into());
            }
        }
        self.remarks = self.remarked(world);
    }

    fn remarked(&self, world: &World) -> Vec<(&'static str, Result<String, String>)> {
        let Ask::Create {
            kind: Kind::Subnet,
            place,
        } = &self.ask
        else {
            return Vec::new();
        };
        let Ok(identity) = world.identity() else {
            return Vec::new();
        };
        let desk = world.desk(&identity);
        let block = self.values.get("cidr").map_or("", String::as_str);
        let vpc = place.on.as_deref().unwrap_or_default();
        vec![("cidr", blocks::remark(&desk, vpc, block))]
    }

    /// The plan it comes to; nothing where it has no button.
    ///
    /// # Errors
    ///
    /// Why it can't be as it is filled in.
    pub fn outcome(&self, world: &World) -> Result<Option<Plan>, Refusal> {
        match (&self.ask, self.intent()) {
            (Ask::Preview(plan), _) => Ok(Some((**plan).clone())),
            (_, Some(intent)) => world.plan(&intent).map(Some),
            _ => Ok(None),
        }
    }
}

/// The form for a new thing.
///
/// # Errors
///
/// Where it can't be, with the places where it can.
pub fn create(world: &World, kind: Kind, place: &Place) -> Result<Dialog, Refusal> {
    let identity = world.identity().map_err(|text| Refusal {
        code: None,
        text,
        page: None,
        offers: Vec::new(),
    })?;
    let form = create_form(&world.desk(&identity), kind, place)?;
    let mut dialog = Dialog::new(
        form.title.clone(),
        Ask::Create {
            kind,
            place: place.clone(),
        },
    );
    dialog.values = form.values();
    dialog.form = form;
    dialog.look(world);
    Ok(dialog)
}

/// The form for a connection; none where nothing is to be asked.
pub fn join(world: &World, from: &str, to: &str) -> Option<Dialog> {
    let identity = world.identity().ok()?;
    let form = join_form(&world.desk(&identity), from, to)?;
    // The whole world goes to the gateway: that is what one draws it for.
    let plain = Kind::of_id(from) == Some(Kind::InternetGateway)
        || Kind::of_id(to) == Some(Kind::InternetGateway);
    if plain {
        return None;
    }
    let mut dialog = Dialog::new(
        form.title.clone(),
        Ask::Join {
            from: from.to_owned(),
            to: to.to_owned(),
        },
    );
    dialog.values = form.values();
    dialog.form = form;
    dialog.look(world);
    Some(dialog)
}

fn listed(world: &World, id: &str, label: &str) -> (String, String, String) {
    let kind = world
        .details(id)
        .map_or("", |details| kind_word(details.node.kind));
    (id.to_owned(), kind.to_owned(), label.to_owned())
}

/// What a thing can be connected to.
pub fn targets(world: &World, from: &str) -> Dialog {
    let mut dialog = Dialog::new(
        format!("Connect {} to", name(world, from)),
        Ask::Target {
            from: from.to_owned(),
        },
    );
    if let Ok(identity) = world.identity() {
        let found = joins(&world.desk(&identity), from);
        dialog.list = found
            .into_iter()
            .map(|(id, label)| listed(world, &id, &label))
            .collect();
    }
    dialog
}

/// Where a thing can be moved: where it can't, the plan says what is possible instead.
pub fn containers(world: &World, scene: &Scene, from: &str) -> Dialog {
    let mut dialog = Dialog::new(
        format!("Move {} to", name(world, from)),
        Ask::Move {
            from: from.to_owned(),
        },
    );
    let wanted = match Kind::of_id(from) {
        Some(Kind::Instance) => Kind::Subnet,
        Some(Kind::NetworkInterface | Kind::ElasticIp) => Kind::Instance,
        _ => Kind::Vpc,
    };
    let here = scene.container(from).map(|item| item.id.clone());
    dialog.list = scene
        .items
        .iter()
        .filter(|item| Kind::of_id(&item.id) == Some(wanted) && item.id != from)
        .filter(|item| Some(&item.id) != here.as_ref())
        .map(|item| listed(world, &item.id, &name(world, &item.id)))
        .collect();
    dialog
}

/// What can be made in or on a thing.
pub fn kinds(world: &World, on: Option<String>) -> Dialog {
    let title = match &on {
        Some(on) => format!("New in {}", name(world, on)),
        None => "New".to_owned(),
    };
    let makes = super::menu::makes(on.as_deref());
    let mut dialog = Dialog::new(title, Ask::Kind { on });
    dialog.list = makes
        .iter()
        .map(|kind| {
            (
                kind.word().to_owned(),
                String::new(),
                super::menu_word(*kind),
            )
        })
        .collect();
    dialog
}

/// The value of a choice of many with one more or one less.
pub fn toggled(value: &str, choice: &str, on: bool) -> String {
    let mut parts: Vec<&str> = value.split(',').filter(|it| !it.is_empty()).collect();
    parts.retain(|it| *it != choice);
    if on {
        parts.push(choice);
    }
    parts.join(",")
}

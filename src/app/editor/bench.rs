//! What the inspector edits: the settings and the rule tables of one thing, as drafts that are
//! applied as the fewest commands.

use super::may::May;
use super::{Notice, menu, name};
use hopwise_cloud::LAPTOP_ADDRESS;
use hopwise_cloud::view::{Details, Node};
use hopwise_net::Prefix;
use hopwise_plan::{
    Control, Draft, Form, Intent, Kind, Plan, Power, Refusal, Row, RuleTable, Sheet, Values,
    blocks, notes, rules, settings,
};
use hopwise_world::World;

/// The drafts of one thing.
#[derive(Clone, PartialEq, Debug)]
pub struct Bench {
    pub id: String,
    pub form: Form,
    pub values: Values,
    pub settings: Outcome,
    /// What of the settings is drafted and was changed by something else meanwhile, by its label.
    pub overtaken: Vec<&'static str>,
    /// Why the draft that was applied last did not come about.
    pub failed: Option<(Option<RuleTable>, Notice)>,
    pub tables: Vec<TableDraft>,
    /// How a VPC's range is taken.
    pub range: Vec<Part>,
    /// The addresses of a subnet that AWS keeps.
    pub reserved: Vec<(String, &'static str)>,
    /// Where to try a packet.
    pub probe: Option<String>,
    /// What an instance can be told as it is.
    pub powers: Vec<Power>,
    /// What a source or a destination of a rule may be: what one writes, and what it is.
    pub peers: Vec<(String, String)>,
    /// Who may do what, of a thing that is about access.
    pub may: Option<May>,
}

/// A part of a VPC's range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub first: String,
    pub size: u128,
    /// The subnet that has it, and its name.
    pub subnet: Option<(String, String)>,
}

/// What a draft comes to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outcome {
    pub commands: Vec<String>,
    pub notes: Vec<String>,
    pub refusal: Option<Notice>,
}

/// A rule table as it is to be.
#[derive(Clone, PartialEq, Debug)]
pub struct TableDraft {
    pub table: RuleTable,
    pub sheet: Sheet,
    pub rows: Vec<Draft>,
    /// What is to be said about each row.
    pub notes: Vec<Option<String>>,
    pub outcome: Outcome,
}

/// What is done to a draft.
#[derive(Clone, PartialEq, Debug)]
pub enum Edit {
    Set {
        key: String,
        value: String,
    },
    Cell {
        table: RuleTable,
        row: usize,
        column: usize,
        value: String,
    },
    Add(RuleTable),
    Remove(RuleTable, usize),
    /// A field of the question about access.
    Ask {
        key: String,
        value: String,
    },
    /// Back to what is: a table, or the settings.
    Discard(Option<RuleTable>),
    /// The difference is carried out.
    Apply(Option<RuleTable>),
}

impl TableDraft {
    /// Does it differ from what is?
    pub fn is_changed(&self) -> bool {
        let now: Vec<Draft> = self.sheet.rows.iter().map(Row::draft).collect();
        self.rows != now
    }

    /// Why a row can't be changed, where it can't.
    pub fn fixed(&self, row: &Draft) -> Option<&'static str> {
        let key = row.key.as_deref()?;
        self.sheet.rows.iter().find(|it| it.key == key)?.fixed
    }
}

impl Bench {
    /// The drafts of the thing with this id, as it is.
    pub fn of(world: &World, id: &str) -> Option<Bench> {
        let identity = world.identity().ok()?;
        let desk = world.desk(&identity);
        let form = settings(&desk, id)?;
        let tables = RuleTable::of(id)
            .iter()
            .filter_map(|table| {
                let sheet = rules(&desk, id, *table)?;
                let rows: Vec<Draft> = sheet.rows.iter().map(Row::draft).collect();
                Some(TableDraft {
                    table: *table,
                    notes: notes(&desk, id, *table, &rows),
                    sheet,
                    rows,
                    outcome: Outcome::default(),
                })
            })
            .collect();
        let range = blocks::pieces(&desk, id)
            .into_iter()
            .map(|piece| Part {
                first: piece.first.to_string(),
                size: piece.size,
                subnet: piece.subnet.map(|id| {
                    let called = name(world, &id);
                    (id, called)
                }),
            })
            .collect();
        let details = world.details(id);
        Some(Bench {
            id: id.to_owned(),
            values: form.values(),
            form,
            settings: Outcome::default(),
            overtaken: Vec::new(),
            failed: None,
            tables,
            range,
            reserved: reserved(id, details.as_ref()),
            probe: probe(world, id, details.as_ref()),
            powers: menu::powers(world, &[id.to_owned()]),
            peers: peers(world, id),
            may: May::about(world, id),
        })
    }

    /// Can't this setting be changed while the instance runs?
    pub fn is_locked(&self, key: &str) -> bool {
        matches!(key, "type" | "user-data") && self.powers.contains(&Power::Stop)
    }

    /// Are the settings other than what is?
    pub fn is_set(&self) -> bool {
        self.values != self.form.values()
    }

    /// Is anything drafted that is not applied?
    pub fn is_changed(&self) -> bool {
        self.is_set() || self.tables.iter().any(TableDraft::is_changed)
    }

    /// The world has changed: what nobody drafted is as it is now.
    pub fn refreshed(&self, world: &World) -> Option<Bench> {
        let mut fresh = Bench::of(world, &self.id)?;
        for old in &self.form.fields {
            let draft = self.values.get(old.key).unwrap_or(&old.value);
            let new = fresh.form.fields.iter().find(|field| field.key == old.key);
            let Some(new) = new.filter(|_| *draft != old.value) else {
                continue;
            };
            // Of many things only those that were ticked or unticked here are drafted.
            let many = matches!(new.control, Control::Many(_));
            let value = match many {
                true => merged(&old.value, draft, &new.value),
                false => draft.clone(),
            };
            let known = self.overtaken.contains(&old.label);
            if !many && value != new.value && (known || new.value != old.value) {
                fresh.overtaken.push(old.label);
            }
            fresh.values.insert(old.key.to_owned(), value);
        }
        if let (Some(may), Some(old)) = (&mut fresh.may, &self.may) {
            may.values.clone_from(&old.values);
        }
        for old in &self.tables {
            let changed = old.is_changed();
            let new = fresh.tables.iter_mut().find(|it| it.table == old.table);
            if let Some(new) = new.filter(|_| changed) {
                new.rows = rebased(old, &new.sheet);
            }
        }
        fresh.failed.clone_from(&self.failed);
        fresh.look(world);
        Some(fresh)
    }

    /// What was applied is no draft any more.
    pub fn applied(&mut self, table: Option<RuleTable>) {
        self.failed = None;
        let Some(table) = table else {
            self.overtaken.clear();
            for field in &mut self.form.fields {
                if let Some(value) = self.values.get(field.key) {
                    field.value.clone_from(value);
                }
            }
            return;
        };
        if let Some(draft) = self.table(table) {
            draft.rows = draft.sheet.rows.iter().map(Row::draft).collect();
        }
    }

    /// Changes a draft; gives the plan that is to be carried out.
    pub fn edit(&mut self, world: &World, edit: Edit) -> Option<Plan> {
        self.failed = None;
        match edit {
            Edit::Ask { key, value } => {
                self.may.as_mut()?.set(world, key, value);
                return None;
            }
            Edit::Set { key, value } => {
                self.values.insert(key, value);
            }
            Edit::Cell {
                table,
                row,
                column,
                value,
            } => {
                let draft = self.table(table)?.rows.get_mut(row)?;
                *draft.cells.get_mut(column)? = value;
            }
            Edit::Add(table) => {
                let draft = self.table(table)?;
                let fixed = |row: &&Draft| draft.fixed(row).is_none();
                // What can't be changed at the end stays at the end.
                let place = draft.rows.iter().filter(fixed).count();
                let place = match table {
                    RuleTable::Routes | RuleTable::Tags => draft.rows.len(),
                    _ => place,
                };
                let mut blank = draft.sheet.blank.clone();
                let taken = |number: &str| {
                    let mut rows = draft.rows.iter();
                    rows.any(|row| row.cells.first().is_some_and(|it| it == number))
                };
                if let Some(first) = blank.cells.first_mut()
                    && let Ok(mut number) = first.parse::<u32>()
                {
                    while taken(&number.to_string()) && number < 32_000 {
                        number += 100;
                    }
                    *first = number.to_string();
                }
                draft.rows.insert(place.min(draft.rows.len()), blank);
            }
            Edit::Remove(table, row) => {
                let draft = self.table(table)?;
                if row < draft.rows.len() {
                    draft.rows.remove(row);
                }
            }
            Edit::Discard(None) => {
                self.values = self.form.values();
                self.overtaken.clear();
            }
            Edit::Discard(Some(table)) => {
                let draft = self.table(table)?;
                draft.rows = draft.sheet.rows.iter().map(Row::draft).collect();
            }
            Edit::Apply(table) => {
                let intent = self.intent(table)?;
                if let Ok(plan) = world.plan(&intent) {
                    return Some(plan);
                }
            }
        }
        self.look(world);
        None
    }

    fn table(&mut self, table: RuleTable) -> Option<&mut TableDraft> {
        self.tables.iter_mut().find(|it| it.table == table)
    }

    fn intent(&self, table: Option<RuleTable>) -> Option<Intent> {
        match table {
            None => self.is_set().then(|| Intent::Change {
                id: self.id.clone(),
                values: self.values.clone(),
            }),
            Some(table) => {
                let draft = self.tables.iter().find(|it| it.table == table)?;
                draft.is_changed().then(|| Intent::Rules {
                    id: self.id.clone(),
                    table,
                    rows: draft.rows.clone(),
                })
            }
        }
    }

    /// What each draft comes to now.
    fn look(&mut self, world: &World) {
        let tried = |intent: Option<Intent>| {
            intent.map_or_else(Outcome::default, |intent| outcome(world.plan(&intent)))
        };
        self.settings = tried(self.intent(None));
        let outcomes: Vec<Outcome> = self
            .tables
            .iter()
            .map(|it| tried(self.intent(Some(it.table))))
            .collect();
        if let Some(may) = &mut self.may {
            may.ask(world);
        }
        let identity = world.identity();
        for (draft, outcome) in self.tables.iter_mut().zip(outcomes) {
            draft.outcome = outcome;
            if let Ok(identity) = &identity {
                draft.notes = notes(&world.desk(identity), &self.id, draft.table, &draft.rows);
            }
        }
    }
}

/// A choice of many as it is now, with what the draft adds to and takes from what was before.
fn merged(before: &str, draft: &str, now: &str) -> String {
    let split = |text: &str| -> Vec<String> {
        let parts = text.split(',').filter(|it| !it.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (before, draft, mut all) = (split(before), split(draft), split(now));
    all.retain(|it| draft.contains(it) || !before.contains(it));
    for added in draft.into_iter().filter(|it| !before.contains(it)) {
        if !all.contains(&added) {
            all.push(added);
        }
    }
    all.join(",")
}

/// The draft on what is there now: what came meanwhile is in it, what went is not.
fn rebased(old: &TableDraft, now: &Sheet) -> Vec<Draft> {
    let known = |key: &str| old.sheet.rows.iter().find(|row| row.key == key);
    let there = |key: &str| now.rows.iter().find(|row| row.key == key);
    let mut rows: Vec<Draft> = Vec::new();
    for draft in &old.rows {
        let before = draft.key.as_deref().and_then(known);
        let after = draft.key.as_deref().and_then(there);
        let untouched = before.is_some_and(|row| row.draft() == *draft);
        match (untouched, after) {
            // Nobody drafted it, so it is as it is now.
            (true, Some(row)) => rows.push(row.draft()),
            (true, None) => {}
            (false, _) => rows.push(draft.clone()),
        }
    }
    let new = now.rows.iter().filter(|row| known(&row.key).is_none());
    // What came stands before the row that can't be changed, if there is one.
    let last = rows.iter().position(|row| {
        row.key
            .as_deref()
            .and_then(there)
            .is_some_and(|it| it.fixed.is_some() && it.key == "*")
    });
    let place = last.unwrap_or(rows.len());
    rows.splice(place..place, new.map(Row::draft));
    rows
}

/// What the rules of a table may name: blocks that one often means, and the VPC's security groups.
fn peers(world: &World, id: &str) -> Vec<(String, String)> {
    let kind = Kind::of_id(id);
    if !matches!(
        kind,
        Some(Kind::SecurityGroup | Kind::NetworkAcl | Kind::RouteTable)
    ) {
        return Vec::new();
    }
    let mut peers = vec![("0.0.0.0/0".to_owned(), "everyone".to_owned())];
    if kind == Some(Kind::RouteTable) {
        return peers;
    }
    peers.push((format!("{LAPTOP_ADDRESS}/32"), "your laptop".to_owned()));
    let picture = world.picture();
    let of = picture.vpcs.iter().find(|vpc| {
        let groups = vpc.security_groups.iter().map(|it| &it.node.id);
        let acls = vpc.network_acls.iter().map(|it| &it.node.id);
        groups.chain(acls).any(|it| it == id)
    });
    let Some(vpc) = of else {
        return peers;
    };
    let called = |node: &Node| node.name.clone().unwrap_or_default();
    let blocks = vpc.node.detail.split(", ").filter(|it| it.contains('/'));
    peers.extend(blocks.map(|block| (block.to_owned(), format!("VPC {}", called(&vpc.node)))));
    let subnets = vpc.zones.iter().flat_map(|zone| &zone.subnets);
    peers.extend(subnets.map(|it| {
        let said = format!("subnet {}", called(&it.node));
        (it.node.detail.clone(), said)
    }));
    if kind == Some(Kind::SecurityGroup) {
        let groups = vpc.security_groups.iter().map(|it| &it.node);
        peers.extend(groups.map(|it| (it.id.clone(), format!("group {}", called(it)))));
    }
    peers
}

fn outcome(tried: Result<Plan, Refusal>) -> Outcome {
    match tried {
        Ok(plan) => Outcome {
            commands: plan.commands,
            notes: plan.notes,
            refusal: None,
        },
        Err(refusal) => Outcome {
            refusal: Some(refusal.into()),
            ..Outcome::default()
        },
    }
}

fn reserved(id: &str, details: Option<&Details>) -> Vec<(String, &'static str)> {
    let block = details.filter(|_| Kind::of_id(id) == Some(Kind::Subnet));
    let block = block.and_then(|details| details.node.detail.parse::<Prefix>().ok());
    let addresses = block.map(blocks::reserved).unwrap_or_default();
    addresses
        .into_iter()
        .map(|(address, word)| (address.to_string(), word))
        .collect()
}

/// The host on which a packet tells something about this thing.
fn probe(world: &World, id: &str, details: Option<&Details>) -> Option<String> {
    let picture = world.picture();
    let mut hosts = picture
        .vpcs
        .iter()
        .flat_map(|vpc| &vpc.zones)
        .flat_map(|zone| &zone.subnets)
        .flat_map(|subnet| subnet.hosts.iter().map(move |host| (subnet, host)));
    let found = match Kind::of_id(id)? {
        Kind::Instance | Kind::NetworkInterface => {
            return details.map(|_| id.to_owned());
        }
        Kind::Subnet => hosts.find(|(subnet, _)| subnet.node.id == id),
        Kind::RouteTable => hosts.find(|(subnet, _)| subnet.route_table == id),
        Kind::NetworkAcl => hosts.find(|(subnet, _)| subnet.network_acl == id),
        Kind::SecurityGroup => {
            hosts.find(|(_, host)| host.groups.iter().any(|group| group.id == id))
        }
        _ => None,
    };
    found.map(|(_, host)| host.node.id.clone())
}

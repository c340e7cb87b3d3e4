//! Rule tables: routes, entries of a network ACL, rules of a security group, and what is to be
//! said about each row of a draft. [`crate::apply`] brings a table to what a draft says.

use crate::desk::Desk;
use crate::form::{Choice, Control};
use crate::intent::Kind;
use crate::join;
use hopwise_cloud::ec2::route_table::{RouteState, Target};
use hopwise_cloud::ec2::security_group::GroupRule;
use hopwise_cloud::ec2::{NetworkAcl, RouteTable, SecurityGroup};
use hopwise_net::{PortRange, Prefix};

/// One of the tables that a thing has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RuleTable {
    /// The routes of a route table.
    Routes,
    /// The inbound rules of a network ACL or a security group.
    Inbound,
    /// The outbound rules.
    Outbound,
    /// The tags.
    Tags,
}

impl RuleTable {
    /// The tables of the thing with this id.
    pub fn of(id: &str) -> &'static [RuleTable] {
        match Kind::of_id(id) {
            Some(Kind::RouteTable) => &[RuleTable::Routes, RuleTable::Tags],
            Some(Kind::NetworkAcl | Kind::SecurityGroup) => {
                &[RuleTable::Inbound, RuleTable::Outbound, RuleTable::Tags]
            }
            Some(
                Kind::Vpc
                | Kind::Subnet
                | Kind::Instance
                | Kind::InternetGateway
                | Kind::ElasticIp
                | Kind::NetworkInterface
                | Kind::Bucket
                | Kind::Object,
            ) => &[RuleTable::Tags],
            _ => &[],
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            RuleTable::Routes => "Routes",
            RuleTable::Inbound => "Inbound rules",
            RuleTable::Outbound => "Outbound rules",
            RuleTable::Tags => "Tags",
        }
    }

    pub(crate) fn egress(self) -> bool {
        self == RuleTable::Outbound
    }
}

/// A rule table as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, in the order in which AWS looks at them.
    pub rows: Vec<Row>,
    /// A new row, with proposals.
    pub blank: Draft,
}

/// A column of a rule table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// What it is called.
    pub label: &'static str,
    /// How a cell is filled in.
    pub control: Control,
}

/// A row that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// By what AWS knows it: a destination, a number, an `sgr-` id.
    pub key: String,
    /// Its cells.
    pub cells: Vec<String>,
    /// Why it can't be changed, where it can't.
    pub fixed: Option<&'static str>,
}

impl Row {
    /// The row as a draft of itself.
    pub fn draft(&self) -> Draft {
        Draft {
            key: Some(self.key.clone()),
            cells: self.cells.clone(),
        }
    }
}

/// A row as it is to be.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Draft {
    /// The key of the row it was; none for a new one.
    pub key: Option<String>,
    /// Its cells.
    pub cells: Vec<String>,
}

impl Draft {
    pub(crate) fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map_or("", |cell| cell.trim())
    }
}

fn words(words: &[&str]) -> Control {
    Control::One(words.iter().map(|it| Choice::new(*it, *it)).collect())
}

fn column(label: &'static str, control: Control) -> Column {
    Column { label, control }
}

fn cells(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|it| (*it).to_owned()).collect()
}

/// A rule table of the thing with this id; `None` where it has no such table.
pub fn rules(desk: &Desk<'_>, id: &str, table: RuleTable) -> Option<Sheet> {
    let ec2 = desk.ec2()?;
    match (Kind::of_id(id)?, table) {
        (_, RuleTable::Tags) => crate::tags::sheet(desk, id),
        (Kind::RouteTable, RuleTable::Routes) => Some(routes(desk, ec2.route_tables.get(id)?)),
        (Kind::NetworkAcl, RuleTable::Inbound | RuleTable::Outbound) => {
            Some(entries(ec2.network_acls.get(id)?, table.egress()))
        }
        (Kind::SecurityGroup, RuleTable::Inbound | RuleTable::Outbound) => {
            Some(permissions(ec2.security_groups.get(id)?, table))
        }
        _ => None,
    }
}

fn routes(desk: &Desk<'_>, table: &RouteTable) -> Sheet {
    let mut targets = Vec::new();
    if let Some(ec2) = desk.ec2() {
        for gateway in ec2.internet_gateways.by_birth() {
            if gateway.vpc.as_ref() == Some(&table.vpc) {
                targets.push(Choice::new(
                    gateway.id.as_str(),
                    desk.called(gateway.id.as_str()),
                ));
            }
        }
        for interface in ec2.network_interfaces.by_birth() {
            if interface.vpc == table.vpc {
                let called = match ec2.instance_of(&interface.id) {
                    Some(instance) => format!(
                        "{} of {}",
                        interface.id.as_str(),
                        desk.called(instance.as_str())
                    ),
                    None => desk.called(interface.id.as_str()),
                };
                targets.push(Choice::new(interface.id.as_str(), called));
            }
        }
    }
    // A target that is gone can still be named.
    for route in &table.routes {
        let target = route.target.to_string();
        if !targets.iter().any(|it| it.value == target) {
            targets.push(Choice::new(target.as_str(), target.as_str()));
        }
    }
    let first = targets
        .iter()
        .find(|it| it.value != "local")
        .map_or(String::new(), |it| it.value.clone());
    Sheet {
        columns: vec![
            column("Destination", Control::Code),
            column("Target", Control::One(targets)),
        ],
        rows: table
            .routes
            .iter()
            .map(|route| Row {
                key: route.destination.to_string(),
                cells: vec![route.destination.to_string(), route.target.to_string()],
                fixed: (route.target == Target::Local).then_some(
                    "The local route keeps traffic inside the VPC; it can't be deleted.",
                ),
            })
            .collect(),
        blank: Draft {
            key: None,
            cells: vec!["0.0.0.0/0".to_owned(), first],
        },
    }
}

fn entries(acl: &NetworkAcl, egress: bool) -> Sheet {
    let mut rows: Vec<Row> = acl
        .rules(egress)
        .map(|entry| {
            let protocol = entry
                .protocol
                .map_or("all".to_owned(), |protocol| protocol.to_string());
            let ports = match (entry.ports, entry.icmp) {
                (Some(ports), _) => ports_text(ports),
                (None, Some((Some(kind), Some(code)))) => format!("{kind} {code}"),
                (None, Some((Some(kind), None))) => kind.to_string(),
                _ => "all".to_owned(),
            };
            Row {
                key: entry.number.to_string(),
                cells: vec![
                    entry.number.to_string(),
                    if entry.allow { "allow" } else { "deny" }.to_owned(),
                    protocol,
                    ports,
                    entry.block.to_string(),
                ],
                fixed: None,
            }
        })
        .collect();
    rows.push(Row {
        key: "*".to_owned(),
        cells: cells(&["*", "deny", "all", "all", "0.0.0.0/0"]),
        fixed: Some("What no other rule matches is denied; this one can't be changed."),
    });
    Sheet {
        columns: vec![
            column("Number", Control::Code),
            column("Action", words(&["allow", "deny"])),
            column("Protocol", words(&["all", "tcp", "udp", "icmp"])),
            column("Port", Control::Code),
            column(if egress { "Destination" } else { "Source" }, Control::Code),
        ],
        rows,
        blank: Draft {
            key: None,
            cells: vec![
                free_number(acl, egress).to_string(),
                "allow".to_owned(),
                "tcp".to_owned(),
                "80".to_owned(),
                "0.0.0.0/0".to_owned(),
            ],
        },
    }
}

/// The highest number that an entry takes.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>
const LAST_NUMBER: u32 = 32_766;

/// A number for one more entry: the next hundred behind all others; where there is none left, the
/// highest that is free.
fn free_number(acl: &NetworkAcl, egress: bool) -> u32 {
    let taken = |number: u32| acl.rules(egress).any(|entry| entry.number == number);
    let highest = acl.rules(egress).map(|entry| entry.number).max();
    let next = (highest.unwrap_or(0) / 100 + 1) * 100;
    match next <= LAST_NUMBER {
        true => next,
        false => (1..=LAST_NUMBER).rev().find(|it| !taken(*it)).unwrap_or(1),
    }
}

fn ports_text(ports: PortRange) -> String {
    match ports == PortRange::ALL {
        true => "all".to_owned(),
        false => ports.to_string(),
    }
}

fn rule_cells(rule: &GroupRule) -> Vec<String> {
    let protocol = rule
        .protocol
        .map_or("all".to_owned(), |protocol| protocol.to_string());
    let icmp = rule.protocol.is_some_and(|it| it.is_icmp());
    let ports = match (rule.from, rule.to) {
        (Some(kind), _) if icmp && kind < 0 => "all".to_owned(),
        (Some(kind), Some(code)) if icmp && code >= 0 => format!("{kind} {code}"),
        (Some(kind), _) if icmp => kind.to_string(),
        (Some(0), Some(65_535)) | (None, _) | (_, None) => "all".to_owned(),
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}-{to}"),
    };
    vec![
        protocol,
        ports,
        rule.peer.to_string(),
        rule.description.clone().unwrap_or_default(),
    ]
}

/// A port that one opens often, and that no rule names yet.
fn free_port(group: &SecurityGroup, table: RuleTable) -> &'static str {
    let named = |port: i32| {
        let mut rules = group.rules(table.egress());
        rules.any(|rule| rule.from == Some(port))
    };
    let often = [(80, "80"), (443, "443"), (22, "22")];
    let free = often.into_iter().find(|(port, _)| !named(*port));
    free.map_or("8080", |(_, port)| port)
}

fn permissions(group: &SecurityGroup, table: RuleTable) -> Sheet {
    Sheet {
        columns: vec![
            column("Protocol", words(&["tcp", "udp", "icmp", "all"])),
            column("Port", Control::Code),
            column(
                match table {
                    RuleTable::Outbound => "Destination",
                    _ => "Source",
                },
                Control::Code,
            ),
            column("Description", Control::Text),
        ],
        rows: group
            .rules(table.egress())
            .map(|rule| Row {
                key: rule.id.to_string(),
                cells: rule_cells(rule),
                fixed: None,
            })
            .collect(),
        blank: Draft {
            key: None,
            cells: cells(&["tcp", free_port(group, table), "0.0.0.0/0", ""]),
        },
    }
}

/// What is to be said about each row of a draft: that it is never reached, that it is a blackhole.
pub fn notes(desk: &Desk<'_>, id: &str, table: RuleTable, rows: &[Draft]) -> Vec<Option<String>> {
    match Kind::of_id(id).filter(|_| table != RuleTable::Tags) {
        Some(Kind::RouteTable) => rows.iter().map(|row| route_note(desk, id, row)).collect(),
        Some(Kind::NetworkAcl) => {
            let numbered = |row: &Draft| row.cell(0).parse::<u32>().ok();
            let earlier = |one: &Draft, other: &Draft| match (numbered(one), numbered(other)) {
                (Some(one), Some(other)) => one < other,
                // The last rule has no number.
                (one, _) => one.is_some(),
            };
            shadows(rows, 2, earlier, |row| {
                format!("Never reached: rule {} matches first.", row.cell(0))
            })
        }
        Some(Kind::SecurityGroup) => {
            // All rules allow, so one that another covers adds nothing, whatever their order.
            shadows(rows, 0, covers_more, |row| {
                format!(
                    "Adds nothing: the rule for {} {} {} allows all of it already.",
                    row.cell(0),
                    row.cell(1),
                    row.cell(2)
                )
            })
        }
        _ => rows.iter().map(|_| None).collect(),
    }
}

fn route_note(desk: &Desk<'_>, id: &str, row: &Draft) -> Option<String> {
    let ec2 = desk.ec2()?;
    let table = ec2.route_tables.get(id)?;
    let route = table.route(&row.cell(0).parse().ok()?)?;
    let same = route.target.to_string() == row.cell(1);
    let dead = ec2.route_state(&table.vpc, route) == RouteState::Blackhole;
    (same && dead).then(|| {
        "Blackhole: what it matches is dropped, as its target is gone, detached or stopped."
            .to_owned()
    })
}

/// For each row the earlier one that covers it, told with `say`; the protocol stands in the
/// column `first`, ports and addresses behind it.
fn shadows(
    rows: &[Draft],
    first: usize,
    earlier: impl Fn(&Draft, &Draft) -> bool,
    say: impl Fn(&Draft) -> String,
) -> Vec<Option<String>> {
    rows.iter()
        .enumerate()
        .map(|(place, row)| {
            let mut others = rows.iter().enumerate();
            let over = others.find(|(other_place, other)| {
                *other_place != place && earlier(other, row) && covers(other, row, first)
            });
            over.map(|(_, other)| say(other))
        })
        .collect()
}

/// Of two rules of a group that cover one another, only the later is told to add nothing; what is
/// only drafted is later than what is there.
fn covers_more(one: &Draft, other: &Draft) -> bool {
    let place = |row: &Draft| (row.key.is_none(), row.key.clone());
    !covers(other, one, 0) || place(one) < place(other)
}

/// Does one row match all that the other matches?
fn covers(one: &Draft, other: &Draft, first: usize) -> bool {
    let protocol = |row: &Draft| row.cell(first).to_owned();
    if protocol(one) != "all" && protocol(one) != protocol(other) {
        return false;
    }
    let ports = |row: &Draft| join::range(row.cell(first + 1)).ok();
    let ported = protocol(one) == "tcp" || protocol(one) == "udp";
    let wide = protocol(one) == "all" || one.cell(first + 1) == other.cell(first + 1);
    let within = match (ports(one), ports(other)) {
        (Some(one), Some(other)) if ported => one.first <= other.first && one.last >= other.last,
        _ => wide || one.cell(first + 1) == "all",
    };
    let peer = |row: &Draft| row.cell(first + 2).parse::<Prefix>().ok();
    within
        && match (peer(one), peer(other)) {
            (Some(one), Some(other)) => one.covers(other),
            _ => one.cell(first + 2) == other.cell(first + 2),
        }
}

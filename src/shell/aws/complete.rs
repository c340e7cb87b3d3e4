//! What an `aws` line may go on with: everything follows from the API tables, and the values from
//! what the cloud has.

use hopwise_cloud::api::{self, Kind, Operation, Service, Shape};
use hopwise_cloud::{REGIONS, ec2};

use super::arguments::{CHOICES, Globals, Opt, Sets, Takes, WITH_WORD, WITHOUT, options};
use super::configure::SUBCOMMANDS;
use super::sources;
use super::{find_operation, pages};
use crate::complete::{Candidate, Offer, files};
use crate::shell::Shell;

/// What the words before the cursor say.
#[derive(Default)]
struct Told {
    service: Option<&'static Service>,
    /// The words that are no options and no values: command, operation.
    words: Vec<String>,
    operation: Option<Operation>,
    options: Vec<Opt>,
    given: Vec<String>,
    globals: Globals,
    /// The option whose value comes next or may come next; whether it must.
    open: Option<(String, bool)>,
}

/// How many words an option still takes: none, one, or any number.
fn takes(options: &[Opt], name: &str) -> Takes {
    if WITHOUT.contains(&name) {
        return Takes::Flag(true);
    }
    if WITH_WORD.contains(&name) {
        return Takes::One;
    }
    let bare = name.trim_start_matches('-');
    let option = options.iter().find(|it| it.name == bare);
    option.map_or(Takes::One, |it| it.takes)
}

fn read(args: &[&str]) -> Told {
    let mut told = Told::default();
    for arg in args {
        if arg.starts_with("--") && arg.len() > 2 {
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (*arg, None),
            };
            told.given.push(name.to_owned());
            told.open = match (takes(&told.options, name), value) {
                (Takes::Flag(_), _) => None,
                (Takes::Maybe, None) => Some((name.to_owned(), false)),
                (_, Some(value)) => {
                    global(&mut told.globals, name, value);
                    None
                }
                (_, None) => Some((name.to_owned(), true)),
            };
            continue;
        }
        match told.open.take() {
            Some((name, _)) => {
                global(&mut told.globals, &name, arg);
                if takes(&told.options, &name) == Takes::Many {
                    told.open = Some((name, false));
                }
            }
            None => {
                told.words.push((*arg).to_owned());
                look_up(&mut told, arg);
            }
        }
    }
    told
}

fn global(globals: &mut Globals, name: &str, value: &str) {
    match name {
        "--region" => globals.region = Some(value.to_owned()),
        "--profile" => globals.profile = Some(value.to_owned()),
        _ => {}
    }
}

/// The service or the operation that a word names.
fn look_up(told: &mut Told, word: &str) {
    let Some(service) = told.service else {
        // `s3` is the CLI's own; the service of that name is `s3api`.
        let mut services = api::services().iter();
        told.service = services.find(|it| api::command(it.name) == word);
        return;
    };
    if told.operation.is_some() || told.words.len() > 3 {
        return;
    }
    let waits = told.words.get(1).is_some_and(|it| it == "wait");
    told.operation = if waits {
        let mut waiters = service.waiters().iter();
        let waiter = waiters.find(|it| api::kebab(it.name) == word);
        waiter.and_then(|it| service.operation(it.operation))
    } else {
        find_operation(service, word).ok()
    };
    if let Some(operation) = told.operation {
        told.options = options(operation, pages::has(operation));
    }
}

/// What may follow these words after `aws`, where `text` is begun.
pub(crate) fn complete(shell: &mut Shell<'_>, args: &[&str], text: &str) -> Offer {
    let told = read(args);
    if let Some((name, value)) = text.split_once('=').filter(|_| text.starts_with("--")) {
        let from = text.chars().count() - value.chars().count();
        return values(shell, &told, name, text, from);
    }
    if text.starts_with('-') {
        return Offer::new(0, option_names(&told));
    }
    match &told.open {
        Some((name, true)) => values(shell, &told, name, text, 0),
        Some((name, false)) => {
            let mut offer = values(shell, &told, name, text, 0);
            if text.is_empty() {
                offer.candidates.extend(option_names(&told));
            }
            offer
        }
        None => words(shell, &told, text),
    }
}

fn words(shell: &mut Shell<'_>, told: &Told, text: &str) -> Offer {
    let words: Vec<&str> = told.words.iter().map(String::as_str).collect();
    let candidates = match (words.as_slice(), told.service) {
        ([], _) => api::services()
            .iter()
            .map(|it| api::command(it.name))
            .chain(["s3"])
            .map(|name| Candidate::new(name, about_service(name)))
            .chain([
                Candidate::new("configure", "keys, Region and output of the command"),
                Candidate::new("help", "the services there are"),
            ])
            .collect(),
        (["configure"], _) => SUBCOMMANDS
            .iter()
            .map(|word| Candidate::new(*word, ""))
            .collect(),
        (["s3"], _) => super::s3::COMMANDS
            .iter()
            .map(|word| Candidate::new(*word, ""))
            .collect(),
        (["s3", ..], _) if !text.starts_with('-') => {
            return super::sources::objects(shell, &told.globals, text);
        }
        ([_], Some(service)) => operations(service),
        ([_, "wait"], Some(service)) => service
            .waiters()
            .iter()
            .map(|it| Candidate::new(api::kebab(it.name), ""))
            .collect(),
        _ if text.is_empty() => option_names(told),
        _ => Vec::new(),
    };
    Offer::new(0, candidates)
}

fn about_service(name: &str) -> &'static str {
    match name {
        "directconnect" => "lines from one's own network",
        "ec2" => "networks and machines",
        "elbv2" => "load balancers",
        "iam" => "users and permissions",
        "s3" => "files and folders in buckets",
        "s3api" => "buckets and objects, call by call",
        "sts" => "who one is",
        _ => "",
    }
}

/// Every operation with what it must be given.
fn operations(service: &'static Service) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = service
        .operations()
        .map(|it| {
            let needs: Vec<String> = options(it, false)
                .into_iter()
                .filter(|option| option.required)
                .map(|option| format!("--{}", option.name))
                .collect();
            let reads = ["Describe", "List", "Get"];
            let said = match needs.is_empty() {
                false => format!("needs {}", needs.join(" ")),
                true if reads.iter().any(|verb| it.name().starts_with(verb)) => {
                    "reads only".to_owned()
                }
                true => String::new(),
            };
            Candidate::new(api::kebab(it.name()), said)
        })
        .collect();
    if !service.waiters().is_empty() {
        all.push(Candidate::new("wait", "until something is so"));
    }
    all.push(Candidate::new("help", "the operations there are"));
    all
}

/// The options that are left, the required ones first.
fn option_names(told: &Told) -> Vec<Candidate> {
    let left = |name: &str| !told.given.iter().any(|it| it == name);
    let mut required = Vec::new();
    let mut others = Vec::new();
    for option in &told.options {
        let name = format!("--{}", option.name);
        if !left(&name) {
            continue;
        }
        let said = match (option.sets, told.service) {
            (Sets::Member(member, shape), Some(service)) if is_text(shape) => {
                let operation = told.operation.map_or("", Operation::name);
                match sources::find(service, operation, member) {
                    Some(_) => "Tab lists what there is".to_owned(),
                    None => about_option(option),
                }
            }
            _ => about_option(option),
        };
        if option.required {
            required.push(Candidate::new(name, format!("required; {said}")));
        } else {
            others.push(Candidate::new(name, said));
        }
    }
    let globals = WITH_WORD.iter().chain(&WITHOUT).filter(|name| left(name));
    required.extend(others);
    required.extend(globals.map(|name| Candidate::new(*name, about_global(name))));
    required
}

/// Is it a text, or a list of texts?
fn is_text(shape: Shape) -> bool {
    match shape.kind() {
        Kind::String { values, .. } => values.len() < 2,
        Kind::List { item, .. } => matches!(item.kind(), Kind::String { .. }),
        _ => false,
    }
}

fn about_global(name: &str) -> &'static str {
    match name {
        "--output" => "how the answer is written",
        "--query" => "a part of the answer, in JMESPath",
        "--profile" => "whose keys",
        "--region" => "where",
        "--debug" | "--color" | "--version" => "",
        _ => "of the command itself",
    }
}

/// What an option takes.
fn about_option(option: &Opt) -> String {
    match (option.takes, option.sets) {
        (Takes::Flag(_), _) => "switch".to_owned(),
        (_, Sets::Member(_, shape)) => about_shape(shape, 0),
        _ => match option.name.as_str() {
            "count" => "how many: 2, or 1:3".to_owned(),
            "protocol" => "tcp, udp, icmp, or all".to_owned(),
            "port" => "80, or 80-90".to_owned(),
            "cidr" => "a CIDR block, 0.0.0.0/0 for everybody".to_owned(),
            "generate-cli-skeleton" => "print what it takes and call nothing".to_owned(),
            _ => "text".to_owned(),
        },
    }
}

fn about_shape(shape: Shape, depth: usize) -> String {
    match shape.kind() {
        Kind::String { values, .. } if values.len() > 1 => {
            let shown: Vec<&str> = values.iter().copied().take(4).collect();
            let more = if values.len() > shown.len() {
                ", …"
            } else {
                ""
            };
            format!("{}{more}", shown.join(", "))
        }
        Kind::String { .. } => "text".to_owned(),
        Kind::Integer { .. } | Kind::Float => "number".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Timestamp => "time".to_owned(),
        Kind::Blob => "bytes, e.g. fileb://FILE".to_owned(),
        Kind::List { item, .. } if depth == 0 => match item.kind() {
            Kind::Structure => format!("list of {}", about_shape(item, 1)),
            _ => format!("list: {}", about_shape(item, 1)),
        },
        Kind::Structure => {
            let names: Vec<&str> = shape.members().take(3).map(|it| it.name).collect();
            format!("{}=…", names.join("=…,"))
        }
        _ => "JSON".to_owned(),
    }
}

fn plain(words: &[&str]) -> Vec<Candidate> {
    words.iter().map(|word| Candidate::new(*word, "")).collect()
}

/// The values of an option; in the word they begin at the so-manieth letter.
fn values(shell: &mut Shell<'_>, told: &Told, name: &str, text: &str, from: usize) -> Offer {
    let value: String = text.chars().skip(from).collect();
    for kind in ["file://", "fileb://"] {
        if value.starts_with(kind) {
            return files(shell, text, from + kind.len(), false);
        }
    }
    if let Some((_, choices)) = CHOICES.iter().find(|(option, _)| *option == name) {
        return Offer::new(from, plain(choices));
    }
    if name == "--region" {
        let regions = REGIONS.iter().map(|it| Candidate::new(it.name, ""));
        return Offer::new(from, regions.collect());
    }
    let bare = name.trim_start_matches('-');
    let Some(option) = told.options.iter().find(|it| it.name == bare) else {
        return Offer::default();
    };
    let shape = match option.sets {
        Sets::Member(_, shape) => shape,
        _ => {
            return match bare {
                "source-group" => things(shell, told, "GroupId", from),
                "protocol" => Offer::new(from, plain(&["tcp", "udp", "icmp", "all"])),
                "cidr" => Offer::new(from, vec![Candidate::new("0.0.0.0/0", "everybody")]),
                "generate-cli-skeleton" => {
                    Offer::new(from, plain(&["input", "yaml-input", "output"]))
                }
                _ => Offer::default(),
            };
        }
    };
    let member = match option.sets {
        Sets::Member(name, _) => name,
        _ => "",
    };
    // In the CLI's own words, as the network ACL's number of TCP.
    if bare == "protocol" {
        return Offer::new(from, plain(&["tcp", "udp", "icmp", "all"]));
    }
    match (shape.kind(), value.starts_with(['[', '{'])) {
        (Kind::Structure, false) => shorthand(shell, told, shape, &value, from),
        (Kind::List { item, .. }, false) => match item.kind() {
            Kind::Structure => shorthand(shell, told, item, &value, from),
            _ => scalar(shell, told, member, item, from),
        },
        (Kind::Structure | Kind::List { .. } | Kind::Map { .. }, _) => Offer::default(),
        _ => scalar(shell, told, member, shape, from),
    }
}

/// The values of a scalar parameter: its enumeration, else what the cloud has of its kind.
fn scalar(shell: &mut Shell<'_>, told: &Told, member: &str, shape: Shape, from: usize) -> Offer {
    match shape.kind() {
        Kind::Boolean => Offer::new(from, plain(&["true", "false"])),
        // Of a very long enumeration the table has the first value only.
        Kind::String { values, .. } if values.len() > 1 => Offer::new(from, plain(values)),
        _ => things(shell, told, member, from),
    }
}

fn things(shell: &mut Shell<'_>, told: &Told, member: &str, from: usize) -> Offer {
    let Some(service) = told.service else {
        return Offer::default();
    };
    let operation = told.operation.map_or("", Operation::name);
    let all = sources::list(shell, &told.globals, service, operation, member);
    Offer::things(from, all)
}

/// A structure that a shorthand word is in.
struct Level {
    shape: Shape,
    used: Vec<String>,
    /// The key whose value is being typed.
    key: Option<String>,
    /// The value of the key `Name`: for a filter it says what the values are.
    name: String,
    /// Within `[…]`.
    list: bool,
}

impl Level {
    fn new(shape: Shape) -> Self {
        Level {
            shape,
            used: Vec::new(),
            key: None,
            name: String::new(),
            list: false,
        }
    }

    fn member(&self) -> Option<Shape> {
        Some(self.shape.member(self.key.as_deref()?)?.shape)
    }
}

/// `Name=vpc-id,Values=…`: keys, and the values of keys.
fn shorthand(shell: &mut Shell<'_>, told: &Told, shape: Shape, value: &str, from: usize) -> Offer {
    let mut levels = vec![Level::new(shape)];
    let mut part = String::new();
    let mut start = 0;
    for (at, letter) in value.chars().enumerate() {
        let Some(level) = levels.last_mut() else {
            return Offer::default();
        };
        match letter {
            '=' if level.key.is_none() || !level.list && level.shape.member(&part).is_some() => {
                level.used.push(part.clone());
                level.key = Some(std::mem::take(&mut part));
            }
            '[' if part.is_empty() => level.list = true,
            '{' if part.is_empty() => {
                let inner = level.member().map(|shape| match shape.kind() {
                    Kind::List { item, .. } => item,
                    _ => shape,
                });
                let Some(inner) = inner.filter(|_| levels.len() < 16) else {
                    return Offer::default();
                };
                levels.push(Level::new(inner));
            }
            '}' => {
                levels.pop();
                part.clear();
            }
            ']' => {
                level.list = false;
                part.clear();
            }
            ',' => {
                if level.key.as_deref() == Some("Name") {
                    level.name = std::mem::take(&mut part);
                }
                let many = level
                    .member()
                    .is_some_and(|shape| matches!(shape.kind(), Kind::List { .. }));
                if !many {
                    level.key = None;
                }
                part.clear();
            }
            letter => {
                part.push(letter);
                continue;
            }
        }
        start = at + 1;
    }
    let Some(level) = levels.last() else {
        return Offer::default();
    };
    let from = from + start;
    let keys = |level: &Level| -> Vec<Candidate> {
        level
            .shape
            .members()
            .filter(|it| !level.used.iter().any(|used| used == it.name))
            .map(|it| Candidate::on(format!("{}=", it.name), about_shape(it.shape, 0)))
            .collect()
    };
    let Some(key) = level.key.as_deref() else {
        return Offer::new(from, keys(level));
    };
    let mut offer = member_values(shell, told, level, key, from);
    // After a comma a list goes on, or the next key comes.
    let after_comma = value.chars().nth(start.wrapping_sub(1)) == Some(',');
    if after_comma && !level.list {
        offer.candidates.extend(keys(level));
    }
    offer
}

/// What the key of a structure may be.
fn member_values(
    shell: &mut Shell<'_>,
    told: &Told,
    level: &Level,
    key: &str,
    from: usize,
) -> Offer {
    let operation = told.operation.map_or("", Operation::name);
    let is_filter = level.shape.name() == "Filter";
    if is_filter && key == "Name" {
        let names = ec2::filters(operation).into_iter();
        let names = names.map(|name| Candidate::on(format!("{name},Values="), ""));
        let tags = Candidate::on("tag:Name,Values=", "the tag called Name");
        return Offer::new(from, names.chain([tags]).collect());
    }
    if is_filter && key == "Values" {
        let last = level.name.rsplit('.').next().unwrap_or_default();
        return match last {
            "instance-state-name" => Offer::new(
                from,
                plain(&[
                    "pending",
                    "running",
                    "stopping",
                    "stopped",
                    "shutting-down",
                    "terminated",
                ]),
            ),
            "main" | "default" | "is-default" | "isDefault" | "egress" => {
                Offer::new(from, plain(&["true", "false"]))
            }
            _ => match level.name.strip_prefix("tag:") {
                Some(tag) => {
                    let all = sources::tag_values(shell, &told.globals, tag);
                    Offer::new(from, all)
                }
                None => things(shell, told, &camel(last), from),
            },
        };
    }
    if level.shape.name() == "Tag" && key == "Key" {
        return Offer::new(
            from,
            vec![Candidate::on("Name,Value=", "what people call it")],
        );
    }
    let Some(shape) = level.member() else {
        return Offer::default();
    };
    match shape.kind() {
        Kind::List { item, .. } => match item.kind() {
            Kind::Structure => {
                let open = if level.list { "{" } else { "[{" };
                let inner = item.members().next().map_or("", |it| it.name);
                let text = format!("{open}{inner}=");
                Offer::new(from, vec![Candidate::on(text, about_shape(item, 1))])
            }
            _ => scalar(shell, told, key, item, from),
        },
        Kind::Structure | Kind::Map { .. } => Offer::default(),
        _ => scalar(shell, told, key, shape, from),
    }
}

/// `vpc-id` as a parameter: `VpcId`.
fn camel(kebab: &str) -> String {
    let mut out = String::new();
    for word in kebab.split('-') {
        let mut letters = word.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

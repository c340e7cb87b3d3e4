//! The words after `aws`: global options anywhere, then an operation's options.

use std::collections::BTreeMap;

use hopwise_cloud::api::{self, Kind, Operation, Shape};

use super::errors::Failure;
use super::values::Words;

/// The options that every command takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Globals {
    pub(super) output: Option<String>,
    pub(super) query: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) no_paginate: bool,
    pub(super) no_sign: bool,
    pub(super) version: bool,
}

/// The global options that take a word.
pub(super) const WITH_WORD: [&str; 11] = [
    "--output",
    "--query",
    "--profile",
    "--region",
    "--endpoint-url",
    "--color",
    "--ca-bundle",
    "--cli-read-timeout",
    "--cli-connect-timeout",
    "--cli-binary-format",
    "--cli-error-format",
];
/// The global options that take none.
pub(super) const WITHOUT: [&str; 8] = [
    "--debug",
    "--no-verify-ssl",
    "--no-paginate",
    "--version",
    "--no-sign-request",
    "--no-cli-pager",
    "--cli-auto-prompt",
    "--no-cli-auto-prompt",
];
/// Options whose word is one of a few.
pub(super) const CHOICES: [(&str, &[&str]); 4] = [
    (
        "--output",
        &["json", "text", "table", "yaml", "yaml-stream", "off"],
    ),
    ("--color", &["on", "off", "auto"]),
    ("--cli-binary-format", &["base64", "raw-in-base64-out"]),
    (
        "--cli-error-format",
        &["legacy", "json", "yaml", "text", "table", "enhanced"],
    ),
];

/// Does a word look like an option rather than a value? A negative number is a value, and so is
/// what holds a blank.
fn is_option(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-') && !word.contains(' ') && word.parse::<f64>().is_err()
}

/// Takes the global options out of the words.
pub(super) fn globals(args: &[String]) -> Result<(Globals, Vec<String>), Failure> {
    let mut globals = Globals::default();
    let mut rest = Vec::new();
    let mut args = args.iter().peekable();
    while let Some(arg) = args.next() {
        let (name, attached) = match arg.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (arg.as_str(), None),
        };
        if WITHOUT.contains(&name) && attached.is_none() {
            match name {
                "--no-paginate" => globals.no_paginate = true,
                "--no-sign-request" => globals.no_sign = true,
                "--version" => globals.version = true,
                _ => {}
            }
            continue;
        }
        if !WITH_WORD.contains(&name) {
            rest.push(arg.clone());
            continue;
        }
        let value = match attached {
            Some(value) => value.to_owned(),
            None => match args.next_if(|next| !is_option(next)) {
                Some(value) => value.clone(),
                None => {
                    return Err(Failure::Usage(format!(
                        "argument {name}: expected one argument"
                    )));
                }
            },
        };
        if let Some((argument, choices)) = CHOICES.iter().find(|(option, _)| *option == name)
            && !choices.contains(&value.as_str())
        {
            return Err(Failure::Choice {
                argument,
                near: super::errors::near(&value, choices.iter().copied()),
                given: value,
            });
        }
        let slot = match name {
            "--output" => &mut globals.output,
            "--query" => &mut globals.query,
            "--profile" => &mut globals.profile,
            "--region" => &mut globals.region,
            "--endpoint-url" => &mut globals.endpoint,
            _ => continue,
        };
        *slot = Some(value);
    }
    Ok((globals, rest))
}

/// How an option takes words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Exactly one.
    One,
    /// One that must be a whole number.
    Number,
    /// One that must be a number.
    Float,
    /// All up to the next option.
    Many,
    /// None; the parameter becomes so.
    Flag(bool),
    /// None or one: `--enable-dns-support`, `--enable-dns-support Value=true`.
    Maybe,
    /// The path of a file that is sent as it is.
    File,
    /// Not an option: the first word that is none names the file for what is received.
    Outfile,
}

/// What an option sets.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sets {
    /// A parameter of this name and shape.
    Member(&'static str, Shape),
    /// `{"Value": …}` of the parameter of this name.
    Wrapped(&'static str),
    /// Something of the CLI's own, by the option's name.
    Own,
}

/// An option of an operation.
#[derive(Clone, Debug)]
pub(super) struct Opt {
    pub(super) name: String,
    pub(super) takes: Takes,
    pub(super) sets: Sets,
    pub(super) required: bool,
}

/// Is it EC2's structure of one boolean called `Value`?
fn is_wrapped_flag(shape: Shape) -> bool {
    let mut members = shape.members();
    match (shape.kind(), members.next(), members.next()) {
        (Kind::Structure, Some(only), None) => {
            only.name == "Value" && matches!(only.shape.kind(), Kind::Boolean)
        }
        _ => false,
    }
}

/// The options of an operation, in the order of its parameters.
pub(super) fn options(operation: Operation, paginated: bool) -> Vec<Opt> {
    let service = operation.service().name;
    let mut options: Vec<Opt> = Vec::new();
    let mut push = |name: String, takes, sets, required| {
        options.push(Opt {
            name,
            takes,
            sets,
            required,
        });
    };
    for member in operation.input().into_iter().flat_map(Shape::members) {
        let name = api::option(service, operation.name(), member.name);
        let sets = Sets::Member(member.name, member.shape);
        // A token that the client fills in need not be given.
        let required = member.required && !member.token;
        match member.shape.kind() {
            Kind::Boolean => {
                let no = api::negative(service, operation.name(), &name);
                push(name, Takes::Flag(true), sets, required);
                push(no, Takes::Flag(false), sets, false);
            }
            _ if service == "ec2" && is_wrapped_flag(member.shape) => {
                // The renames are of plain booleans only.
                let no = format!("no-{name}");
                push(name, Takes::Maybe, sets, required);
                push(no, Takes::Flag(false), Sets::Wrapped(member.name), false);
            }
            Kind::List { .. } => push(name, Takes::Many, sets, required),
            Kind::Integer { long: true, .. } => push(name, Takes::Number, sets, required),
            Kind::Float => push(name, Takes::Float, sets, required),
            _ if member.streaming => push(name, Takes::File, sets, required),
            _ => push(name, Takes::One, sets, required),
        }
    }
    if received(operation).is_some() {
        push("outfile".to_owned(), Takes::Outfile, Sets::Own, true);
    }
    let own: &[(&str, Takes)] = match operation.name() {
        "RunInstances" if service == "ec2" => &[
            ("count", Takes::One),
            ("secondary-private-ip-addresses", Takes::Many),
            ("secondary-private-ip-address-count", Takes::One),
            ("associate-public-ip-address", Takes::Flag(true)),
            ("no-associate-public-ip-address", Takes::Flag(false)),
        ],
        "AuthorizeSecurityGroupIngress"
        | "AuthorizeSecurityGroupEgress"
        | "RevokeSecurityGroupIngress"
        | "RevokeSecurityGroupEgress" => &[
            ("protocol", Takes::One),
            ("port", Takes::One),
            ("cidr", Takes::One),
            ("source-group", Takes::One),
            ("group-owner", Takes::One),
        ],
        _ => &[],
    };
    for (name, takes) in own {
        push((*name).to_owned(), *takes, Sets::Own, false);
    }
    push("cli-input-json".to_owned(), Takes::One, Sets::Own, false);
    push("cli-input-yaml".to_owned(), Takes::One, Sets::Own, false);
    push(
        "generate-cli-skeleton".to_owned(),
        Takes::Maybe,
        Sets::Own,
        false,
    );
    if paginated {
        // These are the client's, also where the API has a parameter of that name.
        options.retain(|it| it.name != "max-items" && it.name != "page-size");
        let mut push = |name: String, takes, sets, required| {
            options.push(Opt {
                name,
                takes,
                sets,
                required,
            });
        };
        push("starting-token".to_owned(), Takes::One, Sets::Own, false);
        push("max-items".to_owned(), Takes::Number, Sets::Own, false);
        push("page-size".to_owned(), Takes::Number, Sets::Own, false);
    }
    if operation.name() == "RunInstances" {
        options.retain(|option| option.name != "min-count" && option.name != "max-count");
    }
    options
}

/// The member of an answer that goes into a file.
pub(super) fn received(operation: Operation) -> Option<&'static str> {
    let mut members = operation.output().into_iter().flat_map(Shape::members);
    members.find(|member| member.streaming).map(|it| it.name)
}

/// What was given, by option: the last time counts.
pub(super) type Given = BTreeMap<String, Words>;

/// Reads an operation's options.
pub(super) fn parse(options: &[Opt], args: &[String]) -> Result<Given, Failure> {
    let mut given = Given::new();
    let mut strays = Vec::new();
    let mut args = args.iter().peekable();
    while let Some(arg) = args.next() {
        if !is_option(arg) {
            match options.iter().find(|it| it.takes == Takes::Outfile) {
                Some(option) if !given.contains_key(&option.name) => {
                    given.insert(option.name.clone(), Words::One(arg.clone()));
                }
                _ => strays.push(arg.clone()),
            }
            continue;
        }
        let (name, attached) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg.as_str(), None),
        };
        let Some(option) = find(options, name)? else {
            strays.push(arg.clone());
            continue;
        };
        let shown = format!("argument --{}", option.name);
        let words = match option.takes {
            Takes::Flag(_) => {
                if let Some(value) = attached {
                    return Err(Failure::Usage(format!(
                        "{shown}: ignored explicit argument {}",
                        crate::python::quoted(&value)
                    )));
                }
                Words::Many(Vec::new())
            }
            Takes::Many => {
                let mut words: Vec<String> = attached.into_iter().collect();
                if words.is_empty() {
                    while let Some(word) = args.next_if(|next| !is_option(next)) {
                        words.push(word.clone());
                    }
                }
                Words::Many(words)
            }
            Takes::Maybe => {
                match attached.or_else(|| args.next_if(|next| !is_option(next)).cloned()) {
                    Some(word) => Words::One(word),
                    None => Words::Many(Vec::new()),
                }
            }
            Takes::One | Takes::Number | Takes::Float | Takes::File | Takes::Outfile => {
                let word = attached.or_else(|| args.next_if(|next| !is_option(next)).cloned());
                let word =
                    word.ok_or_else(|| Failure::Usage(format!("{shown}: expected one argument")))?;
                let (fits, kind) = match option.takes {
                    Takes::Number => (crate::python::int(&word).is_some(), "int"),
                    Takes::Float => (crate::python::float(&word).is_some(), "float"),
                    _ => (true, ""),
                };
                if !fits {
                    return Err(Failure::Usage(format!(
                        "{shown}: invalid {kind} value: {}",
                        crate::python::quoted(&word)
                    )));
                }
                Words::One(word)
            }
        };
        // Of `--x` and `--no-x` the last counts.
        if let Takes::Flag(_) | Takes::Maybe = option.takes {
            let same = |other: &&Opt| match (other.sets, option.sets) {
                (Sets::Member(a, _) | Sets::Wrapped(a), Sets::Member(b, _) | Sets::Wrapped(b)) => {
                    a == b
                }
                _ => false,
            };
            for other in options.iter().filter(same) {
                given.remove(&other.name);
            }
        }
        given.insert(option.name.clone(), words);
    }
    let document = ["cli-input-json", "cli-input-yaml"]
        .iter()
        .any(|name| given.contains_key(*name));
    let skeleton = match given.get("generate-cli-skeleton") {
        Some(Words::One(kind)) => kind != "output",
        Some(Words::Many(_)) => true,
        None => false,
    };
    if !document && !skeleton {
        let missing: Vec<String> = options
            .iter()
            .filter(|option| option.required && !has(options, &given, option))
            .map(|option| match option.takes {
                Takes::Outfile => option.name.clone(),
                _ => format!("--{}", option.name),
            })
            .collect();
        if !missing.is_empty() {
            return Err(Failure::Usage(format!(
                "the following arguments are required: {}",
                missing.join(", ")
            )));
        }
    }
    if !strays.is_empty() {
        return Err(Failure::Unknown(strays));
    }
    Ok(given)
}

/// Was the option given, or the one that says no to the same parameter?
fn has(options: &[Opt], given: &Given, option: &Opt) -> bool {
    options.iter().any(|other| {
        let same = match (other.sets, option.sets) {
            (Sets::Own, Sets::Own) => other.name == option.name,
            (Sets::Member(a, _) | Sets::Wrapped(a), Sets::Member(b, _) | Sets::Wrapped(b)) => {
                a == b
            }
            _ => false,
        };
        same && given.contains_key(&other.name)
    })
}

/// The option of a name, or of the only one that begins so.
fn find<'o>(options: &'o [Opt], name: &str) -> Result<Option<&'o Opt>, Failure> {
    let Some(name) = name.strip_prefix("--") else {
        return Ok(None);
    };
    let options = || options.iter().filter(|it| it.takes != Takes::Outfile);
    if let Some(option) = options().find(|option| option.name == name) {
        return Ok(Some(option));
    }
    let begins: Vec<&Opt> = options()
        .filter(|option| !name.is_empty() && option.name.starts_with(name))
        .collect();
    match begins.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|option| format!("--{}", option.name))
                .collect();
            Err(Failure::Usage(format!(
                "ambiguous option: --{name} could match {}",
                names.join(", ")
            )))
        }
    }
}

//! The `aws` command: any operation of the API tables, as aws-cli v2 reads and shows it.

mod arguments;
mod complete;
mod configure;
mod customs;
mod errors;
mod output;
mod pages;
mod profile;
mod s3;
mod shorthand;
mod skeleton;
mod sources;
#[cfg(test)]
mod tests;
mod values;
mod waiters;

use hopwise_cloud::api::{self, Operation, Service};
use hopwise_cloud::{self as cloud, Act, Credentials, Map, Value, json};

use crate::commands::Call;
use crate::host::Host;
use crate::jmespath::{self, Expression};
use crate::session::Session;
use crate::shell::{Shell, Stop, Terminal};
use arguments::{Given, Globals, Opt, Sets, Takes};
use errors::Failure;
use profile::Profile;
use values::Words;

pub(crate) use complete::complete;
pub(crate) use sources::{addresses, named};

/// Who the laptop's own login is to AWS, and the Region it looks at: what a gesture on the page is
/// signed with, since page and laptop share one identity.
///
/// # Errors
///
/// What `aws` says where there are no credentials or no Region.
pub fn identity(session: &Session, host: &mut dyn Host) -> Result<(Credentials, String), String> {
    let mut session = session.clone();
    session.frames.truncate(1);
    let terminal = Terminal::default();
    let shell = Shell::at(&mut session, host, &terminal);
    Profile::load(&shell, &Globals::default())
        .and_then(|profile| profile.sign("ec2"))
        .map_err(|failure| match failure {
            Failure::Bare(text) | Failure::Coded { text, .. } => text,
            other => other.text().0.trim().to_owned(),
        })
}

/// Services that AWS has and this sandbox has not.
const OTHER_SERVICES: &[&str] = &[
    "acm",
    "apigateway",
    "apigatewayv2",
    "application-autoscaling",
    "athena",
    "autoscaling",
    "backup",
    "batch",
    "bedrock",
    "budgets",
    "ce",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codedeploy",
    "codepipeline",
    "cognito-idp",
    "configservice",
    "dms",
    "ds",
    "dynamodb",
    "ecr",
    "ecs",
    "efs",
    "eks",
    "elasticache",
    "elasticbeanstalk",
    "elb",
    "elbv2",
    "emr",
    "events",
    "firehose",
    "fsx",
    "glacier",
    "glue",
    "guardduty",
    "inspector2",
    "iot",
    "kinesis",
    "kms",
    "lambda",
    "lightsail",
    "logs",
    "macie2",
    "mq",
    "network-firewall",
    "opensearch",
    "organizations",
    "ram",
    "rds",
    "redshift",
    "rekognition",
    "resource-groups",
    "route53",
    "route53domains",
    "route53resolver",
    "s3control",
    "sagemaker",
    "secretsmanager",
    "securityhub",
    "servicediscovery",
    "ses",
    "sns",
    "sqs",
    "ssm",
    "sso",
    "stepfunctions",
    "transfer",
    "wafv2",
    "workspaces",
    "xray",
];

/// The file that is the pipe.
const STDIN: &str = "/dev/stdin";

/// A request as the command line gives it: the operation and its parameters.
#[derive(Clone, Debug)]
struct Request {
    operation: Operation,
    params: Map,
    given: Given,
}

pub(crate) fn aws(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let result = command(shell, call);
    match result {
        Ok(status) => Ok(status),
        Err(Failure::Stop(stop)) => Err(stop),
        Err(failure) => {
            let (text, status) = failure.text();
            shell.complain_plain(call.io, &text)?;
            Ok(status)
        }
    }
}

fn command(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Failure> {
    let (globals, words) = arguments::globals(call.args)?;
    if globals.version {
        shell.say(
            call.io,
            "aws-cli/2.36.7 Python/3.11.7 Linux/6.18 source/x86_64 (the sandbox's own)\n",
        )?;
        return Ok(0);
    }
    let Some((name, rest)) = words
        .split_first()
        .filter(|(name, _)| !name.starts_with('-'))
    else {
        return Err(Failure::Usage(
            "the following arguments are required: command".to_owned(),
        ));
    };
    match name.as_str() {
        "configure" => return configure::configure(shell, call, &globals, rest),
        "help" => {
            shell.say(call.io, &help_services())?;
            return Ok(0);
        }
        "s3" => return s3::s3(shell, call, &globals, rest),
        _ => {}
    }
    let mut services = api::services().iter();
    let Some(service) = services.find(|service| api::command(service.name) == name) else {
        if OTHER_SERVICES.contains(&name.as_str()) {
            return Err(absent(&format!("aws {name}")));
        }
        let known = api::services()
            .iter()
            .map(|service| api::command(service.name))
            .chain(OTHER_SERVICES.iter().copied())
            .chain(["configure", "help", "s3"]);
        return Err(Failure::Choice {
            argument: "command",
            given: name.clone(),
            near: errors::near(name, known),
        });
    };
    let Some((name, rest)) = rest
        .split_first()
        .filter(|(name, _)| !name.starts_with('-'))
    else {
        return Err(Failure::Usage(
            "the following arguments are required: operation".to_owned(),
        ));
    };
    if name == "help" {
        shell.say(call.io, &help_service(service))?;
        return Ok(0);
    }
    if name == "wait" && !service.waiters().is_empty() {
        return waiters::wait(shell, call, &globals, service, rest);
    }
    let operation = find_operation(service, name)?;
    if rest.first().is_some_and(|word| word == "help") {
        shell.say(call.io, &help_operation(operation))?;
        return Ok(0);
    }
    invoke(shell, call, &globals, operation, rest)
}

fn absent(what: &str) -> Failure {
    Failure::Bare(format!("`{what}` exists in AWS, not in this sandbox yet."))
}

/// The operation called `name` on the command line.
fn find_operation(service: &'static Service, name: &str) -> Result<Operation, Failure> {
    if let Some(found) = service.find(|operation| api::kebab(operation.name()) == name) {
        return Ok(found);
    }
    if service
        .others()
        .iter()
        .any(|other| api::kebab(other) == name)
    {
        return Err(absent(&format!(
            "aws {} {name}",
            api::command(service.name)
        )));
    }
    let known: Vec<String> = service
        .operations()
        .map(|operation| api::kebab(operation.name()))
        .chain(service.others().iter().map(|other| api::kebab(other)))
        .chain(["wait".to_owned(), "help".to_owned()])
        .collect();
    Err(Failure::Choice {
        argument: "operation",
        given: name.to_owned(),
        near: errors::near(name, known.iter().map(String::as_str)),
    })
}

/// Reads the options of an operation into its parameters.
fn request(shell: &Shell<'_>, operation: Operation, args: &[String]) -> Result<Request, Failure> {
    let options = arguments::options(operation, pages::has(operation));
    let given = arguments::parse(&options, args)?;
    let mut params = Map::new();
    for option in &options {
        let Some(words) = given.get(&option.name) else {
            continue;
        };
        set(shell, option, words, &mut params)?;
    }
    if operation.service().name == "ec2" {
        customs::apply(operation.name(), &given, &mut params)?;
    }
    document(shell, &given, &mut params, operation)?;
    if operation.service().name == "s3" {
        let takes = |name: &str| operation.input().and_then(|it| it.member(name)).is_some();
        // The client checks what it receives, and takes keys that no XML can hold.
        for (name, value, fits) in [
            (
                "ChecksumMode",
                "ENABLED",
                arguments::received(operation).is_some(),
            ),
            ("EncodingType", "url", true),
        ] {
            if fits && takes(name) && !params.contains_key(name) {
                params.insert(name, Value::from(value));
            }
        }
    }
    if operation.service().name == "ec2" {
        customs::finish(operation.name(), &mut params);
    }
    Ok(Request {
        operation,
        params,
        given,
    })
}

fn set(shell: &Shell<'_>, option: &Opt, words: &Words, params: &mut Map) -> Result<(), Failure> {
    let wrapped = |flag: bool| Value::Map(Map::from_iter([("Value".into(), Value::Bool(flag))]));
    match (option.sets, option.takes) {
        (Sets::Member(name, _), Takes::Flag(flag)) => {
            params.insert(name, Value::Bool(flag));
        }
        (Sets::Wrapped(name), _) => {
            params.insert(name, wrapped(false));
        }
        (Sets::Member(name, _), Takes::Maybe) if *words == Words::Many(Vec::new()) => {
            params.insert(name, wrapped(true));
        }
        (Sets::Member(name, _), Takes::File) => {
            let Words::One(path) = words else {
                return Ok(());
            };
            let value = match shell.read_file(&values::expanded(shell, path)) {
                Ok(bytes) => Value::Bytes(bytes.to_vec()),
                // What the pipe brings is read when the line runs.
                Err(_) if path == STDIN => Value::Null,
                Err(_) => {
                    return Err(Failure::Param(format!(
                        "Error parsing parameter '--{}': Blob values must be a path to a file.",
                        option.name
                    )));
                }
            };
            params.insert(name, value);
        }
        (Sets::Member(name, shape), _) => {
            let value = values::unpack(shell, shape, &option.name, words.clone())?;
            params.insert(name, value);
        }
        (Sets::Own, _) => {}
    }
    Ok(())
}

/// Adds what `--cli-input-json` or `--cli-input-yaml` has and the options have not.
fn document(
    shell: &Shell<'_>,
    given: &Given,
    params: &mut Map,
    operation: Operation,
) -> Result<(), Failure> {
    if given.contains_key("cli-input-json") && given.contains_key("cli-input-yaml") {
        return Err(Failure::Param(
            "Only one --cli-input- parameter may be specified.".to_owned(),
        ));
    }
    for name in ["cli-input-json", "cli-input-yaml"] {
        let Some(Words::One(word)) = given.get(name) else {
            continue;
        };
        let text = match values::file(shell, word) {
            Some(Ok(Value::Str(text))) => text,
            Some(Ok(Value::Bytes(bytes))) => String::from_utf8_lossy(&bytes).into_owned(),
            Some(Err(text)) => {
                return Err(Failure::Param(format!(
                    "Error parsing parameter '--{name}': {text}"
                )));
            }
            _ => word.clone(),
        };
        let (parsed, kind) = if name == "cli-input-json" {
            (json::parse(&text).ok(), "JSON")
        } else {
            (output::parse_yaml(&text), "YAML")
        };
        let wrong = || {
            Failure::Param(format!(
                "Error parsing parameter '{name}': Invalid {kind} received."
            ))
        };
        let Some(Value::Map(map)) = parsed else {
            return Err(wrong());
        };
        for (key, value) in map {
            if !params.contains_key(&key) {
                let value = match operation.input().and_then(|shape| shape.member(&key)) {
                    Some(member) => values::blobs(member.shape, value),
                    None => value,
                };
                params.insert(key, value);
            }
        }
    }
    Ok(())
}

/// Checks parameters against their shape, as the client does before it calls.
fn validate(operation: Operation, params: &Map) -> Result<(), Failure> {
    // The client itself fills in tokens.
    let mut whole = params.clone();
    for member in operation.input().into_iter().flat_map(api::Shape::members) {
        if member.token && member.required && !whole.contains_key(member.name) {
            whole.insert(member.name, Value::from("token"));
        }
    }
    let errors = api::validate(operation.input(), &Value::Map(whole));
    let mut lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    // <https://github.com/boto/botocore/blob/develop/botocore/handlers.py>
    if operation.service().name == "s3"
        && lines.is_empty()
        && let Some(name) = params.get("Bucket").and_then(Value::as_str)
        && !(1..=255).contains(&name.len())
            | name.contains(|c: char| !(c.is_ascii_alphanumeric() || ".-_".contains(c)))
    {
        lines.push(format!("Invalid bucket name \"{name}\": Bucket name must match the regex \"^[a-zA-Z0-9.\\-_]{{1,255}}$\" or be an ARN matching the regex \"^arn:(aws).*:(s3|s3-object-lambda):[a-z\\-0-9]*:[0-9]{{12}}:accesspoint[/:][a-zA-Z0-9\\-.]{{1,63}}$|^arn:(aws).*:s3-outposts:[a-z\\-0-9]+:[0-9]{{12}}:outpost[/:][a-zA-Z0-9\\-]{{1,63}}[/:]accesspoint[/:][a-zA-Z0-9\\-]{{1,63}}$\""));
    }
    if lines.is_empty() {
        return Ok(());
    }
    Err(Failure::Param(format!(
        "Parameter validation failed:\n{}",
        lines.join("\n")
    )))
}

fn compile(globals: &Globals) -> Result<Option<Expression>, Failure> {
    let Some(text) = &globals.query else {
        return Ok(None);
    };
    jmespath::compile(text)
        .map(Some)
        .map_err(|error| Failure::Param(format!("Bad value for --query {text}: {error}")))
}

fn invoke(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    globals: &Globals,
    operation: Operation,
    args: &[String],
) -> Result<i32, Failure> {
    let query = compile(globals)?;
    let profile = Profile::load(shell, globals)?;
    let mut request = request(shell, operation, args)?;
    let sent = operation.input().into_iter().flat_map(api::Shape::members);
    for member in sent.filter(|member| member.streaming) {
        if request.params.get(member.name) == Some(&Value::Null) {
            let bytes = shell.read_all(call.io)?;
            request.params.insert(member.name, Value::Bytes(bytes));
        }
    }
    let format = format(globals, &profile)?;
    let title = operation.name();
    if let Some(kind) = request.given.get("generate-cli-skeleton") {
        let answer = match kind {
            Words::One(kind) if kind == "output" => {
                validate(operation, &request.params)?;
                skeleton::skeleton(operation.output(), true)
            }
            Words::One(kind) if kind != "input" && kind != "yaml-input" => {
                return Err(Failure::Choice {
                    argument: "--generate-cli-skeleton",
                    given: kind.clone(),
                    near: Vec::new(),
                });
            }
            Words::One(kind) if kind == "yaml-input" => {
                let blank = skeleton::skeleton(operation.input(), false);
                shell.say(call.io, &output::write_yaml(&blank, false))?;
                return Ok(0);
            }
            _ => {
                let blank = skeleton::skeleton(operation.input(), false);
                shell.say(call.io, &format!("{}\n", json::pretty(&blank, 4)))?;
                return Ok(0);
            }
        };
        return show(shell, call, &format, title, &query, &answer);
    }
    validate(operation, &request.params)?;
    let mut answer = if globals.no_paginate {
        send(shell, &profile, operation, request.params)?
    } else {
        pages::all(shell, &profile, &request)?
    };
    if let (Some(name), Some(Words::One(path)), Value::Map(map)) = (
        arguments::received(operation),
        request.given.get("outfile"),
        &mut answer.value,
    ) {
        let bytes = match map.remove(name) {
            Some(Value::Bytes(bytes)) => bytes,
            _ => Vec::new(),
        };
        if path == "/dev/stdout" {
            shell.say_bytes(call.io, &bytes)?;
        } else {
            write(shell, path, bytes)?;
        }
    }
    let text_query = query.is_some() && format == "text";
    let status = show(shell, call, &format, title, &query, &answer.value)?;
    if let Some(token) = answer.token.filter(|_| format == "text") {
        let token = if text_query {
            "None\n".to_owned()
        } else {
            format!("NEXTTOKEN\t{token}\n")
        };
        shell.say(call.io, &token)?;
    }
    Ok(status)
}

/// An answer, and for text output the token of what follows.
struct Answer {
    value: Value,
    token: Option<String>,
}

/// Writes a file as Python does, and says in its words why it can't.
fn write(shell: &mut Shell<'_>, path: &str, bytes: Vec<u8>) -> Result<(), Failure> {
    shell.write_file(path, bytes).map_err(|said| {
        let number = match said.as_str() {
            "No such file or directory" => 2,
            "Permission denied" => 13,
            "Is a directory" => 21,
            "Not a directory" => 20,
            _ => 28,
        };
        Failure::Bare(format!(
            "[Errno {number}] {said}: {}",
            crate::python::quoted(path)
        ))
    })
}

fn format(globals: &Globals, profile: &Profile) -> Result<String, Failure> {
    let format = globals.output.clone().or_else(|| profile.output.clone());
    match format {
        None => Ok("json".to_owned()),
        Some(format)
            if ["json", "text", "table", "yaml", "yaml-stream", "off"]
                .contains(&format.as_str()) =>
        {
            Ok(format)
        }
        Some(format) => Err(Failure::Bare(format!("Unknown output type: {format}"))),
    }
}

fn show(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    format: &str,
    title: &str,
    query: &Option<Expression>,
    answer: &Value,
) -> Result<i32, Failure> {
    let found;
    let value = match query {
        Some(query) => {
            found = query
                .search(answer)
                .map_err(|error| Failure::Bare(error.to_string()))?;
            &found
        }
        None => answer,
    };
    let width = shell.terminal.width;
    shell.say(call.io, &output::write(format, title, value, width))?;
    Ok(0)
}

/// Calls AWS once.
fn send(
    shell: &mut Shell<'_>,
    profile: &Profile,
    operation: Operation,
    params: Map,
) -> Result<Answer, Failure> {
    let (credentials, region) = profile.sign(operation.service().name)?;
    shell.host.settle();
    let machine = shell.frame().machine.clone();
    let act = Act::Call(cloud::Call {
        credentials,
        region,
        via: shell.host.via(&machine),
        service: operation.service().name.to_owned(),
        operation: operation.name().to_owned(),
        params,
    });
    let answer = shell.host.apply(act).map_err(|fault| Failure::Api {
        operation: operation.name().to_owned(),
        fault,
    })?;
    let mut value = answer.value;
    if let Value::Null = value {
        value = Value::Map(Map::new());
    }
    api::arrange(operation.output(), &mut value);
    Ok(Answer { value, token: None })
}

fn help_services() -> String {
    let mut text = String::from("The services of this sandbox:\n\n");
    for service in api::services() {
        text.push_str(&format!("  aws {}\n", api::command(service.name)));
    }
    text.push_str("\n`aws <service> help` lists its operations.\n");
    text
}

fn help_service(service: &'static Service) -> String {
    let mut text = format!(
        "The operations of `aws {}` in this sandbox:\n\n",
        service.name
    );
    for operation in service.operations() {
        text.push_str(&format!("  {}\n", api::kebab(operation.name())));
    }
    for waiter in service.waiters() {
        text.push_str(&format!("  wait {}\n", api::kebab(waiter.name)));
    }
    text
}

fn help_operation(operation: Operation) -> String {
    let name = api::kebab(operation.name());
    let options = arguments::options(operation, pages::has(operation));
    let mut text = format!("NAME\n       {name} -\n\nSYNOPSIS\n            {name}\n");
    let mut skip = false;
    for (at, option) in options.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let shown = match option.takes {
            Takes::Flag(_) | Takes::Maybe => match options.get(at + 1) {
                Some(no) if no.takes == Takes::Flag(false) => {
                    skip = true;
                    format!("--{} | --{}", option.name, no.name)
                }
                _ => format!("--{} <value>", option.name),
            },
            _ => format!("--{} <value>", option.name),
        };
        let shown = if option.required {
            shown
        } else {
            format!("[{shown}]")
        };
        text.push_str(&format!("          {shown}\n"));
    }
    text
}

//! Commands that send packets. Each connection is a walk in `reach`; what it answers reads as the
//! real tools' words.

use super::{Call, fail};
use crate::shell::{Shell, Stop};
use hopwise_cloud::{ACCOUNT, Cloud, Id, LAPTOP, OUTSIDE_ADDRESS, Principal, Question as Access};
use hopwise_explain::{
    Explanation, Language, Message, Place as RulePlace, Rule, Step, Verdict, render_named,
};
use hopwise_machine::Machine;
use hopwise_net::Protocol;
use hopwise_reach::{Client, Place, Question, Walk, walk};
use std::net::Ipv4Addr;

/// How long Linux tries to connect before it gives up, in milliseconds: six repeats of the SYN,
/// each after twice the time (1 + 2 + 4 + … + 64 s).
const PATIENCE_MS: u64 = 127_000;

/// Where the machine of this terminal stands in the network.
fn here(shell: &Shell<'_>) -> Place {
    match shell.frame().machine.as_str() {
        LAPTOP => Place::Laptop,
        id => Place::Instance(Id::new(id)),
    }
}

/// The address that a host name means, as far as names are known: addresses themselves,
/// `localhost`, and the public and private names that EC2 gives.
fn resolve(cloud: &Cloud, from: &Place, host: &str) -> Option<Ipv4Addr> {
    if let Ok(address) = host.parse() {
        return Some(address);
    }
    if host == "localhost" {
        return Some(Ipv4Addr::LOCALHOST);
    }
    let label = host.split('.').next().unwrap_or_default();
    let dashed = label
        .strip_prefix("ec2-")
        .or_else(|| label.strip_prefix("ip-"))?;
    let address: Ipv4Addr = dashed.replace('-', ".").parse().ok()?;
    if label.starts_with("ip-") {
        // A private name is known only within a VPC.
        return (*from != Place::Laptop).then_some(address);
    }
    for (_, _, ec2) in cloud.places() {
        for interface in ec2.network_interfaces.iter() {
            for own in &interface.addresses {
                if ec2.public_of(&interface.id, own.private) != Some(address) {
                    continue;
                }
                let vpc = ec2.vpcs.get(interface.vpc.as_str())?;
                if !(vpc.dns_hostnames && vpc.dns_support) {
                    return None;
                }
                // Inside the VPC the public name means the private address:
                // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
                let inside = match from {
                    Place::Instance(id) => ec2
                        .instances
                        .get(id.as_str())
                        .is_some_and(|it| it.vpc == interface.vpc),
                    _ => false,
                };
                return Some(if inside { own.private } else { address });
            }
        }
    }
    None
}

/// A URL that `curl` and `wget` were given.
struct Url {
    tls: bool,
    host: String,
    port: u16,
    path: String,
}

fn url(text: &str) -> Result<Url, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let tls = match scheme.to_ascii_lowercase().as_str() {
        "http" => false,
        "https" => true,
        other => return Err(format!("(1) Protocol \"{other}\" not supported")),
    };
    let (authority, path) = match rest.find(['/', '?']) {
        Some(place) => rest.split_at(place),
        None => (rest, "/"),
    };
    let (host, port) =
        match authority.rsplit_once(':') {
            Some((host, port)) => match port.parse() {
                Ok(port) => (host, port),
                Err(_) => return Err(
                    "(3) URL rejected: Port number was not a decimal number between 0 and 65535"
                        .to_owned(),
                ),
            },
            None => (authority, if tls { 443 } else { 80 }),
        };
    if host.is_empty() {
        return Err("(3) URL rejected: No host part in the URL".to_owned());
    }
    Ok(Url {
        tls,
        host: host.to_owned(),
        port,
        path: if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        },
    })
}

/// What a request over HTTP came to.
enum Fetched {
    Answer {
        status: u16,
        body: Vec<u8>,
    },
    /// curl's exit status and words.
    Failed(i32, String),
}

fn fetch(shell: &mut Shell<'_>, url: &Url, patience_ms: Option<u64>) -> Fetched {
    let from = here(shell);
    let cloud = shell.host().cloud().clone();
    let Some(address) = resolve(&cloud, &from, &url.host) else {
        return Fetched::Failed(6, format!("(6) Could not resolve host: {}", url.host));
    };
    let (host, port) = (&url.host, url.port);
    let refused = || {
        Fetched::Failed(
            7,
            format!(
                "(7) Failed to connect to {host} port {port} after 1 ms: Could not connect to server"
            ),
        )
    };
    let server: Option<&Machine> = if address.is_loopback() {
        match shell.machine() {
            Some(machine) if machine.listens(false, port) => cloud.machine(&shell.frame().machine),
            _ => return refused(),
        }
    } else {
        let walked = walk(
            &cloud,
            &Question::tcp(from, Place::Address(address.into()), port),
        );
        match walked {
            Err(refusal) => return Fetched::Failed(7, format!("(7) {refusal}")),
            Ok(walked) => match walked.client {
                Client::Connected => cloud.machine(&walked.forward.at),
                Client::Refused | Client::Reset => return refused(),
                Client::Timeout => {
                    return Fetched::Failed(
                        28,
                        match patience_ms {
                            Some(patience) => format!(
                                "(28) Connection timed out after {} milliseconds",
                                patience + 1
                            ),
                            None => format!(
                                "(28) Failed to connect to {host} port {port} after {PATIENCE_MS} ms: Could not connect to server"
                            ),
                        },
                    );
                }
            },
        }
    };
    // No machine of ours has a certificate; whoever is out in the internet does.
    if url.tls && server.is_some() {
        return Fetched::Failed(
            35,
            "(35) TLS connect error: error:0A00010B:SSL routines::wrong version number".to_owned(),
        );
    }
    match server {
        Some(machine) => match machine.http(port, &url.path) {
            Some((status, body)) => Fetched::Answer { status, body },
            None => Fetched::Failed(1, "(1) Received HTTP/0.9 when not allowed".to_owned()),
        },
        // Out in the internet every machine of this world serves one page.
        None => Fetched::Answer {
            status: 200,
            body: format!(
                "<html><body><h1>A page in the internet</h1><p>{address}</p></body></html>\n"
            )
            .into_bytes(),
        },
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        403 => "Forbidden",
        404 => "Not Found",
        _ => "Error",
    }
}

/// `curl [-s] [-S] [-f] [-i] [-I] [-o FILE] [-m SECONDS] [--connect-timeout SECONDS] URL`
pub(super) fn curl(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut target = None;
    let (mut silent, mut show_errors, mut fails, mut head, mut include) =
        (false, false, false, false, false);
    let mut output: Option<&str> = None;
    let mut patience = None;
    let mut format: Option<&str> = None;
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().map(String::as_str);
        match arg.as_str() {
            "-o" | "--output" => output = value(),
            "-w" | "--write-out" => format = value(),
            "-m" | "--max-time" | "--connect-timeout" => {
                let seconds = value().and_then(|text| text.parse::<f64>().ok());
                let Some(seconds) = seconds.filter(|it| *it >= 0.0) else {
                    shell.complain(
                        call.io,
                        &format!("curl: option {arg}: expected a proper numerical parameter"),
                    )?;
                    return Ok(2);
                };
                patience = Some((seconds * 1000.0).min(1e9) as u64);
            }
            "-X" | "--request" | "-H" | "--header" | "-A" | "--user-agent" => {
                value();
            }
            "--silent" => silent = true,
            "--show-error" => show_errors = true,
            "--fail" => fails = true,
            "--head" => head = true,
            "--include" => include = true,
            "--location" | "--verbose" | "--insecure" => {}
            flags if flags.starts_with('-') && !flags.starts_with("--") && flags.len() > 1 => {
                for flag in flags.chars().skip(1) {
                    match flag {
                        's' => silent = true,
                        'S' => show_errors = true,
                        'f' => fails = true,
                        'I' => head = true,
                        'i' => include = true,
                        'L' | 'v' | 'k' | 'g' | '4' => {}
                        other => {
                            shell
                                .complain(call.io, &format!("curl: option -{other}: is unknown"))?;
                            return Ok(2);
                        }
                    }
                }
            }
            unknown if unknown.starts_with("--") => {
                shell.complain(call.io, &format!("curl: option {unknown}: is unknown"))?;
                return Ok(2);
            }
            text => target = Some(text),
        }
    }
    let Some(target) = target else {
        shell.complain(call.io, "curl: (2) no URL specified")?;
        return Ok(2);
    };
    let fetched = match url(target) {
        Ok(url) => fetch(shell, &url, patience),
        Err(words) => Fetched::Failed(3, words),
    };
    let (status, body) = match fetched {
        Fetched::Answer { status, body } => (status, body),
        Fetched::Failed(exit, words) => {
            if !silent || show_errors {
                shell.complain(call.io, &format!("curl: {words}"))?;
            }
            if let Some(format) = format {
                let text = format.replace("%{http_code}", "000").replace("\\n", "\n");
                shell.say(call.io, &text)?;
            }
            return Ok(exit);
        }
    };
    if fails && status >= 400 {
        if !silent || show_errors {
            shell.complain(
                call.io,
                &format!("curl: (22) The requested URL returned error: {status}"),
            )?;
        }
        return Ok(22);
    }
    let mut bytes = Vec::new();
    if head || include {
        let length = body.len();
        bytes.extend(
            format!("HTTP/1.1 {status} {}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n", reason(status)).into_bytes(),
        );
    }
    if !head {
        bytes.extend(body);
    }
    match output {
        None => shell.say_bytes(call.io, &bytes)?,
        Some(file) => {
            if let Err(words) = shell.write_file(file, bytes) {
                shell.complain(
                    call.io,
                    &format!("curl: (23) client returned ERROR on write, {file}: {words}"),
                )?;
                return Ok(23);
            }
        }
    }
    if let Some(format) = format {
        let text = format
            .replace("%{http_code}", &status.to_string())
            .replace("\\n", "\n");
        shell.say(call.io, &text)?;
    }
    Ok(0)
}

/// `ping [-c COUNT] HOST`
pub(super) fn ping(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut count = 3;
    let mut host = None;
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-c" => match args.next().and_then(|text| text.parse::<u32>().ok()) {
                Some(number @ 1..=100) => count = number,
                _ => {
                    return fail(
                        shell,
                        call,
                        "invalid argument: -c takes a number from 1 to 100",
                    );
                }
            },
            "-W" | "-w" | "-i" => {
                args.next();
            }
            option if option.starts_with('-') => {
                return fail(
                    shell,
                    call,
                    &format!("invalid option -- '{}'", option.trim_start_matches('-')),
                );
            }
            text => host = Some(text),
        }
    }
    let Some(host) = host else {
        return fail(shell, call, "usage error: Destination address required");
    };
    let from = here(shell);
    let cloud = shell.host().cloud().clone();
    let Some(address) = resolve(&cloud, &from, host) else {
        shell.complain(call.io, &format!("ping: {host}: Name or service not known"))?;
        return Ok(2);
    };
    let answers = address.is_loopback()
        || match walk(
            &cloud,
            &Question::ping(from, Place::Address(address.into())),
        ) {
            Ok(walked) => walked.connects(),
            Err(refusal) => return fail(shell, call, &refusal.to_string()),
        };
    let mut text = format!("PING {host} ({address}) 56(84) bytes of data.\n");
    if answers {
        for number in 1..=count {
            text.push_str(&format!(
                "64 bytes from {address}: icmp_seq={number} ttl=64 time=0.5 ms\n"
            ));
        }
    }
    let (received, lost) = if answers { (count, 0) } else { (0, 100) };
    text.push_str(&format!(
        "\n--- {host} ping statistics ---\n{count} packets transmitted, {received} received, {lost}% packet loss, time {}ms\n",
        count.saturating_sub(1) * 1000
    ));
    shell.say(call.io, &text)?;
    Ok(i32::from(!answers))
}

/// May this machine fetch packages: does HTTPS to the internet work from here?
pub(super) fn can_download(shell: &mut Shell<'_>) -> bool {
    let question = Question::tcp(here(shell), Place::Address(OUTSIDE_ADDRESS.into()), 443);
    walk(shell.host().cloud(), &question).is_ok_and(|walked| walked.connects())
}

/// `hopwise trace FROM TO [--port N] [--protocol P] [--source-port N]`: our own word.
pub(super) fn hopwise(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    const USAGE: &str = "usage: hopwise trace FROM TO [--port N] [--protocol tcp|udp|icmp] [--source-port N]\n       FROM and TO are an instance id, an address, `internet` or `laptop`\n       hopwise may WHO ACTION RESOURCE\n       WHO is a user, `root` or `anonymous`; RESOURCE is an ARN or `*`";
    let mut words = call.args.iter().map(String::as_str);
    match words.next() {
        Some("trace") => {}
        Some("may") => return may(shell, call, USAGE),
        Some("network" | "tunnel" | "bgp") => return super::outside::outside(shell, call),
        _ => {
            shell.complain(
                call.io,
                &format!("{USAGE}\n       {}", super::outside::USAGE),
            )?;
            return Ok(2);
        }
    }
    let mut places = Vec::new();
    let (mut port, mut source_port) = (None, None);
    let mut protocol = Protocol::TCP;
    while let Some(word) = words.next() {
        let (name, mut value) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (word, None),
        };
        if name.starts_with("--") && value.is_none() {
            value = words.next();
        }
        let number = || value.and_then(|text| text.parse::<u16>().ok());
        match name {
            "--port" => match number() {
                Some(number) => port = Some(number),
                None => return fail(shell, call, "--port takes a number from 0 to 65535"),
            },
            "--source-port" => match number() {
                Some(number) => source_port = Some(number),
                None => return fail(shell, call, "--source-port takes a number from 0 to 65535"),
            },
            "--protocol" => match value.and_then(Protocol::parse) {
                Some(known) => protocol = known,
                None => return fail(shell, call, "--protocol takes tcp, udp or icmp"),
            },
            other if other.starts_with("--") => {
                shell.complain(
                    call.io,
                    &format!("hopwise: unknown option {other}\n{USAGE}"),
                )?;
                return Ok(2);
            }
            place => places.push(place),
        }
    }
    let [from, to] = places.as_slice() else {
        shell.complain(call.io, USAGE)?;
        return Ok(2);
    };
    let walked = from.parse::<Place>().and_then(|from| {
        let question = Question {
            from,
            to: to.parse()?,
            protocol,
            port: port.or(protocol.has_ports().then_some(80)),
            source_port,
            established: false,
        };
        walk(shell.host().cloud(), &question)
    });
    match walked {
        Err(refusal) => {
            shell.complain(call.io, &format!("hopwise: {refusal}"))?;
            Ok(2)
        }
        Ok(walked) => {
            let text = walk_as_text(shell.host().cloud(), &walked);
            shell.say(call.io, &text)?;
            Ok(i32::from(!walked.connects()))
        }
    }
}

/// `hopwise may ana s3:GetObject arn:aws:s3:::reports/2026.csv`: what the door would say.
fn may(shell: &mut Shell<'_>, call: &Call<'_>, usage: &str) -> Result<i32, Stop> {
    let [_, who, action, resource] = call.args else {
        shell.complain(call.io, usage)?;
        return Ok(2);
    };
    let region = shell.frame().environment("AWS_REGION");
    let region = region.or_else(|| shell.frame().environment("AWS_DEFAULT_REGION"));
    let region = region.unwrap_or("us-east-1").to_owned();
    let machine = shell.frame().machine.clone();
    let question = Access {
        account: ACCOUNT.to_owned(),
        principal: match who.as_str() {
            "root" => Principal::Root,
            "anonymous" => Principal::Anonymous,
            name => Principal::User(name.to_owned()),
        },
        action: action.clone(),
        resource: resource.clone(),
        region,
        via: shell.host().via(&machine),
    };
    match shell.host().cloud().may(&question) {
        Err(fault) => {
            shell.complain(call.io, &format!("hopwise: {}", fault.message))?;
            Ok(2)
        }
        Ok(decision) => {
            let text = explanation_as_text(shell.host().cloud(), &decision.explanation());
            shell.say(call.io, &text)?;
            Ok(i32::from(!decision.is_allowed()))
        }
    }
}

/// A walk as lines: the answer, then each hop there and back.
pub fn walk_as_text(cloud: &Cloud, walked: &Walk) -> String {
    let mut text = explanation_as_text(cloud, &walked.explanation());
    text.push_str(&format!("\nThe client sees: {}\n", walked.client));
    text
}

/// An explanation as lines: the answer, then each step with the rule that came nearest.
fn explanation_as_text(cloud: &Cloud, explanation: &Explanation) -> String {
    let said =
        |message: &Message| render_named(message, Language::English, &|id| cloud.name_of(id));
    let mut text = format!("{}\n", said(&explanation.answer));
    for leg in &explanation.legs {
        text.push_str(&format!("\n{}\n", said(&leg.title)));
        for step in &leg.steps {
            text.push_str(&hop_line(step, &said(&step.sentence)));
            let statement = |rule: &Rule| match &rule.place {
                RulePlace::Statement { line, .. } => Some(format!("line {line}: {}", rule.text)),
                _ => None,
            };
            if let Some(rule) = step.rule.as_ref().and_then(statement) {
                text.push_str(&format!("      {rule}\n"));
            }
            let nearest = step.tried.iter().find(|miss| miss.nearest);
            if let Some((miss, rule)) = nearest.and_then(|it| Some((it, statement(&it.rule)?))) {
                text.push_str(&format!("      nearest, {rule}\n"));
                text.push_str(&format!("      {}\n", said(&miss.why)));
            }
        }
    }
    text
}

fn hop_line(step: &Step, sentence: &str) -> String {
    let sign = match step.verdict {
        Verdict::Pass => "✓",
        Verdict::Rewrite => "⇄",
        Verdict::Stop => "✕",
        Verdict::NoImpact => "·",
        Verdict::Unknown => "?",
    };
    let code = step
        .code
        .map(|code| format!(" [{code}]"))
        .unwrap_or_default();
    let label = match step.component.label() {
        "" => String::new(),
        label => format!(" {label}"),
    };
    format!(
        "  {sign} {}{label}: {sentence}{code}\n",
        step.component.kind
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{World, lines};
    use expect_test::expect;

    #[test]
    fn may_tells_what_the_door_would_say() {
        let mut world = World::new();
        let root = world.root();
        let sign = format!(
            "export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={} AWS_REGION=us-east-1",
            root.access_key_id, root.secret_access_key
        );
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b-1/*"}]}"#;
        let make = format!(
            "aws s3 mb s3://b-1; aws iam create-user --user-name ana > /dev/null; aws iam put-user-policy --user-name ana --policy-name p --policy-document '{policy}'"
        );
        let script = format!(
            "{sign}; {make}; hopwise may ana s3:ListBucket arn:aws:s3:::b-1; hopwise may root s3:ListBucket arn:aws:s3:::b-1; hopwise may eve s3:ListBucket '*'; hopwise may ana"
        );
        let output = lines(&mut world, &[&script]).pop().unwrap();
        let text: String = output.pieces.into_iter().map(|(_, text)| text).collect();
        expect![[r#"
            make_bucket: b-1
            No. s3:ListBucket is not allowed by: identity-based policies.

            identity-based policies
              ✕ identity-based-policy p: No statement here allows s3:ListBucket. [IMPLICIT_DENY]
                  nearest, line 1: Allow s3:ListBucket on arn:aws:s3:::b-1/*
                  Its Resource is arn:aws:s3:::b-1/*, which does not cover this resource; arn:aws:s3:::b-1 would.
            Yes. s3:ListBucket is allowed, and nothing denies it.

            identity-based policies
              ✓ identity-based-policy: Nothing here stands against s3:ListBucket. The root user may do everything in its own account.
            hopwise: The user with name eve cannot be found.
            usage: hopwise trace FROM TO [--port N] [--protocol tcp|udp|icmp] [--source-port N]
                   FROM and TO are an instance id, an address, `internet` or `laptop`
                   hopwise may WHO ACTION RESOURCE
                   WHO is a user, `root` or `anonymous`; RESOURCE is an ARN or `*`
        "#]].assert_eq(&text);
        assert_eq!(output.exit, 2);
    }
}

//! A predicate in words: what a check that passes says of the world.

use crate::check::{
    Access, Comparison, Filter, Flow, Kind, Place, Predicate, Query, RouteTarget, RoutesOf, Target,
    Who,
};

impl Predicate {
    /// What holds when it holds, as a clause without a full stop: `nobody on the internet reaches
    /// $web on tcp/22`. Names stay as the lesson writes them.
    pub fn words(&self) -> String {
        match self {
            Predicate::Reach(query) => {
                let verb = match query.flow.port {
                    Some(_) => "reaches",
                    None => "can ping",
                };
                clause(query, "everyone on the internet", verb)
            }
            Predicate::NotReach(query) => {
                let verb = match (&query.from, query.flow.port) {
                    (Place::Internet, Some(_)) => "reaches",
                    (Place::Internet, None) => "can ping",
                    (_, Some(_)) => "does not reach",
                    (_, None) => "can't ping",
                };
                clause(query, "nobody on the internet", verb)
            }
            Predicate::Connects(query) => {
                clause(query, "everyone on the internet", "gets an answer from")
            }
            Predicate::Exists(filter) => {
                format!("there is {}{}", article(filter.kind), conditions(filter))
            }
            Predicate::Count(filter, comparison, number) => {
                let how = match comparison {
                    Comparison::Equal => "exactly",
                    Comparison::Less => "fewer than",
                    Comparison::AtMost => "at most",
                    Comparison::More => "more than",
                    Comparison::AtLeast => "at least",
                };
                let noun = noun(filter.kind);
                let (be, noun) = match (number, noun) {
                    (1, noun) => ("is", noun.to_owned()),
                    (_, "Elastic IP address") => ("are", format!("{noun}es")),
                    _ => ("are", format!("{noun}s")),
                };
                format!("there {be} {how} {number} {noun}{}", conditions(filter))
            }
            Predicate::Routes(of, destination, target) => {
                let whose = match of {
                    RoutesOf::Name(name) => format!("${name}"),
                    RoutesOf::Kind(kind) => format!("every {}", noun(*kind)),
                };
                let target = match target {
                    RouteTarget::Name(name) => format!("${name}"),
                    RouteTarget::Kind(kind) => article(*kind),
                    RouteTarget::Local => "the VPC itself".to_owned(),
                };
                format!("the route table of {whose} sends {destination} to {target}")
            }
            Predicate::Allow(access) => access_clause(access, "may", "anybody may"),
            Predicate::Deny(access) => access_clause(access, "may not", "nobody without keys may"),
        }
    }
}

/// Who may do what on what.
fn access_clause(access: &Access, may: &str, anybody: &str) -> String {
    let who = match &access.who {
        Who::Name(name) => format!("${name} {may}"),
        Who::Root => format!("the account's root user {may}"),
        Who::Anonymous => anybody.to_owned(),
    };
    let on = match &access.resource {
        Target::Any => String::new(),
        Target::Arn(arn) => format!(" on {arn}"),
        Target::Name(name, None) => format!(" on ${name}"),
        Target::Name(name, Some(inside)) => format!(" on ${name}/{inside}"),
    };
    format!("{who} {}{on}", access.action)
}

/// Who does what to whom.
fn clause(query: &Query, everybody: &str, verb: &str) -> String {
    let from = match &query.from {
        Place::Internet => everybody.to_owned(),
        other => other.to_string(),
    };
    let to = match &query.to {
        Place::Internet => "the internet".to_owned(),
        other => other.to_string(),
    };
    let Flow { port, .. } = query.flow;
    let on = port.map_or_else(String::new, |_| format!(" on {}", query.flow));
    format!("{from} {verb} {to}{on}")
}

/// What a person calls a kind.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Vpc => "VPC",
        Kind::Subnet => "subnet",
        Kind::RouteTable => "route table",
        Kind::InternetGateway => "internet gateway",
        Kind::NatGateway => "NAT gateway",
        Kind::SecurityGroup => "security group",
        Kind::NetworkAcl => "network ACL",
        Kind::Instance => "instance",
        Kind::NetworkInterface => "network interface",
        Kind::ElasticIp => "Elastic IP address",
        Kind::KeyPair => "key pair",
    }
}

fn article(kind: Kind) -> String {
    let noun = noun(kind);
    let vowel = noun.starts_with(['i', 'E']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// ` in $vpc whose cidr-block is 10.0.1.0/24 and whose …`
fn conditions(filter: &Filter) -> String {
    let within = filter.within.as_ref().map(|name| format!(" in ${name}"));
    let mut text = within.unwrap_or_default();
    for (place, (key, value)) in filter.with.iter().enumerate() {
        let and = if place > 0 { " and" } else { "" };
        let key = match *key {
            "tag:Name" => "Name",
            key => key,
        };
        text.push_str(&format!("{and} whose {key} is {value}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::parse;

    fn check(predicate: &str, expected: &str) {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../lessons/vpc/18-public-subnet.md"
        );
        let lesson = std::fs::read_to_string(path).unwrap();
        let lesson = lesson.replace(
            "```checks\nadmin ",
            &format!("```checks\nasked   {predicate}  \"No.\"\nadmin "),
        );
        let (lesson, _) = parse(&lesson);
        let asked = lesson.steps[0].checks.iter().find(|it| it.name == "asked");
        assert_eq!(asked.unwrap().predicate.words(), expected, "{predicate}");
    }

    #[test]
    fn predicates_read_as_clauses() {
        for (predicate, expected) in [
            (
                "reach internet -> $web tcp/80",
                "everyone on the internet reaches $web on tcp/80",
            ),
            ("reach $web -> internet icmp", "$web can ping the internet"),
            (
                "not reach internet -> $web tcp/22",
                "nobody on the internet reaches $web on tcp/22",
            ),
            (
                "not reach $admin -> $web udp/53",
                "$admin does not reach $web on udp/53",
            ),
            (
                "not reach internet -> $web icmp",
                "nobody on the internet can ping $web",
            ),
            (
                "not reach 10.0.0.9 -> $web icmp",
                "10.0.0.9 can't ping $web",
            ),
            (
                "connects $admin -> $web tcp/80",
                "$admin gets an answer from $web on tcp/80",
            ),
            (
                "exists internet-gateway in $vpc",
                "there is an internet gateway in $vpc",
            ),
            (
                "exists subnet in $vpc with tag:Name=a cidr-block=10.0.1.0/24",
                "there is a subnet in $vpc whose Name is a and whose cidr-block is 10.0.1.0/24",
            ),
            (
                "deny $web s3:GetObject $vpc/*",
                "$web may not s3:GetObject on $vpc/*",
            ),
            (
                "allow anonymous s3:GetObject arn:aws:s3:::page/*",
                "anybody may s3:GetObject on arn:aws:s3:::page/*",
            ),
            (
                "count elastic-ip >= 2",
                "there are at least 2 Elastic IP addresses",
            ),
            ("count instance = 1", "there is exactly 1 instance"),
            (
                "routes $public 0.0.0.0/0 -> internet-gateway",
                "the route table of $public sends 0.0.0.0/0 to an internet gateway",
            ),
            (
                "routes subnet 10.0.0.0/16 -> local",
                "the route table of every subnet sends 10.0.0.0/16 to the VPC itself",
            ),
        ] {
            check(predicate, expected);
        }
    }
}

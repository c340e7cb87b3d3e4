//! Checks: a name, a predicate from a closed list, and the sentence a student reads.

use crate::bounds;
use crate::diagnostic::{Notes, Position};
use crate::sentence::{Hole, Sentence};
use crate::text::{Line, Token, TokenKind, dollar_name, is_slug, suggest, tokens};
use hopwise_net::{Prefix, Protocol};
use std::fmt;
use std::net::IpAddr;

/// A condition with a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// Its name within the lesson.
    pub name: String,
    /// What must hold.
    pub predicate: Predicate,
    /// What a student reads while it doesn't.
    pub sentence: Sentence,
    /// Where it stands.
    pub position: Position,
}

/// What can be asked of a world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Predicate {
    /// `reach A -> B tcp/80`: the network carries it there and back, whether or not something
    /// listens. `internet` as the source means every public address.
    Reach(Query),
    /// `not reach A -> B tcp/80`: the network stops it. `internet` as the source means that no
    /// public address gets through.
    NotReach(Query),
    /// `connects A -> B tcp/80`: `reach`, and something listens.
    Connects(Query),
    /// `exists subnet in $vpc with cidr-block=10.0.1.0/24`.
    Exists(Filter),
    /// `count subnet in $vpc >= 2`.
    Count(Filter, Comparison, u32),
    /// `routes $subnet 0.0.0.0/0 -> internet-gateway`: the table that decides for it has that
    /// route, active.
    Routes(RoutesOf, Prefix, RouteTarget),
    /// `allow $ana s3:GetObject $bucket/*`: the policies let the principal do it.
    Allow(Access),
    /// `deny $ana s3:GetObject $bucket/*`: they don't, by a statement or by silence.
    Deny(Access),
}

/// Who does what to what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// Who.
    pub who: Who,
    /// The action, `s3:GetObject`.
    pub action: String,
    /// On what.
    pub resource: Target,
}

/// Who asks for something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// `$ana`: the user whose name the set-up kept.
    Name(String),
    /// The account's root user.
    Root,
    /// Whoever doesn't sign.
    Anonymous,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Name(name) => f.write_str(name),
            Who::Root => f.write_str("root"),
            Who::Anonymous => f.write_str("anonymous"),
        }
    }
}

/// What something is done to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// `$bucket`, `$bucket/key`, `$bucket/*`: a thing by its name, or what is in it.
    Name(String, Option<String>),
    /// `arn:aws:s3:::reports`
    Arn(String),
    /// `*`: of an action that knows no resources.
    Any,
}

/// From where to where, and what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Query {
    /// Who begins the connection.
    pub from: Place,
    /// Who is asked.
    pub to: Place,
    /// Protocol and port.
    pub flow: Flow,
}

/// An end of a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// `$web`: the thing whose id the set-up kept under that name.
    Name(String),
    /// An address.
    Address(IpAddr),
    /// Everything outside: as a source any public address, as a destination the probe outside.
    Internet,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Name(name) => write!(f, "${name}"),
            Place::Address(address) => address.fmt(f),
            Place::Internet => f.write_str("internet"),
        }
    }
}

/// Protocol and port: `tcp/80`, `udp/53`, or `icmp` for an echo request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flow {
    /// TCP, UDP or ICMP.
    pub protocol: Protocol,
    /// The destination port; `None` for ICMP.
    pub port: Option<u16>,
}

impl Flow {
    fn parse(text: &str) -> Option<Flow> {
        if text == "icmp" {
            return Some(Flow {
                protocol: Protocol::ICMP,
                port: None,
            });
        }
        let (protocol, port) = text.split_once('/')?;
        let protocol = match protocol {
            "tcp" => Protocol::TCP,
            "udp" => Protocol::UDP,
            _ => return None,
        };
        let port = decimal(port)?.try_into().ok()?;
        Some(Flow {
            protocol,
            port: Some(port),
        })
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}/{port}", self.protocol),
            None => self.protocol.fmt(f),
        }
    }
}

/// Which resources `exists` and `count` look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Of which kind.
    pub kind: Kind,
    /// `in $vpc`: only those within.
    pub within: Option<String>,
    /// `with key=value`: AWS's filter names of the kind's `describe-*`; a value may be a `$name`.
    pub with: Vec<(&'static str, String)>,
}

/// How a count is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    const WORDS: &'static [&'static str] = &["=", "<", "<=", ">", ">="];

    fn parse(text: &str) -> Option<Comparison> {
        Some(match text {
            "=" | "==" => Comparison::Equal,
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::More,
            ">=" => Comparison::AtLeast,
            _ => return None,
        })
    }

    /// Does `left` compare to `right` so?
    pub fn holds(self, left: usize, right: usize) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::More => left > right,
            Comparison::AtLeast => left >= right,
        }
    }
}

/// Whose routes are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoutesOf {
    /// A subnet, a route table, or something that stands in a subnet, by its name.
    Name(String),
    /// Every resource of that kind; there must be one.
    Kind(Kind),
}

/// Where a route points.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RouteTarget {
    /// This one.
    Name(String),
    /// Any of that kind.
    Kind(Kind),
    /// The VPC itself.
    Local,
}

/// A kind of resource a check may name, in AWS's words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A VPC.
    Vpc,
    /// A subnet.
    Subnet,
    /// A route table.
    RouteTable,
    /// An internet gateway.
    InternetGateway,
    /// A NAT gateway.
    NatGateway,
    /// A security group.
    SecurityGroup,
    /// A network ACL.
    NetworkAcl,
    /// An instance.
    Instance,
    /// A network interface.
    NetworkInterface,
    /// An Elastic IP address.
    ElasticIp,
    /// A key pair.
    KeyPair,
}

/// What the format knows of a kind.
#[derive(Debug)]
struct KindRow {
    kind: Kind,
    word: &'static str,
    /// The words after `with`: AWS's own filters of its `describe-*`.
    filters: &'static [&'static str],
    /// Whether a route may point at one.
    target: bool,
    /// Whether it stands in a subnet, so that a table decides for it.
    routed: bool,
}

const fn row(
    kind: Kind,
    word: &'static str,
    filters: &'static [&'static str],
    target: bool,
    routed: bool,
) -> KindRow {
    KindRow {
        kind,
        word,
        filters,
        target,
        routed,
    }
}

const KINDS: &[KindRow] = &[
    row(
        Kind::Vpc,
        "vpc",
        &["tag:Name", "cidr", "is-default"],
        false,
        false,
    ),
    row(
        Kind::Subnet,
        "subnet",
        &["tag:Name", "cidr-block", "availability-zone"],
        false,
        true,
    ),
    row(
        Kind::RouteTable,
        "route-table",
        &["tag:Name", "association.main"],
        false,
        false,
    ),
    row(
        Kind::InternetGateway,
        "internet-gateway",
        &["tag:Name"],
        true,
        false,
    ),
    row(
        Kind::NatGateway,
        "nat-gateway",
        &["tag:Name", "state"],
        true,
        true,
    ),
    row(
        Kind::SecurityGroup,
        "security-group",
        &["tag:Name", "group-name"],
        false,
        false,
    ),
    row(
        Kind::NetworkAcl,
        "network-acl",
        &["tag:Name", "default"],
        false,
        false,
    ),
    row(
        Kind::Instance,
        "instance",
        &[
            "tag:Name",
            "instance-state-name",
            "image-id",
            "availability-zone",
        ],
        true,
        true,
    ),
    row(
        Kind::NetworkInterface,
        "network-interface",
        &["tag:Name", "status"],
        true,
        true,
    ),
    row(
        Kind::ElasticIp,
        "elastic-ip",
        &["tag:Name", "instance-id"],
        false,
        false,
    ),
    row(
        Kind::KeyPair,
        "key-pair",
        &["tag:Name", "key-name"],
        false,
        false,
    ),
];

impl Kind {
    fn row(self) -> Option<&'static KindRow> {
        KINDS.iter().find(|row| row.kind == self)
    }

    fn parse(word: &str) -> Option<&'static KindRow> {
        KINDS.iter().find(|row| row.word == word)
    }

    /// How a check writes it.
    pub fn word(self) -> &'static str {
        self.row().map_or("", |row| row.word)
    }

    /// What may stand behind `with`.
    pub fn filters(self) -> &'static [&'static str] {
        self.row().map_or(&[], |row| row.filters)
    }
}

/// Every kind a check may name.
pub fn kinds() -> impl Iterator<Item = Kind> {
    KINDS.iter().map(|row| row.kind)
}

const PREDICATES: &[&str] = &[
    "reach", "not", "connects", "exists", "count", "routes", "allow", "deny",
];
const LATER: &[&str] = &["equals", "open", "cost", "commands", "typed"];

impl Predicate {
    /// The holes its witness fills when it fails.
    pub fn holes(&self) -> &'static [Hole] {
        match self {
            Predicate::Reach(_) | Predicate::Connects(_) => &[
                Hole::Hop,
                Hole::Reason,
                Hole::Why,
                Hole::Source,
                Hole::Destination,
                Hole::Port,
            ],
            Predicate::NotReach(_) => &[Hole::Source, Hole::Destination, Hole::Port],
            Predicate::Exists(_) => &[],
            Predicate::Count(..) => &[Hole::Count],
            Predicate::Routes(..) => &[Hole::Subnet, Hole::Table, Hole::Target],
            Predicate::Allow(_) | Predicate::Deny(_) => &[
                Hole::Principal,
                Hole::Action,
                Hole::Resource,
                Hole::Policy,
                Hole::Reason,
                Hole::Why,
            ],
        }
    }

    /// The `$names` it speaks of.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Predicate::Reach(query) | Predicate::NotReach(query) | Predicate::Connects(query) => {
                [&query.from, &query.to]
                    .into_iter()
                    .filter_map(|place| match place {
                        Place::Name(name) => Some(name.as_str()),
                        Place::Address(_) | Place::Internet => None,
                    })
                    .collect()
            }
            Predicate::Exists(filter) | Predicate::Count(filter, ..) => filter
                .within
                .as_deref()
                .into_iter()
                .chain(
                    filter
                        .with
                        .iter()
                        .filter_map(|(_, value)| dollar_name(value)),
                )
                .collect(),
            Predicate::Routes(of, _, target) => {
                let of = match of {
                    RoutesOf::Name(name) => Some(name.as_str()),
                    RoutesOf::Kind(_) => None,
                };
                let target = match target {
                    RouteTarget::Name(name) => Some(name.as_str()),
                    RouteTarget::Kind(_) | RouteTarget::Local => None,
                };
                of.into_iter().chain(target).collect()
            }
            Predicate::Allow(access) | Predicate::Deny(access) => {
                let who = match &access.who {
                    Who::Name(name) => Some(name.as_str()),
                    Who::Root | Who::Anonymous => None,
                };
                let resource = match &access.resource {
                    Target::Name(name, _) => Some(name.as_str()),
                    Target::Arn(_) | Target::Any => None,
                };
                who.into_iter().chain(resource).collect()
            }
        }
    }
}

/// The checks of a `checks` or `keep` block.
pub(crate) fn checks(lines: &[Line<'_>], notes: &mut Notes) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for line in lines {
        let tokens = tokens(line.text, line.at(1));
        let Some(first) = tokens.first() else {
            continue;
        };
        if !notes.room(
            checks.len(),
            bounds::CHECKS,
            "checks in this block",
            first.position,
        ) {
            break;
        }
        if let Some(check) = check(&tokens, line, notes) {
            checks.push(check);
        }
    }
    checks
}

fn check(tokens: &[Token], line: &Line<'_>, notes: &mut Notes) -> Option<Check> {
    let mut reader = Reader {
        tokens,
        end: line.at(crate::text::count(line.text.chars().count()) + 1),
    };
    let name = reader.word(
        "a name",
        "a check is `name  predicate  \"sentence\"`",
        notes,
    )?;
    if !is_slug(&name.text) {
        notes.error(
            name.position,
            format!("`{}` can't be a check's name", name.text),
            "use small letters, digits and hyphens",
        );
    }
    let predicate = reader.predicate(notes);
    let Some(predicate) = predicate else {
        // The rest of the line still tells of a quote that is never closed.
        reader.unclosed(notes);
        return None;
    };
    let sentence = match reader.next() {
        Some(token) if token.kind == TokenKind::Quoted => {
            Sentence::parse(&token.text, token.position, predicate.holes(), notes)
        }
        Some(token) if token.kind == TokenKind::Unclosed => {
            notes.error(
                token.position,
                "this quote is never closed",
                "end the sentence with `\"`",
            );
            return None;
        }
        Some(token) => {
            notes.error(
                token.position,
                format!("`{}` is more than the predicate takes", token.text),
                "after the predicate comes its sentence, in double quotes",
            );
            reader.unclosed(notes);
            return None;
        }
        None => {
            notes.error(
                reader.end,
                "the check has no sentence",
                "say in double quotes what a student should read while it fails",
            );
            return None;
        }
    };
    if let Some(token) = reader.next() {
        notes.error(
            token.position,
            format!("`{}` stands after the sentence", token.text),
            "write a `\"` within the sentence as `\\\"`",
        );
    }
    Some(Check {
        name: name.text.clone(),
        predicate,
        sentence,
        position: name.position,
    })
}

/// A whole number in digits.
fn decimal(text: &str) -> Option<u32> {
    (!text.is_empty() && text.chars().all(|c| c.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// The tokens of a line that are still to be read.
struct Reader<'a> {
    tokens: &'a [Token],
    end: Position,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// The next token if it's a word; else says what is missing.
    fn word(&mut self, what: &str, help: &str, notes: &mut Notes) -> Option<&'a Token> {
        match self.tokens.split_first() {
            Some((first, rest)) if first.kind == TokenKind::Word => {
                self.tokens = rest;
                Some(first)
            }
            other => {
                let at = other.map_or(self.end, |(token, _)| token.position);
                notes.error(at, format!("{what} is missing here"), help);
                None
            }
        }
    }

    /// Takes the next word if it is `word`.
    fn take(&mut self, word: &str) -> bool {
        match self.tokens.split_first() {
            Some((first, rest)) if first.kind == TokenKind::Word && first.text == word => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn unclosed(&self, notes: &mut Notes) {
        if let Some(token) = self
            .tokens
            .iter()
            .find(|token| token.kind == TokenKind::Unclosed)
        {
            notes.error(
                token.position,
                "this quote is never closed",
                "end the sentence with `\"`",
            );
        }
    }

    fn predicate(&mut self, notes: &mut Notes) -> Option<Predicate> {
        let word = self.word("a predicate", &suggest("", PREDICATES), notes)?;
        match word.text.as_str() {
            "reach" => self.query(notes).map(Predicate::Reach),
            "connects" => self.query(notes).map(Predicate::Connects),
            "not" => {
                let what = self.word("`reach`", "write `not reach A -> B tcp/80`", notes)?;
                if what.text == "reach" {
                    return self.query(notes).map(Predicate::NotReach);
                }
                notes.error(
                    what.position,
                    format!("`not {}` is no predicate", what.text),
                    "only `reach` has a `not`",
                );
                None
            }
            "exists" => self.filter(notes).map(Predicate::Exists),
            "count" => {
                let filter = self.filter(notes)?;
                let help = "write `count subnet in $vpc >= 2`";
                let word = self.word("a comparison", help, notes)?;
                let Some(comparison) = Comparison::parse(&word.text) else {
                    notes.error(
                        word.position,
                        format!("`{}` is no comparison", word.text),
                        suggest(&word.text, Comparison::WORDS),
                    );
                    return None;
                };
                let word = self.word("a number", help, notes)?;
                let Some(number) = decimal(&word.text) else {
                    notes.error(word.position, format!("`{}` is no number", word.text), help);
                    return None;
                };
                Some(Predicate::Count(filter, comparison, number))
            }
            "routes" => self.routes(notes),
            "allow" => self.access(notes).map(Predicate::Allow),
            "deny" => self.access(notes).map(Predicate::Deny),
            later if LATER.contains(&later) => {
                notes.error(
                    word.position,
                    format!("the predicate `{later}` is not in this version yet"),
                    suggest("", PREDICATES),
                );
                None
            }
            other => {
                notes.error(
                    word.position,
                    format!("there is no predicate `{other}`"),
                    suggest(other, PREDICATES),
                );
                None
            }
        }
    }

    fn place(&mut self, notes: &mut Notes) -> Option<(Place, Position)> {
        let help = "a place is a `$name`, an address, or `internet`";
        let word = self.word("a place", help, notes)?;
        let place = if word.text == "internet" {
            Place::Internet
        } else if let Some(name) = dollar_name(&word.text) {
            Place::Name(name.to_owned())
        } else if let Ok(address) = word.text.parse() {
            Place::Address(address)
        } else {
            let help = match crate::text::nearest(&word.text, ["internet"]) {
                Some(near) => format!("did you mean `{near}`?"),
                None if crate::text::leading_name(&word.text) == Some(word.text.as_str()) => {
                    format!("did you mean `${}`?", word.text)
                }
                None => help.to_owned(),
            };
            notes.error(word.position, format!("`{}` is no place", word.text), help);
            return None;
        };
        Some((place, word.position))
    }

    fn arrow(&mut self, notes: &mut Notes) -> Option<()> {
        let help = "write `A -> B`, with blanks around the arrow";
        let word = self.word("`->`", help, notes)?;
        if word.text == "->" {
            return Some(());
        }
        notes.error(
            word.position,
            format!("`->` is missing before `{}`", word.text),
            help,
        );
        None
    }

    fn query(&mut self, notes: &mut Notes) -> Option<Query> {
        let (from, at) = self.place(notes)?;
        self.arrow(notes)?;
        let (to, _) = self.place(notes)?;
        let help = "write `tcp/80`, `udp/53` or `icmp`";
        let word = self.word("protocol and port", help, notes)?;
        let Some(flow) = Flow::parse(&word.text) else {
            notes.error(
                word.position,
                format!("`{}` is no protocol and port", word.text),
                help,
            );
            return None;
        };
        if !matches!(from, Place::Name(_)) && !matches!(to, Place::Name(_)) {
            notes.error(
                at,
                "neither end of this connection is a thing of the lesson",
                "name one end with a `$name`",
            );
            return None;
        }
        if from == to {
            notes.error(at, "both ends are the same", "name two different places");
            return None;
        }
        Some(Query { from, to, flow })
    }

    fn access(&mut self, notes: &mut Notes) -> Option<Access> {
        let help = "write `allow $ana s3:GetObject $bucket/*`";
        let word = self.word("a principal", help, notes)?;
        let who = match (word.text.as_str(), dollar_name(&word.text)) {
            ("root", _) => Who::Root,
            ("anonymous", _) => Who::Anonymous,
            (_, Some(name)) => Who::Name(name.to_owned()),
            (text, None) => {
                let help = match crate::text::nearest(text, ["root", "anonymous"]) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if crate::text::leading_name(text) == Some(text) => {
                        format!("did you mean `${text}`?")
                    }
                    None => "a principal is a user's `$name`, `root` or `anonymous`".to_owned(),
                };
                notes.error(word.position, format!("`{text}` is no principal"), help);
                return None;
            }
        };
        let word = self.word("an action", help, notes)?;
        let action = word.text.clone();
        if let Err(help) = known_action(&action) {
            notes.error(word.position, format!("`{action}` is no action"), help);
            return None;
        }
        let word = self.word("a resource", help, notes)?;
        let (first, key) = match word.text.split_once('/') {
            Some((first, key)) => (first, Some(key.to_owned())),
            None => (word.text.as_str(), None),
        };
        let resource = match dollar_name(first) {
            Some(name) => Target::Name(name.to_owned(), key),
            None if word.text == "*" => Target::Any,
            None if word.text.starts_with("arn:") => Target::Arn(word.text.clone()),
            None => {
                notes.error(
                    word.position,
                    format!("`{}` is no resource", word.text),
                    match crate::text::leading_name(first) {
                        Some(name) if name == first => format!("did you mean `${}`?", word.text),
                        _ => "a resource is `$bucket`, `$bucket/*`, `$bucket/key`, an ARN or `*`"
                            .to_owned(),
                    },
                );
                return None;
            }
        };
        Some(Access {
            who,
            action,
            resource,
        })
    }

    fn kind(&mut self, notes: &mut Notes) -> Option<(&'static KindRow, Position)> {
        let words: Vec<&str> = KINDS.iter().map(|row| row.word).collect();
        let word = self.word("a kind", &suggest("", &words), notes)?;
        let Some(row) = Kind::parse(&word.text) else {
            notes.error(
                word.position,
                format!("there is no kind `{}`", word.text),
                suggest(&word.text, &words),
            );
            return None;
        };
        Some((row, word.position))
    }

    fn filter(&mut self, notes: &mut Notes) -> Option<Filter> {
        let (row, _) = self.kind(notes)?;
        let mut filter = Filter {
            kind: row.kind,
            within: None,
            with: Vec::new(),
        };
        if self.take("in") {
            let word = self.word("a `$name`", "write `in $vpc`", notes)?;
            let Some(name) = dollar_name(&word.text) else {
                notes.error(
                    word.position,
                    format!("`{}` is no `$name`", word.text),
                    "write `in $vpc`",
                );
                return None;
            };
            filter.within = Some(name.to_owned());
        }
        if self.take("with") {
            let help = "write `with key=value`, several with blanks between them";
            let mut any = false;
            while let Some(word) = self.tokens.first().filter(|token| {
                token.kind == TokenKind::Word && !Comparison::WORDS.contains(&token.text.as_str())
            }) {
                self.next();
                any = true;
                let Some((key, value)) = word.text.split_once('=').filter(|(_, v)| !v.is_empty())
                else {
                    notes.error(
                        word.position,
                        format!("`{}` is no `key=value`", word.text),
                        help,
                    );
                    return None;
                };
                let Some(key) = row.filters.iter().find(|known| **known == key) else {
                    notes.error(
                        word.position,
                        format!("`{}` has no filter `{key}`", row.word),
                        suggest(key, row.filters),
                    );
                    return None;
                };
                filter.with.push((key, value.to_owned()));
            }
            if !any {
                notes.error(
                    self.tokens.first().map_or(self.end, |token| token.position),
                    "nothing follows `with`",
                    help,
                );
                return None;
            }
        }
        Some(filter)
    }

    fn routes(&mut self, notes: &mut Notes) -> Option<Predicate> {
        let help = "write `routes $subnet 0.0.0.0/0 -> internet-gateway`";
        let of = if let Some(name) = self
            .tokens
            .first()
            .and_then(|token| dollar_name(&token.text))
        {
            self.next();
            RoutesOf::Name(name.to_owned())
        } else {
            let (row, at) = self.kind(notes)?;
            if !row.routed {
                notes.error(
                    at,
                    format!(
                        "a `{}` stands in no subnet, so no table routes for it",
                        row.word
                    ),
                    help,
                );
                return None;
            }
            RoutesOf::Kind(row.kind)
        };
        let word = self.word("a destination", help, notes)?;
        let destination = match word.text.parse::<Prefix>() {
            Ok(prefix) => prefix,
            Err(why) => {
                notes.error(
                    word.position,
                    format!("`{}` is no destination of a route", word.text),
                    why.to_string(),
                );
                return None;
            }
        };
        self.arrow(notes)?;
        let target = match self.tokens.first() {
            Some(token) if token.text == "local" => {
                self.next();
                RouteTarget::Local
            }
            Some(token) if token.text.starts_with('$') && dollar_name(&token.text).is_some() => {
                self.next();
                RouteTarget::Name(token.text.trim_start_matches('$').to_owned())
            }
            _ => {
                let (row, at) = self.kind(notes)?;
                if !row.target {
                    notes.error(
                        at,
                        format!("no route points at a `{}`", row.word),
                        suggest("", &target_words()),
                    );
                    return None;
                }
                RouteTarget::Kind(row.kind)
            }
        };
        Some(Predicate::Routes(of, destination, target))
    }
}

/// Is it an action of a service that there is? Else what was meant.
fn known_action(action: &str) -> Result<(), String> {
    let services: Vec<&str> = hopwise_cloud::api::services()
        .iter()
        .map(|service| service.name)
        .collect();
    let Some((service, name)) = action.split_once(':') else {
        return Err("an action is a service and what is called, as in `s3:GetObject`".to_owned());
    };
    let actions = hopwise_cloud::actions(service);
    if actions.is_empty() {
        return Err(suggest(service, &services));
    }
    if actions.contains(&name) {
        return Ok(());
    }
    let known = actions
        .iter()
        .map(|known| (known.to_ascii_lowercase(), *known));
    let known: Vec<(String, &str)> = known.collect();
    let near = crate::text::nearest(name, known.iter().map(|(small, _)| small.as_str()));
    let near = near.and_then(|near| known.iter().find(|(small, _)| small == near));
    Err(match near {
        Some((_, near)) => format!("did you mean `{service}:{near}`?"),
        None => format!("`{service}` has no such action"),
    })
}

fn target_words() -> Vec<&'static str> {
    KINDS
        .iter()
        .filter(|row| row.target)
        .map(|row| row.word)
        .chain(["local"])
        .collect()
}

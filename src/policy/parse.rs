//! From text to [`Policy`], with every mistake on the way.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use crate::diagnostic::Rank;
use crate::json::{self, Json, Kind, Member};
use crate::policy::{Effect, Policy, PolicyKind, Statement, Version};
use crate::{AwsError, Diagnostic, Position, Span, form};
use hopwise_explain::{Arg, Message, messages::access as say};
use std::collections::BTreeMap;

mod elements;

/// The longest document that IAM's API takes, in bytes.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
pub const MAX_BYTES: usize = 131_072;

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";

/// Reads a policy document and reports everything that AWS would refuse when it is saved, in the
/// order of the text.
///
/// There is a policy whenever its meaning is clear, even if AWS would not save it: an old version
/// or a doubled `Sid` changes no decision. There is none where a statement can't be understood,
/// for leaving it out might leave out a `Deny`.
pub fn parse(text: &str, kind: PolicyKind) -> (Option<Policy>, Vec<Diagnostic>) {
    let mut parser = Parser {
        kind,
        variables: false,
        broken: false,
        sids: Vec::new(),
        diagnostics: Vec::new(),
    };
    let policy = parser.document(text);
    let policy = policy.filter(|_| !parser.broken);
    let mut diagnostics = parser.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start.offset);
    (policy, diagnostics)
}

/// How many characters of a document AWS counts for its quotas: all but white space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub fn counted_characters(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// What AWS says of a mistake, where that is on record.
#[derive(Default)]
struct Aws {
    iam: Option<(Rank, String)>,
    s3: Option<String>,
}

impl Aws {
    fn syntax() -> Self {
        Aws::iam(Rank::Syntax, SYNTAX)
    }

    fn iam(rank: Rank, text: impl Into<String>) -> Self {
        Aws {
            iam: Some((rank, text.into())),
            s3: None,
        }
    }

    fn s3(mut self, text: impl Into<String>) -> Self {
        self.s3 = Some(text.into());
        self
    }
}

struct Parser {
    kind: PolicyKind,
    /// Does the policy's version know variables?
    variables: bool,
    /// Was there a mistake after which the meaning is not clear?
    broken: bool,
    /// Every `Sid` so far.
    sids: Vec<(String, Span)>,
    diagnostics: Vec<Diagnostic>,
}

type Members<'a> = BTreeMap<&'a str, &'a Member>;

impl Parser {
    /// A mistake that leaves the meaning clear.
    fn report(&mut self, span: Span, sentence: Message, help: Message, aws: Aws) {
        let aws = self.aws_error(aws);
        self.diagnostics.push(Diagnostic {
            span,
            sentence,
            help,
            aws,
        });
    }

    /// A mistake after which the policy has no meaning.
    fn refuse(&mut self, span: Span, sentence: Message, help: Message, aws: Aws) {
        self.broken = true;
        self.report(span, sentence, help, aws);
    }

    fn aws_error(&self, aws: Aws) -> Option<AwsError> {
        match self.kind {
            PolicyKind::Identity | PolicyKind::Trust => aws.iam.map(|(rank, text)| AwsError {
                code: "MalformedPolicyDocument",
                text,
                rank,
            }),
            PolicyKind::Bucket => aws.s3.map(|text| AwsError {
                code: "MalformedPolicy",
                text,
                rank: Rank::Syntax,
            }),
            // Their services' texts are not on record.
            PolicyKind::Resource
            | PolicyKind::ServiceControl
            | PolicyKind::ResourceControl
            | PolicyKind::VpcEndpoint => None,
        }
    }

    fn document(&mut self, text: &str) -> Option<Policy> {
        let start = Span {
            start: Position::START,
            end: Position::START,
        };
        if text.len() > MAX_BYTES {
            self.refuse(
                start,
                say::policy_too_large(Arg::code(text.len()), Arg::code(MAX_BYTES)),
                say::policy_too_large_help(),
                Aws::default(),
            );
            return None;
        }
        let not_json = match self.kind {
            PolicyKind::Trust => "This policy contains invalid Json",
            _ => SYNTAX,
        };
        let not_json = || {
            Aws::iam(Rank::Syntax, not_json)
                .s3("Policies must be valid JSON and the first byte must be '{'")
        };
        let (json, mistakes) = json::read(text);
        for mistake in mistakes {
            self.refuse(mistake.span, mistake.sentence, mistake.help, not_json());
        }
        let json = json?;
        let Kind::Object(members) = &json.kind else {
            self.refuse(
                json.span,
                say::policy_not_object("The policy", json.kind.name()),
                say::policy_not_object_help(),
                not_json(),
            );
            return None;
        };
        if let Some(strange) = text.chars().find(|c| !is_policy_character(*c)) {
            self.report(
                json.span,
                say::policy_character(Arg::code(format!("U+{:04X}", u32::from(strange)))),
                say::policy_character_help(),
                Aws::default(),
            );
        }
        let members = self.members(members, &["Version", "Id", "Statement"]);
        let version = self.version(members.get("Version").copied(), json.span);
        self.variables = version == Version::V2012;
        let id = members
            .get("Id")
            .and_then(|member| self.string(member))
            .map(|(id, _)| id);
        let statements = match members.get("Statement") {
            Some(member) => self.statements(&member.value),
            None => {
                self.missing(json.span, "Statement", Aws::syntax());
                Vec::new()
            }
        };
        self.unique_sids();
        Some(Policy {
            kind: self.kind,
            version,
            id,
            statements,
        })
    }

    /// The members by name; reports names that don't belong here, and names that come twice.
    fn members<'a>(&mut self, members: &'a [Member], known: &[&'static str]) -> Members<'a> {
        let mut found = Members::new();
        for member in members {
            let name = member.name.as_str();
            if !known.contains(&name) {
                let help = match form::nearest(name, known.iter().copied()) {
                    Some(meant) => say::policy_unknown_meant(Arg::code(meant)),
                    None => say::policy_unknown_help(Arg::code(known.join(", "))),
                };
                self.refuse(
                    member.name_span,
                    say::policy_unknown(Arg::code(name)),
                    help,
                    Aws::syntax(),
                );
            } else if let Some(first) = found.get(name) {
                let line = Arg::code(first.name_span.start.line);
                self.refuse(
                    member.name_span,
                    say::policy_duplicate(Arg::code(name), line),
                    say::policy_duplicate_help(),
                    Aws::syntax(),
                );
            } else {
                found.insert(name, member);
            }
        }
        found
    }

    fn missing(&mut self, span: Span, element: &'static str, aws: Aws) {
        self.refuse(
            span,
            say::policy_missing(Arg::code(element)),
            say::policy_missing_help(Arg::code(element)),
            aws.s3(format!("Missing required field {element}")),
        );
    }

    fn wrong_type(&mut self, element: &str, expected: &str, value: &Json) {
        self.refuse(
            value.span,
            say::policy_wrong_type(Arg::code(element), expected, value.kind.name()),
            say::policy_wrong_type_help(Arg::code(element), expected),
            Aws::syntax(),
        );
    }

    fn string(&mut self, member: &Member) -> Option<(String, Span)> {
        if let Kind::String(text) = &member.value.kind {
            return Some((text.clone(), member.value.span));
        }
        self.wrong_type(&member.name, "a string", &member.value);
        None
    }

    /// A string, or a list of strings.
    fn strings(&mut self, member: &Member) -> Vec<(String, Span)> {
        let values = match &member.value.kind {
            Kind::Array(values) => values.as_slice(),
            _ => std::slice::from_ref(&member.value),
        };
        let in_list = matches!(member.value.kind, Kind::Array(_));
        let mut strings = Vec::new();
        for value in values {
            match &value.kind {
                Kind::String(text) => strings.push((text.clone(), value.span)),
                // IAM is on record for taking `null` in a list of resources; it names nothing.
                Kind::Null if in_list && member.name.ends_with("Resource") => {}
                _ => self.wrong_type(&member.name, "a string or a list of strings", value),
            }
        }
        strings
    }

    fn version(&mut self, member: Option<&Member>, whole: Span) -> Version {
        let Some(member) = member else {
            if self.kind == PolicyKind::Identity {
                self.old_version(whole, say::policy_version_missing());
            }
            return Version::V2008;
        };
        let Some((text, span)) = self.string(member) else {
            return Version::V2008;
        };
        match text.as_str() {
            "2012-10-17" => Version::V2012,
            "2008-10-17" => {
                if self.kind == PolicyKind::Identity {
                    self.old_version(span, say::policy_version_old());
                }
                Version::V2008
            }
            _ => {
                self.refuse(
                    span,
                    say::policy_version_unknown(Arg::code(&text)),
                    say::policy_version_help(),
                    Aws::syntax().s3("The policy must contain a valid version string"),
                );
                Version::V2008
            }
        }
    }

    fn old_version(&mut self, span: Span, sentence: Message) {
        self.report(
            span,
            sentence,
            say::policy_version_help(),
            Aws::iam(
                Rank::Version,
                "Policy document must be version 2012-10-17 or greater.",
            ),
        );
    }

    fn statements(&mut self, value: &Json) -> Vec<Statement> {
        let values = match &value.kind {
            Kind::Array(values) => values.as_slice(),
            _ => std::slice::from_ref(value),
        };
        if values.is_empty() {
            self.refuse(
                value.span,
                say::policy_empty(Arg::code("Statement")),
                say::policy_empty_help(Arg::code("Statement")),
                Aws::syntax().s3("Could not parse the policy: Statement is empty!"),
            );
        }
        let mut statements = Vec::new();
        for value in values {
            match &value.kind {
                Kind::Object(members) => statements.extend(self.statement(members, value.span)),
                _ => self.wrong_type("Statement", "an object or a list of objects", value),
            }
        }
        statements
    }

    fn statement(&mut self, members: &[Member], span: Span) -> Option<Statement> {
        let members = self.members(
            members,
            &[
                "Sid",
                "Effect",
                "Principal",
                "NotPrincipal",
                "Action",
                "NotAction",
                "Resource",
                "NotResource",
                "Condition",
            ],
        );
        let sid = members.get("Sid").and_then(|member| self.string(member));
        if let Some((sid, span)) = &sid {
            self.sid(sid, *span);
        }
        let effect = match members.get("Effect") {
            Some(member) => self.effect(member),
            None => {
                self.missing(span, "Effect", Aws::syntax());
                None
            }
        };
        let principals = self.principals(&members, span);
        let actions = self.actions(&members, span);
        let resources = self.resources(&members, span);
        let conditions = match members.get("Condition") {
            Some(member) => self.conditions(&member.value),
            None => Vec::new(),
        };
        Some(Statement {
            sid: sid.map(|(sid, _)| sid),
            effect: effect?,
            principals,
            actions: actions?,
            resources,
            conditions,
            span,
        })
    }

    fn sid(&mut self, sid: &str, span: Span) {
        // Other services take spaces and more in a `Sid`; IAM takes letters and digits.
        let strict = matches!(self.kind, PolicyKind::Identity | PolicyKind::Trust);
        if strict && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            self.report(
                span,
                say::policy_sid(Arg::code(sid)),
                say::policy_sid_help(),
                Aws::iam(
                    Rank::Sid,
                    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies \
                     the regular expression [0-9A-Za-z]*",
                ),
            );
        }
        self.sids.push((sid.to_owned(), span));
    }

    fn unique_sids(&mut self) {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for (sid, span) in std::mem::take(&mut self.sids) {
            if sid.is_empty() {
                continue;
            }
            if let Some(line) = seen.get(&sid) {
                self.report(
                    span,
                    say::policy_sid_twice(Arg::code(&sid), Arg::code(line)),
                    say::policy_sid_twice_help(),
                    Aws::iam(
                        Rank::Sid,
                        "Statement IDs (SID) in a single policy must be unique.",
                    ),
                );
            }
            seen.entry(sid).or_insert(span.start.line);
        }
    }

    fn effect(&mut self, member: &Member) -> Option<Effect> {
        let (text, span) = self.string(member)?;
        let aws = match text.as_str() {
            "Allow" => return Some(Effect::Allow),
            "Deny" => return Some(Effect::Deny),
            other if other.eq_ignore_ascii_case("allow") || other.eq_ignore_ascii_case("deny") => {
                Aws::iam(Rank::Legacy, LEGACY)
            }
            _ => Aws::syntax(),
        };
        self.refuse(
            span,
            say::policy_effect(Arg::code(&text)),
            say::policy_effect_help(),
            aws,
        );
        None
    }
}

/// The characters that IAM takes in a document.
fn is_policy_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{ff}')
}

//! Policies as they are written.

use crate::glob::Token;
use crate::template::ArnPattern;
use crate::{Condition, Span};
use std::fmt;

/// What a policy is attached to. It decides which elements it must and must not have, and which
/// errors AWS answers with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PolicyKind {
    /// Of a user, group or role; a permissions boundary or session policy looks the same.
    Identity,
    /// Of a role: who may assume it.
    Trust,
    /// Of an S3 bucket.
    Bucket,
    /// Of another resource (a queue, a key), which has its own service's errors.
    Resource,
    /// A service control policy of an organization.
    ServiceControl,
    /// A resource control policy of an organization.
    ResourceControl,
    /// Of a VPC endpoint.
    VpcEndpoint,
}

impl PolicyKind {
    /// Does such a policy say for whom it is?
    pub fn has_principal(self) -> bool {
        match self {
            PolicyKind::Trust
            | PolicyKind::Bucket
            | PolicyKind::Resource
            | PolicyKind::ResourceControl
            | PolicyKind::VpcEndpoint => true,
            PolicyKind::Identity | PolicyKind::ServiceControl => false,
        }
    }

    /// What a person calls it.
    pub fn name(self) -> &'static str {
        match self {
            PolicyKind::Identity => "identity-based policy",
            PolicyKind::Trust => "role trust policy",
            PolicyKind::Bucket => "bucket policy",
            PolicyKind::Resource => "resource-based policy",
            PolicyKind::ServiceControl => "service control policy",
            PolicyKind::ResourceControl => "resource control policy",
            PolicyKind::VpcEndpoint => "VPC endpoint policy",
        }
    }
}

/// The version of the policy language, not of the policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Version {
    /// `2008-10-17`, which is meant where none is written: without policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// What a statement that matches says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// Permits, unless something denies.
    Allow,
    /// Forbids, whatever permits.
    Deny,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        })
    }
}

/// A policy document.
#[derive(Clone, PartialEq, Debug)]
pub struct Policy {
    /// What it is attached to.
    pub kind: PolicyKind,
    /// The version of the language.
    pub version: Version,
    /// Its `Id`.
    pub id: Option<String>,
    /// Its statements in order.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Whether it permits or forbids.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; `None` where such a policy has none.
    pub principals: Option<Element<PrincipalPattern>>,
    /// `Action` or `NotAction`.
    pub actions: Element<ActionPattern>,
    /// `Resource` or `NotResource`; `None` in a role trust policy.
    pub resources: Option<Element<ResourcePattern>>,
    /// All of these must hold.
    pub conditions: Vec<Condition>,
    /// Where the statement stands.
    pub span: Span,
}

/// An element that comes as `X` or as `NotX`.
#[derive(Clone, PartialEq, Debug)]
pub struct Element<T> {
    /// Is it `NotX`?
    pub negated: bool,
    /// What it lists.
    pub entries: Vec<T>,
}

/// An action with wildcards, e.g. `s3:Get*`.
#[derive(Clone, PartialEq, Debug)]
pub struct ActionPattern {
    /// As it is written.
    pub source: String,
    /// Where.
    pub span: Span,
    pub(crate) pattern: Vec<Token>,
}

/// A resource with wildcards and variables, e.g. `arn:aws:s3:::b/${aws:username}/*`.
#[derive(Clone, PartialEq, Debug)]
pub struct ResourcePattern {
    /// As it is written.
    pub source: String,
    /// Where.
    pub span: Span,
    pub(crate) pattern: ArnPattern,
}

/// One of those whom a `Principal` element names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrincipalPattern {
    /// Who.
    pub who: Named,
    /// As it is written.
    pub source: String,
    /// Where.
    pub span: Span,
}

/// Whom an entry names.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Named {
    /// `*`: everyone, the anonymous too.
    Everyone,
    /// An account by its 12 digits or its root ARN: whoever the account lets.
    Account(String),
    /// A user, role, role session or federated user by ARN.
    Arn(String),
    /// A user or role by the unique id (`AIDA…`, `AROA…`) that a saved policy keeps.
    UniqueId(String),
    /// An AWS service, e.g. `ec2.amazonaws.com`.
    Service(String),
    /// An identity provider.
    Federated(String),
    /// An S3 canonical user id.
    CanonicalUser(String),
}

impl<T> Element<T> {
    /// `prefix` or `Not` and `prefix`.
    pub(crate) fn name(&self, positive: &'static str, negative: &'static str) -> &'static str {
        if self.negated { negative } else { positive }
    }
}

impl fmt::Display for Statement {
    /// One line: `Deny s3:* on arn:aws:s3:::b if Bool aws:SecureTransport = false`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |texts: Vec<&str>| texts.join(", ");
        write!(f, "{}", self.effect)?;
        if let Some(principals) = &self.principals {
            let not = if principals.negated { "all but " } else { "" };
            let names = principals.entries.iter().map(|entry| entry.source.as_str());
            write!(f, " {not}{} to call", list(names.collect()))?;
        }
        let not = if self.actions.negated { "all but " } else { "" };
        let actions = self
            .actions
            .entries
            .iter()
            .map(|entry| entry.source.as_str());
        write!(f, " {not}{}", list(actions.collect()))?;
        if let Some(resources) = &self.resources {
            let not = if resources.negated { "all but " } else { "" };
            let names = resources.entries.iter().map(|entry| entry.source.as_str());
            write!(f, " on {not}{}", list(names.collect()))?;
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            let word = if index == 0 { "if" } else { "and" };
            let values = condition.values.iter().map(String::as_str);
            write!(
                f,
                " {word} {} {} = {}",
                condition.operator,
                condition.key,
                list(values.collect())
            )?;
        }
        Ok(())
    }
}

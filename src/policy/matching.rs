//! Does a statement apply to a request, and if not, why not?

use crate::policy::{Element, Named, PrincipalPattern, ResourcePattern, Statement};
use crate::template::ArnPattern;
use crate::{Caller, Effect, Request, glob};
use std::fmt;

/// A question that the engine can't answer with certainty. It never guesses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unsupported {
    /// A key with several values under an operator that is not for sets: AWS leaves open what
    /// comes out.
    ManyValues {
        /// The operator.
        operator: String,
        /// The key.
        key: String,
    },
    /// A principal by S3's canonical user id.
    CanonicalUser(String),
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsupported::ManyValues { operator, key } => write!(
                f,
                "`{key}` has several values in this request, and `{operator}` is for one; \
                 use `ForAllValues` or `ForAnyValue`"
            ),
            Unsupported::CanonicalUser(id) => {
                write!(
                    f,
                    "whom the canonical user id `{id}` names is not known here"
                )
            }
        }
    }
}

impl std::error::Error for Unsupported {}

/// How directly a resource-based policy names the caller. It decides which silent policies of
/// the caller's own account still matter.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Grant {
    /// By account: the account's own policies must allow too.
    Account,
    /// By the role of the session, or the user of the federated session: boundary and session
    /// policies still limit.
    Origin,
    /// The caller itself, or everyone: no silence of another policy limits.
    Caller,
}

/// An element of a statement that does not match a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The statement is for others.
    Principal,
    /// The statement is about other actions.
    Action {
        /// `Action` or `NotAction`.
        element: &'static str,
        /// What it lists.
        listed: Vec<String>,
    },
    /// The statement is about other resources.
    Resource {
        /// `Resource` or `NotResource`.
        element: &'static str,
        /// What it lists.
        listed: Vec<String>,
        /// An entry that would match, one `/*` away from a listed one: the object where the
        /// bucket is listed, or the other way round.
        meant: Option<String>,
    },
    /// A condition does not hold.
    Condition {
        /// The operator as it is written.
        operator: String,
        /// The key as it is written.
        key: String,
        /// The values that the statement lists.
        listed: Vec<String>,
        /// What the request has there; `None` if the key is absent.
        present: Option<Vec<String>>,
        /// Keys that the condition needs and the request lacks, those of variables among them.
        missing: Vec<String>,
    },
}

/// Whether a statement applies.
pub(crate) enum Match {
    /// It does; the grant is meaningful in resource-based policies only.
    Yes(Grant),
    /// It does not, for these reasons.
    No(Vec<Failure>),
}

/// Matches one statement. `principals` tells whether its policy is one that names principals;
/// `bounded` whether the caller has a permissions boundary.
pub(crate) fn match_statement(
    statement: &Statement,
    request: &Request,
    principals: bool,
    bounded: bool,
) -> Result<Match, Unsupported> {
    let mut failures = Vec::new();
    let mut unsupported = None;
    let mut grant = Grant::Caller;
    if principals {
        match names_caller(statement, request, bounded) {
            Ok(Some(found)) => grant = found,
            Ok(None) => failures.push(Failure::Principal),
            Err(reason) => unsupported = Some(reason),
        }
    }
    let actions = &statement.actions;
    let listed = actions
        .entries
        .iter()
        .any(|entry| glob::matches(&entry.pattern, &request.action, glob::Case::Insensitive));
    if listed == actions.negated {
        failures.push(Failure::Action {
            element: actions.name("Action", "NotAction"),
            listed: (actions.entries.iter())
                .map(|entry| entry.source.clone())
                .collect(),
        });
    }
    if let Some(resources) = &statement.resources {
        failures.extend(resource_failure(resources, request));
    }
    for condition in &statement.conditions {
        match condition.holds(&request.context) {
            Ok(true) => {}
            Ok(false) => failures.push(Failure::Condition {
                operator: condition.operator.to_string(),
                key: condition.key.clone(),
                listed: condition.values.clone(),
                present: request
                    .context
                    .get(&condition.key)
                    .map(|value| value.values().to_vec()),
                missing: (condition.missing_keys(&request.context).into_iter())
                    .map(str::to_owned)
                    .collect(),
            }),
            Err(reason) => unsupported = Some(reason),
        }
    }
    match unsupported {
        // What can't be told does not matter where something else fails.
        _ if !failures.is_empty() => Ok(Match::No(failures)),
        Some(reason) => Err(reason),
        None => Ok(Match::Yes(grant)),
    }
}

fn resource_failure(resources: &Element<ResourcePattern>, request: &Request) -> Option<Failure> {
    let matches = |pattern: &ArnPattern| pattern.matches(&request.resource, &request.context);
    let listed = resources
        .entries
        .iter()
        .any(|entry| matches(&entry.pattern));
    if listed != resources.negated {
        return None;
    }
    let meant = resources
        .entries
        .iter()
        .filter(|_| !resources.negated)
        .map(|entry| match entry.source.strip_suffix("/*") {
            Some(container) => container.to_owned(),
            None => format!("{}/*", entry.source),
        })
        .find(|source| matches(&ArnPattern::new(source, true)));
    Some(Failure::Resource {
        element: resources.name("Resource", "NotResource"),
        listed: (resources.entries.iter())
            .map(|entry| entry.source.clone())
            .collect(),
        meant,
    })
}

/// Is the statement for the caller, and how directly does it say so?
/// A statement that should name someone and does not is for no one.
fn names_caller(
    statement: &Statement,
    request: &Request,
    bounded: bool,
) -> Result<Option<Grant>, Unsupported> {
    let Some(principals) = &statement.principals else {
        return Ok(None);
    };
    if principals.negated {
        // A Deny with NotPrincipal always hits whoever has a permissions boundary.
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        let hit = (bounded && statement.effect == Effect::Deny)
            || !is_spared(&principals.entries, request)?;
        return Ok(hit.then_some(Grant::Caller));
    }
    let grant = principals
        .entries
        .iter()
        .filter_map(|entry| grant(&entry.who, request))
        .max();
    if grant.is_none() {
        known(&principals.entries)?;
    }
    Ok(grant)
}

/// Fails if one of the entries names someone whom the engine can't tell.
fn known(entries: &[PrincipalPattern]) -> Result<(), Unsupported> {
    entries.iter().try_for_each(|entry| match &entry.who {
        Named::CanonicalUser(id) => Err(Unsupported::CanonicalUser(id.clone())),
        _ => Ok(()),
    })
}

fn grant(who: &Named, request: &Request) -> Option<Grant> {
    let caller = &request.caller;
    match (who, caller) {
        (Named::Everyone, _) => Some(Grant::Caller),
        (Named::Account(account), _) => {
            (caller.account() == Some(account.as_str())).then_some(Grant::Account)
        }
        (Named::Arn(named), Caller::User { arn, .. }) => (named == arn).then_some(Grant::Caller),
        (
            Named::Arn(named),
            Caller::RoleSession {
                arn,
                role_arn: origin,
                ..
            }
            | Caller::FederatedUser {
                arn,
                user_arn: origin,
                ..
            },
        ) => {
            if named == arn {
                Some(Grant::Caller)
            } else {
                (named == origin).then_some(Grant::Origin)
            }
        }
        (Named::UniqueId(named), _) => {
            let id = request.context.one("aws:userid")?;
            match id.split_once(':') {
                None => (named == id).then_some(Grant::Caller),
                Some((role, _)) => (named == role).then_some(Grant::Origin),
            }
        }
        (Named::Service(named), Caller::Service { name }) => {
            (named == name).then_some(Grant::Caller)
        }
        _ => None,
    }
}

/// Does a `NotPrincipal` element leave the caller out? An account in it stands for its root user
/// only, and a session is left out only where its role is listed as well.
fn is_spared(entries: &[PrincipalPattern], request: &Request) -> Result<bool, Unsupported> {
    let listed = |wanted: &str| {
        entries
            .iter()
            .any(|entry| matches!(&entry.who, Named::Arn(arn) if arn == wanted))
    };
    let named = |wanted: Grant| {
        entries
            .iter()
            .any(|entry| grant(&entry.who, request) == Some(wanted))
    };
    let spared = match &request.caller {
        Caller::RoleSession { arn, role_arn, .. } => {
            named_everyone(entries) || (listed(arn) && listed(role_arn))
        }
        Caller::FederatedUser { arn, user_arn, .. } => {
            named_everyone(entries) || (listed(arn) && listed(user_arn))
        }
        Caller::Root { .. } => named(Grant::Account) || named(Grant::Caller),
        Caller::User { .. } | Caller::Service { .. } | Caller::Anonymous => named(Grant::Caller),
    };
    if !spared {
        known(entries)?;
    }
    Ok(spared)
}

fn named_everyone(entries: &[PrincipalPattern]) -> bool {
    entries.iter().any(|entry| entry.who == Named::Everyone)
}

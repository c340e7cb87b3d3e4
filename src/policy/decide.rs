//! The evaluation logic: which layers must allow, and what each says.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use crate::decision::{Check, CheckEffect, Decision, Layer, Missed, Note, Outcome, StatementRef};
use crate::matching::{Failure, Grant, Match, Unsupported, match_statement};
use crate::{Attached, Caller, Effect, Layers, Level, Request};

/// May the request be made? Every layer is asked, even after one has denied, so that the answer
/// names all that fail.
///
/// # Errors
///
/// [`Unsupported`] where AWS's pages don't say what comes out.
pub fn decide(request: &Request, layers: &Layers<'_>) -> Result<Decision, Unsupported> {
    if needs_no_permission(request) {
        let mut check = Check::new(Layer::Principal, CheckEffect::Allow);
        check.note = Some(Note::NeedsNoPermission);
        return Ok(conclude(request, vec![check]));
    }
    let mut checks = Vec::new();
    if !request.caller.is_service_linked() {
        for level in layers.resource_control.iter().flatten() {
            checks.push(resource_control(request, layers, level)?);
        }
        // Those outside every account are outside every organization.
        if request.caller.account().is_some() {
            for level in layers.service_control.iter().flatten() {
                checks.push(service_control(request, level)?);
            }
        }
    }
    if let Some(policy) = layers.vpc_endpoint {
        let found = evaluate(&[policy], request, Some(layers))?;
        let effect = found.effect(CheckEffect::ImplicitDeny);
        checks.push(found.check(Layer::VpcEndpoint, effect, None));
    }
    checks.extend(public_access(request, layers));
    let (resource, grant) = resource(request, layers)?;
    checks.extend(resource);
    checks.extend(principal(request, layers, grant)?);
    checks.extend(boundary(request, layers, grant)?);
    checks.extend(session(request, layers, grant)?);
    Ok(conclude(request, checks))
}

fn conclude(request: &Request, checks: Vec<Check>) -> Decision {
    let any = |effect| checks.iter().any(|check| check.effect == effect);
    let outcome = if any(CheckEffect::ExplicitDeny) {
        Outcome::ExplicitDeny
    } else if any(CheckEffect::ImplicitDeny) {
        Outcome::ImplicitDeny
    } else {
        Outcome::Allow
    };
    Decision {
        outcome,
        checks,
        caller: request.caller.label(),
        action: request.action.clone(),
        resource: request.resource.clone(),
        trust: is_assume_role(request),
    }
}

fn resource_control(
    request: &Request,
    layers: &Layers<'_>,
    level: &Level<'_>,
) -> Result<Check, Unsupported> {
    let found = evaluate(&level.policies, request, Some(layers))?;
    // RCPFullAWSAccess stands at every level and can't be detached.
    let effect = found.effect(CheckEffect::Allow);
    let mut check = found.check(Layer::ResourceControl, effect, None);
    check.missed.clear();
    check.target = Some(level.target.to_owned());
    Ok(check)
}

fn service_control(request: &Request, level: &Level<'_>) -> Result<Check, Unsupported> {
    let found = evaluate(&level.policies, request, None)?;
    let effect = found.effect(CheckEffect::ImplicitDeny);
    let mut check = found.check(Layer::ServiceControl, effect, None);
    check.target = Some(level.target.to_owned());
    Ok(check)
}

/// `RestrictPublicBuckets`: a public policy lets in the owner's account and AWS services only,
/// even where its statements for others are not the public ones.
fn public_access(request: &Request, layers: &Layers<'_>) -> Option<Check> {
    let policy = layers
        .resource
        .filter(|resource| layers.restrict_public_buckets && resource.policy.is_public())?;
    let inside = is_same_account(request) || matches!(request.caller, Caller::Service { .. });
    let mut check = if inside {
        Check::new(Layer::PublicAccess, CheckEffect::NoImpact)
    } else {
        Check::new(Layer::PublicAccess, CheckEffect::ExplicitDeny)
    };
    check.policies = vec![policy.name.to_owned()];
    check.note = (!inside).then_some(Note::PublicPolicyRestricted);
    Some(check)
}

/// The resource's own policy, and how directly it lets the caller in within one account.
fn resource(
    request: &Request,
    layers: &Layers<'_>,
) -> Result<(Option<Check>, Option<Grant>), Unsupported> {
    let required = if request.caller.account().is_none() {
        Some(Note::NoIdentity)
    } else if !is_same_account(request) {
        Some(Note::OtherAccount)
    } else if is_assume_role(request) || is_kms_key(request) {
        Some(Note::OwnPolicyRequired)
    } else {
        None
    };
    let Some(policy) = layers.resource else {
        let check = required.map(|note| {
            let mut check = Check::new(Layer::Resource, CheckEffect::ImplicitDeny);
            check.note = Some(note);
            check
        });
        return Ok((check, None));
    };
    let found = evaluate(&[policy], request, Some(layers))?;
    if is_owner_root(request) {
        let mut check = found.check(Layer::Resource, CheckEffect::NoImpact, None);
        check.note = Some(Note::OwnerRoot);
        return Ok((Some(check), None));
    }
    let silent = match required {
        Some(_) => CheckEffect::ImplicitDeny,
        None => CheckEffect::NoImpact,
    };
    let effect = found.effect(silent);
    let grant = found.grant.filter(|_| is_same_account(request));
    let note = match effect {
        CheckEffect::Allow if grant == Some(Grant::Account) => Some(Note::DelegatedToAccount),
        CheckEffect::Allow | CheckEffect::ImplicitDeny => required,
        CheckEffect::NoImpact => Some(Note::SameAccount),
        CheckEffect::ExplicitDeny => None,
    };
    Ok((Some(found.check(Layer::Resource, effect, note)), grant))
}

fn principal(
    request: &Request,
    layers: &Layers<'_>,
    grant: Option<Grant>,
) -> Result<Option<Check>, Unsupported> {
    match request.caller {
        Caller::Service { .. } | Caller::Anonymous => return Ok(None),
        Caller::Root { .. } => {
            let mut check = Check::new(Layer::Principal, CheckEffect::Allow);
            check.note = Some(Note::RootUser);
            return Ok(Some(check));
        }
        Caller::User { .. } | Caller::RoleSession { .. } | Caller::FederatedUser { .. } => {}
    }
    let found = evaluate(&layers.identity, request, None)?;
    let check = found.limited(Layer::Principal, grant, Grant::Origin);
    Ok(Some(check))
}

fn boundary(
    request: &Request,
    layers: &Layers<'_>,
    grant: Option<Grant>,
) -> Result<Option<Check>, Unsupported> {
    let Some(policy) = layers.boundary.filter(|_| has_boundary(request, layers)) else {
        return Ok(None);
    };
    let found = evaluate(&[policy], request, None)?;
    Ok(Some(found.limited(Layer::Boundary, grant, Grant::Caller)))
}

fn session(
    request: &Request,
    layers: &Layers<'_>,
    grant: Option<Grant>,
) -> Result<Option<Check>, Unsupported> {
    let empty_means_nothing = match request.caller {
        Caller::RoleSession { .. } => false,
        Caller::FederatedUser { .. } => true,
        _ => return Ok(None),
    };
    if layers.session.is_empty() && !empty_means_nothing {
        return Ok(None);
    }
    let found = evaluate(&layers.session, request, None)?;
    let mut check = found.limited(Layer::Session, grant, Grant::Caller);
    if layers.session.is_empty() && check.effect == CheckEffect::ImplicitDeny {
        check.note = Some(Note::NoSessionPolicy);
    }
    Ok(Some(check))
}

/// What a set of policies says together.
struct Found {
    policies: Vec<String>,
    denies: Vec<StatementRef>,
    allows: Vec<StatementRef>,
    missed: Vec<Missed>,
    /// The most direct of the grants.
    grant: Option<Grant>,
}

impl Found {
    fn effect(&self, silent: CheckEffect) -> CheckEffect {
        if !self.denies.is_empty() {
            CheckEffect::ExplicitDeny
        } else if !self.allows.is_empty() {
            CheckEffect::Allow
        } else {
            silent
        }
    }

    fn check(self, layer: Layer, effect: CheckEffect, note: Option<Note>) -> Check {
        let silent = self.denies.is_empty() && self.allows.is_empty();
        Check {
            layer,
            target: None,
            policies: self.policies,
            effect,
            matched: if self.denies.is_empty() {
                self.allows
            } else {
                self.denies
            },
            missed: if silent { self.missed } else { Vec::new() },
            note,
        }
    }

    /// The check of a layer whose silence a grant of the resource's policy makes up for, if it
    /// is at least as direct as `enough`.
    fn limited(self, layer: Layer, grant: Option<Grant>, enough: Grant) -> Check {
        let lifted = grant.is_some_and(|grant| grant >= enough);
        let effect = self.effect(if lifted {
            CheckEffect::NoImpact
        } else {
            CheckEffect::ImplicitDeny
        });
        let note = match effect {
            CheckEffect::NoImpact => Some(Note::NamedByResource),
            CheckEffect::ImplicitDeny if grant == Some(Grant::Account) => {
                Some(Note::DelegatedToAccount)
            }
            _ => None,
        };
        self.check(layer, effect, note)
    }
}

/// Matches all statements of `policies`. `named` holds the layers where the policies are such as
/// name principals.
fn evaluate(
    policies: &[Attached<'_>],
    request: &Request,
    named: Option<&Layers<'_>>,
) -> Result<Found, Unsupported> {
    let bounded = named.is_some_and(|layers| has_boundary(request, layers));
    let mut found = Found {
        policies: policies.iter().map(|one| one.name.to_owned()).collect(),
        denies: Vec::new(),
        allows: Vec::new(),
        missed: Vec::new(),
        grant: None,
    };
    for attached in policies {
        for (index, statement) in attached.policy.statements.iter().enumerate() {
            let place = || StatementRef {
                policy: attached.name.to_owned(),
                index,
                sid: statement.sid.clone(),
                effect: statement.effect,
                line: statement.span.start.line,
                column: statement.span.start.column,
                text: statement.to_string(),
            };
            match (
                match_statement(statement, request, named.is_some(), bounded)?,
                statement.effect,
            ) {
                (Match::Yes(_), Effect::Deny) => found.denies.push(place()),
                (Match::Yes(grant), Effect::Allow) => {
                    found.grant = found.grant.max(Some(grant));
                    found.allows.push(place());
                }
                (Match::No(failures), Effect::Allow) => found.missed.push(Missed {
                    statement: place(),
                    failures,
                    nearest: false,
                }),
                (Match::No(_), Effect::Deny) => {}
            }
        }
    }
    mark_nearest(&mut found.missed);
    Ok(found)
}

/// Marks the statement that came closest, if one came close at all: it is about the action or
/// the resource.
fn mark_nearest(missed: &mut [Missed]) {
    let distance = |missed: &Missed| -> u32 {
        missed
            .failures
            .iter()
            .map(|failure| match failure {
                Failure::Action { .. } => 8,
                Failure::Resource { meant: None, .. } => 4,
                Failure::Principal => 3,
                Failure::Condition { .. } => 2,
                Failure::Resource { meant: Some(_), .. } => 1,
            })
            .sum()
    };
    let nearest = missed
        .iter_mut()
        .map(|one| (distance(one), one))
        .filter(|(distance, _)| *distance < 12)
        .min_by_key(|(distance, _)| *distance);
    if let Some((_, one)) = nearest {
        one.nearest = true;
    }
}

fn is_same_account(request: &Request) -> bool {
    match (
        request.caller.account(),
        request.resource_account.as_deref(),
    ) {
        (Some(caller), Some(owner)) => caller == owner,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn has_boundary(request: &Request, layers: &Layers<'_>) -> bool {
    let may_have = matches!(
        request.caller,
        Caller::User { .. } | Caller::RoleSession { .. } | Caller::FederatedUser { .. }
    );
    may_have && layers.boundary.is_some()
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
fn needs_no_permission(request: &Request) -> bool {
    request.caller != Caller::Anonymous
        && request.action.eq_ignore_ascii_case("sts:GetCallerIdentity")
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>
fn is_owner_root(request: &Request) -> bool {
    let actions = [
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
    ];
    matches!(request.caller, Caller::Root { .. })
        && is_same_account(request)
        && actions
            .iter()
            .any(|action| request.action.eq_ignore_ascii_case(action))
}

/// Service and name of the resource's ARN.
fn arn_parts(request: &Request) -> Option<(&str, &str)> {
    let mut parts = request.resource.splitn(6, ':');
    let service = parts.nth(2)?;
    Some((service, parts.nth(2)?))
}

fn is_assume_role(request: &Request) -> bool {
    let sts = (request.action.split_once(':'))
        .is_some_and(|(service, _)| service.eq_ignore_ascii_case("sts"));
    sts && arn_parts(request)
        .is_some_and(|(service, name)| service == "iam" && name.starts_with("role/"))
}

fn is_kms_key(request: &Request) -> bool {
    arn_parts(request).is_some_and(|(service, name)| service == "kms" && name.starts_with("key/"))
}

impl Check {
    fn new(layer: Layer, effect: CheckEffect) -> Self {
        Check {
            layer,
            target: None,
            policies: Vec::new(),
            effect,
            matched: Vec::new(),
            missed: Vec::new(),
            note: None,
        }
    }
}

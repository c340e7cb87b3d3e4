//! What `allow` and `deny` ask: the very evaluation that the door makes before a call.

use crate::check::{Access, Target, Who};
use crate::evaluate::{Finding, Scene, Unanswerable};
use crate::sentence::Hole;
use hopwise_cloud::ec2::Ec2;
use hopwise_cloud::{ACCOUNT, LAPTOP_ADDRESS, Principal, Question, Via};
use hopwise_explain::{Explanation, Language, Message, Place, Verdict, render_named};
use std::collections::BTreeMap;

/// The key that stands for every object which nobody has thought of.
const ANY_KEY: &str = "hopwise/an/object/of/any/name";

/// `allow` (or `deny`): may the principal do this, with each of the resources that are meant?
pub(crate) fn may(
    scene: &Scene<'_>,
    access: &Access,
    allowed: bool,
) -> Result<Finding, Unanswerable> {
    let principal = match &access.who {
        Who::Root => Principal::Root,
        Who::Anonymous => Principal::Anonymous,
        Who::Name(name) => Principal::User(user(scene.id(name)?).to_owned()),
    };
    let mut last = None;
    for resource in resources(scene, access)? {
        let bucket = resource
            .strip_prefix("arn:aws:s3:::")
            .map(|rest| rest.split('/').next().unwrap_or(rest))
            .filter(|_| access.action != "s3:CreateBucket");
        let question = Question {
            account: ACCOUNT.to_owned(),
            principal: principal.clone(),
            action: access.action.clone(),
            resource: resource.clone(),
            region: scene.region.to_owned(),
            via: Via {
                source: Some(LAPTOP_ADDRESS.into()),
            },
        };
        let gone = bucket.filter(|name| !name.contains('*') && scene.cloud.bucket(name).is_none());
        let found = match (gone, scene.cloud.may(&question)) {
            (Some(bucket), _) => lost(access, &resource, &format!("There is no bucket {bucket}.")),
            (None, Err(fault)) if fault.code == "NoSuchEntity" => {
                lost(access, &resource, &fault.message)
            }
            (None, Err(fault)) => return Err(Unanswerable(fault.message)),
            (None, Ok(decision)) => {
                let mut found = finding(scene, &resource, access, &decision.explanation());
                found.holds = decision.is_allowed();
                found
            }
        };
        let holds = found.holds == allowed;
        let found = Finding { holds, ..found };
        if !holds {
            return Ok(found);
        }
        last.get_or_insert(found);
    }
    last.ok_or_else(|| Unanswerable("there is no resource to ask about".to_owned()))
}

/// The name of a user by its name or its ARN.
fn user(text: &str) -> &str {
    match text.split_once(":user/") {
        Some((_, path)) => path.rsplit_once('/').map_or(path, |(_, name)| name),
        None => text,
    }
}

/// The ARNs that are meant: one, or for `$bucket/*` every object there is and one of any name.
fn resources(scene: &Scene<'_>, access: &Access) -> Result<Vec<String>, Unanswerable> {
    let (name, key) = match &access.resource {
        Target::Any => return Ok(vec!["*".to_owned()]),
        Target::Arn(arn) => return Ok(vec![arn.clone()]),
        Target::Name(name, key) => (name, key.as_deref()),
    };
    let id = scene.id(name)?;
    let arn = arn(scene, &access.action, id).ok_or_else(|| {
        Unanswerable(format!(
            "`${name}` is `{id}`, and {} is done to no such thing",
            access.action
        ))
    })?;
    Ok(match key {
        None => vec![arn],
        Some("*") => {
            let bucket = arn.rsplit(':').next().unwrap_or_default();
            let keys = scene.cloud.bucket(bucket);
            keys.into_iter()
                .flat_map(|(_, bucket)| bucket.current())
                .map(|(key, _)| key)
                .chain([ANY_KEY])
                .map(|key| format!("{arn}/{key}"))
                .collect()
        }
        Some(key) => vec![format!("{arn}/{key}")],
    })
}

/// The ARN of the thing with this id or name, of the service whose action it is.
fn arn(scene: &Scene<'_>, action: &str, id: &str) -> Option<String> {
    if id.starts_with("arn:") {
        return Some(id.to_owned());
    }
    match action.split_once(':')?.0 {
        "s3" => Some(format!("arn:aws:s3:::{id}")),
        "iam" => {
            let iam = &scene.cloud.account(ACCOUNT)?.iam;
            let user = iam.user(id).map(|user| user.arn(ACCOUNT));
            user.or_else(|| Some(iam.groups.get(id)?.arn(ACCOUNT)))
        }
        "ec2" => {
            let (prefix, _) = id.rsplit_once('-')?;
            let noun = Ec2::NOUNS.iter().find(|noun| noun.prefix == prefix)?;
            Some(format!(
                "arn:aws:ec2:{}:{ACCOUNT}:{}/{id}",
                scene.region, noun.kind
            ))
        }
        _ => None,
    }
}

fn values(access: &Access, resource: &str) -> BTreeMap<Hole, String> {
    BTreeMap::from([
        (Hole::Principal, access.who.to_string()),
        (Hole::Action, access.action.clone()),
        (Hole::Resource, resource.to_owned()),
        (Hole::Policy, "no policy".to_owned()),
    ])
}

/// Who or what is not there may do nothing, and nothing can be done with it.
fn lost(access: &Access, resource: &str, why: &str) -> Finding {
    let mut values = values(access, resource);
    values.insert(Hole::Reason, "UNKNOWN_RESOURCE".to_owned());
    values.insert(Hole::Why, why.to_owned());
    Finding {
        holds: false,
        values,
        explanation: None,
    }
}

/// The holes filled from the step that decided: its statement, or the one that came nearest.
fn finding(
    scene: &Scene<'_>,
    resource: &str,
    access: &Access,
    explanation: &Explanation,
) -> Finding {
    let said =
        |message: &Message| render_named(message, Language::English, &|id| scene.cloud.name_of(id));
    let mut values = values(access, resource);
    let mut legs = explanation.legs.iter();
    let leg = legs.find(|leg| leg.verdict == explanation.verdict);
    let steps = leg.map(|leg| leg.steps.as_slice()).unwrap_or_default();
    // A denial by a statement is told before silence, as AWS tells it.
    let explicit = explanation
        .legs
        .iter()
        .flat_map(|leg| &leg.steps)
        .find(|step| step.code.is_some_and(|code| code.0 == "EXPLICIT_DENY"));
    if let Some(step) = explicit.or(steps.first()) {
        let nearest = step.tried.iter().find(|miss| miss.nearest);
        let rule = step.rule.as_ref().or(nearest.map(|miss| &miss.rule));
        if let Some(Place::Statement { policy, .. }) = rule.map(|rule| &rule.place) {
            let name = scene.cloud.name_of(policy);
            values.insert(Hole::Policy, name.unwrap_or_else(|| policy.clone()));
        }
        let why = nearest.map_or(&step.sentence, |miss| &miss.why);
        values.insert(Hole::Why, said(why));
        let reason = match (step.code, step.verdict) {
            (Some(code), _) => code.0,
            (None, Verdict::Pass) => "ALLOW",
            (None, _) => "NO_IMPACT",
        };
        values.insert(Hole::Reason, reason.to_owned());
    }
    Finding {
        holds: false,
        values,
        explanation: Some(explanation.clone()),
    }
}

//! Users into groups, policies onto users and groups.

use super::create::offered;
use super::{Holder, attach, kind_of, member};
use crate::create::capital;
use crate::desk::Desk;
use crate::intent::{Kind, Refusal};
use crate::trial::Trial;

/// What joining two things means.
enum Meaning {
    Member { group: String, user: String },
    Attach { policy: String, holder: Holder },
}

fn meaning(desk: &Desk<'_>, from: &str, to: &str) -> Option<Meaning> {
    let ((one, first), (other, second)) = ((kind_of(from)?, from), (kind_of(to)?, to));
    let policy = |policy: &str, holder: &str| {
        Some(Meaning::Attach {
            policy: policy.to_owned(),
            holder: desk.holder(holder)?,
        })
    };
    let member = |group: &str, user: &str| {
        Some(Meaning::Member {
            group: desk.group(group)?.name.clone(),
            user: desk.user(user)?.name.clone(),
        })
    };
    match (one, other) {
        (Kind::User, Kind::UserGroup) => member(second, first),
        (Kind::UserGroup, Kind::User) => member(first, second),
        (Kind::Policy, Kind::User | Kind::UserGroup) => policy(first, second),
        (Kind::User | Kind::UserGroup, Kind::Policy) => policy(second, first),
        _ => None,
    }
}

/// Is it so already?
fn is_so(desk: &Desk<'_>, meaning: &Meaning) -> bool {
    match meaning {
        Meaning::Member { group, user } => desk
            .iam()
            .and_then(|iam| iam.groups.get(group))
            .is_some_and(|it| it.users.contains(user)),
        Meaning::Attach { policy, holder } => desk
            .held(holder)
            .is_some_and(|(attached, _)| attached.contains(policy)),
    }
}

/// Everything that a user, a group or a policy can be joined with: id, and what it means.
pub(crate) fn joins(desk: &Desk<'_>, from: &str) -> Vec<(String, String)> {
    let Some(iam) = desk.iam() else {
        return Vec::new();
    };
    let account = desk.account();
    let mut groups: Vec<_> = iam.groups.values().collect();
    groups.sort_by_key(|group| group.born);
    let users = iam.users_by_birth().into_iter().map(|it| it.arn(&account));
    let ids = users
        .chain(groups.into_iter().map(|it| it.arn(&account)))
        .chain(desk.managed().into_iter().map(|(arn, ..)| arn));
    ids.filter_map(|id| {
        let found = meaning(desk, from, &id)?;
        let called = desk.called(&id);
        let says = match found {
            _ if is_so(desk, &found) => return None,
            Meaning::Member { .. } if kind_of(from) == Some(Kind::User) => "put into",
            Meaning::Member { .. } => "take in",
            Meaning::Attach { .. } if kind_of(from) == Some(Kind::Policy) => "attach to",
            Meaning::Attach { .. } => "attach",
        };
        Some((id, format!("{says} {called}")))
    })
    .collect()
}

/// Joins two things on a trial.
pub(crate) fn join(trial: &mut Trial<'_>, from: &str, to: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let Some(found) = meaning(&desk, from, to) else {
        return Err(nothing(&desk, from, to));
    };
    if is_so(&desk, &found) {
        return Ok(());
    }
    match found {
        Meaning::Member { group, user } => member(trial, &group, &user, true).map(drop),
        Meaning::Attach { policy, holder } => attach(trial, &holder, &policy).map(drop),
    }
}

fn nothing(desk: &Desk<'_>, from: &str, to: &str) -> Refusal {
    let noun = |id: &str| match id {
        "internet" => "the internet".to_owned(),
        hopwise_cloud::LAPTOP => "your laptop".to_owned(),
        _ => Kind::of_id(id).map_or_else(|| id.to_owned(), |kind| kind.noun().to_owned()),
    };
    let refusal = Refusal::own(format!(
        "{} and {} are not joined by a line: what somebody may do stands in policies.",
        capital(&noun(from)),
        noun(to)
    ));
    let holders = [from, to].into_iter().filter(|id| {
        let kinds = [Some(Kind::User), Some(Kind::UserGroup)];
        kinds.contains(&kind_of(id))
    });
    holders.fold(refusal, |refusal, id| {
        refusal.with_offer(
            format!("Write a policy for {}", desk.called(id)),
            offered(Kind::InlinePolicy, id),
        )
    })
}

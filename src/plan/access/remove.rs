//! What goes with a bucket, a user, a group or a policy, in the order AWS lets it.

use super::change::delete_version;
use super::create::object;
use super::{Holder, S3, detach, kind_of, member, names};
use crate::intent::{Kind, Refusal};
use crate::trial::{Trial, id_at};
use hopwise_cloud::Value;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::iam::{
    delete_access_key, delete_group, delete_group_policy, delete_policy, delete_user,
    delete_user_policy,
};
use hopwise_cloud::fields::s3::{
    delete as delete_fields, delete_bucket, delete_object, delete_objects, object_identifier,
};
use hopwise_cloud::s3::Versioning;
use hopwise_cloud::view::inline_id;

/// The most objects of one call.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
const MOST: usize = 1_000;

/// Deletes keys of a bucket, those with a version id for good.
pub(super) fn delete(
    trial: &mut Trial<'_>,
    bucket: &str,
    keys: &[(String, Option<String>)],
) -> Result<(), Refusal> {
    if let [(key, version)] = keys {
        let request = Doc::new()
            .with(delete_object::BUCKET, bucket)
            .with(delete_object::KEY, key.as_str())
            .with_some(delete_object::VERSION_ID, version.as_deref());
        return trial.call("s3", "DeleteObject", request).map(drop);
    }
    for some in keys.chunks(MOST) {
        let objects = some.iter().map(|(key, version)| {
            Doc::new()
                .with(object_identifier::KEY, key.as_str())
                .with_some(object_identifier::VERSION_ID, version.as_deref())
        });
        let wanted = Doc::new().with(delete_fields::OBJECTS, objects.collect::<Vec<_>>());
        let request = Doc::new()
            .with(delete_objects::BUCKET, bucket)
            .with(delete_objects::DELETE, wanted);
        let answer = trial.call("s3", "DeleteObjects", request)?;
        // The call succeeds although it deletes nothing.
        if let Some(error) = answer
            .get("Errors")
            .and_then(Value::as_list)
            .and_then(<[Value]>::first)
        {
            let mut refusal = Refusal::own(id_at(error, &["Message"]));
            refusal.code = Some(id_at(error, &["Code"]));
            return Err(refusal);
        }
    }
    Ok(())
}

/// Deletes objects of one bucket that are selected together. Where versions are kept a delete
/// marker hides them; what is hidden already goes with all its versions.
pub(crate) fn objects(trial: &mut Trial<'_>, ids: &[String]) -> Result<(), Refusal> {
    let desk = trial.desk();
    let mut keys = Vec::new();
    let mut hides = false;
    let mut nodes = Vec::new();
    for id in ids {
        let (Some(bucket), Some((_, key)), Some(node)) =
            (desk.bucket(id), object(id), desk.node(id))
        else {
            continue;
        };
        nodes.push(node);
        match bucket.version(&key, None) {
            Some(version) if version.content.is_none() => {
                let found = bucket.objects().find(|(it, _)| **it == *key);
                let versions = found.map(|(_, versions)| versions).unwrap_or_default();
                keys.extend(versions.iter().map(|it| (key.clone(), Some(it.id.clone()))));
            }
            _ => {
                hides |= bucket.versioning != Versioning::Never;
                keys.push((key, None));
            }
        }
    }
    let Some((bucket, _)) = ids.first().and_then(|id| object(id)) else {
        return Ok(());
    };
    if keys.is_empty() {
        return Ok(());
    }
    delete(trial, &bucket, &keys)?;
    if hides {
        trial.note("A delete marker hides it; the versions before it stay.");
    }
    nodes.into_iter().for_each(|node| trial.gone(node));
    Ok(())
}

/// Deletes a thing of this module with all that can't stay without it.
pub(crate) fn remove(trial: &mut Trial<'_>, id: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let Some(node) = desk.node(id) else {
        return Ok(());
    };
    match kind_of(id) {
        Some(Kind::Object) => return objects(trial, &[id.to_owned()]),
        Some(Kind::Bucket) => bucket(trial, id)?,
        Some(Kind::Policy) => policy(trial, id)?,
        Some(Kind::AccessKey) => {
            let Some((user, _)) = desk.key(id) else {
                return Ok(());
            };
            let request = Doc::new()
                .with(delete_access_key::USER_NAME, user.name.clone())
                .with(delete_access_key::ACCESS_KEY_ID, id);
            trial.call("iam", "DeleteAccessKey", request)?;
        }
        Some(Kind::InlinePolicy) => {
            let (Some(holder), Some((_, name))) = (desk.holder(id), id.split_once('#')) else {
                return Ok(());
            };
            inline(trial, &holder, name)?;
        }
        _ => holder(trial, id)?,
    }
    trial.gone(node);
    Ok(())
}

fn bucket(trial: &mut Trial<'_>, id: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let Some(bucket) = desk.bucket(id) else {
        return Ok(());
    };
    let name = bucket.name.clone();
    let versioned = bucket.versioning != Versioning::Never;
    let mut keys = Vec::new();
    let mut nodes = Vec::new();
    for (key, versions) in bucket.objects() {
        let ids = versions.iter().map(|it| versioned.then(|| it.id.clone()));
        keys.extend(ids.map(|version| (key.to_owned(), version)));
        nodes.extend(desk.node(&format!("{S3}{name}/{key}")));
    }
    if !keys.is_empty() {
        delete(trial, &name, &keys)?;
    }
    let request = Doc::new().with(delete_bucket::BUCKET, name);
    trial.call("s3", "DeleteBucket", request)?;
    nodes.into_iter().for_each(|node| trial.gone(node));
    Ok(())
}

fn inline(trial: &mut Trial<'_>, holder: &Holder, policy: &str) -> Result<(), Refusal> {
    match holder {
        Holder::User(name) => {
            let request = Doc::new()
                .with(delete_user_policy::USER_NAME, name.as_str())
                .with(delete_user_policy::POLICY_NAME, policy);
            trial.call("iam", "DeleteUserPolicy", request).map(drop)
        }
        Holder::Group(name) => {
            let request = Doc::new()
                .with(delete_group_policy::GROUP_NAME, name.as_str())
                .with(delete_group_policy::POLICY_NAME, policy);
            trial.call("iam", "DeleteGroupPolicy", request).map(drop)
        }
    }
}

/// A user or a group, with its inline policies and access keys. Who is in a group stays.
fn holder(trial: &mut Trial<'_>, id: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let (Some(holder), Some(iam)) = (desk.holder(id), desk.iam()) else {
        return Ok(());
    };
    let (attached, inlines) = desk.held(&holder).unwrap_or_default();
    let name = holder.name().to_owned();
    let mut memberships: Vec<(String, String)> = Vec::new();
    let mut insides: Vec<String> = Vec::new();
    match &holder {
        Holder::User(_) => {
            let groups = iam.groups_of(&name);
            memberships.extend(groups.map(|it| (it.name.clone(), name.clone())));
        }
        Holder::Group(_) => {
            let users = iam.groups.get(&name).map(|it| it.users.clone());
            memberships.extend(users.into_iter().flatten().map(|it| (name.clone(), it)));
        }
    }
    insides.extend(inlines.iter().map(|(policy, _)| inline_id(id, policy)));
    if let Some(user) = desk.user(id) {
        insides.extend(user.keys.iter().map(|key| key.id.clone()));
    }
    for arn in attached {
        detach(trial, &holder, &arn)?;
    }
    for inside in insides {
        remove(trial, &inside)?;
    }
    for (group, user) in memberships {
        member(trial, &group, &user, false)?;
    }
    match holder {
        Holder::User(_) => {
            let request = Doc::new().with(delete_user::USER_NAME, name);
            trial.call("iam", "DeleteUser", request)?;
        }
        Holder::Group(_) => {
            let request = Doc::new().with(delete_group::GROUP_NAME, name);
            trial.call("iam", "DeleteGroup", request)?;
        }
    }
    Ok(())
}

fn policy(trial: &mut Trial<'_>, arn: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    if let (Some(it), Some(iam)) = (desk.policy(arn), desk.iam()) {
        let old: Vec<String> = (it.versions.iter())
            .filter(|version| version.number != it.default)
            .map(|version| format!("v{}", version.number))
            .collect();
        let has = |list: &[String]| list.iter().any(|it| it == arn);
        let users = iam.users_by_birth().into_iter();
        let users = users.filter(|it| has(&it.attached));
        let groups = iam.groups.values().filter(|it| has(&it.attached));
        let holders: Vec<Holder> = users
            .map(|it| Holder::User(it.name.clone()))
            .chain(groups.map(|it| Holder::Group(it.name.clone())))
            .collect();
        for holder in holders {
            trial.note(format!("{} loses what it allows.", holder.name()));
            detach(trial, &holder, arn)?;
        }
        for version in old {
            delete_version(trial, arn, &version)?;
        }
    }
    // One of AWS's own is refused by AWS.
    let request = Doc::new().with(delete_policy::POLICY_ARN, arn);
    trial.call("iam", "DeletePolicy", request).map(drop)
}

/// The bucket of an object, by which those selected together are deleted together.
pub(crate) fn bucket_of(id: &str) -> Option<&str> {
    let (bucket, key) = names(id)?;
    key.map(|_| bucket)
}

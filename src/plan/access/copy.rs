//! The same again of what AWS lets one have twice.

use super::create::{free, object, offered, policy};
use super::{S3, attach, kind_of, put_inline};
use crate::desk::Desk;
use crate::intent::{Kind, Refusal};
use crate::trial::{Trial, id_at};
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::iam::create_group;
use hopwise_cloud::fields::s3::copy_object;
use hopwise_cloud::view::inline_id;

/// What stands before the last point of a key, and from it on.
fn parts(key: &str) -> (&str, &str) {
    match key.rfind('.') {
        Some(at) if !key.get(at..).unwrap_or_default().contains('/') => {
            key.split_at_checked(at).unwrap_or((key, ""))
        }
        _ => (key, ""),
    }
}

/// A key as a copy's source, where some letters stand for others.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>
fn source(bucket: &str, key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/!*'()".contains(&byte);
    let coded = key.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    format!("{bucket}/{}", coded.collect::<String>())
}

/// The storage class of an object, where it is not the one that AWS gives to every copy.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>
fn class(desk: &Desk<'_>, arn: &str, version: Option<&str>) -> Option<String> {
    let (_, key) = object(arn)?;
    let version = desk.bucket(arn)?.version(&key, version)?;
    let class = version.content.as_ref()?.storage_class.clone();
    (class != "STANDARD").then_some(class)
}

/// Puts an older version of an object on top of the others.
pub(super) fn again(
    trial: &mut Trial<'_>,
    bucket: &str,
    key: &str,
    version: &str,
) -> Result<(), Refusal> {
    let from = format!("{}?versionId={version}", source(bucket, key));
    let arn = format!("{S3}{bucket}/{key}");
    let class = class(&trial.desk(), &arn, Some(version));
    let request = Doc::new()
        .with(copy_object::BUCKET, bucket)
        .with(copy_object::COPY_SOURCE, from)
        .with(copy_object::KEY, key)
        .with_some(copy_object::STORAGE_CLASS, class);
    trial.call("s3", "CopyObject", request).map(drop)
}

/// Copies a thing of this module; gives the id of the copy.
pub(crate) fn copy(
    trial: &mut Trial<'_>,
    desk: &Desk<'_>,
    id: &str,
    into: Option<&str>,
) -> Result<String, Refusal> {
    let gone = || Refusal::gone(id);
    match kind_of(id) {
        Some(Kind::Object) => {
            let (from, key) = object(id).ok_or_else(gone)?;
            let target = into.and_then(|into| desk.bucket(into));
            let target = target.or_else(|| desk.bucket(id)).ok_or_else(gone)?;
            let bucket = target.name.clone();
            let now = trial.desk();
            let there = now.bucket(&format!("{S3}{bucket}"));
            let taken = |key: &str| there.is_some_and(|it| it.version(key, None).is_some());
            let (stem, end) = parts(&key);
            let name = match taken(&key) {
                false => key.clone(),
                true => (2..)
                    .map(|number: u32| format!("{stem}-{number}{end}"))
                    .find(|name| !taken(name))
                    .unwrap_or_default(),
            };
            let request = Doc::new()
                .with(copy_object::BUCKET, bucket.as_str())
                .with(copy_object::COPY_SOURCE, source(&from, &key))
                .with(copy_object::KEY, name.as_str())
                .with_some(copy_object::STORAGE_CLASS, class(desk, id, None));
            trial.call("s3", "CopyObject", request)?;
            Ok(format!("{S3}{bucket}/{name}"))
        }
        Some(Kind::Policy) => {
            let text = desk.iam().and_then(|iam| iam.managed_document(id));
            let text = text.ok_or_else(gone)?.to_owned();
            let now = trial.desk();
            let taken = |name: &str| {
                let iam = now.iam();
                iam.is_some_and(|iam| iam.policies.values().any(|it| it.name == name))
            };
            let name = free(&desk.called(id), taken);
            policy(trial, &name, &text)
        }
        Some(Kind::UserGroup) => {
            let old = desk.group(id).ok_or_else(gone)?;
            let now = trial.desk();
            let taken = |name: &str| now.iam().is_some_and(|iam| iam.groups.contains_key(name));
            let name = free(&old.name, taken);
            let request = Doc::new().with(create_group::GROUP_NAME, name.as_str());
            let answer = trial.call("iam", "CreateGroup", request)?;
            let holder = super::Holder::Group(name);
            for arn in &old.attached {
                attach(trial, &holder, arn)?;
            }
            for (policy, text) in &old.policies {
                put_inline(trial, &holder, policy, text)?;
            }
            trial.note("It has the same policies, and no users yet.");
            Ok(id_at(&answer, &["Group", "Arn"]))
        }
        Some(Kind::InlinePolicy) => {
            let own = desk.holder(id).ok_or_else(gone)?;
            let (_, name) = id.split_once('#').ok_or_else(gone)?;
            let (_, inline) = desk.held(&own).ok_or_else(gone)?;
            let found = inline.iter().find(|(it, _)| it == name);
            let (_, text) = found.ok_or_else(gone)?;
            let target = into.and_then(|into| desk.holder(into)).unwrap_or(own);
            let (_, there) = trial.desk().held(&target).unwrap_or_default();
            let taken = |name: &str| there.iter().any(|(it, _)| it == name);
            let fresh = match taken(name) {
                true => free(name, taken),
                false => name.to_owned(),
            };
            put_inline(trial, &target, &fresh, text)?;
            let arn = desk.arn(&target).unwrap_or_default();
            Ok(inline_id(&arn, &fresh))
        }
        Some(Kind::Bucket) => Err(Refusal::own(
            "A bucket is not copied: its name is the only one in the world. Make another, and copy the objects into it.",
        )
        .with_offer("Make a bucket", offered(Kind::Bucket, ""))),
        Some(Kind::User) => Err(Refusal::own(
            "A user stands for one person or program, with keys of its own. Make another, and put it into the same groups.",
        )
        .with_offer("Make a user", offered(Kind::User, ""))),
        _ => {
            let refusal = Refusal::own(
                "An access key is not copied: its secret was shown once. Make another one.",
            );
            let account = desk.account();
            Err(match desk.key(id) {
                Some((user, _)) => {
                    let arn = user.arn(&account);
                    refusal.with_offer("Make another key", offered(Kind::AccessKey, &arn))
                }
                None => refusal,
            })
        }
    }
}

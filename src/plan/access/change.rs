//! Settings of buckets, objects, users, groups, policies and access keys.

use super::copy::again;
use super::create::{object, put};
use super::remove::delete;
use super::{Holder, attach, detach, document, kind_of, member, put_inline, put_tags};
use crate::desk::Desk;
use crate::form::{Choice, Control, Form, Values, split, yes};
use crate::intent::{Intent, Kind, Plan, Refusal};
use crate::trial::Trial;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::iam::{
    create_policy_version, delete_policy_version, set_default_policy_version, update_access_key,
};
use hopwise_cloud::fields::s3::{
    delete_bucket_policy, public_access_block_configuration as block, put_bucket_policy,
    put_bucket_versioning, put_public_access_block, versioning_configuration,
};
use hopwise_cloud::iam::AwsManaged;
use hopwise_cloud::s3::{Bucket, Version, Versioning};
use hopwise_policy::PolicyKind;

/// A longer object isn't edited in a form.
const MOST_TEXT: usize = 64 << 10;

const FLAGS: [(&str, &str, &str); 4] = [
    (
        "block-acls",
        "Block public ACLs",
        "No public access control list is taken.",
    ),
    (
        "ignore-acls",
        "Ignore public ACLs",
        "Those there are have no effect.",
    ),
    (
        "block-policy",
        "Block public policies",
        "No policy is taken that lets in everyone.",
    ),
    (
        "restrict",
        "Restrict public buckets",
        "While its policy is public, only this account gets in.",
    ),
];

fn document_field(form: Form, text: &str) -> Form {
    form.field(
        "document",
        "Policy document",
        Control::Document {
            kind: PolicyKind::Identity,
            start: String::new(),
        },
        text,
        "What it allows and denies, as JSON.",
    )
}

/// The managed policies that are ticked, by unique ids: a name may hold a comma, an id can't.
fn attached_field(desk: &Desk<'_>, form: Form, holder: &Holder) -> Form {
    let (attached, _) = desk.held(holder).unwrap_or_default();
    let managed = desk.managed();
    let now: Vec<String> = managed
        .iter()
        .filter(|(arn, ..)| attached.contains(arn))
        .map(|(.., id)| id.clone())
        .collect();
    let choices = managed.into_iter();
    form.field(
        "attached",
        "Managed policies",
        Control::Many(choices.map(|(_, name, id)| Choice::new(id, name)).collect()),
        now.join(","),
        "What any of them allows is allowed, unless one denies it.",
    )
}

/// Which version is the current one, and which are kept: a delete marker that isn't kept gives
/// back what it hides.
fn versions_fields(form: Form, bucket: &Bucket, key: &str) -> Form {
    let found = bucket.objects().find(|(it, _)| *it == key);
    let versions = found.map(|(_, versions)| versions).unwrap_or_default();
    if bucket.versioning == Versioning::Never || versions.is_empty() {
        return form;
    }
    let choice = |version: &Version| {
        let what = match &version.content {
            Some(content) => format!("{} bytes", content.body.len()),
            None => "delete marker".to_owned(),
        };
        let short: String = version.id.chars().take(8).collect();
        Choice::new(version.id.as_str(), format!("{short}, {what}"))
    };
    let current = versions.last().map_or("", |it| it.id.as_str());
    let ids: Vec<&str> = versions.iter().map(|it| it.id.as_str()).collect();
    // An older one that is to be current is copied on top; of a marker there is nothing to copy.
    let able = versions
        .iter()
        .filter(|it| it.content.is_some() || it.id == current);
    form.field(
        "version",
        "Current version",
        Control::One(able.map(choice).collect()),
        current,
        "An older one is put on top again, as a new version.",
    )
    .field(
        "versions",
        "Versions kept",
        Control::Many(versions.iter().map(choice).collect()),
        ids.join(","),
        "What is not kept goes for good; a delete marker that goes gives back what it hid.",
    )
}

/// The settings of the thing with this id.
pub(crate) fn settings(desk: &Desk<'_>, id: &str) -> Option<Form> {
    let form = Form::new("Settings");
    let iam = desk.iam()?;
    Some(match kind_of(id)? {
        Kind::Bucket => {
            let it = desk.bucket(id)?;
            let text = it.policy.as_ref().map(|policy| policy.text(desk.cloud));
            let mut form = form.field(
                "policy",
                "Bucket policy",
                Control::Document {
                    kind: PolicyKind::Bucket,
                    start: document::bucket_proposal(desk, &it.name),
                },
                text.unwrap_or_default(),
                "Who may do what with it and its objects; empty means no policy.",
            );
            let access = it.public_access.unwrap_or_default();
            let flags = [
                access.block_public_acls,
                access.ignore_public_acls,
                access.block_public_policy,
                access.restrict_public_buckets,
            ];
            for ((key, label, help), on) in FLAGS.into_iter().zip(flags) {
                form = form.field(key, label, Control::Switch, yes(on), help);
            }
            let mut states = vec![Choice::new("Enabled", "on")];
            let now = match it.versioning {
                Versioning::Never => {
                    states.insert(0, Choice::new("", "off"));
                    ""
                }
                Versioning::Enabled => "Enabled",
                Versioning::Suspended => "Suspended",
            };
            if it.versioning != Versioning::Never {
                states.push(Choice::new("Suspended", "suspended"));
            }
            form.field(
                "versioning",
                "Versioning",
                Control::One(states),
                now,
                "Once on, it can be suspended and never taken back.",
            )
        }
        Kind::Object => {
            let (_, key) = object(id)?;
            let bucket = desk.bucket(id)?;
            let version = bucket.version(&key, None)?;
            let Some(content) = &version.content else {
                return Some(versions_fields(form, bucket, &key));
            };
            let text = std::str::from_utf8(&content.body)
                .ok()
                .filter(|text| text.len() <= MOST_TEXT);
            let form = match text {
                Some(text) => form
                    .field(
                        "content",
                        "Content",
                        Control::Lines,
                        text,
                        "An object is never changed: another is put in its place.",
                    )
                    .field(
                        "type",
                        "Content type",
                        Control::Text,
                        content.content_type.as_str(),
                        "What a browser takes it for.",
                    ),
                None => form,
            };
            versions_fields(form, bucket, &key)
        }
        Kind::User => {
            let it = desk.user(id)?;
            let mut groups: Vec<_> = iam.groups.values().collect();
            groups.sort_by_key(|group| group.born);
            let now: Vec<&str> = groups
                .iter()
                .filter(|group| group.users.contains(&it.name))
                .map(|group| group.id.as_str())
                .collect();
            let now = now.join(",");
            let groups = groups.into_iter();
            let form = form.field(
                "groups",
                "User groups",
                Control::Many(
                    groups
                        .map(|it| Choice::new(it.id.as_str(), it.name.as_str()))
                        .collect(),
                ),
                now,
                "It gets their policies too.",
            );
            attached_field(desk, form, &Holder::User(it.name.clone()))
        }
        Kind::UserGroup => {
            let it = desk.group(id)?;
            let users = iam.users_by_birth();
            let now: Vec<&str> = users
                .iter()
                .filter(|user| it.users.contains(&user.name))
                .map(|user| user.id.as_str())
                .collect();
            let now = now.join(",");
            let users = users.into_iter();
            let form = form.field(
                "users",
                "Users",
                Control::Many(
                    users
                        .map(|it| Choice::new(it.id.as_str(), it.name.as_str()))
                        .collect(),
                ),
                now,
                "They get the group's policies.",
            );
            attached_field(desk, form, &Holder::Group(it.name.clone()))
        }
        Kind::Policy => {
            if AwsManaged::find(id).is_some() {
                return Some(form);
            }
            let it = desk.policy(id)?;
            let versions: Vec<String> = it
                .versions
                .iter()
                .map(|it| format!("v{}", it.number))
                .collect();
            let choices = || {
                versions
                    .iter()
                    .map(|it| Choice::new(it.as_str(), it.as_str()))
                    .collect()
            };
            let form = document_field(form, it.document());
            match versions.len() {
                1 => form,
                _ => form
                    .field(
                        "version",
                        "Version in force",
                        Control::One(choices()),
                        format!("v{}", it.default),
                        "A changed document is a new version, and in force at once.",
                    )
                    .field(
                        "versions",
                        "Versions kept",
                        Control::Many(choices()),
                        versions.join(","),
                        "Five at most; the one in force can't go.",
                    ),
            }
        }
        Kind::InlinePolicy => {
            let (_, name) = id.split_once('#')?;
            let (_, inline) = desk.held(&desk.holder(id)?)?;
            let (_, text) = inline.into_iter().find(|(it, _)| it == name)?;
            document_field(form, &text)
        }
        _ => {
            let (_, key) = desk.key(id)?;
            form.field(
                "active",
                "Active",
                Control::Switch,
                yes(key.active),
                "An inactive key opens nothing, and can be switched on again.",
            )
        }
    })
}

/// What a form is to be: a field's value where it differs.
struct Wish<'a> {
    form: &'a Form,
    values: &'a Values,
}

impl Wish<'_> {
    fn before(&self, key: &str) -> &str {
        let mut fields = self.form.fields.iter();
        fields
            .find(|field| field.key == key)
            .map_or("", |it| it.value.as_str())
    }

    fn changed(&self, key: &str) -> Option<&str> {
        let field = self.form.fields.iter().find(|field| field.key == key)?;
        let wished = self.values.get(key)?;
        (*wished != field.value).then_some(wished.as_str())
    }

    fn now(&self, key: &str) -> &str {
        self.changed(key).unwrap_or_else(|| self.before(key))
    }

    /// What of a choice of many comes and what goes, each with whether it comes.
    fn turned(&self, key: &str) -> Vec<(String, bool)> {
        let Some(wished) = self.changed(key) else {
            return Vec::new();
        };
        let (before, after) = (split(self.before(key)), split(wished));
        let gone = before.iter().filter(|it| !after.contains(it));
        let new = after.iter().filter(|it| !before.contains(it));
        gone.map(|it| (it.clone(), false))
            .chain(new.map(|it| (it.clone(), true)))
            .collect()
    }
}

pub(crate) fn change(desk: &Desk<'_>, id: &str, values: &Values) -> Result<Plan, Refusal> {
    let gone = || Refusal::gone(id);
    let form = settings(desk, id).ok_or_else(gone)?;
    let mut trial = Trial::new(desk, format!("Change {}", desk.called(id)));
    let wish = Wish {
        form: &form,
        values,
    };
    match kind_of(id) {
        Some(Kind::Bucket) => bucket(&mut trial, &desk.bucket(id).ok_or_else(gone)?.name, &wish)?,
        Some(Kind::Object) => {
            let (bucket, key) = object(id).ok_or_else(gone)?;
            if let Some(version) = wish.changed("version") {
                again(&mut trial, &bucket, &key, version)?;
            }
            if wish.changed("content").or(wish.changed("type")).is_some() {
                let kind = Some(wish.now("type")).filter(|it| !it.is_empty());
                let old = desk.bucket(id).and_then(|it| it.version(&key, None));
                let before = old.and_then(|it| it.content.as_deref());
                put(&mut trial, &bucket, &key, wish.now("content"), kind, before)?;
                // The new object has no tags yet.
                if let Some(old) = old.filter(|it| !it.tags.is_empty()) {
                    let tags = old.tags.iter();
                    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
                    put_tags(&mut trial, id, &tags.collect())?;
                }
            }
            let gone = wish.turned("versions").into_iter();
            let gone: Vec<_> = gone.map(|(id, _)| (key.clone(), Some(id))).collect();
            if !gone.is_empty() {
                delete(&mut trial, &bucket, &gone)?;
            }
        }
        Some(Kind::User | Kind::UserGroup) => {
            let holder = desk.holder(id).ok_or_else(gone)?;
            members(&mut trial, desk, &holder, &wish)?;
            let managed = desk.managed();
            for (policy, comes) in wish.turned("attached") {
                let mut found = managed.iter().filter(|(.., id)| *id == policy);
                let (arn, ..) = found.next().ok_or_else(|| Refusal::gone(&policy))?;
                match comes {
                    true => attach(&mut trial, &holder, arn)?,
                    false => detach(&mut trial, &holder, arn)?,
                };
            }
        }
        Some(Kind::Policy) => policy(&mut trial, id, &wish)?,
        Some(Kind::InlinePolicy) => {
            let holder = desk.holder(id).ok_or_else(gone)?;
            if let (Some(text), Some((_, name))) = (wish.changed("document"), id.split_once('#')) {
                put_inline(&mut trial, &holder, name, text)?;
            }
        }
        _ => {
            let (user, _) = desk.key(id).ok_or_else(gone)?;
            if let Some(on) = wish.changed("active") {
                let status = if on == "yes" { "Active" } else { "Inactive" };
                let request = Doc::new()
                    .with(update_access_key::USER_NAME, user.name.as_str())
                    .with(update_access_key::ACCESS_KEY_ID, id)
                    .with(update_access_key::STATUS, status);
                trial.call("iam", "UpdateAccessKey", request)?;
            }
        }
    }
    trial.done()
}

fn bucket(trial: &mut Trial<'_>, name: &str, wish: &Wish<'_>) -> Result<(), Refusal> {
    // Block Public Access comes first: a policy is judged by it.
    if FLAGS.iter().any(|(key, ..)| wish.changed(key).is_some()) {
        let on = |key: &str| wish.now(key) == "yes";
        let flags = Doc::new()
            .with(block::BLOCK_PUBLIC_ACLS, on("block-acls"))
            .with(block::IGNORE_PUBLIC_ACLS, on("ignore-acls"))
            .with(block::BLOCK_PUBLIC_POLICY, on("block-policy"))
            .with(block::RESTRICT_PUBLIC_BUCKETS, on("restrict"));
        let request = Doc::new().with(put_public_access_block::BUCKET, name).with(
            put_public_access_block::PUBLIC_ACCESS_BLOCK_CONFIGURATION,
            flags,
        );
        trial.call("s3", "PutPublicAccessBlock", request)?;
    }
    match wish.changed("policy") {
        Some(text) if text.trim().is_empty() => {
            let request = Doc::new().with(delete_bucket_policy::BUCKET, name);
            trial.call("s3", "DeleteBucketPolicy", request)?;
        }
        Some(text) => {
            let request = Doc::new()
                .with(put_bucket_policy::BUCKET, name)
                .with(put_bucket_policy::POLICY, text);
            trial.call("s3", "PutBucketPolicy", request)?;
        }
        None => {}
    }
    if let Some(state) = wish.changed("versioning") {
        let state = Doc::new().with(versioning_configuration::STATUS, state);
        let request = Doc::new()
            .with(put_bucket_versioning::BUCKET, name)
            .with(put_bucket_versioning::VERSIONING_CONFIGURATION, state);
        trial.call("s3", "PutBucketVersioning", request)?;
    }
    Ok(())
}

fn members(
    trial: &mut Trial<'_>,
    desk: &Desk<'_>,
    holder: &Holder,
    wish: &Wish<'_>,
) -> Result<(), Refusal> {
    let Some(iam) = desk.iam() else {
        return Ok(());
    };
    for (id, comes) in wish.turned("groups") {
        let mut groups = iam.groups.values();
        let group = groups.find(|it| it.id == id);
        let group = group.ok_or_else(|| Refusal::gone(&id))?;
        member(trial, &group.name, holder.name(), comes)?;
    }
    for (id, comes) in wish.turned("users") {
        let mut users = iam.users.values();
        let user = users.find(|it| it.id == id);
        let user = user.ok_or_else(|| Refusal::gone(&id))?;
        member(trial, holder.name(), &user.name, comes)?;
    }
    Ok(())
}

fn policy(trial: &mut Trial<'_>, arn: &str, wish: &Wish<'_>) -> Result<(), Refusal> {
    if let Some(version) = wish.changed("version") {
        let request = Doc::new()
            .with(set_default_policy_version::POLICY_ARN, arn)
            .with(set_default_policy_version::VERSION_ID, version);
        trial.call("iam", "SetDefaultPolicyVersion", request)?;
    }
    for (version, _) in wish.turned("versions") {
        delete_version(trial, arn, &version)?;
    }
    let Some(text) = wish.changed("document") else {
        return Ok(());
    };
    let request = Doc::new()
        .with(create_policy_version::POLICY_ARN, arn)
        .with(create_policy_version::POLICY_DOCUMENT, text)
        .with(create_policy_version::SET_AS_DEFAULT, true);
    let made = trial.call("iam", "CreatePolicyVersion", request);
    made.map(drop).map_err(|refusal| {
        let kept = split(wish.before("versions"));
        let oldest = kept.iter().find(|it| *it != wish.before("version"));
        match oldest.filter(|_| refusal.code.as_deref() == Some("LimitExceeded")) {
            None => refusal,
            Some(oldest) => {
                let rest: Vec<&str> = kept
                    .iter()
                    .filter(|it| *it != oldest)
                    .map(String::as_str)
                    .collect();
                let mut values = wish.values.clone();
                values.insert("versions".to_owned(), rest.join(","));
                refusal.with_offer(
                    format!("Delete {oldest} first"),
                    Intent::Change {
                        id: arn.to_owned(),
                        values,
                    },
                )
            }
        }
    })
}

pub(crate) fn delete_version(
    trial: &mut Trial<'_>,
    arn: &str,
    version: &str,
) -> Result<(), Refusal> {
    let request = Doc::new()
        .with(delete_policy_version::POLICY_ARN, arn)
        .with(delete_policy_version::VERSION_ID, version);
    trial.call("iam", "DeletePolicyVersion", request).map(drop)
}

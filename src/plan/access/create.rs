//! New buckets, objects, users, groups, policies and access keys.

use super::{Holder, S3, attach, document, member, names, put_inline};
use crate::create::capital;
use crate::desk::Desk;
use crate::form::{Choice, Control, Filled, Form, Values};
use crate::intent::{Intent, Kind, Place, Refusal};
use crate::trial::{Trial, id_at};
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::iam::{create_access_key, create_group, create_policy, create_user};
use hopwise_cloud::fields::s3::{create_bucket, create_bucket_configuration, put_object};
use hopwise_cloud::s3::Object;
use hopwise_cloud::view::inline_id;
use hopwise_cloud::{Map, REGIONS, Region, Value};
use hopwise_policy::PolicyKind;

/// The Region whose name no bucket's configuration says.
const FIRST: &str = "us-east-1";

/// The first of `name-1`, `name-2`, … that isn't taken.
pub(crate) fn free(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    (1..)
        .map(|number: u32| format!("{stem}-{number}"))
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// The bucket that an object goes into.
fn bucket(desk: &Desk<'_>, place: &Place) -> Result<String, Refusal> {
    let on = place.on.as_deref().unwrap_or_default();
    if let Some(bucket) = desk.bucket(on) {
        return Ok(bucket.name.clone());
    }
    let mut refusal = Refusal::own("An object is in a bucket: choose one.");
    let account = desk.cloud.account(&desk.account());
    for bucket in account.into_iter().flat_map(|it| it.s3.buckets()) {
        refusal = refusal.with_offer(
            format!("Put it into {}", bucket.name),
            offered(Kind::Object, &format!("{S3}{}", bucket.name)),
        );
    }
    if refusal.offers.is_empty() {
        refusal = refusal.with_offer("Make a bucket", offered(Kind::Bucket, ""));
    }
    Err(refusal)
}

pub(crate) fn offered(kind: Kind, on: &str) -> Intent {
    Intent::Create {
        kind,
        place: match on {
            "" => Place::default(),
            on => Place::on(on),
        },
        values: Values::new(),
    }
}

/// The user or group that something is made for.
fn holder(desk: &Desk<'_>, kind: Kind, place: &Place) -> Result<Holder, Refusal> {
    let found = desk.holder(place.on.as_deref().unwrap_or_default());
    let users_only = kind == Kind::AccessKey;
    if let Some(found) = found.filter(|it| !users_only || matches!(it, Holder::User(_))) {
        return Ok(found);
    }
    let mut refusal = Refusal::own(match users_only {
        true => "An access key is a user's: choose whose.".to_owned(),
        false => format!(
            "{} is a user's or a group's: choose whose.",
            capital(kind.noun())
        ),
    });
    let account = desk.account();
    let users = desk.iam().map(|iam| iam.users_by_birth());
    for user in users.into_iter().flatten() {
        let offer = offered(kind, &user.arn(&account));
        refusal = refusal.with_offer(format!("Make it for {}", user.name), offer);
    }
    if refusal.offers.is_empty() {
        refusal = refusal.with_offer("Make a user", offered(Kind::User, ""));
    }
    Err(refusal)
}

/// What a new thing of this kind is asked for.
pub(crate) fn create_form(desk: &Desk<'_>, kind: Kind, place: &Place) -> Result<Form, Refusal> {
    let form = Form::new(format!("New {}", kind.bare()));
    let iam = desk.iam();
    let taken = |name: &str| {
        let name = name.to_owned();
        iam.is_some_and(|iam| match kind {
            Kind::User => iam.users.contains_key(&name),
            Kind::UserGroup => iam.groups.contains_key(&name),
            _ => iam.policies.values().any(|it| it.name == name),
        })
    };
    let document = |form: Form| {
        let text = document::proposal(desk);
        form.field(
            "document",
            "Policy document",
            Control::Document {
                kind: PolicyKind::Identity,
                start: text.clone(),
            },
            text,
            "What it allows and denies, as JSON.",
        )
    };
    let named = |label: &'static str, value: String, help: &str| {
        form.clone()
            .field("name", label, Control::Text, value, help)
    };
    Ok(match kind {
        Kind::Bucket => {
            let regions = REGIONS.iter();
            let regions = regions.map(|it: &Region| Choice::new(it.name, it.name));
            named(
                "Bucket name",
                free("bucket", |name| desk.cloud.bucket(name).is_some()),
                "No other bucket in the world may have it. It never changes.",
            )
            .field(
                "region",
                "Region",
                Control::One(regions.collect()),
                desk.region,
                "Its objects stay there.",
            )
        }
        Kind::Object => {
            let bucket = bucket(desk, place)?;
            let bucket = desk.bucket(&format!("{S3}{bucket}"));
            let taken = |name: &str| bucket.is_some_and(|it| it.version(name, None).is_some());
            let key = (1..)
                .map(|number: u32| format!("note-{number}.txt"))
                .find(|name| !taken(name));
            named(
                "Key",
                key.unwrap_or_default(),
                "Its name in the bucket; a / in it is a folder only to the eye.",
            )
            .field("content", "Content", Control::Lines, "hello\n", "")
            .field(
                "type",
                "Content type",
                Control::Text,
                "text/plain",
                "What a browser takes it for.",
            )
        }
        Kind::User => named(
            "User name",
            free("user", taken),
            "A person or a program that signs with keys of its own.",
        ),
        Kind::UserGroup => named(
            "Group name",
            free("group", taken),
            "Its users get its policies.",
        ),
        Kind::Policy => document(named(
            "Policy name",
            free("policy", taken),
            "It allows nothing until it is attached to somebody.",
        )),
        Kind::InlinePolicy => {
            let holder = holder(desk, kind, place)?;
            let (_, inline) = desk.held(&holder).unwrap_or_default();
            let taken = |name: &str| inline.iter().any(|(it, _)| it == name);
            document(named(
                "Policy name",
                free("policy", taken),
                "It belongs to this one alone, and goes with it.",
            ))
        }
        _ => {
            holder(desk, kind, place)?;
            form
        }
    })
}

/// Makes it; gives its id.
pub(crate) fn make(
    trial: &mut Trial<'_>,
    desk: &Desk<'_>,
    kind: Kind,
    place: &Place,
    (values, filled): (&Values, &Filled),
) -> Result<String, Refusal> {
    let name = filled.some("name").unwrap_or_default();
    let on = place.on.as_deref().unwrap_or_default();
    match kind {
        Kind::Bucket => {
            let region = filled.some("region").filter(|it| *it != FIRST);
            let place = region.map(|region| {
                Doc::new().with(create_bucket_configuration::LOCATION_CONSTRAINT, region)
            });
            let request = Doc::new()
                .with(create_bucket::BUCKET, name)
                .with_some(create_bucket::CREATE_BUCKET_CONFIGURATION, place);
            trial.call("s3", "CreateBucket", request)?;
            Ok(format!("{S3}{name}"))
        }
        Kind::Object => {
            let bucket = bucket(desk, place)?;
            // White space at the end of a text belongs to it.
            let content = values.get("content").map(String::as_str);
            let content = content.unwrap_or_else(|| filled.raw("content"));
            put(trial, &bucket, name, content, filled.some("type"), None)?;
            Ok(format!("{S3}{bucket}/{name}"))
        }
        Kind::User => {
            let request = Doc::new().with(create_user::USER_NAME, name);
            let answer = trial.call("iam", "CreateUser", request)?;
            if let Some(group) = desk.group(on) {
                member(trial, &group.name, name, true)?;
            }
            Ok(id_at(&answer, &["User", "Arn"]))
        }
        Kind::UserGroup => {
            let request = Doc::new().with(create_group::GROUP_NAME, name);
            let answer = trial.call("iam", "CreateGroup", request)?;
            if let Some(user) = desk.user(on) {
                member(trial, name, &user.name, true)?;
            }
            Ok(id_at(&answer, &["Group", "Arn"]))
        }
        Kind::Policy => {
            let arn = policy(trial, name, filled.raw("document"))?;
            if let Some(holder) = desk.holder(on) {
                attach(trial, &holder, &arn)?;
            }
            Ok(arn)
        }
        Kind::InlinePolicy => {
            let holder = holder(desk, kind, place)?;
            let arn = desk.arn(&holder).unwrap_or_default();
            // To put one of the same name would replace it; that is done in its own settings.
            let (_, inline) = desk.held(&holder).unwrap_or_default();
            if inline.iter().any(|(it, _)| it == name) {
                return Err(Refusal::own(format!(
                    "{} has an inline policy {name} already: change that one, or take another name.",
                    holder.name()
                )));
            }
            put_inline(trial, &holder, name, filled.raw("document"))?;
            Ok(inline_id(&arn, name))
        }
        _ => {
            let holder = holder(desk, kind, place)?;
            let request = Doc::new().with(create_access_key::USER_NAME, holder.name());
            let answer = trial.call("iam", "CreateAccessKey", request)?;
            let id = id_at(&answer, &["AccessKey", "AccessKeyId"]);
            let secret = id_at(&answer, &["AccessKey", "SecretAccessKey"]);
            trial.note(format!(
                "The secret access key of {id}, which AWS shows only now: {secret}"
            ));
            Ok(id)
        }
    }
}

pub(crate) fn policy(trial: &mut Trial<'_>, name: &str, document: &str) -> Result<String, Refusal> {
    let request = Doc::new()
        .with(create_policy::POLICY_NAME, name)
        .with(create_policy::POLICY_DOCUMENT, document);
    let answer = trial.call("iam", "CreatePolicy", request)?;
    Ok(id_at(&answer, &["Policy", "Arn"]))
}

/// Puts a text into a bucket; where it takes the place of an object, with all that was said of
/// that one besides its bytes.
pub(crate) fn put(
    trial: &mut Trial<'_>,
    bucket: &str,
    key: &str,
    content: &str,
    kind: Option<&str>,
    old: Option<&Object>,
) -> Result<(), Refusal> {
    let header = |name: &str| {
        let mut headers = old?.headers.iter();
        let found = headers.find(|(it, _)| *it == name)?;
        Some(found.1.as_str())
    };
    let class = old.map(|old| old.storage_class.as_str());
    let metadata = old.map(|old| {
        let pairs = old.metadata.iter();
        pairs
            .map(|(name, value)| (name.clone().into(), Value::from(value.as_str())))
            .collect::<Map>()
    });
    let request = Doc::new()
        .with(put_object::BUCKET, bucket)
        .with(put_object::KEY, key)
        .with(put_object::BODY, content.as_bytes().to_vec())
        .with_some(put_object::CONTENT_TYPE, kind)
        .with_some(put_object::CACHE_CONTROL, header("CacheControl"))
        .with_some(
            put_object::CONTENT_DISPOSITION,
            header("ContentDisposition"),
        )
        .with_some(put_object::CONTENT_ENCODING, header("ContentEncoding"))
        .with_some(put_object::CONTENT_LANGUAGE, header("ContentLanguage"))
        .with_some(put_object::EXPIRES, header("Expires"))
        .with_some(
            put_object::STORAGE_CLASS,
            class.filter(|class| *class != "STANDARD"),
        )
        .with_some(
            put_object::METADATA,
            metadata.filter(|metadata| !metadata.is_empty()),
        );
    trial.call("s3", "PutObject", request).map(drop)
}

/// Is it an object's id? Then the bucket and the key.
pub(crate) fn object(id: &str) -> Option<(String, String)> {
    let (bucket, key) = names(id)?;
    Some((bucket.to_owned(), key?.to_owned()))
}

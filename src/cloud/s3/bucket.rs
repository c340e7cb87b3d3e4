//! Buckets: their names, where they are, tags and versioning.

use super::object::Version;
use super::policy::{BucketPolicy, PublicAccess};
use super::{absent, find, find_mut, no_bucket};
use crate::digest::Digest;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, Items, Struct, View};
use crate::fields::s3::shape::{self, *};
use crate::fields::s3::{
    bucket as fields, bucket_info, create_bucket, create_bucket_configuration,
    create_bucket_output, delete_bucket, delete_bucket_tagging, get_bucket_acl,
    get_bucket_acl_output, get_bucket_location, get_bucket_tagging, get_bucket_tagging_output,
    get_bucket_versioning, get_bucket_versioning_output, grant, grantee, head_bucket,
    head_bucket_output, list_buckets, list_buckets_output, owner, put_bucket_tagging,
    put_bucket_versioning, tag, tagging as tagging_fields, versioning_configuration,
};
use crate::id::Born;
use crate::region::Region;
use crate::table::Tags;
use crate::time::Time;
use crate::value::{Map, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most buckets of an account.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html>
const MOST_BUCKETS: usize = 10_000;
/// The Region whose endpoint knows every Region.
const FIRST_REGION: &str = "us-east-1";

/// Does a bucket keep what is overwritten and deleted?
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Versioning {
    /// It was never switched on.
    #[default]
    Never,
    /// Each write makes a version.
    Enabled,
    /// Each write makes or replaces the version `null`; older versions stay.
    Suspended,
}

/// A bucket.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Bucket {
    /// Its name, once in all accounts.
    pub name: String,
    /// When it was made, in the log.
    pub born: Born,
    /// When it was made, in simulated time.
    pub created: Time,
    /// Its Region.
    pub region: &'static str,
    /// Its tags.
    pub tags: Tags,
    /// Its policy.
    pub policy: Option<BucketPolicy>,
    /// Its Block Public Access settings; none is as good as all off.
    pub public_access: Option<PublicAccess>,
    /// Does it keep versions?
    pub versioning: Versioning,
    /// The versions of each key, oldest first, the last one current; never an empty list.
    objects: Rc<BTreeMap<String, Rc<Vec<Version>>>>,
}

impl Bucket {
    /// The keys with all their versions, oldest first.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &[Version])> {
        self.objects
            .iter()
            .map(|(key, versions)| (key.as_str(), versions.as_slice()))
    }

    /// The keys whose current version is no delete marker, by name.
    pub fn current(&self) -> impl Iterator<Item = (&str, &Version)> {
        self.objects().filter_map(|(key, versions)| {
            let last = versions.last()?;
            last.content.is_some().then_some((key, last))
        })
    }

    /// Is there nothing in it, not even an old version?
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The version of a key with this id, or the current one.
    pub fn version(&self, key: &str, id: Option<&str>) -> Option<&Version> {
        let versions = self.objects.get(key)?;
        match id {
            Some(id) => versions.iter().find(|it| it.id == id),
            None => versions.last(),
        }
    }

    pub(super) fn version_mut(&mut self, key: &str, id: Option<&str>) -> Option<&mut Version> {
        let versions = Rc::make_mut(&mut self.objects).get_mut(key)?;
        let versions = Rc::make_mut(versions);
        match id {
            Some(id) => versions.iter_mut().find(|it| it.id == id),
            None => versions.last_mut(),
        }
    }

    /// Adds a version, in the place of one with the same id.
    pub(super) fn push(&mut self, key: &str, version: Version) {
        let objects = Rc::make_mut(&mut self.objects);
        let versions = Rc::make_mut(objects.entry(key.to_owned()).or_default());
        versions.retain(|it| it.id != version.id);
        versions.push(version);
    }

    /// Takes a version out for good.
    pub(super) fn remove(&mut self, key: &str, id: &str) -> Option<Version> {
        let objects = Rc::make_mut(&mut self.objects);
        let versions = Rc::make_mut(objects.get_mut(key)?);
        let place = versions.iter().position(|it| it.id == id)?;
        let gone = versions.remove(place);
        if versions.is_empty() {
            objects.remove(key);
        }
        Some(gone)
    }

    /// Is everyone let in, by a policy that nothing holds back?
    pub fn is_public(&self) -> bool {
        let restricted = (self.public_access).is_some_and(|it| it.restrict_public_buckets);
        !restricted && self.policy.as_ref().is_some_and(BucketPolicy::is_public)
    }
}

/// Is it a name that a general purpose bucket may have?
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
pub fn is_bucket_name(name: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    // The form of an IPv4 address, whether or not there can be such a one.
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let address = name.split('.').count() == 4 && name.split('.').all(digits);
    (3..=63).contains(&name.len())
        && name.chars().all(inner)
        && edge(name.chars().next())
        && edge(name.chars().last())
        && !name.contains("..")
        && !address
        && !["xn--", "sthree-", "amzn-s3-demo-"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
}

/// The Region that a location constraint means.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>
fn place(context: &Context<'_>, constraint: Option<&str>) -> Result<&'static Region, Fault> {
    let here = context.region;
    let wanted = constraint.map(|it| if it == "EU" { "eu-west-1" } else { it });
    let known = wanted.and_then(Region::find);
    match (constraint, known) {
        (None, _) if here.name == FIRST_REGION => Ok(here),
        (Some(_), Some(region)) if here.name == FIRST_REGION && region.name != FIRST_REGION => {
            Ok(region)
        }
        (Some(_), Some(region)) if here.name != FIRST_REGION && region == here => Ok(region),
        (Some(_), _) if here.name == FIRST_REGION => Err(Fault::new(
            "InvalidLocationConstraint",
            "The specified location-constraint is not valid",
        )),
        (constraint, _) => Err(Fault::new(
            "IllegalLocationConstraintException",
            format!(
                "The {} location constraint is incompatible for the region specific endpoint \
                 this request was sent to.",
                constraint.unwrap_or("unspecified")
            ),
        )),
    }
}

/// `CreateBucket`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateBucketRequest>,
) -> Result<Doc<CreateBucketOutput>, Fault> {
    let name = request.get(create_bucket::BUCKET).unwrap_or_default();
    if context.caller.is_anonymous() {
        return Err(super::access_denied());
    }
    match request.get(create_bucket::OBJECT_OWNERSHIP) {
        None | Some("BucketOwnerEnforced") => {}
        Some(other @ ("BucketOwnerPreferred" | "ObjectWriter")) => {
            return Err(absent(&format!("Object ownership {other}")));
        }
        Some(other) => {
            let said = format!("Invalid x-amz-object-ownership header: {other}");
            return Err(super::invalid(said));
        }
    }
    let configuration = request.get(create_bucket::CREATE_BUCKET_CONFIGURATION);
    let constraint =
        configuration.and_then(|it| it.get(create_bucket_configuration::LOCATION_CONSTRAINT));
    if configuration.is_some_and(|it| {
        it.has(create_bucket_configuration::LOCATION)
            || it
                .get(create_bucket_configuration::BUCKET)
                .is_some_and(|it| it.has(bucket_info::TYPE))
    }) {
        return Err(absent("A directory bucket"));
    }
    let region = place(context, constraint)?;
    let location = match constraint {
        None => format!("/{name}"),
        Some(_) => format!("http://{name}.s3.amazonaws.com/"),
    };
    let answer = Doc::new().with(create_bucket_output::LOCATION, location);
    if let Some((owner, bucket)) = context.cloud.bucket(name) {
        if owner.id != context.caller.account {
            return Err(Fault::new(
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by \
                 all users of the system. Please select a different name and try again.",
            ));
        }
        // Only there, and for the sake of old programs, making it again is no mistake.
        if region.name == FIRST_REGION && bucket.region == FIRST_REGION {
            return Ok(answer);
        }
        return Err(Fault::new(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
        ));
    }
    let tags = configuration
        .map(|it| read_tags(it.items(create_bucket_configuration::TAGS), 50))
        .transpose()?
        .unwrap_or_default();
    let now = context.now();
    let born = context.mint.born();
    let account = context.caller.account.clone();
    let Some(account) = context.cloud.accounts.get_mut(&account) else {
        return Err(no_bucket());
    };
    let s3 = &mut Rc::make_mut(account).s3;
    if s3.buckets().len() >= MOST_BUCKETS {
        return Err(Fault::new(
            "TooManyBuckets",
            "You have attempted to create more buckets than allowed",
        ));
    }
    s3.insert(Bucket {
        name: name.to_owned(),
        born,
        created: now,
        region: region.name,
        tags,
        policy: None,
        public_access: Some(PublicAccess::ALL),
        versioning: Versioning::Never,
        objects: Rc::default(),
    });
    Ok(answer)
}

/// `DeleteBucket`: an empty one.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteBucketRequest>,
) -> Result<(), Fault> {
    let name = request.get(delete_bucket::BUCKET);
    let bucket = find(context, name)?;
    if !bucket.is_empty() {
        let more = match bucket.versioning {
            Versioning::Never => "",
            _ => ". You must delete all versions in the bucket.",
        };
        return Err(Fault::new(
            "BucketNotEmpty",
            format!("The bucket you tried to delete is not empty{more}"),
        ));
    }
    let name = bucket.name.clone();
    let owner = context
        .cloud
        .bucket(&name)
        .map(|(owner, _)| owner.id.clone());
    if let Some(account) = owner.and_then(|owner| context.cloud.accounts.get_mut(&owner)) {
        Rc::make_mut(account).s3.remove(&name);
    }
    Ok(())
}

/// `HeadBucket`: is it there, and where?
pub(crate) fn head(
    context: &mut Context<'_>,
    request: View<'_, HeadBucketRequest>,
) -> Result<Doc<HeadBucketOutput>, Fault> {
    let bucket = find(context, request.get(head_bucket::BUCKET))?;
    Ok(Doc::new()
        .with(
            head_bucket_output::BUCKET_ARN,
            super::bucket_arn(&bucket.name),
        )
        .with(head_bucket_output::BUCKET_REGION, bucket.region)
        .with(head_bucket_output::ACCESS_POINT_ALIAS, false))
}

/// `ListBuckets`: the caller's account's, by name.
pub(crate) fn list(
    context: &mut Context<'_>,
    request: View<'_, ListBucketsRequest>,
) -> Result<Doc<ListBucketsOutput>, Fault> {
    let prefix = request.get(list_buckets::PREFIX);
    let region = request.get(list_buckets::BUCKET_REGION);
    if let Some(region) = region.filter(|name| Region::find(name).is_none()) {
        let said = format!("Argument value {region} is not a valid AWS Region");
        return Err(super::invalid(said));
    }
    // A list in pages tells the Region of each.
    let paged = request.has(list_buckets::MAX_BUCKETS) || region.is_some();
    let account = context.cloud.account(context.account());
    let buckets: Vec<_> = account
        .into_iter()
        .flat_map(|account| account.s3.buckets())
        .filter(|it| prefix.is_none_or(|prefix| it.name.starts_with(prefix)))
        .filter(|it| region.is_none_or(|region| it.region == region))
        .map(|it| {
            Doc::new()
                .with(fields::NAME, it.name.as_str())
                .with(fields::CREATION_DATE, it.created)
                .with_some(fields::BUCKET_REGION, paged.then_some(it.region))
        })
        .collect();
    Ok(Doc::new()
        .with(list_buckets_output::BUCKETS, buckets)
        .with(list_buckets_output::OWNER, owner_doc(context.account()))
        .with_some(list_buckets_output::PREFIX, prefix))
}

/// The owner of buckets and objects: an account by its canonical user id.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html>
pub(super) fn owner_doc(account: &str) -> Doc<shape::Owner> {
    let id: String = (0..4u32)
        .map(|part| format!("{:016x}", Digest::of(&("canonical user", account, part))))
        .collect();
    Doc::new().with(owner::ID, id)
}

/// `GetBucketAcl`: with access control lists off, the owner may do everything and no one else
/// is named.
pub(crate) fn acl(
    context: &mut Context<'_>,
    request: View<'_, GetBucketAclRequest>,
) -> Result<Doc<GetBucketAclOutput>, Fault> {
    let name = request.get(get_bucket_acl::BUCKET).unwrap_or_default();
    let (account, _) = context.cloud.bucket(name).ok_or_else(no_bucket)?;
    let owner = owner_doc(&account.id);
    let id = owner.clone().into_value();
    let id = id.get("ID").and_then(Value::as_str).unwrap_or_default();
    let everything = Doc::new()
        .with(
            grant::GRANTEE,
            Doc::new()
                .with(grantee::ID, id)
                .with(grantee::TYPE, "CanonicalUser"),
        )
        .with(grant::PERMISSION, "FULL_CONTROL");
    Ok(Doc::new()
        .with(get_bucket_acl_output::OWNER, owner)
        .with(get_bucket_acl_output::GRANTS, vec![everything]))
}

/// `GetBucketLocation`: of the first Region, AWS says nothing.
pub(crate) fn location(
    context: &mut Context<'_>,
    request: View<'_, GetBucketLocationRequest>,
) -> Result<Doc<GetBucketLocationOutput>, Fault> {
    let bucket = find(context, request.get(get_bucket_location::BUCKET))?;
    let place = match bucket.region {
        FIRST_REGION => Value::Null,
        region => Value::from(region),
    };
    let mut answer = Map::new();
    answer.insert("LocationConstraint", place);
    Ok(Doc::of(answer))
}

/// Reads the tags of a bucket or an object, which may have so many.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html>
pub(super) fn read_tags(items: Items<'_, Struct<shape::Tag>>, most: usize) -> Result<Tags, Fault> {
    let pairs = items.map(|one| {
        (
            one.get(tag::KEY).unwrap_or_default(),
            one.get(tag::VALUE).unwrap_or_default(),
        )
    });
    make_tags(pairs, most)
}

pub(super) fn make_tags<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    most: usize,
) -> Result<Tags, Fault> {
    let wrong = |said: &str| Err(Fault::new("InvalidTag", said));
    let mut tags = Tags::default();
    for (key, value) in pairs {
        if key.is_empty() || key.chars().count() > 128 {
            return wrong("The TagKey you have provided is invalid");
        }
        if value.chars().count() > 256 {
            return wrong("The TagValue you have provided is invalid");
        }
        if key.starts_with("aws:") {
            return wrong("System tags cannot be added/updated by requester");
        }
        if tags.get(key).is_some() {
            return wrong("Cannot provide multiple Tags with the same key");
        }
        tags.set(key, value);
    }
    if tags.len() > most {
        return Err(Fault::new(
            "BadRequest",
            match most {
                10 => "Object tags cannot be greater than 10".to_owned(),
                most => format!("Bucket tag count cannot be greater than {most}"),
            },
        ));
    }
    Ok(tags)
}

pub(super) fn tag_set(tags: &Tags) -> Vec<Doc<shape::Tag>> {
    tags.iter()
        .map(|(key, value)| Doc::new().with(tag::KEY, key).with(tag::VALUE, value))
        .collect()
}

/// `PutBucketTagging`: these tags instead of those there were.
pub(crate) fn put_tagging(
    context: &mut Context<'_>,
    request: View<'_, PutBucketTaggingRequest>,
) -> Result<(), Fault> {
    let set = request.get(put_bucket_tagging::TAGGING);
    let set = set.map(|it| read_tags(it.items(tagging_fields::TAG_SET), 50));
    let tags = set.transpose()?.unwrap_or_default();
    find_mut(context, request.get(put_bucket_tagging::BUCKET))?.tags = tags;
    Ok(())
}

/// `GetBucketTagging`
pub(crate) fn tagging(
    context: &mut Context<'_>,
    request: View<'_, GetBucketTaggingRequest>,
) -> Result<Doc<GetBucketTaggingOutput>, Fault> {
    let bucket = find(context, request.get(get_bucket_tagging::BUCKET))?;
    if bucket.tags.is_empty() {
        return Err(Fault::new("NoSuchTagSet", "The TagSet does not exist"));
    }
    Ok(Doc::new().with(get_bucket_tagging_output::TAG_SET, tag_set(&bucket.tags)))
}

/// `DeleteBucketTagging`
pub(crate) fn delete_tagging(
    context: &mut Context<'_>,
    request: View<'_, DeleteBucketTaggingRequest>,
) -> Result<(), Fault> {
    find_mut(context, request.get(delete_bucket_tagging::BUCKET))?
        .tags
        .clear();
    Ok(())
}

/// `PutBucketVersioning`: once on, it can be suspended and never taken back.
pub(crate) fn put_versioning(
    context: &mut Context<'_>,
    request: View<'_, PutBucketVersioningRequest>,
) -> Result<(), Fault> {
    let wanted = request.get(put_bucket_versioning::VERSIONING_CONFIGURATION);
    if wanted.is_some_and(|it| it.get(versioning_configuration::MFA_DELETE) == Some("Enabled")) {
        return Err(absent("MFA delete"));
    }
    let state = match wanted.and_then(|it| it.get(versioning_configuration::STATUS)) {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        Some(_) => {
            return Err(Fault::new(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our \
                 published schema",
            ));
        }
        None => {
            return Err(Fault::new(
                "IllegalVersioningConfigurationException",
                "The Versioning element must be specified",
            ));
        }
    };
    find_mut(context, request.get(put_bucket_versioning::BUCKET))?.versioning = state;
    Ok(())
}

/// `GetBucketVersioning`: of a bucket that never had it, nothing.
pub(crate) fn versioning(
    context: &mut Context<'_>,
    request: View<'_, GetBucketVersioningRequest>,
) -> Result<Doc<GetBucketVersioningOutput>, Fault> {
    let status = match find(context, request.get(get_bucket_versioning::BUCKET))?.versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    };
    Ok(Doc::new().with_some(get_bucket_versioning_output::STATUS, status))
}

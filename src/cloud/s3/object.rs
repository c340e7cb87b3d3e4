//! Objects and their versions: put, get, delete, copy, tags.

use super::bucket::{Bucket, Versioning, make_tags, read_tags, tag_set};
use super::checksum::{crc64nvme, md5_base64, md5_hex};
use super::policy::method_not_allowed;
use super::{absent, find, find_mut, invalid, object_arn};
use crate::authorize::Asker;
use crate::cloud::Cloud;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, Field, Str, View};
use crate::fields::s3::shape::{self, *};
use crate::fields::s3::{
    copy_object, copy_object_output, copy_object_result, delete as delete_fields, delete_object,
    delete_object_output, delete_object_tagging, delete_object_tagging_output, delete_objects,
    delete_objects_output, deleted_object, error as error_fields, get_object, get_object_output,
    get_object_tagging, get_object_tagging_output, head_object, head_object_output,
    object_identifier, put_object, put_object_output, put_object_tagging,
    put_object_tagging_output, tagging as tagging_fields,
};
use crate::json;
use crate::table::Tags;
use crate::time::Time;
use crate::value::{Map, Value};
use hopwise_policy::Context as Keys;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// The most bytes of an object here, and of all objects together: a world is kept in a tab, many
/// times over, and saved as a link.
const MOST_BYTES: usize = 1 << 20;
const MOST_ALTOGETHER: usize = 4 << 20;
/// The longest key, in bytes.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const LONGEST_KEY: usize = 1_024;
/// The most bytes of an object's own metadata.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const MOST_METADATA: usize = 2_048;
/// The id of a version that was put while versioning was not on.
const NULL: &str = "null";
/// How every object is encrypted at rest.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html>
const ENCRYPTION: &str = "AES256";
const CHECKSUM_OF: &str = "FULL_OBJECT";

/// A version of an object, or a delete marker.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Version {
    /// Its id; `null` where versioning was not on.
    pub id: String,
    /// When it was put.
    pub modified: Time,
    /// What it holds; nothing is a delete marker.
    pub content: Option<Rc<Object>>,
    /// Its tags.
    pub tags: Tags,
}

/// What an object holds: never changed, only replaced.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Object {
    /// Its bytes.
    pub body: Rc<[u8]>,
    /// MD5 of them, in quotes.
    pub etag: String,
    /// The media type.
    pub content_type: String,
    /// `STANDARD` unless it was given another.
    pub storage_class: String,
    /// Other headers that it was put with, by their members' names.
    pub headers: Vec<(&'static str, String)>,
    /// Its own metadata, names in small letters.
    pub metadata: BTreeMap<String, String>,
}

/// Headers that an object keeps and gives back as they are.
const HEADERS: &[&str] = &[
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "Expires",
];

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html>
const STORAGE_CLASSES: &[&str] = &[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
];

/// What `CopySource` names: `bucket/key`, perhaps with `?versionId=…`.
pub(super) struct Source {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) version: Option<String>,
}

impl Source {
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let (path, version) = match text.split_once("?versionId=") {
            Some((path, version)) => (path, Some(version.to_owned())),
            None => (text, None),
        };
        let path = unescape(path);
        match path.trim_start_matches('/').split_once('/') {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(Source {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                version,
            }),
            _ => Err(invalid("Invalid copy source object key")),
        }
    }

    pub(super) fn find<'a>(&self, cloud: &'a Cloud) -> Option<&'a Version> {
        let (_, bucket) = cloud.bucket(&self.bucket)?;
        bucket.version(&self.key, self.version.as_deref())
    }
}

/// `%20` and the like in a URL; what is none stays.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let coded = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(coded.unwrap_or(*first));
        rest = match coded {
            Some(_) => tail.get(2..).unwrap_or_default(),
            None => tail,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The tags that a call puts on an object: a query (`a=b&c=d`) or a set.
pub(super) fn new_tags(params: &Map) -> Result<Tags, Fault> {
    match params.get("Tagging") {
        Some(Value::Str(query)) => {
            let pairs: Vec<(String, String)> = (query.split('&').filter(|it| !it.is_empty()))
                .map(|pair| {
                    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                    let plain = |text: &str| unescape(&text.replace('+', " "));
                    (plain(key), plain(value))
                })
                .collect();
            let pairs = pairs
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()));
            make_tags(pairs, 10)
        }
        Some(Value::Map(map)) => {
            let view: View<'_, Tagging> = View::new(map);
            read_tags(view.items(tagging_fields::TAG_SET), 10)
        }
        _ => Ok(Tags::default()),
    }
}

fn no_key() -> Fault {
    Fault::new("NoSuchKey", "The specified key does not exist.")
}

/// Is it of the form that version ids have?
fn check_version_id(id: Option<&str>) -> Result<(), Fault> {
    let form = |id: &str| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match id {
        Some(id) if id != NULL && !form(id) => Err(invalid("Invalid version id specified")),
        _ => Ok(()),
    }
}

/// The object that somebody wants to read. That it is missing is told only to those who may list
/// the bucket.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
fn readable<'a>(
    context: &'a Context<'_>,
    bucket: &str,
    key: &str,
    id: Option<&str>,
) -> Result<(&'a Version, &'a Rc<Object>), Fault> {
    check_version_id(id)?;
    let found = find(context, Some(bucket))?.version(key, id);
    if let Some(version) = found {
        match (&version.content, id) {
            (Some(content), _) => return Ok((version, content)),
            // A delete marker has nothing to read.
            (None, Some(_)) => return Err(method_not_allowed()),
            (None, None) => {}
        }
    }
    let arn = super::bucket_arn(bucket);
    Asker::of(context).require("s3", false, "s3:ListBucket", &arn, Keys::new())?;
    Err(match id {
        Some(_) => Fault::new("NoSuchVersion", "The specified version does not exist."),
        None => no_key(),
    })
}

/// The id of what is written now, or none where the bucket never had versions.
fn new_id(context: &mut Context<'_>, bucket: &str) -> Result<(String, bool), Fault> {
    let state = find(context, Some(bucket))?.versioning;
    Ok(match state {
        Versioning::Enabled => (context.mint.unique("", 32), true),
        Versioning::Suspended => (NULL.to_owned(), true),
        Versioning::Never => (NULL.to_owned(), false),
    })
}

fn check_key(key: &str) -> Result<(), Fault> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Fault::new("KeyTooLongError", "Your key is too long"));
    }
    Ok(())
}

/// `--if-match` and `--if-none-match '*'` of a write.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
fn check_conditions(
    bucket: &Bucket,
    key: &str,
    if_match: Option<&str>,
    if_none_match: Option<&str>,
) -> Result<(), Fault> {
    let current = bucket.version(key, None).and_then(|it| it.content.as_ref());
    let tag = current.map(|it| it.etag.trim_matches('"'));
    let failed = match (if_match, if_none_match) {
        (_, Some("*")) => tag.is_some(),
        (_, Some(_)) => return Err(absent("`IfNoneMatch` with anything but `*`")),
        (Some(_), None) if tag.is_none() => return Err(no_key()),
        (Some(wanted), None) => tag != Some(wanted.trim_matches('"')),
        (None, None) => false,
    };
    if failed {
        return Err(Fault::new(
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
        ));
    }
    Ok(())
}

fn check_room(cloud: &Cloud, bytes: usize) -> Result<(), Fault> {
    let too_large = |said: String| {
        Err(Fault::new(
            "EntityTooLarge",
            format!("Your proposed upload exceeds the maximum allowed object size. {said}"),
        ))
    };
    if bytes > MOST_BYTES {
        return too_large("In this sandbox an object has 1 MiB at most.".to_owned());
    }
    let versions = cloud
        .accounts()
        .flat_map(|account| account.s3.buckets())
        .flat_map(Bucket::objects)
        .flat_map(|(_, versions)| versions);
    let held: usize = versions
        .filter_map(|version| version.content.as_ref())
        .map(|content| content.body.len())
        .sum();
    if held + bytes > MOST_ALTOGETHER {
        return too_large("In this sandbox all objects together have 4 MiB at most.".to_owned());
    }
    Ok(())
}

/// What a request says of a new object besides its bytes.
fn described(params: &Map, body: Rc<[u8]>) -> Result<Object, Fault> {
    let text = |name: &str| params.get(name).and_then(Value::as_str);
    match text("ServerSideEncryption") {
        None | Some(ENCRYPTION) => {}
        Some(other) => return Err(absent(&format!("Encryption by {other}"))),
    }
    if let Some(other) = text("ChecksumAlgorithm").filter(|it| *it != "CRC64NVME") {
        return Err(absent(&format!("The checksum {other}")));
    }
    let storage_class = text("StorageClass").unwrap_or("STANDARD");
    if !STORAGE_CLASSES.contains(&storage_class) {
        return Err(Fault::new(
            "InvalidStorageClass",
            "The storage class you specified is not valid",
        ));
    }
    let metadata: BTreeMap<String, String> = params
        .get("Metadata")
        .and_then(Value::as_map)
        .into_iter()
        .flat_map(Map::iter)
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())))
        .collect();
    let size: usize = metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if size > MOST_METADATA {
        return Err(Fault::new(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
        ));
    }
    Ok(Object {
        etag: format!("\"{}\"", md5_hex(&body)),
        body,
        content_type: text("ContentType")
            .unwrap_or("binary/octet-stream")
            .to_owned(),
        storage_class: storage_class.to_owned(),
        headers: HEADERS
            .iter()
            .filter_map(|name| Some((*name, text(name)?.to_owned())))
            .collect(),
        metadata,
    })
}

/// `PutObject`
pub(crate) fn put(
    context: &mut Context<'_>,
    request: View<'_, PutObjectRequest>,
) -> Result<Doc<PutObjectOutput>, Fault> {
    let bucket = request.get(put_object::BUCKET).unwrap_or_default();
    let key = request.get(put_object::KEY).unwrap_or_default();
    check_key(key)?;
    let body: Rc<[u8]> = request.get(put_object::BODY).unwrap_or_default().into();
    if let Some(given) = request.get(put_object::CONTENT_MD5) {
        if json::from_base64(given).is_none_or(|bytes| bytes.len() != 16) {
            return Err(Fault::new(
                "InvalidDigest",
                "The Content-MD5 you specified was invalid.",
            ));
        }
        if given != md5_base64(&body) {
            return Err(Fault::new(
                "BadDigest",
                "The Content-MD5 you specified did not match what we received.",
            ));
        }
    }
    let checksum = crc64nvme(&body);
    if request
        .get(put_object::CHECKSUM_CRC64_NVME)
        .is_some_and(|given| given != checksum)
    {
        return Err(Fault::new(
            "BadDigest",
            "The CRC64NVME you specified did not match the calculated checksum.",
        ));
    }
    check_room(context.cloud, body.len())?;
    check_conditions(
        find(context, Some(bucket))?,
        key,
        request.get(put_object::IF_MATCH),
        request.get(put_object::IF_NONE_MATCH),
    )?;
    let content = described(request.params(), body)?;
    let tags = new_tags(request.params())?;
    let (id, shown) = new_id(context, bucket)?;
    let answer = Doc::new()
        .with(put_object_output::E_TAG, content.etag.as_str())
        .with(put_object_output::CHECKSUM_CRC64_NVME, checksum)
        .with(put_object_output::CHECKSUM_TYPE, CHECKSUM_OF)
        .with(put_object_output::SERVER_SIDE_ENCRYPTION, ENCRYPTION)
        .with_some(put_object_output::VERSION_ID, shown.then_some(id.as_str()));
    store(context, (bucket, key), id, content, tags)?;
    Ok(answer)
}

/// Puts a version on top of those that a key has.
fn store(
    context: &mut Context<'_>,
    (bucket, key): (&str, &str),
    id: String,
    content: Object,
    tags: Tags,
) -> Result<(), Fault> {
    let version = Version {
        id,
        modified: context.now(),
        content: Some(Rc::new(content)),
        tags,
    };
    find_mut(context, Some(bucket))?.push(key, version);
    Ok(())
}

/// The bytes that `Range` asks for, `bytes=0-99`, of so many.
/// <https://www.rfc-editor.org/rfc/rfc9110.html#name-range>
fn range(text: &str, length: usize) -> Result<Option<Range<usize>>, Fault> {
    let Some((from, to)) = text
        .strip_prefix("bytes=")
        .and_then(|it| it.split_once('-'))
    else {
        return Ok(None);
    };
    let number = |text: &str| text.parse::<usize>().ok();
    let wanted = match (number(from), number(to)) {
        (Some(from), Some(to)) if from <= to => from..to.saturating_add(1).min(length),
        (Some(from), None) if to.is_empty() => from..length,
        (None, Some(last)) if from.is_empty() => length.saturating_sub(last)..length,
        // What is no range is as good as none.
        _ => return Ok(None),
    };
    if wanted.start >= length {
        return Err(Fault::new(
            "InvalidRange",
            "The requested range is not satisfiable",
        ));
    }
    Ok(Some(wanted))
}

/// What GET and HEAD say of an object, in the members that both have.
fn headers(version: &Version, object: &Object, versions: bool, checksum: bool) -> Map {
    let mut map = Map::new();
    let mut put = |name: &'static str, value: Value| {
        map.insert(name, value);
    };
    put("AcceptRanges", Value::from("bytes"));
    put("LastModified", Value::Str(version.modified.to_string()));
    let length = i64::try_from(object.body.len()).unwrap_or(i64::MAX);
    put("ContentLength", Value::Int(length));
    put("ETag", Value::from(object.etag.as_str()));
    if checksum {
        put("ChecksumCRC64NVME", Value::Str(crc64nvme(&object.body)));
        put("ChecksumType", Value::from(CHECKSUM_OF));
    }
    if versions {
        put("VersionId", Value::from(version.id.as_str()));
    }
    for (name, value) in &object.headers {
        put(name, Value::from(value.as_str()));
    }
    put("ContentType", Value::from(object.content_type.as_str()));
    put("ServerSideEncryption", Value::from(ENCRYPTION));
    let own = object.metadata.iter();
    let own = own.map(|(name, value)| (name.clone().into(), Value::from(value.as_str())));
    put("Metadata", Value::Map(own.collect()));
    if object.storage_class != "STANDARD" {
        put("StorageClass", Value::from(object.storage_class.as_str()));
    }
    map
}

/// `GetObject`
pub(crate) fn get(
    context: &mut Context<'_>,
    request: View<'_, GetObjectRequest>,
) -> Result<Doc<GetObjectOutput>, Fault> {
    let bucket = request.get(get_object::BUCKET).unwrap_or_default();
    let key = request.get(get_object::KEY).unwrap_or_default();
    let versions = find(context, Some(bucket))?.versioning != Versioning::Never;
    let (version, object) = readable(context, bucket, key, request.get(get_object::VERSION_ID))?;
    if matches!(object.storage_class.as_str(), "GLACIER" | "DEEP_ARCHIVE") {
        return Err(Fault::new(
            "InvalidObjectState",
            "The operation is not valid for the object's storage class",
        ));
    }
    let etag = object.etag.trim_matches('"');
    let same = |field: Field<GetObjectRequest, Str>| {
        let wanted = request.get(field)?;
        Some(wanted == "*" || wanted.trim_matches('"') == etag)
    };
    if same(get_object::IF_MATCH) == Some(false) {
        return Err(Fault::new(
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
        ));
    }
    if same(get_object::IF_NONE_MATCH) == Some(true) {
        return Err(Fault::new("304", "Not Modified"));
    }
    let part = match request.get(get_object::RANGE) {
        Some(text) => range(text, object.body.len())?,
        None => None,
    };
    let checksum = request.get(get_object::CHECKSUM_MODE) == Some("ENABLED") && part.is_none();
    let mut answer = Doc::of(headers(version, object, versions, checksum));
    let mut body = object.body.as_ref();
    if let Some(part) = part {
        let shown = format!(
            "bytes {}-{}/{}",
            part.start,
            part.end.saturating_sub(1),
            object.body.len()
        );
        body = body.get(part).unwrap_or_default();
        let length = i64::try_from(body.len()).unwrap_or(i64::MAX);
        answer.put(get_object_output::CONTENT_LENGTH, length);
        answer.put(get_object_output::CONTENT_RANGE, shown);
    }
    let tags = i64::try_from(version.tags.len()).unwrap_or(i64::MAX);
    Ok(answer
        .with(get_object_output::BODY, body)
        .with_some(get_object_output::TAG_COUNT, (tags > 0).then_some(tags)))
}

/// `HeadObject`
pub(crate) fn head(
    context: &mut Context<'_>,
    request: View<'_, HeadObjectRequest>,
) -> Result<Doc<HeadObjectOutput>, Fault> {
    for name in ["Range", "IfMatch", "IfNoneMatch"] {
        if request.params().contains_key(name) {
            return Err(absent(&format!("`{name}` of HeadObject")));
        }
    }
    let bucket = request.get(head_object::BUCKET).unwrap_or_default();
    let key = request.get(head_object::KEY).unwrap_or_default();
    let versions = find(context, Some(bucket))?.versioning != Versioning::Never;
    let (version, object) = readable(context, bucket, key, request.get(head_object::VERSION_ID))?;
    let checksum = request.get(head_object::CHECKSUM_MODE) == Some("ENABLED");
    let tags = i64::try_from(version.tags.len()).unwrap_or(i64::MAX);
    Ok(Doc::of(headers(version, object, versions, checksum))
        .with_some(head_object_output::TAG_COUNT, (tags > 0).then_some(tags)))
}

/// What a deletion did.
struct Gone {
    /// The version that was deleted or made, where the bucket has versions.
    version: Option<String>,
    /// Was a delete marker made, or deleted?
    marker: bool,
}

/// Deletes: without an id a bucket with versions gets a delete marker and loses nothing.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html>
fn remove(
    context: &mut Context<'_>,
    bucket: &str,
    key: &str,
    id: Option<&str>,
) -> Result<Gone, Fault> {
    check_version_id(id)?;
    if let Some(id) = id {
        let gone = find_mut(context, Some(bucket))?.remove(key, id);
        return Ok(Gone {
            version: Some(id.to_owned()),
            marker: gone.is_some_and(|version| version.content.is_none()),
        });
    }
    let (id, versions) = new_id(context, bucket)?;
    let modified = context.now();
    let bucket = find_mut(context, Some(bucket))?;
    if !versions {
        bucket.remove(key, &id);
        return Ok(Gone {
            version: None,
            marker: false,
        });
    }
    bucket.push(
        key,
        Version {
            id: id.clone(),
            modified,
            content: None,
            tags: Tags::default(),
        },
    );
    Ok(Gone {
        version: Some(id),
        marker: true,
    })
}

/// `DeleteObject`: no error where there is none of that key.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteObjectRequest>,
) -> Result<Doc<DeleteObjectOutput>, Fault> {
    let bucket = request.get(delete_object::BUCKET).unwrap_or_default();
    let key = request.get(delete_object::KEY).unwrap_or_default();
    if let wanted @ Some(_) = request.get(delete_object::IF_MATCH) {
        check_conditions(find(context, Some(bucket))?, key, wanted, None)?;
    }
    let gone = remove(context, bucket, key, request.get(delete_object::VERSION_ID))?;
    Ok(Doc::new()
        .with_some(
            delete_object_output::DELETE_MARKER,
            gone.marker.then_some(true),
        )
        .with_some(delete_object_output::VERSION_ID, gone.version))
}

/// `DeleteObjects`: each key is allowed or refused by itself.
pub(crate) fn delete_many(
    context: &mut Context<'_>,
    request: View<'_, DeleteObjectsRequest>,
) -> Result<Doc<DeleteObjectsOutput>, Fault> {
    let bucket = request.get(delete_objects::BUCKET).unwrap_or_default();
    let Some(wanted) = request.get(delete_objects::DELETE) else {
        return Ok(Doc::new());
    };
    let quiet = wanted.get(delete_fields::QUIET).unwrap_or(false);
    let objects = wanted.items(delete_fields::OBJECTS);
    if objects.clone().count() > 1_000 || objects.is_empty() {
        return Err(Fault::new(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published \
             schema",
        ));
    }
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for one in objects {
        let key = one.get(object_identifier::KEY).unwrap_or_default();
        let id = one.get(object_identifier::VERSION_ID);
        let action = super::of_version("DeleteObject", id.is_some());
        let mut params = Map::new();
        params.insert("Bucket", Value::from(bucket));
        params.insert("Key", Value::from(key));
        if let Some(id) = id {
            params.insert("VersionId", Value::from(id));
        }
        let keys = super::keys(context.cloud, &action, &params);
        let arn = object_arn(bucket, key);
        let done = Asker::of(context)
            .require("s3", true, &action, &arn, keys)
            .and_then(|()| remove(context, bucket, key, id));
        match done {
            Ok(_) if quiet => {}
            Ok(gone) => {
                let (made, version) = match id {
                    Some(id) => (gone.marker.then(|| id.to_owned()), Some(id)),
                    None => (gone.version, None),
                };
                let marker = gone.marker.then_some(true);
                deleted.push(
                    Doc::new()
                        .with(deleted_object::KEY, key)
                        .with_some(deleted_object::VERSION_ID, version)
                        .with_some(deleted_object::DELETE_MARKER, marker)
                        .with_some(
                            deleted_object::DELETE_MARKER_VERSION_ID,
                            made.filter(|_| gone.marker),
                        ),
                );
            }
            Err(fault) => errors.push(
                Doc::new()
                    .with(error_fields::KEY, key)
                    .with_some(error_fields::VERSION_ID, id)
                    .with(error_fields::CODE, fault.code)
                    .with(error_fields::MESSAGE, fault.message),
            ),
        }
    }
    Ok(Doc::new()
        .with_some(
            delete_objects_output::DELETED,
            (!deleted.is_empty()).then_some(deleted),
        )
        .with_some(
            delete_objects_output::ERRORS,
            (!errors.is_empty()).then_some(errors),
        ))
}

/// `CopyObject`
pub(crate) fn copy(
    context: &mut Context<'_>,
    request: View<'_, CopyObjectRequest>,
) -> Result<Doc<CopyObjectOutput>, Fault> {
    let bucket = request.get(copy_object::BUCKET).unwrap_or_default();
    let key = request.get(copy_object::KEY).unwrap_or_default();
    check_key(key)?;
    let from = Source::read(request.get(copy_object::COPY_SOURCE).unwrap_or_default())?;
    let replaces = request.get(copy_object::METADATA_DIRECTIVE) == Some("REPLACE");
    let changes = replaces || request.has(copy_object::STORAGE_CLASS);
    if from.bucket == bucket && from.key == key && from.version.is_none() && !changes {
        return Err(Fault::new(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself \
             without changing the object's metadata, storage class, website redirect location or \
             encryption attributes.",
        ));
    }
    let read = readable(context, &from.bucket, &from.key, from.version.as_deref());
    let (source, object) = read.map_err(|fault| match fault.code.as_str() {
        "MethodNotAllowed" => Fault::new(
            "InvalidRequest",
            "The source of a copy request may not specifically refer to a delete marker by \
             version id.",
        ),
        _ => fault,
    })?;
    let etag = object.etag.trim_matches('"');
    let differs =
        |field: Field<CopyObjectRequest, Str>| Some(request.get(field)?.trim_matches('"') != etag);
    if differs(copy_object::COPY_SOURCE_IF_MATCH) == Some(true)
        || differs(copy_object::COPY_SOURCE_IF_NONE_MATCH) == Some(false)
    {
        return Err(Fault::new(
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
        ));
    }
    check_room(context.cloud, object.body.len())?;
    let mut content = described(request.params(), object.body.clone())?;
    if !replaces {
        content = Object {
            storage_class: content.storage_class,
            ..Object::clone(object)
        };
    }
    let tags = match request.get(copy_object::TAGGING_DIRECTIVE) {
        Some("REPLACE") => new_tags(request.params())?,
        _ => source.tags.clone(),
    };
    check_conditions(
        find(context, Some(bucket))?,
        key,
        request.get(copy_object::IF_MATCH),
        request.get(copy_object::IF_NONE_MATCH),
    )?;
    let versions = find(context, Some(&from.bucket))?.versioning != Versioning::Never;
    let source_id = versions.then(|| source.id.clone());
    let result: Doc<shape::CopyObjectResult> = Doc::new()
        .with(copy_object_result::E_TAG, content.etag.as_str())
        .with(copy_object_result::LAST_MODIFIED, context.now())
        .with(copy_object_result::CHECKSUM_TYPE, CHECKSUM_OF)
        .with(
            copy_object_result::CHECKSUM_CRC64_NVME,
            crc64nvme(&content.body),
        );
    let (id, shown) = new_id(context, bucket)?;
    let answer = Doc::new()
        .with(copy_object_output::COPY_OBJECT_RESULT, result)
        .with_some(copy_object_output::COPY_SOURCE_VERSION_ID, source_id)
        .with_some(copy_object_output::VERSION_ID, shown.then_some(id.as_str()))
        .with(copy_object_output::SERVER_SIDE_ENCRYPTION, ENCRYPTION);
    store(context, (bucket, key), id, content, tags)?;
    Ok(answer)
}

/// The tags of a version to change, with its id where the bucket has versions.
fn tags_mut<'a>(
    context: &'a mut Context<'_>,
    bucket: &str,
    key: &str,
    id: Option<&str>,
) -> Result<(&'a mut Tags, Option<String>), Fault> {
    readable(context, bucket, key, id)?;
    let bucket = find_mut(context, Some(bucket))?;
    let versions = bucket.versioning != Versioning::Never;
    let version = bucket.version_mut(key, id).ok_or_else(no_key)?;
    let shown = versions.then(|| version.id.clone());
    Ok((&mut version.tags, shown))
}

/// `PutObjectTagging`: these tags instead of those there were.
pub(crate) fn put_tagging(
    context: &mut Context<'_>,
    request: View<'_, PutObjectTaggingRequest>,
) -> Result<Doc<PutObjectTaggingOutput>, Fault> {
    let tags = new_tags(request.params())?;
    let (have, version) = tags_mut(
        context,
        request.get(put_object_tagging::BUCKET).unwrap_or_default(),
        request.get(put_object_tagging::KEY).unwrap_or_default(),
        request.get(put_object_tagging::VERSION_ID),
    )?;
    *have = tags;
    Ok(Doc::new().with_some(put_object_tagging_output::VERSION_ID, version))
}

/// `DeleteObjectTagging`
pub(crate) fn delete_tagging(
    context: &mut Context<'_>,
    request: View<'_, DeleteObjectTaggingRequest>,
) -> Result<Doc<DeleteObjectTaggingOutput>, Fault> {
    let (have, version) = tags_mut(
        context,
        request
            .get(delete_object_tagging::BUCKET)
            .unwrap_or_default(),
        request.get(delete_object_tagging::KEY).unwrap_or_default(),
        request.get(delete_object_tagging::VERSION_ID),
    )?;
    have.clear();
    Ok(Doc::new().with_some(delete_object_tagging_output::VERSION_ID, version))
}

/// `GetObjectTagging`
pub(crate) fn tagging(
    context: &mut Context<'_>,
    request: View<'_, GetObjectTaggingRequest>,
) -> Result<Doc<GetObjectTaggingOutput>, Fault> {
    let bucket = request.get(get_object_tagging::BUCKET).unwrap_or_default();
    let key = request.get(get_object_tagging::KEY).unwrap_or_default();
    let versions = find(context, Some(bucket))?.versioning != Versioning::Never;
    let id = request.get(get_object_tagging::VERSION_ID);
    let (version, _) = readable(context, bucket, key, id)?;
    Ok(Doc::new()
        .with_some(
            get_object_tagging_output::VERSION_ID,
            versions.then_some(version.id.as_str()),
        )
        .with(get_object_tagging_output::TAG_SET, tag_set(&version.tags)))
}

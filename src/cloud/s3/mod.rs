//! Amazon S3: buckets, their policies and Block Public Access, objects and their versions.

pub mod bucket;
mod checksum;
pub mod list;
pub mod object;
pub mod policy;
#[cfg(test)]
pub(crate) mod tests;

pub use bucket::{Bucket, Versioning, is_bucket_name};
pub use checksum::md5_hex;
pub use object::{Object, Version};
pub(crate) use policy::actions;
pub use policy::{BucketPolicy, PublicAccess};

use crate::cloud::Cloud;
use crate::door::{Call, Context, Need, Need::*, operations};
use crate::fault::Fault;
use crate::value::{Map, Value};
use hopwise_policy::{Context as Keys, Decision, Request};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What an account has of S3, in every Region.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct S3 {
    buckets: Rc<BTreeMap<String, Rc<Bucket>>>,
}

impl S3 {
    /// The bucket of this name.
    pub fn bucket(&self, name: &str) -> Option<&Bucket> {
        self.buckets.get(name).map(Rc::as_ref)
    }

    /// The buckets by name.
    pub fn buckets(&self) -> impl ExactSizeIterator<Item = &Bucket> {
        self.buckets.values().map(Rc::as_ref)
    }

    pub(crate) fn bucket_mut(&mut self, name: &str) -> Option<&mut Bucket> {
        let buckets = Rc::make_mut(&mut self.buckets);
        buckets.get_mut(name).map(Rc::make_mut)
    }

    pub(crate) fn insert(&mut self, bucket: Bucket) {
        Rc::make_mut(&mut self.buckets).insert(bucket.name.clone(), Rc::new(bucket));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        Rc::make_mut(&mut self.buckets).remove(name);
    }
}

operations! {
    write "CopyObject" [CopySource, Object("PutObject")] object::copy;
    write "CreateBucket" [Bucket("CreateBucket")] bucket::create;
    write "DeleteBucket" [Bucket("DeleteBucket")] bucket::delete;
    write "DeleteBucketPolicy" [Bucket("DeleteBucketPolicy")] policy::delete;
    write "DeleteBucketTagging" [Bucket("PutBucketTagging")] bucket::delete_tagging;
    write "DeleteObject" [Object("DeleteObject")] object::delete;
    write "DeleteObjectTagging" [Object("DeleteObjectTagging")] object::delete_tagging;
    write "DeleteObjects" [] object::delete_many;
    write "DeletePublicAccessBlock" [Bucket("PutBucketPublicAccessBlock")] policy::delete_public_access;
    read "GetBucketAcl" [Bucket("GetBucketAcl")] bucket::acl;
    read "GetBucketLocation" [Bucket("GetBucketLocation")] bucket::location;
    read "GetBucketPolicy" [Bucket("GetBucketPolicy")] policy::get;
    read "GetBucketPolicyStatus" [Bucket("GetBucketPolicyStatus")] policy::status;
    read "GetBucketTagging" [Bucket("GetBucketTagging")] bucket::tagging;
    read "GetBucketVersioning" [Bucket("GetBucketVersioning")] bucket::versioning;
    read "GetObject" [Object("GetObject")] object::get;
    read "GetObjectTagging" [Object("GetObjectTagging")] object::tagging;
    read "GetPublicAccessBlock" [Bucket("GetBucketPublicAccessBlock")] policy::public_access;
    read "HeadBucket" [Bucket("ListBucket")] bucket::head;
    read "HeadObject" [Object("GetObject")] object::head;
    read "ListBuckets" [Buckets] bucket::list;
    read "ListObjectVersions" [Bucket("ListBucketVersions")] list::versions;
    read "ListObjects" [Bucket("ListBucket")] list::objects;
    read "ListObjectsV2" [Bucket("ListBucket")] list::objects_v2;
    write "PutBucketPolicy" [Bucket("PutBucketPolicy")] policy::put;
    write "PutBucketTagging" [Bucket("PutBucketTagging")] bucket::put_tagging;
    write "PutBucketVersioning" [Bucket("PutBucketVersioning")] bucket::put_versioning;
    write "PutObject" [Object("PutObject")] object::put;
    write "PutObjectTagging" [Object("PutObjectTagging")] object::put_tagging;
    write "PutPublicAccessBlock" [Bucket("PutBucketPublicAccessBlock")] policy::put_public_access;
}

/// Parameters that AWS has and this cloud doesn't carry out: saying nothing of them would be a
/// lie. `ACL` and the grants have AWS's own refusal.
const REFUSED: &[&str] = &[
    "AnnotationDirective",
    "BucketNamespace",
    "BypassGovernanceRetention",
    "ChecksumCRC32",
    "ChecksumCRC32C",
    "ChecksumMD5",
    "ChecksumSHA1",
    "ChecksumSHA256",
    "ChecksumSHA512",
    "ChecksumXXHASH128",
    "ChecksumXXHASH3",
    "ChecksumXXHASH64",
    "CopySourceIfModifiedSince",
    "CopySourceIfUnmodifiedSince",
    "CopySourceSSECustomerAlgorithm",
    "CopySourceSSECustomerKey",
    "IfMatchLastModifiedTime",
    "IfMatchSize",
    "IfModifiedSince",
    "IfUnmodifiedSince",
    "MFA",
    "ObjectLockEnabledForBucket",
    "ObjectLockEventHold",
    "ObjectLockEventHoldDurationDays",
    "ObjectLockEventHoldDurationYears",
    "ObjectLockLegalHoldStatus",
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "OptionalObjectAttributes",
    "PartNumber",
    "SSECustomerAlgorithm",
    "SSECustomerKey",
    "SSEKMSEncryptionContext",
    "SSEKMSKeyId",
    "WebsiteRedirectLocation",
    "WriteOffsetBytes",
];

/// A refusal of what AWS has and this cloud has not.
pub(crate) fn absent(what: &str) -> Fault {
    Fault::new(
        "NotImplemented",
        format!("{what} exists in AWS, not in this sandbox yet."),
    )
}

fn no_bucket() -> Fault {
    Fault::new("NoSuchBucket", "The specified bucket does not exist")
}

fn access_denied() -> Fault {
    Fault::new("AccessDenied", "Access Denied")
}

pub(crate) fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("InvalidArgument", message)
}

fn text<'a>(params: &'a Map, name: &str) -> Option<&'a str> {
    params.get(name).and_then(Value::as_str)
}

/// What is looked at before the caller's permissions: that the bucket is there is no secret.
pub(crate) fn check(cloud: &Cloud, call: &Call) -> Result<(), Fault> {
    let params = &call.params;
    if let Some((name, _)) = params.iter().find(|(name, _)| REFUSED.contains(name)) {
        return Err(absent(&format!("`{name}` of {}", call.operation)));
    }
    let creates = call.operation == "CreateBucket";
    if let Some(name) = text(params, "Bucket") {
        if !is_bucket_name(name) {
            return Err(Fault::new(
                "InvalidBucketName",
                "The specified bucket is not valid.",
            ));
        }
        let found = cloud.bucket(name);
        if found.is_none() && !creates {
            return Err(no_bucket());
        }
        expect_owner(
            params,
            "ExpectedBucketOwner",
            found.map(|(owner, _)| &owner.id),
        )?;
    }
    if let Some(source) = text(params, "CopySource") {
        let source = object::Source::read(source)?;
        let (owner, _) = cloud.bucket(&source.bucket).ok_or_else(no_bucket)?;
        expect_owner(params, "ExpectedSourceBucketOwner", Some(&owner.id))?;
    }
    // Access control lists are off in every bucket: BucketOwnerEnforced is the default.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    let list = text(params, "ACL");
    let harmless = if creates {
        "private"
    } else {
        "bucket-owner-full-control"
    };
    let grants = params.iter().any(|(name, _)| name.starts_with("Grant"));
    if list.is_some_and(|list| list != harmless) || grants {
        return Err(if creates {
            Fault::new(
                "InvalidBucketAclWithObjectOwnership",
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            )
        } else {
            Fault::new(
                "AccessControlListNotSupported",
                "The bucket does not allow ACLs",
            )
        });
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html>
fn expect_owner(params: &Map, name: &str, owner: Option<&String>) -> Result<(), Fault> {
    let Some(expected) = text(params, name) else {
        return Ok(());
    };
    if expected.len() != 12 || !expected.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::new(
            "InvalidBucketOwnerAWSAccountID",
            format!(
                "The value of the expected bucket owner parameter must be an AWS Account ID... \
                 [{expected}]"
            ),
        ));
    }
    match owner {
        Some(owner) if owner != expected => Err(access_denied()),
        _ => Ok(()),
    }
}

/// The bucket that an ARN of S3 names or is in.
pub(crate) fn bucket_of_arn(arn: &str) -> Option<&str> {
    let rest = arn.strip_prefix("arn:aws:s3:::")?;
    Some(rest.split_once('/').map_or(rest, |(bucket, _)| bucket))
}

pub(crate) fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

pub(crate) fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

/// The action on a version of an object: `GetObjectTagging` as `GetObjectVersionTagging`.
fn of_version(action: &str, version: bool) -> String {
    let name = if version {
        action.replacen("Object", "ObjectVersion", 1)
    } else {
        action.to_owned()
    };
    format!("s3:{name}")
}

/// The actions that a call needs, each with its resource.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
pub(crate) fn needed(cloud: &Cloud, need: Need, params: &Map) -> Vec<(String, String)> {
    let bucket = text(params, "Bucket").unwrap_or_default();
    let key = text(params, "Key").unwrap_or_default();
    match need {
        Buckets => vec![("s3:ListAllMyBuckets".to_owned(), bucket_arn("*"))],
        Bucket(action) => vec![(format!("s3:{action}"), bucket_arn(bucket))],
        Object(action) => {
            let arn = object_arn(bucket, key);
            // A version that is put has no id yet.
            let version = params.contains_key("VersionId");
            let mut all = vec![(of_version(action, version), arn.clone())];
            if action == "PutObject"
                && (params.contains_key("Tagging") || copies_tags(cloud, params))
            {
                all.push(("s3:PutObjectTagging".to_owned(), arn));
            }
            all
        }
        CopySource => {
            let source = text(params, "CopySource").map(object::Source::read);
            let Some(Ok(source)) = source else {
                return Vec::new();
            };
            let arn = object_arn(&source.bucket, &source.key);
            let version = source.version.is_some();
            let mut all = vec![(of_version("GetObject", version), arn.clone())];
            if copies_tags(cloud, params) {
                all.push((of_version("GetObjectTagging", version), arn));
            }
            all
        }
        _ => Vec::new(),
    }
}

/// Does a copy take the tags of its source along, and has it any?
fn copies_tags(cloud: &Cloud, params: &Map) -> bool {
    let Some(Ok(source)) = text(params, "CopySource").map(object::Source::read) else {
        return false;
    };
    text(params, "TaggingDirective") != Some("REPLACE")
        && source
            .find(cloud)
            .is_some_and(|version| !version.tags.is_empty())
}

/// Parameters that are keys of a policy's conditions, for actions that begin so. A key is there
/// only if the parameter is.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>
const KEYS: &[(&str, &str, &str)] = &[
    ("s3:ListBucket", "Prefix", "s3:prefix"),
    ("s3:ListBucket", "Delimiter", "s3:delimiter"),
    ("s3:ListBucket", "MaxKeys", "s3:max-keys"),
    (
        "s3:PutObject",
        "ServerSideEncryption",
        "s3:x-amz-server-side-encryption",
    ),
    ("s3:PutObject", "StorageClass", "s3:x-amz-storage-class"),
    ("s3:PutObject", "ACL", "s3:x-amz-acl"),
    ("s3:PutObject", "CopySource", "s3:x-amz-copy-source"),
    (
        "s3:PutObject",
        "MetadataDirective",
        "s3:x-amz-metadata-directive",
    ),
    ("s3:PutObject", "IfMatch", "s3:if-match"),
    ("s3:PutObject", "IfNoneMatch", "s3:if-none-match"),
    ("s3:", "VersionId", "s3:VersionId"),
];

/// The keys that a call of S3 adds to those of every request.
pub(crate) fn keys(cloud: &Cloud, action: &str, params: &Map) -> Keys {
    let mut keys = Keys::new();
    for (actions, param, key) in KEYS {
        let value = match params.get(param) {
            Some(Value::Str(text)) => text.clone(),
            Some(Value::Int(number)) => number.to_string(),
            _ => continue,
        };
        if action.starts_with(actions) {
            keys.set(key, value);
        }
    }
    if action == "s3:CreateBucket"
        && let Some(place) = (params.get("CreateBucketConfiguration"))
            .and_then(|it| it.get("LocationConstraint")?.as_str())
    {
        keys.set("s3:LocationConstraint", place);
    }
    if let (Some(bucket), Some(key)) = (text(params, "Bucket"), text(params, "Key")) {
        let found = cloud
            .bucket(bucket)
            .and_then(|(_, bucket)| bucket.version(key, text(params, "VersionId")));
        for (tag, value) in found.into_iter().flat_map(|version| version.tags.iter()) {
            keys.set(&format!("s3:ExistingObjectTag/{tag}"), value);
        }
    }
    if action.starts_with("s3:PutObject")
        && let Ok(tags) = object::new_tags(params)
        && !tags.is_empty()
    {
        for (tag, value) in tags.iter() {
            keys.set(&format!("s3:RequestObjectTag/{tag}"), value);
        }
        let names = tags.iter().map(|(tag, _)| tag.to_owned()).collect();
        keys.set_many("s3:RequestObjectTagKeys", names);
    }
    keys
}

/// A denial in S3's words. It says why only to those of the owner's account.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>
pub(crate) fn denied(request: &Request, decision: &Decision) -> Fault {
    let inside = request.caller.account().is_some_and(|account| {
        (request.resource_account.as_deref()).is_none_or(|owner| owner == account)
    });
    let Some(reason) = decision.denial_reason().filter(|_| inside) else {
        return access_denied();
    };
    let resource = match request.resource.as_str() {
        "arn:aws:s3:::*" => String::new(),
        resource => format!(" on resource: \"{resource}\""),
    };
    Fault::new(
        "AccessDenied",
        format!(
            "User: {} is not authorized to perform: {}{resource} {reason}",
            request.caller.label(),
            request.action
        ),
    )
}

/// What the client makes of a refusal: the answer to a HEAD has no body, so only the status is
/// left of it.
pub(crate) fn as_answered(operation: &str, mut fault: Fault) -> Fault {
    if !operation.starts_with("Head") {
        return fault;
    }
    let (status, phrase) = match fault.code.as_str() {
        "NoSuchBucket" | "NoSuchKey" | "NoSuchVersion" => ("404", "Not Found"),
        "AccessDenied" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidObjectState" => {
            ("403", "Forbidden")
        }
        "MethodNotAllowed" => ("405", "Method Not Allowed"),
        "PreconditionFailed" => ("412", "Precondition Failed"),
        "InvalidArgument" | "InvalidBucketName" => ("400", "Bad Request"),
        _ => return fault,
    };
    fault.code = status.to_owned();
    fault.message = phrase.to_owned();
    fault
}

/// The bucket that a call names: it is there, for `check` has looked.
fn find<'a>(context: &'a Context<'_>, name: Option<&str>) -> Result<&'a bucket::Bucket, Fault> {
    let found = context.cloud.bucket(name.unwrap_or_default());
    found.map(|(_, bucket)| bucket).ok_or_else(no_bucket)
}

fn find_mut<'a>(
    context: &'a mut Context<'_>,
    name: Option<&str>,
) -> Result<&'a mut bucket::Bucket, Fault> {
    let found = context.cloud.bucket_mut(name.unwrap_or_default());
    found.ok_or_else(no_bucket)
}

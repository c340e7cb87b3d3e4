//! Bucket policies and Block Public Access.

use super::{find, find_mut, no_bucket};
use crate::cloud::Cloud;
use crate::door::Context;
use crate::ec2::select::wildcard;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::s3::shape::*;
use crate::fields::s3::{
    delete_bucket_policy, delete_public_access_block, get_bucket_policy, get_bucket_policy_output,
    get_bucket_policy_status, get_bucket_policy_status_output, get_public_access_block,
    get_public_access_block_output, policy_status, public_access_block_configuration as flags,
    put_bucket_policy, put_public_access_block,
};
use crate::json;
use hopwise_policy::{Named, Policy, PolicyKind, Statement};
use std::rc::Rc;

/// The longest bucket policy, in bytes.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>
const LONGEST: usize = 20 << 10;

/// The policy of a bucket, as it was put.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BucketPolicy {
    /// The document.
    document: Rc<str>,
    /// The users that it names, by ARN and unique id. A policy keeps whom it meant: one who comes
    /// later under the same name is not let in.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    users: Vec<(String, String)>,
    /// Does S3 call it public?
    public: bool,
}

impl BucketPolicy {
    /// The document with the unique ids of the users who are gone in the place of their ARNs.
    pub fn text(&self, cloud: &Cloud) -> String {
        let gone = (self.users.iter()).filter(|(arn, id)| user_id(cloud, arn) != Some(id));
        gone.fold(self.document.to_string(), |text, (arn, id)| {
            text.replace(&format!("\"{arn}\""), &format!("\"{id}\""))
        })
    }

    /// Does S3 call it public?
    pub fn is_public(&self) -> bool {
        self.public
    }
}

/// The unique id of the user with this ARN.
fn user_id<'a>(cloud: &'a Cloud, arn: &str) -> Option<&'a String> {
    let mut parts = arn.splitn(6, ':').skip(4);
    let account = cloud.account(parts.next()?)?;
    let name = parts.next()?.strip_prefix("user/")?;
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    let user = account.iam.user(name)?;
    (user.arn(&account.id) == arn).then_some(&user.id)
}

/// S3's four switches against letting in everyone.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct PublicAccess {
    /// No public access control list is taken.
    pub block_public_acls: bool,
    /// Those there are have no effect.
    pub ignore_public_acls: bool,
    /// No public policy is taken.
    pub block_public_policy: bool,
    /// While the policy is public, only the owner's account and AWS services get in.
    pub restrict_public_buckets: bool,
}

impl PublicAccess {
    /// All on, as a new bucket has them.
    pub const ALL: PublicAccess = PublicAccess {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

/// Actions on objects; every other one of S3 is on buckets or on nothing.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>
const OBJECT_ACTIONS: &str = "AbortMultipartUpload BypassGovernanceRetention DeleteObject \
    DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionTagging GetObject GetObjectAcl \
    GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent \
    GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes \
    GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent \
    ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl \
    PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl \
    PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags RestoreObject \
    UpdateObjectEncryption";
const BUCKET_ACTIONS: &str = "CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite \
    GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAcl GetBucketCORS \
    GetBucketLocation GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration \
    GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock \
    GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite \
    GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration \
    GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket \
    ListBucketMultipartUploads ListBucketVersions PutAccelerateConfiguration \
    PutAnalyticsConfiguration PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification \
    PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy \
    PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning \
    PutBucketWebsite PutEncryptionConfiguration PutIntelligentTieringConfiguration \
    PutInventoryConfiguration PutLifecycleConfiguration PutMetricsConfiguration \
    PutReplicationConfiguration";

/// Every action of S3.
pub(crate) fn actions() -> impl Iterator<Item = &'static str> {
    OBJECT_ACTIONS
        .split_whitespace()
        .chain(BUCKET_ACTIONS.split_whitespace())
        .chain(["ListAllMyBuckets"])
}

fn malformed(said: impl Into<String>) -> Fault {
    Fault::new("MalformedPolicy", said)
}

/// Is it a policy that S3 takes for this bucket?
fn read(document: &str, bucket: &str) -> Result<Policy, Fault> {
    let (policy, mistakes) = hopwise_policy::parse(document, PolicyKind::Bucket);
    if let Some(error) = hopwise_policy::aws_error(&mistakes) {
        return Err(Fault::new(error.code, error.text.clone()));
    }
    if let Some(mistake) = mistakes.first() {
        // No text of AWS is on record for this mistake, so it is told in our own words.
        return Err(malformed(mistake.sentence.to_string()));
    }
    let policy = policy.ok_or_else(|| malformed("Missing required field Statement"))?;
    for statement in &policy.statements {
        check_statement(statement, bucket)?;
    }
    Ok(policy)
}

/// The bucket of each resource is this one, and each action has a resource that it applies to.
fn check_statement(statement: &Statement, bucket: &str) -> Result<(), Fault> {
    let resources = statement.resources.as_ref();
    let (mut on_bucket, mut on_objects) = (false, false);
    for entry in resources.into_iter().flat_map(|it| &it.entries) {
        let name = entry.source.splitn(6, ':').nth(5).unwrap_or_default();
        let (own, key) = match name.split_once('/') {
            Some((own, key)) => (own, Some(key)),
            None => (name, None),
        };
        if !wildcard(own, bucket) {
            return Err(malformed("Policy has invalid resource"));
        }
        // A `*` at the end of the bucket's name also stands for a `/` and what follows.
        on_objects |= key.is_some() || own.ends_with('*');
        on_bucket |= key.is_none();
    }
    if resources.is_none_or(|it| it.negated) || statement.actions.negated {
        return Ok(());
    }
    for entry in &statement.actions.entries {
        let pattern = entry.source.to_ascii_lowercase();
        let pattern = pattern.split_once(':').map_or("*", |(_, name)| name);
        let any = |names: &str| {
            let mut names = names.split_whitespace();
            names.any(|name| wildcard(pattern, &name.to_ascii_lowercase()))
        };
        let (objects, buckets) = (any(OBJECT_ACTIONS), any(BUCKET_ACTIONS));
        if !objects && !buckets {
            return Err(malformed("Policy has invalid action"));
        }
        if !(objects && on_objects || buckets && on_bucket) {
            return Err(malformed(
                "Action does not apply to any resource(s) in statement",
            ));
        }
    }
    Ok(())
}

/// The users of this world whom the policy names; a name that stands for no one is refused.
/// Whether another world's account has a user can't be known here.
fn users(cloud: &Cloud, policy: &Policy) -> Result<Vec<(String, String)>, Fault> {
    let mut users = Vec::new();
    let entries = (policy.statements.iter())
        .filter_map(|statement| statement.principals.as_ref())
        .flat_map(|principals| &principals.entries);
    for entry in entries {
        let invalid = || malformed("Invalid principal in policy");
        match &entry.who {
            Named::Arn(arn) => {
                let account = arn.split(':').nth(4).unwrap_or_default();
                let kind = arn.split(':').nth(5).unwrap_or_default();
                let here = cloud.account(account).is_some();
                if here && (kind.starts_with("user/") || kind.starts_with("role/")) {
                    let id = user_id(cloud, arn).ok_or_else(invalid)?;
                    users.push((arn.clone(), id.clone()));
                }
            }
            Named::UniqueId(id) => {
                let known = cloud
                    .accounts()
                    .any(|account| account.iam.users.values().any(|user| user.id == *id));
                if !known {
                    return Err(invalid());
                }
            }
            _ => {}
        }
    }
    Ok(users)
}

/// `PutBucketPolicy`
pub(crate) fn put(
    context: &mut Context<'_>,
    request: View<'_, PutBucketPolicyRequest>,
) -> Result<(), Fault> {
    let name = request.get(put_bucket_policy::BUCKET).unwrap_or_default();
    let document = request.get(put_bucket_policy::POLICY).unwrap_or_default();
    let (owner, bucket) = context.cloud.bucket(name).ok_or_else(no_bucket)?;
    if owner.id != context.caller.account {
        // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
        return Err(method_not_allowed());
    }
    if document.len() > LONGEST {
        return Err(Fault::new(
            "PolicyTooLarge",
            "Policy exceeds the maximum allowed document size.",
        ));
    }
    let policy = read(document, name)?;
    let users = users(context.cloud, &policy)?;
    let public = policy.is_public();
    if public
        && bucket
            .public_access
            .is_some_and(|it| it.block_public_policy)
    {
        return Err(Fault::new(
            "AccessDenied",
            format!(
                "User: {} is not authorized to perform: s3:PutBucketPolicy on resource: \
                 \"arn:aws:s3:::{name}\" because public policies are blocked by the \
                 BlockPublicPolicy block public access setting.",
                context.caller.arn
            ),
        ));
    }
    find_mut(context, Some(name))?.policy = Some(BucketPolicy {
        document: document.into(),
        users,
        public,
    });
    Ok(())
}

pub(super) fn method_not_allowed() -> Fault {
    Fault::new(
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
    )
}

fn no_policy() -> Fault {
    Fault::new("NoSuchBucketPolicy", "The bucket policy does not exist")
}

/// `GetBucketPolicy`: without the white space that it was put with.
pub(crate) fn get(
    context: &mut Context<'_>,
    request: View<'_, GetBucketPolicyRequest>,
) -> Result<Doc<GetBucketPolicyOutput>, Fault> {
    let bucket = find(context, request.get(get_bucket_policy::BUCKET))?;
    let policy = bucket.policy.as_ref().ok_or_else(no_policy)?;
    let text = policy.text(context.cloud);
    let text = json::parse(&text).map_or(text, |value| json::compact(&value));
    Ok(Doc::new().with(get_bucket_policy_output::POLICY, text))
}

/// `GetBucketPolicyStatus`: is it public?
pub(crate) fn status(
    context: &mut Context<'_>,
    request: View<'_, GetBucketPolicyStatusRequest>,
) -> Result<Doc<GetBucketPolicyStatusOutput>, Fault> {
    let bucket = find(context, request.get(get_bucket_policy_status::BUCKET))?;
    let policy = bucket.policy.as_ref().ok_or_else(no_policy)?;
    let status = Doc::new().with(policy_status::IS_PUBLIC, policy.is_public());
    Ok(Doc::new().with(get_bucket_policy_status_output::POLICY_STATUS, status))
}

/// `DeleteBucketPolicy`: no error where there is none.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteBucketPolicyRequest>,
) -> Result<(), Fault> {
    find_mut(context, request.get(delete_bucket_policy::BUCKET))?.policy = None;
    Ok(())
}

/// `GetPublicAccessBlock`
pub(crate) fn public_access(
    context: &mut Context<'_>,
    request: View<'_, GetPublicAccessBlockRequest>,
) -> Result<Doc<GetPublicAccessBlockOutput>, Fault> {
    let bucket = find(context, request.get(get_public_access_block::BUCKET))?;
    let it = bucket.public_access.ok_or_else(|| {
        Fault::new(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        )
    })?;
    let shown = Doc::new()
        .with(flags::BLOCK_PUBLIC_ACLS, it.block_public_acls)
        .with(flags::IGNORE_PUBLIC_ACLS, it.ignore_public_acls)
        .with(flags::BLOCK_PUBLIC_POLICY, it.block_public_policy)
        .with(flags::RESTRICT_PUBLIC_BUCKETS, it.restrict_public_buckets);
    Ok(Doc::new().with(
        get_public_access_block_output::PUBLIC_ACCESS_BLOCK_CONFIGURATION,
        shown,
    ))
}

/// `PutPublicAccessBlock`: a switch that is not named is off. What is public already stays so.
pub(crate) fn put_public_access(
    context: &mut Context<'_>,
    request: View<'_, PutPublicAccessBlockRequest>,
) -> Result<(), Fault> {
    let wanted = request.get(put_public_access_block::PUBLIC_ACCESS_BLOCK_CONFIGURATION);
    let on = |flag| wanted.and_then(|it| it.get(flag)).unwrap_or(false);
    let access = PublicAccess {
        block_public_acls: on(flags::BLOCK_PUBLIC_ACLS),
        ignore_public_acls: on(flags::IGNORE_PUBLIC_ACLS),
        block_public_policy: on(flags::BLOCK_PUBLIC_POLICY),
        restrict_public_buckets: on(flags::RESTRICT_PUBLIC_BUCKETS),
    };
    find_mut(context, request.get(put_public_access_block::BUCKET))?.public_access = Some(access);
    Ok(())
}

/// `DeletePublicAccessBlock`
pub(crate) fn delete_public_access(
    context: &mut Context<'_>,
    request: View<'_, DeletePublicAccessBlockRequest>,
) -> Result<(), Fault> {
    find_mut(context, request.get(delete_public_access_block::BUCKET))?.public_access = None;
    Ok(())
}

//! The tags of buckets and objects: all of them are put at once.

use super::create::object;
use super::names;
use crate::intent::Refusal;
use crate::trial::Trial;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::s3::{
    delete_bucket_tagging, delete_object_tagging, put_bucket_tagging, put_object_tagging, tag,
    tagging,
};
use std::collections::BTreeMap;

/// Puts these tags in the place of those there are.
pub(crate) fn put_tags(
    trial: &mut Trial<'_>,
    id: &str,
    tags: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let bucket = names(id).map_or("", |(bucket, _)| bucket);
    let set: Vec<_> = tags
        .iter()
        .map(|(key, value)| {
            Doc::new()
                .with(tag::KEY, key.as_str())
                .with(tag::VALUE, value.as_str())
        })
        .collect();
    let wanted = Doc::new().with(tagging::TAG_SET, set);
    match (object(id), tags.is_empty()) {
        (Some((_, key)), true) => {
            let request = Doc::new()
                .with(delete_object_tagging::BUCKET, bucket)
                .with(delete_object_tagging::KEY, key);
            trial.call("s3", "DeleteObjectTagging", request)
        }
        (Some((_, key)), false) => {
            let request = Doc::new()
                .with(put_object_tagging::BUCKET, bucket)
                .with(put_object_tagging::KEY, key)
                .with(put_object_tagging::TAGGING, wanted);
            trial.call("s3", "PutObjectTagging", request)
        }
        (None, true) => {
            let request = Doc::new().with(delete_bucket_tagging::BUCKET, bucket);
            trial.call("s3", "DeleteBucketTagging", request)
        }
        (None, false) => {
            let request = Doc::new()
                .with(put_bucket_tagging::BUCKET, bucket)
                .with(put_bucket_tagging::TAGGING, wanted);
            trial.call("s3", "PutBucketTagging", request)
        }
    }
    .map(drop)
}

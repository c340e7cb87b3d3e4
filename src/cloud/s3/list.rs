//! What is in a bucket: keys by prefix, rolled up at a delimiter, in pages.

use super::bucket::{Bucket, owner_doc};
use super::object::Version;
use super::{find, invalid, no_bucket};
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::s3::shape::{self, *};
use crate::fields::s3::{
    common_prefix, delete_marker_entry, list_object_versions, list_object_versions_output,
    list_objects, list_objects_output, list_objects_v2, list_objects_v2_output, object as fields,
    object_version,
};
use crate::json;

/// The most keys of a page.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
const MOST_KEYS: usize = 1_000;

/// What is asked of a list.
struct Wanted<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    /// Only what comes after this name.
    after: &'a str,
    most: usize,
}

impl<'a> Wanted<'a> {
    fn new(
        prefix: Option<&'a str>,
        delimiter: Option<&'a str>,
        after: Option<&'a str>,
        most: Option<i64>,
    ) -> Result<Self, Fault> {
        let most = most.unwrap_or(1_000);
        let most = usize::try_from(most)
            .map_err(|_| invalid("Argument maxKeys must be an integer between 0 and 2147483647"))?;
        Ok(Wanted {
            prefix: prefix.unwrap_or_default(),
            delimiter: delimiter.unwrap_or_default(),
            after: after.unwrap_or_default(),
            most: most.min(MOST_KEYS),
        })
    }

    /// The common prefix that a key is rolled up into.
    fn rolled<'k>(&self, key: &'k str) -> Option<&'k str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = key.strip_prefix(self.prefix)?;
        let at = rest.find(self.delimiter)? + self.delimiter.len() + self.prefix.len();
        key.get(..at)
    }
}

/// A page of a list.
struct Page<'a, T> {
    items: Vec<(&'a str, T)>,
    prefixes: Vec<&'a str>,
    /// The last name of the page, where more follows.
    next: Option<&'a str>,
}

impl<'a, T> Page<'a, T> {
    /// Cuts a page out of `all`, which is in the order of its keys.
    fn cut(all: impl Iterator<Item = (&'a str, T)>, wanted: &Wanted<'_>) -> Self {
        let mut page = Page {
            items: Vec::new(),
            prefixes: Vec::new(),
            next: None,
        };
        let mut last = "";
        for (key, item) in all {
            let rolled = wanted.rolled(key);
            let name = rolled.unwrap_or(key);
            let known = rolled.is_some() && page.prefixes.last() == Some(&name);
            if !key.starts_with(wanted.prefix) || name <= wanted.after || known {
                continue;
            }
            if page.items.len() + page.prefixes.len() >= wanted.most {
                page.next = (wanted.most > 0).then_some(last);
                break;
            }
            last = name;
            match rolled {
                Some(name) => page.prefixes.push(name),
                None => page.items.push((key, item)),
            }
        }
        page
    }

    fn prefixes(&self) -> Option<Vec<Doc<shape::CommonPrefix>>> {
        let list: Vec<_> = (self.prefixes.iter())
            .map(|prefix| Doc::new().with(common_prefix::PREFIX, *prefix))
            .collect();
        (!list.is_empty()).then_some(list)
    }

    fn count(&self) -> i64 {
        int(self.items.len() + self.prefixes.len())
    }
}

fn int(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn contents(page: &Page<'_, &Version>, owner: Option<&str>) -> Option<Vec<Doc<shape::Object>>> {
    let list: Vec<_> = (page.items.iter())
        .filter_map(|(key, version)| {
            let content = version.content.as_ref()?;
            Some(
                Doc::new()
                    .with(fields::KEY, *key)
                    .with(fields::LAST_MODIFIED, version.modified)
                    .with(fields::E_TAG, content.etag.as_str())
                    .with(fields::CHECKSUM_ALGORITHM, vec!["CRC64NVME".to_owned()])
                    .with(fields::CHECKSUM_TYPE, "FULL_OBJECT")
                    .with(fields::SIZE, int(content.body.len()))
                    .with(fields::STORAGE_CLASS, content.storage_class.as_str())
                    .with_some(fields::OWNER, owner.map(owner_doc)),
            )
        })
        .collect();
    (!list.is_empty()).then_some(list)
}

fn owned<'a>(context: &'a Context<'_>, name: Option<&str>) -> Result<(&'a str, &'a Bucket), Fault> {
    let found = context.cloud.bucket(name.unwrap_or_default());
    let (owner, bucket) = found.ok_or_else(no_bucket)?;
    Ok((&owner.id, bucket))
}

/// `ListObjectsV2`
pub(crate) fn objects_v2(
    context: &mut Context<'_>,
    request: View<'_, ListObjectsV2Request>,
) -> Result<Doc<ListObjectsV2Output>, Fault> {
    use {list_objects_v2 as asked, list_objects_v2_output as answer};
    let (owner, bucket) = owned(context, request.get(asked::BUCKET))?;
    let token = request.get(asked::CONTINUATION_TOKEN);
    let start = token
        .map(|token| {
            let bytes = json::from_base64(token).filter(|bytes| !bytes.is_empty());
            bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| invalid("The continuation token provided is incorrect"))
        })
        .transpose()?;
    let wanted = Wanted::new(
        request.get(asked::PREFIX),
        request.get(asked::DELIMITER),
        start.as_deref().or(request.get(asked::START_AFTER)),
        request.get(asked::MAX_KEYS),
    )?;
    let page = Page::cut(bucket.current(), &wanted);
    let owner = (request.get(asked::FETCH_OWNER) == Some(true)).then_some(owner);
    Ok(Doc::new()
        .with(answer::IS_TRUNCATED, page.next.is_some())
        .with_some(answer::CONTENTS, contents(&page, owner))
        .with(answer::NAME, bucket.name.as_str())
        .with(answer::PREFIX, wanted.prefix)
        .with_some(answer::DELIMITER, request.get(asked::DELIMITER))
        .with(answer::MAX_KEYS, int(wanted.most))
        .with_some(answer::COMMON_PREFIXES, page.prefixes())
        .with_some(answer::ENCODING_TYPE, request.get(asked::ENCODING_TYPE))
        .with(answer::KEY_COUNT, page.count())
        .with_some(answer::CONTINUATION_TOKEN, token)
        .with_some(
            answer::NEXT_CONTINUATION_TOKEN,
            page.next.map(|name| json::base64(name.as_bytes())),
        )
        .with_some(answer::START_AFTER, request.get(asked::START_AFTER)))
}

/// `ListObjects`, the older list: `NextMarker` is there only with a delimiter.
pub(crate) fn objects(
    context: &mut Context<'_>,
    request: View<'_, ListObjectsRequest>,
) -> Result<Doc<ListObjectsOutput>, Fault> {
    use {list_objects as asked, list_objects_output as answer};
    let (owner, bucket) = owned(context, request.get(asked::BUCKET))?;
    let wanted = Wanted::new(
        request.get(asked::PREFIX),
        request.get(asked::DELIMITER),
        request.get(asked::MARKER),
        request.get(asked::MAX_KEYS),
    )?;
    let page = Page::cut(bucket.current(), &wanted);
    let next = page.next.filter(|_| request.has(asked::DELIMITER));
    Ok(Doc::new()
        .with(answer::IS_TRUNCATED, page.next.is_some())
        .with(answer::MARKER, wanted.after)
        .with_some(answer::NEXT_MARKER, next)
        .with_some(answer::CONTENTS, contents(&page, Some(owner)))
        .with(answer::NAME, bucket.name.as_str())
        .with(answer::PREFIX, wanted.prefix)
        .with_some(answer::DELIMITER, request.get(asked::DELIMITER))
        .with(answer::MAX_KEYS, int(wanted.most))
        .with_some(answer::COMMON_PREFIXES, page.prefixes())
        .with_some(answer::ENCODING_TYPE, request.get(asked::ENCODING_TYPE)))
}

/// `ListObjectVersions`: every version and delete marker, of each key the newest first. A page
/// never ends within the versions of a key, so its marker is a key alone.
pub(crate) fn versions(
    context: &mut Context<'_>,
    request: View<'_, ListObjectVersionsRequest>,
) -> Result<Doc<ListObjectVersionsOutput>, Fault> {
    use {list_object_versions as asked, list_object_versions_output as answer};
    if request.has(asked::VERSION_ID_MARKER) {
        return Err(match request.has(asked::KEY_MARKER) {
            true => super::absent("`VersionIdMarker` of ListObjectVersions"),
            false => invalid("A version-id marker cannot be specified without a key marker."),
        });
    }
    let bucket = find(context, request.get(asked::BUCKET))?;
    let (owner, _) = owned(context, request.get(asked::BUCKET))?;
    let wanted = Wanted::new(
        request.get(asked::PREFIX),
        request.get(asked::DELIMITER),
        request.get(asked::KEY_MARKER),
        request.get(asked::MAX_KEYS),
    )?;
    let page = Page::cut(bucket.objects(), &wanted);
    let (mut versions, mut markers) = (Vec::new(), Vec::new());
    for (key, all) in &page.items {
        for (place, version) in all.iter().rev().enumerate() {
            let latest = place == 0;
            match &version.content {
                Some(content) => versions.push(
                    Doc::new()
                        .with(object_version::E_TAG, content.etag.as_str())
                        .with(
                            object_version::CHECKSUM_ALGORITHM,
                            vec!["CRC64NVME".to_owned()],
                        )
                        .with(object_version::CHECKSUM_TYPE, "FULL_OBJECT")
                        .with(object_version::SIZE, int(content.body.len()))
                        .with(
                            object_version::STORAGE_CLASS,
                            content.storage_class.as_str(),
                        )
                        .with(object_version::KEY, *key)
                        .with(object_version::VERSION_ID, version.id.as_str())
                        .with(object_version::IS_LATEST, latest)
                        .with(object_version::LAST_MODIFIED, version.modified)
                        .with(object_version::OWNER, owner_doc(owner)),
                ),
                None => markers.push(
                    Doc::new()
                        .with(delete_marker_entry::OWNER, owner_doc(owner))
                        .with(delete_marker_entry::KEY, *key)
                        .with(delete_marker_entry::VERSION_ID, version.id.as_str())
                        .with(delete_marker_entry::IS_LATEST, latest)
                        .with(delete_marker_entry::LAST_MODIFIED, version.modified),
                ),
            }
        }
    }
    Ok(Doc::new()
        .with(answer::IS_TRUNCATED, page.next.is_some())
        .with(answer::KEY_MARKER, wanted.after)
        .with_some(answer::NEXT_KEY_MARKER, page.next)
        .with_some(answer::VERSIONS, (!versions.is_empty()).then_some(versions))
        .with_some(
            answer::DELETE_MARKERS,
            (!markers.is_empty()).then_some(markers),
        )
        .with(answer::NAME, bucket.name.as_str())
        .with(answer::PREFIX, wanted.prefix)
        .with_some(answer::DELIMITER, request.get(asked::DELIMITER))
        .with(answer::MAX_KEYS, int(wanted.most))
        .with_some(answer::COMMON_PREFIXES, page.prefixes())
        .with_some(answer::ENCODING_TYPE, request.get(asked::ENCODING_TYPE)))
}

//! Policies as they are typed: what is wrong with one, and one to begin with.

use crate::desk::Desk;
use crate::form::{Control, Field};
use hopwise_policy::{PolicyKind, parse};

/// The most mistakes that are told at once.
const MOST: usize = 4;

/// What is to be said about a value while it is typed: of a policy document each mistake with its
/// place. `None` where there is nothing to say.
pub fn remark(field: &Field, value: &str) -> Option<Result<String, String>> {
    let Control::Document { kind, .. } = field.control else {
        return None;
    };
    // A bucket may be without a policy.
    if kind == PolicyKind::Bucket && value.trim().is_empty() {
        return None;
    }
    let (_, mistakes) = parse(value, kind);
    let mut lines: Vec<String> = mistakes
        .iter()
        .take(MOST)
        .map(|it| {
            let at = it.span.start;
            format!(
                "Line {}, column {}: {} {}",
                at.line, at.column, it.sentence, it.help
            )
        })
        .collect();
    if mistakes.len() > MOST {
        lines.push(format!("And {} more.", mistakes.len() - MOST));
    }
    (!lines.is_empty()).then(|| Err(lines.join("\n")))
}

fn written(principal: &str, action: &str, resource: &str) -> String {
    format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {{\n      \"Effect\": \"Allow\",\n{principal}      \"Action\": \"{action}\",\n      \"Resource\": \"{resource}\"\n    }}\n  ]\n}}"
    )
}

/// A valid policy of a user or group to begin with.
pub(crate) fn proposal(desk: &Desk<'_>) -> String {
    let account = desk.cloud.account(&desk.account());
    let mut buckets: Vec<_> = account.iter().flat_map(|it| it.s3.buckets()).collect();
    buckets.sort_by_key(|it| it.born);
    match buckets.first() {
        Some(bucket) => written(
            "",
            "s3:ListBucket",
            &format!("{}{}", super::S3, bucket.name),
        ),
        None => written("", "s3:ListAllMyBuckets", "*"),
    }
}

/// A valid policy of a bucket to begin with: the account itself may read, as it may anyway.
pub(crate) fn bucket_proposal(desk: &Desk<'_>, bucket: &str) -> String {
    let account = desk.account();
    let users = desk.iam().map(|iam| iam.users_by_birth());
    let user = users.and_then(|users| users.first().map(|user| user.arn(&account)));
    let who = user.unwrap_or_else(|| format!("arn:aws:iam::{account}:root"));
    let principal = format!("      \"Principal\": {{ \"AWS\": \"{who}\" }},\n");
    let objects = format!("{}{bucket}/*", super::S3);
    written(&principal, "s3:GetObject", &objects)
}

//! The form of actions, ARNs and principals, and what IAM says where it is wrong.

use crate::diagnostic::Rank;
use crate::policy::Named;
use hopwise_explain::{Arg, Message, messages::access as say};

/// What is wrong with one entry, in our words and in IAM's.
pub(crate) struct Problem {
    pub sentence: Message,
    pub help: Message,
    pub rank: Rank,
    pub iam: String,
}

/// The partitions of AWS. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
const PARTITIONS: &[&str] = &[
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
];

/// What an IAM resource may start with, in the order in which IAM's error text lists it.
const IAM_PATHS: &str = "user/, federated-user/, role/, group/, instance-profile/, mfa/, \
    server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/";

/// Is `action` of the form `service:Name`?
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
pub(crate) fn action(action: &str) -> Option<Problem> {
    if action == "*" {
        return None;
    }
    let Some((vendor, name)) = action.split_once(':') else {
        return Some(Problem {
            sentence: say::policy_action_vendor(Arg::code(action)),
            help: say::policy_action_vendor_help(),
            rank: Rank::ActionForm,
            iam: "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
                .to_owned(),
        });
    };
    if name.contains(':') {
        return Some(Problem {
            sentence: say::policy_action_colons(Arg::code(action)),
            help: say::policy_action_colons_help(),
            rank: Rank::ActionForm,
            iam: "Actions/Condition can contain only one colon.".to_owned(),
        });
    }
    let word = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
    if vendor != "*" && (vendor.is_empty() || !vendor.chars().all(word)) {
        return Some(Problem {
            sentence: say::policy_action_service(Arg::code(vendor)),
            help: say::policy_action_service_help(),
            rank: Rank::ActionForm,
            iam: format!("Vendor {vendor} is not valid"),
        });
    }
    None
}

/// Is `resource` an ARN pattern, or `*`?
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
pub(crate) fn resource(resource: &str) -> Option<Problem> {
    if resource == "*" {
        return None;
    }
    let problem = |sentence, help, iam| {
        Some(Problem {
            sentence,
            help,
            rank: Rank::ResourceForm,
            iam,
        })
    };
    let shown = Arg::code(resource);
    let Some((scheme, rest)) = resource.split_once(':') else {
        return problem(
            say::policy_resource_arn(shown),
            say::policy_resource_arn_help(),
            format!("Resource {resource} must be in ARN format or \"*\"."),
        );
    };
    let mut parts = rest.splitn(5, ':');
    let partition = parts.next().unwrap_or_default();
    if partition != "*" && !PARTITIONS.contains(&partition) {
        let mut padded: Vec<&str> = parts.collect();
        if padded == [""] {
            padded.clear();
        }
        while padded.len() < 4 {
            padded.push("*");
        }
        return problem(
            say::policy_resource_partition(Arg::code(partition)),
            say::policy_resource_partition_help(),
            format!(
                "Partition \"{partition}\" is not valid for resource \"arn:{partition}:{}\".",
                padded.join(":")
            ),
        );
    }
    if scheme != "arn" {
        return problem(
            say::policy_resource_arn(shown),
            say::policy_resource_arn_help(),
            format!("Resource {resource} must be in ARN format or \"*\"."),
        );
    }
    let parts: Vec<&str> = parts.collect();
    let short = (2..4).contains(&parts.len()) && parts.last() != Some(&"*");
    if parts.first() == Some(&"") || short {
        return Some(Problem {
            sentence: say::policy_resource_parts(shown),
            help: say::policy_resource_parts_help(),
            rank: Rank::Legacy,
            iam: "The policy failed legacy parsing".to_owned(),
        });
    }
    match parts.as_slice() {
        [] => service_wildcard(shown),
        [service, ..] if service.contains(['*', '?']) => service_wildcard(shown),
        ["iam", region, ..] if !matches!(*region, "" | "*") => problem(
            say::policy_resource_region(shown),
            say::policy_resource_region_help(),
            format!("IAM resource {resource} cannot contain region information."),
        ),
        ["iam", _, _, path] if !iam_path(path) => problem(
            say::policy_resource_iam(shown, Arg::code(IAM_PATHS)),
            say::policy_resource_iam_help(),
            format!("IAM resource path must either be \"*\" or start with {IAM_PATHS}."),
        ),
        ["s3", region, _, path]
            if !matches!(*region, "" | "*") && !path.starts_with("accesspoint") =>
        {
            problem(
                say::policy_resource_region(shown),
                say::policy_resource_region_help(),
                format!("Resource {resource} can not contain region information."),
            )
        }
        _ => None,
    }
}

fn service_wildcard(shown: Arg) -> Option<Problem> {
    Some(Problem {
        sentence: say::policy_resource_service(shown),
        help: say::policy_resource_service_help(),
        rank: Rank::ResourceForm,
        iam: "Resource vendor must be fully qualified and cannot contain regexes.".to_owned(),
    })
}

fn iam_path(path: &str) -> bool {
    path == "*" || IAM_PATHS.split(", ").any(|start| path.starts_with(start))
}

/// Whom an entry of a `Principal` element names; `None` if it names no one.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
pub(crate) fn principal(kind: &str, text: &str) -> Option<Named> {
    match kind {
        "AWS" => aws_principal(text),
        "Service" => (!text.contains(['*', '?'])).then(|| Named::Service(text.to_owned())),
        "Federated" => Some(Named::Federated(text.to_owned())),
        _ => Some(Named::CanonicalUser(text.to_owned())),
    }
}

fn aws_principal(text: &str) -> Option<Named> {
    if text == "*" {
        return Some(Named::Everyone);
    }
    if is_account(text) {
        return Some(Named::Account(text.to_owned()));
    }
    let unique = text.len() >= 16
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if unique && text.starts_with('A') {
        return Some(Named::UniqueId(text.to_owned()));
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, "root"] if is_account(account) => {
            Some(Named::Account((*account).to_owned()))
        }
        ["arn", _, "iam" | "sts", "", account, name]
            // CloudFront's origin access identities have a word for an account.
            if (is_account(account) || *account == "cloudfront")
                && name.contains('/')
                && !text.contains(['*', '?']) =>
        {
            Some(Named::Arn(text.to_owned()))
        }
        _ => None,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The name of `known` that `written` was probably meant to be.
pub(crate) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_ascii_lowercase();
    known
        .map(|name| (distance(&written, &name.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many characters must be added, taken away or changed.
fn distance(a: &str, b: &str) -> usize {
    // Names are short; what is long is no slip of a finger.
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (index, left) in a.chars().enumerate() {
        let mut diagonal = index;
        let mut before = index + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(b.chars()) {
            let above = *cell;
            let change = diagonal + usize::from(left != right);
            before = change.min(above + 1).min(before + 1);
            diagonal = above;
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_slips() {
        for (a, b, slips) in [
            ("", "", 0),
            ("action", "actions", 1),
            ("efect", "effect", 1),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a, b), slips, "{a} {b}");
        }
        assert_eq!(
            nearest("actions", ["Effect", "Action"].into_iter()),
            Some("Action")
        );
        assert_eq!(nearest("nonsense", ["Effect", "Action"].into_iter()), None);
    }
}

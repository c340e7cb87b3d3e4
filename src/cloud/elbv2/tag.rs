//! Tags of load balancers, target groups, listeners and rules.

use super::{Elbv2, find, wrong};
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, Items, Struct, View};
use crate::fields::elbv2::shape::{self, *};
use crate::fields::elbv2::{
    add_tags, describe_tags, describe_tags_output, remove_tags, tag, tag_description,
};
use crate::table::{Resource, Tags};

/// The most tags that something has.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-tags.html>
const MOST_TAGS: usize = 50;
/// How many resources one call tags or describes at most.
const MOST_RESOURCES: usize = 20;

/// The tags that a request gives to something new.
pub(super) fn new_tags(items: Items<'_, Struct<shape::Tag>>) -> Result<Tags, Fault> {
    let mut tags = Tags::default();
    set(&mut tags, items)?;
    Ok(tags)
}

fn set(tags: &mut Tags, items: Items<'_, Struct<shape::Tag>>) -> Result<(), Fault> {
    let mut seen: Vec<&str> = Vec::new();
    for one in items {
        let key = one.get(tag::KEY).unwrap_or_default();
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(wrong(
                "Tag keys cannot begin with the reserved prefix 'aws:'",
            ));
        }
        if seen.contains(&key) {
            return Err(Fault::new(
                "DuplicateTagKeys",
                format!("Tag key '{key}' was specified more than once"),
            ));
        }
        seen.push(key);
        tags.set(key, one.get(tag::VALUE).unwrap_or_default());
    }
    if tags.len() > MOST_TAGS {
        return Err(Fault::new(
            "TooManyTags",
            format!("The maximum number of tags, '{MOST_TAGS}', has been reached"),
        ));
    }
    Ok(())
}

/// The tags of the resource with this ARN.
fn tags_of<'a>(context: &'a Context<'_>, arn: &str) -> Result<&'a Tags, Fault> {
    let kept = &context.ec2().elbv2;
    Ok(match kind(arn) {
        Some("loadbalancer") => super::balancer::found(context.ec2(), arn)?.tags(),
        Some("targetgroup") => find(&kept.target_groups, arn)?.tags(),
        Some("listener") => find(&kept.listeners, arn)?.tags(),
        Some("listener-rule") => find(&kept.rules, arn)?.tags(),
        _ => return Err(wrong(format!("'{arn}' is not a valid resource ARN"))),
    })
}

fn tags_mut<'a>(kept: &'a mut Elbv2, arn: &str) -> Option<&'a mut Tags> {
    Some(match kind(arn)? {
        "loadbalancer" => kept.balancers.get_mut(arn)?.tags_mut(),
        "targetgroup" => kept.target_groups.get_mut(arn)?.tags_mut(),
        "listener" => kept.listeners.get_mut(arn)?.tags_mut(),
        _ => kept.rules.get_mut(arn)?.tags_mut(),
    })
}

/// What stands in an ARN before the first slash.
fn kind(arn: &str) -> Option<&str> {
    arn.split_once('/')?.0.rsplit(':').next()
}

/// The resources that a request names, which are there.
fn named(context: &Context<'_>, items: Items<'_, crate::field::Str>) -> Result<Vec<String>, Fault> {
    let arns: Vec<String> = items.map(str::to_owned).collect();
    if arns.is_empty() || arns.len() > MOST_RESOURCES {
        return Err(wrong(format!(
            "Between '1' and '{MOST_RESOURCES}' resource ARNs must be specified"
        )));
    }
    for arn in &arns {
        tags_of(context, arn)?;
    }
    Ok(arns)
}

/// `AddTags`
pub(crate) fn add(context: &mut Context<'_>, request: View<'_, AddTagsInput>) -> Result<(), Fault> {
    for arn in named(context, request.items(add_tags::RESOURCE_ARNS))? {
        if let Some(tags) = tags_mut(&mut context.ec2_mut().elbv2, &arn) {
            set(tags, request.items(add_tags::TAGS))?;
        }
    }
    Ok(())
}

/// `RemoveTags`
pub(crate) fn remove(
    context: &mut Context<'_>,
    request: View<'_, RemoveTagsInput>,
) -> Result<(), Fault> {
    for arn in named(context, request.items(remove_tags::RESOURCE_ARNS))? {
        if let Some(tags) = tags_mut(&mut context.ec2_mut().elbv2, &arn) {
            for key in request.items(remove_tags::TAG_KEYS) {
                tags.remove(key, None);
            }
        }
    }
    Ok(())
}

/// `DescribeTags`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTagsInput>,
) -> Result<Doc<DescribeTagsOutput>, Fault> {
    let mut list = Vec::new();
    for arn in named(context, request.items(describe_tags::RESOURCE_ARNS))? {
        let tags: Vec<_> = tags_of(context, &arn)?
            .iter()
            .map(|(key, value)| Doc::new().with(tag::KEY, key).with(tag::VALUE, value))
            .collect();
        list.push(
            Doc::new()
                .with(tag_description::RESOURCE_ARN, arn)
                .with(tag_description::TAGS, tags),
        );
    }
    Ok(Doc::new().with(describe_tags_output::TAG_DESCRIPTIONS, list))
}

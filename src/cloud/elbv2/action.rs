//! What listeners and rules do: forward, redirect, answer by themselves.

use super::{Action, not_here, wrong};
use crate::fault::Fault;
use crate::field::{Doc, Field, Items, Str, Struct, View};
use crate::fields::elbv2::shape::{self, RedirectActionConfig};
use crate::fields::elbv2::{
    action, fixed_response_action_config, forward_action_config, redirect_action_config,
    target_group_stickiness_config, target_group_tuple,
};
use crate::id::Id;

/// How many target groups one action forwards to at most.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>
const MOST_GROUPS: usize = 5;
/// The largest weight.
const MOST_WEIGHT: i64 = 999;
/// What an answer may be.
const CONTENT_TYPES: [&str; 5] = [
    "text/html",
    "application/json",
    "application/javascript",
    "text/css",
    "text/plain",
];
/// The parts of a redirect, and what they are when nothing is said.
const PARTS: [(Field<RedirectActionConfig, Str>, &str); 5] = [
    (redirect_action_config::PROTOCOL, "#{protocol}"),
    (redirect_action_config::PORT, "#{port}"),
    (redirect_action_config::HOST, "#{host}"),
    (redirect_action_config::PATH, "/#{path}"),
    (redirect_action_config::QUERY, "#{query}"),
];

/// The actions that a request gives: one, since what goes before it (to sign in) is not here.
pub(super) fn read(items: Items<'_, Struct<shape::Action>>) -> Result<Vec<Action>, Fault> {
    let mut actions = Vec::new();
    for one in items {
        let read = match one.get(action::TYPE) {
            Some("forward") => forward(one)?,
            Some("redirect") => redirect(one)?,
            Some("fixed-response") => fixed(one)?,
            other => {
                let kind = other.unwrap_or_default();
                return Err(not_here(&format!("An action of type '{kind}'")));
            }
        };
        actions.push(read);
    }
    if actions.len() != 1 {
        return Err(wrong(
            "Exactly one action of type 'forward', 'redirect' or 'fixed-response' must be specified",
        ));
    }
    Ok(actions)
}

fn forward(one: View<'_, shape::Action>) -> Result<Action, Fault> {
    let single = one.get(action::TARGET_GROUP_ARN);
    let mut groups: Vec<(Id, u32)> = Vec::new();
    if let Some(config) = one.get(action::FORWARD_CONFIG) {
        let sticky = config.get(forward_action_config::TARGET_GROUP_STICKINESS_CONFIG);
        if sticky.and_then(|it| it.get(target_group_stickiness_config::ENABLED)) == Some(true) {
            return Err(not_here("Stickiness between target groups"));
        }
        for tuple in config.items(forward_action_config::TARGET_GROUPS) {
            let arn = tuple
                .get(target_group_tuple::TARGET_GROUP_ARN)
                .unwrap_or_default();
            let weight = tuple.get(target_group_tuple::WEIGHT).unwrap_or(1);
            let fits = u32::try_from(weight).ok();
            let weight = fits.filter(|_| weight <= MOST_WEIGHT).ok_or_else(|| {
                wrong(format!(
                    "Target group weight '{weight}' must be between '0' and '{MOST_WEIGHT}'"
                ))
            })?;
            if groups.iter().any(|(id, _)| id.as_str() == arn) {
                return Err(wrong(format!(
                    "Target group '{arn}' can only be specified once in an action"
                )));
            }
            groups.push((Id::new(arn), weight));
        }
    }
    match (single, groups.as_slice()) {
        (Some(arn), []) => groups.push((Id::new(arn), 1)),
        (Some(arn), [(id, _)]) if id.as_str() == arn => {}
        (None, [_, ..]) => {}
        (None, []) => return Err(wrong("A target group ARN must be specified")),
        _ => {
            return Err(wrong(
                "You cannot specify both a target group ARN and a forward configuration with other \
                 target groups",
            ));
        }
    }
    if groups.len() > MOST_GROUPS {
        return Err(Fault::new(
            "TooManyUniqueTargetGroupsPerLoadBalancer",
            format!("An action can forward to at most '{MOST_GROUPS}' target groups"),
        ));
    }
    Ok(Action::Forward(groups))
}

fn redirect(one: View<'_, shape::Action>) -> Result<Action, Fault> {
    let Some(config) = one.get(action::REDIRECT_CONFIG) else {
        return Err(wrong("A redirect configuration must be specified"));
    };
    if let Some(protocol) = config.get(redirect_action_config::PROTOCOL)
        && !["HTTP", "HTTPS", "#{protocol}"].contains(&protocol)
    {
        return Err(wrong(format!(
            "Redirect protocol '{protocol}' must be one of 'HTTP, HTTPS, #{{protocol}}'"
        )));
    }
    if let Some(port) = config.get(redirect_action_config::PORT)
        && port != "#{port}"
        && !port.parse::<u16>().is_ok_and(|port| port > 0)
    {
        return Err(wrong(format!(
            "Redirect port '{port}' must be '#{{port}}' or between '1' and '65535'"
        )));
    }
    let mut parts = Vec::new();
    let mut loops = true;
    for (field, default) in PARTS {
        let value = config.get(field).unwrap_or(default);
        loops &= value == default || field.name() == "Query";
        parts.push((field.name().to_owned(), value.to_owned()));
    }
    if loops {
        return Err(Fault::new(
            "InvalidLoadBalancerAction",
            "The redirect configuration is not valid because it creates a loop.",
        ));
    }
    let status = config.get(redirect_action_config::STATUS_CODE);
    Ok(Action::Redirect {
        status: status.unwrap_or_default().to_owned(),
        parts,
    })
}

fn fixed(one: View<'_, shape::Action>) -> Result<Action, Fault> {
    let Some(config) = one.get(action::FIXED_RESPONSE_CONFIG) else {
        return Err(wrong("A fixed response configuration must be specified"));
    };
    let status = config
        .get(fixed_response_action_config::STATUS_CODE)
        .unwrap_or_default();
    let digits = status.len() == 3 && status.chars().all(|c| c.is_ascii_digit());
    if !digits || !status.starts_with(['2', '4', '5']) {
        return Err(wrong(format!(
            "1 validation error detected: Value '{status}' at \
             'actions.1.member.fixedResponseConfig.statusCode' failed to satisfy constraint: Member \
             must satisfy regular expression pattern: ^(2|4|5)\\d\\d$"
        )));
    }
    let content_type = config.get(fixed_response_action_config::CONTENT_TYPE);
    if content_type.is_some_and(|it| !CONTENT_TYPES.contains(&it)) {
        return Err(wrong(
            "The ContentType must be one of:'text/html', 'application/json', \
             'application/javascript', 'text/css', 'text/plain'",
        ));
    }
    Ok(Action::Fixed {
        status: status.to_owned(),
        content_type: content_type.map(str::to_owned),
        body: config
            .get(fixed_response_action_config::MESSAGE_BODY)
            .map(str::to_owned),
    })
}

/// Actions as answers list them.
pub(super) fn show(actions: &[Action]) -> Vec<Doc<shape::Action>> {
    actions.iter().map(show_one).collect()
}

fn show_one(one: &Action) -> Doc<shape::Action> {
    match one {
        Action::Forward(groups) => {
            let single = match groups.as_slice() {
                [(id, _)] => Some(id),
                _ => None,
            };
            let tuple = |(id, weight): &(Id, u32)| {
                Doc::new()
                    .with(target_group_tuple::TARGET_GROUP_ARN, id)
                    .with(target_group_tuple::WEIGHT, i64::from(*weight))
            };
            let config = Doc::new()
                .with(
                    forward_action_config::TARGET_GROUPS,
                    groups.iter().map(tuple).collect::<Vec<_>>(),
                )
                .with(
                    forward_action_config::TARGET_GROUP_STICKINESS_CONFIG,
                    Doc::new().with(target_group_stickiness_config::ENABLED, false),
                );
            Doc::new()
                .with(action::TYPE, "forward")
                .with_some(action::TARGET_GROUP_ARN, single)
                .with(action::FORWARD_CONFIG, config)
        }
        Action::Redirect { status, parts } => {
            let mut config = Doc::new();
            for (field, _) in PARTS {
                if let Some((_, value)) = parts.iter().find(|(name, _)| name == field.name()) {
                    config.put(field, value.as_str());
                }
            }
            config.put(redirect_action_config::STATUS_CODE, status.as_str());
            Doc::new()
                .with(action::TYPE, "redirect")
                .with(action::REDIRECT_CONFIG, config)
        }
        Action::Fixed {
            status,
            content_type,
            body,
        } => {
            let config = Doc::new()
                .with_some(fixed_response_action_config::MESSAGE_BODY, body.as_deref())
                .with(fixed_response_action_config::STATUS_CODE, status.as_str())
                .with_some(
                    fixed_response_action_config::CONTENT_TYPE,
                    content_type.as_deref(),
                );
            Doc::new()
                .with(action::TYPE, "fixed-response")
                .with(action::FIXED_RESPONSE_CONFIG, config)
        }
    }
}

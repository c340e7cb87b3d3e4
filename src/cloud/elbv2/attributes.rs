//! The attributes of load balancers and target groups: keys, what they are by themselves, what
//! they may be.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html>
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html>

use super::balancer::found;
use super::target_group::is_http;
use super::{BalancerKind, LoadBalancer, TargetGroup, TargetKind, find, unfit, wrong};
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::elbv2::shape::{self, *};
use crate::fields::elbv2::{
    describe_load_balancer_attributes, describe_load_balancer_attributes_output,
    describe_target_group_attributes, describe_target_group_attributes_output,
    load_balancer_attribute, modify_load_balancer_attributes,
    modify_load_balancer_attributes_output, modify_target_group_attributes,
    modify_target_group_attributes_output, target_group_attribute,
};

/// Whether nodes send to targets in other zones.
pub(super) const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";
const PROTECTION: &str = "deletion_protection.enabled";
const PRESERVE: &str = "preserve_client_ip.enabled";
const DELAY: &str = "deregistration_delay.timeout_seconds";

/// What a value may be.
#[derive(Clone, Copy)]
enum Takes {
    Flag,
    Number(u64, u64),
    OneOf(&'static [&'static str]),
    Text,
}

impl Takes {
    fn fits(self, value: &str) -> bool {
        match self {
            Takes::Flag => matches!(value, "true" | "false"),
            Takes::Number(least, most) => value
                .parse::<u64>()
                .is_ok_and(|number| (least..=most).contains(&number)),
            Takes::OneOf(words) => words.contains(&value),
            Takes::Text => true,
        }
    }
}

/// Whose attribute it is.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Both,
    Application,
    Network,
}

impl Of {
    fn is(self, application: bool) -> bool {
        match self {
            Of::Both => true,
            Of::Application => application,
            Of::Network => !application,
        }
    }
}

type Row = (&'static str, Of, &'static str, Takes);

const BALANCER: &[Row] = &[
    ("access_logs.s3.enabled", Of::Both, "false", Takes::Flag),
    ("access_logs.s3.bucket", Of::Both, "", Takes::Text),
    ("access_logs.s3.prefix", Of::Both, "", Takes::Text),
    (PROTECTION, Of::Both, "false", Takes::Flag),
    (
        "idle_timeout.timeout_seconds",
        Of::Application,
        "60",
        Takes::Number(1, 4_000),
    ),
    (
        "client_keep_alive.seconds",
        Of::Application,
        "3600",
        Takes::Number(60, 604_800),
    ),
    (
        "routing.http2.enabled",
        Of::Application,
        "true",
        Takes::Flag,
    ),
    (
        "routing.http.drop_invalid_header_fields.enabled",
        Of::Application,
        "false",
        Takes::Flag,
    ),
    (
        "routing.http.xff_client_port.enabled",
        Of::Application,
        "false",
        Takes::Flag,
    ),
    (
        "routing.http.preserve_host_header.enabled",
        Of::Application,
        "false",
        Takes::Flag,
    ),
    (
        "routing.http.xff_header_processing.mode",
        Of::Application,
        "append",
        Takes::OneOf(&["append", "preserve", "remove"]),
    ),
    (
        "routing.http.desync_mitigation_mode",
        Of::Application,
        "defensive",
        Takes::OneOf(&["monitor", "defensive", "strictest"]),
    ),
    (
        "waf.fail_open.enabled",
        Of::Application,
        "false",
        Takes::Flag,
    ),
    (
        "connection_logs.s3.enabled",
        Of::Application,
        "false",
        Takes::Flag,
    ),
    (
        "connection_logs.s3.bucket",
        Of::Application,
        "",
        Takes::Text,
    ),
    (
        "connection_logs.s3.prefix",
        Of::Application,
        "",
        Takes::Text,
    ),
    (CROSS_ZONE, Of::Both, "", Takes::Flag),
    (
        "dns_record.client_routing_policy",
        Of::Network,
        "any_availability_zone",
        Takes::OneOf(&[
            "availability_zone_affinity",
            "partial_availability_zone_affinity",
            "any_availability_zone",
        ]),
    ),
    ("zonal_shift.config.enabled", Of::Both, "false", Takes::Flag),
];

const GROUP: &[Row] = &[
    (DELAY, Of::Both, "300", Takes::Number(0, 3_600)),
    ("stickiness.enabled", Of::Both, "false", Takes::Flag),
    (
        "stickiness.type",
        Of::Both,
        "",
        Takes::OneOf(&["lb_cookie", "app_cookie", "source_ip"]),
    ),
    (
        CROSS_ZONE,
        Of::Both,
        "use_load_balancer_configuration",
        Takes::OneOf(&["true", "false", "use_load_balancer_configuration"]),
    ),
    (
        "target_group_health.dns_failover.minimum_healthy_targets.count",
        Of::Both,
        "1",
        Takes::Text,
    ),
    (
        "target_group_health.dns_failover.minimum_healthy_targets.percentage",
        Of::Both,
        "off",
        Takes::Text,
    ),
    (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
        Of::Both,
        "1",
        Takes::Number(1, 1_000),
    ),
    (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        Of::Both,
        "off",
        Takes::Text,
    ),
    (
        "load_balancing.algorithm.type",
        Of::Application,
        "round_robin",
        Takes::OneOf(&[
            "round_robin",
            "least_outstanding_requests",
            "weighted_random",
        ]),
    ),
    (
        "load_balancing.algorithm.anomaly_mitigation",
        Of::Application,
        "off",
        Takes::OneOf(&["on", "off"]),
    ),
    (
        "slow_start.duration_seconds",
        Of::Application,
        "0",
        Takes::Number(0, 900),
    ),
    (
        "stickiness.lb_cookie.duration_seconds",
        Of::Application,
        "86400",
        Takes::Number(1, 604_800),
    ),
    (
        "stickiness.app_cookie.cookie_name",
        Of::Application,
        "",
        Takes::Text,
    ),
    (
        "stickiness.app_cookie.duration_seconds",
        Of::Application,
        "86400",
        Takes::Number(1, 604_800),
    ),
    (PRESERVE, Of::Network, "", Takes::Flag),
    (
        "proxy_protocol_v2.enabled",
        Of::Network,
        "false",
        Takes::Flag,
    ),
    (
        "deregistration_delay.connection_termination.enabled",
        Of::Network,
        "false",
        Takes::Flag,
    ),
    (
        "target_health_state.unhealthy.connection_termination.enabled",
        Of::Network,
        "true",
        Takes::Flag,
    ),
    (
        "target_health_state.unhealthy.draining_interval_seconds",
        Of::Network,
        "0",
        Takes::Number(0, 360_000),
    ),
];

/// The row of a key, if this kind has it.
fn row(
    rows: &'static [Row],
    what: &str,
    application: bool,
    key: &str,
    kind: &str,
) -> Result<&'static Row, Fault> {
    let Some(row) = rows.iter().find(|row| row.0 == key) else {
        return Err(wrong(format!(
            "{what} attribute key '{key}' is not recognized"
        )));
    };
    if !row.1.is(application) {
        return Err(unfit(format!(
            "{what} attribute key '{key}' is not supported on {kind}"
        )));
    }
    Ok(row)
}

fn bad_value(what: &str, key: &str, value: &str) -> Fault {
    wrong(format!(
        "{what} attribute value '{value}' is not valid for the attribute key '{key}'"
    ))
}

fn kept<'a>(attributes: &'a [(String, String)], key: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|(name, _)| name == key);
    found.map(|(_, value)| value.as_str())
}

fn keep(attributes: &mut Vec<(String, String)>, key: &str, value: &str) {
    match attributes.iter_mut().find(|(name, _)| name == key) {
        Some((_, old)) => value.clone_into(old),
        None => attributes.push((key.to_owned(), value.to_owned())),
    }
}

/// May the load balancer not be deleted?
pub(super) fn is_protected(one: &LoadBalancer) -> bool {
    kept(&one.attributes, PROTECTION) == Some("true")
}

/// How long a target is taken out, in seconds.
pub(super) fn delay(one: &TargetGroup) -> u64 {
    target_group_value(one, DELAY).parse().unwrap_or(0)
}

fn balancer_value(one: &LoadBalancer, row: &Row) -> String {
    match row.0 {
        CROSS_ZONE => one.cross_zone.to_string(),
        key => kept(&one.attributes, key).unwrap_or(row.2).to_owned(),
    }
}

/// What an attribute of a target group is.
pub(super) fn target_group_value(one: &TargetGroup, key: &str) -> String {
    let default = GROUP
        .iter()
        .find(|row| row.0 == key)
        .map_or("", |row| row.2);
    let default = match key {
        PRESERVE => return one.preserve_client_ip.to_string(),
        "stickiness.type" if is_http(&one.protocol) => "lb_cookie",
        "stickiness.type" => "source_ip",
        _ => default,
    };
    kept(&one.attributes, key).unwrap_or(default).to_owned()
}

fn show_balancer(one: &LoadBalancer) -> Vec<Doc<shape::LoadBalancerAttribute>> {
    let application = one.kind == BalancerKind::Application;
    let rows = BALANCER.iter().filter(|row| row.1.is(application));
    rows.map(|row| {
        Doc::new()
            .with(load_balancer_attribute::KEY, row.0)
            .with(load_balancer_attribute::VALUE, balancer_value(one, row))
    })
    .collect()
}

fn show_group(one: &TargetGroup) -> Vec<Doc<shape::TargetGroupAttribute>> {
    let rows = GROUP.iter().filter(|row| row.1.is(is_http(&one.protocol)));
    rows.map(|row| {
        Doc::new().with(target_group_attribute::KEY, row.0).with(
            target_group_attribute::VALUE,
            target_group_value(one, row.0),
        )
    })
    .collect()
}

/// `DescribeLoadBalancerAttributes`
pub(crate) fn describe_balancer(
    context: &mut Context<'_>,
    request: View<'_, DescribeLoadBalancerAttributesInput>,
) -> Result<Doc<DescribeLoadBalancerAttributesOutput>, Fault> {
    let wanted = request
        .get(describe_load_balancer_attributes::LOAD_BALANCER_ARN)
        .unwrap_or_default();
    let shown = show_balancer(found(context.ec2(), wanted)?);
    Ok(Doc::new().with(describe_load_balancer_attributes_output::ATTRIBUTES, shown))
}

/// `DescribeTargetGroupAttributes`
pub(crate) fn describe_target_group(
    context: &mut Context<'_>,
    request: View<'_, DescribeTargetGroupAttributesInput>,
) -> Result<Doc<DescribeTargetGroupAttributesOutput>, Fault> {
    let wanted = request
        .get(describe_target_group_attributes::TARGET_GROUP_ARN)
        .unwrap_or_default();
    let shown = show_group(find(&context.ec2().elbv2.target_groups, wanted)?);
    Ok(Doc::new().with(describe_target_group_attributes_output::ATTRIBUTES, shown))
}

/// `ModifyLoadBalancerAttributes`
pub(crate) fn modify_balancer(
    context: &mut Context<'_>,
    request: View<'_, ModifyLoadBalancerAttributesInput>,
) -> Result<Doc<ModifyLoadBalancerAttributesOutput>, Fault> {
    use modify_load_balancer_attributes as of;
    const WHAT: &str = "Load balancer";
    let wanted = request.get(of::LOAD_BALANCER_ARN).unwrap_or_default();
    let mut one = LoadBalancer::clone(found(context.ec2(), wanted)?);
    let application = one.kind == BalancerKind::Application;
    let kind = format!("load balancers with type '{}'", one.kind.word());
    for pair in request.items(of::ATTRIBUTES) {
        let key = pair.get(load_balancer_attribute::KEY).unwrap_or_default();
        let value = pair.get(load_balancer_attribute::VALUE).unwrap_or_default();
        let row = row(BALANCER, WHAT, application, key, &kind)?;
        if !row.3.fits(value) {
            return Err(bad_value(WHAT, key, value));
        }
        if key.ends_with("_logs.s3.enabled") && value == "true" {
            return Err(super::not_here("A log of a load balancer"));
        }
        if key == CROSS_ZONE {
            // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/disable-cross-zone.html
            if application && value == "false" {
                return Err(unfit(
                    "Cross-zone load balancing is always on for an Application Load Balancer; it \
                     can be turned off for a target group",
                ));
            }
            one.cross_zone = value == "true";
        } else {
            keep(&mut one.attributes, key, value);
        }
    }
    let shown = show_balancer(&one);
    context.ec2_mut().elbv2.balancers.insert(one);
    Ok(Doc::new().with(modify_load_balancer_attributes_output::ATTRIBUTES, shown))
}

/// `ModifyTargetGroupAttributes`
pub(crate) fn modify_target_group(
    context: &mut Context<'_>,
    request: View<'_, ModifyTargetGroupAttributesInput>,
) -> Result<Doc<ModifyTargetGroupAttributesOutput>, Fault> {
    use modify_target_group_attributes as of;
    const WHAT: &str = "Target group";
    let wanted = request.get(of::TARGET_GROUP_ARN).unwrap_or_default();
    let mut one = TargetGroup::clone(find(&context.ec2().elbv2.target_groups, wanted)?);
    let application = is_http(&one.protocol);
    let kind = format!("target groups with protocol '{}'", one.protocol);
    for pair in request.items(of::ATTRIBUTES) {
        let key = pair.get(target_group_attribute::KEY).unwrap_or_default();
        let value = pair.get(target_group_attribute::VALUE).unwrap_or_default();
        let row = row(GROUP, WHAT, application, key, &kind)?;
        let sticky = match application {
            true => ["lb_cookie", "app_cookie"].contains(&value),
            false => value == "source_ip",
        };
        if !row.3.fits(value) || (key == "stickiness.type" && !sticky) {
            return Err(bad_value(WHAT, key, value));
        }
        if key == PRESERVE {
            // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
            let free = matches!(one.protocol.as_str(), "TCP" | "TLS");
            if value == "false" && (!free || one.target_kind == TargetKind::Alb) {
                return Err(unfit(format!(
                    "Client IP preservation cannot be disabled for target groups with protocol \
                     '{}' and target type '{}'",
                    one.protocol,
                    one.target_kind.word()
                )));
            }
            one.preserve_client_ip = value == "true";
        } else {
            keep(&mut one.attributes, key, value);
        }
    }
    let shown = show_group(&one);
    context.ec2_mut().elbv2.target_groups.insert(one);
    Ok(Doc::new().with(modify_target_group_attributes_output::ATTRIBUTES, shown))
}

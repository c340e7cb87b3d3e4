//! Target groups.

use super::balancer::found;
use super::{
    HealthCheck, TargetGroup, TargetKind, arn, check_name, find, not_here, tag, unfit, wrong,
};
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::elbv2::shape::{self, *};
use crate::fields::elbv2::{
    create_target_group, create_target_group_output, delete_target_group, describe_target_groups,
    describe_target_groups_output, matcher, modify_target_group, modify_target_group_output,
    target_group,
};
use crate::id::Id;

/// How many target groups there are at most in a Region.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>
const MOST_GROUPS: usize = 3_000;

/// Is the protocol one of Application Load Balancers?
pub(super) fn is_http(protocol: &str) -> bool {
    matches!(protocol, "HTTP" | "HTTPS")
}

/// What a request says of the health check, for the members of `CreateTargetGroup` and
/// `ModifyTargetGroup` alike.
#[derive(Default)]
struct Wishes<'a> {
    protocol: Option<&'a str>,
    port: Option<&'a str>,
    path: Option<&'a str>,
    enabled: Option<bool>,
    interval: Option<i64>,
    timeout: Option<i64>,
    healthy: Option<i64>,
    unhealthy: Option<i64>,
    codes: Option<&'a str>,
    grpc: bool,
}

/// The health check of a new target group.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>
fn default_check(protocol: &str, kind: TargetKind, wanted: Option<&str>) -> HealthCheck {
    let default = match (is_http(protocol), kind) {
        (true, _) | (false, TargetKind::Alb) => "HTTP",
        (false, _) => "TCP",
    };
    let check = wanted.unwrap_or(default);
    let timeout = match (is_http(protocol), check) {
        (true, _) => 5,
        (false, "HTTP") => 6,
        (false, _) => 10,
    };
    HealthCheck {
        protocol: check.to_owned(),
        port: None,
        path: is_http(check).then(|| "/".to_owned()),
        interval: 30,
        timeout,
        healthy: 5,
        unhealthy: 2,
        matcher: is_http(check).then(|| codes_of(protocol).to_owned()),
    }
}

/// The codes that are good where nothing is said.
fn codes_of(protocol: &str) -> &'static str {
    if is_http(protocol) { "200" } else { "200-399" }
}

/// A health check with what a request wishes.
fn check(
    protocol: &str,
    kind: TargetKind,
    before: HealthCheck,
    wishes: &Wishes<'_>,
) -> Result<HealthCheck, Fault> {
    let mut check = before;
    if wishes.enabled == Some(false) {
        return Err(wrong(format!(
            "Health check enabled must be true for target groups with target type '{}'",
            kind.word()
        )));
    }
    if wishes.grpc {
        return Err(not_here("A gRPC health check"));
    }
    if let Some(wanted) = wishes.protocol {
        let known: &[&str] = match (is_http(protocol), kind) {
            (true, _) | (false, TargetKind::Alb) => &["HTTPS", "HTTP"],
            (false, _) => &["HTTPS", "TCP", "HTTP"],
        };
        if !known.contains(&wanted) {
            return Err(wrong(format!(
                "Health check protocol '{wanted}' must be one of '{}'",
                known.join(", ")
            )));
        }
        if check.protocol != wanted {
            wanted.clone_into(&mut check.protocol);
            check.path = is_http(wanted).then(|| "/".to_owned());
            check.matcher = is_http(wanted).then(|| codes_of(protocol).to_owned());
        }
    }
    if let Some(text) = wishes.port {
        check.port = match text {
            "traffic-port" => None,
            text => Some(text.parse().ok().filter(|it| *it > 0).ok_or_else(|| {
                wrong(format!(
                    "Health check port '{text}' must be 'traffic-port' or between '1' and '65535'"
                ))
            })?),
        };
    }
    if let Some(path) = wishes.path {
        if !is_http(&check.protocol) {
            return Err(unfit(
                "Health check paths are not supported for TCP health checks",
            ));
        }
        if !path.starts_with('/') {
            return Err(wrong(format!(
                "Health check path '{path}' must begin with a '/' character"
            )));
        }
        check.path = Some(path.to_owned());
    }
    if let Some(codes) = wishes.codes {
        if !is_http(&check.protocol) {
            return Err(unfit(
                "Health check matchers are not supported for TCP health checks",
            ));
        }
        let least = 200;
        let most = if is_http(protocol) { 499 } else { 599 };
        let code = |text: &str| {
            let code: u32 = text.parse().ok()?;
            (least..=most).contains(&code).then_some(code)
        };
        let fits = |part: &str| match part.split_once('-') {
            Some((from, to)) => code(from)
                .zip(code(to))
                .is_some_and(|(from, to)| from <= to),
            None => code(part).is_some(),
        };
        if codes.is_empty() || !codes.split(',').all(fits) {
            return Err(wrong(format!(
                "Health check matcher HTTP code '{codes}' must be within '{least}-{most}' inclusive"
            )));
        }
        check.matcher = Some(codes.to_owned());
    }
    let number = |wish: Option<i64>, before: u32| {
        wish.and_then(|it| u32::try_from(it).ok()).unwrap_or(before)
    };
    check.interval = number(wishes.interval, check.interval);
    check.timeout = number(wishes.timeout, check.timeout);
    check.healthy = number(wishes.healthy, check.healthy);
    check.unhealthy = number(wishes.unhealthy, check.unhealthy);
    if check.timeout >= check.interval {
        return Err(wrong(
            "Health check interval must be greater than the timeout.",
        ));
    }
    Ok(check)
}

/// `CreateTargetGroup`. Asked for twice with the same settings it answers with what there is.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateTargetGroupInput>,
) -> Result<Doc<CreateTargetGroupOutput>, Fault> {
    use create_target_group as of;
    let name = request.get(of::NAME).unwrap_or_default();
    check_name("target group", name)?;
    let kind = match request.get(of::TARGET_TYPE) {
        None | Some("instance") => TargetKind::Instance,
        Some("ip") => TargetKind::Ip,
        Some("alb") => TargetKind::Alb,
        _ => return Err(not_here("A Lambda function as a target")),
    };
    let Some(protocol) = request.get(of::PROTOCOL) else {
        return Err(wrong("A protocol must be specified"));
    };
    if !["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"].contains(&protocol) {
        return Err(not_here(&format!(
            "A target group of protocol '{protocol}'"
        )));
    }
    if kind == TargetKind::Alb && protocol != "TCP" {
        return Err(wrong(format!(
            "Protocol '{protocol}' is not supported with target type 'alb': it must be 'TCP'"
        )));
    }
    let port = request.get(of::PORT).and_then(|it| u16::try_from(it).ok());
    let Some(port) = port.filter(|it| *it > 0) else {
        return Err(wrong("A port must be specified"));
    };
    let Some(vpc) = request.get(of::VPC_ID) else {
        return Err(wrong("A VPC ID must be specified"));
    };
    if !context.ec2().vpcs.contains(vpc) {
        return Err(wrong(format!("The VPC ID '{vpc}' is not found")));
    }
    match request.get(of::PROTOCOL_VERSION) {
        None => {}
        Some(_) if !is_http(protocol) => {
            return Err(unfit(format!(
                "Protocol version cannot be specified for the protocol '{protocol}'"
            )));
        }
        Some("HTTP1") => {}
        Some(version) => return Err(not_here(&format!("The protocol version '{version}'"))),
    }
    if request.get(of::IP_ADDRESS_TYPE) == Some("ipv6") || request.has(of::TARGET_CONTROL_PORT) {
        return Err(not_here(
            "A target group of IPv6 addresses or a control port",
        ));
    }
    let tags = tag::new_tags(request.items(of::TAGS))?;
    let wishes = Wishes {
        protocol: request.get(of::HEALTH_CHECK_PROTOCOL),
        port: request.get(of::HEALTH_CHECK_PORT),
        path: request.get(of::HEALTH_CHECK_PATH),
        enabled: request.get(of::HEALTH_CHECK_ENABLED),
        interval: request.get(of::HEALTH_CHECK_INTERVAL_SECONDS),
        timeout: request.get(of::HEALTH_CHECK_TIMEOUT_SECONDS),
        healthy: request.get(of::HEALTHY_THRESHOLD_COUNT),
        unhealthy: request.get(of::UNHEALTHY_THRESHOLD_COUNT),
        codes: (request.get(of::MATCHER)).and_then(|it| it.get(matcher::HTTP_CODE)),
        grpc: (request.get(of::MATCHER)).is_some_and(|it| it.has(matcher::GRPC_CODE)),
    };
    let before = default_check(protocol, kind, wishes.protocol);
    let health = check(protocol, kind, before, &wishes)?;
    let kept = &context.ec2().elbv2;
    if let Some(there) = kept.target_groups.iter().find(|it| it.name == name) {
        let same = there.protocol == protocol
            && there.port == port
            && there.vpc.as_str() == vpc
            && there.target_kind == kind
            && there.health == health
            && there.tags == tags;
        if !same {
            return Err(Fault::new(
                "DuplicateTargetGroupName",
                format!(
                    "A target group with the same name '{name}' exists, but with different settings"
                ),
            ));
        }
        let shown = vec![show(context, there)];
        return Ok(Doc::new().with(create_target_group_output::TARGET_GROUPS, shown));
    }
    if kept.target_groups.len() >= MOST_GROUPS {
        return Err(Fault::new(
            "TooManyTargetGroups",
            "The maximum number of target groups has been reached",
        ));
    }
    let (name, protocol, vpc) = (name.to_owned(), protocol.to_owned(), Id::new(vpc));
    let (hex, born) = context.mint.hex();
    let id = arn(context, &format!("targetgroup/{name}/{hex}"));
    let preserve_client_ip = preserves(&protocol, kind);
    context.ec2_mut().elbv2.target_groups.insert(TargetGroup {
        id: id.clone(),
        born,
        tags,
        name,
        protocol,
        port,
        vpc,
        target_kind: kind,
        targets: Vec::new(),
        preserve_client_ip,
        health,
        attributes: Vec::new(),
    });
    let made = find(&context.ec2().elbv2.target_groups, id.as_str())?;
    let shown = vec![show(context, made)];
    Ok(Doc::new().with(create_target_group_output::TARGET_GROUPS, shown))
}

/// Does a target see the client's own address, where nothing is said? Of an Application Load
/// Balancer never: its own connections go to the targets.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation>
fn preserves(protocol: &str, kind: TargetKind) -> bool {
    let by_address = kind == TargetKind::Ip && matches!(protocol, "TCP" | "TLS");
    !is_http(protocol) && !by_address
}

fn show(context: &Context<'_>, one: &TargetGroup) -> Doc<shape::TargetGroup> {
    let health = &one.health;
    let port = health.port.map(|it| it.to_string());
    let balancer = context.ec2().elbv2.balancer_of(&one.id);
    let codes = health
        .matcher
        .as_deref()
        .map(|codes| Doc::new().with(matcher::HTTP_CODE, codes));
    let doc = Doc::new()
        .with(target_group::TARGET_GROUP_ARN, &one.id)
        .with(target_group::TARGET_GROUP_NAME, one.name.as_str())
        .with(target_group::PROTOCOL, one.protocol.as_str())
        .with(target_group::PORT, i64::from(one.port))
        .with(target_group::VPC_ID, &one.vpc)
        .with(
            target_group::HEALTH_CHECK_PROTOCOL,
            health.protocol.as_str(),
        )
        .with(
            target_group::HEALTH_CHECK_PORT,
            port.unwrap_or_else(|| "traffic-port".to_owned()),
        )
        .with(target_group::HEALTH_CHECK_ENABLED, true)
        .with(
            target_group::HEALTH_CHECK_INTERVAL_SECONDS,
            i64::from(health.interval),
        )
        .with(
            target_group::HEALTH_CHECK_TIMEOUT_SECONDS,
            i64::from(health.timeout),
        )
        .with(
            target_group::HEALTHY_THRESHOLD_COUNT,
            i64::from(health.healthy),
        )
        .with(
            target_group::UNHEALTHY_THRESHOLD_COUNT,
            i64::from(health.unhealthy),
        )
        .with_some(target_group::HEALTH_CHECK_PATH, health.path.as_deref())
        .with_some(target_group::MATCHER, codes)
        .with(
            target_group::LOAD_BALANCER_ARNS,
            balancer
                .iter()
                .map(|it| it.id.to_string())
                .collect::<Vec<_>>(),
        )
        .with(target_group::TARGET_TYPE, one.target_kind.word());
    match is_http(&one.protocol) {
        true => doc.with(target_group::PROTOCOL_VERSION, "HTTP1"),
        false => doc,
    }
    .with(target_group::IP_ADDRESS_TYPE, "ipv4")
}

/// `DescribeTargetGroups`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTargetGroupsInput>,
) -> Result<Doc<DescribeTargetGroupsOutput>, Fault> {
    use describe_target_groups as of;
    let ec2 = context.ec2();
    let kept = &ec2.elbv2;
    let arns: Vec<&str> = request.items(of::TARGET_GROUP_ARNS).collect();
    let names: Vec<&str> = request.items(of::NAMES).collect();
    let balancer = request.get(of::LOAD_BALANCER_ARN);
    let ways = [!arns.is_empty(), !names.is_empty(), balancer.is_some()];
    if ways.iter().filter(|it| **it).count() > 1 {
        return Err(wrong(
            "Target group names, target group ARNs, and a load balancer ARN cannot be specified at \
             the same time",
        ));
    }
    for arn in &arns {
        find(&kept.target_groups, arn)?;
    }
    for name in &names {
        if !kept.target_groups.iter().any(|it| it.name == *name) {
            return Err(Fault::new(
                "TargetGroupNotFound",
                format!("Target groups '[{name}]' not found"),
            ));
        }
    }
    if let Some(arn) = balancer {
        found(ec2, arn)?;
    }
    let wanted = |it: &TargetGroup| {
        let of = kept.balancer_of(&it.id).map(|it| it.id.as_str());
        (arns.is_empty() || arns.contains(&it.id.as_str()))
            && (names.is_empty() || names.contains(&it.name.as_str()))
            && (balancer.is_none() || of == balancer)
    };
    let list: Vec<_> = kept
        .target_groups
        .by_birth()
        .into_iter()
        .filter(|it| wanted(it))
        .map(|it| show(context, it))
        .collect();
    Ok(Doc::new().with(describe_target_groups_output::TARGET_GROUPS, list))
}

/// `ModifyTargetGroup`: its health check.
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyTargetGroupInput>,
) -> Result<Doc<ModifyTargetGroupOutput>, Fault> {
    use modify_target_group as of;
    let wanted = request.get(of::TARGET_GROUP_ARN).unwrap_or_default();
    let mut one = TargetGroup::clone(find(&context.ec2().elbv2.target_groups, wanted)?);
    let wishes = Wishes {
        protocol: request.get(of::HEALTH_CHECK_PROTOCOL),
        port: request.get(of::HEALTH_CHECK_PORT),
        path: request.get(of::HEALTH_CHECK_PATH),
        enabled: request.get(of::HEALTH_CHECK_ENABLED),
        interval: request.get(of::HEALTH_CHECK_INTERVAL_SECONDS),
        timeout: request.get(of::HEALTH_CHECK_TIMEOUT_SECONDS),
        healthy: request.get(of::HEALTHY_THRESHOLD_COUNT),
        unhealthy: request.get(of::UNHEALTHY_THRESHOLD_COUNT),
        codes: (request.get(of::MATCHER)).and_then(|it| it.get(matcher::HTTP_CODE)),
        grpc: (request.get(of::MATCHER)).is_some_and(|it| it.has(matcher::GRPC_CODE)),
    };
    one.health = check(&one.protocol, one.target_kind, one.health, &wishes)?;
    let shown = vec![show(context, &one)];
    context.ec2_mut().elbv2.target_groups.insert(one);
    Ok(Doc::new().with(modify_target_group_output::TARGET_GROUPS, shown))
}

/// `DeleteTargetGroup`: refused while a listener or a rule sends to it. What is gone already is
/// deleted without complaint.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteTargetGroupInput>,
) -> Result<(), Fault> {
    let wanted = request
        .get(delete_target_group::TARGET_GROUP_ARN)
        .unwrap_or_default();
    let kept = &context.ec2().elbv2;
    let id = match find(&kept.target_groups, wanted) {
        Ok(one) => one.id.clone(),
        Err(fault) if fault.code == "TargetGroupNotFound" => return Ok(()),
        Err(fault) => return Err(fault),
    };
    if kept.rules.iter().any(|it| it.forwards_to(&id)) {
        return Err(Fault::new(
            "ResourceInUse",
            format!("Target group '{id}' is currently in use by a listener or a rule"),
        ));
    }
    let kept = &mut context.ec2_mut().elbv2;
    kept.target_groups.remove(id.as_str());
    Ok(())
}

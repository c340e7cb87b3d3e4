//! Targets: putting them into a group, and taking them out.

use super::{Health, Target, TargetGroup, TargetKind, attributes, balancer, find, unfit, wrong};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::instance;
use crate::fault::Fault;
use crate::field::{Items, Struct, View};
use crate::fields::elbv2::shape::{self, *};
use crate::fields::elbv2::{deregister_targets, register_targets, target_description};
use crate::id::Id;
use crate::time::Time;
use hopwise_net::Prefix;
use std::net::{IpAddr, Ipv4Addr};

/// How many targets a group has at most.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>
const MOST_TARGETS: usize = 1_000;
/// What addresses outside of the VPC may be: RFC 1918 and RFC 6598.
const PRIVATE: [(Ipv4Addr, u8); 4] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
];

/// A target as a request names it: whether its port is its own, and its zone.
pub(super) struct Named {
    pub(super) id: String,
    pub(super) port: Option<u16>,
    pub(super) zone: Option<String>,
}

pub(super) fn named(items: Items<'_, Struct<shape::TargetDescription>>) -> Vec<Named> {
    items
        .map(|it| Named {
            id: it
                .get(target_description::ID)
                .unwrap_or_default()
                .to_owned(),
            port: (it.get(target_description::PORT)).and_then(|it| u16::try_from(it).ok()),
            zone: (it.get(target_description::AVAILABILITY_ZONE)).map(str::to_owned),
        })
        .collect()
}

/// The zone of an address of a VPC: that of its subnet.
pub(super) fn zone_of<'a>(ec2: &'a Ec2, vpc: &Id, address: IpAddr) -> Option<&'a str> {
    let mut subnets = ec2.subnets.iter().filter(|it| it.vpc == *vpc);
    let found = subnets.find(|it| it.holds(address));
    found.map(|it| it.zone.as_str())
}

/// May these be targets of the group?
fn check(context: &Context<'_>, group: &TargetGroup, wanted: &[Named]) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let quoted = |list: &[&str]| {
        let list: Vec<String> = list.iter().map(|id| format!("'{id}'")).collect();
        list.join(", ")
    };
    if wanted.is_empty() {
        return Err(wrong("At least one target must be specified"));
    }
    let bad = |message: String| Err(Fault::new("InvalidTarget", message));
    match group.target_kind {
        TargetKind::Instance => {
            let ids = || wanted.iter().map(|it| it.id.as_str());
            if let Some(id) = ids().find(|id| !id.starts_with("i-")) {
                return Err(wrong(format!("Instance ID '{id}' is not valid")));
            }
            let absent: Vec<_> = ids().filter(|id| !ec2.instances.contains(id)).collect();
            if !absent.is_empty() {
                return bad(format!(
                    "The following targets do not exist: {}",
                    quoted(&absent)
                ));
            }
            let of = |id: &str| ec2.instances.get(id);
            let far: Vec<_> = ids()
                .filter(|id| of(id).is_some_and(|it| it.vpc != group.vpc))
                .collect();
            if !far.is_empty() {
                return bad(format!(
                    "The following targets are not in the target group VPC '{}': {}",
                    group.vpc,
                    quoted(&far)
                ));
            }
            let off: Vec<_> = ids()
                .filter(|id| of(id).is_some_and(|it| it.state != instance::State::Running))
                .collect();
            if !off.is_empty() {
                return bad(format!(
                    "The following targets are not in a running state and cannot be registered: {}",
                    quoted(&off)
                ));
            }
            if wanted.iter().any(|it| it.zone.is_some()) {
                return Err(wrong(
                    "An Availability Zone cannot be specified for targets of type 'instance'",
                ));
            }
        }
        TargetKind::Ip => {
            for one in wanted {
                check_address(context, group, one)?;
            }
        }
        TargetKind::Alb => {
            let [one] = wanted else {
                return bad("A target group of type 'alb' has exactly one target".to_owned());
            };
            let target = balancer::found(ec2, &one.id)?;
            if target.kind != super::BalancerKind::Application {
                return bad(format!(
                    "The target '{}' is not an Application Load Balancer",
                    one.id
                ));
            }
            if target.vpc != group.vpc {
                return bad(format!(
                    "The following targets are not in the target group VPC '{}': '{}'",
                    group.vpc, one.id
                ));
            }
            if one.port.is_some_and(|port| port != group.port) {
                return Err(wrong(
                    "The port of a target of type 'alb' must be the port of its target group",
                ));
            }
            let listeners = ec2.elbv2.listeners_of(&target.id);
            if !listeners.iter().any(|it| it.port == group.port) {
                return bad(format!(
                    "The load balancer '{}' must have at least one listener that matches the \
                     target group port '{}'",
                    one.id, group.port
                ));
            }
            let mut there = group.targets.iter();
            if there.any(|it| it.id != one.id) {
                return bad("A target group of type 'alb' has exactly one target".to_owned());
            }
        }
    }
    Ok(())
}

/// An address in a subnet of the VPC, or a private one outside of it with a zone.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html>
fn check_address(context: &Context<'_>, group: &TargetGroup, one: &Named) -> Result<(), Fault> {
    let text = &one.id;
    let Ok(address) = text.parse::<Ipv4Addr>() else {
        return Err(wrong(format!(
            "The IP address '{text}' is not a valid IPv4 address"
        )));
    };
    let zone = one.zone.as_deref();
    if let Some(zone) = zone.filter(|it| *it != "all")
        && !context.region.zone_names().any(|(name, _)| name == zone)
    {
        return Err(wrong(format!("Availability Zone '{zone}' is not valid")));
    }
    if let Some(own) = zone_of(context.ec2(), &group.vpc, address.into()) {
        return match zone {
            Some(zone) if zone != own => Err(wrong(format!(
                "The IP address '{text}' is within the VPC, and cannot have its Availability Zone \
                 overridden to '{zone}' from '{own}'"
            ))),
            _ => Ok(()),
        };
    }
    let private = PRIVATE
        .iter()
        .filter_map(|(first, length)| Prefix::new((*first).into(), *length))
        .any(|block| block.contains(address.into()));
    if !private {
        return Err(wrong(format!(
            "The IP address '{text}' must be from the subnets of the VPC, or from the RFC 1918 or \
             RFC 6598 ranges"
        )));
    }
    if zone.is_none() {
        return Err(wrong(format!(
            "You must specify a valid Availability Zone or select 'all' for all enabled \
             Availability zones, since the IP address '{text}' is outside the VPC"
        )));
    }
    if group.preserve_client_ip && !super::target_group::is_http(&group.protocol) {
        let peered = context.ec2().peerings.iter().any(|it| {
            let sides = [&it.requester, &it.accepter];
            sides.iter().any(|side| side.vpc == group.vpc)
                && sides.iter().any(|side| {
                    side.blocks
                        .iter()
                        .any(|block| block.contains(address.into()))
                })
        });
        if !peered {
            return Err(unfit(format!(
                "The IP address '{text}' is outside the VPC and of no peered VPC, so that the \
                 client IP address cannot be preserved"
            )));
        }
    }
    Ok(())
}

/// `RegisterTargets`: what is there already stays as it is; what was being taken out comes back.
pub(crate) fn register(
    context: &mut Context<'_>,
    request: View<'_, RegisterTargetsInput>,
) -> Result<(), Fault> {
    let wanted = request
        .get(register_targets::TARGET_GROUP_ARN)
        .unwrap_or_default();
    let mut group = TargetGroup::clone(find(&context.ec2().elbv2.target_groups, wanted)?);
    let targets = named(request.items(register_targets::TARGETS));
    check(context, &group, &targets)?;
    for one in targets {
        let port = one.port.unwrap_or(group.port);
        let mut there = group.targets.iter_mut();
        match there.find(|it| it.id == one.id && it.port == port) {
            Some(it) if it.draining.is_none() => {}
            Some(it) => {
                it.draining = None;
                it.health = NEW;
            }
            None => group.targets.push(Target {
                id: one.id,
                port,
                zone: one.zone,
                health: NEW,
                draining: None,
            }),
        }
    }
    if group.targets.len() > MOST_TARGETS {
        return Err(Fault::new(
            "TooManyTargets",
            format!("A target group can have at most '{MOST_TARGETS}' targets"),
        ));
    }
    context.ec2_mut().elbv2.target_groups.insert(group);
    Ok(())
}

/// What is known of a target that nobody has checked.
const NEW: (Health, &str) = (Health::Initial, "Elb.InitialHealthChecking");

/// `DeregisterTargets`: without a port all ports of the target. Targets that are in use are drained
/// first.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay>
pub(crate) fn deregister(
    context: &mut Context<'_>,
    request: View<'_, DeregisterTargetsInput>,
) -> Result<(), Fault> {
    let wanted = request
        .get(deregister_targets::TARGET_GROUP_ARN)
        .unwrap_or_default();
    let ec2 = context.ec2();
    let mut group = TargetGroup::clone(find(&ec2.elbv2.target_groups, wanted)?);
    let targets = named(request.items(deregister_targets::TARGETS));
    if targets.is_empty() {
        return Err(wrong("At least one target must be specified"));
    }
    let is = |it: &Target| {
        let mut named = targets.iter();
        named.any(|one| one.id == it.id && one.port.is_none_or(|port| port == it.port))
    };
    for one in &targets {
        if !group.targets.iter().any(|it| it.id == one.id) {
            return Err(Fault::new(
                "InvalidTarget",
                format!("The following targets are not registered: '{}'", one.id),
            ));
        }
    }
    let delay = attributes::delay(&group);
    let used = ec2.elbv2.balancer_of(&group.id).is_some();
    if used && delay > 0 {
        let until = context.now().after(delay);
        for it in group.targets.iter_mut().filter(|it| is(it)) {
            it.draining.get_or_insert(until);
        }
    } else {
        group.targets.retain(|it| !is(it));
    }
    context.ec2_mut().elbv2.target_groups.insert(group);
    Ok(())
}

/// When the next target has been taken out.
pub(crate) fn next_drained(ec2: &Ec2) -> Option<Time> {
    let groups = ec2.elbv2.target_groups.iter();
    let targets = groups.flat_map(|it| &it.targets);
    targets.filter_map(|it| it.draining).min()
}

/// Takes out the targets whose time has come.
pub(crate) fn drain(ec2: &mut Ec2, now: Time) {
    let over = |it: &Target| it.draining.is_some_and(|until| until <= now);
    let groups: Vec<Id> = (ec2.elbv2.target_groups.iter())
        .filter(|it| it.targets.iter().any(over))
        .map(|it| it.id.clone())
        .collect();
    for id in groups {
        if let Some(group) = ec2.elbv2.target_groups.get_mut(id.as_str()) {
            group.targets.retain(|it| !over(it));
        }
    }
}

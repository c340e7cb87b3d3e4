//! How well targets are, as far as it is known.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>

use super::{Elbv2, Health, Target, TargetGroup, TargetKind, find, not_here, target};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::instance;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::elbv2::shape::*;
use crate::fields::elbv2::{
    describe_target_health, describe_target_health_output, target_description, target_health,
    target_health_description,
};
use crate::id::Id;

impl Health {
    /// AWS's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Health::Initial => "initial",
            Health::Healthy => "healthy",
            Health::Unhealthy => "unhealthy",
            Health::Unused => "unused",
            Health::Draining => "draining",
        }
    }
}

/// How well a target is, with AWS's code of the reason and its sentence. A target that is well has
/// neither.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The state.
    pub health: Health,
    /// The code of the reason.
    pub reason: Option<&'static str>,
    /// AWS's sentence.
    pub said: Option<String>,
}

fn shown(health: Health, reason: &'static str, said: &str) -> Shown {
    Shown {
        health,
        reason: Some(reason),
        said: Some(said.to_owned()),
    }
}

impl Elbv2 {
    /// The zone of a target: of the instance's subnet, of the address's subnet, or the one it was
    /// registered with. `None` means all.
    pub fn zone_of<'a>(
        &'a self,
        ec2: &'a Ec2,
        group: &TargetGroup,
        target: &'a Target,
    ) -> Option<&'a str> {
        match group.target_kind {
            TargetKind::Instance => {
                let instance = ec2.instances.get(target.id.as_str())?;
                Some(ec2.subnets.get(instance.subnet.as_str())?.zone.as_str())
            }
            TargetKind::Ip => {
                let address = target.id.parse().ok()?;
                let own = target::zone_of(ec2, &group.vpc, address);
                own.or(target.zone.as_deref().filter(|it| *it != "all"))
            }
            TargetKind::Alb => None,
        }
    }

    /// Is it in a zone in which the load balancer has a node?
    fn is_reached(&self, ec2: &Ec2, group: &TargetGroup, target: &Target) -> bool {
        let zone = self.zone_of(ec2, group, target);
        let balancer = self.balancer_of(&group.id);
        balancer.is_some_and(|it| zone.is_none_or(|zone| it.is_in_zone(zone)))
    }

    /// How well a target is: what the last check found, if anybody checks it. Without a check it
    /// stays `initial`.
    pub fn shown_health(&self, ec2: &Ec2, group: &TargetGroup, target: &Target) -> Shown {
        if target.draining.is_some() {
            return shown(
                Health::Draining,
                "Target.DeregistrationInProgress",
                "Target deregistration is in progress",
            );
        }
        let Some(balancer) = self.balancer_of(&group.id) else {
            return shown(
                Health::Unused,
                "Target.NotInUse",
                "Target group is not configured to receive traffic from the load balancer",
            );
        };
        if group.target_kind == TargetKind::Instance {
            let instance = ec2.instances.get(target.id.as_str());
            let state = instance.map_or("terminated", |it| it.state.code().1);
            if !matches!(state, "running" | "pending") {
                let said = format!("Target is in the {state} state");
                return shown(Health::Unused, "Target.InvalidState", &said);
            }
        }
        if !self.is_reached(ec2, group, target) {
            return shown(
                Health::Unused,
                "Target.NotInUse",
                "Target is in an Availability Zone that is not enabled for the load balancer",
            );
        }
        if !balancer.phase.works() {
            return shown(
                Health::Initial,
                "Elb.RegistrationInProgress",
                "Target registration is in progress",
            );
        }
        let (health, reason) = target.health;
        let said = match reason {
            "Elb.InitialHealthChecking" => "Initial health checks in progress",
            "Target.Timeout" => "Request timed out",
            _ => "Health checks failed",
        };
        match health {
            Health::Healthy => Shown {
                health,
                reason: None,
                said: None,
            },
            _ => shown(health, reason, said),
        }
    }

    /// The interfaces that check a target now: of the load balancer's nodes those that may send to
    /// it. None where nobody checks it.
    pub(super) fn checkers(&self, ec2: &Ec2, group: &TargetGroup, target: &Target) -> Vec<Id> {
        let Some(balancer) = self.balancer_of(&group.id) else {
            return Vec::new();
        };
        let running = |id: &str| {
            let found = ec2.instances.get(id);
            found.is_some_and(|it| it.state == instance::State::Running)
        };
        let off = group.target_kind == TargetKind::Instance && !running(&target.id);
        if off
            || target.draining.is_some()
            || !balancer.phase.works()
            || !self.is_reached(ec2, group, target)
        {
            return Vec::new();
        }
        let zone = self.zone_of(ec2, group, target);
        let crosses = self.crosses_zones(balancer, group);
        let nodes = balancer.nodes.iter();
        nodes
            .filter(|node| crosses || zone.is_none_or(|zone| node.zone == zone))
            .map(|node| node.interface.clone())
            .collect()
    }
}

/// `DescribeTargetHealth`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTargetHealthInput>,
) -> Result<Doc<DescribeTargetHealthOutput>, Fault> {
    use describe_target_health as of;
    let ec2 = context.ec2();
    let wanted = request.get(of::TARGET_GROUP_ARN).unwrap_or_default();
    let group = find(&ec2.elbv2.target_groups, wanted)?;
    if !request.items(of::INCLUDE).is_empty() {
        return Err(not_here("Anomaly detection"));
    }
    let one = |id: &str, port: u16, zone: Option<&str>, it: Shown| {
        let checked = group.health.port.unwrap_or(port).to_string();
        let target = Doc::new()
            .with(target_description::ID, id)
            .with(target_description::PORT, i64::from(port))
            .with_some(target_description::AVAILABILITY_ZONE, zone);
        let health = Doc::new()
            .with(target_health::STATE, it.health.word())
            .with_some(target_health::REASON, it.reason)
            .with_some(target_health::DESCRIPTION, it.said);
        Doc::new()
            .with(target_health_description::TARGET, target)
            .with(target_health_description::HEALTH_CHECK_PORT, checked)
            .with(target_health_description::TARGET_HEALTH, health)
    };
    let of_target = |it: &Target| {
        let zone = match group.target_kind {
            TargetKind::Ip => target::zone_of(
                ec2,
                &group.vpc,
                it.id
                    .parse()
                    .unwrap_or(std::net::IpAddr::from([0, 0, 0, 0])),
            )
            .or(it.zone.as_deref()),
            TargetKind::Instance | TargetKind::Alb => None,
        };
        one(
            &it.id,
            it.port,
            zone,
            ec2.elbv2.shown_health(ec2, group, it),
        )
    };
    let named = target::named(request.items(of::TARGETS));
    let mut list = Vec::new();
    if named.is_empty() {
        list.extend(group.targets.iter().map(of_target));
    }
    for name in &named {
        let is = |it: &&Target| it.id == name.id && name.port.is_none_or(|port| port == it.port);
        let before = list.len();
        list.extend(group.targets.iter().filter(is).map(of_target));
        if list.len() == before {
            let absent = shown(
                Health::Unused,
                "Target.NotRegistered",
                "Target is not registered to the target group",
            );
            list.push(one(&name.id, name.port.unwrap_or(group.port), None, absent));
        }
    }
    Ok(Doc::new().with(
        describe_target_health_output::TARGET_HEALTH_DESCRIPTIONS,
        list,
    ))
}

//! Health checks: what is to be asked, and what came of it. Whether packets arrive is known
//! further up, so the driver carries a check out and tells what it found.

use super::{Elbv2, Health};
use crate::ec2::Ec2;
use crate::id::Id;
use std::net::IpAddr;

/// A check of a target.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Check {
    /// The target group.
    pub group: Id,
    /// The target, as it was registered, and its port.
    pub target: (String, u16),
    /// The interfaces of the nodes that check it.
    pub from: Vec<Id>,
    /// The address that is asked.
    pub address: IpAddr,
    /// The port that is asked.
    pub port: u16,
    /// `HTTP`, `HTTPS` or `TCP`.
    pub protocol: String,
    /// The path that is asked for, and the codes that are good.
    pub http: Option<(String, String)>,
}

/// What a check found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Found {
    /// The target answers as it should.
    Well,
    /// Nothing came back in time.
    Timeout,
    /// The connection was refused, or broke.
    Refused,
    /// It answers with another HTTP code.
    Code,
}

impl Found {
    /// What is then shown of the target. A check by TCP knows only that it failed.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html>
    pub(crate) fn health(self, protocol: &str) -> (Health, &'static str) {
        match self {
            Found::Well => (Health::Healthy, ""),
            Found::Timeout if protocol != "TCP" => (Health::Unhealthy, "Target.Timeout"),
            Found::Code => (Health::Unhealthy, "Target.ResponseCodeMismatch"),
            Found::Timeout | Found::Refused => (Health::Unhealthy, "Target.FailedHealthChecks"),
        }
    }
}

impl Elbv2 {
    /// The checks that load balancers make now, as groups were made and targets registered.
    pub(crate) fn checks(&self, ec2: &Ec2) -> Vec<Check> {
        let mut checks = Vec::new();
        for group in self.target_groups.by_birth() {
            for (target, address) in self.addresses(ec2, group) {
                let from = self.checkers(ec2, group, target);
                if from.is_empty() {
                    continue;
                }
                let health = &group.health;
                checks.push(Check {
                    group: group.id.clone(),
                    target: (target.id.clone(), target.port),
                    from,
                    address,
                    port: health.port.unwrap_or(target.port),
                    protocol: health.protocol.clone(),
                    http: health.path.clone().zip(health.matcher.clone()),
                });
            }
        }
        checks
    }

    /// Keeps what a check found.
    pub(crate) fn keep(&mut self, check: &Check, found: Found) {
        let (id, port) = &check.target;
        let group = self.target_groups.get_mut(check.group.as_str());
        let mut targets = group.into_iter().flat_map(|it| &mut it.targets);
        if let Some(target) = targets.find(|it| it.id == *id && it.port == *port) {
            target.health = found.health(&check.protocol);
        }
    }
}

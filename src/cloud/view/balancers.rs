//! Load balancers and target groups, as those who show the cloud see them.

use super::{Details, Node, Sheet, Shower, code, link, node, text, yes};
use crate::ec2::phase::State;
use crate::elbv2::{
    Action, BalancerKind, Condition, Listener, LoadBalancer, TargetGroup, TargetKind,
};
use crate::id::Id;

/// The word of a load balancer's state.
pub(super) fn state(one: &LoadBalancer) -> &'static str {
    match one.phase.state {
        State::Pending | State::AwaitsAcceptance => "provisioning",
        State::Available | State::Modifying => "active",
        State::Deleting => "deleting",
        State::Deleted => "deleted",
        State::Failed | State::Rejected | State::Expired => "failed",
    }
}

fn balancer_node(one: &LoadBalancer) -> Node {
    let kind = match one.kind {
        BalancerKind::Application => "Application Load Balancer",
        BalancerKind::Network => "Network Load Balancer",
    };
    Node {
        name: Some(one.name.clone()),
        ..node(one, kind)
    }
}

fn group_node(one: &TargetGroup) -> Node {
    Node {
        name: Some(one.name.clone()),
        ..node(one, format!("{} {}", one.protocol, one.port))
    }
}

fn condition(one: &Condition) -> String {
    let values = match one {
        Condition::Path(values) | Condition::Host(values) | Condition::Method(values) => {
            values.join(" or ")
        }
        Condition::Header(name, values) => format!("{name}: {}", values.join(" or ")),
        Condition::Query(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| match key {
                Some(key) => format!("{key}={value}"),
                None => value.clone(),
            });
            pairs.collect::<Vec<_>>().join(" or ")
        }
        Condition::Source(blocks) => {
            let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
            blocks.join(" or ")
        }
    };
    format!("{} {values}", one.field())
}

impl Shower<'_> {
    /// Everything about a load balancer or a target group.
    pub(super) fn balancers(&self, id: &str) -> Option<Details> {
        let kept = &self.ec2.elbv2;
        if let Some(it) = kept.balancers.get(id) {
            return Some(self.balancer(it));
        }
        kept.target_groups.get(id).map(|it| self.target_group(it))
    }

    fn balancer(&self, it: &LoadBalancer) -> Details {
        let ec2 = self.ec2;
        let mut shown = Details {
            node: balancer_node(it),
            ..Details::default()
        };
        let scheme = if it.internet_facing {
            "internet-facing"
        } else {
            "internal"
        };
        shown.facts.push(("State", text(state(it))));
        shown.facts.push(("Type", text(it.kind.word())));
        shown.facts.push(("Scheme", text(scheme)));
        shown
            .facts
            .push(("Sends to other zones", yes(it.cross_zone)));
        if it.kind == BalancerKind::Network && it.groups.is_empty() {
            let said = "none, and none can be added: it was made without";
            shown.facts.push(("Security groups", text(said)));
        }
        let nodes = it.nodes.iter().map(|node| {
            let interface = ec2.network_interfaces.get(node.interface.as_str());
            let private = interface.and_then(|it| it.primary_address());
            let public = interface.and_then(|it| super::public_address(ec2, it));
            vec![
                text(node.zone.as_str()),
                link(&node.subnet),
                link(&node.interface),
                code(private.map(|it| it.to_string()).unwrap_or_default()),
                code(public.map(|(it, _)| it).unwrap_or_default()),
            ]
        });
        shown.tables.push(Sheet {
            title: "Nodes",
            columns: vec!["Zone", "Subnet", "Interface", "Address", "Public"],
            rows: nodes.collect(),
        });
        let listeners = ec2.elbv2.listeners_of(&it.id);
        let rows = listeners.iter().flat_map(|it| self.rules(it)).collect();
        shown.tables.push(Sheet {
            title: "Listeners and rules",
            columns: vec!["Listener", "Rule", "If", "Then"],
            rows,
        });
        shown.relations.push(("in", self.vpc(&it.vpc)));
        let first = it.nodes.first();
        if let Some(first) = first.and_then(|it| ec2.network_interfaces.get(it.interface.as_str()))
        {
            self.groups(first, &mut shown);
        }
        for group in ec2.elbv2.target_groups.by_birth() {
            let of = ec2.elbv2.balancer_of(&group.id);
            if of.is_some_and(|of| of.id == it.id) {
                shown.relations.push(("sends to", group_node(group)));
            }
        }
        shown
    }

    /// The rules of a listener as rows.
    fn rules(&self, listener: &Listener) -> Vec<Vec<super::Value>> {
        let rules = self.ec2.elbv2.rules_of(&listener.id).into_iter();
        rules
            .map(|rule| {
                let place = rule.priority.map(|it| it.to_string());
                let all: Vec<String> = rule.conditions.iter().map(condition).collect();
                let then: Vec<String> = rule.actions.iter().map(|it| self.action(it)).collect();
                vec![
                    text(format!("{} {}", listener.protocol, listener.port)),
                    text(place.unwrap_or_else(|| "default".to_owned())),
                    text(all.join(" and ")),
                    text(then.join(", ")),
                ]
            })
            .collect()
    }

    fn action(&self, one: &Action) -> String {
        let name = |id: &Id| {
            let found = self.ec2.elbv2.target_groups.get(id.as_str());
            found.map(|it| it.name.clone()).unwrap_or_default()
        };
        match one {
            Action::Forward(groups) => match groups.as_slice() {
                [(id, _)] => format!("forward to {}", name(id)),
                groups => {
                    let all = groups
                        .iter()
                        .map(|(id, weight)| format!("{} ({weight})", name(id)));
                    format!("forward to {}", all.collect::<Vec<_>>().join(", "))
                }
            },
            Action::Redirect { status, .. } => format!("redirect, {status}"),
            Action::Fixed { status, .. } => format!("answer {status}"),
        }
    }

    fn target_group(&self, it: &TargetGroup) -> Details {
        let ec2 = self.ec2;
        let mut shown = Details {
            node: group_node(it),
            ..Details::default()
        };
        shown
            .facts
            .push(("Protocol", text(format!("{} {}", it.protocol, it.port))));
        shown
            .facts
            .push(("Target type", text(it.target_kind.word())));
        if !matches!(it.protocol.as_str(), "HTTP" | "HTTPS") {
            let label = "Targets see the client's address";
            shown.facts.push((label, yes(it.preserve_client_ip)));
        }
        let health = &it.health;
        let port = health
            .port
            .map_or("its own port".to_owned(), |port| format!("port {port}"));
        let path = health.path.as_deref().unwrap_or_default();
        let asked = format!("{} {path} on {port}", health.protocol);
        shown.facts.push(("Health check", text(asked)));
        let rows = it.targets.iter().map(|target| {
            let found = ec2.elbv2.shown_health(ec2, it, target);
            let id = Id::new(&target.id);
            let target_cell = match it.target_kind {
                TargetKind::Instance | TargetKind::Alb => link(&id),
                TargetKind::Ip => code(&target.id),
            };
            vec![
                target_cell,
                text(target.port.to_string()),
                text(found.health.word()),
                text(found.said.unwrap_or_default()),
            ]
        });
        shown.tables.push(Sheet {
            title: "Targets",
            columns: vec!["Target", "Port", "Health", "Why"],
            rows: rows.collect(),
        });
        // A VPC may go before its target groups.
        if ec2.vpcs.contains(it.vpc.as_str()) {
            shown.relations.push(("in", self.vpc(&it.vpc)));
        }
        if let Some(balancer) = ec2.elbv2.balancer_of(&it.id) {
            let balancer = balancer_node(balancer);
            shown.relations.push(("target of", balancer));
        }
        shown
    }
}

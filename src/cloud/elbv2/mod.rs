//! Elastic Load Balancing, version 2: Application and Network Load Balancers.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html>

mod action;
mod attributes;
mod balancer;
mod check;
mod condition;
mod health;
mod listener;
mod node;
mod rule;
mod tag;
mod target;
mod target_group;
#[cfg(test)]
pub(crate) mod tests;

pub use check::{Check, Found};
pub use health::Shown;
pub(crate) use target::{drain, next_drained};

use crate::door::{Context, Need::*, operations};
use crate::ec2::Ec2;
use crate::ec2::phase::{Phase, State, phased};
use crate::fault::Fault;
use crate::id::{Born, Id};
use crate::region::Region;
use crate::table::{Noun, Resource, Table, Tags, resource};
use crate::time::Time;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

/// What an account has of load balancing in one Region.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Elbv2 {
    /// Load balancers, by ARN.
    pub balancers: Table<LoadBalancer>,
    /// Target groups, by ARN.
    pub target_groups: Table<TargetGroup>,
    /// Listeners, by ARN.
    pub listeners: Table<Listener>,
    /// Rules of listeners, by ARN; a listener's default rule is one of them.
    pub rules: Table<ListenerRule>,
}

/// A load balancer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LoadBalancer {
    /// Its ARN.
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: BalancerKind,
    /// Does it have public addresses?
    pub internet_facing: bool,
    /// Does it have IPv6 addresses too?
    pub dual_stack: bool,
    /// The VPC it is in.
    pub vpc: Id,
    /// Its nodes, one a zone.
    pub nodes: Vec<Node>,
    /// Its security groups. A Network Load Balancer made without any can never have one.
    pub groups: Vec<Id>,
    /// Does each node send to targets in all zones?
    pub cross_zone: bool,
    /// Do the groups of a Network Load Balancer also filter what comes by AWS PrivateLink?
    pub enforce_private_link: bool,
    /// The other attributes that were set, by their keys.
    pub attributes: Vec<(String, String)>,
    /// How far it is.
    pub phase: Phase,
    /// When it was made.
    pub created: Time,
}

/// The kind of a load balancer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BalancerKind {
    /// HTTP and HTTPS; connections end at it.
    Application,
    /// TCP, UDP and TLS; connections pass it.
    Network,
}

/// What stands for a load balancer in a zone.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Node {
    /// The zone, by name.
    pub zone: String,
    /// The subnet.
    pub subnet: Id,
    /// Its network interface, which is AWS's.
    pub interface: Id,
    /// The Elastic IP address it was given.
    pub allocation: Option<Id>,
}

resource!(
    LoadBalancer,
    "loadbalancer",
    "arn:aws:elasticloadbalancing",
    "loadBalancer",
    "LoadBalancerNotFound"
);
phased!(LoadBalancer, phase);

/// A target group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TargetGroup {
    /// Its ARN.
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: String,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`.
    pub protocol: String,
    /// The port of targets that name none.
    pub port: u16,
    /// The VPC of its targets.
    pub vpc: Id,
    /// How targets are named.
    pub target_kind: TargetKind,
    /// Its targets.
    pub targets: Vec<Target>,
    /// Does a target see the client's own address? Only of a Network Load Balancer.
    pub preserve_client_ip: bool,
    /// How it looks whether targets are well.
    pub health: HealthCheck,
    /// The other attributes that were set, by their keys.
    pub attributes: Vec<(String, String)>,
}

/// How targets are named.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TargetKind {
    /// By instance id: its primary private address is sent to.
    Instance,
    /// By address.
    Ip,
    /// An Application Load Balancer behind a Network Load Balancer.
    Alb,
}

/// A registered target.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// The instance, the address, or the ARN of a load balancer.
    pub id: String,
    /// Its port.
    pub port: u16,
    /// Its zone, for an address outside of the VPC (`all`).
    pub zone: Option<String>,
    /// What the health check found last: a state and a reason. What is shown is
    /// [`Elbv2::shown_health`], which also knows whether anybody checks it at all.
    pub health: (Health, &'static str),
    /// Until when it is being taken out.
    pub draining: Option<Time>,
}

/// What a health check found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Health {
    /// It has not been checked often enough.
    Initial,
    /// It answers.
    Healthy,
    /// It does not.
    Unhealthy,
    /// Nobody sends to its group, or its zone has no node.
    Unused,
    /// It is being taken out.
    Draining,
}

/// How a target group looks whether targets are well.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HealthCheck {
    /// `HTTP`, `HTTPS` or `TCP`.
    pub protocol: String,
    /// The port; `None` for the target's own (`traffic-port`).
    pub port: Option<u16>,
    /// The path that is asked for.
    pub path: Option<String>,
    /// Seconds between two checks.
    pub interval: u32,
    /// Seconds until a check has failed.
    pub timeout: u32,
    /// How many good ones make it healthy.
    pub healthy: u32,
    /// How many bad ones make it unhealthy.
    pub unhealthy: u32,
    /// The HTTP codes that are good.
    pub matcher: Option<String>,
}

resource!(
    TargetGroup,
    "targetgroup",
    "arn:aws:elasticloadbalancing",
    "targetGroup",
    "TargetGroupNotFound"
);

/// A listener.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Listener {
    /// Its ARN.
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The load balancer.
    pub balancer: Id,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`.
    pub protocol: String,
    /// The port.
    pub port: u16,
    /// The certificate of HTTPS and TLS.
    pub certificate: Option<String>,
    /// The security policy of HTTPS and TLS.
    pub policy: Option<String>,
}

resource!(
    Listener,
    "listener",
    "arn:aws:elasticloadbalancing",
    "listener",
    "ListenerNotFound"
);

/// A rule of a listener of an Application Load Balancer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListenerRule {
    /// Its ARN.
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The listener.
    pub listener: Id,
    /// Its place: the lowest is asked first. `None` is the listener's default rule, which comes
    /// last, has no conditions, and goes with the listener.
    pub priority: Option<u32>,
    /// All of which must hold.
    pub conditions: Vec<Condition>,
    /// What is done.
    pub actions: Vec<Action>,
}

resource!(
    ListenerRule,
    "listener-rule",
    "arn:aws:elasticloadbalancing",
    "rule",
    "RuleNotFound"
);

/// A condition of a rule: any of the values.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Condition {
    /// `path-pattern`
    Path(Vec<String>),
    /// `host-header`
    Host(Vec<String>),
    /// `http-request-method`
    Method(Vec<String>),
    /// `http-header`: the name, then values.
    Header(String, Vec<String>),
    /// `query-string`: keys and values.
    Query(Vec<(Option<String>, String)>),
    /// `source-ip`
    Source(Vec<hopwise_net::Prefix>),
}

/// What a listener does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// Sends on to these target groups, with their weights.
    Forward(Vec<(Id, u32)>),
    /// Sends the client elsewhere: status and the parts of the new address.
    Redirect {
        /// `HTTP_301` or `HTTP_302`.
        status: String,
        /// Protocol, host, port, path and query, as they were given.
        parts: Vec<(String, String)>,
    },
    /// Answers by itself.
    Fixed {
        /// The status code.
        status: String,
        /// The type of the body.
        content_type: Option<String>,
        /// The body.
        body: Option<String>,
    },
}

operations! {
    write "AddTags" [On("elb", "ResourceArns[]")] tag::add;
    write "CreateListener" [On("elb", "LoadBalancerArn")] listener::create;
    write "CreateLoadBalancer" [Named("loadbalancer", "Name")] balancer::create;
    write "CreateRule" [On("elb", "ListenerArn")] rule::create;
    write "CreateTargetGroup" [Named("targetgroup", "Name")] target_group::create;
    write "DeleteListener" [On("elb", "ListenerArn")] listener::delete;
    write "DeleteLoadBalancer" [On("elb", "LoadBalancerArn")] balancer::delete;
    write "DeleteRule" [On("elb", "RuleArn")] rule::delete;
    write "DeleteTargetGroup" [On("elb", "TargetGroupArn")] target_group::delete;
    write "DeregisterTargets" [On("elb", "TargetGroupArn")] target::deregister;
    read "DescribeListeners" [Any] listener::describe;
    read "DescribeLoadBalancerAttributes" [Any] attributes::describe_balancer;
    read "DescribeLoadBalancers" [Any] balancer::describe;
    read "DescribeRules" [Any] rule::describe;
    read "DescribeTags" [Any] tag::describe;
    read "DescribeTargetGroupAttributes" [Any] attributes::describe_target_group;
    read "DescribeTargetGroups" [Any] target_group::describe;
    read "DescribeTargetHealth" [Any] health::describe;
    write "ModifyListener" [On("elb", "ListenerArn")] listener::modify;
    write "ModifyLoadBalancerAttributes" [On("elb", "LoadBalancerArn")] attributes::modify_balancer;
    write "ModifyRule" [On("elb", "RuleArn")] rule::modify;
    write "ModifyTargetGroup" [On("elb", "TargetGroupArn")] target_group::modify;
    write "ModifyTargetGroupAttributes" [On("elb", "TargetGroupArn")] attributes::modify_target_group;
    write "RegisterTargets" [On("elb", "TargetGroupArn")] target::register;
    write "RemoveTags" [On("elb", "ResourceArns[]")] tag::remove;
    write "SetRulePriorities" [On("elb", "RulePriorities[].RuleArn")] rule::set_priorities;
    write "SetSecurityGroups" [On("elb", "LoadBalancerArn")] balancer::set_groups;
    write "SetSubnets" [On("elb", "LoadBalancerArn")] balancer::set_subnets;
}

/// `ValidationError`: what can't be in any request.
fn wrong(message: impl Into<String>) -> Fault {
    Fault::new("ValidationError", message)
}

/// `InvalidConfigurationRequest`: what doesn't fit what there is.
fn unfit(message: impl Into<String>) -> Fault {
    Fault::new("InvalidConfigurationRequest", message)
}

/// What is known to the service and not to this sandbox.
fn not_here(what: &str) -> Fault {
    unfit(format!("{what} is not in this sandbox."))
}

/// The resource with this ARN, of a table of its kind.
fn find<'a, T: Resource>(table: &'a Table<T>, arn: &str) -> Result<&'a Rc<T>, Fault> {
    let noun: Noun = T::NOUN;
    let (called, one) = match noun.kind {
        "loadbalancer" => (
            "load balancer",
            format!("Load balancers '[{arn}]' not found"),
        ),
        "targetgroup" => ("target group", format!("Target groups '[{arn}]' not found")),
        "listener" => ("listener", "One or more listeners not found".to_owned()),
        _ => ("listener rule", "One or more rules not found".to_owned()),
    };
    if !arn.starts_with("arn:aws:elasticloadbalancing:")
        || !arn.contains(&format!(":{}/", noun.kind))
    {
        return Err(wrong(format!("'{arn}' is not a valid {called} ARN")));
    }
    table.get(arn).ok_or_else(|| Fault::new(noun.code, one))
}

/// Is it a name of a load balancer or a target group? At most 32 letters, digits and hyphens.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>
fn check_name(what: &str, name: &str) -> Result<(), Fault> {
    if name.chars().count() > 32 {
        return Err(wrong(format!(
            "The {what} name '{name}' cannot be longer than '32' characters"
        )));
    }
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(wrong(format!(
            "The {what} name '{name}' can only contain characters that are alphanumeric characters \
             or hyphens(-)"
        )));
    }
    if name.starts_with('-') || name.ends_with('-') {
        return Err(wrong(format!(
            "The {what} name '{name}' cannot begin or end with a hyphen(-)"
        )));
    }
    Ok(())
}

/// The ARN of something of this service in the Region and account of the caller.
fn arn(context: &Context<'_>, rest: &str) -> Id {
    let (region, account) = (context.region.name, context.account());
    Id::new(&format!(
        "arn:aws:elasticloadbalancing:{region}:{account}:{rest}"
    ))
}

/// What stands in an ARN behind the kind: `app/web/50dc6c495c0c9188`.
fn tail(id: &Id) -> &str {
    id.as_str().split_once('/').map_or("", |(_, tail)| tail)
}

impl BalancerKind {
    /// AWS's word for it.
    pub fn word(self) -> &'static str {
        match self {
            BalancerKind::Application => "application",
            BalancerKind::Network => "network",
        }
    }

    /// How ARNs write it.
    pub(crate) fn short(self) -> &'static str {
        match self {
            BalancerKind::Application => "app",
            BalancerKind::Network => "net",
        }
    }
}

impl TargetKind {
    /// AWS's word for it.
    pub fn word(self) -> &'static str {
        match self {
            TargetKind::Instance => "instance",
            TargetKind::Ip => "ip",
            TargetKind::Alb => "alb",
        }
    }
}

impl LoadBalancer {
    /// Its name in the public DNS. That of an internal one leads to private addresses.
    pub fn dns_name(&self, region: &Region) -> String {
        let hex = self.id.as_str().rsplit('/').next().unwrap_or_default();
        match self.kind {
            BalancerKind::Application => {
                // Derived from the ARN, so that it need not be kept.
                let number = u64::from_str_radix(hex, 16).unwrap_or_default() % 10_000_000_000;
                let inside = if self.internet_facing {
                    ""
                } else {
                    "internal-"
                };
                format!(
                    "{inside}{}-{number}.{}.elb.amazonaws.com",
                    self.name, region.name
                )
            }
            BalancerKind::Network => {
                format!("{}-{hex}.elb.{}.amazonaws.com", self.name, region.name)
            }
        }
    }

    /// Has it a node in the zone?
    pub fn is_in_zone(&self, zone: &str) -> bool {
        self.nodes.iter().any(|node| node.zone == zone)
    }

    /// Is it there for those who ask? One that is going is not.
    pub fn is_there(&self) -> bool {
        !matches!(self.phase.state, State::Deleting | State::Deleted)
    }

    /// What AWS writes on its interfaces: `ELB app/web/50dc6c495c0c9188`.
    fn description(&self) -> String {
        format!("ELB {}", tail(&self.id))
    }
}

impl ListenerRule {
    /// Does it send to this target group?
    pub fn forwards_to(&self, group: &Id) -> bool {
        self.actions.iter().any(|action| match action {
            Action::Forward(groups) => groups.iter().any(|(id, _)| id == group),
            Action::Redirect { .. } | Action::Fixed { .. } => false,
        })
    }
}

impl Elbv2 {
    /// The listeners of a load balancer, as they were made.
    pub fn listeners_of(&self, balancer: &Id) -> Vec<&Rc<Listener>> {
        let all = self.listeners.by_birth().into_iter();
        all.filter(|it| it.balancer == *balancer).collect()
    }

    /// The rules of a listener in the order in which they are asked, the default rule last.
    pub fn rules_of(&self, listener: &Id) -> Vec<&Rc<ListenerRule>> {
        let rules = self.rules.iter().filter(|it| it.listener == *listener);
        let mut rules: Vec<_> = rules.collect();
        rules.sort_by_key(|it| it.priority.unwrap_or(u32::MAX));
        rules
    }

    /// What a listener does with what no rule matches.
    pub fn default_actions(&self, listener: &Id) -> &[Action] {
        let mut rules = self.rules.iter();
        let found = rules.find(|it| it.listener == *listener && it.priority.is_none());
        found.map_or(&[], |it| &it.actions)
    }

    /// The load balancer whose listeners or rules send to the target group. There is one at most.
    pub fn balancer_of(&self, group: &Id) -> Option<&Rc<LoadBalancer>> {
        let mut rules = self.rules.iter();
        let rule = rules.find(|it| it.forwards_to(group))?;
        let listener = self.listeners.get(rule.listener.as_str())?;
        self.balancers.get(listener.balancer.as_str())
    }

    /// Do the nodes of this load balancer send to targets of this group in other zones too? The
    /// group says so, else the load balancer.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#cross-zone-load-balancing>
    pub fn crosses_zones(&self, balancer: &LoadBalancer, group: &TargetGroup) -> bool {
        match attributes::target_group_value(group, attributes::CROSS_ZONE).as_str() {
            "true" => true,
            "false" => false,
            _ => balancer.cross_zone,
        }
    }

    /// The targets' addresses that a target group sends to, by the registered target.
    pub fn addresses<'a>(
        &'a self,
        ec2: &'a Ec2,
        group: &'a TargetGroup,
    ) -> impl Iterator<Item = (&'a Target, IpAddr)> + 'a {
        group.targets.iter().filter_map(move |target| {
            let address = match group.target_kind {
                TargetKind::Instance => {
                    let id = Id::new(&target.id);
                    ec2.primary_interface(&id)?.primary_address()?.into()
                }
                TargetKind::Ip => target.id.parse().ok()?,
                TargetKind::Alb => {
                    let balancer = self.balancers.get(&target.id)?;
                    let node = balancer.nodes.first()?;
                    let interface = ec2.network_interfaces.get(node.interface.as_str())?;
                    IpAddr::from(interface.primary_address().unwrap_or(Ipv4Addr::UNSPECIFIED))
                }
            };
            Some((target, address))
        })
    }
}

/// Takes away what load balancers held that are gone now.
pub(crate) fn clear(ec2: &mut Ec2) {
    let gone = |it: &&Rc<LoadBalancer>| it.phase.state == State::Deleted;
    let gone: Vec<Rc<LoadBalancer>> = ec2.elbv2.balancers.iter().filter(gone).cloned().collect();
    for balancer in gone {
        for node in &balancer.nodes {
            crate::ec2::network_interface::remove(ec2, &node.interface);
        }
        ec2.elbv2.balancers.remove(balancer.id.as_str());
    }
}

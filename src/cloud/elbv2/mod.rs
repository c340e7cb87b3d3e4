//! Elastic Load Balancing, version 2: Application and Network Load Balancers.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html>

use crate::ec2::phase::{Phase, phased};
use crate::id::{Born, Id};
use crate::table::{Table, Tags, resource};
use std::net::{IpAddr, Ipv4Addr};

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
    /// What the health check found last: a state and a reason.
    pub health: (Health, &'static str),
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
    /// What it does with what no rule matches.
    pub default: Vec<Action>,
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
    /// Its place: the lowest is asked first.
    pub priority: u32,
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

impl Elbv2 {
    /// The targets' addresses that a target group sends to, by the registered target.
    pub fn addresses<'a>(
        &'a self,
        ec2: &'a crate::ec2::Ec2,
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

//! NAT gateways, peering connections, endpoints and prefix lists, as those who show the cloud
//! see them.

use super::{Details, HostView, Node, Sheet, Shower, code, link, node, text, yes};
use crate::ec2::endpoint::EndpointKind;
use crate::ec2::nat_gateway::Scope;
use crate::ec2::network_interface::ManagedKind;
use crate::ec2::phase::State;
use crate::ec2::{Ec2, NetworkInterface, Vpc};
use crate::table::Resource;

/// The word of a state that has none of its own for this kind.
fn state(state: State) -> &'static str {
    match state {
        State::AwaitsAcceptance => "pending acceptance",
        State::Pending => "pending",
        State::Available | State::Modifying => "available",
        State::Failed => "failed",
        State::Rejected => "rejected",
        State::Expired => "expired",
        State::Deleting => "deleting",
        State::Deleted => "deleted",
    }
}

/// The interface of a service of AWS, as the resource that it is for.
pub(super) fn host(ec2: &Ec2, interface: &NetworkInterface) -> Option<HostView> {
    let managed = interface.managed.as_ref()?;
    let private = interface.primary_address();
    let private = private.map(|it| it.to_string()).unwrap_or_default();
    let public = super::public_address(ec2, interface);
    let (node, state) = match managed.kind {
        ManagedKind::NatGateway => {
            let nat = ec2.nat_gateways.get(managed.by.as_str())?;
            (node(nat.as_ref(), private), state(nat.phase.state))
        }
        // An endpoint has an interface in each zone: each is a thing of its own on the map.
        ManagedKind::Endpoint => {
            let endpoint = ec2.endpoints.get(managed.by.as_str())?;
            let service = endpoint.service.rsplit('.').next().unwrap_or_default();
            let name = endpoint.name().unwrap_or(service).to_owned();
            let node = Node {
                kind: "vpc-endpoint",
                name: Some(name),
                ..node(interface, private)
            };
            (node, state(endpoint.phase.state))
        }
        // So does a load balancer.
        ManagedKind::ApplicationLoadBalancer | ManagedKind::NetworkLoadBalancer => {
            let balancer = ec2.elbv2.balancers.get(managed.by.as_str())?;
            let node = Node {
                kind: "loadbalancer",
                name: Some(balancer.name.clone()),
                ..node(interface, private)
            };
            (node, super::balancers::state(balancer))
        }
        ManagedKind::TransitGateway
        | ManagedKind::Lambda
        | ManagedKind::Database
        | ManagedKind::Other => (node(interface, private), "in-use"),
    };
    Some(HostView {
        node,
        elastic: public.as_ref().is_some_and(|(_, elastic)| *elastic),
        public: public.map(|(address, _)| address),
        groups: interface
            .groups
            .iter()
            .filter_map(|id| ec2.security_groups.get(id.as_str()))
            .map(|group| super::group_node(group))
            .collect(),
        state,
    })
}

/// What belongs to a VPC as a whole and has no place in a subnet, as it was made.
pub(super) fn of_vpc(ec2: &Ec2, vpc: &Vpc) -> Vec<Node> {
    let mut all: Vec<(crate::id::Born, Node)> = Vec::new();
    for it in ec2
        .egress_only_gateways
        .iter()
        .filter(|it| it.vpc == vpc.id)
    {
        all.push((it.born, node(it.as_ref(), "")));
    }
    for it in ec2.nat_gateways.iter().filter(|it| it.vpc == vpc.id) {
        if matches!(it.scope, Scope::Regional { .. }) {
            all.push((it.born, node(it.as_ref(), "regional")));
        }
    }
    for it in ec2.endpoints.iter().filter(|it| it.vpc == vpc.id) {
        if it.is_gateway() {
            let service = it.service.rsplit('.').next().unwrap_or_default();
            all.push((it.born, node(it.as_ref(), service)));
        }
    }
    all.sort_by_key(|(born, _)| *born);
    all.into_iter().map(|(_, node)| node).collect()
}

/// What belongs to the Region: peering connections and prefix lists.
pub(super) fn of_region(ec2: &Ec2) -> Vec<Node> {
    let peerings = ec2.peerings.by_birth().into_iter();
    let peerings = peerings.filter(|it| it.phase.state != State::Deleted);
    let peerings = peerings.map(|it| node(it.as_ref(), state(it.phase.state)));
    let lists = ec2.prefix_lists.by_birth().into_iter();
    let lists = lists.map(|it| Node {
        name: Some(it.name().unwrap_or(&it.name).to_owned()),
        ..node(it.as_ref(), format!("{} entries", it.entries.len()))
    });
    peerings.chain(lists).collect()
}

impl Shower<'_> {
    /// Everything about one of these.
    pub(super) fn gateways(&self, id: &str) -> Option<Details> {
        let ec2 = self.ec2;
        let mut shown = Details::default();
        if let Some(it) = ec2.nat_gateways.get(id) {
            shown.node = node(it.as_ref(), "");
            shown.facts.push(("State", text(state(it.phase.state))));
            if let Some((_, why)) = it
                .failure
                .as_ref()
                .filter(|_| it.phase.state == State::Failed)
            {
                shown.facts.push(("Why it failed", text(why.as_str())));
            }
            let kind = if it.public { "public" } else { "private" };
            shown.facts.push(("Connectivity", text(kind)));
            for address in &it.addresses {
                if let Some(private) = address.private {
                    shown.facts.push(("Private address", code(private)));
                }
                if let Some(public) = address.public {
                    let label = match address.allocation {
                        Some(_) => "Elastic IP address",
                        None => "Public address",
                    };
                    shown.facts.push((label, code(public)));
                }
            }
            match &it.scope {
                Scope::Zonal { subnet, .. } => {
                    shown.relations.push(("in", self.subnet(subnet)));
                }
                Scope::Regional { table, .. } => {
                    shown.relations.push(("in", self.vpc(&it.vpc)));
                    if let Some(table) = ec2.route_tables.get(table.as_str()) {
                        let table = node(table.as_ref(), "its own");
                        shown.relations.push(("routes with", table));
                    }
                }
            }
            self.targets(id, &mut shown);
        } else if let Some(it) = ec2.egress_only_gateways.get(id) {
            shown.node = node(it.as_ref(), "");
            shown
                .facts
                .push(("Lets out", text("IPv6, and the answers back in")));
            shown.relations.push(("attached to", self.vpc(&it.vpc)));
            self.targets(id, &mut shown);
        } else if let Some(it) = ec2.peerings.get(id) {
            shown.node = node(it.as_ref(), "");
            shown.facts.push(("State", text(state(it.phase.state))));
            for (label, side) in [("Requester", &it.requester), ("Accepter", &it.accepter)] {
                let blocks: Vec<String> = side.blocks.iter().map(ToString::to_string).collect();
                let place = format!("{} {} {}", side.account, side.region, side.vpc);
                shown.facts.push((label, code(place)));
                if !blocks.is_empty() {
                    shown.facts.push(("CIDR blocks", code(blocks.join(", "))));
                }
                shown
                    .facts
                    .push(("Its names resolve to private addresses", yes(side.dns)));
                if ec2.vpcs.contains(side.vpc.as_str()) {
                    shown.relations.push(("joins", self.vpc(&side.vpc)));
                }
            }
            self.targets(id, &mut shown);
        } else if let Some(it) = ec2.endpoints.get(id) {
            shown.node = node(it.as_ref(), "");
            shown.facts.push(("State", text(state(it.phase.state))));
            shown.facts.push(("Type", text(it.kind_word())));
            shown.facts.push(("Service", code(&it.service)));
            let policy = if it.policy.is_some() {
                "its own"
            } else {
                "full access"
            };
            shown.facts.push(("Policy", text(policy)));
            shown.relations.push(("in", self.vpc(&it.vpc)));
            match &it.kind {
                EndpointKind::Gateway { tables } => {
                    for table in tables {
                        if let Some(table) = ec2.route_tables.get(table.as_str()) {
                            let table = node(table.as_ref(), "");
                            shown.relations.push(("target of", table));
                        }
                    }
                }
                EndpointKind::Interface {
                    subnets,
                    interfaces,
                    private_dns,
                    ..
                } => {
                    shown.facts.push(("Private DNS", yes(*private_dns)));
                    for subnet in subnets {
                        shown.relations.push(("in", self.subnet(subnet)));
                    }
                    let first = interfaces.first();
                    if let Some(first) =
                        first.and_then(|id| ec2.network_interfaces.get(id.as_str()))
                    {
                        self.groups(first, &mut shown);
                    }
                }
            }
        } else if let Some(it) = ec2.prefix_lists.get(id) {
            shown.node = Node {
                name: Some(it.name().unwrap_or(&it.name).to_owned()),
                ..node(it.as_ref(), "")
            };
            let family = if it.v4 { "IPv4" } else { "IPv6" };
            shown.facts.push(("Family", text(family)));
            shown
                .facts
                .push(("Room for", text(format!("{} entries", it.max_entries))));
            shown.facts.push(("Version", text(it.version.to_string())));
            let rows = it.entries.iter();
            shown.tables.push(Sheet {
                title: "Entries",
                columns: vec!["CIDR block", "Description"],
                rows: rows
                    .map(|it| {
                        let said = it.description.clone().unwrap_or_default();
                        vec![code(it.block), text(said)]
                    })
                    .collect(),
            });
        } else {
            return None;
        }
        Some(shown)
    }

    /// The tables with a route to this.
    fn targets(&self, id: &str, shown: &mut Details) {
        for table in self.ec2.route_tables.by_birth() {
            let mut routes = table.routes.iter();
            if routes.any(|route| route.target.id().is_some_and(|it| it.as_str() == id)) {
                let table = node(table.as_ref(), "");
                shown.relations.push(("target of", table));
            }
        }
    }

    /// The resource that an interface of a service of AWS is for.
    pub(super) fn held_by(&self, interface: &NetworkInterface, shown: &mut Details) {
        if let Some(managed) = interface.managed.as_ref() {
            shown.facts.push(("Held by AWS for", link(&managed.by)));
        }
    }
}

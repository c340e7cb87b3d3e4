//! Plain data for those who show the cloud: a picture of a Region, and everything about one thing.
//!
//! **Invariant:** a page reads these and never the fields of a resource.

mod access;
mod balancers;
mod gateways;
mod hybrid;

pub use access::{BucketView, IdentityView, inline_id};

use crate::cloud::Cloud;
use crate::ec2::network_acl::LAST_RULE;
use crate::ec2::route_table::{RouteState, Target};
use crate::ec2::security_group::Peer;
use crate::ec2::{Ec2, Instance, NetworkInterface, SecurityGroup, Subnet, Vpc, image};
use crate::id::Id;
use crate::region::Region;
use crate::table::Resource;

/// What a Region holds, nested as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Picture {
    /// The Region.
    pub region: String,
    /// Its VPCs, as they were made.
    pub vpcs: Vec<VpcView>,
    /// Internet gateways that are attached to nothing.
    pub loose_gateways: Vec<Node>,
    /// Elastic IP addresses that are associated with nothing.
    pub loose_addresses: Vec<Node>,
    /// What else belongs to the Region as a whole: peering connections, prefix lists, transit
    /// gateways, VPN, Direct Connect; and the networks outside of AWS.
    pub others: Vec<Node>,
    /// The lines between gateways, VPCs and networks.
    pub lines: Vec<Line>,
    /// The account's buckets in it, as they were made.
    pub buckets: Vec<BucketView>,
    /// The account's users, groups and policies, which are in no Region.
    pub identities: IdentityView,
}

/// Something that leads from one thing to another: an attachment, a VPN connection, a virtual
/// interface.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    /// Its id, under which it can be inspected.
    pub id: String,
    /// What it is: `transit-gateway-attachment`, `vpn-connection`, …
    pub kind: &'static str,
    /// Where it begins; what that is may lie in another Region and not be in the picture.
    pub from: String,
    /// Where it ends, likewise.
    pub to: String,
    /// Does it work?
    pub works: bool,
    /// How far it is, or how many of its tunnels are up.
    pub detail: String,
}

/// Something with an id and a name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// What it is: `vpc`, `route-table`, …
    pub kind: &'static str,
    /// Its `Name` tag, else nothing.
    pub name: Option<String>,
    /// A second line: an address, a CIDR block.
    pub detail: String,
}

/// A VPC as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VpcView {
    /// The VPC itself; the detail is its CIDR blocks.
    pub node: Node,
    /// Is it the default VPC?
    pub is_default: bool,
    /// How much of its range its subnets take, in thousandths.
    pub used: u32,
    /// The zones that have subnets, by name.
    pub zones: Vec<ZoneView>,
    /// Its internet gateway.
    pub gateway: Option<Node>,
    /// Its route tables, as they were made.
    pub route_tables: Vec<RouteTableView>,
    /// Its security groups, as they were made.
    pub security_groups: Vec<GroupView>,
    /// Its network ACLs, as they were made.
    pub network_acls: Vec<AclView>,
    /// What else belongs to it as a whole: egress-only gateways, regional NAT gateways, gateway
    /// endpoints.
    pub others: Vec<Node>,
}

/// An Availability Zone of a VPC.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ZoneView {
    /// Its name, e.g. `us-east-1a`.
    pub name: String,
    /// The subnets in it, as they were made.
    pub subnets: Vec<SubnetView>,
}

/// A subnet as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SubnetView {
    /// The subnet itself; the detail is its CIDR block.
    pub node: Node,
    /// Is there a route from it to an internet gateway that works?
    pub public: bool,
    /// How many of its addresses are taken, in thousandths.
    pub used: u32,
    /// The route table it uses.
    pub route_table: String,
    /// Does it use that table by its own association, and not as the main one?
    pub explicit: bool,
    /// Its network ACL.
    pub network_acl: String,
    /// What is in it, as it was made.
    pub hosts: Vec<HostView>,
}

/// An instance, or a network interface without one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HostView {
    /// The thing itself; the detail is its private address.
    pub node: Node,
    /// Its public address.
    pub public: Option<String>,
    /// Is the public address an Elastic IP address?
    pub elastic: bool,
    /// Its security groups.
    pub groups: Vec<Node>,
    /// The state of an instance, e.g. `running`.
    pub state: &'static str,
}

/// A route table as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RouteTableView {
    /// The table itself.
    pub node: Node,
    /// Is it the main one?
    pub main: bool,
    /// Where its routes lead: destination, target, whether it works.
    pub routes: Vec<(String, String, bool)>,
}

/// A security group as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GroupView {
    /// The group itself; the detail is its description.
    pub node: Node,
    /// Is it its VPC's default group?
    pub is_default: bool,
    /// How many inbound rules it has.
    pub inbound: usize,
    /// The other groups that its inbound rules let in.
    pub admits: Vec<String>,
}

/// A network ACL as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AclView {
    /// The ACL itself.
    pub node: Node,
    /// Is it its VPC's default ACL?
    pub is_default: bool,
    /// The subnets that it filters.
    pub subnets: Vec<String>,
}

/// Everything about one thing, for an inspector.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Details {
    /// The thing itself.
    pub node: Node,
    /// Single facts: label and value.
    pub facts: Vec<(&'static str, Value)>,
    /// Tables: routes, rules.
    pub tables: Vec<Sheet>,
    /// What it stands in relation to: how, and to what.
    pub relations: Vec<(&'static str, Node)>,
}

/// A value that an inspector shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Words.
    Text(String),
    /// A code, an address, a CIDR block.
    Code(String),
    /// Another thing.
    Link(String),
}

/// A table of an inspector.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sheet {
    /// What it lists.
    pub title: &'static str,
    /// The heads of its columns.
    pub columns: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
}

/// What a person calls a kind of thing.
pub fn kind_word(kind: &str) -> &'static str {
    match kind {
        "vpc" => "VPC",
        "subnet" => "Subnet",
        "route-table" => "Route table",
        "internet-gateway" => "Internet gateway",
        "elastic-ip" => "Elastic IP address",
        "network-acl" => "Network ACL",
        "security-group" => "Security group",
        "network-interface" => "Network interface",
        "instance" => "Instance",
        "key-pair" => "Key pair",
        "natgateway" => "NAT gateway",
        "egress-only-internet-gateway" => "Egress-only internet gateway",
        "vpc-peering-connection" => "Peering connection",
        "vpc-endpoint" => "VPC endpoint",
        "loadbalancer" => "Load balancer",
        "targetgroup" => "Target group",
        "prefix-list" => "Prefix list",
        "dhcp-options" => "DHCP option set",
        "transit-gateway" => "Transit gateway",
        "transit-gateway-attachment" => "Transit gateway attachment",
        "transit-gateway-route-table" => "Transit gateway route table",
        "vpn-gateway" => "Virtual private gateway",
        "customer-gateway" => "Customer gateway",
        "vpn-connection" => "VPN connection",
        "dxcon" => "Direct Connect connection",
        "dxvif" => "Virtual interface",
        "dx-gateway" => "Direct Connect gateway",
        "network" => "Network of one's own",
        "bucket" => "Bucket",
        "user" => "User",
        "group" => "User group",
        "policy" => "Managed policy",
        "object" => "Object",
        "inline-policy" => "Inline policy",
        "access-key" => "Access key",
        "identity-based-policy" => "Identity-based policy",
        "resource-based-policy" => "Resource-based policy",
        "public-access-block" => "Block Public Access",
        "internet" => "Internet",
        "laptop" => "Your laptop",
        _ => "Resource",
    }
}

fn node<T: Resource>(resource: &T, detail: impl Into<String>) -> Node {
    Node {
        id: resource.id().to_string(),
        kind: T::NOUN.kind,
        name: resource.name().map(str::to_owned),
        detail: detail.into(),
    }
}

fn group_node(group: &SecurityGroup) -> Node {
    Node {
        name: Some(group.name().unwrap_or(&group.name).to_owned()),
        ..node(group, group.description.as_str())
    }
}

fn share(part: u128, whole: u128) -> u32 {
    u32::try_from(part.saturating_mul(1_000) / whole.max(1)).unwrap_or(1_000)
}

fn is_public(ec2: &Ec2, subnet: &Subnet) -> bool {
    ec2.route_table_of(subnet).is_some_and(|table| {
        table.routes.iter().any(|route| {
            matches!(route.target, Target::InternetGateway(_))
                && ec2.route_state(&table.vpc, route) == RouteState::Active
        })
    })
}

fn public_address(ec2: &Ec2, interface: &NetworkInterface) -> Option<(String, bool)> {
    let private = interface.primary_address()?;
    let public = ec2.public_of(&interface.id, private)?;
    let elastic = ec2.elastic_of(&interface.id, private).is_some();
    Some((public.to_string(), elastic))
}

fn host(ec2: &Ec2, interface: Option<&NetworkInterface>, instance: Option<&Instance>) -> HostView {
    let private = interface
        .and_then(NetworkInterface::primary_address)
        .map(|address| address.to_string())
        .unwrap_or_default();
    let public = interface.and_then(|interface| public_address(ec2, interface));
    let node = match (instance, interface) {
        (Some(instance), _) => node(instance, private),
        (None, Some(interface)) => node(interface, private),
        (None, None) => Node::default(),
    };
    HostView {
        node,
        elastic: public.as_ref().is_some_and(|(_, elastic)| *elastic),
        public: public.map(|(address, _)| address),
        groups: interface
            .into_iter()
            .flat_map(|interface| &interface.groups)
            .filter_map(|id| ec2.security_groups.get(id.as_str()))
            .map(|group| group_node(group))
            .collect(),
        state: instance.map_or("available", |instance| instance.state.code().1),
    }
}

fn subnet_view(ec2: &Ec2, subnet: &Subnet) -> SubnetView {
    let table = ec2.route_table_of(subnet);
    let mut hosts: Vec<(crate::id::Born, HostView)> = Vec::new();
    for instance in ec2.instances.iter() {
        let gone = matches!(
            instance.state,
            crate::ec2::instance::State::Terminated { .. }
        );
        if instance.subnet == subnet.id && !gone {
            let interface = ec2.primary_interface(&instance.id).map(AsRef::as_ref);
            hosts.push((instance.born, host(ec2, interface, Some(instance))));
        }
    }
    for interface in ec2.network_interfaces.iter() {
        let primary = interface
            .attachment
            .as_ref()
            .is_some_and(|it| it.device == 0);
        if interface.subnet == subnet.id && !primary {
            let shown =
                gateways::host(ec2, interface).unwrap_or_else(|| host(ec2, Some(interface), None));
            hosts.push((interface.born, shown));
        }
    }
    hosts.sort_by_key(|(born, _)| *born);
    let free = ec2.free_addresses(subnet);
    SubnetView {
        node: node(subnet, subnet.block.to_string()),
        public: is_public(ec2, subnet),
        used: share(
            subnet.block.size().saturating_sub(free),
            subnet.block.size(),
        ),
        route_table: table.map(|table| table.id.to_string()).unwrap_or_default(),
        explicit: table.is_some_and(|table| table.subnets().any(|id| *id == subnet.id)),
        network_acl: ec2
            .network_acl_of(&subnet.id)
            .map(|acl| acl.id.to_string())
            .unwrap_or_default(),
        hosts: hosts.into_iter().map(|(_, host)| host).collect(),
    }
}

fn vpc_view(ec2: &Ec2, region: &Region, vpc: &Vpc) -> VpcView {
    let subnets: Vec<_> = ec2
        .subnets
        .by_birth()
        .into_iter()
        .filter(|subnet| subnet.vpc == vpc.id)
        .collect();
    let zones = region
        .zone_names()
        .filter_map(|(name, _)| {
            let here: Vec<_> = subnets
                .iter()
                .filter(|subnet| subnet.zone == name)
                .map(|subnet| subnet_view(ec2, subnet))
                .collect();
            (!here.is_empty()).then_some(ZoneView {
                name,
                subnets: here,
            })
        })
        .collect();
    let blocks: Vec<String> = vpc.blocks.iter().map(|it| it.block.to_string()).collect();
    VpcView {
        node: node(vpc, blocks.join(", ")),
        is_default: vpc.is_default,
        used: share(
            subnets.iter().map(|subnet| subnet.block.size()).sum(),
            vpc.blocks.iter().map(|block| block.block.size()).sum(),
        ),
        zones,
        gateway: ec2.internet_gateway_of(&vpc.id).map(|it| node(it, "")),
        route_tables: ec2
            .route_tables
            .by_birth()
            .into_iter()
            .filter(|table| table.vpc == vpc.id)
            .map(|table| RouteTableView {
                node: node(table.as_ref(), ""),
                main: table.is_main(),
                routes: table
                    .routes
                    .iter()
                    .map(|route| {
                        (
                            route.destination.to_string(),
                            route.target.to_string(),
                            ec2.route_state(&vpc.id, route) == RouteState::Active,
                        )
                    })
                    .collect(),
            })
            .collect(),
        security_groups: ec2
            .security_groups
            .by_birth()
            .into_iter()
            .filter(|group| group.vpc == vpc.id)
            .map(|group| group_view(group))
            .collect(),
        network_acls: ec2
            .network_acls
            .by_birth()
            .into_iter()
            .filter(|acl| acl.vpc == vpc.id)
            .map(|acl| AclView {
                node: node(acl.as_ref(), ""),
                is_default: acl.is_default,
                subnets: acl
                    .associations
                    .iter()
                    .map(|it| it.subnet.to_string())
                    .collect(),
            })
            .collect(),
        others: (gateways::of_vpc(ec2, vpc).into_iter())
            .chain(hybrid::of_vpc(ec2, vpc))
            .collect(),
    }
}

fn group_view(group: &SecurityGroup) -> GroupView {
    let mut admits: Vec<String> = group
        .rules(false)
        .filter_map(|rule| match &rule.peer {
            Peer::Group(id) if *id != group.id => Some(id.to_string()),
            _ => None,
        })
        .collect();
    admits.sort_unstable();
    admits.dedup();
    GroupView {
        node: group_node(group),
        is_default: group.is_default(),
        inbound: group.rules(false).count(),
        admits,
    }
}

impl Cloud {
    /// What an account has in a Region, nested as it is drawn.
    pub fn picture(&self, account: &str, region: &str) -> Picture {
        let found = self
            .account(account)
            .and_then(|account| Some((account, account.ec2(region)?)));
        let (Some((account, ec2)), Some(here)) = (found, Region::find(region)) else {
            return Picture::default();
        };
        Picture {
            region: region.to_owned(),
            vpcs: ec2
                .vpcs
                .by_birth()
                .into_iter()
                .map(|vpc| vpc_view(ec2, here, vpc))
                .collect(),
            loose_gateways: ec2
                .internet_gateways
                .by_birth()
                .into_iter()
                .filter(|gateway| gateway.vpc.is_none())
                .map(|gateway| node(gateway.as_ref(), "not attached"))
                .collect(),
            loose_addresses: ec2
                .addresses
                .by_birth()
                .into_iter()
                .filter(|address| address.association.is_none())
                .map(|address| node(address.as_ref(), address.public.to_string()))
                .collect(),
            others: (gateways::of_region(ec2).into_iter())
                .chain(hybrid::of_region(self, account, ec2))
                .collect(),
            lines: hybrid::lines(self, account, ec2),
            buckets: access::buckets(account, region),
            identities: access::identities(self, account),
        }
    }

    /// Everything about the thing with this id.
    pub fn details(&self, account: &str, region: &str, id: &str) -> Option<Details> {
        let account = self.account(account)?;
        if access::is_access(id) {
            return access::details(self, account, id);
        }
        if let Some(network) = hybrid::network(self, id) {
            return Some(network);
        }
        // A Direct Connect gateway is in no Region.
        let direct = |(_, ec2): &(&str, &Ec2)| ec2.direct_connect.gateways.contains(id);
        let ec2 = match account.regions().find(direct) {
            Some((_, ec2)) => ec2,
            None => account.ec2(region)?,
        };
        Shower { ec2 }.details(id)
    }

    /// The name by which a person knows the thing with this id, wherever it is.
    pub fn name_of(&self, id: &str) -> Option<String> {
        self.places()
            .find_map(|(_, _, ec2)| Shower { ec2 }.details(id))
            .and_then(|details| details.node.name)
            .or_else(|| access::name_of(self, id))
    }
}

struct Shower<'a> {
    ec2: &'a Ec2,
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn code(code: impl ToString) -> Value {
    Value::Code(code.to_string())
}

fn link(id: &Id) -> Value {
    Value::Link(id.to_string())
}

fn yes(flag: bool) -> Value {
    text(if flag { "yes" } else { "no" })
}

impl Shower<'_> {
    fn vpc(&self, id: &Id) -> Node {
        let detail = |vpc: &Vpc| vpc.primary().map(|it| it.to_string()).unwrap_or_default();
        self.ec2
            .vpcs
            .get(id.as_str())
            .map(|vpc| node(vpc.as_ref(), detail(vpc)))
            .unwrap_or_default()
    }

    fn subnet(&self, id: &Id) -> Node {
        self.ec2
            .subnets
            .get(id.as_str())
            .map(|it| node(it.as_ref(), it.block.to_string()))
            .unwrap_or_default()
    }

    fn details(&self, id: &str) -> Option<Details> {
        let ec2 = self.ec2;
        let mut shown = Details::default();
        if let Some(it) = ec2.vpcs.get(id) {
            shown.node = self.vpc(&it.id);
            for block in &it.blocks {
                shown.facts.push(("IPv4 CIDR block", code(block.block)));
            }
            for block in it.ipv6_blocks.iter() {
                shown.facts.push(("IPv6 CIDR block", code(block.block)));
            }
            shown.facts.push(("Default VPC", yes(it.is_default)));
            shown.facts.push(("DNS resolution", yes(it.dns_support)));
            shown.facts.push(("DNS hostnames", yes(it.dns_hostnames)));
            for subnet in ec2.subnets.by_birth() {
                if subnet.vpc == it.id {
                    shown.relations.push(("contains", self.subnet(&subnet.id)));
                }
            }
            if let Some(gateway) = ec2.internet_gateway_of(&it.id) {
                shown.relations.push(("attached", node(gateway, "")));
            }
            for table in ec2.route_tables.by_birth() {
                if table.vpc == it.id {
                    let detail = if table.is_main() { "main" } else { "" };
                    shown
                        .relations
                        .push(("routes with", node(table.as_ref(), detail)));
                }
            }
        } else if let Some(it) = ec2.subnets.get(id) {
            shown.node = self.subnet(&it.id);
            shown.facts.push(("IPv4 CIDR block", code(it.block)));
            for block in it.ipv6_blocks.iter() {
                shown.facts.push(("IPv6 CIDR block", code(block.block)));
            }
            shown
                .facts
                .push(("Availability Zone", text(it.zone.as_str())));
            shown
                .facts
                .push(("Free addresses", text(ec2.free_addresses(it).to_string())));
            shown
                .facts
                .push(("Auto-assign public IPv4", yes(it.map_public_ip)));
            let public = is_public(ec2, it);
            shown.facts.push((
                "Road to the internet",
                text(if public {
                    "public: a route to an internet gateway"
                } else {
                    "private: no route to an internet gateway"
                }),
            ));
            shown.relations.push(("in", self.vpc(&it.vpc)));
            if let Some(table) = ec2.route_table_of(it) {
                let own = table.subnets().any(|subnet| *subnet == it.id);
                let detail = if own {
                    "associated"
                } else {
                    "as the main table"
                };
                shown
                    .relations
                    .push(("routes with", node(table.as_ref(), detail)));
            }
            if let Some(acl) = ec2.network_acl_of(&it.id) {
                shown
                    .relations
                    .push(("filtered by", node(acl.as_ref(), "")));
            }
        } else if let Some(it) = ec2.route_tables.get(id) {
            shown.node = node(it.as_ref(), "");
            shown.facts.push(("Main table", yes(it.is_main())));
            shown.tables.push(Sheet {
                title: "Routes",
                columns: vec!["Destination", "Target", "State"],
                rows: ec2
                    .routes_of(it)
                    .iter()
                    .map(|route| {
                        let target = route.target.id().map_or_else(|| text("local"), link);
                        let state = match ec2.route_state(&it.vpc, route) {
                            RouteState::Active => "active",
                            RouteState::Blackhole => "blackhole",
                        };
                        vec![code(&route.destination), target, text(state)]
                    })
                    .collect(),
            });
            shown.relations.push(("of", self.vpc(&it.vpc)));
            for subnet in ec2.subnets.by_birth() {
                let uses = ec2
                    .route_table_of(subnet)
                    .is_some_and(|table| table.id == it.id);
                if uses {
                    shown.relations.push(("used by", self.subnet(&subnet.id)));
                }
            }
        } else if let Some(it) = ec2.internet_gateways.get(id) {
            shown.node = node(it.as_ref(), "");
            match &it.vpc {
                Some(vpc) => {
                    shown.facts.push(("State", text("attached")));
                    shown.relations.push(("attached to", self.vpc(vpc)));
                }
                None => shown.facts.push(("State", text("not attached to a VPC"))),
            }
            for table in ec2.route_tables.by_birth() {
                let target = Target::InternetGateway(it.id.clone());
                if table.routes.iter().any(|route| route.target == target) {
                    shown
                        .relations
                        .push(("target of", node(table.as_ref(), "")));
                }
            }
        } else if let Some(it) = ec2.addresses.get(id) {
            shown.node = node(it.as_ref(), it.public.to_string());
            shown.facts.push(("Public address", code(it.public)));
            match &it.association {
                Some(association) => {
                    shown
                        .facts
                        .push(("Private address", code(association.private)));
                    if let Some(interface) =
                        ec2.network_interfaces.get(association.interface.as_str())
                    {
                        shown
                            .relations
                            .push(("associated with", node(interface.as_ref(), "")));
                    }
                }
                None => shown
                    .facts
                    .push(("State", text("not associated: it costs and serves nothing"))),
            }
        } else if let Some(it) = ec2.network_acls.get(id) {
            shown.node = node(it.as_ref(), "");
            shown.facts.push(("Default", yes(it.is_default)));
            for (egress, title) in [(false, "Inbound rules"), (true, "Outbound rules")] {
                let mut rows: Vec<Vec<Value>> = it
                    .rules(egress)
                    .map(|rule| {
                        let ports = rule.ports.map_or("all".to_owned(), |it| it.to_string());
                        let protocol = rule.protocol.map_or("all".to_owned(), |it| it.to_string());
                        vec![
                            text(rule.number.to_string()),
                            text(if rule.allow { "allow" } else { "deny" }),
                            text(protocol),
                            code(ports),
                            code(rule.block),
                        ]
                    })
                    .collect();
                debug_assert!(it.rules(egress).all(|rule| rule.number < LAST_RULE));
                rows.push(vec![
                    text("*"),
                    text("deny"),
                    text("all"),
                    code("all"),
                    code("0.0.0.0/0"),
                ]);
                shown.tables.push(Sheet {
                    title,
                    columns: vec![
                        "Rule",
                        "Action",
                        "Protocol",
                        "Ports",
                        if egress { "Destination" } else { "Source" },
                    ],
                    rows,
                });
            }
            shown.relations.push(("of", self.vpc(&it.vpc)));
            for association in &it.associations {
                shown
                    .relations
                    .push(("filters", self.subnet(&association.subnet)));
            }
        } else if let Some(it) = ec2.security_groups.get(id) {
            shown.node = group_node(it);
            shown.facts.push(("Group name", text(it.name.as_str())));
            shown
                .facts
                .push(("Description", text(it.description.as_str())));
            for (egress, title) in [(false, "Inbound rules"), (true, "Outbound rules")] {
                let rows = it
                    .rules(egress)
                    .map(|rule| {
                        let ports = match (rule.from, rule.to) {
                            (Some(from), Some(to)) if from == to => from.to_string(),
                            (Some(from), Some(to)) => format!("{from}-{to}"),
                            _ => "all".to_owned(),
                        };
                        let protocol = rule.protocol.map_or("all".to_owned(), |it| it.to_string());
                        let peer = match &rule.peer {
                            crate::ec2::security_group::Peer::Block(block) => code(block),
                            crate::ec2::security_group::Peer::Group(id) => link(id),
                            crate::ec2::security_group::Peer::Foreign(it) => code(&it.group),
                            crate::ec2::security_group::Peer::List(id) => link(id),
                        };
                        let said = rule.description.clone().unwrap_or_default();
                        vec![text(protocol), code(ports), peer, text(said)]
                    })
                    .collect();
                shown.tables.push(Sheet {
                    title,
                    columns: vec![
                        "Protocol",
                        "Ports",
                        if egress { "Destination" } else { "Source" },
                        "Description",
                    ],
                    rows,
                });
            }
            shown.relations.push(("of", self.vpc(&it.vpc)));
            for interface in ec2.network_interfaces.by_birth() {
                if interface.groups.contains(&it.id) {
                    shown.relations.push(("used by", self.wearer(interface)));
                }
            }
        } else if let Some(it) = ec2.instances.get(id) {
            shown.node = node(it.as_ref(), "");
            shown.facts.push(("State", text(it.state.code().1)));
            shown.facts.push(("Instance type", code(&it.kind)));
            let image = match image::Image::word_of(&it.image) {
                Some(word) => format!("{word} {}", it.image),
                None => it.image.to_string(),
            };
            shown.facts.push(("Image", code(image)));
            if let Some(kind) = image::instance_type(&it.kind) {
                shown.facts.push(("vCPUs", text(kind.vcpus.to_string())));
            }
            if let Some(key) = &it.key_name {
                shown.facts.push(("Key pair", text(key.as_str())));
            }
            for interface in ec2.interfaces_of(&it.id) {
                self.addresses(interface, &mut shown);
                shown
                    .relations
                    .push(("interface", node(interface.as_ref(), "")));
            }
            shown.relations.push(("in", self.subnet(&it.subnet)));
            if let Some(interface) = ec2.primary_interface(&it.id) {
                self.groups(interface, &mut shown);
            }
        } else if let Some(it) = ec2.network_interfaces.get(id) {
            shown.node = node(it.as_ref(), "");
            self.addresses(it, &mut shown);
            shown.facts.push(("MAC address", code(&it.mac)));
            shown
                .facts
                .push(("Source/destination check", yes(it.source_dest_check)));
            shown.relations.push(("in", self.subnet(&it.subnet)));
            if it.attachment.is_some() {
                shown.relations.push(("attached to", self.wearer(it)));
            }
            self.held_by(it, &mut shown);
            self.groups(it, &mut shown);
        } else if let Some(it) = ec2.key_pairs.get(id) {
            shown.node = Node {
                name: Some(it.name.clone()),
                ..node(it.as_ref(), "")
            };
            shown.facts.push(("Type", text(it.kind.as_str())));
            shown.facts.push(("Fingerprint", code(&it.fingerprint)));
        } else {
            let gateways = self.gateways(id).or_else(|| self.hybrid(id));
            return gateways.or_else(|| self.balancers(id));
        }
        Some(shown)
    }

    fn wearer(&self, interface: &NetworkInterface) -> Node {
        let instance = self
            .ec2
            .instance_of(&interface.id)
            .and_then(|id| self.ec2.instances.get(id.as_str()));
        match instance {
            Some(instance) => node(instance.as_ref(), ""),
            None => node(interface, ""),
        }
    }

    fn addresses(&self, interface: &NetworkInterface, shown: &mut Details) {
        for address in &interface.addresses {
            shown.facts.push(("Private address", code(address.private)));
        }
        for address in interface.ipv6.iter() {
            shown.facts.push(("IPv6 address", code(address)));
        }
        match public_address(self.ec2, interface) {
            Some((address, true)) => shown.facts.push(("Elastic IP address", code(address))),
            Some((address, false)) => shown.facts.push(("Public address", code(address))),
            None => shown.facts.push(("Public address", text("none"))),
        }
    }

    fn groups(&self, interface: &NetworkInterface, shown: &mut Details) {
        for id in &interface.groups {
            if let Some(group) = self.ec2.security_groups.get(id.as_str()) {
                shown.relations.push(("guarded by", group_node(group)));
            }
        }
    }
}

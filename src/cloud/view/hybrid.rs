//! Transit gateways, VPN, Direct Connect and networks outside of AWS, as those who show the cloud
//! see them.

use super::{Details, Line, Node, Sheet, Shower, Value, code, link, node, text, yes};
use crate::cloud::{Account, Cloud};
use crate::directconnect::{VirtualEnd, connection, interface};
use crate::ec2::phase::{Phase, State};
use crate::ec2::transit_gateway::{self, TransitAttachment, TransitEnd};
use crate::ec2::vpn::{self, VpnEnd};
use crate::ec2::{Ec2, Vpc};
use crate::id::Id;
use crate::on_premises::{OnPremises, Over};

/// Before the name of a network, in its id on the map.
const NETWORK: &str = "network:";

fn is_shown(phase: Phase) -> bool {
    !matches!(
        phase.state,
        State::Deleted | State::Rejected | State::Expired | State::Failed
    )
}

fn network_node(network: &OnPremises) -> Node {
    let blocks: Vec<String> = network.blocks.iter().map(ToString::to_string).collect();
    Node {
        id: format!("{NETWORK}{}", network.name),
        kind: "network",
        name: Some(network.name.clone()),
        detail: blocks.join(", "),
    }
}

/// How many of the tunnels of a VPN connection are up.
fn tunnels_up(one: &vpn::VpnConnection) -> usize {
    one.tunnels.iter().filter(|it| it.up).count()
}

fn tunnels(one: &vpn::VpnConnection) -> String {
    format!("{} of {} tunnels up", tunnels_up(one), one.tunnels.len())
}

/// What belongs to a VPC as a whole: its virtual private gateway.
pub(super) fn of_vpc(ec2: &Ec2, vpc: &Vpc) -> Option<Node> {
    let gateway = ec2.vpn_gateway_of(&vpc.id)?;
    Some(node(gateway, format!("ASN {}", gateway.asn)))
}

/// What belongs to the Region, or to none.
pub(super) fn of_region(cloud: &Cloud, account: &Account, ec2: &Ec2) -> Vec<Node> {
    let mut all = Vec::new();
    for it in ec2.transit_gateways.by_birth() {
        if is_shown(it.phase) {
            all.push(node(it.as_ref(), transit_gateway::state_word(it.phase)));
        }
    }
    for it in ec2.vpn_gateways.by_birth() {
        if is_shown(it.phase) && !it.is_attached() {
            all.push(node(it.as_ref(), "not attached"));
        }
    }
    for it in ec2.customer_gateways.by_birth() {
        if is_shown(it.phase) {
            all.push(node(it.as_ref(), it.address.to_string()));
        }
    }
    for it in ec2.vpn_connections.by_birth() {
        if is_shown(it.phase) {
            all.push(node(it.as_ref(), tunnels(it)));
        }
    }
    for it in ec2.direct_connect.connections.by_birth() {
        if is_shown(it.phase) {
            all.push(Node {
                name: Some(it.name.clone()),
                ..node(it.as_ref(), connection::state_word(it))
            });
        }
    }
    for it in ec2.direct_connect.interfaces.by_birth() {
        if is_shown(it.phase) {
            all.push(Node {
                name: Some(it.name.clone()),
                ..node(it.as_ref(), interface::state_word(it))
            });
        }
    }
    let mut gateways: Vec<_> = account
        .regions()
        .flat_map(|(_, ec2)| ec2.direct_connect.gateways.iter())
        .filter(|it| is_shown(it.phase))
        .collect();
    gateways.sort_by_key(|it| it.born);
    for it in gateways {
        all.push(Node {
            name: Some(it.name.clone()),
            ..node(it.as_ref(), format!("ASN {}", it.asn))
        });
    }
    all.extend(cloud.on_premises().iter().map(network_node));
    all
}

/// The lines between them.
pub(super) fn lines(cloud: &Cloud, account: &Account, ec2: &Ec2) -> Vec<Line> {
    let mut all = Vec::new();
    let line = |id: &str, kind, from: &str, to: &str, works, detail: &str| Line {
        id: id.to_owned(),
        kind,
        from: from.to_owned(),
        to: to.to_owned(),
        works,
        detail: detail.to_owned(),
    };
    for it in ec2.transit_attachments.by_birth() {
        let to = match &it.end {
            TransitEnd::Vpc { .. } | TransitEnd::DirectConnect { .. } => it.end.resource(),
            TransitEnd::Peering {
                peer, asked: true, ..
            } => peer.as_str(),
            // The connection is the line; of a peering the side that asked draws it.
            TransitEnd::Vpn { .. } | TransitEnd::Peering { .. } => continue,
        };
        if is_shown(it.phase) {
            let word = transit_gateway::state_word(it.phase);
            let kind = "transit-gateway-attachment";
            let works = it.phase.works();
            all.push(line(
                it.id.as_str(),
                kind,
                it.gateway.as_str(),
                to,
                works,
                word,
            ));
        }
    }
    for it in ec2.vpn_connections.by_birth() {
        if is_shown(it.phase) {
            let (VpnEnd::VpnGateway(gateway) | VpnEnd::TransitGateway(gateway)) = &it.gateway;
            all.push(line(
                it.id.as_str(),
                "vpn-connection",
                gateway.as_str(),
                it.customer_gateway.as_str(),
                tunnels_up(it) > 0,
                &tunnels(it),
            ));
        }
    }
    for it in ec2.customer_gateways.by_birth() {
        let network = (cloud.on_premises().iter()).find(|network| network.address == it.address);
        if let Some(network) = network.filter(|_| is_shown(it.phase)) {
            let to = network_node(network).id;
            all.push(line(
                it.id.as_str(),
                "customer-gateway",
                it.id.as_str(),
                &to,
                true,
                "",
            ));
        }
    }
    for it in ec2.direct_connect.connections.by_birth() {
        let plugged = |network: &&OnPremises| network.connections.contains(&it.id);
        if let Some(network) = cloud.on_premises().iter().find(plugged) {
            let to = network_node(network).id;
            all.push(line(
                it.id.as_str(),
                "dxcon",
                it.id.as_str(),
                &to,
                it.up,
                "",
            ));
        }
    }
    for it in ec2.direct_connect.interfaces.by_birth() {
        if is_shown(it.phase) {
            let (VirtualEnd::VpnGateway(to) | VirtualEnd::Private(to) | VirtualEnd::Transit(to)) =
                &it.end;
            let word = interface::state_word(it);
            let from = it.connection.as_str();
            all.push(line(
                it.id.as_str(),
                "dxvif",
                from,
                to.as_str(),
                it.up,
                word,
            ));
        }
    }
    for (_, there) in account.regions() {
        for it in there.direct_connect.gateways.by_birth() {
            // What leads to a transit gateway is an attachment already.
            for one in it.associations.iter().filter(|one| !one.is_transit()) {
                if is_shown(one.phase) && ec2.vpn_gateways.contains(one.gateway.as_str()) {
                    // An association is looked at with its gateway.
                    all.push(line(
                        it.id.as_str(),
                        "dx-gateway",
                        it.id.as_str(),
                        one.gateway.as_str(),
                        one.phase.works(),
                        "",
                    ));
                }
            }
        }
    }
    all
}

/// Everything about a network, by its id on the map.
pub(super) fn network(cloud: &Cloud, id: &str) -> Option<Details> {
    let network = cloud.network(id.strip_prefix(NETWORK)?)?;
    let mut shown = Details {
        node: network_node(network),
        ..Details::default()
    };
    shown.facts.push(("Router", code(network.address)));
    for block in &network.blocks {
        shown.facts.push(("CIDR block", code(block)));
    }
    let announced = network.announced.iter().map(ToString::to_string);
    let announced: Vec<String> = announced.collect();
    shown
        .facts
        .push(("Announces by BGP", code(announced.join(", "))));
    shown.tables.push(Sheet {
        title: "Hosts",
        columns: vec!["Name", "Address"],
        rows: (network.hosts.iter())
            .map(|(name, address)| vec![text(name.as_str()), code(address)])
            .collect(),
    });
    shown.tables.push(Sheet {
        title: "Routes to AWS",
        columns: vec!["Destination", "Over"],
        rows: (cloud.routes_of_network(network).iter())
            .map(|it| {
                let (Over::DirectConnect(over) | Over::Vpn(over, _)) = &it.over;
                vec![code(it.destination), link(over)]
            })
            .collect(),
    });
    for (_, _, ec2) in cloud.places() {
        for it in ec2.customer_gateways.by_birth() {
            if it.address == network.address && is_shown(it.phase) {
                let it = node(it.as_ref(), it.address.to_string());
                shown.relations.push(("known as", it));
            }
        }
        for it in &network.connections {
            if let Some(it) = ec2.direct_connect.connections.get(it.as_str()) {
                let it = node(it.as_ref(), it.location.as_str());
                shown.relations.push(("plugged into", it));
            }
        }
    }
    Some(shown)
}

impl Shower<'_> {
    /// Everything about one of these.
    pub(super) fn hybrid(&self, id: &str) -> Option<Details> {
        self.transit(id)
            .or_else(|| self.vpn(id))
            .or_else(|| self.direct(id))
    }

    /// What an attachment leads to, as a node.
    fn attached(&self, one: &TransitAttachment) -> Node {
        match &one.end {
            TransitEnd::Vpc { vpc, .. } => self.vpc(vpc),
            TransitEnd::Vpn { connection } => self
                .ec2
                .vpn_connections
                .get(connection.as_str())
                .map(|it| node(it.as_ref(), tunnels(it)))
                .unwrap_or_default(),
            TransitEnd::DirectConnect { gateway, .. } => Node {
                id: gateway.clone(),
                kind: "dx-gateway",
                ..Node::default()
            },
            TransitEnd::Peering { peer, region, .. } => Node {
                id: peer.to_string(),
                kind: "transit-gateway",
                name: None,
                detail: region.clone(),
            },
        }
    }

    fn transit(&self, id: &str) -> Option<Details> {
        let ec2 = self.ec2;
        let mut shown = Details::default();
        if let Some(it) = ec2.transit_gateways.get(id) {
            shown.node = node(it.as_ref(), "");
            shown
                .facts
                .push(("State", text(transit_gateway::state_word(it.phase))));
            if !it.description.is_empty() {
                shown
                    .facts
                    .push(("Description", text(it.description.as_str())));
            }
            shown.facts.push(("Amazon side ASN", code(it.asn)));
            shown.facts.push(("DNS support", yes(it.dns)));
            shown.facts.push(("VPN ECMP support", yes(it.ecmp)));
            shown
                .facts
                .push(("Security group referencing", yes(it.group_references)));
            let attachments = ec2.transit_attachments.by_birth().into_iter();
            for one in attachments.filter(|one| one.gateway == it.id && is_shown(one.phase)) {
                let word = transit_gateway::state_word(one.phase);
                let detail = format!("{} {}, {word}", one.end.kind(), one.end.resource());
                shown
                    .relations
                    .push(("attachment", node(one.as_ref(), detail)));
            }
            let tables = ec2.transit_route_tables.by_birth().into_iter();
            for table in tables.filter(|table| table.gateway == it.id && is_shown(table.phase)) {
                let detail = match (
                    it.default_association.as_ref() == Some(&table.id),
                    it.default_propagation.as_ref() == Some(&table.id),
                ) {
                    (true, true) => "default",
                    (true, false) => "default association",
                    (false, true) => "default propagation",
                    (false, false) => "",
                };
                shown
                    .relations
                    .push(("routes with", node(table.as_ref(), detail)));
            }
        } else if let Some(it) = ec2.transit_attachments.get(id) {
            shown.node = node(it.as_ref(), "");
            shown
                .facts
                .push(("State", text(transit_gateway::state_word(it.phase))));
            shown.facts.push(("Resource type", code(it.end.kind())));
            if let TransitEnd::Vpc {
                subnets,
                appliance_mode,
                dns,
                ipv6,
                group_references,
                ..
            } = &it.end
            {
                shown.facts.push(("Appliance mode", yes(*appliance_mode)));
                shown.facts.push(("DNS support", yes(*dns)));
                shown.facts.push(("IPv6 support", yes(*ipv6)));
                shown
                    .facts
                    .push(("Security group referencing", yes(*group_references)));
                for subnet in subnets {
                    shown.relations.push(("stands in", self.subnet(subnet)));
                }
            }
            shown.relations.push(("attaches", self.attached(it)));
            if let Some(gateway) = ec2.transit_gateways.get(it.gateway.as_str()) {
                shown.relations.push(("to", node(gateway.as_ref(), "")));
            }
            for table in ec2.transit_route_tables.by_birth() {
                if it.association.as_ref() == Some(&table.id) {
                    shown
                        .relations
                        .push(("associated with", node(table.as_ref(), "")));
                }
                if table.propagations.contains(&it.id) {
                    shown
                        .relations
                        .push(("propagates to", node(table.as_ref(), "")));
                }
            }
        } else if let Some(it) = ec2.transit_route_tables.get(id) {
            shown.node = node(it.as_ref(), "");
            let mut routes = ec2.transit_routes(it);
            routes.dedup_by_key(|it| it.destination);
            shown.tables.push(Sheet {
                title: "Routes",
                columns: vec!["Destination", "Attachment", "Type", "State"],
                rows: (routes.iter())
                    .map(|route| {
                        let to = route.attachments.first().map_or_else(|| text("none"), link);
                        let state = if route.active { "active" } else { "blackhole" };
                        vec![
                            code(route.destination),
                            to,
                            text(route.source.word()),
                            text(state),
                        ]
                    })
                    .collect(),
            });
            if let Some(gateway) = ec2.transit_gateways.get(it.gateway.as_str()) {
                shown.relations.push(("of", node(gateway.as_ref(), "")));
            }
            for one in ec2.transit_attachments.by_birth() {
                if one.association.as_ref() == Some(&it.id) {
                    let detail = one.end.resource();
                    shown
                        .relations
                        .push(("used by", node(one.as_ref(), detail)));
                }
            }
        } else {
            return None;
        }
        Some(shown)
    }

    fn gateway(&self, id: &Id) -> Option<Node> {
        let vpn = self.ec2.vpn_gateways.get(id.as_str());
        let vpn = vpn.map(|it| node(it.as_ref(), ""));
        let transit = || self.ec2.transit_gateways.get(id.as_str());
        vpn.or_else(|| transit().map(|it| node(it.as_ref(), "")))
    }

    fn vpn(&self, id: &str) -> Option<Details> {
        let ec2 = self.ec2;
        let mut shown = Details::default();
        if let Some(it) = ec2.vpn_gateways.get(id) {
            shown.node = node(it.as_ref(), "");
            shown.facts.push(("Amazon side ASN", code(it.asn)));
            match it.vpc.as_ref().filter(|_| it.is_attached()) {
                Some(vpc) => shown.relations.push(("attached to", self.vpc(vpc))),
                None => shown.facts.push(("State", text("not attached to a VPC"))),
            }
            for block in ec2.learned_by(&it.id) {
                shown.facts.push(("Knows", code(block)));
            }
            let side = VpnEnd::VpnGateway(it.id.clone());
            for one in ec2.vpn_connections.by_birth() {
                if one.gateway == side && is_shown(one.phase) {
                    let one = node(one.as_ref(), tunnels(one));
                    shown.relations.push(("connected by", one));
                }
            }
            for table in ec2.route_tables.by_birth() {
                if table.propagating.contains(&it.id) {
                    shown
                        .relations
                        .push(("propagates to", node(table.as_ref(), "")));
                }
            }
        } else if let Some(it) = ec2.customer_gateways.get(id) {
            shown.node = node(it.as_ref(), it.address.to_string());
            shown.facts.push(("Public address", code(it.address)));
            shown.facts.push(("BGP ASN", code(it.asn)));
            if let Some(device) = &it.device {
                shown.facts.push(("Device", text(device.as_str())));
            }
            for one in ec2.vpn_connections.by_birth() {
                if one.customer_gateway == it.id && is_shown(one.phase) {
                    let one = node(one.as_ref(), tunnels(one));
                    shown.relations.push(("connected by", one));
                }
            }
        } else if let Some(it) = ec2.vpn_connections.get(id) {
            shown.node = node(it.as_ref(), tunnels(it));
            shown.facts.push(("State", text(vpn::state_word(it.phase))));
            let routing = if it.static_routes {
                "static"
            } else {
                "dynamic (BGP)"
            };
            shown.facts.push(("Routing", text(routing)));
            let blocks = if it.static_routes {
                &it.routes
            } else {
                &it.learned
            };
            for block in blocks {
                shown.facts.push(("Leads to", code(block)));
            }
            shown.tables.push(Sheet {
                title: "Tunnels",
                columns: vec!["Outside address", "Inside", "State"],
                rows: (it.tunnels.iter())
                    .map(|tunnel| -> Vec<Value> {
                        vec![
                            code(tunnel.outside),
                            code(tunnel.inside),
                            text(if tunnel.up { "up" } else { "down" }),
                        ]
                    })
                    .collect(),
            });
            let (VpnEnd::VpnGateway(gateway) | VpnEnd::TransitGateway(gateway)) = &it.gateway;
            if let Some(gateway) = self.gateway(gateway) {
                shown.relations.push(("from", gateway));
            }
            if let Some(customer) = ec2.customer_gateways.get(it.customer_gateway.as_str()) {
                let customer = node(customer.as_ref(), customer.address.to_string());
                shown.relations.push(("to", customer));
            }
        } else {
            return None;
        }
        Some(shown)
    }

    fn direct(&self, id: &str) -> Option<Details> {
        let direct = &self.ec2.direct_connect;
        let mut shown = Details::default();
        if let Some(it) = direct.connections.get(id) {
            shown.node = Node {
                name: Some(it.name.clone()),
                ..node(it.as_ref(), "")
            };
            shown
                .facts
                .push(("State", text(connection::state_word(it))));
            shown.facts.push(("Location", code(&it.location)));
            shown.facts.push(("Bandwidth", code(&it.bandwidth)));
            for one in direct.interfaces.by_birth() {
                if one.connection == it.id && is_shown(one.phase) {
                    let one = node(one.as_ref(), one.name.as_str());
                    shown.relations.push(("carries", one));
                }
            }
        } else if let Some(it) = direct.interfaces.get(id) {
            shown.node = Node {
                name: Some(it.name.clone()),
                ..node(it.as_ref(), "")
            };
            shown.facts.push(("State", text(interface::state_word(it))));
            shown
                .facts
                .push(("BGP session", text(if it.up { "up" } else { "down" })));
            shown.facts.push(("VLAN", code(it.vlan)));
            shown.facts.push(("BGP ASN", code(it.asn)));
            for block in &it.learned {
                shown.facts.push(("Knows", code(block)));
            }
            if let Some(one) = direct.connections.get(it.connection.as_str()) {
                shown
                    .relations
                    .push(("on", node(one.as_ref(), one.name.as_str())));
            }
            match &it.end {
                VirtualEnd::VpnGateway(gateway) => {
                    let gateway = self.gateway(gateway);
                    shown.relations.extend(gateway.map(|it| ("leads to", it)));
                }
                VirtualEnd::Private(gateway) | VirtualEnd::Transit(gateway) => {
                    let node = Node {
                        id: gateway.to_string(),
                        kind: "dx-gateway",
                        ..Node::default()
                    };
                    shown.relations.push(("leads to", node));
                }
            }
        } else if let Some(it) = direct.gateways.get(id) {
            shown.node = Node {
                name: Some(it.name.clone()),
                ..node(it.as_ref(), "")
            };
            shown.facts.push(("Amazon side ASN", code(it.asn)));
            shown.tables.push(Sheet {
                title: "Associations",
                columns: vec!["Gateway", "Region", "Allowed prefixes"],
                rows: (it.associations.iter())
                    .filter(|one| is_shown(one.phase))
                    .map(|one| {
                        let allowed = one.allowed.iter().map(ToString::to_string);
                        let allowed: Vec<String> = allowed.collect();
                        vec![
                            link(&one.gateway),
                            code(&one.region),
                            code(allowed.join(", ")),
                        ]
                    })
                    .collect(),
            });
        } else {
            return None;
        }
        Some(shown)
    }
}

#[cfg(test)]
mod tests {
    use crate::ACCOUNT;
    use crate::ec2::vpn::tests::{office, world};

    #[test]
    fn a_picture_has_gateways_lines_and_networks() {
        let mut world = world(false);
        office(&mut world);
        let attach = "CreateTransitGateway";
        world.keep("tgw", attach, "{}", "TransitGateway.TransitGatewayId");
        world.lab.settle();
        let params = r#"{"VpcId":"@vpc","CidrBlock":"10.0.1.0/24"}"#;
        world.keep("subnet", "CreateSubnet", params, "Subnet.SubnetId");
        world.call(
            "CreateTransitGatewayVpcAttachment",
            r#"{"TransitGatewayId":"@tgw","VpcId":"@vpc","SubnetIds":["@subnet"]}"#,
        );
        world.lab.settle();
        let picture = world.lab.cloud.picture(ACCOUNT, "us-east-1");
        let others: Vec<String> = (picture.others.iter())
            .map(|it| world.unfill(&format!("{} {}", it.id, it.detail)))
            .collect();
        assert_eq!(
            others,
            [
                "@tgw available",
                "@loose not attached",
                "@cgw 203.0.113.50",
                "@cgw2 203.0.113.60",
                "@vpn 2 of 2 tunnels up",
                "network:office 192.168.0.0/16"
            ]
        );
        let lines: Vec<String> = (picture.lines.iter())
            .map(|it| world.unfill(&format!("{} {} {} {}", it.kind, it.from, it.to, it.works)))
            .collect();
        assert_eq!(
            lines,
            [
                "transit-gateway-attachment @tgw @vpc true",
                "vpn-connection @vgw @cgw true",
                "customer-gateway @cgw network:office true"
            ]
        );
        let vpc = picture
            .vpcs
            .iter()
            .find(|it| it.node.id == world.fill("@vpc"))
            .unwrap();
        assert_eq!(vpc.others[0].kind, "vpn-gateway");
        // Whatever is shown can be looked at, and leads on to what can be looked at too.
        for id in (picture.others.iter().map(|it| it.id.clone()))
            .chain(picture.lines.iter().map(|it| it.id.clone()))
            .chain([vpc.others[0].id.clone()])
        {
            let details = world.lab.cloud.details(ACCOUNT, "us-east-1", &id);
            let details = details.unwrap_or_else(|| panic!("no details of {id}"));
            assert_eq!(details.node.id, id);
            for (how, other) in details.relations {
                let there = world.lab.cloud.details(ACCOUNT, "us-east-1", &other.id);
                assert!(there.is_some(), "{id} {how} {}", other.id);
            }
        }
    }
}

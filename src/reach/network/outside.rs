//! Networks of one's own outside of AWS, and the lines to them: Site-to-Site VPN and Direct
//! Connect.
//!
//! <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html>

use super::{AttachmentNode, Index, Network, TableNode, VpcNode};
use hopwise_cloud::directconnect::{VirtualEnd, VirtualInterface};
use hopwise_cloud::ec2::transit_gateway::TransitEnd;
use hopwise_cloud::ec2::vpn::VpnEnd;
use hopwise_cloud::ec2::{VpnConnection, VpnGateway};
use hopwise_cloud::on_premises::Over;
use hopwise_cloud::{Id, OnPremises};
use hopwise_net::Prefix;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A virtual private gateway.
#[derive(Clone, Debug)]
pub(crate) struct PrivateNode {
    pub(crate) index: Index<PrivateNode>,
    pub(crate) state: Rc<VpnGateway>,
    pub(crate) vpc: Option<Index<VpcNode>>,
    /// The route table for what comes in by it.
    pub(crate) edge: Option<Index<TableNode>>,
    /// Where it leads, the line that counts first.
    pub(crate) lines: Vec<Line>,
}

/// A line to a network outside.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) blocks: Vec<Prefix>,
    /// The VPN connection, or the virtual interface.
    pub(crate) id: Id,
    /// Is it up?
    pub(crate) up: bool,
    /// What is at its far end, if that is known.
    pub(crate) to: Option<Index<OutsideNode>>,
}

/// A network outside.
#[derive(Clone, Debug)]
pub(crate) struct OutsideNode {
    pub(crate) state: OnPremises,
    /// What its router knows of AWS, the most specific first.
    pub(crate) routes: Vec<(Prefix, Enters)>,
}

/// Where what comes from outside enters AWS.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Enters {
    Private(Index<PrivateNode>),
    Transit(Index<AttachmentNode>),
}

impl Network {
    /// Finds virtual private gateways, and the networks outside.
    pub(super) fn connect_outside(&mut self) {
        for state in self.cloud.on_premises().to_vec() {
            self.outsides.add(|_| OutsideNode {
                state,
                routes: Vec::new(),
            });
        }
        let vpcs: BTreeMap<Id, Index<VpcNode>> = (self.vpcs.iter())
            .map(|it| (it.state.id.clone(), it.index))
            .collect();
        let mut gateways = BTreeMap::new();
        for place in &self.places {
            for state in place.ec2.vpn_gateways.by_birth() {
                let vpc = state.attached_to().and_then(|it| vpcs.get(it).copied());
                let mut lines = Vec::new();
                for line in place.ec2.direct_connect.interfaces.by_birth() {
                    let leads = match &line.end {
                        VirtualEnd::VpnGateway(id) => *id == state.id,
                        VirtualEnd::Private(id) => self.is_associated(id, &state.id),
                        VirtualEnd::Transit(_) => false,
                    };
                    if leads {
                        lines.push(self.virtual_line(line));
                    }
                }
                let mut all = place.ec2.vpn_connections.by_birth();
                all.retain(|it| it.gateway == VpnEnd::VpnGateway(state.id.clone()));
                all.sort_by_key(|it| !it.static_routes);
                lines.extend(all.into_iter().map(|it| self.vpn_line(it)));
                let mut tables = self.tables.iter().enumerate();
                let edge = tables.find(|(_, it)| it.state.gateways().any(|id| *id == state.id));
                let edge = edge.map(|(place, _)| Index::new(place));
                let index = self.privates.add(|index| PrivateNode {
                    index,
                    state: Rc::clone(state),
                    vpc,
                    edge,
                    lines,
                });
                gateways.insert(state.id.clone(), index);
            }
        }
        let mut all = Vec::new();
        for outside in self.outsides.iter() {
            let routes = self.cloud.routes_of_network(&outside.state).into_iter();
            let routes = routes.filter_map(|it| {
                let enters = match gateways.get(&it.gateway) {
                    Some(gateway) => Enters::Private(*gateway),
                    None => Enters::Transit(self.line_attachment(&it.gateway, &it.over)?),
                };
                Some((it.destination, enters))
            });
            all.push(routes.collect());
        }
        for (outside, routes) in self.outsides.iter_mut().zip(all) {
            outside.routes = routes;
        }
    }

    fn is_associated(&self, direct: &Id, gateway: &Id) -> bool {
        self.places.iter().any(|place| {
            let direct = place.ec2.direct_connect.gateways.get(direct.as_str());
            direct.is_some_and(|it| {
                let mut all = it.associations.iter();
                all.any(|it| it.gateway == *gateway && it.phase.works())
            })
        })
    }

    fn outside_where(&self, is: impl Fn(&OnPremises) -> bool) -> Option<Index<OutsideNode>> {
        let found = self.outsides.iter().position(|it| is(&it.state));
        found.map(Index::new)
    }

    fn virtual_line(&self, line: &VirtualInterface) -> Line {
        Line {
            blocks: line.learned.clone(),
            id: line.id.clone(),
            up: line.up && line.phase.works(),
            to: self.outside_where(|it| it.connections.contains(&line.connection)),
        }
    }

    fn vpn_line(&self, line: &VpnConnection) -> Line {
        let mut all = self.places.iter();
        let customer = all.find_map(|place| {
            let customer = &place.ec2.customer_gateways;
            customer.get(line.customer_gateway.as_str())
        });
        let address = customer.map(|it| it.address);
        Line {
            blocks: match line.static_routes {
                true => line.routes.clone(),
                false => line.learned.clone(),
            },
            id: line.id.clone(),
            up: line.phase.works() && line.tunnels.iter().any(|it| it.up),
            to: self.outside_where(|it| Some(it.address) == address),
        }
    }

    /// The attachment of a transit gateway by which a line enters it.
    fn line_attachment(&self, gateway: &Id, over: &Over) -> Option<Index<AttachmentNode>> {
        let mut all = self.attachments.iter();
        let found = all.find(|it| {
            let leads = match (&it.state.end, over) {
                (TransitEnd::Vpn { connection }, Over::Vpn(id, _)) => connection == id,
                (TransitEnd::DirectConnect { gateway, .. }, Over::DirectConnect(id)) => {
                    self.places.iter().any(|place| {
                        let line = place.ec2.direct_connect.interfaces.get(id.as_str());
                        line.is_some_and(|it| match &it.end {
                            VirtualEnd::Transit(end) => end.as_str() == gateway,
                            VirtualEnd::VpnGateway(_) | VirtualEnd::Private(_) => false,
                        })
                    })
                }
                _ => false,
            };
            leads && it.state.gateway == *gateway && it.works()
        });
        found.map(|it| it.index)
    }

    /// The lines behind an attachment of a transit gateway.
    pub(crate) fn lines_of(&self, attachment: &AttachmentNode) -> Vec<Line> {
        let places = self.places.iter();
        match &attachment.state.end {
            TransitEnd::Vpn { connection } => places
                .filter_map(|it| it.ec2.vpn_connections.get(connection.as_str()))
                .map(|it| self.vpn_line(it))
                .collect(),
            TransitEnd::DirectConnect { gateway, .. } => places
                .flat_map(|it| it.ec2.direct_connect.interfaces.by_birth())
                .filter(|it| matches!(&it.end, VirtualEnd::Transit(id) if id.as_str() == gateway))
                .map(|it| self.virtual_line(it))
                .collect(),
            TransitEnd::Vpc { .. } | TransitEnd::Peering { .. } => Vec::new(),
        }
    }

    /// The network outside that has an address.
    pub(crate) fn outside_of(&self, address: std::net::IpAddr) -> Option<Index<OutsideNode>> {
        self.outside_where(|it| it.holds(address))
    }
}

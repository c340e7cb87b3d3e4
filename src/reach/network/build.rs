//! From a cloud to its network.

use super::routes::{RouteNode, Toward};
use super::{
    AclNode, EgressNode, EndpointNode, GatewayNode, GroupNode, Index, InstanceNode, InterfaceNode,
    NatNode, Network, PeeringNode, PlaceNode, PublicNode, PublicOwner, SetNode, SubnetNode,
    TableNode, User, VpcNode,
};
use hopwise_cloud::ec2::network_interface::ManagedKind;
use hopwise_cloud::ec2::route_table::{Destination, Route, RouteState, Target};
use hopwise_cloud::ec2::{Ec2, prefix_list};
use hopwise_cloud::{Cloud, Id, Region};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

/// The indices of one place's resources by their ids.
struct Here<'c> {
    place: usize,
    region: &'static Region,
    ec2: &'c Ec2,
    vpcs: BTreeMap<&'c Id, Index<VpcNode>>,
    subnets: BTreeMap<&'c Id, Index<SubnetNode>>,
    tables: BTreeMap<&'c Id, Index<TableNode>>,
    instances: BTreeMap<&'c Id, Index<InstanceNode>>,
    interfaces: BTreeMap<&'c Id, Index<InterfaceNode>>,
    gateways: BTreeMap<&'c Id, Index<GatewayNode>>,
    egress_gateways: BTreeMap<&'c Id, Index<EgressNode>>,
    nats: BTreeMap<&'c Id, Index<NatNode>>,
    peerings: BTreeMap<&'c Id, Index<PeeringNode>>,
    endpoints: BTreeMap<&'c Id, Index<EndpointNode>>,
}

impl Network {
    /// Compiles the network of a cloud.
    pub fn of(cloud: &Cloud) -> Self {
        let mut network = Network {
            cloud: cloud.clone(),
            places: Vec::new(),
            vpcs: Default::default(),
            subnets: Default::default(),
            tables: Default::default(),
            acls: Default::default(),
            groups: Default::default(),
            group_ids: BTreeMap::new(),
            sets: Default::default(),
            instances: Default::default(),
            interfaces: Default::default(),
            gateways: Default::default(),
            egress_gateways: Default::default(),
            nats: Default::default(),
            peerings: Default::default(),
            endpoints: Default::default(),
            transits: Default::default(),
            attachments: Default::default(),
            transit_tables: Default::default(),
            privates: Default::default(),
            outsides: Default::default(),
            publics: Vec::new(),
        };
        for (place, (account, region, ec2)) in cloud.places().enumerate() {
            network.places.push(PlaceNode {
                account: account.id.clone(),
                region,
                ec2: ec2.clone(),
            });
            if !ec2.vpcs.is_empty() {
                network.add(place, region, ec2);
            }
        }
        network.connect();
        for vpc in network.vpcs.iter_mut() {
            vpc.addresses.sort_unstable();
        }
        network
            .publics
            .sort_unstable_by_key(|(address, _)| *address);
        network
    }

    fn add(&mut self, place: usize, region: &'static Region, ec2: &Ec2) {
        let mut here = Here {
            place,
            region,
            ec2,
            vpcs: BTreeMap::new(),
            subnets: BTreeMap::new(),
            tables: BTreeMap::new(),
            instances: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            gateways: BTreeMap::new(),
            egress_gateways: BTreeMap::new(),
            nats: BTreeMap::new(),
            peerings: BTreeMap::new(),
            endpoints: BTreeMap::new(),
        };
        for state in ec2.vpcs.by_birth() {
            let index = self.vpcs.add(|index| VpcNode {
                index,
                place,
                state: Rc::clone(state),
                gateway: None,
                addresses: Vec::new(),
                subnets: Vec::new(),
            });
            here.vpcs.insert(&state.id, index);
        }
        self.add_tables(&mut here);
        self.add_subnets(&mut here);
        self.add_gateways(&mut here);
        for state in ec2.instances.by_birth() {
            let index = self.instances.add(|index| InstanceNode {
                index,
                place,
                state: Rc::clone(state),
                interfaces: Vec::new(),
            });
            here.instances.insert(&state.id, index);
        }
        self.add_interfaces(&mut here);
        self.add_routes(&here);
    }

    fn add_tables<'c>(&mut self, here: &mut Here<'c>) {
        for state in here.ec2.route_tables.by_birth() {
            let index = self.tables.add(|_| TableNode {
                state: Rc::clone(state),
                routes: Vec::new(),
                compiled: OnceCell::new(),
            });
            here.tables.insert(&state.id, index);
        }
    }

    fn add_subnets<'c>(&mut self, here: &mut Here<'c>) {
        let mut tables = BTreeMap::new();
        let mut main = BTreeMap::new();
        for state in here.ec2.route_tables.by_birth() {
            let Some(index) = here.tables.get(&state.id) else {
                continue;
            };
            tables.extend(state.subnets().map(|subnet| (subnet, *index)));
            if state.is_main() {
                main.insert(&state.vpc, *index);
            }
        }
        let mut acls = BTreeMap::new();
        for state in here.ec2.network_acls.by_birth() {
            let index = self.acls.add(|index| AclNode {
                index,
                place: here.place,
                state: Rc::clone(state),
            });
            acls.extend(state.associations.iter().map(|it| (&it.subnet, index)));
        }
        for state in here.ec2.subnets.by_birth() {
            let Some(vpc) = here.vpcs.get(&state.vpc).copied() else {
                continue;
            };
            let own = tables.get(&state.id).copied();
            let index = self.subnets.add(|index| SubnetNode {
                index,
                state: Rc::clone(state),
                table: own.or_else(|| main.get(&state.vpc).copied()),
                by_main: own.is_none(),
                acl: acls.get(&state.id).copied(),
            });
            here.subnets.insert(&state.id, index);
            if let Some(vpc) = self.vpcs.get_mut(vpc) {
                vpc.subnets.push(index);
            }
        }
    }

    fn add_gateways<'c>(&mut self, here: &mut Here<'c>) {
        let ec2 = here.ec2;
        let mut edges = BTreeMap::new();
        for state in ec2.route_tables.by_birth() {
            let index = here.tables.get(&state.id).copied();
            edges.extend(state.gateways().map(|gateway| (gateway, index)));
        }
        for state in ec2.internet_gateways.by_birth() {
            let index = self.gateways.add(|_| GatewayNode {
                state: Rc::clone(state),
                edge: edges.get(&state.id).copied().flatten(),
            });
            here.gateways.insert(&state.id, index);
            let vpc = state.vpc.as_ref().and_then(|id| here.vpcs.get(id));
            if let Some(vpc) = vpc.and_then(|vpc| self.vpcs.get_mut(*vpc)) {
                vpc.gateway = Some(index);
            }
        }
        for state in ec2.egress_only_gateways.by_birth() {
            let index = self.egress_gateways.add(|index| EgressNode {
                index,
                state: Rc::clone(state),
            });
            here.egress_gateways.insert(&state.id, index);
        }
        for state in ec2.nat_gateways.by_birth() {
            let table = match &state.scope {
                hopwise_cloud::ec2::nat_gateway::Scope::Regional { table, .. } => {
                    here.tables.get(table).copied()
                }
                hopwise_cloud::ec2::nat_gateway::Scope::Zonal { .. } => None,
            };
            let index = self.nats.add(|index| NatNode {
                index,
                state: Rc::clone(state),
                interface: None,
                table,
                vpc: here.vpcs.get(&state.vpc).copied(),
            });
            here.nats.insert(&state.id, index);
        }
        for state in ec2.peerings.by_birth() {
            let index = self.peerings.add(|_| PeeringNode {
                state: Rc::clone(state),
                vpcs: (None, None),
            });
            here.peerings.insert(&state.id, index);
        }
        for state in ec2.endpoints.by_birth() {
            let index = self.endpoints.add(|_| EndpointNode {
                state: Rc::clone(state),
            });
            here.endpoints.insert(&state.id, index);
        }
    }

    fn add_interfaces<'c>(&mut self, here: &mut Here<'c>) {
        let ec2 = here.ec2;
        let mut elastic: BTreeMap<(&Id, Ipv4Addr), Ipv4Addr> = BTreeMap::new();
        for address in ec2.addresses.iter() {
            if let Some(it) = &address.association {
                elastic.insert((&it.interface, it.private), address.public);
            }
        }
        let mut sets: BTreeMap<(Index<VpcNode>, &[Id]), Index<SetNode>> = BTreeMap::new();
        for state in ec2.network_interfaces.by_birth() {
            let Some(subnet) = here.subnets.get(&state.subnet).copied() else {
                continue;
            };
            let Some(vpc) = here.vpcs.get(&state.vpc).copied() else {
                continue;
            };
            let groups = match sets.get(&(vpc, state.groups.as_slice())) {
                Some(known) => *known,
                None => {
                    let groups = self.add_groups(here, vpc, &state.groups);
                    let index = self.sets.add(|_| SetNode { groups });
                    sets.insert((vpc, &state.groups), index);
                    index
                }
            };
            let own = state.addresses.iter().map(|it| IpAddr::V4(it.private));
            let own: Vec<IpAddr> = own
                .chain(state.ipv6.iter().map(|it| IpAddr::V6(*it)))
                .collect();
            if let Some(set) = self.sets.get(groups) {
                for group in &set.groups {
                    if let Some(group) = self.groups.get_mut(*group) {
                        group.members.extend(&own);
                    }
                }
            }
            let instance = (state.attachment.as_ref())
                .and_then(|it| here.instances.get(&it.instance).copied());
            let nat = (state.managed.as_ref())
                .filter(|it| it.kind == ManagedKind::NatGateway)
                .and_then(|it| here.nats.get(&it.by).copied());
            let user = match (instance, nat) {
                (Some(instance), _) => User::Instance(instance),
                (None, Some(nat)) => User::Nat(nat),
                (None, None) => match state.managed.as_ref().map(|it| it.kind) {
                    Some(ManagedKind::Endpoint | ManagedKind::Database) => User::Service,
                    Some(_) => User::Other,
                    None => User::Nobody,
                },
            };
            let nat_address = |own: Ipv4Addr| {
                let mut all = self.nats.get(nat?)?.state.addresses.iter();
                all.find(|it| it.private == Some(own))?.public
            };
            let publics: Vec<(Ipv4Addr, Ipv4Addr)> = (state.addresses.iter())
                .filter_map(|own| {
                    let elastic = elastic.get(&(&state.id, own.private)).copied();
                    let public = elastic.or(own.auto_public);
                    Some((own.private, public.or_else(|| nat_address(own.private))?))
                })
                .collect();
            let index = self.interfaces.add(|index| InterfaceNode {
                index,
                place: here.place,
                state: Rc::clone(state),
                subnet,
                vpc,
                groups,
                user,
                publics: publics.clone(),
            });
            here.interfaces.insert(&state.id, index);
            let of = PublicOwner::Interface(index);
            self.publics.extend(publics.iter().map(|(private, public)| {
                let private = IpAddr::V4(*private);
                (IpAddr::V4(*public), PublicNode { of, private })
            }));
            self.publics.extend(state.ipv6.iter().map(|own| {
                let private = IpAddr::V6(*own);
                (private, PublicNode { of, private })
            }));
            if let Some(vpc) = self.vpcs.get_mut(vpc) {
                vpc.addresses
                    .extend(own.into_iter().map(|address| (address, index)));
            }
            if let Some(instance) = instance.and_then(|it| self.instances.get_mut(it)) {
                instance.interfaces.push(index);
            }
            if let Some(nat) = nat.and_then(|it| self.nats.get_mut(it)) {
                nat.interface = Some(index);
            }
        }
        let interfaces = &self.interfaces;
        for index in here.instances.values() {
            if let Some(instance) = self.instances.get_mut(*index) {
                instance.interfaces.sort_by_key(|it| {
                    let attachment = interfaces.get(*it)?.state.attachment.as_ref();
                    attachment.map(|it| it.device)
                });
            }
        }
        for index in here.nats.values() {
            let Some(nat) = self.nats.get(*index).filter(|it| it.interface.is_none()) else {
                continue;
            };
            let of = PublicOwner::Nat(*index);
            let all = nat.state.addresses.iter().filter_map(|it| it.public);
            self.publics.extend(all.map(|public| {
                let private = IpAddr::V4(public);
                (private, PublicNode { of, private })
            }));
        }
    }

    fn add_groups(
        &mut self,
        here: &Here<'_>,
        vpc: Index<VpcNode>,
        ids: &[Id],
    ) -> Vec<Index<GroupNode>> {
        let mut all = Vec::new();
        for id in ids {
            let Some(state) = here.ec2.security_groups.get(id.as_str()) else {
                continue;
            };
            let groups = &mut self.groups;
            let index = self.group_ids.entry((vpc, id.clone())).or_insert_with(|| {
                groups.add(|index| GroupNode {
                    index,
                    place: here.place,
                    vpc,
                    state: Rc::clone(state),
                    members: Vec::new(),
                })
            });
            all.push(*index);
        }
        all
    }

    fn add_routes(&mut self, here: &Here<'_>) {
        for index in here.tables.values() {
            let Some(table) = self.tables.get_mut(*index) else {
                continue;
            };
            let routes = here.ec2.routes_of(&table.state).into_iter();
            table.routes = routes.map(|it| here.route(&table.state.vpc, it)).collect();
        }
    }

    /// Finds what stands in another account or Region.
    fn connect(&mut self) {
        self.connect_transit();
        self.connect_outside();
        let transits = (0..).zip(self.transits.iter());
        let transits =
            transits.map(|(place, it)| (it.state.id.clone(), Toward::Transit(Index::new(place))));
        let privates = self.privates.iter();
        let privates = privates.map(|it| (it.state.id.clone(), Toward::Private(it.index)));
        let found: BTreeMap<Id, Toward> = transits.chain(privates).collect();
        for table in self.tables.iter_mut() {
            for route in &mut table.routes {
                if let Target::TransitGateway(id) | Target::VpnGateway(id) = &route.route.target {
                    route.toward = found.get(id).copied().unwrap_or(Toward::Gone);
                }
            }
        }
        let mut vpcs = BTreeMap::new();
        for vpc in self.vpcs.iter() {
            if let Some(place) = self.places.get(vpc.place) {
                let key = (
                    place.account.clone(),
                    place.region.name,
                    vpc.state.id.clone(),
                );
                vpcs.insert(key, vpc.index);
            }
        }
        for peering in self.peerings.iter_mut() {
            let side = |side: &hopwise_cloud::ec2::peering::PeeringSide| {
                let region = Region::find(&side.region)?.name;
                let key = (side.account.clone(), region, side.vpc.clone());
                vpcs.get(&key).copied()
            };
            peering.vpcs = (
                side(&peering.state.requester),
                side(&peering.state.accepter),
            );
        }
    }
}

impl Here<'_> {
    fn route(&self, vpc: &Id, route: Route) -> RouteNode {
        let toward = match &route.target {
            Target::Local => Some(Toward::Local),
            Target::InternetGateway(id) => self.gateways.get(id).copied().map(Toward::Gateway),
            Target::NetworkInterface(id) => self.interfaces.get(id).copied().map(Toward::Interface),
            Target::EgressOnlyInternetGateway(id) => {
                let found = self.egress_gateways.get(id).copied();
                found.map(Toward::EgressOnly)
            }
            Target::NatGateway(id) => self.nats.get(id).copied().map(Toward::Nat),
            Target::PeeringConnection(id) => self.peerings.get(id).copied().map(Toward::Peering),
            Target::Endpoint(id) => self.endpoints.get(id).copied().map(Toward::Endpoint),
            // Found when all accounts are known.
            Target::TransitGateway(_) | Target::VpnGateway(_) => Some(Toward::Other),
        };
        let blocks = match &route.destination {
            Destination::Block(block) => vec![*block],
            Destination::List(id) => {
                prefix_list::blocks(self.ec2, self.region, id.as_str()).unwrap_or_default()
            }
        };
        RouteNode {
            works: self.ec2.route_state(vpc, &route) == RouteState::Active,
            toward: toward.unwrap_or(Toward::Gone),
            blocks,
            route,
        }
    }
}

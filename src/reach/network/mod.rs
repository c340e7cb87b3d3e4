//! The network of a cloud at one moment, as plain indices: whose an address is, which subnet,
//! table, ACL and groups an interface has, where each route leads. Nothing here is searched by
//! going through all of something.
//!
//! **Invariant:** the same cloud gives the same indices. An index is of one network only.

mod build;
mod index;
mod outside;
mod routes;
mod transit;
mod update;

pub(crate) use index::{Index, Nodes};
pub(crate) use outside::{Enters, Line, OutsideNode, PrivateNode};
pub(crate) use routes::{Choice, Lost, RouteNode, Toward};
pub(crate) use transit::{AttachmentNode, TransitNode, TransitTableNode};
pub(crate) use update::Change;

use crate::stretch::{self, Map, Stretch};
use hopwise_cloud::ec2::security_group::ForeignGroup;
use hopwise_cloud::ec2::{
    Ec2, EgressOnlyInternetGateway, Endpoint, Instance, InternetGateway, NatGateway, NetworkAcl,
    NetworkInterface, PeeringConnection, RouteTable, SecurityGroup, Subnet, Vpc,
};
use hopwise_cloud::{Born, Cloud, Id, Region};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

/// A compiled snapshot of a cloud's network.
#[derive(Clone, Debug)]
pub struct Network {
    pub(crate) cloud: Cloud,
    pub(crate) places: Vec<PlaceNode>,
    pub(crate) vpcs: Nodes<VpcNode>,
    pub(crate) subnets: Nodes<SubnetNode>,
    pub(crate) tables: Nodes<TableNode>,
    pub(crate) acls: Nodes<AclNode>,
    pub(crate) groups: Nodes<GroupNode>,
    /// The groups that interfaces of a VPC have, by their ids.
    group_ids: BTreeMap<(Index<VpcNode>, Id), Index<GroupNode>>,
    pub(crate) sets: Nodes<SetNode>,
    pub(crate) instances: Nodes<InstanceNode>,
    pub(crate) interfaces: Nodes<InterfaceNode>,
    pub(crate) gateways: Nodes<GatewayNode>,
    pub(crate) egress_gateways: Nodes<EgressNode>,
    pub(crate) nats: Nodes<NatNode>,
    pub(crate) peerings: Nodes<PeeringNode>,
    pub(crate) endpoints: Nodes<EndpointNode>,
    pub(crate) transits: Nodes<TransitNode>,
    pub(crate) attachments: Nodes<AttachmentNode>,
    pub(crate) transit_tables: Nodes<TransitTableNode>,
    pub(crate) privates: Nodes<PrivateNode>,
    pub(crate) outsides: Nodes<OutsideNode>,
    /// By address: who has it in the internet.
    publics: Vec<(IpAddr, PublicNode)>,
}

/// An account in a Region.
#[derive(Clone, Debug)]
pub(crate) struct PlaceNode {
    pub(crate) account: String,
    pub(crate) region: &'static Region,
    pub(crate) ec2: Ec2,
}

/// A VPC.
#[derive(Clone, Debug)]
pub(crate) struct VpcNode {
    pub(crate) index: Index<VpcNode>,
    pub(crate) place: usize,
    pub(crate) state: Rc<Vpc>,
    /// Its attached internet gateway.
    pub(crate) gateway: Option<Index<GatewayNode>>,
    /// Whose each private or IPv6 address is, in order.
    pub(crate) addresses: Vec<(IpAddr, Index<InterfaceNode>)>,
    /// Its subnets.
    pub(crate) subnets: Vec<Index<SubnetNode>>,
}

/// A subnet.
#[derive(Clone, Debug)]
pub(crate) struct SubnetNode {
    pub(crate) index: Index<SubnetNode>,
    pub(crate) state: Rc<Subnet>,
    pub(crate) table: Option<Index<TableNode>>,
    /// Is the table the VPC's main one, which the subnet does not name?
    pub(crate) by_main: bool,
    pub(crate) acl: Option<Index<AclNode>>,
}

/// A route table.
#[derive(Clone, Debug)]
pub(crate) struct TableNode {
    pub(crate) state: Rc<RouteTable>,
    pub(crate) routes: Vec<RouteNode>,
    /// By destination: the place of the route that wins. Made when it is first asked for.
    compiled: OnceCell<Map<Option<u16>>>,
}

/// A network ACL.
#[derive(Clone, Debug)]
pub(crate) struct AclNode {
    pub(crate) index: Index<AclNode>,
    pub(crate) place: usize,
    pub(crate) state: Rc<NetworkAcl>,
}

/// A security group that interfaces of a VPC have.
#[derive(Clone, Debug)]
pub(crate) struct GroupNode {
    pub(crate) index: Index<GroupNode>,
    pub(crate) place: usize,
    pub(crate) vpc: Index<VpcNode>,
    pub(crate) state: Rc<SecurityGroup>,
    /// The private and IPv6 addresses of the interfaces that have it.
    pub(crate) members: Vec<IpAddr>,
}

/// The security groups that some interfaces of a VPC have, together.
#[derive(Clone, Debug)]
pub(crate) struct SetNode {
    pub(crate) groups: Vec<Index<GroupNode>>,
}

/// An instance.
#[derive(Clone, Debug)]
pub(crate) struct InstanceNode {
    pub(crate) index: Index<InstanceNode>,
    pub(crate) place: usize,
    pub(crate) state: Rc<Instance>,
    /// By device index.
    pub(crate) interfaces: Vec<Index<InterfaceNode>>,
}

/// A network interface.
#[derive(Clone, Debug)]
pub(crate) struct InterfaceNode {
    pub(crate) index: Index<InterfaceNode>,
    pub(crate) place: usize,
    pub(crate) state: Rc<NetworkInterface>,
    pub(crate) subnet: Index<SubnetNode>,
    pub(crate) vpc: Index<VpcNode>,
    pub(crate) groups: Index<SetNode>,
    pub(crate) user: User,
    /// Its private addresses that have a public one, with it.
    pub(crate) publics: Vec<(Ipv4Addr, Ipv4Addr)>,
}

/// Who uses an interface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum User {
    Nobody,
    Instance(Index<InstanceNode>),
    Nat(Index<NatNode>),
    /// A service of AWS that answers from it.
    Service,
    /// A service whose inside is not known here.
    Other,
}

/// An internet gateway.
#[derive(Clone, Debug)]
pub(crate) struct GatewayNode {
    pub(crate) state: Rc<InternetGateway>,
    /// The route table for what comes in by it.
    pub(crate) edge: Option<Index<TableNode>>,
}

/// An egress-only internet gateway.
#[derive(Clone, Debug)]
pub(crate) struct EgressNode {
    pub(crate) index: Index<EgressNode>,
    pub(crate) state: Rc<EgressOnlyInternetGateway>,
}

/// A NAT gateway.
#[derive(Clone, Debug)]
pub(crate) struct NatNode {
    pub(crate) index: Index<NatNode>,
    pub(crate) state: Rc<NatGateway>,
    /// The interface of a zonal one.
    pub(crate) interface: Option<Index<InterfaceNode>>,
    /// The route table of a regional one.
    pub(crate) table: Option<Index<TableNode>>,
    pub(crate) vpc: Option<Index<VpcNode>>,
}

/// A VPC peering connection, as one side keeps it.
#[derive(Clone, Debug)]
pub(crate) struct PeeringNode {
    pub(crate) state: Rc<PeeringConnection>,
    /// The VPCs of requester and accepter.
    pub(crate) vpcs: (Option<Index<VpcNode>>, Option<Index<VpcNode>>),
}

/// A VPC endpoint.
#[derive(Clone, Debug)]
pub(crate) struct EndpointNode {
    pub(crate) state: Rc<Endpoint>,
}

/// Whose a public address is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PublicNode {
    pub(crate) of: PublicOwner,
    /// The address inside that it goes with.
    pub(crate) private: IpAddr,
}

/// What a rule means that names a group of another VPC.
#[derive(Clone, Copy)]
pub(crate) enum Foreign<'n> {
    /// Interfaces of this VPC.
    Of(&'n VpcNode),
    /// Nothing: the transit gateway between the two does not carry groups.
    Unsupported,
    /// Nothing: it is stale.
    Stale,
}

/// Who has a public address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PublicOwner {
    Interface(Index<InterfaceNode>),
    /// A regional NAT gateway, which has no interface.
    Nat(Index<NatNode>),
}

impl Network {
    /// The instance that uses an interface.
    pub(crate) fn instance_of(&self, interface: &InterfaceNode) -> Option<&InstanceNode> {
        match interface.user {
            User::Instance(index) => self.instances.get(index),
            User::Nobody | User::Nat(_) | User::Service | User::Other => None,
        }
    }

    /// Are two interfaces of one machine, or the same?
    pub(crate) fn is_same(&self, one: &InterfaceNode, other: &InterfaceNode) -> bool {
        match (one.user, other.user) {
            (User::Instance(one), User::Instance(other)) => one == other,
            _ => one.index == other.index,
        }
    }

    /// The state of the account and Region of something.
    pub(crate) fn ec2(&self, place: usize) -> Option<&Ec2> {
        self.places.get(place).map(|place| &place.ec2)
    }

    /// Who has `address` within a VPC, and the stretch around it in which the answer is the same.
    pub(crate) fn having(
        &self,
        vpc: &VpcNode,
        address: IpAddr,
    ) -> (Option<&InterfaceNode>, Stretch) {
        let (found, stretch) = stretch::find(&vpc.addresses, address);
        (found.and_then(|index| self.interfaces.get(*index)), stretch)
    }

    /// Whose a public address is, and the stretch around it in which the answer is the same.
    pub(crate) fn public(&self, address: IpAddr) -> (Option<PublicNode>, Stretch) {
        let (found, stretch) = stretch::find(&self.publics, address);
        (found.copied(), stretch)
    }

    /// The subnet of a VPC that holds an address.
    pub(crate) fn subnet_holding(&self, vpc: &VpcNode, address: IpAddr) -> Option<&SubnetNode> {
        let mut all = vpc.subnets.iter();
        all.find_map(|index| {
            self.subnets
                .get(*index)
                .filter(|it| it.state.holds(address))
        })
    }

    /// The interface of the instance from which it sends to `destination`: one whose subnet
    /// holds it, else the primary one, as the routes inside of a machine are by default.
    pub(crate) fn outgoing(
        &self,
        instance: &InstanceNode,
        destination: IpAddr,
    ) -> Option<&InterfaceNode> {
        let all = || {
            let all = instance.interfaces.iter();
            all.filter_map(|index| self.interfaces.get(*index))
        };
        let near = all().find(|it| {
            let subnet = self.subnets.get(it.subnet);
            subnet.is_some_and(|subnet| subnet.state.holds(destination))
        });
        near.or_else(|| all().next())
    }

    /// A group that interfaces of a VPC have.
    pub(crate) fn group(&self, vpc: Index<VpcNode>, id: &Id) -> Option<&GroupNode> {
        let index = self.group_ids.get(&(vpc, id.clone()))?;
        self.groups.get(*index)
    }

    /// Whose interfaces a rule means that names a group of another VPC: those behind an active
    /// peering connection in the same Region, or inbound those behind a transit gateway.
    /// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html>
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html>
    pub(crate) fn foreign(
        &self,
        vpc: Index<VpcNode>,
        foreign: &ForeignGroup,
        egress: bool,
    ) -> Foreign<'_> {
        let mut all = self.vpcs.iter();
        let other = all.find(|it| {
            let place = self.places.get(it.place);
            it.state.id == foreign.vpc
                && place.is_some_and(|place| {
                    let groups = &place.ec2.security_groups;
                    place.account == foreign.account && groups.contains(foreign.group.as_str())
                })
        });
        let Some(other) = other else {
            return Foreign::Stale;
        };
        let mut all = self.peerings.iter();
        let peered = all.any(|it| {
            let named = foreign.connection.as_ref();
            it.state.phase.works()
                && it.state.is_regional()
                && named.is_none_or(|id| *id == it.state.id)
                && it.joins(vpc) == Some(other.index)
        });
        if peered {
            return Foreign::Of(other);
        }
        match self.over_transit(vpc, other.index) {
            Some(true) if !egress => Foreign::Of(other),
            Some(_) => Foreign::Unsupported,
            None => Foreign::Stale,
        }
    }

    /// An instance by its id.
    pub(crate) fn instance(&self, id: &Id) -> Option<&InstanceNode> {
        let (place, born) = self.born(id, |ec2, id| Some(ec2.instances.get(id)?.born))?;
        let from = self
            .instances
            .iter()
            .as_slice()
            .partition_point(|it| (it.place, it.state.born) < (place, born));
        let mut near = self.instances.iter().skip(from);
        near.find(|it| it.state.id == *id)
    }

    /// An interface by its id.
    pub(crate) fn interface(&self, id: &Id) -> Option<&InterfaceNode> {
        let (place, born) = self.born(id, |ec2, id| Some(ec2.network_interfaces.get(id)?.born))?;
        let from = self
            .interfaces
            .iter()
            .as_slice()
            .partition_point(|it| (it.place, it.state.born) < (place, born));
        let mut near = self.interfaces.iter().skip(from);
        near.find(|it| it.state.id == *id)
    }

    /// Where and when something was made: in that order nodes stand.
    fn born(&self, id: &Id, find: impl Fn(&Ec2, &str) -> Option<Born>) -> Option<(usize, Born)> {
        let mut all = self.places.iter().enumerate();
        all.find_map(|(place, it)| Some((place, find(&it.ec2, id.as_str())?)))
    }
}

impl PeeringNode {
    /// The VPC on the other side of `vpc`.
    pub(crate) fn joins(&self, vpc: Index<VpcNode>) -> Option<Index<VpcNode>> {
        match self.vpcs {
            (Some(here), other) if here == vpc => other,
            (other, Some(here)) if here == vpc => other,
            _ => None,
        }
    }
}

//! Who asks, and where.

use crate::intent::Kind;
use hopwise_cloud::ec2::{Ec2, Instance, NetworkInterface, Subnet, Vpc};
use hopwise_cloud::view::Node;
use hopwise_cloud::{ACCOUNT, Cloud, Credentials, Region, Resource, Via};
use std::rc::Rc;

/// The cloud as somebody sees it from a Region.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The cloud.
    pub cloud: &'a Cloud,
    /// Whose keys sign the calls.
    pub credentials: &'a Credentials,
    /// The Region.
    pub region: &'a str,
    /// How its calls come to AWS: as those that are typed on the laptop do.
    pub via: Via,
    /// Does time pass only when somebody says so?
    pub manual_clock: bool,
}

impl<'a> Desk<'a> {
    /// The account of the caller.
    pub(crate) fn account(&self) -> String {
        self.cloud
            .caller("ec2", self.credentials)
            .map_or_else(|_| ACCOUNT.to_owned(), |caller| caller.account)
    }

    /// The Region's resources.
    pub(crate) fn ec2(&self) -> Option<&'a Ec2> {
        self.cloud.account(&self.account())?.ec2(self.region)
    }

    /// The Region.
    pub(crate) fn here(&self) -> Option<&'static Region> {
        Region::find(self.region)
    }

    /// The thing with this id, as a node.
    pub(crate) fn node(&self, id: &str) -> Option<Node> {
        let details = self.cloud.details(&self.account(), self.region, id)?;
        Some(details.node)
    }

    /// What a person calls the thing: its name, else its id.
    pub(crate) fn called(&self, id: &str) -> String {
        self.node(id)
            .and_then(|node| node.name)
            .unwrap_or_else(|| id.to_owned())
    }

    pub(crate) fn vpc(&self, id: &str) -> Option<&'a Rc<Vpc>> {
        self.ec2()?.vpcs.get(id)
    }

    pub(crate) fn subnet(&self, id: &str) -> Option<&'a Rc<Subnet>> {
        self.ec2()?.subnets.get(id)
    }

    pub(crate) fn instance(&self, id: &str) -> Option<&'a Rc<Instance>> {
        self.ec2()?.instances.get(id)
    }

    /// The interface itself, or an instance's primary one.
    pub(crate) fn interface(&self, id: &str) -> Option<&'a Rc<NetworkInterface>> {
        let ec2 = self.ec2()?;
        match self.instance(id) {
            Some(instance) => ec2.primary_interface(&instance.id),
            None => ec2.network_interfaces.get(id),
        }
    }

    /// The VPC that a thing is, is in, or is attached to.
    pub(crate) fn vpc_of(&self, id: &str) -> Option<String> {
        let ec2 = self.ec2()?;
        let vpc = match Kind::of_id(id)? {
            Kind::Vpc => ec2.vpcs.get(id)?.id.clone(),
            Kind::Subnet => ec2.subnets.get(id)?.vpc.clone(),
            Kind::Instance => ec2.instances.get(id)?.vpc.clone(),
            Kind::RouteTable => ec2.route_tables.get(id)?.vpc.clone(),
            Kind::SecurityGroup => ec2.security_groups.get(id)?.vpc.clone(),
            Kind::NetworkAcl => ec2.network_acls.get(id)?.vpc.clone(),
            Kind::NetworkInterface => ec2.network_interfaces.get(id)?.vpc.clone(),
            Kind::InternetGateway => ec2.internet_gateways.get(id)?.vpc.clone()?,
            _ => return None,
        };
        Some(vpc.to_string())
    }

    /// The subnet that a thing is or is in.
    pub(crate) fn subnet_of(&self, id: &str) -> Option<String> {
        let subnet = match Kind::of_id(id)? {
            Kind::Subnet => self.subnet(id)?.id.clone(),
            Kind::Instance => self.instance(id)?.subnet.clone(),
            Kind::NetworkInterface => self.interface(id)?.subnet.clone(),
            _ => return None,
        };
        Some(subnet.to_string())
    }

    /// The security groups of a VPC: id and name.
    pub(crate) fn groups_in(&self, vpc: &str) -> Vec<(String, String)> {
        let Some(ec2) = self.ec2() else {
            return Vec::new();
        };
        ec2.security_groups
            .by_birth()
            .into_iter()
            .filter(|group| group.vpc.as_str() == vpc)
            .map(|group| {
                let name = Resource::name(group.as_ref()).unwrap_or(&group.name);
                (group.id.to_string(), name.to_owned())
            })
            .collect()
    }
}

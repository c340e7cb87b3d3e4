//! From the network of one moment to that of the next.

use super::Network;
use hopwise_cloud::Cloud;
use hopwise_cloud::ec2::Ec2;
use std::rc::Rc;

/// What changed between two moments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    /// Only rules did: of these many groups and ACLs. Every index still holds.
    Rules,
    /// Anything else: every index is another.
    Everything,
}

impl Network {
    /// Brings the network up to date. Where only rules of security groups and network ACLs have
    /// changed, nothing else is looked at again; `group` and `acl` hear of which.
    pub(crate) fn update(
        &mut self,
        cloud: &Cloud,
        mut group: impl FnMut(usize),
        mut acl: impl FnMut(usize),
    ) -> Change {
        let same = self.cloud.on_premises() == cloud.on_premises()
            && self.places.len() == cloud.places().count()
            && (self.places.iter().zip(cloud.places())).all(|(old, (account, region, ec2))| {
                old.account == account.id
                    && old.region == region
                    && only_rules_differ(&old.ec2, ec2)
            });
        if !same {
            *self = Network::of(cloud);
            return Change::Everything;
        }
        for (place, (_, _, ec2)) in self.places.iter_mut().zip(cloud.places()) {
            place.ec2 = ec2.clone();
        }
        self.cloud = cloud.clone();
        for node in self.groups.iter_mut() {
            let place = self.places.get(node.place);
            let id = node.state.id.as_str();
            let new = place.and_then(|it| it.ec2.security_groups.get(id));
            if let Some(new) = new.filter(|new| !Rc::ptr_eq(new, &node.state)) {
                node.state = Rc::clone(new);
                group(node.index.place());
            }
        }
        for node in self.acls.iter_mut() {
            let place = self.places.get(node.place);
            let id = node.state.id.as_str();
            let new = place.and_then(|it| it.ec2.network_acls.get(id));
            if let Some(new) = new.filter(|new| !Rc::ptr_eq(new, &node.state)) {
                node.state = Rc::clone(new);
                acl(node.index.place());
            }
        }
        Change::Rules
    }
}

/// Do two moments of a Region differ in rules alone, if in anything?
fn only_rules_differ(old: &Ec2, new: &Ec2) -> bool {
    old.vpcs.same(&new.vpcs)
        && old.subnets.same(&new.subnets)
        && old.route_tables.same(&new.route_tables)
        && old.internet_gateways.same(&new.internet_gateways)
        && old.addresses.same(&new.addresses)
        && old.network_interfaces.same(&new.network_interfaces)
        && old.instances.same(&new.instances)
        && old.egress_only_gateways.same(&new.egress_only_gateways)
        && old.nat_gateways.same(&new.nat_gateways)
        && old.prefix_lists.same(&new.prefix_lists)
        && old.peerings.same(&new.peerings)
        && old.endpoints.same(&new.endpoints)
        && old.transit_gateways.same(&new.transit_gateways)
        && old.transit_attachments.same(&new.transit_attachments)
        && old.transit_route_tables.same(&new.transit_route_tables)
        && old.vpn_gateways.same(&new.vpn_gateways)
        && old.customer_gateways.same(&new.customer_gateways)
        && old.vpn_connections.same(&new.vpn_connections)
        && old.block_public_access == new.block_public_access
        && old.exclusions.same(&new.exclusions)
        && old.elbv2 == new.elbv2
        && old.direct_connect == new.direct_connect
        && groups_match(old, new)
        && acls_match(old, new)
}

/// Have both the same groups, by id?
fn groups_match(old: &Ec2, new: &Ec2) -> bool {
    old.security_groups.same(&new.security_groups)
        || (old.security_groups.len() == new.security_groups.len()
            && (old.security_groups.iter().zip(new.security_groups.iter()))
                .all(|(old, new)| old.id == new.id))
}

/// Have both the same ACLs, of the same subnets?
fn acls_match(old: &Ec2, new: &Ec2) -> bool {
    old.network_acls.same(&new.network_acls)
        || (old.network_acls.len() == new.network_acls.len()
            && (old.network_acls.iter().zip(new.network_acls.iter())).all(|(old, new)| {
                Rc::ptr_eq(old, new) || (old.id == new.id && old.associations == new.associations)
            }))
}

//! The nodes of a load balancer: which subnets and addresses it is given, and the interfaces.

use super::{BalancerKind, LoadBalancer, Node, not_here, unfit, wrong};
use crate::cloud::Mint;
use crate::ec2::address::AddressAssociation;
use crate::ec2::network_interface::{Managed, ManagedKind, NewInterface};
use crate::ec2::{Ec2, Subnet, interface_address, network_interface};
use crate::fault::Fault;
use crate::field::{Items, Str, Struct};
use crate::fields::elbv2::{shape, subnet_mapping};
use crate::id::Id;
use crate::table::Tags;
use std::rc::Rc;

/// How many addresses of a subnet must be free.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>
const FREE: u128 = 8;

/// A subnet that a request names, and the addresses that it gives the node there.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) subnet: Rc<Subnet>,
    pub(super) allocation: Option<Id>,
    private: Option<String>,
    v6: Option<String>,
}

/// The subnets that a request names, one way or the other.
pub(super) fn places(
    ec2: &Ec2,
    kind: BalancerKind,
    internet_facing: bool,
    subnets: Items<'_, Str>,
    mappings: Items<'_, Struct<shape::SubnetMapping>>,
) -> Result<Vec<Place>, Fault> {
    if !subnets.is_empty() && !mappings.is_empty() {
        return Err(wrong(
            "You can specify either subnets or subnet mappings, not both",
        ));
    }
    let mut places: Vec<Place> = Vec::new();
    for id in subnets {
        places.push(Place {
            subnet: subnet(ec2, id)?,
            allocation: None,
            private: None,
            v6: None,
        });
    }
    for mapping in mappings {
        if mapping.has(subnet_mapping::SOURCE_NAT_IPV6_PREFIX) {
            return Err(not_here("A prefix for source NAT"));
        }
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let place = Place {
            subnet: subnet(
                ec2,
                mapping.get(subnet_mapping::SUBNET_ID).unwrap_or_default(),
            )?,
            allocation: mapping.get(subnet_mapping::ALLOCATION_ID).map(Id::new),
            private: owned(mapping.get(subnet_mapping::PRIVATE_I_PV4_ADDRESS)),
            v6: owned(mapping.get(subnet_mapping::I_PV6_ADDRESS)),
        };
        let chosen = place.allocation.is_some() || place.private.is_some() || place.v6.is_some();
        if kind == BalancerKind::Application && chosen {
            return Err(unfit(
                "You cannot specify addresses in the subnet mappings of load balancers of type \
                 'application'",
            ));
        }
        if place.allocation.is_some() && !internet_facing {
            return Err(unfit(
                "You cannot specify allocation IDs for an internal load balancer",
            ));
        }
        if place.private.is_some() && internet_facing {
            return Err(unfit(
                "You cannot specify a private IPv4 address for an internet-facing load balancer",
            ));
        }
        places.push(place);
    }
    check_zones(kind, &places)?;
    Ok(places)
}

fn subnet(ec2: &Ec2, id: &str) -> Result<Rc<Subnet>, Fault> {
    let found = ec2.subnets.get(id).cloned();
    found.ok_or_else(|| {
        Fault::new(
            "SubnetNotFound",
            format!("The subnet ID '{id}' does not exist"),
        )
    })
}

/// One subnet a zone, all of one VPC; an Application Load Balancer has two at least.
fn check_zones(kind: BalancerKind, places: &[Place]) -> Result<(), Fault> {
    let Some(first) = places.first() else {
        return Err(wrong("At least one subnet must be specified"));
    };
    if places.iter().any(|it| it.subnet.vpc != first.subnet.vpc) {
        return Err(unfit("All subnets must belong to the same VPC"));
    }
    let mut zones: Vec<&str> = places.iter().map(|it| it.subnet.zone.as_str()).collect();
    zones.sort_unstable();
    zones.dedup();
    if kind == BalancerKind::Application && zones.len() < 2 {
        return Err(wrong(
            "At least two subnets in two different Availability Zones must be specified",
        ));
    }
    if zones.len() < places.len() {
        return Err(unfit(
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        ));
    }
    Ok(())
}

/// May nodes stand in these subnets? `places` are those that have none yet.
///
/// AWS asks for an internet gateway of the VPC, not for a route to it: an internet-facing load
/// balancer in a private subnet is made, and nobody reaches it.
/// <https://repost.aws/knowledge-center/public-load-balancer-private-ec2>
pub(super) fn check_room(
    ec2: &Ec2,
    internet_facing: bool,
    dual_stack: bool,
    places: &[&Place],
) -> Result<(), Fault> {
    for place in places {
        let subnet = &place.subnet;
        if internet_facing && ec2.internet_gateway_of(&subnet.vpc).is_none() {
            return Err(Fault::new(
                "InvalidSubnet",
                format!("VPC {} has no internet gateway", subnet.vpc),
            ));
        }
        if ec2.free_addresses(subnet) < FREE {
            return Err(Fault::new(
                "InvalidSubnet",
                format!(
                    "Not enough IP space available in {}. ELB requires at least {FREE} free IP \
                     addresses in each subnet.",
                    subnet.id
                ),
            ));
        }
        if dual_stack && subnet.ipv6_blocks.is_empty() {
            return Err(unfit(
                "You must specify subnets with an associated IPv6 CIDR block.",
            ));
        }
    }
    let mut seen: Vec<&Id> = Vec::new();
    for id in places.iter().filter_map(|it| it.allocation.as_ref()) {
        let Some(address) = ec2.addresses.get(id.as_str()) else {
            return Err(Fault::new(
                "AllocationIdNotFound",
                format!("The allocation IDs '{id}' do not exist"),
            ));
        };
        if address.association.is_some() || seen.contains(&id) {
            return Err(Fault::new(
                "ResourceInUse",
                "The allocation IDs are not available for use",
            ));
        }
        seen.push(id);
    }
    Ok(())
}

/// Puts a node into a subnet: an interface that is AWS's, with a public address if it has any.
pub(super) fn make(
    ec2: &mut Ec2,
    mint: &mut Mint,
    balancer: &LoadBalancer,
    place: &Place,
) -> Result<Node, Fault> {
    let interface = network_interface::make(
        ec2,
        mint,
        NewInterface {
            subnet: place.subnet.id.as_str(),
            private: place.private.as_deref(),
            groups: balancer.groups.clone(),
            description: &balancer.description(),
            tags: Tags::default(),
            managed: Some(Managed {
                by: balancer.id.clone(),
                kind: match balancer.kind {
                    BalancerKind::Application => ManagedKind::ApplicationLoadBalancer,
                    BalancerKind::Network => ManagedKind::NetworkLoadBalancer,
                },
            }),
        },
    )
    .map_err(|fault| unfit(fault.message))?;
    if balancer.dual_stack {
        let wanted: Vec<&str> = place.v6.iter().map(String::as_str).collect();
        interface_address::add_ipv6(ec2, mint, &interface, &wanted, 1)
            .map_err(|fault| unfit(fault.message))?;
    }
    if let Some(allocation) = &place.allocation {
        let (association, _) = mint.id("eipassoc");
        let private = ec2.network_interfaces.get(interface.as_str());
        let private = private.and_then(|it| it.primary_address());
        if let (Some(private), Some(address)) =
            (private, ec2.addresses.get_mut(allocation.as_str()))
        {
            address.association = Some(AddressAssociation {
                id: association,
                interface: interface.clone(),
                private,
            });
        }
    } else if balancer.internet_facing {
        let public = ec2.free_public_address(mint);
        let one = ec2.network_interfaces.get_mut(interface.as_str());
        if let Some(address) = one.and_then(|it| it.addresses.first_mut()) {
            address.auto_public = Some(public);
        }
    }
    Ok(Node {
        zone: place.subnet.zone.clone(),
        subnet: place.subnet.id.clone(),
        interface,
        allocation: place.allocation.clone(),
    })
}

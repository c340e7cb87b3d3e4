//! Making, changing and deleting NAT gateways.

use super::describe::{addresses, describe_one};
use super::{NatAddress, NatGateway, Scope};
use crate::door::Context;
use crate::ec2::address::AddressAssociation;
use crate::ec2::network_interface::{InterfaceAddress, Managed, ManagedKind, NewInterface};
use crate::ec2::phase::{Phase, State};
use crate::ec2::route_table::RouteTable;
use crate::ec2::select::{find, find_mut, new_tags};
use crate::ec2::{Ec2, network_interface};
use crate::fault::Fault;
use crate::field::{Doc, Items, Str, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    assign_private_nat_gateway_address, assign_private_nat_gateway_address_result,
    associate_nat_gateway_address, associate_nat_gateway_address_result, availability_zone_address,
    create_nat_gateway, create_nat_gateway_result, delete_nat_gateway, delete_nat_gateway_result,
    disassociate_nat_gateway_address, disassociate_nat_gateway_address_result,
    unassign_private_nat_gateway_address, unassign_private_nat_gateway_address_result,
};
use crate::id::Id;
use crate::table::Tags;
use std::net::Ipv4Addr;

/// How long a gateway takes to come up, in seconds: a minute or two.
const BEGIN_SECONDS: u64 = 90;
/// How long it takes to go, in seconds.
const END_SECONDS: u64 = 60;
/// How many addresses a gateway has at most; of Elastic IP addresses two unless one asks for more.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const MOST_ADDRESSES: usize = 8;
/// How many gateways a zone has at most.
const MOST_IN_ZONE: usize = 5;

/// The gateway with this id, or AWS's own words for there being none.
pub(super) fn found<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a NatGateway, Fault> {
    let found = ec2.nat_gateways.get(id).map(AsRef::as_ref);
    found.ok_or_else(|| {
        if id.starts_with("nat-") {
            Fault::new(
                "NatGatewayNotFound",
                format!("The Nat Gateway {id} was not found"),
            )
        } else {
            Fault::new(
                "NatGatewayMalformed",
                format!("The Nat Gateway ID {id} is malformed"),
            )
        }
    })
}

/// `CreateNatGateway`. What is wrong with the addresses or the network shows later: the gateway
/// is made, and fails.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html>
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateNatGatewayRequest>,
) -> Result<Doc<CreateNatGatewayResult>, Fault> {
    let tags = new_tags(
        request.items(create_nat_gateway::TAG_SPECIFICATIONS),
        "natgateway",
    )?;
    let public = request
        .get(create_nat_gateway::CONNECTIVITY_TYPE)
        .unwrap_or("public")
        == "public";
    let regional = request.get(create_nat_gateway::AVAILABILITY_MODE) == Some("regional");
    let id = if regional {
        create_regional(context, request, tags, public)?
    } else {
        create_zonal(context, request, tags, public)?
    };
    let made = find(&context.ec2().nat_gateways, id.as_str())?;
    Ok(Doc::new()
        .with_some(
            create_nat_gateway_result::CLIENT_TOKEN,
            request.get(create_nat_gateway::CLIENT_TOKEN),
        )
        .with(create_nat_gateway_result::NAT_GATEWAY, describe_one(made)))
}

fn create_zonal(
    context: &mut Context<'_>,
    request: View<'_, CreateNatGatewayRequest>,
    tags: Tags,
    public: bool,
) -> Result<Id, Fault> {
    let now = context.now();
    let ec2 = context.ec2();
    let Some(subnet) = request.get(create_nat_gateway::SUBNET_ID) else {
        return Err(Fault::missing("subnetId"));
    };
    if request.has(create_nat_gateway::VPC_ID) {
        return Err(Fault::combination(
            "The parameter VpcId is for a regional NAT gateway only.",
        ));
    }
    let subnet = find(&ec2.subnets, subnet)?.clone();
    let allocation = request.get(create_nat_gateway::ALLOCATION_ID);
    if public && allocation.is_none() {
        return Err(Fault::missing("allocationId"));
    }
    let more = request.items(create_nat_gateway::SECONDARY_ALLOCATION_IDS);
    let elastic: Vec<Id> = allocation
        .into_iter()
        .chain(more)
        .map(|id| find(&ec2.addresses, id).map(|it| it.id.clone()))
        .collect::<Result<_, _>>()?;
    if !public && !elastic.is_empty() {
        return Err(Fault::combination(
            "The parameter AllocationId must not be specified for a private NAT gateway.",
        ));
    }
    let wished = request.get(create_nat_gateway::PRIVATE_IP_ADDRESS);
    let further: Vec<String> = request
        .items(create_nat_gateway::SECONDARY_PRIVATE_IP_ADDRESSES)
        .map(str::to_owned)
        .collect();
    let count = request
        .get(create_nat_gateway::SECONDARY_PRIVATE_IP_ADDRESS_COUNT)
        .unwrap_or(0);
    let count = usize::try_from(count).unwrap_or(0);
    if count > 0 && (public || !further.is_empty()) {
        return Err(Fault::combination(
            "SecondaryPrivateIpAddressCount is for a private NAT gateway without \
             SecondaryPrivateIpAddresses.",
        ));
    }
    let total = 1 + further
        .len()
        .max(count)
        .max(elastic.len().saturating_sub(1));
    if total > MOST_ADDRESSES {
        return Err(Fault::value(format!(
            "A NAT gateway has at most {MOST_ADDRESSES} addresses."
        )));
    }
    let here = |it: &&std::rc::Rc<NatGateway>| {
        let other = it.subnet().and_then(|it| ec2.subnets.get(it.as_str()));
        it.phase.is_alive() && other.is_some_and(|other| other.zone == subnet.zone)
    };
    if ec2.nat_gateways.iter().filter(here).count() >= MOST_IN_ZONE {
        return Err(Fault::new(
            "NatGatewayLimitExceeded",
            format!(
                "Performing this operation would exceed the limit of {MOST_IN_ZONE} NAT gateways"
            ),
        ));
    }
    let failure = failure(ec2, &subnet.vpc, public, &elastic);
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("nat");
    let interface = network_interface::make(
        ec2,
        mint,
        NewInterface {
            subnet: subnet.id.as_str(),
            private: wished,
            groups: Vec::new(),
            description: &format!("Interface for NAT Gateway {id}"),
            tags: Tags::default(),
            managed: Some(Managed {
                by: id.clone(),
                kind: ManagedKind::NatGateway,
            }),
        },
    )?;
    for place in 1..total {
        let wished = further.get(place - 1).map(String::as_str);
        let address = network_interface::free_address(ec2, &subnet, wished)?;
        let one = find_mut(&mut ec2.network_interfaces, interface.as_str())?;
        one.addresses.push(InterfaceAddress {
            private: address,
            auto_public: None,
        });
    }
    let private: Vec<Ipv4Addr> = find(&ec2.network_interfaces, interface.as_str())?
        .addresses
        .iter()
        .map(|it| it.private)
        .collect();
    let mut made = Vec::new();
    for (place, private) in private.into_iter().enumerate() {
        let mut address = NatAddress {
            association: None,
            allocation: elastic.get(place).cloned(),
            private: Some(private),
            public: None,
            zone: None,
        };
        if let Some(allocation) = elastic.get(place).filter(|_| failure.is_none()) {
            let (association, _) = mint.id("eipassoc");
            let one = find_mut(&mut ec2.addresses, allocation.as_str())?;
            one.association = Some(AddressAssociation {
                id: association.clone(),
                interface: interface.clone(),
                private,
            });
            address.public = Some(one.public);
            address.association = Some(association);
        }
        made.push(address);
    }
    let then = match failure {
        Some(_) => State::Failed,
        None => State::Available,
    };
    ec2.nat_gateways.insert(NatGateway {
        id: id.clone(),
        born,
        tags,
        vpc: subnet.vpc.clone(),
        scope: Scope::Zonal {
            subnet: subnet.id.clone(),
            interface,
        },
        public,
        addresses: made,
        phase: Phase::until(State::Pending, now.after(BEGIN_SECONDS), then),
        failure,
        created: now,
        deleted: None,
    });
    Ok(id)
}

/// Why a gateway will fail, if it will.
fn failure(ec2: &Ec2, vpc: &Id, public: bool, elastic: &[Id]) -> Option<(String, String)> {
    let fail = |code: &str, message: String| Some((code.to_owned(), message));
    if public && ec2.internet_gateway_of(vpc).is_none() {
        return fail(
            "Gateway.NotAttached",
            format!("Network {vpc} has no Internet gateway attached"),
        );
    }
    let mut used = elastic.iter().filter_map(|id| {
        let address = ec2.addresses.get(id.as_str())?;
        Some((id, address.association.as_ref()?))
    });
    if let Some((id, association)) = used.next() {
        return fail(
            "Resource.AlreadyAssociated",
            format!(
                "Elastic IP address [{id}] is already associated with associate-id {}",
                association.id
            ),
        );
    }
    None
}

/// A gateway for the whole VPC, with a route table of its own that leads to the internet.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html>
fn create_regional(
    context: &mut Context<'_>,
    request: View<'_, CreateNatGatewayRequest>,
    tags: Tags,
    public: bool,
) -> Result<Id, Fault> {
    let now = context.now();
    let region = context.region;
    let ec2 = context.ec2();
    if !public {
        return Err(Fault::combination(
            "A regional NAT gateway can't be private.",
        ));
    }
    if request.has(create_nat_gateway::SUBNET_ID)
        || request.has(create_nat_gateway::ALLOCATION_ID)
        || request.has(create_nat_gateway::PRIVATE_IP_ADDRESS)
    {
        return Err(Fault::combination(
            "SubnetId, AllocationId and PrivateIpAddress are for a zonal NAT gateway; a regional \
             one takes VpcId and, if you choose its addresses, AvailabilityZoneAddresses.",
        ));
    }
    let Some(vpc) = request.get(create_nat_gateway::VPC_ID) else {
        return Err(Fault::missing("vpcId"));
    };
    let vpc = find(&ec2.vpcs, vpc)?;
    let mut chosen = Vec::new();
    for one in request.items(create_nat_gateway::AVAILABILITY_ZONE_ADDRESSES) {
        let zone = one
            .get(availability_zone_address::AVAILABILITY_ZONE)
            .or(one.get(availability_zone_address::AVAILABILITY_ZONE_ID))
            .unwrap_or_default();
        let zone = region.zone(zone).ok_or_else(|| {
            Fault::value(format!(
                "Value ({zone}) for parameter availabilityZone is invalid."
            ))
        })?;
        for id in one.items(availability_zone_address::ALLOCATION_IDS) {
            chosen.push((zone.clone(), find(&ec2.addresses, id)?.id.clone()));
        }
    }
    let automatic = chosen.is_empty();
    let elastic: Vec<Id> = chosen.iter().map(|(_, id)| id.clone()).collect();
    let failure = failure(ec2, &vpc.id, true, &elastic);
    let gateway = ec2.internet_gateway_of(&vpc.id).map(|it| it.id.clone());
    let blocks: Vec<_> = vpc.all_blocks().collect();
    let mut zones: Vec<String> = match automatic {
        true => {
            let subnets = ec2.subnets.iter().filter(|it| it.vpc == vpc.id);
            subnets.map(|it| it.zone.clone()).collect()
        }
        false => chosen.iter().map(|(zone, _)| zone.clone()).collect(),
    };
    zones.sort();
    zones.dedup();
    let vpc = vpc.id.clone();
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("nat");
    let mut table = RouteTable::of_gateway(&vpc, blocks.into_iter(), &id, mint);
    if let Some(gateway) = &gateway {
        table.add_default_route(gateway);
    }
    let table_id = table.id.clone();
    ec2.route_tables.insert(table);
    let mut addresses = Vec::new();
    if automatic {
        for zone in &zones {
            addresses.push(NatAddress {
                association: None,
                allocation: None,
                private: None,
                public: Some(ec2.free_public_address(mint)),
                zone: Some(zone.clone()),
            });
        }
    }
    for (zone, allocation) in chosen {
        let (association, _) = mint.id("eipassoc");
        let public = find(&ec2.addresses, allocation.as_str())?.public;
        addresses.push(NatAddress {
            association: Some(association),
            allocation: Some(allocation),
            private: None,
            public: Some(public),
            zone: Some(zone),
        });
    }
    let then = match failure {
        Some(_) => State::Failed,
        None => State::Available,
    };
    ec2.nat_gateways.insert(NatGateway {
        id: id.clone(),
        born,
        tags,
        vpc,
        scope: Scope::Regional {
            table: table_id,
            zones,
            automatic,
        },
        public: true,
        addresses,
        phase: Phase::until(State::Pending, now.after(BEGIN_SECONDS), then),
        failure,
        created: now,
        deleted: None,
    });
    Ok(id)
}

/// `DeleteNatGateway`: routes to it become blackholes; its Elastic IP addresses stay allocated.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteNatGatewayRequest>,
) -> Result<Doc<DeleteNatGatewayResult>, Fault> {
    let now = context.now();
    let id = request
        .get(delete_nat_gateway::NAT_GATEWAY_ID)
        .unwrap_or_default();
    let id = found(context.ec2(), id)?.id.clone();
    let one = find_mut(&mut context.ec2_mut().nat_gateways, id.as_str())?;
    if one.phase.is_alive() {
        one.phase = Phase::until(State::Deleting, now.after(END_SECONDS), State::Deleted);
        one.deleted = Some(now);
    }
    Ok(Doc::new().with(delete_nat_gateway_result::NAT_GATEWAY_ID, &id))
}

/// The zonal gateway that a request for more or fewer addresses names: its subnet and interface.
fn zonal<'a>(ec2: &'a Ec2, id: &str, public: bool) -> Result<(&'a NatGateway, Id, Id), Fault> {
    let one = found(ec2, id)?;
    if !one.phase.works() {
        return Err(Fault::new(
            "IncorrectState",
            format!("The Nat Gateway {id} is not available"),
        ));
    }
    match &one.scope {
        Scope::Zonal { subnet, interface } if one.public == public => {
            Ok((one, subnet.clone(), interface.clone()))
        }
        Scope::Zonal { .. } => Err(Fault::new(
            "UnsupportedOperation",
            if public {
                "This operation is for public NAT gateways."
            } else {
                "This operation is for private NAT gateways."
            },
        )),
        Scope::Regional { .. } => Err(Fault::new(
            "UnsupportedOperation",
            "The addresses of a regional NAT gateway are chosen when it is made, in this sandbox.",
        )),
    }
}

/// Gives a gateway one more private address.
fn grow(
    ec2: &mut Ec2,
    id: &Id,
    subnet: &Id,
    interface: &Id,
    wished: Option<&str>,
) -> Result<Ipv4Addr, Fault> {
    if found(ec2, id.as_str())?.addresses.len() >= MOST_ADDRESSES {
        return Err(Fault::new(
            "PrivateIpAddressLimitExceeded",
            format!("A NAT gateway has at most {MOST_ADDRESSES} addresses."),
        ));
    }
    let subnet = find(&ec2.subnets, subnet.as_str())?.clone();
    let private = network_interface::free_address(ec2, &subnet, wished)?;
    let one = find_mut(&mut ec2.network_interfaces, interface.as_str())?;
    one.addresses.push(InterfaceAddress {
        private,
        auto_public: None,
    });
    let one = find_mut(&mut ec2.nat_gateways, id.as_str())?;
    one.addresses.push(NatAddress {
        association: None,
        allocation: None,
        private: Some(private),
        public: None,
        zone: None,
    });
    Ok(private)
}

/// `AssociateNatGatewayAddress`: a further Elastic IP address for a public gateway.
pub(crate) fn associate(
    context: &mut Context<'_>,
    request: View<'_, AssociateNatGatewayAddressRequest>,
) -> Result<Doc<AssociateNatGatewayAddressResult>, Fault> {
    let id = request
        .get(associate_nat_gateway_address::NAT_GATEWAY_ID)
        .unwrap_or_default();
    let (one, subnet, interface) = zonal(context.ec2(), id, true)?;
    let id = one.id.clone();
    let mut elastic = Vec::new();
    for allocation in request.items(associate_nat_gateway_address::ALLOCATION_IDS) {
        let address = find(&context.ec2().addresses, allocation)?;
        if let Some(association) = &address.association {
            return Err(Fault::new(
                "Resource.AlreadyAssociated",
                format!(
                    "resource {allocation} is already associated with associate-id {}",
                    association.id
                ),
            ));
        }
        elastic.push((address.id.clone(), address.public));
    }
    let wished: Vec<&str> = request
        .items(associate_nat_gateway_address::PRIVATE_IP_ADDRESSES)
        .collect();
    let (ec2, mint) = context.parts();
    for (place, (allocation, public)) in elastic.into_iter().enumerate() {
        let wished = wished.get(place).copied();
        let private = grow(ec2, &id, &subnet, &interface, wished)?;
        let (association, _) = mint.id("eipassoc");
        find_mut(&mut ec2.addresses, allocation.as_str())?.association = Some(AddressAssociation {
            id: association.clone(),
            interface: interface.clone(),
            private,
        });
        let one = find_mut(&mut ec2.nat_gateways, id.as_str())?;
        if let Some(last) = one.addresses.last_mut() {
            last.allocation = Some(allocation);
            last.association = Some(association);
            last.public = Some(public);
        }
    }
    let one = found(context.ec2(), id.as_str())?;
    Ok(Doc::new()
        .with(associate_nat_gateway_address_result::NAT_GATEWAY_ID, &id)
        .with(
            associate_nat_gateway_address_result::NAT_GATEWAY_ADDRESSES,
            addresses(one),
        ))
}

/// Takes these addresses from a gateway; never the primary one.
fn shrink(
    context: &mut Context<'_>,
    id: &Id,
    interface: &Id,
    goes: impl Fn(&NatAddress) -> bool,
) -> Result<Vec<Doc<NatGatewayAddress>>, Fault> {
    let one = found(context.ec2(), id.as_str())?;
    if one.addresses.first().is_some_and(&goes) {
        return Err(Fault::value(
            "The primary address of a NAT gateway cannot be taken from it.",
        ));
    }
    let gone: Vec<NatAddress> = one
        .addresses
        .iter()
        .filter(|it| goes(it))
        .cloned()
        .collect();
    let ec2 = context.ec2_mut();
    for address in &gone {
        if let Some(allocation) = &address.allocation {
            find_mut(&mut ec2.addresses, allocation.as_str())?.association = None;
        }
    }
    let one = find_mut(&mut ec2.network_interfaces, interface.as_str())?;
    one.addresses
        .retain(|it| !gone.iter().any(|gone| gone.private == Some(it.private)));
    let one = find_mut(&mut ec2.nat_gateways, id.as_str())?;
    let shown = addresses(&NatGateway {
        addresses: gone.clone(),
        phase: Phase::lasting(State::Deleting),
        ..one.clone()
    });
    one.addresses.retain(|it| !gone.contains(it));
    Ok(shown)
}

/// `DisassociateNatGatewayAddress`: never the primary one.
pub(crate) fn disassociate(
    context: &mut Context<'_>,
    request: View<'_, DisassociateNatGatewayAddressRequest>,
) -> Result<Doc<DisassociateNatGatewayAddressResult>, Fault> {
    let id = request
        .get(disassociate_nat_gateway_address::NAT_GATEWAY_ID)
        .unwrap_or_default();
    let (one, _, interface) = zonal(context.ec2(), id, true)?;
    let id = one.id.clone();
    let mut wanted = Vec::new();
    for association in request.items(disassociate_nat_gateway_address::ASSOCIATION_IDS) {
        let known = |it: &NatAddress| {
            it.association
                .as_ref()
                .is_some_and(|it| it.as_str() == association)
        };
        if !one.addresses.iter().any(known) {
            return Err(Fault::new(
                "InvalidAssociationID.NotFound",
                format!("The association ID '{association}' does not exist"),
            ));
        }
        wanted.push(association.to_owned());
    }
    let shown = shrink(context, &id, &interface, |it| {
        let own = it.association.as_ref();
        own.is_some_and(|own| wanted.iter().any(|it| it == own.as_str()))
    })?;
    Ok(Doc::new()
        .with(disassociate_nat_gateway_address_result::NAT_GATEWAY_ID, &id)
        .with(
            disassociate_nat_gateway_address_result::NAT_GATEWAY_ADDRESSES,
            shown,
        ))
}

fn texts(items: Items<'_, Str>) -> Vec<String> {
    items.map(str::to_owned).collect()
}

/// `AssignPrivateNatGatewayAddress`: further addresses for a private gateway.
pub(crate) fn assign_private(
    context: &mut Context<'_>,
    request: View<'_, AssignPrivateNatGatewayAddressRequest>,
) -> Result<Doc<AssignPrivateNatGatewayAddressResult>, Fault> {
    let id = request
        .get(assign_private_nat_gateway_address::NAT_GATEWAY_ID)
        .unwrap_or_default();
    let (one, subnet, interface) = zonal(context.ec2(), id, false)?;
    let id = one.id.clone();
    let wished = texts(request.items(assign_private_nat_gateway_address::PRIVATE_IP_ADDRESSES));
    let count = request
        .get(assign_private_nat_gateway_address::PRIVATE_IP_ADDRESS_COUNT)
        .and_then(|it| usize::try_from(it).ok())
        .unwrap_or(0);
    if wished.is_empty() == (count == 0) {
        return Err(Fault::combination(
            "Either PrivateIpAddresses or PrivateIpAddressCount must be specified",
        ));
    }
    let ec2 = context.ec2_mut();
    for place in 0..wished.len().max(count.min(MOST_ADDRESSES)) {
        let wished = wished.get(place).map(String::as_str);
        grow(ec2, &id, &subnet, &interface, wished)?;
    }
    let one = found(context.ec2(), id.as_str())?;
    Ok(Doc::new()
        .with(
            assign_private_nat_gateway_address_result::NAT_GATEWAY_ID,
            &id,
        )
        .with(
            assign_private_nat_gateway_address_result::NAT_GATEWAY_ADDRESSES,
            addresses(one),
        ))
}

/// `UnassignPrivateNatGatewayAddress`: never the primary one.
pub(crate) fn unassign_private(
    context: &mut Context<'_>,
    request: View<'_, UnassignPrivateNatGatewayAddressRequest>,
) -> Result<Doc<UnassignPrivateNatGatewayAddressResult>, Fault> {
    let id = request
        .get(unassign_private_nat_gateway_address::NAT_GATEWAY_ID)
        .unwrap_or_default();
    let (one, _, interface) = zonal(context.ec2(), id, false)?;
    let id = one.id.clone();
    let wanted = texts(request.items(unassign_private_nat_gateway_address::PRIVATE_IP_ADDRESSES));
    let has = |it: &NatAddress, text: &String| it.private.is_some_and(|it| it.to_string() == *text);
    if let Some(text) = wanted
        .iter()
        .find(|text| !one.addresses.iter().any(|it| has(it, text)))
    {
        return Err(Fault::value(format!(
            "The private IP address {text} is not assigned to the NAT gateway {id}"
        )));
    }
    let shown = shrink(context, &id, &interface, |it| {
        wanted.iter().any(|text| has(it, text))
    })?;
    Ok(Doc::new()
        .with(
            unassign_private_nat_gateway_address_result::NAT_GATEWAY_ID,
            &id,
        )
        .with(
            unassign_private_nat_gateway_address_result::NAT_GATEWAY_ADDRESSES,
            shown,
        ))
}

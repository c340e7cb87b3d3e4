//! Elastic IP addresses, and the public addresses that AWS assigns by itself.

use super::instance::State;
use super::select::{FilterRow, find, find_mut, new_tags, select, some_tags};
use super::{Ec2, network_interface};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    address, allocate_address, allocate_address_result, associate_address,
    associate_address_result, describe_addresses, describe_addresses_result, disassociate_address,
    release_address,
};
use crate::id::{Born, Id};
use crate::table::{Tags, resource};
use std::net::Ipv4Addr;

/// An Elastic IP address.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Address {
    /// `eipalloc-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The address itself.
    pub public: Ipv4Addr,
    /// What it is associated with.
    pub association: Option<AddressAssociation>,
}

/// That an Elastic IP address belongs to a private address.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AddressAssociation {
    /// `eipassoc-…`
    pub id: Id,
    /// The network interface.
    pub interface: Id,
    /// Which of its private addresses.
    pub private: Ipv4Addr,
}

resource!(
    Address,
    "elastic-ip",
    "eipalloc",
    "allocation",
    "InvalidAllocationID"
);

/// The block that this world's public addresses come from: 54.208.0.0/13, one of those that
/// AWS publishes for EC2 in us-east-1.
const POOL: Ipv4Addr = Ipv4Addr::new(54, 208, 0, 0);
const POOL_MASK: u32 = 0xfff8_0000;

/// Does AWS assign this public address, whether or not anything here has it now?
pub fn is_assigned_by_aws(address: Ipv4Addr) -> bool {
    u32::from(address) & POOL_MASK == u32::from(POOL)
}

impl Ec2 {
    /// The public address that goes with a private one: its Elastic IP address, else the one
    /// that AWS assigned. An Elastic IP address takes the other's place.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html>
    pub fn public_of(&self, interface: &Id, private: Ipv4Addr) -> Option<Ipv4Addr> {
        self.elastic_of(interface, private)
            .map(|address| address.public)
            .or_else(|| {
                self.network_interfaces
                    .get(interface.as_str())?
                    .addresses
                    .iter()
                    .find(|address| address.private == private)?
                    .auto_public
            })
    }

    /// The Elastic IP address that goes with a private one.
    pub fn elastic_of(&self, interface: &Id, private: Ipv4Addr) -> Option<&Address> {
        self.addresses
            .iter()
            .find(|address| {
                address
                    .association
                    .as_ref()
                    .is_some_and(|it| it.interface == *interface && it.private == private)
            })
            .map(AsRef::as_ref)
    }

    /// A public address that nothing here has, from the block that this world's come from.
    pub(crate) fn free_public_address(&self, mint: &mut Mint) -> Ipv4Addr {
        loop {
            let bits = mint.bits() as u32 & !POOL_MASK;
            let address = Ipv4Addr::from(u32::from(POOL) | bits);
            let taken = self.addresses.iter().any(|it| it.public == address)
                || self
                    .network_interfaces
                    .iter()
                    .flat_map(|it| &it.addresses)
                    .any(|it| it.auto_public == Some(address));
            if !taken && !matches!(address.octets(), [.., 0 | 255]) {
                return address;
            }
        }
    }
}

pub(super) const FILTERS: &[FilterRow<Address>] = &[
    ("allocation-id", |_, it| vec![it.id.to_string()]),
    ("association-id", |_, it| {
        it.association.iter().map(|it| it.id.to_string()).collect()
    }),
    ("domain", |_, _| vec!["vpc".to_owned()]),
    ("instance-id", |scope, it| {
        it.association
            .iter()
            .filter_map(|it| scope.ec2.instance_of(&it.interface))
            .map(Id::to_string)
            .collect()
    }),
    ("network-border-group", |_, _| Vec::new()),
    ("network-interface-id", |_, it| {
        it.association
            .iter()
            .map(|it| it.interface.to_string())
            .collect()
    }),
    ("network-interface-owner-id", |scope, it| {
        it.association
            .iter()
            .map(|_| scope.account.to_owned())
            .collect()
    }),
    ("private-ip-address", |_, it| {
        it.association
            .iter()
            .map(|it| it.private.to_string())
            .collect()
    }),
    ("public-ip", |_, it| vec![it.public.to_string()]),
];

/// `AllocateAddress`
pub(crate) fn allocate(
    context: &mut Context<'_>,
    request: View<'_, AllocateAddressRequest>,
) -> Result<Doc<AllocateAddressResult>, Fault> {
    if request.get(allocate_address::DOMAIN).unwrap_or("vpc") != "vpc" {
        return Err(Fault::value(
            "Value (standard) for parameter domain is invalid. EC2-Classic is retired.",
        ));
    }
    let tags = new_tags(
        request.items(allocate_address::TAG_SPECIFICATIONS),
        "elastic-ip",
    )?;
    if context.ec2().addresses.len() >= 5 {
        return Err(Fault::new(
            "AddressLimitExceeded",
            "The maximum number of addresses has been reached.",
        ));
    }
    let border = context.region.name;
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("eipalloc");
    let made = Address {
        id,
        born,
        tags,
        public: ec2.free_public_address(mint),
        association: None,
    };
    ec2.addresses.insert(made.clone());
    Ok(Doc::new()
        .with(allocate_address_result::ALLOCATION_ID, &made.id)
        .with(allocate_address_result::PUBLIC_IPV4_POOL, "amazon")
        .with(allocate_address_result::NETWORK_BORDER_GROUP, border)
        .with(allocate_address_result::DOMAIN, "vpc")
        .with(allocate_address_result::PUBLIC_IP, made.public.to_string()))
}

fn by_public<'a>(ec2: &'a Ec2, text: &str) -> Result<&'a Address, Fault> {
    ec2.addresses
        .iter()
        .find(|it| it.public.to_string() == text)
        .map(AsRef::as_ref)
        .ok_or_else(|| {
            Fault::new(
                "InvalidAddress.NotFound",
                format!("Address '{text}' not found."),
            )
        })
}

/// `AssociateAddress`. What the private address had before is given up: an address that AWS
/// assigned for good, an Elastic IP address stays allocated. An address that is associated
/// elsewhere moves. `--no-allow-reassociation` refuses both.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html>
pub(crate) fn associate(
    context: &mut Context<'_>,
    request: View<'_, AssociateAddressRequest>,
) -> Result<Doc<AssociateAddressResult>, Fault> {
    let ec2 = context.ec2();
    let address = match (
        request.get(associate_address::ALLOCATION_ID),
        request.get(associate_address::PUBLIC_IP),
    ) {
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "You may specify public IP or allocation id, but not both in the same call",
            ));
        }
        (Some(id), None) => find(&ec2.addresses, id)?,
        (None, Some(text)) => by_public(ec2, text)?,
        (None, None) => {
            return Err(Fault::new(
                "MissingParameter",
                "Either public IP or allocation id must be specified",
            ));
        }
    };
    let interface = match (
        request.get(associate_address::INSTANCE_ID),
        request.get(associate_address::NETWORK_INTERFACE_ID),
    ) {
        (Some(id), None) => {
            let instance = find(&ec2.instances, id)?;
            if !instance.state.is_alive() {
                return Err(Fault::new(
                    "IncorrectInstanceState",
                    format!("The instance '{id}' is not in a valid state for this operation."),
                ));
            }
            ec2.primary_interface(&instance.id).ok_or_else(|| {
                Fault::new(
                    "InvalidInstanceID",
                    format!("There is no interface attached to instance '{id}'."),
                )
            })?
        }
        (None, Some(id)) => find(&ec2.network_interfaces, id)?,
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "You may specify either a network interface or an instance, but not both",
            ));
        }
        (None, None) => {
            return Err(Fault::new(
                "MissingParameter",
                "Either instance ID or network interface ID must be specified",
            ));
        }
    };
    // An address needs a road out: https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithEIPs.html
    if ec2.internet_gateway_of(&interface.vpc).is_none() {
        return Err(Fault::new(
            "Gateway.NotAttached",
            format!(
                "Network {} is not attached to any internet gateway",
                interface.vpc
            ),
        ));
    }
    let private = match request.get(associate_address::PRIVATE_IP_ADDRESS) {
        None => interface.primary_address(),
        Some(text) => interface
            .addresses
            .iter()
            .map(|it| it.private)
            .find(|it| it.to_string() == text),
    };
    network_interface::check_own(interface)?;
    let Some(private) = private else {
        return Err(Fault::value(format!(
            "The private IP address is not assigned to the network interface {}",
            interface.id
        )));
    };
    let already = |resource: &Id, association: &AddressAssociation| {
        Fault::new(
            "Resource.AlreadyAssociated",
            format!(
                "resource {resource} is already associated with associate-id {}",
                association.id
            ),
        )
    };
    let before = address.association.clone();
    if let Some(before) = &before
        && before.interface == interface.id
        && before.private == private
    {
        // Asked for twice: the same answer.
        return Ok(Doc::new().with(associate_address_result::ASSOCIATION_ID, &before.id));
    }
    let displaced = ec2.elastic_of(&interface.id, private);
    if request.get(associate_address::ALLOW_REASSOCIATION) == Some(false) {
        if let Some(before) = &before {
            return Err(already(&address.id, before));
        }
        if let Some(other) = displaced.and_then(|other| other.association.as_ref()) {
            return Err(already(&interface.id, other));
        }
    }
    let displaced = displaced.map(|other| other.id.clone());
    let (address, interface) = (address.id.clone(), interface.id.clone());
    let (ec2, mint) = context.parts();
    if let Some(other) = displaced {
        find_mut(&mut ec2.addresses, other.as_str())?.association = None;
    }
    let (id, _) = mint.id("eipassoc");
    find_mut(&mut ec2.addresses, address.as_str())?.association = Some(AddressAssociation {
        id: id.clone(),
        interface: interface.clone(),
        private,
    });
    let interface = find_mut(&mut ec2.network_interfaces, interface.as_str())?;
    for own in &mut interface.addresses {
        if own.private == private {
            own.auto_public = None;
        }
    }
    if let Some(before) = before {
        give_public_again(ec2, mint, &before);
    }
    Ok(Doc::new().with(associate_address_result::ASSOCIATION_ID, id))
}

/// Gives an interface that lost its Elastic IP address a public address of AWS's again, if its
/// instance is one that gets them: it runs, got one at its launch and has no second interface.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html>
fn give_public_again(ec2: &mut Ec2, mint: &mut Mint, lost: &AddressAssociation) {
    let gets_one = ec2
        .instance_of(&lost.interface)
        .and_then(|id| ec2.instances.get(id.as_str()))
        .is_some_and(|instance| {
            let up = matches!(instance.state, State::Running | State::Pending { .. });
            up && instance.auto_public && ec2.interfaces_of(&instance.id).len() == 1
        });
    let primary = ec2
        .network_interfaces
        .get(lost.interface.as_str())
        .and_then(|it| it.primary_address());
    if !gets_one || primary != Some(lost.private) {
        return;
    }
    let public = ec2.free_public_address(mint);
    if let Some(own) = ec2
        .network_interfaces
        .get_mut(lost.interface.as_str())
        .and_then(|it| it.addresses.first_mut())
    {
        own.auto_public = Some(public);
    }
}

/// `DisassociateAddress`: what AWS assigned before comes back as a new address.
pub(crate) fn disassociate(
    context: &mut Context<'_>,
    request: View<'_, DisassociateAddressRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let address = match (
        request.get(disassociate_address::ASSOCIATION_ID),
        request.get(disassociate_address::PUBLIC_IP),
    ) {
        (Some(id), _) => ec2
            .addresses
            .iter()
            .find(|it| {
                it.association
                    .as_ref()
                    .is_some_and(|it| it.id.as_str() == id)
            })
            .map(|it| it.id.clone())
            .ok_or_else(|| {
                Fault::new(
                    "InvalidAssociationID.NotFound",
                    format!("The association ID '{id}' does not exist"),
                )
            })?,
        (None, Some(text)) => by_public(ec2, text)?.id.clone(),
        (None, None) => {
            return Err(Fault::new(
                "MissingParameter",
                "Either public IP or association id must be specified",
            ));
        }
    };
    let held = find(&ec2.addresses, address.as_str())?.association.as_ref();
    if let Some(interface) = held.and_then(|it| ec2.network_interfaces.get(it.interface.as_str())) {
        network_interface::check_own(interface)?;
    }
    let (ec2, mint) = context.parts();
    let lost = find_mut(&mut ec2.addresses, address.as_str())?
        .association
        .take();
    if let Some(lost) = lost {
        give_public_again(ec2, mint, &lost);
    }
    Ok(())
}

/// `ReleaseAddress`: refused while associated.
pub(crate) fn release(
    context: &mut Context<'_>,
    request: View<'_, ReleaseAddressRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let address = match (
        request.get(release_address::ALLOCATION_ID),
        request.get(release_address::PUBLIC_IP),
    ) {
        (Some(id), _) => find(&ec2.addresses, id)?,
        (None, Some(text)) => by_public(ec2, text)?,
        (None, None) => {
            return Err(Fault::new(
                "MissingParameter",
                "Either public IP or allocation id must be specified",
            ));
        }
    };
    if address.association.is_some() {
        return Err(Fault::new(
            "InvalidIPAddress.InUse",
            format!("Address {} is in use.", address.public),
        ));
    }
    let id = address.id.clone();
    context.ec2_mut().addresses.remove(id.as_str());
    Ok(())
}

/// `DescribeAddresses`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeAddressesRequest>,
) -> Result<Doc<DescribeAddressesResult>, Fault> {
    let wanted: Vec<&str> = request.items(describe_addresses::PUBLIC_IPS).collect();
    for text in &wanted {
        by_public(context.ec2(), text)?;
    }
    let found = select(
        context,
        &context.ec2().addresses,
        request.items(describe_addresses::ALLOCATION_IDS),
        request.items(describe_addresses::FILTERS),
        FILTERS,
    )?;
    let ec2 = context.ec2();
    let list: Vec<Doc<shape::Address>> = found
        .iter()
        .filter(|it| wanted.is_empty() || wanted.contains(&it.public.to_string().as_str()))
        .map(|it| {
            let association = it.association.as_ref();
            let interface =
                association.and_then(|it| ec2.network_interfaces.get(it.interface.as_str()));
            Doc::new()
                .with(address::ALLOCATION_ID, &it.id)
                .with_some(address::ASSOCIATION_ID, association.map(|it| &it.id))
                .with(address::DOMAIN, "vpc")
                .with_some(
                    address::NETWORK_INTERFACE_ID,
                    association.map(|it| &it.interface),
                )
                .with_some(
                    address::NETWORK_INTERFACE_OWNER_ID,
                    association.map(|_| context.account()),
                )
                .with_some(
                    address::PRIVATE_IP_ADDRESS,
                    association.map(|it| it.private.to_string()),
                )
                .with_some(address::TAGS, some_tags(&it.tags))
                .with(address::PUBLIC_IPV4_POOL, "amazon")
                .with(address::NETWORK_BORDER_GROUP, context.region.name)
                .with_some(address::SUBNET_ID, interface.map(|it| &it.subnet))
                .with_some(
                    address::INSTANCE_ID,
                    interface.and_then(|it| ec2.instance_of(&it.id)),
                )
                .with(address::PUBLIC_IP, it.public.to_string())
        })
        .collect();
    Ok(Doc::new().with(describe_addresses_result::ADDRESSES, list))
}

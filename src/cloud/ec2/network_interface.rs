//! Network interfaces.

use super::image;
use super::instance::State;
use super::security_group::find_group;
use super::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use super::subnet::zone_id;
use super::{Ec2, Subnet, interface_address};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, Items, Str, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    attach_network_interface, attach_network_interface_result, attribute_boolean_value,
    attribute_value, create_network_interface, create_network_interface_result,
    delete_network_interface, describe_network_interfaces, describe_network_interfaces_result,
    detach_network_interface, group_identifier, instance_ipv6_address,
    modify_network_interface_attribute, network_interface, network_interface_association,
    network_interface_attachment, network_interface_attachment_changes,
    network_interface_ipv6_address, network_interface_private_ip_address,
    private_ip_address_specification,
};
use crate::id::{Born, Id};
use crate::later::Later;
use crate::region::Region;
use crate::table::{Tags, resource};
use crate::time::Time;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::rc::Rc;

/// A network interface.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NetworkInterface {
    /// `eni-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The subnet it is in.
    pub subnet: Id,
    /// The VPC of the subnet.
    pub vpc: Id,
    /// Its hardware address.
    pub mac: String,
    /// Its private addresses, the primary one first.
    pub addresses: Vec<InterfaceAddress>,
    /// Its security groups.
    pub groups: Vec<Id>,
    /// The instance it is attached to.
    pub attachment: Option<Attachment>,
    /// Does it drop what isn't from or for its own addresses?
    pub source_dest_check: bool,
    /// What it is for.
    pub description: String,
    /// Its IPv6 addresses.
    pub ipv6: Later<1, Vec<Ipv6Addr>>,
    /// The service of AWS that made it for a resource of its own: nobody else may change it.
    pub managed: Later<2, Option<Managed>>,
}

/// Whose interface one is that a service of AWS made.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Managed {
    /// The resource: `nat-…`, `vpce-…`, a load balancer's ARN, …
    pub by: Id,
    /// What kind of resource.
    pub kind: ManagedKind,
}

impl Managed {
    /// The id of the attachment that AWS shows.
    fn attachment(&self, interface: &Id) -> String {
        let digits = interface.as_str().trim_start_matches("eni-");
        match self.kind {
            ManagedKind::NatGateway
            | ManagedKind::ApplicationLoadBalancer
            | ManagedKind::NetworkLoadBalancer
            | ManagedKind::Endpoint
            | ManagedKind::TransitGateway
            | ManagedKind::Lambda => format!("ela-attach-{digits}"),
            ManagedKind::Database | ManagedKind::Other => format!("eni-attach-{digits}"),
        }
    }
}

impl ManagedKind {
    /// Who holds it, as `InstanceOwnerId` says it.
    fn owner(self) -> &'static str {
        match self {
            ManagedKind::ApplicationLoadBalancer => "amazon-elb",
            ManagedKind::Database => "amazon-rds",
            _ => "amazon-aws",
        }
    }

    /// Who asked for it, as `RequesterId` says it.
    fn requester(self, account: &str) -> &str {
        match self {
            ManagedKind::ApplicationLoadBalancer => "amazon-elb",
            ManagedKind::Database => "amazon-rds",
            _ => account,
        }
    }
}

/// Refuses to let anybody change what a service of AWS holds.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html>
pub(crate) fn check_own(one: &NetworkInterface) -> Result<(), Fault> {
    match one.managed.as_ref() {
        Some(_) => Err(Fault::new(
            "AuthFailure",
            "You do not have permission to access the specified resource.",
        )),
        None => Ok(()),
    }
}

/// The kind of resource that a service of AWS made an interface for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ManagedKind {
    /// A NAT gateway.
    NatGateway,
    /// An interface endpoint.
    Endpoint,
    /// An Application Load Balancer.
    ApplicationLoadBalancer,
    /// A Network Load Balancer.
    NetworkLoadBalancer,
    /// An attachment of a transit gateway.
    TransitGateway,
    /// A function.
    Lambda,
    /// A database.
    Database,
    /// Something this sandbox does not know; from an import.
    Other,
}

/// A private address of a network interface.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InterfaceAddress {
    /// The private address.
    pub private: Ipv4Addr,
    /// The public address that AWS assigned to it.
    pub auto_public: Option<Ipv4Addr>,
}

/// That a network interface is attached to an instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Attachment {
    /// `eni-attach-…`
    pub id: Id,
    /// The instance.
    pub instance: Id,
    /// 0 for the primary interface.
    pub device: i64,
    /// Does the interface go with the instance?
    pub delete_on_termination: bool,
    /// Since when.
    pub time: Time,
}

resource!(
    NetworkInterface,
    "network-interface",
    "eni",
    "networkInterface",
    "InvalidNetworkInterfaceID"
);

impl NetworkInterface {
    /// Is it attached to an instance, or held by a service of AWS?
    pub fn is_in_use(&self) -> bool {
        self.attachment.is_some() || self.managed.is_some()
    }

    /// What AWS calls its type.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html>
    pub fn kind_word(&self) -> &'static str {
        match self.managed.as_ref().map(|it| it.kind) {
            Some(ManagedKind::NatGateway) => "nat_gateway",
            Some(ManagedKind::Endpoint) => "vpc_endpoint",
            Some(ManagedKind::NetworkLoadBalancer) => "network_load_balancer",
            Some(ManagedKind::TransitGateway) => "transit_gateway",
            Some(ManagedKind::Lambda) => "lambda",
            Some(
                ManagedKind::ApplicationLoadBalancer | ManagedKind::Database | ManagedKind::Other,
            )
            | None => "interface",
        }
    }

    /// Its primary private address.
    pub fn primary_address(&self) -> Option<Ipv4Addr> {
        self.addresses.first().map(|it| it.private)
    }

    /// Is the private address one of its own?
    pub fn has(&self, address: Ipv4Addr) -> bool {
        self.addresses.iter().any(|it| it.private == address)
    }

    /// Is the private or IPv6 address one of its own?
    pub fn owns(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.has(address),
            IpAddr::V6(address) => self.ipv6.contains(&address),
        }
    }
}

impl Ec2 {
    /// The interfaces of an instance, by device index.
    pub fn interfaces_of(&self, instance: &Id) -> Vec<&Rc<NetworkInterface>> {
        let mut found: Vec<_> = self
            .network_interfaces
            .iter()
            .filter_map(|it| {
                let attachment = it.attachment.as_ref()?;
                (attachment.instance == *instance).then_some((attachment.device, it))
            })
            .collect();
        found.sort_by_key(|(device, _)| *device);
        found.into_iter().map(|(_, it)| it).collect()
    }

    /// The interface of an instance with device index 0.
    pub fn primary_interface(&self, instance: &Id) -> Option<&Rc<NetworkInterface>> {
        self.interfaces_of(instance).first().copied()
    }

    /// The instance that an interface is attached to.
    pub fn instance_of(&self, interface: &Id) -> Option<&Id> {
        let attachment = &self.network_interfaces.get(interface.as_str())?.attachment;
        attachment.as_ref().map(|it| &it.instance)
    }
}

/// What makes a new interface.
pub(crate) struct NewInterface<'a> {
    pub(crate) subnet: &'a str,
    pub(crate) private: Option<&'a str>,
    pub(crate) groups: Vec<Id>,
    pub(crate) description: &'a str,
    pub(crate) tags: Tags,
    /// The service that makes it for a resource of its own.
    pub(crate) managed: Option<Managed>,
}

/// Makes a network interface with the wanted or the lowest free address of the subnet.
pub(crate) fn make(ec2: &mut Ec2, mint: &mut Mint, new: NewInterface<'_>) -> Result<Id, Fault> {
    let subnet = find(&ec2.subnets, new.subnet)?.clone();
    // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    if ec2.network_interfaces.len() >= 5_000 {
        return Err(Fault::new(
            "NetworkInterfaceLimitExceeded",
            "The maximum number of network interfaces has been reached.",
        ));
    }
    let private = free_address(ec2, &subnet, new.private)?;
    let mut groups = new.groups;
    if groups.is_empty() && new.managed.is_none() {
        groups.extend(ec2.default_group(&subnet.vpc));
    }
    check_groups(ec2, &groups, &subnet.vpc)?;
    let (id, born) = mint.id("eni");
    let bits = mint.bits();
    let mac = format!(
        "0a:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}",
        bits as u8,
        (bits >> 8) as u8,
        (bits >> 16) as u8,
        (bits >> 24) as u8,
        (bits >> 32) as u8
    );
    ec2.network_interfaces.insert(NetworkInterface {
        id: id.clone(),
        born,
        tags: new.tags,
        subnet: subnet.id.clone(),
        vpc: subnet.vpc.clone(),
        mac,
        addresses: vec![InterfaceAddress {
            private,
            auto_public: None,
        }],
        groups,
        attachment: None,
        source_dest_check: true,
        description: new.description.to_owned(),
        ipv6: Later::default(),
        managed: new.managed.into(),
    });
    Ok(id)
}

/// The wanted address of a subnet if it is free, else the lowest free one.
pub(crate) fn free_address(
    ec2: &Ec2,
    subnet: &Subnet,
    wanted: Option<&str>,
) -> Result<Ipv4Addr, Fault> {
    let used = ec2.used_addresses(&subnet.id);
    match wanted {
        Some(text) => {
            let address: Ipv4Addr = text.parse().map_err(|_| {
                Fault::value(format!(
                    "invalid value for parameter address: {text}"
                ))
            })?;
            if !subnet.block.contains(address.into()) {
                return Err(Fault::value(
                    "Address does not fall within the subnet's address range",
                ));
            }
            if subnet.reserves(address) {
                return Err(Fault::value("Address is in subnet's reserved address range"));
            }
            if used.contains(&address) {
                return Err(Fault::new(
                    "InvalidIPAddress.InUse",
                    format!("Address {address} is in use."),
                ));
            }
            Ok(address)
        }
        None => ec2.lowest_free_address(subnet).ok_or_else(|| {
            Fault::new(
                "InsufficientFreeAddressesInSubnet",
                format!("There are not enough free addresses in subnet '{}' to satisfy the requested number of instances.", subnet.id),
            )
        }),
    }
}

/// The groups that a request names by id.
pub(crate) fn group_ids(ec2: &Ec2, ids: Items<'_, Str>) -> Result<Vec<Id>, Fault> {
    ids.map(|id| find_group(ec2, id).map(|group| group.id.clone()))
        .collect()
}

/// May an interface in this VPC have these groups? Five at most, all of its VPC.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
fn check_groups(ec2: &Ec2, groups: &[Id], vpc: &Id) -> Result<(), Fault> {
    for id in groups {
        let group = find_group(ec2, id.as_str())?;
        if group.vpc != *vpc && !group.vpcs.contains(vpc) {
            return Err(Fault::value(format!(
                "Security group {id} and subnet belong to different networks."
            )));
        }
    }
    if groups.len() > 5 {
        return Err(Fault::new(
            "SecurityGroupsPerInterfaceLimitExceeded",
            "The maximum number of security groups per interface has been reached.",
        ));
    }
    Ok(())
}

pub(super) const FILTERS: &[FilterRow<NetworkInterface>] = &[
    ("network-interface-id", |_, it| vec![it.id.to_string()]),
    ("subnet-id", |_, it| vec![it.subnet.to_string()]),
    ("vpc-id", |_, it| vec![it.vpc.to_string()]),
    ("availability-zone", |scope, it| {
        zone_of(scope.ec2, it).into_iter().collect()
    }),
    ("description", |_, it| vec![it.description.clone()]),
    ("group-id", |_, it| {
        it.groups.iter().map(Id::to_string).collect()
    }),
    ("group-name", |scope, it| {
        it.groups
            .iter()
            .filter_map(|id| scope.ec2.security_groups.get(id.as_str()))
            .map(|group| group.name.clone())
            .collect()
    }),
    ("mac-address", |_, it| vec![it.mac.clone()]),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("private-ip-address", |_, it| vec_of(it.primary_address())),
    ("addresses.private-ip-address", |_, it| {
        it.addresses
            .iter()
            .map(|it| it.private.to_string())
            .collect()
    }),
    ("addresses.primary", |_, it| {
        it.addresses
            .iter()
            .enumerate()
            .map(|(place, _)| (place == 0).to_string())
            .collect()
    }),
    ("association.public-ip", |scope, it| {
        it.addresses
            .iter()
            .filter_map(|own| scope.ec2.public_of(&it.id, own.private))
            .map(|it| it.to_string())
            .collect()
    }),
    ("attachment.instance-id", |_, it| {
        it.attachment
            .iter()
            .map(|it| it.instance.to_string())
            .collect()
    }),
    ("attachment.attachment-id", |_, it| {
        it.attachment.iter().map(|it| it.id.to_string()).collect()
    }),
    ("attachment.device-index", |_, it| {
        it.attachment
            .iter()
            .map(|it| it.device.to_string())
            .collect()
    }),
    ("attachment.status", |_, it| {
        it.attachment
            .iter()
            .map(|_| "attached".to_owned())
            .collect()
    }),
    ("interface-type", |_, it| vec![it.kind_word().to_owned()]),
    ("requester-managed", |_, it| {
        vec![it.managed.is_some().to_string()]
    }),
    ("source-dest-check", |_, it| {
        vec![it.source_dest_check.to_string()]
    }),
    ("status", |_, it| vec![status(it).to_owned()]),
];

fn vec_of(address: Option<Ipv4Addr>) -> Vec<String> {
    address.iter().map(Ipv4Addr::to_string).collect()
}

fn zone_of(ec2: &Ec2, one: &NetworkInterface) -> Option<String> {
    Some(ec2.subnets.get(one.subnet.as_str())?.zone.clone())
}

fn status(one: &NetworkInterface) -> &'static str {
    if one.is_in_use() {
        "in-use"
    } else {
        "available"
    }
}

/// `ip-10-0-1-4.ec2.internal`
pub(crate) fn private_name(region: &Region, address: Ipv4Addr) -> String {
    let dashed = address.to_string().replace('.', "-");
    format!("ip-{dashed}.{}", region.private_domain())
}

/// `ec2-54-210-1-2.compute-1.amazonaws.com`, where the VPC gives public names.
pub(crate) fn public_name(context: &Context<'_>, vpc: &Id, address: Ipv4Addr) -> Option<String> {
    let vpc = context.ec2().vpcs.get(vpc.as_str())?;
    let dashed = address.to_string().replace('.', "-");
    (vpc.dns_hostnames && vpc.dns_support)
        .then(|| format!("ec2-{dashed}.{}", context.region.public_domain()))
}

/// A group's id and name, as answers about interfaces list them.
pub(crate) fn group_list(ec2: &Ec2, groups: &[Id]) -> Vec<Doc<GroupIdentifier>> {
    groups
        .iter()
        .map(|id| {
            let name = ec2
                .security_groups
                .get(id.as_str())
                .map(|group| group.name.as_str());
            Doc::new()
                .with(group_identifier::GROUP_ID, id)
                .with_some(group_identifier::GROUP_NAME, name)
        })
        .collect()
}

fn association(
    context: &Context<'_>,
    one: &NetworkInterface,
    private: Ipv4Addr,
) -> Option<Doc<NetworkInterfaceAssociation>> {
    let ec2 = context.ec2();
    let public = ec2.public_of(&one.id, private)?;
    let elastic = ec2.elastic_of(&one.id, private);
    let link = elastic.and_then(|it| it.association.as_ref());
    Some(
        Doc::new()
            .with_some(
                network_interface_association::ALLOCATION_ID,
                elastic.map(|it| &it.id),
            )
            .with_some(
                network_interface_association::ASSOCIATION_ID,
                link.map(|it| &it.id),
            )
            .with(
                network_interface_association::IP_OWNER_ID,
                if elastic.is_some() {
                    context.account()
                } else {
                    "amazon"
                },
            )
            .with(
                network_interface_association::PUBLIC_DNS_NAME,
                public_name(context, &one.vpc, public).unwrap_or_default(),
            )
            .with(network_interface_association::PUBLIC_IP, public.to_string()),
    )
}

fn describe_one(context: &Context<'_>, one: &NetworkInterface) -> Doc<shape::NetworkInterface> {
    let ec2 = context.ec2();
    let zone = zone_of(ec2, one).unwrap_or_default();
    let primary = one.primary_address();
    let name = |address| private_name(context.region, address);
    let names = ec2
        .vpcs
        .get(one.vpc.as_str())
        .is_some_and(|vpc| vpc.dns_support);
    let addresses: Vec<_> = one
        .addresses
        .iter()
        .enumerate()
        .map(|(place, it)| {
            Doc::new()
                .with_some(
                    network_interface_private_ip_address::ASSOCIATION,
                    association(context, one, it.private),
                )
                .with(network_interface_private_ip_address::PRIMARY, place == 0)
                .with_some(
                    network_interface_private_ip_address::PRIVATE_DNS_NAME,
                    names.then(|| name(it.private)),
                )
                .with(
                    network_interface_private_ip_address::PRIVATE_IP_ADDRESS,
                    it.private.to_string(),
                )
        })
        .collect();
    let ipv6: Vec<_> = (one.ipv6.iter())
        .map(|it| {
            Doc::new()
                .with(network_interface_ipv6_address::IPV6_ADDRESS, it.to_string())
                .with(network_interface_ipv6_address::IS_PRIMARY_IPV6, false)
        })
        .collect();
    let by_service = one.managed.as_ref().map(|it| {
        Doc::new()
            .with(
                network_interface_attachment::ATTACHMENT_ID,
                it.attachment(&one.id),
            )
            .with(network_interface_attachment::DELETE_ON_TERMINATION, false)
            .with(network_interface_attachment::DEVICE_INDEX, 1)
            .with(
                network_interface_attachment::INSTANCE_OWNER_ID,
                it.kind.owner(),
            )
            .with(network_interface_attachment::STATUS, "attached")
    });
    let attachment = one.attachment.as_ref().map(|it| {
        Doc::new()
            .with(network_interface_attachment::ATTACH_TIME, it.time)
            .with(network_interface_attachment::ATTACHMENT_ID, &it.id)
            .with(
                network_interface_attachment::DELETE_ON_TERMINATION,
                it.delete_on_termination,
            )
            .with(network_interface_attachment::DEVICE_INDEX, it.device)
            .with(network_interface_attachment::NETWORK_CARD_INDEX, 0)
            .with(network_interface_attachment::INSTANCE_ID, &it.instance)
            .with(
                network_interface_attachment::INSTANCE_OWNER_ID,
                context.account(),
            )
            .with(network_interface_attachment::STATUS, "attached")
    });
    Doc::new()
        .with_some(
            network_interface::ASSOCIATION,
            primary.and_then(|address| association(context, one, address)),
        )
        .with_some(network_interface::ATTACHMENT, attachment.or(by_service))
        .with_some(network_interface::AVAILABILITY_ZONE_ID, zone_id(&zone))
        .with(network_interface::AVAILABILITY_ZONE, zone)
        .with(network_interface::DESCRIPTION, one.description.as_str())
        .with(network_interface::GROUPS, group_list(ec2, &one.groups))
        .with(network_interface::INTERFACE_TYPE, one.kind_word())
        .with(network_interface::IPV6_ADDRESSES, ipv6)
        .with(network_interface::MAC_ADDRESS, one.mac.as_str())
        .with(network_interface::NETWORK_INTERFACE_ID, &one.id)
        .with(network_interface::OWNER_ID, context.account())
        .with_some(
            network_interface::PRIVATE_DNS_NAME,
            primary.filter(|_| names).map(name),
        )
        .with_some(
            network_interface::PRIVATE_IP_ADDRESS,
            primary.map(|it| it.to_string()),
        )
        .with(network_interface::PRIVATE_IP_ADDRESSES, addresses)
        .with_some(
            network_interface::REQUESTER_ID,
            one.managed
                .as_ref()
                .map(|it| it.kind.requester(context.account())),
        )
        .with(network_interface::REQUESTER_MANAGED, one.managed.is_some())
        .with(network_interface::SOURCE_DEST_CHECK, one.source_dest_check)
        .with(network_interface::STATUS, status(one))
        .with(network_interface::SUBNET_ID, &one.subnet)
        .with(network_interface::TAG_SET, tag_list(&one.tags))
        .with(network_interface::VPC_ID, &one.vpc)
}

/// `CreateNetworkInterface`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateNetworkInterfaceRequest>,
) -> Result<Doc<CreateNetworkInterfaceResult>, Fault> {
    let tags = new_tags(
        request.items(create_network_interface::TAG_SPECIFICATIONS),
        "network-interface",
    )?;
    let groups = group_ids(
        context.ec2(),
        request.items(create_network_interface::GROUPS),
    )?;
    let specified = || request.items(create_network_interface::PRIVATE_IP_ADDRESSES);
    let of = |it: View<'_, PrivateIpAddressSpecification>| {
        it.get(private_ip_address_specification::PRIVATE_IP_ADDRESS)
            .map(str::to_owned)
    };
    let is_primary = |it: &View<'_, PrivateIpAddressSpecification>| {
        it.get(private_ip_address_specification::PRIMARY) == Some(true)
    };
    let primary = specified().find(is_primary).and_then(of);
    let further: Vec<String> = specified()
        .filter(|it| !is_primary(it))
        .filter_map(of)
        .collect();
    let further: Vec<&str> = further.iter().map(String::as_str).collect();
    let number = |number: Option<i64>| number.and_then(|it| usize::try_from(it).ok());
    let more = number(request.get(create_network_interface::SECONDARY_PRIVATE_IP_ADDRESS_COUNT));
    let more = more.unwrap_or(0).max(further.len());
    let ipv6: Vec<&str> = request
        .items(create_network_interface::IPV6_ADDRESSES)
        .filter_map(|it| it.get(instance_ipv6_address::IPV6_ADDRESS))
        .collect();
    let subnet = request
        .get(create_network_interface::SUBNET_ID)
        .unwrap_or_default();
    let assigns = *find(&context.ec2().subnets, subnet)?.assign_ipv6;
    let ipv6_count = number(request.get(create_network_interface::IPV6_ADDRESS_COUNT))
        .unwrap_or(usize::from(assigns))
        .max(ipv6.len());
    let (ec2, mint) = context.parts();
    let id = make(
        ec2,
        mint,
        NewInterface {
            subnet: request
                .get(create_network_interface::SUBNET_ID)
                .unwrap_or_default(),
            private: request
                .get(create_network_interface::PRIVATE_IP_ADDRESS)
                .or(primary.as_deref()),
            groups,
            description: request
                .get(create_network_interface::DESCRIPTION)
                .unwrap_or_default(),
            tags,
            managed: None,
        },
    )?;
    let (ec2, mint) = context.parts();
    interface_address::add_private(ec2, &id, &further, more, false)?;
    if ipv6_count > 0 {
        interface_address::add_ipv6(ec2, mint, &id, &ipv6, ipv6_count)?;
    }
    let made = find(&context.ec2().network_interfaces, id.as_str())?;
    let mut answer = describe_one(context, made);
    answer.put(network_interface::STATUS, "pending");
    Ok(Doc::new().with(create_network_interface_result::NETWORK_INTERFACE, answer))
}

/// `DescribeNetworkInterfaces`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeNetworkInterfacesRequest>,
) -> Result<Doc<DescribeNetworkInterfacesResult>, Fault> {
    let found = select(
        context,
        &context.ec2().network_interfaces,
        request.items(describe_network_interfaces::NETWORK_INTERFACE_IDS),
        request.items(describe_network_interfaces::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(context, it)).collect();
    Ok(Doc::new().with(describe_network_interfaces_result::NETWORK_INTERFACES, list))
}

/// `DeleteNetworkInterface`: refused while attached. Its Elastic IP addresses stay allocated.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteNetworkInterfaceRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2_mut();
    let found = find(
        &ec2.network_interfaces,
        request
            .get(delete_network_interface::NETWORK_INTERFACE_ID)
            .unwrap_or_default(),
    )?;
    if found.is_in_use() {
        return Err(Fault::value(format!(
            "Network interface '{}' is currently in use.",
            found.id
        )));
    }
    let id = found.id.clone();
    remove(ec2, &id);
    Ok(())
}

/// Takes an interface out; what was associated with it is free again.
pub(crate) fn remove(ec2: &mut Ec2, id: &Id) {
    let elastic: Vec<Id> = ec2
        .addresses
        .iter()
        .filter(|it| {
            it.association
                .as_ref()
                .is_some_and(|it| it.interface == *id)
        })
        .map(|it| it.id.clone())
        .collect();
    for address in elastic {
        if let Some(address) = ec2.addresses.get_mut(address.as_str()) {
            address.association = None;
        }
    }
    ec2.network_interfaces.remove(id.as_str());
}

/// `AttachNetworkInterface`: in the zone of the instance, at a free device index.
pub(crate) fn attach(
    context: &mut Context<'_>,
    request: View<'_, AttachNetworkInterfaceRequest>,
) -> Result<Doc<AttachNetworkInterfaceResult>, Fault> {
    let now = context.now();
    let ec2 = context.ec2();
    let interface = find(
        &ec2.network_interfaces,
        request
            .get(attach_network_interface::NETWORK_INTERFACE_ID)
            .unwrap_or_default(),
    )?;
    let instance = find(
        &ec2.instances,
        request
            .get(attach_network_interface::INSTANCE_ID)
            .unwrap_or_default(),
    )?;
    if interface.is_in_use() {
        return Err(Fault::value(format!(
            "Network interface '{}' is currently in use.",
            interface.id
        )));
    }
    if !instance.state.is_alive() {
        return Err(Fault::new(
            "IncorrectState",
            format!(
                "The instance '{}' is not in a valid state for this operation.",
                instance.id
            ),
        ));
    }
    let zone = ec2
        .subnets
        .get(instance.subnet.as_str())
        .map(|it| it.zone.clone());
    if zone_of(ec2, interface) != zone {
        return Err(Fault::combination(
            "You may not attach a network interface to an instance if they are not in the same \
             availability zone",
        ));
    }
    let device = request
        .get(attach_network_interface::DEVICE_INDEX)
        .unwrap_or(0);
    if device < 0 {
        return Err(Fault::value(format!(
            "Value ({device}) for parameter deviceIndex is invalid."
        )));
    }
    let taken = ec2
        .interfaces_of(&instance.id)
        .iter()
        .any(|it| it.attachment.as_ref().is_some_and(|it| it.device == device));
    if taken {
        return Err(Fault::value(format!(
            "Instance '{}' already has an interface attached at device index '{device}'.",
            instance.id
        )));
    }
    let count = ec2.interfaces_of(&instance.id).len() + 1;
    let most = image::instance_type(&instance.kind).map_or(count, |kind| kind.interfaces);
    if count > most {
        return Err(Fault::new(
            "AttachmentLimitExceeded",
            format!(
                "Interface count {count} exceeds the limit for {}",
                instance.kind
            ),
        ));
    }
    let (interface, instance) = (interface.id.clone(), instance.id.clone());
    let (ec2, mint) = context.parts();
    let (id, _) = mint.id("eni-attach");
    find_mut(&mut ec2.network_interfaces, interface.as_str())?.attachment = Some(Attachment {
        id: id.clone(),
        instance,
        device,
        delete_on_termination: false,
        time: now,
    });
    Ok(Doc::new()
        .with(attach_network_interface_result::ATTACHMENT_ID, id)
        .with(attach_network_interface_result::NETWORK_CARD_INDEX, 0))
}

/// `DetachNetworkInterface`: never the primary one.
pub(crate) fn detach(
    context: &mut Context<'_>,
    request: View<'_, DetachNetworkInterfaceRequest>,
) -> Result<(), Fault> {
    let wanted = request
        .get(detach_network_interface::ATTACHMENT_ID)
        .unwrap_or_default();
    let ec2 = context.ec2_mut();
    let found = ec2
        .network_interfaces
        .iter()
        .find_map(|it| {
            let attachment = it.attachment.as_ref()?;
            (attachment.id.as_str() == wanted).then(|| (it.id.clone(), attachment.clone()))
        })
        .ok_or_else(|| {
            Fault::new(
                "InvalidAttachmentID.NotFound",
                format!("The attachment ID '{wanted}' does not exist"),
            )
        })?;
    if found.1.device == 0 {
        return Err(Fault::new(
            "OperationNotPermitted",
            "The network interface at device index 0 and networkCard index 0 cannot be detached.",
        ));
    }
    find_mut(&mut ec2.network_interfaces, found.0.as_str())?.attachment = None;
    Ok(())
}

/// Gives an interface these groups instead of those it has.
pub(crate) fn set_groups(
    context: &mut Context<'_>,
    interface: &str,
    groups: Vec<Id>,
) -> Result<(), Fault> {
    let vpc = &find(&context.ec2().network_interfaces, interface)?.vpc;
    check_groups(context.ec2(), &groups, vpc)?;
    if groups.is_empty() {
        return Err(Fault::missing("groups"));
    }
    find_mut(&mut context.ec2_mut().network_interfaces, interface)?.groups = groups;
    Ok(())
}

/// `ModifyNetworkInterfaceAttribute`: one attribute at a time.
pub(crate) fn modify_attribute(
    context: &mut Context<'_>,
    request: View<'_, ModifyNetworkInterfaceAttributeRequest>,
) -> Result<(), Fault> {
    let id = request
        .get(modify_network_interface_attribute::NETWORK_INTERFACE_ID)
        .unwrap_or_default();
    let found = find(&context.ec2().network_interfaces, id)?.clone();
    check_own(&found)?;
    if let Some(groups) = request.get(modify_network_interface_attribute::GROUPS) {
        let groups = group_ids(context.ec2(), groups)?;
        return set_groups(context, id, groups);
    }
    if let Some(wanted) =
        request.get(modify_network_interface_attribute::ASSOCIATE_PUBLIC_IP_ADDRESS)
    {
        let instance = found
            .attachment
            .as_ref()
            .filter(|it| it.device == 0)
            .map(|it| it.instance.clone());
        let Some(instance) = instance else {
            return Err(Fault::value(
                "You can change the public address only of the primary network interface.",
            ));
        };
        let has_elastic = found
            .primary_address()
            .is_some_and(|it| context.ec2().elastic_of(&found.id, it).is_some());
        let (ec2, mint) = context.parts();
        // The instance keeps to it at its next start; a stopped one has none until then.
        let instance = find_mut(&mut ec2.instances, instance.as_str())?;
        instance.auto_public = wanted;
        let up = matches!(instance.state, State::Running | State::Pending { .. });
        let public = (wanted && up && !has_elastic).then(|| ec2.free_public_address(mint));
        let one = find_mut(&mut ec2.network_interfaces, id)?;
        if let Some(address) = one.addresses.first_mut()
            && address.auto_public.is_some() != public.is_some()
        {
            address.auto_public = public;
        }
        return Ok(());
    }
    let one = find_mut(&mut context.ec2_mut().network_interfaces, id)?;
    if let Some(check) = request.get(modify_network_interface_attribute::SOURCE_DEST_CHECK) {
        one.source_dest_check = check.get(attribute_boolean_value::VALUE).unwrap_or(true);
    } else if let Some(text) = request.get(modify_network_interface_attribute::DESCRIPTION) {
        one.description = text
            .get(attribute_value::VALUE)
            .unwrap_or_default()
            .to_owned();
    } else if let Some(change) = request.get(modify_network_interface_attribute::ATTACHMENT) {
        let wanted = change.get(network_interface_attachment_changes::DELETE_ON_TERMINATION);
        match (&mut one.attachment, wanted) {
            (Some(attachment), Some(wanted)) => attachment.delete_on_termination = wanted,
            _ => return Err(Fault::missing("attachment")),
        }
    } else {
        return Err(Fault::new(
            "MissingParameter",
            "The request must contain exactly one attribute to modify",
        ));
    }
    Ok(())
}

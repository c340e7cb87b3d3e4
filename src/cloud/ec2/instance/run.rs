//! Launching instances.

use super::describe::describe_one;
use super::{BOOT_SECONDS, Instance, LONGEST_USER_DATA, Script, State, check_vcpus};
use crate::cloud::Mint;
use crate::door::Context;
use crate::ec2::image::Image;
use crate::ec2::network_interface::{Attachment, NewInterface, group_ids, private_name};
use crate::ec2::security_group::default_vpc;
use crate::ec2::select::{find, find_mut, launch_tags};
use crate::ec2::{Ec2, KeyPair, Subnet, image, interface_address, network_interface};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    instance_ipv6_address, instance_network_interface_specification, placement,
    private_ip_address_specification, reservation, run_instances,
};
use crate::id::Id;
use crate::json;
use crate::table::Tags;
use std::rc::Rc;

/// A network interface that an instance is launched with.
struct Port<'a> {
    device: i64,
    subnet: Id,
    groups: Vec<Id>,
    private: Option<&'a str>,
    /// Further private addresses: wanted ones, and how many.
    secondary: (Vec<&'a str>, usize),
    /// IPv6 addresses: wanted ones, and how many.
    ipv6: (Vec<&'a str>, usize),
    public: bool,
    existing: Option<Id>,
    delete_interface: bool,
    description: &'a str,
}

fn count(number: Option<i64>) -> usize {
    number.and_then(|it| usize::try_from(it).ok()).unwrap_or(0)
}

/// The interfaces that a request asks for, the primary one first.
fn ports<'a>(ec2: &Ec2, request: View<'a, RunInstancesRequest>) -> Result<Vec<Port<'a>>, Fault> {
    use instance_network_interface_specification as interface;
    let all: Vec<_> = request.items(run_instances::NETWORK_INTERFACES).collect();
    let alone = request.has(run_instances::SUBNET_ID)
        || !request.items(run_instances::SECURITY_GROUP_IDS).is_empty();
    if !all.is_empty() && alone {
        return Err(Fault::combination(
            "Network interfaces and an instance-level subnet ID or security groups may not be \
             specified on the same request",
        ));
    }
    if all.len() > 1
        && all
            .iter()
            .any(|it| it.has(interface::ASSOCIATE_PUBLIC_IP_ADDRESS))
    {
        return Err(Fault::combination(
            "The associatePublicIPAddress parameter cannot be specified when launching with \
             multiple network interfaces.",
        ));
    }
    if all.is_empty() {
        return Ok(vec![port(ec2, request, None, true)?]);
    }
    let only = all.len() == 1;
    let mut ports = Vec::new();
    for one in all {
        ports.push(port(ec2, request, Some(one), only)?);
    }
    ports.sort_by_key(|it| it.device);
    let devices: Vec<i64> = ports.iter().map(|it| it.device).collect();
    if devices.first() != Some(&0) {
        return Err(Fault::combination(
            "A network interface with device index 0 must be specified",
        ));
    }
    if let Some(pair) = devices.windows(2).find(|pair| pair.first() == pair.last()) {
        return Err(Fault::value(format!(
            "Device index {} is used by more than one network interface",
            pair.first().copied().unwrap_or_default()
        )));
    }
    Ok(ports)
}

/// One interface; without a specification it is as the request as a whole says.
fn port<'a>(
    ec2: &Ec2,
    request: View<'a, RunInstancesRequest>,
    one: Option<View<'a, InstanceNetworkInterfaceSpecification>>,
    only: bool,
) -> Result<Port<'a>, Fault> {
    use instance_network_interface_specification as interface;
    let device = one.and_then(|it| it.get(interface::DEVICE_INDEX));
    let device = device.unwrap_or(0);
    if let Some(id) = one.and_then(|it| it.get(interface::NETWORK_INTERFACE_ID)) {
        let found = find(&ec2.network_interfaces, id)?;
        if found.is_in_use() {
            return Err(Fault::new(
                "InvalidNetworkInterface.InUse",
                format!("Interface: [{id}] in use."),
            ));
        }
        return Ok(Port {
            device,
            subnet: found.subnet.clone(),
            groups: Vec::new(),
            private: None,
            secondary: (Vec::new(), 0),
            ipv6: (Vec::new(), 0),
            public: false,
            existing: Some(found.id.clone()),
            delete_interface: false,
            description: "",
        });
    }
    let subnet = one
        .and_then(|it| it.get(interface::SUBNET_ID))
        .or(request.get(run_instances::SUBNET_ID));
    let subnet = match subnet {
        Some(id) => find(&ec2.subnets, id)?.clone(),
        None => default_subnet(ec2, request)?,
    };
    let groups = groups(ec2, request, one, &subnet)?;
    let public = one
        .and_then(|it| it.get(interface::ASSOCIATE_PUBLIC_IP_ADDRESS))
        .unwrap_or(subnet.map_public_ip && only);
    let secondary: Vec<&str> = one
        .into_iter()
        .flat_map(|it| it.items(interface::PRIVATE_IP_ADDRESSES))
        .filter(|it| it.get(private_ip_address_specification::PRIMARY) != Some(true))
        .filter_map(|it| it.get(private_ip_address_specification::PRIVATE_IP_ADDRESS))
        .collect();
    let primary = one.and_then(|it| {
        let mut all = it.items(interface::PRIVATE_IP_ADDRESSES);
        all.find(|it| it.get(private_ip_address_specification::PRIMARY) == Some(true))?
            .get(private_ip_address_specification::PRIVATE_IP_ADDRESS)
    });
    let more = count(one.and_then(|it| it.get(interface::SECONDARY_PRIVATE_IP_ADDRESS_COUNT)));
    let wanted_ipv6: Vec<&str> = match one {
        Some(it) => it
            .items(interface::IPV6_ADDRESSES)
            .filter_map(|it| it.get(instance_ipv6_address::IPV6_ADDRESS))
            .collect(),
        None => request
            .items(run_instances::IPV6_ADDRESSES)
            .filter_map(|it| it.get(instance_ipv6_address::IPV6_ADDRESS))
            .collect(),
    };
    let number = match one {
        Some(it) => it.get(interface::IPV6_ADDRESS_COUNT),
        None => request.get(run_instances::IPV6_ADDRESS_COUNT),
    };
    let number = match number {
        Some(number) => count(Some(number)),
        None => usize::from(*subnet.assign_ipv6),
    };
    Ok(Port {
        device,
        subnet: subnet.id.clone(),
        groups,
        private: one
            .and_then(|it| it.get(interface::PRIVATE_IP_ADDRESS))
            .or(primary)
            .or(request.get(run_instances::PRIVATE_IP_ADDRESS)),
        secondary: (secondary.clone(), more.max(secondary.len())),
        ipv6: (wanted_ipv6.clone(), number.max(wanted_ipv6.len())),
        public,
        existing: None,
        delete_interface: one
            .and_then(|it| it.get(interface::DELETE_ON_TERMINATION))
            .unwrap_or(true),
        description: one
            .and_then(|it| it.get(interface::DESCRIPTION))
            .unwrap_or_default(),
    })
}

/// The default subnet of the wanted zone, else the first one.
fn default_subnet(ec2: &Ec2, request: View<'_, RunInstancesRequest>) -> Result<Rc<Subnet>, Fault> {
    let vpc = default_vpc(ec2)?;
    let wanted = request
        .get(run_instances::PLACEMENT)
        .and_then(|it| it.get(placement::AVAILABILITY_ZONE));
    ec2.subnets
        .by_birth()
        .into_iter()
        .filter(|it| it.vpc == vpc && it.default_for_az)
        .find(|it| wanted.is_none_or(|zone| it.zone == zone))
        .cloned()
        .ok_or_else(|| {
            Fault::new(
                "MissingInput",
                format!("No subnets found for the default VPC '{vpc}'. Please specify a subnet."),
            )
        })
}

/// The groups that are named by id and by name.
fn groups(
    ec2: &Ec2,
    request: View<'_, RunInstancesRequest>,
    one: Option<View<'_, InstanceNetworkInterfaceSpecification>>,
    subnet: &Subnet,
) -> Result<Vec<Id>, Fault> {
    let mut groups = match one {
        Some(it) => group_ids(
            ec2,
            it.items(instance_network_interface_specification::GROUPS),
        )?,
        None => group_ids(ec2, request.items(run_instances::SECURITY_GROUP_IDS))?,
    };
    for name in request.items(run_instances::SECURITY_GROUPS) {
        let found = ec2
            .security_groups
            .iter()
            .find(|group| group.name == name && group.vpc == subnet.vpc);
        let found = found.ok_or_else(|| {
            Fault::new(
                "InvalidGroup.NotFound",
                format!(
                    "The security group '{name}' does not exist in default VPC '{}'",
                    subnet.vpc
                ),
            )
        })?;
        groups.push(found.id.clone());
    }
    Ok(groups)
}

/// Makes the interface, or takes the one that is there.
fn connect(ec2: &mut Ec2, mint: &mut Mint, port: &Port<'_>, tags: &Tags) -> Result<Id, Fault> {
    if let Some(id) = &port.existing {
        return Ok(id.clone());
    }
    let id = network_interface::make(
        ec2,
        mint,
        NewInterface {
            subnet: port.subnet.as_str(),
            private: port.private,
            groups: port.groups.clone(),
            description: port.description,
            tags: tags.clone(),
            managed: None,
        },
    )?;
    let (wanted, more) = &port.secondary;
    interface_address::add_private(ec2, &id, wanted, *more, false)?;
    let (wanted, more) = &port.ipv6;
    if *more > 0 {
        interface_address::add_ipv6(ec2, mint, &id, wanted, *more)?;
    }
    Ok(id)
}

/// User data as a request carries it: base64.
fn user_data(encoded: &str) -> Result<String, Fault> {
    let bytes = json::from_base64(encoded)
        .ok_or_else(|| Fault::value("Invalid BASE64 encoding of user data."))?;
    user_text(&bytes)
}

/// User data as an instance keeps it.
pub(super) fn user_text(bytes: &[u8]) -> Result<String, Fault> {
    if bytes.len() > LONGEST_USER_DATA {
        return Err(Fault::value("User data is limited to 16384 bytes"));
    }
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// `RunInstances`
pub(crate) fn run(
    context: &mut Context<'_>,
    request: View<'_, RunInstancesRequest>,
) -> Result<Doc<Reservation>, Fault> {
    let now = context.now();
    let ec2 = context.ec2();
    let min = request.get(run_instances::MIN_COUNT).unwrap_or(1);
    let max = request.get(run_instances::MAX_COUNT).unwrap_or(min);
    if min < 1 || max < min {
        return Err(Fault::value(format!(
            "Value ({min}) for parameter minCount is invalid. It must be at least 1 and at most \
             maxCount ({max})."
        )));
    }
    let Some(wanted) = request.get(run_instances::IMAGE_ID) else {
        return Err(Fault::missing("ImageId"));
    };
    let image = Image::find(context.region, wanted)?;
    let kind = request
        .get(run_instances::INSTANCE_TYPE)
        .unwrap_or("m1.small");
    let Some(size) = image::instance_type(kind) else {
        return Err(Fault::value(format!(
            "Invalid value '{kind}' for InstanceType."
        )));
    };
    check_vcpus(ec2, size.vcpus.saturating_mul(max))?;
    let key = match request.get(run_instances::KEY_NAME) {
        Some(name) => Some(KeyPair::by_name(ec2, name)?.name.clone()),
        None => None,
    };
    let user_data = request
        .get(run_instances::USER_DATA)
        .map(user_data)
        .transpose()?;
    let ports = ports(ec2, request)?;
    let Some((launch, others)) = ports.split_first() else {
        return Err(Fault::missing("SubnetId"));
    };
    if ports.len() > size.interfaces {
        return Err(Fault::new(
            "AttachmentLimitExceeded",
            format!(
                "Interface count {} exceeds the limit for {kind}",
                ports.len()
            ),
        ));
    }
    let zone = |port: &Port<'_>| {
        ec2.subnets
            .get(port.subnet.as_str())
            .map(|it| it.zone.clone())
    };
    if others.iter().any(|port| zone(port) != zone(launch)) {
        return Err(Fault::combination(
            "All network interfaces of an instance must be in the same availability zone",
        ));
    }
    if (ports.iter()).any(|it| it.private.is_some() || it.existing.is_some()) && max > 1 {
        return Err(Fault::combination(
            "A private IP address or network interface may be given for one instance only",
        ));
    }
    let specifications = || request.items(run_instances::TAG_SPECIFICATIONS);
    let tags = launch_tags(specifications(), "instance")?;
    let interface_tags = launch_tags(specifications(), "network-interface")?;
    let protected = request
        .get(run_instances::DISABLE_API_TERMINATION)
        .unwrap_or(false);

    let region = context.region;
    let (ec2, mint) = context.parts();
    let (reservation, _) = mint.id("r");
    let subnet = find(&ec2.subnets, launch.subnet.as_str())?.clone();
    let mut made = Vec::new();
    let mut machines = Vec::new();
    for index in 0..max {
        let interface = connect(ec2, mint, launch, &interface_tags);
        // As many as there is room for, if they are enough.
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
        let interface = match interface {
            Err(_) if index >= min => break,
            interface => interface?,
        };
        let (id, born) = mint.id("i");
        let (attachment, _) = mint.id("eni-attach");
        let (volume, _) = mint.id("vol");
        let public = launch.public.then(|| ec2.free_public_address(mint));
        let link = find_mut(&mut ec2.network_interfaces, interface.as_str())?;
        link.attachment = Some(Attachment {
            id: attachment,
            instance: id.clone(),
            device: 0,
            delete_on_termination: launch.delete_interface,
            time: now,
        });
        let mut host = String::new();
        if let Some(address) = link.addresses.first_mut() {
            address.auto_public = public.or(address.auto_public);
            host = private_name(region, address.private);
        }
        for port in others {
            let interface = connect(ec2, mint, port, &interface_tags)?;
            let (attachment, _) = mint.id("eni-attach");
            find_mut(&mut ec2.network_interfaces, interface.as_str())?.attachment =
                Some(Attachment {
                    id: attachment,
                    instance: id.clone(),
                    device: port.device,
                    delete_on_termination: port.delete_interface,
                    time: now,
                });
        }
        let bits = mint.bits();
        let runs = user_data
            .as_deref()
            .is_some_and(|text| text.starts_with("#!"));
        let one = Instance {
            id: id.clone(),
            born,
            tags: tags.clone(),
            image: image.id.clone(),
            kind: kind.to_owned(),
            state: State::Pending {
                until: now.after(BOOT_SECONDS),
            },
            key_name: key.clone(),
            launched: now,
            subnet: subnet.id.clone(),
            vpc: subnet.vpc.clone(),
            user_data: user_data.clone(),
            launch_index: index,
            reservation: reservation.clone(),
            auto_public: launch.public,
            protected,
            reason: String::new(),
            volume,
            token: request
                .get(run_instances::CLIENT_TOKEN)
                .map_or_else(|| format!("{bits:016x}"), str::to_owned),
            script: if runs { Script::Waiting } else { Script::Done },
        };
        machines.push((id.clone(), image.machine(&host)));
        ec2.instances.insert(one);
        made.push(id);
    }
    for (id, machine) in machines {
        context.cloud.machines_mut().insert(id, Rc::new(machine));
    }
    let list: Vec<_> = made
        .iter()
        .filter_map(|id| context.ec2().instances.get(id.as_str()))
        .map(|it| describe_one(context, it))
        .collect();
    Ok(Doc::new()
        .with(reservation::RESERVATION_ID, reservation)
        .with(reservation::OWNER_ID, context.account())
        .with(reservation::GROUPS, vec![])
        .with(reservation::INSTANCES, list))
}

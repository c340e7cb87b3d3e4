//! Launching instances.

use super::describe::describe_one;
use super::{BOOT_SECONDS, Instance, LONGEST_USER_DATA, Script, State, check_vcpus};
use crate::door::Context;
use crate::ec2::image::Image;
use crate::ec2::network_interface::{Attachment, NewInterface, group_ids, private_name};
use crate::ec2::security_group::default_vpc;
use crate::ec2::select::{find, find_mut, launch_tags};
use crate::ec2::{Ec2, KeyPair, image, network_interface};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    instance_network_interface_specification, placement, reservation, run_instances,
};
use crate::id::Id;
use crate::json;
use std::rc::Rc;

/// Where an instance is launched to, and how it is to be connected.
struct Launch<'a> {
    subnet: Id,
    groups: Vec<Id>,
    private: Option<&'a str>,
    public: bool,
    existing: Option<Id>,
    delete_interface: bool,
    description: &'a str,
}

fn placement_of<'a>(
    ec2: &Ec2,
    request: View<'a, RunInstancesRequest>,
) -> Result<Launch<'a>, Fault> {
    let mut interfaces = request.items(run_instances::NETWORK_INTERFACES);
    let interface = interfaces.next();
    if interfaces.next().is_some() {
        return Err(Fault::new(
            "UnsupportedOperation",
            "Launching with several network interfaces is not in this sandbox yet; attach them \
             after the launch.",
        ));
    }
    let top_subnet = request.get(run_instances::SUBNET_ID);
    let top_groups = request.items(run_instances::SECURITY_GROUP_IDS);
    let names = request.items(run_instances::SECURITY_GROUPS);
    if interface.is_some() && (top_subnet.is_some() || !top_groups.is_empty()) {
        return Err(Fault::combination(
            "Network interfaces and an instance-level subnet ID or security groups may not be \
             specified on the same request",
        ));
    }
    if let Some(id) = interface
        .and_then(|it| it.get(instance_network_interface_specification::NETWORK_INTERFACE_ID))
    {
        let found = find(&ec2.network_interfaces, id)?;
        if found.attachment.is_some() {
            return Err(Fault::new(
                "InvalidNetworkInterface.InUse",
                format!("Interface: [{id}] in use."),
            ));
        }
        return Ok(Launch {
            subnet: found.subnet.clone(),
            groups: Vec::new(),
            private: None,
            public: false,
            existing: Some(found.id.clone()),
            delete_interface: false,
            description: "",
        });
    }
    let subnet = interface
        .and_then(|it| it.get(instance_network_interface_specification::SUBNET_ID))
        .or(top_subnet);
    let subnet = match subnet {
        Some(id) => find(&ec2.subnets, id)?.clone(),
        None => {
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
                        format!(
                            "No subnets found for the default VPC '{vpc}'. Please specify a subnet."
                        ),
                    )
                })?
        }
    };
    let mut groups = match interface {
        Some(it) => group_ids(
            ec2,
            it.items(instance_network_interface_specification::GROUPS),
        )?,
        None => group_ids(ec2, top_groups)?,
    };
    for name in names {
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
    let public = interface
        .and_then(|it| {
            it.get(instance_network_interface_specification::ASSOCIATE_PUBLIC_IP_ADDRESS)
        })
        .unwrap_or(subnet.map_public_ip);
    Ok(Launch {
        subnet: subnet.id.clone(),
        groups,
        private: interface
            .and_then(|it| it.get(instance_network_interface_specification::PRIVATE_IP_ADDRESS))
            .or(request.get(run_instances::PRIVATE_IP_ADDRESS)),
        public,
        existing: None,
        delete_interface: interface
            .and_then(|it| it.get(instance_network_interface_specification::DELETE_ON_TERMINATION))
            .unwrap_or(true),
        description: interface
            .and_then(|it| it.get(instance_network_interface_specification::DESCRIPTION))
            .unwrap_or_default(),
    })
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
    let launch = placement_of(ec2, request)?;
    if (launch.private.is_some() || launch.existing.is_some()) && max > 1 {
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
        let interface = match &launch.existing {
            Some(id) => Ok(id.clone()),
            None => network_interface::make(
                ec2,
                mint,
                NewInterface {
                    subnet: launch.subnet.as_str(),
                    private: launch.private,
                    groups: launch.groups.clone(),
                    description: launch.description,
                    tags: interface_tags.clone(),
                },
            ),
        };
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

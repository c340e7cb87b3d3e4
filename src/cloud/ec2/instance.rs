//! Instances: launch, boot, stop, start, terminate.

use super::image::{self, Image};
use super::network_interface::{
    self, Attachment, NewInterface, group_ids, group_list, private_name, public_name,
};
use super::security_group::default_vpc;
use super::select::{FilterRow, Scope, check_ids, find, find_mut, new_tags, select, some_tags};
use super::subnet::zone_id;
use super::{Ec2, KeyPair, NetworkInterface};
use crate::cloud::Cloud;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, Items, Str, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    attribute_boolean_value, attribute_value, capacity_reservation_specification_response,
    cpu_options, describe_instance_attribute, describe_instance_status,
    describe_instance_status_result, describe_instances, describe_instances_result,
    ebs_instance_block_device, enclave_options, get_console_output, get_console_output_result,
    hibernation_options, instance, instance_attribute, instance_block_device_mapping,
    instance_maintenance_options, instance_metadata_options_response, instance_network_interface,
    instance_network_interface_association, instance_network_interface_attachment,
    instance_network_interface_specification, instance_private_ip_address, instance_state,
    instance_state_change, instance_status, instance_status_details, instance_status_summary,
    modify_instance_attribute, monitoring, placement, private_dns_name_options_response,
    reboot_instances, reservation, run_instances, secure_blob_attribute_value, start_instances,
    start_instances_result, state_reason, stop_instances, stop_instances_result,
    terminate_instances, terminate_instances_result,
};
use crate::id::{Born, Id};
use crate::json;
use crate::table::{Tags, resource};
use crate::time::Time;
use hopwise_machine::Machine;
use std::rc::Rc;

/// How long a launch or a start takes, in seconds.
const BOOT_SECONDS: u64 = 20;
/// How long a stop or a termination takes, in seconds.
const HALT_SECONDS: u64 = 30;
/// How long a terminated instance is still shown, in seconds: about an hour, says AWS.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html>
const SHOWN_SECONDS: u64 = 3_600;
/// The most bytes of user data before base64.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html>
const LONGEST_USER_DATA: usize = 16_384;

/// An instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Instance {
    /// `i-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The image it was launched from.
    pub image: String,
    /// Its type, e.g. `t3.micro`.
    pub kind: String,
    /// The state it is in.
    pub state: State,
    /// The key pair that may sign in.
    pub key_name: Option<String>,
    /// When it was launched or started last.
    pub launched: Time,
    /// The subnet of its primary interface.
    pub subnet: Id,
    /// The VPC of that subnet.
    pub vpc: Id,
    /// What it was given to run at its first boot.
    pub user_data: Option<String>,
    /// Its place in the reservation.
    pub launch_index: i64,
    /// The launch it belongs to.
    pub reservation: Id,
    /// Does it get a public address by itself whenever it starts?
    pub auto_public: bool,
    /// May it not be terminated?
    pub protected: bool,
    /// Why it stopped or was terminated, as `StateTransitionReason` says it.
    pub reason: String,
    volume: Id,
    token: String,
    script: Script,
}

/// How far the script of the first boot is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Script {
    /// It waits for the first boot.
    Waiting,
    /// The machine is up and the driver is to run it.
    Due,
    /// It ran, or there is none.
    Done,
}

/// The state of an instance.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// It boots.
    Pending {
        /// When it runs.
        until: Time,
    },
    /// It runs.
    Running,
    /// It shuts down to be started again.
    Stopping {
        /// When it is stopped.
        until: Time,
    },
    /// It is off.
    Stopped,
    /// It shuts down for good.
    ShuttingDown {
        /// When it is terminated.
        until: Time,
    },
    /// It is gone, and shown for a while.
    Terminated {
        /// Since when.
        since: Time,
    },
}

impl State {
    /// The code and name that EC2 shows.
    pub fn code(self) -> (i64, &'static str) {
        match self {
            State::Pending { .. } => (0, "pending"),
            State::Running => (16, "running"),
            State::ShuttingDown { .. } => (32, "shutting-down"),
            State::Terminated { .. } => (48, "terminated"),
            State::Stopping { .. } => (64, "stopping"),
            State::Stopped => (80, "stopped"),
        }
    }

    /// Is it neither terminated nor on the way to it?
    pub fn is_alive(self) -> bool {
        !matches!(self, State::ShuttingDown { .. } | State::Terminated { .. })
    }

    /// When a state that only waits for time is over.
    pub fn ready_at(self) -> Option<Time> {
        match self {
            State::Pending { until }
            | State::Stopping { until }
            | State::ShuttingDown { until } => Some(until),
            State::Running | State::Stopped | State::Terminated { .. } => None,
        }
    }
}

resource!(Instance, "instance", "i", "instance", "InvalidInstanceID");

impl Instance {
    /// The user data that the driver is to run now.
    pub(crate) fn due_script(&self) -> Option<&str> {
        match self.script {
            Script::Due => self.user_data.as_deref(),
            Script::Waiting | Script::Done => None,
        }
    }

    pub(crate) fn boot_script_done(&mut self) {
        self.script = Script::Done;
    }

    /// Does anything happen to it by `now`?
    pub(crate) fn waits(&self, now: Time) -> bool {
        match self.state {
            State::Terminated { since } => since.after(SHOWN_SECONDS) <= now,
            state => state.ready_at().is_some_and(|at| at <= now),
        }
    }
}

/// Lets everything happen to the instances that waited for time: who booted, who is gone.
pub(crate) fn settle(ec2: &mut Ec2, now: Time, booted: &mut Vec<Id>, gone: &mut Vec<Id>) {
    let waiting: Vec<Id> = ec2
        .instances
        .by_birth()
        .into_iter()
        .filter(|it| it.waits(now))
        .map(|it| it.id.clone())
        .collect();
    for id in waiting {
        let Some(one) = ec2.instances.get_mut(id.as_str()) else {
            continue;
        };
        match one.state {
            State::Pending { .. } => {
                one.state = State::Running;
                if one.script == Script::Waiting {
                    one.script = Script::Due;
                }
                booted.push(id);
            }
            State::Stopping { .. } => one.state = State::Stopped,
            State::ShuttingDown { until } => {
                one.state = State::Terminated { since: until };
                let interfaces: Vec<(Id, bool)> = ec2
                    .interfaces_of(&id)
                    .iter()
                    .map(|it| {
                        let goes = it
                            .attachment
                            .as_ref()
                            .is_some_and(|it| it.delete_on_termination);
                        (it.id.clone(), goes)
                    })
                    .collect();
                for (interface, goes) in interfaces {
                    if goes {
                        network_interface::remove(ec2, &interface);
                    } else if let Some(it) = ec2.network_interfaces.get_mut(interface.as_str()) {
                        it.attachment = None;
                    }
                }
                gone.push(id);
            }
            State::Terminated { .. } => {
                ec2.instances.remove(id.as_str());
            }
            State::Running | State::Stopped => {}
        }
    }
}

fn text(value: Option<impl ToString>) -> Vec<String> {
    value.iter().map(ToString::to_string).collect()
}

fn primary<'a>(scope: &Scope<'a>, one: &Instance) -> Option<&'a Rc<NetworkInterface>> {
    scope.ec2.primary_interface(&one.id)
}

fn zone(ec2: &Ec2, one: &Instance) -> Option<String> {
    Some(ec2.subnets.get(one.subnet.as_str())?.zone.clone())
}

const FILTERS: &[FilterRow<Instance>] = &[
    ("instance-id", |_, it| vec![it.id.to_string()]),
    ("image-id", |_, it| vec![it.image.clone()]),
    ("instance-type", |_, it| vec![it.kind.clone()]),
    ("instance-state-name", |_, it| {
        vec![it.state.code().1.to_owned()]
    }),
    ("instance-state-code", |_, it| {
        vec![it.state.code().0.to_string()]
    }),
    ("key-name", |_, it| text(it.key_name.as_ref())),
    ("vpc-id", |_, it| vec![it.vpc.to_string()]),
    ("subnet-id", |_, it| vec![it.subnet.to_string()]),
    ("availability-zone", |scope, it| text(zone(scope.ec2, it))),
    ("reservation-id", |_, it| vec![it.reservation.to_string()]),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("architecture", |_, _| vec!["x86_64".to_owned()]),
    ("tenancy", |_, _| vec!["default".to_owned()]),
    ("private-ip-address", |scope, it| {
        text(primary(scope, it).and_then(|it| it.primary_address()))
    }),
    ("ip-address", |scope, it| {
        text(primary(scope, it).and_then(|it| scope.ec2.public_of(&it.id, it.primary_address()?)))
    }),
    ("instance.group-id", groups),
    ("group-id", groups),
    ("instance.group-name", group_names),
    ("group-name", group_names),
    ("network-interface.network-interface-id", |scope, it| {
        scope
            .ec2
            .interfaces_of(&it.id)
            .iter()
            .map(|it| it.id.to_string())
            .collect()
    }),
    ("network-interface.subnet-id", |scope, it| {
        scope
            .ec2
            .interfaces_of(&it.id)
            .iter()
            .map(|it| it.subnet.to_string())
            .collect()
    }),
    ("network-interface.vpc-id", |scope, it| {
        scope
            .ec2
            .interfaces_of(&it.id)
            .iter()
            .map(|it| it.vpc.to_string())
            .collect()
    }),
];

fn groups(scope: &Scope<'_>, one: &Instance) -> Vec<String> {
    scope
        .ec2
        .interfaces_of(&one.id)
        .iter()
        .flat_map(|it| it.groups.iter().map(Id::to_string))
        .collect()
}

fn group_names(scope: &Scope<'_>, one: &Instance) -> Vec<String> {
    scope
        .ec2
        .interfaces_of(&one.id)
        .iter()
        .flat_map(|it| &it.groups)
        .filter_map(|id| scope.ec2.security_groups.get(id.as_str()))
        .map(|group| group.name.clone())
        .collect()
}

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
                format!("Network interface '{id}' is currently in use."),
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
    if bytes.len() > LONGEST_USER_DATA {
        return Err(Fault::value("User data is limited to 16384 bytes"));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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
    let launching = ec2
        .instances
        .iter()
        .filter(|it| it.state.is_alive())
        .count();
    // AWS counts vCPUs; twenty running instances is what a new account comes to.
    if max > 20 || launching as i64 + max > 20 {
        return Err(Fault::new(
            "InstanceLimitExceeded",
            format!(
                "You have requested more instances ({}) than your current instance limit of 20 \
                 allows for the specified instance type.",
                launching as i64 + max
            ),
        ));
    }
    let Some(wanted) = request.get(run_instances::IMAGE_ID) else {
        return Err(Fault::missing("ImageId"));
    };
    let image = Image::find(context.region, wanted)?;
    let kind = request
        .get(run_instances::INSTANCE_TYPE)
        .unwrap_or("m1.small");
    if image::instance_type(kind).is_none() {
        return Err(Fault::value(format!(
            "Invalid value '{kind}' for InstanceType."
        )));
    }
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
    let tags = new_tags(specifications(), "instance")?;
    let interface_tags = new_tags(specifications(), "network-interface")?;
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
            Some(id) => id.clone(),
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
            )?,
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

fn state_doc(state: State) -> Doc<InstanceState> {
    let (code, name) = state.code();
    Doc::new()
        .with(instance_state::CODE, code)
        .with(instance_state::NAME, name)
}

fn describe_interface(
    context: &Context<'_>,
    one: &NetworkInterface,
) -> Doc<InstanceNetworkInterface> {
    let ec2 = context.ec2();
    let association = |private| {
        let public = ec2.public_of(&one.id, private)?;
        let owner = if ec2.elastic_of(&one.id, private).is_some() {
            context.account()
        } else {
            "amazon"
        };
        Some(
            Doc::new()
                .with(instance_network_interface_association::IP_OWNER_ID, owner)
                .with(
                    instance_network_interface_association::PUBLIC_DNS_NAME,
                    public_name(context, &one.vpc, public).unwrap_or_default(),
                )
                .with(
                    instance_network_interface_association::PUBLIC_IP,
                    public.to_string(),
                ),
        )
    };
    let names = ec2
        .vpcs
        .get(one.vpc.as_str())
        .is_some_and(|it| it.dns_support);
    let name = |address| names.then(|| private_name(context.region, address));
    let addresses: Vec<_> = one
        .addresses
        .iter()
        .enumerate()
        .map(|(place, it)| {
            Doc::new()
                .with_some(
                    instance_private_ip_address::ASSOCIATION,
                    association(it.private),
                )
                .with(instance_private_ip_address::PRIMARY, place == 0)
                .with_some(
                    instance_private_ip_address::PRIVATE_DNS_NAME,
                    name(it.private),
                )
                .with(
                    instance_private_ip_address::PRIVATE_IP_ADDRESS,
                    it.private.to_string(),
                )
        })
        .collect();
    let attachment = one.attachment.as_ref().map(|it| {
        Doc::new()
            .with(instance_network_interface_attachment::ATTACH_TIME, it.time)
            .with(instance_network_interface_attachment::ATTACHMENT_ID, &it.id)
            .with(
                instance_network_interface_attachment::DELETE_ON_TERMINATION,
                it.delete_on_termination,
            )
            .with(
                instance_network_interface_attachment::DEVICE_INDEX,
                it.device,
            )
            .with(instance_network_interface_attachment::STATUS, "attached")
            .with(instance_network_interface_attachment::NETWORK_CARD_INDEX, 0)
    });
    let primary = one.primary_address();
    Doc::new()
        .with_some(
            instance_network_interface::ASSOCIATION,
            primary.and_then(association),
        )
        .with_some(instance_network_interface::ATTACHMENT, attachment)
        .with(
            instance_network_interface::DESCRIPTION,
            one.description.as_str(),
        )
        .with(
            instance_network_interface::GROUPS,
            group_list(ec2, &one.groups),
        )
        .with(instance_network_interface::IPV6_ADDRESSES, vec![])
        .with(instance_network_interface::MAC_ADDRESS, one.mac.as_str())
        .with(instance_network_interface::NETWORK_INTERFACE_ID, &one.id)
        .with(instance_network_interface::OWNER_ID, context.account())
        .with_some(
            instance_network_interface::PRIVATE_DNS_NAME,
            primary.and_then(name),
        )
        .with_some(
            instance_network_interface::PRIVATE_IP_ADDRESS,
            primary.map(|it| it.to_string()),
        )
        .with(instance_network_interface::PRIVATE_IP_ADDRESSES, addresses)
        .with(
            instance_network_interface::SOURCE_DEST_CHECK,
            one.source_dest_check,
        )
        .with(instance_network_interface::STATUS, "in-use")
        .with(instance_network_interface::SUBNET_ID, &one.subnet)
        .with(instance_network_interface::VPC_ID, &one.vpc)
        .with(instance_network_interface::INTERFACE_TYPE, "interface")
}

fn describe_one(context: &Context<'_>, one: &Instance) -> Doc<shape::Instance> {
    let ec2 = context.ec2();
    let interfaces: Vec<&Rc<NetworkInterface>> = if matches!(one.state, State::Terminated { .. }) {
        Vec::new()
    } else {
        ec2.interfaces_of(&one.id)
    };
    let first = interfaces.first();
    let private = first.and_then(|it| it.primary_address());
    let public = first.and_then(|it| ec2.public_of(&it.id, it.primary_address()?));
    let zone = zone(ec2, one).unwrap_or_default();
    let (cores, threads) = image::instance_type(&one.kind).map_or((1, 1), |kind| kind.cores());
    let groups = first
        .map(|it| group_list(ec2, &it.groups))
        .unwrap_or_default();
    let shown: Vec<_> = interfaces
        .iter()
        .map(|it| describe_interface(context, it))
        .collect();
    let volume = Doc::new()
        .with(ebs_instance_block_device::ATTACH_TIME, one.launched)
        .with(ebs_instance_block_device::DELETE_ON_TERMINATION, true)
        .with(ebs_instance_block_device::STATUS, "attached")
        .with(ebs_instance_block_device::VOLUME_ID, &one.volume);
    let device = Image::root_device(&one.image);
    let volumes = match one.state {
        State::Pending { .. } | State::Terminated { .. } => vec![],
        _ => vec![
            Doc::new()
                .with(instance_block_device_mapping::DEVICE_NAME, device)
                .with(instance_block_device_mapping::EBS, volume),
        ],
    };
    let mut doc = Doc::new()
        .with(instance::ARCHITECTURE, "x86_64")
        .with(instance::BLOCK_DEVICE_MAPPINGS, volumes)
        .with(instance::CLIENT_TOKEN, one.token.as_str())
        .with(instance::EBS_OPTIMIZED, false)
        .with(instance::ENA_SUPPORT, true)
        .with(instance::HYPERVISOR, "xen")
        .with(instance::NETWORK_INTERFACES, shown)
        .with(instance::ROOT_DEVICE_NAME, device)
        .with(instance::ROOT_DEVICE_TYPE, "ebs")
        .with(instance::SECURITY_GROUPS, groups)
        .with_some(
            instance::SOURCE_DEST_CHECK,
            first.map(|it| it.source_dest_check),
        )
        .with_some(instance::TAGS, some_tags(&one.tags))
        .with(instance::VIRTUALIZATION_TYPE, "hvm")
        .with(
            instance::CPU_OPTIONS,
            Doc::new()
                .with(cpu_options::CORE_COUNT, cores)
                .with(cpu_options::THREADS_PER_CORE, threads),
        )
        .with(
            instance::CAPACITY_RESERVATION_SPECIFICATION,
            Doc::new().with(
                capacity_reservation_specification_response::CAPACITY_RESERVATION_PREFERENCE,
                "open",
            ),
        )
        .with(
            instance::HIBERNATION_OPTIONS,
            Doc::new().with(hibernation_options::CONFIGURED, false),
        )
        .with(
            instance::METADATA_OPTIONS,
            Doc::new()
                .with(instance_metadata_options_response::STATE, "applied")
                .with(instance_metadata_options_response::HTTP_TOKENS, "required")
                .with(
                    instance_metadata_options_response::HTTP_PUT_RESPONSE_HOP_LIMIT,
                    2,
                )
                .with(instance_metadata_options_response::HTTP_ENDPOINT, "enabled")
                .with(
                    instance_metadata_options_response::HTTP_PROTOCOL_IPV6,
                    "disabled",
                )
                .with(
                    instance_metadata_options_response::INSTANCE_METADATA_TAGS,
                    "disabled",
                ),
        )
        .with(
            instance::ENCLAVE_OPTIONS,
            Doc::new().with(enclave_options::ENABLED, false),
        )
        .with(instance::BOOT_MODE, "uefi-preferred")
        .with(instance::PLATFORM_DETAILS, "Linux/UNIX")
        .with(instance::USAGE_OPERATION, "RunInstances")
        .with(instance::USAGE_OPERATION_UPDATE_TIME, one.launched)
        .with(
            instance::PRIVATE_DNS_NAME_OPTIONS,
            Doc::new()
                .with(private_dns_name_options_response::HOSTNAME_TYPE, "ip-name")
                .with(
                    private_dns_name_options_response::ENABLE_RESOURCE_NAME_DNS_A_RECORD,
                    false,
                )
                .with(
                    private_dns_name_options_response::ENABLE_RESOURCE_NAME_DNS_AAAA_RECORD,
                    false,
                ),
        )
        .with(
            instance::MAINTENANCE_OPTIONS,
            Doc::new().with(instance_maintenance_options::AUTO_RECOVERY, "default"),
        )
        .with(instance::CURRENT_INSTANCE_BOOT_MODE, "legacy-bios")
        .with(instance::INSTANCE_ID, &one.id)
        .with(instance::IMAGE_ID, one.image.as_str())
        .with(instance::STATE, state_doc(one.state))
        .with(
            instance::PRIVATE_DNS_NAME,
            private
                .map(|it| private_name(context.region, it))
                .unwrap_or_default(),
        )
        .with(
            instance::PUBLIC_DNS_NAME,
            public
                .and_then(|it| public_name(context, &one.vpc, it))
                .unwrap_or_default(),
        )
        .with(instance::STATE_TRANSITION_REASON, one.reason.as_str())
        .with_some(instance::KEY_NAME, one.key_name.as_deref())
        .with(instance::AMI_LAUNCH_INDEX, one.launch_index)
        .with(instance::PRODUCT_CODES, vec![])
        .with(instance::INSTANCE_TYPE, one.kind.as_str())
        .with(instance::LAUNCH_TIME, one.launched)
        .with(
            instance::PLACEMENT,
            Doc::new()
                .with_some(placement::AVAILABILITY_ZONE_ID, zone_id(&zone))
                .with(placement::GROUP_NAME, "")
                .with(placement::TENANCY, "default")
                .with(placement::AVAILABILITY_ZONE, zone),
        )
        .with(
            instance::MONITORING,
            Doc::new().with(monitoring::STATE, "disabled"),
        );
    if !matches!(one.state, State::Terminated { .. }) {
        doc.put(instance::SUBNET_ID, &one.subnet);
        doc.put(instance::VPC_ID, &one.vpc);
    }
    if let Some(private) = private {
        doc.put(instance::PRIVATE_IP_ADDRESS, private.to_string());
    }
    if let Some(public) = public {
        doc.put(instance::PUBLIC_IP_ADDRESS, public.to_string());
    }
    if !one.reason.is_empty() || matches!(one.state, State::Pending { .. }) {
        let (code, message) = match one.state {
            State::Pending { .. } => ("pending", "pending"),
            _ => (
                "Client.UserInitiatedShutdown",
                "Client.UserInitiatedShutdown: User initiated shutdown",
            ),
        };
        doc.put(
            instance::STATE_REASON,
            Doc::new()
                .with(state_reason::CODE, code)
                .with(state_reason::MESSAGE, message),
        );
    }
    doc
}

/// `DescribeInstances`: one reservation for each launch.
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeInstancesRequest>,
) -> Result<Doc<DescribeInstancesResult>, Fault> {
    let found = select(
        context,
        &context.ec2().instances,
        request.items(describe_instances::INSTANCE_IDS),
        request.items(describe_instances::FILTERS),
        FILTERS,
    )?;
    let mut order: Vec<&Id> = Vec::new();
    for it in &found {
        if !order.contains(&&it.reservation) {
            order.push(&it.reservation);
        }
    }
    let list: Vec<_> = order
        .into_iter()
        .map(|id| {
            let of: Vec<_> = found
                .iter()
                .filter(|it| it.reservation == *id)
                .map(|it| describe_one(context, it))
                .collect();
            Doc::new()
                .with(reservation::RESERVATION_ID, id)
                .with(reservation::OWNER_ID, context.account())
                .with(reservation::GROUPS, vec![])
                .with(reservation::INSTANCES, of)
        })
        .collect();
    Ok(Doc::new().with(describe_instances_result::RESERVATIONS, list))
}

/// `DescribeInstanceStatus`: running instances only, unless `IncludeAllInstances`.
pub(crate) fn describe_status(
    context: &mut Context<'_>,
    request: View<'_, DescribeInstanceStatusRequest>,
) -> Result<Doc<DescribeInstanceStatusResult>, Fault> {
    let found = select(
        context,
        &context.ec2().instances,
        request.items(describe_instance_status::INSTANCE_IDS),
        request.items(describe_instance_status::FILTERS),
        FILTERS,
    )?;
    let all = request.get(describe_instance_status::INCLUDE_ALL_INSTANCES) == Some(true);
    let list: Vec<_> = found
        .iter()
        .filter(|it| all || it.state == State::Running)
        .map(|it| {
            let running = it.state == State::Running;
            let summary = || {
                let details = Doc::new()
                    .with(instance_status_details::NAME, "reachability")
                    .with(instance_status_details::STATUS, "passed");
                Doc::new()
                    .with(
                        instance_status_summary::DETAILS,
                        if running { vec![details] } else { vec![] },
                    )
                    .with(
                        instance_status_summary::STATUS,
                        if running { "ok" } else { "not-applicable" },
                    )
            };
            let zone = zone(context.ec2(), it).unwrap_or_default();
            Doc::new()
                .with_some(instance_status::AVAILABILITY_ZONE_ID, zone_id(&zone))
                .with(instance_status::AVAILABILITY_ZONE, zone)
                .with(instance_status::INSTANCE_ID, &it.id)
                .with(instance_status::INSTANCE_STATE, state_doc(it.state))
                .with(instance_status::INSTANCE_STATUS, summary())
                .with(instance_status::SYSTEM_STATUS, summary())
        })
        .collect();
    Ok(Doc::new().with(describe_instance_status_result::INSTANCE_STATUSES, list))
}

/// What a change of state asks of each instance, and what it makes of it.
fn change(
    context: &mut Context<'_>,
    ids: Items<'_, Str>,
    to: impl Fn(&Instance) -> Result<Option<State>, Fault>,
) -> Result<Vec<Doc<InstanceStateChange>>, Fault> {
    let ids: Vec<&str> = ids.collect();
    check_ids(&context.ec2().instances, &ids)?;
    let now = context.now();
    let mut changes = Vec::new();
    for id in ids {
        let (ec2, mint) = context.parts();
        let one = find(&ec2.instances, id)?.clone();
        let before = one.state;
        let after = to(&one)?.unwrap_or(before);
        let interface = ec2.primary_interface(&one.id).map(|it| it.id.clone());
        let new_public = match (&interface, after) {
            (Some(interface), State::Pending { .. }) if one.auto_public => {
                let elastic = ec2
                    .network_interfaces
                    .get(interface.as_str())
                    .and_then(|it| ec2.elastic_of(interface, it.primary_address()?));
                elastic.is_none().then(|| ec2.free_public_address(mint))
            }
            _ => None,
        };
        if before != after
            && let Some(it) = interface
                .and_then(|id| ec2.network_interfaces.get_mut(id.as_str()))
                .and_then(|it| it.addresses.first_mut())
        {
            // What AWS assigned by itself is given up with the machine, and is new at each start.
            it.auto_public = new_public;
        }
        let one = find_mut(&mut ec2.instances, id)?;
        one.state = after;
        if before != after {
            match after {
                State::Pending { .. } => {
                    one.reason.clear();
                    one.launched = now;
                }
                _ => {
                    let (year, month, day, hour, minute, second) = now.civil();
                    one.reason = format!(
                        "User initiated ({year:04}-{month:02}-{day:02} \
                         {hour:02}:{minute:02}:{second:02} GMT)"
                    );
                }
            }
        }
        changes.push(
            Doc::new()
                .with(instance_state_change::INSTANCE_ID, id)
                .with(instance_state_change::CURRENT_STATE, state_doc(after))
                .with(instance_state_change::PREVIOUS_STATE, state_doc(before)),
        );
    }
    Ok(changes)
}

/// `StopInstances`
pub(crate) fn stop(
    context: &mut Context<'_>,
    request: View<'_, StopInstancesRequest>,
) -> Result<Doc<StopInstancesResult>, Fault> {
    let until = context.now().after(HALT_SECONDS);
    let changes = change(
        context,
        request.items(stop_instances::INSTANCE_IDS),
        |one| match one.state {
            State::Running => Ok(Some(State::Stopping { until })),
            State::Stopping { .. } | State::Stopped => Ok(None),
            State::Pending { .. } | State::ShuttingDown { .. } | State::Terminated { .. } => {
                Err(Fault::new(
                    "IncorrectInstanceState",
                    format!(
                        "This instance '{}' is not in a state from which it can be stopped.",
                        one.id
                    ),
                ))
            }
        },
    )?;
    Ok(Doc::new().with(stop_instances_result::STOPPING_INSTANCES, changes))
}

/// `StartInstances`
pub(crate) fn start(
    context: &mut Context<'_>,
    request: View<'_, StartInstancesRequest>,
) -> Result<Doc<StartInstancesResult>, Fault> {
    let until = context.now().after(BOOT_SECONDS);
    let changes = change(
        context,
        request.items(start_instances::INSTANCE_IDS),
        |one| match one.state {
            State::Stopped => Ok(Some(State::Pending { until })),
            State::Running | State::Pending { .. } => Ok(None),
            State::Stopping { .. } | State::ShuttingDown { .. } | State::Terminated { .. } => {
                Err(Fault::new(
                    "IncorrectInstanceState",
                    format!(
                        "The instance '{}' is not in a state from which it can be started.",
                        one.id
                    ),
                ))
            }
        },
    )?;
    Ok(Doc::new().with(start_instances_result::STARTING_INSTANCES, changes))
}

/// `TerminateInstances`: all of them or, if one is protected, none.
pub(crate) fn terminate(
    context: &mut Context<'_>,
    request: View<'_, TerminateInstancesRequest>,
) -> Result<Doc<TerminateInstancesResult>, Fault> {
    let until = context.now().after(HALT_SECONDS);
    let changes = change(
        context,
        request.items(terminate_instances::INSTANCE_IDS),
        |one| {
            if one.protected && one.state.is_alive() {
                return Err(Fault::new(
                    "OperationNotPermitted",
                    format!(
                        "The instance '{}' may not be terminated. Modify its 'disableApiTermination' \
                     instance attribute and try again.",
                        one.id
                    ),
                ));
            }
            Ok(one
                .state
                .is_alive()
                .then_some(State::ShuttingDown { until }))
        },
    )?;
    Ok(Doc::new().with(terminate_instances_result::TERMINATING_INSTANCES, changes))
}

/// `RebootInstances`: keeps addresses and disks; services start anew.
pub(crate) fn reboot(
    context: &mut Context<'_>,
    request: View<'_, RebootInstancesRequest>,
) -> Result<(), Fault> {
    let ids: Vec<&str> = request.items(reboot_instances::INSTANCE_IDS).collect();
    check_ids(&context.ec2().instances, &ids)?;
    for id in ids {
        let one = find(&context.ec2().instances, id)?;
        if one.state != State::Running {
            return Err(Fault::new(
                "IncorrectState",
                format!("The instance '{id}' is not in a state from which it can be rebooted."),
            ));
        }
        let id = one.id.clone();
        if let Some(machine) = context.cloud.machine(id.as_str()) {
            let mut machine = Machine::clone(machine);
            // A machine that boots obeys: `Boot` is never refused.
            let _ = machine.apply(&hopwise_machine::Act::Boot);
            context.cloud.machines_mut().insert(id, Rc::new(machine));
        }
    }
    Ok(())
}

/// `GetConsoleOutput`: what the first boot wrote.
pub(crate) fn console_output(
    context: &mut Context<'_>,
    request: View<'_, GetConsoleOutputRequest>,
) -> Result<Doc<GetConsoleOutputResult>, Fault> {
    let id = request
        .get(get_console_output::INSTANCE_ID)
        .unwrap_or_default();
    let one = find(&context.ec2().instances, id)?;
    let output = console(context.cloud, &one.id);
    Ok(Doc::new()
        .with(get_console_output_result::INSTANCE_ID, id)
        .with(
            get_console_output_result::TIMESTAMP,
            one.launched.after(BOOT_SECONDS),
        )
        .with_some(
            get_console_output_result::OUTPUT,
            output.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        ))
}

fn console(cloud: &Cloud, id: &Id) -> Option<Rc<[u8]>> {
    cloud
        .machine(id.as_str())?
        .read("root", "/var/log/cloud-init-output.log")
        .ok()
}

/// `DescribeInstanceAttribute`
pub(crate) fn describe_attribute(
    context: &mut Context<'_>,
    request: View<'_, DescribeInstanceAttributeRequest>,
) -> Result<Doc<InstanceAttribute>, Fault> {
    let id = request
        .get(describe_instance_attribute::INSTANCE_ID)
        .unwrap_or_default();
    let one = find(&context.ec2().instances, id)?;
    let interface = context.ec2().primary_interface(&one.id);
    let flag = |on: bool| Doc::new().with(attribute_boolean_value::VALUE, on);
    let word = |text: &str| Doc::new().with(attribute_value::VALUE, text);
    let answer = Doc::new().with(instance_attribute::INSTANCE_ID, &one.id);
    Ok(
        match request
            .get(describe_instance_attribute::ATTRIBUTE)
            .unwrap_or_default()
        {
            "instanceType" => answer.with(instance_attribute::INSTANCE_TYPE, word(&one.kind)),
            "disableApiTermination" => answer.with(
                instance_attribute::DISABLE_API_TERMINATION,
                flag(one.protected),
            ),
            "sourceDestCheck" => answer.with(
                instance_attribute::SOURCE_DEST_CHECK,
                flag(interface.is_some_and(|it| it.source_dest_check)),
            ),
            "userData" => {
                let encoded = one
                    .user_data
                    .as_ref()
                    .map(|text| json::base64(text.as_bytes()));
                let mut value = Doc::new();
                if let Some(encoded) = encoded {
                    value.put(attribute_value::VALUE, encoded);
                }
                answer.with(instance_attribute::USER_DATA, value)
            }
            "groupSet" => answer.with(
                instance_attribute::GROUPS,
                interface
                    .map(|it| group_list(context.ec2(), &it.groups))
                    .unwrap_or_default(),
            ),
            "rootDeviceName" => answer.with(
                instance_attribute::ROOT_DEVICE_NAME,
                word(Image::root_device(&one.image)),
            ),
            "instanceInitiatedShutdownBehavior" => answer.with(
                instance_attribute::INSTANCE_INITIATED_SHUTDOWN_BEHAVIOR,
                word("stop"),
            ),
            "ebsOptimized" => answer.with(instance_attribute::EBS_OPTIMIZED, flag(false)),
            "disableApiStop" => answer.with(instance_attribute::DISABLE_API_STOP, flag(false)),
            other => {
                return Err(Fault::value(format!(
                    "Value ({other}) for parameter attribute is invalid. Unknown attribute."
                )));
            }
        },
    )
}

/// `ModifyInstanceAttribute`: type and user data only while stopped.
pub(crate) fn modify_attribute(
    context: &mut Context<'_>,
    request: View<'_, ModifyInstanceAttributeRequest>,
) -> Result<(), Fault> {
    let id = request
        .get(modify_instance_attribute::INSTANCE_ID)
        .unwrap_or_default();
    let one = find(&context.ec2().instances, id)?.clone();
    // The older spelling names the attribute beside its value.
    let named = |name: &str| {
        (request.get(modify_instance_attribute::ATTRIBUTE) == Some(name))
            .then(|| request.get(modify_instance_attribute::VALUE))
            .flatten()
    };
    let stopped = || {
        if one.state == State::Stopped {
            return Ok(());
        }
        Err(Fault::new(
            "IncorrectInstanceState",
            format!("The instance '{id}' is not in the 'stopped' state."),
        ))
    };
    let primary = || {
        context
            .ec2()
            .primary_interface(&one.id)
            .map(|it| it.id.clone())
            .ok_or_else(|| {
                Fault::new(
                    "InvalidInstanceID",
                    format!("There is no interface attached to instance '{id}'."),
                )
            })
    };
    if let Some(on) = request
        .get(modify_instance_attribute::DISABLE_API_TERMINATION)
        .and_then(|it| it.get(attribute_boolean_value::VALUE))
        .or_else(|| named("disableApiTermination").map(|text| text == "true"))
    {
        find_mut(&mut context.ec2_mut().instances, id)?.protected = on;
    } else if let Some(on) = request
        .get(modify_instance_attribute::SOURCE_DEST_CHECK)
        .and_then(|it| it.get(attribute_boolean_value::VALUE))
        .or_else(|| named("sourceDestCheck").map(|text| text == "true"))
    {
        let interface = primary()?;
        find_mut(
            &mut context.ec2_mut().network_interfaces,
            interface.as_str(),
        )?
        .source_dest_check = on;
    } else if let Some(kind) = request
        .get(modify_instance_attribute::INSTANCE_TYPE)
        .and_then(|it| it.get(attribute_value::VALUE))
        .or_else(|| named("instanceType"))
    {
        if image::instance_type(kind).is_none() {
            return Err(Fault::value(format!(
                "Invalid value '{kind}' for InstanceType."
            )));
        }
        stopped()?;
        find_mut(&mut context.ec2_mut().instances, id)?.kind = kind.to_owned();
    } else if let Some(data) = request
        .get(modify_instance_attribute::USER_DATA)
        .and_then(|it| it.get(secure_blob_attribute_value::VALUE))
    {
        stopped()?;
        let text = String::from_utf8_lossy(data).into_owned();
        find_mut(&mut context.ec2_mut().instances, id)?.user_data = Some(text);
    } else if let Some(groups) = request.get(modify_instance_attribute::GROUPS) {
        let groups = group_ids(context.ec2(), groups)?;
        let interface = primary()?;
        network_interface::set_groups(context, interface.as_str(), groups)?;
    } else {
        return Err(Fault::new(
            "MissingParameter",
            "The request must contain exactly one attribute to modify",
        ));
    }
    Ok(())
}

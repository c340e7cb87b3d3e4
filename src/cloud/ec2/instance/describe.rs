//! Telling of instances.

use super::{BOOT_SECONDS, Instance, State};
use crate::cloud::Cloud;
use crate::door::Context;
use crate::ec2::image::Image;
use crate::ec2::network_interface::{group_list, private_name, public_name};
use crate::ec2::select::{FilterRow, Scope, find, select, some_tags};
use crate::ec2::subnet::zone_id;
use crate::ec2::{Ec2, NetworkInterface, image};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    capacity_reservation_specification_response, cpu_options, describe_instance_status,
    describe_instance_status_result, describe_instances, describe_instances_result,
    ebs_instance_block_device, enclave_options, get_console_output, get_console_output_result,
    hibernation_options, instance, instance_block_device_mapping, instance_ipv6_address,
    instance_maintenance_options, instance_metadata_options_response, instance_network_interface,
    instance_network_interface_association, instance_network_interface_attachment,
    instance_private_ip_address, instance_state, instance_status, instance_status_details,
    instance_status_summary, monitoring, placement, private_dns_name_options_response, reservation,
    state_reason,
};
use crate::id::Id;
use std::rc::Rc;

fn text(value: Option<impl ToString>) -> Vec<String> {
    value.iter().map(ToString::to_string).collect()
}

fn primary<'a>(scope: &Scope<'a>, one: &Instance) -> Option<&'a Rc<NetworkInterface>> {
    scope.ec2.primary_interface(&one.id)
}

fn zone(ec2: &Ec2, one: &Instance) -> Option<String> {
    Some(ec2.subnets.get(one.subnet.as_str())?.zone.clone())
}

pub(crate) const FILTERS: &[FilterRow<Instance>] = &[
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

pub(super) fn state_doc(state: State) -> Doc<InstanceState> {
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
    let ipv6: Vec<_> = (one.ipv6.iter())
        .map(|it| {
            Doc::new()
                .with(instance_ipv6_address::IPV6_ADDRESS, it.to_string())
                .with(instance_ipv6_address::IS_PRIMARY_IPV6, false)
        })
        .collect();
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
        .with(instance_network_interface::IPV6_ADDRESSES, ipv6)
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

pub(super) fn describe_one(context: &Context<'_>, one: &Instance) -> Doc<shape::Instance> {
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

//! The settings of a thing, and the calls that change those that differ.

use crate::access;
use crate::create;
use crate::desk::Desk;
use crate::form::{Choice, Control, Form, Values, split, yes};
use crate::intent::{Kind, Plan, Power, Refusal};
use crate::join;
use crate::trial::Trial;
use hopwise_cloud::ec2::NetworkInterface;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::ec2::{
    attribute_boolean_value, attribute_value, create_tags, delete_tags, detach_internet_gateway,
    disassociate_route_table, modify_instance_attribute, modify_network_interface_attribute,
    modify_subnet_attribute, modify_vpc_attribute, reboot_instances, secure_blob_attribute_value,
    start_instances, stop_instances, tag,
};

/// The `Name` tag of a thing.
fn name(desk: &Desk<'_>, id: &str) -> Option<String> {
    let tags = crate::tags::of(desk, id)?;
    Some(tags.get("Name").unwrap_or_default().to_owned())
}

/// What a network interface lets pass, as fields; `noun` says whose it is.
fn guarded(form: Form, desk: &Desk<'_>, interface: &NetworkInterface, noun: &str) -> Form {
    let groups: Vec<String> = interface.groups.iter().map(ToString::to_string).collect();
    form.field(
        "groups",
        "Security groups",
        create::groups(desk, interface.vpc.as_str()),
        groups.join(","),
        "A packet comes in if a rule of any of them allows it.",
    )
    .field(
        "source-dest-check",
        "Source/destination check",
        Control::Switch,
        yes(interface.source_dest_check),
        format!("Off for {noun} that forwards what is not for it."),
    )
}

/// The settings of the thing with this id; `None` where there is no such thing.
pub fn settings(desk: &Desk<'_>, id: &str) -> Option<Form> {
    if access::is_access(id) {
        return access::settings(desk, id);
    }
    let ec2 = desk.ec2()?;
    let form = Form::new("Settings").name(&name(desk, id)?);
    Some(match Kind::of_id(id)? {
        Kind::Vpc => {
            let it = ec2.vpcs.get(id)?;
            form.field(
                "dns-support",
                "DNS resolution",
                Control::Switch,
                yes(it.dns_support),
                "The Amazon DNS server answers in this VPC.",
            )
            .field(
                "dns-hostnames",
                "DNS hostnames",
                Control::Switch,
                yes(it.dns_hostnames),
                "What has a public address gets a public DNS name.",
            )
        }
        Kind::Subnet => {
            let it = ec2.subnets.get(id)?;
            let vpc = it.vpc.clone();
            let mut tables = vec![Choice::new("", "the VPC's main table")];
            for table in ec2.route_tables.by_birth() {
                if table.vpc == vpc {
                    let table = table.id.as_str();
                    tables.push(Choice::new(table, desk.called(table)));
                }
            }
            let own = ec2
                .route_tables
                .iter()
                .find(|table| table.subnets().any(|it| it.as_str() == id))
                .map(|table| table.id.to_string());
            let acls: Vec<Choice> = ec2
                .network_acls
                .by_birth()
                .into_iter()
                .filter(|acl| acl.vpc == vpc)
                .map(|acl| {
                    let called = match (acl.is_default, desk.called(acl.id.as_str())) {
                        (true, called) => format!("{called} (default)"),
                        (false, called) => called,
                    };
                    Choice::new(acl.id.as_str(), called)
                })
                .collect();
            let acl = ec2.network_acl_of(&it.id).map(|acl| acl.id.to_string());
            form.field(
                "public-ip",
                "Auto-assign public IPv4",
                Control::Switch,
                yes(it.map_public_ip),
                "For what is launched here from now on.",
            )
            .field(
                "route-table",
                "Route table",
                Control::One(tables),
                own.unwrap_or_default(),
                "A subnet uses exactly one.",
            )
            .field(
                "network-acl",
                "Network ACL",
                Control::One(acls),
                acl.unwrap_or_default(),
                "A subnet is filtered by exactly one.",
            )
        }
        Kind::Instance => {
            let it = ec2.instances.get(id)?;
            let interface = ec2.primary_interface(&it.id)?;
            guarded(form, desk, interface, "an instance")
                .field(
                    "type",
                    "Instance type",
                    create::types(),
                    it.kind.as_str(),
                    "It can be changed while the instance is stopped.",
                )
                .field(
                    "user-data",
                    "User data",
                    Control::Lines,
                    it.user_data.as_deref().unwrap_or_default(),
                    "It ran at the first boot; it can be changed while the instance is stopped.",
                )
        }
        Kind::NetworkInterface => {
            let it = ec2.network_interfaces.get(id)?;
            guarded(form, desk, it, "an interface").field(
                "description",
                "Description",
                Control::Text,
                it.description.as_str(),
                "",
            )
        }
        Kind::InternetGateway => {
            let it = ec2.internet_gateways.get(id)?;
            let mut vpcs = vec![Choice::new("", "none")];
            for vpc in ec2.vpcs.by_birth() {
                vpcs.push(Choice::new(vpc.id.as_str(), desk.called(vpc.id.as_str())));
            }
            form.field(
                "vpc",
                "Attached to",
                Control::One(vpcs),
                it.vpc.as_ref().map(ToString::to_string).unwrap_or_default(),
                "A VPC has one internet gateway at most.",
            )
        }
        Kind::ElasticIp => {
            let it = ec2.addresses.get(id)?;
            let mut hosts = vec![Choice::new("", "nothing")];
            for (host, _) in join::joins(desk, id) {
                hosts.push(Choice::new(host.as_str(), desk.called(&host)));
            }
            let now = it.association.as_ref().map(|it| {
                let instance = ec2.instance_of(&it.interface);
                instance.unwrap_or(&it.interface).to_string()
            });
            form.field(
                "host",
                "Associated with",
                Control::One(hosts),
                now.unwrap_or_default(),
                "One costs also while it is associated with nothing.",
            )
        }
        _ => form,
    })
}

pub(crate) fn change(desk: &Desk<'_>, id: &str, values: &Values) -> Result<Plan, Refusal> {
    if access::is_access(id) {
        return access::change(desk, id, values);
    }
    let form = settings(desk, id).ok_or_else(|| Refusal::gone(id))?;
    let mut trial = Trial::new(desk, format!("Change {}", desk.called(id)));
    for field in &form.fields {
        let Some(wished) = values.get(field.key).filter(|it| **it != field.value) else {
            continue;
        };
        match field.key {
            "name" => rename(&mut trial, id, wished.trim())?,
            key => set(&mut trial, id, key, wished, &field.value)?,
        }
    }
    trial.done()
}

fn rename(trial: &mut Trial<'_>, id: &str, name: &str) -> Result<(), Refusal> {
    let tag = Doc::new().with(tag::KEY, "Name");
    if name.is_empty() {
        let request = Doc::new()
            .with(delete_tags::RESOURCES, vec![id.to_owned()])
            .with(delete_tags::TAGS, vec![tag]);
        return trial.ec2("DeleteTags", request).map(drop);
    }
    let request = Doc::new()
        .with(create_tags::RESOURCES, vec![id.to_owned()])
        .with(create_tags::TAGS, vec![tag.with(tag::VALUE, name)]);
    trial.ec2("CreateTags", request).map(drop)
}

fn set(
    trial: &mut Trial<'_>,
    id: &str,
    key: &str,
    wished: &str,
    before: &str,
) -> Result<(), Refusal> {
    let flag = || Doc::new().with(attribute_boolean_value::VALUE, wished == "yes");
    let kind = Kind::of_id(id);
    match (kind, key) {
        (Some(Kind::Vpc), _) => {
            let request = Doc::new().with(modify_vpc_attribute::VPC_ID, id);
            let request = match key {
                "dns-support" => request.with(modify_vpc_attribute::ENABLE_DNS_SUPPORT, flag()),
                _ => request.with(modify_vpc_attribute::ENABLE_DNS_HOSTNAMES, flag()),
            };
            trial.ec2("ModifyVpcAttribute", request).map(drop)
        }
        (_, "public-ip") => {
            let request = Doc::new()
                .with(modify_subnet_attribute::SUBNET_ID, id)
                .with(modify_subnet_attribute::MAP_PUBLIC_IP_ON_LAUNCH, flag());
            trial.ec2("ModifySubnetAttribute", request).map(drop)
        }
        (_, "route-table") if wished.is_empty() => leave_table(trial, id, before),
        (_, "route-table") => join::associate_table(trial, wished, id),
        (_, "network-acl") => join::associate_acl(trial, wished, id),
        (_, "groups") => {
            let interface = trial.desk().interface(id).map(|it| it.id.to_string());
            let interface = interface.ok_or_else(|| Refusal::gone(id))?;
            join::set_groups(trial, &interface, split(wished))
        }
        (Some(Kind::Instance), "source-dest-check") => {
            let request = Doc::new()
                .with(modify_instance_attribute::INSTANCE_ID, id)
                .with(modify_instance_attribute::SOURCE_DEST_CHECK, flag());
            trial.ec2("ModifyInstanceAttribute", request).map(drop)
        }
        (_, "source-dest-check") => {
            let request = Doc::new()
                .with(modify_network_interface_attribute::NETWORK_INTERFACE_ID, id)
                .with(
                    modify_network_interface_attribute::SOURCE_DEST_CHECK,
                    flag(),
                );
            trial
                .ec2("ModifyNetworkInterfaceAttribute", request)
                .map(drop)
        }
        (_, "description") => {
            let value = Doc::new().with(attribute_value::VALUE, wished);
            let request = Doc::new()
                .with(modify_network_interface_attribute::NETWORK_INTERFACE_ID, id)
                .with(modify_network_interface_attribute::DESCRIPTION, value);
            trial
                .ec2("ModifyNetworkInterfaceAttribute", request)
                .map(drop)
        }
        (_, "type") => {
            let value = Doc::new().with(attribute_value::VALUE, wished);
            let request = Doc::new()
                .with(modify_instance_attribute::INSTANCE_ID, id)
                .with(modify_instance_attribute::INSTANCE_TYPE, value);
            trial.ec2("ModifyInstanceAttribute", request).map(drop)
        }
        (_, "user-data") => {
            let value = Doc::new().with(
                secure_blob_attribute_value::VALUE,
                wished.as_bytes().to_vec(),
            );
            let request = Doc::new()
                .with(modify_instance_attribute::INSTANCE_ID, id)
                .with(modify_instance_attribute::USER_DATA, value);
            trial.ec2("ModifyInstanceAttribute", request).map(drop)
        }
        (_, "vpc") if wished.is_empty() => {
            let request = Doc::new()
                .with(detach_internet_gateway::INTERNET_GATEWAY_ID, id)
                .with(detach_internet_gateway::VPC_ID, before);
            trial.ec2("DetachInternetGateway", request).map(drop)
        }
        (_, "host") if wished.is_empty() => join::disassociate(trial, id),
        (_, "vpc" | "host") => join::into(trial, id, wished, &Values::new()),
        _ => Ok(()),
    }
}

/// A subnet goes back to the main table.
fn leave_table(trial: &mut Trial<'_>, subnet: &str, table: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let association = desk.ec2().and_then(|ec2| {
        let mut associations = ec2.route_tables.get(table)?.associations.iter();
        let mine = |it: &&hopwise_cloud::ec2::route_table::Association| {
            it.subnet().is_some_and(|it| it.as_str() == subnet)
        };
        associations.find(mine).map(|it| it.id.to_string())
    });
    let association = association.ok_or_else(|| Refusal::gone(table))?;
    let request = Doc::new().with(disassociate_route_table::ASSOCIATION_ID, association);
    trial.ec2("DisassociateRouteTable", request).map(drop)
}

pub(crate) fn power(desk: &Desk<'_>, ids: &[String], power: Power) -> Result<Plan, Refusal> {
    let label = match ids {
        [id] => format!("{} {}", power.word(), desk.called(id)),
        _ => format!("{} {} instances", power.word(), ids.len()),
    };
    let mut trial = Trial::new(desk, label);
    let ids = ids.to_vec();
    if power == Power::Stop {
        let loses = |id: &String| {
            let interface = desk.interface(id)?;
            let lost = interface.addresses.first()?.auto_public?;
            Some(format!(
                "{} loses its public address {lost}.",
                desk.called(id)
            ))
        };
        let notes: Vec<String> = ids.iter().filter_map(loses).collect();
        notes.into_iter().for_each(|note| trial.note(note));
    }
    match power {
        Power::Start => trial.ec2(
            "StartInstances",
            Doc::new().with(start_instances::INSTANCE_IDS, ids),
        )?,
        Power::Stop => trial.ec2(
            "StopInstances",
            Doc::new().with(stop_instances::INSTANCE_IDS, ids),
        )?,
        Power::Reboot => trial.ec2(
            "RebootInstances",
            Doc::new().with(reboot_instances::INSTANCE_IDS, ids),
        )?,
    };
    trial.done()
}

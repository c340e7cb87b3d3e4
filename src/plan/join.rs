//! One thing drawn or dropped onto another: what AWS calls attach, associate, route, authorize.

use crate::access;
use crate::create::capital;
use crate::desk::Desk;
use crate::form::{Choice, Control, Form, Values};
use crate::intent::{Intent, Kind, Plan, Refusal};
use crate::trial::{Trial, id_at};
use hopwise_cloud::ec2::route_table::Target;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::ec2::{
    associate_address, associate_route_table, attach_internet_gateway, attach_network_interface,
    authorize_security_group_ingress as authorize, create_route, detach_internet_gateway,
    detach_network_interface, disassociate_address, ip_permission, ip_range, ipv6_range,
    modify_network_interface_attribute, replace_network_acl_association, replace_route,
    replace_route_table_association, user_id_group_pair,
};
use hopwise_cloud::{LAPTOP, LAPTOP_ADDRESS};
use hopwise_net::{PortRange, Prefix, Protocol};

/// The id of what is outside of AWS.
const INTERNET: &str = "internet";

/// What joining two things means.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Meaning {
    AttachGateway {
        gateway: String,
        vpc: String,
    },
    /// A route in a table, or in the table that a subnet uses.
    Route {
        table: String,
        target: String,
        of: Option<String>,
    },
    AssociateTable {
        table: String,
        subnet: String,
    },
    AssociateAcl {
        acl: String,
        subnet: String,
    },
    AssociateAddress {
        address: String,
        host: String,
    },
    AddGroup {
        group: String,
        host: String,
    },
    AttachInterface {
        interface: String,
        instance: String,
    },
    /// A rule that lets `source` (a group or a CIDR block) into one of the groups.
    Admit {
        source: Vec<String>,
        into: Vec<String>,
    },
    /// It can't be moved there.
    Stays {
        kind: Kind,
        id: String,
        to: String,
    },
}

/// What drawing `from` onto `to` means; `None` where it means nothing.
fn meaning(desk: &Desk<'_>, from: &str, to: &str) -> Option<Meaning> {
    one_way(desk, from, to).or_else(|| one_way(desk, to, from).filter(is_mutual))
}

/// Does it mean the same drawn the other way? Whom a rule lets in, and what moves, has a direction.
fn is_mutual(meaning: &Meaning) -> bool {
    !matches!(meaning, Meaning::Admit { .. } | Meaning::Stays { .. })
}

fn one_way(desk: &Desk<'_>, from: &str, to: &str) -> Option<Meaning> {
    if from == to {
        return None;
    }
    let (of, at) = (from.to_owned(), to.to_owned());
    let groups = |id: &str| -> Vec<String> {
        let interface = desk.interface(id);
        interface
            .map(|it| it.groups.iter().map(ToString::to_string).collect())
            .unwrap_or_default()
    };
    let source = match from {
        INTERNET => vec![Prefix::ANY_V4.to_string()],
        LAPTOP => vec![Prefix::host(LAPTOP_ADDRESS.into()).to_string()],
        _ => match Kind::of_id(from)? {
            Kind::SecurityGroup => vec![of.clone()],
            Kind::Instance | Kind::NetworkInterface => groups(from),
            _ => Vec::new(),
        },
    };
    let to_kind = match to {
        INTERNET => return None,
        _ => Kind::of_id(to)?,
    };
    let admit = || match to_kind {
        Kind::SecurityGroup => Some(Meaning::Admit {
            source: source.clone(),
            into: vec![at.clone()],
        }),
        Kind::Instance | Kind::NetworkInterface => Some(Meaning::Admit {
            source: source.clone(),
            into: groups(to),
        }),
        _ => None,
    };
    let Some(from_kind) = Kind::of_id(from).filter(|_| from != INTERNET && from != LAPTOP) else {
        return admit();
    };
    let stays = || {
        Some(Meaning::Stays {
            kind: from_kind,
            id: of.clone(),
            to: at.clone(),
        })
    };
    match (from_kind, to_kind) {
        (Kind::InternetGateway, Kind::Vpc) => Some(Meaning::AttachGateway {
            gateway: of,
            vpc: at,
        }),
        (Kind::InternetGateway, Kind::Subnet) => Some(Meaning::Route {
            table: table_of(desk, to)?,
            target: of,
            of: Some(at),
        }),
        (Kind::RouteTable, Kind::InternetGateway | Kind::Instance | Kind::NetworkInterface) => {
            Some(Meaning::Route {
                table: of,
                target: at,
                of: None,
            })
        }
        (Kind::RouteTable, Kind::Subnet) => Some(Meaning::AssociateTable {
            table: of,
            subnet: at,
        }),
        (Kind::NetworkAcl, Kind::Subnet) => Some(Meaning::AssociateAcl {
            acl: of,
            subnet: at,
        }),
        (Kind::ElasticIp, Kind::Instance | Kind::NetworkInterface) => {
            Some(Meaning::AssociateAddress {
                address: of,
                host: at,
            })
        }
        (Kind::SecurityGroup, Kind::Instance | Kind::NetworkInterface) => Some(Meaning::AddGroup {
            group: of,
            host: at,
        }),
        (Kind::NetworkInterface, Kind::Instance) => Some(Meaning::AttachInterface {
            interface: of,
            instance: at,
        }),
        (Kind::SecurityGroup, Kind::SecurityGroup)
        | (Kind::Instance, Kind::Instance | Kind::NetworkInterface)
        | (Kind::NetworkInterface, Kind::NetworkInterface) => admit(),
        (
            Kind::Subnet
            | Kind::RouteTable
            | Kind::NetworkAcl
            | Kind::SecurityGroup
            | Kind::Instance
            | Kind::NetworkInterface,
            Kind::Vpc,
        )
        | (Kind::Instance | Kind::NetworkInterface | Kind::SecurityGroup, Kind::Subnet) => stays(),
        _ => None,
    }
}

/// The table that a subnet uses.
fn table_of(desk: &Desk<'_>, subnet: &str) -> Option<String> {
    let subnet = desk.subnet(subnet)?;
    let table = desk.ec2()?.route_table_of(subnet)?;
    Some(table.id.to_string())
}

/// Everything that `from` can be drawn onto, as they were made: id, and what it means.
pub fn joins(desk: &Desk<'_>, from: &str) -> Vec<(String, String)> {
    if access::is_access(from) {
        return access::joins(desk, from);
    }
    let Some(ec2) = desk.ec2() else {
        return Vec::new();
    };
    let mut ids: Vec<(hopwise_cloud::Born, String)> = Vec::new();
    macro_rules! all {
        ($($table:ident),*) => {
            $(ids.extend(ec2.$table.iter().map(|it| (it.born, it.id.to_string())));)*
        };
    }
    all!(
        vpcs,
        subnets,
        route_tables,
        internet_gateways,
        network_acls,
        security_groups,
        network_interfaces,
        addresses
    );
    let alive = ec2.instances.iter().filter(|it| it.state.is_alive());
    ids.extend(alive.map(|it| (it.born, it.id.to_string())));
    ids.sort();
    let here = desk.vpc_of(from);
    ids.into_iter()
        .filter_map(|(_, id)| {
            let meaning = meaning(desk, from, &id)?;
            let there = desk.vpc_of(&id);
            let apart = here.is_some() && there.is_some() && here != there;
            let says = match &meaning {
                Meaning::Stays { .. } => return None,
                // What belongs to a VPC stands in relation to things of the same VPC.
                Meaning::AttachGateway { .. } => "attach to",
                _ if apart => return None,
                Meaning::Route { .. } => "route to",
                Meaning::AssociateTable { .. }
                | Meaning::AssociateAcl { .. }
                | Meaning::AssociateAddress { .. } => "associate with",
                Meaning::AddGroup { .. } => "put on",
                Meaning::AttachInterface { .. } => "attach to",
                Meaning::Admit { .. } => "let into",
            };
            Some((id.clone(), format!("{says} {}", desk.called(&id))))
        })
        .collect()
}

/// What joining two things asks for; `None` where it asks for nothing.
pub fn join_form(desk: &Desk<'_>, from: &str, to: &str) -> Option<Form> {
    match meaning(desk, from, to)? {
        Meaning::Route { table, target, .. } => {
            let form = Form::new(format!(
                "Route in {} to {}",
                desk.called(&table),
                desk.called(&target)
            ));
            Some(form.field(
                "destination",
                "Destination",
                Control::Code,
                Prefix::ANY_V4.to_string(),
                "0.0.0.0/0 is everything that no longer prefix matches.",
            ))
        }
        Meaning::Admit { source, into } => {
            let choices = |ids: &[String]| {
                let choice = |id: &String| Choice::new(id.as_str(), desk.called(id));
                Control::One(ids.iter().map(choice).collect())
            };
            let first = |ids: &[String]| ids.first().cloned().unwrap_or_default();
            let mut form = Form::new(format!(
                "Let {} into {}",
                outer(desk, from),
                outer(desk, to)
            ));
            if source.len() > 1 {
                form = form.field("source", "Source", choices(&source), first(&source), "");
            }
            if into.len() > 1 {
                form = form.field(
                    "into",
                    "Rule in",
                    choices(&into),
                    first(&into),
                    "The security group that gets the rule.",
                );
            }
            let protocols = ["tcp", "udp", "icmp", "all"];
            Some(
                form.field(
                    "protocol",
                    "Protocol",
                    Control::One(protocols.map(|it| Choice::new(it, it)).into()),
                    "tcp",
                    "",
                )
                .field(
                    "ports",
                    "Port",
                    Control::Code,
                    "80",
                    "A port or a range, 8000-8080; tcp and udp only.",
                ),
            )
        }
        _ => None,
    }
}

fn outer(desk: &Desk<'_>, id: &str) -> String {
    match id {
        INTERNET => "everybody".to_owned(),
        LAPTOP => "your laptop".to_owned(),
        _ => desk.called(id),
    }
}

pub(crate) fn join(
    desk: &Desk<'_>,
    from: &str,
    to: &str,
    values: &Values,
) -> Result<Plan, Refusal> {
    let label = match meaning(desk, from, to) {
        Some(Meaning::Admit { .. }) => {
            format!("Let {} into {}", outer(desk, from), outer(desk, to))
        }
        _ => format!("{} to {}", outer(desk, from), outer(desk, to)),
    };
    let mut trial = Trial::new(desk, label);
    into(&mut trial, from, to, values)?;
    trial.done()
}

/// Does it on a trial.
pub(crate) fn into(
    trial: &mut Trial<'_>,
    from: &str,
    to: &str,
    values: &Values,
) -> Result<(), Refusal> {
    if access::is_access(from) || access::is_access(to) {
        return access::join(trial, from, to);
    }
    let Some(meaning) = meaning(&trial.desk(), from, to) else {
        return Err(nothing(&trial.desk(), from, to));
    };
    match meaning {
        Meaning::AttachGateway { gateway, vpc } => attach_gateway(trial, &gateway, &vpc),
        Meaning::Route { table, target, of } => {
            let destination = values
                .get("destination")
                .map_or("0.0.0.0/0", String::as_str);
            route(trial, &table, &target, of.as_deref(), destination)
        }
        Meaning::AssociateTable { table, subnet } => associate_table(trial, &table, &subnet),
        Meaning::AssociateAcl { acl, subnet } => associate_acl(trial, &acl, &subnet),
        Meaning::AssociateAddress { address, host } => address_onto(trial, &address, &host),
        Meaning::AddGroup { group, host } => add_group(trial, &group, &host),
        Meaning::AttachInterface {
            interface,
            instance,
        } => attach_interface(trial, &interface, &instance),
        Meaning::Admit { source, into } => admit(trial, &source, &into, values),
        Meaning::Stays { kind, id, to } => Err(stays(&trial.desk(), kind, &id, &to)),
    }
}

fn nothing(desk: &Desk<'_>, from: &str, to: &str) -> Refusal {
    let word = |id: &str| match id {
        INTERNET => "the internet".to_owned(),
        LAPTOP => "your laptop".to_owned(),
        _ => Kind::of_id(id).map_or_else(|| id.to_owned(), |kind| kind.noun().to_owned()),
    };
    match (Kind::of_id(from), Kind::of_id(to)) {
        (Some(Kind::Instance | Kind::NetworkInterface), Some(Kind::InternetGateway))
        | (Some(Kind::InternetGateway), Some(Kind::Instance | Kind::NetworkInterface)) => {
            let (host, gateway) = match Kind::of_id(to) {
                Some(Kind::InternetGateway) => (from, to),
                _ => (to, from),
            };
            let refusal = Refusal::own(
                "An instance has no routes: the route table of its subnet leads to the gateway.",
            )
            .with_page("https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html");
            match desk.subnet_of(host) {
                Some(subnet) => refusal.with_offer(
                    format!("Route from {} to the gateway", desk.called(&subnet)),
                    Intent::Join {
                        from: gateway.to_owned(),
                        to: subnet,
                        values: Values::new(),
                    },
                ),
                None => refusal,
            }
        }
        (Some(Kind::Vpc), Some(Kind::Vpc)) => {
            Refusal::own("Two VPCs are joined by VPC peering, which isn't in this sandbox yet.")
        }
        _ => Refusal::own(format!(
            "AWS knows no connection between {} and {}.",
            word(from),
            word(to)
        )),
    }
}

/// What stays where it was made.
fn stays(desk: &Desk<'_>, kind: Kind, id: &str, to: &str) -> Refusal {
    let there = match Kind::of_id(to) {
        Some(Kind::Vpc) => desk.vpc_of(id),
        _ => desk.subnet_of(id),
    };
    if there.as_deref() == Some(to) {
        return Refusal::own(format!("{} is there already.", desk.called(id)));
    }
    let (text, page) = match kind {
        Kind::Instance => (
            "An instance stays in the subnet it was launched in: its primary network interface \
             can't leave it.",
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html",
        ),
        Kind::NetworkInterface => (
            "A network interface stays in the subnet it was made in; it can be attached to \
             another instance of the same Availability Zone.",
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html",
        ),
        Kind::SecurityGroup if Kind::of_id(to) == Some(Kind::Subnet) => {
            return Refusal::own(
                "A security group belongs to network interfaces, not to a subnet: put it on an \
                 instance. A subnet is filtered by its network ACL.",
            )
            .with_page(
                "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
            );
        }
        Kind::SecurityGroup => (
            "A security group stays in the VPC it was made in. AWS can associate it with further \
             VPCs of its Region as well; this sandbox can't.",
            "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html",
        ),
        Kind::Subnet => (
            "A subnet stays in its VPC and in its Availability Zone.",
            "https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",
        ),
        _ => (
            "It stays in the VPC it was made in.",
            "https://docs.aws.amazon.com/vpc/latest/userguide/what-is-amazon-vpc.html",
        ),
    };
    Refusal::own(text).with_page(page).with_offer(
        match kind {
            Kind::Instance => format!("Launch a copy in {}", desk.called(to)),
            _ => format!("{} like it in {}", capital(kind.noun()), desk.called(to)),
        },
        Intent::Copy {
            ids: vec![id.to_owned()],
            into: Some(to.to_owned()),
        },
    )
}

fn attach_gateway(trial: &mut Trial<'_>, gateway: &str, vpc: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let it = desk
        .ec2()
        .and_then(|ec2| ec2.internet_gateways.get(gateway));
    let old = it
        .ok_or_else(|| Refusal::gone(gateway))?
        .vpc
        .as_ref()
        .map(ToString::to_string);
    if old.as_deref() == Some(vpc) {
        return Ok(());
    }
    if let Some(old) = old {
        let request = Doc::new()
            .with(detach_internet_gateway::INTERNET_GATEWAY_ID, gateway)
            .with(detach_internet_gateway::VPC_ID, old);
        trial.ec2("DetachInternetGateway", request)?;
    }
    let request = Doc::new()
        .with(attach_internet_gateway::INTERNET_GATEWAY_ID, gateway)
        .with(attach_internet_gateway::VPC_ID, vpc);
    trial.ec2("AttachInternetGateway", request).map(drop)
}

fn route(
    trial: &mut Trial<'_>,
    table: &str,
    target: &str,
    of: Option<&str>,
    destination: &str,
) -> Result<(), Refusal> {
    let desk = trial.desk();
    let it = desk
        .ec2()
        .and_then(|ec2| ec2.route_tables.get(table))
        .ok_or_else(|| Refusal::gone(table))?
        .clone();
    if Kind::of_id(target) == Some(Kind::InternetGateway) && desk.vpc_of(target).is_none() {
        attach_gateway(trial, target, it.vpc.as_str())?;
    }
    let desk = trial.desk();
    let interface = desk.interface(target).map(|it| it.id.to_string());
    let wished = match &interface {
        Some(interface) => Target::NetworkInterface(hopwise_cloud::Id::new(interface)),
        None => Target::of(target)
            .unwrap_or_else(|| Target::InternetGateway(hopwise_cloud::Id::new(target))),
    };
    let present = destination
        .parse()
        .ok()
        .and_then(|wanted| it.route(&wanted));
    if present.is_some_and(|route| route.target == wished) {
        return Ok(());
    }
    if of.is_some() && it.is_main() {
        trial.note(
            "This is the VPC's main route table: every subnet without a table of its own gets \
             the route.",
        );
    }
    let target = interface.as_deref().unwrap_or(target);
    set_route(trial, table, destination, target, present.is_some())
}

/// Leads a destination of a table to a network interface or a gateway; `replaces` where it led
/// somewhere else before.
pub(crate) fn set_route(
    trial: &mut Trial<'_>,
    table: &str,
    destination: &str,
    target: &str,
    replaces: bool,
) -> Result<(), Refusal> {
    let interface = Kind::of_id(target) == Some(Kind::NetworkInterface);
    let (v4, v6) = match is_v6(destination) {
        true => (None, Some(destination)),
        false => (Some(destination), None),
    };
    if replaces {
        let request = Doc::new()
            .with(replace_route::ROUTE_TABLE_ID, table)
            .with_some(replace_route::DESTINATION_CIDR_BLOCK, v4)
            .with_some(replace_route::DESTINATION_IPV6_CIDR_BLOCK, v6);
        let request = match interface {
            true => request.with(replace_route::NETWORK_INTERFACE_ID, target),
            false => request.with(replace_route::GATEWAY_ID, target),
        };
        return trial.ec2("ReplaceRoute", request).map(drop);
    }
    let request = Doc::new()
        .with(create_route::ROUTE_TABLE_ID, table)
        .with_some(create_route::DESTINATION_CIDR_BLOCK, v4)
        .with_some(create_route::DESTINATION_IPV6_CIDR_BLOCK, v6);
    let request = match interface {
        true => request.with(create_route::NETWORK_INTERFACE_ID, target),
        false => request.with(create_route::GATEWAY_ID, target),
    };
    trial.ec2("CreateRoute", request).map(drop)
}

/// Gives a subnet a route table of its own.
pub(crate) fn associate_table(
    trial: &mut Trial<'_>,
    table: &str,
    subnet: &str,
) -> Result<(), Refusal> {
    let desk = trial.desk();
    let old = desk.ec2().and_then(|ec2| {
        ec2.route_tables.iter().find_map(|it| {
            let mut associations = it.associations.iter();
            let mine =
                associations.find(|it| it.subnet().is_some_and(|it| it.as_str() == subnet))?;
            Some((it.id.to_string(), mine.id.to_string()))
        })
    });
    match old {
        Some((old, _)) if old == table => Ok(()),
        Some((_, association)) => {
            let request = Doc::new()
                .with(replace_route_table_association::ASSOCIATION_ID, association)
                .with(replace_route_table_association::ROUTE_TABLE_ID, table);
            trial.ec2("ReplaceRouteTableAssociation", request).map(drop)
        }
        None => {
            let request = Doc::new()
                .with(associate_route_table::ROUTE_TABLE_ID, table)
                .with(associate_route_table::SUBNET_ID, subnet);
            trial.ec2("AssociateRouteTable", request).map(drop)
        }
    }
}

/// Gives a subnet another network ACL.
pub(crate) fn associate_acl(trial: &mut Trial<'_>, acl: &str, subnet: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let old = desk.ec2().and_then(|ec2| {
        ec2.network_acls.iter().find_map(|it| {
            let mut associations = it.associations.iter();
            let mine = associations.find(|it| it.subnet.as_str() == subnet)?;
            Some((it.id.to_string(), mine.id.to_string()))
        })
    });
    let (old, association) = old.ok_or_else(|| Refusal::gone(subnet))?;
    if old == acl {
        return Ok(());
    }
    let request = Doc::new()
        .with(replace_network_acl_association::ASSOCIATION_ID, association)
        .with(replace_network_acl_association::NETWORK_ACL_ID, acl);
    trial.ec2("ReplaceNetworkAclAssociation", request).map(drop)
}

fn address_onto(trial: &mut Trial<'_>, address: &str, host: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let it = desk.ec2().and_then(|ec2| ec2.addresses.get(address));
    let old = it
        .ok_or_else(|| Refusal::gone(address))?
        .association
        .clone();
    if let Some(old) = &old
        && desk
            .interface(host)
            .is_some_and(|it| it.id == old.interface)
    {
        return Ok(());
    }
    let request = Doc::new().with(associate_address::ALLOCATION_ID, address);
    let request = match Kind::of_id(host) {
        Some(Kind::Instance) => request.with(associate_address::INSTANCE_ID, host),
        _ => request.with(associate_address::NETWORK_INTERFACE_ID, host),
    };
    let request = request.with_some(associate_address::ALLOW_REASSOCIATION, old.map(|_| true));
    trial.ec2("AssociateAddress", request).map(drop)
}

/// Takes an Elastic IP address away from what has it.
pub(crate) fn disassociate(trial: &mut Trial<'_>, address: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let it = desk.ec2().and_then(|ec2| ec2.addresses.get(address));
    let Some(association) = it.and_then(|it| it.association.clone()) else {
        return Ok(());
    };
    let request = Doc::new().with(
        disassociate_address::ASSOCIATION_ID,
        association.id.to_string(),
    );
    trial.ec2("DisassociateAddress", request).map(drop)
}

fn add_group(trial: &mut Trial<'_>, group: &str, host: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let interface = desk.interface(host).ok_or_else(|| Refusal::gone(host))?;
    let mut groups: Vec<String> = interface.groups.iter().map(ToString::to_string).collect();
    if groups.iter().any(|it| it == group) {
        return Err(Refusal::own(format!(
            "{} has {} already.",
            desk.called(host),
            desk.called(group)
        )));
    }
    let kept: Vec<String> = groups.iter().map(|it| desk.called(it)).collect();
    let kept = match kept.is_empty() {
        true => None,
        false => Some(format!(
            "{} keeps {} too: what any of its groups allows is allowed. Its settings take a group \
             off.",
            desk.called(host),
            kept.join(", ")
        )),
    };
    groups.push(group.to_owned());
    let interface = interface.id.to_string();
    set_groups(trial, &interface, groups)?;
    kept.into_iter().for_each(|kept| trial.note(kept));
    Ok(())
}

/// Gives an interface these security groups.
pub(crate) fn set_groups(
    trial: &mut Trial<'_>,
    interface: &str,
    groups: Vec<String>,
) -> Result<(), Refusal> {
    let request = Doc::new()
        .with(
            modify_network_interface_attribute::NETWORK_INTERFACE_ID,
            interface,
        )
        .with(modify_network_interface_attribute::GROUPS, groups);
    trial
        .ec2("ModifyNetworkInterfaceAttribute", request)
        .map(drop)
}

/// Detaches a secondary interface.
pub(crate) fn detach(trial: &mut Trial<'_>, interface: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let attachment = desk
        .interface(interface)
        .and_then(|it| it.attachment.clone());
    let Some(attachment) = attachment else {
        return Ok(());
    };
    let request = Doc::new().with(
        detach_network_interface::ATTACHMENT_ID,
        attachment.id.to_string(),
    );
    trial.ec2("DetachNetworkInterface", request).map(drop)
}

fn attach_interface(trial: &mut Trial<'_>, interface: &str, instance: &str) -> Result<(), Refusal> {
    let there = trial.desk().interface(interface).is_some_and(|it| {
        let attachment = it.attachment.as_ref();
        attachment.is_some_and(|it| it.instance.as_str() == instance)
    });
    if there {
        return Ok(());
    }
    detach(trial, interface)?;
    let desk = trial.desk();
    let it = desk
        .instance(instance)
        .ok_or_else(|| Refusal::gone(instance))?;
    let used: Vec<i64> = desk
        .ec2()
        .map(|ec2| {
            let interfaces = ec2.interfaces_of(&it.id).into_iter();
            interfaces
                .filter_map(|it| it.attachment.as_ref().map(|it| it.device))
                .collect()
        })
        .unwrap_or_default();
    let free = (0..).find(|device| !used.contains(device)).unwrap_or(1);
    let request = Doc::new()
        .with(attach_network_interface::NETWORK_INTERFACE_ID, interface)
        .with(attach_network_interface::INSTANCE_ID, instance)
        .with(attach_network_interface::DEVICE_INDEX, free);
    trial.ec2("AttachNetworkInterface", request).map(drop)
}

fn admit(
    trial: &mut Trial<'_>,
    source: &[String],
    into: &[String],
    values: &Values,
) -> Result<(), Refusal> {
    let pick = |key: &str, from: &[String]| {
        let wished = values.get(key).filter(|it| from.contains(it));
        wished
            .or(from.first())
            .cloned()
            .ok_or_else(|| Refusal::own("There is no security group to hold the rule."))
    };
    let (source, group) = (pick("source", source)?, pick("into", into)?);
    let protocol = values.get("protocol").map_or("tcp", String::as_str);
    let ports = match protocol {
        "icmp" => "all",
        _ => values.get("ports").map_or("80", String::as_str),
    };
    let permission = permission(protocol, ports, &source, None)?;
    let request = Doc::new()
        .with(authorize::GROUP_ID, group)
        .with(authorize::IP_PERMISSIONS, vec![permission]);
    let answer = trial.ec2("AuthorizeSecurityGroupIngress", request)?;
    let rule = id_at(&answer, &["SecurityGroupRules", "0", "SecurityGroupRuleId"]);
    trial.made(&rule);
    Ok(())
}

/// A protocol and its ports, as AWS writes them: the word, the first and the last.
pub(crate) fn ports(protocol: &str, ports: &str) -> Result<(String, Option<(i64, i64)>), Refusal> {
    let protocol = protocol.trim();
    if protocol == "all" || protocol == "-1" {
        return Ok(("-1".to_owned(), None));
    }
    let known = Protocol::parse(protocol).ok_or_else(|| {
        Refusal::own(format!(
            "`{protocol}` is no protocol: tcp, udp, icmp, all, or a number."
        ))
    })?;
    let ports = ports.trim();
    let range = if known.is_icmp() {
        Some(icmp(ports)?)
    } else if known.has_ports() {
        let range = range(ports)?;
        Some((i64::from(range.first), i64::from(range.last)))
    } else {
        None
    };
    Ok((known.to_string(), range))
}

/// Type and code of ICMP: `all`, `8`, `3 4`.
fn icmp(text: &str) -> Result<(i64, i64), Refusal> {
    if text.is_empty() || text == "all" {
        return Ok((-1, -1));
    }
    let mut numbers = text.split_whitespace().map(str::parse::<i64>);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(kind)), None, _) => Ok((kind, -1)),
        (Some(Ok(kind)), Some(Ok(code)), None) => Ok((kind, code)),
        _ => Err(Refusal::own(format!(
            "`{text}` is no ICMP type: write all, a type (8), or a type and a code (3 4)."
        ))),
    }
}

/// `80`, `8000-8080`, `all`.
pub(crate) fn range(text: &str) -> Result<PortRange, Refusal> {
    if text.is_empty() || text == "all" {
        return Ok(PortRange::ALL);
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let parsed = match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) => PortRange::new(first, last),
        _ => None,
    };
    parsed.ok_or_else(|| {
        Refusal::own(format!(
            "`{text}` is no port: write 443, a range like 1024-65535, or all."
        ))
    })
}

/// Is it an IPv6 block? What is no block at all goes by its colons, so that AWS's refusal is about
/// what was meant.
pub(crate) fn is_v6(block: &str) -> bool {
    let parsed = block.trim().parse::<Prefix>();
    parsed.map_or(block.contains(':'), |block| !block.is_v4())
}

/// A permission of a security group.
pub(crate) fn permission(
    protocol: &str,
    port: &str,
    peer: &str,
    description: Option<&str>,
) -> Result<Doc<hopwise_cloud::fields::ec2::shape::IpPermission>, Refusal> {
    let (protocol, range) = ports(protocol, port)?;
    let permission = Doc::new()
        .with(ip_permission::IP_PROTOCOL, protocol)
        .with_some(ip_permission::FROM_PORT, range.map(|it| it.0))
        .with_some(ip_permission::TO_PORT, range.map(|it| it.1));
    let peer = peer.trim();
    Ok(match Kind::of_id(peer) {
        Some(Kind::SecurityGroup) => permission.with(
            ip_permission::USER_ID_GROUP_PAIRS,
            vec![
                Doc::new()
                    .with(user_id_group_pair::GROUP_ID, peer)
                    .with_some(user_id_group_pair::DESCRIPTION, description),
            ],
        ),
        _ if is_v6(peer) => permission.with(
            ip_permission::IPV6_RANGES,
            vec![
                Doc::new()
                    .with(ipv6_range::CIDR_IPV6, peer)
                    .with_some(ipv6_range::DESCRIPTION, description),
            ],
        ),
        _ => permission.with(
            ip_permission::IP_RANGES,
            vec![
                Doc::new()
                    .with(ip_range::CIDR_IP, peer)
                    .with_some(ip_range::DESCRIPTION, description),
            ],
        ),
    })
}

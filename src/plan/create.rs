//! New things: what to ask for, with a proposal for everything, and the calls that make them.

use crate::access;
use crate::blocks;
use crate::desk::Desk;
use crate::form::{Choice, Control, Filled, Form, Values};
use crate::intent::{Intent, Kind, Place, Plan, Refusal};
use crate::join;
use crate::trial::{Trial, id_at};
use hopwise_cloud::ec2::{Image, image};
use hopwise_cloud::field::{Doc, Field, List, Struct};
use hopwise_cloud::fields::ec2::shape;
use hopwise_cloud::fields::ec2::{
    allocate_address, create_internet_gateway, create_network_acl, create_network_interface,
    create_route_table, create_security_group, create_subnet, create_vpc,
    instance_network_interface_specification as specification, run_instances, tag,
    tag_specification,
};
use hopwise_cloud::json;

/// The VPC a new thing goes into.
fn vpc(desk: &Desk<'_>, kind: Kind, place: &Place) -> Result<String, Refusal> {
    let on = place.on.as_deref().unwrap_or_default();
    if let Some(vpc) = desk.vpc_of(on) {
        return Ok(vpc);
    }
    let vpcs: Vec<_> = desk.ec2().map(|it| it.vpcs.by_birth()).unwrap_or_default();
    let mut refusal = Refusal::own(match vpcs.is_empty() {
        true => format!(
            "{} is in a VPC, and there is none yet.",
            capital(kind.noun())
        ),
        false => format!("{} is in a VPC: put it onto one.", capital(kind.noun())),
    });
    for vpc in vpcs {
        let id = vpc.id.as_str();
        refusal = refusal.with_offer(
            format!("Make it in {}", desk.called(id)),
            Intent::Create {
                kind,
                place: Place::on(id),
                values: Values::new(),
            },
        );
    }
    if refusal.offers.is_empty() {
        refusal = refusal.with_offer(
            "Make a VPC",
            Intent::Create {
                kind: Kind::Vpc,
                place: Place::default(),
                values: Values::new(),
            },
        );
    }
    Err(refusal)
}

/// The subnet a new thing goes into.
fn subnet(desk: &Desk<'_>, kind: Kind, place: &Place) -> Result<String, Refusal> {
    let on = place.on.as_deref().unwrap_or_default();
    if let Some(subnet) = desk.subnet_of(on) {
        return Ok(subnet);
    }
    let vpc = vpc(desk, kind, place)?;
    let mut refusal = Refusal::own(format!(
        "{} is in a subnet: put it onto one.",
        capital(kind.noun())
    ));
    let subnets = desk.ec2().map(|it| it.subnets.by_birth());
    for subnet in subnets.into_iter().flatten() {
        if subnet.vpc.as_str() == vpc {
            let id = subnet.id.as_str();
            refusal = refusal.with_offer(
                format!("Make it in {}", desk.called(id)),
                Intent::Create {
                    kind,
                    place: Place::on(id),
                    values: Values::new(),
                },
            );
        }
    }
    if refusal.offers.is_empty() {
        refusal = refusal.with_offer(
            "Make a subnet",
            Intent::Create {
                kind: Kind::Subnet,
                place: Place::on(&vpc),
                values: Values::new(),
            },
        );
    }
    Err(refusal)
}

/// Words with a capital, as a sentence or a row of a list begins.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// What a new thing of this kind is asked for, where it was dropped.
///
/// # Errors
///
/// Where it can't be, with the places where it can.
pub fn create_form(desk: &Desk<'_>, kind: Kind, place: &Place) -> Result<Form, Refusal> {
    if kind.is_access() {
        return access::create_form(desk, kind, place);
    }
    let form = Form::new(format!("New {}", kind.bare()));
    Ok(match kind {
        Kind::Vpc => form.name("").field(
            "cidr",
            "IPv4 CIDR block",
            Control::Code,
            blocks::vpc_proposal(desk).map_or(String::new(), |block| block.to_string()),
            "Its own range of addresses, /28 to /16.",
        ),
        Kind::Subnet => {
            let vpc = vpc(desk, kind, place)?;
            let zones = zones(desk);
            let zone = place.zone.clone().unwrap_or_default();
            let zone = match zone.is_empty() {
                true => zones.first().map_or(String::new(), |it| it.value.clone()),
                false => zone,
            };
            let block = blocks::subnet_proposal(desk, &vpc);
            form.name("")
                .field(
                    "zone",
                    "Availability Zone",
                    Control::One(zones),
                    zone,
                    "A subnet is in one zone for ever.",
                )
                .field(
                    "cidr",
                    "IPv4 CIDR block",
                    Control::Code,
                    block.map_or(String::new(), |block| block.to_string()),
                    match block {
                        Some(_) => "A free part of the VPC's range.",
                        None => "The VPC's range is used up.",
                    },
                )
        }
        Kind::Instance => {
            let subnet = subnet(desk, kind, place)?;
            let vpc = desk.vpc_of(&subnet).unwrap_or_default();
            let maps = desk.subnet(&subnet).is_some_and(|it| it.map_public_ip);
            let public = vec![
                Choice::new(
                    "",
                    match maps {
                        true => "as the subnet says: yes",
                        false => "as the subnet says: no",
                    },
                ),
                Choice::new("yes", "yes"),
                Choice::new("no", "no"),
            ];
            let images: Vec<Choice> = desk
                .here()
                .map(|region| {
                    Image::words(region)
                        .map(|(word, id)| Choice::new(id, image_word(word)))
                        .collect()
                })
                .unwrap_or_default();
            let first = images.first().map_or(String::new(), |it| it.value.clone());
            let mut keys = vec![Choice::new("", "none")];
            if let Some(ec2) = desk.ec2() {
                let names = ec2.key_pairs.by_birth().into_iter();
                keys.extend(names.map(|key| Choice::new(key.name.as_str(), key.name.as_str())));
            }
            form.name("")
                .field(
                    "image",
                    "Image",
                    Control::One(images),
                    first,
                    "What is on its disk when it starts.",
                )
                .field("type", "Instance type", types(), "t3.micro", "")
                .field(
                    "groups",
                    "Security groups",
                    groups(desk, &vpc),
                    default_group(desk, &vpc),
                    "None means the VPC's default group.",
                )
                .field(
                    "public",
                    "Public IPv4 address",
                    Control::One(public),
                    "",
                    "It is lost when the instance stops.",
                )
                .field("key", "Key pair", Control::One(keys), "", "")
                .field(
                    "user-data",
                    "User data",
                    Control::Lines,
                    "",
                    "A script for the first boot; it begins with #!/bin/bash.",
                )
        }
        Kind::NetworkInterface => {
            let subnet = subnet(desk, kind, place)?;
            let vpc = desk.vpc_of(&subnet).unwrap_or_default();
            form.name("")
                .field(
                    "address",
                    "Private address",
                    Control::Code,
                    "",
                    "Empty means the lowest free one.",
                )
                .field(
                    "groups",
                    "Security groups",
                    groups(desk, &vpc),
                    default_group(desk, &vpc),
                    "None means the VPC's default group.",
                )
        }
        Kind::SecurityGroup => {
            let vpc = vpc(desk, kind, place)?;
            let names: Vec<String> = desk
                .ec2()
                .map(|ec2| {
                    let groups = ec2.security_groups.iter();
                    groups
                        .filter(|group| group.vpc.as_str() == vpc)
                        .map(|group| group.name.clone())
                        .collect()
                })
                .unwrap_or_default();
            let free = (1..)
                .map(|number: u32| format!("group-{number}"))
                .find(|name| !names.contains(name))
                .unwrap_or_default();
            form.field(
                "group-name",
                "Group name",
                Control::Text,
                free,
                "AWS never changes it afterwards.",
            )
            .field(
                "description",
                "Description",
                Control::Text,
                "made on the map",
                "AWS wants one, and never changes it afterwards.",
            )
        }
        Kind::RouteTable | Kind::NetworkAcl => {
            vpc(desk, kind, place)?;
            form.name("")
        }
        _ => form.name(""),
    })
}

fn image_word(word: &str) -> &str {
    match word {
        "al2023" => "Amazon Linux 2023",
        "web_image" => "Web server (listens on port 80)",
        "ubuntu" => "Ubuntu 24.04",
        "db_image" => "PostgreSQL database (listens on port 5432)",
        other => other,
    }
}

fn zones(desk: &Desk<'_>) -> Vec<Choice> {
    desk.here()
        .map(|region| {
            region
                .zone_names()
                .map(|(name, _)| Choice::new(name.as_str(), name.as_str()))
                .collect()
        })
        .unwrap_or_default()
}

pub(crate) fn types() -> Control {
    Control::One(
        image::instance_types()
            .map(|kind| {
                // To a tenth: 1740 MiB are 1.7 GiB.
                let memory = (kind.memory as f64 / 102.4).round() / 10.0;
                let label = format!("{}, {} vCPU, {memory} GiB", kind.name, kind.vcpus);
                Choice::new(kind.name, label)
            })
            .collect(),
    )
}

pub(crate) fn groups(desk: &Desk<'_>, vpc: &str) -> Control {
    Control::Many(
        desk.groups_in(vpc)
            .into_iter()
            .map(|(id, name)| Choice::new(id, name))
            .collect(),
    )
}

fn default_group(desk: &Desk<'_>, vpc: &str) -> String {
    let groups = desk.ec2().map(|ec2| ec2.security_groups.by_birth());
    groups
        .into_iter()
        .flatten()
        .find(|group| group.vpc.as_str() == vpc && group.is_default())
        .map(|group| group.id.to_string())
        .unwrap_or_default()
}

/// The request with a `Name` tag for the thing it makes.
fn named<S>(
    request: Doc<S>,
    field: Field<S, List<Struct<shape::TagSpecification>>>,
    kind: Kind,
    filled: &Filled,
) -> Doc<S> {
    let Some(name) = filled.some("name") else {
        return request;
    };
    let tags = vec![Doc::new().with(tag::KEY, "Name").with(tag::VALUE, name)];
    let specification = Doc::new()
        .with(tag_specification::RESOURCE_TYPE, kind.word())
        .with(tag_specification::TAGS, tags);
    request.with(field, vec![specification])
}

pub(crate) fn create(
    desk: &Desk<'_>,
    kind: Kind,
    place: &Place,
    values: &Values,
) -> Result<Plan, Refusal> {
    let filled = create_form(desk, kind, place)?.filled(values);
    let label = match filled.some("name").or(filled.some("group-name")) {
        Some(name) => format!("New {} {name}", kind.bare()),
        None => format!("New {}", kind.bare()),
    };
    let mut trial = Trial::new(desk, label);
    let id = match kind.is_access() {
        true => access::make(&mut trial, desk, kind, place, (values, &filled))?,
        false => make(&mut trial, desk, kind, place, &filled)?,
    };
    trial.made(&id);
    // What is dropped onto something is joined with it, where that means anything.
    if let Some(on) = place.on.as_deref() {
        let container = match kind {
            Kind::InternetGateway => desk.vpc_of(on),
            Kind::RouteTable | Kind::NetworkAcl => desk.subnet_of(on),
            Kind::ElasticIp | Kind::SecurityGroup | Kind::NetworkInterface => {
                desk.interface(on).map(|_| on.to_owned())
            }
            _ => None,
        };
        if let Some(container) = container {
            join::into(&mut trial, &id, &container, &Values::new())?;
        }
    }
    trial.done()
}

fn make(
    trial: &mut Trial<'_>,
    desk: &Desk<'_>,
    kind: Kind,
    place: &Place,
    filled: &Filled,
) -> Result<String, Refusal> {
    match kind {
        Kind::Vpc => {
            let request = Doc::new().with_some(create_vpc::CIDR_BLOCK, filled.some("cidr"));
            let request = named(request, create_vpc::TAG_SPECIFICATIONS, kind, filled);
            let answer = trial.ec2("CreateVpc", request)?;
            Ok(id_at(&answer, &["Vpc", "VpcId"]))
        }
        Kind::Subnet => {
            let request = Doc::new()
                .with(create_subnet::VPC_ID, vpc(desk, kind, place)?)
                .with_some(create_subnet::CIDR_BLOCK, filled.some("cidr"))
                .with_some(create_subnet::AVAILABILITY_ZONE, filled.some("zone"));
            let request = named(request, create_subnet::TAG_SPECIFICATIONS, kind, filled);
            let answer = trial.ec2("CreateSubnet", request)?;
            Ok(id_at(&answer, &["Subnet", "SubnetId"]))
        }
        Kind::RouteTable => {
            let request = Doc::new().with(create_route_table::VPC_ID, vpc(desk, kind, place)?);
            let tags = create_route_table::TAG_SPECIFICATIONS;
            let answer = trial.ec2("CreateRouteTable", named(request, tags, kind, filled))?;
            Ok(id_at(&answer, &["RouteTable", "RouteTableId"]))
        }
        Kind::NetworkAcl => {
            let request = Doc::new().with(create_network_acl::VPC_ID, vpc(desk, kind, place)?);
            let tags = create_network_acl::TAG_SPECIFICATIONS;
            let answer = trial.ec2("CreateNetworkAcl", named(request, tags, kind, filled))?;
            Ok(id_at(&answer, &["NetworkAcl", "NetworkAclId"]))
        }
        Kind::InternetGateway => {
            let tags = create_internet_gateway::TAG_SPECIFICATIONS;
            let request = named(Doc::new(), tags, kind, filled);
            let answer = trial.ec2("CreateInternetGateway", request)?;
            Ok(id_at(&answer, &["InternetGateway", "InternetGatewayId"]))
        }
        Kind::ElasticIp => {
            let request = Doc::new().with(allocate_address::DOMAIN, "vpc");
            let tags = allocate_address::TAG_SPECIFICATIONS;
            let answer = trial.ec2("AllocateAddress", named(request, tags, kind, filled))?;
            Ok(id_at(&answer, &["AllocationId"]))
        }
        Kind::SecurityGroup => {
            let request = Doc::new()
                .with_some(create_security_group::GROUP_NAME, filled.some("group-name"))
                .with_some(
                    create_security_group::DESCRIPTION,
                    filled.some("description"),
                )
                .with(create_security_group::VPC_ID, vpc(desk, kind, place)?);
            let answer = trial.ec2("CreateSecurityGroup", request)?;
            Ok(id_at(&answer, &["GroupId"]))
        }
        Kind::NetworkInterface => {
            let groups = filled.many("groups");
            let request = Doc::new()
                .with(
                    create_network_interface::SUBNET_ID,
                    subnet(desk, kind, place)?,
                )
                .with_some(
                    create_network_interface::PRIVATE_IP_ADDRESS,
                    filled.some("address"),
                )
                .with_some(
                    create_network_interface::GROUPS,
                    (!groups.is_empty()).then_some(groups),
                );
            let tags = create_network_interface::TAG_SPECIFICATIONS;
            let answer = trial.ec2("CreateNetworkInterface", named(request, tags, kind, filled))?;
            Ok(id_at(&answer, &["NetworkInterface", "NetworkInterfaceId"]))
        }
        _ => {
            let launch = Launch {
                subnet: subnet(desk, kind, place)?,
                image: filled.raw("image").to_owned(),
                kind: filled.raw("type").to_owned(),
                groups: filled.many("groups"),
                public: filled.some("public").map(|public| public == "yes"),
                key: filled.some("key").map(str::to_owned),
                user_data: Some(filled.raw("user-data"))
                    .filter(|script| !script.trim().is_empty())
                    .map(str::to_owned),
                protected: false,
                tags: filled
                    .some("name")
                    .map(|name| ("Name".to_owned(), name.to_owned()))
                    .into_iter()
                    .collect(),
            };
            launch.run(trial)
        }
    }
}

/// An instance to launch.
pub(crate) struct Launch {
    pub(crate) subnet: String,
    pub(crate) image: String,
    pub(crate) kind: String,
    pub(crate) groups: Vec<String>,
    /// A public address; `None` leaves it to the subnet.
    pub(crate) public: Option<bool>,
    pub(crate) key: Option<String>,
    pub(crate) user_data: Option<String>,
    /// Is it protected from being terminated?
    pub(crate) protected: bool,
    pub(crate) tags: Vec<(String, String)>,
}

impl Launch {
    /// Launches it; gives its id.
    pub(crate) fn run(&self, trial: &mut Trial<'_>) -> Result<String, Refusal> {
        let groups = (!self.groups.is_empty()).then(|| self.groups.clone());
        let mut request = Doc::new()
            .with(run_instances::IMAGE_ID, self.image.as_str())
            .with(run_instances::INSTANCE_TYPE, self.kind.as_str())
            .with_some(run_instances::KEY_NAME, self.key.as_deref());
        request = match self.public {
            None => request
                .with_some(run_instances::SECURITY_GROUP_IDS, groups)
                .with(run_instances::SUBNET_ID, self.subnet.as_str()),
            // With an interface given, the subnet and the groups belong to it.
            Some(public) => request.with(
                run_instances::NETWORK_INTERFACES,
                vec![
                    Doc::new()
                        .with(specification::DEVICE_INDEX, 0)
                        .with(specification::ASSOCIATE_PUBLIC_IP_ADDRESS, public)
                        .with(specification::SUBNET_ID, self.subnet.as_str())
                        .with_some(specification::GROUPS, groups),
                ],
            ),
        };
        let script = self.user_data.as_deref();
        request = request.with_some(
            run_instances::USER_DATA,
            script.map(|script| json::base64(script.as_bytes())),
        );
        request = request.with_some(
            run_instances::DISABLE_API_TERMINATION,
            self.protected.then_some(true),
        );
        if !self.tags.is_empty() {
            let specification = Doc::new()
                .with(tag_specification::RESOURCE_TYPE, Kind::Instance.word())
                .with(tag_specification::TAGS, crate::tags::docs(&self.tags));
            request = request.with(run_instances::TAG_SPECIFICATIONS, vec![specification]);
        }
        request = request
            .with(run_instances::MIN_COUNT, 1)
            .with(run_instances::MAX_COUNT, 1);
        let answer = trial.ec2("RunInstances", request)?;
        Ok(id_at(&answer, &["Instances", "0", "InstanceId"]))
    }
}

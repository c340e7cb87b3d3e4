//! Images, and the instance types this cloud has.

use super::select::wildcard;
use crate::digest::Digest;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    block_device_mapping, describe_images, describe_images_result, describe_instance_types,
    describe_instance_types_result, ebs_block_device, filter, image, instance_type_info,
    memory_info, processor_info, v_cpu_info,
};
use crate::region::Region;
use hopwise_machine::{Machine, Os};

/// An image that instances are launched from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// `ami-…`, another one in each Region.
    pub id: String,
    model: &'static Model,
}

#[derive(PartialEq, Eq, Debug)]
struct Model {
    /// The name by which lessons know it: `$al2023`.
    word: &'static str,
    name: &'static str,
    description: &'static str,
    owner: &'static str,
    alias: Option<&'static str>,
    created: &'static str,
    os: Os,
    root: &'static str,
    /// A package whose service runs from the first boot.
    service: Option<&'static str>,
}

const MODELS: &[Model] = &[
    Model {
        word: "al2023",
        name: "al2023-ami-2023.9.20251208.0-kernel-6.1-x86_64",
        description: "Amazon Linux 2023 AMI 2023.9.20251208.0 x86_64 HVM kernel-6.1",
        owner: "137112412989",
        alias: Some("amazon"),
        created: "2025-12-08T20:17:31.000Z",
        os: Os::AmazonLinux2023,
        root: "/dev/xvda",
        service: None,
    },
    Model {
        word: "web_image",
        name: "hopwise-web-server-1.0-x86_64",
        description: "Amazon Linux 2023 with a web server on port 80, of this sandbox",
        owner: "210987654321",
        alias: None,
        created: "2025-12-15T09:00:00.000Z",
        os: Os::AmazonLinux2023,
        root: "/dev/xvda",
        service: Some("httpd"),
    },
    Model {
        word: "ubuntu",
        name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251212",
        description: "Canonical, Ubuntu, 24.04, amd64 noble image",
        owner: "099720109477",
        alias: None,
        created: "2025-12-12T07:22:14.000Z",
        os: Os::Ubuntu,
        root: "/dev/sda1",
        service: None,
    },
    Model {
        word: "db_image",
        name: "hopwise-postgresql-server-1.0-x86_64",
        description: "Amazon Linux 2023 with a PostgreSQL server on port 5432, of this sandbox",
        owner: "210987654321",
        alias: None,
        created: "2025-12-15T09:00:00.000Z",
        os: Os::AmazonLinux2023,
        root: "/dev/xvda",
        service: Some("postgresql15-server"),
    },
];

impl Image {
    fn of(model: &'static Model, region: &Region) -> Self {
        let bits = Digest::of(&(model.name, region.name));
        Image {
            id: format!("ami-0{bits:016x}"),
            model,
        }
    }

    /// The images of a Region.
    pub fn all(region: &Region) -> impl Iterator<Item = Image> {
        MODELS.iter().map(move |model| Image::of(model, region))
    }

    /// The names by which lessons and the terminal know the images of a Region, and their ids.
    pub fn words(region: &Region) -> impl Iterator<Item = (&'static str, String)> {
        Image::all(region).map(|image| (image.model.word, image.id))
    }

    /// The name by which lessons and the terminal know an image; no two Regions have the same id.
    pub(crate) fn word_of(id: &str) -> Option<&'static str> {
        let mut words = crate::REGIONS.iter().flat_map(Image::words);
        words.find_map(|(word, image)| (image == id).then_some(word))
    }

    pub(crate) fn find(region: &Region, id: &str) -> Result<Image, Fault> {
        if !id.starts_with("ami-") {
            return Err(Fault::new(
                "InvalidAMIID.Malformed",
                format!("Invalid id: \"{id}\" (expecting \"ami-...\")"),
            ));
        }
        Image::all(region)
            .find(|image| image.id == id)
            .ok_or_else(|| {
                Fault::new(
                    "InvalidAMIID.NotFound",
                    format!("The image id '[{id}]' does not exist"),
                )
            })
    }

    /// The name of the device that holds the root volume.
    pub(crate) fn root_device(id: &str) -> &'static str {
        crate::region::REGIONS
            .iter()
            .flat_map(Image::all)
            .find(|image| image.id == id)
            .map_or("/dev/xvda", |image| image.model.root)
    }

    /// A new machine with this image.
    pub(crate) fn machine(&self, hostname: &str) -> Machine {
        let machine = Machine::new(hostname, self.model.os);
        match self.model.service {
            Some(package) => machine.with_service(package),
            None => machine,
        }
    }
}

/// An instance type.
#[derive(PartialEq, Eq, Debug)]
pub struct InstanceType {
    /// Its name, e.g. `t3.micro`.
    pub name: &'static str,
    /// Its virtual processors.
    pub vcpus: i64,
    /// Its memory in MiB.
    pub memory: i64,
    /// How many network interfaces an instance of it may have.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html>
    pub interfaces: usize,
    /// How many addresses of a family each of them may have.
    pub addresses: usize,
    threads: i64,
}

impl InstanceType {
    /// Cores and threads of each.
    pub(crate) fn cores(&self) -> (i64, i64) {
        (self.vcpus / self.threads, self.threads)
    }
}

const fn kind(
    name: &'static str,
    vcpus: i64,
    memory: i64,
    threads: i64,
    (interfaces, addresses): (usize, usize),
) -> InstanceType {
    InstanceType {
        name,
        vcpus,
        memory,
        interfaces,
        addresses,
        threads,
    }
}

/// <https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html>
const TYPES: &[InstanceType] = &[
    kind("c5.large", 2, 4_096, 2, (3, 10)),
    kind("m1.small", 1, 1_740, 1, (2, 4)),
    kind("m5.large", 2, 8_192, 2, (3, 10)),
    kind("m5.xlarge", 4, 16_384, 2, (4, 15)),
    kind("r5.large", 2, 16_384, 2, (3, 10)),
    kind("t2.medium", 2, 4_096, 1, (3, 6)),
    kind("t2.micro", 1, 1_024, 1, (2, 2)),
    kind("t2.nano", 1, 512, 1, (2, 2)),
    kind("t2.small", 1, 2_048, 1, (3, 4)),
    kind("t3.large", 2, 8_192, 2, (3, 12)),
    kind("t3.medium", 2, 4_096, 2, (3, 6)),
    kind("t3.micro", 2, 1_024, 2, (2, 2)),
    kind("t3.nano", 2, 512, 2, (2, 2)),
    kind("t3.small", 2, 2_048, 2, (3, 4)),
];

/// The instance types there are, by name.
pub fn instance_types() -> impl Iterator<Item = &'static InstanceType> {
    TYPES.iter()
}

/// The instance type called `name`.
pub fn instance_type(name: &str) -> Option<&'static InstanceType> {
    TYPES.iter().find(|kind| kind.name == name)
}

fn filter_values(one: &Image, name: &str) -> Option<String> {
    Some(match name {
        "architecture" => "x86_64".to_owned(),
        "block-device-mapping.volume-type" => "gp3".to_owned(),
        "creation-date" => one.model.created.to_owned(),
        "description" => one.model.description.to_owned(),
        "ena-support" => "true".to_owned(),
        "hypervisor" => "xen".to_owned(),
        "image-id" => one.id.clone(),
        "image-type" => "machine".to_owned(),
        "is-public" => "true".to_owned(),
        "name" => one.model.name.to_owned(),
        "owner-alias" => one.model.alias.unwrap_or_default().to_owned(),
        "owner-id" => one.model.owner.to_owned(),
        "root-device-name" => one.model.root.to_owned(),
        "root-device-type" => "ebs".to_owned(),
        "state" => "available".to_owned(),
        "virtualization-type" => "hvm".to_owned(),
        "platform-details" => "Linux/UNIX".to_owned(),
        _ => return None,
    })
}

/// `DescribeImages`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeImagesRequest>,
) -> Result<Doc<DescribeImagesResult>, Fault> {
    let ids: Vec<&str> = request.items(describe_images::IMAGE_IDS).collect();
    for id in &ids {
        Image::find(context.region, id)?;
    }
    let owners: Vec<&str> = request.items(describe_images::OWNERS).collect();
    let mut found: Vec<Image> = Image::all(context.region)
        .filter(|image| ids.is_empty() || ids.contains(&image.id.as_str()))
        .filter(|image| {
            owners.is_empty()
                || owners.contains(&image.model.owner)
                || image
                    .model
                    .alias
                    .is_some_and(|alias| owners.contains(&alias))
        })
        .collect();
    for one in request.items(describe_images::FILTERS) {
        let name = one.get(filter::NAME).unwrap_or_default();
        let values: Vec<&str> = one.items(filter::VALUES).collect();
        let known = MODELS
            .first()
            .is_some_and(|model| filter_values(&Image::of(model, context.region), name).is_some());
        if !known && !name.starts_with("tag") {
            return Err(Fault::value(format!("The filter '{name}' is invalid")));
        }
        found.retain(|image| {
            filter_values(image, name)
                .is_some_and(|have| values.iter().any(|wanted| wildcard(wanted, &have)))
        });
    }
    let list: Vec<Doc<shape::Image>> = found
        .iter()
        .map(|it| {
            let disk = Doc::new()
                .with(ebs_block_device::DELETE_ON_TERMINATION, true)
                .with(ebs_block_device::VOLUME_SIZE, 8)
                .with(ebs_block_device::VOLUME_TYPE, "gp3")
                .with(ebs_block_device::ENCRYPTED, false);
            let mapping = Doc::new()
                .with(block_device_mapping::EBS, disk)
                .with(block_device_mapping::DEVICE_NAME, it.model.root);
            Doc::new()
                .with(image::PLATFORM_DETAILS, "Linux/UNIX")
                .with(image::USAGE_OPERATION, "RunInstances")
                .with(image::BLOCK_DEVICE_MAPPINGS, vec![mapping])
                .with(image::DESCRIPTION, it.model.description)
                .with(image::ENA_SUPPORT, true)
                .with(image::HYPERVISOR, "xen")
                .with_some(image::IMAGE_OWNER_ALIAS, it.model.alias)
                .with(image::NAME, it.model.name)
                .with(image::ROOT_DEVICE_NAME, it.model.root)
                .with(image::ROOT_DEVICE_TYPE, "ebs")
                .with(image::SRIOV_NET_SUPPORT, "simple")
                .with(image::VIRTUALIZATION_TYPE, "hvm")
                .with(image::BOOT_MODE, "uefi-preferred")
                .with(image::IMDS_SUPPORT, "v2.0")
                .with(image::IMAGE_ID, it.id.as_str())
                .with(
                    image::IMAGE_LOCATION,
                    format!(
                        "{}/{}",
                        it.model.alias.unwrap_or(it.model.owner),
                        it.model.name
                    ),
                )
                .with(image::STATE, "available")
                .with(image::OWNER_ID, it.model.owner)
                .with(image::CREATION_DATE, it.model.created)
                .with(image::PUBLIC, true)
                .with(image::ARCHITECTURE, "x86_64")
                .with(image::IMAGE_TYPE, "machine")
        })
        .collect();
    Ok(Doc::new().with(describe_images_result::IMAGES, list))
}

/// `DescribeInstanceTypes`
pub(crate) fn describe_types(
    _: &mut Context<'_>,
    request: View<'_, DescribeInstanceTypesRequest>,
) -> Result<Doc<DescribeInstanceTypesResult>, Fault> {
    let wanted: Vec<&str> = request
        .items(describe_instance_types::INSTANCE_TYPES)
        .collect();
    let unknown: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|name| instance_type(name).is_none())
        .collect();
    if !unknown.is_empty() {
        return Err(Fault::new(
            "InvalidInstanceType",
            format!(
                "The following supplied instance types do not exist: [{}]",
                unknown.join(", ")
            ),
        ));
    }
    let mut found: Vec<&InstanceType> = TYPES
        .iter()
        .filter(|it| wanted.is_empty() || wanted.contains(&it.name))
        .collect();
    for one in request.items(describe_instance_types::FILTERS) {
        let name = one.get(filter::NAME).unwrap_or_default();
        let values: Vec<&str> = one.items(filter::VALUES).collect();
        let value = |it: &InstanceType| {
            Some(match name {
                "instance-type" => it.name.to_owned(),
                "current-generation" => (it.name != "m1.small").to_string(),
                "free-tier-eligible" => matches!(it.name, "t2.micro" | "t3.micro").to_string(),
                "vcpu-info.default-vcpus" => it.vcpus.to_string(),
                "memory-info.size-in-mib" => it.memory.to_string(),
                "processor-info.supported-architecture" => "x86_64".to_owned(),
                _ => return None,
            })
        };
        if TYPES.first().is_some_and(|it| value(it).is_none()) {
            return Err(Fault::value(format!("The filter '{name}' is invalid")));
        }
        found.retain(|it| value(it).is_some_and(|have| values.iter().any(|w| wildcard(w, &have))));
    }
    let list: Vec<_> = found
        .iter()
        .map(|it| {
            let (cores, threads) = it.cores();
            Doc::new()
                .with(instance_type_info::INSTANCE_TYPE, it.name)
                .with(
                    instance_type_info::CURRENT_GENERATION,
                    it.name != "m1.small",
                )
                .with(
                    instance_type_info::FREE_TIER_ELIGIBLE,
                    matches!(it.name, "t2.micro" | "t3.micro"),
                )
                .with(
                    instance_type_info::PROCESSOR_INFO,
                    Doc::new().with(
                        processor_info::SUPPORTED_ARCHITECTURES,
                        vec!["x86_64".to_owned()],
                    ),
                )
                .with(
                    instance_type_info::V_CPU_INFO,
                    Doc::new()
                        .with(v_cpu_info::DEFAULT_V_CPUS, it.vcpus)
                        .with(v_cpu_info::DEFAULT_CORES, cores)
                        .with(v_cpu_info::DEFAULT_THREADS_PER_CORE, threads),
                )
                .with(
                    instance_type_info::MEMORY_INFO,
                    Doc::new().with(memory_info::SIZE_IN_MIB, it.memory),
                )
        })
        .collect();
    Ok(Doc::new().with(describe_instance_types_result::INSTANCE_TYPES, list))
}

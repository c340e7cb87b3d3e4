//! What the cloud has of a parameter's kind: asked by the `Describe` or `List` operation that
//! lists it, with the rights of who types.

use hopwise_cloud::api::{self, Kind, Operation, Service};
use hopwise_cloud::{Map, Value};

use super::arguments::Globals;
use super::profile::Profile;
use super::send;
use crate::complete::{Candidate, Offer, files};
use crate::python;
use crate::shell::Shell;

/// More of a kind than this is not looked at.
const MOST: usize = 1_000;

/// Which operation lists the values of a parameter, where the names do not say it.
struct Source {
    parameter: &'static str,
    /// The operation that is typed; any, if empty.
    of: &'static str,
    /// The operation that lists them.
    lists: &'static str,
    /// The way to the items in its answer.
    items: &'static str,
    /// Their member that is the value.
    member: &'static str,
}

const fn source(
    parameter: &'static str,
    of: &'static str,
    lists: &'static str,
    items: &'static str,
    member: &'static str,
) -> Source {
    Source {
        parameter,
        of,
        lists,
        items,
        member,
    }
}

const SOURCES: &[Source] = &[
    source(
        "connectionId",
        "",
        "DescribeConnections",
        "connections",
        "connectionId",
    ),
    source(
        "directConnectGatewayId",
        "",
        "DescribeDirectConnectGateways",
        "directConnectGateways",
        "directConnectGatewayId",
    ),
    source(
        "location",
        "",
        "DescribeLocations",
        "locations",
        "locationCode",
    ),
    source(
        "virtualInterfaceId",
        "",
        "DescribeVirtualInterfaces",
        "virtualInterfaces",
        "virtualInterfaceId",
    ),
    source(
        "virtualGatewayId",
        "",
        "DescribeVirtualGateways",
        "virtualGateways",
        "virtualGatewayId",
    ),
    source(
        "GatewayId",
        "EnableVgwRoutePropagation",
        "DescribeVpnGateways",
        "VpnGateways",
        "VpnGatewayId",
    ),
    source(
        "GatewayId",
        "DisableVgwRoutePropagation",
        "DescribeVpnGateways",
        "VpnGateways",
        "VpnGatewayId",
    ),
    source(
        "LoadBalancerArn",
        "",
        "DescribeLoadBalancers",
        "LoadBalancers",
        "LoadBalancerArn",
    ),
    source(
        "TargetGroupArn",
        "",
        "DescribeTargetGroups",
        "TargetGroups",
        "TargetGroupArn",
    ),
    source(
        "Subnet",
        "CreateLoadBalancer",
        "DescribeSubnets",
        "Subnets",
        "SubnetId",
    ),
    source(
        "Subnet",
        "SetSubnets",
        "DescribeSubnets",
        "Subnets",
        "SubnetId",
    ),
    source(
        "SecurityGroup",
        "CreateLoadBalancer",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupId",
    ),
    source(
        "SecurityGroup",
        "SetSecurityGroups",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupId",
    ),
    source(
        "VpcId",
        "CreateTargetGroup",
        "DescribeVpcs",
        "Vpcs",
        "VpcId",
    ),
    source(
        "AllocationId",
        "",
        "DescribeAddresses",
        "Addresses",
        "AllocationId",
    ),
    source(
        "AssociationId",
        "DisassociateAddress",
        "DescribeAddresses",
        "Addresses",
        "AssociationId",
    ),
    source(
        "AssociationId",
        "DisassociateRouteTable",
        "DescribeRouteTables",
        "RouteTables.Associations",
        "RouteTableAssociationId",
    ),
    source(
        "AssociationId",
        "ReplaceRouteTableAssociation",
        "DescribeRouteTables",
        "RouteTables.Associations",
        "RouteTableAssociationId",
    ),
    source(
        "AssociationId",
        "ReplaceNetworkAclAssociation",
        "DescribeNetworkAcls",
        "NetworkAcls.Associations",
        "NetworkAclAssociationId",
    ),
    source(
        "AttachmentId",
        "",
        "DescribeNetworkInterfaces",
        "NetworkInterfaces.Attachment",
        "AttachmentId",
    ),
    source(
        "AvailabilityZone",
        "",
        "DescribeAvailabilityZones",
        "AvailabilityZones",
        "ZoneName",
    ),
    source("Bucket", "", "ListBuckets", "Buckets", "Name"),
    source(
        "GatewayId",
        "",
        "DescribeInternetGateways",
        "InternetGateways",
        "InternetGatewayId",
    ),
    source(
        "Group",
        "",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupId",
    ),
    source(
        "GroupId",
        "",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupId",
    ),
    source(
        "GroupName",
        "",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupName",
    ),
    source(
        "InstanceId",
        "",
        "DescribeInstances",
        "Reservations.Instances",
        "InstanceId",
    ),
    source(
        "InstanceType",
        "",
        "DescribeInstanceTypes",
        "InstanceTypes",
        "InstanceType",
    ),
    source("KeyName", "", "DescribeKeyPairs", "KeyPairs", "KeyName"),
    source("PolicyArn", "", "ListPolicies", "Policies", "Arn"),
    source("PublicIp", "", "DescribeAddresses", "Addresses", "PublicIp"),
    source(
        "ReferencedGroupId",
        "",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupId",
    ),
    source(
        "SecurityGroup",
        "",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupName",
    ),
    source(
        "SecurityGroupId",
        "",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupId",
    ),
    source(
        "ZoneName",
        "",
        "DescribeAvailabilityZones",
        "AvailabilityZones",
        "ZoneName",
    ),
];

/// What can be tagged, by the parameter that names it.
const TAGGED: &[&str] = &[
    "VpcId",
    "SubnetId",
    "InstanceId",
    "SecurityGroupId",
    "RouteTableId",
    "InternetGatewayId",
    "NetworkAclId",
    "NetworkInterfaceId",
    "AllocationId",
];

/// What is told of a thing besides its name, where it has it.
const ABOUT: &[&str] = &[
    "GroupName",
    "CidrBlock",
    "PrivateIpAddress",
    "PublicIp",
    "AvailabilityZone",
    "ZoneId",
    "SubnetId",
    "IpProtocol",
    "FromPort",
    "CidrIpv4",
    "Description",
];

/// Where the values of a parameter come from.
pub(super) fn find(
    service: &'static Service,
    operation: &str,
    parameter: &str,
) -> Option<(Operation, &'static str, &'static str)> {
    let singular = parameter.strip_suffix('s').unwrap_or(parameter);
    let own = SOURCES.iter().find(|it| {
        (it.parameter == parameter || it.parameter == singular)
            && (it.of.is_empty() || it.of == operation)
    });
    if let Some(own) = own {
        // What a load balancer stands in is EC2's.
        let lists = service.operation(own.lists);
        let lists = lists.or_else(|| api::service("ec2")?.operation(own.lists))?;
        return Some((lists, own.items, own.member));
    }
    // `SubnetId` is what `DescribeSubnets` lists.
    let stem = singular
        .strip_suffix("Id")
        .or(singular.strip_suffix("Name"))?;
    ["Describe", "List"].into_iter().find_map(|verb| {
        let lists = service.operation(&format!("{verb}{stem}s"))?;
        lists.output()?.members().find_map(|member| {
            let Kind::List { item, .. } = member.shape.kind() else {
                return None;
            };
            let value = item.member(singular)?;
            Some((lists, member.name, value.name))
        })
    })
}

/// Whatever stands at the end of a way of lists and structures.
fn walk<'v>(value: &'v Value, way: &str) -> Vec<&'v Map> {
    let mut here = vec![value];
    for name in way.split('.') {
        let mut next = Vec::new();
        for value in here {
            match value.get(name) {
                Some(Value::List(items)) => next.extend(items),
                Some(other) => next.push(other),
                None => {}
            }
        }
        here = next;
    }
    here.into_iter()
        .filter_map(Value::as_map)
        .take(MOST)
        .collect()
}

/// The tag `Name` of a thing.
fn name(item: &Map) -> Option<&str> {
    let tags = item.get("Tags")?.as_list()?;
    let tag = tags
        .iter()
        .find(|tag| tag.get("Key").and_then(Value::as_str) == Some("Name"))?;
    tag.get("Value")?.as_str()
}

fn about(item: &Map, value: &str) -> String {
    let mut said: Vec<String> = name(item).map(str::to_owned).into_iter().collect();
    for member in ABOUT {
        let Some(scalar) = item.get(member) else {
            continue;
        };
        let text = python::str(scalar);
        // Another's id is long, and tells something only where nothing else does.
        if *member == "SubnetId" && !said.is_empty() {
            continue;
        }
        if said.len() < 3 && text != value && !said.contains(&text) && !text.is_empty() {
            said.push(text);
        }
    }
    said.join("  ")
}

fn ask(shell: &mut Shell<'_>, globals: &Globals, operation: Operation) -> Option<Value> {
    let profile = Profile::load(shell, globals).ok()?;
    let answer = send(shell, &profile, operation, Map::new()).ok()?;
    Some(answer.value)
}

/// The values that a parameter of an operation may have.
pub(super) fn list(
    shell: &mut Shell<'_>,
    globals: &Globals,
    service: &'static Service,
    operation: &str,
    parameter: &str,
) -> Vec<Candidate> {
    if matches!(parameter, "Resources" | "ResourceId") && service.name == "ec2" {
        let mut all = Vec::new();
        for parameter in TAGGED {
            all.extend(list(shell, globals, service, operation, parameter));
        }
        return all;
    }
    let Some((lists, way, member)) = find(service, operation, parameter) else {
        return Vec::new();
    };
    let Some(answer) = ask(shell, globals, lists) else {
        return Vec::new();
    };
    let mut all: Vec<Candidate> = Vec::new();
    for item in walk(&answer, way) {
        let Some(value) = item.get(member).and_then(Value::as_str) else {
            continue;
        };
        if !all.iter().any(|it| it.text == value) {
            all.push(Candidate::new(value, about(item, value)));
        }
    }
    all
}

/// A path of `aws s3`: a bucket, else a file here.
pub(super) fn objects(shell: &mut Shell<'_>, globals: &Globals, text: &str) -> Offer {
    let rest = text.strip_prefix("s3://");
    let Some(rest) = rest else {
        let mut offer = files(shell, text, 0, false);
        if "s3://".starts_with(text) {
            offer.candidates.push(Candidate::on("s3://", "a bucket"));
        }
        return offer;
    };
    let service = api::service("s3").filter(|_| !rest.contains('/'));
    let buckets = service.map(|service| list(shell, globals, service, "", "Bucket"));
    let mut buckets = buckets.unwrap_or_default();
    for bucket in &mut buckets {
        bucket.text.push('/');
        bucket.goes_on = true;
    }
    Offer::new("s3://".len(), buckets)
}

/// The values that a tag has anywhere.
pub(super) fn tag_values(shell: &mut Shell<'_>, globals: &Globals, key: &str) -> Vec<Candidate> {
    let operation = api::service("ec2").and_then(|it| it.operation("DescribeTags"));
    let answer = operation.and_then(|it| ask(shell, globals, it));
    let mut all: Vec<Candidate> = Vec::new();
    for tag in answer.iter().flat_map(|answer| walk(answer, "Tags")) {
        let text = |member: &str| tag.get(member).and_then(Value::as_str);
        let (Some(value), true) = (text("Value"), text("Key") == Some(key)) else {
            continue;
        };
        if !all.iter().any(|it| it.text == value) {
            all.push(Candidate::new(
                value,
                text("ResourceType").unwrap_or_default(),
            ));
        }
    }
    all
}

/// The things of a service that a parameter can name, for commands besides `aws`.
pub(crate) fn named(shell: &mut Shell<'_>, service: &str, parameter: &str) -> Vec<Candidate> {
    let Some(service) = api::service(service) else {
        return Vec::new();
    };
    list(shell, &Globals::default(), service, "", parameter)
}

/// The addresses of the instances, public ones first.
pub(crate) fn addresses(shell: &mut Shell<'_>) -> Vec<Candidate> {
    let operation = api::service("ec2").and_then(|it| it.operation("DescribeInstances"));
    let answer = operation.and_then(|it| ask(shell, &Globals::default(), it));
    let mut all = Vec::new();
    for member in ["PublicIpAddress", "PrivateIpAddress"] {
        for item in answer
            .iter()
            .flat_map(|it| walk(it, "Reservations.Instances"))
        {
            let address = item.get(member).and_then(Value::as_str);
            let id = item.get("InstanceId").and_then(Value::as_str);
            if let Some((address, id)) = address.zip(id) {
                all.push(Candidate::new(address, name(item).unwrap_or(id)));
            }
        }
    }
    all
}

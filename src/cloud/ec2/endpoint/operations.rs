//! Making, changing and deleting VPC endpoints.

use super::services::{self, Service};
use super::{Endpoint, EndpointKind};
use crate::door::Context;
use crate::ec2::network_interface::{Managed, ManagedKind, NewInterface, group_list};
use crate::ec2::phase::{Phase, State};
use crate::ec2::prefix_list::aws_lists;
use crate::ec2::route_table::{Destination, Origin, Route, Target};
use crate::ec2::security_group::find_group;
use crate::ec2::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use crate::ec2::subnet::zone_id;
use crate::ec2::{Ec2, Vpc, network_interface};
use crate::fault::Fault;
use crate::field::{Doc, Items, Str, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    create_vpc_endpoint, create_vpc_endpoint_result, delete_vpc_endpoints,
    delete_vpc_endpoints_result, describe_vpc_endpoint_services,
    describe_vpc_endpoint_services_result, describe_vpc_endpoints, describe_vpc_endpoints_result,
    dns_entry, dns_options, modify_vpc_endpoint, modify_vpc_endpoint_result,
    security_group_identifier, service_detail, service_type_detail, unsuccessful_item,
    unsuccessful_item_error, vpc_endpoint,
};
use crate::id::Id;
use crate::json;
use crate::region::Region;
use crate::table::Tags;

/// How long an interface endpoint takes to come up, in seconds.
const BEGIN_SECONDS: u64 = 60;
/// How long it takes to go, in seconds.
const END_SECONDS: u64 = 30;
/// The longest policy of an endpoint, in characters.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
const LONGEST_POLICY: usize = 20_480;
/// The policy of an endpoint that was given none: everything.
const FULL_ACCESS: &str = "{\n  \"Statement\": [\n    {\n      \"Action\": \"*\", \n      \"Effect\": \"Allow\", \n      \"Resource\": \"*\", \n      \"Principal\": \"*\"\n    }\n  ]\n}";

pub(in crate::ec2) const FILTERS: &[FilterRow<Endpoint>] = &[
    ("service-name", |_, it| vec![it.service.clone()]),
    ("vpc-id", |_, it| vec![it.vpc.to_string()]),
    ("vpc-endpoint-id", |_, it| vec![it.id.to_string()]),
    ("vpc-endpoint-state", |_, it| {
        vec![state_word(it.phase.state).to_owned()]
    }),
    ("vpc-endpoint-type", |_, it| vec![it.kind_word().to_owned()]),
];

fn state_word(state: State) -> &'static str {
    match state {
        State::AwaitsAcceptance => "pendingAcceptance",
        State::Pending => "pending",
        State::Available | State::Modifying => "available",
        State::Failed => "failed",
        State::Rejected => "rejected",
        State::Expired => "expired",
        State::Deleting => "deleting",
        State::Deleted => "deleted",
    }
}

fn ids(list: &[Id]) -> Vec<String> {
    list.iter().map(Id::to_string).collect()
}

fn show(context: &Context<'_>, one: &Endpoint) -> Doc<shape::VpcEndpoint> {
    let ec2 = context.ec2();
    let mut doc = Doc::new()
        .with(vpc_endpoint::VPC_ENDPOINT_ID, &one.id)
        .with(vpc_endpoint::VPC_ENDPOINT_TYPE, one.kind_word())
        .with(vpc_endpoint::VPC_ID, &one.vpc)
        .with(vpc_endpoint::SERVICE_NAME, one.service.as_str())
        .with(vpc_endpoint::STATE, state_word(one.phase.state))
        .with(
            vpc_endpoint::POLICY_DOCUMENT,
            one.policy.as_deref().unwrap_or(FULL_ACCESS),
        );
    let (tables, subnets, interfaces, groups, private_dns) = match &one.kind {
        EndpointKind::Gateway { tables } => (ids(tables), vec![], vec![], vec![], false),
        EndpointKind::Interface {
            subnets,
            interfaces,
            groups,
            private_dns,
        } => {
            let groups = group_list(ec2, groups).into_iter().map(|it| {
                let map = it.into_value();
                let of = |name: &str| map.get(name).and_then(crate::Value::as_str);
                Doc::new()
                    .with_some(security_group_identifier::GROUP_ID, of("GroupId"))
                    .with_some(security_group_identifier::GROUP_NAME, of("GroupName"))
            });
            (
                vec![],
                ids(subnets),
                ids(interfaces),
                groups.collect(),
                *private_dns,
            )
        }
    };
    doc.put(vpc_endpoint::ROUTE_TABLE_IDS, tables);
    doc.put(vpc_endpoint::SUBNET_IDS, subnets);
    doc.put(vpc_endpoint::GROUPS, groups);
    doc.put(vpc_endpoint::IP_ADDRESS_TYPE, "ipv4");
    doc.put(
        vpc_endpoint::DNS_OPTIONS,
        Doc::new().with(
            dns_options::DNS_RECORD_IP_TYPE,
            if one.is_gateway() {
                "service-defined"
            } else {
                "ipv4"
            },
        ),
    );
    doc.put(vpc_endpoint::PRIVATE_DNS_ENABLED, private_dns);
    doc.put(vpc_endpoint::REQUESTER_MANAGED, false);
    doc.put(vpc_endpoint::NETWORK_INTERFACE_IDS, interfaces);
    doc.put(vpc_endpoint::DNS_ENTRIES, names(context, one));
    doc.put(vpc_endpoint::CREATION_TIMESTAMP, one.created);
    doc.put(vpc_endpoint::TAGS, tag_list(&one.tags));
    doc.put(vpc_endpoint::OWNER_ID, context.account());
    doc.put(vpc_endpoint::SERVICE_REGION, context.region.name);
    doc
}

/// The DNS names of an interface endpoint: its own, those of its zones, and the service's.
fn names(context: &Context<'_>, one: &Endpoint) -> Vec<Doc<shape::DnsEntry>> {
    let EndpointKind::Interface {
        subnets,
        private_dns,
        ..
    } = &one.kind
    else {
        return Vec::new();
    };
    let region = context.region;
    let Some(service) = services::service(region, &one.service, false) else {
        return Vec::new();
    };
    let own = one.dns_name(region);
    let (label, domain) = own.split_once('.').unwrap_or((&own, ""));
    let mut names = vec![own.clone()];
    for subnet in subnets {
        let zone = context.ec2().subnets.get(subnet.as_str());
        let zone = zone.map(|it| it.zone.clone()).unwrap_or_default();
        names.push(format!("{label}-{zone}.{domain}"));
    }
    if *private_dns {
        names.push(service.host(region));
    }
    names
        .into_iter()
        .map(|name| Doc::new().with(dns_entry::DNS_NAME, name))
        .collect()
}

/// A policy that was given, if it is JSON and not too long.
fn policy(text: Option<&str>) -> Result<Option<String>, Fault> {
    let Some(text) = text.filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > LONGEST_POLICY || json::parse(text).is_err() {
        return Err(Fault::new(
            "InvalidPolicyDocument",
            "Policy document is not valid.",
        ));
    }
    Ok(Some(text.to_owned()))
}

/// `CreateVpcEndpoint`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateVpcEndpointRequest>,
) -> Result<Doc<CreateVpcEndpointResult>, Fault> {
    let region = context.region;
    let vpc = request.get(create_vpc_endpoint::VPC_ID).unwrap_or_default();
    let vpc = Vpc::clone(find(&context.ec2().vpcs, vpc)?);
    let Some(name) = request.get(create_vpc_endpoint::SERVICE_NAME) else {
        return Err(Fault::missing("ServiceName"));
    };
    let kind = request
        .get(create_vpc_endpoint::VPC_ENDPOINT_TYPE)
        .unwrap_or("Gateway");
    let gateway = match kind {
        "Gateway" => true,
        "Interface" => false,
        other => {
            return Err(Fault::new(
                "UnsupportedOperation",
                format!("Endpoints of type {other} are not in this sandbox."),
            ));
        }
    };
    let Some(service) = services::service(region, name, gateway) else {
        if services::service(region, name, !gateway).is_some() {
            return Err(Fault::new(
                "InvalidParameter",
                format!(
                    "Endpoint type ({kind}) does not match available service types ([{}]).",
                    if gateway { "Interface" } else { "Gateway" }
                ),
            ));
        }
        return Err(Fault::new(
            "InvalidServiceName",
            format!("The Vpc Endpoint Service '{name}' does not exist"),
        ));
    };
    let policy = policy(request.get(create_vpc_endpoint::POLICY_DOCUMENT))?;
    let tags = new_tags(
        request.items(create_vpc_endpoint::TAG_SPECIFICATIONS),
        "vpc-endpoint",
    )?;
    let id = if gateway {
        let tables = request.items(create_vpc_endpoint::ROUTE_TABLE_IDS);
        create_gateway(context, &vpc, service, tables, policy, tags)?
    } else {
        if !request
            .items(create_vpc_endpoint::ROUTE_TABLE_IDS)
            .is_empty()
        {
            return Err(Fault::new(
                "InvalidParameter",
                "Route table IDs are only supported for Gateway type VPC Endpoint.",
            ));
        }
        create_interface(context, request, &vpc, service, policy, tags)?
    };
    let made = find(&context.ec2().endpoints, id.as_str())?;
    Ok(Doc::new()
        .with(
            create_vpc_endpoint_result::VPC_ENDPOINT,
            show(context, made),
        )
        .with_some(
            create_vpc_endpoint_result::CLIENT_TOKEN,
            request.get(create_vpc_endpoint::CLIENT_TOKEN),
        ))
}

/// The prefix list of a service with a gateway endpoint.
fn list_of(region: &Region, service: Service) -> Result<Id, Fault> {
    let mut lists = aws_lists(region).iter();
    let list = lists.find(|it| it.service == service.short);
    list.map(|it| Id::new(it.id)).ok_or_else(|| {
        Fault::new(
            "InvalidServiceName",
            format!(
                "The Vpc Endpoint Service '{}' does not exist",
                service.name(region)
            ),
        )
    })
}

/// The tables that a request names: of this VPC, and none with such a route already.
fn free_tables(ec2: &Ec2, vpc: &Id, list: &Id, tables: Items<'_, Str>) -> Result<Vec<Id>, Fault> {
    let mut found: Vec<Id> = Vec::new();
    for id in tables {
        let table = find(&ec2.route_tables, id)?;
        if table.vpc != *vpc {
            return Err(Fault::new(
                "InvalidRouteTableId.NotFound",
                format!("Route table {id} does not belong to the VPC {vpc}."),
            ));
        }
        if table.route(&Destination::List(list.clone())).is_some() || found.contains(&table.id) {
            return Err(Fault::new(
                "RouteAlreadyExists",
                format!(
                    "route table {id} already has a route with destination-prefix-list-id {list}"
                ),
            ));
        }
        found.push(table.id.clone());
    }
    Ok(found)
}

fn add_routes(ec2: &mut Ec2, endpoint: &Id, list: &Id, tables: &[Id]) {
    for table in tables {
        if let Some(table) = ec2.route_tables.get_mut(table.as_str()) {
            table.routes.push(Route {
                destination: Destination::List(list.clone()),
                target: Target::Endpoint(endpoint.clone()),
                origin: Origin::CreateRoute,
            });
        }
    }
}

fn remove_routes(ec2: &mut Ec2, endpoint: &Id, tables: &[Id]) {
    let target = Target::Endpoint(endpoint.clone());
    for table in tables {
        if let Some(table) = ec2.route_tables.get_mut(table.as_str()) {
            table.routes.retain(|it| it.target != target);
        }
    }
}

fn create_gateway(
    context: &mut Context<'_>,
    vpc: &Vpc,
    service: Service,
    tables: Items<'_, Str>,
    policy: Option<String>,
    tags: Tags,
) -> Result<Id, Fault> {
    let (now, region) = (context.now(), context.region);
    let list = list_of(region, service)?;
    let tables = free_tables(context.ec2(), &vpc.id, &list, tables)?;
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("vpce");
    add_routes(ec2, &id, &list, &tables);
    ec2.endpoints.insert(Endpoint {
        id: id.clone(),
        born,
        tags,
        vpc: vpc.id.clone(),
        service: service.name(region),
        kind: EndpointKind::Gateway { tables },
        policy,
        phase: Phase::lasting(State::Available),
        created: now,
    });
    Ok(id)
}

/// The subnets that a request names: of this VPC, one a zone, besides those there are.
fn free_subnets(
    ec2: &Ec2,
    vpc: &Id,
    present: &[Id],
    wanted: Items<'_, Str>,
) -> Result<Vec<Id>, Fault> {
    let mut all: Vec<Id> = present.to_vec();
    let mut found = Vec::new();
    for id in wanted {
        let subnet = find(&ec2.subnets, id)?;
        if subnet.vpc != *vpc {
            return Err(Fault::new(
                "InvalidParameter",
                format!("The subnet ID '{id}' does not belong to the VPC {vpc}."),
            ));
        }
        let zone = |id: &Id| ec2.subnets.get(id.as_str()).map(|it| it.zone.clone());
        if all
            .iter()
            .any(|other| zone(other).as_ref() == Some(&subnet.zone))
        {
            return Err(Fault::new(
                "DuplicateSubnetsInSameZone",
                "Found another VPC endpoint subnet in the availability zone of the given subnet.",
            ));
        }
        all.push(subnet.id.clone());
        found.push(subnet.id.clone());
    }
    Ok(found)
}

/// May the service's own name resolve to an endpoint in this VPC?
fn check_private_dns(
    context: &Context<'_>,
    vpc: &Vpc,
    service: &str,
    not: Option<&Id>,
) -> Result<(), Fault> {
    if !vpc.dns_support || !vpc.dns_hostnames {
        return Err(Fault::new(
            "InvalidParameter",
            format!(
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {}",
                vpc.id
            ),
        ));
    }
    let clashes = |it: &Endpoint| {
        let on = matches!(
            it.kind,
            EndpointKind::Interface {
                private_dns: true,
                ..
            }
        );
        on && it.vpc == vpc.id
            && it.service == service
            && it.phase.is_alive()
            && Some(&it.id) != not
    };
    if context.ec2().endpoints.iter().any(|it| clashes(it)) {
        let host = services::service(context.region, service, false);
        let host = host.map(|it| it.host(context.region)).unwrap_or_default();
        return Err(Fault::new(
            "InvalidParameter",
            format!(
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for {host} in the VPC {}",
                vpc.id
            ),
        ));
    }
    Ok(())
}

/// The groups that a request names, all of the VPC.
fn groups_of(ec2: &Ec2, vpc: &Id, wanted: Items<'_, Str>) -> Result<Vec<Id>, Fault> {
    let mut groups = Vec::new();
    for id in wanted {
        let group = find_group(ec2, id)?;
        if group.vpc != *vpc && !group.vpcs.contains(vpc) {
            return Err(Fault::new(
                "InvalidParameter",
                format!("Security group {id} does not belong to the VPC {vpc}."),
            ));
        }
        groups.push(group.id.clone());
    }
    Ok(groups)
}

fn create_interface(
    context: &mut Context<'_>,
    request: View<'_, CreateVpcEndpointRequest>,
    vpc: &Vpc,
    service: Service,
    policy: Option<String>,
    tags: Tags,
) -> Result<Id, Fault> {
    let (now, region) = (context.now(), context.region);
    let name = service.name(region);
    let ec2 = context.ec2();
    let subnets = free_subnets(
        ec2,
        &vpc.id,
        &[],
        request.items(create_vpc_endpoint::SUBNET_IDS),
    )?;
    let mut groups = groups_of(
        ec2,
        &vpc.id,
        request.items(create_vpc_endpoint::SECURITY_GROUP_IDS),
    )?;
    if groups.is_empty() {
        groups.extend(ec2.default_group(&vpc.id));
    }
    let private_dns = request
        .get(create_vpc_endpoint::PRIVATE_DNS_ENABLED)
        .unwrap_or(service.short != "s3" && service.short != "dynamodb");
    if private_dns {
        check_private_dns(context, vpc, &name, None)?;
    }
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("vpce");
    let mut interfaces = Vec::new();
    for subnet in &subnets {
        let made = interface_in(ec2, mint, &id, subnet, &groups)?;
        interfaces.push(made);
    }
    ec2.endpoints.insert(Endpoint {
        id: id.clone(),
        born,
        tags,
        vpc: vpc.id.clone(),
        service: name,
        kind: EndpointKind::Interface {
            subnets,
            interfaces,
            groups,
            private_dns,
        },
        policy,
        phase: Phase::until(State::Pending, now.after(BEGIN_SECONDS), State::Available),
        created: now,
    });
    Ok(id)
}

fn interface_in(
    ec2: &mut Ec2,
    mint: &mut crate::cloud::Mint,
    endpoint: &Id,
    subnet: &Id,
    groups: &[Id],
) -> Result<Id, Fault> {
    network_interface::make(
        ec2,
        mint,
        NewInterface {
            subnet: subnet.as_str(),
            private: None,
            groups: groups.to_vec(),
            description: &format!("VPC Endpoint Interface {endpoint}"),
            tags: Tags::default(),
            managed: Some(Managed {
                by: endpoint.clone(),
                kind: ManagedKind::Endpoint,
            }),
        },
    )
}

/// `ModifyVpcEndpoint`
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyVpcEndpointRequest>,
) -> Result<Doc<ModifyVpcEndpointResult>, Fault> {
    use modify_vpc_endpoint as input;
    let region = context.region;
    let id = request.get(input::VPC_ENDPOINT_ID).unwrap_or_default();
    let mut one = found(context.ec2(), id)?.clone();
    if !one.phase.is_alive() {
        return Err(Fault::new(
            "InvalidVpcEndpoint.State",
            format!("The VpcEndpoint '{id}' is not in a valid state for this operation."),
        ));
    }
    let vpc = Vpc::clone(find(&context.ec2().vpcs, one.vpc.as_str())?);
    if request.get(input::RESET_POLICY) == Some(true) {
        one.policy = None;
    } else if let Some(policy) = policy(request.get(input::POLICY_DOCUMENT))? {
        one.policy = Some(policy);
    }
    let service = one.service.clone();
    let endpoint = one.id.clone();
    match &mut one.kind {
        EndpointKind::Gateway { tables } => {
            let service = services::service(region, &service, true);
            let service = service.ok_or_else(|| Fault::missing("ServiceName"))?;
            let list = list_of(region, service)?;
            let mut gone = Vec::new();
            for id in request.items(input::REMOVE_ROUTE_TABLE_IDS) {
                let table = tables.iter().position(|it| it.as_str() == id);
                let table = table.ok_or_else(|| {
                    Fault::new(
                        "InvalidRouteTableId.NotFound",
                        format!("The route table '{id}' is not associated with the endpoint."),
                    )
                })?;
                gone.push(tables.remove(table));
            }
            let wanted = request.items(input::ADD_ROUTE_TABLE_IDS);
            let more = free_tables(context.ec2(), &vpc.id, &list, wanted)?;
            let ec2 = context.ec2_mut();
            remove_routes(ec2, &endpoint, &gone);
            add_routes(ec2, &endpoint, &list, &more);
            tables.extend(more);
        }
        EndpointKind::Interface {
            subnets,
            interfaces,
            groups,
            private_dns,
        } => {
            if let Some(on) = request.get(input::PRIVATE_DNS_ENABLED) {
                if on {
                    check_private_dns(context, &vpc, &service, Some(&endpoint))?;
                }
                *private_dns = on;
            }
            let more = groups_of(
                context.ec2(),
                &vpc.id,
                request.items(input::ADD_SECURITY_GROUP_IDS),
            )?;
            groups.extend(more);
            let mut less = request.items(input::REMOVE_SECURITY_GROUP_IDS);
            groups.retain(|it| !less.clone().any(|id| id == it.as_str()));
            if groups.is_empty() && less.next().is_some() {
                return Err(Fault::new(
                    "InvalidParameter",
                    "An interface endpoint must have at least one security group.",
                ));
            }
            let gone: Vec<Id> = request
                .items(input::REMOVE_SUBNET_IDS)
                .filter_map(|id| {
                    let place = subnets.iter().position(|it| it.as_str() == id)?;
                    subnets.remove(place);
                    Some(interfaces.remove(place))
                })
                .collect();
            let wanted = request.items(input::ADD_SUBNET_IDS);
            let more = free_subnets(context.ec2(), &vpc.id, subnets, wanted)?;
            let (ec2, mint) = context.parts();
            for interface in gone {
                network_interface::remove(ec2, &interface);
            }
            for subnet in more {
                interfaces.push(interface_in(ec2, mint, &endpoint, &subnet, groups)?);
                subnets.push(subnet);
            }
            for interface in interfaces.iter() {
                find_mut(&mut ec2.network_interfaces, interface.as_str())?
                    .groups
                    .clone_from(groups);
            }
        }
    }
    context.ec2_mut().endpoints.insert(one);
    Ok(Doc::new().with(modify_vpc_endpoint_result::RETURN, true))
}

fn found<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Endpoint, Fault> {
    let found = ec2.endpoints.get(id).map(AsRef::as_ref);
    found.ok_or_else(|| {
        Fault::new(
            "InvalidVpcEndpointId.NotFound",
            format!("The Vpc Endpoint Id '{id}' does not exist"),
        )
    })
}

/// `DeleteVpcEndpoints`: what can't be is told, the others go.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteVpcEndpointsRequest>,
) -> Result<Doc<DeleteVpcEndpointsResult>, Fault> {
    let now = context.now();
    let mut failed = Vec::new();
    for id in request.items(delete_vpc_endpoints::VPC_ENDPOINT_IDS) {
        match found(context.ec2(), id) {
            Ok(one) => {
                let (id, kind) = (one.id.clone(), one.kind.clone());
                let ec2 = context.ec2_mut();
                match kind {
                    EndpointKind::Gateway { tables } => {
                        remove_routes(ec2, &id, &tables);
                        ec2.endpoints.remove(id.as_str());
                    }
                    EndpointKind::Interface { .. } => {
                        let one = find_mut(&mut ec2.endpoints, id.as_str())?;
                        one.phase =
                            Phase::until(State::Deleting, now.after(END_SECONDS), State::Deleted);
                    }
                }
            }
            Err(fault) => failed.push(
                Doc::new()
                    .with(
                        unsuccessful_item::ERROR,
                        Doc::new()
                            .with(unsuccessful_item_error::CODE, fault.code)
                            .with(unsuccessful_item_error::MESSAGE, fault.message),
                    )
                    .with(unsuccessful_item::RESOURCE_ID, id),
            ),
        }
    }
    Ok(Doc::new().with(delete_vpc_endpoints_result::UNSUCCESSFUL, failed))
}

/// `DescribeVpcEndpoints`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeVpcEndpointsRequest>,
) -> Result<Doc<DescribeVpcEndpointsResult>, Fault> {
    for id in request.items(describe_vpc_endpoints::VPC_ENDPOINT_IDS) {
        found(context.ec2(), id)?;
    }
    let found = select(
        context,
        &context.ec2().endpoints,
        request.items(describe_vpc_endpoints::VPC_ENDPOINT_IDS),
        request.items(describe_vpc_endpoints::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| show(context, it)).collect();
    Ok(Doc::new().with(describe_vpc_endpoints_result::VPC_ENDPOINTS, list))
}

/// `DescribeVpcEndpointServices`
pub(crate) fn describe_services(
    context: &mut Context<'_>,
    request: View<'_, DescribeVpcEndpointServicesRequest>,
) -> Result<Doc<DescribeVpcEndpointServicesResult>, Fault> {
    let region = context.region;
    let wanted: Vec<&str> = request
        .items(describe_vpc_endpoint_services::SERVICE_NAMES)
        .collect();
    for name in &wanted {
        if !services::services().any(|it| it.name(region) == *name) {
            return Err(Fault::new(
                "InvalidServiceName",
                format!("The Vpc Endpoint Service '{name}' does not exist"),
            ));
        }
    }
    let zones: Vec<String> = region.zone_names().map(|(name, _)| name).collect();
    let zone_ids: Vec<String> = zones.iter().filter_map(|it| zone_id(it)).collect();
    let mut names = Vec::new();
    let mut details = Vec::new();
    for it in services::services() {
        let name = it.name(region);
        if !wanted.is_empty() && !wanted.contains(&name.as_str()) {
            continue;
        }
        if !names.contains(&name) {
            names.push(name.clone());
        }
        let kind = if it.gateway { "Gateway" } else { "Interface" };
        details.push(
            Doc::new()
                .with(service_detail::SERVICE_NAME, name)
                .with(
                    service_detail::SERVICE_TYPE,
                    vec![Doc::new().with(service_type_detail::SERVICE_TYPE, kind)],
                )
                .with(service_detail::SERVICE_REGION, region.name)
                .with(service_detail::AVAILABILITY_ZONE_IDS, zone_ids.clone())
                .with(service_detail::AVAILABILITY_ZONES, zones.clone())
                .with(service_detail::OWNER, "amazon")
                .with(
                    service_detail::BASE_ENDPOINT_DNS_NAMES,
                    vec![format!("{}.{}.vpce.amazonaws.com", it.short, region.name)],
                )
                .with_some(
                    service_detail::PRIVATE_DNS_NAME,
                    (!it.gateway).then(|| it.host(region)),
                )
                .with(service_detail::VPC_ENDPOINT_POLICY_SUPPORTED, true)
                .with(service_detail::ACCEPTANCE_REQUIRED, false)
                .with(service_detail::MANAGES_VPC_ENDPOINTS, false)
                .with(service_detail::TAGS, vec![]),
        );
    }
    Ok(Doc::new()
        .with(describe_vpc_endpoint_services_result::SERVICE_NAMES, names)
        .with(
            describe_vpc_endpoint_services_result::SERVICE_DETAILS,
            details,
        ))
}

/// Takes away the interfaces of endpoints that are gone.
pub(in crate::ec2) fn clear(ec2: &mut Ec2) {
    let gone = |it: &&std::rc::Rc<Endpoint>| it.phase.state == State::Deleted;
    let interfaces: Vec<Id> = ec2
        .endpoints
        .iter()
        .filter(gone)
        .flat_map(|it| match &it.kind {
            EndpointKind::Interface { interfaces, .. } => interfaces.clone(),
            EndpointKind::Gateway { .. } => Vec::new(),
        })
        .filter(|it| ec2.network_interfaces.contains(it.as_str()))
        .collect();
    for interface in interfaces {
        network_interface::remove(ec2, &interface);
    }
}

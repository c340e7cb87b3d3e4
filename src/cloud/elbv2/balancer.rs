//! Load balancers: making, describing, moving, deleting.

use super::node::{self, Place};
use super::{
    Action, BalancerKind, LoadBalancer, Node, TargetKind, arn, check_name, find, not_here, tag,
    unfit, wrong,
};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::phase::{Phase, State};
use crate::fault::Fault;
use crate::field::{Doc, Items, Str, View};
use crate::fields::elbv2::shape::{self, *};
use crate::fields::elbv2::{
    availability_zone, create_load_balancer, create_load_balancer_output, delete_load_balancer,
    describe_load_balancers, describe_load_balancers_output, load_balancer, load_balancer_address,
    load_balancer_state, set_security_groups, set_security_groups_output, set_subnets,
    set_subnets_output,
};
use crate::id::Id;
use std::rc::Rc;

/// How long a load balancer takes to come up, in seconds: two or three minutes.
const BEGIN_SECONDS: u64 = 150;
/// How long its interfaces stay when it is deleted, in seconds.
const END_SECONDS: u64 = 60;
/// How many load balancers of each kind there are at most in a Region.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>
const MOST_BALANCERS: usize = 50;
/// How many security groups a load balancer has at most.
const MOST_GROUPS: usize = 5;

/// The load balancer with this ARN, unless it is going.
pub(super) fn found<'a>(ec2: &'a Ec2, arn: &str) -> Result<&'a Rc<LoadBalancer>, Fault> {
    let one = find(&ec2.elbv2.balancers, arn)?;
    if one.is_there() {
        Ok(one)
    } else {
        Err(missing(arn))
    }
}

fn missing(what: &str) -> Fault {
    Fault::new(
        "LoadBalancerNotFound",
        format!("Load balancers '[{what}]' not found"),
    )
}

/// The groups that a request names, of this VPC.
fn groups(ec2: &Ec2, vpc: &Id, wanted: Items<'_, Str>) -> Result<Vec<Id>, Fault> {
    let mut groups: Vec<Id> = Vec::new();
    for id in wanted {
        let group = ec2.security_groups.get(id);
        let group = group.filter(|it| it.vpc == *vpc || it.vpcs.contains(vpc));
        let group = group.ok_or_else(|| unfit("One or more security groups are invalid"))?;
        if !groups.contains(&group.id) {
            groups.push(group.id.clone());
        }
    }
    if groups.len() > MOST_GROUPS {
        return Err(unfit(format!(
            "A load balancer can have at most '{MOST_GROUPS}' security groups"
        )));
    }
    Ok(groups)
}

/// `CreateLoadBalancer`. Asked for twice with the same settings it answers with what there is.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateLoadBalancerInput>,
) -> Result<Doc<CreateLoadBalancerOutput>, Fault> {
    use create_load_balancer as of;
    let name = request.get(of::NAME).unwrap_or_default();
    check_name("load balancer", name)?;
    if name.starts_with("internal-") {
        return Err(wrong(format!(
            "The load balancer name '{name}' cannot begin with 'internal-'"
        )));
    }
    let kind = match request.get(of::TYPE) {
        None | Some("application") => BalancerKind::Application,
        Some("network") => BalancerKind::Network,
        _ => return Err(not_here("A Gateway Load Balancer")),
    };
    if request.has(of::CUSTOMER_OWNED_IPV4_POOL)
        || request.has(of::IPAM_POOLS)
        || request.has(of::ENABLE_PREFIX_FOR_IPV6_SOURCE_NAT)
    {
        return Err(not_here("An address pool or a prefix for source NAT"));
    }
    let dual_stack = match request.get(of::IP_ADDRESS_TYPE) {
        None | Some("ipv4") => false,
        Some("dualstack") => true,
        _ => return Err(not_here("A load balancer without public IPv4 addresses")),
    };
    let internet_facing = request.get(of::SCHEME) != Some("internal");
    let tags = tag::new_tags(request.items(of::TAGS))?;
    let ec2 = context.ec2();
    let places = node::places(
        ec2,
        kind,
        internet_facing,
        request.items(of::SUBNETS),
        request.items(of::SUBNET_MAPPINGS),
    )?;
    let vpc = places.first().map(|it| it.subnet.vpc.clone());
    let vpc = vpc.ok_or_else(|| wrong("At least one subnet must be specified"))?;
    let mut groups = groups(ec2, &vpc, request.items(of::SECURITY_GROUPS))?;
    if groups.is_empty() && kind == BalancerKind::Application {
        groups.extend(ec2.default_group(&vpc));
    }
    let named = |it: &&Rc<LoadBalancer>| it.is_there() && it.name == name;
    if let Some(there) = ec2.elbv2.balancers.iter().find(named) {
        let subnets = |it: &LoadBalancer| {
            let mut ids: Vec<Id> = it.nodes.iter().map(|node| node.subnet.clone()).collect();
            ids.sort_unstable();
            ids
        };
        let mut wanted: Vec<Id> = places.iter().map(|it| it.subnet.id.clone()).collect();
        wanted.sort_unstable();
        let same = there.kind == kind
            && there.internet_facing == internet_facing
            && there.dual_stack == dual_stack
            && there.groups == groups
            && there.tags == tags
            && subnets(there) == wanted;
        if !same {
            return Err(Fault::new(
                "DuplicateLoadBalancerName",
                format!(
                    "A load balancer with the same name '{name}' exists, but with different settings"
                ),
            ));
        }
        let shown = vec![show(context, there)];
        return Ok(Doc::new().with(create_load_balancer_output::LOAD_BALANCERS, shown));
    }
    let of_kind = ec2.elbv2.balancers.iter().filter(|it| it.kind == kind);
    if of_kind.count() >= MOST_BALANCERS {
        return Err(Fault::new(
            "TooManyLoadBalancers",
            format!(
                "The maximum number of '{}' load balancers has been reached",
                kind.word()
            ),
        ));
    }
    node::check_room(
        ec2,
        internet_facing,
        dual_stack,
        &places.iter().collect::<Vec<_>>(),
    )?;
    let name = name.to_owned();
    let now = context.now();
    let (hex, born) = context.mint.hex();
    let id = arn(
        context,
        &format!("loadbalancer/{}/{name}/{hex}", kind.short()),
    );
    let mut made = LoadBalancer {
        id: id.clone(),
        born,
        tags,
        name,
        kind,
        internet_facing,
        dual_stack,
        vpc,
        nodes: Vec::new(),
        groups,
        cross_zone: kind == BalancerKind::Application,
        enforce_private_link: true,
        attributes: Vec::new(),
        phase: Phase::until(State::Pending, now.after(BEGIN_SECONDS), State::Available),
        created: now,
    };
    let (ec2, mint) = context.parts();
    for place in &places {
        let node = node::make(ec2, mint, &made, place)?;
        made.nodes.push(node);
    }
    ec2.elbv2.balancers.insert(made);
    let shown = vec![show(context, found(context.ec2(), id.as_str())?)];
    Ok(Doc::new().with(create_load_balancer_output::LOAD_BALANCERS, shown))
}

/// AWS's word for the state. One that is going is shown no more.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html>
pub(crate) fn state_word(state: State) -> &'static str {
    match state {
        State::Pending | State::AwaitsAcceptance => "provisioning",
        State::Available | State::Modifying => "active",
        _ => "failed",
    }
}

fn zones(context: &Context<'_>, one: &LoadBalancer) -> Vec<Doc<shape::AvailabilityZone>> {
    let ec2 = context.ec2();
    let show = |node: &Node| {
        // A Network Load Balancer's addresses stay; those of an Application Load Balancer are
        // nobody's business: its name leads to them.
        let address = (one.kind == BalancerKind::Network).then(|| {
            let interface = ec2.network_interfaces.get(node.interface.as_str());
            let elastic = node.allocation.as_ref();
            let public = elastic.and_then(|it| ec2.addresses.get(it.as_str()));
            let public = public.map(|it| it.public.to_string());
            let private = interface.filter(|_| !one.internet_facing);
            let private = private.and_then(|it| it.primary_address());
            let v6 = interface.and_then(|it| it.ipv6.first());
            (public.is_some() || v6.is_some() || private.is_some()).then(|| {
                Doc::new()
                    .with_some(load_balancer_address::IP_ADDRESS, public)
                    .with_some(load_balancer_address::ALLOCATION_ID, elastic)
                    .with_some(
                        load_balancer_address::PRIVATE_I_PV4_ADDRESS,
                        private.map(|it| it.to_string()),
                    )
                    .with_some(
                        load_balancer_address::I_PV6_ADDRESS,
                        v6.map(ToString::to_string),
                    )
            })
        });
        Doc::new()
            .with(availability_zone::ZONE_NAME, node.zone.as_str())
            .with(availability_zone::SUBNET_ID, &node.subnet)
            .with(
                availability_zone::LOAD_BALANCER_ADDRESSES,
                address.flatten().into_iter().collect::<Vec<_>>(),
            )
    };
    one.nodes.iter().map(show).collect()
}

fn address_type(one: &LoadBalancer) -> &'static str {
    if one.dual_stack { "dualstack" } else { "ipv4" }
}

fn on_off(flag: bool) -> &'static str {
    if flag { "on" } else { "off" }
}

pub(super) fn ids(list: &[Id]) -> Vec<String> {
    list.iter().map(Id::to_string).collect()
}

fn show(context: &Context<'_>, one: &LoadBalancer) -> Doc<shape::LoadBalancer> {
    let hosted = match one.kind {
        BalancerKind::Application => "Z35SXDOTRQ7X7K",
        BalancerKind::Network => "Z26RNL4JYFTOTI",
    };
    let scheme = if one.internet_facing {
        "internet-facing"
    } else {
        "internal"
    };
    let mut doc = Doc::new()
        .with(load_balancer::LOAD_BALANCER_ARN, &one.id)
        .with(load_balancer::DNS_NAME, one.dns_name(context.region))
        .with(load_balancer::CREATED_TIME, one.created)
        .with(load_balancer::LOAD_BALANCER_NAME, one.name.as_str())
        .with(load_balancer::SCHEME, scheme)
        .with(load_balancer::VPC_ID, &one.vpc)
        .with(
            load_balancer::STATE,
            Doc::new().with(load_balancer_state::CODE, state_word(one.phase.state)),
        )
        .with(load_balancer::TYPE, one.kind.word())
        .with(load_balancer::AVAILABILITY_ZONES, zones(context, one))
        .with(load_balancer::IP_ADDRESS_TYPE, address_type(one));
    // The hosted zones of other Regions are not on record here.
    if context.region.name == "us-east-1" {
        doc.put(load_balancer::CANONICAL_HOSTED_ZONE_ID, hosted);
    }
    if !one.groups.is_empty() {
        doc.put(load_balancer::SECURITY_GROUPS, ids(&one.groups));
        if one.kind == BalancerKind::Network {
            doc.put(
                load_balancer::ENFORCE_SECURITY_GROUP_INBOUND_RULES_ON_PRIVATE_LINK_TRAFFIC,
                on_off(one.enforce_private_link),
            );
        }
    }
    doc
}

/// `DescribeLoadBalancers`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeLoadBalancersInput>,
) -> Result<Doc<DescribeLoadBalancersOutput>, Fault> {
    let ec2 = context.ec2();
    let arns: Vec<&str> = request
        .items(describe_load_balancers::LOAD_BALANCER_ARNS)
        .collect();
    let names: Vec<&str> = request.items(describe_load_balancers::NAMES).collect();
    if !arns.is_empty() && !names.is_empty() {
        return Err(wrong(
            "Load balancer names and load balancer ARNs cannot be specified at the same time",
        ));
    }
    for arn in &arns {
        found(ec2, arn)?;
    }
    let all = ec2.elbv2.balancers.by_birth().into_iter();
    let all: Vec<_> = all.filter(|it| it.is_there()).collect();
    if let Some(name) = names
        .iter()
        .find(|name| !all.iter().any(|it| it.name == **name))
    {
        return Err(missing(name));
    }
    let wanted = |it: &LoadBalancer| {
        (arns.is_empty() || arns.contains(&it.id.as_str()))
            && (names.is_empty() || names.contains(&it.name.as_str()))
    };
    let list: Vec<_> = all
        .into_iter()
        .filter(|it| wanted(it))
        .map(|it| show(context, it))
        .collect();
    Ok(Doc::new().with(describe_load_balancers_output::LOAD_BALANCERS, list))
}

/// `DeleteLoadBalancer`: its listeners go with it, its target groups stay. What is gone already
/// is deleted without complaint.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteLoadBalancerInput>,
) -> Result<(), Fault> {
    let wanted = request
        .get(delete_load_balancer::LOAD_BALANCER_ARN)
        .unwrap_or_default();
    let ec2 = context.ec2();
    let one = match found(ec2, wanted) {
        Ok(one) => one,
        Err(fault) if fault.code == "LoadBalancerNotFound" => return Ok(()),
        Err(fault) => return Err(fault),
    };
    if super::attributes::is_protected(one) {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!(
                "Load balancer '{wanted}' cannot be deleted because deletion protection is enabled"
            ),
        ));
    }
    let service = ec2
        .endpoint_services
        .iter()
        .any(|it| it.phase.is_alive() && it.balancers.iter().any(|balancer| *balancer == wanted));
    let target = ec2.elbv2.target_groups.iter().any(|it| {
        it.target_kind == TargetKind::Alb && it.targets.iter().any(|target| target.id == wanted)
    });
    if service || target {
        return Err(Fault::new(
            "ResourceInUse",
            format!(
                "Load balancer '{wanted}' cannot be deleted because it is currently associated with another service"
            ),
        ));
    }
    let id = one.id.clone();
    let until = context.now().after(END_SECONDS);
    let (ec2, _) = context.parts();
    let listeners: Vec<Id> = ec2
        .elbv2
        .listeners_of(&id)
        .iter()
        .map(|it| it.id.clone())
        .collect();
    for listener in listeners {
        super::listener::remove(&mut ec2.elbv2, &listener);
    }
    if let Some(one) = ec2.elbv2.balancers.get_mut(id.as_str()) {
        one.phase = Phase::until(State::Deleting, until, State::Deleted);
    }
    Ok(())
}

/// `SetSecurityGroups`: instead of those it has. A Network Load Balancer that was made without
/// any stays without.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html>
pub(crate) fn set_groups(
    context: &mut Context<'_>,
    request: View<'_, SetSecurityGroupsInput>,
) -> Result<Doc<SetSecurityGroupsOutput>, Fault> {
    use set_security_groups as of;
    let wanted = request.get(of::LOAD_BALANCER_ARN).unwrap_or_default();
    let ec2 = context.ec2();
    let one = found(ec2, wanted)?;
    let network = one.kind == BalancerKind::Network;
    if network && one.groups.is_empty() {
        return Err(unfit(
            "You cannot set security groups on a Network Load Balancer which was created without \
             any security groups.",
        ));
    }
    let groups = groups(ec2, &one.vpc, request.items(of::SECURITY_GROUPS))?;
    if groups.is_empty() {
        return Err(wrong("At least one security group must be specified"));
    }
    let enforce = request.get(of::ENFORCE_SECURITY_GROUP_INBOUND_RULES_ON_PRIVATE_LINK_TRAFFIC);
    if enforce.is_some() && !network {
        return Err(unfit(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is not supported for load \
             balancers of type 'application'",
        ));
    }
    let id = one.id.clone();
    let nodes = one.nodes.clone();
    let ec2 = context.ec2_mut();
    for node in &nodes {
        if let Some(interface) = ec2.network_interfaces.get_mut(node.interface.as_str()) {
            interface.groups.clone_from(&groups);
        }
    }
    let mut answer = Doc::new().with(set_security_groups_output::SECURITY_GROUP_IDS, ids(&groups));
    if let Some(one) = ec2.elbv2.balancers.get_mut(id.as_str()) {
        one.groups = groups;
        if let Some(enforce) = enforce {
            one.enforce_private_link = enforce == "on";
        }
        if network {
            answer.put(
                set_security_groups_output::ENFORCE_SECURITY_GROUP_INBOUND_RULES_ON_PRIVATE_LINK_TRAFFIC,
                on_off(one.enforce_private_link),
            );
        }
    }
    Ok(answer)
}

/// `SetSubnets`: instead of those it has. A node whose subnet stays keeps its interface.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html>
pub(crate) fn set_subnets(
    context: &mut Context<'_>,
    request: View<'_, SetSubnetsInput>,
) -> Result<Doc<SetSubnetsOutput>, Fault> {
    use set_subnets as of;
    let wanted = request.get(of::LOAD_BALANCER_ARN).unwrap_or_default();
    let ec2 = context.ec2();
    let one = LoadBalancer::clone(found(ec2, wanted)?);
    if request
        .get(of::IP_ADDRESS_TYPE)
        .is_some_and(|it| it != address_type(&one))
    {
        return Err(not_here("Another IP address type than it was made with"));
    }
    if request.has(of::ENABLE_PREFIX_FOR_IPV6_SOURCE_NAT) {
        return Err(not_here("A prefix for source NAT"));
    }
    let places = node::places(
        ec2,
        one.kind,
        one.internet_facing,
        request.items(of::SUBNETS),
        request.items(of::SUBNET_MAPPINGS),
    )?;
    if places.iter().any(|it| it.subnet.vpc != one.vpc) {
        return Err(unfit(format!(
            "The subnets must belong to the VPC '{}' of the load balancer",
            one.vpc
        )));
    }
    let stays = |place: &Place| {
        let mut nodes = one.nodes.iter();
        nodes.find(|node| node.subnet == place.subnet.id)
    };
    if one.kind == BalancerKind::Network {
        // A subnet of a zone gives way in two steps: first the zone goes, then it comes back.
        let moved = places
            .iter()
            .find(|place| stays(place).is_none() && one.is_in_zone(&place.subnet.zone));
        if let Some(place) = moved {
            return Err(unfit(format!(
                "You cannot specify an additional subnet from an Availability Zone that is already \
                 associated with the load balancer. The Availability Zone '{}' corresponding to the \
                 new subnet '{}' is already associated with the load balancer.",
                place.subnet.zone, place.subnet.id
            )));
        }
    }
    let new: Vec<&Place> = places.iter().filter(|it| stays(it).is_none()).collect();
    node::check_room(ec2, one.internet_facing, one.dual_stack, &new)?;
    let (ec2, mint) = context.parts();
    let mut nodes = Vec::new();
    for place in &places {
        nodes.push(match stays(place) {
            Some(node) => node.clone(),
            None => node::make(ec2, mint, &one, place)?,
        });
    }
    for node in &one.nodes {
        if !nodes.contains(node) {
            crate::ec2::network_interface::remove(ec2, &node.interface);
        }
    }
    if let Some(one) = ec2.elbv2.balancers.get_mut(one.id.as_str()) {
        one.nodes = nodes;
    }
    let one = found(context.ec2(), wanted)?;
    Ok(Doc::new()
        .with(set_subnets_output::AVAILABILITY_ZONES, zones(context, one))
        .with(set_subnets_output::IP_ADDRESS_TYPE, address_type(one)))
}

/// The target groups that actions send to, with their weights.
pub(super) fn forwarded(actions: &[Action]) -> impl Iterator<Item = &Id> {
    actions.iter().flat_map(|action| match action {
        Action::Forward(groups) => groups.iter().map(|(id, _)| id).collect(),
        Action::Redirect { .. } | Action::Fixed { .. } => Vec::new(),
    })
}

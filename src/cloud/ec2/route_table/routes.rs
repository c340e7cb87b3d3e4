//! Operations on routes.

use super::{Destination, Origin, Route, RouteTable, Target};
use crate::door::Context;
use crate::ec2::select::{find, find_mut};
use crate::ec2::{Ec2, prefix_list};
use crate::fault::Fault;
use crate::field::Doc;
use crate::field::View;
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{create_route, create_route_result, delete_route, replace_route};
use crate::id::Id;
use crate::region::Region;
use hopwise_net::Prefix;

/// The most routes of one family that a table holds beside those that AWS made.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const MOST_ROUTES: u32 = 50;

/// The destination of a route that a request names. Host bits are cleared.
fn destination(
    ec2: &Ec2,
    region: &'static Region,
    v4: Option<&str>,
    v6: Option<&str>,
    list: Option<&str>,
) -> Result<Destination, Fault> {
    let (text, parameter, wants_v4) = match (v4, v6, list) {
        (None, None, Some(id)) => {
            prefix_list::check_exists(ec2, region, id)?;
            return Ok(Destination::List(Id::new(id)));
        }
        (Some(text), None, None) => (text, "destinationCidrBlock", true),
        (None, Some(text), None) => (text, "destinationIpv6CidrBlock", false),
        (None, None, None) => return Err(Fault::missing("destinationCidrBlock")),
        _ => {
            return Err(Fault::combination(
                "Only one of destinationCidrBlock, destinationIpv6CidrBlock and \
                 destinationPrefixListId can be specified",
            ));
        }
    };
    match text.parse::<Prefix>() {
        Ok(prefix) if prefix.is_v4() == wants_v4 => Ok(prefix.into()),
        _ => Err(Fault::value(format!(
            "Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block."
        ))),
    }
}

/// The members of a request that can name a target.
struct Targets<'a> {
    gateway: Option<&'a str>,
    instance: Option<&'a str>,
    interface: Option<&'a str>,
    nat: Option<&'a str>,
    peering: Option<&'a str>,
    transit: Option<&'a str>,
    egress_only: Option<&'a str>,
    endpoint: Option<&'a str>,
    other: bool,
    local: bool,
}

/// The target of a route that a request names, if the table may lead there.
fn target(ec2: &Ec2, table: &RouteTable, wanted: &Targets<'_>) -> Result<Target, Fault> {
    let named = [
        wanted.gateway,
        wanted.instance,
        wanted.interface,
        wanted.nat,
        wanted.peering,
        wanted.transit,
        wanted.egress_only,
        wanted.endpoint,
    ];
    let count = named.iter().flatten().count() + usize::from(wanted.other || wanted.local);
    if count > 1 {
        return Err(Fault::combination(
            "The request contains more than one route target",
        ));
    }
    let other = |what: &str, id: &Id| super::association::different_networks(&table.id, what, id);
    if wanted.local {
        return Ok(Target::Local);
    }
    if let Some(id) = wanted.gateway {
        return gateway(ec2, table, id);
    }
    if let Some(id) = wanted.nat {
        let gateway = find(&ec2.nat_gateways, id)?;
        if gateway.vpc != table.vpc {
            return Err(other("NAT gateway", &gateway.id));
        }
        return Ok(Target::NatGateway(gateway.id.clone()));
    }
    if let Some(id) = wanted.peering {
        let peering = find(&ec2.peerings, id)?;
        if peering.sides(&table.vpc).is_none() {
            return Err(other("VPC peering connection", &peering.id));
        }
        return Ok(Target::PeeringConnection(peering.id.clone()));
    }
    if let Some(id) = wanted.transit {
        let target = Target::TransitGateway(Id::new(id));
        let attached = ec2.transit_attachment_of(&table.vpc, &Id::new(id));
        if attached.is_none_or(|it| !it.phase.is_alive()) {
            return Err(Fault::new(
                "InvalidTransitGatewayID.NotFound",
                format!("Transit Gateway {id} was deleted or does not exist."),
            ));
        }
        return Ok(target);
    }
    if let Some(id) = wanted.egress_only {
        let gateway = find(&ec2.egress_only_gateways, id)?;
        if gateway.vpc != table.vpc {
            return Err(other("egress-only internet gateway", &gateway.id));
        }
        return Ok(Target::EgressOnlyInternetGateway(gateway.id.clone()));
    }
    if let Some(id) = wanted.endpoint {
        find(&ec2.endpoints, id)?;
        return Err(Fault::value(format!(
            "Route to {id} is not supported: only Gateway Load Balancer endpoints can be the \
             target of a route, and this sandbox has none."
        )));
    }
    interface(ec2, table, wanted)
}

/// The target that a `GatewayId` names: an internet gateway, a virtual private gateway, `local`.
fn gateway(ec2: &Ec2, table: &RouteTable, id: &str) -> Result<Target, Fault> {
    let other = |id: &Id| super::association::different_networks(&table.id, "network gateway", id);
    if id == "local" {
        return Ok(Target::Local);
    }
    if id.starts_with("vgw-") {
        let gateway = find(&ec2.vpn_gateways, id)?;
        if gateway.attached_to() != Some(&table.vpc) {
            return Err(other(&gateway.id));
        }
        return Ok(Target::VpnGateway(gateway.id.clone()));
    }
    if id.starts_with("vpce-") {
        // AWS makes the routes of a gateway endpoint by itself.
        return Err(Fault::value(format!(
            "Route tables of a gateway endpoint are changed with ModifyVpcEndpoint; {id} can't be \
             named as the target of a route."
        )));
    }
    let gateway = ec2.internet_gateways.get(id).ok_or_else(|| {
        Fault::new(
            "InvalidGatewayID.NotFound",
            format!("The gateway ID '{id}' does not exist"),
        )
    })?;
    if gateway.vpc.as_ref() != Some(&table.vpc) {
        return Err(other(&gateway.id));
    }
    Ok(Target::InternetGateway(gateway.id.clone()))
}

/// The network interface that a request names, or the one of the instance that it names.
fn interface(ec2: &Ec2, table: &RouteTable, wanted: &Targets<'_>) -> Result<Target, Fault> {
    let interface = if let Some(id) = wanted.instance {
        let instance = find(&ec2.instances, id)?;
        let mut interfaces = ec2.interfaces_of(&instance.id).into_iter();
        match (interfaces.next(), interfaces.next()) {
            (Some(interface), None) => interface,
            (None, _) => {
                return Err(Fault::new(
                    "InvalidInstanceID",
                    format!(
                        "There are no interfaces attached to instance '{id}'. Please attach a network interface to the instance and try again."
                    ),
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Fault::new(
                    "InvalidInstanceID",
                    format!(
                        "There are multiple interfaces attached to instance '{id}'. Please specify an interface ID for the operation instead."
                    ),
                ));
            }
        }
    } else if let Some(id) = wanted.interface {
        find(&ec2.network_interfaces, id)?
    } else {
        return Err(if wanted.other {
            Fault::new(
                "UnsupportedOperation",
                "This kind of route target is not in this sandbox.",
            )
        } else {
            Fault::missing("gatewayId")
        });
    };
    if interface.vpc != table.vpc {
        return Err(super::association::different_networks(
            &table.id,
            "interface",
            &interface.id,
        ));
    }
    Ok(Target::NetworkInterface(interface.id.clone()))
}

/// `CreateRoute`
pub(crate) fn create_route(
    context: &mut Context<'_>,
    request: View<'_, CreateRouteRequest>,
) -> Result<Doc<CreateRouteResult>, Fault> {
    let region = context.region;
    let ec2 = context.ec2();
    let table = find(
        &ec2.route_tables,
        request
            .get(create_route::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let destination = destination(
        ec2,
        region,
        request.get(create_route::DESTINATION_CIDR_BLOCK),
        request.get(create_route::DESTINATION_IPV6_CIDR_BLOCK),
        request.get(create_route::DESTINATION_PREFIX_LIST_ID),
    )?;
    let target = target(
        ec2,
        table,
        &Targets {
            gateway: request.get(create_route::GATEWAY_ID),
            instance: request.get(create_route::INSTANCE_ID),
            interface: request.get(create_route::NETWORK_INTERFACE_ID),
            nat: request.get(create_route::NAT_GATEWAY_ID),
            peering: request.get(create_route::VPC_PEERING_CONNECTION_ID),
            transit: request.get(create_route::TRANSIT_GATEWAY_ID),
            egress_only: request.get(create_route::EGRESS_ONLY_INTERNET_GATEWAY_ID),
            endpoint: request.get(create_route::VPC_ENDPOINT_ID),
            other: request.has(create_route::LOCAL_GATEWAY_ID)
                || request.has(create_route::CARRIER_GATEWAY_ID)
                || request.has(create_route::CORE_NETWORK_ARN),
            local: false,
        },
    )?;
    if table.route(&destination).is_some() {
        return Err(Fault::new(
            "RouteAlreadyExists",
            format!("The route identified by {destination} already exists."),
        ));
    }
    if target == Target::Local {
        return Err(Fault::value(
            "Value (local) for parameter gatewayId is invalid. Local routes are made with the \
             route table, one for each CIDR block of the VPC.",
        ));
    }
    check_family(ec2, region, &destination, &target)?;
    check_edge(ec2, table, &destination, &target)?;
    check_within_vpc(ec2, table, &destination, &target)?;
    check_not_reserved(&destination)?;
    check_room(ec2, region, table, &destination)?;
    let id = table.id.clone();
    find_mut(&mut context.ec2_mut().route_tables, id.as_str())?
        .routes
        .push(Route {
            destination,
            target,
            origin: Origin::CreateRoute,
        });
    Ok(Doc::new().with(create_route_result::RETURN, true))
}

/// An egress-only gateway is for IPv6, a NAT gateway for IPv4 and 64:ff9b::/96.
fn check_family(
    ec2: &Ec2,
    region: &'static Region,
    destination: &Destination,
    target: &Target,
) -> Result<(), Fault> {
    let blocks = prefix_list::blocks_of(ec2, region, destination);
    let v4 = blocks.iter().any(|block| block.is_v4());
    if matches!(target, Target::EgressOnlyInternetGateway(_)) && v4 {
        return Err(Fault::value(
            "Route target is not supported. An egress-only internet gateway routes IPv6 only.",
        ));
    }
    let nat64: Option<Prefix> = "64:ff9b::/96".parse().ok();
    let beyond = |block: &Prefix| !block.is_v4() && nat64.is_none_or(|nat64| !nat64.covers(*block));
    if matches!(target, Target::NatGateway(_)) && blocks.iter().any(beyond) {
        return Err(Fault::value(
            "Route target is not supported. A NAT gateway routes IPv4 and, of IPv6, 64:ff9b::/96.",
        ));
    }
    Ok(())
}

/// A route as specific as or more specific than the VPC's own range must be for exactly the
/// block of a subnet, and lead to an appliance or a NAT gateway.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html>
fn check_within_vpc(
    ec2: &Ec2,
    table: &RouteTable,
    destination: &Destination,
    target: &Target,
) -> Result<(), Fault> {
    let vpc = ec2.vpcs.get(table.vpc.as_str());
    let Some(destination) = destination.block() else {
        return Ok(());
    };
    if !vpc.is_some_and(|vpc| vpc.covers(destination)) {
        return Ok(());
    }
    if !matches!(target, Target::NetworkInterface(_) | Target::NatGateway(_)) {
        return Err(Fault::value(
            "Route target is not supported. This route only supports interface and instance \
             targets.",
        ));
    }
    let is_subnet = ec2.subnets.iter().any(|subnet| {
        let mut blocks = subnet.all_blocks();
        subnet.vpc == table.vpc && blocks.any(|block| block == destination)
    });
    if !is_subnet {
        return Err(Fault::value(format!(
            "The destination CIDR block {destination} is more specific than one of this VPC's CIDR \
             blocks and is not the CIDR block of one of its subnets."
        )));
    }
    Ok(())
}

/// The table of a gateway has routes to subnets and to the whole VPC only, and they lead to
/// network interfaces.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html>
fn check_edge(
    ec2: &Ec2,
    table: &RouteTable,
    destination: &Destination,
    target: &Target,
) -> Result<(), Fault> {
    match table.gateways().next() {
        Some(gateway) => {
            super::association::check_edge_route(ec2, table, destination, target, gateway)
        }
        None => Ok(()),
    }
}

/// No route of one's own leads into what AWS keeps for its services in every VPC.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>
fn check_not_reserved(destination: &Destination) -> Result<(), Fault> {
    let Some(destination) = destination.block() else {
        return Ok(());
    };
    let reserved = ["169.254.168.0/22", "fd00:ec2::/32"]
        .iter()
        .filter_map(|text| text.parse::<Prefix>().ok())
        .any(|reserved| reserved.covers(destination));
    if reserved {
        return Err(Fault::value(format!(
            "The destination CIDR block {destination} is reserved for AWS services."
        )));
    }
    Ok(())
}

/// Has the table room for the route? A prefix list counts for as many routes as it may hold.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
fn check_room(
    ec2: &Ec2,
    region: &'static Region,
    table: &RouteTable,
    destination: &Destination,
) -> Result<(), Fault> {
    let weigh = |it: &Destination| -> (bool, u32) {
        match it {
            Destination::Block(block) => (block.is_v4(), 1),
            Destination::List(id) => prefix_list::weight(ec2, region, id),
        }
    };
    let (v4, more) = weigh(destination);
    let own = table.routes.iter().filter(|it| it.target != Target::Local);
    let there: u32 = own
        .map(|it| weigh(&it.destination))
        .filter(|(family, _)| *family == v4)
        .map(|(_, weight)| weight)
        .sum();
    if there.saturating_add(more) > MOST_ROUTES {
        return Err(Fault::new(
            "RouteLimitExceeded",
            "The maximum number of routes has been reached.",
        ));
    }
    Ok(())
}

/// Is it the route that AWS made with the table, whatever it leads to now?
fn is_local_range(ec2: &Ec2, table: &RouteTable, destination: &Destination) -> bool {
    let vpc = ec2.vpcs.get(table.vpc.as_str());
    vpc.is_some_and(|vpc| vpc.all_blocks().any(|block| destination.is(block)))
}

/// `ReplaceRoute`
pub(crate) fn replace_route(
    context: &mut Context<'_>,
    request: View<'_, ReplaceRouteRequest>,
) -> Result<(), Fault> {
    let region = context.region;
    let ec2 = context.ec2();
    let table = find(
        &ec2.route_tables,
        request
            .get(replace_route::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let destination = destination(
        ec2,
        region,
        request.get(replace_route::DESTINATION_CIDR_BLOCK),
        request.get(replace_route::DESTINATION_IPV6_CIDR_BLOCK),
        request.get(replace_route::DESTINATION_PREFIX_LIST_ID),
    )?;
    let target = target(
        ec2,
        table,
        &Targets {
            gateway: request.get(replace_route::GATEWAY_ID),
            instance: request.get(replace_route::INSTANCE_ID),
            interface: request.get(replace_route::NETWORK_INTERFACE_ID),
            nat: request.get(replace_route::NAT_GATEWAY_ID),
            peering: request.get(replace_route::VPC_PEERING_CONNECTION_ID),
            transit: request.get(replace_route::TRANSIT_GATEWAY_ID),
            egress_only: request.get(replace_route::EGRESS_ONLY_INTERNET_GATEWAY_ID),
            endpoint: request.get(replace_route::VPC_ENDPOINT_ID),
            other: request.has(replace_route::LOCAL_GATEWAY_ID)
                || request.has(replace_route::CARRIER_GATEWAY_ID)
                || request.has(replace_route::CORE_NETWORK_ARN),
            local: request.get(replace_route::LOCAL_TARGET) == Some(true),
        },
    )?;
    let Some(old) = table.route(&destination) else {
        return Err(Fault::value(format!(
            "There is no route defined for '{destination}' in the route table. Use CreateRoute \
             instead."
        )));
    };
    let local = is_local_range(ec2, table, &destination);
    let for_local = matches!(
        target,
        Target::Local | Target::NetworkInterface(_) | Target::NatGateway(_)
    );
    if local && !for_local {
        return Err(Fault::value(format!(
            "cannot replace the target of the local route {destination} in route table {} with \
             {target}: it can lead to local, a network interface or a NAT gateway",
            table.id
        )));
    }
    if !local && target == Target::Local && old.target != Target::Local {
        return Err(Fault::value(format!(
            "route {destination} cannot have the target local"
        )));
    }
    check_family(ec2, region, &destination, &target)?;
    check_edge(ec2, table, &destination, &target)?;
    if !local && target != Target::Local {
        check_within_vpc(ec2, table, &destination, &target)?;
    }
    let id = table.id.clone();
    let table = find_mut(&mut context.ec2_mut().route_tables, id.as_str())?;
    if let Some(route) = table
        .routes
        .iter_mut()
        .find(|route| route.destination == destination)
    {
        route.target = target;
    }
    Ok(())
}

fn no_route(destination: &Destination, table: &Id) -> Fault {
    Fault::new(
        "InvalidRoute.NotFound",
        format!("no route with destination-cidr-block {destination} in route table {table}"),
    )
}

/// `DeleteRoute`: never the local route, nor that of a gateway endpoint.
pub(crate) fn delete_route(
    context: &mut Context<'_>,
    request: View<'_, DeleteRouteRequest>,
) -> Result<(), Fault> {
    let region = context.region;
    let ec2 = context.ec2();
    let table = find(
        &ec2.route_tables,
        request
            .get(delete_route::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let destination = destination(
        ec2,
        region,
        request.get(delete_route::DESTINATION_CIDR_BLOCK),
        request.get(delete_route::DESTINATION_IPV6_CIDR_BLOCK),
        request.get(delete_route::DESTINATION_PREFIX_LIST_ID),
    )?;
    let Some(route) = table.route(&destination) else {
        return Err(no_route(&destination, &table.id));
    };
    if is_local_range(ec2, table, &destination) {
        return Err(Fault::value(format!(
            "cannot remove local route {destination} in route table {}",
            table.id
        )));
    }
    if let Target::Endpoint(endpoint) = &route.target {
        return Err(Fault::value(format!(
            "cannot remove VPC endpoint route {endpoint} in route table {}",
            table.id
        )));
    }
    let id = table.id.clone();
    find_mut(&mut context.ec2_mut().route_tables, id.as_str())?
        .routes
        .retain(|route| route.destination != destination);
    Ok(())
}

//! Site-to-Site VPN connections: two tunnels each.
//!
//! <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html>

use super::customer::find_gateway as find_customer;
use super::gateway::find_gateway;
use super::{TYPE, Tunnel, VpnConnection, VpnEnd, check_type, state_word};
use crate::cloud::Mint;
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use crate::ec2::transit_gateway::{TransitEnd, attach, find_working, remove};
use crate::ec2::vpc::parse_block;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    create_vpn_connection, create_vpn_connection_result, create_vpn_connection_route,
    delete_vpn_connection, delete_vpn_connection_route, describe_vpn_connections,
    describe_vpn_connections_result, modify_vpn_connection, modify_vpn_connection_result,
    tunnel_option, vgw_telemetry, vpn_connection, vpn_connection_options,
    vpn_connection_options_specification, vpn_static_route, vpn_tunnel_options_specification,
};
use crate::id::Id;
use crate::table::Tags;
use crate::time::Time;
use hopwise_net::Prefix;
use std::fmt::Write as _;
use std::net::Ipv4Addr;

/// <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html>
const MOST_CONNECTIONS: usize = 50;
/// How long a connection takes to be made, changed or to go, in seconds.
const SECONDS: u64 = 180;
/// Blocks that AWS keeps for itself.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpnTunnelOptionsSpecification.html>
const RESERVED: [&str; 7] = [
    "169.254.0.0/30",
    "169.254.1.0/30",
    "169.254.2.0/30",
    "169.254.3.0/30",
    "169.254.4.0/30",
    "169.254.5.0/30",
    "169.254.169.252/30",
];

pub(in crate::ec2) const FILTERS: &[FilterRow<VpnConnection>] = &[
    ("vpn-connection-id", |_, it| vec![it.id.to_string()]),
    ("customer-gateway-id", |_, it| {
        vec![it.customer_gateway.to_string()]
    }),
    ("vpn-gateway-id", |_, it| match &it.gateway {
        VpnEnd::VpnGateway(id) => vec![id.to_string()],
        VpnEnd::TransitGateway(_) => Vec::new(),
    }),
    ("transit-gateway-id", |_, it| match &it.gateway {
        VpnEnd::TransitGateway(id) => vec![id.to_string()],
        VpnEnd::VpnGateway(_) => Vec::new(),
    }),
    ("option.static-routes-only", |_, it| {
        vec![it.static_routes.to_string()]
    }),
    ("route.destination-cidr-block", |_, it| {
        it.routes.iter().map(Prefix::to_string).collect()
    }),
    ("bgp-asn", |scope, it| {
        let found = scope
            .ec2
            .customer_gateways
            .get(it.customer_gateway.as_str());
        found.iter().map(|it| it.asn.to_string()).collect()
    }),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
    ("type", |_, _| vec![TYPE.to_owned()]),
];

/// The connection with this id, unless it is gone.
fn find_connection<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a VpnConnection, Fault> {
    let found = find(&ec2.vpn_connections, id)?;
    if found.phase.state == State::Deleted {
        return Err(Fault::new(
            "InvalidVpnConnectionID.NotFound",
            format!("The vpnConnection ID '{id}' does not exist"),
        ));
    }
    Ok(found)
}

/// AWS's side of a connection, which a request names.
fn aws_side(
    ec2: &Ec2,
    vpn_gateway: Option<&str>,
    transit: Option<&str>,
) -> Result<Option<VpnEnd>, Fault> {
    match (vpn_gateway, transit) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Fault::combination(
            "The parameters VpnGatewayId and TransitGatewayId can't be specified together",
        )),
        (Some(id), None) => {
            let gateway = find_gateway(ec2, id)?;
            if !gateway.phase.works() {
                return Err(Fault::new(
                    "InvalidVpnGatewayState",
                    format!("The virtual private gateway {id} is not available."),
                ));
            }
            Ok(Some(VpnEnd::VpnGateway(gateway.id.clone())))
        }
        (None, Some(id)) => Ok(Some(VpnEnd::TransitGateway(
            find_working(ec2, id)?.id.clone(),
        ))),
    }
}

/// The block inside a tunnel that a request names.
fn inside(ec2: &Ec2, text: &str) -> Result<Prefix, Fault> {
    let refuse = |why: &str| {
        Err(Fault::value(format!(
            "Value ({text}) for parameter TunnelInsideCidr is invalid. {why}"
        )))
    };
    let Ok(block) = text.parse::<Prefix>() else {
        return refuse("This is not a valid CIDR block.");
    };
    let local: Option<Prefix> = "169.254.0.0/16".parse().ok();
    if block.length() != 30 || !local.is_some_and(|local| local.covers(block)) {
        return refuse("It must be a /30 block of 169.254.0.0/16.");
    }
    if reserved(block) {
        return refuse("This CIDR block is reserved.");
    }
    if in_use(ec2, block) {
        return refuse("This CIDR block is in use.");
    }
    Ok(block)
}

fn reserved(block: Prefix) -> bool {
    let mut all = RESERVED
        .iter()
        .filter_map(|text| text.parse::<Prefix>().ok());
    all.any(|reserved| reserved == block)
}

fn in_use(ec2: &Ec2, block: Prefix) -> bool {
    let alive = ec2.vpn_connections.iter().filter(|it| it.phase.is_alive());
    alive
        .flat_map(|it| &it.tunnels)
        .any(|it| it.inside == block)
}

/// Makes the two tunnels, with what a request says of them.
fn tunnels(
    ec2: &Ec2,
    mint: &mut Mint,
    now: Time,
    wanted: &[(Option<Prefix>, Option<String>)],
) -> Vec<Tunnel> {
    let mut made: Vec<Tunnel> = Vec::new();
    for place in 0..2 {
        let (block, key) = wanted.get(place).cloned().unwrap_or_default();
        let taken = |address: Ipv4Addr, made: &[Tunnel]| {
            let all = ec2.vpn_connections.iter().flat_map(|it| &it.tunnels);
            all.chain(made).any(|it| it.outside == address)
        };
        let mut outside = ec2.free_public_address(mint);
        while taken(outside, &made) {
            outside = ec2.free_public_address(mint);
        }
        let block = block.unwrap_or_else(|| {
            loop {
                let bits = (mint.bits() as u32 & 0xffff) & !3;
                let first = Ipv4Addr::from(0xa9fe_0000 | bits);
                let block = Prefix::new(first.into(), 30).unwrap_or(Prefix::host(first.into()));
                if !reserved(block)
                    && !in_use(ec2, block)
                    && made.iter().all(|it| it.inside != block)
                {
                    break block;
                }
            }
        });
        made.push(Tunnel {
            outside,
            inside: block,
            key: key.unwrap_or_else(|| mint.shared_key(32)),
            up: false,
            failed: false,
            changed: now,
        });
    }
    made
}

/// `CreateVpnConnection`: to a virtual private gateway, or to a transit gateway, which then has an
/// attachment for it.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateVpnConnectionRequest>,
) -> Result<Doc<CreateVpnConnectionResult>, Fault> {
    use create_vpn_connection as of;
    use vpn_connection_options_specification as option;
    check_type(request.get(of::TYPE))?;
    let tags = new_tags(request.items(of::TAG_SPECIFICATIONS), "vpn-connection")?;
    let ec2 = context.ec2();
    let customer = request.get(of::CUSTOMER_GATEWAY_ID).unwrap_or_default();
    let customer = find_customer(ec2, customer)?.id.clone();
    let side = aws_side(
        ec2,
        request.get(of::VPN_GATEWAY_ID),
        request.get(of::TRANSIT_GATEWAY_ID),
    )?;
    let unsupported = |what: &str| {
        Fault::new(
            "UnsupportedOperation",
            format!("{what} is not in this sandbox."),
        )
    };
    if request.has(of::VPN_CONCENTRATOR_ID) {
        return Err(unsupported("A VPN concentrator"));
    }
    let gateway = side.ok_or_else(|| {
        Fault::new(
            "MissingParameter",
            "The request must contain the parameter VpnGatewayId or TransitGatewayId",
        )
    })?;
    let options = request.get(of::OPTIONS);
    let mut wanted = Vec::new();
    let mut static_routes = false;
    if let Some(options) = options {
        static_routes = options.get(option::STATIC_ROUTES_ONLY).unwrap_or(false);
        if options.get(option::ENABLE_ACCELERATION) == Some(true) {
            return Err(unsupported("An accelerated VPN"));
        }
        if options.get(option::TUNNEL_INSIDE_IP_VERSION) == Some("ipv6") {
            return Err(unsupported("IPv6 inside of tunnels"));
        }
        if options
            .get(option::OUTSIDE_IP_ADDRESS_TYPE)
            .is_some_and(|it| it != "PublicIpv4")
            || options.has(option::TRANSPORT_TRANSIT_GATEWAY_ATTACHMENT_ID)
        {
            return Err(unsupported("A VPN over private or IPv6 addresses"));
        }
        if options.has(option::LOCAL_IPV4_NETWORK_CIDR)
            || options.has(option::REMOTE_IPV4_NETWORK_CIDR)
        {
            return Err(unsupported(
                "Narrowing what a tunnel carries by CIDR blocks",
            ));
        }
        for tunnel in options.items(option::TUNNEL_OPTIONS) {
            use vpn_tunnel_options_specification as of;
            const CARRIED: [&str; 2] = ["TunnelInsideCidr", "PreSharedKey"];
            if let Some((name, _)) = (tunnel.params().iter()).find(|(it, _)| !CARRIED.contains(it))
            {
                return Err(unsupported(&format!("The tunnel option {name}")));
            }
            let block = tunnel.get(of::TUNNEL_INSIDE_CIDR);
            let block = block.map(|it| inside(ec2, it)).transpose()?;
            let key = tunnel.get(of::PRE_SHARED_KEY);
            if key.is_some_and(|key| !is_key(key)) {
                return Err(Fault::value(
                    "Value for parameter PreSharedKey is invalid. It has 8 to 64 letters, digits, \
                     '.' and '_', and does not begin with 0.",
                ));
            }
            wanted.push((block, key.map(str::to_owned)));
        }
        if wanted.len() > 2 {
            return Err(Fault::value("A VPN connection has two tunnels."));
        }
        if let [(Some(first), _), (Some(second), _)] = wanted.as_slice()
            && first == second
        {
            return Err(Fault::value(format!(
                "Value ({second}) for parameter TunnelInsideCidr is invalid. This CIDR block is in use."
            )));
        }
    }
    let all = ec2.vpn_connections.iter();
    if all.filter(|it| it.phase.is_alive()).count() >= MOST_CONNECTIONS {
        return Err(Fault::new(
            "VpnConnectionLimitExceeded",
            "The maximum number of VPN connections has been reached.",
        ));
    }
    let now = context.now();
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("vpn");
    let made = VpnConnection {
        id: id.clone(),
        born,
        tags,
        customer_gateway: customer,
        gateway: gateway.clone(),
        static_routes,
        routes: Vec::new(),
        learned: Vec::new(),
        tunnels: tunnels(ec2, mint, now, &wanted),
        phase: Phase::until(State::Pending, now.after(SECONDS), State::Available),
    };
    ec2.vpn_connections.insert(made.clone());
    join(ec2, mint, now, &id, &gateway);
    let answer = describe_one(context, &made, true);
    Ok(Doc::new().with(create_vpn_connection_result::VPN_CONNECTION, answer))
}

/// A transit gateway has an attachment for a connection.
fn join(ec2: &mut Ec2, mint: &mut Mint, now: Time, connection: &Id, side: &VpnEnd) {
    if let VpnEnd::TransitGateway(gateway) = side {
        let end = TransitEnd::Vpn {
            connection: connection.clone(),
        };
        attach(ec2, mint, now, gateway, end, Tags::default());
    }
}

/// The attachment goes with the connection.
fn leave(ec2: &mut Ec2, now: Time, connection: &Id) {
    let attachment = ec2.transit_attachments.iter().find(|it| {
        let own = matches!(&it.end, TransitEnd::Vpn { connection: own } if own == connection);
        own && it.phase.is_alive()
    });
    if let Some(id) = attachment.map(|it| it.id.clone()) {
        remove(ec2, now, &id);
    }
}

fn is_key(key: &str) -> bool {
    let letters = key
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
    (8..=64).contains(&key.len()) && letters && !key.starts_with('0')
}

/// What the device on the other side is to be told.
fn configuration(ec2: &Ec2, one: &VpnConnection) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let customer = ec2.customer_gateways.get(one.customer_gateway.as_str());
    let (gateway, asn) = match &one.gateway {
        VpnEnd::VpnGateway(id) => (id, ec2.vpn_gateways.get(id.as_str()).map(|it| it.asn)),
        VpnEnd::TransitGateway(id) => (id, ec2.transit_gateways.get(id.as_str()).map(|it| it.asn)),
    };
    let name = match &one.gateway {
        VpnEnd::VpnGateway(_) => "vpn_gateway_id",
        VpnEnd::TransitGateway(_) => "transit_gateway_id",
    };
    // Writing to a string never fails.
    let _ = writeln!(text, "<vpn_connection id=\"{}\">", one.id);
    let _ = writeln!(
        text,
        "  <customer_gateway_id>{}</customer_gateway_id>",
        one.customer_gateway
    );
    let _ = writeln!(text, "  <{name}>{gateway}</{name}>");
    let _ = writeln!(text, "  <vpn_connection_type>{TYPE}</vpn_connection_type>");
    if one.static_routes {
        let _ = writeln!(
            text,
            "  <vpn_connection_attributes>NoBGPVPNConnection</vpn_connection_attributes>"
        );
    }
    for tunnel in &one.tunnels {
        let address = |place| {
            tunnel
                .inside
                .nth(place)
                .map_or(String::new(), |it| it.to_string())
        };
        let _ = writeln!(text, "  <ipsec_tunnel>");
        for (side, outside, inside, asn) in [
            (
                "customer_gateway",
                customer.map(|it| it.address),
                address(2),
                customer.map(|it| it.asn),
            ),
            ("vpn_gateway", Some(tunnel.outside), address(1), asn),
        ] {
            let outside = outside.map_or(String::new(), |it| it.to_string());
            let _ = writeln!(text, "    <{side}>");
            let _ = writeln!(
                text,
                "      <tunnel_outside_address><ip_address>{outside}</ip_address></tunnel_outside_address>"
            );
            let _ = writeln!(
                text,
                "      <tunnel_inside_address><ip_address>{inside}</ip_address><network_mask>255.255.255.252</network_mask><network_cidr>30</network_cidr></tunnel_inside_address>"
            );
            if let Some(asn) = asn.filter(|_| !one.static_routes) {
                let _ = writeln!(
                    text,
                    "      <bgp><asn>{asn}</asn><hold_time>30</hold_time></bgp>"
                );
            }
            let _ = writeln!(text, "    </{side}>");
        }
        let _ = writeln!(
            text,
            "    <ike><pre_shared_key>{}</pre_shared_key></ike>",
            tunnel.key
        );
        let _ = writeln!(text, "  </ipsec_tunnel>");
    }
    text.push_str("</vpn_connection>");
    text
}

fn describe_one(
    context: &Context<'_>,
    one: &VpnConnection,
    new: bool,
) -> Doc<shape::VpnConnection> {
    use vpn_connection as of;
    use vpn_connection_options as option;
    let ec2 = context.ec2();
    let gone = one.phase.state == State::Deleted;
    let tunnels: Vec<_> = (one.tunnels.iter())
        .map(|it| {
            Doc::new()
                .with(tunnel_option::OUTSIDE_IP_ADDRESS, it.outside.to_string())
                .with(tunnel_option::TUNNEL_INSIDE_CIDR, it.inside.to_string())
                .with(tunnel_option::PRE_SHARED_KEY, it.key.as_str())
        })
        .collect();
    let options = Doc::new()
        .with(option::ENABLE_ACCELERATION, false)
        .with(option::STATIC_ROUTES_ONLY, one.static_routes)
        .with(option::LOCAL_IPV4_NETWORK_CIDR, "0.0.0.0/0")
        .with(option::REMOTE_IPV4_NETWORK_CIDR, "0.0.0.0/0")
        .with(option::OUTSIDE_IP_ADDRESS_TYPE, "PublicIpv4")
        .with(option::TUNNEL_INSIDE_IP_VERSION, "ipv4")
        .with(option::TUNNEL_OPTIONS, tunnels);
    let routes: Vec<_> = (one.routes.iter())
        .map(|it| {
            Doc::new()
                .with(vpn_static_route::DESTINATION_CIDR_BLOCK, it.to_string())
                .with(vpn_static_route::SOURCE, "Static")
                .with(vpn_static_route::STATE, state_word(one.phase))
        })
        .collect();
    // Of a new connection nothing is known yet.
    let telemetry: Vec<_> = (one.tunnels.iter())
        .filter(|_| !new && !gone)
        .map(|it| {
            let known = match (it.up, one.static_routes) {
                (false, _) => 0,
                (true, true) => one.routes.len(),
                (true, false) => one.learned.len(),
            };
            Doc::new()
                .with(
                    vgw_telemetry::ACCEPTED_ROUTE_COUNT,
                    i64::try_from(known).unwrap_or_default(),
                )
                .with(vgw_telemetry::LAST_STATUS_CHANGE, it.changed)
                .with(vgw_telemetry::OUTSIDE_IP_ADDRESS, it.outside.to_string())
                .with(vgw_telemetry::STATUS, if it.up { "UP" } else { "DOWN" })
                .with(vgw_telemetry::STATUS_MESSAGE, message(one, it))
        })
        .collect();
    let (vpn, transit) = match &one.gateway {
        VpnEnd::VpnGateway(id) => (Some(id), None),
        VpnEnd::TransitGateway(id) => (None, Some(id)),
    };
    Doc::new()
        .with(of::CATEGORY, "VPN")
        .with_some(of::TRANSIT_GATEWAY_ID, transit)
        .with(of::GATEWAY_ASSOCIATION_STATE, "associated")
        .with(of::OPTIONS, options)
        .with(of::ROUTES, routes)
        .with(of::TAGS, tag_list(&one.tags))
        .with(of::VGW_TELEMETRY, telemetry)
        .with(of::VPN_CONNECTION_ID, &one.id)
        .with(of::STATE, state_word(one.phase))
        .with_some(
            of::CUSTOMER_GATEWAY_CONFIGURATION,
            one.phase.is_alive().then(|| configuration(ec2, one)),
        )
        .with(of::TYPE, TYPE)
        .with(of::CUSTOMER_GATEWAY_ID, &one.customer_gateway)
        .with_some(of::VPN_GATEWAY_ID, vpn)
}

/// What AWS says of a tunnel beside up and down.
fn message(one: &VpnConnection, tunnel: &Tunnel) -> String {
    match (tunnel.up, one.static_routes) {
        (true, false) => format!("{} BGP ROUTES", one.learned.len()),
        (true, true) => String::new(),
        (false, _) => "IPSEC IS DOWN".to_owned(),
    }
}

/// `DescribeVpnConnections`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeVpnConnectionsRequest>,
) -> Result<Doc<DescribeVpnConnectionsResult>, Fault> {
    let found = select(
        context,
        &context.ec2().vpn_connections,
        request.items(describe_vpn_connections::VPN_CONNECTION_IDS),
        request.items(describe_vpn_connections::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found
        .iter()
        .map(|it| describe_one(context, it, false))
        .collect();
    Ok(Doc::new().with(describe_vpn_connections_result::VPN_CONNECTIONS, list))
}

/// `ModifyVpnConnection`: another gateway on either side; the tunnels keep their addresses.
/// <https://docs.aws.amazon.com/vpn/latest/s2svpn/modify-vpn-target.html>
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyVpnConnectionRequest>,
) -> Result<Doc<ModifyVpnConnectionResult>, Fault> {
    use modify_vpn_connection as of;
    let ec2 = context.ec2();
    let id = request.get(of::VPN_CONNECTION_ID).unwrap_or_default();
    let mut changed = find_connection(ec2, id)?.clone();
    if changed.phase.state != State::Available {
        return Err(not_available(&changed.id));
    }
    let side = aws_side(
        ec2,
        request.get(of::VPN_GATEWAY_ID),
        request.get(of::TRANSIT_GATEWAY_ID),
    )?;
    let customer = request.get(of::CUSTOMER_GATEWAY_ID);
    if side.is_none() && customer.is_none() {
        return Err(Fault::new(
            "MissingParameter",
            "The request must contain the parameter VpnGatewayId, TransitGatewayId or \
             CustomerGatewayId",
        ));
    }
    if let Some(customer) = customer {
        changed.customer_gateway = find_customer(ec2, customer)?.id.clone();
    }
    if matches!(side, Some(VpnEnd::TransitGateway(_))) && !changed.routes.is_empty() {
        return Err(Fault::new(
            "InvalidVpnConnection.InvalidState",
            format!(
                "Delete the static routes of {} first: those of a transit gateway stand in its \
                 route tables.",
                changed.id
            ),
        ));
    }
    let now = context.now();
    changed.phase = Phase::until(State::Modifying, now.after(SECONDS), State::Available);
    let id = changed.id.clone();
    let moved = side.filter(|side| *side != changed.gateway);
    if let Some(side) = &moved {
        changed.gateway = side.clone();
    }
    let (ec2, mint) = context.parts();
    ec2.vpn_connections.insert(changed.clone());
    if let Some(side) = &moved {
        leave(ec2, now, &id);
        join(ec2, mint, now, &id, side);
    }
    let answer = describe_one(context, &changed, false);
    Ok(Doc::new().with(modify_vpn_connection_result::VPN_CONNECTION, answer))
}

fn not_available(id: &Id) -> Fault {
    Fault::new(
        "InvalidVpnConnection.InvalidState",
        format!("The VPN connection {id} must be in the available state to complete the request."),
    )
}

/// `DeleteVpnConnection`
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteVpnConnectionRequest>,
) -> Result<(), Fault> {
    let wanted = request.get(delete_vpn_connection::VPN_CONNECTION_ID);
    let one = find_connection(context.ec2(), wanted.unwrap_or_default())?;
    if one.phase.state == State::Deleting {
        return Err(not_available(&one.id));
    }
    let (id, now) = (one.id.clone(), context.now());
    let ec2 = context.ec2_mut();
    let one = find_mut(&mut ec2.vpn_connections, id.as_str())?;
    one.phase = Phase::until(State::Deleting, now.after(SECONDS), State::Deleted);
    leave(ec2, now, &id);
    Ok(())
}

/// The connection and the block that a static route is for.
fn route(
    context: &Context<'_>,
    id: Option<&str>,
    block: Option<&str>,
) -> Result<(Id, Prefix), Fault> {
    let one = find_connection(context.ec2(), id.unwrap_or_default())?;
    let block = parse_block(block.unwrap_or_default(), "destinationCidrBlock")?;
    if !one.static_routes || matches!(one.gateway, VpnEnd::TransitGateway(_)) {
        return Err(Fault::new(
            "InvalidVpnConnection.InvalidType",
            format!(
                "The specified VPN connection {} does not support static routes.",
                one.id
            ),
        ));
    }
    if !one.phase.is_alive() {
        return Err(not_available(&one.id));
    }
    Ok((one.id.clone(), block))
}

/// `CreateVpnConnectionRoute`: what lies behind a connection without BGP.
pub(crate) fn create_route(
    context: &mut Context<'_>,
    request: View<'_, CreateVpnConnectionRouteRequest>,
) -> Result<(), Fault> {
    use create_vpn_connection_route as of;
    let (id, block) = route(
        context,
        request.get(of::VPN_CONNECTION_ID),
        request.get(of::DESTINATION_CIDR_BLOCK),
    )?;
    let one = find_mut(&mut context.ec2_mut().vpn_connections, id.as_str())?;
    if one.routes.contains(&block) {
        return Err(Fault::new(
            "RouteAlreadyExists",
            format!("The route identified by {block} already exists."),
        ));
    }
    one.routes.push(block);
    Ok(())
}

/// `DeleteVpnConnectionRoute`
pub(crate) fn delete_route(
    context: &mut Context<'_>,
    request: View<'_, DeleteVpnConnectionRouteRequest>,
) -> Result<(), Fault> {
    use delete_vpn_connection_route as of;
    let (id, block) = route(
        context,
        request.get(of::VPN_CONNECTION_ID),
        request.get(of::DESTINATION_CIDR_BLOCK),
    )?;
    let one = find_mut(&mut context.ec2_mut().vpn_connections, id.as_str())?;
    if !one.routes.contains(&block) {
        return Err(Fault::new(
            "InvalidRoute.NotFound",
            format!("no route with destination-cidr-block {block} in VPN connection {id}"),
        ));
    }
    one.routes.retain(|it| *it != block);
    Ok(())
}

//! Virtual interfaces: BGP sessions over a connection, each on a VLAN of its own.
//!
//! <https://docs.aws.amazon.com/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html>

use super::{
    VirtualEnd, VirtualInterface, connection, gateway, new_tags, not_here, refused, tag_list,
};
use crate::door::Context;
use crate::ec2::phase::{Phase, State};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::directconnect::{
    bgp_peer, create_private_virtual_interface, create_transit_virtual_interface,
    create_transit_virtual_interface_result, delete_virtual_interface,
    delete_virtual_interface_response, describe_virtual_interfaces, new_private_virtual_interface,
    new_transit_virtual_interface,
    shape::{self, *},
    virtual_interface, virtual_interfaces,
};
use crate::id::Id;
use crate::table::Tags;
use std::net::Ipv4Addr;

/// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html>
const MOST_INTERFACES: usize = 50;
/// How many of them may be transit virtual interfaces.
const MOST_TRANSIT: usize = 4;
/// How long an interface takes to be made or to go, in seconds.
const SECONDS: u64 = 60;

/// What both kinds of request say.
struct New<'a> {
    name: &'a str,
    vlan: i64,
    asn: Option<i64>,
    mtu: Option<i64>,
    key: Option<&'a str>,
    amazon: Option<&'a str>,
    customer: Option<&'a str>,
    family: Option<&'a str>,
    site_link: bool,
    tags: Tags,
}

fn address(text: &str, name: &str) -> Result<(Ipv4Addr, u8), Fault> {
    let invalid = || {
        refused(format!(
            "{name} {text} is not a valid address with a prefix length."
        ))
    };
    let (address, length) = text.split_once('/').ok_or_else(invalid)?;
    let address = address.parse().map_err(|_| invalid())?;
    let length = length.parse().map_err(|_| invalid())?;
    if !(8..=31).contains(&length) {
        return Err(invalid());
    }
    Ok((address, length))
}

fn make(
    context: &mut Context<'_>,
    wanted: &str,
    new: New<'_>,
    end: VirtualEnd,
) -> Result<VirtualInterface, Fault> {
    let on = connection::find(context, wanted)?;
    if !on.phase.works() {
        return Err(refused(format!(
            "Connection {wanted} is not available: it is {}.",
            connection::state_word(on)
        )));
    }
    let on = on.id.clone();
    let vlan = u16::try_from(new.vlan)
        .ok()
        .filter(|vlan| (1..=4094).contains(vlan));
    let vlan = vlan.ok_or_else(|| refused(format!("VLAN {} is not valid.", new.vlan)))?;
    let asn = new
        .asn
        .ok_or_else(|| refused("The ASN of the BGP peer is required."))?;
    let asn = u64::try_from(asn)
        .ok()
        .filter(|asn| (1..=4_294_967_294).contains(asn))
        .ok_or_else(|| refused(format!("ASN {asn} is not valid.")))?;
    if new.family == Some("ipv6") || new.site_link {
        return Err(not_here("IPv6 and SiteLink of a virtual interface"));
    }
    let transit = matches!(end, VirtualEnd::Transit(_));
    let jumbo = if transit { 8_500 } else { 9_001 };
    let mtu = match new.mtu {
        None | Some(1_500) => 1_500,
        Some(mtu) if mtu == i64::from(jumbo) => jumbo,
        Some(mtu) => {
            return Err(refused(format!(
                "MTU {mtu} is not valid: it is 1500 or {jumbo}."
            )));
        }
    };
    if new.name.is_empty() {
        return Err(refused("The name of the virtual interface is required."));
    }
    let there: Vec<_> = (context.ec2().direct_connect.interfaces.iter())
        .filter(|it| it.connection == on && it.phase.is_alive())
        .collect();
    if there.iter().any(|it| it.vlan == vlan) {
        return Err(refused(format!(
            "VLAN {vlan} is already in use on connection {on}."
        )));
    }
    let of_transit = there
        .iter()
        .filter(|it| matches!(it.end, VirtualEnd::Transit(_)));
    if there.len() >= MOST_INTERFACES || transit && of_transit.count() >= MOST_TRANSIT {
        return Err(refused(format!(
            "The maximum number of virtual interfaces on connection {on} has been reached."
        )));
    }
    let given = match (new.amazon, new.customer) {
        (None, None) => None,
        (Some(amazon), Some(customer)) => {
            let (amazon, length) = address(amazon, "amazonAddress")?;
            let (customer, other) = address(customer, "customerAddress")?;
            if length != other || amazon == customer {
                return Err(refused(
                    "amazonAddress and customerAddress don't fit together.",
                ));
            }
            Some((amazon, customer, length))
        }
        _ => return Err(refused("amazonAddress and customerAddress come together.")),
    };
    let (name, key) = (new.name.to_owned(), new.key.map(str::to_owned));
    let until = context.now().after(SECONDS);
    let (ec2, mint) = context.parts();
    let (id, born) = mint.short("dxvif");
    let addresses = given.unwrap_or_else(|| {
        let bits = (mint.bits() as u32 & 0x00ff_ffff) % 0xfd00;
        let first = 0xa9fe_0000 | (bits & !7);
        (Ipv4Addr::from(first | 1), Ipv4Addr::from(first | 2), 29)
    });
    let key = key.unwrap_or_else(|| mint.shared_key(24));
    let made = VirtualInterface {
        id,
        born,
        tags: new.tags,
        name,
        connection: on,
        end,
        vlan,
        asn,
        addresses,
        key,
        mtu,
        phase: Phase::until(State::Pending, until, State::Available),
        up: false,
        failed: false,
        learned: Vec::new(),
    };
    ec2.direct_connect.interfaces.insert(made.clone());
    Ok(made)
}

/// `CreatePrivateVirtualInterface`: to a virtual private gateway of the Region, or to a Direct
/// Connect gateway.
pub(crate) fn create_private(
    context: &mut Context<'_>,
    request: View<'_, CreatePrivateVirtualInterfaceRequest>,
) -> Result<Doc<shape::VirtualInterface>, Fault> {
    use create_private_virtual_interface as of;
    use new_private_virtual_interface as new;
    let wanted = request.get(of::CONNECTION_ID).unwrap_or_default();
    let Some(asked) = request.get(of::NEW_PRIVATE_VIRTUAL_INTERFACE) else {
        return Err(refused("The virtual interface is not described."));
    };
    let end = match (
        asked.get(new::VIRTUAL_GATEWAY_ID),
        asked.get(new::DIRECT_CONNECT_GATEWAY_ID),
    ) {
        (Some(id), None) => VirtualEnd::VpnGateway(gateway::find_vpn_gateway(context, id)?),
        (None, Some(id)) => {
            let found = gateway::find(context, id)?;
            if found
                .associations
                .iter()
                .any(|it| it.is_transit() && it.phase.is_alive())
            {
                return Err(refused(format!(
                    "Direct Connect gateway {id} is associated with transit gateways: it takes \
                     transit virtual interfaces only."
                )));
            }
            gateway::check_attachments(context, &found.id, false)?;
            VirtualEnd::Private(found.id.clone())
        }
        _ => {
            return Err(refused(
                "Either a virtual gateway or a Direct Connect gateway must be specified.",
            ));
        }
    };
    let made = make(
        context,
        wanted,
        New {
            name: asked.get(new::VIRTUAL_INTERFACE_NAME).unwrap_or_default(),
            vlan: asked.get(new::VLAN).unwrap_or_default(),
            asn: asked.get(new::ASN).or(asked.get(new::ASN_LONG)),
            mtu: asked.get(new::MTU),
            key: asked.get(new::AUTH_KEY),
            amazon: asked.get(new::AMAZON_ADDRESS),
            customer: asked.get(new::CUSTOMER_ADDRESS),
            family: asked.get(new::ADDRESS_FAMILY),
            site_link: asked.get(new::ENABLE_SITE_LINK) == Some(true),
            tags: new_tags(asked.items(new::TAGS)),
        },
        end,
    )?;
    Ok(describe_one(context, &made))
}

/// `CreateTransitVirtualInterface`: to a Direct Connect gateway for transit gateways.
pub(crate) fn create_transit(
    context: &mut Context<'_>,
    request: View<'_, CreateTransitVirtualInterfaceRequest>,
) -> Result<Doc<CreateTransitVirtualInterfaceResult>, Fault> {
    use create_transit_virtual_interface as of;
    use new_transit_virtual_interface as new;
    let wanted = request.get(of::CONNECTION_ID).unwrap_or_default();
    let Some(asked) = request.get(of::NEW_TRANSIT_VIRTUAL_INTERFACE) else {
        return Err(refused("The virtual interface is not described."));
    };
    let id = asked.get(new::DIRECT_CONNECT_GATEWAY_ID);
    let id = id.ok_or_else(|| refused("A Direct Connect gateway must be specified."))?;
    let found = gateway::find(context, id)?;
    if found
        .associations
        .iter()
        .any(|it| !it.is_transit() && it.phase.is_alive())
    {
        return Err(refused(format!(
            "Direct Connect gateway {id} is associated with virtual private gateways: it takes \
             private virtual interfaces only."
        )));
    }
    gateway::check_attachments(context, &found.id, true)?;
    let end = VirtualEnd::Transit(found.id.clone());
    let made = make(
        context,
        wanted,
        New {
            name: asked.get(new::VIRTUAL_INTERFACE_NAME).unwrap_or_default(),
            vlan: asked.get(new::VLAN).unwrap_or_default(),
            asn: asked.get(new::ASN).or(asked.get(new::ASN_LONG)),
            mtu: asked.get(new::MTU),
            key: asked.get(new::AUTH_KEY),
            amazon: asked.get(new::AMAZON_ADDRESS),
            customer: asked.get(new::CUSTOMER_ADDRESS),
            family: asked.get(new::ADDRESS_FAMILY),
            site_link: asked.get(new::ENABLE_SITE_LINK) == Some(true),
            tags: new_tags(asked.items(new::TAGS)),
        },
        end,
    )?;
    Ok(Doc::new().with(
        create_transit_virtual_interface_result::VIRTUAL_INTERFACE,
        describe_one(context, &made),
    ))
}

/// AWS's word for the state of a virtual interface.
pub(crate) fn state_word(one: &VirtualInterface) -> &'static str {
    match one.phase.state {
        State::Pending | State::AwaitsAcceptance => "pending",
        State::Available | State::Modifying if one.up => "available",
        State::Available | State::Modifying => "down",
        State::Deleting => "deleting",
        _ => "deleted",
    }
}

fn describe_one(context: &Context<'_>, one: &VirtualInterface) -> Doc<shape::VirtualInterface> {
    use virtual_interface as of;
    let ec2 = context.ec2();
    let location = ec2.direct_connect.connections.get(one.connection.as_str());
    let location = location.map(|it| it.location.clone()).unwrap_or_default();
    let (kind, vpn, direct, asn) = match &one.end {
        VirtualEnd::VpnGateway(id) => {
            let asn = ec2.vpn_gateways.get(id.as_str()).map(|it| it.asn);
            ("private", Some(id), None, asn)
        }
        VirtualEnd::Private(id) | VirtualEnd::Transit(id) => {
            let asn = gateway::find(context, id.as_str()).ok().map(|it| it.asn);
            let transit = matches!(one.end, VirtualEnd::Transit(_));
            (
                if transit { "transit" } else { "private" },
                None,
                Some(id),
                asn,
            )
        }
    };
    let number = |asn: u64| i64::try_from(asn).unwrap_or_default();
    let (amazon, customer, length) = one.addresses;
    let (amazon, customer) = (format!("{amazon}/{length}"), format!("{customer}/{length}"));
    let peer = Doc::new()
        .with(
            bgp_peer::BGP_PEER_ID,
            one.id.as_str().replace("dxvif", "dxpeer"),
        )
        .with(bgp_peer::ASN, number(one.asn))
        .with(bgp_peer::AUTH_KEY, one.key.as_str())
        .with(bgp_peer::ADDRESS_FAMILY, "ipv4")
        .with(bgp_peer::AMAZON_ADDRESS, amazon.as_str())
        .with(bgp_peer::CUSTOMER_ADDRESS, customer.as_str())
        .with(
            bgp_peer::BGP_PEER_STATE,
            match state_word(one) {
                "down" => "available",
                other => other,
            },
        )
        .with(bgp_peer::BGP_STATUS, if one.up { "up" } else { "down" });
    let config = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<logical_connection id=\"{}\">\n  \
         <vlan>{}</vlan>\n  <customer_address>{customer}</customer_address>\n  \
         <amazon_address>{amazon}</amazon_address>\n  <bgp_asn>{}</bgp_asn>\n  \
         <bgp_auth_key>{}</bgp_auth_key>\n  <amazon_bgp_asn>{}</amazon_bgp_asn>\n  \
         <connection_type>{kind}</connection_type>\n</logical_connection>\n",
        one.id,
        one.vlan,
        one.asn,
        one.key,
        asn.unwrap_or_default()
    );
    Doc::new()
        .with(of::OWNER_ACCOUNT, context.account())
        .with(of::VIRTUAL_INTERFACE_ID, &one.id)
        .with(of::LOCATION, location)
        .with(of::CONNECTION_ID, &one.connection)
        .with(of::VIRTUAL_INTERFACE_TYPE, kind)
        .with(of::VIRTUAL_INTERFACE_NAME, one.name.as_str())
        .with(of::VLAN, i64::from(one.vlan))
        .with(of::ASN, number(one.asn))
        .with_some(of::AMAZON_SIDE_ASN, asn.map(number))
        .with(of::AUTH_KEY, one.key.as_str())
        .with(of::AMAZON_ADDRESS, amazon)
        .with(of::CUSTOMER_ADDRESS, customer)
        .with(of::ADDRESS_FAMILY, "ipv4")
        .with(of::VIRTUAL_INTERFACE_STATE, state_word(one))
        .with(of::CUSTOMER_ROUTER_CONFIG, config)
        .with(of::MTU, i64::from(one.mtu))
        .with(of::JUMBO_FRAME_CAPABLE, true)
        .with(
            of::VIRTUAL_GATEWAY_ID,
            vpn.map(Id::to_string).unwrap_or_default(),
        )
        .with_some(of::DIRECT_CONNECT_GATEWAY_ID, direct)
        .with(of::ROUTE_FILTER_PREFIXES, vec![])
        .with(of::BGP_PEERS, vec![peer])
        .with(of::REGION, context.region.name)
        .with(of::TAGS, tag_list(&one.tags))
        .with(of::SITE_LINK_ENABLED, false)
}

fn find<'a>(context: &'a Context<'_>, id: &str) -> Result<&'a VirtualInterface, Fault> {
    let found = context.ec2().direct_connect.interfaces.get(id);
    let found = found.filter(|it| it.phase.state != State::Deleted);
    found
        .map(AsRef::as_ref)
        .ok_or_else(|| refused(format!("Virtual interface {id} does not exist.")))
}

/// `DescribeVirtualInterfaces`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeVirtualInterfacesRequest>,
) -> Result<Doc<VirtualInterfaces>, Fault> {
    let wanted = request.get(describe_virtual_interfaces::VIRTUAL_INTERFACE_ID);
    let on = request.get(describe_virtual_interfaces::CONNECTION_ID);
    if let Some(id) = wanted {
        find(context, id)?;
    }
    let list: Vec<_> = (context
        .ec2()
        .direct_connect
        .interfaces
        .by_birth()
        .into_iter())
    .filter(|it| wanted.is_none_or(|id| it.id.as_str() == id))
    .filter(|it| on.is_none_or(|id| it.connection.as_str() == id))
    .map(|it| describe_one(context, it))
    .collect();
    Ok(Doc::new().with(virtual_interfaces::VIRTUAL_INTERFACES, list))
}

/// `DeleteVirtualInterface`
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteVirtualInterfaceRequest>,
) -> Result<Doc<DeleteVirtualInterfaceResponse>, Fault> {
    let wanted = request.get(delete_virtual_interface::VIRTUAL_INTERFACE_ID);
    let id = find(context, wanted.unwrap_or_default())?.id.clone();
    let until = context.now().after(SECONDS);
    if let Some(one) = (context.ec2_mut().direct_connect.interfaces).get_mut(id.as_str()) {
        one.phase = Phase::until(State::Deleting, until, State::Deleted);
    }
    Ok(Doc::new().with(
        delete_virtual_interface_response::VIRTUAL_INTERFACE_STATE,
        "deleting",
    ))
}

//! Direct Connect gateways, which are in no Region, and what they are associated with.
//!
//! <https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-gateways.html>

use super::{
    Association, DirectConnectGateway, VirtualEnd, VirtualInterface, new_tags, refused, tag_list,
};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::phase::{Phase, State};
use crate::ec2::transit_gateway::{TransitEnd, attach, remove};
use crate::fault::Fault;
use crate::field::{Doc, Items, Struct, View};
use crate::fields::directconnect::{
    associated_gateway, create_direct_connect_gateway, create_direct_connect_gateway_association,
    create_direct_connect_gateway_association_result, create_direct_connect_gateway_result,
    delete_direct_connect_gateway, delete_direct_connect_gateway_association,
    delete_direct_connect_gateway_association_result, delete_direct_connect_gateway_result,
    describe_direct_connect_gateway_associations,
    describe_direct_connect_gateway_associations_result,
    describe_direct_connect_gateway_attachments,
    describe_direct_connect_gateway_attachments_result, describe_direct_connect_gateways,
    describe_direct_connect_gateways_result, direct_connect_gateway,
    direct_connect_gateway_association, direct_connect_gateway_attachment, route_filter_prefix,
    shape::{self, *},
    update_direct_connect_gateway_association, update_direct_connect_gateway_association_result,
    virtual_gateway, virtual_gateways,
};
use crate::id::Id;
use crate::table::Tags;
use hopwise_net::Prefix;

/// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html>
const MOST_GATEWAYS: usize = 200;
/// How many virtual private gateways one is associated with.
const MOST_VPN_GATEWAYS: usize = 20;
/// How many transit gateways one is associated with.
const MOST_TRANSIT_GATEWAYS: usize = 6;
/// How many prefixes are announced for a virtual private gateway, and for a transit gateway.
const MOST_PREFIXES: (usize, usize) = (20, 200);
/// How long an association takes to be made, changed or to go, in seconds.
const SECONDS: u64 = 120;
/// The number that Amazon's side of BGP has unless it is given another.
const DEFAULT_ASN: i64 = 64_512;

/// All Direct Connect gateways of the caller, with the Region that each is kept in.
fn all<'a>(context: &'a Context<'_>) -> Vec<(&'static str, &'a DirectConnectGateway)> {
    let mut found: Vec<(&'static str, &DirectConnectGateway)> = context
        .cloud
        .account(context.account())
        .into_iter()
        .flat_map(|account| account.regions())
        .flat_map(|(region, ec2)| {
            let gateways = ec2.direct_connect.gateways.iter();
            gateways.map(move |it| (region, it.as_ref()))
        })
        .collect();
    found.sort_by_key(|(_, it)| it.born);
    found
}

fn find_with_region<'a>(
    context: &'a Context<'_>,
    id: &str,
) -> Result<(&'static str, &'a DirectConnectGateway), Fault> {
    let mut found = all(context).into_iter();
    let found = found.find(|(_, it)| it.id.as_str() == id && it.phase.state != State::Deleted);
    found.ok_or_else(|| refused(format!("Direct Connect Gateway {id} does not exist.")))
}

/// The gateway with this id, unless it is gone.
pub(super) fn find<'a>(
    context: &'a Context<'_>,
    id: &str,
) -> Result<&'a DirectConnectGateway, Fault> {
    find_with_region(context, id).map(|(_, it)| it)
}

/// The virtual private gateway of the Region with this id.
pub(super) fn find_vpn_gateway(context: &Context<'_>, id: &str) -> Result<Id, Fault> {
    let found = context.ec2().vpn_gateways.get(id);
    let found = found.filter(|it| it.phase.works());
    found
        .map(|it| it.id.clone())
        .ok_or_else(|| refused(format!("Virtual Gateway {id} does not exist.")))
}

/// The virtual interfaces of a Direct Connect gateway, of all Regions, with the Region of each.
fn interfaces<'a>(context: &'a Context<'_>, id: &Id) -> Vec<(&'static str, &'a VirtualInterface)> {
    let mut found: Vec<(&'static str, &VirtualInterface)> = context
        .cloud
        .account(context.account())
        .into_iter()
        .flat_map(|account| account.regions())
        .flat_map(|(region, ec2)| {
            let all = ec2.direct_connect.interfaces.iter();
            all.map(move |it| (region, it.as_ref()))
        })
        .filter(|(_, it)| it.leads_to(id))
        .collect();
    found.sort_by_key(|(_, it)| it.born);
    found
}

/// A Direct Connect gateway has private virtual interfaces, or transit ones, and never both.
pub(super) fn check_attachments(
    context: &Context<'_>,
    id: &Id,
    transit: bool,
) -> Result<(), Fault> {
    let other = |it: &VirtualInterface| matches!(it.end, VirtualEnd::Transit(_)) != transit;
    if interfaces(context, id).iter().any(|(_, it)| other(it)) {
        return Err(refused(format!(
            "Direct Connect gateway {id} has {} virtual interfaces: it can't have both kinds.",
            if transit { "private" } else { "transit" }
        )));
    }
    Ok(())
}

fn change(
    context: &mut Context<'_>,
    region: &str,
    id: &Id,
    how: impl FnOnce(&mut DirectConnectGateway),
) {
    let account = context.account().to_owned();
    let ec2 = context.cloud.ec2_mut(&account, region);
    if let Some(one) = ec2.and_then(|it| it.direct_connect.gateways.get_mut(id.as_str())) {
        how(one);
    }
}

/// `CreateDirectConnectGateway`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateDirectConnectGatewayRequest>,
) -> Result<Doc<CreateDirectConnectGatewayResult>, Fault> {
    use create_direct_connect_gateway as of;
    let asn = request.get(of::AMAZON_SIDE_ASN).unwrap_or(DEFAULT_ASN);
    let asn = crate::ec2::transit_gateway::check_asn(asn, "amazonSideAsn")
        .map_err(|fault| refused(fault.message))?;
    if all(context).len() >= MOST_GATEWAYS {
        return Err(refused(
            "The maximum number of Direct Connect gateways has been reached.",
        ));
    }
    let name = request
        .get(of::DIRECT_CONNECT_GATEWAY_NAME)
        .unwrap_or_default();
    let (name, tags) = (name.to_owned(), new_tags(request.items(of::TAGS)));
    let (ec2, mint) = context.parts();
    let (id, born) = mint.uuid();
    let made = DirectConnectGateway {
        id,
        born,
        tags,
        name,
        asn,
        associations: Vec::new(),
        phase: Phase::lasting(State::Available),
    };
    ec2.direct_connect.gateways.insert(made.clone());
    Ok(Doc::new().with(
        create_direct_connect_gateway_result::DIRECT_CONNECT_GATEWAY,
        describe_one(context, &made),
    ))
}

fn describe_one(
    context: &Context<'_>,
    one: &DirectConnectGateway,
) -> Doc<shape::DirectConnectGateway> {
    use direct_connect_gateway as of;
    Doc::new()
        .with(of::DIRECT_CONNECT_GATEWAY_ID, &one.id)
        .with(of::DIRECT_CONNECT_GATEWAY_NAME, one.name.as_str())
        .with(
            of::AMAZON_SIDE_ASN,
            i64::try_from(one.asn).unwrap_or_default(),
        )
        .with(of::OWNER_ACCOUNT, context.account())
        .with(
            of::DIRECT_CONNECT_GATEWAY_STATE,
            match one.phase.state {
                State::Available | State::Modifying => "available",
                State::Deleting => "deleting",
                State::Deleted => "deleted",
                _ => "pending",
            },
        )
        .with(of::TAGS, tag_list(&one.tags))
}

/// `DescribeDirectConnectGateways`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeDirectConnectGatewaysRequest>,
) -> Result<Doc<DescribeDirectConnectGatewaysResult>, Fault> {
    let wanted = request.get(describe_direct_connect_gateways::DIRECT_CONNECT_GATEWAY_ID);
    let list: Vec<_> = all(context)
        .into_iter()
        .filter(|(_, it)| wanted.is_none_or(|id| it.id.as_str() == id))
        .map(|(_, it)| describe_one(context, it))
        .collect();
    Ok(Doc::new().with(
        describe_direct_connect_gateways_result::DIRECT_CONNECT_GATEWAYS,
        list,
    ))
}

/// `DeleteDirectConnectGateway`: refused while it has virtual interfaces or associations.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteDirectConnectGatewayRequest>,
) -> Result<Doc<DeleteDirectConnectGatewayResult>, Fault> {
    let wanted = request.get(delete_direct_connect_gateway::DIRECT_CONNECT_GATEWAY_ID);
    let (region, one) = find_with_region(context, wanted.unwrap_or_default())?;
    let id = one.id.clone();
    let alive = |it: &Association| it.phase.state != State::Deleted;
    if one.associations.iter().any(alive) || !interfaces(context, &id).is_empty() {
        return Err(refused(format!(
            "Direct Connect Gateway {id} has virtual interfaces or associations and cannot be \
             deleted."
        )));
    }
    let until = context.now().after(1);
    change(context, region, &id, |one| {
        one.phase = Phase::until(State::Deleting, until, State::Deleted);
    });
    let answer = describe_one(context, find(context, id.as_str())?);
    Ok(Doc::new().with(
        delete_direct_connect_gateway_result::DIRECT_CONNECT_GATEWAY,
        answer,
    ))
}

fn prefixes(items: Items<'_, Struct<RouteFilterPrefix>>) -> Result<Vec<Prefix>, Fault> {
    items
        .map(|it| {
            let text = it.get(route_filter_prefix::CIDR).unwrap_or_default();
            let block = text.parse::<Prefix>();
            block.map_err(|_| refused(format!("Prefix {text} is not valid.")))
        })
        .collect()
}

fn check_count(allowed: &[Prefix], transit: bool) -> Result<(), Fault> {
    let most = if transit {
        MOST_PREFIXES.1
    } else {
        MOST_PREFIXES.0
    };
    if allowed.len() > most {
        return Err(refused(format!("At most {most} prefixes are allowed.")));
    }
    Ok(())
}

/// The blocks of the VPC that a virtual private gateway is attached to.
fn blocks_of(ec2: &Ec2, gateway: &Id) -> Vec<Prefix> {
    let vpc = ec2.vpn_gateways.get(gateway.as_str());
    let vpc = vpc.and_then(|it| ec2.vpcs.get(it.attached_to()?.as_str()));
    vpc.map(|it| it.all_blocks().collect()).unwrap_or_default()
}

/// `CreateDirectConnectGatewayAssociation`: with a virtual private gateway that is attached to a
/// VPC, or with a transit gateway, which then has an attachment for it.
/// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-gateways.html>
pub(crate) fn associate(
    context: &mut Context<'_>,
    request: View<'_, CreateDirectConnectGatewayAssociationRequest>,
) -> Result<Doc<CreateDirectConnectGatewayAssociationResult>, Fault> {
    use create_direct_connect_gateway_association as of;
    let wanted = request.get(of::DIRECT_CONNECT_GATEWAY_ID);
    let (kept_in, one) = find_with_region(context, wanted.unwrap_or_default())?;
    let other = match (
        request.get(of::GATEWAY_ID),
        request.get(of::VIRTUAL_GATEWAY_ID),
    ) {
        (Some(id), None) | (None, Some(id)) => id,
        _ => return Err(refused("A gateway must be specified.")),
    };
    let allowed = prefixes(request.items(of::ADD_ALLOWED_PREFIXES_TO_DIRECT_CONNECT_GATEWAY))?;
    let transit = other.starts_with("tgw-");
    check_count(&allowed, transit)?;
    let ec2 = context.ec2();
    let gateway = if transit {
        let found = ec2.transit_gateways.get(other);
        let found = found.filter(|it| it.phase.works());
        let found =
            found.ok_or_else(|| refused(format!("Transit Gateway {other} does not exist.")))?;
        if found.asn == one.asn {
            return Err(refused(format!(
                "Direct Connect Gateway {} and {other} have the same ASN {}.",
                one.id, one.asn
            )));
        }
        found.id.clone()
    } else {
        let id = find_vpn_gateway(context, other)?;
        if blocks_of(ec2, &id).is_empty() {
            return Err(refused(format!(
                "Virtual Gateway {id} is not attached to a VPC."
            )));
        }
        id
    };
    let alive: Vec<&Association> = (one.associations.iter())
        .filter(|it| it.phase.state != State::Deleted)
        .collect();
    if alive.iter().any(|it| it.gateway == gateway) {
        return Err(refused(format!(
            "{gateway} is already associated with Direct Connect Gateway {}.",
            one.id
        )));
    }
    if alive.iter().any(|it| it.is_transit() != transit) {
        return Err(refused(format!(
            "Direct Connect Gateway {} is associated with gateways of the other type.",
            one.id
        )));
    }
    let most = if transit {
        MOST_TRANSIT_GATEWAYS
    } else {
        MOST_VPN_GATEWAYS
    };
    if alive.len() >= most {
        return Err(refused(format!(
            "Direct Connect Gateway {} has the maximum number of associations.",
            one.id
        )));
    }
    check_attachments(context, &one.id, transit)?;
    if !transit {
        let account = context.cloud.account(context.account());
        let blocks = blocks_of(ec2, &gateway);
        let overlaps = alive.iter().find(|it| {
            let there = account.and_then(|account| account.ec2(&it.region));
            let there = there
                .map(|ec2| blocks_of(ec2, &it.gateway))
                .unwrap_or_default();
            there.iter().any(|a| blocks.iter().any(|b| a.overlaps(*b)))
        });
        if let Some(overlaps) = overlaps {
            return Err(refused(format!(
                "The CIDR blocks of the VPCs of {gateway} and {} overlap.",
                overlaps.gateway
            )));
        }
    }
    let one = one.id.clone();
    let now = context.now();
    let region = context.region.name;
    let (ec2, mint) = context.parts();
    let (id, _) = mint.uuid();
    if transit {
        let end = TransitEnd::DirectConnect {
            gateway: one.to_string(),
            learned: Vec::new(),
        };
        attach(ec2, mint, now, &gateway, end, Tags::default());
    }
    let made = Association {
        id,
        gateway,
        region: region.to_owned(),
        allowed,
        phase: Phase::until(State::Pending, now.after(SECONDS), State::Available),
    };
    change(context, kept_in, &one, |it| {
        it.associations
            .retain(|it| it.phase.state != State::Deleted);
        it.associations.push(made.clone());
    });
    Ok(Doc::new().with(
        create_direct_connect_gateway_association_result::DIRECT_CONNECT_GATEWAY_ASSOCIATION,
        association(context, &one, &made),
    ))
}

fn association(
    context: &Context<'_>,
    gateway: &Id,
    one: &Association,
) -> Doc<shape::DirectConnectGatewayAssociation> {
    use direct_connect_gateway_association as of;
    let account = context.account();
    let kind = if one.is_transit() {
        "transitGateway"
    } else {
        "virtualPrivateGateway"
    };
    let associated = Doc::new()
        .with(associated_gateway::ID, &one.gateway)
        .with(associated_gateway::TYPE, kind)
        .with(associated_gateway::OWNER_ACCOUNT, account)
        .with(associated_gateway::REGION, one.region.as_str());
    let allowed: Vec<_> = (one.allowed.iter())
        .map(|it| Doc::new().with(route_filter_prefix::CIDR, it.to_string()))
        .collect();
    let vpn = (!one.is_transit()).then_some(&one.gateway);
    Doc::new()
        .with(of::DIRECT_CONNECT_GATEWAY_ID, gateway)
        .with(of::DIRECT_CONNECT_GATEWAY_OWNER_ACCOUNT, account)
        .with(
            of::ASSOCIATION_STATE,
            match one.phase.state {
                State::Available => "associated",
                State::Modifying => "updating",
                State::Deleting => "disassociating",
                State::Deleted => "disassociated",
                _ => "associating",
            },
        )
        .with(of::ASSOCIATED_GATEWAY, associated)
        .with(of::ASSOCIATION_ID, &one.id)
        .with(of::ALLOWED_PREFIXES_TO_DIRECT_CONNECT_GATEWAY, allowed)
        .with_some(of::VIRTUAL_GATEWAY_ID, vpn)
        .with_some(of::VIRTUAL_GATEWAY_REGION, vpn.map(|_| one.region.as_str()))
        .with_some(of::VIRTUAL_GATEWAY_OWNER_ACCOUNT, vpn.map(|_| account))
}

/// `DescribeDirectConnectGatewayAssociations`
pub(crate) fn describe_associations(
    context: &mut Context<'_>,
    request: View<'_, DescribeDirectConnectGatewayAssociationsRequest>,
) -> Result<Doc<DescribeDirectConnectGatewayAssociationsResult>, Fault> {
    use describe_direct_connect_gateway_associations as of;
    let other = request
        .get(of::ASSOCIATED_GATEWAY_ID)
        .or(request.get(of::VIRTUAL_GATEWAY_ID));
    let (id, gateway) = (
        request.get(of::ASSOCIATION_ID),
        request.get(of::DIRECT_CONNECT_GATEWAY_ID),
    );
    if (id, other, gateway) == (None, None, None) {
        return Err(refused(
            "An association, a Direct Connect gateway or an associated gateway must be specified.",
        ));
    }
    let is = |wanted: Option<&str>, id: &Id| wanted.is_none_or(|wanted| id.as_str() == wanted);
    let list: Vec<_> = all(context)
        .into_iter()
        .filter(|(_, it)| is(gateway, &it.id))
        .flat_map(|(_, it)| it.associations.iter().map(move |one| (&it.id, one)))
        .filter(|(_, it)| is(id, &it.id) && is(other, &it.gateway))
        .filter(|(_, it)| it.phase.state != State::Deleted)
        .map(|(gateway, it)| association(context, gateway, it))
        .collect();
    Ok(Doc::new().with(
        describe_direct_connect_gateway_associations_result::DIRECT_CONNECT_GATEWAY_ASSOCIATIONS,
        list,
    ))
}

/// The association that a request names: the gateway with the Region it is kept in, and a copy.
fn find_association(
    context: &Context<'_>,
    id: Option<&str>,
    pair: Option<(&str, &str)>,
) -> Result<(&'static str, Id, Association), Fault> {
    for (region, gateway) in all(context) {
        for one in &gateway.associations {
            let named = id.is_some_and(|id| one.id.as_str() == id)
                || pair.is_some_and(|(direct, other)| {
                    gateway.id.as_str() == direct && one.gateway.as_str() == other
                });
            if named && one.phase.state != State::Deleted {
                return Ok((region, gateway.id.clone(), one.clone()));
            }
        }
    }
    Err(refused(
        "Direct Connect Gateway Association does not exist.",
    ))
}

/// `UpdateDirectConnectGatewayAssociation`: other prefixes.
pub(crate) fn update(
    context: &mut Context<'_>,
    request: View<'_, UpdateDirectConnectGatewayAssociationRequest>,
) -> Result<Doc<UpdateDirectConnectGatewayAssociationResult>, Fault> {
    use update_direct_connect_gateway_association as of;
    let (region, gateway, mut one) =
        find_association(context, request.get(of::ASSOCIATION_ID), None)?;
    if !one.phase.works() {
        return Err(refused(format!(
            "Association {} is not associated.",
            one.id
        )));
    }
    let more = prefixes(request.items(of::ADD_ALLOWED_PREFIXES_TO_DIRECT_CONNECT_GATEWAY))?;
    let fewer = prefixes(request.items(of::REMOVE_ALLOWED_PREFIXES_TO_DIRECT_CONNECT_GATEWAY))?;
    one.allowed.retain(|it| !fewer.contains(it));
    for block in more {
        if !one.allowed.contains(&block) {
            one.allowed.push(block);
        }
    }
    check_count(&one.allowed, one.is_transit())?;
    let until = context.now().after(SECONDS);
    one.phase = Phase::until(State::Modifying, until, State::Available);
    change(context, region, &gateway, |it| {
        if let Some(place) = it.associations.iter_mut().find(|it| it.id == one.id) {
            *place = one.clone();
        }
    });
    Ok(Doc::new().with(
        update_direct_connect_gateway_association_result::DIRECT_CONNECT_GATEWAY_ASSOCIATION,
        association(context, &gateway, &one),
    ))
}

/// `DeleteDirectConnectGatewayAssociation`
pub(crate) fn disassociate(
    context: &mut Context<'_>,
    request: View<'_, DeleteDirectConnectGatewayAssociationRequest>,
) -> Result<Doc<DeleteDirectConnectGatewayAssociationResult>, Fault> {
    use delete_direct_connect_gateway_association as of;
    let pair =
        (request.get(of::DIRECT_CONNECT_GATEWAY_ID)).zip(request.get(of::VIRTUAL_GATEWAY_ID));
    let (region, gateway, mut one) =
        find_association(context, request.get(of::ASSOCIATION_ID), pair)?;
    if one.phase.state == State::Deleting {
        return Err(refused(format!(
            "Association {} is not associated.",
            one.id
        )));
    }
    let now = context.now();
    one.phase = Phase::until(State::Deleting, now.after(SECONDS), State::Deleted);
    change(context, region, &gateway, |it| {
        if let Some(place) = it.associations.iter_mut().find(|it| it.id == one.id) {
            *place = one.clone();
        }
    });
    let account = context.account().to_owned();
    if let Some(ec2) = context.cloud.ec2_mut(&account, &one.region) {
        let attachment = ec2.transit_attachments.iter().find(|it| {
            let own = matches!(&it.end, TransitEnd::DirectConnect { gateway: own, .. } if gateway == **own);
            own && it.gateway == one.gateway && it.phase.is_alive()
        });
        if let Some(id) = attachment.map(|it| it.id.clone()) {
            remove(ec2, now, &id);
        }
    }
    Ok(Doc::new().with(
        delete_direct_connect_gateway_association_result::DIRECT_CONNECT_GATEWAY_ASSOCIATION,
        association(context, &gateway, &one),
    ))
}

/// `DescribeDirectConnectGatewayAttachments`: the virtual interfaces of gateways.
pub(crate) fn describe_attachments(
    context: &mut Context<'_>,
    request: View<'_, DescribeDirectConnectGatewayAttachmentsRequest>,
) -> Result<Doc<DescribeDirectConnectGatewayAttachmentsResult>, Fault> {
    use describe_direct_connect_gateway_attachments as of;
    let (gateway, interface) = (
        request.get(of::DIRECT_CONNECT_GATEWAY_ID),
        request.get(of::VIRTUAL_INTERFACE_ID),
    );
    let is = |wanted: Option<&str>, id: &Id| wanted.is_none_or(|wanted| id.as_str() == wanted);
    let mut list = Vec::new();
    for (_, direct) in all(context) {
        for (region, one) in interfaces(context, &direct.id) {
            use direct_connect_gateway_attachment as of;
            if !is(gateway, &direct.id) || !is(interface, &one.id) {
                continue;
            }
            let kind = match one.end {
                VirtualEnd::Transit(_) => "TransitVirtualInterface",
                _ => "PrivateVirtualInterface",
            };
            let state = match one.phase.state {
                State::Pending => "attaching",
                State::Deleting => "detaching",
                _ => "attached",
            };
            list.push(
                Doc::new()
                    .with(of::DIRECT_CONNECT_GATEWAY_ID, &direct.id)
                    .with(of::VIRTUAL_INTERFACE_ID, &one.id)
                    .with(of::VIRTUAL_INTERFACE_REGION, region)
                    .with(of::VIRTUAL_INTERFACE_OWNER_ACCOUNT, context.account())
                    .with(of::ATTACHMENT_STATE, state)
                    .with(of::ATTACHMENT_TYPE, kind),
            );
        }
    }
    Ok(Doc::new().with(
        describe_direct_connect_gateway_attachments_result::DIRECT_CONNECT_GATEWAY_ATTACHMENTS,
        list,
    ))
}

/// `DescribeVirtualGateways`: the virtual private gateways of the Region, as this service knows them.
pub(crate) fn describe_virtual_gateways(
    context: &mut Context<'_>,
    _: View<'_, ()>,
) -> Result<Doc<VirtualGateways>, Fault> {
    let list: Vec<_> = (context.ec2().vpn_gateways.by_birth().into_iter())
        .filter(|it| it.phase.is_alive())
        .map(|it| {
            Doc::new()
                .with(virtual_gateway::VIRTUAL_GATEWAY_ID, &it.id)
                .with(virtual_gateway::VIRTUAL_GATEWAY_STATE, "available")
        })
        .collect();
    Ok(Doc::new().with(virtual_gateways::VIRTUAL_GATEWAYS, list))
}

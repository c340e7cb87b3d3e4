//! Operations on transit gateways themselves.

use super::table::make as make_table;
use super::{
    CHANGE_SECONDS, GATEWAY_SECONDS, TransitEnd, TransitGateway, find_gateway, find_table,
    find_working, state_word, switch, switched,
};
use crate::door::Context;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find_mut, new_tags, select, tag_list};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    create_transit_gateway, create_transit_gateway_result, delete_transit_gateway,
    delete_transit_gateway_result, describe_transit_gateways, describe_transit_gateways_result,
    modify_transit_gateway, modify_transit_gateway_options, modify_transit_gateway_result,
    transit_gateway, transit_gateway_options, transit_gateway_request_options,
};
use crate::id::Id;

/// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html>
const MOST_GATEWAYS: usize = 5;
/// The number that Amazon's side of BGP has unless it is given another.
const DEFAULT_ASN: i64 = 64_512;

pub(in crate::ec2) const FILTERS: &[FilterRow<TransitGateway>] = &[
    ("transit-gateway-id", |_, it| vec![it.id.to_string()]),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
    ("options.amazon-side-asn", |_, it| vec![it.asn.to_string()]),
    ("options.association-default-route-table-id", |_, it| {
        it.default_association.iter().map(Id::to_string).collect()
    }),
    ("options.propagation-default-route-table-id", |_, it| {
        it.default_propagation.iter().map(Id::to_string).collect()
    }),
    ("options.auto-accept-shared-attachments", |_, it| {
        vec![switch(it.auto_accept).to_owned()]
    }),
    ("options.default-route-table-association", |_, it| {
        vec![switch(it.default_association.is_some()).to_owned()]
    }),
    ("options.default-route-table-propagation", |_, it| {
        vec![switch(it.default_propagation.is_some()).to_owned()]
    }),
    ("options.dns-support", |_, it| {
        vec![switch(it.dns).to_owned()]
    }),
    ("options.vpn-ecmp-support", |_, it| {
        vec![switch(it.ecmp).to_owned()]
    }),
];

/// A private number of BGP: <https://datatracker.ietf.org/doc/html/rfc6996>
pub(crate) fn check_asn(asn: i64, name: &str) -> Result<u64, Fault> {
    match u64::try_from(asn) {
        Ok(asn) if (64_512..=65_534).contains(&asn) => Ok(asn),
        Ok(asn) if (4_200_000_000..=4_294_967_294).contains(&asn) => Ok(asn),
        _ => Err(Fault::value(format!(
            "Value ({asn}) for parameter {name} is invalid. Private ASNs are 64512 to 65534 and \
             4200000000 to 4294967294."
        ))),
    }
}

fn not_here(what: &str) -> Fault {
    Fault::new(
        "UnsupportedOperation",
        format!("{what} is not in this sandbox."),
    )
}

/// `CreateTransitGateway`: with a route table that new attachments are associated with and
/// propagate to, unless both are switched off.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html>
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateTransitGatewayRequest>,
) -> Result<Doc<CreateTransitGatewayResult>, Fault> {
    use transit_gateway_request_options as of;
    let tags = new_tags(
        request.items(create_transit_gateway::TAG_SPECIFICATIONS),
        "transit-gateway",
    )?;
    let options = request.get(create_transit_gateway::OPTIONS);
    let word = |field| options.and_then(|it: View<'_, TransitGatewayRequestOptions>| it.get(field));
    let on =
        |field: crate::field::Field<_, _>, default| switched(word(field), field.name(), default);
    if on(of::MULTICAST_SUPPORT, false)? {
        return Err(not_here("Multicast"));
    }
    if options.is_some_and(|it| it.has(of::TRANSIT_GATEWAY_CIDR_BLOCKS)) {
        return Err(not_here(
            "What CIDR blocks of a transit gateway are for (Connect)",
        ));
    }
    let asn = options.and_then(|it| it.get(of::AMAZON_SIDE_ASN));
    let asn = check_asn(asn.unwrap_or(DEFAULT_ASN), "amazonSideAsn")?;
    let associates = on(of::DEFAULT_ROUTE_TABLE_ASSOCIATION, true)?;
    let propagates = on(of::DEFAULT_ROUTE_TABLE_PROPAGATION, true)?;
    let auto_accept = on(of::AUTO_ACCEPT_SHARED_ATTACHMENTS, false)?;
    let ecmp = on(of::VPN_ECMP_SUPPORT, true)?;
    let dns = on(of::DNS_SUPPORT, true)?;
    let group_references = on(of::SECURITY_GROUP_REFERENCING_SUPPORT, false)?;
    let all = context.ec2().transit_gateways.iter();
    if all.filter(|it| it.phase.is_alive()).count() >= MOST_GATEWAYS {
        return Err(Fault::new(
            "TransitGatewayLimitExceeded",
            "The maximum number of transit gateways has been reached.",
        ));
    }
    let description = request.get(create_transit_gateway::DESCRIPTION);
    let now = context.now();
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("tgw");
    let phase = Phase::until(State::Pending, now.after(GATEWAY_SECONDS), State::Available);
    let table = (associates || propagates)
        .then(|| make_table(ec2, mint, &id, now, Default::default(), phase));
    let made = TransitGateway {
        id,
        born,
        tags,
        created: now,
        description: description.unwrap_or_default().to_owned(),
        asn,
        default_association: table.clone().filter(|_| associates),
        default_propagation: table.filter(|_| propagates),
        auto_accept,
        ecmp,
        dns,
        group_references,
        phase,
    };
    ec2.transit_gateways.insert(made.clone());
    let answer = describe_one(context, &made);
    Ok(Doc::new().with(create_transit_gateway_result::TRANSIT_GATEWAY, answer))
}

fn describe_one(context: &Context<'_>, one: &TransitGateway) -> Doc<shape::TransitGateway> {
    use transit_gateway_options as of;
    let options = Doc::new()
        .with(
            of::AMAZON_SIDE_ASN,
            i64::try_from(one.asn).unwrap_or_default(),
        )
        .with(of::AUTO_ACCEPT_SHARED_ATTACHMENTS, switch(one.auto_accept))
        .with(
            of::DEFAULT_ROUTE_TABLE_ASSOCIATION,
            switch(one.default_association.is_some()),
        )
        .with_some(
            of::ASSOCIATION_DEFAULT_ROUTE_TABLE_ID,
            one.default_association.as_ref(),
        )
        .with(
            of::DEFAULT_ROUTE_TABLE_PROPAGATION,
            switch(one.default_propagation.is_some()),
        )
        .with_some(
            of::PROPAGATION_DEFAULT_ROUTE_TABLE_ID,
            one.default_propagation.as_ref(),
        )
        .with(of::VPN_ECMP_SUPPORT, switch(one.ecmp))
        .with(of::DNS_SUPPORT, switch(one.dns))
        .with(
            of::SECURITY_GROUP_REFERENCING_SUPPORT,
            switch(one.group_references),
        )
        .with(of::MULTICAST_SUPPORT, "disable");
    Doc::new()
        .with(transit_gateway::TRANSIT_GATEWAY_ID, &one.id)
        .with(
            transit_gateway::TRANSIT_GATEWAY_ARN,
            context.arn("transit-gateway", &one.id),
        )
        .with(transit_gateway::STATE, state_word(one.phase))
        .with(transit_gateway::OWNER_ID, context.account())
        .with(transit_gateway::DESCRIPTION, one.description.as_str())
        .with(transit_gateway::CREATION_TIME, one.created)
        .with(transit_gateway::OPTIONS, options)
        .with(transit_gateway::TAGS, tag_list(&one.tags))
}

/// `DescribeTransitGateways`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTransitGatewaysRequest>,
) -> Result<Doc<DescribeTransitGatewaysResult>, Fault> {
    for id in request.items(describe_transit_gateways::TRANSIT_GATEWAY_IDS) {
        super::find_as(
            &context.ec2().transit_gateways,
            id,
            "Transit Gateway",
            |_| false,
        )?;
    }
    let found = select(
        context,
        &context.ec2().transit_gateways,
        request.items(describe_transit_gateways::TRANSIT_GATEWAY_IDS),
        request.items(describe_transit_gateways::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(context, it)).collect();
    Ok(Doc::new().with(describe_transit_gateways_result::TRANSIT_GATEWAYS, list))
}

/// `ModifyTransitGateway`: what is attached already keeps its association and propagations.
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyTransitGatewayRequest>,
) -> Result<Doc<ModifyTransitGatewayResult>, Fault> {
    use modify_transit_gateway_options as of;
    let now = context.now();
    let ec2 = context.ec2();
    let wanted = request.get(modify_transit_gateway::TRANSIT_GATEWAY_ID);
    let mut changed = super::TransitGateway::clone(find_working(ec2, wanted.unwrap_or_default())?);
    if let Some(text) = request.get(modify_transit_gateway::DESCRIPTION) {
        changed.description = text.to_owned();
    }
    if let Some(options) = request.get(modify_transit_gateway::OPTIONS) {
        let on =
            |field: crate::field::Field<_, _>, now| switched(options.get(field), field.name(), now);
        if options.has(of::ADD_TRANSIT_GATEWAY_CIDR_BLOCKS)
            || options.has(of::REMOVE_TRANSIT_GATEWAY_CIDR_BLOCKS)
        {
            return Err(not_here(
                "What CIDR blocks of a transit gateway are for (Connect)",
            ));
        }
        if on(of::ENCRYPTION_SUPPORT, false)? {
            return Err(not_here("Encryption of a transit gateway"));
        }
        changed.ecmp = on(of::VPN_ECMP_SUPPORT, changed.ecmp)?;
        changed.dns = on(of::DNS_SUPPORT, changed.dns)?;
        changed.auto_accept = on(of::AUTO_ACCEPT_SHARED_ATTACHMENTS, changed.auto_accept)?;
        changed.group_references = on(
            of::SECURITY_GROUP_REFERENCING_SUPPORT,
            changed.group_references,
        )?;
        if let Some(asn) = options.get(of::AMAZON_SIDE_ASN) {
            changed.asn = check_asn(asn, "amazonSideAsn")?;
        }
        let table = |switch, table: crate::field::Field<_, _>, old: &Option<Id>| {
            let named = options.get(table);
            if !on(switch, old.is_some() || named.is_some())? {
                return Ok(None);
            }
            let Some(id) = named else {
                return match old {
                    Some(id) => Ok(Some(id.clone())),
                    None => Err(Fault::missing(table.name())),
                };
            };
            let found = find_table(ec2, id)?;
            if found.gateway != changed.id {
                return Err(Fault::value(format!(
                    "{id} is not a route table of {}.",
                    changed.id
                )));
            }
            Ok(Some(found.id.clone()))
        };
        let association = table(
            of::DEFAULT_ROUTE_TABLE_ASSOCIATION,
            of::ASSOCIATION_DEFAULT_ROUTE_TABLE_ID,
            &changed.default_association,
        )?;
        let propagation = table(
            of::DEFAULT_ROUTE_TABLE_PROPAGATION,
            of::PROPAGATION_DEFAULT_ROUTE_TABLE_ID,
            &changed.default_propagation,
        )?;
        changed.default_association = association;
        changed.default_propagation = propagation;
    }
    let until = now.after(CHANGE_SECONDS);
    changed.phase = Phase::until(State::Modifying, until, State::Available);
    context.ec2_mut().transit_gateways.insert(changed.clone());
    let answer = describe_one(context, &changed);
    Ok(Doc::new().with(modify_transit_gateway_result::TRANSIT_GATEWAY, answer))
}

/// `DeleteTransitGateway`: refused while anything is attached. Its route tables go with it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteTransitGatewayRequest>,
) -> Result<Doc<DeleteTransitGatewayResult>, Fault> {
    let now = context.now();
    let ec2 = context.ec2();
    let wanted = request.get(delete_transit_gateway::TRANSIT_GATEWAY_ID);
    let found = find_gateway(ec2, wanted.unwrap_or_default())?;
    let id = found.id.clone();
    if found.phase.state == State::Deleting {
        return Err(super::wrong_state(&id));
    }
    let there = ec2.transit_attachments.by_birth();
    for (kind, word) in [
        ("vpc", "VPC"),
        ("vpn", "VPN"),
        ("direct-connect-gateway", "DirectConnect Gateway"),
        ("peering", "Transit Gateway Cross Region Peering"),
    ] {
        let blocking: Vec<&str> = (there.iter())
            .filter(|it| it.gateway == id && it.end.kind() == kind)
            .filter(|it| it.phase.is_alive() || it.phase.state == State::Deleting)
            .map(|it| it.id.as_str())
            .collect();
        if !blocking.is_empty() {
            return Err(Fault::new(
                "IncorrectState",
                format!(
                    "{id} has non-deleted {word} Attachments: {}.",
                    blocking.join(", ")
                ),
            ));
        }
    }
    let going = Phase::until(State::Deleting, now.after(GATEWAY_SECONDS), State::Deleted);
    let ec2 = context.ec2_mut();
    let tables: Vec<Id> = (ec2.transit_route_tables.iter())
        .filter(|it| it.gateway == id)
        .map(|it| it.id.clone())
        .collect();
    for table in tables {
        if let Some(table) = ec2.transit_route_tables.get_mut(table.as_str()) {
            table.phase = going;
        }
    }
    let one = find_mut(&mut ec2.transit_gateways, id.as_str())?;
    one.phase = going;
    let one = one.clone();
    let answer = describe_one(context, &one);
    Ok(Doc::new().with(delete_transit_gateway_result::TRANSIT_GATEWAY, answer))
}

/// Is it a peering attachment? Those are static only.
pub(super) fn is_peering(end: &TransitEnd) -> bool {
    matches!(end, TransitEnd::Peering { .. })
}

//! Customer gateways: what AWS knows of the device on the other side.

use super::{CustomerGateway, TYPE, check_type, state_word};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    create_customer_gateway, create_customer_gateway_result, customer_gateway,
    delete_customer_gateway, describe_customer_gateways, describe_customer_gateways_result,
};
use std::net::Ipv4Addr;

/// <https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html>
const MOST_GATEWAYS: usize = 50;
/// The number of a device for which none is given.
const DEFAULT_ASN: i64 = 65_000;
/// How long it takes to be gone, in seconds.
const DELETE_SECONDS: u64 = 5;

pub(in crate::ec2) const FILTERS: &[FilterRow<CustomerGateway>] = &[
    ("customer-gateway-id", |_, it| vec![it.id.to_string()]),
    ("bgp-asn", |_, it| vec![it.asn.to_string()]),
    ("ip-address", |_, it| vec![it.address.to_string()]),
    ("state", |_, it| vec![state_word(it.phase).to_owned()]),
    ("type", |_, _| vec![TYPE.to_owned()]),
];

/// The gateway with this id, unless it is gone.
pub(super) fn find_gateway<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a CustomerGateway, Fault> {
    let found = find(&ec2.customer_gateways, id)?;
    if !found.phase.works() {
        return Err(Fault::new(
            "InvalidCustomerGatewayID.NotFound",
            format!("The customerGateway ID '{id}' does not exist"),
        ));
    }
    Ok(found)
}

/// `CreateCustomerGateway`: a second request for the same gives the one that there is.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html>
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateCustomerGatewayRequest>,
) -> Result<Doc<CreateCustomerGatewayResult>, Fault> {
    use create_customer_gateway as of;
    check_type(request.get(of::TYPE))?;
    let tags = new_tags(request.items(of::TAG_SPECIFICATIONS), "customer-gateway")?;
    if request.has(of::CERTIFICATE_ARN) {
        return Err(Fault::new(
            "UnsupportedOperation",
            "Certificates of customer gateways are not in this sandbox: tunnels use pre-shared keys.",
        ));
    }
    let text = match (request.get(of::IP_ADDRESS), request.get(of::PUBLIC_IP)) {
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => return Err(Fault::missing("ipAddress")),
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "IpAddress and PublicIp can't be specified together",
            ));
        }
    };
    let invalid = |text: &str, name: &str| {
        Fault::value(format!("Value ({text}) for parameter {name} is invalid."))
    };
    let address: Ipv4Addr = text.parse().map_err(|_| invalid(text, "ipAddress"))?;
    if address.is_unspecified() || address.is_loopback() || address.is_multicast() {
        return Err(invalid(text, "ipAddress"));
    }
    let asn = match (request.get(of::BGP_ASN), request.get(of::BGP_ASN_EXTENDED)) {
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "BgpAsn and BgpAsnExtended can't be specified together",
            ));
        }
        (first, second) => first.or(second).unwrap_or(DEFAULT_ASN),
    };
    let asn = u64::try_from(asn)
        .ok()
        .filter(|asn| (1..=4_294_967_294).contains(asn))
        .ok_or_else(|| invalid(&asn.to_string(), "bgpAsn"))?;
    let device = request.get(of::DEVICE_NAME).map(str::to_owned);
    let same = |it: &&std::rc::Rc<CustomerGateway>| {
        it.phase.works() && it.address == address && it.asn == asn && it.device == device
    };
    if let Some(there) = context.ec2().customer_gateways.iter().find(same) {
        let answer = describe_one(there);
        return Ok(Doc::new().with(create_customer_gateway_result::CUSTOMER_GATEWAY, answer));
    }
    let all = context.ec2().customer_gateways.iter();
    if all.filter(|it| it.phase.works()).count() >= MOST_GATEWAYS {
        return Err(Fault::new(
            "CustomerGatewayLimitExceeded",
            "The maximum number of customer gateways has been reached.",
        ));
    }
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("cgw");
    let made = CustomerGateway {
        id,
        born,
        tags,
        address,
        asn,
        device,
        phase: Phase::lasting(State::Available),
    };
    ec2.customer_gateways.insert(made.clone());
    let answer = describe_one(&made);
    Ok(Doc::new().with(create_customer_gateway_result::CUSTOMER_GATEWAY, answer))
}

fn describe_one(one: &CustomerGateway) -> Doc<shape::CustomerGateway> {
    Doc::new()
        .with_some(customer_gateway::DEVICE_NAME, one.device.as_deref())
        .with(customer_gateway::TAGS, tag_list(&one.tags))
        .with(customer_gateway::CUSTOMER_GATEWAY_ID, &one.id)
        .with(customer_gateway::STATE, state_word(one.phase))
        .with(customer_gateway::TYPE, TYPE)
        .with(customer_gateway::IP_ADDRESS, one.address.to_string())
        .with(customer_gateway::BGP_ASN, one.asn.to_string())
}

/// `DescribeCustomerGateways`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeCustomerGatewaysRequest>,
) -> Result<Doc<DescribeCustomerGatewaysResult>, Fault> {
    let found = select(
        context,
        &context.ec2().customer_gateways,
        request.items(describe_customer_gateways::CUSTOMER_GATEWAY_IDS),
        request.items(describe_customer_gateways::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(it)).collect();
    Ok(Doc::new().with(describe_customer_gateways_result::CUSTOMER_GATEWAYS, list))
}

/// `DeleteCustomerGateway`: refused while a VPN connection leads to it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteCustomerGatewayRequest>,
) -> Result<(), Fault> {
    let wanted = request.get(delete_customer_gateway::CUSTOMER_GATEWAY_ID);
    let ec2 = context.ec2();
    let one = find_gateway(ec2, wanted.unwrap_or_default())?;
    let used = ec2
        .vpn_connections
        .iter()
        .any(|it| it.customer_gateway == one.id && it.phase.state != State::Deleted);
    if used {
        return Err(Fault::new(
            "IncorrectState",
            "The customer gateway is in use.",
        ));
    }
    let (id, until) = (one.id.clone(), context.now().after(DELETE_SECONDS));
    find_mut(&mut context.ec2_mut().customer_gateways, id.as_str())?.phase =
        Phase::until(State::Deleting, until, State::Deleted);
    Ok(())
}

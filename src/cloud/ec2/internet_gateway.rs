//! Internet gateways.

use super::Ec2;
use super::select::{FilterRow, find, find_mut, new_tags, select, tag_list};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    attach_internet_gateway, create_internet_gateway, create_internet_gateway_result,
    delete_internet_gateway, describe_internet_gateways, describe_internet_gateways_result,
    detach_internet_gateway, internet_gateway, internet_gateway_attachment,
};
use crate::id::{Born, Id};
use crate::table::{Resource, Tags, resource};

/// An internet gateway.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InternetGateway {
    /// `igw-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// The VPC it is attached to.
    pub vpc: Option<Id>,
}

resource!(
    InternetGateway,
    "internet-gateway",
    "igw",
    "internetGateway",
    "InvalidInternetGatewayID"
);

impl InternetGateway {
    pub(crate) fn attached_to(vpc: &Id, mint: &mut Mint) -> Self {
        let (id, born) = mint.id("igw");
        InternetGateway {
            id,
            born,
            tags: Tags::default(),
            vpc: Some(vpc.clone()),
        }
    }
}

impl Ec2 {
    /// The internet gateway of a VPC: there is one at most.
    pub fn internet_gateway_of(&self, vpc: &Id) -> Option<&InternetGateway> {
        self.internet_gateways
            .iter()
            .find(|gateway| gateway.vpc.as_ref() == Some(vpc))
            .map(AsRef::as_ref)
    }
}

pub(super) const FILTERS: &[FilterRow<InternetGateway>] = &[
    ("internet-gateway-id", |_, it| vec![it.id.to_string()]),
    ("attachment.vpc-id", |_, it| {
        it.vpc.iter().map(Id::to_string).collect()
    }),
    ("attachment.state", |_, it| {
        it.vpc.iter().map(|_| "available".to_owned()).collect()
    }),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
];

/// `CreateInternetGateway`: made without a VPC.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateInternetGatewayRequest>,
) -> Result<Doc<CreateInternetGatewayResult>, Fault> {
    let tags = new_tags(
        request.items(create_internet_gateway::TAG_SPECIFICATIONS),
        "internet-gateway",
    )?;
    if context.ec2().internet_gateways.len() >= 5 {
        return Err(Fault::new(
            "InternetGatewayLimitExceeded",
            "The maximum number of internet gateways has been reached.",
        ));
    }
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("igw");
    let made = InternetGateway {
        id,
        born,
        tags,
        vpc: None,
    };
    ec2.internet_gateways.insert(made.clone());
    let answer = describe_one(context, &made);
    Ok(Doc::new().with(create_internet_gateway_result::INTERNET_GATEWAY, answer))
}

fn describe_one(context: &Context<'_>, one: &InternetGateway) -> Doc<shape::InternetGateway> {
    let attachments: Vec<_> = one
        .vpc
        .iter()
        .map(|vpc| {
            Doc::new()
                .with(internet_gateway_attachment::STATE, "available")
                .with(internet_gateway_attachment::VPC_ID, vpc)
        })
        .collect();
    Doc::new()
        .with(internet_gateway::ATTACHMENTS, attachments)
        .with(internet_gateway::INTERNET_GATEWAY_ID, &one.id)
        .with(internet_gateway::OWNER_ID, context.account())
        .with(internet_gateway::TAGS, tag_list(&one.tags))
}

/// `DescribeInternetGateways`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeInternetGatewaysRequest>,
) -> Result<Doc<DescribeInternetGatewaysResult>, Fault> {
    let found = select(
        context,
        &context.ec2().internet_gateways,
        request.items(describe_internet_gateways::INTERNET_GATEWAY_IDS),
        request.items(describe_internet_gateways::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(context, it)).collect();
    Ok(Doc::new().with(describe_internet_gateways_result::INTERNET_GATEWAYS, list))
}

/// `AttachInternetGateway`: a VPC has one at most, and a gateway one VPC.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>
pub(crate) fn attach(
    context: &mut Context<'_>,
    request: View<'_, AttachInternetGatewayRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let gateway = find(
        &ec2.internet_gateways,
        request
            .get(attach_internet_gateway::INTERNET_GATEWAY_ID)
            .unwrap_or_default(),
    )?;
    let vpc = find(
        &ec2.vpcs,
        request
            .get(attach_internet_gateway::VPC_ID)
            .unwrap_or_default(),
    )?;
    if let Some(old) = &gateway.vpc {
        return Err(Fault::new(
            "Resource.AlreadyAssociated",
            format!(
                "resource {} is already attached to network {old}",
                gateway.id
            ),
        ));
    }
    if ec2.internet_gateway_of(&vpc.id).is_some() {
        return Err(Fault::value(format!(
            "Network {} already has an internet gateway attached",
            vpc.id
        )));
    }
    let (gateway, vpc) = (gateway.id.clone(), vpc.id.clone());
    find_mut(&mut context.ec2_mut().internet_gateways, gateway.as_str())?.vpc = Some(vpc);
    Ok(())
}

/// `DetachInternetGateway`: refused while a public address is in use in the VPC. Routes that
/// lead to it stay, as blackholes.
pub(crate) fn detach(
    context: &mut Context<'_>,
    request: View<'_, DetachInternetGatewayRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let gateway = find(
        &ec2.internet_gateways,
        request
            .get(detach_internet_gateway::INTERNET_GATEWAY_ID)
            .unwrap_or_default(),
    )?;
    let vpc = find(
        &ec2.vpcs,
        request
            .get(detach_internet_gateway::VPC_ID)
            .unwrap_or_default(),
    )?;
    if gateway.vpc.as_ref() != Some(&vpc.id) {
        return Err(Fault::new(
            "Gateway.NotAttached",
            format!(
                "resource {} is not attached to network {}",
                gateway.id, vpc.id
            ),
        ));
    }
    let public = ec2
        .network_interfaces
        .iter()
        .filter(|it| it.vpc == vpc.id)
        .any(|it| {
            it.addresses
                .iter()
                .any(|address| ec2.public_of(&it.id, address.private).is_some())
        });
    if public {
        return Err(Fault::new(
            "DependencyViolation",
            format!(
                "Network {} has some mapped public address(es). Please unmap those public \
                 address(es) before detaching the gateway.",
                vpc.id
            ),
        ));
    }
    let gateway = gateway.id.clone();
    find_mut(&mut context.ec2_mut().internet_gateways, gateway.as_str())?.vpc = None;
    Ok(())
}

/// `DeleteInternetGateway`: refused while attached.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteInternetGatewayRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2_mut();
    let gateway = find(
        &ec2.internet_gateways,
        request
            .get(delete_internet_gateway::INTERNET_GATEWAY_ID)
            .unwrap_or_default(),
    )?;
    if gateway.vpc.is_some() {
        return Err(Fault::in_use(InternetGateway::NOUN.word, &gateway.id));
    }
    let id = gateway.id.clone();
    ec2.internet_gateways.remove(id.as_str());
    Ok(())
}

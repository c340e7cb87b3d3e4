//! DHCP option sets: which resolver, domain and time servers instances are told.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html>

use super::select::{FilterRow, find, new_tags, select, tag_list};
use super::vpc::Vpc;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    associate_dhcp_options, attribute_value, create_dhcp_options, create_dhcp_options_result,
    delete_dhcp_options, describe_dhcp_options, describe_dhcp_options_result, dhcp_configuration,
    dhcp_options, new_dhcp_configuration,
};
use crate::id::{Born, Id};
use crate::table::{Table, Tags, resource};

/// The options that a set may have.
const KEYS: [&str; 6] = [
    "domain-name",
    "domain-name-servers",
    "ipv6-address-preferred-lease-time",
    "netbios-name-servers",
    "netbios-node-type",
    "ntp-servers",
];
/// How many servers an option names at most.
const MOST_SERVERS: usize = 4;

/// A DHCP option set of one's own; the one that each Region begins with is not stored.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DhcpOptions {
    /// `dopt-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its options and their values, as they were given.
    pub options: Vec<(String, Vec<String>)>,
}

resource!(
    DhcpOptions,
    "dhcp-options",
    "dopt",
    "dhcpOptions",
    "InvalidDhcpOptionID"
);

pub(super) const FILTERS: &[FilterRow<DhcpOptions>] = &[
    ("dhcp-options-id", |_, it| vec![it.id.to_string()]),
    ("key", |_, it| {
        it.options.iter().map(|(key, _)| key.clone()).collect()
    }),
    ("value", |_, it| {
        let all = it.options.iter();
        all.flat_map(|(_, values)| values.clone()).collect()
    }),
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
];

/// The sets that there are: those that VPCs were born with, and one's own.
fn all(context: &Context<'_>) -> Table<DhcpOptions> {
    let ec2 = context.ec2();
    let mut table = Table::clone(&ec2.dhcp_options);
    let domain = context.region.private_domain();
    for vpc in ec2.vpcs.by_birth() {
        let id = &vpc.dhcp_options;
        if id.as_str() != "default" && !table.contains(id.as_str()) {
            table.insert(DhcpOptions {
                id: id.clone(),
                born: vpc.born,
                tags: Tags::default(),
                options: vec![
                    ("domain-name".to_owned(), vec![domain.clone()]),
                    (
                        "domain-name-servers".to_owned(),
                        vec!["AmazonProvidedDNS".to_owned()],
                    ),
                ],
            });
        }
    }
    table
}

fn show(context: &Context<'_>, one: &DhcpOptions) -> Doc<shape::DhcpOptions> {
    let options: Vec<_> = one
        .options
        .iter()
        .map(|(key, values)| {
            let values: Vec<_> = values
                .iter()
                .map(|it| Doc::new().with(attribute_value::VALUE, it.as_str()))
                .collect();
            Doc::new()
                .with(dhcp_configuration::KEY, key.as_str())
                .with(dhcp_configuration::VALUES, values)
        })
        .collect();
    Doc::new()
        .with(dhcp_options::OWNER_ID, context.account())
        .with(dhcp_options::TAGS, tag_list(&one.tags))
        .with(dhcp_options::DHCP_OPTIONS_ID, &one.id)
        .with(dhcp_options::DHCP_CONFIGURATIONS, options)
}

/// `CreateDhcpOptions`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateDhcpOptionsRequest>,
) -> Result<Doc<CreateDhcpOptionsResult>, Fault> {
    let mut options: Vec<(String, Vec<String>)> = Vec::new();
    for one in request.items(create_dhcp_options::DHCP_CONFIGURATIONS) {
        let key = one.get(new_dhcp_configuration::KEY).unwrap_or_default();
        if !KEYS.contains(&key) {
            return Err(Fault::value(format!(
                "Value ({key}) for parameter name is invalid. Unknown DHCP option"
            )));
        }
        let values: Vec<String> = one
            .items(new_dhcp_configuration::VALUES)
            .map(str::to_owned)
            .collect();
        if values.is_empty() {
            return Err(Fault::value(format!(
                "Value () for parameter value is invalid. {key} must have a value."
            )));
        }
        let servers = key.ends_with("servers");
        if servers && values.len() > MOST_SERVERS {
            return Err(Fault::value(format!(
                "Invalid value for DHCP option {key}: at most {MOST_SERVERS} servers may be given."
            )));
        }
        let is_server = |it: &String| {
            it == "AmazonProvidedDNS" && key == "domain-name-servers"
                || it.parse::<std::net::IpAddr>().is_ok()
        };
        if let Some(value) = values.iter().find(|it| servers && !is_server(it)) {
            return Err(Fault::value(format!(
                "Value ({value}) for parameter value is invalid. Invalid IP address."
            )));
        }
        options.push((key.to_owned(), values));
    }
    if options.is_empty() {
        return Err(Fault::missing("dhcpConfiguration"));
    }
    let tags = new_tags(
        request.items(create_dhcp_options::TAG_SPECIFICATIONS),
        "dhcp-options",
    )?;
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("dopt");
    let made = DhcpOptions {
        id,
        born,
        tags,
        options,
    };
    ec2.dhcp_options.insert(made.clone());
    let answer = show(context, &made);
    Ok(Doc::new().with(create_dhcp_options_result::DHCP_OPTIONS, answer))
}

/// `AssociateDhcpOptions`: `default` is no set at all.
pub(crate) fn associate(
    context: &mut Context<'_>,
    request: View<'_, AssociateDhcpOptionsRequest>,
) -> Result<(), Fault> {
    let id = request
        .get(associate_dhcp_options::DHCP_OPTIONS_ID)
        .unwrap_or_default();
    if id != "default" {
        find(&all(context), id)?;
    }
    let vpc = request
        .get(associate_dhcp_options::VPC_ID)
        .unwrap_or_default();
    let set = Id::new(id);
    let vpc: &mut Vpc = super::select::find_mut(&mut context.ec2_mut().vpcs, vpc)?;
    vpc.dhcp_options = set;
    Ok(())
}

/// `DeleteDhcpOptions`: refused while a VPC uses it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteDhcpOptionsRequest>,
) -> Result<(), Fault> {
    let id = request
        .get(delete_dhcp_options::DHCP_OPTIONS_ID)
        .unwrap_or_default();
    let id = find(&all(context), id)?.id.clone();
    if context.ec2().vpcs.iter().any(|it| it.dhcp_options == id) {
        return Err(Fault::in_use("dhcpOptions", &id));
    }
    context.ec2_mut().dhcp_options.remove(id.as_str());
    Ok(())
}

/// `DescribeDhcpOptions`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeDhcpOptionsRequest>,
) -> Result<Doc<DescribeDhcpOptionsResult>, Fault> {
    let table = all(context);
    let found = select(
        context,
        &table,
        request.items(describe_dhcp_options::DHCP_OPTIONS_IDS),
        request.items(describe_dhcp_options::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| show(context, it)).collect();
    Ok(Doc::new().with(describe_dhcp_options_result::DHCP_OPTIONS, list))
}

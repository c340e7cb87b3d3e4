//! The tags of a thing as a table. `Name` is a setting of its own.

use crate::access;
use crate::desk::Desk;
use crate::form::Control;
use crate::intent::{Kind, Refusal};
use crate::rules::{Column, Draft, Row, Sheet};
use crate::trial::Trial;
use hopwise_cloud::Tags;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::ec2::shape::Tag;
use hopwise_cloud::fields::ec2::{create_tags, delete_tags, tag};
use std::collections::BTreeMap;

/// The tag that is a setting of its own.
const NAME: &str = "Name";

/// Is it the tag that is a setting of its own? Of what is in no VPC no tag is.
fn is_name(id: &str, key: &str) -> bool {
    key == NAME && !access::is_access(id)
}

/// The tags of a thing of EC2, of a bucket or an object.
pub(crate) fn of<'a>(desk: &Desk<'a>, id: &str) -> Option<&'a Tags> {
    if let Some((_, key)) = access::names(id) {
        let bucket = desk.bucket(id)?;
        return match key {
            Some(key) => Some(&bucket.version(key, None)?.tags),
            None => Some(&bucket.tags),
        };
    }
    let ec2 = desk.ec2()?;
    Some(match Kind::of_id(id)? {
        Kind::Vpc => &ec2.vpcs.get(id)?.tags,
        Kind::Subnet => &ec2.subnets.get(id)?.tags,
        Kind::Instance => &ec2.instances.get(id)?.tags,
        Kind::InternetGateway => &ec2.internet_gateways.get(id)?.tags,
        Kind::RouteTable => &ec2.route_tables.get(id)?.tags,
        Kind::SecurityGroup => &ec2.security_groups.get(id)?.tags,
        Kind::NetworkAcl => &ec2.network_acls.get(id)?.tags,
        Kind::ElasticIp => &ec2.addresses.get(id)?.tags,
        Kind::NetworkInterface => &ec2.network_interfaces.get(id)?.tags,
        _ => return None,
    })
}

/// Tags as a request lists them.
pub(crate) fn docs(tags: &[(String, String)]) -> Vec<Doc<Tag>> {
    tags.iter()
        .map(|(key, value)| {
            Doc::new()
                .with(tag::KEY, key.as_str())
                .with(tag::VALUE, value.as_str())
        })
        .collect()
}

pub(crate) fn sheet(desk: &Desk<'_>, id: &str) -> Option<Sheet> {
    let column = |label| Column {
        label,
        control: Control::Text,
    };
    let tags = of(desk, id)?.iter().filter(|(key, _)| !is_name(id, key));
    Some(Sheet {
        columns: vec![column("Key"), column("Value")],
        rows: tags
            .map(|(key, value)| Row {
                key: key.to_owned(),
                cells: vec![key.to_owned(), value.to_owned()],
                fixed: None,
            })
            .collect(),
        blank: Draft {
            key: None,
            cells: vec![String::new(), String::new()],
        },
    })
}

/// Brings the tags to what the rows say: one call for what is set, one for what goes.
pub(crate) fn onto(trial: &mut Trial<'_>, id: &str, rows: &[Draft]) -> Result<(), Refusal> {
    let mut wished = BTreeMap::new();
    for row in rows {
        let (key, value) = (row.cell(0).to_owned(), row.cell(1).to_owned());
        if is_name(id, &key) {
            return Err(Refusal::own("The tag Name is set above, in the settings."));
        }
        if wished.insert(key.clone(), value).is_some() {
            return Err(Refusal::own(format!("There are two tags {key}.")));
        }
    }
    let before: BTreeMap<String, String> = of(&trial.desk(), id)
        .ok_or_else(|| Refusal::gone(id))?
        .iter()
        .filter(|(key, _)| !is_name(id, key))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    if access::is_access(id) {
        return match before == wished {
            true => Ok(()),
            false => access::put_tags(trial, id, &wished),
        };
    }
    let set: Vec<(String, String)> = wished
        .iter()
        .filter(|(key, value)| before.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if !set.is_empty() {
        let request = Doc::new()
            .with(create_tags::RESOURCES, vec![id.to_owned()])
            .with(create_tags::TAGS, docs(&set));
        trial.ec2("CreateTags", request)?;
    }
    let gone: Vec<_> = before
        .keys()
        .filter(|key| !wished.contains_key(*key))
        .map(|key| Doc::new().with(tag::KEY, key.as_str()))
        .collect();
    if !gone.is_empty() {
        let request = Doc::new()
            .with(delete_tags::RESOURCES, vec![id.to_owned()])
            .with(delete_tags::TAGS, gone);
        trial.ec2("DeleteTags", request)?;
    }
    Ok(())
}

//! Tags on what exists already.

use super::select::{find_mut, set_tags, wildcard};
use super::{Ec2, SecurityGroup};
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    create_tags, delete_tags, describe_tags, describe_tags_result, filter, tag, tag_description,
};
use crate::id::Born;
use crate::table::{Resource, Table, Tags};

/// The tags of the resource with this id, to change.
fn tags_mut<'a>(ec2: &'a mut Ec2, id: &str) -> Result<&'a mut Tags, Fault> {
    fn of<'a, T: Resource + 'a>(table: &'a mut Table<T>, id: &str) -> Result<&'a mut Tags, Fault> {
        find_mut(table, id).map(Resource::tags_mut)
    }
    match id.rsplit_once('-').map_or("", |(prefix, _)| prefix) {
        "vpc" => of(&mut ec2.vpcs, id),
        "subnet" => of(&mut ec2.subnets, id),
        "rtb" => of(&mut ec2.route_tables, id),
        "igw" => of(&mut ec2.internet_gateways, id),
        "eipalloc" => of(&mut ec2.addresses, id),
        "acl" => of(&mut ec2.network_acls, id),
        "sg" => of(&mut ec2.security_groups, id),
        "eni" => of(&mut ec2.network_interfaces, id),
        "i" => of(&mut ec2.instances, id),
        "key" => of(&mut ec2.key_pairs, id),
        "eigw" => of(&mut ec2.egress_only_gateways, id),
        "nat" => of(&mut ec2.nat_gateways, id),
        "pl" => of(&mut ec2.prefix_lists, id),
        "pcx" => of(&mut ec2.peerings, id),
        "vpce" => of(&mut ec2.endpoints, id),
        "vpce-svc" => of(&mut ec2.endpoint_services, id),
        "tgw" => of(&mut ec2.transit_gateways, id),
        "tgw-attach" => of(&mut ec2.transit_attachments, id),
        "tgw-rtb" => of(&mut ec2.transit_route_tables, id),
        "vgw" => of(&mut ec2.vpn_gateways, id),
        "cgw" => of(&mut ec2.customer_gateways, id),
        "vpn" => of(&mut ec2.vpn_connections, id),
        "dopt" => of(&mut ec2.dhcp_options, id),
        "vpcbpa-exclude" => of(&mut ec2.exclusions, id),
        "sgr" => {
            let group = ec2
                .security_groups
                .iter()
                .find(|it| it.rules.iter().any(|rule| rule.id.as_str() == id))
                .map(|it| it.id.clone());
            group
                .and_then(|group| ec2.security_groups.get_mut(group.as_str()))
                .and_then(|group: &mut SecurityGroup| {
                    group.rules.iter_mut().find(|rule| rule.id.as_str() == id)
                })
                .map(|rule| &mut rule.tags)
                .ok_or_else(|| {
                    Fault::new(
                        "InvalidSecurityGroupRuleId.NotFound",
                        format!("The security group rule ID '{id}' does not exist"),
                    )
                })
        }
        _ => Err(Fault::new(
            "InvalidID",
            format!("The ID '{id}' is not valid"),
        )),
    }
}

/// `CreateTags`: on all of the resources or, if one is unknown, on none.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateTagsRequest>,
) -> Result<(), Fault> {
    for id in request.items(create_tags::RESOURCES) {
        let tags = tags_mut(context.ec2_mut(), id)?;
        set_tags(tags, request.items(create_tags::TAGS))?;
    }
    Ok(())
}

/// `DeleteTags`: a tag with a value only if it has that value; all tags if none is named.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteTagsRequest>,
) -> Result<(), Fault> {
    for id in request.items(delete_tags::RESOURCES) {
        let tags = tags_mut(context.ec2_mut(), id)?;
        if !request.has(delete_tags::TAGS) {
            tags.clear();
        }
        for one in request.items(delete_tags::TAGS) {
            tags.remove(one.get(tag::KEY).unwrap_or_default(), one.get(tag::VALUE));
        }
    }
    Ok(())
}

struct Row {
    born: Born,
    id: String,
    kind: &'static str,
    key: String,
    value: String,
}

fn rows<T: Resource>(table: &Table<T>, out: &mut Vec<Row>) {
    for resource in table.iter() {
        row(resource.as_ref(), out);
    }
}

fn row<T: Resource>(resource: &T, out: &mut Vec<Row>) {
    for (key, value) in resource.tags().iter() {
        out.push(Row {
            born: resource.born(),
            id: resource.id().to_string(),
            kind: T::NOUN.kind,
            key: key.to_owned(),
            value: value.to_owned(),
        });
    }
}

/// `DescribeTags`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeTagsRequest>,
) -> Result<Doc<DescribeTagsResult>, Fault> {
    let ec2 = context.ec2();
    let mut all = Vec::new();
    rows(&ec2.vpcs, &mut all);
    rows(&ec2.egress_only_gateways, &mut all);
    rows(&ec2.nat_gateways, &mut all);
    rows(&ec2.prefix_lists, &mut all);
    rows(&ec2.peerings, &mut all);
    rows(&ec2.endpoints, &mut all);
    rows(&ec2.endpoint_services, &mut all);
    rows(&ec2.transit_gateways, &mut all);
    rows(&ec2.transit_attachments, &mut all);
    rows(&ec2.transit_route_tables, &mut all);
    rows(&ec2.vpn_gateways, &mut all);
    rows(&ec2.customer_gateways, &mut all);
    rows(&ec2.vpn_connections, &mut all);
    rows(&ec2.dhcp_options, &mut all);
    rows(&ec2.exclusions, &mut all);
    rows(&ec2.subnets, &mut all);
    rows(&ec2.route_tables, &mut all);
    rows(&ec2.internet_gateways, &mut all);
    rows(&ec2.addresses, &mut all);
    rows(&ec2.network_acls, &mut all);
    rows(&ec2.security_groups, &mut all);
    for group in ec2.security_groups.iter() {
        group.rules.iter().for_each(|rule| row(rule, &mut all));
    }
    rows(&ec2.network_interfaces, &mut all);
    rows(&ec2.instances, &mut all);
    rows(&ec2.key_pairs, &mut all);
    for one in request.items(describe_tags::FILTERS) {
        let name = one.get(filter::NAME).unwrap_or_default();
        let values: Vec<&str> = one.items(filter::VALUES).collect();
        let look = |row: &Row| match name {
            "key" => Some(row.key.clone()),
            "value" => Some(row.value.clone()),
            "resource-id" => Some(row.id.clone()),
            "resource-type" => Some(row.kind.to_owned()),
            _ => name
                .strip_prefix("tag:")
                .filter(|key| *key == row.key)
                .map(|_| row.value.clone()),
        };
        let known = matches!(name, "key" | "value" | "resource-id" | "resource-type")
            || name.starts_with("tag:");
        if !known {
            return Err(Fault::value(format!("The filter '{name}' is invalid")));
        }
        all.retain(|row| {
            look(row).is_some_and(|have| values.iter().any(|wanted| wildcard(wanted, &have)))
        });
    }
    all.sort_by(|a, b| (a.born, &a.key).cmp(&(b.born, &b.key)));
    let list: Vec<_> = all
        .into_iter()
        .map(|row| {
            Doc::new()
                .with(tag_description::KEY, row.key)
                .with(tag_description::RESOURCE_ID, row.id)
                .with(tag_description::RESOURCE_TYPE, row.kind)
                .with(tag_description::VALUE, row.value)
        })
        .collect();
    Ok(Doc::new().with(describe_tags_result::TAGS, list))
}

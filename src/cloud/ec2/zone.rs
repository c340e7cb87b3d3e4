//! Regions and Availability Zones, as EC2 describes them.

use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    availability_zone, describe_availability_zones, describe_availability_zones_result,
    describe_regions, describe_regions_result, filter, region,
};
use crate::region::REGIONS;

use super::select::wildcard;

/// `DescribeRegions`
pub(crate) fn describe_regions(
    _: &mut Context<'_>,
    request: View<'_, DescribeRegionsRequest>,
) -> Result<Doc<DescribeRegionsResult>, Fault> {
    let wanted: Vec<&str> = request.items(describe_regions::REGION_NAMES).collect();
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !REGIONS.iter().any(|it| it.name == **name))
    {
        return Err(Fault::value(format!(
            "Invalid region names provided: {unknown}"
        )));
    }
    let mut found: Vec<_> = REGIONS
        .iter()
        .filter(|it| wanted.is_empty() || wanted.contains(&it.name))
        .collect();
    for one in request.items(describe_regions::FILTERS) {
        let values: Vec<&str> = one.items(filter::VALUES).collect();
        let name = one.get(filter::NAME).unwrap_or_default();
        if !matches!(name, "region-name" | "endpoint" | "opt-in-status") {
            return Err(Fault::value(format!("The filter '{name}' is invalid")));
        }
        found.retain(|it| {
            let have = match name {
                "region-name" => it.name.to_owned(),
                "endpoint" => format!("ec2.{}.amazonaws.com", it.name),
                _ => "opt-in-not-required".to_owned(),
            };
            values.iter().any(|wanted| wildcard(wanted, &have))
        });
    }
    let list: Vec<_> = found
        .into_iter()
        .map(|it| {
            Doc::new()
                .with(region::OPT_IN_STATUS, "opt-in-not-required")
                .with(region::REGION_NAME, it.name)
                .with(region::ENDPOINT, format!("ec2.{}.amazonaws.com", it.name))
        })
        .collect();
    Ok(Doc::new().with(describe_regions_result::REGIONS, list))
}

/// `DescribeAvailabilityZones`
pub(crate) fn describe_zones(
    context: &mut Context<'_>,
    request: View<'_, DescribeAvailabilityZonesRequest>,
) -> Result<Doc<DescribeAvailabilityZonesResult>, Fault> {
    let here = context.region;
    let mut found: Vec<(String, String)> = here.zone_names().collect();
    let names: Vec<&str> = request
        .items(describe_availability_zones::ZONE_NAMES)
        .collect();
    let ids: Vec<&str> = request
        .items(describe_availability_zones::ZONE_IDS)
        .collect();
    if let Some(unknown) = names
        .iter()
        .chain(&ids)
        .find(|wanted| here.zone(wanted).is_none())
    {
        return Err(Fault::value(format!(
            "Invalid availability zone: [{unknown}]"
        )));
    }
    found.retain(|(name, id)| {
        (names.is_empty() || names.contains(&name.as_str()))
            && (ids.is_empty() || ids.contains(&id.as_str()))
    });
    for one in request.items(describe_availability_zones::FILTERS) {
        let values: Vec<&str> = one.items(filter::VALUES).collect();
        let wanted = one.get(filter::NAME).unwrap_or_default();
        let look = |name: &str, id: &str| {
            Some(match wanted {
                "zone-name" => name.to_owned(),
                "zone-id" => id.to_owned(),
                "region-name" | "group-name" | "network-border-group" => here.name.to_owned(),
                "state" => "available".to_owned(),
                "zone-type" => "availability-zone".to_owned(),
                "opt-in-status" => "opt-in-not-required".to_owned(),
                _ => return None,
            })
        };
        if look("", "").is_none() {
            return Err(Fault::value(format!("The filter '{wanted}' is invalid")));
        }
        found.retain(|(name, id)| {
            look(name, id).is_some_and(|have| values.iter().any(|value| wildcard(value, &have)))
        });
    }
    let list: Vec<_> = found
        .into_iter()
        .map(|(name, id)| {
            Doc::new()
                .with(availability_zone::OPT_IN_STATUS, "opt-in-not-required")
                .with(availability_zone::MESSAGES, vec![])
                .with(availability_zone::REGION_NAME, here.name)
                .with(availability_zone::ZONE_NAME, name)
                .with(availability_zone::ZONE_ID, id)
                .with(availability_zone::GROUP_NAME, here.name)
                .with(availability_zone::NETWORK_BORDER_GROUP, here.name)
                .with(availability_zone::ZONE_TYPE, "availability-zone")
                .with(availability_zone::STATE, "available")
        })
        .collect();
    Ok(Doc::new().with(describe_availability_zones_result::AVAILABILITY_ZONES, list))
}

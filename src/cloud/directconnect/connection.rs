//! Connections: ports at a location where a network's router can be plugged in.

use super::{Connection, VirtualInterface, new_tags, not_here, refused, tag_list};
use crate::door::Context;
use crate::ec2::phase::{Phase, State};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::directconnect::{
    connection, connections, create_connection, delete_connection, describe_connections, location,
    locations,
    shape::{self, *},
};

/// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html>
const MOST_CONNECTIONS: usize = 10;
/// How long a connection takes to be made or to go, in seconds.
const SECONDS: u64 = 120;
/// How fast the port of a dedicated connection may be.
/// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/dedicated_connection.html>
pub(super) const SPEEDS: [&str; 4] = ["1Gbps", "10Gbps", "100Gbps", "400Gbps"];

/// A location of each Region: code and name.
/// <https://aws.amazon.com/directconnect/locations/>
const LOCATIONS: [(&str, &str, &str); 17] = [
    ("ap-south-1", "STTM1", "STT GDC, Mumbai, IND"),
    ("eu-north-1", "IXSTO", "Interxion STO1, Stockholm, SWE"),
    ("eu-west-3", "EqPA3", "Equinix PA3, Paris, FRA"),
    ("eu-west-2", "EqLD5", "Equinix LD5, Slough, GBR"),
    ("eu-west-1", "EirCL", "Eircom Clonshaugh, Dublin, IRL"),
    ("ap-northeast-3", "EqOS1", "Equinix OS1, Osaka, JPN"),
    ("ap-northeast-2", "KINX", "KINX Gasan, Seoul, KOR"),
    ("ap-northeast-1", "EqTY2", "Equinix TY2, Tokyo, JPN"),
    ("ca-central-1", "COLM3", "Cologix MTL3, Montreal, CAN"),
    ("sa-east-1", "TIVIT", "TIVIT, Sao Paulo, BRA"),
    ("ap-southeast-1", "EqSG2", "Equinix SG2, Singapore, SGP"),
    ("ap-southeast-2", "EqSY3", "Equinix SY3, Sydney, AUS"),
    ("eu-central-1", "EqFA5", "Equinix FR5, Frankfurt, DEU"),
    ("us-east-1", "EqDC2", "Equinix DC2/DC11, Ashburn, VA"),
    ("us-east-2", "COLC2", "Cologix COL2, Columbus, OH"),
    ("us-west-1", "EqSV5", "Equinix SV5, San Jose, CA"),
    ("us-west-2", "EqSE2", "Equinix SE2, Seattle, WA"),
];

/// The connection with this id, unless it is gone.
pub(super) fn find<'a>(context: &'a Context<'_>, id: &str) -> Result<&'a Connection, Fault> {
    let found = context.ec2().direct_connect.connections.get(id);
    let found = found.filter(|it| it.phase.state != State::Deleted);
    found
        .map(AsRef::as_ref)
        .ok_or_else(|| refused(format!("Connection {id} does not exist.")))
}

/// `CreateConnection`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateConnectionRequest>,
) -> Result<Doc<shape::Connection>, Fault> {
    use create_connection as of;
    let place = request.get(of::LOCATION).unwrap_or_default();
    let region = context.region.name;
    if !LOCATIONS
        .iter()
        .any(|(here, code, _)| *here == region && *code == place)
    {
        return Err(refused(format!(
            "Location {place} is not valid in {region}. `aws directconnect describe-locations` \
             lists those that are."
        )));
    }
    let bandwidth = request.get(of::BANDWIDTH).unwrap_or_default();
    if !SPEEDS.contains(&bandwidth) {
        return Err(refused(format!(
            "Bandwidth {bandwidth} is not supported at {place}."
        )));
    }
    if request.has(of::LAG_ID) || request.get(of::REQUEST_MAC_SEC) == Some(true) {
        return Err(not_here("A link aggregation group or MACsec"));
    }
    let all = context.ec2().direct_connect.connections.iter();
    if all.filter(|it| it.phase.is_alive()).count() >= MOST_CONNECTIONS {
        return Err(refused(
            "The maximum number of connections has been reached.",
        ));
    }
    let (name, place, bandwidth) = (
        request
            .get(of::CONNECTION_NAME)
            .unwrap_or_default()
            .to_owned(),
        place.to_owned(),
        bandwidth.to_owned(),
    );
    let tags = new_tags(request.items(of::TAGS));
    let until = context.now().after(SECONDS);
    let (ec2, mint) = context.parts();
    let (id, born) = mint.short("dxcon");
    let made = Connection {
        id,
        born,
        tags,
        name,
        location: place,
        bandwidth,
        phase: Phase::until(State::Pending, until, State::Available),
        up: false,
    };
    ec2.direct_connect.connections.insert(made.clone());
    Ok(describe_one(context, &made))
}

/// AWS's word for the state of a connection.
pub(crate) fn state_word(one: &Connection) -> &'static str {
    match one.phase.state {
        State::Pending | State::AwaitsAcceptance => "requested",
        State::Available | State::Modifying if one.up => "available",
        State::Available | State::Modifying => "down",
        State::Deleting => "deleting",
        _ => "deleted",
    }
}

fn describe_one(context: &Context<'_>, one: &Connection) -> Doc<shape::Connection> {
    Doc::new()
        .with(connection::OWNER_ACCOUNT, context.account())
        .with(connection::CONNECTION_ID, &one.id)
        .with(connection::CONNECTION_NAME, one.name.as_str())
        .with(connection::CONNECTION_STATE, state_word(one))
        .with(connection::REGION, context.region.name)
        .with(connection::LOCATION, one.location.as_str())
        .with(connection::BANDWIDTH, one.bandwidth.as_str())
        .with(connection::JUMBO_FRAME_CAPABLE, true)
        .with(connection::HAS_LOGICAL_REDUNDANCY, "unknown")
        .with(connection::TAGS, tag_list(&one.tags))
        .with(connection::MAC_SEC_CAPABLE, false)
}

/// `DescribeConnections`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeConnectionsRequest>,
) -> Result<Doc<Connections>, Fault> {
    let wanted = request.get(describe_connections::CONNECTION_ID);
    if let Some(id) = wanted {
        find(context, id)?;
    }
    let all = context.ec2().direct_connect.connections.by_birth();
    let list: Vec<_> = all
        .into_iter()
        .filter(|it| wanted.is_none_or(|id| it.id.as_str() == id))
        .map(|it| describe_one(context, it))
        .collect();
    Ok(Doc::new().with(connections::CONNECTIONS, list))
}

/// `DeleteConnection`: refused while a virtual interface is on it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteConnectionRequest>,
) -> Result<Doc<shape::Connection>, Fault> {
    let wanted = request
        .get(delete_connection::CONNECTION_ID)
        .unwrap_or_default();
    let id = find(context, wanted)?.id.clone();
    let there = &context.ec2().direct_connect.interfaces;
    let used = |it: &VirtualInterface| it.connection == id && it.phase.state != State::Deleted;
    if there.iter().any(|it| used(it)) {
        return Err(refused(format!(
            "Connection {id} has virtual interfaces and cannot be deleted."
        )));
    }
    let until = context.now().after(SECONDS);
    let connections = &mut context.ec2_mut().direct_connect.connections;
    if let Some(one) = connections.get_mut(id.as_str()) {
        one.phase = Phase::until(State::Deleting, until, State::Deleted);
    }
    Ok(describe_one(context, find(context, wanted)?))
}

/// `DescribeLocations`: those of the Region.
pub(crate) fn describe_locations(
    context: &mut Context<'_>,
    _: View<'_, ()>,
) -> Result<Doc<Locations>, Fault> {
    let list: Vec<_> = LOCATIONS
        .iter()
        .filter(|(region, _, _)| *region == context.region.name)
        .map(|(region, code, name)| {
            Doc::new()
                .with(location::LOCATION_CODE, *code)
                .with(location::LOCATION_NAME, *name)
                .with(location::REGION, *region)
                .with(
                    location::AVAILABLE_PORT_SPEEDS,
                    SPEEDS.map(str::to_owned).to_vec(),
                )
                .with(location::AVAILABLE_PROVIDERS, vec![])
                .with(location::AVAILABLE_MAC_SEC_PORT_SPEEDS, vec![])
        })
        .collect();
    Ok(Doc::new().with(locations::LOCATIONS, list))
}

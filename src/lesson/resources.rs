//! What `exists`, `count` and `routes` ask: what there is, and where its routes lead.

use crate::check::{Filter, Kind, RouteTarget, RoutesOf};
use crate::evaluate::{Scene, Unanswerable};
use crate::sentence::Hole;
use hopwise_cloud::ec2::route_table::{RouteState, Target};
use hopwise_cloud::ec2::{Ec2, Subnet};
use hopwise_cloud::{ACCOUNT, Act, Call, Credentials, Id, Map, Value, Via};
use hopwise_net::Prefix;
use std::collections::BTreeMap;

/// How AWS is asked for all of a kind.
struct Describe {
    operation: &'static str,
    /// Where its answer lists them; a list within a list's items is joined.
    path: &'static [&'static str],
    /// `in $x`: the prefix of x's id, and the filter that means being in it.
    within: &'static [(&'static str, &'static str)],
    /// A filter that is always set, unless the check sets it itself.
    always: Option<(&'static str, &'static [&'static str])>,
}

/// What has not been deleted. A terminated instance is still described for a while.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html>
const ALIVE: (&str, &[&str]) = (
    "instance-state-name",
    &["pending", "running", "stopping", "stopped"],
);

fn describe(kind: Kind) -> Result<Describe, Unanswerable> {
    const VPC: (&str, &str) = ("vpc-", "vpc-id");
    const SUBNET: (&str, &str) = ("subnet-", "subnet-id");
    let (operation, path, within): (_, &[&str], &[(&str, &str)]) = match kind {
        Kind::Vpc => ("DescribeVpcs", &["Vpcs"], &[]),
        Kind::Subnet => ("DescribeSubnets", &["Subnets"], &[VPC]),
        Kind::RouteTable => (
            "DescribeRouteTables",
            &["RouteTables"],
            &[VPC, ("subnet-", "association.subnet-id")],
        ),
        Kind::InternetGateway => (
            "DescribeInternetGateways",
            &["InternetGateways"],
            &[("vpc-", "attachment.vpc-id")],
        ),
        Kind::SecurityGroup => ("DescribeSecurityGroups", &["SecurityGroups"], &[VPC]),
        Kind::NetworkAcl => (
            "DescribeNetworkAcls",
            &["NetworkAcls"],
            &[VPC, ("subnet-", "association.subnet-id")],
        ),
        Kind::Instance => (
            "DescribeInstances",
            &["Reservations", "Instances"],
            &[VPC, SUBNET],
        ),
        Kind::NetworkInterface => (
            "DescribeNetworkInterfaces",
            &["NetworkInterfaces"],
            &[
                VPC,
                SUBNET,
                ("sg-", "group-id"),
                ("i-", "attachment.instance-id"),
            ],
        ),
        Kind::ElasticIp => (
            "DescribeAddresses",
            &["Addresses"],
            &[("i-", "instance-id"), ("eni-", "network-interface-id")],
        ),
        Kind::KeyPair => ("DescribeKeyPairs", &["KeyPairs"], &[]),
        Kind::NatGateway => {
            return Err(Unanswerable(
                "this version's cloud has no NAT gateways".to_owned(),
            ));
        }
    };
    Ok(Describe {
        operation,
        path,
        within,
        always: (kind == Kind::Instance).then_some(ALIVE),
    })
}

/// Can this version's cloud hold one?
pub(crate) fn is_known(kind: Kind) -> bool {
    describe(kind).is_ok()
}

/// How many there are, as AWS itself would answer.
pub(crate) fn count(scene: &Scene<'_>, filter: &Filter) -> Result<usize, Unanswerable> {
    let describe = describe(filter.kind)?;
    let mut filters: Vec<(&str, Vec<String>)> = Vec::new();
    if let Some(name) = &filter.within {
        let id = scene.id(name)?;
        let (_, within) = describe
            .within
            .iter()
            .find(|(prefix, _)| id.starts_with(prefix))
            .ok_or_else(|| {
                Unanswerable(format!(
                    "`${name}` is `{id}`, and no {} is in one",
                    filter.kind.word()
                ))
            })?;
        filters.push((within, vec![id.to_owned()]));
    }
    for (key, value) in &filter.with {
        filters.push((key, vec![scene.value(value)?]));
    }
    if let Some((key, values)) = describe.always
        && !filters.iter().any(|(other, _)| *other == key)
    {
        filters.push((
            key,
            values.iter().map(|value| (*value).to_owned()).collect(),
        ));
    }
    let answer = ask(scene, describe.operation, filters)?;
    Ok(leaves(&answer, describe.path))
}

fn ask(
    scene: &Scene<'_>,
    operation: &str,
    filters: Vec<(&str, Vec<String>)>,
) -> Result<Value, Unanswerable> {
    let key = scene
        .cloud
        .account(ACCOUNT)
        .map(|account| &account.iam.root_key);
    let credentials = key.map(|key| Credentials {
        access_key_id: key.id.clone(),
        secret_access_key: key.secret.clone(),
    });
    let filters: Vec<Value> = filters
        .into_iter()
        .map(|(name, values)| {
            let mut filter = Map::new();
            filter.insert("Name", Value::Str(name.to_owned()));
            let values = values.into_iter().map(Value::Str).collect();
            filter.insert("Values", Value::List(values));
            Value::Map(filter)
        })
        .collect();
    let mut params = Map::new();
    if !filters.is_empty() {
        params.insert("Filters", Value::List(filters));
    }
    let call = Call {
        credentials: credentials.unwrap_or_default(),
        region: scene.region.to_owned(),
        via: Via::default(),
        service: "ec2".to_owned(),
        operation: operation.to_owned(),
        params,
    };
    // A question changes nothing, and a copy is cheap.
    let mut cloud = scene.cloud.clone();
    match cloud.apply(&Act::Call(call)) {
        Ok(answer) => Ok(answer.value),
        Err(fault) => Err(Unanswerable(format!("AWS answers: {}", fault.message))),
    }
}

/// How many items the lists at `path` hold together.
fn leaves(value: &Value, path: &[&str]) -> usize {
    let Some((first, rest)) = path.split_first() else {
        return 1;
    };
    let items = value
        .get(first)
        .and_then(Value::as_list)
        .unwrap_or_default();
    items.iter().map(|item| leaves(item, rest)).sum()
}

/// What `routes` found.
pub(crate) struct Routes {
    pub(crate) holds: bool,
    pub(crate) values: BTreeMap<Hole, String>,
}

/// Does the table that decides for it have that route, and does it work?
pub(crate) fn routes(
    scene: &Scene<'_>,
    of: &RoutesOf,
    destination: Prefix,
    target: &RouteTarget,
) -> Result<Routes, Unanswerable> {
    let wanted = match target {
        RouteTarget::Name(name) => Some(scene.id(name)?),
        RouteTarget::Kind(_) | RouteTarget::Local => None,
    };
    let asked: Vec<String> = match of {
        RoutesOf::Name(name) => vec![scene.id(name)?.to_owned()],
        RoutesOf::Kind(kind) => all(scene, *kind)?,
    };
    let mut result = Routes {
        holds: !asked.is_empty(),
        values: BTreeMap::from([
            (Hole::Subnet, "no subnet".to_owned()),
            (Hole::Table, "no route table".to_owned()),
            (Hole::Target, "nothing".to_owned()),
        ]),
    };
    for id in asked {
        let found = scene
            .cloud
            .places()
            .find_map(|(_, region, ec2)| Some((region, ec2, stand(ec2, &id)?)));
        let Some((_, ec2, stand)) = found else {
            result.holds = false;
            continue;
        };
        let label = |id: &str| scene.cloud.name_of(id).unwrap_or_else(|| id.to_owned());
        let table = match stand {
            Stand::Subnet(subnet) => ec2.route_table_of(subnet),
            Stand::Table(id) => ec2.route_tables.get(id.as_str()),
        };
        let route = table.and_then(|table| Some((table, table.route(&destination.into())?)));
        let works = route
            .is_some_and(|(table, route)| ec2.route_state(&table.vpc, route) == RouteState::Active);
        let fits = route.is_some_and(|(_, route)| match (&route.target, target) {
            (to, RouteTarget::Name(_)) => wanted.is_some_and(|wanted| leads(ec2, to, wanted)),
            (Target::Local, RouteTarget::Local)
            | (Target::InternetGateway(_), RouteTarget::Kind(Kind::InternetGateway))
            | (Target::NetworkInterface(_), RouteTarget::Kind(Kind::NetworkInterface)) => true,
            (Target::NetworkInterface(id), RouteTarget::Kind(Kind::Instance)) => {
                ec2.instance_of(id).is_some()
            }
            _ => false,
        });
        if works && fits {
            continue;
        }
        result.holds = false;
        let subnet = match stand {
            Stand::Subnet(subnet) => label(subnet.id.as_str()),
            Stand::Table(_) => "any subnet".to_owned(),
        };
        result.values.insert(Hole::Subnet, subnet);
        if let Some(table) = table {
            result.values.insert(Hole::Table, label(table.id.as_str()));
        }
        let points = match route {
            None => "nothing".to_owned(),
            Some((_, route)) if works => label(&route.target.to_string()),
            Some((_, route)) => format!("{}, a blackhole", route.target),
        };
        result.values.insert(Hole::Target, points);
        break;
    }
    Ok(result)
}

enum Stand<'a> {
    Subnet(&'a Subnet),
    Table(&'a Id),
}

/// Where the thing stands, as far as routing goes.
fn stand<'a>(ec2: &'a Ec2, id: &str) -> Option<Stand<'a>> {
    if let Some(table) = ec2.route_tables.get(id) {
        return Some(Stand::Table(&table.id));
    }
    let subnet = if let Some(instance) = ec2.instances.get(id) {
        instance.subnet.as_str()
    } else if let Some(interface) = ec2.network_interfaces.get(id) {
        interface.subnet.as_str()
    } else {
        id
    };
    ec2.subnets.get(subnet).map(|subnet| Stand::Subnet(subnet))
}

/// Does a route's target lead to the thing of this id?
fn leads(ec2: &Ec2, target: &Target, wanted: &str) -> bool {
    match target {
        Target::Local => false,
        Target::InternetGateway(id)
        | Target::EgressOnlyInternetGateway(id)
        | Target::NatGateway(id)
        | Target::PeeringConnection(id)
        | Target::TransitGateway(id)
        | Target::VpnGateway(id)
        | Target::Endpoint(id) => id.as_str() == wanted,
        Target::NetworkInterface(id) => {
            id.as_str() == wanted || ec2.instance_of(id).is_some_and(|id| id.as_str() == wanted)
        }
    }
}

/// The ids of all of a kind that stand in a subnet.
fn all(scene: &Scene<'_>, kind: Kind) -> Result<Vec<String>, Unanswerable> {
    let ec2 = scene
        .cloud
        .account(ACCOUNT)
        .and_then(|account| account.ec2(scene.region));
    let Some(ec2) = ec2 else {
        return Ok(Vec::new());
    };
    Ok(match kind {
        Kind::Subnet => ids(ec2.subnets.by_birth().into_iter().map(|it| &it.id)),
        Kind::NetworkInterface => ids(ec2
            .network_interfaces
            .by_birth()
            .into_iter()
            .map(|it| &it.id)),
        Kind::Instance => ids(ec2
            .instances
            .by_birth()
            .into_iter()
            .filter(|it| it.state.is_alive())
            .map(|it| &it.id)),
        other => {
            describe(other)?;
            return Err(Unanswerable(format!(
                "no table routes for a {}",
                other.word()
            )));
        }
    })
}

fn ids<'a>(ids: impl Iterator<Item = &'a Id>) -> Vec<String> {
    ids.map(ToString::to_string).collect()
}

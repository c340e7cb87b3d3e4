//! What goes when something goes, in the order AWS lets it.

use crate::access;
use crate::desk::Desk;
use crate::intent::{Intent, Kind, Plan, Refusal};
use crate::join;
use crate::trial::Trial;
use hopwise_cloud::ec2::security_group::Peer;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::ec2::{
    delete_internet_gateway, delete_network_acl, delete_network_interface, delete_route_table,
    delete_security_group, delete_subnet, delete_vpc, detach_internet_gateway,
    disassociate_route_table, release_address, revoke_security_group_egress,
    revoke_security_group_ingress, terminate_instances,
};

pub(crate) fn delete(desk: &Desk<'_>, ids: &[String]) -> Result<Plan, Refusal> {
    let label = match ids {
        [id] => format!("Delete {}", desk.called(id)),
        _ => format!("Delete {} things", ids.len()),
    };
    let mut trial = Trial::new(desk, label);
    let mut sorted: Vec<&String> = ids.iter().collect();
    // What is inside goes before what it is in, so that nothing is deleted twice.
    sorted.sort_by_key(|id| rank(id));
    if let Some(id) = sorted.iter().find(|id| desk.node(id).is_none()) {
        return Err(Refusal::gone(id));
    }
    // What a VPC was born with goes with it, and can't go before.
    let all: Vec<String> = sorted
        .into_iter()
        .filter(|id| !goes_along(desk, id, ids))
        .cloned()
        .collect();
    remove_all(&mut trial, &all)?;
    trial.done()
}

/// Is it the main table, the default ACL or the default group of a VPC that goes too?
fn goes_along(desk: &Desk<'_>, id: &str, ids: &[String]) -> bool {
    let Some((ec2, vpc)) = desk.ec2().zip(desk.vpc_of(id)) else {
        return false;
    };
    let born = match Kind::of_id(id) {
        Some(Kind::RouteTable) => ec2.route_tables.get(id).is_some_and(|it| it.is_main()),
        Some(Kind::NetworkAcl) => ec2.network_acls.get(id).is_some_and(|it| it.is_default),
        Some(Kind::SecurityGroup) => ec2
            .security_groups
            .get(id)
            .is_some_and(|it| it.is_default()),
        _ => false,
    };
    born && ids.contains(&vpc)
}

/// Instances first, VPCs last.
fn rank(id: &str) -> u8 {
    match Kind::of_id(id) {
        Some(Kind::Instance) => 0,
        Some(Kind::NetworkInterface) => 1,
        Some(Kind::ElasticIp) => 2,
        Some(Kind::InternetGateway) => 3,
        Some(Kind::Subnet) => 4,
        Some(Kind::RouteTable) => 5,
        Some(Kind::NetworkAcl) => 6,
        Some(Kind::SecurityGroup) => 7,
        Some(Kind::Vpc) | None => 8,
        Some(Kind::Object | Kind::InlinePolicy | Kind::AccessKey) => 9,
        Some(Kind::Bucket) => 10,
        Some(Kind::User) => 11,
        Some(Kind::UserGroup) => 12,
        Some(Kind::Policy) => 13,
    }
}

/// Deletes things in order: instances that stand next to one another, and objects of a bucket,
/// with one call.
fn remove_all(trial: &mut Trial<'_>, ids: &[String]) -> Result<(), Refusal> {
    let runs = ids.chunk_by(|one, other| {
        let both = [one, other].map(|id| Kind::of_id(id));
        let bucket = access::bucket_of(one);
        both == [Some(Kind::Instance); 2] || bucket.is_some() && bucket == access::bucket_of(other)
    });
    for run in runs {
        match run {
            [id] => remove(trial, id)?,
            [id, ..] if access::is_access(id) => access::objects(trial, run)?,
            many => terminate(trial, many)?,
        }
    }
    Ok(())
}

fn terminate(trial: &mut Trial<'_>, ids: &[String]) -> Result<(), Refusal> {
    let desk = trial.desk();
    let alive = |id: &&String| desk.instance(id).is_some_and(|it| it.state.is_alive());
    let ids: Vec<String> = ids.iter().filter(alive).cloned().collect();
    let nodes: Vec<_> = ids.iter().filter_map(|id| desk.node(id)).collect();
    if !ids.is_empty() {
        let request = Doc::new().with(terminate_instances::INSTANCE_IDS, ids);
        trial.ec2("TerminateInstances", request)?;
        nodes.into_iter().for_each(|node| trial.gone(node));
    }
    Ok(())
}

/// Deletes a thing after all that stands in its way; what is gone already stays gone.
fn remove(trial: &mut Trial<'_>, id: &str) -> Result<(), Refusal> {
    if access::is_access(id) {
        return access::remove(trial, id);
    }
    let desk = trial.desk();
    let (Some(kind), Some(node)) = (Kind::of_id(id), desk.node(id)) else {
        return Ok(());
    };
    match kind {
        Kind::Instance => return terminate(trial, &[id.to_owned()]),
        Kind::NetworkInterface => {
            join::detach(trial, id)?;
            let request = Doc::new().with(delete_network_interface::NETWORK_INTERFACE_ID, id);
            trial.ec2("DeleteNetworkInterface", request)?;
        }
        Kind::ElasticIp => {
            join::disassociate(trial, id)?;
            let request = Doc::new().with(release_address::ALLOCATION_ID, id);
            trial.ec2("ReleaseAddress", request)?;
        }
        Kind::InternetGateway => gateway(trial, id)?,
        Kind::Subnet => {
            let hosts = hosts(&trial.desk(), id);
            remove_all(trial, &hosts)?;
            let request = Doc::new().with(delete_subnet::SUBNET_ID, id);
            trial.ec2("DeleteSubnet", request)?;
        }
        Kind::RouteTable => {
            disassociate(trial, id)?;
            let request = Doc::new().with(delete_route_table::ROUTE_TABLE_ID, id);
            trial.ec2("DeleteRouteTable", request)?;
        }
        Kind::NetworkAcl => {
            replace_acl(trial, id)?;
            let request = Doc::new().with(delete_network_acl::NETWORK_ACL_ID, id);
            trial.ec2("DeleteNetworkAcl", request)?;
        }
        Kind::SecurityGroup => {
            group(trial, id)?;
        }
        _ => {
            let insides = insides(&trial.desk(), id);
            // What their going means for their neighbours matters no more: these go too.
            trial.silently(|trial| remove_all(trial, &insides))?;
            let request = Doc::new().with(delete_vpc::VPC_ID, id);
            trial.ec2("DeleteVpc", request)?;
        }
    }
    trial.gone(node);
    Ok(())
}

/// The instances of a subnet, and its other network interfaces.
fn hosts(desk: &Desk<'_>, subnet: &str) -> Vec<String> {
    let Some(ec2) = desk.ec2() else {
        return Vec::new();
    };
    let instances = ec2
        .instances
        .by_birth()
        .into_iter()
        .filter(|it| it.subnet.as_str() == subnet && it.state.is_alive())
        .map(|it| it.id.to_string());
    let interfaces = ec2
        .network_interfaces
        .by_birth()
        .into_iter()
        .filter(|it| it.subnet.as_str() == subnet)
        // What goes with an instance of this subnet needs nothing of its own; the instance may be
        // in another one, and stay.
        .filter(|it| {
            let attached = it.attachment.as_ref();
            !attached.is_some_and(|it| {
                let instance = ec2.instances.get(it.instance.as_str());
                it.delete_on_termination && instance.is_some_and(|it| it.subnet.as_str() == subnet)
            })
        })
        .map(|it| it.id.to_string());
    instances.chain(interfaces).collect()
}

/// What of a VPC must go before it, in order. What it was born with goes with it.
fn insides(desk: &Desk<'_>, vpc: &str) -> Vec<String> {
    let Some(ec2) = desk.ec2() else {
        return Vec::new();
    };
    let mut ids = Vec::new();
    let mut interfaces = Vec::new();
    let subnets: Vec<String> = ec2
        .subnets
        .by_birth()
        .into_iter()
        .filter(|it| it.vpc.as_str() == vpc)
        .map(|it| it.id.to_string())
        .collect();
    for host in subnets.iter().flat_map(|subnet| hosts(desk, subnet)) {
        match Kind::of_id(&host) {
            Some(Kind::Instance) => ids.push(host),
            _ => interfaces.push(host),
        }
    }
    ids.append(&mut interfaces);
    ids.extend(
        ec2.internet_gateways
            .by_birth()
            .into_iter()
            .filter(|it| it.vpc.as_ref().is_some_and(|it| it.as_str() == vpc))
            .map(|it| it.id.to_string()),
    );
    ids.extend(subnets);
    ids.extend(
        ec2.route_tables
            .by_birth()
            .into_iter()
            .filter(|it| it.vpc.as_str() == vpc && !it.is_main())
            .map(|it| it.id.to_string()),
    );
    ids.extend(
        ec2.network_acls
            .by_birth()
            .into_iter()
            .filter(|it| it.vpc.as_str() == vpc && !it.is_default)
            .map(|it| it.id.to_string()),
    );
    ids.extend(
        ec2.security_groups
            .by_birth()
            .into_iter()
            .filter(|it| it.vpc.as_str() == vpc && !it.is_default())
            .map(|it| it.id.to_string()),
    );
    ids
}

fn gateway(trial: &mut Trial<'_>, id: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    if let Some(vpc) = desk.vpc_of(id) {
        let request = Doc::new()
            .with(detach_internet_gateway::INTERNET_GATEWAY_ID, id)
            .with(detach_internet_gateway::VPC_ID, vpc.as_str());
        if let Err(refusal) = trial.ec2("DetachInternetGateway", request) {
            return Err(match mapped(&trial.desk(), &vpc) {
                ids if ids.is_empty() => refusal,
                ids => refusal.with_offer(
                    "Delete what has the public addresses first",
                    Intent::Delete { ids },
                ),
            });
        }
    }
    let request = Doc::new().with(delete_internet_gateway::INTERNET_GATEWAY_ID, id);
    trial.ec2("DeleteInternetGateway", request)?;
    let desk = trial.desk();
    let blackholes = desk.ec2().is_some_and(|ec2| {
        ec2.route_tables.iter().any(|table| {
            let mut routes = table.routes.iter();
            routes.any(|route| route.target.to_string() == id)
        })
    });
    if blackholes {
        trial.note("Routes to it stay, as blackholes: what they match is dropped.");
    }
    Ok(())
}

/// What holds public addresses in a VPC: Elastic IP addresses, and instances with one of their own.
fn mapped(desk: &Desk<'_>, vpc: &str) -> Vec<String> {
    let Some(ec2) = desk.ec2() else {
        return Vec::new();
    };
    let mut ids = Vec::new();
    for interface in ec2.network_interfaces.by_birth() {
        if interface.vpc.as_str() != vpc {
            continue;
        }
        for address in &interface.addresses {
            if let Some(elastic) = ec2.elastic_of(&interface.id, address.private) {
                ids.push(elastic.id.to_string());
            } else if address.auto_public.is_some()
                && let Some(attachment) = &interface.attachment
            {
                ids.push(attachment.instance.to_string());
            }
        }
    }
    ids
}

fn disassociate(trial: &mut Trial<'_>, table: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    let found = desk.ec2().and_then(|ec2| ec2.route_tables.get(table));
    let associations: Vec<String> = found
        .into_iter()
        .flat_map(|it| &it.associations)
        .filter(|it| it.subnet().is_some())
        .map(|it| it.id.to_string())
        .collect();
    if !associations.is_empty() && !found.is_some_and(|it| it.is_main()) {
        for association in associations {
            let request = Doc::new().with(disassociate_route_table::ASSOCIATION_ID, association);
            trial.ec2("DisassociateRouteTable", request)?;
        }
        trial.note("Its subnets fall back to the VPC's main route table.");
    }
    Ok(())
}

/// The default network ACL of its VPC, and the subnets that an ACL filters.
fn filtered(desk: &Desk<'_>, acl: &str) -> Option<(String, Vec<String>)> {
    let ec2 = desk.ec2()?;
    let it = ec2.network_acls.get(acl).filter(|it| !it.is_default)?;
    let mut others = ec2.network_acls.iter();
    let default = others.find(|other| other.is_default && other.vpc == it.vpc)?;
    let subnets = it.associations.iter();
    Some((
        default.id.to_string(),
        subnets.map(|it| it.subnet.to_string()).collect(),
    ))
}

fn replace_acl(trial: &mut Trial<'_>, acl: &str) -> Result<(), Refusal> {
    let Some((default, subnets)) = filtered(&trial.desk(), acl) else {
        return Ok(());
    };
    if !subnets.is_empty() {
        trial.note("Its subnets fall back to the VPC's default network ACL.");
    }
    for subnet in subnets {
        join::associate_acl(trial, &default, &subnet)?;
    }
    Ok(())
}

fn group(trial: &mut Trial<'_>, id: &str) -> Result<(), Refusal> {
    let desk = trial.desk();
    // Rules of other groups that refer to it, of both directions.
    let mut rules: Vec<(String, bool, Vec<String>)> = Vec::new();
    for group in desk
        .ec2()
        .map(|ec2| ec2.security_groups.by_birth())
        .into_iter()
        .flatten()
    {
        for egress in [false, true] {
            let refers = |peer: &Peer| matches!(peer, Peer::Group(it) if it.as_str() == id);
            let found: Vec<String> = group
                .rules(egress)
                .filter(|rule| refers(&rule.peer))
                .map(|rule| rule.id.to_string())
                .collect();
            if group.id.as_str() != id && !found.is_empty() {
                rules.push((group.id.to_string(), egress, found));
            }
        }
    }
    // It can't go anyway while interfaces have it; then nothing else is touched.
    let request = || Doc::new().with(delete_security_group::GROUP_ID, id);
    let users: Vec<String> = desk
        .ec2()
        .map(|ec2| ec2.network_interfaces.by_birth())
        .into_iter()
        .flatten()
        .filter(|it| it.groups.iter().any(|group| group.as_str() == id))
        .map(|it| {
            let instance = it.attachment.as_ref().map(|it| it.instance.to_string());
            instance.unwrap_or_else(|| it.id.to_string())
        })
        .collect();
    if users.is_empty() {
        for (group, egress, ids) in rules {
            trial.note(format!(
                "{} loses the rules that refer to it.",
                trial.desk().called(&group)
            ));
            if egress {
                let request = Doc::new()
                    .with(revoke_security_group_egress::GROUP_ID, group)
                    .with(revoke_security_group_egress::SECURITY_GROUP_RULE_IDS, ids);
                trial.ec2("RevokeSecurityGroupEgress", request)?;
            } else {
                let request = Doc::new()
                    .with(revoke_security_group_ingress::GROUP_ID, group)
                    .with(revoke_security_group_ingress::SECURITY_GROUP_RULE_IDS, ids);
                trial.ec2("RevokeSecurityGroupIngress", request)?;
            }
        }
        return trial.ec2("DeleteSecurityGroup", request()).map(drop);
    }
    let names: Vec<String> = users.iter().map(|it| trial.desk().called(it)).collect();
    match trial.ec2("DeleteSecurityGroup", request()) {
        Ok(_) => Ok(()),
        Err(mut refusal) => {
            refusal.text = format!("{} It is used by {}.", refusal.text, names.join(", "));
            Err(refusal)
        }
    }
}

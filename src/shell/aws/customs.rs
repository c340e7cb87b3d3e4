//! Where the command line of EC2 is not its API: options that build structures, names for
//! protocol numbers, encoded scripts.

use hopwise_cloud::{Map, Value, json};

use super::arguments::Given;
use super::errors::Failure;
use super::values::Words;
use crate::python;

fn word<'g>(given: &'g Given, name: &str) -> Option<&'g str> {
    match given.get(name) {
        Some(Words::One(word)) => Some(word),
        _ => None,
    }
}

/// The one entry of a list of structures, made where it isn't there.
fn only<'m>(
    params: &'m mut Map,
    list: &'static str,
    first: &[(&'static str, i64)],
) -> Option<&'m mut Map> {
    if !params.contains_key(list) {
        let entry: Map = first
            .iter()
            .map(|(name, number)| ((*name).into(), Value::Int(*number)))
            .collect();
        params.insert(list, Value::List(vec![Value::Map(entry)]));
    }
    match params.get_mut(list) {
        Some(Value::List(items)) => match items.first_mut() {
            Some(Value::Map(map)) => Some(map),
            _ => None,
        },
        _ => None,
    }
}

/// Applies the options of the CLI's own, then puts the parameters in the form of the API.
pub(super) fn apply(operation: &str, given: &Given, params: &mut Map) -> Result<(), Failure> {
    match operation {
        "AuthorizeSecurityGroupIngress"
        | "AuthorizeSecurityGroupEgress"
        | "RevokeSecurityGroupIngress"
        | "RevokeSecurityGroupEgress" => permission(given, params),
        "RunInstances" => run_instances(given, params),
        "CreateNetworkAclEntry" | "ReplaceNetworkAclEntry" => {
            if let Some(Value::Str(protocol)) = params.get_mut("Protocol") {
                let number = match protocol.as_str() {
                    "tcp" => "6",
                    "udp" => "17",
                    "icmp" => "1",
                    "all" => "-1",
                    _ => return Ok(()),
                };
                *protocol = number.to_owned();
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn permission(given: &Given, params: &mut Map) -> Result<(), Failure> {
    if given.contains_key("ip-permissions") {
        let clash = ["protocol", "port", "cidr", "source-group", "group-owner"]
            .into_iter()
            .find(|name| given.contains_key(*name));
        if let Some(name) = clash {
            let name = name.replace('-', "_");
            return Err(Failure::Param(format!(
                "The --{name} option is not compatible with the --ip-permissions option "
            )));
        }
    }
    let mut set = |name: &'static str, value: Value| {
        if let Some(entry) = only(params, "IpPermissions", &[]) {
            entry.insert(name, value);
        }
    };
    if let Some(protocol) = word(given, "protocol").filter(|word| !word.is_empty()) {
        let protocol = match python::int(protocol) {
            Some(number) if number == -1 || (0..=255).contains(&number) => protocol,
            None if protocol == "all" => "-1",
            None if ["tcp", "udp", "icmp"].contains(&protocol) => protocol,
            _ => {
                return Err(Failure::Param(
                    "protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number."
                        .to_owned(),
                ));
            }
        };
        set("IpProtocol", Value::from(protocol));
    }
    if let Some(port) = word(given, "port").filter(|word| !word.is_empty()) {
        let (from, to) = match port {
            "-1" | "all" => ("-1", "-1"),
            range => range.split_once('-').unwrap_or((range, range)),
        };
        let (Some(from), Some(to)) = (python::int(from), python::int(to)) else {
            return Err(Failure::Param(
                "port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)".to_owned(),
            ));
        };
        set("FromPort", Value::Int(from));
        set("ToPort", Value::Int(to));
    }
    if let Some(cidr) = word(given, "cidr").filter(|word| !word.is_empty()) {
        let range: Map = [("CidrIp".into(), Value::from(cidr))].into_iter().collect();
        set("IpRanges", Value::List(vec![Value::Map(range)]));
    }
    let mut pair = Map::new();
    if let Some(group) = word(given, "source-group").filter(|word| !word.is_empty()) {
        let name = if group.starts_with("sg-") {
            "GroupId"
        } else {
            "GroupName"
        };
        pair.insert(name, Value::from(group));
    }
    if let Some(owner) = word(given, "group-owner").filter(|word| !word.is_empty()) {
        pair.insert("UserId", Value::from(owner));
    }
    if !pair.is_empty() {
        set("UserIdGroupPairs", Value::List(vec![Value::Map(pair)]));
    }
    Ok(())
}

fn run_instances(given: &Given, params: &mut Map) -> Result<(), Failure> {
    let interface = [
        "secondary-private-ip-addresses",
        "secondary-private-ip-address-count",
        "associate-public-ip-address",
        "no-associate-public-ip-address",
    ];
    if given.contains_key("network-interfaces")
        && interface.iter().any(|name| given.contains_key(*name))
    {
        return Err(Failure::Param(
            "Mixing the --network-interfaces option with the simple, scalar options is not supported."
                .to_owned(),
        ));
    }
    if let Some(count) = word(given, "count") {
        let (least, most) = count.split_once(':').unwrap_or((count, count));
        let (Some(least), Some(most)) = (python::int(least), python::int(most)) else {
            return Err(Failure::Param(
                "count parameter should be of form min[:max] (e.g. 1 or 1:10)".to_owned(),
            ));
        };
        params.insert("MinCount", Value::Int(least));
        params.insert("MaxCount", Value::Int(most));
    }
    let mut set = |name: &'static str, value: Value| {
        if let Some(entry) = only(params, "NetworkInterfaces", &[("DeviceIndex", 0)]) {
            entry.insert(name, value);
        }
    };
    if let Some(Words::Many(addresses)) = given.get("secondary-private-ip-addresses")
        && !addresses.is_empty()
    {
        let addresses = addresses.iter().map(|address| {
            let entry: Map = [
                ("PrivateIpAddress".into(), Value::from(address.as_str())),
                ("Primary".into(), Value::Bool(false)),
            ]
            .into_iter()
            .collect();
            Value::Map(entry)
        });
        set("PrivateIpAddresses", Value::List(addresses.collect()));
    }
    if let Some(count) = word(given, "secondary-private-ip-address-count") {
        match python::int(count) {
            Some(count) => set("SecondaryPrivateIpAddressCount", Value::Int(count)),
            None => {
                return Err(Failure::Usage(format!(
                    "argument --secondary-private-ip-address-count: invalid int value: {}",
                    python::quoted(count)
                )));
            }
        }
    }
    if given.contains_key("associate-public-ip-address") {
        set("AssociatePublicIpAddress", Value::Bool(true));
    } else if given.contains_key("no-associate-public-ip-address") {
        set("AssociatePublicIpAddress", Value::Bool(false));
    }
    // With a network interface of its own, the instance's subnet and groups stand in it.
    let moves = params
        .get("NetworkInterfaces")
        .and_then(Value::as_list)
        .and_then(<[Value]>::first)
        .is_some_and(|interface| {
            [
                "PrivateIpAddresses",
                "SecondaryPrivateIpAddressCount",
                "AssociatePublicIpAddress",
            ]
            .iter()
            .any(|name| interface.get(name).is_some())
        });
    if moves {
        for (from, to) in [
            ("SubnetId", "SubnetId"),
            ("SecurityGroupIds", "Groups"),
            ("PrivateIpAddress", "PrivateIpAddresses"),
            ("Ipv6AddressCount", "Ipv6AddressCount"),
            ("Ipv6Addresses", "Ipv6Addresses"),
            ("EnablePrimaryIpv6", "PrimaryIpv6"),
        ] {
            let Some(value) = params.remove(from) else {
                continue;
            };
            let value = if from == "PrivateIpAddress" {
                let entry: Map = [
                    ("PrivateIpAddress".into(), value),
                    ("Primary".into(), Value::Bool(true)),
                ]
                .into_iter()
                .collect();
                Value::List(vec![Value::Map(entry)])
            } else {
                value
            };
            if let Some(interface) = only(params, "NetworkInterfaces", &[]) {
                interface.insert(to, value);
            }
        }
    }
    Ok(())
}

/// What is done once the document of `--cli-input-json` has been added.
pub(super) fn finish(operation: &str, params: &mut Map) {
    if operation != "RunInstances" {
        return;
    }
    for name in ["MaxCount", "MinCount"] {
        if !params.contains_key(name) {
            params.insert(name, Value::Int(1));
        }
    }
    // The script travels in base64.
    if let Some(data) = params.get_mut("UserData") {
        let coded = match data {
            Value::Str(text) => json::base64(text.as_bytes()),
            Value::Bytes(bytes) => json::base64(bytes),
            _ => return,
        };
        *data = Value::Str(coded);
    }
}

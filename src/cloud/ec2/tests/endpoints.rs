//! What is refused of VPC endpoints; and what they do.

use super::World;

/// The world of the other refusals with DNS names in `vpc`, a gateway endpoint for S3 in `rtb`,
/// and an interface endpoint in `subnet`.
pub(super) fn world() -> World {
    let mut world = World::new();
    for (name, operation, params, path) in [
        (
            "",
            "ModifyVpcAttribute",
            r#"{"VpcId":"@vpc","EnableDnsHostnames":{"Value":true}}"#,
            "",
        ),
        (
            "s3",
            "CreateVpcEndpoint",
            r#"{"VpcId":"@vpc","ServiceName":"com.amazonaws.us-east-1.s3","RouteTableIds":["@rtb"]}"#,
            "VpcEndpoint.VpcEndpointId",
        ),
        (
            "ssm",
            "CreateVpcEndpoint",
            r#"{"VpcId":"@vpc","VpcEndpointType":"Interface","ServiceName":"com.amazonaws.us-east-1.ssm","SubnetIds":["@subnet"],"SecurityGroupIds":["@sg"]}"#,
            "VpcEndpoint.VpcEndpointId",
        ),
        (
            "ssm-eni",
            "DescribeVpcEndpoints",
            r#"{"VpcEndpointIds":["@ssm"]}"#,
            "VpcEndpoints.0.NetworkInterfaceIds.0",
        ),
    ] {
        world.keep(name, operation, params, path);
    }
    world.lab.settle();
    world
}

pub(super) const REFUSED: &[(&str, &str, &str, &str)] = &[
    (
        "CreateVpcEndpoint",
        r#"{"VpcId":"@vpc","ServiceName":"com.amazonaws.us-east-1.s3","RouteTableIds":["@rtb"]}"#,
        "RouteAlreadyExists: route table @rtb already has a route with destination-prefix-list-id pl-63a5400a",
        r#"{"VpcId":"@vpc","ServiceName":"com.amazonaws.us-east-1.dynamodb","RouteTableIds":["@rtb"]}"#,
    ),
    (
        "CreateVpcEndpoint",
        r#"{"VpcId":"@vpc","ServiceName":"com.amazonaws.us-east-1.s4"}"#,
        "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.us-east-1.s4' does not exist",
        r#"{"VpcId":"@vpc","ServiceName":"com.amazonaws.us-east-1.s3"}"#,
    ),
    (
        "CreateVpcEndpoint",
        r#"{"VpcId":"@vpc2","VpcEndpointType":"Interface","ServiceName":"com.amazonaws.us-east-1.ssm"}"#,
        "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for @vpc2",
        r#"{"VpcId":"@vpc2","VpcEndpointType":"Interface","ServiceName":"com.amazonaws.us-east-1.ssm","PrivateDnsEnabled":false}"#,
    ),
    (
        "CreateVpcEndpoint",
        r#"{"VpcId":"@vpc","VpcEndpointType":"Interface","ServiceName":"com.amazonaws.us-east-1.ec2","SubnetIds":["@subnet","@empty"]}"#,
        "DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of the given subnet.",
        r#"{"VpcId":"@vpc","VpcEndpointType":"Interface","ServiceName":"com.amazonaws.us-east-1.ec2","SubnetIds":["@subnet","@far"]}"#,
    ),
    (
        "ModifyVpcEndpoint",
        r#"{"VpcEndpointId":"vpce-0","AddRouteTableIds":["@spare"]}"#,
        "InvalidVpcEndpointId.NotFound: The Vpc Endpoint Id 'vpce-0' does not exist",
        r#"{"VpcEndpointId":"@s3","AddRouteTableIds":["@spare"]}"#,
    ),
    (
        "DeleteRoute",
        r#"{"RouteTableId":"@rtb","DestinationPrefixListId":"pl-63a5400a"}"#,
        "InvalidParameterValue: cannot remove VPC endpoint route @s3 in route table @rtb",
        "",
    ),
    (
        "DeleteVpcEndpoints",
        r#"{"VpcEndpointIds":["@s3"],"DryRun":true}"#,
        "DryRunOperation: Request would have succeeded, but DryRun flag is set.",
        r#"{"VpcEndpointIds":["@s3"]}"#,
    ),
];

#[test]
fn net_89_a_gateway_endpoint_puts_a_route_into_the_chosen_tables() {
    let mut world = world();
    let routes = |world: &mut World, table: &str| {
        let params = format!(r#"{{"RouteTableIds":["{table}"]}}"#);
        let value = world.call("DescribeRouteTables", &params);
        let table = &value.get("RouteTables").unwrap().as_list().unwrap()[0];
        let routes = table.get("Routes").unwrap().as_list().unwrap();
        routes
            .iter()
            .filter_map(|it| {
                let list = it.get("DestinationPrefixListId")?.as_str()?;
                Some(format!("{list} {}", it.get("GatewayId")?.as_str()?))
            })
            .collect::<Vec<_>>()
    };
    let route = world.fill("pl-63a5400a @s3");
    assert_eq!(routes(&mut world, "@rtb"), std::slice::from_ref(&route));
    assert!(routes(&mut world, "@spare").is_empty());
    world.call(
        "ModifyVpcEndpoint",
        r#"{"VpcEndpointId":"@s3","AddRouteTableIds":["@spare"],"RemoveRouteTableIds":["@rtb"]}"#,
    );
    assert!(routes(&mut world, "@rtb").is_empty());
    assert_eq!(routes(&mut world, "@spare"), [route]);
    world.call("DeleteVpcEndpoints", r#"{"VpcEndpointIds":["@s3"]}"#);
    assert!(routes(&mut world, "@spare").is_empty());
}

#[test]
fn net_95_an_interface_endpoint_has_an_interface_in_each_zone_and_names() {
    let mut world = world();
    world.call(
        "ModifyVpcEndpoint",
        r#"{"VpcEndpointId":"@ssm","AddSubnetIds":["@far"]}"#,
    );
    let value = world.call("DescribeVpcEndpoints", r#"{"VpcEndpointIds":["@ssm"]}"#);
    let one = &value.get("VpcEndpoints").unwrap().as_list().unwrap()[0];
    let list = |name: &str| one.get(name).unwrap().as_list().unwrap().len();
    assert_eq!(list("NetworkInterfaceIds"), 2);
    // Its own name, one for each zone, and the service's.
    assert_eq!(list("DnsEntries"), 4);
    let names = one.get("DnsEntries").unwrap().as_list().unwrap();
    let last = names[3].get("DnsName").unwrap().as_str().unwrap();
    assert_eq!(last, "ssm.us-east-1.amazonaws.com");
    let value = world.call(
        "DescribeNetworkInterfaces",
        r#"{"NetworkInterfaceIds":["@ssm-eni"]}"#,
    );
    let kind = world.lab.at(&value, "NetworkInterfaces.0.InterfaceType");
    assert_eq!(kind, "vpc_endpoint");
    world.call("DeleteVpcEndpoints", r#"{"VpcEndpointIds":["@ssm"]}"#);
    world.lab.settle();
    let gone = world.fill(r#"{"NetworkInterfaceIds":["@ssm-eni"]}"#);
    let fault = world.lab.refused("DescribeNetworkInterfaces", &gone);
    assert!(
        fault.starts_with("InvalidNetworkInterfaceID.NotFound"),
        "{fault}"
    );
}

#[test]
fn net_93_an_endpoint_without_a_policy_allows_everything() {
    let mut world = world();
    let policy = |world: &mut World| {
        let value = world.call("DescribeVpcEndpoints", r#"{"VpcEndpointIds":["@s3"]}"#);
        world.lab.at(&value, "VpcEndpoints.0.PolicyDocument")
    };
    assert!(policy(&mut world).contains("\"Allow\""));
    world.call(
        "ModifyVpcEndpoint",
        r#"{"VpcEndpointId":"@s3","PolicyDocument":"{\"Statement\":[]}"}"#,
    );
    assert_eq!(policy(&mut world), "{\"Statement\":[]}");
    world.call(
        "ModifyVpcEndpoint",
        r#"{"VpcEndpointId":"@s3","ResetPolicy":true}"#,
    );
    assert!(policy(&mut world).contains("\"Allow\""));
}

//! Load balancing: what is made, what follows, what is refused.

use super::{Found, Health};
use crate::door::Act;
use crate::testing::{Named, Refusal};
use crate::{ACCOUNT, Region, Value};

const REGION: &str = "us-east-1";

/// A VPC with an internet gateway and three zones with a running instance each, a subnet that is
/// nearly full, a second VPC without a gateway; an Application Load Balancer and a Network Load Balancer, with
/// groups for each.
fn world() -> Named {
    let mut world = Named::new();
    for (name, operation, params, path) in [
        (
            "vpc",
            "CreateVpc",
            r#"{"CidrBlock":"10.0.0.0/16"}"#,
            "Vpc.VpcId",
        ),
        (
            "far",
            "CreateVpc",
            r#"{"CidrBlock":"10.9.0.0/16"}"#,
            "Vpc.VpcId",
        ),
        (
            "igw",
            "CreateInternetGateway",
            "{}",
            "InternetGateway.InternetGatewayId",
        ),
        (
            "a",
            "CreateSubnet",
            r#"{"VpcId":"@vpc","CidrBlock":"10.0.1.0/24","AvailabilityZone":"us-east-1a"}"#,
            "Subnet.SubnetId",
        ),
        (
            "b",
            "CreateSubnet",
            r#"{"VpcId":"@vpc","CidrBlock":"10.0.2.0/24","AvailabilityZone":"us-east-1b"}"#,
            "Subnet.SubnetId",
        ),
        (
            "c",
            "CreateSubnet",
            r#"{"VpcId":"@vpc","CidrBlock":"10.0.3.0/24","AvailabilityZone":"us-east-1c"}"#,
            "Subnet.SubnetId",
        ),
        (
            "narrow",
            "CreateSubnet",
            r#"{"VpcId":"@vpc","CidrBlock":"10.0.4.0/28","AvailabilityZone":"us-east-1c"}"#,
            "Subnet.SubnetId",
        ),
        (
            "other-b",
            "CreateSubnet",
            r#"{"VpcId":"@vpc","CidrBlock":"10.0.5.0/24","AvailabilityZone":"us-east-1b"}"#,
            "Subnet.SubnetId",
        ),
        (
            "far-a",
            "CreateSubnet",
            r#"{"VpcId":"@far","CidrBlock":"10.9.1.0/24","AvailabilityZone":"us-east-1a"}"#,
            "Subnet.SubnetId",
        ),
        (
            "far-b",
            "CreateSubnet",
            r#"{"VpcId":"@far","CidrBlock":"10.9.2.0/24","AvailabilityZone":"us-east-1b"}"#,
            "Subnet.SubnetId",
        ),
        (
            "sg",
            "CreateSecurityGroup",
            r#"{"VpcId":"@vpc","GroupName":"lb","Description":"lb"}"#,
            "GroupId",
        ),
        (
            "far-sg",
            "CreateSecurityGroup",
            r#"{"VpcId":"@far","GroupName":"lb","Description":"lb"}"#,
            "GroupId",
        ),
        ("eip", "AllocateAddress", "{}", "AllocationId"),
    ] {
        world.keep(name, operation, params, path);
    }
    let attach = r#"{"VpcId":"@vpc","InternetGatewayId":"@igw"}"#;
    world.call("AttachInternetGateway", attach);
    for _ in 0..4 {
        world.call("CreateNetworkInterface", r#"{"SubnetId":"@narrow"}"#);
    }
    let image = crate::ec2::Image::words(Region::find(REGION).unwrap());
    let image = image.into_iter().next().unwrap().1;
    for (name, subnet) in [("ia", "@a"), ("ib", "@b"), ("ic", "@c"), ("ifar", "@far-a")] {
        let run = format!(
            r#"{{"ImageId":"{image}","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","SubnetId":"{subnet}"}}"#
        );
        world.keep(name, "RunInstances", &run, "Instances.0.InstanceId");
    }
    world.lab.settle();
    for (name, params) in [
        (
            "web",
            r#"{"Name":"web","Protocol":"HTTP","Port":80,"VpcId":"@vpc"}"#,
        ),
        (
            "spare",
            r#"{"Name":"spare","Protocol":"HTTP","Port":80,"VpcId":"@vpc"}"#,
        ),
        (
            "tcp",
            r#"{"Name":"tcp","Protocol":"TCP","Port":80,"VpcId":"@vpc"}"#,
        ),
        (
            "ips",
            r#"{"Name":"ips","Protocol":"HTTP","Port":80,"VpcId":"@vpc","TargetType":"ip"}"#,
        ),
        (
            "front",
            r#"{"Name":"front","Protocol":"TCP","Port":80,"VpcId":"@vpc","TargetType":"alb"}"#,
        ),
        (
            "remote",
            r#"{"Name":"remote","Protocol":"HTTP","Port":80,"VpcId":"@far"}"#,
        ),
    ] {
        world.keep(
            name,
            "CreateTargetGroup",
            params,
            "TargetGroups.0.TargetGroupArn",
        );
    }
    for (name, params) in [
        (
            "alb",
            r#"{"Name":"alb","Subnets":["@a","@b"],"SecurityGroups":["@sg"]}"#,
        ),
        ("nlb", r#"{"Name":"nlb","Type":"network","Subnets":["@a"]}"#),
        (
            "guarded",
            r#"{"Name":"guarded","Type":"network","Scheme":"internal","Subnets":["@a","@b"],"SecurityGroups":["@sg"]}"#,
        ),
    ] {
        world.keep(
            name,
            "CreateLoadBalancer",
            params,
            "LoadBalancers.0.LoadBalancerArn",
        );
    }
    let listen = r#"{"LoadBalancerArn":"@alb","Protocol":"HTTP","Port":80,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#;
    world.keep("http", "CreateListener", listen, "Listeners.0.ListenerArn");
    let rule = r#"{"ListenerArn":"@http","Priority":10,"Conditions":[{"Field":"path-pattern","Values":["/api/*"]}],"Actions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"404"}}]}"#;
    world.keep("rule", "CreateRule", rule, "Rules.0.RuleArn");
    let rules = r#"{"ListenerArn":"@http"}"#;
    world.keep("default", "DescribeRules", rules, "Rules.1.RuleArn");
    world
}

fn health(world: &mut Named, group: &str, place: usize) -> (String, String) {
    let value = world.call(
        "DescribeTargetHealth",
        &format!(r#"{{"TargetGroupArn":"{group}"}}"#),
    );
    let path = format!("TargetHealthDescriptions.{place}.TargetHealth");
    let state = world.lab.at(&value, &format!("{path}.State"));
    let health = value.get("TargetHealthDescriptions").unwrap();
    let health = health.as_list().unwrap()[place]
        .get("TargetHealth")
        .unwrap();
    let reason = health.get("Reason").and_then(Value::as_str).unwrap_or("");
    (state, reason.to_owned())
}

fn is(health: (String, String), state: &str, reason: &str) {
    assert_eq!(health, (state.to_owned(), reason.to_owned()));
}

#[test]
fn a_load_balancer_has_an_interface_in_each_subnet() {
    let mut world = world();
    let one = r#"{"LoadBalancerArns":["@alb"]}"#;
    let state =
        |world: &mut Named| world.at("DescribeLoadBalancers", one, "LoadBalancers.0.State.Code");
    assert_eq!(state(&mut world), "provisioning");
    world.lab.settle();
    assert_eq!(state(&mut world), "active");
    let all = r#"{"Filters":[{"Name":"description","Values":["ELB app/alb/*"]}]}"#;
    let value = world.call("DescribeNetworkInterfaces", all);
    let at = |path: &str| world.unfill(&world.lab.at(&value, &format!("NetworkInterfaces.{path}")));
    assert_eq!(
        value
            .get("NetworkInterfaces")
            .unwrap()
            .as_list()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(at("0.SubnetId"), "@a");
    assert_eq!(at("1.SubnetId"), "@b");
    assert_eq!(at("0.Groups.0.GroupId"), "@sg");
    assert_eq!(at("0.RequesterManaged"), "true");
    assert_eq!(at("0.Attachment.InstanceOwnerId"), "amazon-elb");
    assert!(at("0.Association.PublicIp").starts_with("54."));
    // Nobody else may take it away, and it keeps its subnet.
    let interface = at("0.NetworkInterfaceId");
    let delete = format!(r#"{{"NetworkInterfaceId":"{interface}"}}"#);
    let said = world.refused("DeleteNetworkInterface", &delete);
    assert!(said.ends_with("is currently in use."), "{said}");
    let said = world.refused("DeleteSubnet", r#"{"SubnetId":"@b"}"#);
    assert!(said.starts_with("DependencyViolation"), "{said}");
    // Deleted, it is not found any more at once; its interfaces go a little later.
    world.call("DeleteLoadBalancer", r#"{"LoadBalancerArn":"@alb"}"#);
    assert_eq!(
        world.refused("DescribeLoadBalancers", one),
        "LoadBalancerNotFound: Load balancers '[@alb]' not found"
    );
    let left = |world: &mut Named| {
        let value = world.call("DescribeNetworkInterfaces", all);
        value
            .get("NetworkInterfaces")
            .unwrap()
            .as_list()
            .unwrap()
            .len()
    };
    assert_eq!(left(&mut world), 2);
    world.lab.settle();
    assert_eq!(left(&mut world), 0);
    // What is gone is deleted without complaint, and its target group is free.
    world.call("DeleteLoadBalancer", r#"{"LoadBalancerArn":"@alb"}"#);
    world.call("DeleteTargetGroup", r#"{"TargetGroupArn":"@web"}"#);
}

#[test]
fn arns_and_names_are_as_awss() {
    let mut world = world();
    let arn = world.fill("@alb");
    let hex = arn
        .strip_prefix("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/alb/");
    let hex = hex.unwrap().to_owned();
    assert_eq!(hex.len(), 16);
    let listener = world.fill("@http");
    let listener = listener
        .split_once(":listener/app/alb/")
        .unwrap()
        .1
        .to_owned();
    assert!(listener.starts_with(&hex), "{listener}");
    let rule = world.fill("@rule");
    assert!(
        rule.contains(&format!(":listener-rule/app/alb/{listener}/")),
        "{rule}"
    );
    assert!(world.fill("@web").contains(":targetgroup/web/"));
    let dns = |world: &mut Named, name: &str| {
        let one = format!(r#"{{"Names":["{name}"]}}"#);
        world.at("DescribeLoadBalancers", &one, "LoadBalancers.0.DNSName")
    };
    let app = dns(&mut world, "alb");
    let digits = app
        .strip_prefix("alb-")
        .and_then(|it| it.strip_suffix(".us-east-1.elb.amazonaws.com"));
    assert!(digits.unwrap().parse::<u64>().is_ok(), "{app}");
    let nlb = world.fill("@nlb");
    let hex = nlb.rsplit('/').next().unwrap();
    assert_eq!(
        dns(&mut world, "nlb"),
        format!("nlb-{hex}.elb.us-east-1.amazonaws.com")
    );
    let inside = r#"{"Name":"inside","Scheme":"internal","Subnets":["@a","@b"]}"#;
    let inside = world.at("CreateLoadBalancer", inside, "LoadBalancers.0.DNSName");
    assert!(inside.starts_with("internal-inside-"), "{inside}");
}

#[test]
fn net_72_a_network_load_balancer_has_groups_from_the_start_or_never() {
    let mut world = world();
    let groups =
        |name: &str| format!(r#"{{"LoadBalancerArn":"@{name}","SecurityGroups":["@sg"]}}"#);
    assert_eq!(
        world.refused("SetSecurityGroups", &groups("nlb")),
        "InvalidConfigurationRequest: You cannot set security groups on a Network Load Balancer which was created without any security groups."
    );
    let answer = world.call("SetSecurityGroups", &groups("guarded"));
    let private_link = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic";
    assert_eq!(world.lab.at(&answer, private_link), "on");
    let off = r#"{"LoadBalancerArn":"@guarded","SecurityGroups":["@sg"],"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic":"off"}"#;
    assert_eq!(world.at("SetSecurityGroups", off, private_link), "off");
}

#[test]
fn net_98_whether_a_target_sees_the_client_follows_from_its_type_and_the_protocol() {
    let mut world = world();
    let mut number = 0;
    let mut check = |protocol: &str, kind: &str, expected: &str| {
        number += 1;
        let make = format!(
            r#"{{"Name":"g{number}","Protocol":"{protocol}","Port":53,"VpcId":"@vpc","TargetType":"{kind}"}}"#
        );
        world.keep(
            "g",
            "CreateTargetGroup",
            &make,
            "TargetGroups.0.TargetGroupArn",
        );
        let value = world.call(
            "DescribeTargetGroupAttributes",
            r#"{"TargetGroupArn":"@g"}"#,
        );
        let all = value.get("Attributes").unwrap().as_list().unwrap();
        let found = all
            .iter()
            .find(|it| it.get("Key").and_then(Value::as_str) == Some("preserve_client_ip.enabled"));
        let found = found.and_then(|it| it.get("Value")).and_then(Value::as_str);
        assert_eq!(found.unwrap_or("absent"), expected, "{protocol} {kind}");
        let off = r#"{"TargetGroupArn":"@g","Attributes":[{"Key":"preserve_client_ip.enabled","Value":"false"}]}"#;
        let off = world.fill(off);
        let free = matches!(protocol, "TCP" | "TLS") && kind != "alb";
        assert_eq!(
            world.lab.call("ModifyTargetGroupAttributes", &off).is_ok(),
            free,
            "{protocol} {kind}"
        );
        world.names.pop();
    };
    check("TCP", "instance", "true");
    check("TLS", "instance", "true");
    check("UDP", "instance", "true");
    check("TCP", "ip", "false");
    check("TLS", "ip", "false");
    check("UDP", "ip", "true");
    check("TCP_UDP", "ip", "true");
    check("TCP", "alb", "true");
    check("HTTP", "ip", "absent");
}

#[test]
fn net_99_an_application_load_balancer_crosses_zones_a_network_load_balancer_does_not() {
    let mut world = world();
    let crosses = |world: &Named, balancer: &str, group: &str| {
        let ec2 = world
            .lab
            .cloud
            .account(ACCOUNT)
            .unwrap()
            .ec2(REGION)
            .unwrap();
        let balancer = ec2
            .elbv2
            .balancers
            .get(&world.fill(balancer))
            .unwrap()
            .clone();
        let group = ec2.elbv2.target_groups.get(&world.fill(group)).unwrap();
        ec2.elbv2.crosses_zones(&balancer, group)
    };
    assert!(crosses(&world, "@alb", "@web"));
    assert!(!crosses(&world, "@guarded", "@tcp"));
    let on = r#"{"LoadBalancerArn":"@guarded","Attributes":[{"Key":"load_balancing.cross_zone.enabled","Value":"true"}]}"#;
    world.call("ModifyLoadBalancerAttributes", on);
    assert!(crosses(&world, "@guarded", "@tcp"));
    let off = r#"{"TargetGroupArn":"@web","Attributes":[{"Key":"load_balancing.cross_zone.enabled","Value":"false"}]}"#;
    world.call("ModifyTargetGroupAttributes", off);
    assert!(!crosses(&world, "@alb", "@web"));
    // It stands in two zones at least; a Network Load Balancer in one.
    assert_eq!(
        world.refused("CreateLoadBalancer", r#"{"Name":"one","Subnets":["@a"]}"#),
        "ValidationError: At least two subnets in two different Availability Zones must be specified"
    );
    world.call(
        "CreateLoadBalancer",
        r#"{"Name":"one","Type":"network","Subnets":["@a"]}"#,
    );
}

#[test]
fn a_network_load_balancer_takes_the_elastic_ip_addresses_it_is_given() {
    let mut world = world();
    let make = r#"{"Name":"fixed","Type":"network","SubnetMappings":[{"SubnetId":"@a","AllocationId":"@eip"}]}"#;
    let value = world.call("CreateLoadBalancer", make);
    let arn = world.lab.at(&value, "LoadBalancers.0.LoadBalancerArn");
    let path = "LoadBalancers.0.AvailabilityZones.0.LoadBalancerAddresses.0";
    let shown = world.lab.at(&value, &format!("{path}.IpAddress"));
    let one = r#"{"AllocationIds":["@eip"]}"#;
    assert_eq!(
        world.at("DescribeAddresses", one, "Addresses.0.PublicIp"),
        shown
    );
    let association = world.at("DescribeAddresses", one, "Addresses.0.AssociationId");
    let off = format!(r#"{{"AssociationId":"{association}"}}"#);
    assert!(
        world
            .refused("DisassociateAddress", &off)
            .starts_with("AuthFailure")
    );
    let again = r#"{"Name":"again","Type":"network","SubnetMappings":[{"SubnetId":"@b","AllocationId":"@eip"}]}"#;
    assert_eq!(
        world.refused("CreateLoadBalancer", again),
        "ResourceInUse: The allocation IDs are not available for use"
    );
    world.call(
        "DeleteLoadBalancer",
        &format!(r#"{{"LoadBalancerArn":"{arn}"}}"#),
    );
    world.lab.settle();
    world.call("CreateLoadBalancer", again);
}

#[test]
fn a_dual_stack_load_balancer_has_ipv6_addresses_too() {
    let mut world = world();
    world.call(
        "AssociateVpcCidrBlock",
        r#"{"VpcId":"@vpc","AmazonProvidedIpv6CidrBlock":true}"#,
    );
    let path = "Vpcs.0.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock";
    let block = world.at("DescribeVpcs", r#"{"VpcIds":["@vpc"]}"#, path);
    for (number, subnet) in ["@a", "@b"].into_iter().enumerate() {
        let own = block.replace("00::/56", &format!("0{number}::/64"));
        let give = format!(r#"{{"SubnetId":"{subnet}","Ipv6CidrBlock":"{own}"}}"#);
        world.call("AssociateSubnetCidrBlock", &give);
    }
    let make =
        r#"{"Name":"both","Type":"network","IpAddressType":"dualstack","Subnets":["@a","@b"]}"#;
    let value = world.call("CreateLoadBalancer", make);
    let path = "LoadBalancers.0.AvailabilityZones.1.LoadBalancerAddresses.0.IPv6Address";
    let shown = world.lab.at(&value, path);
    let all = r#"{"Filters":[{"Name":"description","Values":["ELB net/both/*"]}]}"#;
    let path = "NetworkInterfaces.1.Ipv6Addresses.0.Ipv6Address";
    assert_eq!(world.at("DescribeNetworkInterfaces", all, path), shown);
}

#[test]
fn what_is_asked_for_twice_is_made_once() {
    let mut world = world();
    for (operation, params, path, kept) in [
        (
            "CreateLoadBalancer",
            r#"{"Name":"alb","Subnets":["@b","@a"],"SecurityGroups":["@sg"]}"#,
            "LoadBalancers.0.LoadBalancerArn",
            "@alb",
        ),
        (
            "CreateTargetGroup",
            r#"{"Name":"web","Protocol":"HTTP","Port":80,"VpcId":"@vpc"}"#,
            "TargetGroups.0.TargetGroupArn",
            "@web",
        ),
        (
            "CreateListener",
            r#"{"LoadBalancerArn":"@alb","Protocol":"HTTP","Port":80,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
            "Listeners.0.ListenerArn",
            "@http",
        ),
    ] {
        let arn = world.at(operation, params, path);
        assert_eq!(world.fill(&arn), world.fill(kept));
    }
}

#[test]
fn a_target_is_as_well_as_somebody_found_it() {
    let mut world = world();
    world.call(
        "RegisterTargets",
        r#"{"TargetGroupArn":"@web","Targets":[{"Id":"@ia"},{"Id":"@ic","Port":8080}]}"#,
    );
    world.call(
        "RegisterTargets",
        r#"{"TargetGroupArn":"@spare","Targets":[{"Id":"@ia"}]}"#,
    );
    // The load balancer is not there yet, the other group has none.
    is(
        health(&mut world, "@web", 0),
        "initial",
        "Elb.RegistrationInProgress",
    );
    is(health(&mut world, "@spare", 0), "unused", "Target.NotInUse");
    assert_eq!(world.lab.cloud.checks(), []);
    world.lab.settle();
    is(
        health(&mut world, "@web", 0),
        "initial",
        "Elb.InitialHealthChecking",
    );
    // It has no node in zone c.
    is(health(&mut world, "@web", 1), "unused", "Target.NotInUse");
    let checks = world.lab.cloud.checks();
    let [check] = checks.as_slice() else {
        panic!("{checks:?}");
    };
    let (_, region, it) = check.check().unwrap();
    assert_eq!((region, it.port, it.from.len()), (REGION, 80, 2));
    assert_eq!(it.http, Some(("/".to_owned(), "200".to_owned())));
    for (found, state, reason) in [
        (Found::Timeout, "unhealthy", "Target.Timeout"),
        (Found::Code, "unhealthy", "Target.ResponseCodeMismatch"),
        (Found::Refused, "unhealthy", "Target.FailedHealthChecks"),
        (Found::Well, "healthy", ""),
    ] {
        let due = check.clone().found(found);
        let inside = Vec::new();
        world.lab.cloud.apply(&Act::Finish { due, inside }).unwrap();
        is(health(&mut world, "@web", 0), state, reason);
    }
    // What nobody found is not due, and neither is what nobody checks any more.
    let finish = |world: &mut Named, due| {
        let inside = Vec::new();
        world.lab.cloud.apply(&Act::Finish { due, inside })
    };
    assert_eq!(
        finish(&mut world, check.clone()).unwrap_err().code,
        "NotDue"
    );
    world.call("StopInstances", r#"{"InstanceIds":["@ia"]}"#);
    world.lab.settle();
    is(
        health(&mut world, "@web", 0),
        "unused",
        "Target.InvalidState",
    );
    let late = check.clone().found(Found::Well);
    assert_eq!(finish(&mut world, late).unwrap_err().code, "NotDue");
    // A target that isn't registered is told too.
    let ask = r#"{"TargetGroupArn":"@web","Targets":[{"Id":"i-00000000000000000"}]}"#;
    let path = "TargetHealthDescriptions.0.TargetHealth.Reason";
    assert_eq!(
        world.at("DescribeTargetHealth", ask, path),
        "Target.NotRegistered"
    );
}

#[test]
fn a_check_by_tcp_knows_only_that_it_failed() {
    assert_eq!(
        Found::Timeout.health("TCP"),
        (Health::Unhealthy, "Target.FailedHealthChecks")
    );
    assert_eq!(
        Found::Timeout.health("HTTP"),
        (Health::Unhealthy, "Target.Timeout")
    );
}

#[test]
fn only_nodes_that_send_to_a_target_check_it() {
    let mut world = world();
    let listen = r#"{"LoadBalancerArn":"@guarded","Protocol":"TCP","Port":80,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@tcp"}]}"#;
    world.call("CreateListener", listen);
    world.call(
        "RegisterTargets",
        r#"{"TargetGroupArn":"@tcp","Targets":[{"Id":"@ia"}]}"#,
    );
    world.lab.settle();
    let from = |world: &Named| world.lab.cloud.checks()[0].check().unwrap().2.from.len();
    assert_eq!(from(&world), 1);
    let on = r#"{"LoadBalancerArn":"@guarded","Attributes":[{"Key":"load_balancing.cross_zone.enabled","Value":"true"}]}"#;
    world.call("ModifyLoadBalancerAttributes", on);
    assert_eq!(from(&world), 2);
}

#[test]
fn a_target_in_use_is_drained_and_another_goes_at_once() {
    let mut world = world();
    world.lab.settle();
    for group in ["@web", "@spare"] {
        let target = format!(r#"{{"TargetGroupArn":"{group}","Targets":[{{"Id":"@ia"}}]}}"#);
        world.call("RegisterTargets", &target);
        world.call("DeregisterTargets", &target);
    }
    is(
        health(&mut world, "@web", 0),
        "draining",
        "Target.DeregistrationInProgress",
    );
    let count = |world: &mut Named, group: &str| {
        let one = format!(r#"{{"TargetGroupArn":"{group}"}}"#);
        let value = world.call("DescribeTargetHealth", &one);
        value
            .get("TargetHealthDescriptions")
            .unwrap()
            .as_list()
            .unwrap()
            .len()
    };
    assert_eq!(
        (count(&mut world, "@web"), count(&mut world, "@spare")),
        (1, 0)
    );
    world.lab.settle();
    assert_eq!(count(&mut world, "@web"), 0);
}

#[test]
fn rules_are_told_in_the_order_in_which_they_are_asked() {
    let mut world = world();
    let rule = r#"{"ListenerArn":"@http","Priority":5,"Conditions":[{"Field":"host-header","HostHeaderConfig":{"Values":["a.example"]}},{"Field":"source-ip","SourceIpConfig":{"Values":["10.0.0.0/8"]}},{"Field":"http-header","HttpHeaderConfig":{"HttpHeaderName":"X-Team","Values":["shop"]}},{"Field":"query-string","QueryStringConfig":{"Values":[{"Key":"v","Value":"1"}]}},{"Field":"http-request-method","HttpRequestMethodConfig":{"Values":["GET"]}}],"Actions":[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"@web","Weight":9},{"TargetGroupArn":"@spare","Weight":1}]}}]}"#;
    world.keep("first", "CreateRule", rule, "Rules.0.RuleArn");
    let order = |world: &mut Named| {
        let value = world.call("DescribeRules", r#"{"ListenerArn":"@http"}"#);
        let rules = value.get("Rules").unwrap().as_list().unwrap().len();
        let at = |place: usize| world.lab.at(&value, &format!("Rules.{place}.Priority"));
        (0..rules).map(at).collect::<Vec<_>>()
    };
    assert_eq!(order(&mut world), ["5", "10", "default"]);
    let swap = r#"{"RulePriorities":[{"RuleArn":"@first","Priority":10},{"RuleArn":"@rule","Priority":5}]}"#;
    world.call("SetRulePriorities", swap);
    let first = r#"{"ListenerArn":"@http"}"#;
    assert_eq!(
        world.at("DescribeRules", first, "Rules.1.Conditions.4.Field"),
        "http-request-method"
    );
    // Both groups are in use by that rule.
    let used = "ResourceInUse: Target group '@spare' is currently in use by a listener or a rule";
    assert_eq!(
        world.refused("DeleteTargetGroup", r#"{"TargetGroupArn":"@spare"}"#),
        used
    );
    world.call("DeleteRule", r#"{"RuleArn":"@first"}"#);
    world.call("DeleteTargetGroup", r#"{"TargetGroupArn":"@spare"}"#);
}

#[test]
fn an_application_load_balancer_stands_behind_a_network_load_balancer() {
    let mut world = world();
    let target = r#"{"TargetGroupArn":"@front","Targets":[{"Id":"@alb"}]}"#;
    world.call("RegisterTargets", target);
    let delete = world.refused("DeleteListener", r#"{"ListenerArn":"@http"}"#);
    assert_eq!(
        delete,
        "ResourceInUse: Listener port '80' is in use by registered target '@alb' and cannot be removed."
    );
    let delete = world.refused("DeleteLoadBalancer", r#"{"LoadBalancerArn":"@alb"}"#);
    assert!(delete.starts_with("ResourceInUse"), "{delete}");
    world.call("DeregisterTargets", target);
    world.call("DeleteListener", r#"{"ListenerArn":"@http"}"#);
}

#[test]
fn subnets_come_and_go() {
    let mut world = world();
    let set = r#"{"LoadBalancerArn":"@alb","Subnets":["@b","@c"]}"#;
    assert_eq!(
        world.at("SetSubnets", set, "AvailabilityZones.1.SubnetId"),
        "@c"
    );
    let all = r#"{"Filters":[{"Name":"description","Values":["ELB app/alb/*"]}]}"#;
    let value = world.call("DescribeNetworkInterfaces", all);
    let subnets = |place: usize| {
        world.unfill(
            &world
                .lab
                .at(&value, &format!("NetworkInterfaces.{place}.SubnetId")),
        )
    };
    assert_eq!((subnets(0).as_str(), subnets(1).as_str()), ("@b", "@c"));
}

#[test]
fn tags_of_each_kind() {
    let mut world = world();
    for arn in ["@alb", "@web", "@http", "@rule"] {
        world.call(
            "AddTags",
            &format!(r#"{{"ResourceArns":["{arn}"],"Tags":[{{"Key":"team","Value":"shop"}}]}}"#),
        );
        let one = format!(r#"{{"ResourceArns":["{arn}"]}}"#);
        let path = "TagDescriptions.0.Tags.0.Value";
        assert_eq!(world.at("elbv2:DescribeTags", &one, path), "shop");
        world.call(
            "RemoveTags",
            &format!(r#"{{"ResourceArns":["{arn}"],"TagKeys":["team"]}}"#),
        );
        assert_eq!(
            world.at("elbv2:DescribeTags", &one, "TagDescriptions.0.Tags"),
            "[]"
        );
    }
}

#[test]
fn a_user_needs_permission_on_the_load_balancer_and_to_tag() {
    let mut world = world();
    let user = world.lab.user("ana");
    let policy = crate::testing::document(
        r#"{"Effect":"Allow","Action":["elasticloadbalancing:Describe*","elasticloadbalancing:CreateLoadBalancer"],"Resource":"*"},{"Effect":"Allow","Action":"elasticloadbalancing:DeleteLoadBalancer","Resource":"arn:aws:elasticloadbalancing:*:*:loadbalancer/net/*"}"#,
    );
    let put = format!(r#"{{"UserName":"ana","PolicyName":"p","PolicyDocument":{policy}}}"#);
    world.call("PutUserPolicy", &put);
    world.lab.sign(user);
    world.call("DescribeLoadBalancers", "{}");
    assert_eq!(
        world.refused("DeleteLoadBalancer", r#"{"LoadBalancerArn":"@alb"}"#),
        "AccessDenied: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: elasticloadbalancing:DeleteLoadBalancer on resource: @alb because no identity-based policy allows the elasticloadbalancing:DeleteLoadBalancer action"
    );
    world.call("DeleteLoadBalancer", r#"{"LoadBalancerArn":"@nlb"}"#);
    let said = world.refused(
        "CreateTargetGroup",
        r#"{"Name":"g","Protocol":"TCP","Port":1,"VpcId":"@vpc"}"#,
    );
    assert!(
        said.contains(
            "on resource: arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/g/*"
        ),
        "{said}"
    );
    let tagged = r#"{"Name":"t","Subnets":["@a","@b"],"Tags":[{"Key":"team","Value":"shop"}]}"#;
    let said = world.refused("CreateLoadBalancer", tagged);
    assert!(said.contains("elasticloadbalancing:AddTags on resource: arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/t/*"), "{said}");
    world.call(
        "CreateLoadBalancer",
        r#"{"Name":"t","Subnets":["@a","@b"]}"#,
    );
}

#[test]
fn a_picture_and_an_inspector_show_it() {
    let mut world = world();
    world.call(
        "RegisterTargets",
        r#"{"TargetGroupArn":"@web","Targets":[{"Id":"@ia"}]}"#,
    );
    world.lab.settle();
    let picture = world.lab.cloud.picture(ACCOUNT, REGION);
    let hosts = picture.vpcs[0].zones[0].subnets[0].hosts.iter();
    let shown: Vec<_> = hosts.filter(|it| it.node.kind == "loadbalancer").collect();
    let names: Vec<_> = shown
        .iter()
        .map(|it| it.node.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["alb", "nlb", "guarded"]);
    assert_eq!(shown[0].state, "active");
    let details = |name: &str| {
        world
            .lab
            .cloud
            .details(ACCOUNT, REGION, &world.fill(name))
            .unwrap()
    };
    let balancer = details("@alb");
    assert_eq!(balancer.node.name.as_deref(), Some("alb"));
    assert_eq!(balancer.tables[1].rows.len(), 2);
    assert!(
        balancer
            .relations
            .iter()
            .any(|(how, to)| *how == "sends to" && to.id == world.fill("@web"))
    );
    let group = details("@web");
    assert_eq!(group.tables[0].rows.len(), 1);
}

pub(crate) const REFUSED: &[Refusal] = &[
    (
        "CreateLoadBalancer",
        r#"{"Name":"alb","Subnets":["@b","@c"]}"#,
        "DuplicateLoadBalancerName: A load balancer with the same name 'alb' exists, but with different settings",
        r#"{"Name":"alb2","Subnets":["@b","@c"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"internal-x","Subnets":["@a","@b"]}"#,
        "ValidationError: The load balancer name 'internal-x' cannot begin with 'internal-'",
        r#"{"Name":"x-internal","Subnets":["@a","@b"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"a-name-of-thirty-three-characters","Subnets":["@a","@b"]}"#,
        "ValidationError: The load balancer name 'a-name-of-thirty-three-characters' cannot be longer than '32' characters",
        r#"{"Name":"a-name-of-thirty-one-characters","Type":"network","Subnets":["@a"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","Subnets":["@b","@other-b"]}"#,
        "ValidationError: At least two subnets in two different Availability Zones must be specified",
        r#"{"Name":"x","Subnets":["@a","@other-b"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","Subnets":["@a","@b","@other-b"]}"#,
        "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        r#"{"Name":"x","Subnets":["@a","@b","@c"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","Subnets":["@a","@far-b"]}"#,
        "InvalidConfigurationRequest: All subnets must belong to the same VPC",
        r#"{"Name":"x","Subnets":["@a","@b"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","Subnets":["@far-a","@far-b"]}"#,
        "InvalidSubnet: VPC @far has no internet gateway",
        r#"{"Name":"x","Scheme":"internal","Subnets":["@far-a","@far-b"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","Subnets":["@a","subnet-1"]}"#,
        "SubnetNotFound: The subnet ID 'subnet-1' does not exist",
        r#"{"Name":"x","Subnets":["@a","@b"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","Subnets":["@a","@b"],"SecurityGroups":["@far-sg"]}"#,
        "InvalidConfigurationRequest: One or more security groups are invalid",
        r#"{"Name":"x","Subnets":["@a","@b"],"SecurityGroups":["@sg"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","Type":"network","SubnetMappings":[{"SubnetId":"@a","AllocationId":"eipalloc-1"}]}"#,
        "AllocationIdNotFound: The allocation IDs 'eipalloc-1' do not exist",
        r#"{"Name":"x","Type":"network","SubnetMappings":[{"SubnetId":"@a","AllocationId":"@eip"}]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","IpAddressType":"dualstack","Subnets":["@a","@b"]}"#,
        "InvalidConfigurationRequest: You must specify subnets with an associated IPv6 CIDR block.",
        r#"{"Name":"x","IpAddressType":"ipv4","Subnets":["@a","@b"]}"#,
    ),
    (
        "CreateLoadBalancer",
        r#"{"Name":"x","Type":"network","Subnets":["@narrow"]}"#,
        "InvalidSubnet: Not enough IP space available in @narrow. ELB requires at least 8 free IP addresses in each subnet.",
        r#"{"Name":"x","Type":"network","Subnets":["@c"]}"#,
    ),
    (
        "DeleteLoadBalancer",
        r#"{"LoadBalancerArn":"alb"}"#,
        "ValidationError: 'alb' is not a valid load balancer ARN",
        r#"{"LoadBalancerArn":"@alb"}"#,
    ),
    (
        "ModifyLoadBalancerAttributes",
        r#"{"LoadBalancerArn":"@nlb","Attributes":[{"Key":"idle_timeout.timeout_seconds","Value":"30"}]}"#,
        "InvalidConfigurationRequest: Load balancer attribute key 'idle_timeout.timeout_seconds' is not supported on load balancers with type 'network'",
        r#"{"LoadBalancerArn":"@alb","Attributes":[{"Key":"idle_timeout.timeout_seconds","Value":"30"}]}"#,
    ),
    (
        "ModifyLoadBalancerAttributes",
        r#"{"LoadBalancerArn":"@nlb","Attributes":[{"Key":"colour","Value":"red"}]}"#,
        "ValidationError: Load balancer attribute key 'colour' is not recognized",
        r#"{"LoadBalancerArn":"@nlb","Attributes":[{"Key":"deletion_protection.enabled","Value":"true"}]}"#,
    ),
    (
        "SetSecurityGroups",
        r#"{"LoadBalancerArn":"@nlb","SecurityGroups":["@sg"]}"#,
        "InvalidConfigurationRequest: You cannot set security groups on a Network Load Balancer which was created without any security groups.",
        r#"{"LoadBalancerArn":"@guarded","SecurityGroups":["@sg"]}"#,
    ),
    (
        "SetSubnets",
        r#"{"LoadBalancerArn":"@guarded","Subnets":["@a","@other-b"]}"#,
        "InvalidConfigurationRequest: You cannot specify an additional subnet from an Availability Zone that is already associated with the load balancer. The Availability Zone 'us-east-1b' corresponding to the new subnet '@other-b' is already associated with the load balancer.",
        r#"{"LoadBalancerArn":"@alb","Subnets":["@a","@other-b"]}"#,
    ),
    (
        "SetSubnets",
        r#"{"LoadBalancerArn":"@alb","Subnets":["@far-a","@far-b"]}"#,
        "InvalidConfigurationRequest: The subnets must belong to the VPC '@vpc' of the load balancer",
        r#"{"LoadBalancerArn":"@alb","Subnets":["@a","@c"]}"#,
    ),
    (
        "CreateTargetGroup",
        r#"{"Name":"web","Protocol":"HTTP","Port":8080,"VpcId":"@vpc"}"#,
        "DuplicateTargetGroupName: A target group with the same name 'web' exists, but with different settings",
        r#"{"Name":"web2","Protocol":"HTTP","Port":8080,"VpcId":"@vpc"}"#,
    ),
    (
        "CreateTargetGroup",
        r#"{"Name":"x","Protocol":"HTTP","Port":80}"#,
        "ValidationError: A VPC ID must be specified",
        r#"{"Name":"x","Protocol":"HTTP","Port":80,"VpcId":"@vpc"}"#,
    ),
    (
        "CreateTargetGroup",
        r#"{"Name":"x","Protocol":"TCP","Port":80,"VpcId":"@vpc","HealthCheckPath":"/ok"}"#,
        "InvalidConfigurationRequest: Health check paths are not supported for TCP health checks",
        r#"{"Name":"x","Protocol":"TCP","Port":80,"VpcId":"@vpc","HealthCheckProtocol":"HTTP","HealthCheckPath":"/ok"}"#,
    ),
    (
        "CreateTargetGroup",
        r#"{"Name":"x","Protocol":"HTTP","Port":80,"VpcId":"@vpc","TargetType":"alb"}"#,
        "ValidationError: Protocol 'HTTP' is not supported with target type 'alb': it must be 'TCP'",
        r#"{"Name":"x","Protocol":"TCP","Port":80,"VpcId":"@vpc","TargetType":"alb"}"#,
    ),
    (
        "ModifyTargetGroup",
        r#"{"TargetGroupArn":"@web","HealthCheckIntervalSeconds":5}"#,
        "ValidationError: Health check interval must be greater than the timeout.",
        r#"{"TargetGroupArn":"@web","HealthCheckIntervalSeconds":5,"HealthCheckTimeoutSeconds":2}"#,
    ),
    (
        "ModifyTargetGroupAttributes",
        r#"{"TargetGroupArn":"@web","Attributes":[{"Key":"preserve_client_ip.enabled","Value":"true"}]}"#,
        "InvalidConfigurationRequest: Target group attribute key 'preserve_client_ip.enabled' is not supported on target groups with protocol 'HTTP'",
        r#"{"TargetGroupArn":"@tcp","Attributes":[{"Key":"preserve_client_ip.enabled","Value":"false"}]}"#,
    ),
    (
        "DeleteTargetGroup",
        r#"{"TargetGroupArn":"@web"}"#,
        "ResourceInUse: Target group '@web' is currently in use by a listener or a rule",
        r#"{"TargetGroupArn":"@spare"}"#,
    ),
    (
        "RegisterTargets",
        r#"{"TargetGroupArn":"@web","Targets":[{"Id":"@ifar"}]}"#,
        "InvalidTarget: The following targets are not in the target group VPC '@vpc': '@ifar'",
        r#"{"TargetGroupArn":"@web","Targets":[{"Id":"@ia"}]}"#,
    ),
    (
        "RegisterTargets",
        r#"{"TargetGroupArn":"@ips","Targets":[{"Id":"192.168.1.1"}]}"#,
        "ValidationError: You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '192.168.1.1' is outside the VPC",
        r#"{"TargetGroupArn":"@ips","Targets":[{"Id":"192.168.1.1","AvailabilityZone":"all"}]}"#,
    ),
    (
        "RegisterTargets",
        r#"{"TargetGroupArn":"@ips","Targets":[{"Id":"10.0.1.9","AvailabilityZone":"all"}]}"#,
        "ValidationError: The IP address '10.0.1.9' is within the VPC, and cannot have its Availability Zone overridden to 'all' from 'us-east-1a'",
        r#"{"TargetGroupArn":"@ips","Targets":[{"Id":"10.0.1.9"}]}"#,
    ),
    (
        "RegisterTargets",
        r#"{"TargetGroupArn":"@ips","Targets":[{"Id":"192.0.2.1","AvailabilityZone":"all"}]}"#,
        "ValidationError: The IP address '192.0.2.1' must be from the subnets of the VPC, or from the RFC 1918 or RFC 6598 ranges",
        r#"{"TargetGroupArn":"@ips","Targets":[{"Id":"100.64.0.1","AvailabilityZone":"all"}]}"#,
    ),
    (
        "RegisterTargets",
        r#"{"TargetGroupArn":"@front","Targets":[{"Id":"@nlb"}]}"#,
        "InvalidTarget: The target '@nlb' is not an Application Load Balancer",
        r#"{"TargetGroupArn":"@front","Targets":[{"Id":"@alb"}]}"#,
    ),
    (
        "DeregisterTargets",
        r#"{"TargetGroupArn":"@spare","Targets":[{"Id":"@ia"}]}"#,
        "InvalidTarget: The following targets are not registered: '@ia'",
        r#"{"TargetGroupArn":"@spare","Targets":[{"Id":"@ib"}]}"#,
    ),
    (
        "CreateListener",
        r#"{"LoadBalancerArn":"@alb","Protocol":"TCP","Port":81,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@tcp"}]}"#,
        "ValidationError: Listener protocol 'TCP' must be one of 'HTTPS, HTTP'",
        r#"{"LoadBalancerArn":"@nlb","Protocol":"TCP","Port":81,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@tcp"}]}"#,
    ),
    (
        "CreateListener",
        r#"{"LoadBalancerArn":"@nlb","Protocol":"UDP","Port":81,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@tcp"}]}"#,
        "IncompatibleProtocols: The listener and its associated target group '@tcp' have incompatible protocols: 'UDP' and 'TCP'",
        r#"{"LoadBalancerArn":"@nlb","Protocol":"TCP","Port":81,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@tcp"}]}"#,
    ),
    (
        "CreateListener",
        r#"{"LoadBalancerArn":"@alb","Protocol":"HTTP","Port":80,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@spare"}]}"#,
        "DuplicateListener: A listener already exists on this port for this load balancer '@alb'",
        r#"{"LoadBalancerArn":"@alb","Protocol":"HTTP","Port":81,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@spare"}]}"#,
    ),
    (
        "CreateListener",
        r#"{"LoadBalancerArn":"@alb","Protocol":"HTTPS","Port":443,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
        "ValidationError: A certificate must be specified for HTTPS listeners",
        r#"{"LoadBalancerArn":"@alb","Protocol":"HTTPS","Port":443,"Certificates":[{"CertificateArn":"arn:aws:acm:us-east-1:123456789012:certificate/1"}],"DefaultActions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
    ),
    (
        "CreateListener",
        r#"{"LoadBalancerArn":"@alb","Protocol":"HTTP","Port":81,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@remote"}]}"#,
        "InvalidConfigurationRequest: The target group '@remote' and the load balancer '@alb' must be in the same VPC",
        r#"{"LoadBalancerArn":"@alb","Protocol":"HTTP","Port":81,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
    ),
    (
        "CreateListener",
        r##"{"LoadBalancerArn":"@alb","Protocol":"HTTP","Port":81,"DefaultActions":[{"Type":"redirect","RedirectConfig":{"StatusCode":"HTTP_301","Port":"#{port}"}}]}"##,
        "InvalidLoadBalancerAction: The redirect configuration is not valid because it creates a loop.",
        r#"{"LoadBalancerArn":"@alb","Protocol":"HTTP","Port":81,"DefaultActions":[{"Type":"redirect","RedirectConfig":{"StatusCode":"HTTP_301","Protocol":"HTTPS","Port":"443"}}]}"#,
    ),
    (
        "CreateListener",
        r#"{"LoadBalancerArn":"@nlb","Protocol":"TCP","Port":81,"DefaultActions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"200"}}]}"#,
        "InvalidLoadBalancerAction: Network Load Balancers support actions of type 'forward' only",
        r#"{"LoadBalancerArn":"@nlb","Protocol":"TCP","Port":81,"DefaultActions":[{"Type":"forward","TargetGroupArn":"@tcp"}]}"#,
    ),
    (
        "ModifyListener",
        r#"{"ListenerArn":"@http","DefaultActions":[{"Type":"forward","TargetGroupArn":"@tcp"}]}"#,
        "IncompatibleProtocols: The listener and its associated target group '@tcp' have incompatible protocols: 'HTTP' and 'TCP'",
        r#"{"ListenerArn":"@http","DefaultActions":[{"Type":"forward","TargetGroupArn":"@spare"}]}"#,
    ),
    (
        "DeleteListener",
        r#"{"ListenerArn":"@alb"}"#,
        "ValidationError: '@alb' is not a valid listener ARN",
        r#"{"ListenerArn":"@http"}"#,
    ),
    (
        "CreateRule",
        r#"{"ListenerArn":"@http","Priority":10,"Conditions":[{"Field":"path-pattern","Values":["/b"]}],"Actions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
        "PriorityInUse: Priority '10' is currently in use",
        r#"{"ListenerArn":"@http","Priority":11,"Conditions":[{"Field":"path-pattern","Values":["/b"]}],"Actions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
    ),
    (
        "CreateRule",
        r#"{"ListenerArn":"@http","Priority":11,"Conditions":[{"Field":"path-pattern","Values":["/1","/2","/3","/4","/5","/6"]}],"Actions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
        "ValidationError: A rule can only have '5' condition values",
        r#"{"ListenerArn":"@http","Priority":11,"Conditions":[{"Field":"path-pattern","Values":["/1","/2","/3","/4","/5"]}],"Actions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
    ),
    (
        "CreateRule",
        r#"{"ListenerArn":"@http","Priority":11,"Conditions":[{"Field":"path-pattern","Values":["/1"]}],"Actions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"301"}}]}"#,
        r"ValidationError: 1 validation error detected: Value '301' at 'actions.1.member.fixedResponseConfig.statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(2|4|5)\d\d$",
        r#"{"ListenerArn":"@http","Priority":11,"Conditions":[{"Field":"path-pattern","Values":["/1"]}],"Actions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"503"}}]}"#,
    ),
    (
        "ModifyRule",
        r#"{"RuleArn":"@default","Actions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
        "OperationNotPermitted: Default rule '@default' cannot be modified",
        r#"{"RuleArn":"@rule","Actions":[{"Type":"forward","TargetGroupArn":"@web"}]}"#,
    ),
    (
        "DeleteRule",
        r#"{"RuleArn":"@default"}"#,
        "OperationNotPermitted: Default rule '@default' cannot be deleted",
        r#"{"RuleArn":"@rule"}"#,
    ),
    (
        "SetRulePriorities",
        r#"{"RulePriorities":[{"RuleArn":"@default","Priority":1}]}"#,
        "OperationNotPermitted: Default rule '@default' cannot be given a priority",
        r#"{"RulePriorities":[{"RuleArn":"@rule","Priority":1}]}"#,
    ),
    (
        "AddTags",
        r#"{"ResourceArns":["@vpc"],"Tags":[{"Key":"a"}]}"#,
        "ValidationError: '@vpc' is not a valid resource ARN",
        r#"{"ResourceArns":["@alb"],"Tags":[{"Key":"a"}]}"#,
    ),
    (
        "RemoveTags",
        r#"{"ResourceArns":["arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/x/1"],"TagKeys":["a"]}"#,
        "TargetGroupNotFound: Target groups '[arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/x/1]' not found",
        r#"{"ResourceArns":["@web"],"TagKeys":["a"]}"#,
    ),
];

#[test]
fn what_is_refused_is_refused_and_its_twin_is_taken() {
    let mut world = world();
    world.call(
        "RegisterTargets",
        r#"{"TargetGroupArn":"@spare","Targets":[{"Id":"@ib"}]}"#,
    );
    world.check_refusals(REFUSED);
}

#[test]
fn a_protected_load_balancer_is_not_deleted() {
    let mut world = world();
    let protect = |on: bool| {
        format!(
            r#"{{"LoadBalancerArn":"@alb","Attributes":[{{"Key":"deletion_protection.enabled","Value":"{on}"}}]}}"#
        )
    };
    world.call("ModifyLoadBalancerAttributes", &protect(true));
    let delete = r#"{"LoadBalancerArn":"@alb"}"#;
    assert_eq!(
        world.refused("DeleteLoadBalancer", delete),
        "OperationNotPermitted: Load balancer '@alb' cannot be deleted because deletion protection is enabled"
    );
    world.call("ModifyLoadBalancerAttributes", &protect(false));
    world.call("DeleteLoadBalancer", delete);
}

use super::Two;
use crate::testing::{kinds, outcome, place, tcp};
use crate::walk;

#[test]
fn net_09_the_longest_prefix_wins_and_the_losers_are_named() {
    let mut two = Two::new();
    assert_eq!(
        outcome(&two.lab.tcp(&two.web, "198.51.100.20", 443)),
        "connected"
    );
    // A longer prefix leads elsewhere: the shorter one loses, whatever its target.
    let (table, app) = (two.public_table.clone(), two.lab.interface(&two.app));
    two.lab.route(&table, "198.51.0.0/16", &app);
    let walk = two.lab.tcp(&two.web, "198.51.100.20", 443);
    assert_ne!(outcome(&walk), "connected");
    let step = walk.forward.step_of(&table).unwrap();
    assert_eq!(
        step.rule.as_ref().unwrap().text,
        format!("198.51.0.0/16 → {app}")
    );
    let lost: Vec<String> = step.tried.iter().map(|miss| miss.why.to_string()).collect();
    assert_eq!(
        lost,
        [
            "It does not cover 198.51.100.20.",
            "It covers 198.51.100.20 too, but its prefix is shorter: /0 against /16."
        ]
    );
}

#[test]
fn net_09_families_are_separate() {
    let mut two = Two::new();
    let table = two.public_table.clone();
    two.lab.call(
        "DeleteRoute",
        &format!("RouteTableId={table} DestinationCidrBlock=0.0.0.0/0"),
    );
    two.lab.call(
        "CreateRoute",
        &format!(
            "RouteTableId={table} DestinationIpv6CidrBlock=::/0 GatewayId={}",
            two.gateway
        ),
    );
    let walk = two.lab.tcp(&two.web, "internet", 443);
    assert_eq!(outcome(&walk), "there NO_ROUTE_TO_DESTINATION");
    let step = walk.forward.stop().unwrap();
    assert!(
        step.tried
            .iter()
            .any(|miss| miss.why.to_string() == "It is for IPv6.")
    );
    let gateway = two.gateway.clone();
    two.lab.route(&table, "0.0.0.0/0", &gateway);
    assert_eq!(
        outcome(&two.lab.tcp(&two.web, "internet", 443)),
        "connected"
    );
}

#[test]
fn net_16_a_subnet_without_a_table_of_its_own_uses_the_main_one() {
    let mut two = Two::new();
    let subnet = two.lab.subnet(&two.vpc.clone(), "10.0.3.0/24");
    let group = two.web_group.clone();
    let host = two.lab.instance(&subnet, &[&group], true);
    let walk = two.lab.tcp("internet", &host, 80);
    assert_eq!(outcome(&walk), "back NO_ROUTE_TO_DESTINATION");
    let said = walk.back.unwrap().stop().unwrap().sentence.to_string();
    assert!(
        said.contains(", the main route table, has no route"),
        "{said}"
    );
    let table = two.public_table.clone();
    two.lab.call(
        "AssociateRouteTable",
        &format!("RouteTableId={table} SubnetId={subnet}"),
    );
    assert_eq!(outcome(&two.lab.tcp("internet", &host, 80)), "connected");
}

#[test]
fn net_17_blackhole_route_still_wins() {
    let mut two = Two::new();
    let (table, group) = (two.public_table.clone(), two.app_group.clone());
    let appliance = two.lab.instance(&two.private.clone(), &[&group], false);
    let interface = two.lab.interface(&appliance);
    two.lab.route(&table, "198.51.100.0/24", &interface);
    two.lab
        .call("StopInstances", &format!("InstanceIds=[\"{appliance}\"]"));
    two.lab.settle();
    let walk = two.lab.tcp(&two.web, "198.51.100.20", 443);
    assert_eq!(outcome(&walk), "there BAD_STATE_ROUTE");
    let said = walk.forward.stop().unwrap().sentence.to_string();
    assert_eq!(
        said,
        format!(
            "{table} leads 198.51.100.20 by its route 198.51.100.0/24 → {interface}, and that is \
             a blackhole: {appliance} does not run: it is stopped."
        )
    );
    two.lab.call(
        "DeleteRoute",
        &format!("RouteTableId={table} DestinationCidrBlock=198.51.100.0/24"),
    );
    assert_eq!(
        outcome(&two.lab.tcp(&two.web, "198.51.100.20", 443)),
        "connected"
    );
}

#[test]
fn net_20_within_a_subnet_neither_table_nor_acl_is_asked() {
    let mut two = Two::with(
        "in tcp 80 0.0.0.0/0\nout all 0.0.0.0/0",
        "out all 0.0.0.0/0",
    );
    let (vpc, public, private) = (two.vpc.clone(), two.public.clone(), two.private.clone());
    let group = two.app_group.clone();
    let near = two.lab.instance(&public, &[&group], false);
    let far = two.lab.instance(&private, &[&group], false);
    two.lab.acl(&vpc, &public, "");
    let walk = two.lab.tcp(&near, &two.web, 80);
    assert_eq!(outcome(&walk), "connected");
    assert!(!kinds(&walk.forward).contains(&"route-table"));
    assert!(!kinds(&walk.forward).contains(&"network-acl"));
    // From another subnet the same ACL stops it.
    assert_eq!(
        outcome(&two.lab.tcp(&far, &two.web, 80)),
        "there SUBNET_ACL_RESTRICTION"
    );
}

#[test]
fn trap_05_the_way_back_is_routed_on_its_own() {
    // There by the local route; back by a route that is more specific and leads to an appliance.
    let mut two = Two::with(
        "in tcp 80 0.0.0.0/0\nout all 0.0.0.0/0",
        "out all 0.0.0.0/0",
    );
    let (table, vpc, web) = (two.public_table.clone(), two.vpc.clone(), two.web.clone());
    let third = two.lab.subnet(&vpc, "10.0.3.0/24");
    let open = two
        .lab
        .group(&vpc, "open", "in all 0.0.0.0/0\nout all 0.0.0.0/0");
    let appliance = two.lab.instance(&third, &[&open], false);
    let interface = two.lab.interface(&appliance);
    assert_eq!(outcome(&two.lab.tcp(&two.app, &web, 80)), "connected");
    two.lab.route(&table, "10.0.2.0/24", &interface);
    let walk = two.lab.tcp(&two.app, &web, 80);
    assert_eq!(outcome(&walk), "back ENI_SOURCE_DEST_CHECK_RESTRICTION");
    two.lab.check_off(&interface);
    let walk = two.lab.tcp(&two.app, &web, 80);
    assert_eq!(outcome(&walk), "connected");
    assert!(walk.forward.step_of(&appliance).is_none());
    assert!(walk.back.unwrap().step_of(&appliance).is_some());
}

#[test]
fn net_42_the_source_destination_check_drops_what_is_foreign() {
    let mut two = Two::with(
        "in tcp 80 0.0.0.0/0\nout all 0.0.0.0/0",
        "in all 0.0.0.0/0\nout all 0.0.0.0/0",
    );
    let (vpc, table, interface) = (
        two.vpc.clone(),
        two.public_table.clone(),
        two.lab.interface(&two.app),
    );
    // What web sends to the third subnet goes through app.
    let third = two.lab.subnet(&vpc, "10.0.3.0/24");
    let group = two.app_group.clone();
    let target = two.lab.instance(&third, &[&group], false);
    two.lab.route(&table, "10.0.3.0/24", &interface);
    let walk = two.lab.tcp(&two.web, &target, 80);
    assert_eq!(outcome(&walk), "there ENI_SOURCE_DEST_CHECK_RESTRICTION");
    assert_eq!(walk.forward.at, interface);
    two.lab.check_off(&interface);
    let walk = two.lab.tcp(&two.web, &target, 80);
    assert_eq!(outcome(&walk), "connected");
    assert!(walk.forward.step_of(&two.app).is_some());
}

#[test]
fn net_42_the_check_also_stands_at_the_interface_a_packet_leaves_by() {
    let mut two = Two::with(
        "in tcp 80 0.0.0.0/0\nout all 0.0.0.0/0",
        "in all 0.0.0.0/0\nout all 0.0.0.0/0",
    );
    let (vpc, table, app) = (two.vpc.clone(), two.public_table.clone(), two.app.clone());
    let third = two.lab.subnet(&vpc, "10.0.3.0/24");
    let group = two.app_group.clone();
    let target = two.lab.instance(&third, &[&group], false);
    let second = two.lab.second(&third, &group, &app);
    let first = two.lab.interface(&app);
    two.lab.route(&table, "10.0.3.0/24", &first);
    two.lab.check_off(&first);
    let walk = two.lab.tcp(&two.web, &target, 80);
    assert_eq!(outcome(&walk), "there ENI_SOURCE_DEST_CHECK_RESTRICTION");
    assert_eq!(walk.forward.at, second);
    two.lab.check_off(&second);
    assert_eq!(outcome(&two.lab.tcp(&two.web, &target, 80)), "connected");
}

#[test]
fn trap_09_a_loop_ends_with_a_verdict() {
    let mut two = Two::with(
        "in all 0.0.0.0/0\nout all 0.0.0.0/0",
        "in all 0.0.0.0/0\nout all 0.0.0.0/0",
    );
    let (web, app) = (two.lab.interface(&two.web), two.lab.interface(&two.app));
    two.lab.check_off(&web);
    two.lab.check_off(&app);
    let (one, other) = (two.public_table.clone(), two.private_table.clone());
    two.lab.route(&one, "192.0.2.0/24", &app);
    two.lab.route(&other, "192.0.2.0/24", &web);
    let walk = two.lab.tcp(&two.web, "192.0.2.1", 80);
    assert_eq!(outcome(&walk), "there LOOP");
    // The route of an appliance's own subnet to itself is the shortest loop.
    two.lab.call(
        "ReplaceRoute",
        &format!("RouteTableId={other} DestinationCidrBlock=192.0.2.0/24 NetworkInterfaceId={app}"),
    );
    let own = two.lab.tcp(&two.web, "192.0.2.1", 80);
    assert_eq!(outcome(&own), "there LOOP");
    assert!(own.forward.hops.len() < walk.forward.hops.len());
    // Where the second table leads out, there is none.
    let gateway = two.gateway.clone();
    two.lab.call(
        "ReplaceRoute",
        &format!("RouteTableId={other} DestinationCidrBlock=192.0.2.0/24 GatewayId={gateway}"),
    );
    let out = two.lab.tcp(&two.web, "192.0.2.1", 80);
    assert!(out.forward.delivered, "{}", out.answer());
}

#[test]
fn net_111_the_order_out_of_an_instance() {
    let mut two = Two::with(
        "in tcp 80 0.0.0.0/0\nout all 0.0.0.0/0",
        "out all 0.0.0.0/0",
    );
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert_eq!(
        kinds(&walk.forward),
        [
            "instance",
            "security-group",
            "network-acl",
            "route-table",
            "network-acl",
            "security-group",
            "instance"
        ]
    );
    assert_eq!(
        kinds(&two.lab.tcp("internet", &two.web, 80).forward),
        [
            "internet",
            "internet",
            "internet-gateway",
            "network-acl",
            "security-group",
            "instance"
        ]
    );
    // Each stands before the next: with all of them closed the first one decides, and so on.
    let (vpc, private) = (two.vpc.clone(), two.private.clone());
    let acl = two.lab.acl(&vpc, &private, "");
    two.lab
        .rules("Revoke", &two.app_group.clone(), "out all 0.0.0.0/0");
    let at = |two: &Two| two.lab.tcp(&two.app, "192.0.2.1", 80).forward.at;
    assert_eq!(at(&two), two.app_group);
    two.lab
        .rules("Authorize", &two.app_group.clone(), "out all 0.0.0.0/0");
    assert_eq!(at(&two), acl);
    two.lab.entries(&acl, "out 100 allow all 0.0.0.0/0");
    assert_eq!(at(&two), two.private_table);
}

#[test]
fn net_112_only_running_instances_answer() {
    let mut two = Two::new();
    let web = two.web.clone();
    assert_eq!(outcome(&two.lab.tcp(&two.web, "internet", 80)), "connected");
    // An address of its own stays with a stopped machine.
    let eip = two.lab.make("AllocateAddress", "", "AllocationId");
    two.lab.call(
        "AssociateAddress",
        &format!("AllocationId={eip} InstanceId={web}"),
    );
    assert_eq!(outcome(&two.lab.tcp("internet", &web, 80)), "connected");
    two.lab
        .call("StopInstances", &format!("InstanceIds=[\"{web}\"]"));
    two.lab.settle();
    let there = two.lab.tcp("internet", &web, 80);
    assert_eq!(outcome(&there), "there BAD_STATE");
    assert_eq!(there.forward.at, web);
    assert_eq!(
        outcome(&two.lab.tcp(&web, "internet", 80)),
        "there BAD_STATE"
    );
    two.lab
        .call("StartInstances", &format!("InstanceIds=[\"{web}\"]"));
    two.lab.settle();
    assert_eq!(outcome(&two.lab.tcp("internet", &web, 80)), "connected");
}

#[test]
fn net_112_an_interface_without_an_instance_takes_nothing() {
    let mut two = Two::with("out all 0.0.0.0/0", "in all 0.0.0.0/0");
    let (private, group, app) = (two.private.clone(), two.app_group.clone(), two.app.clone());
    let second = two.lab.second(&private, &group, &app);
    assert_eq!(outcome(&two.lab.tcp(&two.web, &second, 80)), "connected");
    let attachment =
        two.lab.cloud.places().find_map(|(_, _, ec2)| {
            Some(ec2.network_interfaces.get(&second)?.attachment.clone()?.id)
        });
    two.lab.call(
        "DetachNetworkInterface",
        &format!("AttachmentId={}", attachment.unwrap()),
    );
    assert_eq!(
        outcome(&two.lab.tcp(&two.web, &second, 80)),
        "there UNASSOCIATED_COMPONENT"
    );
    assert_eq!(
        outcome(&two.lab.tcp(&second, &two.web, 80)),
        "there UNASSOCIATED_COMPONENT"
    );
}

#[test]
fn nobody_has_the_address() {
    let two = Two::new();
    for (to, said) in [
        (
            "10.0.2.77",
            "No network interface in SUBNET has the address 10.0.2.77.",
        ),
        (
            "10.0.2.1",
            "10.0.2.1 is one of the five addresses that AWS keeps in SUBNET: no machine has it.",
        ),
        (
            "10.0.9.9",
            "No network interface in VPC has the address 10.0.9.9.",
        ),
    ] {
        let walk = two.lab.tcp(&two.web, to, 80);
        assert_eq!(outcome(&walk), "there NO_POSSIBLE_DESTINATION");
        let sentence = walk.forward.stop().unwrap().sentence.to_string();
        assert_eq!(
            sentence
                .replace(&two.private, "SUBNET")
                .replace(&two.vpc, "VPC"),
            said
        );
    }
}

#[test]
fn questions_that_cannot_be_asked_are_refused() {
    let two = Two::new();
    let cloud = &two.lab.cloud;
    let refused = |question: &crate::Question| walk(cloud, question).unwrap_err().to_string();
    assert_eq!(
        "web".parse::<crate::Place>().unwrap_err().to_string(),
        "web is no place to send from or to. Name an instance (i-…), a network interface \
         (eni-…), an address, internet or laptop."
    );
    assert_eq!(refused(&tcp("i-0", "internet", 80)), "There is no i-0.");
    assert_eq!(refused(&tcp(&two.web, "eni-0", 80)), "There is no eni-0.");
    assert_eq!(
        refused(&tcp(&two.web, "224.0.0.1", 80)),
        "224.0.0.1 is not the address of one machine."
    );
    assert_eq!(
        refused(&tcp("laptop", "internet", 80)),
        "Both ends are outside of AWS: there is nothing of AWS on the way."
    );
    let mut question = tcp("laptop", &two.web, 80);
    question.port = None;
    assert_eq!(refused(&question), "A packet of tcp needs a port.");
    question.protocol = hopwise_net::Protocol(47);
    assert_eq!(
        refused(&question),
        "Only tcp, udp and icmp can be traced, not 47."
    );
    question = crate::Question::ping(place("laptop"), place(&two.web));
    question.port = Some(80);
    assert_eq!(refused(&question), "A packet of icmp has no port.");
}

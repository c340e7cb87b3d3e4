use super::Two;
use crate::testing::{Lab, outcome, place, tcp};
use crate::{Question, Sources, Spot, Walk, public_sources};
use hopwise_net::Packet;

/// Takes one of the conditions away.
type Without = fn(&mut Two);

fn no_route(two: &mut Two) {
    let table = two.public_table.clone();
    two.lab.call(
        "DeleteRoute",
        &format!("RouteTableId={table} DestinationCidrBlock=0.0.0.0/0"),
    );
}

fn no_address(two: &mut Two) {
    let interface = two.lab.interface(&two.web);
    two.lab.call(
        "ModifyNetworkInterfaceAttribute",
        &format!("NetworkInterfaceId={interface} AssociatePublicIpAddress=false"),
    );
}

fn no_acl_in(two: &mut Two) {
    let (vpc, subnet) = (two.vpc.clone(), two.public.clone());
    two.lab.acl(&vpc, &subnet, "out 100 allow all 0.0.0.0/0");
}

fn no_acl_out(two: &mut Two) {
    let (vpc, subnet) = (two.vpc.clone(), two.public.clone());
    two.lab.acl(&vpc, &subnet, "in 100 allow all 0.0.0.0/0");
}

fn no_group(two: &mut Two) {
    let group = two.web_group.clone();
    two.lab.rules("Revoke", &group, "in tcp 80 0.0.0.0/0");
}

#[test]
fn net_22_the_internet_needs_all_five() {
    let ways: [(Without, &str); 6] = [
        (|_| {}, "connected"),
        (no_route, "back NO_ROUTE_TO_DESTINATION"),
        (no_address, "there IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"),
        (no_acl_in, "there SUBNET_ACL_RESTRICTION"),
        (no_acl_out, "back SUBNET_ACL_RESTRICTION"),
        (no_group, "there SG_HAS_NO_RULES"),
    ];
    for (place, (without, expected)) in ways.into_iter().enumerate() {
        let mut two = Two::new();
        without(&mut two);
        for from in ["laptop", "internet"] {
            assert_eq!(
                outcome(&two.lab.tcp(from, &two.web, 80)),
                expected,
                "{place}"
            );
        }
    }
    // The fifth: a gateway. A machine may have a public address in a VPC without one.
    let mut lab = Lab::new();
    let vpc = lab.vpc("10.0.0.0/16");
    let subnet = lab.subnet(&vpc, "10.0.1.0/24");
    let table = lab.table(&vpc, &subnet);
    let group = lab.group(&vpc, "web", "in tcp 80 0.0.0.0/0");
    let web = lab.instance(&subnet, &[&group], true);
    let walk = lab.tcp("laptop", &web, 80);
    assert_eq!(outcome(&walk), "there NO_PATH");
    let gateway = lab.gateway(&vpc);
    lab.route(&table, "0.0.0.0/0", &gateway);
    assert_eq!(outcome(&lab.tcp("laptop", &web, 80)), "connected");
}

fn change(walk: &Walk, back: bool, component: &str) -> (Packet, Packet) {
    let way = if back {
        walk.back.as_ref().unwrap()
    } else {
        &walk.forward
    };
    let change = way.step_of(component).unwrap().change.unwrap();
    (change.before, change.after)
}

#[test]
fn net_23_the_gateway_translates_one_to_one_and_filters_see_the_private_address() {
    let mut two = Two::with("in tcp 80 203.0.113.10/32", "");
    let walk = two.lab.tcp("laptop", &two.web, 80);
    assert_eq!(outcome(&walk), "connected");
    let public = two.lab.public(&two.web);
    let gateway = two.gateway.clone();
    let texts = |(before, after): (Packet, Packet)| (before.to_string(), after.to_string());
    assert_eq!(
        texts(change(&walk, false, &gateway)),
        (
            format!("tcp 203.0.113.10:40000 → {public}:80"),
            "tcp 203.0.113.10:40000 → 10.0.1.4:80".to_owned()
        )
    );
    assert_eq!(
        texts(change(&walk, true, &gateway)),
        (
            "tcp 10.0.1.4:80 → 203.0.113.10:40000".to_owned(),
            format!("tcp {public}:80 → 203.0.113.10:40000")
        )
    );
    let (seen, _) = change(&walk, false, &two.web_group);
    assert_eq!(seen.to_string(), "tcp 203.0.113.10:40000 → 10.0.1.4:80");
    assert_eq!(
        outcome(&two.lab.tcp("internet", &two.web, 80)),
        "there ENI_SG_RULES_MISMATCH"
    );
    // A rule for the machine's own public address matches nobody.
    let group = two.web_group.clone();
    two.lab
        .rules("Authorize", &group, &format!("in tcp 80 {public}/32"));
    assert_eq!(
        outcome(&two.lab.tcp("internet", &two.web, 80)),
        "there ENI_SG_RULES_MISMATCH"
    );
}

#[test]
fn net_24_without_a_public_address_the_gateway_drops_what_goes_out() {
    let mut two = Two::with("", "out all 0.0.0.0/0");
    let (table, gateway, app) = (
        two.private_table.clone(),
        two.gateway.clone(),
        two.app.clone(),
    );
    two.lab.route(&table, "0.0.0.0/0", &gateway);
    let walk = two.lab.tcp(&app, "internet", 443);
    assert_eq!(outcome(&walk), "there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
    assert_eq!(walk.forward.at, gateway);
    assert_eq!(walk.client.to_string(), "timeout");
    let eip = two.lab.make("AllocateAddress", "", "AllocationId");
    two.lab.call(
        "AssociateAddress",
        &format!("AllocationId={eip} InstanceId={app}"),
    );
    assert_eq!(outcome(&two.lab.tcp(&app, "internet", 443)), "connected");
}

#[test]
fn net_25_the_gateway_lets_private_addresses_neither_out_nor_in() {
    let two = Two::new();
    for (to, expected) in [
        (
            "192.168.1.1",
            "there IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        ),
        (
            "172.31.0.1",
            "there IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        ),
        ("172.32.0.1", "connected"),
        (
            "100.64.0.1",
            "there IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
        ),
        ("100.128.0.1", "connected"),
    ] {
        assert_eq!(outcome(&two.lab.tcp(&two.web, to, 80)), expected, "{to}");
    }
    for (from, expected) in [
        (
            "192.168.1.1",
            "there IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
        ),
        ("192.169.1.1", "connected"),
        (
            "100.127.255.255",
            "there IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS",
        ),
        ("100.63.255.255", "connected"),
    ] {
        assert_eq!(
            outcome(&two.lab.tcp(from, &two.web, 80)),
            expected,
            "{from}"
        );
    }
}

#[test]
fn net_26_a_detached_gateway_leaves_a_blackhole() {
    let mut two = Two::with("", "out all 0.0.0.0/0");
    let (vpc, gateway, table) = (
        two.vpc.clone(),
        two.gateway.clone(),
        two.private_table.clone(),
    );
    two.lab.route(&table, "0.0.0.0/0", &gateway);
    no_address(&mut two);
    let out = |two: &Two| outcome(&two.lab.tcp(&two.app, "internet", 443));
    assert_eq!(out(&two), "there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
    let both = format!("InternetGatewayId={gateway} VpcId={vpc}");
    two.lab.call("DetachInternetGateway", &both);
    let walk = two.lab.tcp(&two.app, "internet", 443);
    assert_eq!(outcome(&walk), "there BAD_STATE_ROUTE");
    let said = walk.forward.stop().unwrap().sentence.to_string();
    assert!(
        said.ends_with(&format!("a blackhole: {gateway} is not attached to {vpc}.")),
        "{said}"
    );
    two.lab.call("AttachInternetGateway", &both);
    assert_eq!(out(&two), "there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
}

#[test]
fn net_27_a_hairpin_comes_from_the_public_address() {
    let mut two = Two::with("", "out all 0.0.0.0/0");
    let (subnet, web, app) = (
        two.public.clone(),
        two.web_group.clone(),
        two.app_group.clone(),
    );
    two.lab
        .rules("Authorize", &web, &format!("in tcp 80 {app}"));
    let peer = two.lab.instance(&subnet, &[&app], true);
    // By the private address the reference matches.
    assert_eq!(outcome(&two.lab.tcp(&peer, &two.web, 80)), "connected");
    // By the public one it goes out and comes back in, and the reference does not.
    let public = two.lab.public(&two.web);
    let walk = two.lab.tcp(&peer, &public, 80);
    assert_eq!(outcome(&walk), "there ENI_SG_RULES_MISMATCH");
    let own = two.lab.public(&peer);
    let (seen, _) = change(&walk, false, &web);
    assert_eq!(seen.source.to_string(), own);
    two.lab
        .rules("Authorize", &web, &format!("in tcp 80 {own}/32"));
    let walk = two.lab.tcp(&peer, &public, 80);
    assert_eq!(outcome(&walk), "connected");
    // The answer goes the same way round.
    assert_eq!(
        change(&walk, true, &two.gateway).1.source.to_string(),
        public
    );
    // Who has no public address can't go this way at all.
    let (table, gateway) = (two.private_table.clone(), two.gateway.clone());
    two.lab.route(&table, "0.0.0.0/0", &gateway);
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, &public, 80)),
        "there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    );
}

#[test]
fn a_public_address_that_was_given_up_leads_nowhere() {
    let mut two = Two::new();
    let old = two.lab.public(&two.web);
    assert_eq!(outcome(&two.lab.tcp("laptop", &old, 80)), "connected");
    let web = two.web.clone();
    for operation in ["StopInstances", "StartInstances"] {
        two.lab.call(operation, &format!("InstanceIds=[\"{web}\"]"));
        two.lab.settle();
    }
    assert_eq!(
        outcome(&two.lab.tcp("laptop", &old, 80)),
        "there IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    );
    assert_eq!(outcome(&two.lab.tcp("laptop", &web, 80)), "connected");
}

#[test]
fn an_elastic_address_of_an_unattached_interface_leads_nowhere() {
    let mut two = Two::new();
    let (public, group) = (two.public.clone(), two.web_group.clone());
    let interface = two.lab.make(
        "CreateNetworkInterface",
        &format!("SubnetId={public} Groups=[\"{group}\"]"),
        "NetworkInterface.NetworkInterfaceId",
    );
    let eip = two.lab.make("AllocateAddress", "", "AllocationId");
    two.lab.call(
        "AssociateAddress",
        &format!("AllocationId={eip} NetworkInterfaceId={interface}"),
    );
    let walk = two.lab.tcp("laptop", &interface, 80);
    assert_eq!(
        outcome(&walk),
        "there IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    );
    let web = two.web.clone();
    two.lab.call(
        "AttachNetworkInterface",
        &format!("NetworkInterfaceId={interface} InstanceId={web} DeviceIndex=1"),
    );
    assert_eq!(outcome(&two.lab.tcp("laptop", &interface, 80)), "connected");
}

#[test]
fn the_address_is_chosen_by_where_one_stands() {
    let two = Two::with("in tcp 80 0.0.0.0/0", "out all 0.0.0.0/0");
    let sent = |from: &str, to: &str| two.lab.tcp(from, to, 80).packet.destination.to_string();
    assert_eq!(sent(&two.app, &two.web), two.lab.private(&two.web));
    assert_eq!(sent("laptop", &two.web), two.lab.public(&two.web));
    let walk = two.lab.tcp("laptop", &two.app, 80);
    assert_eq!(
        outcome(&walk),
        "there IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    );
    assert_eq!(
        walk.forward.stop().unwrap().sentence.to_string(),
        format!(
            "laptop is outside of {}, and {} has no public IPv4 address to send to.",
            two.vpc, two.app
        )
    );
    let walk = two.lab.tcp("laptop", "10.0.2.4", 80);
    assert_eq!(outcome(&walk), "there NO_ROUTE_TO_DESTINATION");
}

#[test]
fn a_machine_sends_from_the_interface_near_the_destination_and_answers_from_the_one_asked() {
    let all = "in all 0.0.0.0/0\nout all 0.0.0.0/0";
    let mut two = Two::with(all, all);
    let (vpc, web, app) = (two.vpc.clone(), two.web.clone(), two.app.clone());
    let private = two.private.clone();
    let group = two.lab.group(&vpc, "second", all);
    let second = two.lab.second(&private, &group, &web);
    let sent = |two: &Two, to: &str| two.lab.tcp(&web, to, 80).packet.source.to_string();
    assert_eq!(sent(&two, &app), "10.0.2.5");
    assert_eq!(sent(&two, "internet"), "10.0.1.4");
    // Asked at its primary address, it does not answer from the nearer one.
    let walk = two.lab.tcp(&app, &web, 80);
    assert_eq!(outcome(&walk), "connected");
    assert!(walk.back.unwrap().step_of(&group).is_none());
    let walk = two.lab.tcp(&app, &second, 80);
    assert_eq!(outcome(&walk), "connected");
    assert!(walk.back.unwrap().step_of(&group).is_some());
    let walk = two.lab.tcp(&web, "10.0.2.5", 80);
    assert_eq!(
        (outcome(&walk).as_str(), walk.forward.hops.len()),
        ("connected", 1)
    );
}

#[test]
fn the_path_is_what_a_page_draws() {
    let two = Two::with("in tcp 80 0.0.0.0/0", "out all 0.0.0.0/0");
    let path = |from: &str| -> Vec<String> {
        let points = two.lab.tcp(from, &two.web, 80).path();
        let word = |spot: &Spot| match spot {
            Spot::Instance(id) if *id == *two.web => "web",
            Spot::Instance(_) => "app",
            Spot::Interface(_) => "interface",
            Spot::Subnet(id) if *id == *two.public => "public",
            Spot::Subnet(_) => "private",
            Spot::Router(_) => "router",
            Spot::Gateway(_) => "gateway",
            Spot::Internet => "internet",
            Spot::Laptop => "laptop",
        };
        let words = points.iter().map(|it| (it.back, word(&it.spot)));
        words
            .map(|(back, word)| format!("{}{word}", if back { "-" } else { "" }))
            .collect()
    };
    assert_eq!(
        path(&two.app).join(" "),
        "app interface private router public interface web \
         -web -interface -public -router -private -interface -app"
    );
    assert_eq!(
        path("laptop").join(" "),
        "laptop internet gateway public interface web \
         -web -interface -public -router -gateway -internet -laptop"
    );
}

fn sources(two: &Two, port: u16) -> (Option<String>, Option<String>) {
    let question = tcp("internet", &two.web, port);
    let Sources { can, cannot } = public_sources(&two.lab.cloud, &question, Walk::reaches).unwrap();
    (
        can.map(|it| it.to_string()),
        cannot.map(|it| it.to_string()),
    )
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn all_public_sources_or_none_are_decided_exactly() {
    let two = Two::new();
    assert_eq!(sources(&two, 80), (some("198.51.100.20"), None));
    assert_eq!(sources(&two, 22), (None, some("198.51.100.20")));
    // Only one address in the whole internet gets in.
    let two = Two::with("in tcp 80 8.8.8.8/32", "");
    assert_eq!(sources(&two, 80), (some("8.8.8.8"), some("198.51.100.20")));
    // Private sources are none of the internet's.
    let two = Two::with(
        "in tcp 80 10.0.0.0/8\nin tcp 80 100.64.0.0/10\nin tcp 80 169.254.0.0/16",
        "",
    );
    assert_eq!(sources(&two, 80).0, None);
}

#[test]
fn one_public_source_that_cannot_is_found_wherever_it_is_stopped() {
    // By a rule of an ACL, on the way in or out.
    for way in ["in", "out"] {
        let mut two = Two::new();
        let (vpc, public) = (two.vpc.clone(), two.public.clone());
        two.lab.acl(
            &vpc,
            &public,
            &format!(
                "{way} 90 deny all 9.9.9.9/32\nin 100 allow all 0.0.0.0/0\n\
                 out 100 allow all 0.0.0.0/0"
            ),
        );
        assert_eq!(sources(&two, 80), (some("198.51.100.20"), some("9.9.9.9")));
    }
    // By a route of the answer.
    let mut two = Two::new();
    let (table, app) = (two.public_table.clone(), two.lab.interface(&two.app));
    two.lab.route(&table, "8.8.8.0/24", &app);
    assert_eq!(sources(&two, 80), (some("198.51.100.20"), some("8.8.8.1")));
}

#[test]
fn what_is_wanted_of_a_source_can_also_be_a_listener() {
    let two = Two::with("in tcp 81 0.0.0.0/0", "");
    let question = tcp("internet", &two.web, 81);
    let decide = |wanted: fn(&Walk) -> bool| {
        public_sources(&two.lab.cloud, &question, wanted)
            .unwrap()
            .can
            .is_some()
    };
    assert!(decide(Walk::reaches));
    assert!(!decide(Walk::connects));
}

#[test]
fn the_laptop_can_be_reached_and_listens_to_nothing() {
    let two = Two::new();
    let walk = two.lab.tcp(&two.web, "laptop", 22);
    assert_eq!(outcome(&walk), "refused");
    let ping = Question::ping(place(&two.web), place("laptop"));
    assert_eq!(outcome(&two.lab.walk(&ping)), "connected");
}

#[test]
fn groups_of_the_largest_size_are_decided() {
    let mut two = Two::with("", "");
    let (vpc, interface) = (two.vpc.clone(), two.lab.interface(&two.web));
    let groups: Vec<String> = (0..5)
        .map(|group| {
            let rules: Vec<String> = (0..60)
                .map(|rule| format!("in tcp {} {}.{rule}.0.0/16", 1000 + rule, 20 + group))
                .collect();
            two.lab.group(&vpc, &format!("g{group}"), &rules.join("\n"))
        })
        .collect();
    let groups: Vec<String> = groups.iter().map(|id| format!("\"{id}\"")).collect();
    let groups = groups.join(",");
    two.lab.call(
        "ModifyNetworkInterfaceAttribute",
        &format!("NetworkInterfaceId={interface} Groups=[{groups}]"),
    );
    assert_eq!(sources(&two, 80), (None, some("198.51.100.20")));
    assert_eq!(sources(&two, 1059).0, some("20.59.0.1"));
}

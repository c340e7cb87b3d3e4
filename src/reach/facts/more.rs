use super::Two;
use super::nat::Natted;
use crate::testing::{Lab, outcome, place, tcp};
use crate::{Space, walk_since};
use hopwise_cloud::Id;

const OPEN: &str = "in all 0.0.0.0/0\nout all 0.0.0.0/0";

#[test]
fn net_03_each_block_of_a_vpc_has_its_local_route() {
    let mut two = Two::with(OPEN, OPEN);
    let (vpc, group) = (two.vpc.clone(), two.web_group.clone());
    two.lab.call(
        "AssociateVpcCidrBlock",
        &format!("VpcId={vpc} CidrBlock=10.1.0.0/16"),
    );
    let subnet = two.lab.subnet(&vpc, "10.1.1.0/24");
    let other = two.lab.instance(&subnet, &[&group], false);
    assert_eq!(outcome(&two.lab.tcp(&two.app, &other, 80)), "connected");
    let table = two.private_table.clone();
    two.lab.no_route(&table, "10.1.0.0/16");
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, &other, 80)),
        "there NO_ROUTE_TO_DESTINATION"
    );
}

#[test]
fn net_08_each_private_address_may_have_a_public_one() {
    let mut two = Two::with(OPEN, OPEN);
    let interface = two.lab.interface(&two.web);
    two.lab.call(
        "AssignPrivateIpAddresses",
        &format!("NetworkInterfaceId={interface} PrivateIpAddresses=[\"10.0.1.40\"]"),
    );
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, "10.0.1.40", 80)),
        "connected"
    );
    let eip = two.lab.make("AllocateAddress", "", "AllocationId");
    let public = two
        .lab
        .ec2()
        .addresses
        .get(&eip)
        .unwrap()
        .public
        .to_string();
    assert_eq!(
        outcome(&two.lab.tcp("laptop", &public, 80)),
        "there IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    );
    two.lab.call(
        "AssociateAddress",
        &format!("AllocationId={eip} NetworkInterfaceId={interface} PrivateIpAddress=10.0.1.40"),
    );
    let walk = two.lab.tcp("laptop", &public, 80);
    assert_eq!(outcome(&walk), "connected");
    let step = walk.forward.step_of(&two.gateway).unwrap();
    let after = step.change.unwrap().after;
    assert_eq!(after.destination.to_string(), "10.0.1.40");
}

#[test]
fn net_53_path_mtu_discovery_needs_its_icmp_message() {
    // Does "fragmentation needed" get from web to app?
    let passes = |rules: &str| {
        let mut two = Two::with(OPEN, OPEN);
        let (vpc, private) = (two.vpc.clone(), two.private.clone());
        two.lab.acl(&vpc, &private, rules);
        let mut space = Space::of(&two.lab.cloud);
        let verdict = space.between(&place(&two.web), &place(&two.app)).unwrap();
        let needed = hopwise_net::Transport::Icmp { kind: 3, code: 4 };
        space.traffics().contains(verdict.forward, needed)
    };
    let tcp = "in 100 allow tcp 0-65535 0.0.0.0/0\nout 100 allow all 0.0.0.0/0";
    assert!(!passes(tcp));
    assert!(passes(&format!("{tcp}\nin 110 allow icmp 3/4 0.0.0.0/0")));
}

#[test]
fn net_69_what_passes_a_nat_gateway_is_tracked_whatever_the_rules() {
    // A connection whose rule is taken away afterwards.
    let goes_on = |mut lab: Lab, machine: &str, group: &str| {
        let before = lab.cloud.clone();
        lab.rules("Revoke", group, "out all 0.0.0.0/0");
        let question = tcp(machine, "internet", 443);
        let walk = walk_since(&before, &lab.cloud, &question).unwrap();
        outcome(&walk)
    };
    let natted = Natted::open();
    let (machine, group) = (natted.two.app.clone(), natted.two.app_group.clone());
    assert_eq!(goes_on(natted.two.lab, &machine, &group), "connected");
    let two = Two::with(OPEN, OPEN);
    let (machine, group) = (two.web.clone(), two.web_group.clone());
    assert_eq!(goes_on(two.lab, &machine, &group), "there SG_HAS_NO_RULES");
}

#[test]
fn net_96_the_resolver_has_three_addresses() {
    let mut two = Two::with(OPEN, "");
    let private = two.private.clone();
    two.lab.v6(&private, 2);
    for address in ["10.0.0.2", "169.254.169.253", "fd00:ec2::253"] {
        let walk = two.lab.tcp(&two.app, address, 53);
        assert_eq!(outcome(&walk), "connected", "{address}");
    }
    let vpc = two.vpc.clone();
    two.lab.ec2().vpcs.get_mut(&vpc).unwrap().dns_support = false;
    for address in ["10.0.0.2", "169.254.169.253", "fd00:ec2::253"] {
        let walk = two.lab.tcp(&two.app, address, 53);
        assert_eq!(outcome(&walk), "there NO_POSSIBLE_DESTINATION", "{address}");
    }
}

#[test]
fn net_97_the_metadata_service_is_beside_every_filter() {
    let mut two = Two::with(OPEN, "");
    let (vpc, private) = (two.vpc.clone(), two.private.clone());
    two.lab.v6(&private, 2);
    two.lab.acl(&vpc, &private, "");
    for address in ["169.254.169.254", "fd00:ec2::254"] {
        assert_eq!(outcome(&two.lab.tcp(&two.app, address, 80)), "connected");
        assert_eq!(
            outcome(&two.lab.tcp(&two.app, address, 443)),
            "there NO_POSSIBLE_DESTINATION"
        );
    }
}

#[test]
fn trap_03_members_come_and_go_with_interfaces_and_addresses() {
    let mut two = Two::with("", OPEN);
    let (web, app) = (two.web_group.clone(), two.app_group.clone());
    two.lab
        .rules("Authorize", &web, &format!("in tcp 80 {app}"));
    let mut space = Space::of(&two.lab.cloud);
    let works = |space: &mut Space, two: &Two, from: &str| {
        space.update(&two.lab.cloud);
        let verdict = space.between(&place(from), &place(&two.web)).unwrap();
        let walk = two.lab.tcp(from, &two.web, 80);
        assert_eq!(walk.reaches(), !verdict.works.is_none());
        walk.reaches()
    };
    let private = two.private.clone();
    let other = two.lab.instance(&private, &[&web], false);
    let address = two.lab.private(&other);
    let web_out = two.web_group.clone();
    two.lab.rules("Authorize", &web_out, "out all 0.0.0.0/0");
    assert!(!works(&mut space, &two, &other));
    // It is given the group.
    let interface = two.lab.interface(&other);
    two.lab.call(
        "ModifyNetworkInterfaceAttribute",
        &format!("NetworkInterfaceId={interface} Groups=[\"{app}\"]"),
    );
    assert!(works(&mut space, &two, &other));
    // Each of its addresses is a member.
    two.lab.call(
        "AssignPrivateIpAddresses",
        &format!("NetworkInterfaceId={interface} PrivateIpAddresses=[\"10.0.2.40\"]"),
    );
    assert!(works(&mut space, &two, "10.0.2.40"));
    let own = Id::new(&interface);
    assert_eq!(
        space
            .network()
            .interface(&own)
            .unwrap()
            .state
            .addresses
            .len(),
        2
    );
    assert_ne!(address, "10.0.2.40");
}

#[test]
fn trap_07_equal_prefixes_of_different_origin() {
    // The rules themselves are facts 10 to 12: here only that a table asked by both engines
    // leads them alike.
    let mut two = Two::with(OPEN, OPEN);
    let (table, gateway) = (two.private_table.clone(), two.gateway.clone());
    let interface = two.lab.interface(&two.web);
    two.lab.list("pl-1", &["198.51.100.0/24"]);
    two.lab.raw_route(&table, "pl-1", &interface);
    let ask = |two: &Two| {
        let walk = two.lab.tcp(&two.app, "internet", 443);
        let mut space = Space::of(&two.lab.cloud);
        let verdict = space.between(&place(&two.app), &place("internet")).unwrap();
        assert_eq!(walk.reaches(), !verdict.works.is_none());
        outcome(&walk)
    };
    assert_eq!(ask(&two), "there ENI_SOURCE_DEST_CHECK_RESTRICTION");
    two.lab.raw_route(&table, "198.51.100.0/24", &gateway);
    assert_eq!(ask(&two), "there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
}

#[test]
fn trap_08_an_untracked_answer_still_meets_the_acl() {
    let mut two = Two::with(OPEN, OPEN);
    let (vpc, public) = (two.vpc.clone(), two.public.clone());
    let acl = two.lab.acl(&vpc, &public, "in 100 allow all 0.0.0.0/0");
    let ask = |two: &Two| {
        let walk = two.lab.tcp(&two.app, &two.web, 80);
        let mut space = Space::of(&two.lab.cloud);
        let verdict = space.between(&place(&two.app), &place(&two.web)).unwrap();
        assert_eq!(
            super::random::holds(&space, &verdict, &walk),
            walk.reaches()
        );
        outcome(&walk)
    };
    assert_eq!(ask(&two), "back SUBNET_ACL_RESTRICTION");
    two.lab
        .entries(&acl, "out 100 allow tcp 32768-60999 10.0.2.0/24");
    assert_eq!(ask(&two), "connected");
}

use super::Two;
use crate::raw::{WORKS, born};
use crate::testing::{outcome, place};
use crate::{Place, Question, Space};
use hopwise_cloud::ec2::endpoint::{Endpoint, EndpointKind};
use hopwise_cloud::ec2::network_interface::ManagedKind;
use hopwise_cloud::{Id, Time};
use hopwise_net::Protocol;

/// An address of the service, by the list of the tests.
const SERVICE: &str = "198.51.100.77";

fn endpoint(two: &mut Two, kind: EndpointKind) {
    let vpc = Id::new(&two.vpc);
    two.lab.ec2().endpoints.insert(Endpoint {
        id: Id::new("vpce-1"),
        born: born(),
        tags: Default::default(),
        vpc,
        service: "com.amazonaws.us-east-1.s3".to_owned(),
        kind,
        policy: None,
        phase: WORKS,
        created: Time::EPOCH,
    });
}

/// `Two` whose private subnet has a gateway endpoint.
fn with_gateway() -> Two {
    let mut two = Two::with("in all 0.0.0.0/0", "out all 0.0.0.0/0");
    let table = two.private_table.clone();
    let tables = vec![Id::new(&table)];
    endpoint(&mut two, EndpointKind::Gateway { tables });
    two.lab.list("pl-s3", &["198.51.100.64/26"]);
    two.lab.raw_route(&table, "pl-s3", "vpce-1");
    two
}

#[test]
fn net_89_a_gateway_endpoint_is_a_route_and_beats_the_way_out() {
    let mut two = with_gateway();
    let walk = two.lab.tcp(&two.app, SERVICE, 443);
    assert_eq!(outcome(&walk), "connected");
    assert_eq!(walk.forward.at, "vpce-1");
    let table = two.private_table.clone();
    let gateway = two.gateway.clone();
    two.lab.raw_route(&table, "0.0.0.0/0", &gateway);
    assert_eq!(two.lab.tcp(&two.app, SERVICE, 443).forward.at, "vpce-1");
    two.lab.no_route(&table, "pl-s3");
    let walk = two.lab.tcp(&two.app, SERVICE, 443);
    assert_eq!(outcome(&walk), "there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
}

#[test]
fn net_90_groups_and_acls_let_the_services_blocks_through() {
    let mut two = with_gateway();
    let (vpc, private) = (two.vpc.clone(), two.private.clone());
    let ask = |two: &Two| outcome(&two.lab.tcp(&two.app, SERVICE, 443));
    let acl = two
        .lab
        .acl(&vpc, &private, "out 100 allow tcp 443 198.51.100.64/26");
    assert_eq!(ask(&two), "back SUBNET_ACL_RESTRICTION");
    let rule = "in 100 allow tcp 1024-65535 198.51.100.64/26";
    two.lab.entries(&acl, rule);
    assert_eq!(ask(&two), "connected");
    let group = two.app_group.clone();
    two.lab.rules("Revoke", &group, "out all 0.0.0.0/0");
    assert_eq!(ask(&two), "there SG_HAS_NO_RULES");
    two.lab
        .rules("Authorize", &group, "out tcp 443 198.51.100.64/26");
    let rules = &mut two.lab.ec2().security_groups.get_mut(&group).unwrap().rules;
    let list = hopwise_cloud::ec2::security_group::Peer::List(Id::new("pl-s3"));
    rules.iter_mut().for_each(|it| it.peer = list.clone());
    assert_eq!(ask(&two), "connected");
}

#[test]
fn net_91_it_serves_its_own_vpc_and_takes_tcp_and_pings() {
    let two = with_gateway();
    let mut space = Space::of(&two.lab.cloud);
    let address = Place::Address(SERVICE.parse().unwrap());
    let verdict = space.between(&place(&two.app), &address).unwrap();
    let shown = space.traffics().show(verdict.works).to_string();
    assert_eq!(shown, "tcp; icmp 0, 8, 128-129");
    let udp = Question {
        protocol: Protocol::UDP,
        ..Question::tcp(place(&two.app), address, 443)
    };
    assert_eq!(
        outcome(&two.lab.walk(&udp)),
        "there VPCE_GATEWAY_PROTOCOL_RESTRICTION"
    );
    // What an appliance passes on from elsewhere it does not take: here from the internet.
    let mut two = Two::with("in all 0.0.0.0/0\nout all 0.0.0.0/0", "out all 0.0.0.0/0");
    let table = two.public_table.clone();
    let tables = vec![Id::new(&table)];
    endpoint(&mut two, EndpointKind::Gateway { tables });
    two.lab.list("pl-s3", &["198.51.100.64/26"]);
    two.lab.raw_route(&table, "pl-s3", "vpce-1");
    let interface = two.lab.interface(&two.web);
    two.lab.check_off(&interface);
    let walk = two.lab.tcp(&two.web, SERVICE, 443);
    assert_eq!(walk.forward.at, "vpce-1");
}

/// `Two` with an interface endpoint in the public subnet that has the group of `web`.
fn with_interface(rules: &str) -> (Two, String) {
    let mut two = Two::with(rules, "out all 0.0.0.0/0");
    let (subnet, group) = (two.public.clone(), two.web_group.clone());
    let interface = two.lab.managed(&subnet, "vpce-1", ManagedKind::Endpoint);
    let made = two
        .lab
        .ec2()
        .network_interfaces
        .get_mut(&interface)
        .unwrap();
    made.groups = vec![Id::new(&group)];
    let kind = EndpointKind::Interface {
        subnets: vec![Id::new(&subnet)],
        interfaces: vec![Id::new(&interface)],
        groups: vec![Id::new(&group)],
        private_dns: true,
    };
    endpoint(&mut two, kind);
    (two, interface)
}

#[test]
fn net_95_an_interface_endpoint_has_groups_and_begins_nothing() {
    let (two, interface) = with_interface("in tcp 443 10.0.0.0/16");
    let walk = two.lab.tcp(&two.app, &interface, 443);
    assert_eq!(outcome(&walk), "connected");
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, &interface, 80)),
        "there ENI_SG_RULES_MISMATCH"
    );
    let walk = two.lab.tcp(&interface, &two.app, 443);
    assert_eq!(outcome(&walk), "there VPCE_INTRA_VPC_TRAFFIC");
    let (two, interface) = with_interface("");
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, &interface, 443)),
        "there SG_HAS_NO_RULES"
    );
}

//! What is outside of AWS.

use super::{Change, Over};
use crate::ec2::vpn::tests::{office, world};
use crate::{Act, Cloud, Genesis};

fn refused(cloud: &mut Cloud, change: Change) -> String {
    let before = cloud.clone();
    let fault = cloud.apply(&Act::OnPremises(change)).unwrap_err();
    assert_eq!(*cloud, before, "what was refused changed something");
    fault.message
}

fn add(name: &str, address: &str, blocks: &[&str]) -> Change {
    Change::Add {
        name: name.to_owned(),
        address: address.parse().unwrap(),
        blocks: blocks.iter().map(|it| it.parse().unwrap()).collect(),
    }
}

#[test]
fn a_network_has_a_name_a_router_and_hosts() {
    let mut cloud = Cloud::new(Genesis::default());
    let plain = cloud.state_hash();
    let new = add("office", "203.0.113.50", &["192.168.0.0/16"]);
    cloud.apply(&Act::OnPremises(new.clone())).unwrap();
    assert_eq!(cloud.acts(), 1);
    assert_ne!(cloud.state_hash(), plain);
    let host = |name: &str, address: Option<&str>| Change::Host {
        name: "office".to_owned(),
        host: name.to_owned(),
        address: address.map(|it| it.parse().unwrap()),
    };
    let at = Some("192.168.1.10");
    cloud.apply(&Act::OnPremises(host("pc", at))).unwrap();
    let plug = Change::Plug {
        name: "office".to_owned(),
        connection: crate::Id::new("dxcon-1"),
        on: true,
    };
    for (change, said) in [
        (new, "there is a network office already"),
        (
            add("lab", "203.0.113.50", &["10.0.0.0/8"]),
            "203.0.113.50 is the router of office already",
        ),
        (
            add("lab", "192.168.0.1", &["10.0.0.0/8"]),
            "192.168.0.1 can't be the router's: it needs a public address of its own",
        ),
        (
            add("lab", "203.0.113.10", &["10.0.0.0/8"]),
            "203.0.113.10 can't be the router's: it needs a public address of its own",
        ),
        (add("lab", "203.0.113.51", &[]), "lab needs a CIDR block"),
        (
            add("a b", "203.0.113.51", &["10.0.0.0/8"]),
            "a b: a name has letters, digits and dashes, 40 at most",
        ),
        (host("tv", at), "192.168.1.10 is the address of pc"),
        (
            host("tv", Some("10.0.0.1")),
            "10.0.0.1 is in no block of office",
        ),
        (host("tv", None), "office has no host tv"),
        (plug, "there is no connection dxcon-1"),
        (
            Change::Remove {
                name: "lab".to_owned(),
            },
            "there is no network lab",
        ),
        (
            Change::Interface {
                interface: crate::Id::new("dxvif-1"),
                up: false,
            },
            "there is no virtual interface dxvif-1",
        ),
    ] {
        assert_eq!(refused(&mut cloud, change), said);
    }
    cloud.apply(&Act::OnPremises(host("pc", None))).unwrap();
    assert!(cloud.network("office").unwrap().hosts.is_empty());
}

#[test]
fn a_router_knows_the_vpc_over_the_first_tunnel_that_is_up() {
    for static_routes in [false, true] {
        let mut world = world(static_routes);
        office(&mut world);
        let known = |cloud: &Cloud| {
            let office = cloud.network("office").unwrap();
            let all = cloud.routes_of_network(office);
            all.iter()
                .map(|it| match &it.over {
                    Over::Vpn(_, tunnel) => format!("{} {tunnel}", it.destination),
                    Over::DirectConnect(_) => it.destination.to_string(),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(known(&world.lab.cloud), ["10.0.0.0/16 0"]);
        let connection = crate::Id::new(&world.fill("@vpn"));
        for tunnel in [0, 1] {
            world.outside(Change::Tunnel {
                connection: connection.clone(),
                tunnel,
                up: false,
            });
            let expected: &[&str] = if tunnel == 0 { &["10.0.0.0/16 1"] } else { &[] };
            assert_eq!(known(&world.lab.cloud), expected);
        }
    }
}

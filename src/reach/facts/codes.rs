//! The codes of Reachability Analyzer that can be had here: for each a world that has it, and
//! the same world with the one thing mended.
//!
//! <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>

use super::Two;
use super::nat::Natted;
use crate::testing::outcome;
use hopwise_cloud::ec2::BlockMode;

/// The outcome of the broken world, or of the mended one.
type World = fn(mended: bool) -> String;

const ALL: &str = "in all 0.0.0.0/0\nout all 0.0.0.0/0";

fn two() -> Two {
    Two::with(ALL, ALL)
}

fn asked(two: &Two, from: &str, to: &str) -> String {
    outcome(&two.lab.tcp(from, to, 80))
}

const CODES: &[(&str, World)] = &[
    ("there NO_ROUTE_TO_DESTINATION", |mended| {
        let mut two = two();
        let (table, gateway, web) = (
            two.public_table.clone(),
            two.gateway.clone(),
            two.web.clone(),
        );
        two.lab.no_route(&table, "0.0.0.0/0");
        if mended {
            two.lab.raw_route(&table, "0.0.0.0/0", &gateway);
        }
        asked(&two, &web, "internet")
    }),
    ("there BAD_STATE_ROUTE", |mended| {
        let mut two = two();
        let (gateway, web) = (two.gateway.clone(), two.web.clone());
        if !mended {
            two.lab.detach(&gateway);
        }
        asked(&two, &web, "internet")
    }),
    ("there BAD_STATE", |mended| {
        let mut two = two();
        let web = two.web.clone();
        let operation = if mended {
            "RebootInstances"
        } else {
            "StopInstances"
        };
        two.lab.call(operation, &format!("InstanceIds=[\"{web}\"]"));
        two.lab.settle();
        asked(&two, &two.app, &web)
    }),
    ("there SUBNET_ACL_RESTRICTION", |mended| {
        let mut two = two();
        let (vpc, public) = (two.vpc.clone(), two.public.clone());
        let acl = two.lab.acl(&vpc, &public, "out 100 allow all 0.0.0.0/0");
        if mended {
            two.lab.entries(&acl, "in 100 allow tcp 80 10.0.2.0/24");
        }
        asked(&two, &two.app, &two.web)
    }),
    ("back SUBNET_ACL_RESTRICTION", |mended| {
        let mut two = two();
        let (vpc, public) = (two.vpc.clone(), two.public.clone());
        let acl = two.lab.acl(&vpc, &public, "in 100 allow all 0.0.0.0/0");
        if mended {
            two.lab
                .entries(&acl, "out 100 allow tcp 32768-60999 10.0.2.0/24");
        }
        asked(&two, &two.app, &two.web)
    }),
    ("there ENI_SG_RULES_MISMATCH", |mended| {
        let peer = if mended { "10.0.2.0/24" } else { "10.0.3.0/24" };
        let two = Two::with(&format!("in tcp 80 {peer}"), ALL);
        asked(&two, &two.app, &two.web)
    }),
    ("there SG_HAS_NO_RULES", |mended| {
        let two = Two::with(if mended { "in tcp 80 10.0.2.0/24" } else { "" }, ALL);
        asked(&two, &two.app, &two.web)
    }),
    ("there SG_REFERENCES_NOT_PRESERVED", |mended| {
        let mut two = Two::with("", ALL);
        let (vpc, web, app) = (
            two.vpc.clone(),
            two.web_group.clone(),
            two.app_group.clone(),
        );
        two.lab
            .rules("Authorize", &web, &format!("in tcp 80 {app}"));
        let subnet = two.lab.subnet(&vpc, "10.0.3.0/24");
        let all = two.lab.group(&vpc, "all", ALL);
        let middle = two.lab.instance(&subnet, &[&all], false);
        let interface = two.lab.interface(&middle);
        two.lab.check_off(&interface);
        let table = two.private_table.clone();
        if !mended {
            two.lab.raw_route(&table, "10.0.1.0/24", &interface);
        }
        asked(&two, &two.app, &two.web)
    }),
    ("there ENI_SOURCE_DEST_CHECK_RESTRICTION", |mended| {
        let mut two = two();
        let vpc = two.vpc.clone();
        let subnet = two.lab.subnet(&vpc, "10.0.3.0/24");
        let all = two.lab.group(&vpc, "all", ALL);
        let middle = two.lab.instance(&subnet, &[&all], false);
        let interface = two.lab.interface(&middle);
        if mended {
            two.lab.check_off(&interface);
        }
        let table = two.private_table.clone();
        two.lab.raw_route(&table, "10.0.1.0/24", &interface);
        asked(&two, &two.app, &two.web)
    }),
    ("there IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", |mended| {
        let mut two = two();
        let (table, gateway, app) = (
            two.private_table.clone(),
            two.gateway.clone(),
            two.app.clone(),
        );
        two.lab.raw_route(&table, "0.0.0.0/0", &gateway);
        if mended {
            let eip = two.lab.make("AllocateAddress", "", "AllocationId");
            let both = format!("AllocationId={eip} InstanceId={app}");
            two.lab.call("AssociateAddress", &both);
        }
        asked(&two, &app, "internet")
    }),
    ("there IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", |mended| {
        let two = two();
        asked(&two, "laptop", if mended { &two.web } else { &two.app })
    }),
    (
        "there IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        |mended| {
            let two = two();
            asked(
                &two,
                &two.web,
                if mended { "11.0.0.1" } else { "10.255.0.1" },
            )
        },
    ),
    (
        "there IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
        |mended| {
            let two = two();
            asked(
                &two,
                &two.web,
                if mended { "100.0.0.1" } else { "100.64.0.1" },
            )
        },
    ),
    (
        "there IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS",
        |mended| {
            let two = two();
            asked(
                &two,
                if mended { "11.0.0.1" } else { "10.255.0.1" },
                &two.web,
            )
        },
    ),
    (
        "there IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS",
        |mended| {
            let two = two();
            asked(
                &two,
                if mended { "100.0.0.1" } else { "100.64.0.1" },
                &two.web,
            )
        },
    ),
    ("there INGRESS_RTB_NO_PUBLIC_IP", |mended| {
        let (mut two, _) = super::edges::inspected();
        if !mended {
            let all = &two.lab.ec2().addresses;
            let address = all.iter().next().unwrap().id.clone();
            let all = &mut two.lab.ec2().addresses;
            all.get_mut(address.as_str()).unwrap().association = None;
        }
        asked(&two, "laptop", &two.web)
    }),
    ("back INGRESS_RTB_TRAFFIC_REDIRECTION", |mended| {
        let (mut two, interface) = super::edges::inspected();
        let (table, gateway) = (two.public_table.clone(), two.gateway.clone());
        let target = if mended { &interface } else { &gateway };
        two.lab.raw_route(&table, "0.0.0.0/0", target);
        asked(&two, "laptop", &two.web)
    }),
    ("there VPC_BLOCK_PUBLIC_ACCESS_ENABLED", |mended| {
        let mut two = two();
        let public = two.public.clone();
        two.lab.ec2().block_public_access = BlockMode::Bidirectional.into();
        if mended {
            two.lab.exclude(&public, true);
        }
        asked(&two, "laptop", &two.web)
    }),
    ("there NO_POSSIBLE_DESTINATION", |mended| {
        let two = two();
        asked(
            &two,
            &two.app,
            if mended { "10.0.1.4" } else { "10.0.1.44" },
        )
    }),
    ("there UNASSOCIATED_COMPONENT", |mended| {
        let mut two = two();
        let (private, group, app) = (two.private.clone(), two.app_group.clone(), two.app.clone());
        let second = two.lab.second(&private, &group, &app);
        if !mended {
            let interface = two.lab.ec2().network_interfaces.get_mut(&second).unwrap();
            interface.attachment = None;
        }
        asked(&two, &two.web, &second)
    }),
    ("there NO_PATH", |mended| {
        let mut two = two();
        let gateway = two.gateway.clone();
        if !mended {
            two.lab.detach(&gateway);
        }
        asked(&two, "laptop", &two.web)
    }),
    ("there PROTOCOL_RESTRICTION", |mended| {
        let mut natted = Natted::six();
        let (app, table) = (natted.two.app.clone(), natted.two.private_table.clone());
        natted.two.lab.raw_route(&table, "::/0", "nat-0");
        let far = if mended {
            "64:ff9b::c633:6414"
        } else {
            "2001:db8:ffff::1"
        };
        asked(&natted.two, &app, far)
    }),
    ("there UNSUPPORTED_COMPONENT", |mended| {
        let mut natted = Natted::new();
        let managed = natted
            .two
            .lab
            .ec2()
            .nat_gateways
            .get("nat-0")
            .unwrap()
            .interface();
        let managed = managed.unwrap().clone();
        if !mended {
            // Something that only an import knows.
            let all = &mut natted.two.lab.ec2().network_interfaces;
            let interface = all.get_mut(managed.as_str()).unwrap();
            let managed = interface.managed.as_mut().unwrap();
            managed.kind = hopwise_cloud::ec2::network_interface::ManagedKind::Other;
        }
        let own = natted
            .two
            .lab
            .ec2()
            .network_interfaces
            .get(managed.as_str())
            .unwrap();
        let own = own.primary_address().unwrap().to_string();
        let walk = match mended {
            true => natted.out(),
            false => natted.two.lab.tcp(&natted.two.web, &own, 80),
        };
        outcome(&walk)
    }),
];

#[test]
fn each_code_has_a_world_and_goes_when_the_one_thing_is_mended() {
    for (code, world) in CODES {
        assert_eq!(world(false), *code);
        assert_eq!(world(true), "connected", "{code}");
    }
}

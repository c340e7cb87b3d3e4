use crate::raw::{WORKS, block, born};
use crate::testing::{Lab, outcome, place};
use crate::{Space, Walk};
use hopwise_cloud::Id;
use hopwise_cloud::ec2::phase::{Phase, State};
use hopwise_cloud::ec2::security_group::{ForeignGroup, Peer};
use hopwise_cloud::ec2::transit_gateway::{TransitEnd, TransitRoute};
use hopwise_cloud::ec2::{TransitAttachment, TransitGateway, TransitRouteTable};

/// A VPC with a subnet for a machine and one for the attachment, in one zone.
struct Side {
    vpc: String,
    subnet: String,
    group: String,
    machine: String,
    attached: String,
    attached_table: String,
}

/// Two VPCs attached to a transit gateway with one table.
struct Hub {
    lab: Lab,
    a: Side,
    b: Side,
}

fn side(lab: &mut Lab, net: &str) -> Side {
    let vpc = lab.vpc(&format!("{net}.0.0/16"));
    let subnet = lab.subnet(&vpc, &format!("{net}.1.0/24"));
    let attached = lab.subnet(&vpc, &format!("{net}.9.0/24"));
    let table = lab.table(&vpc, &subnet);
    let attached_table = lab.table(&vpc, &attached);
    let group = lab.group(&vpc, "all", "in all 0.0.0.0/0\nout all 0.0.0.0/0");
    let machine = lab.instance(&subnet, &[&group], false);
    lab.raw_route(&table, "10.0.0.0/8", "tgw-1");
    Side {
        vpc,
        subnet,
        group,
        machine,
        attached,
        attached_table,
    }
}

fn gateway(lab: &mut Lab, id: &str, tables: &[&str]) {
    lab.ec2().transit_gateways.insert(TransitGateway {
        created: hopwise_cloud::Time::EPOCH,
        id: Id::new(id),
        born: born(),
        tags: Default::default(),
        description: String::new(),
        asn: 64512,
        default_association: None,
        default_propagation: None,
        auto_accept: false,
        ecmp: true,
        dns: true,
        group_references: false,
        phase: WORKS,
    });
    for table in tables {
        lab.ec2().transit_route_tables.insert(TransitRouteTable {
            created: hopwise_cloud::Time::EPOCH,
            id: Id::new(table),
            born: born(),
            tags: Default::default(),
            gateway: Id::new(id),
            routes: Vec::new(),
            propagations: Vec::new(),
            phase: WORKS,
        });
    }
}

fn attach(lab: &mut Lab, id: &str, side: &Side, table: &str) {
    lab.ec2().transit_attachments.insert(TransitAttachment {
        created: hopwise_cloud::Time::EPOCH,
        id: Id::new(id),
        born: born(),
        tags: Default::default(),
        gateway: Id::new("tgw-1"),
        end: TransitEnd::Vpc {
            vpc: Id::new(&side.vpc),
            subnets: vec![Id::new(&side.attached)],
            appliance_mode: false,
            dns: true,
            ipv6: false,
            group_references: true,
        },
        association: Some(Id::new(table)),
        phase: WORKS,
    });
    table_of(lab, table).propagations.push(Id::new(id));
}

fn table_of<'l>(lab: &'l mut Lab, table: &str) -> &'l mut TransitRouteTable {
    lab.ec2().transit_route_tables.get_mut(table).unwrap()
}

fn attachment<'l>(lab: &'l mut Lab, id: &str) -> &'l mut TransitAttachment {
    lab.ec2().transit_attachments.get_mut(id).unwrap()
}

impl Hub {
    fn new() -> Self {
        let mut lab = Lab::new();
        gateway(&mut lab, "tgw-1", &["tgw-rtb-1", "tgw-rtb-2"]);
        let (a, b) = (side(&mut lab, "10.1"), side(&mut lab, "10.2"));
        attach(&mut lab, "tgw-attach-a", &a, "tgw-rtb-1");
        attach(&mut lab, "tgw-attach-b", &b, "tgw-rtb-1");
        Hub { lab, a, b }
    }

    fn walk(&self) -> Walk {
        self.lab.tcp(&self.a.machine, &self.b.machine, 80)
    }

    /// What the walk says, which the space must say too.
    fn ask(&self) -> String {
        let walk = self.walk();
        let mut space = Space::of(&self.lab.cloud);
        let (from, to) = (place(&self.a.machine), place(&self.b.machine));
        let verdict = space.between(&from, &to).unwrap();
        assert_eq!(
            super::random::holds(&space, &verdict, &walk),
            walk.reaches()
        );
        outcome(&walk)
    }
}

fn fixed(destination: &str, attachment: Option<&str>) -> TransitRoute {
    TransitRoute {
        destination: block(destination),
        attachment: attachment.map(Id::new),
    }
}

#[test]
fn net_81_association_leads_from_and_propagation_to() {
    let mut hub = Hub::new();
    assert_eq!(hub.ask(), "connected");
    // What comes from A follows another table, where nothing is propagated.
    attachment(&mut hub.lab, "tgw-attach-a").association = Some(Id::new("tgw-rtb-2"));
    assert_eq!(hub.ask(), "there TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT");
    table_of(&mut hub.lab, "tgw-rtb-2").propagations = vec![Id::new("tgw-attach-b")];
    assert_eq!(hub.ask(), "connected");
    // The way back has a table of its own.
    table_of(&mut hub.lab, "tgw-rtb-1").propagations = vec![Id::new("tgw-attach-b")];
    assert_eq!(hub.ask(), "back TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT");
    attachment(&mut hub.lab, "tgw-attach-a").association = None;
    assert_eq!(hub.ask(), "there TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION");
}

#[test]
fn net_82_a_longer_route_wins_and_a_static_one_counts_before_a_learned_one() {
    let mut hub = Hub::new();
    // A blackhole for just the block that is propagated.
    table_of(&mut hub.lab, "tgw-rtb-1").routes = vec![fixed("10.2.0.0/16", None)];
    assert_eq!(hub.ask(), "there TGW_RTB_BAD_STATE_ROUTE");
    table_of(&mut hub.lab, "tgw-rtb-1").routes = vec![fixed("10.0.0.0/8", None)];
    assert_eq!(hub.ask(), "connected");
    table_of(&mut hub.lab, "tgw-rtb-1").routes = vec![fixed("10.2.1.4/32", None)];
    assert_eq!(hub.ask(), "there TGW_RTB_BAD_STATE_ROUTE");
    table_of(&mut hub.lab, "tgw-rtb-1").routes = vec![fixed("10.2.1.4/32", Some("tgw-attach-b"))];
    assert_eq!(hub.ask(), "connected");
    attachment(&mut hub.lab, "tgw-attach-b").phase = Phase::lasting(State::Deleting);
    assert_eq!(hub.ask(), "there TGW_RTB_BAD_STATE_ROUTE");
}

#[test]
fn net_83_a_zone_without_the_attachment_can_be_reached_but_not_send() {
    let mut hub = Hub::new();
    let subnet = hub.b.subnet.clone();
    hub.lab.ec2().subnets.get_mut(&subnet).unwrap().zone = "us-east-1f".to_owned();
    // It is reached; its answer does not get to the gateway.
    assert_eq!(hub.ask(), "back TGW_ROUTE_AZ_RESTRICTION");
    let walk = hub.lab.tcp(&hub.b.machine, &hub.a.machine, 80);
    assert_eq!(outcome(&walk), "there TGW_ROUTE_AZ_RESTRICTION");
    let attached = hub.b.attached.clone();
    hub.lab.ec2().subnets.get_mut(&attached).unwrap().zone = "us-east-1f".to_owned();
    assert_eq!(hub.ask(), "connected");
}

#[test]
fn net_84_of_two_vpcs_with_one_block_the_first_is_propagated() {
    let mut hub = Hub::new();
    let c = side(&mut hub.lab, "10.2");
    attach(&mut hub.lab, "tgw-attach-c", &c, "tgw-rtb-1");
    let ask = |hub: &Hub| hub.lab.tcp(&hub.a.machine, "10.2.1.4", 80).forward.at;
    assert_eq!(ask(&hub), hub.b.machine);
    table_of(&mut hub.lab, "tgw-rtb-1").propagations.swap(1, 2);
    assert_eq!(ask(&hub), c.machine);
}

#[test]
fn net_85_which_acl_is_asked_for_what() {
    let all = "in 100 allow all 0.0.0.0/0\nout 100 allow all 0.0.0.0/0";
    let ask = |attached: bool, rule: &str| {
        let mut hub = Hub::new();
        let (vpc, subnet) = (
            hub.b.vpc.clone(),
            match attached {
                true => hub.b.attached.clone(),
                false => hub.b.subnet.clone(),
            },
        );
        hub.lab.acl(&vpc, &subnet, &format!("{rule}\n{all}"));
        hub.ask()
    };
    let stopped = |way: &str| format!("{way} SUBNET_ACL_RESTRICTION");
    // The attachment's subnet: outbound for what comes to the machine, inbound for what it sends.
    assert_eq!(
        ask(true, "out 90 deny tcp 80 10.2.1.4/32"),
        stopped("there")
    );
    assert_eq!(ask(true, "in 90 deny tcp 80 10.1.1.4/32"), "connected");
    assert_eq!(
        ask(true, "in 90 deny tcp 40000 10.2.1.4/32"),
        stopped("back")
    );
    assert_eq!(ask(true, "out 90 deny tcp 40000 10.1.1.4/32"), "connected");
    // The machine's own as ever.
    assert_eq!(
        ask(false, "in 90 deny tcp 80 10.1.1.4/32"),
        stopped("there")
    );
    assert_eq!(
        ask(false, "out 90 deny tcp 40000 10.1.1.4/32"),
        stopped("back")
    );
    // In one subnet with the attachment: nothing for what comes, both for what is sent.
    let ask = |rule: &str| {
        let mut hub = Hub::new();
        let (vpc, subnet) = (hub.b.vpc.clone(), hub.b.subnet.clone());
        let end = &mut attachment(&mut hub.lab, "tgw-attach-b").end;
        let TransitEnd::Vpc { subnets, .. } = end else {
            panic!("{end:?}");
        };
        *subnets = vec![Id::new(&subnet)];
        hub.lab.acl(&vpc, &subnet, &format!("{rule}\n{all}"));
        hub.ask()
    };
    assert_eq!(ask("in 90 deny tcp 80 10.1.1.4/32"), "connected");
    assert_eq!(ask("out 90 deny tcp 80 10.2.1.4/32"), "connected");
    assert_eq!(ask("out 90 deny tcp 40000 10.1.1.4/32"), stopped("back"));
    assert_eq!(ask("in 90 deny tcp 40000 10.2.1.4/32"), stopped("back"));
}

#[test]
fn net_86_appliance_mode_keeps_both_directions_in_one_zone() {
    // Which subnet of B what comes in is brought into.
    let brought = |mode: bool, zone: &str| {
        let mut hub = Hub::new();
        let vpc = hub.b.vpc.clone();
        let other = hub.lab.subnet(&vpc, "10.2.8.0/24");
        let (near, far) = (hub.a.subnet.clone(), hub.a.attached.clone());
        for subnet in [&near, &far] {
            hub.lab.ec2().subnets.get_mut(subnet).unwrap().zone = zone.to_owned();
        }
        let own = hub.b.attached.clone();
        hub.lab.ec2().subnets.get_mut(&own).unwrap().zone = "us-east-1a".to_owned();
        hub.lab.ec2().subnets.get_mut(&other).unwrap().zone = "us-east-1b".to_owned();
        let end = &mut attachment(&mut hub.lab, "tgw-attach-b").end;
        if let TransitEnd::Vpc {
            subnets,
            appliance_mode,
            ..
        } = end
        {
            subnets.push(Id::new(&other));
            *appliance_mode = mode;
        }
        let walk = hub.walk();
        let step = walk
            .forward
            .hops
            .iter()
            .find(|it| it.step.sentence.id() == "reach_transit_out");
        let said = step.unwrap().step.sentence.to_string();
        said.contains(&other)
    };
    assert!(brought(false, "us-east-1b") && !brought(false, "us-east-1a"));
    assert!(!brought(true, "us-east-1b") && !brought(true, "us-east-1a"));
}

#[test]
fn net_61_groups_over_a_transit_gateway_only_where_it_carries_them() {
    let mut hub = Hub::new();
    let foreign = ForeignGroup {
        group: Id::new(&hub.a.group),
        account: hopwise_cloud::ACCOUNT.to_owned(),
        vpc: Id::new(&hub.a.vpc),
        connection: None,
    };
    let group = hub.b.group.clone();
    let rules = &mut hub.lab.ec2().security_groups.get_mut(&group).unwrap().rules;
    for rule in rules.iter_mut().filter(|it| !it.egress) {
        rule.peer = Peer::Foreign(foreign.clone());
    }
    assert_eq!(hub.ask(), "there SG_REFERENCING_SUPPORT");
    let gateway = hub.lab.ec2().transit_gateways.get_mut("tgw-1").unwrap();
    gateway.group_references = true;
    assert_eq!(hub.ask(), "connected");
    if let TransitEnd::Vpc {
        group_references, ..
    } = &mut attachment(&mut hub.lab, "tgw-attach-a").end
    {
        *group_references = false;
    }
    assert_eq!(hub.ask(), "there SG_REFERENCING_SUPPORT");
}

#[test]
fn net_37_central_egress_by_a_transit_gateway_does_use_a_nat_gateway() {
    let mut hub = Hub::new();
    let (vpc, attached) = (hub.b.vpc.clone(), hub.b.attached_table.clone());
    let gateway = hub.lab.gateway(&vpc);
    let public = hub.lab.subnet(&vpc, "10.2.5.0/24");
    let table = hub.lab.table(&vpc, &public);
    hub.lab.raw_route(&table, "0.0.0.0/0", &gateway);
    let nat = hub.lab.nat(&public, true);
    hub.lab.raw_route(&attached, "0.0.0.0/0", &nat);
    let subnet = hub.a.subnet.clone();
    let ec2 = hub.lab.ec2();
    let from = ec2.subnets.get(&subnet).unwrap();
    let table = ec2.route_table_of(from).unwrap().id.to_string();
    hub.lab.raw_route(&table, "0.0.0.0/0", "tgw-1");
    table_of(&mut hub.lab, "tgw-rtb-1").routes = vec![fixed("0.0.0.0/0", Some("tgw-attach-b"))];
    let ask = |hub: &Hub| outcome(&hub.lab.tcp(&hub.a.machine, "internet", 443));
    // The NAT gateway's subnet has no way back to A but out.
    assert_eq!(
        ask(&hub),
        "back IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
    );
    let from = hub.lab.ec2().subnets.get(&public).unwrap().clone();
    let table = hub.lab.ec2().route_table_of(&from).unwrap().id.to_string();
    hub.lab.raw_route(&table, "10.1.0.0/16", "tgw-1");
    assert_eq!(ask(&hub), "connected");
}

#[test]
fn trap_09_a_loop_of_transit_gateways_ends() {
    let mut hub = Hub::new();
    // B's attachment leads everything straight back.
    let table = hub.b.attached_table.clone();
    hub.lab.raw_route(&table, "10.7.0.0/16", "tgw-1");
    table_of(&mut hub.lab, "tgw-rtb-1").routes = vec![fixed("10.7.0.0/16", Some("tgw-attach-b"))];
    let walk = hub.lab.tcp(&hub.a.machine, "10.7.0.1", 80);
    assert_eq!(outcome(&walk), "there LOOP");
    table_of(&mut hub.lab, "tgw-rtb-1").routes = vec![fixed("10.7.0.0/16", None)];
    let walk = hub.lab.tcp(&hub.a.machine, "10.7.0.1", 80);
    assert_eq!(outcome(&walk), "there TGW_RTB_BAD_STATE_ROUTE");
}

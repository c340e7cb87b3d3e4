use super::Two;
use super::nat::{Natted, allow_v6};
use crate::testing::{Lab, outcome};
use hopwise_cloud::ec2::BlockMode;

/// `Two` with IPv6 in both subnets and everything open to it; the public one leads to the
/// internet gateway, the private one to an egress-only one.
struct Six {
    two: Two,
    web: String,
    app: String,
}

const FAR: &str = "2001:db8:ffff::20";

impl Six {
    fn new() -> Self {
        let all = "in all 0.0.0.0/0\nout all 0.0.0.0/0";
        let mut two = Two::with(all, all);
        let (public, private) = (two.public.clone(), two.private.clone());
        two.lab.v6(&public, 1);
        two.lab.v6(&private, 2);
        allow_v6(&mut two.lab);
        for group in [two.web_group.clone(), two.app_group.clone()] {
            for way in ["Ingress", "Egress"] {
                two.lab.call(
                    &format!("AuthorizeSecurityGroup{way}"),
                    &format!("GroupId={group} IpPermissions=[{{\"IpProtocol\":\"-1\",\"Ipv6Ranges\":[{{\"CidrIpv6\":\"::/0\"}}]}}]"),
                );
            }
        }
        let (vpc, gateway) = (two.vpc.clone(), two.gateway.clone());
        let egress = two.lab.egress_only(&vpc);
        let (public, private) = (two.public_table.clone(), two.private_table.clone());
        two.lab.raw_route(&public, "::/0", &gateway);
        two.lab.raw_route(&private, "::/0", &egress);
        let (web, app) = (two.web.clone(), two.app.clone());
        let (web, app) = (two.lab.own_v6(&web), two.lab.own_v6(&app));
        Six { two, web, app }
    }

    fn tcp(&self, from: &str, to: &str) -> String {
        outcome(&self.two.lab.tcp(from, to, 80))
    }
}

#[test]
fn net_28_an_egress_only_gateway_lets_only_answers_in() {
    let mut six = Six::new();
    let (app, own) = (six.two.app.clone(), six.app.clone());
    assert_eq!(six.tcp(&app, FAR), "connected");
    let walk = six.two.lab.tcp(&app, FAR, 80);
    assert!(walk.back.unwrap().step_of("eigw-1").is_some());
    // From outside it comes in by the internet gateway, and its answer is not let out.
    assert_eq!(six.tcp(FAR, &own), "back NO_PATH");
    // The subnet's ACL is asked.
    let (vpc, private) = (six.two.vpc.clone(), six.two.private.clone());
    six.two.lab.acl(&vpc, &private, "");
    assert_eq!(six.tcp(&app, FAR), "there SUBNET_ACL_RESTRICTION");
    // With a route to the internet gateway instead anybody gets in.
    let mut six = Six::new();
    let (table, gateway) = (six.two.private_table.clone(), six.two.gateway.clone());
    six.two.lab.raw_route(&table, "::/0", &gateway);
    assert_eq!(six.tcp(FAR, &own), "connected");
}

#[test]
fn net_29_ipv6_passes_the_internet_gateway_as_it_is() {
    let mut six = Six::new();
    let (web, own) = (six.two.web.clone(), six.web.clone());
    let walk = six.two.lab.tcp(&web, FAR, 80);
    assert_eq!(outcome(&walk), "connected");
    let gateway = six.two.gateway.clone();
    let change = walk.forward.step_of(&gateway).unwrap().change.unwrap();
    assert_eq!(change.before, change.after);
    assert_eq!(six.tcp(FAR, &own), "connected");
    // Its own route, and its own rules in groups and ACLs.
    let table = six.two.public_table.clone();
    six.two.lab.no_route(&table, "::/0");
    assert_eq!(six.tcp(&web, FAR), "there NO_ROUTE_TO_DESTINATION");
    assert_eq!(outcome(&six.two.lab.tcp(&web, "internet", 80)), "connected");
}

#[test]
fn trap_10_rules_for_one_family_say_nothing_of_the_other() {
    let mut six = Six::new();
    let (web, group) = (six.two.web.clone(), six.two.web_group.clone());
    six.two.lab.rules("Revoke", &group, "out all 0.0.0.0/0");
    assert_eq!(six.tcp(&web, FAR), "connected");
    let walk = six.two.lab.tcp(&web, "internet", 80);
    assert_eq!(outcome(&walk), "there ENI_SG_RULES_MISMATCH");
    let acls: Vec<_> = (six.two.lab.ec2().network_acls.iter())
        .map(|it| it.id.clone())
        .collect();
    for acl in acls {
        let acl = six
            .two
            .lab
            .ec2()
            .network_acls
            .get_mut(acl.as_str())
            .unwrap();
        acl.entries.retain(|it| it.block.is_v4());
    }
    let walk = six.two.lab.tcp(&web, FAR, 80);
    assert_eq!(outcome(&walk), "there SUBNET_ACL_RESTRICTION");
    let step = walk.forward.stop().unwrap();
    assert_eq!(step.rule.as_ref().unwrap().text, "* deny all ::/0");
    // Between the families there is no way.
    let question = crate::testing::tcp("198.51.100.20", &six.web, 80);
    let refused = crate::walk(&six.two.lab.cloud, &question).unwrap_err();
    assert!(
        refused.to_string().contains("different families"),
        "{refused}"
    );
}

/// `Two` whose gateway leads what comes in for the public subnet to an appliance in the private
/// one, which has a public address; the public subnet answers by the appliance.
pub(super) fn inspected() -> (Two, String) {
    let all = "in all 0.0.0.0/0\nout all 0.0.0.0/0";
    let mut two = Two::with(all, all);
    let (vpc, gateway, app) = (two.vpc.clone(), two.gateway.clone(), two.app.clone());
    let (public_table, private_table) = (two.public_table.clone(), two.private_table.clone());
    let interface = two.lab.interface(&app);
    two.lab.check_off(&interface);
    let eip = two.lab.make("AllocateAddress", "", "AllocationId");
    two.lab.call(
        "AssociateAddress",
        &format!("AllocationId={eip} InstanceId={app}"),
    );
    let edge = two.lab.make(
        "CreateRouteTable",
        &format!("VpcId={vpc}"),
        "RouteTable.RouteTableId",
    );
    two.lab.raw_route(&edge, "10.0.1.0/24", &interface);
    two.lab.edge(&edge, &gateway);
    two.lab.raw_route(&private_table, "0.0.0.0/0", &gateway);
    two.lab.raw_route(&public_table, "0.0.0.0/0", &interface);
    (two, interface)
}

#[test]
fn net_19_a_gateways_own_table_leads_what_comes_in() {
    let (two, _) = inspected();
    let walk = two.lab.tcp("laptop", &two.web, 80);
    assert_eq!(outcome(&walk), "connected");
    assert!(walk.forward.step_of(&two.app).is_some());
    assert!(walk.back.unwrap().step_of(&two.app).is_some());
    // What answers past the appliance is dropped.
    let (mut two, _) = inspected();
    let (table, gateway) = (two.public_table.clone(), two.gateway.clone());
    two.lab.raw_route(&table, "0.0.0.0/0", &gateway);
    let walk = two.lab.tcp("laptop", &two.web, 80);
    assert_eq!(outcome(&walk), "back INGRESS_RTB_TRAFFIC_REDIRECTION");
    // Without a public address of its own the appliance gets nothing from the internet.
    let (mut two, _) = inspected();
    let address = two.lab.ec2().addresses.iter().next().unwrap().id.clone();
    let address = two.lab.ec2().addresses.get_mut(address.as_str()).unwrap();
    address.association = None;
    let walk = two.lab.tcp("laptop", &two.web, 80);
    assert_eq!(outcome(&walk), "there INGRESS_RTB_NO_PUBLIC_IP");
    // And a stopped one makes it a blackhole.
    let (mut two, _) = inspected();
    let app = two.app.clone();
    two.lab
        .call("StopInstances", &format!("InstanceIds=[\"{app}\"]"));
    two.lab.settle();
    let walk = two.lab.tcp("laptop", &two.web, 80);
    assert_eq!(outcome(&walk), "there BAD_STATE_ROUTE");
}

#[test]
fn net_14_a_route_to_a_subnet_beats_the_local_one() {
    let all = "in all 0.0.0.0/0\nout all 0.0.0.0/0";
    let mut two = Two::with(all, all);
    let (vpc, group) = (two.vpc.clone(), two.web_group.clone());
    let subnet = two.lab.subnet(&vpc, "10.0.3.0/24");
    let middle = two.lab.instance(&subnet, &[&group], false);
    let interface = two.lab.interface(&middle);
    two.lab.check_off(&interface);
    assert!(
        two.lab
            .tcp(&two.app, &two.web, 80)
            .forward
            .step_of(&middle)
            .is_none()
    );
    let table = two.private_table.clone();
    two.lab.raw_route(&table, "10.0.1.0/24", &interface);
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert_eq!(outcome(&walk), "connected");
    assert!(walk.forward.step_of(&middle).is_some());
    assert!(walk.back.unwrap().step_of(&middle).is_none());
}

#[test]
fn net_15_the_local_routes_target_can_be_replaced() {
    let all = "in all 0.0.0.0/0\nout all 0.0.0.0/0";
    let mut two = Two::with(all, all);
    let (vpc, group) = (two.vpc.clone(), two.web_group.clone());
    let subnet = two.lab.subnet(&vpc, "10.0.3.0/24");
    let middle = two.lab.instance(&subnet, &[&group], false);
    let interface = two.lab.interface(&middle);
    two.lab.check_off(&interface);
    let table = two.private_table.clone();
    two.lab.call(
        "ReplaceRoute",
        &format!(
            "RouteTableId={table} DestinationCidrBlock=10.0.0.0/16 NetworkInterfaceId={interface}"
        ),
    );
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert!(walk.forward.step_of(&middle).is_some());
    two.lab.call(
        "ReplaceRoute",
        &format!("RouteTableId={table} DestinationCidrBlock=10.0.0.0/16 LocalTarget=true"),
    );
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert!(walk.forward.step_of(&middle).is_none());
}

fn block(lab: &mut Lab, mode: BlockMode) {
    lab.ec2().block_public_access = mode.into();
}

#[test]
fn net_30_block_public_access() {
    // In by the internet gateway, out by it, out by a NAT gateway.
    let ask = |natted: &Natted| {
        let lab = &natted.two.lab;
        let word = |text: String| match text.as_str() {
            "connected" => "yes",
            "there VPC_BLOCK_PUBLIC_ACCESS_ENABLED" => "no",
            _ => "?",
        };
        [
            word(outcome(&lab.tcp("laptop", &natted.two.web, 80))),
            word(outcome(&lab.tcp(&natted.two.web, "internet", 443))),
            word(outcome(&natted.out())),
        ]
    };
    let mut natted = Natted::new();
    let (vpc, subnet) = (natted.two.vpc.clone(), natted.two.public.clone());
    assert_eq!(ask(&natted), ["yes", "yes", "yes"]);
    block(&mut natted.two.lab, BlockMode::Bidirectional);
    assert_eq!(ask(&natted), ["no", "no", "no"]);
    block(&mut natted.two.lab, BlockMode::Ingress);
    assert_eq!(ask(&natted), ["no", "no", "yes"]);
    block(&mut natted.two.lab, BlockMode::Bidirectional);
    natted.two.lab.exclude(&subnet, false);
    assert_eq!(ask(&natted), ["no", "no", "yes"]);
    natted.two.lab.exclude(&subnet, true);
    assert_eq!(ask(&natted), ["yes", "yes", "yes"]);
    let mut natted = Natted::new();
    block(&mut natted.two.lab, BlockMode::Ingress);
    natted.two.lab.exclude(&vpc, true);
    assert_eq!(ask(&natted), ["yes", "yes", "yes"]);
}

use super::Two;
use crate::testing::{Lab, outcome, place, tcp};
use crate::{Question, Walk, walk_since};
use hopwise_net::Protocol;

/// Two subnets with an instance in each whose security groups let everything through, and a
/// network ACL of its own for each subnet: `app` calls `web`.
struct Open {
    lab: Lab,
    app: String,
    web: String,
    app_acl: String,
    web_acl: String,
}

impl Open {
    fn new(app_rules: &str, web_rules: &str) -> Self {
        let all = "in all 0.0.0.0/0\nout all 0.0.0.0/0";
        let mut two = Two::with(all, all);
        let vpc = two.vpc.clone();
        let app_acl = two.lab.acl(&vpc, &two.private, app_rules);
        let web_acl = two.lab.acl(&vpc, &two.public, web_rules);
        Open {
            lab: two.lab,
            app: two.app,
            web: two.web,
            app_acl,
            web_acl,
        }
    }

    fn tcp(&self, port: u16) -> Walk {
        self.lab.tcp(&self.app, &self.web, port)
    }
}

const ALL: &str = "in 100 allow all 0.0.0.0/0\nout 100 allow all 0.0.0.0/0";

#[test]
fn net_43_the_first_match_in_ascending_order_decides() {
    let deny =
        "in 90 deny tcp 80 10.0.2.0/24\nin 100 allow all 0.0.0.0/0\nout 100 allow all 0.0.0.0/0";
    let open = Open::new(ALL, deny);
    let walk = open.tcp(80);
    assert_eq!(outcome(&walk), "there SUBNET_ACL_RESTRICTION");
    let step = walk.forward.stop().unwrap();
    assert_eq!(step.component.id, open.web_acl);
    assert_eq!(
        step.rule.as_ref().unwrap().text,
        "90 deny tcp 80 10.0.2.0/24"
    );
    // The same rules with the numbers the other way round, though made in the same order.
    let open = Open::new(ALL, &deny.replace("in 90", "in 110"));
    assert_eq!(outcome(&open.tcp(80)), "connected");
}

#[test]
fn net_43_what_no_rule_matches_the_last_one_denies() {
    let rules = "in 100 allow tcp 80 10.0.0.0/8\nin 110 allow udp 443 10.0.0.0/8\nin 120 deny tcp 22 0.0.0.0/0\nin 130 allow tcp 443 192.0.2.0/24\nout 100 allow all 0.0.0.0/0";
    let open = Open::new(ALL, rules);
    assert_eq!(outcome(&open.tcp(80)), "connected");
    let walk = open.tcp(81);
    let step = walk.forward.stop().unwrap();
    assert_eq!(
        step.sentence.to_string(),
        format!(
            "No inbound rule of {} matches it, so the last one, *, denies it. The nearest is 100 \
             allow tcp 80 10.0.0.0/8. It is for port 80, and this goes to port 81.",
            open.web_acl
        )
    );
    assert_eq!(step.rule.as_ref().unwrap().text, "* deny all 0.0.0.0/0");
    let tried: Vec<_> = (step.tried.iter())
        .map(|miss| (miss.rule.text.as_str(), miss.why.to_string(), miss.nearest))
        .collect();
    let tried: Vec<_> = tried.iter().map(|(a, b, c)| (*a, b.as_str(), *c)).collect();
    assert_eq!(
        tried,
        [
            (
                "100 allow tcp 80 10.0.0.0/8",
                "It is for port 80, and this goes to port 81.",
                true
            ),
            (
                "110 allow udp 443 10.0.0.0/8",
                "It is for udp, and this is tcp.",
                false
            ),
            (
                "120 deny tcp 22 0.0.0.0/0",
                "It is for port 22, and this goes to port 81.",
                false
            ),
            (
                "130 allow tcp 443 192.0.2.0/24",
                "It is for port 443, and this goes to port 81. It is for 192.0.2.0/24, and this \
                 comes from 10.0.2.4.",
                false
            ),
        ]
    );
}

#[test]
fn net_44_a_new_acl_denies_all_and_the_default_one_allows_all() {
    let open = Open::new(ALL, "");
    let walk = open.tcp(80);
    assert_eq!(outcome(&walk), "there SUBNET_ACL_RESTRICTION");
    assert!(walk.forward.stop().unwrap().tried.is_empty());
    // `Two` leaves both subnets with the default one.
    let two = Two::with("in all 0.0.0.0/0", "out all 0.0.0.0/0");
    assert_eq!(outcome(&two.lab.tcp(&two.app, &two.web, 80)), "connected");
}

#[test]
fn net_45_an_acl_forgets_and_the_answer_is_asked_anew() {
    let rules = "in 100 allow tcp 80 0.0.0.0/0";
    let mut open = Open::new(ALL, rules);
    let walk = open.tcp(80);
    assert_eq!(outcome(&walk), "back SUBNET_ACL_RESTRICTION");
    assert_eq!(walk.back.as_ref().unwrap().at, open.web_acl);
    assert!(!walk.reaches());
    // The answer goes to the port the question came from, not to 80.
    let acl = open.web_acl.clone();
    open.lab.entries(&acl, "out 100 allow tcp 80 0.0.0.0/0");
    assert_eq!(outcome(&open.tcp(80)), "back SUBNET_ACL_RESTRICTION");
    open.lab
        .entries(&acl, "out 110 allow tcp 1024-65535 0.0.0.0/0");
    assert_eq!(outcome(&open.tcp(80)), "connected");
}

#[test]
fn net_46_an_acl_is_asked_on_entering_and_on_leaving_only() {
    let open = Open::new(
        "out 100 allow all 0.0.0.0/0\nin 100 allow all 0.0.0.0/0",
        "",
    );
    let mut lab = open.lab;
    let near = {
        let mut places = lab.cloud.places();
        let (subnet, group) = places
            .find_map(|(_, _, ec2)| {
                let web = ec2.primary_interface(&hopwise_cloud::Id::new(&open.web))?;
                Some((web.subnet.to_string(), web.groups[0].to_string()))
            })
            .unwrap();
        drop(places);
        lab.instance(&subnet, &[&group], false)
    };
    assert_eq!(outcome(&lab.tcp(&near, &open.web, 80)), "connected");
    assert_eq!(
        outcome(&lab.tcp(&open.app, &open.web, 80)),
        "there SUBNET_ACL_RESTRICTION"
    );
    assert_eq!(
        outcome(&lab.tcp(&open.web, &open.app, 80)),
        "there SUBNET_ACL_RESTRICTION"
    );
}

#[test]
fn net_47_a_round_trip_between_subnets_meets_four_decisions() {
    let open = Open::new(ALL, ALL);
    let walk = open.tcp(80);
    let acls = |way: &crate::Way| -> Vec<String> {
        let steps = way.hops.iter().map(|hop| &hop.step);
        steps
            .filter(|step| step.component.kind == "network-acl")
            .map(|step| step.sentence.to_string())
            .collect()
    };
    let by = |acl: &str, way: &str| format!("{acl} lets it through by its {way} rule 100.");
    let (app, web) = (&open.app_acl, &open.web_acl);
    assert_eq!(
        acls(&walk.forward),
        [by(app, "outbound"), by(web, "inbound")]
    );
    assert_eq!(
        acls(walk.back.as_ref().unwrap()),
        [by(web, "outbound"), by(app, "inbound")]
    );
    // Each of the four alone stops it.
    for (app, web, lost) in [
        ("in 100 allow all 0.0.0.0/0", ALL, "there"),
        (ALL, "out 100 allow all 0.0.0.0/0", "there"),
        (ALL, "in 100 allow all 0.0.0.0/0", "back"),
        ("out 100 allow all 0.0.0.0/0", ALL, "back"),
    ] {
        let walk = Open::new(app, web).tcp(80);
        assert_eq!(outcome(&walk), format!("{lost} SUBNET_ACL_RESTRICTION"));
    }
}

#[test]
fn net_48_the_ephemeral_ports_of_the_client_must_be_open() {
    let rules =
        |range: &str| format!("in 100 allow tcp 80 0.0.0.0/0\nout 100 allow tcp {range} 0.0.0.0/0");
    for (range, port, expected) in [
        ("32768-60999", None, "connected"),
        // Right for Windows, wrong for Linux.
        ("49152-65535", None, "back SUBNET_ACL_RESTRICTION"),
        ("49152-65535", Some(50_000), "connected"),
        ("1024-65535", Some(1024), "connected"),
        ("1025-65535", Some(1024), "back SUBNET_ACL_RESTRICTION"),
    ] {
        let open = Open::new(ALL, &rules(range));
        let mut question = tcp(&open.app, &open.web, 80);
        question.source_port = port;
        assert_eq!(
            outcome(&open.lab.walk(&question)),
            expected,
            "{range} {port:?}"
        );
    }
}

#[test]
fn net_49_icmp_has_type_and_code_and_minus_one_is_all() {
    for (rule, expected) in [
        ("icmp 8/0", "connected"),
        ("icmp 8/-1", "connected"),
        ("icmp -1/-1", "connected"),
        ("all", "connected"),
        ("icmp 0/0", "there SUBNET_ACL_RESTRICTION"),
        ("icmp 8/1", "there SUBNET_ACL_RESTRICTION"),
        ("tcp 0-65535", "there SUBNET_ACL_RESTRICTION"),
    ] {
        let rules = format!("in 100 allow {rule} 0.0.0.0/0\nout 100 allow all 0.0.0.0/0");
        let open = Open::new(ALL, &rules);
        let walk = open.lab.ping(&open.app, &open.web);
        assert_eq!(outcome(&walk), expected, "{rule}");
    }
    // The answer is an echo reply, type 0.
    for (rule, expected) in [
        ("icmp 0/0", "connected"),
        ("icmp 8/0", "back SUBNET_ACL_RESTRICTION"),
    ] {
        let rules = format!("in 100 allow all 0.0.0.0/0\nout 100 allow {rule} 0.0.0.0/0");
        let open = Open::new(ALL, &rules);
        assert_eq!(
            outcome(&open.lab.ping(&open.app, &open.web)),
            expected,
            "{rule}"
        );
    }
}

#[test]
fn net_50_acls_do_not_filter_the_services_of_the_host() {
    let open = Open::new("", "");
    let ask = |to: &str, protocol, port| {
        let question = Question {
            protocol,
            ..tcp(&open.app, to, port)
        };
        outcome(&open.lab.walk(&question))
    };
    assert_eq!(ask("10.0.0.2", Protocol::UDP, 53), "connected");
    assert_eq!(ask("169.254.169.253", Protocol::TCP, 53), "connected");
    assert_eq!(ask("169.254.169.254", Protocol::TCP, 80), "connected");
    assert_eq!(ask("169.254.169.123", Protocol::UDP, 123), "connected");
    // Only what they are for, and nothing else that is link-local; all else is filtered.
    assert_eq!(
        ask("169.254.169.254", Protocol::TCP, 22),
        "there NO_POSSIBLE_DESTINATION"
    );
    assert_eq!(
        ask("169.254.1.1", Protocol::TCP, 80),
        "there NO_POSSIBLE_DESTINATION"
    );
    assert_eq!(
        ask("192.0.2.53", Protocol::UDP, 53),
        "there SUBNET_ACL_RESTRICTION"
    );
}

#[test]
fn net_50_security_groups_do_not_either_and_dns_can_be_switched_off() {
    let mut two = Two::with("", "");
    let question = Question {
        protocol: Protocol::UDP,
        ..tcp(&two.app, "10.0.0.2", 53)
    };
    assert_eq!(outcome(&two.lab.walk(&question)), "connected");
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, &two.web, 53)),
        "there SG_HAS_NO_RULES"
    );
    let vpc = two.vpc.clone();
    two.lab.call(
        "ModifyVpcAttribute",
        &format!("VpcId={vpc} EnableDnsSupport={{\"Value\":false}}"),
    );
    assert_eq!(
        outcome(&two.lab.walk(&question)),
        "there NO_POSSIBLE_DESTINATION"
    );
}

#[test]
fn net_52_an_acl_stops_what_is_established_and_a_group_does_not() {
    let mut open = Open::new(ALL, ALL);
    let acl = open.web_acl.clone();
    open.lab.entries(&acl, "in 50 deny tcp 80 0.0.0.0/0");
    let question = Question {
        established: true,
        ..tcp(&open.app, &open.web, 80)
    };
    assert_eq!(
        outcome(&open.lab.walk(&question)),
        "there SUBNET_ACL_RESTRICTION"
    );
    let two = Two::with("in tcp 81 0.0.0.0/0", "out all 0.0.0.0/0");
    let question = tcp(&two.app, &two.web, 80);
    assert_eq!(
        outcome(&two.lab.walk(&question)),
        "there ENI_SG_RULES_MISMATCH"
    );
    let question = Question {
        established: true,
        ..question
    };
    assert_eq!(outcome(&two.lab.walk(&question)), "connected");
}

#[test]
fn net_54_the_rules_of_all_groups_of_an_interface_are_united() {
    let mut two = Two::with("in tcp 22 0.0.0.0/0", "out all 0.0.0.0/0");
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, &two.web, 80)),
        "there ENI_SG_RULES_MISMATCH"
    );
    let (vpc, first) = (two.vpc.clone(), two.web_group.clone());
    let second = two.lab.group(&vpc, "second", "in tcp 80 0.0.0.0/0");
    let interface = two.lab.interface(&two.web);
    two.lab.call(
        "ModifyNetworkInterfaceAttribute",
        &format!("NetworkInterfaceId={interface} Groups=[\"{first}\",\"{second}\"]"),
    );
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert_eq!(outcome(&walk), "connected");
    assert!(walk.forward.step_of(&second).is_some());
    // A rule that does not match forbids nothing.
    assert_eq!(outcome(&two.lab.tcp(&two.app, &two.web, 22)), "connected");
}

#[test]
fn net_55_a_new_group_lets_nothing_in_and_the_default_one_its_members() {
    let two = Two::with("", "out all 0.0.0.0/0");
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert_eq!(outcome(&walk), "there SG_HAS_NO_RULES");
    assert_eq!(
        walk.forward.stop().unwrap().sentence.to_string(),
        format!(
            "{} has no inbound rules, so it lets nothing through.",
            two.web_group
        )
    );
    let mut lab = two.lab;
    let default = lab.cloud.places().find_map(|(_, _, ec2)| {
        let mut all = ec2.security_groups.iter();
        Some(
            all.find(|it| it.is_default() && it.vpc.as_str() == two.vpc)?
                .id
                .to_string(),
        )
    });
    let default = default.unwrap();
    let one = lab.instance(&two.public, &[&default], false);
    let other = lab.instance(&two.private, &[&default], false);
    assert_eq!(outcome(&lab.tcp(&one, &other, 22)), "connected");
    assert_eq!(
        outcome(&lab.tcp(&two.app, &other, 22)),
        "there ENI_SG_RULES_MISMATCH"
    );
}

#[test]
fn net_56_groups_are_stateful() {
    // Neither side has a rule for the answer.
    let mut two = Two::with("in tcp 80 10.0.2.0/24", "out tcp 80 10.0.1.0/24");
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert_eq!(outcome(&walk), "connected");
    let back = walk.back.unwrap();
    let said = back.step_of(&two.app_group).unwrap().sentence.to_string();
    assert!(
        said.contains("is stateful: this answers a connection"),
        "{said}"
    );
    // A question the other way is no answer, even to a port that an answer would go to.
    assert_eq!(
        outcome(&two.lab.tcp(&two.web, &two.app, 80)),
        "there SG_HAS_NO_RULES"
    );
    two.lab
        .rules("Revoke", &two.web_group.clone(), "in tcp 80 10.0.2.0/24");
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, &two.web, 80)),
        "there SG_HAS_NO_RULES"
    );
}

#[test]
fn net_57_groups_also_stand_between_neighbours() {
    let mut two = Two::with("in tcp 80 0.0.0.0/0", "out all 0.0.0.0/0");
    let (subnet, group) = (two.public.clone(), two.app_group.clone());
    let near = two.lab.instance(&subnet, &[&group], false);
    assert_eq!(outcome(&two.lab.tcp(&near, &two.web, 80)), "connected");
    assert_eq!(
        outcome(&two.lab.tcp(&near, &two.web, 22)),
        "there ENI_SG_RULES_MISMATCH"
    );
}

#[test]
fn net_58_a_reference_means_the_private_addresses_of_the_members() {
    let mut two = Two::with("", "out all 0.0.0.0/0");
    let (web, app) = (two.web_group.clone(), two.app_group.clone());
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert_eq!(outcome(&walk), "there SG_HAS_NO_RULES");
    two.lab
        .rules("Authorize", &web, &format!("in tcp 80 {app}"));
    assert_eq!(outcome(&two.lab.tcp(&two.app, &two.web, 80)), "connected");
    // The rules of the group that is referred to are not taken over: it lets nothing in.
    assert_eq!(
        outcome(&two.lab.tcp(&two.web, &two.app, 80)),
        "there SG_HAS_NO_RULES"
    );
    // Who leaves the group is no member any more.
    let (vpc, interface) = (two.vpc.clone(), two.lab.interface(&two.app));
    let other = two.lab.group(&vpc, "other", "out all 0.0.0.0/0");
    two.lab.call(
        "ModifyNetworkInterfaceAttribute",
        &format!("NetworkInterfaceId={interface} Groups=[\"{other}\"]"),
    );
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert_eq!(outcome(&walk), "there ENI_SG_RULES_MISMATCH");
    assert_eq!(
        walk.forward.stop().unwrap().tried[0].why.to_string(),
        format!("10.0.2.4 is not a private address of a network interface that has {app}.")
    );
}

#[test]
fn net_58_a_reference_counts_on_the_way_out_too() {
    let mut two = Two::with("in tcp 80 0.0.0.0/0", "");
    let (web, app) = (two.web_group.clone(), two.app_group.clone());
    two.lab
        .rules("Authorize", &app, &format!("out tcp 80 {web}"));
    assert_eq!(outcome(&two.lab.tcp(&two.app, &two.web, 80)), "connected");
    assert_eq!(
        outcome(&two.lab.tcp(&two.app, "10.0.1.77", 80)),
        "there ENI_SG_RULES_MISMATCH"
    );
}

#[test]
fn net_59_a_group_may_refer_to_itself() {
    let mut two = Two::with("out all 0.0.0.0/0", "");
    let (subnet, group) = (two.public.clone(), two.web_group.clone());
    let other = two.lab.instance(&subnet, &[&group], false);
    assert_eq!(
        outcome(&two.lab.tcp(&other, &two.web, 80)),
        "there SG_HAS_NO_RULES"
    );
    two.lab
        .rules("Authorize", &group, &format!("in all {group}"));
    assert_eq!(outcome(&two.lab.tcp(&other, &two.web, 80)), "connected");
    two.lab.rules("Revoke", &group, &format!("in all {group}"));
    assert_eq!(
        outcome(&two.lab.tcp(&other, &two.web, 80)),
        "there SG_HAS_NO_RULES"
    );
}

#[test]
fn net_62_an_appliance_takes_the_groups_away() {
    let all = "in all 0.0.0.0/0\nout all 0.0.0.0/0";
    let mut two = Two::with("", all);
    let (vpc, web, app) = (
        two.vpc.clone(),
        two.web_group.clone(),
        two.app_group.clone(),
    );
    two.lab
        .rules("Authorize", &web, &format!("in tcp 80 {app}"));
    let third = two.lab.subnet(&vpc, "10.0.3.0/24");
    let open = two.lab.group(&vpc, "open", all);
    let appliance = two.lab.instance(&third, &[&open], false);
    let interface = two.lab.interface(&appliance);
    two.lab.check_off(&interface);
    assert_eq!(outcome(&two.lab.tcp(&two.app, &two.web, 80)), "connected");
    let table = two.private_table.clone();
    two.lab.route(&table, "10.0.1.0/24", &interface);
    let walk = two.lab.tcp(&two.app, &two.web, 80);
    assert_eq!(outcome(&walk), "there SG_REFERENCES_NOT_PRESERVED");
    two.lab.rules("Authorize", &web, "in tcp 80 10.0.2.0/24");
    assert_eq!(outcome(&two.lab.tcp(&two.app, &two.web, 80)), "connected");
}

#[test]
fn net_66_icmp_of_a_group_is_type_and_code() {
    for (rule, expected) in [
        ("icmp 8/0", "connected"),
        ("icmp 8/-1", "connected"),
        ("icmp -1/-1", "connected"),
        ("icmp 0/0", "there ENI_SG_RULES_MISMATCH"),
        ("tcp 0-65535", "there ENI_SG_RULES_MISMATCH"),
    ] {
        let two = Two::with(&format!("in {rule} 0.0.0.0/0"), "out all 0.0.0.0/0");
        assert_eq!(
            outcome(&two.lab.ping(&two.app, &two.web)),
            expected,
            "{rule}"
        );
    }
}

#[test]
fn net_68_a_tracked_connection_outlives_its_rule_and_an_untracked_one_does_not() {
    for (peer, out, expected) in [
        // Open to everybody in both directions: not tracked, cut at once.
        ("0.0.0.0/0", "all 0.0.0.0/0", "there SG_HAS_NO_RULES"),
        (
            "0.0.0.0/0",
            "tcp 0-65535 0.0.0.0/0",
            "there SG_HAS_NO_RULES",
        ),
        // One changed setting each: tracked, goes on.
        ("10.0.2.0/24", "all 0.0.0.0/0", "connected"),
        ("0.0.0.0/0", "all 10.0.0.0/8", "connected"),
        ("0.0.0.0/0", "tcp 1-65535 0.0.0.0/0", "connected"),
    ] {
        let mut two = Two::with(&format!("in tcp 80 {peer}\nout {out}"), "out all 0.0.0.0/0");
        let earlier = two.lab.cloud.clone();
        let question = tcp(&two.app, &two.web, 80);
        assert_eq!(outcome(&two.lab.walk(&question)), "connected");
        let group = two.web_group.clone();
        two.lab
            .rules("Revoke", &group, &format!("in tcp 80 {peer}"));
        let walk = walk_since(&earlier, &two.lab.cloud, &question).unwrap();
        assert_eq!(outcome(&walk), expected, "{peer} {out}");
        // A new connection is stopped either way.
        assert_eq!(outcome(&two.lab.walk(&question)), "there SG_HAS_NO_RULES");
    }
}

#[test]
fn net_68_icmp_is_always_tracked() {
    let mut two = Two::with(
        "in icmp -1/-1 0.0.0.0/0\nout all 0.0.0.0/0",
        "out all 0.0.0.0/0",
    );
    let earlier = two.lab.cloud.clone();
    let question = Question::ping(place(&two.app), place(&two.web));
    let group = two.web_group.clone();
    two.lab.rules("Revoke", &group, "in icmp -1/-1 0.0.0.0/0");
    let walk = walk_since(&earlier, &two.lab.cloud, &question).unwrap();
    assert_eq!(outcome(&walk), "connected");
    let earlier = two.lab.cloud.clone();
    let walk = walk_since(&earlier, &two.lab.cloud, &question).unwrap();
    assert_eq!(outcome(&walk), "there SG_HAS_NO_RULES");
}

#[test]
fn net_109_what_is_dropped_is_silent_and_what_does_not_listen_says_so() {
    let all = "in all 0.0.0.0/0\nout all 0.0.0.0/0";
    let two = Two::with(all, all);
    let client = |port| two.lab.tcp(&two.app, &two.web, port).client.to_string();
    assert_eq!(client(80), "connected");
    assert_eq!(client(81), "refused");
    let refused = two.lab.tcp(&two.app, &two.web, 81);
    assert!(refused.reaches() && !refused.connects());
    assert_eq!(
        refused.answer().to_string(),
        format!(
            "The packet arrives, but nothing on {} listens on tcp 81: {} sees \"connection \
             refused\".",
            two.web, two.app
        )
    );
    for (web, app) in [("", all), (all, "")] {
        let two = Two::with(web, app);
        let walk = two.lab.tcp(&two.app, &two.web, 81);
        assert_eq!(walk.client.to_string(), "timeout");
        assert!(!walk.reaches() && !walk.connects());
    }
    // A connection whose listener is gone is reset.
    let question = Question {
        established: true,
        ..tcp(&two.app, &two.web, 81)
    };
    assert_eq!(two.lab.walk(&question).client.to_string(), "reset");
}

#[test]
fn net_109_a_refusal_is_lost_where_the_answer_would_be() {
    let open = Open::new(ALL, "in 100 allow all 0.0.0.0/0");
    assert_eq!(open.tcp(81).client.to_string(), "timeout");
    let open = Open::new(
        ALL,
        "in 100 allow all 0.0.0.0/0\nout 1 allow tcp 1024-65535 0.0.0.0/0",
    );
    assert_eq!(open.tcp(81).client.to_string(), "refused");
    // A closed UDP port refuses with ICMP, which an ACL must let through by itself.
    for (rule, expected) in [("udp 0-65535", "timeout"), ("all", "refused")] {
        let rules = format!("in 100 allow all 0.0.0.0/0\nout 1 allow {rule} 0.0.0.0/0");
        let open = Open::new(ALL, &rules);
        let question = Question {
            protocol: Protocol::UDP,
            ..tcp(&open.app, &open.web, 9)
        };
        let walk = open.lab.walk(&question);
        assert_eq!(walk.client.to_string(), expected);
        assert!(walk.reaches());
    }
}

#[test]
fn trap_01_all_ports_are_not_all_protocols_and_both_ends_count() {
    let reach = |rule: &str, port: u16| {
        let two = Two::with(&format!("in {rule} 0.0.0.0/0"), "out all 0.0.0.0/0");
        two.lab.tcp(&two.app, &two.web, port).reaches()
    };
    for (rule, port, expected) in [
        ("tcp 0-65535", 0, true),
        ("tcp 0-65535", 65_535, true),
        ("tcp 1-65534", 0, false),
        ("tcp 1-65534", 65_535, false),
        ("tcp 65535", 65_535, true),
        ("udp 0-65535", 80, false),
        ("all", 0, true),
    ] {
        assert_eq!(reach(rule, port), expected, "{rule} {port}");
    }
}

#[test]
fn trap_02_overlapping_rules_of_an_acl_override_and_do_not_add_up() {
    let rules = "in 100 allow tcp 80-90 10.0.0.0/8\nin 110 deny tcp 85-95 10.0.2.0/24\nin 120 allow tcp 0-65535 10.0.2.4/32\nout 100 allow all 0.0.0.0/0";
    let open = Open::new(ALL, rules);
    for (port, reaches) in [
        (80, true),
        (85, true),
        (90, true),
        (91, false),
        (95, false),
        (96, true),
    ] {
        assert_eq!(open.tcp(port).reaches(), reaches, "{port}");
    }
    let open = Open::new(ALL, &rules.replace("in 110", "in 90"));
    for (port, reaches) in [
        (80, true),
        (85, false),
        (90, false),
        (91, false),
        (96, true),
    ] {
        assert_eq!(open.tcp(port).reaches(), reaches, "{port}");
    }
}

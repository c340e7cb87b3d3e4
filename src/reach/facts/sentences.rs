use super::Two;
use crate::testing::{place, tcp};
use crate::{Question, Walk};
use expect_test::{Expect, expect};
use hopwise_explain::Verdict;
use std::fmt::Write;

/// The explanation as plain text, with words for the ids.
fn check(two: &Two, question: &Question, expected: Expect) {
    let walk = two.lab.walk(question);
    let mut text = write(&walk);
    let words = [
        (&two.vpc, "vpc-1"),
        (&two.public, "subnet-public"),
        (&two.private, "subnet-private"),
        (&two.gateway, "igw-1"),
        (&two.public_table, "rtb-public"),
        (&two.private_table, "rtb-private"),
        (&two.web_group, "sg-web"),
        (&two.app_group, "sg-app"),
        (&two.web, "i-web"),
        (&two.app, "i-app"),
        (&two.lab.public(&two.web), "WEB-PUBLIC"),
    ];
    for (id, word) in words {
        text = text.replace(id.as_str(), word);
    }
    // Rules and default resources have ids that no test names.
    for prefix in ["sgr-", "acl-"] {
        while let Some((before, after)) = text.split_once(&format!("{prefix}0")) {
            text = format!("{before}{prefix}…{}", after.split_at(16).1);
        }
    }
    expected.assert_eq(&text);
}

fn write(walk: &Walk) -> String {
    let explanation = walk.explanation();
    let mut text = format!("{}\n{}\n", explanation.question, explanation.answer);
    for leg in &explanation.legs {
        writeln!(text, "{}:", leg.title).unwrap();
        for step in &leg.steps {
            let sign = match step.verdict {
                Verdict::Pass => '+',
                Verdict::Rewrite => '~',
                Verdict::Stop => '!',
                Verdict::NoImpact => '.',
                Verdict::Unknown => '?',
            };
            let code = step
                .code
                .map(|code| format!(" [{code}]"))
                .unwrap_or_default();
            writeln!(text, "  {sign} {}{code}", step.sentence).unwrap();
            for miss in &step.tried {
                let near = if miss.nearest { " (nearest)" } else { "" };
                writeln!(text, "      {}: {}{near}", miss.rule.text, miss.why).unwrap();
            }
        }
    }
    text
}

#[test]
fn a_connection_from_the_laptop() {
    let two = Two::new();
    check(
        &two,
        &tcp("laptop", &two.web, 80),
        expect![[r#"
        Does tcp 203.0.113.10:40000 → WEB-PUBLIC:80 get from laptop to i-web?
        Yes. laptop connects to i-web: the packet arrives, and the answer comes back.
        there:
          + laptop is outside of vpc-1, so it sends to WEB-PUBLIC, the public address of i-web.
          + The internet leads it to WEB-PUBLIC.
          ~ igw-1 replaces the destination WEB-PUBLIC by the private address 10.0.1.4 that it belongs to.
          + acl-… lets it through by its inbound rule 100.
          + sg-web lets it through by its inbound rule sgr-…. As its rules open this to everybody in both directions, the connection is not tracked.
          + It arrives, and i-web listens on tcp 80.
        back:
          + i-web answers to 203.0.113.10.
          + sg-web does not track this connection; the answer passes by its outbound rule sgr-….
          + acl-… lets it through by its outbound rule 100.
          + rtb-public leads 203.0.113.10 by its route 0.0.0.0/0 → igw-1.
              10.0.0.0/16 → local: It does not cover 203.0.113.10.
          ~ igw-1 replaces the source 10.0.1.4 by its public address WEB-PUBLIC.
          + The internet leads it to 203.0.113.10.
          + It arrives at laptop.
    "#]],
    );
}

#[test]
fn a_route_is_missing() {
    let two = Two::with("", "out all 0.0.0.0/0");
    check(
        &two,
        &tcp(&two.app, "internet", 443),
        expect![[r#"
        Does tcp 10.0.2.4:40000 → 198.51.100.20:443 get from i-app to 198.51.100.20?
        No. The packet is lost on the way there: rtb-private has no route to 198.51.100.20: its only route is 10.0.0.0/16 → local. i-app gets no answer and sees a timeout.
        there:
          + i-app sends to 198.51.100.20.
          + sg-app lets it through by its outbound rule sgr-…. The connection is tracked: the answer will pass whatever the rules say.
          + acl-… lets it through by its outbound rule 100.
          ! rtb-private has no route to 198.51.100.20: its only route is 10.0.0.0/16 → local. [NO_ROUTE_TO_DESTINATION]
              10.0.0.0/16 → local: It does not cover 198.51.100.20.
    "#]],
    );
}

#[test]
fn a_port_is_not_open_to_a_neighbour() {
    let two = Two::with(
        "in tcp 22 10.0.0.0/8\nin tcp 80 192.0.2.0/24",
        "out all 0.0.0.0/0",
    );
    check(
        &two,
        &tcp(&two.app, &two.web, 80),
        expect![[r#"
            Does tcp 10.0.2.4:40000 → 10.0.1.4:80 get from i-app to i-web?
            No. The packet is lost on the way there: No inbound rule of sg-web matches it. The nearest is allow tcp 22 10.0.0.0/8. It is for port 22, and this goes to port 80. i-app gets no answer and sees a timeout.
            there:
              + i-app sends to 10.0.1.4, the private address of i-web.
              + sg-app lets it through by its outbound rule sgr-…. The connection is tracked: the answer will pass whatever the rules say.
              + acl-… lets it through by its outbound rule 100.
              + rtb-private leads 10.0.1.4 by its route 10.0.0.0/16 → local.
              + acl-… lets it through by its inbound rule 100.
              ! No inbound rule of sg-web matches it. The nearest is allow tcp 22 10.0.0.0/8. It is for port 22, and this goes to port 80. [ENI_SG_RULES_MISMATCH]
                  allow tcp 22 10.0.0.0/8: It is for port 22, and this goes to port 80. (nearest)
                  allow tcp 80 192.0.2.0/24: It is for 192.0.2.0/24, and this comes from 10.0.2.4.
        "#]],
    );
}

#[test]
fn a_ping_that_is_established() {
    let two = Two::with("", "out icmp -1/-1 10.0.0.0/8");
    let question = Question {
        established: true,
        ..Question::ping(place(&two.app), place(&two.web))
    };
    check(
        &two,
        &question,
        expect![[r#"
        Does icmp type 8 code 0 10.0.2.4 → 10.0.1.4 get from i-app to i-web?
        Yes. i-web answers the ping of i-app.
        there:
          + i-app sends to 10.0.1.4, the private address of i-web.
          + sg-app lets it through by its outbound rule sgr-…. The connection is tracked: the answer will pass whatever the rules say.
          + acl-… lets it through by its outbound rule 100.
          + rtb-private leads 10.0.1.4 by its route 10.0.0.0/16 → local.
          + acl-… lets it through by its inbound rule 100.
          + No inbound rule of sg-web lets a new connection through, but this one is established and tracked: it goes on until it has been idle for too long.
          + It arrives at i-web.
        back:
          + i-web answers to 10.0.2.4.
          + sg-web is stateful: this answers a connection that it let through, so it passes whatever the outbound rules say.
          + acl-… lets it through by its outbound rule 100.
          + rtb-public leads 10.0.2.4 by its route 10.0.0.0/16 → local.
              0.0.0.0/0 → igw-1: It covers 10.0.2.4 too, but its prefix is shorter: /0 against /16. (nearest)
          + acl-… lets it through by its inbound rule 100.
          + sg-app is stateful: this answers a connection that it let through, so it passes whatever the inbound rules say.
          + It arrives at i-app.
    "#]],
    );
}

#[test]
fn components_have_the_names_that_people_gave_them() {
    let mut two = Two::new();
    let label = |two: &Two| {
        let walk = two.lab.tcp("laptop", &two.web, 80);
        let step = walk.forward.step_of(&two.web_group).unwrap().clone();
        (
            walk.to.label().to_owned(),
            step.component.label().to_owned(),
        )
    };
    assert_eq!(label(&two), (two.web.clone(), two.web_group.clone()));
    for (id, name) in [(two.web.clone(), "shop"), (two.web_group.clone(), "doors")] {
        let tag = format!("Resources=[\"{id}\"] Tags=[{{\"Key\":\"Name\",\"Value\":\"{name}\"}}]");
        two.lab.call("CreateTags", &tag);
    }
    assert_eq!(label(&two), ("shop".to_owned(), "doors".to_owned()));
}

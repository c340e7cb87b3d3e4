//! What drafts of rule tables come to, and what is said about their rows.

use super::*;

#[test]
fn entries_are_replaced_by_number_and_created_before_others_go() {
    let (mut lab, vpc, _, _) = small();
    let acl = lab.make(Kind::NetworkAcl, &vpc, &[]);
    let apply = |rows: &[&[&str]]| Intent::Rules {
        id: acl.clone(),
        table: RuleTable::Inbound,
        rows: drafts(rows),
    };
    lab.run(&apply(&[
        &["", "100", "allow", "tcp", "80", "0.0.0.0/0"],
        &["", "200", "allow", "tcp", "1024-65535", "0.0.0.0/0"],
    ]));
    lab.check(
        &apply(&[
            &["100", "100", "allow", "tcp", "443", "0.0.0.0/0"],
            &["200", "90", "deny", "all", "all", "198.51.100.0/24"],
            &["*", "*", "deny", "all", "all", "0.0.0.0/0"],
        ]),
        expect![[r#"
            Inbound rules of acl-2
            aws ec2 create-network-acl-entry --network-acl-id acl-2 --rule-number 90 --protocol all --rule-action deny --ingress --cidr-block 198.51.100.0/24
            aws ec2 replace-network-acl-entry --network-acl-id acl-2 --rule-number 100 --protocol tcp --rule-action allow --ingress --cidr-block 0.0.0.0/0 --port-range From=443,To=443
            aws ec2 delete-network-acl-entry --network-acl-id acl-2 --rule-number 200 --ingress"#]],
    );
    lab.check(
        &apply(&[
            &["", "100", "allow", "tcp", "80", "0.0.0.0/0"],
            &["", "100", "allow", "udp", "53", "0.0.0.0/0"],
        ]),
        expect!["There are two rules with the number 100."],
    );
    lab.check(
        &apply(&[&["", "x", "allow", "tcp", "80", "0.0.0.0/0"]]),
        expect!["`x` is no rule number: 1 to 32766."],
    );
}

#[test]
fn group_rules_are_authorized_before_others_are_revoked() {
    let (mut lab, vpc, _, _) = small();
    let group = lab.make(Kind::SecurityGroup, &vpc, &[]);
    let apply = |rows: Vec<Draft>| Intent::Rules {
        id: group.clone(),
        table: RuleTable::Inbound,
        rows,
    };
    lab.run(&apply(drafts(&[
        &["", "tcp", "80", "0.0.0.0/0", "page"],
        &["", "tcp", "22", "203.0.113.10/32", ""],
    ])));
    let sheet = rules(&lab.desk(), &group, RuleTable::Inbound).unwrap();
    let mut rows: Vec<Draft> = sheet.rows.iter().map(crate::Row::draft).collect();
    // One stays, one is narrowed, one comes; then one becomes a rule for a group.
    rows[1].cells[1] = "2222".to_owned();
    rows.push(Draft {
        key: None,
        cells: vec![
            "icmp".into(),
            "8".into(),
            "10.0.0.0/16".into(),
            String::new(),
        ],
    });
    lab.check(&apply(rows.clone()), expect![[r#"
        Inbound rules of group-1
        aws ec2 authorize-security-group-ingress --group-id sg-2 --ip-permissions 'IpProtocol=icmp,FromPort=8,ToPort=-1,IpRanges=[{CidrIp=10.0.0.0/16}]'
        aws ec2 modify-security-group-rules --group-id sg-2 --security-group-rules 'SecurityGroupRuleId=sgr-…,SecurityGroupRule={IpProtocol=tcp,FromPort=2222,ToPort=2222,CidrIpv4=203.0.113.10/32}'"#]]);
    rows[1].cells[2] = group.clone();
    rows.remove(0);
    lab.check(&apply(rows), expect![[r#"
        Inbound rules of group-1
        aws ec2 authorize-security-group-ingress --group-id sg-2 --ip-permissions 'IpProtocol=tcp,FromPort=2222,ToPort=2222,UserIdGroupPairs=[{GroupId=sg-2}]' 'IpProtocol=icmp,FromPort=8,ToPort=-1,IpRanges=[{CidrIp=10.0.0.0/16}]'
        aws ec2 revoke-security-group-ingress --group-id sg-2 --security-group-rule-ids sgr-… sgr-…"#]]);
    lab.check(&apply(Vec::new()), expect![[r#"
        Inbound rules of group-1
        aws ec2 revoke-security-group-ingress --group-id sg-2 --security-group-rule-ids sgr-… sgr-…"#]]);
}

/// The sheet of a table as drafts of itself.
fn sheet(lab: &Lab, id: &str, table: RuleTable) -> Vec<Draft> {
    let sheet = rules(&lab.desk(), id, table).unwrap();
    sheet.rows.iter().map(crate::Row::draft).collect()
}

#[test]
fn rules_of_a_group_exchange_what_they_say() {
    let (mut lab, vpc, _, _) = small();
    let group = lab.make(Kind::SecurityGroup, &vpc, &[]);
    let apply = |rows: Vec<Draft>| Intent::Rules {
        id: group.clone(),
        table: RuleTable::Inbound,
        rows,
    };
    lab.run(&apply(drafts(&[
        &["", "tcp", "80", "0.0.0.0/0", "page"],
        &["", "tcp", "22", "0.0.0.0/0", "door"],
    ])));
    let before = sheet(&lab, &group, RuleTable::Inbound);
    // The ports change places: only the descriptions have to move.
    let mut rows = before.clone();
    rows[0].cells[1] = "22".to_owned();
    rows[1].cells[1] = "80".to_owned();
    lab.check(&apply(rows.clone()), expect![[r#"
        Inbound rules of group-1
        aws ec2 modify-security-group-rules --group-id sg-2 --security-group-rules 'SecurityGroupRuleId=sgr-…,SecurityGroupRule={IpProtocol=tcp,FromPort=22,ToPort=22,CidrIpv4=0.0.0.0/0,Description=page}' 'SecurityGroupRuleId=sgr-…,SecurityGroupRule={IpProtocol=tcp,FromPort=80,ToPort=80,CidrIpv4=0.0.0.0/0,Description=door}'"#]]);
    // Descriptions that change places too, and nothing is left to do.
    for (row, said) in rows.iter_mut().zip(["door", "page"]) {
        row.cells[3] = said.to_owned();
    }
    assert_eq!(lab.refusal(&apply(rows)).text, "That is so already.");
    // One takes the other's port, and the other a new one: both ids stay.
    let mut rows = before.clone();
    rows[0].cells[1] = "22".to_owned();
    rows[1].cells[1] = "443".to_owned();
    let plan = lab.plan(&apply(rows)).unwrap();
    assert_eq!(plan.commands.len(), 1, "{:?}", plan.commands);
    // Taken away and written anew with another description: the same rule.
    let anew = Draft {
        key: None,
        cells: ["tcp", "80", "0.0.0.0/0", "shop"].map(str::to_owned).into(),
    };
    lab.check(&apply(vec![before[1].clone(), anew]), expect![[r#"
        Inbound rules of group-1
        aws ec2 modify-security-group-rules --group-id sg-2 --security-group-rules 'SecurityGroupRuleId=sgr-…,SecurityGroupRule={IpProtocol=tcp,FromPort=80,ToPort=80,CidrIpv4=0.0.0.0/0,Description=shop}'"#]]);
    // Written twice is AWS's to refuse.
    let twice = vec![before[0].clone(), before[1].clone(), before[1].clone()];
    let code = lab.refusal(&apply(twice)).code;
    assert_eq!(code.as_deref(), Some("InvalidPermission.Duplicate"));
}

#[test]
fn a_full_table_loses_before_it_gains() {
    let (mut lab, vpc, _, _) = small();
    let group = lab.make(Kind::SecurityGroup, &vpc, &[]);
    let acl = lab.make(Kind::NetworkAcl, &vpc, &[]);
    let full = |most: u32, row: &dyn Fn(u32) -> Vec<String>| -> Vec<Draft> {
        let rows = (1..=most).map(|number| Draft {
            key: None,
            cells: row(number),
        });
        rows.collect()
    };
    let rule = |port: u32| {
        ["tcp", &port.to_string(), "0.0.0.0/0", ""]
            .map(str::to_owned)
            .into()
    };
    let entry = |number: u32| {
        let number = number.to_string();
        [&number, "allow", "tcp", "80", "0.0.0.0/0"]
            .map(str::to_owned)
            .into()
    };
    let apply = |id: &str, rows: Vec<Draft>| Intent::Rules {
        id: id.to_owned(),
        table: RuleTable::Inbound,
        rows,
    };
    lab.run(&apply(&group, full(60, &rule)));
    lab.run(&apply(&acl, full(20, &entry)));
    for (id, new, verbs) in [
        (&group, rule(99), ["revoke", "authorize"]),
        (&acl, entry(99), ["delete", "create"]),
    ] {
        let mut rows = sheet(&lab, id, RuleTable::Inbound);
        rows.remove(0);
        let last = rows.clone();
        rows.push(Draft {
            key: None,
            cells: new,
        });
        let plan = lab.plan(&apply(id, rows)).unwrap();
        for (command, verb) in plan.commands.iter().zip(verbs) {
            assert!(
                command.starts_with(&format!("aws ec2 {verb}-")),
                "{command}"
            );
        }
        assert!(plan.notes[0].starts_with("The table is full"));
        // The twin: with room there is no note.
        lab.run(&apply(id, last.clone()));
        let mut rows = sheet(&lab, id, RuleTable::Inbound);
        rows.remove(0);
        assert_eq!(
            lab.plan(&apply(id, rows)).unwrap().notes,
            Vec::<String>::new()
        );
    }
}

#[test]
fn ipv6_blocks_stand_in_their_own_fields() {
    let (mut lab, vpc, _, _) = small();
    let group = lab.make(Kind::SecurityGroup, &vpc, &[]);
    let acl = lab.make(Kind::NetworkAcl, &vpc, &[]);
    let apply = |id: &str, rows: Vec<Draft>| Intent::Rules {
        id: id.to_owned(),
        table: RuleTable::Inbound,
        rows,
    };
    let wide = apply(&group, drafts(&[&["", "tcp", "443", "::/0", "all"]]));
    lab.check(&wide, expect![[r#"
        Inbound rules of group-1
        aws ec2 authorize-security-group-ingress --group-id sg-2 --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,Ipv6Ranges=[{CidrIpv6=::/0,Description=all}]'"#]]);
    lab.run(&wide);
    let mut rows = sheet(&lab, &group, RuleTable::Inbound);
    rows[0].cells[2] = "2001:db8::/32".to_owned();
    lab.check(&apply(&group, rows.clone()), expect![[r#"
        Inbound rules of group-1
        aws ec2 modify-security-group-rules --group-id sg-2 --security-group-rules 'SecurityGroupRuleId=sgr-…,SecurityGroupRule={IpProtocol=tcp,FromPort=443,ToPort=443,CidrIpv6=2001:db8::/32,Description=all}'"#]]);
    // A rule stays of its family.
    rows[0].cells[2] = "0.0.0.0/0".to_owned();
    let plan = lab.plan(&apply(&group, rows)).unwrap();
    assert_eq!(plan.commands.len(), 2, "{:?}", plan.commands);
    let entry = apply(&acl, drafts(&[&["", "100", "allow", "tcp", "443", "::/0"]]));
    lab.check(&entry, expect![[r#"
        Inbound rules of acl-2
        aws ec2 create-network-acl-entry --network-acl-id acl-2 --rule-number 100 --protocol tcp --rule-action allow --ingress --ipv6-cidr-block ::/0 --port-range From=443,To=443"#]]);
    lab.run(&entry);
    let copied = Intent::Copy {
        ids: vec![acl, group],
        into: None,
    };
    let commands = lab.plan(&copied).unwrap().commands.join("\n");
    assert!(commands.contains("--ipv6-cidr-block ::/0"), "{commands}");
    assert!(commands.contains("CidrIpv6=::/0"), "{commands}");
}

#[test]
fn the_number_of_a_new_entry_is_one_that_aws_takes() {
    let (mut lab, vpc, _, _) = small();
    let acl = lab.make(Kind::NetworkAcl, &vpc, &[]);
    let proposed = |lab: &Lab| {
        let sheet = rules(&lab.desk(), &acl, RuleTable::Inbound).unwrap();
        sheet.blank.cells[0].clone()
    };
    assert_eq!(proposed(&lab), "100");
    for (numbers, free) in [
        (vec!["110"], "200"),
        (vec!["200"], "300"),
        (vec!["32699"], "32700"),
        (vec!["32700"], "32766"),
        (vec!["32766", "32765"], "32764"),
    ] {
        let rows: Vec<Draft> = numbers
            .iter()
            .map(|number| Draft {
                key: None,
                cells: [*number, "allow", "tcp", "80", "0.0.0.0/0"]
                    .map(str::to_owned)
                    .into(),
            })
            .collect();
        lab.run(&Intent::Rules {
            id: acl.clone(),
            table: RuleTable::Inbound,
            rows,
        });
        assert_eq!(proposed(&lab), free, "{numbers:?}");
    }
}

#[test]
fn routes_are_replaced_where_only_the_target_differs() {
    let (mut lab, vpc, subnet, web) = small();
    let gateway = lab.make(Kind::InternetGateway, &vpc, &[]);
    let table = lab.make(Kind::RouteTable, &subnet, &[]);
    lab.join(&table, &gateway);
    let interface = lab.desk().interface(&web).unwrap().id.to_string();
    let apply = |rows: &[&[&str]]| Intent::Rules {
        id: table.clone(),
        table: RuleTable::Routes,
        rows: drafts(rows),
    };
    let local: &[&str] = &["10.0.0.0/16", "10.0.0.0/16", "local"];
    lab.check(
        &apply(&[local, &["0.0.0.0/0", "0.0.0.0/0", &interface]]),
        expect![[r#"
            Routes of rtb-2
            aws ec2 replace-route --route-table-id rtb-2 --destination-cidr-block 0.0.0.0/0 --network-interface-id eni-1"#]],
    );
    lab.check(
        &apply(&[local, &["0.0.0.0/0", "192.0.2.0/24", &gateway]]),
        expect![[r#"
            Routes of rtb-2
            aws ec2 create-route --route-table-id rtb-2 --destination-cidr-block 192.0.2.0/24 --gateway-id igw-1
            aws ec2 delete-route --route-table-id rtb-2 --destination-cidr-block 0.0.0.0/0"#]],
    );
    lab.check(
        &apply(&[local, &["", "10.0.3.0/24", "vpc-1"]]),
        expect!["InvalidGatewayID.NotFound: The gateway ID 'vpc-1' does not exist"],
    );
}

#[test]
fn tags_are_set_with_one_call_and_go_with_another() {
    let (mut lab, _, _, web) = small();
    let apply = |rows: &[&[&str]]| Intent::Rules {
        id: web.clone(),
        table: RuleTable::Tags,
        rows: drafts(rows),
    };
    lab.run(&apply(&[&["", "team", "shop"], &["", "cost", "a, b"]]));
    lab.check(
        &apply(&[&["team", "team", "ops"], &["", "stage", "test"]]),
        expect![[r#"
            Tags of web
            aws ec2 create-tags --resources i-1 --tags Key=stage,Value=test Key=team,Value=ops
            aws ec2 delete-tags --resources i-1 --tags Key=cost"#]],
    );
    lab.check(
        &apply(&[&["", "Name", "x"]]),
        expect!["The tag Name is set above, in the settings."],
    );
    lab.check(
        &apply(&[&["", "aws:x", "x"]]),
        expect![
            "InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use"
        ],
    );
}

#[test]
fn rules_that_never_decide_are_marked() {
    let (mut lab, vpc, subnet, _) = small();
    let acl = lab.make(Kind::NetworkAcl, &vpc, &[]);
    let said = |id: &str, rows: &[&[&str]]| -> Vec<String> {
        notes(&lab.desk(), id, RuleTable::Inbound, &drafts(rows))
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect()
    };
    assert_eq!(
        said(
            &acl,
            &[
                &["", "200", "deny", "tcp", "22", "198.51.100.0/24"],
                &["", "100", "allow", "tcp", "20-30", "0.0.0.0/0"],
                &["", "110", "allow", "udp", "22", "0.0.0.0/0"],
            ]
        ),
        ["Never reached: rule 100 matches first.", "", ""]
    );
    // The twin: another number, and the rule decides.
    assert_eq!(
        said(
            &acl,
            &[
                &["", "90", "deny", "tcp", "22", "198.51.100.0/24"],
                &["", "100", "allow", "tcp", "20-30", "0.0.0.0/0"],
            ]
        ),
        ["", ""]
    );
    let group = lab.make(Kind::SecurityGroup, &vpc, &[]);
    let said = notes(
        &lab.desk(),
        &group,
        RuleTable::Inbound,
        &drafts(&[
            &["", "tcp", "443", "10.0.0.0/16", ""],
            &["", "all", "all", "0.0.0.0/0", ""],
        ]),
    );
    assert!(said[0].as_deref().unwrap().starts_with("Adds nothing"));
    assert_eq!(said[1], None);
    let gateway = lab.make(Kind::InternetGateway, &vpc, &[]);
    let table = lab.make(Kind::RouteTable, &subnet, &[]);
    lab.join(&table, &gateway);
    lab.run(&deleted(&[&gateway]));
    let sheet = rules(&lab.desk(), &table, RuleTable::Routes).unwrap();
    let rows: Vec<Draft> = sheet.rows.iter().map(crate::Row::draft).collect();
    let said = notes(&lab.desk(), &table, RuleTable::Routes, &rows);
    assert_eq!(said[0], None);
    assert!(said[1].as_deref().unwrap().starts_with("Blackhole"));
}

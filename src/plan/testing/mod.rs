//! What gestures come to: each plan is carried out, and must make what its trial made.

mod access;

use crate::{
    Control, Desk, Draft, Intent, Kind, Place, Plan, Power, Refusal, RuleTable, Values, blocks,
    create_form, join_form, joins, notes, plan, remark, rules, settings,
};
use expect_test::{Expect, expect};
use hopwise_cloud::{ACCOUNT, Act, Cloud, Credentials, Genesis};

/// A cloud and its root user at a desk.
struct Lab {
    cloud: Cloud,
    credentials: Credentials,
}

impl Lab {
    fn new() -> Self {
        let cloud = Cloud::new(Genesis {
            seed: 7,
            default_vpc: false,
        });
        let key = cloud.account(ACCOUNT).unwrap().iam.root_key.clone();
        Lab {
            cloud,
            credentials: Credentials {
                access_key_id: key.id,
                secret_access_key: key.secret,
            },
        }
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            cloud: &self.cloud,
            credentials: &self.credentials,
            region: "us-east-1",
            via: hopwise_cloud::Via::default(),
            manual_clock: false,
        }
    }

    fn plan(&self, intent: &Intent) -> Result<Plan, Refusal> {
        plan(&self.desk(), intent)
    }

    fn refusal(&self, intent: &Intent) -> Refusal {
        self.plan(intent).unwrap_err()
    }

    /// Carries an intent out; gives what it made.
    fn run(&mut self, intent: &Intent) -> Plan {
        let plan = self.plan(intent).unwrap_or_else(|it| panic!("{it:?}"));
        let mut minted = Vec::new();
        for act in &plan.acts {
            let answer = self.cloud.apply(act).unwrap();
            minted.extend(answer.minted.into_iter().map(|it| it.id));
            while let Some(due) = self.cloud.due().into_iter().next() {
                let inside = Vec::new();
                self.cloud.apply(&Act::Finish { due, inside }).unwrap();
            }
        }
        for id in &plan.made {
            let there = id.starts_with("arn:") && self.desk().node(id).is_some();
            assert!(there || minted.contains(id), "{id} isn't among {minted:?}");
        }
        plan
    }

    /// What `remark` says of the field `key` with this value in the settings of `id`.
    fn remarked(&self, id: &str, key: &str, value: &str) -> Option<String> {
        let form = settings(&self.desk(), id).unwrap();
        let field = form.fields.iter().find(|it| it.key == key).unwrap();
        remark(field, value).map(|said| said.unwrap_or_else(|it| it))
    }

    fn make(&mut self, kind: Kind, on: &str, values: &[(&str, &str)]) -> String {
        let place = Place {
            on: (!on.is_empty()).then(|| on.to_owned()),
            zone: None,
        };
        let values = pairs(values);
        let intent = Intent::Create {
            kind,
            place,
            values,
        };
        self.run(&intent).made.remove(0)
    }

    fn join(&mut self, from: &str, to: &str) -> Plan {
        self.run(&joined(from, to, &[]))
    }

    fn check(&self, intent: &Intent, expected: Expect) {
        let text = match self.plan(intent) {
            Ok(plan) => {
                let mut lines = vec![plan.label];
                lines.extend(plan.commands);
                lines.extend(plan.notes.into_iter().map(|it| format!("note: {it}")));
                lines.extend(plan.gone.into_iter().map(|it| {
                    let name = it.name.unwrap_or_default();
                    format!("gone: {} {name}", it.kind)
                }));
                lines.join("\n")
            }
            Err(refusal) => {
                let mut lines = vec![match refusal.code {
                    Some(code) => format!("{code}: {}", refusal.text),
                    None => refusal.text,
                }];
                lines.extend(
                    refusal
                        .offers
                        .into_iter()
                        .map(|it| format!("offer: {}", it.label)),
                );
                lines.join("\n")
            }
        };
        expected.assert_eq(&self.readable(&text));
    }

    /// The text with names for ids, so that one can read it.
    fn readable(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let ec2 = self
            .cloud
            .account(ACCOUNT)
            .unwrap()
            .ec2("us-east-1")
            .unwrap();
        macro_rules! replace {
            ($($table:ident),*) => {
                $(for (number, it) in ec2.$table.by_birth().into_iter().enumerate() {
                    let id = it.id.as_str();
                    let (prefix, _) = id.split_once('-').unwrap();
                    text = text.replace(id, &format!("{prefix}-{}", number + 1));
                })*
            };
        }
        replace!(
            vpcs,
            subnets,
            route_tables,
            internet_gateways,
            addresses,
            network_acls,
            security_groups,
            network_interfaces,
            instances
        );
        for group in ec2.security_groups.iter() {
            for rule in &group.rules {
                text = text.replace(rule.id.as_str(), "sgr-…");
            }
        }
        for table in ec2.route_tables.iter() {
            for it in &table.associations {
                text = text.replace(it.id.as_str(), "rtbassoc-…");
            }
        }
        for acl in ec2.network_acls.iter() {
            for it in &acl.associations {
                text = text.replace(it.id.as_str(), "aclassoc-…");
            }
        }
        // What a trial made isn't there yet.
        let parts: Vec<&str> = text.split("-0").collect();
        let mut short = String::new();
        for (number, part) in parts.into_iter().enumerate() {
            let hex = part.chars().take_while(char::is_ascii_hexdigit).count();
            match (number, hex) {
                (0, _) => short.push_str(part),
                (_, 16) => {
                    let rest: String = part.chars().skip(16).collect();
                    short.push_str(&format!("-…{rest}"));
                }
                _ => short.push_str(&format!("-0{part}")),
            }
        }
        short
    }
}

fn pairs(values: &[(&str, &str)]) -> Values {
    values
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn created(kind: Kind, on: &str, values: &[(&str, &str)]) -> Intent {
    Intent::Create {
        kind,
        place: Place::on(on),
        values: pairs(values),
    }
}

fn joined(from: &str, to: &str, values: &[(&str, &str)]) -> Intent {
    Intent::Join {
        from: from.to_owned(),
        to: to.to_owned(),
        values: pairs(values),
    }
}

fn changed(id: &str, values: &[(&str, &str)]) -> Intent {
    Intent::Change {
        id: id.to_owned(),
        values: pairs(values),
    }
}

fn deleted(ids: &[&str]) -> Intent {
    Intent::Delete {
        ids: ids.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn drafts(rows: &[&[&str]]) -> Vec<Draft> {
    rows.iter()
        .map(|row| Draft {
            key: row
                .first()
                .filter(|key| !key.is_empty())
                .map(|it| (*it).to_owned()),
            cells: row.iter().skip(1).map(|it| (*it).to_owned()).collect(),
        })
        .collect()
}

/// A VPC with a subnet and an instance.
fn small() -> (Lab, String, String, String) {
    let mut lab = Lab::new();
    let vpc = lab.make(Kind::Vpc, "", &[("name", "shop")]);
    let subnet = lab.make(Kind::Subnet, &vpc, &[("name", "front")]);
    let web = lab.make(Kind::Instance, &subnet, &[("name", "web")]);
    (lab, vpc, subnet, web)
}

#[test]
fn a_new_thing_is_proposed_whole() {
    let (lab, vpc, subnet, _) = small();
    let block = |kind, place: &Place| {
        let form = create_form(&lab.desk(), kind, place).unwrap();
        form.values().remove("cidr").unwrap()
    };
    assert_eq!(block(Kind::Vpc, &Place::default()), "10.1.0.0/16");
    assert_eq!(block(Kind::Subnet, &Place::on(&vpc)), "10.0.1.0/24");
    lab.check(
        &created(Kind::Instance, &subnet, &[("public", "yes")]),
        expect![[r#"
            New instance
            aws ec2 run-instances --image-id ami-… --instance-type t3.micro --network-interfaces DeviceIndex=0,AssociatePublicIpAddress=true,SubnetId=subnet-1,Groups=sg-1"#]],
    );
}

#[test]
fn what_is_dropped_onto_something_is_joined_with_it() {
    let (lab, vpc, subnet, web) = small();
    lab.check(
        &created(Kind::InternetGateway, &subnet, &[]),
        expect![[r#"
        New internet gateway
        aws ec2 create-internet-gateway
        aws ec2 attach-internet-gateway --internet-gateway-id igw-… --vpc-id vpc-1"#]],
    );
    lab.check(
        &created(Kind::RouteTable, &subnet, &[]),
        expect![[r#"
        New route table
        aws ec2 create-route-table --vpc-id vpc-1
        aws ec2 associate-route-table --route-table-id rtb-… --subnet-id subnet-1"#]],
    );
    lab.check(
        &created(Kind::ElasticIp, &web, &[]),
        expect!["Gateway.NotAttached: Network vpc-1 is not attached to any internet gateway"],
    );
    lab.check(&created(Kind::SecurityGroup, &web, &[]), expect![[r#"
        New security group group-1
        aws ec2 create-security-group --group-name group-1 --description 'made on the map' --vpc-id vpc-1
        aws ec2 modify-network-interface-attribute --network-interface-id eni-1 --groups sg-1 sg-…
        note: web keeps default too: what any of its groups allows is allowed. Its settings take a group off."#]]);
    lab.check(
        &created(Kind::NetworkAcl, &vpc, &[]),
        expect![[r#"
        New network ACL
        aws ec2 create-network-acl --vpc-id vpc-1"#]],
    );
}

#[test]
fn a_thing_without_a_place_is_offered_places() {
    let (lab, vpc, _, _) = small();
    lab.check(
        &created(Kind::Instance, &vpc, &[]),
        expect![[r#"
        An instance is in a subnet: put it onto one.
        offer: Make it in front"#]],
    );
    lab.check(
        &created(Kind::Subnet, "internet", &[]),
        expect![[r#"
        A subnet is in a VPC: put it onto one.
        offer: Make it in shop"#]],
    );
    let empty = Lab::new();
    empty.check(
        &created(Kind::Instance, "", &[]),
        expect![[r#"
        An instance is in a VPC, and there is none yet.
        offer: Make a VPC"#]],
    );
}

#[test]
fn refusals_are_in_the_words_of_aws() {
    let (lab, vpc, _, _) = small();
    lab.check(
        &created(Kind::Subnet, &vpc, &[("cidr", "10.0.0.0/25")]),
        expect!["InvalidSubnet.Conflict: The CIDR '10.0.0.0/25' conflicts with another subnet"],
    );
    lab.check(
        &created(Kind::Subnet, &vpc, &[("cidr", "10.9.0.0/24")]),
        expect!["InvalidSubnet.Range: The CIDR '10.9.0.0/24' is invalid."],
    );
    lab.check(
        &created(Kind::Vpc, "", &[("cidr", "10.0.0.0/8")]),
        expect!["InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."],
    );
}

#[test]
fn things_are_joined_both_ways() {
    let (mut lab, vpc, subnet, web) = small();
    let gateway = lab.make(Kind::InternetGateway, "", &[]);
    lab.check(
        &joined(&web, &gateway, &[]),
        expect![[r#"
        An instance has no routes: the route table of its subnet leads to the gateway.
        offer: Route from front to the gateway"#]],
    );
    // Drawn from the subnet to a gateway that isn't attached yet.
    lab.check(&joined(&subnet, &gateway, &[]), expect![[r#"
        front to igw-1
        aws ec2 attach-internet-gateway --internet-gateway-id igw-1 --vpc-id vpc-1
        aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1
        note: This is the VPC's main route table: every subnet without a table of its own gets the route."#]]);
    lab.join(&gateway, &vpc);
    let table = lab.make(Kind::RouteTable, &vpc, &[]);
    lab.join(&subnet, &table);
    lab.check(&joined(&table, &gateway, &[]), expect![[r#"
        rtb-2 to igw-1
        aws ec2 create-route --route-table-id rtb-2 --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"#]]);
    lab.join(&gateway, &table);
    let address = lab.make(Kind::ElasticIp, "", &[]);
    lab.check(
        &joined(&address, &web, &[]),
        expect![[r#"
        eipalloc-1 to web
        aws ec2 associate-address --allocation-id eipalloc-1 --instance-id i-1"#]],
    );
    let refused = lab.refusal(&joined(&table, &subnet, &[]));
    assert_eq!(refused.text, "That is so already.");
    let targets: Vec<String> = joins(&lab.desk(), &table)
        .into_iter()
        .map(|(_, label)| label)
        .collect();
    expect![[r#"
        associate with front
        route to eni-1
        route to web
        route to igw-1"#]]
    .assert_eq(&lab.readable(&targets.join("\n")));
}

#[test]
fn what_has_a_group_is_let_in_by_a_rule() {
    let (mut lab, _, subnet, web) = small();
    let door = lab.make(Kind::SecurityGroup, &web, &[("group-name", "door")]);
    let app = lab.make(Kind::Instance, &subnet, &[("name", "app")]);
    let form = join_form(&lab.desk(), "internet", &door).unwrap();
    assert_eq!(form.title, "Let everybody into door");
    lab.check(
        &joined("internet", &door, &[("ports", "443")]),
        expect![[r#"
            Let everybody into door
            aws ec2 authorize-security-group-ingress --protocol tcp --port 443 --cidr 0.0.0.0/0 --group-id sg-2"#]],
    );
    lab.check(&joined("laptop", &door, &[("ports", "22")]), expect![[r#"
        Let your laptop into door
        aws ec2 authorize-security-group-ingress --protocol tcp --port 22 --cidr 203.0.113.10/32 --group-id sg-2"#]]);
    lab.check(
        &joined(&app, &web, &[("ports", "8000-8080"), ("into", &door)]),
        expect![[r#"
            Let app into web
            aws ec2 authorize-security-group-ingress --protocol tcp --port 8000-8080 --source-group sg-1 --group-id sg-2"#]],
    );
    lab.check(
        &joined(&app, &web, &[("ports", "9-1")]),
        expect!["`9-1` is no port: write 443, a range like 1024-65535, or all."],
    );
}

#[test]
fn what_aws_does_not_move_is_copied_instead() {
    let (mut lab, vpc, _, web) = small();
    let back = lab.make(Kind::Subnet, &vpc, &[("name", "back")]);
    let move_it = joined(&web, &back, &[]);
    lab.check(&move_it, expect![[r#"
        An instance stays in the subnet it was launched in: its primary network interface can't leave it.
        offer: Launch a copy in back"#]]);
    let offer = lab.refusal(&move_it).offers.remove(0).intent;
    lab.check(&offer, expect![[r#"
        Copy web
        aws ec2 run-instances --image-id ami-… --instance-type t3.micro --security-group-ids sg-1 --subnet-id subnet-2 --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web-2}]'"#]]);
    lab.run(&offer);
}

#[test]
fn a_delete_takes_along_what_cannot_stay() {
    let (mut lab, vpc, subnet, web) = small();
    let gateway = lab.make(Kind::InternetGateway, &vpc, &[]);
    let table = lab.make(Kind::RouteTable, &subnet, &[]);
    lab.join(&table, &gateway);
    let acl = lab.make(Kind::NetworkAcl, &subnet, &[]);
    let one = lab.make(Kind::SecurityGroup, &web, &[("group-name", "one")]);
    let two = lab.make(Kind::SecurityGroup, &vpc, &[("group-name", "two")]);
    lab.join(&one, &two);
    lab.join(&two, &one);
    lab.check(
        &deleted(&[&one]),
        expect!["DependencyViolation: resource sg-2 has a dependent object It is used by web."],
    );
    lab.check(
        &deleted(&[&two]),
        expect![[r#"
        Delete two
        aws ec2 revoke-security-group-ingress --group-id sg-2 --security-group-rule-ids sgr-…
        aws ec2 delete-security-group --group-id sg-3
        note: one loses the rules that refer to it.
        gone: security-group two"#]],
    );
    lab.check(
        &deleted(&[&acl]),
        expect![[r#"
        Delete acl-2
        aws ec2 replace-network-acl-association --association-id aclassoc-… --network-acl-id acl-1
        aws ec2 delete-network-acl --network-acl-id acl-2
        note: Its subnets fall back to the VPC's default network ACL.
        gone: network-acl "#]],
    );
    lab.check(
        &deleted(&[&table]),
        expect![[r#"
        Delete rtb-2
        aws ec2 disassociate-route-table --association-id rtbassoc-…
        aws ec2 delete-route-table --route-table-id rtb-2
        note: Its subnets fall back to the VPC's main route table.
        gone: route-table "#]],
    );
    lab.check(
        &deleted(&[&gateway]),
        expect![[r#"
        Delete igw-1
        aws ec2 detach-internet-gateway --internet-gateway-id igw-1 --vpc-id vpc-1
        aws ec2 delete-internet-gateway --internet-gateway-id igw-1
        note: Routes to it stay, as blackholes: what they match is dropped.
        gone: internet-gateway "#]],
    );
    lab.check(
        &deleted(&[&vpc, &subnet, &web]),
        expect![[r#"
            Delete 3 things
            aws ec2 terminate-instances --instance-ids i-1
            aws ec2 wait instance-terminated --instance-ids i-1
            aws ec2 delete-subnet --subnet-id subnet-1
            aws ec2 detach-internet-gateway --internet-gateway-id igw-1 --vpc-id vpc-1
            aws ec2 delete-internet-gateway --internet-gateway-id igw-1
            aws ec2 delete-route-table --route-table-id rtb-2
            aws ec2 delete-network-acl --network-acl-id acl-2
            aws ec2 revoke-security-group-ingress --group-id sg-3 --security-group-rule-ids sgr-…
            aws ec2 delete-security-group --group-id sg-2
            aws ec2 delete-security-group --group-id sg-3
            aws ec2 delete-vpc --vpc-id vpc-1
            gone: instance web
            gone: subnet front
            gone: internet-gateway 
            gone: route-table 
            gone: network-acl 
            gone: security-group one
            gone: security-group two
            gone: vpc shop"#]],
    );
    lab.run(&deleted(&[&vpc]));
    let ec2 = lab
        .cloud
        .account(ACCOUNT)
        .unwrap()
        .ec2("us-east-1")
        .unwrap();
    assert!(ec2.vpcs.is_empty() && ec2.internet_gateways.is_empty());
}

#[test]
fn a_gateway_with_mapped_addresses_stays() {
    let (mut lab, vpc, subnet, web) = small();
    let gateway = lab.make(Kind::InternetGateway, &vpc, &[]);
    lab.join(&gateway, &subnet);
    lab.make(Kind::ElasticIp, &web, &[]);
    lab.check(&deleted(&[&gateway]), expect![[r#"
        DependencyViolation: Network vpc-1 has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.
        offer: Delete what has the public addresses first"#]]);
    let offer = lab.refusal(&deleted(&[&gateway])).offers.remove(0).intent;
    lab.run(&offer);
    lab.run(&deleted(&[&gateway]));
}

#[test]
fn only_settings_that_differ_are_changed() {
    let (mut lab, vpc, subnet, web) = small();
    lab.check(
        &changed(&vpc, &[("name", "shop"), ("dns-hostnames", "yes")]),
        expect![[r#"
            Change shop
            aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames"#]],
    );
    lab.check(
        &changed(&subnet, &[("public-ip", "yes")]),
        expect![[r#"
        Change front
        aws ec2 modify-subnet-attribute --subnet-id subnet-1 --map-public-ip-on-launch"#]],
    );
    let table = lab.make(Kind::RouteTable, &vpc, &[]);
    lab.run(&changed(&subnet, &[("route-table", &table)]));
    lab.check(
        &changed(&subnet, &[("route-table", "")]),
        expect![[r#"
        Change front
        aws ec2 disassociate-route-table --association-id rtbassoc-…"#]],
    );
    lab.check(
        &changed(&web, &[("type", "t3.small")]),
        expect!["IncorrectInstanceState: The instance 'i-1' is not in the 'stopped' state."],
    );
    lab.run(&Intent::Power {
        ids: vec![web.clone()],
        power: Power::Stop,
    });
    lab.check(
        &changed(&web, &[("type", "t3.small"), ("name", "")]),
        expect![[r#"
            Change web
            aws ec2 delete-tags --resources i-1 --tags Key=Name
            aws ec2 modify-instance-attribute --instance-id i-1 --instance-type Value=t3.small"#]],
    );
    let same = settings(&lab.desk(), &web).unwrap().values();
    let refused = lab.refusal(&Intent::Change {
        id: web,
        values: same,
    });
    assert_eq!(refused.text, "That is so already.");
}

#[test]
fn a_stop_says_what_it_costs() {
    let (mut lab, _, subnet, _) = small();
    let app = lab.make(
        Kind::Instance,
        &subnet,
        &[("name", "app"), ("public", "yes")],
    );
    let stop = Intent::Power {
        ids: vec![app],
        power: Power::Stop,
    };
    let notes = lab.plan(&stop).unwrap().notes;
    assert!(
        notes
            .iter()
            .any(|it| it.starts_with("app loses its public address"))
    );
}

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

#[test]
fn a_vpc_is_copied_whole() {
    let (mut lab, vpc, subnet, web) = small();
    let gateway = lab.make(Kind::InternetGateway, &vpc, &[("name", "door")]);
    let table = lab.make(Kind::RouteTable, &subnet, &[("name", "roads")]);
    lab.join(&table, &gateway);
    let one = lab.make(Kind::SecurityGroup, &web, &[("group-name", "one")]);
    let two = lab.make(Kind::SecurityGroup, &vpc, &[("group-name", "two")]);
    lab.join(&one, &two);
    lab.check(
        &Intent::Copy {
            ids: vec![vpc],
            into: None,
        },
        expect![[r#"
            Copy shop
            aws ec2 create-vpc --cidr-block 10.1.0.0/16
            aws ec2 create-tags --resources vpc-… --tags Key=Name,Value=shop-2
            aws ec2 create-security-group --group-name one --description 'made on the map' --vpc-id vpc-…
            aws ec2 create-security-group --group-name two --description 'made on the map' --vpc-id vpc-…
            aws ec2 authorize-security-group-ingress --protocol tcp --port 80 --source-group sg-… --group-id sg-…
            aws ec2 create-internet-gateway
            aws ec2 create-tags --resources igw-… --tags Key=Name,Value=door-2
            aws ec2 attach-internet-gateway --internet-gateway-id igw-… --vpc-id vpc-…
            aws ec2 create-route-table --vpc-id vpc-…
            aws ec2 create-tags --resources rtb-… --tags Key=Name,Value=roads-2
            aws ec2 create-subnet --vpc-id vpc-… --cidr-block 10.1.0.0/24 --availability-zone us-east-1a
            aws ec2 create-tags --resources subnet-… --tags Key=Name,Value=front-2
            aws ec2 associate-route-table --route-table-id rtb-… --subnet-id subnet-…
            aws ec2 run-instances --image-id ami-… --instance-type t3.micro --security-group-ids sg-… sg-… --subnet-id subnet-… --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web-2}]'
            aws ec2 create-route --route-table-id rtb-… --destination-cidr-block 0.0.0.0/0 --gateway-id igw-…"#]],
    );
}

#[test]
fn a_copy_of_a_vpc_leaves_nothing_behind() {
    let (mut lab, vpc, subnet, web) = small();
    let ec2 = |lab: &Lab| {
        let account = lab.cloud.account(ACCOUNT).unwrap();
        account.ec2("us-east-1").unwrap().clone()
    };
    let born = |lab: &Lab, vpc: &str| {
        let ec2 = ec2(lab);
        let group = ec2.security_groups.iter();
        let group = group.filter(|it| it.is_default());
        let mut group = group.map(|it| (it.vpc.to_string(), it.id.to_string()));
        let acl = ec2.network_acls.iter().filter(|it| it.is_default);
        let mut acl = acl.map(|it| (it.vpc.to_string(), it.id.to_string()));
        let of = |(it, id): (String, String)| (it == vpc).then_some(id);
        (group.find_map(of).unwrap(), acl.find_map(of).unwrap())
    };
    let (group, acl) = born(&lab, &vpc);
    let back = lab.make(Kind::Subnet, &vpc, &[("name", "back")]);
    lab.run(&changed(
        &vpc,
        &[("dns-support", "no"), ("dns-hostnames", "yes")],
    ));
    let table = |id: &str, table, rows: Vec<Draft>| Intent::Rules {
        id: id.to_owned(),
        table,
        rows,
    };
    let rows = |rows: &[&[&str]]| drafts(rows);
    lab.run(&table(
        &group,
        RuleTable::Inbound,
        rows(&[
            &["", "all", "all", &group, ""],
            &["", "tcp", "22", "203.0.113.10/32", "laptop"],
        ]),
    ));
    lab.run(&table(
        &group,
        RuleTable::Outbound,
        rows(&[&["", "tcp", "443", "0.0.0.0/0", ""]]),
    ));
    lab.run(&table(
        &acl,
        RuleTable::Inbound,
        rows(&[
            &["", "50", "deny", "tcp", "23", "0.0.0.0/0"],
            &["", "100", "allow", "all", "all", "0.0.0.0/0"],
        ]),
    ));
    for id in [&vpc, &subnet, &web, &group, &acl] {
        lab.run(&table(id, RuleTable::Tags, rows(&[&["", "team", "shop"]])));
    }
    lab.run(&changed(&web, &[("source-dest-check", "no")]));
    let second = lab.make(Kind::NetworkInterface, &back, &[("name", "second")]);
    lab.run(&changed(
        &second,
        &[("description", "inside"), ("source-dest-check", "no")],
    ));
    lab.join(&second, &web);
    lab.make(Kind::NetworkInterface, &back, &[("name", "spare")]);
    let roads = lab.make(Kind::RouteTable, &vpc, &[]);
    let to = vec![Draft {
        key: None,
        cells: vec!["0.0.0.0/0".to_owned(), second],
    }];
    lab.run(&table(&roads, RuleTable::Routes, to));
    lab.make(Kind::InternetGateway, &vpc, &[]);
    let address = lab.make(Kind::ElasticIp, "", &[]);
    lab.join(&address, &web);

    let plan = lab.run(&Intent::Copy {
        ids: vec![vpc.clone()],
        into: None,
    });
    assert_eq!(
        plan.notes,
        ["Elastic IP addresses stay with the original: the copy has none."]
    );
    let waits = |it: &&String| it.starts_with("aws ec2 wait instance-running --instance-ids i-");
    assert_eq!(plan.commands.iter().filter(waits).count(), 1);

    // All that is said of a VPC, without ids, names and addresses.
    let said = |lab: &Lab, vpc: &str| {
        let (ec2, desk) = (ec2(lab), lab.desk());
        let tags = |id: &str| {
            let tags = crate::tags::of(&desk, id).unwrap().iter();
            tags.map(|(key, value)| format!("{key}={}", value.trim_end_matches("-2")))
                .collect::<Vec<_>>()
        };
        let it = ec2.vpcs.get(vpc).unwrap();
        let mut lines = vec![format!(
            "{} {} {:?}",
            it.dns_support,
            it.dns_hostnames,
            tags(vpc)
        )];
        let (group, acl) = born(lab, vpc);
        for table in [RuleTable::Inbound, RuleTable::Outbound] {
            for id in [&group, &acl] {
                let sheet = rules(&desk, id, table).unwrap();
                let cells = sheet.rows.into_iter().map(|row| row.cells.join(" "));
                lines.extend(cells.map(|line| line.replace(group.as_str(), "itself")));
            }
        }
        lines.push(format!("{:?} {:?}", tags(&group), tags(&acl)));
        for it in ec2.instances.by_birth() {
            if it.vpc.as_str() == vpc {
                lines.push(format!("{:?}", tags(it.id.as_str())));
            }
        }
        for it in ec2.network_interfaces.by_birth() {
            let device = it.attachment.as_ref().map(|it| it.device);
            if it.vpc.as_str() == vpc {
                let (check, tags) = (it.source_dest_check, tags(it.id.as_str()));
                lines.push(format!("{device:?} {check} {} {tags:?}", it.description));
            }
        }
        let tables = ec2.route_tables.by_birth().into_iter();
        for it in tables.filter(|it| it.vpc.as_str() == vpc) {
            lines.push(it.routes.len().to_string());
        }
        lines.sort();
        lines
    };
    assert_eq!(said(&lab, &plan.made[0]), said(&lab, &vpc));
}

#[test]
fn an_interface_of_an_instance_elsewhere_goes_before_its_subnet() {
    let (mut lab, vpc, _, web) = small();
    let back = lab.make(Kind::Subnet, &vpc, &[]);
    let second = lab.make(Kind::NetworkInterface, &back, &[]);
    lab.join(&second, &web);
    // As its attachment says, it would go with the instance; but that one stays.
    let desk = lab.desk();
    let attachment = desk.interface(&second).unwrap().attachment.clone().unwrap();
    let mut params = hopwise_cloud::Map::new();
    let mut change = hopwise_cloud::Map::new();
    change.insert("AttachmentId", attachment.id.to_string().into());
    change.insert("DeleteOnTermination", true.into());
    params.insert("NetworkInterfaceId", second.as_str().into());
    params.insert("Attachment", hopwise_cloud::Value::Map(change));
    let call = Act::Call(hopwise_cloud::Call {
        credentials: lab.credentials.clone(),
        region: "us-east-1".to_owned(),
        via: hopwise_cloud::Via::default(),
        service: "ec2".to_owned(),
        operation: "ModifyNetworkInterfaceAttribute".to_owned(),
        params,
    });
    lab.cloud.apply(&call).unwrap();
    lab.check(
        &deleted(&[&back]),
        expect![[r#"
        Delete subnet-2
        aws ec2 detach-network-interface --attachment-id eni-attach-…
        aws ec2 wait network-interface-available --network-interface-ids eni-2
        aws ec2 delete-network-interface --network-interface-id eni-2
        aws ec2 delete-subnet --subnet-id subnet-2
        gone: network-interface 
        gone: subnet "#]],
    );
    lab.run(&deleted(&[&back]));
    assert!(lab.desk().instance(&web).unwrap().state.is_alive());
}

#[test]
fn blocks_are_found_and_remarked() {
    let (mut lab, vpc, _, _) = small();
    lab.make(Kind::Subnet, &vpc, &[("cidr", "10.0.2.0/23")]);
    let pieces: Vec<String> = blocks::pieces(&lab.desk(), &vpc)
        .into_iter()
        .map(|it| format!("{} {} {}", it.first, it.size, it.subnet.is_some()))
        .collect();
    assert_eq!(
        pieces,
        [
            "10.0.0.0 256 true",
            "10.0.1.0 256 false",
            "10.0.2.0 512 true",
            "10.0.4.0 64512 false"
        ]
    );
    let free = |length| blocks::free_block(&lab.desk(), &vpc, length).map(|it| it.to_string());
    assert_eq!(free(24).as_deref(), Some("10.0.1.0/24"));
    assert_eq!(free(23).as_deref(), Some("10.0.4.0/23"));
    assert_eq!(free(17).as_deref(), Some("10.0.128.0/17"));
    assert_eq!(free(16), None);
    let remark = |text| blocks::remark(&lab.desk(), &vpc, text).unwrap_or_else(|it| it);
    expect![[r#"
        256 addresses, 10.0.1.0 to 10.0.1.255; AWS keeps 5, so 251 are yours.
        The address has bits beyond the length; the block is 10.0.1.0/24.
        It overlaps subnet-0925d24b613a6a5c6, which has 10.0.2.0/23.
        It lies outside of the VPC, 10.0.0.0/16.
        A subnet is a /28 at the least and a /16 at the most.
        A CIDR block is an address, a slash and a length: 10.0.1.0/24."#]]
    .assert_eq(
        &[
            "10.0.1.0/24",
            "10.0.1.1/24",
            "10.0.2.0/24",
            "10.9.0.0/24",
            "10.0.0.0/29",
            "x",
        ]
        .map(remark)
        .join("\n"),
    );
    let reserved = blocks::reserved("10.0.1.0/24".parse().unwrap());
    let addresses: Vec<String> = reserved.iter().map(|(it, _)| it.to_string()).collect();
    assert_eq!(
        addresses,
        ["10.0.1.0", "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.255"]
    );
}

/// A denial is AWS's answer too: the canvas has the rights of whoever sits before it.
#[test]
fn who_may_not_is_refused() {
    let mut lab = Lab::new();
    lab.credentials.secret_access_key.push('x');
    let refusal = lab.refusal(&created(Kind::Vpc, "", &[]));
    assert_eq!(refusal.code.as_deref(), Some("AuthFailure"));
}

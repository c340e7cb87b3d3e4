//! What a copy of a VPC carries.

use super::*;

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

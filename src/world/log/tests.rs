use super::*;
use hopwise_cloud::{ACCOUNT, LAPTOP};

fn built() -> World {
    let mut world = World::new(Genesis {
        seed: 42,
        default_vpc: false,
    });
    for line in [
        "VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
        "aws ec2 create-tags --resources $VPC --tags Key=mail,Value=ana@example.com",
        "SUBNET=$(aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.0.1.0/24 --query Subnet.SubnetId --output text)",
        "printf '#!/bin/bash\\necho up\\n' > boot.sh; chmod 600 boot.sh",
        "aws ec2 run-instances --image-id $al2023 --subnet-id $SUBNET --instance-type t3.micro --user-data file://boot.sh",
        "sleep 60",
        "aws iam create-user --user-name ana && aws iam create-access-key --user-name ana > key.json",
        "aws configure set aws_secret_access_key $(jq -r .AccessKey.SecretAccessKey key.json)",
        "aws s3 mb s3://lab-keys && aws s3 cp key.json s3://lab-keys/",
        "printf '\\xff\\xfe' > raw; aws s3 cp raw s3://lab-keys/ --content-type x/y",
        "aws ec2 create-key-pair --key-name k > pair.json; jq -r .KeyMaterial pair.json > k.pem",
    ] {
        let output = world.run_line(World::TERMINAL, line);
        assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
    }
    world
}

#[test]
fn a_saved_world_loads_as_the_same_world() {
    let world = built();
    let saved = world.save();
    let (loaded, stopped) = World::load(&saved).unwrap();
    assert_eq!(stopped, None);
    assert_eq!(loaded.cloud().state_hash(), world.cloud().state_hash());
    assert_eq!(loaded.history().len(), world.history().len());
    assert_eq!(loaded.save(), saved);
}

#[test]
fn a_log_holds_no_ids_and_no_secrets() {
    let world = built();
    let saved = world.save();
    let iam = &world.cloud().account(ACCOUNT).unwrap().iam;
    let key = &iam.user("ana").unwrap().keys[0];
    let pem = world.cloud().machine(LAPTOP).unwrap();
    let pem = pem.read("student", "/home/student/k.pem").unwrap();
    let pem = String::from_utf8(pem.to_vec()).unwrap();
    let mut secrets = vec![
        "vpc-0",
        "subnet-0",
        "AKIA",
        &iam.root_key.secret,
        &key.secret,
    ];
    secrets.extend(pem.lines().filter(|line| !line.starts_with('-')));
    assert_eq!(secrets.len(), 30);
    for secret in secrets {
        assert!(!saved.contains(secret), "{secret} in {saved}");
    }
    // Typed by hand they don't stay in the label either.
    let mut world = world.clone();
    let line = format!("AWS_SECRET_ACCESS_KEY={} ; echo x > x", key.secret);
    world.run_line(World::TERMINAL, &line);
    assert!(!world.save().contains(&key.secret));
    assert!(saved.contains("ana@@example.com"));
}

#[test]
fn a_step_that_is_refused_on_replay_stops_there_and_is_told() {
    let world = built();
    let saved = world.save().replace("10.0.1.0/24", "10.9.1.0/24");
    let (loaded, stopped) = World::load(&saved).unwrap();
    let stopped = stopped.unwrap();
    assert_eq!(stopped.step, 3);
    assert_eq!(stopped.reason, "The CIDR '10.9.1.0/24' is invalid.");
    assert_eq!(stopped.rest.len(), 9);
    assert_eq!(loaded.history().len(), 2);
}

#[test]
fn what_is_no_log_is_told_so() {
    let check = |text: &str, said: &str| {
        let error = World::load(text).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    };
    check("", "not a saved world");
    check("[]", "damaged at `hopwise`");
    check(r#"{"hopwise": 99}"#, "newer Hopwise (format 99");
    check(
        r#"{"hopwise": 1, "seed": "1", "default_vpc": false, "steps": [{}]}"#,
        "step 1",
    );
    let forged = r#"{"hopwise":1,"seed":"1","default_vpc":false,"steps":[{"label":"x","acts":[{"finish":[]}]}]}"#;
    check(forged, "step 1");
    check(&"[".repeat(100_000), "not a saved world");
}

fn run(world: &mut World, line: &str) -> String {
    let output = world.run_line(World::TERMINAL, line);
    assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
    output.stdout
}

#[test]
fn the_terminal_survives_and_so_does_what_undo_brings_back() {
    let mut world = World::new(Genesis {
        seed: 1,
        default_vpc: false,
    });
    run(
        &mut world,
        "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
    );
    run(&mut world, "between=$vpc; export LOUD=yes; unset PATH");
    run(
        &mut world,
        "later=1; mkdir -p work; cd work; aws ec2 create-internet-gateway",
    );
    run(&mut world, "set -u; last='a @ b'");
    let text = world.write(&Writing {
        lines: true,
        ..Writing::default()
    });
    let (mut loaded, stopped) = World::load(&text).unwrap();
    assert_eq!(stopped, None);
    assert_eq!(loaded.state_hash(), world.state_hash());
    assert_eq!(
        loaded.session(World::TERMINAL).unwrap().history,
        world.session(World::TERMINAL).unwrap().history
    );
    // The twin without the lines differs in them only.
    let (bare, _) = World::load(&world.save()).unwrap();
    assert_eq!(bare.state_hash(), world.state_hash());
    assert!(bare.session(World::TERMINAL).unwrap().history.is_empty());
    for _ in 0..2 {
        assert!(world.undo());
        assert!(loaded.undo());
        assert_eq!(loaded.state_hash(), world.state_hash());
    }
    assert!(loaded.redo());
    assert!(loaded.redo());
    assert!(world.redo());
    assert!(world.redo());
    assert_eq!(loaded.state_hash(), world.state_hash());
}

/// A lesson's world: a VPC that has a name, and as many others before it.
fn lab(others: usize) -> World {
    let mut world = World::new(Genesis {
        seed: 9,
        default_vpc: false,
    });
    for number in 0..others {
        run(
            &mut world,
            &format!("aws ec2 create-vpc --cidr-block 10.{number}.0.0/16"),
        );
    }
    let id = run(
        &mut world,
        "aws ec2 create-vpc --cidr-block 10.9.0.0/16 --query Vpc.VpcId --output text",
    );
    world.set_name(World::TERMINAL, "vpc", id.trim());
    world.begin_here();
    world
}

fn work(world: &World) -> String {
    world.write(&Writing {
        lesson: Some("lab".to_owned()),
        ..Writing::default()
    })
}

#[test]
fn work_on_a_lesson_stands_on_its_names() {
    let mut world = lab(1);
    run(
        &mut world,
        "s=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.9.1.0/24 --query Subnet.SubnetId --output text)",
    );
    run(
        &mut world,
        "aws ec2 create-tags --resources $s $vpc --tags Key=Name,Value=mine",
    );
    let text = work(&world);
    assert!(!text.contains("10.0.0.0/16"), "{text}");
    let document = Document::parse(&text).unwrap();
    assert!(matches!(World::load(&text), Err(LoadError::Lesson(id)) if id == "lab"));
    let (mut same, stopped) = document.resume(lab(1), &mut || true).unwrap();
    assert_eq!(stopped, None);
    assert_eq!(same.state_hash(), world.state_hash());
    assert_eq!(work(&same), text);
    // Undo stops where the lesson began.
    assert!(same.undo() && same.undo());
    assert!(!same.undo());
    assert_eq!(same.state_hash(), lab(1).state_hash());
    // The set-up was changed since: the names still say what was meant.
    assert!(document.begins_at(&lab(1)));
    assert!(!document.begins_at(&lab(3)));
    let (changed, stopped) = document.resume(lab(3), &mut || true).unwrap();
    assert_eq!(stopped, None);
    let tagged = changed.picture();
    let tagged = tagged.vpcs.iter().find(|vpc| vpc.node.name.is_some());
    assert_eq!(
        tagged.unwrap().node.id,
        changed.names(World::TERMINAL)["vpc"]
    );
    // It no longer has the name: the step is refused and the rest told.
    let bare = {
        let mut world = World::new(Genesis {
            seed: 9,
            default_vpc: false,
        });
        world.begin_here();
        world
    };
    let (stands, stopped) = document.resume(bare, &mut || true).unwrap();
    let stopped = stopped.unwrap();
    assert_eq!((stopped.step, stopped.rest.len()), (1, 2));
    assert!(stands.history().is_empty());
}

#[test]
fn a_replay_that_takes_too_long_stops_there() {
    let world = built();
    let mut left = 4;
    let mut patience = || {
        left -= 1;
        left > 0
    };
    let document = Document::parse(&world.save()).unwrap();
    let (loaded, stopped) = document.open(&mut patience).unwrap();
    assert_eq!(loaded.history().len(), 3);
    let stopped = stopped.unwrap();
    assert_eq!(stopped.step, 4);
    assert!(stopped.reason.contains("too long"));
}

#[test]
fn many_steps_become_one() {
    let mut world = built();
    let hash = world.cloud().state_hash();
    world.as_one_step("Starter");
    assert_eq!(world.history().len(), 1);
    assert_eq!(world.cloud().state_hash(), hash);
    let (mut loaded, _) = World::load(&world.save()).unwrap();
    assert_eq!(loaded.state_hash(), world.state_hash());
    assert!(run(&mut loaded, "echo $VPC").starts_with("vpc-0"));
    assert!(loaded.undo());
    assert!(loaded.picture().vpcs.is_empty());
    assert_eq!(run(&mut loaded, "echo $VPC"), "\n");
}

#[test]
fn what_a_stranger_says_of_the_terminal_is_bounded() {
    let check = |terminal: &str, fits: bool| {
        let text = format!(
            r#"{{"hopwise":3,"seed":"1","default_vpc":false,"steps":[],"terminal":{terminal}}}"#
        );
        match World::load(&text) {
            Ok((mut world, _)) => {
                assert!(fits, "{terminal}");
                world.run_line(World::TERMINAL, "pwd; aws ec2 describe-vpcs; ls; exit");
                assert!(!world.prompt(World::TERMINAL).is_empty());
            }
            Err(error) => {
                assert!(!fits, "{terminal}: {error}");
                assert_eq!(
                    error.to_string(),
                    "this saved world is damaged at `terminal`"
                );
            }
        }
    };
    check(r#"{"set":{"x":"1"}}"#, true);
    check(r#"{"set":{"x":1}}"#, false);
    check(r#"{"set":{"x":[]}}"#, false);
    check(r#"{"folder":"/nowhere"}"#, true);
    check(r#"{"logins":[]}"#, false);
    check(r#"{"logins":[{"machine":"i-gone","user":"x"}]}"#, true);
    let login = r#"{"machine":"laptop","user":"student"}"#;
    let many = vec![login; 17].join(",");
    check(&format!(r#"{{"logins":[{login}]}}"#), true);
    check(&format!(r#"{{"logins":[{many}]}}"#), false);
}

#[test]
fn what_is_outside_of_aws_is_in_the_log() {
    let mut world = World::new(Genesis {
        seed: 42,
        default_vpc: false,
    });
    for line in [
        "hopwise network add office --cidr 192.168.0.0/16 --address 203.0.113.50",
        "hopwise network host office pc 192.168.1.10; hopwise network announce office 10.9.0.0/16",
        "CGW=$(aws ec2 create-customer-gateway --type ipsec.1 --ip-address 203.0.113.50 --bgp-asn 65010 --query CustomerGateway.CustomerGatewayId --output text)",
        "VGW=$(aws ec2 create-vpn-gateway --type ipsec.1 --query VpnGateway.VpnGatewayId --output text)",
        "VPN=$(aws ec2 create-vpn-connection --type ipsec.1 --customer-gateway-id $CGW --vpn-gateway-id $VGW --query VpnConnection.VpnConnectionId --output text)",
        "hopwise tunnel down $VPN 2",
        "DX=$(aws directconnect create-connection --location EqDC2 --bandwidth 1Gbps --connection-name main --query connectionId --output text)",
        "hopwise network plug office $DX",
        "VIF=$(aws directconnect create-private-virtual-interface --connection-id $DX --new-private-virtual-interface virtualInterfaceName=v,vlan=7,asn=65010,virtualGatewayId=$VGW --query virtualInterfaceId --output text)",
        "hopwise bgp down $VIF",
        "hopwise network withdraw office 10.9.0.0/16; hopwise network host office pc --remove",
    ] {
        let output = world.run_line(World::TERMINAL, line);
        assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
    }
    let saved = world.save();
    let (mut loaded, stopped) = World::load(&saved).unwrap();
    assert_eq!(stopped, None);
    assert_eq!(loaded.cloud(), world.cloud());
    assert_eq!(loaded.save(), saved);
    for id in ["vpn-0", "dxcon-", "dxvif-"] {
        assert!(!saved.contains(id), "{id} in {saved}");
    }
    let ec2 = world
        .cloud()
        .places()
        .find(|(_, it, _)| it.name == "us-east-1");
    let tunnel = &ec2.unwrap().2.vpn_connections.by_birth()[0].tunnels[0];
    assert!(tunnel.up && !saved.contains(&tunnel.key));
    // It is undone like anything else.
    loaded.undo();
    assert_eq!(loaded.cloud().network("office").unwrap().hosts.len(), 1);
    let removed = loaded.run_line(World::TERMINAL, "hopwise network remove office");
    assert_eq!(removed.exit, 0);
    assert!(loaded.cloud().on_premises().is_empty());
}

#[test]
fn a_load_balancer_is_in_the_log_without_the_digits_of_its_arn() {
    let mut world = World::new(Genesis {
        seed: 42,
        default_vpc: true,
    });
    for line in [
        "SUBNETS=$(aws ec2 describe-subnets --filters Name=availability-zone,Values=us-east-1a,us-east-1b --query 'Subnets[].SubnetId' --output text)",
        "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)",
        "LB=$(aws elbv2 create-load-balancer --name web --subnets $SUBNETS --query 'LoadBalancers[0].LoadBalancerArn' --output text)",
        "TG=$(aws elbv2 create-target-group --name web --protocol HTTP --port 80 --vpc-id $VPC --query 'TargetGroups[0].TargetGroupArn' --output text)",
        "L=$(aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 --default-actions Type=forward,TargetGroupArn=$TG --query 'Listeners[0].ListenerArn' --output text)",
        "aws elbv2 add-tags --resource-arns $LB $TG $L --tags Key=team,Value=shop",
    ] {
        let output = world.run_line(World::TERMINAL, line);
        assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
    }
    let saved = world.save();
    let (loaded, stopped) = World::load(&saved).unwrap();
    assert_eq!(stopped, None);
    assert_eq!(loaded.cloud(), world.cloud());
    assert_eq!(loaded.save(), saved);
    let ec2 = world
        .cloud()
        .places()
        .find(|(_, it, _)| it.name == "us-east-1");
    let listeners = ec2.unwrap().2.elbv2.listeners.by_birth();
    for digits in listeners[0].id.as_str().split('/').skip(3) {
        assert!(!saved.contains(digits), "{digits} in {saved}");
    }
}

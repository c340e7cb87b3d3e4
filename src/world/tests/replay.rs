//! Whatever was typed, its log, its undo and its redo give the same world, bit for bit.

use hopwise_cloud::Genesis;
use hopwise_world::World;

/// Lines of which any may fail; together they launch, boot, stop, wait, write files beside calls
/// in one command, and make secrets.
const LINES: &[&str] = &[
    "i=$(aws ec2 run-instances --image-id $al2023 --subnet-id $subnet --instance-type t3.micro --user-data file://boot.sh --query Instances[0].InstanceId --output text)",
    "aws ec2 run-instances --image-id $web_image --subnet-id $subnet --instance-type t3.micro --associate-public-ip-address > run.json; cat run.json | jq -r .Instances[0].InstanceId > id.txt",
    "aws ec2 stop-instances --instance-ids $i > out.json; sleep 3",
    "aws ec2 start-instances --instance-ids $i && echo started | tee a.txt b.txt",
    "aws ec2 terminate-instances --instance-ids $(cat id.txt); sleep 5000",
    "aws ec2 reboot-instances --instance-ids $i",
    "sleep 10",
    "sleep 7200",
    "aws ec2 create-key-pair --key-name k$RANDOM --query KeyMaterial --output text > key.pem; chmod 400 key.pem; rm -f key.pem",
    "aws iam create-user --user-name ana; aws iam create-access-key --user-name ana > keys.json",
    "e=$(aws ec2 allocate-address --query AllocationId --output text); aws ec2 associate-address --allocation-id $e --instance-id $i",
    "aws ec2 disassociate-address --public-ip $(aws ec2 describe-addresses --query Addresses[0].PublicIp --output text)",
    "aws ec2 create-tags --resources $subnet $i --tags Key=n,Value=a@b",
    "n=$(aws ec2 create-security-group --group-name g --description d --vpc-id $vpc --query GroupId --output text); echo $n >> groups.txt",
    "aws ec2 delete-security-group --group-id $n",
    "mkdir -p d/e; mv d f; rm -r f; echo @{1.0} @@ > at.txt",
    "x=1; echo $x $y > vars.txt; y=2",
];

fn next(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 33) as usize
}

fn start() -> World {
    let mut world = World::new(Genesis {
        seed: 3,
        default_vpc: false,
    });
    for line in [
        "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
        "subnet=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 --query Subnet.SubnetId --output text)",
        "g=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
        "aws ec2 attach-internet-gateway --internet-gateway-id $g --vpc-id $vpc",
        "printf '#!/bin/bash\\ndate > /tmp/when\\necho up > /tmp/x\\n' > boot.sh",
    ] {
        assert_eq!(world.run_line(World::TERMINAL, line).exit, 0, "{line}");
    }
    world
}

#[test]
fn random_scripts_replay_undo_and_redo_to_the_same_world() {
    let mut acts = 0;
    for seed in 1..=40u64 {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut world = start();
        let mut script = Vec::new();
        for _ in 0..12 {
            if next(&mut random).is_multiple_of(8) {
                let manual = !world.manual_clock();
                world.set_manual_clock(manual);
                script.push(if manual { "# manual" } else { "# auto" });
            }
            let line = LINES[next(&mut random) % LINES.len()];
            script.push(line);
            let before = world.history().len();
            world.run_line(World::TERMINAL, line);
            acts += world.history().len() - before;
        }
        let saved = world.save();
        let (loaded, stopped) = World::load(&saved).unwrap();
        assert_eq!(stopped, None, "seed {seed}: {script:#?}");
        assert_eq!(
            loaded.cloud().state_hash(),
            world.cloud().state_hash(),
            "seed {seed}: {script:#?}"
        );
        assert_eq!(loaded.save(), saved, "seed {seed}");
        assert_eq!(loaded.manual_clock(), world.manual_clock());
        // Undo and redo come to the same states, with a clock that holds back as they did.
        world.set_manual_clock(true);
        let mut back = vec![world.state_hash()];
        while world.undo() && world.history().len() >= 5 {
            back.push(world.state_hash());
        }
        assert!(world.redo());
        let mut there = vec![world.state_hash()];
        while world.redo() {
            there.push(world.state_hash());
        }
        back.reverse();
        assert_eq!(there, back, "seed {seed}: {script:#?}");
    }
    assert!(acts > 200, "the scripts did too little: {acts}");
}

#[test]
fn undo_brings_back_the_variables_of_a_state_that_was_not_kept() {
    let mut world = start();
    for number in 0..130 {
        let line = format!("v=number{number}; echo $v > v.txt");
        world.run_line(World::TERMINAL, &line);
    }
    for _ in 0..117 {
        assert!(world.undo());
    }
    let shown = world.run_line(World::TERMINAL, "echo $v; cat v.txt").stdout;
    assert_eq!(shown, "number12\nnumber12\n");
}

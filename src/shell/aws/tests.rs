//! `aws` beside the recorded command lines, where they are at hand.

use std::path::PathBuf;

use expect_test::{Expect, expect};
use hopwise_cloud::{Call, Fault, Map, Value, api, json};

use crate::testing::{Reply, World, lines};
use crate::{Terminal, run};

/// Where the recorded cases are: HOPWISE_CASES, else beside the project.
fn cases(file: &str) -> Option<String> {
    let folder = std::env::var_os("HOPWISE_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases"),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(folder.join(file)).ok();
    if text.is_none() {
        eprintln!("skipped: no {file}");
    }
    text
}

/// What a line prints where AWS answers each call with `answer`.
fn check(line: &str, answer: Reply, expected: Expect) {
    let mut world = World::new();
    world.reply = Some(answer);
    let output = run(
        line,
        &mut world.signed_in(),
        &mut world,
        &Terminal::default(),
    );
    let mut text: String = output.pieces.into_iter().map(|(_, text)| text).collect();
    if output.exit != 0 {
        text.push_str(&format!("[{}]\n", output.exit));
    }
    expected.assert_eq(&text);
}

fn nothing(_: &Call) -> Result<Value, Fault> {
    Ok(Value::Map(Map::new()))
}

fn vpcs(_: &Call) -> Result<Value, Fault> {
    Ok(json::parse(
        r#"{"Vpcs":[{"VpcId":"vpc-1","State":"available","CidrBlock":"10.0.0.0/16","IsDefault":false,
        "OwnerId":"123456789012","Tags":[{"Key":"Name","Value":"fmt"}],
        "CidrBlockAssociationSet":[{"AssociationId":"a-1","CidrBlock":"10.0.0.0/16","CidrBlockState":{"State":"associated"}}],
        "Ipv6CidrBlockAssociationSet":[]},
        {"VpcId":"vpc-2","State":"available","CidrBlock":"10.1.0.0/16","IsDefault":true,"OwnerId":"123456789012"}]}"#,
    )
    .unwrap())
}

#[test]
fn answers_in_every_format() {
    check(
        "aws ec2 describe-vpcs --query 'Vpcs[0].{b:VpcId,a:IsDefault}'",
        vpcs,
        expect![[r#"
        {
            "b": "vpc-1",
            "a": false
        }
    "#]],
    );
    check(
        "aws ec2 describe-vpcs --output text",
        vpcs,
        expect![[r#"
        VPCS	10.0.0.0/16	False	123456789012	available	vpc-1
        CIDRBLOCKASSOCIATIONSET	a-1	10.0.0.0/16
        CIDRBLOCKSTATE	associated
        TAGS	Name	fmt
        VPCS	10.1.0.0/16	True	123456789012	available	vpc-2
    "#]],
    );
    check(
        "aws ec2 describe-vpcs --output yaml --max-items 1",
        vpcs,
        expect![[r#"
        NextToken: eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ==
        Vpcs:
        - CidrBlock: 10.0.0.0/16
          CidrBlockAssociationSet:
          - AssociationId: a-1
            CidrBlock: 10.0.0.0/16
            CidrBlockState:
              State: associated
          Ipv6CidrBlockAssociationSet: []
          IsDefault: false
          OwnerId: '123456789012'
          State: available
          Tags:
          - Key: Name
            Value: fmt
          VpcId: vpc-1
    "#]],
    );
    check(
        "aws ec2 describe-vpcs --max-items 1 --starting-token eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ== --query Vpcs[].VpcId --output text",
        vpcs,
        expect![[r#"
        vpc-2
    "#]],
    );
    check(
        "aws ec2 describe-vpcs --query 'Vpcs[].[VpcId,CidrBlock]' --output table",
        vpcs,
        expect![[r#"
        --------------------------
        |      DescribeVpcs      |
        +--------+---------------+
        |  vpc-1 |  10.0.0.0/16  |
        |  vpc-2 |  10.1.0.0/16  |
        +--------+---------------+
    "#]],
    );
    check("aws ec2 delete-vpc --vpc-id vpc-1", nothing, expect![""]);
    check(
        "aws ec2 delete-vpc --vpc-id vpc-1",
        |_| {
            Err(Fault::new(
                "DependencyViolation",
                "The vpc 'vpc-1' has dependencies and cannot be deleted.",
            ))
        },
        expect![[r#"

        aws: [ERROR]: An error occurred (DependencyViolation) when calling the DeleteVpc operation: The vpc 'vpc-1' has dependencies and cannot be deleted.
        [254]
    "#]],
    );
}

#[test]
fn what_is_missing_says_so() {
    let mut world = World::new();
    let outputs = lines(
        &mut world,
        &[
            "aws ec2 describe-vpcs",
            "aws iam list-users",
            "AWS_REGION=x aws ec2 describe-vpcs",
        ],
    );
    assert!(outputs[0].stderr.contains("(NoRegion)") && outputs[0].exit == 253);
    assert!(outputs[1].stderr.contains("(NoCredentials)") && outputs[1].exit == 253);
    assert!(outputs[2].stderr.contains("(NoCredentials)"));
    check(
        "aws ec2 create-client-vpn-endpoint",
        nothing,
        expect![[r#"

        aws: [ERROR]: `aws ec2 create-client-vpn-endpoint` exists in AWS, not in this sandbox yet.
        [255]
    "#]],
    );
}

#[test]
fn configure_writes_the_files() {
    let mut world = World::new();
    world.write(
        "keys.csv",
        "User Name,Access key ID,Secret access key\nimp,AKIAIMP,secretimp\n",
    );
    let outputs = lines(
        &mut world,
        &[
            "aws configure set region eu-west-1 --profile dev; aws configure set aws_access_key_id AKIA1234; cat ~/.aws/config ~/.aws/credentials; ls -l ~/.aws",
            "aws configure import --csv file://keys.csv; aws configure list-profiles; aws configure get aws_access_key_id --profile imp",
            "printf 'AKIA2\\nsecret2\\nus-west-2\\ntext\\n' | aws configure; aws configure list",
            "aws configure get nosuch; echo $?; aws sts get-caller-identity --profile nope",
        ],
    );
    expect![[r#"
        [profile dev]
        region = eu-west-1
        [default]
        aws_access_key_id = AKIA1234
        total 8
        -rw------- 1 student student 33 Jan  5 09:00 config
        -rw------- 1 student student 39 Jan  5 09:00 credentials
    "#]]
    .assert_eq(&outputs[0].stdout);
    expect![[r#"
        Successfully imported 1 profile(s)
        dev
        default
        imp
        AKIAIMP
    "#]]
    .assert_eq(&outputs[1].stdout);
    expect![[r#"

        Tip: You can deliver temporary credentials to the AWS CLI using your AWS Console session by running the command 'aws login'.

        AWS Access Key ID [****************1234]: AWS Secret Access Key [None]: Default region name [None]: Default output format [None]: NAME       : VALUE                    : TYPE             : LOCATION
        profile    : <not set>                : None             : None
        access_key : ****************KIA2     : shared-credentials-file : 
        secret_key : ****************ret2     : shared-credentials-file : 
        region     : us-west-2                : config-file      : ~/.aws/config
    "#]].assert_eq(&outputs[2].stdout);
    assert_eq!(outputs[3].stdout, "1\n");
    assert_eq!(
        outputs[3].stderr,
        "\naws: [ERROR]: The config profile (nope) could not be found\n"
    );
}

#[test]
fn usage_errors_are_the_clis() {
    check(
        "aws ec2 describe-vpc",
        nothing,
        expect![[r#"

        aws: [ERROR]: An error occurred (ParamValidation): argument operation: Found invalid choice 'describe-vpc'

        Maybe you meant:

          * describe-vpcs

        usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
        To see help text, you can run:

          aws help
          aws <command> help
          aws <command> <subcommand> help
        [252]
    "#]],
    );
    check(
        "aws ec2 create-tags --resources vpc-1 --tags Key=x,Key=y",
        nothing,
        expect![[r#"

        aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--tags': Second instance of key "Key" encountered for input:
        Key=x,Key=y
              ^
        This is often because there is a preceding "," instead of a space.
        [252]
    "#]],
    );
    check(
        "aws ec2 modify-subnet-attribute --subnet-id subnet-1 --map-public-ip-on-launch maybe",
        nothing,
        expect![[r#"

        aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--map-public-ip-on-launch': Expected: '=', received: 'EOF' for input:
         maybe
             ^
        [252]
    "#]],
    );
    check(
        "aws ec2 create-tags --resources vpc-1 --tags {bad",
        nothing,
        expect![[r#"

        aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--tags': Invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)
        JSON received: {bad
        [252]
    "#]],
    );
    check(
        "aws ec2 create-subnet --vpc-id vpc-1 --generate-cli-skeleton yaml-input | head -4",
        nothing,
        expect![[r#"
        TagSpecifications:
        - ResourceType: capacity-reservation
          Tags:
          - Key: ''
    "#]],
    );
}

#[test]
fn a_waiter_passes_time() {
    let mut world = World::new();
    world.reply = Some(|_| {
        Ok(
            json::parse(r#"{"Reservations":[{"Instances":[{"State":{"Name":"pending"}}]}]}"#)
                .unwrap(),
        )
    });
    let before = world.cloud.now();
    let output = run(
        "aws ec2 wait instance-running --instance-ids i-1",
        &mut world.signed_in(),
        &mut world,
        &Terminal::default(),
    );
    assert_eq!(
        output.stderr,
        "\naws: [ERROR]: Waiter InstanceRunning failed: Max attempts exceeded\n"
    );
    assert_eq!(world.cloud.now().0 - before.0, 39 * 15);
}

/// Equal but for the order of members and for tokens that the client makes up.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => {
            let rest = |x: &Map, y: &Map| {
                x.iter().all(|(key, value)| {
                    key == "ClientToken" || y.get(key).is_some_and(|other| same(value, other))
                })
            };
            rest(a, b) && rest(b, a)
        }
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Bytes(bytes), Value::Str(text)) | (Value::Str(text), Value::Bytes(bytes)) => {
            json::base64(bytes) == *text || bytes == text.as_bytes()
        }
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => *a as f64 == *b,
        _ => a == b,
    }
}

/// The words of an error, blanks and commas apart.
fn flat(text: &str) -> Vec<&str> {
    text.split([' ', '\n', ','])
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn recorded_lines_give_the_recorded_parameters() {
    let Some(text) = cases("cli/parse.jsonl") else {
        return;
    };
    let (mut right, mut wrong, mut skipped) = (0, Vec::new(), 0);
    for line in text.lines() {
        let case = json::parse(line).unwrap();
        let text = |key: &str| case.get(key).and_then(Value::as_str);
        let command = text("cmd").unwrap();
        let mut world = World::new();
        world.reply = Some(nothing);
        for (name, text) in [
            ("vpc.yaml", "CidrBlock: 10.10.0.0/16\n"),
            ("name.txt", "filekey"),
        ] {
            world.write(name, text);
        }
        // What was a file of the recorder's is none of ours.
        let file = case.get("params").map(json::compact).unwrap_or_default();
        if file.contains("_io.BytesIO") {
            skipped += 1;
            continue;
        }
        if case.get("skip").is_some() {
            skipped += 1;
            continue;
        }
        let argv: Vec<String> = case
            .get("argv")
            .and_then(Value::as_list)
            .unwrap()
            .iter()
            .map(|word| crate::commands::shell_quoted(word.as_str().unwrap()))
            .collect();
        let known = |service: &str, operation: &str| {
            api::service(service).is_some_and(|service| service.operation(operation).is_some())
        };
        let output = run(
            &argv.join(" "),
            &mut world.signed_in(),
            &mut world,
            &Terminal::default(),
        );
        let verdict = match (text("service"), text("op")) {
            (Some(service), Some(operation)) if known(service, operation) => {
                let params = case.get("params").unwrap();
                match (world.calls.first(), text("invalid")) {
                    (Some(call), None) => {
                        let mut sent = call.params.clone();
                        if case.get("pagination").is_some() {
                            // These say on the wire what `pagination` says in the case.
                            sent.remove("MaxResults");
                            sent.remove("NextToken");
                            sent.remove("MaxItems");
                        }
                        // The client adds this below the parameters.
                        sent.remove("ChecksumMode");
                        call.operation == operation && same(&Value::Map(sent), params)
                    }
                    (None, Some(invalid)) => output.stderr.contains(invalid),
                    // What names a file that is not there.
                    _ => false,
                }
            }
            (None, None) => {
                let expected = text("stderr").unwrap_or_default();
                let ours = argv
                    .get(1)
                    .is_some_and(|service| api::service(service).is_some());
                if !ours || output.stderr.contains("not in this sandbox yet") {
                    skipped += 1;
                    continue;
                }
                let ours = flat(&output.stderr);
                // The recorder gathers stray options from three parsers, in their order.
                flat(expected).iter().all(|word| ours.contains(word))
            }
            _ => {
                skipped += 1;
                continue;
            }
        };
        if verdict {
            right += 1;
        } else {
            wrong.push(format!(
                "{command}\n  wanted {} {}\n  got {:?} {}",
                case.get("params").map(json::compact).unwrap_or_default(),
                text("stderr").or(text("invalid")).unwrap_or_default(),
                world
                    .calls
                    .first()
                    .map(|call| json::compact(&Value::Map(call.params.clone()))),
                output.stderr
            ));
        }
    }
    eprintln!("{right} right, {} wrong, {skipped} skipped", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_request_written_as_a_line_reads_back() {
    let Some(text) = cases("cli/parse.jsonl") else {
        return;
    };
    let mut checked = 0;
    for case in text.lines().map(|line| json::parse(line).unwrap()) {
        let text = |key: &str| case.get(key).and_then(Value::as_str);
        let (Some(service), Some(name), Some(params), None) = (
            text("service"),
            text("op"),
            case.get("params"),
            text("invalid"),
        ) else {
            continue;
        };
        let Some(operation) = api::service(service).and_then(|service| service.operation(name))
        else {
            continue;
        };
        let token = |key: &str| {
            let shape = operation.input().and_then(|shape| shape.member(key));
            shape.is_some_and(|member| member.token)
        };
        let params: Map = params
            .as_map()
            .cloned()
            .unwrap_or_default()
            .into_iter()
            .filter(|(key, _)| !token(key))
            .collect();
        let line = api::line(service, name, &Value::Map(params.clone()));
        let mut world = World::new();
        world.reply = Some(nothing);
        let output = run(
            &line,
            &mut world.signed_in(),
            &mut world,
            &Terminal::default(),
        );
        let sent = world.calls.first().map(|call| {
            let mut sent = call.params.clone();
            sent.remove("ChecksumMode");
            Value::Map(sent)
        });
        assert!(
            sent.as_ref()
                .is_some_and(|sent| same(sent, &Value::Map(params.clone()))),
            "{line}\n{}\n{:?}\n{}",
            json::compact(&Value::Map(params)),
            sent.as_ref().map(json::compact),
            output.stderr
        );
        checked += 1;
    }
    assert!(checked > 100);
}

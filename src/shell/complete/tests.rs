//! What lines go on with, as a table: `|` is the cursor.

use super::{Completions, complete};
use crate::session::Session;
use crate::testing::World;
use crate::{Terminal, run};
use expect_test::{Expect, expect};

/// A VPC with two subnets, a gateway, a group, two instances; and a lesson's names.
fn shop() -> (World, Session) {
    let mut world = World::new();
    let mut session = world.signed_in();
    session.names.insert("public".to_owned(), String::new());
    let tags = |kind: &str, name: &str| {
        format!("--tag-specifications 'ResourceType={kind},Tags=[{{Key=Name,Value={name}}}]'")
    };
    for line in [
        format!("vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 {} --query Vpc.VpcId --output text)", tags("vpc", "shop")),
        format!("front=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 {} --query Subnet.SubnetId --output text)", tags("subnet", "front")),
        format!("back=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.2.0/24 {} --query Subnet.SubnetId --output text)", tags("subnet", "back")),
        "sg=$(aws ec2 create-security-group --group-name 'my web' --description web --vpc-id $vpc --query GroupId --output text)".to_owned(),
        format!("web=$(aws ec2 run-instances --image-id $(aws ec2 describe-images --query 'Images[0].ImageId' --output text) --instance-type t3.micro --subnet-id $front --security-group-ids $sg {} --query 'Instances[0].InstanceId' --output text)", tags("instance", "web")),
        "aws iam create-user --user-name ana > /dev/null; aws s3 mb s3://shop-pages > /dev/null; mkdir notes; echo '{}' > policy.json; echo x > 'my file'".to_owned(),
    ] {
        let output = run(&line, &mut session, &mut world, &Terminal::default());
        assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
    }
    let front = session.frames[0].get("front").unwrap().to_owned();
    session.names.insert("public".to_owned(), front);
    (world, session)
}

fn at_cursor(world: &World, session: &Session, marked: &str) -> Completions {
    let cursor = marked.find('|').unwrap();
    let line = marked.replacen('|', "", 1);
    complete(&world.cloud, session, &line, cursor)
}

/// Ids differ with every change of the log, so they are shown by their kind.
fn masked(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        match bare.rsplit_once('-') {
            Some((kind, digits)) if digits.len() == 17 => {
                out.push_str(&format!("{kind}-…{}", word.get(bare.len()..).unwrap_or("")));
            }
            _ => out.push_str(word),
        }
    }
    out
}

fn check(lines: &[&str], expected: Expect) {
    let (world, session) = shop();
    let before = world.cloud.clone();
    let mut said = String::new();
    for line in lines {
        let found = at_cursor(&world, &session, line);
        let typed = line.replacen('|', "", 1);
        let part = typed.get(found.start..found.end).unwrap();
        said.push_str(&format!("{line}\n    [{part}]"));
        if let Some(common) = found.common(&typed) {
            said.push_str(&format!(" -> {}", masked(&common)));
        }
        said.push('\n');
        for it in found.candidates.iter().take(4) {
            let on = if it.goes_on { "…" } else { "" };
            let line = format!("    {}{on}  ({})", it.text, it.description);
            said.push_str(&format!("{}\n", masked(&line)));
        }
        let more = found.candidates.len().saturating_sub(4) + found.more;
        if more > 0 {
            said.push_str(&format!("    and {more} more\n"));
        }
    }
    expected.assert_eq(&said);
    assert_eq!(world.cloud, before, "to look changes nothing");
}

#[test]
fn commands_operations_and_options() {
    check(
        &[
            "|",
            "whoa|",
            "aw|s ec2",
            "aws |",
            "aws e|",
            "aws s3|",
            "aws s3 m|",
            "aws s3 cp po|",
            "aws s3 ls s3://|",
            "aws s3api put-o|",
            "aws s3api put-object --bucket |",
            "aws ec2 create-su|",
            "aws ec2 subnet|",
            "aws ec2 wait vpc-a|",
            "aws configure l|",
            "aws ec2 create-subnet |",
            "aws ec2 create-subnet --vpc-id x --ci|",
            "aws ec2 create-subnet --vpc-id x --cidr-block y |",
            "aws ec2 describe-vpcs --outp|",
            "aws ec2 describe-vpcs --output |",
            "aws ec2 describe-vpcs --output=t|",
            "aws --region us-w|",
            "vpc=$(aws ec2 create-v|",
            "ls; systemctl |",
            "sudo dnf install h|",
            "hopwise |",
        ],
        expect![[r#"
            |
                []
                apt  (install packages (Ubuntu))
                apt-get  (install packages (Ubuntu))
                aws  (call AWS)
                base64  (encode or decode base64)
                and 66 more
            whoa|
                [whoa] -> whoami
                whoami  (the user one is)
            aw|s ec2
                [aw] -> aws
                aws  (call AWS)
            aws |
                []
                directconnect  (lines from one's own network)
                ec2  (networks and machines)
                elbv2  (load balancers)
                iam  (users and permissions)
                and 5 more
            aws e|
                [e]
                ec2  (networks and machines)
                elbv2  (load balancers)
            aws s3|
                [s3]
                s3api  (buckets and objects, call by call)
                s3  (files and folders in buckets)
            aws s3 m|
                [m]
                mb  ()
                mv  ()
            aws s3 cp po|
                [po] -> policy.json
                policy.json  ()
            aws s3 ls s3://|
                [] -> shop-pages/
                shop-pages/…  ()
            aws s3api put-o|
                [put-o] -> put-object
                put-object  (needs --bucket --key)
                put-object-tagging  (needs --bucket --key --tagging)
            aws s3api put-object --bucket |
                [] -> shop-pages
                shop-pages  ()
            aws ec2 create-su|
                [create-su] -> create-subnet
                create-subnet  (needs --vpc-id)
            aws ec2 subnet|
                [subnet]
                associate-subnet-cidr-block  (needs --subnet-id)
                create-subnet  (needs --vpc-id)
                delete-subnet  (needs --subnet-id)
                describe-subnets  (reads only)
                and 2 more
            aws ec2 wait vpc-a|
                [vpc-a] -> vpc-available
                vpc-available  ()
            aws configure l|
                [l] -> list
                list  ()
                list-profiles  ()
            aws ec2 create-subnet |
                []
                --vpc-id  (required; Tab lists what there is)
                --tag-specifications  (list of ResourceType=…,Tags=…)
                --availability-zone  (Tab lists what there is)
                --availability-zone-id  (text)
                and 33 more
            aws ec2 create-subnet --vpc-id x --ci|
                [--ci] -> --cidr-block
                --cidr-block  (text)
            aws ec2 create-subnet --vpc-id x --cidr-block y |
                []
                --tag-specifications  (list of ResourceType=…,Tags=…)
                --availability-zone  (Tab lists what there is)
                --availability-zone-id  (text)
                --ipv6-cidr-block  (text)
                and 31 more
            aws ec2 describe-vpcs --outp|
                [--outp] -> --output
                --output  (how the answer is written)
            aws ec2 describe-vpcs --output |
                []
                json  ()
                text  ()
                table  ()
                yaml  ()
                and 2 more
            aws ec2 describe-vpcs --output=t|
                [t]
                text  ()
                table  ()
            aws --region us-w|
                [us-w] -> us-west-
                us-west-1  ()
                us-west-2  ()
            vpc=$(aws ec2 create-v|
                [create-v] -> create-vp
                create-vpc  ()
                create-vpc-block-public-access-exclusion  (needs --internet-gateway-exclusion-mode)
                create-vpc-endpoint  (needs --vpc-id)
                create-vpc-peering-connection  (needs --vpc-id)
                and 3 more
            ls; systemctl |
                []
                start  ()
                stop  ()
                restart  ()
                enable  ()
                and 2 more
            sudo dnf install h|
                [h] -> httpd
                httpd  (2.4.62)
            hopwise |
                []
                bgp  ()
                may  ()
                network  ()
                trace  ()
                and 1 more
        "#]],
    );
}

#[test]
fn values_of_the_world() {
    check(
        &[
            "aws ec2 describe-subnets --subnet-ids |",
            "aws ec2 describe-subnets --subnet-ids fro|",
            "aws ec2 describe-subnets --subnet-ids subnet-|",
            "aws ec2 describe-subnets --subnet-ids $|",
            "aws ec2 delete-subnet --subnet-id $pub|",
            "aws ec2 delete-subnet --subnet-id=ba|",
            "aws ec2 create-subnet --vpc-id |",
            "aws ec2 stop-instances --instance-ids |",
            "aws ec2 delete-security-group --group-name |",
            "aws ec2 delete-security-group --group-name 'my|",
            "aws ec2 authorize-security-group-ingress --group-id $sg --protocol |",
            "aws ec2 authorize-security-group-ingress --group-id $sg --source-group |",
            "aws ec2 run-instances --instance-type t3.mi|",
            "aws ec2 allocate-address --domain |",
            "aws ec2 create-subnet --availability-zone us-east-1|",
            "aws ec2 describe-subnets --filters |",
            "aws ec2 describe-subnets --filters Name=vp|",
            "aws ec2 describe-subnets --filters Name=vpc-id,Values=|",
            "aws ec2 describe-subnets --filters Name=tag:Name,Values=|",
            "aws ec2 describe-subnets --filters Name=vpc-id,Values=x,|",
            "aws ec2 describe-instances --filters Name=instance-state-name,Values=st|",
            "aws ec2 create-vpc --tag-specifications ResourceType=vp|",
            "aws ec2 create-vpc --tag-specifications ResourceType=vpc,Tags=|",
            "aws ec2 create-vpc --tag-specifications 'ResourceType=vpc,Tags=[{|",
            "aws ec2 create-vpc --tag-specifications 'ResourceType=vpc,Tags=[{Key=|",
            "aws ec2 create-tags --resources sh|",
            "aws ec2 terminate-instances --region eu-west-1 --instance-ids |",
            "aws iam delete-user --user-name |",
            "aws iam put-user-policy --policy-document file://po|",
            "hopwise trace |",
            "hopwise trace internet we|",
            "ping |",
        ],
        expect![[r#"
            aws ec2 describe-subnets --subnet-ids |
                []
                subnet-…  (172.31.0.0/20  us-east-1a)
                subnet-…  (172.31.16.0/20  us-east-1b)
                subnet-…  (172.31.32.0/20  us-east-1c)
                subnet-…  (172.31.48.0/20  us-east-1d)
                and 4 more
            aws ec2 describe-subnets --subnet-ids fro|
                [fro]
                subnet-…  (front  10.0.1.0/24  us-east-1a)
            aws ec2 describe-subnets --subnet-ids subnet-|
                [subnet-] -> subnet-0
                subnet-…  (172.31.0.0/20  us-east-1a)
                subnet-…  (172.31.16.0/20  us-east-1b)
                subnet-…  (172.31.32.0/20  us-east-1c)
                subnet-…  (172.31.48.0/20  us-east-1d)
                and 4 more
            aws ec2 describe-subnets --subnet-ids $|
                [$]
                $back  (subnet-…  back  10.0.2.0/24  us-east-1a)
                $front  (subnet-…  front  10.0.1.0/24  us-east-1a)
                $public  (subnet-…  front  10.0.1.0/24  us-east-1a)
                $sg  (sg-…)
                and 10 more
            aws ec2 delete-subnet --subnet-id $pub|
                [$pub] -> $public
                $public  (subnet-…  front  10.0.1.0/24  us-east-1a)
            aws ec2 delete-subnet --subnet-id=ba|
                [ba]
                subnet-…  (back  10.0.2.0/24  us-east-1a)
            aws ec2 create-subnet --vpc-id |
                []
                vpc-…  (172.31.0.0/16)
                vpc-…  (shop  10.0.0.0/16)
            aws ec2 stop-instances --instance-ids |
                [] -> i-…
                i-…  (web  10.0.1.4)
            aws ec2 delete-security-group --group-name |
                []
                default  (default VPC security group)
                'my web'  (web)
            aws ec2 delete-security-group --group-name 'my|
                [my] -> my web
                my web  (web)
            aws ec2 authorize-security-group-ingress --group-id $sg --protocol |
                []
                tcp  ()
                udp  ()
                icmp  ()
                all  ()
            aws ec2 authorize-security-group-ingress --group-id $sg --source-group |
                []
                sg-…  (default  default VPC security group)
                sg-…  (default  default VPC security group)
                sg-…  (my web  web)
            aws ec2 run-instances --instance-type t3.mi|
                [t3.mi] -> t3.micro
                t3.micro  ()
            aws ec2 allocate-address --domain |
                []
                vpc  ()
                standard  ()
            aws ec2 create-subnet --availability-zone us-east-1|
                [us-east-1]
                us-east-1a  (us-east-1  use1-az1)
                us-east-1b  (us-east-1  use1-az2)
                us-east-1c  (us-east-1  use1-az3)
                us-east-1d  (us-east-1  use1-az4)
                and 2 more
            aws ec2 describe-subnets --filters |
                []
                Name=…  (text)
                Values=…  (list: text)
            aws ec2 describe-subnets --filters Name=vp|
                [vp] -> vpc-id,Values=
                vpc-id,Values=…  ()
            aws ec2 describe-subnets --filters Name=vpc-id,Values=|
                []
                vpc-…  (172.31.0.0/16)
                vpc-…  (shop  10.0.0.0/16)
            aws ec2 describe-subnets --filters Name=tag:Name,Values=|
                []
                shop  (vpc)
                front  (subnet)
                back  (subnet)
                web  (instance)
            aws ec2 describe-subnets --filters Name=vpc-id,Values=x,|
                []
                vpc-…  (172.31.0.0/16)
                vpc-…  (shop  10.0.0.0/16)
            aws ec2 describe-instances --filters Name=instance-state-name,Values=st|
                [st] -> stopp
                stopping  ()
                stopped  ()
            aws ec2 create-vpc --tag-specifications ResourceType=vp|
                [vp]
                vpc  ()
                vpc-endpoint  ()
                vpc-endpoint-connection  ()
                vpc-endpoint-service  ()
                and 10 more
            aws ec2 create-vpc --tag-specifications ResourceType=vpc,Tags=|
                [] -> [{Key=
                [{Key=…  (Key=…,Value=…)
            aws ec2 create-vpc --tag-specifications 'ResourceType=vpc,Tags=[{|
                []
                Key=…  (text)
                Value=…  (text)
            aws ec2 create-vpc --tag-specifications 'ResourceType=vpc,Tags=[{Key=|
                [] -> Name,Value=
                Name,Value=…  (what people call it)
            aws ec2 create-tags --resources sh|
                [sh]
                vpc-…  (shop  10.0.0.0/16)
            aws ec2 terminate-instances --region eu-west-1 --instance-ids |
                []
            aws iam delete-user --user-name |
                [] -> ana
                ana  ()
            aws iam put-user-policy --policy-document file://po|
                [po] -> policy.json
                policy.json  ()
            hopwise trace |
                []
                internet  (everyone else)
                laptop  (this laptop)
                i-…  (web  10.0.1.4)
            hopwise trace internet we|
                [we]
                i-…  (web  10.0.1.4)
            ping |
                [] -> 10.0.1.4
                10.0.1.4  (web)
        "#]],
    );
}

#[test]
fn files_and_variables() {
    check(
        &[
            "cat |",
            "cat po|",
            "cat my|",
            "cat 'my|",
            "cat ~/po|",
            "cat /ho|",
            "cd |",
            "echo x > po|",
            "echo ${pu|",
            "echo \"$fr|",
            "echo '$fr|",
            "echo $AWS_SECRET|",
            "./po|",
            "# ls |",
        ],
        expect![[r#"
            cat |
                []
                'my file'  ()
                notes/…  (folder)
                policy.json  ()
            cat po|
                [po] -> policy.json
                policy.json  ()
            cat my|
                [my]
                'my file'  ()
            cat 'my|
                [my] -> my file
                my file  ()
            cat ~/po|
                [po] -> policy.json
                policy.json  ()
            cat /ho|
                [ho] -> home/
                home/…  (folder)
            cd |
                [] -> notes/
                notes/…  (folder)
            echo x > po|
                [po] -> policy.json
                policy.json  ()
            echo ${pu|
                [${pu] -> ${public}
                ${public}  (subnet-…)
            echo "$fr|
                [$fr] -> $front
                $front  (subnet-…)
            echo '$fr|
                [$fr]
            echo $AWS_SECRET|
                [$AWS_SECRET] -> $AWS_SECRET_ACCESS_KEY
                $AWS_SECRET_ACCESS_KEY  (a secret)
            ./po|
                [po] -> policy.json
                policy.json  ()
            # ls |
                []
        "#]],
    );
}

#[test]
fn who_may_not_look_is_offered_nothing() {
    let (world, mut session) = shop();
    session.frames[0].export("AWS_SECRET_ACCESS_KEY", "wrong");
    let found = at_cursor(&world, &session, "aws ec2 delete-vpc --vpc-id |");
    assert_eq!(found.candidates, []);
}

#[test]
fn nothing_that_is_typed_breaks_it() {
    let (world, session) = shop();
    let pieces = [
        "aws",
        "ec2",
        "--filters",
        "Name=",
        "{",
        "}",
        "[",
        "]",
        "=",
        ",",
        "$(",
        ")",
        "`",
        "'",
        "\"",
        "\\",
        " ",
        "$",
        "${",
        "é",
        "--",
        "-",
        "\n",
        "#",
        "create-subnet",
        "--subnet-id",
        "<",
        ">",
        "file://",
        "/",
        "~",
        "..",
        "run-instances",
        "--tag-specifications",
        "Tags=[{Key=",
    ];
    // Every pair and many triples, with the cursor at every place.
    for (at, a) in pieces.iter().enumerate() {
        for (by, b) in pieces.iter().enumerate() {
            let c = pieces[(at * 7 + by * 3) % pieces.len()];
            for line in [
                format!("{a}{b}"),
                format!("aws ec2 create-subnet {a}{b}{c}"),
            ] {
                let cursor = (at + by * 5) % (line.len() + 1);
                for cursor in [cursor, line.len(), line.len() + 9] {
                    let found = complete(&world.cloud, &session, &line, cursor);
                    assert!(
                        found.start <= found.end && found.end <= line.len(),
                        "{line}"
                    );
                    assert!(line.get(found.start..found.end).is_some(), "{line}");
                }
            }
        }
    }
    let long = "x".repeat(super::LONGEST + 1);
    assert_eq!(
        complete(&world.cloud, &session, &long, long.len()),
        Completions::default()
    );
}

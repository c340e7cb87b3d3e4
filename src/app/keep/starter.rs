//! What a new world may begin with.

use hopwise_world::{Genesis, World};

/// A beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Starter {
    /// What it and the world made from it are called.
    pub name: &'static str,
    /// What is in it.
    pub said: &'static str,
    default_vpc: bool,
    lines: &'static [&'static str],
}

/// All of them.
pub const STARTERS: [Starter; 3] = [
    Starter {
        name: "Empty world",
        said: "an account with nothing in it",
        default_vpc: false,
        lines: &[],
    },
    Starter {
        name: "Default VPC",
        said: "as AWS hands out a new account",
        default_vpc: true,
        lines: &[],
    },
    Starter {
        name: "Two tiers",
        said: "a public web server before a private database",
        default_vpc: false,
        lines: TWO_TIERS,
    },
];

/// A VPC with a public and a private subnet, a web server and a database.
const TWO_TIERS: &[&str] = &[
    "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --tag-specifications 'ResourceType=vpc,Tags=[{Key=Name,Value=shop}]' --query Vpc.VpcId --output text)",
    "front=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 --availability-zone us-east-1a --tag-specifications 'ResourceType=subnet,Tags=[{Key=Name,Value=front}]' --query Subnet.SubnetId --output text)",
    "back=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.2.0/24 --availability-zone us-east-1b --tag-specifications 'ResourceType=subnet,Tags=[{Key=Name,Value=back}]' --query Subnet.SubnetId --output text)",
    "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
    "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
    "rtb=$(aws ec2 create-route-table --vpc-id $vpc --tag-specifications 'ResourceType=route-table,Tags=[{Key=Name,Value=to-internet}]' --query RouteTable.RouteTableId --output text)",
    "aws ec2 create-route --route-table-id $rtb --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
    "aws ec2 associate-route-table --route-table-id $rtb --subnet-id $front",
    "web_sg=$(aws ec2 create-security-group --group-name web --description web --vpc-id $vpc --query GroupId --output text)",
    "aws ec2 authorize-security-group-ingress --group-id $web_sg --protocol tcp --port 80 --cidr 0.0.0.0/0",
    "db_sg=$(aws ec2 create-security-group --group-name database --description database --vpc-id $vpc --query GroupId --output text)",
    "aws ec2 authorize-security-group-ingress --group-id $db_sg --protocol tcp --port 5432 --source-group $web_sg",
    "web=$(aws ec2 run-instances --image-id $web_image --instance-type t3.micro --subnet-id $front --security-group-ids $web_sg --associate-public-ip-address --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web}]' --query Instances[0].InstanceId --output text)",
    "db=$(aws ec2 run-instances --image-id $db_image --instance-type t3.micro --subnet-id $back --security-group-ids $db_sg --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=database}]' --query Instances[0].InstanceId --output text)",
];

impl Starter {
    /// The world it makes, with what was built as one step.
    pub fn world(&self) -> World {
        let mut world = World::new(Genesis {
            seed: 1,
            default_vpc: self.default_vpc,
        });
        for line in self.lines {
            world.run_line(World::TERMINAL, line);
        }
        world.as_one_step("Starter");
        world
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_starter_is_built_without_a_refusal() {
        for (starter, (vpcs, hosts)) in STARTERS.iter().zip([(0, 0), (1, 0), (1, 2)]) {
            let mut world = World::new(Genesis {
                seed: 1,
                default_vpc: starter.default_vpc,
            });
            for line in starter.lines {
                let output = world.run_line(World::TERMINAL, line);
                assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
            }
            let mut world = starter.world();
            let picture = world.picture();
            assert_eq!(picture.vpcs.len(), vpcs, "{}", starter.name);
            let zones = picture.vpcs.iter().flat_map(|vpc| &vpc.zones);
            let subnets = zones.flat_map(|zone| &zone.subnets);
            assert_eq!(subnets.map(|it| it.hosts.len()).sum::<usize>(), hosts);
            assert_eq!(world.history().len(), usize::from(hosts > 0));
            if hosts > 0 {
                let said = world.run_line(World::TERMINAL, "hopwise trace internet $web --port 80");
                assert_eq!(said.exit, 0, "{}", said.stdout);
                let said =
                    world.run_line(World::TERMINAL, "hopwise trace internet $db --port 5432");
                assert_eq!(said.exit, 1);
                let said = world.run_line(World::TERMINAL, "hopwise trace $web $db --port 5432");
                assert_eq!(said.exit, 0, "{}", said.stdout);
                assert!(!said.stdout.contains("refused"), "{}", said.stdout);
            }
        }
    }
}

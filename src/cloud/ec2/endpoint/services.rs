//! The services of AWS that endpoints are made for.
//!
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>

use crate::region::Region;

/// Services with an interface endpoint, by the end of their names, with the host names that a
/// private DNS name stands for.
const INTERFACE: &[(&str, &str)] = &[
    ("autoscaling", "autoscaling"),
    ("cloudformation", "cloudformation"),
    ("dynamodb", "dynamodb"),
    ("ec2", "ec2"),
    ("ec2messages", "ec2messages"),
    ("ecr.api", "api.ecr"),
    ("ecr.dkr", "*.dkr.ecr"),
    ("ecs", "ecs"),
    ("elasticloadbalancing", "elasticloadbalancing"),
    ("events", "events"),
    ("execute-api", "*.execute-api"),
    ("kms", "kms"),
    ("lambda", "lambda"),
    ("logs", "logs"),
    ("monitoring", "monitoring"),
    ("rds", "rds"),
    ("s3", "s3"),
    ("secretsmanager", "secretsmanager"),
    ("sns", "sns"),
    ("sqs", "sqs"),
    ("ssm", "ssm"),
    ("ssmmessages", "ssmmessages"),
    ("sts", "sts"),
];
/// Services with a gateway endpoint.
const GATEWAY: [&str; 2] = ["dynamodb", "s3"];

/// A service that endpoints are made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Service {
    /// The end of its name, e.g. `s3`.
    pub short: &'static str,
    /// Is it reached by a route to its prefix list, or by an interface?
    pub gateway: bool,
    host: &'static str,
}

impl Service {
    /// Its whole name: `com.amazonaws.us-east-1.s3`.
    pub fn name(&self, region: &Region) -> String {
        format!("com.amazonaws.{}.{}", region.name, self.short)
    }

    /// The public name that a private DNS name takes the place of.
    pub fn host(&self, region: &Region) -> String {
        format!("{}.{}.amazonaws.com", self.host, region.name)
    }
}

/// The services of a Region, gateways first.
pub fn services() -> impl Iterator<Item = Service> {
    let gateway = GATEWAY.iter().map(|short| Service {
        short,
        gateway: true,
        host: short,
    });
    let interface = INTERFACE.iter().map(|(short, host)| Service {
        short,
        gateway: false,
        host,
    });
    gateway.chain(interface)
}

/// The service of this whole name and kind.
pub fn service(region: &Region, name: &str, gateway: bool) -> Option<Service> {
    services().find(|it| it.gateway == gateway && it.name(region) == name)
}

//! Is a bucket policy public?
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>

use crate::condition::{Comparison, parse_block};
use crate::{Condition, Effect, Named, Policy, SetOperator, Statement};

/// Keys whose fixed value makes a statement for everyone one for a few.
const PINNING_KEYS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:userid",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// The shortest masks of `aws:SourceIp` that are not public, for IPv4 and IPv6.
const SHORTEST_MASKS: (u8, u8) = (8, 32);

impl Policy {
    /// Does S3 call the policy public? One public statement is enough.
    pub fn is_public(&self) -> bool {
        self.statements.iter().any(Statement::is_public)
    }
}

impl Statement {
    /// Does the statement let in everyone, with no condition that pins it to a few?
    pub fn is_public(&self) -> bool {
        let everyone = self.principals.as_ref().is_some_and(|principals| {
            principals.negated
                || principals
                    .entries
                    .iter()
                    .any(|entry| matches!(entry.who, Named::Everyone | Named::Federated(_)))
        });
        self.effect == Effect::Allow && everyone && !self.conditions.iter().any(pins)
    }
}

fn pins(condition: &Condition) -> bool {
    let operator = condition.operator;
    // All of these also hold for requests that the values don't describe.
    if operator.is_negated()
        || operator.if_exists
        || operator.set == Some(SetOperator::ForAllValues)
        || condition.values.is_empty()
    {
        return false;
    }
    let is = |key: &str| condition.key.eq_ignore_ascii_case(key);
    match operator.comparison {
        Comparison::Ip => is("aws:SourceIp") && condition.values.iter().all(|text| is_narrow(text)),
        Comparison::StringEquals
        | Comparison::StringEqualsIgnoreCase
        | Comparison::StringLike
        | Comparison::Arn => {
            PINNING_KEYS.iter().copied().any(is)
                && condition.values.iter().all(|value| {
                    // Of an access point's ARN the account must be fixed, not the name.
                    let decisive = match is("s3:DataAccessPointArn") {
                        true => value.rsplit_once(':').map_or("*", |(before, _)| before),
                        false => value,
                    };
                    !decisive.contains(['*', '?']) && !decisive.contains("${")
                })
        }
        _ => false,
    }
}

fn is_narrow(text: &str) -> bool {
    parse_block(text).is_some_and(|block| {
        let (v4, v6) = SHORTEST_MASKS;
        block.length() >= if block.is_v4() { v4 } else { v6 }
    })
}

//! Policies that AWS itself manages: those whose documents are short, as their pages show them.
//!
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>

use crate::time::Time;

/// A policy of AWS's.
#[derive(Debug)]
pub struct AwsManaged {
    /// Its name, which ends its ARN.
    pub name: &'static str,
    /// `ANPA…`
    pub id: &'static str,
    /// Its default version.
    pub version: &'static str,
    /// When it was made.
    pub created: Time,
    /// When its default version was made.
    pub updated: Time,
    /// Its document.
    pub document: &'static str,
}

/// What stands before the name in an ARN.
pub(crate) const PREFIX: &str = "arn:aws:iam::aws:policy/";

/// Every one there is here, by name.
pub static AWS_MANAGED: &[AwsManaged] = &[
    AwsManaged {
        name: "AdministratorAccess",
        id: "ANPAIWMBCKSKIEE64ZLYK",
        version: "v1",
        created: Time(1_423_247_986),
        updated: Time(1_423_247_986),
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    },
    // The version that was the default when this world begins.
    AwsManaged {
        name: "AmazonEC2ReadOnlyAccess",
        id: "ANPAIGDT4SV4GSETWTBZK",
        version: "v3",
        created: Time(1_423_248_017),
        updated: Time(1_735_294_020),
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*","ec2:GetSecurityGroupsForVpc"],"Resource":"*"},{"Effect":"Allow","Action":"elasticloadbalancing:Describe*","Resource":"*"},{"Effect":"Allow","Action":["cloudwatch:ListMetrics","cloudwatch:GetMetricStatistics","cloudwatch:Describe*"],"Resource":"*"},{"Effect":"Allow","Action":"autoscaling:Describe*","Resource":"*"}]}"#,
    },
    AwsManaged {
        name: "AmazonS3FullAccess",
        id: "ANPAIFIR6V6BVTRAHWINE",
        version: "v2",
        created: Time(1_423_248_058),
        updated: Time(1_632_773_797),
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}]}"#,
    },
    AwsManaged {
        name: "AmazonS3ReadOnlyAccess",
        id: "ANPAIZTJ4DXE7G6AGAE6M",
        version: "v3",
        created: Time(1_423_248_059),
        updated: Time(1_691_703_099),
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]}"#,
    },
];

impl AwsManaged {
    /// The one with this ARN.
    pub fn find(arn: &str) -> Option<&'static AwsManaged> {
        let name = arn.strip_prefix(PREFIX)?;
        AWS_MANAGED.iter().find(|it| it.name == name)
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }
}

//! What is asked: who, what, on which resource, under which circumstances, and which policies
//! have a say.

use crate::{Context, Policy};

/// Who makes a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Caller {
    /// An IAM user.
    User {
        /// `arn:aws:iam::111122223333:user/ana`
        arn: String,
        /// The user's account.
        account: String,
    },
    /// A session of an IAM role.
    RoleSession {
        /// `arn:aws:sts::111122223333:assumed-role/web/i-0…`
        arn: String,
        /// The role's own ARN, with its path.
        role_arn: String,
        /// The role's account.
        account: String,
    },
    /// A session that an IAM user got from `GetFederationToken`.
    FederatedUser {
        /// `arn:aws:sts::111122223333:federated-user/ana`
        arn: String,
        /// The ARN of the user who asked for the session.
        user_arn: String,
        /// The user's account.
        account: String,
    },
    /// The root user of an account.
    Root {
        /// The account.
        account: String,
    },
    /// An AWS service that acts for itself.
    Service {
        /// E.g. `cloudtrail.amazonaws.com`.
        name: String,
    },
    /// No one in particular: the request is not signed.
    Anonymous,
}

impl Caller {
    /// The caller's account, if it has one.
    pub fn account(&self) -> Option<&str> {
        match self {
            Caller::User { account, .. }
            | Caller::RoleSession { account, .. }
            | Caller::FederatedUser { account, .. }
            | Caller::Root { account } => Some(account),
            Caller::Service { .. } | Caller::Anonymous => None,
        }
    }

    /// How AWS's messages name the caller.
    pub fn label(&self) -> String {
        match self {
            Caller::User { arn, .. }
            | Caller::RoleSession { arn, .. }
            | Caller::FederatedUser { arn, .. } => arn.clone(),
            Caller::Root { account } => format!("arn:aws:iam::{account}:root"),
            Caller::Service { name } => name.clone(),
            Caller::Anonymous => "anonymous".to_owned(),
        }
    }

    /// Is it a session of a service-linked role, which the organization's policies spare?
    pub(crate) fn is_service_linked(&self) -> bool {
        matches!(self, Caller::RoleSession { role_arn, .. }
            if role_arn.contains(":role/aws-service-role/"))
    }
}

/// One authorization question. An operation may ask several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Who.
    pub caller: Caller,
    /// What, e.g. `s3:GetObject`.
    pub action: String,
    /// On which resource: an ARN, or `*` where the action knows no resources.
    pub resource: String,
    /// The account that owns the resource; `None` counts as the caller's.
    pub resource_account: Option<String>,
    /// Under which circumstances. Nothing is added here: the caller's own keys
    /// (`aws:username`, `aws:PrincipalArn`, …) must be among them.
    pub context: Context,
}

/// A policy with the name that explanations give it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Attached<'a> {
    /// Its name or ARN.
    pub name: &'a str,
    /// The policy.
    pub policy: &'a Policy,
}

/// The policies at one level of an organization: its root, an organizational unit, the account.
#[derive(Clone, PartialEq, Debug)]
pub struct Level<'a> {
    /// Which level, e.g. `r-ab12`, `ou-ab12-11111111`, `111122223333`.
    pub target: &'a str,
    /// What is attached there.
    pub policies: Vec<Attached<'a>>,
}

/// All policies that have a say in a request.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layers<'a> {
    /// Of the user (its groups' too) or the role.
    pub identity: Vec<Attached<'a>>,
    /// Of the resource: bucket policy, key policy, role trust policy.
    pub resource: Option<Attached<'a>>,
    /// The permissions boundary of the user or role.
    pub boundary: Option<Attached<'a>>,
    /// Those passed when the session was made; none is as good as an empty list.
    pub session: Vec<Attached<'a>>,
    /// Service control policies from the root down; `None` where the caller's account is in no
    /// organization, or is its management account.
    pub service_control: Option<Vec<Level<'a>>>,
    /// Resource control policies that apply to the resource, from the root down; the implicit
    /// `RCPFullAWSAccess` need not be among them.
    pub resource_control: Option<Vec<Level<'a>>>,
    /// Of the VPC endpoint that the request passed, if it passed one.
    pub vpc_endpoint: Option<Attached<'a>>,
    /// Does S3's `RestrictPublicBuckets` apply to the bucket? Then a public bucket policy lets in
    /// no one but the owner's account and AWS services.
    pub restrict_public_buckets: bool,
}

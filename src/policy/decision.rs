//! The answer to an authorization question, with everything that led to it.

use crate::{Effect, Failure};

/// The answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// Permitted.
    Allow,
    /// Forbidden by a statement.
    ExplicitDeny,
    /// Forbidden because nothing permits it.
    ImplicitDeny,
}

/// A requirement that a request must meet, in the order in which AWS reports them.
/// <https://docs.aws.amazon.com/iam-toolbox/latest/APIReference/API_GetRequestAuthorizationDetails.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Layer {
    /// Resource control policies of one level.
    ResourceControl,
    /// Service control policies of one level.
    ServiceControl,
    /// The policy of the VPC endpoint.
    VpcEndpoint,
    /// S3's Block Public Access.
    PublicAccess,
    /// The resource's own policy.
    Resource,
    /// The policies of the user or role.
    Principal,
    /// The permissions boundary.
    Boundary,
    /// The session policies.
    Session,
}

impl Layer {
    /// AWS's word for it (`checkType`); Block Public Access, which AWS does not list, by its own.
    pub fn code(self) -> &'static str {
        match self {
            Layer::ResourceControl => "RESOURCE_CONTROL_POLICY",
            Layer::ServiceControl => "SERVICE_CONTROL_POLICY",
            Layer::VpcEndpoint => "VPC_ENDPOINT",
            Layer::PublicAccess => "PUBLIC_ACCESS_BLOCK",
            Layer::Resource => "RESOURCE",
            Layer::Principal => "PRINCIPAL",
            Layer::Boundary => "PERMISSIONS_BOUNDARY",
            Layer::Session => "SESSION",
        }
    }
}

/// What one requirement came to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CheckEffect {
    /// It permits.
    Allow,
    /// It is silent, and its silence does not matter.
    NoImpact,
    /// It would have to permit, and does not.
    ImplicitDeny,
    /// It forbids.
    ExplicitDeny,
}

impl CheckEffect {
    /// AWS's word for it (`evaluatedEffect`).
    pub fn code(self) -> &'static str {
        match self {
            CheckEffect::Allow => "ALLOW",
            CheckEffect::NoImpact => "NO_IMPACT",
            CheckEffect::ImplicitDeny => "IMPLICIT_DENY",
            CheckEffect::ExplicitDeny => "EXPLICIT_DENY",
        }
    }

    /// Does it stop the request?
    pub fn is_deny(self) -> bool {
        matches!(self, CheckEffect::ImplicitDeny | CheckEffect::ExplicitDeny)
    }
}

/// A statement, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementRef {
    /// The name of its policy.
    pub policy: String,
    /// Which statement of it, counted from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// What it says when it matches.
    pub effect: Effect,
    /// Line of its first character, counted from 1.
    pub line: u32,
    /// Column of its first character, counted from 1.
    pub column: u32,
    /// The statement in one line.
    pub text: String,
}

/// A statement that would have permitted the request, and why it does not apply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missed {
    /// The statement.
    pub statement: StatementRef,
    /// What did not match, one for each element.
    pub failures: Vec<Failure>,
    /// Is it the one that came closest?
    pub nearest: bool,
}

/// Why a requirement came out otherwise than its statements alone would say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Note {
    /// The root user may do everything in its account.
    RootUser,
    /// The action needs no permission.
    NeedsNoPermission,
    /// The root user of the owner can always replace a bucket policy.
    OwnerRoot,
    /// The resource's policy names the caller, so that this one's silence does not matter.
    NamedByResource,
    /// The resource's policy names the account, which leaves the decision to this one.
    DelegatedToAccount,
    /// The resource's policy is silent, which is enough within one account.
    SameAccount,
    /// The resource is another account's: its policy must allow too.
    OtherAccount,
    /// A role, a key: its policy must always allow.
    OwnPolicyRequired,
    /// The bucket policy is public, and public policies let in no one from outside.
    PublicPolicyRestricted,
    /// A caller without an account has nothing else to go by.
    NoIdentity,
    /// A federated session got no session policy, which leaves it nothing.
    NoSessionPolicy,
}

/// One requirement and what it came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// Which.
    pub layer: Layer,
    /// The level of the organization, for its policies.
    pub target: Option<String>,
    /// The names of the policies that were looked at.
    pub policies: Vec<String>,
    /// What it came to.
    pub effect: CheckEffect,
    /// The statements that match: those that deny if there are any, else those that allow.
    pub matched: Vec<StatementRef>,
    /// Where nothing matched: the statements that could have allowed.
    pub missed: Vec<Missed>,
    /// Why, where the statements alone don't say.
    pub note: Option<Note>,
}

/// The answer to a request, with every requirement that was checked: where several fail, all are
/// here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The answer.
    pub outcome: Outcome,
    /// The requirements in AWS's order.
    pub checks: Vec<Check>,
    pub(crate) caller: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) trust: bool,
}

impl Decision {
    /// Is the request permitted?
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allow
    }

    /// The requirements that stop the request: all of them, denials by statement and by silence.
    pub fn failing(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.effect.is_deny())
    }

    /// The requirement that AWS's error names: of several, the first that denies by a statement,
    /// else the first that is silent.
    pub fn deciding(&self) -> Option<&Check> {
        let wanted = match self.outcome {
            Outcome::Allow => return None,
            Outcome::ExplicitDeny => CheckEffect::ExplicitDeny,
            Outcome::ImplicitDeny => CheckEffect::ImplicitDeny,
        };
        self.checks.iter().find(|check| check.effect == wanted)
    }

    /// The context keys that the request lacks and that statements ask for which could have
    /// allowed it, in order, each once: like the simulator's `MissingContextValues`.
    pub fn missing_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = Vec::new();
        let failures = self
            .checks
            .iter()
            .flat_map(|check| &check.missed)
            .flat_map(|missed| &missed.failures);
        for failure in failures {
            if let Failure::Condition { missing, .. } = failure {
                for key in missing {
                    if !keys.contains(&key.as_str()) {
                        keys.push(key);
                    }
                }
            }
        }
        keys
    }

    /// Why, in AWS's words, as they end an `AccessDenied` error: `because no identity-based
    /// policy allows the ec2:DescribeVpcs action`. `None` if the request is permitted.
    ///
    /// The wording is of <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
    /// (June 2023); for a service control policy that lacks the allow it is that of current
    /// errors; for `RestrictPublicBuckets` it is formed after that of `BlockPublicPolicy`.
    pub fn denial_reason(&self) -> Option<String> {
        let check = self.deciding()?;
        let (policy, article) = match check.layer {
            Layer::ResourceControl => ("resource control policy", "a"),
            Layer::ServiceControl => ("service control policy", "a"),
            Layer::VpcEndpoint => ("VPC endpoint policy", "a"),
            Layer::PublicAccess => {
                return Some(
                    "because public access is blocked by the RestrictPublicBuckets block public \
                     access setting"
                        .to_owned(),
                );
            }
            Layer::Resource if self.trust => ("role trust policy", "the"),
            Layer::Resource => ("resource-based policy", "a"),
            Layer::Principal => ("identity-based policy", "an"),
            Layer::Boundary => ("permissions boundary", "a"),
            Layer::Session => ("session policy", "a"),
        };
        Some(match self.outcome {
            Outcome::ExplicitDeny => format!("with an explicit deny in {article} {policy}"),
            Outcome::Allow | Outcome::ImplicitDeny => {
                format!("because no {policy} allows the {} action", self.action)
            }
        })
    }

    /// AWS's `AccessDenied` message, e.g. `User: arn:aws:iam::111122223333:user/ana is not
    /// authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k because no …`; the
    /// resource is left out where the action knows none. `None` if the request is permitted.
    pub fn denial_message(&self) -> Option<String> {
        let reason = self.denial_reason()?;
        let resource = match self.resource.as_str() {
            "*" => String::new(),
            resource => format!(" on resource: {resource}"),
        };
        Some(format!(
            "User: {} is not authorized to perform: {}{resource} {reason}",
            self.caller, self.action
        ))
    }
}

//! What a call must be allowed, asked of the policy engine.

use crate::cloud::Cloud;
use crate::door::{Call, Caller, Denial, Need, Operation};
use crate::ec2::Ec2;
use crate::fault::Fault;
use crate::json;
use crate::region::Region;
use crate::table::{Noun, Resource};
use crate::value::{Map, Value};
use hopwise_policy::{Attached, Context, Decision, Layers, Policy, PolicyKind, Request};

/// Is the caller allowed everything that the call needs? The first need that is not allowed is
/// the one AWS names.
pub(crate) fn authorize(
    cloud: &Cloud,
    caller: &Caller,
    region: &Region,
    call: &Call,
    operation: &Operation,
) -> Result<(), Fault> {
    let policies = identity_policies(cloud, caller);
    let layers = Layers {
        identity: policies
            .iter()
            .map(|(name, policy)| Attached { name, policy })
            .collect(),
        ..Layers::default()
    };
    let mut concerned: Vec<String> = operation
        .needs
        .iter()
        .flat_map(|need| resources(cloud, caller, region, need, &call.params))
        .collect();
    // What is named otherwise than by its id, e.g. a group by its name, needs the permission
    // for any of its kind: a call that names nothing is not allowed for that.
    if concerned.is_empty() && !operation.needs.is_empty() {
        let kind = operation.needs.iter().find_map(|need| match need {
            Need::On(kind, _) if !kind.is_empty() => Some(*kind),
            _ => None,
        });
        concerned.push(kind.map_or("*".to_owned(), |kind| {
            format!("arn:aws:ec2:{}:{}:{kind}/*", region.name, caller.account)
        }));
    }
    // Who asks for what, and under which circumstances, is the same for all of them.
    let mut request = Request {
        caller: policy_caller(caller),
        action: format!("{}:{}", call.service, operation.name),
        resource: String::new(),
        resource_account: None,
        context: context(cloud, caller, region, call),
    };
    for resource in concerned {
        request.resource = resource;
        let decision = hopwise_policy::decide(&request, &layers)
            .map_err(|unsupported| Fault::new("InternalError", format!("{unsupported:?}")))?;
        if !decision.is_allowed() {
            return Err(denied(&call.service, operation, &request, &decision));
        }
    }
    Ok(())
}

/// Is it a policy document that IAM takes for a user, group or role?
pub(crate) fn check_identity_policy(document: &str) -> Result<(), Fault> {
    let (policy, mistakes) = hopwise_policy::parse(document, PolicyKind::Identity);
    match hopwise_policy::aws_error(&mistakes) {
        Some(error) => Err(Fault::new(error.code, error.text.clone())),
        // A mistake for which no text of AWS is on record is refused all the same.
        None if policy.is_none() || !mistakes.is_empty() => Err(Fault::new(
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        )),
        None => Ok(()),
    }
}

fn identity_policies(cloud: &Cloud, caller: &Caller) -> Vec<(String, Policy)> {
    let user = caller
        .user
        .as_ref()
        .and_then(|name| cloud.account(&caller.account)?.iam.user(name));
    user.into_iter()
        .flat_map(|user| &user.policies)
        .filter_map(|(name, text)| {
            let (policy, _) = hopwise_policy::parse(text, PolicyKind::Identity);
            Some((name.clone(), policy?))
        })
        .collect()
}

fn policy_caller(caller: &Caller) -> hopwise_policy::Caller {
    let account = caller.account.clone();
    match caller.user {
        Some(_) => hopwise_policy::Caller::User {
            arn: caller.arn.clone(),
            account,
        },
        None => hopwise_policy::Caller::Root { account },
    }
}

/// The keys that every request carries.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn context(cloud: &Cloud, caller: &Caller, region: &Region, call: &Call) -> Context {
    let mut context = Context::new()
        .with("aws:CurrentTime", cloud.now().to_string())
        .with("aws:EpochTime", cloud.now().0.to_string())
        .with("aws:PrincipalArn", caller.arn.as_str())
        .with("aws:PrincipalAccount", caller.account.as_str())
        .with(
            "aws:PrincipalType",
            if caller.user.is_some() {
                "User"
            } else {
                "Account"
            },
        )
        .with("aws:RequestedRegion", region.name)
        .with("aws:SecureTransport", "true")
        .with("aws:ViaAWSService", "false")
        .with("aws:userid", caller.id.as_str());
    if let Some(name) = &caller.user {
        context.set("aws:username", name.as_str());
    }
    if let Some(source) = call.via.source {
        context.set("aws:SourceIp", source.to_string());
    }
    context
}

/// The ARNs that a need concerns; none where the parameter that names them is absent.
fn resources(
    cloud: &Cloud,
    caller: &Caller,
    region: &Region,
    need: &Need,
    params: &Map,
) -> Vec<String> {
    let (here, account) = (region.name, &caller.account);
    let arn = |kind: &str, id: &str| match kind {
        // An image belongs to whoever published it: its ARN has no account.
        "image" => format!("arn:aws:ec2:{here}::image/{id}"),
        kind => format!("arn:aws:ec2:{here}:{account}:{kind}/{id}"),
    };
    match need {
        Need::Any => vec!["*".to_owned()],
        Need::New(kind) => vec![arn(kind, "*")],
        Need::On(kind, path) => strings(params, path)
            .into_iter()
            .map(|id| {
                let kind = if kind.is_empty() { kind_of(id) } else { kind };
                arn(kind, id)
            })
            .collect(),
        Need::Users => vec![format!("arn:aws:iam::{account}:user/")],
        Need::User(path) => {
            let name = strings(params, path).first().copied().map(str::to_owned);
            let name = name.or_else(|| caller.user.clone());
            let Some(name) = name else {
                return vec![caller.arn.clone()];
            };
            let iam = cloud.account(account).map(|account| &account.iam);
            vec![match iam.and_then(|iam| iam.user(&name)) {
                Some(user) => user.arn(account),
                None => {
                    let path = params.get("Path").and_then(Value::as_str).unwrap_or("/");
                    format!("arn:aws:iam::{account}:user{path}{name}")
                }
            }]
        }
    }
}

/// The kind of an EC2 resource by the prefix of its id.
fn kind_of(id: &str) -> &'static str {
    const NOUNS: &[Noun] = Ec2::NOUNS;
    let prefix = id.rsplit_once('-').map_or("", |(prefix, _)| prefix);
    NOUNS
        .iter()
        .find(|noun| noun.prefix == prefix)
        .map_or("*", |noun| noun.kind)
}

/// The strings at a path such as `VpcId`, `InstanceIds[]` or `NetworkInterfaces[].SubnetId`.
fn strings<'a>(params: &'a Map, path: &str) -> Vec<&'a str> {
    if let Some((outer, inner)) = path.split_once("[].") {
        let items = params.get(outer).and_then(Value::as_list);
        return items
            .into_iter()
            .flatten()
            .filter_map(Value::as_map)
            .flat_map(|item| strings(item, inner))
            .collect();
    }
    let (name, list) = match path.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (path, false),
    };
    match params.get(name) {
        Some(Value::List(items)) if list => items.iter().filter_map(Value::as_str).collect(),
        Some(value) => value.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

/// The denial in the words of the service.
fn denied(service: &str, operation: &Operation, request: &Request, decision: &Decision) -> Fault {
    let said = decision.denial_message().unwrap_or_default();
    let mut fault = if service == "ec2" {
        let mut message = format!("You are not authorized to perform this operation. {said}");
        if operation.writes {
            message.push_str(". Encoded authorization failure message: ");
            message.push_str(&encoded(request, decision));
        }
        Fault::new("UnauthorizedOperation", message)
    } else {
        Fault::new("AccessDenied", said)
    };
    fault.denial = Some(Box::new(Denial {
        action: request.action.clone(),
        resource: request.resource.clone(),
        explanation: decision.explanation(),
    }));
    fault
}

/// What EC2 adds to the denial of a change: here in base64, at AWS encrypted.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>
fn encoded(request: &Request, decision: &Decision) -> String {
    let explicit = decision.outcome == hopwise_policy::Outcome::ExplicitDeny;
    let mut context = Map::new();
    context.insert("action", Value::from(request.action.as_str()));
    context.insert("resource", Value::from(request.resource.as_str()));
    let mut principal = Map::new();
    principal.insert("arn", Value::from(request.caller.label()));
    context.insert("principal", Value::Map(principal));
    let mut whole = Map::new();
    whole.insert("allowed", Value::Bool(false));
    whole.insert("explicitDeny", Value::Bool(explicit));
    whole.insert("context", Value::Map(context));
    json::base64(json::compact(&Value::Map(whole)).as_bytes())
}

impl Ec2 {
    /// What AWS calls each kind of resource, by which an id's prefix tells its kind.
    pub const NOUNS: &'static [Noun] = &[
        crate::ec2::Vpc::NOUN,
        crate::ec2::Subnet::NOUN,
        crate::ec2::RouteTable::NOUN,
        crate::ec2::InternetGateway::NOUN,
        crate::ec2::Address::NOUN,
        crate::ec2::NetworkAcl::NOUN,
        crate::ec2::SecurityGroup::NOUN,
        crate::ec2::security_group::GroupRule::NOUN,
        crate::ec2::NetworkInterface::NOUN,
        crate::ec2::Instance::NOUN,
        crate::ec2::KeyPair::NOUN,
    ];
}

#[cfg(test)]
mod tests {
    use crate::testing::Lab;
    use crate::{Credentials, Value, json};

    /// A lab whose caller is the user `ana` with one inline policy of these statements.
    fn as_user(statements: &str) -> Lab {
        let mut lab = Lab::empty();
        lab.call("CreateUser", r#"{"UserName":"ana"}"#).unwrap();
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let document = json::compact(&Value::from(document));
        let put = format!(r#"{{"UserName":"ana","PolicyName":"p","PolicyDocument":{document}}}"#);
        lab.call("PutUserPolicy", &put).unwrap();
        let key = lab
            .call("CreateAccessKey", r#"{"UserName":"ana"}"#)
            .unwrap();
        lab.credentials = Credentials {
            access_key_id: lab.at(&key, "AccessKey.AccessKeyId"),
            secret_access_key: lab.at(&key, "AccessKey.SecretAccessKey"),
        };
        lab
    }

    #[test]
    fn the_door_asks_the_policy_engine_for_every_call() {
        let mut lab = as_user(r#"{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}"#);
        lab.call("DescribeVpcs", "{}").unwrap();
        let refused = lab.refused("CreateVpc", r#"{"CidrBlock":"10.0.0.0/16"}"#);
        let expected = "UnauthorizedOperation: You are not authorized to perform this operation. \
            User: arn:aws:iam::123456789012:user/ana is not authorized to perform: ec2:CreateVpc \
            on resource: arn:aws:ec2:us-east-1:123456789012:vpc/* because no identity-based \
            policy allows the ec2:CreateVpc action. Encoded authorization failure message: ";
        assert!(refused.starts_with(expected), "{refused}");
        assert_eq!(
            lab.refused("ListUsers", "{}"),
            "AccessDenied: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: \
             iam:ListUsers on resource: arn:aws:iam::123456789012:user/ because no identity-based \
             policy allows the iam:ListUsers action"
        );
        lab.call("GetCallerIdentity", "{}").unwrap();
    }

    #[test]
    fn an_explicit_deny_is_named_and_its_absence_allows() {
        let allow = r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#;
        let deny = r#"{"Effect":"Deny","Action":"ec2:DescribeSubnets","Resource":"*"}"#;
        let mut lab = as_user(&format!("{allow},{deny}"));
        assert_eq!(
            lab.refused("DescribeSubnets", "{}"),
            "UnauthorizedOperation: You are not authorized to perform this operation. User: \
             arn:aws:iam::123456789012:user/ana is not authorized to perform: \
             ec2:DescribeSubnets with an explicit deny in an identity-based policy"
        );
        as_user(allow).call("DescribeSubnets", "{}").unwrap();
    }

    #[test]
    fn every_resource_of_a_call_must_be_allowed() {
        // RunInstances needs the instance, its interface, its volume, the image and the subnet.
        let only = |kind: &str| {
            format!(
                r#"{{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"arn:aws:ec2:*:*:{kind}/*"}}"#
            )
        };
        let run = r#"{"ImageId":"ami-00000000","MinCount":1,"MaxCount":1,"DryRun":true}"#;
        let mut lab = as_user(&only("instance"));
        let refused = lab.refused("RunInstances", run);
        assert!(refused.contains(":network-interface/*"), "{refused}");
        let all = ["instance", "network-interface", "volume", "image"]
            .map(only)
            .join(",");
        let mut lab = as_user(&all);
        assert_eq!(
            lab.refused("RunInstances", run),
            "DryRunOperation: Request would have succeeded, but DryRun flag is set."
        );
    }

    #[test]
    fn a_subnet_and_groups_named_within_an_interface_count_too() {
        let allow = r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#;
        let deny = |kind: &str| {
            format!(
                r#"{allow},{{"Effect":"Deny","Action":"ec2:RunInstances","Resource":"arn:aws:ec2:*:*:{kind}"}}"#
            )
        };
        let run = r#"{"ImageId":"ami-00000000","MinCount":1,"MaxCount":1,"DryRun":true,"NetworkInterfaces":[{"DeviceIndex":0,"SubnetId":"subnet-1","Groups":["sg-1"]}]}"#;
        for (kind, code) in [
            ("subnet/subnet-1", "UnauthorizedOperation"),
            ("security-group/sg-1", "UnauthorizedOperation"),
            ("subnet/subnet-2", "DryRunOperation"),
        ] {
            let said = as_user(&deny(kind)).refused("RunInstances", run);
            assert!(said.starts_with(code), "{kind}: {said}");
        }
    }

    #[test]
    fn what_is_named_otherwise_than_by_its_id_is_not_allowed_for_that() {
        let release = r#"{"PublicIp":"192.0.2.1"}"#;
        let mut lab = as_user(r#"{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}"#);
        let said = lab.refused("ReleaseAddress", release);
        assert!(said.starts_with("UnauthorizedOperation"), "{said}");
        let mut lab = as_user(
            r#"{"Effect":"Allow","Action":"ec2:ReleaseAddress","Resource":"arn:aws:ec2:*:*:elastic-ip/*"}"#,
        );
        let said = lab.refused("ReleaseAddress", release);
        assert!(said.starts_with("InvalidAddress.NotFound"), "{said}");
    }

    #[test]
    fn a_malformed_policy_is_refused_in_iams_words() {
        let mut lab = Lab::empty();
        lab.call("CreateUser", r#"{"UserName":"ana"}"#).unwrap();
        let put = r#"{"UserName":"ana","PolicyName":"p","PolicyDocument":"{\"Version\":\"2012-10-17\"}"}"#;
        assert_eq!(
            lab.refused("PutUserPolicy", put),
            "MalformedPolicyDocument: Syntax errors in policy."
        );
    }

    #[test]
    fn unknown_and_inactive_keys_open_nothing() {
        let mut lab = as_user(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
        let own = lab.credentials.clone();
        lab.credentials.access_key_id = "AKIAXXXXXXXXXXXXXXXX".to_owned();
        assert!(lab.refused("DescribeVpcs", "{}").starts_with("AuthFailure"));
        assert!(
            lab.refused("GetCallerIdentity", "{}")
                .starts_with("InvalidClientTokenId")
        );
        lab.credentials = Credentials {
            secret_access_key: "wrong".to_owned(),
            ..own.clone()
        };
        assert!(
            lab.refused("GetCallerIdentity", "{}")
                .starts_with("SignatureDoesNotMatch")
        );
        lab.credentials = own.clone();
        let off = format!(
            r#"{{"AccessKeyId":"{}","Status":"Inactive"}}"#,
            own.access_key_id
        );
        lab.call("UpdateAccessKey", &off).unwrap();
        assert!(lab.refused("DescribeVpcs", "{}").starts_with("AuthFailure"));
    }
}

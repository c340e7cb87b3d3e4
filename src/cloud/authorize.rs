//! What a call must be allowed, asked of the policy engine.

use crate::cloud::Cloud;
use crate::door::{Call, Caller, Context as DoorContext, Denial, Need, Operation, Via};
use crate::ec2::Ec2;
use crate::fault::Fault;
use crate::json;
use crate::region::Region;
use crate::s3;
use crate::table::{Noun, Resource};
use crate::value::{Map, Value};
use hopwise_policy::{Attached, Context, Decision, Layers, Policy, PolicyKind, Request};

/// Who is asked about in a [`Question`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Principal {
    /// The account's root user.
    Root,
    /// The user of this name in the account.
    User(String),
    /// Whoever doesn't sign.
    Anonymous,
}

/// May somebody do something?
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// The account of the principal.
    pub account: String,
    /// Who.
    pub principal: Principal,
    /// What: `s3:GetObject`.
    pub action: String,
    /// On what: an ARN, or `*` where the action knows no resources.
    pub resource: String,
    /// The Region of the endpoint.
    pub region: String,
    /// How the call would come to AWS.
    pub via: Via,
}

impl Cloud {
    /// Asks what the door asks before a call, with the same policies and the same keys; only what
    /// the parameters of a call would add is missing.
    ///
    /// # Errors
    ///
    /// There is no such account, user or Region, or the engine can't tell.
    pub fn may(&self, question: &Question) -> Result<Decision, Fault> {
        let nobody = |said: String| Fault::new("NoSuchEntity", said);
        let account = self
            .account(&question.account)
            .ok_or_else(|| nobody(format!("There is no account {}.", question.account)))?;
        let caller = match &question.principal {
            Principal::Anonymous => Caller::anonymous(),
            Principal::Root => account.iam.root(&account.id),
            Principal::User(name) => {
                let user = account.iam.user(name);
                let user = user.ok_or_else(|| crate::iam::no_entity("user", name))?;
                user.caller(&account.id)
            }
        };
        let region = Region::find(&question.region)
            .ok_or_else(|| nobody(format!("There is no Region {}.", question.region)))?;
        let asker = Asker {
            cloud: self,
            caller: &caller,
            region,
            via: question.via,
        };
        let (_, decision) = asker.decide(&question.action, &question.resource, Context::new())?;
        Ok(decision)
    }
}

/// The actions that policies know of a service of this cloud; none of any other service.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
pub fn actions(service: &str) -> Vec<&'static str> {
    let service = match service {
        "elasticloadbalancing" => "elbv2",
        other => other,
    };
    match crate::api::service(service) {
        // S3's are named otherwise than its operations.
        Some(found) if found.name == "s3" => s3::actions().collect(),
        Some(found) => (found.operations().map(|it| it.name()))
            .chain(found.others().iter().copied())
            .collect(),
        None => Vec::new(),
    }
}

/// How policies and endpoints call a service.
pub(crate) fn prefix(service: &str) -> &str {
    match service {
        "elbv2" => "elasticloadbalancing",
        other => other,
    }
}

/// Who asks AWS for something, from where.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) caller: &'a Caller,
    pub(crate) region: &'static Region,
    pub(crate) via: Via,
}

impl<'a> Asker<'a> {
    /// Whoever calls the operation whose body this is.
    pub(crate) fn of(context: &'a DoorContext<'_>) -> Self {
        Asker {
            cloud: context.cloud,
            caller: &context.caller,
            region: context.region,
            via: context.via,
        }
    }

    /// What all policies together say, with the request that they were asked; `keys` are those
    /// that the call adds.
    pub(crate) fn decide(
        self,
        action: &str,
        resource: &str,
        keys: Context,
    ) -> Result<(Request, Decision), Fault> {
        // A bucket that is to be made has no owner yet, and who has its name has no say.
        let bucket = s3::bucket_of_arn(resource)
            .filter(|_| action != "s3:CreateBucket")
            .and_then(|name| self.cloud.bucket(name));
        let identity = identity_policies(self.cloud, self.caller);
        let bucket_policy = bucket.and_then(|(_, bucket)| {
            let text = bucket.policy.as_ref()?.text(self.cloud);
            let (policy, _) = hopwise_policy::parse(&text, PolicyKind::Bucket);
            Some((format!("the bucket policy of {}", bucket.name), policy?))
        });
        let layers = Layers {
            identity: identity
                .iter()
                .map(|(name, policy)| Attached { name, policy })
                .collect(),
            resource: (bucket_policy.as_ref()).map(|(name, policy)| Attached { name, policy }),
            restrict_public_buckets: bucket.is_some_and(|(_, bucket)| {
                bucket
                    .public_access
                    .is_some_and(|it| it.restrict_public_buckets)
            }),
            ..Layers::default()
        };
        let mut context = self.context(keys);
        if let Some((owner, _)) = bucket {
            context.set("aws:ResourceAccount", owner.id.as_str());
            context.set("s3:ResourceAccount", owner.id.as_str());
        }
        let request = Request {
            caller: policy_caller(self.caller),
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: bucket.map(|(owner, _)| owner.id.clone()),
            context,
        };
        let decision = hopwise_policy::decide(&request, &layers)
            .map_err(|unsupported| Fault::new("InternalError", unsupported.to_string()))?;
        Ok((request, decision))
    }

    /// Is it allowed? Else the denial in the words of the service.
    pub(crate) fn require(
        self,
        service: &str,
        writes: bool,
        action: &str,
        resource: &str,
        keys: Context,
    ) -> Result<(), Fault> {
        let (request, decision) = self.decide(action, resource, keys)?;
        if decision.is_allowed() {
            return Ok(());
        }
        Err(denied(service, writes, &request, &decision))
    }

    /// The keys that every request carries, added to its own.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    fn context(self, mut context: Context) -> Context {
        let (cloud, caller) = (self.cloud, self.caller);
        let kind = match (&caller.user, caller.is_anonymous()) {
            (_, true) => "Anonymous",
            (Some(_), false) => "User",
            (None, false) => "Account",
        };
        for (key, value) in [
            ("aws:CurrentTime", cloud.now().to_string().as_str()),
            ("aws:EpochTime", cloud.now().0.to_string().as_str()),
            ("aws:PrincipalType", kind),
            ("aws:RequestedRegion", self.region.name),
            ("aws:SecureTransport", "true"),
            ("aws:ViaAWSService", "false"),
            ("aws:userid", caller.id.as_str()),
        ] {
            context.set(key, value);
        }
        if !caller.is_anonymous() {
            context.set("aws:PrincipalArn", caller.arn.as_str());
            context.set("aws:PrincipalAccount", caller.account.as_str());
        }
        if let Some(name) = &caller.user {
            context.set("aws:username", name.as_str());
            let user = (cloud.account(&caller.account)).and_then(|it| it.iam.user(name));
            for (key, value) in user.into_iter().flat_map(|user| user.tags.iter()) {
                context.set(&format!("aws:PrincipalTag/{key}"), value);
            }
        }
        if let Some(source) = self.via.source {
            context.set("aws:SourceIp", source.to_string());
        }
        context
    }
}

/// Is the caller allowed everything that the call needs? The first need that is not allowed is
/// the one AWS names.
pub(crate) fn authorize(
    cloud: &Cloud,
    caller: &Caller,
    region: &'static Region,
    call: &Call,
    operation: &Operation,
) -> Result<(), Fault> {
    let asker = Asker {
        cloud,
        caller,
        region,
        via: call.via,
    };
    if call.service == "s3" {
        for need in operation.needs {
            for (action, resource) in s3::needed(cloud, *need, &call.params) {
                let keys = s3::keys(cloud, &action, &call.params);
                asker.require("s3", operation.writes, &action, &resource, keys)?;
            }
        }
        return Ok(());
    }
    let action = format!("{}:{}", prefix(&call.service), operation.name);
    let mut concerned: Vec<String> = operation
        .needs
        .iter()
        .flat_map(|need| resources(cloud, caller, region, call, need))
        .collect();
    // What is named otherwise than by its id, e.g. a group by its name, needs the permission
    // for any of its kind: a call that names nothing is not allowed for that.
    if concerned.is_empty() && !operation.needs.is_empty() {
        let kind = operation.needs.iter().find_map(|need| match need {
            Need::On(kind, _) if !kind.is_empty() => Some(*kind),
            _ => None,
        });
        concerned.push(kind.map_or("*".to_owned(), |kind| arn(region, caller, kind, "*")));
    }
    for resource in concerned {
        // Which policy is attached or detached is a key of its own.
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
        let mut keys = Context::new();
        if let (true, Some(arn)) = (
            operation.name.starts_with("Attach") || operation.name.starts_with("Detach"),
            call.params.get("PolicyArn").and_then(Value::as_str),
        ) {
            keys.set("iam:PolicyARN", arn);
        }
        asker.require(&call.service, operation.writes, &action, &resource, keys)?;
    }
    if call.service == "ec2" {
        for (resource, keys) in tagged(caller, region, call) {
            asker.require("ec2", true, "ec2:CreateTags", &resource, keys)?;
        }
    }
    if let Some((resource, keys)) = tagged_balancing(caller, region, call) {
        let action = "elasticloadbalancing:AddTags";
        asker.require("elbv2", true, action, &resource, keys)?;
    }
    Ok(())
}

/// What a call that makes things tags at once: that is to be allowed as `CreateTags` is.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html>
fn tagged(caller: &Caller, region: &Region, call: &Call) -> Vec<(String, Context)> {
    let list = |map: &Map, name: &str| -> Vec<Map> {
        let items = map.get(name).and_then(Value::as_list).unwrap_or_default();
        items.iter().filter_map(Value::as_map).cloned().collect()
    };
    let text = |map: &Map, name: &str| -> String {
        let text = map.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    list(&call.params, "TagSpecifications")
        .iter()
        .filter_map(|specification| {
            let tags = list(specification, "Tags");
            let kind = text(specification, "ResourceType");
            if tags.is_empty() || kind.is_empty() {
                return None;
            }
            let mut keys = Context::new();
            keys.set("ec2:CreateAction", call.operation.as_str());
            keys.set_many(
                "aws:TagKeys",
                tags.iter().map(|tag| text(tag, "Key")).collect(),
            );
            for tag in &tags {
                let key = format!("aws:RequestTag/{}", text(tag, "Key"));
                keys.set(&key, text(tag, "Value"));
            }
            let (here, account) = (region.name, &caller.account);
            Some((format!("arn:aws:ec2:{here}:{account}:{kind}/*"), keys))
        })
        .collect()
}

/// What a call of load balancing that makes something tags at once: to be allowed as `AddTags` is.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html>
fn tagged_balancing(caller: &Caller, region: &Region, call: &Call) -> Option<(String, Context)> {
    if call.service != "elbv2" || !call.operation.starts_with("Create") {
        return None;
    }
    let text = |map: &Map, name: &str| -> String {
        let text = map.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let tags = call.params.get("Tags").and_then(Value::as_list)?;
    let tags: Vec<&Map> = tags.iter().filter_map(Value::as_map).collect();
    // What is made within something has its ARN from that.
    let within = |from: &str, to: &str, parent: &str| {
        let parent = text(&call.params, parent);
        format!("{}/*", parent.replacen(from, to, 1))
    };
    let resource = match call.operation.as_str() {
        "CreateLoadBalancer" => new_balancing(caller, region, call, "loadbalancer", "Name"),
        "CreateTargetGroup" => new_balancing(caller, region, call, "targetgroup", "Name"),
        "CreateListener" => within(":loadbalancer/", ":listener/", "LoadBalancerArn"),
        _ => within(":listener/", ":listener-rule/", "ListenerArn"),
    };
    let mut keys = Context::new();
    let made = call.operation.as_str();
    keys.set("elasticloadbalancing:CreateAction", made);
    keys.set_many(
        "aws:TagKeys",
        tags.iter().map(|tag| text(tag, "Key")).collect(),
    );
    for tag in &tags {
        let key = format!("aws:RequestTag/{}", text(tag, "Key"));
        keys.set(&key, text(tag, "Value"));
    }
    (!tags.is_empty()).then_some((resource, keys))
}

/// The ARN of something of load balancing that is to be made: with its name, and no id yet.
fn new_balancing(
    caller: &Caller,
    region: &Region,
    call: &Call,
    kind: &str,
    parameter: &str,
) -> String {
    let text = |name: &str| call.params.get(name).and_then(Value::as_str);
    let name = text(parameter).unwrap_or_default();
    let name = match (kind, text("Type")) {
        ("loadbalancer", Some("network")) => format!("net/{name}"),
        ("loadbalancer", Some("gateway")) => format!("gwy/{name}"),
        ("loadbalancer", _) => format!("app/{name}"),
        _ => name.to_owned(),
    };
    let (here, account) = (region.name, &caller.account);
    format!("arn:aws:elasticloadbalancing:{here}:{account}:{kind}/{name}/*")
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
    let iam = cloud.account(&caller.account).map(|account| &account.iam);
    let user = (caller.user.as_ref()).and_then(|name| Some((iam?, iam?.user(name)?)));
    user.into_iter()
        .flat_map(|(iam, user)| iam.policies_of(user))
        .filter_map(|(name, text)| {
            let (policy, _) = hopwise_policy::parse(text, PolicyKind::Identity);
            Some((name, policy?))
        })
        .collect()
}

fn policy_caller(caller: &Caller) -> hopwise_policy::Caller {
    if caller.is_anonymous() {
        return hopwise_policy::Caller::Anonymous;
    }
    let account = caller.account.clone();
    match caller.user {
        Some(_) => hopwise_policy::Caller::User {
            arn: caller.arn.clone(),
            account,
        },
        None => hopwise_policy::Caller::Root { account },
    }
}

/// The ARN of a resource of the caller.
fn arn(region: &Region, caller: &Caller, kind: &str, id: &str) -> String {
    let (here, account) = (region.name, &caller.account);
    match kind {
        // A Direct Connect gateway is in no Region.
        "dx-gateway" => format!("arn:aws:directconnect::{account}:dx-gateway/{id}"),
        "dxcon" | "dxvif" => format!("arn:aws:directconnect:{here}:{account}:{kind}/{id}"),
        // Load balancers and what belongs to them are named by their ARNs.
        "elb" => id.to_owned(),
        // An image belongs to whoever published it: its ARN has no account.
        "image" => format!("arn:aws:ec2:{here}::image/{id}"),
        kind => format!("arn:aws:ec2:{here}:{account}:{kind}/{id}"),
    }
}

/// The ARNs that a need concerns; none where the parameter that names them is absent.
fn resources(
    cloud: &Cloud,
    caller: &Caller,
    region: &Region,
    call: &Call,
    need: &Need,
) -> Vec<String> {
    let params = &call.params;
    let account = &caller.account;
    let arn = |kind: &str, id: &str| arn(region, caller, kind, id);
    let iam = || cloud.account(account).map(|account| &account.iam);
    // What is new gets its path from the request.
    let named = |kind: &str, name: &str| {
        let path = params.get("Path").and_then(Value::as_str).unwrap_or("/");
        format!("arn:aws:iam::{account}:{kind}{path}{name}")
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
        Need::All(kind) => vec![format!("arn:aws:iam::{account}:{kind}/")],
        Need::User(path) => {
            let name = strings(params, path).first().copied().map(str::to_owned);
            let name = name.or_else(|| caller.user.clone());
            let Some(name) = name else {
                return vec![caller.arn.clone()];
            };
            let found = iam().and_then(|iam| iam.user(&name));
            vec![found.map_or_else(|| named("user", &name), |user| user.arn(account))]
        }
        Need::Group(path) => {
            let name = strings(params, path).first().copied().unwrap_or_default();
            let found = iam().and_then(|iam| iam.groups.get(name));
            vec![found.map_or_else(|| named("group", name), |group| group.arn(account))]
        }
        Need::Policy(path) => {
            let name = strings(params, path).first().copied().unwrap_or_default();
            vec![if name.starts_with("arn:") {
                name.to_owned()
            } else {
                named("policy", name)
            }]
        }
        Need::Named(kind, path) => vec![new_balancing(caller, region, call, kind, path)],
        // What S3 needs is asked otherwise: `s3::needed`.
        Need::Bucket(_) | Need::Object(_) | Need::CopySource | Need::Buckets => Vec::new(),
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
fn denied(service: &str, writes: bool, request: &Request, decision: &Decision) -> Fault {
    let said = decision.denial_message().unwrap_or_default();
    let mut fault = match service {
        "ec2" => {
            let mut message = format!("You are not authorized to perform this operation. {said}");
            if writes {
                message.push_str(". Encoded authorization failure message: ");
                message.push_str(&encoded(request, decision));
            }
            Fault::new("UnauthorizedOperation", message)
        }
        "s3" => s3::denied(request, decision),
        "directconnect" => Fault::new("AccessDeniedException", said),
        _ => Fault::new("AccessDenied", said),
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
        crate::ec2::EgressOnlyInternetGateway::NOUN,
        crate::ec2::NatGateway::NOUN,
        crate::ec2::PrefixList::NOUN,
        crate::ec2::PeeringConnection::NOUN,
        crate::ec2::Endpoint::NOUN,
        crate::ec2::EndpointService::NOUN,
        crate::ec2::TransitGateway::NOUN,
        crate::ec2::TransitAttachment::NOUN,
        crate::ec2::TransitRouteTable::NOUN,
        crate::ec2::VpnGateway::NOUN,
        crate::ec2::CustomerGateway::NOUN,
        crate::ec2::VpnConnection::NOUN,
        crate::ec2::DhcpOptions::NOUN,
        crate::ec2::Exclusion::NOUN,
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
    fn what_is_tagged_as_it_is_made_needs_create_tags_too() {
        let run = r#"{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}"#;
        let tags = |condition: &str| {
            format!(
                r#"{run},{{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"arn:aws:ec2:*:*:instance/*","Condition":{{"StringEquals":{condition}}}}}"#
            )
        };
        let launch = |specification: &str| {
            format!(
                r#"{{"ImageId":"ami-00000000","MinCount":1,"MaxCount":1,"DryRun":true{specification}}}"#
            )
        };
        let tagging = r#","TagSpecifications":[{"ResourceType":"instance","Tags":[{"Key":"team","Value":"shop"}]}]"#;
        let refused = as_user(run).refused("RunInstances", &launch(tagging));
        assert!(
            refused.contains(
                "ec2:CreateTags on resource: arn:aws:ec2:us-east-1:123456789012:instance/*"
            ),
            "{refused}"
        );
        for (policy, specification, code) in [
            (run.to_owned(), "", "DryRunOperation"),
            (
                tags(r#"{"ec2:CreateAction":"RunInstances"}"#),
                tagging,
                "DryRunOperation",
            ),
            (
                tags(r#"{"aws:RequestTag/team":"shop"}"#),
                tagging,
                "DryRunOperation",
            ),
            (
                tags(r#"{"aws:RequestTag/team":"ops"}"#),
                tagging,
                "UnauthorizedOperation",
            ),
            (
                tags(r#"{"ec2:CreateAction":"CreateVpc"}"#),
                tagging,
                "UnauthorizedOperation",
            ),
        ] {
            let said = as_user(&policy).refused("RunInstances", &launch(specification));
            assert!(said.starts_with(code), "{policy}: {said}");
        }
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

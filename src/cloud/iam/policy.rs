//! Customer managed policies, their versions, and what they are attached to.

use super::managed::{AWS_MANAGED, AwsManaged};
use super::user::{check_name, check_path, read_tags, tag_list};
use super::{Iam, no_entity};
use crate::authorize::check_identity_policy;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::iam::shape::{self, *};
use crate::fields::iam::{
    attach_group_policy, attach_user_policy, attached_policy, create_policy,
    create_policy_response, create_policy_version, create_policy_version_response, delete_policy,
    delete_policy_version, detach_group_policy, detach_user_policy, get_policy,
    get_policy_response, get_policy_version, get_policy_version_response,
    list_attached_group_policies, list_attached_group_policies_response,
    list_attached_user_policies, list_attached_user_policies_response, list_entities_for_policy,
    list_entities_for_policy_response, list_policies, list_policies_response, list_policy_versions,
    list_policy_versions_response, policy as fields, policy_group, policy_user,
    policy_version as version_fields, set_default_policy_version,
};
use crate::id::Born;
use crate::table::Tags;
use crate::time::Time;
use std::rc::Rc;

/// The most versions of a policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_VERSIONS: usize = 5;
/// The most policies of an account.
const MOST_POLICIES: usize = 1_500;
/// The most characters of a document, white space not counted.
const MOST_CHARACTERS: usize = 6_144;
/// The most managed policies on one user or group.
const MOST_ATTACHED: usize = 10;

/// A customer managed policy.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// The name, once in an account whatever its case.
    pub name: String,
    /// The path, `/` unless it was given one.
    pub path: String,
    /// `ANPA…`
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made, in the log.
    pub born: Born,
    /// When it was made, in simulated time.
    pub created: Time,
    /// When it last got or lost a version.
    pub updated: Time,
    /// What it is for, in its maker's words.
    pub description: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// Its versions, oldest first; five at most.
    pub versions: Vec<PolicyVersion>,
    /// The number of the version in force.
    pub default: u32,
    /// The number of the newest version there ever was.
    pub last: u32,
}

/// A version of a policy.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PolicyVersion {
    /// Its number: 2 of `v2`.
    pub number: u32,
    /// Its document.
    pub document: Rc<str>,
    /// When it was made.
    pub created: Time,
}

impl Policy {
    /// The document in force.
    pub fn document(&self) -> &str {
        let found = self.versions.iter().find(|it| it.number == self.default);
        found.map_or("", |it| &it.document)
    }
}

/// The users and groups that a policy is attached to, by name.
struct Holders<'a> {
    users: Vec<&'a super::User>,
    groups: Vec<&'a super::Group>,
}

impl Iam {
    fn holders(&self, arn: &str) -> Holders<'_> {
        Holders {
            users: (self.users.values().map(Rc::as_ref))
                .filter(|it| it.attached.iter().any(|it| it == arn))
                .collect(),
            groups: (self.groups.values().map(Rc::as_ref))
                .filter(|it| it.attached.iter().any(|it| it == arn))
                .collect(),
        }
    }

    fn attachments(&self, arn: &str) -> i64 {
        let holders = self.holders(arn);
        i64::try_from(holders.users.len() + holders.groups.len()).unwrap_or(i64::MAX)
    }

    /// The document in force of a managed policy: the account's own or AWS's.
    pub fn managed_document(&self, arn: &str) -> Option<&str> {
        match self.policies.get(arn) {
            Some(policy) => Some(policy.document()),
            None => AwsManaged::find(arn).map(|it| it.document),
        }
    }
}

fn iam<'a>(context: &'a Context<'_>) -> Result<&'a Iam, Fault> {
    context.iam().ok_or_else(|| no_entity("user", ""))
}

fn not_found(arn: &str) -> Fault {
    Fault::new("NoSuchEntity", format!("Policy {arn} was not found."))
}

fn find<'a>(context: &'a Context<'_>, arn: &str) -> Result<&'a Policy, Fault> {
    if !arn.starts_with("arn:aws:iam::") || !arn.contains(":policy/") {
        return Err(Fault::new(
            "ValidationError",
            format!("ARN {arn} is not valid."),
        ));
    }
    let found = iam(context)?.policies.get(arn);
    found.map(Rc::as_ref).ok_or_else(|| not_found(arn))
}

/// The policy to change; AWS's own can't be.
fn find_mut<'a>(context: &'a mut Context<'_>, arn: &str) -> Result<&'a mut Policy, Fault> {
    if AwsManaged::find(arn).is_some() {
        return Err(Fault::new(
            "AccessDenied",
            "Policy is outside your own account.",
        ));
    }
    find(context, arn)?;
    context
        .iam_mut()
        .and_then(|iam| Rc::make_mut(&mut iam.policies).get_mut(arn))
        .map(Rc::make_mut)
        .ok_or_else(|| not_found(arn))
}

fn check_document(document: &str) -> Result<(), Fault> {
    check_identity_policy(document)?;
    if hopwise_policy::counted_characters(document) > MOST_CHARACTERS {
        return Err(Fault::new(
            "LimitExceeded",
            format!("Cannot exceed quota for PolicySize: {MOST_CHARACTERS}"),
        ));
    }
    Ok(())
}

/// Describes a policy; a list shows neither its description nor its tags.
fn describe(iam: &Iam, one: &Policy, whole: bool) -> Doc<shape::Policy> {
    Doc::new()
        .with(fields::POLICY_NAME, one.name.as_str())
        .with(fields::POLICY_ID, one.id.as_str())
        .with(fields::ARN, one.arn.as_str())
        .with(fields::PATH, one.path.as_str())
        .with(fields::DEFAULT_VERSION_ID, format!("v{}", one.default))
        .with(fields::ATTACHMENT_COUNT, iam.attachments(&one.arn))
        .with(fields::PERMISSIONS_BOUNDARY_USAGE_COUNT, 0)
        .with(fields::IS_ATTACHABLE, true)
        .with_some(
            fields::DESCRIPTION,
            one.description.as_deref().filter(|_| whole),
        )
        .with(fields::CREATE_DATE, one.created)
        .with(fields::UPDATE_DATE, one.updated)
}

fn describe_aws(iam: &Iam, one: &AwsManaged) -> Doc<shape::Policy> {
    Doc::new()
        .with(fields::POLICY_NAME, one.name)
        .with(fields::POLICY_ID, one.id)
        .with(fields::ARN, one.arn())
        .with(fields::PATH, "/")
        .with(fields::DEFAULT_VERSION_ID, one.version)
        .with(fields::ATTACHMENT_COUNT, iam.attachments(&one.arn()))
        .with(fields::PERMISSIONS_BOUNDARY_USAGE_COUNT, 0)
        .with(fields::IS_ATTACHABLE, true)
        .with(fields::CREATE_DATE, one.created)
        .with(fields::UPDATE_DATE, one.updated)
}

/// `CreatePolicy`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreatePolicyRequest>,
) -> Result<Doc<CreatePolicyResponse>, Fault> {
    let name = request.get(create_policy::POLICY_NAME).unwrap_or_default();
    check_name(name, "policyName", 128)?;
    let path = request.get(create_policy::PATH).unwrap_or("/");
    check_path(path)?;
    let document = request
        .get(create_policy::POLICY_DOCUMENT)
        .unwrap_or_default();
    check_document(document)?;
    let tags = read_tags(request.items(create_policy::TAGS), "TagsPerPolicy")?;
    let policies = &iam(context)?.policies;
    if policies
        .values()
        .any(|it| it.name.eq_ignore_ascii_case(name))
    {
        return Err(Fault::new(
            "EntityAlreadyExists",
            format!("A policy called {name} already exists. Duplicate names are not allowed."),
        ));
    }
    if policies.len() >= MOST_POLICIES {
        return Err(Fault::new(
            "LimitExceeded",
            format!("Cannot exceed quota for PoliciesPerAccount: {MOST_POLICIES}"),
        ));
    }
    let now = context.now();
    let born = context.mint.born();
    let made = Policy {
        name: name.to_owned(),
        path: path.to_owned(),
        id: context.mint.unique("ANPA", 17),
        arn: format!("arn:aws:iam::{}:policy{path}{name}", context.account()),
        born,
        created: now,
        updated: now,
        description: request.get(create_policy::DESCRIPTION).map(str::to_owned),
        tags,
        versions: vec![PolicyVersion {
            number: 1,
            document: document.into(),
            created: now,
        }],
        default: 1,
        last: 1,
    };
    let answer = describe(iam(context)?, &made, false).with_some(
        fields::TAGS,
        (!made.tags.is_empty()).then(|| tag_list(&made.tags)),
    );
    if let Some(iam) = context.iam_mut() {
        Rc::make_mut(&mut iam.policies).insert(made.arn.clone(), Rc::new(made));
    }
    Ok(Doc::new().with(create_policy_response::POLICY, answer))
}

/// `GetPolicy`
pub(crate) fn get(
    context: &mut Context<'_>,
    request: View<'_, GetPolicyRequest>,
) -> Result<Doc<GetPolicyResponse>, Fault> {
    let arn = request.get(get_policy::POLICY_ARN).unwrap_or_default();
    let answer = match AwsManaged::find(arn) {
        Some(one) => describe_aws(iam(context)?, one).with(fields::TAGS, Vec::new()),
        None => {
            let one = find(context, arn)?;
            describe(iam(context)?, one, true).with(fields::TAGS, tag_list(&one.tags))
        }
    };
    Ok(Doc::new().with(get_policy_response::POLICY, answer))
}

/// `ListPolicies`: AWS's own, the account's, or both; by name.
pub(crate) fn list(
    context: &mut Context<'_>,
    request: View<'_, ListPoliciesRequest>,
) -> Result<Doc<ListPoliciesResponse>, Fault> {
    let scope = request.get(list_policies::SCOPE).unwrap_or("All");
    if !matches!(scope, "All" | "AWS" | "Local") {
        return Err(Fault::new(
            "ValidationError",
            format!(
                "1 validation error detected: Value '{scope}' at 'scope' failed to satisfy \
                 constraint: Member must satisfy enum value set: [All, AWS, Local]"
            ),
        ));
    }
    if request.get(list_policies::POLICY_USAGE_FILTER) == Some("PermissionsBoundary") {
        // No boundary exists in this cloud, so no policy is used as one.
        return Ok(Doc::new().with(list_policies_response::POLICIES, Vec::new()));
    }
    let only_attached = request.get(list_policies::ONLY_ATTACHED).unwrap_or(false);
    let prefix = request.get(list_policies::PATH_PREFIX).unwrap_or("/");
    let iam = iam(context)?;
    let fits = |arn: &str, path: &str| {
        path.starts_with(prefix) && (!only_attached || iam.attachments(arn) > 0)
    };
    let mut list = Vec::new();
    if scope != "AWS" {
        let own = iam.policies.values().filter(|it| fits(&it.arn, &it.path));
        list.extend(own.map(|it| describe(iam, it, false)));
    }
    if scope != "Local" {
        let aws = AWS_MANAGED.iter().filter(|it| fits(&it.arn(), "/"));
        list.extend(aws.map(|it| describe_aws(iam, it)));
    }
    Ok(Doc::new().with(list_policies_response::POLICIES, list))
}

/// `DeletePolicy`: refused while it is attached or has more than one version.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeletePolicyRequest>,
) -> Result<(), Fault> {
    let arn = request.get(delete_policy::POLICY_ARN).unwrap_or_default();
    let versions = find_mut(context, arn)?.versions.len();
    let conflict = |said: &str| Err(Fault::new("DeleteConflict", said));
    if iam(context)?.attachments(arn) > 0 {
        return conflict("Cannot delete a policy attached to entities.");
    }
    if versions > 1 {
        return conflict(
            "This policy has more than one version. Before you delete a policy, you must delete \
             the policy's versions. The default version is deleted with the policy.",
        );
    }
    if let Some(iam) = context.iam_mut() {
        Rc::make_mut(&mut iam.policies).remove(arn);
    }
    Ok(())
}

fn no_version(arn: &str, id: &str) -> Fault {
    Fault::new(
        "NoSuchEntity",
        format!("Policy {arn} version {id} does not exist or is not attachable."),
    )
}

/// The number of `v2`.
fn number(arn: &str, id: &str) -> Result<u32, Fault> {
    let digits = id.strip_prefix('v').filter(|it| !it.starts_with('0'));
    digits
        .and_then(|it| it.parse().ok())
        .ok_or_else(|| no_version(arn, id))
}

fn describe_version(
    one: &PolicyVersion,
    default: u32,
    with_document: bool,
) -> Doc<shape::PolicyVersion> {
    let doc = if with_document {
        Doc::new().with_document(version_fields::DOCUMENT, &one.document)
    } else {
        Doc::new()
    };
    doc.with(version_fields::VERSION_ID, format!("v{}", one.number))
        .with(version_fields::IS_DEFAULT_VERSION, one.number == default)
        .with(version_fields::CREATE_DATE, one.created)
}

fn aws_version(one: &AwsManaged) -> Doc<shape::PolicyVersion> {
    Doc::new()
        .with(version_fields::VERSION_ID, one.version)
        .with(version_fields::IS_DEFAULT_VERSION, true)
        .with(version_fields::CREATE_DATE, one.updated)
}

/// `GetPolicyVersion`
pub(crate) fn get_version(
    context: &mut Context<'_>,
    request: View<'_, GetPolicyVersionRequest>,
) -> Result<Doc<GetPolicyVersionResponse>, Fault> {
    let arn = request
        .get(get_policy_version::POLICY_ARN)
        .unwrap_or_default();
    let id = request
        .get(get_policy_version::VERSION_ID)
        .unwrap_or_default();
    let answer = match AwsManaged::find(arn) {
        Some(one) if one.version == id => {
            aws_version(one).with_document(version_fields::DOCUMENT, one.document)
        }
        Some(_) => return Err(no_version(arn, id)),
        None => {
            let one = find(context, arn)?;
            let number = number(arn, id)?;
            let version = one.versions.iter().find(|it| it.number == number);
            let version = version.ok_or_else(|| no_version(arn, id))?;
            describe_version(version, one.default, true)
        }
    };
    Ok(Doc::new().with(get_policy_version_response::POLICY_VERSION, answer))
}

/// `ListPolicyVersions`: newest first, without their documents.
pub(crate) fn list_versions(
    context: &mut Context<'_>,
    request: View<'_, ListPolicyVersionsRequest>,
) -> Result<Doc<ListPolicyVersionsResponse>, Fault> {
    let arn = request
        .get(list_policy_versions::POLICY_ARN)
        .unwrap_or_default();
    let list = match AwsManaged::find(arn) {
        Some(one) => vec![aws_version(one)],
        None => {
            let one = find(context, arn)?;
            let newest_first = one.versions.iter().rev();
            newest_first
                .map(|it| describe_version(it, one.default, false))
                .collect()
        }
    };
    Ok(Doc::new().with(list_policy_versions_response::VERSIONS, list))
}

/// `CreatePolicyVersion`: a document is never changed, it gets a successor.
pub(crate) fn create_version(
    context: &mut Context<'_>,
    request: View<'_, CreatePolicyVersionRequest>,
) -> Result<Doc<CreatePolicyVersionResponse>, Fault> {
    let arn = request
        .get(create_policy_version::POLICY_ARN)
        .unwrap_or_default();
    let document = request
        .get(create_policy_version::POLICY_DOCUMENT)
        .unwrap_or_default();
    let now = context.now();
    let one = find_mut(context, arn)?;
    check_document(document)?;
    if one.versions.len() >= MOST_VERSIONS {
        return Err(Fault::new(
            "LimitExceeded",
            "A managed policy can have up to 5 versions. Before you create a new version, you \
             must delete an existing version.",
        ));
    }
    one.last += 1;
    one.updated = now;
    let made = PolicyVersion {
        number: one.last,
        document: document.into(),
        created: now,
    };
    if request.get(create_policy_version::SET_AS_DEFAULT) == Some(true) {
        one.default = made.number;
    }
    let answer = describe_version(&made, one.default, false);
    one.versions.push(made);
    Ok(Doc::new().with(create_policy_version_response::POLICY_VERSION, answer))
}

/// `DeletePolicyVersion`: any but the default one.
pub(crate) fn delete_version(
    context: &mut Context<'_>,
    request: View<'_, DeletePolicyVersionRequest>,
) -> Result<(), Fault> {
    let arn = request
        .get(delete_policy_version::POLICY_ARN)
        .unwrap_or_default();
    let id = request
        .get(delete_policy_version::VERSION_ID)
        .unwrap_or_default();
    let now = context.now();
    let one = find_mut(context, arn)?;
    let number = number(arn, id)?;
    let place = one.versions.iter().position(|it| it.number == number);
    let place = place.ok_or_else(|| no_version(arn, id))?;
    if number == one.default {
        return Err(Fault::new(
            "DeleteConflict",
            "Cannot delete the default version of a policy.",
        ));
    }
    one.versions.remove(place);
    one.updated = now;
    Ok(())
}

/// `SetDefaultPolicyVersion`
pub(crate) fn set_default_version(
    context: &mut Context<'_>,
    request: View<'_, SetDefaultPolicyVersionRequest>,
) -> Result<(), Fault> {
    let arn = request
        .get(set_default_policy_version::POLICY_ARN)
        .unwrap_or_default();
    let id = request
        .get(set_default_policy_version::VERSION_ID)
        .unwrap_or_default();
    let one = find_mut(context, arn)?;
    let number = number(arn, id)?;
    if !one.versions.iter().any(|it| it.number == number) {
        return Err(no_version(arn, id));
    }
    one.default = number;
    Ok(())
}

/// Who has managed policies.
#[derive(Clone, Copy)]
enum Holder<'a> {
    User(&'a str),
    Group(&'a str),
}

fn attached<'a>(
    context: &'a mut Context<'_>,
    holder: Holder<'_>,
) -> Result<&'a mut Vec<String>, Fault> {
    Ok(match holder {
        Holder::User(name) => &mut super::user::find_mut(context, name)?.attached,
        Holder::Group(name) => &mut super::group::find_mut(context, name)?.attached,
    })
}

/// Attaching what is attached already changes nothing.
fn attach(context: &mut Context<'_>, holder: Holder<'_>, arn: &str) -> Result<(), Fault> {
    let known = iam(context)?.managed_document(arn).is_some();
    let list = attached(context, holder)?;
    if !known {
        return Err(Fault::new(
            "NoSuchEntity",
            format!("Policy {arn} does not exist or is not attachable."),
        ));
    }
    if list.iter().any(|it| it == arn) {
        return Ok(());
    }
    if list.len() >= MOST_ATTACHED {
        let kind = match holder {
            Holder::User(_) => "User",
            Holder::Group(_) => "Group",
        };
        return Err(Fault::new(
            "LimitExceeded",
            format!("Cannot exceed quota for PoliciesPer{kind}: {MOST_ATTACHED}"),
        ));
    }
    list.push(arn.to_owned());
    Ok(())
}

fn detach(context: &mut Context<'_>, holder: Holder<'_>, arn: &str) -> Result<(), Fault> {
    let list = attached(context, holder)?;
    let place = list.iter().position(|it| it == arn);
    let place =
        place.ok_or_else(|| Fault::new("NoSuchEntity", format!("Policy {arn} was not found.")))?;
    list.remove(place);
    Ok(())
}

fn list_attached(
    context: &mut Context<'_>,
    holder: Holder<'_>,
    prefix: Option<&str>,
) -> Result<Vec<Doc<shape::AttachedPolicy>>, Fault> {
    let prefix = prefix.unwrap_or("/").to_owned();
    let arns = attached(context, holder)?;
    Ok(arns
        .iter()
        .filter_map(|arn| {
            let (_, path) = arn.split_once(":policy")?;
            let (_, name) = path.rsplit_once('/')?;
            path.starts_with(&prefix).then(|| {
                Doc::new()
                    .with(attached_policy::POLICY_NAME, name)
                    .with(attached_policy::POLICY_ARN, arn.as_str())
            })
        })
        .collect())
}

/// The three operations on one kind of holder: the shapes differ in the name's parameter only.
macro_rules! attaching {
    ($holder:ident, $name:ident, $attach:ident: $attach_request:ident, $detach:ident: $detach_request:ident, $list:ident: $list_request:ident => $list_response:ident, $attach_fields:ident, $detach_fields:ident, $list_fields:ident, $response_fields:ident) => {
        /// Attaches a managed policy.
        pub(crate) fn $attach(
            context: &mut Context<'_>,
            request: View<'_, $attach_request>,
        ) -> Result<(), Fault> {
            let name = request.get($attach_fields::$name).unwrap_or_default();
            let arn = request.get($attach_fields::POLICY_ARN).unwrap_or_default();
            attach(context, Holder::$holder(name), arn)
        }

        /// Detaches a managed policy.
        pub(crate) fn $detach(
            context: &mut Context<'_>,
            request: View<'_, $detach_request>,
        ) -> Result<(), Fault> {
            let name = request.get($detach_fields::$name).unwrap_or_default();
            let arn = request.get($detach_fields::POLICY_ARN).unwrap_or_default();
            detach(context, Holder::$holder(name), arn)
        }

        /// Lists the managed policies that are attached.
        pub(crate) fn $list(
            context: &mut Context<'_>,
            request: View<'_, $list_request>,
        ) -> Result<Doc<$list_response>, Fault> {
            let name = request.get($list_fields::$name).unwrap_or_default();
            let prefix = request.get($list_fields::PATH_PREFIX);
            let list = list_attached(context, Holder::$holder(name), prefix)?;
            Ok(Doc::new().with($response_fields::ATTACHED_POLICIES, list))
        }
    };
}

attaching!(User, USER_NAME, attach_user: AttachUserPolicyRequest, detach_user: DetachUserPolicyRequest,
    list_user: ListAttachedUserPoliciesRequest => ListAttachedUserPoliciesResponse,
    attach_user_policy, detach_user_policy, list_attached_user_policies,
    list_attached_user_policies_response);
attaching!(Group, GROUP_NAME, attach_group: AttachGroupPolicyRequest, detach_group: DetachGroupPolicyRequest,
    list_group: ListAttachedGroupPoliciesRequest => ListAttachedGroupPoliciesResponse,
    attach_group_policy, detach_group_policy, list_attached_group_policies,
    list_attached_group_policies_response);

/// `ListEntitiesForPolicy`
pub(crate) fn list_entities(
    context: &mut Context<'_>,
    request: View<'_, ListEntitiesForPolicyRequest>,
) -> Result<Doc<ListEntitiesForPolicyResponse>, Fault> {
    use list_entities_for_policy as asked;
    let arn = request.get(asked::POLICY_ARN).unwrap_or_default();
    if AwsManaged::find(arn).is_none() {
        find(context, arn)?;
    }
    let boundary = request.get(asked::POLICY_USAGE_FILTER) == Some("PermissionsBoundary");
    let filter = request.get(asked::ENTITY_FILTER);
    let prefix = request.get(asked::PATH_PREFIX).unwrap_or("/");
    let wanted = |kind: &str, path: &str| {
        !boundary && filter.is_none_or(|filter| filter == kind) && path.starts_with(prefix)
    };
    let holders = iam(context)?.holders(arn);
    let groups = holders.groups.into_iter();
    let groups = groups.filter(|it| wanted("Group", &it.path)).map(|it| {
        Doc::new()
            .with(policy_group::GROUP_NAME, it.name.as_str())
            .with(policy_group::GROUP_ID, it.id.as_str())
    });
    let users = holders.users.into_iter();
    let users = users.filter(|it| wanted("User", &it.path)).map(|it| {
        Doc::new()
            .with(policy_user::USER_NAME, it.name.as_str())
            .with(policy_user::USER_ID, it.id.as_str())
    });
    use list_entities_for_policy_response as answer;
    Ok(Doc::new()
        .with(answer::POLICY_GROUPS, groups.collect::<Vec<_>>())
        .with(answer::POLICY_USERS, users.collect::<Vec<_>>())
        .with(answer::POLICY_ROLES, Vec::new()))
}

//! Groups: users who share policies.

use super::no_entity;
use super::user::{check_name, check_path, describe as describe_user, put_inline};
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::iam::shape::{self, *};
use crate::fields::iam::{
    add_user_to_group, create_group, create_group_response, delete_group, delete_group_policy,
    get_group, get_group_policy, get_group_policy_response, get_group_response, group as fields,
    list_group_policies, list_group_policies_response, list_groups, list_groups_for_user,
    list_groups_for_user_response, list_groups_response, put_group_policy, remove_user_from_group,
};
use crate::id::Born;
use crate::time::Time;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most groups of an account, and of a user.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_GROUPS: usize = 300;
const MOST_OF_USER: usize = 10;
/// The most characters of all inline policies of a group, white space not counted.
const MOST_CHARACTERS: usize = 5_120;

/// An IAM group.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Group {
    /// The name, once in an account whatever its case.
    pub name: String,
    /// The path, `/` unless it was given one.
    pub path: String,
    /// `AGPA…`
    pub id: String,
    /// When it was made, in the log.
    pub born: Born,
    /// When it was made, in simulated time.
    pub created: Time,
    /// Its inline policies: the document by name.
    pub policies: BTreeMap<String, Rc<str>>,
    /// The ARNs of the managed policies attached to it, as they were attached.
    pub attached: Vec<String>,
    /// The names of its users, as they joined.
    pub users: Vec<String>,
}

impl Group {
    /// The group's ARN in its account.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:group{}{}", self.path, self.name)
    }
}

fn find<'a>(context: &'a Context<'_>, name: &str) -> Result<&'a Group, Fault> {
    let found = context.iam().and_then(|iam| iam.groups.get(name));
    found
        .map(Rc::as_ref)
        .ok_or_else(|| no_entity("group", name))
}

pub(crate) fn find_mut<'a>(
    context: &'a mut Context<'_>,
    name: &str,
) -> Result<&'a mut Group, Fault> {
    context
        .iam_mut()
        .and_then(|iam| Rc::make_mut(&mut iam.groups).get_mut(name))
        .map(Rc::make_mut)
        .ok_or_else(|| no_entity("group", name))
}

fn describe(account: &str, one: &Group) -> Doc<shape::Group> {
    Doc::new()
        .with(fields::PATH, one.path.as_str())
        .with(fields::GROUP_NAME, one.name.as_str())
        .with(fields::GROUP_ID, one.id.as_str())
        .with(fields::ARN, one.arn(account))
        .with(fields::CREATE_DATE, one.created)
}

/// `CreateGroup`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateGroupRequest>,
) -> Result<Doc<CreateGroupResponse>, Fault> {
    let name = request.get(create_group::GROUP_NAME).unwrap_or_default();
    check_name(name, "groupName", 128)?;
    let path = request.get(create_group::PATH).unwrap_or("/");
    check_path(path)?;
    let groups = context.iam().map(|iam| &iam.groups);
    if groups.is_some_and(|it| it.keys().any(|it| it.eq_ignore_ascii_case(name))) {
        return Err(Fault::new(
            "EntityAlreadyExists",
            format!("Group with name {name} already exists."),
        ));
    }
    if groups.is_some_and(|it| it.len() >= MOST_GROUPS) {
        return Err(Fault::new(
            "LimitExceeded",
            format!("Cannot exceed quota for GroupsPerAccount: {MOST_GROUPS}"),
        ));
    }
    let now = context.now();
    let born = context.mint.born();
    let made = Group {
        name: name.to_owned(),
        path: path.to_owned(),
        id: context.mint.unique("AGPA", 17),
        born,
        created: now,
        policies: BTreeMap::new(),
        attached: Vec::new(),
        users: Vec::new(),
    };
    let answer = describe(context.account(), &made);
    if let Some(iam) = context.iam_mut() {
        Rc::make_mut(&mut iam.groups).insert(made.name.clone(), Rc::new(made));
    }
    Ok(Doc::new().with(create_group_response::GROUP, answer))
}

/// `GetGroup`: the group and its users.
pub(crate) fn get(
    context: &mut Context<'_>,
    request: View<'_, GetGroupRequest>,
) -> Result<Doc<GetGroupResponse>, Fault> {
    let one = find(
        context,
        request.get(get_group::GROUP_NAME).unwrap_or_default(),
    )?;
    let users: Vec<_> = (one.users.iter())
        .filter_map(|name| context.iam()?.user(name))
        .map(|user| describe_user(context.account(), user, false))
        .collect();
    Ok(Doc::new()
        .with(get_group_response::GROUP, describe(context.account(), one))
        .with(get_group_response::USERS, users))
}

/// `ListGroups`
pub(crate) fn list(
    context: &mut Context<'_>,
    request: View<'_, ListGroupsRequest>,
) -> Result<Doc<ListGroupsResponse>, Fault> {
    let prefix = request.get(list_groups::PATH_PREFIX).unwrap_or("/");
    let groups = context
        .iam()
        .into_iter()
        .flat_map(|iam| iam.groups.values());
    let list: Vec<_> = groups
        .filter(|it| it.path.starts_with(prefix))
        .map(|it| describe(context.account(), it))
        .collect();
    Ok(Doc::new().with(list_groups_response::GROUPS, list))
}

/// `ListGroupsForUser`
pub(crate) fn list_for_user(
    context: &mut Context<'_>,
    request: View<'_, ListGroupsForUserRequest>,
) -> Result<Doc<ListGroupsForUserResponse>, Fault> {
    let name = request
        .get(list_groups_for_user::USER_NAME)
        .unwrap_or_default();
    super::user::find(context, name)?;
    let iam = context.iam();
    let list: Vec<_> = iam
        .into_iter()
        .flat_map(|iam| iam.groups_of(name))
        .map(|it| describe(context.account(), it))
        .collect();
    Ok(Doc::new().with(list_groups_for_user_response::GROUPS, list))
}

/// `DeleteGroup`: refused while it has users or policies.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteGroupRequest>,
) -> Result<(), Fault> {
    let name = request.get(delete_group::GROUP_NAME).unwrap_or_default();
    let one = find(context, name)?;
    let first = [
        (one.users.is_empty(), "remove users from group"),
        (one.attached.is_empty(), "detach all policies"),
        (one.policies.is_empty(), "delete policies"),
    ];
    if let Some((_, what)) = first.into_iter().find(|(empty, _)| !empty) {
        return Err(Fault::new(
            "DeleteConflict",
            format!("Cannot delete entity, must {what} first."),
        ));
    }
    if let Some(iam) = context.iam_mut() {
        Rc::make_mut(&mut iam.groups).remove(name);
    }
    Ok(())
}

/// `AddUserToGroup`: adding a member again changes nothing.
pub(crate) fn add_user(
    context: &mut Context<'_>,
    request: View<'_, AddUserToGroupRequest>,
) -> Result<(), Fault> {
    let name = request
        .get(add_user_to_group::GROUP_NAME)
        .unwrap_or_default();
    let user = request
        .get(add_user_to_group::USER_NAME)
        .unwrap_or_default();
    let member = find(context, name)?.users.iter().any(|it| it == user);
    super::user::find(context, user)?;
    if member {
        return Ok(());
    }
    let groups = context.iam().map_or(0, |iam| iam.groups_of(user).count());
    if groups >= MOST_OF_USER {
        return Err(Fault::new(
            "LimitExceeded",
            format!("Cannot exceed quota for GroupsPerUser: {MOST_OF_USER}"),
        ));
    }
    find_mut(context, name)?.users.push(user.to_owned());
    Ok(())
}

/// `RemoveUserFromGroup`
pub(crate) fn remove_user(
    context: &mut Context<'_>,
    request: View<'_, RemoveUserFromGroupRequest>,
) -> Result<(), Fault> {
    let name = request
        .get(remove_user_from_group::GROUP_NAME)
        .unwrap_or_default();
    let user = request
        .get(remove_user_from_group::USER_NAME)
        .unwrap_or_default();
    super::user::find(context, user)?;
    let users = &mut find_mut(context, name)?.users;
    let place = users.iter().position(|it| it == user);
    let place = place.ok_or_else(|| no_entity("user", user))?;
    users.remove(place);
    Ok(())
}

/// `PutGroupPolicy`
pub(crate) fn put_policy(
    context: &mut Context<'_>,
    request: View<'_, PutGroupPolicyRequest>,
) -> Result<(), Fault> {
    let name = request
        .get(put_group_policy::GROUP_NAME)
        .unwrap_or_default();
    let policy = request
        .get(put_group_policy::POLICY_NAME)
        .unwrap_or_default();
    let document = request
        .get(put_group_policy::POLICY_DOCUMENT)
        .unwrap_or_default();
    let policies = &mut find_mut(context, name)?.policies;
    put_inline(policies, policy, document, ("group", name), MOST_CHARACTERS)
}

fn no_policy(name: &str) -> Fault {
    no_entity("group policy", name)
}

/// `GetGroupPolicy`
pub(crate) fn get_policy(
    context: &mut Context<'_>,
    request: View<'_, GetGroupPolicyRequest>,
) -> Result<Doc<GetGroupPolicyResponse>, Fault> {
    let name = request
        .get(get_group_policy::GROUP_NAME)
        .unwrap_or_default();
    let policy = request
        .get(get_group_policy::POLICY_NAME)
        .unwrap_or_default();
    let one = find(context, name)?;
    let document = one.policies.get(policy).ok_or_else(|| no_policy(policy))?;
    Ok(Doc::new()
        .with(get_group_policy_response::GROUP_NAME, name)
        .with(get_group_policy_response::POLICY_NAME, policy)
        .with_document(get_group_policy_response::POLICY_DOCUMENT, document))
}

/// `ListGroupPolicies`
pub(crate) fn list_policies(
    context: &mut Context<'_>,
    request: View<'_, ListGroupPoliciesRequest>,
) -> Result<Doc<ListGroupPoliciesResponse>, Fault> {
    let name = request
        .get(list_group_policies::GROUP_NAME)
        .unwrap_or_default();
    let names: Vec<String> = find(context, name)?.policies.keys().cloned().collect();
    Ok(Doc::new().with(list_group_policies_response::POLICY_NAMES, names))
}

/// `DeleteGroupPolicy`
pub(crate) fn delete_policy(
    context: &mut Context<'_>,
    request: View<'_, DeleteGroupPolicyRequest>,
) -> Result<(), Fault> {
    let name = request
        .get(delete_group_policy::GROUP_NAME)
        .unwrap_or_default();
    let policy = request
        .get(delete_group_policy::POLICY_NAME)
        .unwrap_or_default();
    let removed = find_mut(context, name)?.policies.remove(policy);
    removed.map(|_| ()).ok_or_else(|| no_policy(policy))
}

//! IAM users and their inline policies.

use super::{AccessKey, no_entity};
use crate::door::{Caller, Context};
use crate::fault::Fault;
use crate::field::{Doc, Items, Struct, View};
use crate::fields::iam::shape::{self, *};
use crate::fields::iam::{
    create_user, create_user_response, delete_user, delete_user_policy, get_user, get_user_policy,
    get_user_policy_response, get_user_response, list_user_policies, list_user_policies_response,
    list_users, list_users_response, put_user_policy, tag, user,
};
use crate::id::Born;
use crate::table::Tags;
use crate::time::Time;
use std::collections::BTreeMap;
use std::rc::Rc;

/// An IAM user.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct User {
    /// The name, once in an account whatever its case.
    pub name: String,
    /// The path, `/` unless it was given one.
    pub path: String,
    /// `AIDA…`
    pub id: String,
    /// When it was made, in the log.
    pub born: Born,
    /// When it was made, in simulated time.
    pub created: Time,
    /// Its tags.
    pub tags: Tags,
    /// Its inline policies: the document by name.
    pub policies: BTreeMap<String, Rc<str>>,
    /// The ARNs of the managed policies attached to it, as they were attached.
    pub attached: Vec<String>,
    /// Its access keys, two at most.
    pub keys: Vec<AccessKey>,
}

impl User {
    /// The user's ARN in its account.
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:user{}{}", self.path, self.name)
    }

    /// The user as a caller, by whichever key.
    pub(crate) fn caller(&self, account: &str) -> Caller {
        Caller {
            account: account.to_owned(),
            user: Some(self.name.clone()),
            arn: self.arn(account),
            id: self.id.clone(),
            access_key_id: String::new(),
        }
    }
}

/// The user that a request names, or else the one who calls.
pub(crate) fn named(context: &Context<'_>, name: Option<&str>) -> Result<String, Fault> {
    match (name, &context.caller.user) {
        (Some(name), _) => Ok(name.to_owned()),
        (None, Some(own)) => Ok(own.clone()),
        (None, None) => Err(Fault::new(
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
        )),
    }
}

pub(crate) fn find<'a>(context: &'a Context<'_>, name: &str) -> Result<&'a User, Fault> {
    context
        .iam()
        .and_then(|iam| iam.user(name))
        .ok_or_else(|| no_entity("user", name))
}

pub(crate) fn find_mut<'a>(
    context: &'a mut Context<'_>,
    name: &str,
) -> Result<&'a mut User, Fault> {
    context
        .iam_mut()
        .and_then(|iam| iam.user_mut(name))
        .ok_or_else(|| no_entity("user", name))
}

/// Is it a name that IAM takes: letters, digits and `+=,.@_-`?
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(crate) fn check_name(name: &str, parameter: &str, longest: usize) -> Result<(), Fault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if !name.is_empty() && name.len() <= longest && name.chars().all(allowed) {
        return Ok(());
    }
    let rule = if name.len() > longest {
        format!("Member must have length less than or equal to {longest}")
    } else {
        "Member must satisfy regular expression pattern: [\\w+=,.@-]+".to_owned()
    };
    Err(Fault::new(
        "ValidationError",
        format!(
            "1 validation error detected: Value '{name}' at '{parameter}' failed to satisfy \
             constraint: {rule}"
        ),
    ))
}

/// Is it a path that IAM takes?
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
pub(crate) fn check_path(path: &str) -> Result<(), Fault> {
    if path.starts_with('/') && path.ends_with('/') && path.len() <= 512 {
        return Ok(());
    }
    Err(Fault::new(
        "ValidationError",
        format!(
            "The specified value for path is invalid. It must begin and end with / and contain \
             only alphanumeric characters and/or / characters: {path}"
        ),
    ))
}

/// The tags of something new; `quota` is AWS's word for how many it may have.
pub(crate) fn read_tags(items: Items<'_, Struct<shape::Tag>>, quota: &str) -> Result<Tags, Fault> {
    let mut tags = Tags::default();
    for one in items {
        let (key, value) = (
            one.get(tag::KEY).unwrap_or_default(),
            one.get(tag::VALUE).unwrap_or_default(),
        );
        for (text, member, longest) in [(key, "key", 128), (value, "value", 256)] {
            if text.chars().count() > longest {
                return Err(Fault::new(
                    "ValidationError",
                    format!(
                        "1 validation error detected: Value '{text}' at 'tags.member.{}.{member}' \
                         failed to satisfy constraint: Member must have length less than or equal \
                         to {longest}",
                        tags.len() + 1
                    ),
                ));
            }
        }
        tags.set(key, value);
        if tags.len() > 50 {
            return Err(Fault::new(
                "LimitExceeded",
                format!("Cannot exceed quota for {quota}: 50"),
            ));
        }
    }
    Ok(tags)
}

pub(crate) fn tag_list(tags: &Tags) -> Vec<Doc<shape::Tag>> {
    tags.iter()
        .map(|(key, value)| Doc::new().with(tag::KEY, key).with(tag::VALUE, value))
        .collect()
}

/// Puts an inline policy among the others of its user or group, which may have so many
/// characters together, white space not counted.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(crate) fn put_inline(
    policies: &mut BTreeMap<String, Rc<str>>,
    policy: &str,
    document: &str,
    (kind, holder): (&str, &str),
    most: usize,
) -> Result<(), Fault> {
    check_name(policy, "policyName", 128)?;
    crate::authorize::check_identity_policy(document)?;
    policies.insert(policy.to_owned(), document.into());
    let texts = policies.values();
    let total: usize = texts
        .map(|text| hopwise_policy::counted_characters(text))
        .sum();
    if total > most {
        return Err(Fault::new(
            "LimitExceeded",
            format!("Maximum policy size of {most} bytes exceeded for {kind} {holder}"),
        ));
    }
    Ok(())
}

pub(crate) fn describe(account: &str, one: &User, with_tags: bool) -> Doc<shape::User> {
    Doc::new()
        .with(user::PATH, one.path.as_str())
        .with(user::USER_NAME, one.name.as_str())
        .with(user::USER_ID, one.id.as_str())
        .with(user::ARN, one.arn(account))
        .with(user::CREATE_DATE, one.created)
        .with_some(
            user::TAGS,
            (with_tags && !one.tags.is_empty()).then(|| tag_list(&one.tags)),
        )
}

/// `CreateUser`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateUserRequest>,
) -> Result<Doc<CreateUserResponse>, Fault> {
    let name = request.get(create_user::USER_NAME).unwrap_or_default();
    check_name(name, "userName", 64)?;
    let path = request.get(create_user::PATH).unwrap_or("/");
    check_path(path)?;
    if request.has(create_user::PERMISSIONS_BOUNDARY) {
        return Err(Fault::new(
            "UnsupportedOperation",
            "Permissions boundaries are not in this sandbox yet.",
        ));
    }
    let taken = context
        .iam()
        .is_some_and(|iam| iam.users.keys().any(|it| it.eq_ignore_ascii_case(name)));
    if taken {
        return Err(Fault::new(
            "EntityAlreadyExists",
            format!("User with name {name} already exists."),
        ));
    }
    let users = context.iam().map_or(0, |iam| iam.users.len());
    if users >= 5_000 {
        return Err(Fault::new(
            "LimitExceeded",
            "Cannot exceed quota for UsersPerAccount: 5000",
        ));
    }
    let tags = read_tags(request.items(create_user::TAGS), "TagsPerUser")?;
    let now = context.now();
    let born = context.mint.born();
    let made = User {
        name: name.to_owned(),
        path: path.to_owned(),
        id: context.mint.unique("AIDA", 17),
        born,
        created: now,
        tags,
        policies: BTreeMap::new(),
        attached: Vec::new(),
        keys: Vec::new(),
    };
    let answer = describe(context.account(), &made, true);
    if let Some(iam) = context.iam_mut() {
        Rc::make_mut(&mut iam.users).insert(made.name.clone(), Rc::new(made));
    }
    Ok(Doc::new().with(create_user_response::USER, answer))
}

/// `GetUser`: the caller, if the request names none.
pub(crate) fn get(
    context: &mut Context<'_>,
    request: View<'_, GetUserRequest>,
) -> Result<Doc<GetUserResponse>, Fault> {
    let name = request.get(get_user::USER_NAME);
    let answer = match (name, &context.caller.user) {
        (None, None) => Doc::new()
            .with(user::PATH, "/")
            .with(user::USER_NAME, context.account())
            .with(user::USER_ID, context.account())
            .with(user::ARN, context.caller.arn.as_str())
            .with(user::CREATE_DATE, Time::EPOCH),
        _ => {
            let name = named(context, name)?;
            describe(context.account(), find(context, &name)?, true)
        }
    };
    Ok(Doc::new().with(get_user_response::USER, answer))
}

/// `ListUsers`
pub(crate) fn list(
    context: &mut Context<'_>,
    request: View<'_, ListUsersRequest>,
) -> Result<Doc<ListUsersResponse>, Fault> {
    let prefix = request.get(list_users::PATH_PREFIX).unwrap_or("/");
    let account = context.account();
    let list: Vec<_> = context
        .iam()
        .into_iter()
        .flat_map(|iam| iam.users.values())
        .filter(|it| it.path.starts_with(prefix))
        .map(|it| describe(account, it, false))
        .collect();
    Ok(Doc::new().with(list_users_response::USERS, list))
}

/// `DeleteUser`: refused while it has keys or policies.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteUserRequest>,
) -> Result<(), Fault> {
    let name = request.get(delete_user::USER_NAME).unwrap_or_default();
    let one = find(context, name)?;
    let in_group = (context.iam()).is_some_and(|iam| iam.groups_of(name).next().is_some());
    let first = [
        (!one.policies.is_empty(), "delete policies"),
        (!one.attached.is_empty(), "detach all policies"),
        (!one.keys.is_empty(), "delete access keys"),
        (in_group, "remove users from group"),
    ];
    if let Some((_, what)) = first.into_iter().find(|(there, _)| *there) {
        return Err(Fault::new(
            "DeleteConflict",
            format!("Cannot delete entity, must {what} first."),
        ));
    }
    if let Some(iam) = context.iam_mut() {
        Rc::make_mut(&mut iam.users).remove(name);
    }
    Ok(())
}

/// `PutUserPolicy`: all errors of the document are AWS's, the first one is said.
pub(crate) fn put_policy(
    context: &mut Context<'_>,
    request: View<'_, PutUserPolicyRequest>,
) -> Result<(), Fault> {
    let name = request.get(put_user_policy::USER_NAME).unwrap_or_default();
    let policy = request
        .get(put_user_policy::POLICY_NAME)
        .unwrap_or_default();
    let document = request
        .get(put_user_policy::POLICY_DOCUMENT)
        .unwrap_or_default();
    let policies = &mut find_mut(context, name)?.policies;
    put_inline(policies, policy, document, ("user", name), 2_048)
}

fn no_policy(name: &str) -> Fault {
    Fault::new(
        "NoSuchEntity",
        format!("The user policy with name {name} cannot be found."),
    )
}

/// `GetUserPolicy`
pub(crate) fn get_policy(
    context: &mut Context<'_>,
    request: View<'_, GetUserPolicyRequest>,
) -> Result<Doc<GetUserPolicyResponse>, Fault> {
    let name = request.get(get_user_policy::USER_NAME).unwrap_or_default();
    let policy = request
        .get(get_user_policy::POLICY_NAME)
        .unwrap_or_default();
    let one = find(context, name)?;
    let document = one.policies.get(policy).ok_or_else(|| no_policy(policy))?;
    Ok(Doc::new()
        .with(get_user_policy_response::USER_NAME, name)
        .with(get_user_policy_response::POLICY_NAME, policy)
        .with_document(get_user_policy_response::POLICY_DOCUMENT, document))
}

/// `ListUserPolicies`
pub(crate) fn list_policies(
    context: &mut Context<'_>,
    request: View<'_, ListUserPoliciesRequest>,
) -> Result<Doc<ListUserPoliciesResponse>, Fault> {
    let name = request
        .get(list_user_policies::USER_NAME)
        .unwrap_or_default();
    let names: Vec<String> = find(context, name)?.policies.keys().cloned().collect();
    Ok(Doc::new().with(list_user_policies_response::POLICY_NAMES, names))
}

/// `DeleteUserPolicy`
pub(crate) fn delete_policy(
    context: &mut Context<'_>,
    request: View<'_, DeleteUserPolicyRequest>,
) -> Result<(), Fault> {
    let name = request
        .get(delete_user_policy::USER_NAME)
        .unwrap_or_default();
    let policy = request
        .get(delete_user_policy::POLICY_NAME)
        .unwrap_or_default();
    let one = find_mut(context, name)?;
    one.policies
        .remove(policy)
        .ok_or_else(|| no_policy(policy))?;
    Ok(())
}

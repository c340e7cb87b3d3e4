//! AWS Identity and Access Management: users, groups, policies and access keys.

pub mod access_key;
pub mod group;
pub mod managed;
pub mod policy;
#[cfg(test)]
pub(crate) mod tests;
pub mod user;

pub use access_key::AccessKey;
pub use group::Group;
pub use managed::{AWS_MANAGED, AwsManaged};
pub use policy::Policy;
pub use user::User;

use crate::cloud::Mint;
use crate::door::{Caller, Need::*, operations};
use crate::fault::Fault;
use crate::time::Time;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What an account has of IAM.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Iam {
    /// The root user's access key, which the student begins with.
    pub root_key: AccessKey,
    /// The users by name.
    pub users: Rc<BTreeMap<String, Rc<User>>>,
    /// The groups by name.
    pub groups: Rc<BTreeMap<String, Rc<Group>>>,
    /// The customer managed policies by ARN.
    pub policies: Rc<BTreeMap<String, Rc<Policy>>>,
}

impl Iam {
    pub(crate) fn new(mint: &mut Mint, now: Time) -> Self {
        Iam {
            root_key: AccessKey::new(mint, now),
            users: Rc::default(),
            groups: Rc::default(),
            policies: Rc::default(),
        }
    }

    /// The user called `name`.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name).map(Rc::as_ref)
    }

    /// The users as they were made.
    pub fn users_by_birth(&self) -> Vec<&User> {
        let mut all: Vec<&User> = self.users.values().map(Rc::as_ref).collect();
        all.sort_by_key(|user| user.born);
        all
    }

    /// The groups that the user is in, by name.
    pub fn groups_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a Group> {
        self.groups
            .values()
            .map(Rc::as_ref)
            .filter(move |group| group.users.iter().any(|it| it == user))
    }

    /// Every identity-based policy that speaks for a user: its own and its groups', inline and
    /// attached. Each with the name that explanations give it and its document.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>
    pub fn policies_of<'a>(&'a self, user: &'a User) -> Vec<(String, &'a str)> {
        let managed = |arns: &'a [String]| {
            arns.iter()
                .filter_map(|arn| Some((arn.clone(), self.managed_document(arn)?)))
        };
        let own = user.policies.iter();
        let mut all: Vec<(String, &str)> = own
            .map(|(name, document)| (name.clone(), document.as_ref()))
            .chain(managed(&user.attached))
            .collect();
        for group in self.groups_of(&user.name) {
            let inline = group.policies.iter();
            all.extend(inline.map(|(name, document)| {
                (
                    format!("{name} of the group {}", group.name),
                    document.as_ref(),
                )
            }));
            all.extend(managed(&group.attached));
        }
        all
    }

    pub(crate) fn user_mut(&mut self, name: &str) -> Option<&mut User> {
        Rc::make_mut(&mut self.users)
            .get_mut(name)
            .map(Rc::make_mut)
    }

    /// Who has this access key, with its secret, and whether it is active.
    pub(crate) fn caller(&self, account: &str, key: &str) -> Option<(Caller, &str, bool)> {
        if self.root_key.id == key {
            return Some((self.root(account), &self.root_key.secret, true));
        }
        self.users.values().find_map(|user| {
            let found = user.keys.iter().find(|it| it.id == key)?;
            let mut caller = user.caller(account);
            caller.access_key_id = key.to_owned();
            Some((caller, found.secret.as_str(), found.active))
        })
    }

    /// The account's root user as a caller.
    pub(crate) fn root(&self, account: &str) -> Caller {
        Caller {
            account: account.to_owned(),
            user: None,
            arn: format!("arn:aws:iam::{account}:root"),
            id: account.to_owned(),
            access_key_id: self.root_key.id.clone(),
        }
    }
}

pub(crate) fn no_entity(kind: &str, name: &str) -> Fault {
    Fault::new(
        "NoSuchEntity",
        format!("The {kind} with name {name} cannot be found."),
    )
}

operations! {
    write "AddUserToGroup" [Group("GroupName")] group::add_user;
    write "AttachGroupPolicy" [Group("GroupName")] policy::attach_group;
    write "AttachUserPolicy" [User("UserName")] policy::attach_user;
    write "CreateAccessKey" [User("UserName")] access_key::create;
    write "CreateGroup" [Group("GroupName")] group::create;
    write "CreatePolicy" [Policy("PolicyName")] policy::create;
    write "CreatePolicyVersion" [Policy("PolicyArn")] policy::create_version;
    write "CreateUser" [User("UserName")] user::create;
    write "DeleteAccessKey" [User("UserName")] access_key::delete;
    write "DeleteGroup" [Group("GroupName")] group::delete;
    write "DeleteGroupPolicy" [Group("GroupName")] group::delete_policy;
    write "DeletePolicy" [Policy("PolicyArn")] policy::delete;
    write "DeletePolicyVersion" [Policy("PolicyArn")] policy::delete_version;
    write "DeleteUser" [User("UserName")] user::delete;
    write "DeleteUserPolicy" [User("UserName")] user::delete_policy;
    write "DetachGroupPolicy" [Group("GroupName")] policy::detach_group;
    write "DetachUserPolicy" [User("UserName")] policy::detach_user;
    read "GetGroup" [Group("GroupName")] group::get;
    read "GetGroupPolicy" [Group("GroupName")] group::get_policy;
    read "GetPolicy" [Policy("PolicyArn")] policy::get;
    read "GetPolicyVersion" [Policy("PolicyArn")] policy::get_version;
    read "GetUser" [User("UserName")] user::get;
    read "GetUserPolicy" [User("UserName")] user::get_policy;
    read "ListAccessKeys" [User("UserName")] access_key::list;
    read "ListAttachedGroupPolicies" [Group("GroupName")] policy::list_group;
    read "ListAttachedUserPolicies" [User("UserName")] policy::list_user;
    read "ListEntitiesForPolicy" [Policy("PolicyArn")] policy::list_entities;
    read "ListGroupPolicies" [Group("GroupName")] group::list_policies;
    read "ListGroups" [All("group")] group::list;
    read "ListGroupsForUser" [User("UserName")] group::list_for_user;
    read "ListPolicies" [All("policy")] policy::list;
    read "ListPolicyVersions" [Policy("PolicyArn")] policy::list_versions;
    read "ListUserPolicies" [User("UserName")] user::list_policies;
    read "ListUsers" [All("user")] user::list;
    write "PutGroupPolicy" [Group("GroupName")] group::put_policy;
    write "PutUserPolicy" [User("UserName")] user::put_policy;
    write "RemoveUserFromGroup" [Group("GroupName")] group::remove_user;
    write "SetDefaultPolicyVersion" [Policy("PolicyArn")] policy::set_default_version;
    write "UpdateAccessKey" [User("UserName")] access_key::update;
}

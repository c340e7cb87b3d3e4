//! Who may do what: buckets and their objects, users, groups, policies and access keys.
//!
//! Their ids are those of [`hopwise_cloud::view`]: ARNs, and an access key's own id.

mod change;
mod copy;
mod create;
mod document;
mod join;
mod remove;
mod tags;
#[cfg(test)]
mod tests;

pub(crate) use change::{change, settings};
pub(crate) use copy::copy;
pub(crate) use create::{create_form, make};
pub use document::remark;
pub(crate) use join::{join, joins};
pub(crate) use remove::{bucket_of, objects, remove};
pub(crate) use tags::put_tags;

use crate::Refusal;
use crate::desk::Desk;
use crate::intent::Kind;
use crate::trial::Trial;
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::iam::{
    add_user_to_group, attach_group_policy, attach_user_policy, detach_group_policy,
    detach_user_policy, put_group_policy, put_user_policy, remove_user_from_group,
};
use hopwise_cloud::iam::{AWS_MANAGED, AccessKey, AwsManaged, Group, Iam, Policy, User};
use hopwise_cloud::s3::Bucket;
use hopwise_cloud::{Account, Value};
use std::rc::Rc;

/// What stands before the name of a bucket.
pub(crate) const S3: &str = "arn:aws:s3:::";

/// The kind of the thing with this id, of those of this module.
pub(crate) fn kind_of(id: &str) -> Option<Kind> {
    if id.starts_with("AKIA") {
        return Some(Kind::AccessKey);
    }
    if let Some(rest) = id.strip_prefix(S3) {
        return Some(match rest.split_once('/') {
            Some(_) => Kind::Object,
            None => Kind::Bucket,
        });
    }
    let rest = id.strip_prefix("arn:aws:iam::")?;
    let (_, what) = rest.split_once(':')?;
    if what.contains('#') {
        return Some(Kind::InlinePolicy);
    }
    match what.split_once('/')?.0 {
        "user" => Some(Kind::User),
        "group" => Some(Kind::UserGroup),
        "policy" => Some(Kind::Policy),
        _ => None,
    }
}

/// Is it one of this module's?
pub(crate) fn is_access(id: &str) -> bool {
    kind_of(id).is_some()
}

/// The bucket of an ARN, and the key of an object's.
pub(crate) fn names(arn: &str) -> Option<(&str, Option<&str>)> {
    let rest = arn.strip_prefix(S3)?;
    Some(match rest.split_once('/') {
        Some((bucket, key)) => (bucket, Some(key)),
        None => (rest, None),
    })
}

/// The ARNs of managed policies, and inline policies: name and document.
pub(crate) type Held = (Vec<String>, Vec<(String, String)>);

/// A user or a group, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Holder {
    User(String),
    Group(String),
}

impl Holder {
    fn name(&self) -> &str {
        match self {
            Holder::User(name) | Holder::Group(name) => name,
        }
    }
}

impl<'a> Desk<'a> {
    fn own_account(&self) -> Option<&'a Account> {
        self.cloud.account(&self.account())
    }

    pub(crate) fn iam(&self) -> Option<&'a Iam> {
        Some(&self.own_account()?.iam)
    }

    pub(crate) fn bucket(&self, arn: &str) -> Option<&'a Bucket> {
        self.own_account()?.s3.bucket(names(arn)?.0)
    }

    pub(crate) fn user(&self, arn: &str) -> Option<&'a Rc<User>> {
        let account = self.account();
        let mut users = self.iam()?.users.values();
        users.find(|it| it.arn(&account) == arn)
    }

    pub(crate) fn group(&self, arn: &str) -> Option<&'a Rc<Group>> {
        let account = self.account();
        let mut groups = self.iam()?.groups.values();
        groups.find(|it| it.arn(&account) == arn)
    }

    pub(crate) fn policy(&self, arn: &str) -> Option<&'a Rc<Policy>> {
        self.iam()?.policies.get(arn)
    }

    /// A user's access key.
    pub(crate) fn key(&self, id: &str) -> Option<(&'a Rc<User>, &'a AccessKey)> {
        self.iam()?.users.values().find_map(|user| {
            let key = user.keys.iter().find(|key| key.id == id)?;
            Some((user, key))
        })
    }

    /// The user or group that an id names, or that the thing with this id belongs to.
    pub(crate) fn holder(&self, id: &str) -> Option<Holder> {
        if let Some((user, _)) = self.key(id) {
            return Some(Holder::User(user.name.clone()));
        }
        let arn = id.split_once('#').map_or(id, |(arn, _)| arn);
        let user = self.user(arn).map(|it| Holder::User(it.name.clone()));
        user.or_else(|| self.group(arn).map(|it| Holder::Group(it.name.clone())))
    }

    /// The ARN of a user or group.
    pub(crate) fn arn(&self, holder: &Holder) -> Option<String> {
        let (iam, account) = (self.iam()?, self.account());
        Some(match holder {
            Holder::User(name) => iam.users.get(name)?.arn(&account),
            Holder::Group(name) => iam.groups.get(name)?.arn(&account),
        })
    }

    /// The managed policies on a user or group, and its inline ones with their documents.
    pub(crate) fn held(&self, holder: &Holder) -> Option<Held> {
        let iam = self.iam()?;
        let (attached, inline) = match holder {
            Holder::User(name) => {
                let it = iam.users.get(name)?;
                (&it.attached, &it.policies)
            }
            Holder::Group(name) => {
                let it = iam.groups.get(name)?;
                (&it.attached, &it.policies)
            }
        };
        let inline = inline.iter();
        Some((
            attached.clone(),
            inline
                .map(|(name, text)| (name.clone(), text.to_string()))
                .collect(),
        ))
    }

    /// The managed policies that can be attached: ARN, name and unique id; the account's first.
    pub(crate) fn managed(&self) -> Vec<(String, String, String)> {
        let mut own: Vec<&Rc<Policy>> = self
            .iam()
            .map(|iam| iam.policies.values().collect())
            .unwrap_or_default();
        own.sort_by_key(|policy| policy.born);
        own.into_iter()
            .map(|it| (it.arn.clone(), it.name.clone(), it.id.clone()))
            .chain(AWS_MANAGED.iter().map(|it: &AwsManaged| {
                let name = format!("{} (AWS managed)", it.name);
                (it.arn(), name, it.id.to_owned())
            }))
            .collect()
    }
}

pub(crate) fn attach(trial: &mut Trial<'_>, holder: &Holder, arn: &str) -> Result<Value, Refusal> {
    match holder {
        Holder::User(name) => {
            let request = Doc::new()
                .with(attach_user_policy::USER_NAME, name.as_str())
                .with(attach_user_policy::POLICY_ARN, arn);
            trial.call("iam", "AttachUserPolicy", request)
        }
        Holder::Group(name) => {
            let request = Doc::new()
                .with(attach_group_policy::GROUP_NAME, name.as_str())
                .with(attach_group_policy::POLICY_ARN, arn);
            trial.call("iam", "AttachGroupPolicy", request)
        }
    }
}

pub(crate) fn detach(trial: &mut Trial<'_>, holder: &Holder, arn: &str) -> Result<Value, Refusal> {
    match holder {
        Holder::User(name) => {
            let request = Doc::new()
                .with(detach_user_policy::USER_NAME, name.as_str())
                .with(detach_user_policy::POLICY_ARN, arn);
            trial.call("iam", "DetachUserPolicy", request)
        }
        Holder::Group(name) => {
            let request = Doc::new()
                .with(detach_group_policy::GROUP_NAME, name.as_str())
                .with(detach_group_policy::POLICY_ARN, arn);
            trial.call("iam", "DetachGroupPolicy", request)
        }
    }
}

pub(crate) fn put_inline(
    trial: &mut Trial<'_>,
    holder: &Holder,
    policy: &str,
    document: &str,
) -> Result<Value, Refusal> {
    match holder {
        Holder::User(name) => {
            let request = Doc::new()
                .with(put_user_policy::USER_NAME, name.as_str())
                .with(put_user_policy::POLICY_NAME, policy)
                .with(put_user_policy::POLICY_DOCUMENT, document);
            trial.call("iam", "PutUserPolicy", request)
        }
        Holder::Group(name) => {
            let request = Doc::new()
                .with(put_group_policy::GROUP_NAME, name.as_str())
                .with(put_group_policy::POLICY_NAME, policy)
                .with(put_group_policy::POLICY_DOCUMENT, document);
            trial.call("iam", "PutGroupPolicy", request)
        }
    }
}

/// A user comes into a group, or leaves it.
pub(crate) fn member(
    trial: &mut Trial<'_>,
    group: &str,
    user: &str,
    joins: bool,
) -> Result<Value, Refusal> {
    if joins {
        let request = Doc::new()
            .with(add_user_to_group::GROUP_NAME, group)
            .with(add_user_to_group::USER_NAME, user);
        return trial.call("iam", "AddUserToGroup", request);
    }
    let request = Doc::new()
        .with(remove_user_from_group::GROUP_NAME, group)
        .with(remove_user_from_group::USER_NAME, user);
    trial.call("iam", "RemoveUserFromGroup", request)
}

//! AWS Identity and Access Management: users, their inline policies and access keys.

pub mod access_key;
pub mod user;

pub use access_key::AccessKey;
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
}

impl Iam {
    pub(crate) fn new(mint: &mut Mint, now: Time) -> Self {
        Iam {
            root_key: AccessKey::new(mint, now),
            users: Rc::new(BTreeMap::new()),
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

    pub(crate) fn user_mut(&mut self, name: &str) -> Option<&mut User> {
        Rc::make_mut(&mut self.users)
            .get_mut(name)
            .map(Rc::make_mut)
    }

    /// Who has this access key, with its secret, and whether it is active.
    pub(crate) fn caller(&self, account: &str, key: &str) -> Option<(Caller, &str, bool)> {
        if self.root_key.id == key {
            let caller = Caller {
                account: account.to_owned(),
                user: None,
                arn: format!("arn:aws:iam::{account}:root"),
                id: account.to_owned(),
                access_key_id: key.to_owned(),
            };
            return Some((caller, &self.root_key.secret, true));
        }
        self.users.values().find_map(|user| {
            let found = user.keys.iter().find(|it| it.id == key)?;
            let caller = Caller {
                account: account.to_owned(),
                user: Some(user.name.clone()),
                arn: user.arn(account),
                id: user.id.clone(),
                access_key_id: key.to_owned(),
            };
            Some((caller, found.secret.as_str(), found.active))
        })
    }
}

pub(crate) fn no_entity(kind: &str, name: &str) -> Fault {
    Fault::new(
        "NoSuchEntity",
        format!("The {kind} with name {name} cannot be found."),
    )
}

operations! {
    write "CreateAccessKey" [User("UserName")] access_key::create;
    write "CreateUser" [User("UserName")] user::create;
    write "DeleteAccessKey" [User("UserName")] access_key::delete;
    write "DeleteUser" [User("UserName")] user::delete;
    write "DeleteUserPolicy" [User("UserName")] user::delete_policy;
    read "GetUser" [User("UserName")] user::get;
    read "GetUserPolicy" [User("UserName")] user::get_policy;
    read "ListAccessKeys" [User("UserName")] access_key::list;
    read "ListUserPolicies" [User("UserName")] user::list_policies;
    read "ListUsers" [Users] user::list;
    write "PutUserPolicy" [User("UserName")] user::put_policy;
    write "UpdateAccessKey" [User("UserName")] access_key::update;
}

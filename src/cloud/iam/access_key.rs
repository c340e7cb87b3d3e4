//! Access keys.

use super::user::{find, find_mut, named};
use crate::cloud::Mint;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::iam::shape::{self, *};
use crate::fields::iam::{
    access_key, access_key_metadata, create_access_key, create_access_key_response,
    delete_access_key, list_access_keys, list_access_keys_response, update_access_key,
};
use crate::time::Time;

/// An access key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AccessKey {
    /// `AKIA…`
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// Does it open anything?
    pub active: bool,
    /// When it was made.
    pub created: Time,
}

impl AccessKey {
    pub(crate) fn new(mint: &mut Mint, now: Time) -> Self {
        AccessKey {
            id: mint.unique("AKIA", 16),
            secret: mint.secret(40),
            active: true,
            created: now,
        }
    }

    fn status(&self) -> &'static str {
        if self.active { "Active" } else { "Inactive" }
    }
}

/// `CreateAccessKey`: the only time that the secret is shown; two keys a user.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateAccessKeyRequest>,
) -> Result<Doc<CreateAccessKeyResponse>, Fault> {
    let name = named(context, request.get(create_access_key::USER_NAME))?;
    if find(context, &name)?.keys.len() >= 2 {
        return Err(Fault::new(
            "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2",
        ));
    }
    let now = context.now();
    let key = AccessKey::new(&mut context.mint, now);
    find_mut(context, &name)?.keys.push(key.clone());
    let answer: Doc<shape::AccessKey> = Doc::new()
        .with(access_key::USER_NAME, name)
        .with(access_key::ACCESS_KEY_ID, key.id)
        .with(access_key::STATUS, "Active")
        .with(access_key::SECRET_ACCESS_KEY, key.secret)
        .with(access_key::CREATE_DATE, key.created);
    Ok(Doc::new().with(create_access_key_response::ACCESS_KEY, answer))
}

/// `ListAccessKeys`
pub(crate) fn list(
    context: &mut Context<'_>,
    request: View<'_, ListAccessKeysRequest>,
) -> Result<Doc<ListAccessKeysResponse>, Fault> {
    let name = named(context, request.get(list_access_keys::USER_NAME))?;
    let list: Vec<_> = find(context, &name)?
        .keys
        .iter()
        .map(|key| {
            Doc::new()
                .with(access_key_metadata::USER_NAME, name.as_str())
                .with(access_key_metadata::ACCESS_KEY_ID, key.id.as_str())
                .with(access_key_metadata::STATUS, key.status())
                .with(access_key_metadata::CREATE_DATE, key.created)
        })
        .collect();
    Ok(Doc::new().with(list_access_keys_response::ACCESS_KEY_METADATA, list))
}

fn no_key(id: &str) -> Fault {
    Fault::new(
        "NoSuchEntity",
        format!("The Access Key with id {id} cannot be found."),
    )
}

/// `DeleteAccessKey`
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteAccessKeyRequest>,
) -> Result<(), Fault> {
    let name = named(context, request.get(delete_access_key::USER_NAME))?;
    let id = request
        .get(delete_access_key::ACCESS_KEY_ID)
        .unwrap_or_default();
    let keys = &mut find_mut(context, &name)?.keys;
    let place = keys
        .iter()
        .position(|key| key.id == id)
        .ok_or_else(|| no_key(id))?;
    keys.remove(place);
    Ok(())
}

/// `UpdateAccessKey`: switches a key on or off.
pub(crate) fn update(
    context: &mut Context<'_>,
    request: View<'_, UpdateAccessKeyRequest>,
) -> Result<(), Fault> {
    let name = named(context, request.get(update_access_key::USER_NAME))?;
    let id = request
        .get(update_access_key::ACCESS_KEY_ID)
        .unwrap_or_default();
    let active = match request.get(update_access_key::STATUS).unwrap_or_default() {
        "Active" => true,
        "Inactive" => false,
        other => {
            return Err(Fault::new(
                "ValidationError",
                format!(
                    "1 validation error detected: Value '{other}' at 'status' failed to satisfy \
                     constraint: Member must satisfy enum value set: [Active, Inactive]"
                ),
            ));
        }
    };
    let keys = &mut find_mut(context, &name)?.keys;
    let key = keys
        .iter_mut()
        .find(|key| key.id == id)
        .ok_or_else(|| no_key(id))?;
    key.active = active;
    Ok(())
}

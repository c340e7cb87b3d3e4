//! Key pairs.

use super::Ec2;
use super::select::{FilterRow, find, new_tags, select, some_tags, tag_list};
use crate::digest::Digest;
use crate::door::Context;
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    create_key_pair, delete_key_pair, delete_key_pair_result, describe_key_pairs,
    describe_key_pairs_result, import_key_pair, import_key_pair_result, key_pair, key_pair_info,
};
use crate::id::{Born, Id};
use crate::json;
use crate::table::{Tags, resource};
use crate::time::Time;
use std::rc::Rc;

/// A key pair; the private half is with whoever made it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct KeyPair {
    /// `key-…`
    pub id: Id,
    /// When it was made.
    pub born: Born,
    /// Its tags.
    pub tags: Tags,
    /// Its name, once in a Region.
    pub name: String,
    /// `rsa` or `ed25519`.
    pub kind: String,
    /// The fingerprint that EC2 shows.
    pub fingerprint: String,
    /// When, in simulated time.
    pub created: Time,
    /// A digest of the private half, to know it again.
    pub private_digest: u64,
}

resource!(KeyPair, "key-pair", "key", "key pair", "InvalidKeyPair");

impl KeyPair {
    pub(crate) fn by_name<'a>(ec2: &'a Ec2, name: &str) -> Result<&'a Rc<KeyPair>, Fault> {
        ec2.key_pairs
            .iter()
            .find(|it| it.name == name)
            .ok_or_else(|| {
                Fault::new(
                    "InvalidKeyPair.NotFound",
                    format!("The key pair '{name}' does not exist"),
                )
            })
    }
}

pub(super) const FILTERS: &[FilterRow<KeyPair>] = &[
    ("key-name", |_, it| vec![it.name.clone()]),
    ("key-pair-id", |_, it| vec![it.id.to_string()]),
    ("fingerprint", |_, it| vec![it.fingerprint.clone()]),
];

fn check_name(context: &Context<'_>, name: &str) -> Result<(), Fault> {
    if name.is_empty() || name.len() > 255 || !name.is_ascii() {
        return Err(Fault::value(format!(
            "Value ({name}) for parameter keyName is invalid. It must be 1 to 255 ASCII characters."
        )));
    }
    if KeyPair::by_name(context.ec2(), name).is_ok() {
        return Err(Fault::new(
            "InvalidKeyPair.Duplicate",
            "The keypair already exists",
        ));
    }
    Ok(())
}

/// `CreateKeyPair`: the only time that the private half is shown.
///
/// The key is text in the form of a key, made from the world's seed: it opens the machines of
/// this world and nothing else.
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateKeyPairRequest>,
) -> Result<Doc<shape::KeyPair>, Fault> {
    let name = request.get(create_key_pair::KEY_NAME).unwrap_or_default();
    check_name(context, name)?;
    let kind = request.get(create_key_pair::KEY_TYPE).unwrap_or("rsa");
    if !matches!(kind, "rsa" | "ed25519") {
        return Err(Fault::value(format!(
            "Value ({kind}) for parameter keyType is invalid."
        )));
    }
    let tags = new_tags(
        request.items(create_key_pair::TAG_SPECIFICATIONS),
        "key-pair",
    )?;
    let now = context.now();
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("key");
    let (word, lines) = if kind == "rsa" {
        ("RSA", 25)
    } else {
        ("OPENSSH", 5)
    };
    let body: Vec<String> = (0..lines).map(|_| mint.secret(64)).collect();
    let material = format!(
        "-----BEGIN {word} PRIVATE KEY-----\n{}\n-----END {word} PRIVATE KEY-----",
        body.join("\n")
    );
    let fingerprint = if kind == "rsa" {
        let bytes: Vec<String> = (0..20)
            .map(|_| format!("{:02x}", mint.bits() as u8))
            .collect();
        bytes.join(":")
    } else {
        format!("{}=", mint.secret(43))
    };
    let made = KeyPair {
        id,
        born,
        tags,
        name: name.to_owned(),
        kind: kind.to_owned(),
        fingerprint,
        created: now,
        private_digest: Digest::of(material.trim()),
    };
    ec2.key_pairs.insert(made.clone());
    Ok(Doc::new()
        .with(key_pair::KEY_PAIR_ID, &made.id)
        .with_some(key_pair::TAGS, some_tags(&made.tags))
        .with(key_pair::KEY_NAME, made.name)
        .with(key_pair::KEY_FINGERPRINT, made.fingerprint)
        .with(key_pair::KEY_MATERIAL, material))
}

/// `ImportKeyPair`: a public key that one made elsewhere.
pub(crate) fn import(
    context: &mut Context<'_>,
    request: View<'_, ImportKeyPairRequest>,
) -> Result<Doc<ImportKeyPairResult>, Fault> {
    let name = request.get(import_key_pair::KEY_NAME).unwrap_or_default();
    check_name(context, name)?;
    let bytes = request
        .get(import_key_pair::PUBLIC_KEY_MATERIAL)
        .unwrap_or_default();
    let text = String::from_utf8_lossy(bytes).into_owned();
    let decoded = json::from_base64(text.trim())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .filter(|text| text.starts_with("ssh-"));
    let text = decoded.unwrap_or(text);
    let kind = if text.starts_with("ssh-rsa ") {
        "rsa"
    } else if text.starts_with("ssh-ed25519 ") {
        "ed25519"
    } else {
        return Err(Fault::new(
            "InvalidKey.Format",
            "Key is not in valid OpenSSH public key format",
        ));
    };
    let tags = new_tags(
        request.items(import_key_pair::TAG_SPECIFICATIONS),
        "key-pair",
    )?;
    let now = context.now();
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("key");
    let bits = Digest::of(text.trim());
    let bytes: Vec<String> = (0..16u32)
        .map(|place| format!("{:02x}", Digest::of(&(bits, place)) as u8))
        .collect();
    let made = KeyPair {
        id,
        born,
        tags,
        name: name.to_owned(),
        kind: kind.to_owned(),
        fingerprint: bytes.join(":"),
        created: now,
        private_digest: bits,
    };
    ec2.key_pairs.insert(made.clone());
    Ok(Doc::new()
        .with(import_key_pair_result::KEY_FINGERPRINT, made.fingerprint)
        .with(import_key_pair_result::KEY_NAME, made.name)
        .with(import_key_pair_result::KEY_PAIR_ID, &made.id)
        .with_some(import_key_pair_result::TAGS, some_tags(&made.tags)))
}

/// `DescribeKeyPairs`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeKeyPairsRequest>,
) -> Result<Doc<DescribeKeyPairsResult>, Fault> {
    let names: Vec<&str> = request.items(describe_key_pairs::KEY_NAMES).collect();
    for name in &names {
        KeyPair::by_name(context.ec2(), name)?;
    }
    let found = select(
        context,
        &context.ec2().key_pairs,
        request.items(describe_key_pairs::KEY_PAIR_IDS),
        request.items(describe_key_pairs::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found
        .iter()
        .filter(|it| names.is_empty() || names.contains(&it.name.as_str()))
        .map(|it| {
            Doc::new()
                .with(key_pair_info::KEY_PAIR_ID, &it.id)
                .with(key_pair_info::KEY_TYPE, it.kind.as_str())
                .with(key_pair_info::TAGS, tag_list(&it.tags))
                .with(key_pair_info::CREATE_TIME, it.created)
                .with(key_pair_info::KEY_NAME, it.name.as_str())
                .with(key_pair_info::KEY_FINGERPRINT, it.fingerprint.as_str())
        })
        .collect();
    Ok(Doc::new().with(describe_key_pairs_result::KEY_PAIRS, list))
}

/// `DeleteKeyPair`: no error where there is none of that name.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteKeyPairRequest>,
) -> Result<Doc<DeleteKeyPairResult>, Fault> {
    let ec2 = context.ec2();
    let id = match (
        request.get(delete_key_pair::KEY_PAIR_ID),
        request.get(delete_key_pair::KEY_NAME),
    ) {
        (Some(id), _) => Some(find(&ec2.key_pairs, id)?.id.clone()),
        (None, Some(name)) => KeyPair::by_name(ec2, name).ok().map(|it| it.id.clone()),
        (None, None) => return Err(Fault::missing("KeyName")),
    };
    if let Some(id) = &id {
        context.ec2_mut().key_pairs.remove(id.as_str());
    }
    Ok(Doc::new()
        .with(delete_key_pair_result::RETURN, true)
        .with_some(delete_key_pair_result::KEY_PAIR_ID, id))
}

//! Buckets, users, groups and policies for those who show them. The id of each is its ARN, of an
//! inline policy that of whose it is with `#` and its name, of an access key the key's own.

use super::{Details, Node, Sheet, code, text, yes};
use crate::cloud::{Account, Cloud};
use crate::iam::{AccessKey, AwsManaged, Group, User};
use crate::s3::{Bucket, Version, Versioning, bucket_arn, bucket_of_arn, object_arn};
use std::collections::BTreeMap;

/// The most rows of a table of objects.
const MOST_ROWS: usize = 200;
/// The most objects of a bucket that a picture holds.
const MOST_SHOWN: usize = 50;
/// The most characters of an object that are shown.
const MOST_TEXT: usize = 4_000;

/// A bucket as it is drawn, outside of every VPC.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BucketView {
    /// The bucket itself; the detail says how many objects are in it.
    pub node: Node,
    /// How many objects are in it.
    pub objects: usize,
    /// Is everyone let in?
    pub public: bool,
    /// The first keys by name, those with a delete marker too.
    pub contents: Vec<Node>,
    /// How many more there are.
    pub more: usize,
}

/// The identities and policies of an account, as they were made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IdentityView {
    /// The users; the detail names their groups.
    pub users: Vec<Node>,
    /// The groups; the detail says how many users are in one.
    pub groups: Vec<Node>,
    /// The customer managed policies; the detail says to how many users and groups one is attached.
    pub policies: Vec<Node>,
    /// The inline policies and access keys of each user and group, by its ARN.
    pub insides: BTreeMap<String, Vec<Node>>,
}

/// The id of an inline policy: a name holds no `#`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub fn inline_id(holder: &str, name: &str) -> String {
    format!("{holder}#{name}")
}

fn node(id: String, kind: &'static str, name: &str, detail: String) -> Node {
    Node {
        id,
        kind,
        name: Some(name.to_owned()),
        detail,
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

fn bucket_node(bucket: &Bucket) -> Node {
    let objects = bucket.current().count();
    let detail = count(objects, "object", "objects");
    node(bucket_arn(&bucket.name), "bucket", &bucket.name, detail)
}

/// The buckets of a Region, as they were made.
pub(super) fn buckets(account: &Account, region: &str) -> Vec<BucketView> {
    let mut all: Vec<&Bucket> = account.s3.buckets().collect();
    all.retain(|bucket| bucket.region == region);
    all.sort_by_key(|bucket| bucket.born);
    all.into_iter()
        .map(|bucket| BucketView {
            node: bucket_node(bucket),
            objects: bucket.current().count(),
            public: bucket.is_public(),
            contents: bucket
                .objects()
                .take(MOST_SHOWN)
                .map(|(key, versions)| object_node(bucket, key, versions))
                .collect(),
            more: bucket.objects().count().saturating_sub(MOST_SHOWN),
        })
        .collect()
}

fn object_node(bucket: &Bucket, key: &str, versions: &[Version]) -> Node {
    let current = versions.last().and_then(|it| it.content.as_ref());
    let detail = match (current, bucket.versioning) {
        (None, _) => "deleted".to_owned(),
        (Some(it), Versioning::Never) => count(it.body.len(), "byte", "bytes"),
        (Some(it), _) => format!(
            "{}, {}",
            count(it.body.len(), "byte", "bytes"),
            count(versions.len(), "version", "versions")
        ),
    };
    node(object_arn(&bucket.name, key), "object", key, detail)
}

fn inline_node(holder: &str, name: &str) -> Node {
    node(
        inline_id(holder, name),
        "inline-policy",
        name,
        String::new(),
    )
}

fn key_node(key: &AccessKey) -> Node {
    let detail = if key.active { "active" } else { "inactive" };
    Node {
        id: key.id.clone(),
        kind: "access-key",
        name: None,
        detail: detail.to_owned(),
    }
}

struct Shower<'a> {
    cloud: &'a Cloud,
    account: &'a Account,
}

pub(super) fn identities(cloud: &Cloud, account: &Account) -> IdentityView {
    let shower = Shower { cloud, account };
    let iam = &account.iam;
    let mut groups: Vec<_> = iam.groups.values().collect();
    groups.sort_by_key(|group| group.born);
    let mut policies: Vec<_> = iam.policies.values().collect();
    policies.sort_by_key(|policy| policy.born);
    let mut insides = BTreeMap::new();
    for user in iam.users.values() {
        insides.insert(user.arn(&account.id), shower.of_user(user));
    }
    for group in iam.groups.values() {
        let arn = group.arn(&account.id);
        let inline = group.policies.keys();
        let inline = inline.map(|name| inline_node(&arn, name)).collect();
        insides.insert(arn, inline);
    }
    insides.retain(|_, nodes| !nodes.is_empty());
    IdentityView {
        insides,
        users: (iam.users_by_birth().into_iter())
            .map(|user| shower.user(user))
            .collect(),
        groups: groups
            .into_iter()
            .map(|group| shower.group(group))
            .collect(),
        policies: (policies.into_iter())
            .map(|policy| shower.policy(&policy.arn))
            .collect(),
    }
}

/// Is it the id of something that this file shows?
pub(super) fn is_access(id: &str) -> bool {
    let access = id.starts_with("arn:") && !id.starts_with("arn:aws:elasticloadbalancing:");
    access || id.starts_with("AKIA")
}

/// Everything about the bucket, user, group or policy with this ARN.
pub(super) fn details(cloud: &Cloud, account: &Account, arn: &str) -> Option<Details> {
    let shower = Shower { cloud, account };
    if let Some(bucket) = bucket_of_arn(arn).and_then(|name| account.s3.bucket(name)) {
        let inside = arn.strip_prefix(&bucket_arn(&bucket.name))?;
        return match inside.strip_prefix('/') {
            Some(key) => shower.object_details(bucket, key),
            None => Some(shower.bucket_details(bucket)),
        };
    }
    let iam = &account.iam;
    if arn.starts_with("AKIA") {
        let mut users = iam.users.values();
        return users.find_map(|user| {
            let key = user.keys.iter().find(|key| key.id == arn)?;
            Some(shower.key_details(user, key))
        });
    }
    if let Some((holder, name)) = arn.split_once('#') {
        return shower.inline_details(holder, name);
    }
    let user = iam.users.values().find(|it| it.arn(&account.id) == arn);
    if let Some(user) = user {
        return Some(shower.user_details(user));
    }
    let group = iam.groups.values().find(|it| it.arn(&account.id) == arn);
    if let Some(group) = group {
        return Some(shower.group_details(group));
    }
    iam.managed_document(arn)
        .map(|document| shower.policy_details(arn, document))
}

/// A document as a table of its lines, as it was written.
fn document(title: &'static str, text: &str) -> Sheet {
    Sheet {
        title,
        columns: vec!["Line", "Text"],
        rows: (1..)
            .zip(text.lines())
            .map(|(number, line): (u32, _)| vec![super::text(number.to_string()), code(line)])
            .collect(),
    }
}

impl Shower<'_> {
    fn user(&self, user: &User) -> Node {
        let groups = self.account.iam.groups_of(&user.name);
        let groups: Vec<&str> = groups.map(|group| group.name.as_str()).collect();
        let arn = user.arn(&self.account.id);
        node(arn, "user", &user.name, groups.join(", "))
    }

    fn group(&self, group: &Group) -> Node {
        let detail = count(group.users.len(), "user", "users");
        node(group.arn(&self.account.id), "group", &group.name, detail)
    }

    fn policy(&self, arn: &str) -> Node {
        let iam = &self.account.iam;
        let holders = iam.users.values().map(|user| &user.attached);
        let holders = holders.chain(iam.groups.values().map(|group| &group.attached));
        let attached = holders
            .filter(|list| list.iter().any(|it| it == arn))
            .count();
        let name = arn.rsplit('/').next().unwrap_or_default();
        let detail = match attached {
            0 => "not attached".to_owned(),
            number => format!("attached to {number}"),
        };
        node(arn.to_owned(), "policy", name, detail)
    }

    fn bucket_details(&self, bucket: &Bucket) -> Details {
        let mut shown = Details {
            node: bucket_node(bucket),
            ..Details::default()
        };
        shown.facts.extend([
            ("Region", text(bucket.region)),
            ("Open to everyone", yes(bucket.is_public())),
        ]);
        if let Some(policy) = &bucket.policy {
            let text = policy.text(self.cloud);
            shown.tables.push(document("Bucket policy", &text));
        }
        let held = bucket.objects().take(MOST_SHOWN);
        shown
            .relations
            .extend(held.map(|(key, versions)| ("holds", object_node(bucket, key, versions))));
        let rows = bucket
            .current()
            .take(MOST_ROWS)
            .filter_map(|(key, version)| {
                let content = version.content.as_ref()?;
                Some(vec![
                    code(key),
                    text(count(content.body.len(), "byte", "bytes")),
                    text(content.content_type.as_str()),
                ])
            });
        shown.tables.push(Sheet {
            title: "Objects",
            columns: vec!["Key", "Size", "Type"],
            rows: rows.collect(),
        });
        shown
    }

    /// The inline policies and access keys of a user.
    fn of_user(&self, user: &User) -> Vec<Node> {
        let arn = user.arn(&self.account.id);
        let inline = user.policies.keys().map(|name| inline_node(&arn, name));
        inline.chain(user.keys.iter().map(key_node)).collect()
    }

    fn object_details(&self, bucket: &Bucket, key: &str) -> Option<Details> {
        let (_, versions) = bucket.objects().find(|(it, _)| *it == key)?;
        let mut shown = Details {
            node: object_node(bucket, key, versions),
            ..Details::default()
        };
        if let Some(content) = versions.last().and_then(|it| it.content.as_ref()) {
            shown.facts.extend([
                ("Size", text(count(content.body.len(), "byte", "bytes"))),
                ("Type", code(&content.content_type)),
                ("ETag", code(&content.etag)),
                ("Storage class", code(&content.storage_class)),
            ]);
            if let Ok(body) = std::str::from_utf8(&content.body)
                && body.len() <= MOST_TEXT
            {
                shown.tables.push(document("Content", body));
            }
        }
        if bucket.versioning != Versioning::Never {
            let rows = versions.iter().rev().map(|version| {
                let what = match &version.content {
                    Some(content) => count(content.body.len(), "byte", "bytes"),
                    None => "delete marker".to_owned(),
                };
                vec![
                    code(&version.id),
                    text(what),
                    text(version.modified.to_string()),
                ]
            });
            shown.tables.push(Sheet {
                title: "Versions",
                columns: vec!["Version", "Size", "Put"],
                rows: rows.take(MOST_ROWS).collect(),
            });
        }
        shown.relations.push(("in", bucket_node(bucket)));
        Some(shown)
    }

    fn inline_details(&self, holder: &str, name: &str) -> Option<Details> {
        let (iam, account) = (&self.account.iam, &self.account.id);
        let user = iam.users.values().find(|it| it.arn(account) == holder);
        let group = iam.groups.values().find(|it| it.arn(account) == holder);
        let (policies, of) = match (user, group) {
            (Some(user), _) => (&user.policies, self.user(user)),
            (None, Some(group)) => (&group.policies, self.group(group)),
            (None, None) => return None,
        };
        let text = policies.get(name)?;
        Some(Details {
            node: inline_node(holder, name),
            tables: vec![document("Document", text)],
            relations: vec![("of", of)],
            ..Details::default()
        })
    }

    fn key_details(&self, user: &User, key: &AccessKey) -> Details {
        Details {
            node: key_node(key),
            facts: vec![("Made", text(key.created.to_string()))],
            relations: vec![("of", self.user(user))],
            ..Details::default()
        }
    }

    fn user_details(&self, user: &User) -> Details {
        let mut shown = Details {
            node: self.user(user),
            ..Details::default()
        };
        shown.facts.push(("Unique id", code(&user.id)));
        let keys = user.keys.iter().filter(|key| key.active).count();
        shown
            .facts
            .push(("Active access keys", text(keys.to_string())));
        let own = self.of_user(user).into_iter().map(|node| ("has", node));
        shown.relations.extend(own);
        for group in self.account.iam.groups_of(&user.name) {
            shown.relations.push(("in", self.group(group)));
        }
        for arn in &user.attached {
            shown.relations.push(("has", self.policy(arn)));
        }
        shown
    }

    fn group_details(&self, group: &Group) -> Details {
        let mut shown = Details {
            node: self.group(group),
            ..Details::default()
        };
        let arn = group.arn(&self.account.id);
        let own = group.policies.keys();
        let own = own.map(|name| ("has", inline_node(&arn, name)));
        shown.relations.extend(own);
        let users = group.users.iter();
        for user in users.filter_map(|name| self.account.iam.user(name)) {
            shown.relations.push(("contains", self.user(user)));
        }
        for arn in &group.attached {
            shown.relations.push(("has", self.policy(arn)));
        }
        shown
    }

    fn policy_details(&self, arn: &str, text_of: &str) -> Details {
        let mut shown = Details {
            node: self.policy(arn),
            ..Details::default()
        };
        let iam = &self.account.iam;
        let (version, managed) = match (AwsManaged::find(arn), iam.policies.get(arn)) {
            (Some(aws), _) => (aws.version.to_owned(), "AWS"),
            (None, Some(own)) => (format!("v{}", own.default), "the account"),
            (None, None) => (String::new(), ""),
        };
        shown.facts.push(("Managed by", text(managed)));
        shown.facts.push(("Version in force", text(version)));
        shown.tables.push(document("Document", text_of));
        let has = |list: &[String]| list.iter().any(|it| it == arn);
        for user in iam.users.values().filter(|user| has(&user.attached)) {
            shown.relations.push(("attached to", self.user(user)));
        }
        for group in iam.groups.values().filter(|group| has(&group.attached)) {
            shown.relations.push(("attached to", self.group(group)));
        }
        shown
    }
}

/// The short name of what an ARN names.
pub(super) fn name_of(cloud: &Cloud, arn: &str) -> Option<String> {
    if !is_access(arn) {
        return None;
    }
    cloud
        .accounts()
        .find_map(|account| details(cloud, account, arn))
        .and_then(|details| details.node.name)
}

#[cfg(test)]
mod tests {
    use super::inline_id;
    use crate::testing::{Lab, document};
    use crate::{ACCOUNT, view::Value};

    #[test]
    fn buckets_and_identities_are_shown() {
        let mut lab = Lab::empty();
        lab.user("ana");
        for (operation, params) in [
            ("CreateGroup", r#"{"GroupName":"devs"}"#.to_owned()),
            (
                "AddUserToGroup",
                r#"{"GroupName":"devs","UserName":"ana"}"#.to_owned(),
            ),
            ("CreateBucket", r#"{"Bucket":"b-1"}"#.to_owned()),
            (
                "PutObject",
                r#"{"Bucket":"b-1","Key":"k","Body":"hello"}"#.to_owned(),
            ),
            (
                "CreatePolicy",
                format!(
                    r#"{{"PolicyName":"read","PolicyDocument":{}}}"#,
                    document(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#)
                ),
            ),
            (
                "AttachGroupPolicy",
                r#"{"GroupName":"devs","PolicyArn":"arn:aws:iam::123456789012:policy/read"}"#
                    .to_owned(),
            ),
        ] {
            lab.call(operation, &params).unwrap();
        }
        let picture = lab.cloud.picture(ACCOUNT, "us-east-1");
        assert_eq!(picture.buckets[0].node.detail, "1 object");
        assert!(!picture.buckets[0].public);
        assert!(lab.cloud.picture(ACCOUNT, "eu-west-1").buckets.is_empty());
        assert_eq!(picture.identities.users[0].detail, "devs");
        assert_eq!(picture.identities.groups[0].detail, "1 user");
        assert_eq!(picture.identities.policies[0].detail, "attached to 1");
        let show = |id: &str| lab.cloud.details(ACCOUNT, "us-east-1", id).unwrap();
        let bucket = show("arn:aws:s3:::b-1");
        assert_eq!(bucket.node.kind, "bucket");
        let objects = &bucket.tables[0].rows[0];
        assert_eq!(objects[0], Value::Code("k".to_owned()));
        let policy = show("arn:aws:iam::123456789012:policy/read");
        assert_eq!(policy.relations[0].1.name.as_deref(), Some("devs"));
        let user = show("arn:aws:iam::123456789012:user/ana");
        let how: Vec<_> = user
            .relations
            .iter()
            .map(|(how, it)| (*how, it.kind))
            .collect();
        assert_eq!(how, [("has", "access-key"), ("in", "group")]);
        let key = &user.relations[0].1;
        assert_eq!(show(&key.id).relations[0].1.id, user.node.id);
        assert_eq!(
            picture.identities.insides[&user.node.id],
            std::slice::from_ref(key)
        );
        let object = show("arn:aws:s3:::b-1/k");
        assert_eq!(object.node, picture.buckets[0].contents[0]);
        assert_eq!(object.tables[0].rows[0][1], Value::Code("hello".to_owned()));
        lab.call(
            "PutUserPolicy",
            &format!(
                r#"{{"UserName":"ana","PolicyName":"own","PolicyDocument":{}}}"#,
                document(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#)
            ),
        )
        .unwrap();
        let show = |id: &str| lab.cloud.details(ACCOUNT, "us-east-1", id);
        let inline = show(&inline_id(&user.node.id, "own")).unwrap();
        assert_eq!(inline.relations[0].0, "of");
        assert_eq!(show(&inline_id(&user.node.id, "gone")), None);
        assert_eq!(show("arn:aws:s3:::b-1/gone"), None);
        let show = |id: &str| show(id).unwrap();
        let aws = show("arn:aws:iam::aws:policy/AdministratorAccess");
        assert_eq!(aws.facts[0].1, Value::Text("AWS".to_owned()));
        assert_eq!(
            lab.cloud.name_of("arn:aws:s3:::b-1").as_deref(),
            Some("b-1")
        );
    }
}

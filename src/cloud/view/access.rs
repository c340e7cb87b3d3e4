//! Buckets, users, groups and policies for those who show them. The id of each is its ARN.

use super::{Details, Node, Sheet, code, text, yes};
use crate::cloud::{Account, Cloud};
use crate::iam::AwsManaged;
use crate::s3::{Bucket, Versioning, bucket_arn, bucket_of_arn};
use std::rc::Rc;

/// The most rows of a table of objects.
const MOST_ROWS: usize = 200;

/// A bucket as it is drawn, outside of every VPC.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BucketView {
    /// The bucket itself; the detail says how many objects are in it.
    pub node: Node,
    /// How many objects are in it.
    pub objects: usize,
    /// Is everyone let in?
    pub public: bool,
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
        })
        .collect()
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
    IdentityView {
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

/// Everything about the bucket, user, group or policy with this ARN.
pub(super) fn details(cloud: &Cloud, account: &Account, arn: &str) -> Option<Details> {
    let shower = Shower { cloud, account };
    if let Some(bucket) = bucket_of_arn(arn).and_then(|name| account.s3.bucket(name)) {
        return Some(shower.bucket_details(bucket));
    }
    let iam = &account.iam;
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
    fn user(&self, user: &crate::iam::User) -> Node {
        let groups = self.account.iam.groups_of(&user.name);
        let groups: Vec<&str> = groups.map(|group| group.name.as_str()).collect();
        let arn = user.arn(&self.account.id);
        node(arn, "user", &user.name, groups.join(", "))
    }

    fn group(&self, group: &crate::iam::Group) -> Node {
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
        let versions = match bucket.versioning {
            Versioning::Never => "off",
            Versioning::Enabled => "on",
            Versioning::Suspended => "suspended",
        };
        let access = bucket.public_access.unwrap_or_default();
        shown.facts.extend([
            ("Region", text(bucket.region)),
            ("Open to everyone", yes(bucket.is_public())),
            ("Block public ACLs", yes(access.block_public_acls)),
            ("Ignore public ACLs", yes(access.ignore_public_acls)),
            ("Block public policies", yes(access.block_public_policy)),
            (
                "Restrict public buckets",
                yes(access.restrict_public_buckets),
            ),
            ("Versions", text(versions)),
        ]);
        if let Some(policy) = &bucket.policy {
            let text = policy.text(self.cloud);
            shown.tables.push(document("Bucket policy", &text));
        }
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

    fn inline<'a>(
        &self,
        policies: impl Iterator<Item = (&'a String, &'a Rc<str>)>,
        shown: &mut Details,
    ) {
        for (name, text) in policies {
            shown
                .facts
                .push(("Inline policy", super::text(name.as_str())));
            shown.tables.push(document("Inline policy", text));
        }
    }

    fn user_details(&self, user: &crate::iam::User) -> Details {
        let mut shown = Details {
            node: self.user(user),
            ..Details::default()
        };
        shown.facts.push(("Unique id", code(&user.id)));
        let keys = user.keys.iter().filter(|key| key.active).count();
        shown
            .facts
            .push(("Active access keys", text(keys.to_string())));
        self.inline(user.policies.iter(), &mut shown);
        for group in self.account.iam.groups_of(&user.name) {
            shown.relations.push(("in", self.group(group)));
        }
        for arn in &user.attached {
            shown.relations.push(("has", self.policy(arn)));
        }
        shown
    }

    fn group_details(&self, group: &crate::iam::Group) -> Details {
        let mut shown = Details {
            node: self.group(group),
            ..Details::default()
        };
        self.inline(group.policies.iter(), &mut shown);
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
    if !arn.starts_with("arn:") {
        return None;
    }
    cloud
        .accounts()
        .find_map(|account| details(cloud, account, arn))
        .and_then(|details| details.node.name)
}

#[cfg(test)]
mod tests {
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
        assert_eq!(user.relations[0].0, "in");
        let aws = show("arn:aws:iam::aws:policy/AdministratorAccess");
        assert_eq!(aws.facts[0].1, Value::Text("AWS".to_owned()));
        assert_eq!(
            lab.cloud.name_of("arn:aws:s3:::b-1").as_deref(),
            Some("b-1")
        );
    }
}

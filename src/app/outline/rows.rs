//! The outline as rows: everything there is, nested as in AWS; the map's equal.

use hopwise_cloud::view::{BucketView, Node, Picture, VpcView, kind_word};
use hopwise_plan::Kind;
use std::collections::BTreeSet;

/// A row of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The id of the thing; a made-up one for a heading.
    pub id: String,
    /// The row it is in.
    pub parent: Option<String>,
    /// From 1 on.
    pub level: usize,
    pub kind: &'static str,
    pub title: String,
    /// Is the title a name? Else it is an id.
    pub named: bool,
    pub detail: String,
    /// Has it rows of its own?
    pub holds: bool,
    /// Can it be selected? A heading can't.
    pub selectable: bool,
    /// Is it folded until somebody unfolds it?
    pub closed: bool,
    /// What a heading makes more of.
    pub makes: Option<Kind>,
}

impl Row {
    /// Is it folded, while these rows are turned from how they begin?
    pub fn is_folded(&self, turned: &BTreeSet<String>) -> bool {
        self.holds && self.closed != turned.contains(&self.id)
    }
}

/// A bucket with more objects begins folded.
const OPEN: usize = 8;

#[derive(Default)]
struct Writer {
    rows: Vec<Row>,
    parents: Vec<String>,
}

impl Writer {
    fn row(&mut self, id: &str, kind: &'static str, title: &str, named: bool, detail: String) {
        self.rows.push(Row {
            id: id.to_owned(),
            parent: self.parents.last().cloned(),
            level: self.parents.len() + 1,
            kind,
            title: title.to_owned(),
            named,
            detail,
            holds: false,
            selectable: true,
            closed: false,
            makes: None,
        });
    }

    fn node(&mut self, node: &Node, detail: impl Into<String>) {
        let detail = detail.into();
        let detail = if detail.is_empty() {
            node.detail.clone()
        } else {
            detail
        };
        let named = node.name.is_some();
        self.row(
            &node.id,
            node.kind,
            node.name.as_deref().unwrap_or(&node.id),
            named,
            detail,
        );
    }

    fn heading(&mut self, id: &str, kind: &'static str, title: &str) {
        self.row(id, kind, title, true, String::new());
        if let Some(row) = self.rows.last_mut() {
            row.selectable = false;
        }
    }

    /// Rows within the last one.
    fn within(&mut self, write: impl FnOnce(&mut Self)) {
        let Some(place) = self.rows.len().checked_sub(1) else {
            return;
        };
        let id = self.rows.get(place).map(|row| row.id.clone());
        self.parents.extend(id);
        let before = self.rows.len();
        write(self);
        self.parents.pop();
        let holds = self.rows.len() > before;
        if let Some(row) = self.rows.get_mut(place) {
            row.holds = holds;
        }
    }

    fn list(&mut self, id: &str, kind: &'static str, title: &str, nodes: &[Node]) {
        if nodes.is_empty() {
            return;
        }
        self.heading(id, kind, title);
        self.within(|it| nodes.iter().for_each(|node| it.node(node, "")));
    }

    /// A heading that makes more of what is under it.
    fn kinds(&mut self, kind: Kind, title: &str, write: impl FnOnce(&mut Self)) {
        let word = kind.word();
        self.heading(&format!("outline/{word}"), word, title);
        let place = self.rows.len() - 1;
        self.within(write);
        match self.rows.get_mut(place) {
            Some(row) if row.holds => row.makes = Some(kind),
            _ => self.rows.truncate(place),
        }
    }

    fn bucket(&mut self, bucket: &BucketView) {
        let public = if bucket.public { ", public" } else { "" };
        self.node(&bucket.node, format!("{}{public}", bucket.node.detail));
        if let Some(row) = self.rows.last_mut() {
            row.closed = bucket.contents.len() > OPEN;
        }
        self.within(|it| {
            bucket
                .contents
                .iter()
                .for_each(|object| it.node(object, ""));
            if bucket.more > 0 {
                let id = format!("{}#more", bucket.node.id);
                it.heading(&id, "object", &format!("and {} more", bucket.more));
            }
        });
    }

    fn vpc(&mut self, vpc: &VpcView) {
        let detail = match vpc.is_default {
            true => format!("{}, default", vpc.node.detail),
            false => vpc.node.detail.clone(),
        };
        self.node(&vpc.node, detail);
        self.within(|it| {
            if let Some(gateway) = &vpc.gateway {
                it.node(gateway, "attached");
            }
            for table in &vpc.route_tables {
                let main = if table.main { "main, " } else { "" };
                it.node(
                    &table.node,
                    format!("{main}{}", count(table.routes.len(), "route")),
                );
            }
            for group in &vpc.security_groups {
                it.node(&group.node, count(group.inbound, "inbound rule"));
            }
            for acl in &vpc.network_acls {
                let default = if acl.is_default { "default, " } else { "" };
                let subnets = count(acl.subnets.len(), "subnet");
                it.node(&acl.node, format!("{default}{subnets}"));
            }
            for other in &vpc.others {
                it.node(other, "");
            }
            for zone in &vpc.zones {
                it.heading(
                    &format!("{}/{}", vpc.node.id, zone.name),
                    "zone",
                    &zone.name,
                );
                it.within(|it| {
                    for subnet in &zone.subnets {
                        let word = if subnet.public { "public" } else { "private" };
                        it.node(&subnet.node, format!("{}, {word}", subnet.node.detail));
                        it.within(|it| {
                            for host in &subnet.hosts {
                                let public = host.public.as_deref().unwrap_or("no public address");
                                let detail =
                                    format!("{}, {public}, {}", host.node.detail, host.state);
                                it.node(&host.node, detail);
                            }
                        });
                    }
                });
            }
        });
    }
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

/// All rows of a picture.
pub fn rows(picture: &Picture) -> Vec<Row> {
    let mut writer = Writer::default();
    picture.vpcs.iter().for_each(|vpc| writer.vpc(vpc));
    writer.list(
        "outline/gateways",
        "internet-gateway",
        "Internet gateways, not attached",
        &picture.loose_gateways,
    );
    writer.list(
        "outline/addresses",
        "elastic-ip",
        "Elastic IP addresses, not associated",
        &picture.loose_addresses,
    );
    for (kind, title) in [
        ("vpc-peering-connection", "Peering connections"),
        ("prefix-list", "Prefix lists"),
    ] {
        let of: Vec<Node> = (picture.others.iter())
            .filter(|it| it.kind == kind)
            .cloned()
            .collect();
        writer.list(&format!("outline/{kind}"), kind, title, &of);
    }
    writer.kinds(Kind::Bucket, "Buckets", |it| {
        picture.buckets.iter().for_each(|bucket| it.bucket(bucket));
    });
    let identities = &picture.identities;
    for (kind, title, nodes) in [
        (Kind::User, "Users", &identities.users),
        (Kind::UserGroup, "User groups", &identities.groups),
        (Kind::Policy, "Policies", &identities.policies),
    ] {
        writer.kinds(kind, title, |it| {
            for node in nodes {
                it.node(node, "");
                let insides = identities.insides.get(&node.id);
                it.within(|it| {
                    let insides = insides.into_iter().flatten();
                    insides.for_each(|inside| it.node(inside, ""));
                });
            }
        });
    }
    writer.rows
}

/// The rows that are seen while these are turned from how they begin.
pub fn shown<'a>(rows: &'a [Row], turned: &BTreeSet<String>) -> Vec<&'a Row> {
    // What is folded, or within what is.
    let mut shut: BTreeSet<&str> = BTreeSet::new();
    let mut shown = Vec::new();
    // Parents come before what they hold.
    for row in rows {
        let hidden = row.parent.as_deref().is_some_and(|id| shut.contains(id));
        if hidden || row.is_folded(turned) {
            shut.insert(&row.id);
        }
        if !hidden {
            shown.push(row);
        }
    }
    shown
}

/// What a person and a screen reader call a row.
pub fn label(row: &Row) -> String {
    let kind = if row.selectable {
        kind_word(row.kind)
    } else {
        ""
    };
    let mut label = format!("{kind} {}", row.title).trim().to_owned();
    if !row.detail.is_empty() {
        label.push_str(", ");
        label.push_str(&row.detail);
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use hopwise_world::{Genesis, World};

    #[test]
    fn everything_is_in_the_outline_once() {
        let world = World::new(Genesis {
            seed: 3,
            default_vpc: true,
        });
        let picture = world.picture();
        let rows = rows(&picture);
        let mut ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), rows.len());
        for kind in [
            "vpc",
            "internet-gateway",
            "route-table",
            "security-group",
            "network-acl",
            "subnet",
        ] {
            assert!(rows.iter().any(|row| row.kind == kind), "{kind}");
        }
        assert!(rows.iter().all(|row| row.makes.is_none()));
        let vpc = rows[0].id.clone();
        assert!(rows[0].holds);
        assert_eq!(
            shown(&rows, &[vpc].into()).len(),
            1,
            "a folded VPC hides all it holds"
        );
        assert_eq!(shown(&rows, &BTreeSet::new()).len(), rows.len());
    }

    #[test]
    fn buckets_hold_objects_and_users_their_policies_and_keys() {
        let mut world = World::new(Genesis {
            seed: 3,
            default_vpc: false,
        });
        for line in [
            "aws s3api create-bucket --bucket small",
            "aws s3api create-bucket --bucket large",
            "aws s3api put-object --bucket small --key a",
            "for n in $(seq 60); do aws s3api put-object --bucket large --key k$n; done",
            "aws iam create-user --user-name ana",
            "aws iam create-access-key --user-name ana",
            r#"aws iam put-user-policy --user-name ana --policy-name own --policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'"#,
        ] {
            let output = world.run_line(World::TERMINAL, line);
            assert_eq!(output.exit, 0, "{line}\n{}", output.stderr);
        }
        let rows = rows(&world.picture());
        let list = |turned: &BTreeSet<String>| {
            let shown = shown(&rows, turned).into_iter();
            let shown = shown.map(|row| match row.kind {
                "access-key" => "access key".to_owned(),
                _ => format!("{}{}", "  ".repeat(row.level - 1), row.title),
            });
            shown.collect::<Vec<_>>().join(", ")
        };
        // A large bucket begins folded.
        assert_eq!(
            list(&BTreeSet::new()),
            "Buckets,   small,     a,   large, Users,   ana,     own, access key"
        );
        let turned = ["arn:aws:s3:::large".to_owned(), "outline/user".to_owned()].into();
        let open = list(&turned);
        assert!(open.ends_with("and 10 more, Users"), "{open}");
        let headings: Vec<_> = rows.iter().filter_map(|row| row.makes).collect();
        assert_eq!(headings, [Kind::Bucket, Kind::User]);
    }
}

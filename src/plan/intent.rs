//! Intents, plans and refusals.

use crate::form::Values;
use crate::rules::{Draft, RuleTable};
use hopwise_cloud::view::Node;
use hopwise_cloud::{Act, Fault};

/// What a person wants, by a gesture, a menu or a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Intent {
    /// A new thing.
    Create {
        /// Of what kind.
        kind: Kind,
        /// Where it was dropped.
        place: Place,
        /// What the form says; what is missing is as proposed.
        values: Values,
    },
    /// Other settings of a thing: only what differs is changed.
    Change {
        /// The thing.
        id: String,
        /// The fields of [`crate::settings`] with their new values.
        values: Values,
    },
    /// One thing is drawn or dropped onto another: attach, associate, route to, refer to, or move.
    Join {
        /// What is drawn or dropped.
        from: String,
        /// Onto what.
        to: String,
        /// What the form says.
        values: Values,
    },
    /// Things go, with all that can't stay without them.
    Delete {
        /// The things.
        ids: Vec<String>,
    },
    /// The same again, with new ids and free CIDR blocks.
    Copy {
        /// The things.
        ids: Vec<String>,
        /// Where to; none for beside the original.
        into: Option<String>,
    },
    /// A rule table as it is to be.
    Rules {
        /// Whose.
        id: String,
        /// Which of its tables.
        table: RuleTable,
        /// Its rows.
        rows: Vec<Draft>,
    },
    /// Instances start, stop or reboot.
    Power {
        /// The instances.
        ids: Vec<String>,
        /// What they do.
        power: Power,
    },
}

/// What instances can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Power {
    /// To start.
    Start,
    /// To stop.
    Stop,
    /// To start anew.
    Reboot,
}

impl Power {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Power::Start => "Start",
            Power::Stop => "Stop",
            Power::Reboot => "Reboot",
        }
    }
}

/// What can be made by a gesture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A VPC.
    Vpc,
    /// A subnet.
    Subnet,
    /// An instance.
    Instance,
    /// An internet gateway.
    InternetGateway,
    /// A route table.
    RouteTable,
    /// A security group.
    SecurityGroup,
    /// A network ACL.
    NetworkAcl,
    /// An Elastic IP address.
    ElasticIp,
    /// A network interface.
    NetworkInterface,
    /// An S3 bucket.
    Bucket,
    /// An object of a bucket.
    Object,
    /// An IAM user.
    User,
    /// A group of users.
    UserGroup,
    /// A managed policy.
    Policy,
    /// A policy of one user or group.
    InlinePolicy,
    /// An access key of a user.
    AccessKey,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 16] = [
        Kind::Vpc,
        Kind::Subnet,
        Kind::Instance,
        Kind::InternetGateway,
        Kind::RouteTable,
        Kind::SecurityGroup,
        Kind::NetworkAcl,
        Kind::ElasticIp,
        Kind::NetworkInterface,
        Kind::Bucket,
        Kind::Object,
        Kind::User,
        Kind::UserGroup,
        Kind::Policy,
        Kind::InlinePolicy,
        Kind::AccessKey,
    ];

    /// Those that stand on the map, in the order of a palette.
    pub fn palette() -> &'static [Kind] {
        Kind::ALL.split_at(10).0
    }

    /// Is it about who may do what, and so in no VPC?
    pub fn is_access(self) -> bool {
        self >= Kind::Bucket
    }

    /// AWS's word for the resource type, as in tag specifications; else that of the views.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Vpc => "vpc",
            Kind::Subnet => "subnet",
            Kind::Instance => "instance",
            Kind::InternetGateway => "internet-gateway",
            Kind::RouteTable => "route-table",
            Kind::SecurityGroup => "security-group",
            Kind::NetworkAcl => "network-acl",
            Kind::ElasticIp => "elastic-ip",
            Kind::NetworkInterface => "network-interface",
            Kind::Bucket => "bucket",
            Kind::Object => "object",
            Kind::User => "user",
            Kind::UserGroup => "group",
            Kind::Policy => "policy",
            Kind::InlinePolicy => "inline-policy",
            Kind::AccessKey => "access-key",
        }
    }

    /// The kind of that word.
    pub fn of_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The kind of the thing with this id, by AWS's prefixes and ARNs.
    pub fn of_id(id: &str) -> Option<Kind> {
        if let Some(kind) = crate::access::kind_of(id) {
            return Some(kind);
        }
        let (prefix, rest) = id.split_once('-')?;
        if rest.is_empty() {
            return None;
        }
        Some(match prefix {
            "vpc" => Kind::Vpc,
            "subnet" => Kind::Subnet,
            "i" => Kind::Instance,
            "igw" => Kind::InternetGateway,
            "rtb" => Kind::RouteTable,
            "sg" => Kind::SecurityGroup,
            "acl" => Kind::NetworkAcl,
            "eipalloc" => Kind::ElasticIp,
            "eni" => Kind::NetworkInterface,
            _ => return None,
        })
    }

    /// What a person calls it within a sentence, with its article.
    pub fn noun(self) -> &'static str {
        match self {
            Kind::Vpc => "a VPC",
            Kind::Subnet => "a subnet",
            Kind::Instance => "an instance",
            Kind::InternetGateway => "an internet gateway",
            Kind::RouteTable => "a route table",
            Kind::SecurityGroup => "a security group",
            Kind::NetworkAcl => "a network ACL",
            Kind::ElasticIp => "an Elastic IP address",
            Kind::NetworkInterface => "a network interface",
            Kind::Bucket => "a bucket",
            Kind::Object => "an object",
            Kind::User => "a user",
            Kind::UserGroup => "a user group",
            Kind::Policy => "a managed policy",
            Kind::InlinePolicy => "an inline policy",
            Kind::AccessKey => "an access key",
        }
    }

    /// The same without its article.
    pub fn bare(self) -> &'static str {
        let noun = self.noun();
        noun.split_once(' ').map_or(noun, |(_, bare)| bare)
    }
}

/// Where something is dropped.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// The thing under it; none for the empty map.
    pub on: Option<String>,
    /// The Availability Zone under it.
    pub zone: Option<String>,
}

impl Place {
    /// On this thing.
    pub fn on(id: &str) -> Self {
        Place {
            on: Some(id.to_owned()),
            zone: None,
        }
    }
}

/// What an intent comes to.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// What the history calls it.
    pub label: String,
    /// The acts, in order.
    pub acts: Vec<Act>,
    /// The same as `aws` commands, with what has to be waited for in between.
    pub commands: Vec<String>,
    /// The things it makes, the wished one first.
    pub made: Vec<String>,
    /// The things that go.
    pub gone: Vec<Node>,
    /// What else it means, in sentences.
    pub notes: Vec<String>,
}

/// Why an intent can't be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// AWS's code, where AWS was asked.
    pub code: Option<String>,
    /// AWS's text, else a sentence of ours.
    pub text: String,
    /// The public page that says so.
    pub page: Option<&'static str>,
    /// What is possible instead.
    pub offers: Vec<Offer>,
}

/// Something that is possible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// What a button says.
    pub label: String,
    /// What it does.
    pub intent: Intent,
}

impl Refusal {
    /// A sentence of ours.
    pub(crate) fn own(text: impl Into<String>) -> Self {
        Refusal {
            code: None,
            text: text.into(),
            page: None,
            offers: Vec::new(),
        }
    }

    /// The same with the page that says so.
    #[must_use]
    pub(crate) fn with_page(mut self, page: &'static str) -> Self {
        self.page = Some(page);
        self
    }

    /// The same with something that is possible.
    #[must_use]
    pub(crate) fn with_offer(mut self, label: impl Into<String>, intent: Intent) -> Self {
        self.offers.push(Offer {
            label: label.into(),
            intent,
        });
        self
    }

    /// The thing isn't there any more.
    pub(crate) fn gone(id: &str) -> Self {
        Refusal::own(format!("{id} isn't there any more."))
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Refusal {
            code: Some(fault.code),
            text: fault.message,
            page: None,
            offers: Vec::new(),
        }
    }
}

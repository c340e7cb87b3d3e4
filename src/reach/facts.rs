//! The numbered facts of networking in AWS, each with a twin in which one changed setting flips
//! the verdict.

mod codes;
mod edges;
mod endpoints;
mod filtering;
mod gateways;
mod laws;
mod more;
mod nat;
mod outside;
mod peering;
mod priority;
mod random;
mod routes;
mod sentences;
mod transit;
mod worlds;

use crate::testing::Lab;

/// A VPC 10.0.0.0/16 with a public subnet 10.0.1.0/24, a private one 10.0.2.0/24, an internet
/// gateway, and an instance in each: `web` with a public address, `app` without.
pub(crate) struct Two {
    pub(crate) lab: Lab,
    pub(crate) vpc: String,
    pub(crate) public: String,
    pub(crate) private: String,
    pub(crate) gateway: String,
    pub(crate) public_table: String,
    pub(crate) private_table: String,
    pub(crate) web_group: String,
    pub(crate) app_group: String,
    pub(crate) web: String,
    pub(crate) app: String,
}

impl Two {
    pub(crate) fn new() -> Self {
        Two::with(
            "in tcp 80 0.0.0.0/0\nout all 0.0.0.0/0",
            "in tcp 22 10.0.0.0/16",
        )
    }

    /// With these rules of the groups of `web` and `app`.
    pub(crate) fn with(web: &str, app: &str) -> Self {
        let mut lab = Lab::new();
        let vpc = lab.vpc("10.0.0.0/16");
        let public = lab.subnet(&vpc, "10.0.1.0/24");
        let private = lab.subnet(&vpc, "10.0.2.0/24");
        let gateway = lab.gateway(&vpc);
        let public_table = lab.table(&vpc, &public);
        lab.route(&public_table, "0.0.0.0/0", &gateway);
        let private_table = lab.table(&vpc, &private);
        let web_group = lab.group(&vpc, "web", web);
        let app_group = lab.group(&vpc, "app", app);
        let web = lab.instance(&public, &[&web_group], true);
        let app = lab.instance(&private, &[&app_group], false);
        Two {
            lab,
            vpc,
            public,
            private,
            gateway,
            public_table,
            private_table,
            web_group,
            app_group,
            web,
            app,
        }
    }
}

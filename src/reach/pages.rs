//! The public pages that state the rules.

use hopwise_explain::Page;

pub(crate) const ADDRESSING: Page =
    Page("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html");
pub(crate) const ACL: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html");
pub(crate) const DNS: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html");
pub(crate) const EGRESS_ONLY: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html");
pub(crate) const NAT: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html");
pub(crate) const PEERING: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html");
pub(crate) const GATEWAY_ENDPOINT: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html");
pub(crate) const INTERFACE_ENDPOINT: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html");
pub(crate) const TRANSIT: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html");
pub(crate) const VPN: Page =
    Page("https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html");
pub(crate) const GATEWAY: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html");
pub(crate) const CODES: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html");
pub(crate) const GROUP_RULES: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html");
pub(crate) const GROUPS: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html");
pub(crate) const INTERFACE: Page =
    Page("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html");
pub(crate) const LIFECYCLE: Page =
    Page("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html");
pub(crate) const METADATA: Page =
    Page("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html");
pub(crate) const PRIVATE: Page = Page("https://datatracker.ietf.org/doc/html/rfc1918");
pub(crate) const ROUTES: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html");
pub(crate) const ROUTE_PRIORITY: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html");
pub(crate) const SIZING: Page =
    Page("https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html");
pub(crate) const TIME: Page =
    Page("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-ec2-ntp.html");
pub(crate) const TRACKING: Page = Page(
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html",
);
pub(crate) const TROUBLE: Page = Page(
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/TroubleshootingInstancesConnecting.html",
);

//! Amazon EC2 and Amazon VPC: a file for each kind of resource.

pub mod address;
mod cidr;
pub mod dhcp_options;
pub mod egress_only_gateway;
pub mod endpoint;
#[cfg(test)]
mod facts;
pub mod image;
pub mod instance;
pub(crate) mod interface_address;
pub mod internet_gateway;
pub mod key_pair;
pub mod nat_gateway;
pub mod network_acl;
pub mod network_interface;
pub mod peering;
pub mod phase;
pub mod prefix_list;
pub mod public_access;
pub mod route_table;
pub mod security_group;
pub(crate) mod select;
pub mod subnet;
mod tag;
#[cfg(test)]
mod tests;
pub mod transit_gateway;
pub mod vpc;
pub mod vpn;
mod zone;

pub use address::Address;
pub use dhcp_options::DhcpOptions;
pub use egress_only_gateway::EgressOnlyInternetGateway;
pub use endpoint::{Endpoint, EndpointService};
pub use image::Image;
pub use instance::Instance;
pub use internet_gateway::InternetGateway;
pub use key_pair::KeyPair;
pub use nat_gateway::NatGateway;
pub use network_acl::NetworkAcl;
pub use network_interface::NetworkInterface;
pub use peering::PeeringConnection;
pub use prefix_list::PrefixList;
pub use public_access::{BlockMode, Exclusion};
pub use route_table::RouteTable;
pub use security_group::SecurityGroup;
pub use subnet::Subnet;
pub use transit_gateway::{TransitAttachment, TransitGateway, TransitRouteTable};
pub use vpc::Vpc;
pub use vpn::{CustomerGateway, VpnConnection, VpnGateway};

use crate::directconnect::DirectConnect;
use crate::door::{Need::*, operations};
use crate::elbv2::Elbv2;
use crate::later::Later;
use crate::table::Table;

/// What an account has of EC2 in one Region.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Ec2 {
    /// Virtual private clouds.
    pub vpcs: Table<Vpc>,
    /// Subnets.
    pub subnets: Table<Subnet>,
    /// Route tables.
    pub route_tables: Table<RouteTable>,
    /// Internet gateways.
    pub internet_gateways: Table<InternetGateway>,
    /// Elastic IP addresses.
    pub addresses: Table<Address>,
    /// Network ACLs.
    pub network_acls: Table<NetworkAcl>,
    /// Security groups.
    pub security_groups: Table<SecurityGroup>,
    /// Network interfaces.
    pub network_interfaces: Table<NetworkInterface>,
    /// Instances.
    pub instances: Table<Instance>,
    /// Key pairs.
    pub key_pairs: Table<KeyPair>,
    /// Egress-only internet gateways.
    pub egress_only_gateways: Later<1, Table<EgressOnlyInternetGateway>>,
    /// NAT gateways.
    pub nat_gateways: Later<2, Table<NatGateway>>,
    /// The customer's own prefix lists.
    pub prefix_lists: Later<3, Table<PrefixList>>,
    /// VPC peering connections that begin or end here.
    pub peerings: Later<4, Table<PeeringConnection>>,
    /// VPC endpoints.
    pub endpoints: Later<5, Table<Endpoint>>,
    /// Endpoint services of one's own.
    pub endpoint_services: Later<6, Table<EndpointService>>,
    /// Transit gateways.
    pub transit_gateways: Later<7, Table<TransitGateway>>,
    /// What is attached to them.
    pub transit_attachments: Later<8, Table<TransitAttachment>>,
    /// Their route tables.
    pub transit_route_tables: Later<9, Table<TransitRouteTable>>,
    /// Virtual private gateways.
    pub vpn_gateways: Later<10, Table<VpnGateway>>,
    /// Customer gateways.
    pub customer_gateways: Later<11, Table<CustomerGateway>>,
    /// Site-to-Site VPN connections.
    pub vpn_connections: Later<12, Table<VpnConnection>>,
    /// DHCP option sets of one's own.
    pub dhcp_options: Later<13, Table<DhcpOptions>>,
    /// What Block Public Access blocks.
    pub block_public_access: Later<14, BlockMode>,
    /// What it spares.
    pub exclusions: Later<15, Table<Exclusion>>,
    /// Load balancing: a service of its own, kept with the network it is part of.
    pub elbv2: Later<16, Elbv2>,
    /// Direct Connect, likewise.
    pub direct_connect: Later<17, DirectConnect>,
}

/// The names that the filters of a `Describe` operation know, besides those of tags.
pub fn filters(operation: &str) -> Vec<&'static str> {
    fn names<T>(rows: &[select::FilterRow<T>]) -> Vec<&'static str> {
        rows.iter().map(|(name, _)| *name).collect()
    }
    match operation {
        "DescribeAddresses" => names(address::FILTERS),
        "DescribeCustomerGateways" => names(vpn::CUSTOMER_FILTERS),
        "DescribeDhcpOptions" => names(dhcp_options::FILTERS),
        "DescribeEgressOnlyInternetGateways" => names(egress_only_gateway::FILTERS),
        "DescribeInstances" => names(instance::FILTERS),
        "DescribeInternetGateways" => names(internet_gateway::FILTERS),
        "DescribeKeyPairs" => names(key_pair::FILTERS),
        "DescribeManagedPrefixLists" => names(prefix_list::FILTERS),
        "DescribeNatGateways" => names(nat_gateway::FILTERS),
        "DescribeNetworkAcls" => names(network_acl::FILTERS),
        "DescribeNetworkInterfaces" => names(network_interface::FILTERS),
        "DescribeRouteTables" => names(route_table::FILTERS),
        "DescribeSecurityGroups" => names(security_group::FILTERS),
        "DescribeSubnets" => names(subnet::FILTERS),
        "DescribeTransitGatewayAttachments" => names(transit_gateway::ATTACHMENT_FILTERS),
        "DescribeTransitGatewayRouteTables" => names(transit_gateway::TABLE_FILTERS),
        "DescribeTransitGatewayVpcAttachments" => names(transit_gateway::VPC_FILTERS),
        "DescribeTransitGateways" => names(transit_gateway::FILTERS),
        "DescribeVpcBlockPublicAccessExclusions" => names(public_access::FILTERS),
        "DescribeVpcEndpoints" => names(endpoint::FILTERS),
        "DescribeVpcPeeringConnections" => names(peering::FILTERS),
        "DescribeVpcs" => names(vpc::FILTERS),
        "DescribeVpnConnections" => names(vpn::CONNECTION_FILTERS),
        "DescribeVpnGateways" => names(vpn::FILTERS),
        _ => Vec::new(),
    }
}

operations! {
    write "AcceptTransitGatewayPeeringAttachment" [On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::accept_peering;
    write "AcceptTransitGatewayVpcAttachment" [On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::accept_vpc;
    write "AcceptVpcPeeringConnection" [On("vpc-peering-connection", "VpcPeeringConnectionId")] peering::accept;
    write "AllocateAddress" [New("elastic-ip")] address::allocate;
    write "AssignIpv6Addresses" [On("network-interface", "NetworkInterfaceId")] interface_address::assign_ipv6;
    write "AssignPrivateIpAddresses" [On("network-interface", "NetworkInterfaceId")] interface_address::assign;
    write "AssignPrivateNatGatewayAddress" [On("natgateway", "NatGatewayId")] nat_gateway::assign_private;
    write "AssociateAddress" [On("elastic-ip", "AllocationId"), On("instance", "InstanceId"), On("network-interface", "NetworkInterfaceId")] address::associate;
    write "AssociateDhcpOptions" [On("dhcp-options", "DhcpOptionsId"), On("vpc", "VpcId")] dhcp_options::associate;
    write "AssociateNatGatewayAddress" [On("natgateway", "NatGatewayId"), On("elastic-ip", "AllocationIds[]")] nat_gateway::associate;
    write "AssociateRouteTable" [On("route-table", "RouteTableId"), On("subnet", "SubnetId"), On("internet-gateway", "GatewayId")] route_table::associate;
    write "AssociateSecurityGroupVpc" [On("security-group", "GroupId"), On("vpc", "VpcId")] security_group::associate_vpc;
    write "AssociateSubnetCidrBlock" [On("subnet", "SubnetId")] cidr::associate_subnet;
    write "AssociateTransitGatewayRouteTable" [On("transit-gateway-attachment", "TransitGatewayAttachmentId"), On("transit-gateway-route-table", "TransitGatewayRouteTableId")] transit_gateway::associate;
    write "AssociateVpcCidrBlock" [On("vpc", "VpcId")] cidr::associate_vpc;
    write "AttachInternetGateway" [On("internet-gateway", "InternetGatewayId"), On("vpc", "VpcId")] internet_gateway::attach;
    write "AttachNetworkInterface" [On("network-interface", "NetworkInterfaceId"), On("instance", "InstanceId")] network_interface::attach;
    write "AttachVpnGateway" [On("vpc", "VpcId"), On("vpn-gateway", "VpnGatewayId")] vpn::attach;
    write "AuthorizeSecurityGroupEgress" [On("security-group", "GroupId")] security_group::authorize_egress;
    write "AuthorizeSecurityGroupIngress" [On("security-group", "GroupId")] security_group::authorize_ingress;
    write "CreateCustomerGateway" [New("customer-gateway")] vpn::create_customer;
    write "CreateDefaultVpc" [Any] vpc::create_default;
    write "CreateDhcpOptions" [New("dhcp-options")] dhcp_options::create;
    write "CreateEgressOnlyInternetGateway" [New("egress-only-internet-gateway"), On("vpc", "VpcId")] egress_only_gateway::create;
    write "CreateInternetGateway" [New("internet-gateway")] internet_gateway::create;
    write "CreateKeyPair" [New("key-pair")] key_pair::create;
    write "CreateManagedPrefixList" [New("prefix-list")] prefix_list::create;
    write "CreateNatGateway" [New("natgateway"), On("subnet", "SubnetId"), On("vpc", "VpcId"), On("elastic-ip", "AllocationId"), On("elastic-ip", "SecondaryAllocationIds[]")] nat_gateway::create;
    write "CreateNetworkAcl" [New("network-acl"), On("vpc", "VpcId")] network_acl::create;
    write "CreateNetworkAclEntry" [On("network-acl", "NetworkAclId")] network_acl::create_entry;
    write "CreateNetworkInterface" [New("network-interface"), On("subnet", "SubnetId"), On("security-group", "Groups[]")] network_interface::create;
    write "CreateRoute" [On("route-table", "RouteTableId")] route_table::create_route;
    write "CreateRouteTable" [New("route-table"), On("vpc", "VpcId")] route_table::create;
    write "CreateSecurityGroup" [New("security-group"), On("vpc", "VpcId")] security_group::create;
    write "CreateSubnet" [New("subnet"), On("vpc", "VpcId")] subnet::create;
    write "CreateTags" [On("", "Resources[]")] tag::create;
    write "CreateTransitGateway" [New("transit-gateway")] transit_gateway::create;
    write "CreateTransitGatewayPeeringAttachment" [On("transit-gateway", "TransitGatewayId"), New("transit-gateway-attachment")] transit_gateway::create_peering;
    write "CreateTransitGatewayRoute" [On("transit-gateway-route-table", "TransitGatewayRouteTableId"), On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::create_route;
    write "CreateTransitGatewayRouteTable" [On("transit-gateway", "TransitGatewayId"), New("transit-gateway-route-table")] transit_gateway::create_table;
    write "CreateTransitGatewayVpcAttachment" [On("subnet", "SubnetIds[]"), On("transit-gateway", "TransitGatewayId"), New("transit-gateway-attachment"), On("vpc", "VpcId")] transit_gateway::create_vpc_attachment;
    write "CreateVpc" [New("vpc")] vpc::create;
    write "CreateVpcBlockPublicAccessExclusion" [New("vpc-block-public-access-exclusion"), On("vpc", "VpcId"), On("subnet", "SubnetId")] public_access::create;
    write "CreateVpcEndpoint" [New("vpc-endpoint"), On("vpc", "VpcId"), On("route-table", "RouteTableIds[]"), On("subnet", "SubnetIds[]"), On("security-group", "SecurityGroupIds[]")] endpoint::create;
    write "CreateVpcPeeringConnection" [New("vpc-peering-connection"), On("vpc", "VpcId")] peering::create;
    write "CreateVpnConnection" [On("customer-gateway", "CustomerGatewayId"), New("vpn-connection"), On("transit-gateway", "TransitGatewayId"), On("vpn-gateway", "VpnGatewayId")] vpn::create_connection;
    write "CreateVpnConnectionRoute" [On("vpn-connection", "VpnConnectionId")] vpn::create_route;
    write "CreateVpnGateway" [New("vpn-gateway")] vpn::create;
    write "DeleteCustomerGateway" [On("customer-gateway", "CustomerGatewayId")] vpn::delete_customer;
    write "DeleteDhcpOptions" [On("dhcp-options", "DhcpOptionsId")] dhcp_options::delete;
    write "DeleteEgressOnlyInternetGateway" [On("egress-only-internet-gateway", "EgressOnlyInternetGatewayId")] egress_only_gateway::delete;
    write "DeleteInternetGateway" [On("internet-gateway", "InternetGatewayId")] internet_gateway::delete;
    write "DeleteKeyPair" [On("key-pair", "KeyName")] key_pair::delete;
    write "DeleteManagedPrefixList" [On("prefix-list", "PrefixListId")] prefix_list::delete;
    write "DeleteNatGateway" [On("natgateway", "NatGatewayId")] nat_gateway::delete;
    write "DeleteNetworkAcl" [On("network-acl", "NetworkAclId")] network_acl::delete;
    write "DeleteNetworkAclEntry" [On("network-acl", "NetworkAclId")] network_acl::delete_entry;
    write "DeleteNetworkInterface" [On("network-interface", "NetworkInterfaceId")] network_interface::delete;
    write "DeleteRoute" [On("route-table", "RouteTableId")] route_table::delete_route;
    write "DeleteRouteTable" [On("route-table", "RouteTableId")] route_table::delete;
    write "DeleteSecurityGroup" [On("security-group", "GroupId")] security_group::delete;
    write "DeleteSubnet" [On("subnet", "SubnetId")] subnet::delete;
    write "DeleteTags" [On("", "Resources[]")] tag::delete;
    write "DeleteTransitGateway" [On("transit-gateway", "TransitGatewayId")] transit_gateway::delete;
    write "DeleteTransitGatewayPeeringAttachment" [On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::delete_peering;
    write "DeleteTransitGatewayRoute" [On("transit-gateway-route-table", "TransitGatewayRouteTableId")] transit_gateway::delete_route;
    write "DeleteTransitGatewayRouteTable" [On("transit-gateway-route-table", "TransitGatewayRouteTableId")] transit_gateway::delete_table;
    write "DeleteTransitGatewayVpcAttachment" [On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::delete_vpc_attachment;
    write "DeleteVpc" [On("vpc", "VpcId")] vpc::delete;
    write "DeleteVpcBlockPublicAccessExclusion" [On("vpc-block-public-access-exclusion", "ExclusionId")] public_access::delete;
    write "DeleteVpcEndpoints" [On("vpc-endpoint", "VpcEndpointIds[]")] endpoint::delete;
    write "DeleteVpcPeeringConnection" [On("vpc-peering-connection", "VpcPeeringConnectionId")] peering::delete;
    write "DeleteVpnConnection" [On("vpn-connection", "VpnConnectionId")] vpn::delete_connection;
    write "DeleteVpnConnectionRoute" [On("vpn-connection", "VpnConnectionId")] vpn::delete_route;
    write "DeleteVpnGateway" [On("vpn-gateway", "VpnGatewayId")] vpn::delete;
    read "DescribeAddresses" [Any] address::describe;
    read "DescribeAvailabilityZones" [Any] zone::describe_zones;
    read "DescribeCustomerGateways" [Any] vpn::describe_customers;
    read "DescribeDhcpOptions" [Any] dhcp_options::describe;
    read "DescribeEgressOnlyInternetGateways" [Any] egress_only_gateway::describe;
    read "DescribeImages" [Any] image::describe;
    read "DescribeInstanceAttribute" [On("instance", "InstanceId")] instance::describe_attribute;
    read "DescribeInstanceStatus" [Any] instance::describe_status;
    read "DescribeInstanceTypes" [Any] image::describe_types;
    read "DescribeInstances" [Any] instance::describe;
    read "DescribeInternetGateways" [Any] internet_gateway::describe;
    read "DescribeKeyPairs" [Any] key_pair::describe;
    read "DescribeManagedPrefixLists" [Any] prefix_list::describe;
    read "DescribeNatGateways" [Any] nat_gateway::describe;
    read "DescribeNetworkAcls" [Any] network_acl::describe;
    read "DescribeNetworkInterfaces" [Any] network_interface::describe;
    read "DescribePrefixLists" [Any] prefix_list::describe_services;
    read "DescribeRegions" [Any] zone::describe_regions;
    read "DescribeRouteTables" [Any] route_table::describe;
    read "DescribeSecurityGroupReferences" [Any] security_group::describe_references;
    read "DescribeSecurityGroupRules" [Any] security_group::describe_rules;
    read "DescribeSecurityGroupVpcAssociations" [Any] security_group::describe_associations;
    read "DescribeSecurityGroups" [Any] security_group::describe;
    read "DescribeStaleSecurityGroups" [Any] security_group::describe_stale;
    read "DescribeSubnets" [Any] subnet::describe;
    read "DescribeTags" [Any] tag::describe;
    read "DescribeTransitGatewayAttachments" [Any] transit_gateway::describe_attachments;
    read "DescribeTransitGatewayPeeringAttachments" [Any] transit_gateway::describe_peerings;
    read "DescribeTransitGatewayRouteTables" [Any] transit_gateway::describe_tables;
    read "DescribeTransitGatewayVpcAttachments" [Any] transit_gateway::describe_vpc_attachments;
    read "DescribeTransitGateways" [Any] transit_gateway::describe;
    read "DescribeVpcAttribute" [On("vpc", "VpcId")] vpc::describe_attribute;
    read "DescribeVpcBlockPublicAccessExclusions" [Any] public_access::describe;
    read "DescribeVpcBlockPublicAccessOptions" [Any] public_access::describe_options;
    read "DescribeVpcEndpointServices" [Any] endpoint::describe_services;
    read "DescribeVpcEndpoints" [Any] endpoint::describe;
    read "DescribeVpcPeeringConnections" [Any] peering::describe;
    read "DescribeVpcs" [Any] vpc::describe;
    read "DescribeVpnConnections" [Any] vpn::describe_connections;
    read "DescribeVpnGateways" [Any] vpn::describe;
    write "DetachInternetGateway" [On("internet-gateway", "InternetGatewayId"), On("vpc", "VpcId")] internet_gateway::detach;
    write "DetachNetworkInterface" [Any] network_interface::detach;
    write "DetachVpnGateway" [On("vpc", "VpcId"), On("vpn-gateway", "VpnGatewayId")] vpn::detach;
    write "DisableTransitGatewayRouteTablePropagation" [On("transit-gateway-route-table", "TransitGatewayRouteTableId"), On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::disable_propagation;
    write "DisableVgwRoutePropagation" [On("route-table", "RouteTableId")] route_table::disable_propagation;
    write "DisassociateAddress" [Any] address::disassociate;
    write "DisassociateNatGatewayAddress" [On("natgateway", "NatGatewayId")] nat_gateway::disassociate;
    write "DisassociateRouteTable" [Any] route_table::disassociate;
    write "DisassociateSecurityGroupVpc" [On("security-group", "GroupId"), On("vpc", "VpcId")] security_group::disassociate_vpc;
    write "DisassociateSubnetCidrBlock" [Any] cidr::disassociate_subnet;
    write "DisassociateTransitGatewayRouteTable" [On("transit-gateway-attachment", "TransitGatewayAttachmentId"), On("transit-gateway-route-table", "TransitGatewayRouteTableId")] transit_gateway::disassociate;
    write "DisassociateVpcCidrBlock" [Any] cidr::disassociate_vpc;
    write "EnableTransitGatewayRouteTablePropagation" [On("transit-gateway-route-table", "TransitGatewayRouteTableId"), On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::enable_propagation;
    write "EnableVgwRoutePropagation" [On("route-table", "RouteTableId")] route_table::enable_propagation;
    read "GetConsoleOutput" [On("instance", "InstanceId")] instance::console_output;
    read "GetManagedPrefixListAssociations" [On("prefix-list", "PrefixListId")] prefix_list::associations;
    read "GetManagedPrefixListEntries" [On("prefix-list", "PrefixListId")] prefix_list::entries;
    read "GetSecurityGroupsForVpc" [On("vpc", "VpcId")] security_group::for_vpc;
    read "GetTransitGatewayAttachmentPropagations" [On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::propagations;
    read "GetTransitGatewayRouteTableAssociations" [On("transit-gateway-route-table", "TransitGatewayRouteTableId")] transit_gateway::associations;
    read "GetTransitGatewayRouteTablePropagations" [On("transit-gateway-route-table", "TransitGatewayRouteTableId")] transit_gateway::table_propagations;
    write "ImportKeyPair" [New("key-pair")] key_pair::import;
    write "ModifyInstanceAttribute" [On("instance", "InstanceId")] instance::modify_attribute;
    write "ModifyManagedPrefixList" [On("prefix-list", "PrefixListId")] prefix_list::modify;
    write "ModifyNetworkInterfaceAttribute" [On("network-interface", "NetworkInterfaceId")] network_interface::modify_attribute;
    write "ModifySecurityGroupRules" [On("security-group", "GroupId")] security_group::modify_rules;
    write "ModifySubnetAttribute" [On("subnet", "SubnetId")] subnet::modify_attribute;
    write "ModifyTransitGateway" [On("transit-gateway", "TransitGatewayId")] transit_gateway::modify;
    write "ModifyTransitGatewayVpcAttachment" [On("subnet", "AddSubnetIds[]"), On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::modify_vpc_attachment;
    write "ModifyVpcAttribute" [On("vpc", "VpcId")] vpc::modify_attribute;
    write "ModifyVpcBlockPublicAccessExclusion" [On("vpc-block-public-access-exclusion", "ExclusionId")] public_access::modify;
    write "ModifyVpcBlockPublicAccessOptions" [Any] public_access::modify_options;
    write "ModifyVpcEndpoint" [On("vpc-endpoint", "VpcEndpointId"), On("route-table", "AddRouteTableIds[]"), On("subnet", "AddSubnetIds[]"), On("security-group", "AddSecurityGroupIds[]")] endpoint::modify;
    write "ModifyVpcPeeringConnectionOptions" [On("vpc-peering-connection", "VpcPeeringConnectionId")] peering::modify_options;
    write "ModifyVpnConnection" [On("vpn-connection", "VpnConnectionId"), On("customer-gateway", "CustomerGatewayId"), On("transit-gateway", "TransitGatewayId"), On("vpn-gateway", "VpnGatewayId")] vpn::modify_connection;
    write "RebootInstances" [On("instance", "InstanceIds[]")] instance::reboot;
    write "RejectTransitGatewayPeeringAttachment" [On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::reject_peering;
    write "RejectTransitGatewayVpcAttachment" [On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::reject_vpc;
    write "RejectVpcPeeringConnection" [On("vpc-peering-connection", "VpcPeeringConnectionId")] peering::reject;
    write "ReleaseAddress" [On("elastic-ip", "AllocationId")] address::release;
    write "ReplaceNetworkAclAssociation" [On("network-acl", "NetworkAclId")] network_acl::replace_association;
    write "ReplaceNetworkAclEntry" [On("network-acl", "NetworkAclId")] network_acl::replace_entry;
    write "ReplaceRoute" [On("route-table", "RouteTableId")] route_table::replace_route;
    write "ReplaceRouteTableAssociation" [On("route-table", "RouteTableId")] route_table::replace_association;
    write "ReplaceTransitGatewayRoute" [On("transit-gateway-route-table", "TransitGatewayRouteTableId"), On("transit-gateway-attachment", "TransitGatewayAttachmentId")] transit_gateway::replace_route;
    write "RestoreManagedPrefixListVersion" [On("prefix-list", "PrefixListId")] prefix_list::restore;
    write "RevokeSecurityGroupEgress" [On("security-group", "GroupId")] security_group::revoke_egress;
    write "RevokeSecurityGroupIngress" [On("security-group", "GroupId")] security_group::revoke_ingress;
    write "RunInstances" [New("instance"), New("network-interface"), New("volume"), On("image", "ImageId"), On("subnet", "SubnetId"), On("subnet", "NetworkInterfaces[].SubnetId"), On("security-group", "SecurityGroupIds[]"), On("security-group", "NetworkInterfaces[].Groups[]"), On("network-interface", "NetworkInterfaces[].NetworkInterfaceId"), On("key-pair", "KeyName")] instance::run;
    read "SearchTransitGatewayRoutes" [On("transit-gateway-route-table", "TransitGatewayRouteTableId")] transit_gateway::search;
    write "StartInstances" [On("instance", "InstanceIds[]")] instance::start;
    write "StopInstances" [On("instance", "InstanceIds[]")] instance::stop;
    write "TerminateInstances" [On("instance", "InstanceIds[]")] instance::terminate;
    write "UnassignIpv6Addresses" [On("network-interface", "NetworkInterfaceId")] interface_address::unassign_ipv6;
    write "UnassignPrivateIpAddresses" [On("network-interface", "NetworkInterfaceId")] interface_address::unassign;
    write "UnassignPrivateNatGatewayAddress" [On("natgateway", "NatGatewayId")] nat_gateway::unassign_private;
    write "UpdateSecurityGroupRuleDescriptionsEgress" [On("security-group", "GroupId")] security_group::update_descriptions_egress;
    write "UpdateSecurityGroupRuleDescriptionsIngress" [On("security-group", "GroupId")] security_group::update_descriptions_ingress;
}

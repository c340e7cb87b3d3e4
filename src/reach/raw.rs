//! Resources written down without calls, for tests of what traffic makes of them.

use crate::testing::Lab;
use hopwise_cloud::ec2::address::AddressAssociation;
use hopwise_cloud::ec2::nat_gateway::{NatAddress, Scope};
use hopwise_cloud::ec2::network_interface::{Managed, ManagedKind};
use hopwise_cloud::ec2::peering::PeeringSide;
use hopwise_cloud::ec2::phase::{Phase, State};
use hopwise_cloud::ec2::prefix_list::ListEntry;
use hopwise_cloud::ec2::route_table::{Associated, Association, Origin, Route, Target};
use hopwise_cloud::ec2::vpc::CidrBlock;
use hopwise_cloud::ec2::{
    Ec2, EgressOnlyInternetGateway, Exclusion, NatGateway, PeeringConnection, PrefixList,
};
use hopwise_cloud::{ACCOUNT, Born, Id, Time};
use hopwise_net::Prefix;

pub(crate) const WORKS: Phase = Phase::lasting(State::Available);

pub(crate) fn born() -> Born {
    Born { act: 9, ordinal: 9 }
}

pub(crate) fn block(text: &str) -> Prefix {
    text.parse().unwrap()
}

impl Lab {
    pub(crate) fn ec2(&mut self) -> &mut Ec2 {
        self.cloud.raw(ACCOUNT, "us-east-1").unwrap()
    }

    /// A static route, whatever a call would say of it.
    pub(crate) fn raw_route(&mut self, table: &str, destination: &str, target: &str) {
        let route = Route {
            destination: destination.parse().unwrap(),
            target: Target::of(target).unwrap(),
            origin: Origin::CreateRoute,
        };
        let table = self.ec2().route_tables.get_mut(table).unwrap();
        table
            .routes
            .retain(|it| it.destination != route.destination);
        table.routes.push(route);
    }

    pub(crate) fn no_route(&mut self, table: &str, destination: &str) {
        let destination = destination.parse().unwrap();
        let table = self.ec2().route_tables.get_mut(table).unwrap();
        table.routes.retain(|it| it.destination != destination);
    }

    /// An interface of AWS's own in a subnet.
    pub(crate) fn managed(&mut self, subnet: &str, by: &str, kind: ManagedKind) -> String {
        let interface = self.make(
            "CreateNetworkInterface",
            &format!("SubnetId={subnet}"),
            "NetworkInterface.NetworkInterfaceId",
        );
        let made = self.ec2().network_interfaces.get_mut(&interface).unwrap();
        made.groups.clear();
        made.source_dest_check = false;
        made.managed = Some(Managed {
            by: Id::new(by),
            kind,
        })
        .into();
        interface
    }

    /// A zonal NAT gateway, with an Elastic IP address if it is public.
    pub(crate) fn nat(&mut self, subnet: &str, public: bool) -> String {
        let number = self.ec2().nat_gateways.len();
        let id = format!("nat-{number}");
        let interface = self.managed(subnet, &id, ManagedKind::NatGateway);
        let ec2 = self.ec2();
        let made = ec2.network_interfaces.get(&interface).unwrap();
        let (vpc, private) = (made.vpc.clone(), made.primary_address().unwrap());
        let mut address = NatAddress {
            association: None,
            allocation: None,
            private: Some(private),
            public: None,
            zone: None,
        };
        if public {
            let allocation = self.make("AllocateAddress", "", "AllocationId");
            let elastic = self.ec2().addresses.get_mut(&allocation).unwrap();
            elastic.association = Some(AddressAssociation {
                id: Id::new("eipassoc-nat"),
                interface: Id::new(&interface),
                private,
            });
            address.public = Some(elastic.public);
            address.allocation = Some(elastic.id.clone());
        }
        self.ec2().nat_gateways.insert(NatGateway {
            id: Id::new(&id),
            born: born(),
            tags: Default::default(),
            vpc,
            scope: Scope::Zonal {
                subnet: Id::new(subnet),
                interface: Id::new(&interface),
            },
            public,
            addresses: vec![address],
            phase: WORKS,
            failure: None,
            created: Time::EPOCH,
            deleted: None,
        });
        id
    }

    /// A regional NAT gateway that serves these zones by a table of its own.
    pub(crate) fn regional_nat(&mut self, vpc: &str, table: &str, zones: &[&str]) -> String {
        let allocation = self.make("AllocateAddress", "", "AllocationId");
        let public = self.ec2().addresses.get(&allocation).unwrap().public;
        self.ec2().nat_gateways.insert(NatGateway {
            id: Id::new("nat-regional"),
            born: born(),
            tags: Default::default(),
            vpc: Id::new(vpc),
            scope: Scope::Regional {
                table: Id::new(table),
                zones: zones.iter().map(|it| (*it).to_owned()).collect(),
                automatic: true,
            },
            public: true,
            addresses: vec![NatAddress {
                association: None,
                allocation: Some(Id::new(&allocation)),
                private: None,
                public: Some(public),
                zone: zones.first().map(|it| (*it).to_owned()),
            }],
            phase: WORKS,
            failure: None,
            created: Time::EPOCH,
            deleted: None,
        });
        "nat-regional".to_owned()
    }

    pub(crate) fn egress_only(&mut self, vpc: &str) -> String {
        self.ec2()
            .egress_only_gateways
            .insert(EgressOnlyInternetGateway {
                id: Id::new("eigw-1"),
                born: born(),
                tags: Default::default(),
                vpc: Id::new(vpc),
            });
        "eigw-1".to_owned()
    }

    /// An IPv6 block for a subnet, `2001:db8:1:N::/64`, and an address for each of its machines.
    pub(crate) fn v6(&mut self, subnet: &str, number: u16) {
        let ec2 = self.ec2();
        let cidr = |text: &str| CidrBlock {
            association: Id::new("cidr-assoc"),
            block: block(text),
        };
        let made = ec2.subnets.get_mut(subnet).unwrap();
        made.ipv6_blocks = vec![cidr(&format!("2001:db8:1:{number}::/64"))].into();
        let vpc = made.vpc.clone();
        let vpc = ec2.vpcs.get_mut(vpc.as_str()).unwrap();
        vpc.ipv6_blocks = vec![cidr("2001:db8:1::/56")].into();
        for table in ids(&ec2.route_tables) {
            let table = ec2.route_tables.get_mut(table.as_str()).unwrap();
            let local = Route {
                destination: block("2001:db8:1::/56").into(),
                target: Target::Local,
                origin: Origin::CreateRouteTable,
            };
            if table.vpc == vpc.id && !table.routes.contains(&local) {
                table.routes.insert(1, local);
            }
        }
        for (place, interface) in ids(&ec2.network_interfaces).into_iter().enumerate() {
            let interface = ec2.network_interfaces.get_mut(interface.as_str()).unwrap();
            if interface.subnet == *subnet {
                let own = format!("2001:db8:1:{number}::{:x}", 4 + place);
                interface.ipv6 = vec![own.parse().unwrap()].into();
            }
        }
    }

    /// The IPv6 address of an instance.
    pub(crate) fn own_v6(&mut self, instance: &str) -> String {
        let interface = self.interface(instance);
        let interface = self.ec2().network_interfaces.get(&interface).unwrap();
        interface.ipv6.first().unwrap().to_string()
    }

    pub(crate) fn list(&mut self, id: &str, entries: &[&str]) {
        let entry = |text: &&str| ListEntry {
            block: block(text),
            description: None,
        };
        self.ec2().prefix_lists.insert(PrefixList {
            id: Id::new(id),
            born: born(),
            tags: Default::default(),
            name: id.to_owned(),
            v4: true,
            max_entries: 10,
            version: 1,
            entries: entries.iter().map(entry).collect(),
            earlier: Vec::new(),
            phase: WORKS,
        });
    }

    /// An active peering connection of two VPCs of this account and Region.
    pub(crate) fn peer(&mut self, one: &str, other: &str) -> String {
        let id = format!("pcx-{}", self.ec2().peerings.len());
        let ec2 = self.ec2();
        let side = |vpc: &str| PeeringSide {
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            vpc: Id::new(vpc),
            blocks: ec2.vpcs.get(vpc).unwrap().all_blocks().collect(),
            dns: false,
        };
        let (requester, accepter) = (side(one), side(other));
        ec2.peerings.insert(PeeringConnection {
            id: Id::new(&id),
            born: born(),
            tags: Default::default(),
            requester,
            accepter,
            phase: WORKS,
            message: None,
            expires: Time::EPOCH,
        });
        id
    }

    /// Takes a gateway from its VPC, whatever still uses it.
    pub(crate) fn detach(&mut self, gateway: &str) {
        self.ec2().internet_gateways.get_mut(gateway).unwrap().vpc = None;
    }

    /// Makes a table the one for what comes in by a gateway.
    pub(crate) fn edge(&mut self, table: &str, gateway: &str) {
        let table = self.ec2().route_tables.get_mut(table).unwrap();
        table.associations.push(Association {
            id: Id::new("rtbassoc-edge"),
            with: Associated::Gateway(Id::new(gateway)),
        });
    }

    /// Spares a VPC or subnet of Block Public Access.
    pub(crate) fn exclude(&mut self, resource: &str, bidirectional: bool) {
        self.ec2().exclusions.insert(Exclusion {
            id: Id::new(&format!("vpcbpa-exclude-{resource}")),
            born: born(),
            tags: Default::default(),
            resource: Id::new(resource),
            bidirectional,
            phase: WORKS,
            created: Time::EPOCH,
        });
    }
}

fn ids<T: hopwise_cloud::Resource>(table: &hopwise_cloud::Table<T>) -> Vec<Id> {
    table.iter().map(|it| it.id().clone()).collect()
}

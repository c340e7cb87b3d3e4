//! Worlds of a stated size for benches, written down without a call for each resource.

use hopwise_cloud::ec2::network_acl::{AclAssociation, AclEntry, NetworkAcl};
use hopwise_cloud::ec2::network_interface::InterfaceAddress;
use hopwise_cloud::ec2::route_table::{Associated, Association};
use hopwise_cloud::ec2::security_group::{GroupRule, Peer};
use hopwise_cloud::{ACCOUNT, Born, Cloud, Id};
use hopwise_net::{PortRange, Prefix, Protocol};
use hopwise_world::{Genesis, World};
use std::net::Ipv4Addr;

const REGION: &str = "us-east-1";

/// Numbers that look random: SplitMix64.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            return 0;
        }
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    fn port(&mut self) -> u16 {
        const USUAL: [u16; 8] = [22, 53, 80, 443, 3306, 5432, 8080, 9090];
        USUAL.get(self.below(USUAL.len())).copied().unwrap_or(80)
    }
}

/// How large a world is.
#[derive(Clone, Copy)]
pub struct Size {
    /// Interfaces, one for each instance.
    pub interfaces: usize,
    /// Security groups.
    pub groups: usize,
    /// Rules of each, of both directions.
    pub rules: usize,
    /// Subnets.
    pub subnets: usize,
    /// Network ACLs besides the default one.
    pub acls: usize,
    /// Do the groups of an instance follow from its subnet, as in tiers?
    pub tiered: bool,
}

/// A generated world.
pub struct Generated {
    /// The cloud.
    pub cloud: Cloud,
    /// Its interfaces.
    pub interfaces: Vec<Id>,
    /// Its security groups.
    pub groups: Vec<Id>,
}

fn id(prefix: &str, number: usize) -> Id {
    Id::new(&format!("{prefix}-0{number:016x}"))
}

fn born(number: usize) -> Born {
    Born {
        act: 1_000,
        ordinal: u32::try_from(number).unwrap_or(u32::MAX),
    }
}

/// One of each resource, made by calls, to copy.
fn template(seed: u64) -> Option<Cloud> {
    let mut world = World::new(Genesis {
        seed,
        default_vpc: false,
    });
    let lines = [
        "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
        "subnet=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.0.0/20 --query Subnet.SubnetId --output text)",
        "gateway=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
        "aws ec2 attach-internet-gateway --internet-gateway-id $gateway --vpc-id $vpc",
        "table=$(aws ec2 create-route-table --vpc-id $vpc --query RouteTable.RouteTableId --output text)",
        "aws ec2 create-route --route-table-id $table --destination-cidr-block 0.0.0.0/0 --gateway-id $gateway",
        "aws ec2 run-instances --image-id $web_image --instance-type t3.micro --subnet-id $subnet",
    ];
    for line in lines {
        let output = world.run_line(World::TERMINAL, line);
        if output.exit != 0 {
            return None;
        }
    }
    Some(world.cloud().clone())
}

/// A VPC 10.0.0.0/12 of that size with an internet gateway, whose first third of subnets is
/// public. Groups have rules for usual ports, half of them of groups, half of blocks; ACLs deny
/// a few ports and blocks and allow the rest.
pub fn generate(seed: u64, size: Size) -> Option<Generated> {
    let mut cloud = template(seed)?;
    let mut dice = Dice(seed);
    let ec2 = cloud.raw(ACCOUNT, REGION)?;
    let vpc = ec2.vpcs.iter().next()?.id.clone();
    let block: Prefix = "10.0.0.0/12".parse().ok()?;
    ec2.vpcs.get_mut(vpc.as_str())?.blocks.first_mut()?.block = block;
    for table in ec2
        .route_tables
        .iter()
        .map(|it| it.id.clone())
        .collect::<Vec<_>>()
    {
        ec2.route_tables
            .get_mut(table.as_str())?
            .routes
            .first_mut()?
            .destination = block.into();
    }
    let old_subnet = ec2.subnets.iter().next()?.clone();
    let old_instance = ec2.instances.iter().next()?.clone();
    let old_interface = ec2.network_interfaces.iter().next()?.clone();
    let old_group = ec2.security_groups.iter().next()?.clone();
    let old_acl = ec2.network_acls.iter().next()?.clone();
    let public = ec2.route_tables.iter().find(|it| !it.is_main())?.id.clone();
    ec2.subnets.remove(old_subnet.id.as_str());
    ec2.instances.remove(old_instance.id.as_str());
    ec2.network_interfaces.remove(old_interface.id.as_str());
    let groups: Vec<Id> = (0..size.groups).map(|it| id("sg", it)).collect();
    for (number, group) in groups.iter().enumerate() {
        let mut made = old_group.as_ref().clone();
        made.id = group.clone();
        made.born = born(number);
        made.name = format!("group-{number}");
        made.rules = (0..size.rules)
            .map(|rule| rule_of(&mut dice, size, &groups, number, rule))
            .collect();
        ec2.security_groups.insert(made);
    }
    let mut acls: Vec<(Id, Vec<AclAssociation>)> = (0..size.acls)
        .map(|it| (id("acl", it), Vec::new()))
        .collect();
    let mut default = Vec::new();
    let base = u32::from(Ipv4Addr::new(10, 0, 0, 0));
    let mut subnets = Vec::new();
    for number in 0..size.subnets {
        let mut made = old_subnet.as_ref().clone();
        made.id = id("subnet", number);
        made.born = born(number);
        let first = base + (u32::try_from(number).ok()? << 12);
        made.block = Prefix::new(Ipv4Addr::from(first).into(), 20)?;
        let association = AclAssociation {
            id: id("aclassoc", number),
            subnet: made.id.clone(),
        };
        let place = dice.below(size.acls);
        match acls.get_mut(place) {
            Some((_, associations)) => associations.push(association),
            None => default.push(association),
        }
        if number < size.subnets / 3 {
            ec2.route_tables
                .get_mut(public.as_str())?
                .associations
                .push(Association {
                    id: id("rtbassoc", number),
                    with: Associated::Subnet(made.id.clone()),
                });
        }
        subnets.push((made.id.clone(), first));
        ec2.subnets.insert(made);
    }
    for (number, (acl, associations)) in acls.into_iter().enumerate() {
        ec2.network_acls.insert(NetworkAcl {
            id: acl,
            born: born(number),
            is_default: false,
            entries: entries(&mut dice),
            associations,
            ..old_acl.as_ref().clone()
        });
    }
    let kept = ec2.network_acls.get_mut(old_acl.id.as_str())?;
    kept.associations = default;
    let mut interfaces = Vec::new();
    for number in 0..size.interfaces {
        let place = number % size.subnets;
        let (subnet, first) = subnets.get(place)?;
        let own = Ipv4Addr::from(first + 4 + u32::try_from(number / size.subnets).ok()?);
        let instance = id("i", number);
        let mut made = old_instance.as_ref().clone();
        made.id = instance.clone();
        made.born = born(number);
        made.subnet = subnet.clone();
        ec2.instances.insert(made);
        let mut made = old_interface.as_ref().clone();
        made.id = id("eni", number);
        made.born = born(number);
        made.subnet = subnet.clone();
        made.addresses = vec![InterfaceAddress {
            private: own,
            auto_public: (place < size.subnets / 3)
                .then(|| Ipv4Addr::from(u32::from(Ipv4Addr::new(54, 210, 0, 0)) + number as u32)),
        }];
        if let Some(attachment) = &mut made.attachment {
            attachment.instance = instance;
        }
        made.groups = if size.tiered {
            // The tier's own group, and one for all of its third.
            let tier = place % (size.groups - 3);
            let shared = size.groups - 3 + place * 3 / size.subnets;
            [tier, shared]
                .iter()
                .filter_map(|it| groups.get(*it).cloned())
                .collect()
        } else {
            let mut own: Vec<Id> = (0..1 + dice.below(5))
                .filter_map(|_| groups.get(dice.below(size.groups)).cloned())
                .collect();
            own.sort();
            own.dedup();
            own
        };
        interfaces.push(made.id.clone());
        ec2.network_interfaces.insert(made);
    }
    Some(Generated {
        cloud,
        interfaces,
        groups,
    })
}

fn rule_of(dice: &mut Dice, size: Size, groups: &[Id], group: usize, rule: usize) -> GroupRule {
    let egress = rule % 4 == 3;
    let port = dice.port();
    let peer = match (egress, dice.below(4)) {
        (true, 0..=1) => Peer::Block(Prefix::ANY_V4),
        (_, 0..=1) => {
            // Tiers call the next ones; where there are none anybody calls anybody.
            let near = (group + 1 + dice.below(3)) % size.groups;
            let any = dice.below(size.groups);
            let other = groups.get(if size.tiered { near } else { any });
            other
                .cloned()
                .map_or(Peer::Block(Prefix::ANY_V4), Peer::Group)
        }
        _ => {
            let length = [8, 12, 16, 20, 24].get(dice.below(5)).copied().unwrap_or(8);
            let host = u32::from(Ipv4Addr::new(10, 0, 0, 0)) + (dice.below(1 << 20) as u32);
            let block = Prefix::new(Ipv4Addr::from(host).into(), length);
            Peer::Block(block.unwrap_or(Prefix::ANY_V4))
        }
    };
    let all = egress && dice.below(2) == 0;
    GroupRule {
        id: id("sgr", group * 64 + rule),
        born: born(rule),
        tags: Default::default(),
        egress,
        protocol: (!all).then_some(match dice.below(8) {
            0 => Protocol::UDP,
            1 => Protocol::ICMP,
            _ => Protocol::TCP,
        }),
        from: (!all).then_some(port.into()),
        to: (!all).then_some(i32::from(port) + dice.below(3) as i32 * 10),
        peer,
        description: None,
    }
    .tidy()
}

/// Makes the numbers fit the protocol.
trait Tidy {
    fn tidy(self) -> Self;
}

impl Tidy for GroupRule {
    fn tidy(mut self) -> Self {
        if self.protocol == Some(Protocol::ICMP) {
            (self.from, self.to) = (Some(8), Some(0));
        }
        self
    }
}

fn entries(dice: &mut Dice) -> Vec<AclEntry> {
    let mut all = Vec::new();
    for egress in [false, true] {
        for number in 0..4u32 {
            let port = dice.port();
            let host = u32::from(Ipv4Addr::new(10, 0, 0, 0)) + (dice.below(1 << 20) as u32);
            let block = Prefix::new(Ipv4Addr::from(host).into(), 20);
            all.push(AclEntry {
                number: 10 * (number + 1),
                egress,
                allow: false,
                protocol: Some(Protocol::TCP),
                block: block.unwrap_or(Prefix::ANY_V4),
                ports: PortRange::new(port, port + 10),
                icmp: None,
            });
        }
        all.push(AclEntry {
            number: 100,
            egress,
            allow: true,
            protocol: None,
            block: Prefix::ANY_V4,
            ports: None,
            icmp: None,
        });
    }
    all
}

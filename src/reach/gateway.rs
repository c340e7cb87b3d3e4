//! Internet gateways: one public address for one private address, in both directions.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>

use hopwise_cloud::ec2::{Ec2, NetworkInterface};
use hopwise_cloud::{Cloud, Id};
use hopwise_net::Packet;
use std::net::{IpAddr, Ipv4Addr};

/// Why an internet gateway drops a packet.
/// <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Drop {
    /// On the way out: the destination is private.
    PrivateDestination(Private),
    /// On the way out: the source has no public address.
    NoPublicAddress,
    /// On the way in: the source is private.
    PrivateSource(Private),
}

/// The addresses that the internet does not route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Private {
    /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`.
    Rfc1918,
    /// `100.64.0.0/10`.
    Rfc6598,
}

impl Private {
    /// Which of the two the address is of, if one.
    pub fn of(address: IpAddr) -> Option<Self> {
        let IpAddr::V4(address) = address else {
            return None;
        };
        let [first, second, ..] = address.octets();
        if address.is_private() {
            Some(Private::Rfc1918)
        } else if first == 100 && second & 0xc0 == 64 {
            Some(Private::Rfc6598)
        } else {
            None
        }
    }

    /// The standard that sets the addresses apart.
    pub fn standard(self) -> &'static str {
        match self {
            Private::Rfc1918 => "RFC 1918",
            Private::Rfc6598 => "RFC 6598",
        }
    }
}

/// What leaves `vpc` through its internet gateway: the source becomes the public address that
/// goes with it. Whose the packet is counts, not which interface it comes from.
pub fn out(ec2: &Ec2, vpc: &Id, packet: &Packet) -> Result<Packet, Drop> {
    if let Some(private) = Private::of(packet.destination) {
        return Err(Drop::PrivateDestination(private));
    }
    let public = ec2
        .network_interfaces
        .iter()
        .filter(|it| it.vpc == *vpc && it.attachment.is_some())
        .find_map(|it| {
            let own = it.addresses.iter().map(|it| it.private);
            let private = own.into_iter().find(|own| packet.source == *own)?;
            ec2.public_of(&it.id, private)
        })
        .ok_or(Drop::NoPublicAddress)?;
    Ok(Packet {
        source: public.into(),
        ..*packet
    })
}

/// What comes in through an internet gateway: the destination becomes the private address that
/// it belongs to.
pub fn into(private: Ipv4Addr, packet: &Packet) -> Result<Packet, Drop> {
    if let Some(private) = Private::of(packet.source) {
        return Err(Drop::PrivateSource(private));
    }
    Ok(Packet {
        destination: private.into(),
        ..*packet
    })
}

/// Whom a public address belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The state of its account and Region.
    pub ec2: &'a Ec2,
    /// The interface.
    pub interface: &'a NetworkInterface,
    /// The private address that the public one goes with.
    pub private: Ipv4Addr,
}

/// Whom a public address belongs to, in any account and Region.
pub fn owner(cloud: &Cloud, public: IpAddr) -> Option<Owner<'_>> {
    cloud.places().find_map(|(_, _, ec2)| {
        ec2.network_interfaces.iter().find_map(|interface| {
            let own = interface.addresses.iter().map(|it| it.private);
            let private = own.into_iter().find(|own| {
                ec2.public_of(&interface.id, *own)
                    .is_some_and(|it| public == it)
            })?;
            Some(Owner {
                ec2,
                interface,
                private,
            })
        })
    })
}

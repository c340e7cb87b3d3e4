//! Networks that are not AWS's: an office, a data centre. The far end of VPN and Direct Connect.

mod converge;
mod router;
#[cfg(test)]
mod tests;

pub use router::{Over, RouterRoute};

use crate::cloud::Cloud;
use crate::fault::Fault;
use crate::id::Id;
use hopwise_net::Prefix;
use std::net::Ipv4Addr;

/// The most networks of a world.
const MOST_NETWORKS: usize = 20;
/// The most hosts, blocks and announcements of one of them.
const MOST_THINGS: usize = 100;
/// The longest name, in letters.
const LONGEST_NAME: usize = 40;

/// A network of one's own outside of AWS, with a router that has one public address.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OnPremises {
    /// Its name, unique in the world.
    pub name: String,
    /// The public address of its router, which a customer gateway names.
    pub address: Ipv4Addr,
    /// Its blocks.
    pub blocks: Vec<Prefix>,
    /// What its router announces by BGP: its blocks, unless something else was said.
    pub announced: Vec<Prefix>,
    /// Its hosts: a name and an address. Each answers on every port.
    pub hosts: Vec<(String, Ipv4Addr)>,
    /// The Direct Connect connections that its router is plugged into.
    pub connections: Vec<Id>,
}

impl OnPremises {
    /// Does one of its blocks hold the address?
    pub fn holds(&self, address: std::net::IpAddr) -> bool {
        self.blocks.iter().any(|block| block.contains(address))
    }
}

/// Something done outside of AWS, or to a line between AWS and there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// There is a new network.
    Add {
        /// Its name.
        name: String,
        /// The public address of its router.
        address: Ipv4Addr,
        /// Its blocks.
        blocks: Vec<Prefix>,
    },
    /// The network is gone.
    Remove {
        /// Its name.
        name: String,
    },
    /// The network has a host: a new one, or the one of this name at another address.
    Host {
        /// The network.
        name: String,
        /// The host.
        host: String,
        /// Its address; `None` takes it away.
        address: Option<Ipv4Addr>,
    },
    /// The router announces a prefix by BGP, or does so no more.
    Announce {
        /// The network.
        name: String,
        /// The prefix.
        block: Prefix,
        /// Does it?
        on: bool,
    },
    /// The router is plugged into a Direct Connect connection, or out of it.
    Plug {
        /// The network.
        name: String,
        /// `dxcon-…`
        connection: Id,
        /// Is it?
        on: bool,
    },
    /// A tunnel of a VPN connection fails, or works again.
    Tunnel {
        /// `vpn-…`
        connection: Id,
        /// Which one: 0 or 1.
        tunnel: usize,
        /// Does it work?
        up: bool,
    },
    /// The BGP session of a virtual interface fails, or works again.
    Interface {
        /// `dxvif-…`
        interface: Id,
        /// Does it work?
        up: bool,
    },
}

fn refused(message: impl Into<String>) -> Fault {
    Fault::new("Network", message)
}

fn no_network(name: &str) -> Fault {
    refused(format!("there is no network {name}"))
}

/// Is it an address that one machine can have in the internet?
fn is_unicast(address: Ipv4Addr) -> bool {
    let no = address.is_unspecified()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast();
    !no
}

/// Is it a name of a network or a host? Letters, digits and dashes.
fn check_name(name: &str) -> Result<(), Fault> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(good) {
        return Ok(());
    }
    Err(refused(format!(
        "{name}: a name has letters, digits and dashes, {LONGEST_NAME} at most"
    )))
}

impl Cloud {
    /// The network of this name outside of AWS.
    pub fn network(&self, name: &str) -> Option<&OnPremises> {
        self.on_premises.iter().find(|it| it.name == name)
    }

    fn network_mut(&mut self, name: &str) -> Result<&mut OnPremises, Fault> {
        let mut all = self.on_premises.iter_mut();
        all.find(|it| it.name == name)
            .ok_or_else(|| no_network(name))
    }

    /// Does something outside of AWS, or to a line between AWS and there.
    pub(crate) fn change_outside(&mut self, change: &Change) -> Result<(), Fault> {
        match change {
            Change::Add {
                name,
                address,
                blocks,
            } => self.add_network(name, *address, blocks)?,
            Change::Remove { name } => {
                self.network_mut(name)?;
                self.on_premises.retain(|it| it.name != *name);
            }
            Change::Host {
                name,
                host,
                address,
            } => self.set_host(name, host, *address)?,
            Change::Announce { name, block, on } => {
                let network = self.network_mut(name)?;
                let there = network.announced.contains(block);
                match (there, on) {
                    (true, true) => {
                        return Err(refused(format!("{name} announces {block} already")));
                    }
                    (false, false) => {
                        return Err(refused(format!("{name} does not announce {block}")));
                    }
                    (false, true) if network.announced.len() >= MOST_THINGS => {
                        return Err(refused(format!("{name} announces too much already")));
                    }
                    (false, true) => network.announced.push(*block),
                    (true, false) => network.announced.retain(|it| it != block),
                }
            }
            Change::Plug {
                name,
                connection,
                on,
            } => self.plug(name, connection, *on)?,
            Change::Tunnel {
                connection,
                tunnel,
                up,
            } => {
                let found = self.regions_mut(|ec2| {
                    let one = ec2.vpn_connections.get_mut(connection.as_str())?;
                    one.tunnels.get_mut(*tunnel)?.failed = !up;
                    Some(())
                });
                found.ok_or_else(|| {
                    refused(format!("there is no tunnel {} of {connection}", tunnel + 1))
                })?;
            }
            Change::Interface { interface, up } => {
                let found = self.regions_mut(|ec2| {
                    let all = &mut ec2.direct_connect.interfaces;
                    all.get_mut(interface.as_str())?.failed = !up;
                    Some(())
                });
                found
                    .ok_or_else(|| refused(format!("there is no virtual interface {interface}")))?;
            }
        }
        Ok(())
    }

    fn add_network(
        &mut self,
        name: &str,
        address: Ipv4Addr,
        blocks: &[Prefix],
    ) -> Result<(), Fault> {
        check_name(name)?;
        if self.network(name).is_some() {
            return Err(refused(format!("there is a network {name} already")));
        }
        let taken = [crate::LAPTOP_ADDRESS, crate::OUTSIDE_ADDRESS].contains(&address);
        if taken || address.is_private() || !is_unicast(address) {
            return Err(refused(format!(
                "{address} can't be the router's: it needs a public address of its own"
            )));
        }
        if let Some(other) = self.on_premises.iter().find(|it| it.address == address) {
            return Err(refused(format!(
                "{address} is the router of {} already",
                other.name
            )));
        }
        if self.on_premises.len() >= MOST_NETWORKS || blocks.len() > MOST_THINGS {
            return Err(refused("there are too many networks or blocks"));
        }
        if blocks.is_empty() {
            return Err(refused(format!("{name} needs a CIDR block")));
        }
        if let Some(block) = blocks.iter().find(|it| !it.is_v4()) {
            return Err(refused(format!("{block} is not an IPv4 CIDR block")));
        }
        self.on_premises.push(OnPremises {
            name: name.to_owned(),
            address,
            blocks: blocks.to_vec(),
            announced: blocks.to_vec(),
            hosts: Vec::new(),
            connections: Vec::new(),
        });
        Ok(())
    }

    fn set_host(&mut self, name: &str, host: &str, address: Option<Ipv4Addr>) -> Result<(), Fault> {
        check_name(host)?;
        let network = self.network_mut(name)?;
        let there = network.hosts.iter().position(|(own, _)| own == host);
        let Some(address) = address else {
            let place = there.ok_or_else(|| refused(format!("{name} has no host {host}")))?;
            network.hosts.remove(place);
            return Ok(());
        };
        if !network.holds(address.into()) {
            return Err(refused(format!("{address} is in no block of {name}")));
        }
        let other = network
            .hosts
            .iter()
            .find(|(own, at)| own != host && *at == address);
        if let Some((other, _)) = other {
            return Err(refused(format!("{address} is the address of {other}")));
        }
        if network.hosts.len() >= MOST_THINGS {
            return Err(refused(format!("{name} has too many hosts")));
        }
        match there.and_then(|place| network.hosts.get_mut(place)) {
            Some(own) => own.1 = address,
            None => network.hosts.push((host.to_owned(), address)),
        }
        Ok(())
    }

    fn plug(&mut self, name: &str, connection: &Id, on: bool) -> Result<(), Fault> {
        let exists = self.places().any(|(_, _, ec2)| {
            let all = &ec2.direct_connect.connections;
            all.get(connection.as_str())
                .is_some_and(|it| it.phase.is_alive())
        });
        if on && !exists {
            return Err(refused(format!("there is no connection {connection}")));
        }
        let taken = (self.on_premises.iter()).find(|it| it.connections.contains(connection));
        if on && let Some(other) = taken {
            return Err(refused(format!(
                "{} is plugged into {connection} already",
                other.name
            )));
        }
        let network = self.network_mut(name)?;
        if on {
            network.connections.push(connection.clone());
        } else if network.connections.contains(connection) {
            network.connections.retain(|it| it != connection);
        } else {
            return Err(refused(format!("{name} is not plugged into {connection}")));
        }
        Ok(())
    }

    /// Does something in the first Region in which it finds what it looks for.
    fn regions_mut<T>(
        &mut self,
        mut find: impl FnMut(&mut crate::ec2::Ec2) -> Option<T>,
    ) -> Option<T> {
        let places: Vec<(String, &'static str)> = self
            .places()
            .filter(|(_, _, ec2)| {
                !ec2.vpn_connections.is_empty() || !ec2.direct_connect.interfaces.is_empty()
            })
            .map(|(account, region, _)| (account.id.clone(), region.name))
            .collect();
        places
            .into_iter()
            .find_map(|(account, region)| find(self.ec2_mut(&account, region)?))
    }
}

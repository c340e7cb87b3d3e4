//! Where a packet starts and where it is to go.

use crate::question::Refusal;
use hopwise_cloud::Id;
use hopwise_explain::Arg;
use hopwise_explain::messages::reach as say;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An end of a walk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// An instance by its id.
    Instance(Id),
    /// A network interface by its id.
    Interface(Id),
    /// An address: as a destination whoever has it, seen from where the packet starts; as a
    /// source the one interface that has it, else a machine in the internet.
    Address(IpAddr),
    /// The student's own computer.
    Laptop,
    /// Somewhere in the internet: as a source 198.51.100.20, as a destination a machine there
    /// that answers on every port.
    Internet,
}

impl FromStr for Place {
    type Err = Refusal;

    /// `i-…`, `eni-…`, `10.0.1.4`, `internet` or `laptop`.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        match text {
            "internet" => return Ok(Place::Internet),
            "laptop" => return Ok(Place::Laptop),
            _ => {}
        }
        if text.starts_with("i-") {
            Ok(Place::Instance(Id::new(text)))
        } else if text.starts_with("eni-") {
            Ok(Place::Interface(Id::new(text)))
        } else if let Ok(address) = text.parse() {
            Ok(Place::Address(address))
        } else {
            // What a stranger typed is shown, but not all of a long text.
            let shown: String = text.chars().take(80).collect();
            Err(Refusal::new(say::reach_refuse_place(Arg::code(shown))))
        }
    }
}

impl fmt::Display for Place {
    /// As [`Place::from_str`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Instance(id) | Place::Interface(id) => id.fmt(f),
            Place::Address(address) => address.fmt(f),
            Place::Laptop => f.write_str("laptop"),
            Place::Internet => f.write_str("internet"),
        }
    }
}

/// Is this the address of one machine that can be sent to or from?
pub(crate) fn is_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let first = address.octets()[0];
            first != 0 && first != 127 && first < 224
        }
        IpAddr::V6(address) => {
            !(address.is_multicast() || address.is_unspecified() || address.is_loopback())
        }
    }
}

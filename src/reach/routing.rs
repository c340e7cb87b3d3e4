//! Route tables: the longest prefix that covers the destination wins, even if it leads nowhere.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>

use hopwise_cloud::ec2::RouteTable;
use hopwise_cloud::ec2::route_table::Route;
use hopwise_net::Prefix;
use std::net::IpAddr;

/// What a route table made of a destination.
#[derive(Clone, Debug)]
pub struct Choice<'a> {
    /// The route that won.
    pub route: Option<&'a Route>,
    /// The others, and why each lost.
    pub lost: Vec<(&'a Route, Lost)>,
}

/// Why a route was not chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lost {
    /// It is for the other family of addresses.
    Family,
    /// It does not cover the destination.
    Other,
    /// It covers the destination, and a longer prefix does too.
    Shorter,
}

/// Chooses the route. Whether it works is not asked: a blackhole still wins.
pub fn choose(table: &RouteTable, destination: IpAddr) -> Choice<'_> {
    let covers = |route: &Route| {
        let block = route.destination.block();
        block.is_some_and(|block| block.contains(destination))
    };
    let route = table
        .routes
        .iter()
        .filter(|route| covers(route))
        .max_by_key(|route| route.destination.block().map(Prefix::length));
    let lost = table
        .routes
        .iter()
        .filter(|other| route.is_none_or(|route| route.destination != other.destination))
        .map(|other| {
            let block = other.destination.block();
            let why = if block.is_some_and(|it| it.is_v4() != destination.is_ipv4()) {
                Lost::Family
            } else if covers(other) {
                Lost::Shorter
            } else {
                Lost::Other
            };
            (other, why)
        })
        .collect();
    Choice { route, lost }
}

//! What follows by itself from what is on both sides of a line: which tunnels and sessions are up,
//! and what each side has learned over them. It is written down after each act, so that whoever
//! looks at one Region sees it.

use crate::cloud::Cloud;
use crate::directconnect::VirtualEnd;
use crate::ec2::Ec2;
use crate::ec2::transit_gateway::TransitEnd;
use crate::id::Id;
use crate::table::Resource as _;
use hopwise_net::Prefix;

/// Adds what is not there yet.
fn add(known: &mut Vec<Prefix>, more: &[Prefix]) {
    for block in more {
        if !known.contains(block) {
            known.push(*block);
        }
    }
}

impl Cloud {
    /// Brings everything that follows from the lines to what it is now.
    pub(crate) fn converge(&mut self) {
        let hybrid = |ec2: &Ec2| {
            !ec2.vpn_connections.is_empty()
                || !ec2.direct_connect.connections.is_empty()
                || !ec2.direct_connect.gateways.is_empty()
        };
        if !self.places().any(|(_, _, ec2)| hybrid(ec2)) {
            return;
        }
        let places: Vec<(String, &'static str)> = self
            .places()
            .map(|(account, region, _)| (account.id.clone(), region.name))
            .collect();
        for (account, region) in &places {
            self.converge_tunnels(account, region);
            self.converge_sessions(account, region);
        }
        for (account, region) in &places {
            self.spread(account, region);
        }
    }

    fn ec2_of(&self, account: &str, region: &str) -> Option<&Ec2> {
        self.account(account)?.ec2(region)
    }

    /// Which tunnels are up: a router stands at the customer gateway's address. By BGP it announces
    /// its prefixes.
    fn converge_tunnels(&mut self, account: &str, region: &str) {
        let now = self.now;
        let Some(ec2) = self.ec2_of(account, region) else {
            return;
        };
        let mut changed = Vec::new();
        for one in ec2.vpn_connections.iter() {
            let customer = ec2.customer_gateways.get(one.customer_gateway.as_str());
            let router = customer.and_then(|customer| {
                let mut all = self.on_premises.iter();
                all.find(|it| it.address == customer.address)
            });
            let mut next = one.as_ref().clone();
            for tunnel in &mut next.tunnels {
                let up = router.is_some() && next.phase.works() && !tunnel.failed;
                if up != tunnel.up {
                    (tunnel.up, tunnel.changed) = (up, now);
                }
            }
            let announces = !next.static_routes && next.tunnels.iter().any(|it| it.up);
            let announced = router.filter(|_| announces);
            next.learned = announced.map(|it| it.announced.clone()).unwrap_or_default();
            if next != **one {
                changed.push(next);
            }
        }
        if let (false, Some(ec2)) = (changed.is_empty(), self.ec2_mut(account, region)) {
            changed
                .into_iter()
                .for_each(|it| ec2.vpn_connections.insert(it));
        }
    }

    /// Which ports and BGP sessions of Direct Connect are up.
    fn converge_sessions(&mut self, account: &str, region: &str) {
        let Some(ec2) = self.ec2_of(account, region) else {
            return;
        };
        let router = |connection: &Id| {
            let mut all = self.on_premises.iter();
            all.find(|it| it.connections.contains(connection))
        };
        let direct = &ec2.direct_connect;
        let mut ports = Vec::new();
        for one in direct.connections.iter() {
            let up = one.phase.works() && router(&one.id).is_some();
            if up != one.up {
                let mut next = one.as_ref().clone();
                next.up = up;
                ports.push(next);
            }
        }
        let mut sessions = Vec::new();
        for one in direct.interfaces.iter() {
            let port = direct.connections.get(one.connection.as_str());
            let works = port.is_some_and(|it| it.phase.works()) && one.phase.works();
            let router = router(&one.connection).filter(|_| works && !one.failed);
            let mut next = one.as_ref().clone();
            next.up = router.is_some();
            next.learned = router.map(|it| it.announced.clone()).unwrap_or_default();
            if next != **one {
                sessions.push(next);
            }
        }
        if ports.is_empty() && sessions.is_empty() {
            return;
        }
        if let Some(ec2) = self.ec2_mut(account, region) {
            ports
                .into_iter()
                .for_each(|it| ec2.direct_connect.connections.insert(it));
            sessions
                .into_iter()
                .for_each(|it| ec2.direct_connect.interfaces.insert(it));
        }
    }

    /// What the gateways of a Region have learned over the virtual interfaces of all Regions.
    fn spread(&mut self, account: &str, region: &str) {
        let Some(ec2) = self.ec2_of(account, region) else {
            return;
        };
        let mut gateways = Vec::new();
        for one in ec2.vpn_gateways.iter() {
            let mut known = Vec::new();
            for it in self.sessions(account) {
                let leads = match &it.0 {
                    VirtualEnd::VpnGateway(id) => *id == one.id,
                    VirtualEnd::Private(id) => self.is_associated(account, id, &one.id),
                    VirtualEnd::Transit(_) => false,
                };
                if leads {
                    add(&mut known, &it.1);
                }
            }
            if known != one.direct {
                let mut next = one.as_ref().clone();
                next.direct = known;
                gateways.push(next);
            }
        }
        let mut attachments = Vec::new();
        for one in ec2.transit_attachments.iter() {
            let TransitEnd::DirectConnect { gateway, .. } = &one.end else {
                continue;
            };
            let mut known = Vec::new();
            for it in self.sessions(account) {
                let own = matches!(&it.0, VirtualEnd::Transit(id) if id.as_str() == gateway);
                let id = Id::new(gateway);
                if own && self.is_associated(account, &id, &one.gateway) {
                    add(&mut known, &it.1);
                }
            }
            let mut next = one.as_ref().clone();
            if let TransitEnd::DirectConnect { learned, .. } = &mut next.end {
                *learned = known;
            }
            if next != **one {
                attachments.push(next);
            }
        }
        if gateways.is_empty() && attachments.is_empty() {
            return;
        }
        if let Some(ec2) = self.ec2_mut(account, region) {
            gateways
                .into_iter()
                .for_each(|it| ec2.vpn_gateways.insert(it));
            attachments
                .into_iter()
                .for_each(|it| ec2.transit_attachments.insert(it));
        }
    }

    /// The virtual interfaces of an account that are up: where each leads, what it has learned.
    fn sessions(&self, account: &str) -> Vec<(VirtualEnd, Vec<Prefix>)> {
        let mut all: Vec<_> = self
            .account(account)
            .into_iter()
            .flat_map(|it| it.regions())
            .flat_map(|(_, ec2)| ec2.direct_connect.interfaces.iter())
            .filter(|it| it.up)
            .collect();
        all.sort_by_key(|it| it.born());
        all.into_iter()
            .map(|it| (it.end.clone(), it.learned.clone()))
            .collect()
    }

    /// Is a Direct Connect gateway associated with another gateway, and works that?
    pub(super) fn is_associated(&self, account: &str, direct: &Id, gateway: &Id) -> bool {
        let mut all = self
            .account(account)
            .into_iter()
            .flat_map(|it| it.regions());
        all.any(|(_, ec2)| {
            let found = ec2.direct_connect.gateways.get(direct.as_str());
            found.is_some_and(|it| {
                let mut all = it.associations.iter();
                all.any(|it| it.gateway == *gateway && it.phase.works())
            })
        })
    }
}

//! Transit gateways: by the table of the attachment that traffic comes from, to the attachment
//! that the route names.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>

use super::gateway::at_gateway;
use super::{At, Been, Carrier, Machine, Side, passed, stopped};
use crate::network::{AttachmentNode, Index, SubnetNode, TransitNode, VpcNode};
use crate::resolver::component;
use crate::{Hop, Spot, pages};
use hopwise_cloud::ec2::transit_gateway::TransitEnd;
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Component, Message};

fn refused(at: (Component, Spot), code: &'static str, said: Message) -> Hop {
    stopped(at.0, at.1, Code(code), Some(pages::TRANSIT), said)
}

impl<'n, C: Carrier<'n>> Machine<'n, '_, C> {
    /// From a subnet to a transit gateway.
    pub(super) fn transit(
        &mut self,
        vpc: &'n VpcNode,
        subnet: &'n SubnetNode,
        gateway: Index<TransitNode>,
    ) -> Option<At<'n>> {
        let network = self.network;
        let attachment = network.attachment_of(vpc.index, gateway)?;
        let zone = subnet.state.zone.as_str();
        let at = || at_gateway(attachment.state.as_ref());
        let mut own = attachment.subnets.iter();
        let own = own.find_map(|it| network.subnets.get(*it).filter(|it| it.state.zone == zone));
        let Some(own) = own else {
            return self.carrier.stop(|_| {
                let id = Arg::id(&attachment.state.id);
                let said = say::reach_transit_zone(id, Arg::code(zone));
                refused(at(), "TGW_ROUTE_AZ_RESTRICTION", said)
            });
        };
        // The inbound rules of its subnet are asked, even if it is the sender's own.
        // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
        self.carrier.acl(own, false)?;
        self.carrier.is_tracked();
        self.carrier.hop(|_| {
            let (at, spot) = at();
            let id = Arg::id(&attachment.state.gateway);
            let said = say::reach_transit_in(Arg::id(&attachment.state.id), id);
            passed(at, spot, Some(pages::TRANSIT), said)
        });
        self.through(attachment, Some(zone))
    }

    /// Through transit gateways, from attachment to attachment.
    pub(super) fn through(
        &mut self,
        from: &'n AttachmentNode,
        zone: Option<&'n str>,
    ) -> Option<At<'n>> {
        let network = self.network;
        let mut from = from;
        let mut groups = from.carries_groups();
        loop {
            let at = || {
                let gateway = from.gateway.and_then(|it| network.transits.get(it));
                gateway.map_or_else(
                    || at_gateway(from.state.as_ref()),
                    |gateway| at_gateway(gateway.state.as_ref()),
                )
            };
            if self.carrier.been(Been::Attachment(from.index)) {
                return self.carrier.stop(|_| {
                    let said = say::reach_loop(Arg::id(&from.state.id));
                    refused(at(), "LOOP", said)
                });
            }
            let Some(table) = from.table.and_then(|it| network.transit_tables.get(it)) else {
                return self.carrier.stop(|_| {
                    let said = say::reach_transit_no_table(Arg::id(&from.state.id));
                    refused(at(), "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", said)
                });
            };
            let (route, stretch) = table.lead(self.address(Side::Destination));
            self.carrier.seen(Side::Destination, stretch);
            let id = || Arg::id(&table.state.id);
            let here = || {
                let at = component(table.state.as_ref());
                (at, Spot::Gateway(table.state.gateway.clone()))
            };
            let Some(route) = route else {
                return self.carrier.stop(|packet| {
                    let said = say::reach_transit_no_route(id(), Arg::code(packet.destination));
                    refused(here(), "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", said)
                });
            };
            let next = route.attachment.and_then(|it| network.attachments.get(it));
            let Some(next) = next.filter(|it| it.works()) else {
                return self.carrier.stop(|packet| {
                    let destination = Arg::code(packet.destination);
                    let block = Arg::code(route.destination);
                    let said = say::reach_transit_blackhole(id(), destination, block);
                    refused(here(), "TGW_RTB_BAD_STATE_ROUTE", said)
                });
            };
            self.carrier.hop(|packet| {
                let (at, spot) = here();
                let said = say::reach_transit_route(
                    id(),
                    Arg::code(packet.destination),
                    Arg::code(format_args!("{} → {}", route.destination, next.state.id)),
                );
                passed(at, spot, Some(pages::TRANSIT), said)
            });
            match (
                &next.state.end,
                next.peer.and_then(|it| network.attachments.get(it)),
            ) {
                (TransitEnd::Vpc { appliance_mode, .. }, _) => {
                    let gateway = from.gateway.and_then(|it| network.transits.get(it));
                    groups &= next.carries_groups()
                        && from.vpc.is_some()
                        && gateway.is_some_and(|it| it.state.group_references);
                    if !groups {
                        self.carrier.lose_origin();
                    }
                    return self.out_of_transit(next, zone.filter(|_| !appliance_mode));
                }
                (TransitEnd::Peering { .. }, Some(peer)) => from = peer,
                (TransitEnd::Peering { .. }, None) => {
                    return self.unsupported(|| at_gateway(next.state.as_ref()));
                }
                _ => {
                    self.carrier.lose_origin();
                    let lines = network.lines_of(next);
                    let at = || at_gateway(next.state.as_ref());
                    return self.by_line(&lines, at, "TGW_BAD_STATE_VPN");
                }
            }
        }
    }

    /// Out of a transit gateway into a VPC: by the subnet in the zone that the traffic is from,
    /// where there is one; in appliance mode by the same for both directions.
    fn out_of_transit(
        &mut self,
        attachment: &'n AttachmentNode,
        zone: Option<&str>,
    ) -> Option<At<'n>> {
        let network = self.network;
        let vpc = network.vpcs.get(attachment.vpc?)?;
        let all = || {
            let all = attachment.subnets.iter();
            all.filter_map(|it| network.subnets.get(*it))
        };
        let near = zone.and_then(|zone| all().find(|it| it.state.zone == zone));
        let Some(subnet) = near.or_else(|| all().min_by_key(|it| &it.state.zone)) else {
            return self.unsupported(|| at_gateway(attachment.state.as_ref()));
        };
        self.carrier.hop(|_| {
            let (at, spot) = at_gateway(attachment.state.as_ref());
            let id = Arg::id(&attachment.state.id);
            let said = say::reach_transit_out(id, Arg::id(&subnet.state.id));
            passed(at, spot, Some(pages::TRANSIT), said)
        });
        self.on_from(vpc, subnet, None)
    }
}

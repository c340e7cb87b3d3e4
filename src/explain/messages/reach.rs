//! What the packet tracer says.

use crate::message::messages;

messages! {
    /// The question of a walk.
    reach_question { packet, from, to } => "Does {packet} get from {from} to {to}?";
    /// The title of a leg.
    reach_there { } => "there";
    /// The title of a leg.
    reach_back { } => "back";
    /// One direction of a rule.
    reach_inbound { } => "inbound";
    /// One direction of a rule.
    reach_outbound { } => "outbound";

    /// The answer: a TCP connection.
    reach_connects { from, to } => "Yes. {from} connects to {to}: the packet arrives, and the answer comes back.";
    /// The answer: an echo.
    reach_echoes { from, to } => "Yes. {to} answers the ping of {from}.";
    /// The answer: a closed port.
    reach_refused { from, to, port } => "The packet arrives, but nothing on {to} listens on {port}: {from} sees \"connection refused\".";
    /// The answer: a connection whose other end is gone.
    reach_reset { from, to, port } => "The packet arrives, but nothing on {to} listens on {port} any more: {from} sees \"connection reset by peer\".";
    /// The answer: UDP to a closed port whose refusal is lost.
    reach_unanswered { from, to, port } => "The packet arrives, but nothing on {to} listens on {port}, and the ICMP message that says so is lost on its way: {from} sees a timeout.";
    /// The answer: lost on the way there.
    reach_lost_there { from, reason } => "No. The packet is lost on the way there: {reason} {from} gets no answer and sees a timeout.";
    /// The answer: lost on the way back.
    reach_lost_back { from, to, reason } => "No. The packet reaches {to}, but the answer is lost on the way back: {reason} {from} sees a timeout.";

    /// The start of a walk.
    reach_sends { from, destination } => "{from} sends to {destination}.";
    /// The start of a walk to a machine by its public address.
    reach_sends_public { from, destination, to, vpc } => "{from} is outside of {vpc}, so it sends to {destination}, the public address of {to}.";
    /// The start of a walk to a machine by its private address.
    reach_sends_private { from, destination, to } => "{from} sends to {destination}, the private address of {to}.";
    /// The start of the way back.
    reach_replies { from, destination } => "{from} answers to {destination}.";
    /// The destination has no public address.
    reach_no_public { from, to, vpc } => "{from} is outside of {vpc}, and {to} has no public IPv4 address to send to.";
    /// The source has no address to send from.
    reach_interface_alone { interface } => "{interface} is not attached to an instance.";
    /// An instance that does not run.
    reach_not_running { instance, state } => "{instance} does not run: it is {state}.";

    /// A group lets it in or out.
    reach_group_allows { group, direction, rule } => "{group} lets it through by its {direction} rule {rule}. The connection is tracked: the answer will pass whatever the rules say.";
    /// A group lets it in or out, and takes no note of it.
    reach_group_allows_untracked { group, direction, rule } => "{group} lets it through by its {direction} rule {rule}. As its rules open this to everybody in both directions, the connection is not tracked.";
    /// A group lets an answer pass.
    reach_group_answer { group, direction } => "{group} is stateful: this answers a connection that it let through, so it passes whatever the {direction} rules say.";
    /// A group lets the answer to an untracked connection pass.
    reach_group_answer_untracked { group, direction, rule } => "{group} does not track this connection; the answer passes by its {direction} rule {rule}.";
    /// A group lets an old connection pass.
    reach_group_established { group, direction } => "No {direction} rule of {group} lets a new connection through, but this one is established and tracked: it goes on until it has been idle for too long.";
    /// A group has no rules at all.
    reach_group_empty { group, direction } => "{group} has no {direction} rules, so it lets nothing through.";
    /// No rule of the groups matches.
    reach_group_denies { group, direction } => "No {direction} rule of {group} matches it.";
    /// References do not survive a middlebox.
    reach_group_not_preserved { group, direction } => "No {direction} rule of {group} matches it: what comes through an appliance no longer counts as coming from a security group.";
    /// Two words in a list.
    reach_and { first, second } => "{first} and {second}";

    /// An ACL lets it in or out.
    reach_acl_allows { acl, direction, number } => "{acl} lets it through by its {direction} rule {number}.";
    /// An ACL stops it.
    reach_acl_denies { acl, direction, number } => "{acl} denies it by its {direction} rule {number}.";
    /// What no rule matched, with the one that came closest and why it didn't.
    reach_nearest { sentence, rule, why } => "{sentence} The nearest is {rule}. {why}";
    /// An ACL stops it with its last rule.
    reach_acl_last { acl, direction } => "No {direction} rule of {acl} matches it, so the last one, *, denies it.";
    /// An ACL has nothing to say.
    reach_within_subnet { subnet } => "It stays within {subnet}: neither the network ACL nor the route table is asked.";
    /// An ACL has nothing to say.
    reach_next_within_subnet { subnet } => "The next hop is in {subnet} itself: the network ACL is not asked.";

    /// Why a rule does not match.
    reach_miss_protocol { rule, packet } => "It is for {rule}, and this is {packet}.";
    /// Why a rule does not match.
    reach_miss_port { rule, packet } => "It is for port {rule}, and this goes to port {packet}.";
    /// Why a rule does not match.
    reach_miss_icmp { rule, packet } => "It is for {rule}, and this is {packet}.";
    /// Why a rule does not match.
    reach_miss_source { block, address } => "It is for {block}, and this comes from {address}.";
    /// Why a rule does not match.
    reach_miss_destination { block, address } => "It is for {block}, and this goes to {address}.";
    /// Why a rule does not match.
    reach_miss_family { block } => "It is for the IPv6 addresses {block}, and this is IPv4.";
    /// Why a rule does not match.
    reach_miss_family_v4 { block } => "It is for the IPv4 addresses {block}, and this is IPv6.";
    /// Why a rule does not match.
    reach_miss_list { list, address } => "No entry of {list} holds {address}.";
    /// Why a rule does not match.
    reach_miss_stale { group } => "The rule is stale: {group} is not, or no longer, reached by an active peering connection.";
    /// Why a rule does not match.
    reach_miss_member { group, address } => "{address} is not a private address of a network interface that has {group}.";
    /// Why a rule does not match.
    reach_miss_not_preserved { group, address } => "{address} belongs to {group}, but the packet came through an appliance, and the group is lost on such a way.";
    /// Why a rule does not match.
    reach_miss_unsupported { group } => "{group} is a group of another VPC, and the transit gateway between the two is not set to carry groups.";
    /// Two reasons.
    reach_miss_both { first, second } => "{first} {second}";

    /// A table that a subnet has by default.
    reach_main_table { table } => "{table}, the main route table,";
    /// A route is chosen.
    reach_route { table, destination, route } => "{table} leads {destination} by its route {route}.";
    /// A route is chosen that does not work.
    reach_route_blackhole { table, destination, route, reason } => "{table} leads {destination} by its route {route}, and that is a blackhole: {reason}";
    /// Why a route is a blackhole.
    reach_hole_gateway { gateway, vpc } => "{gateway} is not attached to {vpc}.";
    /// Why a route is a blackhole.
    reach_hole_gone { target } => "{target} no longer exists.";
    /// No route, and one that does not match.
    reach_no_route_but_one { table, destination, route } => "{table} has no route to {destination}: its only route is {route}.";
    /// No route among several.
    reach_no_route { table, destination, routes } => "{table} has no route to {destination}: its routes are {routes}.";
    /// Why a route is not chosen.
    reach_lost_shorter { destination, length, chosen } => "It covers {destination} too, but its prefix is shorter: {length} against {chosen}.";
    /// Why a route is not chosen.
    reach_lost_other { destination } => "It does not cover {destination}.";
    /// Why a route is not chosen.
    reach_lost_family { } => "It is for IPv6.";
    /// Why a route is not chosen.
    reach_lost_family_v4 { } => "It is for IPv4.";
    /// Why a route is not chosen.
    reach_lost_learned { destination } => "It covers {destination} too, but it is learned, and a static route counts before it.";
    /// Why a route is not chosen.
    reach_lost_list { destination } => "It covers {destination} too, but by a prefix list, and a route to the block itself counts before it.";
    /// Why a route is not chosen.
    reach_lost_local { destination } => "It covers {destination} too, but it is learned, and a local route counts before every learned one.";
    /// Why a route is not chosen.
    reach_lost_tie { destination } => "It covers {destination} by just as long a prefix: AWS says not which of the two counts, and one stands for both here.";
    /// why a route is a blackhole.
    reach_hole_nat { nat, state } => "{nat} is {state}.";
    /// Why a route is a blackhole.
    reach_hole_peering { peering, state } => "{peering} is not active: it is {state}.";
    /// Why a route is a blackhole.
    reach_hole_idle { target } => "{target} does not work here.";

    /// Nobody has the address.
    reach_nobody { address, place } => "No network interface in {place} has the address {address}.";
    /// AWS keeps the address.
    reach_reserved { address, subnet } => "{address} is one of the five addresses that AWS keeps in {subnet}: no machine has it.";

    /// An internet gateway translates on the way out.
    reach_gateway_out { gateway, private, public } => "{gateway} replaces the source {private} by its public address {public}.";
    /// An internet gateway translates on the way in.
    reach_gateway_in { gateway, public, private } => "{gateway} replaces the destination {public} by the private address {private} that it belongs to.";
    /// An internet gateway drops on the way out.
    reach_gateway_no_public { gateway, private } => "{gateway} drops it: {private} has no public IPv4 address.";
    /// An internet gateway drops on the way out.
    reach_gateway_destination { gateway, address, standard } => "{gateway} drops it: {address} is a private address ({standard}), which the internet does not know.";
    /// An internet gateway drops on the way in.
    reach_gateway_source { gateway, address, standard } => "{gateway} drops it: nothing from outside may come from {address}, a private address ({standard}).";
    /// An internet gateway passes IPv6 on as it is.
    reach_gateway_v6 { gateway, address } => "{gateway} lets it out as it is: {address} is an IPv6 address, and those are public.";
    /// An internet gateway passes IPv6 on as it is.
    reach_gateway_v6_in { gateway, address } => "{gateway} lets it in as it is: {address} is an IPv6 address, and those are public.";
    /// An internet gateway wants it to come by the appliance.
    reach_gateway_redirected { gateway, address, table } => "{gateway} drops it: {table} leads what comes in for {address} to an appliance, so what {address} sends has to leave by that appliance too.";
    /// An appliance behind an edge route table has no public address.
    reach_edge_no_public { gateway, interface } => "{gateway} drops it: {interface}, to which its route table leads, has no public IPv4 address.";
    /// Block Public Access stands in the way.
    reach_blocked_public { gateway, place } => "{gateway} drops it: VPC Block Public Access is on for {place}.";
    /// An egress-only gateway lets it out.
    reach_egress_out { gateway } => "{gateway} lets it out, and will let the answer in.";
    /// An egress-only gateway lets an answer in.
    reach_egress_in { gateway } => "{gateway} lets it in: it answers what went out.";
    /// An egress-only gateway does not know what it answers.
    reach_egress_answer { gateway } => "{gateway} drops it: it answers a connection that did not go out by this gateway.";
    /// An internet gateway has nobody to give it to.
    reach_gateway_unattached { gateway, public, interface } => "{gateway} drops it: {public} belongs to {interface}, which is not attached to an instance.";
    /// A public address that nobody has.
    reach_public_unknown { public } => "No network interface has the public address {public}.";
    /// A VPC without a gateway.
    reach_no_gateway { vpc, public } => "{public} belongs to a machine in {vpc}, and {vpc} has no internet gateway attached.";
    /// The internet carries it on.
    reach_internet { destination } => "The internet leads it to {destination}.";
    /// The packet turns around at the gateway.
    reach_internet_turn { destination, vpc } => "{destination} is a public address of {vpc} itself: the packet turns around and comes back in, from a public address.";
    /// The internet does not know the address.
    reach_internet_private { address } => "{address} is a private address, and no router of the internet has a route to it.";

    /// A NAT gateway translates.
    reach_nat_out { nat, private, own } => "{nat} replaces the source {private} by its own address {own}, and remembers it for the answer.";
    /// A NAT gateway translates from IPv6.
    reach_nat64 { nat, private, own, destination } => "{nat} makes IPv4 of it: it replaces the source {private} by its own address {own}, and sends to {destination}.";
    /// A NAT gateway translates back.
    reach_nat_in { nat, own, private } => "{nat} knows what this answers, and replaces the destination {own} by {private}.";
    /// A NAT gateway gets what nobody asked for.
    reach_nat_unasked { nat, address } => "{nat} drops it: nobody behind it asked {address} for anything, and it lets only answers in.";
    /// A NAT gateway takes three protocols.
    reach_nat_protocol { nat, protocol } => "{nat} drops it: it translates tcp, udp and icmp, and this is protocol {protocol}.";
    /// A NAT gateway takes no IPv6 but for NAT64.
    reach_nat_v6 { nat, address } => "{nat} drops it: it translates IPv6 only for 64:ff9b::/96, and this goes to {address}.";
    /// A regional NAT gateway is not in the zone.
    reach_nat_zone { nat, zone } => "{nat} serves no zone {zone}.";
    /// A peering connection carries it.
    reach_peering { peering, vpc } => "{peering} carries it to {vpc}.";
    /// A peering connection carries only the two VPCs' addresses.
    reach_peering_foreign { peering, address, vpc } => "{peering} drops it: it carries only what goes from one of its two VPCs to the other, and {address} is no address of {vpc}.";
    /// A peering connection whose other side is not known.
    reach_peering_unknown { peering } => "The other side of {peering} is not known here.";
    /// A transit gateway takes it.
    reach_transit_in { attachment, gateway } => "{attachment} takes it to {gateway}.";
    /// A transit gateway gives it to a VPC.
    reach_transit_out { attachment, subnet } => "{attachment} brings it into {subnet}.";
    /// A transit gateway's route.
    reach_transit_route { table, destination, route } => "{table} leads {destination} by its route {route}.";
    /// A transit gateway has no route.
    reach_transit_no_route { table, destination } => "{table} has no route to {destination}.";
    /// A transit gateway's route drops.
    reach_transit_blackhole { table, destination, block } => "{table} leads {destination} by its route for {block}, and that is a blackhole.";
    /// An attachment without a table.
    reach_transit_no_table { attachment } => "{attachment} is associated with no route table of its transit gateway.";
    /// An attachment without a subnet in the zone.
    reach_transit_zone { attachment, zone } => "{attachment} has no subnet in {zone}, so nothing there reaches the transit gateway.";
    /// A gateway endpoint takes it.
    reach_endpoint { endpoint, service } => "{endpoint} takes it to {service}.";
    /// A gateway endpoint takes two protocols.
    reach_endpoint_protocol { endpoint, protocol } => "{endpoint} drops it: it takes tcp and pings, and this is {protocol}.";
    /// A gateway endpoint serves its own VPC.
    reach_endpoint_foreign { endpoint, address, vpc } => "{endpoint} drops it: it serves {vpc} only, and {address} is no address of that.";
    /// An interface of a service.
    reach_endpoint_interface { interface, owner } => "It arrives at {interface}, where {owner} answers.";
    /// A service begins nothing.
    reach_endpoint_begins { owner } => "{owner} only answers: it begins no connection into its VPC.";
    /// A virtual private gateway takes only what an interface sends.
    reach_private_source { gateway, address } => "{gateway} drops it: {address} is not the address of an attached network interface of its VPC.";
    /// A virtual private gateway has nobody to give it to.
    reach_private_nobody { gateway, address } => "{gateway} drops it: no attached network interface of its VPC has the address {address}.";
    /// A virtual private gateway lets it in.
    reach_private_in { gateway, vpc } => "{gateway} brings it into {vpc}.";
    /// A line carries it.
    reach_line { line, network } => "{line} carries it to {network}.";
    /// A line is down.
    reach_line_down { line } => "{line} is down.";
    /// No line leads there.
    reach_line_none { gateway, destination } => "No line of {gateway} leads to {destination}.";
    /// The far end of a line is not known.
    reach_line_unknown { line } => "What is at the far end of {line} is not known here.";
    /// Nobody there has the address.
    reach_outside_nobody { network, address } => "No host of {network} has the address {address}.";
    /// A router outside has no route.
    reach_outside_no_route { network, destination } => "The router of {network} knows no way to {destination}.";
    /// A router outside has a route.
    reach_outside_route { network, destination, block } => "The router of {network} leads {destination} to AWS, which has told it of {block}.";
    /// Nothing is known of how it works inside.
    reach_unsupported { id } => "How traffic goes on from {id} is not known here.";

    /// The check lets nothing foreign out.
    reach_check_out { interface, address } => "The source/destination check of {interface} drops it: {address} is not an address of its own to send from.";
    /// The check lets nothing foreign in.
    reach_check_in { interface, address } => "The source/destination check of {interface} drops it: {address} is not an address of its own.";
    /// An appliance passes it on.
    reach_forwards { instance, interface } => "{instance} passes it on: the source/destination check of {interface} is off.";
    /// The packet goes round in circles.
    reach_loop { interface } => "It has been at {interface} before, just as it is now: the routes lead it round in a loop until it is dropped.";

    /// It arrives where something listens.
    reach_arrives { to, port } => "It arrives, and {to} listens on {port}.";
    /// It arrives where nothing listens.
    reach_arrives_closed { to, port } => "It arrives, but nothing on {to} listens on {port}.";
    /// It arrives, and it is a ping or an answer.
    reach_arrives_there { to } => "It arrives at {to}.";
    /// It comes to someone else who has the same address.
    reach_arrives_elsewhere { to, address, meant } => "It arrives at {to}, which has the address {address} here: {meant} has it in another VPC.";
    /// An answer that comes to someone else.
    reach_elsewhere { to, address, from } => "{to} has the address {address} and gets the answer, which {from} waits for.";
    /// It never leaves the machine.
    reach_itself { to } => "{to} sends to itself: the packet never leaves the machine.";
    /// A service beside the network.
    reach_service { service, address } => "{address} is {service}. Neither security groups nor network ACLs filter it.";
    /// A service that is switched off.
    reach_service_off { address, vpc } => "{vpc} has its DNS support switched off, so nothing answers at {address}.";
    /// A service does not do this.
    reach_service_other { service, address, port } => "{address} is {service}, and answers only {port}.";
    /// A link-local address that nobody has.
    reach_link_local { address } => "{address} is a link-local address, which is never routed, and nothing answers there.";

    /// A place that no one knows.
    reach_refuse_place { text } => "{text} is no place to send from or to. Name an instance (i-…), a network interface (eni-…), an address, internet or laptop.";
    /// A thing that does not exist.
    reach_refuse_missing { id } => "There is no {id}.";
    /// An instance without interfaces.
    reach_refuse_no_interface { instance } => "{instance} has no network interface any more.";
    /// No IPv6 address to send from or to.
    reach_refuse_no_v6 { interface } => "{interface} has no IPv6 address.";
    /// Two families.
    reach_refuse_families { source, destination } => "{source} and {destination} are addresses of different families: no packet can go from one to the other.";
    /// A port is needed.
    reach_refuse_no_port { protocol } => "A packet of {protocol} needs a port.";
    /// A port is not needed.
    reach_refuse_port { protocol } => "A packet of {protocol} has no port.";
    /// A protocol that is not walked.
    reach_refuse_protocol { protocol } => "Only tcp, udp and icmp can be traced, not {protocol}.";
    /// Several have the address.
    reach_refuse_ambiguous { address } => "Several network interfaces have the address {address}. Name the one you mean by its id.";
    /// Not an address of one machine.
    reach_refuse_not_unicast { address } => "{address} is not the address of one machine.";
    /// Both are outside.
    reach_refuse_outside { } => "Both ends are outside of AWS: there is nothing of AWS on the way.";
}

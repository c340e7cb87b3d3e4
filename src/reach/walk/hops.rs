//! How the rules' decisions become hops.

use crate::filters::{self, network_acl, security_group};
use crate::moves::{Road, alone_sentence, not_running};
use crate::network::{Choice, Lost, Network, RouteNode, Toward, VpcNode};
use crate::resolver::component;
use hopwise_cloud::ec2::phase::State;
use hopwise_cloud::ec2::{NetworkAcl, SecurityGroup};
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Message, Miss, Place, Rule, Step, Verdict};
use hopwise_net::Packet;

pub(super) fn direction(egress: bool) -> Message {
    if egress {
        say::reach_outbound()
    } else {
        say::reach_inbound()
    }
}

/// The step of a network ACL.
pub(super) fn acl(
    acl: &NetworkAcl,
    egress: bool,
    packet: &Packet,
    decision: &network_acl::Decision<'_>,
    detailed: bool,
) -> Step {
    let number = |number: u32| Arg::code(number);
    let (id, way) = (Arg::id(&acl.id), direction(egress));
    let sentence = match decision.entry {
        Some(entry) if decision.allow => say::reach_acl_allows(id, way, number(entry.number)),
        Some(entry) => say::reach_acl_denies(id, way, number(entry.number)),
        None => say::reach_acl_last(id, way),
    };
    // A rule can only be missed by a packet that no rule matched, and only if it allows.
    let nearest = filters::nearest(
        (decision.tried.iter())
            .map(|(entry, ways)| (decision.entry.is_none() && entry.allow).then_some(ways)),
    );
    let tried = decision.tried.iter().enumerate().filter(|_| detailed);
    let tried = tried.filter_map(|(place, (entry, ways))| {
        Some(Miss {
            rule: Rule {
                place: Place::Number(entry.number),
                text: entry.to_string(),
            },
            why: filters::why(ways, packet, egress)?,
            nearest: place == nearest,
        })
    });
    let mut step = Step::new(component(acl), verdict(decision.allow), sentence);
    step.tried = tried.collect();
    step.rule = Some(match decision.entry {
        Some(entry) => Rule {
            place: Place::Number(entry.number),
            text: entry.to_string(),
        },
        None => Rule {
            place: Place::Number(hopwise_cloud::ec2::network_acl::LAST_RULE),
            text: match packet.source.is_ipv4() {
                true => "* deny all 0.0.0.0/0".to_owned(),
                false => "* deny all ::/0".to_owned(),
            },
        },
    });
    step.code = (!decision.allow).then_some(Code("SUBNET_ACL_RESTRICTION"));
    if decision.entry.is_none() {
        name_nearest(&mut step);
    }
    step
}

/// Adds to the sentence of a step that no rule matched which rule came closest, and why it didn't.
fn name_nearest(step: &mut Step) {
    if let Some(miss) = step.tried.iter().find(|miss| miss.nearest) {
        let (rule, why) = (Arg::code(&miss.rule.text), miss.why.clone());
        step.sentence = say::reach_nearest(step.sentence.clone(), rule, why);
    }
}

fn verdict(passes: bool) -> Verdict {
    if passes { Verdict::Pass } else { Verdict::Stop }
}

/// Several groups as a sentence names them.
pub(super) fn names(groups: &[&SecurityGroup]) -> Arg {
    let mut names = groups.iter().map(|group| Arg::id(&group.id));
    let first = names.next().unwrap_or_else(|| Arg::Text(String::new()));
    names.fold(first, |first, next| say::reach_and(first, next).into())
}

/// The step of an interface's security groups, its sentence yet to be chosen by what they
/// remember.
pub(super) fn groups(
    groups: &[&SecurityGroup],
    egress: bool,
    packet: &Packet,
    decision: &security_group::Decision<'_>,
    detailed: bool,
) -> Option<Step> {
    let deciding = match decision.rule {
        Some((group, _)) => group,
        None => groups.first()?,
    };
    let off = |ways: &[filters::Mismatch]| matches!(ways, [filters::Mismatch::Unsupported(_)]);
    let is_off = decision.tried.iter().any(|(_, _, ways)| off(ways));
    let lost = |ways: &[filters::Mismatch]| matches!(ways, [filters::Mismatch::NotPreserved(_)]);
    let is_lost = decision.tried.iter().any(|(_, _, ways)| lost(ways));
    let (sentence, code) = match decision.rule {
        Some((group, rule)) => (
            say::reach_group_allows(Arg::id(&group.id), direction(egress), Arg::id(&rule.id)),
            None,
        ),
        None if decision.tried.is_empty() => (
            say::reach_group_empty(names(groups), direction(egress)),
            Some(Code("SG_HAS_NO_RULES")),
        ),
        None if is_lost => (
            say::reach_group_not_preserved(names(groups), direction(egress)),
            Some(Code("SG_REFERENCES_NOT_PRESERVED")),
        ),
        None if is_off => (
            say::reach_group_denies(names(groups), direction(egress)),
            Some(Code("SG_REFERENCING_SUPPORT")),
        ),
        None => (
            say::reach_group_denies(names(groups), direction(egress)),
            Some(Code("ENI_SG_RULES_MISMATCH")),
        ),
    };
    let nearest = filters::nearest(
        (decision.tried.iter()).map(|(_, _, ways)| decision.rule.is_none().then_some(ways)),
    );
    let tried = decision.tried.iter().enumerate().filter(|_| detailed);
    let tried = tried.filter_map(|(place, (_, rule, ways))| {
        Some(Miss {
            rule: group_rule(rule),
            why: filters::why(ways, packet, egress)?,
            nearest: place == nearest,
        })
    });
    let mut step = Step::new(component(deciding), verdict(code.is_none()), sentence);
    step.tried = tried.collect();
    step.rule = decision.rule.map(|(_, rule)| group_rule(rule));
    step.code = code;
    if matches!(
        code,
        Some(Code("ENI_SG_RULES_MISMATCH" | "SG_REFERENCING_SUPPORT"))
    ) {
        name_nearest(&mut step);
    }
    Some(step)
}

fn group_rule(rule: &hopwise_cloud::ec2::security_group::GroupRule) -> Rule {
    Rule {
        place: Place::Id((&rule.id).into()),
        text: rule.to_string(),
    }
}

fn arrow(route: &RouteNode) -> String {
    format!("{} → {}", route.route.destination, route.route.target)
}

fn route_rule(route: &RouteNode) -> Rule {
    Rule {
        place: Place::Destination(route.route.destination.to_string()),
        text: arrow(route),
    }
}

/// Why a route does not work.
pub(super) fn hole(network: &Network, vpc: &VpcNode, route: &RouteNode) -> Message {
    let id = route.route.target.id();
    let target = || Arg::id(id.map_or("local", |id| id.as_str()));
    let idle = || say::reach_hole_idle(target());
    match route.toward {
        Toward::Gone => say::reach_hole_gone(target()),
        Toward::Gateway(_) | Toward::EgressOnly(_) => {
            say::reach_hole_gateway(target(), Arg::id(&vpc.state.id))
        }
        Toward::Interface(index) => {
            let interface = network.interfaces.get(index);
            let instance = interface.and_then(|it| network.instance_of(it));
            match (interface, instance) {
                (_, Some(instance)) => not_running(instance),
                (Some(interface), None) => alone_sentence(interface),
                (None, None) => idle(),
            }
        }
        Toward::Nat(index) => match network.nats.get(index) {
            Some(nat) => say::reach_hole_nat(target(), Arg::code(word(nat.state.phase.state))),
            None => idle(),
        },
        Toward::Peering(index) => match network.peerings.get(index) {
            Some(it) => say::reach_hole_peering(target(), Arg::code(word(it.state.phase.state))),
            None => idle(),
        },
        Toward::Local
        | Toward::Endpoint(_)
        | Toward::Transit(_)
        | Toward::Private(_)
        | Toward::Other => idle(),
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::AwaitsAcceptance => "pending-acceptance",
        State::Pending => "pending",
        State::Available => "available",
        State::Modifying => "modifying",
        State::Failed => "failed",
        State::Rejected => "rejected",
        State::Expired => "expired",
        State::Deleting => "deleting",
        State::Deleted => "deleted",
    }
}

/// The step of a route table; `hole` says why the chosen route does not work.
pub(super) fn route(
    road: &Road<'_>,
    packet: &Packet,
    choice: &Choice<'_>,
    hole: Option<Message>,
) -> Step {
    let table = road.table;
    let destination = || Arg::code(packet.destination);
    let id = Arg::id(&table.state.id);
    let named = match road.by_main {
        true => Arg::from(say::reach_main_table(id)),
        false => id,
    };
    let (sentence, code) = match (choice.route, hole) {
        (Some(route), None) => (
            say::reach_route(named, destination(), Arg::code(arrow(route))),
            None,
        ),
        (Some(route), Some(reason)) => (
            say::reach_route_blackhole(named, destination(), Arg::code(arrow(route)), reason),
            Some(Code("BAD_STATE_ROUTE")),
        ),
        (None, _) => {
            let all: Vec<String> = table.routes.iter().map(arrow).collect();
            let routes = Arg::code(all.join(", "));
            let sentence = if all.len() == 1 {
                say::reach_no_route_but_one(named, destination(), routes)
            } else {
                say::reach_no_route(named, destination(), routes)
            };
            (sentence, Some(Code("NO_ROUTE_TO_DESTINATION")))
        }
    };
    let slash = |route: &RouteNode| {
        let length = route.length(packet.destination);
        Arg::code(format_args!("/{length}"))
    };
    let tried = choice.lost.iter().map(|(route, lost)| Miss {
        rule: route_rule(route),
        why: match (lost, choice.route) {
            (Lost::Shorter, Some(chosen)) => {
                say::reach_lost_shorter(destination(), slash(route), slash(chosen))
            }
            (Lost::Family, _) if packet.destination.is_ipv4() => say::reach_lost_family(),
            (Lost::Family, _) => say::reach_lost_family_v4(),
            (Lost::Learned, _) => say::reach_lost_learned(destination()),
            (Lost::List, _) => say::reach_lost_list(destination()),
            (Lost::Tie, _) => say::reach_lost_tie(destination()),
            (Lost::BehindLocal, _) => say::reach_lost_local(destination()),
            (Lost::Other | Lost::Shorter, _) => say::reach_lost_other(destination()),
        },
        nearest: !matches!(lost, Lost::Other | Lost::Family),
    });
    let mut step = Step::new(
        component(table.state.as_ref()),
        verdict(code.is_none()),
        sentence,
    );
    step.tried = tried.collect();
    step.rule = choice.route.map(route_rule);
    step.code = code;
    step
}

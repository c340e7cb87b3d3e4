//! From the places of a question to the machines and addresses of a packet.

use crate::gateway::Private;
use crate::moves::host_component;
use crate::network::{InterfaceNode, Network, OutsideNode, PublicOwner, Toward};
use crate::question::Refusal;
use crate::{Place, Question, pages};
use hopwise_cloud::{Id, LAPTOP, LAPTOP_ADDRESS, OUTSIDE_ADDRESS, Resource};
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Component, Message, Page};
use std::net::IpAddr;

/// Where a walk starts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start<'n> {
    Interface(&'n InterfaceNode),
    Laptop,
    Outside,
    /// A host of a network outside.
    Host(&'n OutsideNode),
}

/// Both ends of a walk.
#[derive(Clone, Debug)]
pub(crate) struct Ends<'n> {
    pub(crate) from: Component,
    pub(crate) to: Component,
    pub(crate) start: Start<'n>,
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    /// The first sentence of the walk, and its page.
    pub(crate) intro: (Message, Option<Page>),
    /// An interface of what it is to arrive at, where the question names that.
    pub(crate) target: Option<&'n InterfaceNode>,
    /// Why the walk ends before it begins.
    pub(crate) stop: Option<Code>,
}

pub(crate) fn laptop_component() -> Component {
    Component::new("laptop", LAPTOP)
}

pub(crate) fn internet_component(address: IpAddr) -> Component {
    Component::new("internet", "internet").named(Some(address.to_string()))
}

/// A resource with its `Name` tag.
pub(crate) fn component<T: Resource>(resource: &T) -> Component {
    Component::new(T::NOUN.kind, resource.id().as_str()).named(resource.name().map(str::to_owned))
}

/// How a sentence calls an end of the walk: by its id, a machine of the internet by its address.
pub(crate) fn called(component: &Component) -> Arg {
    match (&component.name, component.kind) {
        (Some(address), "internet") => Arg::code(address),
        (_, "address") => Arg::code(&component.id),
        _ => Arg::id(&component.id),
    }
}

fn missing(id: &Id) -> Refusal {
    Refusal::new(say::reach_refuse_missing(Arg::id(id)))
}

fn no_interface(id: &Id) -> Refusal {
    Refusal::new(say::reach_refuse_no_interface(Arg::id(id)))
}

/// The interfaces that a place stands for, the first one first; none for what is outside.
fn sites<'n>(network: &'n Network, place: &Place) -> Result<Vec<&'n InterfaceNode>, Refusal> {
    match place {
        Place::Instance(id) => {
            let instance = network.instance(id).ok_or_else(|| missing(id))?;
            let all = instance.interfaces.iter();
            let all: Vec<_> = all.filter_map(|it| network.interfaces.get(*it)).collect();
            if all.is_empty() {
                return Err(no_interface(id));
            }
            Ok(all)
        }
        Place::Interface(id) => {
            let interface = network.interface(id).ok_or_else(|| missing(id))?;
            Ok(vec![interface])
        }
        Place::Address(_) | Place::Laptop | Place::Internet => Ok(Vec::new()),
    }
}

/// What a place is called.
fn place_component(network: &Network, place: &Place) -> Option<Component> {
    match place {
        Place::Instance(id) => Some(component(network.instance(id)?.state.as_ref())),
        Place::Interface(id) => Some(component(network.interface(id)?.state.as_ref())),
        Place::Laptop => Some(laptop_component()),
        Place::Internet => Some(internet_component(OUTSIDE_ADDRESS.into())),
        Place::Address(_) => None,
    }
}

/// The interface that alone has the address, private or public, and its address inside.
fn having(network: &Network, address: IpAddr) -> Result<Option<(&InterfaceNode, IpAddr)>, Refusal> {
    let mut all = network
        .vpcs
        .iter()
        .filter_map(|vpc| network.having(vpc, address).0);
    match (all.next(), all.next()) {
        (Some(site), None) => Ok(Some((site, address))),
        (Some(_), Some(_)) => Err(Refusal::new(say::reach_refuse_ambiguous(Arg::code(
            address,
        )))),
        (None, _) => Ok(network.public(address).0.and_then(|it| match it.of {
            PublicOwner::Interface(index) => Some((network.interfaces.get(index)?, it.private)),
            PublicOwner::Nat(_) => None,
        })),
    }
}

/// A destination as an address, with the sentence that says how it was chosen.
struct Aim {
    address: IpAddr,
    intro: (Message, Option<Page>),
    stop: Option<Code>,
}

pub(crate) fn resolve<'n>(network: &'n Network, question: &Question) -> Result<Ends<'n>, Refusal> {
    let mut near = sites(network, &question.from)?;
    let mut own = None;
    let mut from = place_component(network, &question.from);
    if let Place::Address(address) = question.from {
        let found = match address == LAPTOP_ADDRESS {
            true => None,
            false => having(network, address)?,
        };
        from = Some(match found {
            Some((site, inside)) => {
                near.push(site);
                own = Some(inside);
                match network.instance_of(site) {
                    Some(instance) => component(instance.state.as_ref()),
                    None => component(site.state.as_ref()),
                }
            }
            None if address == LAPTOP_ADDRESS => laptop_component(),
            None => match network
                .outside_of(address)
                .and_then(|it| network.outsides.get(it))
            {
                Some(outside) => host_component(outside, address),
                None => internet_component(address),
            },
        });
    }
    let named = |place: &Place| Component::new("address", place.to_string());
    let from = from.unwrap_or_else(|| named(&question.from));
    let far = sites(network, &question.to)?;
    let to = place_component(network, &question.to).unwrap_or_else(|| named(&question.to));
    let v6 = |place: &Place| matches!(place, Place::Address(IpAddr::V6(_)));
    let v6 = v6(&question.from) || v6(&question.to);
    let aim = aim(network, (&near, &from), (&far, &to), &question.to, v6)?;
    let (start, source) = match (near.first(), &question.from) {
        (Some(first), place) => {
            let site = match (place, network.instance_of(first)) {
                (Place::Instance(_), Some(instance)) => {
                    let out = network.outgoing(instance, aim.address);
                    out.unwrap_or(first)
                }
                _ => first,
            };
            let source = match own {
                Some(own) => own,
                None => address_of(site, v6)?,
            };
            (Start::Interface(site), source)
        }
        (None, Place::Laptop) => (Start::Laptop, LAPTOP_ADDRESS.into()),
        (None, Place::Address(address)) if *address == LAPTOP_ADDRESS => (Start::Laptop, *address),
        (None, Place::Address(address)) => {
            let outside = network.outside_of(*address);
            match outside.and_then(|it| network.outsides.get(it)) {
                Some(outside) => (Start::Host(outside), *address),
                None => (Start::Outside, *address),
            }
        }
        (None, _) => (Start::Outside, OUTSIDE_ADDRESS.into()),
    };
    if source.is_ipv6() != aim.address.is_ipv6() {
        return Err(Refusal::new(say::reach_refuse_families(
            Arg::code(source),
            Arg::code(aim.address),
        )));
    }
    let outside = matches!(start, Start::Laptop | Start::Outside);
    if outside && far.is_empty() && !is_aws(network, aim.address) {
        return Err(Refusal::new(say::reach_refuse_outside()));
    }
    Ok(Ends {
        from,
        to,
        start,
        source,
        destination: aim.address,
        intro: aim.intro,
        target: far.first().copied(),
        stop: aim.stop,
    })
}

/// The address that an interface sends from.
fn address_of(interface: &InterfaceNode, v6: bool) -> Result<IpAddr, Refusal> {
    let id = &interface.state.id;
    if v6 {
        let own = interface.state.ipv6.first();
        let own = own.map(|own| IpAddr::V6(*own));
        return own.ok_or_else(|| Refusal::new(say::reach_refuse_no_v6(Arg::id(id))));
    }
    let own = interface.state.primary_address().map(IpAddr::V4);
    own.ok_or_else(|| no_interface(id))
}

/// Would one from outside look for the address at AWS?
fn is_aws(network: &Network, address: IpAddr) -> bool {
    let assigned = match address {
        IpAddr::V4(v4) => hopwise_cloud::ec2::address::is_assigned_by_aws(v4),
        IpAddr::V6(_) => network.vpcs.iter().any(|vpc| {
            let mut own = vpc.state.ipv6_blocks.iter();
            own.any(|it| it.block.contains(address))
        }),
    };
    assigned || Private::of(address).is_some() || network.public(address).0.is_some()
}

/// Does a route of its own lead from an interface to an address in another VPC, not by way of
/// the internet?
pub(crate) fn leads_inside(network: &Network, from: &InterfaceNode, address: IpAddr) -> bool {
    let subnet = network.subnets.get(from.subnet);
    let table = subnet.and_then(|it| network.tables.get(it.table?));
    let route = table.and_then(|it| it.lead(address).0);
    route.is_some_and(|it| match it.toward {
        Toward::Peering(_) | Toward::Transit(_) | Toward::Other => true,
        // An appliance may know the way; one for all the internet stands before just that.
        Toward::Interface(_) => it.length(address) > 0,
        Toward::Local
        | Toward::Gateway(_)
        | Toward::EgressOnly(_)
        | Toward::Nat(_)
        | Toward::Endpoint(_)
        | Toward::Private(_)
        | Toward::Gone => false,
    })
}

/// The address that a person means: of a machine in the same VPC the private one, or of one that
/// a route leads to; else the public one.
fn aim(
    network: &Network,
    (near, from): (&[&InterfaceNode], &Component),
    (far, to): (&[&InterfaceNode], &Component),
    place: &Place,
    v6: bool,
) -> Result<Aim, Refusal> {
    let plain = |address: IpAddr| Aim {
        address,
        intro: (say::reach_sends(called(from), Arg::code(address)), None),
        stop: None,
    };
    match place {
        Place::Address(address) => return Ok(plain(*address)),
        Place::Laptop => return Ok(plain(LAPTOP_ADDRESS.into())),
        Place::Internet => return Ok(plain(OUTSIDE_ADDRESS.into())),
        Place::Instance(_) | Place::Interface(_) => {}
    }
    let Some(first) = far.first() else {
        return Err(Refusal::new(say::reach_refuse_no_interface(called(to))));
    };
    if v6 {
        return Ok(plain(address_of(first, true)?));
    }
    let host = near.is_empty() && from.kind == "address";
    let private = |far: &InterfaceNode, address: IpAddr| {
        let mut all = near.iter();
        host || all.any(|near| near.vpc == far.vpc || leads_inside(network, near, address))
    };
    let mut inside = far.iter().filter_map(|far| {
        let address = IpAddr::V4(far.state.primary_address()?);
        private(far, address).then_some(address)
    });
    if let Some(address) = inside.next() {
        let intro = say::reach_sends_private(called(from), Arg::code(address), called(to));
        return Ok(Aim {
            intro: (intro, Some(pages::ADDRESSING)),
            ..plain(address)
        });
    }
    let vpc = |site: &InterfaceNode| {
        let vpc = network.vpcs.get(site.vpc);
        Arg::id(vpc.map_or("", |it| it.state.id.as_str()))
    };
    let public = far.iter().find_map(|site| {
        let (_, public) = site.publics.first()?;
        Some((site, IpAddr::V4(*public)))
    });
    if let Some((site, address)) = public {
        let intro =
            say::reach_sends_public(called(from), Arg::code(address), called(to), vpc(site));
        return Ok(Aim {
            intro: (intro, Some(pages::ADDRESSING)),
            ..plain(address)
        });
    }
    Ok(Aim {
        intro: (
            say::reach_no_public(called(from), called(to), vpc(first)),
            Some(pages::ADDRESSING),
        ),
        stop: Some(Code("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")),
        ..plain(address_of(first, false)?)
    })
}

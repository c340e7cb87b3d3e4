//! From the places of a question to the machines and addresses of a packet.

use crate::question::Refusal;
use crate::{Place, Question, gateway, pages};
use hopwise_cloud::ec2::{Ec2, Instance, NetworkInterface};
use hopwise_cloud::{Cloud, Id, LAPTOP, LAPTOP_ADDRESS, OUTSIDE_ADDRESS, Resource};
use hopwise_explain::messages::reach as say;
use hopwise_explain::{Arg, Code, Component, Message, Page};
use std::net::Ipv4Addr;

/// An interface with the state around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'a> {
    pub(crate) ec2: &'a Ec2,
    pub(crate) interface: &'a NetworkInterface,
}

impl<'a> Site<'a> {
    /// The instance that the interface is attached to.
    pub(crate) fn instance(self) -> Option<&'a Instance> {
        let attachment = self.interface.attachment.as_ref()?;
        let instance = self.ec2.instances.get(attachment.instance.as_str())?;
        Some(instance)
    }

    /// The interface of the instance from which it sends to `destination`: one whose subnet
    /// holds it, else the primary one, as the routes inside of a machine are by default.
    pub(crate) fn outgoing(ec2: &'a Ec2, instance: &Id, destination: Ipv4Addr) -> Option<Self> {
        let all = ec2.interfaces_of(instance);
        let near = all.iter().find(|it| {
            let subnet = ec2.subnets.get(it.subnet.as_str());
            subnet.is_some_and(|subnet| subnet.block.contains(destination.into()))
        });
        let interface = near.or(all.first())?;
        Some(Site { ec2, interface })
    }
}

/// Where a walk starts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start<'a> {
    Interface(Site<'a>),
    Laptop,
    Outside,
}

/// Both ends of a walk.
#[derive(Clone, Debug)]
pub(crate) struct Ends<'a> {
    pub(crate) from: Component,
    pub(crate) to: Component,
    pub(crate) start: Start<'a>,
    pub(crate) source: Ipv4Addr,
    pub(crate) destination: Ipv4Addr,
    /// The first sentence of the walk, and its page.
    pub(crate) intro: (Message, Option<Page>),
    /// Why the walk ends before it begins.
    pub(crate) stop: Option<Code>,
}

pub(crate) fn laptop_component() -> Component {
    Component::new("laptop", LAPTOP)
}

pub(crate) fn internet_component(address: Ipv4Addr) -> Component {
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

fn instance<'a>(cloud: &'a Cloud, id: &Id) -> Result<(&'a Ec2, &'a Instance), Refusal> {
    let mut places = cloud.places();
    places
        .find_map(|(_, _, ec2)| Some((ec2, ec2.instances.get(id.as_str())?.as_ref())))
        .ok_or_else(|| missing(id))
}

fn interface<'a>(cloud: &'a Cloud, id: &Id) -> Result<Site<'a>, Refusal> {
    let mut places = cloud.places();
    places
        .find_map(|(_, _, ec2)| {
            let interface = ec2.network_interfaces.get(id.as_str())?;
            Some(Site { ec2, interface })
        })
        .ok_or_else(|| missing(id))
}

/// The interfaces that a place stands for, the first one first; none for what is outside.
fn sites<'a>(cloud: &'a Cloud, place: &Place) -> Result<Vec<Site<'a>>, Refusal> {
    match place {
        Place::Instance(id) => {
            let (ec2, instance) = instance(cloud, id)?;
            let all = ec2.interfaces_of(&instance.id).into_iter();
            let all: Vec<_> = all.map(|interface| Site { ec2, interface }).collect();
            if all.is_empty() {
                return Err(no_interface(id));
            }
            Ok(all)
        }
        Place::Interface(id) => Ok(vec![interface(cloud, id)?]),
        Place::Address(_) | Place::Laptop | Place::Internet => Ok(Vec::new()),
    }
}

/// The interface that alone has the address, private or public, and its private address.
fn having(cloud: &Cloud, address: Ipv4Addr) -> Result<Option<(Site<'_>, Ipv4Addr)>, Refusal> {
    let places = cloud.places();
    let mut all = places.flat_map(|(_, _, ec2)| {
        let mine = ec2.network_interfaces.iter();
        mine.filter(|it| it.has(address))
            .map(move |interface| Site { ec2, interface })
    });
    match (all.next(), all.next()) {
        (Some(site), None) => Ok(Some((site, address))),
        (Some(_), Some(_)) => Err(Refusal::new(say::reach_refuse_ambiguous(Arg::code(
            address,
        )))),
        (None, _) => Ok(gateway::owner(cloud, address.into()).map(|owner| {
            let gateway::Owner {
                ec2,
                interface,
                private,
            } = owner;
            (Site { ec2, interface }, private)
        })),
    }
}

/// A destination as an address, with the sentence that says how it was chosen.
struct Aim {
    address: Ipv4Addr,
    intro: (Message, Option<Page>),
    stop: Option<Code>,
}

pub(crate) fn resolve<'a>(cloud: &'a Cloud, question: &Question) -> Result<Ends<'a>, Refusal> {
    let mut near = sites(cloud, &question.from)?;
    let mut own = None;
    let from = match &question.from {
        Place::Instance(id) => component(instance(cloud, id)?.1),
        Place::Interface(_) => match near.first() {
            Some(site) => component(site.interface),
            None => Component::new("network-interface", ""),
        },
        Place::Laptop => laptop_component(),
        Place::Internet => internet_component(OUTSIDE_ADDRESS),
        Place::Address(LAPTOP_ADDRESS) => laptop_component(),
        Place::Address(address) => match having(cloud, *address)? {
            Some((site, private)) => {
                near.push(site);
                own = Some(private);
                match site.instance() {
                    Some(instance) => component(instance),
                    None => component(site.interface),
                }
            }
            None => internet_component(*address),
        },
    };
    let far = sites(cloud, &question.to)?;
    let to = match (&question.to, far.first()) {
        (Place::Instance(id), _) => component(instance(cloud, id)?.1),
        (Place::Interface(_), Some(site)) => component(site.interface),
        (Place::Laptop, _) => laptop_component(),
        (Place::Internet, _) => internet_component(OUTSIDE_ADDRESS),
        (place, _) => Component::new("address", place.to_string()),
    };
    let aim = aim(&near, &far, &from, &to, &question.to)?;
    let (start, source) = match (near.first(), &question.from) {
        (Some(first), place) => {
            let site = match (place, &first.interface.attachment) {
                (Place::Instance(_), Some(attachment)) => {
                    Site::outgoing(first.ec2, &attachment.instance, aim.address).unwrap_or(*first)
                }
                _ => *first,
            };
            let source = own.or(site.interface.primary_address());
            let source = source.ok_or_else(|| no_interface(&site.interface.id))?;
            (Start::Interface(site), source)
        }
        (None, Place::Laptop | Place::Address(LAPTOP_ADDRESS)) => (Start::Laptop, LAPTOP_ADDRESS),
        (None, Place::Address(address)) => (Start::Outside, *address),
        (None, _) => (Start::Outside, OUTSIDE_ADDRESS),
    };
    let outside = !matches!(start, Start::Interface(_));
    if outside && far.is_empty() && !is_aws(cloud, aim.address) {
        return Err(Refusal::new(say::reach_refuse_outside()));
    }
    Ok(Ends {
        from,
        to,
        start,
        source,
        destination: aim.address,
        intro: aim.intro,
        stop: aim.stop,
    })
}

/// Would one from outside look for the address at AWS?
fn is_aws(cloud: &Cloud, address: Ipv4Addr) -> bool {
    gateway::Private::of(address.into()).is_some()
        || hopwise_cloud::ec2::address::is_assigned_by_aws(address)
        || gateway::owner(cloud, address.into()).is_some()
}

/// The address that a person means: of a machine in the same VPC the private one, else the
/// public one.
fn aim(
    near: &[Site<'_>],
    far: &[Site<'_>],
    from: &Component,
    to: &Component,
    place: &Place,
) -> Result<Aim, Refusal> {
    let plain = |address: Ipv4Addr| Aim {
        address,
        intro: (say::reach_sends(called(from), Arg::code(address)), None),
        stop: None,
    };
    match place {
        Place::Address(address) => return Ok(plain(*address)),
        Place::Laptop => return Ok(plain(LAPTOP_ADDRESS)),
        Place::Internet => return Ok(plain(OUTSIDE_ADDRESS)),
        Place::Instance(_) | Place::Interface(_) => {}
    }
    let inside = far.iter().find(|far| {
        let vpc = &far.interface.vpc;
        near.iter().any(|near| near.interface.vpc == *vpc)
    });
    if let Some(address) = inside.and_then(|site| site.interface.primary_address()) {
        let intro = say::reach_sends_private(called(from), Arg::code(address), called(to));
        return Ok(Aim {
            intro: (intro, Some(pages::ADDRESSING)),
            ..plain(address)
        });
    }
    let public = far.iter().find_map(|site| {
        let mut own = site.interface.addresses.iter();
        let public = own.find_map(|own| site.ec2.public_of(&site.interface.id, own.private))?;
        Some((site, public))
    });
    let vpc = |site: &Site<'_>| Arg::id(&site.interface.vpc);
    if let Some((site, address)) = public {
        let intro =
            say::reach_sends_public(called(from), Arg::code(address), called(to), vpc(site));
        return Ok(Aim {
            intro: (intro, Some(pages::ADDRESSING)),
            ..plain(address)
        });
    }
    let first = far.first().and_then(|site| {
        let address = site.interface.primary_address()?;
        Some((site, address))
    });
    let Some((site, address)) = first else {
        return Err(Refusal::new(say::reach_refuse_no_interface(called(to))));
    };
    Ok(Aim {
        address,
        intro: (
            say::reach_no_public(called(from), called(to), vpc(site)),
            Some(pages::ADDRESSING),
        ),
        stop: Some(Code("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")),
    })
}

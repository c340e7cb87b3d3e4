//! What `reach`, `not reach` and `connects` ask: the tracer's walks, for every public address
//! where the internet is meant.

use crate::check::{Place, Query};
use crate::evaluate::{Finding, Scene, Unanswerable};
use crate::sentence::Hole;
use hopwise_cloud::Id;
use hopwise_explain::{Language, Message, render_named};
use hopwise_reach::{Question, Refusal, Walk, public_addresses, public_sources, walk};
use std::collections::BTreeMap;

/// `reach`: from everywhere that is meant the packet gets there, and the answer back.
pub(crate) fn reach(scene: &Scene<'_>, query: &Query) -> Result<Finding, Unanswerable> {
    every(scene, query, Walk::reaches)
}

/// `connects`: `reach`, and something listens.
pub(crate) fn connects(scene: &Scene<'_>, query: &Query) -> Result<Finding, Unanswerable> {
    every(scene, query, Walk::connects)
}

fn every(
    scene: &Scene<'_>,
    query: &Query,
    good: fn(&Walk) -> bool,
) -> Result<Finding, Unanswerable> {
    if let Some(id) = gone(scene, query)? {
        return Ok(lost(scene, query, &id));
    }
    let to = end(scene, &query.to)?;
    let mut from = end(scene, &query.from)?;
    if query.from == Place::Internet {
        let question = question(query, from.clone(), to.clone());
        let sources = public_sources(scene.cloud, &question, good).map_err(refused)?;
        if let Some(witness) = sources.cannot.or(sources.can) {
            from = hopwise_reach::Place::Address(witness.into());
        }
    }
    let walk = walk(scene.cloud, &question(query, from, to)).map_err(refused)?;
    Ok(finding(scene, query, &walk, good(&walk)))
}

/// `not reach`: from nowhere that is meant, and to nowhere, does a packet get there and back.
/// Whether something listens is not asked, so it never holds merely because nothing does.
pub(crate) fn not_reach(scene: &Scene<'_>, query: &Query) -> Result<Finding, Unanswerable> {
    if gone(scene, query)?.is_some() {
        // What is not there is not reached.
        return Ok(Finding {
            holds: true,
            values: BTreeMap::new(),
            explanation: None,
        });
    }
    let to = match query.to {
        Place::Internet => public_addresses(scene.cloud)
            .map(|it| hopwise_reach::Place::Address(it.into()))
            .collect(),
        _ => vec![end(scene, &query.to)?],
    };
    let mut last = None;
    for to in to {
        let mut from = end(scene, &query.from)?;
        if query.from == Place::Internet {
            let question = question(query, from.clone(), to.clone());
            let sources = public_sources(scene.cloud, &question, Walk::reaches).map_err(refused)?;
            if let Some(witness) = sources.can.or(sources.cannot) {
                from = hopwise_reach::Place::Address(witness.into());
            }
        }
        let walk = walk(scene.cloud, &question(query, from, to)).map_err(refused)?;
        if walk.reaches() {
            return Ok(finding(scene, query, &walk, false));
        }
        last.get_or_insert(walk);
    }
    last.map(|walk| finding(scene, query, &walk, true))
        .ok_or_else(|| Unanswerable("there is no public address to send to".to_owned()))
}

fn question(query: &Query, from: hopwise_reach::Place, to: hopwise_reach::Place) -> Question {
    Question {
        protocol: query.flow.protocol,
        port: query.flow.port,
        ..Question::tcp(from, to, 0)
    }
}

fn refused(refusal: Refusal) -> Unanswerable {
    Unanswerable(refusal.to_string())
}

/// What a walk says about a query; the holes are filled from the step that stopped it.
fn finding(scene: &Scene<'_>, query: &Query, walk: &Walk, holds: bool) -> Finding {
    let mut values = BTreeMap::from([
        (Hole::Source, walk.packet.source.to_string()),
        (Hole::Destination, walk.packet.destination.to_string()),
        (Hole::Port, query.flow.to_string()),
    ]);
    let said =
        |message: &Message| render_named(message, Language::English, &|id| scene.cloud.name_of(id));
    let (hop, reason, why) = match walk.stop() {
        Some(step) => (
            step.component.label().to_owned(),
            step.code.map(|code| code.to_string()),
            said(&step.sentence),
        ),
        None => (walk.to.label().to_owned(), None, said(&walk.answer())),
    };
    values.insert(Hole::Hop, hop);
    values.insert(
        Hole::Reason,
        reason.unwrap_or_else(|| walk.client.to_string()),
    );
    values.insert(Hole::Why, why);
    Finding {
        holds,
        values,
        explanation: Some(walk.explanation()),
    }
}

/// The end that the lesson made and that is no longer there, if one is not.
fn gone(scene: &Scene<'_>, query: &Query) -> Result<Option<String>, Unanswerable> {
    for place in [&query.from, &query.to] {
        let Place::Name(name) = place else {
            continue;
        };
        // Whether it is a thing that packets go to is asked first.
        end(scene, place)?;
        let id = scene.id(name)?;
        let there = scene.cloud.places().any(|(_, _, ec2)| {
            let instance = ec2.instances.get(id);
            instance.is_some_and(|it| it.state.is_alive()) || ec2.network_interfaces.contains(id)
        });
        if !there {
            return Ok(Some(id.to_owned()));
        }
    }
    Ok(None)
}

/// What to say when an end is gone.
fn lost(scene: &Scene<'_>, query: &Query, id: &str) -> Finding {
    let show = |place: &Place| match place {
        Place::Name(name) => scene.names.get(name).cloned().unwrap_or_default(),
        other => other.to_string(),
    };
    Finding {
        holds: false,
        values: BTreeMap::from([
            (Hole::Hop, id.to_owned()),
            (Hole::Reason, "UNKNOWN_RESOURCE".to_owned()),
            (Hole::Why, format!("{id} is no longer there.")),
            (Hole::Source, show(&query.from)),
            (Hole::Destination, show(&query.to)),
            (Hole::Port, query.flow.to_string()),
        ]),
        explanation: None,
    }
}

/// One end as the tracer knows it.
fn end(scene: &Scene<'_>, place: &Place) -> Result<hopwise_reach::Place, Unanswerable> {
    Ok(match place {
        Place::Internet => hopwise_reach::Place::Internet,
        Place::Address(address) => hopwise_reach::Place::Address(*address),
        Place::Name(name) => {
            let id = scene.id(name)?;
            if id.starts_with("i-") {
                hopwise_reach::Place::Instance(Id::new(id))
            } else if id.starts_with("eni-") {
                hopwise_reach::Place::Interface(Id::new(id))
            } else {
                return Err(Unanswerable(format!(
                    "`${name}` is `{id}`; packets go between instances, network interfaces and \
                     addresses"
                )));
            }
        }
    })
}

//! Goes where the address points: fetches what is kept there and hands it to the store of the page.

use super::keeper::{last_world, learn_last, replaying};
use super::starter::STARTERS;
use super::{About, Keeper, Kept, Place, Saying};
use crate::browser;
use crate::lesson::{Broken, Session, fetch};
use crate::state::{Action, Dispatch};
use hopwise_cloud::{Map, Value};
use hopwise_world::{Document, Link, Stopped, World};
use std::rc::Rc;

/// The world of a first visit.
const FIRST: &str = "1";
const FIRST_NAME: &str = "My world";
/// A log may hold up the page for so long, in milliseconds.
const PATIENCE: f64 = 5_000.0;
/// A name is cut to so many characters.
const LONGEST_NAME: usize = 60;

/// What could not be replayed, kept as text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rest {
    /// What happened.
    pub reason: String,
    /// The lines, the first of which was refused.
    pub lines: Vec<String>,
}

impl Rest {
    fn of(stopped: Stopped, changed: bool) -> Rest {
        let Stopped {
            step, reason, rest, ..
        } = stopped;
        let why = match changed {
            true => "The lesson has changed since you worked on it. ",
            false => "",
        };
        Rest {
            reason: format!("{why}Step {step} of what you did is refused now: {reason}"),
            lines: rest,
        }
    }

    fn read(document: &Document) -> Option<Rest> {
        let rest = document.page("rest")?;
        let lines = rest.get("lines")?.as_list()?.iter();
        Some(Rest {
            reason: rest.get("reason")?.as_str()?.to_owned(),
            lines: lines
                .filter_map(|it| Some(it.as_str()?.to_owned()))
                .collect(),
        })
    }

    /// As it is kept.
    pub fn write(&self) -> Value {
        let mut map = Map::new();
        map.insert("reason", Value::from(self.reason.as_str()));
        let lines = self.lines.iter().map(|line| Value::from(line.as_str()));
        map.insert("lines", Value::List(lines.collect()));
        Value::Map(map)
    }
}

/// A world that was fetched.
pub struct Arrival {
    pub place: Place,
    pub name: String,
    pub world: World,
    /// The lesson it belongs to.
    pub session: Option<Session>,
    pub kept: Kept,
    pub rest: Option<Rest>,
    pub saying: Option<Saying>,
    /// A lesson that can't be used, in whose place the sandbox was opened.
    pub broken: Option<Broken>,
    /// What is kept in this browser.
    pub list: Rc<Vec<About>>,
}

/// What the address names.
#[derive(PartialEq, Eq, Debug)]
enum Goal {
    Last,
    World(String),
    Lesson(String),
    Link(Result<Link, String>),
}

fn goal(hash: &str) -> Goal {
    if let Some(id) = hash.strip_prefix("lesson=") {
        return Goal::Lesson(id.to_owned());
    }
    if let Some(id) = hash.strip_prefix("world=") {
        return Goal::World(id.to_owned());
    }
    match Link::unpack(hash) {
        Some(link) => Goal::Link(link.map_err(|error| error.to_string())),
        None => Goal::Last,
    }
}

/// Goes where the address points. With `take` the world is taken over from another tab.
pub fn follow(keeper: &Keeper, dispatch: &Dispatch, take: bool) {
    let goal = goal(&browser::hash());
    let lesson = match &goal {
        Goal::Lesson(id) => Some(id.clone()),
        Goal::Link(Ok(link)) => link.lesson.clone(),
        _ => None,
    };
    let turn = keeper.next_turn();
    dispatch.dispatch(Action::Leave(lesson.clone()));
    if lesson.is_none() {
        let (keeper, dispatch) = (keeper.clone(), dispatch.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let index = fetch::index().await;
            if keeper.is_turn(turn) {
                dispatch.dispatch(Action::Menu(index));
            }
        });
    }
    let (keeper, dispatch) = (keeper.clone(), dispatch.clone());
    wasm_bindgen_futures::spawn_local(async move {
        keeper.settled().await;
        keeper.release();
        let arrival = fetch_goal(&keeper, goal, take).await;
        if keeper.is_turn(turn) {
            dispatch.dispatch(Action::Arrive(Box::new(arrival)));
        }
    });
}

async fn fetch_goal(keeper: &Keeper, goal: Goal, take: bool) -> Arrival {
    match goal {
        Goal::Last => last(keeper, take).await,
        Goal::World(id) => match known(keeper, &id).await {
            true => world(keeper, id, take).await,
            false => {
                let mut arrival = last(keeper, take).await;
                let said =
                    "There is no such world in this browser. Here is the one that was open last.";
                arrival.saying = Some(Saying::Failed(said.into()));
                arrival
            }
        },
        Goal::Lesson(id) => match lesson(keeper, &id, None, take).await {
            Ok(arrival) => arrival,
            Err(broken) => Arrival {
                broken: Some(broken),
                ..last(keeper, take).await
            },
        },
        Goal::Link(link) => {
            let opened = match link {
                Ok(link) => linked(keeper, link).await,
                Err(why) => Err(why),
            };
            match opened {
                Ok(arrival) => arrival,
                Err(why) => Arrival {
                    saying: Some(Saying::Failed(why.into())),
                    ..last(keeper, take).await
                },
            }
        }
    }
}

async fn known(keeper: &Keeper, id: &str) -> bool {
    let key = format!("{}{id}", super::WORLD);
    id == FIRST || matches!(keeper.read(&key).await, Ok(Some(_)))
}

/// The world that was open last, or the first there is.
async fn last(keeper: &Keeper, take: bool) -> Arrival {
    if let Some(id) = last_world()
        && known(keeper, &id).await
    {
        return world(keeper, id, take).await;
    }
    let list = keeper.list().await;
    let first = list.iter().find_map(|it| it.key.strip_prefix(super::WORLD));
    world(keeper, first.unwrap_or(FIRST).to_owned(), take).await
}

/// Replays for no longer than the page can wait.
pub(super) fn patience() -> impl FnMut() -> bool {
    let end = browser::now() + PATIENCE;
    move || browser::now() < end
}

fn empty() -> World {
    let [empty, ..] = STARTERS;
    empty.world()
}

/// A name as a person may have given it.
pub fn tidy_name(name: &str) -> String {
    let name: String = name.trim().chars().filter(|it| !it.is_control()).collect();
    let name: String = name.chars().take(LONGEST_NAME).collect();
    match name.is_empty() {
        true => FIRST_NAME.to_owned(),
        false => name,
    }
}

fn name_of(document: &Document) -> String {
    let name = document.page("name").and_then(Value::as_str);
    tidy_name(name.unwrap_or(FIRST_NAME))
}

async fn world(keeper: &Keeper, id: String, take: bool) -> Arrival {
    learn_last(&id);
    let key = format!("{}{id}", super::WORLD);
    let list = keeper.list().await;
    let listed = list.iter().find(|it| it.key == key).cloned();
    let about = listed.unwrap_or(About {
        key: key.clone(),
        name: FIRST_NAME.to_owned(),
        steps: 0,
    });
    let ours = keeper.lock(&about, take).await;
    let mut list = keeper.list().await;
    if !list.iter().any(|it| it.key == key) {
        // It is kept from the first act on, and is there to be chosen before.
        list.push(about.clone());
    }
    // Read after the lock: the other tab has written its last act before it let go.
    let read = keeper.read(&key).await;
    let mut arrival = Arrival {
        place: Place::World(id),
        name: about.name.clone(),
        world: empty(),
        session: None,
        kept: match (ours, keeper.denied()) {
            (false, _) => Kept::Elsewhere { lost: false },
            (true, Some(why)) => Kept::Failed(why),
            (true, None) => Kept::Saved,
        },
        rest: None,
        saying: None,
        broken: None,
        list: Rc::new(list),
    };
    let opened = match read {
        Ok(None) => return arrival,
        Ok(Some(text)) => reopen(&key, &text).await,
        Err(why) => Err(why.words()),
    };
    match opened {
        Ok((world, rest, session)) => {
            arrival.world = world;
            arrival.rest = rest;
            if let (Some(session), Place::World(id)) = (&session, &arrival.place) {
                arrival.place = Place::Beside {
                    id: id.clone(),
                    lesson: session.lesson.front.id.clone(),
                };
            }
            arrival.session = session;
        }
        // What is kept is left as it is; here stands an empty world that belongs to nothing.
        Err(why) => {
            keeper.release();
            arrival.place = Place::Loose(None);
            arrival.kept = Kept::Loose;
            let said = format!(
                "“{}” can't be opened, and stays as it is: {why}.",
                about.name
            );
            arrival.saying = Some(Saying::Failed(said.into()));
        }
    }
    arrival
}

/// The world of a text that is kept under a key, and the lesson it is work on.
async fn reopen(key: &str, text: &str) -> Result<(World, Option<Rest>, Option<Session>), String> {
    let lesson = Document::parse(text).ok();
    let lesson = lesson.and_then(|it| it.lesson().map(str::to_owned));
    let begun = match &lesson {
        Some(id) => Some(begin(id).await?),
        None => None,
    };
    // One's own work is replayed to its end, however long it takes.
    guarded(key, || match begun {
        Some((world, mut session)) => {
            let (world, rest) = resume(text, world, &mut session, &mut || true)?;
            Ok((world, rest, Some(session)))
        }
        None => open(text, &mut || true).map(|(world, rest, _)| (world, rest, None)),
    })
}

/// A lesson as it begins, or why it can't.
async fn begin(id: &str) -> Result<(World, Session), String> {
    let begun = match fetch::lesson(id).await {
        Ok((file, lessons)) => Session::begin(&file, lessons),
        Err(broken) => Err(broken),
    };
    begun.map_err(|broken| match broken.lost {
        Some(why) => format!("its lesson can't be opened ({why})"),
        None => format!("its lesson can't be opened (`{}` has errors)", broken.file),
    })
}

/// Replays what is kept under a key, unless that ended the program the last time.
fn guarded<T>(key: &str, replay: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let before = replaying(Some(key));
    let replayed = match before.is_some_and(|it| it == key) {
        true => Err(
            "it ended the program when it was opened last. Choose it again to try once more"
                .to_owned(),
        ),
        false => replay(),
    };
    let _ = replaying(None);
    replayed
}

/// The world of a text, with what could not be replayed.
pub(super) fn open(
    text: &str,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<(World, Option<Rest>, String), String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let (world, stopped) = document.open(go_on).map_err(|error| error.to_string())?;
    let rest = stopped.map(|it| Rest::of(it, false));
    Ok((
        world,
        rest.or_else(|| Rest::read(&document)),
        name_of(&document),
    ))
}

/// A lesson with the student's work, or with what a link holds.
async fn lesson(
    keeper: &Keeper,
    id: &str,
    linked: Option<&str>,
    take: bool,
) -> Result<Arrival, Broken> {
    let (file, lessons) = fetch::lesson(id).await?;
    let (mut world, mut session) = Session::begin(&file, lessons)?;
    let title = session.lesson.front.title.clone();
    let mut place = match linked {
        None => Place::Lesson(id.to_owned()),
        Some(_) => Place::Loose(Some(id.to_owned())),
    };
    let mut kept = Kept::Loose;
    let mut saying = None;
    let mut text = linked.map(str::to_owned);
    if let Some(key) = place.key() {
        let about = About {
            key: key.clone(),
            name: title.clone(),
            steps: 0,
        };
        let listed = keeper.list().await.into_iter().find(|it| it.key == key);
        let ours = keeper.lock(&listed.unwrap_or(about), take).await;
        kept = match (ours, keeper.denied()) {
            (false, _) => Kept::Elsewhere { lost: false },
            (true, Some(why)) => Kept::Failed(why),
            (true, None) => Kept::Saved,
        };
        text = match keeper.read(&key).await {
            Ok(read) => read,
            // What is kept is left as it is; what is done now belongs to nothing.
            Err(why) => {
                keeper.release();
                place = Place::Loose(Some(id.to_owned()));
                kept = Kept::Loose;
                let said = format!(
                    "What you did in this lesson can't be read: {}.",
                    why.words()
                );
                saying = Some(Saying::Failed(said.into()));
                None
            }
        };
    }
    let mut rest = None;
    if let Some(text) = text {
        // One's own work is replayed to its end, a stranger's for as long as the page can wait.
        let mut waits = patience();
        let mut go_on = || linked.is_none() || waits();
        let begun = (world.clone(), session.clone());
        let replay = || {
            let (world, mut session) = begun;
            let (world, rest) = resume(&text, world, &mut session, &mut go_on)?;
            Ok((world, rest, session))
        };
        let resumed = match place.key() {
            Some(key) => guarded(&key, replay),
            None => replay(),
        };
        match resumed {
            Ok((resumed, left, at)) => {
                world = resumed;
                rest = left;
                session = at;
            }
            Err(why) => {
                if linked.is_none() {
                    keeper.release();
                    place = Place::Loose(Some(id.to_owned()));
                    kept = Kept::Loose;
                }
                let said = format!(
                    "What you did in this lesson can't be opened, and stays as it is: {why}."
                );
                saying = Some(Saying::Failed(said.into()));
            }
        }
    }
    Ok(Arrival {
        place,
        name: title,
        world,
        session: Some(session),
        kept,
        rest,
        saying,
        broken: None,
        list: Rc::new(keeper.list().await),
    })
}

/// The student's steps on a lesson that has just begun, with the hints and answers.
pub(super) fn resume(
    text: &str,
    world: World,
    session: &mut Session,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<(World, Option<Rest>), String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let changed = !document.begins_at(&world);
    let (world, stopped) = document
        .resume(world, go_on)
        .map_err(|error| error.to_string())?;
    let _ = session.look(&world);
    session.turned.clear();
    let hints = document.page("hints").and_then(Value::as_map);
    for (step, shown) in hints.into_iter().flat_map(Map::iter) {
        let shown = shown.as_int().and_then(|it| usize::try_from(it).ok());
        session.run.show(step, shown.unwrap_or(0));
    }
    let answers = document.page("answers").and_then(Value::as_list);
    for (question, chosen) in answers.unwrap_or_default().iter().enumerate() {
        let chosen = chosen.as_list().unwrap_or_default().iter();
        let chosen = chosen.filter_map(|it| usize::try_from(it.as_int()?).ok());
        let chosen: std::collections::BTreeSet<usize> = chosen.collect();
        if !chosen.is_empty() {
            session.picks.insert(question, chosen);
            session.answer(question);
        }
    }
    let rest = stopped.map(|it| Rest::of(it, changed));
    Ok((world, rest.or_else(|| Rest::read(&document))))
}

async fn linked(keeper: &Keeper, link: Link) -> Result<Arrival, String> {
    if let Some(id) = &link.lesson {
        return lesson(keeper, id, Some(&link.log), false)
            .await
            .map_err(|broken| match broken.lost {
                Some(why) => format!("The lesson of this link can't be opened: {why}"),
                None => format!(
                    "The lesson of this link can't be opened: `{}` has errors.",
                    broken.file
                ),
            });
    }
    let (world, rest, name) = open(&link.log, &mut patience())
        .map_err(|why| format!("This link can't be opened: {why}."))?;
    Ok(Arrival {
        place: Place::Loose(None),
        name,
        world,
        session: None,
        kept: Kept::Loose,
        rest,
        saying: None,
        broken: None,
        list: Rc::new(keeper.list().await),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_what_is_open() {
        assert_eq!(goal(""), Goal::Last);
        assert_eq!(goal("sandbox"), Goal::Last);
        assert_eq!(goal("world=k3"), Goal::World("k3".to_owned()));
        assert_eq!(goal("lesson=vpc-18"), Goal::Lesson("vpc-18".to_owned()));
        assert!(matches!(goal("s=9x"), Goal::Link(Err(_))));
        let link = Link::pack(&empty().save()).unwrap();
        assert!(matches!(goal(&link), Goal::Link(Ok(_))));
    }

    #[test]
    fn a_name_is_short_and_plain() {
        assert_eq!(tidy_name("  a\nb "), "ab");
        assert_eq!(tidy_name(" \t"), FIRST_NAME);
        assert_eq!(tidy_name(&"x".repeat(99)).len(), LONGEST_NAME);
    }
}

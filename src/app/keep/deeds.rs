//! What one can do with worlds.

use super::file::{absolute, download, file_name, go_to, import};
use super::go::follow;
use super::starter::STARTERS;
use super::{About, Failure, Keeper, Place, Saying, Snapshot};
use crate::state::Action;
use hopwise_world::{Link, Writing};
use std::rc::Rc;
use web_sys::File;

/// A deed.
#[derive(Clone)]
pub enum Deed {
    /// A new world from a starter, by its place.
    New(usize),
    /// A copy of the open world, to go on with.
    Copy,
    /// The open world as a file.
    Export,
    /// A world from a file.
    Import(File),
    /// A link to the open world.
    Share,
    /// Keeps what a link brought, for a lesson in the place of one's own work.
    Keep,
    /// Goes on here with what another tab has open.
    TakeOver,
    Delete(About),
    /// Brings back what was deleted.
    Restore,
    /// Tries again to keep it.
    Again,
}

/// The name, or the name with the first number that makes it another one.
pub(super) fn free_name(name: &str, list: &[About]) -> String {
    let taken = |name: &str| list.iter().any(|it| it.name == name);
    let numbered = (2..).map(|number| format!("{name} {number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_default()
}

impl Keeper {
    /// Does it to the open world, which `snapshot` tells of.
    pub fn carry_out(&self, deed: Deed, snapshot: Snapshot) {
        match deed {
            Deed::Export => {
                let (text, about) = self.text(&snapshot);
                if download(&file_name(&about.name), &text).is_none() {
                    self.say(Err("The browser could not make the file.".to_owned()));
                }
            }
            Deed::Share => {
                let shared = self.link(&snapshot);
                self.soon(Action::Shared(Some(shared)));
            }
            Deed::Again => self.note(snapshot),
            deed => {
                let keeper = self.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    match keeper.do_later(deed, snapshot).await {
                        Ok(Some(address)) => {
                            keeper.renew().await;
                            go_to(&address);
                        }
                        Ok(None) => keeper.renew().await,
                        Err(why) => keeper.say(Err(why)),
                    }
                });
            }
        }
    }

    /// The link to the open world, or why there is none.
    fn link(&self, snapshot: &Snapshot) -> Result<String, String> {
        let mut page = snapshot.page.clone();
        page.insert("name", snapshot.name.as_str().into());
        let log = self.write(&Writing {
            lesson: snapshot.place.lesson().map(str::to_owned),
            lines: false,
            page,
        });
        match Link::pack(&log) {
            Ok(link) => Ok(absolute(&link)),
            Err(_) => Err(
                "This world holds more than a link can: export it as a file instead.".to_owned(),
            ),
        }
    }

    /// Does what takes time; gives the address to go to.
    async fn do_later(&self, deed: Deed, snapshot: Snapshot) -> Result<Option<String>, String> {
        let told = |why: Failure| why.sentence();
        match deed {
            Deed::New(place) => {
                let Some(starter) = STARTERS.get(place) else {
                    return Ok(None);
                };
                let name = free_name(starter.name, &self.list().await);
                let world = starter.world();
                let text = world.save();
                let steps = world.history().len();
                let id = self.create(&name, steps, &text).await.map_err(told)?;
                Ok(Some(format!("world={id}")))
            }
            Deed::Copy => {
                let (text, about) = self.text(&snapshot);
                let name = free_name(&about.name, &self.list().await);
                let id = self.create(&name, about.steps, &text).await.map_err(told)?;
                Ok(Some(format!("world={id}")))
            }
            Deed::Import(file) => import(self, file).await.map(Some),
            Deed::Keep => {
                let (text, about) = self.text(&snapshot);
                let Place::Loose(lesson) = &snapshot.place else {
                    return Ok(None);
                };
                let Some(lesson) = lesson else {
                    let name = free_name(&about.name, &self.list().await);
                    let id = self.create(&name, about.steps, &text).await.map_err(told)?;
                    return Ok(Some(format!("world={id}")));
                };
                let place = Place::Lesson(lesson.clone());
                let key = place.key().unwrap_or_default();
                if !self
                    .lock(
                        &About {
                            key: key.clone(),
                            ..about.clone()
                        },
                        false,
                    )
                    .await
                {
                    return Err("Your own work on this lesson is open in another tab. Close it there, then keep this.".to_owned());
                }
                self.put(&About { key, ..about }, &text)
                    .await
                    .map_err(told)?;
                Ok(Some(format!("lesson={lesson}")))
            }
            Deed::TakeOver => {
                if let Some(dispatch) = self.dispatch() {
                    follow(self, &dispatch, true);
                }
                Ok(None)
            }
            Deed::Delete(about) => {
                let open = snapshot.place.key().as_deref() == Some(&about.key);
                if !self.delete(&about).await.map_err(told)? {
                    let said = format!(
                        "“{}” is open in another tab. Close it there, then delete it.",
                        about.name
                    );
                    return Err(said);
                }
                self.tell(Action::Say(Some(Saying::Deleted(about.name.into()))));
                if !open {
                    return Ok(None);
                }
                let list = self.list().await;
                let next = list.iter().find_map(|it| it.key.strip_prefix(super::WORLD));
                match next {
                    Some(id) => Ok(Some(format!("world={id}"))),
                    None => Box::pin(self.do_later(Deed::New(0), snapshot)).await,
                }
            }
            Deed::Restore => {
                let key = self.restore().await.map_err(told)?;
                self.tell(Action::Say(None));
                let id = key
                    .as_deref()
                    .and_then(|key| key.strip_prefix(super::WORLD));
                Ok(id.map(|id| format!("world={id}")))
            }
            Deed::Export | Deed::Share | Deed::Again => Ok(None),
        }
    }

    /// Says what came of it.
    pub(super) fn say(&self, said: Result<String, String>) {
        self.tell(Action::Say(Some(match said {
            Ok(text) => Saying::Told(text.into()),
            Err(text) => Saying::Failed(text.into()),
        })));
    }

    /// Brings the list of worlds up to date.
    async fn renew(&self) {
        let list = self.list().await;
        self.tell(Action::List(Rc::new(list)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let about = |name: &str| About {
            key: String::new(),
            name: name.to_owned(),
            steps: 0,
        };
        let list = [about("Lab"), about("Lab 2")];
        assert_eq!(free_name("Lab", &list), "Lab 3");
        assert_eq!(free_name("Other", &list), "Other");
    }
}

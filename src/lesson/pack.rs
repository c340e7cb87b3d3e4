//! Packs: the index of tracks and lessons, and the lessons together.

use crate::bounds;
use crate::diagnostic::{Diagnostic, Notes, Position};
use crate::front::Matter;
use crate::lesson::Lesson;
use crate::prose::{Block, blocks};
use crate::text::{clean, count, is_slug, lines, nearest};
use std::collections::{BTreeMap, BTreeSet};

/// What `lessons/pack.md` says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Index {
    /// The pack's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The licence of its lessons, as SPDX writes it.
    pub licence: String,
    /// What is said about it.
    pub prose: Vec<Block>,
    /// Its tracks in order.
    pub tracks: Vec<IndexTrack>,
}

/// A track in the index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexTrack {
    /// What the index calls it.
    pub title: String,
    /// Its file, from the pack's folder on: `vpc/track.md`.
    pub path: String,
    /// Its lessons in order.
    pub lessons: Vec<IndexLesson>,
    /// Where it stands.
    pub position: Position,
}

/// A lesson in the index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexLesson {
    /// What the index calls it.
    pub title: String,
    /// Its file, from the pack's folder on: `vpc/18-public-subnet.md`.
    pub path: String,
    /// Where it stands.
    pub position: Position,
}

impl IndexLesson {
    /// The id that the lesson of this file has: its folder and its name, `vpc-18-public-subnet`.
    pub fn id(&self) -> String {
        self.path.trim_end_matches(".md").replace('/', "-")
    }
}

/// What a `track.md` says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Track {
    /// Its id, which is its folder: `vpc`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is said about it.
    pub prose: Vec<Block>,
}

/// Reads a `track.md`.
pub fn parse_track(text: &str) -> (Track, Vec<Diagnostic>) {
    let mut notes = Notes::default();
    let mut track = Track::default();
    if let Some(text) = clean(text, &mut notes) {
        let lines = lines(&text, &mut notes);
        let matter = Matter::read(&lines, &["format", "id", "title"], &mut notes);
        if matter.format(&mut notes) {
            track.id = owned(matter.slug("id", &mut notes));
            track.title = matter.title("title", &mut notes);
            let body = lines.get(matter.lines..).unwrap_or_default();
            track.prose = blocks(&text, body, &mut notes);
        }
    }
    (track, notes.finish())
}

fn owned(text: Option<(&str, Position)>) -> String {
    text.map(|(text, _)| text.to_owned()).unwrap_or_default()
}

/// Reads a `pack.md`: front matter, prose, and a list of two levels, tracks and lessons.
pub fn parse_index(text: &str) -> (Index, Vec<Diagnostic>) {
    let mut notes = Notes::default();
    let index = clean(text, &mut notes)
        .map(|text| read_index(&text, &mut notes))
        .unwrap_or_default();
    (index, notes.finish())
}

fn read_index(text: &str, notes: &mut Notes) -> Index {
    let lines = lines(text, notes);
    let matter = Matter::read(&lines, &["format", "id", "title", "licence"], notes);
    if !matter.format(notes) {
        return Index::default();
    }
    let mut index = Index {
        id: owned(matter.slug("id", notes)),
        title: matter.title("title", notes),
        licence: matter.title("licence", notes),
        ..Index::default()
    };
    let body = lines.get(matter.lines..).unwrap_or_default();
    let first = body
        .iter()
        .position(|line| line.text.trim_start().starts_with("- "))
        .unwrap_or(body.len());
    index.prose = blocks(text, body.get(..first).unwrap_or_default(), notes);
    let mut paths = BTreeSet::new();
    for line in body.get(first..).unwrap_or_default() {
        let item = line.text.trim_start();
        if item.is_empty() {
            continue;
        }
        let at = line.start();
        let help = "write `- [Title](folder/track.md)` for a track and, two columns further in, \
                    `  - [Title](folder/07-some-words.md)` for each of its lessons";
        let link = item
            .strip_prefix("- [")
            .and_then(|rest| rest.strip_suffix(')'))
            .and_then(|rest| rest.split_once("]("));
        let Some((title, path)) = link else {
            notes.error(at, "this is no entry of the index", help);
            continue;
        };
        let parts = path
            .strip_suffix(".md")
            .and_then(|path| path.split_once('/'))
            .filter(|(folder, name)| is_slug(folder) && is_slug(name));
        let Some((folder, name)) = parts else {
            let at = line.at(count(line.text.chars().count() - path.chars().count()));
            notes.error(at, format!("`{path}` is no file of a pack"), help);
            continue;
        };
        if !paths.insert(path.to_owned()) {
            notes.error(at, format!("`{path}` is listed twice"), "once is enough");
            continue;
        }
        if at.column == 1 {
            if name != "track" {
                notes.error(at, "a lesson stands where a track should", help);
            } else if notes.room(index.tracks.len(), bounds::PACK, "tracks", at) {
                index.tracks.push(IndexTrack {
                    title: title.to_owned(),
                    path: path.to_owned(),
                    lessons: Vec::new(),
                    position: at,
                });
            }
            continue;
        }
        let Some(track) = index.tracks.last_mut() else {
            notes.error(at, "a lesson stands before the first track", help);
            continue;
        };
        if track.path.split('/').next() != Some(folder) || name == "track" {
            notes.error(
                at,
                format!("`{path}` is no lesson of the track above"),
                "a track's lessons lie in its folder",
            );
        } else if notes.room(
            track.lessons.len(),
            bounds::PACK,
            "lessons in this track",
            at,
        ) {
            track.lessons.push(IndexLesson {
                title: title.to_owned(),
                path: path.to_owned(),
                position: at,
            });
        }
    }
    if index.tracks.is_empty() && matter.found {
        notes.error(
            Position::START,
            "the pack has no track",
            "list one: `- [Title](folder/track.md)`",
        );
    }
    index
}

/// Lessons that know each other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pack {
    lessons: BTreeMap<String, Lesson>,
}

impl Pack {
    /// The lessons as a pack; of two with one id the first stays.
    pub fn new(lessons: impl IntoIterator<Item = Lesson>) -> Pack {
        let mut pack = Pack::default();
        for lesson in lessons {
            pack.lessons
                .entry(lesson.front.id.clone())
                .or_insert(lesson);
        }
        pack
    }

    /// The lesson of that id.
    pub fn lesson(&self, id: &str) -> Option<&Lesson> {
        self.lessons.get(id)
    }

    /// All lessons by id.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.lessons.values()
    }

    /// The lessons whose worlds `lesson` stands on, the first one first.
    ///
    /// # Errors
    /// What is wrong with the `use` that can't be followed.
    pub fn foundation<'a>(&'a self, lesson: &'a Lesson) -> Result<Vec<&'a Lesson>, Diagnostic> {
        let mut chain: Vec<&Lesson> = Vec::new();
        let mut next = lesson.continues.as_ref();
        while let Some((id, at)) = next {
            // What is wrong further down is shown at this lesson's own line.
            let at = lesson.continues.as_ref().map_or(*at, |(_, at)| *at);
            if *id == lesson.front.id || chain.iter().any(|lesson| lesson.front.id == *id) {
                return Err(Diagnostic::error(
                    at,
                    format!("the lesson continues itself by way of `{id}`"),
                    "let one of them begin on its own",
                ));
            }
            let Some(found) = self.lesson(id) else {
                return Err(self.missing(id, at));
            };
            chain.push(found);
            next = found.continues.as_ref();
        }
        chain.reverse();
        Ok(chain)
    }

    fn missing(&self, id: &str, at: Position) -> Diagnostic {
        let help = match nearest(id, self.lessons.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it to the pack".to_owned(),
        };
        Diagnostic::error(at, format!("the pack has no lesson `{id}`"), help)
    }

    /// The names that stand at the end of `lesson`, set-ups and solutions together.
    pub fn names_at_end(&self, lesson: &Lesson) -> BTreeSet<String> {
        let chain = self.foundation(lesson).unwrap_or_default();
        let mut names = BTreeSet::new();
        for lesson in chain.into_iter().chain([lesson]) {
            names = lesson.names_after_setup(&names);
            let made = lesson.solution().flat_map(crate::Command::defines);
            names.extend(made.map(str::to_owned));
        }
        names
    }

    /// What is wrong with `lesson` as a part of this pack: lessons it names that aren't there,
    /// circles, `$names` that nobody made.
    pub fn check(&self, lesson: &Lesson) -> Vec<Diagnostic> {
        let mut notes = Notes::default();
        for (id, at) in &lesson.front.requires {
            match self.lesson(id) {
                None => notes.push(self.missing(id, *at)),
                Some(_) if self.requires(id, &lesson.front.id) => notes.error(
                    *at,
                    format!("`{id}` requires this lesson in turn"),
                    "take one of the two `requires` away",
                ),
                Some(_) => {}
            }
        }
        match self.foundation(lesson) {
            Err(diagnostic) => notes.push(diagnostic),
            Ok(chain) => {
                if let Some(before) = chain.last() {
                    lesson.unknown_names(&self.names_at_end(before), &mut notes);
                }
                if let (Some(first), Some((_, at))) = (chain.first(), &lesson.continues)
                    && first.front.world != lesson.front.world
                {
                    notes.error(
                        *at,
                        "the lesson it continues begins in another `world`",
                        "give both the same `world`",
                    );
                }
            }
        }
        notes.finish()
    }

    /// Does the lesson `id` require `wanted`, be it in several steps?
    fn requires(&self, id: &str, wanted: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if id == wanted {
                return true;
            }
            if seen.insert(id) {
                let further = self.lesson(id).into_iter().flat_map(|l| &l.front.requires);
                open.extend(further.map(|(id, _)| id.as_str()));
            }
        }
        false
    }

    /// What is wrong between an index and the lessons: each listed lesson has the id and the
    /// title the index says.
    pub fn check_index(&self, index: &Index) -> Vec<Diagnostic> {
        let mut notes = Notes::default();
        for entry in index.tracks.iter().flat_map(|track| &track.lessons) {
            match self.lesson(&entry.id()) {
                None => notes.push(self.missing(&entry.id(), entry.position)),
                Some(lesson) if lesson.front.title != entry.title => notes.error(
                    entry.position,
                    format!(
                        "the index says `{}` and the lesson `{}`",
                        entry.title, lesson.front.title
                    ),
                    "let both say the same",
                ),
                Some(_) => {}
            }
        }
        notes.finish()
    }
}

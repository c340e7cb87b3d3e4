//! Tables of resources, cheap to copy.

use crate::id::{Born, Id};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What every resource has.
pub trait Resource: Clone {
    /// What AWS calls it.
    const NOUN: Noun;

    /// Its id.
    fn id(&self) -> &Id;

    /// When it was made.
    fn born(&self) -> Born;

    /// Its tags, in the order they were set.
    fn tags(&self) -> &Tags;

    /// Its tags, to change.
    fn tags_mut(&mut self) -> &mut Tags;

    /// Its `Name` tag.
    fn name(&self) -> Option<&str> {
        self.tags().get("Name")
    }
}

/// What AWS calls a kind of resource.
#[derive(Clone, Copy, Debug)]
pub struct Noun {
    /// In tag specifications, ARNs and `describe-tags`: `route-table`.
    pub kind: &'static str,
    /// Before the dash of an id: `rtb`.
    pub prefix: &'static str,
    /// In sentences: `routeTable`.
    pub word: &'static str,
    /// The code of "does not exist" without its ending: `InvalidRouteTableID`.
    pub code: &'static str,
}

/// Tags, in the order they were set.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Tags(Vec<(String, String)>);

impl Tags {
    /// The value of the tag `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Sets a tag.
    pub fn set(&mut self, key: &str, value: &str) {
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => value.clone_into(old),
            None => self.0.push((key.to_owned(), value.to_owned())),
        }
    }

    /// Removes a tag; with a value only if it has just that value.
    pub fn remove(&mut self, key: &str, value: Option<&str>) {
        self.0
            .retain(|(name, old)| name != key || value.is_some_and(|value| value != old));
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The tags in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// All resources of one kind in one Region, copied on write: a copy of the table shares
/// every resource that neither copy changes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Table<T>(Rc<BTreeMap<Id, Rc<T>>>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table(Rc::new(BTreeMap::new()))
    }
}

impl<T: Resource> Table<T> {
    /// The resource with this id.
    pub fn get(&self, id: &str) -> Option<&Rc<T>> {
        self.0.get(id)
    }

    /// The resource with this id, to change.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        if !self.0.contains_key(id) {
            return None;
        }
        Rc::make_mut(&mut self.0).get_mut(id).map(Rc::make_mut)
    }

    /// Is there a resource with this id?
    pub fn contains(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// Adds a resource.
    pub fn insert(&mut self, resource: T) {
        Rc::make_mut(&mut self.0).insert(resource.id().clone(), Rc::new(resource));
    }

    /// Takes a resource out.
    pub fn remove(&mut self, id: &str) -> Option<Rc<T>> {
        if !self.0.contains_key(id) {
            return None;
        }
        Rc::make_mut(&mut self.0).remove(id)
    }

    /// The resources in no order that means anything: for `any`, `find` by a key, counting.
    pub fn iter(&self) -> impl Iterator<Item = &Rc<T>> {
        self.0.values()
    }

    /// The resources as they were born.
    pub fn by_birth(&self) -> Vec<&Rc<T>> {
        let mut all: Vec<_> = self.0.values().collect();
        all.sort_by_key(|resource| resource.born());
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Do both share the very same state? Never a false yes.
    pub fn same(&self, other: &Table<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Implements [`Resource`] for a struct with `id`, `born` and `tags`.
macro_rules! resource {
    ($type:ident, $kind:literal, $prefix:literal, $word:literal, $code:literal) => {
        impl $crate::table::Resource for $type {
            const NOUN: $crate::table::Noun = $crate::table::Noun {
                kind: $kind,
                prefix: $prefix,
                word: $word,
                code: $code,
            };
            fn id(&self) -> &$crate::id::Id {
                &self.id
            }
            fn born(&self) -> $crate::id::Born {
                self.born
            }
            fn tags(&self) -> &$crate::table::Tags {
                &self.tags
            }
            fn tags_mut(&mut self) -> &mut $crate::table::Tags {
                &mut self.tags
            }
        }
    };
}
pub(crate) use resource;

//! Indices that know what they are of.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// The place of a `T` among all of its kind in a network.
pub(crate) struct Index<T>(u32, PhantomData<fn() -> T>);

impl<T> Index<T> {
    pub(crate) fn new(place: usize) -> Self {
        // There is no world of four thousand million things.
        Index(u32::try_from(place).unwrap_or(u32::MAX), PhantomData)
    }

    pub(crate) fn number(self) -> u32 {
        self.0
    }

    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

impl<T> Clone for Index<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Index<T> {}

impl<T> PartialEq for Index<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Index<T> {}

impl<T> PartialOrd for Index<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Index<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> Hash for Index<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> fmt::Debug for Index<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// All of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Nodes<T>(Vec<T>);

impl<T> Default for Nodes<T> {
    fn default() -> Self {
        Nodes(Vec::new())
    }
}

impl<T> Nodes<T> {
    pub(crate) fn get(&self, index: Index<T>) -> Option<&T> {
        self.0.get(index.place())
    }

    pub(crate) fn get_mut(&mut self, index: Index<T>) -> Option<&mut T> {
        self.0.get_mut(index.place())
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds one, made with its index.
    pub(crate) fn add(&mut self, make: impl FnOnce(Index<T>) -> T) -> Index<T> {
        let index = Index::new(self.0.len());
        self.0.push(make(index));
        index
    }
}

//! State that came to a resource after worlds had been saved without it.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

/// A part of a resource's state that an earlier version did not have. At its default it adds
/// nothing to a digest, so that what an earlier version saved still has the digest it had then; a
/// saved lesson knows by that digest whether it begins where it began. `TAG` tells the later
/// parts of one structure apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Later<const TAG: u32, T>(pub T);

impl<const TAG: u32, T: Default + PartialEq + Hash> Hash for Later<TAG, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.0 != T::default() {
            state.write_u32(TAG);
            self.0.hash(state);
        }
    }
}

impl<const TAG: u32, T> Deref for Later<TAG, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<const TAG: u32, T> DerefMut for Later<TAG, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<const TAG: u32, T> From<T> for Later<TAG, T> {
    fn from(value: T) -> Self {
        Later(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Later;
    use crate::Digest;

    #[derive(Hash)]
    struct Before(u8);

    #[derive(Hash)]
    struct After(u8, Later<1, bool>, Later<2, bool>);

    #[test]
    fn what_is_not_used_leaves_the_digest_as_it_was() {
        let after = |one, two| Digest::of(&After(7, Later(one), Later(two)));
        assert_eq!(Digest::of(&Before(7)), after(false, false));
        assert_ne!(after(false, true), after(true, false));
        assert_ne!(after(false, false), after(true, false));
    }
}

//! Sets of 16-bit numbers, each kept once, so that equal sets have equal ids and what was worked
//! out of two is never worked out again.

use super::quick::{QuickMap, pair};

/// A range of numbers, both ends in it.
pub(crate) type Range = (u16, u16);

/// The id of a set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct SetId(pub(crate) u32);

impl SetId {
    pub(crate) const NONE: SetId = SetId(0);
    pub(crate) const ALL: SetId = SetId(1);
}

#[derive(Clone, Debug)]
pub(crate) struct Sets {
    all: Vec<Box<[Range]>>,
    ids: QuickMap<Box<[Range]>, SetId>,
    intersections: QuickMap<u64, SetId>,
    unions: QuickMap<u64, SetId>,
    differences: QuickMap<u64, SetId>,
}

impl Sets {
    pub(crate) fn new() -> Self {
        let mut sets = Sets {
            all: Vec::new(),
            ids: QuickMap::default(),
            intersections: QuickMap::default(),
            unions: QuickMap::default(),
            differences: QuickMap::default(),
        };
        sets.intern(Vec::new());
        sets.intern(vec![(0, u16::MAX)]);
        sets
    }

    pub(crate) fn ranges(&self, id: SetId) -> &[Range] {
        self.all.get(id.0 as usize).map_or(&[], AsRef::as_ref)
    }

    /// The id of the set of these ranges, in any order.
    pub(crate) fn intern(&mut self, mut ranges: Vec<Range>) -> SetId {
        ranges.retain(|(first, last)| first <= last);
        ranges.sort_unstable();
        let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        let merged = merged.into_boxed_slice();
        if let Some(known) = self.ids.get(&merged) {
            return *known;
        }
        let id = SetId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(merged.clone());
        self.ids.insert(merged, id);
        id
    }

    pub(crate) fn intersection(&mut self, a: SetId, b: SetId) -> SetId {
        let (a, b) = (a.min(b), a.max(b));
        if a == b || b == SetId::ALL {
            return a;
        }
        match a {
            SetId::NONE => return SetId::NONE,
            SetId::ALL => return b,
            _ => {}
        }
        if let Some(known) = self.intersections.get(&pair(a.0, b.0)) {
            return *known;
        }
        let mut both = Vec::new();
        for (first, last) in self.ranges(a) {
            for (other_first, other_last) in self.ranges(b) {
                both.push((*first.max(other_first), *last.min(other_last)));
            }
        }
        let id = self.intern(both);
        self.intersections.insert(pair(a.0, b.0), id);
        id
    }

    pub(crate) fn union(&mut self, a: SetId, b: SetId) -> SetId {
        let (a, b) = (a.min(b), a.max(b));
        if a == b || a == SetId::NONE {
            return b;
        }
        if a == SetId::ALL {
            return a;
        }
        if let Some(known) = self.unions.get(&pair(a.0, b.0)) {
            return *known;
        }
        let either = [self.ranges(a), self.ranges(b)].concat();
        let id = self.intern(either);
        self.unions.insert(pair(a.0, b.0), id);
        id
    }

    /// What is in `a` and not in `b`.
    pub(crate) fn difference(&mut self, a: SetId, b: SetId) -> SetId {
        if b == SetId::NONE {
            return a;
        }
        if a == b || b == SetId::ALL {
            return SetId::NONE;
        }
        if let Some(known) = self.differences.get(&pair(a.0, b.0)) {
            return *known;
        }
        let mut left = self.ranges(a).to_vec();
        for (first, last) in self.ranges(b) {
            let cut = left.into_iter().flat_map(|(from, to)| {
                let before = first.checked_sub(1).map(|end| (from, to.min(end)));
                let behind = last.checked_add(1).map(|start| (from.max(start), to));
                [before, behind].into_iter().flatten()
            });
            left = cut.filter(|(from, to)| from <= to).collect();
        }
        let id = self.intern(left);
        self.differences.insert(pair(a.0, b.0), id);
        id
    }

    pub(crate) fn contains(&self, id: SetId, number: u16) -> bool {
        let ranges = self.ranges(id);
        let end = ranges.partition_point(|(first, _)| *first <= number);
        let found = end.checked_sub(1).and_then(|place| ranges.get(place));
        found.is_some_and(|(_, last)| number <= *last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranges() -> impl Strategy<Value = Vec<Range>> {
        let near = |at: u16| prop_oneof![0u16..20, (at - 20)..=at, 30_000u16..30_020];
        let range = (near(u16::MAX), near(u16::MAX)).prop_map(|(a, b)| (a.min(b), a.max(b)));
        proptest::collection::vec(range, 0..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn sets_do_as_each_number_does(a in ranges(), b in ranges()) {
            let mut sets = Sets::new();
            let (x, y) = (sets.intern(a.clone()), sets.intern(b.clone()));
            let both = sets.intersection(x, y);
            let either = sets.union(x, y);
            let less = sets.difference(x, y);
            prop_assert_eq!(sets.union(less, both), x);
            prop_assert_eq!(sets.intersection(y, x), both);
            let has = |of: &[Range], number: u16| {
                of.iter().any(|(first, last)| (*first..=*last).contains(&number))
            };
            for number in (0..30).chain(29_990..30_030).chain(65_500..=u16::MAX) {
                let (a, b) = (has(&a, number), has(&b, number));
                prop_assert_eq!(sets.contains(x, number), a);
                prop_assert_eq!(sets.contains(both, number), a && b);
                prop_assert_eq!(sets.contains(either, number), a || b);
                prop_assert_eq!(sets.contains(less, number), a && !b);
            }
        }
    }
}

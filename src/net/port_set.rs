//! Sets of ports.

use crate::PortRange;
use crate::interval::{self, Interval};
use std::fmt;

/// A set of ports, as sorted ranges that neither touch nor overlap, so that equal sets are equal
/// values.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct PortSet(Vec<Interval>);

impl PortSet {
    /// No port.
    pub const fn none() -> Self {
        PortSet(Vec::new())
    }

    /// All 65,536 ports.
    pub fn all() -> Self {
        PortSet(vec![(0, u128::from(u16::MAX))])
    }

    /// Does the set hold no port?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Does the set hold `port`?
    pub fn contains(&self, port: u16) -> bool {
        interval::contains(&self.0, u128::from(port))
    }

    /// How many ports the set holds.
    pub fn len(&self) -> usize {
        self.ranges()
            .map(|range| usize::from(range.last - range.first) + 1)
            .sum()
    }

    /// The ranges in order.
    pub fn ranges(&self) -> impl Iterator<Item = PortRange> {
        self.0.iter().filter_map(|(first, last)| {
            PortRange::new(u16::try_from(*first).ok()?, u16::try_from(*last).ok()?)
        })
    }

    /// What is in one of the two.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        PortSet(interval::union(&self.0, &other.0))
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        PortSet(interval::intersection(&self.0, &other.0))
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// What is not in the set.
    #[must_use]
    pub fn complement(&self) -> Self {
        PortSet(interval::complement(&self.0, u128::from(u16::MAX)))
    }

    /// Does the set hold every port of the other?
    pub fn covers(&self, other: &Self) -> bool {
        other.difference(self).is_empty()
    }
}

impl From<PortRange> for PortSet {
    fn from(range: PortRange) -> Self {
        // A range can be made empty by hand; the set of it is empty then.
        PortSet(interval::canonical(vec![(
            u128::from(range.first),
            u128::from(range.last),
        )]))
    }
}

impl FromIterator<PortRange> for PortSet {
    fn from_iter<I: IntoIterator<Item = PortRange>>(ranges: I) -> Self {
        let ranges = ranges.into_iter();
        PortSet(interval::canonical(
            ranges
                .map(|range| (u128::from(range.first), u128::from(range.last)))
                .collect(),
        ))
    }
}

impl fmt::Display for PortSet {
    /// `22, 80-90`, `all`, `none`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        if *self == PortSet::all() {
            return f.write_str("all");
        }
        for (index, range) in self.ranges().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            range.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranges() -> impl Strategy<Value = Vec<PortRange>> {
        // Some near each other, so that they touch and overlap, and some anywhere.
        let port = prop_oneof![0u16..40, Just(u16::MAX), any::<u16>()];
        let range = (port, prop_oneof![0u16..5, any::<u16>()])
            .prop_map(|(first, more)| PortRange::new(first, first.saturating_add(more)).unwrap());
        proptest::collection::vec(range, 0..8)
    }

    /// The definition: a truth value for each port.
    fn bits(set: &PortSet) -> Vec<bool> {
        (0..=u16::MAX).map(|port| set.contains(port)).collect()
    }

    fn naive(ranges: &[PortRange]) -> Vec<bool> {
        (0..=u16::MAX)
            .map(|port| ranges.iter().any(|range| range.contains(port)))
            .collect()
    }

    fn zip(a: &[bool], b: &[bool], combine: fn(bool, bool) -> bool) -> Vec<bool> {
        a.iter().zip(b).map(|(a, b)| combine(*a, *b)).collect()
    }

    proptest! {
        // Failures kept in a file would stand among the crates and break the workspace.
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn agrees_with_one_bit_for_each_port(a in ranges(), b in ranges()) {
            let (set_a, set_b) = (PortSet::from_iter(a.clone()), PortSet::from_iter(b.clone()));
            let (a, b) = (naive(&a), naive(&b));
            prop_assert_eq!(bits(&set_a), a.clone());
            prop_assert_eq!(bits(&set_a.union(&set_b)), zip(&a, &b, |a, b| a || b));
            prop_assert_eq!(bits(&set_a.intersection(&set_b)), zip(&a, &b, |a, b| a && b));
            prop_assert_eq!(bits(&set_a.difference(&set_b)), zip(&a, &b, |a, b| a && !b));
            prop_assert_eq!(bits(&set_a.complement()), zip(&a, &a, |a, _| !a));
            prop_assert_eq!(set_a.len(), a.iter().filter(|bit| **bit).count());
            prop_assert_eq!(set_a.is_empty(), !a.contains(&true));
            prop_assert_eq!(set_a.covers(&set_b), zip(&a, &b, |a, b| a || !b).iter().all(|bit| *bit));
        }

        #[test]
        fn equal_sets_are_equal_values(a in ranges(), b in ranges()) {
            let (a, b) = (PortSet::from_iter(a), PortSet::from_iter(b));
            prop_assert_eq!(a.complement().complement(), a.clone());
            prop_assert_eq!(a.difference(&b).union(&a.intersection(&b)), a.clone());
            prop_assert_eq!(a.union(&b), b.union(&a));
        }
    }

    #[test]
    fn is_written_as_a_person_writes_it() {
        let set = |ranges: &[(u16, u16)]| -> PortSet {
            let ranges = ranges.iter();
            ranges
                .map(|(first, last)| PortRange::new(*first, *last).unwrap())
                .collect()
        };
        for (ranges, written) in [
            (&[][..], "none"),
            (&[(0, 65_535)], "all"),
            (&[(22, 22), (80, 90)], "22, 80-90"),
            (&[(81, 90), (22, 22), (80, 80)], "22, 80-90"),
            (&[(0, 79), (81, 65_535)], "0-79, 81-65535"),
        ] {
            assert_eq!(set(ranges).to_string(), written);
        }
    }
}

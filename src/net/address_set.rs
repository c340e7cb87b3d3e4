//! Sets of addresses.

use crate::Prefix;
use crate::interval::{self, Interval};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const LAST_V4: u128 = u32::MAX as u128;
const LAST_V6: u128 = u128::MAX;

/// A set of IPv4 and IPv6 addresses, as sorted intervals that neither touch nor overlap, so that
/// equal sets are equal values. The families never mix: `::ffff:10.0.0.1` is not `10.0.0.1`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct AddressSet {
    v4: Vec<Interval>,
    v6: Vec<Interval>,
}

impl AddressSet {
    /// No address.
    pub const fn none() -> Self {
        AddressSet {
            v4: Vec::new(),
            v6: Vec::new(),
        }
    }

    /// Every address of both families.
    pub fn all() -> Self {
        AddressSet {
            v4: vec![(0, LAST_V4)],
            v6: vec![(0, LAST_V6)],
        }
    }

    /// Does the set hold no address?
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Does the set hold `address`?
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => interval::contains(&self.v4, u128::from(u32::from(address))),
            IpAddr::V6(address) => interval::contains(&self.v6, u128::from(address)),
        }
    }

    /// The lowest address, IPv4 before IPv6: a witness that the set is not empty.
    pub fn first(&self) -> Option<IpAddr> {
        match (self.v4.first(), self.v6.first()) {
            (Some((first, _)), _) => v4(*first),
            (None, Some((first, _))) => Some(IpAddr::V6(Ipv6Addr::from(*first))),
            (None, None) => None,
        }
    }

    /// The addresses of the set that are IPv4.
    #[must_use]
    pub fn only_v4(&self) -> Self {
        AddressSet {
            v4: self.v4.clone(),
            v6: Vec::new(),
        }
    }

    /// The addresses of the set that are IPv6.
    #[must_use]
    pub fn only_v6(&self) -> Self {
        AddressSet {
            v4: Vec::new(),
            v6: self.v6.clone(),
        }
    }

    /// What is in one of the two.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        AddressSet {
            v4: interval::union(&self.v4, &other.v4),
            v6: interval::union(&self.v6, &other.v6),
        }
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        AddressSet {
            v4: interval::intersection(&self.v4, &other.v4),
            v6: interval::intersection(&self.v6, &other.v6),
        }
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// What is not in the set, of both families.
    #[must_use]
    pub fn complement(&self) -> Self {
        AddressSet {
            v4: interval::complement(&self.v4, LAST_V4),
            v6: interval::complement(&self.v6, LAST_V6),
        }
    }

    /// Does the set hold every address of the other?
    pub fn covers(&self, other: &Self) -> bool {
        other.difference(self).is_empty()
    }

    /// The fewest CIDR blocks that make up the set, in order, IPv4 before IPv6.
    pub fn prefixes(&self) -> Vec<Prefix> {
        let mut prefixes = Vec::new();
        for interval in &self.v4 {
            blocks(*interval, 32, v4, &mut prefixes);
        }
        let v6 = |number| Some(IpAddr::V6(Ipv6Addr::from(number)));
        for interval in &self.v6 {
            blocks(*interval, 128, v6, &mut prefixes);
        }
        prefixes
    }
}

fn v4(number: u128) -> Option<IpAddr> {
    let number = u32::try_from(number).ok()?;
    Some(IpAddr::V4(Ipv4Addr::from(number)))
}

/// Cuts an interval into the largest aligned blocks, from the left: there are no fewer.
fn blocks(
    (mut first, last): Interval,
    width: u32,
    address: impl Fn(u128) -> Option<IpAddr>,
    prefixes: &mut Vec<Prefix>,
) {
    loop {
        // How many low bits may vary: as alignment allows, and as there is room.
        let room = (last - first).checked_add(1).map_or(width, u128::ilog2);
        let bits = first.trailing_zeros().min(room).min(width);
        let block = address(first)
            .zip(u8::try_from(width - bits).ok())
            .and_then(|(address, length)| Prefix::new(address, length));
        prefixes.extend(block);
        let next = 1u128
            .checked_shl(bits)
            .and_then(|size| first.checked_add(size));
        match next {
            Some(next) if next <= last => first = next,
            _ => return,
        }
    }
}

impl From<Prefix> for AddressSet {
    fn from(prefix: Prefix) -> Self {
        match (prefix.first(), prefix.last()) {
            (IpAddr::V4(first), IpAddr::V4(last)) => AddressSet {
                v4: vec![(u128::from(u32::from(first)), u128::from(u32::from(last)))],
                v6: Vec::new(),
            },
            (IpAddr::V6(first), IpAddr::V6(last)) => AddressSet {
                v4: Vec::new(),
                v6: vec![(u128::from(first), u128::from(last))],
            },
            // A block has one family.
            _ => AddressSet::none(),
        }
    }
}

impl From<IpAddr> for AddressSet {
    fn from(address: IpAddr) -> Self {
        Prefix::host(address).into()
    }
}

impl FromIterator<Prefix> for AddressSet {
    fn from_iter<I: IntoIterator<Item = Prefix>>(prefixes: I) -> Self {
        let mut set = AddressSet::none();
        for prefix in prefixes {
            let one = AddressSet::from(prefix);
            set.v4.extend(one.v4);
            set.v6.extend(one.v6);
        }
        AddressSet {
            v4: interval::canonical(set.v4),
            v6: interval::canonical(set.v6),
        }
    }
}

impl fmt::Display for AddressSet {
    /// The fewest CIDR blocks: `10.0.0.0/16, 2001:db8::/32`; `all`, `none`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        if *self == AddressSet::all() {
            return f.write_str("all");
        }
        for (index, prefix) in self.prefixes().iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            prefix.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A small universe at both ends of both families: 64 addresses in each of four corners.
    fn universe() -> Vec<IpAddr> {
        (0u32..64)
            .flat_map(|offset| {
                [
                    IpAddr::V4(Ipv4Addr::from(offset)),
                    IpAddr::V4(Ipv4Addr::from(u32::MAX - offset)),
                    IpAddr::V6(Ipv6Addr::from(u128::from(offset))),
                    IpAddr::V6(Ipv6Addr::from(u128::MAX - u128::from(offset))),
                ]
            })
            .collect()
    }

    fn prefixes() -> impl Strategy<Value = Vec<Prefix>> {
        let prefix = (0usize..256, 0u8..=8).prop_map(|(index, bits)| {
            let address = universe()[index];
            // Lengths of 0 to 8 free bits, and now and then a whole family.
            let length = match (address, bits) {
                (_, 8) => 0,
                (IpAddr::V4(_), bits) => 32 - bits,
                (IpAddr::V6(_), bits) => 128 - bits,
            };
            Prefix::new(address, length).unwrap()
        });
        proptest::collection::vec(prefix, 0..6)
    }

    fn bits(set: &AddressSet) -> Vec<bool> {
        universe()
            .iter()
            .map(|address| set.contains(*address))
            .collect()
    }

    fn naive(prefixes: &[Prefix]) -> Vec<bool> {
        universe()
            .iter()
            .map(|address| prefixes.iter().any(|prefix| prefix.contains(*address)))
            .collect()
    }

    fn zip(a: &[bool], b: &[bool], combine: fn(bool, bool) -> bool) -> Vec<bool> {
        a.iter().zip(b).map(|(a, b)| combine(*a, *b)).collect()
    }

    proptest! {
        // Failures kept in a file would stand among the crates and break the workspace.
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn agrees_with_one_bit_for_each_address(a in prefixes(), b in prefixes()) {
            let (set_a, set_b): (AddressSet, AddressSet) =
                (a.iter().copied().collect(), b.iter().copied().collect());
            let (a, b) = (naive(&a), naive(&b));
            prop_assert_eq!(bits(&set_a), a.clone());
            prop_assert_eq!(bits(&set_a.union(&set_b)), zip(&a, &b, |a, b| a || b));
            prop_assert_eq!(bits(&set_a.intersection(&set_b)), zip(&a, &b, |a, b| a && b));
            prop_assert_eq!(bits(&set_a.difference(&set_b)), zip(&a, &b, |a, b| a && !b));
            prop_assert_eq!(bits(&set_a.complement()), zip(&a, &a, |a, _| !a));
            prop_assert_eq!(set_a.is_empty(), !a.contains(&true));
            prop_assert_eq!(set_a.first().is_some_and(|one| set_a.contains(one)), !set_a.is_empty());
        }

        #[test]
        fn equal_sets_are_equal_values(a in prefixes(), b in prefixes()) {
            let (a, b): (AddressSet, AddressSet) =
                (a.into_iter().collect(), b.into_iter().collect());
            prop_assert_eq!(a.complement().complement(), a.clone());
            prop_assert_eq!(a.difference(&b).union(&a.intersection(&b)), a.clone());
            prop_assert_eq!(a.union(&b), b.union(&a));
            prop_assert!(a.union(&b).covers(&a));
            prop_assert_eq!(a.only_v4().union(&a.only_v6()), a);
        }

        /// The blocks make up the set, don't overlap, and no two of them make a larger one.
        #[test]
        fn the_blocks_are_the_fewest(a in prefixes(), b in prefixes()) {
            let set: AddressSet = a.into_iter().collect();
            let set = set.difference(&b.into_iter().collect());
            let blocks = set.prefixes();
            prop_assert_eq!(blocks.iter().copied().collect::<AddressSet>(), set);
            for (one, next) in blocks.iter().zip(blocks.iter().skip(1)) {
                prop_assert!(!one.overlaps(*next));
                let joined = (one.length().checked_sub(1))
                    .and_then(|length| Prefix::new(one.first(), length));
                prop_assert!(
                    one.length() != next.length() || joined.is_none_or(|larger| !larger.covers(*next))
                );
            }
        }
    }

    #[test]
    fn is_written_as_a_person_writes_it() {
        let set = |text: &str| -> AddressSet {
            text.split_whitespace()
                .map(|text| text.parse::<Prefix>().unwrap())
                .collect()
        };
        for (prefixes, written) in [
            ("", "none"),
            ("0.0.0.0/0 ::/0", "all"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("10.0.0.0/17 10.0.128.0/17", "10.0.0.0/16"),
            ("2001:db8::/32 10.0.0.1/32", "10.0.0.1/32, 2001:db8::/32"),
            ("10.0.0.1/32 10.0.0.2/31", "10.0.0.1/32, 10.0.0.2/31"),
        ] {
            assert_eq!(set(prefixes).to_string(), written);
        }
        let hole = set("10.0.0.0/30").difference(&set("10.0.0.1/32"));
        assert_eq!(hole.to_string(), "10.0.0.0/32, 10.0.0.2/31");
    }
}

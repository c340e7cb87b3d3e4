//! Stretches of addresses, and maps that are constant on each.

use hopwise_net::Prefix;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses from the first to the last, of one family, as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The lowest.
    pub first: u128,
    /// The highest.
    pub last: u128,
}

/// An address as a number within its family.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The address of a number, of the family of `like`.
pub(crate) fn address(number: u128, like: IpAddr) -> IpAddr {
    match like {
        // Numbers of IPv4 addresses have no more bits than fit.
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX))),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

impl Stretch {
    /// Every address of the family of `like`.
    pub fn all(like: IpAddr) -> Self {
        Stretch {
            first: 0,
            last: match like {
                IpAddr::V4(_) => u128::from(u32::MAX),
                IpAddr::V6(_) => u128::MAX,
            },
        }
    }

    /// One address.
    pub fn only(address: IpAddr) -> Self {
        let number = number(address);
        Stretch {
            first: number,
            last: number,
        }
    }

    /// What both hold, given that they share an address.
    #[must_use]
    pub fn meet(self, other: Stretch) -> Self {
        Stretch {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        }
    }

    /// Does it hold the number of an address?
    pub fn holds(self, number: u128) -> bool {
        self.first <= number && number <= self.last
    }

    /// Is `address` in the block, and the stretch around it where the answer is the same.
    pub(crate) fn within(block: Prefix, address: IpAddr) -> (bool, Self) {
        let all = Stretch::all(address);
        if block.is_v4() != address.is_ipv4() {
            return (false, all);
        }
        let (first, last) = (number(block.first()), number(block.last()));
        let here = number(address);
        if here < first {
            let last = first - 1;
            (false, Stretch { first: 0, last })
        } else if here > last {
            let first = last + 1;
            (false, Stretch { first, ..all })
        } else {
            (true, Stretch { first, last })
        }
    }
}

/// The value beside an address in a sorted list, and the stretch around the address in which the
/// answer is the same: itself where it is found, else the gap.
pub(crate) fn find<T>(sorted: &[(IpAddr, T)], wanted: IpAddr) -> (Option<&T>, Stretch) {
    let place = sorted.partition_point(|(address, _)| *address < wanted);
    if let Some((found, value)) = sorted.get(place)
        && *found == wanted
    {
        return (Some(value), Stretch::only(wanted));
    }
    let mut gap = Stretch::all(wanted);
    let same = |address: &IpAddr| address.is_ipv4() == wanted.is_ipv4();
    if let Some((before, _)) = place.checked_sub(1).and_then(|it| sorted.get(it))
        && same(before)
    {
        gap.first = number(*before) + 1;
    }
    if let Some((behind, _)) = sorted.get(place)
        && same(behind)
    {
        gap.last = number(*behind) - 1;
    }
    (None, gap)
}

/// A value for each address, as the first addresses of stretches in order.
#[derive(Clone, Debug)]
pub(crate) struct Map<V> {
    v4: Vec<(u32, V)>,
    v6: Vec<(u128, V)>,
}

impl<V: Copy + PartialEq> Map<V> {
    /// The value may change at the bounds of these blocks and nowhere else.
    pub(crate) fn new(
        blocks: impl Iterator<Item = Prefix>,
        mut value: impl FnMut(IpAddr) -> V,
    ) -> Self {
        let (mut v4, mut v6) = (vec![0u32], vec![0u128]);
        for block in blocks {
            match (block.first(), block.last()) {
                (IpAddr::V4(first), IpAddr::V4(last)) => {
                    v4.push(first.into());
                    v4.extend(u32::from(last).checked_add(1));
                }
                (first, last) => {
                    v6.push(number(first));
                    v6.extend(number(last).checked_add(1));
                }
            }
        }
        let mut map = Map {
            v4: Vec::new(),
            v6: Vec::new(),
        };
        v4.sort_unstable();
        v4.dedup();
        for start in v4 {
            let value = value(IpAddr::V4(start.into()));
            if map.v4.last().is_none_or(|(_, last)| *last != value) {
                map.v4.push((start, value));
            }
        }
        v6.sort_unstable();
        v6.dedup();
        for start in v6 {
            let value = value(IpAddr::V6(start.into()));
            if map.v6.last().is_none_or(|(_, last)| *last != value) {
                map.v6.push((start, value));
            }
        }
        map
    }

    /// The union of what each block of addresses has, where blocks overlap.
    pub(crate) fn layers<T: Copy + Ord>(
        layers: impl Iterator<Item = (Prefix, T)>,
        mut join: impl FnMut(&[T]) -> V,
    ) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (block, value) in layers {
            let (first, last) = (number(block.first()), number(block.last()));
            let bounds = if block.is_v4() { &mut v4 } else { &mut v6 };
            bounds.push((first, true, value));
            if let Some(behind) = last.checked_add(1) {
                bounds.push((behind, false, value));
            }
        }
        let mut sweep = |mut bounds: Vec<(u128, bool, T)>| {
            bounds.sort_unstable();
            // What covers the place, and how often.
            let mut active: Vec<(T, usize)> = Vec::new();
            let mut values: Vec<T> = Vec::new();
            let mut map = Vec::new();
            let mut place = 0;
            let mut rest = bounds.into_iter().peekable();
            loop {
                while let Some((_, begins, value)) = rest.next_if(|(at, ..)| *at == place) {
                    match active.binary_search_by_key(&value, |(it, _)| *it) {
                        Ok(found) => {
                            if let Some((_, times)) = active.get_mut(found) {
                                *times = if begins { *times + 1 } else { *times - 1 };
                            }
                        }
                        Err(gap) => active.insert(gap, (value, 1)),
                    }
                }
                // Bounds are in order, ends before beginnings: nothing ends before it began.
                active.retain(|(_, times)| *times > 0);
                values.clear();
                values.extend(active.iter().map(|(it, _)| *it));
                let value = join(&values);
                if map.last().is_none_or(|(_, last)| *last != value) {
                    map.push((place, value));
                }
                match rest.peek() {
                    Some((next, ..)) => place = *next,
                    None => return map,
                }
            }
        };
        let v6 = sweep(v6);
        let v4 = sweep(v4).into_iter();
        let v4 = v4.filter_map(|(first, value)| Some((u32::try_from(first).ok()?, value)));
        Map {
            v4: v4.collect(),
            v6,
        }
    }

    /// Where the value changes between two IPv4 addresses, the first not counted.
    pub(crate) fn cuts(&self, first: u32, last: u32) -> impl Iterator<Item = u32> {
        let from = self.v4.partition_point(|(start, _)| *start <= first);
        let rest = self.v4.get(from..).unwrap_or_default().iter();
        rest.map(|(start, _)| *start)
            .take_while(move |start| *start <= last)
    }

    /// The value at an address, and the stretch around it that has it.
    pub(crate) fn at(&self, address: IpAddr) -> Option<(V, Stretch)> {
        match address {
            IpAddr::V4(address) => {
                let address = u32::from(address);
                let end = self.v4.partition_point(|(first, _)| *first <= address);
                let (first, value) = self.v4.get(end.checked_sub(1)?)?;
                let last = self.v4.get(end).map_or(u32::MAX, |(next, _)| next - 1);
                let stretch = Stretch {
                    first: (*first).into(),
                    last: last.into(),
                };
                Some((*value, stretch))
            }
            IpAddr::V6(address) => {
                let address = u128::from(address);
                let end = self.v6.partition_point(|(first, _)| *first <= address);
                let (first, value) = self.v6.get(end.checked_sub(1)?)?;
                let last = self.v6.get(end).map_or(u128::MAX, |(next, _)| next - 1);
                let first = *first;
                Some((*value, Stretch { first, last }))
            }
        }
    }
}

//! Sorted lists of closed intervals that neither touch nor overlap: what [`crate::PortSet`] and
//! [`crate::AddressSet`] are made of.

/// The lowest and the highest number of an interval.
pub(crate) type Interval = (u128, u128);

/// The list in its one form; intervals that are upside down hold nothing.
pub(crate) fn canonical(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|(first, last)| first <= last);
    intervals.sort_unstable();
    let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
    for (first, last) in intervals {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}

pub(crate) fn contains(intervals: &[Interval], number: u128) -> bool {
    let behind = intervals.partition_point(|(first, _)| *first <= number);
    (behind.checked_sub(1))
        .and_then(|index| intervals.get(index))
        .is_some_and(|(_, last)| number <= *last)
}

pub(crate) fn union(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    canonical(a.iter().chain(b).copied().collect())
}

pub(crate) fn intersection(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let mut both = Vec::new();
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(&&(first_a, last_a)), Some(&&(first_b, last_b))) = (left.peek(), right.peek()) {
        let (first, last) = (first_a.max(first_b), last_a.min(last_b));
        if first <= last {
            both.push((first, last));
        }
        if last_a < last_b {
            left.next();
        } else {
            right.next();
        }
    }
    both
}

/// What of `0..=highest` the list leaves out.
pub(crate) fn complement(intervals: &[Interval], highest: u128) -> Vec<Interval> {
    let mut gaps = Vec::with_capacity(intervals.len() + 1);
    let mut next = Some(0);
    for (first, last) in intervals {
        if let (Some(start), Some(end)) = (next, first.checked_sub(1))
            && start <= end
        {
            gaps.push((start, end));
        }
        next = last.checked_add(1);
    }
    if let Some(start) = next.filter(|start| *start <= highest) {
        gaps.push((start, highest));
    }
    gaps
}

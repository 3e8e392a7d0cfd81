//! Commits in the order in which they must have come to be.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// All of them, parents before children; where that leaves a choice, the older one first, then the one
/// with the lower index. `parents` counts from 0 in the same list; those of a circle, which no honest
/// repository has, are left out.
pub(super) fn oldest_first<'a>(
    count: usize,
    parents: impl Fn(usize) -> &'a [u32],
    time: impl Fn(usize) -> i64,
) -> Vec<usize> {
    let mut waits = vec![0_u32; count];
    let mut children: Vec<(u32, u32)> = Vec::new();
    for (child, waits) in waits.iter_mut().enumerate() {
        for parent in parents(child) {
            if (*parent as usize) < count {
                children.push((*parent, u32::try_from(child).unwrap_or(u32::MAX)));
                *waits += 1;
            }
        }
    }
    children.sort_unstable();
    let mut ready: BinaryHeap<Reverse<(i64, usize)>> = BinaryHeap::new();
    for (at, waits) in waits.iter().enumerate() {
        if *waits == 0 {
            ready.push(Reverse((time(at), at)));
        }
    }
    let mut order = Vec::with_capacity(count);
    while let Some(Reverse((_, at))) = ready.pop() {
        order.push(at);
        let start = children.partition_point(|(parent, _)| (*parent as usize) < at);
        let of_this = children.iter().skip(start);
        for (_, child) in of_this.take_while(|(parent, _)| *parent as usize == at) {
            let child = *child as usize;
            if let Some(waits) = waits.get_mut(child) {
                *waits -= 1;
                if *waits == 0 {
                    ready.push(Reverse((time(child), child)));
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_first_whatever_the_clock_said() {
        let parents: [&[u32]; 4] = [&[1, 2], &[3], &[3], &[]];
        // The root's clock was wrong.
        let times = [5, 3, 2, 9];
        assert_eq!(
            oldest_first(4, |at| parents[at], |at| times[at]),
            [3, 2, 1, 0]
        );
    }

    #[test]
    fn a_circle_ends_too() {
        let parents: [&[u32]; 2] = [&[1], &[0]];
        assert!(oldest_first(2, |at| parents[at], |_| 0).is_empty());
    }
}

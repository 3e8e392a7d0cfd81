//! Gates that are tried in another order. Only the first gate that holds decides, so that the order
//! of two gates counts when they can speak of one finding and do not do the same with it.

use super::List;
use super::gates::{Pair, rank, say};
use super::relation::is_apart;
use crate::model::{Direction, Foreign as _};
use crate::policy::Gate;

/// Most gates that are looked at one by one; how the others moved is not said in detail.
const MOST: usize = 100;

/// Compares. `pairs` are in the old order.
pub fn compare(old: &[Gate], new: &[Gate], pairs: &[Pair], list: &mut List<'_>) {
    let moved = moved(pairs);
    for (at, now) in moved.iter().take(MOST) {
        let Some(gate) = new.get(*now) else { continue };
        // Those that it has passed on the way up, and those that have passed it.
        let up = |pair: &&Pair| pair.0 < *at && pair.1 > *now;
        let down = |pair: &&Pair| pair.0 > *at && pair.1 < *now;
        let touches = |pair: &&Pair| {
            let unlike = |one: &Gate| one.action != gate.action && !is_apart(&one.when, &gate.when);
            let both = [old.get(pair.0), new.get(pair.1)];
            both.iter().flatten().any(|one| unlike(one))
        };
        let passed = pairs.iter().filter(|pair| up(pair) || down(pair));
        let passed: Vec<&Pair> = passed.filter(touches).collect();
        let Some(first) = passed.first().and_then(|pair| new.get(pair.1)) else {
            continue;
        };
        let stronger = |pair: &&Pair| {
            let other = new.get(pair.1).map_or(0, |other| rank(other.action));
            // The one that is tried first now is the stronger one.
            up(pair) == (rank(gate.action) > other)
        };
        let all = passed.len();
        let direction = match passed.iter().filter(|pair| stronger(pair)).count() {
            0 => Direction::Weaker,
            count if count == all => Direction::Stricter,
            _ => Direction::Mixed,
        };
        let side = match passed.first().is_some_and(up) {
            true => "before",
            false => "after",
        };
        let text = format!("gate … is now tried {side} gate …");
        say(gate, direction, text, vec![first.name.raw().into()], list);
    }
    if let Some(more) = moved.len().checked_sub(MOST).filter(|more| *more > 0) {
        let text = format!("{more} more gates have moved");
        list.add(Direction::Mixed, text, Vec::new());
    }
}

/// The fewest gates that, moved, make the new order of the old one: all but a longest rising row.
fn moved(pairs: &[Pair]) -> Vec<Pair> {
    // Patience: the last pair of the best row of each length, and for each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let place = |index: usize| pairs.get(index).map_or(0, |pair| pair.1);
    for (index, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| place(*end) < pair.1);
        before.push(length.checked_sub(1).and_then(|at| ends.get(at).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut stays = vec![false; pairs.len()];
    let mut next = ends.last().copied();
    while let Some(index) = next {
        if let Some(stay) = stays.get_mut(index) {
            *stay = true;
        }
        next = before.get(index).copied().flatten();
    }
    let both = pairs.iter().zip(stays);
    both.filter(|(_, stays)| !stays)
        .map(|(pair, _)| *pair)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_as_possible_have_moved() {
        let of = |order: &[usize]| -> Vec<usize> {
            let pairs: Vec<Pair> = order.iter().copied().enumerate().collect();
            moved(&pairs).into_iter().map(|pair| pair.0).collect()
        };
        assert!(of(&[]).is_empty());
        assert!(of(&[0, 1, 4, 9]).is_empty());
        assert_eq!(of(&[3, 0, 1, 2]), [0]);
        assert_eq!(of(&[0, 2, 3, 1]), [3]);
        assert_eq!(of(&[2, 1, 0]).len(), 2);
    }
}

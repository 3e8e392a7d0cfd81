//! Findings that only moved because lines were added or removed above them.
//!
//! Where what is around a line is not known, or was altered on both sides, its number decides: it
//! must have moved exactly as far as its file did there. How far that is, the matches above and
//! below it tell; failing those, several findings of one file that all moved alike.

use super::item::Item;
use super::places::at;
use super::{Matching, Pass};
use std::collections::{BTreeMap, BTreeSet};

/// A look in one place.
type Look = (usize, usize);

/// How far a line moved, in lines.
type Shift = i64;

/// The pass.
pub fn run(matching: &mut Matching<'_>) {
    let voted = voted(matching);
    let mut pairs = pairs(matching, |item| {
        let unknown = item.around().is_none();
        voted
            .get(&item.place)
            .filter(|_| unknown)
            .copied()
            .into_iter()
            .collect()
    });
    for (old, new, pass) in pairs.drain(..) {
        matching.pair(old, new, pass);
    }
    let seen = seen(matching);
    let pairs = self::pairs(matching, |item| {
        neighbours(seen.get(&item.place), item.line)
    });
    for (old, new, pass) in pairs {
        matching.pair(old, new, pass);
    }
    // What has no line at all, and is another's number today.
    matching.by_key(
        |item| Some((item.look()?, item.line.is_none().then_some(())?)),
        |_, _| Pass::Exact,
    );
}

/// Open items of one look that stand exactly one of the shifts apart.
fn pairs<'a>(
    matching: &Matching<'a>,
    shifts: impl Fn(&Item<'a>) -> BTreeSet<Shift>,
) -> Vec<(usize, usize, Pass)> {
    let mut lines: BTreeMap<(Look, u32), Vec<usize>> = BTreeMap::new();
    for (position, item) in matching.open_new() {
        if let (Some(look), Some(line)) = (item.look(), item.line) {
            lines.entry((look, line)).or_default().push(position);
        }
    }
    // In the order of the entries; of several on one line, the last one first.
    let mut pairs = Vec::new();
    for (position, item) in matching.open_old() {
        let (Some(look), Some(line)) = (item.look(), item.line) else {
            continue;
        };
        let found = shifts(item).into_iter().find_map(|shift| {
            let line = u32::try_from(i64::from(line) + shift).ok()?;
            Some((lines.get_mut(&(look, line))?.pop()?, line))
        });
        if let Some((new, there)) = found {
            pairs.push((position, new, at(Some(line), Some(there))));
        }
    }
    pairs
}

/// For each place, the shift that at least two open pairs have in common, and more than any other:
/// the first of a look with the first, the second with the second, where their numbers are the same.
fn voted(matching: &Matching<'_>) -> BTreeMap<usize, Shift> {
    let mut lines: BTreeMap<Look, [Vec<u32>; 2]> = BTreeMap::new();
    let mut add = |side: usize, item: &Item<'_>| {
        let unknown = item.around().is_none();
        if let (Some(look), Some(line), true) = (item.look(), item.line, unknown)
            && let Some(list) = lines.entry(look).or_default().get_mut(side)
        {
            list.push(line);
        }
    };
    matching.open_old().for_each(|(_, item)| add(0, item));
    matching.open_new().for_each(|(_, item)| add(1, item));
    let mut votes: BTreeMap<usize, BTreeMap<Shift, usize>> = BTreeMap::new();
    for ((_, place), [mut old, mut new]) in lines {
        if old.len() != new.len() {
            continue;
        }
        old.sort_unstable();
        new.sort_unstable();
        for (old, new) in old.into_iter().zip(new) {
            let shift = i64::from(new) - i64::from(old);
            *votes.entry(place).or_default().entry(shift).or_default() += 1;
        }
    }
    let winner = |votes: BTreeMap<Shift, usize>| {
        let most = votes.values().copied().max().filter(|most| *most > 1)?;
        let mut first = votes.iter().filter(|(_, count)| **count == most);
        let (shift, _) = first.next()?;
        first.next().is_none().then_some(*shift)
    };
    votes
        .into_iter()
        .filter_map(|(place, votes)| Some((place, winner(votes)?)))
        .collect()
}

/// For each place, how far the lines of its matches moved, by their old line.
fn seen(matching: &Matching<'_>) -> BTreeMap<usize, BTreeMap<u32, Shift>> {
    let mut seen: BTreeMap<usize, BTreeMap<u32, Shift>> = BTreeMap::new();
    for (new, known) in matching.new.iter().zip(&matching.of_new) {
        let old = known.and_then(|(old, _)| matching.old.get(old));
        if let Some(old) = old.filter(|old| old.place == new.place)
            && let (Some(from), Some(to)) = (old.line, new.line)
        {
            let shift = i64::from(to) - i64::from(from);
            seen.entry(new.place).or_default().insert(from, shift);
        }
    }
    seen
}

/// How far a line may have moved: as far as the nearest matches above and below it. The start of the
/// file never moves.
fn neighbours(seen: Option<&BTreeMap<u32, Shift>>, line: Option<u32>) -> BTreeSet<Shift> {
    let Some(line) = line else {
        return BTreeSet::new();
    };
    let above = seen.and_then(|seen| seen.range(..=line).next_back());
    let below = seen.and_then(|seen| seen.range(line..).next());
    let above = above.map_or(0, |(_, shift)| *shift);
    let below = below.map(|(_, shift)| *shift);
    [above].into_iter().chain(below).collect()
}

//! Several rules fit the same bytes: the most specific one is told.

use crate::hit::{Hit, Proof};
use crate::rule::{Confidence, Rules};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

/// Two encoded secrets side by side may share the characters of one unit of their encoding.
const SHARED: usize = 3;

/// Leaves one hit for each place, in the order of places; the others are in its [`Hit::also`].
pub(crate) fn resolve(rules: &Rules, mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| {
        let length = hit.place.end - hit.place.start;
        (
            Reverse(rank(rules, hit)),
            hit.encodings.len(),
            Reverse(length),
            hit.rule,
            hit.place.start,
        )
    });
    let mut kept: BTreeMap<usize, Hit> = BTreeMap::new();
    for hit in hits {
        match overlapping(&kept, &hit.place).and_then(|at| kept.get_mut(&at)) {
            None => {
                kept.insert(hit.place.start, hit);
            }
            Some(winner) => {
                if winner.rule != hit.rule && !winner.also.contains(&hit.rule) {
                    winner.also.push(hit.rule);
                }
            }
        }
    }
    let mut kept: Vec<Hit> = kept.into_values().collect();
    for hit in &mut kept {
        hit.also.sort_unstable();
    }
    kept
}

/// A format of its own, then a name beside a value, then what only looks like a provider's format
/// because its checksum is wrong, then guesses.
fn rank(rules: &Rules, hit: &Hit) -> (u8, Confidence) {
    let Some(rule) = rules.all().get(hit.rule) else {
        return (0, Confidence::Low);
    };
    let class = match (&hit.proof, rule.is_generic()) {
        (Proof::Failed(_), true) => 0,
        (_, true) => 1,
        (Proof::Failed(_), false) => 2,
        (_, false) => 3,
    };
    (class, rule.confidence)
}

/// Where the first kept hit starts that stands on the same bytes.
fn overlapping(kept: &BTreeMap<usize, Hit>, place: &Range<usize>) -> Option<usize> {
    // Kept hits share at most a few bytes, so those that reach in from before are the last two.
    let before = kept.range(..=place.start).rev().take(2);
    let inside = kept.range(place.start + 1..place.end.max(place.start + 1));
    before
        .chain(inside)
        .find(|(_, hit)| same_bytes(&hit.place, place))
        .map(|(start, _)| *start)
}

fn same_bytes(a: &Range<usize>, b: &Range<usize>) -> bool {
    let shared = a.end.min(b.end).saturating_sub(a.start.max(b.start));
    let shorter = a.len().min(b.len());
    a.start == b.start || (shared > 0 && (shared > SHARED || shared == shorter))
}

//! Waivers that accept nothing beyond another one, as far as their texts show it.

use super::{Term, Waiver, WaiverRules};
use jiff::civil::Date;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Pairs of waivers that are compared at most. A policy with more than that in common goes without
/// these notes, which decide nothing.
const MOST_PAIRS: usize = 1_000_000;

/// For each waiver, the position of another one that makes it superfluous: it accepts at least as
/// much, and for at least as long.
pub fn duplicates(waivers: &[Waiver], rules: &WaiverRules, today: Date) -> Vec<Option<usize>> {
    let valid = |waiver: &Waiver| Term::of(waiver, rules, today) == Term::Valid;
    let wide = Wide::of(waivers, valid);
    let mut pairs = MOST_PAIRS;
    let mut superfluous = |(index, waiver): (usize, &Waiver)| {
        if !valid(waiver) {
            return None;
        }
        wide.near(waiver).take(pairs).find(|other_index| {
            pairs -= 1;
            let Some(other) = waivers.get(*other_index).filter(|_| *other_index != index) else {
                return false;
            };
            // Of two that say the same for as long, the later one in the file is superfluous.
            let outlives = match other.expires.cmp(&waiver.expires) {
                Ordering::Less => return false,
                Ordering::Equal => *other_index < index,
                Ordering::Greater => true,
            };
            waiver.terms.within(&other.terms) && (outlives || !other.terms.within(&waiver.terms))
        })
    };
    waivers.iter().enumerate().map(&mut superfluous).collect()
}

/// Waivers by a word that whatever lies within them shares, mostly.
struct Wide<'w> {
    by_word: BTreeMap<(&'static str, &'w str), Vec<usize>>,
    /// Those whose rules are patterns.
    rest: Vec<usize>,
}

const TELLING: [&str; 3] = ["fingerprint", "advisory", "rule"];

impl<'w> Wide<'w> {
    fn of(waivers: &'w [Waiver], valid: impl Fn(&Waiver) -> bool) -> Self {
        let mut wide = Self {
            by_word: BTreeMap::new(),
            rest: Vec::new(),
        };
        for (index, waiver) in waivers.iter().enumerate().filter(|(_, w)| valid(w)) {
            let key = TELLING.into_iter().find(|key| waiver.terms.has(key));
            let patterns = |key| key == "rule" && waiver.terms.words(key).any(|w| w.ends_with('*'));
            match key.filter(|key| !patterns(*key)) {
                Some(key) => {
                    for word in waiver.terms.words(key) {
                        wide.by_word.entry((key, word)).or_default().push(index);
                    }
                }
                None => wide.rest.push(index),
            }
        }
        wide
    }

    /// Those that may include this one.
    fn near<'s>(&'s self, waiver: &'s Waiver) -> impl Iterator<Item = usize> + 's {
        let first = |key| waiver.terms.words(key).next().map(|word| (key, word));
        let shared = TELLING
            .into_iter()
            .filter_map(first)
            .filter_map(|word| self.by_word.get(&word))
            .flatten();
        let rest = match waiver.terms.has("rule") {
            true => self.rest.as_slice(),
            false => &[],
        };
        shared.chain(rest).copied()
    }
}

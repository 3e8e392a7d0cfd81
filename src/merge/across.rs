//! One problem seen by several scanners that do not share their rules' names: the same kind at the
//! same place with the same weakness.
//!
//! A finding joins at most one of every other scanner, in the order of the files' lines, so that two
//! weaknesses on one line stay two.

use super::{Member, Slot, weakness};
use crate::model::{Certainty, Foreign as _, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// What two scanners must have in common: kind, file and weakness.
type Key = (Kind, String, String);

/// First and last line; `None` for the whole file.
type Lines = Option<(u32, u32)>;

struct Candidate {
    slot: Slot,
    lines: Lines,
    scanners: BTreeSet<usize>,
}

/// Joins the slots. `scanner_of` gives each run's scanner a number.
pub fn join(slots: &mut BTreeMap<Slot, Vec<Member>>, scanner_of: &[usize]) {
    let mut scanners: Vec<usize> = scanner_of.to_vec();
    scanners.sort_unstable();
    scanners.dedup();
    if scanners.len() < 2 {
        return;
    }
    let mut order: Vec<(Lines, Slot)> = Vec::new();
    let mut keys_of: BTreeMap<Slot, Vec<Key>> = BTreeMap::new();
    for (slot, members) in slots.iter() {
        let Some(first) = members.first() else {
            continue;
        };
        let keys = keys(first);
        if !keys.is_empty() {
            order.push((lines(first), *slot));
            keys_of.insert(*slot, keys);
        }
    }
    order.sort();
    let mut open: BTreeMap<Key, Vec<Candidate>> = BTreeMap::new();
    let mut moves: Vec<(Slot, Slot)> = Vec::new();
    for (lines, slot) in order {
        let own: BTreeSet<usize> = slots
            .get(&slot)
            .into_iter()
            .flatten()
            .filter_map(|member| scanner_of.get(member.run).copied())
            .collect();
        let keys = keys_of.remove(&slot).unwrap_or_default();
        let target = keys.iter().find_map(|key| {
            let list = open.get_mut(key)?;
            // Lists are sorted by line and code must stand on the very same one.
            let exact = key.0 != Kind::Config;
            let found = list.iter_mut().rev().take(MOST).find(|candidate| {
                same_place(candidate.lines, lines, exact) && candidate.scanners.is_disjoint(&own)
            })?;
            found.scanners.extend(&own);
            Some(found.slot)
        });
        match target {
            Some(target) => moves.push((slot, target)),
            None => {
                for key in keys {
                    open.entry(key).or_default().push(Candidate {
                        slot,
                        lines,
                        scanners: own.clone(),
                    });
                }
            }
        }
    }
    for (from, to) in moves {
        let members = slots.remove(&from).unwrap_or_default();
        slots.entry(to).or_default().extend(members);
    }
}

/// Open findings of one file and weakness that are looked at; the nearest lines come first.
const MOST: usize = 64;

/// Under which keys a finding can be found; none for what is merged by other means, has no sure
/// place, or names no weakness.
fn keys(member: &Member) -> Vec<Key> {
    let observation = &member.located.observation;
    let location = &member.located.location;
    if location.certainty == Certainty::Assumed {
        return Vec::new();
    }
    let file = location.path.raw();
    let key = |weakness: String| (observation.kind, file.to_owned(), weakness);
    match observation.kind {
        Kind::Secret => location
            .region
            .map(|_| key(String::new()))
            .into_iter()
            .collect(),
        Kind::Code if location.region.is_some() => {
            let families: BTreeSet<u32> = observation
                .cwe
                .iter()
                .map(|cwe| weakness::family(*cwe))
                .collect();
            families
                .into_iter()
                .map(|family| key(family.to_string()))
                .collect()
        }
        Kind::Config => observation
            .family
            .map(|family| key(family.to_owned()))
            .into_iter()
            .collect(),
        Kind::Code | Kind::Dependency | Kind::License => Vec::new(),
    }
}

fn lines(member: &Member) -> Lines {
    let region = member.located.location.region?;
    Some((region.line, region.end_line.unwrap_or(region.line)))
}

fn same_place(a: Lines, b: Lines, exact: bool) -> bool {
    match (a, b) {
        (Some((a, _)), Some((b, _))) if exact => a == b,
        (Some((a, a_end)), Some((b, b_end))) => a <= b_end && b <= a_end,
        // One scanner means the file as a whole.
        _ => !exact,
    }
}

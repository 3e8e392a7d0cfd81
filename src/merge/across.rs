//! One problem seen by several scanners that do not share their rules' names: the same kind at the
//! same place with the same weakness.
//!
//! A finding joins at most one of every other scanner, in the order of the files' lines, so that two
//! weaknesses on one line stay two.

use super::{Member, Slot, weakness};
use crate::model::{Certainty, Foreign as _, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// What two scanners must have in common: kind, file and weakness.
type Key<'a> = (Kind, &'a str, Weakness);

/// A family of weaknesses, by a CWE number or by a word of ours; secrets have none.
type Weakness = (u32, &'static str);

/// First and last line; `None` for the whole file.
type Lines = Option<(u32, u32)>;

struct Candidate {
    slot: Slot,
    lines: Lines,
    scanners: Vec<usize>,
}

/// Joins the slots. `scanner_of` gives each run's scanner a number.
pub fn join(slots: &mut BTreeMap<Slot, Vec<Member>>, scanner_of: &[usize]) {
    let mut scanners: Vec<usize> = scanner_of.to_vec();
    scanners.sort_unstable();
    scanners.dedup();
    if scanners.len() < 2 {
        return;
    }
    for (from, to) in moves(slots, scanner_of) {
        let members = slots.remove(&from).unwrap_or_default();
        slots.entry(to).or_default().extend(members);
    }
}

/// Which slots go into which.
fn moves(slots: &BTreeMap<Slot, Vec<Member>>, scanner_of: &[usize]) -> Vec<(Slot, Slot)> {
    let mut order: Vec<(Lines, Slot, Vec<Key<'_>>, &[Member])> = slots
        .iter()
        .filter_map(|(slot, members)| {
            let first = members.first()?;
            let keys = keys(first);
            (!keys.is_empty()).then(|| (lines(first), *slot, keys, members.as_slice()))
        })
        .collect();
    order.sort_unstable_by_key(|(lines, slot, ..)| (*lines, *slot));
    let mut open: BTreeMap<Key<'_>, Vec<Candidate>> = BTreeMap::new();
    let mut moves: Vec<(Slot, Slot)> = Vec::new();
    for (lines, slot, keys, members) in order {
        let scanner = |member: &Member| scanner_of.get(member.run).copied();
        let own: Vec<usize> = members.iter().filter_map(scanner).collect();
        let target = keys.iter().find_map(|key| {
            let list = open.get_mut(key)?;
            // Lists are sorted by line and code must stand on the very same one.
            let exact = key.0 != Kind::Config;
            let found = list.iter_mut().rev().take(MOST).find(|candidate| {
                same_place(candidate.lines, lines, exact)
                    && !candidate.scanners.iter().any(|s| own.contains(s))
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
    moves
}

/// Open findings of one file and weakness that are looked at; the nearest lines come first.
const MOST: usize = 64;

/// Under which keys a finding can be found; none for what is merged by other means, has no sure
/// place, or names no weakness.
fn keys(member: &Member) -> Vec<Key<'_>> {
    let observation = &member.located.observation;
    let location = &member.located.location;
    if location.certainty == Certainty::Assumed {
        return Vec::new();
    }
    let key = |weakness: Weakness| (observation.kind, location.path.raw(), weakness);
    match observation.kind {
        Kind::Secret if location.region.is_some() => vec![key((0, ""))],
        Kind::Code if location.region.is_some() => {
            let families: BTreeSet<u32> = observation
                .cwe
                .iter()
                .map(|cwe| weakness::family(*cwe))
                .collect();
            families
                .into_iter()
                .map(|family| key((family, "")))
                .collect()
        }
        Kind::Config => observation
            .family
            .map(|family| key((0, family)))
            .into_iter()
            .collect(),
        Kind::Secret | Kind::Code | Kind::Dependency | Kind::License => Vec::new(),
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

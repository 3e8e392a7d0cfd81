//! One tool's report in two formats, which may give one problem two start lines: Bandit's JSON the
//! line of the argument, its SARIF the line where the statement begins.
//!
//! What is left alone after the join by identity, of one scanner, kind, rule and file, is joined with
//! the nearest of the other format.

use super::{Member, Slot};
use crate::model::{Foreign as _, Kind, Run};
use std::collections::{BTreeMap, BTreeSet};

/// Lines between the starts of one problem; statements of more lines are rare.
pub(super) const NEAR: u32 = 8;

/// Open problems of one rule in one file that are compared.
const MOST: usize = 256;

struct Single {
    line: u32,
    run: usize,
    slot: Slot,
}

/// Joins the slots.
pub fn join(slots: &mut BTreeMap<Slot, Vec<Member>>, runs: &[Run]) {
    let formats: BTreeSet<_> = runs.iter().map(|run| (&run.scanner, run.format)).collect();
    let scanners: BTreeSet<_> = runs.iter().map(|run| &run.scanner).collect();
    if formats.len() == scanners.len() {
        return;
    }
    let mut groups: BTreeMap<_, Vec<Single>> = BTreeMap::new();
    for (slot, members) in slots.iter() {
        let [member] = members.as_slice() else {
            continue;
        };
        let observation = &member.located.observation;
        let (Some(region), Some(run)) = (member.located.location.region, runs.get(member.run))
        else {
            continue;
        };
        if matches!(observation.kind, Kind::Dependency | Kind::License) {
            continue;
        }
        let path = member.located.location.path.raw().to_owned();
        let kind = observation.kind;
        let key = (&run.scanner, kind, observation.rule.clone(), path);
        groups.entry(key).or_default().push(Single {
            line: region.line,
            run: member.run,
            slot: *slot,
        });
    }
    let format = |run: usize| runs.get(run).and_then(|run| run.format);
    let mut moves = Vec::new();
    for mut group in groups.into_values() {
        group.sort_by_key(|single| (single.line, single.run));
        group.truncate(MOST);
        let mut waiting: Vec<Single> = Vec::new();
        for single in group {
            let fits = |other: &Single| {
                single.line - other.line <= NEAR && format(other.run) != format(single.run)
            };
            match waiting.iter().rposition(fits) {
                Some(at) => moves.push((single.slot, waiting.remove(at).slot)),
                None => waiting.push(single),
            }
        }
    }
    for (from, to) in moves {
        let members = slots.remove(&from).unwrap_or_default();
        slots.entry(to).or_default().extend(members);
    }
}

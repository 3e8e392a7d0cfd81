//! What scans remember of each other: since when each finding is there, and what has gone.

use super::known::{Looked, worst_first};
use crate::merge::baseline::{Comparison, Known, compare};
use crate::model::{
    Base, Baseline, BaselineEntry, Context, Finding, Memory, Origin, Provenance, Run, Standing,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Entries that stand for no finding of today.
#[derive(Default)]
pub struct Left {
    /// Their scanners could not have seen them, so that their clocks go on.
    pub kept: Vec<BaselineEntry>,
    /// Their scanners have worked and see them no more.
    pub resolved: Vec<BaselineEntry>,
}

/// What is remembered.
pub fn memory(context: &Context) -> Memory {
    match &context.state {
        None => Memory::None,
        Some(state) => state.written.map_or(Memory::First, Memory::Since),
    }
}

/// Gives each finding the first day on which a scan saw it, unless an earlier one is known, and
/// tells what is new from what is old where nothing else is compared.
pub fn recall(findings: &mut [Finding], runs: &[Run], context: &Context) -> Left {
    let Some(state) = &context.state else {
        return Left::default();
    };
    let today = context.today();
    let comparison = compare(&findings.iter().collect::<Vec<_>>(), state);
    let days: Vec<Option<Date>> = findings
        .iter()
        .zip(&comparison.findings)
        .map(|(finding, known)| day(finding, *known, state, &comparison))
        .collect();
    for (finding, day) in findings.iter_mut().zip(days) {
        if matches!(finding.observation.standing, Standing::NotAProblem(_)) {
            continue;
        }
        let since = [finding.since, day].into_iter().flatten().min();
        let since = since.unwrap_or(today).min(today);
        finding.since = Some(since);
        // A baseline is somebody's word, which goes before what scans happened to see.
        let silent = context.baseline.is_none();
        if let (Base::Whole, Some(last), true) = (&context.base, state.written, silent) {
            finding.provenance = match day.is_some() || since <= last {
                true => Provenance {
                    origin: Origin::Existing,
                    why: "an earlier scan saw it, too",
                },
                false => Provenance {
                    origin: Origin::Disclosed,
                    why: "the last scan did not see it",
                },
            };
        }
    }
    let looked = Looked::of(runs);
    let open = comparison.open.iter();
    let (resolved, kept) = open
        .filter_map(|index| state.entries.get(*index).cloned())
        .partition(|entry| looked.at(entry, &state.absent));
    Left { kept, resolved }
}

/// The day that the state knows for a finding. Where it may be one of several old ones, the oldest:
/// a clock that starts again when files move would never run out.
fn day(finding: &Finding, known: Known, state: &Baseline, comparison: &Comparison) -> Option<Date> {
    let of = |index: &usize| state.entries.get(*index);
    match known {
        Known::Entry(index, _) => of(&index)?.since.or(state.written),
        Known::New(novelty) if novelty.is_ambiguous() => {
            let alike = |entry: &&BaselineEntry| {
                let same_rule = entry.rule == finding.observation.rule;
                let package = finding.observation.package.as_ref();
                let name = package.map(|package| package.normal_name());
                let same_package = entry.package.as_ref().map(|(_, name, _)| name) == name.as_ref();
                entry.scanner == finding.scanner && same_rule && same_package
            };
            let open = comparison.open.iter().filter_map(of).filter(alike);
            open.filter_map(|entry| entry.since).min()
        }
        Known::New(_) | Known::NotAProblem => None,
    }
}

/// What the baseline and the state know and nobody sees any more, each once.
pub fn all_resolved(
    mut of_baseline: Vec<BaselineEntry>,
    of_state: Vec<BaselineEntry>,
) -> Vec<BaselineEntry> {
    let prints = of_baseline.iter().map(|entry| entry.fingerprint.clone());
    let known: BTreeSet<String> = prints.collect();
    let more = of_state.into_iter();
    of_baseline.extend(more.filter(|entry| !known.contains(&entry.fingerprint)));
    worst_first(&mut of_baseline);
    of_baseline
}

/// What the next scan must remember besides the findings of this one: entries whose scanners could
/// not see them, and the last day of evidence of every scanner.
pub fn carried(kept: Vec<BaselineEntry>, context: &Context) -> Option<Baseline> {
    context.state.as_ref().map(|old| Baseline {
        written: old.written,
        scanners: old.scanners.clone(),
        entries: kept,
        history: old.history.clone(),
        ..Baseline::default()
    })
}

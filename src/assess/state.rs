//! What scans remember of each other: since when each finding is there, and what has gone.

use crate::merge::baseline::{Comparison, Known, compare};
use crate::model::{
    Base, Baseline, BaselineEntry, Context, Finding, HealthLevel, Memory, Origin, Provenance, Run,
    ScannerId, Standing,
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
        if let (Base::Whole, Some(last)) = (&context.base, state.written) {
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
    let worked = worked(runs);
    let open = comparison.open.iter();
    let (resolved, kept) = open
        .filter_map(|index| state.entries.get(*index).cloned())
        .partition(|entry| worked.contains(&entry.scanner));
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

/// Scanners of which every run is complete.
fn worked(runs: &[Run]) -> BTreeSet<ScannerId> {
    let complete = |run: &&Run| run.health.level() == HealthLevel::Complete;
    let mut worked: BTreeSet<ScannerId> = runs
        .iter()
        .filter(complete)
        .map(|run| run.scanner.clone())
        .collect();
    for run in runs.iter().filter(|run| !complete(run)) {
        worked.remove(&run.scanner);
    }
    worked
}

/// What the next scan must remember besides the findings of this one: entries whose scanners could
/// not see them, and the last day of evidence of every scanner.
pub fn carried(kept: Vec<BaselineEntry>, context: &Context) -> Option<Baseline> {
    context.state.as_ref().map(|old| Baseline {
        written: old.written,
        scanners: old.scanners.clone(),
        entries: kept,
        ..Baseline::default()
    })
}

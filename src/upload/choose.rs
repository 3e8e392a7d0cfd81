//! Which scanners are sent, and as what.

use crate::model::{Run, ScannerId};

/// What code scanning is told of a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What it has seen; what is not among it is closed there.
    Sound,
    /// That it failed; nothing is closed.
    Failed,
    /// Nothing: it was not run, by right. Its alerts stay as they are.
    Idle,
    /// Nothing, for this reason of ours.
    Unsent(&'static str),
}

/// The standing of a scanner with these reports. One that failed makes the scanner fail: what it
/// would have shown may not be taken for fixed. A run that was skipped by right counts for nothing.
pub fn standing(runs: &[&Run]) -> Standing {
    let counted = || runs.iter().filter(|run| !run.health.is_excused());
    if counted().next().is_none() {
        return Standing::Idle;
    }
    if counted().all(|run| run.health.work().is_some()) {
        return Standing::Sound;
    }
    // It judges a change by its base; without one there is nothing to tell, and nothing to close.
    if runs
        .iter()
        .all(|run| run.scanner.as_str() == ScannerId::SUPPRESSIONS)
    {
        return Standing::Idle;
    }
    match counted().any(|run| is_known(run)) {
        true => Standing::Failed,
        false => Standing::Unsent("it failed, and nothing tells the tool's own name"),
    }
}

/// Whether the run has the tool's own name and not only what the user calls it. A name that is
/// slightly off would be another tool in code scanning.
fn is_known(run: &Run) -> bool {
    run.home.is_some()
        || run.version.is_some()
        || run.format.is_some()
        || run.health.work().is_some()
}

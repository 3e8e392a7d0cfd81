//! What another policy would have said of runs that are stored. Pure: bundles and policies in,
//! differences out.

mod json;
mod text;

pub use json::write;
pub use text::render;

use crate::assess::assess;
use crate::bundle::{Bundle, Judged, Then};
use crate::canary;
use crate::model::{Assessment, Context, Event, Evidence, Reason, Untrusted, Verdict};
use crate::policy::Policy;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// All runs, and what they were judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// The files of the policy that is tried.
    pub policy: Vec<Untrusted>,
    /// Those of the policy that it is compared with; `None` for the verdicts of the time.
    pub against: Option<Vec<Untrusted>>,
    /// The runs that could be read, in the order in which they were named.
    pub runs: Vec<Replay>,
    /// Files that could not be read.
    pub unread: Vec<Unread>,
}

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The file.
    pub name: Untrusted,
    /// One sentence of ours.
    pub why: String,
    /// Foreign words that belong to it.
    pub detail: Option<Untrusted>,
}

/// One run under both policies.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// The file.
    pub name: Untrusted,
    /// Why the check ran.
    pub event: Event,
    /// The day of the check; waivers and ages are judged by it.
    pub day: Date,
    /// The verdict that is compared with.
    pub before: Verdict,
    /// The verdict of the policy that is tried.
    pub after: Verdict,
    /// What is missing from the evidence for the policy that is tried.
    pub gaps: Vec<Reason>,
    /// Findings that block now and did not.
    pub blocks: Vec<Shift>,
    /// Findings that blocked and do not any more.
    pub passes: Vec<Shift>,
    /// Number of findings that fare otherwise, without a difference in blocking.
    pub others: usize,
}

/// A finding that fares otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Before; `None` when the finding was not there, which takes another lockgate.
    pub before: Option<Then>,
    /// Now, likewise.
    pub after: Option<Then>,
}

impl Shift {
    /// The side that is there, the present one first.
    pub fn either(&self) -> Option<&Then> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

impl Replay {
    /// True when the policies do not agree on the verdict.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }

    /// True when the run now ends with this verdict and did not.
    pub fn becomes(&self, verdict: Verdict) -> bool {
        self.differs() && self.after == verdict
    }

    /// True when the run ended with this verdict and does not any more.
    pub fn leaves(&self, verdict: Verdict) -> bool {
        self.differs() && self.before == verdict
    }
}

/// Judges a run again. `against` is the policy to compare with; without one, it is the verdict that
/// the bundle holds.
pub fn replay(
    name: Untrusted,
    bundle: Bundle,
    policy: &Policy,
    against: Option<&Policy>,
) -> Replay {
    let Bundle {
        evidence,
        context,
        judged,
        part: _,
    } = bundle;
    let before = match against {
        Some(against) => Judged::of(&judge(evidence.clone(), against, &context)),
        None => judged,
    };
    let assessment = judge(evidence, policy, &context);
    let after = Judged::of(&assessment);
    let (mut blocks, mut passes, mut others) = (Vec::new(), Vec::new(), 0);
    let (verdicts, gaps) = (
        (before.verdict, after.verdict),
        assessment.gaps().cloned().collect(),
    );
    for shift in shifts(before, after) {
        let blocked = |then: &Option<Then>| {
            then.as_ref()
                .is_some_and(|then| then.disposition == "blocked")
        };
        match (blocked(&shift.before), blocked(&shift.after)) {
            (false, true) => blocks.push(shift),
            (true, false) => passes.push(shift),
            _ => others += 1,
        }
    }
    Replay {
        name,
        event: context.event,
        day: context.today(),
        before: verdicts.0,
        after: verdicts.1,
        gaps,
        blocks,
        passes,
        others,
    }
}

/// As a check judges, with the canaries of a scheduled one.
fn judge(evidence: Evidence, policy: &Policy, context: &Context) -> Assessment {
    let mut assessment = assess(evidence, policy, context);
    canary::add(&mut assessment, policy, context);
    assessment
}

/// The findings that fare otherwise, most severe first.
fn shifts(before: Judged, after: Judged) -> Vec<Shift> {
    let mut pairs: BTreeMap<String, Shift> = BTreeMap::new();
    let empty = Shift {
        before: None,
        after: None,
    };
    for then in before.findings {
        let entry = pairs.entry(then.fingerprint.clone());
        entry.or_insert_with(|| empty.clone()).before = Some(then);
    }
    for then in after.findings {
        let entry = pairs.entry(then.fingerprint.clone());
        entry.or_insert_with(|| empty.clone()).after = Some(then);
    }
    let fate = |then: &Option<Then>| {
        let then = then.as_ref();
        then.map(|then| (then.disposition, then.gate.as_ref().map(|g| g.name.clone())))
    };
    let mut shifts: Vec<Shift> = pairs
        .into_values()
        .filter(|shift| fate(&shift.before) != fate(&shift.after))
        .collect();
    shifts.sort_by_key(|shift| std::cmp::Reverse(shift.either().map(|then| then.severity)));
    shifts
}

//! What somebody has to do something about.

use crate::model::{Assessment, Decided, Disposition, Origin, Reason, Verdict};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Everything that is open, each list in the order in which it is shown.
#[derive(Debug, Default)]
pub struct Matters<'a> {
    /// Missing evidence: nobody can say how things are.
    pub gaps: Vec<&'a Reason>,
    /// What is to be said about scanners besides that: dark ones, partial evidence, canaries.
    pub remarks: Vec<&'a Reason>,
    /// Findings that block, the oldest first.
    pub blocking: Vec<&'a Decided>,
    /// Findings that will block if nothing is done, the nearest day first.
    pub coming: Vec<&'a Decided>,
    /// Findings that were not there at the last scan and do not block, the worst first.
    pub new: Vec<&'a Decided>,
    /// Findings that warn, the oldest first.
    pub warning: Vec<&'a Decided>,
}

impl<'a> Matters<'a> {
    /// Those of an assessment.
    pub fn of(assessment: &'a Assessment) -> Self {
        let mut matters = Self::default();
        // What gates say is told finding by finding.
        let gate = |reason: &&Reason| matches!(reason.code, "gate-blocks" | "gate-warns");
        for reason in assessment.reasons.iter().filter(|r| !gate(r)) {
            match reason.verdict {
                Verdict::Incomplete => matters.gaps.push(reason),
                _ => matters.remarks.push(reason),
            }
        }
        for decided in &assessment.findings {
            let disclosed = decided.finding.provenance.origin == Origin::Disclosed;
            let warns = matches!(decided.disposition, Disposition::Warned(_));
            match () {
                () if matches!(decided.disposition, Disposition::Blocked(_)) => {
                    matters.blocking.push(decided);
                }
                () if !is_free(decided) => {}
                () if disclosed && (warns || due(assessment, decided).is_some()) => {
                    matters.new.push(decided);
                }
                () if due(assessment, decided).is_some() => matters.coming.push(decided),
                () if warns => matters.warning.push(decided),
                () => {}
            }
        }
        // The assessment's own order, the worst first, stays among those of one age.
        let unknown_last = |d: &&Decided| (d.finding.since.is_none(), d.finding.since);
        matters.blocking.sort_by_key(unknown_last);
        matters.warning.sort_by_key(unknown_last);
        matters.coming.sort_by_key(|d| due(assessment, d));
        matters.new.sort_by_key(|d| Reverse(d.effective));
        matters
    }

    /// True when there is nothing to do.
    pub fn is_clear(&self) -> bool {
        self.gaps.is_empty() && self.remarks.is_empty() && self.findings().next().is_none()
    }

    /// The findings.
    pub fn findings(&self) -> impl Iterator<Item = &&'a Decided> {
        let open = self.coming.iter().chain(&self.new).chain(&self.warning);
        self.blocking.iter().chain(open)
    }

    /// A short name for each matter, the most important first, as [`super::Memory::open`] keeps them.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let reason = |reason: &&Reason| {
            let mark = if reason.verdict == Verdict::Incomplete {
                "!"
            } else {
                ""
            };
            let scanner = reason.scanner.as_ref().map_or("", |s| s.as_str());
            let digest = Sha256::digest(format!("{}\n{scanner}", reason.code));
            let digits: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
            digits + mark
        };
        let name = |decided: &&Decided, mark: &str| {
            let digits = decided.finding.fingerprint.get(..8).unwrap_or_default();
            format!("{digits}{mark}")
        };
        let gaps = self.gaps.iter().map(reason);
        let blocking = self.blocking.iter().map(move |d| name(d, "!"));
        let open = self.findings().skip(self.blocking.len());
        let rest = open.map(move |d| name(d, ""));
        gaps.chain(blocking)
            .chain(self.remarks.iter().map(reason))
            .chain(rest)
    }

    /// The same as a set, as far as it is remembered.
    pub fn remembered(&self) -> BTreeSet<String> {
        self.names().take(super::memory::MOST_OPEN).collect()
    }
}

/// The day on which a finding will block.
fn due(assessment: &Assessment, decided: &Decided) -> Option<Date> {
    let schedule = assessment.schedule.as_ref()?;
    let deadline = schedule.deadlines.get(&decided.finding.fingerprint)?;
    Some(deadline.day)
}

/// False for what somebody has accepted. A waiver has an end, too, but that is no news before it is
/// near, and then it is told as the waiver's own.
fn is_free(decided: &Decided) -> bool {
    !matches!(
        decided.disposition,
        Disposition::Waived(..) | Disposition::Suppressed(_) | Disposition::Informational(_)
    )
}

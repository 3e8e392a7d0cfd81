//! What it means for the verdict where the policy comes from, and what the judged change would make
//! of it.

use super::assess;
use crate::model::{
    AfterMerge, Assessment, Authority, Base, Baseline, Context, Evidence, PolicyError,
    PolicyOrigin, Reason, Untrusted, Verdict,
};
use crate::policy::Policy;
use std::collections::BTreeMap;

/// Observations above which nobody waits for a second assessment.
const MOST_OBSERVATIONS: usize = 100_000;

/// Reasons that the policy itself gives.
///
/// A policy that the judged change may have written proves nothing when it lets the change pass. One
/// that the change breaks would end every check after the merge, so that it must not get there.
pub fn reasons(authority: &Authority) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let PolicyOrigin::Change { why, mend } = &authority.origin {
        reasons.push(Reason {
            verdict: Verdict::Incomplete,
            code: "base-unreadable",
            scanner: None,
            text: format!(
                "policy and baseline are those that the judged change brings along, because the base's cannot be read: {why}; {mend}"
            ),
            detail: None,
        });
    }
    if let Some(first) = authority.errors.first() {
        reasons.push(Reason {
            verdict: Verdict::Block,
            code: "policy-broken",
            scanner: None,
            text: "the change breaks the policy; once merged, every check would end with an error"
                .to_owned(),
            detail: Some(at(first)),
        });
    }
    reasons
}

/// `lockgate.toml:3:7`.
fn at(error: &PolicyError) -> Untrusted {
    use crate::model::Foreign as _;
    let source = error.source.raw();
    match error.place {
        Some((line, column)) => format!("{source}:{line}:{column}").into(),
        None => source.into(),
    }
}

/// What the judged change makes of policy and baseline.
#[derive(Debug, Default)]
pub struct Proposal {
    /// The policy; `None` when it leaves that alone.
    pub policy: Option<Policy>,
    /// The baseline, when one is kept then.
    pub baseline: Option<Baseline>,
}

/// [`assess`], and what the same evidence would be worth under the policy that the judged change
/// proposes.
pub fn assess_both(
    evidence: Evidence,
    policy: &Policy,
    proposed: Option<&Proposal>,
    context: &Context,
) -> Assessment {
    let observations: usize = evidence.runs.iter().map(|w| w.observations.len()).sum();
    let then = proposed
        .filter(|_| observations <= MOST_OBSERVATIONS)
        .map(|proposed| {
            let context = Context {
                authority: Authority::default(),
                policy_changes: Vec::new(),
                baseline: proposed.baseline.clone(),
                base: merged(&context.base, &evidence),
                ..context.clone()
            };
            let policy = proposed.policy.as_ref().unwrap_or(policy);
            assess(evidence.clone(), policy, &context)
        })
        // Reports that only the new policy names were not read, so that nobody can say.
        .filter(|then| !then.gaps().any(|gap| gap.code == "no-evidence"));
    let mut now = assess(evidence, policy, context);
    now.after_merge = then.map(|then| compare(&now, &then));
    now
}

/// The base as it is for a baseline once the change is merged: it has the lines of all findings.
fn merged(base: &Base, evidence: &Evidence) -> Base {
    let mut base = base.clone();
    if let Base::Known(change) = &mut base {
        for located in evidence.runs.iter().flat_map(|w| &w.observations) {
            let path = located.location.path.clone();
            change
                .texts
                .entry(path)
                .or_default()
                .extend(located.digests.text);
        }
    }
    base
}

fn compare(now: &Assessment, then: &Assessment) -> AfterMerge {
    let blocks = |assessment: &Assessment| -> BTreeMap<String, usize> {
        let all = assessment.findings.iter().enumerate();
        all.filter(|(_, d)| d.disposition.word() == "blocked")
            .map(|(index, d)| (d.finding.fingerprint.clone(), index))
            .collect()
    };
    let (before, after) = (blocks(now), blocks(then));
    let gone = before
        .iter()
        .filter(|(print, _)| !after.contains_key(*print));
    let mut passing: Vec<usize> = gone.map(|(_, index)| *index).collect();
    passing.sort_unstable();
    let new = after.keys().filter(|print| !before.contains_key(*print));
    AfterMerge {
        verdict: then.verdict,
        passing,
        blocking: new.count(),
    }
}

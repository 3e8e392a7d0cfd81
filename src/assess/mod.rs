//! The pure core: evidence and policy in, verdict out. No clock, no environment, no I/O; the same
//! input gives the same output, byte for byte, in any order and on any number of threads.

mod admission;
mod alerts;
mod changes;
mod copies;
mod dark;
mod data;
mod deadline;
mod gap;
mod known;
mod silenced;
mod state;
mod trust;

pub use changes::changes;
pub use trust::{Proposal, assess_both};

use crate::merge;
use crate::model::{
    Assessment, BaselineSummary, Context, Coverage, Decided, Disposition, Event, Evidence, Health,
    PolicySummary, Problem, Reason, Run, ScannerId, Schedule, Untrusted, Verdict, Witnessed,
};
use crate::origin;
use crate::policy::{self, Judge, Policy, Seen};
use rayon::prelude::*;
use silenced::Silenced;
use std::collections::{BTreeMap, BTreeSet};

/// Merges the evidence, applies the policy, gives the verdict.
pub fn assess(evidence: Evidence, policy: &Policy, context: &Context) -> Assessment {
    let mut witnessed = evidence.runs;
    let absent: Vec<Witnessed> = absent(&witnessed, policy).collect();
    witnessed.extend(absent);
    for w in &mut witnessed {
        let rule = policy.scanner(&w.run.scanner);
        admission::admit(&mut w.run, &rule, context.now);
    }
    witnessed.sort_by_key(|a| order(&a.run));
    let (mut runs, mut findings) = merge::merge(witnessed);
    alerts::date(&mut findings, &mut runs, context);

    for finding in &mut findings {
        finding.provenance = origin::of(finding, &context.base);
    }
    copies::tell_apart(&mut findings, &context.base);
    let resolved = known::apply(&mut findings, &runs, context);
    let left = state::recall(&mut findings, &runs, context);

    let silenced = Silenced::new(&findings, context);
    let judge = Judge::new(policy, context);
    let (mut decided, tally) = judge.all(findings, |mut finding| {
        policy.data.enrich(&mut finding, context.now);
        silenced.recheck(finding)
    });
    decided.par_sort_unstable_by(|a, b| rank(a).cmp(&rank(b)));

    let mut reasons: Vec<Reason> = evidence.missing.into_iter().map(gap::missing).collect();
    reasons.extend(gap::gaps(&runs, policy, context));
    reasons.extend(known::gone(&runs, context.baseline.as_ref(), policy));
    reasons.extend(trust::reasons(&context.authority));
    reasons.extend(data::reasons(&decided, policy, context));
    let dark = dark::dark(&runs, policy, context);
    reasons.extend(dark::reasons(&dark));
    let kept = context.state.is_some() && !context.event.judges_a_change();
    let timed = kept || context.event == Event::Schedule;
    let schedule = timed.then(|| Schedule {
        memory: state::memory(context),
        deadlines: deadline::deadlines(&decided, policy, context),
        dark,
    });
    reasons.extend(decisions(&decided));
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.verdict));
    Assessment {
        verdict: reasons
            .first()
            .map_or(Verdict::Pass, |reason| reason.verdict),
        reasons,
        notes: policy::waiver_notes(policy, context.today(), Some(Seen::new(&tally, &runs))),
        runs,
        findings: decided,
        policy: PolicySummary {
            sources: policy.sources.clone(),
            unrated: Some(policy.unrated),
            data: policy.data.sources(context.now),
        },
        prefix: context.prefix.clone(),
        event: context.event,
        base: context.base.clone(),
        policy_changes: context.policy_changes.clone(),
        baseline: context.baseline.as_ref().map(|baseline| BaselineSummary {
            written: baseline.written,
            entries: baseline.entries.len(),
        }),
        authority: context.authority.clone(),
        after_merge: None,
        resolved: state::all_resolved(resolved, left.resolved),
        schedule,
        carried: state::carried(left.kept, context),
        today: context.today(),
    }
}

fn order(run: &Run) -> impl Ord + use<> {
    (
        run.scanner.clone(),
        run.report.clone(),
        run.ordinal,
        run.tool.clone(),
        run.version.clone(),
    )
}

/// Blocking findings first, then by severity, scanner, place; the fingerprint makes it total.
fn rank(decided: &Decided) -> impl Ord + use<'_> {
    let group = match decided.disposition {
        Disposition::Blocked(_) => 0,
        Disposition::Warned(_) => 1,
        Disposition::Unmatched => 2,
        Disposition::Allowed(_) => 3,
        Disposition::Waived(..) => 4,
        Disposition::Suppressed(_) => 5,
        Disposition::Informational(_) => 6,
    };
    (
        group,
        std::cmp::Reverse(decided.effective),
        &decided.finding.scanner,
        &decided.finding.location,
        &decided.finding.observation.rule,
        &decided.finding.fingerprint,
    )
}

/// A failed run for each scanner that is required and of which there is no report.
fn absent(witnessed: &[Witnessed], policy: &Policy) -> impl Iterator<Item = Witnessed> {
    let required = policy.scanners.iter().filter(|(_, rule)| rule.required);
    required
        .filter(|(id, _)| witnessed.iter().all(|w| w.run.scanner != **id))
        .map(|(id, _)| {
            let text = "it is required, and no report of it was given";
            Witnessed {
                run: Run {
                    scanner: id.clone(),
                    tool: id.as_str().into(),
                    home: None,
                    version: None,
                    report: None,
                    ordinal: 0,
                    format: None,
                    health: Health::Failed(Problem::new("missing", text)),
                    coverage: Coverage::default(),
                    notes: Vec::new(),
                    findings: 0,
                    rules: BTreeMap::new(),
                },
                observations: Vec::new(),
            }
        })
}

/// One reason for each gate that blocked or warned.
fn decisions(decided: &[Decided]) -> Vec<Reason> {
    let mut gates: Vec<(Verdict, Untrusted, usize, BTreeSet<ScannerId>)> = Vec::new();
    for d in decided {
        let (verdict, gate) = match &d.disposition {
            Disposition::Blocked(gate) => (Verdict::Block, gate),
            Disposition::Warned(gate) => (Verdict::Warn, gate),
            _ => continue,
        };
        let known = gates
            .iter_mut()
            .find(|(v, name, ..)| *v == verdict && *name == gate.name);
        match known {
            Some((_, _, count, scanners)) => {
                *count += 1;
                scanners.insert(d.finding.scanner.clone());
            }
            None => {
                let scanners = BTreeSet::from([d.finding.scanner.clone()]);
                gates.push((verdict, gate.name.clone(), 1, scanners));
            }
        }
    }
    gates
        .into_iter()
        .map(|(verdict, gate, count, scanners)| {
            let code = if verdict == Verdict::Block {
                "gate-blocks"
            } else {
                "gate-warns"
            };
            let verb = if verdict == Verdict::Block {
                "block"
            } else {
                "warn"
            };
            let names: Vec<&str> = scanners.iter().map(ScannerId::as_str).collect();
            let (noun, verb) = match count {
                1 => ("finding", format!("{verb}s")),
                _ => ("findings", verb.to_owned()),
            };
            Reason {
                verdict,
                code,
                scanner: None,
                text: format!("{count} {noun} of {} {verb} by gate", names.join(", ")),
                detail: Some(gate),
            }
        })
        .collect()
}

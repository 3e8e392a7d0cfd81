//! What the policy's own data lacks: snapshots that are too old, and facts that gates ask for and
//! that nobody told.

use super::gap::on;
use crate::model::{Context, Decided, Event, Foreign as _, Kind, Reason, Verdict};
use crate::policy::{Condition, Policy};

/// One reason for each lack.
pub fn reasons(decided: &[Decided], policy: &Policy, context: &Context) -> Vec<Reason> {
    let mut reasons = stale(policy, context);
    let asks = |test: fn(&Condition) -> bool| {
        let gates = policy.gates.iter().map(|gate| &gate.when);
        let waivers = policy.waivers.iter().map(|waiver| &waiver.when);
        gates.chain(waivers).any(|when| when.has(&test))
    };
    let vulnerable = |d: &&Decided| d.finding.observation.kind == Kind::Dependency;
    let count = |lacks: fn(&Decided) -> bool| {
        let all = decided.iter().filter(vulnerable);
        all.filter(|d| lacks(d)).count()
    };
    if asks(|c| matches!(c, Condition::Kev(_))) && policy.data.kev.is_none() {
        let lacking = count(|d| d.finding.observation.kev.is_none());
        reasons.extend(lack(
            "kev-unknown",
            lacking,
            "the policy asks for `kev`, and nobody looked whether",
            "exploited; name CISA's catalogue: `[data] kev = …`",
        ));
    }
    if asks(|c| matches!(c, Condition::Epss(_))) && policy.data.epss.is_none() {
        let lacking = count(|d| d.finding.observation.epss.is_none());
        reasons.extend(lack(
            "epss-unknown",
            lacking,
            "the policy asks for `epss`, and no report tells how likely",
            "exploited; name FIRST's list: `[data] epss = …`",
        ));
    }
    // Elsewhere an age that nobody knows is no lack: the clock belongs to the scheduled check.
    if context.event == Event::Schedule && asks(|c| matches!(c, Condition::Age(_))) {
        let lacking = decided.iter().filter(|d| d.finding.since.is_none()).count();
        reasons.extend(lack(
            "age-unknown",
            lacking,
            "the policy asks for `age`, and nobody wrote down since when",
            "there; keep a state, or the clock never runs out",
        ));
    }
    reasons
}

fn lack(code: &'static str, count: usize, before: &str, after: &str) -> Option<Reason> {
    let (noun, verb) = match count {
        0 => return None,
        1 => ("finding", "is"),
        _ => ("findings", "are"),
    };
    Some(Reason {
        verdict: Verdict::Warn,
        code,
        scanner: None,
        text: format!("{before} {count} {noun} {verb} {after}"),
        detail: None,
    })
}

fn stale(policy: &Policy, context: &Context) -> Vec<Reason> {
    let sources = policy.data.sources(context.now).into_iter();
    let stale = sources.filter(|source| source.stale);
    stale
        .map(|source| {
            let why = match source.date > context.today() {
                true => "which is still to come",
                false => "which is older than `[data] max-age` accepts",
            };
            Reason {
                verdict: on(policy.on_incomplete),
                code: "stale-data",
                scanner: None,
                text: format!("the snapshot `{}` is of {}, {why}", source.key, source.date),
                detail: Some(source.path.raw().into()),
            }
        })
        .collect()
}

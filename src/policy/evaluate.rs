//! Findings → dispositions.

use super::choose::choose;
use super::condition::Subject;
use super::{Action, Gate, Policy, Waiver};
use crate::model::{
    Context, Decided, Disposition, Finding, GateName, PolicyNote, Standing, WaiverUse,
};
use jiff::civil::Date;

/// A waiver is announced this many days before its last day.
const NOTICE_DAYS: i64 = 14;

/// Decides about one finding. `used` has one counter for each waiver of the policy.
pub fn evaluate(
    finding: Finding,
    policy: &Policy,
    context: &Context,
    used: &mut [usize],
) -> Decided {
    let effective = finding.observation.severity.unwrap_or(policy.unrated);
    let subject = Subject::passing(&finding, effective, context.now);
    let disposition = decide(&subject, policy, context.today(), used);
    Decided {
        finding,
        effective,
        disposition,
    }
}

fn decide(subject: &Subject<'_>, policy: &Policy, today: Date, used: &mut [usize]) -> Disposition {
    let finding = subject.finding;
    match &finding.observation.standing {
        Standing::NotAProblem(why) => return Disposition::Informational(why),
        Standing::Suppressed(why) if policy.scanner(&finding.scanner).honour_suppressions => {
            return Disposition::Suppressed(why.clone());
        }
        Standing::Suppressed(_) | Standing::Open => {}
    }
    let matching: Vec<(usize, &Waiver)> = policy
        .waivers
        .iter()
        .enumerate()
        .filter(|(_, waiver)| waiver.when.holds(subject))
        .collect();
    for (index, _) in &matching {
        if let Some(count) = used.get_mut(*index) {
            *count += 1;
        }
    }
    let chosen = choose(&policy.gates, subject);
    let Some(gate) = chosen.and_then(|at| policy.gates.get(at)) else {
        return Disposition::Unmatched;
    };
    let name = name(gate);
    if gate.action == Action::Allow {
        return Disposition::Allowed(name);
    }
    let valid = matching
        .into_iter()
        .find(|(_, waiver)| today <= waiver.expires);
    match (valid, gate.action) {
        (Some((index, waiver)), _) => Disposition::Waived(
            name,
            WaiverUse {
                index,
                reason: waiver.reason.clone(),
                owner: waiver.owner.clone(),
                expires: waiver.expires,
            },
        ),
        (None, Action::Block) => Disposition::Blocked(name),
        (None, Action::Warn | Action::Allow) => Disposition::Warned(name),
    }
}

fn name(gate: &Gate) -> GateName {
    GateName {
        name: gate.name.clone(),
        source: gate.source.clone(),
    }
}

/// Waivers that somebody should look at.
pub fn waiver_notes(policy: &Policy, today: Date, used: &[usize]) -> Vec<PolicyNote> {
    let note = |waiver: &Waiver, code: &'static str, text: String| PolicyNote {
        code,
        text,
        subject: waiver.subject.clone(),
        owner: waiver.owner.clone(),
        source: waiver.source.clone(),
        line: waiver.line,
    };
    let mut notes = Vec::new();
    for (index, waiver) in policy.waivers.iter().enumerate() {
        let matches = used.get(index).copied().unwrap_or_default();
        let left = today
            .until(waiver.expires)
            .map(|span| i64::from(span.get_days()))
            .unwrap_or_default();
        if waiver.expires < today {
            let text = format!(
                "expired on {}; {} findings count again",
                waiver.expires, matches
            );
            notes.push(note(waiver, "waiver-expired", text));
        } else if left <= NOTICE_DAYS {
            let text = format!("expires on {}, in {left} days", waiver.expires);
            notes.push(note(waiver, "waiver-expiring", text));
        }
        if matches == 0 {
            let text = "matches no finding; remove it when it is no longer needed".to_owned();
            notes.push(note(waiver, "waiver-unused", text));
        }
    }
    notes
}

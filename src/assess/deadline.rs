//! When a finding will block that does not block today.

use crate::model::{Context, Deadline, Decided, Disposition, Finding};
use crate::policy::{Judge, Policy, Tally};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::collections::{BTreeMap, BTreeSet};

/// Findings that the policy is asked about again; the worst come first.
const MOST: usize = 5000;

/// Days on which it is asked; those after them are too far away to matter today.
const MOST_DAYS: usize = 200;

/// By fingerprint, the first day on which a gate blocks a finding if nothing changes but the time:
/// it grows older, or its waiver ends. Found by asking the policy with later days.
pub fn deadlines(
    decided: &[Decided],
    policy: &Policy,
    context: &Context,
) -> BTreeMap<String, Deadline> {
    let points = policy.turning_points();
    let mut turns: BTreeMap<Date, Vec<&Finding>> = BTreeMap::new();
    for decided in decided.iter().filter(|d| may_block(d)).take(MOST) {
        for day in days(decided, &points, context.today()) {
            turns.entry(day).or_default().push(&decided.finding);
        }
    }
    let mut later = Context::at(context.now);
    later.event = context.event;
    let mut uses = Tally::new(policy.waivers.len());
    let mut found: BTreeMap<String, Deadline> = BTreeMap::new();
    for (day, findings) in turns.into_iter().take(MOST_DAYS) {
        let Ok(now) = Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)) else {
            continue;
        };
        later.now = now;
        let judge = Judge::new(policy, &later);
        for finding in findings {
            if found.contains_key(&finding.fingerprint) {
                continue;
            }
            let then = judge.one(finding.clone(), &mut uses);
            if let Disposition::Blocked(gate) = then.disposition {
                found.insert(finding.fingerprint.clone(), Deadline { day, gate });
            }
        }
    }
    found
}

fn may_block(decided: &Decided) -> bool {
    match decided.disposition {
        Disposition::Blocked(_) | Disposition::Suppressed(_) | Disposition::Informational(_) => {
            false
        }
        Disposition::Warned(_)
        | Disposition::Allowed(_)
        | Disposition::Unmatched
        | Disposition::Waived(..) => true,
    }
}

/// The days after today on which the answer may change, the next one first.
fn days(decided: &Decided, points: &BTreeSet<i64>, today: Date) -> BTreeSet<Date> {
    let since = decided.finding.since;
    let mut days: BTreeSet<Date> = since
        .into_iter()
        .flat_map(|since| {
            points
                .iter()
                .filter_map(move |n| since.checked_add(n.days()).ok())
        })
        .collect();
    if let Disposition::Waived(_, waiver) = &decided.disposition {
        let after = waiver.expires.tomorrow().ok();
        // Before that day it accepts whatever the gates say.
        days.retain(|day| after.is_some_and(|after| *day > after));
        days.extend(after);
    }
    days.retain(|day| *day > today);
    days
}

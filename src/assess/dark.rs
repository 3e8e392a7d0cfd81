//! Scanners that used to give evidence and have fallen silent.

use crate::model::{
    Context, Dark, Event, Health, HealthLevel, Problem, Reason, Run, ScannerId, Verdict,
};
use crate::policy::Policy;
use jiff::civil::Date;

/// Days from one to another; negative when the other comes first.
pub fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// The scanners that the last scans have evidence of and this scheduled one has not. Required ones
/// must not miss a day.
pub fn dark(runs: &[Run], policy: &Policy, context: &Context) -> Vec<Dark> {
    let Some(state) = &context.state else {
        return Vec::new();
    };
    if context.event != Event::Schedule {
        return Vec::new();
    }
    let nothing = |problem: &Problem| problem.code == Health::NOTHING_TO_LOOK_AT;
    let gave = |run: &Run| match run.health.level() {
        HealthLevel::Complete | HealthLevel::Partial => true,
        // The tree has nothing for it any more.
        HealthLevel::Skipped => run.health.problems().iter().any(nothing),
        HealthLevel::Failed => false,
    };
    let silent = |scanner: &ScannerId| !runs.iter().any(|run| run.scanner == *scanner && gave(run));
    let known = state.scanners.iter();
    known
        .filter(|(scanner, _)| silent(scanner))
        .map(|(scanner, since)| {
            let rule = policy.scanner(scanner);
            let days = days(*since, context.today()).max(0);
            let accepted = rule.dark_after.unwrap_or(policy.dark_after).days();
            Dark {
                scanner: scanner.clone(),
                since: *since,
                days,
                accepted,
                overdue: rule.required || accepted.is_some_and(|most| days > most),
            }
        })
        .collect()
}

/// What that does to the verdict.
pub fn reasons(dark: &[Dark]) -> Vec<Reason> {
    dark.iter()
        .filter(|dark| dark.overdue || dark.accepted.is_some())
        .map(|dark| {
            let since = match dark.days {
                0 => "earlier today".to_owned(),
                days => format!("{}, {} ago", dark.since, ago(days)),
            };
            let last = format!("its last evidence is of {since}");
            let text = match (dark.overdue, dark.accepted) {
                (true, Some(most)) if dark.days > most => {
                    format!("{last}; the policy accepts {}", ago(most))
                }
                (true, _) => format!("{last}; it is required in every scan"),
                (false, most) => format!(
                    "{last}; after {} without any the verdict is incomplete",
                    ago(most.unwrap_or_default())
                ),
            };
            Reason {
                verdict: match dark.overdue {
                    true => Verdict::Incomplete,
                    false => Verdict::Warn,
                },
                code: "scanner-dark",
                scanner: Some(dark.scanner.clone()),
                text,
                detail: None,
            }
        })
        .collect()
}

fn ago(days: i64) -> String {
    match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

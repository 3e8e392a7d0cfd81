//! What a scheduled scan says first: what is new, then what grows old. Shared by the pages for
//! people; each shows the phrases in its own way.

use super::phrase::{self, Phrase, count};
use crate::model::{Assessment, Dark, Decided, Disposition, Memory, Origin, Schedule};
use jiff::civil::Date;

/// A list with a heading.
pub struct Section {
    /// The heading, with the number of all that belongs here.
    pub title: String,
    /// What is shown.
    pub lines: Vec<Phrase>,
    /// How many are not shown.
    pub more: usize,
}

/// What is remembered of earlier scans, as one sentence.
pub fn memory(schedule: &Schedule) -> String {
    match schedule.memory {
        Memory::None => {
            "No state is kept between scans, so that no age is known: --state FILE keeps one."
                .to_owned()
        }
        Memory::First => {
            "This is the first scan that keeps a state: every clock starts today.".to_owned()
        }
        Memory::Since(day) => format!("The last scan was on {day}."),
    }
}

/// The sections that have something to say, with at most `most` lines each.
pub fn sections(assessment: &Assessment, most: usize) -> Vec<Section> {
    let Some(schedule) = &assessment.schedule else {
        return Vec::new();
    };
    let open = assessment.findings.iter().filter(|d| is_open(d, schedule));
    let (new, mut old): (Vec<&Decided>, Vec<&Decided>) =
        open.partition(|d| d.finding.provenance.origin == Origin::Disclosed);
    old.retain(|d| d.finding.since.is_some());
    old.sort_by_key(|d| d.finding.since);
    let today = assessment.today;
    let finding = |d: &&Decided| line(d, schedule, today);
    [
        section("Newly disclosed", &new, most, finding),
        section("Still open, oldest first", &old, most, finding),
        section("Dark scanners", &schedule.dark, most, dark),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// True for a finding that one of the sections holds, so that no other list has to name it again.
pub fn is_listed(assessment: &Assessment, decided: &Decided) -> bool {
    let finding = &decided.finding;
    let dated = finding.provenance.origin == Origin::Disclosed || finding.since.is_some();
    let times = assessment.schedule.as_ref();
    dated && times.is_some_and(|schedule| is_open(decided, schedule))
}

fn section<T>(title: &str, all: &[T], most: usize, line: impl Fn(&T) -> Phrase) -> Option<Section> {
    (!all.is_empty()).then(|| Section {
        title: format!("{title} ({})", all.len()),
        lines: all.iter().take(most).map(line).collect(),
        more: all.len().saturating_sub(most),
    })
}

/// True for what somebody has to do something about, now or later.
fn is_open(decided: &Decided, schedule: &Schedule) -> bool {
    match decided.disposition {
        Disposition::Blocked(_) | Disposition::Warned(_) => true,
        _ => schedule
            .deadlines
            .contains_key(&decided.finding.fingerprint),
    }
}

/// `high CVE-2020-8203 in package-lock.json:12, lodash 4.17.1; first seen 2026-11-01, 20 days ago;
/// blocks in 12 days by gate "two weeks"`.
fn line(decided: &Decided, schedule: &Schedule, today: Date) -> Phrase {
    let finding = &decided.finding;
    let mut line = Phrase::default()
        .ours(format!("{} ", phrase::severity(decided)))
        .name(&phrase::headline(finding))
        .ours(" in ")
        .name(&phrase::place(&finding.location));
    if let Some(target) = &finding.location.target {
        line = line.ours(" in ").name(target);
    }
    line = line.ours(", ");
    line = match phrase::package(finding) {
        Some(package) => line.and(package),
        None => line.words(&phrase::brief(&finding.observation.title)),
    };
    if let Some(when) = times(decided, schedule, today) {
        line = line.ours("; ").and(when);
    }
    let due = schedule.deadlines.contains_key(&finding.fingerprint);
    match &decided.disposition {
        Disposition::Blocked(gate) => line.ours("; blocks by gate ").title(&gate.name),
        Disposition::Warned(gate) if !due => line.ours("; warns by gate ").title(&gate.name),
        _ => line,
    }
}

/// Since when a finding is there and when it will block, where a scheduled scan knows that.
pub fn when(assessment: &Assessment, decided: &Decided) -> Option<Phrase> {
    let schedule = assessment.schedule.as_ref()?;
    times(decided, schedule, assessment.today)
}

/// `first seen 2026-11-01, 20 days ago; blocks on 2026-12-03, in 12 days, by gate "two weeks"`.
fn times(decided: &Decided, schedule: &Schedule, today: Date) -> Option<Phrase> {
    let finding = &decided.finding;
    let mut parts: Vec<Phrase> = Vec::new();
    let part = Phrase::default;
    if let Some(since) = finding.since {
        parts.push(part().ours(match days(since, today) {
            0 => "first seen today".to_owned(),
            days => format!("first seen {since}, {} ago", count(days, "day")),
        }));
    }
    if let Disposition::Waived(_, waiver) = &decided.disposition {
        parts.push(part().ours(format!("waived until {}", waiver.expires)));
    }
    if let Some(deadline) = schedule.deadlines.get(&finding.fingerprint) {
        let left = count(days(today, deadline.day), "day");
        let text = format!("blocks on {}, in {left}, by gate ", deadline.day);
        parts.push(part().ours(text).title(&deadline.gate.name));
    }
    parts
        .into_iter()
        .reduce(|one, other| one.ours("; ").and(other))
}

fn days(from: Date, to: Date) -> usize {
    let span = from.until(to).map_or(0, |span| span.get_days());
    usize::try_from(span).unwrap_or(0)
}

fn dark(dark: &Dark) -> Phrase {
    let ago = match usize::try_from(dark.days).unwrap_or(0) {
        0 => "earlier today".to_owned(),
        days => format!("{} ago", count(days, "day")),
    };
    let text = format!(
        "{} gave its last evidence on {}, {ago}",
        dark.scanner, dark.since
    );
    Phrase::default().ours(match (dark.overdue, dark.accepted) {
        (true, _) => format!("{text}: the verdict is incomplete"),
        (false, Some(most)) => {
            let most = count(usize::try_from(most).unwrap_or(0), "day");
            format!("{text}; the policy accepts {most}")
        }
        (false, None) => format!("{text}; the policy has given it up"),
    })
}

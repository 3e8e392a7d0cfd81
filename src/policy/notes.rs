//! Waivers that somebody should look at.

use super::condition::Pattern;
use super::duplicate::duplicates;
use super::tally::{Tally, Use};
use super::term::{Term, days_until};
use super::{Policy, Waiver};
use crate::model::{Health, HealthLevel, NoteCode, PolicyNote, Run, ScannerId};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A waiver that does not name one finding or one package may accept this many before it is called
/// broad.
const MANY: usize = 10;

/// What a check saw of the waivers.
pub struct Seen<'a> {
    tally: &'a Tally,
    runs: &'a [Run],
}

impl<'a> Seen<'a> {
    /// The uses of the waivers, and the runs whose findings they were tried on.
    pub fn new(tally: &'a Tally, runs: &'a [Run]) -> Self {
        Self { tally, runs }
    }
}

/// Waivers to look at, in the order of the policy. Without `seen`, what the policy alone shows.
pub fn waiver_notes(policy: &Policy, today: Date, seen: Option<Seen<'_>>) -> Vec<PolicyNote> {
    if policy.waivers.is_empty() {
        return Vec::new();
    }
    let evidence = seen.as_ref().map(|seen| evidence(policy, seen.runs));
    let duplicates = duplicates(&policy.waivers, &policy.waiver_rules, today);
    let mut notes = Vec::new();
    for ((index, waiver), same) in policy.waivers.iter().enumerate().zip(&duplicates) {
        let uses = seen.as_ref().and_then(|seen| seen.tally.get(index));
        // Without a match nobody knows more, unless everybody concerned has looked.
        let told = uses.filter(|uses| {
            let complete = |known: &Complete<'_>| concerned_are_complete(waiver, known);
            uses.matched > 0 || evidence.as_ref().is_some_and(complete)
        });
        let mut say = |code, text: String| notes.push(note(waiver, code, text));
        match Term::of(waiver, &policy.waiver_rules, today) {
            Term::Expired => {
                let text = format!("expired on {}{}", waiver.expires, counting_again(told));
                say(NoteCode::Expired, text);
                continue;
            }
            Term::TooLong => {
                let most = policy.waiver_rules.max_days.unwrap_or_default();
                let text = format!(
                    "does not hold: it ends on {}, and the policy allows at most {most} days from \
                     today{}",
                    waiver.expires,
                    counting_again(told)
                );
                say(NoteCode::TooLong, text);
                continue;
            }
            Term::Valid => {}
        }
        let left = days_until(today, waiver.expires);
        if left <= i64::from(policy.waiver_rules.notice_days) {
            let when = match left {
                0 => "today".to_owned(),
                1 => "in 1 day".to_owned(),
                left => format!("in {left} days"),
            };
            let text = format!("expires on {}, {when}", waiver.expires);
            say(NoteCode::Expiring, text);
        }
        if let Some(text) = broad(waiver, uses) {
            say(NoteCode::Broad, text);
        }
        // One that is superfluous itself, or that ends before, replaces nobody.
        let stays = |other: &usize| {
            let ends = policy.waivers.get(*other).map(|other| other.expires);
            let superfluous = duplicates.get(*other).is_none_or(Option::is_some);
            ends >= Some(waiver.expires) && !superfluous
        };
        let instead = same.or_else(|| uses.and_then(replaced).filter(stays));
        if let Some(other) = instead.and_then(|index| policy.waivers.get(index)) {
            let text = match other.source == waiver.source {
                true => format!("the waiver in line {} accepts the same already", other.line),
                false => format!(
                    "a waiver of another policy file, in line {}, accepts the same already",
                    other.line
                ),
            };
            say(NoteCode::Duplicate, text);
        } else if told.is_some_and(|uses| uses.matched == 0) {
            let text = "matches no finding; remove it when it is no longer needed";
            say(NoteCode::Unused, text.to_owned());
        } else if told.is_some_and(|uses| uses.needed == 0) {
            let text = "what it matches passes without it: no gate blocks it or warns of it";
            say(NoteCode::Ineffective, text.to_owned());
        }
    }
    notes
}

fn note(waiver: &Waiver, code: NoteCode, text: String) -> PolicyNote {
    PolicyNote {
        code,
        text,
        subject: waiver.subject.clone(),
        owner: waiver.owner.clone(),
        source: waiver.source.clone(),
        path: waiver.path.clone(),
        line: waiver.line,
    }
}

/// What the end of a waiver means, when that is known.
fn counting_again(told: Option<&Use>) -> String {
    match told.map(|uses| uses.matched) {
        None => String::new(),
        Some(0) => "; it matches no finding any more, so remove it".to_owned(),
        Some(1) => "; 1 finding counts again".to_owned(),
        Some(n) => format!("; {n} findings count again"),
    }
}

/// The waiver that was applied whenever this one could have been.
fn replaced(uses: &Use) -> Option<usize> {
    uses.instead
        .filter(|_| uses.applied == 0 && uses.needed > 0)
}

/// Why a waiver may accept more than somebody thought of.
fn broad(waiver: &Waiver, uses: Option<&Use>) -> Option<String> {
    let terms = &waiver.terms;
    if terms.has("fingerprint") {
        return None;
    }
    if let Some(key) = terms.boundless() {
        let all = match key {
            "path" => "every file",
            _ => "every rule",
        };
        return Some(format!(
            "accepts findings in {all}, also later ones; narrow its `{key}`"
        ));
    }
    let uses = uses?;
    let rules = uses.rules.len();
    if !terms.has("advisory") && rules > terms.words("rule").count() {
        return Some(format!(
            "accepts findings of {rules} rules; name each of them, or the one that is meant"
        ));
    }
    let narrowed = terms.has("advisory") && terms.has("package");
    (uses.applied > MANY && !narrowed).then(|| {
        format!(
            "accepts {} findings; narrow it, or name them by fingerprint",
            uses.applied
        )
    })
}

/// Scanner → whether it looked at everything it was given.
type Complete<'a> = BTreeMap<&'a ScannerId, bool>;

/// All scanners that ran, and those that the policy speaks of: a check may read the reports of only
/// some.
fn evidence<'a>(policy: &'a Policy, runs: &'a [Run]) -> Complete<'a> {
    let mut complete: Complete<'_> = BTreeMap::new();
    for run in runs {
        let whole = run.health.level() == HealthLevel::Complete
            || run
                .health
                .problems()
                .iter()
                .any(|problem| problem.code == Health::NOTHING_TO_LOOK_AT);
        let known = complete.entry(&run.scanner).or_insert(true);
        *known &= whole;
    }
    for scanner in policy.scanners.keys() {
        complete.entry(scanner).or_insert(false);
    }
    complete
}

/// Whether everybody who could see what the waiver is about has looked.
fn concerned_are_complete(waiver: &Waiver, complete: &Complete<'_>) -> bool {
    if !waiver.terms.has("scanner") {
        return !complete.is_empty() && complete.values().all(|whole| *whole);
    }
    waiver.terms.words("scanner").all(|word| {
        let Some(pattern) = Pattern::scanner(word) else {
            return false;
        };
        let mut meant = complete
            .iter()
            .filter(|(scanner, _)| pattern.matches(scanner.as_str()))
            .peekable();
        meant.peek().is_some() && meant.all(|(_, whole)| *whole)
    })
}

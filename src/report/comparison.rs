//! What the findings were compared with, in words.

use super::phrase::Phrase;
use crate::escape;
use crate::model::{Assessment, Base, Decided, Disposition, Origin, Revision};
use serde::Serialize;

/// True where findings can be told apart by origin.
pub fn is_known(assessment: &Assessment) -> bool {
    assessment.base.change().is_some() || assessment.baseline.is_some()
}

/// True where there is a base that should have been read, and the reader can mend that.
pub fn is_broken(assessment: &Assessment) -> bool {
    matches!(assessment.base, Base::Unreadable { .. })
}

/// The comparison in one sentence: "compared with main (0a1b2c3): 3 introduced, 14 existing", or why
/// there is none. A baseline is named, too.
pub fn sentence(assessment: &Assessment) -> Phrase {
    let phrase = based(assessment);
    let known = assessment.base.change().is_some();
    match &assessment.baseline {
        None if known => phrase.ours(format!(": {}", counts(assessment))),
        None => phrase,
        Some(baseline) => {
            let day = baseline.written.map(|day| format!(" of {day}"));
            phrase.ours(format!(
                "{} the baseline{}: {}",
                if known { " and" } else { "; held against" },
                day.unwrap_or_default(),
                counts(assessment)
            ))
        }
    }
}

fn based(assessment: &Assessment) -> Phrase {
    let phrase = Phrase::default();
    match &assessment.base {
        Base::Known(change) => named(phrase.ours("compared with "), &change.base),
        Base::Unreadable { why, mend } => phrase.ours(format!("not compared: {why}; {mend}")),
        Base::None { why } => phrase.ours(format!(
            "not compared: {why}{}",
            match assessment.baseline {
                Some(_) => "",
                None => ", so that every finding counts as new",
            }
        )),
        Base::Whole => phrase.ours(format!(
            "{} looks at everything, and compares with no commit",
            match assessment.event.word() {
                "schedule" => "a scheduled check",
                _ => "a check that a person starts",
            }
        )),
    }
}

/// `main (0a1b2c3)`, or `0a1b2c3` alone.
pub fn named(phrase: Phrase, base: &Revision) -> Phrase {
    let short = base.short();
    if escape::json(&base.name) == base.id {
        return phrase.ours(short);
    }
    phrase.name(&base.name).ours(format!(" ({short})"))
}

/// How many open findings there are of each origin.
fn counts(assessment: &Assessment) -> String {
    let open = || assessment.findings.iter().filter(|d| is_open(d));
    let parts: Vec<String> = Origin::ALL
        .into_iter()
        .map(|origin| (origin, open().filter(|d| of(d) == origin).count()))
        .filter(|(_, number)| *number > 0)
        .map(|(origin, number)| format!("{number} {}", origin.word()))
        .collect();
    match parts.is_empty() {
        true => "no open finding".to_owned(),
        false => parts.join(", "),
    }
}

/// Where a finding comes from, with the reason: "introduced: the change touches the line". `None`
/// where the base says the same of all.
pub fn origin(assessment: &Assessment, decided: &Decided) -> Option<String> {
    let provenance = decided.finding.provenance;
    is_known(assessment).then(|| format!("{}: {}", provenance.origin.word(), provenance.why))
}

fn of(decided: &Decided) -> Origin {
    decided.finding.provenance.origin
}

/// True for a finding that the change brings in, or may bring in: where nobody knows, everything may.
pub fn is_new(decided: &Decided) -> bool {
    matches!(of(decided), Origin::Introduced | Origin::Unknown)
}

/// True for a finding that nobody has accepted, and that is a problem.
pub fn is_open(decided: &Decided) -> bool {
    !matches!(
        decided.disposition,
        Disposition::Waived(..) | Disposition::Suppressed(_) | Disposition::Informational(_)
    )
}

/// The comparison for machines.
#[derive(Serialize)]
pub struct ComparisonOut<'a> {
    event: &'static str,
    state: &'static str,
    base: Option<BaseOut<'a>>,
    baseline: Option<BaselineOut>,
    why: Option<&'a str>,
    mend: Option<&'a str>,
}

#[derive(Serialize)]
struct BaselineOut {
    written: Option<String>,
    findings: usize,
}

#[derive(Serialize)]
struct BaseOut<'a> {
    name: &'a str,
    id: &'a str,
}

impl<'a> ComparisonOut<'a> {
    /// Describes it.
    pub fn of(assessment: &'a Assessment) -> Self {
        let (state, why, mend) = match &assessment.base {
            Base::Known(_) => ("known", None, None),
            Base::Unreadable { why, mend } => ("unreadable", Some(&**why), Some(&**mend)),
            Base::None { why } => ("none", Some(&**why), None),
            Base::Whole => ("whole", None, None),
        };
        Self {
            event: assessment.event.word(),
            state,
            base: assessment.base.change().map(|change| BaseOut {
                name: escape::json(&change.base.name),
                id: &change.base.id,
            }),
            baseline: assessment.baseline.map(|baseline| BaselineOut {
                written: baseline.written.map(|day| day.to_string()),
                findings: baseline.entries,
            }),
            why,
            mend,
        }
    }
}

/// A finding's place in a list that has room for few: what the change brings in comes first.
pub fn rank(decided: &Decided) -> u8 {
    match of(decided) {
        Origin::Introduced | Origin::Unknown => 0,
        Origin::Disclosed => 1,
        Origin::Existing => 2,
    }
}

/// The number of open findings that the change brings in or may bring in.
pub fn introduced(assessment: &Assessment) -> usize {
    let findings = assessment.findings.iter();
    findings.filter(|d| is_open(d) && is_new(d)).count()
}

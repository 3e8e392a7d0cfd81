//! Text → cases. Every error is collected, with its place.

use super::finding::finding;
use super::{Case, MadeRun, Trial};
use crate::model::diagnostic::Diagnostic;
use crate::model::{Event, Health, HealthLevel, Problem, ScannerId, Verdict, Work};
use crate::policy::Source;
use crate::policy::file::{self, Reader};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The day of a file that gives none. Fixed, so that no test begins to fail some day.
const TODAY: Date = jiff::civil::date(2026, 1, 1);

/// Reads a file of tests.
///
/// # Errors
/// Every error in it, with line and column.
pub fn read(source: &Source) -> Result<Trial, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let table = file::parse(source, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut reader = Reader::new(source, table.get_ref(), table.span(), "test", &mut errors);
    let why = "say which policy is tested: policy = \"lockgate.toml\", or \"lockgate:balanced\"";
    let policy = reader.required_text("policy", why);
    let today = date(&mut reader, "today").unwrap_or(TODAY);
    let cases = reader.tables("case");
    if cases.is_empty() {
        reader.missing("case", "write at least one [[case]]");
    }
    reader.finish();
    let cases: Vec<Case> = cases
        .into_iter()
        .filter_map(|(table, span)| case(source, table, span, today, &mut errors))
        .collect();
    match policy {
        Some(policy) if errors.is_empty() => Ok(Trial {
            policy: policy.name,
            cases,
        }),
        _ => {
            errors.sort_by_key(|error| (error.span.start, error.span.end));
            Err(errors)
        }
    }
}

fn case(
    source: &Source,
    table: &DeTable<'_>,
    span: Range<usize>,
    today: Date,
    errors: &mut Vec<Diagnostic>,
) -> Option<Case> {
    let before = source.text.get(..span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let failed = errors.len();
    let mut reader = Reader::new(source, table, span, "case", errors);
    let name = reader.required_text("name", "say what the case shows");
    let now = moment(date(&mut reader, "today").unwrap_or(today));
    let events = Event::ALL.map(|event| (event.word(), event));
    let event = reader.choice("event", &events);
    let verdict = verdict(&mut reader);
    let reasons = reader.words("reasons").unwrap_or_default();
    let findings = reader.tables("findings");
    let runs = reader.value("runs").is_some();
    let run_tables = match empty(&mut reader, "runs") {
        true => Vec::new(),
        false => reader.tables("runs"),
    };
    let findings: Vec<_> = findings
        .into_iter()
        .enumerate()
        .filter_map(|(index, (table, span))| {
            reader.within(table, span, "finding", |reader| finding(reader, index))
        })
        .collect();
    let run_list: Vec<_> = run_tables
        .into_iter()
        .filter_map(|(table, span)| reader.within(table, span, "run", run))
        .collect();
    reader.finish();
    if errors.len() > failed {
        return None;
    }
    Some(Case {
        name: name?.name.into(),
        line,
        now,
        event: event.unwrap_or(Event::PullRequest),
        findings,
        runs: runs.then_some(run_list),
        verdict: verdict?,
        reasons: reasons.into_iter().map(|word| word.name.into()).collect(),
    })
}

fn verdict(reader: &mut Reader<'_, '_>) -> Option<Verdict> {
    let verdicts = [
        Verdict::Pass,
        Verdict::Warn,
        Verdict::Block,
        Verdict::Incomplete,
    ];
    if reader.value("expect").is_none() {
        let why = "say which verdict is expected: pass, warn, block or incomplete";
        reader.missing("expect", why);
        return None;
    }
    reader.choice("expect", &verdicts.map(|verdict| (verdict.word(), verdict)))
}

/// True for `key = []`: no runs at all is something to test.
fn empty(reader: &mut Reader<'_, '_>, key: &'static str) -> bool {
    let list = reader
        .value(key)
        .and_then(|value| value.get_ref().as_array());
    list.is_some_and(|list| list.is_empty())
}

fn run(reader: &mut Reader<'_, '_>) -> Option<MadeRun> {
    let scanner = reader.required_text("scanner", "say whose run it is");
    let scanner = scanner.and_then(|word| scanner_id(reader, &word));
    let levels = [
        HealthLevel::Complete,
        HealthLevel::Partial,
        HealthLevel::Failed,
        HealthLevel::Skipped,
    ];
    let level = reader.choice("health", &levels.map(|level| (level.word(), level)));
    let version = reader.text("version");
    let written = date(reader, "written");
    let work = Work::new(1, "files")?;
    let health = match level.unwrap_or(HealthLevel::Complete) {
        HealthLevel::Complete => Health::Complete(work),
        HealthLevel::Partial => Health::Partial(
            work,
            vec![Problem::new("left-out", "it left something out")],
        ),
        HealthLevel::Failed => Health::Failed(Problem::new("failed", "the scanner failed")),
        HealthLevel::Skipped => Health::Skipped(Problem::new(
            Health::NOTHING_TO_LOOK_AT,
            "there is nothing for it to look at",
        )),
    };
    Some(MadeRun {
        scanner: scanner?,
        health,
        version: version.map(|word| word.name.into()),
        written: written.map(moment),
    })
}

/// A scanner's name.
pub fn scanner_id(reader: &mut Reader<'_, '_>, word: &file::Word) -> Option<ScannerId> {
    let id = ScannerId::new(&word.name);
    if id.is_none() {
        reader.error(
            word.span.clone(),
            &format!("`{}` is no name of a scanner", word.name),
            "small letters, digits and single `-` only",
            None,
        );
    }
    id
}

/// A day.
pub fn date(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<Date> {
    let value = reader.value(key)?;
    let text = match value.get_ref() {
        DeValue::Datetime(when) if when.time.is_none() => when.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => String::new(),
    };
    let date = text.parse().ok();
    if date.is_none() {
        let help = format!("write {key} = 2026-11-21");
        let message = format!("`{key}` must be a date without a time");
        reader.error(value.span(), &message, "not a date", Some(help));
    }
    date
}

/// The first moment of a day in UTC.
fn moment(day: Date) -> Timestamp {
    Offset::UTC
        .to_timestamp(day.at(0, 0, 0, 0))
        .unwrap_or_default()
}

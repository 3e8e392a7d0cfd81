//! An assessment → a baseline → its text.

use super::{Line, MAX_BYTES, MAX_ENTRIES, MAX_TITLE, VERSION};
use crate::model::{
    Assessment, Baseline, BaselineEntry, Certainty, Decided, FINGERPRINT_SCHEME, Foreign as _,
    Problem, Standing,
};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The baseline that an assessment's findings make. What a report marks as not a problem is none.
pub fn of(assessment: &Assessment) -> Baseline {
    let today = assessment.today;
    let worked = assessment.runs.iter().filter(|r| r.health.work().is_some());
    let problem = |d: &&Decided| {
        let standing = &d.finding.observation.standing;
        !matches!(standing, Standing::NotAProblem(_))
    };
    Baseline {
        written: Some(today),
        scanners: worked.map(|run| (run.scanner.clone(), today)).collect(),
        entries: assessment
            .findings
            .iter()
            .filter(problem)
            .map(|decided| entry(decided, today))
            .collect(),
        history: None,
        absent: BTreeSet::new(),
    }
}

/// A finding as a baseline knows it.
pub fn entry(decided: &Decided, today: Date) -> BaselineEntry {
    let finding = &decided.finding;
    let observation = &finding.observation;
    let location = &finding.location;
    let (text, around) = finding.digests.written();
    let title: String = observation.title.raw().chars().take(MAX_TITLE).collect();
    BaselineEntry {
        fingerprint: finding.fingerprint.clone(),
        scanner: finding.scanner.clone(),
        rule: observation.rule.clone(),
        kind: observation.kind,
        severity: decided.effective,
        title: title.into(),
        path: location.path.clone(),
        line: location.region.map(|region| region.line),
        target: location
            .target
            .clone()
            .filter(|_| location.certainty == Certainty::Assumed),
        text,
        around,
        package: observation.package.as_ref().map(|package| {
            let version = package.version.as_ref();
            (
                package.ecosystem.clone(),
                package.normal_name(),
                version.map(|version| version.raw().to_owned()),
            )
        }),
        advisories: observation.advisories.clone(),
        since: Some(finding.since.unwrap_or(today)),
    }
}

/// The file's text; the same for the same findings in any order.
///
/// # Errors
/// When it would be larger than what is read.
pub fn write(baseline: &Baseline) -> Result<String, Problem> {
    if baseline.entries.len() > MAX_ENTRIES {
        let text = format!("a baseline holds at most {MAX_ENTRIES} findings");
        return Err(Problem::new("baseline-too-large", text));
    }
    let mut lines: Vec<_> = baseline
        .entries
        .iter()
        .map(|entry| {
            let key = (&entry.path, &entry.scanner, &entry.rule, entry.line);
            (key, json(&Line::of(entry)))
        })
        .collect();
    lines.sort_unstable();
    let mut out = format!("{{\n\"version\": {VERSION},\n");
    let _ = writeln!(out, "\"fingerprints\": {},", json(FINGERPRINT_SCHEME));
    if let Some(day) = baseline.written {
        let _ = writeln!(out, "\"written\": \"{day}\",");
    }
    let scanners = baseline.scanners.iter();
    let scanners: Vec<String> = scanners
        .map(|(scanner, day)| format!("{}: \"{day}\"", json(scanner.as_str())))
        .collect();
    let lines: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
    let _ = writeln!(out, "\"scanners\": {{{}}},", block(&scanners));
    let _ = write!(out, "\"findings\": [{}]", block(&lines));
    let history = baseline.history.as_ref();
    let history = history.and_then(|text| serde_json::from_str::<Value>(text.raw()).ok());
    if let Some(history) = history.filter(Value::is_object) {
        let _ = write!(out, ",\n\"history\": {}", json(&history));
    }
    out.push_str("\n}\n");
    if out.len() > MAX_BYTES {
        let text = format!("a baseline holds at most {} MiB", MAX_BYTES / 1024 / 1024);
        return Err(Problem::new("baseline-too-large", text));
    }
    Ok(out)
}

/// Each part on a line of its own.
fn block(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        parts => format!("\n{}\n", parts.join(",\n")),
    }
}

/// JSON in printable ASCII: what a reviewer sees is what is there, and no editor's encoding harms it.
fn json(value: &(impl Serialize + ?Sized)) -> String {
    // Only a map with keys that are no texts could fail.
    let text = serde_json::to_string(value).unwrap_or_default();
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text;
    }
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if (' '..='~').contains(&c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

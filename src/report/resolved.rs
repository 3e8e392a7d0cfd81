//! What the baseline knows and nobody sees any more.

use super::phrase::{Phrase, Sink};
use crate::escape::json as text;
use crate::model::{AdvisoryId, Assessment, BaselineEntry, Memory, Untrusted};
use serde::Serialize;

/// Entries that people are shown; the rest is counted.
const MAX_SHOWN: usize = 50;

/// `CVE-2020-8203 lodash 4.17.15 in package-lock.json:12: Prototype pollution`; for what is no
/// package the rule.
pub fn entry(entry: &BaselineEntry) -> Phrase {
    let phrase = match (&entry.package, entry.advisories.first()) {
        (Some(_), Some(advisory)) => Phrase::default()
            .name(&advisory.as_str().into())
            .ours(" ")
            .name(&package(entry)),
        _ => Phrase::default().name(&text(&entry.rule).into()),
    };
    let phrase = phrase.ours(" in ").name(&place(entry));
    phrase.ours(": ").words(&super::phrase::brief(&entry.title))
}

/// Name and version of the package; empty for what is none.
pub fn package(entry: &BaselineEntry) -> Untrusted {
    match &entry.package {
        Some((_, name, Some(version))) => format!("{name} {version}").into(),
        Some((_, name, None)) => name.as_str().into(),
        None => "".into(),
    }
}

/// The file and line, or what was scanned instead.
pub fn place(entry: &BaselineEntry) -> Untrusted {
    match (&entry.target, entry.line) {
        (Some(target), _) => target.clone(),
        (None, Some(line)) => format!("{}:{line}", text(&entry.path)).into(),
        (None, None) => text(&entry.path).into(),
    }
}

/// Title and lines of the list; `None` when there is nothing to say.
pub fn list(assessment: &Assessment, sink: &Sink) -> Option<(String, Vec<String>)> {
    let all = &assessment.resolved;
    if all.is_empty() {
        return None;
    }
    let shown = all.iter().take(MAX_SHOWN);
    let mut lines: Vec<String> = shown.map(|e| entry(e).show(sink)).collect();
    if let Some(more) = all.len().checked_sub(MAX_SHOWN).filter(|n| *n > 0) {
        lines.push(format!("… and {more} more, in the JSON report"));
    }
    let last = assessment.schedule.as_ref().map(|times| times.memory);
    let since = match last {
        Some(Memory::Since(day)) => day.to_string(),
        _ => "the baseline".to_owned(),
    };
    Some((format!("Resolved since {since} ({})", all.len()), lines))
}

/// An entry in the JSON report.
#[derive(Serialize)]
pub struct ResolvedOut<'a> {
    fingerprint: &'a str,
    scanner: &'a str,
    rule: &'a str,
    kind: &'static str,
    severity: &'static str,
    title: &'a str,
    location: Location<'a>,
    package: Option<Package<'a>>,
    advisories: Vec<&'a str>,
    since: Option<String>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    line: Option<u32>,
    target: Option<&'a str>,
}

#[derive(Serialize)]
struct Package<'a> {
    ecosystem: &'a str,
    name: &'a str,
    version: Option<&'a str>,
}

impl<'a> ResolvedOut<'a> {
    /// An entry's.
    pub fn of(entry: &'a BaselineEntry) -> Self {
        let package = entry.package.as_ref();
        Self {
            fingerprint: &entry.fingerprint,
            scanner: entry.scanner.as_str(),
            rule: text(&entry.rule),
            kind: entry.kind.word(),
            severity: entry.severity.word(),
            title: text(&entry.title),
            location: Location {
                path: text(&entry.path),
                line: entry.line,
                target: entry.target.as_ref().map(text),
            },
            package: package.map(|(ecosystem, name, version)| Package {
                ecosystem: ecosystem.as_str(),
                name,
                version: version.as_deref(),
            }),
            advisories: entry.advisories.iter().map(AdvisoryId::as_str).collect(),
            since: entry.since.map(|day| day.to_string()),
        }
    }
}

//! One finding of a baseline, as its line says it. Also used where outputs list entries.

use crate::model::{AdvisoryId, BaselineEntry, Foreign as _};
use serde::Serialize;

/// A finding; what is not known is left out.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    scanner: &'a str,
    rule: &'a str,
    kind: &'static str,
    severity: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<Package<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    advisories: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a str>,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
}

#[derive(Debug, Serialize)]
struct Package<'a> {
    ecosystem: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// An entry's.
    pub fn of(entry: &'a BaselineEntry) -> Self {
        let [before, after] = &entry.around;
        Self {
            path: entry.path.raw(),
            line: entry.line,
            target: entry.target.as_ref().map(|target| target.raw()),
            scanner: entry.scanner.as_str(),
            rule: entry.rule.raw(),
            kind: entry.kind.word(),
            severity: entry.severity.word(),
            title: entry.title.raw(),
            package: entry
                .package
                .as_ref()
                .map(|(ecosystem, name, version)| Package {
                    ecosystem: ecosystem.as_str(),
                    name,
                    version: version.as_deref(),
                }),
            advisories: entry.advisories.iter().map(AdvisoryId::as_str).collect(),
            text: entry.text.as_deref(),
            before: before.as_deref(),
            after: after.as_deref(),
            fingerprint: &entry.fingerprint,
            since: entry.since.map(|day| day.to_string()),
        }
    }
}

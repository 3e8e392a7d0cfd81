//! The JSON of an earlier check → its findings, as far as waivers speak of them.
//!
//! The format is `schemas/report.schema.json`. The file may come from anywhere: a download of an
//! artifact that a pull request has made. What is in it becomes conditions of a waiver and a
//! comment, so that every part goes through the checks of the model.

use super::known::{DIGITS, Known, passes};
use crate::model::{
    AdvisoryId, Certainty, Ecosystem, Finding, Kind, Location, Observation, Package, Problem,
    Provenance, Region, RepoPath, Reported, RuleId, ScannerId, Severity, SourceDigests, Witness,
};
use serde::Deserialize;

/// Most findings that are read, as many as code scanning keeps of forty uploads.
const MOST: usize = 1_000_000;

#[derive(Deserialize)]
struct Document {
    version: u32,
    tool: Tool,
    findings: Vec<Entry>,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
}

#[derive(Deserialize)]
struct Entry {
    fingerprint: String,
    kind: String,
    rule: String,
    title: String,
    disposition: String,
    severity: Option<String>,
    location: Place,
    package: Option<Named>,
    #[serde(default)]
    advisories: Vec<String>,
    witnesses: Vec<Sight>,
}

#[derive(Deserialize)]
struct Place {
    path: String,
    line: Option<u64>,
}

#[derive(Deserialize)]
struct Named {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct Sight {
    scanner: String,
    rule: String,
}

/// Reads the document.
///
/// # Errors
/// When it is none, or holds something that lockgate never writes.
pub fn read(bytes: &[u8]) -> Result<Vec<Known>, Problem> {
    let document: Document = serde_json::from_slice(bytes).map_err(|e| {
        let text = "it is no JSON of a check, as --output json=FILE writes it";
        Problem::new("no-report", text).detail(e.to_string())
    })?;
    if document.tool.name != "lockgate" || document.version != 1 {
        let text = "it is no JSON of a check in a version that is known here";
        return Err(Problem::new("no-report", text));
    }
    if document.findings.len() > MOST {
        return Err(Problem::new("too-large", "it holds too many findings"));
    }
    let findings = document.findings.into_iter().enumerate();
    findings
        .map(|(index, entry)| {
            let damaged = |part: &'static str| {
                let text = format!("finding {} of it is damaged: its {part} is none", index + 1);
                Problem::new("damaged", text)
            };
            known(entry).map_err(damaged)
        })
        .collect()
}

/// A finding, or the part of it that is wrong.
fn known(entry: Entry) -> Result<Known, &'static str> {
    let print = &entry.fingerprint;
    let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    if print.len() != DIGITS || !print.bytes().all(digit) {
        return Err("fingerprint");
    }
    let kind = Kind::parse(&entry.kind).ok_or("kind")?;
    let mut observation = Observation::new(RuleId::new(&entry.rule), kind, entry.title);
    observation.severity = match entry.severity {
        Some(word) => Some(Severity::parse(&word).ok_or("severity")?),
        None => None,
    };
    let ids = entry.advisories.iter().map(|id| AdvisoryId::new(id));
    observation.advisories = ids.collect::<Option<_>>().ok_or("list of advisories")?;
    observation.package = entry
        .package
        .map(|package| Package::new(Ecosystem::new(&package.ecosystem), package.name));
    let witness = |sight: Sight| {
        Some(Witness {
            scanner: ScannerId::new(&sight.scanner)?,
            run: 0,
            rule: RuleId::new(&sight.rule),
            severity: None,
            reported: Reported::default(),
        })
    };
    let witnesses: Option<Vec<Witness>> = entry.witnesses.into_iter().map(witness).collect();
    let witnesses = witnesses
        .filter(|all| !all.is_empty())
        .ok_or("list of witnesses")?;
    let scanner = witnesses.first().map(|w| w.scanner.clone());
    Ok(Known {
        passes: passes(&entry.disposition),
        finding: Finding {
            fingerprint: entry.fingerprint,
            namesake: String::new(),
            scanner: scanner.ok_or("list of witnesses")?,
            location: Location {
                path: RepoPath::new(&entry.location.path).map_err(|_| "path")?,
                region: entry.location.line.and_then(Region::line),
                certainty: Certainty::Exact,
                target: None,
            },
            observation: Box::new(observation),
            line_hash: None,
            digests: SourceDigests::default(),
            witnesses,
            provenance: Provenance::UNSEEN,
            since: None,
        },
    })
}

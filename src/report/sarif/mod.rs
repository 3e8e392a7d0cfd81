//! SARIF 2.1.0: the *full* file for people and archives, the *upload* file for code scanning.
//!
//! One run per scanner under the tool's own driver name and the category `lockgate/<scanner>/`. The
//! upload file holds only what GitHub accepts: it ignores suppressions, so waived findings are left
//! out; it closes all alerts of an empty run, so runs that failed are left out; it rejects the whole
//! file for one result without a location, so every result has one.

mod result;
mod rules;
mod run;

use crate::model::{Assessment, Decided, Disposition, Run, ScannerId};
use serde::Serialize;
use std::collections::BTreeMap;

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Everything, with suppressions and health.
    Full,
    /// What GitHub code scanning accepts.
    Upload,
}

/// GitHub's limits on one file (github/docs, `sarif-limits.md`).
pub const MAX_RUNS: usize = 20;
/// See [`MAX_RUNS`].
pub const MAX_RESULTS: usize = 25_000;

/// Writes the file, ending in a line break.
///
/// # Errors
/// The writer's.
pub fn write<W: std::io::Write>(
    assessment: &Assessment,
    purpose: Purpose,
    out: &mut W,
) -> std::io::Result<()> {
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: scanners(assessment, purpose)
            .iter()
            .map(|scanner| run::run(scanner, purpose, assessment))
            .collect(),
    };
    serde_json::to_writer(&mut *out, &log)?;
    out.write_all(b"\n")
}

/// What the upload file leaves out because GitHub would refuse it, if anything.
pub fn left_out(assessment: &Assessment) -> Option<String> {
    let scanners = scanners(assessment, Purpose::Upload);
    let too_many: usize = scanners
        .iter()
        .map(|s| s.findings.len().saturating_sub(MAX_RESULTS))
        .sum();
    let mut parts = Vec::new();
    if too_many > 0 {
        parts.push(format!(
            "{too_many} of the least severe findings (more than {MAX_RESULTS} of one scanner)"
        ));
    }
    let runs = all_scanners(assessment, Purpose::Upload)
        .len()
        .saturating_sub(MAX_RUNS);
    if runs > 0 {
        parts.push(format!("{runs} scanners (more than {MAX_RUNS})"));
    }
    (!parts.is_empty()).then(|| format!("the upload file leaves out {}", parts.join(" and ")))
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<run::RunOut<'a>>,
}

/// One scanner with its reports and the findings that it leads.
struct Scanner<'a> {
    id: &'a ScannerId,
    runs: Vec<&'a Run>,
    findings: Vec<&'a Decided>,
}

fn scanners(assessment: &Assessment, purpose: Purpose) -> Vec<Scanner<'_>> {
    let mut scanners = all_scanners(assessment, purpose);
    if purpose == Purpose::Upload {
        scanners.truncate(MAX_RUNS);
    }
    scanners
}

fn all_scanners(assessment: &Assessment, purpose: Purpose) -> Vec<Scanner<'_>> {
    let mut scanners: BTreeMap<&ScannerId, Scanner<'_>> = BTreeMap::new();
    for run in &assessment.runs {
        let id = &run.scanner;
        let scanner = scanners.entry(id).or_insert_with(|| Scanner {
            id,
            runs: Vec::new(),
            findings: Vec::new(),
        });
        scanner.runs.push(run);
    }
    for decided in &assessment.findings {
        if let Some(scanner) = scanners.get_mut(&decided.finding.scanner) {
            scanner.findings.push(decided);
        }
    }
    let mut scanners: Vec<_> = scanners.into_values().collect();
    if purpose == Purpose::Upload {
        // A scanner of which any report failed is not known to be clean of anything.
        scanners.retain(|scanner| scanner.runs.iter().all(|run| run.health.work().is_some()));
        for scanner in &mut scanners {
            scanner.findings.retain(|decided| {
                !matches!(
                    decided.disposition,
                    Disposition::Waived(..)
                        | Disposition::Suppressed(_)
                        | Disposition::Informational(_)
                )
            });
        }
    }
    scanners
}

//! SARIF 2.1.0: the *full* file for people and archives, and what code scanning gets.
//!
//! One run per scanner under the tool's own driver name and the category `lockgate/<scanner>/`. What
//! code scanning gets, and in how many pieces, is decided by [`crate::upload`]; how a run of it
//! looks is written here.

mod result;
mod rules;
mod run;

pub use rules::{MAX_CWE, info, own_severity};

use crate::model::{Assessment, Decided, Run, ScannerId};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// For whom a run is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Everything, with suppressions and health.
    Full,
    /// What GitHub code scanning accepts.
    Upload,
}

/// One scanner's findings, or a part of them, under one category.
#[derive(Debug, Clone)]
pub struct Slice<'a> {
    /// The scanner.
    pub scanner: &'a ScannerId,
    /// `automationDetails.id`: what is before its last slash tells code scanning apart what
    /// replaces what (docs.github.com, "SARIF support for code scanning", `runAutomationDetails`).
    pub category: String,
    /// Its reports; at least one.
    pub runs: Vec<&'a Run>,
    /// The findings that it leads, in the order in which they are written.
    pub findings: Vec<&'a Decided>,
}

/// Every scanner with all that it leads.
pub fn scanners(assessment: &Assessment) -> Vec<Slice<'_>> {
    let mut scanners: BTreeMap<&ScannerId, Slice<'_>> = BTreeMap::new();
    for run in &assessment.runs {
        let scanner = &run.scanner;
        let slice = scanners.entry(scanner).or_insert_with(|| Slice {
            scanner,
            category: format!("lockgate/{scanner}/"),
            runs: Vec::new(),
            findings: Vec::new(),
        });
        slice.runs.push(run);
    }
    for decided in &assessment.findings {
        if let Some(slice) = scanners.get_mut(&decided.finding.scanner) {
            slice.findings.push(decided);
        }
    }
    scanners.into_values().collect()
}

/// Writes the full file, ending in a line break.
///
/// # Errors
/// The writer's.
pub fn write<W: Write>(assessment: &Assessment, out: &mut W) -> std::io::Result<()> {
    write_slices(&scanners(assessment), Purpose::Full, assessment, out)
}

/// Writes a file with these runs, ending in a line break.
///
/// # Errors
/// The writer's.
pub fn write_slices<'a, W: Write>(
    slices: &[Slice<'a>],
    purpose: Purpose,
    assessment: &'a Assessment,
    out: &mut W,
) -> std::io::Result<()> {
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: slices
            .iter()
            .map(|slice| run::run(slice, purpose, assessment))
            .collect(),
    };
    serde_json::to_writer(&mut *out, &log)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<run::RunOut<'a>>,
}

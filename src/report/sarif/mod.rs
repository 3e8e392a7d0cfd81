//! SARIF 2.1.0: the *full* file for people and archives, and what code scanning gets.
//!
//! One run per scanner under the tool's own driver name and the category `lockgate/<scanner>/`. What
//! code scanning gets, and in how many pieces, is decided by [`crate::upload`]; how a run of it
//! looks is written here.

mod result;
mod rules;
mod run;

pub use rules::{MAX_CWE, info, own_severity};

use crate::escape;
use crate::model::{Assessment, Decided, RepoPath, Run, ScannerId};
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
    /// The folder that was checked, of several; see [`crate::model::Coverage::folder`].
    pub folder: Option<&'a RepoPath>,
    /// `automationDetails.id`: what is before its last slash tells code scanning apart what
    /// replaces what (docs.github.com, "SARIF support for code scanning", `runAutomationDetails`).
    pub category: String,
    /// Its reports; at least one.
    pub runs: Vec<&'a Run>,
    /// The findings that it leads, in the order in which they are written.
    pub findings: Vec<&'a Decided>,
}

/// Every scanner with all that it leads; of a check that was merged from several folders, each folder
/// by itself, as if it had been checked alone.
pub fn scanners(assessment: &Assessment) -> Vec<Slice<'_>> {
    let mut slices: BTreeMap<(&ScannerId, Option<&RepoPath>), Slice<'_>> = BTreeMap::new();
    for run in &assessment.runs {
        let (scanner, folder) = (&run.scanner, run.coverage.folder.as_ref());
        let below = folder.map(|folder| format!("{}/", escape::uri_path(folder)));
        let slice = slices.entry((scanner, folder)).or_insert_with(|| Slice {
            scanner,
            folder,
            category: format!("lockgate/{scanner}/{}", below.unwrap_or_default()),
            runs: Vec::new(),
            findings: Vec::new(),
        });
        slice.runs.push(run);
    }
    for decided in &assessment.findings {
        let path = &decided.finding.location.path;
        let scanner = &decided.finding.scanner;
        let mut of_scanner = slices
            .range_mut((scanner, None)..)
            .map_while(|((of, _), slice)| (*of == scanner).then_some(slice));
        // The deepest folder that holds it comes last, the root first.
        let first = of_scanner.next();
        let inside = |slice: &Slice<'_>| slice.folder.is_some_and(|f| path.inside(f).is_some());
        let deepest = of_scanner
            .filter(|slice| inside(slice))
            .max_by_key(|s| s.folder);
        if let Some(slice) = deepest.or(first) {
            slice.findings.push(decided);
        }
    }
    slices.into_values().collect()
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

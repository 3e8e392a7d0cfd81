//! The recorded reports of `tests/fixtures/reports`, by the index beside them.

use crate::programs::repository;
use std::path::PathBuf;

/// One report of the index.
pub struct Report {
    /// Path below `tests/fixtures/reports`.
    pub path: String,
    /// The tool that wrote it.
    pub tool: String,
    /// Whether it is SARIF.
    pub sarif: bool,
    /// Whether it is evidence, and not the trace of a run that failed.
    pub works: bool,
}

impl Report {
    /// Damaged on purpose.
    pub fn is_malformed(&self) -> bool {
        self.path.starts_with("_malformed/")
    }
}

/// Where a report is.
pub fn path(report: &str) -> PathBuf {
    repository().join("tests/fixtures/reports").join(report)
}

/// The bytes of a report.
pub fn read(report: &str) -> Vec<u8> {
    std::fs::read(path(report)).unwrap_or_else(|e| panic!("{report}: {e}"))
}

/// Every report, in the index's order.
pub fn reports() -> Vec<Report> {
    let index = std::fs::read_to_string(path("INDEX.tsv")).unwrap();
    let mut lines = index
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let column = |name: &str| header.iter().position(|h| *h == name).unwrap();
    let [path, tool, kind, verdict] = ["path", "tool", "kind (sniffed)", "verdict"].map(column);
    lines
        .map(|cells| Report {
            path: cells[path].to_owned(),
            tool: cells[tool].to_owned(),
            sarif: cells[kind] == "sarif" || cells[path].ends_with(".sarif"),
            // lockgate does not read CycloneDX.
            works: ["findings", "clean", "partial"].contains(&cells[verdict])
                && cells[kind] != "cyclonedx-xml",
        })
        .collect()
}

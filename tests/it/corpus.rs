//! Real reports with the expectations of an independent counter.
//!
//! `tests/fixtures/reports/INDEX.tsv` says for each file what a careful reader finds in it. To run
//! the same comparison over a larger corpus of the same layout, name its folder in
//! `LOCKGATE_CORPUS`.

use lockgate::ingest::{self, tool::Parsed};
use lockgate::model::{Foreign as _, HealthLevel};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub struct Row {
    pub path: String,
    pub kind: String,
    pub verdict: String,
    pub findings: Option<usize>,
    pub severities: BTreeMap<String, usize>,
}

pub fn folder() -> PathBuf {
    match std::env::var_os("LOCKGATE_CORPUS") {
        Some(folder) => folder.into(),
        None => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reports").into(),
    }
}

/// Tools whose own formats are compared.
const COMPARED: &[&str] = &[
    "bandit",
    "cargo-audit",
    "cargo-deny",
    "checkov",
    "cyclonedx",
    "dependency-check",
    "gitleaks",
    "grype",
    "hadolint",
    "npm",
    "osv-scanner",
    "pip-audit",
    "pnpm",
    "safety",
    "sarif",
    "semgrep",
    "trivy",
    "yarn",
    "zap",
];

/// The rows about reports of these tools, about SARIF and CycloneDX of any, and about formats that
/// must be refused by name.
pub fn rows() -> Vec<Row> {
    let index = std::fs::read_to_string(folder().join("INDEX.tsv")).unwrap();
    let mut lines = index.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let column = |name: &str| header.iter().position(|h| *h == name).unwrap();
    let columns = [
        "path",
        "tool",
        "kind (sniffed)",
        "verdict",
        "n",
        "by_severity",
    ]
    .map(column);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [path, tool, kind, verdict, n, severities] = columns.map(|c| cells[c]);
            (
                tool,
                Row {
                    path: path.into(),
                    kind: kind.into(),
                    verdict: verdict.into(),
                    findings: n.parse().ok(),
                    severities: serde_json::from_str(severities).unwrap_or_default(),
                },
            )
        })
        .filter(|(tool, row)| {
            COMPARED.contains(tool)
                || ["sarif", "cyclonedx", "cyclonedx-xml"].contains(&row.kind.as_str())
                || row.verdict == "unsupported-kind"
        })
        .map(|(_, row)| crate::corrections::corrected(row))
        .collect()
}

fn worst(runs: &[Parsed]) -> HealthLevel {
    runs.iter().map(|run| run.health.level()).max().unwrap()
}

/// The health that each verdict of the index stands for.
fn expected_health(verdict: &str) -> &'static [HealthLevel] {
    use HealthLevel::{Complete, Failed, Partial};
    match verdict {
        "findings" | "clean" => &[Complete],
        "partial" => &[Partial],
        // Nothing inside these documents tells them from a clean report.
        "clean-looking-but-not-audited" => &[Complete],
        // Whole documents in another encoding: read, and said.
        "recoverable-or-reject:encoding" => &[Complete],
        // `null`, and a report without targets, prove no work.
        "nothing-scanned" | "clean-legacy-null" | "clean-or-nothing-scanned" => &[Failed],
        "scanner-failed" | "unsupported-kind" => &[Failed],
        reject if reject.starts_with("reject:") => &[Failed],
        other => panic!("unknown verdict {other}"),
    }
}

fn absent(word: &str) -> bool {
    ["absent", "ABSENT", "None"].contains(&word)
}

#[test]
fn every_report_is_read_as_the_index_says() {
    let mut wrong = Vec::new();
    let rows = rows();
    for row in &rows {
        let bytes = std::fs::read(folder().join(&row.path)).unwrap();
        let runs = ingest::read(&bytes, None);
        let health = worst(&runs);
        let problems: Vec<_> = runs.iter().flat_map(|r| r.health.problems()).collect();
        // SARIF is read whatever tool wrote it, also tools whose own formats are not.
        let verdict = match row.verdict.as_str() {
            "unsupported-kind" if row.kind == "sarif" => "findings",
            verdict => verdict,
        };
        if !expected_health(verdict).contains(&health) {
            wrong.push(format!(
                "{}: {} is {health:?} {problems:?}",
                row.path, row.verdict
            ));
            continue;
        }
        if health == HealthLevel::Failed {
            let seen: usize = runs.iter().map(|r| r.observations.len()).sum();
            if seen > 0 {
                wrong.push(format!("{}: failed, with {seen} findings", row.path));
            }
            continue;
        }
        let mut severities = BTreeMap::new();
        let mut count = 0;
        for observation in runs.iter().flat_map(|r| &r.observations) {
            count += 1;
            let word = observation
                .reported
                .severity
                .as_ref()
                .map_or("absent", |w| w.raw());
            let word = crate::corrections::spelled(row, word);
            *severities.entry(word).or_insert(0) += 1;
        }
        if let Some(expected) = row.findings.filter(|n| *n != count) {
            wrong.push(format!("{}: {count} findings, not {expected}", row.path));
        }
        let expected: BTreeMap<String, usize> = row
            .severities
            .iter()
            .map(|(word, n)| {
                (
                    if absent(word) {
                        "absent".into()
                    } else {
                        word.clone()
                    },
                    *n,
                )
            })
            .collect();
        if row.findings.is_some() && severities != expected {
            wrong.push(format!("{}: {severities:?}, not {expected:?}", row.path));
        }
    }
    assert!(rows.len() > 100, "{} rows", rows.len());
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

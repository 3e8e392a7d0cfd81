//! Where this project deliberately reads a report otherwise than the index's counter.

use crate::corpus::Row;

/// Verdict, and the number of findings with their severities where those differ, too.
type Correction = (
    &'static str,
    &'static str,
    Option<(usize, &'static [(&'static str, usize)])>,
);

const CORRECTIONS: &[Correction] = &[
    // Inventories without a word about vulnerabilities: nobody says that any were looked for.
    (
        "cyclonedx/dd_cyclonedx__cyclonedx_bom.xml",
        "nothing-scanned",
        None,
    ),
    (
        "cyclonedx/dd_cyclonedx__retirejs.latest.xml",
        "nothing-scanned",
        None,
    ),
    // The counter took `dependencies` for pip-audit's. Trivy writes an empty list of
    // vulnerabilities also when it did not look for any.
    (
        "cyclonedx/trivy-golden__conda-cyclonedx.json",
        "nothing-scanned",
        None,
    ),
    (
        "cyclonedx/trivy-golden__fluentd-multiple-lockfiles.cdx.json",
        "nothing-scanned",
        None,
    ),
    // Three vulnerabilities. Their sources are Debian, which rates one of them, and GitHub.
    (
        "cyclonedx/trivy-golden__fluentd-multiple-lockfiles-short.cdx.json",
        "findings",
        Some((3, &[("critical", 1), ("high", 1), ("low", 1)])),
    ),
    // No check was made of anything.
    (
        "checkov/dd_checkov__checkov-report-0-vuln.json",
        "nothing-scanned",
        None,
    ),
    // Not one dependency was looked at.
    (
        "dependency-check/dd_dependency_check__dc_empty.xml",
        "nothing-scanned",
        None,
    ),
    // The counter leaves out what a suppression file silences; here it counts, marked. Those have a
    // score and no word.
    (
        "dependency-check/dd_dependency_check__multiple_vulnerabilities_has_multiple_findings.xml",
        "findings",
        Some((9, &[("HIGH", 6), ("LOW", 1), ("absent", 2)])),
    ),
    // Not one requirement is pinned: Safety left all 23 vulnerabilities out for that reason.
    (
        "safety/wild__LisBerndt_zap-mcp-server__safety-report-2.json",
        "nothing-scanned",
        None,
    ),
    // Yarn found no lockfile and counts no package.
    (
        "yarn/dd_yarn_audit__yarn_audit_zero_vul.json",
        "nothing-scanned",
        None,
    ),
    // The file did not parse, so no rule was checked in it.
    ("hadolint/gen__parse-error.json", "partial", None),
];

/// The row as this project understands the report.
pub fn corrected(mut row: Row) -> Row {
    // Version 7 of gitleaks is read, too.
    if row.kind == "gitleaks7" {
        row.verdict = "findings".into();
    }
    for (path, verdict, counts) in CORRECTIONS {
        if row.path == *path {
            row.verdict = (*verdict).into();
            if let Some((findings, severities)) = counts {
                row.findings = Some(*findings);
                let severities = severities.iter();
                row.severities = severities.map(|(word, n)| ((*word).into(), *n)).collect();
            }
        }
    }
    row
}

/// The counter writes these severities in upper case; the tool mixes cases.
pub fn spelled(row: &Row, word: &str) -> String {
    if row.kind == "dependency-check-xml" && word != "absent" {
        word.to_uppercase()
    } else {
        word.to_owned()
    }
}

//! Releases of tools that were tampered with: what they write proves nothing, whatever the policy
//! says.

use super::tool::Parsed;
use crate::model::{Foreign as _, Health, Problem};

/// Tampered releases of one tool.
struct Compromised {
    scanner: &'static str,
    versions: &'static [&'static str],
    what: &'static str,
}

static TABLE: &[Compromised] = &[
    // CVE-2026-33634, GHSA-69fq-xp46-6x23: published by an intruder in March 2026; 0.69.5 and 0.69.6 as
    // container images only.
    Compromised {
        scanner: "trivy",
        versions: &["0.69.4", "0.69.5", "0.69.6"],
        what: "this release of Trivy was published by an intruder",
    },
];

/// Makes a run failed that a tampered release wrote.
pub fn refuse(run: &mut Parsed) {
    let Some(version) = &run.version else {
        return;
    };
    let text = version.raw().trim().trim_start_matches(['v', 'V']);
    let release = text.split(['-', '+', ' ']).next().unwrap_or_default();
    let found = TABLE
        .iter()
        .find(|c| c.scanner == run.scanner.as_str() && c.versions.contains(&release));
    if let Some(compromised) = found {
        let text = format!(
            "{}: its report proves nothing, and its machine's credentials may be stolen",
            compromised.what
        );
        run.health =
            Health::Failed(Problem::new("compromised-version", text).detail(version.clone()));
    }
}

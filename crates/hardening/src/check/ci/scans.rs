//! Scans whose result changes nothing.

use super::Step;
use crate::File;
use crate::check::{Found, Raised};
use crate::rule::Severity;
use crate::words::secret::quoted;

/// Commands that look for weaknesses.
const SCANS: &[&str] = &[
    "npm audit",
    "yarn audit",
    "yarn npm audit",
    "pnpm audit",
    "pip-audit",
    "bandit ",
    "trivy ",
    "safety check",
    "safety scan",
    "semgrep ",
    "gitleaks ",
    "snyk test",
    "grype ",
    "osv-scanner",
    "cargo audit",
    "cargo deny",
    "checkov ",
    "govulncheck",
    "gosec ",
    "brakeman",
    "bundle audit",
    "bundle-audit",
    "composer audit",
    "tfsec ",
    "hadolint ",
    "trufflehog ",
    "detect-secrets",
    "dependency-check",
    "zizmor ",
];
/// Actions that do.
const ACTIONS: &[&str] = &[
    "aquasecurity/trivy-action",
    "snyk/actions",
    "gitleaks/gitleaks-action",
    "anchore/scan-action",
    "google/osv-scanner-action",
    "pypa/gh-action-pip-audit",
    "returntocorp/semgrep-action",
    "semgrep/semgrep-action",
    "hadolint/hadolint-action",
    "bridgecrewio/checkov-action",
    "trufflesecurity/trufflehog",
    "dependency-check/dependency-check_action",
    "actions/dependency-review-action",
    "zaproxy/action-",
];
/// Ends of lines that make every result a good one.
const SILENCED: &[&str] = &[
    "|| true",
    "|| :",
    "|| exit 0",
    "|| echo",
    "; true",
    "; exit 0",
];

pub(super) fn look(file: &File, severity: Severity, steps: &[Step], found: &mut Found) {
    // The reports go to a gate that decides: the scan itself need not.
    if file.text().contains("lockgate") {
        return;
    }
    let path = &file.path;
    for step in steps {
        for (line, place) in step.lines(file) {
            let command = format!("{line} ");
            let command = command
                .strip_prefix("run:")
                .unwrap_or(&command)
                .trim_start();
            let Some(scan) = SCANS.iter().find(|scan| runs(command, scan)) else {
                continue;
            };
            let scan = quoted(scan.trim());
            let silenced = SILENCED.iter().find(|end| line.contains(**end));
            let flag = silent_flag(line);
            let message = match (silenced, flag) {
                (Some(end), _) => format!(
                    "{scan} finds and nobody stops: {} makes every result a good one.",
                    quoted(end)
                ),
                (None, Some(flag)) => format!("{scan} finds and nobody stops: {}.", quoted(flag)),
                (None, None) if step.lenient => {
                    format!("{scan} finds and nobody stops: `continue-on-error: true`.")
                }
                _ => continue,
            };
            found
                .raised
                .push(Raised::new("LG-CI-103", path, place, message).at(severity));
        }
        let Some(uses) = step.node.get("uses") else {
            continue;
        };
        let name = uses.text().unwrap_or_default();
        if !ACTIONS.iter().any(|action| name.starts_with(action)) {
            continue;
        }
        let zero = step
            .node
            .at(&["with", "exit-code"])
            .filter(|node| node.text() == Some("0"));
        let action = quoted(name.split('@').next().unwrap_or_default());
        if let Some(node) = zero {
            let message = format!("{action} finds and nobody stops: `exit-code: 0`.");
            let raised = Raised::new("LG-CI-103", path, node.place.clone(), message).at(severity);
            found.raised.push(raised.better("exit-code: \"1\""));
        } else if step.lenient {
            let message = format!("{action} finds and nobody stops: `continue-on-error: true`.");
            found
                .raised
                .push(Raised::new("LG-CI-103", path, uses.place.clone(), message).at(severity));
        }
    }
}

/// Whether a command line runs a scan: at its beginning or after another command, not in words that it says,
/// and not when the tool is only installed.
fn runs(line: &str, scan: &str) -> bool {
    line.split(['&', ';', '|']).any(|part| {
        let part = part.trim_start();
        let part = [
            "npx ",
            "uv run ",
            "poetry run ",
            "pipenv run ",
            "uvx ",
            "sudo ",
            "python -m ",
            "bundle exec ",
        ]
        .iter()
        .find_map(|start| part.strip_prefix(start))
        .unwrap_or(part);
        part.starts_with(scan)
            || part.starts_with(scan.trim_end()) && part.trim_end() == scan.trim_end()
    })
}

fn silent_flag(line: &str) -> Option<&'static str> {
    let flags = [
        "--exit-zero",
        "--exit-code 0",
        "--exit-code=0",
        "--no-fail",
        "--soft-fail",
        "--no-error",
    ];
    flags.into_iter().find(|flag| line.contains(flag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_scan() {
        assert!(runs("npm audit --audit-level=high || true ", "npm audit"));
        assert!(runs("pip install bandit && bandit -r app ", "bandit "));
        assert!(!runs("pip install bandit ", "bandit "));
        assert!(!runs("echo npm audit ", "npm audit"));
    }
}

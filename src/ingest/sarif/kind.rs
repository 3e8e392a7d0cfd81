//! What sort of problem a SARIF result is, which the format itself does not say.

use super::format::Rule;
use crate::model::{AdvisoryId, Kind};

/// Scanners that look for one sort of problem only.
static BY_SCANNER: &[(&str, Kind)] = &[
    ("gitleaks", Kind::Secret),
    ("betterleaks", Kind::Secret),
    ("kingfisher", Kind::Secret),
    ("noseyparker", Kind::Secret),
    ("nosey-parker", Kind::Secret),
    ("trufflehog", Kind::Secret),
    ("detect-secrets", Kind::Secret),
    ("secretlint", Kind::Secret),
    ("ggshield", Kind::Secret),
    ("checkov", Kind::Config),
    ("hadolint", Kind::Config),
    ("kics", Kind::Config),
    ("tfsec", Kind::Config),
    ("terrascan", Kind::Config),
    ("dockle", Kind::Config),
    ("kube-linter", Kind::Config),
    ("zizmor", Kind::Config),
    ("grype", Kind::Dependency),
    ("osv-scanner", Kind::Dependency),
    ("npm-audit", Kind::Dependency),
    ("pip-audit", Kind::Dependency),
    ("cargo-audit", Kind::Dependency),
    ("cargo-deny", Kind::Dependency),
    ("govulncheck", Kind::Dependency),
];

/// Scanners that write one and the same level for every vulnerability: it is no severity.
pub static LEVEL_IS_CONSTANT: &[&str] = &["osv-scanner", "cargo-audit", "cargo-deny"];

/// By the rule's tags, the scanner, the shape of the rule's id; otherwise it is about code.
pub fn kind(scanner: &str, rule: Option<&Rule<'_>>, rule_id: &str) -> Kind {
    let tags = rule
        .and_then(|r| r.properties.as_ref())
        .map(|p| p.tags.items.as_slice());
    let tagged = |wanted: &str| {
        tags.unwrap_or_default()
            .iter()
            .any(|t| t.eq_ignore_ascii_case(wanted))
    };
    // Trivy tags every rule with its class (`pkg/report/sarif.go`).
    for (tag, kind) in [
        ("vulnerability", Kind::Dependency),
        ("misconfiguration", Kind::Config),
        ("secret", Kind::Secret),
        ("license", Kind::License),
    ] {
        if tagged(tag) {
            return kind;
        }
    }
    let listed = BY_SCANNER.iter().find(|(name, _)| {
        scanner == *name
            || scanner
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('-'))
    });
    if let Some((_, kind)) = listed {
        return *kind;
    }
    if advisory(rule_id).is_some() {
        Kind::Dependency
    } else {
        Kind::Code
    }
}

/// The advisory that a rule id names: `CVE-2020-1`, or `CVE-2020-1-lodash` as Grype writes it.
pub fn advisory(rule_id: &str) -> Option<AdvisoryId> {
    if let Some(id) =
        AdvisoryId::ghsa_in_url(&format!("/{}", rule_id.get(..19).unwrap_or_default()))
    {
        return Some(id);
    }
    let mut parts = rule_id.splitn(4, '-');
    let (prefix, year, number) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_digit());
    let listed = matches!(prefix, "CVE" | "PYSEC" | "RUSTSEC" | "GO");
    (listed && digits(year) && digits(number))
        .then(|| AdvisoryId::new(&format!("{prefix}-{year}-{number}")))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advisories_are_found_at_the_start_of_rule_ids() {
        let id = |t: &str| advisory(t).map(|a| a.to_string());
        assert_eq!(id("CVE-2020-8203"), Some("CVE-2020-8203".into()));
        assert_eq!(id("CVE-2020-8203-lodash"), Some("CVE-2020-8203".into()));
        assert_eq!(
            id("GHSA-jf85-cpcp-j695-lodash"),
            Some("GHSA-jf85-cpcp-j695".into())
        );
        assert_eq!(
            id("GHSA-jf85-cpcp-j695"),
            Some("GHSA-jf85-cpcp-j695".into())
        );
        assert_eq!(id("B101"), None);
        assert_eq!(id("js/sql-injection"), None);
    }

    #[test]
    fn scanners_with_an_edition_in_the_name_are_known() {
        assert_eq!(kind("gitleaks", None, "aws-key"), Kind::Secret);
        assert_eq!(kind("checkov-cloud", None, "CKV_1"), Kind::Config);
        assert_eq!(kind("semgrep-oss", None, "x"), Kind::Code);
    }
}

//! Rules of different scanners for one weakness of a configuration.
//!
//! Trivy numbers its Dockerfile checks DS-0001 (`DS001`, `AVD-DS-0001` in older releases), Checkov
//! CKV_DOCKER_1, hadolint DL3000. The pairs were read off the three projects' lists of checks.

use super::tool::Parsed;
use crate::model::Foreign as _;

/// A weakness, and the rules that find it, as `scanner:rule`.
static FAMILIES: &[(&str, &[&str])] = &[
    (
        "latest-tag",
        &[
            "trivy:DS001",
            "checkov:CKV_DOCKER_7",
            "hadolint:DL3006",
            "hadolint:DL3007",
        ],
    ),
    (
        "root-user",
        &[
            "trivy:DS002",
            "checkov:CKV_DOCKER_3",
            "checkov:CKV_DOCKER_8",
            "hadolint:DL3002",
        ],
    ),
    ("ssh-port", &["trivy:DS004", "checkov:CKV_DOCKER_1"]),
    (
        "add-for-copy",
        &["trivy:DS005", "checkov:CKV_DOCKER_4", "hadolint:DL3020"],
    ),
    ("copy-from-itself", &["trivy:DS006", "hadolint:DL3023"]),
    ("several-entrypoints", &["trivy:DS007", "hadolint:DL4004"]),
    ("port-out-of-range", &["trivy:DS008", "hadolint:DL3011"]),
    (
        "relative-workdir",
        &["trivy:DS009", "checkov:CKV_DOCKER_10", "hadolint:DL3000"],
    ),
    (
        "sudo",
        &["trivy:DS010", "checkov:CKV2_DOCKER_1", "hadolint:DL3004"],
    ),
    (
        "duplicate-alias",
        &["trivy:DS012", "checkov:CKV_DOCKER_11", "hadolint:DL3024"],
    ),
    ("run-cd", &["trivy:DS013", "hadolint:DL3003"]),
    ("wget-and-curl", &["trivy:DS014", "hadolint:DL4001"]),
    ("yum-clean", &["trivy:DS015", "hadolint:DL3032"]),
    ("several-cmds", &["trivy:DS016", "hadolint:DL4003"]),
    ("update-alone", &["trivy:DS017", "checkov:CKV_DOCKER_5"]),
    ("zypper-clean", &["trivy:DS020", "hadolint:DL3036"]),
    ("apt-without-yes", &["trivy:DS021", "hadolint:DL3014"]),
    (
        "maintainer",
        &["trivy:DS022", "checkov:CKV_DOCKER_6", "hadolint:DL4000"],
    ),
    ("dist-upgrade", &["trivy:DS024", "hadolint:DL3005"]),
    ("apk-cache", &["trivy:DS025", "hadolint:DL3019"]),
    ("healthcheck", &["trivy:DS026", "checkov:CKV_DOCKER_2"]),
    ("apt-recommends", &["trivy:DS029", "hadolint:DL3015"]),
    ("secret-in-image", &["trivy:DS031", "hardening:LG-DKR-103"]),
];

/// Marks the observations of a run.
pub fn mark(run: &mut Parsed) {
    let scanner = run.scanner.as_str();
    let prefix = format!("{scanner}:");
    if !FAMILIES
        .iter()
        .any(|(_, rules)| rules.iter().any(|rule| rule.starts_with(&prefix)))
    {
        return;
    }
    for observation in &mut run.observations {
        observation.family = of(scanner, observation.rule.raw());
    }
}

/// The weakness that a scanner's rule shares with those of others.
pub fn of(scanner: &str, rule: &str) -> Option<&'static str> {
    let rule = format!("{scanner}:{}", spelled(rule));
    FAMILIES
        .iter()
        .find(|(_, rules)| rules.contains(&rule.as_str()))
        .map(|(family, _)| *family)
}

/// `AVD-DS-0002` and `DS-0002` in the oldest spelling, `DS002`.
fn spelled(rule: &str) -> String {
    let rule = rule.strip_prefix("AVD-").unwrap_or(rule);
    match rule.strip_prefix("DS-0") {
        Some(number) => format!("DS{number}"),
        None => rule.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_rule_is_in_one_family() {
        let rules: Vec<&str> = FAMILIES
            .iter()
            .flat_map(|(_, r)| r.iter().copied())
            .collect();
        let unique: BTreeSet<&str> = rules.iter().copied().collect();
        assert_eq!(rules.len(), unique.len());
    }

    #[test]
    fn trivy_spells_its_rules_in_three_ways() {
        for rule in ["AVD-DS-0002", "DS-0002", "DS002"] {
            assert_eq!(spelled(rule), "DS002");
        }
    }
}

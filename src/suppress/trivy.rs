//! What silences Trivy.
//!
//! Sources: Trivy `pkg/result/ignore.go`, `pkg/flag/` (names of the settings),
//! `pkg/fanal/secret/scanner.go` (secret settings), `pkg/iac/ignore/` (comments).

use super::comments::Marker;
use super::entry::Entry;
use super::settings::{Language, OFF, ON, guards, hides, selects, unless};
use super::{Reader, Surface, is, is_like};
use crate::model::RepoPath;

const TRIVY: &[&str] = &["trivy"];

/// `.trivyignore`.
pub static IGNORE_FILE: Surface = Surface {
    id: "trivyignore",
    name: ".trivyignore",
    about: "Makes Trivy leave out the findings of these ids.",
    scanners: TRIVY,
    concerns: |path| is_like(path, "trivyignore", &[""]) && !is_yaml(path),
    reader: Reader::Lines(id),
};

/// The first word is the id; `exp:` gives its last day.
fn id(body: &str) -> Option<Entry> {
    let mut words = body.split_whitespace();
    let id = words.next()?;
    let entry = super::lists::line(id)?;
    Some(Entry {
        until: words
            .find_map(|w| w.strip_prefix("exp:"))
            .map(str::to_owned),
        ..entry
    })
}

fn is_yaml(path: &RepoPath) -> bool {
    is_like(path, "trivyignore", &[".yaml", ".yml"])
}

/// `.trivyignore.yaml`.
pub static IGNORE_YAML: Surface = Surface {
    id: "trivyignore-yaml",
    name: ".trivyignore.yaml",
    about: "Makes Trivy leave out the findings of these ids, everywhere or in some paths.",
    scanners: TRIVY,
    concerns: is_yaml,
    reader: Reader::Settings(
        Language::Yaml,
        &[
            hides("vulnerabilities"),
            hides("misconfigurations"),
            hides("secrets"),
            hides("licenses"),
        ],
    ),
};

/// `trivy.yaml`.
pub static SETTINGS: Surface = Surface {
    id: "trivy-settings",
    name: "trivy.yaml",
    about: "Narrows what Trivy looks at, or what it reports.",
    scanners: TRIVY,
    concerns: |path| is(path, &["trivy.yaml", "trivy.yml"]),
    reader: Reader::Settings(
        Language::Yaml,
        &[
            hides("ignorefile"),
            hides("ignore-policy"),
            hides("vex"),
            selects("severity"),
            selects("security-checks"),
            selects("scan.scanners"),
            selects("scan.security-checks"),
            hides("scan.skip-dirs"),
            hides("scan.skip-files"),
            hides("scan.skip-version-check"),
            unless("scan.offline", OFF),
            unless("scan.offline-scan", OFF),
            selects("pkg.types"),
            selects("pkg.relationships"),
            guards("pkg.include-dev-deps", ON),
            unless("vulnerability.ignore-unfixed", OFF),
            hides("vulnerability.ignore-status"),
            selects("vulnerability.type"),
            selects("vulnerability.severity-source"),
            unless("db.skip-update", OFF),
            unless("db.java-skip-update", OFF),
            hides("db.repository"),
            hides("db.java-repository"),
            hides("secret.config"),
            selects("misconfiguration.scanners"),
            selects("image.removed-pkgs"),
            unless("misconfiguration.skip-policy-update", OFF),
            hides("misconfiguration.checks-bundle-repository"),
            hides("rego.skip-policy-update"),
            hides("license.ignored"),
        ],
    ),
};

/// `trivy-secret.yaml`.
pub static SECRET_SETTINGS: Surface = Surface {
    id: "trivy-secret-settings",
    name: "trivy-secret.yaml",
    about: "Switches rules of Trivy's search for secrets off, or accepts what they find.",
    scanners: TRIVY,
    concerns: |path| is_like(path, "trivy-secret", &[".yaml", ".yml"]),
    reader: Reader::Settings(
        Language::Yaml,
        &[
            hides("allow-rules"),
            hides("disable-rules"),
            hides("exclude-block.regexes"),
            hides("rules.allow-rules"),
            hides("rules.exclude-block.regexes"),
            selects("enable-builtin-rules"),
            guards("disable-allow-rules", &[]),
            guards("rules", &[]),
        ],
    ),
};

/// `trivy:ignore:…` and `tfsec:ignore:…`.
pub static COMMENT: Surface = Surface {
    id: "trivy-comment",
    name: "trivy:ignore",
    about: "A comment that makes Trivy, or tfsec, silent about a block or a line.",
    scanners: TRIVY,
    concerns: is_infrastructure,
    reader: Reader::Comment(Marker::Trivy),
};

/// Files that describe infrastructure.
pub fn is_infrastructure(path: &RepoPath) -> bool {
    let endings = &[
        ".tf",
        ".tf.json",
        ".tfvars",
        ".hcl",
        ".bicep",
        ".yaml",
        ".yml",
        ".json",
        ".tpl",
        ".template",
    ];
    is_like(path, "", endings) || is_dockerfile(path)
}

/// Dockerfiles under their usual names.
pub fn is_dockerfile(path: &RepoPath) -> bool {
    is_like(path, "dockerfile", &[""]) || is_like(path, "containerfile", &[""])
}

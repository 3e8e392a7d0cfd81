//! What silences scanners of packages that are not tied to one language.
//!
//! Sources: osv-scanner `docs/configuration.md`; grype's documentation of `.grype.yaml`; cargo-deny's
//! of `deny.toml`; cargo-audit's `audit.toml.example`; Snyk's of `.snyk`; dependency-check's
//! `dependency-suppression` schema; OpenVEX and CycloneDX.

use super::settings::{Language, OFF, guards, hides, selects, unless};
use super::{Reader, Surface, is, is_like, xml};

/// `osv-scanner.toml`.
pub static OSV_SCANNER: Surface = Surface {
    id: "osv-scanner-settings",
    name: "osv-scanner.toml",
    about: "Makes osv-scanner leave out advisories or packages.",
    scanners: &["osv-scanner"],
    concerns: |path| is_like(path, "osv-scanner", &[".toml"]),
    reader: Reader::Settings(
        Language::Toml,
        &[
            hides("IgnoredVulns"),
            hides("PackageOverrides"),
            unless("GoVersionOverride", &[]),
        ],
    ),
};

/// `.grype.yaml`.
pub static GRYPE: Surface = Surface {
    id: "grype-settings",
    name: ".grype.yaml",
    about: "Makes grype leave out advisories, packages or folders.",
    scanners: &["grype"],
    concerns: |path| is_like(path, "grype", &[".yaml", ".yml"]),
    reader: Reader::Settings(
        Language::Yaml,
        &[
            hides("ignore"),
            hides("exclude"),
            unless("only-fixed", OFF),
            unless("only-notfixed", OFF),
            hides("ignore-states"),
            hides("vex-documents"),
            hides("vex-add"),
            hides("db.*"),
            hides("match.*"),
            hides("external-sources.*"),
        ],
    ),
};

/// `deny.toml`.
pub static CARGO_DENY: Surface = Surface {
    id: "cargo-deny-settings",
    name: "deny.toml",
    about: "Makes cargo-deny accept advisories, crates, licenses or sources.",
    scanners: &["cargo-deny"],
    concerns: |path| {
        is(path, &["deny.toml", ".deny.toml"]) || is_like(path, "cargo-deny", &[".toml"])
    },
    reader: Reader::Settings(
        Language::Toml,
        &[
            hides("advisories.ignore"),
            hides("advisories.db-urls"),
            hides("advisories.db-path"),
            selects("advisories.unmaintained"),
            selects("advisories.unsound"),
            guards("advisories.yanked", &["deny"]),
            guards("advisories.vulnerability", &["deny"]),
            unless("advisories.disable-yank-checking", OFF),
            selects("advisories.severity-threshold"),
            hides("licenses.allow"),
            hides("licenses.exceptions"),
            hides("licenses.clarify"),
            hides("bans.allow"),
            hides("bans.skip"),
            hides("bans.skip-tree"),
            guards("bans.deny", &[]),
            hides("sources.allow-git"),
            hides("sources.allow-registry"),
            hides("sources.allow-org"),
            guards("sources.unknown-git", &["deny"]),
            guards("sources.unknown-registry", &["deny"]),
            selects("targets"),
            hides("exclude"),
            selects("graph.targets"),
            hides("graph.exclude"),
            unless("graph.exclude-dev", OFF),
        ],
    ),
};

/// `.cargo/audit.toml`.
pub static CARGO_AUDIT: Surface = Surface {
    id: "cargo-audit-settings",
    name: "audit.toml",
    about: "Makes cargo-audit accept advisories.",
    scanners: &["cargo-audit"],
    concerns: |path| is(path, &["audit.toml"]),
    reader: Reader::Settings(
        Language::Toml,
        &[
            hides("advisories.ignore"),
            selects("advisories.informational_warnings"),
            selects("advisories.severity_threshold"),
            hides("database.path"),
            hides("database.url"),
            hides("database.stale"),
            guards("output.deny", &[]),
            selects("target.arch"),
            selects("target.os"),
        ],
    ),
};

/// `.snyk`.
pub static SNYK: Surface = Surface {
    id: "snyk-policy",
    name: ".snyk",
    about: "Makes Snyk leave out issues or files.",
    scanners: &["snyk"],
    concerns: |path| is(path, &[".snyk"]),
    reader: Reader::Settings(
        Language::Yaml,
        &[hides("ignore"), hides("patch"), hides("exclude.*")],
    ),
};

/// dependency-check's suppression file.
pub static DEPENDENCY_CHECK: Surface = Surface {
    id: "dependency-check-suppression",
    name: "dependency-check's suppression file",
    about: "Makes dependency-check leave out vulnerabilities or packages.",
    scanners: &["dependency-check"],
    concerns: |path| is_like(path, "suppress", &[".xml"]),
    reader: Reader::Any(|_, text| xml::suppressions(text)),
};

/// VEX documents.
pub static VEX: Surface = Surface {
    id: "vex",
    name: "VEX",
    about: "Says that advisories do not matter here; scanners that are given it leave them out.",
    scanners: &["trivy", "grype", "osv-scanner"],
    concerns: |path| is_like(path, "vex", &[".json"]),
    reader: Reader::Settings(
        Language::Json,
        &[hides("statements"), hides("vulnerabilities")],
    ),
};

//! The reports: for each adapter a known bad one and a known broken one, written by hand, as small
//! as the format allows.

/// What an adapter is tried with.
pub struct Sample {
    /// The scanner whose adapter it is.
    pub scanner: &'static str,
    /// A report of one finding.
    pub bad: &'static str,
    /// The file that the finding is put into; what stands there is of no interest.
    pub path: &'static str,
    /// A report that the tool leaves behind when it did no work.
    pub broken: &'static str,
}

/// The name under which [`SARIF`] speaks of its tool.
pub const DRIVER: &str = "lockgate-canary";

/// SARIF, which is read for every tool that has no adapter, and for the others, too.
pub static SARIF: Sample = Sample {
    scanner: DRIVER,
    bad: include_str!("reports/sarif.sarif"),
    path: "src/canary.py",
    broken: include_str!("reports/sarif.broken.sarif"),
};

macro_rules! samples {
    ($($scanner:literal in $path:literal),+ $(,)?) => {
        /// One for each tool in [`crate::ingest::TOOLS`], in its order.
        pub static SAMPLES: &[Sample] = &[$(Sample {
            scanner: $scanner,
            bad: include_str!(concat!("reports/", $scanner, ".json")),
            path: $path,
            broken: include_str!(concat!("reports/", $scanner, ".broken.json")),
        }),+];
    };
}

samples! {
    "bandit" in "src/canary.py",
    "cargo-audit" in "Cargo.lock",
    "cargo-deny" in "Cargo.lock",
    "checkov" in "infra/canary.tf",
    "cyclonedx" in "package-lock.json",
    "dependency-check" in "pom.xml",
    "gitleaks" in "src/canary.env",
    "grype" in "package-lock.json",
    "hadolint" in "Dockerfile",
    "npm-audit" in "package-lock.json",
    "osv-scanner" in "package-lock.json",
    "pip-audit" in "requirements.txt",
    "pnpm-audit" in "pnpm-lock.yaml",
    "safety" in "requirements.txt",
    "semgrep" in "src/canary.py",
    "trivy" in "package-lock.json",
    "yarn-audit" in "yarn.lock",
    "zap" in "src/canary.html",
}

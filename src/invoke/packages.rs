//! Tools for the packages of several ecosystems, and of Rust.
//!
//! What they read in the tree (see [`base`]): osv-scanner `osv-scanner.toml` (`--config`),
//! grype `.grype.yaml` (`-c`), cargo-audit `.cargo/audit.toml` (no flag), cargo-deny `deny.toml`
//! (`--config`; it holds the lists of accepted licenses, too).

use super::{Exit, Files, Invocation, Recipe, base};
use crate::model::Foreign as _;

/// Files that osv-scanner and grype both take packages from.
const LOCKFILES: &[&str] = &[
    "Cargo.lock",
    "Gemfile.lock",
    "Pipfile.lock",
    "bun.lock",
    "composer.lock",
    "conan.lock",
    "go.mod",
    "gradle.lockfile",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "packages.lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pom.xml",
    "pubspec.lock",
    "pylock.toml",
    "renv.lock",
    "requirements.txt",
    "uv.lock",
    "yarn.lock",
];

const NO_LOCKFILES: &str = "there is no lockfile that it reads";

fn with_lockfiles(files: &Files<'_>, words: &'static [&'static str]) -> Vec<Invocation> {
    let some = files.has(LOCKFILES);
    some.then(|| Invocation::new(words)).into_iter().collect()
}

/// osv-scanner. Without `--all-packages` a clean report and one of nothing are the same bytes.
pub static OSV_SCANNER: Recipe = Recipe {
    scanner: "osv-scanner",
    alias: "osv",
    program: "osv-scanner",
    version: &["--version"],
    install: "see google.github.io/osv-scanner/installation",
    nothing: NO_LOCKFILES,
    exits: &[
        Exit::worked(0, 0, "nothing found"),
        Exit::worked(1, 1, "something found"),
        Exit::failed(127, 127, "an error"),
        Exit::failed(128, 128, "it found no packages"),
    ],
    deaf: base::osv_scanner,
    plan: |files| {
        with_lockfiles(
            files,
            &[
                "scan",
                "source",
                "--format",
                "json",
                "--all-packages",
                "--recursive",
                ".",
            ],
        )
    },
};

/// grype.
pub static GRYPE: Recipe = Recipe {
    scanner: "grype",
    alias: "grype",
    program: "grype",
    version: &["--version"],
    install: "see github.com/anchore/grype",
    nothing: NO_LOCKFILES,
    exits: &[
        Exit::worked(0, 0, "it worked"),
        Exit::failed(1, 1, "an error"),
    ],
    deaf: base::grype,
    plan: |files| with_lockfiles(files, &["dir:.", "-q", "-o", "json"]),
};

/// cargo-audit, once for each lockfile.
pub static CARGO_AUDIT: Recipe = Recipe {
    scanner: "cargo-audit",
    alias: "cargo-audit",
    program: "cargo-audit",
    version: &["--version"],
    install: "cargo install --locked cargo-audit",
    nothing: "there is no Cargo.lock",
    exits: &[
        Exit::worked(0, 0, "nothing found"),
        Exit::worked(1, 1, "something found"),
        Exit::failed(2, 2, "an error"),
    ],
    deaf: base::hears,
    plan: |files| {
        let locks = files.where_name(|name| name == "Cargo.lock");
        let plan = |lock: &crate::model::RepoPath| {
            Invocation::new(&["audit", "--json", "--file"]).path(lock.raw())
        };
        locks.into_iter().map(plan).collect()
    },
};

/// cargo-deny, once for each lockfile. It writes its report to standard error; the exit code is a
/// set of bits: advisories 1, bans 2, licenses 4, sources 8.
pub static CARGO_DENY: Recipe = Recipe {
    scanner: "cargo-deny",
    alias: "cargo-deny",
    program: "cargo-deny",
    version: &["--version"],
    install: "cargo install --locked cargo-deny",
    nothing: "there is no Cargo.lock",
    exits: &[
        Exit::worked(0, 0, "nothing found"),
        Exit::worked(
            1,
            15,
            "something found, or an error that the report tells of",
        ),
    ],
    deaf: base::cargo_deny,
    plan: |files| {
        files
            .folders_with(&["Cargo.lock"])
            .into_iter()
            .map(|folder| {
                Invocation::new(&["--format", "json", "--all-features", "check"])
                    .inside(folder)
                    .on_stderr()
            })
            .collect()
    },
};

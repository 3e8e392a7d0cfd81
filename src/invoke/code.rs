//! Tools for source files, configuration and secrets.
//!
//! What they read in the tree: Trivy `trivy.yaml` and `.trivyignore` (`--config`, `--ignorefile`),
//! hadolint `.hadolint.yaml` and comments (`--config`, `--disable-ignore-pragma`), Checkov
//! `.checkov.yaml` and comments, Semgrep `.semgrepignore` and `nosemgrep` (`--disable-nosem`),
//! gitleaks `.gitleaks.toml` and `.gitleaksignore` (`--config`). See [`base`].

use super::{Exit, Files, Invocation, Recipe, base};
use crate::model::Foreign as _;

/// Files that go on one command line at most; system limits begin far above.
const FILES_AT_ONCE: usize = 500;

fn once(some: bool, words: &'static [&'static str]) -> Vec<Invocation> {
    some.then(|| Invocation::new(words)).into_iter().collect()
}

/// Trivy. It leaves development packages out unless told not to, and lists packages (the proof of
/// work in a clean tree) only when asked.
pub static TRIVY: Recipe = Recipe {
    scanner: "trivy",
    alias: "trivy",
    program: "trivy",
    version: &["--version"],
    install: "see trivy.dev",
    nothing: "there are no files",
    exits: &[
        Exit::worked(0, 0, "it worked"),
        Exit::failed(1, 1, "an error, such as a database that cannot be had"),
    ],
    deaf: base::trivy,
    plan: |files| {
        once(
            !files.is_empty(),
            &[
                "fs",
                "--format",
                "json",
                "--list-all-pkgs",
                "--include-dev-deps",
                "--scanners",
                "vuln,misconfig,secret",
                "--no-progress",
                "--exit-code",
                "0",
                "--output",
                "REPORT",
                ".",
            ],
        )
    },
};

/// hadolint. One missing file would make it give up on all. SARIF, because an empty list of its JSON
/// proves no work.
pub static HADOLINT: Recipe = Recipe {
    scanner: "hadolint",
    alias: "hadolint",
    program: "hadolint",
    version: &["--version"],
    install: "see github.com/hadolint/hadolint",
    nothing: "there are no Dockerfiles",
    exits: &[
        Exit::worked(0, 0, "it worked"),
        Exit::failed(1, 1, "an error"),
    ],
    deaf: base::hadolint,
    plan: |files| {
        let dockerfiles = files.where_name(is_dockerfile);
        let chunks = dockerfiles.chunks(FILES_AT_ONCE);
        chunks
            .map(|chunk| {
                let base = Invocation::new(&["-f", "sarif", "--no-fail"]);
                chunk.iter().fold(base, |line, path| line.path(path.raw()))
            })
            .collect()
    },
};

fn is_dockerfile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|kind| {
        name == *kind
            || name.starts_with(&format!("{kind}."))
            || name.ends_with(&format!(".{kind}"))
    }) && !name.ends_with(".dockerignore")
}

/// Checkov.
pub static CHECKOV: Recipe = Recipe {
    scanner: "checkov",
    alias: "checkov",
    program: "checkov",
    version: &["--version"],
    install: "pipx install checkov",
    nothing: "there are no infrastructure files (Terraform, Bicep, YAML, Dockerfiles)",
    exits: &[
        Exit::worked(0, 0, "it worked"),
        Exit::failed(1, 2, "an error"),
    ],
    deaf: base::hears,
    plan: |files| {
        let endings = [".tf", ".tf.json", ".bicep", ".yaml", ".yml"];
        let some = files.has_ending(&endings) || !files.where_name(is_dockerfile).is_empty();
        let words = &[
            "-d",
            ".",
            "-o",
            "json",
            "--compact",
            "--quiet",
            "--soft-fail",
        ];
        once(some, words)
    },
};

/// Languages that Semgrep's default rules are about.
const SOURCES: &[&str] = &[
    ".c", ".cc", ".cpp", ".cs", ".go", ".java", ".js", ".jsx", ".kt", ".php", ".py", ".rb", ".rs",
    ".scala", ".swift", ".tf", ".ts", ".tsx",
];

/// Semgrep, with the default rules of its registry and without sending usage data.
pub static SEMGREP: Recipe = Recipe {
    scanner: "semgrep",
    alias: "semgrep",
    program: "semgrep",
    version: &["--version"],
    install: "pipx install semgrep",
    nothing: "there are no source files of a language that it knows",
    exits: &[
        Exit::worked(0, 0, "it worked"),
        Exit::worked(1, 1, "something found"),
        Exit::failed(2, 14, "an error (semgrep/error.py)"),
    ],
    deaf: base::semgrep,
    plan: |files| {
        let words = &[
            "scan",
            "--json",
            "--quiet",
            "--metrics",
            "off",
            "--config",
            "p/default",
            ".",
        ];
        once(files.has_ending(SOURCES), words)
    },
};

/// gitleaks, on the files as they are. With `--redact` no secret reaches the disk. SARIF, because an
/// empty list of its JSON proves no work.
pub static GITLEAKS: Recipe = Recipe {
    scanner: "gitleaks",
    alias: "gitleaks",
    program: "gitleaks",
    version: &["version"],
    install: "see github.com/gitleaks/gitleaks",
    nothing: "there are no files",
    exits: &[
        Exit::worked(0, 0, "it worked"),
        Exit::failed(1, 1, "an error"),
        Exit::failed(126, 126, "wrong usage"),
    ],
    deaf: base::gitleaks,
    plan: |files: &Files<'_>| {
        let words = &[
            "dir",
            ".",
            "--no-banner",
            "--redact",
            "--exit-code",
            "0",
            "--report-format",
            "sarif",
            "--report-path",
            "REPORT",
        ];
        once(!files.is_empty(), words)
    },
};

//! Commands that ask: why a finding is judged as it is, what another policy would say, whether a
//! policy passes its tests.

use super::Input;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Options of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lockgate explain 3f9a2c --report bandit=bandit.json
  lockgate explain CVE-2020-8203 --from run.bundle
  lockgate explain web/server.js:20 --from run.bundle --format markdown

Exit codes: 0 explained, or several findings listed, 1 there is no such finding,
2 wrong usage, policy or bundle, 5 internal error.")]
pub struct Explain {
    /// Which finding: the beginning of its fingerprint (4 digits or more), an advisory, or a place:
    /// PATH or PATH:LINE. Or a rule of lockgate's own scanners, such as LG-NGX-101.
    #[arg(value_name = "FINDING")]
    pub finding: String,

    /// What is judged.
    #[command(flatten)]
    pub input: Input,

    /// A bundle that `lockgate check --output bundle=PATH` wrote: nothing is read or run again. The
    /// policy is that of the folder, or the one that --policy names.
    #[arg(long, value_name = "BUNDLE", conflicts_with_all = ["reports", "run", "base", "event", "as_of"])]
    pub from: Option<String>,

    /// How to show it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Show,
}

/// Options of `simulate`.
#[derive(Debug, Args)]
#[command(after_help = "\
A bundle is what `lockgate check --output bundle=PATH` wrote. Each is judged as of its own day, in
its own circumstances; only the policy is another one.

Examples:
  lockgate simulate --policy new.toml 'runs/*.bundle'
  lockgate simulate --policy new.toml --against lockgate.toml runs/*.bundle --format json

Exit codes: 0 no verdict differs, 1 at least one does, 2 wrong usage or policy,
3 a bundle is missing or damaged, 5 internal error.")]
pub struct Simulate {
    /// Bundles: files or patterns.
    #[arg(required = true, value_name = "BUNDLE")]
    pub bundles: Vec<String>,

    /// The policy to try: a file, or a shipped one by name.
    #[arg(long, short, value_name = "FILE|NAME")]
    pub policy: String,

    /// The policy to compare with. Without it, the verdicts that the bundles hold.
    #[arg(long, value_name = "FILE|NAME")]
    pub against: Option<String>,

    /// The repository's root folder, to which the policies' `extends` belong.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub root: PathBuf,

    /// How to show it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// Do not tell the progress.
    #[arg(long, short)]
    pub quiet: bool,
}

/// Options of `policy test`.
#[derive(Debug, Args)]
#[command(after_help = "\
A file of tests names a policy and holds cases:

  policy = \"lockgate.toml\"     # relative to this file, or lockgate:balanced
  today  = 2026-11-21          # the day of the check

  [[case]]
  name     = \"a fixable critical dependency blocks\"
  event    = \"pull_request\"    # the default
  expect   = \"block\"           # the verdict: pass, warn, block, incomplete
  reasons  = [\"gate-blocks\"]   # codes that must be among the verdict's reasons
  findings = [
    { kind = \"dependency\", package = \"lodash\", severity = \"critical\", fix = \"patch\",
      expect = \"blocked\", gate = \"high or critical\" },
  ]
  runs     = [{ scanner = \"trivy\", health = \"failed\" }]

A finding may say kind, severity, scanner, rule, path, line, title, package, ecosystem, version,
scope, relation, via, fix (none, patch, minor, major, any), advisory, cwe, cvss, epss, kev,
confidence, origin (else introduced), since, witnesses (other scanners), suppressed, fingerprint;
and what is expected of it: expect (blocked, warned, allowed, unmatched, waived, suppressed), gate.
A run may say scanner, health (complete, partial, failed, skipped), version, written. Where a case
names no runs, every required scanner has worked.

Exit codes: 0 all cases pass, 1 a case fails, 2 a file is wrong.")]
pub struct PolicyTest {
    /// Files of tests, or folders with files *.test.toml.
    #[arg(value_name = "FILE|FOLDER", default_value = ".")]
    pub paths: Vec<PathBuf>,
}

/// How to show a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal or a CI log.
    Text,
    /// For machines.
    Json,
}

/// How to show an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Show {
    /// For a terminal or a CI log.
    Text,
    /// For a comment on GitHub.
    Markdown,
    /// For machines.
    Json,
}

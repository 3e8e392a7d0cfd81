//! Options of `waive`.

use super::Input;
use clap::{Args, ValueEnum};

/// Options of `waive`.
#[derive(Debug, Args)]
#[command(mut_arg("path", |arg| arg.long("root").value_name("FOLDER")))]
#[command(mut_arg("policy", |arg| arg.value_name("FILE").help(
    "The policy file to write to, which also judges. Without it, lockgate.toml or \
     .github/lockgate.toml of the root; created when there is none"
).long_help(None)))]
#[command(after_help = "\
Every output of a check shows the fingerprint of each finding; its first 6 digits are enough. The
findings are looked up by a check with the same options, or in the JSON that an earlier check has
written (--from).

A waiver names the advisory and the package for dependencies, and the fingerprint for everything
else; --by says otherwise. It is written when it surely fits the finding, and nothing else of the
file changes. On a pull request the waivers of the base decide: a new one holds once it is merged.

Examples:
  lockgate waive 1f2e3d --reason 'never sees user input' --owner @org/web --expires 90d
  lockgate waive 1f2e3d 4c5b6a --from report.json --reason … --owner … --expires 12w --dry-run

Exit codes: 0 written, 2 wrong usage or policy, or no waiver is needed, 4 the policy file could
not be written, 5 internal error.")]
pub struct Waive {
    /// The findings, each by the first 6 or more digits of its fingerprint.
    #[arg(required = true, value_name = "FINGERPRINT")]
    pub findings: Vec<String>,

    /// Why the findings are acceptable.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    /// Who answers for it: a person or team.
    #[arg(long, value_name = "NAME")]
    pub owner: String,

    /// The last day (YYYY-MM-DD, UTC), or how long from today: 90d, 12w.
    #[arg(long, value_name = "DATE|LENGTH")]
    pub expires: String,

    /// What the waivers name.
    #[arg(long, value_name = "WHAT")]
    pub by: Option<WaiveBy>,

    /// The JSON output of an earlier check, which holds the findings: nothing is read or run again.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["reports", "run", "base", "event"])]
    pub from: Option<String>,

    /// Print the waivers instead of writing them.
    #[arg(long)]
    pub dry_run: bool,

    /// What is judged.
    #[command(flatten)]
    pub input: Input,
}

/// What a waiver names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WaiveBy {
    /// This finding alone.
    Fingerprint,
    /// The advisory, for this package.
    Advisory,
    /// The rule, in this file.
    Rule,
}

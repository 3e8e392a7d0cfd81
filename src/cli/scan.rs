//! `lockgate scan`.

use super::When;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The scanners that lockgate has itself.
#[derive(Debug, Subcommand)]
pub enum ScanCommand {
    /// Look for credentials in files, in commits, in what is staged.
    Secrets(Box<ScanSecrets>),
    /// Look at policies of content and other headers of responses, in whatever file sets them.
    Csp(Box<ScanConfiguration>),
    /// Look for settings that do not belong in production.
    Hardening(Box<ScanConfiguration>),
}

/// How a result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Show {
    /// For people.
    Text,
    /// The document of `check --output json`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

/// Options of `scan secrets`.
#[derive(Debug, Args)]
#[command(after_help = "\
Every file that git tracks is looked at, whatever .gitignore says, and every other one that it
is not told to leave alone; outside of a repository, every file. Links are not followed,
archives are not opened. A secret is never shown: only its kind, its length and its places.

Examples:
  lockgate scan secrets
  lockgate scan secrets --since main            files, and all commits since then
  lockgate scan secrets --history --format sarif > secrets.sarif
  lockgate scan secrets --staged                in .git/hooks/pre-commit
  lockgate scan secrets --rules | less
  lockgate scan secrets --rule-file my.toml --test-rules

Exit codes: 0 pass or warn, 1 the policy blocks a finding, 2 wrong usage, policy or rules, 3
something could not be looked at that must be, 4 an output could not be written, 5 internal
error.")]
pub struct ScanSecrets {
    /// The folder to look at.
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Also look at every commit since this one (a commit, branch or tag), so that what one commit
    /// adds and a later one removes is found. Only what is new since then is `introduced`.
    #[arg(long, value_name = "REV", conflicts_with_all = ["history", "staged"])]
    pub since: Option<String>,

    /// Also look at every commit of every branch and tag, at messages and at names of files.
    #[arg(long, conflicts_with = "staged")]
    pub history: bool,

    /// Look only at what is staged for the next commit.
    #[arg(long)]
    pub staged: bool,

    /// How to show the result on standard output.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Show,

    /// Further outputs, as for `check`: KIND=PATH; repeatable.
    #[arg(long = "output", short, value_name = "KIND=PATH")]
    pub outputs: Vec<String>,

    /// The policy, as for `check`. Of its scanners, only `secrets` counts here.
    #[arg(long, short, value_name = "FILE|NAME")]
    pub policy: Option<String>,

    /// A configuration of gitleaks or betterleaks: its rules and allowlists hold beside the shipped
    /// rules. Beats the policy's `config`.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// A file with rules of your own, in the form of the shipped ones; repeatable.
    #[arg(long = "rule-file", value_name = "FILE")]
    pub rule_files: Vec<PathBuf>,

    /// List the rules instead: id, severity, provider, where to revoke.
    #[arg(long, conflicts_with_all = ["since", "history", "staged", "test_rules"])]
    pub rules: bool,

    /// Hold every rule of --rule-file and --config to its examples instead.
    #[arg(long, conflicts_with_all = ["since", "history", "staged"])]
    pub test_rules: bool,

    /// Threads to use; by default one for each processor.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,

    /// Print only errors.
    #[arg(long, short)]
    pub quiet: bool,

    /// Whether to colour the result.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// Options of `scan csp` and `scan hardening`.
#[derive(Debug, Args)]
#[command(after_help = "\
Files are told apart by what they are for: what runs in production counts as it is, development,
tests and templates one step less; documentation and other people's files are left alone. What
cannot be decided without running the program is said to be there, and never to be missing.

Examples:
  lockgate scan csp
  lockgate scan hardening services/api --since main
  lockgate scan hardening --format sarif > hardening.sarif

Exit codes: 0 pass or warn, 1 the policy blocks a finding, 2 wrong usage or policy, 3 something
could not be looked at that must be, 4 an output could not be written, 5 internal error.")]
pub struct ScanConfiguration {
    /// The folder to look at.
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Only what is new since this commit, branch or tag is `introduced`.
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,

    /// How to show the result on standard output.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Show,

    /// Further outputs, as for `check`: KIND=PATH; repeatable.
    #[arg(long = "output", short, value_name = "KIND=PATH")]
    pub outputs: Vec<String>,

    /// The policy, as for `check`. Of its scanners, only this one counts here.
    #[arg(long, short, value_name = "FILE|NAME")]
    pub policy: Option<String>,

    /// Threads to use; by default one for each processor.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,

    /// Print only errors.
    #[arg(long, short)]
    pub quiet: bool,

    /// Whether to colour the result.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

//! Options of `baseline`.

use super::{Format, Input};
use clap::{Args, Subcommand};

/// Subcommands of `baseline`.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Write down the findings of now, so that later checks can tell what is new.
    Write(BaselineWrite),
    /// Format what has changed since the baseline was written.
    Diff(BaselineDiff),
}

/// Options of `baseline write`.
#[derive(Debug, Args)]
#[command(after_help = "\
The file belongs into the repository. One that is there already is brought up to date: what is
still seen keeps the day on which it was first seen.

Examples:
  lockgate baseline write --report bandit=bandit.json --report trivy=trivy.json
  lockgate baseline write --run auto --file security/baseline.json

Exit codes: 0 written, 2 wrong usage, policy or baseline, 3 the evidence is incomplete, so nothing
was written, 4 the file could not be written, 5 internal error.")]
pub struct BaselineWrite {
    /// What is written down.
    #[command(flatten)]
    pub input: Input,

    /// The file. By default the one that --baseline or the policy names, else lockgate-baseline.json
    /// in the root.
    #[arg(long, value_name = "FILE")]
    pub file: Option<String>,

    /// Write also when evidence is missing, and forget everything that is not seen now.
    #[arg(long)]
    pub force: bool,
}

/// Options of `baseline diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lockgate baseline diff --baseline lockgate-baseline.json

Exit codes: 0 nothing is new, 1 something is, 2 wrong usage, policy or baseline, 3 the evidence is
incomplete, so nobody can say, 5 internal error.")]
pub struct BaselineDiff {
    /// What is compared.
    #[command(flatten)]
    pub input: Input,

    /// How to show it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

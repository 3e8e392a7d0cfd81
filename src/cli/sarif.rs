//! What can be done with a SARIF file alone.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Subcommands of `sarif`.
#[derive(Debug, Subcommand)]
pub enum SarifCommand {
    /// Say what GitHub code scanning would reject of a file, and what it would lose.
    Check(SarifCheck),
}

/// Options of `sarif check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is sent. Files of any tool can be looked at, also compressed with gzip.

Exit codes: 0 GitHub would take them all, 2 a file cannot be read, 3 GitHub would reject one,
5 internal error.")]
pub struct SarifCheck {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

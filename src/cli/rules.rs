//! `lockgate rules`.

use super::Show;
use clap::Args;

/// Options of `rules`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lockgate rules
  lockgate rules --scanner csp --format markdown > rules.md
  lockgate explain LG-NGX-101")]
pub struct RulesArgs {
    /// Only those of one scanner: csp, hardening or secrets. Without this, those of csp and hardening.
    #[arg(long, value_name = "SCANNER")]
    pub scanner: Option<String>,

    /// How to show them.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Show,
}

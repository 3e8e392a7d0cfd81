//! Checks that several jobs do together.

use super::{Check, Input};
use clap::Args;

/// Options of `plan`.
#[derive(Debug, Args)]
#[command(after_help = "\
The line goes to strategy.matrix of the job that runs lockgate check --shard, with the same options.
Each entry has `shard`, and `scanners` and `reports` for steps that prepare them.

What is divided are the tools that are run and the reports that are read, each with what it costs. It
follows from policy, command line and commit alone, so that every job works out the same plan. There
are never more shards than there is work.

Examples:
  lockgate plan --shards 3 --run auto
  lockgate plan --shards 3 --github

Exit codes: 0 printed, 2 wrong usage or policy, 4 the output could not be written, 5 internal error.")]
pub struct Plan {
    /// What is to be judged.
    #[command(flatten)]
    pub input: Input,

    /// How many jobs there may be, 1 to 256.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub shards: u32,

    /// Also write the step output `matrix`.
    #[arg(long)]
    pub github: bool,
}

/// Options of `merge`.
#[derive(Debug, Args)]
#[command(mut_arg("path", |arg| arg.long("root").value_name("FOLDER")))]
#[command(mut_arg("reports", |arg| arg.hide(true)))]
#[command(mut_arg("run", |arg| arg.hide(true)))]
#[command(mut_arg("shard", |arg| arg.hide(true)))]
#[command(after_help = "\
Evidence comes from the bundles; policy, base, baseline, waivers and everything that is told or written
are this job's, as for check, so that it needs the same checkout. A shard that is missing or there
twice, and a bundle of another commit, base, plan or policy, make the verdict incomplete.

Examples:
  lockgate merge 'bundles/**/*.bundle'
  lockgate merge 'bundles/*' --expect services/api --expect services/web

Exit codes: 0 pass or warn, 1 blocked, 2 wrong usage or policy, 3 incomplete evidence,
4 an output could not be written, 5 internal error.")]
pub struct Merge {
    /// The bundles of the other jobs: files or patterns.
    #[arg(required = true, value_name = "BUNDLE")]
    pub bundles: Vec<String>,

    /// A folder, seen from the root, of which there must be a bundle; repeatable. Without it, nobody
    /// misses the bundle of a job that never ran.
    #[arg(long, value_name = "FOLDER")]
    pub expect: Vec<String>,

    /// As for `check`.
    #[command(flatten)]
    pub check: Check,
}

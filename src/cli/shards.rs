//! Checks that several jobs do together.

use super::{Check, Input};
use clap::Args;
use std::path::PathBuf;

/// Options of `plan`.
#[derive(Debug, Args)]
#[command(after_help = "\
The line goes to strategy.matrix of the job that runs lockgate check --shard, with the same
options. Each entry has `shard`, and `scanners` and `reports` for steps that prepare them.

What is divided are the tools that are run and the reports that are read, each with what it
costs. It follows from policy, command line and commit alone, so that every job works out the
same plan. There are never more shards than there is work.

Examples:
  lockgate plan --shards 3 --run auto
  lockgate plan --shards 3 --github

Exit codes: 0 printed, 2 wrong usage or policy, 4 the output could not be written, 5 internal
error.")]
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
Evidence comes from the bundles; policy, base, baseline, waivers and everything that is told
or written are this job's, as for check, so that it needs the same checkout. A shard that is
missing or there twice, and a bundle of another commit, base, plan or policy, make the verdict
incomplete.

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

/// Options of `publish`.
#[derive(Debug, Args)]
#[command(mut_arg("path", |arg| arg.long("root").value_name("FOLDER")))]
#[command(mut_arg("reports", |arg| arg.hide(true)))]
#[command(mut_arg("run", |arg| arg.hide(true)))]
#[command(mut_arg("shard", |arg| arg.hide(true)))]
#[command(mut_arg("base", |arg| arg.hide(true)))]
#[command(mut_arg("event", |arg| arg.hide(true)))]
#[command(mut_arg("state", |arg| arg.hide(true)))]
#[command(mut_arg("update_state", |arg| arg.hide(true)))]
#[command(mut_arg("alerts", |arg| arg.hide(true)))]
#[command(mut_arg("status", |arg| arg.hide(true)))]
#[command(mut_arg("tracking_issue", |arg| arg.hide(true)))]
#[command(after_help = "\
For pull requests from forks and of Dependabot, whose own run may only read. It writes a
bundle and keeps it as an artifact; a second workflow, which runs on workflow_run and so is
the default branch's, downloads it and publishes it. It needs a checkout of the default
branch, never of the change.

The bundle may come from anybody. It is refused when it is larger than 128 MiB, a link,
damaged, or of another commit than the run; which pull request it is about is asked of GitHub;
nothing in it is run or opened. It is judged by the policy of the target branch. What blocks
the merge is the first run's own check: this one writes the comment, and alerts only with
--upload required. Do not ask for those where a ruleset requires code scanning results: they
would be the word of whoever wrote the change.

Examples:
  lockgate publish bundle/lockgate.bundle
  lockgate publish bundle --comment required

Exit codes: 0 told, or nothing to tell, 2 wrong usage or policy, 3 the bundle is refused,
4 what was required could not be told, 5 internal error.")]
pub struct Publish {
    /// The bundle: a file, or a folder that holds nothing else.
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,

    /// As for `check`.
    #[command(flatten)]
    pub check: Check,
}

//! The command line, and nothing else.
//!
//! Options of `check` can also be given in the environment, which is how `action.yml` passes its
//! inputs: there no shell ever sees them.

mod baseline;

pub use baseline::{BaselineCommand, BaselineDiff, BaselineWrite};

mod ask;

pub use ask::{Explain, Format, PolicyTest, Show, Simulate};

mod github;

pub use github::{Github, Status, Wish};

mod rules;
mod sarif;

pub use sarif::{SarifCheck, SarifCommand};

mod scan;

pub use rules::RulesArgs;
pub use scan::{ScanCommand, ScanConfiguration, ScanSecrets, Show as ScanFormat};

mod shards;

pub use shards::{Merge, Plan, Publish};

mod waive;

pub use waive::{Waive, WaiveBy};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// One decision out of the reports of all your scanners, which never passes on missing evidence.
#[derive(Debug, Parser)]
#[command(
    name = "lockgate",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "\
Exit codes of check:
  0  pass, or pass with warnings
  1  blocked by the policy, and only that
  2  the command line or the policy file is wrong; nothing was evaluated
  3  incomplete: required evidence is missing or damaged
  4  a verdict was reached, but an output could not be written
  5  internal error")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect reports, decide by the policy, write the outputs, exit with the verdict.
    Check(Check),
    /// Divide a check among the jobs of a matrix: print what GitHub Actions wants for it.
    Plan(Plan),
    /// Put the bundles of several jobs together, and decide as check does.
    Merge(Box<Merge>),
    /// Tell on a pull request what its own run has gathered, which may not write there itself.
    Publish(Box<Publish>),
    /// Write down the findings of now, or show what has changed since.
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Check, test, import and show policies.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Say why a finding is judged as it is, and what would change that.
    Explain(Explain),
    /// Judge stored runs by another policy, and show what it would have changed.
    Simulate(Simulate),
    /// Accept findings for a time: write waivers into the policy file.
    Waive(Waive),
    /// Show which tools lockgate would run here, with what command lines, what is missing, and what is
    /// wrong with the workflows.
    Doctor(Doctor),
    /// Try the gate: known bad and known broken reports of every scanner must not come through.
    Canary(Canary),
    /// Look at a SARIF file as GitHub code scanning would.
    #[command(subcommand)]
    Sarif(SarifCommand),
    /// Look for problems without any report: the scanners that lockgate has itself.
    #[command(subcommand)]
    Scan(ScanCommand),
    /// List the rules of the scanners that lockgate has itself.
    Rules(RulesArgs),
    /// List the report formats that are read, and the commands that write them.
    Formats,
}

/// Options of `check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lockgate check --report bandit=bandit.json --report trivy=trivy.json
  lockgate check --report 'reports/*.sarif' --policy lockgate:strict
  lockgate check --run bandit --run npm-audit
  lockgate check --base main
  lockgate check --event schedule --state state.json
  lockgate check services/api --output sarif=out.sarif --output markdown=summary.md

Exit codes: 0 pass or warn, 1 blocked, 2 wrong usage or policy, 3 incomplete evidence,
4 an output could not be written, 5 internal error.")]
pub struct Check {
    /// What is judged.
    #[command(flatten)]
    pub input: Input,

    /// An output to write; PATH may be `-` for standard output. KIND is json, markdown, html,
    /// junit, sarif (all findings), upload-sarif (what GitHub code scanning accepts) or bundle (all
    /// that the verdict stands on, for `lockgate simulate` and `lockgate explain --from`).
    #[arg(
        long = "output",
        short,
        value_name = "KIND=PATH",
        env = "LOCKGATE_OUTPUTS",
        value_delimiter = '\n',
        hide_env_values = true
    )]
    pub outputs: Vec<String>,

    /// Do only this share of a check that `lockgate plan` has divided, such as 2/3, and write a bundle;
    /// `lockgate merge` decides. The exit code is 0 when the evidence could be gathered, else 3.
    #[arg(
        long,
        value_name = "I/N",
        env = "LOCKGATE_SHARD",
        hide_env_values = true
    )]
    pub shard: Option<String>,

    /// Whether to write the state back; auto leaves it alone for pull requests and merge queues,
    /// whose findings are not those of the branch.
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        env = "LOCKGATE_UPDATE_STATE",
        hide_env_values = true
    )]
    pub update_state: When,

    /// Whether to write annotations, job summary and step outputs for the Actions runner.
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        env = "LOCKGATE_GITHUB",
        hide_env_values = true
    )]
    pub github: When,

    /// What is brought to GitHub.
    #[command(flatten)]
    pub hub: Github,

    /// Whether to colour the summary.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// What is judged, by what, compared with what: shared by every command that needs findings.
#[derive(Debug, Args)]
pub struct Input {
    /// The repository's root folder.
    #[arg(env = "LOCKGATE_PATH", default_value = ".", hide_env_values = true)]
    pub path: PathBuf,

    /// A report to read: a file or a pattern, with the scanner's name in front where it is known.
    /// Naming a report makes it expected: one that is missing or damaged makes the verdict
    /// incomplete. The format is recognised by the content, never by the file's name.
    #[arg(
        long = "report",
        short,
        value_name = "[TOOL=]PATH",
        env = "LOCKGATE_REPORTS",
        value_delimiter = '\n',
        hide_env_values = true
    )]
    pub reports: Vec<String>,

    /// A tool to run when no report of it is given, or `auto` for every tool that is installed and
    /// has something to look at here. Naming a tool makes its evidence expected. `lockgate doctor`
    /// shows the command lines.
    #[arg(
        long = "run",
        value_name = "TOOL",
        env = "LOCKGATE_RUN",
        value_delimiter = '\n',
        hide_env_values = true
    )]
    pub run: Vec<String>,

    /// The policy: a file, or a shipped one by name (lockgate:balanced, lockgate:strict,
    /// lockgate:audit-only). Without it, lockgate.toml or .github/lockgate.toml of the root, else
    /// lockgate:balanced. Where a change is judged, a file of the repository is read from the commit
    /// that the change is to be merged into.
    #[arg(
        long,
        short,
        value_name = "FILE|NAME",
        env = "LOCKGATE_POLICY",
        hide_env_values = true
    )]
    pub policy: Option<String>,

    /// The commit or branch that the judged change is to be merged into. Findings are then told
    /// apart by whether the change introduces them, with what is not committed yet, and the policy
    /// is the base's. Without it, what the event of the Actions runner says: a pull request's
    /// target, a merge queue's start, the commit before a push; outside of Actions, nothing is
    /// compared.
    #[arg(
        long,
        value_name = "REV",
        env = "LOCKGATE_BASE",
        hide_env_values = true
    )]
    pub base: Option<String>,

    /// The findings that are known already, as `lockgate baseline write` wrote them down; they count
    /// as existing. Without it, what the policy says.
    #[arg(
        long,
        value_name = "FILE",
        env = "LOCKGATE_BASELINE",
        hide_env_values = true
    )]
    pub baseline: Option<String>,

    /// Why the check runs: pull_request, merge_group, push, schedule, workflow_dispatch or local.
    /// Without it, what the environment of the Actions runner says, else local.
    #[arg(
        long,
        value_name = "EVENT",
        env = "LOCKGATE_EVENT",
        hide_env_values = true
    )]
    pub event: Option<String>,

    /// Judge as of this day (YYYY-MM-DD, UTC) instead of today: waivers, ages, old reports.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,

    /// A file in which scans of one branch remember since when each finding is there and which
    /// scanner last gave evidence. One that is not there starts every clock today; one that is damaged
    /// is refused.
    #[arg(
        long,
        value_name = "FILE",
        env = "LOCKGATE_STATE",
        hide_env_values = true
    )]
    pub state: Option<String>,

    /// The code scanning alerts of the repository, as
    /// `gh api --paginate repos/OWNER/NAME/code-scanning/alerts` writes them: a finding is at least
    /// as old as its alert. Dismissed alerts accept nothing. `api` asks GitHub for them, except
    /// where a change is judged; when it does not answer, ages count as unknown.
    #[arg(
        long,
        value_name = "FILE|api",
        env = "LOCKGATE_ALERTS",
        hide_env_values = true
    )]
    pub alerts: Option<String>,

    /// Threads to use; by default one for each processor. The result does not depend on it.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,

    /// Print only errors.
    #[arg(long, short)]
    pub quiet: bool,
}

/// Options of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is run but each program with its option for the version. Of the workflows in .github/workflows
that call lockgate, a TRAP lets a change through without a verdict or runs its code with secrets; an
ADVICE is something that will not work.

Exit codes: 0 every required scanner can give evidence and no workflow has a trap, 2 wrong usage or
policy, 3 a required scanner cannot, or a workflow has a trap, 5 internal error.")]
pub struct Doctor {
    /// The repository's root folder.
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// The policy, as for `check`.
    #[arg(long, short, value_name = "FILE|NAME")]
    pub policy: Option<String>,

    /// A tool to run, as for `check`; repeatable.
    #[arg(long = "run", value_name = "TOOL")]
    pub run: Vec<String>,
}

/// Options of `canary`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each canary is a report with one critical finding that a change introduces, and one that a scanner
which did no work leaves behind. Both are built in; of the repository, only the policy is read.
Every check of the event schedule does the same for the scanners that it has evidence of.

Exit codes: 0 all were stopped, 2 wrong usage or policy, 3 one came through, 5 internal error.")]
pub struct Canary {
    /// The repository's root folder.
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// The policy, as for `check`.
    #[arg(long, short, value_name = "FILE|NAME")]
    pub policy: Option<String>,

    /// Try only this scanner's; repeatable. A scanner without an adapter of its own is tried with
    /// SARIF.
    #[arg(long = "tool", value_name = "TOOL")]
    pub tools: Vec<String>,
}

/// Subcommands of `policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Check a policy file and everything that it extends; every error is shown.
    #[command(after_help = "\
Examples:
  lockgate policy check lockgate.toml

Exit codes: 0 no errors, 2 the policy is wrong or cannot be read.")]
    Check {
        /// The file, or a shipped policy's name.
        policy: String,
        /// The repository's root folder, to which `extends` and reports belong.
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        root: PathBuf,
    },
    /// Run the tests of policies: made-up findings and runs, and what is expected of them.
    Test(PolicyTest),
    /// Turn other tools' lists of accepted findings into waivers.
    Import(Import),
    /// Print the JSON Schema of policy files, by which editors complete and check them.
    Schema,
    /// Print a shipped policy, or list them.
    Show {
        /// Its name, such as lockgate:balanced.
        name: Option<String>,
    },
}

/// Options of `policy import`.
#[derive(Debug, Args)]
#[command(after_help = "\
Read are .trivyignore, .trivyignore.yaml, settings of Bandit (.bandit, pyproject.toml, bandit.yaml),
a JSON baseline of Bandit, audit-ci.json, osv-scanner.toml, OpenVEX and CycloneDX VEX, recognised by
their content. What no waiver can say is listed with the reason; what has expired is left out.

Every waiver needs a reason, an owner and an expiry. Those that the files do not give stay empty,
marked TODO, and lockgate policy check refuses the file until they are filled in.

Examples:
  lockgate policy import .trivyignore --owner @org/team --expires 2027-01-31
  lockgate policy import .trivyignore audit-ci.json pyproject.toml --append lockgate.toml

Exit codes: 0 imported, also when there are gaps, 2 a file cannot be read or is none of these,
4 the output could not be written, 5 internal error.")]
pub struct Import {
    /// Files to read.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Who answers for the waivers: a person or team.
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,

    /// The last day (YYYY-MM-DD, UTC) of waivers whose file gives none.
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,

    /// The reason of waivers whose file gives none.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,

    /// Write to this file instead of standard output. It must not be there yet.
    #[arg(long, short, value_name = "FILE", conflicts_with = "append")]
    pub output: Option<String>,

    /// Replace the file that --output names.
    #[arg(long, requires = "output")]
    pub force: bool,

    /// Add the waivers to the end of this policy file, without those that it has already.
    #[arg(long, value_name = "FILE")]
    pub append: Option<PathBuf>,
}

/// When to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// Where it makes sense.
    #[value(alias = "")]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

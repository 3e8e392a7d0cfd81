//! What is brought to GitHub.

use clap::{Args, ValueEnum};

/// Whether something is brought to GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Wish {
    /// Where event and token allow it; what fails is told in a sentence.
    #[default]
    #[value(alias = "")]
    Auto,
    /// Not at all.
    Off,
    /// In any case; what fails makes the exit code 4, unless the verdict already stops the merge.
    Required,
}

/// A status beside the job's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Status {
    /// None: the job itself is the check to require.
    #[default]
    #[value(alias = "")]
    Off,
    /// A check run, with the summary (needs `checks: write`).
    CheckRun,
    /// A commit status, one line (needs `statuses: write`).
    #[value(name = "commit-status")]
    Commit,
}

/// Options of what is brought to GitHub. The token comes from the environment, as LOCKGATE_TOKEN or
/// GITHUB_TOKEN; without one nothing is sent.
#[derive(Debug, Args)]
#[command(next_help_heading = "GitHub")]
pub struct Github {
    /// The one comment on the pull request.
    #[arg(
        long,
        value_name = "WISH",
        default_value = "auto",
        env = "LOCKGATE_COMMENT",
        hide_env_values = true
    )]
    pub comment: Wish,

    /// Tells several gates of one repository apart, each with a comment, a status and a tracking
    /// issue of its own: up to 40 letters, digits, `-`, `_`, `.` and `/`.
    #[arg(
        long,
        value_name = "KEY",
        env = "LOCKGATE_COMMENT_KEY",
        hide_env_values = true
    )]
    pub comment_key: Option<String>,

    /// The findings in code scanning; auto leaves it alone for pull requests whose token cannot
    /// write there.
    #[arg(
        long,
        value_name = "WISH",
        default_value = "auto",
        env = "LOCKGATE_UPLOAD",
        hide_env_values = true
    )]
    pub upload: Wish,

    /// A status on the commit beside the job's own.
    #[arg(
        long,
        value_name = "KIND",
        default_value = "off",
        env = "LOCKGATE_STATUS",
        hide_env_values = true
    )]
    pub status: Status,

    /// The issue in which scheduled checks tell what is open; auto is for scheduled checks only.
    #[arg(
        long,
        value_name = "WISH",
        default_value = "auto",
        env = "LOCKGATE_TRACKING_ISSUE",
        hide_env_values = true
    )]
    pub tracking_issue: Wish,

    /// Longest time for everything that is asked of GitHub, pauses included, in seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "90",
        value_parser = seconds,
        env = "LOCKGATE_API_TIME",
        hide_env_values = true
    )]
    pub api_time: u64,
}

impl Github {
    /// Nothing is brought there.
    pub fn off() -> Self {
        Self {
            comment: Wish::Off,
            comment_key: None,
            upload: Wish::Off,
            status: Status::Off,
            tracking_issue: Wish::Off,
            api_time: 90,
        }
    }
}

/// An input of the action that was left empty is not given.
fn seconds(text: &str) -> Result<u64, std::num::ParseIntError> {
    match text {
        "" => Ok(90),
        text => text.parse(),
    }
}

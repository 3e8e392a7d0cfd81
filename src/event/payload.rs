//! The event file, as far as it is used (github/rest-api-description, webhooks `pull-request-*`,
//! `merge-group-checks-requested`, `push`, `workflow-run-completed`). All fields may be missing; one
//! of another type makes the whole file one that cannot be understood.

use serde::Deserialize;

/// What an event file holds.
#[derive(Debug, Default, Deserialize)]
pub struct Payload {
    /// Of pull requests.
    pub pull_request: Option<PullRequest>,
    /// Of workflows that follow another.
    pub workflow_run: Option<WorkflowRun>,
    /// Of merge queues.
    pub merge_group: Option<MergeGroup>,
    /// Of pushes: what was pushed.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Of pushes: the id before, zeros for a new branch.
    pub before: Option<String>,
    /// Of pushes: the id that was pushed.
    pub after: Option<String>,
    /// Of pushes: whether history was rewritten.
    pub forced: Option<bool>,
    /// Of most events.
    pub repository: Option<Repository>,
}

/// `pull_request`
#[derive(Debug, Default, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: Option<u64>,
    /// Who opened it.
    pub user: Option<Account>,
    /// The change.
    pub head: Option<Tip>,
    /// Its target.
    pub base: Option<Tip>,
    /// It is part of the target by now.
    pub merged: Option<bool>,
    /// Its test merge, as long as it is open.
    pub merge_commit_sha: Option<String>,
}

/// A branch and its commit.
#[derive(Debug, Default, Deserialize)]
pub struct Tip {
    /// The branch.
    #[serde(rename = "ref")]
    pub name: Option<String>,
    /// The commit.
    pub sha: Option<String>,
    /// Where it is; `null` when the fork is gone.
    pub repo: Option<Repository>,
}

/// `user`
#[derive(Debug, Default, Deserialize)]
pub struct Account {
    /// The name.
    pub login: Option<String>,
}

/// `workflow_run`
#[derive(Debug, Default, Deserialize)]
pub struct WorkflowRun {
    /// Its id.
    pub id: Option<u64>,
    /// Which try it is.
    pub run_attempt: Option<u64>,
    /// The commit that it was about: the change's own last one, also for pull requests.
    pub head_sha: Option<String>,
    /// The branch of the change.
    pub head_branch: Option<String>,
    /// Where that branch is.
    pub head_repository: Option<Repository>,
    /// The event that it was started by.
    pub event: Option<String>,
    /// How it ended.
    pub conclusion: Option<String>,
}

/// `merge_group`; GitHub's own samples of older versions lack `base_sha`.
#[derive(Debug, Default, Deserialize)]
pub struct MergeGroup {
    /// The commit that the queue has built.
    pub head_sha: Option<String>,
    /// The commit that the group is built on.
    pub base_sha: Option<String>,
    /// The full name of the target branch.
    pub base_ref: Option<String>,
}

/// `repository`
#[derive(Debug, Default, Deserialize)]
pub struct Repository {
    /// `owner/name`.
    pub full_name: Option<String>,
    /// The branch that pull requests go to by default.
    pub default_branch: Option<String>,
}

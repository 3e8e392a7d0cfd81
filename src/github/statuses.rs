//! Check runs and commit statuses (docs.github.com, "REST API endpoints for check runs" and "… for
//! commit statuses").

use super::{Answer, Method, Repeat, Repository, Request, Trouble};
use serde::{Deserialize, Serialize};

/// Longest summary of a check run, in bytes: GitHub says characters and refuses by bytes (reviewdog,
/// `service/github/check.go`).
pub const LONGEST: usize = 65_535;

/// Most annotations of one request.
pub const ANNOTATIONS: usize = 50;

const CHECKS: &str = "checks: write";
const STATUSES: &str = "statuses: write";

/// A check run that is complete.
#[derive(Debug, Serialize)]
pub struct CheckRun<'a, A> {
    /// Its name.
    pub name: &'a str,
    /// The commit, in hex: of a pull request its last one, not the test merge.
    pub head_sha: &'a str,
    /// The page for more.
    pub details_url: &'a str,
    /// Whether the merge may go on. Nothing else is said: GitHub takes `neutral` and `skipped` for
    /// success.
    pub conclusion: Conclusion,
    /// What is shown.
    pub output: Output<'a, A>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Conclusion {
    /// The merge may go on.
    Success,
    /// It may not.
    Failure,
}

/// What a check run shows.
#[derive(Debug, Serialize)]
pub struct Output<'a, A> {
    /// One line.
    pub title: &'a str,
    /// Markdown of at most [`LONGEST`] bytes.
    pub summary: &'a str,
    /// At most [`ANNOTATIONS`]; GitHub adds those of further requests.
    pub annotations: &'a [A],
}

/// Makes it. Sent twice, the second of that name counts, which says the same.
pub fn create<A: Serialize>(repository: &Repository, run: &CheckRun<'_, A>) -> Request {
    let body = serde_json::json!({
        "name": run.name, "head_sha": run.head_sha, "details_url": run.details_url,
        "status": "completed", "conclusion": run.conclusion, "output": run.output,
    });
    Request {
        repeat: Repeat::Freely,
        ..Request::write(
            Method::Post,
            repository.path("check-runs"),
            body.to_string(),
            "writing it",
            CHECKS,
        )
    }
}

/// The check run that was made.
#[derive(Debug, Deserialize)]
pub struct Made {
    /// Its id.
    pub id: u64,
}

/// Reads it.
///
/// # Errors
/// When the answer has another form.
pub fn made(answer: &Answer, request: &Request) -> Result<Made, Trouble> {
    answer.json(request)
}

/// Adds annotations. Sent twice, GitHub would show them twice, so it is not.
pub fn add<A: Serialize>(repository: &Repository, id: u64, output: &Output<'_, A>) -> Request {
    let path = repository.path(&format!("check-runs/{id}"));
    let body = serde_json::json!({ "output": output }).to_string();
    Request {
        repeat: Repeat::WhenRefused,
        ..Request::write(Method::Patch, path, body, "adding annotations", CHECKS)
    }
}

/// A commit status; sent twice, the second counts, which says the same.
pub fn status(
    repository: &Repository,
    commit: &str,
    state: Conclusion,
    context: &str,
    description: &str,
    page: &str,
) -> Request {
    let body = serde_json::json!({
        "state": state, "context": context, "description": description, "target_url": page,
    });
    Request {
        repeat: Repeat::Freely,
        ..Request::write(
            Method::Post,
            repository.path(&format!("statuses/{commit}")),
            body.to_string(),
            "writing it",
            STATUSES,
        )
    }
}

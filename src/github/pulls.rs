//! Pull requests (docs.github.com, "REST API endpoints for commits", "List pull requests associated
//! with a commit", and "REST API endpoints for pull requests").

use super::{Answer, Repository, Request, Trouble};
use crate::model::{Foreign as _, Untrusted};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// The permission that all of it needs.
const NEEDS: &str = "pull-requests: read";

/// What it is about.
const ABOUT: &str = "the pull request of a commit";

/// An end of a pull request.
#[derive(Debug, Clone, Deserialize)]
struct End {
    sha: String,
    #[serde(rename = "ref")]
    name: String,
    /// Null when the fork is gone.
    #[serde(default)]
    repo: Option<Repo>,
}

#[derive(Debug, Clone, Deserialize)]
struct Repo {
    full_name: String,
}

/// What a list says of a pull request; of its fields, only these are used.
#[derive(Debug, Clone, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    state: String,
    head: End,
    base: End,
}

impl Pull {
    /// Whether the change is this branch of this repository (`owner/name`).
    pub fn comes_from(&self, repository: &Untrusted, branch: &Untrusted) -> bool {
        let from = self.head.repo.as_ref();
        from.is_some_and(|repo| repo.full_name.eq_ignore_ascii_case(repository.raw()))
            && self.head.name == branch.raw()
    }

    /// The branch that it is to be merged into.
    pub fn into_branch(&self) -> &str {
        &self.base.name
    }

    /// The commit of that branch, as GitHub knows it.
    pub fn into_commit(&self) -> &str {
        &self.base.sha
    }

    /// The branch's name, to be shown.
    pub fn into_name(&self) -> Untrusted {
        self.base.name.as_str().into()
    }
}

/// The pull requests that a commit is in.
pub fn of_commit(repository: &Repository, commit: &str) -> Request {
    let path = repository.path(&format!("commits/{commit}/pulls?per_page=100"));
    Request::get(path, ABOUT, NEEDS)
}

/// The open pull requests of a branch of somebody's repository.
pub fn of_branch(repository: &Repository, owner: &str, branch: &str) -> Request {
    let head = format!("{owner}:{branch}");
    let head = utf8_percent_encode(&head, NON_ALPHANUMERIC);
    let path = repository.path(&format!("pulls?state=open&per_page=100&head={head}"));
    Request::get(path, ABOUT, NEEDS)
}

/// Those of a list that are open, end at this very commit, and are to be merged into this repository.
///
/// # Errors
/// The answer is no such list.
pub fn fitting(
    answer: &Answer,
    request: &Request,
    repository: &Repository,
    commit: &str,
) -> Result<Vec<Pull>, Trouble> {
    let mut pulls: Vec<Pull> = answer.json(request)?;
    let ours = repository.full_name();
    pulls.retain(|pull| {
        let into = pull.base.repo.as_ref();
        pull.state == "open"
            && pull.head.sha.eq_ignore_ascii_case(commit)
            && into.is_some_and(|repo| repo.full_name.eq_ignore_ascii_case(&ours))
    });
    Ok(pulls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_open_ones_that_end_at_the_commit_fit() {
        let repository = Repository::parse("o/r").unwrap();
        let commit = "a".repeat(40);
        let pull = |number: u64, state: &str, sha: &str, into: &str| {
            json!({"number": number, "state": state, "title": "x",
                "head": {"sha": sha, "ref": "topic", "repo": null},
                "base": {"sha": "b", "ref": "main", "repo": {"full_name": into}}})
        };
        let list = json!([
            pull(1, "open", &commit, "o/r"),
            pull(2, "closed", &commit, "o/r"),
            pull(3, "open", &"c".repeat(40), "o/r"),
            pull(4, "open", &commit, "x/r"),
            pull(5, "open", &commit.to_uppercase(), "O/R"),
        ]);
        let request = of_commit(&repository, &commit);
        let answer = Answer {
            body: list.to_string().into_bytes(),
            ..Answer::default()
        };
        let found = fitting(&answer, &request, &repository, &commit).unwrap();
        let numbers: Vec<u64> = found.iter().map(|pull| pull.number).collect();
        assert_eq!(numbers, [1, 5]);
        let broken = Answer::default();
        assert!(fitting(&broken, &request, &repository, &commit).is_err());
    }

    #[test]
    fn names_of_branches_stay_inside_of_their_value() {
        let repository = Repository::parse("o/r").unwrap();
        let request = of_branch(&repository, "x", "a&state=all#/../é");
        assert_eq!(
            request.path,
            "/repos/o/r/pulls?state=open&per_page=100&head=x%3Aa%26state%3Dall%23%2F%2E%2E%2F%C3%A9"
        );
    }
}

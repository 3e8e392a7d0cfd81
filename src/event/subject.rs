//! What an event is about on GitHub: which pull request, and with what rights.

use super::payload::Payload;
use super::{Branch, Id, Surroundings};
use crate::model::Untrusted;

/// What an event is about. Nothing of it decides a verdict; it says where the verdict is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The pull request's number.
    pub number: Option<u64>,
    /// The pull request's last commit.
    pub head: Option<Id>,
    /// The commit that the run is about (`GITHUB_SHA`).
    pub commit: Option<Id>,
    /// The full name of what the run is about (`GITHUB_REF`), of a form that git accepts.
    pub reference: Option<String>,
    /// The change comes from another repository, or from one that is gone.
    pub from_fork: bool,
    /// Dependabot opened it: its runs have the rights of a fork's.
    pub by_dependabot: bool,
    /// The workflow run that this one follows (`workflow_run`).
    pub follows: Option<Finished>,
}

/// A workflow run that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Its id.
    pub id: u64,
    /// Which try it was.
    pub attempt: u64,
    /// The change's last commit.
    pub head: Id,
    /// The change's branch.
    pub branch: Option<Branch>,
    /// `owner/name` of the repository that has the branch.
    pub repository: Option<Untrusted>,
    /// The event that started it.
    pub event: Untrusted,
    /// How it ended: `success`, `failure` …
    pub conclusion: Option<Untrusted>,
}

/// The account under which Dependabot opens pull requests.
const DEPENDABOT: &str = "dependabot[bot]";

impl Subject {
    /// Understands what the runner says. A file that cannot be understood says nothing.
    pub fn read(surroundings: &Surroundings) -> Self {
        let payload = surroundings.payload.as_deref();
        let payload: Option<Payload> = payload.and_then(|text| serde_json::from_slice(text).ok());
        let payload = payload.unwrap_or_default();
        let home = payload.repository.and_then(|r| r.full_name);
        let mut subject = Self {
            commit: Id::parse(&surroundings.commit),
            reference: reference(&surroundings.reference),
            by_dependabot: surroundings.actor == DEPENDABOT,
            ..Self::default()
        };
        if let Some(pull) = payload.pull_request {
            let head = pull.head.unwrap_or_default();
            let base = pull.base.and_then(|base| base.repo);
            let home = base.and_then(|repo| repo.full_name).or(home);
            let from = head.repo.and_then(|repo| repo.full_name);
            subject.from_fork = from.is_none() || from != home;
            subject.number = pull.number.filter(|number| *number > 0);
            subject.head = head.sha.as_deref().and_then(Id::parse);
            let author = pull.user.and_then(|user| user.login);
            subject.by_dependabot |= author.as_deref() == Some(DEPENDABOT);
        }
        subject.follows = payload.workflow_run.and_then(|run| {
            Some(Finished {
                id: run.id?,
                attempt: run.run_attempt.unwrap_or(1),
                head: Id::parse(run.head_sha.as_deref()?)?,
                branch: run.head_branch.as_deref().and_then(Branch::parse),
                repository: run
                    .head_repository
                    .and_then(|r| r.full_name)
                    .map(Untrusted::from),
                event: run.event.unwrap_or_default().into(),
                conclusion: run.conclusion.map(Untrusted::from),
            })
        });
        subject
    }

    /// Whether the token can be expected to be read-only (docs.github.com, "Use GITHUB_TOKEN").
    pub fn has_few_rights(&self) -> bool {
        self.from_fork || self.by_dependabot
    }
}

/// `refs/heads/…`, `refs/tags/…` or `refs/pull/…` with a rest that git accepts.
fn reference(text: &str) -> Option<String> {
    let rest = ["refs/heads/", "refs/tags/", "refs/pull/"]
        .iter()
        .find_map(|start| text.strip_prefix(start))?;
    Branch::parse(rest).map(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(payload: &str) -> Subject {
        Subject::read(&Surroundings {
            payload: Some(payload.into()),
            reference: "refs/pull/7/merge".into(),
            ..Surroundings::default()
        })
    }

    #[test]
    fn forks_are_told_by_their_repository() {
        let pull = |head: &str| {
            of(&format!(
                r#"{{"pull_request":{{"number":7,"head":{{"sha":"{}","repo":{head}}},"base":{{"repo":{{"full_name":"o/r"}}}}}}}}"#,
                "a".repeat(40)
            ))
        };
        let own = pull(r#"{"full_name":"o/r"}"#);
        assert_eq!((own.number, own.from_fork), (Some(7), false));
        assert!(pull(r#"{"full_name":"x/r"}"#).from_fork);
        assert!(pull("null").from_fork);
        assert_eq!(own.reference.as_deref(), Some("refs/pull/7/merge"));
        assert_eq!(of("[").number, None);
    }

    #[test]
    fn a_followed_run_needs_a_full_id() {
        let run = |sha: &str| {
            of(&format!(
                r#"{{"workflow_run":{{"id":5,"head_sha":"{sha}","event":"pull_request","conclusion":"failure"}}}}"#
            ))
        };
        assert_eq!(run(&"b".repeat(40)).follows.unwrap().id, 5);
        assert_eq!(run("b").follows, None);
    }
}

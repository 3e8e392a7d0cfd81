//! Issues (docs.github.com, "REST API endpoints for issues"; schema `issue` of
//! github/rest-api-description).

use super::comments::User;
use super::{Answer, Method, Repository, Request, Trouble};
use crate::model::Untrusted;
use crate::sticky::Comment;
use serde::Deserialize;
use serde_json::json;

/// The permission that all of it needs.
const NEEDS: &str = "issues: write";

/// What it is about.
const ABOUT: &str = "the tracking issue";

/// An issue.
#[derive(Debug, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// Its text; null when there is none.
    #[serde(default)]
    body: Option<String>,
    /// Present for pull requests, which the list holds as well.
    #[serde(default)]
    pull_request: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    labels: Vec<Label>,
    #[serde(default)]
    user: Option<User>,
}

/// A label; old servers give the name alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Label {
    Object { name: Option<String> },
    Name(String),
}

impl Issue {
    /// Its text.
    pub fn body(&self) -> Untrusted {
        self.body.as_deref().unwrap_or_default().into()
    }

    /// What tells whether it is ours: its number in the place of an id, author and text.
    pub fn comment(&self) -> Comment {
        Comment {
            id: self.number,
            author: User::author(self.user.as_ref()),
            body: self.body(),
        }
    }

    /// True for a pull request.
    pub fn is_pull_request(&self) -> bool {
        self.pull_request.is_some()
    }

    /// True when it has this label; GitHub's labels do not know upper and lower case.
    pub fn has_label(&self, name: &str) -> bool {
        self.labels.iter().any(|label| match label {
            Label::Object { name: Some(has) } | Label::Name(has) => has.eq_ignore_ascii_case(name),
            Label::Object { name: None } => false,
        })
    }
}

/// What an issue is to become besides its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Become {
    /// What it is.
    Same,
    /// Open again.
    Open,
    /// Closed, because all of it is done.
    Done,
    /// Closed, because there is another one.
    Needless,
}

/// All issues with a label, open or closed, the oldest first.
pub fn list(repository: &Repository, label: &str) -> Request {
    let query = format!("labels={label}&state=all&sort=created&direction=asc&per_page=100");
    Request::get(repository.path(&format!("issues?{query}")), ABOUT, NEEDS)
}

/// Reads one page of the list.
///
/// # Errors
/// When it has another form.
pub fn read_page(request: &Request, page: &Answer) -> Result<Vec<Issue>, Trouble> {
    page.json(request)
}

/// Opens an issue. Labels that are not there are made, if the token may write to the repository's
/// issues; else GitHub may drop them without a word.
pub fn create(repository: &Repository, title: &str, body: &str, labels: &[&str]) -> Request {
    let body = json!({"title": title, "body": body, "labels": labels});
    let path = repository.path("issues");
    Request::write(Method::Post, path, body.to_string(), ABOUT, NEEDS)
}

/// Changes an issue's text, and what it is to become.
pub fn update(repository: &Repository, number: u64, body: &str, become_: Become) -> Request {
    let mut fields = json!({"body": body});
    let state = match become_ {
        Become::Same => None,
        Become::Open => Some(("open", "reopened")),
        Become::Done => Some(("closed", "completed")),
        Become::Needless => Some(("closed", "not_planned")),
    };
    if let (Some((state, reason)), Some(fields)) = (state, fields.as_object_mut()) {
        fields.insert("state".to_owned(), state.into());
        fields.insert("state_reason".to_owned(), reason.into());
    }
    let path = repository.path(&format!("issues/{number}"));
    Request::write(Method::Patch, path, fields.to_string(), ABOUT, NEEDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sticky::Identity;

    fn issue(fields: &str) -> Issue {
        serde_json::from_str(&format!(r#"{{"number": 7, "state": "open"{fields}}}"#)).unwrap()
    }

    #[test]
    fn issues_are_read_in_every_form_that_servers_give() {
        let whole = issue(
            r#", "body": "x", "labels": [{"id": 1, "name": "LockGate"}, {"name": null}, "old"],
            "user": {"login": "github-actions[bot]", "type": "Bot"}"#,
        );
        assert!(whole.has_label("lockgate") && whole.has_label("old"));
        assert!(!whole.has_label("security") && !whole.is_pull_request());
        let comment = whole.comment();
        assert!(Identity::of_workflows().wrote(&comment.author));
        assert_eq!((comment.id, comment.body), (7, "x".into()));
        let bare = issue(r#", "body": null, "user": null, "pull_request": {"url": "x"}"#);
        assert!(bare.is_pull_request() && bare.body().is_empty());
        assert!(!Identity::of_workflows().wrote(&bare.comment().author));
    }

    #[test]
    fn an_update_says_what_the_issue_is_to_become_and_why() {
        let repository = Repository::parse("o/r").unwrap();
        for (become_, state) in [
            (Become::Same, None),
            (Become::Open, Some(("open", "reopened"))),
            (Become::Done, Some(("closed", "completed"))),
            (Become::Needless, Some(("closed", "not_planned"))),
        ] {
            let request = update(&repository, 7, "x", become_);
            assert_eq!(request.path, "/repos/o/r/issues/7");
            let sent: serde_json::Value = serde_json::from_str(&request.body.unwrap()).unwrap();
            let mut expected = json!({"body": "x"});
            if let Some((state, reason)) = state {
                expected = json!({"body": "x", "state": state, "state_reason": reason});
            }
            assert_eq!(sent, expected);
        }
    }
}

//! Comments of a pull request, which to the API is an issue
//! (docs.github.com, "REST API endpoints for issue comments").

use super::{Answer, Method, Repeat, Repository, Request, Trouble};
use crate::model::Untrusted;
use crate::sticky::{Author, Comment};
use serde::Deserialize;

/// Longest comment, in UTF-16 code units with the marker. GitHub refuses more than 65 536 characters;
/// which ones it counts is not said, so that there is room for another opinion.
pub const LONGEST: usize = 60_000;

const READ: &str = "pull-requests: read";
const WRITE: &str = "pull-requests: write";

/// A list as long as a page can be, the oldest comment first; those that were changed since a moment
/// in UTC (`2026-11-21T08:00:00Z`), if one is given.
pub fn list(repository: &Repository, number: u64, since: Option<&str>) -> Request {
    let since = since.map(|moment| format!("&since={moment}"));
    let path = format!(
        "issues/{number}/comments?per_page=100{}",
        since.unwrap_or_default()
    );
    Request::get(repository.path(&path), "reading the comments", READ)
}

/// A new comment. Nobody sends it twice: see [`Repeat`].
pub fn create(repository: &Repository, number: u64, body: &str) -> Request {
    let path = repository.path(&format!("issues/{number}/comments"));
    Request::write(Method::Post, path, text(body), "writing it", WRITE)
}

/// Another text for a comment.
pub fn update(repository: &Repository, id: u64, body: &str) -> Request {
    let path = repository.path(&format!("issues/comments/{id}"));
    Request::write(Method::Patch, path, text(body), "changing it", WRITE)
}

/// A comment goes.
pub fn delete(repository: &Repository, id: u64) -> Request {
    let path = repository.path(&format!("issues/comments/{id}"));
    Request::delete(path, "removing a second one", WRITE)
}

fn text(body: &str) -> String {
    serde_json::json!({ "body": body }).to_string()
}

/// The question under which name the token writes. The REST API answers it for people only; this one
/// is answered for workflows and Apps, too. It changes nothing, although it is a `POST`.
pub fn viewer() -> Request {
    let body = serde_json::json!({ "query": "query{viewer{login}}" }).to_string();
    Request {
        repeat: Repeat::Freely,
        ..Request::write(
            Method::Post,
            "/graphql".to_owned(),
            body,
            "asking for the token's name",
            WRITE,
        )
    }
}

#[derive(Deserialize)]
struct Viewer {
    data: Option<ViewerData>,
}

#[derive(Deserialize)]
struct ViewerData {
    viewer: User,
}

/// An account.
#[derive(Debug, Deserialize)]
pub struct User {
    login: String,
    #[serde(rename = "type", default)]
    kind: String,
}

impl User {
    /// The account as an author; nobody's name where it is gone.
    pub fn author(user: Option<&Self>) -> Author {
        Author {
            login: user.map(|user| &*user.login).unwrap_or_default().into(),
            bot: user.is_some_and(|user| user.kind == "Bot"),
        }
    }
}

#[derive(Deserialize)]
struct Written {
    id: u64,
    body: Option<String>,
    /// `null` when the account is gone.
    user: Option<User>,
    created_at: Option<String>,
}

impl Written {
    fn comment(self) -> Comment {
        Comment {
            id: self.id,
            author: User::author(self.user.as_ref()),
            body: Untrusted::from(self.body.unwrap_or_default()),
        }
    }
}

/// The comments of one page.
///
/// # Errors
/// When the answer has another form.
pub fn listed(answer: &Answer, request: &Request) -> Result<Vec<Comment>, Trouble> {
    let page: Vec<Written> = answer.json(request)?;
    Ok(page.into_iter().map(Written::comment).collect())
}

/// The comment that was just made, and the moment, as the server gives it.
///
/// # Errors
/// When the answer has another form.
pub fn written(answer: &Answer, request: &Request) -> Result<(Comment, Option<String>), Trouble> {
    let mut written: Written = answer.json(request)?;
    let moment = written.created_at.take();
    Ok((written.comment(), moment))
}

/// The name under which the token writes.
pub fn login(answer: &Answer) -> Option<String> {
    let viewer: Viewer = serde_json::from_slice(&answer.body).ok()?;
    Some(viewer.data?.viewer.login).filter(|login| !login.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sticky::Identity;

    fn answer(body: &str) -> Answer {
        Answer {
            body: body.into(),
            ..Answer::default()
        }
    }

    #[test]
    fn comments_are_read_whatever_else_they_hold() {
        let repository = Repository::parse("o/r").unwrap();
        let request = list(&repository, 7, Some("2026-11-21T08:00:00Z"));
        assert_eq!(
            request.path,
            "/repos/o/r/issues/7/comments?per_page=100&since=2026-11-21T08:00:00Z"
        );
        let body = r#"[{"id":1,"body":"a","user":{"login":"github-actions[bot]","type":"Bot","id":9},"x":[]},
            {"id":2,"user":null,"body":null}]"#;
        let comments = listed(&answer(body), &request).unwrap();
        let us = Identity::of_workflows();
        let ours: Vec<bool> = comments.iter().map(|c| us.wrote(&c.author)).collect();
        assert_eq!(ours, [true, false]);
        assert!(listed(&answer("{}"), &request).is_err());
        let viewer = r#"{"data":{"viewer":{"login":"me"}}}"#;
        assert_eq!(login(&answer(viewer)).as_deref(), Some("me"));
        assert_eq!(login(&answer(r#"{"errors":[]}"#)), None);
    }
}

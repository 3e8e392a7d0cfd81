//! Comments of issues and pull requests (docs.github.com/rest/issues/comments).

use super::http::{Answer, Request};
use super::routes::{invalid, not_found, page};
use super::state::{Comment, State};
use serde_json::{Value, json};

const PAGE: &str = "issues/comments";

/// Longest body, in characters (telia-oss/github-pr-resource#259).
pub const LONGEST: usize = 65_536;

fn json(state: &State, comment: &Comment) -> Value {
    let (id, issue) = (comment.id, comment.issue);
    json!({
        "id": id, "node_id": format!("IC_{id}"), "body": comment.body,
        "url": state.url(&format!("/issues/comments/{id}")),
        "html_url": format!("{}/{}/pull/{issue}#issuecomment-{id}", state.site, super::state::NAME),
        "issue_url": state.url(&format!("/issues/{issue}")),
        "user": comment.author.json(&state.api), "performed_via_github_app": comment.author.app(&state.api),
        "created_at": comment.created, "updated_at": comment.updated,
        "author_association": if comment.author.kind == "Bot" { "NONE" } else { "CONTRIBUTOR" },
        "pin": null, "minimized": null,
    })
}

fn number(parts: &[&str]) -> u64 {
    parts[0].parse().unwrap_or(0)
}

fn is_there(state: &State, issue: u64) -> bool {
    state.pulls.iter().any(|pull| pull.number == issue)
        || state.issues.iter().any(|known| known.number == issue)
}

pub fn list(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let issue = number(parts);
    if !is_there(state, issue) {
        return not_found(PAGE);
    }
    let since = request.query.get("since").map_or("", String::as_str);
    let comments = state.comments_of(issue);
    let shown = comments.into_iter().filter(|c| &*c.updated >= since);
    let shown = shown.map(|comment| json(state, comment)).collect();
    page(state, request, shown)
}

/// The body of a comment, or why it is refused.
fn body(request: &Request) -> Result<String, Box<Answer>> {
    let said = request.json();
    let Some(body) = said["body"].as_str() else {
        return Err(Box::new(Answer::error(
            422,
            "Invalid request.\n\n\"body\" wasn't supplied.",
            PAGE,
        )));
    };
    if body.trim().is_empty() {
        let error = json!({"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body cannot be blank"});
        return Err(Box::new(invalid(PAGE, error)));
    }
    // UTF-16, which counts most of what one may count.
    if body.encode_utf16().count() > LONGEST {
        let error = json!({"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body is too long (maximum is 65536 characters)"});
        return Err(Box::new(invalid(PAGE, error)));
    }
    Ok(body.to_owned())
}

pub fn create(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let issue = number(parts);
    if !is_there(state, issue) {
        return not_found(PAGE);
    }
    match body(request) {
        Ok(body) => {
            let me = state.me.clone();
            let id = state.comment(issue, &me, &body);
            let comment = json(state, state.comments.last().unwrap());
            let at = state.url(&format!("/issues/comments/{id}"));
            Answer::json(201, &comment).header("location", at)
        }
        Err(answer) => *answer,
    }
}

fn position(state: &State, parts: &[&str]) -> Option<usize> {
    let id = number(parts);
    state.comments.iter().position(|comment| comment.id == id)
}

pub fn get(state: &mut State, _: &Request, parts: &[&str]) -> Answer {
    match position(state, parts) {
        Some(at) => Answer::json(200, &json(state, &state.comments[at])),
        None => not_found(PAGE),
    }
}

/// Whoever may write to the repository may change every comment: the server protects nobody's words.
pub fn update(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let Some(at) = position(state, parts) else {
        return not_found(PAGE);
    };
    match body(request) {
        Ok(body) => {
            let now = state.now();
            let comment = &mut state.comments[at];
            comment.body = body;
            comment.updated = now;
            Answer::json(200, &json(state, &state.comments[at]))
        }
        Err(answer) => *answer,
    }
}

pub fn delete(state: &mut State, _: &Request, parts: &[&str]) -> Answer {
    match position(state, parts) {
        Some(at) => {
            state.comments.remove(at);
            Answer {
                status: 204,
                ..Answer::default()
            }
        }
        None => not_found(PAGE),
    }
}

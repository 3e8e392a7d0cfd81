//! The repository, its pull requests, commits and files.

use super::http::{Answer, Request};
use super::routes::{not_found, page};
use super::state::{ID, NAME, Pull, State, example, like};
use base64::Engine as _;
use serde_json::{Value, json};

const PAGE: &str = "pulls/pulls";

fn tip(state: &State, name: &str, sha: &str, repository: Option<&str>) -> Value {
    let owner = repository.and_then(|name| name.split_once('/'));
    let owner = owner.map_or("ghost", |(owner, _)| owner);
    let mut tip = example("pull-request")["head"].clone();
    tip["ref"] = json!(name);
    tip["sha"] = json!(sha);
    tip["label"] = json!(format!("{owner}:{name}"));
    tip["user"] = super::account::Account::person(owner).json(&state.api);
    match repository {
        None => tip["repo"] = Value::Null,
        Some(repository) => {
            let own = repository == NAME;
            tip["repo"]["full_name"] = json!(repository);
            tip["repo"]["fork"] = json!(!own);
            tip["repo"]["id"] = json!(if own { ID } else { ID + 1 });
            tip["repo"]["private"] = json!(state.private);
        }
    }
    tip
}

fn fields(state: &State, pull: &Pull) -> Value {
    let number = pull.number;
    json!({
        "id": number + 7000, "number": number, "state": pull.state, "title": pull.title,
        "url": state.url(&format!("/pulls/{number}")),
        "issue_url": state.url(&format!("/issues/{number}")),
        "comments_url": state.url(&format!("/issues/{number}/comments")),
        "html_url": format!("{}/{NAME}/pull/{number}", state.site),
        "user": pull.author.json(&state.api), "locked": false, "draft": false,
        "requested_teams": [], "requested_reviewers": [], "assignees": [], "milestone": null,
        "head": tip(state, &pull.head_ref, &pull.head_sha, pull.head_repository.as_deref()),
        "base": tip(state, &pull.base_ref, &pull.base_sha, Some(NAME)),
    })
}

/// The pull request as a list shows it.
fn short(state: &State, pull: &Pull) -> Value {
    like("pull-request-simple-items", fields(state, pull))
}

/// The pull request as a list of issues shows it.
pub fn as_issue(state: &State, pull: &Pull) -> Value {
    like(
        "issue",
        json!({
            "number": pull.number, "title": pull.title, "state": pull.state, "labels": [],
            "user": pull.author.json(&state.api),
            "pull_request": {
                "url": state.url(&format!("/pulls/{}", pull.number)),
                "html_url": format!("{}/{NAME}/pull/{}", state.site, pull.number),
                "diff_url": "https://github.com/x.diff", "patch_url": "https://github.com/x.patch",
            },
        }),
    )
}

pub fn get(state: &mut State, _: &Request, parts: &[&str]) -> Answer {
    let found = state
        .pulls
        .iter()
        .find(|p| p.number.to_string() == parts[0]);
    match found {
        Some(pull) => Answer::json(200, &like("pull-request", fields(state, pull))),
        None => not_found(PAGE),
    }
}

pub fn list(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let asked = |name: &str| request.query.get(name).map(String::as_str);
    let wanted = asked("state").unwrap_or("open");
    let label = |pull: &Pull| {
        let owner = pull.head_repository.as_deref().unwrap_or("ghost/");
        format!("{}:{}", owner.split('/').next().unwrap(), pull.head_ref)
    };
    let shown = state
        .pulls
        .iter()
        .rev()
        .filter(|pull| wanted == "all" || pull.state == wanted)
        .filter(|pull| asked("head").is_none_or(|head| head == label(pull)))
        .filter(|pull| asked("base").is_none_or(|base| base == pull.base_ref))
        .map(|pull| short(state, pull))
        .collect();
    page(state, request, shown)
}

/// Pull requests whose head is the commit; GitHub also lists closed ones.
pub fn of_commit(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let shown = state
        .pulls
        .iter()
        .filter(|pull| pull.head_sha == parts[0])
        .map(|pull| short(state, pull))
        .collect();
    page(state, request, shown)
}

pub fn repository(state: &mut State, _: &Request, _: &[&str]) -> Answer {
    let fields = json!({
        "id": ID, "full_name": NAME, "name": NAME.split('/').nth(1), "private": state.private,
        "default_branch": "main", "url": state.url(""),
    });
    let mut repository = like("full-repository-default-response", fields);
    // The example is a fork and lacks a field that its schema demands.
    repository["language"] = Value::Null;
    for origin in ["source", "parent", "template_repository"] {
        repository.as_object_mut().unwrap().remove(origin);
    }
    Answer::json(200, &repository)
}

pub fn run(_: &mut State, _: &Request, parts: &[&str]) -> Answer {
    let id: u64 = parts[0].parse().unwrap_or(1);
    Answer::json(200, &like("workflow-run", json!({"id": id})))
}

/// A file at a reference; bytes for the raw media type, else base64.
pub fn contents(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let at = request.query.get("ref").map_or("main", String::as_str);
    let path = parts.join("/");
    let Some(content) = state.contents.get(&(at.to_owned(), path.clone())) else {
        return not_found("repos/contents#get-repository-content");
    };
    if request
        .header("accept")
        .is_some_and(|kind| kind.contains("raw"))
    {
        return Answer::body(
            200,
            "application/vnd.github.raw+json; charset=utf-8",
            content.clone(),
        );
    }
    let text = base64::engine::general_purpose::STANDARD.encode(content);
    let fields = json!({
        "path": path, "name": parts.last(), "size": content.len(), "content": text,
        "encoding": "base64", "type": "file",
    });
    Answer::json(
        200,
        &like("content-file-response-if-content-is-a-file", fields),
    )
}

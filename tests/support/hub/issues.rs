//! Issues and labels (docs.github.com/rest/issues).

use super::comments::LONGEST;
use super::http::{Answer, Request};
use super::pulls;
use super::routes::{invalid, not_found, page};
use super::state::{Issue, NAME, State, like};
use serde_json::{Value, json};

const PAGE: &str = "issues/issues";
const LABELS: &str = "issues/labels";

fn json(state: &State, issue: &Issue) -> Value {
    let number = issue.number;
    let url = state.url(&format!("/issues/{number}"));
    let labels: Vec<&Value> = issue
        .labels
        .iter()
        .filter_map(|name| state.labels.get(&name.to_lowercase()))
        .collect();
    let closed = (issue.state == "closed").then_some(&issue.updated);
    let mut value = like(
        "issue",
        json!({
            "id": number + 9000, "node_id": format!("I_{number}"), "number": number, "url": url,
            "repository_url": state.url(""), "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"), "events_url": format!("{url}/events"),
            "html_url": format!("{}/{NAME}/issues/{number}", state.site),
            "title": issue.title, "body": issue.body, "user": issue.author.json(&state.api),
            "labels": labels, "assignee": null, "assignees": [], "milestone": null,
            "state": issue.state, "state_reason": issue.state_reason, "locked": false,
            "comments": state.comments_of(number).len(), "closed_at": closed, "closed_by": null,
            "created_at": issue.created, "updated_at": issue.updated,
            "performed_via_github_app": issue.author.app(&state.api), "active_lock_reason": null,
        }),
    );
    value.as_object_mut().unwrap().remove("pull_request");
    value
}

pub fn list(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let asked = |name: &str| request.query.get(name).map(String::as_str);
    let wanted = asked("state").unwrap_or("open");
    let labels: Vec<String> = asked("labels")
        .map(|text| text.split(',').map(str::to_lowercase).collect())
        .unwrap_or_default();
    let creator = asked("creator");
    let fits = |state: &str, login: &str| {
        (wanted == "all" || wanted == state)
            && creator.is_none_or(|creator| creator.eq_ignore_ascii_case(login))
    };
    let has = |issue: &Issue| {
        let own: Vec<String> = issue.labels.iter().map(|l| l.to_lowercase()).collect();
        labels.iter().all(|label| own.contains(label))
    };
    let mut shown: Vec<(u64, Value)> = state
        .issues
        .iter()
        .filter(|issue| fits(&issue.state, &issue.author.login) && has(issue))
        .map(|issue| (issue.number, json(state, issue)))
        .collect();
    // Every pull request is an issue, too.
    let pulls = state
        .pulls
        .iter()
        .filter(|pull| labels.is_empty() && fits(&pull.state, &pull.author.login));
    shown.extend(pulls.map(|pull| (pull.number, pulls::as_issue(state, pull))));
    shown.sort_by_key(|(number, _)| *number);
    if asked("direction") != Some("asc") {
        shown.reverse();
    }
    page(
        state,
        request,
        shown.into_iter().map(|(_, issue)| issue).collect(),
    )
}

fn too_long(body: &str) -> Option<Answer> {
    (body.encode_utf16().count() > LONGEST).then(|| {
        let error = json!({"resource": "Issue", "code": "custom", "field": "body", "message": "body is too long (maximum is 65536 characters)"});
        invalid(PAGE, error)
    })
}

fn names(value: &Value) -> Vec<String> {
    let items = value.as_array().cloned().unwrap_or_default();
    let name = |item: &Value| item.as_str().or(item["name"].as_str()).map(str::to_owned);
    items.iter().filter_map(name).collect()
}

pub fn create(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let said = request.json();
    let body = said["body"].as_str().unwrap_or_default();
    let Some(title) = said["title"].as_str().filter(|t| !t.trim().is_empty()) else {
        let error = json!({"resource": "Issue", "code": "missing_field", "field": "title"});
        return invalid(PAGE, error);
    };
    if let Some(answer) = too_long(body) {
        return answer;
    }
    let me = state.me.clone();
    let number = state.issue(&me, title, body, &names(&said["labels"]));
    let issue = json(state, state.issues.last().unwrap());
    Answer::json(201, &issue).header("location", state.url(&format!("/issues/{number}")))
}

fn position(state: &State, parts: &[&str]) -> Option<usize> {
    let number: u64 = parts[0].parse().ok()?;
    state.issues.iter().position(|issue| issue.number == number)
}

pub fn get(state: &mut State, _: &Request, parts: &[&str]) -> Answer {
    match position(state, parts) {
        Some(at) => Answer::json(200, &json(state, &state.issues[at])),
        None => match state
            .pulls
            .iter()
            .find(|p| p.number.to_string() == parts[0])
        {
            Some(pull) => Answer::json(200, &pulls::as_issue(state, pull)),
            None => not_found(PAGE),
        },
    }
}

pub fn update(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let Some(at) = position(state, parts) else {
        return not_found(PAGE);
    };
    let said = request.json();
    if let Some(answer) = too_long(said["body"].as_str().unwrap_or_default()) {
        return answer;
    }
    for label in names(&said["labels"]) {
        state.label(&label, "ededed", "");
    }
    let now = state.now();
    let issue = &mut state.issues[at];
    let text = |name: &str| said[name].as_str().map(str::to_owned);
    issue.title = text("title").unwrap_or_else(|| issue.title.clone());
    issue.body = text("body").unwrap_or_else(|| issue.body.clone());
    if said["labels"].is_array() {
        issue.labels = names(&said["labels"]);
    }
    if let Some(to) = text("state") {
        let reason = match &*to {
            "closed" => Some(text("state_reason").unwrap_or_else(|| "completed".to_owned())),
            _ => (issue.state == "closed").then(|| "reopened".to_owned()),
        };
        issue.state_reason = reason;
        issue.state = to;
    }
    issue.updated = now;
    Answer::json(200, &json(state, &state.issues[at]))
}

pub fn add_labels(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let Some(at) = position(state, parts) else {
        return not_found(LABELS);
    };
    let said = request.json();
    let list = if said.is_array() {
        &said
    } else {
        &said["labels"]
    };
    for name in names(list) {
        state.label(&name, "ededed", "");
        if !state.issues[at].labels.contains(&name) {
            state.issues[at].labels.push(name);
        }
    }
    let labels = json(state, &state.issues[at])["labels"].clone();
    Answer::json(200, &labels)
}

pub fn labels(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let all = state.labels.values().cloned().collect();
    page(state, request, all)
}

pub fn label(state: &mut State, _: &Request, parts: &[&str]) -> Answer {
    match state.labels.get(&parts[0].to_lowercase()) {
        Some(label) => Answer::json(200, label),
        None => not_found(LABELS),
    }
}

pub fn create_label(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let said = request.json();
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let made = state.label(&text("name"), &text("color"), &text("description"));
    match made {
        Some(label) => Answer::json(201, &label),
        None => invalid(
            LABELS,
            json!({"resource": "Label", "code": "already_exists", "field": "name"}),
        ),
    }
}

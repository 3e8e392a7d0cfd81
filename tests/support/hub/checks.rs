//! Check runs and commit statuses (docs.github.com/rest/checks/runs, /rest/commits/statuses).

use super::http::{Answer, Request};
use super::routes::{invalid, not_found, page, page_in};
use super::state::{State, like};
use serde_json::{Value, json};

const PAGE: &str = "checks/runs";
const STATUSES: &str = "commits/statuses";

/// Longest summary and text of a check run (facts: reviewdog cuts at as many bytes).
const LONGEST: usize = 65_535;

/// Annotations of one request.
const ANNOTATIONS: usize = 50;

/// What GitHub refuses.
fn wrong(check: &Value) -> Option<Answer> {
    let output = &check["output"];
    let refuse = |field: &str, message: String| {
        Some(invalid(
            PAGE,
            json!({"resource": "CheckRun", "code": "custom", "field": field, "message": message}),
        ))
    };
    if check["status"] == "completed" && check["conclusion"].is_null() {
        return refuse(
            "conclusion",
            "a completed check run has a conclusion".to_owned(),
        );
    }
    for field in ["summary", "text"] {
        if output[field].as_str().unwrap_or_default().len() > LONGEST {
            return refuse(
                field,
                format!("{field} exceeds a maximum bytesize of {LONGEST}"),
            );
        }
    }
    if output.is_object() && !(output["title"].is_string() && output["summary"].is_string()) {
        return refuse("output", "title and summary belong together".to_owned());
    }
    let annotations = output["annotations"].as_array().map_or(0, Vec::len);
    if annotations > ANNOTATIONS {
        return refuse("annotations", format!("{annotations} annotations"));
    }
    None
}

fn json(state: &State, check: &Value) -> Value {
    let output = &check["output"];
    let id = check["id"].as_u64().unwrap();
    let done = check["status"] == "completed" || !check["conclusion"].is_null();
    like(
        "check-run",
        json!({
            "id": id, "name": check["name"], "head_sha": check["head_sha"],
            "external_id": check["external_id"].as_str().unwrap_or_default(),
            "url": state.url(&format!("/check-runs/{id}")),
            "html_url": format!("{}/{}/runs/{id}", state.site, super::state::NAME),
            "status": if done { json!("completed") } else { json!("queued") },
            "conclusion": check["conclusion"],
            "details_url": check["details_url"].as_str().unwrap_or("https://github.com"),
            "completed_at": if done { json!("2026-11-21T08:00:00Z") } else { Value::Null },
            "output": {
                "title": output["title"], "summary": output["summary"], "text": output["text"],
                "annotations_count": output["annotations"].as_array().map_or(0, Vec::len),
                "annotations_url": state.url(&format!("/check-runs/{id}/annotations")),
            },
            "app": state.me.app(&state.api),
            "pull_requests": [],
        }),
    )
}

pub fn create(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let mut check = request.json();
    if !check["name"].is_string() || !check["head_sha"].is_string() {
        let error = json!({"resource": "CheckRun", "code": "missing_field", "field": "head_sha"});
        return invalid(PAGE, error);
    }
    if let Some(answer) = wrong(&check) {
        return answer;
    }
    check["id"] = json!(state.id());
    state.checks.push(check.clone());
    Answer::json(201, &json(state, &check))
}

fn position(state: &State, parts: &[&str]) -> Option<usize> {
    let id: u64 = parts[0].parse().ok()?;
    state.checks.iter().position(|check| check["id"] == id)
}

pub fn get(state: &mut State, _: &Request, parts: &[&str]) -> Answer {
    match position(state, parts) {
        Some(at) => Answer::json(200, &json(state, &state.checks[at])),
        None => not_found(PAGE),
    }
}

pub fn update(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let Some(at) = position(state, parts) else {
        return not_found(PAGE);
    };
    let mut check = state.checks[at].clone();
    let Value::Object(fields) = request.json() else {
        return Answer::error(400, "Problems parsing JSON", PAGE);
    };
    check.as_object_mut().unwrap().extend(fields);
    if let Some(answer) = wrong(&check) {
        return answer;
    }
    state.checks[at] = check.clone();
    Answer::json(200, &json(state, &check))
}

pub fn list(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let name = request.query.get("check_name");
    let shown: Vec<Value> = state
        .checks
        .iter()
        .filter(|check| check["head_sha"] == parts[0])
        .filter(|check| name.is_none_or(|name| check["name"] == **name))
        .map(|check| json(state, check))
        .collect();
    let total = shown.len();
    let wrap = |items: &[Value]| json!({"total_count": total, "check_runs": items});
    page_in(state, request, shown, wrap)
}

fn status_json(state: &State, status: &Value) -> Value {
    like(
        "status",
        json!({
            "id": status["id"], "state": status["state"], "context": status["context"],
            "description": status["description"], "target_url": status["target_url"],
            "creator": state.me.json(&state.api),
        }),
    )
}

pub fn status(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let mut status = request.json();
    let named = status["state"].as_str().unwrap_or_default();
    let error = |field: &str, message: &str| {
        let error =
            json!({"resource": "Status", "code": "custom", "field": field, "message": message});
        invalid(STATUSES, error)
    };
    if !["error", "failure", "pending", "success"].contains(&named) {
        return error("state", "is not included in the list");
    }
    if status["description"]
        .as_str()
        .unwrap_or_default()
        .chars()
        .count()
        > 140
    {
        return error(
            "description",
            "description is too long (maximum is 140 characters)",
        );
    }
    if status["context"].is_null() {
        status["context"] = json!("default");
    }
    status["id"] = json!(state.id());
    status["sha"] = json!(parts[0]);
    state.statuses.push(status.clone());
    Answer::json(201, &status_json(state, &status))
}

pub fn statuses(state: &mut State, request: &Request, parts: &[&str]) -> Answer {
    let own = |status: &&Value| status["sha"] == parts[0];
    let shown = state.statuses.iter().rev().filter(own);
    let shown = shown.map(|status| status_json(state, status)).collect();
    page(state, request, shown)
}

//! Which request means what, and what a token must be allowed for it.

use super::account::{Level, Scope};
use super::http::{Answer, Request};
use super::state::{ID, NAME, State};
use super::{checks, comments, issues, pulls, scanning};
use serde_json::{Value, json};

/// What carries a request out.
type Handler = fn(&mut State, &Request, &[&str]) -> Answer;

/// An operation: the path below the repository with `*` for what varies, the scopes of which one
/// has to be open, and the page of GitHub's manual.
struct Operation {
    method: &'static str,
    path: &'static str,
    scopes: &'static [Scope],
    page: &'static str,
    run: Handler,
}

const TALK: &[Scope] = &[Scope::Issues, Scope::PullRequests];

const fn operation(
    method: &'static str,
    path: &'static str,
    scopes: &'static [Scope],
    page: &'static str,
    run: Handler,
) -> Operation {
    Operation {
        method,
        path,
        scopes,
        page,
        run,
    }
}

#[rustfmt::skip]
const OPERATIONS: &[Operation] = &[
    operation("GET", "", &[], "repos/repos#get-a-repository", pulls::repository),
    operation("GET", "actions/runs/*", &[Scope::Actions], "actions/workflow-runs#get-a-workflow-run", pulls::run),
    operation("POST", "check-runs", &[Scope::Checks], "checks/runs#create-a-check-run", checks::create),
    operation("GET", "check-runs/*", &[Scope::Checks], "checks/runs#get-a-check-run", checks::get),
    operation("PATCH", "check-runs/*", &[Scope::Checks], "checks/runs#update-a-check-run", checks::update),
    operation("GET", "commits/*/check-runs", &[Scope::Checks], "checks/runs#list-check-runs-for-a-git-reference", checks::list),
    operation("GET", "commits/*/statuses", &[Scope::Statuses], "commits/statuses#list-commit-statuses-for-a-reference", checks::statuses),
    operation("POST", "statuses/*", &[Scope::Statuses], "commits/statuses#create-a-commit-status", checks::status),
    operation("GET", "commits/*/pulls", &[Scope::PullRequests], "commits/commits#list-pull-requests-associated-with-a-commit", pulls::of_commit),
    operation("GET", "pulls", &[Scope::PullRequests], "pulls/pulls#list-pull-requests", pulls::list),
    operation("GET", "pulls/*", &[Scope::PullRequests], "pulls/pulls#get-a-pull-request", pulls::get),
    operation("GET", "contents/**", &[Scope::Contents], "repos/contents#get-repository-content", pulls::contents),
    operation("GET", "issues", TALK, "issues/issues#list-repository-issues", issues::list),
    operation("POST", "issues", &[Scope::Issues], "issues/issues#create-an-issue", issues::create),
    operation("GET", "issues/*", TALK, "issues/issues#get-an-issue", issues::get),
    operation("PATCH", "issues/*", &[Scope::Issues], "issues/issues#update-an-issue", issues::update),
    operation("GET", "issues/*/comments", TALK, "issues/comments#list-issue-comments", comments::list),
    operation("POST", "issues/*/comments", TALK, "issues/comments#create-an-issue-comment", comments::create),
    operation("GET", "issues/comments/*", TALK, "issues/comments#get-an-issue-comment", comments::get),
    operation("PATCH", "issues/comments/*", TALK, "issues/comments#update-an-issue-comment", comments::update),
    operation("DELETE", "issues/comments/*", TALK, "issues/comments#delete-an-issue-comment", comments::delete),
    operation("POST", "issues/*/labels", TALK, "issues/labels#add-labels-to-an-issue", issues::add_labels),
    operation("GET", "labels", TALK, "issues/labels#list-labels-for-a-repository", issues::labels),
    operation("POST", "labels", TALK, "issues/labels#create-a-label", issues::create_label),
    operation("GET", "labels/*", TALK, "issues/labels#get-a-label", issues::label),
    operation("POST", "code-scanning/sarifs", &[Scope::SecurityEvents], "code-scanning/code-scanning#upload-an-analysis-as-sarif-data", scanning::upload),
    operation("GET", "code-scanning/sarifs/*", &[Scope::SecurityEvents], "code-scanning/code-scanning#get-information-about-a-sarif-upload", scanning::status),
    operation("GET", "code-scanning/alerts", &[Scope::SecurityEvents], "code-scanning/code-scanning#list-code-scanning-alerts-for-a-repository", scanning::alerts),
    operation("GET", "code-scanning/analyses", &[Scope::SecurityEvents], "code-scanning/code-scanning#list-code-scanning-analyses-for-a-repository", scanning::analyses),
];

/// Carries a request out; the second part says what no honest client would have sent.
pub fn answer(state: &mut State, request: &Request) -> (Answer, Option<String>) {
    let path = percent_encoding::percent_decode_str(&request.path)
        .decode_utf8_lossy()
        .into_owned();
    match (&*request.method, &*path) {
        ("GET", "/rate_limit") => return (rate_limit(state), None),
        // The token of a job belongs to no user.
        ("GET", "/user") => return (forbidden("users/users#get-the-authenticated-user"), None),
        ("POST", "/graphql") => return graphql(state, request),
        _ => {}
    }
    let Some(rest) = below_repository(&path) else {
        let moved = state.old_names.iter().find_map(|name| {
            let rest = path.strip_prefix(&format!("/repos/{name}"))?;
            (rest.is_empty() || rest.starts_with('/')).then_some(rest)
        });
        if let Some(rest) = moved {
            return (moved_to(state, request, rest), None);
        }
        return (
            not_found(""),
            Some(format!("{} is not known", request.line())),
        );
    };
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let found = OPERATIONS
        .iter()
        .filter(|operation| operation.method == request.method)
        .find_map(|operation| Some((operation, matched(operation.path, &parts)?)));
    let Some((operation, parts)) = found else {
        return (
            not_found(""),
            Some(format!("{} is no operation that is known", request.line())),
        );
    };
    let level = if request.is_write() {
        Level::Write
    } else {
        Level::Read
    };
    let may = |scope: &Scope| state.permissions.allow(*scope, level);
    if !operation.scopes.is_empty() && !operation.scopes.iter().any(may) {
        return (forbidden(operation.page), None);
    }
    if operation.path.starts_with("code-scanning") && !state.code_scanning {
        let words = "Code Security must be enabled for this repository to use code scanning.";
        return (Answer::error(403, words, operation.page), None);
    }
    ((operation.run)(state, request, &parts), None)
}

/// What stands behind the repository's name or number.
fn below_repository(path: &str) -> Option<&str> {
    let number = format!("/repositories/{ID}");
    let rest = path
        .strip_prefix("/repos/")
        .and_then(|rest| {
            let (start, rest) = rest.split_at_checked(NAME.len())?;
            // Names are the same in any case.
            start.eq_ignore_ascii_case(NAME).then_some(rest)
        })
        .or_else(|| path.strip_prefix(&number))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// The parts that vary, if the path is of this form. `**` takes all that is left.
fn matched<'a>(form: &'static str, parts: &[&'a str]) -> Option<Vec<&'a str>> {
    let form: Vec<&str> = form.split('/').filter(|part| !part.is_empty()).collect();
    if let Some((&"**", start)) = form.split_last() {
        let rest = parts.strip_prefix(start)?;
        return (!rest.is_empty()).then(|| rest.to_vec());
    }
    if form.len() != parts.len() {
        return None;
    }
    let mut found = Vec::new();
    for (wanted, part) in form.iter().zip(parts) {
        match *wanted {
            "*" => found.push(*part),
            wanted if wanted == *part => {}
            _ => return None,
        }
    }
    Some(found)
}

fn moved_to(state: &State, request: &Request, rest: &str) -> Answer {
    let to = format!("{}/repositories/{ID}{rest}", state.api);
    let (status, words) = match request.is_write() {
        false => (301, "Moved Permanently"),
        true => (307, "Temporary Redirect"),
    };
    let page = "guides/best-practices-for-using-the-rest-api#follow-redirects";
    let mut answer = Answer::error(status, words, page).header("location", &to);
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
    body["url"] = json!(to);
    answer.body = body.to_string().into_bytes();
    answer
}

pub fn not_found(page: &str) -> Answer {
    Answer::error(404, "Not Found", page)
}

/// GitHub's answer to a token without the permission.
pub fn forbidden(page: &str) -> Answer {
    Answer::error(403, "Resource not accessible by integration", page).header(
        "x-accepted-github-permissions",
        "issues=write; pull_requests=write",
    )
}

/// 422 with one error.
pub fn invalid(page: &str, error: Value) -> Answer {
    let mut answer = Answer::error(422, "Validation Failed", page);
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
    body["errors"] = json!([error]);
    answer.body = body.to_string().into_bytes();
    answer
}

fn rate_limit(state: &State) -> Answer {
    let mut body = super::state::example("rate-limit-overview");
    for part in ["rate", "resources"] {
        let core = match part {
            "rate" => &mut body["rate"],
            _ => &mut body["resources"]["core"],
        };
        core["remaining"] = json!(state.remaining);
        core["limit"] = json!(1000);
    }
    Answer::json(200, &body)
}

/// Only the question who one is; the token of a job may ask it here, and not at `/user`.
fn graphql(state: &State, request: &Request) -> (Answer, Option<String>) {
    let body = request.json();
    let query = body["query"].as_str().unwrap_or_default();
    if query.contains("viewer") {
        let login = state.me.login.clone();
        return (
            Answer::json(200, &json!({"data": {"viewer": {"login": login}}})),
            None,
        );
    }
    (
        Answer::json(200, &json!({"errors": [{"message": "not known"}]})),
        Some(format!("a query that is not known: {query}")),
    )
}

/// One page of a list, with links to the others as GitHub writes them.
pub fn page(state: &State, request: &Request, items: Vec<Value>) -> Answer {
    page_in(state, request, items, |items| json!(items))
}

/// The same for lists that stand inside of an object.
pub fn page_in(
    state: &State,
    request: &Request,
    items: Vec<Value>,
    wrap: impl Fn(&[Value]) -> Value,
) -> Answer {
    let number = |name: &str, default: usize| {
        let value = request.query.get(name).and_then(|text| text.parse().ok());
        value.unwrap_or(default).max(1)
    };
    let (size, page) = (number("per_page", 30).min(100), number("page", 1));
    let last = items.len().div_ceil(size).max(1);
    let shown: Vec<Value> = items
        .into_iter()
        .skip((page - 1) * size)
        .take(size)
        .collect();
    let answer = Answer::json(200, &wrap(&shown));
    let rest = below_repository(&request.path).unwrap_or_default();
    let base = match state.links_by_number {
        true => format!("{}/repositories/{ID}{rest}", state.api),
        false => state.url(rest),
    };
    let others: Vec<String> = request
        .query
        .iter()
        .filter(|(name, _)| *name != "page")
        .map(|(name, value)| {
            let value =
                percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
            format!("{name}={value}&")
        })
        .collect();
    let to =
        |page: usize, rel: &str| format!("<{base}?{}page={page}>; rel=\"{rel}\"", others.concat());
    let mut links = Vec::new();
    if page > 1 {
        links.extend([to(page - 1, "prev"), to(1, "first")]);
    }
    if page < last {
        links.extend([to(page + 1, "next"), to(last, "last")]);
    }
    match links.is_empty() {
        true => answer,
        false => answer.header("link", links.join(", ")),
    }
}

//! Code scanning: what it takes, what it makes of it, and which alerts it opens and closes
//! (docs.github.com/rest/code-scanning; limits: "SARIF support for code scanning").

use super::http::{Answer, Request};
use super::routes::{not_found, page};
use super::state::{State, like};
use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read as _;

const PAGE: &str = "code-scanning/code-scanning";

/// Limits of an upload. The size is the smaller reading of "10 MB", after gzip.
pub const MAX_BYTES: usize = 10_000_000;
pub const MAX_RUNS: usize = 20;
pub const MAX_RESULTS: usize = 25_000;

/// An upload.
#[derive(Debug, Clone)]
pub struct Sarif {
    pub id: String,
    pub commit_sha: String,
    pub reference: String,
    /// The log, unpacked.
    pub log: Value,
    /// Bytes after gzip.
    pub bytes: usize,
    /// Why it was not processed, in the server's words; empty: it was.
    pub errors: Vec<String>,
    /// How often it is still said to be pending.
    pub pending: usize,
}

impl Sarif {
    /// Tool and category of each run.
    pub fn categories(&self) -> Vec<(String, String)> {
        let runs = self.log["runs"].as_array().cloned().unwrap_or_default();
        runs.iter().map(|run| (tool(run), category(run))).collect()
    }

    /// Results of all runs.
    pub fn results(&self) -> usize {
        let runs = self.log["runs"].as_array().cloned().unwrap_or_default();
        let count = |run: &Value| run["results"].as_array().map_or(0, Vec::len);
        runs.iter().map(count).sum()
    }
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub number: u64,
    pub tool: String,
    pub category: String,
    pub reference: String,
    pub commit: String,
    pub rule: String,
    pub path: String,
    pub line: u64,
    /// `primaryLocationLineHash`; by it an alert is known again when its line moves.
    pub hash: String,
    /// `open`, `fixed` or `dismissed`.
    pub state: String,
    pub created: String,
}

fn tool(run: &Value) -> String {
    let name = run["tool"]["driver"]["name"].as_str();
    name.unwrap_or_default().to_owned()
}

/// Everything before the last slash.
fn category(run: &Value) -> String {
    let id = run["automationDetails"]["id"].as_str().unwrap_or_default();
    id.rsplit_once('/')
        .map_or("", |(category, _)| category)
        .to_owned()
}

pub fn upload(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let said = request.json();
    let Some(fields) = said.as_object() else {
        return Answer::error(400, "Problems parsing JSON", PAGE);
    };
    let mut known = vec![
        "commit_sha",
        "ref",
        "sarif",
        "checkout_uri",
        "started_at",
        "tool_name",
    ];
    if state.enterprise.is_none() {
        known.push("validate");
    }
    if let Some(odd) = fields.keys().find(|key| !known.contains(&&***key)) {
        let words = format!("Invalid request.\n\n\"{odd}\" is not a permitted key.");
        return Answer::error(422, &words, PAGE);
    }
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let (commit, reference) = (text("commit_sha"), text("ref"));
    let hex = commit.bytes().all(|b| b.is_ascii_hexdigit());
    if !matches!(commit.len(), 40 | 64) || !hex {
        return Answer::error(400, "commit_sha is not a full commit id", PAGE);
    }
    let forms = ["refs/heads/", "refs/tags/", "refs/pull/"];
    if !forms.iter().any(|form| reference.starts_with(form)) {
        return Answer::error(400, "ref is not a full reference", PAGE);
    }
    if state
        .references
        .get(&reference)
        .is_some_and(|at| *at != commit)
    {
        return Answer::error(404, "commit not found", PAGE);
    }
    let packed = base64::engine::general_purpose::STANDARD.decode(text("sarif"));
    let Ok(packed) = packed else {
        return Answer::error(400, "sarif is not valid base64", PAGE);
    };
    if packed.len() > MAX_BYTES {
        return Answer::error(413, "Payload Too Large", PAGE);
    }
    let mut log = Vec::new();
    let unpacked = flate2::read::GzDecoder::new(&*packed).read_to_end(&mut log);
    let (Ok(_), Ok(log)) = (unpacked, serde_json::from_slice::<Value>(&log)) else {
        return Answer::error(400, "sarif is not gzipped SARIF", PAGE);
    };
    let id = format!("{:08x}-5596-11eb-80a1-c1e54ef945c6", state.id());
    let errors: Vec<String> = refusal(&log).into_iter().collect();
    let sarif = Sarif {
        id: id.clone(),
        commit_sha: commit,
        reference,
        bytes: packed.len(),
        pending: state.pending,
        errors,
        log,
    };
    if sarif.errors.is_empty() {
        process(state, &sarif);
    }
    state.sarifs.push(sarif);
    let url = state.url(&format!("/code-scanning/sarifs/{id}"));
    Answer::json(202, &json!({"id": id, "url": url}))
}

/// Why a file is not processed, in the words that the server is known to use.
fn refusal(log: &Value) -> Option<String> {
    let Some(runs) = log["runs"].as_array() else {
        return Some("rejecting SARIF, as there are no runs".to_owned());
    };
    let over = |what: &str, count: usize, limit: usize| {
        (count > limit).then(|| {
            format!("rejecting SARIF, as there are more {what} than allowed ({count} > {limit})")
        })
    };
    if let Some(words) = over("runs", runs.len(), MAX_RUNS) {
        return Some(words);
    }
    let mut categories = BTreeSet::new();
    for run in runs {
        if !categories.insert(category(run)) {
            let words = "A delivery cannot contain multiple runs with the same category";
            return Some(words.to_owned());
        }
        if run["invocations"][0]["executionSuccessful"] == json!(false) {
            return Some("unsuccessful execution".to_owned());
        }
        let Some(results) = run["results"].as_array() else {
            return Some("rejecting SARIF, as a run has no results".to_owned());
        };
        let none = Vec::new();
        let driver = &run["tool"]["driver"];
        let rules = driver["rules"].as_array().unwrap_or(&none);
        let extensions = run["tool"]["extensions"].as_array().map_or(0, Vec::len);
        let words = over("results per run", results.len(), MAX_RESULTS)
            .or_else(|| over("rules per run", rules.len(), MAX_RESULTS))
            .or_else(|| over("tool extensions per run", extensions, 100))
            .or_else(|| rules.iter().find_map(rule_refusal))
            .or_else(|| results.iter().find_map(result_refusal));
        if words.is_some() {
            return words;
        }
    }
    None
}

fn rule_refusal(rule: &Value) -> Option<String> {
    let tags = rule["properties"]["tags"].as_array().map_or(0, Vec::len);
    if tags > 20 {
        return Some(format!(
            "rejecting SARIF, as there are more tags per rule than allowed ({tags} > 20)"
        ));
    }
    let severity = rule["properties"].get("security-severity")?;
    let number = severity.as_str().and_then(|text| text.parse::<f64>().ok());
    match number {
        Some(number) if number.is_finite() => None,
        _ => Some(
            "could not convert rules: invalid security severity value, is not a number".to_owned(),
        ),
    }
}

fn result_refusal(result: &Value) -> Option<String> {
    let locations = result["locations"].as_array().map_or(0, Vec::len);
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    let words = if locations == 0 {
        "locationFromSarifResult: expected at least one location"
    } else if locations > 1000 {
        "rejecting SARIF, as there are more locations per result than allowed"
    } else if uri.as_str().is_none_or(str::is_empty) {
        "expected artifact location"
    } else if result["message"]["text"].as_str().is_none_or(str::is_empty) {
        "rejecting SARIF, as a result has no message"
    } else {
        return None;
    };
    Some(words.to_owned())
}

/// Opens what is new, and closes what the same tool no longer reports in the same category of the
/// same reference.
fn process(state: &mut State, sarif: &Sarif) {
    for run in sarif.log["runs"].as_array().unwrap() {
        let (tool, category) = (tool(run), category(run));
        let mut seen = Vec::new();
        for result in run["results"].as_array().unwrap() {
            let place = &result["locations"][0]["physicalLocation"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let hash = text(&result["partialFingerprints"]["primaryLocationLineHash"]);
            let line = place["region"]["startLine"].as_u64().unwrap_or(1);
            let alert = Alert {
                number: 0,
                tool: tool.clone(),
                category: category.clone(),
                reference: sarif.reference.clone(),
                commit: sarif.commit_sha.clone(),
                rule: text(&result["ruleId"]),
                path: text(&place["artifactLocation"]["uri"]),
                hash: if hash.is_empty() {
                    line.to_string()
                } else {
                    hash
                },
                line,
                state: "open".to_owned(),
                created: String::new(),
            };
            seen.push(alert);
        }
        let same =
            |a: &Alert, b: &Alert| (&a.rule, &a.path, &a.hash) == (&b.rule, &b.path, &b.hash);
        let scope = (&tool, &category, &sarif.reference);
        for alert in &mut state.alerts {
            if (&alert.tool, &alert.category, &alert.reference) != scope {
                continue;
            }
            let still = seen.iter().any(|new| same(alert, new));
            match (&*alert.state, still) {
                ("open", false) => alert.state = "fixed".to_owned(),
                ("fixed", true) => alert.state = "open".to_owned(),
                _ => {}
            }
            seen.retain(|new| !same(alert, new));
        }
        for mut alert in seen {
            alert.number = state.alerts.len() as u64 + 1;
            alert.created = state.now();
            state.alerts.push(alert);
        }
    }
}

pub fn status(state: &mut State, _: &Request, parts: &[&str]) -> Answer {
    let url = state.url(&format!("/code-scanning/analyses?sarif_id={}", parts[0]));
    let Some(sarif) = state.sarifs.iter_mut().find(|sarif| sarif.id == parts[0]) else {
        return not_found(PAGE);
    };
    if sarif.pending > 0 {
        sarif.pending -= 1;
        return Answer::json(200, &json!({"processing_status": "pending"}));
    }
    let mut body = json!({"processing_status": "complete", "analyses_url": url});
    if !sarif.errors.is_empty() {
        body["processing_status"] = json!("failed");
        body["errors"] = json!(sarif.errors);
    }
    Answer::json(200, &body)
}

pub fn alerts(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let asked = |name: &str| request.query.get(name).map(String::as_str);
    let shown = state
        .alerts
        .iter()
        .rev()
        .filter(|alert| asked("state").is_none_or(|state| state == alert.state))
        .filter(|alert| asked("ref").is_none_or(|at| at == alert.reference))
        .filter(|alert| asked("tool_name").is_none_or(|tool| tool == alert.tool))
        .map(|alert| alert_json(state, alert))
        .collect();
    page(state, request, shown)
}

fn alert_json(state: &State, alert: &Alert) -> Value {
    let number = alert.number;
    let url = state.url(&format!("/code-scanning/alerts/{number}"));
    let fixed = (alert.state == "fixed").then_some(&alert.created);
    like(
        "code-scanning-alert-items",
        json!({
            "number": number, "created_at": alert.created, "url": url, "state": alert.state,
            "html_url": format!("{}/{}/security/code-scanning/{number}", state.site, super::state::NAME),
            "fixed_at": fixed,
            "rule": {"id": alert.rule, "severity": "error", "tags": ["security"],
                     "description": alert.rule, "name": alert.rule},
            "tool": {"name": alert.tool, "guid": null, "version": null},
            "most_recent_instance": {
                "ref": alert.reference, "analysis_key": "(default)", "category": alert.category,
                "environment": "{}", "state": alert.state, "commit_sha": alert.commit,
                "message": {"text": alert.rule},
                "location": {"path": alert.path, "start_line": alert.line, "end_line": alert.line,
                             "start_column": 1, "end_column": 1},
                "classifications": [],
            },
            "instances_url": format!("{url}/instances"),
        }),
    )
}

pub fn analyses(state: &mut State, request: &Request, _: &[&str]) -> Answer {
    let asked = |name: &str| request.query.get(name).map(String::as_str);
    let mut shown = Vec::new();
    for (number, sarif) in state.sarifs.iter().enumerate().rev() {
        let other = |wanted: Option<&str>, have: &str| wanted.is_some_and(|wanted| wanted != have);
        if other(asked("ref"), &sarif.reference) || other(asked("sarif_id"), &sarif.id) {
            continue;
        }
        for (tool, category) in sarif.categories() {
            let fields = json!({
                "ref": sarif.reference, "commit_sha": sarif.commit_sha, "category": category,
                "sarif_id": sarif.id, "id": number + 1, "error": sarif.errors.join("; "),
                "tool": {"name": tool, "guid": null, "version": null},
                "results_count": sarif.results(),
            });
            shown.push(like("code-scanning-analysis-items", fields));
        }
    }
    page(state, request, shown)
}

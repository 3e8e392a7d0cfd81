//! The list of code scanning alerts that GitHub's REST interface gives. Pure: text in, alerts out.
//!
//! Source of the format: "List code scanning alerts for a repository" of GitHub's REST reference
//! (`code-scanning-alert-items` in github/rest-api-description).

use crate::ingest::{self, tool::ToolInfo};
use crate::model::{Alert, RepoPath, RuleId, ScannerId, Untrusted};
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Most alerts that are read; a repository cannot have more
/// (docs.github.com, "SARIF support for code scanning": a million logical alerts).
const MAX_ALERTS: usize = 1_000_000;

#[derive(Deserialize)]
struct Item {
    created_at: String,
    state: Option<String>,
    rule: Rule,
    tool: Tool,
    most_recent_instance: Option<Instance>,
}

#[derive(Deserialize)]
struct Rule {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Instance {
    location: Option<Place>,
}

#[derive(Deserialize)]
struct Place {
    path: Option<String>,
    start_line: Option<u32>,
}

/// Why a text is no list of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// One sentence of ours.
    pub text: &'static str,
    /// The parser's or GitHub's words.
    pub detail: Untrusted,
}

/// Reads a list of alerts: one array, several after each other as `gh api --paginate` writes them,
/// or an array of arrays as with `--slurp`. Fixed alerts are left out, and those without a rule, a
/// tool or a file, which could belong to no finding.
///
/// # Errors
/// When any part of it cannot be read: an age that is lost would make a finding look younger.
pub fn read(text: &str) -> Result<Vec<Alert>, Unreadable> {
    let wrong = |text, detail: String| Unreadable {
        text,
        detail: detail.into(),
    };
    let mut items: Vec<&RawValue> = Vec::new();
    let mut documents = 0;
    for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let document =
            document.map_err(|e| wrong("the list of alerts is damaged", e.to_string()))?;
        documents += 1;
        let page: Vec<&RawValue> = serde_json::from_str(document.get())
            .map_err(|_| wrong("this is no list of alerts", message(document)))?;
        for item in page {
            match item.get().starts_with('[') {
                true => items.extend(
                    serde_json::from_str::<Vec<&RawValue>>(item.get())
                        .map_err(|e| wrong("the list of alerts is damaged", e.to_string()))?,
                ),
                false => items.push(item),
            }
        }
        if items.len() > MAX_ALERTS {
            return Err(wrong("these are too many alerts", String::new()));
        }
    }
    if documents == 0 {
        return Err(wrong("the list of alerts is empty", String::new()));
    }
    let mut alerts = Vec::with_capacity(items.len());
    for item in items {
        let item: Item = serde_json::from_str(item.get())
            .map_err(|e| wrong("an alert has other types than GitHub writes", e.to_string()))?;
        let created: Timestamp = item
            .created_at
            .parse()
            .map_err(|_| wrong("an alert was created at no time", item.created_at.clone()))?;
        alerts.extend(alert(&item, created));
    }
    Ok(alerts)
}

/// GitHub's words, when it answered with an error.
fn message(document: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        message: String,
    }
    serde_json::from_str(document.get()).map_or_else(|_| String::new(), |r: Refusal| r.message)
}

fn alert(item: &Item, created: Timestamp) -> Option<Alert> {
    if item.state.as_deref() == Some("fixed") {
        return None;
    }
    let tool = item.tool.name.as_deref()?;
    let place = item.most_recent_instance.as_ref()?.location.as_ref()?;
    Some(Alert {
        scanner: ingest::tool_named(tool)
            .map(ToolInfo::scanner)
            .or_else(|| ScannerId::slug(tool))?,
        rule: RuleId::new(item.rule.id.as_deref()?),
        path: RepoPath::new(place.path.as_deref()?).ok()?,
        line: place.start_line.filter(|line| *line > 0),
        since: Offset::UTC.to_datetime(created).date(),
        dismissed: item.state.as_deref() == Some("dismissed"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(state: &str, extra: &str) -> String {
        format!(
            r#"{{"number":4,"created_at":"2026-10-02T23:59:59Z","state":"{state}","rule":{{"id":"B602"}},
            "tool":{{"name":"Bandit","guid":null}},"most_recent_instance":{{"ref":"refs/heads/main",
            "location":{{"path":"src/a.py","start_line":7,"end_line":7}}}}{extra}}}"#
        )
    }

    #[test]
    fn pages_are_read_in_every_form_that_gh_writes() {
        let open = item("open", "");
        let dismissed = item("dismissed", r#","dismissed_reason":"won't fix""#);
        for text in [
            format!("[{open},{dismissed}]"),
            format!("[{open}][{dismissed}]\n"),
            format!("[{open}]\n[]\n[{dismissed}]"),
            format!("[[{open}],[{dismissed}]]"),
        ] {
            let alerts = read(&text).unwrap();
            let seen: Vec<_> = alerts.iter().map(|a| a.dismissed).collect();
            assert_eq!(seen, [false, true], "{text}");
            assert_eq!(alerts[0].scanner.as_str(), "bandit");
            assert_eq!(alerts[0].since.to_string(), "2026-10-02");
            assert_eq!(alerts[0].line, Some(7));
        }
        assert_eq!(read("[]").unwrap(), []);
        assert_eq!(read(&format!("[{}]", item("fixed", ""))).unwrap(), []);
    }

    #[test]
    fn what_belongs_to_no_finding_is_left_out() {
        let nowhere = item("open", "").replace("src/a.py", "../a.py");
        assert_eq!(read(&format!("[{nowhere}]")).unwrap(), []);
        let none = r#"[{"created_at":"2026-10-02T00:00:00Z","rule":{},"tool":{},"most_recent_instance":null}]"#;
        assert_eq!(read(none).unwrap(), []);
    }

    #[test]
    fn a_list_that_cannot_be_read_whole_is_refused() {
        let cut = item("open", "");
        let half = cut.get(..cut.len() / 2).unwrap();
        for text in [
            "",
            "null",
            "{}",
            "[1]",
            "[{}]",
            "[] x",
            r#"[{"created_at":"yesterday","rule":{},"tool":{}}]"#,
            &format!("[{half}"),
            &"[".repeat(100_000),
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let refusal = read(r#"{"message":"Bad credentials","status":"401"}"#).unwrap_err();
        assert_eq!(refusal.detail, "Bad credentials".into());
    }
}

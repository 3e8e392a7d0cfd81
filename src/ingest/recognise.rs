//! Documents that no adapter reads: say what they are, and what to do instead.

use super::shape::Shape;
use super::tool::ToolInfo;
use super::{Expected, Refusal, TOOLS, tool_named};
use crate::model::Problem;
use serde::Deserialize;

/// A format that is recognised so that the refusal can name it.
struct Known {
    name: &'static str,
    matches: fn(&Shape) -> bool,
}

fn first_has(shape: &Shape, key: &str) -> bool {
    shape.first().is_some_and(|first| first.has(key))
}

/// Formats of other tools, the more specific ones first.
static KNOWN: &[Known] = &[
    Known {
        name: "an SPDX document",
        matches: |s| s.has("spdxVersion"),
    },
    Known {
        name: "detect-secrets JSON",
        matches: |s| s.has("plugins_used"),
    },
    Known {
        name: "zizmor JSON",
        matches: |s| first_has(s, "ident"),
    },
    Known {
        name: "Snyk JSON",
        matches: |s| s.has_all(&["vulnerabilities", "ok"]) || first_has(s, "packageManager"),
    },
    Known {
        name: "secretlint or ESLint JSON",
        matches: |s| {
            s.first()
                .is_some_and(|f| f.has_all(&["filePath", "messages"]))
        },
    },
    Known {
        name: "Kingfisher JSON",
        matches: |s| s.has_all(&["findings", "metadata"]) || s.has_all(&["rule", "finding"]),
    },
    Known {
        name: "Code Climate JSON",
        matches: |s| s.has_all(&["check_name", "location"]) || first_has(s, "check_name"),
    },
    Known {
        name: "govulncheck JSON",
        matches: |s| {
            s.has("config")
                || s.has("osv")
                || first_has(s, "config")
                || s.has_all(&["Vulns", "Modules"])
        },
    },
    Known {
        name: "Checkstyle XML",
        matches: |s| s.is_xml("checkstyle"),
    },
    Known {
        name: "JUnit XML",
        matches: |s| s.is_xml("testsuites") || s.is_xml("testsuite"),
    },
    Known {
        name: "Nessus XML",
        matches: |s| s.is_xml("NessusClientData_v2"),
    },
    Known {
        name: "Nmap XML",
        matches: |s| s.is_xml("nmaprun"),
    },
    Known {
        name: "SpotBugs XML",
        matches: |s| s.is_xml("BugCollection"),
    },
    Known {
        name: "Composer audit JSON",
        matches: |s| s.has_all(&["advisories", "abandoned"]),
    },
];

/// Why a document is refused, and by which tool it was written when that can be told.
pub fn explain(shape: &Shape, text: &str, expected: Option<&Expected>) -> Refusal {
    if let Some(problem) = nothing_in_it(shape, expected) {
        return (None, problem);
    }
    if let Some(refusal) = error_document(shape, text) {
        return refusal;
    }
    let read = readable();
    let documents = || shape.documents().iter().chain(Some(shape));
    let matches = |known: &&Known| documents().any(|shape| (known.matches)(shape));
    if let Some(known) = KNOWN.iter().find(matches) {
        return (
            None,
            Problem::new(
                "unsupported-format",
                format!(
                    "this is {}, which is not read yet; give the tool's SARIF output instead \
                     (read are: {read})",
                    known.name
                ),
            ),
        );
    }
    if matches!(shape, Shape::Sequence(_)) {
        return (None, super::decode::second_document());
    }
    let keys: Vec<&str> = shape.keys().take(6).collect();
    let what = match shape {
        Shape::Object(_) => "an object",
        Shape::Array(_) => "an array",
        Shape::Xml { root, .. } => {
            return (
                None,
                Problem::new(
                    "unknown-format",
                    format!("the document is XML of no known report format (read are: {read})"),
                )
                .detail(root.as_str()),
            );
        }
        _ => "a single value",
    };
    let named = expected.map_or_else(String::new, |e| {
        let command = tool_named(e.scanner.as_str()).map(|info| info.command);
        match command {
            Some(command) => format!("; a report of {} comes from `{command}`", e.scanner),
            None => String::new(),
        }
    });
    (
        None,
        Problem::new(
            "unknown-format",
            format!("the document is {what} of no known report format (read are: {read}){named}"),
        )
        .detail(keys.join(", ")),
    )
}

/// `{}`, `[]`, `null`: what a crashed wrapper script leaves behind.
fn nothing_in_it(shape: &Shape, expected: Option<&Expected>) -> Option<Problem> {
    let what = match shape {
        Shape::Null => "null",
        Shape::Array(None) => "an empty array",
        Shape::Object(entries) if entries.is_empty() => "an empty object",
        _ => return None,
    };
    let advice = expected.map_or_else(String::new, |expected| {
        // Their JSON is a bare list of findings, whatever was looked at.
        if ["gitleaks", "hadolint"].contains(&expected.scanner.as_str()) {
            format!(
                "; the JSON of {} cannot prove work, its SARIF does",
                expected.scanner
            )
        } else {
            String::new()
        }
    });
    Some(Problem::new(
        "no-content",
        format!("the report is {what}: that proves no work, so it is not a clean result{advice}"),
    ))
}

/// The formats that are read, for error texts.
fn readable() -> String {
    let mut names: Vec<&str> = TOOLS.iter().map(|tool| tool.info().name).collect();
    names.push("SARIF 2.1.0 of any tool");
    names.join(", ")
}

#[derive(Deserialize)]
struct ErrorDocument {
    #[serde(default)]
    error: Option<ErrorBody>,
    #[serde(default)]
    message: Option<serde_json::Value>,
    #[serde(default, rename = "statusCode")]
    status_code: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorBody {
    Details {
        #[serde(default)]
        code: Option<serde_json::Value>,
        #[serde(default)]
        summary: Option<serde_json::Value>,
        #[serde(default)]
        message: Option<serde_json::Value>,
    },
    Other(serde_json::Value),
}

/// npm's and its relatives' way to fail: a JSON document that says so.
fn error_document(shape: &Shape, text: &str) -> Option<Refusal> {
    let has_error = shape.has("error");
    let has_response = shape.has("message") && (shape.has("statusCode") || shape.has("uri"));
    if !has_error && !has_response {
        return None;
    }
    let document: ErrorDocument = serde_json::from_str(text).ok()?;
    let word = |value: Option<serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) if !text.is_empty() => Some(text),
        Some(serde_json::Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let mut parts = Vec::new();
    let mut npm = has_response;
    let mut pnpm = false;
    match document.error {
        Some(ErrorBody::Details {
            code,
            summary,
            message,
        }) => {
            npm |= shape.get("error").is_some_and(|e| e.has("summary"));
            let code = word(code);
            pnpm = code
                .as_ref()
                .is_some_and(|code| code.starts_with("ERR_PNPM_"));
            parts.extend([code, word(summary), word(message)].into_iter().flatten());
        }
        Some(ErrorBody::Other(value)) => parts.extend(word(Some(value))),
        None => {}
    }
    parts.extend(word(document.message));
    parts.extend(word(document.status_code).map(|code| format!("status {code}")));
    let tool: Option<&'static ToolInfo> = match (pnpm, npm) {
        (true, _) => tool_named("pnpm-audit"),
        (false, true) => tool_named("npm-audit"),
        (false, false) => None,
    };
    let text = match tool {
        Some(tool) => format!(
            "{} wrote an error instead of a report: an outage or a setup fault, so nothing was audited",
            tool.name
        ),
        None => "the tool wrote an error instead of a report, so nothing was scanned".to_owned(),
    };
    let detail: String = parts.join(": ").chars().take(300).collect();
    Some((tool, Problem::new("error-document", text).detail(detail)))
}

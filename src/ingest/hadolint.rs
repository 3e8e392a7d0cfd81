//! hadolint's JSON: a list of what it found in Dockerfiles.
//!
//! Source of the format: `src/Hadolint/Formatter/Json.hs`. It does not say which files were read,
//! so an empty list proves no work; SARIF does.

use super::lenient::{Int, Text};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words;
use crate::model::{
    Coverage, Health, Kind, Observation, Problem, Reported, RuleId, RuleInfo, Severity, Untrusted,
    Work,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The adapter.
pub struct Hadolint;

static INFO: ToolInfo = ToolInfo {
    id: "hadolint",
    name: "Hadolint",
    aliases: &[],
    url: "https://github.com/hadolint/hadolint",
    command: "hadolint --no-fail -f sarif Dockerfile > hadolint.sarif",
};

/// The rule by which hadolint says that it could not read a file
/// (`src/Hadolint/Lint.hs`: a parse error is reported as DL1000).
const NOT_PARSED: &str = "DL1000";

#[derive(Deserialize)]
struct Finding<'a> {
    #[serde(borrow)]
    code: Text<'a>,
    #[serde(borrow)]
    file: Text<'a>,
    #[serde(borrow)]
    level: Text<'a>,
    #[serde(default)]
    line: Int,
    #[serde(default)]
    column: Int,
    #[serde(borrow)]
    message: Text<'a>,
}

impl Tool for Hadolint {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let own = shape
            .first()?
            .has_all(&["code", "level", "file", "message"]);
        own.then_some("hadolint JSON")
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        let findings: Vec<Finding<'_>> =
            serde_json::from_str(text).map_err(|e| wrong_shape("hadolint", &e))?;
        let mut rules = BTreeMap::new();
        let observations = findings.iter().map(|f| observe(f, &mut rules)).collect();
        let files: BTreeSet<&str> = findings.iter().map(|f| f.file.as_str()).collect();
        Ok(Parsed {
            observations,
            rules,
            coverage: Coverage::default().inputs(files.iter().map(|f| Untrusted::from(*f))),
            ..Parsed::of(&INFO, health(&findings, files.len()))
        })
    }
}

fn health(findings: &[Finding<'_>], files: usize) -> Health {
    let broken: BTreeSet<&str> = findings
        .iter()
        .filter(|f| f.code.as_str() == NOT_PARSED)
        .map(|f| f.file.as_str())
        .collect();
    let mut problems = Vec::new();
    if !broken.is_empty() {
        problems.push(
            Problem::new(
                "files-not-read",
                format!(
                    "hadolint could not read {} of its files, so no rule was checked in them",
                    broken.len()
                ),
            )
            .items(broken.into_iter().map(Untrusted::from)),
        );
    }
    Health::judge(
        Work::new(files as u64, "files"),
        problems,
        Problem::new(
            "nothing-scanned",
            "hadolint lists no finding, which proves no work",
        ),
    )
}

fn severity(level: &str) -> Option<Severity> {
    match level {
        "error" => Some(Severity::Medium),
        "warning" => Some(Severity::Low),
        "info" | "style" => Some(Severity::Info),
        _ => None,
    }
}

fn observe(finding: &Finding<'_>, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
    let id = finding.code.as_str();
    let rule = RuleId::new(id);
    let message = finding.message.as_str();
    let severity = severity(finding.level.as_str());
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        help_url: help(id).map(Untrusted::from),
        severity,
        ..RuleInfo::titled(message)
    });
    let mut observation = Observation::new(rule, Kind::Config, message);
    observation.severity = severity;
    observation.reported = Reported {
        severity: Some(finding.level.as_str().into()),
        ..Reported::default()
    };
    observation.place.path = Some(finding.file.as_str().into());
    // hadolint writes column 1 for "the whole instruction".
    let column = words::positive(finding.column).filter(|column| *column > 1);
    let line = words::lines(finding.line, Int(None));
    observation.place.region = line.map(|region| region.columns(column, None));
    observation
}

/// The page of a rule: hadolint's own are on its wiki, the others are ShellCheck's.
fn help(id: &str) -> Option<String> {
    let (base, digits) = match id.split_at_checked(2)? {
        ("DL", digits) => ("https://github.com/hadolint/hadolint/wiki/", digits),
        ("SC", digits) => ("https://www.shellcheck.net/wiki/", digits),
        _ => return None,
    };
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    plain.then(|| format!("{base}{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HealthLevel;

    fn read(text: &str) -> Parsed {
        let shape = serde_json::from_str(text).unwrap();
        assert!(Hadolint.sniff(&shape).is_some());
        Hadolint.parse(text, &shape).unwrap()
    }

    #[test]
    fn a_file_that_was_not_read_leaves_a_gap() {
        let run = read(
            r#"[{"code":"DL1000","column":5,"file":"bad","level":"error","line":1,"message":"m"}]"#,
        );
        assert_eq!(run.health.level(), HealthLevel::Partial);
        assert_eq!(run.health.problems()[0].items, ["bad".into()]);
        assert_eq!(run.observations[0].severity, Some(Severity::Medium));
    }

    #[test]
    fn rules_have_pages() {
        assert!(help("DL3008").unwrap().ends_with("hadolint/wiki/DL3008"));
        assert!(
            help("SC2086")
                .unwrap()
                .starts_with("https://www.shellcheck")
        );
        assert_eq!(help("DL../x"), None);
    }
}

//! Bandit's JSON.
//!
//! Source of the format: `bandit/formatters/json.py`, `bandit/core/issue.py`. Before 1.7.4 there is
//! neither `issue_cwe` nor `col_offset`, before 1.7.5 no `end_col_offset`.

use super::bandit_rules;
use super::lenient::{Scalar, Text, or_default};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words::moment;
use crate::model::{
    Confidence, Coverage, Fix, Health, Kind, Observation, Problem, Region, Reported, RuleId,
    RuleInfo, Severity, Untrusted, Work,
};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};

/// The adapter.
pub struct Bandit;

static INFO: ToolInfo = ToolInfo {
    id: "bandit",
    name: "Bandit",
    aliases: &[],
    url: "https://github.com/PyCQA/bandit",
    command: "bandit -r . -f json -o bandit.json",
};

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(default, borrow, deserialize_with = "or_default")]
    errors: Vec<FileError<'a>>,
    #[serde(borrow)]
    metrics: BTreeMap<Text<'a>, Metrics>,
    #[serde(default)]
    generated_at: Scalar,
    #[serde(borrow)]
    results: Vec<Issue<'a>>,
}

#[derive(Deserialize)]
struct FileError<'a> {
    #[serde(borrow)]
    filename: Text<'a>,
    #[serde(default, borrow)]
    reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Metrics {
    #[serde(default, rename = "SEVERITY.LOW")]
    low: f64,
    #[serde(default, rename = "SEVERITY.MEDIUM")]
    medium: f64,
    #[serde(default, rename = "SEVERITY.HIGH")]
    high: f64,
    #[serde(default)]
    nosec: f64,
    #[serde(default)]
    skipped_tests: f64,
}

#[derive(Deserialize)]
struct Issue<'a> {
    #[serde(default, borrow)]
    code: Option<Text<'a>>,
    #[serde(borrow)]
    filename: Text<'a>,
    #[serde(borrow)]
    issue_severity: Text<'a>,
    #[serde(default, borrow)]
    issue_confidence: Option<Text<'a>>,
    #[serde(borrow)]
    issue_text: Text<'a>,
    #[serde(default)]
    issue_cwe: Option<Cwe>,
    line_number: u64,
    #[serde(default, deserialize_with = "or_default")]
    line_range: Vec<u64>,
    #[serde(default)]
    col_offset: Option<i64>,
    #[serde(default)]
    end_col_offset: Option<i64>,
    #[serde(default, borrow)]
    more_info: Option<Text<'a>>,
    #[serde(borrow)]
    test_id: Text<'a>,
    #[serde(borrow)]
    test_name: Text<'a>,
    #[serde(default)]
    candidates: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
struct Cwe {
    #[serde(default)]
    id: Option<Scalar>,
}

impl Tool for Bandit {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let own = shape.get("results").is_some_and(Shape::is_array)
            && shape.get("metrics").is_some_and(Shape::is_object)
            && (shape.has("generated_at") || shape.has("errors"));
        own.then_some("Bandit JSON")
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        let report: Report<'_> =
            serde_json::from_str(text).map_err(|e| wrong_shape("Bandit", &e))?;
        let mut rules = BTreeMap::new();
        let observations: Vec<_> = report
            .results
            .iter()
            .map(|i| observe(i, &mut rules))
            .collect();
        Ok(Parsed {
            notes: notes(&report),
            coverage: coverage(&report),
            observations,
            rules,
            ..Parsed::of(&INFO, health(&report))
        })
    }
}

impl Report<'_> {
    /// Files that could not be read.
    fn broken(&self) -> BTreeSet<&str> {
        self.errors.iter().map(|e| e.filename.as_str()).collect()
    }

    /// Files that could. One that did not parse has metrics all the same.
    fn read(&self) -> impl Iterator<Item = &str> {
        let broken = self.broken();
        let files = self.metrics.keys().map(Text::as_str);
        files.filter(move |name| *name != "_totals" && !broken.contains(name))
    }
}

fn coverage(report: &Report<'_>) -> Coverage {
    Coverage {
        written: report.generated_at.text().and_then(moment),
        ..Coverage::default().inputs(report.read().map(Untrusted::from))
    }
}

fn health(report: &Report<'_>) -> Health {
    let broken = report.broken();
    // Findings are work whatever the metrics say.
    let read = report
        .read()
        .count()
        .max(usize::from(!report.results.is_empty()));
    let mut problems = Vec::new();
    if !broken.is_empty() {
        let reason = report.errors.first().and_then(|e| e.reason.as_ref());
        problems.push(
            Problem::new(
                "files-not-read",
                match broken.len() {
                    1 => "Bandit could not read 1 file".to_owned(),
                    n => format!("Bandit could not read {n} files"),
                },
            )
            .detail(reason.map(Text::as_str).unwrap_or_default())
            .files(broken.iter().map(|name| Untrusted::new(*name))),
        );
    }
    Health::judge(
        Work::new(read as u64, "files"),
        problems,
        Problem::new(
            "nothing-scanned",
            "Bandit looked at no file: a folder without -r, or every file excluded",
        ),
    )
}

fn notes(report: &Report<'_>) -> Vec<Problem> {
    let mut notes = Vec::new();
    let Some(totals) = report.metrics.get(&Text("_totals".into())) else {
        return notes;
    };
    let counted = totals.low + totals.medium + totals.high;
    let rated = report
        .results
        .iter()
        .filter(|i| i.issue_severity.as_str() != "UNDEFINED")
        .count();
    if counted > rated as f64 {
        notes.push(Problem::new(
            "filtered",
            format!(
                "Bandit counted {counted} issues and lists {rated}: a severity or confidence \
                 threshold or a baseline hides the rest"
            ),
        ));
    }
    if totals.nosec > 0.0 {
        notes.push(Problem::new(
            "native-suppressions",
            format!("{} lines are exempt by `# nosec`", totals.nosec),
        ));
    }
    if totals.skipped_tests > 0.0 {
        notes.push(Problem::new(
            "native-suppressions",
            format!(
                "{} tests are skipped by `# nosec` with a test name",
                totals.skipped_tests
            ),
        ));
    }
    let ambiguous = report
        .results
        .iter()
        .filter(|i| i.candidates.is_some())
        .count();
    if ambiguous > 0 {
        notes.push(Problem::new(
            "baseline-ambiguous",
            format!("{ambiguous} issues have look-alikes in Bandit's baseline"),
        ));
    }
    notes
}

fn severity(word: &str) -> Option<Severity> {
    match word {
        "HIGH" => Some(Severity::High),
        "MEDIUM" => Some(Severity::Medium),
        "LOW" => Some(Severity::Low),
        _ => None,
    }
}

fn confidence(word: &str) -> Option<Confidence> {
    match word {
        "HIGH" => Some(Confidence::High),
        "MEDIUM" => Some(Confidence::Medium),
        "LOW" => Some(Confidence::Low),
        _ => None,
    }
}

fn observe(issue: &Issue<'_>, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
    let id = issue.test_id.as_str();
    let rule = RuleId::new(id);
    let known = bandit_rules::find(id);
    let cwe: BTreeSet<u32> = issue
        .issue_cwe
        .as_ref()
        .and_then(|cwe| cwe.id.as_ref()?.number())
        .map(|n| n as u32)
        .filter(|n| *n > 0)
        .into_iter()
        .collect();
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        help_url: issue.more_info.as_ref().map(|url| url.as_str().into()),
        cwe: cwe.iter().copied().collect(),
        severity: known.map(|known| known.severity),
        ..RuleInfo::titled(issue.test_name.as_str().replace('_', " "))
    });

    let text = issue.issue_text.as_str();
    let password = bandit_rules::quoted_password(id, text);
    let mut observation =
        Observation::new(rule, Kind::Code, bandit_rules::without_password(id, text));
    observation.evidence = password.map(|secret| secret.redact("password"));
    observation.severity = severity(issue.issue_severity.as_str());
    observation.reported = Reported {
        severity: Some(issue.issue_severity.as_str().into()),
        score: None,
        confidence: issue
            .issue_confidence
            .as_ref()
            .and_then(|c| confidence(c.as_str())),
        source: None,
    };
    observation.cwe = cwe;
    observation.fix = known.map(|known| Fix::Advice(known.fix.into()));
    let quoted = issue
        .code
        .as_ref()
        .and_then(|code| quoted_line(code.as_str(), issue.line_number));
    observation.place.path = Some(issue.filename.as_str().into());
    observation.place.region = region(issue, quoted);
    if !observation.holds_secret() {
        observation.quoted_line = quoted.map(Untrusted::from);
    }
    observation
}

/// The line with the given number out of Bandit's excerpt, whose lines are `NUMBER TEXT`
/// (`NUMBER\tTEXT` before 1.7).
fn quoted_line(code: &str, number: u64) -> Option<&str> {
    let number = number.to_string();
    code.lines()
        .filter_map(|line| line.strip_prefix(number.as_str()))
        .find_map(|rest| rest.strip_prefix([' ', '\t']))
}

/// Bandit's columns are Python's `col_offset`: 0-based, in UTF-8 bytes. They can be converted only
/// with the line at hand.
fn region(issue: &Issue<'_>, quoted: Option<&str>) -> Option<Region> {
    let last = issue.line_range.last().copied();
    let region = Region::line(issue.line_number)?;
    let region = match last {
        Some(last) if last > issue.line_number => region.to_line(last),
        _ => region,
    };
    let column = |offset: Option<i64>| {
        let offset = usize::try_from(offset?).ok()?;
        let before = quoted?.get(..offset)?;
        Some(before.encode_utf16().count() as u64 + 1)
    };
    let end = match region.end_line {
        Some(_) => None,
        None => column(issue.end_col_offset),
    };
    Some(region.columns(column(issue.col_offset), end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Foreign as _;

    #[test]
    fn what_did_not_parse_is_not_covered() {
        let text = r#"{"errors":[{"filename":"b.py","reason":"syntax"}],"generated_at":"2026-11-20T20:45:14Z","metrics":{"_totals":{},"a.py":{},"b.py":{}},"results":[]}"#;
        let run = Bandit.parse(text, &Shape::Null).unwrap();
        assert!(run.coverage.written.is_some());
        let inputs: Vec<&str> = run.coverage.inputs.iter().map(|i| i.raw()).collect();
        assert_eq!(inputs, ["a.py"]);
    }
}

//! Checkov's JSON: one object for one framework, a list of them for several.
//!
//! Source of the format: `checkov/common/output/report.py` and `record.py`. When there was nothing
//! to check, the document is a bare summary without `results`.

use super::lenient::{Int, Scalar, Text, or_default};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words;
use crate::model::{
    Coverage, Fix, Health, Kind, Observation, Problem, Reported, RuleId, RuleInfo, Standing,
    Untrusted, Work,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The adapter.
pub struct Checkov;

static INFO: ToolInfo = ToolInfo {
    id: "checkov",
    name: "Checkov",
    aliases: &[],
    url: "https://www.checkov.io",
    command: "checkov -d . -o json --output-file-path .",
};

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    check_type: Text<'a>,
    #[serde(borrow)]
    results: Results<'a>,
    #[serde(default, borrow)]
    summary: Option<Summary<'a>>,
}

#[derive(Deserialize)]
struct Results<'a> {
    #[serde(borrow)]
    failed_checks: Vec<Check<'a>>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    skipped_checks: Vec<Check<'a>>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    passed_checks: Vec<Passed<'a>>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    parsing_errors: Vec<Text<'a>>,
}

/// A check without objection.
#[derive(Deserialize)]
struct Passed<'a> {
    #[serde(default, borrow)]
    file_path: Option<Text<'a>>,
    #[serde(default, borrow)]
    repo_file_path: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Summary<'a> {
    #[serde(default)]
    passed: Int,
    #[serde(default)]
    parsing_errors: Int,
    #[serde(default, borrow)]
    checkov_version: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Check<'a> {
    #[serde(borrow)]
    check_id: Text<'a>,
    #[serde(default, borrow)]
    check_name: Option<Text<'a>>,
    #[serde(default)]
    check_result: Outcome,
    #[serde(default, borrow)]
    file_path: Option<Text<'a>>,
    #[serde(default, borrow)]
    repo_file_path: Option<Text<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    file_line_range: Vec<Int>,
    #[serde(default, borrow)]
    resource: Option<Text<'a>>,
    #[serde(default)]
    severity: Scalar,
    #[serde(default, borrow)]
    guideline: Option<Text<'a>>,
}

#[derive(Deserialize, Default)]
struct Outcome {
    #[serde(default)]
    suppress_comment: Scalar,
}

impl Results<'_> {
    /// The files that were looked at.
    fn files(&self) -> impl Iterator<Item = &str> {
        let listed = self.failed_checks.iter().chain(&self.skipped_checks);
        let listed = listed.map(|c| path(&c.repo_file_path, &c.file_path));
        let passed = self.passed_checks.iter();
        let passed = passed.map(|c| path(&c.repo_file_path, &c.file_path));
        listed.chain(passed).flatten()
    }
}

impl Tool for Checkov {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let report = |s: &Shape| s.has_all(&["check_type", "results"]);
        let bare = shape.has_all(&["checkov_version", "passed", "failed"]);
        let own = bare || report(shape) || shape.first().is_some_and(report);
        own.then_some("Checkov JSON")
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        let wrong = |e| wrong_shape("Checkov", &e);
        let reports: Vec<Report<'_>> = if shape.is_array() {
            serde_json::from_str(text).map_err(wrong)?
        } else if shape.has("check_type") {
            vec![serde_json::from_str(text).map_err(wrong)?]
        } else {
            Vec::new()
        };
        let mut rules = BTreeMap::new();
        let mut observations = Vec::new();
        for report in &reports {
            let results = &report.results;
            let kind = match report.check_type.as_str() {
                "secrets" => Kind::Secret,
                _ => Kind::Config,
            };
            for check in &results.failed_checks {
                observations.push(observe(check, kind, &mut rules));
            }
            for check in &results.skipped_checks {
                let mut observation = observe(check, kind, &mut rules);
                let comment = check.check_result.suppress_comment.text();
                observation.standing = Standing::Suppressed(comment.map(Untrusted::from));
                observations.push(observation);
            }
        }
        let summaries = || reports.iter().filter_map(|r| r.summary.as_ref());
        let version = summaries().find_map(|s| s.checkov_version.as_ref());
        let files: BTreeSet<&str> = reports.iter().flat_map(|r| r.results.files()).collect();
        Ok(Parsed {
            version: version.map(|v| v.as_str().into()),
            observations,
            rules,
            coverage: Coverage::default().inputs(files.into_iter().map(Untrusted::from)),
            ..Parsed::of(&INFO, health(&reports))
        })
    }
}

/// Checks that were made are the evidence. Checkov's `resource_count` is 0 for some frameworks
/// that did check something.
fn health(reports: &[Report<'_>]) -> Health {
    let mut checks = 0;
    let mut unread = 0;
    let mut files: BTreeSet<&str> = BTreeSet::new();
    let count = |n: Int| n.0.and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    for report in reports {
        let results = &report.results;
        let summary = report.summary.as_ref();
        let passed = summary.map_or(0, |s| count(s.passed));
        let listed = results.failed_checks.len() + results.skipped_checks.len();
        checks += listed as u64 + passed.max(results.passed_checks.len() as u64);
        unread += summary.map_or(0, |s| count(s.parsing_errors));
        files.extend(results.parsing_errors.iter().map(Text::as_str));
    }
    let unread = unread.max(files.len() as u64);
    let mut problems = Vec::new();
    if unread > 0 {
        problems.push(
            Problem::new(
                "files-not-read",
                format!("Checkov could not read {unread} of its files"),
            )
            .items(files.into_iter().map(Untrusted::from)),
        );
    }
    Health::judge(
        Work::new(checks, "checks"),
        problems,
        Problem::new(
            "nothing-scanned",
            "Checkov checked nothing: it found no file of a framework that it knows",
        ),
    )
}

fn observe(check: &Check<'_>, kind: Kind, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
    let id = check.check_id.as_str();
    let rule = RuleId::new(id);
    let name = check.check_name.as_ref().map(Text::as_str);
    let title = name.filter(|n| !n.is_empty()).unwrap_or(id);
    let word = check.severity.text();
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        help_url: check.guideline.as_ref().map(|url| url.as_str().into()),
        severity: word.and_then(words::severity),
        ..RuleInfo::titled(title)
    });
    let mut observation = Observation::new(rule, kind, title);
    let resource = check.resource.as_ref().map(Text::as_str);
    if let Some(resource) = resource.filter(|r| kind != Kind::Secret && !r.is_empty()) {
        observation.message = format!("{title} ({resource})").into();
    }
    observation.severity = word.and_then(words::severity);
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        ..Reported::default()
    };
    if kind == Kind::Secret {
        observation.fix = Some(Fix::Advice(words::REVOKE.into()));
    }
    let path = path(&check.repo_file_path, &check.file_path);
    observation.place.path = path.map(Untrusted::from);
    let line = |index| {
        let range = check.file_line_range.get(index);
        range.copied().unwrap_or_default()
    };
    observation.place.region = words::lines(line(0), line(1));
    observation
}

/// The file seen from the folder that Checkov was started in, else from the one that it was told
/// to look at. Both are written with a leading `/` that means that folder.
fn path<'t>(repository: &'t Option<Text<'_>>, folder: &'t Option<Text<'_>>) -> Option<&'t str> {
    let inside = |path: &&str| !path.is_empty() && !path.contains("..");
    [repository, folder]
        .into_iter()
        .flatten()
        .map(|path| path.as_str().trim_start_matches('/'))
        .find(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Foreign as _, HealthLevel};

    #[test]
    fn files_that_were_not_read_leave_a_gap() {
        let text = r#"[{"check_type":"terraform","results":{"failed_checks":[{"check_id":"C1",
            "check_name":"n","file_path":"/a.tf","repo_file_path":"/../x/a.tf",
            "file_line_range":[3,9],"severity":"HIGH"}],"skipped_checks":[{"check_id":"C2",
            "check_result":{"suppress_comment":"because"},"file_path":"/b.tf"}],
            "parsing_errors":["/c.tf"]}}]"#;
        let shape = serde_json::from_str(text).unwrap();
        assert!(Checkov.sniff(&shape).is_some());
        let run = Checkov.parse(text, &shape).unwrap();
        assert_eq!(run.health.level(), HealthLevel::Partial);
        assert_eq!(run.health.problems()[0].items, ["/c.tf".into()]);
        let [failed, skipped] = &run.observations[..] else {
            panic!("{:?}", run.observations)
        };
        assert_eq!(failed.place.path.as_ref().unwrap().raw(), "a.tf");
        assert_eq!(failed.place.region.unwrap().end_line, Some(9));
        assert_eq!(
            skipped.standing,
            Standing::Suppressed(Some("because".into()))
        );
    }

    #[test]
    fn a_bare_summary_proves_no_work() {
        let text = r#"{"passed":0,"failed":0,"skipped":0,"checkov_version":"3"}"#;
        let shape = serde_json::from_str(text).unwrap();
        assert!(Checkov.sniff(&shape).is_some());
        let run = Checkov.parse(text, &shape).unwrap();
        assert_eq!(run.health.problems()[0].code, "nothing-scanned");
    }
}

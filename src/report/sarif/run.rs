//! One scanner → one run.

use super::rules::{self, Key, Rules};
use super::{Purpose, Slice, result};
use crate::escape;
use crate::model::{Assessment, Decided, Health, Problem, RepoPath, Run};
use crate::report::{comparison, parallel};
use serde::Serialize;
use serde::ser::Serializer;
use serde_sarif::sarif;
use std::collections::BTreeMap;

/// SARIF 2.1.0 §3.14. The results are made while they are written, because serde-sarif's types are
/// large: 50 000 of them at once would take hundreds of megabytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunOut<'a> {
    tool: sarif::Tool,
    automation_details: sarif::RunAutomationDetails,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversion: Option<sarif::Conversion>,
    invocations: Vec<sarif::Invocation>,
    original_uri_base_ids: BTreeMap<&'static str, sarif::ArtifactLocation>,
    column_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<Results<'a>>,
}

struct Results<'a> {
    findings: Vec<(&'a Decided, Key)>,
    rules: Rules,
    purpose: Purpose,
    suppressible: bool,
    prefix: Option<&'a RepoPath>,
    compared: bool,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        parallel::array(serializer, &self.findings, |(decided, key)| {
            result::result(
                decided,
                key,
                &self.rules,
                self.purpose,
                self.suppressible,
                self.prefix,
                self.compared,
            )
        })
    }
}

/// The run of a scanner.
pub fn run<'a>(slice: &Slice<'a>, purpose: Purpose, assessment: &'a Assessment) -> RunOut<'a> {
    let (rules, descriptors) = Rules::of(slice);
    let mut driver = sarif::ToolComponent::builder()
        .name(driver_name(slice))
        .rules(descriptors)
        .build();
    driver.version = slice
        .runs
        .iter()
        .find_map(|run| run.version.as_ref())
        .map(escape::sarif_name)
        .filter(|version| !version.is_empty());
    driver.information_uri = slice
        .runs
        .iter()
        .find_map(|run| run.home)
        .map(str::to_owned);
    // A scanner that did not work has no list of results, by SARIF 2.1.0 §3.14.23. Code scanning
    // refuses a run without one.
    let worked = slice.runs.iter().any(|run| run.health.work().is_some());
    let listed = worked || purpose == Purpose::Upload;
    let suppressible = slice
        .findings
        .iter()
        .any(|decided| result::is_suppressed(decided));
    let findings = slice
        .findings
        .iter()
        .map(|decided| {
            let info = rules::info(slice, &decided.finding.observation.rule);
            (*decided, rules::key(decided, info))
        })
        .collect();
    RunOut {
        tool: sarif::Tool::builder().driver(driver).build(),
        automation_details: sarif::RunAutomationDetails::builder()
            .id(slice.category.as_str())
            .build(),
        conversion: Some(conversion()),
        invocations: invocations(slice),
        original_uri_base_ids: BTreeMap::from([("SRCROOT", source_root())]),
        column_kind: "utf16CodeUnits",
        results: listed.then_some(Results {
            findings,
            rules,
            purpose,
            suppressible,
            prefix: assessment.prefix.as_ref(),
            compared: comparison::is_known(assessment),
        }),
    }
}

/// The tool's own name, as a run that worked gives it: a report that is missing has only the name
/// that the user gave.
fn driver_name(slice: &Slice<'_>) -> String {
    let worked = slice.runs.iter().find(|run| run.health.work().is_some());
    let name = worked
        .or(slice.runs.first())
        .map(|run| escape::sarif_name(&run.tool))
        .unwrap_or_default();
    match name.is_empty() {
        true => slice.scanner.to_string(),
        false => name,
    }
}

/// §3.20, one for each report. What failed comes first: code scanning looks at the first alone
/// (docs.github.com, "SARIF support for code scanning", `invocations[0]`).
fn invocations(slice: &Slice<'_>) -> Vec<sarif::Invocation> {
    let mut invocations: Vec<_> = slice.runs.iter().map(|run| invocation(run)).collect();
    invocations.sort_by_key(|invocation| invocation.execution_successful);
    invocations
}

/// §3.22: the results come from another tool's report.
fn conversion() -> sarif::Conversion {
    let driver = sarif::ToolComponent::builder()
        .name("lockgate")
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    sarif::Conversion::builder()
        .tool(sarif::Tool::builder().driver(driver).build())
        .build()
}

/// §3.14.14: no absolute address, so that the file says nothing about the machine.
fn source_root() -> sarif::ArtifactLocation {
    sarif::ArtifactLocation::builder()
        .description(
            sarif::Message::builder()
                .text("The root of the repository.")
                .build(),
        )
        .build()
}

fn invocation(run: &Run) -> sarif::Invocation {
    let failed = matches!(run.health, Health::Failed(_) | Health::Skipped(_));
    let notifications: Vec<_> = run
        .health
        .problems()
        .iter()
        .map(|problem| notification(problem, "error"))
        .chain(
            run.notes
                .iter()
                .map(|problem| notification(problem, "note")),
        )
        .collect();
    let mut more: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    more.insert(
        "lockgate/health".to_owned(),
        run.health.level().word().into(),
    );
    more.insert("lockgate/findings".to_owned(), run.findings.into());
    if let Some(work) = run.health.work() {
        more.insert("lockgate/inputs".to_owned(), work.inputs().into());
    }
    if let Some(report) = &run.report {
        more.insert("lockgate/report".to_owned(), escape::json(report).into());
    }
    let mut invocation = sarif::Invocation::builder()
        .execution_successful(!failed)
        .properties(
            sarif::PropertyBag::builder()
                .additional_properties(more)
                .build(),
        )
        .build();
    if !notifications.is_empty() {
        invocation.tool_execution_notifications = Some(notifications);
    }
    invocation
}

fn notification(problem: &Problem, level: &str) -> sarif::Notification {
    let mut text = problem.text.clone();
    if let Some(detail) = &problem.detail {
        text.push_str(": ");
        text.push_str(&escape::sarif_text(detail));
    }
    for (index, item) in problem.items.iter().take(100).enumerate() {
        text.push_str(if index == 0 { " — " } else { ", " });
        text.push_str(&escape::sarif_name(item));
    }
    if let Some(more) = problem.items.len().checked_sub(100).filter(|n| *n > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    sarif::Notification::builder()
        .level(level)
        .message(sarif::Message::builder().text(text).build())
        .descriptor(
            sarif::ReportingDescriptorReference::builder()
                .id(problem.code)
                .build(),
        )
        .build()
}

//! Yarn 1: a line for each way to a vulnerable package, and a summary at the end.

use super::stream::{Resolution, Stream};
use super::{INFO, WRITER};
use crate::ingest::lenient::{Scalar, Text};
use crate::ingest::npm_v1::{Advisory, Installed, hidden, nothing_scanned, observe};
use crate::ingest::tool::Parsed;
use crate::model::{Health, Problem, Work};
use std::collections::BTreeMap;

/// Reads the stream.
///
/// # Errors
/// When the summary is missing: yarn was stopped before the end.
pub fn read(stream: &Stream<'_>) -> Result<Parsed, Problem> {
    let Some(summary) = stream.summaries.first() else {
        return Err(Problem::new(
            "no-summary",
            "the report ends without yarn's summary: yarn was stopped while writing",
        ));
    };
    let lines = &stream.resolutions;
    let mut ways: BTreeMap<_, Vec<Installed>> = BTreeMap::new();
    let mut advisories: BTreeMap<_, Vec<&Advisory<'_>>> = BTreeMap::new();
    for line in lines {
        let key = key(line);
        ways.entry(key).or_default().push(Installed {
            version: Scalar::default(),
            paths: line
                .resolution
                .path
                .text()
                .map(str::to_owned)
                .into_iter()
                .collect(),
            dev: line.resolution.dev,
        });
        advisories.entry(key).or_default().push(&line.advisory);
    }
    let mut rules = BTreeMap::new();
    let mut observations = Vec::new();
    for (key, told) in &advisories {
        let installed = told.iter().flat_map(|a| a.findings.iter().flatten());
        let ways = ways.get(key).into_iter().flatten();
        if let Some(advisory) = told.first() {
            observations.push(observe(
                advisory,
                installed.chain(ways),
                &WRITER,
                &mut rules,
            ));
        }
    }
    let listed: Vec<_> = lines.iter().map(|line| &line.advisory).collect();
    let mut problem = hidden(&WRITER, summary, &listed);
    let counted: u64 = summary.vulnerable().map(|(_, n)| n).sum();
    if problem.is_none() && counted > lines.len() as u64 {
        problem = Some(Problem::new(
            "lines-missing",
            format!(
                "yarn counts {counted} vulnerabilities and the report has {} lines of them",
                lines.len()
            ),
        ));
    }
    let packages = summary.packages().max(observations.len() as u64);
    let health = match problem {
        Some(problem) if observations.is_empty() => Health::Failed(problem),
        problem => Health::judge(
            Work::new(packages, "packages"),
            problem.into_iter().collect(),
            nothing_scanned(&WRITER),
        ),
    };
    Ok(Parsed {
        format: Some("yarn audit JSON (1)"),
        observations,
        rules,
        ..Parsed::of(&INFO, health)
    })
}

/// What tells advisories apart.
fn key<'a>(line: &'a Resolution<'_>) -> (Option<&'a str>, &'a str, Option<&'a str>) {
    let advisory = &line.advisory;
    let title = advisory.title.as_ref().map(Text::as_str);
    (advisory.id.text(), advisory.module_name.as_str(), title)
}

//! yarn's audits: `yarn audit --json` of yarn 1, `yarn npm audit --json` of yarn 2 and 3, and of
//! yarn 4.
//!
//! Yarn 1 prints one JSON document to a line and ends with a summary
//! (`src/reporters/json-reporter.js`). Yarn 2 and 3 pass on the registry's answer, see
//! [`super::npm_v1`]. Yarn 4 prints one line for each advisory and nothing that ends the list
//! (`packages/plugin-npm-cli/sources/npmAuditUtils.ts`).

mod berry;
mod classic;
mod stream;

use super::decode::second_document;
use super::npm_v1::{self, Writer};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo};
use crate::model::{Health, Problem};
use stream::Stream;

/// The adapter.
pub struct YarnAudit;

static INFO: ToolInfo = ToolInfo {
    id: "yarn-audit",
    name: "yarn audit",
    aliases: &["yarn", "yarn_audit", "yarn-npm-audit"],
    url: "https://yarnpkg.com/cli/npm/audit",
    command: "yarn npm audit --all --recursive --json > yarn-audit.json",
};

/// yarn as a writer of npm's version 1.
pub static WRITER: Writer = Writer {
    info: &INFO,
    format: "yarn audit JSON (2 and 3)",
    lockfiles: &["yarn.lock"],
    names: npm_v1::names,
};

/// What yarn's reporters put beside each other in a line; yarn 1 only the first two.
const MESSAGE: &[&str] = &["type", "data", "name", "displayName", "indent"];

fn is_message(shape: &Shape) -> bool {
    shape.has_all(&["type", "data"]) && shape.keys().all(|key| MESSAGE.contains(&key))
}

fn is_advice(shape: &Shape) -> bool {
    shape.has("value") && shape.get("children").is_some_and(Shape::is_object)
}

impl Tool for YarnAudit {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let documents = shape.documents();
        let known = |s: &Shape| is_message(s) || is_advice(s) || npm_v1::sniff(s);
        let own = !documents.is_empty() && documents.iter().all(known);
        own.then_some("yarn audit JSON")
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        let stream = Stream::read(text)?;
        let classic = !stream.resolutions.is_empty() || !stream.summaries.is_empty();
        let berry = !stream.rows.is_empty();
        let reports = stream.reports.len();
        if usize::from(classic) + usize::from(berry) + reports > 1 || stream.summaries.len() > 1 {
            return Err(second_document());
        }
        let mut run = if let Some(report) = stream.reports.first() {
            npm_v1::read(report, &WRITER)
        } else if classic {
            classic::read(&stream)?
        } else if berry || stream.nothing_to_suggest {
            berry::read(&stream)
        } else {
            return Err(messages_only(&stream));
        };
        if let (Some(error), Some(work)) = (stream.errors.first(), run.health.work()) {
            let mut problems = run.health.problems().to_vec();
            let text = "yarn reports an error beside its findings";
            problems.push(Problem::new("scanner-error", text).detail(error.as_str()));
            run.health = Health::Partial(work, problems);
        }
        Ok(run)
    }
}

/// Messages without a result: no lockfile, an outage, or a stream that was cut.
fn messages_only(stream: &Stream<'_>) -> Problem {
    let words = stream.errors.first().or(stream.messages.first());
    Problem::new(
        "no-summary",
        "yarn wrote messages and no result: no lockfile, an outage, or it was stopped",
    )
    .detail(words.map(String::as_str).unwrap_or_default())
}

#[cfg(test)]
mod tests;

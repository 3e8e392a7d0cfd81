//! npm audit's JSON: version 2 (npm 7 and later) and version 1 (npm 6).

mod range;
mod v1;
mod v2;

use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo};
use crate::model::{Health, Observation, Problem, RuleId, RuleInfo, Severity};
use std::collections::BTreeMap;

/// The adapter.
pub struct NpmAudit;

static INFO: ToolInfo = ToolInfo {
    id: "npm-audit",
    name: "npm audit",
    aliases: &["npm", "npm_audit", "npmaudit"],
    url: "https://docs.npmjs.com/cli/commands/npm-audit",
    command: "npm audit --json > npm-audit.json",
};

impl Tool for NpmAudit {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    /// A document that also holds an `error` is npm's way to fail, whatever else is in it.
    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        if shape.has("error") {
            return None;
        }
        let is_object = |key| shape.get(key).is_some_and(Shape::is_object);
        if shape.has("auditReportVersion")
            || (is_object("vulnerabilities") && is_object("metadata"))
        {
            return Some("npm audit JSON, version 2");
        }
        let advisories = shape.get("advisories")?;
        let lists = match advisories {
            Shape::Object(entries) => entries.iter().any(|(_, v)| v.is_array()),
            _ => false,
        };
        let own = !lists && is_object("metadata") && !shape.has_any(&["abandoned", "matches"]);
        own.then_some("npm audit JSON, version 1")
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        if shape.has("advisories") && !shape.has("auditReportVersion") {
            v1::parse(text)
        } else {
            v2::parse(text)
        }
    }
}

/// npm's words (`workspaces/arborist/lib/vuln.js`).
fn severity(word: &str) -> Option<Severity> {
    match word {
        "critical" => Some(Severity::Critical),
        "high" => Some(Severity::High),
        "moderate" => Some(Severity::Medium),
        "low" => Some(Severity::Low),
        "info" => Some(Severity::Info),
        _ => None,
    }
}

fn nothing_scanned() -> Problem {
    Problem::new(
        "nothing-scanned",
        "npm audit looked at no package: there is no dependency tree",
    )
}

fn parsed(
    health: Health,
    observations: Vec<Observation>,
    rules: BTreeMap<RuleId, RuleInfo>,
) -> Parsed {
    Parsed {
        observations,
        rules,
        ..Parsed::of(&INFO, health)
    }
}

//! npm audit's JSON: version 2 (npm 7 and later) and version 1 (npm 6, see
//! [`super::npm_v1`]).

mod range;
mod v2;

use super::npm_v1::{self, Writer};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo};
use crate::model::{Problem, Severity};

/// The adapter.
pub struct NpmAudit;

static INFO: ToolInfo = ToolInfo {
    id: "npm-audit",
    name: "npm audit",
    aliases: &["npm", "npm_audit", "npmaudit"],
    url: "https://docs.npmjs.com/cli/commands/npm-audit",
    command: "npm audit --json > npm-audit.json",
};

/// npm as a writer of version 1.
pub static WRITER: Writer = Writer {
    info: &INFO,
    format: "npm audit JSON, version 1",
    lockfiles: &["npm-shrinkwrap.json", "package-lock.json"],
    names: npm_v1::names,
};

impl Tool for NpmAudit {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    /// A document that also holds an `error` is npm's way to fail, whatever else is in it.
    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        if npm_v1::sniff(shape) {
            return Some(WRITER.format);
        }
        let is_object = |key| shape.get(key).is_some_and(Shape::is_object);
        let second = shape.has("auditReportVersion")
            || (is_object("vulnerabilities") && is_object("metadata"));
        (second && !shape.has("error")).then_some("npm audit JSON, version 2")
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        if npm_v1::sniff(shape) {
            npm_v1::parse(text, &WRITER)
        } else {
            v2::parse(text)
        }
    }
}

/// npm's words (`workspaces/arborist/lib/vuln.js`).
pub fn severity(word: &str) -> Option<Severity> {
    match word {
        "critical" => Some(Severity::Critical),
        "high" => Some(Severity::High),
        "moderate" => Some(Severity::Medium),
        "low" => Some(Severity::Low),
        "info" => Some(Severity::Info),
        _ => None,
    }
}

//! pnpm audit's JSON: version 1 of npm's, passed on from the registry up to pnpm 10 and built by pnpm
//! itself from version 11 on.
//!
//! An outage is `{"error": {"code": "ERR_PNPM_…"}}`, or text on the error stream and no report.

use super::npm_v1::{self, Writer};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo};
use crate::model::Problem;

/// The adapter.
pub struct PnpmAudit;

static INFO: ToolInfo = ToolInfo {
    id: "pnpm-audit",
    name: "pnpm audit",
    aliases: &["pnpm", "pnpm_audit"],
    url: "https://pnpm.io/cli/audit",
    command: "pnpm audit --json > pnpm-audit.json",
};

/// pnpm as a writer of version 1.
pub static WRITER: Writer = Writer {
    info: &INFO,
    format: "pnpm audit JSON",
    lockfiles: &["pnpm-lock.yaml"],
    names: npm_v1::names_in_workspace,
};

impl Tool for PnpmAudit {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        npm_v1::sniff(shape).then_some(WRITER.format)
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        npm_v1::parse(text, &WRITER)
    }
}

//! Version 1 of npm audit's JSON: npm 6, yarn 2 and 3, pnpm, and the registry's answer that they
//! pass on.
//!
//! One finding per advisory. `metadata.vulnerabilities` counts ways to a package, in some releases
//! of pnpm advisories.

mod format;
mod observe;

pub use format::{Advisories, Advisory, Installed, Metadata, Report};
pub use observe::observe;

use super::npm_audit::{self, severity};
use super::pnpm_audit;
use super::shape::Shape;
use super::tool::{Parsed, ToolInfo, wrong_shape};
use crate::model::{Health, Problem, Untrusted, Work};
use std::collections::{BTreeMap, BTreeSet};

/// A tool that writes this format.
pub struct Writer {
    /// The tool.
    pub info: &'static ToolInfo,
    /// Name of the format.
    pub format: &'static str,
    /// The lockfiles that it reads.
    pub lockfiles: &'static [&'static str],
    /// The names in one of its `paths`, from the project's dependency to the package.
    pub names: fn(&str) -> std::str::Split<'_, char>,
}

/// `a>b>c`.
pub fn names(path: &str) -> std::str::Split<'_, char> {
    path.split('>')
}

/// The names behind the workspace's: `.>a>b`, `packages__web>a`.
pub fn names_in_workspace(path: &str) -> std::str::Split<'_, char> {
    path.split_once('>')
        .map_or(path, |(_, rest)| rest)
        .split('>')
}

/// True for a document of this format. One that also holds an `error` is the tool's way to fail,
/// whatever else is in it.
pub fn sniff(shape: &Shape) -> bool {
    let Some(Shape::Object(advisories)) = shape.get("advisories") else {
        return shape.get("advisories").is_some_and(Shape::is_array) && framed(shape);
    };
    !advisories.iter().any(|(_, v)| v.is_array()) && framed(shape)
}

fn framed(shape: &Shape) -> bool {
    shape.get("metadata").is_some_and(Shape::is_object)
        && !shape.has_any(&["error", "auditReportVersion", "abandoned", "matches"])
}

/// Reads a document. Where its content does not tell who wrote it, that is `asked`.
///
/// # Errors
/// When it has other types than the format prescribes.
pub fn parse(text: &str, asked: &'static Writer) -> Result<Parsed, Problem> {
    let report: Report<'_> =
        serde_json::from_str(text).map_err(|e| wrong_shape(asked.info.name, &e))?;
    Ok(read(&report, asked))
}

/// The run of a document. Where its content does not tell who wrote it, that is `asked`.
pub fn read(report: &Report<'_>, asked: &'static Writer) -> Parsed {
    let writer = if by_pnpm(report) {
        &pnpm_audit::WRITER
    } else {
        asked
    };
    let mut rules = BTreeMap::new();
    let advisories: Vec<_> = report.advisories.iter().collect();
    let observations: Vec<_> = advisories
        .iter()
        .map(|a| observe(a, a.findings.iter().flatten(), writer, &mut rules))
        .collect();
    let hidden = hidden(writer, &report.metadata, &advisories);
    let packages = report.metadata.packages().max(observations.len() as u64);
    let health = match hidden {
        Some(problem) if observations.is_empty() => Health::Failed(problem),
        hidden => Health::judge(
            Work::new(packages, "packages"),
            hidden.into_iter().collect(),
            nothing_scanned(writer),
        ),
    };
    Parsed {
        format: Some(writer.format),
        observations,
        rules,
        ..Parsed::of(writer.info, health)
    }
}

/// pnpm puts the workspace in front of its paths, `.` for the root and `packages__web` for
/// `packages/web`; from version 11 on it writes the document itself and leaves parts out.
fn by_pnpm(report: &Report<'_>) -> bool {
    let Advisories::ById(advisories) = &report.advisories else {
        return false;
    };
    let findings = advisories
        .values()
        .flat_map(|a| a.findings.iter().flatten());
    let mut paths = findings.flat_map(|i| &i.paths).peekable();
    let own = |path: &String| {
        path.split_once('>')
            .is_some_and(|(first, _)| first == "." || first.contains("__"))
    };
    let bare = report.actions.is_none() && report.muted.is_none();
    bare || paths.peek().is_some() && paths.all(own)
}

/// What the counts tell of advisories that are not among those `listed`.
pub fn hidden(writer: &Writer, metadata: &Metadata, listed: &[&Advisory<'_>]) -> Option<Problem> {
    let name = writer.info.name;
    let counted: u64 = metadata.vulnerable().map(|(_, n)| n).sum();
    if listed.is_empty() && counted > 0 {
        return Some(Problem::new(
            "contradiction",
            format!(
                "{name} counts {counted} vulnerabilities and names no advisory: the report was cut, \
                 or an option or a list hides them all"
            ),
        ));
    }
    // npm's own files for tests count what was taken out; no release of npm hides any.
    if std::ptr::eq(writer, &raw const npm_audit::WRITER) {
        return None;
    }
    let words: BTreeSet<Option<&str>> = listed.iter().map(|a| a.word()).collect();
    let is_missing = |word: &str| {
        !words.contains(&Some(word)) && !words.contains(&None) && severity(word).is_some()
    };
    let missing: Vec<&str> = metadata
        .vulnerable()
        .filter(|(word, n)| *n > 0 && is_missing(word))
        .map(|(word, _)| word)
        .collect();
    (!missing.is_empty()).then(|| {
        Problem::new(
            "filtered",
            format!(
                "{name} counts vulnerabilities of severities of which it lists none: an option or a \
                 list hides them; let lockgate's policy decide instead"
            ),
        )
        .items(missing.into_iter().map(Untrusted::from))
    })
}

/// A project without dependencies, or without a lockfile.
pub fn nothing_scanned(writer: &Writer) -> Problem {
    Problem::new(
        "nothing-scanned",
        format!(
            "{} looked at no package: there is no dependency tree",
            writer.info.name
        ),
    )
}

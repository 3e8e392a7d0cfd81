//! What Semgrep says about its own work.

use super::Report;
use crate::ingest::lenient::{Scalar, Text, Texts, or_default};
use crate::model::{Health, Problem, Untrusted, Work};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Something that went wrong. `type` is a word, or a list that starts with one.
#[derive(Deserialize)]
pub struct Error<'a> {
    #[serde(default, rename = "type")]
    kind: Texts,
    #[serde(default, borrow)]
    message: Option<Text<'a>>,
    #[serde(default, borrow)]
    path: Option<Text<'a>>,
    #[serde(default)]
    rule_id: Scalar,
}

/// Which files were looked at.
#[derive(Deserialize, Default)]
pub struct Paths<'a> {
    #[serde(default, borrow)]
    scanned: Option<Vec<Text<'a>>>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    skipped: Vec<Skipped<'a>>,
}

/// A file that was passed over; listed with `--verbose`.
#[derive(Deserialize)]
struct Skipped<'a> {
    #[serde(borrow)]
    path: Text<'a>,
    #[serde(default)]
    reason: Scalar,
}

impl Paths<'_> {
    /// The names of the files that were looked at.
    pub fn scanned(&self) -> impl Iterator<Item = Untrusted> {
        let scanned = self.scanned.iter().flatten();
        scanned.map(|path| path.as_str().into())
    }
}

/// Reasons that leave a gap: the file should have been read, and was not
/// (`semgrep_output_v1.atd`, `skip_reason`).
const GAPS: &[&str] = &[
    "analysis_failed_parser_or_internal_error",
    "exceeded_size_limit",
    "insufficient_permissions",
    "nonexistent_file",
    "too_big",
    "too_many_matches",
];

/// Reasons that somebody chose: worth knowing.
const CHOSEN: &[&str] = &[
    "cli_exclude_flags_match",
    "cli_include_flags_do_not_match",
    "excluded_by_config",
    "semgrepignore_patterns_match",
];

/// Whether the run can be believed.
pub fn judge(report: &Report<'_>) -> Health {
    // Reports before 0.6x list no files; findings are work all the same.
    let files: BTreeSet<&str> = match &report.paths.scanned {
        Some(scanned) => scanned.iter().map(Text::as_str).collect(),
        None => report.results.iter().map(|r| r.path.as_str()).collect(),
    };
    let files = files.len().max(usize::from(!report.results.is_empty()));
    let problems = [errors(report), gaps(report), rules(report)];
    Health::judge(
        Work::new(files as u64, "files"),
        problems.into_iter().flatten().collect(),
        Problem::new(
            "nothing-scanned",
            "the report names no file that Semgrep looked at",
        ),
    )
}

fn errors(report: &Report<'_>) -> Option<Problem> {
    let first = report.errors.first()?;
    let kind = first.kind.items.first().map(String::as_str);
    let message = first.message.as_ref().map(Text::as_str).unwrap_or_default();
    let message = message.lines().next().unwrap_or_default();
    let detail = match kind {
        Some(kind) if !message.starts_with(kind) => format!("{kind}: {message}"),
        _ => message.to_owned(),
    };
    let concerned = report.errors.iter().filter_map(|e| {
        let path = e.path.as_ref().map(Text::as_str);
        path.or(e.rule_id.text()).map(Untrusted::from)
    });
    let text = match report.errors.len() {
        1 => "Semgrep reports an error: a file or a rule was left out".to_owned(),
        n => format!("Semgrep reports {n} errors: files or rules were left out"),
    };
    let problem = Problem::new("scan-errors", text);
    Some(problem.detail(detail).items(concerned))
}

fn skipped<'t>(report: &'t Report<'_>, reasons: &[&str]) -> Vec<&'t str> {
    let skipped = report.paths.skipped.iter();
    skipped
        .filter(|s| s.reason.text().is_some_and(|r| reasons.contains(&r)))
        .map(|s| s.path.as_str())
        .collect()
}

fn gaps(report: &Report<'_>) -> Option<Problem> {
    let files = skipped(report, GAPS);
    (!files.is_empty()).then(|| {
        Problem::new(
            "files-not-read",
            format!("Semgrep could not read {} of the files", files.len()),
        )
        .items(files.into_iter().map(Untrusted::from))
    })
}

fn rules(report: &Report<'_>) -> Option<Problem> {
    let skipped = report.skipped_rules.len();
    (skipped > 0).then(|| {
        Problem::new(
            "rules-skipped",
            format!("Semgrep could not use {skipped} of its rules"),
        )
    })
}

/// What is worth knowing and costs no belief.
pub fn notes(report: &Report<'_>) -> Vec<Problem> {
    let excluded = skipped(report, CHOSEN).len();
    if excluded == 0 {
        return Vec::new();
    }
    vec![Problem::new(
        "excluded",
        format!("Semgrep left {excluded} files out because its configuration says so"),
    )]
}

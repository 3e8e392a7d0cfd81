//! Workflow commands that the Actions runner shows as annotations.
//!
//! The runner keeps the first ten of each level for the whole step (actions/runner,
//! `ExecutionContext`), so that the worst come first and what does not fit is said.

use super::phrase::{self, Sink};
use crate::escape;
use crate::model::{
    Assessment, Certainty, Decided, Event, NoteCode, Origin, PolicyNote, Reason, RepoPath, Verdict,
};

/// Annotations of one level that the runner keeps for a step.
pub const BUDGET: usize = 10;

/// Foreign words inside a command's message.
static DATA: Sink = Sink {
    ours: escape::encode_data,
    name: |name| escape::command_data(name),
    title: |title| format!("\"{}\"", escape::command_data(title)),
    words: |words| escape::command_data(words),
};

/// The commands, one on each line.
pub fn render(assessment: &Assessment) -> String {
    let prefix = assessment.prefix.as_ref();
    let mut errors: Vec<String> = assessment
        .gaps()
        .map(|gap| about_evidence("error", gap))
        .collect();
    // A scan of the main branch has no diff in which what was there before could be shown.
    let shown = |d: &&Decided| {
        assessment.event != Event::Schedule || d.finding.provenance.origin != Origin::Existing
    };
    errors.extend(
        assessment
            .blocking()
            .filter(shown)
            .map(|d| about_finding("error", d, prefix)),
    );
    let mut warnings: Vec<String> = assessment
        .reasons
        .iter()
        .filter(|r| r.verdict == Verdict::Warn && r.scanner.is_some())
        .map(|gap| about_evidence("warning", gap))
        .collect();
    warnings.extend(
        assessment
            .warning()
            .filter(shown)
            .map(|d| about_finding("warning", d, prefix)),
    );
    let notes = |wanted: &[NoteCode]| -> Vec<String> {
        let about = assessment.notes.iter();
        about
            .filter(|note| wanted.contains(&note.code))
            .filter_map(|note| about_waiver(note, prefix))
            .collect()
    };
    warnings.extend(notes(&[NoteCode::Expired, NoteCode::TooLong]));
    let notices = notes(&[NoteCode::Expiring]);
    let mut out = String::new();
    for (level, lines) in [
        ("error", errors),
        ("warning", warnings),
        ("notice", notices),
    ] {
        // The last place of the budget says how many more there are.
        let shown = if lines.len() > BUDGET {
            BUDGET - 1
        } else {
            lines.len()
        };
        for line in lines.iter().take(shown) {
            out.push_str(line);
            out.push('\n');
        }
        if let Some(more) = lines.len().checked_sub(shown).filter(|n| *n > 0) {
            out.push_str(&format!(
                "::{level} title=lockgate::{more} more are in the job summary and the report\n"
            ));
        }
    }
    out
}

fn about_evidence(level: &str, reason: &Reason) -> String {
    let mut message = escape::encode_data(&reason.text);
    if let Some(detail) = &reason.detail {
        message.push_str(" (");
        message.push_str(&escape::command_data(detail));
        message.push(')');
    }
    let scanner = reason.scanner.as_ref().map_or("lockgate", |s| s.as_str());
    let what = if level == "error" {
        "no evidence"
    } else {
        "partial evidence"
    };
    format!("::{level} title={scanner}%3A {what}::{message}")
}

/// At the waiver's line, when its file is in the repository.
fn about_waiver(note: &PolicyNote, prefix: Option<&RepoPath>) -> Option<String> {
    let file = escape::command_property(&*note.path.as_ref()?.below(prefix));
    let level = match note.code {
        NoteCode::Expiring => "notice",
        _ => "warning",
    };
    Some(format!(
        "::{level} file={file},line={},title=waiver for {}::{}, owner {}",
        note.line,
        escape::command_property(&note.subject),
        escape::encode_data(&note.text),
        escape::command_data(&note.owner),
    ))
}

/// Columns only where the region is one line: the runner drops them otherwise.
fn about_finding(level: &str, decided: &Decided, prefix: Option<&RepoPath>) -> String {
    let finding = &decided.finding;
    let location = &finding.location;
    let mut properties = format!(
        "file={}",
        escape::command_property(&*location.path.below(prefix))
    );
    let line = location.region.map_or(1, |region| region.line);
    properties.push_str(&format!(",line={line}"));
    if let Some(region) = location
        .region
        .filter(|_| location.certainty == Certainty::Exact)
    {
        match region.end_line.filter(|end| *end > region.line) {
            Some(end) => properties.push_str(&format!(",endLine={end}")),
            None => {
                if let Some(column) = region.column {
                    properties.push_str(&format!(",col={column}"));
                }
                if let Some(column) = region.end_column {
                    properties.push_str(&format!(",endColumn={column}"));
                }
            }
        }
    }
    let title = escape::command_property(phrase::headline(finding));
    let severity = escape::encode_data(&phrase::severity(decided));
    properties.push_str(&format!(
        ",title={title} ({})",
        severity.replace(',', "%2C")
    ));

    let mut message = escape::command_data(&finding.observation.title);
    if let Some(package) = phrase::package(finding) {
        message.push_str(&format!("%0APackage: {}", package.show(&DATA)));
    }
    if let Some(fix) = phrase::fix(finding) {
        message.push_str(&format!("%0AFix: {}", fix.show(&DATA)));
    }
    message.push_str(&format!(
        "%0AWhy: {}",
        phrase::decision(decided).show(&DATA)
    ));
    format!("::{level} {properties}::{message}")
}

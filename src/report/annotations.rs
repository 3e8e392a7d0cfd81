//! Workflow commands that the Actions runner shows as annotations.
//!
//! The runner keeps the first ten of each level for the whole step (actions/runner,
//! `ExecutionContext`), so that the worst come first and what does not fit is said. What the change
//! brings in stands before what was there: the reader can do most about it. Where the two can be told
//! apart, warnings of what was there are left to the summary.

use super::comparison;
use super::phrase::{self, Phrase, Sink};
use super::review;
use crate::escape;
use crate::model::{
    Assessment, Certainty, Decided, Direction, Event, NoteCode, Origin, PolicyChange, PolicyError,
    PolicyNote, Reason, RepoPath, Untrusted, Verdict,
};

/// Annotations of one level that the runner keeps for a step.
pub const BUDGET: usize = 10;

/// Waivers that have ended and are shown before the findings that only warn.
const FIRST_WAIVERS: usize = 3;

/// Foreign words inside a command's message.
static DATA: Sink = Sink {
    ours: escape::encode_data,
    name: |name| escape::command_data(name),
    title: |title| format!("\"{}\"", escape::command_data(title)),
    line: |line| escape::command_data(line),
    words: |words| escape::command_data(words),
};

/// The commands, one on each line.
pub fn render(assessment: &Assessment) -> String {
    let prefix = assessment.prefix.as_ref();
    let mut errors: Vec<String> = assessment
        .gaps()
        .map(|gap| about_evidence("error", gap))
        .collect();
    let broken = assessment.authority.errors.iter();
    errors.extend(broken.map(|error| about_error(error, prefix)));
    let annotate = |level, decided| about_finding(level, decided, assessment);
    errors.extend(blocking(assessment).map(|d| annotate("error", d)));
    let mut warnings: Vec<String> = assessment
        .reasons
        .iter()
        .filter(|r| r.verdict == Verdict::Warn && r.scanner.is_some())
        .map(|gap| about_evidence("warning", gap))
        .collect();
    let weaker = assessment.policy_changes.iter();
    let weaker = weaker.filter(|change| change.direction == Direction::Weaker);
    warnings.extend(weaker.map(|change| about_policy(change, prefix)));
    let notes = |wanted: &[NoteCode]| -> Vec<String> {
        let about = assessment.notes.iter();
        about
            .filter(|note| wanted.contains(&note.code))
            .filter_map(|note| about_waiver(note, prefix))
            .collect()
    };
    // Some of them must be seen beside many findings.
    let mut waivers = notes(&[NoteCode::Expired, NoteCode::TooLong]);
    let others = waivers.split_off(waivers.len().min(FIRST_WAIVERS));
    warnings.extend(waivers);
    warnings.extend(warning(assessment).map(|d| annotate("warning", d)));
    warnings.extend(others);
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

/// What blocks and can be shown in the code, the worst first.
pub fn blocking(assessment: &Assessment) -> impl Iterator<Item = &Decided> {
    let findings = assessment.blocking();
    let mut findings: Vec<&Decided> = findings.filter(|d| is_shown(assessment, d)).collect();
    findings.sort_by_key(|decided| comparison::rank(decided));
    findings.into_iter()
}

/// The same of what warns.
pub fn warning(assessment: &Assessment) -> impl Iterator<Item = &Decided> {
    let known = comparison::is_known(assessment);
    let findings = assessment.warning();
    let findings = findings.filter(|d| is_shown(assessment, d));
    findings.filter(move |decided| !known || comparison::is_new(decided))
}

/// A scan of the main branch has no diff in which what was there before could be shown.
fn is_shown(assessment: &Assessment, decided: &Decided) -> bool {
    let old = decided.finding.provenance.origin == Origin::Existing;
    !(old && assessment.event == Event::Schedule)
}

/// What is said about a finding, line by line.
pub fn lines(decided: &Decided, assessment: &Assessment, sink: &Sink) -> Vec<String> {
    let finding = &decided.finding;
    let mut lines = vec![(sink.words)(&finding.observation.title)];
    let mut line = |name: &str, phrase: Option<Phrase>| {
        let phrase = phrase.map(|words| Phrase::default().ours(format!("{name}: ")).and(words));
        lines.extend(phrase.map(|phrase| phrase.show(sink)));
    };
    let origin = comparison::origin(assessment, decided);
    line("Package", phrase::package(finding));
    line("Fix", phrase::fix(finding));
    line("Origin", origin.map(|o| Phrase::default().ours(o)));
    line("Why", Some(phrase::decision(decided)));
    lines
}

fn about_evidence(level: &str, reason: &Reason) -> String {
    let mut message = escape::encode_data(&reason.text);
    if let Some(detail) = &reason.detail {
        message.push_str(" (");
        message.push_str(&escape::command_data(detail));
        message.push(')');
    }
    let scanner = reason.scanner.as_ref().map_or("lockgate", |s| s.as_str());
    let what = match (reason.code, level) {
        ("canary", _) => "a canary came through",
        (_, "error") | ("scanner-dark", _) => "no evidence",
        _ => "partial evidence",
    };
    format!("::{level} title={scanner}%3A {what}::{message}")
}

/// `file=…,line=…` of a policy file. A shipped policy is no file of the repository.
fn in_policy(source: &Untrusted, line: usize, prefix: Option<&RepoPath>) -> String {
    let path = RepoPath::new(escape::json(source)).ok();
    let path = path.filter(|_| !escape::json(source).starts_with("lockgate:"));
    match path {
        Some(path) => {
            let file = escape::command_property(&*path.below(prefix));
            format!("file={file},line={line},")
        }
        None => String::new(),
    }
}

/// What the change makes weaker, at its line.
fn about_policy(change: &PolicyChange, prefix: Option<&RepoPath>) -> String {
    let place = in_policy(&change.source, change.line.unwrap_or(1), prefix);
    let message = review::change(change).show(&DATA);
    format!("::warning {place}title=this change weakens the policy::{message}")
}

/// What the change breaks in the policy, at its line.
fn about_error(error: &PolicyError, prefix: Option<&RepoPath>) -> String {
    let line = error.place.map_or(1, |(line, _)| line);
    let place = in_policy(&error.source, line, prefix);
    let message = review::error(error).show(&DATA);
    format!("::error {place}title=this change breaks the policy::{message}")
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
fn about_finding(level: &str, decided: &Decided, assessment: &Assessment) -> String {
    let prefix = assessment.prefix.as_ref();
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

    let message = lines(decided, assessment, &DATA).join("%0A");
    format!("::{level} {properties}::{message}")
}

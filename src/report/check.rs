//! A check run's annotations and a commit status's line: plain text, which GitHub shows as it is.

use super::phrase::{self, Sink};
use super::{annotations, comparison};
use crate::escape;
use crate::model::{Assessment, Certainty, Decided, Region};
use serde::Serialize;

/// Longest description of a status, in characters (docs.github.com, "Commit statuses").
const DESCRIPTION: usize = 140;

/// Longest title of an annotation, in characters (docs.github.com, "Check runs").
const TITLE: usize = 255;

static PLAIN: Sink = Sink {
    ours: str::to_owned,
    name: |name| escape::terminal(name),
    title: |title| format!("\"{}\"", escape::terminal(title)),
    line: |line| escape::terminal(line),
    words: |words| escape::terminal(words),
};

/// A finding at its lines, in the form of the API (github/rest-api-description, `checks/create`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    path: String,
    start_line: u32,
    end_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    annotation_level: &'static str,
    title: String,
    message: String,
}

/// The worst findings, in the order of the log's annotations.
pub fn annotations(assessment: &Assessment, most: usize) -> Vec<Annotation> {
    let blocking = annotations::blocking(assessment).map(|d| ("failure", d));
    let warning = annotations::warning(assessment).map(|d| ("warning", d));
    let shown = blocking.chain(warning).take(most);
    shown
        .map(|(level, d)| annotation(level, d, assessment))
        .collect()
}

fn annotation(level: &'static str, decided: &Decided, assessment: &Assessment) -> Annotation {
    let finding = &decided.finding;
    let location = &finding.location;
    let exact = location.certainty == Certainty::Exact;
    let region = location.region.filter(|_| exact);
    let start = location.region.map_or(1, |region| region.line);
    let end = region
        .and_then(|region| region.end_line)
        .unwrap_or(start)
        .max(start);
    // Columns are taken only within one line, and both.
    let columns = |region: Region| Some((region.column?, region.end_column?));
    let columns = region.filter(|_| end == start).and_then(columns);
    let path = location.path.below(assessment.prefix.as_ref());
    let name = escape::terminal_up_to(phrase::headline(finding), TITLE / 2);
    Annotation {
        path: escape::json(&*path).to_owned(),
        start_line: start,
        end_line: end,
        start_column: columns.map(|(start, _)| start),
        end_column: columns.map(|(_, end)| end),
        annotation_level: level,
        title: format!("{name} ({})", phrase::severity(decided)),
        message: annotations::lines(decided, assessment, &PLAIN).join("\n"),
    }
}

/// The verdict in one line.
pub fn description(assessment: &Assessment) -> String {
    let verdict = phrase::verdict(assessment);
    let compared = comparison::is_known(assessment).then(|| {
        let new = comparison::introduced(assessment);
        format!("{new} introduced")
    });
    let parts = std::iter::once(verdict)
        .chain(compared)
        .chain(phrase::tally(assessment));
    let mut line = String::new();
    for part in parts {
        let dot = if line.is_empty() { "" } else { " · " };
        if line.chars().count() + dot.chars().count() + part.chars().count() > DESCRIPTION {
            break;
        }
        line.push_str(dot);
        line.push_str(&part);
    }
    line
}

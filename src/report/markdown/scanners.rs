//! The part of a page about the runs: their health, their problems, what they looked at.

use super::{Style, rank};
use crate::escape;
use crate::model::{Assessment, HealthLevel, Problem, Reason, Run, Untrusted};
use crate::report::layout::Part;
use crate::report::phrase;
use std::fmt::Write as _;

/// Longest quote of a scanner's own words, in characters.
const MAX_DETAIL: usize = 300;

/// Names that are shown of what a problem or a run is about.
const MAX_NAMES: usize = 20;

/// The scanners with their health, and what is to say about them; where each report is if `reports`.
pub fn table(assessment: &Assessment, reports: bool, style: &Style<'_>) -> Vec<Part> {
    let mut open = String::from("### Scanners\n\n");
    open.push_str(match reports {
        true => "| scanner | health | looked at | findings | report |\n|---|---|---|--:|---|\n",
        false => "| scanner | health | looked at | findings |\n|---|---|---|--:|\n",
    });
    let rows = assessment.runs.iter().map(|run| {
        let mut row = row(run, style);
        if reports {
            let report = run.report.as_ref().map(|report| style.name(report));
            let _ = write!(row, " {} |", report.unwrap_or_default());
        }
        (row + "\n").into()
    });
    let table = Part::list(rank::SCANNERS, &*open, rows, "\n")
        .map(|part| part.more("\n", "the JSON report"));
    let table = table.unwrap_or_else(|| {
        let none = match reports {
            true => "| none | ❌ nothing was examined | | | |\n\n",
            false => "| none | ❌ nothing was examined | | |\n\n",
        };
        Part::text(rank::SCANNERS, open + none)
    });
    std::iter::once(table)
        .chain(problems(assessment, style))
        .collect()
}

fn row(run: &Run, style: &Style<'_>) -> String {
    let mark = match run.health.level() {
        HealthLevel::Complete => "✅",
        HealthLevel::Partial => "⚠️",
        HealthLevel::Failed => "❌",
        HealthLevel::Skipped => "➖",
    };
    let version = run.version.as_ref();
    let version = version.map(|version| format!(" {}", (style.sink.words)(version)));
    format!(
        "| {}{} | {mark} {} | {} | {} |",
        (style.sink.words)(&run.tool),
        version.unwrap_or_default(),
        run.health.level().word(),
        run.health.work().map(phrase::work).unwrap_or_default(),
        run.findings,
    )
}

/// What is wrong with the runs. What stands above as missing evidence is not said twice.
fn problems(assessment: &Assessment, style: &Style<'_>) -> Option<Part> {
    let said = |run: &Run, problem: &Problem| {
        let gap = |gap: &Reason| gap.scanner.as_ref() == Some(&run.scanner);
        problem.items.is_empty()
            && problem.detail.is_none()
            && assessment.gaps().any(|g| gap(g) && g.text == problem.text)
    };
    let all = assessment.runs.iter();
    let all = all.flat_map(|run| run.health.problems().iter().map(move |p| (run, p)));
    let lines = all
        .filter(|(run, problem)| !said(run, problem))
        .map(|(run, problem)| line(run, problem, style).into());
    Part::list(rank::SCANNERS, "", lines, "\n").map(|part| part.more("- ", "the JSON report"))
}

/// What the scanners looked at and what there is to know of their reports, folded.
pub fn coverage(assessment: &Assessment, style: &Style<'_>) -> Vec<Part> {
    let runs = &assessment.runs;
    let looked = runs.iter().filter_map(|run| looked_at(run, style));
    let looked = Part::list(
        rank::DETAILS,
        "<details><summary>What the scanners looked at</summary>\n\n",
        looked.map(|text| text.into()),
        "\n</details>\n\n",
    );
    let notes = runs
        .iter()
        .flat_map(|run| run.notes.iter().map(move |n| (run, n)));
    let notes: Vec<(&Run, &Problem)> = notes.collect();
    let title = format!(
        "<details><summary>Notes on the reports ({})</summary>\n\n",
        notes.len()
    );
    let lines = notes
        .iter()
        .map(|(run, note)| line(run, note, style).into());
    let notes = Part::list(rank::DETAILS, title, lines, "\n</details>\n\n");
    let parts = [looked, notes].into_iter().flatten();
    parts
        .map(|part| part.more("- ", "the JSON report"))
        .collect()
}

fn looked_at(run: &Run, style: &Style<'_>) -> Option<String> {
    let names = names(&run.coverage.inputs, style);
    let facts: Vec<String> = phrase::provenance(&run.coverage)
        .into_iter()
        .chain((!names.is_empty()).then_some(names))
        .collect();
    (!facts.is_empty()).then(|| format!("- **{}**: {}\n", run.scanner, facts.join("; ")))
}

/// The first names of a list, and how many more there are.
fn names(all: &[Untrusted], style: &Style<'_>) -> String {
    let shown = all.iter().take(MAX_NAMES);
    let shown: Vec<String> = shown.map(|name| style.name(name)).collect();
    let more = match all.len().saturating_sub(MAX_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &more
}

fn line(run: &Run, problem: &Problem, style: &Style<'_>) -> String {
    let text = escape::markdown(Untrusted::from(problem.text.as_str()));
    let mut out = format!("- **{}**: {text}", run.scanner);
    if let Some(detail) = &problem.detail {
        let _ = write!(out, ": {}", escape::markdown_up_to(detail, MAX_DETAIL));
    }
    if !problem.items.is_empty() {
        let _ = write!(out, " ({})", names(&problem.items, style));
    }
    out.push('\n');
    out
}

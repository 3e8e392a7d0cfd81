//! The part of the summary about the runs: their health, their problems, what they looked at.

use super::plain;
use crate::escape;
use crate::model::{Assessment, HealthLevel, Problem, Reason, Run};
use crate::report::phrase;
use std::fmt::Write as _;

/// The scanners with their health, what is to say about them, and what they looked at.
pub fn table(assessment: &Assessment, out: &mut String) {
    out.push_str("### Scanners\n\n| scanner | health | looked at | findings | report |\n|---|---|---|--:|---|\n");
    for run in &assessment.runs {
        let mark = match run.health.level() {
            HealthLevel::Complete => "✅",
            HealthLevel::Partial => "⚠️",
            HealthLevel::Failed => "❌",
            HealthLevel::Skipped => "➖",
        };
        let _ = writeln!(
            out,
            "| {}{} | {mark} {} | {} | {} | {} |",
            escape::markdown(&run.tool),
            run.version
                .as_ref()
                .map(|version| format!(" {}", escape::markdown(version)))
                .unwrap_or_default(),
            run.health.level().word(),
            run.health.work().map(phrase::work).unwrap_or_default(),
            run.findings,
            run.report
                .as_ref()
                .map(escape::markdown_code)
                .unwrap_or_default(),
        );
    }
    if assessment.runs.is_empty() {
        out.push_str("| none | ❌ nothing was examined | | | |\n");
    }
    out.push('\n');
    // What stands above as missing evidence is not said twice.
    let said = |run: &Run, problem: &Problem| {
        let gap = |gap: &Reason| gap.scanner.as_ref() == Some(&run.scanner);
        problem.items.is_empty()
            && problem.detail.is_none()
            && assessment.gaps().any(|g| gap(g) && g.text == problem.text)
    };
    let mut told = false;
    for run in &assessment.runs {
        for problem in run.health.problems() {
            if !said(run, problem) {
                problem_line(run, problem, out);
                told = true;
            }
        }
    }
    if told {
        out.push('\n');
    }
    coverage(&assessment.runs, out);
    let notes: Vec<(&Run, &Problem)> = assessment
        .runs
        .iter()
        .flat_map(|run| run.notes.iter().map(move |n| (run, n)))
        .collect();
    if !notes.is_empty() {
        let _ = writeln!(
            out,
            "<details><summary>Notes on the reports ({})</summary>\n",
            notes.len()
        );
        for (run, note) in notes {
            problem_line(run, note, out);
        }
        out.push_str("\n</details>\n\n");
    }
}

/// What each scanner looked at, by name, and of when its evidence is.
fn coverage(runs: &[Run], out: &mut String) {
    let lines: Vec<String> = runs.iter().filter_map(coverage_line).collect();
    if !lines.is_empty() {
        let _ = writeln!(
            out,
            "<details><summary>What the scanners looked at</summary>\n\n{}\n\n</details>\n",
            lines.join("\n")
        );
    }
}

fn coverage_line(run: &Run) -> Option<String> {
    let inputs = &run.coverage.inputs;
    let names: Vec<String> = inputs.iter().take(20).map(escape::markdown_code).collect();
    let more = match inputs.len().saturating_sub(20) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let names = (!names.is_empty()).then(|| format!("{}{more}", names.join(", ")));
    let facts: Vec<String> = phrase::provenance(&run.coverage)
        .into_iter()
        .chain(names)
        .collect();
    (!facts.is_empty()).then(|| format!("- **{}**: {}", run.scanner, facts.join("; ")))
}

fn problem_line(run: &Run, problem: &Problem, out: &mut String) {
    let _ = write!(out, "- **{}**: {}", run.scanner, plain(&problem.text));
    if let Some(detail) = &problem.detail {
        let _ = write!(out, ": {}", escape::markdown_up_to(detail, 300));
    }
    if !problem.items.is_empty() {
        let items: Vec<_> = problem
            .items
            .iter()
            .take(20)
            .map(escape::markdown_code)
            .collect();
        let _ = write!(out, " ({})", items.join(", "));
        if problem.items.len() > 20 {
            let _ = write!(out, " and {} more", problem.items.len() - 20);
        }
    }
    out.push('\n');
}

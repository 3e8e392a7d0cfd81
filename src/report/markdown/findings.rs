//! Findings in Markdown: one by one where they block, in folded tables where they do not.

use super::{Style, rank};
use crate::escape;
use crate::model::{Assessment, Decided, Disposition, Origin, RepoPath, Severity, Untrusted};
use crate::report::layout::{Entry, Part};
use crate::report::{comparison, further, phrase, schedule};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Rows of a folded table.
const MAX_ROWS: usize = 50;

/// Places that are named in a row.
const MAX_PLACES: usize = 3;

/// Longest title in a row, in characters.
const ROW_TITLE: usize = 200;

/// What blocks, one by one.
pub fn blocking(assessment: &Assessment, most: usize, style: &Style<'_>) -> Option<Part> {
    let findings: Vec<&Decided> = assessment.blocking().collect();
    let title = format!("### What blocks ({})\n\n", findings.len());
    let entries = findings.iter().take(most);
    let entries = entries.map(|decided| entry(assessment, decided, style).into());
    let part = Part::list(rank::BLOCKING, title, entries, "\n")?;
    let beyond = findings.len().saturating_sub(most);
    Some(part.beyond(beyond).more("- ", style.elsewhere).findings())
}

/// What warns.
pub fn warnings(assessment: &Assessment, style: &Style<'_>) -> Option<Part> {
    let findings: Vec<&Decided> = assessment.warning().collect();
    warnings_of(assessment, &findings, style)
}

/// Those of them that are not told elsewhere.
pub fn warnings_of(
    assessment: &Assessment,
    findings: &[&Decided],
    style: &Style<'_>,
) -> Option<Part> {
    fold(assessment, rank::WARNING, "To look at", findings, style)
}

/// What neither blocks nor warns.
pub fn rest(assessment: &Assessment, style: &Style<'_>) -> Vec<Part> {
    let accepted: &[(&str, &[&str])] = &[
        ("Waived", &["waived"]),
        (
            "Suppressed in the reports",
            &["suppressed", "informational"],
        ),
    ];
    let accepted = accepted
        .iter()
        .map(|(title, words)| (rank::ACCEPTED, title, *words));
    let rest = (rank::REST, &"Not blocking", &["unmatched", "allowed"][..]);
    accepted
        .chain([rest])
        .filter_map(|(rank, title, words)| {
            fold(assessment, rank, title, &assessment.with(words), style)
        })
        .collect()
}

/// One finding with all that a reader wants to know of it: what, where, since when, why, how to mend it.
pub fn entry(assessment: &Assessment, decided: &Decided, style: &Style<'_>) -> String {
    let finding = &decided.finding;
    let title = escape::markdown_up_to(&finding.observation.title, style.title);
    let head = headline(decided, style);
    let mut out = format!("- **{}** {head} {title}  \n", badge(decided));
    let _ = write!(out, "  in {}", style.place(assessment, &finding.location));
    if let Some(target) = &finding.location.target {
        let _ = write!(out, " ({})", style.name(target));
    }
    if let Some(also) = further::places(finding, &|place| style.name(place)) {
        let _ = write!(out, ", also in {also}");
    }
    if let Some(package) = phrase::package(finding) {
        let _ = write!(out, ", package {}", package.show(style.sink));
    }
    let _ = writeln!(out, ", seen by {}  ", phrase::witnesses(finding));
    if let Some(when) = schedule::when(assessment, decided) {
        let _ = writeln!(out, "  **When:** {}  ", when.show(style.sink));
    }
    let origin = comparison::origin(assessment, decided);
    let _ = writeln!(
        out,
        "  **Why:** {}{}  ",
        phrase::decision(decided).show(style.sink),
        origin.map(|o| format!("; {o}")).unwrap_or_default(),
    );
    if let Some((fix, command)) = phrase::fix_and_command(finding) {
        let fix = fix.show(style.sink);
        match command {
            None => {
                let _ = writeln!(out, "  **Fix:** {fix}  ");
            }
            // GitHub puts a button beside it that copies it.
            Some(command) => {
                let folder = finding
                    .location
                    .path
                    .below(assessment.prefix.as_ref())
                    .parent();
                let folder = folder.map(|folder| format!("; in {}", path(&folder, style)));
                let folder = folder.unwrap_or_default();
                let _ = writeln!(
                    out,
                    "  **Fix:** {fix}{folder}:\n  ```sh\n  {command}\n  ```"
                );
            }
        }
    }
    let _ = writeln!(out, "  <sub>fingerprint {}</sub>", finding.fingerprint);
    out
}

fn path(path: &RepoPath, style: &Style<'_>) -> String {
    style.name(&Untrusted::from(escape::json(path)))
}

fn headline(decided: &Decided, style: &Style<'_>) -> String {
    let name = style.name(&phrase::headline(&decided.finding));
    let advisory = decided.finding.observation.advisories.first();
    match advisory.and_then(|id| id.url()) {
        Some(url) => format!("[{name}]({url})"),
        None => name,
    }
}

fn badge(decided: &Decided) -> String {
    let mark = match decided.effective {
        Severity::Critical => "🟣",
        Severity::High => "🔴",
        Severity::Medium => "🟠",
        Severity::Low => "🟡",
        Severity::Info => "⚪",
    };
    format!("{mark} {}", phrase::severity(decided))
}

/// A folded table. Findings that differ in nothing but their place share a row: a thousand of one
/// rule must not hide the one of another.
fn fold(
    assessment: &Assessment,
    rank: u8,
    title: &str,
    findings: &[&Decided],
    style: &Style<'_>,
) -> Option<Part> {
    let known = comparison::is_known(assessment);
    let head = match known {
        true => "| severity | origin | what | where | fix |\n|---|---|---|---|---|\n",
        false => "| severity | what | where | fix |\n|---|---|---|---|\n",
    };
    let open = format!(
        "<details><summary>{title} ({})</summary>\n\n{head}",
        findings.len()
    );
    let groups = group(findings);
    let rows = groups.iter().take(MAX_ROWS);
    let rows = rows.filter_map(|group| row(assessment, group, known, style));
    let part = Part::list(rank, open, rows, "\n</details>\n\n")?;
    let beyond = groups.iter().skip(MAX_ROWS).map(Vec::len).sum();
    Some(part.beyond(beyond).more("\n", style.elsewhere).findings())
}

/// What the findings of one row have in common. Those of a package also have their file: what mends
/// them depends on it.
type Likeness<'a> = (
    (Severity, bool, Origin),
    (&'a str, &'a Untrusted),
    Option<(&'a RepoPath, &'a Untrusted, Option<&'a Untrusted>)>,
    Option<usize>,
);

/// Findings that belong into one row, by their first.
fn group<'a>(findings: &[&'a Decided]) -> Vec<Vec<&'a Decided>> {
    let mut rows: BTreeMap<Likeness<'_>, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Decided>> = Vec::new();
    for (index, decided) in findings.iter().enumerate() {
        let finding = &decided.finding;
        let observation = &finding.observation;
        let package = observation.package.as_ref();
        // What somebody has accepted has a reason of its own.
        let alone = !comparison::is_open(decided);
        let likeness = (
            (
                decided.effective,
                observation.severity.is_some(),
                finding.provenance.origin,
            ),
            (escape::json(&observation.rule), &observation.title),
            package.map(|p| (&finding.location.path, &p.name, p.version.as_ref())),
            alone.then_some(index),
        );
        let row = *rows.entry(likeness).or_insert(groups.len());
        match groups.get_mut(row) {
            Some(group) => group.push(decided),
            None => groups.push(vec![decided]),
        }
    }
    groups
}

fn row(
    assessment: &Assessment,
    group: &[&Decided],
    known: bool,
    style: &Style<'_>,
) -> Option<Entry> {
    let decided = *group.first()?;
    let finding = &decided.finding;
    let fix = match &decided.disposition {
        Disposition::Waived(..) | Disposition::Suppressed(_) | Disposition::Informational(_) => {
            phrase::decision(decided).show(style.sink)
        }
        _ => phrase::fix(finding)
            .map(|fix| fix.show(style.sink))
            .unwrap_or_default(),
    };
    let places = group.iter().take(MAX_PLACES);
    let places: Vec<String> = places
        .map(|decided| style.place(assessment, &decided.finding.location))
        .collect();
    let more = match group.len().saturating_sub(MAX_PLACES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let text = format!(
        "| {} {}| {} {} | {}{more} | {fix} |\n",
        phrase::severity(decided),
        match known {
            true => format!("| {} ", finding.provenance.origin.word()),
            false => String::new(),
        },
        headline(decided, style),
        escape::markdown_up_to(&finding.observation.title, ROW_TITLE),
        places.join(", "),
    );
    Some(Entry {
        text,
        stands_for: group.len(),
    })
}

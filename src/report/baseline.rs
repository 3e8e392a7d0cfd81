//! What has changed since a baseline was written: as text, and as JSON for machines.

use super::console::SINK;
use super::resolved;
use crate::baseline::{Change, Fate, Line};
use crate::escape;
use crate::model::Reason;
use serde::Serialize;
use std::fmt::Write as _;

/// Findings of one fate that the text shows; the rest is counted.
const MAX_SHOWN: usize = 50;

/// Version of the JSON.
const VERSION: u32 = 1;

/// The text: what is new first, what is known only as a number.
pub fn render(changes: &[Change], fates: &[Fate]) -> String {
    let mut out = String::new();
    for fate in fates {
        let of_fate: Vec<&Change> = changes.iter().filter(|c| c.fate == *fate).collect();
        if of_fate.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{} ({})", title(*fate), of_fate.len());
        for change in of_fate.iter().take(MAX_SHOWN) {
            if let Some(row) = row(change) {
                let _ = writeln!(out, "  {row}");
            }
        }
        if let Some(more) = of_fate.len().checked_sub(MAX_SHOWN).filter(|n| *n > 0) {
            let _ = writeln!(out, "  … and {more} more");
        }
        out.push('\n');
    }
    out
}

/// Every fate with its number, as one line: `2 new, 10 known, 1 resolved`.
pub fn counts(changes: &[Change]) -> String {
    let number = |fate: Fate| changes.iter().filter(|c| c.fate == fate).count();
    let parts: Vec<String> = Fate::ALL
        .into_iter()
        .filter(|fate| number(*fate) > 0)
        .map(|fate| format!("{} {}", number(fate), fate.word()))
        .collect();
    match parts.is_empty() {
        true => "no findings".to_owned(),
        false => parts.join(", "),
    }
}

fn title(fate: Fate) -> &'static str {
    match fate {
        Fate::New => "New",
        Fate::Ambiguous => "Ambiguous, counted as new",
        Fate::Moved => "Moved",
        Fate::Renamed => "In a file with a new name",
        Fate::Bumped => "In another version, still vulnerable",
        Fate::Alias => "By another name of the advisory",
        Fate::Known => "Known",
        Fate::Resolved => "Resolved",
        Fate::Unseen => "Not looked at",
    }
}

fn row(change: &Change) -> Option<String> {
    let entry = change.entry()?;
    let phrase = resolved::entry(entry).show(&SINK);
    let mut text = format!("{:<8}  {phrase}", entry.severity);
    let was = match (&change.was, change.fate) {
        (Some(was), Fate::Moved | Fate::Renamed) => Some(resolved::place(was)),
        (Some(was), Fate::Bumped) => Some(resolved::package(was)),
        _ => None,
    };
    if let Some(was) = was {
        let _ = write!(text, " (was {})", escape::terminal(was));
    }
    if change.fate.is_new() {
        let _ = write!(text, "\n            {}", change.why);
    }
    Some(text)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    /// False where evidence is missing, so that more may be new.
    complete: bool,
    gaps: Vec<&'a str>,
    changes: Vec<ChangeOut<'a>>,
}

#[derive(Serialize)]
struct ChangeOut<'a> {
    fate: &'static str,
    reason: &'static str,
    now: Option<Line<'a>>,
    was: Option<Line<'a>>,
}

/// The JSON, ending in a line break. Findings and entries have the form of the baseline's lines.
pub fn json(changes: &[Change], gaps: &[&Reason]) -> String {
    let document = Document {
        version: VERSION,
        complete: gaps.is_empty(),
        gaps: gaps.iter().map(|gap| gap.text.as_str()).collect(),
        changes: changes
            .iter()
            .map(|change| ChangeOut {
                fate: change.fate.word(),
                reason: change.why,
                now: change.now.as_ref().map(Line::of),
                was: change.was.as_ref().map(Line::of),
            })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

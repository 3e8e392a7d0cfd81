//! A simulation for a terminal or a CI log.

use super::{Replay, Shift, Simulation, Unread};
use crate::bundle::Then;
use crate::escape;
use crate::model::{Untrusted, Verdict};
use crate::report::phrase::count;
use std::fmt::Write as _;

/// Findings shown of one run and one direction; the rest is counted.
const MAX_SHOWN: usize = 10;

/// The table, what differs below each run, and the sum.
pub fn render(simulation: &Simulation) -> String {
    let mut out = format!("policy {}", names(&simulation.policy));
    match &simulation.against {
        Some(against) => {
            let _ = writeln!(out, ", compared with {}\n", names(against));
        }
        None => out.push_str(", compared with the verdicts of the time\n\n"),
    }
    let rows: Vec<[String; 5]> = simulation.runs.iter().map(row).collect();
    let header = ["run", "event", "day", "before", "after"].map(str::to_owned);
    let mut widths = header.clone().map(|cell| cell.chars().count());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if !rows.is_empty() {
        line(&header, widths, &mut out);
    }
    for (row, replay) in rows.iter().zip(&simulation.runs) {
        line(row, widths, &mut out);
        below(replay, &mut out);
    }
    for Unread { name, why, detail } in &simulation.unread {
        let _ = write!(out, "{}  cannot be read: {why}", escape::terminal(name));
        if let Some(detail) = detail {
            let _ = write!(out, ": {}", escape::terminal_up_to(detail, 200));
        }
        out.push('\n');
    }
    let _ = writeln!(out, "\n{}", sum(simulation));
    out
}

fn names(sources: &[Untrusted]) -> String {
    let names: Vec<String> = sources.iter().map(escape::terminal).collect();
    names.join(" + ")
}

fn row(replay: &Replay) -> [String; 5] {
    [
        escape::terminal(&replay.name),
        replay.event.word().to_owned(),
        replay.day.to_string(),
        replay.before.word().to_owned(),
        replay.after.word().to_owned(),
    ]
}

fn line(row: &[String; 5], widths: [usize; 5], out: &mut String) {
    let cells: Vec<String> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:<width$}"))
        .collect();
    let _ = writeln!(out, "{}", cells.join("  ").trim_end());
}

fn below(replay: &Replay, out: &mut String) {
    if replay.becomes(Verdict::Incomplete) {
        for gap in &replay.gaps {
            let scanner = gap.scanner.as_ref().map(|id| format!("{id}: "));
            let _ = writeln!(
                out,
                "  missing           {}{}",
                scanner.unwrap_or_default(),
                gap.text
            );
        }
    }
    shown("now blocks", &replay.blocks, out);
    shown("no longer blocks", &replay.passes, out);
    if replay.others > 0 {
        let others = count(replay.others, "finding");
        let _ = writeln!(
            out,
            "  decided otherwise {others}, without a difference in blocking"
        );
    }
}

fn shown(what: &str, shifts: &[Shift], out: &mut String) {
    for shift in shifts.iter().take(MAX_SHOWN) {
        let Some(then) = shift.either() else {
            continue;
        };
        let _ = writeln!(
            out,
            "  {what:<16}  {}  {:<8}  {}  {}\n  {:<16}  {}, was {}",
            then.fingerprint,
            then.severity.word(),
            escape::terminal_up_to(&then.name, 60),
            escape::terminal_up_to(&then.title, 60),
            "",
            fate(shift.after.as_ref()),
            fate(shift.before.as_ref()),
        );
    }
    if let Some(more) = shifts.len().checked_sub(MAX_SHOWN).filter(|n| *n > 0) {
        let _ = writeln!(
            out,
            "  {what:<16}  … and {more} more; --format json lists all"
        );
    }
}

fn fate(then: Option<&Then>) -> String {
    let Some(then) = then else {
        return "not there".to_owned();
    };
    match &then.gate {
        Some(gate) => format!(
            "{} by \"{}\"",
            then.disposition,
            escape::terminal_up_to(&gate.name, 80)
        ),
        None => then.disposition.to_owned(),
    }
}

/// `2 of 31 runs would now block, 1 would no longer block`.
fn sum(simulation: &Simulation) -> String {
    let number =
        |test: &dyn Fn(&Replay) -> bool| simulation.runs.iter().filter(|r| test(r)).count();
    let all = count(simulation.runs.len(), "run");
    let mut parts = vec![format!(
        "{} of {all} would now block",
        number(&|r| r.becomes(Verdict::Block))
    )];
    for (number, what) in [
        (
            number(&|r| r.leaves(Verdict::Block)),
            "would no longer block",
        ),
        (
            number(&|r| r.becomes(Verdict::Incomplete)),
            "would now be incomplete",
        ),
        (number(&|r| !r.differs()), "would end as before"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    }
    if !simulation.unread.is_empty() {
        parts.push(format!("{} could not be read", simulation.unread.len()));
    }
    parts.join(", ")
}

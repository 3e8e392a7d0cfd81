//! `lockgate canary`: does the gate stop what is known to be bad?

use super::policy;
use super::request::open;
use crate::canary::{self, Trial};
use crate::cli::Canary;
use crate::edge::clock;
use crate::edge::terminal::{self, Stream};
use crate::error::{Error, verdict_code};
use crate::escape;
use crate::ingest::Expected;
use crate::model::{GateName, Verdict};
use std::fmt::Write as _;

/// Tries the canaries and shows what became of each. The exit code is that of an incomplete verdict
/// when one came through: nobody can trust a gate that lets known bad pass.
pub fn run(args: &Canary) -> Result<u8, Error> {
    let root = open(&args.path, "canary")?;
    let colour = terminal::wants_colour(Stream::Err);
    let policy = policy::load(args.policy.as_deref(), &root, colour)?;
    let now = clock::now();
    let mut trials = Vec::new();
    for name in &args.tools {
        let expected = Expected::named(name)
            .ok_or_else(|| Error::usage("--tool needs a scanner's name").detail(name.as_str()))?;
        trials.push(canary::one(&expected.scanner, &policy, now));
    }
    if trials.is_empty() {
        trials = canary::all(&policy, now);
    }
    terminal::out(table(&trials).as_bytes());
    let through = trials.iter().any(|trial| trial.escape().is_some());
    Ok(verdict_code(match through {
        true => Verdict::Incomplete,
        false => Verdict::Pass,
    }))
}

fn table(trials: &[Trial]) -> String {
    let header = ["adapter", "read as", "bad report", "broken report", "gate"].map(str::to_owned);
    let mut rows = vec![header];
    rows.extend(trials.iter().map(row));
    let widths: Vec<usize> = (0..5)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text.push('\n');
    let escaped = || trials.iter().filter_map(|t| Some((t, t.escape()?)));
    for (trial, escape) in escaped() {
        let gate = escape.gate.as_ref();
        let gate = gate.map(|gate| format!(" \"{}\"", escape::terminal(gate)));
        let gate = gate.unwrap_or_default();
        let _ = writeln!(text, "THROUGH: {}: {}{gate}", trial.scanner, escape.text);
    }
    if escaped().next().is_none() {
        text.push_str("Every canary was stopped.\n");
    }
    text
}

fn row(trial: &Trial) -> [String; 5] {
    let disposition = trial.disposition.as_ref();
    let gate = disposition.and_then(|d| d.gate());
    let gate = gate.map(|GateName { name, source }| {
        format!(
            "\"{}\" of {}",
            escape::terminal(name),
            escape::terminal(source)
        )
    });
    [
        match trial.scanner.as_str() {
            canary::DRIVER => "any tool".to_owned(),
            scanner => scanner.to_owned(),
        },
        trial.format.unwrap_or("nothing").to_owned(),
        disposition.map_or("not seen", |d| d.word()).to_owned(),
        trial.broken.to_string(),
        gate.unwrap_or_default(),
    ]
}

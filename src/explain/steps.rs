//! A trace in sentences.

use super::Line;
use crate::model::Untrusted;
use crate::policy::{Action, Answer, Clause, GateStep, Trace, WaiverStep, WayOut};
use crate::report::phrase::Phrase;

/// Alternatives of a clause that are named; a waiver may list hundreds.
const MAX_WORDS: usize = 8;

/// Waivers that nearly match and are shown.
const MAX_WAIVERS: usize = 5;

/// Every gate that was asked, with the clauses that kept it from matching; all clauses of the one
/// that decided.
pub fn steps(trace: &Trace) -> Vec<Line> {
    if let Some(why) = trace.unasked {
        return vec![Line::new(
            0,
            Phrase::default().ours(format!("no gate was asked: {why}")),
        )];
    }
    let mut lines = Vec::new();
    for (at, step) in trace.gates.iter().enumerate() {
        let decides = trace.decided == Some(at);
        let answer = match (step.answer, decides) {
            (Answer::No, _) => "does not match",
            (Answer::Yes, true) => "matches, and decides",
            (Answer::Yes, false) => "matches, and a gate before it is stricter",
            (Answer::Unknown, true) => "may match, and so decides",
            (Answer::Unknown, false) => "may match, which is not enough",
        };
        let phrase = Phrase::default()
            .title(&step.gate.name)
            .ours(" of ")
            .name(&step.gate.source)
            .ours(format!(" ({}): {answer}", action(step.action)));
        lines.push(Line::new(0, phrase));
        if step.clauses.is_empty() {
            lines.push(Line::new(
                1,
                Phrase::default().ours("it is about every finding"),
            ));
        }
        let open = step
            .clauses
            .iter()
            .filter(|c| decides || c.answer != Answer::Yes);
        open.for_each(|one| clause(one, 1, &mut lines));
    }
    if trace.gates.is_empty() {
        lines.push(Line::new(
            0,
            Phrase::default().ours("the policy has no gates"),
        ));
    } else if trace.decided.is_none() {
        lines.push(Line::new(
            0,
            Phrase::default().ours("no gate speaks of it, so it passes"),
        ));
    }
    lines
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Block => "blocks",
        Action::Warn => "warns",
        Action::Allow => "allows",
    }
}

/// `severity: wants >=high; it has medium`.
fn clause(clause: &Clause, depth: usize, lines: &mut Vec<Line>) {
    let fits = match clause.answer {
        Answer::Yes => "fits",
        Answer::No => "does not fit",
        Answer::Unknown => "not known",
    };
    lines.push(Line::new(depth, said(clause).ours(format!(": {fits}"))));
    for part in &clause.parts {
        self::clause(part, depth + 1, lines);
    }
}

/// A clause without its answer.
fn said(clause: &Clause) -> Phrase {
    let mut phrase = Phrase::default().ours(clause.key);
    if clause.wants.is_empty() {
        return phrase;
    }
    phrase = among(phrase.ours(" wants "), &clause.wants, " or ");
    phrase = match clause.found.values.as_slice() {
        [] => phrase,
        values => among(phrase.ours("; it has "), values, ", "),
    };
    match clause.found.note {
        Some(note) => phrase.ours(format!(" ({note})")),
        None => phrase,
    }
}

fn among(mut phrase: Phrase, words: &[Untrusted], between: &str) -> Phrase {
    for (index, word) in words.iter().take(MAX_WORDS).enumerate() {
        if index > 0 {
            phrase = phrase.ours(between);
        }
        phrase = phrase.name(word);
    }
    match words.len().checked_sub(MAX_WORDS) {
        Some(more) if more > 0 => phrase.ours(format!(" and {more} more")),
        _ => phrase,
    }
}

/// The waiver that accepts it, those that would but for their day, and those that nearly do.
pub fn waivers(trace: &Trace) -> Vec<Line> {
    let mut lines = Vec::new();
    for step in trace.waivers.iter().take(MAX_WAIVERS) {
        let accepts = trace.waived == Some(step.index);
        let answer = match (step.answer, step.expired, accepts) {
            (_, _, true) => "accepts it",
            (Answer::Yes, true, _) => "would accept it, and is expired",
            (Answer::Yes, false, _) => "matches it, and is not needed",
            (_, true, _) => "nearly matches, and is expired",
            _ => "nearly matches",
        };
        lines.push(Line::new(0, waiver(step).ours(format!(": {answer}"))));
        let open = step.clauses.iter().filter(|c| c.answer != Answer::Yes);
        open.for_each(|one| clause(one, 1, &mut lines));
    }
    if let Some(more) = trace
        .waivers
        .len()
        .checked_sub(MAX_WAIVERS)
        .filter(|n| *n > 0)
    {
        lines.push(Line::new(
            0,
            Phrase::default().ours(format!("and {more} more")),
        ));
    }
    lines
}

fn waiver(step: &WaiverStep) -> Phrase {
    let (source, line) = &step.place;
    Phrase::default()
        .title(&step.subject)
        .ours(" of ")
        .name(source)
        .ours(format!(", line {line}, by "))
        .name(&step.owner)
        .ours(format!(" until {}", step.expires))
}

/// What would have changed the outcome, apart from mending the finding.
pub fn ways_out(trace: &Trace) -> Vec<Phrase> {
    let gate = |at: &usize| trace.gates.get(*at);
    let waiver_at = |at: &usize| trace.waivers.get(*at);
    let one = |way: &WayOut| -> Option<Phrase> {
        Some(match way {
            WayOut::Renew(at) => Phrase::default()
                .ours("renew the waiver ")
                .title(&waiver_at(at)?.subject)
                .ours(format!(", which expired on {}", waiver_at(at)?.expires)),
            WayOut::Waiver(at, clause) => {
                let phrase = Phrase::default().ours("the waiver ");
                let phrase = phrase.title(&waiver_at(at)?.subject);
                phrase
                    .ours(" would accept it but for one thing: ")
                    .and(said(clause))
            }
            WayOut::Gate(at, clause) => milder(gate(at)?, clause),
            WayOut::Learn(clause) => Phrase::default()
                .ours("it is stopped because something is not known: ")
                .and(said(clause)),
            WayOut::Nothing => return None,
        })
    };
    trace.ways_out.iter().filter_map(one).collect()
}

fn milder(step: &GateStep, clause: &Clause) -> Phrase {
    let would = match step.action {
        Action::Allow => "would have let it pass",
        Action::Warn => "would only have warned",
        Action::Block => "would have blocked it",
    };
    Phrase::default()
        .ours("gate ")
        .title(&step.gate.name)
        .ours(format!(" {would} but for one thing: "))
        .and(said(clause))
}

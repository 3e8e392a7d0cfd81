//! The summary for a terminal or a CI log.

use super::comparison;
use super::day::day;
use super::further;
use super::next;
use super::phrase::{self, Sink};
use super::resolved;
use super::review;
use super::schedule;
use crate::escape;
use crate::model::{
    Assessment, Certainty, Decided, Finding, HealthLevel, Kind, Problem, Reason, Run, Severity,
    Untrusted, Verdict,
};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;

/// Findings shown one by one; the rest is counted.
const MAX_BLOCKING: usize = 50;
const MAX_WARNING: usize = 15;
const MAX_SCHEDULED: usize = 20;
const MAX_ITEMS: usize = 5;
const MAX_CHANGES: usize = 30;

/// How a terminal shows the parts of a sentence.
pub static SINK: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| escape::terminal(name),
    title: |title| format!("\"{}\"", escape::terminal(title)),
    line: |line| escape::terminal(line),
    words: |words| escape::terminal(words),
};

/// Styles, or none.
struct Paint(bool);

impl Paint {
    fn with(&self, style: Style, text: impl std::fmt::Display) -> String {
        if self.0 {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }

    fn bold(&self, text: impl std::fmt::Display) -> String {
        self.with(Style::new().bold(), text)
    }

    fn dim(&self, text: impl std::fmt::Display) -> String {
        self.with(Style::new().dimmed(), text)
    }

    fn colour(&self, colour: AnsiColor, text: impl std::fmt::Display) -> String {
        self.with(Style::new().fg_color(Some(colour.into())).bold(), text)
    }
}

/// The summary; no line of it can be taken for a workflow command.
pub fn render(assessment: &Assessment, colour: bool) -> String {
    let paint = Paint(colour);
    let mut out = String::new();
    if !assessment.runs.is_empty() {
        scanners(&assessment.runs, &paint, &mut out);
    }
    compared(assessment, &paint, &mut out);
    scheduled(assessment, &paint, &mut out);
    findings(assessment, &paint, &mut out);
    resolved(assessment, &paint, &mut out);
    waivers(assessment, &paint, &mut out);
    policy(assessment, &paint, &mut out);
    verdict(assessment, &paint, &mut out);
    next(assessment, &paint, &mut out);
    out
}

/// What one share of a divided check has gathered; it decides nothing.
pub fn share(runs: &[Run], number: u32, of: u32, colour: bool) -> String {
    let paint = Paint(colour);
    let mut out = String::new();
    if !runs.is_empty() {
        scanners(runs, &paint, &mut out);
    }
    let failed = runs
        .iter()
        .any(|run| run.health.level() == HealthLevel::Failed);
    let (colour, said) = match failed {
        true => (AnsiColor::Red, "evidence is missing or damaged"),
        false => (AnsiColor::Green, "the evidence is gathered"),
    };
    let _ = writeln!(
        out,
        "{}",
        paint.colour(colour, format!("shard {number} of {of}: {said}"))
    );
    out.push_str("  lockgate merge decides, when all shards are there\n");
    out
}

fn scanners(runs: &[Run], paint: &Paint, out: &mut String) {
    let header = ["scanner", "health", "looked at", "findings", "report"].map(str::to_owned);
    let mut rows = vec![header];
    rows.extend(runs.iter().map(row));
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| match column {
                3 => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            })
            .collect();
        let line = cells.join("  ");
        let line = line.trim_end();
        let run = index.checked_sub(1).and_then(|i| runs.get(i));
        let line = match run {
            None => paint.dim(line),
            Some(run) => match run.health.level() {
                HealthLevel::Complete | HealthLevel::Skipped => line.to_owned(),
                HealthLevel::Partial => paint.colour(AnsiColor::Yellow, line),
                HealthLevel::Failed => paint.colour(AnsiColor::Red, line),
            },
        };
        let _ = writeln!(out, "{line}");
        for problem in run.map(|run| run.health.problems()).unwrap_or_default() {
            about(problem, "!", out);
        }
        if let Some(provenance) = run.and_then(|run| phrase::provenance(&run.coverage)) {
            let _ = writeln!(out, "{}", paint.dim(format!("  {provenance}")));
        }
        for note in run.map(|run| run.notes.as_slice()).unwrap_or_default() {
            about(note, "-", out);
        }
    }
    out.push('\n');
}

/// What new and old is told by.
fn compared(assessment: &Assessment, paint: &Paint, out: &mut String) {
    let sentence = comparison::sentence(assessment).show(&SINK);
    let sentence = match comparison::is_broken(assessment) {
        true => paint.colour(AnsiColor::Yellow, format!("! {sentence}")),
        false => sentence,
    };
    let _ = writeln!(out, "{sentence}\n");
}

fn row(run: &Run) -> [String; 5] {
    let looked_at = run.health.work().map(phrase::work);
    [
        run.scanner.to_string(),
        run.health.level().word().to_owned(),
        looked_at.unwrap_or_else(|| "nothing".to_owned()),
        run.findings.to_string(),
        run.report
            .as_ref()
            .map(escape::terminal)
            .unwrap_or_default(),
    ]
}

fn about(problem: &Problem, mark: &str, out: &mut String) {
    let _ = write!(out, "  {mark} {}", problem.text);
    if let Some(detail) = &problem.detail {
        let _ = write!(out, ": {}", escape::terminal_up_to(detail, 200));
    }
    out.push('\n');
    if !problem.items.is_empty() {
        let names: Vec<String> = problem
            .items
            .iter()
            .take(MAX_ITEMS)
            .map(escape::terminal)
            .collect();
        let more = problem.items.len().saturating_sub(MAX_ITEMS);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let _ = writeln!(out, "    {}{more}", names.join(", "));
    }
}

/// How time has passed.
fn scheduled(assessment: &Assessment, paint: &Paint, out: &mut String) {
    let Some(times) = &assessment.schedule else {
        return;
    };
    let _ = writeln!(out, "{}\n", schedule::memory(times));
    for section in schedule::sections(assessment, MAX_SCHEDULED) {
        let _ = writeln!(out, "{}\n", paint.bold(&section.title));
        for line in &section.lines {
            let _ = writeln!(out, "  {}", line.show(&SINK));
        }
        out.push('\n');
        more(section.lines.len() + section.more, section.lines.len(), out);
    }
}

fn findings(assessment: &Assessment, paint: &Paint, out: &mut String) {
    let blocking: Vec<&Decided> = assessment.blocking().collect();
    if !blocking.is_empty() {
        let _ = writeln!(
            out,
            "{}\n",
            paint.bold(format!("What blocks ({})", blocking.len()))
        );
        for decided in blocking.iter().take(MAX_BLOCKING) {
            long(assessment, decided, paint, out);
        }
        more(blocking.len(), MAX_BLOCKING, out);
    }
    let mut warning: Vec<&Decided> = assessment.warning().collect();
    warning.retain(|decided| !schedule::is_listed(assessment, decided));
    if !warning.is_empty() {
        let _ = writeln!(
            out,
            "{}\n",
            paint.bold(format!("To look at ({})", warning.len()))
        );
        for decided in warning.iter().take(MAX_WARNING) {
            short(assessment, decided, paint, out);
        }
        out.push('\n');
        more(warning.len(), MAX_WARNING, out);
    }
}

fn more(number: usize, shown: usize, out: &mut String) {
    if let Some(more) = number.checked_sub(shown).filter(|n| *n > 0) {
        let _ = writeln!(out, "  … and {more} more; --output json=PATH lists all\n");
    }
}

fn severity(decided: &Decided, paint: &Paint) -> String {
    let colour = match decided.effective {
        Severity::Critical => AnsiColor::Magenta,
        Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low | Severity::Info => AnsiColor::Cyan,
    };
    paint.colour(colour, phrase::severity(decided))
}

fn long(assessment: &Assessment, decided: &Decided, paint: &Paint, out: &mut String) {
    let finding = &decided.finding;
    let title = escape::terminal_up_to(&finding.observation.title, 160);
    let _ = writeln!(
        out,
        "  {}  {}  {title}",
        severity(decided, paint),
        paint.bold(escape::terminal(phrase::headline(finding))),
    );
    let mut place = escape::terminal(phrase::place(&finding.location));
    if let Some(target) = &finding.location.target {
        place.push_str(&format!(", in {}", escape::terminal(target)));
    } else if finding.location.certainty == Certainty::Assumed {
        place.push_str(" (the report names no file)");
    }
    let _ = writeln!(out, "    where  {place}");
    if let Some(also) = further::places(finding, &|place| escape::terminal(place)) {
        let _ = writeln!(out, "    also   {also}");
    }
    if let Some(package) = phrase::package(finding) {
        let _ = writeln!(out, "    what   {}", package.show(&SINK));
    }
    if let Some(what) = exactly(finding) {
        let _ = writeln!(out, "    what   {}", escape::terminal_up_to(&what, MESSAGE));
    }
    if let Some(fix) = phrase::fix(finding) {
        let _ = writeln!(out, "    fix    {}", fix.show(&SINK));
    }
    if let Some(origin) = comparison::origin(assessment, decided) {
        let _ = writeln!(out, "    origin {origin}");
    }
    let _ = writeln!(out, "    why    {}", phrase::decision(decided).show(&SINK));
    let _ = writeln!(
        out,
        "    seen   {}\n",
        paint.dim(format!(
            "by {}; fingerprint {}",
            phrase::witnesses(finding),
            finding.fingerprint
        ))
    );
}

/// What a scanner says of this very place beyond the title: which header is lost where, what else belongs to it.
fn exactly(finding: &Finding) -> Option<Untrusted> {
    let observation = &finding.observation;
    let more = observation.message.beyond(&observation.title);
    (observation.kind == Kind::Config && !more.is_empty()).then_some(more)
}

/// Characters of a finding's own words that are shown, at most.
const MESSAGE: usize = 400;

fn short(assessment: &Assessment, decided: &Decided, paint: &Paint, out: &mut String) {
    let finding = &decided.finding;
    let origin = match comparison::is_known(assessment) {
        true => format!("{}  ", finding.provenance.origin.word()),
        false => String::new(),
    };
    let _ = writeln!(
        out,
        "  {}  {origin}{}  {}  {}",
        severity(decided, paint),
        escape::terminal(phrase::headline(finding)),
        escape::terminal(phrase::place(&finding.location)),
        escape::terminal_up_to(&finding.observation.title, 80),
    );
}

fn resolved(assessment: &Assessment, paint: &Paint, out: &mut String) {
    if let Some((title, lines)) = resolved::list(assessment, &SINK) {
        let _ = writeln!(out, "{}\n\n  {}\n", paint.bold(title), lines.join("\n  "));
    }
}

fn waivers(assessment: &Assessment, paint: &Paint, out: &mut String) {
    let (notes, more) = phrase::notes(assessment);
    if notes.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}\n", paint.bold("Waivers to look at"));
    for note in notes {
        let _ = writeln!(
            out,
            "  {}:{}  {}: {} (owner {})",
            escape::terminal(&note.source),
            note.line,
            escape::terminal(&note.subject),
            note.text,
            escape::terminal(&note.owner),
        );
    }
    if more > 0 {
        let _ = writeln!(out, "  and {more} more, in the JSON");
    }
    out.push('\n');
}

/// What the judged change makes of the policy.
fn policy(assessment: &Assessment, paint: &Paint, out: &mut String) {
    let Some(review) = review::review(assessment) else {
        return;
    };
    let title = match review.urgent {
        true => paint.colour(AnsiColor::Yellow, review.title),
        false => paint.bold(review.title),
    };
    let _ = writeln!(out, "{title}\n");
    for line in review::lines(&review, MAX_CHANGES, &SINK) {
        let _ = writeln!(out, "  {line}");
    }
    for (number, line) in review.after.iter().enumerate() {
        let indent = if number == 0 { "  " } else { "    " };
        let _ = writeln!(out, "{indent}{}", line.show(&SINK));
    }
    let _ = writeln!(out, "  {}\n", review::NOTE);
}

fn verdict(assessment: &Assessment, paint: &Paint, out: &mut String) {
    let (colour, word) = match assessment.verdict {
        Verdict::Pass => (AnsiColor::Green, "PASS"),
        Verdict::Warn => (AnsiColor::Yellow, "PASS WITH WARNINGS"),
        Verdict::Block => (AnsiColor::Red, "BLOCKED"),
        Verdict::Incomplete => (AnsiColor::Red, "INCOMPLETE"),
    };
    let policy = review::policy(assessment).show(&SINK);
    let _ = writeln!(
        out,
        "{}  {}",
        paint.colour(colour, word),
        paint.dim(format!("{policy}, {}", day(assessment))),
    );
    for reason in &assessment.reasons {
        let _ = writeln!(out, "  {}", sentence(reason));
    }
    let accepted = phrase::accepted(assessment);
    if !accepted.is_empty() {
        let _ = writeln!(out, "  {}", accepted.join(", "));
    }
    if assessment.reasons.is_empty() {
        let _ = writeln!(out, "  every scanner did its work, and no gate objects");
    }
}

fn sentence(reason: &Reason) -> String {
    let detail = reason.detail.as_ref().map(escape::terminal);
    match (&reason.scanner, detail) {
        (Some(scanner), Some(report)) => format!("{scanner}: {} ({report})", reason.text),
        (Some(scanner), None) => format!("{scanner}: {}", reason.text),
        (None, Some(gate)) => format!("{} \"{gate}\"", reason.text),
        (None, None) => reason.text.clone(),
    }
}

/// What the reader can do now.
fn next(assessment: &Assessment, paint: &Paint, out: &mut String) {
    let steps = next::steps(assessment);
    if steps.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", paint.bold("Next"));
    for step in steps {
        let code = step.code.map(|code| format!(" {code}"));
        let _ = writeln!(out, "  - {}{}", step.text, code.unwrap_or_default());
    }
}

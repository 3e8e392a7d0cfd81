//! Explanations for people: a terminal, or GitHub's Markdown.

use super::sections::sections;
use super::{Explained, Line, Missing};
use crate::escape;
use crate::model::{Decided, Foreign, Untrusted};
use crate::report::phrase::{self, Phrase, Sink, count};
use std::fmt::Write as _;

/// Where it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A terminal or a CI log.
    Text,
    /// GitHub's Markdown.
    Markdown,
}

static TEXT: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| escape::terminal(name),
    title: |title| format!("\"{}\"", escape::terminal(title)),
    line: |line| escape::terminal(line),
    words: |words| escape::terminal(words),
};

static MARKDOWN: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| escape::markdown_code(name),
    title: |title| escape::markdown_code(title),
    line: |line| escape::markdown_code(line),
    words: |words| escape::markdown(words),
};

/// Findings that a list shows.
const MAX_LISTED: usize = 50;

impl Line {
    /// The sentence alone, escaped.
    pub fn show(&self, style: Style) -> String {
        self.phrase.show(style.sink())
    }
}

impl Style {
    fn sink(self) -> &'static Sink {
        match self {
            Self::Text => &TEXT,
            Self::Markdown => &MARKDOWN,
        }
    }

    fn escape(self, text: impl Foreign) -> String {
        match self {
            Self::Text => escape::terminal_up_to(text, 160),
            Self::Markdown => escape::markdown_up_to(text, 160),
        }
    }

    fn line(self, line: &Line, out: &mut String) {
        let text = line.phrase.show(self.sink());
        let indent = "  ".repeat(line.depth);
        let _ = match self {
            Self::Text => writeln!(out, "  {indent}{text}"),
            Self::Markdown => writeln!(out, "{indent}- {text}"),
        };
    }

    fn heading(self, text: &str, out: &mut String) {
        let _ = match self {
            Self::Text => writeln!(out, "\n{text}"),
            Self::Markdown => writeln!(out, "\n#### {text}\n"),
        };
    }
}

/// One finding, with all that explains it.
pub fn render(explained: &Explained<'_>, style: Style) -> String {
    let mut out = String::new();
    let decided = explained.decided;
    let finding = &decided.finding;
    let title = style.escape(&finding.observation.title);
    let name = style.escape(phrase::headline(finding));
    let _ = match style {
        Style::Text => writeln!(out, "{name}  {title}\nfingerprint {}", finding.fingerprint),
        Style::Markdown => writeln!(
            out,
            "### {name} {title}\n\nFingerprint `{}`",
            finding.fingerprint
        ),
    };
    for section in sections(explained) {
        style.heading(section.title, &mut out);
        for line in &section.lines {
            style.line(line, &mut out);
        }
    }
    out
}

fn listed(decided: &Decided) -> Line {
    let finding = &decided.finding;
    let phrase = Phrase::default()
        .ours(format!(
            "{}  {:<8}  ",
            finding.fingerprint,
            decided.effective.word()
        ))
        .name(&phrase::headline(finding))
        .ours("  ")
        .name(&phrase::place(&finding.location))
        .ours(format!("  {}", decided.disposition.word()));
    Line::new(0, phrase)
}

/// Several findings, when the word does not tell them apart.
pub fn list(word: &str, found: &[&Decided], style: Style) -> String {
    let word = style.escape(Untrusted::from(word));
    let mut out = format!("{word} means {}:\n\n", count(found.len(), "finding"));
    for decided in found.iter().take(MAX_LISTED) {
        style.line(&listed(decided), &mut out);
    }
    if let Some(more) = found.len().checked_sub(MAX_LISTED).filter(|n| *n > 0) {
        let _ = writeln!(out, "  … and {more} more");
    }
    out.push_str("\nName one by its fingerprint: lockgate explain FINGERPRINT\n");
    out
}

/// What is known of a finding that is not there.
pub fn missing(word: &str, missing: &Missing<'_>, style: Style) -> String {
    let word = style.escape(Untrusted::from(word));
    let among = count(missing.findings, "finding");
    let mut out = format!("There is no finding {word} among the {among} of this check.\n");
    if !missing.near.is_empty() {
        style.heading("Fingerprints that begin like it", &mut out);
        for decided in &missing.near {
            style.line(&listed(decided), &mut out);
        }
    }
    if !missing.known.is_empty() {
        style.heading("The baseline knows it", &mut out);
        for (entry, resolved) in &missing.known {
            let so = match resolved {
                true => "resolved: its scanner has worked and does not see it any more",
                false => "its scanner gave no evidence now, so nobody can say",
            };
            let phrase = Phrase::default()
                .ours(format!("{}  {}: ", entry.fingerprint, entry.scanner))
                .words(&entry.title)
                .ours(format!("; {so}"));
            style.line(&Line::new(0, phrase), &mut out);
        }
    }
    if !missing.doubtful.is_empty() {
        style.heading("It may be missing because evidence is", &mut out);
        for run in &missing.doubtful {
            let problem = run.health.problems().first();
            let why = problem.map(|p| p.text.as_str()).unwrap_or_default();
            let text = format!("{} is {}: {why}", run.scanner, run.health.level().word());
            let text = match style {
                Style::Text => text,
                Style::Markdown => escape::markdown(Untrusted::from(text)),
            };
            style.line(&Line::new(0, Phrase::default().ours(text)), &mut out);
        }
    } else {
        out.push_str(
            "\nEvery scanner of this check did its work and reports nothing of the kind.\n",
        );
    }
    out
}

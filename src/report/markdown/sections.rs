//! Parts of a page that are not about single findings.

use super::{Style, rank};
use crate::escape;
use crate::model::{Assessment, PolicyNote, Reason, Untrusted, Verdict};
use crate::report::layout::Part;
use crate::report::{comparison, day, next as ways, phrase, resolved as gone, review, schedule};
use std::fmt::Write as _;

/// Lines that are shown of a list of something other than findings.
const MAX_LINES: usize = 50;

/// A picture for the verdict; the words beside it say the same.
pub fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✅",
        Verdict::Warn => "⚠️",
        Verdict::Block => "⛔",
        Verdict::Incomplete => "❓",
    }
}

/// Verdict, numbers, comparison.
pub fn headline(assessment: &Assessment, style: &Style<'_>) -> Part {
    let text = phrase::verdict(assessment);
    let head = format!("## {} {text}\n\n", mark(assessment.verdict));
    Part::text(rank::FIRST, head + &numbers(assessment, style))
}

/// How many findings there are, and what they were compared with.
pub fn numbers(assessment: &Assessment, style: &Style<'_>) -> String {
    let tally = phrase::tally(assessment).join(" · ");
    let compared = comparison::sentence(assessment).show(style.sink);
    match comparison::is_broken(assessment) {
        true => format!("{tally}\n\n> [!WARNING]\n> {compared}\n\n"),
        false => format!("{tally}\n\n{compared}\n\n"),
    }
}

/// Our own sentences may quote a number or a fixed word, but never start markup.
pub fn plain(text: &str) -> String {
    escape::markdown(Untrusted::from(text))
}

/// One line of a list.
pub fn line(line: String) -> crate::report::layout::Entry {
    format!("- {line}\n").into()
}

/// What makes the evidence incomplete.
pub fn gaps(assessment: &Assessment) -> Option<Part> {
    let gaps = assessment.gaps().map(|gap| line(about(gap)));
    Part::list(rank::GAPS, "### Missing evidence\n\n", gaps, "\n")
        .map(|part| part.more("- ", "the JSON report"))
}

/// One reason: who, what, and the foreign words that belong to it.
pub fn about(reason: &Reason) -> String {
    let scanner = reason.scanner.as_ref().map_or("lockgate", |s| s.as_str());
    let detail = reason.detail.as_ref();
    let detail = detail.map(|detail| format!(" ({})", escape::markdown_code(detail)));
    let text = plain(&reason.text);
    format!("**{scanner}**: {text}{}", detail.unwrap_or_default())
}

/// Evidence that is not whole, where the policy accepts that.
pub fn partial(assessment: &Assessment) -> Option<Part> {
    let reasons = assessment.reasons.iter();
    let gaps = reasons.filter(|r| r.verdict == Verdict::Warn && r.scanner.is_some());
    let gaps = gaps.map(|gap| format!("> {}\n\n", about(gap)).into());
    Part::list(rank::GAPS, "", gaps, "").map(|part| part.more("> ", "the JSON report"))
}

/// What the reader can do now.
pub fn next(assessment: &Assessment) -> Option<Part> {
    let steps = ways::steps(assessment).into_iter().map(|step| {
        let code = step.code.map(|code| format!(" `{code}`"));
        line(format!("{}{}", plain(&step.text), code.unwrap_or_default()))
    });
    Part::list(rank::GAPS, "### Next\n\n", steps, "\n")
}

/// What the judged change makes of the policy: before the findings when somebody should look.
pub fn policy(assessment: &Assessment, urgent: bool, style: &Style<'_>) -> Option<Part> {
    let review = review::review(assessment).filter(|review| review.urgent == urgent)?;
    let mark = if urgent { "⚠️ " } else { "" };
    let lines = review::lines(&review, MAX_LINES, style.sink);
    let mut after = String::from("\n");
    for line in &review.after {
        let _ = writeln!(after, "{}  ", line.show(style.sink));
    }
    let _ = writeln!(after, "{}\n", review::NOTE);
    let title = format!("### {mark}{}\n\n", review.title);
    Part::list(rank::POLICY, title, lines.into_iter().map(line), &after)
        .map(|part| part.more("- ", style.elsewhere))
}

/// How time has passed.
pub fn scheduled(assessment: &Assessment, style: &Style<'_>) -> Vec<Part> {
    let Some(times) = &assessment.schedule else {
        return Vec::new();
    };
    let memory = format!("{}\n\n", plain(&schedule::memory(times)));
    let sections = schedule::sections(assessment, MAX_LINES);
    let sections = sections.into_iter().filter_map(|section| {
        let title = format!("### {}\n\n", section.title);
        let lines = section.lines.iter().map(|text| line(text.show(style.sink)));
        let part = Part::list(rank::TIME, title, lines, "\n")?;
        Some(part.beyond(section.more).more("- ", style.elsewhere))
    });
    std::iter::once(Part::text(rank::TIME, memory))
        .chain(sections)
        .collect()
}

/// Waivers that somebody has to look at.
pub fn waivers(assessment: &Assessment, style: &Style<'_>) -> Option<Part> {
    let (notes, more) = phrase::notes(assessment);
    let lines = notes.into_iter().map(|note| line(waiver(note, style)));
    Part::list(rank::WAIVERS, "### Waivers to look at\n\n", lines, "\n")
        .map(|part| part.beyond(more).more("- ", "the JSON report"))
}

fn waiver(note: &PolicyNote, style: &Style<'_>) -> String {
    format!(
        "{} {}, owner {} ({} line {})",
        style.name(&note.subject),
        plain(&note.text),
        style.name(&note.owner),
        style.name(&note.source),
        note.line,
    )
}

/// What is gone since the baseline was written.
pub fn resolved(assessment: &Assessment, folded: bool, style: &Style<'_>) -> Option<Part> {
    let (title, lines) = gone::list(assessment, style.sink)?;
    let (open, close) = match folded {
        true => (
            format!("<details><summary>{title}</summary>\n\n"),
            "\n</details>\n\n",
        ),
        false => (format!("### {title}\n\n"), "\n"),
    };
    Part::list(rank::RESOLVED, open, lines.into_iter().map(line), close)
        .map(|part| part.more("- ", "the JSON report"))
}

/// By what it was judged, and when.
pub fn footer(assessment: &Assessment, style: &Style<'_>) -> Part {
    let text = format!(
        "<sub>lockgate {} · {} · {}</sub>\n",
        env!("CARGO_PKG_VERSION"),
        review::policy(assessment).show(style.sink),
        day::day(assessment),
    );
    Part::text(rank::FIRST, text)
}

//! The text, in GitHub's Markdown.

use super::chart::chart;
use super::matters::Matters;
use super::memory::Memory;
use crate::escape;
use crate::model::{Assessment, Decided, Untrusted, Verdict};
use crate::report::comment::Page;
use crate::report::layout::{self, Measure, Part};
use crate::report::markdown::{Style, findings, rank, sections};
use crate::report::{phrase, review, schedule};
use std::fmt::Write as _;

/// Findings of one list that are shown at most, whatever the room.
const MOST: usize = 200;

/// What the text is made of.
pub struct Text<'a> {
    /// What the scan found.
    pub assessment: &'a Assessment,
    /// What is open of it.
    pub matters: &'a Matters<'a>,
    /// Where it was made, and how much room there is.
    pub page: &'a Page,
    /// The branch that was scanned.
    pub branch: Option<&'a Untrusted>,
    /// What the issue is to remember.
    pub memory: &'a Memory,
    /// What it remembered before was damaged.
    pub anew: bool,
}

/// The text for a scan that has something to say, or nothing any more: the verdict, what is due and
/// oldest, what is new, the scanners, waivers, the rest, the trend.
pub fn body(text: &Text<'_>) -> String {
    let Text {
        assessment,
        matters,
        ..
    } = *text;
    let style = Style::comment(text.page);
    let list = |rank, title, all: &[&Decided]| findings_list(text, &style, rank, title, all);
    let mut parts = vec![Part::text(rank::FIRST, head(text, &style))];
    parts.extend(sections::gaps(assessment));
    parts.extend(list(rank::BLOCKING, "What blocks", &matters.blocking));
    parts.extend(list(rank::TIME, "What will block", &matters.coming));
    parts.extend(list(rank::TIME, "Newly disclosed", &matters.new));
    parts.extend(remarks(matters, &style));
    parts.extend(sections::waivers(assessment, &style));
    parts.extend(findings::warnings_of(assessment, &matters.warning, &style));
    parts.extend(sections::resolved(assessment, true, &style));
    parts.extend(trend(text).map(|trend| Part::text(rank::FIRST, trend)));
    parts.extend(sections::next(assessment));
    parts.extend(later(matters).map(|later| Part::text(rank::GAPS, later)));
    parts.push(Part::text(rank::FIRST, foot(assessment, &style)));
    let memory = text.memory.write() + "\n";
    parts.push(Part::text(rank::FIRST, memory));
    layout::fit(&parts, text.page.room, Measure::Utf16, |number| {
        let there = style.elsewhere;
        let there = match text.page.run() {
            Some(run) => format!("[{there}]({run})"),
            None => there.to_owned(),
        };
        format!(
            "**{number} findings are not shown here**, the least important: an issue holds no more. \
             They are in {there}.\n\n"
        )
    })
}

fn head(text: &Text<'_>, style: &Style<'_>) -> String {
    let (assessment, matters) = (text.assessment, text.matters);
    let words = match (text.memory.clear, assessment.verdict) {
        (Some(day), _) => format!("All clear since {day}"),
        (None, Verdict::Block | Verdict::Incomplete) => phrase::verdict(assessment),
        (None, Verdict::Pass | Verdict::Warn) => "Nothing blocks; there is something to do".into(),
    };
    // A clock that runs is more than a pass.
    let mark = match (text.memory.clear, assessment.verdict) {
        (None, Verdict::Pass) => Verdict::Warn,
        (_, verdict) => verdict,
    };
    let mut out = format!("## {} {words}\n\n", sections::mark(mark));
    let page = text.page;
    let mut facts = vec![format!("Scan of {}", assessment.today)];
    facts.extend(
        text.branch
            .map(|branch| format!("branch {}", style.name(branch))),
    );
    if let Some((commit, short)) = page
        .commit
        .as_deref()
        .and_then(|id| Some((id, id.get(..7)?)))
    {
        let (web, repository) = (&page.web, &page.repository);
        facts.push(format!(
            "commit [{short}]({web}/{repository}/commit/{commit})"
        ));
    }
    facts.extend(page.run().map(|run| format!("[the run]({run})")));
    let _ = writeln!(out, "{}\n", facts.join(" · "));
    if text.memory.clear.is_some() {
        out.push_str("Nothing blocks, nothing warns, and no evidence is missing.\n\n");
        return out;
    }
    let gaps = phrase::count(matters.gaps.len(), "gap");
    let counts = [
        (matters.gaps.len(), format!("{gaps} in the evidence")),
        (
            matters.blocking.len(),
            format!("{} blocking", matters.blocking.len()),
        ),
        (
            matters.coming.len(),
            format!("{} to block later", matters.coming.len()),
        ),
        (matters.new.len(), format!("{} new", matters.new.len())),
        (
            matters.warning.len(),
            format!("{} to look at", matters.warning.len()),
        ),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(_, text)| text)
        .chain(phrase::accepted(assessment))
        .collect();
    if !counts.is_empty() {
        let _ = writeln!(out, "{}\n", counts.join(" · "));
    }
    if let Some(times) = &assessment.schedule {
        let _ = writeln!(out, "{}\n", sections::plain(&schedule::memory(times)));
    }
    out
}

fn findings_list(
    text: &Text<'_>,
    style: &Style<'_>,
    rank: u8,
    title: &str,
    all: &[&Decided],
) -> Option<Part> {
    let open = format!("### {title} ({})\n\n", all.len());
    let entry = |d: &&Decided| findings::entry(text.assessment, d, style).into();
    let part = Part::list(rank, open, all.iter().take(MOST).map(entry), "\n")?;
    let beyond = all.len().saturating_sub(MOST);
    Some(part.beyond(beyond).more("- ", style.elsewhere).findings())
}

fn remarks(matters: &Matters<'_>, style: &Style<'_>) -> Option<Part> {
    let lines = matters.remarks.iter().take(MOST);
    let lines = lines.map(|reason| sections::line(sections::about(reason)));
    let part = Part::list(rank::SCANNERS, "### Scanners and policy\n\n", lines, "\n")?;
    let beyond = matters.remarks.len().saturating_sub(MOST);
    Some(part.beyond(beyond).more("- ", style.elsewhere))
}

fn trend(text: &Text<'_>) -> Option<String> {
    let chart = chart(&text.memory.points);
    let anew = match text.anew {
        true => "It starts anew: the numbers that this text kept were altered by hand.\n\n",
        false => "",
    };
    (chart.is_some() || text.anew).then(|| {
        let chart = chart.map(|chart| chart + "\n").unwrap_or_default();
        format!("### Trend\n\n{anew}{chart}")
    })
}

/// What to do where nothing stops yet.
fn later(matters: &Matters<'_>) -> Option<String> {
    if !(matters.gaps.is_empty() && matters.blocking.is_empty()) {
        return None;
    }
    let what = match () {
        () if !(matters.coming.is_empty() && matters.new.is_empty()) => {
            "mend what will block before its day"
        }
        () if !matters.warning.is_empty() => "mend what is to be looked at",
        () => return None,
    };
    Some(format!(
        "### Next\n\n- {what}; each finding says how\n- or accept one for a time: \
         `lockgate waive FINGERPRINT --reason … --owner … --expires 90d`\n\n"
    ))
}

fn foot(assessment: &Assessment, style: &Style<'_>) -> String {
    format!(
        "<sub>lockgate {} · {}. Each scheduled scan writes this text anew, closes the issue when \
         nothing is left, and opens it again when something comes. Closed by hand, it stays closed \
         until there is something that was not there before. It is found by its label {}.</sub>\n\n",
        env!("CARGO_PKG_VERSION"),
        review::policy(assessment).show(style.sink),
        escape::markdown_code(Untrusted::from(super::LABEL)),
    )
}

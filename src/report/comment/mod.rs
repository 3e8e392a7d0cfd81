//! The comment on a pull request, in GitHub's Markdown.
//!
//! It is read in light and dark themes and as an e-mail, where what is folded stands open and nothing
//! has a colour: so pictures only repeat what words say, what matters is not folded, and the order is
//! that of a letter. Nothing in it depends on the moment or the run, except the link to the run:
//! the same result gives the same text.

mod page;

pub use page::Page;

use super::layout::{self, Measure, Part};
use super::markdown::{Style, findings, rank, scanners, sections};
use super::{comparison, phrase, review};
use crate::escape;
use crate::model::{Assessment, NoteCode, Untrusted, Verdict};

/// Findings that are shown one by one; more have no room anyway.
const MAX_SHOWN: usize = 300;

/// Digits of a commit's id that people are shown.
const SHORT: usize = 7;

/// What a comment is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Somebody has to know: it is written in any case.
    Speak,
    /// It only keeps a comment that is there up to date: nothing in it is about the change.
    Update,
    /// Nothing is left to say; a comment that is there says so.
    Clear,
}

/// Whether the result is worth a comment. A clean pull request gets none, and neither does one that
/// has nothing to do with what there is to look at.
pub fn need(assessment: &Assessment) -> Need {
    let partial = |r: &crate::model::Reason| r.verdict == Verdict::Warn && r.scanner.is_some();
    let urgent = review::review(assessment).is_some_and(|review| review.urgent);
    let stops = matches!(assessment.verdict, Verdict::Block | Verdict::Incomplete);
    let new = assessment.warning().any(comparison::is_new);
    if stops
        || new
        || urgent
        || comparison::is_broken(assessment)
        || assessment.reasons.iter().any(partial)
    {
        return Need::Speak;
    }
    let waiver = |code| {
        matches!(
            code,
            NoteCode::Expired | NoteCode::TooLong | NoteCode::Expiring
        )
    };
    let left = assessment.verdict != Verdict::Pass
        || assessment.notes.iter().any(|note| waiver(note.code))
        || review::review(assessment).is_some();
    match left {
        true => Need::Update,
        false => Need::Clear,
    }
}

/// The comment: the verdict, what blocks, what is fixed, the scanners, waivers, and the rest folded.
pub fn render(assessment: &Assessment, page: &Page) -> String {
    let style = Style::comment(page);
    let clear = need(assessment) == Need::Clear;
    let mut parts = vec![head(assessment, clear, page, &style)];
    if clear {
        parts.extend(sections::resolved(assessment, false, &style));
    } else {
        parts.extend(sections::gaps(assessment));
        parts.extend(sections::policy(assessment, true, &style));
        parts.extend(findings::blocking(assessment, MAX_SHOWN, &style));
        parts.extend(sections::next(assessment));
        parts.extend(sections::resolved(assessment, false, &style));
        parts.extend(scanners::table(assessment, false, &style));
        parts.extend(sections::partial(assessment));
        parts.extend(sections::waivers(assessment, &style));
        parts.extend(sections::policy(assessment, false, &style));
        parts.extend(findings::warnings(assessment, &style));
        parts.extend(findings::rest(assessment, &style));
    }
    parts.push(Part::text(rank::FIRST, foot(assessment, page, &style)));
    let all = assessment.findings.len();
    layout::fit(&parts, page.room, Measure::Utf16, |number| {
        let there = "the job summary and the reports";
        let there = match page.run() {
            Some(run) => format!("[{there}]({run})"),
            None => there.to_owned(),
        };
        format!(
            "**{number} of the {all} findings are not shown here**, the least severe: a comment \
             holds no more. They are in {there}.\n\n"
        )
    })
}

fn head(assessment: &Assessment, clear: bool, page: &Page, style: &Style<'_>) -> Part {
    let who = match page.key.as_str() {
        "" => "lockgate".to_owned(),
        key => format!("lockgate ({})", escape::markdown(Untrusted::from(key))),
    };
    let mark = sections::mark(assessment.verdict);
    let numbers = sections::numbers(assessment, style);
    let mut text = match clear {
        true => format!(
            "## {mark} {who}: all clear\n\nNothing blocks, and nothing is left to look at.\n\n{numbers}"
        ),
        false => {
            let verdict = phrase::verdict(assessment);
            format!("## {mark} {who}: {}\n\n{numbers}", lower(&verdict))
        }
    };
    for remark in &page.remarks {
        let remark = escape::markdown(Untrusted::from(remark.as_str()));
        text.push_str(&format!("> {remark}\n\n"));
    }
    Part::text(rank::FIRST, text)
}

/// In the middle of a sentence.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_lowercase);
    first.chain(chars).collect()
}

fn foot(assessment: &Assessment, page: &Page, style: &Style<'_>) -> String {
    let commit = page.commit.as_deref().and_then(|id| id.get(..SHORT));
    let commit = commit.and_then(|id| {
        let name = style.name(&Untrusted::from(id));
        Some(format!("commit [{name}]({})", page.change()?))
    });
    let run = page.run().map(|run| format!("[this run]({run})"));
    let version = format!("lockgate {}", env!("CARGO_PKG_VERSION"));
    let policy = review::policy(assessment).show(style.sink);
    let parts = [commit, run, Some(version), Some(policy)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("<sub>{}</sub>\n", parts.join(" · "))
}

//! The summary in GitHub's Markdown: for the job summary and for people's own use.

pub mod findings;
pub mod scanners;
pub mod sections;
mod style;

pub use style::Style;

use super::layout::{self, Measure, Part};
use crate::escape;
use crate::model::{Assessment, Untrusted};

/// GitHub drops a whole step summary of more than 1 MiB (actions/runner, `FileCommandManager`).
pub const MAX_SUMMARY: usize = 1024 * 1024;

/// The order in which parts get their room; see [`Part`].
pub mod rank {
    /// What no page does without.
    pub const FIRST: u8 = 0;
    /// Why the evidence is incomplete, and what to do.
    pub const GAPS: u8 = 1;
    /// What blocks.
    pub const BLOCKING: u8 = 2;
    /// What the change does to the policy.
    pub const POLICY: u8 = 3;
    /// How time has passed.
    pub const TIME: u8 = 4;
    /// The scanners' health.
    pub const SCANNERS: u8 = 5;
    /// What is gone.
    pub const RESOLVED: u8 = 6;
    /// Waivers to look at.
    pub const WAIVERS: u8 = 7;
    /// What warns.
    pub const WARNING: u8 = 8;
    /// What somebody has accepted.
    pub const ACCEPTED: u8 = 9;
    /// What no gate objects to.
    pub const REST: u8 = 10;
    /// What the scanners looked at, by name.
    pub const DETAILS: u8 = 11;
}

/// Findings that are shown one by one.
const MAX_SHOWN: usize = 200;

/// The summary, as long as a job summary may be.
pub fn render(assessment: &Assessment) -> String {
    within(assessment, &[], MAX_SUMMARY)
}

/// The summary in at most so many bytes, with what else there is to say at its end. Empty when there
/// is room for nothing.
pub fn within(assessment: &Assessment, notes: &[String], room: usize) -> String {
    let style = Style::summary();
    let mut parts = vec![sections::headline(assessment, &style)];
    parts.extend(sections::gaps(assessment));
    parts.extend(sections::policy(assessment, true, &style));
    parts.extend(sections::scheduled(assessment, &style));
    parts.extend(findings::blocking(assessment, MAX_SHOWN, &style));
    parts.extend(sections::next(assessment));
    parts.extend(findings::warnings(assessment, &style));
    parts.extend(sections::partial(assessment));
    parts.extend(sections::policy(assessment, false, &style));
    parts.extend(scanners::table(assessment, true, &style));
    parts.extend(scanners::coverage(assessment, &style));
    parts.extend(sections::waivers(assessment, &style));
    parts.extend(findings::rest(assessment, &style));
    parts.extend(sections::resolved(assessment, true, &style));
    parts.push(sections::footer(assessment, &style));
    let notes = notes.iter().map(|note| {
        let note = escape::markdown(Untrusted::from(note.as_str()));
        Part::text(rank::GAPS, format!("\n> {note}\n"))
    });
    parts.extend(notes);
    layout::fit(&parts, room, Measure::Bytes, |number| {
        format!(
            "{number} of them are not shown here, the least severe: this page is full. They are in {}.\n\n",
            style.elsewhere
        )
    })
}

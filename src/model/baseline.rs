//! What an earlier check wrote down, so that a later one can compare.

use super::advisory::AdvisoryId;
use super::finding::Kind;
use super::location::RepoPath;
use super::package::Ecosystem;
use super::rule::{RuleId, ScannerId};
use super::severity::Severity;
use super::text::Untrusted;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The findings of an earlier check, and who worked then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// The day, in UTC, on which it was last written.
    pub written: Option<Date>,
    /// Scanners of which there was complete or partial evidence, each with the last day of it.
    pub scanners: BTreeMap<ScannerId, Date>,
    /// The findings, sorted.
    pub entries: Vec<BaselineEntry>,
    /// What a search of the whole history for secrets has left for the next one, as JSON that only that
    /// search reads; in the state of scheduled checks.
    pub history: Option<Untrusted>,
    /// Files that entries name and that are not in the checkout. Not written down, but filled in by
    /// whoever can look: only a file that is gone can have been renamed.
    pub absent: BTreeSet<RepoPath>,
}

/// What tells two lines of source apart without holding their text.
///
/// Lines that hold a known secret have no digest. The neighbours' digests are short on purpose: they
/// only choose among findings of one rule with one text in one file, and 16 bits do not confirm a
/// guess of what a line said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SourceDigests {
    /// Of the finding's line; none for secrets, and where the line is not at hand.
    pub text: Option<u64>,
    /// Of the nearest lines before and after that hold a letter or digit; none for secrets, and
    /// where the source is not at hand. Where there is no such line, of nothing.
    pub around: [Option<u16>; 2],
}

impl SourceDigests {
    /// The digests in hex, as an entry keeps them.
    pub fn written(self) -> (Option<String>, [Option<String>; 2]) {
        let text = self.text.map(|digest| format!("{digest:016x}"));
        let around = |digest: u16| format!("{digest:04x}");
        (text, self.around.map(|digest| digest.map(around)))
    }

    /// Reads what [`Self::written`] gives; what is not in that form is none.
    pub fn read(text: Option<&str>, around: [Option<&str>; 2]) -> Self {
        let text = text.filter(|hex| hex.len() == 16);
        let side = |hex: &str| u16::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 4);
        Self {
            text: text.and_then(|hex| u64::from_str_radix(hex, 16).ok()),
            around: around.map(|hex| hex.and_then(side)),
        }
    }
}

/// A finding as a baseline knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineEntry {
    /// The fingerprint of that time, of [`super::FINGERPRINT_SCHEME`].
    pub fingerprint: String,
    /// The scanner that led.
    pub scanner: ScannerId,
    /// Its rule.
    pub rule: RuleId,
    /// What sort of problem.
    pub kind: Kind,
    /// The effective severity of that time.
    pub severity: Severity,
    /// One line.
    pub title: Untrusted,
    /// Where it was.
    pub path: RepoPath,
    /// First line, 1-based.
    pub line: Option<u32>,
    /// What was scanned instead of a file: an image, a URL.
    pub target: Option<Untrusted>,
    /// [`SourceDigests::text`] as 16 hex digits.
    pub text: Option<String>,
    /// [`SourceDigests::around`] as 4 hex digits each.
    pub around: [Option<String>; 2],
    /// The package: ecosystem, normal name, version.
    pub package: Option<(Ecosystem, String, Option<String>)>,
    /// Every name of the advisory.
    pub advisories: BTreeSet<AdvisoryId>,
    /// The first day, in UTC, on which it was seen.
    pub since: Option<Date>,
}

impl BaselineEntry {
    /// Its digests as numbers.
    pub fn digests(&self) -> SourceDigests {
        let [before, after] = &self.around;
        SourceDigests::read(self.text.as_deref(), [before.as_deref(), after.as_deref()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_written_and_in_no_other_form() {
        let digests = SourceDigests {
            text: Some(0xab),
            around: [Some(7), None],
        };
        let (text, [before, after]) = digests.written();
        assert_eq!(text.as_deref(), Some("00000000000000ab"));
        let read = SourceDigests::read(text.as_deref(), [before.as_deref(), after.as_deref()]);
        assert_eq!(read, digests);
        for wrong in ["", "ab", "+0000000000000ab", "zzzzzzzzzzzzzzzz"] {
            let read = SourceDigests::read(Some(wrong), [Some("00007"), Some("é")]);
            assert_eq!(read.around, [None, None], "{wrong}");
        }
    }
}

//! What became of a scanner's findings on the way to code scanning, in numbers.

use super::{Part, SHOWN, Standing, is_open};
use crate::escape;
use crate::model::{Certainty, Disposition, Foreign as _, ScannerId, Untrusted};
use crate::report::sarif::{self, Slice};
use std::collections::BTreeSet;

/// Longest title or description that code scanning keeps, in characters (docs.github.com, "SARIF
/// support for code scanning", `reportingDescriptor`).
const MAX_TEXT: usize = 1024;

/// The numbers of one scanner.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// Whose.
    pub scanner: &'a ScannerId,
    /// As what it is sent.
    pub standing: Standing,
    /// Pieces that are sent.
    pub parts: usize,
    /// Open findings.
    pub open: usize,
    /// Open findings that are sent.
    pub sent: usize,
    /// Findings that are sent, and that code scanning does not show.
    pub hidden: usize,
    /// Findings that are left out because a waiver accepts them.
    pub waived: usize,
    /// The same, because the report suppresses them.
    pub suppressed: usize,
    /// The same, because they are no problems.
    pub informational: usize,
    /// Findings for which the scanner named no file of the repository; they stand at the best file
    /// to open.
    pub placed: usize,
    /// Rules that have more tags than code scanning keeps.
    pub tags: usize,
    /// Rules whose title or description is longer than code scanning keeps.
    pub texts: usize,
    /// Rules whose names had to be changed.
    pub names: usize,
}

impl<'a> Account<'a> {
    /// Counts what is in all of a scanner's findings.
    pub fn of(slice: &Slice<'a>, standing: Standing) -> Self {
        let mut account = Self {
            scanner: slice.scanner,
            standing,
            parts: 0,
            open: 0,
            sent: 0,
            hidden: 0,
            waived: 0,
            suppressed: 0,
            informational: 0,
            placed: 0,
            tags: 0,
            texts: 0,
            names: 0,
        };
        let mut rules = BTreeSet::new();
        for decided in &slice.findings {
            match decided.disposition {
                Disposition::Waived(..) => account.waived += 1,
                Disposition::Suppressed(_) => account.suppressed += 1,
                Disposition::Informational(_) => account.informational += 1,
                _ => account.open += 1,
            }
            if !is_open(decided) {
                continue;
            }
            let finding = &decided.finding;
            account.placed += usize::from(finding.location.certainty == Certainty::Assumed);
            let rule = &finding.observation.rule;
            if rules.insert(rule) {
                account.names += usize::from(escape::sarif_key(rule) != rule.raw());
                let long = |text: &Untrusted| text.raw().chars().count() > MAX_TEXT;
                match sarif::info(slice, rule) {
                    Some(info) => {
                        let described = info.description.iter().chain([&info.title]);
                        account.texts += usize::from(described.into_iter().any(long));
                        account.tags += usize::from(info.cwe.len() > sarif::MAX_CWE);
                    }
                    None => account.texts += usize::from(long(&finding.observation.title)),
                }
            }
        }
        account
    }

    /// Adds what is sent.
    pub fn sent(&mut self, parts: &[Part<'_>]) {
        self.parts = parts.len();
        self.sent = parts.iter().map(Part::len).sum();
        let hidden = |part: &Part<'_>| part.len().saturating_sub(SHOWN);
        self.hidden = parts.iter().map(hidden).sum();
    }

    /// Open findings that are in no piece, because there are too many.
    pub fn dropped(&self) -> usize {
        match self.standing {
            Standing::Idle | Standing::Unsent(_) => 0,
            Standing::Sound | Standing::Failed => self.open.saturating_sub(self.sent),
        }
    }
}

//! What code scanning gets: which findings, under which categories, in how many pieces. Pure.
//!
//! One piece belongs to one scanner, so that a scanner that failed neither closes nor blocks what the
//! others have seen. A scanner with more than code scanning takes at a time has several pieces, each
//! under a category of its own, the most severe findings first. The files for the upload action and
//! the requests to the API are made of the same pieces.

mod account;
mod choose;
mod files;
mod pack;
pub mod preflight;
mod split;
mod tell;

pub use account::Account;
pub use choose::Standing;
pub use files::File;
pub use pack::base64;
pub use tell::Way;

use crate::escape;
use crate::model::{Assessment, Decided, Disposition, ScannerId, Untrusted};
use crate::report::sarif::{self, Purpose, Slice};
use flate2::read::GzDecoder;
use std::io::{BufReader, Write};

/// Most runs in one file (docs.github.com, "SARIF support for code scanning", limits; the same for
/// the numbers below).
pub const MAX_RUNS: usize = 20;

/// Most results in one run; a file with more is rejected.
pub const MAX_RESULTS: usize = 25_000;

/// Results of one run that code scanning shows, the most severe ones.
pub const SHOWN: usize = 5_000;

/// Most bytes of a file after gzip.
pub const MAX_BYTES: u64 = 10_000_000;

/// Most pieces of one scanner: half a million findings. Each is a request.
pub const MAX_PARTS: usize = 20;

/// A piece of what is sent: one run.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    slice: Slice<'a>,
    /// Its place among the scanner's pieces, from 1; the first holds the most severe findings.
    pub number: usize,
    /// The run failed: code scanning is told so, and leaves the scanner's alerts as they are.
    pub failed: bool,
    /// At least as many bytes as it has after gzip.
    size: u64,
}

impl Part<'_> {
    /// Whose findings.
    pub fn scanner(&self) -> &ScannerId {
        self.slice.scanner
    }

    /// The category as the file holds it, with its last slash.
    pub fn id(&self) -> &str {
        &self.slice.category
    }

    /// The category as code scanning knows it (docs.github.com, "SARIF support for code scanning",
    /// `runAutomationDetails`): what is before the last slash.
    pub fn category(&self) -> &str {
        self.slice.category.trim_end_matches('/')
    }

    /// Number of its findings.
    pub fn len(&self) -> usize {
        self.slice.findings.len()
    }

    /// True for a piece that only says that there is nothing (any more).
    pub fn is_empty(&self) -> bool {
        self.slice.findings.is_empty()
    }
}

/// All pieces, and what became of the findings on the way.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    assessment: &'a Assessment,
    key: String,
    /// The pieces, by scanner and number.
    pub parts: Vec<Part<'a>>,
    /// Pieces that say nothing unless code scanning knows something of them: see [`Self::vacated`].
    held: Vec<Part<'a>>,
    /// One for each scanner, in the scanners' order.
    pub accounts: Vec<Account<'a>>,
}

/// Plans what is sent. `key` tells several gates of one repository apart; empty for the only one.
pub fn plan<'a>(assessment: &'a Assessment, key: &str) -> Plan<'a> {
    let mut plan = Plan {
        assessment,
        key: key.to_owned(),
        parts: Vec::new(),
        held: Vec::new(),
        accounts: Vec::new(),
    };
    for mut slice in sarif::scanners(assessment) {
        let standing = choose::standing(&slice.runs);
        slice.runs.retain(|run| !run.health.is_excused());
        let mut account = Account::of(&slice, standing);
        slice.findings.retain(|decided| is_open(decided));
        if matches!(standing, Standing::Sound | Standing::Failed) {
            let parts = plan.parts_of(slice, standing == Standing::Failed);
            account.sent(&parts);
            // It looks at changes alone and mostly finds nothing: not worth a request each time.
            let silent = |part: &Part<'_>| {
                part.is_empty() && part.scanner().as_str() == ScannerId::SUPPRESSIONS
            };
            match parts.iter().all(silent) {
                true => plan.held.extend(parts),
                false => plan.parts.extend(parts),
            }
        }
        plan.accounts.push(account);
    }
    plan
}

/// Code scanning takes no notice of suppressions and kinds: each result is an open alert there.
fn is_open(decided: &Decided) -> bool {
    !matches!(
        decided.disposition,
        Disposition::Waived(..) | Disposition::Suppressed(_) | Disposition::Informational(_)
    )
}

impl<'a> Plan<'a> {
    fn parts_of(&self, slice: Slice<'a>, failed: bool) -> Vec<Part<'a>> {
        let with = |findings: &[&'a Decided], number| Slice {
            category: self.category(&slice, number),
            findings: findings.to_vec(),
            ..slice.clone()
        };
        let size = |findings: &[&'a Decided]| self.size(&with(findings, 1));
        let pieces = split::split(slice.findings.clone(), &size);
        let parts = pieces.into_iter().zip(1..=MAX_PARTS);
        parts
            .map(|(piece, number)| Part {
                slice: with(&piece.findings, number),
                number,
                failed,
                size: piece.size,
            })
            .collect()
    }

    fn size(&self, slice: &Slice<'a>) -> u64 {
        pack::at_most(&|out| self.write_slice(slice, out))
    }

    fn write_slice(&self, slice: &Slice<'a>, out: &mut dyn Write) -> std::io::Result<()> {
        let slices = std::slice::from_ref(slice);
        sarif::write_slices(slices, Purpose::Upload, self.assessment, &mut &mut *out)
    }

    /// `lockgate/<scanner>/`, with the number of a further piece, the gate's key and the folder that
    /// was checked where there are such: a scanner's name holds neither dot nor `@` nor slash.
    fn category(&self, slice: &Slice<'a>, number: usize) -> String {
        let encoded = |text: &str| escape::uri_path(&Untrusted::from(text)).into_owned();
        let number = match number {
            1 => String::new(),
            number => format!(".{number}"),
        };
        let key = match self.key.as_str() {
            "" => String::new(),
            key => format!("@{}", encoded(key)),
        };
        let folders = self.assessment.prefix.iter().chain(slice.folder);
        let folder: String = folders
            .map(|folder| format!("{}/", escape::uri_path(folder)))
            .collect();
        let scanner = slice.scanner;
        format!("lockgate/{scanner}{number}{key}/{folder}")
    }

    /// The bytes of a piece, compressed: the same for the same piece.
    ///
    /// # Errors
    /// When they cannot be written, which no machine causes.
    pub fn packed(&self, part: &Part<'a>) -> std::io::Result<Vec<u8>> {
        pack::gzip(&|out| self.write_slice(&part.slice, out))
    }

    /// The same, when code scanning would take it.
    ///
    /// # Errors
    /// With the reason why not, in a clause; nothing of a file is better than a file that takes
    /// others down with it.
    pub fn ready(&self, part: &Part<'a>) -> Result<Vec<u8>, String> {
        let packed = self.packed(part).map_err(|e| e.to_string())?;
        if packed.len() as u64 > MAX_BYTES {
            return Err(format!(
                "it has {} bytes after gzip, more than 10 MB",
                packed.len()
            ));
        }
        let remarks = preflight::read(BufReader::new(GzDecoder::new(packed.as_slice())));
        let refused = remarks
            .iter()
            .find(|r| r.effect == preflight::Effect::Rejects);
        match refused {
            None => Ok(packed),
            Some(remark) => Err(format!(
                "code scanning would reject it, {} ({} times)",
                remark.text, remark.count
            )),
        }
    }

    /// Empty pieces for categories that code scanning `has` of earlier uploads and that nothing is
    /// sent to any more, because the scanner has fewer findings now: without one, their alerts would
    /// stay open for ever. Nothing for scanners that failed.
    pub fn vacated(&self, has: &[&str]) -> Vec<Part<'a>> {
        let held = self.held.iter();
        let held = held.filter(|part| has.contains(&part.category())).cloned();
        let whole = |part: &&Part<'a>| part.number == 1 && !part.failed;
        let firsts = self.parts.iter().filter(whole);
        let vacated = firsts.flat_map(|first| {
            (2..=MAX_PARTS).filter_map(|number| {
                let category = self.category(&first.slice, number);
                let known = has.contains(&category.trim_end_matches('/'));
                let sent = self.parts.iter().any(|part| part.id() == category);
                (known && !sent).then(|| Part {
                    slice: Slice {
                        category,
                        findings: Vec::new(),
                        ..first.slice.clone()
                    },
                    number,
                    failed: false,
                    size: 0,
                })
            })
        });
        held.chain(vacated).collect()
    }
}

#[cfg(test)]
mod tests;

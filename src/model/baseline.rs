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
    /// Digest of the line's text without white space, in hex; none for secrets.
    pub text: Option<String>,
    /// Digests of the nearest lines before and after that are not blank, in hex; none for secrets.
    pub around: [Option<String>; 2],
    /// The package: ecosystem, normal name, version.
    pub package: Option<(Ecosystem, String, Option<String>)>,
    /// Every name of the advisory.
    pub advisories: BTreeSet<AdvisoryId>,
    /// The first day, in UTC, on which it was seen.
    pub since: Option<Date>,
}

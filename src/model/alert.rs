//! What code scanning remembers of a finding.

use super::location::RepoPath;
use super::rule::{RuleId, ScannerId};
use jiff::civil::Date;

/// An alert of code scanning that is not fixed: what it saw, where, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The scanner whose upload made it.
    pub scanner: ScannerId,
    /// The rule, as the upload named it.
    pub rule: RuleId,
    /// The file, from the root of the Git repository.
    pub path: RepoPath,
    /// First line, 1-based.
    pub line: Option<u32>,
    /// The day, in UTC, on which it was first seen.
    pub since: Date,
    /// True when somebody has dismissed it there, which accepts nothing here.
    pub dismissed: bool,
}

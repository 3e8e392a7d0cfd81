//! What the scan finds.

use crate::position::Position;
use crate::role::Role;
use crate::rule::{RuleId, Severity};
use std::ops::Range;

/// One weakness in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub rule: RuleId,
    /// The file.
    pub path: String,
    /// The offending bytes; empty for the file as a whole.
    pub place: Range<usize>,
    /// Where they begin, for people.
    pub start: Position,
    /// Just behind them.
    pub end: Position,
    /// By the rule, by what stands there, and by the file's role.
    pub severity: Severity,
    /// What the file is for.
    pub role: Role,
    /// What is wrong here. Holds text of the file: never to be printed raw.
    pub message: String,
    /// The line or lines as they should read here, when that can be said.
    pub better: Option<String>,
    /// Other places that it takes to understand this one, and what each is.
    pub related: Vec<Related>,
    /// The words of a comment beside it that asks to accept it. It is told and changes nothing.
    pub asked: Option<String>,
    /// Why the options of the scan accept it, in our words. It is told and counts for nothing.
    pub accepted: Option<&'static str>,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The file.
    pub path: String,
    /// Bytes in it.
    pub place: Range<usize>,
    /// Where they begin.
    pub start: Position,
    /// What it is, in our words.
    pub text: String,
}

/// A file that was not looked at as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The file.
    pub path: String,
    /// Why, in our words.
    pub reason: String,
    /// A template that cannot be read before it is filled in, as its path says, too; expected, and no
    /// reason to distrust the rest.
    pub template: bool,
}

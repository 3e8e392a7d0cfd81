//! Tests of a policy: findings and runs that somebody made up, and what the policy is expected to
//! say of them. Pure: text in, outcomes out.
//!
//! ```toml
//! policy = "lockgate.toml"      # relative to this file, or a shipped policy's name
//! today  = 2026-11-21           # the day of the check, in UTC
//!
//! [[case]]
//! name     = "a fixable critical dependency blocks"
//! event    = "pull_request"     # the default
//! expect   = "block"            # the verdict
//! findings = [
//!   { kind = "dependency", package = "lodash", severity = "critical", fix = "patch", expect = "blocked" },
//! ]
//! ```

mod finding;
mod read;
mod render;
mod run;

pub use read::read;
pub use render::render;
pub use run::run;

use crate::model::{Event, Finding, Health, ScannerId, Untrusted, Verdict};
use crate::policy::Trace;
use jiff::Timestamp;

/// A file of tests.
#[derive(Debug)]
pub struct Trial {
    /// The policy under test: a shipped one's name, or a path relative to the file.
    pub policy: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug)]
pub struct Case {
    /// What it shows.
    pub name: Untrusted,
    /// Its line in the file, 1-based.
    pub line: usize,
    /// The moment of the check.
    pub now: Timestamp,
    /// Why the check runs.
    pub event: Event,
    /// What was found.
    pub findings: Vec<Made>,
    /// The runs; `None` for a complete run of every scanner that the policy requires or a finding
    /// names.
    pub runs: Option<Vec<MadeRun>>,
    /// The verdict that is expected.
    pub verdict: Verdict,
    /// Codes that are expected among the verdict's reasons.
    pub reasons: Vec<Untrusted>,
}

/// A finding that was made up, and what is expected of it.
#[derive(Debug)]
pub struct Made {
    /// The finding.
    pub finding: Finding,
    /// The disposition's word.
    pub disposition: Option<&'static str>,
    /// The gate's name.
    pub gate: Option<Untrusted>,
}

/// A run that was made up.
#[derive(Debug)]
pub struct MadeRun {
    /// Whose.
    pub scanner: ScannerId,
    /// Whether it can be believed.
    pub health: Health,
    /// The tool's version.
    pub version: Option<Untrusted>,
    /// When its report was written; `None` for the moment of the check.
    pub written: Option<Timestamp>,
}

/// What became of a case.
#[derive(Debug)]
pub struct Outcome {
    /// The case's name.
    pub name: Untrusted,
    /// Its line in the file, 1-based.
    pub line: usize,
    /// What is not as expected; none when it passes.
    pub failures: Vec<Failure>,
}

/// Something that is not as expected.
#[derive(Debug)]
pub enum Failure {
    /// The verdict.
    Verdict {
        /// What was expected.
        expected: Verdict,
        /// What it is.
        actual: Verdict,
        /// Why it is so, in our words.
        reasons: Vec<(String, Option<Untrusted>)>,
    },
    /// A code is not among the reasons.
    Reason {
        /// The code.
        expected: Untrusted,
        /// The codes that are there.
        actual: Vec<&'static str>,
    },
    /// What became of a finding.
    Finding {
        /// Which of the case's findings, from 1.
        number: usize,
        /// What it is about: package or path, rule, effective severity.
        about: Vec<Untrusted>,
        /// What does not fit: the disposition, or the gate that gave it.
        what: &'static str,
        /// What was expected.
        expected: Untrusted,
        /// What it is.
        actual: Untrusted,
        /// How it came to that.
        trace: Box<Trace>,
    },
}

/// Dispositions that a case may expect. A made-up finding is never informational.
const DISPOSITIONS: [&str; 6] = [
    "blocked",
    "warned",
    "allowed",
    "unmatched",
    "waived",
    "suppressed",
];

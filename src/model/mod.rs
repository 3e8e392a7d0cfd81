//! The words of lockgate, and nothing else: no I/O, no foreign format, no scanner's name.
//!
//! * **scanner**: a program that looks for problems; a *tool* is a foreign one.
//! * **report**: the bytes that a tool wrote.
//! * **run**: one scanner's work, with its *health*: complete, partial, failed, skipped.
//! * **observation**: what one run says about one problem.
//! * **finding**: one problem, with every *witness* (observation) of it merged.
//! * **evidence**: all runs and all observations.
//! * **base**: the commit that the judged change is compared with.
//! * **origin**: introduced by the change, disclosed for what it does not touch, existing, unknown.
//! * **baseline**: the findings that an earlier check wrote down.
//! * **gate**: a rule of the policy: condition → block, warn or allow.
//! * **waiver**: an accepted finding with reason, owner and expiry.
//! * **disposition**: what became of a finding; exactly one each.
//! * **verdict**: pass, warn, block or incomplete.
//! * **sink**: where text ends up.

pub mod advisory;
pub mod alert;
pub mod assessment;
pub mod authority;
pub mod baseline;
pub mod change;
pub mod diagnostic;
mod digest;
pub mod finding;
pub mod location;
pub mod package;
pub mod remedy;
pub mod rule;
pub mod run;
pub mod schedule;
pub mod severity;
pub mod text;

pub use advisory::AdvisoryId;
pub use alert::Alert;
pub use assessment::{
    Assessment, BaselineSummary, Context, DataSource, Decided, Direction, Disposition, GateName,
    NoteCode, PolicyChange, PolicyNote, PolicySummary, Reason, Verdict, WaiverUse,
};
pub use authority::{AfterMerge, Authority, PolicyError, PolicyOrigin};
pub use baseline::{Baseline, BaselineEntry, SourceDigests};
pub use change::{Base, BasePackages, Change, Event, Lines, Origin, Provenance, Revision};
pub use digest::digest;
pub use finding::{
    FINGERPRINT_SCHEME, Finding, Kind, Observation, Place, Reported, Sighted, Silences, Standing,
    Witness,
};
pub use location::{Certainty, Location, Region, RepoPath};
pub use package::{Distance, Ecosystem, Fix, Package, Relation, Scope};
pub use remedy::{Command, Remedy};
pub use rule::{RuleId, RuleInfo, ScannerId};
pub use run::{Coverage, Evidence, Health, HealthLevel, Located, Problem, Run, Witnessed, Work};
pub use schedule::{Dark, Deadline, Memory, Schedule};
pub use severity::{Confidence, Severity};
pub use text::{Foreign, Redacted, Secret, Untrusted};

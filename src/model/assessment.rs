//! What the assessment says: dispositions, verdict, reasons.

use super::alert::Alert;
use super::authority::{AfterMerge, Authority};
use super::baseline::{Baseline, BaselineEntry};
use super::change::{Base, Event};
use super::finding::Finding;
use super::location::RepoPath;
use super::rule::ScannerId;
use super::run::Run;
use super::schedule::Schedule;
use super::severity::Severity;
use super::text::Untrusted;
use std::fmt;

/// What the assessment may know of the world besides evidence and policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The folder that was checked, seen from the root of its Git repository; `None` when it is the
    /// root. GitHub knows files by their path from there.
    pub prefix: Option<RepoPath>,
    /// The moment of the check; waivers are judged by its day in UTC, reports by their age.
    pub now: jiff::Timestamp,
    /// Why the check runs.
    pub event: Event,
    /// What the judged state is compared with.
    pub base: Base,
    /// What an earlier check wrote down, if anything is kept.
    pub baseline: Option<Baseline>,
    /// What the last scan wrote down, where scans keep count of ages; one that was never written
    /// stands for the first scan.
    pub state: Option<Baseline>,
    /// What code scanning remembers.
    pub alerts: Vec<Alert>,
    /// Its alerts were asked for and could not be had, so that any finding may be old.
    pub alerts_unread: bool,
    /// How the judged change alters the policy, when the base's decides.
    pub policy_changes: Vec<PolicyChange>,
    /// Whose policy it is.
    pub authority: Authority,
}

impl Context {
    /// A check by hand at a moment, compared with nothing.
    pub fn at(now: jiff::Timestamp) -> Self {
        Self {
            prefix: None,
            now,
            event: Event::Local,
            base: Base::Whole,
            baseline: None,
            state: None,
            alerts: Vec::new(),
            alerts_unread: false,
            policy_changes: Vec::new(),
            authority: Authority::default(),
        }
    }

    /// The day in UTC.
    pub fn today(&self) -> jiff::civil::Date {
        jiff::tz::Offset::UTC.to_datetime(self.now).date()
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing to say.
    Pass,
    /// Something to look at; nothing that blocks.
    Warn,
    /// The policy says no.
    Block,
    /// Required evidence is missing or damaged, so nobody can say.
    Incomplete,
}

impl Verdict {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Block => "block",
            Self::Incomplete => "incomplete",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The name of the gate that decided, and the policy file that it stands in. Policy text: trusted
/// less than code, more than reports; shown escaped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GateName {
    /// The gate's name.
    pub name: Untrusted,
    /// The file that holds it.
    pub source: Untrusted,
}

/// A waiver that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverUse {
    /// Index into the policy's waivers.
    pub index: usize,
    /// Why the finding is accepted.
    pub reason: Untrusted,
    /// Who answers for it.
    pub owner: Untrusted,
    /// Its last day.
    pub expires: jiff::civil::Date,
}

/// What became of a finding. Exactly one each; nothing is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// A gate blocks it.
    Blocked(GateName),
    /// A gate warns of it.
    Warned(GateName),
    /// A gate lets it pass.
    Allowed(GateName),
    /// No gate speaks of it.
    Unmatched,
    /// A gate would have blocked or warned, and a waiver accepts it.
    Waived(GateName, WaiverUse),
    /// The report marks it as suppressed, and the policy honours that.
    Suppressed(Option<Untrusted>),
    /// The report marks it as not a problem.
    Informational(&'static str),
}

impl Disposition {
    /// The word used in outputs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Blocked(_) => "blocked",
            Self::Warned(_) => "warned",
            Self::Allowed(_) => "allowed",
            Self::Unmatched => "unmatched",
            Self::Waived(..) => "waived",
            Self::Suppressed(_) => "suppressed",
            Self::Informational(_) => "informational",
        }
    }

    /// The gate that decided.
    pub fn gate(&self) -> Option<&GateName> {
        match self {
            Self::Blocked(gate)
            | Self::Warned(gate)
            | Self::Allowed(gate)
            | Self::Waived(gate, _) => Some(gate),
            Self::Unmatched | Self::Suppressed(_) | Self::Informational(_) => None,
        }
    }
}

/// A finding with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The problem.
    pub finding: Finding,
    /// The severity that the gates saw: the finding's own, or the policy's word for "unrated".
    pub effective: Severity,
    /// What became of it.
    pub disposition: Disposition,
}

/// One reason for the verdict, most important first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The verdict that this reason alone would give.
    pub verdict: Verdict,
    /// A stable word for machines.
    pub code: &'static str,
    /// The scanner concerned, if it is about one.
    pub scanner: Option<ScannerId>,
    /// One sentence of ours.
    pub text: String,
    /// Foreign words that belong to it: a path, a gate's name, an error.
    pub detail: Option<Untrusted>,
}

/// Something about the policy that its owner should look at: a waiver that is expired, expires
/// soon, matches nothing, or more than it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNote {
    /// What about it, as a word for machines.
    pub code: NoteCode,
    /// One sentence of ours.
    pub text: String,
    /// What the waiver matches, in the policy's words.
    pub subject: Untrusted,
    /// Who answers for it.
    pub owner: Untrusted,
    /// The policy file.
    pub source: Untrusted,
    /// Where that file is, when it is in the repository.
    pub path: Option<RepoPath>,
    /// Line in that file, 1-based.
    pub line: usize,
}

/// What an owner should look at, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteCode {
    /// The waiver's last day is over.
    Expired,
    /// Its last day is further away than the policy allows, so that it does not hold.
    TooLong,
    /// Its last day is near.
    Expiring,
    /// It may accept more than somebody thought of.
    Broad,
    /// It matches nothing, although every scanner concerned did its work.
    Unused,
    /// What it matches passes without it.
    Ineffective,
    /// Another waiver accepts the same already.
    Duplicate,
}

impl NoteCode {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Expired => "waiver-expired",
            Self::TooLong => "waiver-too-long",
            Self::Expiring => "waiver-expiring",
            Self::Broad => "waiver-broad",
            Self::Unused => "waiver-unused",
            Self::Ineffective => "waiver-ineffective",
            Self::Duplicate => "waiver-duplicate",
        }
    }
}

/// Which way a change of the policy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Something that stopped the merge may now pass.
    Weaker,
    /// What cannot be told, or goes both ways.
    Mixed,
    /// Nothing that stopped the merge may now pass.
    Stricter,
}

impl Direction {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Weaker => "weaker",
            Self::Mixed => "mixed",
            Self::Stricter => "stricter",
        }
    }
}

/// One thing that the judged change alters in the policy. It has no effect before it is merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    /// Which way it goes.
    pub direction: Direction,
    /// A clause of ours: "gate … no longer blocks severity medium", with a `…` for each of the
    /// foreign words.
    pub text: String,
    /// The foreign words, in their order: a gate's name, a waiver's subject.
    pub words: Vec<Untrusted>,
    /// The policy file.
    pub source: Untrusted,
    /// Line in that file as the change has it, 1-based, when there is one.
    pub line: Option<usize>,
}

/// A snapshot of what is known of vulnerabilities, which the policy names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// `epss` or `kev`: its key in the policy.
    pub key: &'static str,
    /// Its file.
    pub path: RepoPath,
    /// The day, in UTC, that it says it is of.
    pub date: jiff::civil::Date,
    /// How many CVEs it names.
    pub entries: usize,
    /// Older than the policy accepts, or of a day to come: what it does not name proves nothing.
    pub stale: bool,
}

/// What the outputs may say about the policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicySummary {
    /// Files and shipped policies, the most specific first.
    pub sources: Vec<Untrusted>,
    /// What a finding without severity counts as.
    pub unrated: Option<Severity>,
    /// Its snapshots.
    pub data: Vec<DataSource>,
}

/// What the outputs may say about the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaselineSummary {
    /// See [`Baseline::written`].
    pub written: Option<jiff::civil::Date>,
    /// Number of its findings.
    pub entries: usize,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The answer.
    pub verdict: Verdict,
    /// Why; empty only for [`Verdict::Pass`].
    pub reasons: Vec<Reason>,
    /// All runs, sorted by scanner and report.
    pub runs: Vec<Run>,
    /// All findings: blocking ones first, then by severity, scanner, place.
    pub findings: Vec<Decided>,
    /// Waivers to look at.
    pub notes: Vec<PolicyNote>,
    /// The policy in short.
    pub policy: PolicySummary,
    /// See [`Context::prefix`].
    pub prefix: Option<RepoPath>,
    /// See [`Context::event`].
    pub event: Event,
    /// See [`Context::base`].
    pub base: Base,
    /// See [`Context::policy_changes`].
    pub policy_changes: Vec<PolicyChange>,
    /// The baseline that they were held against, in short.
    pub baseline: Option<BaselineSummary>,
    /// See [`Context::authority`].
    pub authority: Authority,
    /// What would become of it under the policy as the judged change has it; `None` when that says
    /// the same, has errors, or was not tried because there is too much evidence.
    pub after_merge: Option<AfterMerge>,
    /// What the baseline knows and nobody sees any more, although its scanner has worked.
    pub resolved: Vec<BaselineEntry>,
    /// How time has passed, on a scheduled scan and where a state is kept.
    pub schedule: Option<Schedule>,
    /// What the next scan must remember besides the findings, where a state is kept: entries whose
    /// scanners could not see them today, and when each scanner last gave evidence.
    pub carried: Option<Baseline>,
    /// The day that the waivers were judged on.
    pub today: jiff::civil::Date,
}

impl Assessment {
    /// Adds reasons that were found elsewhere; the worst of all gives the verdict.
    pub fn add(&mut self, reasons: Vec<Reason>) {
        self.reasons.extend(reasons);
        self.reasons
            .sort_by_key(|reason| std::cmp::Reverse(reason.verdict));
        let worst = self.reasons.first().map(|reason| reason.verdict);
        self.verdict = worst.unwrap_or(Verdict::Pass);
    }

    /// Number of findings with a disposition that `wanted` accepts.
    pub fn count(&self, wanted: impl Fn(&Disposition) -> bool) -> usize {
        self.findings
            .iter()
            .filter(|d| wanted(&d.disposition))
            .count()
    }

    /// Findings that block.
    pub fn blocking(&self) -> impl Iterator<Item = &Decided> {
        self.findings
            .iter()
            .filter(|d| matches!(d.disposition, Disposition::Blocked(_)))
    }

    /// Findings that warn.
    pub fn warning(&self) -> impl Iterator<Item = &Decided> {
        self.findings
            .iter()
            .filter(|d| matches!(d.disposition, Disposition::Warned(_)))
    }

    /// Findings that a waiver accepts.
    pub fn waived(&self) -> usize {
        self.count(|d| matches!(d, Disposition::Waived(..)))
    }

    /// Reasons that make the evidence incomplete.
    pub fn gaps(&self) -> impl Iterator<Item = &Reason> {
        self.reasons
            .iter()
            .filter(|r| r.verdict == Verdict::Incomplete)
    }

    /// Findings with one of these dispositions, by their words.
    pub fn with(&self, dispositions: &[&str]) -> Vec<&Decided> {
        let all = self.findings.iter();
        all.filter(|d| dispositions.contains(&d.disposition.word()))
            .collect()
    }
}

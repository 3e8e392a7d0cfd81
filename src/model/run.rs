//! Runs and their health: the evidence that a verdict stands on.

use super::baseline::SourceDigests;
use super::finding::Observation;
use super::location::{Location, RepoPath};
use super::rule::{RuleId, RuleInfo, ScannerId};
use super::text::Untrusted;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::num::NonZeroU64;

/// Something that went wrong, or that should be known, about a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// A stable, documented word for machines: `missing`, `truncated`, `nothing-scanned` …
    pub code: &'static str,
    /// One sentence of ours.
    pub text: String,
    /// The scanner's own words, when they help.
    pub detail: Option<Untrusted>,
    /// What is concerned, by name: skipped packages, files that did not parse. Sorted.
    pub items: Vec<Untrusted>,
    /// True when the items are paths of files, as the scanner wrote them.
    pub files: bool,
}

impl Problem {
    /// A problem with a code and a sentence.
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            detail: None,
            items: Vec::new(),
            files: false,
        }
    }

    /// Adds the scanner's own words.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Untrusted>) -> Self {
        self.detail = Some(detail.into()).filter(|d: &Untrusted| !d.is_empty());
        self
    }

    /// Adds names of what is concerned; they are sorted and deduplicated.
    #[must_use]
    pub fn items(mut self, items: impl IntoIterator<Item = Untrusted>) -> Self {
        self.items = items.into_iter().collect();
        self.items.sort();
        self.items.dedup();
        self
    }

    /// Adds the files that are concerned; a change that touches none of them is not concerned.
    #[must_use]
    pub fn files(mut self, files: impl IntoIterator<Item = Untrusted>) -> Self {
        self.files = true;
        self.items(files)
    }
}

/// Proof that a scanner looked at something. It cannot be built from nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    inputs: NonZeroU64,
    unit: &'static str,
}

impl Work {
    /// `inputs` things of `unit` (plural: `files`, `packages`) were looked at; `None` for zero.
    pub fn new(inputs: u64, unit: &'static str) -> Option<Self> {
        NonZeroU64::new(inputs).map(|inputs| Self { inputs, unit })
    }

    /// How many things.
    pub fn inputs(self) -> u64 {
        self.inputs.get()
    }

    /// What they are, in the plural.
    pub fn unit(self) -> &'static str {
        self.unit
    }
}

/// Whether a run can be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It looked at everything it was given.
    Complete(Work),
    /// It worked, but left something out; at least one problem.
    Partial(Work, Vec<Problem>),
    /// It says nothing about the project.
    Failed(Problem),
    /// It was not run, for a good reason.
    Skipped(Problem),
}

/// [`Health`] without its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthLevel {
    /// See [`Health::Complete`].
    Complete,
    /// See [`Health::Partial`].
    Partial,
    /// See [`Health::Failed`].
    Failed,
    /// See [`Health::Skipped`].
    Skipped,
}

impl HealthLevel {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Health {
    /// Code of a skipped run: lockgate itself saw that the tree has nothing for the tool.
    pub const NOTHING_TO_LOOK_AT: &'static str = "nothing-to-look-at";

    /// Code of a skipped run: the tool is not there, and nobody asked for this one in particular.
    pub const NOT_AT_HAND: &'static str = "not-at-hand";

    /// True for a run that was skipped by right: no evidence, but none is missing either. Only
    /// lockgate gives such health, never a report.
    pub fn is_excused(&self) -> bool {
        let codes = [Self::NOTHING_TO_LOOK_AT, Self::NOT_AT_HAND];
        matches!(self, Self::Skipped(problem) if codes.contains(&problem.code))
    }

    /// The health of a run that looked at `work` and had `problems`: nothing looked at is a
    /// failure, whatever else is true.
    pub fn judge(work: Option<Work>, problems: Vec<Problem>, nothing: Problem) -> Self {
        match work {
            None => Self::Failed(problems.into_iter().next().unwrap_or(nothing)),
            Some(work) if problems.is_empty() => Self::Complete(work),
            Some(work) => Self::Partial(work, problems),
        }
    }

    /// The level alone.
    pub fn level(&self) -> HealthLevel {
        match self {
            Self::Complete(_) => HealthLevel::Complete,
            Self::Partial(..) => HealthLevel::Partial,
            Self::Failed(_) => HealthLevel::Failed,
            Self::Skipped(_) => HealthLevel::Skipped,
        }
    }

    /// Why it is not complete.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Complete(_) => &[],
            Self::Partial(_, problems) => problems,
            Self::Failed(problem) | Self::Skipped(problem) => std::slice::from_ref(problem),
        }
    }

    /// The same, to be told otherwise: there are as many afterwards.
    pub fn problems_mut(&mut self) -> &mut [Problem] {
        match self {
            Self::Complete(_) => &mut [],
            Self::Partial(_, problems) => problems,
            Self::Failed(problem) | Self::Skipped(problem) => std::slice::from_mut(problem),
        }
    }

    /// The proof of work.
    pub fn work(&self) -> Option<Work> {
        match self {
            Self::Complete(work) | Self::Partial(work, _) => Some(*work),
            Self::Failed(_) | Self::Skipped(_) => None,
        }
    }
}

/// What a run covered, as far as its report tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// When the report was written.
    pub written: Option<Timestamp>,
    /// When the advisory data that it was judged by was last updated.
    pub data: Option<Timestamp>,
    /// When the report's file was last changed: its age where it does not say. Not shown, because
    /// it is no property of the evidence.
    pub modified: Option<Timestamp>,
    /// What was looked at, by name: files, targets, lockfiles. Sorted, at most [`Self::MOST`].
    pub inputs: Vec<Untrusted>,
    /// The scanner's exit code, when lockgate ran it.
    pub exit: Option<i32>,
    /// The folder that the check was about, seen from the root of a check that merged it with
    /// others; `None` for the root itself.
    pub folder: Option<RepoPath>,
}

impl Coverage {
    /// Most names that are kept; the number of all is in [`Work`].
    pub const MOST: usize = 1000;

    /// Adds names of what was looked at.
    #[must_use]
    pub fn inputs(mut self, names: impl IntoIterator<Item = Untrusted>) -> Self {
        self.inputs.extend(names);
        self.inputs.sort();
        self.inputs.dedup();
        self.inputs.truncate(Self::MOST);
        self
    }
}

/// One scanner's work, as one report tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Whose work.
    pub scanner: ScannerId,
    /// The tool's own name (SARIF driver name).
    pub tool: Untrusted,
    /// The tool's home page, when lockgate knows the tool.
    pub home: Option<&'static str>,
    /// The tool's version, when the report says.
    pub version: Option<Untrusted>,
    /// The report's path as the user named it, or the command line of a tool that lockgate ran;
    /// `None` for a scanner without either.
    pub report: Option<Untrusted>,
    /// Position in the report, which may hold several runs.
    pub ordinal: usize,
    /// Format of the report: `Trivy JSON`, `SARIF 2.1.0`.
    pub format: Option<&'static str>,
    /// Can it be believed?
    pub health: Health,
    /// What it covered.
    pub coverage: Coverage,
    /// Worth knowing, without an effect on health.
    pub notes: Vec<Problem>,
    /// Number of problems that the report lists, before any merging.
    pub findings: usize,
    /// The rules that it used.
    pub rules: BTreeMap<RuleId, RuleInfo>,
}

/// An observation that has been given its place in the repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// What was seen. Boxed, because it is large and travels far.
    pub observation: Box<Observation>,
    /// Where it is.
    pub location: Location,
    /// `primaryLocationLineHash` of that line, as GitHub code scanning computes it.
    pub line_hash: Option<String>,
    /// The text of that line without white space, for fingerprints; never shown, and never kept
    /// for secrets.
    pub line_text: Option<Untrusted>,
    /// What tells that line apart from others like it.
    pub digests: SourceDigests,
}

/// A run with what it saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Witnessed {
    /// The run.
    pub run: Run,
    /// Its observations.
    pub observations: Vec<Located>,
}

/// Everything that the verdict is based on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence {
    /// All runs, in any order.
    pub runs: Vec<Witnessed>,
    /// What should be here and is not, and belongs to no run: parts of a check that was divided
    /// among several jobs. Each makes the verdict incomplete, whatever the policy says of gaps.
    pub missing: Vec<Problem>,
}

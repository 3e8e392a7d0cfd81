//! Whose policy decides, and what the judged change would make of it.

use super::assessment::Verdict;
use super::change::Revision;
use super::text::Untrusted;

/// Whose policy decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authority {
    /// Where it is from.
    pub origin: PolicyOrigin,
    /// Errors that the judged change brings into the policy, at most [`Self::MOST`]. Once merged,
    /// they would end every check.
    pub errors: Vec<PolicyError>,
}

impl Authority {
    /// Most errors that are kept.
    pub const MOST: usize = 20;

    /// Whether the judged change can have had a hand in the policy that decides.
    pub fn is_trusted(&self) -> bool {
        !matches!(self.origin, PolicyOrigin::Change { .. })
    }
}

/// Where the policy comes from, as far as the judged change could have had a hand in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PolicyOrigin {
    /// Nobody who is judged wrote it: it is shipped, it is not a file of the repository, or no
    /// change is judged.
    #[default]
    Given,
    /// It is the one of this commit, which the change is to be merged into.
    Base(Revision),
    /// This commit has none, so that the default holds.
    Default(Revision),
    /// It is the one that the change has, because the base's cannot be read.
    Change {
        /// One sentence of ours that says why, without a full stop.
        why: String,
        /// What to do about it, likewise.
        mend: String,
    },
}

impl PolicyOrigin {
    /// The word used in outputs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Base(_) => "base",
            Self::Default(_) => "default",
            Self::Change { .. } => "change",
        }
    }

    /// The commit that was looked into.
    pub fn commit(&self) -> Option<&Revision> {
        match self {
            Self::Base(commit) | Self::Default(commit) => Some(commit),
            Self::Given | Self::Change { .. } => None,
        }
    }
}

/// An error in the policy as the judged change has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// The file.
    pub source: Untrusted,
    /// Line and column, 1-based, when the error has a place.
    pub place: Option<(usize, usize)>,
    /// What is wrong. May quote the file.
    pub message: Untrusted,
}

/// What the policy would make of this very evidence as the judged change has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterMerge {
    /// The verdict.
    pub verdict: Verdict,
    /// What blocks now and would not: indices into the assessment's findings, ascending.
    pub passing: Vec<usize>,
    /// How many would block that do not now.
    pub blocking: usize,
}

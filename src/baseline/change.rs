//! One difference between a baseline and what is found now.

use crate::model::BaselineEntry;

/// What became of a finding or an entry. The order is that in which outputs list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// No entry stands for the finding.
    New,
    /// Entries may stand for the finding, and nobody can say which; counts as new.
    Ambiguous,
    /// Known, at another line.
    Moved,
    /// Known, in a file with another name.
    Renamed,
    /// Known, in another version of the package.
    Bumped,
    /// Known, by another name of the advisory.
    Alias,
    /// Known as it is.
    Known,
    /// The entry's scanner has looked and does not see it any more.
    Resolved,
    /// Nobody has looked at where the entry was.
    Unseen,
}

impl Fate {
    /// All fates, in their order.
    pub const ALL: [Self; 9] = [
        Self::New,
        Self::Ambiguous,
        Self::Moved,
        Self::Renamed,
        Self::Bumped,
        Self::Alias,
        Self::Known,
        Self::Resolved,
        Self::Unseen,
    ];

    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ambiguous => "ambiguous",
            Self::Moved => "moved",
            Self::Renamed => "renamed",
            Self::Bumped => "bumped",
            Self::Alias => "alias",
            Self::Known => "known",
            Self::Resolved => "resolved",
            Self::Unseen => "unseen",
        }
    }

    /// True for what a baseline written today would add.
    pub fn is_new(self) -> bool {
        matches!(self, Self::New | Self::Ambiguous)
    }
}

/// A finding, an entry, or both when one stands for the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What became of it.
    pub fate: Fate,
    /// Why, as a clause of ours.
    pub why: &'static str,
    /// As it is now.
    pub now: Option<BaselineEntry>,
    /// As the baseline has it.
    pub was: Option<BaselineEntry>,
}

impl Change {
    /// The finding as it is now, failing that as it was.
    pub fn entry(&self) -> Option<&BaselineEntry> {
        self.now.as_ref().or(self.was.as_ref())
    }
}

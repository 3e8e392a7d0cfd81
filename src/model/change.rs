//! What the judged state is compared with: the event, the base commit, the change between them.

use super::location::{Region, RepoPath};
use super::package::{Ecosystem, Scope};
use super::text::Untrusted;
use std::collections::{BTreeMap, BTreeSet};

/// Why the check runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A pull request is to be merged.
    PullRequest,
    /// A merge queue builds what will be the target branch.
    MergeGroup,
    /// Commits were pushed.
    Push,
    /// A clock started it: everything is looked at, nothing is compared.
    Schedule,
    /// A person started it.
    Manual,
    /// It runs outside of Actions.
    Local,
}

impl Event {
    /// All events, in the order in which help lists them.
    pub const ALL: [Self; 6] = [
        Self::PullRequest,
        Self::MergeGroup,
        Self::Push,
        Self::Schedule,
        Self::Manual,
        Self::Local,
    ];

    /// The word used on the command line and in outputs; GitHub's, where it has one
    /// (docs.github.com, "Events that trigger workflows").
    pub fn word(self) -> &'static str {
        match self {
            Self::PullRequest => "pull_request",
            Self::MergeGroup => "merge_group",
            Self::Push => "push",
            Self::Schedule => "schedule",
            Self::Manual => "workflow_dispatch",
            Self::Local => "local",
        }
    }

    /// Reads such a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }

    /// True where somebody asks whether a change may be merged: policy, waivers and baseline are
    /// then those of the base, because the change must not judge itself.
    pub fn judges_a_change(self) -> bool {
        matches!(self, Self::PullRequest | Self::MergeGroup)
    }
}

/// Since when a finding is there, as seen from the judged change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The change brings it in.
    Introduced,
    /// It was published, or first found, for what the change does not touch.
    Disclosed,
    /// It was there before.
    Existing,
    /// Nobody can say; counts as introduced.
    Unknown,
}

impl Origin {
    /// All origins, in the order in which outputs list them.
    pub const ALL: [Self; 4] = [
        Self::Introduced,
        Self::Disclosed,
        Self::Existing,
        Self::Unknown,
    ];

    /// The word used in policies and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::Disclosed => "disclosed",
            Self::Existing => "existing",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a word of a policy.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.word() == word)
    }
}

/// An origin with the reason for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// The origin.
    pub origin: Origin,
    /// Why, as a clause: "its line is part of the change".
    pub why: &'static str,
}

impl Provenance {
    /// What holds until somebody has looked.
    pub const UNSEEN: Self = Self {
        origin: Origin::Unknown,
        why: "there is nothing to compare with",
    };
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// What people call it: a branch, or what the event names. May be the id itself.
    pub name: Untrusted,
    /// Its id, in hex.
    pub id: String,
}

impl Revision {
    /// The first digits of the id, as people are shown it.
    pub fn short(&self) -> &str {
        self.id.get(..7).unwrap_or(&self.id)
    }
}

/// What the judged state is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// This commit, with what differs.
    Known(Box<Change>),
    /// There is one, but it cannot be read here.
    Unreadable {
        /// One sentence of ours that says why.
        why: String,
        /// What to do about it, as one sentence of ours: the checkout's setting that mends it.
        mend: String,
    },
    /// There is none, and none can be: a first run, a repository without history.
    None {
        /// One sentence of ours that says why.
        why: String,
    },
    /// None is wanted: everything is looked at for its own sake.
    Whole,
}

impl Base {
    /// The change, when it is known.
    pub fn change(&self) -> Option<&Change> {
        match self {
            Self::Known(change) => Some(change),
            Self::Unreadable { .. } | Self::None { .. } | Self::Whole => None,
        }
    }
}

/// The difference between the base and what is judged. Paths are from the root of the checked
/// folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The commit that it is compared with: where the change left its target.
    pub base: Revision,
    /// Every file that is added, removed, renamed or altered; a renamed one under both names.
    pub files: BTreeSet<RepoPath>,
    /// New name → old name, of renamed files.
    pub renamed: BTreeMap<RepoPath, RepoPath>,
    /// What differs inside the files of the change that somebody asked for, by their present name.
    /// A file of the change that is not in here cannot be compared by line.
    pub lines: BTreeMap<RepoPath, Lines>,
    /// What the base's manifests list, by their names in the base.
    pub packages: BTreeMap<RepoPath, BasePackages>,
    /// Digests of the lines of findings, as [`super::SourceDigests::text`], that the base has in the
    /// file, too, wherever in it; by the files' present names.
    pub texts: BTreeMap<RepoPath, BTreeSet<u64>>,
    /// What manifests of the change list and their bases do not, by their present names; only of
    /// ecosystems of which a scanner named no file.
    pub brought: BTreeMap<RepoPath, BasePackages>,
}

impl Change {
    /// The name that a file has in the base.
    pub fn old_name<'a>(&'a self, path: &'a RepoPath) -> &'a RepoPath {
        self.renamed.get(path).unwrap_or(path)
    }
}

/// Packages of one manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasePackages {
    /// Whose packages.
    pub ecosystem: Ecosystem,
    /// Name in the ecosystem's normal form, version if it is pinned, scope if it is said.
    pub list: BTreeSet<(String, Option<String>, Option<Scope>)>,
}

/// Which lines of a file the change touches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    /// Added or altered lines: first and last, 1-based, ascending, apart from each other.
    pub added: Vec<(u32, u32)>,
    /// After which lines something was only taken away; 0 for the start of the file. Ascending.
    pub cut: Vec<u32>,
}

impl Lines {
    /// The lines of a file that is new.
    pub fn all() -> Self {
        Self {
            added: vec![(1, u32::MAX)],
            cut: Vec::new(),
        }
    }

    /// True when the change reaches into these lines: one of them is added or altered, or something
    /// between two of them was taken away.
    pub fn touch(&self, region: Region) -> bool {
        let (first, last) = (region.line, region.end_line.unwrap_or(region.line));
        let from = self.added.partition_point(|(_, end)| *end < first);
        let added = self
            .added
            .get(from)
            .is_some_and(|(start, _)| *start <= last);
        let from = self.cut.partition_point(|after| *after < first);
        added || self.cut.get(from).is_some_and(|after| *after < last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(first: u64, last: u64) -> Region {
        Region::line(first).unwrap().to_line(last)
    }

    #[test]
    fn a_change_reaches_the_lines_that_it_adds_and_those_around_a_cut() {
        let lines = Lines {
            added: vec![(3, 4), (9, 9)],
            cut: vec![0, 6],
        };
        for (first, last, touched) in [
            (1, 1, false),
            (1, 2, false),
            (1, 3, true),
            (4, 4, true),
            (5, 5, false),
            (5, 6, false),
            (6, 6, false),
            (6, 7, true),
            (5, 9, true),
            (10, 99, false),
        ] {
            assert_eq!(lines.touch(region(first, last)), touched, "{first}–{last}");
        }
        assert!(Lines::all().touch(region(7, 7)));
        assert!(!Lines::default().touch(region(1, 9)));
    }

    #[test]
    fn words_are_read_back() {
        for event in Event::ALL {
            assert_eq!(Event::parse(event.word()), Some(event));
        }
        for origin in Origin::ALL {
            assert_eq!(Origin::parse(origin.word()), Some(origin));
        }
    }
}

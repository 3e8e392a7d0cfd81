//! What differs between two commits, file by file.

use super::{Commit, Repository};
use crate::model::RepoPath;
use std::collections::{BTreeMap, BTreeSet};

/// Files that a change may touch and still be told apart file by file.
const MAX_CHANGED: usize = 200_000;

/// Files that differ, from the root of the checked folder.
#[derive(Debug, Default)]
pub struct Touched {
    /// Added, removed, renamed or altered; a renamed one under both names. With those that are not
    /// committed.
    pub files: BTreeSet<RepoPath>,
    /// Those of them that differ from the commit that is checked out.
    pub uncommitted: BTreeSet<RepoPath>,
    /// New name → old name.
    pub renamed: BTreeMap<RepoPath, RepoPath>,
}

/// Why nobody can tell what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// The checkout does not hold the files of a commit.
    Absent,
    /// More than [`MAX_CHANGED`] files differ.
    TooMany,
}

impl Repository {
    /// What differs from `old` to `new`. Renamed files are recognised when at least half of their
    /// content is the same, as git does by default.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub fn touched(&self, old: &Commit<'_>, new: &Commit<'_>) -> Result<Touched, Untold> {
        let old = old.tree().ok_or(Untold::Absent)?;
        let new = new.tree().ok_or(Untold::Absent)?;
        let compare = |rewrites| {
            let mut options = gix::diff::Options::default();
            options.track_rewrites(rewrites);
            self.inner.diff_tree_to_tree(&old, &new, options)
        };
        // A partial clone has the folders but not the content by which renamed files are recognised.
        let changes = compare(Some(gix::diff::Rewrites::default()))
            .or_else(|_| compare(None))
            .map_err(|_| Untold::Absent)?;
        if changes.len() > MAX_CHANGED {
            return Err(Untold::TooMany);
        }
        let mut touched = Touched::default();
        for change in changes.iter().filter(|c| !c.entry_mode().is_tree()) {
            let now = self.inside(change.location());
            let before = self.inside(change.source_location());
            if let (Some(now), Some(before)) = (&now, &before)
                && now != before
            {
                touched.renamed.insert(now.clone(), before.clone());
            }
            touched.files.extend(now);
            touched.files.extend(before);
        }
        Ok(touched)
    }
}

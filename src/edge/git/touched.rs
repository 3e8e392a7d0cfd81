//! What differs between two commits, file by file.

use super::{Commit, Repository};
use crate::model::RepoPath;
use std::collections::{BTreeMap, BTreeSet};

/// Files that a change may touch and still be told apart file by file.
const MAX_CHANGED: usize = 200_000;

/// Bytes that are compared at most to recognise renamed files; beyond that only those whose content is
/// the same are recognised. Comparing takes about a second for each gigabyte.
const MAX_EFFORT: u64 = 512 * 1024 * 1024;

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
    /// What a scanner's words for one of these files may be taken for, although it is another file:
    /// `src/a.py` where the change touches a file with the name `src\a.py`, or `src%2Fa.py`.
    pub unclear: BTreeSet<RepoPath>,
}

impl Touched {
    /// Forgets files that are not committed, and are no part of the change: what other jobs have
    /// written for this one.
    pub fn leave_out(&mut self, files: &BTreeSet<RepoPath>) {
        for file in files {
            if self.uncommitted.remove(file) {
                self.files.remove(file);
            }
        }
    }
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
        let plain = compare(None).map_err(|_| Untold::Absent)?;
        if plain.len() > MAX_CHANGED {
            return Err(Untold::TooMany);
        }
        let mut rewrites = gix::diff::Rewrites::default();
        if self.effort(&plain) > MAX_EFFORT {
            rewrites.percentage = None;
        }
        // A partial clone has the folders but not the content by which renamed files are recognised.
        let changes = compare(Some(rewrites)).unwrap_or(plain);
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
            touched.unclear.extend(self.unclear(change.location()));
        }
        Ok(touched)
    }

    /// What it takes to recognise renamed files by their content, in bytes: every new file is compared
    /// with every one that is gone, except those that have not altered.
    fn effort(&self, changes: &[gix::object::tree::diff::ChangeDetached]) -> u64 {
        use gix::object::tree::diff::ChangeDetached as Change;
        let mut gone = BTreeMap::new();
        let mut new = Vec::new();
        for change in changes.iter().filter(|c| !c.entry_mode().is_tree()) {
            match change {
                Change::Deletion { id, .. } => *gone.entry(*id).or_insert(0_u64) += 1,
                Change::Addition { id, .. } => new.push(*id),
                Change::Modification { .. } | Change::Rewrite { .. } => {}
            }
        }
        let same: BTreeSet<_> = new
            .iter()
            .filter(|id| gone.contains_key(*id))
            .copied()
            .collect();
        new.retain(|id| !same.contains(id));
        gone.retain(|id, _| !same.contains(id));
        let size = |id: &gix::ObjectId| {
            let header = self.inner.find_header(*id);
            header.map_or(0, |header| header.size())
        };
        let new_bytes = new.iter().map(size).fold(0, u64::saturating_add);
        let gone_bytes = gone.iter().map(|(id, n)| size(id).saturating_mul(*n));
        let gone_bytes = gone_bytes.fold(0, u64::saturating_add);
        let gone_files: u64 = gone.values().sum();
        let new_files = new.len() as u64;
        let one = new_bytes.saturating_mul(gone_files);
        one.saturating_add(gone_bytes.saturating_mul(new_files))
    }

    /// The other path that the words for this one can be read as.
    fn unclear(&self, path: &[u8]) -> Vec<RepoPath> {
        let path = String::from_utf8_lossy(path);
        if !path.contains(['\\', '%', ':']) {
            return Vec::new();
        }
        let slashes = path.replace('\\', "/");
        let decoded = percent_encoding::percent_decode_str(&path).decode_utf8_lossy();
        let both = decoded.replace('\\', "/");
        let no_drive = slashes.split_once(':').map(|(_, rest)| rest.to_owned());
        [
            Some(slashes),
            Some(decoded.into_owned()),
            Some(both),
            no_drive,
        ]
        .into_iter()
        .flatten()
        .filter(|other| *other != path)
        .filter_map(|other| self.inside(other.trim_start_matches('/').as_bytes()))
        .collect()
    }
}

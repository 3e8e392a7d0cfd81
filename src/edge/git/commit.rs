//! One commit and its files.

use super::Repository;
use crate::model::{Foreign as _, RepoPath};
use std::collections::BTreeSet;

/// Largest file that is read from a commit, in bytes.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Most files of a commit that are listed.
const MAX_FILES: usize = 500_000;

/// A commit.
#[derive(Clone, Copy)]
pub struct Commit<'r> {
    pub(super) repository: &'r Repository,
    pub(super) id: gix::ObjectId,
}

impl<'r> Commit<'r> {
    /// Its id, in hex.
    pub fn id(&self) -> String {
        self.id.to_string()
    }

    /// Its parents' ids, in hex, the first one first. They need not be in this checkout.
    pub fn parents(&self) -> Vec<String> {
        let commit = self.repository.inner.find_commit(self.id);
        let parents = commit.map(|commit| commit.parent_ids().map(|id| id.to_string()).collect());
        parents.unwrap_or_default()
    }

    pub(super) fn tree(&self) -> Option<gix::Tree<'r>> {
        let commit = self.repository.inner.find_commit(self.id).ok()?;
        commit.tree().ok()
    }

    /// True when its files are in this checkout, too.
    pub fn is_whole(&self) -> bool {
        self.tree().is_some()
    }

    /// The bytes of a file, from the root of the checked folder. `None` when it is not there, no
    /// regular file, or too large.
    pub fn read(&self, path: &RepoPath) -> Option<Vec<u8>> {
        let path = path.below(self.repository.prefix.as_ref());
        let entry = self.tree()?.lookup_entry_by_path(path.raw()).ok()??;
        if !entry.mode().is_blob() {
            return None;
        }
        self.blob(entry.object_id())
    }

    /// The bytes of a blob; `None` when it is not there or too large.
    pub(super) fn blob(&self, id: gix::ObjectId) -> Option<Vec<u8>> {
        let header = self.repository.inner.find_header(id).ok()?;
        if header.size() > MAX_BYTES {
            return None;
        }
        Some(self.repository.inner.find_object(id).ok()?.detach().data)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    pub fn text(&self, path: &RepoPath) -> Result<String, String> {
        let bytes = self
            .read(path)
            .ok_or_else(|| "there is no such file in the base commit".to_owned())?;
        String::from_utf8(bytes).map_err(|_| "it is not valid UTF-8".to_owned())
    }

    /// True for a file that is there.
    pub fn has(&self, path: &RepoPath) -> bool {
        let path = path.below(self.repository.prefix.as_ref());
        let entry = |tree: gix::Tree<'_>| {
            let found = tree.lookup_entry_by_path(path.raw()).ok()??;
            Some(found.mode().is_blob())
        };
        self.tree().and_then(entry).unwrap_or(false)
    }

    /// Its regular files below the checked folder, from there.
    pub fn list(&self) -> BTreeSet<RepoPath> {
        let prefix = self.repository.prefix.as_ref();
        let Some(tree) = self.tree() else {
            return BTreeSet::new();
        };
        let mut recorder = gix::traverse::tree::Recorder::default();
        if tree.traverse().breadthfirst(&mut recorder).is_err() {
            return BTreeSet::new();
        }
        recorder
            .records
            .into_iter()
            .filter(|entry| entry.mode.is_blob())
            .filter_map(|entry| RepoPath::new(&String::from_utf8_lossy(&entry.filepath)).ok())
            .filter_map(|path| match prefix {
                Some(prefix) => path.inside(prefix),
                None => Some(path),
            })
            .take(MAX_FILES)
            .collect()
    }
}

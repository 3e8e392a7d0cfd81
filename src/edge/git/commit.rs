//! One commit and its files.

use super::Repository;
use crate::model::{Foreign as _, RepoPath};
use gix::objs::tree::EntryKind;
use std::collections::BTreeSet;

/// Largest file that is read from a commit, in bytes.
pub(super) const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Most files of a commit that are listed.
const MAX_FILES: usize = 500_000;

/// What a path of a commit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// A commit of another repository.
    Submodule,
    /// A folder.
    Folder,
    /// Nothing.
    Absent,
    /// This checkout does not hold the folders on the way.
    Unreadable,
}

/// A commit.
#[derive(Clone, Copy)]
pub struct Commit<'r> {
    pub(super) repository: &'r Repository,
    pub(super) id: gix::ObjectId,
}

impl<'r> Commit<'r> {
    /// Where it is.
    pub fn repository(&self) -> &'r Repository {
        self.repository
    }

    /// Its id, in hex.
    pub fn id(&self) -> String {
        self.id.to_string()
    }

    /// Its parents' ids, in hex, the first one first, as the commit itself says: they need not be in
    /// this checkout.
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

    /// What a path is, from the root of the checked folder.
    pub fn look(&self, path: &RepoPath) -> Look {
        match self.entry(path) {
            Err(()) => Look::Unreadable,
            Ok(None) => Look::Absent,
            Ok(Some((kind, _))) => match kind {
                EntryKind::Blob | EntryKind::BlobExecutable => Look::File,
                EntryKind::Link => Look::Link,
                EntryKind::Commit => Look::Submodule,
                EntryKind::Tree => Look::Folder,
            },
        }
    }

    /// The bytes of a file, from the root of the checked folder. `None` when it is not there, no
    /// regular file, or too large.
    pub fn read(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.read_up_to(path, MAX_BYTES)
    }

    /// The same with a limit in bytes.
    pub fn read_up_to(&self, path: &RepoPath, limit: u64) -> Option<Vec<u8>> {
        let (kind, id) = self.entry(path).ok()??;
        if !matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable) {
            return None;
        }
        self.blob(id, limit)
    }

    /// The bytes of a blob; `None` when it is not there or larger than the limit.
    pub(super) fn blob(&self, id: gix::ObjectId, limit: u64) -> Option<Vec<u8>> {
        let header = self.repository.inner.find_header(id).ok()?;
        if header.size() > limit {
            return None;
        }
        let object = self.repository.inner.find_object(id).ok()?;
        Some(object.detach().data)
    }

    /// Kind and id of what a path is; an error when the folders on the way cannot be read.
    fn entry(&self, path: &RepoPath) -> Result<Option<(EntryKind, gix::ObjectId)>, ()> {
        let path = path.below(self.repository.prefix.as_ref());
        let tree = self.tree().ok_or(())?;
        let entry = tree.lookup_entry_by_path(path.raw()).map_err(|_| ())?;
        Ok(entry.map(|entry| (entry.mode().kind(), entry.object_id())))
    }

    /// True for a file that is there.
    pub fn has(&self, path: &RepoPath) -> bool {
        self.look(path) == Look::File
    }

    /// Its regular files below the checked folder, from there.
    pub fn list(&self) -> BTreeSet<RepoPath> {
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
            .filter_map(|entry| self.repository.inside(&entry.filepath))
            .take(MAX_FILES)
            .collect()
    }
}

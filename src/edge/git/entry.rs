//! What a commit has under a path, told apart more finely than "a file or not": a policy that
//! cannot be read must never look like a policy that is not there.

use super::commit::MAX_BYTES;
use super::{Commit, Look, Repository};
use crate::model::{Foreign as _, RepoPath};
use gix::object::tree::EntryKind;
use gix::objs::Kind;

/// Digits of a commit's id that are shown.
const SHORT: usize = 12;

/// Where a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// At the checked folder.
    Root,
    /// At the repository's root.
    Top,
}

impl Commit<'_> {
    /// What is there under a path; a file is there only when it can be read.
    pub fn at(&self, path: &RepoPath, from: From) -> Look {
        self.look_up(path, from).0
    }

    /// The text of a file.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    pub fn file(&self, path: &RepoPath, from: From) -> Result<String, String> {
        let commit = self.id();
        let commit = commit.get(..SHORT).unwrap_or(&commit);
        let id = match self.look_up(path, from) {
            (Look::File, Some(id)) => id,
            (Look::Absent, _) => return Err(format!("there is no such file in commit {commit}")),
            (Look::Link, _) => {
                return Err(format!(
                    "it is a link in commit {commit}, and links of a commit are not followed"
                ));
            }
            (Look::Folder | Look::Submodule, _) => {
                return Err(format!("it is no file in commit {commit}"));
            }
            _ => return Err(format!("this checkout lacks a part of commit {commit}")),
        };
        let bytes = self.blob(id, MAX_BYTES).ok_or("it is too large")?;
        String::from_utf8(bytes).map_err(|_| "it is not valid UTF-8".to_owned())
    }

    /// The id of a file's content, in hex.
    pub fn content(&self, path: &RepoPath, from: From) -> Option<String> {
        Some(self.look_up(path, from).1?.to_string())
    }

    /// The id, in hex, that such content has in this repository.
    pub fn content_of(&self, bytes: &[u8]) -> Option<String> {
        let kind = self.repository.inner.object_hash();
        let id = gix::objs::compute_hash(kind, Kind::Blob, bytes).ok()?;
        Some(id.to_string())
    }

    /// Component by component, so that links and submodules on the way are seen.
    fn look_up(&self, path: &RepoPath, from: From) -> (Look, Option<gix::ObjectId>) {
        let prefix = self.repository.prefix.as_ref();
        let path = path.below(prefix.filter(|_| from == From::Root));
        let Some(mut tree) = self.tree() else {
            return (Look::Unreadable, None);
        };
        let mut parts = path.raw().split('/').peekable();
        while let Some(part) = parts.next() {
            let Ok(found) = tree.lookup_entry([part.as_bytes()]) else {
                return (Look::Unreadable, None);
            };
            let Some(found) = found else {
                return (Look::Absent, None);
            };
            let last = parts.peek().is_none();
            match found.mode().kind() {
                EntryKind::Link => return (Look::Link, None),
                EntryKind::Commit => return (Look::Submodule, None),
                EntryKind::Tree if last => return (Look::Folder, None),
                EntryKind::Tree => match found.object().map(gix::Object::try_into_tree) {
                    Ok(Ok(below)) => tree = below,
                    _ => return (Look::Unreadable, None),
                },
                EntryKind::Blob | EntryKind::BlobExecutable if last => {
                    let id = found.object_id();
                    let there = self.repository.inner.find_header(id).is_ok();
                    let entry = if there { Look::File } else { Look::Unreadable };
                    return (entry, Some(id));
                }
                // A file where the path wants a folder.
                EntryKind::Blob | EntryKind::BlobExecutable => return (Look::Absent, None),
            }
        }
        (Look::Absent, None)
    }
}

impl Repository {
    /// When git last wrote down what is checked out. A file that is older is as git left it.
    pub fn checked_out(&self) -> Option<jiff::Timestamp> {
        let index = self.inner.git_dir().join("index");
        let modified = std::fs::metadata(index).ok()?.modified().ok()?;
        jiff::Timestamp::try_from(modified).ok()
    }
}

//! The repository's history: commits, their files, and what differs between two of them.

mod commit;
mod entry;
pub mod search;
mod touched;
mod tracked;
mod uncommitted;

pub use commit::{Commit, Look};
pub use entry::From;
pub use touched::{Touched, Untold};

use super::files::Root;
use crate::model::RepoPath;

/// Folders and commits that are kept at hand, in bytes.
const CACHE: usize = 32 * 1024 * 1024;

/// The Git repository that holds the checked folder.
pub struct Repository {
    inner: gix::Repository,
    /// The checked folder, seen from the repository's root.
    prefix: Option<RepoPath>,
}

impl Repository {
    /// Opens it; `None` when there is none.
    pub fn open(root: &Root) -> Option<Self> {
        // Isolated: the configuration of the machine's user is none of the repository's.
        let options = gix::open::Options::isolated();
        let mut inner = gix::open_opts(root.git()?, options).ok()?;
        // The same folders are looked up again and again.
        inner.object_cache_size_if_unset(CACHE);
        // `refs/replace` would put another content in the place of one that was committed.
        inner.objects.ignore_replacements = true;
        Some(Self {
            inner,
            prefix: root.prefix(),
        })
    }

    /// The commit that is checked out; `None` before the first one.
    pub fn head(&self) -> Option<Commit<'_>> {
        let id = self.inner.head_commit().ok()?.id;
        Some(self.commit(id))
    }

    /// True before the first commit.
    pub fn is_unborn(&self) -> bool {
        self.inner.head().is_ok_and(|head| head.is_unborn())
    }

    /// The commit that a name means: an id, a branch, a tag, `HEAD~2`. `None` when it is not in
    /// this checkout.
    pub fn find(&self, name: &str) -> Option<Commit<'_>> {
        let id = self.inner.rev_parse_single(name).ok()?;
        let commit = id.object().ok()?.peel_to_commit().ok()?;
        Some(self.commit(commit.id))
    }

    /// The commit of a full id; `None` when it or its files are not in this checkout.
    pub fn commit_of(&self, id: &str) -> Option<Commit<'_>> {
        let id = gix::ObjectId::from_hex(id.as_bytes()).ok()?;
        let commit = self.commit(self.inner.find_commit(id).ok()?.id);
        commit.is_whole().then_some(commit)
    }

    /// The commit of a full reference, `refs/…`; `None` when it is not in this checkout.
    pub fn commit_at(&self, reference: &str) -> Option<Commit<'_>> {
        let mut found = self.inner.try_find_reference(reference).ok()??;
        let commit = self.commit(found.peel_to_commit().ok()?.id);
        commit.is_whole().then_some(commit)
    }

    /// Where the histories of two commits parted; `None` when this checkout does not reach so far
    /// back, or they have nothing in common.
    pub fn parted(&self, one: &Commit<'_>, other: &Commit<'_>) -> Option<Commit<'_>> {
        let id = self.inner.merge_base(one.id, other.id).ok()??;
        Some(self.commit(id.detach()))
    }

    /// True for a checkout that does not hold all of the history.
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow().unwrap_or(true)
    }

    fn inside(&self, path: &[u8]) -> Option<RepoPath> {
        inside(self.prefix.as_ref(), path)
    }

    fn commit(&self, id: gix::ObjectId) -> Commit<'_> {
        Commit {
            repository: self,
            id,
        }
    }
}

/// A path of the repository, from the checked folder `prefix`; `None` when it is not in there.
fn inside(prefix: Option<&RepoPath>, path: &[u8]) -> Option<RepoPath> {
    let path = RepoPath::new(&String::from_utf8_lossy(path)).ok()?;
    match prefix {
        Some(prefix) => path.inside(prefix),
        None => Some(path),
    }
}

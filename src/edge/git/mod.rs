//! The repository's history: commits, their files, and what differs between two of them.

mod commit;
mod entry;
mod touched;

pub use commit::Commit;
pub use entry::{Entry, From};
pub use touched::Touched;

use super::files::Root;
use crate::model::RepoPath;

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
        let inner = gix::open_opts(root.git()?, options).ok()?;
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

    /// The commit that a name means: an id, a branch, a tag, `HEAD~2`. `None` when it is not in
    /// this checkout.
    pub fn find(&self, name: &str) -> Option<Commit<'_>> {
        let id = self.inner.rev_parse_single(name).ok()?;
        let commit = id.object().ok()?.peel_to_commit().ok()?;
        Some(self.commit(commit.id))
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

    fn commit(&self, id: gix::ObjectId) -> Commit<'_> {
        Commit {
            repository: self,
            id,
        }
    }
}

//! What differs between the commit that is checked out and the files that are there: scanners look
//! at the files.

use super::{Repository, Touched, inside};
use crate::edge::files::{self, Root};
use crate::model::RepoPath;
use gix::bstr::BStr;
use gix::index::entry::{Flags, Mode, Stat};
use gix::objs::Kind;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest file that is compared by content, in bytes. A larger one counts as altered, unless git's
/// own note of its size and time says that it is not.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Bytes read in all. What is beyond counts as altered.
const MAX_TOTAL: u64 = 1024 * 1024 * 1024;

/// The files of the commit that is checked out, and what git noted when it wrote them.
struct Checkout<'a> {
    /// The repository's own folder.
    folder: &'a Path,
    committed: &'a gix::index::State,
    noted: Option<&'a gix::index::State>,
    options: gix::index::entry::stat::Options,
    read: AtomicU64,
}

/// How a committed file compares with the one that is there.
enum Standing {
    Same,
    Altered,
    /// Another content, which may be the same text when git's own has other line ends.
    Content(PathBuf),
    /// A commit of another repository.
    Submodule,
}

impl Repository {
    /// Adds the files that differ from the commit that is checked out: altered, deleted, or new and
    /// not named in `.gitignore`; also inside submodules, which then count as a whole. Line ends and
    /// the right to execute do not count.
    pub fn add_uncommitted(&self, root: &Root, touched: &mut Touched) {
        let uncommitted = self.uncommitted(root);
        touched.files.extend(uncommitted.iter().cloned());
        touched.uncommitted = uncommitted;
    }

    fn uncommitted(&self, root: &Root) -> BTreeSet<RepoPath> {
        let mut untracked = root.list();
        let folder = self.inner.workdir().map(Path::to_owned);
        let tree = self.head().and_then(|head| head.tree());
        let (Some(folder), Some(tree)) = (folder, tree) else {
            return untracked;
        };
        let Ok(committed) = self.inner.index_from_tree(&tree.id) else {
            return untracked;
        };
        let noted = self.inner.open_index().ok();
        let checkout = Checkout {
            folder: &folder,
            committed: &committed,
            noted: noted.as_deref(),
            // Git notes fractions of seconds. Without them every file of a fresh checkout would have to
            // be read.
            options: gix::index::entry::stat::Options {
                use_nsec: true,
                ..self.inner.stat_options().unwrap_or_default()
            },
            read: AtomicU64::new(0),
        };
        // The repository itself cannot be shared between threads.
        let prefix = self.prefix.as_ref();
        let compared: Vec<(RepoPath, gix::ObjectId, Standing)> = committed
            .entries()
            .par_iter()
            .filter_map(|entry| {
                let path = inside(prefix, entry.path(&committed))?;
                Some((path, entry.id, checkout.standing(entry)))
            })
            .collect();
        let mut altered = BTreeSet::new();
        let mut submodules = BTreeSet::new();
        for (path, id, standing) in compared {
            untracked.remove(&path);
            let differs = match standing {
                Standing::Same => false,
                Standing::Altered => true,
                Standing::Content(path) => !self.same_text(id, &path),
                Standing::Submodule => {
                    let differs = differs_inside(root, &path, id);
                    submodules.insert(path.clone());
                    differs
                }
            };
            if differs {
                altered.insert(path);
            }
        }
        let foreign = |new: &RepoPath| {
            let mut above = std::iter::successors(new.parent(), RepoPath::parent);
            // A worktree and a submodule have a file in place of the folder `.git`.
            new.file_name() == ".git" || above.any(|folder| submodules.contains(&folder))
        };
        altered.extend(untracked.into_iter().filter(|new| !foreign(new)));
        altered
    }

    /// True when only line ends differ from a committed content.
    fn same_text(&self, id: gix::ObjectId, path: &Path) -> bool {
        let size = self.inner.find_header(id).map(|header| header.size());
        if size.map_or(true, |size| size > MAX_BYTES) {
            return false;
        }
        match (
            self.inner.find_object(id),
            files::read_up_to(path, MAX_BYTES),
        ) {
            (Ok(then), Some(now)) => without_returns(&then.data) == without_returns(&now),
            _ => false,
        }
    }
}

/// Lines end in LF in git, and may end in CR LF in a checkout.
fn without_returns(text: &[u8]) -> Vec<u8> {
    let next = text.iter().skip(1).map(Some).chain([None]);
    text.iter()
        .zip(next)
        .filter(|(byte, next)| !(**byte == b'\r' && *next == Some(&b'\n')))
        .map(|(byte, _)| *byte)
        .collect()
}

/// True when a submodule that is there is at another commit, or its files differ from that.
fn differs_inside(root: &Root, path: &RepoPath, id: gix::ObjectId) -> bool {
    let Some(inner) = root.below(path) else {
        return false;
    };
    // One that was never fetched holds nothing that could differ.
    if inner.git() != Some(inner.path()) {
        return false;
    }
    let Some(repository) = Repository::open(&inner) else {
        return true;
    };
    let there = repository.head().map(|head| head.id);
    there != Some(id) || !repository.uncommitted(&inner).is_empty()
}

impl Checkout<'_> {
    fn standing(&self, entry: &gix::index::Entry) -> Standing {
        if entry.mode == Mode::COMMIT {
            return Standing::Submodule;
        }
        let name = entry.path(self.committed);
        let Some(path) = place(self.folder, name) else {
            return Standing::Altered;
        };
        let noted = self.noted.and_then(|noted| noted.entry_by_path(name));
        let there = match gix::index::fs::Metadata::from_path_no_follow(&path) {
            Ok(there) => there,
            Err(_) if self.may_be_absent(noted) => return Standing::Same,
            Err(_) => return Standing::Altered,
        };
        let unaltered = noted.filter(|n| n.id == entry.id && n.mode == entry.mode);
        if unaltered.is_some_and(|noted| self.is_as_noted(noted, &there)) {
            return Standing::Same;
        }
        let content = if there.is_symlink() {
            let target = std::fs::read_link(&path).ok();
            let target = target.and_then(|target| gix::path::into_bstr(target).ok());
            target.map(|target| target.to_vec())
        } else if there.is_file() && self.may_read(there.len()) {
            files::read_up_to(&path, MAX_BYTES)
        } else {
            None
        };
        let Some(content) = content else {
            return Standing::Altered;
        };
        let is = |content: &[u8]| {
            gix::objs::compute_hash(entry.id.kind(), Kind::Blob, content)
                .is_ok_and(|id| id == entry.id)
        };
        // A checkout without links writes their targets into plain files.
        let same_kind = entry.mode == Mode::SYMLINK || !there.is_symlink();
        if same_kind && (is(&content) || is(&without_returns(&content))) {
            return Standing::Same;
        }
        match there.is_file() && content.contains(&b'\n') {
            true => Standing::Content(path),
            false => Standing::Altered,
        }
    }

    /// True for a file that a sparse checkout leaves out.
    fn may_be_absent(&self, noted: Option<&gix::index::Entry>) -> bool {
        match noted {
            Some(noted) => noted.flags.contains(Flags::SKIP_WORKTREE),
            None => self.noted.is_some_and(gix::index::State::is_sparse),
        }
    }

    /// True when size and times are those of the moment when git wrote or compared the file, and that
    /// moment is past: the file cannot have been altered in the same tick of the clock.
    fn is_as_noted(&self, noted: &gix::index::Entry, there: &gix::index::fs::Metadata) -> bool {
        let Some(index) = self.noted else {
            return false;
        };
        Stat::from_fs(there).is_ok_and(|there| there.matches(&noted.stat, self.options))
            && !noted.stat.is_racy(index.timestamp(), self.options)
    }

    fn may_read(&self, bytes: u64) -> bool {
        bytes <= MAX_BYTES && self.read.fetch_add(bytes, Ordering::Relaxed) < MAX_TOTAL
    }
}

/// Where a file of the repository is on this machine.
fn place(folder: &Path, name: &BStr) -> Option<PathBuf> {
    Some(folder.join(gix::path::from_bstr(name).ok()?))
}

//! The judged change, from git.

use super::files::Root;
use crate::model::RepoPath;
use std::collections::BTreeSet;

/// Files that a change may touch and still be told apart file by file.
const MAX_CHANGED: usize = 200_000;

/// The files, from the root of the checked folder, that differ between the commit checked out and
/// the point where it left `base`: added, removed or altered.
///
/// # Errors
/// A sentence that says why the change cannot be told.
pub fn changed(root: &Root, base: &str) -> Result<BTreeSet<RepoPath>, String> {
    // Isolated: the configuration of the machine's user is none of the repository's.
    let folder = root
        .path()
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .ok_or("this is no Git repository")?;
    let repository = gix::open_opts(folder, gix::open::Options::isolated())
        .map_err(|_| "the Git repository cannot be opened")?;
    let base = repository
        .rev_parse_single(base)
        .ok()
        .and_then(|id| id.object().ok()?.peel_to_commit().ok())
        .ok_or("the base commit is not in this checkout: fetch it (actions/checkout with fetch-depth: 0)")?;
    let head = repository
        .head_commit()
        .map_err(|_| "nothing is checked out")?;
    // A shallow checkout may not reach the point where they parted; the base's own tree then shows
    // at least every file that the change touches.
    let start = repository
        .merge_base(base.id, head.id)
        .ok()
        .flatten()
        .map_or(base.id, gix::Id::detach);
    let tree = |id: gix::ObjectId| repository.find_commit(id).ok()?.tree().ok();
    let unreadable =
        "the base commit's files are not in this checkout: fetch it whole (fetch-depth: 0)";
    let (old, new) = (
        tree(start).ok_or(unreadable)?,
        tree(head.id).ok_or(unreadable)?,
    );
    let mut options = gix::diff::Options::default();
    options.track_rewrites(None);
    let changes = repository
        .diff_tree_to_tree(&old, &new, options)
        .map_err(|_| unreadable)?;
    if changes.len() > MAX_CHANGED {
        return Err("the change touches too many files".to_owned());
    }
    let prefix = root.prefix();
    Ok(changes
        .iter()
        .filter_map(|change| RepoPath::new(&String::from_utf8_lossy(change.location())).ok())
        .filter_map(|path| match &prefix {
            Some(prefix) => path.inside(prefix),
            None => Some(path),
        })
        .collect())
}

//! Paths as scanners write them → files of the repository.

use super::tree::Tree;
use crate::model::{Foreign as _, RepoPath};

/// A path as a scanner wrote it → a path of the repository. `Err` when no file here can be meant.
pub fn resolve(text: &str, report: Option<&RepoPath>, tree: &Tree) -> Result<RepoPath, ()> {
    let text = text.replace('\\', "/");
    for root in &tree.roots {
        let inside = text
            .strip_prefix(root.as_str())
            .and_then(|rest| rest.strip_prefix('/'));
        if let Some(path) = inside.and_then(|rest| RepoPath::new(rest).ok()) {
            return Ok(path);
        }
    }
    if let Ok(path) = RepoPath::new(&text) {
        if tree.files.contains(&path) {
            return Ok(path);
        }
        // A scanner that ran in the root of the repository of which this is a folder.
        let from_above = tree.prefix.as_ref().and_then(|prefix| path.inside(prefix));
        if let Some(path) = from_above.filter(|path| tree.files.contains(path)) {
            return Ok(path);
        }
        // A scanner that ran in a sub-folder usually leaves its report there.
        let beside = folders(report)
            .filter_map(|folder| folder.join(path.raw()))
            .find(|path| tree.files.contains(path));
        return Ok(beside.unwrap_or(path));
    }
    suffix(&text, tree).ok_or(())
}

/// The folders from the report's own up to the root's children.
pub fn folders(report: Option<&RepoPath>) -> impl Iterator<Item = RepoPath> {
    std::iter::successors(report.and_then(RepoPath::parent), RepoPath::parent)
}

/// Components of a foreign path that are looked at.
const MAX_DEPTH: usize = 64;

/// `/builds/group/project/src/app.py` → `src/app.py`, when that is a file here: the longest end of
/// the path that exists, of at least two components unless the whole path has only one.
fn suffix(text: &str, tree: &Tree) -> Option<RepoPath> {
    let parts: Vec<&str> = text
        .split('/')
        .filter(|p| !matches!(*p, "" | "." | ".."))
        .collect();
    // Hostile paths have thousands of components; no file of the repository is deeper than this.
    (parts.len().saturating_sub(MAX_DEPTH)..parts.len())
        .filter_map(|from| parts.get(from..))
        .filter(|rest| rest.len() > 1 || parts.len() <= 2)
        .filter_map(|rest| RepoPath::new(&rest.join("/")).ok())
        .find(|path| tree.files.contains(path))
}

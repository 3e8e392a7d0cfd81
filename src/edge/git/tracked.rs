//! The files that git tracks.

use super::Repository;
use crate::model::RepoPath;
use crate::scan::secrets::path_of;
use gix::index::entry::Mode;
use std::collections::BTreeSet;

impl Repository {
    /// The regular files of the index, from the checked folder. `None` when there is no index that can
    /// be read.
    pub fn tracked(&self) -> Option<BTreeSet<RepoPath>> {
        let index = self.inner.open_index().ok()?;
        let file = |mode: Mode| matches!(mode, Mode::FILE | Mode::FILE_EXECUTABLE);
        let files = index.entries().iter().filter(|entry| file(entry.mode));
        let paths = files.filter_map(|entry| path_of(entry.path(&index), self.prefix.as_ref()));
        Some(paths.collect())
    }
}

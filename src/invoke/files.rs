//! The files of the tree, as the recipes ask for them.

use crate::model::RepoPath;
use std::collections::BTreeSet;

/// The files of the repository, and a way to read them.
pub struct Files<'a> {
    paths: &'a BTreeSet<RepoPath>,
    read: &'a dyn Fn(&RepoPath) -> Option<String>,
}

impl<'a> Files<'a> {
    /// These files. `read` gives the text of one, if it is text.
    pub fn new(
        paths: &'a BTreeSet<RepoPath>,
        read: &'a dyn Fn(&RepoPath) -> Option<String>,
    ) -> Self {
        Self { paths, read }
    }

    /// The text of a file.
    pub fn text(&self, path: &RepoPath) -> Option<String> {
        (self.read)(path)
    }

    /// True when there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Files by their name without folders, sorted by path.
    pub fn where_name(&self, fits: impl Fn(&str) -> bool) -> Vec<&'a RepoPath> {
        self.filter(|path| fits(path.file_name()))
    }

    /// The files whose path fits.
    pub fn filter(&self, fits: impl Fn(&RepoPath) -> bool) -> Vec<&'a RepoPath> {
        self.paths.iter().filter(|path| fits(path)).collect()
    }

    /// True when there is a file of one of these names.
    pub fn has(&self, names: &[&str]) -> bool {
        self.paths.iter().any(|p| names.contains(&p.file_name()))
    }

    /// True when there is a file whose name ends in one of these.
    pub fn has_ending(&self, endings: &[&str]) -> bool {
        let ends = |p: &RepoPath| endings.iter().any(|end| p.file_name().ends_with(end));
        self.paths.iter().any(ends)
    }

    /// The folders that hold a file of one of these names; `None` is the root.
    pub fn folders_with(&self, names: &[&str]) -> BTreeSet<Option<RepoPath>> {
        self.where_name(|name| names.contains(&name))
            .into_iter()
            .map(RepoPath::parent)
            .collect()
    }
}

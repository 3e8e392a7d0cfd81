//! What is known of the repository's files, in the form in which it is asked for.

use super::package::Indexed;
use crate::manifest::Manifest;
use crate::model::RepoPath;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The repository's files and manifests.
#[derive(Debug, Default)]
pub struct Tree {
    /// Every file.
    pub(super) files: BTreeSet<RepoPath>,
    /// Absolute spellings of the folder.
    pub(super) roots: Vec<String>,
    /// The folder, seen from the root of its Git repository.
    pub(super) prefix: Option<RepoPath>,
    /// Every manifest, by its path.
    pub(super) manifests: Vec<Indexed>,
    /// The file that builds an image.
    pub(super) recipe: Option<RepoPath>,
    /// The policy file.
    pub(super) policy: Option<RepoPath>,
}

impl Tree {
    /// `files`: every file of the repository; `roots`: absolute spellings of its folder, with `/`
    /// and without a final one; `prefix`: this folder seen from the root of its Git repository.
    pub fn new(
        files: BTreeSet<RepoPath>,
        roots: Vec<String>,
        prefix: Option<RepoPath>,
        manifests: Vec<Manifest>,
    ) -> Self {
        let is_recipe = |path: &&RepoPath| {
            let name = path.file_name();
            matches!(name, "Dockerfile" | "Containerfile") || name.starts_with("Dockerfile.")
        };
        let recipe = files
            .iter()
            .filter(is_recipe)
            .min_by_key(|path| (path.depth(), (*path).clone()))
            .cloned();
        let policy = ["lockgate.toml", ".github/lockgate.toml"]
            .iter()
            .filter_map(|name| RepoPath::new(name).ok())
            .find(|path| files.contains(path));
        let mut manifests: Vec<Indexed> = manifests.into_par_iter().map(Indexed::new).collect();
        manifests.sort_by(|a, b| a.manifest.path.cmp(&b.manifest.path));
        Self {
            files,
            roots,
            prefix,
            manifests,
            recipe,
            policy,
        }
    }

    /// The manifest at this path.
    pub(super) fn manifest(&self, path: &RepoPath) -> Option<&Indexed> {
        let found = self
            .manifests
            .binary_search_by(|m| m.manifest.path.cmp(path))
            .ok()?;
        self.manifests.get(found)
    }
}

//! The repository's files: listed and read, never followed out of it.

use crate::model::{Foreign as _, RepoPath};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Files listed at most. The list only serves to resolve paths, so that a larger tree loses
/// nothing but that.
const MAX_FILES: usize = 500_000;

/// Largest source or manifest that is read, in bytes.
const MAX_SOURCE: u64 = 32 * 1024 * 1024;

/// A folder that stands for the repository.
#[derive(Debug, Clone)]
pub struct Root {
    given: PathBuf,
    canonical: PathBuf,
}

impl Root {
    /// Opens a folder.
    ///
    /// # Errors
    /// The operating system's, or `NotADirectory`.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let canonical = path.canonicalize()?;
        if !canonical.is_dir() {
            return Err(std::io::ErrorKind::NotADirectory.into());
        }
        Ok(Self {
            given: path.to_owned(),
            canonical,
        })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.canonical
    }

    /// Absolute spellings of the folder, with `/`, for recognising absolute paths in reports.
    pub fn spellings(&self) -> Vec<String> {
        let mut spellings: Vec<String> = [
            Some(self.canonical.clone()),
            std::path::absolute(&self.given).ok(),
        ]
        .into_iter()
        .flatten()
        .map(|path| path.to_string_lossy().replace('\\', "/"))
        .map(|path| path.trim_end_matches('/').to_owned())
        .filter(|path| !path.is_empty())
        .collect();
        spellings.sort();
        spellings.dedup();
        spellings
    }

    /// The path inside the repository that a path of this machine names, if any.
    pub fn inside(&self, path: &Path) -> Option<RepoPath> {
        let canonical = path.canonicalize().ok()?;
        let inside = canonical.strip_prefix(&self.canonical).ok()?;
        RepoPath::new(&inside.to_str()?.replace('\\', "/")).ok()
    }

    /// This folder, seen from the root of the Git repository that holds it; `None` when it is the
    /// root itself, or when there is no repository.
    pub fn prefix(&self) -> Option<RepoPath> {
        let inside = self.canonical.strip_prefix(self.git()?).ok()?.to_str()?;
        RepoPath::new(&inside.replace('\\', "/")).ok()
    }

    /// A folder below this one.
    pub fn below(&self, path: &RepoPath) -> Option<Self> {
        Self::open(&self.canonical.join(path.raw())).ok()
    }

    /// The folder of the Git repository that holds this one.
    pub fn git(&self) -> Option<&Path> {
        let mut folders = self.canonical.ancestors();
        folders.find(|folder| folder.join(".git").exists())
    }

    /// The Git repository that holds this folder, failing that the folder itself.
    pub fn repository(&self) -> &Path {
        self.git().unwrap_or(&self.canonical)
    }

    /// Every file of the repository that is not ignored by git, without `.git` and without folders
    /// of installed packages.
    pub fn list(&self) -> BTreeSet<RepoPath> {
        self.walk(true, |kind| kind.is_file())
    }

    /// Every file and link of the repository, whatever git ignores: a change that names a file in
    /// `.gitignore` must not make it unseen. `None` when there are too many to list.
    pub fn list_all(&self) -> Option<BTreeSet<RepoPath>> {
        let all = self.walk(false, |kind| kind.is_file() || kind.is_symlink());
        (all.len() < MAX_FILES).then_some(all)
    }

    fn walk(&self, obey_git: bool, wanted: fn(std::fs::FileType) -> bool) -> BTreeSet<RepoPath> {
        let walk = ignore::WalkBuilder::new(&self.canonical)
            .standard_filters(obey_git)
            .hidden(false)
            .require_git(false)
            .follow_links(false)
            .filter_entry(|entry| {
                let folder = entry.file_type().is_some_and(|t| t.is_dir());
                let skipped = [".git", "node_modules", ".venv", "site-packages"];
                !(folder
                    && entry
                        .file_name()
                        .to_str()
                        .is_some_and(|name| skipped.contains(&name)))
            })
            .build();
        walk.filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_some_and(wanted))
            .filter_map(|entry| {
                let inside = entry.path().strip_prefix(&self.canonical).ok()?.to_str()?;
                RepoPath::new(inside).ok()
            })
            .take(MAX_FILES)
            .collect()
    }

    /// The bytes of a file. `None` when it is not there, not a regular file, too large, or reached
    /// through a link that leads out of the repository.
    pub fn read(&self, path: &RepoPath) -> Option<Vec<u8>> {
        self.read_up_to(path, MAX_SOURCE)
    }

    /// The same with a limit in bytes.
    pub fn read_up_to(&self, path: &RepoPath, limit: u64) -> Option<Vec<u8>> {
        let path = self.canonical.join(path.raw()).canonicalize().ok()?;
        if !path.starts_with(&self.canonical) {
            return None;
        }
        read_up_to(&path, limit)
    }

    /// The file that a path leads to when every link on the way is followed; `None` when nothing is
    /// there, or it lies outside.
    pub fn followed(&self, path: &RepoPath) -> Option<RepoPath> {
        self.inside(&self.canonical.join(path.raw()))
    }

    /// The first bytes of a file, however large it is.
    pub fn start(&self, path: &RepoPath, bytes: usize) -> Option<Vec<u8>> {
        let path = self.canonical.join(path.raw()).canonicalize().ok()?;
        if !path.starts_with(&self.canonical) || !path.metadata().ok()?.is_file() {
            return None;
        }
        let mut start = Vec::new();
        let file = File::open(path).ok()?;
        file.take(bytes as u64).read_to_end(&mut start).ok()?;
        Some(start)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    pub fn text(&self, path: &RepoPath) -> Result<String, String> {
        let bytes = self
            .read(path)
            .ok_or_else(|| "there is no such file".to_owned())?;
        String::from_utf8(bytes).map_err(|_| "it is not valid UTF-8".to_owned())
    }

    /// True for a file that is there.
    pub fn has(&self, path: &RepoPath) -> bool {
        self.canonical.join(path.raw()).is_file()
    }
}

/// Whether something of this name is there, be it readable or not.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The bytes of a file anywhere on this machine; `None` when it cannot be read, is no regular file, or
/// has more than `limit` bytes.
pub fn read_up_to(path: &Path, limit: u64) -> Option<Vec<u8>> {
    // Before opening: to open a pipe is to wait for its writer.
    let metadata = path.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > limit {
        return None;
    }
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The text of a file anywhere on this machine, which the user named.
///
/// # Errors
/// A sentence that says why there is none.
pub fn read_text(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let mut bytes = Vec::new();
    file.take(MAX_SOURCE)
        .read_to_end(&mut bytes)
        .map_err(|e| e.to_string())?;
    String::from_utf8(bytes).map_err(|_| "it is not valid UTF-8".to_owned())
}

//! Finding and reading reports.

use super::files::Root;
use crate::model::{Foreign as _, Problem, RepoPath, Untrusted};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Largest report that is read, in bytes.
const MAX_REPORT: u64 = 1024 * 1024 * 1024;

/// Most files that one pattern may name.
const MAX_MATCHES: usize = 1000;

/// A report on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// As the user would name it: relative to the root where it is inside.
    pub name: Untrusted,
    /// Where it is in the repository, if it is.
    pub inside: Option<RepoPath>,
    path: PathBuf,
}

impl ReportFile {
    fn new(path: PathBuf, given: &str, root: &Root) -> Self {
        let inside = root.inside(&path);
        let name = match &inside {
            Some(inside) => Untrusted::new(inside.raw()),
            None => given.into(),
        };
        Self { name, inside, path }
    }

    /// What two names of one file have in common.
    pub fn identity(&self) -> PathBuf {
        self.path
            .canonicalize()
            .unwrap_or_else(|_| self.path.clone())
    }

    /// Its path from the root of the Git repository, without links, if it is in there.
    pub fn in_repository(&self, root: &Root) -> Option<RepoPath> {
        let path = self.identity();
        let inside = path.strip_prefix(root.repository()).ok()?.to_str()?;
        RepoPath::new(&inside.replace('\\', "/")).ok()
    }

    /// When the file was last changed.
    pub fn modified(&self) -> Option<jiff::Timestamp> {
        let modified = std::fs::metadata(&self.path).ok()?.modified().ok()?;
        jiff::Timestamp::try_from(modified).ok()
    }

    /// The bytes.
    ///
    /// # Errors
    /// A problem that makes the run fail.
    pub fn read(&self) -> Result<Vec<u8>, Problem> {
        let unreadable = |e: std::io::Error| {
            Problem::new("unreadable", "the report cannot be read").detail(e.to_string())
        };
        let file = File::open(&self.path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => missing(),
            _ => unreadable(e),
        })?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(Problem::new(
                "unreadable",
                "the report is a folder, not a file",
            ));
        }
        let mut bytes =
            Vec::with_capacity(usize::try_from(metadata.len().min(MAX_REPORT)).unwrap_or(0));
        file.take(MAX_REPORT + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > MAX_REPORT {
            return Err(Problem::new(
                "too-large",
                format!("the report is larger than {} MiB", MAX_REPORT / 1024 / 1024),
            ));
        }
        Ok(bytes)
    }
}

/// The problem of a report that is not there.
pub fn missing() -> Problem {
    Problem::new(
        "missing",
        "the report is not there: the scanner did not run, or failed before writing",
    )
}

/// The files that a name on the command line means: relative to the working folder, failing that
/// to the root; a pattern when no file has that very name. Empty when there is none.
pub fn on_command_line(name: &str, root: &Root) -> Vec<ReportFile> {
    for base in [Path::new(""), root.path()] {
        let path = base.join(name);
        if path.exists() {
            return vec![ReportFile::new(path, name, root)];
        }
    }
    for base in [Path::new(""), root.path()] {
        let found = expand(base, name);
        if !found.is_empty() {
            return found
                .into_iter()
                .map(|path| ReportFile::new(path, name, root))
                .collect();
        }
    }
    Vec::new()
}

/// The regular files inside the root that a pattern of the policy means. Links that lead out of
/// the root are left out: the policy's files are the repository's.
pub fn in_policy(pattern: &str, root: &Root) -> Vec<ReportFile> {
    let mut found = BTreeSet::new();
    let literal = root.path().join(pattern);
    if literal.is_file() {
        found.insert(literal);
    } else {
        found.extend(
            expand(root.path(), pattern)
                .into_iter()
                .filter(|path| path.is_file()),
        );
    }
    found
        .into_iter()
        .map(|path| ReportFile::new(path, pattern, root))
        .filter(|report| report.inside.is_some())
        .collect()
}

/// Names sorted, so that the file system's order never matters.
fn expand(base: &Path, pattern: &str) -> Vec<PathBuf> {
    if !pattern.contains(['*', '?', '[']) {
        return Vec::new();
    }
    let base = glob::Pattern::escape(&base.to_string_lossy());
    let full = if base.is_empty() || pattern.starts_with('/') {
        pattern.to_owned()
    } else {
        format!("{base}/{pattern}")
    };
    let Ok(paths) = glob::glob(&full) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = paths.filter_map(Result::ok).take(MAX_MATCHES).collect();
    paths.sort();
    paths
}

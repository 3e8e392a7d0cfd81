//! The files that say how a repository's programs are set up.

use super::files::{Root, read_up_to};
use crate::model::{Foreign as _, RepoPath};
use crate::scan::secrets::path_of;
use lockgate_hardening::{File, Tree, looks_at};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// Nobody writes more configuration into one file, in bytes.
const LARGEST: u64 = 2 * 1024 * 1024;

/// What a walk came upon.
#[derive(Debug, Default)]
pub struct Configuration {
    /// The files that matter, and the names of all.
    pub tree: Tree,
    /// Files that could not be read.
    pub unreadable: BTreeSet<RepoPath>,
    /// Files that are too large to be configuration, and were not read.
    pub large: BTreeSet<RepoPath>,
    /// How many files or folders have no name that can be told.
    pub nameless: u64,
    /// Bytes that were read.
    pub bytes: u64,
}

impl Root {
    /// Reads every file of a kind that is looked at: those that git tracks, whatever `.gitignore` says,
    /// and those that it does not know and is not told to leave alone. Links are not followed.
    /// `files` counts on while it reads.
    pub fn configuration(
        &self,
        tracked: Option<&BTreeSet<RepoPath>>,
        files: &AtomicU64,
    ) -> Configuration {
        let mut found = Configuration::default();
        let mut paths = self.every_path(tracked, &mut found);
        if let Some(tracked) = tracked {
            let raw = tracked.iter().map(|path| path.raw().to_owned());
            found.tree.tracked(raw.collect());
            paths.extend(tracked.iter().cloned());
        }
        for path in &paths {
            found.tree.name(path.raw());
        }
        let wanted: Vec<&RepoPath> = paths.iter().filter(|path| looks_at(path.raw())).collect();
        let read: Vec<(&RepoPath, Read)> = wanted
            .into_par_iter()
            .map(|path| {
                let read = self.one(path);
                files.fetch_add(1, Ordering::Relaxed);
                (path, read)
            })
            .collect();
        for (path, read) in read {
            match read {
                Read::File(file, bytes) => {
                    found.bytes += bytes;
                    found.tree.add(file);
                }
                Read::Large => drop(found.large.insert(path.clone())),
                Read::Unreadable => drop(found.unreadable.insert(path.clone())),
                Read::Absent => {}
            }
        }
        found
    }

    /// The paths of all files.
    fn every_path(
        &self,
        tracked: Option<&BTreeSet<RepoPath>>,
        found: &mut Configuration,
    ) -> BTreeSet<RepoPath> {
        let obey = tracked.is_some();
        let walk = ignore::WalkBuilder::new(self.path())
            .standard_filters(false)
            .git_ignore(obey)
            .git_exclude(obey)
            .parents(obey)
            .follow_links(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .build();
        let mut paths = BTreeSet::new();
        for entry in walk {
            let Ok(entry) = entry else {
                found.nameless += 1;
                continue;
            };
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            let inside = entry.path().strip_prefix(self.path());
            let path = inside
                .ok()
                .and_then(|inside| path_of(inside.as_os_str().as_encoded_bytes(), None));
            match path {
                Some(path) => drop(paths.insert(path)),
                None => found.nameless += 1,
            }
        }
        paths
    }

    fn one(&self, path: &RepoPath) -> Read {
        let real: PathBuf = self.path().join(path.raw());
        let Ok(metadata) = real.symlink_metadata() else {
            return Read::Absent;
        };
        // A folder on the way may have become a link that leads elsewhere.
        let inside = real
            .parent()
            .and_then(|folder| folder.canonicalize().ok())
            .is_some_and(|folder| folder.starts_with(self.path()));
        if !metadata.is_file() || !inside {
            return Read::Absent;
        }
        if metadata.len() > LARGEST {
            return Read::Large;
        }
        match read_up_to(&real, LARGEST) {
            Some(bytes) => {
                let count = bytes.len() as u64;
                Read::File(File::read(path.raw(), bytes), count)
            }
            None => Read::Unreadable,
        }
    }
}

enum Read {
    /// With its bytes counted.
    File(File, u64),
    Large,
    Unreadable,
    /// It is no file, or not there: a checkout without it.
    Absent,
}

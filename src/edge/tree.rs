//! The tree as a search through its bytes wants it: every file once, in windows, on all threads.

use super::files::Root;
use crate::model::{Foreign as _, RepoPath};
use crate::scan::secrets::{Window, path_of};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Bytes of a file that are held at once, on each thread.
const WINDOW: usize = 4 * 1024 * 1024;

/// Bytes that two windows of a large file share: longer than any secret.
const SHARED: usize = 64 * 1024;

/// Bytes that a thread's buffer starts with; most files are smaller.
const START: usize = 64 * 1024;

/// What is done with each window.
pub type Look<'a> = &'a (dyn Fn(&Window<'_>) + Sync);

/// How far a search is; may be asked from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files that were read to their end.
    pub files: AtomicU64,
    /// Bytes of them.
    pub bytes: AtomicU64,
}

/// What a walk came upon.
#[derive(Debug, Default)]
pub struct Walked {
    /// Files that could not be read.
    pub unreadable: BTreeSet<RepoPath>,
    /// Archives, compressed files: what is in them was not looked at.
    pub archives: BTreeSet<RepoPath>,
    /// Folders `.git` inside the tree: histories of other repositories.
    pub repositories: BTreeSet<RepoPath>,
    /// Files that were too large to be looked at in one piece.
    pub in_parts: BTreeSet<RepoPath>,
}

/// How compressed files and archives begin, by their formats' own descriptions: ZIP (APPNOTE 4.3.7),
/// gzip (RFC 1952), bzip2, xz, Zstandard (RFC 8878), 7z, RAR, LZ4.
const ARCHIVES: &[&[u8]] = &[
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x04\x22\x4d\x18",
];

struct Walk<'a> {
    folder: &'a Path,
    look: Look<'a>,
    progress: &'a Progress,
    walked: Mutex<Walked>,
    visited: Mutex<Vec<RepoPath>>,
}

/// What one thread holds.
struct Hand<'a, 'w> {
    walk: &'w Walk<'a>,
    buffer: Vec<u8>,
    /// Only kept where somebody asks for what was left out.
    visited: Option<Vec<RepoPath>>,
}

impl Drop for Hand<'_, '_> {
    fn drop(&mut self) {
        if let Some(visited) = self.visited.take() {
            let all = self.walk.visited.lock();
            all.unwrap_or_else(PoisonError::into_inner).extend(visited);
        }
    }
}

impl Root {
    /// Looks at every file: those that git tracks, whatever `.gitignore` says, and those that it does
    /// not know and is not told to leave alone. Without `tracked`, every file. Links are not followed,
    /// folders `.git` are not entered.
    pub fn look(
        &self,
        tracked: Option<&BTreeSet<RepoPath>>,
        progress: &Progress,
        look: Look<'_>,
    ) -> Walked {
        let walk = Walk {
            folder: self.path(),
            look,
            progress,
            walked: Mutex::default(),
            visited: Mutex::default(),
        };
        let obey = tracked.is_some();
        ignore::WalkBuilder::new(self.path())
            .standard_filters(false)
            .git_ignore(obey)
            .git_exclude(obey)
            .parents(obey)
            .follow_links(false)
            .threads(rayon::current_num_threads())
            .build_parallel()
            .run(|| {
                let mut hand = walk.hand(obey);
                Box::new(move |entry| hand.visit(entry))
            });
        if let Some(tracked) = tracked {
            let visited = walk.visited.lock();
            let visited = std::mem::take(&mut *visited.unwrap_or_else(PoisonError::into_inner));
            let visited: BTreeSet<RepoPath> = visited.into_iter().collect();
            let mut hand = walk.hand(false);
            for path in tracked.difference(&visited) {
                self.left_out(path, &mut hand);
            }
        }
        let walked = walk.walked.into_inner();
        walked.unwrap_or_else(PoisonError::into_inner)
    }

    /// A file that git tracks although it is told to leave it alone.
    fn left_out(&self, path: &RepoPath, hand: &mut Hand<'_, '_>) {
        let real = self.path().join(path.raw());
        let Ok(metadata) = real.symlink_metadata() else {
            return;
        };
        // A folder on the way may have become a link that leads elsewhere.
        let inside = real
            .parent()
            .and_then(|folder| folder.canonicalize().ok())
            .is_some_and(|folder| folder.starts_with(self.path()));
        if metadata.is_file() && inside {
            hand.read(path.clone(), &real);
        }
    }
}

impl<'a> Walk<'a> {
    fn hand(&self, remember: bool) -> Hand<'a, '_> {
        Hand {
            walk: self,
            buffer: Vec::new(),
            visited: remember.then(Vec::new),
        }
    }

    fn note(&self, what: impl FnOnce(&mut Walked)) {
        let mut walked = self.walked.lock().unwrap_or_else(PoisonError::into_inner);
        what(&mut walked);
    }

    fn path(&self, path: &Path) -> Option<RepoPath> {
        let inside = path.strip_prefix(self.folder).ok()?;
        path_of(inside.as_os_str().as_encoded_bytes(), None)
    }
}

impl Hand<'_, '_> {
    fn visit(&mut self, entry: Result<ignore::DirEntry, ignore::Error>) -> ignore::WalkState {
        use ignore::WalkState;
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let at = named(&error).and_then(|path| self.walk.path(path));
                self.walk.note(|walked| walked.unreadable.extend(at));
                return WalkState::Continue;
            }
        };
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        if entry.file_name() == ".git" && entry.depth() > 0 {
            // The root's own history is looked at by another search.
            if kind.is_dir() && entry.depth() > 1 {
                let at = self.walk.path(entry.path());
                self.walk.note(|walked| walked.repositories.extend(at));
            }
            return WalkState::Skip;
        }
        if kind.is_file()
            && let Some(path) = self.walk.path(entry.path())
        {
            if let Some(visited) = &mut self.visited {
                visited.push(path.clone());
            }
            self.read(path, entry.path());
        }
        WalkState::Continue
    }

    fn read(&mut self, path: RepoPath, real: &Path) {
        if self.windows(&path, real).is_err() {
            self.walk.note(|walked| {
                walked.unreadable.insert(path);
            });
        }
    }

    fn windows(&mut self, path: &RepoPath, real: &Path) -> std::io::Result<()> {
        let mut file = File::open(real)?;
        let buffer = &mut self.buffer;
        if buffer.len() < START {
            buffer.resize(START, 0);
        }
        let (mut held, mut offset, mut lines) = (0_usize, 0_u64, 0_u32);
        loop {
            let more = fill(&mut file, buffer, &mut held)?;
            let bytes = buffer.get(..held).unwrap_or_default();
            if offset == 0 && ARCHIVES.iter().any(|start| bytes.starts_with(start)) {
                self.walk.note(|walked| {
                    walked.archives.insert(path.clone());
                });
            }
            // An even number, so that no character of two bytes is cut.
            let until = match more {
                true => held.saturating_sub(SHARED) & !1,
                false => held,
            };
            (self.walk.look)(&Window {
                path,
                name: path.raw(),
                bytes,
                offset,
                lines,
                until: if more { until } else { usize::MAX },
            });
            self.walk
                .progress
                .bytes
                .fetch_add(until as u64, Ordering::Relaxed);
            if !more {
                self.walk.progress.files.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            if offset == 0 {
                self.walk.note(|walked| {
                    walked.in_parts.insert(path.clone());
                });
            }
            let breaks = memchr::memchr_iter(b'\n', bytes.get(..until).unwrap_or_default());
            let breaks = u32::try_from(breaks.count()).unwrap_or(u32::MAX);
            lines = lines.saturating_add(breaks);
            offset += until as u64;
            buffer.copy_within(until..held, 0);
            held -= until;
        }
    }
}

/// Reads until the buffer holds a window or the file ends; true when there may be more.
fn fill(file: &mut File, buffer: &mut Vec<u8>, held: &mut usize) -> std::io::Result<bool> {
    loop {
        if *held == buffer.len() {
            if buffer.len() >= WINDOW {
                return Ok(true);
            }
            buffer.resize((buffer.len() * 4).min(WINDOW), 0);
        }
        let room = buffer.get_mut(*held..).unwrap_or_default();
        match file.read(room) {
            Ok(0) => return Ok(false),
            Ok(count) => *held += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// What an error of the walk is about.
fn named(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            named(err)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every window that was shown: path, offset, lines, length.
    fn shown(root: &Root, tracked: Option<&BTreeSet<RepoPath>>) -> (Vec<String>, Walked) {
        let list = Mutex::new(Vec::new());
        let walked = root.look(tracked, &Progress::default(), &|window| {
            let (name, length) = (window.name, window.bytes.len());
            let text = format!("{name}+{}:{} {length}", window.offset, window.lines);
            list.lock().unwrap().push(text);
        });
        let mut list = list.into_inner().unwrap();
        list.sort();
        (list, walked)
    }

    #[test]
    fn tracked_files_are_seen_whatever_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        write(".git/HEAD", b"x");
        write(".gitignore", b"build\n*.env\n");
        write(".env", b"known");
        write("build/out", b"unknown");
        write("vendor/node_modules/a.js", b"a");
        write("sub/.git/config", b"other");
        write("a.zip", b"PK\x03\x04rest");
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let tracked = BTreeSet::from([RepoPath::new(".env").unwrap()]);
        let (list, walked) = shown(&root, Some(&tracked));
        assert_eq!(
            list,
            [
                ".env+0:0 5",
                ".gitignore+0:0 12",
                "a.zip+0:0 8",
                "vendor/node_modules/a.js+0:0 1"
            ]
        );
        assert_eq!(walked.archives.len(), 1);
        assert_eq!(walked.repositories.len(), 1);
        let (all, _) = shown(&root, None);
        assert_eq!(all.len(), 5, "{all:?}");
    }

    #[test]
    fn a_large_file_comes_in_windows_that_overlap() {
        let folder = tempfile::tempdir().unwrap();
        let text = "0123456\n".repeat(WINDOW / 8 + 1000);
        std::fs::write(folder.path().join("a"), &text).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let (list, walked) = shown(&root, None);
        let next = WINDOW - SHARED;
        let rest = text.len() - next;
        let second = format!("a+{next}:{} {rest}", next / 8);
        assert_eq!(list, [format!("a+0:0 {WINDOW}"), second]);
        assert_eq!(walked.in_parts.len(), 1);
    }
}

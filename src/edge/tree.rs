//! The search through every file of a tree, on all threads.

use super::files::Root;
use crate::model::{Foreign as _, RepoPath};
use crate::scan::secrets::{Sight, path_of, sights, window};
use lockgate_secrets::{Gap, Scanner, Stream};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Larger files are searched in parts.
const WHOLE: usize = 4 * 1024 * 1024;

/// Bytes that a thread's buffer starts with; most files are smaller.
const START: usize = 64 * 1024;

/// What was found in one file.
pub struct Searched {
    /// In the order of places.
    pub sights: Vec<Sight>,
    /// What of it was not looked at.
    pub gaps: Vec<Gap>,
    /// The file.
    pub path: RepoPath,
}

/// What is done with each file in which there is something.
pub type Keep<'a> = &'a (dyn Fn(Searched) + Sync);

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
    /// How many more could not be read of which not even the name is known.
    pub nameless: u64,
    /// Files that git tracks and that are not in the checkout.
    pub absent: BTreeSet<RepoPath>,
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
    scanner: &'a Scanner<'a>,
    keep: Keep<'a>,
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
    /// Searches every file: those that git tracks, whatever `.gitignore` says, and those that it does
    /// not know and is not told to leave alone. Without `tracked`, every file. Links are not followed,
    /// folders `.git` are not entered.
    pub fn search(
        &self,
        tracked: Option<&BTreeSet<RepoPath>>,
        progress: &Progress,
        scanner: &Scanner<'_>,
        keep: Keep<'_>,
    ) -> Walked {
        let walk = Walk {
            folder: self.path(),
            scanner,
            keep,
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
            hand.walk.note(|walked| {
                // A name that had to be encoded may be there under its own.
                let list = match path.raw().contains('%') {
                    true => &mut walked.unreadable,
                    false => &mut walked.absent,
                };
                list.insert(path.clone());
            });
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
                self.walk.note(|walked| match at {
                    Some(path) => drop(walked.unreadable.insert(path)),
                    None => walked.nameless += 1,
                });
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
        if kind.is_file() {
            let Some(path) = self.walk.path(entry.path()) else {
                self.walk.note(|walked| walked.nameless += 1);
                return WalkState::Continue;
            };
            if let Some(visited) = &mut self.visited {
                visited.push(path.clone());
            }
            self.read(path, entry.path());
        }
        WalkState::Continue
    }

    fn read(&mut self, path: RepoPath, real: &Path) {
        match self.searched(&path, real) {
            Ok((sights, gaps)) => {
                self.walk.progress.files.fetch_add(1, Ordering::Relaxed);
                if !sights.is_empty() || !gaps.is_empty() {
                    (self.walk.keep)(Searched { sights, gaps, path });
                }
            }
            Err(_) => self.walk.note(|walked| {
                walked.unreadable.insert(path);
            }),
        }
    }

    fn searched(
        &mut self,
        path: &RepoPath,
        real: &Path,
    ) -> std::io::Result<(Vec<Sight>, Vec<Gap>)> {
        let Walk {
            scanner, progress, ..
        } = *self.walk;
        let mut file = File::open(real)?;
        let buffer = &mut self.buffer;
        if buffer.len() < START {
            buffer.resize(START, 0);
        }
        let (mut held, more) = fill(&mut file, buffer)?;
        let bytes = buffer.get(..held).unwrap_or_default();
        if ARCHIVES.iter().any(|start| bytes.starts_with(start)) {
            self.walk.note(|walked| {
                walked.archives.insert(path.clone());
            });
        }
        progress.bytes.fetch_add(held as u64, Ordering::Relaxed);
        if !more {
            let found = window(scanner, path, path.raw(), bytes);
            return Ok((found.list, found.gaps));
        }
        self.walk.note(|walked| {
            walked.in_parts.insert(path.clone());
        });
        let mut stream = Stream::new(scanner, path.raw());
        while held > 0 {
            stream.push(buffer.get(..held).unwrap_or_default());
            held = fill(&mut file, buffer)?.0;
            progress.bytes.fetch_add(held as u64, Ordering::Relaxed);
        }
        let scanned = stream.finish();
        let mut text = |range: Range<usize>| part(&mut file, &range).unwrap_or_default();
        Ok((sights(path, scanned.hits, &mut text), scanned.gaps))
    }
}

/// A part of a file.
fn part(file: &mut File, range: &Range<usize>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(range.start as u64))?;
    file.take(range.len() as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Fills the buffer, which grows up to [`WHOLE`], from its start: how many bytes there are, and whether
/// there may be more.
fn fill(file: &mut File, buffer: &mut Vec<u8>) -> std::io::Result<(usize, bool)> {
    let mut held = 0;
    loop {
        if held == buffer.len() {
            if buffer.len() >= WHOLE {
                return Ok((held, true));
            }
            buffer.resize((buffer.len() * 4).min(WHOLE), 0);
        }
        let room = buffer.get_mut(held..).unwrap_or_default();
        match file.read(room) {
            Ok(0) => return Ok((held, false)),
            Ok(count) => held += count,
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

    const RULE: &str = "[[rule]]\nid = \"x\"\nprovider = \"X\"\ndescription = \"d\"\n\
        regex = \"(tok_[a-z0-9]{20})\"\nkeywords = [\"tok_\"]\nseverity = \"high\"\n\
        revoke = \"there\"\n";

    fn token(seed: usize) -> String {
        let letters = b"q7w2e9r4t6y1u8i3o5p0";
        let body: Vec<u8> = (0..20).map(|n| letters[(n * 7 + seed) % 20]).collect();
        format!("tok_{}", String::from_utf8(body).unwrap())
    }

    /// Every place that was found: path, line, outline.
    fn found(root: &Root, tracked: Option<&BTreeSet<RepoPath>>) -> (Vec<String>, Walked) {
        let rules = lockgate_secrets::Rules::new(lockgate_secrets::rule::parse(RULE).unwrap());
        let rules = rules.unwrap();
        let scanner = Scanner::new(&rules).unwrap();
        let list = Mutex::new(Vec::new());
        let walked = root.search(tracked, &Progress::default(), &scanner, &|searched| {
            for sight in searched.sights {
                let line = sight.location.region.unwrap().line;
                let text = format!("{}:{line} {}", searched.path.raw(), sight.outline);
                list.lock().unwrap().push(text);
            }
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
        let known = format!("a = 1\nkey = {}\n", token(1));
        write(".git/HEAD", known.as_bytes());
        write(".gitignore", b"build\n*.env\n");
        write(".env", known.as_bytes());
        write("build/out", known.as_bytes());
        write("vendor/node_modules/a.js", known.as_bytes());
        write("sub/.git/config", known.as_bytes());
        write("a.zip", b"PK\x03\x04rest");
        #[cfg(unix)]
        std::os::unix::fs::symlink("build/out", folder.path().join("link")).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let tracked = BTreeSet::from([RepoPath::new(".env").unwrap()]);
        let (list, walked) = found(&root, Some(&tracked));
        let line = "2 key=\u{2588}";
        let vendored = format!("vendor/node_modules/a.js:{line}");
        assert_eq!(list, [format!(".env:{line}"), vendored]);
        assert_eq!(walked.archives.len(), 1);
        assert_eq!(walked.repositories.len(), 1);
        let (all, _) = found(&root, None);
        assert_eq!(all.len(), 3, "{all:?}");
    }

    #[test]
    fn a_large_file_is_searched_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let filler = "0123456\n".repeat(WHOLE / 8 - 2);
        let text = format!("{filler}key = {}\n{filler}", token(2));
        std::fs::write(folder.path().join("a"), &text).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let (list, walked) = found(&root, None);
        assert_eq!(list, [format!("a:{} key=\u{2588}", WHOLE / 8 - 1)]);
        assert_eq!(walked.in_parts.len(), 1);
    }
}

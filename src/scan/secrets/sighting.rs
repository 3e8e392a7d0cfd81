//! What a search through commits, or through what is staged, has to say.

use super::State;
use super::sight::{Sight, Sights, window};
use crate::model::{Certainty, Problem, RepoPath};
use lockgate_secrets::Scanner;

/// What a secret was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A file's content.
    Blob,
    /// The name of a file or of a folder above it.
    FileName,
    /// What the author of a commit wrote of it.
    CommitMessage,
    /// What the author of an annotated tag wrote of it.
    TagMessage,
}

impl Source {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blob => "file",
            Self::FileName => "file name",
            Self::CommitMessage => "commit message",
            Self::TagMessage => "tag message",
        }
    }
}

/// The commit that brought a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commit {
    /// Its id, in hex. For [`Source::TagMessage`] the commit that the tag names.
    pub id: String,
    /// When it was committed, in seconds since 1970-01-01 UTC, as the commit itself says.
    pub time: i64,
}

/// One secret in one place. A rule, a secret, a source and a path stand in one sighting only: the
/// earliest.
pub struct Sighting {
    /// What was found. Its line is one of the file as that commit has it, or of the message; its path
    /// is from the checked folder, under the name that the file had then. What is in no file at hand
    /// has a path that git itself uses for such text, and that is assumed.
    pub sight: Sight,
    /// Where.
    pub source: Source,
    /// The first commit that has it, parents first. `None` for what is not committed yet, and when no
    /// commit at hand has it.
    pub commit: Option<Commit>,
    /// True when it is still there at the end of what was searched: in the file of that name at head,
    /// in a message (which nobody can take back), or staged.
    pub still_there: bool,
    /// True when the change did not bring it: what the commit altered, moved or removed had the same
    /// secret before. Always false for a whole history.
    pub had_before: bool,
    /// False when no branch or tag leads to it: a commit that was replaced before it was pushed. Such
    /// objects are in the repository's folder, but need not ever have left the machine.
    pub reachable: bool,
}

impl Source {
    /// What is found in a text of this kind, which is no file, or no content of one.
    pub fn sights(self, scanner: &Scanner<'_>, text: &[u8], path: Option<RepoPath>) -> Sights {
        let name = match self {
            Self::Blob | Self::FileName => ".git/index",
            Self::CommitMessage => ".git/COMMIT_EDITMSG",
            Self::TagMessage => ".git/TAG_EDITMSG",
        };
        let assumed = path.is_none();
        let Some(path) = path.or_else(|| RepoPath::new(name).ok()) else {
            return Sights {
                list: Vec::new(),
                gaps: Vec::new(),
            };
        };
        let mut found = window(scanner, &path, "", text);
        for sight in &mut found.list {
            if assumed {
                sight.location.certainty = Certainty::Assumed;
            } else if self == Self::FileName {
                sight.location.certainty = Certainty::File;
                sight.location.region = None;
            }
        }
        found
    }
}

/// What a search through commits found, and what it could not look at.
#[derive(Default)]
pub struct Found {
    /// Sorted by commit, parents first, then by path and place.
    pub sightings: Vec<Sighting>,
    /// What was not looked at. With any of these, no sighting means nothing.
    pub gaps: Vec<Problem>,
    /// Commits whose files were compared with those of their parents.
    pub commits: u64,
    /// Contents that were searched.
    pub blobs: u64,
    /// Bytes of content that were looked at, in deltas only what is new.
    pub bytes: u64,
    /// What the next search may leave out; only of a history.
    pub state: Option<State>,
}

/// A path of a commit as a path from the checked folder `prefix`, or `None` when it is not in there.
/// Names that no path of this program can have (`a\b`, `C:x`) are percent-encoded: whoever commits
/// must not escape the search by a name.
pub fn path_of(path: &[u8], prefix: Option<&RepoPath>) -> Option<RepoPath> {
    let text = String::from_utf8_lossy(path);
    let path = RepoPath::new(&text).ok().or_else(|| {
        let encoded = text
            .replace('\\', "%5C")
            .replace(':', "%3A")
            .replace('\0', "%00");
        let parts = encoded.split('/').map(|part| match part {
            "." => "%2E",
            ".." => "%2E%2E",
            part => part,
        });
        RepoPath::new(&parts.collect::<Vec<_>>().join("/")).ok()
    })?;
    match prefix {
        Some(prefix) => path.inside(prefix),
        None => Some(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Foreign as _;

    #[test]
    fn no_name_escapes_the_search() {
        let named = |name: &str| path_of(name.as_bytes(), None).map(|path| path.raw().to_owned());
        assert_eq!(named("a/b.env").as_deref(), Some("a/b.env"));
        assert_eq!(named("a\\b.env").as_deref(), Some("a%5Cb.env"));
        assert_eq!(named("C:x").as_deref(), Some("C%3Ax"));
        assert_eq!(named("a/../b").as_deref(), Some("a/%2E%2E/b"));
        let prefix = RepoPath::new("web").unwrap();
        assert_eq!(path_of(b"api/x", Some(&prefix)), None);
        let inside = path_of(b"web/x", Some(&prefix)).unwrap();
        assert_eq!(inside.raw(), "x");
    }
}

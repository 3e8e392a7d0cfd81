//! Where a finding is, inside the repository.

use super::text::{Foreign, Untrusted};
use std::borrow::Cow;
use std::fmt;

/// A path inside the repository: relative, `/`-separated, no `..`, nothing that another platform
/// would read as absolute. Checked when built, so whoever holds one may join it to the root.
///
/// File names are foreign text, so there is no `Display`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Box<str>);

impl RepoPath {
    /// Accepts a relative path with `/` or no separators; `./` and doubled slashes are removed.
    ///
    /// # Errors
    /// Says why the text is not a path inside the repository.
    pub fn new(text: &str) -> Result<Self, BadPath> {
        if text.contains('\0') {
            return Err(BadPath::Nul);
        }
        if text.contains('\\') {
            return Err(BadPath::Backslash);
        }
        if text.starts_with('/') || is_drive(text) {
            return Err(BadPath::Absolute);
        }
        let mut clean = String::with_capacity(text.len());
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => return Err(BadPath::Parent),
                part => {
                    if !clean.is_empty() {
                        clean.push('/');
                    }
                    clean.push_str(part);
                }
            }
        }
        if clean.is_empty() {
            return Err(BadPath::Empty);
        }
        if is_drive(&clean) {
            return Err(BadPath::Absolute);
        }
        Ok(Self(clean.into()))
    }

    /// The folder that holds this file; `None` for a file at the root.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(dir, _)| Self(dir.into()))
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// `self/child`, when that is still a path inside the repository.
    pub fn join(&self, child: &str) -> Option<Self> {
        Self::new(&format!("{}/{child}", self.0)).ok()
    }

    /// The same file seen from further up: `prefix/self`.
    pub fn below<'a>(&'a self, prefix: Option<&Self>) -> Cow<'a, Self> {
        match prefix {
            None => Cow::Borrowed(self),
            Some(prefix) => Cow::Owned(Self(format!("{}/{}", prefix.0, self.0).into())),
        }
    }

    /// The same file seen from inside `prefix`; `None` when it is not in there.
    pub fn inside(&self, prefix: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(&*prefix.0)?.strip_prefix('/')?;
        Some(Self(rest.into()))
    }

    /// Number of folders above the file.
    pub fn depth(&self) -> usize {
        self.0.matches('/').count()
    }
}

impl Foreign for RepoPath {
    fn raw(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RepoPath({:?})", &self.0)
    }
}

/// True for a text that begins like `C:`, also after cleaning: `./C:` is `C:`.
fn is_drive(text: &str) -> bool {
    text.as_bytes().get(1) == Some(&b':')
        && text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
}

/// Why a text is not a path inside the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadPath {
    /// Nothing is left after cleaning.
    Empty,
    /// Starts at the root of a file system or drive.
    Absolute,
    /// Contains `..`.
    Parent,
    /// Contains a backslash, which one platform reads as a separator.
    Backslash,
    /// Contains a NUL byte.
    Nul,
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the path is empty",
            Self::Absolute => "the path is absolute",
            Self::Parent => "the path contains '..'",
            Self::Backslash => "the path contains a backslash",
            Self::Nul => "the path contains a NUL byte",
        })
    }
}

/// Lines and columns, 1-based; columns count UTF-16 code units (SARIF 2.1.0 §3.14.17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// First line.
    pub line: u32,
    /// First column, when the scanner gave one that can be trusted.
    pub column: Option<u32>,
    /// Last line, never before `line`.
    pub end_line: Option<u32>,
    /// Column after the last character, never before `column` on the same line.
    pub end_column: Option<u32>,
}

impl Region {
    /// A whole line; `None` for line 0, which some scanners write for "unknown".
    pub fn line(line: u64) -> Option<Self> {
        let line = u32::try_from(line).ok().filter(|l| *l > 0)?;
        Some(Self {
            line,
            column: None,
            end_line: None,
            end_column: None,
        })
    }

    /// Adds a last line; one before the first line is dropped, because several scanners write
    /// inverted regions.
    #[must_use]
    pub fn to_line(mut self, end: u64) -> Self {
        self.end_line = u32::try_from(end).ok().filter(|end| *end >= self.line);
        self
    }

    /// Adds columns; an end that lies before the start is dropped, a missing start drops both.
    #[must_use]
    pub fn columns(mut self, start: Option<u64>, end: Option<u64>) -> Self {
        let number = |n: Option<u64>| n.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        self.column = number(start);
        let same_line = self.end_line.is_none_or(|end| end == self.line);
        self.end_column =
            number(end).filter(|end| self.column.is_some_and(|start| !same_line || *end >= start));
        self
    }
}

/// How well the place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// The scanner named the place, or it was found in the manifest.
    Exact,
    /// The file is right; the line is not known.
    File,
    /// The scanner named no file of this repository; the best file to open was chosen.
    Assumed,
}

impl Certainty {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::File => "file",
            Self::Assumed => "assumed",
        }
    }
}

/// A place in the repository. Every finding has one: GitHub rejects a whole SARIF file for a
/// single result without.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub path: RepoPath,
    /// The lines, when known.
    pub region: Option<Region>,
    /// How well the place is known.
    pub certainty: Certainty,
    /// What the scanner named instead, when that is not a file here: an image, a URL.
    pub target: Option<Untrusted>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_out_of_the_repository_are_refused() {
        for (text, why) in [
            ("/etc/passwd", BadPath::Absolute),
            ("C:/x", BadPath::Absolute),
            ("../x", BadPath::Parent),
            ("a/../../x", BadPath::Parent),
            ("a\\..\\x", BadPath::Backslash),
            ("a\0b", BadPath::Nul),
            ("", BadPath::Empty),
            ("./.", BadPath::Empty),
        ] {
            assert_eq!(RepoPath::new(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn paths_are_cleaned() {
        assert_eq!(RepoPath::new("./a//b/./c.py").unwrap().raw(), "a/b/c.py");
    }

    #[test]
    fn inverted_regions_lose_their_end() {
        let region = Region::line(9)
            .unwrap()
            .to_line(3)
            .columns(Some(7), Some(2));
        assert_eq!((region.end_line, region.end_column), (None, None));
        assert_eq!(region.column, Some(7));
    }
}

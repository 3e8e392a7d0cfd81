//! What somebody has read.

use std::collections::{BTreeMap, BTreeSet};

/// A file of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// From the repository's root, with `/`.
    pub path: String,
    text: String,
    /// Bytes that are no UTF-8 stand as `?` in the text.
    pub damaged: bool,
}

impl File {
    /// Any bytes. Those that are no UTF-8 are taken for one unknown character each, so that every place in
    /// the text is the same place in the file.
    pub fn new(path: impl Into<String>, bytes: &[u8]) -> Self {
        Self::of(path, bytes.to_vec())
    }

    /// The same without a copy, and without the text of a program in which nothing can be found.
    pub fn read(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let mut file = Self::of(path, bytes);
        if crate::program::is_silent(&file.path, &file.text) {
            file.text = String::new();
        }
        file
    }

    fn of(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => {
                return Self {
                    path: path.into(),
                    text,
                    damaged: false,
                };
            }
            Err(broken) => broken.into_bytes(),
        };
        let mut text = String::with_capacity(bytes.len());
        let mut damaged = false;
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            damaged |= !chunk.invalid().is_empty();
            text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
        }
        Self {
            path: path.into(),
            text,
            damaged,
        }
    }

    /// Its text; as long as the file, byte by byte. Empty for a program that [`File::read`] found silent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The folder's path, without `/` at the end; empty for the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// The files that matter, and the names of all.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    files: BTreeMap<String, File>,
    names: BTreeSet<String>,
    tracked: Option<BTreeSet<String>>,
}

impl Tree {
    /// Adds a file that was read.
    pub fn add(&mut self, file: File) {
        self.names.insert(file.path.clone());
        self.files.insert(file.path.clone(), file);
    }

    /// Adds the name of a file that was not.
    pub fn name(&mut self, path: impl Into<String>) {
        self.names.insert(path.into());
    }

    /// The paths that Git has in its index. Without this, every file counts as versioned.
    pub fn tracked(&mut self, paths: BTreeSet<String>) {
        self.tracked = Some(paths);
    }

    /// All files that were read, by path.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    /// A file that was read.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// All paths, also of files that were not read.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether there is a file of this path.
    pub fn has(&self, path: &str) -> bool {
        self.names.contains(path)
    }

    /// The paths in a folder and below it.
    pub fn below<'t>(&'t self, folder: &str) -> impl Iterator<Item = &'t str> {
        let prefix = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let from = self.names.range(prefix.clone()..);
        let inside = from.take_while(move |path| path.starts_with(&prefix));
        inside.map(String::as_str)
    }

    /// Whether Git versions this file, as far as is known.
    pub fn is_tracked(&self, path: &str) -> bool {
        let tracked = self.tracked.as_ref();
        tracked.is_none_or(|tracked| tracked.contains(path))
    }

    /// The path that a relative name means in a file of `folder`; `None` when it leads out of the
    /// repository.
    pub fn resolve(folder: &str, name: &str) -> Option<String> {
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in name.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_keep_their_places() {
        let file = File::new("a/b.conf", b"x\xff\xfe = \xe2\x82 1");
        assert_eq!(file.text(), "x?? = ?? 1");
        assert!(file.damaged);
        assert_eq!((file.name(), file.folder()), ("b.conf", "a"));
    }

    #[test]
    fn names_are_resolved_inside_of_the_root() {
        let resolve = |folder, name| Tree::resolve(folder, name);
        assert_eq!(resolve("a/b", "../c.conf").as_deref(), Some("a/c.conf"));
        assert_eq!(resolve("", "./c.conf").as_deref(), Some("c.conf"));
        assert_eq!(resolve("a", "../../c.conf"), None);
    }

    #[test]
    fn below_a_folder() {
        let mut tree = Tree::default();
        for path in ["a/x", "a/b/y", "ab/z", "c"] {
            tree.name(path);
        }
        assert_eq!(tree.below("a").collect::<Vec<_>>(), ["a/b/y", "a/x"]);
        assert_eq!(tree.below("").count(), 4);
    }
}

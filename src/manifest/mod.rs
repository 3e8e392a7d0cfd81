//! Lockfiles and manifests → packages with their place. Pure: text in, entries out.
//!
//! To add a format: one file with a `parse` function, one line in [`FORMATS`], fixtures.

pub mod graph;
mod package_lock;
mod requirements;

use crate::model::{Ecosystem, Relation, RepoPath, Scope};

/// One package in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name in the ecosystem's normal form.
    pub name: String,
    /// Exact version, when the file pins one.
    pub version: Option<String>,
    /// Line of the entry, 1-based.
    pub line: u32,
    /// Key of the entry in lockfiles that have keys (`node_modules/a/node_modules/b`).
    pub key: Option<String>,
    /// Production or development, when the file says.
    pub scope: Option<Scope>,
    /// Direct or transitive, when the file says.
    pub relation: Option<Relation>,
    /// The entries that this one brings in, by their position in [`Manifest::entries`], when the
    /// file says.
    pub needs: Vec<usize>,
}

/// A manifest as text, with what stands beside it.
pub struct Source<'a> {
    /// File name.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Reads a file of the same folder: `package.json` beside `yarn.lock`. `None` when it is not
    /// there or not text.
    pub beside: &'a (dyn Fn(&str) -> Option<String> + 'a),
}

#[cfg(test)]
impl<'a> Source<'a> {
    /// A file with nothing beside it.
    pub fn alone(name: &'a str, text: &'a str) -> Self {
        Self {
            name,
            text,
            beside: &|_| None,
        }
    }
}

/// A manifest of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Where it is.
    pub path: RepoPath,
    /// Whose packages it lists.
    pub ecosystem: Ecosystem,
    /// What it lists, in the file's order.
    pub entries: Vec<Entry>,
}

/// A manifest format.
pub struct Format {
    /// Whose packages.
    ecosystem: Ecosystem,
    /// Whether a file of this name is one.
    matches: fn(&str) -> bool,
    /// Its entries; `None` when it is not what its name says.
    parse: fn(&Source<'_>) -> Option<Vec<Entry>>,
}

/// Every format. The place to register a new one.
static FORMATS: &[Format] = &[
    Format {
        ecosystem: Ecosystem::NPM,
        matches: |name| matches!(name, "package-lock.json" | "npm-shrinkwrap.json"),
        parse: package_lock::parse,
    },
    Format {
        ecosystem: Ecosystem::PYPI,
        matches: requirements::is_requirements,
        parse: requirements::parse,
    },
];

/// True when a file of this name can be parsed.
pub fn is_manifest(path: &RepoPath) -> bool {
    format(path).is_some()
}

/// Parses a file; `None` when no format has its name or the content is something else. `beside`
/// reads files of the same folder.
pub fn parse(
    path: &RepoPath,
    text: &str,
    beside: &dyn Fn(&str) -> Option<String>,
) -> Option<Manifest> {
    let format = format(path)?;
    let source = Source {
        name: path.file_name(),
        text: text.strip_prefix('\u{feff}').unwrap_or(text),
        beside,
    };
    Some(Manifest {
        path: path.clone(),
        ecosystem: format.ecosystem.clone(),
        entries: (format.parse)(&source)?,
    })
}

fn format(path: &RepoPath) -> Option<&'static Format> {
    FORMATS
        .iter()
        .find(|format| (format.matches)(path.file_name()))
}

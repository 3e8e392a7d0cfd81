//! Lockfiles and manifests → packages with their place. Pure: text in, entries out.
//!
//! To add a format: one file with a `parse` function, one line in [`FORMATS`], fixtures.

mod build;
mod bun;
mod bundler;
mod cargo;
mod composer;
mod descriptors;
mod gemfile;
mod go_mod;
pub mod graph;
mod nested;
mod node;
mod package_lock;
mod pdm;
mod pipfile;
mod pnpm;
mod pnpm_snapshots;
mod poetry;
mod pylock;
mod python;
pub mod read;
mod requirements;
mod uv;
mod yarn;
mod yarn_berry;
mod yarn_classic;

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
    /// The project asks for it, but not in the main list of its root under this name: a member of
    /// a workspace does, an extra, a catalogue, or the root under another name.
    pub elsewhere: bool,
    /// The entries that this one brings in, by their position in [`Manifest::entries`], when the
    /// file says.
    pub needs: Vec<usize>,
}

impl Entry {
    /// An entry of which only this is known. `name` is in the ecosystem's normal form; `line` is
    /// 1-based.
    fn new(name: impl Into<String>, version: Option<String>, line: u32) -> Self {
        Self {
            name: name.into(),
            version,
            line,
            key: None,
            scope: None,
            relation: None,
            elsewhere: false,
            needs: Vec::new(),
        }
    }

    /// True when this entry has the version that somebody wrote: `v1.2` and `1.2` are the same,
    /// because Go and PHP projects write both.
    pub fn has_version(&self, written: &str) -> bool {
        let same = |version: &str| without_v(version) == without_v(written);
        self.version.as_deref().is_some_and(same)
    }
}

/// `v1.2` → `1.2`.
fn without_v(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
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

impl Source<'_> {
    /// The text of a file of the same folder, without a byte order mark.
    fn read_beside(&self, name: &str) -> Option<String> {
        let text = (self.beside)(name)?;
        Some(without_mark(&text).to_owned())
    }
}

/// A text without the byte order mark that may stand before it.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
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
    /// The format's name: `Cargo.lock`, `yarn.lock (classic and berry)`.
    pub name: &'static str,
    /// The names of its files; `*` stands for any letters. With `/` in front of it, the name of the
    /// folder that they stand in.
    pub files: &'static [&'static str],
    /// Whose packages.
    pub ecosystem: Ecosystem,
    /// Its entries; `None` when it is not what its name says.
    parse: fn(&Source<'_>) -> Option<Vec<Entry>>,
}

impl Format {
    const fn new(
        name: &'static str,
        files: &'static [&'static str],
        ecosystem: Ecosystem,
        parse: fn(&Source<'_>) -> Option<Vec<Entry>>,
    ) -> Self {
        Self {
            name,
            files,
            ecosystem,
            parse,
        }
    }

    /// Whether a file at this path is one.
    fn matches(&self, path: &RepoPath) -> bool {
        let fits = |pattern: &&str| {
            let (name, pattern) = match pattern.split_once('/') {
                Some((folder, pattern)) => {
                    let parent = path.parent();
                    let inside = parent.as_ref().is_some_and(|p| p.file_name() == folder);
                    (inside.then_some(path.file_name()), pattern)
                }
                None => (Some(path.file_name()), *pattern),
            };
            let fits = |name: &str| match pattern.split_once('*') {
                Some((start, end)) => name
                    .strip_prefix(start)
                    .is_some_and(|rest| rest.ends_with(end)),
                None => name == pattern,
            };
            name.is_some_and(fits)
        };
        self.files.iter().any(fits)
    }
}

/// Every format. The place to register a new one.
#[rustfmt::skip]
static FORMATS: &[Format] = &[
    Format::new("npm", &["package-lock.json", "npm-shrinkwrap.json"], Ecosystem::NPM, package_lock::parse),
    Format::new("Yarn", &["yarn.lock"], Ecosystem::NPM, yarn::parse),
    Format::new("pnpm", &["pnpm-lock.yaml"], Ecosystem::NPM, pnpm::parse),
    Format::new("Bun", &["bun.lock"], Ecosystem::NPM, bun::parse),
    Format::new("pip", requirements::FILES, Ecosystem::PYPI, requirements::parse),
    Format::new("Poetry", &["poetry.lock"], Ecosystem::PYPI, poetry::parse),
    Format::new("uv", &["uv.lock"], Ecosystem::PYPI, uv::parse),
    Format::new("Pipenv", &["Pipfile.lock"], Ecosystem::PYPI, pipfile::parse),
    Format::new("PDM", &["pdm.lock"], Ecosystem::PYPI, pdm::parse),
    Format::new("pylock", &["pylock.toml", "pylock.*.toml"], Ecosystem::PYPI, pylock::parse),
    Format::new("Cargo", &["Cargo.lock"], Ecosystem::CARGO, cargo::parse),
    Format::new("Go", &["go.mod"], Ecosystem::GOLANG, go_mod::parse),
    Format::new("Composer", &["composer.lock"], Ecosystem::COMPOSER, composer::parse),
    Format::new("Bundler", &["Gemfile.lock", "gems.locked"], Ecosystem::GEM, bundler::parse),
];

/// Every format that can be read, for the documentation.
pub fn formats() -> &'static [Format] {
    FORMATS
}

/// True when a file of this name can be parsed.
pub fn is_manifest(path: &RepoPath) -> bool {
    format(path).is_some()
}

/// Whose packages a file of this name lists.
pub fn ecosystem(path: &RepoPath) -> Option<&'static Ecosystem> {
    format(path).map(|format| &format.ecosystem)
}

/// Parses a file; `None` when no format has its name or the content is something else, also when
/// it holds the markers of an unfinished merge. `beside` reads files of the same folder.
pub fn parse(
    path: &RepoPath,
    text: &str,
    beside: &dyn Fn(&str) -> Option<String>,
) -> Option<Manifest> {
    let format = format(path)?;
    let marker = |line: &str| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ");
    if text.lines().any(marker) {
        return None;
    }
    let source = Source {
        name: path.file_name(),
        text: without_mark(text),
        beside,
    };
    Some(Manifest {
        path: path.clone(),
        ecosystem: format.ecosystem.clone(),
        entries: (format.parse)(&source)?,
    })
}

fn format(path: &RepoPath) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.matches(path))
}

/// A line for each entry: name, version, line, needs, relation, scope.
#[cfg(test)]
fn rows(entries: &[Entry]) -> Vec<String> {
    let row = |e: &Entry| {
        let version = e.version.as_deref().unwrap_or("-");
        let relation = e.relation.map_or("-", Relation::word);
        let scope = e.scope.map_or("-", Scope::word);
        let needs = &e.needs;
        format!(
            "{} {version} {} {needs:?} {relation} {scope}",
            e.name, e.line
        )
    };
    entries.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name() {
        let known = |name: &str| {
            let path = RepoPath::new(name).unwrap();
            format(&path).map(|format| format.name)
        };
        assert_eq!(known("web/package-lock.json"), Some("npm"));
        for name in [
            "requirements.txt",
            "requirements-dev.txt",
            "requirements_dev.txt",
            "requirements.dev.txt",
            "dev-requirements.txt",
            "requirements.in",
            "app/requirements/base.txt",
        ] {
            assert_eq!(known(name), Some("pip"), "{name}");
        }
        assert_eq!(known("pylock.toml"), Some("pylock"));
        assert_eq!(known("pylock.dev.toml"), Some("pylock"));
        assert_eq!(known("robots.txt"), None);
        assert_eq!(known("base.txt"), None);
        assert_eq!(known("xgo.mod"), None);
    }

    #[test]
    fn an_unfinished_merge_is_no_manifest() {
        let path = RepoPath::new("requirements.txt").unwrap();
        let text = "six==1\n<<<<<<< HEAD\nflask==1\n=======\nflask==2\n>>>>>>> b\n";
        assert_eq!(parse(&path, text, &|_| None), None);
    }

    #[test]
    fn versions_are_the_same_with_and_without_v() {
        let entry = Entry::new("a", Some("1.2.0".into()), 1);
        assert!(entry.has_version("v1.2.0") && entry.has_version("1.2.0"));
        assert!(!entry.has_version("1.2"));
    }
}

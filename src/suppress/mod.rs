//! Suppressions that the judged change adds: entries in the scanners' own files, comments in the
//! sources, steps taken out of workflows. Pure: the texts of the touched files before and after
//! in, suppressions out.
//!
//! To add a place where a scanner is told to be silent: one [`Surface`] in the file of its family,
//! one line in [`SURFACES`].

mod code;
mod comments;
mod entry;
mod infrastructure;
mod lists;
mod node;
mod packages;
mod python;
mod secrets;
mod settings;
mod settled;
mod trivy;
pub mod workflow;
mod xml;

pub use comments::marks;
pub use settled::settled;

use crate::model::{RepoPath, Untrusted};
use entry::{Entry, differ};

/// Largest settings file that is compared, in bytes. The tools' own are a few kilobytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Most suppressions of one change that are told one by one.
pub const MOST: usize = 2000;

/// Every place where a scanner can be told to be silent.
pub static SURFACES: &[&Surface] = &[
    &python::BANDIT,
    &python::NOSEC,
    &python::SAFETY,
    &trivy::IGNORE_FILE,
    &trivy::IGNORE_YAML,
    &trivy::SETTINGS,
    &trivy::SECRET_SETTINGS,
    &trivy::COMMENT,
    &node::NPMRC,
    &node::NPM_REGISTRY,
    &node::PACKAGE_JSON,
    &node::OVERRIDES,
    &node::WORKSPACE,
    &node::YARNRC,
    &node::NSPRC,
    &node::AUDIT_CI,
    &node::AUDIT_RESOLVE,
    &packages::OSV_SCANNER,
    &packages::GRYPE,
    &packages::CARGO_DENY,
    &packages::CARGO_AUDIT,
    &packages::SNYK,
    &packages::DEPENDENCY_CHECK,
    &packages::VEX,
    &secrets::SETTINGS,
    &secrets::IGNORE_FILE,
    &secrets::COMMENT,
    &code::SEMGREP_FILE,
    &code::SEMGREP_COMMENT,
    &code::CODEQL_COMMENT,
    &code::LOCKGATE_COMMENT,
    &infrastructure::CHECKOV,
    &infrastructure::CHECKOV_BASELINE,
    &infrastructure::CHECKOV_COMMENT,
    &infrastructure::HADOLINT,
    &infrastructure::HADOLINT_COMMENT,
    &infrastructure::ZIZMOR_COMMENT,
    &infrastructure::ZAP,
    &workflow::WORKFLOW,
];

/// A place where scanners can be told to be silent.
#[derive(Debug)]
pub struct Surface {
    /// Its name as a rule: `trivyignore`.
    pub id: &'static str,
    /// What it is, for people: `.trivyignore`.
    pub name: &'static str,
    /// What it does, as one sentence.
    pub about: &'static str,
    /// The scanners that obey it; none where each suppression says.
    pub scanners: &'static [&'static str],
    /// The files that it is found in.
    concerns: fn(&RepoPath) -> bool,
    reader: Reader,
}

/// How a surface is read.
#[derive(Debug)]
enum Reader {
    /// Each line is an entry, or none.
    Lines(fn(&str) -> Option<Entry>),
    /// A structured text, whose keys mean something.
    Settings(settings::Language, &'static [settings::Rule]),
    /// A structured text that says it in a way of its own.
    Tree(settings::Language, fn(&settings::Tree<'_>) -> Vec<Entry>),
    /// A text that says it in a way of its own, perhaps one that its name decides.
    Any(fn(&RepoPath, &str) -> Option<Vec<Entry>>),
    /// Comments.
    Comment(comments::Marker),
    /// Workflows, which are compared all at once.
    Workflow,
}

/// What a side of the change has under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// No file.
    Absent,
    /// This text.
    Text(&'a str),
    /// Something that is no text.
    Unreadable,
}

/// A file that the change touches.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its name; of one that is removed, the name that it had.
    pub path: &'a RepoPath,
    /// Its name in the base.
    pub old: &'a RepoPath,
    /// What the base has.
    pub base: Content<'a>,
    /// What is judged.
    pub head: Content<'a>,
}

/// What the change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// It adds a suppression.
    Adds,
    /// It lets one hold longer.
    Prolongs,
    /// It narrows what is looked at.
    Narrows,
    /// It takes away something that guards.
    Removes,
    /// What it writes cannot be read, so nobody can say.
    Unreadable,
}

/// A suppression that the change adds or widens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Where scanners read it.
    pub surface: &'static str,
    /// What the change does.
    pub deed: Deed,
    /// Whose findings it hides.
    pub scanners: Vec<&'static str>,
    /// The file.
    pub path: RepoPath,
    /// Its line in what is judged, 1-based; `None` for something that is no longer there.
    pub line: Option<u32>,
    /// The setting that it belongs to: `scan.skip-dirs`. Empty where there is none.
    pub key: String,
    /// What it silences, in the file's words; empty when it silences everything, or does not say.
    pub what: Vec<Untrusted>,
}

impl Surface {
    /// The surface with this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        SURFACES.iter().copied().find(|surface| surface.id == id)
    }

    /// True for comments in sources.
    pub fn is_comment(&self) -> bool {
        matches!(self.reader, Reader::Comment(_))
    }
}

/// True for a file that is settings of some scanner, or a workflow, by its name.
pub fn is_settings(path: &RepoPath) -> bool {
    let mut surfaces = SURFACES.iter().filter(|surface| !surface.is_comment());
    surfaces.any(|surface| (surface.concerns)(path))
}

/// The suppressions that a change adds, by path and line.
pub fn find(files: &[File<'_>]) -> Vec<Suppression> {
    let mut found: Vec<Suppression> = files.iter().flat_map(of_file).collect();
    found.extend(workflow::find(files));
    sort(&mut found);
    found
}

fn sort(found: &mut Vec<Suppression>) {
    found.sort_by(|a, b| {
        let key = |s: &Suppression| (s.path.clone(), s.line, s.surface, s.deed, s.key.clone());
        key(a).cmp(&key(b)).then_with(|| a.what.cmp(&b.what))
    });
    found.dedup();
}

fn of_file(file: &File<'_>) -> Vec<Suppression> {
    let mut found = Vec::new();
    for surface in SURFACES {
        let Some((base, head)) = sides(surface, file) else {
            continue;
        };
        match &surface.reader {
            Reader::Comment(marker) => {
                found.extend(comments::added(surface, *marker, file.path, base, head));
            }
            Reader::Workflow => {}
            reader => found.extend(compared(surface, reader, file, base, head)),
        }
    }
    found
}

/// What each side has for a surface: a file under a name that the scanner does not read is nothing
/// to it.
fn sides<'a>(surface: &Surface, file: &File<'a>) -> Option<(Content<'a>, Content<'a>)> {
    let side = |path: &RepoPath, content| match (surface.concerns)(path) {
        true => content,
        false => Content::Absent,
    };
    let (base, head) = (side(file.old, file.base), side(file.path, file.head));
    (base != head).then_some((base, head))
}

fn compared(
    surface: &'static Surface,
    reader: &Reader,
    file: &File<'_>,
    base: Content<'_>,
    head: Content<'_>,
) -> Vec<Suppression> {
    let entries = |path: &RepoPath, content: Content<'_>| match content {
        Content::Absent => Some(Vec::new()),
        Content::Text(text) => read(reader, path, text),
        Content::Unreadable => None,
    };
    let make = |deed, line, key, what: Vec<Untrusted>| Suppression {
        surface: surface.id,
        deed,
        scanners: surface.scanners.to_vec(),
        path: file.path.clone(),
        line,
        key,
        what,
    };
    let Some(head) = entries(file.path, head) else {
        return vec![make(Deed::Unreadable, None, String::new(), Vec::new())];
    };
    // A base that cannot be read holds nothing that could excuse the change.
    let base = entries(file.old, base).unwrap_or_default();
    differ(&base, &head)
        .into_iter()
        .map(|difference| {
            let what = Some(difference.what).filter(|what| !what.is_empty());
            let what = what.map(Untrusted::from).into_iter().collect();
            make(difference.deed, difference.line, difference.key, what)
        })
        .collect()
}

fn read(reader: &Reader, path: &RepoPath, text: &str) -> Option<Vec<Entry>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MAX_BYTES {
        return None;
    }
    match reader {
        Reader::Lines(entry) => Some(lists::read(text, *entry)),
        Reader::Settings(language, rules) => {
            let trees = language.parse(text)?;
            Some(settings::entries(&trees, rules))
        }
        Reader::Tree(language, entries) => {
            let trees = language.parse(text)?;
            Some(trees.iter().flat_map(entries).collect())
        }
        Reader::Any(entries) => entries(path, text),
        Reader::Comment(_) | Reader::Workflow => Some(Vec::new()),
    }
}

/// True for a file of this name.
fn is(path: &RepoPath, names: &[&str]) -> bool {
    names.contains(&path.file_name())
}

/// True for a file whose name contains the word and has one of the endings.
fn is_like(path: &RepoPath, word: &str, endings: &[&str]) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    name.contains(word) && endings.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests;

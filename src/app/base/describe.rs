//! What differs from the base, as far as the findings need it.

use super::{Compared, Known};
use crate::edge::files::Root;
use crate::edge::git::{Commit, Look};
use crate::ingest;
use crate::manifest;
use crate::merge::{condense, surroundings::text_digest};
use crate::model::{
    Base, BasePackages, Change, Ecosystem, Lines, RepoPath, Revision, Scope, Witnessed,
};
use crate::origin;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Largest file that is compared line by line, in bytes on each side.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes of the base's files that are held for that at once.
const MAX_TOTAL: usize = 256 * 1024 * 1024;

/// What the base has of a file that findings are in.
enum Old {
    /// Nothing: the file is new.
    Nothing,
    /// This content.
    Content(Vec<u8>),
}

/// The base as the assessment wants to know it: with the lines of the files that findings are in,
/// and the packages of the manifests that they are about.
pub fn describe(compared: Compared<'_>, runs: &[Witnessed], root: &Root) -> Base {
    let mut known = match compared {
        Compared::With(known) => known,
        Compared::Without(base) => return base,
    };
    let located = || runs.iter().flat_map(|w| &w.observations);
    let asked: BTreeSet<&RepoPath> = located().map(|located| &located.location.path).collect();
    moved(&mut known, &asked, root);
    let mut budget = MAX_TOTAL;
    let texts: Vec<(RepoPath, RepoPath, Old)> = asked
        .iter()
        .filter_map(|path| old(&mut known, path, root, &mut budget))
        .collect();
    let wanted = digests(runs);
    let told: Vec<(RepoPath, BTreeSet<u64>, Option<Lines>)> = texts
        .into_par_iter()
        .map(|(path, real, old)| match old {
            Old::Nothing => (path, BTreeSet::new(), Some(Lines::all())),
            Old::Content(old) => {
                let had = had(&old, wanted.get(&path));
                let new = root.read_up_to(&real, MAX_BYTES);
                let lines = new.and_then(|new| compared_lines(&old, &new));
                (path, had, lines)
            }
        })
        .collect();
    let mut lines = BTreeMap::new();
    let mut texts = BTreeMap::new();
    for (path, had, differ) in told {
        lines.extend(differ.map(|differ| (path.clone(), differ)));
        texts.insert(path, had);
    }
    let packages = asked
        .iter()
        .map(|path| old_name(&known, path).clone())
        .filter(manifest::is_manifest)
        .filter_map(|path| Some((path.clone(), packages(&path, &known.start)?)))
        .collect();
    let brought = brought(&known, runs, root);
    Base::Known(Box::new(Change {
        base: Revision {
            name: known.name,
            id: known.start.id(),
        },
        files: known.touched.files,
        renamed: known.touched.renamed,
        lines,
        texts,
        packages,
        brought,
    }))
}

/// The digests of the lines that findings are at, by file.
fn digests(runs: &[Witnessed]) -> BTreeMap<RepoPath, BTreeSet<u64>> {
    let mut digests: BTreeMap<RepoPath, BTreeSet<u64>> = BTreeMap::new();
    for located in runs.iter().flat_map(|w| &w.observations) {
        if let Some(text) = located.digests.text {
            let path = located.location.path.clone();
            digests.entry(path).or_default().insert(text);
        }
    }
    digests
}

/// Those of them that a text of the base has.
fn had(old: &[u8], wanted: Option<&BTreeSet<u64>>) -> BTreeSet<u64> {
    let Some(wanted) = wanted else {
        return BTreeSet::new();
    };
    let old = String::from_utf8_lossy(old);
    let digests = old.lines().map(|line| text_digest(&condense(line)));
    digests.filter(|digest| wanted.contains(digest)).collect()
}

fn old_name<'a>(known: &'a Known<'_>, path: &'a RepoPath) -> &'a RepoPath {
    known.touched.renamed.get(path).unwrap_or(path)
}

/// What a file that differs was, under its own name and the one that links lead to; `None` for one
/// that does not differ or cannot be compared by line. A file that git does not know is added to those
/// that differ: nobody can say that it was there before.
fn old(
    known: &mut Known<'_>,
    path: &RepoPath,
    root: &Root,
    budget: &mut usize,
) -> Option<(RepoPath, RepoPath, Old)> {
    if known.touched.unclear.contains(path) {
        known.touched.files.insert(path.clone());
        return None;
    }
    let real = root.followed(path);
    let real = real.filter(|real| real != path);
    if !known.touched.files.contains(path) {
        let content = real.as_ref().unwrap_or(path);
        let above = std::iter::successors(path.parent(), RepoPath::parent);
        let differs = known.touched.files.contains(content)
            || above.into_iter().any(|f| known.touched.files.contains(&f))
            || !is_known(known, content);
        if !differs {
            return None;
        }
        known.touched.files.insert(path.clone());
        // An ignored file, or one inside another repository, has no lines to compare.
        real.as_ref()
            .filter(|real| known.touched.files.contains(*real))?;
    } else if real.is_some() {
        // The link itself is part of the change.
        return None;
    }
    let real = real.unwrap_or_else(|| path.clone());
    let was = old_name(known, &real);
    let old = match known.start.look(was) {
        Look::Absent => Old::Nothing,
        Look::File => {
            let content = known.start.read_up_to(was, MAX_BYTES.min(*budget as u64))?;
            *budget -= content.len();
            Old::Content(content)
        }
        Look::Link | Look::Submodule | Look::Folder | Look::Unreadable => return None,
    };
    Some((path.clone(), real, old))
}

/// True for a file of the base, or one of a repository inside this one that the change does not move.
fn is_known(known: &Known<'_>, path: &RepoPath) -> bool {
    if matches!(known.start.look(path), Look::File | Look::Link) {
        return true;
    }
    let above = std::iter::successors(path.parent(), RepoPath::parent);
    let mut repositories = above.filter(|folder| known.start.look(folder) == Look::Submodule);
    repositories
        .next()
        .is_some_and(|folder| !known.touched.files.contains(&folder))
}

/// What differs; `None` for what is no text. Git, too, takes a NUL near the start for the mark of a
/// binary file.
fn compared_lines(old: &[u8], new: &[u8]) -> Option<Lines> {
    let binary = |bytes: &[u8]| bytes.iter().take(8000).any(|byte| *byte == 0);
    if binary(old) || binary(new) {
        return None;
    }
    origin::lines(&String::from_utf8_lossy(old), &String::from_utf8_lossy(new))
}

/// Finds the manifest of the base that each new one stands for, when git does not see that it was
/// renamed: the only one of its ecosystem that is gone from its folder, as when a project changes its
/// package manager, or the only one of its name that is gone.
fn moved(known: &mut Known<'_>, asked: &BTreeSet<&RepoPath>, root: &Root) {
    let is_new = |path: &&&RepoPath| {
        manifest::is_manifest(path)
            && known.touched.files.contains(**path)
            && !known.touched.renamed.contains_key(**path)
            && known.start.look(path) == Look::Absent
    };
    let new: Vec<&RepoPath> = asked.iter().filter(is_new).copied().collect();
    if new.is_empty() {
        return;
    }
    let taken: BTreeSet<&RepoPath> = known.touched.renamed.values().collect();
    let files = known.touched.files.iter();
    let gone: Vec<&RepoPath> = files
        .filter(|old| manifest::is_manifest(old) && !taken.contains(old))
        .filter(|old| known.start.has(old) && !root.has(old))
        .collect();
    // More than a person would move at once; then each is judged as what it is: new.
    if gone.len() > MAX_MOVED {
        return;
    }
    let pairs: Vec<(RepoPath, RepoPath)> = new
        .into_iter()
        .filter_map(|new| Some((new.clone(), before(new, &gone)?.clone())))
        .collect();
    known.touched.renamed.extend(pairs);
}

/// Manifests that a change may move at most for them to be paired.
const MAX_MOVED: usize = 1000;

/// The one manifest among those that are gone which a new one can stand for.
fn before<'a>(new: &RepoPath, gone: &[&'a RepoPath]) -> Option<&'a RepoPath> {
    let only = |wanted: &dyn Fn(&RepoPath) -> bool| {
        let mut fitting = gone.iter().copied().filter(|old| wanted(old));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    };
    let named = |old: &RepoPath| old.file_name() == new.file_name();
    let beside = |old: &RepoPath| {
        old.parent() == new.parent() && manifest::ecosystem(old) == manifest::ecosystem(new)
    };
    only(&beside).or_else(|| only(&named))
}

/// What the manifests that differ list and their bases do not, of the ecosystems of which a scanner
/// names packages but no files: it may mean any of them.
fn brought(known: &Known<'_>, runs: &[Witnessed], root: &Root) -> BTreeMap<RepoPath, BasePackages> {
    let located = runs.iter().flat_map(|w| &w.observations);
    let wanted: BTreeSet<&Ecosystem> = located
        .filter(|located| located.observation.place.path.is_none())
        .filter_map(|located| Some(&located.observation.package.as_ref()?.ecosystem))
        .collect();
    let is_wanted =
        |path: &&RepoPath| manifest::ecosystem(path).is_some_and(|e| wanted.contains(e));
    let touched: Vec<&RepoPath> = known.touched.files.iter().filter(is_wanted).collect();
    use Scope::Development;
    let new = |path: &RepoPath| {
        let mut now = listed(path, &|path| ingest::text(&root.read(path)?))?;
        if let Some(before) = packages(old_name(known, path), &known.start) {
            now.list.retain(|(name, version, scope)| {
                // A package that was for development only and is shipped now is brought in.
                let as_much = |was| was != Some(Development) || *scope == Some(Development);
                let mut before = before.list.iter();
                !before.any(|(n, v, was)| n == name && v == version && as_much(*was))
            });
        }
        Some(now)
    };
    let brought = touched
        .into_iter()
        .filter_map(|path| Some((path.clone(), new(path)?)));
    brought.filter(|(_, new)| !new.list.is_empty()).collect()
}

/// What a manifest lists in a commit.
fn packages(path: &RepoPath, commit: &Commit<'_>) -> Option<BasePackages> {
    listed(path, &|path| ingest::text(&commit.read(path)?))
}

fn listed(path: &RepoPath, text: &dyn Fn(&RepoPath) -> Option<String>) -> Option<BasePackages> {
    let beside = |name: &str| {
        let path = match path.parent() {
            Some(folder) => folder.join(name)?,
            None => RepoPath::new(name).ok()?,
        };
        text(&path)
    };
    let manifest = manifest::parse(path, &text(path)?, &beside)?;
    let entries = manifest.entries.into_iter();
    Some(BasePackages {
        ecosystem: manifest.ecosystem,
        list: entries.map(|e| (e.name, e.version, e.scope)).collect(),
    })
}

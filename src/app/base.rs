//! Finding the base, and what differs from it.

use crate::edge::files::Root;
use crate::edge::git::{Commit, Repository, Touched};
use crate::ingest;
use crate::manifest;
use crate::model::{
    Base, BasePackages, Change, Event, Lines, RepoPath, Revision, Untrusted, Witnessed,
};
use crate::origin;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What the judged state is compared with, while its files can be asked for.
pub enum Compared<'r> {
    /// This commit.
    With(Known<'r>),
    /// Nothing, for the reason in here.
    Without(Base),
}

/// A base that can be read.
pub struct Known<'r> {
    /// What people call it.
    pub name: Untrusted,
    /// The commit whose policy, waivers and baseline decide: the target as it is now.
    pub target: Commit<'r>,
    /// The commit that the change started from.
    pub start: Commit<'r>,
    /// The files that differ from the start.
    pub touched: Touched,
}

/// The setting that brings the whole history into a checkout.
const WHOLE_HISTORY: &str = "give actions/checkout the setting fetch-depth: 0";

/// Finds the base that `name` means, for the commit that is checked out.
pub fn find<'r>(
    event: Event,
    name: Option<&str>,
    repository: Option<&'r Repository>,
) -> Compared<'r> {
    let Some(name) = name else {
        let base = match event {
            Event::Schedule => Base::Whole,
            _ => Base::None {
                why: "no base is given".to_owned(),
            },
        };
        return Compared::Without(base);
    };
    named(name, repository).unwrap_or_else(|why| {
        Compared::Without(Base::Unreadable {
            why,
            mend: WHOLE_HISTORY.to_owned(),
        })
    })
}

fn named<'r>(name: &str, repository: Option<&'r Repository>) -> Result<Compared<'r>, String> {
    let repository = repository.ok_or("this is no Git repository")?;
    let target = repository
        .find(name)
        .ok_or("the base commit is not in this checkout")?;
    let head = repository.head().ok_or("nothing is checked out")?;
    // A shallow checkout may not reach the point where they parted; the base's own tree then shows
    // at least every file that the change touches.
    let start = repository.parted(&target, &head).unwrap_or(target);
    let touched = repository.touched(&start, &head)?;
    Ok(Compared::With(Known {
        name: name.into(),
        target,
        start,
        touched,
    }))
}

/// The base as the assessment wants to know it: with the lines of the files that findings are in,
/// and the packages of the manifests that they are about.
pub fn describe(compared: Compared<'_>, runs: &[Witnessed], root: &Root) -> Base {
    let known = match compared {
        Compared::With(known) => known,
        Compared::Without(base) => return base,
    };
    let located = || runs.iter().flat_map(|w| &w.observations);
    let asked: BTreeSet<&RepoPath> = located().map(|located| &located.location.path).collect();
    let old_name = |path: &RepoPath| known.touched.renamed.get(path).unwrap_or(path).clone();
    let texts: Vec<(RepoPath, Option<Vec<u8>>)> = asked
        .iter()
        .filter(|path| known.touched.files.contains(**path))
        .map(|path| ((*path).clone(), known.start.read(&old_name(path))))
        .collect();
    let lines: BTreeMap<RepoPath, Lines> = texts
        .into_par_iter()
        .filter_map(|(path, old)| {
            let lines = match old {
                None => Lines::all(),
                Some(old) => {
                    let new = root.read(&path)?;
                    origin::lines(
                        &String::from_utf8_lossy(&old),
                        &String::from_utf8_lossy(&new),
                    )
                }
            };
            Some((path, lines))
        })
        .collect();
    let packages = asked
        .iter()
        .map(|path| old_name(path))
        .filter(manifest::is_manifest)
        .filter_map(|path| Some((path.clone(), packages(&path, &known.start)?)))
        .collect();
    Base::Known(Box::new(Change {
        base: Revision {
            name: known.name,
            id: known.start.id(),
        },
        files: known.touched.files,
        renamed: known.touched.renamed,
        lines,
        packages,
    }))
}

/// What a manifest lists in a commit.
fn packages(path: &RepoPath, commit: &Commit<'_>) -> Option<BasePackages> {
    let text = |path: &RepoPath| ingest::text(&commit.read(path)?);
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
